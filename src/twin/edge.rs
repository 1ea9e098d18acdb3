//! What heat does to a cut's edge: width of the heat-affected zone and cooling time, in closed form from the heat of the moment.
//!
//! In: power, speed, thickness, temperature of the plate ahead. Out: [`Edge`]. The zone is a millimetre or two wide, less than a heat cell;
//! the heat cells say how warm the plate is that the cut meets.

use std::f64::consts::PI;

/// Steel between cold and melting, on average: conductivity, W/(m·K), diffusivity, m²/s, heat capacity, J/(m³·K).
const K_W_PER_M_K: f64 = 35.0;
const ALPHA_M2_PER_S: f64 = 6.86e-6;
const CAPACITY_J_PER_M3_K: f64 = K_W_PER_M_K / ALPHA_M2_PER_S;

/// Where the structure of mild steel begins to change, °C (Ac1).
pub const CHANGE_C: f64 = 727.0;

/// Slower than this a front is taken to go at this speed, m/s: there the formulas are for a torch that moves.
const SLOWEST_M_PER_S: f64 = 5.0e-4;

/// What heat does beside a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edge {
    /// How far from the middle of the kerf the plate reached [`CHANGE_C`], m.
    pub half_width_m: f64,
    /// Time from 800 to 500 °C beside the kerf, s (t8/5).
    pub cooling_s: f64,
}

impl Edge {
    /// Beside a line source of `heat_w` over a thickness that moves at a speed into plate of `plate_c`.
    ///
    /// Width: Wells, Q = 8 k h (T − T0)(1/5 + v w/(4 α)) with w the full width, within 1.2 % of Rosenthal's solution from 500 to 1500 °C.
    /// Cooling: (Q/(v h))² / (4 π k ρ c) · (1/(500 − T0)² − 1/(800 − T0)²), its limit at high speed.
    pub fn beside(heat_w: f64, speed_m_per_s: f64, thickness_m: f64, plate_c: f64) -> Self {
        let speed = speed_m_per_s.abs().max(SLOWEST_M_PER_S);
        let rise = CHANGE_C - plate_c.min(CHANGE_C - 50.0);
        let full = 4.0 * ALPHA_M2_PER_S / speed * (heat_w / (8.0 * K_W_PER_M_K * thickness_m * rise) - 0.2);
        let start = plate_c.min(450.0);
        let per_face = heat_w / (speed * thickness_m);
        let span = (500.0 - start).powi(-2) - (800.0 - start).powi(-2);
        Self {
            half_width_m: 0.5 * full.max(0.0),
            cooling_s: per_face * per_face / (4.0 * PI * K_W_PER_M_K * CAPACITY_J_PER_M3_K) * span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Case V1 of the thermal reference: 4 kW, 8 mm/s, 10 mm; half widths of isotherms by Rosenthal's solution, t8/5 of the centre line.
    #[test]
    fn width_and_cooling_are_rosenthals() {
        let edge = Edge::beside(4000.0, 8e-3, 0.01, 20.0);
        // 723 °C lies at 3.182 mm; at 727 the width is a little less.
        let at_727 = 3.182e-3 * (723.0 - 20.0) / (727.0 - 20.0);
        assert!((edge.half_width_m / at_727 - 1.0).abs() < 0.015, "{}", edge.half_width_m);
        assert!((edge.cooling_s / 3.003 - 1.0).abs() < 0.03, "{}", edge.cooling_s);
    }

    #[test]
    fn warm_plate_and_slow_cuts_widen_it() {
        let cold = Edge::beside(4000.0, 8e-3, 0.01, 20.0);
        assert!(Edge::beside(4000.0, 8e-3, 0.01, 300.0).half_width_m > 1.3 * cold.half_width_m);
        assert!(Edge::beside(4000.0, 4e-3, 0.01, 20.0).half_width_m > 1.8 * cold.half_width_m);
        assert_eq!(Edge::beside(0.0, 8e-3, 0.01, 20.0).half_width_m, 0.0);
        assert!(Edge::beside(4000.0, 0.0, 0.01, 5000.0).half_width_m.is_finite());
    }
}
