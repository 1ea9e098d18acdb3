//! Two moving averages, one after the other, over the positions of all axes: they turn a step of velocity into a triangle of acceleration.
//!
//! In: positions as whole numbers, one a sample. Out: the same, later and smoother. Sums are whole numbers, so that nothing drifts and a
//! standing machine stands exactly where it was told.

use crate::path::AXES;

/// Position of all axes in [`UNIT`]ths of a step.
pub type Fine = [i64; AXES];

/// Fine positions in a step.
pub const UNIT: i64 = 1 << 16;

/// A moving average over at most `W` samples.
#[derive(Clone, Debug)]
struct Average<const W: usize> {
    ring: [Fine; W],
    at: usize,
    length: usize,
    sum: Fine,
}

impl<const W: usize> Average<W> {
    fn new(position: Fine, length: usize) -> Self {
        let length = length.clamp(1, W);
        Self { ring: [position; W], at: 0, length, sum: position.map(|p| p * length as i64) }
    }

    /// Starts anew, in place: a new one would go over the stack.
    fn restart(&mut self, position: Fine, length: usize) {
        self.ring.fill(position);
        (self.at, self.length, self.sum) = (0, length, position.map(|p| p * length as i64));
    }

    /// Takes a sample and gives the sum of the latest `length`.
    fn next(&mut self, position: &Fine) -> Fine {
        let oldest = self.ring[self.at];
        self.sum = core::array::from_fn(|axis| self.sum[axis] + position[axis] - oldest[axis]);
        self.ring[self.at] = *position;
        self.at = (self.at + 1) % self.length;
        self.sum
    }
}

/// Both averages.
#[derive(Clone, Debug)]
pub struct Smoother<const W: usize> {
    first: Average<W>,
    second: Average<W>,
    weight: i64,
}

impl<const W: usize> Smoother<W> {
    /// Standing at `position`, averaging twice over `length` samples, at most `W`.
    pub fn new(position: Fine, length: usize) -> Self {
        let length = length.clamp(1, W);
        let sums = position.map(|p| p * length as i64);
        Self { first: Average::new(position, length), second: Average::new(sums, length), weight: (length * length) as i64 }
    }

    /// The same as a new one, in place.
    pub fn restart(&mut self, position: Fine, length: usize) {
        let length = length.clamp(1, W);
        self.first.restart(position, length);
        self.second.restart(position.map(|p| p * length as i64), length);
        self.weight = (length * length) as i64;
    }

    /// Samples after which a standing machine is reported to stand.
    pub fn delay(&self) -> usize {
        2 * (self.first.length - 1)
    }

    /// Takes a sample and gives the smoothed position.
    pub fn next(&mut self, position: &Fine) -> Fine {
        let sums = self.first.next(position);
        // Rounded to the nearest.
        self.second.next(&sums).map(|s| (s + self.weight / 2).div_euclid(self.weight))
    }
}
