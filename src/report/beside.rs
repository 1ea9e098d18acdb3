//! Two runs in one picture: their error budgets rung by rung, and the worst deviation of each cut.
//!
//! In: two snapshots. Out: one SVG that follows the reader's light or dark theme. Uses this room's building blocks.

use std::fmt::Write;

use super::compare::Snapshot;
use super::figures::millimetres;
use super::svg::{escape, round_up, tick_label, tick_step, ticks};

/// Colours of the two runs and of everything else, light and dark.
pub const STYLE: &str = "<style>svg{--ink:#222;--quiet:#767676;--line:#ddd;--a:#7a7f87;--b:#c2410c;--c:#15803d;background:#fff}\
    @media (prefers-color-scheme:dark){svg{--ink:#e8e8e8;--quiet:#9a9a9a;--line:#3a3a3a;--a:#8e959e;--b:#fb923c;--c:#4ade80;background:#161616}}\
    text{font:12px system-ui,sans-serif;fill:var(--ink)}.q{fill:var(--quiet)}.l{stroke:var(--line)}\
    .a{fill:var(--a)}.b{fill:var(--b)}.h{font-size:15px;font-weight:600}</style>";

const WIDTH: f64 = 760.0;
/// Where bars begin and end.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 680.0;
/// Height of one bar.
const BAR: f64 = 9.0;

/// The picture; `names` say where the runs are from.
pub fn picture(runs: [&Snapshot; 2], names: &[String; 2]) -> String {
    let mut out = String::new();
    let mut y = 28.0;
    for (k, name) in names.iter().enumerate() {
        let _ = writeln!(out, "<rect x=\"20\" y=\"{}\" width=\"14\" height=\"10\" class=\"{}\"/>", y - 9.0, ["a", "b"][k]);
        let _ = writeln!(out, "<text x=\"42\" y=\"{y}\">{}</text>", escape(name));
        y += 20.0;
    }
    let rungs: Vec<(String, [Option<f64>; 2])> =
        pairs(runs, |run| run.rungs.iter().map(|r| (r.name.clone(), r.worst_mm)).collect());
    y = bars(&mut out, y + 16.0, "Error budget, worst, mm", &rungs);
    let cuts = pairs(runs, |run| {
        run.cuts.iter().enumerate().map(|(k, (line, mm))| (format!("cut {}, line {line}", k + 1), *mm)).collect()
    });
    y = bars(&mut out, y + 26.0, "Worst deviation of each cut, mm", &cuts);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" width=\"{WIDTH}\">{STYLE}\n{out}</svg>\n",
        y + 16.0
    )
}

/// Values of both runs under the names of the first, then those that only the second has.
fn pairs(runs: [&Snapshot; 2], of: impl Fn(&Snapshot) -> Vec<(String, f64)>) -> Vec<(String, [Option<f64>; 2])> {
    let [before, after] = runs.map(&of);
    let find = |all: &[(String, f64)], name: &str| all.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
    let mut rows: Vec<_> = before.iter().map(|(name, mm)| (name.clone(), [Some(*mm), find(&after, name)])).collect();
    let new = after.iter().filter(|(name, _)| find(&before, name).is_none());
    rows.extend(new.map(|(name, mm)| (name.clone(), [None, Some(*mm)])));
    rows
}

/// A heading and two bars for each row; where the next thing may begin.
fn bars(out: &mut String, top: f64, title: &str, rows: &[(String, [Option<f64>; 2])]) -> f64 {
    let _ = writeln!(out, "<text class=\"h\" x=\"20\" y=\"{top}\">{title}</text>");
    let most = rows.iter().flat_map(|(_, pair)| pair.iter().flatten()).fold(0.0_f64, |a, b| a.max(b.abs()));
    let end = round_up(most);
    let x = |mm: f64| LEFT + (RIGHT - LEFT) * mm / end;
    let (first, row_height) = (top + 30.0, 2.0 * BAR + 8.0);
    let bottom = first + rows.len() as f64 * row_height;
    let step = tick_step(0.0, end, 5);
    for tick in ticks(0.0, end, 5) {
        let at = x(tick);
        let _ = writeln!(out, "<path class=\"l\" d=\"M{at:.1} {:.1}V{bottom:.1}\"/>", first - 6.0);
        let label = tick_label(tick, step);
        let _ = writeln!(out, "<text class=\"q\" text-anchor=\"middle\" x=\"{at:.1}\" y=\"{:.1}\">{label}</text>", first - 10.0);
    }
    for (k, (name, pair)) in rows.iter().enumerate() {
        let y = first + k as f64 * row_height;
        let _ = writeln!(out, "<text text-anchor=\"end\" x=\"{}\" y=\"{:.1}\">{}</text>", LEFT - 8.0, y + 13.0, escape(name));
        for (n, value) in pair.iter().enumerate() {
            let Some(mm) = value.filter(|mm| mm.is_finite()) else { continue };
            let (top, wide) = (y + n as f64 * BAR, (x(mm.abs()) - LEFT).max(0.5));
            let class = ["a", "b"][n];
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{}\"><title>{}</title></rect>",
                BAR - 1.0,
                millimetres(mm)
            );
        }
    }
    bottom
}

#[cfg(test)]
mod tests {
    use super::super::{json, judge, sample, svg};
    use super::*;

    #[test]
    fn both_runs_are_drawn_to_one_scale() {
        let of = |(scene, record)| Snapshot::of(&json::report(&scene, &record, &judge(&scene, &record))).unwrap();
        let (before, after) = (of(sample::good()), of(sample::failing()));
        let text = picture([&before, &after], &["a <b>".into(), "c & d".into()]);
        svg::check_balanced(&text).unwrap();
        let count = |class: &str| text.matches(&format!("<rect class=\"{class}\"")).count();
        assert_eq!(count("a"), before.rungs.len() + before.cuts.len());
        assert_eq!(count("b"), after.rungs.len() + after.cuts.len());
    }
}
