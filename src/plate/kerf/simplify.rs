//! Shorter paths with the same kerf.
//!
//! In: path points. Out: a subset of them. May use: `plate::geometry`.

use super::PathPoint;

/// Longest run that is looked at as one piece, points; bounds the work to this many looks at each point.
const LONGEST_RUN: usize = 4096;

/// How far the disc at `p` is from the disc which the straight piece a–b has nearest to it, in position and half width
/// together, metres.
fn error_m(p: &PathPoint, a: &PathPoint, b: &PathPoint) -> f64 {
    let (ux, uy) = (b.at_m[0] - a.at_m[0], b.at_m[1] - a.at_m[1]);
    let (px, py) = (p.at_m[0] - a.at_m[0], p.at_m[1] - a.at_m[1]);
    let length2 = ux * ux + uy * uy;
    let t = if length2 > 0.0 { ((px * ux + py * uy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let kerf_m = a.kerf_m + t * (b.kerf_m - a.kerf_m);
    (px - t * ux).hypot(py - t * uy) + 0.5 * (p.kerf_m - kerf_m).abs()
}

/// Douglas–Peucker with the width as a further coordinate: every disc of the path is within `tolerance_m` (position plus
/// half width) of a disc of the result. Ends stay; points where nothing is cut stay. (Douglas and Peucker, Cartographica
/// 10 (1973) 112.) Without recursion.
pub fn simplify(path: &[PathPoint], tolerance_m: f64) -> Vec<PathPoint> {
    let mut keep = vec![false; path.len()];
    let mut work = Vec::new();
    let mut start = 0;
    for (i, point) in path.iter().enumerate() {
        let breaks = point.kerf_m.is_nan() || point.kerf_m <= 0.0;
        let ends = i + 1 == path.len() || path.get(i + 1).is_some_and(|next| next.kerf_m.is_nan() || next.kerf_m <= 0.0);
        if breaks || ends || i - start >= LONGEST_RUN {
            keep[start] = true;
            keep[i] = true;
            if !breaks {
                work.push((start, i));
            }
            start = if breaks || ends { i + 1 } else { i };
        }
    }
    while let Some((a, b)) = work.pop() {
        let worst = (a + 1..b)
            .map(|i| (error_m(&path[i], &path[a], &path[b]), i))
            .fold((tolerance_m, None), |worst, (e, i)| if e <= worst.0 { worst } else { (e, Some(i)) });
        if let Some(i) = worst.1 {
            keep[i] = true;
            work.push((a, i));
            work.push((i, b));
        }
    }
    path.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(point, _)| *point).collect()
}
