//! The mechanism in rapier: four rigid bodies in full three dimensions, every compliance an explicit force.
//!
//! In: [`MachineParams`] and four drive forces. Out: joint motions, tip. May use: rapier, `mount`.
//!
//! Rules measured for this project: f64 (f32 is noisy at a micrometre), no rapier joints as springs (they damp numerically), one
//! solver iteration, and the speeds taken half a step behind the positions, which makes rapier's semi-implicit step a leapfrog of
//! second order.

mod mount;
#[cfg(test)]
mod tests;
pub mod truth;

use rapier3d_f64::prelude::*;

use crate::machine::params::{BodyParams, MachineParams};
use crate::machine::{JOINTS, JointMotion};
use mount::{Motion, Mount};

const FRAME: usize = 0;
const GANTRY: usize = 1;
const CARRIAGE: usize = 2;
const TORCH: usize = 3;
const BODIES: usize = 4;

/// The mechanism with its state.
pub struct RapierMachine {
    world: PhysicsWorld,
    bodies: [RigidBodyHandle; BODIES],
    ground: Motion,
    feet: Mount,
    trucks: [Mount; 2],
    carriage_guide: Mount,
    torch_slide: Mount,
    tip_in_torch: Vector,
    plate_in_frame: Vector,
    weight_n: f64,
    tip_zero: Vector,
    /// Speeds of the step before, along and about the axes.
    before: [(Vector, Vector); BODIES],
}

impl RapierMachine {
    /// The mechanism at machine zero, at rest, stepping by `step_s`.
    pub fn new(p: &MachineParams, step_s: f64) -> Self {
        let mut world = PhysicsWorld::new();
        // Guides and beam are measured from how the loaded machine stands; only the torch's own weight works against its drive.
        world.gravity = Vector::ZERO;
        world.integration_parameters.dt = step_s;
        world.integration_parameters.num_solver_iterations = 1;
        let bodies = [&p.frame, &p.gantry, &p.carriage, &p.torch].map(|b| insert(&mut world, b));
        let centre = |b: &BodyParams| Vector::from_array(b.centre_in_machine_m);
        let mount = |m, first: &BodyParams, second: &BodyParams, beam| {
            Mount::new(m, centre(first), centre(second), second.mass_kg, second.inertia_kg_m2, beam)
        };
        let ground = Motion { pose: Pose::IDENTITY, linear: Vector::ZERO, angular: Vector::ZERO };
        let half_gantry = BodyParams { mass_kg: 0.5 * p.gantry.mass_kg, ..p.gantry.clone() };
        let truck = |m| mount(m, &p.frame, &half_gantry, None);
        let tip = Vector::from_array(p.tip_in_machine_m);
        let mut machine = Self {
            world,
            bodies,
            ground,
            feet: Mount::new(&p.feet, Vector::ZERO, centre(&p.frame), p.frame.mass_kg, p.frame.inertia_kg_m2, None),
            trucks: [truck(&p.trucks[0]), truck(&p.trucks[1])],
            carriage_guide: mount(&p.carriage_guide, &p.gantry, &p.carriage, Some(&p.beam)),
            torch_slide: mount(&p.torch_slide, &p.carriage, &p.torch, None),
            tip_in_torch: tip - centre(&p.torch),
            plate_in_frame: -centre(&p.frame),
            weight_n: p.torch.mass_kg * p.gravity_m_per_s2,
            tip_zero: Vector::ZERO,
            before: [(Vector::ZERO, Vector::ZERO); BODIES],
        };
        machine.tip_zero = machine.tip_on_plate();
        machine
    }

    fn motion(&self, body: usize) -> Motion {
        let b = &self.world.bodies[self.bodies[body]];
        // Speeds live half a step behind positions; at the positions' instant they are half a step farther on. Damping and drives that take
        // them as they are would make the whole first order (measured: 3.3 µm and order 1.1 against the independent solver).
        let (linear, angular) = self.before[body];
        let now = |speed: Vector, before: Vector| 1.5 * speed - 0.5 * before;
        Motion { pose: *b.position(), linear: now(b.linvel(), linear), angular: now(b.angvel(), angular) }
    }

    fn motions(&self) -> [Motion; BODIES] {
        std::array::from_fn(|i| self.motion(i))
    }

    /// Where the joints stand, X, Y1, Y2, Z, and how fast they move at that instant.
    pub fn joints(&self) -> [JointMotion; JOINTS] {
        self.along(&self.motions())
    }

    /// The same with speeds half a step behind, for drives that work about this instant: what the load has gone by at its old speed before
    /// it, and goes by at its new one behind it, differ in the acceleration alone. Speeds carried on to the instant lag in it, which is
    /// damping that is not there, enough to change a resonance by tens of micrometres.
    pub fn joints_behind(&self) -> [JointMotion; JOINTS] {
        self.along(&std::array::from_fn(|i| {
            let b = &self.world.bodies[self.bodies[i]];
            Motion { pose: *b.position(), linear: b.linvel(), angular: b.angvel() }
        }))
    }

    fn along(&self, m: &[Motion; BODIES]) -> [JointMotion; JOINTS] {
        let along = |mount: &Mount, first: usize, second: usize, axis: usize| {
            let (_, travel, speed) = mount.travel(&m[first], &m[second]);
            JointMotion { position_m: travel[axis], speed_m_per_s: speed[axis] }
        };
        [
            along(&self.carriage_guide, GANTRY, CARRIAGE, 0),
            along(&self.trucks[0], FRAME, GANTRY, 1),
            along(&self.trucks[1], FRAME, GANTRY, 1),
            along(&self.torch_slide, CARRIAGE, TORCH, 2),
        ]
    }

    /// The tip seen from the plate, which rides on the frame, m.
    fn tip_on_plate(&self) -> Vector {
        let torch = self.motion(TORCH).pose;
        let frame = self.motion(FRAME).pose;
        let tip = torch.translation + torch.rotation * self.tip_in_torch;
        frame.rotation.inverse() * (tip - frame.translation) - self.plate_in_frame
    }

    /// The tip against the plate in machine coordinates, m: equal to the axes' travel where nothing bends.
    pub fn tip_in_machine_m(&self) -> [f64; 3] {
        (self.tip_on_plate() - self.tip_zero).to_array()
    }

    /// Takes the present pose as the one at which the operator has set the plate's zero: `at_in_machine_m`.
    pub fn touch_off(&mut self, at_in_machine_m: [f64; 3]) {
        self.tip_zero = self.tip_on_plate() - Vector::from_array(at_in_machine_m);
    }

    /// Force and torque on each body with `drive_n` N along X (carriage), Y1, Y2 (gantry), Z (torch).
    fn forces(&self, m: &[Motion; BODIES], drive_n: [f64; JOINTS]) -> [(Vector, Vector); BODIES] {
        let mut forces = [(Vector::ZERO, Vector::ZERO); BODIES];
        let mut apply = |mount: &Mount, first: Option<usize>, second: usize, drive: Vector| {
            let base = first.map_or(&self.ground, |i| &m[i]);
            let r = mount.react(base, &m[second], drive);
            forces[second].0 += r.force;
            forces[second].1 += r.torque + (r.at - m[second].pose.translation).cross(r.force);
            if let Some(i) = first {
                forces[i].0 -= r.force;
                forces[i].1 -= r.torque + (r.at - m[i].pose.translation).cross(r.force);
            }
        };
        apply(&self.feet, None, FRAME, Vector::ZERO);
        apply(&self.trucks[0], Some(FRAME), GANTRY, Vector::new(0.0, drive_n[1], 0.0));
        apply(&self.trucks[1], Some(FRAME), GANTRY, Vector::new(0.0, drive_n[2], 0.0));
        apply(&self.carriage_guide, Some(GANTRY), CARRIAGE, Vector::new(drive_n[0], 0.0, 0.0));
        apply(&self.torch_slide, Some(CARRIAGE), TORCH, Vector::new(0.0, 0.0, drive_n[3]));
        forces[TORCH].0.z -= self.weight_n;
        forces
    }

    /// One step with `drive_n` N along X (carriage), Y1, Y2 (gantry), Z (torch).
    pub fn step(&mut self, drive_n: [f64; JOINTS]) {
        let forces = self.forces(&self.motions(), drive_n);
        for (i, (force, torque)) in forces.into_iter().enumerate() {
            let body = &mut self.world.bodies[self.bodies[i]];
            self.before[i] = (body.linvel(), body.angvel());
            body.reset_forces(false);
            body.reset_torques(false);
            body.add_force(force, true);
            body.add_torque(torque, true);
        }
        self.world.step();
    }

    /// Carries the steadily moving bodies on by `travel_m` of X, Y and Z without integrating: gantry by Y, carriage by X too, torch by Z
    /// too. Deflections and speeds stay as they are.
    pub fn jump(&mut self, travel_m: [f64; 3]) {
        let [x, y, z] = travel_m;
        for (body, shift) in [(GANTRY, [0.0, y, 0.0]), (CARRIAGE, [x, y, 0.0]), (TORCH, [x, y, z])] {
            let b = &mut self.world.bodies[self.bodies[body]];
            let mut pose = *b.position();
            pose.translation += Vector::from_array(shift);
            b.set_position(pose, false);
        }
    }

    /// Largest speed of any body against the steady motion `steady_m_per_s` of X, Y, Z, m/s: what still vibrates.
    pub fn unrest_m_per_s(&self, steady_m_per_s: [f64; 3]) -> f64 {
        let [x, y, z] = steady_m_per_s;
        let steady = [[0.0; 3], [0.0, y, 0.0], [x, y, 0.0], [x, y, z]];
        let mut worst: f64 = 0.0;
        for (body, s) in steady.into_iter().enumerate() {
            let m = self.motion(body);
            // A rotation counts at an arm of 0.3 m, about that of the tip from the beam.
            worst = worst.max((m.linear - Vector::from_array(s)).length()).max(0.3 * m.angular.length());
        }
        worst
    }
}

fn insert(world: &mut PhysicsWorld, b: &BodyParams) -> RigidBodyHandle {
    let properties = MassProperties::new(Vector::ZERO, b.mass_kg, Vector::from_array(b.inertia_kg_m2));
    let body = RigidBodyBuilder::dynamic()
        .translation(Vector::from_array(b.centre_in_machine_m))
        .additional_mass_properties(properties)
        .gyroscopic_forces_enabled(false)
        .can_sleep(false);
    world.bodies.insert(body)
}
