//! Closed contours whose non-zero fill is the area swept along a path.
//!
//! In: path points. Out: contours for the union in `mod.rs`. May use: `plate::geometry`.
//!
//! A point is removed if some disc of the path covers it. The disc that covers it deepest sits inside a segment, and
//! then the point lies in the quadrilateral between the two tangents of that segment, or on a path point, and then it
//! lies in the wedge between the tangent normals on the outer side of that corner (or in an end cap). Quadrilaterals,
//! wedges and caps of one path add up to one closed contour which winds at least once around everything removed and
//! never around anything else, so that one fill by the non-zero rule gives the exact union.

use super::PathPoint;
use crate::plate::geometry::Point;
use std::f64::consts::PI;

/// How far the polygons of round ends may be from the circle, metres.
pub const ROUND_TOLERANCE_M: f64 = 2.0e-6;
/// Sharper turns than this (cosine) are made of two ends instead of one corner.
const SHARP_COSINE: f64 = -0.5;
/// Steeper tapers than this (sine of the tangent's tilt) likewise.
const STEEP_SINE: f64 = 0.5;
/// Tapers gentler than this allow the short cut on the inner side of a corner.
const GENTLE_SINE: f64 = 0.05;

/// A disc of the front.
#[derive(Clone, Copy, Debug)]
struct Disc {
    c: Point,
    r: f64,
}

/// A segment between two discs: direction, sine of the tangents' tilt, normals of the tangents.
#[derive(Clone, Copy, Debug)]
struct Link {
    u: Point,
    sine: f64,
    right: Point,
    left: Point,
}

fn link(a: Disc, b: Disc) -> Option<Link> {
    let (dx, dy) = (b.c[0] - a.c[0], b.c[1] - a.c[1]);
    let d = dx.hypot(dy);
    let sine = (a.r - b.r) / d;
    // One disc inside the other, or nearly: no tangents.
    if d.is_nan() || d <= 1e-9 || sine.abs() > 0.9999 {
        return None;
    }
    let cosine = (1.0 - sine * sine).sqrt();
    let u = [dx / d, dy / d];
    Some(Link {
        u,
        sine,
        right: [cosine * u[1] + sine * u[0], -cosine * u[0] + sine * u[1]],
        left: [-cosine * u[1] + sine * u[0], cosine * u[0] + sine * u[1]],
    })
}

fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn along(disc: Disc, n: Point) -> Point {
    [disc.c[0] + disc.r * n[0], disc.c[1] + disc.r * n[1]]
}

/// How far from the centre, in radii, the inner vertices of an arc of `pieces` chords over `delta` radians each must lie so that its sector keeps
/// its area, while its two ends stay on the circle.
pub fn area_keeping(pieces: f64, delta: f64) -> f64 {
    let whole = pieces * delta / delta.sin().max(1e-300);
    if pieces > 2.5 {
        let a = pieces - 2.0;
        ((1.0 + a * whole).sqrt() - 1.0) / a
    } else {
        0.5 * whole
    }
}

/// The arc from the normal `from` over the signed angle `sweep`, both ends included. Inner vertices lie a little outside
/// the circle, so that the sector keeps its area.
fn arc(disc: Disc, from: Point, sweep: f64, out: &mut Vec<Point>) {
    let largest = (6.0 * ROUND_TOLERANCE_M / disc.r).sqrt().min(0.5);
    let pieces = (sweep.abs() / largest).ceil().clamp(1.0, 10_000.0);
    let delta = sweep.abs() / pieces;
    let factor = area_keeping(pieces, delta);
    out.push(along(disc, from));
    for i in 1..pieces as u32 {
        let (s, c) = (sweep * f64::from(i) / pieces).sin_cos();
        let n = [c * from[0] - s * from[1], s * from[0] + c * from[1]];
        out.push(along(Disc { c: disc.c, r: disc.r * factor }, n));
    }
    let (s, c) = sweep.sin_cos();
    out.push(along(disc, [c * from[0] - s * from[1], s * from[0] + c * from[1]]));
}

/// Counter-clockwise angle from `a` to `b`, 0 to 2π.
fn turn(a: Point, b: Point) -> f64 {
    let angle = cross(a, b).atan2(dot(a, b));
    if angle < 0.0 { angle + 2.0 * PI } else { angle }
}

/// Where the two side edges meet on the inner side of the corner `corner`, if both are long enough for it.
fn inner_meeting(corner: Disc, before: (Disc, Link, Point), after: (Disc, Link, Point)) -> Option<Point> {
    let (start, link0, n0) = before;
    let (end, link1, n1) = after;
    if link0.sine.abs() > GENTLE_SINE || link1.sine.abs() > GENTLE_SINE {
        return None;
    }
    let (p, q) = (along(corner, n0), along(corner, n1));
    let (e0, e1) = (along(start, n0), along(end, n1));
    let (d0, d1) = ([e0[0] - p[0], e0[1] - p[1]], [e1[0] - q[0], e1[1] - q[1]]);
    let apart = [q[0] - p[0], q[1] - p[1]];
    let det = cross(d0, d1);
    let (t0, t1) = (cross(apart, d1) / det, cross(apart, d0) / det);
    // Up to 0.45, the corner's overlap is inside both quadrilaterals as a whole.
    ((0.0..=0.45).contains(&t0) && (0.0..=0.45).contains(&t1)).then(|| [p[0] + t0 * d0[0], p[1] + t0 * d0[1]])
}

/// One side of a corner: the wedge where it opens, the way around (or short cut through) the overlap where it closes.
/// `hand` is 1 on the right side of the path, −1 on the left.
fn corner(disc: Disc, before: (Disc, Link, Point), after: (Disc, Link, Point), hand: f64, out: &mut Vec<Point>) {
    let (n0, n1) = (before.2, after.2);
    let angle = cross(n0, n1).atan2(dot(n0, n1));
    if angle.abs() < 1e-9 {
        out.push(along(disc, n1));
    } else if hand * angle > 0.0 {
        arc(disc, n0, angle, out);
    } else if let Some(meeting) = inner_meeting(disc, before, after) {
        out.push(meeting);
    } else {
        out.extend([along(disc, n0), disc.c, along(disc, n1)]);
    }
}

/// The contour of a chain whose corners are neither sharp nor steep.
fn chain_contour(discs: &[Disc], links: &[Link]) -> Vec<Point> {
    let mut out = Vec::with_capacity(3 * discs.len() + 128);
    let (Some(&first), Some(&last)) = (discs.first(), discs.last()) else { return out };
    let (Some(&l0), Some(&ln)) = (links.first(), links.last()) else {
        arc(first, [1.0, 0.0], 2.0 * PI, &mut out);
        out.pop();
        return out;
    };
    let corners = || (1..links.len()).map(|i| (discs[i], (discs[i - 1], links[i - 1]), (discs[i + 1], links[i])));
    out.push(along(first, l0.right));
    for (disc, (a, la), (b, lb)) in corners() {
        corner(disc, (a, la, la.right), (b, lb, lb.right), 1.0, &mut out);
    }
    arc(last, ln.right, turn(ln.right, ln.left), &mut out);
    let mut left = vec![along(first, l0.left)];
    for (disc, (a, la), (b, lb)) in corners() {
        corner(disc, (a, la, la.left), (b, lb, lb.left), -1.0, &mut left);
    }
    left.reverse();
    left.pop();
    out.append(&mut left);
    arc(first, l0.left, turn(l0.left, l0.right), &mut out);
    out.pop();
    out
}

/// True if the chain may turn here without an end.
fn smooth(before: &Link, after: &Link) -> bool {
    dot(before.u, after.u) > SHARP_COSINE && before.sine.abs() < STEEP_SINE && after.sine.abs() < STEEP_SINE
}

/// All contours of one path.
pub(super) fn contours(path: &[PathPoint]) -> Vec<Vec<Point>> {
    let mut out = Vec::new();
    let (mut discs, mut links): (Vec<Disc>, Vec<Link>) = (Vec::new(), Vec::new());
    let mut close = |discs: &mut Vec<Disc>, links: &mut Vec<Link>| {
        if !discs.is_empty() {
            out.push(chain_contour(discs, links));
            discs.clear();
            links.clear();
        }
    };
    for point in path {
        let disc = Disc { c: point.at_m, r: 0.5 * point.kerf_m };
        if !(disc.c[0].is_finite() && disc.c[1].is_finite() && disc.r.is_finite() && disc.r > 1e-9) {
            close(&mut discs, &mut links);
            continue;
        }
        let Some(&last) = discs.last() else {
            discs.push(disc);
            continue;
        };
        match link(last, disc) {
            Some(next) => {
                if links.last().is_some_and(|before| !smooth(before, &next)) {
                    close(&mut discs, &mut links);
                    discs.push(last);
                }
                links.push(next);
                discs.push(disc);
            }
            None if disc.c == last.c && disc.r == last.r => {}
            None if links.is_empty() && disc.r >= last.r => discs = vec![disc],
            None => {
                close(&mut discs, &mut links);
                discs.push(disc);
            }
        }
    }
    close(&mut discs, &mut links);
    out
}
