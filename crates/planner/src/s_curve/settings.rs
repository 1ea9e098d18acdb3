//! Limits of the jerk-limited profile.

use libm::cbrt;

use super::shaper::Shaping;
use crate::path::AXES;

/// Samples of the path in a second.
pub const SAMPLE_HZ: f64 = 1000.0;

/// What the machine may do. All values positive and finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Largest speed of each axis, m/s.
    pub max_speed_m_per_s: [f64; AXES],
    /// Largest acceleration of each axis, m/s².
    pub max_acceleration_m_per_s2: [f64; AXES],
    /// Largest jerk of each axis, m/s³.
    pub max_jerk_m_per_s3: [f64; AXES],
    /// Steps for one metre of travel, for each axis.
    pub steps_per_m: [f64; AXES],
    /// How far the path may be cut short at corners and in curves, m, where the program does not say.
    pub tolerance_m: f64,
    /// The mode that is to be left alone; none: not shaped. Its impulses must span less than the averages' memory.
    pub shaping: Option<Shaping>,
}

/// Jerk in a second, as a multiple of acceleration, where a machine does not say.
const USUAL_JERK_PER_S: f64 = 20.0;
/// Rounding of corners where a machine does not say, m.
const USUAL_TOLERANCE_M: f64 = 50e-6;

impl Settings {
    /// With a jerk that reaches the acceleration in a twentieth of a second, and corners rounded by 0.05 mm at most.
    pub fn with_usual_jerk(
        max_speed_m_per_s: [f64; AXES],
        max_acceleration_m_per_s2: [f64; AXES],
        steps_per_m: [f64; AXES],
    ) -> Self {
        Self {
            max_speed_m_per_s,
            max_acceleration_m_per_s2,
            max_jerk_m_per_s3: max_acceleration_m_per_s2.map(|a| a * USUAL_JERK_PER_S),
            steps_per_m,
            tolerance_m: USUAL_TOLERANCE_M,
            shaping: None,
        }
    }

    /// Samples over which each of the two moving averages runs, at most `most`.
    ///
    /// A corner that turns the velocity by Δv is rounded by e = Δv τ/6, with a jerk of Δv/τ²: the τ at which tolerance and jerk allow
    /// the same Δv is (6 e/J)^⅓.
    pub fn average_samples(&self, most: usize) -> usize {
        let jerk = self.max_jerk_m_per_s3[0].min(self.max_jerk_m_per_s3[1]);
        let samples = cbrt(6.0 * self.tolerance_m / jerk) * SAMPLE_HZ + 0.5;
        (samples as usize).clamp(1, most)
    }
}
