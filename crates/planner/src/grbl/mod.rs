//! The motion of Grbl 1.1, reproduced: same blocks, same segments, same interrupts at the same timer cycles, faults included.
//!
//! ```text
//! PathItem ─► arc (facets) ─► buffer (ring of blocks, look-ahead) ─► prep (10 ms segments) ─► pulse (step interrupt) ─► steps
//! ```
//!
//! The main loop and the interrupt of the real one are here calls that take no time, driven by a sender that always has the next line
//! ready. A step is reported at the interrupt that decides on it, as the real one counts it; its pin follows one interrupt later. Uses
//! `libm`.

pub mod arc;
pub mod buffer;
pub mod prep;
pub mod pulse;
pub mod settings;

pub use settings::{SettingError, Settings};

use arc::Facets;
use buffer::{Ring, Taken};
use libm::{ceilf, roundf, sqrtf};
use prep::{Prep, Segment};
use pulse::Pulser;
use settings::{NEVER_IDLE_MS, TIMER_HZ};

use crate::geometry::Geometry;
use crate::output::{Output, Slice};
use crate::path::{AXES, MoveKind, PathItem, Point, Shape};
use crate::steps::StepEdge;

/// Blocks of the real one, of which one is always free.
pub const BLOCKS: usize = 16;
/// Segments of the real one, of which one is always free.
pub const SEGMENTS: usize = 6;
/// How long the main loop is away with other things, timer cycles. A real Uno takes about a millisecond to parse a line.
const MAIN_LOOP_CYCLES: u64 = 16_000;
/// Ten years.
pub(crate) const LONGEST_STAND_S: f64 = 3.2e8;
/// The real one dwells in pieces of this length, and rounds up, ms.
const DWELL_PIECE_MS: f32 = 50.0;

/// A move that is being handed to the ring.
#[derive(Clone, Copy, Debug)]
struct Moving {
    tag: u32,
    kind: MoveKind,
    /// mm/min.
    feed: f32,
    facets: Facets,
    /// A facet for which there was no room.
    waiting: Option<[f32; AXES]>,
}

/// What is still to be done.
#[derive(Clone, Copy, Debug)]
enum Pending {
    Move(Moving),
    /// Waits until the machine stands.
    Stop(PathItem),
}

/// Whether the interrupt runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cycle {
    Idle,
    Running,
    Holding,
    /// At rest in a hold.
    Held,
}

/// A whole controller with room for `B` − 1 blocks and `S` − 1 segments.
#[derive(Clone, Debug)]
pub struct Grbl<const B: usize = BLOCKS, const S: usize = SEGMENTS> {
    settings: Settings,
    ring: Ring<B>,
    prep: Prep,
    queue: [Segment; S],
    first: usize,
    len: usize,
    pulser: Pulser,
    cycle: Cycle,
    /// When the last interrupt was, timer cycles since the start.
    now: u64,
    /// When the main loop looks after the motion again.
    away_until: u64,
    /// Steps done.
    count: [i32; AXES],
    /// Where the last item ends, mm.
    position_mm: [f32; AXES],
    /// The same as it was given, m.
    end_m: Point,
    pending: Option<Pending>,
    /// Steps of the present tick that are still to be reported, and their direction.
    unreported: (u8, u8),
    tag: u32,
    /// Interrupts so far.
    interrupts: u64,
    fastest_tick_hz: f64,
}

impl<const B: usize, const S: usize> Grbl<B, S> {
    /// At rest at `start`, machine coordinates, m.
    pub fn new(settings: Settings, start: Point) -> Self {
        let position_mm = millimetres(&start);
        let count: [i32; AXES] = core::array::from_fn(|i| roundf(position_mm[i] * settings.steps_per_mm[i]) as i32);
        Self {
            settings,
            ring: Ring::new(count),
            prep: Prep::default(),
            queue: [Segment::default(); S],
            first: 0,
            len: 0,
            pulser: Pulser::default(),
            cycle: Cycle::Idle,
            now: 0,
            count,
            position_mm,
            end_m: start,
            pending: None,
            unreported: (0, 0),
            away_until: 0,
            tag: 0,
            interrupts: 0,
            fastest_tick_hz: 0.0,
        }
    }

    /// Steps of each axis from machine zero.
    pub fn counts(&self) -> [i64; AXES] {
        self.count.map(i64::from)
    }

    /// Interrupts so far.
    pub fn interrupts(&self) -> u64 {
        self.interrupts
    }

    /// Highest rate at which the interrupt was asked to run, Hz; above [`settings::MAX_STEP_RATE_HZ`] the real one falls behind.
    pub fn fastest_tick_hz(&self) -> f64 {
        self.fastest_tick_hz
    }

    /// Goes on until there is something to tell, taking items as room and the program's stops allow. None when all is done, or while
    /// held.
    pub fn next(&mut self, items: &mut dyn Iterator<Item = PathItem>) -> Option<Output> {
        loop {
            if let Some(edge) = self.report_step() {
                return Some(Output::Step(edge));
            }
            match self.cycle {
                Cycle::Held => return None,
                Cycle::Idle => {
                    if let Some(output) = self.take_items(items) {
                        return Some(output);
                    }
                    if self.ring.is_empty() {
                        self.pending?;
                        continue;
                    }
                    self.cycle = Cycle::Running;
                    self.look(items);
                }
                Cycle::Running | Cycle::Holding if self.now >= self.away_until => self.look(items),
                Cycle::Running | Cycle::Holding => {
                    // The timer has its last period when it is started again.
                    self.now += u64::from(self.pulser.cycles());
                    let output = self.interrupt();
                    if output.is_some() {
                        return output;
                    }
                }
            }
        }
    }

    /// The main loop looks after the motion: it cuts segments into the places that have become free, and then takes lines into the blocks
    /// that have.
    fn look(&mut self, items: &mut dyn Iterator<Item = PathItem>) {
        self.away_until = self.now + MAIN_LOOP_CYCLES;
        self.prepare();
        if self.cycle == Cycle::Running {
            self.take_items(items);
        }
    }

    /// One interrupt. Tells where a segment begins, or that there is none.
    fn interrupt(&mut self) -> Option<Output> {
        self.interrupts += 1;
        let mut output = None;
        if self.pulser.is_idle() {
            if self.len == 0 {
                return Some(self.come_to_rest());
            }
            let segment = self.queue[self.first];
            self.pulser.load(&segment);
            self.fastest_tick_hz = self.fastest_tick_hz.max(TIMER_HZ / f64::from(segment.cycles_per_tick.max(1)));
            self.tag = segment.watch.block.tag;
            output = Some(Output::Slice(self.slice(&segment)));
        }
        let tick = self.pulser.tick();
        self.unreported = (tick.step, tick.backward);
        if self.pulser.is_idle() {
            self.first = (self.first + 1) % S;
            self.len -= 1;
        }
        output
    }

    /// Hands lines to the ring while there is room and nothing has to wait. Returns what a stop gives once the machine stands.
    fn take_items(&mut self, items: &mut dyn Iterator<Item = PathItem>) -> Option<Output> {
        loop {
            match &mut self.pending {
                None => {
                    let item = items.next()?;
                    if !matches!(item, PathItem::Mode { .. }) {
                        self.pending = Some(self.begin(&item));
                    }
                }
                Some(Pending::Move(moving)) => {
                    let mut moving = *moving;
                    let done = self.hand_over(&mut moving);
                    self.pending = if done { None } else { Some(Pending::Move(moving)) };
                    if !done {
                        return None;
                    }
                }
                Some(Pending::Stop(item)) => {
                    if self.cycle != Cycle::Idle || !self.ring.is_empty() {
                        return None;
                    }
                    let item = *item;
                    self.pending = None;
                    if let Some(output) = self.stopped(&item) {
                        return Some(output);
                    }
                }
            }
        }
    }

    fn begin(&mut self, item: &PathItem) -> Pending {
        let PathItem::Move { tag, kind, speed_m_per_s, shape } = *item else { return Pending::Stop(*item) };
        let from = self.position_mm;
        let from_m = self.end_m;
        let (facets, target) = match shape {
            Shape::Line { to } => {
                self.end_m = to;
                let target = millimetres(&to);
                (Facets::new(target, target, [0.0; 2], 0.0, [0, 1, 2], false, 0.0), target)
            }
            Shape::Arc { to, centre, plane, sweep_rad } => {
                self.end_m = to;
                let target = millimetres(&to);
                let axes = plane.axes();
                // I and J as they were written: the start in single precision may be off by more than a full circle's closing may.
                let offset: [f32; 2] = core::array::from_fn(|i| ((centre[i] - from_m[axes[i]]) * 1e3) as f32);
                let radius = sqrtf(offset[0] * offset[0] + offset[1] * offset[1]);
                let tolerance = self.settings.arc_tolerance_mm;
                (Facets::new(from, target, offset, radius, axes, sweep_rad < 0.0, tolerance), target)
            }
        };
        self.position_mm = target;
        let feed = (speed_m_per_s * 60e3) as f32;
        Pending::Move(Moving { tag, kind, feed, facets, waiting: None })
    }

    /// Puts facets into the ring; false when it is full.
    fn hand_over(&mut self, moving: &mut Moving) -> bool {
        loop {
            let Some(target) = moving.waiting.take().or_else(|| moving.facets.next()) else { return true };
            if self.ring.is_full() {
                moving.waiting = Some(target);
                return false;
            }
            let rapid = moving.kind == MoveKind::Rapid;
            if self.ring.push(&self.settings, target, moving.tag, rapid, moving.feed) == Taken::Block {
                self.replan();
            }
        }
    }

    fn replan(&mut self) {
        if self.ring.recalculate() {
            self.update_current();
        }
        self.ring.forward();
    }

    /// The block under way goes on from its present speed.
    fn update_current(&mut self) {
        if let (Some(speed), Some(block)) = (self.prep.replan(), self.ring.current()) {
            block.entry_sqr = speed * speed;
        }
    }

    /// Cuts segments while there is room.
    fn prepare(&mut self) {
        while self.len + 1 < S {
            let holding = self.cycle == Cycle::Holding;
            let Some(segment) = self.prep.segment(&mut self.ring, holding) else { return };
            if segment.ticks == 0 {
                continue;
            }
            self.queue[(self.first + self.len) % S] = segment;
            self.len += 1;
        }
    }

    fn report_step(&mut self) -> Option<StepEdge> {
        let (step, backward) = self.unreported;
        if step == 0 {
            return None;
        }
        let axis = step.trailing_zeros() as u8;
        self.unreported.0 &= step - 1;
        let forward = backward & (1 << axis) == 0;
        self.count[usize::from(axis)] += if forward { 1 } else { -1 };
        Some(StepEdge { tick: self.now, axis, forward })
    }

    /// The interrupt has found nothing more to do.
    fn come_to_rest(&mut self) -> Output {
        let held = self.cycle == Cycle::Holding;
        self.cycle = if held { Cycle::Held } else { Cycle::Idle };
        let idle = self.settings.idle_delay_ms;
        self.stand(if idle == NEVER_IDLE_MS { 0.0 } else { f64::from(idle) * 1e-3 })
    }

    /// What an item gives that waits for the machine to stand.
    fn stopped(&mut self, item: &PathItem) -> Option<Output> {
        self.tag = item.tag();
        match *item {
            PathItem::Dwell { seconds, .. } => {
                let pieces = ceilf(1000.0 / DWELL_PIECE_MS * seconds as f32);
                Some(self.stand(f64::from(pieces * DWELL_PIECE_MS) * 1e-3))
            }
            PathItem::Torch { tag, event, .. } => Some(Output::Torch { tick: self.now, tag, event }),
            PathItem::Stop { .. } | PathItem::Mode { .. } | PathItem::Move { .. } => None,
        }
    }

    fn stand(&mut self, seconds: f64) -> Output {
        let tick = self.now;
        // Longer than anybody waits, and short of where the clock ends.
        let ticks = (seconds.min(LONGEST_STAND_S) * TIMER_HZ) as u64;
        self.now += ticks;
        Output::Stand { tick, ticks, tag: self.tag }
    }

    /// What a segment is part of, in SI.
    fn slice(&self, segment: &Segment) -> Slice {
        let watch = &segment.watch;
        let block = &watch.block;
        let scale = self.settings.steps_per_mm;
        let metres = |steps: i32, i: usize| f64::from(steps) / f64::from(scale[i]) * 1e-3;
        let way = |i: usize| {
            let steps = block.steps[i] as i32;
            if block.backward & (1 << i) == 0 { steps } else { -steps }
        };
        let from: Point = core::array::from_fn(|i| metres(block.from_steps[i], i));
        let to: Point = core::array::from_fn(|i| metres(block.from_steps[i] + way(i), i));
        let geometry = Geometry::Line { from, to };
        let length_m = geometry.length_m();
        let share = |left_mm: f32| 1.0 - f64::from(left_mm) / f64::from(block.length_mm);
        let (before, after) = (share(watch.left_before_mm), share(watch.left_after_mm));
        let ticks = u64::from(segment.ticks) * u64::from(segment.cycles_per_tick);
        let seconds = ticks as f64 / TIMER_HZ;
        Slice {
            tag: block.tag,
            kind: if block.rapid { MoveKind::Rapid } else { MoveKind::Feed },
            tick: self.now,
            ticks,
            geometry,
            from_m: before * length_m,
            speed_m_per_s: (after - before) * length_m / seconds,
            acceleration_m_per_s2: 0.0,
            jerk_m_per_s3: 0.0,
            wanted_speed_m_per_s: f64::from(watch.speed) / 60e3,
        }
    }

    /// Brakes to rest on the path as fast as the accelerations allow. [`Grbl::resume`] goes on from there.
    pub fn feed_hold(&mut self) {
        if self.cycle == Cycle::Running {
            self.cycle = Cycle::Holding;
            self.update_current();
        }
    }

    /// Goes on after a feed hold has come to rest.
    pub fn resume(&mut self) {
        if self.cycle == Cycle::Held {
            self.prep.at_rest = false;
            self.prep.speed = 0.0;
            self.update_current();
            self.ring.reset_planned();
            self.replan();
            self.cycle = Cycle::Running;
        }
    }

    /// Whether a feed hold has come to rest.
    pub fn is_held(&self) -> bool {
        self.cycle == Cycle::Held
    }

    /// Feed override, 10 to 200 %, and rapid override, 25, 50 or 100 %. Values beyond are brought within.
    pub fn set_overrides(&mut self, feed_per_cent: u8, rapid_per_cent: u8) {
        self.ring.feed_override = feed_per_cent.clamp(10, 200);
        self.ring.rapid_override = rapid_per_cent.clamp(25, 100);
        self.ring.recap();
        self.update_current();
        self.ring.reset_planned();
        self.replan();
    }

    /// Stops the interrupt at once and forgets all motion: what a reset does. The step count is right, but motors that were moving may
    /// not follow.
    pub fn abort(&mut self) {
        self.ring.clear(self.count);
        self.prep.clear();
        self.pulser.clear();
        (self.first, self.len) = (0, 0);
        self.cycle = Cycle::Idle;
        self.pending = None;
        self.unreported = (0, 0);
        let scale = self.settings.steps_per_mm;
        self.position_mm = core::array::from_fn(|i| self.count[i] as f32 / scale[i]);
        self.end_m = self.position_mm.map(|mm| f64::from(mm) * 1e-3);
    }
}

fn millimetres(point: &Point) -> [f32; AXES] {
    point.map(|m| (m * 1e3) as f32)
}
