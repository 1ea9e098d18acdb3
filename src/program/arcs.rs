//! Geometry of circular moves in the XY plane.
//!
//! In: start, end, and centre or radius, m. Out: centre and sweep, or what makes the arc impossible. Uses nothing.
//! Tolerances are Grbl's, so that what runs there runs here.

use std::f64::consts::{FRAC_PI_2, TAU};

/// A point in the XY plane, m.
pub(super) type Point2 = [f64; 2];

/// Radii at start and end may always differ by this much, m.
const MISMATCH_ALWAYS_ALLOWED_M: f64 = 5e-6;
/// Radii at start and end may never differ by more than this, m.
const MISMATCH_NEVER_ALLOWED_M: f64 = 0.5e-3;
/// In between, the difference may be this share of the radius.
const MISMATCH_SHARE: f64 = 1e-3;
/// Arcs given by their centre that turn by no more than this are full circles, rad.
const FULL_CIRCLE_BELOW_RAD: f64 = 5e-7;
/// How much too small an R may be, as a share of it: CAM programs round.
const RADIUS_SLACK: f64 = 1e-6;

/// Where an arc turns, and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Arc {
    /// Centre, m.
    pub(super) centre: Point2,
    /// Angle travelled, rad; positive is counter-clockwise.
    pub(super) sweep_rad: f64,
}

/// Why there is no such arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ArcFault {
    /// Start and end lie at different distances from the centre, m.
    RadiiDiffer { start_m: f64, end_m: f64 },
    /// The start is the centre.
    NoRadius,
    /// The end is farther away than twice the radius, m.
    TooSmall { radius_m: f64, needed_m: f64 },
    /// Any circle through the one point would do.
    NoDirection,
}

/// The arc around `centre`.
pub(super) fn from_centre(start: Point2, end: Point2, centre: Point2, clockwise: bool) -> Result<Arc, ArcFault> {
    let from = [start[0] - centre[0], start[1] - centre[1]];
    let to = [end[0] - centre[0], end[1] - centre[1]];
    let (start_m, end_m) = (from[0].hypot(from[1]), to[0].hypot(to[1]));
    if start_m == 0.0 {
        return Err(ArcFault::NoRadius);
    }
    let mismatch = (start_m - end_m).abs();
    let allowed = (MISMATCH_SHARE * start_m).clamp(MISMATCH_ALWAYS_ALLOWED_M, MISMATCH_NEVER_ALLOWED_M);
    if mismatch > allowed {
        return Err(ArcFault::RadiiDiffer { start_m, end_m });
    }
    let angle = (from[0] * to[1] - from[1] * to[0]).atan2(from[0] * to[0] + from[1] * to[1]);
    let sweep_rad = match clockwise {
        true if angle >= -FULL_CIRCLE_BELOW_RAD => angle - TAU,
        false if angle <= FULL_CIRCLE_BELOW_RAD => angle + TAU,
        _ => angle,
    };
    Ok(Arc { centre, sweep_rad })
}

/// The arc with a radius; a negative one asks for the long way round.
pub(super) fn from_radius(start: Point2, end: Point2, radius_m: f64, clockwise: bool) -> Result<Arc, ArcFault> {
    let chord = [end[0] - start[0], end[1] - start[1]];
    let length = chord[0].hypot(chord[1]);
    if length == 0.0 {
        return Err(ArcFault::NoDirection);
    }
    let (radius, half) = (radius_m.abs(), 0.5 * length);
    if radius * (1.0 + RADIUS_SLACK) < half {
        return Err(ArcFault::TooSmall { radius_m: radius, needed_m: half });
    }
    // From the middle of the chord to the centre, as a share of the chord; to the left of it for a short
    // counter-clockwise arc.
    let left = ((radius - half).max(0.0) * (radius + half)).sqrt() / length;
    let left = if clockwise == (radius_m < 0.0) { left } else { -left };
    let centre = [start[0] + 0.5 * chord[0] - left * chord[1], start[1] + 0.5 * chord[1] + left * chord[0]];
    // From the chord rather than from angles at the centre: a short arc of a large circle is never taken for a full
    // one.
    let short = 2.0 * (half / radius).min(1.0).asin();
    let turn = if radius_m < 0.0 { TAU - short } else { short };
    Ok(Arc { centre, sweep_rad: if clockwise { -turn } else { turn } })
}

/// Least and greatest X and Y on the arc, start and end included, m.
pub(super) fn extremes(start: Point2, end: Point2, arc: &Arc) -> (Point2, Point2) {
    let from = [start[0] - arc.centre[0], start[1] - arc.centre[1]];
    let radius = from[0].hypot(from[1]);
    let start_angle = from[1].atan2(from[0]);
    let mut least = [start[0].min(end[0]), start[1].min(end[1])];
    let mut greatest = [start[0].max(end[0]), start[1].max(end[1])];
    for (quarter, (axis, sign)) in [(0, 1.0), (1, 1.0), (0, -1.0), (1, -1.0)].into_iter().enumerate() {
        let ahead = (quarter as f64 * FRAC_PI_2 - start_angle) * arc.sweep_rad.signum();
        if ahead.rem_euclid(TAU) <= arc.sweep_rad.abs() {
            let at = arc.centre[axis] + sign * radius;
            least[axis] = least[axis].min(at);
            greatest[axis] = greatest[axis].max(at);
        }
    }
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn near(a: Point2, b: Point2) -> bool {
        (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-15
    }

    #[test]
    fn quarter_circles_have_a_quarter_turn() {
        let ccw = from_centre([1.0, 0.0], [0.0, 1.0], [0.0, 0.0], false).unwrap();
        assert_eq!(ccw.sweep_rad, FRAC_PI_2);
        let cw = from_centre([1.0, 0.0], [0.0, 1.0], [0.0, 0.0], true).unwrap();
        assert_eq!(cw.sweep_rad, FRAC_PI_2 - TAU);
    }

    #[test]
    fn the_same_end_is_a_full_circle() {
        for clockwise in [true, false] {
            let arc = from_centre([0.2, 0.1], [0.2, 0.1], [0.1, 0.1], clockwise).unwrap();
            assert_eq!(arc.sweep_rad, if clockwise { -TAU } else { TAU });
            let (least, greatest) = extremes([0.2, 0.1], [0.2, 0.1], &arc);
            assert!(near(least, [0.0, 0.0]) && near(greatest, [0.2, 0.2]), "{least:?} {greatest:?}");
        }
    }

    /// Closed form: the centre from R lies √(r² − (d/2)²) beside the middle of the chord.
    #[test]
    fn the_centre_follows_from_the_radius() {
        let (start, end) = ([0.0, 0.0], [0.06, 0.0]);
        let cases = [
            (0.05, true, [0.03, -0.04], true),
            (0.05, false, [0.03, 0.04], true),
            (-0.05, true, [0.03, 0.04], false),
            (-0.05, false, [0.03, -0.04], false),
        ];
        for (radius, clockwise, centre, short) in cases {
            let arc = from_radius(start, end, radius, clockwise).unwrap();
            assert!(near(arc.centre, centre), "{arc:?}");
            assert_eq!((arc.sweep_rad.abs() <= PI, arc.sweep_rad < 0.0), (short, clockwise));
            let same = from_centre(start, end, arc.centre, clockwise).unwrap();
            assert!((same.sweep_rad - arc.sweep_rad).abs() < 1e-12, "{same:?} {arc:?}");
        }
    }

    #[test]
    fn a_half_circle_from_r_forgives_rounding() {
        let arc = from_radius([0.0, 0.0], [0.1, 0.0], 0.05 * (1.0 - 0.9e-6), false).unwrap();
        assert!(near(arc.centre, [0.05, 0.0]));
        assert_eq!(arc.sweep_rad, PI);
        let too_small = from_radius([0.0, 0.0], [0.1, 0.0], 0.05 * (1.0 - 1.1e-6), false);
        assert!(matches!(too_small, Err(ArcFault::TooSmall { .. })));
        assert_eq!(from_radius([0.1, 0.0], [0.1, 0.0], 0.05, false), Err(ArcFault::NoDirection));
    }

    #[test]
    fn a_short_arc_of_a_large_circle_stays_short() {
        let arc = from_radius([0.0, 0.0], [1e-6, 0.0], 100.0, true).unwrap();
        assert!((arc.sweep_rad + 1e-8).abs() < 1e-15);
    }

    #[test]
    fn radii_may_differ_as_grbl_allows() {
        let with = |radius: f64, off: f64| from_centre([radius, 0.0], [0.0, radius + off], [0.0, 0.0], false);
        assert!(with(0.001, 4.9e-6).is_ok());
        assert!(with(0.001, 5.1e-6).is_err());
        assert!(with(0.1, 99e-6).is_ok());
        assert!(with(0.1, 101e-6).is_err());
        assert!(with(10.0, 0.49e-3).is_ok());
        assert!(with(10.0, 0.51e-3).is_err());
        assert_eq!(from_centre([1.0, 1.0], [1.0, 1.0], [1.0, 1.0], false), Err(ArcFault::NoRadius));
    }

    #[test]
    fn extremes_are_those_the_arc_passes() {
        let half = Arc { centre: [0.0, 0.0], sweep_rad: PI };
        assert_eq!(extremes([1.0, 0.0], [-1.0, 0.0], &half), ([-1.0, 0.0], [1.0, 1.0]));
        let lower = Arc { centre: [0.0, 0.0], sweep_rad: -PI };
        assert_eq!(extremes([1.0, 0.0], [-1.0, 0.0], &lower), ([-1.0, -1.0], [1.0, 0.0]));
    }
}
