//! LinuxCNC's splines: G5 (cubic), G5.1 (quadratic), G5.2 and G5.3 (NURBS), all in the XY plane.
//!
//! In: a block's commands. Out: straight moves that follow the curve. May use `diag`.

use super::findings::{Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::item::{MoveKind, Plane};
use super::output::Draft;
use super::state::FARTHEST_MM;
use super::vocabulary::Group;
use super::words::Commands;
use crate::diag::Diagnostic;

/// How far chords may lie beside a curve, mm.
const CHORD_MM: f64 = 0.002;
/// Most chords of one curve.
const MOST_CHORDS: f64 = 10_000.0;

type Point2 = [f64; 2];

/// A NURBS being collected.
#[derive(Clone, Debug, Default)]
pub(super) struct Nurbs {
    points: Vec<(Point2, f64)>,
    order: usize,
}

impl Interpreter<'_, '_> {
    /// Executes G5, G5.1 or G5.2.
    pub(super) fn spline(&mut self, motion: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.block_span();
        if self.state.compensation.side.is_some() {
            return Err(self.not_while_compensating(span, "a spline moves"));
        }
        if motion == 52 {
            return self.control_point(commands);
        }
        if self.state.plane != Plane::Xy {
            return Err(refusal("P026", span, "a spline outside the XY plane").expected("G17"));
        }
        for letter in ['Z', 'A', 'B', 'C'] {
            if commands.has(letter) {
                return Err(refusal("P026", commands.span(letter), format!("{letter} in a spline")).expected("X and Y only"));
            }
        }
        if !self.set_feed(commands, || 1.0)? {
            self.state.at = self.state.target(commands)?;
            commands.forgive_unused();
            return Ok(());
        }
        let from = [self.state.at[0], self.state.at[1]];
        let offset = |s: &Self, commands: &mut Commands, letter| s.state.length(commands, letter, FARTHEST_MM);
        let (i, j) = (offset(self, commands, 'I')?, offset(self, commands, 'J')?);
        let target = self.state.target(commands)?;
        let to = [target[0], target[1]];
        let chords = |largest: f64| (largest / CHORD_MM).sqrt().ceil().clamp(1.0, MOST_CHORDS);
        let bend = |a: Point2, b: Point2, c: Point2| (a[0] - 2.0 * b[0] + c[0]).hypot(a[1] - 2.0 * b[1] + c[1]);
        if motion == 51 {
            let (Some(i), Some(j)) = (i, j) else {
                return Err(
                    refusal("P027", span, "G5.1 without both I and J").expected("I and J, from the start to the control point")
                );
            };
            let middle = [from[0] + i, from[1] + j];
            // A chord of the n-th part lies |P0 − 2 P1 + P2| / (4 n²) beside a quadratic curve.
            self.chords(chords(bend(from, middle, to) / 4.0), target, |t| bezier(&[from, middle, to], t));
        } else {
            let sticky = self.state.sticky.offsets;
            let (i, j) = match (i, j) {
                (Some(i), Some(j)) => (i, j),
                (None, None) if self.state.motion == Some(50) => (sticky[0], sticky[1]),
                _ => return Err(refusal("P027", span, "G5 without both I and J").expected("both, or neither after another G5")),
            };
            let (Some(p), Some(q)) = (offset(self, commands, 'P')?, offset(self, commands, 'Q')?) else {
                return Err(refusal("P027", span, "G5 without both P and Q")
                    .expected("P and Q, from the end to the second control point"));
            };
            let (one, two) = ([from[0] + i, from[1] + j], [to[0] + p, to[1] + q]);
            let largest = bend(from, one, two).max(bend(one, two, to));
            self.chords(chords(0.75 * largest), target, |t| bezier(&[from, one, two, to], t));
            (self.state.sticky.offsets[0], self.state.sticky.offsets[1]) = (-p, -q);
        }
        self.state.motion = Some(motion);
        Ok(())
    }

    /// Straight moves along `curve`, which ends at `target` for a parameter of 1.
    fn chords(&mut self, count: f64, target: super::state::Place, curve: impl Fn(f64) -> Point2) {
        self.out.findings.once(Once::Spline, self.out.span, || {
            Diagnostic::note("P212", format!("splines are followed by straight moves within {CHORD_MM} mm"))
        });
        self.state.moved();
        for k in 1..=count as u32 {
            let mut to = target;
            if f64::from(k) < count {
                [to[0], to[1]] = curve(f64::from(k) / count);
            }
            self.state.at = to;
            self.out.make_move(&self.state, Draft { kind: MoveKind::Feed, to, arc: None, feed: self.state.feed, in_work: true });
        }
    }

    /// G5.2: one more control point.
    fn control_point(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.block_span();
        let (x, y) = (commands.has('X'), commands.has('Y'));
        let weight = commands.take('P').unwrap_or(-1.0);
        if self.state.motion != Some(52) {
            self.nurbs = Nurbs::default();
        }
        let first = self.nurbs.points.is_empty();
        if x != y {
            return Err(refusal("P028", span, "a control point without both X and Y").expected("X and Y"));
        }
        if !x && !first && weight > 0.0 {
            return Err(refusal("P028", span, "P without X and Y after the first control point").expected("X, Y and P"));
        }
        if weight <= 0.0 && !first {
            return Err(refusal("P028", span, "a control point without a weight").expected("P above zero"));
        }
        // Without a feed there is no curve; its end is where it would be.
        self.set_feed(commands, || 1.0)?;
        let here = [self.state.at[0], self.state.at[1]];
        if first {
            self.nurbs.points.push((here, if !x && weight > 0.0 { weight } else { 1.0 }));
            self.nurbs.order = 3;
        }
        if let Some(order) = commands.take('L').filter(|l| *l > 3.0) {
            self.nurbs.order = order.min(20.0) as usize;
        }
        if x {
            let target = self.state.target(commands)?;
            self.nurbs.points.push(([target[0], target[1]], if weight > 0.0 { weight } else { 1.0 }));
        }
        self.state.motion = Some(52);
        Ok(())
    }

    /// G5.3: the curve through what was collected.
    pub(super) fn nurbs_end(&mut self, commands: &Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::NonModal);
        let curve = std::mem::take(&mut self.nurbs);
        // A curve that was refused before has left nothing.
        if self.state.motion != Some(52) || curve.points.is_empty() {
            return Err(refusal("P028", span, "G5.3 without G5.2").expected("the control points before it"));
        }
        if curve.points.len() < curve.order {
            return Err(refusal("P028", span, format!("a curve of order {} with {} points", curve.order, curve.points.len()))
                .expected(format!("at least {} points", curve.order)));
        }
        self.state.motion = None;
        self.state.doubt.curve = false;
        let mut target = self.state.at;
        let polygon: f64 = curve.points.windows(2).map(|w| (w[1].0[0] - w[0].0[0]).hypot(w[1].0[1] - w[0].0[1])).sum();
        if let Some((last, _)) = curve.points.last() {
            (target[0], target[1]) = (last[0], last[1]);
        }
        if self.state.feed == 0.0 {
            self.state.at = target;
            return Ok(());
        }
        // Half a millimetre long, chords lie within 2 µm of any curve whose radius is above 16 mm.
        let count = (polygon / 0.5).ceil().clamp(32.0, MOST_CHORDS);
        self.chords(count, target, |t| curve.at(t));
        Ok(())
    }
}

impl Nurbs {
    /// The point at `t` from 0 to 1, by de Boor's recursion on clamped uniform knots.
    fn at(&self, t: f64) -> Point2 {
        let (n, k) = (self.points.len(), self.order);
        let spans = n - k + 1;
        let knot = |i: usize| (i.max(k - 1) - (k - 1)).min(spans) as f64;
        let u = t * spans as f64;
        let span = (u.floor() as usize).min(spans - 1) + k - 1;
        let mut points: Vec<[f64; 3]> = (span + 1 - k..=span)
            .map(|i| {
                let (p, w) = self.points[i];
                [p[0] * w, p[1] * w, w]
            })
            .collect();
        for level in 1..k {
            for j in (level..k).rev() {
                let i = span + 1 - k + j;
                let (low, high) = (knot(i), knot(i + k - level));
                let share = if high > low { (u - low) / (high - low) } else { 0.0 };
                let before = points[j - 1];
                for (c, before) in points[j].iter_mut().zip(before) {
                    *c = (1.0 - share) * before + share * *c;
                }
            }
        }
        let [x, y, w] = points[k - 1];
        [x / w, y / w]
    }
}

/// A point of a Bézier curve, by de Casteljau's recursion.
fn bezier(points: &[Point2], t: f64) -> Point2 {
    let mut left = [[0.0; 2]; 4];
    left[..points.len()].copy_from_slice(points);
    for level in 1..points.len() {
        for i in 0..points.len() - level {
            let [a, b] = [left[i], left[i + 1]];
            left[i] = [(1.0 - t) * a[0] + t * b[0], (1.0 - t) * a[1] + t * b[1]];
        }
    }
    left[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nurbs_of_one_span_is_a_bezier_curve() {
        let points = [[0.0, 0.0], [1.0, 2.0], [3.0, -1.0]];
        let curve = Nurbs { points: points.iter().map(|p| (*p, 1.0)).collect(), order: 3 };
        for k in 0..=10 {
            let t = f64::from(k) / 10.0;
            let (a, b) = (curve.at(t), bezier(&points, t));
            assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 1e-12, "{a:?} {b:?}");
        }
    }

    /// Closed form: a quarter circle as a rational quadratic curve with middle weight √½.
    #[test]
    fn weights_make_circles() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let curve = Nurbs { points: vec![([1.0, 0.0], 1.0), ([1.0, 1.0], half), ([0.0, 1.0], 1.0)], order: 3 };
        for k in 0..=10 {
            let p = curve.at(f64::from(k) / 10.0);
            assert!((p[0].hypot(p[1]) - 1.0).abs() < 1e-12, "{p:?}");
        }
    }
}
