//! `torchtwin check`: what is wrong with a program, without running it.

use std::path::Path;

use crate::command::{COULD_NOT_RUN, FAILED, PASSED, say};
use crate::diag::{Severity, any_error};
use crate::program::Setup;
use crate::{gcode, program};

/// Prints every finding of the program at `path` and returns the exit code.
pub fn check(path: &Path) -> u8 {
    let file = path.display().to_string();
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            eprintln!("{file}: error[S001]: the file cannot be read: {error}\n  hint: check the path");
            return COULD_NOT_RUN;
        }
    };
    let (blocks, mut findings) = gcode::parse(&file, &text);
    let (_, mut more) = program::interpret(&file, &blocks, &Setup::default());
    findings.append(&mut more);
    findings.sort_by_key(|d| d.place.line);
    for finding in &findings {
        say(&format!("{}\n", finding.with_excerpt(&text)));
    }
    let count = |severity| findings.iter().filter(|d| d.severity == severity).count();
    say(&format!(
        "{file}: {} errors, {} warnings, {} notes in {} lines\n",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note),
        text.lines().count()
    ));
    if any_error(&findings) { FAILED } else { PASSED }
}
