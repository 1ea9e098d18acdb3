//! Two-phase hybrid stepper on a current-regulated driver: the full two-phase equations, stepped.
//!
//! In: step edges (as a microstep count), load torque. Out: rotor angle, speed, torque. Load angle and loss of synchronism come out of
//! the equations. Uses `params`, `pull_out`'s best current.
//!
//! With N rotor teeth, rotor angle θ, K the torque constant (equations as in MathWorks' Simscape "Stepper Motor" block):
//! e_A = −K ω sin Nθ, e_B = K ω cos Nθ, L di/dt = v − R i − e,
//! T = −K (i_A − e_A/R_m) sin Nθ + K (i_B − e_B/R_m) cos Nθ − T_d sin 4Nθ.
//! The driver asks for i_A = I₀ cos φ, i_B = I₀ sin φ, φ = (π/2)/microsteps per step, with whatever voltage the bus has: the average
//! over a chopper period, not its switching.
//!
//! Three things more that real drivers do: above `DAMPED_FROM_RAD_PER_S` one with anti-resonance turns the field back by its
//! damping time times the rotor's excess speed; one with an encoder never lets the field run further ahead of the rotor than where it
//! pulls most; and the bus sags when the motor draws more than the supply gives.

use super::angle::sin_cos;
use super::params::{DriverParams, MotorParams};
use super::pull_out::best_lead;
use std::f64::consts::{FRAC_PI_2, SQRT_2, TAU};

/// Electronic damping sets in here, rad/s: mid-range instability begins at about 5 rev/s.
const DAMPED_FROM_RAD_PER_S: f64 = 2.5 * TAU;
/// From here on it works in full, rad/s.
const DAMPED_FULLY_RAD_PER_S: f64 = 4.0 * TAU;
/// The mean speed that a driver compares with follows in this time, s: long beside a resonance of 50 Hz and more.
const MEAN_SPEED_S: f64 = 20e-3;
/// A driver turns the field by this much at most to damp, electrical rad.
const DAMPING_LIMIT_RAD: f64 = 0.5;
/// Capacitors on the bus, F: some 0.5 mF in a driver, 1.5 mF in a supply of this size.
const BUS_F: f64 = 2e-3;
/// Torque and flux that a further ampere brings beyond the rated current, as a share of what it brings below: iron near its limit.
const SATURATED_SHARE: f64 = 0.5;
/// Speeds at which a closed loop's lead is tabled, and their distance, rad/s.
const LEADS: usize = 128;
const LEAD_RAD_PER_S: f64 = 5.0;

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
    /// Voltage of the bus now, V.
    pub bus_v: f64,
    /// Speed as the driver's damping has averaged it, rad/s.
    mean_rad_per_s: f64,
    /// Whether a closed-loop driver has given up: following error beyond its limit.
    pub alarm: bool,
}

/// Constants of a motor on its driver, worked out once.
#[derive(Clone, Debug, PartialEq)]
pub struct Motor {
    teeth: f64,
    /// Of the winding and the bridge.
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
    supply_a: f64,
    peak_a: f64,
    /// Amplitude at which iron saturates, A; none where the driver cannot reach it.
    knee_a: Option<f64>,
    rad_per_microstep_electrical: f64,
    damping_s: f64,
    closed: Option<Closed>,
}

/// A closed loop's constants.
#[derive(Clone, Debug, PartialEq)]
struct Closed {
    alarm_rad_electrical: f64,
    /// How far the wanted current may lead the rotor, electrical rad, by speed.
    lead: Box<[f64; LEADS]>,
}

impl Motor {
    /// The motor `motor` with `added_inertia_kg_m2` on its shaft, on `driver`.
    pub fn new(motor: &MotorParams, driver: &DriverParams, added_inertia_kg_m2: f64) -> Self {
        let k = motor.torque_constant_nm_per_a();
        let knee_a = SQRT_2 * motor.rated_current_a;
        let closed = driver.closed_loop.as_ref().map(|loop_| Closed {
            alarm_rad_electrical: loop_.alarm_full_steps * FRAC_PI_2,
            lead: Box::new(std::array::from_fn(|i| best_lead(motor, driver, i as f64 * LEAD_RAD_PER_S))),
        });
        Self {
            teeth: motor.rotor_teeth,
            resistance_ohm: motor.resistance_ohm + driver.bridge_ohm,
            inductance_h: motor.inductance_h,
            constant_nm_per_a: k,
            detent_nm: motor.detent_torque_nm,
            iron_nm_s: k * k / motor.iron_loss_ohm,
            viscous_nm_s: motor.viscous_nm_s,
            bearing_nm: motor.bearing_drag_nm,
            inertia_kg_m2: motor.rotor_inertia_kg_m2 + added_inertia_kg_m2,
            bus_v: driver.bus_v,
            supply_a: driver.supply_a,
            peak_a: driver.current_peak_a,
            knee_a: (driver.current_peak_a > 1.001 * knee_a).then_some(knee_a),
            rad_per_microstep_electrical: FRAC_PI_2 / f64::from(driver.microsteps),
            damping_s: driver.damping_s,
            closed,
        }
    }

    /// At rest on its command, currents settled.
    pub fn at_rest(&self) -> MotorState {
        let wanted_a = [self.peak_a, 0.0];
        MotorState {
            angle_rad: 0.0,
            speed_rad_per_s: 0.0,
            current_a: wanted_a,
            microsteps: 0,
            wanted_a,
            torque_nm: 0.0,
            bus_v: self.bus_v,
            mean_rad_per_s: 0.0,
            alarm: false,
        }
    }

    /// Largest torque that the set current can hold, N·m.
    pub fn peak_torque_nm(&self) -> f64 {
        self.constant_nm_per_a * unsaturated(self.peak_a, self.knee_a)
    }

    /// Torque of its iron at `speed_rad_per_s`, N·m: it drags with current and without.
    pub fn iron_nm(&self, speed_rad_per_s: f64) -> f64 {
        self.iron_nm_s * speed_rad_per_s
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

    /// Whole electrical turns lost between rotor and command: 0 in step; ±1 is four full steps. A closed loop loses none by lagging,
    /// because it catches up, but all of its lag once it has given up.
    pub fn turns_lost(&self, state: &MotorState) -> i64 {
        if self.closed.is_some() && !state.alarm {
            return 0;
        }
        ((self.commanded_rad(state) - state.angle_rad) * self.teeth / TAU).round() as i64
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
        let (sin, cos) = sin_cos(phase);
        state.wanted_a = [self.peak_a * cos, self.peak_a * sin];
    }

    /// The currents that the driver wants now: those commanded, unless it damps, or leads by its encoder, or has given up.
    fn wanted(&self, state: &mut MotorState, middle_rad: f64, h: f64) -> [f64; 2] {
        let mut wanted = state.wanted_a;
        if let Some(closed) = &self.closed {
            if state.alarm {
                return [0.0; 2];
            }
            let electrical_rad = self.teeth * middle_rad;
            let ahead = state.microsteps as f64 * self.rad_per_microstep_electrical - electrical_rad;
            let place = (state.speed_rad_per_s.abs() / LEAD_RAD_PER_S) as usize;
            let lead = closed.lead[place.min(LEADS - 1)];
            if ahead.abs() > lead {
                state.alarm = ahead.abs() > closed.alarm_rad_electrical;
                let (sin, cos) = (electrical_rad + lead.copysign(ahead)).sin_cos();
                wanted = [self.peak_a * cos, self.peak_a * sin];
            }
        }
        let turn = self.damping_rad(state, h);
        if turn != 0.0 {
            let [a, b] = wanted;
            let shorten = 1.0 - 0.5 * turn * turn;
            wanted = [shorten * a - turn * b, shorten * b + turn * a];
        }
        wanted
    }

    /// How far the driver turns the field now to damp, electrical rad.
    fn damping_rad(&self, state: &mut MotorState, h: f64) -> f64 {
        if self.damping_s == 0.0 {
            return 0.0;
        }
        state.mean_rad_per_s += h / MEAN_SPEED_S * (state.speed_rad_per_s - state.mean_rad_per_s);
        let mean = state.mean_rad_per_s;
        let over = mean.abs() - DAMPED_FROM_RAD_PER_S;
        if over <= 0.0 {
            return 0.0;
        }
        let share = (over / (DAMPED_FULLY_RAD_PER_S - DAMPED_FROM_RAD_PER_S)).min(1.0);
        let turn = share * self.damping_s * self.teeth * (mean - state.speed_rad_per_s);
        turn.clamp(-DAMPING_LIMIT_RAD, DAMPING_LIMIT_RAD)
    }

    /// Bus voltage after the motor has taken `power_w` for `h`: the supply holds it up as long as its current suffices, and takes
    /// nothing back.
    fn bus_after(&self, bus_v: f64, power_w: f64, h: f64) -> f64 {
        let alone_v = bus_v - h / BUS_F * power_w / bus_v;
        let next_v = if alone_v < self.bus_v { self.bus_v.min(alone_v + h / BUS_F * self.supply_a) } else { alone_v };
        next_v.max(0.1 * self.bus_v)
    }

    /// Advances by `h` seconds against `load_nm`, and `dry_nm` of dry friction besides the bearing's own.
    pub fn step(&self, state: &mut MotorState, load_nm: f64, dry_nm: f64, h: f64) {
        // Drift half a step, kick, drift half a step: second order and without numerical damping.
        let middle_rad = state.angle_rad + 0.5 * h * state.speed_rad_per_s;
        let (sin, cos) = sin_cos(self.teeth * middle_rad);
        let wanted_a = self.wanted(state, middle_rad, h);
        let saturation = self.saturation(state.current_a);
        let k = self.constant_nm_per_a;
        let v_per_a = self.inductance_h * saturation / h;
        let a_per_v = 1.0 / v_per_a;
        let bus_v = state.bus_v;
        let mut power_w = 0.0;
        let emf = [-k * state.speed_rad_per_s * sin, k * state.speed_rad_per_s * cos];
        for ((current, wanted), emf) in state.current_a.iter_mut().zip(wanted_a).zip(emf) {
            let drop = self.resistance_ohm * *current + emf;
            let asked = drop + v_per_a * (wanted - *current);
            let v = asked.clamp(-bus_v, bus_v);
            let next = *current + a_per_v * (v - drop);
            power_w += v * 0.5 * (*current + next);
            *current = next;
        }
        if self.supply_a < f64::INFINITY {
            state.bus_v = self.bus_after(bus_v, power_w, h);
        }
        let [a, b] = state.current_a;
        let sin2 = 2.0 * sin * cos;
        let cos2 = cos * cos - sin * sin;
        state.torque_nm = saturation * k * (b * cos - a * sin) - self.detent_nm * 2.0 * sin2 * cos2;
        let drag = (self.iron_nm_s + self.viscous_nm_s) * state.speed_rad_per_s;
        let per_nm = h / self.inertia_kg_m2;
        let free = state.speed_rad_per_s + per_nm * (state.torque_nm - drag - load_nm);
        // Dry friction stops the rotor but never turns it back.
        let stop = per_nm * (self.bearing_nm + dry_nm);
        state.speed_rad_per_s = free.signum() * (free.abs() - stop).max(0.0);
        state.angle_rad = middle_rad + 0.5 * h * state.speed_rad_per_s;
    }

    /// Torque and flux over what they would be without saturation.
    fn saturation(&self, current_a: [f64; 2]) -> f64 {
        let Some(knee) = self.knee_a else { return 1.0 };
        let amplitude = (current_a[0] * current_a[0] + current_a[1] * current_a[1]).sqrt();
        if amplitude <= knee { 1.0 } else { unsaturated(amplitude, self.knee_a) / amplitude }
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

/// Current that would make as much torque as `amplitude_a` without saturation, A: all of it up to the knee, a share of the rest.
pub(super) fn unsaturated(amplitude_a: f64, knee_a: Option<f64>) -> f64 {
    match knee_a {
        Some(knee) if amplitude_a > knee => knee + SATURATED_SHARE * (amplitude_a - knee),
        _ => amplitude_a,
    }
}

mod held;
pub use held::Field;

#[cfg(test)]
mod tests;
