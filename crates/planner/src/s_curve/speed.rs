//! How fast to go: one ramp after another, each from and to a state without acceleration.
//!
//! In: the pieces ahead. Out: [`Ramp`]s. Wherever a ramp ends, every cap ahead can still be braked for: the caps are first lowered, from the
//! end of what is known back to here, to what can be braked from; then the next ramp is the highest that leaves them all within reach.

use super::kernel::{Ramp, Smooth};
use super::track::{Piece, Track};
use crate::path::MoveKind;

/// Gains of speed below this share are not worth a ramp.
const WORTH: f64 = 1e-3;
/// Halvings in the search for the highest speed.
const HALVINGS: u32 = 44;
/// Distances below this are none, m.
const NONE_M: f64 = 1e-12;

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

/// A speed that must not be exceeded from some place on.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    /// How far ahead, m.
    at_m: f64,
    /// The speed, m/s.
    cap: f64,
    /// What holds on the way there.
    smooth: Smooth,
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

/// The anchors that matter, nearest last.
struct Anchors<const N: usize> {
    list: [Anchor; N],
    len: usize,
}

impl<const N: usize> Anchors<N> {
    fn of(track: &Track<N>, place: &Place, overrides: &Overrides) -> Self {
        let last = track.len() - 1;
        let mut ahead_m = -place.done_m;
        for i in 0..=last {
            ahead_m += track.piece(i).length_m;
        }
        let end = Anchor { at_m: ahead_m, cap: 0.0, smooth: track.piece(last).smooth };
        let mut out = Self { list: [end; N], len: 1 };
        for i in (1..=last).rev() {
            let (before, piece) = (track.piece(i - 1), track.piece(i));
            ahead_m -= piece.length_m;
            let mut cap = piece.cap.min(overrides.nominal(piece)).min(overrides.nominal(before));
            for anchor in &out.list[..out.len] {
                // Nothing but constant speed beside a joint that stands alone.
                cap = cap.min(anchor.smooth.reach(anchor.cap, anchor.at_m - ahead_m - piece.zone_m));
            }
            // What is farther and not slower is reached anyway.
            while out.len > 0 && out.list[out.len - 1].cap >= cap {
                out.len -= 1;
            }
            for anchor in &mut out.list[..out.len] {
                anchor.smooth = anchor.smooth.least(before.smooth);
            }
            out.list[out.len] = Anchor { at_m: (ahead_m - piece.zone_m).max(0.0), cap, smooth: before.smooth };
            out.len += 1;
        }
        out
    }

    fn nearest_first(&self) -> impl Iterator<Item = &Anchor> {
        self.list[..self.len].iter().rev()
    }

    /// Whether from `speed`, `gone_m` ahead, all anchors can be kept.
    fn allow(&self, speed: f64, gone_m: f64) -> bool {
        self.nearest_first().all(|a| {
            if a.at_m < gone_m { speed <= a.cap } else { speed <= a.cap || gone_m + a.smooth.distance_m(speed, a.cap) <= a.at_m }
        })
    }
}

/// The next ramp from `place`; none at rest with nothing ahead. `holding` brakes to rest.
pub fn next_ramp<const N: usize>(track: &Track<N>, place: &Place, overrides: &Overrides, holding: bool) -> Option<Ramp> {
    if track.is_empty() {
        return None;
    }
    let first = track.piece(0);
    let v = place.speed;
    if v > 0.0 && place.zone_m > NONE_M {
        return Some(Ramp::cruise(v, place.zone_m));
    }
    let zone_ahead_m = zone_ahead(track, place);
    let brakes = Ramp::fastest(v, 0.0, &on_the_way(track, place, v, 0.0));
    if holding && (v == 0.0 || brakes.distance_m() <= zone_ahead_m) {
        return (v > 0.0).then_some(brakes);
    }
    let anchors = Anchors::of(track, place, overrides);
    let ceiling = overrides.nominal(first);
    if v > ceiling * (1.0 + 1e-9) {
        let slower = Ramp::fastest(v, ceiling, &on_the_way(track, place, v, ceiling));
        if slower.distance_m() <= zone_ahead_m && anchors.allow(ceiling, slower.distance_m()) {
            return Some(slower);
        }
    }
    let faster = if v < ceiling && !holding { fastest_ahead(track, place, &anchors, v, ceiling, zone_ahead_m) } else { v };
    if faster > v * (1.0 + WORTH) {
        return Some(Ramp::fastest(v, faster, &on_the_way(track, place, v, faster)));
    }
    if v == 0.0 {
        // Too near to the end for any speed: done.
        return None;
    }
    // At this speed as far as every anchor allows, or to where it may be exceeded.
    let mut free_m = f64::INFINITY;
    let mut binding = None;
    for anchor in anchors.nearest_first().filter(|a| a.cap < v) {
        let room = anchor.at_m - anchor.smooth.distance_m(v, anchor.cap);
        if room < free_m {
            (free_m, binding) = (room, Some(*anchor));
        }
    }
    let cruise_m = free_m.min(until_faster(track, place, overrides, v));
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
        .find(|a| a.cap < v && a.cap > target.cap && speed_at_distance(&ramp, a.at_m) > a.cap * (1.0 + 1e-6));
    Some(passed.map_or(ramp, ramp_to))
}

/// The highest speed up to `ceiling` that a ramp from here may end at.
fn fastest_ahead<const N: usize>(
    track: &Track<N>,
    place: &Place,
    anchors: &Anchors<N>,
    v: f64,
    ceiling: f64,
    zone_ahead_m: f64,
) -> f64 {
    let fits = |to: f64| {
        let distance_m = on_the_way(track, place, v, to).distance_m(v, to);
        distance_m <= zone_ahead_m && anchors.allow(to, distance_m)
    };
    if fits(ceiling) {
        return ceiling;
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

/// What holds on the pieces that a ramp from `v` to `to` touches.
fn on_the_way<const N: usize>(track: &Track<N>, place: &Place, v: f64, to: f64) -> Smooth {
    let mut smooth = track.piece(0).smooth;
    let mut end_m = track.piece(0).length_m - place.done_m;
    for i in 1..track.len() {
        if end_m >= smooth.distance_m(v, to) {
            break;
        }
        smooth = smooth.least(track.piece(i).smooth);
        end_m += track.piece(i).length_m;
    }
    smooth
}

/// Distance to where the speed must stay as it is because of a joint, m.
fn zone_ahead<const N: usize>(track: &Track<N>, place: &Place) -> f64 {
    let mut ahead_m = track.piece(0).length_m - place.done_m;
    for i in 1..track.len() {
        let piece = track.piece(i);
        if piece.zone_m > 0.0 {
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
        if slow || piece.cap <= v * (1.0 + WORTH) || piece.zone_m > 0.0 {
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
