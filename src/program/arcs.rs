//! Geometry of circular moves in a plane.
//!
//! In: start, end, and centre or radius, mm. Out: centre, sweep and extremes, or what makes the arc impossible. Uses nothing but the
//! dialects: each controller has its own tolerances.

use super::item::Arc;
use crate::gcode::Dialect;
use std::f64::consts::{FRAC_PI_2, TAU};

/// A point in the plane of an arc, mm.
pub(super) type Point2 = [f64; 2];

/// Arcs that turn by no more than this are full circles, rad (Grbl's limit).
const FULL_CIRCLE_BELOW_RAD: f64 = 5e-7;
/// Grbl: how much too small an R may be, as a share of it: CAM programs round, and Grbl computes in single precision.
const RADIUS_SLACK: f64 = 1e-6;

/// Why there is no such arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ArcFault {
    /// Start and end lie at different distances from the centre, mm.
    RadiiDiffer {
        /// At the start.
        start: f64,
        /// At the end.
        end: f64,
        /// Whether they agree if the centre is counted the other way: from the start, or from the work zero.
        fits_otherwise: bool,
    },
    /// The start or the end is the centre.
    NoRadius,
    /// The end is farther away than twice the radius, mm.
    TooSmall { radius: f64, needed: f64 },
    /// Any circle through the one point would do.
    NoDirection,
}

/// By how much the radii at start and end may differ.
#[derive(Clone, Copy)]
pub(super) struct Tolerance {
    dialect: Dialect,
    unit_mm: f64,
}

impl Tolerance {
    /// What `dialect` allows in a program whose unit is `unit_mm`.
    pub(super) fn of(dialect: Dialect, unit_mm: f64) -> Self {
        Self { dialect, unit_mm }
    }

    fn allows(self, start: f64, end: f64) -> bool {
        let difference = (start - end).abs();
        match self.dialect {
            // Grbl 1.1: always up to 0.005 mm, never above 0.5 mm, in between up to 0.1 % of the radius.
            Dialect::Grbl => difference <= (1e-3 * start).clamp(0.005, 0.5),
            // LinuxCNC 2.9 (and Mach3, its relative): 2√2 hundredths of a millimetre or thousandths of an inch; a hundred times that
            // where it is within 0.1 % of the radius.
            _ => {
                let always = if self.unit_mm == 1.0 { 0.02 } else { 0.002 * 25.4 } * std::f64::consts::SQRT_2;
                difference <= 100.0 * always && (difference <= always || difference <= 1e-3 * start.max(end))
            }
        }
    }

    /// The least radius that is one.
    fn least_radius(self) -> f64 {
        if self.dialect == Dialect::Grbl { 0.0 } else { 0.00005 * 25.4 }
    }
}

/// Whether an arc from `start` to `end` around `centre` can be.
pub(super) fn check_centre(start: Point2, end: Point2, centre: Point2, tolerance: Tolerance) -> Result<(), ArcFault> {
    let radius = |p: Point2| (p[0] - centre[0]).hypot(p[1] - centre[1]);
    let (start, end) = (radius(start), radius(end));
    let least = tolerance.least_radius();
    if start == 0.0 || start < least || end < least {
        return Err(ArcFault::NoRadius);
    }
    if tolerance.allows(start, end) { Ok(()) } else { Err(ArcFault::RadiiDiffer { start, end, fits_otherwise: false }) }
}

/// The centre of the arc with a radius; a negative one asks for the long way round.
pub(super) fn centre_from_radius(
    start: Point2,
    end: Point2,
    radius: f64,
    clockwise: bool,
    tolerance: Tolerance,
) -> Result<Point2, ArcFault> {
    let chord = [end[0] - start[0], end[1] - start[1]];
    let length = chord[0].hypot(chord[1]);
    if length == 0.0 {
        return Err(ArcFault::NoDirection);
    }
    let (size, half) = (radius.abs(), 0.5 * length);
    let slack = if tolerance.dialect == Dialect::Grbl { RADIUS_SLACK * size } else { 0.00005 * 25.4 };
    if half - size > slack || size == 0.0 {
        return Err(ArcFault::TooSmall { radius: size, needed: half });
    }
    if tolerance.dialect == Dialect::Grbl {
        return Ok(centre_as_grbl(start, chord, radius, clockwise));
    }
    // From the middle of the chord to the centre, as a share of the chord; to the left of it for a short counter-clockwise arc. A chord
    // that is a diameter but for rounding is one.
    let beside = if half / size > 1.0 - 1e-12 { 0.0 } else { ((size - half) * (size + half)).sqrt() / length };
    let left = if clockwise == (radius < 0.0) { beside } else { -beside };
    Ok([start[0] + 0.5 * chord[0] - left * chord[1], start[1] + 0.5 * chord[1] + left * chord[0]])
}

/// The same in single precision, as Grbl 1.1 computes it: near half a circle its rounding moves the centre by micrometres.
fn centre_as_grbl(start: Point2, chord: Point2, radius: f64, clockwise: bool) -> Point2 {
    let [x, y] = chord.map(|c| c as f32);
    let r = f64::from(radius as f32);
    let beside = (4.0 * r * r - f64::from(x * x) - f64::from(y * y)).max(0.0) as f32;
    let long = (x * x + y * y).sqrt();
    let beside = (-f64::from(beside).sqrt() / f64::from(long)) as f32;
    let beside = if clockwise == (radius < 0.0) { -beside } else { beside };
    let half = |v: f32| f64::from(0.5 * v);
    [start[0] + half(x - y * beside), start[1] + half(y + x * beside)]
}

/// Angle travelled from `start` to `end` around `centre` in `turns` full or partial circles, rad, positive counter-clockwise.
pub(super) fn sweep(start: Point2, end: Point2, centre: Point2, turns: i32) -> f64 {
    let from = [start[0] - centre[0], start[1] - centre[1]];
    let to = [end[0] - centre[0], end[1] - centre[1]];
    let angle = (from[0] * to[1] - from[1] * to[0]).atan2(from[0] * to[0] + from[1] * to[1]);
    let angle = if turns < 0 {
        if angle >= -FULL_CIRCLE_BELOW_RAD { angle - TAU } else { angle }
    } else if angle <= FULL_CIRCLE_BELOW_RAD {
        angle + TAU
    } else {
        angle
    };
    let more = f64::from(turns.unsigned_abs().saturating_sub(1)) * TAU;
    if turns < 0 { angle - more } else { angle + more }
}

/// Least and greatest coordinates on the arc, start and end included, mm.
pub(super) fn extremes(from: [f64; 3], to: [f64; 3], arc: &Arc) -> ([f64; 3], [f64; 3]) {
    let [first, second, _] = arc.plane.axes();
    let start = [from[first] - arc.centre_mm[0], from[second] - arc.centre_mm[1]];
    let radius = start[0].hypot(start[1]);
    let start_angle = start[1].atan2(start[0]);
    let mut least: [f64; 3] = std::array::from_fn(|axis| from[axis].min(to[axis]));
    let mut greatest: [f64; 3] = std::array::from_fn(|axis| from[axis].max(to[axis]));
    for quarter in 0..4 {
        let ahead = (f64::from(quarter) * FRAC_PI_2 - start_angle) * arc.sweep_rad.signum();
        if ahead.rem_euclid(TAU) <= arc.sweep_rad.abs() {
            let (index, sign) = [(0, 1.0), (1, 1.0), (0, -1.0), (1, -1.0)][quarter as usize];
            let at = arc.centre_mm[index] + sign * radius;
            let axis = [first, second][index];
            least[axis] = least[axis].min(at);
            greatest[axis] = greatest[axis].max(at);
        }
    }
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use super::super::item::Plane;
    use super::*;
    use std::f64::consts::PI;

    const GRBL: Tolerance = Tolerance { dialect: Dialect::Grbl, unit_mm: 1.0 };
    const LINUXCNC: Tolerance = Tolerance { dialect: Dialect::LinuxCnc, unit_mm: 1.0 };

    fn near(a: Point2, b: Point2) -> bool {
        (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-12
    }

    #[test]
    fn quarters_full_circles_and_more_turns() {
        let o = [0.0, 0.0];
        assert_eq!(sweep([1.0, 0.0], [0.0, 1.0], o, 1), FRAC_PI_2);
        assert_eq!(sweep([1.0, 0.0], [0.0, 1.0], o, -1), FRAC_PI_2 - TAU);
        assert_eq!(sweep([1.0, 0.0], [1.0, 0.0], o, 1), TAU);
        assert_eq!(sweep([1.0, 0.0], [1.0, 0.0], o, -1), -TAU);
        assert_eq!(sweep([1.0, 0.0], [0.0, 1.0], o, 3), FRAC_PI_2 + 2.0 * TAU);
        assert_eq!(sweep([1.0, 0.0], [0.0, 1.0], o, -2), FRAC_PI_2 - 2.0 * TAU);
    }

    /// Closed form: the centre from R lies √(r² − (d/2)²) beside the middle of the chord.
    #[test]
    fn the_centre_follows_from_the_radius() {
        let (start, end) = ([0.0, 0.0], [60.0, 0.0]);
        let cases = [
            (50.0, true, [30.0, -40.0], true),
            (50.0, false, [30.0, 40.0], true),
            (-50.0, true, [30.0, 40.0], false),
            (-50.0, false, [30.0, -40.0], false),
        ];
        for (radius, clockwise, expected, short) in cases {
            let centre = centre_from_radius(start, end, radius, clockwise, LINUXCNC).unwrap();
            assert!(near(centre, expected), "{centre:?}");
            let turned = sweep(start, end, centre, if clockwise { -1 } else { 1 });
            assert_eq!(turned.abs() <= PI, short);
        }
        assert!(matches!(centre_from_radius(start, end, 29.0, true, LINUXCNC), Err(ArcFault::TooSmall { .. })));
        assert_eq!(centre_from_radius(start, start, 5.0, true, GRBL), Err(ArcFault::NoDirection));
        assert!(near(centre_from_radius(start, end, 30.0 * (1.0 - 0.9e-6), false, GRBL).unwrap(), [30.0, 0.0]));
    }

    #[test]
    fn radii_may_differ_as_each_controller_allows() {
        let with =
            |tolerance, radius: f64, off: f64| check_centre([radius, 0.0], [0.0, radius + off], [0.0, 0.0], tolerance).is_ok();
        assert!(with(GRBL, 1.0, 4.9e-3) && !with(GRBL, 1.0, 5.1e-3));
        assert!(with(GRBL, 100.0, 0.099) && !with(GRBL, 100.0, 0.101));
        assert!(with(GRBL, 1e4, 0.49) && !with(GRBL, 1e4, 0.51));
        assert!(with(LINUXCNC, 1.0, 0.028) && !with(LINUXCNC, 1.0, 0.029));
        assert!(with(LINUXCNC, 100.0, 0.0999) && !with(LINUXCNC, 100.0, 0.1015));
        assert!(with(LINUXCNC, 1e4, 2.8) && !with(LINUXCNC, 1e4, 2.9));
        assert_eq!(check_centre([1.0, 1.0], [1.0, 1.0], [1.0, 1.0], GRBL), Err(ArcFault::NoRadius));
    }

    #[test]
    fn extremes_are_those_the_arc_passes() {
        let arc = |plane, sweep_rad| Arc { plane, centre_mm: [0.0, 0.0], turns: 1, sweep_rad };
        let (low, high) = extremes([1.0, 0.0, 0.0], [-1.0, 0.0, 2.0], &arc(Plane::Xy, PI));
        assert_eq!((low, high), ([-1.0, 0.0, 0.0], [1.0, 1.0, 2.0]));
        let (low, high) = extremes([0.0, 7.0, 1.0], [0.0, 7.0, -1.0], &arc(Plane::Zx, -PI));
        assert_eq!((low, high), ([-1.0, 7.0, -1.0], [0.0, 7.0, 1.0]));
    }
}
