//! How far a point is from the programmed path, whatever its lag along it.
//!
//! In: the point and the programmed shapes near the present one. Out: a signed distance, positive to the left of travel. Uses the planner's geometry.

use torchtwin_planner::{Geometry, Plane};

/// Distances below this are rounding, m.
const NOTHING_M: f64 = 1e-12;

/// Signed distance of `point` in X and Y from the nearest of `shapes`, m; none if none of them moves in X and Y.
pub fn deviation_m<'a>(point: [f64; 2], shapes: impl Iterator<Item = &'a Geometry>) -> Option<f64> {
    let nearest = shapes.filter_map(|shape| distance_m(point, shape)).min_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    Some(if nearest.abs() < NOTHING_M { 0.0 } else { nearest })
}

fn distance_m(tip: [f64; 2], geometry: &Geometry) -> Option<f64> {
    match *geometry {
        // Seen from above, an arc in a standing plane is about the line between its ends.
        Geometry::Line { from, to } | Geometry::Arc { from, to, plane: Plane::Zx | Plane::Yz, .. } => {
            let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
            let length2 = dx * dx + dy * dy;
            if length2 < 1e-18 {
                return None;
            }
            let (px, py) = (tip[0] - from[0], tip[1] - from[1]);
            let u = ((px * dx + py * dy) / length2).clamp(0.0, 1.0);
            let side = dx * py - dy * px;
            let off = (px - u * dx).hypot(py - u * dy);
            Some(off.copysign(side))
        }
        Geometry::Arc { from, to, plane: Plane::Xy, centre, radius_m, start_rad, sweep_rad, closing } => {
            let (px, py) = (tip[0] - centre[0], tip[1] - centre[1]);
            let turned = (py.atan2(px) - start_rad) * sweep_rad.signum();
            let around = turned.rem_euclid(std::f64::consts::TAU);
            let off = if around <= sweep_rad.abs() {
                // The planner spreads a rounded end over the arc; the path there is the circle and that share of it.
                let u = around / sweep_rad.abs();
                (px - closing[0] * u).hypot(py - closing[1] * u) - radius_m
            } else {
                let ends = [from, to].map(|e| (tip[0] - e[0]).hypot(tip[1] - e[1]));
                return Some(ends[0].min(ends[1]).copysign((radius_m - px.hypot(py)) * sweep_rad));
            };
            // Left of a counter-clockwise arc is its inside.
            Some(-off * sweep_rad.signum())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use torchtwin_planner::Shape;

    #[test]
    fn left_is_positive_on_lines_and_arcs() {
        let line = Geometry::new([0.0; 3], &Shape::Line { to: [0.1, 0.0, 0.0] });
        assert!((distance_m([0.05, 0.002], &line).unwrap() - 0.002).abs() < 1e-15);
        assert!((distance_m([0.13, -0.04], &line).unwrap() + 0.05).abs() < 1e-15);
        let arc =
            Shape::Arc { to: [0.0, 0.01, 0.0], centre: [0.0, 0.0], plane: Plane::Xy, sweep_rad: std::f64::consts::FRAC_PI_2 };
        let arc = Geometry::new([0.01, 0.0, 0.0], &arc);
        let at = |r: f64| [r * 0.6, r * 0.8];
        assert!((distance_m(at(0.009), &arc).unwrap() - 0.001).abs() < 1e-12);
        assert!((distance_m(at(0.012), &arc).unwrap() + 0.002).abs() < 1e-12);
    }
}
