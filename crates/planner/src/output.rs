//! What a controller gives: steps, and beside them what it had in mind, in the order of time.

use crate::geometry::Geometry;
use crate::path::{MoveKind, PathItem, Point, TorchEvent};
use crate::steps::{StepEdge, TICK_HZ};

/// A stretch of motion along one block with constant jerk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// Tag of the item it came from.
    pub tag: u32,
    /// Rapid or feed.
    pub kind: MoveKind,
    /// When it starts, ticks.
    pub tick: u64,
    /// How long it takes, ticks.
    pub ticks: u64,
    /// The block it lies on.
    pub geometry: Geometry,
    /// Where on the block it starts, m.
    pub from_m: f64,
    /// Speed along the block at its start, m/s.
    pub speed_m_per_s: f64,
    /// Acceleration along the block at its start, m/s².
    pub acceleration_m_per_s2: f64,
    /// Jerk along the block, m/s³.
    pub jerk_m_per_s3: f64,
    /// Speed that the planner means to have at its end, m/s: of a staircase of constant speeds, the ramp that it stands for.
    pub wanted_speed_m_per_s: f64,
}

impl Slice {
    /// How long it takes, s.
    pub fn duration_s(&self) -> f64 {
        self.ticks as f64 / TICK_HZ
    }

    /// Distance along the block `t` seconds after the slice's start, m.
    pub fn distance_at(&self, t: f64) -> f64 {
        let t = t.clamp(0.0, self.duration_s());
        self.from_m + t * (self.speed_m_per_s + t * (0.5 * self.acceleration_m_per_s2 + t * self.jerk_m_per_s3 / 6.0))
    }

    /// Speed along the block, m/s.
    pub fn speed_at(&self, t: f64) -> f64 {
        self.speed_m_per_s + t * (self.acceleration_m_per_s2 + 0.5 * t * self.jerk_m_per_s3)
    }

    /// Point, m.
    pub fn point_at(&self, t: f64) -> Point {
        let length_m = self.geometry.length_m();
        self.geometry.point_at(if length_m > 0.0 { self.distance_at(t) / length_m } else { 1.0 })
    }
}

/// One thing that happens. A slice comes before the steps that fall into it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output {
    /// A step.
    Step(StepEdge),
    /// Motion begins or changes.
    Slice(Slice),
    /// Nothing moves for some time: a dwell, or what the controller needs for itself after a stop.
    Stand {
        /// When it starts, ticks.
        tick: u64,
        /// How long, ticks.
        ticks: u64,
        /// Tag of the item it belongs to.
        tag: u32,
    },
    /// The torch is switched.
    Torch {
        /// When, ticks.
        tick: u64,
        /// Tag of the item it came from.
        tag: u32,
        /// What is switched.
        event: TorchEvent,
    },
}

/// Something that makes steps of path items.
pub trait Controller {
    /// Goes on until there is something to tell, taking items as it has room for them. None when all is done.
    fn next(&mut self, items: &mut dyn Iterator<Item = PathItem>) -> Option<Output>;
}

impl<const B: usize, const S: usize> Controller for crate::grbl::Grbl<B, S> {
    fn next(&mut self, items: &mut dyn Iterator<Item = PathItem>) -> Option<Output> {
        crate::grbl::Grbl::next(self, items)
    }
}
