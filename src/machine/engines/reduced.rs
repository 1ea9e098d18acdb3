//! The mechanism in its own few coordinates: four bodies whose turns stay small, integrated to the fourth order.
//!
//! In: [`MachineParams`] and four drive forces. Out: joint motions, tip. Uses `machine`'s params only.
//!
//! The same guides, beam and masses as in `rapier`, and nothing general: a body is a shift and a small turn, R ≈ 1 + θ×, whose error is
//! θ² times an arm (10⁻⁸ m at a turn of 10⁻⁴). Between instants the mechanism moves by itself, by Runge–Kutta of fourth order; at each
//! instant the drives give it the impulse of their window. That is second order and, unlike forces held over a step, neither feeds nor
//! damps a resonance: what is wrong with it is in phase with the acceleration.

use crate::machine::params::{BeamParams, BodyParams, MachineParams, MountParams, PlayParams};
use crate::machine::play::Seats;
use crate::machine::vector::{V3, add, cross, dot_each, scale, sub};
use crate::machine::{JOINTS, JointMotion};

const FRAME: usize = 0;
const GANTRY: usize = 1;
const CARRIAGE: usize = 2;
const TORCH: usize = 3;
const BODIES: usize = 4;

/// Shift and turn of a body, or their rates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Pair {
    shift: V3,
    turn: V3,
}

impl Pair {
    fn plus(self, by: f64, other: &Self) -> Self {
        Self { shift: add(self.shift, scale(by, other.shift)), turn: add(self.turn, scale(by, other.turn)) }
    }
}

/// All bodies' pairs.
type Pairs = [Pair; BODIES];

fn plus(a: &Pairs, by: f64, b: &Pairs) -> Pairs {
    std::array::from_fn(|i| a[i].plus(by, &b[i]))
}

#[derive(Clone, Debug)]
struct Body {
    centre: V3,
    per_mass: f64,
    per_inertia: V3,
}

impl Body {
    fn new(p: &BodyParams) -> Self {
        Self { centre: p.centre_in_machine_m, per_mass: 1.0 / p.mass_kg, per_inertia: p.inertia_kg_m2.map(|i| 1.0 / i) }
    }
}

/// A guide or mount between two bodies.
#[derive(Clone, Debug)]
struct Guide {
    first: Option<usize>,
    second: usize,
    /// Its place seen from the second body's centre, and from the first's at machine zero.
    in_second: V3,
    in_first: V3,
    linear: V3,
    angular: V3,
    linear_damping: V3,
    angular_damping: V3,
    play: Option<PlayParams>,
    /// Where its ends sit in their play.
    seats: Seats,
}

impl Guide {
    /// `second_mass_kg` and `second_inertia_kg_m2` set its damping.
    fn new(p: &MountParams, first: Option<(usize, V3)>, second: (usize, V3), mass_kg: f64, inertia_kg_m2: V3) -> Self {
        let damping = |k: f64, m: f64| 2.0 * p.damping_ratio * (k * m).sqrt();
        Self {
            first: first.map(|(body, _)| body),
            second: second.0,
            in_second: sub(p.at_in_machine_m, second.1),
            in_first: sub(p.at_in_machine_m, first.map_or([0.0; 3], |(_, centre)| centre)),
            linear: p.linear_n_per_m,
            angular: p.angular_nm_per_rad,
            linear_damping: std::array::from_fn(|i| damping(p.linear_n_per_m[i], mass_kg)),
            angular_damping: std::array::from_fn(|i| damping(p.angular_nm_per_rad[i], inertia_kg_m2[i])),
            play: p.play,
            seats: [0.0; 2],
        }
    }

    /// Arms from both centres to where it acts, and how far the second body's place has gone in the first's frame, m.
    fn arms(&self, bodies: &[Body; BODIES], at: &Pairs) -> (V3, V3, V3) {
        let (second, body) = (&at[self.second], &bodies[self.second]);
        let arm_second = add(self.in_second, cross(second.turn, self.in_second));
        let point = add(add(body.centre, second.shift), arm_second);
        let (arm_first, turn_first) = match self.first {
            Some(i) => (sub(sub(point, bodies[i].centre), at[i].shift), at[i].turn),
            None => (point, [0.0; 3]),
        };
        let travel = sub(sub(arm_first, cross(turn_first, arm_first)), self.in_first);
        (arm_first, arm_second, travel)
    }

    /// How far the second body is turned in the first's frame, rad.
    fn turn(&self, at: &Pairs) -> V3 {
        sub(at[self.second].turn, self.first.map_or([0.0; 3], |i| at[i].turn))
    }

    /// Where its ends sit in their play by now.
    fn seats_now(&self, play: &PlayParams, travel: V3, turn: V3) -> Seats {
        play.seats(self.seats, travel, turn, self.linear[0])
    }

    /// Speed of the second body's place in the first's frame, m/s.
    fn speed(&self, at: &Pairs, rates: &Pairs, arm_first: V3, arm_second: V3) -> V3 {
        let second = &rates[self.second];
        let mut speed = add(second.shift, cross(second.turn, arm_second));
        if let Some(i) = self.first {
            speed = sub(speed, add(rates[i].shift, cross(rates[i].turn, arm_first)));
            speed = sub(speed, cross(at[i].turn, speed));
        }
        speed
    }
}

/// A guide's strain in one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strain {
    /// How far it is from unstrained, m or rad.
    pub travel: f64,
    /// N/m or N·m/rad.
    pub stiffness: f64,
    /// N·s/m or N·m·s/rad.
    pub damping: f64,
}

/// Coordinates: three shifts and three turns of each body.
pub const COORDINATES: usize = 6 * BODIES;
/// Guides and mounts: feet, left and right truck, carriage guide, torch slide.
pub const GUIDES: usize = 5;

/// The mechanism with its state.
#[derive(Clone, Debug)]
pub struct ReducedMachine {
    step_s: f64,
    bodies: [Body; BODIES],
    /// Feet, left and right truck, carriage guide, torch slide.
    guides: [Guide; GUIDES],
    beam: BeamParams,
    carriage_guide: MountParams,
    tip_in_torch: V3,
    weight_n: f64,
    at: Pairs,
    rates: Pairs,
    /// What the last impulse of the drives added to the rates.
    impulse: Pairs,
    /// Mean rates of the last step.
    mean: Pairs,
    tip_zero: V3,
}

const CARRIAGE_GUIDE: usize = 3;
/// Guide and direction of the drives of X, Y1, Y2, Z.
const DRIVEN: [(usize, usize); JOINTS] = [(CARRIAGE_GUIDE, 0), (1, 1), (2, 1), (4, 2)];

impl ReducedMachine {
    /// The mechanism at machine zero, at rest, stepping by `step_s`.
    pub fn new(p: &MachineParams, step_s: f64) -> Self {
        let params = [&p.frame, &p.gantry, &p.carriage, &p.torch];
        let bodies = params.map(Body::new);
        let centre = |i: usize| (i, params[i].centre_in_machine_m);
        let guide = |m: &MountParams, first: usize, second: usize, share: f64| {
            let body = params[second];
            Guide::new(m, Some(centre(first)), centre(second), share * body.mass_kg, body.inertia_kg_m2)
        };
        let guides = [
            Guide::new(&p.feet, None, centre(FRAME), p.frame.mass_kg, p.frame.inertia_kg_m2),
            guide(&p.trucks[0], FRAME, GANTRY, 0.5),
            guide(&p.trucks[1], FRAME, GANTRY, 0.5),
            guide(&p.carriage_guide, GANTRY, CARRIAGE, 1.0),
            guide(&p.torch_slide, CARRIAGE, TORCH, 1.0),
        ];
        let still = [Pair::default(); BODIES];
        let mut machine = Self {
            step_s,
            bodies,
            guides,
            beam: p.beam.clone(),
            carriage_guide: p.carriage_guide.clone(),
            tip_in_torch: sub(p.tip_in_machine_m, p.torch.centre_in_machine_m),
            weight_n: p.torch.mass_kg * p.gravity_m_per_s2,
            at: still,
            rates: still,
            impulse: still,
            mean: still,
            tip_zero: [0.0; 3],
        };
        machine.tip_zero = machine.tip_on_plate();
        machine
    }

    /// Travel and speed of a guide along `axis` at these rates.
    fn along(&self, rates: &Pairs, guide: usize, axis: usize) -> JointMotion {
        let guide = &self.guides[guide];
        let (arm_first, arm_second, travel) = guide.arms(&self.bodies, &self.at);
        let speed = guide.speed(&self.at, rates, arm_first, arm_second);
        JointMotion { position_m: travel[axis], speed_m_per_s: speed[axis] }
    }

    fn joints_at(&self, rates: &Pairs) -> [JointMotion; JOINTS] {
        DRIVEN.map(|(guide, axis)| self.along(rates, guide, axis))
    }

    /// Where the joints stand, X, Y1, Y2, Z, and how fast they move at that instant: the middle of the drives' impulse, taken to be as large
    /// as the last one.
    pub fn joints(&self) -> [JointMotion; JOINTS] {
        self.joints_at(&plus(&self.rates, 0.5, &self.impulse))
    }

    /// The same with the mean speeds of the last step, for drives that work about this instant: what the load has gone by at its old speed
    /// before it, and goes by at its new one behind it, differ in the acceleration alone. Speeds carried on to the instant lag in it, which is
    /// damping that is not there, enough to change a resonance by tens of micrometres.
    pub fn joints_behind(&self) -> [JointMotion; JOINTS] {
        self.joints_at(&self.mean)
    }

    /// What the drives' impulse of `drive_n` N along X (carriage), Y1, Y2 (gantry), Z (torch) over `span_s` adds to the rates.
    fn impulse(&self, drive_n: [f64; JOINTS], span_s: f64) -> Pairs {
        let mut gain = [Pair::default(); BODIES];
        let mut give = |body: usize, force: V3, torque: V3| {
            let (of, b) = (&mut gain[body], &self.bodies[body]);
            of.shift = add(of.shift, scale(span_s * b.per_mass, force));
            of.turn = add(of.turn, scale(span_s, dot_each(b.per_inertia, torque)));
        };
        for ((guide, axis), newtons) in DRIVEN.into_iter().zip(drive_n) {
            let guide = &self.guides[guide];
            let (arm_first, arm_second, _) = guide.arms(&self.bodies, &self.at);
            let mut force = [0.0; 3];
            force[axis] = newtons;
            if let Some(i) = guide.first {
                force = add(force, cross(self.at[i].turn, force));
                give(i, scale(-1.0, force), cross(force, arm_first));
            }
            give(guide.second, force, cross(arm_second, force));
        }
        gain
    }

    /// Moves one coordinate.
    pub fn nudge(&mut self, coordinate: usize, by: f64) {
        let pair = &mut self.at[coordinate / 6];
        match coordinate % 6 {
            i @ 0..3 => pair.shift[i] += by,
            i => pair.turn[i - 3] += by,
        }
    }

    /// Coordinates and their rates: a body's shifts, then its turns.
    pub fn coordinates(&self) -> [[f64; COORDINATES]; 2] {
        let flat = |pairs: &Pairs| {
            std::array::from_fn(|i| match i % 6 {
                k @ 0..3 => pairs[i / 6].shift[k],
                k => pairs[i / 6].turn[k - 3],
            })
        };
        [flat(&self.at), flat(&plus(&self.rates, 0.5, &self.impulse))]
    }

    /// Sets coordinates and their rates; the drives push with nothing at this instant.
    pub fn place(&mut self, at: &[f64], rates: &[f64]) {
        let pairs = |flat: &[f64]| {
            std::array::from_fn(|body| {
                let of = &flat[6 * body..6 * body + 6];
                Pair { shift: [of[0], of[1], of[2]], turn: [of[3], of[4], of[5]] }
            })
        };
        (self.at, self.rates, self.impulse) = (pairs(at), pairs(rates), [Pair::default(); BODIES]);
        self.mean = self.rates;
    }

    /// Mass or moment of inertia of a coordinate, kg or kg·m².
    pub fn inertia(&self, coordinate: usize) -> f64 {
        let body = &self.bodies[coordinate / 6];
        match coordinate % 6 {
            0..3 => 1.0 / body.per_mass,
            i => 1.0 / body.per_inertia[i - 3],
        }
    }

    /// Strain of each guide along and about X, Y, Z.
    pub fn strains(&self) -> [[Strain; 6]; GUIDES] {
        let beam = self.beam.in_series(&self.carriage_guide, self.along(&self.rates, CARRIAGE_GUIDE, 0).position_m);
        std::array::from_fn(|k| {
            let guide = &self.guides[k];
            let (_, _, travel) = guide.arms(&self.bodies, &self.at);
            let turn = guide.turn(&self.at);
            let (linear, angular) = if k == CARRIAGE_GUIDE { beam } else { (guide.linear, guide.angular) };
            std::array::from_fn(|i| match i.checked_sub(3) {
                None => Strain { travel: travel[i], stiffness: linear[i], damping: guide.linear_damping[i] },
                Some(i) => Strain { travel: turn[i], stiffness: angular[i], damping: guide.angular_damping[i] },
            })
        })
    }

    fn tip_on_plate(&self) -> V3 {
        let (torch, frame) = (&self.at[TORCH], &self.at[FRAME]);
        let arm = add(self.tip_in_torch, cross(torch.turn, self.tip_in_torch));
        let tip = add(add(self.bodies[TORCH].centre, torch.shift), arm);
        let from_frame = sub(sub(tip, self.bodies[FRAME].centre), frame.shift);
        add(sub(from_frame, cross(frame.turn, from_frame)), self.bodies[FRAME].centre)
    }

    /// The tip against the plate in machine coordinates, m.
    pub fn tip_in_machine_m(&self) -> [f64; 3] {
        sub(self.tip_on_plate(), self.tip_zero)
    }

    /// How far the play of trucks and torch slide has shifted the tip in X, m.
    pub fn play_at_tip_m(&self) -> f64 {
        let of = |guide: &Guide, above_m: f64| guide.play.map_or(0.0, |play| play.shift_m(guide.seats, above_m));
        let [_, left, right, _, slide] = &self.guides;
        0.5 * (of(left, 0.0) + of(right, 0.0)) + of(slide, self.tip_in_torch[2] - slide.in_second[2])
    }

    /// Takes the present pose as the one at which the operator has set the plate's zero: `at_in_machine_m`.
    pub fn touch_off(&mut self, at_in_machine_m: [f64; 3]) {
        self.tip_zero = sub(self.tip_on_plate(), at_in_machine_m);
    }

    /// Accelerations without the drives, the carriage guide's stiffness as given.
    fn accelerations(&self, at: &Pairs, rates: &Pairs, carriage: &(V3, V3)) -> Pairs {
        let mut forces = [Pair::default(); BODIES];
        for (k, guide) in self.guides.iter().enumerate() {
            let (linear, angular) = if k == CARRIAGE_GUIDE { *carriage } else { (guide.linear, guide.angular) };
            let (arm_first, arm_second, travel) = guide.arms(&self.bodies, at);
            let speed = guide.speed(at, rates, arm_first, arm_second);
            let (turn, mut spin) = (guide.turn(at), rates[guide.second].turn);
            if let Some(i) = guide.first {
                spin = sub(spin, rates[i].turn);
            }
            let mut force = sub(scale(-1.0, dot_each(linear, travel)), dot_each(guide.linear_damping, speed));
            let mut torque = sub(scale(-1.0, dot_each(angular, turn)), dot_each(guide.angular_damping, spin));
            if let Some(play) = &guide.play {
                let (off, moves) = ([travel, turn], [speed, spin]);
                let (force_n, axis, torque_nm) = play.push(guide.seats, off, moves, linear[0], guide.linear_damping[0]);
                (force[0], torque[axis]) = (force_n, torque_nm);
            }
            if let Some(i) = guide.first {
                force = add(force, cross(at[i].turn, force));
                torque = add(torque, cross(at[i].turn, torque));
                forces[i].shift = sub(forces[i].shift, force);
                forces[i].turn = sub(forces[i].turn, add(torque, cross(arm_first, force)));
            }
            let second = &mut forces[guide.second];
            second.shift = add(second.shift, force);
            second.turn = add(second.turn, add(torque, cross(arm_second, force)));
        }
        forces[TORCH].shift[2] -= self.weight_n;
        std::array::from_fn(|i| Pair {
            shift: scale(self.bodies[i].per_mass, forces[i].shift),
            turn: dot_each(self.bodies[i].per_inertia, forces[i].turn),
        })
    }

    /// One step with `drive_n` N along X (carriage), Y1, Y2 (gantry), Z (torch), the mean over the window about the present instant.
    pub fn step(&mut self, drive_n: [f64; JOINTS]) {
        let h = self.step_s;
        // Within a step the carriage goes a few micrometres: the beam is as stiff at its end as at its start.
        let carriage = self.beam.in_series(&self.carriage_guide, self.along(&self.rates, CARRIAGE_GUIDE, 0).position_m);
        self.impulse = self.impulse(drive_n, h);
        let rate = |at: &Pairs, rates: &Pairs| self.accelerations(at, rates, &carriage);
        let (x0, v0) = (self.at, plus(&self.rates, 1.0, &self.impulse));
        let a1 = rate(&x0, &v0);
        let (x2, v2) = (plus(&x0, 0.5 * h, &v0), plus(&v0, 0.5 * h, &a1));
        let a2 = rate(&x2, &v2);
        let (x3, v3) = (plus(&x0, 0.5 * h, &v2), plus(&v0, 0.5 * h, &a2));
        let a3 = rate(&x3, &v3);
        let (x4, v4) = (plus(&x0, h, &v3), plus(&v0, h, &a3));
        let a4 = rate(&x4, &v4);
        let sum = |a: &Pairs, b: &Pairs, c: &Pairs, d: &Pairs| plus(&plus(&plus(a, 2.0, b), 2.0, c), 1.0, d);
        let gone = sum(&v0, &v2, &v3, &v4);
        self.at = plus(&x0, h / 6.0, &gone);
        self.mean = plus(&[Pair::default(); BODIES], 1.0 / 6.0, &gone);
        self.rates = plus(&v0, h / 6.0, &sum(&a1, &a2, &a3, &a4));
        for k in 0..GUIDES {
            if let Some(play) = self.guides[k].play {
                let guide = &self.guides[k];
                let (_, _, travel) = guide.arms(&self.bodies, &self.at);
                self.guides[k].seats = guide.seats_now(&play, travel, guide.turn(&self.at));
            }
        }
    }

    /// Carries the steadily moving bodies on by `travel_m` of X, Y and Z without integrating; deflections and speeds stay.
    pub fn jump(&mut self, travel_m: [f64; 3]) {
        let [x, y, z] = travel_m;
        for (body, shift) in [(GANTRY, [0.0, y, 0.0]), (CARRIAGE, [x, y, 0.0]), (TORCH, [x, y, z])] {
            self.at[body].shift = add(self.at[body].shift, shift);
        }
    }

    /// Largest speed of any body against the steady motion of X, Y, Z, m/s: what still vibrates.
    pub fn unrest_m_per_s(&self, steady_m_per_s: [f64; 3]) -> f64 {
        let [x, y, z] = steady_m_per_s;
        let steady = [[0.0; 3], [0.0, y, 0.0], [x, y, 0.0], [x, y, z]];
        let length = |v: V3| v.iter().map(|c| c * c).sum::<f64>().sqrt();
        // A rotation counts at an arm of 0.3 m, about that of the tip from the beam. Just before an instant the torch is falling for half a step.
        let of = |(rate, steady): (&Pair, V3)| length(sub(rate.shift, steady)).max(0.3 * length(rate.turn));
        self.mean.iter().zip(steady).map(of).fold(0.0, f64::max)
    }
}

pub mod truth;

#[cfg(test)]
mod tests;
