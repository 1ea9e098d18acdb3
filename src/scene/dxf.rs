//! Closed contours of a drawing (DXF): lines, arcs, circles and polylines with their bulges.
//!
//! In: the text of an ASCII DXF, in millimetres or inches by its `$INSUNITS`. Out: closed rings, m. May use: `plate`'s arcs.
//!
//! Crates that read DXF whole bring images, encodings and blocks along; contours need five kinds of entity of pairs of lines.

use crate::plate::kerf::area_keeping;

/// Ends nearer than this belong together, mm.
const JOINS_MM: f64 = 0.05;
/// Chord error of arcs, mm.
const CHORD_MM: f64 = 0.25e-3;

type Point = [f64; 2];

/// Group codes and values of one entity.
type Entity<'t> = (&'t str, Vec<(i32, &'t str)>);

/// The closed contours of `text`, metres.
///
/// # Errors
/// A sentence in plain words: no ASCII DXF, a number that is none, or a contour that does not close.
pub fn contours(text: &str) -> Result<Vec<Vec<Point>>, String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut pairs = Vec::with_capacity(lines.len() / 2);
    for pair in lines.chunks_exact(2) {
        let code: i32 = pair[0].parse().map_err(|_| format!("`{}` is no group code: this is not an ASCII DXF file", pair[0]))?;
        pairs.push((code, pair[1]));
    }
    let mm = unit_mm(&pairs);
    let (mut closed, mut open) = (Vec::new(), Vec::new());
    for entity in entities(&pairs) {
        let Some((points, is_closed)) = outline(&entity, mm)? else { continue };
        if is_closed { closed.push(points) } else { open.push(points) }
    }
    closed.extend(joined(open)?);
    if closed.is_empty() {
        return Err("the drawing has no closed contour of lines, arcs, circles or polylines".to_string());
    }
    for ring in &mut closed {
        ring.iter_mut().for_each(|p| *p = p.map(|v| v * 1e-3));
    }
    Ok(closed)
}

/// Millimetres in the drawing's unit.
fn unit_mm(pairs: &[(i32, &str)]) -> f64 {
    let at = pairs.iter().position(|pair| *pair == (9, "$INSUNITS"));
    match at.and_then(|at| pairs.get(at + 1)).map(|pair| pair.1) {
        Some("1") => 25.4,
        Some("5") => 10.0,
        Some("6") => 1000.0,
        _ => 1.0,
    }
}

/// The entities of the ENTITIES section; the vertices of an old polyline stand with it.
fn entities<'t>(pairs: &[(i32, &'t str)]) -> Vec<Entity<'t>> {
    let begin = pairs.iter().position(|pair| *pair == (2, "ENTITIES")).map_or(pairs.len(), |at| at + 1);
    let mut out: Vec<Entity<'t>> = Vec::new();
    let mut in_polyline = false;
    for &(code, value) in &pairs[begin..] {
        if code != 0 {
            if let Some(last) = out.last_mut() {
                last.1.push((code, value));
            }
        } else if value == "ENDSEC" {
            break;
        } else if in_polyline && value == "VERTEX" {
            if let Some(last) = out.last_mut() {
                last.1.push((0, value));
            }
        } else {
            in_polyline = value == "POLYLINE" || in_polyline && value == "SEQEND";
            out.push((value, Vec::new()));
        }
    }
    out
}

fn number(text: &str) -> Result<f64, String> {
    text.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| format!("`{text}` in the drawing is no number"))
}

fn value(entity: &Entity<'_>, code: i32, mm: f64) -> Result<f64, String> {
    let found = entity.1.iter().find(|pair| pair.0 == code).map_or(Ok(0.0), |pair| number(pair.1))?;
    Ok(found * mm)
}

/// Points of an entity, mm, and whether it is closed; none where it is no outline.
fn outline(entity: &Entity<'_>, mm: f64) -> Result<Option<(Vec<Point>, bool)>, String> {
    let at = |x: i32, y: i32| -> Result<Point, String> { Ok([value(entity, x, mm)?, value(entity, y, mm)?]) };
    Ok(match entity.0 {
        "LINE" => Some((vec![at(10, 20)?, at(11, 21)?], false)),
        "CIRCLE" => {
            let mut ring = arc(at(10, 20)?, value(entity, 40, mm)?, 0.0, std::f64::consts::TAU);
            ring.pop();
            Some((ring, true))
        }
        "ARC" => {
            let (from, to) = (value(entity, 50, 1.0)?.to_radians(), value(entity, 51, 1.0)?.to_radians());
            Some((arc(at(10, 20)?, value(entity, 40, mm)?, from, (to - from).rem_euclid(std::f64::consts::TAU)), false))
        }
        "LWPOLYLINE" | "POLYLINE" => Some(polyline(entity, mm)?),
        _ => None,
    })
}

fn arc(centre: Point, radius: f64, from: f64, sweep: f64) -> Vec<Point> {
    let each = 2.0 * (1.0 - (CHORD_MM / radius.max(CHORD_MM)).min(1.0)).acos();
    let count = (sweep.abs() / each.max(1e-3)).ceil().clamp(2.0, 1e4) as usize;
    let outwards = area_keeping(count as f64, sweep.abs() / count as f64);
    let point = |i: usize| {
        let angle = from + sweep * i as f64 / count as f64;
        let radius = if i == 0 || i == count { radius } else { radius * outwards };
        [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()]
    };
    (0..=count).map(point).collect()
}

/// Vertices with the bulge that follows each: the tangent of a quarter of the arc's sweep.
fn polyline(entity: &Entity<'_>, mm: f64) -> Result<(Vec<Point>, bool), String> {
    let old = entity.0 == "POLYLINE";
    let mut vertices: Vec<(Point, f64)> = Vec::new();
    let (mut closed, mut head) = (false, old);
    for &(code, text) in &entity.1 {
        match code {
            0 => {
                head = false;
                vertices.push(([0.0; 2], 0.0));
            }
            70 if head || !old => closed = number(text)? as i64 & 1 == 1,
            10 if !old => vertices.push(([number(text)? * mm, 0.0], 0.0)),
            _ if head => {}
            10 | 20 | 42 => {
                let Some(last) = vertices.last_mut() else { continue };
                match code {
                    42 => last.1 = number(text)?,
                    _ => last.0[usize::from(code == 20)] = number(text)? * mm,
                }
            }
            _ => {}
        }
    }
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
        );
        out.extend(&points[1..points.len() - 1]);
    }
    let same = |a: &Point, b: &Point| (a[0] - b[0]).hypot(a[1] - b[1]) < JOINS_MM;
    if out.len() > 2 && out.first().zip(out.last()).is_some_and(|(a, b)| same(a, b)) {
        out.pop();
        closed = true;
    }
    Ok((out, closed))
}

/// Open pieces joined end to end into rings.
fn joined(mut open: Vec<Vec<Point>>) -> Result<Vec<Vec<Point>>, String> {
    let near = |a: &Point, b: &Point| (a[0] - b[0]).hypot(a[1] - b[1]) < JOINS_MM;
    let mut out = Vec::new();
    while let Some(mut ring) = open.pop() {
        while let (Some(first), Some(last)) = (ring.first().copied(), ring.last().copied()) {
            if ring.len() > 2 && near(&first, &last) {
                ring.pop();
                out.push(ring);
                break;
            }
            let next =
                open.iter().position(|piece| [piece.first(), piece.last()].into_iter().flatten().any(|end| near(end, &last)));
            let Some(next) = next else {
                return Err(format!(
                    "a contour of the drawing does not close: nothing goes on from {:.3}, {:.3}",
                    last[0], last[1]
                ));
            };
            let mut piece = open.swap_remove(next);
            if !piece.first().is_some_and(|end| near(end, &last)) {
                piece.reverse();
            }
            ring.extend(&piece[1..]);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(ring: &[Point]) -> f64 {
        let next = ring.iter().skip(1).chain(ring.first());
        0.5 * ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>()
    }

    fn drawing(entities: &str) -> String {
        format!("0\nSECTION\n2\nENTITIES\n{}0\nENDSEC\n0\nEOF\n", entities.replace(' ', "\n"))
    }

    #[test]
    fn shapes_have_their_areas() {
        let circle = contours(&drawing("0 CIRCLE 10 5 20 6 40 9\n")).unwrap();
        assert!((area(&circle[0]) / (std::f64::consts::PI * 81e-6) - 1.0).abs() < 2e-4);
        // A slot: two lines and two half circles, in any order and direction.
        let slot = "0 LINE 10 0 20 0 11 60 21 0\n0 ARC 10 0 20 10 40 10 50 90 51 270\n0 LINE 10 60 20 20 11 0 21 20\n0 ARC 10 60 20 10 40 10 50 270 51 90\n";
        let slot = contours(&drawing(slot)).unwrap();
        assert_eq!(slot.len(), 1);
        assert!((area(&slot[0]).abs() / (1200e-6 + std::f64::consts::PI * 100e-6) - 1.0).abs() < 2e-4);
        // The same slot as a light polyline with bulges, and a square of the old kind.
        let light = contours(&drawing("0 LWPOLYLINE 90 4 70 1 10 0 20 0 10 60 20 0 42 1 10 60 20 20 10 0 20 20 42 1\n")).unwrap();
        assert!((area(&light[0]) / area(&slot[0]).abs() - 1.0).abs() < 1e-4, "{}", area(&light[0]));
        let vertices = "0 VERTEX 10 0 20 0 0 VERTEX 10 2 20 0 0 VERTEX 10 2 20 2 0 VERTEX 10 0 20 2 0 SEQEND\n";
        let old = contours(&drawing(&format!("0 POLYLINE 66 1 70 1 10 0 20 0 {vertices}"))).unwrap();
        assert!((area(&old[0]) - 4e-6).abs() < 1e-15, "{old:?}");
    }

    #[test]
    fn inches_and_faults() {
        let inches = format!("0\nSECTION\n2\nHEADER\n9\n$INSUNITS\n70\n1\n0\nENDSEC\n{}", drawing("0 CIRCLE 10 0 20 0 40 1\n"));
        assert!((contours(&inches).unwrap()[0][0][0] - 0.0254).abs() < 1e-12);
        assert!(contours("hello\nworld\n").unwrap_err().contains("DXF"));
        assert!(contours(&drawing("0 LINE 10 0 20 0 11 5 21 0\n")).unwrap_err().contains("does not close"));
        assert!(contours(&drawing("0 CIRCLE 10 x 20 0 40 1\n")).unwrap_err().contains("no number"));
        assert!(contours("").unwrap_err().contains("no closed contour"));
    }
}
