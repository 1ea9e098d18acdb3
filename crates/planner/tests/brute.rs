//! Very many short random paths through both profiles, judged by nothing but their steps. `PATHS` and `SEED` choose how many and which.

mod common;

use std::f64::consts::PI;

use common::Random;
use torchtwin_planner::audit::{Audit, Resolution};
use torchtwin_planner::s_curve::{INTERRUPT_TICKS, Settings};
use torchtwin_planner::{
    AXES, Controller, Geometry, Grbl, Limits, MoveKind, Output, PathItem, Plane, Point, SCurve, Shape, TICK_HZ, grbl,
    steps::step_at,
};

const SETTINGS: Settings = Settings {
    max_speed_m_per_s: [0.25, 0.2, 0.05],
    max_acceleration_m_per_s2: [1.0, 0.8, 0.5],
    max_jerk_m_per_s3: [30.0, 24.0, 15.0],
    steps_per_m: [80_000.0, 80_000.0, 200_000.0],
    tolerance_m: 40e-6,
    shaping: None,
};
/// Grbl's facets lie within this of an arc, and its points on whole steps: half a step of each axis, a whole one between them, m.
const GRBL_OFF_M: f64 = 2e-6 + 2.0 * 1.5 / 80_000.0;

/// Two to six moves of up to 6 mm: lines, arcs with and without rise, rows of facets, Z moves, some followed by a stop.
fn path(seed: u64) -> (Point, Vec<PathItem>) {
    let mut r = Random::seeded(seed);
    // On a whole step, so that nobody can disagree on where it stands.
    let whole = |i: usize, m: f64| (m * SETTINGS.steps_per_m[i]).round() / SETTINGS.steps_per_m[i];
    let start = [whole(0, r.share() * 0.1), whole(1, r.share() * 0.1), whole(2, r.share() * 0.01)];
    let (mut at, mut items) = (start, Vec::new());
    let moves = 2 + (r.share() * 5.0) as u32;
    for tag in 0..moves {
        let kind = if r.share() < 0.25 { MoveKind::Rapid } else { MoveKind::Feed };
        let speed_m_per_s = 0.005 + 0.25 * r.share() * r.share();
        let shapes = match (r.share() * 10.0) as u32 {
            0..=2 => {
                let (radius, angle) = (0.0003 + 0.004 * r.share(), 2.0 * PI * r.share());
                let sweep_rad = (r.share() - 0.5) * 3.0 * PI;
                // Ends so near that single precision sees none between them make a full circle of Grbl's arc (see grbl_facts).
                let sweep_rad = sweep_rad.abs().max(1e-3).copysign(sweep_rad);
                let centre = [at[0] - radius * angle.cos(), at[1] - radius * angle.sin()];
                let rise = if r.share() < 0.2 { 0.001 * (r.share() - 0.5) } else { 0.0 };
                let end = angle + sweep_rad;
                at = [centre[0] + radius * end.cos(), centre[1] + radius * end.sin(), at[2] + rise];
                vec![Shape::Arc { to: at, centre, plane: Plane::Xy, sweep_rad }]
            }
            3 => {
                let (mut heading, bend, step) = (2.0 * PI * r.share(), 0.3 * (r.share() - 0.5), 0.00005 + 0.0006 * r.share());
                let facet = |_| {
                    heading += bend;
                    at = [at[0] + step * heading.cos(), at[1] + step * heading.sin(), at[2]];
                    Shape::Line { to: at }
                };
                (0..8).map(facet).collect()
            }
            4 => {
                at[2] += 0.004 * (r.share() - 0.5);
                vec![Shape::Line { to: at }]
            }
            kind => {
                let reach = if kind < 7 { 0.0006 } else { 0.008 };
                at = [at[0] + reach * (r.share() - 0.5), at[1] + reach * (r.share() - 0.5), at[2]];
                vec![Shape::Line { to: at }]
            }
        };
        items.extend(shapes.into_iter().map(|shape| PathItem::Move { tag, kind, speed_m_per_s, shape }));
        if r.share() < 0.1 {
            items.push(PathItem::Stop { tag });
        }
    }
    (start, items)
}

fn end(start: Point, items: &[PathItem]) -> Point {
    let to = |item: &PathItem| match item {
        PathItem::Move { shape: Shape::Line { to } | Shape::Arc { to, .. }, .. } => Some(*to),
        _ => None,
    };
    items.iter().rev().find_map(to).unwrap_or(start)
}

/// Chords of the whole path.
fn chords(start: Point, items: &[PathItem]) -> Vec<(Point, Point)> {
    let (mut at, mut out) = (start, Vec::new());
    for item in items {
        let PathItem::Move { shape, .. } = item else { continue };
        let geometry = Geometry::new(at, shape);
        let count = match geometry {
            Geometry::Line { .. } => 1,
            Geometry::Arc { sweep_rad, .. } => (sweep_rad.abs() / 0.03).ceil() as usize,
        };
        let point = |k: usize| geometry.point_at(k as f64 / count as f64);
        out.extend((0..count).map(|k| (point(k), point(k + 1))));
        at = geometry.to();
    }
    out
}

fn distance_m(p: &Point, (a, b): &(Point, Point)) -> f64 {
    let way: Point = std::array::from_fn(|i| b[i] - a[i]);
    let square: f64 = way.iter().map(|w| w * w).sum();
    let along: f64 = (0..AXES).map(|i| (p[i] - a[i]) * way[i]).sum();
    let u = if square > 0.0 { (along / square).clamp(0.0, 1.0) } else { 0.0 };
    (0..AXES).map(|i| (p[i] - a[i] - u * way[i]).powi(2)).sum::<f64>().sqrt()
}

/// Worst shares of the limits: speed, acceleration, jerk; and the distance from the path, m.
#[derive(Default)]
struct Worst {
    shares: [f64; 3],
    off_m: f64,
    seeds: [u64; 4],
}

impl Worst {
    /// Runs one path; the steps alone must lead to its end, and near it all the way.
    fn judge(&mut self, seed: u64, controller: &mut dyn Controller, resolution: Resolution) {
        let (start, items) = path(seed);
        let chords = chords(start, &items);
        let scale = SETTINGS.steps_per_m;
        let mut counts: [i64; AXES] = std::array::from_fn(|i| step_at(start[i], scale[i]));
        let mut audit = Audit::new(scale, resolution);
        let (mut looked, mut near) = (0, 0);
        let mut source = items.iter().copied();
        while let Some(output) = controller.next(&mut source) {
            let Output::Step(edge) = output else { continue };
            audit.take(&edge);
            counts[usize::from(edge.axis)] += if edge.forward { 1 } else { -1 };
            if edge.tick >= looked + (TICK_HZ * 4e-3) as u64 {
                looked = edge.tick;
                let point: Point = std::array::from_fn(|i| counts[i] as f64 / scale[i]);
                // From the chord that was nearest last on; nearer than the farthest so far is near enough.
                let (mut off, from) = (f64::INFINITY, near);
                for k in from..from + chords.len() {
                    let distance_m = distance_m(&point, &chords[k % chords.len()]);
                    if distance_m < off {
                        (off, near) = (distance_m, k % chords.len());
                    }
                    if off <= self.off_m {
                        break;
                    }
                }
                if off > self.off_m {
                    (self.off_m, self.seeds[3]) = (off, seed);
                }
            }
        }
        // The nearest step; where two are equally near, the last bit of single precision or of a fine position may decide.
        let to = end(start, &items);
        for i in 0..AXES {
            let off = (counts[i] as f64 - to[i] * scale[i]).abs();
            assert!(off < 0.501, "seed {seed}: axis {i} ends {off} steps beside its goal");
        }
        for (i, proven) in audit.proven().iter().enumerate() {
            let limits = [SETTINGS.max_speed_m_per_s[i], SETTINGS.max_acceleration_m_per_s2[i], SETTINGS.max_jerk_m_per_s3[i]];
            for (k, peak) in [proven.speed, proven.acceleration, proven.jerk].into_iter().enumerate() {
                if peak.value / limits[k] > self.shares[k] {
                    (self.shares[k], self.seeds[k]) = (peak.value / limits[k], seed);
                }
            }
        }
    }
}

fn seeds() -> std::ops::Range<u64> {
    let number = |name, otherwise| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise);
    let first = number("SEED", 0);
    first..first + number("PATHS", 10_000)
}

#[test]
fn s_curve_keeps_its_limits_on_very_many_short_paths() {
    let mut worst = Worst::default();
    for seed in seeds() {
        let mut controller: SCurve<16, 64> = SCurve::new(SETTINGS, path(seed).0);
        worst.judge(seed, &mut controller, Resolution::Ticks(INTERRUPT_TICKS));
    }
    let off = worst.off_m - 1.0 / SETTINGS.steps_per_m[0];
    println!("s_curve: shares {:.4?}, off {:.1} µm, seeds {:?}", worst.shares, off * 1e6, worst.seeds);
    assert!(worst.shares[0] < 1.02 && worst.shares[1] < 1.02 && worst.shares[2] < 1.05, "{:?}, {:?}", worst.shares, worst.seeds);
    assert!(off < SETTINGS.tolerance_m, "{off} m, {:?}", worst.seeds);
}

#[test]
fn grbl_keeps_speed_and_path_on_very_many_short_paths() {
    let limits = Limits {
        max_speed_m_per_s: SETTINGS.max_speed_m_per_s,
        max_acceleration_m_per_s2: SETTINGS.max_acceleration_m_per_s2,
        junction_deviation_m: 10e-6,
        steps_per_m: SETTINGS.steps_per_m,
    };
    let mut worst = Worst::default();
    for seed in seeds() {
        let mut controller: Grbl = Grbl::new(grbl::Settings::from_limits(&limits), path(seed).0);
        worst.judge(seed, &mut controller, Resolution::Steps(1.0));
    }
    println!("grbl: shares {:.4?}, off {:.1} µm, seeds {:?}", worst.shares, worst.off_m * 1e6, worst.seeds);
    assert!(worst.shares[0] < 1.02, "{:?}, {:?}", worst.shares, worst.seeds);
    assert!(worst.off_m < GRBL_OFF_M, "{} m, {:?}", worst.off_m, worst.seeds);
}
