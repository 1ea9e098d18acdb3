//! The pieces ahead: their geometry, what each allows, and how fast the joints between them may be passed.
//!
//! In: moves. Out: a ring of [`Piece`]s with caps. A corner turns the velocity by Δv = v |u₂ − u₁| at once; the two moving averages behind make
//! of it an acceleration of Δv/τ at most, a jerk of Δv/τ² and a rounding of Δv τ/6, which bound v. Facets that follow one another within the
//! averages share that budget by their lengths, as if they were a curve.

use libm::{cbrt, exp2, fabs, floor, log2, sqrt};

use super::kernel::Smooth;
use super::settings::Settings;
use super::shaper::Shaping;
use crate::geometry::{Geometry, difference, norm};
use crate::path::{AXES, MoveKind, Point, Shape};

/// Slowest feed, m/s: a hundredth of what Grbl makes its slowest. Zero would never end.
const SLOWEST: f64 = 0.01e-3 / 60.0;
/// Shorter moves carry no step on any machine, m.
const SHORTEST_M: f64 = 1e-9;
/// Directions nearer than this are the same.
const SAME_DIRECTION: f64 = 1e-7;
/// Highest step rate of an axis that is asked for, Hz: the interrupt makes one step a tick at most.
pub const STEP_RATE_HZ: f64 = 0.9 * super::dda::TICKS as f64 * super::settings::SAMPLE_HZ;
/// What is left of acceleration and jerk along the path on arcs and where joints crowd.
const CROWDED: Smooth = Smooth { acceleration: 0.5, jerk: 0.5 };
/// What joints that crowd may take of the jerk; ramps have [`CROWDED`]. A little less than half, because the averages see parts of joints.
const JOINTS_SHARE: f64 = 0.45;
/// What a joint beside an arc may take; the arc needs the rest for itself.
const BESIDE_ARCS: f64 = 0.5;
/// Highest feed override that the joints are made for.
const MOST_OVERRIDE: f64 = 2.0;
/// The share of the in-plane acceleration that turning may take, √(1 − ½²).
const TURNING: f64 = 0.866;

/// A move, as far as it is still ahead.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Handed through.
    pub tag: u32,
    /// Rapid or feed.
    pub kind: MoveKind,
    /// Where it goes.
    pub geometry: Geometry,
    /// Its length, m.
    pub length_m: f64,
    /// Speed along it that its limits and, at feed, the program allow, m/s.
    pub nominal: f64,
    /// The same for its limits alone.
    pub limit: f64,
    /// Acceleration and jerk along it.
    pub smooth: Smooth,
    /// Highest speed at which it may be entered, m/s.
    pub cap: f64,
    /// How far before and behind its start that holds, m.
    pub zone_m: f64,
    /// Whether it is part of a curve.
    curved: bool,
}

impl Piece {
    fn is_arc(&self) -> bool {
        matches!(self.geometry, Geometry::Arc { .. })
    }

    /// Makes it part of a curve, in which turning takes a share of acceleration and jerk.
    fn bend(&mut self, settings: &Settings) {
        if self.curved {
            return;
        }
        self.curved = true;
        // The same for all directions, so that ramps may run over many facets.
        let tangent = self.geometry.tangent_at(0.0);
        for (i, way) in tangent.iter().enumerate() {
            if fabs(*way) > 1e-12 {
                let [a, j] = [settings.max_acceleration_m_per_s2[i], settings.max_jerk_m_per_s3[i]];
                let least = Smooth { acceleration: CROWDED.acceleration * a, jerk: CROWDED.jerk * j };
                self.smooth = self.smooth.least(least);
            }
        }
    }

    /// Whether no ramp may run from `before` into this piece: beside a joint that stands alone the speed is constant, and where the limits
    /// change, ramps end.
    pub fn starts_anew(&self, before: &Self) -> bool {
        self.zone_m > 0.0 || self.smooth != before.smooth
    }
}

/// A ring of `N` pieces.
#[derive(Clone, Debug)]
pub struct Track<const N: usize> {
    pieces: [Piece; N],
    first: usize,
    len: usize,
    /// Where the newest piece ends, m.
    position: Point,
    /// Whether the machine comes to rest where the newest piece ends.
    stops: bool,
    /// Pieces taken so far, wrapping.
    taken: u32,
    tau_s: f64,
    /// Variance of all that spreads positions over time, s².
    variance_s2: f64,
    /// Mean distance in time over which it spreads them, at most, s.
    spread_s: f64,
    /// How long before and behind a joint it reaches, s.
    beside_s: f64,
}

impl<const N: usize> Track<N> {
    /// Empty, standing at `start`.
    pub fn new(start: Point, tau_s: f64, shaping: Option<&Shaping>) -> Self {
        let of = |value: fn(&Shaping) -> f64| shaping.map_or(0.0, value);
        let variance_s2 = tau_s * tau_s / 6.0 + of(Shaping::variance_s2);
        let spread_s = tau_s / 3.0 + of(Shaping::spread_s);
        let beside_s = tau_s + 0.5 * of(Shaping::span_s);
        let piece = Piece {
            tag: 0,
            kind: MoveKind::Rapid,
            geometry: Geometry::Line { from: start, to: start },
            length_m: 0.0,
            nominal: 0.0,
            limit: 0.0,
            smooth: Smooth { acceleration: 1.0, jerk: 1.0 },
            cap: 0.0,
            zone_m: 0.0,
            curved: false,
        };
        Self {
            pieces: [piece; N],
            first: 0,
            len: 0,
            position: start,
            stops: true,
            taken: 0,
            tau_s,
            variance_s2,
            spread_s,
            beside_s,
        }
    }

    /// How long before and behind a joint the averages, and the shaping, reach, s.
    pub fn beside_s(&self) -> f64 {
        self.beside_s
    }

    /// How long each of the averages is, s.
    pub fn tau_s(&self) -> f64 {
        self.tau_s
    }

    /// Pieces ahead.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is ahead.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        self.len == N
    }

    /// The piece `i` places ahead; 0 is the one under way.
    pub fn piece(&self, i: usize) -> &Piece {
        &self.pieces[(self.first + i) % N]
    }

    /// Drops the piece under way.
    pub fn drop_first(&mut self) {
        self.first = (self.first + 1) % N;
        self.len -= 1;
    }

    /// Forgets everything ahead of `position`.
    pub fn clear(&mut self, position: Point) {
        (self.first, self.len, self.stops, self.position) = (0, 0, true, position);
    }

    /// The number of the next piece to be taken.
    pub fn next_number(&self) -> u32 {
        self.taken
    }

    /// The number of the piece under way.
    pub fn number(&self) -> u32 {
        self.taken.wrapping_sub(self.len as u32)
    }

    /// What follows starts from rest.
    pub fn stop(&mut self) {
        self.stops = true;
    }

    /// Where the newest piece ends, m.
    pub fn end(&self) -> Point {
        self.position
    }

    /// Adds a move; the ring must have room. Moves that go nowhere are dropped.
    pub fn push(&mut self, settings: &Settings, tolerance_m: f64, tag: u32, kind: MoveKind, speed: f64, shape: &Shape) {
        let geometry = Geometry::new(self.position, shape);
        let length_m = geometry.length_m();
        if length_m < SHORTEST_M {
            return;
        }
        let (limit, smooth) = self.limits(settings, tolerance_m.max(0.1 * settings.tolerance_m), &geometry);
        let nominal = if kind == MoveKind::Rapid { limit } else { limit.min(speed.max(SLOWEST)) };
        let curved = matches!(geometry, Geometry::Arc { .. });
        let mut piece = Piece { tag, kind, geometry, length_m, nominal, limit, smooth, cap: 0.0, zone_m: 0.0, curved };
        if !self.stops && self.len > 0 {
            let joint = self.joint(settings, tolerance_m, self.piece(self.len - 1), &piece);
            (piece.cap, piece.zone_m) = (joint.cap, joint.zone_m);
            if joint.crowded {
                piece.bend(settings);
                let newest = (self.first + self.len - 1) % N;
                self.pieces[newest].bend(settings);
            }
        }
        self.pieces[(self.first + self.len) % N] = piece;
        self.len += 1;
        self.taken = self.taken.wrapping_add(1);
        self.position = geometry.to();
        self.stops = false;
    }

    /// The machine stands `done_m` into the piece under way, as after a hold, with no room to get up to half the speed at which the next joint
    /// may be passed: that joint is then passed as those are that crowd, with ramps over it, slower and with half the acceleration and jerk.
    pub fn start_before_joint(&mut self, settings: &Settings, done_m: f64) {
        if self.len < 2 || done_m <= 0.0 {
            return;
        }
        let (now, next) = (self.first % N, (self.first + 1) % N);
        let (first, after) = (self.pieces[now], self.pieces[next]);
        let room_m = first.length_m - done_m - after.zone_m;
        if after.cap == 0.0 || !after.starts_anew(&first) || first.smooth.reach(0.0, room_m) >= 0.5 * after.cap.min(after.limit) {
            return;
        }
        if after.zone_m > 0.0 {
            self.pieces[now].bend(settings);
            self.pieces[next].bend(settings);
            self.pieces[next].cap = stepped(JOINTS_SHARE * after.cap);
            self.pieces[next].zone_m = 0.0;
        }
        let least = self.pieces[now].smooth.least(self.pieces[next].smooth);
        (self.pieces[now].smooth, self.pieces[next].smooth) = (least, least);
    }

    /// Speed, acceleration and jerk along `geometry` that keep every axis within its limits.
    fn limits(&self, settings: &Settings, tolerance_m: f64, geometry: &Geometry) -> (f64, Smooth) {
        let mut speeds = settings.max_speed_m_per_s;
        for (speed, steps) in speeds.iter_mut().zip(settings.steps_per_m) {
            *speed = speed.min(STEP_RATE_HZ / steps);
        }
        let (accelerations, jerks) = (&settings.max_acceleration_m_per_s2, &settings.max_jerk_m_per_s3);
        let tangent = geometry.tangent_at(0.0);
        let Geometry::Arc { plane, radius_m, .. } = *geometry else {
            let smooth = Smooth { acceleration: along(accelerations, &tangent), jerk: along(jerks, &tangent) };
            return (along(&speeds, &tangent), smooth);
        };
        let [first, second, third] = plane.axes();
        let flat = sqrt(tangent[first] * tangent[first] + tangent[second] * tangent[second]);
        let rise = fabs(tangent[third]);
        let worst = |most: &[f64; AXES]| {
            let in_plane = most[first].min(most[second]) / flat;
            if rise == 0.0 { in_plane } else { in_plane.min(most[third] / rise) }
        };
        let turning = TURNING * accelerations[first].min(accelerations[second]);
        // The averages draw a circle in by ½ a τ²/6, impulses by half of a times their variance.
        let turning = turning.min((1.0 - BESIDE_ARCS) * 2.0 * tolerance_m / self.variance_s2);
        let jerk = jerks[first].min(jerks[second]);
        let in_plane = sqrt(turning * radius_m).min(cbrt(0.5 * jerk * radius_m * radius_m));
        let smooth = Smooth { acceleration: CROWDED.acceleration * worst(accelerations), jerk: CROWDED.jerk * worst(jerks) };
        (worst(&speeds).min(in_plane / flat), smooth)
    }

    /// How the joint between two pieces may be passed.
    ///
    /// A turn of the velocity by v Δu and a step of the acceleration by v² Δκ come out of the averages as a jerk of v Δu/τ² + v² Δκ/τ. A joint
    /// that stands alone is passed at constant speed, so that nothing else adds to that; where joints crowd, each has a share of it, and
    /// ramps have the other half.
    fn joint(&self, settings: &Settings, tolerance_m: f64, before: &Piece, after: &Piece) -> Joint {
        let tau = self.tau_s;
        let turn = difference(&after.geometry.tangent_at(0.0), &before.geometry.tangent_at(1.0));
        let bend = difference(&curvature(&after.geometry, 0.0), &curvature(&before.geometry, 1.0));
        let (turned, bent) = (norm(&turn), norm(&bend));
        if turned <= SAME_DIRECTION && bent == 0.0 {
            return Joint { cap: f64::INFINITY, zone_m: 0.0, crowded: false };
        }
        if turned > SAME_DIRECTION && tolerance_m <= 0.0 {
            return Joint { cap: 0.0, zone_m: 0.0, crowded: false };
        }
        let arcs = before.is_arc() || after.is_arc();
        let share = if arcs { BESIDE_ARCS } else { 1.0 };
        let mut alone = f64::INFINITY;
        if turned > SAME_DIRECTION {
            alone = share * 2.0 * tolerance_m / (self.spread_s * turned);
        }
        for i in 0..AXES {
            let (a, j) = (settings.max_acceleration_m_per_s2[i], settings.max_jerk_m_per_s3[i]);
            let (turn, bend) = (fabs(turn[i]), fabs(bend[i]));
            if turn > 0.0 {
                alone = alone.min(share * a * tau / turn);
            }
            if turn > 0.0 || bend > 0.0 {
                // v² Δκ/τ + v Δu/τ² = share · J.
                let (b, c) = (turn / (tau * tau), share * j);
                alone = alone.min(2.0 * c / (b + sqrt(b * b + 4.0 * bend / tau * c)));
            }
        }
        let shorter_m = before.length_m.min(after.length_m);
        let fastest = alone.min(before.limit).min(after.limit).min(MOST_OVERRIDE * before.nominal.min(after.nominal));
        let apart_s = self.beside_s + self.longer_s(settings, before, after, &turn, &bend, fastest);
        if shorter_m >= 4.0 * apart_s * fastest {
            return Joint { cap: alone, zone_m: fastest * apart_s, crowded: false };
        }
        // v ≤ alone · L/(τ v), and never more than the share of the joints in what is there.
        let own = stepped((JOINTS_SHARE * alone).min(sqrt(JOINTS_SHARE * alone * shorter_m / tau)));
        Joint { cap: own, zone_m: 0.0, crowded: true }
    }

    /// How much farther than τ, in time, a brake must end before a joint that is passed at `speed`, and a ramp upwards begin behind it, so that the two
    /// together stay within the jerk of every axis, s.
    ///
    /// The averages reach over τ to both sides: b τ before the joint, the part of the ramp's jerk in what the joint asks for is ½ (2 − b)² at
    /// most. It adds where the ramp's direction and the turn's have the same sign.
    fn longer_s(&self, settings: &Settings, before: &Piece, after: &Piece, turn: &Point, bend: &Point, speed: f64) -> f64 {
        let tau = self.tau_s;
        let mut part = 0.5_f64;
        for (piece, at, sign) in [(before, 1.0, 1.0), (after, 0.0, -1.0)] {
            let tangent = piece.geometry.tangent_at(at);
            let curved = norm(&curvature(&piece.geometry, at));
            for i in 0..AXES {
                let jerk = settings.max_jerk_m_per_s3[i];
                let (way, turned) = (tangent[i], sign * turn[i]);
                let adds = way * turned > 0.0 || bend[i] != 0.0;
                let ramp = piece.smooth.jerk * fabs(way);
                if adds && ramp > 1e-9 * jerk {
                    let joint =
                        speed * (fabs(turned) / tau + speed * fabs(bend[i])) / tau + speed * speed * speed * curved * curved;
                    part = part.min((jerk - joint) / ramp);
                }
            }
        }
        tau * (1.0 - sqrt(2.0 * part.max(0.0)))
    }
}

struct Joint {
    cap: f64,
    zone_m: f64,
    crowded: bool,
}

/// The next lower of speeds that are an eighth of a power of two apart: facets are never quite even, and small differences between their
/// caps would only cost ramps.
fn stepped(speed: f64) -> f64 {
    exp2(floor(8.0 * log2(speed)) / 8.0)
}

/// Curvature vector at share `u`, 1/m.
fn curvature(geometry: &Geometry, u: f64) -> Point {
    let Geometry::Arc { plane, centre, radius_m, .. } = *geometry else { return [0.0; AXES] };
    let [first, second, _] = plane.axes();
    let (point, tangent) = (geometry.point_at(u), geometry.tangent_at(u));
    let flat2 = tangent[first] * tangent[first] + tangent[second] * tangent[second];
    let mut out = [0.0; AXES];
    out[first] = flat2 * (centre[0] - point[first]) / (radius_m * radius_m);
    out[second] = flat2 * (centre[1] - point[second]) / (radius_m * radius_m);
    out
}

/// Largest magnitude along `direction` that keeps every axis within `most`.
fn along(most: &[f64; AXES], direction: &Point) -> f64 {
    let mut limit = f64::INFINITY;
    for i in 0..AXES {
        if fabs(direction[i]) > 1e-12 {
            limit = limit.min(most[i] / fabs(direction[i]));
        }
    }
    limit
}
