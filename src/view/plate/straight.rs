//! Whether points that follow one another are on a straight way.
//!
//! In: offsets from where the way began. Out: whether the next one can be reached straight on, with all before it within a tolerance. The
//! directions that are left form a cone that every point narrows: no drift, whatever the number of points.

use bevy::math::Vec2;

/// Directions from the beginning of a way that pass every point so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cone {
    /// Unit vector to the first point that is far enough off to have a direction.
    axis: Option<Vec2>,
    /// Least and greatest slope against it.
    slopes: [f32; 2],
    /// Furthest point along it, m.
    furthest_m: f32,
}

impl Cone {
    /// Whether the straight way to `off` passes all points so far. Going back is not going on.
    pub fn accepts(&self, off: Vec2, tolerance_m: f32) -> bool {
        let Some(axis) = self.axis else { return true };
        let (along, across) = (off.dot(axis), axis.perp_dot(off));
        let slope = across / along;
        along > 0.0 && along >= self.furthest_m - tolerance_m && slope >= self.slopes[0] && slope <= self.slopes[1]
    }

    /// Takes a point.
    pub fn narrow(&mut self, off: Vec2, tolerance_m: f32) {
        if off.length() <= tolerance_m {
            return;
        }
        let axis = *self.axis.get_or_insert_with(|| {
            self.slopes = [f32::NEG_INFINITY, f32::INFINITY];
            off.normalize()
        });
        let (along, across) = (off.dot(axis), axis.perp_dot(off));
        if along > 0.0 {
            self.slopes[0] = self.slopes[0].max((across - tolerance_m) / along);
            self.slopes[1] = self.slopes[1].min((across + tolerance_m) / along);
            self.furthest_m = self.furthest_m.max(along);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_arc_of_tiny_steps_is_not_straight_and_a_trembling_line_is() {
        let until = |point: &dyn Fn(f32) -> Vec2| {
            let mut cone = Cone::default();
            (1..2000)
                .map(|k| point(4e-6 * k as f32))
                .take_while(|p| {
                    let goes_on = cone.accepts(*p, 3e-6);
                    cone.narrow(*p, 3e-6);
                    goes_on
                })
                .count()
        };
        // Radius 1.27 mm: the sagitta of a chord c is c²/(8 r), 3 µm at 175 µm, of both sides of the tolerance at 250 µm.
        let r = 1.27e-3;
        let steps = until(&|s| Vec2::new(r * (s / r).sin(), r * (1.0 - (s / r).cos())));
        assert!((35..75).contains(&steps), "{steps}");
        assert_eq!(until(&|s| Vec2::new(s, 1.4e-6 * (s * 3e5).sin())), 1999);
    }
}
