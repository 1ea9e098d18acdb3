//! Pull-out torque in closed form, and the current that a motor at its limit should have.
//!
//! In: motor and driver. Out: torque by speed, loss torque, best lead of a closed loop. Uses `params` and `motor`'s saturation.
//! The simulated curve is in `bench`; the two are kept within 12 % of each other.

use std::f64::consts::SQRT_2;

use super::motor::unsaturated;
use super::params::{DriverParams, MotorParams};

/// Largest amplitude of the phase voltage's fundamental over the bus voltage is 1 plus this: the regulator saturates, and a square wave
/// has 4/π.
const SQUARE_WAVE: f64 = 4.0 / std::f64::consts::PI - 1.0;
/// How fast the voltage becomes a square wave, as the needed voltage over the bus voltage rises. Fitted to the simulation in `bench`.
const SQUARE_WAVE_RATE: f64 = 1.5;

/// A motor at one speed, as an alternating-current machine.
struct AtSpeed {
    r: f64,
    x: f64,
    e: f64,
    i0: f64,
    v: f64,
}

impl AtSpeed {
    fn new(motor: &MotorParams, driver: &DriverParams, speed_rad_per_s: f64) -> Self {
        let w = speed_rad_per_s.abs();
        let knee = Some(SQRT_2 * motor.rated_current_a);
        let i0 = unsaturated(driver.current_peak_a, knee);
        let r = motor.resistance_ohm + driver.bridge_ohm;
        let x = motor.rotor_teeth * w * motor.inductance_h;
        let e = motor.torque_constant_nm_per_a() * w;
        let needed = (r * i0 + e).hypot(x * i0);
        let rho = needed / driver.bus_v;
        let over = (rho - 1.0).max(0.0);
        let v = driver.bus_v * (1.0 + SQUARE_WAVE * (1.0 - (-SQUARE_WAVE_RATE * over).exp()));
        Self { r, x, e, i0, v }
    }

    /// (i_q, i_d) of the largest i_q with i_d² + i_q² ≤ I₀² and (R i_q + X i_d + E)² + (R i_d − X i_q)² ≤ V², A. The second is a circle of
    /// radius V/Z about i_q = −E R/Z², i_d = −E X/Z².
    fn best_current(&self) -> (f64, f64) {
        let Self { r, x, e, i0, v } = *self;
        if (r * i0 + e).hypot(x * i0) <= v {
            return (i0, 0.0);
        }
        let z2 = r * r + x * x;
        let (centre_q, centre_d) = (-e * r / z2, -e * x / z2);
        let radius = v / z2.sqrt();
        // The top of the voltage circle, if the current allows it.
        let (top_q, top_d) = (centre_q + radius, centre_d);
        if top_q.hypot(top_d) <= i0 {
            return (top_q.max(0.0), top_d);
        }
        // Otherwise where the two circles meet: distance between centres d, chord at `along` from the origin towards the other centre.
        let d = centre_q.hypot(centre_d);
        let along = (i0 * i0 - radius * radius + d * d) / (2.0 * d);
        let across = (i0 * i0 - along * along).max(0.0).sqrt();
        let (uq, ud) = (centre_q / d, centre_d / d);
        let meet = |side: f64| (along * uq - side * across * ud, along * ud + side * across * uq);
        let (first, second) = (meet(1.0), meet(-1.0));
        let best = if first.0 >= second.0 { first } else { second };
        (best.0.max(0.0), best.1)
    }

    /// Square of the current's amplitude while it makes the torque of `q`, A²: the set one, or less where the voltage allows no more. Then i_d
    /// is the larger root of (R i_q + X i_d + E)² + (R i_d − X i_q)² = V², on the side of the smaller load angle.
    fn amplitude_square(&self, q: f64) -> f64 {
        let Self { r, x, e, i0, v } = *self;
        let (a, b) = (r * r + x * x, x * e);
        let c = (r * q + e).powi(2) + (x * q).powi(2) - v * v;
        let d = (-b + (b * b - a * c).max(0.0).sqrt()) / a;
        (q * q + d * d).min(i0 * i0)
    }
}

/// Pull-out torque at `speed_rad_per_s` of the shaft, N·m: the most a slowly rising load can reach before the rotor falls out of step.
///
/// Closed form over the load angle. Below the knee T = K I₀ while √((R I₀ + E)² + (X I₀)²) ≤ V with X = N ω L, E = K ω; beyond it the
/// phase voltage becomes a square wave, whose fundamental grows to 4/π V, and the best current lies where the current circle meets the
/// voltage circle, or at the top of the voltage circle T = K V/Z − K² ω R/Z². Iron loss, bearing and viscous drag are taken off.
///
/// A supply that cannot give this power sets its own limit: V I = R i² + T ω. A chopper draws the same power at a lower voltage, so that
/// beyond it the bus sags until the motor is lost.
pub fn pull_out_nm(motor: &MotorParams, driver: &DriverParams, speed_rad_per_s: f64) -> f64 {
    let at = AtSpeed::new(motor, driver, speed_rad_per_s);
    let (best, _) = at.best_current();
    let given_w = driver.bus_v * driver.supply_a;
    let power_w = |q: f64| at.r * at.amplitude_square(q) + at.e * q;
    let (mut low, mut high) = (0.0, best);
    if power_w(best) <= given_w {
        low = best;
    } else {
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if power_w(middle) <= given_w {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
    (motor.torque_constant_nm_per_a() * low - loss_nm(motor, speed_rad_per_s)).max(0.0)
}

/// Torque that a turning motor loses in itself: bearing, viscous drag, iron loss K² ω/R_m, N·m.
pub fn loss_nm(motor: &MotorParams, speed_rad_per_s: f64) -> f64 {
    let w = speed_rad_per_s.abs();
    if w == 0.0 {
        return 0.0;
    }
    motor.bearing_drag_nm + w * (motor.viscous_nm_s + motor.torque_constant_nm_per_a().powi(2) / motor.iron_loss_ohm)
}

/// Angle by which the wanted current of a closed loop should lead the rotor at `speed_rad_per_s` for the most torque, electrical rad.
///
/// π/2 while the voltage suffices. Beyond, the bridge drives in the direction of what is wanted less what flows, so the wanted current
/// is the best current plus as much along the best voltage as the set amplitude leaves.
pub(super) fn best_lead(motor: &MotorParams, driver: &DriverParams, speed_rad_per_s: f64) -> f64 {
    let at = AtSpeed::new(motor, driver, speed_rad_per_s);
    let (q, d) = at.best_current();
    let (vq, vd) = (at.r * q + at.x * d + at.e, at.r * d - at.x * q);
    let size = vq.hypot(vd).max(1e-9);
    let (uq, ud) = (vq / size, vd / size);
    // |i + α u| = I₀.
    let along = q * uq + d * ud;
    let room = driver.current_peak_a.powi(2) - (q * q + d * d);
    let alpha = -along + (along * along + room.max(0.0)).sqrt();
    let alpha = if room > 1e-9 { alpha } else { 0.0 };
    (q + alpha * uq).atan2(d + alpha * ud)
}
