//! Units out of names: "holding_torque_nm" is a holding torque in N·m. And numbers as people write them.
//!
//! In: keys of the catalogue. Out: words. Uses nothing.

/// Endings of keys with the unit they stand for; a longer ending stands before a shorter one that it ends with.
const ENDINGS: [(&str, &str); 37] = [
    ("_n_per_um_at_1_m", "N/µm at 1 m"),
    ("_kg_m2_per_m", "kg·m²/m"),
    ("_w_per_m_k", "W/(m·K)"),
    ("_um_per_m_k", "µm/(m·K)"),
    ("_j_per_kg_k", "J/(kg·K)"),
    ("_nm_per_rad", "N·m/rad"),
    ("_mm_per_min", "mm/min"),
    ("_kg_per_m3", "kg/m³"),
    ("_kg_per_m", "kg/m"),
    ("_mm_per_m", "mm/m"),
    ("_um_per_m", "µm/m"),
    ("_n_per_um", "N/µm"),
    ("_rpm_nm", "rev/min, N·m"),
    ("_g_cm2", "g·cm²"),
    ("_arcmin", "arcmin"),
    ("_kg_m2", "kg·m²"),
    ("_mm2", "mm²"),
    ("_cm4", "cm⁴"),
    ("_gpa", "GPa"),
    ("_scfh", "ft³/h"),
    ("_nema", "NEMA"),
    ("_ohm", "Ω"),
    ("_bar", "bar"),
    ("_deg", "°"),
    ("_rpm", "rev/min"),
    ("_hz", "Hz"),
    ("_mh", "mH"),
    ("_uf", "µF"),
    ("_us", "µs"),
    ("_mm", "mm"),
    ("_nm", "N·m"),
    ("_kg", "kg"),
    ("_n", "N"),
    ("_a", "A"),
    ("_v", "V"),
    ("_w", "W"),
    ("_s", "s"),
];

/// Keys that are units themselves.
const WHOLE: [(&str, &str); 5] = [("volts", "V"), ("amps", "A"), ("usd", "USD"), ("eur", "EUR"), ("steps_per_rev", "1/turn")];

/// Words and unit of a key: ("holding torque", "N·m"). The unit is empty where the key has none.
pub fn split(key: &str) -> (String, &'static str) {
    let last = key.rsplit('.').next().unwrap_or(key);
    if let Some((_, unit)) = WHOLE.iter().find(|(whole, _)| *whole == last) {
        return (last.replace('_', " "), unit);
    }
    let ending = ENDINGS.iter().find(|(ending, _)| last.ends_with(ending));
    let (words, unit) = ending.map_or((last, ""), |(ending, unit)| (&last[..last.len() - ending.len()], *unit));
    (words.replace('_', " "), unit)
}

/// A number as people write it: all its digits, but tiny and huge ones with a power of ten.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}

/// A number to `digits` significant digits, without a power of ten.
pub fn rounded(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let places = (digits - 1 - value.abs().log10().floor() as i32).max(0) as usize;
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_off_names() {
        for (key, words, unit) in [
            ("holding_torque_nm", "holding torque", "N·m"),
            ("rotor_inertia_g_cm2", "rotor inertia", "g·cm²"),
            ("axial_stiffness_n_per_um_at_1_m", "axial stiffness", "N/µm at 1 m"),
            ("torsional_stiffness_nm_per_rad", "torsional stiffness", "N·m/rad"),
            ("rail_kg_per_m", "rail", "kg/m"),
            ("density_kg_per_m3", "density", "kg/m³"),
            ("allowable_tension_n", "allowable tension", "N"),
            ("row.speed_mm_per_min", "speed", "mm/min"),
            ("expansion_um_per_m_k", "expansion", "µm/(m·K)"),
            ("microsteps_max", "microsteps max", ""),
            ("volts", "volts", "V"),
        ] {
            assert_eq!(split(key), (words.to_string(), unit), "{key}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!((number(1.25), number(3.2e-5), number(0.0)), ("1.25".into(), "3.2e-5".into(), "0".into()));
        assert_eq!(
            (rounded(26.1799, 4), rounded(0.012345, 3), rounded(1234.5, 3)),
            ("26.18".into(), "0.0123".into(), "1234".into())
        );
    }
}
