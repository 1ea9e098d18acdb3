//! Mach3's dialect: what it has that Grbl has not, and what LinuxCNC has that it has not. Expected places are closed forms.

use torchtwin::diag::{Diagnostic, Severity};
use torchtwin::gcode::Source;
use torchtwin::program::{Action, Dialect, Item, Move, MoveKind, NoLibrary, Setup, Tool, stream};

fn setup() -> Setup {
    Setup { dialect: Some(Dialect::Mach3), ..Setup::default() }
}

fn run_with(setup: &Setup, text: &str) -> (Vec<Item>, Vec<Diagnostic>) {
    let mut items = Vec::<Item>::new();
    let (_, findings) = stream("t", Source::text(text), setup, &NoLibrary, &mut items);
    (items, findings)
}

/// Moves that lead anywhere; `text` must be free of errors.
fn moves_with(setup: &Setup, text: &str) -> Vec<Move> {
    let (items, findings) = run_with(setup, text);
    assert!(findings.iter().all(|d| d.severity != Severity::Error), "{text}: {findings:?}");
    let all = items.iter().filter_map(|item| if let Action::Move(made) = item.action { Some(made) } else { None });
    all.filter(|m| m.arc.is_some() || (0..3).any(|axis| (m.to_mm[axis] - m.from_mm[axis]).abs() > 1e-9)).collect()
}

fn moves(text: &str) -> Vec<Move> {
    moves_with(&setup(), text)
}

/// Codes and lines of the errors.
fn errors(text: &str) -> Vec<(&'static str, u32)> {
    let (_, findings) = run_with(&setup(), text);
    findings.iter().filter(|d| d.severity == Severity::Error).map(|d| (d.code, d.place.line)).collect()
}

/// Checks where the moves of each program end, in X and Y.
fn check(cases: &[(&str, &[[f64; 2]])]) {
    for (text, expected) in cases {
        let ends: Vec<_> = moves(text).iter().map(|m| [m.to_mm[0], m.to_mm[1]]).collect();
        let near = |(a, b): (&[f64; 2], &[f64; 2])| (0..2).all(|axis| (a[axis] - b[axis]).abs() < 1e-9);
        assert!(ends.len() == expected.len() && ends.iter().zip(*expected).all(near), "{text:?}: {ends:?}, not {expected:?}");
    }
}

/// Checks the heights where the moves of each program end.
fn check_z(cases: &[(&str, &[f64])]) {
    for (text, expected) in cases {
        let ends: Vec<_> = moves(text).iter().map(|m| m.to_mm[2]).collect();
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
        assert!(ends.len() == expected.len() && ends.iter().zip(*expected).all(near), "{text:?}: {ends:?}, not {expected:?}");
    }
}

#[test]
fn m98_calls_subprograms_after_the_end_of_the_program() {
    check(&[
        ("G90 G0 X1\nM98 P100\nX5\nM30\nO100\nY1\nM99\n", &[[1.0, 0.0], [1.0, 1.0], [5.0, 1.0]]),
        ("G91 G0\nM98 P100 L3\nY1\nM30\nO100\nX1\nM99\n", &[[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [3.0, 1.0]]),
        (
            "G91 G0\nM98 P1 L2\nM30\nO1\nX1\nM98 P2 L2\nM99\nO2\nY1\nM99",
            &[[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 3.0], [2.0, 4.0]],
        ),
        // The number of the program itself, subprograms in any order, labels with zeros, L0.
        ("O0001\nG91 G0\nM98 P0020\nM98 P3 L0\nM98 P3\nM30\nO3\nY1\nM99\nO20\nX1\nM99\n", &[[1.0, 0.0], [1.0, 1.0]]),
        // Parameters are shared, and count the calls.
        ("#1=0 G90 G0\nM98 P7 L3\nM30\nO7 (row)\n#1=[#1+1]\nX[#1*10]\nM99\n%\n", &[[10.0, 0.0], [20.0, 0.0], [30.0, 0.0]]),
        // P and L can be worked out.
        ("#5=7 #6=2\nG91 G0\nM98 P#5 L[#6*2]\nM2\nO7\nX1\nM99", &[[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 0.0]]),
        // M99 in the main program ends it here.
        ("G0 X1\nM99\nX2\n", &[[1.0, 0.0]]),
        // Modes outlast the call.
        ("G90 G0 X1\nM98 P1\nX1\nM30\nO1\nG91\nM99", &[[1.0, 0.0], [2.0, 0.0]]),
    ]);
    assert_eq!(errors("M98\nM30"), [("P049", 1)]);
    assert_eq!(errors("M98 P1.5\nM30"), [("P049", 1)]);
    assert_eq!(errors("G0 X1\nM98 P9\nM30\nO8\nM99"), [("P048", 2)]);
    assert_eq!(errors("M98 P1\nM30\nO1\nM98 P1\nM99")[0], ("P046", 4));
    assert_eq!(errors("M98 P1\nM30\nO1\nG0 X1\n")[0].0, "P044");
    assert_eq!(errors("M98 P1 X5\nM30\nO1\nM99"), [("P007", 1)]);
}

#[test]
fn parameters_and_expressions() {
    check(&[
        ("#1=2 #2=3\nG0 X[#1*#2] Y-#1", &[[6.0, -2.0]]),
        ("#1=2\n#1=5 G0 X#1\nX#1", &[[2.0, 0.0], [5.0, 0.0]]),
        ("#100=1.5\nG0 X[1+2*#100**2] Y[[1+2]*3]", &[[5.5, 9.0]]),
        ("G0 X[10/4] Y[10 MOD 4]", &[[2.5, 2.0]]),
        ("G0 XSIN[30] YSQRT[16]", &[[0.5, 4.0]]),
        ("G0 X[ATAN[1]/[1]] Y[ABS[-3]+ROUND[1.6]]", &[[45.0, 5.0]]),
        ("#2=100 #100=7\nG0 X##2 Y+#100", &[[7.0, 7.0]]),
        ("#10320=4\nG0 X#10320 Y#9", &[[4.0, 0.0]]),
        ("G#1 X3\n#1=1 F100\nG#1 X[#1+1] F[50*2]", &[[3.0, 0.0], [2.0, 0.0]]),
    ]);
    assert_eq!(errors("#1=0\nG0 X[1/#1]"), [("P036", 2)]);
    assert_eq!(errors("G0 X[1"), [("G024", 1)]);
    assert_eq!(errors("#10321=1").len(), 1);
    assert_eq!(errors("G0 XLN[0]"), [("P035", 1)]);
}

#[test]
fn names_and_o_word_loops_are_linuxcnc() {
    for text in ["#<a>=1", "G0 X#<a>", "G0 X[1+#<_b>]", "#1=#<c>", "G0 X[#<_hal[plasmac.kerf-width]>]"] {
        assert_eq!(errors(text), [("G032", 1)], "{text}");
    }
    for word in
        ["sub", "endsub", "call", "while [1]", "endwhile", "do", "if [1]", "else", "endif", "repeat [2]", "break", "return"]
    {
        assert_eq!(errors(&format!("G0 X1\nO100 {word}\nM30")), [("G009", 2)], "{word}");
    }
    assert_eq!(errors("o<name> call"), [("G009", 1)]);
}

#[test]
fn units_by_four_words() {
    check(&[
        ("G20 G0 X1\nG21 X1", &[[25.4, 0.0], [1.0, 0.0]]),
        ("G70 G0 X1\nG71 X1", &[[25.4, 0.0], [1.0, 0.0]]),
        ("G0 X2 G70\nY1\nG71 G91 Y1", &[[50.8, 0.0], [50.8, 25.4], [50.8, 26.4]]),
    ]);
    assert_eq!(moves("G70\nG1 X1 F10")[0].feed_mm_per_min, 254.0);
    assert_eq!(errors("G20 G71"), [("P003", 1)]);
    assert_eq!(errors("G70 G20"), [("P003", 1)]);
}

#[test]
fn g31_probes() {
    let made = moves("F50\nG31 Z-5\nG0 Z[#5063+1] X#5061\nG91 G31 X3 F60");
    let expected = [
        (MoveKind::Probe, [0.0, 0.0, -5.0], 50.0),
        (MoveKind::Rapid, [0.0, 0.0, -4.0], 0.0),
        (MoveKind::Probe, [3.0, 0.0, -4.0], 60.0),
    ];
    assert_eq!(made.iter().map(|m| (m.kind, m.to_mm, m.feed_mm_per_min)).collect::<Vec<_>>(), expected);
    assert_eq!(errors("G38.2 Z-5 F50"), [("P001", 1)]);
    assert_eq!(errors("G31 Z-5"), [("P017", 1)]);
}

#[test]
fn centres_of_arcs_from_the_start_or_from_the_zero() {
    let arcs = |text: &str| -> Vec<([f64; 2], f64)> {
        let made = moves(text);
        made.iter().filter_map(|m| m.arc.map(|a| (a.centre_mm, (a.sweep_rad * 180.0 / std::f64::consts::PI).round()))).collect()
    };
    let centre = [10.0, 15.0];
    let both = [(centre, 90.0), (centre, 90.0)];
    assert_eq!(arcs("F100 G0 X10 Y5\nG91.1 G3 X20 Y15 J10\nX10 Y25 I-10\nM30"), both);
    assert_eq!(arcs("F100 G0 X10 Y5\nG90.1 G3 X20 Y15 I10 J15\nX10 Y25 I10 J15\nM30"), both);
    assert_eq!(arcs("F100 G0 X10 Y5\nG90.1\nG3 X20 Y15 I10 J15\nG91.1\nX10 Y25 I-10 J0\nM30"), both);
    // Incremental ends with centres from the zero, and the other way round.
    assert_eq!(arcs("F100 G0 X10 Y5\nG91 G90.1 G3 X10 Y10 I10 J15\nX-10 Y10 I10 J15\nM30"), both);
    assert_eq!(errors("F100 G90.1 G3 X10 Y10 J10"), [("P013", 1)]);
}

#[test]
fn g41_takes_p_as_radius() {
    let path = "G1 X0 Y0\nY20\nX20\nG40 X30\nM30";
    let tools = Setup { tools: vec![Tool { number: 3, diameter: 4.0, offset: [0.0; 6] }], ..setup() };
    let programs = [
        format!("F100 G0 Y-10\nG41 P2\n{path}"),
        format!("F100 G0 Y-10\nG41.1 D4\n{path}"),
        format!("F100 G0 Y-10\nG41 D3\n{path}"),
        format!("T3 M6\nF100 G0 Y-10\nG41\n{path}"),
        format!("F100 G0 Y-10\nG41 P2 {path}"),
        format!("G20\nF10 G0 Y[-10/25.4]\nG41 P[2/25.4]\nG21\n{path}"),
    ];
    // Left of the path, around the corner at (0, 20) and back to the path.
    let expected = [[0.0, -10.0], [-2.0, 0.0], [-2.0, 20.0], [0.0, 22.0], [20.0, 22.0], [30.0, 20.0]];
    for text in programs {
        let made = moves_with(&tools, &text);
        let ends: Vec<_> = made.iter().map(|m| [m.to_mm[0], m.to_mm[1]]).collect();
        let near = |(a, b): (&[f64; 2], &[f64; 2])| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-9;
        assert!(ends.len() == 6 && ends.iter().zip(&expected).all(near), "{text}: {ends:?}");
        let Some(corner) = made[3].arc else { panic!("{text}: {made:?}") };
        assert!((corner.centre_mm[0].hypot(corner.centre_mm[1] - 20.0)) < 1e-9, "{corner:?}");
    }
}

#[test]
fn g52_and_the_g92_family() {
    check(&[
        ("G52 X10\nG0 X1", &[[11.0, 0.0]]),
        ("G0 X5\nG52 X10 Y2\nX0 Y0\nG52 X0 Y0\nX0 Y0", &[[5.0, 0.0], [10.0, 2.0], [0.0, 0.0]]),
        ("G52 X10\nG52 X3\nG0 X1", &[[4.0, 0.0]]),
        ("G0 X10\nG92 X0\nX5", &[[10.0, 0.0], [15.0, 0.0]]),
        ("G0 X10\nG92 X0\nG92.1\nX5\nG92.3\nX6", &[[10.0, 0.0], [5.0, 0.0], [6.0, 0.0]]),
        ("G0 X10\nG92 X0\nG92.2\nX5\nG92.3\nX6", &[[10.0, 0.0], [5.0, 0.0], [16.0, 0.0]]),
        ("G0 X10 Y3\nG92 Y1\nX2 Y2\nG92 X0\nY3", &[[10.0, 3.0], [2.0, 4.0], [2.0, 5.0]]),
        ("G70 G52 X1\nG71 G0 X1", &[[26.4, 0.0]]),
        // G10 without L is L2; G53 sees none of it.
        ("G10 P1 X5\nG0 X1\nG10 L20 P0 X0\nX1", &[[6.0, 0.0], [7.0, 0.0]]),
        ("G52 X10\nG10 L2 P2 Y5\nG55 G0 X1 Y1\nG53 X1 Y1\nG54 X1", &[[11.0, 6.0], [1.0, 1.0], [11.0, 1.0]]),
    ]);
    check_z(&[("G0 Z5\nG92 Z0\nZ1\nG52 Z0\nZ1", &[5.0, 6.0, 1.0])]);
    assert_eq!(errors("G92"), [("P015", 1)]);
    assert_eq!(errors("G52"), [("P015", 1)]);
    assert_eq!(errors("G91 G53 G0 X1"), [("P011", 1)]);
}

#[test]
fn homes() {
    check(&[
        ("G0 X5 Y6\nG28 X8", &[[5.0, 6.0], [8.0, 6.0], [0.0, 6.0]]),
        ("G0 X5 Y6\nG91 G28.1 X1 Y0", &[[5.0, 6.0], [6.0, 6.0], [0.0, 0.0]]),
        ("G0 X5 Y6\nG30", &[[5.0, 6.0], [0.0, 0.0]]),
    ]);
}

#[test]
fn percent_signs_mean_nothing_anywhere() {
    check(&[
        ("%\nG0 X1\n%\nX2\n  % \nM98 P1\nM30\n%\nO1\nY1\n%\nM99\n%", &[[1.0, 0.0], [2.0, 0.0], [2.0, 1.0]]),
        ("(head)\n%\nG0 X1\n%", &[[1.0, 0.0]]),
    ]);
}

#[test]
fn headers_of_posts() {
    let headers = [
        "G21 G53 G90 G91.1 G40",
        "G20 G53 G90 G40\nG21",
        "(Filename: a.tap)\n(Post processor: Mach3 plasma.scpost)\nN0010 G21 (Units: Metric)\nN0020 G53 G90 G91.1 G40\nN0030 F1",
        "G00 G49 G40.1 G17 G80 G50 G90\nG21",
        "G0 G49 G40 G17 G80 G50 G90 G15 G69 G98 M48",
        "%\nO1000\nT1 M6\nG17 G21 G90 G94 G54 G61",
        "G64 M49 M9 S1000",
        "/G0 (as without block delete)\nG43 H1 G91.1",
    ];
    for header in headers {
        let text = format!("{header}\nG0 X12.5 Y7\nM30");
        if header.contains("G40.1") {
            assert_eq!(errors(&text), [("P001", 1)]);
            continue;
        }
        check(&[(&text, &[[12.5, 7.0]])]);
    }
}

#[test]
fn dwells_in_seconds_or_in_milliseconds() {
    for (dwell_p_in_ms, seconds) in [(false, 1.5), (true, 0.0015)] {
        let (items, findings) = run_with(&Setup { dwell_p_in_ms, ..setup() }, "G21\nG4 P1.5\nM30");
        assert!(findings.iter().all(|d| d.severity != Severity::Error));
        let dwells: Vec<_> = items.iter().map(|i| i.action).collect();
        let [Action::Dwell { seconds: got, .. }] = dwells[..] else { panic!("{dwells:?}") };
        assert!((got - seconds).abs() < 1e-12);
    }
    assert_eq!(errors("G4"), [("P008", 1)]);
}

#[test]
fn what_mach3_has_not_or_a_table_has_not() {
    let cases = [
        ("G1 X1 F100 E5", "P007"),
        ("G0 U1", "P006"),
        ("G0 X1 V1", "P006"),
        ("G0 W1", "P006"),
        ("G1 X1 F100 Q5", "P007"),
        ("G12 I5", "P002"),
        ("G13 I5", "P002"),
        ("G16", "P002"),
        ("G51 X2", "P002"),
        ("G68 R45", "P002"),
        ("G84 Z-1 R1", "P002"),
        ("G76", "P002"),
        ("G95", "P002"),
        ("M47", "P002"),
        ("G59.1", "P001"),
        ("G5 X1 Y1", "P001"),
        ("G64.5", "P001"),
        ("G0 X1 $1", "P007"),
        ("G0 @1", "G001"),
        ("G0 X1 Y1 X2", "P004"),
        ("G0 G1 X1", "P003"),
        ("F100 G2 X10 I5 K1", "P013"),
        ("F100 G2 X10 I5 R5", "P013"),
        ("F100 G2 X10", "P013"),
        ("F100 G2 X10 I4", "P014"),
        ("F100 G2 X10 R4", "P016"),
        ("G1 X1", "P017"),
        ("G0 X1 (open", "G005"),
        ("G0 X1.2.3", "G003"),
        ("G0 X", "G002"),
        ("(a (b) c)", "G007"),
    ];
    for (text, code) in cases {
        let found = errors(text);
        assert!(found.len() == 1 && found[0].0 == code, "{text}: {found:?}, not {code}");
    }
    let (_, findings) = run_with(&setup(), "G0 X1 A5");
    assert!(findings.iter().any(|d| d.code == "P116") && findings.iter().all(|d| d.severity != Severity::Error));
    // Outside Grbl there are no numbers of its.
    let (_, findings) = run_with(&setup(), "G0 X1 X2\n%$\nG17 G18\nT-1");
    assert!(findings.iter().all(|d| d.controller_error.is_none()), "{findings:?}");
}
