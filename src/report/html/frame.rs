//! The plate's plane on the page: machine coordinates with Y up, in whole hundredths of a millimetre.
//!
//! In: points in m, machine coordinates. Out: drawing units, places in percent, the box around a picture with its ticks.
//! Uses the scene's model, the record, `simplify` and `svg`.

use std::fmt::Write;

use crate::plate::geometry::Region;
use crate::scene::model::Scene;
use crate::twin::record::Record;

use super::super::{simplify, svg};

/// Drawing units in a metre: hundredths of a millimetre.
const UNITS_PER_M: f64 = 1e5;

/// What of the plane a picture shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    low: [f64; 2],
    high: [f64; 2],
}

impl Frame {
    /// Room for the plate, everything programmed and everything cut, and a little margin.
    pub fn of(scene: &Scene, record: &Record) -> Self {
        let corner = scene.plate.corner_in_machine_m;
        let mut frame = Self { low: corner, high: [corner[0] + scene.plate.size_m[0], corner[1] + scene.plate.size_m[1]] };
        record.programmed.iter().flat_map(|moved| &moved.points).for_each(|p| frame.include(*p));
        record.cuts.iter().flat_map(|cut| &cut.points).for_each(|p| frame.include(p.tip_in_machine_m));
        record.events.iter().for_each(|event| frame.include(event.at_in_machine_m));
        let margin = 0.015 * (frame.high[0] - frame.low[0]).max(frame.high[1] - frame.low[1]).max(1e-3);
        Self { low: frame.low.map(|v| v - margin), high: frame.high.map(|v| v + margin) }
    }

    fn include(&mut self, p: [f64; 2]) {
        // A point a kilometre away is a fault, not a picture.
        if p.iter().all(|v| v.abs() < 1e3) {
            self.low = [self.low[0].min(p[0]), self.low[1].min(p[1])];
            self.high = [self.high[0].max(p[0]), self.high[1].max(p[1])];
        }
    }

    /// Width and height, m.
    pub fn size_m(&self) -> [f64; 2] {
        [self.high[0] - self.low[0], self.high[1] - self.low[1]]
    }

    /// Width and height in drawing units.
    pub fn units(&self) -> [i64; 2] {
        self.size_m().map(|v| (v * UNITS_PER_M).round() as i64)
    }

    /// A point in drawing units.
    pub fn at(&self, p: [f64; 2]) -> [i64; 2] {
        [((p[0] - self.low[0]) * UNITS_PER_M).round() as i64, ((self.high[1] - p[1]) * UNITS_PER_M).round() as i64]
    }

    /// Points in drawing units.
    pub fn all(&self, points: &[[f64; 2]]) -> Vec<[i64; 2]> {
        points.iter().filter(|p| p.iter().all(|v| v.is_finite())).map(|p| self.at(*p)).collect()
    }

    /// CSS for the place of a point: "left:12.3%;top:45.6%"; a point that is nowhere is not shown.
    pub fn place(&self, p: [f64; 2]) -> String {
        if !p.iter().all(|v| v.is_finite()) {
            return "display:none".into();
        }
        let [width, height] = self.size_m();
        format!("left:{:.2}%;top:{:.2}%", (p[0] - self.low[0]) / width * 100.0, (self.high[1] - p[1]) / height * 100.0)
    }

    /// A picture of this frame: SVG content and what lies over it, with a ruler in mm along both sides.
    pub fn figure(&self, label: &str, content: &str, over: &str) -> String {
        let [width, height] = self.units();
        let [width_m, height_m] = self.size_m();
        let mut out = format!(
            "<div class=\"scroller\"><div class=\"mapbox\" style=\"--w:{width_m:.4};--h:{height_m:.4}\"><div class=\"map\" data-z=\"1\">\
             <svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">",
            svg::escape(label)
        );
        let (mut grid, mut labels) = (String::new(), String::new());
        let step = svg::tick_step(0.0, width_m.max(height_m) * 1e3, 13);
        for (axis, low, high) in [(0, self.low[0] * 1e3, self.high[0] * 1e3), (1, self.low[1] * 1e3, self.high[1] * 1e3)] {
            for (n, tick) in svg::multiples(step, low, high).into_iter().enumerate() {
                let [x, y] = self.at(if axis == 0 { [tick / 1e3, self.low[1]] } else { [self.low[0], tick / 1e3] });
                let every = if n % 2 == 1 { " opt" } else { "" };
                let text = svg::tick_label(tick, step);
                let _ = if axis == 0 {
                    let left = x as f64 / width as f64 * 100.0;
                    write!(grid, "M{x} 0V{height}")
                        .and_then(|()| write!(labels, "<span class=\"tx{every}\" style=\"left:{left:.2}%\">{text}</span>"))
                } else {
                    let top = y as f64 / height as f64 * 100.0;
                    write!(grid, "M0 {y}H{width}")
                        .and_then(|()| write!(labels, "<span class=\"ty{every}\" style=\"top:{top:.2}%\">{text}</span>"))
                };
            }
        }
        let _ = write!(
            out,
            "<path class=\"grid\" d=\"{grid}\"/>{content}</svg>{labels}<span class=\"unit\">mm</span>{over}</div></div></div>"
        );
        out
    }
}

/// Rings of regions as one path for even–odd filling, within `tolerance_m`.
pub fn rings_path(frame: &Frame, regions: &[Region], tolerance_m: f64) -> String {
    let mut out = String::new();
    for region in regions {
        region_path(&mut out, frame, region, tolerance_m);
    }
    out
}

/// Appends the rings of one region.
pub fn region_path(out: &mut String, frame: &Frame, region: &Region, tolerance_m: f64) {
    for ring in region.rings() {
        let finite: Vec<[f64; 2]> = ring.iter().copied().filter(|p| p.iter().all(|v| v.is_finite())).collect();
        svg::push_path(out, &frame.all(&simplify::ring(&finite, tolerance_m)), true);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn y_points_up_and_everything_is_inside() {
        let (scene, record) = sample::good();
        let frame = Frame::of(&scene, &record);
        assert!(frame.at([0.1, 0.5])[1] < frame.at([0.1, 0.1])[1]);
        let [width, height] = frame.units();
        for moved in &record.programmed {
            for [x, y] in frame.all(&moved.points) {
                assert!((0..=width).contains(&x) && (0..=height).contains(&y));
            }
        }
    }

    #[test]
    fn a_point_that_is_lost_does_not_spoil_the_picture() {
        let (scene, mut record) = sample::good();
        let before = Frame::of(&scene, &record);
        record.events[0].at_in_machine_m = [f64::NAN, 1e9];
        assert_eq!(Frame::of(&scene, &record), before);
    }
}
