//! Forces in, tip pose out: frame, gantry, carriage and torch slide on their guides.
//!
//! In: four drive forces (X, Y1, Y2, Z). Out: where each joint stands, and the tip against the plate. May use: `drive`'s forces and
//! motions, rapier (only in [`engines::rapier`]) and nalgebra (only in [`modes`] and [`strides`]).

pub mod engines;
pub mod geometry;
pub mod modes;
pub mod params;
pub mod play;
pub mod strides;
mod vector;

/// Number of driven joints.
pub const JOINTS: usize = 4;

/// Names of the driven joints, in order.
pub const JOINT_NAMES: [&str; JOINTS] = ["X", "Y1", "Y2", "Z"];

/// Where a driven joint stands and how fast it moves, from machine zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JointMotion {
    /// Travel, m.
    pub position_m: f64,
    /// Speed at the same instant, m/s.
    pub speed_m_per_s: f64,
}
