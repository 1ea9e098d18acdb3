//! What is passed over, what is refused, and what is said of it.

use std::f64::consts::PI;

use super::*;
use crate::diag::Severity;

#[test]
fn what_is_no_contour_is_passed_over() {
    let words = "0 TEXT 10 0 20 0 40 5 1 hello 0 MTEXT 1 x 0 DIMENSION 2 *D1 0 HATCH 10 0 20 0 0 POINT 10 0 20 0 0 XLINE 10 0 20 0 0 ATTDEF 2 A 0 SOLID 10 0 20 0";
    assert_eq!(good(&drawing(&format!("{SQUARE} {words}"))).findings, []);
    let tables = "0 LTYPE 2 CONTINUOUS 73 0 0 LTYPE 2 Mitte 73 4 \
        0 LAYER 2 OFF 62 -7 6 CONTINUOUS 0 LAYER 2 COLD 70 1 62 7 0 LAYER 2 AXES 62 7 6 MITTE 0 LAYER 2 LOCKED 70 4 62 7 6 CONTINUOUS";
    let line = "10 0 20 0 11 50 21 50";
    for (entity, passed) in [
        (format!("0 LINE 67 1 {line}"), ""),
        (format!("0 LINE 60 1 {line}"), "1 hidden"),
        (format!("0 LINE 8 off {line}"), "1 hidden"),
        (format!("0 LINE 8 COLD {line} 0 3DSOLID 8 COLD"), "2 hidden"),
        (format!("0 LINE 8 AXES {line}"), "1 in broken"),
        (format!("0 LINE 8 AXES 6 BYLAYER {line}"), "1 in broken"),
        (format!("0 LINE 6 mitte {line}"), "1 in broken"),
        (format!("0 LINE 6 CENTER2 {line} 0 LINE 6 HIDDEN {line} 0 LINE 6 ACAD_ISO04W100 {line}"), "3 in broken"),
        // Layer 0 of a block is that of its insert; what is on a layer that is off is not; a frozen one hides all.
        ("0 INSERT 2 B 8 OFF".into(), "1 hidden"),
        ("0 INSERT 2 B 8 AXES".into(), "1 in broken"),
        ("0 INSERT 2 C 6 DASHED".into(), "1 in broken"),
        ("0 INSERT 2 D 8 COLD".into(), "1 hidden"),
    ] {
        let blocks = format!(
            "0 BLOCK 2 B 0 LINE 8 0 {line} 0 ENDBLK 0 BLOCK 2 C 0 LINE 6 BYBLOCK {line} 0 ENDBLK 0 BLOCK 2 D 0 LINE 8 LOCKED {line} 0 ENDBLK"
        );
        let drawing = good(&with(tables, &blocks, &format!("{SQUARE} {entity}")));
        assert_eq!(areas(&drawing).len(), 1, "{entity}");
        let said = drawing.findings.iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains(passed) && said.is_empty() == passed.is_empty(), "{entity}: {said}");
    }
    // A line that is not broken overrides its layer, and a layer that is only locked is seen.
    assert_eq!(
        areas(&good(&with(tables, "", "0 CIRCLE 8 AXES 6 CONTINUOUS 10 0 20 0 40 5 0 CIRCLE 8 LOCKED 10 20 20 0 40 5"))).len(),
        2
    );
    let none = bad(&drawing("0 LINE 6 DASHED 10 0 20 0 11 1 21 0"));
    assert!(
        none.starts_with("part.dxf: the drawing has no closed contour; entities of the drawing that are no contour: 1 in broken"),
        "{none}"
    );
    let solid = bad(&drawing(&format!("{SQUARE} 0 REGION 8 0")));
    assert!(solid.starts_with("part.dxf:37: the drawing has a REGION, which is not read;"), "{solid}");
    assert!(bad(&drawing("0 POLYLINE 70 64 0 VERTEX 10 0 20 0 0 SEQEND")).contains("POLYLINE that is a mesh"));
}

#[test]
fn faulty_entities_are_named_with_their_line() {
    for (entity, expected) in [
        ("0 CIRCLE 10 0 20 0 40 0", "part.dxf:15: the CIRCLE has a radius of 0; expected more than 0 (group 40)"),
        ("0 CIRCLE 10 0 20 0 40 -2", "part.dxf:15: the CIRCLE has a radius of -2; expected more than 0 (group 40)"),
        ("0 CIRCLE 10 0 20 0", "part.dxf:15: the CIRCLE has no radius; expected a group 40"),
        ("0 ARC 10 0 20 0 40 5 50 0", "part.dxf:15: the ARC has no last angle; expected a group 51"),
        ("0 LINE 10 0 20 0 11 5", "part.dxf:15: the LINE has no end; expected a group 21"),
        (
            "0 CIRCLE 10 abc 20 0 40 2",
            "part.dxf:18: `abc` is no number: group 10 of the CIRCLE in line 15; expected a number such as 12.5",
        ),
        (
            "0 CIRCLE 10 nan 20 0 40 2",
            "part.dxf:18: `nan` is no number: group 10 of the CIRCLE in line 15; expected a number such as 12.5",
        ),
        (
            "0 ELLIPSE 10 0 20 0 11 5 21 0 40 -1",
            "part.dxf:15: the ELLIPSE has axes with a ratio of -1; expected more than 0 (group 40)",
        ),
        (
            "0 SPLINE 71 3 74 3 11 0 21 0 11 1 21 1",
            "part.dxf:15: the SPLINE has fit points only; expected control points and knots (groups 10, 20 and 40)",
        ),
        (
            "0 SPLINE 71 1 40 0 10 0 20 0 10 5 20 5",
            "part.dxf:15: the SPLINE has 1 knots; expected 4: its 2 control points, its degree 1, and 1",
        ),
        (
            "0 SPLINE 71 1 40 0 40 3 40 2 40 4 10 0 20 0 10 5 20 5",
            "part.dxf:15: the SPLINE has knots that fall or stand still; expected knots that rise (group 40)",
        ),
        ("0 SPLINE 71 0 10 0 20 0", "part.dxf:15: the SPLINE is of degree 0; expected 1 to 25 (group 71)"),
        (
            "0 SPLINE 71 3 10 0 20 0",
            "part.dxf:15: the SPLINE has 1 x and 1 y of control points; expected 4 or more, as it is of degree 3",
        ),
        (
            "0 LWPOLYLINE 70 1 10 0 20 0 10 5 20 5",
            "part.dxf:15: the contour that begins here encloses nothing; expected a contour around a part or a hole",
        ),
        (
            "0 LINE 10 0 20 0 11 5 21 0 0 LINE 10 5 20 4 11 5.02 21 0",
            "part.dxf:15: a contour does not close: its ends are 6.403 mm apart, at 5.000, 4.000 (line 25) and 0.000, 0.000 mm (line 15); \
             expected ends nearer than 0.05 mm",
        ),
        (
            "0 LWPOLYLINE 70 1 10 0 20 0 10 9 20 9 10 9 20 0 10 0 20 9",
            "part.dxf:15: the contour that begins here crosses itself at 4.500, 4.500 mm; expected a contour with one inside",
        ),
    ] {
        assert_eq!(bad(&drawing(entity)), expected);
    }
}

#[test]
fn files_that_are_no_drawing_are_refused() {
    let of = |bytes: &[u8]| read("part.dxf", bytes).unwrap_err().to_string();
    assert!(of(b"AutoCAD Binary DXF\r\n\x1a\0").contains("a binary DXF"));
    assert!(of(b"AC1032\0\0\0").contains("a DWG file"));
    assert!(of(b"\xff\xfe0\0").contains("UTF-16"));
    assert!(of(b"0\nSECTION\n\0").contains("not text"));
    assert!(of(b" \n").contains("an empty file"));
    assert!(of(b"hello\nworld\n").starts_with("part.dxf:1: error[S017]: `hello` is no group code; expected a DXF file as text"));
    let whole = drawing(SQUARE);
    for cut in (0..whole.len() - 5).filter(|&cut| whole.is_char_boundary(cut)) {
        let said = of(&whole.as_bytes()[..cut]);
        assert!(said.contains("breaks off") || said.contains("no group code") || said.contains("empty file"), "{said}");
    }
    let slipped = whole.replacen("20\n", "", 1);
    assert!(bad(&slipped).contains("is no group code; expected a whole number"), "{}", bad(&slipped));
}

#[test]
fn bytes_of_old_code_pages_are_read() {
    let tables = "0 LAYER 2 @ 62 -7 0 LAYER 2 # 62 7";
    let text = with(tables, "", &format!("{SQUARE} 8 # 0 CIRCLE 8 @ 10 40 20 0 40 5 0 TEXT 1 45#"));
    let bytes: Vec<u8> = text
        .bytes()
        .map(|byte| [(b'@', 0xc4), (b'#', 0xd6)].iter().find(|pair| pair.0 == byte).map_or(byte, |pair| pair.1))
        .collect();
    assert_eq!(areas(&read("part.dxf", &bytes).unwrap()), [100.0], "two layers stay two");
    assert_eq!(areas(&good(&format!("\u{feff}{}", drawing(SQUARE).replace('\n', "\r\n")))).len(), 1);
}

#[test]
fn what_is_drawn_twice_counts_once() {
    let lines =
        "0 LINE 10 0 20 0 11 10 21 0 0 LINE 10 10 20 0 11 10 21 10 0 LINE 10 10 20 10 11 0 21 10 0 LINE 10 0 20 10 11 0 21 0 ";
    let backwards =
        "0 LINE 10 0 20 0 11 0 21 10 0 LINE 10 10 20 0 11 0 21 0 0 LINE 10 10 20 0 11 10 21 10 0 LINE 10 0 20 10 11 10 21 10 ";
    let round = "0 CIRCLE 10 50 20 5 40 5 ";
    let arcs = "0 ARC 10 50 20 5 40 5 50 30 51 130 0 ARC 10 50 20 5 40 5 50 130 51 30 ";
    for (entities, line, count) in [
        (format!("{lines}{lines}{round}"), 55, 4),
        (format!("{lines}{backwards}{round}"), 55, 4),
        (format!("{SQUARE}{round}{lines}"), 45, 1),
        (format!("{SQUARE}{round}{round}"), 45, 1),
        (format!("{SQUARE}{round}{arcs}"), 45, 1),
    ] {
        let drawing = good(&drawing(&entities));
        assert_eq!(areas(&drawing).len(), 2, "{entities}");
        let [finding] = drawing.findings.as_slice() else { panic!("{:?}", drawing.findings) };
        assert_eq!((finding.severity, finding.place.line, finding.stands_for), (Severity::Warning, line, count), "{finding}");
    }
    // The steps of a curve that was broken up are no repeats, however short.
    let steps: String = (0..1000)
        .map(|n| {
            let [a, b] = [n, n + 1].map(|n| (f64::from(n) * PI / 500.0).sin_cos());
            format!("0 LINE 10 {} 20 {} 11 {} 21 {} ", a.0, a.1, b.0, b.1)
        })
        .collect();
    let broken_up = good(&drawing(&steps));
    assert!(broken_up.findings.is_empty());
    close(areas(&broken_up)[0], PI, 1e-4);
}

#[test]
fn rings_that_touch_stay_apart() {
    // Two squares with a corner in common, their lines in the order that leads from one to the other.
    let lines =
        [[0, 0, 5, 0], [5, 0, 5, 5], [5, 5, 10, 5], [10, 5, 10, 10], [10, 10, 5, 10], [5, 10, 5, 5], [5, 5, 0, 5], [0, 5, 0, 0]];
    let text: String = lines.iter().map(|[a, b, c, d]| format!("0 LINE 10 {a} 20 {b} 11 {c} 21 {d} ")).collect();
    assert_eq!(areas(&good(&drawing(&text))), [25.0, 25.0]);
    // A hole that touches its outline is none that crosses it; one that goes through it is.
    let touching = good(&drawing(&format!("{SQUARE} 0 CIRCLE 10 5 20 5 40 5")));
    assert!(touching.findings.is_empty(), "{:?}", touching.findings);
    let through = good(&drawing(&format!("{SQUARE} 0 CIRCLE 10 9 20 5 40 5")));
    assert!(
        through.findings[0]
            .to_string()
            .contains("part.dxf:37: warning[S017]: the contour that begins here crosses that of line 15 at 10.000, ")
    );
}

#[test]
fn units_are_those_of_the_header() {
    let of = |unit: &str| section_of("HEADER", unit) + &section_of("ENTITIES", "0 CIRCLE 10 0 20 0 40 1") + "0\nEOF\n";
    for (unit, metres) in [("1", 0.0254), ("2", 0.3048), ("4", 1e-3), ("5", 0.01), ("6", 1.0), ("14", 0.1)] {
        let drawing = good(&of(&format!("9 $INSUNITS 70 {unit}")));
        assert!((drawing.contours[0].points[0][0] - metres).abs() < 1e-12 && drawing.findings.is_empty());
    }
    for none in ["", "9 $INSUNITS 70 0", "9 $LIMMAX 10 1"] {
        let drawing = good(&of(none));
        assert!((drawing.contours[0].points[0][0] - 1e-3).abs() < 1e-12);
        assert_eq!((drawing.findings[0].severity, drawing.findings.len()), (Severity::Note, 1));
    }
    assert!(
        bad(&of("9 $INSUNITS 70 18")).starts_with("part.dxf:8: the drawing's unit ($INSUNITS) is `18`; expected 1 for inches")
    );
}

/// Bytes and numbers of a drawing are changed at random: it is read or refused, and what is read has finite points.
#[test]
fn broken_drawings_do_not_panic() {
    let entities = "0 SPLINE 71 2 40 0 40 0 40 0 40 1 40 1 40 1 41 1 41 2 41 1 10 0 20 0 10 5 20 9 10 9 20 0 0 LINE 10 0 20 0 11 9 21 0 \
        0 ELLIPSE 10 40 20 0 11 5 21 0 40 0.5 0 POLYLINE 70 1 0 VERTEX 10 50 20 0 42 1 0 VERTEX 10 60 20 0 0 SEQEND 0 INSERT 2 TRIANGLE 70 2 44 9";
    let whole = with("0 LAYER 2 0 62 7", TRIANGLE, &format!("{SQUARE} {entities}"));
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let numbers = ["0", "-1", "1e14", "-1e14", "1e-300", "70", "10", "1e308", "LINE", "2147483648"];
    let mut good = 0;
    for _ in 0..4000 {
        let mut lines: Vec<Vec<u8>> = whole.lines().map(|line| line.as_bytes().to_vec()).collect();
        for _ in 0..=random(3) {
            let at = random(lines.len());
            match random(4) {
                0 => drop(lines.remove(at)),
                1 => lines[at] = vec![random(255) as u8],
                2 => lines[at] = numbers[random(numbers.len())].into(),
                _ => lines.swap(at, at.max(1) - 1),
            }
        }
        if let Ok(drawing) = read("part.dxf", &lines.join(&b'\n')) {
            assert!(drawing.contours.iter().flat_map(|contour| &contour.points).flatten().all(|v| v.is_finite()));
            good += 1;
        }
    }
    assert!(good > 100, "{good}");
}
