//! A pull-out curve as a picture that stands alone.
//!
//! In: curves of torque over speed. Out: an SVG file's text. Uses `svg`.

use std::fmt::Write;

use super::svg::{escape, path, round_up, tick_label, tick_step, ticks};

/// A curve or a set of points to draw: (rev/min, N·m).
pub type Points = [(f64, f64)];

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 460.0;
/// Left, top, right, bottom of the plot.
const FRAME: [f64; 4] = [70.0, 56.0, 735.0, 400.0];

/// The picture: the simulated curve as a line, the closed form as a dashed one, published points as dots.
pub fn picture(title: &str, simulated: &Points, closed_form: &Points, published: &Points) -> String {
    let all = || [simulated, closed_form, published].into_iter().flatten().filter(|p| p.0.is_finite() && p.1.is_finite());
    let right = round_up(all().map(|p| p.0).fold(0.0, f64::max));
    let top = round_up(all().map(|p| p.1).fold(0.0, f64::max));
    let [x0, y0, x1, y1] = FRAME;
    let at = |&(rpm, nm): &(f64, f64)| {
        [(10.0 * (x0 + rpm / right * (x1 - x0))).round() as i64, (10.0 * (y1 - nm / top * (y1 - y0))).round() as i64]
    };
    let line = |points: &Points| {
        let drawn: Vec<[i64; 2]> = points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()).map(at).collect();
        path(&drawn, false)
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/><text x=\"{x0}\" y=\"24\" font-size=\"15\">{}</text>",
        escape(title)
    );
    for (value, step) in ticks(0.0, right, 8).into_iter().map(|v| (v, tick_step(0.0, right, 8))) {
        let x = x0 + value / right * (x1 - x0);
        let label = tick_label(value, step);
        let _ = write!(
            out,
            "<path d=\"M{x:.1} {y0}V{y1}\" stroke=\"#ddd\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            y1 + 18.0
        );
    }
    for (value, step) in ticks(0.0, top, 5).into_iter().map(|v| (v, tick_step(0.0, top, 5))) {
        let y = y1 - value / top * (y1 - y0);
        let label = tick_label(value, step);
        let _ = write!(
            out,
            "<path d=\"M{x0} {y:.1}H{x1}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            x0 - 8.0,
            y + 4.0
        );
    }
    let _ = write!(out, "<text x=\"{x1}\" y=\"{}\" text-anchor=\"end\">speed, rev/min</text>", y1 + 40.0);
    let _ = write!(out, "<text x=\"{x0}\" y=\"{}\">pull-out torque, N·m</text>", y0 - 10.0);
    let _ = write!(out, "<g transform=\"scale(.1)\" fill=\"none\" stroke-linecap=\"round\">");
    for (points, style) in [
        (closed_form, "stroke=\"#888\" stroke-width=\"15\" stroke-dasharray=\"60 50\""),
        (simulated, "stroke=\"#0b6bcb\" stroke-width=\"25\" stroke-linejoin=\"round\""),
    ] {
        if !points.is_empty() {
            let _ = write!(out, "<path {style} d=\"{}\"/>", line(points));
        }
    }
    for point in published.iter().filter(|p| p.0.is_finite() && p.1.is_finite()) {
        let [x, y] = at(point);
        let _ = write!(out, "<path stroke=\"#d1495b\" stroke-width=\"90\" d=\"M{x} {y}h0\"/>");
    }
    let _ = write!(out, "</g>");
    let legend = [
        ("#0b6bcb", "simulated", true),
        ("#888", "closed form", !closed_form.is_empty()),
        ("#d1495b", "published", !published.is_empty()),
    ];
    let shown = legend.iter().filter(|(.., on)| *on);
    for (n, (colour, words, _)) in shown.enumerate() {
        let x = x0 + 110.0 * n as f64;
        let y = y1 + 40.0;
        let _ = write!(
            out,
            "<circle cx=\"{:.0}\" cy=\"{:.0}\" r=\"5\" fill=\"{colour}\"/><text x=\"{:.0}\" y=\"{y}\">{words}</text>",
            x + 5.0,
            y - 5.0,
            x + 16.0
        );
    }
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::super::svg::check_balanced;
    use super::*;

    #[test]
    fn the_picture_is_well_formed_whatever_it_gets() {
        let curve = [(100.0, 1.8), (300.0, 1.7), (600.0, f64::NAN)];
        for (simulated, closed, published) in
            [(&curve[..], &curve[..], &curve[..1]), (&[], &[], &[]), (&curve[..0], &curve[..1], &[])]
        {
            let text = picture("a <motor> & its \"driver\"", simulated, closed, published);
            check_balanced(&text).unwrap();
            assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("<motor>"), "{text}");
        }
        assert_eq!(picture("t", &curve, &[], &curve).matches("#d1495b\" stroke-width").count(), 2);
    }
}
