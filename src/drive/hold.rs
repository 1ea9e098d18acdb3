//! Where a transmission lets go: a belt whose slack side goes loose, a sprung pinion that climbs out of its rack.
//!
//! In: what holds the transmission together, where the joint stands. Out: the force up to which it is as stiff as ever, and what is
//! left of its stiffness beyond. Uses `params` only.
//!
//! Belt, clamped at both ends, pulley on the moving part, spans L₁ behind and L₂ ahead with pretension T: pulled forward by δ they carry
//! T − δ EA/L₁ and T + δ EA/L₂. The span behind is empty at δ = T L₁/EA, where the force is T (L₁ + L₂)/L₂: twice the pretension in the
//! middle, little more than the pretension next to the clamp behind. Beyond, EA/L₂ acts alone; backward the spans change places.
//!
//! Sprung pinion: the flanks press it out of mesh with F tan α (pressure angle α). From F = S/tan α on it gives way against its spring
//! (force S, rate c), and what it rises by y lets the rack go on by y tan α: c/tan² α in series with the mesh. Friction of the flanks,
//! which would hold it a little longer, is left out.

use super::params::{Hold, Stiffness, TransmissionParams};

/// Pressure angle of racks and pinions, rad (ISO 53: 20°).
pub const PRESSURE_ANGLE_RAD: f64 = 20.0 * core::f64::consts::PI / 180.0;

/// Both knees of a transmission's force over its deflection: forward and backward.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knees {
    /// Force up to which everything holds, N (∞: it never lets go).
    pub force_n: [f64; 2],
    /// Share of the stiffness that is left beyond, –.
    left: [f64; 2],
}

impl Knees {
    /// The knees of a transmission, whose stiffness there is `n_per_m`, with the joint at `position_m`.
    pub fn at(t: &TransmissionParams, n_per_m: f64, position_m: f64) -> Self {
        match (&t.hold, &t.stiffness) {
            (Hold::Belt { pretension_n }, Stiffness::BeltSpans { ea_n, length_m, series_n_per_m, .. }) => {
                let behind = t.stiffness.span_behind_m(position_m);
                let ahead = length_m - behind;
                let alone = |span: f64| series(ea_n / span, *series_n_per_m) / n_per_m;
                Self {
                    force_n: [pretension_n * length_m / ahead, pretension_n * length_m / behind],
                    left: [alone(ahead), alone(behind)],
                }
            }
            (Hold::Sprung { spring_n, rate_n_per_m }, _) => {
                let tan = PRESSURE_ANGLE_RAD.tan();
                Self { force_n: [spring_n / tan; 2], left: [series(n_per_m, rate_n_per_m / (tan * tan)) / n_per_m; 2] }
            }
            _ => Self { force_n: [f64::INFINITY; 2], left: [1.0; 2] },
        }
    }

    /// The force where the stiffness alone would give `linear_n`, N.
    #[inline]
    pub fn force(&self, linear_n: f64) -> f64 {
        let side = usize::from(linear_n < 0.0);
        let beyond = linear_n.abs() - self.force_n[side];
        if beyond > 0.0 { (self.force_n[side] + self.left[side] * beyond).copysign(linear_n) } else { linear_n }
    }

    /// How much of what holds a force takes, –: more than 1 where it has let go.
    pub fn used(&self, force_n: f64) -> f64 {
        force_n.abs() / self.force_n[usize::from(force_n < 0.0)]
    }
}

fn series(a: f64, b: f64) -> f64 {
    // b may be infinite.
    a / (1.0 + a / b)
}

#[cfg(test)]
mod tests {
    use super::super::tests::joint;
    use super::*;

    /// 15 mm glass belt, 1.4 m, 200 N.
    const EA_N: f64 = 73_400.0;
    const LENGTH_M: f64 = 1.4;
    const TENSION_N: f64 = 200.0;

    fn belt(series_n_per_m: f64) -> TransmissionParams {
        let stiffness = Stiffness::BeltSpans { ea_n: EA_N, length_m: LENGTH_M, span_at_zero_m: 0.1, series_n_per_m };
        TransmissionParams { stiffness, hold: Hold::Belt { pretension_n: TENSION_N }, ..joint(1.0, 0.0).params.transmission }
    }

    /// Force of two spans that only pull, by their tensions.
    fn spans_n(behind_m: f64, pulled_m: f64) -> f64 {
        let ahead_m = LENGTH_M - behind_m;
        let tension = |strain: f64| (TENSION_N + EA_N * strain).max(0.0);
        tension(pulled_m / ahead_m) - tension(-pulled_m / behind_m)
    }

    #[test]
    fn a_belt_follows_the_tensions_of_its_spans_through_slack() {
        let t = belt(1e15);
        for position in [0.0, 0.3, 0.6, 1.1] {
            let k = t.stiffness.at(position);
            let knees = Knees::at(&t, k, position);
            for n in -40..=40 {
                let pulled = f64::from(n) * 1e-4;
                let (got, expected) = (knees.force(k * pulled), spans_n(0.1 + position, pulled));
                assert!(
                    (got - expected).abs() < 1e-9 * (1.0 + expected.abs()),
                    "{position} m, {pulled} m: {got} N, {expected} N"
                );
            }
        }
        // In the middle: twice the pretension, and half of the stiffness is left.
        let k = t.stiffness.at(0.6);
        let middle = Knees::at(&t, k, 0.6);
        assert!(middle.force_n.iter().all(|f| (f - 2.0 * TENSION_N).abs() < 1e-9), "{middle:?}");
        let beyond = middle.force(k * 0.011) - middle.force(k * 0.01);
        assert!((beyond / (0.001 * EA_N / 0.7) - 1.0).abs() < 1e-6, "{beyond} N");
        assert!((middle.used(300.0) - 0.75).abs() < 1e-12 && middle.used(-500.0) > 1.0);
    }

    #[test]
    fn what_stands_in_series_with_a_slack_belt_takes_its_share() {
        // Deflection is that of the spans and of the mount, each under the same force.
        let mount = 3e5;
        let t = belt(mount);
        let k = t.stiffness.at(0.2);
        let knees = Knees::at(&t, k, 0.2);
        for pulled in [1e-4, 1e-3, 3e-3, -2e-3, -4e-3] {
            let force = spans_n(0.3, pulled);
            let whole = pulled + force / mount;
            assert!((knees.force(k * whole) - force).abs() < 1e-6, "{pulled} m: {} N, {force} N", knees.force(k * whole));
        }
    }

    #[test]
    fn a_sprung_pinion_lifts_at_its_spring_over_tan_20_degrees() {
        let mut t = joint(1e7, 0.0).params.transmission;
        t.hold = Hold::Sprung { spring_n: 90.0, rate_n_per_m: 10e3 };
        let knees = Knees::at(&t, 1e7, 0.0);
        assert!((knees.force_n[0] - 247.3).abs() < 0.1, "{knees:?}");
        assert_eq!(knees.force(200.0), 200.0);
        // 1 mm out of mesh: the spring has (90 + 10) N, the tooth 100/tan 20°, the rack went on by tan 20° of a millimetre and the mesh.
        let tan = PRESSURE_ANGLE_RAD.tan();
        let force = 100.0 / tan;
        let whole = 1e-3 * tan + force / 1e7;
        assert!((knees.force(-1e7 * whole) + force).abs() < 1e-6, "{}", knees.force(-1e7 * whole));
    }

    #[test]
    fn nothing_lets_go_where_nothing_is_said_of_it() {
        let t = joint(1e7, 0.0).params.transmission;
        let knees = Knees::at(&t, 1e7, 0.0);
        assert_eq!((knees.force(1e9), knees.used(1e9)), (1e9, 0.0));
    }
}
