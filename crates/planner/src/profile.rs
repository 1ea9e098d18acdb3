//! Speed along one block: accelerate, cruise, brake, at one acceleration.
//!
//! In: length, speeds at both ends, nominal speed, acceleration. Out: distance and speed at any time, time at any distance.
//! Uses `libm` only.

use libm::sqrt;

/// A trapezoid of speed over time. All fields in m, s, m/s, m/s².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// Length of the block, m.
    pub length_m: f64,
    /// Speed at the start, m/s.
    pub entry_m_per_s: f64,
    /// Highest speed reached, m/s.
    pub peak_m_per_s: f64,
    /// Speed at the end, m/s.
    pub exit_m_per_s: f64,
    /// Acceleration while speeding up and braking, m/s².
    pub acceleration_m_per_s2: f64,
    /// Time speeding up, s.
    pub rise_s: f64,
    /// Time at the peak speed, s.
    pub cruise_s: f64,
    /// Time braking, s.
    pub fall_s: f64,
}

impl Profile {
    /// The fastest profile over `length_m` between the given end speeds that keeps `nominal_m_per_s` and `acceleration_m_per_s2`.
    ///
    /// From v² = v₀² + 2 a s on both ramps: v_peak² = min(v_nom², a L + (v_in² + v_out²)/2). End speeds that cannot be joined within
    /// the length are the caller's error; the look-ahead never asks for them.
    pub fn new(length_m: f64, entry_m_per_s: f64, exit_m_per_s: f64, nominal_m_per_s: f64, acceleration_m_per_s2: f64) -> Self {
        let a = acceleration_m_per_s2;
        let (v0, v1) = (entry_m_per_s, exit_m_per_s);
        let meet2 = a * length_m + 0.5 * (v0 * v0 + v1 * v1);
        let peak = sqrt(meet2).min(nominal_m_per_s).max(v0).max(v1);
        let rise_s = (peak - v0) / a;
        let fall_s = (peak - v1) / a;
        let cruise_m = length_m - 0.5 * (peak + v0) * rise_s - 0.5 * (peak + v1) * fall_s;
        let cruise_s = if peak > 0.0 { (cruise_m / peak).max(0.0) } else { 0.0 };
        Self {
            length_m,
            entry_m_per_s: v0,
            peak_m_per_s: peak,
            exit_m_per_s: v1,
            acceleration_m_per_s2: a,
            rise_s,
            cruise_s,
            fall_s,
        }
    }

    /// Time from start to end, s.
    pub fn duration_s(&self) -> f64 {
        self.rise_s + self.cruise_s + self.fall_s
    }

    /// Distance covered while speeding up, m.
    pub fn rise_m(&self) -> f64 {
        0.5 * (self.peak_m_per_s + self.entry_m_per_s) * self.rise_s
    }

    /// Distance covered while braking, m.
    pub fn fall_m(&self) -> f64 {
        0.5 * (self.peak_m_per_s + self.exit_m_per_s) * self.fall_s
    }

    /// Distance from the start after `t` seconds, m; held at the ends outside the block.
    pub fn distance_at(&self, t: f64) -> f64 {
        let a = self.acceleration_m_per_s2;
        if t <= 0.0 {
            0.0
        } else if t < self.rise_s {
            (self.entry_m_per_s + 0.5 * a * t) * t
        } else if t < self.rise_s + self.cruise_s {
            self.rise_m() + self.peak_m_per_s * (t - self.rise_s)
        } else {
            let left = self.duration_s() - t;
            if left <= 0.0 { self.length_m } else { self.length_m - (self.exit_m_per_s + 0.5 * a * left) * left }
        }
    }

    /// Speed after `t` seconds, m/s.
    pub fn speed_at(&self, t: f64) -> f64 {
        let a = self.acceleration_m_per_s2;
        if t < self.rise_s {
            self.entry_m_per_s + a * t.max(0.0)
        } else if t <= self.rise_s + self.cruise_s {
            self.peak_m_per_s
        } else {
            self.exit_m_per_s + a * (self.duration_s() - t).max(0.0)
        }
    }

    /// Acceleration along the path after `t` seconds, m/s².
    pub fn acceleration_at(&self, t: f64) -> f64 {
        if t < self.rise_s {
            self.acceleration_m_per_s2
        } else if t <= self.rise_s + self.cruise_s {
            0.0
        } else {
            -self.acceleration_m_per_s2
        }
    }

    /// Time at which `distance_m` is reached, s. The ramps use s = (v₀ + v)/2 · t, which stays exact near standstill.
    pub fn time_at(&self, distance_m: f64) -> f64 {
        let a = self.acceleration_m_per_s2;
        let rise_m = self.rise_m();
        if distance_m <= 0.0 {
            return 0.0;
        }
        if distance_m < rise_m {
            let v = sqrt(self.entry_m_per_s * self.entry_m_per_s + 2.0 * a * distance_m);
            return 2.0 * distance_m / (self.entry_m_per_s + v);
        }
        let left_m = self.length_m - distance_m;
        if left_m <= 0.0 {
            return self.duration_s();
        }
        if left_m < self.fall_m() {
            let v = sqrt(self.exit_m_per_s * self.exit_m_per_s + 2.0 * a * left_m);
            return self.duration_s() - 2.0 * left_m / (self.exit_m_per_s + v);
        }
        self.rise_s + (distance_m - rise_m) / self.peak_m_per_s
    }
}
