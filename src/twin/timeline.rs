//! The planned motion over time: segments from the planner's queue, what is planned at an instant, and the steps of a window of time.
//!
//! In: [`Segment`]s from the bounded channel that the planner's thread fills. Out: [`Planned`], step edges, torch events.
//! Results depend on the segments only, never on when the thread delivered them.

use std::collections::VecDeque;

use crossbeam_channel::{Receiver, Sender};
use torchtwin_planner::{
    AXES, Limits, Motion, MoveKind, PathItem, Planner, Point, Segment, StepEdge, Stepper, TICK_HZ, TorchEvent,
};

/// Blocks the planner looks ahead over.
pub const LOOK_AHEAD: usize = 64;

/// Segments that may wait between the planner's thread and the loop.
pub const QUEUE: usize = 256;

/// Motions kept after their end, so that a tip that lags behind is still compared with the path it is on.
const HISTORY: usize = 12;

/// Plans `items` as a sender does that keeps the ring full, and hands the segments on until the receiver is gone. Returns the number of
/// segments.
pub fn plan_into(limits: Limits, start: Point, items: &[PathItem], mut sink: impl FnMut(Segment) -> bool) -> usize {
    let mut planner: Planner<LOOK_AHEAD> = Planner::new(limits, start);
    let mut count = 0;
    for item in items {
        if planner.is_full() {
            let Some(segment) = planner.pop() else { return count };
            count += 1;
            if !sink(segment) {
                return count;
            }
        }
        if planner.push(item).is_err() {
            return count;
        }
    }
    while let Some(segment) = planner.pop() {
        count += 1;
        if !sink(segment) {
            break;
        }
    }
    count
}

/// The body of the planner's thread.
pub fn feed(limits: Limits, start: Point, items: &[PathItem], queue: &Sender<Segment>) {
    plan_into(limits, start, items, |segment| queue.send(segment).is_ok());
}

/// How long a segment takes, s.
pub fn duration_s(segment: &Segment) -> f64 {
    match segment {
        Segment::Motion(m) => m.profile.duration_s(),
        Segment::Dwell { seconds, .. } => *seconds,
        Segment::Torch { .. } => 0.0,
    }
}

#[derive(Clone, Copy, Debug)]
struct Timed {
    segment: Segment,
    start_s: f64,
    end_s: f64,
}

/// What is planned at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// Where, machine coordinates, m.
    pub point: Point,
    /// Unit vector of travel; zero at a stand.
    pub tangent: Point,
    /// Speed along the path, m/s.
    pub speed_m_per_s: f64,
    /// Acceleration along the path, m/s².
    pub acceleration_m_per_s2: f64,
    /// Tag of the item.
    pub tag: u32,
    /// Whether a rapid is under way.
    pub rapid: bool,
    /// For how long from now on speed and direction stay as they are, s.
    pub steady_s: f64,
}

/// The planned motion over time.
pub struct Timeline {
    queue: Receiver<Segment>,
    /// From the segment under way on; those behind it have been loaded into the stepper, or wait.
    waiting: VecDeque<Timed>,
    /// How many of `waiting` the stepper has seen.
    stepped: usize,
    stepper: Stepper,
    edge: Option<StepEdge>,
    end_s: f64,
    exhausted: bool,
    history: VecDeque<Motion>,
    rest: Point,
    tag: u32,
}

impl Timeline {
    /// The motion that `queue` delivers, from rest at `start`.
    pub fn new(queue: Receiver<Segment>, limits: Limits, start: Point) -> Self {
        Self {
            queue,
            waiting: VecDeque::new(),
            stepped: 0,
            stepper: Stepper::new(limits, start),
            edge: None,
            end_s: 0.0,
            exhausted: false,
            history: VecDeque::new(),
            rest: start,
            tag: u32::MAX,
        }
    }

    fn pull(&mut self) -> bool {
        if self.exhausted {
            return false;
        }
        match self.queue.recv() {
            Ok(segment) => {
                let start_s = self.end_s;
                self.end_s += duration_s(&segment);
                self.waiting.push_back(Timed { segment, start_s, end_s: self.end_s });
                true
            }
            Err(_) => {
                self.exhausted = true;
                false
            }
        }
    }

    /// Moves on to time `t`; torch events passed on the way go to `events` with their tag.
    pub fn advance_to(&mut self, t: f64, mut events: impl FnMut(TorchEvent, u32)) {
        loop {
            if self.waiting.is_empty() && !self.pull() {
                return;
            }
            let front = self.waiting[0];
            let unstepped = self.stepped == 0 && matches!(front.segment, Segment::Motion(_));
            if front.end_s > t || unstepped {
                // A motion that begins and ends within one window must go through the stepper before it is dropped.
                return;
            }
            match front.segment {
                Segment::Motion(m) => {
                    self.rest = m.geometry.to();
                    self.tag = m.tag;
                    if self.history.len() == HISTORY {
                        self.history.pop_front();
                    }
                    self.history.push_back(m);
                }
                Segment::Dwell { tag, .. } => self.tag = tag,
                Segment::Torch { tag, event } => {
                    self.tag = tag;
                    events(event, tag);
                }
            }
            self.waiting.pop_front();
            self.stepped = self.stepped.saturating_sub(1);
        }
    }

    /// Whether everything has been carried out by time `t`.
    pub fn finished(&self, t: f64) -> bool {
        self.exhausted && self.waiting.is_empty() && self.edge.is_none() && t >= self.end_s
    }

    /// What is planned at `t`, which must not lie before the last [`Timeline::advance_to`].
    pub fn at(&self, t: f64) -> Planned {
        let stand = |tag, steady_s| Planned {
            point: self.rest,
            tangent: [0.0; AXES],
            speed_m_per_s: 0.0,
            acceleration_m_per_s2: 0.0,
            tag,
            rapid: false,
            steady_s,
        };
        let Some(front) = self.waiting.front() else { return stand(self.tag, f64::INFINITY) };
        match front.segment {
            Segment::Motion(m) => moving(&m, (t - front.start_s).max(0.0)),
            Segment::Dwell { tag, .. } => stand(tag, front.end_s - t),
            Segment::Torch { tag, .. } => stand(tag, 0.0),
        }
    }

    /// Motions near the present one, the present one first, then those before it, then the next: what a tip may be compared with.
    pub fn nearby(&self) -> impl Iterator<Item = &Motion> {
        let motion = |t: &'_ Timed| matches!(t.segment, Segment::Motion(_));
        let ahead = self.waiting.iter().take(2).filter(move |t| motion(t)).filter_map(|t| match &t.segment {
            Segment::Motion(m) => Some(m),
            _ => None,
        });
        ahead.chain(self.history.iter().rev())
    }

    /// Hands every step before `end_tick` to `take`.
    pub fn steps_before(&mut self, end_tick: u64, mut take: impl FnMut(StepEdge)) {
        loop {
            if self.edge.is_none() {
                self.edge = self.stepper.next_edge();
            }
            if let Some(edge) = self.edge {
                if edge.tick >= end_tick {
                    return;
                }
                take(edge);
                self.edge = None;
                continue;
            }
            if self.stepped == self.waiting.len() && !self.pull() {
                return;
            }
            let next = self.waiting[self.stepped];
            if next.start_s * TICK_HZ >= end_tick as f64 {
                return;
            }
            if let Segment::Motion(m) = next.segment {
                self.stepper.load(&m, next.start_s);
            }
            self.stepped += 1;
        }
    }
}

fn moving(m: &Motion, t: f64) -> Planned {
    let p = &m.profile;
    let u = p.distance_at(t) / p.length_m;
    let straight = m.geometry.radius_m().is_infinite();
    let cruise_end = p.rise_s + p.cruise_s;
    let cruising = straight && t >= p.rise_s && t < cruise_end;
    Planned {
        point: m.geometry.point_at(u),
        tangent: m.geometry.tangent_at(u),
        speed_m_per_s: p.speed_at(t),
        acceleration_m_per_s2: p.acceleration_at(t),
        tag: m.tag,
        rapid: m.kind == MoveKind::Rapid,
        steady_s: if cruising { cruise_end - t } else { 0.0 },
    }
}
