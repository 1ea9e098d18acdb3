//! From one speed to another with limited jerk and acceleration, at rest in acceleration at both ends.
//!
//! In: two speeds, limits. Out: time, distance, and the state at any instant. With zero acceleration at both ends the speed over time is
//! symmetric about its middle, so that the distance is the mean speed times the time, whatever the limits (reference §3.2):
//! T = 2 √(Δv/J) where Δv ≤ A²/J, else A/J + Δv/A; d = ½ (v₀ + v₁) T. Uses `libm` only.

use libm::{cbrt, fabs, sqrt};

/// Acceleration and jerk along the path, m/s² and m/s³.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smooth {
    /// Largest acceleration.
    pub acceleration: f64,
    /// Largest jerk.
    pub jerk: f64,
}

impl Smooth {
    /// What keeps both.
    pub fn least(self, other: Self) -> Self {
        Self { acceleration: self.acceleration.min(other.acceleration), jerk: self.jerk.min(other.jerk) }
    }

    /// Time to change the speed by `change`, s.
    pub fn time_s(&self, change: f64) -> f64 {
        let change = fabs(change);
        if change * self.jerk <= self.acceleration * self.acceleration {
            2.0 * sqrt(change / self.jerk)
        } else {
            self.acceleration / self.jerk + change / self.acceleration
        }
    }

    /// Distance on which the speed goes from `v0` to `v1`, or back, m.
    pub fn distance_m(&self, v0: f64, v1: f64) -> f64 {
        0.5 * (v0 + v1) * self.time_s(v1 - v0)
    }

    /// The highest speed that is reached from `v` within `distance_m`, m/s; also that from which `v` is reached.
    ///
    /// Without a phase of constant acceleration u = √Δv solves u³ + 2 v u = d √J, which has one real root; with one, Δv solves a quadratic.
    pub fn reach(&self, v: f64, distance_m: f64) -> f64 {
        if distance_m <= 0.0 {
            return v;
        }
        let (a, j) = (self.acceleration, self.jerk);
        let most = a * a / j;
        let change = if distance_m <= self.distance_m(v, v + most) {
            // Cardano for u³ + p u − q = 0 with p, q ≥ 0: one real root, found without cancellation from the larger of the two cube
            // roots, whose product is −p/3.
            let (p, q) = (2.0 * v, distance_m * sqrt(j));
            let root = cbrt(0.5 * q + sqrt(0.25 * q * q + p * p * p / 27.0));
            let sum = root - p / (3.0 * root);
            // Where p is large the difference above loses digits; one step of Newton gives them back.
            let u = sum - ((sum * sum + p) * sum - q) / (3.0 * sum * sum + p);
            u * u
        } else {
            // Δ²/2A + Δ (v/A + A/2J) + v A/J − d = 0.
            let b = v / a + 0.5 * a / j;
            let c = v * a / j - distance_m;
            -2.0 * c / (b + sqrt((b * b - 2.0 * c / a).max(0.0)))
        };
        v + change
    }

    /// The lower speed that is farthest from `speed`, m/s: braking less takes less time, but at higher speed.
    ///
    /// d = (v + v₁) √((v − v₁)/J) is greatest at v₁ = v/3; with a phase of constant acceleration, d = ½ (v + v₁) (A/J + (v − v₁)/A)
    /// is at v₁ = A²/2J.
    pub fn farthest(&self, speed: f64) -> f64 {
        (speed / 3.0).min(0.5 * self.acceleration * self.acceleration / self.jerk)
    }

    /// The highest speed from which every speed between `low` and `high` is reached within `distance_m`, m/s.
    pub fn reach_any(&self, low: f64, high: f64, distance_m: f64) -> f64 {
        if distance_m <= 0.0 {
            return low;
        }
        // To v/3 the way is 4/3 v √(2/3 v/J); to h = A²/2J it is ½ (v + h)²/A.
        let h = 0.5 * self.acceleration * self.acceleration / self.jerk;
        let root = cbrt(0.75 * distance_m * sqrt(1.5 * self.jerk));
        let square = root * root;
        let speed = if square <= 3.0 * h { square } else { sqrt(2.0 * self.acceleration * distance_m) - h };
        let worst = self.farthest(speed);
        if worst < low {
            self.reach(low, distance_m)
        } else if worst > high {
            self.reach(high, distance_m)
        } else {
            speed
        }
    }
}

/// One change of speed, or a stretch at constant speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Speed at the start, m/s.
    pub from: f64,
    /// Speed at the end, m/s.
    pub to: f64,
    /// Duration, s.
    pub duration_s: f64,
    /// Time at the start and at the end in which the acceleration changes, s.
    edge_s: f64,
    /// Acceleration between these, signed, m/s².
    acceleration: f64,
}

impl Ramp {
    /// At `speed` for `distance_m`.
    pub fn cruise(speed: f64, distance_m: f64) -> Self {
        Self { from: speed, to: speed, duration_s: distance_m / speed, edge_s: 0.0, acceleration: 0.0 }
    }

    /// From one speed to another as fast as `smooth` allows.
    pub fn fastest(from: f64, to: f64, smooth: &Smooth) -> Self {
        let change = to - from;
        let duration_s = smooth.time_s(change);
        let edge_s = (smooth.acceleration / smooth.jerk).min(0.5 * duration_s);
        let acceleration = if duration_s > edge_s { change / (duration_s - edge_s) } else { 0.0 };
        Self { from, to, duration_s, edge_s, acceleration }
    }

    /// The same, stretched in time to cover `distance_m`, which must not be shorter.
    pub fn over(from: f64, to: f64, distance_m: f64, smooth: &Smooth) -> Self {
        let fast = Self::fastest(from, to, smooth);
        let own = fast.distance_m();
        if own <= 0.0 || distance_m <= own {
            return fast;
        }
        let scale = distance_m / own;
        Self { duration_s: fast.duration_s * scale, edge_s: fast.edge_s * scale, acceleration: fast.acceleration / scale, ..fast }
    }

    /// Distance covered, m.
    pub fn distance_m(&self) -> f64 {
        0.5 * (self.from + self.to) * self.duration_s
    }

    /// Distance after `t` seconds, m.
    pub fn distance_at(&self, t: f64) -> f64 {
        if 2.0 * t > self.duration_s {
            let left = (self.duration_s - t).max(0.0);
            // Symmetric about the middle: what is left is covered as the beginning was, seen from the end.
            return self.distance_m() - (self.to * left - self.gained(left));
        }
        let t = t.max(0.0);
        self.from * t + self.gained(t)
    }

    /// Integral of the change of speed over the first `t` seconds, at most half of the duration, m.
    fn gained(&self, t: f64) -> f64 {
        if self.edge_s <= 0.0 {
            return 0.5 * self.acceleration * t * t;
        }
        let jerk = self.acceleration / self.edge_s;
        let edge = t.min(self.edge_s);
        let rest = t - edge;
        let reached = 0.5 * jerk * edge * edge;
        jerk * edge * edge * edge / 6.0 + rest * (reached + 0.5 * self.acceleration * rest)
    }

    /// Speed after `t` seconds, m/s.
    pub fn speed_at(&self, t: f64) -> f64 {
        let changed = |t: f64| {
            if self.edge_s <= 0.0 {
                return self.acceleration * t;
            }
            let edge = t.min(self.edge_s);
            0.5 * self.acceleration / self.edge_s * edge * edge + self.acceleration * (t - edge)
        };
        if 2.0 * t > self.duration_s {
            self.to - changed((self.duration_s - t).max(0.0))
        } else {
            self.from + changed(t.max(0.0))
        }
    }
}
