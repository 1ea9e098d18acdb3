//! Step edges and the position of the load in, drive force out: motor, driver, transmission and guide drag of one joint.
//!
//! In: microsteps of a window of time, the load's position and speed from `machine`. Out: the mean force on the load over the window.
//! May use: the planner's step types. The stiff one-dimensional parts (rotor, currents, mesh or belt) are sub-stepped here, in the
//! window centred on the instant of the machine's position, so that the exchange of force and position is second order in the step.

mod angle;
pub mod bench;
mod fault;
pub mod friction;
pub mod heat;
pub mod hold;
pub mod motor;
pub mod kick;
pub mod params;
pub mod pull_out;
pub mod whirl;

use friction::FrictionState;
use hold::Knees;
use motor::{Motor, MotorState};
use params::JointParams;

/// Length of a sub-step, s. The stiffest part, a rotor on a steel rack, turns at about 6000 rad/s: a tenth of a radian per sub-step.
pub const SUBSTEP_S: f64 = 20e-6;

/// What changes in a joint.
#[derive(Clone, Debug, PartialEq)]
pub struct JointState {
    /// Motor.
    pub motor: MotorState,
    /// Guide drag.
    pub friction: FrictionState,
    /// Force of the transmission on the load in the last window, mean, N.
    pub drive_force_n: f64,
    /// Torque asked of the motor, smoothed over [`TORQUE_WINDOW_S`], N·m.
    pub load_torque_nm: f64,
    /// Largest share so far of the force at which the transmission lets go, –: more than 1 once it has.
    pub hold_used: f64,
}

/// Smoothing of the torque that is compared with pull-out: one period of the fastest mode that can pull a rotor out of step, s.
pub const TORQUE_WINDOW_S: f64 = 3e-3;

/// A window of sub-steps under way. Joints go through theirs side by side, so that the processor need not wait for one rotor to go on with
/// the next.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    position_m: f64,
    speed_m_per_s: f64,
    substeps: usize,
    h: f64,
    stiffness: f64,
    knees: Knees,
    done: usize,
    force_sum: f64,
    torque_sum: f64,
}

/// One joint with its constants worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// Parameters it was made from.
    pub params: JointParams,
    /// Motor constants.
    pub motor: Motor,
    damping_n_s_per_m: f64,
}

impl Joint {
    /// A joint from its parameters.
    pub fn new(params: JointParams) -> Self {
        let motor = Motor::new(&params.motor, &params.driver, params.transmission.inertia_kg_m2);
        let stiffness = params.transmission.stiffness.at(0.0);
        let damping_n_s_per_m = 2.0 * params.transmission.damping_ratio * (stiffness * params.moved_mass_kg).sqrt();
        Self { params, motor, damping_n_s_per_m }
    }

    /// At rest at zero.
    pub fn at_rest(&self) -> JointState {
        JointState {
            motor: self.motor.at_rest(),
            friction: FrictionState::default(),
            drive_force_n: 0.0,
            load_torque_nm: 0.0,
            hold_used: 0.0,
        }
    }

    /// Travel that the rotor's angle stands for, m.
    pub fn rotor_m(&self, state: &JointState) -> f64 {
        state.motor.angle_rad * self.params.transmission.travel_m_per_rad
    }

    /// Travel that the commanded microsteps stand for, m.
    pub fn stepped_m(&self, state: &JointState) -> f64 {
        self.motor.commanded_rad(&state.motor) * self.params.transmission.travel_m_per_rad
    }

    /// Force of the transmission on the load, N, with the load `lag_m` behind the rotor's travel and falling further behind at
    /// `lag_m_per_s`. Between the flanks there is none, and a flank never pulls.
    fn transmit(&self, stiffness: f64, knees: &Knees, lag_m: f64, lag_m_per_s: f64) -> f64 {
        let play = 0.5 * self.params.transmission.backlash_m;
        let contact = |depth: f64, rate: f64| knees.force(stiffness * depth) + self.damping_n_s_per_m * rate;
        if play == 0.0 {
            contact(lag_m, lag_m_per_s)
        } else if lag_m > play {
            contact(lag_m - play, lag_m_per_s).max(0.0)
        } else if lag_m < -play {
            contact(lag_m + play, lag_m_per_s).min(0.0)
        } else {
            0.0
        }
    }

    /// Begins a window of `substeps` sub-steps of `h` seconds centred on the instant at which the load stands at `position_m` and moves at
    /// `speed_m_per_s`.
    pub fn open(&self, position_m: f64, speed_m_per_s: f64, substeps: usize, h: f64) -> Window {
        let stiffness = self.params.transmission.stiffness.at(position_m);
        let knees = Knees::at(&self.params.transmission, stiffness, position_m);
        Window { position_m, speed_m_per_s, substeps, h, stiffness, knees, done: 0, force_sum: 0.0, torque_sum: 0.0 }
    }

    /// Advances rotor and currents over the next sub-step of a window, into which `microsteps` fall.
    #[inline]
    pub fn substep(&self, state: &mut JointState, window: &mut Window, microsteps: i64) {
        let t = &self.params.transmission;
        if microsteps != 0 {
            self.motor.command(&mut state.motor, microsteps);
        }
        let h = window.h;
        let time = (window.done as f64 + 0.5) * h - 0.5 * window.substeps as f64 * h;
        let load_m = window.position_m + window.speed_m_per_s * time;
        // The instant at which the motor's own step evaluates its torque.
        let rotor_m = (state.motor.angle_rad + 0.5 * h * state.motor.speed_rad_per_s) * t.travel_m_per_rad;
        let rotor_m_per_s = state.motor.speed_rad_per_s * t.travel_m_per_rad;
        let force = self.transmit(window.stiffness, &window.knees, rotor_m - load_m, rotor_m_per_s - window.speed_m_per_s);
        let torque = force * t.travel_m_per_rad;
        // What the transmission loses is dry friction at the rotor: it opposes the motion whichever side drives.
        self.motor.step(&mut state.motor, torque, (1.0 - t.efficiency) * torque.abs(), h);
        window.force_sum += force;
        window.torque_sum += state.motor.torque_nm;
        window.done += 1;
    }

    /// Ends a window: the mean force on the load, drag of the guides included, N.
    pub fn close(&self, state: &mut JointState, window: &Window) -> f64 {
        let Window { position_m, speed_m_per_s, h, .. } = *window;
        let substeps = window.substeps as f64;
        let mean = window.force_sum / substeps;
        state.drive_force_n = mean;
        state.hold_used = state.hold_used.max(window.knees.used(mean));
        let share = (substeps * h / TORQUE_WINDOW_S).min(1.0);
        state.load_torque_nm += share * (window.torque_sum / substeps - state.load_torque_nm);
        let drag = state.friction.step(&self.params.friction, self.params.moved_mass_kg, position_m, speed_m_per_s);
        mean - drag
    }

    /// Moves the steady joint on by `microsteps` without stepping; the load moves on by the same travel.
    pub fn jump(&self, state: &mut JointState, microsteps: i64) {
        self.motor.jump(&mut state.motor, microsteps);
        let travel_m = self.params.transmission.travel_m_per_rad * self.motor.rad_per_microstep() * microsteps as f64;
        state.friction.jump(travel_m);
    }

    /// Full steps between rotor and command that are lost for good: a multiple of four.
    pub fn lost_full_steps(&self, state: &JointState) -> i64 {
        4 * self.motor.turns_lost(&state.motor)
    }
}

#[cfg(test)]
mod tests;
