//! The colour scale of the deviation: what each colour stands for, and where the limit is.
//!
//! In: scene and record. Out: [`Scale`] and its bar as HTML. Uses `colour`.

use std::fmt::Write;

use crate::scene::model::{Bound, Scene};
use crate::twin::record::Record;

use super::super::figures::{fixed, millimetres};
use super::super::{colour, shapes, svg};

/// What the colours of the deviation stand for.
pub struct Scale {
    /// Deviation at the end of the ramp, m.
    pub top_m: f64,
    /// Largest deviation allowed, m, where the scene bounds it.
    pub limit_m: Option<f64>,
    /// Largest deviation met, m.
    pub worst_m: f64,
}

impl Scale {
    /// The scale of a run: up to the limit, or up to what was met where that is less than half of it.
    pub fn of(scene: &Scene, record: &Record) -> Self {
        let limit =
            scene.expect.bounds.iter().filter(|(name, _)| name == "contour_error_max_mm").find_map(|(_, bound)| match bound {
                Bound::Max(most) => Some(*most),
                Bound::Equal { value, tolerance } => Some(value + tolerance),
                Bound::Min(_) => None,
            });
        let limit_m = limit.map(|mm| mm / 1e3).filter(|limit| limit.is_finite() && *limit > 0.0);
        let worst_m = shapes::worst_cut_point(record).map_or(0.0, |(_, point)| point.deviation_m.abs());
        let met = svg::round_up(worst_m * 1e3) / 1e3;
        let top_m = limit_m.filter(|limit| worst_m > 0.5 * limit).unwrap_or(if worst_m > 0.0 { met } else { 1e-4 });
        Self { top_m, limit_m, worst_m }
    }

    /// The step of the ramp for a deviation; one past the last where it is over the limit.
    pub fn step(&self, deviation_m: f64) -> usize {
        if self.limit_m.is_some_and(|limit| deviation_m.abs() > limit) {
            return colour::DEVIATION_STEPS;
        }
        let share = deviation_m.abs() / self.top_m * colour::DEVIATION_STEPS as f64;
        (share as usize).min(colour::DEVIATION_STEPS - 1)
    }

    /// The bar with its ticks, and where the limit is.
    pub fn bar(&self) -> String {
        let mut out =
            String::from("<div class=\"scale\" role=\"img\" aria-label=\"colour scale of the deviation\"><div class=\"ramp\">");
        for step in 0..colour::DEVIATION_STEPS {
            let _ = write!(out, "<i class=\"f{step}\"></i>");
        }
        let over = self.limit_m.is_some_and(|limit| self.worst_m > limit);
        if over {
            let _ = write!(out, "<i class=\"f{}\"></i>", colour::DEVIATION_STEPS);
        }
        out.push_str("</div><div class=\"marks\">");
        let cells = colour::DEVIATION_STEPS + usize::from(over);
        for quarter in [0, 2, 4] {
            let at = quarter as f64 / 4.0 * colour::DEVIATION_STEPS as f64 / cells as f64 * 100.0;
            let value = self.top_m * 1e3 * f64::from(quarter) / 4.0;
            let _ = write!(out, "<span style=\"left:{at:.1}%\">{}</span>", trimmed(value));
        }
        out.push_str("</div></div><p class=\"small\">Distance of the torch from the programmed path, mm. ");
        match self.limit_m {
            Some(limit) if over => {
                let _ = write!(
                    out,
                    "<b class=\"bad\">Red is over the limit of {}</b>; the worst is {}.",
                    millimetres(limit * 1e3),
                    millimetres(self.worst_m * 1e3)
                );
            }
            Some(limit) if limit > self.top_m => {
                let _ = write!(out, "The limit of {} lies beyond this scale: all is well inside.", millimetres(limit * 1e3));
            }
            Some(limit) => {
                let _ = write!(
                    out,
                    "The scale ends at the limit of {}; the worst is {}.",
                    millimetres(limit * 1e3),
                    millimetres(self.worst_m * 1e3)
                );
            }
            None => out.push_str("The scene sets no limit."),
        }
        out.push_str("</p>");
        out
    }
}

/// A number in mm without needless zeros.
pub fn trimmed(mm: f64) -> String {
    let text = fixed(mm, 4);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
