//! ISO 9013:2017: limits of sizes by class, and of perpendicularity by range.
//!
//! In: thickness, nominal size, what was measured. Out: classes and limits. May use: nothing but `std`.
//!
//! Limits as printed by modulusmetal.com; those of class 2 above 25 mm are of the 2002 edition, from memory. NaN: the standard has no limit, or it is
//! not known here (class 2 above 25 mm from 4 m up).

const N: f64 = f64::NAN;

/// Upper ends of the ranges of nominal size, mm. A size that is one of them is of the next range ("≥ 10 to < 35").
const SIZES_MM: [f64; 10] = [3.0, 10.0, 35.0, 125.0, 315.0, 1000.0, 2000.0, 4000.0, 6000.0, 8000.0];

/// Limits of one class: upper end of the thickness, mm, and the limit either way for each of [`SIZES_MM`], mm.
type Limits = (f64, [f64; 10]);

const CLASS_1: [Limits; 14] = [
    (1.0, [0.075, 0.1, 0.1, 0.2, 0.2, 0.3, 0.4, 0.65, 0.9, 1.6]),
    (3.15, [0.1, 0.15, 0.2, 0.25, 0.25, 0.35, 0.4, 0.65, 1.0, 1.75]),
    (6.3, [0.2, 0.2, 0.25, 0.25, 0.3, 0.4, 0.45, 0.7, 1.1, 1.9]),
    (10.0, [N, 0.25, 0.3, 0.3, 0.35, 0.45, 0.55, 0.75, 1.25, 2.2]),
    (15.0, [N, 0.3, 0.35, 0.4, 0.45, 0.55, 0.65, 0.85, 1.5, 2.5]),
    (20.0, [N, 0.4, 0.4, 0.45, 0.55, 0.75, 0.85, 1.2, 1.9, 2.8]),
    (25.0, [N, 0.45, 0.5, 0.6, 0.7, 0.9, 1.1, 1.6, 2.4, 3.25]),
    (32.0, [N, N, 0.7, 0.7, 0.8, 1.0, 1.6, 2.25, 3.0, 4.0]),
    (50.0, [N, N, 0.7, 0.7, 0.8, 1.0, 1.6, 2.5, 3.8, 5.0]),
    (100.0, [N, N, 1.3, 1.3, 1.4, 1.7, 2.2, 3.1, 4.4, 5.6]),
    (150.0, [N, N, 1.9, 2.0, 2.1, 2.3, 2.9, 3.8, 5.1, 6.3]),
    (200.0, [N, N, 2.6, 2.7, 2.7, 3.0, 3.6, 4.5, 5.7, 7.0]),
    (250.0, [N, N, N, N, N, 3.7, 4.2, 5.2, 6.4, 7.7]),
    (300.0, [N, N, N, N, N, 4.4, 4.9, 5.9, 7.1, 8.4]),
];

const CLASS_2: [Limits; 11] = [
    (1.0, [0.5, 0.6, 0.6, 0.7, 0.7, 0.8, 0.9, 0.9, N, N]),
    (3.15, [0.6, 0.6, 0.7, 0.7, 0.8, 0.9, 1.0, 1.1, 1.4, 1.4]),
    (6.3, [0.7, 0.8, 0.9, 0.9, 1.1, 1.2, 1.3, 1.3, 1.6, 1.6]),
    (10.0, [N, 1.0, 1.1, 1.3, 1.4, 1.5, 1.6, 1.7, 1.9, 2.0]),
    (25.0, [N, 1.8, 1.8, 1.8, 1.9, 2.3, 3.0, 4.2, 4.3, 4.5]),
    (50.0, [N, 1.8, 1.8, 1.8, 1.9, 2.3, 3.0, 4.2, N, N]),
    (100.0, [N, N, 2.5, 2.5, 2.6, 3.0, 3.7, 4.9, N, N]),
    (150.0, [N, N, 3.2, 3.3, 3.4, 3.7, 4.4, 5.7, N, N]),
    (200.0, [N, N, 4.0, 4.0, 4.1, 4.5, 5.2, 6.4, N, N]),
    (250.0, [N, N, N, N, N, 5.2, 5.9, 7.2, N, N]),
    (300.0, [N, N, N, N, N, 6.0, 6.7, 7.9, N, N]),
];

/// Perpendicularity or angularity u of each range, mm: constant and share of the thickness.
const U: [[f64; 2]; 5] = [[0.05, 0.003], [0.15, 0.007], [0.4, 0.01], [0.8, 0.02], [1.2, 0.035]];

/// The classes of sizes; what is in neither counts as one more.
pub const CLASSES: [u8; 2] = [1, 2];

/// Limit of a size either way in a class, metres; none where the standard has none.
pub fn size_limit_m(class: u8, thickness_m: f64, nominal_m: f64) -> Option<f64> {
    let table: &[Limits] = if class == 1 { &CLASS_1 } else { &CLASS_2 };
    let (thickness_mm, nominal_mm) = (thickness_m * 1e3, nominal_m * 1e3);
    let (_, row) = table.iter().find(|(upto, _)| thickness_mm <= *upto * (1.0 + 1e-9))?;
    let column = SIZES_MM.iter().position(|upto| nominal_mm < *upto * (1.0 - 1e-9))?;
    Some(row[column]).filter(|limit| limit.is_finite()).map(|limit| limit * 1e-3)
}

/// The best class that a deviation of a size keeps: 1, 2, or 3 for neither. Where the standard has no limit for a class, the next one
/// counts; none where it has no limit at all.
pub fn size_class(thickness_m: f64, nominal_m: f64, deviation_m: f64) -> Option<u8> {
    let limits = CLASSES.map(|class| size_limit_m(class, thickness_m, nominal_m));
    if limits.iter().all(Option::is_none) {
        return None;
    }
    let kept = CLASSES.into_iter().zip(limits).find(|(_, limit)| limit.is_some_and(|limit| deviation_m.abs() <= limit));
    Some(kept.map_or(3, |(class, _)| class))
}

/// What is left out at the upper and at the lower edge when u is measured: upper end of the thickness, mm, and each strip, mm; below the first
/// a tenth of the thickness. From memory of the standard's table.
const LEFT_OUT: [[f64; 2]; 9] =
    [[6.0, 0.3], [10.0, 0.6], [20.0, 1.0], [40.0, 1.5], [100.0, 2.0], [150.0, 3.0], [200.0, 5.0], [250.0, 8.0], [300.0, 10.0]];

/// Height of the cut face over which u is measured, metres: the thickness less the strips at both edges.
pub fn measured_height_m(thickness_m: f64) -> f64 {
    let thickness_mm = 1e3 * thickness_m;
    if thickness_mm <= 3.0 {
        return 0.8 * thickness_m;
    }
    let [_, strip] = LEFT_OUT.into_iter().find(|[upto, _]| thickness_mm <= *upto).unwrap_or(LEFT_OUT[8]);
    thickness_m - 2e-3 * strip
}

/// Perpendicularity that a range (1 to 5) allows, metres.
pub fn u_limit_m(range: u8, thickness_m: f64) -> Option<f64> {
    let [constant, share] = U.get(usize::from(range).checked_sub(1)?)?;
    Some(constant * 1e-3 + share * thickness_m)
}

/// The best range that a perpendicularity keeps: 1 to 5, or 6 for none.
pub fn u_range(thickness_m: f64, u_m: f64) -> u8 {
    (1..=5).find(|&range| u_limit_m(range, thickness_m).is_some_and(|limit| u_m <= limit)).unwrap_or(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits read off the printed tables.
    #[test]
    fn limits_are_those_of_the_standard() {
        for (class, t, size, mm) in [
            (1, 12.7, 100.0, 0.40),
            (1, 12.7, 600.0, 0.55),
            (2, 12.7, 100.0, 1.8),
            (2, 6.0, 2.9, 0.7),
            // A size at the end of a range is of the next.
            (2, 6.0, 3.0, 0.8),
            (1, 12.7, 10.0, 0.35),
            (1, 12.7, 1000.0, 0.65),
            (2, 12.7, 2000.0, 4.2),
            (1, 8.0, 9.0, 0.25),
            (2, 200.0, 500.0, 4.5),
        ] {
            let limit = size_limit_m(class, t * 1e-3, size * 1e-3).unwrap();
            assert!((limit * 1e3 - mm).abs() < 1e-9, "{class} {t} {size}: {limit}");
        }
        assert_eq!(size_limit_m(1, 12.7e-3, 2e-3), None);
        assert_eq!(size_limit_m(1, 0.4, 0.1), None);
        assert_eq!(size_limit_m(1, 12.7e-3, 8.0), None);
        // u of 12, 25 and 50 mm (thermal reference, section 6).
        for (range, t, mm) in [(1, 12.0, 0.086), (2, 12.0, 0.234), (3, 25.0, 0.65), (4, 50.0, 1.8), (5, 25.0, 2.075)] {
            assert!((u_limit_m(range, t * 1e-3).unwrap() * 1e3 - mm).abs() < 1e-9);
        }
    }

    #[test]
    fn u_is_measured_without_the_edges() {
        for (t, height) in
            [(2.0, 1.6), (3.0, 2.4), (6.0, 5.4), (12.7, 10.7), (25.0, 22.0), (50.0, 46.0), (120.0, 114.0), (300.0, 280.0)]
        {
            assert!((measured_height_m(t * 1e-3) * 1e3 - height).abs() < 1e-9, "{t}");
        }
    }

    #[test]
    fn classes_are_the_best_that_hold() {
        assert_eq!(size_class(12.7e-3, 0.1, 0.39e-3), Some(1));
        assert_eq!(size_class(12.7e-3, 0.1, -0.41e-3), Some(2));
        assert_eq!(size_class(12.7e-3, 0.1, 1.9e-3), Some(3));
        assert_eq!(size_class(12.7e-3, 0.002, 0.1e-3), None);
        assert_eq!((u_range(12e-3, 0.08e-3), u_range(12e-3, 0.5e-3), u_range(12e-3, 2e-3)), (1, 3, 6));
    }
}
