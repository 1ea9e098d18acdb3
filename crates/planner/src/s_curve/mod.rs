//! The jerk-limited profile: looks ahead, keeps speed, acceleration and jerk of every axis within limits, and rounds corners within a
//! tolerance.
//!
//! ```text
//! PathItem ─► track (pieces, caps) ─► speed (ramps) ─► samples ─► smooth (two averages) ─► dda (step interrupt) ─► steps
//! ```
//!
//! Along the path the speed changes by ramps of limited jerk ([`kernel`]); across it, where corners and curves would turn the velocity at once,
//! two moving averages over the positions of all axes spread the turn over time. A run of one straight move needs no averages and has none.

pub mod dda;
pub mod kernel;
pub mod settings;
pub mod shaper;
pub mod smooth;
pub mod speed;
mod switches;
pub mod track;

pub use settings::{SAMPLE_HZ, Settings};
pub use shaper::{Kind, Shaping};
pub use track::STEP_RATE_HZ as MOST_STEPS_HZ;

use dda::{Dda, TICKS};
use kernel::Ramp;
use shaper::Shaper;
use smooth::{Fine, Smoother, UNIT};
use speed::{Anchors, Overrides, Place, can_take, next_ramp};
use switches::Switches;
use track::Track;

use crate::geometry::Geometry;
use crate::grbl::LONGEST_STAND_S;
use crate::output::{Controller, Output, Slice};
use crate::path::{AXES, MoveKind, PathItem, PathMode, Point};
use crate::steps::{StepEdge, TICK_HZ};

/// Ticks of the step interrupt in ticks of time.
pub const INTERRUPT_TICKS: u64 = (TICK_HZ / SAMPLE_HZ) as u64 / TICKS as u64;

/// A whole controller that looks ahead over `N` pieces and averages over `W` samples at most.
#[derive(Clone, Debug)]
pub struct SCurve<const N: usize, const W: usize> {
    settings: Settings,
    tolerance_m: f64,
    track: Track<N>,
    place: Place,
    anchors: Anchors<N>,
    ramp: Option<(Ramp, f64)>,
    overrides: Overrides,
    /// What was asked for last, and comes into effect where it can.
    asked: Overrides,
    holding: bool,
    point: Point,
    smoother: Smoother<W>,
    shaper: Shaper<W>,
    /// What is reported of the latest samples, which the averages have not yet let through.
    of: [(u32, MoveKind); W],
    of_at: usize,
    switches: Switches,
    /// Samples until the averages stand still.
    settling: usize,
    fine: Fine,
    /// Speed of the last sample, m/s.
    speed: f64,
    dda: Dda,
    /// Ticks of time.
    now: u64,
    pending: Option<PathItem>,
    no_more: bool,
    unreported: dda::Steps,
}

impl<const N: usize, const W: usize> SCurve<N, W> {
    /// At rest at `start`, machine coordinates, m.
    pub fn new(settings: Settings, start: Point) -> Self {
        let length = settings.average_samples(W);
        let fine = fine(&settings, &start);
        Self {
            settings,
            tolerance_m: settings.tolerance_m,
            track: Track::new(start, length as f64 / SAMPLE_HZ, settings.shaping.as_ref()),
            place: Place::default(),
            anchors: Anchors::new(),
            ramp: None,
            overrides: Overrides { feed: 1.0, rapid: 1.0 },
            asked: Overrides { feed: 1.0, rapid: 1.0 },
            holding: false,
            point: start,
            smoother: Smoother::new(fine, length),
            shaper: Shaper::new(fine, settings.shaping.as_ref()),
            of: [(0, MoveKind::Rapid); W],
            of_at: 0,
            switches: Switches::default(),
            settling: 0,
            fine,
            speed: 0.0,
            dda: Dda::new(fine),
            now: 0,
            pending: None,
            no_more: false,
            unreported: dda::Steps::default(),
        }
    }

    /// Steps of each axis from machine zero.
    pub fn counts(&self) -> [i64; AXES] {
        self.dda.counts()
    }

    /// Brakes to rest on the path. [`SCurve::resume`] goes on.
    pub fn feed_hold(&mut self) {
        self.holding = true;
        self.cut_short();
    }

    /// Goes on after a hold.
    pub fn resume(&mut self) {
        self.holding = false;
    }

    /// Whether a hold has come to rest.
    pub fn is_held(&self) -> bool {
        self.holding && self.is_still() && (!self.track.is_empty() || self.pending.is_some())
    }

    /// Share of the programmed feed, 0.1 to 2, and of the rapid rate, 0.25 to 1. Values beyond are brought within.
    pub fn set_overrides(&mut self, feed: f64, rapid: f64) {
        self.asked = Overrides { feed: feed.clamp(0.1, 2.0), rapid: rapid.clamp(0.25, 1.0) };
        self.cut_short();
    }

    /// Ends a stretch at constant speed where the machine is: it may be as long as the block, and what has been asked for does not wait so long.
    fn cut_short(&mut self) {
        if let Some((ramp, t)) = self.ramp.take_if(|(ramp, _)| ramp.from == ramp.to) {
            let gone_m = ramp.distance_at(t);
            self.place.speed = ramp.to;
            self.place.done_m += gone_m;
            self.place.zone_m -= gone_m;
        }
    }

    /// After a hold has come to rest: forgets what is ahead. What follows starts from where the machine stands. While it moves nothing is
    /// forgotten, and the answer is false.
    pub fn abort(&mut self) -> bool {
        if !self.is_still() {
            return false;
        }
        self.track.clear(self.point);
        self.place = Place::default();
        self.pending = None;
        self.switches = Switches::default();
        self.holding = false;
        self.no_more = false;
        true
    }

    /// Where the path ends that has been taken in, m.
    pub fn end(&self) -> Point {
        self.track.end()
    }

    fn is_still(&self) -> bool {
        self.ramp.is_none()
            && self.place.speed == 0.0
            && self.settling == 0
            && !self.switches.on_their_way()
            && self.dda.is_done()
    }

    /// Takes items while there is room and nothing has to wait.
    fn take_items(&mut self, items: &mut dyn Iterator<Item = PathItem>) {
        while self.pending.is_none() && !self.track.is_full() && !self.no_more {
            let Some(item) = items.next() else {
                self.no_more = true;
                return;
            };
            match item {
                PathItem::Move { tag, kind, speed_m_per_s, ref shape } => {
                    self.track.push(&self.settings, self.tolerance_m, tag, kind, speed_m_per_s, shape);
                }
                PathItem::Mode { mode, .. } => {
                    self.tolerance_m = match mode {
                        PathMode::Exact => 0.0,
                        PathMode::Within(tolerance_m) => tolerance_m,
                        PathMode::Default => self.settings.tolerance_m,
                    };
                }
                PathItem::Torch { tag, event, with_move: true } if self.switches.take(self.track.next_number(), tag, event) => {}
                PathItem::Dwell { .. } | PathItem::Torch { .. } | PathItem::Stop { .. } => {
                    self.track.stop();
                    self.pending = Some(item);
                }
            }
        }
    }

    /// The averages for the run that begins, at rest: none for a single straight move, which turns nowhere.
    fn begin_run(&mut self) {
        let alone = self.track.len() == 1 && (self.pending.is_some() || self.no_more);
        let straight = matches!(self.track.piece(0).geometry, Geometry::Line { .. });
        let length = if alone && straight { 1 } else { self.settings.average_samples(W) };
        self.smoother.restart(fine(&self.settings, &self.point), length);
        self.of.fill((self.track.piece(0).tag, self.track.piece(0).kind));
        self.switches.reach(self.track.number(), 0);
        self.track.start_before_joint(&self.settings, self.place.done_m);
    }

    /// Moves on along the path by a sample.
    fn advance(&mut self) {
        let mut left_s = 1.0 / SAMPLE_HZ;
        let open = self.pending.is_none() && !self.no_more;
        // A ramp may end within the sample, and very short ones with it.
        for _ in 0..2 * N {
            let Some((ramp, t)) = &mut self.ramp else {
                if self.place.speed == 0.0 && self.settling == 0 && !self.track.is_empty() && !self.holding {
                    self.begin_run();
                }
                let (anchors, track, place) = (&mut self.anchors, &self.track, &self.place);
                if self.asked != self.overrides && can_take(anchors, track, place, &self.asked, open) {
                    self.overrides = self.asked;
                }
                let waiting = self.asked != self.overrides;
                self.ramp =
                    next_ramp(anchors, track, place, &self.overrides, self.holding, waiting, open).map(|ramp| (ramp, 0.0));
                if self.ramp.is_none() {
                    break;
                }
                continue;
            };
            let rest_s = ramp.duration_s - *t;
            if left_s < rest_s {
                *t += left_s;
                left_s = 0.0;
                break;
            }
            left_s -= rest_s;
            let (distance_m, speed) = (ramp.distance_m(), ramp.to);
            self.ramp = None;
            self.place.speed = speed;
            self.place.done_m += distance_m;
            self.place.zone_m -= distance_m;
            self.leave_pieces(0.0);
        }
        let ahead_m = self.ramp.as_ref().map_or(0.0, |(ramp, t)| ramp.distance_at(*t));
        self.leave_pieces(ahead_m);
        if left_s == 0.0 {
            self.settling = self.smoother.delay() + self.shaper.delay() + 1;
        }
        if self.track.is_empty() {
            return;
        }
        let piece = self.track.piece(0);
        self.point = piece.geometry.point_at((self.place.done_m + ahead_m) / piece.length_m);
        self.of[self.of_at] = (piece.tag, piece.kind);
        if self.ramp.is_none() && self.place.speed == 0.0 && !self.holding {
            // Nothing more can be done on what is left: less than any step.
            let rest_m = piece.length_m - self.place.done_m;
            if self.track.len() == 1 && rest_m < 1e-9 {
                self.point = piece.geometry.to();
                self.track.drop_first();
                self.place = Place::default();
            }
        }
    }

    /// Drops the pieces that are behind the place `ahead_m` from the start of the ramp.
    fn leave_pieces(&mut self, ahead_m: f64) {
        while self.track.len() > 1 {
            let length_m = self.track.piece(0).length_m;
            if self.place.done_m + ahead_m < length_m - 1e-13 {
                return;
            }
            self.place.done_m -= length_m;
            self.track.drop_first();
            self.switches.reach(self.track.number(), self.late() + 1);
            let piece = self.track.piece(0);
            // Where the place is a little beyond the joint, the zone counts from the joint.
            let zone_m = if piece.zone_m > 0.0 { piece.zone_m - self.place.done_m.min(0.0) } else { 0.0 };
            self.place.zone_m = self.place.zone_m.max(zone_m);
        }
    }

    /// Samples by which the averages delay the middle of what they spread.
    fn late(&self) -> usize {
        (self.smoother.delay() + self.shaper.delay()) / 2
    }

    /// What an item gives for which the machine has come to rest.
    fn stopped(&mut self, item: &PathItem) -> Option<Output> {
        match *item {
            PathItem::Dwell { tag, seconds } => {
                let tick = self.now;
                let ticks = (seconds.min(LONGEST_STAND_S) * TICK_HZ) as u64;
                self.now += ticks;
                Some(Output::Stand { tick, ticks, tag })
            }
            PathItem::Torch { tag, event, .. } => Some(Output::Torch { tick: self.now, tag, event }),
            PathItem::Stop { .. } | PathItem::Mode { .. } | PathItem::Move { .. } => None,
        }
    }

    /// One sample; the slice it makes, if anything moves.
    fn sample(&mut self) -> Option<Output> {
        self.advance();
        self.of_at = (self.of_at + 1) % W;
        self.settling = self.settling.saturating_sub(1);
        self.switches.go_on();
        let from = self.fine;
        let smooth = self.smoother.next(&fine(&self.settings, &self.point));
        self.fine = self.shaper.next(&smooth);
        self.dda.load(&self.fine);
        // Slow motion has samples without a step, and still is motion.
        if self.dda.is_still() && (self.ramp.is_none() || self.track.is_empty()) {
            self.dda.skip();
            self.speed = 0.0;
            self.now += INTERRUPT_TICKS * TICKS as u64;
            return None;
        }
        let late = self.late().min(W - 1);
        let (tag, kind) = self.of[(self.of_at + W - 1 - late) % W];
        let metres =
            |fine: &Fine| -> Point { core::array::from_fn(|i| fine[i] as f64 / (UNIT as f64 * self.settings.steps_per_m[i])) };
        let geometry = Geometry::Line { from: metres(&from), to: metres(&self.fine) };
        let speed = geometry.length_m() * SAMPLE_HZ;
        let last = core::mem::replace(&mut self.speed, speed);
        Some(Output::Slice(Slice {
            tag,
            kind,
            tick: self.now,
            ticks: INTERRUPT_TICKS * TICKS as u64,
            geometry,
            from_m: 0.0,
            speed_m_per_s: speed,
            acceleration_m_per_s2: 0.0,
            jerk_m_per_s3: 0.0,
            wanted_speed_m_per_s: (1.5 * speed - 0.5 * last).max(0.0),
        }))
    }

    fn report_step(&mut self) -> Option<Output> {
        let steps = &mut self.unreported;
        let axes = steps.forward | steps.backward;
        if axes == 0 {
            return None;
        }
        let axis = axes.trailing_zeros() as u8;
        let forward = steps.forward & (1 << axis) != 0;
        steps.forward &= !(1 << axis);
        steps.backward &= !(1 << axis);
        Some(Output::Step(StepEdge { tick: self.now, axis, forward }))
    }
}

impl<const N: usize, const W: usize> Controller for SCurve<N, W> {
    fn next(&mut self, items: &mut dyn Iterator<Item = PathItem>) -> Option<Output> {
        loop {
            if let Some(step) = self.report_step() {
                return Some(step);
            }
            if !self.dda.is_done() {
                self.now += INTERRUPT_TICKS * self.dda.skip_quiet() as u64;
                if self.dda.is_done() {
                    continue;
                }
                self.now += INTERRUPT_TICKS;
                self.unreported = self.dda.tick();
                continue;
            }
            if let Some((tag, event)) = self.switches.due() {
                return Some(Output::Torch { tick: self.now, tag, event });
            }
            self.take_items(items);
            if self.is_still() && (self.track.is_empty() || self.holding) {
                if self.holding {
                    return None;
                }
                let full = matches!(self.pending, Some(PathItem::Torch { with_move: true, .. }));
                if full && self.switches.now() {
                    continue;
                }
                let item = self.pending.take();
                match item {
                    Some(item) => {
                        if let Some(output) = self.stopped(&item) {
                            return Some(output);
                        }
                        continue;
                    }
                    None => {
                        // At rest at the end of what was known: what comes later is taken in anew.
                        self.no_more = false;
                        return None;
                    }
                }
            }
            if let Some(slice) = self.sample() {
                return Some(slice);
            }
        }
    }
}

/// The nearest fine position.
fn fine(settings: &Settings, point: &Point) -> Fine {
    core::array::from_fn(|i| libm::rint(point[i] * settings.steps_per_m[i] * UNIT as f64) as i64)
}
