//! The loop: a checked scene in, a [`record::Record`] out. Fixed, counted steps; owns all parameters and states.
//!
//! May use: all rooms from `program` to `plate`, and `scene`'s model. No files, no clock of its own (a stopwatch may be handed in; its
//! readings go nowhere but into [`Stage`] times), no unseeded random.
//!
//! Order of one machine step at time t = n · h: torch events up to t; every tenth step a sample (ladder, torch, plate); the microsteps
//! within half a step of t go to the drives; the mechanism steps to t + h. While speed and direction are constant and nothing vibrates,
//! a jump carries everything on to just before the next change.

pub mod advice;
pub mod budget;
pub mod contour;
pub mod controller;
pub mod course;
pub mod edge;
pub mod faults;
pub mod film;
pub mod finish;
pub mod growth;
pub mod hits;
pub mod maps;
pub mod measure;
pub mod observe;
pub mod plant;
pub mod preflight;
pub mod process;
pub mod record;
pub mod replay;
pub mod rings;
pub mod strides;
pub mod stroke;
pub mod timeline;

use crate::diag::Diagnostic;
use crate::drive::Joint;
pub use crate::machine::engines::EngineKind;
use crate::machine::strides::STRIDE_S;
use crate::plate::geometry::Region;
use crate::program::Program;
use crate::scene::model::Scene;
use controller::QUEUE;
use course::Course;
use observe::{Look, Observer};
use plant::{DRIVE_LAG_S, Plant, STEP_S, SUBSTEPS, WindowSteps};
use process::{Process, Sample};
use record::{ProbeRecord, Record};
use timeline::{Planned, Timeline};
use torchtwin_planner::{StepEdge, TICK_HZ, TorchEvent};

/// Machine steps between samples.
const SAMPLE_STEPS: u64 = 10;

/// Machine steps of a stride.
const STRIDE_STEPS: u64 = (STRIDE_S / STEP_S + 0.5) as u64;

/// Once sub-steps have been needed, strides are tried again after so many machine steps.
const SUBSTEPS_AT_LEAST: u64 = 50;

/// One in so many machine steps is timed, for all of them: looking at the clock takes a tenth of a step.
const TIMED_STEPS: u64 = 16;

/// Longest jump, s; also the sampling interval of a steady cut.
const JUMP_S: f64 = 0.01;

/// Nothing vibrates when for so many samples no body moves faster against the steady motion than the scene's amplitude does at the
/// lowest natural frequency.
const CALM_SAMPLES: u32 = 20;

/// How long the machine is watched after its last move, s.
const TAIL_S: f64 = 0.1;

/// Options of a run that do not belong to the scene.
pub struct Options<'a> {
    /// What integrates the mechanism.
    pub engine: EngineKind,
    /// Jump over steady motion.
    pub fast_forward: bool,
    /// Take strides of half a millisecond where the engine can and nothing needs sub-steps: faster, and not for verdicts.
    pub strides: bool,
    /// End the run at this instant instead of the program's end, s.
    pub until_s: Option<f64>,
    /// Wall clock for stage times, s. `&|| 0.0` where nobody asks.
    pub clock: &'a (dyn Fn() -> f64 + Sync),
    /// Called now and then with simulated and total seconds and the line.
    pub progress: &'a dyn Fn(f64, f64, u32),
    /// Shown everything as it happens; the run ends early where it says so.
    pub watch: Option<film::Watch<'a>>,
}

impl Options<'static> {
    /// The whole run on `engine`, with nobody to look on.
    pub fn on(engine: EngineKind) -> Self {
        Self { engine, fast_forward: true, strides: false, until_s: None, clock: &|| 0.0, progress: &|_, _, _| (), watch: None }
    }
}

/// Wall seconds of a stage, in flow order.
pub type Stage = (&'static str, f64);

/// What came of a run.
pub struct Outcome {
    /// The record.
    pub record: Record,
    /// Wall seconds by stage.
    pub stages: Vec<Stage>,
    /// Warnings met before the run.
    pub findings: Vec<Diagnostic>,
}

/// Runs `program` on `scene`. A program that leaves the machine's travel is not simulated: its record holds the figures of the plan.
///
/// # Errors
/// A diagnostic when the run cannot give a result.
pub fn run(scene: &Scene, program: &Program, options: &Options) -> Result<Outcome, Diagnostic> {
    let begin = (options.clock)();
    let course = &Course::new(program);
    let plan = preflight::plan(scene, program, course);
    let mut stages = vec![("plan", (options.clock)() - begin)];
    preflight::refuse_endless(scene, &plan)?;
    let findings = preflight::findings(scene, program, &plan);
    if plan.travel_exceeded_m > 0.0 {
        let record = finish::unsimulated(scene, program, &plan);
        return Ok(Outcome { record, stages, findings });
    }
    let record = std::thread::scope(|threads| {
        let (sender, receiver) = crossbeam_channel::bounded(QUEUE);
        threads.spawn(move || controller::feed(scene, course, &sender));
        let timeline = Timeline::new(receiver, course.start());
        let mut twin = Loop::new(scene, program, course, &plan, timeline, options);
        twin.run()?;
        stages.extend(twin.stages());
        Ok(twin.finish(&mut stages))
    })?;
    Ok(Outcome { record, stages, findings })
}

struct Loop<'a> {
    scene: &'a Scene,
    program: &'a Program,
    course: &'a Course<'a>,
    plan: &'a preflight::Plan,
    options: &'a Options<'a>,
    timeline: Timeline,
    plant: Plant,
    process: Process,
    /// The parts that the job is to make.
    wanted: Vec<Region>,
    faults: faults::Faults,
    observer: Observer,
    probes: Vec<ProbeRecord>,
    /// Machine steps done.
    step: u64,
    jumped: u64,
    /// Machine steps gone in strides, and from which on strides may be tried.
    strode: u64,
    strides_from: u64,
    calm: u32,
    calm_m_per_s: f64,
    /// When to stop watching, once the program is done, s.
    end_s: Option<f64>,
    last_sample_s: f64,
    last: Option<Sample>,
    camera: film::Camera,
    /// Whoever watches has seen enough.
    stopped: bool,
    /// Wall seconds: drive, machine, torch and plate.
    wall: [f64; 3],
}

impl<'a> Loop<'a> {
    fn new(
        scene: &'a Scene,
        program: &'a Program,
        course: &'a Course<'a>,
        plan: &'a preflight::Plan,
        timeline: Timeline,
        options: &'a Options,
    ) -> Self {
        let machine = &scene.machine;
        let joints: Vec<Joint> = machine.joints.iter().cloned().map(Joint::new).collect();
        let mut plant = Plant::new(options.engine, &machine.mechanism, &machine.geometry, &joints, program.start_in_machine_m);
        if !options.strides {
            plant.forbid_strides();
        }
        let wanted = measure::intended(scene, program, &finish::plate_region(scene));
        let first_hz = rings::modes_of(machine).first().map_or(0.0, |mode| mode.frequency_hz);
        let probe = |p: &crate::scene::model::Probe| ProbeRecord {
            name: p.name.clone(),
            at_in_machine_m: p.at_in_machine_m,
            depth_m: p.depth_m,
            series: Vec::new(),
            peak_c: f64::NEG_INFINITY,
        };
        Self {
            faults: faults::Faults::of(scene),
            observer: Observer::new(&plant, plan.trace_interval_s),
            process: Process::new(scene, &wanted),
            wanted,
            probes: scene.probes.iter().map(probe).collect(),
            scene,
            program,
            course,
            plan,
            options,
            timeline,
            plant,
            step: 0,
            jumped: 0,
            strode: 0,
            strides_from: 0,
            calm: 0,
            calm_m_per_s: scene.fast_forward_m * std::f64::consts::TAU * first_hz,
            end_s: None,
            last_sample_s: 0.0,
            last: None,
            camera: film::Camera::default(),
            stopped: false,
            wall: [0.0; 3],
        }
    }

    fn time_s(&self) -> f64 {
        self.step as f64 * STEP_S
    }

    fn run(&mut self) -> Result<(), Diagnostic> {
        let mut samples: u64 = 0;
        loop {
            let t = self.time_s();
            if self.stopped || self.options.until_s.is_some_and(|end| t >= end) {
                return Ok(());
            }
            let mut events = Vec::new();
            self.timeline.advance_to(t, |event, item| events.push((event, item)));
            if self.end_s.is_none() && self.timeline.finished(t) {
                self.end_s = Some(t + TAIL_S);
            }
            if self.end_s.is_some_and(|end| t >= end - 0.5 * STEP_S) {
                return Ok(());
            }
            self.strike(t);
            let due = self.step.is_multiple_of(SAMPLE_STEPS);
            if due || !events.is_empty() {
                let planned = self.timeline.at(t);
                self.sample(t, &planned)?;
                for (event, item) in events {
                    self.switch(event, item);
                }
                samples += 1;
                if samples.is_multiple_of(1000) {
                    (self.options.progress)(t, self.plan.cycle_time_s, self.course.line(planned.item));
                }
                if due && self.jump(&planned) {
                    continue;
                }
            }
            self.advance();
        }
    }

    fn switch(&mut self, event: TorchEvent, item: u32) {
        if let Some(mut sample) = self.last {
            sample.line = self.course.line(item);
            self.process.switch(event, &sample);
        }
    }

    /// Lets come to pass what the scene says will break.
    fn strike(&mut self, t: f64) {
        if t < self.faults.next_s() {
            return;
        }
        let line = self.last.map_or(0, |sample| sample.line);
        for text in self.faults.strike(t, self.scene, &mut self.plant) {
            self.observer.note(t, line, &self.plant.rungs(), text);
        }
    }

    /// One machine step, or a stride of several.
    fn advance(&mut self) {
        if self.step.is_multiple_of(STRIDE_STEPS) && self.plant.can_stride() && self.step >= self.strides_from && self.stride() {
            return;
        }
        let mut window: WindowSteps = [[0; SUBSTEPS]; 3];
        let ticks = (STEP_S * TICK_HZ) as u64;
        let sub_ticks = ticks / SUBSTEPS as u64;
        let lag = (DRIVE_LAG_S * TICK_HZ) as u64;
        let end = (self.step + 1) * ticks - lag;
        let start = end.saturating_sub(ticks);
        let (plant, observer) = (&self.plant, &mut self.observer);
        self.timeline.steps_before(end, |StepEdge { tick, axis, forward }| {
            let k = (tick.saturating_sub(start) / sub_ticks).min(SUBSTEPS as u64 - 1) as usize;
            window[axis as usize][k] += if forward { 1 } else { -1 };
            observer.count_step(plant, axis as usize);
        });
        let clock: &dyn Fn() -> f64 = if self.step.is_multiple_of(TIMED_STEPS) { self.options.clock } else { &|| 0.0 };
        let spent = self.plant.step(&window, clock);
        self.wall[0] += TIMED_STEPS as f64 * spent[0];
        self.wall[1] += TIMED_STEPS as f64 * spent[1];
        self.step += 1;
    }

    /// A stride, if nothing in it needs sub-steps.
    fn stride(&mut self) -> bool {
        let begin = (self.options.clock)();
        let ticks = (STEP_S * TICK_HZ) as u64;
        let lag = (DRIVE_LAG_S * TICK_HZ) as u64;
        let stride = STRIDE_STEPS * ticks;
        let node = self.step * ticks;
        let end = node + stride - lag;
        // What is commanded goes straight from node to node; a step comes in over the stride about it.
        let mut ahead = [[0.0; 3]; 2];
        let mut taken = [0_i64; 3];
        self.timeline.steps_about(node + stride + stride / 2, |edge, had| {
            let (axis, sign) = (usize::from(edge.axis), if edge.forward { 1 } else { -1 });
            for (ahead, node) in ahead.iter_mut().zip([node, node + stride]) {
                let came = ((node + stride / 2) as f64 - edge.tick as f64) / stride as f64;
                ahead[axis] += f64::from(sign) * (came.clamp(0.0, 1.0) - f64::from(u8::from(had)));
            }
            taken[axis] += i64::from(sign) * i64::from(!had && edge.tick < end);
        });
        let strode = self.plant.stride(ahead, taken);
        if strode {
            let (plant, observer) = (&self.plant, &mut self.observer);
            self.timeline.steps_before(end, |edge| observer.count_step(plant, usize::from(edge.axis)));
            self.step += STRIDE_STEPS;
            self.strode += STRIDE_STEPS;
        } else {
            self.strides_from = self.step + SUBSTEPS_AT_LEAST;
        }
        self.wall[1] += (self.options.clock)() - begin;
        strode
    }

    /// Ladder, torch and plate at time `t`.
    fn sample(&mut self, t: f64, planned: &Planned) -> Result<(), Diagnostic> {
        let line = self.course.line(planned.item);
        self.plant.show();
        let rungs = self.plant.rungs();
        let tip = rungs.tip;
        if !tip.iter().all(|x| x.is_finite()) {
            return Err(Diagnostic::error("T001", format!("the simulation of the machine broke down at line {line}, {t:.3} s"))
                .hint("this is a fault of torchtwin, not of your machine; please report the scene"));
        }
        let off_path_m =
            |point: [f64; 3]| contour::deviation_m([point[0], point[1]], self.course.near(planned.item)).unwrap_or(0.0);
        let deviation_m = off_path_m(tip);
        let begin = (self.options.clock)();
        let sample = Sample {
            time_s: t,
            dt_s: t - self.last_sample_s,
            line,
            tip_in_machine_m: tip,
            planned_in_machine_m: planned.point,
            tangent: [planned.tangent[0], planned.tangent[1]],
            speed_m_per_s: planned.speed_m_per_s,
            deviation_m,
        };
        self.process.step(&sample);
        self.plant.warm(self.process.burning(), sample.dt_s);
        self.wall[2] += (self.options.clock)() - begin;
        self.last_sample_s = t;
        self.last = Some(sample);
        let planned_off_m = off_path_m(planned.point);
        let travelled = planned.speed_m_per_s * DRIVE_LAG_S;
        let look = Look {
            time_s: t,
            line,
            planned,
            planned_before: std::array::from_fn(|i| planned.point[i] - travelled * planned.tangent[i]),
            rungs: &rungs,
            deviation_m,
            planned_off_m,
            cutting: self.process.cutting(),
            judged: self.is_judged(planned),
            kerf_off_m: 0.5 * (self.process.kerf_now_m() - self.scene.torch.params.setting.kerf_m),
        };
        let traced = self.observer.trace.len();
        self.observer.look(&self.plant, &look);
        if self.observer.trace.len() > traced {
            // Beside a real flame a thermocouple may be a step of the heat late; a source to be compared with formulas may not.
            if !self.probes.is_empty() && self.process.is_source() {
                self.process.catch_up();
            }
            for probe in &mut self.probes {
                let c = self.process.heat.temperature_at_c(probe.at_in_machine_m, probe.depth_m);
                probe.series.push((t, c));
                probe.peak_c = probe.peak_c.max(c);
            }
        }
        match self.options.watch {
            Some(watch) => self.show(watch, &look),
            None => self.process.strokes.clear(),
        }
        Ok(())
    }

    /// Shows the sample to whoever watches.
    fn show(&mut self, watch: film::Watch, look: &Look) {
        let motors = self.observer.motors_now(&self.plant, look.planned);
        let frame = film::Frame {
            time_s: look.time_s,
            line: look.line,
            deviation_m: look.deviation_m as f32,
            planned_off_m: look.planned_off_m as f32,
            ..film::frame(look.planned, look.rungs, self.plant.sides_m(), &self.process, motors)
        };
        self.stopped |= !self.camera.look(watch, frame, &mut self.process, &self.observer.events);
    }

    /// Whether the tip's place counts: while it cuts, or feeds where nobody recorded when it cut.
    fn is_judged(&self, planned: &Planned) -> bool {
        let torch_unknown = self.scene.job.recording.as_ref().is_some_and(|recording| recording.torch.is_empty());
        self.process.cutting() || torch_unknown && planned.speed_m_per_s > 0.0 && !planned.rapid
    }

    /// Jumps to just before the next change if everything is steady; returns whether it did.
    fn jump(&mut self, planned: &Planned) -> bool {
        if !self.options.fast_forward {
            return false;
        }
        let steady: [f64; 3] = std::array::from_fn(|i| planned.speed_m_per_s * planned.tangent[i]);
        let calm = planned.steady_s > 0.0 && self.plant.unrest_m_per_s(steady) < self.calm_m_per_s;
        self.calm = if calm { self.calm + 1 } else { 0 };
        let left_s = self.end_s.map_or(f64::INFINITY, |end| end - self.time_s()).min(self.faults.next_s() - self.time_s());
        let room_s = (planned.steady_s - 2.0 * STEP_S).min(JUMP_S).min(left_s);
        let steps = (room_s / STEP_S) as u64 / SAMPLE_STEPS * SAMPLE_STEPS;
        if self.calm < CALM_SAMPLES || steps == 0 {
            return false;
        }
        let ticks = (STEP_S * TICK_HZ) as u64;
        let end = (self.step + steps) * ticks - (DRIVE_LAG_S * TICK_HZ) as u64;
        let mut microsteps = [0i64; 3];
        let (plant, observer) = (&self.plant, &mut self.observer);
        self.timeline.steps_before(end, |StepEdge { axis, forward, .. }| {
            microsteps[axis as usize] += if forward { 1 } else { -1 };
            observer.count_step(plant, axis as usize);
        });
        self.plant.jump(microsteps);
        self.step += steps;
        self.jumped += steps;
        true
    }

    fn stages(&self) -> [Stage; 3] {
        [("drive", self.wall[0]), ("machine", self.wall[1]), ("torch and plate", self.wall[2])]
    }

    fn finish(mut self, stages: &mut Vec<Stage>) -> Record {
        if let Some(last) = self.last {
            self.process.finish(&last);
            if let Some(watch) = self.options.watch {
                // Nobody is to stop what has ended.
                self.process.strokes.drain(..).for_each(|stroke| _ = watch(film::Shot::Stroke(stroke)));
            }
        }
        let begin = (self.options.clock)();
        let share = self.jumped as f64 / (self.step as f64).max(1.0);
        let record = finish::record(finish::Ended {
            scene: self.scene,
            program: self.program,
            plan: self.plan,
            plant: &self.plant,
            process: self.process,
            observer: self.observer,
            probes: self.probes,
            wanted: self.wanted,
            duration_s: self.step as f64 * STEP_S,
            fast_forward_share: share,
            stride_share: self.strode as f64 / (self.step as f64).max(1.0),
        });
        stages.push(("kerf and parts", (self.options.clock)() - begin));
        record
    }
}
