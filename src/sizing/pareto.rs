//! The picture of cost against deviation: every machine that was tried, the front that none beats in both, the bound and the budget.
//!
//! In: an [`Answer`]. Out: SVG, alone or in a page. Uses `report`'s building blocks.

use std::fmt::Write;

use super::answer::Answer;
use super::search::{Row, Stage};
use crate::report::beside::STYLE;
use crate::report::figures::{dollars, millimetres};
use crate::report::svg::{escape, tick_label, tick_step, ticks};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
/// Left, right, upper, lower end of the field.
const FIELD: [f64; 4] = [70.0, 740.0, 20.0, 370.0];

/// Rows with a place in the picture, and what that place is: cost, deviation.
fn points<'r>(answer: &'r Answer<'_>) -> Vec<(&'r Row, [f64; 2])> {
    let deviation =
        |row: &Row| if row.deviation_mm.is_finite() && row.deviation_mm > 0.0 { row.deviation_mm } else { row.geometry_mm };
    let all = answer.rows.iter().filter(|row| row.stage != Stage::OverBudget).map(|row| (row, [row.cost_usd[1], deviation(row)]));
    all.filter(|(_, at)| at.iter().all(|v| v.is_finite() && *v > 0.0)).collect()
}

/// The points that none beats in both, by cost.
pub fn front(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut sorted: Vec<[f64; 2]> = points.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let mut front: Vec<[f64; 2]> = Vec::new();
    for point in sorted {
        if front.last().is_none_or(|last| point[1] < last[1]) {
            front.push(point);
        }
    }
    front
}

/// The picture as a file of its own.
pub fn picture(answer: &Answer<'_>) -> String {
    let body = body(answer);
    body.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1).replacen('>', &format!(">{STYLE}"), 1)
}

/// The picture for a page that brings its own colours; those of [`STYLE`] stand in it by name.
pub fn body(answer: &Answer<'_>) -> String {
    let points = points(answer);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" style=\"height:auto;min-width:34rem;max-width:100%\" role=\"img\">"
    );
    if points.is_empty() {
        let _ = write!(out, "<text x=\"70\" y=\"60\">No machine was tried: all are over the budget.</text></svg>");
        return out;
    }
    let bounds = answer.bound_mm.into_iter();
    let (mut low, mut high) = ([f64::INFINITY; 2], [0.0_f64; 2]);
    let extra = bounds.map(|mm| [answer.budget_usd, mm]);
    for at in points.iter().map(|(_, at)| *at).chain(extra) {
        for k in 0..2 {
            (low[k], high[k]) = (low[k].min(at[k]), high[k].max(at[k]));
        }
    }
    let margin = (0.05 * (high[0] - low[0])).max(1.0);
    let (from, to) = ((low[0] - margin).max(0.0), high[0] + margin);
    // Deviations lie decades apart: a scale of powers.
    let (bottom, top) = ((low[1] * 0.8).log10(), (high[1] * 1.25).log10());
    let x = |usd: f64| FIELD[0] + (FIELD[1] - FIELD[0]) * (usd - from) / (to - from);
    let y = |mm: f64| FIELD[3] - (FIELD[3] - FIELD[2]) * (mm.log10() - bottom) / (top - bottom);
    let text = |out: &mut String, at: [f64; 2], anchor: &str, words: &str| {
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" style=\"fill:var(--quiet,var(--dim));font-size:12px\">{}</text>",
            at[0],
            at[1],
            escape(words)
        );
    };
    let line = |out: &mut String, d: String, colour: &str, dashes: &str| {
        let _ = write!(out, "<path d=\"{d}\" style=\"fill:none;stroke:var({colour});stroke-dasharray:{dashes}\"/>");
    };
    let step = tick_step(from, to, 6);
    for usd in ticks(from, to, 6) {
        line(&mut out, format!("M{:.1} {}V{}", x(usd), FIELD[2], FIELD[3]), "--line", "none");
        text(&mut out, [x(usd), FIELD[3] + 16.0], "middle", &format!("${}", tick_label(usd, step)));
    }
    for mm in decades(bottom, top) {
        line(&mut out, format!("M{} {:.1}H{}", FIELD[0], y(mm), FIELD[1]), "--line", "none");
        text(&mut out, [FIELD[0] - 6.0, y(mm) + 4.0], "end", &format!("{mm} mm"));
    }
    text(&mut out, [0.5 * (FIELD[0] + FIELD[1]), HEIGHT - 12.0], "middle", "cost, with shipping and tax");
    if let Some(mm) = answer.bound_mm {
        line(&mut out, format!("M{} {:.1}H{}", FIELD[0], y(mm), FIELD[1]), "--ink", "5 4");
        text(&mut out, [FIELD[0] + 4.0, y(mm) + 15.0], "start", &format!("allowed: {}", millimetres(mm)));
    }
    line(&mut out, format!("M{:.1} {}V{}", x(answer.budget_usd), FIELD[2], FIELD[3]), "--ink", "5 4");
    text(&mut out, [x(answer.budget_usd) - 4.0, FIELD[2] + 12.0], "end", &format!("budget: {}", dollars(answer.budget_usd)));
    let path: Vec<String> = front(&points.iter().map(|(_, at)| *at).collect::<Vec<_>>())
        .iter()
        .map(|at| format!("{:.1} {:.1}", x(at[0]), y(at[1])))
        .collect();
    line(&mut out, format!("M{}", path.join("L")), "--quiet,var(--dim)", "none");
    let winner = answer.winner().map(|row| row.number);
    for (row, at) in points {
        let won = winner == Some(row.number);
        let (colour, size) = match row.stage {
            Stage::Passes => ("var(--c,var(--good))", if won { 8.0 } else { 5.0 }),
            Stage::Survives => ("var(--quiet,var(--dim))", 4.0),
            _ => ("var(--b,var(--bad))", 4.0),
        };
        let words = format!("{}, {}: {}", dollars(at[0]), millimetres(at[1]), answer.space.names(row.number).join(", "));
        let _ = write!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{size}\" style=\"fill:{colour};fill-opacity:.75\"><title>{} ({})</title></circle>",
            x(at[0]),
            y(at[1]),
            escape(&words),
            row.stage.words()
        );
    }
    out.push_str("</svg>\n");
    out
}

/// 1, 2, 5 and their tenfolds between two powers of ten.
fn decades(bottom: f64, top: f64) -> Vec<f64> {
    let all = (bottom.floor() as i32..=top.ceil() as i32).flat_map(|power| [1.0, 2.0, 5.0].map(|k| k * 10f64.powi(power)));
    all.filter(|mm| (bottom..=top).contains(&mm.log10())).map(|mm| (mm * 1e6).round() / 1e6).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_is_what_none_beats_in_both() {
        let points = [[3.0, 1.0], [1.0, 5.0], [2.0, 5.0], [2.0, 2.0], [4.0, 3.0], [1.0, 6.0]];
        assert_eq!(front(&points), [[1.0, 5.0], [2.0, 2.0], [3.0, 1.0]]);
        assert_eq!(decades(-1.05, 0.4), [0.1, 0.2, 0.5, 1.0, 2.0]);
    }
}
