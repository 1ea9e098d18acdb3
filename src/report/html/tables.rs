//! The tables: error budget, parts, estimates, events, figures.
//!
//! In: scene, record, verdict. Out: HTML. Uses the scene's model and the record.

use std::fmt::Write;

use crate::scene::model::Scene;
use crate::twin::record::{EventKind, Record};

use super::super::figures::{self, duration, kilograms};
use super::super::judge::Verdict;
use super::super::{shapes, svg};
use super::plan::went_wrong;

/// Most rows of a table; all of them are in `report.json`.
const MOST_ROWS: usize = 1500;

/// "… and 12 more in report.json".
fn rest(total: usize) -> String {
    if total > MOST_ROWS {
        format!("<p class=\"small\">… and {} more, all in report.json.</p>", total - MOST_ROWS)
    } else {
        String::new()
    }
}

/// Where the deviation comes from, rung by rung.
pub fn budget(record: &Record) -> String {
    if record.budget.is_empty() {
        return "<p>Nothing was cut, so there is no error to share out.</p>".into();
    }
    let lines = || record.budget.iter().chain(&record.plate_growth);
    let most = lines().map(|line| line.worst_m.abs()).filter(|v| v.is_finite()).fold(1e-9, f64::max);
    let largest = lines().map(|line| line.worst_m.abs()).fold(0.0, f64::max);
    let mut rows = String::new();
    for line in lines() {
        let share = |metres: f64| if metres.is_finite() { metres.abs() / most * 100.0 } else { 0.0 };
        let class = if line.worst_m.abs() >= largest { " top" } else { "" };
        let on = if line.worst_line > 0 { format!(", line {}", line.worst_line) } else { String::new() };
        let _ = write!(
            rows,
            "<div class=\"rung{class}\"><div class=\"name\"><b>{}</b><span class=\"sub\">{}</span></div><div class=\"bars\">\
             <i class=\"w\" style=\"width:{:.1}%\"></i><i class=\"r\" style=\"width:{:.1}%\"></i></div>\
             <div class=\"val\"><b>{}</b><span class=\"sub\">RMS {}{on}</span></div></div>",
            svg::escape(line.rung),
            svg::escape(shapes::rung_words(line.rung)),
            share(line.worst_m),
            share(line.rms_m),
            figures::show("_mm", line.worst_m.abs() * 1e3),
            figures::show("_mm", line.rms_m.abs() * 1e3),
        );
    }
    format!(
        "<figure><ul class=\"legend\"><li><i class=\"sw bw\"></i>worst across the path, while cutting</li><li><i class=\"sw br\"></i>typical (RMS)</li></ul>\
         <div class=\"rungs\">{rows}</div></figure>"
    )
}

/// What heat does to the parts, in words, and what would be better another way.
fn heat_words(record: &Record) -> String {
    let mut out = String::new();
    if let Some(growth) = &record.plate_growth {
        let _ = write!(
            out,
            "<p class=\"small\">Sizes are those of the cold part at 20 °C. The plate had grown when it was cut: up to {} across an outline, by the \
             mean temperature of the part.</p>",
            figures::show("_mm", growth.worst_m * 1e3)
        );
    }
    if record.parts.iter().any(|part| part.camber_m.is_some()) {
        out.push_str(
            "<p class=\"small\">Bow: an estimate of the most that a long narrow part bends in its plane, F e L²/(8 E I) with a shrinkage force \
             of 0.2 kN for each J/mm that the later of its long cuts leaves on its side. Sizes and deviations do not have it.</p>",
        );
    }
    if !record.advice.is_empty() {
        let items: String = record.advice.iter().map(|words| format!("<li>{}</li>", svg::escape(words))).collect();
        let _ = write!(out, "<h3>What would be better</h3><ul class=\"notes\">{items}</ul>");
    }
    out
}

/// What came loose.
pub fn parts(record: &Record) -> String {
    let freed: Vec<_> = record.parts.iter().enumerate().filter(|(_, part)| part.freed_at_s.is_some()).collect();
    if freed.is_empty() {
        return format!("<p>Nothing came loose.</p>{}", heat_words(record));
    }
    let bows = record.parts.iter().any(|part| part.camber_m.is_some());
    let mut rows = String::new();
    for (n, part) in freed.iter().take(MOST_ROWS) {
        let [low, high] = part.finished().bounds_m();
        let bow = part.camber_m.map_or(String::new(), |m| figures::show("_mm", m * 1e3));
        let bow = if bows { format!("<td class=\"n\" data-label=\"bow\">{bow}</td>") } else { String::new() };
        let class = if shapes::tips_up(&part.piece) { " class=\"warn\"" } else { "" };
        let _ = write!(
            rows,
            "<tr{class}><td>part {}</td><td class=\"n\" data-label=\"mass\">{}</td><td class=\"n\" data-label=\"size\">{} × {} mm</td>\
             <td class=\"n\" data-label=\"free after\">{}</td><td class=\"n\" data-label=\"line\">{}</td><td data-label=\"on the slats\">{}</td>{bow}</tr>",
            n + 1,
            kilograms(part.mass_kg()),
            figures::fixed((high[0] - low[0]) * 1e3, 1),
            figures::fixed((high[1] - low[1]) * 1e3, 1),
            part.freed_at_s.map_or(String::new(), duration),
            part.freed_line,
            shapes::support_words(&part.piece)
        );
    }
    let bow = if bows { "<th class=\"n\">bow, estimate</th>" } else { "" };
    format!(
        "<div class=\"tall\"><table class=\"stack\"><thead><tr><th>part</th><th class=\"n\">mass</th><th class=\"n\">size</th><th class=\"n\">free after</th>\
         <th class=\"n\">line</th><th>on the slats</th>{bow}</tr></thead><tbody>{rows}</tbody></table></div>{}{}",
        rest(freed.len()),
        heat_words(record)
    )
}

/// What was assumed or doubted while the scene was read.
fn findings(scene: &Scene) -> String {
    if scene.findings.is_empty() {
        return String::new();
    }
    let item = |finding: &crate::diag::Diagnostic| format!("<li>{}</li>", svg::escape(&finding.to_string()));
    let items: String = scene.findings.iter().take(MOST_ROWS).map(item).collect();
    format!("<h3>Noted while reading the scene</h3><ul class=\"notes\">{items}</ul>")
}

/// The estimates that the verdict rests on, and what was noted while the scene was read.
pub fn estimates(scene: &Scene) -> String {
    let notes = findings(scene);
    if scene.estimates.is_empty() {
        return format!("<p>Every value used is measured or from a datasheet.</p>{notes}");
    }
    let mut rows = String::new();
    for estimate in scene.estimates.iter().take(MOST_ROWS) {
        let range = match (estimate.low, estimate.high) {
            (Some(low), Some(high)) => format!("{} to {}", plain(low), plain(high)),
            (Some(low), None) => format!("at least {}", plain(low)),
            (None, Some(high)) => format!("at most {}", plain(high)),
            (None, None) => "not stated".into(),
        };
        let _ = write!(
            rows,
            "<tr><td class=\"key\">{}</td><td class=\"n\" data-label=\"value\">{}</td><td class=\"n\" data-label=\"may be\">{range}</td><td data-label=\"why\">{}</td></tr>",
            svg::escape(&estimate.key),
            plain(estimate.value),
            svg::escape(&estimate.source)
        );
    }
    format!(
        "<div class=\"tall\"><table class=\"stack\"><thead><tr><th>value</th><th class=\"n\">used</th><th class=\"n\">may be</th><th>from</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>{}{notes}",
        rest(scene.estimates.len())
    )
}

/// A number in its shortest form.
fn plain(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "no number".into()
    } else if size != 0.0 && !(1e-4..1e7).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// Name of a kind of event for people.
fn kind_words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::FlameOn => "flame lit",
        EventKind::Pierce => "pierce",
        EventKind::CutStart => "cut begins",
        EventKind::CutEnd => "cut ends",
        EventKind::CutLost => "cut lost",
        EventKind::LostSteps => "steps lost",
        EventKind::Fault => "fault",
        EventKind::DriveLetGo => "drive lets go",
        EventKind::TipTouchesPlate => "tip touches plate",
        EventKind::TipHitsPart => "torch hits a part",
        EventKind::TipHitsClamp => "torch hits a clamp",
        EventKind::NotAsDrawn => "not as drawn",
        EventKind::PartFreed => "part cut free",
    }
}

/// Everything that happened, in order of time; faults link to their place in the plan.
pub fn events(record: &Record) -> String {
    if record.events.is_empty() {
        return "<p>Nothing happened.</p>".into();
    }
    let faults_first = record.events.len() > MOST_ROWS;
    let mut rows = String::new();
    let shown = record.events.iter().enumerate().filter(|(n, event)| *n < MOST_ROWS || faults_first && went_wrong(event.kind));
    for (n, event) in shown.take(2 * MOST_ROWS) {
        let bad = went_wrong(event.kind);
        let [x, y] = event.at_in_machine_m.map(|v| if v.is_finite() { figures::fixed(v * 1e3, 1) } else { "?".into() });
        let place = if bad { format!("<a href=\"#place-{n}\">{x}, {y}</a>") } else { format!("{x}, {y}") };
        let _ = write!(
            rows,
            "<tr id=\"event-{n}\"{}><td class=\"n\">{}</td><td class=\"n\" data-label=\"line\">{}</td><td>{}</td><td class=\"n\" data-label=\"X, Y mm\">{place}</td><td>{}</td></tr>",
            if bad { " class=\"fault\"" } else { "" },
            duration(event.time_s),
            event.line,
            kind_words(event.kind),
            svg::escape(&event.text)
        );
    }
    format!(
        "<div class=\"tall\"><table class=\"stack\"><thead><tr><th class=\"n\">after</th><th class=\"n\">line</th><th>what</th><th class=\"n\">X, Y mm</th>\
         <th>in words</th></tr></thead><tbody>{rows}</tbody></table></div>{}",
        rest(record.events.len())
    )
}

/// Every figure by its name in `[expect]`.
pub fn all_figures(record: &Record, verdict: &Verdict) -> String {
    let mut rows = String::new();
    for (name, value) in &record.figures {
        let class = match verdict.check(name) {
            Some(check) if !check.pass => " class=\"fault\"",
            _ => "",
        };
        let bound = verdict.check(name).map_or(String::new(), |check| check.bound_words());
        let _ = write!(
            rows,
            "<tr{class}><td class=\"key\">{}</td><td class=\"n\" data-label=\"value\">{}</td><td class=\"n\" data-label=\"should be\">{bound}</td><td>{}</td></tr>",
            svg::escape(name),
            figures::show(name, *value),
            svg::escape(&figures::words(name))
        );
    }
    format!(
        "<table class=\"stack\"><thead><tr><th>name in [expect]</th><th class=\"n\">value</th><th class=\"n\">should be</th><th>what it is</th></tr></thead>\
         <tbody>{rows}</tbody></table>"
    )
}
