//! Where Grbl's words lead, in closed forms: arcs, feeds, probes, homes, and what shifts the coordinates.

use super::moves;
use std::f64::consts::{FRAC_PI_2, PI, TAU};
use torchtwin::program::{Move, MoveKind, Plane};

/// Grbl computes in single precision: what a coordinate of some tens of millimetres may be off by, mm.
const SINGLE_MM: f64 = 4e-6;

/// Checks where the moves of each program end.
fn check_ends(cases: &[(&str, &[[f64; 3]])]) {
    for (text, expected) in cases {
        let ends: Vec<_> = moves(text).iter().map(|m| m.to_mm).collect();
        let near = |(a, b): (&[f64; 3], &[f64; 3])| (0..3).all(|axis| (a[axis] - b[axis]).abs() < SINGLE_MM);
        assert!(ends.len() == expected.len() && ends.iter().zip(*expected).all(near), "{text:?}: {ends:?}, not {expected:?}");
    }
}

#[test]
fn arcs_follow_the_closed_forms() {
    // Program; plane, end, centre, angle.
    type Case = (&'static str, Plane, [f64; 3], [f64; 2], f64);
    let cases: [Case; 14] = [
        ("G3 X0 Y20 I0 J10", Plane::Xy, [0.0, 20.0, 0.0], [0.0, 10.0], PI),
        ("G2 X0 Y20 J10", Plane::Xy, [0.0, 20.0, 0.0], [0.0, 10.0], -PI),
        ("G2 X0 I10", Plane::Xy, [0.0, 0.0, 0.0], [10.0, 0.0], -TAU),
        ("G3 Y0 I10 K7", Plane::Xy, [0.0, 0.0, 0.0], [10.0, 0.0], TAU),
        ("G2 X10 Y10 R10", Plane::Xy, [10.0, 10.0, 0.0], [10.0, 0.0], -FRAC_PI_2),
        ("G2 X10 Y10 R-10", Plane::Xy, [10.0, 10.0, 0.0], [0.0, 10.0], -1.5 * PI),
        ("G3 X10 Y10 R10", Plane::Xy, [10.0, 10.0, 0.0], [0.0, 10.0], FRAC_PI_2),
        ("G3 X10 Y10 Z4 R-10", Plane::Xy, [10.0, 10.0, 4.0], [10.0, 0.0], 1.5 * PI),
        ("G2 X20 R10", Plane::Xy, [20.0, 0.0, 0.0], [10.0, 0.0], -PI),
        ("G18 G2 X10 Z10 R10", Plane::Zx, [10.0, 0.0, 10.0], [10.0, 0.0], -FRAC_PI_2),
        ("G18 G3 X0 Z20 K10 Y3", Plane::Zx, [0.0, 3.0, 20.0], [10.0, 0.0], PI),
        ("G19 G2 Y10 Z10 J10", Plane::Yz, [0.0, 10.0, 10.0], [10.0, 0.0], -FRAC_PI_2),
        ("G91 G3 X10 Y10 J10", Plane::Xy, [10.0, 10.0, 0.0], [0.0, 10.0], FRAC_PI_2),
        ("G20 G3 X1 Y1 J1", Plane::Xy, [25.4, 25.4, 0.0], [0.0, 25.4], FRAC_PI_2),
    ];
    for (text, plane, end, centre, angle) in cases {
        let made = moves(&format!("F100\n{text}"));
        let [Move { to_mm, arc: Some(arc), kind: MoveKind::Feed, .. }] = made[..] else { panic!("{text}: {made:?}") };
        let got = [to_mm[0], to_mm[1], to_mm[2], arc.centre_mm[0], arc.centre_mm[1], arc.sweep_rad];
        let expected = [end[0], end[1], end[2], centre[0], centre[1], angle];
        assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < SINGLE_MM), "{text}: {got:?}, not {expected:?}");
        assert_eq!(arc.plane, plane, "{text}");
    }
}

/// The units of a block hold for the whole of it, F included, wherever in it they stand; G93 and G94 forget the feed between
/// them.
#[test]
fn feeds_across_units_and_feed_modes() {
    const CASES: [(&str, f64); 20] = [
        ("G21 G1 X1 F100", 100.0),
        ("G20 G1 X1 F10", 254.0),
        ("G1 F10 X1 G20", 254.0),
        ("F10\nG20 G1 X1", 10.0),
        ("G20 F10\nG21\nG1 X1", 254.0),
        ("G20\nF10 G21\nG1 X1", 10.0),
        ("F100\nG94\nG1 X5", 100.0),
        ("F100\nG94 G1 X5", 100.0),
        ("G93 G1 X10 F2", 20.0),
        ("G93 G1 X3 Y4 F2", 10.0),
        ("G93 G1 X1 Y2 Z2 F0.5", 1.5),
        ("G20 G93 G1 X1 F2", 50.8),
        ("F2 G20 X1 G1 G93", 50.8),
        ("G93 F9\nG1 X10 F2", 20.0),
        ("G93 G1 X10 F2\nG94 G1 X20 F30", 30.0),
        ("G93 F2\nG94 F30\nG1 X1", 30.0),
        ("G93 G3 X20 I10 F2", 20.0 * PI),
        ("G93 G0 X5\nG1 X7 F3", 6.0),
        ("G93 F1\nG20 G94\nF10\nG1 X1", 254.0),
        // Grbl 1.1h converts F only where the block before was in G94 too.
        ("G93 F1\nG20 G94 F10\nG1 X1", 10.0),
    ];
    for (text, feed) in CASES {
        let made = moves(text);
        let last = made.last().map_or(f64::NAN, |m| m.feed_mm_per_min);
        assert!((last - feed).abs() < SINGLE_MM, "{text:?}: {last}, not {feed}");
    }
    assert_eq!(moves("F100 G0 X5")[0].feed_mm_per_min, 0.0);
}

#[test]
fn probes_move_all_the_way() {
    for word in ["G38.2", "G38.3", "G38.4", "G38.5"] {
        let made = moves(&format!("F50\n{word} Z-5\nZ-6\nG91 {word} X3 F60"));
        let expected = [([0.0, 0.0, -5.0], 50.0), ([0.0, 0.0, -6.0], 50.0), ([3.0, 0.0, -6.0], 60.0)];
        assert_eq!(made.iter().map(|m| (m.to_mm, m.feed_mm_per_min)).collect::<Vec<_>>(), expected);
        assert!(made.iter().all(|m| m.kind == MoveKind::Probe));
    }
}

#[test]
fn modes_last_and_the_start_is_g0() {
    let made = moves("X1\nG1 X2 F100\nX3\nG53 X4\nX5\nG0 Y1\nG53 Y2\nY3\nG1\nX6\nG0\nX7");
    let kinds: String = made.iter().map(|m| if m.kind == MoveKind::Rapid { 'r' } else { 'f' }).collect();
    assert_eq!(kinds, "rffffrrrfr");
    check_ends(&[
        (
            "G91\nX1\nX1 Y2\nG90 X0\nG91 G1 F1 Z-1\nZ-1",
            &[[1.0, 0.0, 0.0], [2.0, 2.0, 0.0], [0.0, 2.0, 0.0], [0.0, 2.0, -1.0], [0.0, 2.0, -2.0]],
        ),
        ("G20 X1\nG21 X1\nG91 G20 X1", &[[25.4, 0.0, 0.0], [1.0, 0.0, 0.0], [26.4, 0.0, 0.0]]),
        ("M2\nG0 X1", &[]),
    ]);
}

#[test]
fn g10_sets_work_zeros() {
    for p in 1..=6u8 {
        let f = f64::from(p);
        let zero = 53 + p;
        let text = format!("G10 L2 P{p} X{p}0 Y-{p}\nG{zero} G0 X1 Y2");
        let mut steps: Vec<[f64; 3]> = vec![[10.0 * f + 1.0, 2.0 - f, 0.0]];
        check_ends(&[(&text, &steps)]);
        // L20: the place where the torch is shall be called X1 Y2 Z3.
        let text = format!("G0 X{p} Y7\nG10 L20 P{p} X1 Y2 Z3\nG{zero} G0 X0 Y0 Z0");
        steps = vec![[f, 7.0, 0.0], [f - 1.0, 5.0, -3.0]];
        check_ends(&[(&text, &steps)]);
    }
    check_ends(&[
        // P0 is the zero in force, P counts to its whole part, axes without a word stay.
        ("G56\nG10 L2 P0 X7\nG0 X1\nG54 X1\nG56 X2", &[[8.0, 0.0, 0.0], [1.0, 0.0, 0.0], [9.0, 0.0, 0.0]]),
        ("G10 L2 X7\nG0 X1", &[[8.0, 0.0, 0.0]]),
        ("G10 L2 P1.9 X7\nG0 X1", &[[8.0, 0.0, 0.0]]),
        ("G10 L2 P0.5 X7\nG0 X1", &[[8.0, 0.0, 0.0]]),
        ("G10 L20.7 P6.9 X7\nG59 G0 X8", &[[1.0, 0.0, 0.0]]),
        ("G10 L2 P1 X1 Y2\nG10 L2 P1 Y5\nG0 X0 Y0", &[[1.0, 5.0, 0.0]]),
        // Distance mode does not matter, units do; another zero than the one in force waits until it is.
        ("G91 G10 L2 P1 X3\nG90 G0 X1", &[[4.0, 0.0, 0.0]]),
        ("G20 G10 L2 P1 X1\nG21 G0 X1", &[[26.4, 0.0, 0.0]]),
        (
            "G10 L2 P2 X30\nG0 X1\nG55 X1\nG10 L2 P1 X9\nX2\nG54 X1",
            &[[1.0, 0.0, 0.0], [31.0, 0.0, 0.0], [32.0, 0.0, 0.0], [10.0, 0.0, 0.0]],
        ),
        // The zero that the same block selects.
        ("G10 L2 P0 X30 G55\nG0 X1\nG54 X1", &[[31.0, 0.0, 0.0], [1.0, 0.0, 0.0]]),
        ("G10 L2 P2 X30 G55\nG0 X1", &[[31.0, 0.0, 0.0]]),
        ("G0 X5\nG55 G10 L20 P0 X1\nX2\nG54 X2", &[[5.0, 0.0, 0.0], [6.0, 0.0, 0.0], [2.0, 0.0, 0.0]]),
        // L20 sees through G92 and the tool length: zero = machine - G92 - tool - called.
        ("G0 X10 Z4\nG92 X1\nG43.1 Z2\nG10 L20 P1 X3 Z1\nG0 X0 Z0", &[[10.0, 0.0, 4.0], [7.0, 0.0, 3.0]]),
        ("G0 X10\nG92 X1\nG10 L2 P1 X100\nG0 X0", &[[10.0, 0.0, 0.0], [109.0, 0.0, 0.0]]),
    ]);
}

#[test]
fn g92_shifts_and_g92_1_forgets() {
    check_ends(&[
        ("G0 X10 Y20\nG92 X1 Y2\nG0 X3", &[[10.0, 20.0, 0.0], [12.0, 20.0, 0.0]]),
        ("G0 X10 Y20\nG92 X1 Y2\nG92.1\nG0 X3", &[[10.0, 20.0, 0.0], [3.0, 20.0, 0.0]]),
        ("G0 X10\nG92 X0\nG0 X5\nG92 X1\nX0", &[[10.0, 0.0, 0.0], [15.0, 0.0, 0.0], [14.0, 0.0, 0.0]]),
        ("G20 G0 X1\nG92 X2\nX3", &[[25.4, 0.0, 0.0], [50.8, 0.0, 0.0]]),
        ("G91 G0 X1\nG92 X5\nX1\nG90 X0", &[[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [-4.0, 0.0, 0.0]]),
        // It holds for all work zeros; one selected in the same block counts.
        ("G10 L2 P2 X100\nG0 X10\nG92 X0\nG55 G0 X1", &[[10.0, 0.0, 0.0], [111.0, 0.0, 0.0]]),
        ("G10 L2 P2 X100\nG0 X10\nG55 G92 X0\nX1", &[[10.0, 0.0, 0.0], [11.0, 0.0, 0.0]]),
        // The move beside G92.1 still goes by the old shift.
        ("G0 X10\nG92 X0\nG92.1 X4\nX3", &[[10.0, 0.0, 0.0], [14.0, 0.0, 0.0], [3.0, 0.0, 0.0]]),
        ("G43.1 Z5\nG92 Z1\nG0 Z0\nG49\nZ0", &[[0.0, 0.0, -1.0], [0.0, 0.0, -6.0]]),
    ]);
}

#[test]
fn g53_leads_in_machine_coordinates_for_one_block() {
    check_ends(&[
        ("G10 L2 P1 X10 Y10\nG53 G0 X1 Y2 Z3\nX0", &[[1.0, 2.0, 3.0], [10.0, 2.0, 3.0]]),
        ("G92 X50 Y60\nG43.1 Z5\nG53 G0 X1 Y2 Z3\nX50 Z1", &[[1.0, 2.0, 3.0], [0.0, 2.0, 6.0]]),
        ("G91 X5\nG53 X1\nX1", &[[5.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]),
        ("G20 G53 X1", &[[25.4, 0.0, 0.0]]),
        ("G53\nX1", &[[1.0, 0.0, 0.0]]),
    ]);
}

#[test]
fn g28_and_g30_go_home_over_a_point() {
    for (home, set) in [("G28", "G28.1"), ("G30", "G30.1")] {
        let other = if home == "G28" { "G30" } else { "G28" };
        let program = |text: &str| text.replace("HOME", home).replace("SET", set).replace("OTHER", other);
        let check_all = |cases: &[(&str, &[[f64; 3]])]| {
            for (text, ends) in cases {
                check_ends(&[(&program(text), ends)]);
            }
        };
        let put = "G0 X1 Y2 Z3\nSET\nG0 X9 Y9 Z9\n";
        let there: [[f64; 3]; 2] = [[1.0, 2.0, 3.0], [9.0, 9.0, 9.0]];
        let with = |rest: &str, more: &[[f64; 3]]| {
            let steps: Vec<_> = there.into_iter().chain(more.iter().copied()).collect();
            check_all(&[(&format!("{put}{rest}"), &steps)]);
        };
        check_all(&[("G0 X5 Y6 Z7\nHOME", &[[5.0, 6.0, 7.0], [0.0, 0.0, 0.0]])]);
        with("HOME", &[[1.0, 2.0, 3.0]]);
        with("OTHER", &[[0.0, 0.0, 0.0]]);
        with("HOME Z12", &[[9.0, 9.0, 12.0], [9.0, 9.0, 3.0]]);
        with("HOME X20 Y21", &[[20.0, 21.0, 9.0], [1.0, 2.0, 9.0]]);
        with("G91 HOME Z1\nX1", &[[9.0, 9.0, 10.0], [9.0, 9.0, 3.0], [10.0, 9.0, 3.0]]);
        with("G91 HOME X0 Y0 Z0", &[[1.0, 2.0, 3.0]]);
        // The point counts from the work zero, the home does not.
        with("G92 X0\nHOME X2\nX0", &[[11.0, 9.0, 9.0], [1.0, 9.0, 9.0], [9.0, 9.0, 9.0]]);
        with("G10 L2 P1 X100\nHOME X2\nX0", &[[102.0, 9.0, 9.0], [1.0, 9.0, 9.0], [100.0, 9.0, 9.0]]);
        with("G55\nG10 L2 P2 X100\nHOME\nX0", &[[1.0, 2.0, 3.0], [100.0, 2.0, 3.0]]);
        // Axis words beside the setting of a home are a move, from the home on.
        check_all(&[("G0 X1\nSET X5\nG0 X9\nHOME X9", &[[1.0, 0.0, 0.0], [5.0, 0.0, 0.0], [9.0, 0.0, 0.0], [1.0, 0.0, 0.0]])]);
        // Homes are kept in machine coordinates.
        check_all(&[("G92 X7\nG0 X8\nSET\nG92.1\nX0\nHOME", &[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])]);
        let made = moves(&program("G1 X5 F100\nHOME X6"));
        assert!(made[1..].iter().all(|m| m.kind == MoveKind::Rapid) && made.len() == 3, "{made:?}");
        check_all(&[("G1 X5 F100\nHOME\nX6", &[[5.0, 0.0, 0.0], [0.0, 0.0, 0.0], [6.0, 0.0, 0.0]])]);
    }
}

#[test]
fn g43_1_sets_the_tool_length_and_g49_forgets_it() {
    check_ends(&[
        ("G43.1 Z5\nG0 Z0\nZ1", &[[0.0, 0.0, 5.0], [0.0, 0.0, 6.0]]),
        ("G43.1 Z5\nG0 X1", &[[1.0, 0.0, 0.0]]),
        ("G43.1 Z5\nG43.1 Z2\nG0 Z0", &[[0.0, 0.0, 2.0]]),
        ("G43.1 Z-5\nG0 Z0\nG49\nG0 Z0", &[[0.0, 0.0, -5.0], [0.0, 0.0, 0.0]]),
        ("G20 G43.1 Z1\nG21 G0 Z1", &[[0.0, 0.0, 26.4]]),
        ("G91 G43.1 Z5\nG0 Z1\nG90 Z1", &[[0.0, 0.0, 1.0], [0.0, 0.0, 6.0]]),
        // G49 makes the axis words of its block its own.
        ("G43.1 Z5\nG49 X9 Z9\nG0 Z1", &[[0.0, 0.0, 1.0]]),
    ]);
}
