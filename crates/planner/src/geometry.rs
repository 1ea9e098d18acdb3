//! The shape of one block: a straight line, or an arc in a plane with the third axis in proportion, and any point on it.
//!
//! In: a [`Shape`] and where it starts. Out: length, tangents, points. Uses `libm` only.

use libm::{atan2, cos, hypot, sin, sqrt};

use crate::path::{AXES, Plane, Point, Shape};

/// A block's path, parametrised by the share `u` of its length, 0…1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Geometry {
    /// Straight.
    Line {
        /// Start, m.
        from: Point,
        /// End, m.
        to: Point,
    },
    /// Circular in a plane. Where the end point does not lie on the circle through the start (rounded I and J), the difference is spread
    /// evenly over the arc, so that the path always ends exactly where the program says.
    Arc {
        /// Start, m.
        from: Point,
        /// End, m.
        to: Point,
        /// The plane.
        plane: Plane,
        /// Centre in the plane, m.
        centre: [f64; 2],
        /// Radius at the start, m.
        radius_m: f64,
        /// Angle of the start seen from the centre, rad.
        start_rad: f64,
        /// Angle travelled, rad; positive is counter-clockwise.
        sweep_rad: f64,
        /// End point minus the point the circle itself reaches, m.
        closing: [f64; 2],
    },
}

impl Geometry {
    /// The path of `shape` from `from`.
    pub fn new(from: Point, shape: &Shape) -> Self {
        match *shape {
            Shape::Line { to } => Geometry::Line { from, to },
            Shape::Arc { to, centre, plane, sweep_rad } => {
                let [first, second, _] = plane.axes();
                let (dx, dy) = (from[first] - centre[0], from[second] - centre[1]);
                let radius_m = hypot(dx, dy);
                let start_rad = atan2(dy, dx);
                let end_rad = start_rad + sweep_rad;
                let closing =
                    [to[first] - (centre[0] + radius_m * cos(end_rad)), to[second] - (centre[1] + radius_m * sin(end_rad))];
                Geometry::Arc { from, to, plane, centre, radius_m, start_rad, sweep_rad, closing }
            }
        }
    }

    /// Length, m; of an arc, the length of the circle's part and its rise, without the closing difference.
    pub fn length_m(&self) -> f64 {
        match *self {
            Geometry::Line { from, to } => norm(&difference(&to, &from)),
            Geometry::Arc { from, to, plane, radius_m, sweep_rad, .. } => {
                let [_, _, third] = plane.axes();
                hypot(radius_m * sweep_rad, to[third] - from[third])
            }
        }
    }

    /// Point at share `u` of the length, m.
    pub fn point_at(&self, u: f64) -> Point {
        match *self {
            Geometry::Line { from, to } => {
                core::array::from_fn(|i| if u >= 1.0 { to[i] } else { from[i] + (to[i] - from[i]) * u })
            }
            Geometry::Arc { from, to, plane, centre, radius_m, start_rad, sweep_rad, closing } => {
                if u >= 1.0 {
                    return to;
                }
                let angle = start_rad + sweep_rad * u;
                let [first, second, third] = plane.axes();
                let mut point = from;
                point[first] = centre[0] + radius_m * cos(angle) + closing[0] * u;
                point[second] = centre[1] + radius_m * sin(angle) + closing[1] * u;
                point[third] += (to[third] - from[third]) * u;
                point
            }
        }
    }

    /// Unit vector of travel at share `u`.
    pub fn tangent_at(&self, u: f64) -> Point {
        match *self {
            Geometry::Line { from, to } => unit(&difference(&to, &from)),
            Geometry::Arc { from, to, plane, radius_m, start_rad, sweep_rad, .. } => {
                let angle = start_rad + sweep_rad * u;
                let turn = radius_m * sweep_rad;
                let [first, second, third] = plane.axes();
                let mut way = [0.0; AXES];
                way[first] = -turn * sin(angle);
                way[second] = turn * cos(angle);
                way[third] = to[third] - from[third];
                unit(&way)
            }
        }
    }

    /// Radius in its plane, m; infinite for a line.
    pub fn radius_m(&self) -> f64 {
        match *self {
            Geometry::Line { .. } => f64::INFINITY,
            Geometry::Arc { radius_m, .. } => radius_m,
        }
    }

    /// Start point, m.
    pub fn from(&self) -> Point {
        match *self {
            Geometry::Line { from, .. } | Geometry::Arc { from, .. } => from,
        }
    }

    /// End point, m.
    pub fn to(&self) -> Point {
        match *self {
            Geometry::Line { to, .. } | Geometry::Arc { to, .. } => to,
        }
    }
}

/// a − b.
pub(crate) fn difference(a: &Point, b: &Point) -> Point {
    core::array::from_fn(|i| a[i] - b[i])
}

/// a · b.
pub(crate) fn dot(a: &Point, b: &Point) -> f64 {
    (0..AXES).map(|i| a[i] * b[i]).sum()
}

/// |a|.
pub(crate) fn norm(a: &Point) -> f64 {
    sqrt(dot(a, a))
}

/// a/|a|, or zero for a vector without length.
pub(crate) fn unit(a: &Point) -> Point {
    let n = norm(a);
    if n > 0.0 { core::array::from_fn(|i| a[i] / n) } else { [0.0; AXES] }
}
