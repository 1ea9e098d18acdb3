//! Steps, and the measure of time they are told in.

use libm::floor;

/// Ticks in a second: those of Grbl's timer.
pub const TICK_HZ: f64 = 16e6;

/// One step of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepEdge {
    /// When, ticks from the start of the program.
    pub tick: u64,
    /// Which axis, 0…2.
    pub axis: u8,
    /// Towards larger coordinates.
    pub forward: bool,
}

/// The step on which an axis stands at `position_m`.
pub fn step_at(position_m: f64, steps_per_m: f64) -> i64 {
    floor(position_m * steps_per_m + 0.5) as i64
}
