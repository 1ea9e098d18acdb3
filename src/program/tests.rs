//! Tests of the interpretation of programs against closed forms and against each other.

use super::*;
use crate::diag::{Severity, any_error};
use crate::gcode::parse;
use std::f64::consts::{FRAC_PI_2, PI, TAU};
use torchtwin_planner::path::{MoveKind, Shape, TorchEvent};

/// Interprets `text` under `setup`.
fn run_with(setup: &Setup, text: &str) -> (Program, Vec<Diagnostic>) {
    let (blocks, mut findings) = parse("t", text);
    let (program, more) = interpret("t", &blocks, setup);
    findings.extend(more);
    (program, findings)
}

/// Interprets `text`, which must be free of errors, with everything at zero.
fn run(text: &str) -> Program {
    let (program, findings) = run_with(&Setup::default(), text);
    assert!(!any_error(&findings), "{text}: {findings:?}");
    program
}

/// Codes of the errors in `text`.
fn errors(text: &str) -> Vec<(&'static str, u32)> {
    let (_, findings) = run_with(&Setup::default(), text);
    findings.iter().filter(|d| d.severity == Severity::Error).map(|d| (d.code, d.place.line)).collect()
}

/// Codes of the warnings and notes in `text`.
fn codes(text: &str) -> Vec<&'static str> {
    let (_, findings) = run_with(&Setup::default(), text);
    assert!(!any_error(&findings), "{text}: {findings:?}");
    findings.iter().map(|d| d.code).collect()
}

/// Kind, speed and shape of the moves.
fn moves(program: &Program) -> Vec<(MoveKind, f64, Shape)> {
    let moves = program.items.iter().filter_map(|item| match *item {
        PathItem::Move { kind, speed_m_per_s, shape, .. } => Some((kind, speed_m_per_s, shape)),
        _ => None,
    });
    moves.collect()
}

/// Where the moves end.
fn ends(program: &Program) -> Vec<Point> {
    let end = |(_, _, shape)| match shape {
        Shape::Line { to } | Shape::Arc { to, .. } => to,
    };
    moves(program).into_iter().map(end).collect()
}

/// All numbers of a move, for comparing.
fn numbers(program: &Program) -> Vec<f64> {
    let one = |(_, speed, shape)| match shape {
        Shape::Line { to } => vec![speed, to[0], to[1], to[2]],
        Shape::Arc { to, centre, sweep_rad } => vec![speed, to[0], to[1], to[2], centre[0], centre[1], sweep_rad],
    };
    moves(program).into_iter().flat_map(one).collect()
}

fn assert_near(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
}

/// What the torch does, with dwells as `None`.
fn torch_events(program: &Program) -> Vec<Result<TorchEvent, f64>> {
    let events = program.items.iter().filter_map(|item| match *item {
        PathItem::Torch { event, .. } => Some(Ok(event)),
        PathItem::Dwell { seconds, .. } => Some(Err(seconds)),
        PathItem::Move { .. } => None,
    });
    events.collect()
}

const SHAPE: &str = "G0 X10 Y5\nG1 X40 F600\nG3 X50 Y15 I0 J10\nG2 X60 Y25 R10\nG1 X10 Y5 Z-1\nM2";

#[test]
fn millimetres_and_minutes_become_metres_and_seconds() {
    let program = run("G21 G90 G0 X10 Y-2.5\nG1 Z3 F600\nM2");
    let expected = [
        (MoveKind::Rapid, 0.0, Shape::Line { to: [0.01, -0.0025, 0.0] }),
        (MoveKind::Feed, 0.01, Shape::Line { to: [0.01, -0.0025, 0.003] }),
    ];
    assert_eq!(moves(&program), expected);
    assert_eq!((program.line(0), program.line(1), program.line(2)), (1, 2, 0));
    assert!(program.mentions_z && !program.lights_torch);
    assert_eq!(program.bounds_in_machine_m, Some(([0.01, -0.0025, 0.0], [0.01, -0.0025, 0.003])));
}

#[test]
fn inches_are_25_4_millimetres() {
    let inch = run("G20\nG0 X1 Y-0.5\nG1 X2 Y3 F10\nG3 X2 Y5 I0 J1\nM2");
    let mm = run("G21\nG0 X25.4 Y-12.7\nG1 X50.8 Y76.2 F254\nG3 X50.8 Y127 I0 J25.4\nM2");
    assert_near(&numbers(&inch), &numbers(&mm));
    assert_eq!(ends(&inch)[0][0], 0.0254);
    let feed_kept = run("G20 F10\nG21\nG1 X1\nM2");
    assert_eq!(moves(&feed_kept)[0].1, 10.0 * 0.0254 / 60.0);
}

#[test]
fn incremental_and_absolute_programs_agree() {
    let incremental = "G91\nG0 X10 Y5\nG1 X30 F600\nG3 X10 Y10 I0 J10\nG2 X10 Y10 R10\nG1 X-50 Y-20 Z-1\nM2";
    assert_near(&numbers(&run(SHAPE)), &numbers(&run(incremental)));
    let absolute_centres = SHAPE.replace("I0 J10", "I40 J15").replace("G0 X10", "G90.1 G0 X10");
    assert_near(&numbers(&run(SHAPE)), &numbers(&run(&absolute_centres)));
}

#[test]
fn a_moved_work_zero_moves_everything_by_as_much() {
    let zero = [0.3, -0.2, 0.05];
    let setup = Setup { work_zero_in_machine_m: zero, start_in_machine_m: zero, ..Setup::default() };
    let (moved, _) = run_with(&setup, SHAPE);
    let still = run(SHAPE);
    for (a, b) in moves(&still).into_iter().zip(moves(&moved)) {
        match (a.2, b.2) {
            (Shape::Line { to: a }, Shape::Line { to: b }) => {
                assert_near(&[a[0] + zero[0], a[1] + zero[1], a[2] + zero[2]], &b);
            }
            (Shape::Arc { centre: a, sweep_rad: s, .. }, Shape::Arc { centre: b, sweep_rad: t, .. }) => {
                assert_near(&[a[0] + zero[0], a[1] + zero[1], s], &[b[0], b[1], t]);
            }
            other => panic!("{other:?}"),
        }
    }
    let (Some((least, _)), Some((least_moved, _))) = (still.bounds_in_machine_m, moved.bounds_in_machine_m) else { panic!() };
    assert_near(&[least[0] + zero[0], least[1] + zero[1]], &least_moved[..2]);
}

#[test]
fn arcs_have_the_centre_and_sweep_of_the_closed_form() {
    let program = run("F100 G3 X0 Y20 I0 J10\nG2 X0 Y0 R10\nG2 I10\nG3 X10 Y10 R-10 Z4\nG1 X10.1\nM2");
    let arcs: Vec<_> = moves(&program)[..4].iter().map(|m| m.2).collect();
    let expected = [
        ([0.0, 0.02, 0.0], [0.0, 0.01], PI),
        ([0.0, 0.0, 0.0], [0.0, 0.01], -PI),
        ([0.0, 0.0, 0.0], [0.01, 0.0], -TAU),
        ([0.01, 0.01, 0.004], [0.01, 0.0], 1.5 * PI),
    ];
    for (shape, (to, centre, sweep_rad)) in arcs.into_iter().zip(expected) {
        let Shape::Arc { to: a, centre: b, sweep_rad: c } = shape else { panic!() };
        assert_near(&[a[0], a[1], a[2], b[0], b[1], c], &[to[0], to[1], to[2], centre[0], centre[1], sweep_rad]);
    }
    let quarter = run("F100 G0 X10\nG3 X0 Y10 I-10\nM2");
    assert_eq!(moves(&quarter)[1].2, Shape::Arc { to: [0.0, 0.01, 0.0], centre: [0.0, 0.0], sweep_rad: FRAC_PI_2 });
    assert_eq!(run("F1 G2 I5\nM2").bounds_in_machine_m, Some(([0.0, -0.005, 0.0], [0.01, 0.005, 0.0])));
}

#[test]
fn g92_g53_g28_and_g10_lead_where_they_say() {
    let setup = Setup { work_zero_in_machine_m: [0.1, 0.2, 0.0], start_in_machine_m: [0.0, 0.0, 0.05], ..Setup::default() };
    let ends_of = |text: &str| {
        let (program, findings) = run_with(&setup, text);
        assert!(!any_error(&findings), "{findings:?}");
        (ends(&program), program.bounds_in_machine_m)
    };
    let near = |text: &str, expected: &[Point]| {
        let (ends, _) = ends_of(text);
        assert_near(ends.as_flattened(), expected.as_flattened());
    };
    near(
        "G0 X10\nG92 X0\nG0 X5\nG92.2\nX20\nG92.3\nX5\nG92.1\nX10\nM2",
        &[[0.11, 0.0, 0.05], [0.115, 0.0, 0.05], [0.12, 0.0, 0.05], [0.115, 0.0, 0.05], [0.11, 0.0, 0.05]],
    );
    near("G0 X10 Y0 Z0\nG53 G0 X50 Z20\nG28\nM2", &[[0.11, 0.2, 0.0], [0.05, 0.2, 0.02], [0.0, 0.0, 0.05]]);
    near(
        "G0 X10 Y0 Z0\nG91 G28 Z10\nG90 G28 X20\nM2",
        &[[0.11, 0.2, 0.0], [0.11, 0.2, 0.01], [0.11, 0.2, 0.05], [0.12, 0.2, 0.05], [0.0, 0.2, 0.05]],
    );
    near("G10 L2 P1 X300\nG0 X1\nG10 L20 P0 X0\nX1\nM2", &[[0.301, 0.0, 0.05], [0.302, 0.0, 0.05]]);
    near("G10 L2 P2 X300\nG55 G0 X1\nG54 X1\nM2", &[[0.301, 0.0, 0.05], [0.101, 0.0, 0.05]]);
    near("G0 X1\nG28.1\nX2\nG28\nM2", &[[0.101, 0.0, 0.05], [0.102, 0.0, 0.05], [0.101, 0.0, 0.05]]);
    let (_, bounds) = ends_of("G28\nG53 G0 X900\nM2");
    assert_eq!(bounds, None);
}

#[test]
fn m3_runs_the_start_sequence() {
    let setup = Setup { preheat_s: 12.0, pierce_s: 0.5, ..Setup::default() };
    let (program, findings) = run_with(&setup, "G21 M3\nG4 P1\nM5\nM2");
    let expected = [Ok(TorchEvent::FlameOn), Err(12.0), Ok(TorchEvent::OxygenOn), Err(0.5), Err(1.0), Ok(TorchEvent::AllOff)];
    assert_eq!(torch_events(&program), expected);
    assert_eq!(program.torch_words, TorchWords::M3Starts);
    assert!(program.lights_torch && findings.iter().map(|d| d.code).eq(["P201"]), "{findings:?}");
    assert_eq!(program.items[0].tag(), program.items[3].tag());
    assert_eq!(program.line(program.items[4].tag()), 2);
}

#[test]
fn m8_opens_the_oxygen() {
    let setup = Setup { dwell_p_in_ms: true, preheat_s: 99.0, ..Setup::default() };
    let (program, findings) = run_with(&setup, "M3\nG4 P9000\nM8\nM9\nM7 M5\nM5\nM2");
    let (flame, open, off) = (Ok(TorchEvent::FlameOn), Ok(TorchEvent::OxygenOn), Ok(TorchEvent::AllOff));
    assert_eq!(torch_events(&program), [flame, Err(9.0), open, Ok(TorchEvent::OxygenOff), off, open, off]);
    assert_eq!(program.torch_words, TorchWords::M3PreheatM8Oxygen);
    assert!(findings.iter().map(|d| d.code).eq(["P201", "P107"]), "{findings:?}");
    let forced = Setup { torch_words: Some(TorchWords::M3Starts), ..Setup::default() };
    let (program, findings) = run_with(&forced, "M3\nM8\nM9\nM5\nM2");
    assert_eq!(torch_events(&program).len(), 5);
    assert!(findings.iter().map(|d| d.code).eq(["P207"]), "{findings:?}");
}

#[test]
fn the_end_closes_the_torch_and_the_rest_is_ignored() {
    let (program, findings) = run_with(&Setup::default(), "G21 M3\nM30\nG0 X1 Q\nM5");
    assert_eq!(torch_events(&program).last(), Some(&Ok(TorchEvent::AllOff)));
    assert!(program.items.iter().all(|item| !matches!(item, PathItem::Move { .. })));
    assert!(findings.iter().any(|d| d.code == "P108") && findings.iter().any(|d| d.code == "P208"));
}

#[test]
fn warnings_and_notes_say_what_was_assumed() {
    assert_eq!(codes("G21 M3\nG1 X1 F1\nM5\nM2"), ["P201"]);
    assert_eq!(codes("M3\nG0 X1\nM5\nM2"), ["P201", "P101", "P202"]);
    assert_eq!(codes("G21 G0 X1\n"), ["P102", "P103"]);
    assert_eq!(codes("%\nG21 M3\nM5\n%"), ["P201"]);
    let all = "G21 G0 X1\nM3\nG0 X2\nG55\nG56\nG61\nG64\nM0\nT1 M6\n/M5\nM1\nM2";
    assert_eq!(codes(all), ["P201", "P101", "P203", "P204", "P205", "P206", "P209"]);
    assert_eq!(codes("G21 F0\nM3\nM3\nG43 H1\nG4 P500\nM2"), ["P201", "P104", "P106", "P105", "P109", "P108"]);
}

#[test]
fn rapids_with_the_torch_on_are_told_five_times() {
    let rapids: String = (1..=8).map(|n| format!("G0 X{n}\n")).collect();
    let (_, findings) = run_with(&Setup::default(), &format!("G21 M3\n{rapids}M5\nM2"));
    let told: Vec<_> = findings.iter().filter(|d| d.code == "P101").collect();
    assert_eq!(told.len(), 6);
    assert!(told[5].found.starts_with("3 more"), "{}", told[5].found);
}

#[test]
fn a_faulty_block_changes_nothing() {
    let with = "G21 G1 X1 F100\nG20 G91 M3 X5 X6\nG1 X2\nM2";
    let without = "G21 G1 X1 F100\nG1 X2\nM2";
    let (a, findings) = run_with(&Setup::default(), with);
    assert_eq!(findings.iter().filter(|d| d.severity == Severity::Error).count(), 1);
    assert_eq!(numbers(&a), numbers(&run(without)));
    assert!(!a.lights_torch);
}

#[test]
fn one_mistake_is_one_error() {
    // Each line after the first faulty one would fail in its turn if it were judged by what the first left undone.
    assert_eq!(errors("G1 X[1] F#2\nX2 Y5\nG1 X9\nM2"), [("G008", 1)]);
    assert_eq!(errors("F100\nG1 X1 Y1 U1\nG2 X5 Y5 I3 J3\nG3 X5 Y5 I3 J3\nM2"), [("P006", 2)]);
    assert_eq!(errors("X1\nY1\nX2 Y2\nM2"), [("P005", 1)]);
    assert_eq!(errors("F1 G2 I5\nX1\nZ1\nM2"), [("P013", 2)]);
    assert_eq!(errors("G18 F1\nG2 X1 Z1 I1\nG3 X1 Z2 K1\nM2"), [("P012", 2)]);
    assert_eq!(errors("G1 X1\nX2\nY2\nG0 X3\nM2"), [("P017", 1)]);
    // But a second mistake is told once the first is out of the way.
    assert_eq!(errors("F1\nG1 X1 U1\nG1 X5 Y5\nG2 X9 Y9 I1 J1\nM2"), [("P006", 2), ("P014", 4)]);
}

#[test]
fn errors_are_told_up_to_fifty() {
    let (_, findings) = run_with(&Setup::default(), &"G1 X1 A1\n".repeat(70));
    assert_eq!(findings.iter().filter(|d| d.code == "P006").count(), 50);
    assert_eq!(findings.last().map(|d| (d.code, d.found.as_str())), Some(("P019", "20 more errors not shown")));
}

#[test]
fn moves_of_no_length_are_left_out() {
    assert_eq!(run("G0 X0 Y0\nG1 X0 F1\nG91 X.1\nX.1\nX.1\nG90 X.3\nM2").items.len(), 3);
}

#[test]
fn preambles_of_common_posts_are_accepted() {
    let preambles = [
        "G0 G90 G40 G21 G17 G94 G80",
        "G53 G90 G91.1 G40",
        "G17 G54 G40 G49 G80 G90",
        "G21 G40 G49 G64 P0.1 G80 G90 G92.1 G94 G97 G98",
        "G20 G64 P0.01 Q0.012",
        "T1 M6 S500",
    ];
    for preamble in preambles {
        run(&format!("{preamble}\nG0 X1\nM2"));
    }
}
