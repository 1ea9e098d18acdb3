//! `torchtwin check`: what is wrong with a program, without running it.

use std::path::Path;

use serde_json::json;

use crate::command::reading::{Reading, count, lines_of, read};
use crate::command::{FAILED, PASSED, complain, say};
use crate::diag::{Diagnostic, Severity, any_error};
use crate::program::Counter;

/// Prints every finding of the program at `path`, as text or as one JSON document, and returns the exit code.
pub fn check(path: &Path, reading: &Reading, as_json: bool) -> u8 {
    let setup = match reading.setup() {
        Ok(setup) => setup,
        Err(findings) => return complain(&findings),
    };
    let mut counter = Counter::default();
    let (summary, mut findings) = match read(path, &setup, &mut counter) {
        Ok(result) => result,
        Err(finding) => return complain(&[finding]),
    };
    // In the order of the lines; what counts the rest of a kind comes last.
    findings.sort_by_key(|d| if d.found.ends_with("not shown") { u32::MAX } else { d.place.line });
    let lines = lines_of(&findings);
    let line_of = |d: &Diagnostic| lines.get(&(d.place.file.clone(), d.place.line)).map(String::as_str);
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(|s| count(&findings, s));
    if as_json {
        let found: Vec<_> = findings.iter().map(|d| of(d, line_of(d))).collect();
        let document = json!({
            "file": path.display().to_string(),
            "dialect": summary.dialect.name(),
            "torch_words": summary.torch_words.name,
            "items": counter.0,
            "errors": errors,
            "warnings": warnings,
            "notes": notes,
            "findings": found,
        });
        say(&format!("{document:#}\n"));
    } else {
        for finding in &findings {
            say(&format!("{}\n", finding.with_line(line_of(finding))));
        }
        let title = summary.dialect.title();
        say(&format!("{}: {errors} errors, {warnings} warnings, {notes} notes, read as {title}\n", path.display()));
    }
    if any_error(&findings) { FAILED } else { PASSED }
}

fn of(d: &Diagnostic, line: Option<&str>) -> serde_json::Value {
    let severity = match d.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    json!({
        "severity": severity,
        "code": d.code,
        "controller_error": d.controller_error,
        "file": d.place.file,
        "line": d.place.line,
        "column": d.place.column,
        "width": d.place.width,
        "found": d.found,
        "expected": d.expected,
        "hint": d.hint,
        "excerpt": line,
    })
}
