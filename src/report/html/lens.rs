//! The worst place of the cut, magnified: where the path was, where the torch was, what the flame took.
//!
//! In: the record. Out: HTML. Uses `simplify`, `svg`, the record.

use std::fmt::Write;

use crate::plate::geometry::{Region, distance_to_segment_m};
use crate::twin::record::{CutPoint, Record};

use super::super::figures::{fixed, millimetres};
use super::super::{shapes, simplify, svg};
use super::scale::Scale;

/// Drawing units across the lens.
const UNITS: f64 = 10_000.0;
/// Error of what is drawn inside the lens, m; rounding adds less than a thousandth of the lens.
const FINE_M: f64 = 2e-6;
/// Error of what lies outside it, m.
const COARSE_M: f64 = 0.2e-3;

/// What the lens looks at.
struct Lens {
    centre: [f64; 2],
    side_m: f64,
}

impl Lens {
    fn at(&self, p: [f64; 2]) -> [i64; 2] {
        let scale = UNITS / self.side_m;
        let x = (p[0] - self.centre[0]) * scale + UNITS / 2.0;
        let y = UNITS / 2.0 - (p[1] - self.centre[1]) * scale;
        [x, y].map(|v| v.clamp(-1e9, 1e9).round() as i64)
    }

    /// Whether a point is inside, or just outside, of the lens.
    fn near(&self, p: [f64; 2]) -> bool {
        (0..2).all(|i| (p[i] - self.centre[i]).abs() < self.side_m)
    }

    /// A polyline: fine where the lens sees it, coarse elsewhere.
    fn trace(&self, points: &[[f64; 2]]) -> Vec<[i64; 2]> {
        let mut kept: Vec<[i64; 2]> = Vec::new();
        let mut from = 0;
        while from < points.len() {
            let inside = self.near(points[from]);
            let length = points[from..].iter().take_while(|p| self.near(**p) == inside).count();
            let to = (from + length + 1).min(points.len());
            let span = &points[from..to];
            let tolerance = if inside { FINE_M } else { COARSE_M };
            kept.extend(simplify::polyline(span, tolerance, &[]).into_iter().map(|n| self.at(span[n])));
            from += length;
        }
        kept
    }

    fn ring(&self, ring: &[[f64; 2]]) -> Vec<[i64; 2]> {
        let mut closed = ring.to_vec();
        closed.extend(ring.first().copied());
        self.trace(&closed)
    }

    /// Whether a polyline comes near, with or without a point of its own there.
    fn passes(&self, points: &[[f64; 2]]) -> bool {
        points.windows(2).any(|w| distance_to_segment_m(self.centre, w[0], w[1]) < self.side_m)
    }

    /// Whether a region can be seen.
    fn sees(&self, region: &Region) -> bool {
        let [low, high] = region.bounds_m();
        (0..2).all(|i| low[i] < self.centre[i] + self.side_m && high[i] > self.centre[i] - self.side_m)
    }
}

/// The worst place of a run; empty where nothing was cut.
pub fn lens(record: &Record, scale: &Scale) -> String {
    let Some((cut, worst)) = shapes::worst_cut_point(record) else { return String::new() };
    if !worst.tip_in_machine_m.iter().all(|v| v.is_finite()) {
        return String::new();
    }
    let foot = nearest_on_path(record, worst);
    let kerf_m = if worst.kerf_m.is_finite() { worst.kerf_m.abs() } else { 0.0 };
    let side_m = (10.0 * worst.deviation_m.abs()).max(2.4 * kerf_m).clamp(0.5e-3, 60e-3);
    let lens = Lens { centre: worst.tip_in_machine_m, side_m };
    let mut content = String::new();
    let mut kerf = String::new();
    for region in record.kerf.iter().filter(|region| lens.sees(region)) {
        region.rings().for_each(|ring| svg::push_path(&mut kerf, &lens.ring(ring), true));
    }
    let _ = write!(content, "<path class=\"kerf\" fill-rule=\"evenodd\" d=\"{kerf}\"/>");
    let [cx, cy] = lens.at(worst.tip_in_machine_m);
    let radius = (kerf_m / 2.0 / side_m * UNITS).round();
    let _ = write!(
        content,
        "<circle class=\"flame\" cx=\"{cx}\" cy=\"{cy}\" r=\"{radius}\"><title>the flame, as wide as the kerf</title></circle>"
    );
    let mut programmed = String::new();
    for moved in record.programmed.iter().filter(|m| !m.rapid && lens.passes(&m.points)) {
        svg::push_path(&mut programmed, &lens.trace(&moved.points), false);
    }
    let _ = write!(content, "<path class=\"prog\" d=\"{programmed}\"/>");
    let tip: Vec<[f64; 2]> =
        record.cuts[cut].points.iter().map(|p| p.tip_in_machine_m).filter(|p| p.iter().all(|v| v.is_finite())).collect();
    let step = scale.step(worst.deviation_m);
    let _ = write!(content, "<path class=\"t d{step}\" d=\"{}\"/>", svg::path(&lens.trace(&tip), false));
    if let Some(foot) = foot {
        let _ = write!(content, "<path class=\"gap\" d=\"{}\"/>", svg::path(&[lens.at(foot), [cx, cy]], false));
    }
    let _ = write!(content, "<path class=\"dot\" d=\"M{cx} {cy}h0\"/>");
    let bar_m = svg::round_up(side_m * 1e3 / 5.0) / 1e3;
    let place = worst.tip_in_machine_m.map(|v| fixed(v * 1e3, 1));
    format!(
        "<div class=\"lens\"><div class=\"glass\"><svg viewBox=\"0 0 {UNITS} {UNITS}\" role=\"img\" \
         aria-label=\"the worst place of the cut, magnified\">{content}</svg>\
         <span class=\"bar\" style=\"width:{:.2}%\">{} mm</span></div>\
         <div><h3>The worst place, magnified</h3><p><b>{} off</b> on line {}, at X {} Y {}.</p><p class=\"small\">The thin line is the \
         programmed path, the bold line the torch, the band the kerf, the dashed circle the flame.</p></div></div>",
        bar_m / side_m * 100.0,
        svg::tick_label(bar_m * 1e3, bar_m * 1e3),
        millimetres(worst.deviation_m.abs() * 1e3),
        worst.line,
        place[0],
        place[1]
    )
}

/// The point of the programmed cut nearest to a cut point.
fn nearest_on_path(record: &Record, point: &CutPoint) -> Option<[f64; 2]> {
    let p = point.tip_in_machine_m;
    let of_line: Vec<_> = record.programmed.iter().filter(|m| m.cutting && m.line == point.line).collect();
    let segments = of_line.iter().flat_map(|m| m.points.windows(2));
    let away = |w: &&[[f64; 2]]| distance_to_segment_m(p, w[0], w[1]);
    let nearest = segments.min_by(|a, b| away(a).total_cmp(&away(b)))?;
    let ([ax, ay], [bx, by]) = (nearest[0], nearest[1]);
    let (ux, uy) = (bx - ax, by - ay);
    let length2 = ux * ux + uy * uy;
    let t = if length2 > 0.0 { (((p[0] - ax) * ux + (p[1] - ay) * uy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    Some([ax + t * ux, ay + t * uy])
}
