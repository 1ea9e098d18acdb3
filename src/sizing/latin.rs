//! A Latin hypercube: every value with a range is drawn once from each of as many equal shares of its distribution as there are samples.
//!
//! In: a seed, a number of samples, ranges. Out: values. Each range has a sequence of its own by its key, so that neither the order of the
//! ranges nor which other ones there are changes it, and a sample is the same whoever draws it.
//!
//! McKay, Beckman, Conover (1979), Technometrics 21(2), 239-245.

use crate::scene::model::Range;

/// SplitMix64 (Steele, Lea, Flood 2014): ten lines whose bytes no library's next version can change.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// In 0..below.
    fn below(&mut self, below: usize) -> usize {
        // The bias of a remainder is below 10⁻¹⁴ for any number of samples that could be run.
        usize::try_from(self.next() % below.max(1) as u64).unwrap_or(0)
    }
}

/// FNV-1a, 64 bits.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Shares of the distribution, in (0, 1), of the value called `key` in each of `count` samples: one in each of `count` equal strata.
pub fn shares(seed: u64, key: &str, count: usize) -> Vec<f64> {
    let mut random = SplitMix(seed ^ hash(key));
    let mut strata: Vec<usize> = (0..count).collect();
    for k in (1..count).rev() {
        strata.swap(k, random.below(k + 1));
    }
    strata.into_iter().map(|stratum| (stratum as f64 + random.unit()) / count as f64).collect()
}

/// The value below which `share` of the distribution of a range lies: a triangle that peaks at the value as written and is zero at the ends,
/// which are the lowest and highest plausible values.
pub fn quantile(range: &Range, share: f64) -> f64 {
    let (low, peak, high) = (range.low, range.value, range.high);
    let width = high - low;
    let at_peak = (peak - low) / width;
    let value = if share < at_peak {
        low + (share * width * (peak - low)).sqrt()
    } else {
        high - ((1.0 - share) * width * (high - peak)).sqrt()
    };
    value.clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: f64, value: f64, high: f64) -> Range {
        Range { key: "k".into(), value, low, high, source: String::new() }
    }

    #[test]
    fn each_stratum_is_drawn_from_once_and_the_order_looks_random() {
        let count = 1000;
        let drawn = shares(7, "a", count);
        let mut strata: Vec<usize> = drawn.iter().map(|u| (u * count as f64) as usize).collect();
        assert_eq!(drawn, shares(7, "a", count));
        assert_ne!(drawn, shares(8, "a", count));
        let other = shares(7, "b", count);
        // Correlations of independent columns are within 4 standard errors.
        let mean_of_product: f64 = drawn.iter().zip(&other).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum::<f64>() / count as f64;
        assert!((mean_of_product * 12.0).abs() < 4.0 / (count as f64).sqrt(), "{mean_of_product}");
        strata.sort_unstable();
        assert!(strata.iter().enumerate().all(|(k, stratum)| k == *stratum));
    }

    #[test]
    fn quantiles_are_those_of_the_triangle() {
        for (low, peak, high) in [(0.0, 1.0, 4.0), (3.0, 3.0, 5.0), (-2.0, 6.0, 6.0)] {
            let r = range(low, peak, high);
            // The closed form of the distribution function, integrated here from its density.
            let density = |x: f64| {
                let height = 2.0 / (high - low);
                if x < peak { height * (x - low) / (peak - low) } else { height * (high - x) / (high - peak).max(1e-300) }
            };
            for share in [0.01, 0.2, 0.5, 0.77, 0.99] {
                let end = quantile(&r, share);
                let steps = 20_000;
                let h = (end - low) / f64::from(steps);
                let below: f64 = (0..steps).map(|k| density(low + (f64::from(k) + 0.5) * h) * h).sum();
                assert!((below - share).abs() < 1e-4, "{low} {peak} {high}: {below} for {share}");
            }
            assert!((quantile(&r, 0.0) - low).abs() < 1e-9 && (quantile(&r, 1.0) - high).abs() < 1e-9);
        }
    }
}
