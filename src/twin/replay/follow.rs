//! Which item of the program a recorded motion belongs to.
//!
//! In: places, one after the other. Out: numbers of items. The motion is taken to run through the program once, from its start to its end;
//! each place is looked for a little way ahead of the last one only, so that paths that cross or are gone back on are not mixed up.

use crate::twin::course::Course;
use torchtwin_planner::{Geometry, MoveKind, PathItem, Plane, Point, TorchEvent};

/// A move is left when a later one is nearer by more than this, m: two or three steps.
const NEARER_M: f64 = 20e-6;

/// Ways are searched so much further than they went, as a share and m.
const REACH: (f64, f64) = (1.5, 1e-3);

/// Follows a motion through the program.
pub struct Follower<'a> {
    course: &'a Course<'a>,
    /// The move under way, and how far along it, share of its length.
    item: u32,
    share: f64,
    /// The last item passed: the move, or what was switched or waited for behind it. A motion behind it belongs to a later move.
    passed: u32,
}

impl<'a> Follower<'a> {
    /// At the program's start.
    pub fn new(course: &'a Course<'a>) -> Self {
        let mut follower = Self { course, item: 0, share: 0.0, passed: 0 };
        follower.item = follower.next_move(0).unwrap_or(0);
        follower
    }

    /// The first move from an item on.
    fn next_move(&self, item: u32) -> Option<u32> {
        (item..).take_while(|number| self.course.item(*number).is_some()).find(|number| self.course.shape(*number).is_some())
    }

    /// The move that a motion of `way_m` with `middle` half way belongs to, and its kind.
    pub fn follow(&mut self, middle: Point, way_m: f64) -> (u32, MoveKind) {
        if self.passed > self.item
            && let Some(next) = self.next_move(self.passed)
        {
            (self.item, self.share) = (next, 0.0);
        }
        let reach_m = REACH.0 * way_m + REACH.1;
        let mut ahead_m = 0.0;
        let mut found: Vec<(u32, f64, f64)> = Vec::new();
        for number in self.item.. {
            if self.course.item(number).is_none() || ahead_m > reach_m {
                break;
            }
            let Some(shape) = self.course.shape(number) else { continue };
            let length_m = shape.length_m().max(1e-9);
            let from = if number == self.item { self.share } else { 0.0 };
            let (share, off_m) = nearest(shape, &middle, [from, (from + (reach_m - ahead_m) / length_m).min(1.0)]);
            found.push((number, share, off_m));
            ahead_m += (1.0 - from) * length_m;
        }
        let least = found.iter().map(|f| f.2).fold(f64::INFINITY, f64::min);
        if let Some((item, share, _)) = found.into_iter().find(|f| f.2 <= least + NEARER_M) {
            (self.item, self.share) = (item, share);
        }
        self.passed = self.passed.max(self.item);
        let kind = match self.course.item(self.item) {
            Some(PathItem::Move { kind, .. }) => *kind,
            _ => MoveKind::Feed,
        };
        (self.item, kind)
    }

    /// The item that a stand belongs to: the dwell to come before the next move, which is passed with it, else the last item.
    pub fn stand(&mut self) -> u32 {
        let dwell = self.before_next_move(0, |item| matches!(item, PathItem::Dwell { .. }));
        self.passed = dwell.unwrap_or(self.passed);
        self.passed
    }

    /// The item that has switched the torch, which is passed with it.
    pub fn switched(&mut self, event: TorchEvent) -> u32 {
        let same = |item: &PathItem| matches!(item, PathItem::Torch { event: e, .. } if *e == event);
        if let Some(item) = self.before_next_move(1, same) {
            self.passed = item;
        }
        self.passed
    }

    /// The first item that `fits`, from the last one passed on, with at most so many moves between.
    fn before_next_move(&self, moves: usize, fits: impl Fn(&PathItem) -> bool) -> Option<u32> {
        let mut left = moves;
        for number in self.passed.. {
            let item = self.course.item(number)?;
            if fits(item) {
                return Some(number);
            }
            if matches!(item, PathItem::Move { .. }) && number != self.passed {
                left = left.checked_sub(1)?;
            }
        }
        None
    }
}

/// The place on a shape, within shares of its length, that is nearest to `point`: its share, and how far off it is, m.
fn nearest(shape: &Geometry, point: &Point, [least, most]: [f64; 2]) -> (f64, f64) {
    let share = match *shape {
        Geometry::Line { from, to } => {
            let along: f64 = (0..3).map(|i| (point[i] - from[i]) * (to[i] - from[i])).sum();
            let whole: f64 = (0..3).map(|i| (to[i] - from[i]) * (to[i] - from[i])).sum();
            if whole > 0.0 { along / whole } else { 1.0 }
        }
        Geometry::Arc { plane, centre, start_rad, sweep_rad, .. } => around(plane, centre, start_rad, sweep_rad, point),
    };
    let off = |share: f64| (share, distance(&shape.point_at(share), point));
    // On an arc an end may be nearer than the place at the same angle.
    let (a, b, c) = (off(share.clamp(least, most)), off(least), off(most));
    let nearer = |a: (f64, f64), b: (f64, f64)| if b.1 < a.1 { b } else { a };
    nearer(a, nearer(b, c))
}

/// Share of an arc at which it has turned as far as `point` lies around its centre.
fn around(plane: Plane, centre: [f64; 2], start_rad: f64, sweep_rad: f64, point: &Point) -> f64 {
    let [first, second, _] = plane.axes();
    let angle = (point[second] - centre[1]).atan2(point[first] - centre[0]);
    let turned = ((angle - start_rad) * sweep_rad.signum()).rem_euclid(std::f64::consts::TAU);
    turned / sweep_rad.abs().max(1e-9)
}

fn distance(a: &Point, b: &Point) -> f64 {
    (0..3).map(|i| (a[i] - b[i]) * (a[i] - b[i])).sum::<f64>().sqrt()
}
