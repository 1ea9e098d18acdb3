//! The verdict for the terminal: a table of checks, then why, then what came out of the job.
//!
//! In: scene, record, verdict, timing. Out: plain Unicode of at most 100 columns, coloured only when asked. Uses the scene's model
//! and the record.

use std::fmt::Write;

use crate::scene::model::Scene;
use crate::twin::record::Record;

use super::figures::{self, dollars, kilograms};
use super::judge::{Check, Verdict};
use super::shapes;
use super::timing::Timing;

/// Widest line.
pub const COLUMNS: usize = 100;

/// ANSI codes, or nothing.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    fn good(self, text: &str) -> String {
        self.with("1;32", text)
    }

    fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn quiet(self, text: &str) -> String {
        self.with("2", text)
    }
}

/// The verdict table of one run. `timing` adds the real-time factors.
pub fn verdict_table(scene: &Scene, record: &Record, verdict: &Verdict, timing: Option<&Timing>, color: bool) -> String {
    let paint = Paint(color);
    let mut out = String::new();
    let word = if verdict.pass { paint.good("PASS") } else { paint.bad("FAIL") };
    let _ = writeln!(out, "{word}  {}", cut(&scene.title, COLUMNS - 6));
    let about = format!("{} · {} · {}", scene.file, scene.machine.title, scene.job.program_file);
    let _ = writeln!(out, "      {}", paint.quiet(&cut(&about, COLUMNS - 6)));
    out.push('\n');
    checks(&mut out, verdict, paint);
    if !verdict.reasons.is_empty() {
        out.push_str("\nWhy:\n");
        for reason in &verdict.reasons {
            wrapped(&mut out, "  • ", &clean(&reason.text));
            if !reason.fix.is_empty() {
                wrapped(&mut out, "    → ", &clean(&reason.fix));
            }
        }
    }
    if !scene.expect.fails_on.is_empty() {
        let announced = scene.expect.fails_on.join(", ");
        let end =
            if verdict.is_as_announced(scene) { "and does exactly that" } else { "but the checks that failed are not those" };
        out.push('\n');
        wrapped(&mut out, "", &clean(&format!("This scene exists to fail on {announced}, {end}.")));
    }
    out.push('\n');
    outcome(&mut out, scene, record);
    if let Some(timing) = timing {
        speed(&mut out, timing);
    }
    out
}

/// One line for a run, for tables of several scenes: verdict, file, failed checks.
pub fn verdict_line(scene: &Scene, verdict: &Verdict, color: bool) -> String {
    let paint = Paint(color);
    let word = if verdict.pass { paint.good("PASS") } else { paint.bad("FAIL") };
    let failed: Vec<&str> = verdict.checks.iter().filter(|check| !check.pass).map(|check| check.figure.as_str()).collect();
    let failed = if failed.is_empty() { String::new() } else { format!("  {}", failed.join(", ")) };
    let rest = cut(&format!("{:<40}{failed}", clean(&scene.file)), COLUMNS - 6);
    format!("{word}  {}", rest.trim_end())
}

/// Width of the column with a scene's name in tables of several.
const NAME: usize = 36;

/// Head of the table of several scenes.
pub fn row_head(color: bool) -> String {
    format!("      {}\n", Paint(color).quiet(&format!("{:<NAME$}{:>9}{:>9}{:>9}", "scene", "job", "took", "× real")))
}

/// A row of the table of several scenes: verdict, file, length of the job, wall time, real-time factor, failed checks.
pub fn verdict_row(scene: &Scene, verdict: &Verdict, timing: &Timing, color: bool) -> String {
    let failed: Vec<&str> = verdict.checks.iter().filter(|check| !check.pass).map(|check| check.figure.as_str()).collect();
    let mut failed = failed.join(", ");
    if verdict.is_as_announced(scene) && !verdict.pass {
        failed.push_str(", as announced");
    }
    row(if verdict.pass { "PASS" } else { "FAIL" }, &scene.file, Some(timing), &failed, color)
}

/// A row as [`verdict_row`] makes it, of its parts; for what did not run, a word that is neither PASS nor FAIL and no timing.
pub fn row(word: &str, file: &str, timing: Option<&Timing>, rest: &str, color: bool) -> String {
    let paint = Paint(color);
    let word = match word {
        "PASS" => paint.good("PASS"),
        "FAIL" => paint.bad("FAIL"),
        other => format!("{other:<4}"),
    };
    let times = timing.map_or(String::new(), |timing| {
        let factor = timing.real_time_factor().map_or("–".into(), factor_text);
        format!("{:>9}{:>9}{factor:>9}", figures::clock(timing.simulated_s), figures::clock(timing.wall_s))
    });
    let line = format!("{:<NAME$}{times:<27}  {}", cut_left(file, NAME - 1), clean(rest));
    format!("{word}  {}\n", cut(line.trim_end(), COLUMNS - 6))
}

/// Why a scene failed, under its name, for the end of the table of several scenes.
pub fn why(scene: &Scene, verdict: &Verdict) -> String {
    let mut out = format!("\n{}\n", clean(&scene.file));
    for reason in &verdict.reasons {
        wrapped(&mut out, "  • ", &clean(&reason.text));
        if !reason.fix.is_empty() {
            wrapped(&mut out, "    → ", &clean(&reason.fix));
        }
    }
    out
}

/// The table of checks, each column as wide as its widest cell within its share of the line.
fn checks(out: &mut String, verdict: &Verdict, paint: Paint) {
    let row = |check: &Check| [clean(&check.figure), check.value_words(), check.bound_words(), check.margin_words()];
    let rows: Vec<[String; 4]> = verdict.checks.iter().map(row).collect();
    let head = ["check", "value", "should be", "margin"];
    let most = [28, 20, 26, 20];
    let widths: [usize; 4] = std::array::from_fn(|n| {
        let widest = rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0);
        widest.max(head[n].len()).min(most[n])
    });
    let line = |cells: [&str; 4]| {
        let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| pad(&cut(cell, width), width)).collect();
        padded.join("  ").trim_end().to_string()
    };
    let _ = writeln!(out, "    {}", paint.quiet(&line(head)));
    for (check, row) in verdict.checks.iter().zip(&rows) {
        let mark = if check.pass { paint.good("✓") } else { paint.bad("✗") };
        let text = line([&row[0], &row[1], &row[2], &row[3]]);
        let _ = writeln!(out, "  {mark} {}", if check.pass { text } else { paint.with("1", &text) });
    }
}

/// Modes that are named.
const SHOWN_MODES: usize = 3;

fn outcome(out: &mut String, scene: &Scene, record: &Record) {
    let freed: Vec<_> = record.parts.iter().filter(|part| part.freed_at_s.is_some()).collect();
    if let Some(s) = record.figures.get("cycle_time_s") {
        let _ = writeln!(out, "job      {}", figures::show("cycle_time_s", *s));
    }
    if !freed.is_empty() {
        let mass: f64 = freed.iter().map(|part| part.mass_kg()).sum();
        let tipping = freed.iter().filter(|part| shapes::tips_up(&part.piece)).count();
        let tipping = if tipping > 0 { format!(", {tipping} may tip up") } else { String::new() };
        let counts = shapes::part_counts(record);
        let _ = writeln!(out, "parts    {} cut free ({counts}), {} together{tipping}", freed.len(), kilograms(mass));
    }
    if !scene.machine.costs.is_empty() {
        let total: f64 = scene.machine.costs.iter().map(|line| line.total_usd()).sum();
        let _ = writeln!(out, "machine  {} in {} lines", dollars(total), scene.machine.costs.len());
    }
    for (k, (_, words)) in record.modes.iter().take(SHOWN_MODES).enumerate() {
        wrapped(out, if k == 0 { "rings at " } else { "         " }, words);
    }
    for words in &record.advice {
        wrapped(out, "advice   ", &clean(words));
    }
    for finding in &scene.findings {
        wrapped(out, "note     ", &clean(&finding.to_string()));
    }
    if !scene.estimates.is_empty() {
        let _ = writeln!(out, "basis    {} values used are estimates; the report lists them", scene.estimates.len());
    }
}

fn speed(out: &mut String, timing: &Timing) {
    let Some(factor) = timing.real_time_factor() else { return };
    let simulated = figures::duration(timing.simulated_s);
    let wall = figures::duration(timing.wall_s);
    let _ = writeln!(out, "speed    {} × real time ({simulated} simulated in {wall})", factor_text(factor));
    for (stage, wall_s, factor) in timing.stage_factors() {
        let factor = factor.map_or("–".into(), |factor| format!("{} × real time", factor_text(factor)));
        let _ = writeln!(out, "         {} {:>10}   {factor}", pad(&cut(&clean(stage), 24), 24), figures::duration(wall_s));
    }
}

/// A factor with about three digits.
pub fn factor_text(factor: f64) -> String {
    figures::fixed(
        factor,
        if factor < 10.0 {
            2
        } else if factor < 100.0 {
            1
        } else {
            0
        },
    )
}

/// Control characters from files must not reach a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// At most `width` characters, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= width {
        return text;
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// The end of a path that is too long: that is where names differ.
fn cut_left(text: &str, width: usize) -> String {
    let text = clean(text);
    let count = text.chars().count();
    if count <= width { text } else { ['…'].into_iter().chain(text.chars().skip(count + 1 - width)).collect() }
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}

/// Text broken between words to the width of the terminal, with a hanging indent under `first`.
fn wrapped(out: &mut String, first: &str, text: &str) {
    let indent = first.chars().count();
    let mut line = first.to_string();
    let mut empty = true;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if !empty && line.chars().count() + 1 + word.len() > COLUMNS {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
            empty = true;
        }
        while word.len() > COLUMNS - indent {
            let rest = word.split_off(COLUMNS - indent);
            let _ = writeln!(out, "{line}{}", word.iter().collect::<String>());
            line = " ".repeat(indent);
            word = rest;
        }
        if !empty {
            line.push(' ');
        }
        line.extend(word);
        empty = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use super::super::{judge, sample};
    use super::*;

    #[test]
    fn the_table_fits_and_says_what_matters() {
        let (mut scene, record) = sample::failing();
        scene.title = "A title that goes on and on ".repeat(9);
        scene.machine.title = "evil \x1b[2J title".into();
        let verdict = judge(&scene, &record);
        let timing = Timing { stages: vec![("parse".into(), 0.01), ("twin".into(), 2.0)], simulated_s: 900.0, wall_s: 2.2 };
        let text = verdict_table(&scene, &record, &verdict, Some(&timing), false);
        assert!(text.lines().all(|line| line.chars().count() <= COLUMNS), "{text}");
        assert!(!text.contains('\x1b'));
        for part in
            ["FAIL", "✗ lost_steps", "contour_error_max_mm", "at most 0.250 mm", "over by", "Why:", "× real time", "cut free"]
        {
            assert!(text.contains(part), "{part} missing in\n{text}");
        }
        let coloured = verdict_table(&scene, &record, &verdict, None, true);
        assert!(coloured.contains("\x1b[1;31mFAIL\x1b[0m") && !coloured.contains("\x1b[2J"));
    }

    #[test]
    fn one_line_for_many_scenes() {
        let (scene, record) = sample::failing();
        let line = verdict_line(&scene, &judge(&scene, &record), false);
        assert!(line.starts_with("FAIL  scenes/") && line.contains("lost_steps") && line.chars().count() <= COLUMNS, "{line}");
    }

    #[test]
    fn rows_stand_under_their_heads() {
        let (scene, record) = sample::failing();
        let timing = Timing { stages: Vec::new(), simulated_s: 632.0, wall_s: 5.2 };
        let row = verdict_row(&scene, &judge(&scene, &record), &timing, false);
        let at = |text: &str, word: &str| text.find(word).map(|byte| text[..byte].chars().count() + word.chars().count());
        assert_eq!(at(&row, "10:32"), at(&row_head(false), "job"), "{row}");
        assert!(at(&row, "0:05.2").is_some() && at(&row, "122") == at(&row_head(false), "× real"), "{row}");
        assert!(row.contains("lost_steps") && row.chars().count() <= COLUMNS + 1, "{row}");
    }

    #[test]
    fn long_words_are_broken() {
        let mut out = String::new();
        wrapped(&mut out, "  • ", &format!("a {} b", "x".repeat(250)));
        assert!(out.lines().all(|line| line.chars().count() <= COLUMNS), "{out}");
        assert_eq!(out.matches('x').count(), 250);
    }
}
