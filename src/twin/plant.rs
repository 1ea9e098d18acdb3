//! Drives and mechanism together: one machine step with the forces between them, and the jump over steady motion.
//!
//! In: steps of a window. Out: where rotors, joints and tip stand. The drives live half a machine step behind the mechanism, so that
//! force and position are exchanged at the middle of each other's step (second order).

use crate::drive::params::DriverParams;
use crate::drive::{Joint, JointState, SUBSTEP_S, Window};
use crate::machine::engines::{Engine, EngineKind};
use crate::machine::geometry::{GeometryErrors, GeometryParams};
use crate::machine::params::MachineParams;
use crate::machine::{JOINTS, JointMotion};
use crate::twin::strides::{Commanded, Strides};

/// Sub-steps of the drives in one step of the machine.
pub const SUBSTEPS: usize = 5;

/// One step of the machine, s. The stiffest mount is kept below 6000 rad/s, where a leapfrog of this step is stable with room to spare.
pub const STEP_S: f64 = SUBSTEPS as f64 * SUBSTEP_S;

/// Half a machine step, s: how far the drives lie behind the mechanism.
pub const DRIVE_LAG_S: f64 = 0.5 * STEP_S;

/// Microsteps of the three planner axes in each sub-step of a window.
pub type WindowSteps = [[i64; SUBSTEPS]; 3];

/// Drives and mechanism.
pub struct Plant {
    machine: Engine,
    /// Drives, X, Y1, Y2, Z.
    pub joints: Vec<Joint>,
    /// Their states.
    pub states: Vec<JointState>,
    truck_x_m: [f64; 2],
    geometry: GeometryParams,
    /// Its errors where the operator has set the plate's zero.
    geometry_zero: GeometryErrors,
    /// What the guides' play had shifted the tip by then, m.
    play_zero_m: f64,
    /// How much warmer the rails are than then, K.
    warmer_k: f64,
    /// Of the joints now, as the drives' next window takes them.
    motions: [JointMotion; JOINTS],
    /// Strides of half a millisecond where the engine can.
    strides: Option<Strides>,
}

/// Where every rung of the ladder stands in X and Y, m.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rungs {
    /// Commanded steps, where the drives stand.
    pub stepped: [f64; 2],
    /// Rotors, where the drives stand.
    pub rotor_before: [f64; 2],
    /// Rotors now.
    pub rotor: [f64; 2],
    /// Rotors, less the free play that their loads are beside them.
    pub meshed: [f64; 2],
    /// Joints.
    pub carriage: [f64; 2],
    /// Joints with what the guides' play adds at the tip.
    pub played: [f64; 2],
    /// What the geometry is off by.
    pub geometry: GeometryErrors,
    /// Tip against the plate (all three axes).
    pub tip: [f64; 3],
    /// Y2 − Y1, m.
    pub racking: f64,
}

impl Plant {
    /// Drives and mechanism at rest with the tip at `start`, drives on the nearest step, and given half a second to settle.
    pub fn new(engine: EngineKind, params: &MachineParams, geometry: &GeometryParams, joints: &[Joint], start: [f64; 3]) -> Self {
        let mut machine = Engine::new(engine, params, STEP_S);
        machine.jump(start);
        let mut states: Vec<_> = joints.iter().map(Joint::at_rest).collect();
        for (joint, state) in joints.iter().zip(&mut states) {
            let axis = joint.params.axis;
            // On the drive's own nearest step, whatever the planner's steps per metre say.
            let microstep_m = joint.params.transmission.travel_m_per_rad * joint.motor.rad_per_microstep();
            joint.jump(state, (start[axis] / microstep_m).round() as i64);
        }
        let truck_x_m = [params.trucks[0].at_in_machine_m[0], params.trucks[1].at_in_machine_m[0]];
        let motions = machine.joints_for_drives();
        let geometry_zero = geometry.errors([start[0], start[1]], 0.0);
        let geometry = geometry.clone();
        let joints = joints.to_vec();
        let strides = (engine == EngineKind::Reduced && !params.has_play()).then(|| Strides::new(params));
        let mut plant = Self {
            machine,
            joints,
            states,
            truck_x_m,
            geometry,
            geometry_zero,
            play_zero_m: 0.0,
            warmer_k: 0.0,
            motions,
            strides,
        };
        for _ in 0..(0.5 / STEP_S) as usize {
            plant.step(&[[0; SUBSTEPS]; 3], &|| 0.0);
        }
        plant.machine.touch_off(start);
        plant.play_zero_m = plant.machine.play_at_tip_m();
        plant
    }

    /// What integrates the mechanism.
    pub fn engine(&self) -> EngineKind {
        self.machine.kind()
    }

    /// One step of the machine with the microsteps of the drives' window, which begins [`DRIVE_LAG_S`] before the present. Returns wall seconds spent in the drives and
    /// in the mechanism by `clock`.
    pub fn step(&mut self, steps: &WindowSteps, clock: &dyn Fn() -> f64) -> [f64; 2] {
        let begin = clock();
        let mut windows: [Window; JOINTS] = std::array::from_fn(|i| {
            let at = self.motions[i];
            self.joints[i].open(at.position_m, at.speed_m_per_s, SUBSTEPS, SUBSTEP_S)
        });
        (0..SUBSTEPS).for_each(|k| {
            for ((joint, state), window) in self.joints.iter().zip(&mut self.states).zip(&mut windows) {
                joint.substep(state, window, steps[joint.params.axis][k]);
            }
        });
        let drive_n = std::array::from_fn(|i| self.joints[i].close(&mut self.states[i], &windows[i]));
        let middle = clock();
        self.machine.step(drive_n);
        self.motions = self.machine.joints_for_drives();
        [middle - begin, clock() - middle]
    }

    /// Goes by sub-steps only.
    pub fn forbid_strides(&mut self) {
        self.strides = None;
    }

    /// Whether [`Plant::stride`] may be tried.
    pub fn can_stride(&self) -> bool {
        self.strides.is_some()
    }

    /// Moves on by a stride, of which `taken` microsteps come to the drives; `ahead` is commanded now and at its end beyond the microsteps
    /// that they have. False where something needs sub-steps: nothing has moved then.
    pub fn stride(&mut self, ahead: [Commanded; 2], taken: [i64; 3]) -> bool {
        let (Some(strides), Engine::Reduced(machine)) = (&mut self.strides, &mut self.machine) else { return false };
        if !strides.is_under_way() && !strides.begin(&self.joints, &self.states, machine, ahead) {
            return false;
        }
        if strides.stride(&self.joints, &mut self.states, ahead[1]) {
            for (joint, state) in self.joints.iter().zip(&mut self.states) {
                joint.motor.count(&mut state.motor, taken[joint.params.axis]);
            }
            return true;
        }
        self.show();
        self.go_by_substeps();
        false
    }

    /// Puts bodies and rotors where strides have brought them; without that, only what strides need is up to date.
    pub fn show(&mut self) {
        if let (Some(strides), Engine::Reduced(machine)) = (&self.strides, &mut self.machine)
            && strides.is_under_way()
        {
            strides.show(&self.joints, &mut self.states, machine);
            self.motions = self.machine.joints_for_drives();
        }
    }

    /// Goes on with `share` of the current that `meant` gives the motor of joint `joint`.
    pub fn feed(&mut self, joint: usize, meant: &DriverParams, share: f64) {
        self.show();
        self.go_by_substeps();
        if let Some(strides) = &mut self.strides {
            strides.forget();
        }
        self.joints[joint].feed(&mut self.states[joint], meant, share);
    }

    /// Ends striding, after [`Plant::show`].
    fn go_by_substeps(&mut self) {
        if let Some(strides) = &mut self.strides {
            strides.end(&self.joints, &mut self.states);
        }
    }

    /// Carries the steady plant on by `microsteps` of the planner's axes: rotors, joints and bodies move together, deflections stay.
    pub fn jump(&mut self, microsteps: [i64; 3]) {
        self.go_by_substeps();
        let mut travel = [0.0; 3];
        for (joint, state) in self.joints.iter().zip(&mut self.states) {
            let axis = joint.params.axis;
            joint.jump(state, microsteps[axis]);
            travel[axis] = joint.params.transmission.travel_m_per_rad * joint.motor.rad_per_microstep() * microsteps[axis] as f64;
        }
        self.machine.jump(travel);
        self.motions = self.machine.joints_for_drives();
    }

    /// Rails warm or cool for `dt_s`.
    pub fn warm(&mut self, flame: bool, dt_s: f64) {
        self.warmer_k = self.geometry.warmed_k(self.warmer_k, flame, dt_s);
    }

    /// What still moves against the steady motion `speed_m_per_s` of X, Y and Z, m/s.
    pub fn unrest_m_per_s(&self, speed_m_per_s: [f64; 3]) -> f64 {
        self.machine.unrest_m_per_s(speed_m_per_s)
    }

    /// Where the two gantry sides stand, left and right, m.
    pub fn sides_m(&self) -> [f64; 2] {
        [self.motions[1].position_m, self.motions[2].position_m]
    }

    /// Every rung of the ladder. Y is taken where the torch stands between the two rails.
    pub fn rungs(&self) -> Rungs {
        let mut tip = self.machine.tip_in_machine_m();
        let share = (self.motions[0].position_m - self.truck_x_m[0]) / (self.truck_x_m[1] - self.truck_x_m[0]);
        let at_torch = |f: &dyn Fn(usize) -> f64| [f(0), f(1) + share * (f(2) - f(1))];
        let before = |i: usize| self.joints[i].rotor_m(&self.states[i]);
        let travel = |i: usize| self.joints[i].params.transmission.travel_m_per_rad;
        let now = |i: usize| before(i) + DRIVE_LAG_S * self.states[i].motor.speed_rad_per_s * travel(i);
        let carriage = at_torch(&|i| self.motions[i].position_m);
        let geometry = self.geometry.errors(carriage, self.warmer_k).beyond(&self.geometry_zero);
        let off = geometry.sum();
        (tip[0], tip[1]) = (tip[0] + off[0], tip[1] + off[1]);
        let play = |i: usize| 0.5 * self.joints[i].params.transmission.backlash_m;
        let meshed = |i: usize| now(i) + (self.motions[i].position_m - now(i)).clamp(-play(i), play(i));
        Rungs {
            stepped: at_torch(&|i| self.joints[i].stepped_m(&self.states[i])),
            rotor_before: at_torch(&before),
            rotor: at_torch(&now),
            meshed: at_torch(&meshed),
            carriage,
            played: [carriage[0] + self.machine.play_at_tip_m() - self.play_zero_m, carriage[1]],
            geometry,
            tip,
            racking: self.motions[2].position_m - self.motions[1].position_m,
        }
    }
}
