//! Shapes against formulas, and what is said of faulty drawings.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::*;
use crate::diag::Severity;
use crate::plate::geometry::ring_area_m2;

/// Pairs of lines from words.
fn lines(words: &str) -> String {
    words.split_whitespace().map(|word| format!("{word}\n")).collect()
}

fn section_of(name: &str, words: &str) -> String {
    lines(&format!("0 SECTION 2 {name} {words} 0 ENDSEC"))
}

/// A whole drawing with these entities, in millimetres.
fn drawing(entities: &str) -> String {
    section_of("HEADER", "9 $INSUNITS 70 4") + &section_of("ENTITIES", entities) + "0\nEOF\n"
}

/// The same with tables and blocks.
fn with(tables: &str, blocks: &str, entities: &str) -> String {
    section_of("TABLES", tables) + &section_of("BLOCKS", blocks) + &drawing(entities)
}

fn good(text: &str) -> Drawing {
    read("part.dxf", text.as_bytes()).unwrap_or_else(|finding| panic!("{finding}"))
}

fn bad(text: &str) -> String {
    let finding = read("part.dxf", text.as_bytes()).unwrap_err();
    assert!(finding.code == "S017" && !finding.expected.is_empty() && !finding.hint.is_empty(), "{finding}");
    finding.to_string().lines().next().unwrap_or_default().replace(" error[S017]:", "")
}

/// Areas in mm², in the order of the contours.
fn areas(drawing: &Drawing) -> Vec<f64> {
    drawing.contours.iter().map(|contour| ring_area_m2(&contour.points).abs() * 1e6).collect()
}

/// The one contour of `entities`, mm.
fn ring(text: &str) -> Vec<Point> {
    let drawing = good(text);
    assert_eq!(drawing.contours.len(), 1);
    drawing.contours[0].points.iter().map(|p| p.map(|v| v * 1e3)).collect()
}

fn close(found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{found} for {expected}");
}

/// Least and greatest x and y, mm.
fn bounds(ring: &[Point]) -> [f64; 4] {
    ring.iter()
        .fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])])
}

fn near(found: [f64; 4], expected: [f64; 4]) {
    assert!((0..4).all(|n| (found[n] - expected[n]).abs() < 1e-3), "{found:?} for {expected:?}");
}

const SQUARE: &str = "0 LWPOLYLINE 90 4 70 1 10 0 20 0 10 10 20 0 10 10 20 10 10 0 20 10 ";

#[test]
fn shapes_have_their_areas() {
    close(areas(&good(&drawing("0 CIRCLE 10 5 20 6 40 9")))[0], PI * 81.0, 1e-8);
    // A slot: two lines and two half circles, in any order and direction.
    let slot = "0 LINE 10 0 20 0 11 60 21 0 0 ARC 10 0 20 10 40 10 50 90 51 270 0 LINE 10 60 20 20 11 0 21 20 0 ARC 10 60 20 10 40 10 50 270 51 90";
    close(areas(&good(&drawing(slot)))[0], 1200.0 + PI * 100.0, 1e-8);
    // The same slot as a light polyline with bulges, and as an old one.
    let light = "0 LWPOLYLINE 90 4 70 1 10 0 20 0 10 60 20 0 42 1 10 60 20 20 10 0 20 20 42 1";
    close(areas(&good(&drawing(light)))[0], 1200.0 + PI * 100.0, 1e-8);
    let old = "0 POLYLINE 66 1 70 1 10 0 20 0 0 VERTEX 10 0 20 0 0 VERTEX 10 60 20 0 42 1 0 VERTEX 10 60 20 20 0 VERTEX 10 0 20 20 42 1 0 SEQEND";
    close(areas(&good(&drawing(old)))[0], 1200.0 + PI * 100.0, 1e-8);
    // An open one that comes back to where it began, and one with its corners rounded the other way.
    assert_eq!(areas(&good(&drawing("0 LWPOLYLINE 70 0 10 0 20 0 10 4 20 0 10 4 20 3 10 0 20 0"))).len(), 1);
    let inwards = "0 LWPOLYLINE 70 1 10 0 20 0 42 -1 10 10 20 0 10 10 20 20 10 0 20 20";
    close(areas(&good(&drawing(inwards)))[0], 200.0 - PI * 12.5, 1e-8);
}

#[test]
fn ellipses_have_their_areas_whole_and_in_part() {
    // Half axes 20 and 5, at 30° to x: its box has the half sides √(a² cos² + b² sin²).
    let axis = "11 17.320508075688775 21 10 40 0.25";
    let whole = ring(&drawing(&format!("0 ELLIPSE 10 50 20 40 {axis} 41 0 42 6.283185")));
    close(ring_area_m2(&whole), PI * 100.0, 1e-8);
    let (x, y) = ((400.0_f64 * 0.75 + 25.0 * 0.25).sqrt(), (400.0_f64 * 0.25 + 25.0 * 0.75).sqrt());
    near(bounds(&whole), [50.0 - x, 40.0 - y, 50.0 + x, 40.0 + y]);
    // A half, closed by its long axis, from above and from below: the same half at the other side.
    let chord = "0 LINE 10 -20 20 0 11 20 21 0";
    let half =
        |more: &str| ring(&drawing(&format!("0 ELLIPSE 10 0 20 0 11 20 21 0 40 0.25 41 0 42 3.141592653589793 {more} {chord}")));
    close(ring_area_m2(&half("")).abs(), PI * 50.0, 1e-8);
    near(bounds(&half("")), [-20.0, 0.0, 20.0, 5.0]);
    near(bounds(&half("210 0 220 0 230 -1")), [-20.0, -5.0, 20.0, 0.0]);
    // A ratio above one, and a sweep through the beginning.
    close(ring_area_m2(&ring(&drawing("0 ELLIPSE 10 0 20 0 11 5 21 0 40 4"))), PI * 100.0, 1e-8);
    let through = ring(&drawing(
        "0 ELLIPSE 10 0 20 0 11 20 21 0 40 0.25 41 4.71238898038469 42 1.5707963267948966 0 LINE 10 0 20 5 11 0 21 -5",
    ));
    close(ring_area_m2(&through).abs(), PI * 50.0, 1e-8);
    near(bounds(&through), [0.0, -5.0, 20.0, 5.0]);
}

#[test]
fn a_rational_spline_of_degree_two_is_a_circle() {
    let corners = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1], [1, 0]];
    let points: String = corners.iter().map(|[x, y]| format!("10 {} 20 {} ", 10 * x, 10 * y)).collect();
    let weights: String = (0..9).map(|n| format!("41 {} ", if n % 2 == 1 { FRAC_1_SQRT_2 } else { 1.0 })).collect();
    let knots: String = [0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4].map(|knot| format!("40 {knot} ")).concat();
    let circle = ring(&drawing(&format!("0 SPLINE 70 13 71 2 72 12 73 9 {knots}{weights}{points}")));
    close(ring_area_m2(&circle), PI * 100.0, 1e-6);
    assert!(circle.iter().all(|p| (p[0].hypot(p[1]) - 10.0).abs() < CHORD_MM), "every point is on it");
    let most = circle
        .windows(2)
        .map(|two| (0.5 * (two[0][0] + two[1][0])).hypot(0.5 * (two[0][1] + two[1][1])))
        .fold(f64::MAX, f64::min);
    assert!((most - 10.0).abs() < 1.1 * CHORD_MM, "and so is every chord: {most}");
}

#[test]
fn splines_have_their_areas() {
    // One cubic Bézier over its chord: the area is 3/5 of the square that its control points make.
    let close_it = "0 LINE 10 0 20 0 11 10 21 0";
    let bezier = format!(
        "0 SPLINE 70 8 71 3 72 8 73 4 40 0 40 0 40 0 40 0 40 1 40 1 40 1 40 1 10 0 20 0 10 0 20 10 10 10 20 10 10 10 20 0 {close_it}"
    );
    close(areas(&good(&drawing(&bezier)))[0], 60.0, 1e-6);
    // A closed uniform cubic: knots run past both ends. Over the corners of a square it has 61/90 of the area.
    let knots: String = (-3..8).map(|knot| format!("40 {knot} ")).collect();
    let corners: String =
        [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0], [10, 0], [10, 10]].map(|[x, y]| format!("10 {x} 20 {y} ")).concat();
    let uniform = ring(&drawing(&format!("0 SPLINE 70 11 71 3 72 11 73 7 {knots}{corners}")));
    close(ring_area_m2(&uniform), 100.0 * 61.0 / 90.0, 1e-6);
    // Degree one: the control points themselves.
    let straight = "0 SPLINE 70 0 71 1 40 0 40 0 40 1 40 2 40 3 40 3 10 0 20 0 10 10 20 0 10 10 20 10 10 0 20 0";
    assert_eq!(ring(&drawing(straight)).len(), 3);
}

#[test]
fn what_is_seen_from_below_is_mirrored() {
    let below = "210 0 220 0 230 -1";
    near(bounds(&ring(&drawing(&format!("0 CIRCLE 10 30 20 5 40 4 {below}")))), [-34.0, 1.0, -26.0, 9.0]);
    near(bounds(&ring(&drawing(&format!("{SQUARE} {below}")))), [-10.0, 0.0, 0.0, 10.0]);
    // A half circle of its right side goes to the left; the line stays where it is.
    let half = format!("0 ARC 10 0 20 0 40 5 50 -90 51 90 {below} 0 LINE 10 0 20 -5 11 0 21 5 {below}");
    near(bounds(&ring(&drawing(&half))), [-5.0, -5.0, 0.0, 5.0]);
    let old = format!("0 POLYLINE 70 1 {below} 0 VERTEX 10 1 20 0 0 VERTEX 10 9 20 0 0 VERTEX 10 9 20 3 0 SEQEND");
    near(bounds(&ring(&drawing(&old))), [-9.0, 0.0, -1.0, 3.0]);
    let inserted = format!("0 INSERT 2 TRIANGLE 10 20 20 0 {below}");
    near(bounds(&ring(&with("", TRIANGLE, &inserted))), [-24.0, 0.0, -20.0, 3.0]);
    let tilted = bad(&drawing("0 CIRCLE 10 0 20 0 40 4 210 0 220 1 230 0"));
    assert!(tilted.starts_with("part.dxf:15: the CIRCLE is drawn in a plane of its own, with the axis 0, 1, 0;"), "{tilted}");
}

/// Right-angled, 4 wide and 3 high, from the block's base.
const TRIANGLE: &str = "0 BLOCK 2 TRIANGLE 70 0 10 1 20 1 0 LWPOLYLINE 8 0 70 1 10 1 20 1 10 5 20 1 10 1 20 4 0 ENDBLK";

#[test]
fn blocks_are_put_where_they_belong() {
    let of = |insert: &str| ring(&with("", TRIANGLE, &format!("0 INSERT 2 triangle {insert}")));
    near(bounds(&of("10 100 20 50")), [100.0, 50.0, 104.0, 53.0]);
    near(bounds(&of("10 100 20 50 41 -2 42 3")), [92.0, 50.0, 100.0, 59.0]);
    near(bounds(&of("10 100 20 50 41 2 50 90")), [97.0, 50.0, 100.0, 58.0]);
    near(bounds(&of("10 100 20 50 41 -1 50 90")), [97.0, 46.0, 100.0, 50.0]);
    // Three columns and two rows, turned by a right angle; the steps are not scaled.
    let array = good(&with("", TRIANGLE, "0 INSERT 2 TRIANGLE 10 0 20 0 41 2 42 2 50 90 70 3 71 2 44 20 45 30"));
    assert_eq!(areas(&array).len(), 6);
    assert!(areas(&array).iter().all(|area| (area - 24.0).abs() < 1e-9));
    let all: Vec<Point> = array.contours.iter().flat_map(|contour| contour.points.iter().map(|p| p.map(|v| v * 1e3))).collect();
    near(bounds(&all), [-36.0, 0.0, 0.0, 48.0]);
    // A circle in a block that is stretched is an ellipse, in one that is turned and stretched again too.
    let round = "0 BLOCK 2 ROUND 10 0 20 0 0 CIRCLE 10 0 20 0 40 5 0 ENDBLK 0 BLOCK 2 OUTER 10 0 20 0 0 INSERT 2 ROUND 10 0 20 0 41 2 50 30 0 ENDBLK";
    close(areas(&good(&with("", round, "0 INSERT 2 OUTER 10 7 20 8 42 3")))[0], PI * 25.0 * 6.0, 1e-8);
}

#[test]
fn blocks_that_cannot_be_read_are_named() {
    let missing = bad(&drawing("0 INSERT 2 B 10 0 20 0"));
    assert_eq!(missing, "part.dxf:15: the INSERT names the block `B`, which is not there; expected a block of the drawing");
    let other = bad(&with("", "0 BLOCK 2 B 70 4 1 other.dxf 0 ENDBLK", "0 INSERT 2 B 10 0 20 0"));
    assert!(other.contains("`B` of another file"), "{other}");
    let round = bad(&with("", "0 BLOCK 2 A 0 INSERT 2 B 0 ENDBLK 0 BLOCK 2 B 0 INSERT 2 A 0 ENDBLK", "0 INSERT 2 A"));
    assert!(round.contains("the block `A` into itself"), "{round}");
    let endless = bad(&with("", "0 BLOCK 2 A 0 ENDBLK", "0 INSERT 2 A 70 32767 71 32767"));
    assert!(endless.contains("too often"), "{endless}");
    assert!(bad(&with("", TRIANGLE, "0 INSERT 2 TRIANGLE 41 0")).contains("the scales 0 and 1"));
}

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
        let said = of(whole[..cut].as_bytes());
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
    let drawing = read("part.dxf", &bytes).unwrap();
    assert_eq!(areas(&drawing), [100.0], "two layers stay two");
    assert_eq!(areas(&good(&format!("\u{feff}{}", super::tests::drawing(SQUARE).replace('\n', "\r\n")))).len(), 1);
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
