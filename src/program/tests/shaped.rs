//! Planes, feeds, zeros, cycles and splines against closed forms and the manuals' examples.

use super::*;
use torchtwin_planner::Geometry;

/// Kind and end of the moves, mm.
fn legs_under(setup: &Setup, text: &str) -> Vec<(super::super::MoveKind, [f64; 3])> {
    let items = items_under(setup, text);
    let made = items.iter().filter_map(|item| if let Action::Move(made) = item.action { Some(made) } else { None });
    made.map(|m| (m.kind, m.to_mm)).collect()
}

/// Ends of the moves, mm.
fn ends_mm(text: &str) -> Vec<[f64; 3]> {
    legs_under(&linuxcnc(), text).into_iter().map(|(_, to)| to).collect()
}

/// The legs but for `first`, with 'r' for rapids and 'f' for feeds.
fn assert_legs(text: &str, first: usize, expected: &[(char, [f64; 3])]) {
    let legs = legs_under(&linuxcnc(), text);
    let letter = |kind| if kind == super::super::MoveKind::Rapid { 'r' } else { 'f' };
    let kinds: String = legs[first..].iter().map(|(kind, _)| letter(*kind)).collect();
    let wanted: String = expected.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, wanted, "{text}: {legs:?}");
    let [found, wanted] = [legs[first..].iter().map(|l| l.1).collect::<Vec<_>>(), expected.iter().map(|l| l.1).collect()];
    assert_near(found.as_flattened(), wanted.as_flattened());
}

/// Seen from the positive end of the axis that is left, G3 turns counter-clockwise: from X-10 over Z+10 in the ZX plane, from
/// Y10 over Z+10 in the YZ plane.
#[test]
fn arcs_in_other_planes_bulge_to_the_right_side() {
    for (text, axis, sign) in [
        ("F100 G18 G0 X-10\nG3 X10 I10 K0\nM2", 0, 1.0),
        ("F100 G18 G0 X-10\nG2 X10 I10 K0\nM2", 0, -1.0),
        ("F100 G19 G0 Y10\nG3 Y-10 J-10 K0\nM2", 1, 1.0),
        ("F100 G19 G0 Y10\nG2 Y-10 J-10 K0\nM2", 1, -1.0),
        ("F100 G18 G0 X-10\nG3 X10 R10\nM2", 0, 1.0),
    ] {
        let program = run(text);
        let (from, arc) = (ends(&program)[0], Geometry::new(ends(&program)[0], &moves(&program)[1].2));
        assert!(from[axis].abs() == 0.01 && matches!(arc, Geometry::Arc { .. }), "{text}");
        for point in (0..=100).map(|k| arc.point_at(f64::from(k) / 100.0)) {
            assert!((point[axis].hypot(point[2]) - 0.01).abs() < 1e-12 && point[2] * sign > -1e-12, "{text}: {point:?}");
        }
        let (low, high) = program.bounds_in_machine_m.unwrap();
        assert_near(&[if sign > 0.0 { high[2] } else { -low[2] }], &[0.01]);
    }
}

#[test]
fn arcs_of_several_turns_go_round_and_down() {
    let program = run("F100 G0 X10\nG2 X10 Z-3 I-10 P3\nM2");
    let Shape::Arc { to, centre, sweep_rad, .. } = moves(&program)[1].2 else { panic!() };
    assert_near(&[to[0], to[2], centre[0], sweep_rad], &[0.01, -0.003, 0.0, -3.0 * TAU]);
}

/// F at inverse time is one over the minutes of the move: 30 mm at F2 take half a minute.
#[test]
fn inverse_time_feed_is_length_times_f() {
    let program = run("G93\nG1 X30 F2\nG3 X30 Y20 J10 F1\nG94 F60\nG1 X0 Y20\nM2");
    let speeds: Vec<f64> = moves(&program).iter().map(|m| m.1).collect();
    assert_near(&speeds, &[0.03 / 30.0, PI * 0.01 / 60.0, 0.001]);
    assert_eq!(errors("G93 G1 X1 F2\nX2\nM2"), [("P017", 2)]);
}

#[test]
fn zeros_turn_and_move_as_the_manual_says() {
    let at = |text: &str, expected: &[[f64; 3]]| assert_near(ends_mm(text).as_flattened(), expected.as_flattened());
    at("G10 L2 P1 R90\nG0 X10\nX10 Y5\nM2", &[[0.0, 10.0, 0.0], [-5.0, 10.0, 0.0]]);
    at("G10 L2 P2 X100 Y50 R180\nG55 G0 X10 Y0\nM2", &[[90.0, 50.0, 0.0]]);
    at("G0 X5\nG52 X100\nG0 X5\nG52 X0\nG0 X5\nM2", &[[5.0, 0.0, 0.0], [105.0, 0.0, 0.0], [5.0, 0.0, 0.0]]);
    at("G92 X-5\nG0 X0\nG53 G0 X1\nM2", &[[5.0, 0.0, 0.0], [1.0, 0.0, 0.0]]);
    // L20 names the place where the torch is, turned zero or not.
    at("G0 X3 Y4\nG10 L20 P1 X0 Y0\nG0 X1\nM2", &[[3.0, 4.0, 0.0], [4.0, 4.0, 0.0]]);
    at("G10 L2 P1 R90\nG0 X3 Y4\nG10 L20 P1 X0 Y0\nG0 X1\nM2", &[[-4.0, 3.0, 0.0], [-4.0, 4.0, 0.0]]);
    at("G43.1 Z5\nG0 Z0\nG49\nG0 Z0\nM2", &[[0.0, 0.0, 5.0], [0.0, 0.0, 0.0]]);
    at("G28.1\nG0 X9 Y9\nG30.1\nG28\nG30\nM2", &[[9.0, 9.0, 0.0], [9.0, 9.0, 0.0], [0.0; 3], [0.0; 3], [9.0, 9.0, 0.0]]);
    at("G59.3 G0 X1\nG54\nM2", &[[1.0, 0.0, 0.0]]);
}

#[test]
fn polar_and_diameter_coordinates_lead_where_they_say() {
    let at = |text: &str, expected: &[[f64; 3]]| assert_near(ends_mm(text).as_flattened(), expected.as_flattened());
    let half = 0.5f64;
    let root = 0.75f64.sqrt();
    at("G0 @10 ^30\nG91 ^30\nG90 @4\nM2", &[[10.0 * root, 5.0, 0.0], [5.0, 10.0 * root, 0.0], [4.0 * half, 4.0 * root, 0.0]]);
    at("G7 G0 X20\nG8 X20\nM2", &[[10.0, 0.0, 0.0], [20.0, 0.0, 0.0]]);
}

/// The first two examples of LinuxCNC's manual for G81.
#[test]
fn drilling_follows_the_manual() {
    let expected = [('r', [4.0, 5.0, 3.0]), ('r', [4.0, 5.0, 2.8]), ('f', [4.0, 5.0, 1.5]), ('r', [4.0, 5.0, 3.0])];
    assert_legs("F100 G0 X1 Y2 Z3\nG90 G98 G81 X4 Y5 Z1.5 R2.8\nM2", 1, &expected);
    let mut expected = vec![('r', [1.0, 2.0, 4.8])];
    for (x, y) in [(5.0, 7.0), (9.0, 12.0), (13.0, 17.0)] {
        expected.extend([('r', [x, y, 4.8]), ('f', [x, y, 4.2]), ('r', [x, y, 4.8])]);
    }
    assert_legs("F100 G0 X1 Y2 Z3\nG91 G98 G81 X4 Y5 Z-0.6 R1.8 L3\nM2", 1, &expected);
}

#[test]
fn other_cycles_differ_as_the_manual_says() {
    // G99 goes back to R only; values stay from line to line.
    let rows = [
        ('r', [4.0, 0.0, 3.0]),
        ('r', [4.0, 0.0, 1.0]),
        ('f', [4.0, 0.0, -2.0]),
        ('r', [4.0, 0.0, 1.0]),
        ('r', [8.0, 0.0, 1.0]),
        ('f', [8.0, 0.0, -2.0]),
        ('r', [8.0, 0.0, 1.0]),
    ];
    assert_legs("F100 G0 Z3\nG99 G81 X4 Z-2 R1\nX8\nG80\nM2", 1, &rows);
    // G83 clears the hole after each peck and comes back to 0.254 mm above its bottom; G73 goes up by no more than that.
    let mut clears = vec![('f', [0.0, 0.0, -1.0]), ('r', [0.0, 0.0, 1.0]), ('r', [0.0, 0.0, -0.746])];
    clears.extend([('f', [0.0, 0.0, -2.5]), ('r', [0.0, 0.0, 1.0])]);
    assert_legs("F100 G0 Z1\nG83 Z-2.5 R1 Q2\nM2", 2, &clears);
    let breaks = [('f', [0.0, 0.0, -1.0]), ('r', [0.0, 0.0, -0.746]), ('f', [0.0, 0.0, -2.5]), ('r', [0.0, 0.0, 1.0])];
    assert_legs("F100 G0 Z1\nG73 Z-2.5 R1 Q2\nM2", 2, &breaks);
    let in_and_out = [('f', [0.0, 0.0, -2.0]), ('f', [0.0, 0.0, 1.0]), ('r', [0.0, 0.0, 1.0])];
    assert_legs("F100 G0 Z1\nG85 Z-2 R1\nM2", 2, &in_and_out);
    let waits = items_under(&linuxcnc(), "F100 G0 Z1\nG82 Z-2 R1 P1.5\nM2");
    assert!(waits.iter().any(|i| i.action == Action::Dwell { seconds: 1.5, role: DwellRole::Wait }));
    assert_eq!(errors("F100 G81 X1 Z-1\nM2"), [("P008", 1)]);
    assert_eq!(errors("F100 G81 X1 Z5 R1\nM2"), [("P029", 1)]);
}

/// How far a point lies from the nearest of the straight lines through `points`.
fn off_chords(points: &[[f64; 3]], at: [f64; 2]) -> f64 {
    let off = |a: [f64; 3], b: [f64; 3]| {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let share = (((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (at[0] - a[0] - share * dx).hypot(at[1] - a[1] - share * dy)
    };
    points.windows(2).map(|w| off(w[0], w[1])).fold(f64::INFINITY, f64::min)
}

/// The manual's example: a parabola through the origin from X-2 Y4 to X2 Y4 is y = x².
#[test]
fn a_quadratic_spline_is_the_parabola_of_the_manual() {
    let points = ends_mm("F100 G90 G17 G0 X-2 Y4\nG5.1 X2 I2 J-8\nM2");
    assert!(points.iter().all(|p| (p[1] - p[0] * p[0]).abs() < 1e-9));
    for k in 0..=100 {
        let x = f64::from(k) * 0.04 - 2.0;
        assert!(off_chords(&points, [x, x * x]) <= 0.002, "{x}");
    }
}

/// Bernstein's form of the cubic, for two that meet smoothly.
#[test]
fn cubic_splines_follow_their_polynomial() {
    let points = ends_mm("F100 G0 X0 Y0\nG5 I0 J30 P0 Q-30 X10 Y10\nG5 P0 Q-30 X20 Y20\nM2");
    let curve = |c: [[f64; 2]; 4], t: f64| -> [f64; 2] {
        let s = 1.0 - t;
        std::array::from_fn(|a| s * s * s * c[0][a] + 3.0 * s * s * t * c[1][a] + 3.0 * s * t * t * c[2][a] + t * t * t * c[3][a])
    };
    // The second one starts as the first one ends: its first control point is (10, 10) + (0, 30).
    let curves =
        [[[0.0, 0.0], [0.0, 30.0], [10.0, -20.0], [10.0, 10.0]], [[10.0, 10.0], [10.0, 40.0], [20.0, -10.0], [20.0, 20.0]]];
    for control in curves {
        for k in 0..=200 {
            let at = curve(control, f64::from(k) / 200.0);
            assert!(off_chords(&points, at) <= 0.0021, "{at:?}");
        }
    }
}

/// A quarter circle as a rational curve: middle weight √½.
#[test]
fn a_nurbs_with_weights_is_a_circle() {
    let points = ends_mm("F100 G0 X100 Y0\nG5.2 P1 L3\nX100 Y100 P0.707106781186548\nX0 Y100 P1\nG5.3\nM2");
    assert!(points.len() > 30, "{points:?}");
    assert!(points.iter().all(|p| (p[0].hypot(p[1]) - 100.0).abs() < 1e-9), "{points:?}");
    assert_near(points.last().unwrap(), &[0.0, 100.0, 0.0]);
    assert_eq!(errors("F100 G5.2 X1 Y1 P1 L3\nG5.3\nM2"), [("P028", 2)]);
    assert_eq!(errors("F100 G5.2 X1 Y1 P1 L3\nG5.3\nG5.3\nM2"), [("P028", 2)]);
}

#[test]
fn probes_go_all_the_way() {
    for (setup, text) in [(linuxcnc(), "F100 G38.2 Z-5\nG0 X[#5063]\nM2"), (of(Dialect::Mach3), "F100 G31 Z-5\nM2")] {
        assert_eq!(legs_under(&setup, text)[0], (super::super::MoveKind::Probe, [0.0, 0.0, -5.0]));
    }
    assert_near(ends_mm("F100 G38.2 Z-5\nG0 X[#5063]\nM2").as_flattened(), &[0.0, 0.0, -5.0, -5.0, 0.0, -5.0]);
}

#[test]
fn other_axes_move_nothing_and_are_told_once() {
    let items = items_under(&linuxcnc(), "F100 G1 A90\nG1 X1 A45\nM2");
    let Some(Action::Move(made)) = items.last().map(|i| i.action) else { panic!("{items:?}") };
    assert_eq!((made.to_mm, made.rotary_deg), ([1.0, 0.0, 0.0], [45.0, 0.0, 0.0]));
    assert_eq!(codes("G21 F100 G1 A90\nG1 X1 A45\nM2"), ["P116", "P102"]);
}
