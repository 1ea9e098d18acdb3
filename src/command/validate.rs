//! `torchtwin validate`: every validation case, expected beside computed.
//!
//! In: nothing. Out: a table, JSON or a page; exit code 1 when a case does not hold.

use std::fmt::Write as _;
use std::path::Path;

use indicatif::ProgressBar;
use serde_json::json;

use crate::command::{COULD_NOT_RUN, FAILED, PASSED, say, written};
use crate::validate::{Case, cases};

/// Computes all cases and says what came of them; `page` gets the same as HTML.
pub fn validate(as_json: bool, page: Option<&Path>) -> u8 {
    let bar = ProgressBar::new(1);
    let all = cases(&|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let held = all.iter().filter(|case| case.holds()).count();
    if let Some(page) = page {
        // Only a whole page takes the place of an older one.
        let beside = page.with_extension("unfinished");
        let wrote = std::fs::write(&beside, html(&all)).and_then(|()| std::fs::rename(&beside, page));
        if !written(wrote) {
            return COULD_NOT_RUN;
        }
    }
    let printed = say(&if as_json { format!("{:#}\n", json!({ "held": held, "cases": document(&all) })) } else { text(&all) });
    match (printed, held == all.len()) {
        (false, _) => COULD_NOT_RUN,
        (true, true) => PASSED,
        (true, false) => FAILED,
    }
}

fn document(all: &[Case]) -> serde_json::Value {
    let of = |case: &Case| {
        json!({
            "room": case.room, "case": case.title, "unit": case.unit, "expected": case.expected, "computed": case.computed,
            "difference": case.computed - case.expected, "tolerance": case.tolerance, "holds": case.holds(), "source": case.source,
        })
    };
    all.iter().map(of).collect()
}

/// A value with as many digits as matter beside its tolerance.
fn value(x: f64, tolerance: f64) -> String {
    let digits = (2.0 - tolerance.abs().max(1e-12).log10()).ceil().clamp(0.0, 6.0) as usize;
    format!("{x:.digits$}")
}

fn text(all: &[Case]) -> String {
    let mut out = String::new();
    let mut room = "";
    for case in all {
        if case.room != room {
            room = case.room;
            let _ = writeln!(out, "{room:<54}{:>12}{:>12}{:>11}{:>11}", "expected", "computed", "off", "may be");
        }
        let t = case.tolerance;
        let _ = writeln!(
            out,
            "{} {:<52}{:>12}{:>12}{:>11}{:>11} {}",
            if case.holds() { "✓" } else { "✗" },
            case.title,
            value(case.expected, t),
            value(case.computed, t),
            value(case.computed - case.expected, t),
            value(t, t),
            case.unit
        );
    }
    let held = all.iter().filter(|case| case.holds()).count();
    let _ = writeln!(out, "{held} of {} cases hold; --json and --html FILE have their sources", all.len());
    out
}

fn html(all: &[Case]) -> String {
    let mut rows = String::new();
    for case in all {
        let t = case.tolerance;
        let _ = writeln!(
            rows,
            "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            if case.holds() { "holds" } else { "fails" },
            case.room,
            escaped(&case.title),
            value(case.expected, t),
            value(case.computed, t),
            value(case.computed - case.expected, t),
            value(t, t),
            escaped(case.unit),
            escaped(case.source)
        );
    }
    let held = all.iter().filter(|case| case.holds()).count();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>torchtwin: validation</title><style>\
         body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color-scheme:light dark}}\
         table{{border-collapse:collapse;width:100%}}th,td{{padding:.3rem .6rem;border-bottom:1px solid #8884;text-align:left}}\
         td:nth-child(n+3):nth-child(-n+6){{text-align:right;font-variant-numeric:tabular-nums}}\
         tr.fails td{{background:#d3222233}}</style></head><body><h1>Validation</h1>\
         <p>{held} of {} cases hold.</p><table><thead><tr><th>room</th><th>case</th><th>expected</th><th>computed</th><th>off</th>\
         <th>may be</th><th>unit</th><th>source</th></tr></thead><tbody>\n{rows}</tbody></table></body></html>\n",
        all.len()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_does_not_hold_shows_in_text_and_page() {
        let case = Case {
            room: "plate",
            title: "a < b".into(),
            unit: "°C",
            expected: 100.0,
            computed: 103.0,
            tolerance: 2.0,
            source: "a formula",
        };
        let all = [case];
        assert!(text(&all).contains("✗ a < b") && text(&all).contains("0 of 1"), "{}", text(&all));
        assert!(html(&all).contains("class=\"fails\"") && html(&all).contains("a &lt; b"));
        assert_eq!(document(&all)[0]["difference"], 3.0);
    }
}
