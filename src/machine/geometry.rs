//! Geometry that is never perfect: bowed guides, axes out of square, racks and belts of the wrong pitch, rails that grow warm.
//!
//! In: where the axes stand, how warm the rails are. Out: how far the tip is off because of each, X and Y. Uses nothing.
//!
//! Kinematic: a guide leads its body along itself, and what bends against it is small beside the error. Every part is zero where the
//! operator has set the plate's zero, so that only the difference to that place counts.

/// Where two pieces of a rack meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RackJoint {
    /// Travel at which the pinion passes it, m.
    pub at_m: f64,
    /// How much further apart than a tooth's pitch the teeth beside it are, m.
    pub step_m: f64,
    /// Travel in which the teeth of the one piece hand over to those of the other, m: a tooth's pitch.
    pub over_m: f64,
}

impl RackJoint {
    /// How much too far the axis goes because of it, standing at `at_m`, m.
    fn error_m(&self, at_m: f64) -> f64 {
        self.step_m * ((at_m - self.at_m) / self.over_m + 0.5).clamp(0.0, 1.0)
    }
}

/// What is wrong with the geometry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeometryParams {
    /// Bow of the guides at the middle of their travel, m: of the beam's in Y, and of the rails' in X.
    pub bow_m: [f64; 2],
    /// How far X leads to positive Y, for each metre, beyond square, –.
    pub out_of_square: f64,
    /// How much too far X and Y go, for each metre of travel: pitch of rack, belt or screw, –.
    pub pitch_error: [f64; 2],
    /// Where the racks of X and Y are pieced together; both sides of the gantry at the same places.
    pub rack_joints: [Vec<RackJoint>; 2],
    /// Travel of X and Y, m: lowest and highest.
    pub travel_m: [[f64; 2]; 2],
    /// Thermal expansion of what the drives of X and Y hold on to, 1/K.
    pub expansion_per_k: [f64; 2],
    /// How much warmer that gets in the end while a flame burns below, K.
    pub warming_k: f64,
    /// Time in which it gets there, to 1 − 1/e, and cools again, s.
    pub warming_s: f64,
}

/// How far the tip is off because of each, X and Y, m.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeometryErrors {
    /// Bowed guides.
    pub straightness: [f64; 2],
    /// Axes out of square.
    pub squareness: [f64; 2],
    /// Pitch of the drives, joints of racks among it.
    pub pitch: [f64; 2],
    /// Warm rails.
    pub growth: [f64; 2],
}

impl GeometryErrors {
    /// All together.
    pub fn sum(&self) -> [f64; 2] {
        [0, 1].map(|i| self.straightness[i] + self.squareness[i] + self.pitch[i] + self.growth[i])
    }

    /// The difference to `zero`.
    pub fn beyond(&self, zero: &Self) -> Self {
        let less = |a: [f64; 2], b: [f64; 2]| [a[0] - b[0], a[1] - b[1]];
        Self {
            straightness: less(self.straightness, zero.straightness),
            squareness: less(self.squareness, zero.squareness),
            pitch: less(self.pitch, zero.pitch),
            growth: less(self.growth, zero.growth),
        }
    }
}

impl GeometryParams {
    /// Errors with the axes at `at_m`, the rails `warmer_k` warmer than when the machine was set up.
    pub fn errors(&self, at_m: [f64; 2], warmer_k: f64) -> GeometryErrors {
        // A bow is a parabola through both ends of the travel: 4 s (1 − s) of its middle.
        let bow = |axis: usize| {
            let [low, high] = self.travel_m[axis];
            let s = if high > low { (at_m[axis] - low) / (high - low) } else { 0.0 };
            4.0 * self.bow_m[axis] * s * (1.0 - s)
        };
        let jumped = |axis: usize| self.rack_joints[axis].iter().map(|joint| joint.error_m(at_m[axis])).sum::<f64>();
        let grown = |axis: usize| self.expansion_per_k[axis] * warmer_k * (at_m[axis] - self.travel_m[axis][0]);
        GeometryErrors {
            straightness: [bow(1), bow(0)],
            squareness: [0.0, self.out_of_square * at_m[0]],
            pitch: [0, 1].map(|axis| self.pitch_error[axis] * at_m[axis] + jumped(axis)),
            growth: [grown(0), grown(1)],
        }
    }

    /// How warm the rails are `dt_s` later, K, from `warmer_k`: towards the end temperature while a flame burns, else back.
    pub fn warmed_k(&self, warmer_k: f64, flame: bool, dt_s: f64) -> f64 {
        let end_k = if flame { self.warming_k } else { 0.0 };
        if self.warming_s > 0.0 { end_k + (warmer_k - end_k) * (-dt_s / self.warming_s).exp() } else { end_k }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> GeometryParams {
        GeometryParams {
            bow_m: [2e-4, 1e-3],
            out_of_square: 2e-3 / 1.25,
            pitch_error: [8e-5, -8e-5],
            rack_joints: [vec![RackJoint { at_m: 0.5, step_m: 5e-5, over_m: 3.14e-3 }], Vec::new()],
            travel_m: [[0.0, 1.25], [0.0, 1.25]],
            expansion_per_k: [11.7e-6; 2],
            warming_k: 10.0,
            warming_s: 600.0,
        }
    }

    #[test]
    fn each_error_is_what_its_name_says() {
        let p = params();
        let near = |a: [f64; 2], b: [f64; 2]| assert!((0..2).all(|i| (a[i] - b[i]).abs() < 1e-12), "{a:?} against {b:?}");
        let middle = p.errors([0.625, 0.625], 0.0);
        near(middle.straightness, [1e-3, 2e-4]);
        // Ends of a bowed rail are where they should be; 2 mm out of square over the whole X.
        let end = p.errors([1.25, 1.25], 10.0);
        near(end.straightness, [0.0, 0.0]);
        near(end.squareness, [0.0, 2e-3]);
        near(end.pitch, [1.5e-4, -1e-4]);
        // Half of a joint's step where the pinion stands in the middle of it, none before, all of it behind.
        let joint = |x: f64| p.errors([x, 0.0], 0.0).pitch[0] - 8e-5 * x;
        for (x, share) in [(0.49, 0.0), (0.5, 0.5), (0.51, 1.0)] {
            assert!((joint(x) - share * 5e-5).abs() < 1e-12, "{x} m: {}", joint(x));
        }
        // 1.25 m of steel, 10 K warmer: 0.146 mm (parts reference, materials).
        assert!((end.growth[0] / 0.146e-3 - 1.0).abs() < 0.01, "{:?}", end.growth);
        near(end.beyond(&end).sum(), [0.0; 2]);
    }

    #[test]
    fn rails_warm_by_the_exponential_whatever_the_steps() {
        let p = params();
        let mut k = 0.0;
        (0..6000).for_each(|_| k = p.warmed_k(k, true, 0.1));
        let closed = 10.0 * (1.0 - (-1.0_f64).exp());
        assert!((k - closed).abs() < 1e-9 && (p.warmed_k(0.0, true, 600.0) - closed).abs() < 1e-12, "{k}");
        assert!((p.warmed_k(k, false, 600.0) - k * (-1.0_f64).exp()).abs() < 1e-12);
    }
}
