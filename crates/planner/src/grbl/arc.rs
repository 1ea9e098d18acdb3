//! Arcs as Grbl makes them: facets whose ends lie on the circle, turned by a rotation whose sine and cosine are the first terms of their
//! series, set right every twelfth facet.
//!
//! In: an arc. Out: its facets' ends. Source: behaviour of Grbl 1.1h's `mc_arc` (reference §2.2). Uses `libm`.

use libm::{atan2, cos, fabs, floor, sin, sqrt};

/// Turns smaller than this are full circles, rad.
const FULL_CIRCLE_BELOW_RAD: f32 = 5e-7;
/// Facets between two exact rotations.
const CORRECTION_AFTER: u16 = 12;

/// An arc on its way.
#[derive(Clone, Copy, Debug)]
pub struct Facets {
    axes: [usize; 3],
    offset: [f32; 2],
    centre: [f32; 2],
    radius: [f32; 2],
    position: [f32; 3],
    target: [f32; 3],
    theta: f32,
    cos_theta: f32,
    sin_theta: f32,
    rise: f32,
    count: u32,
    done: u32,
    since_exact: u16,
}

impl Facets {
    /// The arc from `position` to `target`, both mm, around the point `offset` from the start in the plane of the first two `axes`.
    pub fn new(
        position: [f32; 3],
        target: [f32; 3],
        offset: [f32; 2],
        radius_mm: f32,
        axes: [usize; 3],
        clockwise: bool,
        tolerance_mm: f32,
    ) -> Self {
        let [first, second, third] = axes;
        let centre = [position[first] + offset[0], position[second] + offset[1]];
        let radius = [-offset[0], -offset[1]];
        let end = [target[first] - centre[0], target[second] - centre[1]];
        let cross = radius[0] * end[1] - radius[1] * end[0];
        let along = radius[0] * end[0] + radius[1] * end[1];
        let mut travel = atan2(f64::from(cross), f64::from(along)) as f32;
        let turn = core::f64::consts::TAU;
        if clockwise {
            if travel >= -FULL_CIRCLE_BELOW_RAD {
                travel = (f64::from(travel) - turn) as f32;
            }
        } else if travel <= FULL_CIRCLE_BELOW_RAD {
            travel = (f64::from(travel) + turn) as f32;
        }
        let span = tolerance_mm * (2.0 * radius_mm - tolerance_mm);
        let facets = floor(fabs(0.5 * f64::from(travel) * f64::from(radius_mm)) / sqrt(f64::from(span)));
        // The real one counts facets in sixteen bits.
        let count = if facets.is_finite() { facets as u32 & 0xffff } else { 0 };
        let theta = if count > 0 { travel / count as f32 } else { 0.0 };
        let twice = 2.0 - theta * theta;
        Self {
            axes,
            offset,
            centre,
            radius,
            position,
            target,
            theta,
            cos_theta: twice * 0.5,
            sin_theta: (f64::from(theta) * 0.166_666_67 * f64::from(twice + 4.0)) as f32,
            rise: if count > 0 { (target[third] - position[third]) / count as f32 } else { 0.0 },
            count,
            done: 0,
            since_exact: 0,
        }
    }

    /// Number of facets, at least 1.
    pub fn facets(&self) -> u32 {
        self.count.max(1)
    }
}

impl Iterator for Facets {
    type Item = [f32; 3];

    /// The end of the next facet, mm.
    fn next(&mut self) -> Option<[f32; 3]> {
        self.done += 1;
        if self.done > self.facets() {
            return None;
        }
        if self.done == self.facets() {
            return Some(self.target);
        }
        if self.since_exact < CORRECTION_AFTER {
            let [x, y] = self.radius;
            self.radius = [x * self.cos_theta - y * self.sin_theta, x * self.sin_theta + y * self.cos_theta];
            self.since_exact += 1;
        } else {
            let angle = f64::from(self.done as f32 * self.theta);
            let (cos, sin) = (cos(angle) as f32, sin(angle) as f32);
            let [x, y] = self.offset;
            self.radius = [-x * cos + y * sin, -x * sin - y * cos];
            self.since_exact = 0;
        }
        let [first, second, third] = self.axes;
        self.position[first] = self.centre[0] + self.radius[0];
        self.position[second] = self.centre[1] + self.radius[1];
        self.position[third] += self.rise;
        Some(self.position)
    }
}
