//! The accelerate–cruise–brake planner with its exact steps, as one controller.
//!
//! In: [`PathItem`]s. Out: [`Output`]s. Uses the look-ahead and the stepper of this crate.

use crate::limits::Limits;
use crate::lookahead::{Motion, Planner, Segment};
use crate::output::{Controller, Output, Slice};
use crate::path::{PathItem, Point};
use crate::steps::{StepEdge, Stepper, TICK_HZ};

/// Ramps and cruise of the block under way.
const PHASES: u8 = 3;

/// Looks ahead over `N` items.
#[derive(Clone, Debug)]
pub struct Trapezoid<const N: usize> {
    planner: Planner<N>,
    stepper: Stepper,
    motion: Option<Motion>,
    phase: u8,
    edge: Option<StepEdge>,
    start_s: f64,
    waiting: Option<PathItem>,
}

impl<const N: usize> Trapezoid<N> {
    /// At rest at `start`, machine coordinates, m.
    pub fn new(limits: Limits, start: Point) -> Self {
        Self {
            planner: Planner::new(limits, start),
            stepper: Stepper::new(limits, start),
            motion: None,
            phase: PHASES,
            edge: None,
            start_s: 0.0,
            waiting: None,
        }
    }

    /// The phase to come, if it takes any time.
    fn slice(&self, motion: &Motion) -> Option<Slice> {
        let p = &motion.profile;
        let (begin, seconds, from_m, speed, acceleration) = match self.phase {
            0 => (0.0, p.rise_s, 0.0, p.entry_m_per_s, p.acceleration_m_per_s2),
            1 => (p.rise_s, p.cruise_s, p.rise_m(), p.peak_m_per_s, 0.0),
            _ => (p.rise_s + p.cruise_s, p.fall_s, p.length_m - p.fall_m(), p.peak_m_per_s, -p.acceleration_m_per_s2),
        };
        let tick = ((self.start_s + begin) * TICK_HZ) as u64;
        let ticks = ((self.start_s + begin + seconds) * TICK_HZ) as u64 - tick;
        (ticks > 0).then_some(Slice {
            tag: motion.tag,
            kind: motion.kind,
            tick,
            ticks,
            geometry: motion.geometry,
            from_m,
            speed_m_per_s: speed,
            acceleration_m_per_s2: acceleration,
            jerk_m_per_s3: 0.0,
            wanted_speed_m_per_s: speed + acceleration * seconds,
        })
    }

    /// The next step or slice of the block under way.
    fn motion_on(&mut self) -> Option<Output> {
        let motion = self.motion?;
        while self.phase < PHASES {
            let Some(slice) = self.slice(&motion) else {
                self.phase += 1;
                continue;
            };
            match self.edge {
                Some(edge) if edge.tick < slice.tick => break,
                _ => {
                    self.phase += 1;
                    return Some(Output::Slice(slice));
                }
            }
        }
        if let Some(edge) = self.edge.take() {
            self.edge = self.stepper.next_edge();
            return Some(Output::Step(edge));
        }
        self.start_s += motion.profile.duration_s();
        self.motion = None;
        None
    }
}

impl<const N: usize> Controller for Trapezoid<N> {
    fn next(&mut self, items: &mut dyn Iterator<Item = PathItem>) -> Option<Output> {
        loop {
            if let Some(output) = self.motion_on() {
                return Some(output);
            }
            // As a sender does that keeps the ring full.
            while !self.planner.is_full() {
                let Some(item) = self.waiting.take().or_else(|| items.next()) else { break };
                if self.planner.push(&item).is_err() {
                    self.waiting = Some(item);
                    break;
                }
            }
            let tick = (self.start_s * TICK_HZ) as u64;
            match self.planner.pop()? {
                Segment::Motion(motion) => {
                    self.stepper.load(&motion, self.start_s);
                    self.edge = self.stepper.next_edge();
                    (self.motion, self.phase) = (Some(motion), 0);
                }
                Segment::Dwell { tag, seconds } => {
                    self.start_s += seconds;
                    return Some(Output::Stand { tick, ticks: (self.start_s * TICK_HZ) as u64 - tick, tag });
                }
                Segment::Torch { tag, event } => return Some(Output::Torch { tick, tag, event }),
            }
        }
    }
}
