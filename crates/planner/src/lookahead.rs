//! Joins blocks at the highest speeds that the limits and the braking distance allow.
//!
//! In: [`PathItem`]s. Out: [`Segment`]s whose speeds are final. A ring of `N` blocks looks ahead; the last block in it is always
//! planned to end at rest, so that the machine can stop if nothing follows.
//!
//! Junction speed: junction deviation as in Grbl 1.1, v² = a δ s/(1 − s) with s = sin(θ/2) and θ the inside angle, and a second cap
//! as in Klipper, v² = ½ L a tan(θ/2) for both blocks, which keeps a faceted circle at v² = a r where junction deviation alone allows
//! several times that acceleration.

use libm::sqrt;

use crate::geometry::{Geometry, difference, dot, norm, unit};
use crate::limits::Limits;
use crate::path::{AXES, MoveKind, PathItem, Point, TorchEvent};
use crate::profile::Profile;

/// The ring has no room; take a segment out first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// One planned move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// Tag of the item it came from.
    pub tag: u32,
    /// Rapid or feed.
    pub kind: MoveKind,
    /// Where it goes.
    pub geometry: Geometry,
    /// How fast.
    pub profile: Profile,
}

impl Motion {
    /// Planned point `t` seconds after its start, m.
    pub fn point_at(&self, t: f64) -> Point {
        self.geometry.point_at(self.profile.distance_at(t) / self.profile.length_m)
    }
}

/// What comes out, in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// Move.
    Motion(Motion),
    /// Stand still.
    Dwell {
        /// Tag of the item it came from.
        tag: u32,
        /// How long, s.
        seconds: f64,
    },
    /// Switch the torch, at rest.
    Torch {
        /// Tag of the item it came from.
        tag: u32,
        /// What to switch.
        event: TorchEvent,
    },
}

/// A move in the ring. Speeds squared, m²/s².
#[derive(Clone, Copy, Debug)]
struct Block {
    tag: u32,
    kind: MoveKind,
    geometry: Geometry,
    length_m: f64,
    nominal_m_per_s: f64,
    acceleration_m_per_s2: f64,
    /// Cap by junction and both nominal speeds.
    entry_cap2: f64,
    /// Highest entry speed from which the blocks behind can still be braked for.
    entry_braking2: f64,
    /// The same, and reachable from the blocks before.
    entry2: f64,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Move(Block),
    Dwell { tag: u32, seconds: f64 },
    Torch { tag: u32, event: TorchEvent },
}

/// Look-ahead over `N` items.
#[derive(Clone, Debug)]
pub struct Planner<const N: usize> {
    limits: Limits,
    ring: [Slot; N],
    first: usize,
    len: usize,
    position: Point,
    /// Tangent, nominal speed and length of the newest block; none after a stop.
    last: Option<(Point, f64, f64)>,
}

/// Moves shorter than this carry no step on any machine and are merged into the next, m.
const SHORTEST_M: f64 = 1e-9;

impl<const N: usize> Planner<N> {
    /// An empty planner standing at `start` (machine coordinates, m).
    pub fn new(limits: Limits, start: Point) -> Self {
        let empty = Slot::Dwell { tag: 0, seconds: 0.0 };
        Self { limits, ring: [empty; N], first: 0, len: 0, position: start, last: None }
    }

    /// Number of items waiting.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the next [`Planner::push`] would fail.
    pub fn is_full(&self) -> bool {
        self.len == N
    }

    /// Where the newest item ends, m.
    pub fn position(&self) -> Point {
        self.position
    }

    /// Adds one item and replans.
    ///
    /// # Errors
    /// [`Full`] when the ring has no room; nothing is changed.
    pub fn push(&mut self, item: &PathItem) -> Result<(), Full> {
        if self.is_full() {
            return Err(Full);
        }
        match *item {
            PathItem::Move { tag, kind, speed_m_per_s, ref shape } => {
                let geometry = Geometry::new(self.position, shape);
                let length_m = geometry.length_m();
                if length_m < SHORTEST_M {
                    return Ok(());
                }
                let block = self.block(tag, kind, speed_m_per_s, geometry, length_m);
                self.position = geometry.to();
                self.last = Some((geometry.tangent_at(1.0), block.nominal_m_per_s, length_m));
                self.append(Slot::Move(block));
                self.replan();
            }
            PathItem::Dwell { tag, seconds } => {
                self.last = None;
                self.append(Slot::Dwell { tag, seconds });
            }
            PathItem::Torch { tag, event } => {
                self.last = None;
                self.append(Slot::Torch { tag, event });
            }
            PathItem::Stop { .. } => self.last = None,
            PathItem::Mode { .. } => {}
        }
        Ok(())
    }

    /// Takes the oldest item out. Its speeds, and with them the entry speed of the next, are final from here on.
    pub fn pop(&mut self) -> Option<Segment> {
        if self.len == 0 {
            return None;
        }
        let slot = *self.slot(0);
        let exit2 = if self.len > 1 { self.entry2(1) } else { 0.0 };
        self.first = (self.first + 1) % N;
        self.len -= 1;
        if self.len == 0 {
            // Nothing follows yet, so this block ends at rest, and what comes next starts from rest.
            self.last = None;
        }
        Some(match slot {
            Slot::Move(b) => Segment::Motion(Motion {
                tag: b.tag,
                kind: b.kind,
                geometry: b.geometry,
                profile: Profile::new(b.length_m, sqrt(b.entry2), sqrt(exit2), b.nominal_m_per_s, b.acceleration_m_per_s2),
            }),
            Slot::Dwell { tag, seconds } => Segment::Dwell { tag, seconds },
            Slot::Torch { tag, event } => Segment::Torch { tag, event },
        })
    }

    fn index(&self, i: usize) -> usize {
        (self.first + i) % N
    }

    fn slot(&self, i: usize) -> &Slot {
        &self.ring[self.index(i)]
    }

    fn append(&mut self, slot: Slot) {
        let at = self.index(self.len);
        self.ring[at] = slot;
        self.len += 1;
    }

    fn entry2(&self, i: usize) -> f64 {
        match self.slot(i) {
            Slot::Move(b) => b.entry2,
            _ => 0.0,
        }
    }

    /// Limits of a move and the cap on its entry speed.
    fn block(&self, tag: u32, kind: MoveKind, speed_m_per_s: f64, geometry: Geometry, length_m: f64) -> Block {
        let tangent = geometry.tangent_at(0.0);
        let (rapid, acceleration) = match geometry {
            Geometry::Line { .. } => {
                (along(&self.limits.max_speed_m_per_s, &tangent), along(&self.limits.max_acceleration_m_per_s2, &tangent))
            }
            Geometry::Arc { plane, .. } => self.arc_limits(&tangent, plane.axes()),
        };
        let programmed = match kind {
            MoveKind::Rapid => f64::INFINITY,
            MoveKind::Feed => speed_m_per_s,
        };
        let mut nominal = rapid.min(programmed);
        let mut tangential = acceleration;
        let radius = geometry.radius_m();
        if radius.is_finite() {
            // √¾ of the acceleration for the turn leaves at least half for speeding up and braking.
            nominal = nominal.min(sqrt(sqrt(0.75) * acceleration * radius));
            let turning = nominal * nominal / radius;
            tangential = sqrt(acceleration * acceleration - turning * turning);
        }
        let entry_cap2 = match self.last {
            Some((before, nominal_before, length_before)) => {
                let junction2 = self.junction2(&before, &tangent, length_before.min(length_m));
                junction2.min(nominal * nominal).min(nominal_before * nominal_before)
            }
            None => 0.0,
        };
        Block {
            tag,
            kind,
            geometry,
            length_m,
            nominal_m_per_s: nominal,
            acceleration_m_per_s2: tangential,
            entry_cap2,
            entry_braking2: 0.0,
            entry2: 0.0,
        }
    }

    /// Speed and acceleration that no axis exceeds anywhere on an arc whose tangent turns through a plane with the given rise.
    fn arc_limits(&self, tangent: &Point, [first, second, third]: [usize; AXES]) -> (f64, f64) {
        let plane = sqrt(tangent[first] * tangent[first] + tangent[second] * tangent[second]);
        let worst = |limit: &[f64; AXES]| {
            let in_plane = limit[first].min(limit[second]) / plane;
            if tangent[third] == 0.0 { in_plane } else { in_plane.min(limit[third] / tangent[third].abs()) }
        };
        (worst(&self.limits.max_speed_m_per_s), worst(&self.limits.max_acceleration_m_per_s2))
    }

    /// Square of the highest speed through the corner between two directions of travel.
    fn junction2(&self, before: &Point, after: &Point, shorter_m: f64) -> f64 {
        let cos_turn = dot(before, after);
        let bisector = difference(after, before);
        if cos_turn > 1.0 - 1e-12 || norm(&bisector) < 1e-9 {
            return f64::INFINITY;
        }
        // Inside angle θ: cos θ = −cos(turn), so sin(θ/2) = √((1 + cos turn)/2).
        let half = sqrt((0.5 * (1.0 + cos_turn)).max(0.0));
        if half < 1e-6 {
            return 0.0;
        }
        let acceleration = along(&self.limits.max_acceleration_m_per_s2, &unit(&bisector));
        let by_deviation = acceleration * self.limits.junction_deviation_m * half / (1.0 - half);
        let tan_half = half / sqrt((1.0 - half * half).max(1e-300));
        let by_length = 0.5 * shorter_m * acceleration * tan_half;
        by_deviation.min(by_length)
    }

    /// Backward pass from the newest block as far as anything changes, then forward again.
    fn replan(&mut self) {
        let mut i = self.len - 1;
        let mut exit2 = 0.0;
        let mut from = i;
        loop {
            let at = self.index(i);
            let Slot::Move(b) = &mut self.ring[at] else { break };
            let braking2 = b.entry_cap2.min(exit2 + 2.0 * b.acceleration_m_per_s2 * b.length_m);
            let unchanged = braking2 == b.entry_braking2 && i + 1 < self.len;
            if i == 0 {
                // The first block's entry speed is the exit speed of one already taken out.
                from = 0;
                break;
            }
            b.entry_braking2 = braking2;
            from = i;
            if unchanged {
                break;
            }
            exit2 = braking2;
            i -= 1;
        }
        self.forward(from);
    }

    fn forward(&mut self, from: usize) {
        for i in from.max(1)..self.len {
            let at = self.index(i);
            let reach2 = match self.slot(i - 1) {
                Slot::Move(p) => p.entry2 + 2.0 * p.acceleration_m_per_s2 * p.length_m,
                _ => 0.0,
            };
            if let Slot::Move(b) = &mut self.ring[at] {
                b.entry2 = b.entry_braking2.min(reach2);
            }
        }
    }
}

/// Largest magnitude along `direction` that keeps every axis within its `limit`.
fn along(limit: &[f64; AXES], direction: &Point) -> f64 {
    let mut most = f64::INFINITY;
    for i in 0..AXES {
        let share = direction[i].abs();
        if share > 1e-12 {
            most = most.min(limit[i] / share);
        }
    }
    most
}
