//! One entity as points in the units it is written in.

use std::f64::consts::TAU;

use super::Point;
use super::curve::{Affine, Nurbs, arc};
use super::groups::Item;
use crate::diag::Diagnostic;

/// Highest degree of a spline; CAD programs stop well before.
const MOST_DEGREE: f64 = 25.0;
/// Angles nearer than this to nothing or a whole turn are a whole turn: programs write 6.283185.
const WHOLE_TURN: f64 = 1e-5;
/// How far from upright an entity's axis may point and still count as upright.
const UPRIGHT: f64 = 1e-4;
/// What is said of numbers that no drawing has.
const AGAIN: &str = "correct it in the drawing";

/// Points and whether the last one goes on to the first.
pub(super) type Path = (Vec<Point>, bool);

/// Entities without a contour: words, dimensions, pictures, fills, construction lines without ends.
const NO_CONTOUR: [&str; 36] = [
    "TEXT",
    "MTEXT",
    "RTEXT",
    "ARCALIGNEDTEXT",
    "ATTRIB",
    "ATTDEF",
    "DIMENSION",
    "ARC_DIMENSION",
    "LARGE_RADIAL_DIMENSION",
    "LEADER",
    "MULTILEADER",
    "MLEADER",
    "TOLERANCE",
    "ACAD_TABLE",
    "POINT",
    "HATCH",
    "SOLID",
    "TRACE",
    "SHAPE",
    "IMAGE",
    "WIPEOUT",
    "PDFUNDERLAY",
    "DWFUNDERLAY",
    "DGNUNDERLAY",
    "OLEFRAME",
    "OLE2FRAME",
    "VIEWPORT",
    "XLINE",
    "RAY",
    "LIGHT",
    "SUN",
    "CAMERA",
    "SECTION",
    "GEOPOSITIONMARKER",
    // Those of a polyline or insert before them.
    "VERTEX",
    "SEQEND",
];

/// Whether an entity of this kind has no contour.
pub(super) fn without_contour(kind: &str) -> bool {
    NO_CONTOUR.contains(&kind)
}

/// Whether an entity is seen from below: its axis is (0, 0, -1), and its x runs the other way.
pub(super) fn seen_from_below(item: &Item<'_, '_>) -> Result<bool, Diagnostic> {
    let [x, y, z] = [item.or(210, 0.0)?, item.or(220, 0.0)?, item.or(230, 1.0)?];
    if x.hypot(y) > UPRIGHT * z.abs() || z == 0.0 {
        let found = format!("is drawn in a plane of its own, with the axis {x}, {y}, {z}");
        let hint = "turn it into the plane of x and y; the parts are flat";
        return Err(item.fault(found, "an axis of 0, 0, 1 or 0, 0, -1 (groups 210, 220, 230)", hint));
    }
    Ok(z < 0.0)
}

/// The points of an entity, with chords no further than `chord` from its curves; `vertices` are the items that follow it.
pub(super) fn path(item: &Item<'_, '_>, vertices: &[Item<'_, '_>], chord: f64) -> Result<Path, Diagnostic> {
    let at = |x: i32, what: &str| -> Result<Point, Diagnostic> { Ok([item.needs(x, what)?, item.needs(x + 10, what)?]) };
    let seen = |path: Path| -> Result<Path, Diagnostic> {
        Ok(if seen_from_below(item)? { (path.0.into_iter().map(|[x, y]| [-x, y]).collect(), path.1) } else { path })
    };
    match item.kind {
        "LINE" => Ok((vec![at(10, "beginning")?, at(11, "end")?], false)),
        "CIRCLE" => {
            let mut ring = arc(at(10, "centre")?, radius(item)?, 0.0, TAU, chord);
            ring.pop();
            seen((ring, true))
        }
        "ARC" => {
            let (from, to) = (item.needs(50, "first angle")?.to_radians(), item.needs(51, "last angle")?.to_radians());
            seen((arc(at(10, "centre")?, radius(item)?, from, sweep(from, to), chord), false))
        }
        "ELLIPSE" => ellipse(item, at(10, "centre")?, at(11, "long axis")?, chord),
        "SPLINE" => spline(item, chord),
        "LWPOLYLINE" => seen(bulged(&light_vertices(item)?, item.flags()? & 1 == 1, chord)),
        "POLYLINE" => {
            let flags = item.flags()?;
            if flags & (16 | 64) != 0 {
                return Err(unknown(item, "POLYLINE that is a mesh"));
            }
            let path = bulged(&old_vertices(vertices)?, flags & 1 == 1, chord);
            // One in space has its points in the drawing's own axes.
            if flags & 8 == 8 { Ok(path) } else { seen(path) }
        }
        kind => Err(unknown(item, kind)),
    }
}

fn unknown(item: &Item<'_, '_>, kind: &str) -> Diagnostic {
    let shown: String = kind.chars().filter(|c| !c.is_control()).take(40).collect();
    let found = format!("the drawing has a {shown}, which is not read");
    let expected = "lines, arcs, circles, ellipses, splines, polylines and blocks of them";
    let hint = "break it up (explode) into those, or put it on a layer that is off";
    super::fault(item.line, found, expected, hint)
}

fn radius(item: &Item<'_, '_>) -> Result<f64, Diagnostic> {
    let radius = item.needs(40, "radius")?;
    if radius > 0.0 {
        return Ok(radius);
    }
    Err(item.fault(format!("has a radius of {radius}"), "more than 0 (group 40)", AGAIN))
}

/// From one angle on to the next, counter-clockwise; a whole turn where they are the same.
fn sweep(from: f64, to: f64) -> f64 {
    let sweep = (to - from).rem_euclid(TAU);
    if (WHOLE_TURN..TAU - WHOLE_TURN).contains(&sweep) { sweep } else { TAU }
}

/// An ellipse is a circle that is stretched: chords that keep the circle's area keep the ellipse's.
fn ellipse(item: &Item<'_, '_>, centre: Point, long: Point, chord: f64) -> Result<Path, Diagnostic> {
    let (length, ratio) = (long[0].hypot(long[1]), item.needs(40, "ratio of its axes")?);
    if length <= 0.0 {
        return Err(item.fault("has a long axis of no length in the plane of x and y", "an end of it (groups 11, 21)", AGAIN));
    }
    if ratio <= 0.0 {
        return Err(item.fault(format!("has axes with a ratio of {ratio}"), "more than 0 (group 40)", AGAIN));
    }
    let (from, to) = (item.or(41, 0.0)?, item.or(42, TAU)?);
    let sweep = sweep(from, to);
    let short = ratio * if seen_from_below(item)? { -1.0 } else { 1.0 };
    let stretched = Affine { columns: [long, [-long[1] * short, long[0] * short], centre] };
    let whole = sweep == TAU;
    let mut points = arc([0.0; 2], 1.0, from, sweep, (chord / stretched.stretch()).min(1.0));
    if whole {
        points.pop();
    }
    Ok((points.into_iter().map(|p| stretched.at(p)).collect(), whole))
}

fn spline(item: &Item<'_, '_>, chord: f64) -> Result<Path, Diagnostic> {
    let [x, y] = [item.all(10)?, item.all(20)?];
    if x.is_empty() && item.text(11).is_some() {
        let hint = "have it saved with control points, or turned into a polyline";
        return Err(item.fault("has fit points only", "control points and knots (groups 10, 20 and 40)", hint));
    }
    let (degree, knots, weights) = (item.needs(71, "degree")?, item.all(40)?, item.all(41)?);
    if !(1.0..=MOST_DEGREE).contains(&degree) || degree.fract() != 0.0 {
        return Err(item.fault(format!("is of degree {degree}"), format!("1 to {MOST_DEGREE} (group 71)"), AGAIN));
    }
    let degree = degree as usize;
    let count = x.len();
    if count != y.len() || count <= degree {
        let found = format!("has {count} x and {} y of control points", y.len());
        return Err(item.fault(found, format!("{} or more, as it is of degree {degree}", degree + 1), AGAIN));
    }
    if knots.len() != count + degree + 1 {
        let expected = format!("{}: its {count} control points, its degree {degree}, and 1", count + degree + 1);
        return Err(item.fault(format!("has {} knots", knots.len()), expected, AGAIN));
    }
    if knots.is_sorted_by(|a, b| a <= b).then(|| knots[count] - knots[degree]).is_none_or(|span| span <= 0.0) {
        return Err(item.fault("has knots that fall or stand still", "knots that rise (group 40)", AGAIN));
    }
    if !weights.is_empty() && (weights.len() != count || weights.iter().any(|&weight| weight <= 0.0)) {
        let found = format!("has {} weights for {count} control points, or one that is not above 0", weights.len());
        return Err(item.fault(found, "a weight above 0 for each, or none (group 41)", AGAIN));
    }
    let weight = |n: usize| weights.get(n).copied().unwrap_or(1.0);
    let points = (0..count).map(|n| [x[n] * weight(n), y[n] * weight(n), weight(n)]).collect();
    Ok((Nurbs { degree, knots, points }.flat(chord), false))
}

/// Points of a light polyline with the bulge after each.
fn light_vertices(item: &Item<'_, '_>) -> Result<Vec<(Point, f64)>, Diagnostic> {
    let mut vertices: Vec<(Point, f64)> = Vec::new();
    for group in item.groups {
        match (group.code, vertices.last_mut()) {
            (10, _) => vertices.push(([item.number(group)?, 0.0], 0.0)),
            (20, Some(last)) => last.0[1] = item.number(group)?,
            (42, Some(last)) => last.1 = item.number(group)?,
            _ => {}
        }
    }
    Ok(vertices)
}

/// Points of an old polyline with the bulge after each. Those that only pull at a spline are left out: its own points stand beside them.
fn old_vertices(vertices: &[Item<'_, '_>]) -> Result<Vec<(Point, f64)>, Diagnostic> {
    let mut out = Vec::new();
    for vertex in vertices {
        if vertex.flags()? & 16 == 0 {
            out.push(([vertex.needs(10, "place")?, vertex.needs(20, "place")?], vertex.or(42, 0.0)?));
        }
    }
    Ok(out)
}

/// Vertices with the bulge that follows each: the tangent of a quarter of the arc's sweep.
fn bulged(vertices: &[(Point, f64)], closed: bool, chord: f64) -> Path {
    let mut out = Vec::new();
    for (n, &(a, bulge)) in vertices.iter().enumerate() {
        out.push(a);
        let last = n + 1 == vertices.len();
        if bulge == 0.0 || last && !closed {
            continue;
        }
        let b = vertices[(n + 1) % vertices.len()].0;
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        // The middle of the arc lies beside that of the chord, by (1 − bulge²)/(4 bulge) of it to the left.
        let away = (1.0 - bulge * bulge) / (4.0 * bulge);
        let centre = [0.5 * (a[0] + b[0]) - away * dy, 0.5 * (a[1] + b[1]) + away * dx];
        let points = arc(
            centre,
            (a[0] - centre[0]).hypot(a[1] - centre[1]),
            (a[1] - centre[1]).atan2(a[0] - centre[0]),
            4.0 * bulge.atan(),
            chord,
        );
        out.extend(&points[1..points.len() - 1]);
    }
    (out, closed)
}
