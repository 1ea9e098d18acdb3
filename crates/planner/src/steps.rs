//! When each axis steps, and which way: the exact instants at which the planned point crosses from one step to the next.
//!
//! In: [`Motion`]s with their start times. Out: [`StepEdge`]s in order of time. An axis stands on step n while its planned position
//! lies in [n − ½, n + ½) steps, so at the end of every block the count is the target rounded to the nearest step, and no step is ever
//! lost or added however long the program. Crossings of a line are solved in closed form; of an arc by the arc cosine, corrected for
//! the closing difference. Uses `libm` only.

use libm::{acos, asin, floor};

use crate::geometry::Geometry;
use crate::limits::Limits;
use crate::lookahead::Motion;
use crate::path::{AXES, Point};
use crate::profile::Profile;

/// Ticks in a second: those of Grbl's timer.
pub const TICK_HZ: f64 = 16e6;

/// One step of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepEdge {
    /// When, ticks from the start of the program.
    pub tick: u64,
    /// Which axis, 0…2.
    pub axis: u8,
    /// Towards larger coordinates.
    pub forward: bool,
}

/// The step on which an axis stands at `position_m`.
pub fn step_at(position_m: f64, steps_per_m: f64) -> i64 {
    floor(position_m * steps_per_m + 0.5) as i64
}

/// A stretch of the block on which one axis moves one way only.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    /// Step the axis stands on.
    count: i64,
    /// Step at the end of the stretch.
    goal: i64,
    /// Where the stretch ends, share of the block.
    end_u: f64,
    /// Where the next step happens, share of the block; infinite when the block has none left.
    next_u: f64,
}

/// Generates the steps of one block at a time.
#[derive(Clone, Debug)]
pub struct Stepper {
    steps_per_m: [f64; AXES],
    cursors: [Cursor; AXES],
    geometry: Geometry,
    profile: Profile,
    start_s: f64,
    last_tick: u64,
}

impl Stepper {
    /// A stepper standing at `start` (machine coordinates, m) with nothing to do.
    pub fn new(limits: Limits, start: Point) -> Self {
        let cursor = |i: usize| {
            let count = step_at(start[i], limits.steps_per_m[i]);
            Cursor { count, goal: count, end_u: 1.0, next_u: f64::INFINITY }
        };
        Self {
            steps_per_m: limits.steps_per_m,
            cursors: core::array::from_fn(cursor),
            geometry: Geometry::Line { from: start, to: start },
            profile: Profile::new(0.0, 0.0, 0.0, 1.0, 1.0),
            start_s: 0.0,
            last_tick: 0,
        }
    }

    /// Steps counted so far, absolute, for each axis.
    pub fn counts(&self) -> [i64; AXES] {
        core::array::from_fn(|i| self.cursors[i].count)
    }

    /// Makes `motion`, which starts at `start_s` seconds of the program, the block to step through. The block before must be used up.
    pub fn load(&mut self, motion: &Motion, start_s: f64) {
        self.geometry = motion.geometry;
        self.profile = motion.profile;
        self.start_s = start_s;
        for axis in 0..AXES {
            let cursor = &mut self.cursors[axis];
            cursor.end_u = 0.0;
            cursor.goal = cursor.count;
            self.advance(axis, 0.0);
        }
    }

    /// The next step of the block; none when the block is used up.
    pub fn next_edge(&mut self) -> Option<StepEdge> {
        let mut axis = 0;
        for i in 1..AXES {
            if self.cursors[i].next_u < self.cursors[axis].next_u {
                axis = i;
            }
        }
        let u = self.cursors[axis].next_u;
        if u == f64::INFINITY {
            return None;
        }
        let cursor = &mut self.cursors[axis];
        let forward = cursor.goal > cursor.count;
        cursor.count += if forward { 1 } else { -1 };
        let t = self.start_s + self.profile.time_at(u * self.profile.length_m);
        let tick = ((t * TICK_HZ) as u64).max(self.last_tick);
        self.last_tick = tick;
        self.advance(axis, u);
        Some(StepEdge { tick, axis: axis as u8, forward })
    }

    /// Finds the next crossing of `axis` at or behind `u`, moving on to the next stretch as long as there is none.
    fn advance(&mut self, axis: usize, u: f64) {
        let scale = self.steps_per_m[axis];
        let mut cursor = self.cursors[axis];
        let mut begin_u = u;
        while cursor.count == cursor.goal {
            if cursor.end_u >= 1.0 {
                cursor.next_u = f64::INFINITY;
                self.cursors[axis] = cursor;
                return;
            }
            begin_u = cursor.end_u;
            cursor.end_u = stretch_end(&self.geometry, axis, begin_u);
            cursor.goal = step_at(self.geometry.point_at(cursor.end_u)[axis], scale);
        }
        let forward = cursor.goal > cursor.count;
        // Forward, step n + 1 begins at n + ½; backward, step n ends at n − ½.
        let boundary_m = (cursor.count as f64 + if forward { 0.5 } else { -0.5 }) / scale;
        let crossing = crossing(&self.geometry, axis, boundary_m, begin_u, cursor.end_u);
        cursor.next_u = crossing.clamp(begin_u, cursor.end_u);
        self.cursors[axis] = cursor;
    }
}

/// End of the stretch that begins at `u` and on which `axis` does not turn back, share of the block.
fn stretch_end(geometry: &Geometry, axis: usize, u: f64) -> f64 {
    let Geometry::Arc { plane, start_rad, sweep_rad, .. } = *geometry else { return 1.0 };
    let [first, _, third] = plane.axes();
    if axis == third || sweep_rad == 0.0 {
        return 1.0;
    }
    // The first axis turns back where the angle is a multiple of π, the second half way between.
    let offset = if axis == first { 0.0 } else { core::f64::consts::FRAC_PI_2 };
    let halves = |u: f64| (start_rad + sweep_rad * u - offset) / core::f64::consts::PI;
    let now = halves(u);
    let ahead = if sweep_rad > 0.0 { floor(now + 1e-9) + 1.0 } else { -(floor(-now + 1e-9) + 1.0) };
    let end = (ahead * core::f64::consts::PI + offset - start_rad) / sweep_rad;
    if end >= 1.0 - 1e-12 { 1.0 } else { end.max(u) }
}

/// Share of the block at which `axis` passes `boundary_m`, within the stretch `begin_u`…`end_u`.
fn crossing(geometry: &Geometry, axis: usize, boundary_m: f64, begin_u: f64, end_u: f64) -> f64 {
    match *geometry {
        Geometry::Line { from, to } => (boundary_m - from[axis]) / (to[axis] - from[axis]),
        Geometry::Arc { from, to, plane, centre, radius_m, start_rad, sweep_rad, closing } => {
            let [first, _, third] = plane.axes();
            if axis == third {
                return (boundary_m - from[third]) / (to[third] - from[third]);
            }
            let within = usize::from(axis != first);
            // The stretch lies in one half turn; measure the angle from its middle, where sine and cosine are monotone.
            let middle = start_rad + sweep_rad * 0.5 * (begin_u + end_u);
            let mut u = 0.5 * (begin_u + end_u);
            let rounds = if closing[within] == 0.0 { 1 } else { 3 };
            for _ in 0..rounds {
                let share = ((boundary_m - centre[within] - closing[within] * u) / radius_m).clamp(-1.0, 1.0);
                let angle = if within == 0 { branch_cos(share, middle) } else { branch_sin(share, middle) };
                u = (angle - start_rad) / sweep_rad;
            }
            u
        }
    }
}

/// The angle with the given cosine in the half turn [kπ, (k+1)π] that holds `near`.
fn branch_cos(share: f64, near: f64) -> f64 {
    let k = floor(near / core::f64::consts::PI);
    let even = floor(k * 0.5) * 2.0 == k;
    let angle = acos(share);
    k * core::f64::consts::PI + if even { angle } else { core::f64::consts::PI - angle }
}

/// The angle with the given sine in the half turn [(k−½)π, (k+½)π] that holds `near`.
fn branch_sin(share: f64, near: f64) -> f64 {
    let k = floor(near / core::f64::consts::PI + 0.5);
    let even = floor(k * 0.5) * 2.0 == k;
    let angle = asin(share);
    k * core::f64::consts::PI + if even { angle } else { -angle }
}
