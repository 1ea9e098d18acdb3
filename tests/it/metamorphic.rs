//! The same part written in other ways: shifted, turned, mirrored, in inches, in incremental mode, in other words. What comes out
//! must be shifted, turned, mirrored, or the same.

mod part;

use part::{Frame, Point, Step, Style, write_down};
use std::f64::consts::FRAC_PI_2;
use std::fmt::Write;
use torchtwin::diag::Severity;
use torchtwin::gcode::Source;
use torchtwin::program::{Action, Dialect, Item, Move, NoLibrary, Setup, stream};

/// What a program comes to, without moves of no length; it must be free of errors.
fn run(dialect: Dialect, text: &str) -> Vec<Action> {
    let setup = Setup { dialect: Some(dialect), preheat_s: 2.0, pierce_s: 0.5, ..Setup::default() };
    let mut items = Vec::<Item>::new();
    let (_, findings) = stream("t", Source::text(text), &setup, &NoLibrary, &mut items);
    let errors: Vec<_> = findings.iter().filter(|d| d.severity == Severity::Error).map(|d| d.with_excerpt(text)).collect();
    assert!(errors.is_empty(), "{}\n{text}", errors.join("\n"));
    let leads = |m: &Move| m.arc.is_some() || (0..3).any(|axis| (m.to_mm[axis] - m.from_mm[axis]).abs() > 1e-9);
    items.iter().map(|item| item.action).filter(|a| if let Action::Move(m) = a { leads(m) } else { true }).collect()
}

fn of_style(style: &Style) -> Dialect {
    if style.mach3 { Dialect::Mach3 } else { Dialect::LinuxCnc }
}

/// Whether the text written in `style` comes to what the part comes to, put into `frame`.
fn check(name: &str, steps: &[Step], plain: &[Action], style: &Style, frame: &Frame) {
    let text = write_down(steps, style);
    compare(name, plain, &run(of_style(style), &text), frame, style.inches, &text);
}

fn compare(name: &str, plain: &[Action], other: &[Action], frame: &Frame, inches: bool, text: &str) {
    let scale = plain.iter().filter_map(|a| if let Action::Move(m) = a { Some(m.to_mm) } else { None });
    let scale = scale.flatten().fold(1.0, |most: f64, c| most.max(c.abs()));
    let tolerance = if inches { 1e-9 * scale } else { 1e-9 };
    assert_eq!(plain.len(), other.len(), "{name}: {other:#?}\n{text}");
    let mut first = true;
    for (index, (a, b)) in plain.iter().zip(other).enumerate() {
        let (Action::Move(a), Action::Move(b)) = (a, b) else {
            assert_eq!(a, b, "{name}, {index}\n{text}");
            continue;
        };
        let mut pairs = Vec::new();
        let mut both = |a: Point, b: Point| pairs.extend(a.into_iter().zip(b));
        both(frame.point(a.to_mm), b.to_mm);
        // The first move comes from the machine's zero, wherever the part lies.
        if !std::mem::take(&mut first) {
            both(frame.point(a.from_mm), b.from_mm);
        }
        both(
            [a.feed_mm_per_min, f64::from(a.flame), f64::from(a.oxygen)],
            [b.feed_mm_per_min, f64::from(b.flame), f64::from(b.oxygen)],
        );
        assert_eq!((a.kind, a.arc.map(|c| c.plane)), (b.kind, b.arc.map(|c| c.plane)), "{name}, {index}\n{text}");
        if let (Some(one), Some(two)) = (&a.arc, &b.arc) {
            let [first, second, third] = one.plane.axes();
            let mut centre = a.to_mm;
            (centre[first], centre[second]) = (one.centre_mm[0], one.centre_mm[1]);
            let centre = frame.point(centre);
            let sign = if frame.mirrored && third != 0 { -1.0 } else { 1.0 };
            pairs.extend([
                (centre[first], two.centre_mm[0]),
                (centre[second], two.centre_mm[1]),
                (sign * one.sweep_rad, two.sweep_rad),
                (sign * f64::from(one.turns), f64::from(two.turns)),
            ]);
        }
        let off = pairs.iter().fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
        assert!(off <= tolerance, "{name}, move {index}: off by {off:e}\n{a:#?}\n{b:#?}\n{text}");
    }
}

/// A point at Z 0.
fn flat(x: f64, y: f64) -> Point {
    [x, y, 0.0]
}

/// Straight moves at two feeds.
fn lines() -> Vec<Step> {
    use Step::{Feed, Line, Rapid};
    vec![
        Rapid([10.0, 5.0, 8.0]),
        Feed(600.0),
        Line([10.0, 5.0, -1.5]),
        Line([40.0, 5.25, -1.5]),
        Line([40.0, 30.0, -1.5]),
        Feed(350.5),
        Line([12.5, 18.0, 2.0]),
        Rapid([0.0, 0.0, 10.0]),
    ]
}

/// Quarters, full circles and three turns, by centre and by radius.
fn arcs() -> Vec<Step> {
    use Step::{Arc, ByRadius, Feed, Line, Rapid};
    vec![
        Rapid(flat(20.0, 10.0)),
        Feed(500.0),
        Arc(flat(30.0, 20.0), flat(0.0, 10.0), true, 1),
        Arc(flat(20.0, 30.0), flat(-10.0, 0.0), true, 1),
        Arc(flat(20.0, 50.0), flat(0.0, 10.0), false, 1),
        Arc(flat(20.0, 50.0), flat(3.0, 4.0), false, 1),
        Arc(flat(20.0, 50.0), flat(-3.0, 4.0), true, 3),
        ByRadius(flat(27.0, 51.0), 5.0, true),
        ByRadius(flat(20.0, 50.0), -7.5, false),
        ByRadius(flat(20.0, 44.0), 3.0, false),
        Line(flat(1.0, 1.0)),
    ]
}

/// Arcs that rise and fall.
fn helices() -> Vec<Step> {
    use Step::{Arc, ByRadius, Feed, Rapid};
    vec![
        Rapid([5.0, 0.0, 3.0]),
        Feed(240.0),
        Arc([0.0, 5.0, 2.0], flat(-5.0, 0.0), true, 1),
        Arc([0.0, 5.0, -1.0], flat(0.0, -5.0), false, 4),
        ByRadius([3.0, 6.0, 0.25], 4.0, false),
        ByRadius([3.0, 9.0, 4.0], -6.0, true),
    ]
}

/// Preheat, dwell and cuts between rapids.
fn torch() -> Vec<Step> {
    use Step::{Arc, Feed, Line, Rapid, Say};
    vec![
        Say("M5"),
        Rapid(flat(10.0, 10.0)),
        Feed(400.0),
        Say("M3"),
        Say("G4 P1.25"),
        Line(flat(20.0, 10.0)),
        Arc(flat(20.0, 10.0), flat(6.0, 8.0), false, 1),
        Say("M5"),
        Rapid(flat(40.0, 40.0)),
        Say("M3"),
        Line(flat(60.0, 45.0)),
        Say("M5"),
    ]
}

/// Moves repeated with a shift.
fn loops() -> Vec<Step> {
    use Step::{Arc, ByRadius, Feed, Line, Loop, Rapid};
    vec![
        Feed(700.0),
        Rapid([1.0, 2.0, 5.0]),
        Loop(
            4,
            [12.5, 3.0],
            vec![
                Rapid([2.0, 3.0, 5.0]),
                Line([2.0, 3.0, -1.0]),
                Line([10.0, 3.5, -1.0]),
                Arc([10.0, 7.5, -1.0], flat(0.0, 2.0), true, 1),
                ByRadius([2.0, 7.5, -2.0], 9.0, false),
                Rapid([2.0, 7.5, 5.0]),
            ],
        ),
        Rapid([0.0, 50.0, 5.0]),
        Loop(3, [0.0, -7.25], vec![Line([5.0, 50.0, 5.0]), Line([0.0, 48.0, 5.0])]),
        Rapid([1.0, 1.0, 9.0]),
    ]
}

/// Drilling cycles at both kinds of return.
fn cycles() -> Vec<Step> {
    use Step::{Again, Cycle, EndCycle, Feed, Rapid, ToClearance};
    vec![
        Rapid([0.5, 0.25, 12.0]),
        Feed(120.0),
        // Controllers start with either, so the program says which.
        ToClearance(false),
        Cycle(81, [10.0, 5.0], -3.0, 2.0, &[]),
        Again([20.0, 5.0]),
        Again([20.0, 15.5]),
        Cycle(82, [30.0, 15.5], -4.0, 1.5, &[('P', 0.75)]),
        EndCycle,
        ToClearance(true),
        Rapid([35.0, 15.0, 12.0]),
        Cycle(83, [40.0, 15.0], -5.0, 2.0, &[('Q', 1.75)]),
        Again([41.0, 18.0]),
        EndCycle,
        Rapid([41.0, 18.0, 12.0]),
        Cycle(73, [42.0, 19.0], -5.0, 2.0, &[('Q', 3.0)]),
        EndCycle,
        ToClearance(false),
        Rapid([0.0, 0.0, 12.0]),
        Cycle(85, [1.0, 19.0], -2.0, 1.0, &[]),
        Cycle(89, [2.0, 19.5], -2.0, 1.0, &[('P', 1.5)]),
        EndCycle,
        Rapid([0.0, 0.0, 20.0]),
    ]
}

/// Kerf compensation: outlines with all kinds of corners, run on either side and in either sense.
fn compensated() -> Vec<(&'static str, Vec<Step>)> {
    use Step::{Arc, Beside, ByRadius, Feed, Line, Rapid, Straight};
    let mut parts: Vec<(&'static str, Vec<Step>)> = Vec::new();
    let square = [flat(0.0, 0.0), flat(40.0, 0.0), flat(40.0, 25.0), flat(0.0, 25.0)].map(Line);
    let ell = [flat(0.0, 0.0), flat(50.0, 0.0), flat(50.0, 20.0), flat(20.0, 20.0), flat(20.0, 45.0), flat(0.0, 40.0)].map(Line);
    let spike = [flat(0.0, 0.0), flat(60.0, 1.0), flat(20.0, 9.0), flat(55.0, 30.0), flat(3.0, 18.0)].map(Line);
    let bay = [
        Line(flat(0.0, 0.0)),
        Line(flat(20.0, 0.0)),
        // A bay with sharp mouth, a nose, and a rounded corner.
        Arc(flat(36.0, 0.0), flat(8.0, 6.0), true, 1),
        Line(flat(60.0, 0.0)),
        Arc(flat(70.0, 10.0), flat(0.0, 10.0), true, 1),
        Line(flat(70.0, 30.0)),
        Arc(flat(50.0, 30.0), flat(-10.0, -5.0), true, 1),
        Arc(flat(20.0, 30.0), flat(-15.0, 5.0), true, 1),
        ByRadius(flat(0.0, 20.0), 30.0, false),
    ];
    for (name, outline) in [("square", &square[..]), ("ell", &ell[..]), ("spike", &spike[..]), ("bay", &bay[..])] {
        for left in [true, false] {
            let mut steps = vec![Feed(450.0), Rapid(flat(-12.0, -9.0)), Beside(left, 1.5)];
            steps.extend(outline.iter().cloned());
            steps.extend([Line(flat(0.0, 0.0)), Straight, Line(flat(-15.0, 9.0)), Rapid([5.0, 5.0, 5.0])]);
            let name = format!("{name} {}", if left { "left" } else { "right" });
            parts.push((Box::leak(name.into_boxed_str()), steps));
        }
    }
    parts
}

/// Parts that lie in the XY plane and so can be turned and mirrored.
fn parts() -> Vec<(&'static str, Vec<Step>)> {
    let plain = [
        ("lines", lines()),
        ("arcs", arcs()),
        ("helices", helices()),
        ("torch", torch()),
        ("loops", loops()),
        ("cycles", cycles()),
    ];
    plain.into_iter().chain(compensated()).collect()
}

/// Parts with arcs in other planes, which cannot be turned.
fn upright_parts() -> Vec<(&'static str, Vec<Step>)> {
    use Step::{Arc, ByRadius, Feed, Line, Plane, Rapid};
    let steps = vec![
        Rapid([10.0, 5.0, 8.0]),
        Feed(300.0),
        Plane(18),
        Arc([16.0, 5.0, 2.0], [6.0, 0.0, 0.0], false, 1),
        Arc([10.0, 9.0, 8.0], [-6.0, 0.0, 0.0], true, 2),
        ByRadius([13.0, 9.0, 9.0], 4.0, true),
        Plane(19),
        Arc([13.0, 4.0, 4.0], [0.0, 0.0, -5.0], true, 1),
        Arc([11.0, 4.0, 4.0], [0.0, 2.0, 1.0], false, 1),
        ByRadius([11.0, 0.0, 3.0], -3.5, false),
        Plane(17),
        Arc([11.0, 0.0, 3.0], [1.0, 1.0, 0.0], false, 1),
        Line([0.0, 0.0, 0.0]),
    ];
    vec![("upright arcs", steps)]
}

/// What the parts come to as they are, in each dialect.
fn plain(steps: &[Step], mach3: bool) -> Vec<Action> {
    let style = Style { mach3, unrolled: true, ..Style::default() };
    run(of_style(&style), &write_down(steps, &style))
}

fn for_all(parts: &[(&'static str, Vec<Step>)], mut test: impl FnMut(&str, &[Step], &[Action], bool)) {
    for mach3 in [false, true] {
        for (name, steps) in parts {
            let plain = plain(steps, mach3);
            assert!(plain.iter().filter(|a| matches!(a, Action::Move(_))).count() >= 5, "{name}");
            test(name, steps, &plain, mach3);
        }
    }
}

const SHIFTS: [Point; 3] = [[13.0, -7.5, 2.25], [-250.125, 0.0, 0.0], [0.3, 1234.5, -4.0]];

#[test]
fn shifted_by_offsets_or_by_coordinates() {
    let parts: Vec<_> = parts().into_iter().chain(upright_parts()).collect();
    for_all(&parts, |name, steps, plain, mach3| {
        for shift in SHIFTS {
            let frame = Frame { shift, ..Frame::default() };
            let [x, y, z] = shift;
            let headers = [
                // At the machine's zero, calling it minus the shift puts the work zero at the shift.
                format!("G92 X{} Y{} Z{}", -x, -y, -z),
                format!("G10 L2 P1 X{x} Y{y} Z{z}"),
                format!("G10 L2 P0 X{x} Y{y} Z{z}"),
                format!("G10 L20 P1 X{} Y{} Z{}", -x, -y, -z),
                format!("G10 L2 P3 X{x} Y{y} Z{z}\nG56"),
                format!("G52 X{x} Y{y} Z{z}"),
                format!("G43.1 Z{z}\nG10 L2 P1 X{x} Y{y}"),
                format!("G10 L2 P1 X{} Y{} Z1\nG52 X{x} Y{y} Z{}", 1.5, -2.5, z - 1.0),
            ];
            for (index, header) in headers.into_iter().enumerate() {
                if mach3 && index == 6 {
                    continue;
                }
                let frame = if index == 7 { Frame { shift: [x + 1.5, y - 2.5, z], ..frame } } else { frame };
                check(name, steps, plain, &Style { mach3, header, ..Style::default() }, &frame);
            }
            check(name, steps, plain, &Style { mach3, frame, ..Style::default() }, &frame);
            check(name, steps, plain, &Style { mach3, frame, absolute_centres: true, ..Style::default() }, &frame);
        }
    });
}

#[test]
fn turned_by_quarters_and_mirrored() {
    for_all(&parts(), |name, steps, plain, mach3| {
        for quarters in 0..4 {
            for mirrored in [false, true] {
                let frame = Frame { quarters, mirrored, ..Frame::default() };
                for (incremental, absolute_centres) in [(false, false), (true, false), (false, true)] {
                    let style = Style { mach3, frame, incremental, absolute_centres, ..Style::default() };
                    check(name, steps, plain, &style, &frame);
                }
                let frame = Frame { shift: SHIFTS[0], ..frame };
                check(name, steps, plain, &Style { mach3, frame, ..Style::default() }, &frame);
            }
            if !mach3 {
                // LinuxCNC can turn the coordinates by itself.
                let frame = Frame { quarters, ..Frame::default() };
                let header = format!("G10 L2 P1 R{}", 90 * u32::from(quarters));
                check(name, steps, plain, &Style { header, ..Style::default() }, &frame);
                let frame = Frame { shift: SHIFTS[1], ..frame };
                let header =
                    format!("G10 L2 P1 R{} X{} Y{} Z{}", 90 * u32::from(quarters), SHIFTS[1][0], SHIFTS[1][1], SHIFTS[1][2]);
                check(name, steps, plain, &Style { header, ..Style::default() }, &frame);
            }
        }
    });
}

#[test]
fn mirrored_upright_arcs() {
    for_all(&upright_parts(), |name, steps, plain, mach3| {
        let frame = Frame { mirrored: true, ..Frame::default() };
        check(name, steps, plain, &Style { mach3, frame, ..Style::default() }, &frame);
        check(name, steps, plain, &Style { mach3, frame, incremental: true, ..Style::default() }, &frame);
    });
}

#[test]
fn inches_increments_absolute_centres_and_loops() {
    let parts: Vec<_> = parts().into_iter().chain(upright_parts()).collect();
    for_all(&parts, |name, steps, plain, mach3| {
        for bits in 0..32u8 {
            let bit = |n: u8| bits >> n & 1 == 1;
            let style = Style {
                mach3,
                inches: bit(0),
                incremental: bit(1),
                absolute_centres: bit(2),
                split: bit(3),
                unrolled: bit(4),
                ..Style::default()
            };
            check(name, steps, plain, &style, &Frame::default());
        }
    });
}

/// Ways to write the same lines that mean nothing to a controller.
fn decorated(text: &str, how: usize) -> String {
    let mut out = String::new();
    for (index, line) in text.lines().enumerate() {
        let flow = line.starts_with(['o', 'O']);
        let computed = line.contains(['#', '[']);
        let number = 10 * (index + 1);
        match how {
            0 => writeln!(out, "{}", line.to_lowercase()),
            1 => writeln!(out, "{line}\n\n   \n(between)\n; and between"),
            2 if flow => writeln!(out, "{line} (loop)"),
            2 => writeln!(out, "N{number} {line} (comment) ; and more"),
            3 if flow => writeln!(out, "{line}"),
            3 => writeln!(out, "{}", line.split(' ').collect::<Vec<_>>().join(" (Y9)\t")),
            4 if flow => writeln!(out, "{line}\r"),
            4 => writeln!(out, "{}\r", line.replace(' ', "")),
            5 if flow || computed => writeln!(out, "  {line}  "),
            // The order of words in a block means nothing.
            5 => writeln!(out, "\t{}", line.split(' ').rev().collect::<Vec<_>>().join("  ")),
            // Blanks after letters, signs, leading and trailing zeros.
            6 if flow || computed => writeln!(out, "{line}"),
            6 => writeln!(out, "{}", line.split(' ').map(long_word).collect::<Vec<_>>().join(" ")),
            _ => writeln!(out, "{line}"),
        }
        .unwrap_or_default();
    }
    match how {
        7 => format!("%\n{text}%\n"),
        8 => format!("\u{feff}{}", text.replace('\n', "\r")),
        9 => text.trim_end().to_string(),
        _ => out,
    }
}

fn long_word(word: &str) -> String {
    let (letter, number) = word.split_at(word.len().min(1));
    if number.is_empty() || !number.starts_with(|c: char| c.is_ascii_digit()) {
        return word.to_string();
    }
    if letter == "G" || letter == "M" {
        return format!("{letter}0{number}");
    }
    let point = if number.contains('.') { "" } else { "." };
    format!("{letter} +00{number}{point}00")
}

#[test]
fn comments_numbers_blanks_and_case_change_nothing() {
    let parts: Vec<_> = parts().into_iter().chain(upright_parts()).collect();
    for_all(&parts, |name, steps, plain, mach3| {
        for (inches, absolute_centres) in [(false, false), (true, true)] {
            let style = Style { mach3, inches, absolute_centres, ..Style::default() };
            let text = write_down(steps, &style);
            for how in 0..10 {
                let text = decorated(&text, how);
                compare(name, plain, &run(of_style(&style), &text), &Frame::default(), inches, &text);
            }
        }
    });
}

/// A subroutine with all kinds of loops in it, and the lines it comes to, written by Rust's loops.
#[test]
fn subroutines_equal_what_they_come_to() {
    let looped = "\
        o<row> sub\n\
          #5=0\n\
          o10 while [#5 LT #3]\n\
            o20 if [#5 MOD 2 EQ 0]\n\
              G1 X[#1+#5*#4] Y[#2]\n\
              G2 X[#1+#5*#4+2] R1\n\
            o20 elseif [#5 EQ 3]\n\
              o30 repeat [2]\n\
                G1 Y[#2+#<_lift>]\n\
                G1 Y#2\n\
              o30 endrepeat\n\
            o20 else\n\
              G0 Z[#5+1]\n\
            o20 endif\n\
            #5=[#5+1]\n\
          o10 endwhile\n\
          o40 if [#3 GT 4]\n\
            o<row> return [#5]\n\
          o40 endif\n\
          #6=2\n\
          o50 do\n\
            G1 X[#1-#6]\n\
            #6=[#6-1]\n\
            o60 if [#6 LT -50]\n\
              o50 break\n\
            o60 endif\n\
          o50 while [#6 GT 0]\n\
        o<row> endsub [0]\n\
        G21 G90 F600\n\
        #<_lift>=0.75\n\
        #1=77\n\
        #9=1\n\
        o70 while [#9 LE 3]\n\
          o<row> call [10*#9] [#9] [2+#9] [1.5]\n\
          G1 Z-#<_value>\n\
          #9=[#9+1]\n\
        o70 endwhile\n\
        G0 X#1\n\
        M2\n";
    let mut unrolled = "G21 G90 F600\n".to_string();
    for call in 1..=3 {
        let (x, y, count, step) = (10.0 * f64::from(call), f64::from(call), 2 + call, 1.5);
        for index in 0..count {
            let at = x + f64::from(index) * step;
            let _ = match index {
                i if i % 2 == 0 => writeln!(unrolled, "G1 X{at} Y{y}\nG2 X{} R1", at + 2.0),
                3 => writeln!(unrolled, "G1 Y{}\nG1 Y{y}\nG1 Y{}\nG1 Y{y}", y + 0.75, y + 0.75),
                i => writeln!(unrolled, "G0 Z{}", i + 1),
            };
        }
        let value = if count > 4 { count } else { 0 };
        if count <= 4 {
            let _ = writeln!(unrolled, "G1 X{}\nG1 X{}", x - 2.0, x - 1.0);
        }
        let _ = writeln!(unrolled, "G1 Z-{value}");
    }
    unrolled.push_str("G0 X77\nM2\n");
    let (a, b) = (run(Dialect::LinuxCnc, looped), run(Dialect::LinuxCnc, &unrolled));
    assert!(a.len() > 25);
    compare("subroutine", &b, &a, &Frame::default(), false, looped);
}

/// The generator itself: a turned and mirrored frame maps as it should.
#[test]
fn frames_map_points() {
    let frame = Frame { mirrored: true, quarters: 1, shift: [10.0, 20.0, 30.0] };
    // (1, 2) mirrored is (-1, 2), turned by a quarter (-2, -1).
    assert_eq!(frame.point([1.0, 2.0, 3.0]), [8.0, 19.0, 33.0]);
    let steps = [Step::Feed(1.0), Step::Line([3.0, 0.0, 0.0]), Step::Arc([4.0, 1.0, 0.0], [0.0, 1.0, 0.0], true, 1)];
    let made = run(Dialect::LinuxCnc, &write_down(&steps, &Style::default()));
    let Action::Move(Move { arc: Some(arc), .. }) = made[1] else { panic!("{made:?}") };
    assert!((arc.sweep_rad - FRAC_PI_2).abs() < 1e-12 && arc.centre_mm == [3.0, 1.0]);
}
