//! Input shaping against the thing it is for: an oscillator that is carried along by the steps' positions, integrated here.

use std::f64::consts::PI;

use torchtwin_planner::s_curve::{Kind, Settings, Shaping};
use torchtwin_planner::{Controller, MoveKind, Output, PathItem, Point, SCurve, Shape};

fn settings(shaping: Option<Shaping>) -> Settings {
    let mut settings = Settings::with_usual_jerk([0.15; 3], [1.5; 3], [80_000.0; 3]);
    // So much jerk that the mode is rung hard.
    settings.max_jerk_m_per_s3 = [200.0; 3];
    settings.shaping = shaping;
    settings
}

fn positions(settings: Settings, to: &[Point]) -> Vec<Point> {
    let line = |(tag, to): (usize, &Point)| PathItem::Move {
        tag: tag as u32,
        kind: MoveKind::Feed,
        speed_m_per_s: 0.1,
        shape: Shape::Line { to: *to },
    };
    let items: Vec<_> = to.iter().enumerate().map(line).collect();
    let mut items = items.into_iter();
    let mut planner: SCurve<32, 128> = SCurve::new(settings, [0.0; 3]);
    let slices = std::iter::from_fn(|| planner.next(&mut items)).filter_map(|output| match output {
        Output::Slice(slice) => Some(slice.geometry.to()),
        _ => None,
    });
    slices.collect()
}

/// Amplitude that is left of an oscillator at `frequency_hz` after following x, m. Exact for a base that moves evenly between samples.
fn ringing(positions: &[Point], frequency_hz: f64, damping: f64) -> f64 {
    let omega = 2.0 * PI * frequency_hz;
    let (h, steps) = (1e-3 / 50.0, 50);
    let (mut y, mut v) = (0.0, 0.0);
    let mut base = 0.0;
    let mut most = 0.0_f64;
    let rest = std::iter::repeat_n(positions[positions.len() - 1][0], (2.0 / frequency_hz * 1e3) as usize);
    for (n, next) in positions.iter().map(|p| p[0]).chain(rest).enumerate() {
        for k in 0..steps {
            let x = base + (next - base) * (f64::from(k) + 0.5) / f64::from(steps);
            // Semi-implicit at the middle: 50 000 steps a second over a mode of some ten hertz.
            let pull = omega * omega * (x - y) - 2.0 * damping * omega * v;
            v += h * pull;
            y += h * v;
        }
        base = next;
        if n >= positions.len() {
            most = most.max((y - base).abs());
        }
    }
    most
}

#[test]
fn shaping_leaves_the_mode_alone() {
    for (frequency_hz, damping) in [(12.0, 0.0), (18.0, 0.05), (30.0, 0.1)] {
        // A move that ends when the plain profile leaves most: the worst of many lengths.
        let lengths = (0..40).map(|k| 0.02 + 0.0005 * f64::from(k));
        let worst = |shaping: Option<Shaping>, tuned: f64| {
            lengths
                .clone()
                .map(|l| ringing(&positions(settings(shaping), &[[l, 0.0, 0.0]]), frequency_hz * tuned, damping))
                .fold(0.0, f64::max)
        };
        for kind in [Kind::Zv, Kind::Mzv, Kind::Ei] {
            let shaping = Shaping { kind, frequency_hz, damping_ratio: damping };
            for tuned in [1.0, 0.9, 1.15] {
                let left = worst(Some(shaping), tuned) / worst(None, tuned);
                // Closed form without damping: the impulses' phasors added up.
                let phase = |t: f64| 2.0 * PI * frequency_hz * tuned * t;
                let sum = |of: fn(f64) -> f64| shaping.impulses().iter().map(|(w, t)| w * of(phase(*t))).sum::<f64>();
                let expected = sum(f64::cos).hypot(sum(f64::sin));
                println!("{kind:?} at {frequency_hz} Hz, damping {damping}, off by {tuned}: {left:.4}, phasors {expected:.4}");
                if damping == 0.0 {
                    assert!(
                        (left - expected).abs() < 0.005,
                        "{kind:?} at {frequency_hz} Hz × {tuned}: {left}, phasors {expected}"
                    );
                } else if tuned == 1.0 {
                    assert!(left < 0.06, "{kind:?} at {frequency_hz} Hz: {left}");
                }
            }
        }
    }
}

#[test]
fn corners_stay_within_the_tolerance_with_shaping() {
    let corner = [[0.03, 0.0, 0.0], [0.03, 0.03, 0.0], [0.0, 0.0, 0.0]];
    for kind in [Kind::Zv, Kind::Mzv, Kind::Ei] {
        let shaping = Shaping { kind, frequency_hz: 25.0, damping_ratio: 0.05 };
        let settings = settings(Some(shaping));
        let positions = positions(settings, &corner);
        let distance = |p: &Point| {
            // To the three sides.
            let side = |a: [f64; 2], b: [f64; 2]| {
                let way = [b[0] - a[0], b[1] - a[1]];
                let square = way[0] * way[0] + way[1] * way[1];
                let u = (((p[0] - a[0]) * way[0] + (p[1] - a[1]) * way[1]) / square).clamp(0.0, 1.0);
                (p[0] - a[0] - u * way[0]).hypot(p[1] - a[1] - u * way[1])
            };
            side([0.0, 0.0], [0.03, 0.0]).min(side([0.03, 0.0], [0.03, 0.03])).min(side([0.03, 0.03], [0.0, 0.0]))
        };
        let off = positions.iter().map(distance).fold(0.0, f64::max);
        assert!(off <= settings.tolerance_m * 1.02, "{kind:?}: {off} m");
        assert!(off > 0.2 * settings.tolerance_m, "{kind:?}: the tolerance is hardly used, {off} m");
        assert_eq!(positions.last(), Some(&[0.0, 0.0, 0.0]));
    }
}
