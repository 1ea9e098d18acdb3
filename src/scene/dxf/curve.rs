//! Curves as points: arcs, and splines with weights. Chords keep the area of the curve they stand for.

use super::Point;
use crate::plate::kerf::area_keeping;

/// Most times that a piece of a spline is halved.
const MOST_HALVINGS: u32 = 12;

/// A map of the plane: a turn, a stretch and a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine {
    /// Where the unit vectors go, and the origin.
    pub columns: [Point; 3],
}

impl Affine {
    /// A stretch along x and y.
    pub(super) const fn scale(x: f64, y: f64) -> Self {
        Self { columns: [[x, 0.0], [0.0, y], [0.0, 0.0]] }
    }

    /// A shift.
    pub(super) const fn shift(by: Point) -> Self {
        Self { columns: [[1.0, 0.0], [0.0, 1.0], by] }
    }

    /// A turn, radians.
    pub(super) fn turn(angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { columns: [[cos, sin], [-sin, cos], [0.0, 0.0]] }
    }

    /// Where a point goes.
    pub(super) fn at(&self, p: Point) -> Point {
        let [x, y, o] = self.columns;
        [o[0] + p[0] * x[0] + p[1] * y[0], o[1] + p[0] * x[1] + p[1] * y[1]]
    }

    /// This map after another one.
    pub(super) fn after(&self, first: &Self) -> Self {
        let way = |v: Point| {
            let (to, from) = (self.at(v), self.columns[2]);
            [to[0] - from[0], to[1] - from[1]]
        };
        let [x, y, o] = first.columns;
        Self { columns: [way(x), way(y), self.at(o)] }
    }

    /// The most that a length grows.
    pub(super) fn stretch(&self) -> f64 {
        let [x, y, _] = self.columns;
        0.5 * ((x[0] + y[1]).hypot(x[1] - y[0]) + (x[0] - y[1]).hypot(x[1] + y[0]))
    }
}

/// An arc, both ends included. Inner points lie a little outside the circle, so that the sector keeps its area.
pub(super) fn arc(centre: Point, radius: f64, from: f64, sweep: f64, chord: f64) -> Vec<Point> {
    let each = 2.0 * (1.0 - (chord / radius.max(chord)).min(1.0)).acos();
    let count = (sweep.abs() / each.max(1e-3)).ceil().clamp(2.0, 1e4) as usize;
    let outwards = area_keeping(count as f64, sweep.abs() / count as f64);
    let point = |i: usize| {
        let angle = from + sweep * i as f64 / count as f64;
        let radius = if i == 0 || i == count { radius } else { radius * outwards };
        [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()]
    };
    (0..=count).map(point).collect()
}

/// A spline with weights: its basis begins and ends where `degree` spans meet on both sides.
pub(super) struct Nurbs {
    /// Degree, at least 1.
    pub degree: usize,
    /// Knots, never falling: as many as points, degree and 1 together.
    pub knots: Vec<f64>,
    /// Control points times their weight, and the weight.
    pub points: Vec<[f64; 3]>,
}

impl Nurbs {
    /// The point at `t` of the span that begins with knot `span`, by de Boor.
    fn at(&self, span: usize, t: f64) -> Point {
        let mut d: Vec<[f64; 3]> = self.points[span - self.degree..=span].to_vec();
        for r in 1..=self.degree {
            for j in (r..=self.degree).rev() {
                let (low, high) = (self.knots[j + span - self.degree], self.knots[j + 1 + span - r]);
                let share = if high > low { (t - low) / (high - low) } else { 0.0 };
                d[j] = [0, 1, 2].map(|n| (1.0 - share) * d[j - 1][n] + share * d[j][n]);
            }
        }
        let [x, y, weight] = d[self.degree];
        [x / weight, y / weight]
    }

    /// The curve as chords no further from it than `chord`, both ends included.
    pub(super) fn flat(&self, chord: f64) -> Vec<Point> {
        let mut points = Vec::new();
        // The area between each chord and the curve to its right.
        let mut left_out = Vec::new();
        for span in self.degree..self.points.len() {
            let (low, high) = (self.knots[span], self.knots[span + 1]);
            if high <= low {
                continue;
            }
            let curve = |t: f64| self.at(span, t);
            points.is_empty().then(|| points.push(curve(low)));
            // Pieces enough that a chord cannot miss a turn between the points that are looked at.
            let pieces = if self.degree == 1 { 1 } else { self.degree.max(2) };
            for n in 0..pieces {
                let t = |n: usize| low + (high - low) * n as f64 / pieces as f64;
                halved(&curve, [t(n), t(n + 1)], chord, MOST_HALVINGS, &mut points, &mut left_out);
            }
        }
        kept(&mut points, &left_out, chord);
        points
    }
}

/// Adds the end of every chord of a piece, and what lies beside the chord.
fn halved(
    curve: &impl Fn(f64) -> Point,
    [low, high]: [f64; 2],
    chord: f64,
    more: u32,
    points: &mut Vec<Point>,
    left_out: &mut Vec<f64>,
) {
    let (a, b) = (curve(low), curve(high));
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = along[0].hypot(along[1]);
    let beside = |p: Point| {
        let p = [p[0] - a[0], p[1] - a[1]];
        if length > 0.0 { (p[0] * along[1] - p[1] * along[0]) / length } else { p[0].hypot(p[1]) }
    };
    let inner = [0.25, 0.5, 0.75].map(|share| beside(curve(low + share * (high - low))));
    if more > 0 && inner.iter().any(|away| away.abs() > chord) {
        let middle = 0.5 * (low + high);
        halved(curve, [low, middle], chord, more - 1, points, left_out);
        halved(curve, [middle, high], chord, more - 1, points, left_out);
    } else {
        points.push(b);
        // Two thirds of height times length, as under a parabola.
        left_out.push(2.0 / 3.0 * inner[1] * length);
    }
}

/// Moves the inner points outwards by what the chords leave out, half of it at either end, so that the area stays.
fn kept(points: &mut [Point], left_out: &[f64], chord: f64) {
    let count = points.len();
    if count < 3 {
        return;
    }
    let still = points.to_vec();
    for n in 1..count - 1 {
        // The ends of the whole stay where they are: their neighbours take over.
        let share = |chord: usize| if chord == 0 || chord + 2 == count { left_out[chord] } else { 0.5 * left_out[chord] };
        let missing = share(n - 1) + share(n);
        let (before, after) = (still[n - 1], still[n + 1]);
        let across = [after[0] - before[0], after[1] - before[1]];
        let length = across[0].hypot(across[1]);
        if length > 0.0 {
            let away = (2.0 * missing / length).clamp(-chord, chord);
            points[n] = [still[n][0] + away * across[1] / length, still[n][1] - away * across[0] / length];
        }
    }
}
