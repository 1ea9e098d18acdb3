//! The command line of torchtwin: arguments and exit codes only.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use torchtwin::command::check::check;
use torchtwin::command::run::{RunOptions, run};

/// A digital twin of a low-cost CNC oxy-acetylene torch table: see what your machine would cut before you buy its parts.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Dry run of one or more scenes without a window: verdict, reasons, report. Exit code 0 passed, 1 failed, 2 could not run.
    Run {
        /// Scene files (.toml).
        #[arg(required = true)]
        scenes: Vec<PathBuf>,
        /// Write index.html, report.json and timing.json into this folder.
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
        /// Write a JUnit file for a CI system.
        #[arg(long, value_name = "FILE")]
        junit: Option<PathBuf>,
        /// Run this G-code program instead of the scene's own.
        #[arg(long, value_name = "FILE")]
        program: Option<PathBuf>,
        /// Scenes run at the same time; 0 means one for each core.
        #[arg(long, default_value_t = 0)]
        threads: usize,
        /// Simulate every instant instead of jumping over steady motion (slower).
        #[arg(long)]
        no_fast_forward: bool,
        /// One line for each scene.
        #[arg(long, short)]
        quiet: bool,
    },
    /// Say what is wrong with a G-code program, line by line.
    Check {
        /// G-code file.
        program: PathBuf,
    },
    /// Draw the table at an instant of the run as a picture, without a window.
    #[cfg(feature = "view")]
    Render {
        /// Scene file (.toml).
        scene: PathBuf,
        /// Picture to write (.png).
        #[arg(long)]
        out: PathBuf,
        /// Instant, seconds from the start; the end without it.
        #[arg(long, value_name = "SECONDS")]
        at: Option<f64>,
        /// overview, top or torch.
        #[arg(long, default_value = "overview")]
        camera: String,
        /// Width and height in pixels.
        #[arg(long, default_value = "1280x720")]
        size: String,
    },
}

fn main() -> ExitCode {
    let code = match Arguments::parse().command {
        Command::Run { scenes, report, json, junit, program, threads, no_fast_forward, quiet } => {
            run(&RunOptions { scenes, report, json, junit, program, threads, no_fast_forward, quiet })
        }
        Command::Check { program } => check(&program),
        #[cfg(feature = "view")]
        Command::Render { scene, out, at, camera, size } => torchtwin::command::render::render(&scene, &out, at, &camera, &size),
    };
    ExitCode::from(code)
}
