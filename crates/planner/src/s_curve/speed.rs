//! How fast to go: one ramp after another, each from and to a state without acceleration.
//!
//! In: the pieces ahead. Out: [`Ramp`]s. Wherever a ramp ends, every cap ahead can still be braked for: the caps are first lowered, from the
//! end of what is known back to here, to what can be braked from; then the next ramp is the highest that leaves them all within reach.

use super::kernel::{Ramp, Smooth};
use super::track::{Piece, Track};
use crate::path::MoveKind;

/// Gains of speed below this share are not worth a ramp.
const WORTH: f64 = 0.02;
/// Halvings in the search for the highest speed.
const HALVINGS: u32 = 32;
/// Distances below this are none, m.
const NONE_M: f64 = 1e-12;
/// An anchor that is missed by more is missed by more than rounding, m.
const MISSED_M: f64 = 1e-9;

/// Shares of the programmed feed and of the rapid rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overrides {
    /// Of the feed.
    pub feed: f64,
    /// Of rapids.
    pub rapid: f64,
}

impl Overrides {
    /// Speed along a piece, m/s.
    pub fn nominal(&self, piece: &Piece) -> f64 {
        let share = if piece.kind == MoveKind::Rapid { self.rapid } else { self.feed };
        (piece.nominal * share).min(piece.limit)
    }
}

/// How far ahead is looked at, as a multiple of the way to rest: so far that what ends it never binds before more is looked at.
const HORIZON: f64 = 1.3;
/// How much faster a ramp that is already braking may be, at some distance from its end, than one that begins there: in the last phase
/// of constant jerk ½ 6^⅔ times.
const PASSING: f64 = 1.652;

/// A speed that must not be exceeded from some place on.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    /// How far ahead, m.
    at_m: f64,
    /// The speed, m/s.
    own: f64,
    /// The speed to arrive with where that is exceeded now: lower where what lies behind asks for it, m/s.
    cap: f64,
    /// What that may rise to when more is known, m/s: the way down to a higher speed may be the longer one.
    most: f64,
    /// What holds on the way there.
    smooth: Smooth,
    /// Whether no ramp may run over it.
    firm: bool,
}

impl Anchor {
    /// The highest speed `distance_m` before it.
    fn reach(&self, distance_m: f64) -> f64 {
        if self.cap == self.most {
            self.smooth.reach(self.cap, distance_m)
        } else {
            self.smooth.reach_any(self.cap, self.most, distance_m)
        }
    }

    /// The way down to it from `speed`, m.
    fn way_m(&self, speed: f64) -> f64 {
        let to = if self.cap == self.most { self.cap } else { self.smooth.farthest(speed).clamp(self.cap, self.most) };
        self.smooth.distance_m(speed, to)
    }
}

/// Where the machine is between two ramps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// How much of the first piece is done, m.
    pub done_m: f64,
    /// Speed, m/s.
    pub speed: f64,
    /// How far the speed must stay as it is because of the last joint, m.
    pub zone_m: f64,
}

/// The anchors that matter, nearest last; kept from one ramp to the next only so that the memory is.
#[derive(Clone, Debug)]
pub struct Anchors<const N: usize> {
    list: [Anchor; N],
    len: usize,
    /// Where each joint is and what it allows by itself; the first is that behind the piece under way, at index 1.
    joints: [(f64, f64); N],
    /// The lowest of what the joints before it allow.
    lowest_before: [f64; N],
    last: usize,
}

impl<const N: usize> Anchors<N> {
    /// None.
    pub fn new() -> Self {
        let smooth = Smooth { acceleration: 1.0, jerk: 1.0 };
        let none = Anchor { at_m: 0.0, own: 0.0, cap: 0.0, most: 0.0, smooth, firm: true };
        Self { list: [none; N], len: 0, joints: [(0.0, 0.0); N], lowest_before: [0.0; N], last: 0 }
    }

    /// Anchors as far ahead as the next ramp, up to `ceiling`, and a stop behind it reach; the last piece looked at ends in a stop. `open`
    /// says whether more may follow the last piece known.
    fn look(&mut self, track: &Track<N>, place: &Place, overrides: &Overrides, ceiling: f64, open: bool) {
        let mut last = 0;
        let mut lowest = ceiling.max(place.speed);
        let mut smooth = track.piece(0).smooth;
        let mut ahead_m = track.piece(0).length_m - place.done_m;
        let top = ceiling.max(place.speed);
        while last + 1 < track.len() {
            let needed_m = smooth.distance_m(place.speed, top) + HORIZON * smooth.distance_m(top, 0.0);
            if ahead_m > needed_m + track.piece(last + 1).zone_m {
                break;
            }
            last += 1;
            let (before, piece) = (track.piece(last - 1), track.piece(last));
            let own = piece.cap.min(overrides.nominal(piece)).min(overrides.nominal(before));
            self.joints[last] = (ahead_m, own);
            self.lowest_before[last] = lowest;
            lowest = if piece.starts_anew(before) { own } else { lowest.min(own) };
            smooth = smooth.least(piece.smooth);
            ahead_m += track.piece(last).length_m;
        }
        // What follows may want constant speed some way before the joint: a quarter of the piece at most.
        let zone_m = if last + 1 < track.len() {
            track.piece(last + 1).zone_m
        } else if open {
            0.25 * track.piece(last).length_m
        } else {
            0.0
        };
        let most = if open || last + 1 < track.len() { f64::INFINITY } else { 0.0 };
        self.list[0] = Anchor { at_m: ahead_m - zone_m, own: 0.0, cap: 0.0, most, smooth: track.piece(last).smooth, firm: true };
        (self.len, self.last) = (1, last);
        for i in (1..=last).rev() {
            let (before, piece) = (track.piece(i - 1), track.piece(i));
            ahead_m -= piece.length_m;
            let own = self.joints[i].1;
            let (mut reach, mut known) = (f64::INFINITY, true);
            for anchor in &self.list[..self.len] {
                // Nothing but constant speed beside a joint that stands alone.
                let theirs = anchor.reach(anchor.at_m - ahead_m - piece.zone_m);
                if theirs < reach {
                    (reach, known) = (theirs, anchor.cap == anchor.most);
                }
            }
            let firm = piece.starts_anew(before);
            if firm {
                self.len = 0;
            } else if own >= self.lowest_before[i] || own > PASSING * reach {
                // A joint before it is no faster, or what lies behind has any ramp pass here below it.
                continue;
            }
            let cap = own.min(reach);
            let most = if known { cap } else { own };
            // Where ramps end, what lies behind binds through this anchor alone: also a speed that the joint itself would bear.
            let own = if firm { cap } else { own };
            // What is farther and not slower is reached anyway.
            while self.len > 0 && self.list[self.len - 1].own >= own {
                self.len -= 1;
            }
            let at_m = (ahead_m - piece.zone_m).max(0.0);
            self.list[self.len] = Anchor { at_m, own, cap, most, smooth: before.smooth, firm };
            self.len += 1;
        }
    }

    fn nearest_first(&self) -> impl Iterator<Item = &Anchor> {
        self.list[..self.len].iter().rev()
    }

    /// Whether `speed` may be reached `gone_m` ahead: no joint on the way is slower, and from there all anchors can be kept.
    fn allow(&self, speed: f64, gone_m: f64) -> bool {
        let passed = self.joints[1..=self.last].iter().take_while(|(at_m, _)| *at_m <= gone_m);
        passed.clone().all(|(_, own)| speed <= *own)
            && self.nearest_first().all(|a| speed <= a.own || (a.at_m >= gone_m && gone_m + a.way_m(speed) <= a.at_m))
    }
}

impl<const N: usize> Default for Anchors<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether `overrides` can be kept from here on: what they ask for is braked for in time, and not beside a turn.
pub fn can_take<const N: usize>(
    anchors: &mut Anchors<N>,
    track: &Track<N>,
    place: &Place,
    overrides: &Overrides,
    open: bool,
) -> bool {
    let v = place.speed;
    if track.is_empty() || v == 0.0 {
        return true;
    }
    let first = track.piece(0);
    let ceiling = overrides.nominal(first);
    anchors.look(track, place, overrides, ceiling, open);
    if v <= ceiling * (1.0 + 1e-9) {
        return anchors.allow(v, 0.0);
    }
    let distance_m = first.smooth.distance_m(v, ceiling);
    let settled = place.zone_m + v * track.beside_s() <= NONE_M;
    settled && distance_m <= ramps_end(track, place) && anchors.allow(ceiling, distance_m)
}

/// The next ramp from `place`; none at rest with nothing ahead. `holding` brakes to rest; `waiting` goes no faster and looks again
/// soon, for overrides that cannot be taken yet; `open` says whether more may follow what is known.
pub fn next_ramp<const N: usize>(
    anchors: &mut Anchors<N>,
    track: &Track<N>,
    place: &Place,
    overrides: &Overrides,
    holding: bool,
    waiting: bool,
    open: bool,
) -> Option<Ramp> {
    if track.is_empty() {
        return None;
    }
    let first = track.piece(0);
    let v = place.speed;
    if v > 0.0 && place.zone_m > NONE_M {
        return Some(Ramp::cruise(v, place.zone_m));
    }
    // From rest beside a joint, as after a hold, there is no other way than over it.
    let ends_m = Some(ramps_end(track, place)).filter(|m| v > 0.0 || *m > 1e-9).unwrap_or(f64::INFINITY);
    let brakes = Ramp::fastest(v, 0.0, &first.smooth);
    // The averages have let a turn through only so far behind its zone: a brake before that would add to its jerk.
    let settle_m = place.zone_m + v * track.beside_s();
    if holding && (v == 0.0 || (settle_m <= NONE_M && brakes.distance_m() <= ends_m)) {
        return (v > 0.0).then_some(brakes);
    }
    let ceiling = overrides.nominal(first);
    anchors.look(track, place, overrides, ceiling, open);
    if v > ceiling * (1.0 + 1e-9) {
        let slower = Ramp::fastest(v, ceiling, &first.smooth);
        if slower.distance_m() <= ends_m && anchors.allow(ceiling, slower.distance_m()) {
            return Some(slower);
        }
    }
    let faster = if v < ceiling && !holding && !(waiting && v > 0.0) {
        fastest_ahead(&first.smooth, anchors, v, ceiling, ends_m, track.tau_s())
    } else {
        v
    };
    if faster > v * (1.0 + WORTH) {
        return Some(Ramp::fastest(v, faster, &first.smooth));
    }
    if v == 0.0 {
        // Too near to the end for any speed: done.
        return None;
    }
    // At this speed as far as every anchor allows, or to where it may be exceeded.
    let (mut free_m, mut binding, mut missed) = (f64::INFINITY, None, None);
    for anchor in anchors.nearest_first().filter(|a| a.own < v) {
        let room = anchor.at_m - anchor.way_m(v);
        if room < -MISSED_M && !anchor.firm {
            missed = Some(*anchor);
        } else if room < free_m {
            (free_m, binding) = (room, Some(*anchor));
        }
    }
    if let (Some(missed), Some(target)) = (missed, binding) {
        // It had been left out while less was known, because a ramp to rest passes it below its speed.
        let ramp = Ramp::fastest(v, target.cap, &target.smooth);
        let fits = speed_at_distance(&ramp, missed.at_m) <= missed.own;
        return Some(if fits { ramp } else { Ramp::fastest(v, 0.0, &target.smooth) });
    }
    let mut cruise_m = free_m.min(until_faster(track, place, overrides, v));
    if holding && settle_m > NONE_M {
        cruise_m = cruise_m.min(settle_m);
    }
    if waiting {
        cruise_m = cruise_m.min(v * track.beside_s());
    }
    if cruise_m > NONE_M {
        return Some(Ramp::cruise(v, cruise_m));
    }
    let target = binding?;
    // An anchor on the way that the ramp would pass too fast comes first.
    let ramp_to = |a: &Anchor| Ramp::over(v, a.cap, a.at_m, &a.smooth);
    let ramp = ramp_to(&target);
    let passed = anchors
        .nearest_first()
        .take_while(|a| a.at_m < target.at_m)
        .find(|a| a.own < v && a.cap > target.cap && speed_at_distance(&ramp, a.at_m) > a.own * (1.0 + 1e-6));
    Some(passed.map_or(ramp, ramp_to))
}

/// The highest speed up to `ceiling` that a ramp from here may end at, `clear_s` before where ramps end: a turn takes from the speed along the
/// path what the end of a ramp upwards does, and the averages would add them.
fn fastest_ahead<const N: usize>(smooth: &Smooth, anchors: &Anchors<N>, v: f64, ceiling: f64, ends_m: f64, clear_s: f64) -> f64 {
    let fits = |to: f64| {
        let distance_m = smooth.distance_m(v, to);
        distance_m + clear_s * to <= ends_m && anchors.allow(to, distance_m)
    };
    if fits(ceiling) {
        return ceiling;
    }
    if v > 0.0 && !fits(v * (1.0 + WORTH)) {
        return v;
    }
    let (mut low, mut high) = (v, ceiling);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Distance to where ramps must have ended, m.
fn ramps_end<const N: usize>(track: &Track<N>, place: &Place) -> f64 {
    let mut ahead_m = track.piece(0).length_m - place.done_m;
    for i in 1..track.len() {
        let piece = track.piece(i);
        if piece.starts_anew(track.piece(i - 1)) {
            return ahead_m - piece.zone_m;
        }
        ahead_m += piece.length_m;
    }
    f64::INFINITY
}

/// Distance to where a speed above `v` is allowed, m.
fn until_faster<const N: usize>(track: &Track<N>, place: &Place, overrides: &Overrides, v: f64) -> f64 {
    let mut ahead_m = track.piece(0).length_m - place.done_m;
    for i in 1..track.len() {
        let piece = track.piece(i);
        let slow = overrides.nominal(track.piece(i - 1)) <= v * (1.0 + WORTH) && overrides.nominal(piece) > v * (1.0 + WORTH);
        if slow || piece.cap <= v * (1.0 + WORTH) || piece.starts_anew(track.piece(i - 1)) {
            return ahead_m.max(2.0 * NONE_M);
        }
        ahead_m += piece.length_m;
    }
    f64::INFINITY
}

/// Speed where a falling ramp has covered `distance_m`, m/s.
fn speed_at_distance(ramp: &Ramp, distance_m: f64) -> f64 {
    let (mut low, mut high) = (0.0, ramp.duration_s);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if ramp.distance_at(middle) < distance_m {
            low = middle;
        } else {
            high = middle;
        }
    }
    ramp.speed_at(low)
}
