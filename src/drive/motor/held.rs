//! A motor whose driver holds its currents where it wants them: torque from the angles alone, for strides longer than a chopper's period.
//!
//! In: field, load angle, speed. Out: torque, or none where voltage or supply may not suffice, or the rotor is too far behind. Uses the
//! constants of `motor`.

use super::{DAMPED_FROM_RAD_PER_S, Motor, MotorState};
use crate::drive::angle::sin_cos;
use crate::drive::motor::{FRAC_PI_2, TAU};

/// Load angle up to which the field's spring counts as nearly straight, electrical rad: it is 8 % soft there.
const NEARLY_STRAIGHT_RAD: f64 = 0.7;
/// Share of the bus's voltage and of the supply's current that may be needed.
const SHARE: f64 = 0.9;
/// Damping that works as an impulse between strides, as a share of the rotor's speed: beyond it would swing.
const DAMPED_SHARE: f64 = 0.3;

/// Where field and rotor stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Direction that the driver commands, electrical rad.
    pub commanded_rad_electrical: f64,
    /// Rotor ahead of it, electrical rad.
    pub rotor_ahead_rad_electrical: f64,
    /// Inertia that an impulse on the rotor moves, kg·m².
    pub rotor_moves_kg_m2: f64,
}

impl Motor {
    /// Torque on the rotor, N·m, with its speed in `state`, over `h` seconds to come; `state` keeps torque and what the damping averages.
    pub fn held_torque_nm(&self, state: &mut MotorState, at: Field, h: f64) -> Option<f64> {
        let ahead = at.rotor_ahead_rad_electrical;
        let speed = state.speed_rad_per_s;
        if state.alarm || ahead.abs() > NEARLY_STRAIGHT_RAD || !self.is_held_at(speed) {
            return None;
        }
        let turn = self.damping_rad(state, h);
        if turn != 0.0 && self.magnetic_nm_per_rad() * self.damping_s * h > DAMPED_SHARE * at.rotor_moves_kg_m2 {
            return None;
        }
        let detent = self.detent_nm * sin_cos(4.0 * (at.commanded_rad_electrical + ahead)).0;
        let torque = -self.peak_torque_nm() * sin_cos(ahead - turn).0 - detent;
        let power_w = self.resistance_ohm * self.peak_a * self.peak_a + torque * speed;
        if power_w > SHARE * state.bus_v * self.supply_a {
            return None;
        }
        state.torque_nm = torque;
        Some(torque)
    }

    /// Whether the bus suffices for the currents at this speed, whatever the load angle, and the motor turns slower than where drivers damp:
    /// beyond, a blow in changing over between strides and sub-steps threw a motor out of step that had two fifths of its torque to spare.
    fn is_held_at(&self, speed_rad_per_s: f64) -> bool {
        if speed_rad_per_s.abs() > DAMPED_FROM_RAD_PER_S {
            return false;
        }
        let (i, w) = (self.peak_a, speed_rad_per_s.abs());
        let (along, across) = (self.resistance_ohm * i + self.constant_nm_per_a * w, self.teeth * w * self.inductance_h * i);
        along * along + across * across < (SHARE * self.bus_v).powi(2)
    }

    /// Iron loss and viscous drag, N·m·s/rad.
    pub fn damping_nm_s(&self) -> f64 {
        self.iron_nm_s + self.viscous_nm_s
    }

    /// Drag of the bearings, N·m.
    pub fn bearing_nm(&self) -> f64 {
        self.bearing_nm
    }

    /// Electrical rad per rad of the rotor.
    pub fn teeth(&self) -> f64 {
        self.teeth
    }

    /// Takes `count` microsteps without turning the wanted currents.
    pub fn count(&self, state: &mut MotorState, count: i64) {
        state.microsteps += count;
    }

    /// Microsteps in whole turns of the field that the rotor is behind.
    pub fn microsteps_lost(&self, state: &MotorState) -> i64 {
        (TAU / self.rad_per_microstep_electrical).round() as i64 * self.turns_lost(state)
    }

    /// Takes the rotor at `angle_rad` with currents as wanted there.
    pub fn hold(&self, state: &mut MotorState, angle_rad: f64, speed_rad_per_s: f64) {
        (state.angle_rad, state.speed_rad_per_s) = (angle_rad, speed_rad_per_s);
        self.command(state, 0);
        state.current_a = state.wanted_a;
    }

    /// Whether its currents are those wanted now and the bus is up.
    pub fn is_held(&self, state: &MotorState) -> bool {
        let off = |i: usize| (state.current_a[i] - state.wanted_a[i]).abs();
        let behind = self.full_steps_behind(state) - 4.0 * self.turns_lost(state) as f64;
        !state.alarm
            && self.peak_a > 0.0
            && behind.abs() * FRAC_PI_2 < 0.8 * NEARLY_STRAIGHT_RAD
            && off(0).max(off(1)) < 0.5 * self.peak_a
            && state.bus_v > 0.98 * self.bus_v
            && self.is_held_at(state.speed_rad_per_s)
    }
}
