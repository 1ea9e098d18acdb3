//! Grbl's profile where its single precision meets places that it cannot hold.

use std::f64::consts::PI;

use torchtwin_planner::{Grbl, Limits, MoveKind, Output, PathItem, Plane, Shape, grbl};

fn limits() -> Limits {
    Limits {
        max_speed_m_per_s: [0.15, 0.12, 0.02],
        max_acceleration_m_per_s2: [0.5, 0.4, 0.2],
        junction_deviation_m: 20e-6,
        steps_per_m: [122_231.0, 122_231.0, 400_000.0],
    }
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
