//! Percentiles, rank correlations, and how sure a share is.
//!
//! In: numbers. Out: numbers; none where there is nothing to say.

/// The value below which `share` of `values` lie, between the two nearest; values that are not finite are left out.
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let at = share.clamp(0.0, 1.0) * last as f64;
    let (low, part) = (at.floor() as usize, at.fract());
    let next = sorted[(low + 1).min(last)];
    Some(sorted[low] + part * (next - sorted[low]))
}

/// Ranks of the values, equal ones sharing the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let same = order[first..].iter().take_while(|&&k| values[k] == values[order[first]]).count();
        let mean = first as f64 + 0.5 * (same as f64 - 1.0);
        order[first..first + same].iter().for_each(|&k| ranks[k] = mean);
        first += same;
    }
    ranks
}

/// Spearman's rank correlation of two columns, −1 to 1, over the rows in which both are finite; none where one of them is always the same.
/// Columns that have nothing to do with one another come within about 1/√(rows − 1) of 0.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b): (Vec<f64>, Vec<f64>) =
        a.iter().zip(b).filter(|(a, b)| a.is_finite() && b.is_finite()).map(|(a, b)| (*a, *b)).unzip();
    let (a, b) = (ranks(&a), ranks(&b));
    let mean = 0.5 * (a.len() as f64 - 1.0);
    let product = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum() };
    let size = (product(&a, &a) * product(&b, &b)).sqrt();
    (size > 0.0).then(|| (product(&a, &b) / size).clamp(-1.0, 1.0))
}

/// The 95 % interval of a probability of which `hits` of `trials` have been seen (Wilson 1927). For a Latin hypercube it is on the safe side.
pub fn wilson(hits: usize, trials: usize) -> [f64; 2] {
    if trials == 0 {
        return [0.0, 1.0];
    }
    const Z: f64 = 1.959_964;
    let (n, p) = (trials as f64, hits as f64 / trials as f64);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let over = 1.0 + Z * Z / n;
    [((middle - half) / over).max(0.0), ((middle + half) / over).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_their_neighbours() {
        let values = [4.0, 1.0, f64::NAN, 3.0, 2.0];
        assert_eq!(percentile(&values, 0.5), Some(2.5));
        assert_eq!(percentile(&values, 0.0), Some(1.0));
        assert_eq!(percentile(&values, 1.0), Some(4.0));
        assert_eq!(percentile(&[f64::NAN], 0.5), None);
    }

    #[test]
    fn rank_correlation_of_textbook_columns() {
        // Without ties: 1 − 6 Σd²/(n (n² − 1)). IQ and hours of television, ten pairs: −29/165.
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        assert!((rank_correlation(&iq, &hours).unwrap() + 29.0 / 165.0).abs() < 1e-12);
        let cubes: Vec<f64> = iq.iter().map(|x: &f64| x.powi(3)).collect();
        assert!((rank_correlation(&iq, &cubes).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(rank_correlation(&iq, &[1.0; 10]), None);
        // With ties, by SciPy 1.16: spearmanr([1, 2, 2, 3], [1, 3, 2, 4]).
        assert!(
            (rank_correlation(&[1.0, 2.0, 2.0, 3.0], &[1.0, 3.0, 2.0, 4.0]).unwrap() - 0.948_683_298_050_513_8).abs() < 1e-12
        );
    }

    #[test]
    fn wilson_intervals_are_the_published_ones() {
        // Newcombe (1998), Stat. Med. 17, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (hits, trials, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let [a, b] = wilson(hits, trials);
            assert!((a - low).abs() < 1e-4 && (b - high).abs() < 1e-4, "{hits}/{trials}: {a} {b}");
        }
    }
}
