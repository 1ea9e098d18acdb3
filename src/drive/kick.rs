//! What of a joint is not linear, as impulses between strides: load angle beyond its spring, detent, dry friction.
//!
//! In: where rotor and load stand. Out: impulses on both. Uses `motor`, `friction`; none of the electrical transients, which are over long
//! before a stride is.

use super::hold::Knees;
use super::motor::Field;
use super::{Joint, JointState, TORQUE_WINDOW_S};

/// Where a joint stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Travel that the driver commands, m.
    pub stepped_m: f64,
    /// Rotor ahead of it, m.
    pub rotor_ahead_m: f64,
    /// m/s.
    pub rotor_m_per_s: f64,
    /// Load, m.
    pub load_m: f64,
    /// m/s.
    pub load_m_per_s: f64,
    /// What half of an impulse of a newton over the stride adds to the load's speed, m/(s N).
    pub load_yields: f64,
    /// Stiffness of the transmission in the linear system, N/m.
    pub linear_n_per_m: f64,
    /// Load from where its transmission would let it rest, m.
    pub stretch_m: f64,
    /// What an impulse on the rotor moves, kg.
    pub rotor_moves_kg: f64,
    /// Force below which the flank on which the load rests may part, N; −∞ where there is no play.
    pub flank_n: f64,
}

/// Impulses, N·s, and the force that the transmission carries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kick {
    /// On the rotor.
    pub rotor_n_s: f64,
    /// On the load.
    pub load_n_s: f64,
    /// What the field gives the load beyond the rotor's viscous drag, N, but for the rotor's inertia and dry friction.
    pub carried_n: f64,
}

impl Joint {
    /// Impulses over `h` seconds about this instant. None where the currents may not be held, the load angle is large or a flank may part:
    /// what follows needs sub-steps.
    pub fn kick(&self, state: &mut JointState, at: &Standing, h: f64) -> Option<Kick> {
        let t = &self.params.transmission;
        let used = Knees::at(t, t.stiffness.at(at.load_m), at.load_m).used(state.drive_force_n);
        if used > 1.0 || state.drive_force_n < at.flank_n {
            return None;
        }
        state.hold_used = state.hold_used.max(used);
        let per_travel = 1.0 / t.travel_m_per_rad;
        let teeth = self.motor.teeth();
        let speed = at.rotor_m_per_s * per_travel;
        state.motor.speed_rad_per_s = speed;
        let field = Field {
            commanded_rad_electrical: teeth * per_travel * at.stepped_m,
            rotor_ahead_rad_electrical: teeth * per_travel * at.rotor_ahead_m,
            rotor_moves_kg_m2: at.rotor_moves_kg * t.travel_m_per_rad * t.travel_m_per_rad,
        };
        let torque = self.motor.held_torque_nm(&mut state.motor, field, h)?;
        let drag = self.motor.damping_nm_s() * speed;
        let spring_n = -self.motor.magnetic_nm_per_rad() * per_travel * per_travel * at.rotor_ahead_m;
        let friction = state.friction.step_yielding(
            &self.params.friction,
            self.params.moved_mass_kg,
            at.load_m,
            at.load_m_per_s,
            at.load_yields,
        );
        // The linear system has the stiffness of a place near by.
        let stiffer_n = (t.stiffness.at(at.load_m) - at.linear_n_per_m) * at.stretch_m;
        state.load_torque_nm += (h / TORQUE_WINDOW_S).min(1.0) * (torque - state.load_torque_nm);
        Some(Kick {
            rotor_n_s: h * (torque * per_travel - spring_n + stiffer_n),
            load_n_s: -h * (friction + stiffer_n),
            carried_n: (torque - drag) * per_travel,
        })
    }

    /// Dry friction at the rotor while the transmission carries what `state` says, at the load, N.
    pub fn dry_n(&self, state: &JointState) -> f64 {
        let t = &self.params.transmission;
        self.motor.bearing_nm() / t.travel_m_per_rad + (1.0 - t.efficiency) * state.drive_force_n.abs()
    }

    /// Damping of the transmission, N·s/m.
    pub fn damping_n_s_per_m(&self) -> f64 {
        self.damping_n_s_per_m
    }
}
