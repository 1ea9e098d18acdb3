//! Where a motor's and its driver's warmth ends, by what they lose.
//!
//! In: losses and thermal parameters. Out: rise above the surroundings after a time, or for good. Uses `params`.
//!
//! One body each: C dT/dt = P − T/R_th, so T = P R_th (1 − e^(−t/τ)), τ = R_th C. A motor's thermal time is half an hour and more, so that
//! only the mean of the losses over a job counts, not their course.

use super::params::{DriverParams, MotorParams};

/// Copper's resistance rises by this share for each kelvin, 1/K.
pub const COPPER_PER_K: f64 = 3.93e-3;

/// Thermal parameters of a motor and its driver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatParams {
    /// Motor to the surroundings, K/W.
    pub thermal_k_per_w: f64,
    /// Heat capacity of the motor, J/K.
    pub capacity_j_per_k: f64,
    /// Switching and idle loss of the driver, W for each ampere of amplitude and volt of bus.
    pub switching_w_per_a_v: f64,
    /// Driver to the surroundings, K/W.
    pub driver_thermal_k_per_w: f64,
}

/// How warm motor and driver get.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmth {
    /// Copper and iron loss of the cold motor, W.
    pub motor_w: f64,
    /// Bridge and switching loss, W.
    pub driver_w: f64,
    /// Final rise of the motor above its surroundings, K; infinite where copper's own warming outruns the cooling.
    pub motor_rise_k: f64,
    /// Final rise of the driver, K.
    pub driver_rise_k: f64,
    /// Time in which 63 % of the motor's rise is reached, s.
    pub motor_time_s: f64,
}

impl Warmth {
    /// Rise of the motor after `time_s` from cold, K.
    pub fn motor_rise_after_k(&self, time_s: f64) -> f64 {
        self.motor_rise_k * (1.0 - (-time_s / self.motor_time_s).exp())
    }
}

/// Warmth for good, with `current_square_a2` the mean square of the current's amplitude (I₀² while the driver holds its current, since both
/// phases together always carry it) and `speed_square` the mean square of the shaft's speed, rad²/s².
///
/// Copper loss R |i|²/2·2 = R |i|² of the cold winding grows with its warmth: P = P_iron + P_cu (1 + α ΔT), ΔT = P R_th.
pub fn warmth(
    motor: &MotorParams,
    driver: &DriverParams,
    heat: &HeatParams,
    current_square_a2: f64,
    speed_square: f64,
) -> Warmth {
    let copper_w = motor.resistance_ohm * current_square_a2;
    let iron_w = speed_square * motor.torque_constant_nm_per_a().powi(2) / motor.iron_loss_ohm;
    let driver_w =
        driver.bridge_ohm * current_square_a2 + heat.switching_w_per_a_v * driver.bus_v * current_square_a2.max(0.0).sqrt();
    let r = heat.thermal_k_per_w;
    let rest = 1.0 - r * copper_w * COPPER_PER_K;
    let motor_rise_k = if rest > 0.0 { r * (copper_w + iron_w) / rest } else { f64::INFINITY };
    Warmth {
        motor_w: copper_w + iron_w,
        driver_w,
        motor_rise_k,
        driver_rise_k: heat.driver_thermal_k_per_w * driver_w,
        motor_time_s: r * heat.capacity_j_per_k,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> (MotorParams, DriverParams, HeatParams) {
        let motor = MotorParams {
            name: "test".into(),
            rotor_teeth: 50.0,
            resistance_ohm: 1.0,
            inductance_h: 4e-3,
            holding_torque_nm: 2.0,
            rated_current_a: 3.0,
            rotor_inertia_kg_m2: 5e-5,
            detent_torque_nm: 0.0,
            iron_loss_ohm: 100.0,
            bearing_drag_nm: 0.0,
            viscous_nm_s: 0.0,
        };
        let driver = DriverParams { bridge_ohm: 0.1, ..DriverParams::ideal(48.0, 4.0, 16) };
        let heat =
            HeatParams { thermal_k_per_w: 4.0, capacity_j_per_k: 500.0, switching_w_per_a_v: 0.01, driver_thermal_k_per_w: 5.0 };
        (motor, driver, heat)
    }

    #[test]
    fn final_warmth_is_where_the_stepped_balance_comes_to_rest() {
        let (motor, driver, heat) = parts();
        let w = warmth(&motor, &driver, &heat, 16.0, 1e4);
        let k = motor.torque_constant_nm_per_a();
        // The heat balance, stepped second by second, with the copper's own warming.
        let mut rise = 0.0;
        for _ in 0..100_000 {
            let power = 16.0 * (1.0 + COPPER_PER_K * rise) + 1e4 * k * k / 100.0;
            rise += (power - rise / heat.thermal_k_per_w) / heat.capacity_j_per_k;
        }
        assert!((w.motor_rise_k / rise - 1.0).abs() < 1e-6, "{} against {rise}", w.motor_rise_k);
        assert!((w.driver_w - (1.6 + 0.01 * 48.0 * 4.0)).abs() < 1e-12);
    }

    #[test]
    fn a_winding_that_warms_faster_than_it_cools_never_settles() {
        let (motor, driver, heat) = parts();
        assert_eq!(warmth(&motor, &driver, &heat, 100.0, 0.0).motor_rise_k, f64::INFINITY);
    }
}
