//! What the tests of both profiles share: settings of the jerk-limited one and seeded random numbers.

// Each test binary uses its own share of this.
#![allow(dead_code)]

use torchtwin_planner::s_curve::Settings;

/// The table that ships, with usual jerk and a tolerance of 50 µm.
pub const SETTINGS: Settings = Settings {
    max_speed_m_per_s: [0.15, 0.12, 0.02],
    max_acceleration_m_per_s2: [0.5, 0.4, 0.2],
    max_jerk_m_per_s3: [10.0, 8.0, 5.0],
    steps_per_m: [122_231.0, 122_231.0, 400_000.0],
    tolerance_m: 50e-6,
    shaping: None,
};

/// A linear congruential generator with Knuth's constants; its high bits are good enough to choose paths by.
pub struct Random(u64);

impl Random {
    /// The numbers of a seed; seeds beside each other have nothing in common.
    pub fn seeded(seed: u64) -> Self {
        let mut r = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            r.share();
        }
        r
    }

    /// Evenly in [0, 1).
    pub fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u32) -> bool {
        self.share() * f64::from(n) < 1.0
    }
}
