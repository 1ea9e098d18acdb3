//! The step interrupt: which axes step at a tick of the timer. Whole numbers only, the same work at every tick.
//!
//! In: segments. Out: steps. Bresenham's line over the axis that has most steps, its counters starting half way, at up to eight times the
//! step rate where that is slow, so that the other axes step in between (reference §2.3).

use super::prep::Segment;
use crate::path::AXES;

/// Steps of one tick: bit i is axis i.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Which axes step.
    pub step: u8,
    /// Which axes go backwards.
    pub backward: u8,
}

/// The interrupt's own memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pulser {
    counters: [u64; AXES],
    increments: [u64; AXES],
    segment: Segment,
    ticks_left: u32,
    serial: u32,
}

impl Pulser {
    /// Whether the segment is used up.
    pub fn is_idle(&self) -> bool {
        self.ticks_left == 0
    }

    /// Begins a segment. The one before must be used up.
    pub fn load(&mut self, segment: &Segment) {
        if self.serial != segment.traced.serial {
            self.serial = segment.traced.serial;
            self.counters = [segment.traced.step_event_count >> 1; AXES];
        }
        self.increments = segment.traced.steps.map(|s| s >> segment.level);
        self.segment = *segment;
        self.ticks_left = segment.ticks;
    }

    /// One tick.
    pub fn tick(&mut self) -> Tick {
        let mut step = 0;
        for axis in 0..AXES {
            self.counters[axis] += self.increments[axis];
            if self.counters[axis] > self.segment.traced.step_event_count {
                self.counters[axis] -= self.segment.traced.step_event_count;
                step |= 1 << axis;
            }
        }
        self.ticks_left -= 1;
        Tick { step, backward: self.segment.traced.backward }
    }

    /// Timer cycles until the next tick.
    pub fn cycles(&self) -> u16 {
        self.segment.cycles_per_tick
    }

    /// Forgets the segment.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
