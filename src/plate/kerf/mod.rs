//! Cut edges as exact contours: what a burning front of changing width has removed along its path.
//!
//! In: path points with kerf widths. Out: [`Region`]s of removed plate, and shorter paths. May use: `plate::geometry`,
//! `i_overlay`.

mod outline;
mod simplify;
#[cfg(test)]
mod tests;

use crate::plate::geometry::{Point, Region};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::overlay::FloatOverlay;

pub use outline::{ROUND_TOLERANCE_M, area_keeping};
pub use simplify::simplify;

/// One point of the path of the front.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathPoint {
    /// Where the front was, metres.
    pub at_m: Point,
    /// Kerf width there, metres; where it is not above zero nothing is cut, and the path is broken.
    pub kerf_m: f64,
}

/// The plate removed along `paths`: the union of a disc at every point and of the tapered capsules between neighbours.
///
/// Sides are exact tangents; round ends and outer corners are polygons within [`ROUND_TOLERANCE_M`] of the circle and of
/// its area. Points that are not finite break the path. The result is ordered, and the same for the same input.
pub fn sweep(paths: &[Vec<PathPoint>]) -> Vec<Region> {
    let contours: Vec<Vec<Point>> = paths.iter().flat_map(|path| outline::contours(path)).collect();
    if contours.is_empty() {
        return Vec::new();
    }
    FloatOverlay::<Point, i64>::from_subj(&contours)
        .overlay(OverlayRule::Subject, FillRule::NonZero)
        .into_iter()
        .filter_map(|shape| {
            let mut rings = shape.into_iter();
            Some(Region { outer: rings.next()?, holes: rings.collect() })
        })
        .collect()
}
