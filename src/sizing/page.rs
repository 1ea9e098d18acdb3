//! The samples of a scene as one page without network: the verdict in words, how each bounded figure spreads, what moves it.
//!
//! In: an [`Uncertainty`]. Out: HTML. Uses `report`'s page and building blocks.

use std::fmt::Write;

use super::samples::{Spread, Uncertainty};
use crate::report::figures::{self, capital, percent};
use crate::report::html::plain_page;
use crate::report::svg::{escape, tick_label, tick_step, ticks};
use crate::scene::model::{Bound, Scene};

/// Bars of a histogram.
const BINS: usize = 24;
/// Size of a histogram, user units.
const SIZE: [f64; 2] = [600.0, 150.0];

/// The page.
pub fn page(scene: &Scene, found: &Uncertainty) -> String {
    let [count, passed, not_run] = found.counts;
    let [low, high] = found.interval.map(percent);
    let class = if passed == count { "good" } else { "bad" };
    let broken = if not_run > 0 { format!(" {not_run} could not run and count as failed.") } else { String::new() };
    let mut body = format!(
        "<header class=\"{class}\"><p class=\"brand\">torchtwin <span>how sure is it</span></p><h1>{}</h1><p class=\"about\">{}</p>\
         <div class=\"verdict\"><strong>{}</strong><div><p class=\"short\">Passes in {passed} of {count} samples.</p>\
         <p>With {} values drawn at random from their ranges, the probability to pass is {low} to {high} (95 %).{broken}</p><p>{}</p><p>{}</p></div></div></header>\n<main>\n",
        escape(&scene.title),
        escape(&scene.machine.title),
        percent(found.pass_share()).replace(' ', "\u{a0}"),
        found.inputs,
        escape(&found.measure_first()),
        escape(&found.as_written())
    );
    for spread in found.spreads.iter().filter(|spread| !spread.bounds.is_empty() && spread.ends[0] < spread.ends[1]) {
        body.push_str(&section(spread));
    }
    body.push_str(&table(found));
    body.push_str("</main>\n");
    plain_page(&format!("{} · {}", percent(found.pass_share()), scene.title), &body)
}

fn section(spread: &Spread) -> String {
    let mut out = format!("<section><h2>{}</h2>", escape(&capital(&figures::words(&spread.figure))));
    for (bound, share) in &spread.bounds {
        let words = match *bound {
            Bound::Max(most) => format!("at most {}", figures::show(&spread.figure, most)),
            Bound::Min(least) => format!("at least {}", figures::show(&spread.figure, least)),
            Bound::Equal { value, tolerance } => {
                format!("{} ± {}", figures::show(&spread.figure, value), figures::show(&spread.figure, tolerance))
            }
        };
        let _ = write!(out, "<p>Should be {words}: so in {} of the samples.</p>", percent(*share));
    }
    out.push_str(&histogram(spread));
    if !spread.drivers.is_empty() {
        out.push_str(
            "<h3>What moves it</h3><table><thead><tr><th>value</th><th class=\"n\">rank correlation</th></tr></thead><tbody>",
        );
        for (key, r) in spread.drivers.iter().take(8) {
            let bar = format!("<i class=\"mini\" style=\"width:{:.0}%\"></i>", r.abs() * 100.0);
            let _ = write!(out, "<tr><td>{}</td><td class=\"n\">{r:+.2}{bar}</td></tr>", escape(key));
        }
        out.push_str("</tbody></table>");
    }
    out.push_str("</section>\n");
    out
}

/// How often each value comes, the bound as a line, what is beyond it in another colour.
fn histogram(spread: &Spread) -> String {
    let [low, high] = spread.ends;
    let limits: Vec<f64> = spread
        .bounds
        .iter()
        .flat_map(|(bound, _)| match *bound {
            Bound::Max(at) | Bound::Min(at) => vec![at],
            Bound::Equal { value, tolerance } => vec![value - tolerance, value + tolerance],
        })
        .collect();
    let ends = limits.iter().fold([low, high], |[a, b], x| [a.min(*x), b.max(*x)]);
    let margin = 0.03 * (ends[1] - ends[0]);
    let (from, to) = (ends[0] - margin, ends[1] + margin);
    let bin = (to - from) / BINS as f64;
    let mut counts = [0_usize; BINS];
    for value in spread.values.iter().filter(|value| value.is_finite()) {
        counts[(((value - from) / bin) as usize).min(BINS - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let holds = |value: f64| {
        spread.bounds.iter().all(|(bound, _)| match *bound {
            Bound::Max(most) => value <= most,
            Bound::Min(least) => value >= least,
            Bound::Equal { value: wanted, tolerance } => (value - wanted).abs() <= tolerance,
        })
    };
    let [width, height] = SIZE;
    let x = |value: f64| 10.0 + (width - 20.0) * (value - from) / (to - from);
    let floor = height - 24.0;
    let mut out = format!("<svg viewBox=\"0 0 {width} {height}\" style=\"height:auto;max-width:760px\" role=\"img\">");
    for (k, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = from + k as f64 * bin;
        let tall = (floor - 8.0) * *count as f64 / most;
        let colour = if holds(left + 0.5 * bin) { "--env" } else { "--bad" };
        let _ = write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\" style=\"fill:var({colour})\"><title>{count}</title></rect>",
            x(left),
            floor - tall,
            x(left + bin) - x(left) - 1.0
        );
    }
    for limit in limits {
        let _ = write!(out, "<path d=\"M{0:.1} 0V{floor}\" style=\"stroke:var(--ink);stroke-dasharray:4 3\"/>", x(limit));
    }
    let step = tick_step(from, to, 6);
    for tick in ticks(from, to, 6) {
        let label = tick_label(tick, step);
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\" style=\"fill:var(--dim);font-size:13px\">{label}</text>",
            x(tick),
            height - 6.0
        );
    }
    out.push_str("</svg>");
    out
}

fn table(found: &Uncertainty) -> String {
    let mut out = String::from(
        "<section><h2>All figures</h2><div class=\"tall\"><table class=\"stack\"><thead><tr><th>figure</th><th class=\"n\">as written</th>\
         <th class=\"n\">5 %</th><th class=\"n\">median</th><th class=\"n\">95 %</th></tr></thead><tbody>",
    );
    for spread in &found.spreads {
        let show = |value: f64| figures::show(&spread.figure, value);
        let [p05, _, p50, _, p95] = spread.percentiles.map(show);
        let nominal = spread.nominal.map_or("–".into(), show);
        let (words, name) = (escape(&figures::words(&spread.figure)), escape(&spread.figure));
        let name = if words == name { name } else { format!("{words}<span class=\"sub\">{name}</span>") };
        let cell = |label: &str, text: &str| format!("<td class=\"n\" data-label=\"{label}\">{text}</td>");
        let cells =
            [("as written", &nominal), ("5 %", &p05), ("median", &p50), ("95 %", &p95)].map(|(label, text)| cell(label, text));
        let _ = write!(out, "<tr><td>{name}</td>{}</tr>", cells.concat());
    }
    out.push_str("</tbody></table></div></section>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Row, draws, uncertainty};
    use super::*;
    use crate::report::svg::check_balanced;
    use crate::scene::model::Range;

    #[test]
    fn the_page_is_whole_and_says_what_counts() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml");
        let mut scene = crate::scene::load(&path, None).unwrap();
        scene.title = "a <b> & c".into();
        scene.ranges = vec![Range { key: "bow <1>".into(), value: 0.5, low: 0.0, high: 1.0, source: String::new() }];
        let drawn = draws(&scene.ranges, 1, 100);
        let row = |(sample, values): (usize, &crate::scene::model::Draws)| {
            let error = *values.get("bow <1>").unwrap_or(&0.5);
            Row {
                sample,
                pass: error < 0.25,
                failed: String::new(),
                figures: [("contour_error_max_mm".to_string(), error)].into(),
            }
        };
        let rows: Vec<Row> = drawn.iter().enumerate().map(row).collect();
        let text = page(&scene, &uncertainty(&scene, &rows, &drawn));
        assert!(text.contains("bow &lt;1&gt;") && text.contains("of 100 samples") && text.contains("a &lt;b&gt; &amp; c"));
        check_balanced(&text[text.find("<main>").unwrap()..text.find("</main>").unwrap() + 7]).unwrap();
        assert!(!text.contains("http://") || text.matches("http://").count() == text.matches("http://www.w3.org").count());
    }
}
