//! Strides: the plant of the reduced engine moved on by half a millisecond at once, while nothing in it needs sub-steps.
//!
//! In: the plant's states, microsteps of the strides to come. Out: the same states half a millisecond later. May use `drive` and `machine`.
//!
//! A stride needs currents that are held, motors in step, and flanks that stay where they are, since they touch and part within less than a stride:
//! X and Y without play, and Z's hanging on its nut.
//! What is commanded between two nodes is taken as a
//! straight line, which a microstep enters by its distance from both, so that the microsteps' own frequency is not seen as another one.

use std::collections::HashMap;
use std::rc::Rc;

use crate::drive::kick::Standing;
use crate::drive::{Joint, JointState};
use crate::machine::JOINTS;
use crate::machine::engines::reduced::{COORDINATES, ReducedMachine};
use crate::machine::modes::DriveSprings;
use crate::machine::params::MachineParams;
use crate::machine::strides::{DriveTerms, Linear, Modal, ModalState, SIZE, STRIDE_S, add, carry, dot};
use crate::twin::plant::DRIVE_LAG_S;

/// Places of X, Y and Z for which linear systems are made lie this far apart, m.
const PLACES_M: [f64; 3] = [0.02, 0.1, 0.05];
/// Share of the torch's weight that Z must carry for its nut to count as hung upon: what moves and rubs changes less of it.
const HUNG_SHARE: f64 = 0.3;
/// Over this time the steps' jitter is evened out, s.
const EVEN_S: f64 = 3e-3;
/// Axis of each joint.
const AXIS: [usize; JOINTS] = [0, 1, 1, 2];

/// Microsteps of X, Y and Z at a node: those whose time has come, and those under way by their share.
pub type Commanded = [f64; 3];

/// What strides need.
pub struct Strides {
    params: MachineParams,
    places: HashMap<[i32; 3], Rc<Linear>>,
    /// The system about the place, while striding.
    under_way: Option<UnderWay>,
}

struct UnderWay {
    place: [i32; 3],
    linear: Rc<Linear>,
    state: ModalState,
    /// Microsteps in which each rotor is behind by whole turns of its field.
    lost: [i64; JOINTS],
    /// Travel commanded of X, Y and Z at the node, m, and how fast it got there, m/s.
    stepped_m: [f64; 3],
    slope_m_per_s: [f64; 3],
    /// The same without the steps' jitter.
    even_m_per_s: [f64; 3],
    /// What the impulses of the last node added to the rates of the modes.
    kicked: Modal,
    /// What dry friction took off each rotor at the last node, N·s.
    dry_n_s: [f64; JOINTS],
    rotor_m_per_s: [f64; JOINTS],
    flank_n: [f64; JOINTS],
}

impl Strides {
    /// Strides of the mechanism `params`.
    pub fn new(params: &MachineParams) -> Self {
        Self { params: params.clone(), places: HashMap::new(), under_way: None }
    }

    /// Whether the plant is striding.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Drives are no longer what they were.
    pub fn forget(&mut self) {
        self.places.clear();
    }

    fn linear(&mut self, joints: &[Joint], place: [i32; 3]) -> Rc<Linear> {
        let params = &self.params;
        let new = || {
            let at: [f64; 3] = std::array::from_fn(|i| f64::from(place[i]) * PLACES_M[i]);
            Rc::new(Linear::new(params, &terms(joints, at), at, 0.5 * joints[3].params.transmission.backlash_m))
        };
        Rc::clone(self.places.entry(place).or_insert_with(new))
    }

    /// Goes over from sub-steps to strides, if nothing speaks against it; `ahead` is commanded now and at the next node, beyond the
    /// microsteps that the drives have.
    pub fn begin(&mut self, joints: &[Joint], states: &[JointState], machine: &ReducedMachine, ahead: [Commanded; 2]) -> bool {
        let lost = std::array::from_fn(|j| joints[j].motor.microsteps_lost(&states[j].motor));
        let field = |j: usize| states[j].motor.microsteps - lost[j];
        let sides_alike = step_m(&joints[1]) == step_m(&joints[2]) && field(1) == field(2);
        let flank_n = flanks_n(&self.params, joints);
        let held = (0..JOINTS).all(|j| states[j].drive_force_n >= flank_n[j]);
        if !held || !sides_alike || !joints.iter().zip(states).all(|(joint, state)| joint.motor.is_held(&state.motor)) {
            return false;
        }
        let [stepped_m, next_m] = ahead.map(|ahead| commanded_m(joints, states, &lost, ahead));
        let slope_m_per_s: [f64; 3] = std::array::from_fn(|i| (next_m[i] - stepped_m[i]) / STRIDE_S);
        let [at, rates] = machine.coordinates();
        let (mut off, mut rate) = ([0.0; SIZE], [0.0; SIZE]);
        off[..COORDINATES].copy_from_slice(&at);
        rate[..COORDINATES].copy_from_slice(&rates);
        for (j, (joint, state)) in joints.iter().zip(states).enumerate() {
            let travel = joint.params.transmission.travel_m_per_rad;
            rate[COORDINATES + j] = state.motor.speed_rad_per_s * travel;
            off[COORDINATES + j] = joint.rotor_m(state) + DRIVE_LAG_S * rate[COORDINATES + j];
        }
        let place = place_of(stepped_m);
        let linear = self.linear(joints, place);
        carry(&mut off, stepped_m.map(|s| -s));
        off.iter_mut().zip(&linear.rest).for_each(|(off, rest)| *off -= rest);
        carry(&mut rate, slope_m_per_s.map(|s| -s));
        let state = ModalState { at: linear.modal(&off), rate: linear.modal(&rate) };
        let rotor_m_per_s = std::array::from_fn(|j| dot(linear.rotor(j), &state.rate) + slope_m_per_s[AXIS[j]]);
        self.under_way = Some(UnderWay {
            place,
            linear,
            state,
            lost,
            stepped_m,
            slope_m_per_s,
            even_m_per_s: slope_m_per_s,
            kicked: Modal::default(),
            dry_n_s: [0.0; JOINTS],
            rotor_m_per_s,
            flank_n,
        });
        true
    }

    /// One stride to the next node, where `ahead` will be commanded beyond the microsteps that the drives have now. False where something
    /// needs sub-steps: nothing has moved then.
    pub fn stride(&mut self, joints: &[Joint], states: &mut [JointState], ahead: Commanded) -> bool {
        let Some(mut now) = self.under_way.take() else { return false };
        let place = place_of(now.stepped_m);
        if place != now.place {
            let linear = self.linear(joints, place);
            now.move_to(place, linear);
        }
        let moved = now.stride(joints, states, ahead);
        self.under_way = Some(now);
        moved
    }

    /// Puts bodies, rotors and the drives' forces where the strides have brought them.
    pub fn show(&self, joints: &[Joint], states: &mut [JointState], machine: &mut ReducedMachine) {
        if let Some(now) = &self.under_way {
            now.show(joints, states, machine);
        }
    }

    /// Ends striding after [`Strides::show`]: from here on the plant goes by sub-steps.
    pub fn end(&mut self, joints: &[Joint], states: &mut [JointState]) {
        let Some(now) = self.under_way.take() else { return };
        for (j, (joint, state)) in joints.iter().zip(states).enumerate() {
            let angle = state.motor.angle_rad;
            let speed = now.rotor_m_per_s[j] / joint.params.transmission.travel_m_per_rad;
            joint.motor.hold(&mut state.motor, angle, speed);
        }
    }
}

impl UnderWay {
    /// Goes over to the system of another place.
    fn move_to(&mut self, place: [i32; 3], linear: Rc<Linear>) {
        let mut off = self.linear.coordinates(&self.state.at);
        let rates = self.linear.coordinates(&self.state.rate);
        for (off, (old, new)) in off.iter_mut().zip(self.linear.rest.iter().zip(&linear.rest)) {
            *off += old - new;
        }
        self.state = ModalState { at: linear.modal(&off), rate: linear.modal(&rates) };
        self.kicked = linear.modal(&self.linear.coordinates(&self.kicked));
        (self.place, self.linear) = (place, linear);
    }

    /// Rates of the modes against the even motion of the axes: modes that are left out cannot follow the steps' jitter.
    fn rates(&self) -> Modal {
        let mut rates = self.state.rate;
        for (axis, follow) in self.linear.follow.iter().enumerate() {
            add(&mut rates, self.slope_m_per_s[axis] - self.even_m_per_s[axis], follow);
        }
        rates
    }

    fn stride(&mut self, joints: &[Joint], states: &mut [JointState], ahead: Commanded) -> bool {
        let linear = &*self.linear;
        let mut state = self.state;
        let rates = self.rates();
        let (mut dry_n_s, mut rotor_m_per_s) = ([0.0; JOINTS], [0.0; JOINTS]);
        for (j, (joint, joint_state)) in joints.iter().zip(states.iter_mut()).enumerate() {
            let (load, rotor) = (&linear.joints[j], linear.rotor(j));
            let axis = AXIS[j];
            let (stepped_m, even) = (self.stepped_m[axis], self.even_m_per_s[axis]);
            let (load_ahead_m, rotor_off_m) = (dot(load, &self.state.at), dot(rotor, &self.state.at));
            let standing = Standing {
                stepped_m,
                rotor_ahead_m: rotor_off_m + linear.rest[COORDINATES + j],
                rotor_m_per_s: dot(rotor, &rates) + even,
                load_m: stepped_m + load_ahead_m + linear.rest_loads_m[j],
                load_m_per_s: dot(load, &rates) + even,
                load_yields: linear.loads_yield[j],
                linear_n_per_m: linear.transmissions_n_per_m[j],
                stretch_m: load_ahead_m - rotor_off_m,
                rotor_moves_kg: linear.rotors_move_kg[j],
                flank_n: self.flank_n[j],
            };
            let Some(kick) = joint.kick(joint_state, &standing, STRIDE_S) else { return false };
            rotor_m_per_s[j] = standing.rotor_m_per_s;
            // What the field gives less what the rotor takes to speed up and to overcome.
            let rotor_kg = joint.motor.inertia_kg_m2() / joint.params.transmission.travel_m_per_rad.powi(2);
            let taken_n = rotor_kg * (rotor_m_per_s[j] - self.rotor_m_per_s[j]) + self.dry_n_s[j];
            joint_state.drive_force_n = kick.carried_n - taken_n / STRIDE_S;
            add(&mut state.rate, kick.rotor_n_s, rotor);
            add(&mut state.rate, kick.load_n_s, load);
            dry_n_s[j] = STRIDE_S * joint.dry_n(joint_state);
        }
        let next_m = commanded_m(joints, states, &self.lost, ahead);
        let mut turned = Modal::default();
        for (axis, next_m) in next_m.iter().enumerate() {
            let slope = (next_m - self.stepped_m[axis]) / STRIDE_S;
            add(&mut turned, self.slope_m_per_s[axis] - slope, &linear.follow[axis]);
            self.slope_m_per_s[axis] = slope;
            self.even_m_per_s[axis] += STRIDE_S / EVEN_S * (slope - self.even_m_per_s[axis]);
        }
        add(&mut state.rate, 1.0, &turned);
        for (j, most) in dry_n_s.into_iter().enumerate() {
            let [by_place, by_rate] = &linear.comes[j];
            let on = next_m[AXIS[j]] - self.stepped_m[AXIS[j]];
            let comes_m = dot(by_place, &state.at) + dot(by_rate, &state.rate) + on;
            // Dry friction keeps the rotor where it is, if it can.
            let stop = (-comes_m * linear.stop_n_s_per_m[j]).clamp(-most, most);
            add(&mut state.rate, stop, linear.rotor(j));
            self.dry_n_s[j] = -stop;
        }
        self.kicked = std::array::from_fn(|n| state.rate[n] - self.state.rate[n] - turned[n]);
        self.stepped_m = next_m;
        linear.stride(&mut state);
        (self.state, self.rotor_m_per_s) = (state, rotor_m_per_s);
        true
    }

    fn show(&self, joints: &[Joint], states: &mut [JointState], machine: &mut ReducedMachine) {
        let mut at = self.linear.coordinates(&self.state.at);
        at.iter_mut().zip(&self.linear.rest).for_each(|(at, rest)| *at += rest);
        carry(&mut at, self.stepped_m);
        // A node lies in the middle of its impulses.
        let mut middle = self.rates();
        add(&mut middle, 0.5, &self.kicked);
        let mut rates = self.linear.coordinates(&middle);
        carry(&mut rates, self.even_m_per_s);
        machine.place(&at[..COORDINATES], &rates[..COORDINATES]);
        for (j, (joint, state)) in joints.iter().zip(states.iter_mut()).enumerate() {
            let travel = joint.params.transmission.travel_m_per_rad;
            let before_m = DRIVE_LAG_S * rates[COORDINATES + j];
            state.motor.angle_rad = (at[COORDINATES + j] - before_m) / travel;
        }
    }
}

/// Force that each drive must give its load at least for its flank to stay, N: none where there is no play, none that suffices in X and Y.
fn flanks_n(p: &MachineParams, joints: &[Joint]) -> [f64; JOINTS] {
    std::array::from_fn(|j| match (joints[j].params.transmission.backlash_m > 0.0, AXIS[j]) {
        (false, _) => f64::NEG_INFINITY,
        (true, 2) => HUNG_SHARE * p.torch.mass_kg * p.gravity_m_per_s2,
        (true, _) => f64::INFINITY,
    })
}

/// Travel of a microstep, m.
fn step_m(joint: &Joint) -> f64 {
    joint.params.transmission.travel_m_per_rad * joint.motor.rad_per_microstep()
}

/// Travel commanded of X, Y and Z by the microsteps that the drives have and those `ahead`, less what rotors have lost, m.
fn commanded_m(joints: &[Joint], states: &[JointState], lost: &[i64; JOINTS], ahead: Commanded) -> [f64; 3] {
    [0, 1, 3].map(|j| step_m(&joints[j]) * ((states[j].motor.microsteps - lost[j]) as f64 + ahead[AXIS[j]]))
}

fn place_of(stepped_m: [f64; 3]) -> [i32; 3] {
    std::array::from_fn(|i| (stepped_m[i] / PLACES_M[i]).round() as i32)
}

fn terms(joints: &[Joint], at: [f64; 3]) -> [DriveTerms; JOINTS] {
    std::array::from_fn(|j| {
        let joint = &joints[j];
        let per_square = joint.params.transmission.travel_m_per_rad.powi(-2);
        DriveTerms {
            springs: springs(joint, at),
            transmission_n_s_per_m: joint.damping_n_s_per_m(),
            rotor_n_s_per_m: joint.motor.damping_nm_s() * per_square,
        }
    })
}

/// Rotor and springs of a joint with the axes at `at`.
pub fn springs(joint: &Joint, at: [f64; 3]) -> DriveSprings {
    let per_square = joint.params.transmission.travel_m_per_rad.powi(-2);
    DriveSprings {
        rotor_kg: joint.motor.inertia_kg_m2() * per_square,
        transmission_n_per_m: joint.params.transmission.stiffness.at(at[joint.params.axis]),
        magnet_n_per_m: joint.motor.magnetic_nm_per_rad() * per_square,
    }
}
