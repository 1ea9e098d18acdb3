//! `torchtwin diff`: two runs beside each other, figure by figure, and the first stage at which they part.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, say};
use crate::diag::{Diagnostic, Place};
use crate::report::compare::{Difference, Snapshot};
use crate::report::json::{number, object, to_text};
use crate::report::{beside, files};

/// Compares two reports (`report.json`, or the folders they lie in, or golden files). Exit code: 0 the same, 1 not, 2 could not compare.
pub fn diff(paths: [&Path; 2], json: bool, svg: Option<&Path>) -> u8 {
    let [before, after] = match (read(paths[0]), read(paths[1])) {
        (Ok(before), Ok(after)) => [before, after],
        (before, after) => return complain(&[before.err(), after.err()].into_iter().flatten().map(|f| *f).collect::<Vec<_>>()),
    };
    let differences = before.differences(&after);
    if let Some(path) = svg {
        let names = paths.map(|path| path.display().to_string());
        if let Err(finding) = files::write_file(path, beside::picture([&before, &after], &names).as_bytes()) {
            return complain(&[finding]);
        }
    }
    let out = if json { to_text(&document(&differences)) } else { table(&differences) };
    match (say(&out), differences.is_empty()) {
        (false, _) => COULD_NOT_RUN,
        (true, true) => PASSED,
        (true, false) => FAILED,
    }
}

fn read(path: &Path) -> Result<Snapshot, Box<Diagnostic>> {
    let path: PathBuf = if path.is_dir() { path.join("report.json") } else { path.to_path_buf() };
    let wrong = |why: String| {
        let finding = Diagnostic::error("C007", why).at(Place { file: path.display().to_string(), ..Place::default() });
        Box::new(finding.expected("a report.json of `torchtwin run --report`, its folder, or a golden file"))
    };
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| wrong(format!("not JSON: {error}")))?;
    Snapshot::of(&value).ok_or_else(|| wrong("it has no `figures`".into()))
}

fn table(differences: &[Difference]) -> String {
    let Some(first) = differences.first() else { return "the same in every figure and every rung\n".into() };
    let mut out = format!("The first stage that moved is {}.\n\n", first.stage_name());
    let _ = writeln!(out, "{:<28}{:<36}{:>14}{:>14}{:>9}", "stage", "value", "before", "after", "change");
    for difference in differences {
        let show = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.6}"));
        let change = match (difference.before, difference.after) {
            (Some(a), Some(b)) if a != 0.0 => format!("{:+.1} %", 100.0 * (b - a) / a.abs()),
            _ => String::new(),
        };
        let (before, after) = (show(difference.before), show(difference.after));
        let _ = writeln!(out, "{:<28}{:<36}{before:>14}{after:>14}{change:>9}", difference.stage_name(), difference.what);
    }
    out
}

fn document(differences: &[Difference]) -> Value {
    let maybe = |value: Option<f64>| value.map_or(Value::Null, number);
    let one = |difference: &Difference| {
        object([
            ("stage", Value::from(difference.stage_name())),
            ("value", Value::from(difference.what.as_str())),
            ("before", maybe(difference.before)),
            ("after", maybe(difference.after)),
            ("line", difference.line.map_or(Value::Null, Value::from)),
        ])
    };
    object([
        ("same", Value::from(differences.is_empty())),
        ("first_stage", differences.first().map_or(Value::Null, |first| Value::from(first.stage_name()))),
        ("differences", Value::Array(differences.iter().map(one).collect())),
    ])
}
