//! Which links between cells a cut crosses.
//!
//! In: a segment and the grid. Out: links. May use: nothing but `std`.
//!
//! Everything is exact: ends are rounded to a fine lattice of even whole numbers, cell centres have odd ones, so that no
//! end ever shares a coordinate with a centre, and sides are decided with whole numbers. Segments that share an end
//! therefore leave no gap, wherever it lies.

/// Lattice units per half cell; a power of two. The rounding is a millionth of a cell.
const HALF_CELL: i64 = 1 << 20;
/// Cuts further than this from the plate's corner are cut off there, cells.
const FURTHEST_CELLS: f64 = 1.0e7;

/// A place on the lattice.
type Lattice = [i64; 2];

/// The nearest even lattice place of a point given in cells from the plate's corner.
fn end(p: [f64; 2]) -> Lattice {
    p.map(|c| 2 * (c.clamp(-FURTHEST_CELLS, FURTHEST_CELLS) * HALF_CELL as f64).round() as i64)
}

/// The middle of a cell, one unit off so as to be odd.
fn centre(cell: i64) -> i64 {
    (2 * cell + 1) * HALF_CELL + 1
}

/// True if `p` is to the left of a→b, or on it.
fn left(a: Lattice, b: Lattice, p: Lattice) -> bool {
    let d = |i: usize| i128::from(b[i]) - i128::from(a[i]);
    let o = |i: usize| i128::from(p[i]) - i128::from(a[i]);
    d(0) * o(1) - d(1) * o(0) >= 0
}

/// Calls `link(x, y, axis)` for every pair of neighbouring cell centres, (x, y) and the next one along `axis`, that the
/// segment a–b (in cells from the plate's corner) passes between. `cells` is the size of the grid.
pub(super) fn crossed(a: [f64; 2], b: [f64; 2], cells: [usize; 2], mut link: impl FnMut(usize, usize, usize)) {
    if !(a.iter().chain(&b).all(|c| c.is_finite())) {
        return;
    }
    let (a, b) = (end(a), end(b));
    for axis in 0..2 {
        let other = 1 - axis;
        // Rows of centres (lines along `axis`) that the segment crosses.
        let (low, high) = (a[other].min(b[other]), a[other].max(b[other]));
        let step = 2 * HALF_CELL;
        let first = ((low - 1 - HALF_CELL).div_euclid(step)).max(0);
        for row in first..cells[other] as i64 {
            let at = centre(row);
            if at <= low {
                continue;
            }
            if at >= high {
                break;
            }
            let side = |column: i64| {
                let mut p = [0; 2];
                p[axis] = centre(column);
                p[other] = at;
                left(a, b, p)
            };
            let share = (at - a[other]) as f64 / (b[other] - a[other]) as f64;
            let meets = a[axis] as f64 + share * (b[axis] - a[axis]) as f64;
            let mut column = ((meets / HALF_CELL as f64 - 1.0) / 2.0).floor() as i64;
            // The estimate may be off by one: exactly one pair of neighbours in the row lies on different sides.
            column = [column, column - 1, column + 1].into_iter().find(|&c| side(c) != side(c + 1)).unwrap_or(column);
            if column >= 0 && column + 1 < cells[axis] as i64 {
                let (x, y) = if axis == 0 { (column, row) } else { (row, column) };
                link(x as usize, y as usize, axis);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const N: usize = 40;

    /// Cells that can be reached from (x, y) over links that are not cut.
    fn reached(cut: &HashSet<(usize, usize, usize)>, start: (usize, usize)) -> HashSet<(usize, usize)> {
        let mut seen = HashSet::from([start]);
        let mut work = vec![start];
        while let Some((x, y)) = work.pop() {
            let mut go = |next: (usize, usize), link: (usize, usize, usize)| {
                if next.0 < N && next.1 < N && !cut.contains(&link) && seen.insert(next) {
                    work.push(next);
                }
            };
            go((x + 1, y), (x, y, 0));
            go((x, y + 1), (x, y, 1));
            if x > 0 {
                go((x - 1, y), (x - 1, y, 0));
            }
            if y > 0 {
                go((x, y - 1), (x, y - 1, 1));
            }
        }
        seen
    }

    fn cut_ring(ring: &[[f64; 2]]) -> HashSet<(usize, usize, usize)> {
        let mut cut = HashSet::new();
        for (i, &a) in ring.iter().enumerate() {
            crossed(a, ring[(i + 1) % ring.len()], [N, N], |x, y, axis| {
                cut.insert((x, y, axis));
            });
        }
        cut
    }

    #[test]
    fn centres_are_odd_and_ends_even() {
        assert_eq!(centre(0) % 2, 1);
        assert_eq!(centre(0) - 1, HALF_CELL);
        assert!((centre(3) - 1 - end([3.5, 0.0])[0]).abs() <= 2, "{} {}", centre(3), end([3.5, 0.0])[0]);
    }

    #[test]
    fn closed_cuts_have_no_gap() {
        let mut seed = 1u64;
        let mut noise = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1u64 << 53) as f64
        };
        for round in 0..300 {
            // Ends on cell centres, on corners of cells, on quarter cells, or anywhere; then rings of many short pieces.
            let grid = [1.0, 2.0, 4.0, 1e9][round % 4];
            let corners = if round % 3 == 0 { 200 } else { 5 + round % 7 };
            let ring: Vec<[f64; 2]> = (0..corners)
                .map(|i| {
                    let angle = std::f64::consts::TAU * i as f64 / corners as f64;
                    let r = 8.0 + 8.0 * noise();
                    [20.0 + r * angle.cos(), 20.0 + r * angle.sin()].map(|c| ((c - 0.5) * grid).round() / grid + 0.5)
                })
                .collect();
            let inside = reached(&cut_ring(&ring), (20, 20));
            assert!(!inside.contains(&(0, 0)) && inside.len() > 60, "round {round}");
            let area: f64 = crate::plate::geometry::ring_area_m2(&ring);
            assert!((inside.len() as f64 - area).abs() < 0.35 * area, "round {round}: {} {area}", inside.len());
        }
    }

    #[test]
    fn lines_on_centres_cut_once() {
        let count = |a, b| {
            let mut n = [0; 2];
            crossed(a, b, [N, N], |_, _, axis| n[axis] += 1);
            n
        };
        assert_eq!(count([-1.0, 10.5], [50.0, 10.5]), [0, N]);
        assert_eq!(count([10.5, -1.0], [10.5, 50.0]), [N, 0]);
        assert_eq!(count([0.0, 0.0], [40.0, 40.0])[0].abs_diff(N), 1);
        assert_eq!(count([5.0, 5.0], [5.0, 5.0]), [0, 0]);
        assert_eq!(count([f64::NAN, 5.0], [5.0, 5.0]), [0, 0]);
        assert_eq!(count([-1e300, 5.2], [1e300, 5.2]), [0, N]);
    }
}
