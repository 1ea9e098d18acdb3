//! The motion that recorded steps show: legs of constant velocity, in which every axis is within a step of where its steps put it.
//!
//! In: steps. Out: [`Leg`]s without gaps, stands among them. At a step an axis is half way between its old place and its new one, and it goes
//! evenly from step to step; legs are chords of that path, each as long as half a step of tolerance allows, so that ramps come out as
//! staircases and cruises as one leg.

use torchtwin_planner::{AXES, Geometry, Point, StepEdge, TICK_HZ};

/// Without a step for longer than this the machine stands, ticks: 50 ms, a step of 8 µm at 10 mm/min.
const STAND_TICKS: u64 = 800_000;

/// Motion begins so long before its first step and ends so long after its last, ticks: 4 ms, in which 0.5 m/s² make half a step of 8 µm.
const MARGIN_TICKS: u64 = 64_000;

/// How far a leg may pass beside the path, steps.
const TOLERANCE: f64 = 0.5;

/// Motion at one velocity, or none.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    /// From when, ticks.
    pub tick: u64,
    /// Until when, ticks; later than its start.
    pub end: u64,
    /// A line from its first point to its last.
    pub geometry: Geometry,
}

impl Leg {
    /// Whether nothing moves.
    pub fn is_stand(&self) -> bool {
        self.geometry.length_m() == 0.0
    }

    /// Speed, m/s.
    pub fn speed_m_per_s(&self) -> f64 {
        self.geometry.length_m() / seconds(self.end - self.tick)
    }
}

/// Time of so many ticks, s.
pub fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICK_HZ
}

/// A place and when, ticks and m.
type At = (u64, Point);

/// The legs of `steps`, from rest at `start`, m, at time 0.
pub fn legs(steps: &[StepEdge], start: Point, steps_per_m: [f64; AXES]) -> Vec<Leg> {
    let mut count = std::array::from_fn(|i| (start[i] * steps_per_m[i] + 0.5).floor() as i64);
    let mut legs = Vec::new();
    let mut rest: At = (0, start);
    for run in steps.chunk_by(|a, b| b.tick - a.tick <= STAND_TICKS) {
        let path = path(run, rest, &mut count, steps_per_m);
        let begin = (path[0].0, rest.1);
        add(&mut legs, rest, begin);
        chords(&path, steps_per_m.map(|s| TOLERANCE / s), &mut legs);
        rest = path[path.len() - 1];
    }
    legs
}

fn add(legs: &mut Vec<Leg>, from: At, to: At) {
    if to.0 > from.0 {
        legs.push(Leg { tick: from.0, end: to.0, geometry: Geometry::Line { from: from.1, to: to.1 } });
    }
}

/// Where the axes are at each of the steps between two stands, which begin on `count` and end there. `rest` is when and where the stand
/// before began.
fn path(steps: &[StepEdge], rest: At, count: &mut [i64; AXES], steps_per_m: [f64; AXES]) -> Vec<At> {
    let (first, last) = (steps[0].tick, steps[steps.len() - 1].tick);
    let begin = first.saturating_sub(MARGIN_TICKS).max(rest.0);
    let mut knots: [Vec<(u64, f64)>; AXES] = std::array::from_fn(|i| vec![(begin, rest.1[i])]);
    let mut ticks = vec![begin];
    for StepEdge { tick, axis, forward } in steps {
        let axis = usize::from(*axis);
        let way = if *forward { 1 } else { -1 };
        knots[axis].push((*tick, (count[axis] as f64 + 0.5 * f64::from(way)) / steps_per_m[axis]));
        count[axis] += i64::from(way);
        ticks.push(*tick);
    }
    let end = last + MARGIN_TICKS;
    for (axis, knots) in knots.iter_mut().enumerate() {
        knots.push((end, count[axis] as f64 / steps_per_m[axis]));
    }
    ticks.push(end);
    ticks.dedup();
    let mut cursors = [0; AXES];
    let place = |tick| (tick, std::array::from_fn(|axis| between(&knots[axis], &mut cursors[axis], tick)));
    ticks.into_iter().map(place).collect()
}

/// Value at `tick` between the knots, which are gone through in the order of time.
fn between(knots: &[(u64, f64)], cursor: &mut usize, tick: u64) -> f64 {
    while *cursor + 2 < knots.len() && knots[*cursor + 1].0 <= tick {
        *cursor += 1;
    }
    let ((t0, a), (t1, b)) = (knots[*cursor], knots[*cursor + 1]);
    if t1 > t0 { a + (b - a) * ((tick.saturating_sub(t0)) as f64 / (t1 - t0) as f64) } else { b }
}

/// Least and greatest velocity of each axis, m/tick.
type Slopes = [(f64, f64); AXES];
const ANY: Slopes = [(f64::NEG_INFINITY, f64::INFINITY); AXES];

/// Covers `path` with legs from one of its points to another that pass all between within `tolerance_m` of each axis.
fn chords(path: &[At], tolerance_m: [f64; AXES], legs: &mut Vec<Leg>) {
    let mut from = 0;
    while from + 1 < path.len() {
        let (tick, at) = path[from];
        let (mut slopes, mut to) = (ANY, from + 1);
        for (k, (then, there)) in path.iter().enumerate().skip(from + 1) {
            let ticks = (then - tick) as f64;
            let slope = |i: usize| (there[i] - at[i]) / ticks;
            if (0..AXES).all(|i| slopes[i].0 <= slope(i) && slope(i) <= slopes[i].1) {
                to = k;
            }
            for (i, (low, high)) in slopes.iter_mut().enumerate() {
                let room = tolerance_m[i] / ticks;
                (*low, *high) = (low.max(slope(i) - room), high.min(slope(i) + room));
            }
            if slopes.iter().any(|(low, high)| low > high) {
                break;
            }
        }
        add(legs, path[from], path[to]);
        from = to;
    }
}
