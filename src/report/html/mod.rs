//! One self-contained page: the verdict first, then pictures, then tables. No network, no outside fonts; everything is there
//! without scripts, which only add zoom and a read-out.
//!
//! In: scene, record, verdict, timing. Out: HTML. Uses the rest of this room.

pub mod chart;
mod cuts;
pub mod frame;
mod head;
mod heat;
mod lens;
mod money;
mod motors;
mod plan;
mod scale;
mod tables;
mod traces;

pub use heat::map_png;

use std::fmt::Write;

use crate::scene::model::Scene;
use crate::twin::record::Record;

use super::judge::Verdict;
use super::timing::Timing;
use super::{colour, figures, svg, text};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A section of the page: its anchor, its name in the list at the top, its heading, what it shows, its body.
struct Section {
    id: &'static str,
    short: &'static str,
    title: &'static str,
    intro: String,
    body: String,
}

/// The whole page.
pub fn page(scene: &Scene, record: &Record, verdict: &Verdict, timing: &Timing) -> String {
    let sections = sections(scene, record, verdict);
    let word = if verdict.pass { "PASS" } else { "FAIL" };
    let mut out = top(&format!("{word} · {}", scene.title));
    out.push_str(&head::head(scene, record, verdict));
    out.push_str("<nav><a href=\"#why\">Checks</a>");
    for section in &sections {
        let _ = write!(out, "<a href=\"#{}\">{}</a>", section.id, section.short);
    }
    out.push_str("</nav>\n<main>\n");
    for section in &sections {
        let intro = if section.intro.is_empty() {
            String::new()
        } else {
            format!("<p class=\"intro\">{}</p>", svg::escape(&section.intro))
        };
        let _ = writeln!(out, "<section id=\"{}\"><h2>{}</h2>{intro}{}</section>", section.id, section.title, section.body);
    }
    let _ =
        write!(out, "</main>\n<footer>{}</footer>\n<script>\n{SCRIPT}</script></body></html>\n", footer(scene, record, timing));
    out
}

/// A page of another kind in the same clothes: no script, no network. `body` is HTML.
pub fn plain_page(title: &str, body: &str) -> String {
    format!("{}{body}<footer><p>Made by torchtwin.</p></footer></body></html>\n", top(title))
}

/// Everything up to the body.
fn top(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title>\n<style>\n{STYLE}{}</style></head>\n<body>\n",
        svg::escape(title),
        deviation_colours()
    )
}

fn sections(scene: &Scene, record: &Record, verdict: &Verdict) -> Vec<Section> {
    let frame = frame::Frame::of(scene, record);
    let section = |id, short, title, intro: String, body| Section { id, short, title, intro, body };
    let mut all = vec![
        section("cut", "Cut", "The cut, from above", cut_words(record), plan::plan(scene, record, verdict, &frame)),
        section("heat", "Heat", "How hot the plate got", String::new(), heat::heat(record, &frame)),
        section("motors", "Motors", "What the motors had to give", motor_words(record), motors::motors(scene, record)),
        section(
            "time",
            "Over time",
            "Errors over time",
            "Lag along the path only costs time; only what is across the path spoils the part. All four panels share one time axis.".into(),
            traces::traces(scene, record),
        ),
        section("budget", "Error budget", "Where the deviation comes from", budget_words(record), tables::budget(record) + &cuts::cuts(record)),
    ];
    if !record.probes.is_empty() {
        let intro = "Thermocouples on the virtual plate, as the scene placed them.".to_string();
        all.push(section("probes", "Probes", "What the probes read", intro, traces::probes(record)));
    }
    all.extend([
        section("parts", "Parts", "What came loose", String::new(), tables::parts(record)),
        section("cost", "Cost", "What the machine costs", String::new(), money::money(scene)),
        section(
            "estimates",
            "Estimates",
            "What this rests on",
            "Values that nobody has measured yet. The verdict is as good as they are: measure those first that can move it most."
                .into(),
            tables::estimates(scene),
        ),
        section("events", "Events", "What happened, in order", String::new(), tables::events(record)),
        section(
            "figures",
            "Figures",
            "All figures",
            "Each can be bounded in the scene's [expect] by its name, with _max or _min behind it where that is not said yet."
                .into(),
            tables::all_figures(record, verdict),
        ),
    ]);
    all
}

fn cut_words(record: &Record) -> String {
    let points: usize = record.cuts.iter().map(|cut| cut.points.len()).sum();
    if points == 0 {
        return "Nothing was cut.".into();
    }
    let length: f64 = record.cuts.iter().map(super::shapes::cut_length_m).sum();
    let cuts = if record.cuts.len() == 1 { "one cut".to_string() } else { format!("{} cuts", record.cuts.len()) };
    format!("{cuts}, {} m of kerf. Colour shows how far the torch was from the programmed path.", figures::fixed(length, 2))
}

fn motor_words(record: &Record) -> String {
    let tightest = record
        .joints
        .iter()
        .filter(|j| j.torque_margin_min.is_finite())
        .min_by(|a, b| a.torque_margin_min.total_cmp(&b.torque_margin_min));
    tightest.map_or(String::new(), |joint| {
        format!(
            "A point under the curve is safe, a point above it loses steps. The tightest is {} with {} left.",
            joint.name,
            figures::percent(joint.torque_margin_min)
        )
    })
}

fn budget_words(record: &Record) -> String {
    let most = record.budget.iter().filter(|b| b.worst_m.is_finite()).max_by(|a, b| a.worst_m.abs().total_cmp(&b.worst_m.abs()));
    most.map_or(String::new(), |line| {
        format!(
            "From the programmed point to the cut edge, step by step. The largest step is {}: {}. Steps can add up or cancel.",
            line.rung,
            figures::millimetres(line.worst_m.abs() * 1e3)
        )
    })
}

fn footer(scene: &Scene, record: &Record, timing: &Timing) -> String {
    let speed = timing
        .real_time_factor()
        .map_or(String::new(), |factor| format!(" Computed at {} × real time.", text::factor_text(factor)));
    format!(
        "<p>Made by torchtwin from <code>{}</code>. {} simulated, {} of it skipped where the motion was steady.{speed} The same data for programs: <code>report.json</code>.</p>",
        svg::escape(&scene.file),
        figures::duration(record.duration_s),
        figures::percent(record.fast_forward_share)
    )
}

/// The deviation ramp as CSS, for both themes.
fn deviation_colours() -> String {
    let (mut light, mut dark, mut uses) = (String::new(), String::new(), String::new());
    for step in 0..=colour::DEVIATION_STEPS {
        if step < colour::DEVIATION_STEPS {
            let [on_light, on_dark] = colour::deviation(step);
            let _ = write!(light, "--d{step}:{};", colour::hex(on_light));
            let _ = write!(dark, "--d{step}:{};", colour::hex(on_dark));
        }
        let _ = write!(uses, ".d{step}{{stroke:var(--d{step})}}.f{step}{{background:var(--d{step})}}");
    }
    let over = format!("--d{}:var(--bad);", colour::DEVIATION_STEPS);
    format!(":root{{{light}{over}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}@media print{{:root{{{light}}}}}{uses}\n")
}

#[cfg(test)]
mod tests;
