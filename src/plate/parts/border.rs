//! Which piece touches the plate's border, and which path point freed it.
//!
//! In: rings and path points. Out: yes or no, a number. May use: `plate::geometry`.

use crate::plate::geometry::{Point, Region, distance_to_segment_m, edges};
use std::collections::HashMap;

/// Nearer than this to the plate's border is on it, metres.
const ON_BORDER_M: f64 = 1.0e-7;
/// A kerf borders a ring when the ring is no further from the path point than half the kerf, this much more (metres),
/// and this share of the kerf. Basis: estimate; the kerf's polygons are within 2 µm.
const NEAR_M: f64 = 5.0e-6;
const NEAR_SHARE: f64 = 0.02;

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
}

/// The number of the first of `latest_first` whose kerf borders the outer ring of `piece`.
pub(super) fn freed_at(piece: &Region, latest_first: &[(usize, Point, f64)]) -> Option<usize> {
    let ring = Border::new(std::iter::once(piece.outer.as_slice()));
    let [low, high] = piece.bounds_m();
    latest_first
        .iter()
        .find(|&&(_, p, kerf_m)| {
            let reach_m = 0.5 * kerf_m * (1.0 + NEAR_SHARE) + NEAR_M;
            kerf_m > 0.0
                && p[0] > low[0] - reach_m
                && p[0] < high[0] + reach_m
                && p[1] > low[1] - reach_m
                && p[1] < high[1] + reach_m
                && ring.near(p, reach_m)
        })
        .map(|&(number, ..)| number)
}
