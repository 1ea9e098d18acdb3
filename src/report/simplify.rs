//! Fewer points for the same picture: polylines within an error bound, series as envelopes.
//!
//! In: points or samples. Out: which of them to draw. Uses nothing.

/// Numbers of the points to keep so that every dropped point lies within `tolerance` of the line drawn (Ramer–Douglas–Peucker,
/// without recursion). First and last point are kept, and so is each one in `keep`, which must be in rising order.
pub fn polyline(points: &[[f64; 2]], tolerance: f64, keep: &[usize]) -> Vec<usize> {
    let count = points.len();
    if count <= 2 {
        return (0..count).collect();
    }
    let mut kept = vec![false; count];
    kept[0] = true;
    kept[count - 1] = true;
    let mut ends = vec![0];
    ends.extend(keep.iter().copied().filter(|&n| n > 0 && n + 1 < count));
    ends.push(count - 1);
    let mut spans: Vec<(usize, usize)> = ends.windows(2).map(|w| (w[0], w[1])).collect();
    while let Some((from, to)) = spans.pop() {
        (kept[from], kept[to]) = (true, true);
        let mut worst = (tolerance, 0);
        for n in from + 1..to {
            let away = to_segment(points[n], points[from], points[to]);
            if away > worst.0 {
                worst = (away, n);
            }
        }
        if worst.1 > 0 {
            spans.push((from, worst.1));
            spans.push((worst.1, to));
        }
    }
    (0..count).filter(|&n| kept[n]).collect()
}

/// A closed ring with fewer points, within `tolerance`. The ring is first split at the point furthest from its start.
pub fn ring(points: &[[f64; 2]], tolerance: f64) -> Vec<[f64; 2]> {
    let Some(&start) = points.first() else { return Vec::new() };
    let away = |n: &usize| (points[*n][0] - start[0]).hypot(points[*n][1] - start[1]);
    let far = (0..points.len()).max_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(0);
    let mut closed = points.to_vec();
    closed.push(start);
    let mut kept: Vec<[f64; 2]> = polyline(&closed, tolerance, &[far]).into_iter().map(|n| closed[n]).collect();
    kept.pop();
    kept
}

/// Distance from a point to a segment.
fn to_segment(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (ux, uy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = ux * ux + uy * uy;
    let t = if length2 > 0.0 { (((p[0] - a[0]) * ux + (p[1] - a[1]) * uy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p[0] - a[0] - t * ux).hypot(p[1] - a[1] - t * uy)
}

/// One column of a series drawn with few columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// First and last sample of the column (both included).
    pub samples: [usize; 2],
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
    /// Sample that is furthest from zero.
    pub worst: usize,
}

/// A series as at most `columns` columns that keep the lowest and highest value of all samples in them. Values that are not
/// finite are left out.
pub fn envelope(values: &[f64], columns: usize) -> Vec<Column> {
    let count = values.len();
    let columns = columns.clamp(1, count.max(1));
    let column = |n: usize| {
        let (from, to) = (n * count / columns, (n + 1) * count / columns);
        let mut found: Option<Column> = None;
        for sample in (from..to).filter(|&s| values[s].is_finite()) {
            let value = values[sample];
            let so_far = found.get_or_insert(Column { samples: [from, to - 1], low: value, high: value, worst: sample });
            so_far.low = so_far.low.min(value);
            so_far.high = so_far.high.max(value);
            if value.abs() > values[so_far.worst].abs() {
                so_far.worst = sample;
            }
        }
        found
    };
    if count == 0 { Vec::new() } else { (0..columns).filter_map(column).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wavy line with a spike.
    fn wavy(count: usize) -> Vec<[f64; 2]> {
        let mut points: Vec<[f64; 2]> =
            (0..count).map(|n| n as f64 * 0.01).map(|x| [x, (x * 3.0).sin() + 0.004 * (x * 171.0).sin()]).collect();
        points[count / 3][1] += 0.019;
        points
    }

    #[test]
    fn every_dropped_point_is_within_the_bound_and_kept_ones_stay() {
        let points = wavy(5000);
        let worst = 5000 / 3;
        let kept = polyline(&points, 0.02, &[worst, 4000]);
        assert!(kept.len() < 1000 && kept.contains(&worst) && kept.contains(&4000), "{}", kept.len());
        assert_eq!((kept[0], *kept.last().unwrap()), (0, 4999));
        for pair in kept.windows(2) {
            for n in pair[0]..=pair[1] {
                assert!(to_segment(points[n], points[pair[0]], points[pair[1]]) <= 0.02 + 1e-12);
            }
        }
    }

    #[test]
    fn rings_keep_their_shape() {
        let circle: Vec<[f64; 2]> =
            (0..2000).map(|n| f64::from(n) * std::f64::consts::TAU / 2000.0).map(|a| [a.cos(), a.sin()]).collect();
        let kept = ring(&circle, 1e-3);
        assert!(kept.len() > 30 && kept.len() < 150, "{}", kept.len());
        assert_eq!(kept[0], circle[0]);
        assert!(ring(&[], 1.0).is_empty());
        assert_eq!(ring(&[[1.0, 1.0]], 1.0), vec![[1.0, 1.0]]);
        let square = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        assert_eq!(ring(&square, 0.01), square);
    }

    #[test]
    fn envelopes_keep_extremes_and_skip_what_is_not_a_number() {
        let mut values: Vec<f64> = (0..10_000).map(|n| (f64::from(n) * 0.01).sin()).collect();
        values[7777] = 9.0;
        values[7778] = f64::NAN;
        values[123] = -7.0;
        let columns = envelope(&values, 300);
        assert_eq!(columns.len(), 300);
        assert_eq!(columns.iter().map(|c| c.high).fold(f64::MIN, f64::max), 9.0);
        assert_eq!(columns.iter().map(|c| c.low).fold(f64::MAX, f64::min), -7.0);
        assert!(columns.iter().any(|c| c.worst == 7777));
        assert_eq!(columns.last().unwrap().samples[1], 9999);
        assert!(envelope(&[], 10).is_empty());
        assert_eq!(envelope(&[1.0, 2.0], 10).len(), 2);
    }
}
