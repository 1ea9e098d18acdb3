//! Tests of the interpretation of programs against closed forms, the controllers' published rules, and each other.

mod compensated;
mod controlled;
mod shaped;
mod warned;

use super::*;
use crate::diag::{Severity, any_error};
use std::f64::consts::{FRAC_PI_2, PI, TAU};
use torchtwin_planner::path::{MoveKind, PathItem, Plane, Point, Shape, TorchEvent};

/// Everything at zero, by the rules of `dialect`.
fn of(dialect: Dialect) -> Setup {
    Setup { dialect: Some(dialect), ..Setup::default() }
}

fn linuxcnc() -> Setup {
    of(Dialect::LinuxCnc)
}

/// Interprets `text` under `setup`.
fn run_with(setup: &Setup, text: &str) -> (Program, Vec<Diagnostic>) {
    interpret("t", text, setup, &NoLibrary)
}

/// Interprets `text`, which must be free of errors, under `setup`.
fn run_under(setup: &Setup, text: &str) -> Program {
    let (program, findings) = run_with(setup, text);
    assert!(!any_error(&findings), "{text}: {findings:?}");
    program
}

/// Interprets `text`, which must be free of errors, with everything at zero.
fn run(text: &str) -> Program {
    run_under(&linuxcnc(), text)
}

/// The items of `text`, which must be free of errors, under `setup`.
fn items_under(setup: &Setup, text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let (_, findings) = stream("t", Source::text(text), setup, &NoLibrary, &mut items);
    assert!(!any_error(&findings), "{text}: {findings:?}");
    items
}

/// Codes and lines of the errors in `text` under `setup`.
fn errors_under(setup: &Setup, text: &str) -> Vec<(&'static str, u32)> {
    let (_, findings) = run_with(setup, text);
    findings.iter().filter(|d| d.severity == Severity::Error).map(|d| (d.code, d.place.line)).collect()
}

/// Codes and lines of the errors in `text`.
fn errors(text: &str) -> Vec<(&'static str, u32)> {
    errors_under(&linuxcnc(), text)
}

/// Codes of the warnings and notes in `text`, which must be free of errors, under `setup`.
fn codes_under(setup: &Setup, text: &str) -> Vec<&'static str> {
    let (_, findings) = run_with(setup, text);
    assert!(!any_error(&findings), "{text}: {findings:?}");
    findings.iter().map(|d| d.code).collect()
}

/// Codes of the warnings and notes in `text`.
fn codes(text: &str) -> Vec<&'static str> {
    codes_under(&linuxcnc(), text)
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
        Shape::Arc { to, centre, sweep_rad, .. } => vec![speed, to[0], to[1], to[2], centre[0], centre[1], sweep_rad],
    };
    moves(program).into_iter().flat_map(one).collect()
}

fn assert_near(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
}

/// What the torch does, and the lengths of dwells.
fn torch_events(program: &Program) -> Vec<Result<TorchEvent, f64>> {
    let events = program.items.iter().filter_map(|item| match *item {
        PathItem::Torch { event, .. } => Some(Ok(event)),
        PathItem::Dwell { seconds, .. } => Some(Err(seconds)),
        PathItem::Move { .. } | PathItem::Stop { .. } | PathItem::Mode { .. } => None,
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
    let feed_kept = run("G20\nF10\nG21\nG1 X1\nM2");
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
    let setup = Setup { work_zero_in_machine_m: zero, start_in_machine_m: zero, ..linuxcnc() };
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
        let Shape::Arc { to: a, centre: b, sweep_rad: c, .. } = shape else { panic!() };
        assert_near(&[a[0], a[1], a[2], b[0], b[1], c], &[to[0], to[1], to[2], centre[0], centre[1], sweep_rad]);
    }
    let quarter = run("F100 G0 X10\nG3 X0 Y10 I-10\nM2");
    assert_eq!(
        moves(&quarter)[1].2,
        Shape::Arc { to: [0.0, 0.01, 0.0], centre: [0.0, 0.0], plane: Plane::Xy, sweep_rad: FRAC_PI_2 }
    );
    assert_eq!(run("F1 G2 I5\nM2").bounds_in_machine_m, Some(([0.0, -0.005, 0.0], [0.01, 0.005, 0.0])));
}

#[test]
fn g92_g53_g28_and_g10_lead_where_they_say() {
    let setup = Setup { work_zero_in_machine_m: [0.1, 0.2, 0.0], start_in_machine_m: [0.0, 0.0, 0.05], ..linuxcnc() };
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
fn a_faulty_block_changes_nothing() {
    let with = "G21 G1 X1 F100\nG20 G91 M3 X5 X6\nG1 X2\nM2";
    let without = "G21 G1 X1 F100\nG1 X2\nM2";
    let (a, findings) = run_with(&linuxcnc(), with);
    assert_eq!(findings.iter().filter(|d| d.severity == Severity::Error).count(), 1);
    assert_eq!(numbers(&a), numbers(&run(without)));
    assert!(!a.lights_torch);
}

#[test]
fn one_mistake_is_one_error() {
    // Each line after the first faulty one would fail in its turn if it were judged by what the first left undone.
    assert_eq!(errors("G1 X[1 F2\nX2 Y5\nG1 X9\nM2"), [("G025", 1)]);
    assert_eq!(errors("F100\nG1 X1 Y1 U1\nG2 X5 Y5 I3 J3\nG3 X5 Y5 I3 J3\nM2"), [("P006", 2)]);
    assert_eq!(errors("X1\nY1\nX2 Y2\nM2"), [("P005", 1)]);
    assert_eq!(errors("F1\nG1 X1\nG2 I5 K1\nX1\nZ1\nM2"), [("P013", 3)]);
    assert_eq!(errors("F1\nG18 G17\nG2 X1 Z1 I1 K0\nG3 X1 Z2 K1\nM2"), [("P003", 2)]);
    assert_eq!(errors("G1 X1\nX2\nY2\nG0 X3\nM2"), [("P017", 1)]);
    assert_eq!(errors("F1\nG20 G21\nG1 X1\nG2 X3 I1\nG53 G0 X0\nM2"), [("P003", 2)]);
    assert_eq!(errors("F1\nG1 X5\nG92 X0 Q\nG2 X2 I1\nM2"), [("G002", 3)]);
    // But a second mistake is told once the first is out of the way.
    assert_eq!(errors("F1\nG1 X1 U1\nG1 X5 Y5\nG2 X9 Y9 I1 J1\nM2"), [("P006", 2), ("P014", 4)]);
}

/// An undefined name used to set another one is one mistake, however far it spreads.
#[test]
fn one_undefined_name_is_one_error() {
    let spread = "#<b>=[#<a>*2]\n#1=#<b>\n#<_g>=[#1+1]\nG0 X#<_g>\nG1 X#1 Y#<b> F#<_g>\nG1 X9 Y9\nG2 X11 Y9 I1\nM2";
    assert_eq!(errors(spread), [("P031", 1)]);
    let into_control = "#<n>=#<m>\no1 while [#<n> GT 0]\n#<n>=[#<n>-1]\no1 endwhile\no2 if [#<n>]\nG0 X1 U1\no2 endif\n\
        o3 repeat [#<n>]\nG0 X1 U1\no3 endrepeat\no4 do\no4 while [#<n>]\nM2";
    assert_eq!(errors(into_control), [("P031", 1)]);
    let with_state = "F#<feed>\nG1 X1\nM3\nX5\nM5\nM2";
    assert_eq!(errors(with_state), [("P031", 1)]);
    let faulty_setting = "#<a>=[1+\nG0 X#<a>\n#2=#<a>\nY#2\nM2";
    assert_eq!(errors(faulty_setting), [("G022", 1)]);
    assert_eq!(errors("G0 X! #<a>=1\nG0 X#<a>\nM2"), [("G002", 1)]);
}

/// Nor are the ends of loops and choices blamed for a start that cannot be read.
#[test]
fn one_unreadable_o_word_is_one_error() {
    let cases = [
        ("o1 if [1+\nG0 X1\no1 else\nG0 X2\no1 endif\nM2", "G022"),
        ("o1 while [#1 LT 3] G0\n#1=[#1+1]\no2 if [#1 GT 1]\no1 break\no2 endif\no1 endwhile\nM2", "G036"),
        ("o1 wiederhole [3]\nG0 X1\no1 endrepeat\nM2", "G035"),
        ("o<teil sub\nG0 X1\no<teil> endsub\no<teil> call\nM2", "G030"),
    ];
    for (text, code) in cases {
        assert_eq!(errors(text), [(code, 1)], "{text}");
    }
    assert_eq!(errors("o1 while [1]\nG0 X1\no1 endwhile [1\n"), [("G001", 3)]);
}

#[test]
fn errors_in_loops_are_told_once() {
    assert_eq!(errors("o1 repeat [100]\nG0 X1 U1\nG0 X1 J2\no1 endrepeat\nM2"), [("P006", 2), ("P007", 3)]);
    assert_eq!(errors("o1 sub\nG0 X!\no1 endsub\no1 call\no1 call\no1 call\nM2"), [("G002", 2)]);
}

#[test]
fn the_first_error_can_be_the_last() {
    let text = "F1\nG0 X1\nG1 X1 U1\nG1 X5 J1\nG999\nM2";
    assert_eq!(errors(text).len(), 3);
    let setup = Setup { stop_at_first_error: true, ..linuxcnc() };
    assert_eq!(errors_under(&setup, text), [("P006", 3)]);
    let (program, _) = run_with(&setup, text);
    assert_eq!(ends(&program), [[0.001, 0.0, 0.0]]);
}

#[test]
fn errors_are_told_up_to_fifty() {
    let (_, findings) = run_with(&linuxcnc(), &"G1 X1 U1\n".repeat(70));
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
        "G17 G54 G40 G49 G80 G90",
        "G21 G40 G49 G64 P0.1 G80 G90 G92.1 G94 G97 G98",
        "G20 G64 P0.01 Q0.012",
        "T1 M6 S500",
    ];
    for preamble in preambles {
        run(&format!("{preamble}\nG0 X1\nM2"));
    }
    // SheetCAM's for Mach3. LinuxCNC wants G0 or G1 beside G53.
    run_under(&of(Dialect::Mach3), "G53 G90 G91.1 G40\nG0 X1\nM2");
}

/// A file-like reader that gives a few bytes at a time, and is interrupted now and then.
struct Trickle<'a>(std::io::Cursor<&'a [u8]>, u32);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(5) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let width = buffer.len().min(self.1 as usize % 7 + 1);
        self.0.read(&mut buffer[..width])
    }
}

impl std::io::Seek for Trickle<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_stream_comes_to_the_same_as_the_whole() {
    let looped = format!("#1=0\no1 while [#1 LT 9]\n#1=[#1+1]\n{SHAPE}\no1 endwhile\nM2").replace("Z-1\nM2", "Z-1");
    let text = format!("\u{feff}{looped}\r\n").replace('\n', "\r\n");
    let setup = linuxcnc();
    let (mut whole, mut streamed, mut counter) = (Vec::new(), Vec::new(), Counter::default());
    let first = stream("t", Source::text(&text), &setup, &NoLibrary, &mut whole);
    let trickle = Trickle(std::io::Cursor::new(text.as_bytes()), 0);
    let second = stream("t", Source::new(trickle), &setup, &NoLibrary, &mut streamed);
    assert!(!any_error(&first.1), "{:?}", first.1);
    assert_eq!(first, second);
    assert_eq!(whole, streamed);
    assert_eq!(whole.len(), 9 * 5);
    let (program, _) = run_with(&setup, &text);
    // Each round after the first starts where it goes to.
    assert_eq!(moves(&program).len(), 9 * 4 + 1);
    stream("t", Source::text(&text), &setup, &NoLibrary, &mut counter);
    assert_eq!(counter.0, 9 * 5);
}

/// Takes three things and no more.
struct Three(u32);

impl Sink for Three {
    fn take(&mut self, _: &Item) -> bool {
        self.0 += 1;
        self.0 < 3
    }
}

#[test]
fn a_sink_that_has_enough_hears_no_more() {
    let mut three = Three(0);
    let (_, findings) = stream("t", Source::text("o1 while [1]\nG91 G0 X1\no1 endwhile"), &linuxcnc(), &NoLibrary, &mut three);
    assert_eq!(three.0, 3);
    assert!(!any_error(&findings), "{findings:?}");
}

/// A file that breaks off: reading gives an error after the first lines.
struct Broken(bool);

impl std::io::Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            return Err(std::io::Error::other("the disk is gone"));
        }
        buffer[..6].copy_from_slice(b"G0 X1\n");
        Ok(6)
    }
}

impl std::io::Seek for Broken {
    fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let (_, findings) = stream("t", Source::new(Broken(false)), &linuxcnc(), &NoLibrary, &mut Counter::default());
    let told: Vec<_> = findings.iter().filter(|d| d.severity == Severity::Error).map(|d| (d.code, d.found.as_str())).collect();
    assert_eq!(told, [("P038", "the file cannot be read to its end: the disk is gone")]);
}
