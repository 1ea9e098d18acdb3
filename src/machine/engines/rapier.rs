//! The mechanism in rapier: four rigid bodies in full three dimensions, every compliance an explicit force.
//!
//! In: [`MachineParams`] and four drive forces. Out: joint motions, tip. May use: rapier, `mount`.
//!
//! Rules measured for this project: f64 (f32 is noisy at a micrometre), no rapier joints as springs (they damp numerically), and speeds taken
//! half a step behind positions, which makes rapier's semi-implicit step a leapfrog. Nothing touches and no joint is to be solved, so that of
//! rapier's step only its integrators are left to call: its broad phase, islands and solver, with nothing to do, took 3 µs of 4.
//!
//! The guides' forces are taken where the bodies will have been on the mean of the step before and the step after. With accelerations a by guides and
//! d by drives, x + h²/12 (a + 2 d): then the guides' part of the leapfrog is of fourth order (Störmer's and Numerov's rule; the 2 because d
//! comes as an impulse, whose corner lies at the instant), and both engines take the same motion between the drives' impulses.

mod mount;
#[cfg(test)]
mod tests;
pub mod truth;

use rapier3d_f64::prelude::*;

use crate::machine::params::{BodyParams, MachineParams};
use crate::machine::{JOINTS, JointMotion};
use mount::{Motion, Mount, Reaction};

const FRAME: usize = 0;
const GANTRY: usize = 1;
const CARRIAGE: usize = 2;
const TORCH: usize = 3;
const BODIES: usize = 4;

/// Force and torque on each body.
type Wrenches = [(Vector, Vector); BODIES];

/// A body of rapier's with its state.
struct Body {
    position: RigidBodyPosition,
    /// Half a step behind the position.
    speed: RigidBodyVelocity<Real>,
    mass: RigidBodyMassProps,
}

impl Body {
    fn new(b: &BodyParams) -> Self {
        let position = Pose::from_translation(Vector::from_array(b.centre_in_machine_m));
        let mut mass =
            RigidBodyMassProps::from(MassProperties::new(Vector::ZERO, b.mass_kg, Vector::from_array(b.inertia_kg_m2)));
        mass.update_world_mass_properties(RigidBodyType::Dynamic, &position);
        Self { position: position.into(), speed: RigidBodyVelocity::zero(), mass }
    }

    fn shift(&mut self, by: Vector) {
        self.position.position.translation += by;
    }

    /// Acceleration and angular acceleration by a force and a torque.
    fn accelerations(&self, (force, torque): (Vector, Vector)) -> (Vector, Vector) {
        (force * self.mass.effective_inv_mass, self.mass.effective_world_inv_inertia * torque)
    }

    /// Moves on by `h` under a force and a torque, as rapier does.
    fn step(&mut self, (force, torque): (Vector, Vector), h: f64) {
        let forces = RigidBodyForces { force, torque, ..RigidBodyForces::default() };
        self.speed = forces.integrate(h, &self.speed, &self.mass);
        let mut pose = self.speed.integrate(h, &self.position.position, &self.mass.local_mprops.local_com);
        pose.rotation = pose.rotation.normalize();
        self.position.position = pose;
        self.mass.update_world_mass_properties(RigidBodyType::Dynamic, &pose);
    }
}

/// The mechanism with its state.
pub struct RapierMachine {
    step_s: f64,
    bodies: [Body; BODIES],
    ground: Motion,
    feet: Mount,
    trucks: [Mount; 2],
    carriage_guide: Mount,
    torch_slide: Mount,
    tip_in_torch: Vector,
    plate_in_frame: Vector,
    weight_n: f64,
    has_play: bool,
    tip_zero: Vector,
    /// Speeds of the step before, along and about the axes.
    before: [(Vector, Vector); BODIES],
}

impl RapierMachine {
    /// The mechanism at machine zero, at rest, stepping by `step_s`.
    pub fn new(p: &MachineParams, step_s: f64) -> Self {
        // Guides and beam are measured from how the loaded machine stands; only the torch's own weight works against its drive.
        let bodies = [&p.frame, &p.gantry, &p.carriage, &p.torch].map(Body::new);
        let centre = |b: &BodyParams| Vector::from_array(b.centre_in_machine_m);
        let mount = |m, first: &BodyParams, second: &BodyParams, beam| {
            Mount::new(m, centre(first), centre(second), second.mass_kg, second.inertia_kg_m2, beam)
        };
        let ground = Motion { pose: Pose::IDENTITY, linear: Vector::ZERO, angular: Vector::ZERO };
        let half_gantry = BodyParams { mass_kg: 0.5 * p.gantry.mass_kg, ..p.gantry.clone() };
        let truck = |m| mount(m, &p.frame, &half_gantry, None);
        let tip = Vector::from_array(p.tip_in_machine_m);
        let mut machine = Self {
            step_s,
            bodies,
            ground,
            feet: Mount::new(&p.feet, Vector::ZERO, centre(&p.frame), p.frame.mass_kg, p.frame.inertia_kg_m2, None),
            trucks: [truck(&p.trucks[0]), truck(&p.trucks[1])],
            carriage_guide: mount(&p.carriage_guide, &p.gantry, &p.carriage, Some(&p.beam)),
            torch_slide: mount(&p.torch_slide, &p.carriage, &p.torch, None),
            tip_in_torch: tip - centre(&p.torch),
            plate_in_frame: -centre(&p.frame),
            weight_n: p.torch.mass_kg * p.gravity_m_per_s2,
            has_play: p.has_play(),
            tip_zero: Vector::ZERO,
            before: [(Vector::ZERO, Vector::ZERO); BODIES],
        };
        machine.tip_zero = machine.tip_on_plate();
        machine
    }

    fn motion(&self, body: usize) -> Motion {
        // Speeds live half a step behind positions; at the positions' instant they are half a step farther on. Damping that takes
        // them as they are would make the whole first order (measured: 3.3 µm and order 1.1 against the independent solver).
        let (b, (linear, angular)) = (&self.bodies[body], self.before[body]);
        let now = |speed: Vector, before: Vector| 1.5 * speed - 0.5 * before;
        Motion { pose: b.position.position, linear: now(b.speed.linvel, linear), angular: now(b.speed.angvel, angular) }
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
        self.along(&self.motions_behind())
    }

    fn motions_behind(&self) -> [Motion; BODIES] {
        std::array::from_fn(|i| {
            let b = &self.bodies[i];
            Motion { pose: b.position.position, linear: b.speed.linvel, angular: b.speed.angvel }
        })
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

    /// How far the play of trucks and torch slide has shifted the tip in X, m.
    pub fn play_at_tip_m(&self) -> f64 {
        // Seen from the slide the tip is as far below it as at machine zero.
        let below_m = self.tip_in_torch.z - self.torch_slide.in_second_m().z;
        let trucks = self.trucks.iter().map(|truck| truck.play_at_m(0.0)).sum::<f64>();
        0.5 * trucks + self.torch_slide.play_at_m(below_m)
    }

    /// Takes the present pose as the one at which the operator has set the plate's zero: `at_in_machine_m`.
    pub fn touch_off(&mut self, at_in_machine_m: [f64; 3]) {
        self.tip_zero = self.tip_on_plate() - Vector::from_array(at_in_machine_m);
    }

    /// What the guides and the torch's weight do to each body.
    fn guides(&self, m: &[Motion; BODIES]) -> Wrenches {
        let mut out = [(Vector::ZERO, Vector::ZERO); BODIES];
        let mut apply = |mount: &Mount, first: Option<usize>, second: usize| {
            let base = first.map_or(&self.ground, |i| &m[i]);
            let r = mount.react(base, &m[second]);
            push(&mut out, m, first, second, &r);
        };
        apply(&self.feet, None, FRAME);
        apply(&self.trucks[0], Some(FRAME), GANTRY);
        apply(&self.trucks[1], Some(FRAME), GANTRY);
        apply(&self.carriage_guide, Some(GANTRY), CARRIAGE);
        apply(&self.torch_slide, Some(CARRIAGE), TORCH);
        out[TORCH].0.z -= self.weight_n;
        out
    }

    /// What the drives do to each body with `drive_n` N along X (carriage), Y1, Y2 (gantry), Z (torch).
    fn drives(&self, m: &[Motion; BODIES], drive_n: [f64; JOINTS]) -> Wrenches {
        let mut out = [(Vector::ZERO, Vector::ZERO); BODIES];
        let [x, y1, y2, z] = drive_n;
        for (mount, first, second, force) in [
            (&self.carriage_guide, GANTRY, CARRIAGE, Vector::new(x, 0.0, 0.0)),
            (&self.trucks[0], FRAME, GANTRY, Vector::new(0.0, y1, 0.0)),
            (&self.trucks[1], FRAME, GANTRY, Vector::new(0.0, y2, 0.0)),
            (&self.torch_slide, CARRIAGE, TORCH, Vector::new(0.0, 0.0, z)),
        ] {
            let force = m[first].pose.rotation * force;
            push(&mut out, m, Some(first), second, &Reaction { at: mount.place(&m[second]), force, torque: Vector::ZERO });
        }
        out
    }

    /// What moves each body from half a step before this instant to half a step behind it.
    fn forces(&self, drive_n: [f64; JOINTS]) -> Wrenches {
        let h = self.step_s;
        let behind = self.motions_behind();
        let driven = self.drives(&behind, drive_n);
        let first = self.guides(&behind);
        let about: [Motion; BODIES] = std::array::from_fn(|i| {
            let (b, m) = (&self.bodies[i], &behind[i]);
            let ((a, alpha), (d, delta)) = (b.accelerations(first[i]), b.accelerations(driven[i]));
            let turn = h * h / 24.0 * (alpha + 2.0 * delta);
            let turned = Rotation::from_xyzw(turn.x, turn.y, turn.z, 1.0) * m.pose.rotation;
            Motion {
                pose: Pose { rotation: turned, translation: m.pose.translation + h * h / 12.0 * (a + 2.0 * d) },
                linear: m.linear + 0.5 * h * (a + d),
                angular: m.angular + 0.5 * h * (alpha + delta),
            }
        });
        let guided = self.guides(&about);
        std::array::from_fn(|i| (guided[i].0 + driven[i].0, guided[i].1 + driven[i].1))
    }

    /// One step with `drive_n` N along X (carriage), Y1, Y2 (gantry), Z (torch).
    pub fn step(&mut self, drive_n: [f64; JOINTS]) {
        let forces = self.forces(drive_n);
        for ((body, before), force) in self.bodies.iter_mut().zip(&mut self.before).zip(forces) {
            *before = (body.speed.linvel, body.speed.angvel);
            body.step(force, self.step_s);
        }
        if !self.has_play {
            return;
        }
        let m = self.motions_behind();
        self.trucks.iter_mut().for_each(|truck| truck.settle(&m[FRAME], &m[GANTRY]));
        self.torch_slide.settle(&m[CARRIAGE], &m[TORCH]);
    }

    /// Carries the steadily moving bodies on by `travel_m` of X, Y and Z without integrating: gantry by Y, carriage by X too, torch by Z
    /// too. Deflections and speeds stay as they are.
    pub fn jump(&mut self, travel_m: [f64; 3]) {
        let [x, y, z] = travel_m;
        for (body, shift) in [(GANTRY, [0.0, y, 0.0]), (CARRIAGE, [x, y, 0.0]), (TORCH, [x, y, z])] {
            self.bodies[body].shift(Vector::from_array(shift));
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

/// Adds what a mount between two bodies does to both.
fn push(to: &mut Wrenches, m: &[Motion; BODIES], first: Option<usize>, second: usize, r: &Reaction) {
    let mut give = |body: usize, sign: f64| {
        let arm = r.at - m[body].pose.translation;
        to[body].0 += sign * r.force;
        to[body].1 += sign * (r.torque + arm.cross(r.force));
    };
    give(second, 1.0);
    if let Some(first) = first {
        give(first, -1.0);
    }
}
