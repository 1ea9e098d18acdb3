//! Which piece touches the plate's border, and which path point freed it.
//!
//! In: rings and path points. Out: yes or no, a number. May use: `plate::geometry`.

use crate::plate::geometry::{Point, Region, distance_to_segment_m, edges};
use std::collections::HashMap;

/// Nearer than this to the plate's border is on it, metres.
const ON_BORDER_M: f64 = 1.0e-7;

/// Edges of rings, sorted into square cells, so that looking near a point costs little.
pub(super) struct Border {
    cell_m: f64,
    edges: Vec<(Point, Point)>,
    cells: HashMap<(i64, i64), Vec<u32>>,
}

impl Border {
    pub(super) fn new<'a>(rings: impl Iterator<Item = &'a [Point]>) -> Self {
        let edges: Vec<(Point, Point)> = rings.flat_map(edges).collect();
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for (p, _) in &edges {
            low = [low[0].min(p[0]), low[1].min(p[1])];
            high = [high[0].max(p[0]), high[1].max(p[1])];
        }
        let size_m = (high[0] - low[0]).max(high[1] - low[1]);
        let cell_m = if size_m.is_finite() { (size_m / 256.0).max(1e-4) } else { 1.0 };
        let mut border = Self { cell_m, edges, cells: HashMap::new() };
        for (number, &(a, b)) in border.edges.iter().enumerate() {
            // Cell by cell along the edge, in pieces no longer than a cell.
            let pieces = ((b[0] - a[0]).abs().max((b[1] - a[1]).abs()) / cell_m).ceil().clamp(1.0, 4096.0) as u32;
            for i in 0..pieces {
                let at = |j: u32| {
                    let t = f64::from(j) / f64::from(pieces);
                    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
                };
                let (p, q) = (border.cell(at(i)), border.cell(at(i + 1)));
                for x in p.0.min(q.0)..=p.0.max(q.0) {
                    for y in p.1.min(q.1)..=p.1.max(q.1) {
                        let list = border.cells.entry((x, y)).or_default();
                        if list.last() != Some(&(number as u32)) {
                            list.push(number as u32);
                        }
                    }
                }
            }
        }
        border
    }

    fn cell(&self, p: Point) -> (i64, i64) {
        ((p[0] / self.cell_m).floor() as i64, (p[1] / self.cell_m).floor() as i64)
    }

    /// True where some edge is within `reach_m` of `p`.
    fn near(&self, p: Point, reach_m: f64) -> bool {
        let (low, high) = (self.cell([p[0] - reach_m, p[1] - reach_m]), self.cell([p[0] + reach_m, p[1] + reach_m]));
        (low.0..=high.0).any(|x| {
            (low.1..=high.1).any(|y| {
                self.cells.get(&(x, y)).is_some_and(|list| {
                    list.iter().any(|&i| {
                        let (a, b) = self.edges[i as usize];
                        distance_to_segment_m(p, a, b) <= reach_m
                    })
                })
            })
        })
    }

    /// True where some point of the ring is on these edges.
    pub(super) fn touches(&self, ring: &[Point]) -> bool {
        ring.iter().any(|&p| self.near(p, ON_BORDER_M))
    }

    /// How much of a ring lies on these edges, metres.
    pub(super) fn shared_m(&self, ring: &[Point]) -> f64 {
        let middle = |a: Point, b: Point| [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
        let on = |(a, b): &(Point, Point)| [*a, middle(*a, *b), *b].into_iter().all(|p| self.near(p, ON_BORDER_M));
        edges(ring).filter(on).map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum()
    }
}

/// Distance between places of a ring that are looked at, metres: a share of its box at most.
const SAMPLE_M: f64 = 0.5e-3;
const SAMPLE_SHARE: f64 = 0.02;
/// A kerf has made a place of a ring that is no further from the path than half the kerf, this much more (metres), and this share of the kerf. Basis:
/// estimate; the kerf's polygons are within 2 µm.
const NEAR_M: f64 = 5.0e-6;
const NEAR_SHARE: f64 = 0.02;
/// Points of consecutive numbers that are nearer than this belong to one cut, metres.
const LINKED_M: f64 = 3.0e-3;

/// The number of the point with which the outer ring of `piece` was cut all round: of `path`, in the order of time, the last that made a place of the
/// ring which no earlier one had made. What passes there again later frees nothing.
pub(super) fn freed_at(piece: &Region, path: &[(usize, Point, f64)]) -> Option<usize> {
    let [low, high] = piece.bounds_m();
    let step = SAMPLE_M.min(SAMPLE_SHARE * (high[0] - low[0]).max(high[1] - low[1])).max(1e-7);
    let reach = |kerf_m: f64| 0.5 * kerf_m * (1.0 + NEAR_SHARE) + NEAR_M;
    let cell = path.iter().map(|&(.., kerf_m)| reach(kerf_m)).fold(1e-6, f64::max);
    let place = |p: Point| ((p[0] / cell).floor() as i64, (p[1] / cell).floor() as i64);
    let mut unmade: HashMap<(i64, i64), Vec<Point>> = HashMap::new();
    for (a, b) in edges(&piece.outer) {
        let pieces = ((b[0] - a[0]).hypot(b[1] - a[1]) / step).ceil().clamp(1.0, 1e5) as u32;
        for k in 0..pieces {
            let share = f64::from(k) / f64::from(pieces);
            let p = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
            unmade.entry(place(p)).or_default().push(p);
        }
    }
    let (mut freed, mut before) = (None, None);
    for &(number, p, kerf_m) in path {
        let from = before.replace((number, p));
        let linked = |&(other, q): &(usize, Point)| other + 1 == number && (q[0] - p[0]).hypot(q[1] - p[1]) < LINKED_M;
        let from = from.filter(linked).map_or(p, |(_, q)| q);
        let reach = reach(kerf_m);
        let (least, most) = ([0, 1].map(|i| from[i].min(p[i]) - reach), [0, 1].map(|i| from[i].max(p[i]) + reach));
        if kerf_m <= 0.0 || (0..2).any(|i| most[i] < low[i] || least[i] > high[i]) {
            continue;
        }
        let ((x0, y0), (x1, y1)) = (place(least), place(most));
        for (x, y) in (x0..=x1).flat_map(|x| (y0..=y1).map(move |y| (x, y))) {
            if let Some(places) = unmade.get_mut(&(x, y)) {
                let count = places.len();
                places.retain(|&q| distance_to_segment_m(q, from, p) > reach);
                if places.len() < count {
                    freed = Some(number);
                }
            }
        }
    }
    freed
}
