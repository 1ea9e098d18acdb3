//! Pieces to rings: what is drawn twice counts once, open pieces are joined end to end, and rings must not cross themselves.

use std::collections::HashMap;

use super::{Contour, Point, fault};
use crate::diag::{Diagnostic, Place};
use crate::plate::geometry::{distance_to_segment_m, edges, ring_area_m2};

/// Ends nearer than this belong together, mm.
const JOINS_MM: f64 = 0.05;
/// Lines nearer than this all along are the same, mm; anything shorter is a point.
const SAME_MM: f64 = 1e-3;
/// Least length of a ring, mm: ends of shorter pieces always lie near one another.
const SHORTEST_MM: f64 = 4.0 * JOINS_MM;

/// How far edges of one ring may reach over each other by round-off, mm, and those of two rings as chords of curves that touch: one and a
/// half chords from where they do, a curve is nine times the chord error away.
const ROUNDED_MM: f64 = 1e-6;
const ALONG_MM: f64 = 10.0 * super::CHORD_MM;

/// One entity's points, mm.
pub(super) struct Piece {
    /// Points in their order.
    pub points: Vec<Point>,
    /// The last one goes on to the first.
    pub closed: bool,
    /// Line of the entity.
    pub line: u32,
}

fn away(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn length(points: &[Point]) -> f64 {
    points.windows(2).map(|two| away(two[0], two[1])).sum()
}

/// The rings of `pieces`, mm, with what is to be said of them.
pub(super) fn contours(mut pieces: Vec<Piece>) -> Result<(Vec<Contour>, Vec<Diagnostic>), Diagnostic> {
    // A dot is no contour, whatever it was drawn as.
    pieces.retain(|piece| piece.points.iter().any(|&p| away(p, piece.points[0]) > SAME_MM));
    let mut twice = without_repeats(&mut pieces);
    let (mut rings, open): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.closed);
    rings.extend(joined(open)?);
    for ring in &mut rings {
        let last = ring.points[ring.points.len() - 1];
        if ring.points.len() > 2 && away(ring.points[0], last) < SAME_MM {
            ring.points.pop();
        }
    }
    twice.extend(without_repeats(&mut rings));
    let crossing = crossings(&rings)?;
    if let Some(flat) = rings.iter().find(|ring| ring_area_m2(&ring.points).abs() < SAME_MM * length(&ring.points)) {
        let found = "the contour that begins here encloses nothing";
        return Err(fault(flat.line, found, "a contour around a part or a hole", "remove it from the drawing"));
    }
    let mut findings = Vec::new();
    twice.sort_unstable();
    if let Some(&line) = twice.first() {
        let more = if twice.len() > 1 { format!(", as are {} more", twice.len() - 1) } else { String::new() };
        let found = format!("what begins here is drawn twice{more}: it counts once");
        let place = Place { line, ..Place::default() };
        let repeat = Diagnostic::warning("S017", found).at(place).hint("remove what lies on top of something else");
        findings.push(repeat.standing_for(twice.len()));
    }
    findings.extend(crossing);
    Ok((rings.into_iter().map(|ring| Contour { line: ring.line, points: ring.points }).collect(), findings))
}

fn bounds(points: &[Point]) -> [f64; 4] {
    points.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |[a, b, c, d], p| {
        [a.min(p[0]), b.min(p[1]), c.max(p[0]), d.max(p[1])]
    })
}

/// Whether all points of `a` lie on `b`.
fn lies_on(a: &Piece, b: &Piece) -> bool {
    // An open piece has no edge from its end to its beginning.
    let count = b.points.len() - usize::from(!b.closed);
    if a.points.len() == b.points.len() && a.points.iter().zip(&b.points).all(|(p, q)| away(*p, *q) < SAME_MM) {
        return true;
    }
    a.points.iter().all(|&p| edges(&b.points).take(count).any(|(from, to)| distance_to_segment_m(p, from, to) < SAME_MM))
}

/// Takes out whatever lies on an earlier piece from end to end; gives its lines.
fn without_repeats(pieces: &mut Vec<Piece>) -> Vec<u32> {
    let boxes: Vec<[f64; 4]> = pieces.iter().map(|piece| bounds(&piece.points)).collect();
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|&a, &b| boxes[a][0].total_cmp(&boxes[b][0]));
    let mut repeats = vec![false; pieces.len()];
    for (n, &a) in order.iter().enumerate() {
        let near = order[n + 1..].iter().take_while(|&&b| boxes[b][0] - boxes[a][0] < SAME_MM);
        for &b in near.filter(|&&b| (0..4).all(|side| (boxes[a][side] - boxes[b][side]).abs() < SAME_MM)) {
            let (first, second) = (a.min(b), a.max(b));
            let alike = !repeats[first] && !repeats[second] && pieces[first].closed == pieces[second].closed;
            if alike && lies_on(&pieces[second], &pieces[first]) && lies_on(&pieces[first], &pieces[second]) {
                repeats[second] = true;
            }
        }
    }
    let lines = (0..pieces.len()).filter(|&n| repeats[n]).map(|n| pieces[n].line).collect();
    let mut keep = repeats.iter().map(|repeat| !repeat);
    pieces.retain(|_| keep.next().unwrap_or(true));
    lines
}

/// Ends of open pieces by where they are.
struct Ends<'p> {
    pieces: &'p [Piece],
    used: Vec<bool>,
    cells: HashMap<[i64; 2], Vec<(usize, bool)>>,
}

impl<'p> Ends<'p> {
    fn new(pieces: &'p [Piece]) -> Self {
        let mut cells: HashMap<[i64; 2], Vec<(usize, bool)>> = HashMap::new();
        for (n, piece) in pieces.iter().enumerate() {
            cells.entry(Self::cell(piece.points[0])).or_default().push((n, false));
            cells.entry(Self::cell(piece.points[piece.points.len() - 1])).or_default().push((n, true));
        }
        Self { pieces, used: vec![false; pieces.len()], cells }
    }

    fn cell(p: Point) -> [i64; 2] {
        p.map(|v| (v / JOINS_MM).floor() as i64)
    }

    /// The unused piece with an end nearest to `p`, whether that is its last point, and how far away it is.
    fn next(&self, p: Point) -> Option<(usize, bool, f64)> {
        let [x, y] = Self::cell(p);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| [x.saturating_add(dx), y.saturating_add(dy)]));
        let ends = around.filter_map(|cell| self.cells.get(&cell)).flatten();
        let free = ends.filter(|end| !self.used[end.0]).map(|&(n, last)| {
            let points = &self.pieces[n].points;
            (n, last, away(p, points[if last { points.len() - 1 } else { 0 }]))
        });
        free.filter(|end| end.2 < JOINS_MM).min_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)))
    }
}

/// Where a piece begins in a chain of them.
#[derive(Clone, Copy)]
struct Joint {
    /// Index of its first point.
    at: usize,
    /// Length of the chain up to there, mm.
    before: f64,
    line: u32,
}

/// Pieces put together so far.
struct Chain {
    points: Vec<Point>,
    joints: Vec<Joint>,
    length: f64,
}

impl Chain {
    fn add(&mut self, piece: &Piece, backwards: bool) {
        let at = self.points.len().saturating_sub(1);
        self.joints.push(Joint { at, before: self.length, line: piece.line });
        let mut points = piece.points.clone();
        if backwards {
            points.reverse();
        }
        // The end of the one before stays, and the beginning of this one goes.
        let kept = self.points.len().min(1);
        let from = at;
        self.points.extend(points.drain(kept..));
        self.length += length(&self.points[from..]);
    }

    /// The ring that the last piece has closed, if it has; not where another piece goes on from nearer by, `next_mm` away.
    fn ring(&mut self, next_mm: f64) -> Option<Piece> {
        let last = self.points[self.points.len() - 1];
        // Most joints are far off, which is seen sooner than how far.
        let beside = |p: Point| (p[0] - last[0]).abs() < JOINS_MM && (p[1] - last[1]).abs() < JOINS_MM;
        let joints = self.joints.iter().enumerate().filter(|(_, joint)| beside(self.points[joint.at]));
        let gaps = joints.map(|(n, joint)| (n, (away(self.points[joint.at], last), self.length - joint.before)));
        let met = gaps.filter(|(_, (gap, around))| *gap < JOINS_MM && *gap <= next_mm + ROUNDED_MM && *around > SHORTEST_MM);
        let met = met.min_by(|a, b| a.1.0.total_cmp(&b.1.0))?.0;
        let Joint { at, before, line } = self.joints[met];
        let mut points = self.points[at..].to_vec();
        points.pop();
        self.points.truncate(at + 1);
        self.joints.truncate(met);
        self.length = before;
        Some(Piece { points, closed: true, line })
    }

    /// The same chain from its end to its beginning.
    fn turn(&mut self) {
        let (last, whole) = (self.points.len() - 1, self.length);
        let ends = self.joints.iter().skip(1).map(|joint| (joint.at, joint.before)).chain([(last, whole)]);
        let turned =
            |(joint, (at, before)): (&Joint, (usize, f64))| Joint { at: last - at, before: whole - before, line: joint.line };
        self.joints = self.joints.iter().zip(ends).map(turned).collect();
        self.joints.reverse();
        self.points.reverse();
    }
}

/// Open pieces joined end to end into rings.
fn joined(open: Vec<Piece>) -> Result<Vec<Piece>, Diagnostic> {
    let mut ends = Ends::new(&open);
    let mut out = Vec::new();
    for first in 0..open.len() {
        if ends.used[first] {
            continue;
        }
        let mut chain = Chain { points: Vec::new(), joints: Vec::new(), length: 0.0 };
        let (mut next, mut turned) = (Some((first, false, 0.0)), false);
        loop {
            if let Some((n, backwards, _)) = next {
                ends.used[n] = true;
                chain.add(&open[n], backwards);
            } else if turned {
                return Err(gap(&chain));
            } else {
                chain.turn();
                turned = true;
            }
            next = ends.next(chain.points[chain.points.len() - 1]);
            if let Some(ring) = chain.ring(next.map_or(JOINS_MM, |next| next.2)) {
                out.push(ring);
                if chain.joints.is_empty() {
                    break;
                }
                next = ends.next(chain.points[chain.points.len() - 1]);
            }
        }
    }
    Ok(out)
}

/// What is said of a chain that stays open.
fn gap(chain: &Chain) -> Diagnostic {
    let (from, to) = (chain.points[0], chain.points[chain.points.len() - 1]);
    let lines = [&chain.joints[0], &chain.joints[chain.joints.len() - 1]].map(|joint| joint.line);
    let found = format!(
        "a contour does not close: its ends are {:.3} mm apart, at {:.3}, {:.3} (line {}) and {:.3}, {:.3} mm (line {})",
        away(from, to),
        from[0],
        from[1],
        lines[0],
        to[0],
        to[1],
        lines[1]
    );
    let hint = "close it; what is no contour may go on a layer that is off, or be drawn in centre lines";
    fault(lines[1], found, format!("ends nearer than {JOINS_MM} mm"), hint)
}

/// One edge of a ring.
struct Edge {
    ring: usize,
    from: Point,
    to: Point,
    /// Length of the ring up to it, mm.
    before: f64,
}

impl Edge {
    /// Where a point lies to the left of the edge's line, mm.
    fn left(&self, p: Point) -> f64 {
        let (dx, dy) = (self.to[0] - self.from[0], self.to[1] - self.from[1]);
        ((p[1] - self.from[1]) * dx - (p[0] - self.from[0]) * dy) / dx.hypot(dy).max(f64::MIN_POSITIVE)
    }

    /// Where another edge goes through this one; nothing where they only touch: rounded numbers, and of two rings the chords of a curve
    /// that runs along the other.
    fn crossed(&self, other: &Self) -> Option<Point> {
        let ([a, b], [c, d]) = ([self.left(other.from), self.left(other.to)], [other.left(self.from), other.left(self.to)]);
        let least = if self.ring == other.ring { ROUNDED_MM } else { ALONG_MM };
        let touch = a.abs().max(b.abs()).min(c.abs().max(d.abs())) < least;
        if touch || a * b >= 0.0 || c * d >= 0.0 {
            return None;
        }
        let share = a / (a - b);
        Some([0, 1].map(|n| other.from[n] + share * (other.to[n] - other.from[n])))
    }
}

/// Refuses a ring that crosses itself; warns where two cross.
fn crossings(rings: &[Piece]) -> Result<Option<Diagnostic>, Diagnostic> {
    let around: Vec<f64> = rings.iter().map(|ring| edges(&ring.points).map(|(a, b)| away(a, b)).sum()).collect();
    let mut all = Vec::new();
    for (ring, piece) in rings.iter().enumerate() {
        let mut before = 0.0;
        for (from, to) in edges(&piece.points) {
            all.push(Edge { ring, from, to, before });
            before += away(from, to);
        }
    }
    let low = |edge: &Edge, axis: usize| edge.from[axis].min(edge.to[axis]);
    let high = |edge: &Edge, axis: usize| edge.from[axis].max(edge.to[axis]);
    all.sort_by(|a, b| low(a, 0).total_cmp(&low(b, 0)));
    let mut warning = None;
    for (n, a) in all.iter().enumerate() {
        for b in all[n + 1..].iter().take_while(|b| low(b, 0) <= high(a, 0)) {
            if low(b, 1) > high(a, 1) || high(b, 1) < low(a, 1) {
                continue;
            }
            let Some([x, y]) = a.crossed(b) else { continue };
            let [line, other] = [a, b].map(|edge| rings[edge.ring].line);
            if a.ring == b.ring {
                let between = (a.before - b.before).abs();
                // Where pieces are joined they may run over each other a little.
                if between.min(around[a.ring] - between) > SHORTEST_MM {
                    let found = format!("the contour that begins here crosses itself at {x:.3}, {y:.3} mm");
                    return Err(fault(line, found, "a contour with one inside", "correct it in the drawing"));
                }
            } else if warning.is_none() {
                let found = format!("the contour that begins here crosses that of line {} at {x:.3}, {y:.3} mm", line.min(other));
                let place = Place { line: line.max(other), ..Place::default() };
                let hint = "a part has one outline, and its holes lie within it";
                warning = Some(Diagnostic::warning("S017", found).at(place).hint(hint));
            }
        }
    }
    Ok(warning)
}
