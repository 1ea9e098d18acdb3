//! `torchtwin plan --audit`: whether what comes out of the controller keeps its limits, judged from the step pulses alone.
//!
//! In: a program's moves and the steps made of them. Out: the largest speed, acceleration and jerk that the pulses prove, as multiples of their
//! limits; how far the steps leave the programmed path; and a time below which no controller with these limits gets. May use the planner's
//! checker, which knows nothing of how steps are made.

use serde_json::{Value, json};
use torchtwin_planner::audit::{Audit, Peak, Resolution};
use torchtwin_planner::{AXES, Geometry, MoveKind, Output, PathItem, Point, StepEdge, TICK_HZ};

use crate::program::Program;

/// How often the distance from the path is looked at, ticks: every millisecond.
const LOOK_TICKS: u64 = (TICK_HZ * 1e-3) as u64;
/// How far ahead and back along the path the steps may belong, m: farther parts may cross.
const REACH_M: f64 = 2e-3;
/// Angle of an arc's chord, rad: on a radius of 100 mm it lies 0.3 µm beside the arc.
const CHORD_RAD: f64 = 0.005;

/// Limits to judge by.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Largest speed of each axis, m/s.
    pub speed_m_per_s: [f64; AXES],
    /// Largest acceleration of each axis, m/s².
    pub acceleration_m_per_s2: [f64; AXES],
    /// Largest jerk of each axis, m/s³; none where the controller has no such limit.
    pub jerk_m_per_s3: Option<[f64; AXES]>,
    /// Steps for one metre.
    pub steps_per_m: [f64; AXES],
    /// How well a step tells where the axis is.
    pub resolution: Resolution,
}

struct Chord {
    from: Point,
    to: Point,
    tag: u32,
}

/// An audit under way.
pub struct Auditor {
    judged: Judged,
    audit: Audit,
    chords: Vec<Chord>,
    /// The chord last seen nearest.
    near: usize,
    count: [i64; AXES],
    looked: u64,
    deviation_m: f64,
    deviation_tag: u32,
    at_s: Vec<(f64, u32)>,
    bound_s: f64,
}

impl Auditor {
    /// For the moves of `program`.
    pub fn new(judged: Judged, program: &Program) -> Self {
        let start = program.start_in_machine_m;
        let mut chords = Vec::new();
        let mut at = start;
        for item in &program.items {
            let PathItem::Move { tag, shape, .. } = item else { continue };
            let geometry = Geometry::new(at, shape);
            let count = match geometry {
                Geometry::Line { .. } => 1,
                Geometry::Arc { sweep_rad, .. } => (sweep_rad.abs() / CHORD_RAD).ceil() as usize,
            };
            let point = |k: usize| geometry.point_at(k as f64 / count as f64);
            chords.extend((0..count).map(|k| Chord { from: point(k), to: point(k + 1), tag: *tag }));
            at = geometry.to();
        }
        Self {
            audit: Audit::new(judged.steps_per_m, judged.resolution),
            chords,
            near: 0,
            count: std::array::from_fn(|i| (start[i] * judged.steps_per_m[i]).round() as i64),
            looked: 0,
            deviation_m: 0.0,
            deviation_tag: 0,
            at_s: Vec::new(),
            bound_s: bound_s(&judged, program),
            judged,
        }
    }

    /// Takes what the controller gives.
    pub fn take(&mut self, output: &Output) {
        match output {
            Output::Step(edge) => self.step(edge),
            Output::Slice(slice) if self.at_s.last().is_none_or(|(_, tag)| *tag != slice.tag) => {
                self.at_s.push((slice.tick as f64 / TICK_HZ, slice.tag));
            }
            _ => {}
        }
    }

    fn step(&mut self, edge: &StepEdge) {
        self.audit.take(edge);
        let axis = usize::from(edge.axis);
        if edge.tick >= self.looked + LOOK_TICKS {
            self.looked = edge.tick;
            self.look();
        }
        self.count[axis] += if edge.forward { 1 } else { -1 };
    }

    /// Distance of the steps from the path near where they were last.
    fn look(&mut self) {
        let point: Point = std::array::from_fn(|i| self.count[i] as f64 / self.judged.steps_per_m[i]);
        let mut best = (self.near, f64::INFINITY);
        let mut try_chord = |k: usize| {
            let d = distance_m(&point, &self.chords[k]);
            if d < best.1 {
                best = (k, d);
            }
        };
        let mut walked = 0.0;
        for k in self.near..self.chords.len() {
            try_chord(k);
            walked += if k > self.near { length_m(&self.chords[k]) } else { 0.0 };
            if walked > REACH_M {
                break;
            }
        }
        walked = 0.0;
        for k in (0..self.near).rev() {
            try_chord(k);
            walked += length_m(&self.chords[k]);
            if walked > REACH_M {
                break;
            }
        }
        if best.1.is_finite() {
            self.near = best.0;
            if best.1 > self.deviation_m {
                (self.deviation_m, self.deviation_tag) = (best.1, self.chords[best.0].tag);
            }
        }
    }

    fn line_at(&self, program: &Program, at_s: f64) -> u32 {
        let k = self.at_s.partition_point(|(t, _)| *t <= at_s);
        k.checked_sub(1).map_or(0, |k| program.line(self.at_s[k].1))
    }

    /// Looks once more, where the machine stands at the end.
    pub fn finish(&mut self) {
        self.look();
    }

    /// As data: multiples of the limits, deviation in mm, bound in s.
    pub fn document(&self, program: &Program, cycle_time_s: f64) -> Value {
        let mut axes = serde_json::Map::new();
        for (i, (name, proven)) in ["x", "y", "z"].into_iter().zip(self.audit.proven()).enumerate() {
            let share =
                |peak: Peak, limit: f64| json!({ "of_limit": peak.value / limit, "line": self.line_at(program, peak.at_s) });
            axes.insert(
                name.into(),
                json!({
                    "speed": share(proven.speed, self.judged.speed_m_per_s[i]),
                    "acceleration": share(proven.acceleration, self.judged.acceleration_m_per_s2[i]),
                    "jerk": self.judged.jerk_m_per_s3.map(|j| share(proven.jerk, j[i])),
                    "jerk_mm_per_s3": proven.jerk.value * 1e3,
                }),
            );
        }
        json!({
            "axes": axes,
            "deviation_mm": self.deviation_m * 1e3,
            "deviation_line": program.line(self.deviation_tag),
            "bound_s": self.bound_s,
            "time_of_bound": (self.bound_s > 0.0).then(|| cycle_time_s / self.bound_s),
        })
    }

    /// In words.
    pub fn text(&self, program: &Program, cycle_time_s: f64) -> String {
        let mut out = String::from("  from the step pulses alone:\n");
        for (i, (name, proven)) in ["x", "y", "z"].into_iter().zip(self.audit.proven()).enumerate() {
            if proven.speed.value == 0.0 {
                continue;
            }
            let share = |what: &str, peak: Peak, limit: f64| {
                format!("{what} {:.2} of its limit (line {})", peak.value / limit, self.line_at(program, peak.at_s))
            };
            let mut parts = vec![
                share("speed", proven.speed, self.judged.speed_m_per_s[i]),
                share("acceleration", proven.acceleration, self.judged.acceleration_m_per_s2[i]),
            ];
            parts.push(match self.judged.jerk_m_per_s3 {
                Some(jerk) => share("jerk", proven.jerk, jerk[i]),
                None => format!("jerk {:.0} m/s³, unlimited", proven.jerk.value),
            });
            out.push_str(&format!("  {name:<24}{}\n", parts.join(", ")));
        }
        if self.bound_s <= 0.0 {
            return out + "  nothing moves\n";
        }
        let line = program.line(self.deviation_tag);
        out.push_str(&format!("  {:<24}{:.4} mm from the programmed path (line {line})\n", "deviation", self.deviation_m * 1e3));
        out.push_str(&format!(
            "  {:<24}{:.2} s: {:.3} times the bound\n",
            "least possible",
            self.bound_s,
            cycle_time_s / self.bound_s
        ));
        out
    }
}

fn length_m(chord: &Chord) -> f64 {
    (0..AXES).map(|i| (chord.to[i] - chord.from[i]).powi(2)).sum::<f64>().sqrt()
}

fn distance_m(p: &Point, chord: &Chord) -> f64 {
    let way: Point = std::array::from_fn(|i| chord.to[i] - chord.from[i]);
    let square: f64 = way.iter().map(|w| w * w).sum();
    let along: f64 = (0..AXES).map(|i| (p[i] - chord.from[i]) * way[i]).sum();
    let u = if square > 0.0 { (along / square).clamp(0.0, 1.0) } else { 0.0 };
    (0..AXES).map(|i| (p[i] - chord.from[i] - u * way[i]).powi(2)).sum::<f64>().sqrt()
}

/// A time below which no controller gets that keeps these speeds and accelerations: corners cost nothing, jerk is free, every stop of the
/// program is one.
fn bound_s(judged: &Judged, program: &Program) -> f64 {
    let along = |most: &[f64; AXES], way: &Point| {
        (0..AXES).filter(|i| way[*i].abs() > 1e-12).map(|i| most[i] / way[i].abs()).fold(f64::INFINITY, f64::min)
    };
    let (mut time_s, mut run): (f64, Vec<(f64, f64, f64)>) = (0.0, Vec::new());
    let mut at = program.start_in_machine_m;
    for item in &program.items {
        match *item {
            PathItem::Move { kind, speed_m_per_s, ref shape, .. } => {
                let geometry = Geometry::new(at, shape);
                at = geometry.to();
                let length = geometry.length_m();
                if length < 1e-9 {
                    continue;
                }
                // On an arc, the most that any of its directions allows.
                let directions = if geometry.radius_m().is_finite() { 64 } else { 1 };
                let ways = (0..=directions).map(|k| geometry.tangent_at(f64::from(k) / f64::from(directions)));
                let (mut speed, mut acceleration) = (0.0_f64, 0.0_f64);
                for way in ways {
                    speed = speed.max(along(&judged.speed_m_per_s, &way));
                    acceleration = acceleration.max(along(&judged.acceleration_m_per_s2, &way));
                }
                if geometry.radius_m().is_finite() {
                    let most = judged.acceleration_m_per_s2.iter().map(|a| a * a).sum::<f64>().sqrt();
                    speed = speed.min((most * geometry.radius_m()).sqrt() * 1.5);
                }
                if kind == MoveKind::Feed {
                    speed = speed.min(speed_m_per_s);
                }
                run.push((length, speed, acceleration));
            }
            PathItem::Mode { .. } | PathItem::Torch { with_move: true, .. } => {}
            PathItem::Dwell { seconds, .. } => time_s += run_s(&mut run) + seconds,
            PathItem::Torch { .. } | PathItem::Stop { .. } => time_s += run_s(&mut run),
        }
    }
    time_s + run_s(&mut run)
}

/// Least time of a run from rest to rest over stretches of length, highest speed and acceleration; empties it.
fn run_s(run: &mut Vec<(f64, f64, f64)>) -> f64 {
    let mut entry2 = vec![0.0; run.len() + 1];
    for k in (0..run.len()).rev() {
        let (length, speed, acceleration) = run[k];
        let before = if k > 0 { run[k - 1].1 } else { 0.0 };
        entry2[k] = (entry2[k + 1] + 2.0 * acceleration * length).min(speed * speed).min(before * before);
    }
    let mut time_s = 0.0;
    for (k, (length, speed, acceleration)) in run.drain(..).enumerate() {
        let reached = entry2[k] + 2.0 * acceleration * length;
        entry2[k + 1] = entry2[k + 1].min(reached);
        let (v0, v1) = (entry2[k].sqrt(), entry2[k + 1].sqrt());
        let peak = (acceleration * length + 0.5 * (entry2[k] + entry2[k + 1])).sqrt().min(speed).max(v0).max(v1);
        let ramps_m = (2.0 * peak * peak - entry2[k] - entry2[k + 1]) / (2.0 * acceleration);
        time_s += (2.0 * peak - v0 - v1) / acceleration + ((length - ramps_m) / peak).max(0.0);
    }
    time_s
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed form: L/v + v/a from rest to rest, 2 √(L/a) where the speed is not reached; a corner costs nothing.
    #[test]
    fn the_bound_is_that_of_the_closed_forms() {
        let mut run = vec![(0.3, 0.1, 0.5)];
        assert!((run_s(&mut run) - (0.3 / 0.1 + 0.1 / 0.5)).abs() < 1e-12);
        let mut run = vec![(0.002, 0.1, 0.5)];
        assert!((run_s(&mut run) - 2.0 * (0.002_f64 / 0.5).sqrt()).abs() < 1e-12);
        let mut run = vec![(0.1, 0.1, 0.5), (0.15, 0.1, 0.5), (0.05, 0.1, 0.5)];
        assert!((run_s(&mut run) - (0.3 / 0.1 + 0.1 / 0.5)).abs() < 1e-12);
    }
}
