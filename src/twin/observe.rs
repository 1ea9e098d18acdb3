//! What is measured while the loop runs: trace, error budget by rung, following and contour error, torque use, lost steps.
//!
//! In: rungs and plan at every sample. Out: the parts of the record that need the whole run.

use crate::drive::heat::{Warmth, warmth};
use crate::drive::hold::Knees;
use crate::drive::params::{Hold, JointParams};
use crate::drive::pull_out::{loss_nm, pull_out_nm};
use crate::twin::budget::Budget;
use crate::twin::plant::{Plant, Rungs};
use crate::twin::record::{BudgetLine, Event, EventKind, JointSummary, TraceSample};
use crate::twin::timeline::Planned;

/// Width of a band of the operating points, rev/min.
const BAND_RPM: f64 = 20.0;

/// Speeds of a tabled pull-out curve, rev/min.
const CURVE_RPM: f64 = 10.0;
const CURVE_POINTS: usize = 301;

const RPM: f64 = 60.0 / std::f64::consts::TAU;

/// One sample for the observer.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Time, s.
    pub time_s: f64,
    /// Line of the program.
    pub line: u32,
    /// Plan now.
    pub planned: &'a Planned,
    /// Planned point where the drives stand.
    pub planned_before: [f64; 3],
    /// Ladder.
    pub rungs: &'a Rungs,
    /// Distance of the tip from the programmed path, m.
    pub deviation_m: f64,
    /// Distance of the planned point from the programmed path, m.
    pub planned_off_m: f64,
    /// Whether the torch is cutting.
    pub cutting: bool,
    /// Whether its place counts for contour error and error budget.
    pub judged: bool,
    /// Kerf minus the chart's kerf, halved, m.
    pub kerf_off_m: f64,
}

impl Look<'_> {
    /// Something that is seen now, where the tip stands.
    fn event(&self, kind: EventKind, text: String) -> Event {
        Event { time_s: self.time_s, line: self.line, kind, at_in_machine_m: [self.rungs.tip[0], self.rungs.tip[1]], text }
    }
}

#[derive(Clone, Debug)]
struct JointWatch {
    curve: Vec<f64>,
    points: Vec<f64>,
    margin: f64,
    margin_line: u32,
    max_rpm: f64,
    /// ∫ ω² dt of the shaft and the time, for its warmth, rad²/s and s.
    turned: (f64, f64),
    lag_m: f64,
    steps: u64,
    /// Whole electrical turns between rotor and command at the last sample.
    turns: i64,
    /// Full steps slipped, either way added up.
    slipped: i64,
    /// Highest torque of the last moments, fading over [`RECENT_S`], N·m.
    recent_nm: f64,
    lost: bool,
    let_go: bool,
}

/// One motor at an instant.
#[derive(Clone, Copy, Debug, Default)]
pub struct MotorNow {
    /// Commanded speed, rev/min, with its sign.
    pub rpm: f64,
    /// Torque at the shaft, N·m: what the field gives without the motor's own losses.
    pub torque_nm: f64,
    /// Share of the pull-out torque that is.
    pub torque_use: f64,
    /// Force of the transmission on its load, N.
    pub force_n: f64,
    /// Rotor minus command, m of travel.
    pub lag_m: f64,
    /// Full steps lost: a multiple of four.
    pub lost_full_steps: i64,
    /// Warmer than its surroundings, K, by what it has lost on the average so far.
    pub rise_k: f64,
}

/// How long a torque is remembered as the cause of a slip, s: a few periods of the softest axis.
const RECENT_S: f64 = 0.05;

/// Running sums of the whole run.
pub struct Observer {
    interval_s: f64,
    next_s: f64,
    /// Trace so far.
    pub trace: Vec<TraceSample>,
    window: (f64, f64),
    budget: Budget,
    /// The same of each contour, in the order in which they were cut.
    pub contours: Vec<Budget>,
    judged: bool,
    joints: Vec<JointWatch>,
    /// Largest distance of the tip from the planned point, m.
    pub following_max_m: f64,
    /// Largest distance between the two gantry sides, m.
    pub racking_max_m: f64,
    /// (∫ deviation² dt, largest, its line) while cutting.
    pub contour: (f64, f64, u32),
    /// Lost-step events.
    pub events: Vec<Event>,
    last_s: f64,
}

impl Observer {
    /// An observer that keeps a trace sample every `interval_s`.
    pub fn new(plant: &Plant, interval_s: f64) -> Self {
        let watch = |joint: &crate::drive::Joint| {
            let p = &joint.params;
            let curve = (0..CURVE_POINTS).map(|i| pull_out_nm(&p.motor, &p.driver, i as f64 * CURVE_RPM / RPM)).collect();
            JointWatch {
                curve,
                points: Vec::new(),
                margin: 1.0,
                margin_line: 0,
                max_rpm: 0.0,
                turned: (0.0, 0.0),
                lag_m: 0.0,
                steps: 0,
                turns: 0,
                slipped: 0,
                recent_nm: 0.0,
                lost: false,
                let_go: false,
            }
        };
        Self {
            interval_s,
            next_s: 0.0,
            trace: Vec::new(),
            window: (0.0, 0.0),
            budget: Budget::default(),
            contours: Vec::new(),
            judged: false,
            joints: plant.joints.iter().map(watch).collect(),
            following_max_m: 0.0,
            racking_max_m: 0.0,
            contour: (0.0, 0.0, 0),
            events: Vec::new(),
            last_s: 0.0,
        }
    }

    /// Counts steps sent to planner axis `axis`.
    pub fn count_step(&mut self, plant: &Plant, axis: usize) {
        for (watch, joint) in self.joints.iter_mut().zip(&plant.joints) {
            watch.steps += u64::from(joint.params.axis == axis);
        }
    }

    /// How the motors X, Y1, Y2 and Z stand while `planned` is under way.
    pub fn motors_now(&self, plant: &Plant, planned: &Planned) -> [MotorNow; 4] {
        std::array::from_fn(|i| {
            let (Some(watch), Some(joint), Some(state)) = (self.joints.get(i), plant.joints.get(i), plant.states.get(i)) else {
                return MotorNow::default();
            };
            let rpm = commanded_rpm(joint, planned);
            let torque_nm = shaft_nm(joint, state, rpm.abs());
            MotorNow {
                rpm,
                torque_nm,
                torque_use: torque_nm / watch.at(rpm.abs()).max(1e-9),
                force_n: state.drive_force_n,
                lag_m: joint.rotor_m(state) - joint.stepped_m(state),
                lost_full_steps: joint.lost_full_steps(state),
                rise_k: watch.warmth(&joint.params).motor_rise_after_k(self.last_s),
            }
        })
    }

    /// Takes one sample.
    pub fn look(&mut self, plant: &Plant, look: &Look) {
        let dt = look.time_s - self.last_s;
        self.last_s = look.time_s;
        let use_now = self.motors(plant, look, dt);
        let (p, tip) = (look.planned.point, look.rungs.tip);
        let following = (tip[0] - p[0]).hypot(tip[1] - p[1]);
        self.following_max_m = self.following_max_m.max(following);
        self.racking_max_m = self.racking_max_m.max(look.rungs.racking.abs());
        self.window = (self.window.0.max(following), self.window.1.max(use_now));
        if look.judged {
            self.budget(look, dt);
        }
        self.judged = look.judged;
        if look.time_s >= self.next_s {
            self.next_s += self.interval_s * ((look.time_s - self.next_s) / self.interval_s).floor().max(0.0) + self.interval_s;
            let (following_error_m, torque_use) = std::mem::take(&mut self.window);
            self.trace.push(TraceSample {
                time_s: look.time_s,
                line: look.line,
                planned_in_machine_m: p,
                tip_in_machine_m: tip,
                speed_m_per_s: look.planned.speed_m_per_s,
                following_error_m,
                racking_m: look.rungs.racking,
                torque_use,
                cutting: look.cutting,
            });
        }
    }

    /// Keeps what broke, in words.
    pub fn note(&mut self, time_s: f64, line: u32, rungs: &Rungs, text: String) {
        self.events.push(Event { time_s, line, kind: EventKind::Fault, at_in_machine_m: [rungs.tip[0], rungs.tip[1]], text });
    }

    /// Contribution of each rung across the path.
    fn budget(&mut self, look: &Look, dt: f64) {
        let r = look.rungs;
        let t = look.planned.tangent;
        let before = look.planned_before;
        let left = [-t[1], t[0]];
        let across = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]) * left[0] + (a[1] - b[1]) * left[1];
        let (g, off) = (&r.geometry, r.geometry.sum());
        let parts = [
            look.planned_off_m,
            across(r.stepped, [before[0], before[1]]),
            across(r.rotor_before, r.stepped),
            across(r.meshed, r.rotor),
            across(r.carriage, r.meshed),
            across(r.played, r.carriage),
            across([r.tip[0] - off[0], r.tip[1] - off[1]], r.played),
            across(g.straightness, [0.0; 2]),
            across(g.squareness, [0.0; 2]),
            across(g.pitch, [0.0; 2]),
            across(g.growth, [0.0; 2]),
            look.kerf_off_m,
        ];
        if !self.judged {
            self.contours.push(Budget::from(look.time_s));
        }
        let contour = self.contours.last_mut();
        [Some(&mut self.budget), contour].into_iter().flatten().for_each(|budget| budget.add(&parts, dt, look.line));
        self.contour.0 += look.deviation_m * look.deviation_m * dt;
        if look.deviation_m.abs() > self.contour.1 {
            (self.contour.1, self.contour.2) = (look.deviation_m.abs(), look.line);
        }
    }

    /// Torque, margin, load angle and lost steps of every motor; returns the largest share of pull-out in use.
    fn motors(&mut self, plant: &Plant, look: &Look, dt: f64) -> f64 {
        let mut worst: f64 = 0.0;
        for (i, watch) in self.joints.iter_mut().enumerate() {
            let (joint, state) = (&plant.joints[i], &plant.states[i]);
            let rpm = commanded_rpm(joint, look.planned).abs();
            watch.max_rpm = watch.max_rpm.max(rpm);
            watch.turned.0 += dt * (rpm / RPM).powi(2);
            watch.turned.1 += dt;
            let torque = shaft_nm(joint, state, rpm);
            watch.recent_nm = torque.max(watch.recent_nm * (-dt / RECENT_S).exp());
            let turns = joint.motor.turns_lost(&state.motor);
            watch.slipped += 4 * (turns - watch.turns).abs();
            watch.turns = turns;
            let band = (rpm / BAND_RPM) as usize;
            if watch.points.len() <= band {
                watch.points.resize(band + 1, 0.0);
            }
            watch.points[band] = watch.points[band].max(torque);
            let share = torque / watch.at(rpm).max(1e-9);
            worst = worst.max(share.min(1.0));
            if 1.0 - share < watch.margin {
                (watch.margin, watch.margin_line) = (1.0 - share, look.line);
            }
            watch.lag_m = watch.lag_m.max((joint.rotor_m(state) - joint.stepped_m(state)).abs());
            if state.hold_used > 1.0 && !std::mem::replace(&mut watch.let_go, true) {
                let position_m = joint.rotor_m(state);
                self.events.push(look.event(EventKind::DriveLetGo, hold_words(joint, position_m, look)));
            }
            if !watch.lost && (turns != 0 || state.motor.alarm) {
                watch.lost = true;
                (watch.margin, watch.margin_line) = (watch.margin.min(0.0), look.line);
                let text = if state.motor.alarm {
                    alarm_words(joint, look, rpm)
                } else {
                    slip_words(joint, look, rpm, watch.recent_nm, watch.at(rpm))
                };
                self.events.push(look.event(EventKind::LostSteps, text));
            }
        }
        worst
    }

    /// Error budget of the run.
    pub fn budget_lines(&self) -> Vec<BudgetLine> {
        self.budget.lines()
    }

    /// Root mean square distance from the path while cutting, m; none if nothing was cut.
    pub fn contour_rms_m(&self) -> Option<f64> {
        (self.budget.watched_s > 0.0).then(|| (self.contour.0 / self.budget.watched_s).sqrt())
    }

    /// Full steps slipped by all motors, either way added up: what slips there and back is lost twice.
    pub fn slipped_full_steps(&self) -> i64 {
        self.joints.iter().map(|watch| watch.slipped).sum()
    }

    /// What each joint went through.
    pub fn joint_summaries(&self, plant: &Plant) -> Vec<JointSummary> {
        let summary = |(i, watch): (usize, &JointWatch)| {
            let joint = &plant.joints[i];
            let band = |(k, torque): (usize, &f64)| (*torque > 0.0).then_some(((k as f64 + 0.5) * BAND_RPM, *torque));
            let top = (watch.max_rpm * 1.5).max(600.0);
            let warm = watch.warmth(&joint.params);
            let curve = watch.curve.iter().enumerate().map(|(k, t)| (k as f64 * CURVE_RPM, *t));
            JointSummary {
                name: joint.params.name.clone(),
                motor: joint.params.motor.name.clone(),
                driver: joint.params.driver.name.clone(),
                transmission: joint.params.transmission.name.clone(),
                steps: watch.steps,
                lost_full_steps: joint.lost_full_steps(&plant.states[i]),
                rotor_behind_full_steps: joint.motor.full_steps_behind(&plant.states[i].motor),
                max_speed_rpm: watch.max_rpm,
                torque_margin_min: watch.margin,
                torque_margin_line: watch.margin_line,
                load_angle_max_m: watch.lag_m,
                hold_used: plant.states[i].hold_used,
                motor_rise_k: warm.motor_rise_k,
                driver_rise_k: warm.driver_rise_k,
                operating_points: watch.points.iter().enumerate().filter_map(band).collect(),
                pull_out: curve.take_while(|(rpm, _)| *rpm <= top).collect(),
            }
        };
        self.joints.iter().enumerate().map(summary).collect()
    }
}

impl JointWatch {
    /// How warm motor and driver get if it goes on as it has so far.
    fn warmth(&self, p: &JointParams) -> Warmth {
        // The driver holds its current, so that both phases together always carry its amplitude.
        let (turned, time) = self.turned;
        let speed_square = if time > 0.0 { turned / time } else { 0.0 };
        warmth(&p.motor, &p.driver, &p.heat, p.driver.current_peak_a.powi(2), speed_square)
    }

    /// Pull-out torque at `rpm`, N·m.
    fn at(&self, rpm: f64) -> f64 {
        let place = (rpm / CURVE_RPM).min((CURVE_POINTS - 1) as f64);
        let i = (place as usize).min(CURVE_POINTS - 2);
        self.curve[i] + (self.curve[i + 1] - self.curve[i]) * (place - i as f64)
    }
}

/// Speed at which a joint's motor is told to turn, rev/min.
fn commanded_rpm(joint: &crate::drive::Joint, planned: &Planned) -> f64 {
    planned.speed_m_per_s * planned.tangent[joint.params.axis] / joint.params.transmission.travel_m_per_rad * RPM
}

/// What the shaft gives, as pull-out curves have it: the field's torque without the motor's own losses, N·m.
fn shaft_nm(joint: &crate::drive::Joint, state: &crate::drive::JointState, rpm: f64) -> f64 {
    (state.load_torque_nm.abs() - loss_nm(&joint.params.motor, rpm / RPM)).max(0.0)
}

/// What made a closed-loop driver give up, in words.
fn alarm_words(joint: &crate::drive::Joint, look: &Look, rpm: f64) -> String {
    let p = &joint.params;
    let limit = p.driver.closed_loop.as_ref().map_or(0.0, |c| c.alarm_full_steps);
    format!(
        "driver of motor {} ({}) gives up at line {}, at {rpm:.0} rev/min: its following error passed {limit:.0} full steps",
        p.name, p.motor.name, look.line
    )
}

/// What let go, with the force up to which it holds where it did, in words.
fn hold_words(joint: &crate::drive::Joint, position_m: f64, look: &Look) -> String {
    let p = &joint.params;
    let t = &p.transmission;
    let least = |force_n: [f64; 2]| force_n[0].min(force_n[1]);
    let holds_n = least(Knees::at(t, t.stiffness.at(position_m), position_m).force_n);
    let (name, line) = (&p.name, look.line);
    match t.hold {
        Hold::Belt { pretension_n } => format!(
            "belt of {name} goes slack at line {line}: {pretension_n:.0} N of tension keep both of its spans tight up to {holds_n:.0} N there"
        ),
        Hold::Sprung { spring_n, .. } => format!(
            "pinion of {name} lifts out of its rack at line {line}: a spring of {spring_n:.0} N holds it up to {holds_n:.0} N at the teeth"
        ),
        Hold::Firm => String::new(),
    }
}

/// What made a motor slip, in words.
fn slip_words(joint: &crate::drive::Joint, look: &Look, rpm: f64, recent_nm: f64, can_nm: f64) -> String {
    let p = &joint.params;
    let who = format!("motor {} ({}) falls out of step at line {}", p.name, p.motor.name, look.line);
    let asked = demand_nm(joint, look.planned);
    if asked > can_nm {
        format!("{who}: the move asks for {asked:.2} N·m at {rpm:.0} rev/min, and it can give {can_nm:.2} N·m there")
    } else {
        let peak = recent_nm.max(asked);
        format!(
            "{who}: vibration or a blow on top of the move, which alone asks for {asked:.2} N·m, took it past the {can_nm:.2} N·m it can give at \
             {rpm:.0} rev/min (last peak {peak:.2} N·m)"
        )
    }
}

/// Torque that the planned motion asks of a joint's motor: inertia and drag, N·m.
fn demand_nm(joint: &crate::drive::Joint, planned: &Planned) -> f64 {
    let p = &joint.params;
    let travel = p.transmission.travel_m_per_rad;
    let share = planned.tangent[p.axis].abs();
    let acceleration = planned.acceleration_m_per_s2.abs() * share;
    let speed = planned.speed_m_per_s * share;
    let drag = if speed > 0.0 { p.friction.coulomb_n + p.friction.viscous_n_s_per_m * speed } else { 0.0 };
    let rotor = (p.motor.rotor_inertia_kg_m2 + p.transmission.inertia_kg_m2) * acceleration / travel;
    rotor + (p.moved_mass_kg * acceleration + drag) * travel / p.transmission.efficiency
}
