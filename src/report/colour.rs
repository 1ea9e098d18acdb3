//! Colour maps whose lightness runs evenly, so that equal steps in value look like equal steps.
//!
//! In: a share from 0 to 1. Out: sRGB colours. Uses nothing.

/// An sRGB colour.
pub type Rgb = [u8; 3];

/// Heat, from black through red and orange to pale yellow (the shape of matplotlib's inferno).
const HEAT: [Rgb; 9] = [
    [0, 0, 4],
    [31, 12, 72],
    [85, 15, 109],
    [136, 34, 106],
    [186, 54, 85],
    [227, 89, 51],
    [249, 140, 10],
    [249, 201, 50],
    [252, 255, 164],
];

/// Deviation on a light plate: quiet blue where it is small, dark plum where it is large.
const DEVIATION_ON_LIGHT: [Rgb; 4] = [[126, 178, 214], [74, 130, 199], [92, 70, 168], [110, 8, 92]];

/// Deviation on a dark plate: dim blue where it is small, bright where it is large.
const DEVIATION_ON_DARK: [Rgb; 4] = [[38, 88, 120], [58, 138, 196], [164, 160, 232], [255, 205, 232]];

/// Number of steps of the deviation map.
pub const DEVIATION_STEPS: usize = 8;

/// Heat colour of a share of the scale.
pub fn heat(share: f64) -> Rgb {
    ramp(&HEAT, share)
}

/// Colour of a step of the deviation map, on a light and on a dark plate.
pub fn deviation(step: usize) -> [Rgb; 2] {
    let share = step as f64 / (DEVIATION_STEPS - 1) as f64;
    [ramp(&DEVIATION_ON_LIGHT, share), ramp(&DEVIATION_ON_DARK, share)]
}

/// `#rrggbb`.
pub fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Straight lines between evenly spaced colours in a space where distance is what the eye sees.
fn ramp(stops: &[Rgb], share: f64) -> Rgb {
    let place = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let place = if place.is_finite() { place } else { 0.0 };
    let n = (place as usize).min(stops.len() - 2);
    let (a, b, t) = (oklab(stops[n]), oklab(stops[n + 1]), place - n as f64);
    from_oklab([0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t))
}

/// sRGB to OKLab (Ottosson 2020): lightness, green–red, blue–yellow.
fn oklab(rgb: Rgb) -> [f64; 3] {
    let linear = rgb.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    let rows = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ];
    let cone = rows.map(|row| dot(row, linear).cbrt());
    let rows = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ];
    rows.map(|row| dot(row, cone))
}

fn from_oklab(lab: [f64; 3]) -> Rgb {
    let rows = [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]];
    let cone = rows.map(|row| dot(row, lab).powi(3));
    let rows = [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ];
    rows.map(|row| {
        let c = dot(row, cone).clamp(0.0, 1.0);
        let c = if c <= 0.0031308 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
        (c * 255.0).round() as u8
    })
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lightness(colours: impl Iterator<Item = Rgb>) -> Vec<f64> {
        colours.map(|c| oklab(c)[0]).collect()
    }

    #[test]
    fn lightness_runs_one_way() {
        let heat = lightness((0..=50).map(|n| heat(f64::from(n) / 50.0)));
        assert!(heat.windows(2).all(|w| w[1] >= w[0] - 1e-3));
        let light = lightness((0..DEVIATION_STEPS).map(|n| deviation(n)[0]));
        assert!(light.windows(2).all(|w| w[1] < w[0]), "{light:?}");
        let dark = lightness((0..DEVIATION_STEPS).map(|n| deviation(n)[1]));
        assert!(dark.windows(2).all(|w| w[1] > w[0]), "{dark:?}");
    }

    #[test]
    fn ends_are_exact_and_odd_shares_are_safe() {
        assert_eq!(heat(0.0), HEAT[0]);
        assert_eq!(heat(1.0), HEAT[8]);
        assert_eq!((heat(f64::NAN), heat(7.0)), (HEAT[0], HEAT[8]));
        assert_eq!(hex([1, 171, 255]), "#01abff");
    }
}
