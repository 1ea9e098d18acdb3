//! Shapes against formulas; what is passed over, refused and said is in `faults`.

mod faults;

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::*;
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
