//! The controller's outputs over time: what is planned at an instant, the steps of a window of time, the torch's switching.
//!
//! In: batches of [`Output`]s from the bounded channel that the planner's thread fills. Out: [`Planned`], step edges, torch events.
//! Results depend on the outputs only, never on when the thread delivered them.

use std::collections::VecDeque;

use crossbeam_channel::Receiver;

use crate::twin::JUMP_S;
use crate::twin::controller::Batch;
use crate::twin::plant::STEP_S;
use torchtwin_planner::{AXES, Geometry, MoveKind, Output, Point, Slice, StepEdge, TICK_HZ, TorchEvent};

/// How far ahead steadiness is looked for, s: as far as one jump can go.
const FORESIGHT_S: f64 = JUMP_S + 2.0 * STEP_S;

/// Speeds that differ by less than this share are the same.
const SAME_SPEED: f64 = 1e-4;

/// Slices this close follow each other without a stand, ticks: their ends are rounded to whole ticks.
const CLOSE_TICKS: u64 = 16;

/// For how long steps are remembered once they have been asked for: half a millisecond.
const REMEMBERED_TICKS: u64 = (TICK_HZ * 0.5e-3) as u64;

/// What is planned at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// Where, machine coordinates, m.
    pub point: Point,
    /// Unit vector of travel; zero at a stand.
    pub tangent: Point,
    /// Speed along the path, m/s: of a staircase, that of the ramp it stands for.
    pub speed_m_per_s: f64,
    /// Acceleration along the path, m/s².
    pub acceleration_m_per_s2: f64,
    /// Number of the item.
    pub item: u32,
    /// Whether a rapid is under way.
    pub rapid: bool,
    /// For how long from now on speed and direction stay as they are, s; no longer than matters for a jump.
    pub steady_s: f64,
}

/// A stretch of time: motion along one block, a stand, or an instant at which the torch is switched.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    output: Output,
    tick: u64,
    end: u64,
    item: u32,
    /// Speed at its start, m/s: what the stretch before was meant to reach.
    entry_m_per_s: f64,
}

/// The controller's outputs over time.
pub struct Timeline {
    queue: Receiver<Batch>,
    /// From the stretch under way on.
    waiting: VecDeque<Stretch>,
    /// Steps that have come and not been asked for yet.
    steps: VecDeque<StepEdge>,
    /// Steps that have been asked for within the last [`REMEMBERED_TICKS`].
    taken: VecDeque<StepEdge>,
    /// Everything before this tick has come.
    known: u64,
    /// End of the last stretch that has come, ticks, and the speed there, m/s.
    end: u64,
    exit_m_per_s: f64,
    exhausted: bool,
    /// Where the last stretch ended, and its item.
    rest: Point,
    item: u32,
}

impl Timeline {
    /// What `queue` delivers, from rest at `start`.
    pub fn new(queue: Receiver<Batch>, start: Point) -> Self {
        Self {
            queue,
            waiting: VecDeque::new(),
            steps: VecDeque::new(),
            taken: VecDeque::new(),
            known: 0,
            end: 0,
            exit_m_per_s: 0.0,
            exhausted: false,
            rest: start,
            item: 0,
        }
    }

    /// Takes batches until everything before `tick` is known.
    fn know(&mut self, tick: u64) {
        while self.known < tick && !self.exhausted {
            match self.queue.recv() {
                Ok(batch) => batch.into_iter().for_each(|output| self.take(output)),
                Err(_) => self.exhausted = true,
            }
        }
    }

    fn take(&mut self, output: Output) {
        let (tick, ticks, item, exit) = match output {
            Output::Step(edge) => {
                self.known = self.known.max(edge.tick);
                return self.steps.push_back(edge);
            }
            Output::Slice(slice) => (slice.tick, slice.ticks, slice.tag, slice.wanted_speed_m_per_s),
            Output::Stand { tick, ticks, tag } => (tick, ticks, tag, 0.0),
            Output::Torch { tick, tag, .. } => (tick, 0, tag, self.exit_m_per_s),
        };
        let entry = if tick > self.end.saturating_add(CLOSE_TICKS) { 0.0 } else { self.exit_m_per_s };
        let end = tick.saturating_add(ticks);
        self.waiting.push_back(Stretch { output, tick, end, item, entry_m_per_s: entry });
        (self.known, self.end, self.exit_m_per_s) = (self.known.max(tick), self.end.max(end), exit);
    }

    /// Moves on to time `t`; torch events passed on the way go to `events` with the number of their item.
    pub fn advance_to(&mut self, t: f64, mut events: impl FnMut(TorchEvent, u32)) {
        let now = ticks_of(t);
        self.know(ticks_of(t + FORESIGHT_S) + 1);
        while let Some(front) = self.waiting.front().filter(|front| front.end <= now) {
            self.item = front.item;
            match &front.output {
                Output::Slice(slice) => self.rest = slice.point_at(slice.duration_s()),
                Output::Torch { event, .. } => events(*event, front.item),
                Output::Stand { .. } | Output::Step(_) => {}
            }
            self.waiting.pop_front();
        }
    }

    /// Whether everything has been carried out by time `t`.
    pub fn finished(&self, t: f64) -> bool {
        self.exhausted && self.waiting.is_empty() && self.steps.is_empty() && ticks_of(t) >= self.end
    }

    /// What is planned at `t`, the time of the last [`Timeline::advance_to`].
    pub fn at(&self, t: f64) -> Planned {
        let stand = |item, steady_s| Planned {
            point: self.rest,
            tangent: [0.0; AXES],
            speed_m_per_s: 0.0,
            acceleration_m_per_s2: 0.0,
            item,
            rapid: false,
            steady_s,
        };
        let now = ticks_of(t);
        match self.waiting.front() {
            None => stand(self.item, f64::INFINITY),
            Some(front) if front.tick > now => stand(self.item, seconds(front.tick - now)),
            Some(front) => match &front.output {
                Output::Slice(slice) => Planned { steady_s: self.steady_s(now), ..front.moving(slice, now) },
                _ => stand(front.item, seconds(front.end - now)),
            },
        }
    }

    /// For how long from `now` on speed and direction stay as they are, s.
    fn steady_s(&self, now: u64) -> f64 {
        let mut until = now;
        let mut way: Option<Geometry> = None;
        for stretch in &self.waiting {
            let Some(geometry) = stretch.steady() else { break };
            let apart = stretch.tick > until.saturating_add(CLOSE_TICKS);
            if apart || way.is_some_and(|way| !same_way(&way, &geometry)) || seconds(until - now) > FORESIGHT_S {
                break;
            }
            (until, way) = (stretch.end, Some(geometry));
        }
        seconds(until - now)
    }

    /// Shows every step before `end_tick` to `look` that has not been taken, or was taken with the last ones, and whether it was.
    pub fn steps_about(&mut self, end_tick: u64, mut look: impl FnMut(&StepEdge, bool)) {
        self.know(end_tick);
        self.taken.iter().for_each(|edge| look(edge, true));
        self.steps.iter().take_while(|edge| edge.tick < end_tick).for_each(|edge| look(edge, false));
    }

    /// Hands every step before `end_tick` to `take`.
    pub fn steps_before(&mut self, end_tick: u64, mut take: impl FnMut(StepEdge)) {
        self.know(end_tick);
        while self.taken.pop_front_if(|edge| edge.tick + REMEMBERED_TICKS < end_tick).is_some() {}
        while let Some(edge) = self.steps.pop_front_if(|edge| edge.tick < end_tick) {
            self.taken.push_back(edge);
            take(edge);
        }
    }
}

impl Stretch {
    /// What a slice has planned at a tick of it, but for how long it is steady.
    fn moving(&self, slice: &Slice, now: u64) -> Planned {
        let t = seconds(now - self.tick);
        let length_m = slice.geometry.length_m();
        let u = if length_m > 0.0 { slice.distance_at(t) / length_m } else { 1.0 };
        let (speed, acceleration) = if is_even(slice) {
            let (entry, exit) = (self.entry_m_per_s, slice.wanted_speed_m_per_s);
            let share = t / slice.duration_s();
            let way_m = slice.speed_m_per_s * slice.duration_s();
            let acceleration = if way_m > 0.0 { (exit * exit - entry * entry) / (2.0 * way_m) } else { 0.0 };
            (entry + (exit - entry) * share, acceleration)
        } else {
            (slice.speed_at(t), slice.acceleration_m_per_s2 + t * slice.jerk_m_per_s3)
        };
        Planned {
            point: slice.geometry.point_at(u),
            tangent: slice.geometry.tangent_at(u),
            speed_m_per_s: speed,
            acceleration_m_per_s2: acceleration,
            item: self.item,
            rapid: slice.kind == MoveKind::Rapid,
            steady_s: 0.0,
        }
    }

    /// The line along which speed stays the same all the time; none if it does not.
    fn steady(&self) -> Option<Geometry> {
        let Output::Slice(slice) = &self.output else { return None };
        let (entry, exit) = (self.entry_m_per_s, slice.wanted_speed_m_per_s);
        let straight = matches!(slice.geometry, Geometry::Line { .. });
        (straight && is_even(slice) && (exit - entry).abs() <= SAME_SPEED * exit).then_some(slice.geometry)
    }
}

/// Whether a slice has one speed from its start to its end, as cruises have and the steps of a staircase.
fn is_even(slice: &Slice) -> bool {
    slice.acceleration_m_per_s2 == 0.0 && slice.jerk_m_per_s3 == 0.0
}

/// Whether two lines have the same direction: over a jump of 10 ms at 150 mm/s they part by less than 0.1 µm.
fn same_way(a: &Geometry, b: &Geometry) -> bool {
    let (p, q) = (a.tangent_at(0.0), b.tangent_at(0.0));
    a == b || (0..AXES).all(|i| (p[i] - q[i]).abs() < 5e-5)
}

fn ticks_of(t: f64) -> u64 {
    (t * TICK_HZ).round() as u64
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICK_HZ
}

#[cfg(test)]
mod tests {
    use super::*;
    use torchtwin_planner::{Controller, Grbl, Limits, PathItem, SCurve, Shape, grbl, s_curve};

    const LIMITS: Limits = Limits {
        max_speed_m_per_s: [0.15; 3],
        max_acceleration_m_per_s2: [0.4; 3],
        junction_deviation_m: 20e-6,
        steps_per_m: [122_231.0; 3],
    };

    /// With so much jerk that the ramps are as good as straight.
    fn smooth() -> SCurve<64, 64> {
        let mut settings = s_curve::Settings::with_usual_jerk([0.15; 3], [0.4; 3], LIMITS.steps_per_m);
        settings.max_jerk_m_per_s3 = [1e5; 3];
        SCurve::new(settings, [0.0; 3])
    }

    /// 20 mm at 8 mm/s, then the oxygen.
    const ITEMS: [PathItem; 2] = [
        PathItem::Move { tag: 0, kind: MoveKind::Feed, speed_m_per_s: 0.008, shape: Shape::Line { to: [0.012, 0.016, 0.0] } },
        PathItem::Torch { tag: 1, event: TorchEvent::OxygenOn, with_move: false },
    ];

    fn timeline(controller: &mut dyn Controller, batch: usize) -> Timeline {
        let mut items = ITEMS.into_iter();
        let outputs: Vec<Output> = std::iter::from_fn(|| controller.next(&mut items)).collect();
        let (sender, receiver) = crossbeam_channel::unbounded();
        outputs.chunks(batch).for_each(|batch| sender.send(batch.to_vec()).unwrap());
        Timeline::new(receiver, [0.0; 3])
    }

    #[test]
    fn ramps_and_cruise_are_those_of_the_closed_form_for_either_controller() {
        // Along the line X allows 0.4/0.6 and Y 0.4/0.8 m/s², so the ramp takes 16 ms and 64 µm.
        let mut real: Grbl = Grbl::new(grbl::Settings::from_limits(&LIMITS), [0.0; 3]);
        for controller in [&mut real as &mut dyn Controller, &mut smooth()] {
            let mut timeline = timeline(controller, 100);
            timeline.advance_to(0.005, |_, _| panic!("too early"));
            let ramp = timeline.at(0.005);
            assert!((ramp.acceleration_m_per_s2 - 0.5).abs() < 0.01 && ramp.steady_s == 0.0, "{ramp:?}");
            timeline.advance_to(1.0, |_, _| panic!("too early"));
            let cruise = timeline.at(1.0);
            assert!((cruise.speed_m_per_s - 0.008).abs() < 1e-6 && cruise.acceleration_m_per_s2.abs() < 1e-3, "{cruise:?}");
            // Half the ramp's way is missing; Grbl may be a step ahead or behind.
            let way = 0.008 * (1.0 - 0.008);
            assert!((cruise.point[0] - 0.6 * way).abs() < 9e-6 && (cruise.point[1] - 0.8 * way).abs() < 9e-6, "{cruise:?}");
            assert!((cruise.tangent[1] - 0.8).abs() < 1e-3 && cruise.steady_s >= JUMP_S + 2.0 * STEP_S, "{cruise:?}");
        }
    }

    #[test]
    fn all_steps_and_the_switching_come_in_time_whatever_the_batches() {
        for batch in [1, 7, 100_000] {
            let mut timeline = timeline(&mut smooth(), batch);
            let (mut steps, mut switched, mut n) = ([0_i64; 3], None, 0_u64);
            while !timeline.finished(n as f64 * STEP_S) {
                timeline.advance_to(n as f64 * STEP_S, |event, item| switched = Some((n, event, item)));
                timeline.steps_before((n + 1) * 1600, |edge| steps[usize::from(edge.axis)] += 1);
                n += 1;
            }
            assert_eq!(steps, [1467, 1956, 0]);
            // 20 mm at 8 mm/s and one ramp's time more: 2.516 s.
            // The planner counts in milliseconds.
            assert!(matches!(switched, Some((25_160..=25_170, TorchEvent::OxygenOn, 1))), "{switched:?}");
        }
    }
}
