//! The jerk-limited profile against an independent checker that sees nothing but the emitted steps, and against closed forms.

mod common;

use std::f64::consts::PI;

use common::{Random, SETTINGS};
use torchtwin_planner::audit::{Audit, Resolution};
use torchtwin_planner::{
    AXES, Controller, Geometry, MoveKind, Output, PathItem, Plane, Point, SCurve, Shape, StepEdge, TICK_HZ, TorchEvent,
    steps::step_at,
};

type Planner = SCurve<64, 96>;

fn run(start: Point, items: &[PathItem]) -> Vec<Output> {
    let mut planner = Planner::new(SETTINGS, start);
    let mut items = items.iter().copied();
    let mut out = Vec::new();
    while let Some(output) = planner.next(&mut items) {
        out.push(output);
        assert!(out.len() < 60_000_000, "no end");
    }
    out
}

fn line(to: Point, speed_m_per_s: f64) -> PathItem {
    PathItem::Move { tag: 0, kind: MoveKind::Feed, speed_m_per_s, shape: Shape::Line { to } }
}

/// X–Y walk with lines, arcs, reversals, short facets and stops; seeded.
fn random_path(seed: u64, count: usize) -> (Point, Vec<PathItem>) {
    let mut r = Random::seeded(seed);
    let start = [r.share() * 0.1, r.share() * 0.1, 0.0];
    let mut at = start;
    let mut items = Vec::new();
    let mut tag = 0;
    while items.len() < count {
        tag += 1;
        let speed = 0.002 + 0.15 * r.share() * r.share();
        let kind = if r.share() < 0.2 { MoveKind::Rapid } else { MoveKind::Feed };
        let pick = r.share();
        if pick < 0.05 {
            items.push(PathItem::Torch { tag, event: TorchEvent::FlameOn, with_move: false });
        } else if pick < 0.08 {
            items.push(PathItem::Dwell { tag, seconds: 0.2 * r.share() });
        } else if pick < 0.35 {
            let radius = 0.0002 + 0.05 * r.share() * r.share();
            let angle = 2.0 * PI * r.share();
            let sweep = (r.share() - 0.5) * 4.5 * PI;
            let centre = [at[0] - radius * angle.cos(), at[1] - radius * angle.sin()];
            let to = [
                centre[0] + radius * (angle + sweep).cos(),
                centre[1] + radius * (angle + sweep).sin(),
                at[2] + if r.share() < 0.2 { 0.01 * (r.share() - 0.5) } else { 0.0 },
            ];
            let shape = Shape::Arc { to, centre, plane: Plane::Xy, sweep_rad: sweep };
            items.push(PathItem::Move { tag, kind, speed_m_per_s: speed, shape });
            at = to;
        } else if pick < 0.5 {
            // A row of facets that bends one way, as CAM programs write curves.
            let (mut heading, bend, step) = (2.0 * PI * r.share(), 0.2 * (r.share() - 0.5), 0.0001 + 0.001 * r.share());
            for _ in 0..20 {
                heading += bend;
                at = [at[0] + step * heading.cos(), at[1] + step * heading.sin(), at[2]];
                items.push(PathItem::Move { tag, kind, speed_m_per_s: speed, shape: Shape::Line { to: at } });
            }
        } else {
            let reach = if r.share() < 0.5 { 0.0005 } else { 0.1 };
            let to = [at[0] + reach * (r.share() - 0.5), at[1] + reach * (r.share() - 0.5), at[2]];
            items.push(PathItem::Move { tag, kind, speed_m_per_s: speed, shape: Shape::Line { to } });
            at = to;
        }
    }
    (start, items)
}

fn edges(outputs: &[Output]) -> impl Iterator<Item = &StepEdge> {
    outputs.iter().filter_map(|o| if let Output::Step(edge) = o { Some(edge) } else { None })
}

/// Ratios of what the steps prove to the limits: speed, acceleration, jerk, the worst axis.
fn worst(outputs: &[Output]) -> [(f64, f64); 3] {
    let mut audit = Audit::new(SETTINGS.steps_per_m, Resolution::Ticks((TICK_HZ * 10e-6) as u64));
    edges(outputs).for_each(|edge| audit.take(edge));
    let mut out = [(0.0, 0.0); 3];
    for (i, proven) in audit.proven().iter().enumerate() {
        let limits = [SETTINGS.max_speed_m_per_s[i], SETTINGS.max_acceleration_m_per_s2[i], SETTINGS.max_jerk_m_per_s3[i]];
        for (k, peak) in [proven.speed, proven.acceleration, proven.jerk].into_iter().enumerate() {
            if peak.value / limits[k] > out[k].0 {
                out[k] = (peak.value / limits[k], peak.at_s);
            }
        }
    }
    out
}

fn duration_s(outputs: &[Output]) -> f64 {
    let last = outputs.iter().rev().find_map(|o| match o {
        Output::Slice(s) => Some(s.tick + s.ticks),
        Output::Stand { tick, ticks, .. } => Some(tick + ticks),
        _ => None,
    });
    last.unwrap_or(0) as f64 / TICK_HZ
}

#[test]
fn a_straight_move_takes_the_least_time_that_its_limits_allow() {
    // Rest to rest: T = L/v + v/A + A/J where all limits are reached, 4 (L/2J)^⅓ where only the jerk limits.
    let (a, j) = (0.5_f64, 10.0_f64);
    for (length, speed, expected) in
        [(0.5_f64, 0.1_f64, 0.5 / 0.1 + 0.1 / a + a / j), (0.0002, 0.1, 4.0 * (0.0002_f64 / (2.0 * j)).cbrt())]
    {
        let got = duration_s(&run([0.0; 3], &[line([length, 0.0, 0.0], speed)]));
        assert!((got - expected).abs() < 0.0021, "{length} m: {got} s, closed form {expected} s");
    }
}

fn counts(start: &Point, outputs: &[Output]) -> [i64; AXES] {
    let mut counts: [i64; AXES] = std::array::from_fn(|i| step_at(start[i], SETTINGS.steps_per_m[i]));
    edges(outputs).for_each(|e| counts[usize::from(e.axis)] += if e.forward { 1 } else { -1 });
    counts
}

fn end(start: Point, items: &[PathItem]) -> Point {
    items
        .iter()
        .rev()
        .find_map(|i| match i {
            PathItem::Move { shape: Shape::Line { to } | Shape::Arc { to, .. }, .. } => Some(*to),
            _ => None,
        })
        .unwrap_or(start)
}

/// Largest distance of the slices' ends from the move that they belong to, or one of its neighbours, m.
fn deviation_m(start: Point, items: &[PathItem], outputs: &[Output]) -> f64 {
    let mut at = start;
    let mut chords: Vec<(u32, Point, Point)> = Vec::new();
    for item in items {
        let PathItem::Move { tag, shape, .. } = item else { continue };
        let geometry = Geometry::new(at, shape);
        let count = match geometry {
            Geometry::Line { .. } => 1,
            Geometry::Arc { sweep_rad, .. } => (sweep_rad.abs() / 0.005).ceil() as usize,
        };
        let point = |k: usize| geometry.point_at(k as f64 / count as f64);
        chords.extend((0..count).map(|k| (*tag, point(k), point(k + 1))));
        at = geometry.to();
    }
    let distance = |p: &Point, (_, a, b): &(u32, Point, Point)| {
        let d: Point = std::array::from_fn(|i| b[i] - a[i]);
        let l2: f64 = d.iter().map(|v| v * v).sum();
        let u = if l2 > 0.0 { ((0..3).map(|i| (p[i] - a[i]) * d[i]).sum::<f64>() / l2).clamp(0.0, 1.0) } else { 0.0 };
        (0..3).map(|i| (p[i] - a[i] - u * d[i]).powi(2)).sum::<f64>().sqrt()
    };
    let mut worst = 0.0_f64;
    for (k, output) in outputs.iter().enumerate() {
        let Output::Slice(slice) = output else { continue };
        if k % 3 == 0 {
            let low = chords.partition_point(|c| c.0 + 3 < slice.tag);
            let high = chords.partition_point(|c| c.0 <= slice.tag + 3);
            let p = slice.geometry.to();
            worst = worst.max(chords[low..high].iter().map(|c| distance(&p, c)).fold(f64::INFINITY, f64::min));
        }
    }
    worst
}

#[test]
fn limits_hold_on_random_paths_and_every_path_ends_where_it_should() {
    let mut most = [0.0_f64; 4];
    let count: u64 = std::env::var("PATHS").ok().and_then(|v| v.parse().ok()).unwrap_or(60);
    let first: u64 = std::env::var("SEED").ok().and_then(|v| v.parse().ok()).unwrap_or(0);
    for seed in first..first + count {
        let (start, items) = random_path(seed, 60);
        let outputs = run(start, &items);
        let to = end(start, &items);
        let wanted: [i64; AXES] = std::array::from_fn(|i| step_at(to[i], SETTINGS.steps_per_m[i]));
        assert_eq!(counts(&start, &outputs), wanted, "seed {seed}");
        let ratios = worst(&outputs);
        let off = deviation_m(start, &items, &outputs) / SETTINGS.tolerance_m;
        for k in 0..3 {
            most[k] = most[k].max(ratios[k].0);
        }
        most[3] = most[3].max(off);
        if std::env::var("SHOW").is_ok() {
            println!("seed {seed}: {ratios:.3?} off {off:.3} time {:.2}", duration_s(&outputs));
        }
    }
    println!("speed {:.4}, acceleration {:.4}, jerk {:.4}, deviation {:.4} of the limits", most[0], most[1], most[2], most[3]);
    assert!(most[0] < 1.01 && most[1] < 1.02 && most[2] < 1.05 && most[3] < 1.02, "{most:?}");
}

#[test]
fn a_torch_event_with_a_move_comes_where_it_begins_and_costs_no_time() {
    let (v, corner) = (0.03, [0.04, 0.0, 0.0]);
    let path = |event: Option<bool>| {
        let torch = event.map(|with_move| PathItem::Torch { tag: 1, event: TorchEvent::OxygenOff, with_move });
        let lines = [line(corner, v), line([0.08, 0.003, 0.0], v)];
        [Some(lines[0]), torch, Some(lines[1])].into_iter().flatten().collect::<Vec<_>>()
    };
    let (without, moving, stopping) =
        (run([0.0; 3], &path(None)), run([0.0; 3], &path(Some(true))), run([0.0; 3], &path(Some(false))));
    assert_eq!(duration_s(&moving), duration_s(&without));
    assert!(duration_s(&stopping) > duration_s(&without) + 0.02);
    // It comes where X has made the steps of the first line, but for what it goes in two milliseconds.
    let event = moving.iter().position(|o| matches!(o, Output::Torch { .. })).unwrap();
    let x = counts(&[0.0; 3], &moving[..event])[0] as f64 / SETTINGS.steps_per_m[0];
    assert!((x - corner[0]).abs() < 2e-3 * v, "switched at {x} m");
}

#[test]
fn torch_events_with_moves_are_neither_lost_nor_out_of_order() {
    // More of them than can be on their way, two before one move, and one that no move follows.
    let all = [TorchEvent::FlameOn, TorchEvent::OxygenOn, TorchEvent::OxygenOff, TorchEvent::AllOff];
    let (mut items, mut asked) = (Vec::new(), Vec::new());
    for k in 0..200_u32 {
        items.push(line([0.0003 * f64::from(k + 1), 0.0, 0.0], 0.05));
        for n in 0..[0, 1, 2, 1, 5][(k % 5) as usize] {
            let event = all[((k + n) % 4) as usize];
            items.push(PathItem::Torch { tag: k, event, with_move: true });
            asked.push((k, event));
        }
    }
    let given = |outputs: &[Output]| {
        let event = |o: &Output| if let Output::Torch { tag, event, .. } = o { Some((*tag, *event)) } else { None };
        outputs.iter().filter_map(event).collect::<Vec<_>>()
    };
    // The five behind the last move wait for a move that never comes, as far as there is room for them.
    let outputs = run([0.0; 3], &items);
    let given_here = given(&outputs);
    assert_eq!(given_here, asked[..given_here.len()]);
    assert!((asked.len() - 5..=asked.len()).contains(&given_here.len()), "{} of {}", given_here.len(), asked.len());
    // So many before one move that there is no room for them come at rest.
    let many = (0..20).map(|tag| PathItem::Torch { tag, event: TorchEvent::OxygenOn, with_move: true });
    let items: Vec<_> = many.chain([line([0.01, 0.0, 0.0], 0.05)]).collect();
    assert_eq!(given(&run([0.0; 3], &items)).len(), 20);
    let ticks: Vec<u64> =
        outputs.iter().filter_map(|o| if let Output::Torch { tick, .. } = o { Some(*tick) } else { None }).collect();
    assert!(ticks.is_sorted());
}
