//! What the steps themselves prove about speed, acceleration and jerk, without a word from whoever made them.
//!
//! In: steps in the order of time. Out: the largest values of each axis that any motion through these steps must have had.
//!
//! A step says where the axis was at one instant, to within an error that follows from the interrupt's period. Between n + 1 such points the n-th
//! divided difference of the position is the n-th derivative somewhere, divided by n!. What is left of it after the errors of its points are
//! taken off is therefore reached for certain. Points are taken at several distances: near ones see short peaks, far ones small values.

use libm::fabs;

use crate::path::AXES;
use crate::steps::{StepEdge, TICK_HZ};

/// Distances of the points, s.
const DISTANCES_S: [f64; 8] = [0.0, 0.001, 0.0025, 0.006, 0.015, 0.035, 0.08, 0.2];
/// Points of a third difference.
const POINTS: usize = 4;

/// How well a step tells where the axis is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resolution {
    /// The axis reaches the boundary between two steps at most so many ticks before the step.
    Ticks(u64),
    /// The axis is within so many steps of it.
    Steps(f64),
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    t: f64,
    x: f64,
    error: f64,
}

/// The largest derivative found, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Peak {
    /// Its magnitude, in m and s.
    pub value: f64,
    /// When, s.
    pub at_s: f64,
}

impl Peak {
    fn take(&mut self, value: f64, at_s: f64) {
        if value > self.value {
            *self = Self { value, at_s };
        }
    }
}

/// What is proven of one axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Proven {
    /// Speed, m/s.
    pub speed: Peak,
    /// Acceleration, m/s².
    pub acceleration: Peak,
    /// Jerk, m/s³.
    pub jerk: Peak,
}

#[derive(Clone, Copy, Debug, Default)]
struct Axis {
    count: i64,
    last_t: f64,
    /// The latest points at each distance, oldest first, and how many.
    seen: [([Seen; POINTS], usize); DISTANCES_S.len()],
    proven: Proven,
}

/// Watches steps go by.
#[derive(Clone, Debug)]
pub struct Audit {
    steps_per_m: [f64; AXES],
    resolution: Resolution,
    axes: [Axis; AXES],
}

impl Audit {
    /// Before the first step.
    pub fn new(steps_per_m: [f64; AXES], resolution: Resolution) -> Self {
        Self { steps_per_m, resolution, axes: [Axis::default(); AXES] }
    }

    /// Takes a step.
    pub fn take(&mut self, edge: &StepEdge) {
        let i = usize::from(edge.axis);
        let scale = self.steps_per_m[i];
        let axis = &mut self.axes[i];
        let by = if edge.forward { 1 } else { -1 };
        let t = edge.tick as f64 / TICK_HZ;
        let x = (axis.count as f64 + 0.5 * f64::from(by)) / scale;
        axis.count += i64::from(by);
        let error = match self.resolution {
            Resolution::Steps(steps) => steps / scale,
            Resolution::Ticks(ticks) => {
                // In that time it goes as far as it goes between steps in theirs, but not by more than half a step.
                let share = ticks as f64 / TICK_HZ / (t - axis.last_t).max(1e-9);
                (2.0 * share).min(0.5) / scale
            }
        };
        axis.last_t = t;
        let seen = Seen { t, x, error };
        for (points, distance) in axis.seen.iter_mut().zip(DISTANCES_S) {
            let (list, len) = points;
            if *len > 0 && t - list[*len - 1].t < distance.max(1e-6) {
                continue;
            }
            if *len == POINTS {
                list.rotate_left(1);
                list[POINTS - 1] = seen;
            } else {
                list[*len] = seen;
                *len += 1;
            }
            let latest = &list[..*len];
            let [speed, acceleration, jerk] = proven(latest);
            axis.proven.speed.take(speed, t);
            axis.proven.acceleration.take(acceleration, t);
            axis.proven.jerk.take(jerk, t);
        }
    }

    /// What is proven of each axis so far.
    pub fn proven(&self) -> [Proven; AXES] {
        self.axes.map(|axis| axis.proven)
    }
}

/// The first, second and third derivative that the latest points prove.
///
/// f[p₁…pₙ] = Σ xᵢ/Πₖ(tᵢ − tₖ); each error counts with the magnitude of its weight.
fn proven(points: &[Seen]) -> [f64; 3] {
    let mut out = [0.0; 3];
    let [rest @ .., b, a] = points else { return out };
    let ab = 1.0 / (a.t - b.t);
    out[0] = beyond(&[(a, ab), (b, -ab)]);
    let [rest @ .., c] = rest else { return out };
    let (ac, bc) = (1.0 / (a.t - c.t), 1.0 / (b.t - c.t));
    out[1] = 2.0 * beyond(&[(a, ab * ac), (b, -ab * bc), (c, ac * bc)]);
    let [.., d] = rest else { return out };
    let (ad, bd, cd) = (1.0 / (a.t - d.t), 1.0 / (b.t - d.t), 1.0 / (c.t - d.t));
    out[2] = 6.0 * beyond(&[(a, ab * ac * ad), (b, -ab * bc * bd), (c, ac * bc * cd), (d, -ad * bd * cd)]);
    out
}

/// What is left of a weighted sum of places after the errors of all are taken off.
fn beyond(terms: &[(&Seen, f64)]) -> f64 {
    let (mut sum, mut error) = (0.0, 0.0);
    for (seen, weight) in terms {
        sum += seen.x * weight;
        error += seen.error * fabs(*weight);
    }
    (fabs(sum) - error).max(0.0)
}
