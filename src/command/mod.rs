//! What the command line does: reads files, runs the chain, writes answers. Arguments and exit codes are `main`'s.
//!
//! In: paths and options. Out: text on stdout and stderr, report folders, exit codes. May use: all rooms. Nobody uses it but `main`.

mod audit;
pub mod batch;
pub mod check;
pub mod diff;
pub mod golden;
mod holdups;
pub mod merge;
pub mod motor;
pub mod parts;
pub mod path;
pub mod plan;
mod pulses;
pub mod reading;
#[cfg(feature = "view")]
pub mod render;
pub mod run;
pub mod samples;
pub mod size;
pub mod torch;
pub mod validate;
#[cfg(feature = "view")]
pub mod view;

use std::path::Path;

use crate::report::columns::Columns;
use crate::sizing::shard::{self, Shard};

/// Exit code: ran and passed.
pub const PASSED: u8 = 0;
/// Exit code: ran, and something is out of tolerance, or the program has errors.
pub const FAILED: u8 = 1;
/// Exit code: could not run.
pub const COULD_NOT_RUN: u8 = 2;

/// Writes findings to stderr; the exit code for what could not run.
pub(crate) fn complain(findings: &[crate::diag::Diagnostic]) -> u8 {
    for finding in findings {
        eprintln!("{finding}");
    }
    COULD_NOT_RUN
}

/// Writes data to stdout. A reader that has gone away (`| head`) is not an error.
/// False if it could not be written, after saying so.
pub(crate) fn say(text: &str) -> bool {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Writes the part of one shard, prints where it lies, and returns the exit code.
pub(crate) fn keep_part(folder: &Path, shard: Shard, part: Columns) -> u8 {
    match shard::write(folder, shard, part) {
        Ok(path) if say(&format!("{}\n", path.display())) => PASSED,
        Ok(_) => COULD_NOT_RUN,
        Err(finding) => complain(&[finding]),
    }
}

/// Whether a result was written, or nobody is left to read it; says what else went wrong.
pub(crate) fn written(result: std::io::Result<()>) -> bool {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("error[C002]: the result cannot be written: {error}\n  hint: is the disk full?");
            false
        }
        _ => true,
    }
}
