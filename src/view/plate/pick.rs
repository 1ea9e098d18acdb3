//! From a place on the plate to the cut that passes nearest.

use std::collections::HashMap;

use crate::twin::record::Cut;

/// Side of a cell of the grid, m.
const CELL_M: f64 = 4e-3;

/// A point of a cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picked {
    /// Number of the cut in the record.
    pub cut: usize,
    /// Number of the point in the cut.
    pub point: usize,
    /// Distance from the place to the tip's way there, m.
    pub distance_m: f64,
}

/// Number of the cut, of the point in it, and its place.
type Entry = (u32, u32, [f64; 2]);

/// The points of all cuts by where they are: looking up takes the points of a few cells, whatever the length of the job.
#[derive(Default)]
pub struct CutGrid {
    cells: HashMap<[i32; 2], Vec<Entry>>,
}

fn cell(place: [f64; 2]) -> [i32; 2] {
    place.map(|p| (p / CELL_M).floor() as i32)
}

impl CutGrid {
    /// Of these cuts.
    pub fn new(cuts: &[Cut]) -> Self {
        let mut cells: HashMap<[i32; 2], Vec<Entry>> = HashMap::new();
        for (c, cut) in cuts.iter().enumerate() {
            for (k, point) in cut.points.iter().enumerate() {
                let at = point.tip_in_machine_m;
                cells.entry(cell(at)).or_default().push((c as u32, k as u32, at));
            }
        }
        Self { cells }
    }

    /// The point of a cut nearest to a place (machine coordinates, m), if one is within `reach_m`; of points that are equally near, the
    /// one that was cut first.
    pub fn pick(&self, place: [f64; 2], reach_m: f64) -> Option<Picked> {
        let rings = (reach_m / CELL_M).ceil().clamp(0.0, 1e3) as i32;
        let [x, y] = cell(place);
        let mut best: Option<Picked> = None;
        for ring in 0..=rings {
            // Cells of this ring are at least this far away.
            if best.is_some_and(|best| best.distance_m < f64::from(ring - 1) * CELL_M) {
                break;
            }
            for dy in -ring..=ring {
                let edge = dy.abs() == ring;
                let step = if edge { 1 } else { (2 * ring).max(1) };
                for dx in (-ring..=ring).step_by(step as usize) {
                    for &(cut, point, at) in self.cells.get(&[x + dx, y + dy]).into_iter().flatten() {
                        let distance_m = (at[0] - place[0]).hypot(at[1] - place[1]);
                        let found = Picked { cut: cut as usize, point: point as usize, distance_m };
                        let nearer = best.is_none_or(|b| {
                            distance_m < b.distance_m || distance_m == b.distance_m && (found.cut, found.point) < (b.cut, b.point)
                        });
                        if distance_m <= reach_m && nearer {
                            best = Some(found);
                        }
                    }
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::record::{CutEnd, CutPoint};

    fn cut(points: impl Iterator<Item = [f64; 2]>) -> Cut {
        let point = |tip_in_machine_m| CutPoint {
            time_s: 0.0,
            line: 1,
            tip_in_machine_m,
            programmed_in_machine_m: tip_in_machine_m,
            kerf_m: 1.5e-3,
            deviation_m: 0.0,
            speed_m_per_s: 8e-3,
            haz_m: 0.0,
            cooling_s: 0.0,
            heading: [1.0, 0.0],
        };
        Cut { points: points.map(point).collect(), end: CutEnd::Closed, budget: Vec::new() }
    }

    #[test]
    fn the_nearest_point_is_that_of_a_search_through_all() {
        let ring =
            |x: f64, y: f64, r: f64| (0..3000).map(move |k| 2e-3 * f64::from(k)).map(move |a| [x + r * a.cos(), y + r * a.sin()]);
        let cuts = [cut(ring(0.2, 0.3, 0.05)), cut(ring(0.31, 0.28, 0.02)), cut(ring(0.2, 0.3, 0.03))];
        let grid = CutGrid::new(&cuts);
        let mut found = 0;
        for k in 0..500 {
            let place = [0.1 + 0.3 * (f64::from(k) * 0.618).fract(), 0.2 + 0.2 * (f64::from(k) * 0.414).fract()];
            let all = cuts.iter().enumerate().flat_map(|(c, cut)| {
                cut.points
                    .iter()
                    .enumerate()
                    .map(move |(k, p)| (c, k, (p.tip_in_machine_m[0] - place[0]).hypot(p.tip_in_machine_m[1] - place[1])))
            });
            let nearest = all.min_by(|a, b| a.2.total_cmp(&b.2)).filter(|n| n.2 <= 0.015);
            let picked = grid.pick(place, 0.015).map(|p| (p.cut, p.point, p.distance_m));
            assert_eq!(picked.map(|p| p.2), nearest.map(|n| n.2), "{place:?}");
            assert_eq!(picked, nearest, "{place:?}");
            found += usize::from(picked.is_some());
        }
        assert!(found > 100 && found < 400);
    }
}
