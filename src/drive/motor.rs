//! Two-phase hybrid stepper on a current-regulated driver: the full two-phase equations, stepped.
//!
//! In: step edges (as a microstep count), load torque. Out: rotor angle, speed, torque. Load angle and loss of synchronism come out of
//! the equations. Uses `params` only.
//!
//! With N rotor teeth, rotor angle θ, K the torque constant (equations as in MathWorks' Simscape "Stepper Motor" block):
//! e_A = −K ω sin Nθ, e_B = K ω cos Nθ, L di/dt = v − R i − e,
//! T = −K (i_A − e_A/R_m) sin Nθ + K (i_B − e_B/R_m) cos Nθ − T_d sin 4Nθ.
//! The driver asks for i_A = I₀ cos φ, i_B = I₀ sin φ, φ = (π/2)/microsteps per step, with whatever voltage the bus has: the average
//! over a chopper period, not its switching.

use super::params::{DriverParams, MotorParams};
use std::f64::consts::FRAC_PI_2;

/// What changes in a motor.
#[derive(Clone, Debug, PartialEq)]
pub struct MotorState {
    /// Rotor angle, rad.
    pub angle_rad: f64,
    /// Rotor speed, rad/s.
    pub speed_rad_per_s: f64,
    /// Phase currents, A.
    pub current_a: [f64; 2],
    /// Microsteps commanded since the start.
    pub microsteps: i64,
    /// Wanted phase currents, A.
    wanted_a: [f64; 2],
    /// Torque of the field on the rotor in the last step, N·m.
    pub torque_nm: f64,
}

/// Constants of a motor on its driver, worked out once.
#[derive(Clone, Debug, PartialEq)]
pub struct Motor {
    teeth: f64,
    resistance_ohm: f64,
    inductance_h: f64,
    constant_nm_per_a: f64,
    detent_nm: f64,
    /// K²/R_m: iron loss as a viscous torque, N·m·s.
    iron_nm_s: f64,
    viscous_nm_s: f64,
    bearing_nm: f64,
    inertia_kg_m2: f64,
    bus_v: f64,
    peak_a: f64,
    rad_per_microstep_electrical: f64,
}

impl Motor {
    /// The motor `motor` with `added_inertia_kg_m2` on its shaft, on `driver`.
    pub fn new(motor: &MotorParams, driver: &DriverParams, added_inertia_kg_m2: f64) -> Self {
        let k = motor.torque_constant_nm_per_a();
        Self {
            teeth: motor.rotor_teeth,
            resistance_ohm: motor.resistance_ohm,
            inductance_h: motor.inductance_h,
            constant_nm_per_a: k,
            detent_nm: motor.detent_torque_nm,
            iron_nm_s: k * k / motor.iron_loss_ohm,
            viscous_nm_s: motor.viscous_nm_s,
            bearing_nm: motor.bearing_drag_nm,
            inertia_kg_m2: motor.rotor_inertia_kg_m2 + added_inertia_kg_m2,
            bus_v: driver.bus_v,
            peak_a: driver.current_peak_a,
            rad_per_microstep_electrical: FRAC_PI_2 / f64::from(driver.microsteps),
        }
    }

    /// At rest on its command, currents settled.
    pub fn at_rest(&self) -> MotorState {
        let wanted_a = [self.peak_a, 0.0];
        MotorState { angle_rad: 0.0, speed_rad_per_s: 0.0, current_a: wanted_a, microsteps: 0, wanted_a, torque_nm: 0.0 }
    }

    /// Largest torque that the set current can hold, N·m.
    pub fn peak_torque_nm(&self) -> f64 {
        self.constant_nm_per_a * self.peak_a
    }

    /// Inertia on the shaft, the rotor's own included, kg·m².
    pub fn inertia_kg_m2(&self) -> f64 {
        self.inertia_kg_m2
    }

    /// Magnetic spring at no load: dT/dθ = N T_pk for T = T_pk sin NΔθ, N·m/rad.
    pub fn magnetic_nm_per_rad(&self) -> f64 {
        self.teeth * self.peak_torque_nm()
    }

    /// Angle the driver commands, rad of the rotor.
    pub fn commanded_rad(&self, state: &MotorState) -> f64 {
        state.microsteps as f64 * self.rad_per_microstep_electrical / self.teeth
    }

    /// Whole electrical turns between rotor and command: 0 in step; ±1 is four full steps lost.
    pub fn turns_lost(&self, state: &MotorState) -> i64 {
        ((self.commanded_rad(state) - state.angle_rad) * self.teeth / std::f64::consts::TAU).round() as i64
    }

    /// Full steps by which the rotor is behind its command.
    pub fn full_steps_behind(&self, state: &MotorState) -> f64 {
        (self.commanded_rad(state) - state.angle_rad) * self.teeth / FRAC_PI_2
    }

    /// Takes `count` microsteps (negative: backwards).
    pub fn command(&self, state: &mut MotorState, count: i64) {
        state.microsteps += count;
        let whole = 4 * (FRAC_PI_2 / self.rad_per_microstep_electrical).round() as i64;
        let phase = state.microsteps.rem_euclid(whole) as f64 * self.rad_per_microstep_electrical;
        let (sin, cos) = phase.sin_cos();
        state.wanted_a = [self.peak_a * cos, self.peak_a * sin];
    }

    /// Advances by `h` seconds against `load_nm`, and `dry_nm` of dry friction besides the bearing's own.
    pub fn step(&self, state: &mut MotorState, load_nm: f64, dry_nm: f64, h: f64) {
        // Drift half a step, kick, drift half a step: second order and without numerical damping.
        let middle_rad = state.angle_rad + 0.5 * h * state.speed_rad_per_s;
        let (sin, cos) = (self.teeth * middle_rad).sin_cos();
        let k = self.constant_nm_per_a;
        let emf = [-k * state.speed_rad_per_s * sin, k * state.speed_rad_per_s * cos];
        for ((current, wanted), emf) in state.current_a.iter_mut().zip(state.wanted_a).zip(emf) {
            let drop = self.resistance_ohm * *current + emf;
            let asked = drop + self.inductance_h * (wanted - *current) / h;
            let v = asked.clamp(-self.bus_v, self.bus_v);
            *current += h * (v - drop) / self.inductance_h;
        }
        let [a, b] = state.current_a;
        let sin2 = 2.0 * sin * cos;
        let cos2 = cos * cos - sin * sin;
        state.torque_nm = k * (b * cos - a * sin) - self.detent_nm * 2.0 * sin2 * cos2;
        let drag = (self.iron_nm_s + self.viscous_nm_s) * state.speed_rad_per_s;
        let free = state.speed_rad_per_s + h * (state.torque_nm - drag - load_nm) / self.inertia_kg_m2;
        // Dry friction stops the rotor but never turns it back.
        let stop = h * (self.bearing_nm + dry_nm) / self.inertia_kg_m2;
        state.speed_rad_per_s = free.signum() * (free.abs() - stop).max(0.0);
        state.angle_rad = middle_rad + 0.5 * h * state.speed_rad_per_s;
    }

    /// Rotor angle of one microstep, rad.
    pub fn rad_per_microstep(&self) -> f64 {
        self.rad_per_microstep_electrical / self.teeth
    }

    /// Moves the steady motor on by `microsteps` without stepping: rotor, command and currents turn together.
    pub fn jump(&self, state: &mut MotorState, microsteps: i64) {
        let turn_rad = microsteps as f64 * self.rad_per_microstep_electrical;
        let (sin, cos) = turn_rad.sin_cos();
        let [a, b] = state.current_a;
        state.current_a = [a * cos - b * sin, a * sin + b * cos];
        state.angle_rad += turn_rad / self.teeth;
        self.command(state, microsteps);
    }
}

/// Pull-out torque at `speed_rad_per_s` of the shaft, N·m: the most a slowly rising load can reach before the rotor falls out of step.
///
/// Closed form over the load angle. Below the knee T = K I₀ while √((R I₀ + E)² + (X I₀)²) ≤ V with X = N ω L, E = K ω; beyond it the
/// phase voltage is a square wave whose fundamental grows to at most 4/π V, for which k(ρ) = 1 + 0.23 (1 − e^(1.1 − ρ)) was fitted to a
/// switching simulation (within 3 %), and the best current lies where the current circle meets the voltage circle, or at the top of the
/// voltage circle T = K k V/Z − K² ω R/Z². Iron loss, bearing and viscous drag are taken off.
pub fn pull_out_nm(motor: &MotorParams, driver: &DriverParams, speed_rad_per_s: f64) -> f64 {
    let w = speed_rad_per_s.abs();
    let k = motor.torque_constant_nm_per_a();
    let (r, i0) = (motor.resistance_ohm, driver.current_peak_a);
    let x = motor.rotor_teeth * w * motor.inductance_h;
    let e = k * w;
    let needed = ((r * i0 + e).powi(2) + (x * i0).powi(2)).sqrt();
    let rho = needed / driver.bus_v;
    let field = if rho <= 1.0 {
        k * i0
    } else {
        let factor = if rho > 1.1 { 1.0 + 0.23 * (1.0 - (1.1 - rho).exp()) } else { 1.0 };
        k * best_quadrature_current(r, x, e, i0, factor * driver.bus_v)
    };
    (field - loss_nm(motor, w)).max(0.0)
}

/// Torque that a turning motor loses in itself: bearing, viscous drag, iron loss K² ω/R_m, N·m.
pub fn loss_nm(motor: &MotorParams, speed_rad_per_s: f64) -> f64 {
    let w = speed_rad_per_s.abs();
    if w == 0.0 {
        return 0.0;
    }
    motor.bearing_drag_nm + w * (motor.viscous_nm_s + motor.torque_constant_nm_per_a().powi(2) / motor.iron_loss_ohm)
}

/// Largest i_q with i_d² + i_q² ≤ I₀² and (R i_q + X i_d + E)² + (R i_d − X i_q)² ≤ V², A. The second is a circle of radius V/Z about
/// i_q = −E R/Z², i_d = −E X/Z².
fn best_quadrature_current(r: f64, x: f64, e: f64, i0: f64, v: f64) -> f64 {
    let z2 = r * r + x * x;
    let (centre_q, centre_d) = (-e * r / z2, -e * x / z2);
    let radius = v / z2.sqrt();
    // The top of the voltage circle, if the current allows it.
    let (top_q, top_d) = (centre_q + radius, centre_d);
    if top_q * top_q + top_d * top_d <= i0 * i0 {
        return top_q.max(0.0);
    }
    // Otherwise where the two circles meet: distance between centres d, chord at `along` from the origin towards the other centre.
    let d2 = centre_q * centre_q + centre_d * centre_d;
    let d = d2.sqrt();
    let along = (i0 * i0 - radius * radius + d2) / (2.0 * d);
    let across2 = i0 * i0 - along * along;
    if across2 < 0.0 {
        return 0.0;
    }
    let across = across2.sqrt();
    let (uq, ud) = (centre_q / d, centre_d / d);
    let first = along * uq + across * ud.abs();
    let second = along * uq - across * ud.abs();
    first.max(second).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nema23() -> (MotorParams, DriverParams) {
        let motor = MotorParams {
            name: "57STH56-2804A".into(),
            rotor_teeth: 50.0,
            resistance_ohm: 1.1,
            inductance_h: 3e-3,
            holding_torque_nm: 1.236,
            rated_current_a: 2.8,
            rotor_inertia_kg_m2: 300e-7,
            detent_torque_nm: 0.0,
            iron_loss_ohm: f64::INFINITY,
            bearing_drag_nm: 0.0,
            viscous_nm_s: 0.0,
        };
        let driver = DriverParams { name: "ideal".into(), bus_v: 24.0, current_peak_a: 2.8, microsteps: 16 };
        (motor, driver)
    }

    /// Turns the field at `rpm` and raises the load until the rotor slips; 1.2e-4 kg·m² as in the reference table.
    fn simulated_pull_out(motor: &MotorParams, driver: &DriverParams, rpm: f64) -> f64 {
        let m = Motor::new(motor, driver, 1.2e-4 - motor.rotor_inertia_kg_m2);
        let mut s = m.at_rest();
        let h = 10e-6;
        let final_rate = rpm / 60.0 * 200.0 * f64::from(driver.microsteps);
        let (ramp_s, rise_s) = (1.0, 3.0);
        let mut sent = 0.0_f64;
        let mut best = 0.0;
        for k in 0..((ramp_s + 0.3 + rise_s) / h) as u64 {
            let t = k as f64 * h;
            let rate = final_rate * (t / ramp_s).min(1.0);
            let before = sent.floor();
            sent += rate * h;
            m.command(&mut s, (sent.floor() - before) as i64);
            let load = m.peak_torque_nm() * ((t - ramp_s - 0.3) / rise_s).max(0.0);
            // Driver damping of mid-band resonance: a real curve is measured with a damped load.
            let lag = s.speed_rad_per_s - rate / 200.0 / f64::from(driver.microsteps) * std::f64::consts::TAU;
            m.step(&mut s, load + 0.004 * lag, 0.0, h);
            if m.turns_lost(&s) != 0 {
                return best;
            }
            best = load;
        }
        best
    }

    #[test]
    fn the_stepped_equations_pull_out_where_the_closed_form_says() {
        let (motor, driver) = nema23();
        for rpm in [60.0, 240.0, 480.0, 720.0, 1200.0] {
            let simulated = simulated_pull_out(&motor, &driver, rpm);
            let formula = pull_out_nm(&motor, &driver, rpm / 60.0 * std::f64::consts::TAU);
            let ratio = simulated / formula;
            assert!(
                (ratio - 1.0).abs() < 0.12,
                "{rpm} rpm: simulated {simulated:.3} N·m, closed form {formula:.3}, ratio {ratio:.3}"
            );
        }
    }

    #[test]
    fn the_closed_form_meets_the_published_switching_simulation() {
        // Reference motor at 24 and 48 V; (V, rev/s, N·m) of a bang-bang chopper simulation.
        let (motor, mut driver) = nema23();
        for (v, rev_s, torque) in
            [(24.0, 6.0, 0.856), (24.0, 12.0, 0.666), (24.0, 16.0, 0.528), (24.0, 24.0, 0.378), (48.0, 24.0, 0.689)]
        {
            driver.bus_v = v;
            let got = pull_out_nm(&motor, &driver, rev_s * std::f64::consts::TAU);
            assert!((got / torque - 1.0).abs() < 0.06, "{v} V, {rev_s} rev/s: {got:.3} against {torque} N·m");
        }
    }

    #[test]
    fn a_loaded_rotor_settles_at_the_load_angle_of_the_formula() {
        // T = T_pk sin(N Δθ).
        let (motor, driver) = nema23();
        let m = Motor::new(&motor, &driver, 0.0);
        let mut s = m.at_rest();
        let load = 0.5 * m.peak_torque_nm();
        for _ in 0..200_000 {
            let damping = 2e-3 * s.speed_rad_per_s;
            m.step(&mut s, load + damping, 0.0, 10e-6);
        }
        let expected = -(load / m.peak_torque_nm()).asin() / motor.rotor_teeth;
        assert!((s.angle_rad / expected - 1.0).abs() < 1e-6, "{} against {expected}", s.angle_rad);
    }

    #[test]
    fn an_overloaded_rotor_loses_whole_electrical_turns() {
        let (motor, driver) = nema23();
        let m = Motor::new(&motor, &driver, 0.0);
        let mut s = m.at_rest();
        for k in 0..100_000 {
            let load = if k < 5_000 { -1.2 * m.peak_torque_nm() } else { 0.0 };
            let damping = 2e-3 * s.speed_rad_per_s;
            m.step(&mut s, load + damping, 0.0, 10e-6);
        }
        let full_steps = s.angle_rad / (FRAC_PI_2 / motor.rotor_teeth);
        assert!(full_steps > 3.0, "it slipped: {full_steps}");
        let fours = full_steps / 4.0;
        assert!((fours - fours.round()).abs() < 1e-6, "{full_steps} full steps is no multiple of four");
    }
}
