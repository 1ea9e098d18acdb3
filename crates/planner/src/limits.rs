//! What the machine may do: the limits every planned motion keeps.

use crate::path::AXES;

/// Limits and scales of the axes. All values positive and finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Largest speed of each axis, m/s.
    pub max_speed_m_per_s: [f64; AXES],
    /// Largest acceleration of each axis, m/s².
    pub max_acceleration_m_per_s2: [f64; AXES],
    /// Junction deviation δ, m: the corner is taken as fast as a circle that misses it by δ would be.
    pub junction_deviation_m: f64,
    /// Steps for one metre of travel, for each axis.
    pub steps_per_m: [f64; AXES],
}
