//! The planner against formulas, and its steps against an independent re-integration of the emitted edges.

use std::f64::consts::PI;

use torchtwin_planner::{
    AXES, Grbl, Limits, Motion, MoveKind, Output, PathItem, Plane, Planner, Point, Segment, Shape, StepEdge, Stepper, TICK_HZ,
    TorchEvent, grbl, steps::step_at,
};

fn limits() -> Limits {
    Limits {
        max_speed_m_per_s: [0.15, 0.12, 0.02],
        max_acceleration_m_per_s2: [0.5, 0.4, 0.2],
        junction_deviation_m: 20e-6,
        steps_per_m: [122_231.0, 122_231.0, 400_000.0],
    }
}

fn line(to: Point, speed_m_per_s: f64) -> PathItem {
    PathItem::Move { tag: 0, kind: MoveKind::Feed, speed_m_per_s, shape: Shape::Line { to } }
}

/// Runs `items` as a sender does that keeps the ring full.
fn plan<const N: usize>(start: Point, items: &[PathItem]) -> Vec<Segment> {
    let mut planner: Planner<N> = Planner::new(limits(), start);
    let mut out = Vec::new();
    for item in items {
        while planner.is_full() {
            out.extend(planner.pop());
        }
        planner.push(item).unwrap();
    }
    while let Some(segment) = planner.pop() {
        out.push(segment);
    }
    out
}

fn motions(segments: &[Segment]) -> Vec<Motion> {
    segments.iter().filter_map(|s| if let Segment::Motion(m) = s { Some(*m) } else { None }).collect()
}

/// X–Y walk with lines, arcs, reversals, short facets and stops; seeded.
fn random_path(seed: u64, count: usize) -> (Point, Vec<PathItem>) {
    let mut state = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    let mut draw = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let start = [draw() * 0.1, draw() * 0.1, 0.0];
    let mut at = start;
    let mut items = Vec::new();
    for tag in 0..count as u32 {
        let speed = 0.002 + 0.2 * draw() * draw();
        let kind = if draw() < 0.2 { MoveKind::Rapid } else { MoveKind::Feed };
        let pick = draw();
        if pick < 0.05 {
            items.push(PathItem::Torch { tag, event: TorchEvent::FlameOn });
        } else if pick < 0.08 {
            items.push(PathItem::Dwell { tag, seconds: draw() });
        } else if pick < 0.45 {
            let radius = 0.0002 + 0.05 * draw() * draw();
            let angle = 2.0 * PI * draw();
            let sweep = (draw() - 0.5) * 4.5 * PI;
            let centre = [at[0] - radius * angle.cos(), at[1] - radius * angle.sin()];
            let error = if draw() < 0.5 { 3e-6 * (draw() - 0.5) } else { 0.0 };
            let to = [
                centre[0] + radius * (angle + sweep).cos() + error,
                centre[1] + radius * (angle + sweep).sin(),
                at[2] + if draw() < 0.2 { 0.01 * (draw() - 0.5) } else { 0.0 },
            ];
            items.push(PathItem::Move {
                tag,
                kind,
                speed_m_per_s: speed,
                shape: Shape::Arc { to, centre, plane: Plane::Xy, sweep_rad: sweep },
            });
            at = to;
        } else {
            let reach = if draw() < 0.5 { 0.0005 } else { 0.1 };
            let to = [at[0] + reach * (draw() - 0.5), at[1] + reach * (draw() - 0.5), at[2]];
            items.push(PathItem::Move { tag, kind, speed_m_per_s: speed, shape: Shape::Line { to } });
            at = to;
        }
    }
    (start, items)
}

#[test]
fn a_straight_move_takes_the_time_of_the_formula() {
    // Rest to rest over L at a with the nominal speed reached: T = L/v + v/a. Not reached: T = 2 √(L/a).
    for (length, speed) in [(0.1_f64, 0.05_f64), (0.3, 0.14), (0.002, 0.1)] {
        let segments = plan::<16>([0.0; 3], &[line([length, 0.0, 0.0], speed)]);
        let a = limits().max_acceleration_m_per_s2[0];
        let expected = if speed * speed / a <= length { length / speed + speed / a } else { 2.0 * (length / a).sqrt() };
        let got = motions(&segments)[0].profile.duration_s();
        assert!((got - expected).abs() < 1e-12 * expected, "{length} m at {speed} m/s: {got} s, formula {expected} s");
    }
}

#[test]
fn a_diagonal_keeps_the_slower_axis_within_its_limit() {
    let segments = plan::<16>([0.0; 3], &[line([0.3, 0.3, 0.0], 1.0)]);
    let m = motions(&segments)[0];
    assert!((m.profile.peak_m_per_s - 0.12 * 2f64.sqrt()).abs() < 1e-12);
    assert!((m.profile.acceleration_m_per_s2 - 0.4 * 2f64.sqrt()).abs() < 1e-12);
}

#[test]
fn a_right_angle_is_taken_at_the_junction_deviation_speed() {
    // Reference: v² = a δ s/(1 − s), s = sin 45°, a along the bisector.
    let segments = plan::<16>([0.0; 3], &[line([0.1, 0.0, 0.0], 0.1), line([0.1, 0.1, 0.0], 0.1)]);
    let a = 0.4 * 2f64.sqrt();
    let s = 0.5f64.sqrt();
    let expected = (a * 20e-6 * s / (1.0 - s)).sqrt();
    let m = motions(&segments);
    assert!((m[0].profile.exit_m_per_s - expected).abs() < 1e-12);
    assert!((m[1].profile.entry_m_per_s - expected).abs() < 1e-12);
}

#[test]
fn a_faceted_circle_keeps_the_acceleration_that_junction_deviation_alone_exceeds_fivefold() {
    let radius = 0.010;
    let facets = 157; // what an arc tolerance of 2 µm makes of it
    let items: Vec<_> = (1..=facets)
        .map(|k| {
            let angle = 2.0 * PI * k as f64 / facets as f64;
            line([radius * angle.cos(), radius * angle.sin(), 0.0], 1.0)
        })
        .collect();
    let segments = plan::<256>([radius, 0.0, 0.0], &items);
    let fastest = motions(&segments).iter().map(|m| m.profile.peak_m_per_s).fold(0.0, f64::max);
    // Both axes at their limits at once: √(0.5² + 0.4²) m/s² on the diagonals.
    let most = 0.5f64.hypot(0.4);
    assert!(fastest * fastest / radius < most * 1.02, "{fastest} m/s is {} m/s²", fastest * fastest / radius);
}

#[test]
fn speeds_join_and_limits_hold_on_random_paths() {
    for seed in 0..200 {
        let (start, items) = random_path(seed, 120);
        let segments = plan::<24>(start, &items);
        let mut exit = 0.0;
        let mut at = start;
        for segment in &segments {
            let Segment::Motion(m) = segment else {
                assert!(exit == 0.0, "seed {seed}: a stop is entered at {exit} m/s");
                continue;
            };
            let p = m.profile;
            assert!((p.entry_m_per_s - exit).abs() < 1e-12, "seed {seed}: speed jumps from {exit} to {}", p.entry_m_per_s);
            assert_eq!(m.geometry.from(), at, "seed {seed}: the path has a gap");
            let braked = p.rise_m() + p.fall_m() - p.length_m;
            assert!(braked < 1e-9, "seed {seed}: ramps are {braked} m longer than the block");
            exit = p.exit_m_per_s;
            at = m.geometry.to();
            check_axes(seed, m);
        }
        assert!(exit == 0.0, "seed {seed}: ends at {exit} m/s");
    }
}

/// Speed and acceleration of every axis by central differences of the planned point, without the planner's own formulas.
fn check_axes(seed: u64, m: &Motion) {
    let l = limits();
    let total = m.profile.duration_s();
    let h = (total / 400.0).min(1e-3);
    for k in 1..100 {
        let t = total * k as f64 / 100.0;
        let edges = [m.profile.rise_s, m.profile.rise_s + m.profile.cruise_s];
        if t < 2.0 * h || t > total - 2.0 * h || edges.iter().any(|e| (t - e).abs() < 2.0 * h) {
            continue;
        }
        let (a, b, c) = (m.point_at(t - h), m.point_at(t), m.point_at(t + h));
        for i in 0..AXES {
            let speed = (c[i] - a[i]) / (2.0 * h);
            let acceleration = (c[i] - 2.0 * b[i] + a[i]) / (h * h);
            let noise = 1e-15 / (h * h) + 1e-6;
            // The closing difference of a rounded arc end rides on top of the arc: a few parts in a thousand on the smallest ones.
            assert!(speed.abs() <= l.max_speed_m_per_s[i] * 1.02, "seed {seed}: axis {i} at {speed} m/s");
            let limit = l.max_acceleration_m_per_s2[i];
            assert!(acceleration.abs() <= limit * 1.02 + noise, "seed {seed}: axis {i} at {acceleration} m/s², {m:?}");
        }
    }
}

#[test]
fn every_block_ends_on_the_commanded_step_and_steps_follow_the_planned_point() {
    for seed in 0..40 {
        let (start, items) = random_path(seed, 80);
        let l = limits();
        let mut stepper = Stepper::new(l, start);
        let mut counts: [i64; AXES] = std::array::from_fn(|i| step_at(start[i], l.steps_per_m[i]));
        let mut now_s = 0.0;
        let mut last_tick = 0;
        for segment in plan::<16>(start, &items) {
            let m = match segment {
                Segment::Motion(m) => m,
                Segment::Dwell { seconds, .. } => {
                    now_s += seconds;
                    continue;
                }
                Segment::Torch { .. } => continue,
            };
            stepper.load(&m, now_s);
            while let Some(StepEdge { tick, axis, forward }) = stepper.next_edge() {
                assert!(tick >= last_tick, "seed {seed}: time runs backwards");
                last_tick = tick;
                let axis = axis as usize;
                counts[axis] += if forward { 1 } else { -1 };
                let t = (tick as f64 / TICK_HZ - now_s).max(0.0);
                let planned = m.point_at(t)[axis] * l.steps_per_m[axis];
                let allowed = 0.502 + m.profile.peak_m_per_s * l.steps_per_m[axis] * 2.0 / TICK_HZ;
                let off = (planned - counts[axis] as f64).abs();
                assert!(off <= allowed, "seed {seed}: axis {axis} is {off} steps from the planned point at {t} s of {m:?}");
            }
            for (axis, count) in counts.iter().enumerate() {
                let commanded = step_at(m.geometry.to()[axis], l.steps_per_m[axis]);
                assert_eq!(*count, commanded, "seed {seed}: axis {axis} after {m:?}");
            }
            now_s += m.profile.duration_s();
        }
        assert_eq!(counts, stepper.counts());
    }
}

#[test]
fn a_longer_look_ahead_is_never_slower() {
    let (start, items) = random_path(7, 300);
    let time = |segments: Vec<Segment>| motions(&segments).iter().map(|m| m.profile.duration_s()).sum::<f64>();
    let (short, long) = (time(plan::<4>(start, &items)), time(plan::<128>(start, &items)));
    assert!(long <= short * (1.0 + 1e-9), "128 blocks: {long} s, 4 blocks: {short} s");
}

#[test]
fn a_circle_that_ends_where_it_starts_goes_round_wherever_it_lies() {
    // As a program at an offset has it: places in double precision that single precision cannot hold.
    for k in 0..200 {
        let (x, y) = (0.1532 + 1.7e-5 * f64::from(k), 0.208038 + 3.3e-5 * f64::from(k));
        let limits = limits();
        let mut grbl: Grbl = Grbl::new(grbl::Settings::from_limits(&limits), [x, y, 0.0]);
        let centre = [x - 0.00824, y];
        let shape = Shape::Arc { to: [x, y, 0.0], centre, plane: Plane::Xy, sweep_rad: 2.0 * PI };
        let mut items = [PathItem::Move { tag: 0, kind: MoveKind::Feed, speed_m_per_s: 0.008, shape }].into_iter();
        let steps = std::iter::from_fn(|| grbl.next(&mut items)).filter(|o| matches!(o, Output::Step(e) if e.axis == 0)).count();
        let round = 4.0 * 0.00824 * limits.steps_per_m[0];
        assert!((steps as f64 / round - 1.0).abs() < 0.01, "{steps} steps instead of {round} at {x}, {y}");
    }
}
