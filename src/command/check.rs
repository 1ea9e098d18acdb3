//! `torchtwin check`: what is wrong with a program, without running it.

use std::path::Path;

use serde_json::json;

use crate::command::reading::{Reading, count, lines_of, not_read, read};
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, say};
use crate::diag::{Diagnostic, Severity, any_error};
use crate::program::Counter;

/// Prints every finding of the program at `path`, as text or as one JSON document, and returns the exit code.
pub fn check(path: &Path, reading: &Reading, as_json: bool) -> u8 {
    let could_not_run = |findings: &[Diagnostic]| {
        if as_json {
            let found: Vec<_> = findings.iter().map(|d| of(d, None)).collect();
            say(&format!("{:#}\n", json!({ "file": path.display().to_string(), "errors": found.len(), "findings": found })));
        }
        complain(findings)
    };
    let (setup, notes) = match reading.setup() {
        Ok(read) => read,
        Err(findings) => return could_not_run(&findings),
    };
    let mut counter = Counter::default();
    let (summary, mut findings) = match read(path, &setup, &mut counter) {
        Ok(result) => result,
        Err(finding) => return could_not_run(&[finding]),
    };
    // In the order of the lines; what counts the rest of a kind comes last.
    findings.sort_by_key(|d| if d.found.ends_with("not shown") { u32::MAX } else { d.place.line });
    // What the machine is made of comes first.
    findings.splice(0..0, notes);
    let lines = lines_of(&findings);
    let line_of = |d: &Diagnostic| lines.get(&(d.place.file.clone(), d.place.line)).map(String::as_str);
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(|s| count(&findings, s));
    let written = if as_json {
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
        say(&format!("{document:#}\n"))
    } else {
        let mut text: String = findings.iter().map(|finding| finding.with_line(line_of(finding)) + "\n").collect();
        let number = |count: usize, of: &str| format!("{count} {of}{}", if count == 1 { "" } else { "s" });
        let [errors, warnings, notes] = [number(errors, "error"), number(warnings, "warning"), number(notes, "note")];
        let title = summary.dialect.title();
        text.push_str(&format!("{}: {errors}, {warnings}, {notes}, read as {title}\n", path.display()));
        say(&text)
    };
    if !written || not_read(&findings) {
        COULD_NOT_RUN
    } else if any_error(&findings) {
        FAILED
    } else {
        PASSED
    }
}

pub(super) fn of(d: &Diagnostic, line: Option<&str>) -> serde_json::Value {
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
