//! The command line of torchtwin: arguments and exit codes only.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use torchtwin::command::check::check;
use torchtwin::command::diff::diff;
use torchtwin::command::merge::merge;
use torchtwin::command::motor::{MotorOptions, MotorValues, motor};
use torchtwin::command::parts::{Question, parts};
use torchtwin::command::path::path;
use torchtwin::command::plan::{PlanOptions, plan};
use torchtwin::command::reading::Reading;
use torchtwin::command::run::{RunOptions, run};
use torchtwin::command::samples::{Sampling, run as sample};
use torchtwin::command::size::{SizeOptions, size};
use torchtwin::command::torch::{TorchOptions, torch};
use torchtwin::command::validate::validate;
use torchtwin::sizing::shard::Shard;
use torchtwin::twin::EngineKind;

/// A digital twin of a low-cost CNC oxy-acetylene torch table: see what your machine would cut before you buy its parts.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Dry run of one or more scenes without a window: verdict, reasons, report. Exit code 0 passed, 1 failed, 2 could not run.
    Run {
        /// Scene files (.toml), and folders of them.
        #[arg(required = true)]
        scenes: Vec<PathBuf>,
        /// Only scenes with this text in their path; may be given several times, one must fit.
        #[arg(long, value_name = "TEXT")]
        filter: Vec<String>,
        /// Begin with no further scene once one has not passed.
        #[arg(long)]
        fail_fast: bool,
        /// A scene that fails on just what its fails_on announces counts as passed.
        #[arg(long)]
        announced: bool,
        /// Write the golden figures beside each scene (SCENE.golden.json), which later runs must come to.
        #[arg(long)]
        bless: bool,
        /// Write index.html, report.json and timing.json into this folder.
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Logs beside the report: trace.parquet and trace.mcap (time series), steps.vcd (every step).
        #[arg(long, requires = "report")]
        logs: bool,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
        /// Write a JUnit file for a CI system.
        #[arg(long, value_name = "FILE")]
        junit: Option<PathBuf>,
        /// Run this G-code program instead of the scene's own.
        #[arg(long, value_name = "FILE")]
        program: Option<PathBuf>,
        /// Folder of catalogue files of your own, over the built-in ones and those that scene and machine name.
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
        /// Scenes run at the same time; 0 means one for each core.
        #[arg(long, default_value_t = 0)]
        threads: usize,
        /// Simulate every instant instead of jumping over steady motion (slower).
        #[arg(long)]
        no_fast_forward: bool,
        /// Reduced engine: strides of half a millisecond, several times faster; a swing keeps its amplitude and not its phase, and margins are less sure
        #[arg(long)]
        strides: bool,
        /// What integrates the machine: rapier, the reference, or reduced, faster, its turns taken as small.
        #[arg(long, value_parser = ["rapier", "reduced"], default_value = "rapier")]
        engine: String,
        /// One line for each scene.
        #[arg(long, short)]
        quiet: bool,
        /// Run one scene this many times with its values drawn from their ranges: how likely it passes, and what to measure first.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
        samples: Option<u32>,
        /// With --samples: seed of the draws.
        #[arg(long, default_value_t = 1, requires = "samples")]
        seed: u64,
        /// With --samples: share of the samples that must pass for exit code 0.
        #[arg(long, default_value_t = 0.95, value_name = "SHARE", requires = "samples")]
        pass_share: f64,
        /// With --samples and --report DIR: only shard I of N, written into DIR as a part; `merge` joins the parts.
        #[arg(long, value_name = "I/N", requires = "samples")]
        shard: Option<Shard>,
    },
    /// Look for the cheapest parts that do a job, among those that the scene's [size] lets vary. Exit code 0 there are some, 1 there are
    /// none, 2 could not look.
    Size {
        /// Scene file (.toml) with a [size] table.
        scene: PathBuf,
        /// Size for this G-code program instead of the scene's own.
        #[arg(long, value_name = "FILE")]
        program: Option<PathBuf>,
        /// What may be spent, shipping and tax included; the scene's, or 1500, without it.
        #[arg(long, value_name = "USD")]
        budget_usd: Option<f64>,
        /// Folder for sizing.html, sizing.json, pareto.svg, candidates.parquet; of the cheapest that passes also machine.toml, bill.csv and
        /// its report.
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        /// Folder of catalogue files of your own, over the built-in ones and those that scene and machine name.
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
        /// Machines looked at side by side; 0 means one for each core.
        #[arg(long, default_value_t = 0)]
        threads: usize,
        /// What integrates the machines in the hardest windows: reduced, or rapier, slower; whole jobs run on rapier.
        #[arg(long, value_parser = ["rapier", "reduced"], default_value = "reduced")]
        engine: String,
        /// With --report DIR: only shard I of N, written into DIR as a part; `merge` joins the parts.
        #[arg(long, value_name = "I/N")]
        shard: Option<Shard>,
        /// No progress bars.
        #[arg(long, short)]
        quiet: bool,
    },
    /// Join the parts that shards wrote: the same bytes as from one machine. Exit code as without shards; 2 when a shard is lost.
    Merge {
        /// Folder with the parts.
        folder: PathBuf,
        /// Folder for the result.
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        /// Share of the samples that must pass for exit code 0.
        #[arg(long, default_value_t = 0.95, value_name = "SHARE")]
        pass_share: f64,
    },
    /// Compare two runs figure by figure, and say at which stage they part. Exit code 0 the same, 1 not, 2 could not compare.
    Diff {
        /// report.json of the first run, its folder, or a golden file.
        before: PathBuf,
        /// The same of the second run.
        after: PathBuf,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        /// Draw both into this file.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Compute every validation case: closed forms, published figures and another solver beside the models. Exit code 1 if one does not hold.
    Validate {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Write the same as a page.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Say what is wrong with a G-code program, line by line. Exit code 0 nothing, 1 errors, 2 could not read it.
    Check {
        /// G-code file.
        program: PathBuf,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        reading: ReadingArguments,
    },
    /// Print what a program comes to: one JSON object a move or dwell, in absolute machine millimetres.
    Path {
        /// G-code file.
        program: PathBuf,
        /// Warnings and notes too, on stderr.
        #[arg(long, short)]
        verbose: bool,
        #[command(flatten)]
        reading: ReadingArguments,
    },
    /// Say how the controller will run a program: times, rates, the lines that take longest; write its step pulses.
    Plan {
        /// G-code file.
        program: PathBuf,
        /// grbl (as Grbl 1.1 does, step by step) or s_curve (limited jerk); what the machine file asks for without it.
        #[arg(long)]
        profile: Option<String>,
        /// Grbl's settings, as its `$$` prints them: lines such as $110=6000; over those of the machine file.
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
        /// Write every step: .csv or .vcd.
        #[arg(long, value_name = "FILE")]
        steps: Option<PathBuf>,
        /// With --steps FILE.csv: rows for the torch too, `time_s,preheat,1` and `time_s,oxygen,0`; a .vcd always has its wires.
        #[arg(long)]
        torch: bool,
        /// Judge the step pulses: speeds, accelerations and jerks against their limits, distance from the path, time against the least
        /// possible.
        #[arg(long)]
        audit: bool,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        reading: ReadingArguments,
    },
    /// The catalogue of parts: motors to hoses, with figures, prices and where they are from; and what a machine costs. Exit code 0
    /// found, 1 nothing fits the filter, 2 could not run.
    Parts {
        #[command(subcommand)]
        what: Option<PartsCommand>,
        /// Kind of part to list: motors, drivers, belts, …; all kinds without it.
        kind: Option<String>,
        /// Only parts that fit: words (Sanyo, steel) or a figure ("holding_nm>1.5", "price<40"). May be given several times; all
        /// must hold. Words of a field's name may be left out.
        #[arg(long, value_name = "TEXT")]
        filter: Vec<String>,
        /// Sort by this field, -FIELD for the highest first: price, -holding_torque.
        #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
        sort: Option<String>,
        /// Print one JSON document, with the range, basis and source of every value.
        #[arg(long, global = true)]
        json: bool,
        /// Folder of catalogue files of your own, over the built-in ones.
        #[arg(long, value_name = "DIR", global = true)]
        catalogue: Option<PathBuf>,
    },
    /// Measure a motor's pull-out curve on a simulated brake bench: CSV rpm,torque_nm, beside published points where there are any.
    /// Exit code 0 ran, 1 (with --check) off the published points, 2 could not run.
    Motor {
        /// Motor: an id of the catalogue or of --file; may be left out where the file holds one motor or the values below say it.
        id: Option<String>,
        /// Motors, drivers and supplies of your own, in the catalogue's format: [motor.ID], [driver.ID], [supply.ID].
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Driver: an id of the catalogue; an open-loop one with anti-resonance without it.
        #[arg(long, value_name = "ID")]
        driver: Option<String>,
        /// Supply: an id of the catalogue; without it --bus-volts, and no sag.
        #[arg(long, value_name = "ID")]
        supply: Option<String>,
        /// Bus voltage, V.
        #[arg(long, value_name = "V", allow_hyphen_values = true)]
        bus_volts: Option<f64>,
        /// Amplitude of the phase current, A: √2 times an RMS setting; √2 times the motor's rating, or the driver's most, without it.
        #[arg(long, value_name = "A", allow_hyphen_values = true)]
        amps_peak: Option<f64>,
        /// Microsteps in a full step; 16, or the driver's most.
        #[arg(long, value_name = "N")]
        microsteps: Option<u32>,
        /// Speeds, rev/min, separated by commas.
        #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
        rpm: Option<String>,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
        /// Write a picture (.svg).
        #[arg(long, value_name = "FILE")]
        plot: Option<PathBuf>,
        /// Fail where published points are missed by more than 15 % (NEMA 34: 20 %) above a third of the holding torque.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        values: MotorArguments,
    },
    /// What a tip or a plasma current does on a thickness: speeds, kerf, preheat, pierce, drag, gas and its cost. Exit code 0 found, 2
    /// could not run.
    Torch {
        /// Family of the catalogue, which picks the tip or current by thickness (victor-1-101, koike-102, aws-acetylene, generic-propane, plasma), or
        /// family and tip (victor-1-101-1).
        id: String,
        /// Plate thickness, mm.
        #[arg(long, value_name = "MM", allow_hyphen_values = true)]
        thickness_mm: f64,
        /// Tip of the family.
        #[arg(long, value_name = "TIP")]
        tip: Option<String>,
        /// Current of a plasma arc, A.
        #[arg(long, value_name = "A", allow_hyphen_values = true)]
        amps: Option<f64>,
        /// Plate material of the catalogue; S235 without it.
        #[arg(long, value_name = "ID")]
        material: Option<String>,
        /// Purity of the oxygen, a share or per cent; 0.995 without it.
        #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
        purity: Option<f64>,
        /// Folder of catalogue files of your own, over the built-in ones.
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Open the app: watch the machine cut. The same as no command at all.
    #[cfg(feature = "view")]
    View {
        /// Scene file (.toml); the examples are offered without one.
        scene: Option<PathBuf>,
        /// G-code file that replaces the scene's own.
        #[arg(long, value_name = "FILE")]
        program: Option<PathBuf>,
        /// Folder where the app keeps preferences and recent files; the system's without it.
        #[arg(long, value_name = "DIR")]
        keep_in: Option<PathBuf>,
        /// Keep a JSON file with the places of what can be clicked, for tests.
        #[arg(long, value_name = "FILE", hide = true)]
        spots: Option<PathBuf>,
    },
    /// Draw pictures or a film of the app, without a window.
    #[cfg(feature = "view")]
    Render(torchtwin::command::render::RenderOptions),
}

/// What to say of parts beside lists.
#[derive(Subcommand)]
enum PartsCommand {
    /// Every value of a part with its unit, range, basis and source, and its price.
    Show {
        /// Part as machine files name it, motors/23HS22-2804S, or its id alone.
        id: String,
    },
    /// Parts of one kind side by side.
    Compare {
        /// Parts, as for show.
        #[arg(required = true, num_args = 2..)]
        ids: Vec<String>,
    },
    /// What a machine costs, line by line and what drives it, and what its drives come to: masses, stiffness, travel a step.
    Machine {
        /// Machine file (.toml).
        file: PathBuf,
    },
}

/// A motor's own values: over those of the catalogue, or instead of them.
#[derive(Args)]
struct MotorArguments {
    /// Holding torque, two phases at rated current, N·m.
    #[arg(long, value_name = "NM")]
    holding_torque_nm: Option<f64>,
    /// Rated phase current, A.
    #[arg(long, value_name = "A")]
    rated_amps: Option<f64>,
    /// Phase resistance, Ω.
    #[arg(long, value_name = "OHM")]
    resistance_ohm: Option<f64>,
    /// Phase inductance as on the sheet, mH.
    #[arg(long, value_name = "MH")]
    inductance_mh: Option<f64>,
    /// NEMA frame: 17, 23, 34.
    #[arg(long, value_name = "N")]
    frame_nema: Option<f64>,
    /// Body length, mm.
    #[arg(long, value_name = "MM")]
    body_mm: Option<f64>,
    /// Rotor inertia, g·cm²; by frame and body length without it.
    #[arg(long, value_name = "G_CM2")]
    rotor_inertia_g_cm2: Option<f64>,
    /// Detent torque, N·m; a share of the holding torque without it.
    #[arg(long, value_name = "NM")]
    detent_torque_nm: Option<f64>,
}

impl From<MotorArguments> for MotorValues {
    fn from(a: MotorArguments) -> Self {
        Self {
            holding_torque_nm: a.holding_torque_nm,
            rated_current_a: a.rated_amps,
            resistance_ohm: a.resistance_ohm,
            inductance_mh: a.inductance_mh,
            frame_nema: a.frame_nema,
            body_mm: a.body_mm,
            rotor_inertia_g_cm2: a.rotor_inertia_g_cm2,
            detent_torque_nm: a.detent_torque_nm,
        }
    }
}

/// How a program is to be read.
#[derive(Args)]
struct ReadingArguments {
    /// Whose rules hold: grbl, linuxcnc or mach3; guessed, with a note, without it.
    #[arg(long)]
    dialect: Option<String>,
    /// Machine file: warns of moves beyond its travel and feeds above its limits, and has its own torch words.
    #[arg(long, value_name = "FILE")]
    machine: Option<PathBuf>,
    /// Folder of catalogue files of your own, over the built-in ones and those that the machine file names.
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
    /// Tool table in LinuxCNC's format, for G41, G42 and G43; its lengths are in the controller's own unit.
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
    /// The controller's own unit, mm or inch: that of the tool table and of #5161 to #5390.
    #[arg(long, value_name = "UNIT")]
    machine_units: Option<String>,
    /// A value for #<_hal[NAME]>; may be given several times.
    #[arg(long, value_name = "NAME=VALUE")]
    hal: Vec<String>,
    /// What the M words do to the torch: m3-starts, m3-preheat-m8-oxygen, qtplasmac or power-by-s.
    #[arg(long, value_name = "PRESET")]
    torch_words: Option<String>,
    /// G4 P counts in milliseconds, as Mach3 can be told.
    #[arg(long)]
    dwell_ms: bool,
    /// Pass over lines that start with '/'.
    #[arg(long)]
    block_delete: bool,
    /// Rounds of loops, all together, before a program counts as endless.
    #[arg(long, value_name = "COUNT")]
    most_repeats: Option<u64>,
    /// Where the program's zero lies on the machine, mm; the machine's zero without it.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    work_zero_mm: Option<String>,
}

impl From<ReadingArguments> for Reading {
    fn from(a: ReadingArguments) -> Self {
        Self {
            dialect: a.dialect,
            machine: a.machine,
            catalogue: a.catalogue,
            tools: a.tools,
            machine_units: a.machine_units,
            hal: a.hal,
            torch_words: a.torch_words,
            dwell_ms: a.dwell_ms,
            block_delete: a.block_delete,
            most_repeats: a.most_repeats,
            work_zero_mm: a.work_zero_mm,
        }
    }
}

/// The app, where it is built in; else the help.
fn without_a_command() -> u8 {
    #[cfg(feature = "view")]
    return torchtwin::command::view::view(&torchtwin::view::app::Start::default());
    #[cfg(not(feature = "view"))]
    {
        use clap::CommandFactory;
        // A closed pipe is no reason to say more.
        let _ = Arguments::command().print_help();
        torchtwin::command::COULD_NOT_RUN
    }
}

fn main() -> ExitCode {
    let Some(command) = Arguments::parse().command else { return ExitCode::from(without_a_command()) };
    let code = match command {
        Command::Run {
            scenes,
            filter,
            fail_fast,
            announced,
            bless,
            report,
            logs,
            json,
            junit,
            program,
            catalogue,
            threads,
            no_fast_forward,
            strides,
            engine,
            quiet,
            samples,
            seed,
            pass_share,
            shard,
        } => {
            let engine = EngineKind::named(&engine).unwrap_or_default();
            let options = RunOptions {
                scenes,
                filter,
                fail_fast,
                announced,
                bless,
                report,
                logs,
                json,
                junit,
                program,
                catalogue,
                threads,
                no_fast_forward,
                strides,
                engine,
                quiet,
            };
            match samples {
                Some(count) => sample(&options, &Sampling { count: count as usize, seed, shard, pass_share }),
                None => run(&options),
            }
        }
        Command::Size { scene, program, budget_usd, report, json, catalogue, threads, engine, shard, quiet } => {
            let engine = EngineKind::named(&engine).unwrap_or_default();
            size(&SizeOptions { scene, program, budget_usd, report, json, catalogue, threads, engine, shard, quiet })
        }
        Command::Merge { folder, report, json, pass_share } => merge(&folder, report.as_deref(), json, pass_share),
        Command::Diff { before, after, json, svg } => diff([&before, &after], json, svg.as_deref()),
        Command::Validate { json, html } => validate(json, html.as_deref()),
        Command::Check { program, json, reading } => check(&program, &reading.into(), json),
        Command::Path { program, verbose, reading } => path(&program, &reading.into(), verbose),
        Command::Plan { program, profile, settings, steps, torch, audit, json, reading } => {
            plan(&program, &reading.into(), &PlanOptions { profile, settings, steps, torch, audit, json })
        }
        Command::Parts { what, kind, filter, sort, json, catalogue } => {
            let question = match (what, kind) {
                (Some(PartsCommand::Show { id }), _) => Question::Show { id },
                (Some(PartsCommand::Compare { ids }), _) => Question::Compare { ids },
                (Some(PartsCommand::Machine { file }), _) => Question::Machine { file },
                (None, Some(kind)) => Question::List { kind, filters: filter, sort },
                (None, None) => Question::Kinds,
            };
            parts(&question, catalogue.as_deref(), json)
        }
        Command::Motor { id, file, driver, supply, bus_volts, amps_peak, microsteps, rpm, json, plot, check, values } => {
            let values = values.into();
            motor(&MotorOptions { id, file, driver, supply, bus_volts, amps_peak, microsteps, rpm, json, plot, check, values })
        }
        Command::Torch { id, thickness_mm, tip, amps, material, purity, catalogue, json } => {
            torch(&TorchOptions { id, thickness_mm, tip, amps, material, purity, catalogue, json })
        }
        #[cfg(feature = "view")]
        Command::View { scene, program, keep_in, spots } => {
            torchtwin::command::view::view(&torchtwin::view::app::Start { scene, program, keep_in, spots })
        }
        #[cfg(feature = "view")]
        Command::Render(options) => torchtwin::command::render::render(&options),
    };
    ExitCode::from(code)
}
