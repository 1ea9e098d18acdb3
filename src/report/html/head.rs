//! The top of the page: verdict in plain words, the few numbers that matter, what failed and what would help.
//!
//! In: scene, record, verdict. Out: HTML. Uses the scene's model and the record.

use std::fmt::Write;

use crate::scene::model::{Bound, Scene};
use crate::twin::record::Record;

use super::super::figures::{self, dollars, kilograms, millimetres, percent};
use super::super::judge::{Reason, Verdict};
use super::super::{shapes, svg};

/// Banner, cards, reasons and checks.
pub fn head(scene: &Scene, record: &Record, verdict: &Verdict) -> String {
    let class = if verdict.pass { "good" } else { "bad" };
    let word = if verdict.pass { "PASS" } else { "FAIL" };
    let failed = verdict.failed();
    let only_cost = !verdict.pass && verdict.checks.iter().all(|check| check.pass || check.figure == "cost_usd");
    let short = match (verdict.pass, failed) {
        (true, _) => "This machine does this job.".to_string(),
        _ if only_cost => "This machine does this job, but costs more than the budget.".to_string(),
        (false, 1) => format!("This machine does not do this job as it stands: 1 of {} checks fails.", verdict.checks.len()),
        (false, _) => {
            format!("This machine does not do this job as it stands: {failed} of {} checks fail.", verdict.checks.len())
        }
    };
    let about = format!(
        "{} · {}, {} thick · {} · {}",
        scene.machine.title,
        scene.plate.material,
        millimetres(scene.plate.thickness_m * 1e3),
        scene.torch.process,
        scene.job.program_file
    );
    format!(
        "<header class=\"{class}\"><p class=\"brand\">torchtwin <span>dry run</span></p><h1>{}</h1><p class=\"about\">{}</p>\
         <div class=\"verdict\"><strong>{word}</strong><div><p class=\"short\">{short}</p><p>{}</p>{}</div></div>{}</header>{}",
        svg::escape(&scene.title),
        svg::escape(&about),
        svg::escape(&in_words(record, verdict)),
        announced(scene, verdict),
        cards(scene, record, verdict),
        why(record, verdict)
    )
}

/// For scenes that exist to show a failure.
fn announced(scene: &Scene, verdict: &Verdict) -> String {
    if scene.expect.fails_on.is_empty() {
        return String::new();
    }
    let end =
        if verdict.is_as_announced(scene) { "and it does exactly that" } else { "but the checks that failed are not those" };
    format!("<p>This scene exists to fail on <b>{}</b>, {end}.</p>", svg::escape(&scene.expect.fails_on.join(", ")))
}

/// The job in one sentence.
fn in_words(record: &Record, verdict: &Verdict) -> String {
    let get = |name: &str| record.figures.get(name).copied().filter(|v| v.is_finite());
    let limit = |name: &str, word: &str| match verdict.check(name).map(|check| check.bound) {
        Some(Bound::Max(most)) => format!(" ({word} {})", figures::show(name, most)),
        _ => String::new(),
    };
    let mut said = Vec::new();
    if let Some(s) = get("cycle_time_s") {
        said.push(format!("takes {}", figures::duration(s)));
    }
    if let Some(mm) = get("contour_error_max_mm") {
        said.push(format!("cuts within {} of the programmed path{}", millimetres(mm), limit("contour_error_max_mm", "limit")));
    }
    match get("lost_steps") {
        Some(0.0) => said.push("loses no steps".into()),
        Some(steps) => said.push(format!("loses {} full steps", figures::show("lost_steps", steps))),
        None => {}
    }
    if let Some(usd) = get("cost_usd") {
        said.push(format!("runs on a machine for {}{}", dollars(usd), limit("cost_usd", "budget")));
    }
    let Some(last) = said.pop() else { return String::new() };
    if said.is_empty() { format!("The job {last}.") } else { format!("The job {} and {last}.", said.join(", ")) }
}

/// A card: title, number, words below, share of the bound used, whether it holds.
struct Card {
    title: &'static str,
    value: String,
    below: String,
    used: Option<f64>,
    pass: Option<bool>,
}

fn cards(scene: &Scene, record: &Record, verdict: &Verdict) -> String {
    let all = [
        time_card(record, verdict),
        deviation_card(record, verdict),
        torque_card(record, verdict),
        cost_card(scene, record, verdict),
        parts_card(record, verdict),
    ];
    let mut out = String::from("<div class=\"cards\">");
    for card in all.into_iter().flatten() {
        let (class, mark) = match card.pass {
            Some(true) => (" good", "<em>✓</em>"),
            Some(false) => (" bad", "<em>✗</em>"),
            None => ("", ""),
        };
        let gauge = card.used.map_or(String::new(), |used| {
            let (fill, limit) = if used > 1.0 { (100.0, 100.0 / used) } else { (used.max(0.0) * 100.0, 100.0) };
            format!("<div class=\"gauge\"><i style=\"width:{fill:.1}%\"></i><b style=\"left:{limit:.1}%\"></b></div>")
        });
        let _ = write!(
            out,
            "<div class=\"card{class}\"><h2>{}{mark}</h2><p class=\"big\">{}</p>{gauge}<p class=\"small\">{}</p></div>",
            card.title,
            svg::escape(&card.value),
            svg::escape(&card.below)
        );
    }
    out.push_str("</div>");
    out
}

fn pass_of(verdict: &Verdict, names: &[&str]) -> Option<bool> {
    let checks: Vec<bool> = names.iter().filter_map(|name| verdict.check(name)).map(|check| check.pass).collect();
    if checks.is_empty() { None } else { Some(checks.iter().all(|pass| *pass)) }
}

fn figure(record: &Record, name: &str) -> Option<f64> {
    record.figures.get(name).copied().filter(|v| v.is_finite())
}

fn most_allowed(verdict: &Verdict, name: &str) -> Option<f64> {
    match verdict.check(name)?.bound {
        Bound::Max(most) if most > 0.0 => Some(most),
        _ => None,
    }
}

fn time_card(record: &Record, verdict: &Verdict) -> Option<Card> {
    let s = figure(record, "cycle_time_s")?;
    let part = |name: &str, words: &str| figure(record, name).map(|s| format!("{} {words}", figures::duration(s)));
    let below: Vec<String> = [part("cut_time_s", "cutting"), part("rapid_time_s", "rapids")].into_iter().flatten().collect();
    Some(Card {
        title: "Cycle time",
        value: figures::duration(s),
        below: below.join(", "),
        used: most_allowed(verdict, "cycle_time_s").map(|most| s / most),
        pass: pass_of(verdict, &["cycle_time_s"]),
    })
}

fn deviation_card(record: &Record, verdict: &Verdict) -> Option<Card> {
    let mm = figure(record, "contour_error_max_mm")?;
    let limit = most_allowed(verdict, "contour_error_max_mm");
    let line = shapes::worst_cut_point(record).map_or(String::new(), |(_, point)| format!("on line {}", point.line));
    let limit_words = limit.map(|most| format!("limit {}", millimetres(most)));
    let below: Vec<String> = [limit_words, Some(line)].into_iter().flatten().filter(|text| !text.is_empty()).collect();
    Some(Card {
        title: "Worst deviation",
        value: millimetres(mm),
        below: below.join(", "),
        used: limit.map(|most| mm / most),
        pass: pass_of(verdict, &["contour_error_max_mm"]),
    })
}

fn torque_card(record: &Record, verdict: &Verdict) -> Option<Card> {
    let tightest = record
        .joints
        .iter()
        .filter(|joint| joint.torque_margin_min.is_finite())
        .min_by(|a, b| a.torque_margin_min.total_cmp(&b.torque_margin_min));
    let margin = figure(record, "torque_margin_min").or(tightest.map(|joint| joint.torque_margin_min))?;
    let lost = figure(record, "lost_steps").unwrap_or(0.0);
    let motor = tightest.map_or(String::new(), |joint| format!("motor {} on line {}; ", joint.name, joint.torque_margin_line));
    let lost_words =
        if lost > 0.0 { format!("{} full steps lost", figures::show("lost_steps", lost)) } else { "no steps lost".into() };
    Some(Card {
        title: "Torque left",
        value: percent(margin),
        below: format!("{motor}{lost_words}"),
        used: Some(1.0 - margin),
        pass: pass_of(verdict, &["torque_margin_min", "lost_steps"]),
    })
}

fn cost_card(scene: &Scene, record: &Record, verdict: &Verdict) -> Option<Card> {
    let usd = figure(record, "cost_usd")?;
    let budget = most_allowed(verdict, "cost_usd");
    Some(Card {
        title: "Machine cost",
        value: dollars(usd),
        below: budget.map_or(format!("{} lines", scene.machine.costs.len()), |most| format!("budget {}", dollars(most))),
        used: budget.map(|most| usd / most),
        pass: pass_of(verdict, &["cost_usd"]),
    })
}

fn parts_card(record: &Record, verdict: &Verdict) -> Option<Card> {
    let freed: Vec<_> = record.parts.iter().filter(|part| part.freed_at_s.is_some()).collect();
    let count = figure(record, "parts_freed").or((!freed.is_empty()).then_some(freed.len() as f64))?;
    let heaviest = freed.iter().map(|part| part.mass_kg()).fold(0.0, f64::max);
    let tipping = freed.iter().filter(|part| shapes::tips_up(&part.piece)).count();
    let mut below = if freed.is_empty() {
        String::new()
    } else {
        format!("{}; heaviest {}", shapes::part_counts(record), kilograms(heaviest))
    };
    if tipping > 0 {
        let _ = write!(below, "; {tipping} may tip up");
    }
    Some(Card {
        title: "Parts freed",
        value: figures::show("parts_freed", count),
        below,
        used: None,
        pass: pass_of(verdict, &["parts_freed", "tip_ups", "cut_lost"]),
    })
}

/// What failed and why; then every check.
fn why(record: &Record, verdict: &Verdict) -> String {
    let mut out = String::from("<section id=\"why\">");
    if !verdict.reasons.is_empty() {
        out.push_str("<h2>What failed, and what would help</h2><ol class=\"reasons\">");
        for reason in &verdict.reasons {
            let place = link_to_place(record, reason);
            let fix = if reason.fix.is_empty() {
                String::new()
            } else {
                format!("<p class=\"fix\"><b>What would help</b> {}</p>", code(&svg::escape(&reason.fix)))
            };
            let _ = write!(
                out,
                "<li><p><b>{}</b> <span class=\"tag\">{}</span>{place}</p><p>{}</p>{fix}</li>",
                svg::escape(&figures::capital(&figures::words(&reason.figure))),
                svg::escape(&reason.figure),
                code(&svg::escape(&reason.text))
            );
        }
        out.push_str("</ol>");
    }
    out.push_str("<h2>Checks</h2><table class=\"stack checks\"><thead><tr><th>check</th><th class=\"n\">value</th><th class=\"n\">should be</th><th class=\"n\">margin</th></tr></thead><tbody>");
    for check in &verdict.checks {
        let (class, mark) =
            if check.pass { ("", "<em class=\"good\">✓</em>") } else { (" class=\"fault\"", "<em class=\"bad\">✗</em>") };
        let origin = if check.built_in { "; asked of every scene" } else { "" };
        let _ = write!(
            out,
            "<tr{class}><td>{mark} {}<span class=\"sub\">{}{origin}</span></td><td class=\"n\" data-label=\"value\">{}</td>\
             <td class=\"n\" data-label=\"should be\">{}</td><td class=\"n\" data-label=\"margin\">{}</td></tr>",
            svg::escape(&figures::words(&check.figure)),
            svg::escape(&check.figure),
            svg::escape(&check.value_words()),
            svg::escape(&check.bound_words()),
            svg::escape(&check.margin_words())
        );
    }
    out.push_str("</tbody></table></section>");
    out
}

/// Where a reason can be seen: the fault's mark in the plan, or the worst place.
fn link_to_place(record: &Record, reason: &Reason) -> String {
    let Some(line) = reason.line else { return String::new() };
    let same = |event: &crate::twin::record::Event| {
        Some(event.at_in_machine_m) == reason.at_in_machine_m && Some(event.time_s) == reason.time_s
    };
    let event = record.events.iter().position(|event| super::plan::went_wrong(event.kind) && same(event));
    match (event, reason.figure.starts_with("contour_error")) {
        (Some(n), _) => format!("<a class=\"line\" href=\"#place-{n}\">line {line}, show where</a>"),
        (None, true) => format!("<a class=\"line\" href=\"#worst-place\">line {line}, show where</a>"),
        (None, false) => format!("<span class=\"line\">line {line}</span>"),
    }
}

/// Text between backquotes, already escaped, as code.
fn code(escaped: &str) -> String {
    let mut parts = escaped.split('`');
    let mut out = parts.next().unwrap_or_default().to_string();
    let rest: Vec<&str> = parts.collect();
    for pair in rest.chunks(2) {
        match pair {
            [inside, after] => {
                let _ = write!(out, "<code>{inside}</code>{after}");
            }
            [alone] => {
                let _ = write!(out, "`{alone}");
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backquotes_become_code_only_in_pairs() {
        assert_eq!(code("use `a b` or `c`."), "use <code>a b</code> or <code>c</code>.");
        assert_eq!(code("5` wide"), "5` wide");
    }
}
