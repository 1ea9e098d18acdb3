//! What the plan alone says, before anything is simulated: times, travel, step rates.
//!
//! In: scene and program. Out: [`Plan`] and findings.

use crate::diag::{Diagnostic, Place};
use crate::drive::params::JointParams;
use crate::drive::whirl::SAFE_SHARE;
use crate::program::Program;
use crate::scene::model::Scene;
use crate::twin::controller::outputs;
use crate::twin::course::Course;
use torchtwin_planner::{AXES, MoveKind, Output, PathItem, Shape, Slice, TICK_HZ, TorchEvent};

/// Most trace samples of a run; longer runs are sampled more coarsely.
const TRACE_SAMPLES: f64 = 60_000.0;

/// What the plan says.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// From start to end, s.
    pub cycle_time_s: f64,
    /// In rapids, s.
    pub rapid_time_s: f64,
    /// Highest step rate of each axis, Hz.
    pub step_rate_hz: [f64; 3],
    /// Line of that rate.
    pub step_rate_line: [u32; 3],
    /// Highest speed of each axis as a share of that at which its screw whirls; 0 where it has none.
    pub whirl_share: [f64; 3],
    /// How far the program leaves the machine's travel, m; 0 when it stays within.
    pub travel_exceeded_m: f64,
    /// In words: which axis, how far it may go, how far it is told to go.
    pub travel_words: String,
    /// Longest dwell, s, and its line.
    pub longest_dwell: (f64, u32),
    /// Longest move or dwell, s, and its line.
    pub longest: (f64, u32),
    /// Interval of the trace, s.
    pub trace_interval_s: f64,
}

impl Plan {
    /// By how much the fastest axis asks for more steps a second than the controller can send, Hz; 0 when it does not.
    pub fn step_rate_exceeded_hz(&self, scene: &Scene) -> f64 {
        let fastest = self.step_rate_hz.iter().copied().fold(0.0, f64::max);
        (fastest - scene.machine.max_step_rate_hz).max(0.0)
    }
}

/// Longest plan that is simulated, s: a day. Beyond it a number in the program is wrong.
const LONGEST_S: f64 = 86_400.0;

/// Dwell beyond which milliseconds are suspected, s.
const LONG_DWELL_S: f64 = 120.0;

/// Refuses a plan that no machine would carry out.
///
/// # Errors
/// When the plan takes longer than a day, or no finite time.
pub fn refuse_endless(scene: &Scene, plan: &Plan) -> Result<(), Diagnostic> {
    if plan.cycle_time_s <= LONGEST_S {
        return Ok(());
    }
    let (longest, line) = plan.longest;
    let found = format!("the plan takes more than a day, {:.0} hours of it on line {line}", longest / 3600.0);
    let place = Place { file: scene.job.program_file.clone(), line, ..Place::default() };
    Err(Diagnostic::error("T006", found)
        .at(place)
        .expected("at most a day")
        .hint("check the feeds (mm or inch?) and the dwells: P counts in seconds unless [job] dwell_p_in_ms = true"))
}

/// Plans the whole program, or the first day of it.
pub fn plan(scene: &Scene, program: &Program, course: &Course) -> Plan {
    let mut tally = Tally::default();
    for output in outputs(scene, course) {
        tally.take(&output, &scene.machine.limits.steps_per_m);
        if seconds(tally.end) > LONGEST_S {
            break;
        }
    }
    tally.next_item(u32::MAX);
    let (travel_exceeded_m, travel_words) = travel(scene, program);
    let in_words = |(ticks, item): (u64, u32)| (seconds(ticks), course.line(item));
    Plan {
        cycle_time_s: seconds(tally.end),
        rapid_time_s: seconds(tally.rapid),
        step_rate_hz: tally.fastest.map(|(hz, _)| hz),
        whirl_share: [0, 1, 2].map(|axis| {
            let hz_per_m_per_s = scene.machine.limits.steps_per_m[axis];
            let whirls = |joint: &&JointParams| joint.axis == axis;
            scene
                .machine
                .joints
                .iter()
                .find(whirls)
                .map_or(0.0, |j| tally.fastest[axis].0 / hz_per_m_per_s / j.transmission.whirl_m_per_s)
        }),
        step_rate_line: tally.fastest.map(|(_, item)| course.line(item)),
        travel_exceeded_m,
        travel_words,
        longest_dwell: in_words(tally.longest_stand),
        longest: in_words(tally.longest),
        trace_interval_s: scene.trace_interval_s.max(seconds(tally.end) / TRACE_SAMPLES),
    }
}

/// What the outputs come to. Times are ticks, with the number of the item they belong to.
#[derive(Default)]
struct Tally {
    end: u64,
    rapid: u64,
    /// Highest step rate of each axis, Hz, and its item.
    fastest: [(f64, u32); AXES],
    /// The item under way, and how long it has moved and stood so far.
    item: u32,
    moved: u64,
    stood: u64,
    longest: (u64, u32),
    longest_stand: (u64, u32),
}

impl Tally {
    fn take(&mut self, output: &Output, steps_per_m: &[f64; AXES]) {
        match output {
            Output::Step(_) | Output::Torch { .. } => {}
            Output::Stand { tick, ticks, tag } => {
                self.next_item(*tag);
                self.stood = self.stood.saturating_add(*ticks);
                self.end = tick.saturating_add(*ticks);
            }
            Output::Slice(slice) => {
                self.next_item(slice.tag);
                self.moved += slice.ticks;
                self.end = slice.tick + slice.ticks;
                if slice.kind == MoveKind::Rapid {
                    self.rapid += slice.ticks;
                }
                self.step_rates(slice, steps_per_m);
            }
        }
    }

    /// Closes the item under way if another one begins.
    fn next_item(&mut self, item: u32) {
        if item != self.item {
            self.longest = self.longest.max((self.moved.max(self.stood), self.item));
            self.longest_stand = self.longest_stand.max((self.stood, self.item));
            (self.item, self.moved, self.stood) = (item, 0, 0);
        }
    }

    /// The speed at a slice's end says it all: the fastest point of a motion is the end of some slice.
    fn step_rates(&mut self, slice: &Slice, steps_per_m: &[f64; AXES]) {
        let way = slice.geometry.tangent_at(0.0);
        for i in 0..AXES {
            let hz = slice.wanted_speed_m_per_s * way[i].abs() * steps_per_m[i];
            if hz > self.fastest[i].0 {
                self.fastest[i] = (hz, slice.tag);
            }
        }
    }
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICK_HZ
}

/// How far the program leaves the travel, m, and in words.
fn travel(scene: &Scene, program: &Program) -> (f64, String) {
    let Some((low, high)) = program.bounds_in_machine_m else { return (0.0, String::new()) };
    let mut worst = (0.0, String::new());
    for (i, name) in ["X", "Y", "Z"].iter().enumerate() {
        let [least, most] = scene.machine.mechanism.travel_m[i];
        let over = (least - low[i]).max(high[i] - most);
        if over > worst.0 + 1e-9 {
            let words = format!(
                "{name} runs from {:.1} to {:.1} mm, and the machine from {:.1} to {:.1} mm",
                low[i] * 1e3,
                high[i] * 1e3,
                least * 1e3,
                most * 1e3
            );
            worst = (over, words);
        }
    }
    worst
}

/// Warnings that follow from the plan.
pub fn findings(scene: &Scene, program: &Program, plan: &Plan) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let file = &scene.job.program_file;
    for (i, name) in ["X", "Y", "Z"].iter().enumerate() {
        let most = scene.machine.max_step_rate_hz;
        if plan.step_rate_hz[i] > most {
            let place = Place { file: file.clone(), line: plan.step_rate_line[i], ..Place::default() };
            let found = format!("{name} needs {:.1} thousand steps a second", plan.step_rate_hz[i] / 1e3);
            let expected = format!("at most {:.0} thousand, what {} can send", most / 1e3, scene.machine.controller);
            let hint = "lower the rapid rate, use fewer microsteps, or choose a faster controller";
            out.push(Diagnostic::warning("T002", found).at(place).expected(expected).hint(hint));
        }
    }
    for (i, name) in ["X", "Y", "Z"].iter().enumerate().filter(|(i, _)| plan.whirl_share[*i] > SAFE_SHARE) {
        let place = Place { file: file.clone(), line: plan.step_rate_line[i], ..Place::default() };
        let share = plan.whirl_share[i];
        let found = format!("{name} turns its screw at {:.0} % of the speed at which it whirls", 100.0 * share);
        let expected = format!("at most {:.0} %", 100.0 * SAFE_SHARE);
        let slower = plan.step_rate_hz[i] / scene.machine.limits.steps_per_m[i] * SAFE_SHARE / share;
        let hint = format!(
            "go no faster than {:.0} mm/min in {name}, or take a thicker screw, a larger lead or fixed ends",
            slower * 60e3
        );
        out.push(Diagnostic::warning("T007", found).at(place).expected(expected).hint(hint));
    }
    let (dwell, line) = plan.longest_dwell;
    if dwell > LONG_DWELL_S {
        let place = Place { file: file.clone(), line, ..Place::default() };
        let hint = "where P counts in milliseconds, set [job] dwell_p_in_ms = true";
        out.push(Diagnostic::warning("T005", format!("a dwell of {dwell:.0} s")).at(place).hint(hint));
    }
    if plan.travel_exceeded_m > 0.0 {
        let place = Place { file: file.clone(), ..Place::default() };
        let found = format!("the program does not fit on the table: {}", plan.travel_words);
        let hint = "move the work zero ([job] work_zero_mm), or choose a larger table";
        out.push(Diagnostic::warning("T003", found).at(place).hint(hint));
    }
    if plan.travel_exceeded_m <= 0.0
        && let Some(line) = beyond_plate(scene, program)
    {
        let size = scene.plate.size_m;
        let place = Place { file: file.clone(), line, ..Place::default() };
        let found = format!("the torch is told to cut beyond the plate of {:.0} × {:.0} mm", size[0] * 1e3, size[1] * 1e3);
        out.push(Diagnostic::warning("T004", found).at(place).hint("give the plate's real size and corner in [plate]"));
    }
    out
}

/// Line of the first move with open oxygen that ends beyond the plate.
fn beyond_plate(scene: &Scene, program: &Program) -> Option<u32> {
    let (corner, size) = (scene.plate.corner_in_machine_m, scene.plate.size_m);
    let mut cutting = false;
    program.items.iter().find_map(|item| match *item {
        PathItem::Torch { event, .. } => {
            cutting = event == TorchEvent::OxygenOn;
            None
        }
        PathItem::Move { tag, shape: Shape::Line { to } | Shape::Arc { to, .. }, .. } => {
            let off = (0..2).any(|i| to[i] < corner[i] - 1e-9 || to[i] > corner[i] + size[i] + 1e-9);
            (cutting && off).then(|| program.line(tag))
        }
        PathItem::Dwell { .. } | PathItem::Stop { .. } | PathItem::Mode { .. } => None,
    })
}
