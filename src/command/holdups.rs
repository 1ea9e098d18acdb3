//! What a plan's time goes to: why the torch is no faster, stretch by stretch.
//!
//! In: the outputs of a controller, the machine's rates and accelerations, the program. Out: time by cause, in all and for each item.

use std::collections::BTreeMap;

use torchtwin_planner::{AXES, MoveKind, Output, PathItem, Slice, TICK_HZ};

use crate::program::Program;

/// Share of the speed that is allowed from which on it counts as reached.
const REACHED: f64 = 0.98;
/// Share of the acceleration from which on the speed counts as changing.
const CHANGING: f64 = 0.05;
/// Slices farther apart are not one motion, s.
const APART_S: f64 = 1e-3;

/// Why the torch is no faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It has the feed that the program asks for.
    Feed,
    /// The axis with this number has its highest rate.
    Rate(usize),
    /// It speeds up or brakes.
    Acceleration,
    /// A corner or curve cannot be passed faster.
    Turn,
    /// It stands: a dwell, or the controller's own pause after a stop.
    Stand,
}

/// All of them.
pub const CAUSES: [Cause; CAUSE_COUNT] =
    [Cause::Feed, Cause::Rate(0), Cause::Rate(1), Cause::Rate(2), Cause::Acceleration, Cause::Turn, Cause::Stand];
const CAUSE_COUNT: usize = 7;

impl Cause {
    fn index(self) -> usize {
        CAUSES.iter().position(|cause| *cause == self).unwrap_or(0)
    }

    /// Name for data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Rate(0) => "rate_x",
            Self::Rate(1) => "rate_y",
            Self::Rate(_) => "rate_z",
            Self::Acceleration => "acceleration",
            Self::Turn => "turns",
            Self::Stand => "stand",
        }
    }

    /// Name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Feed => "the programmed feed",
            Self::Rate(0) => "the rate of x",
            Self::Rate(1) => "the rate of y",
            Self::Rate(_) => "the rate of z",
            Self::Acceleration => "speeding up and braking",
            Self::Turn => "corners and curves",
            Self::Stand => "standing",
        }
    }
}

/// Time by cause, s, in the order of [`CAUSES`], and what the torch would save if it were always as fast as program and rates allow, s.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Time by cause.
    pub by_cause_s: [f64; CAUSE_COUNT],
    /// Time lost to ramps, corners and curves.
    pub lost_s: f64,
}

impl Spent {
    /// What takes most of the time.
    pub fn main_cause(&self) -> Cause {
        self.most(|_| true)
    }

    /// What most of the lost time is lost to.
    pub fn main_loss(&self) -> Cause {
        self.most(|cause| matches!(cause, Cause::Acceleration | Cause::Turn))
    }

    fn most(&self, counts: impl Fn(Cause) -> bool) -> Cause {
        let of = CAUSES.into_iter().zip(self.by_cause_s).filter(|(cause, _)| counts(*cause));
        of.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(Cause::Feed, |(cause, _)| cause)
    }

    fn add(&mut self, other: &Self) {
        self.by_cause_s.iter_mut().zip(other.by_cause_s).for_each(|(sum, more)| *sum += more);
        self.lost_s += other.lost_s;
    }
}

/// Watches the outputs go by.
pub struct Holdups {
    rates_m_per_s: [f64; AXES],
    accelerations_m_per_s2: [f64; AXES],
    /// Programmed feed of each item, m/s; none for those that have none.
    feeds_m_per_s: BTreeMap<u32, f64>,
    /// Speed and time at the end of the last slice.
    last: (f64, u64),
    items: BTreeMap<u32, Spent>,
}

impl Holdups {
    /// Before the first output.
    pub fn new(program: &Program, rates_m_per_s: [f64; AXES], accelerations_m_per_s2: [f64; AXES]) -> Self {
        let feed = |item: &PathItem| match *item {
            PathItem::Move { tag, kind: MoveKind::Feed, speed_m_per_s, .. } => Some((tag, speed_m_per_s)),
            _ => None,
        };
        let feeds_m_per_s = program.items.iter().filter_map(feed).collect();
        Self { rates_m_per_s, accelerations_m_per_s2, feeds_m_per_s, last: (0.0, 0), items: BTreeMap::new() }
    }

    /// Takes an output.
    pub fn take(&mut self, output: &Output) {
        match output {
            Output::Slice(slice) => self.slice(slice),
            Output::Stand { ticks, tag, .. } => {
                self.items.entry(*tag).or_default().by_cause_s[Cause::Stand.index()] += *ticks as f64 / TICK_HZ;
            }
            Output::Step(_) | Output::Torch { .. } => {}
        }
    }

    fn slice(&mut self, slice: &Slice) {
        let (before, end) = self.last;
        let entry = if slice.tick as f64 > end as f64 + APART_S * TICK_HZ { 0.0 } else { before };
        let exit = slice.wanted_speed_m_per_s;
        self.last = (exit, slice.tick + slice.ticks);
        let length_m = slice.geometry.length_m();
        let way = slice.geometry.tangent_at(if length_m > 0.0 { slice.from_m / length_m } else { 0.0 });
        let along = |most: &[f64; AXES]| {
            let of = |axis: usize| if way[axis].abs() > 1e-9 { most[axis] / way[axis].abs() } else { f64::INFINITY };
            (0..AXES).map(|axis| (axis, of(axis))).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, f64::INFINITY))
        };
        let (slowest, rate) = along(&self.rates_m_per_s);
        let feed = match slice.kind {
            MoveKind::Feed => self.feeds_m_per_s.get(&slice.tag).copied().unwrap_or(f64::INFINITY),
            MoveKind::Rapid => f64::INFINITY,
        };
        let allowed = feed.min(rate);
        let duration_s = slice.duration_s();
        let changes = (exit - entry).abs() > CHANGING * along(&self.accelerations_m_per_s2).1 * duration_s;
        let cause = if entry.min(exit) >= REACHED * allowed {
            if feed <= rate { Cause::Feed } else { Cause::Rate(slowest) }
        } else if changes {
            Cause::Acceleration
        } else {
            Cause::Turn
        };
        let spent = self.items.entry(slice.tag).or_default();
        spent.by_cause_s[cause.index()] += duration_s;
        if matches!(cause, Cause::Acceleration | Cause::Turn) && allowed.is_finite() && allowed > 0.0 {
            spent.lost_s += duration_s * (1.0 - 0.5 * (entry + exit) / allowed).max(0.0);
        }
    }

    /// Of the whole program.
    pub fn whole(&self) -> Spent {
        let mut sum = Spent::default();
        self.items.values().for_each(|spent| sum.add(spent));
        sum
    }

    /// Of each line.
    pub fn by_line(&self, program: &Program) -> BTreeMap<u32, Spent> {
        let mut out: BTreeMap<u32, Spent> = BTreeMap::new();
        self.items.iter().for_each(|(tag, spent)| out.entry(program.line(*tag)).or_default().add(spent));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use torchtwin_planner::Geometry;

    fn slice(tag: u32, tick: u64, speeds: [f64; 2], way: [f64; AXES]) -> Output {
        let geometry = Geometry::Line { from: [0.0; AXES], to: way };
        let ticks = (0.01 * TICK_HZ) as u64;
        Output::Slice(Slice {
            tag,
            kind: if tag == 0 { MoveKind::Feed } else { MoveKind::Rapid },
            tick,
            ticks,
            geometry,
            from_m: 0.0,
            speed_m_per_s: speeds[0],
            acceleration_m_per_s2: (speeds[1] - speeds[0]) / 0.01,
            jerk_m_per_s3: 0.0,
            wanted_speed_m_per_s: speeds[1],
        })
    }

    #[test]
    fn each_stretch_has_the_cause_that_its_speed_shows() {
        let mut held = Holdups {
            rates_m_per_s: [0.1, 0.05, 0.01],
            accelerations_m_per_s2: [1.0; AXES],
            feeds_m_per_s: [(0, 0.02)].into(),
            last: (0.0, 0),
            items: BTreeMap::new(),
        };
        let (x, y) = ([0.1, 0.0, 0.0], [0.0, 0.1, 0.0]);
        let ticks = (0.01 * TICK_HZ) as u64;
        // Up to the feed, at it, down to half of it and on so; then a rapid along Y at its rate.
        let outputs = [
            slice(0, 0, [0.0, 0.01], x),
            slice(0, ticks, [0.01, 0.02], x),
            slice(0, 2 * ticks, [0.02, 0.02], x),
            slice(0, 3 * ticks, [0.02, 0.01], x),
            slice(0, 4 * ticks, [0.01, 0.01], x),
            Output::Stand { tick: 5 * ticks, ticks, tag: 0 },
            slice(1, 6 * ticks, [0.05, 0.05], y),
            slice(1, 7 * ticks, [0.05, 0.05], y),
        ];
        outputs.iter().for_each(|output| held.take(output));
        let whole = held.whole();
        let of = |cause: Cause| (whole.by_cause_s[cause.index()] * 100.0).round() as u32;
        // The rapid's first slice follows a stand, and so starts from rest.
        let expected = [
            (Cause::Feed, 1),
            (Cause::Acceleration, 4),
            (Cause::Turn, 1),
            (Cause::Stand, 1),
            (Cause::Rate(1), 1),
            (Cause::Rate(0), 0),
        ];
        for (cause, hundredths) in expected {
            assert_eq!(of(cause), hundredths, "{cause:?}");
        }
        // Three quarters, a quarter, a quarter, a half of a slice; half of the rapid's first.
        assert!((whole.lost_s - 0.01 * (0.75 + 0.25 + 0.25 + 0.5 + 0.5)).abs() < 1e-12, "{}", whole.lost_s);
        assert_eq!(whole.main_loss(), Cause::Acceleration);
    }
}
