//! Kerf compensation against closed forms: parallel curves of polygons and circles.

use super::*;

/// Ends of the moves, mm.
fn ends_mm(program: &Program) -> Vec<f64> {
    ends(program).into_iter().flat_map(|p| [p[0] * 1e3, p[1] * 1e3]).collect()
}

fn assert_within(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len(), "{a:?} {b:?}");
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() < tolerance, "{a:?} {b:?}");
    }
}

/// Length of the moves in the plane, mm, but for so many at the start and at the end.
fn length_mm(program: &Program, skip_first: usize, skip_last: usize) -> f64 {
    let (mut at, mut lengths) = ([0.0; 2], Vec::new());
    for (_, _, shape) in moves(program) {
        let (to, length) = match shape {
            Shape::Line { to } => (to, (to[0] - at[0]).hypot(to[1] - at[1])),
            Shape::Arc { to, centre, sweep_rad, .. } => (to, sweep_rad.abs() * (at[0] - centre[0]).hypot(at[1] - centre[1])),
        };
        at = [to[0], to[1]];
        lengths.push(length * 1e3);
    }
    lengths[skip_first..lengths.len() - skip_last].iter().sum()
}

/// A square of 100 mm, counter-clockwise, with the torch 1 mm outside: straight sides and quarter circles around the corners.
#[test]
fn outside_corners_get_arcs() {
    let text = "F600 G0 X-20\nG42.1 D2\nG1 X0\nX100\nY100\nX0\nY0\nG40\nG1 X-20 Y-20\nM2";
    let program = run(text);
    let expected = [
        [-20.0, 0.0],
        [0.0, -1.0],
        [100.0, -1.0],
        [101.0, 0.0],
        [101.0, 100.0],
        [100.0, 101.0],
        [0.0, 101.0],
        [-1.0, 100.0],
        [-1.0, 0.0],
        [-20.0, -20.0],
    ];
    assert_within(&ends_mm(&program), expected.as_flattened(), 1e-9);
    let arcs: Vec<_> = moves(&program)
        .into_iter()
        .filter_map(|(_, _, shape)| match shape {
            Shape::Arc { centre, sweep_rad, .. } => Some([centre[0] * 1e3, centre[1] * 1e3, sweep_rad]),
            Shape::Line { .. } => None,
        })
        .collect();
    let around = [[100.0, 0.0, FRAC_PI_2], [100.0, 100.0, FRAC_PI_2], [0.0, 100.0, FRAC_PI_2]];
    assert_within(arcs.as_flattened(), around.as_flattened(), 1e-9);
}

/// The same square from within: the corners are where the parallels meet.
#[test]
fn inside_corners_are_cut_short() {
    let text = "F600 G0 X50 Y20\nG41.1 D2\nG1 Y0\nX100\nY100\nX0\nY0\nX50\nG40\nG1 Y20\nM2";
    let expected = [[50.0, 20.0], [51.0, 1.0], [99.0, 1.0], [99.0, 99.0], [1.0, 99.0], [1.0, 1.0], [50.0, 1.0], [50.0, 20.0]];
    assert_within(&ends_mm(&run(text)), expected.as_flattened(), 1e-9);
}

/// A regular polygon of `n` corners on a circle of 50 mm, counter-clockwise, its first side straight on from the lead-in.
fn polygon(n: usize, switch: &str) -> String {
    let corner = |k: usize| {
        let angle = TAU * k as f64 / n as f64;
        [50.0 * angle.cos(), 50.0 * angle.sin()]
    };
    let [a, b] = [corner(0), corner(1)];
    let mut text =
        format!("F600 G0 X{:.9} Y{:.9}\n{switch}\nG1 X{:.9} Y{:.9}\n", 2.0 * a[0] - b[0], 2.0 * a[1] - b[1], a[0], a[1]);
    for k in 1..=n {
        let [x, y] = corner(k % n);
        text.push_str(&format!("G1 X{x:.9} Y{y:.9}\n"));
    }
    text + "G40\nM2"
}

/// Steiner's formula for parallel curves. Outside, each of the n - 1 corners passed adds the arc r 2π/n; inside, each takes
/// 2 r tan(π/n).
#[test]
fn parallels_of_polygons_have_the_length_of_the_closed_form() {
    let radius = 1.5;
    for n in 3..9 {
        let sides = n as f64 * 100.0 * (PI / n as f64).sin();
        let turns = (n - 1) as f64;
        let outside = length_mm(&run(&polygon(n, "G42.1 D3")), 2, 0);
        assert!((outside - (sides + turns * radius * TAU / n as f64)).abs() < 1e-6, "{n}: {outside}");
        let inside = length_mm(&run(&polygon(n, "G41.1 D3")), 2, 0);
        assert!((inside - (sides - turns * 2.0 * radius * (PI / n as f64).tan())).abs() < 1e-6, "{n}: {inside}");
    }
}

#[test]
fn circles_grow_and_shrink_by_the_radius() {
    let cases = [
        ("X20 Y-10", "G41.1 D2", "G3 I-20", 19.0, TAU),
        ("X20 Y-10", "G42.1 D2", "G3 I-20", 21.0, TAU),
        ("X20 Y10", "G41.1 D2", "G2 I-20", 21.0, -TAU),
        ("X20 Y10", "G42.1 D2", "G2 I-20", 19.0, -TAU),
        // A kerf below zero is the other side.
        ("X20 Y10", "G42.1 D-2", "G2 I-20", 21.0, -TAU),
    ];
    for (start, switch, circle, radius, sweep) in cases {
        let program = run(&format!("F600 G0 {start}\n{switch}\nG1 X20 Y0\n{circle}\nG40\nG1 X0 Y0\nM2"));
        let Shape::Arc { to, centre, sweep_rad, .. } = moves(&program)[2].2 else { panic!("{program:?}") };
        let found = [to[0] * 1e3, to[1] * 1e3, centre[0] * 1e3, centre[1] * 1e3, sweep_rad];
        assert_within(&found, &[radius, 0.0, 0.0, 0.0, sweep], 1e-9);
    }
}

/// A half disc of radius 20 from within: where the parallel line y = 1 meets the circle of 19 mm, x = ±√(19² - 1).
#[test]
fn a_line_meets_an_arc_where_pythagoras_says() {
    let text = "F600 G0 X0 Y10\nG41.1 D2\nG1 X0 Y0\nX20\nG3 X-20 I-20\nG1 X0\nG40\nM2";
    let x = (19.0f64 * 19.0 - 1.0).sqrt();
    let expected = [[0.0, 10.0], [1.0, 1.0], [x, 1.0], [-x, 1.0], [0.0, 1.0]];
    assert_within(&ends_mm(&run(text)), expected.as_flattened(), 1e-9);
}

#[test]
fn the_kerf_comes_from_a_word_or_from_the_tool_table() {
    let tools = read_tools("T1 P1 D2\nT7 P2 D0.08").unwrap();
    let table = |unit| Setup { tools: tools.clone(), machine_unit_mm: unit, ..linuxcnc() };
    let beside = |setup: &Setup, switch: &str| {
        let program = run_under(setup, &format!("F600 G0 X-20\n{switch}\nG1 X0\nX10\nG40\nM2"));
        ends_mm(&program)[3]
    };
    assert_within(&[beside(&table(MILLIMETRE), "G42 D1")], &[-1.0], 1e-9);
    assert_within(&[beside(&table(MILLIMETRE), "T1 M6\nG41")], &[1.0], 1e-9);
    assert_within(&[beside(&table(INCH), "G41 D7")], &[1.016], 1e-9);
    assert_within(&[beside(&table(MILLIMETRE), "G41 D0")], &[0.0], 1e-9);
    // D of G41.1 is in the program's units; Mach3 takes P for the radius.
    let program = run("G20\nF20 G0 X-1\nG41.1 D0.08\nG1 X0\nX0.5\nG40\nM2");
    assert_within(&[ends_mm(&program)[3]], &[1.016], 1e-9);
    let program = run_under(&of(Dialect::Mach3), "F600 G0 X-20\nG42 P1\nG1 X0\nX10\nG40\nM2");
    assert_within(&[ends_mm(&program)[3]], &[-1.0], 1e-9);
}

#[test]
fn what_the_torch_cannot_reach_is_refused() {
    let lead = "F600 G0 X-20\nG41.1 D4\n";
    let cases = [
        // An inside corner after a side shorter than the radius.
        (format!("{lead}G1 X0\nX10\nY1\nX0\nG40\nM2"), ("P050", 6)),
        (format!("{lead}G1 X-19\nM2"), ("P051", 3)),
        (format!("{lead}G1 X0\nX10\nG3 X12 Y2 J2\nG40\nM2"), ("P053", 5)),
        (format!("{lead}G55\nM2"), ("P055", 3)),
        (format!("{lead}G1 X0\nG28\nG40\nM2"), ("P055", 4)),
        (format!("{lead}G1 X0\nX9\nG40\nG2 X19 I5\nM2"), ("P056", 6)),
        (format!("{lead}G42.1 D2\nM2"), ("P057", 3)),
        ("G19\nG41.1 D2\nM2".to_string(), ("P057", 2)),
        (format!("{lead}G1 X0\nG0 X[#5420+1]\nG40\nM2"), ("P034", 4)),
        ("G41 D1\nM2".to_string(), ("P060", 1)),
        ("G41.1\nM2".to_string(), ("P008", 1)),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(&text), [expected], "{text}");
    }
}

/// The torch is switched where the shifted path is, not where the programmed one would be.
#[test]
fn the_torch_switches_on_the_shifted_path() {
    let items = items_under(&linuxcnc(), "F600 G0 X-20\nG42.1 D2\nG1 X0\nM3\nX100\nM5\nY50\nG40\nM2");
    let place = |event| {
        let index = items.iter().position(|i| i.action == Action::Torch(event)).unwrap();
        items[..index].iter().rev().find_map(|i| if let Action::Move(made) = i.action { Some(made.to_mm) } else { None }).unwrap()
    };
    assert_within(&place(TorchEvent::OxygenOn), &[0.0, -1.0, 0.0], 1e-9);
    assert_within(&place(TorchEvent::AllOff), &[100.0, -1.0, 0.0], 1e-9);
}

/// Mirrored at the X axis, with the sides exchanged, a program comes to the mirrored path.
#[test]
fn left_and_right_are_mirror_images() {
    let one =
        "F600 G0 X-20 Y0\nG41.1 D3\nG1 X0 Y0\nX30 Y5\nG3 X40 Y15 J10\nG1 X40 Y40\nX20 Y20\nG2 X10 Y30 J10\nG1 X-30 Y0\nG40\nM2";
    let other = "F600 G0 X-20 Y0\nG42.1 D3\nG1 X0 Y0\nX30 Y-5\nG2 X40 Y-15 J-10\nG1 X40 Y-40\nX20 Y-20\n\
        G3 X10 Y-30 J-10\nG1 X-30 Y0\nG40\nM2";
    let mirrored: Vec<f64> = ends_mm(&run(other)).chunks(2).flat_map(|p| [p[0], -p[1]]).collect();
    assert_within(&ends_mm(&run(one)), &mirrored, 1e-9);
}
