//! Grbl's ring of blocks and the look-ahead over it.
//!
//! In: straight moves to points in mm. Out: blocks with the speeds at which they may be entered. Behaviour of Grbl 1.1h's `planner.c`
//! (reference §2.1), its faults included: junction deviation alone bounds the speed over facets. Single precision, mm and minutes.

use libm::{fabsf, roundf, sqrt, sqrtf};

use super::settings::Settings;
use crate::path::AXES;

/// Slowest feed, mm/min.
const MINIMUM_FEED: f32 = 1.0;
/// No limit.
const NONE: f32 = 1e38;
/// Cosine beyond which two directions are the same, or opposite.
const STRAIGHT: f32 = 0.999_999;

/// A straight move.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Block {
    /// Handed through.
    pub tag: u32,
    /// Rapid: the rapid override counts, not the feed override.
    pub rapid: bool,
    /// Steps of each axis.
    pub steps: [u32; AXES],
    /// Which axes go backwards, one bit each.
    pub backward: u8,
    /// Steps of the axis that has most.
    pub step_event_count: u32,
    /// Where it starts, steps.
    pub from_steps: [i32; AXES],
    /// Its length, mm.
    pub length_mm: f32,
    /// What is left of it, mm.
    pub left_mm: f32,
    /// Along its direction, mm/min².
    pub acceleration: f32,
    /// Highest rate along its direction, mm/min.
    pub rapid_rate: f32,
    /// Programmed rate, mm/min.
    pub programmed_rate: f32,
    /// Square of the speed at which it is entered, (mm/min)².
    pub entry_sqr: f32,
    /// Cap on it by the junction and the rates on both sides.
    pub max_entry_sqr: f32,
    /// Cap on it by the junction alone.
    pub max_junction_sqr: f32,
    /// Direction.
    pub unit: [f32; AXES],
}

/// Ring of `N` blocks, of which one is always free.
#[derive(Clone, Debug)]
pub struct Ring<const N: usize> {
    blocks: [Block; N],
    tail: usize,
    head: usize,
    /// From here on the plan may still get faster.
    planned: usize,
    /// Where the last block ends, steps.
    position: [i32; AXES],
    previous_unit: [f32; AXES],
    previous_nominal: f32,
    /// Overrides, per cent.
    pub feed_override: u8,
    /// For rapids.
    pub rapid_override: u8,
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in the ring.
    Block,
    /// It has no step, and is dropped.
    Empty,
}

impl<const N: usize> Ring<N> {
    /// An empty ring, standing at `position`, steps.
    pub fn new(position: [i32; AXES]) -> Self {
        Self {
            blocks: [Block::default(); N],
            tail: 0,
            head: 0,
            planned: 0,
            position,
            previous_unit: [0.0; AXES],
            previous_nominal: 0.0,
            feed_override: 100,
            rapid_override: 100,
        }
    }

    /// Whether no block waits.
    pub fn is_empty(&self) -> bool {
        self.tail == self.head
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        (self.head + 1) % N == self.tail
    }

    /// The block under way.
    pub fn current(&mut self) -> Option<&mut Block> {
        if self.is_empty() { None } else { Some(&mut self.blocks[self.tail]) }
    }

    /// Square of the speed at which the block under way is left.
    pub fn exit_sqr(&self) -> f32 {
        let next = (self.tail + 1) % N;
        if self.is_empty() || next == self.head { 0.0 } else { self.blocks[next].entry_sqr }
    }

    /// Drops the block under way.
    pub fn discard(&mut self) {
        if self.is_empty() {
            return;
        }
        let next = (self.tail + 1) % N;
        if self.tail == self.planned {
            self.planned = next;
        }
        self.tail = next;
    }

    /// Drops all blocks; `position` is where the machine stands, steps.
    pub fn clear(&mut self, position: [i32; AXES]) {
        (self.tail, self.head, self.planned) = (0, 0, 0);
        self.position = position;
        self.previous_unit = [0.0; AXES];
        self.previous_nominal = 0.0;
    }

    /// Rate of a block with the overrides, mm/min.
    pub fn nominal(&self, block: &Block) -> f32 {
        let nominal = if block.rapid {
            block.programmed_rate * (0.01 * f32::from(self.rapid_override))
        } else {
            (block.programmed_rate * (0.01 * f32::from(self.feed_override))).min(block.rapid_rate)
        };
        nominal.max(MINIMUM_FEED)
    }

    /// Appends a move to `target`, mm, at `feed`, mm/min, which rapids ignore. The ring must have room; [`Ring::recalculate`] and
    /// [`Ring::forward`] are to follow.
    pub fn push(&mut self, settings: &Settings, target: [f32; AXES], tag: u32, rapid: bool, feed: f32) -> Taken {
        let scale = settings.steps_per_mm;
        let goal: [i32; AXES] = core::array::from_fn(|i| roundf(target[i] * scale[i]) as i32);
        let way: [i32; AXES] = core::array::from_fn(|i| goal[i].saturating_sub(self.position[i]));
        let steps = way.map(i32::unsigned_abs);
        let step_event_count = steps.iter().copied().max().unwrap_or(0);
        if step_event_count == 0 {
            return Taken::Empty;
        }
        let mut unit: [f32; AXES] = core::array::from_fn(|i| way[i] as f32 / scale[i]);
        let length_mm = make_unit(&mut unit);
        let acceleration = along(&settings.acceleration_mm_per_min2(), &unit);
        let rapid_rate = along(&settings.max_rate_mm_per_min, &unit);
        let programmed_rate = if rapid { rapid_rate } else { feed };
        let mut backward = 0;
        for (i, way) in way.iter().enumerate() {
            backward |= u8::from(*way < 0) << i;
        }
        let max_junction_sqr = if self.is_empty() { 0.0 } else { self.junction_sqr(settings, &unit) };
        let mut block = Block {
            tag,
            rapid,
            steps,
            backward,
            step_event_count,
            from_steps: self.position,
            length_mm,
            left_mm: length_mm,
            acceleration,
            rapid_rate,
            programmed_rate,
            entry_sqr: 0.0,
            max_entry_sqr: 0.0,
            max_junction_sqr,
            unit,
        };
        let nominal = self.nominal(&block);
        cap_entry(&mut block, nominal, self.previous_nominal);
        self.previous_nominal = nominal;
        self.previous_unit = unit;
        self.position = goal;
        self.blocks[self.head] = block;
        self.head = (self.head + 1) % N;
        Taken::Block
    }

    fn junction_sqr(&self, settings: &Settings, unit: &[f32; AXES]) -> f32 {
        let mut cos_theta = 0.0;
        let mut towards = [0.0; AXES];
        for i in 0..AXES {
            cos_theta -= self.previous_unit[i] * unit[i];
            towards[i] = unit[i] - self.previous_unit[i];
        }
        if cos_theta > STRAIGHT {
            return 0.0;
        }
        if cos_theta < -STRAIGHT {
            return NONE;
        }
        make_unit(&mut towards);
        let acceleration = along(&settings.acceleration_mm_per_min2(), &towards);
        // Between facets 1 − sin is a few units in the last place of single precision: what is rounded when decides the speed.
        let sin_half = sqrt(0.5 * (1.0 - f64::from(cos_theta))) as f32;
        (f64::from(acceleration * settings.junction_deviation_mm * sin_half) / (1.0 - f64::from(sin_half))).max(0.0) as f32
    }

    /// Lowers entry speeds, from the newest block back to the last planned one, to what can be braked from. Returns whether that reaches the
    /// block under way, whose entry speed must then be set to its present speed before [`Ring::forward`].
    pub fn recalculate(&mut self) -> bool {
        let before = |i: usize| (i + N - 1) % N;
        let mut i = before(self.head);
        if i == self.planned {
            return false;
        }
        let mut touched = false;
        let block = &mut self.blocks[i];
        block.entry_sqr = block.max_entry_sqr.min(2.0 * block.acceleration * block.left_mm);
        let mut next_entry_sqr = block.entry_sqr;
        i = before(i);
        if i == self.planned {
            touched = i == self.tail;
        }
        while i != self.planned {
            touched |= before(i) == self.tail;
            let block = &mut self.blocks[i];
            if block.entry_sqr != block.max_entry_sqr {
                block.entry_sqr = (next_entry_sqr + 2.0 * block.acceleration * block.left_mm).min(block.max_entry_sqr);
            }
            next_entry_sqr = block.entry_sqr;
            i = before(i);
        }
        touched
    }

    /// Lowers entry speeds, from the last planned block on, to what can be reached, and notes how far the plan is final.
    pub fn forward(&mut self) {
        let mut at = self.planned;
        let mut i = (self.planned + 1) % N;
        while i != self.head && at != self.head {
            let (entry_sqr, acceleration, left_mm) = {
                let b = &self.blocks[at];
                (b.entry_sqr, b.acceleration, b.left_mm)
            };
            let next = &mut self.blocks[i];
            if entry_sqr < next.entry_sqr {
                let reached = entry_sqr + 2.0 * acceleration * left_mm;
                if reached < next.entry_sqr {
                    next.entry_sqr = reached;
                    self.planned = i;
                }
            }
            if next.entry_sqr == next.max_entry_sqr {
                self.planned = i;
            }
            at = i;
            i = (i + 1) % N;
        }
    }

    /// After an override has changed: caps all blocks anew.
    pub fn recap(&mut self) {
        let mut i = self.tail;
        let mut previous = NONE;
        while i != self.head {
            let nominal = self.nominal(&self.blocks[i]);
            cap_entry(&mut self.blocks[i], nominal, previous);
            previous = nominal;
            i = (i + 1) % N;
        }
        self.previous_nominal = previous;
    }

    /// Plans everything anew from the block under way.
    pub fn reset_planned(&mut self) {
        self.planned = self.tail;
    }
}

fn cap_entry(block: &mut Block, nominal: f32, previous_nominal: f32) {
    let slower = nominal.min(previous_nominal);
    block.max_entry_sqr = (slower * slower).min(block.max_junction_sqr);
}

/// Makes a vector one long, and returns how long it was.
fn make_unit(vector: &mut [f32; AXES]) -> f32 {
    let mut sum = 0.0;
    for v in vector.iter() {
        if *v != 0.0 {
            sum += v * v;
        }
    }
    let length = sqrtf(sum);
    let inverse = 1.0 / length;
    for v in vector.iter_mut() {
        *v *= inverse;
    }
    length
}

/// Most along `unit` that keeps every axis within `most`.
fn along(most: &[f32; AXES], unit: &[f32; AXES]) -> f32 {
    let mut limit = NONE;
    for i in 0..AXES {
        if unit[i] != 0.0 {
            limit = limit.min(fabsf(most[i] / unit[i]));
        }
    }
    limit
}
