//! The step interrupt: runs each axis evenly from one fine position to the next. Whole numbers only, the same work at every tick.
//!
//! In: fine positions, one a sample. Out: steps at ticks. An axis stands on step n while its position lies in [n − ½, n + ½) steps.

use super::smooth::{Fine, UNIT};
use crate::path::AXES;

/// Ticks of the step interrupt in a sample.
pub const TICKS: i64 = 100;

/// Steps of one tick: bit i is axis i.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Axes that step towards larger coordinates.
    pub forward: u8,
    /// Axes that step towards smaller ones.
    pub backward: u8,
}

/// Memory of the interrupt.
#[derive(Clone, Debug)]
pub struct Dda {
    /// Positions times [`TICKS`].
    at: Fine,
    increment: Fine,
    /// Where the next step forward begins, and the present one ends backward, times [`TICKS`].
    up: Fine,
    down: Fine,
    count: [i64; AXES],
    left: i64,
}

/// A step in the measure of [`Dda::at`].
const STEP: i64 = UNIT * TICKS;

impl Dda {
    /// Standing at `position`.
    pub fn new(position: Fine) -> Self {
        let count = position.map(|p| (p + UNIT / 2).div_euclid(UNIT));
        Self {
            at: position.map(|p| p * TICKS),
            increment: [0; AXES],
            up: count.map(|c| c * STEP + STEP / 2),
            down: count.map(|c| c * STEP - STEP / 2),
            count,
            left: 0,
        }
    }

    /// Steps of each axis from machine zero.
    pub fn counts(&self) -> [i64; AXES] {
        self.count
    }

    /// Whether the sample has been run through.
    pub fn is_done(&self) -> bool {
        self.left == 0
    }

    /// Begins the way to `position`.
    pub fn load(&mut self, position: &Fine) {
        self.increment = core::array::from_fn(|axis| position[axis] - self.at[axis] / TICKS);
        self.left = TICKS;
    }

    /// Whether nothing moves in this sample.
    pub fn is_still(&self) -> bool {
        self.increment == [0; AXES]
    }

    /// Passes over what is left of a sample in which nothing moves.
    pub fn skip(&mut self) {
        self.left = 0;
    }

    /// Passes over the ticks before the next one at which an axis steps, and says how many: what as many calls of [`Dda::tick`] would do. For
    /// a machine that has no interrupt.
    pub fn skip_quiet(&mut self) -> i64 {
        let mut quiet = self.left;
        for axis in 0..AXES {
            let by = self.increment[axis];
            // The step comes at the tick that reaches `up`, or leaves `down`.
            let ticks = match by {
                0 => continue,
                1.. => (self.up[axis] - self.at[axis] + by - 1) / by,
                _ => (self.at[axis] - self.down[axis]) / -by + 1,
            };
            quiet = quiet.min((ticks - 1).max(0));
        }
        for axis in 0..AXES {
            self.at[axis] += quiet * self.increment[axis];
        }
        self.left -= quiet;
        quiet
    }

    /// One tick.
    pub fn tick(&mut self) -> Steps {
        let mut steps = Steps::default();
        for axis in 0..AXES {
            self.at[axis] += self.increment[axis];
            let by = if self.at[axis] >= self.up[axis] {
                steps.forward |= 1 << axis;
                1
            } else if self.at[axis] < self.down[axis] {
                steps.backward |= 1 << axis;
                -1
            } else {
                0
            };
            self.count[axis] += by;
            self.up[axis] += by * STEP;
            self.down[axis] += by * STEP;
        }
        self.left -= 1;
        steps
    }
}
