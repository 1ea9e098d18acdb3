//! Heat properties of structural steel by EN 1993-1-2, and their integrals.
//!
//! In: temperature, °C. Out: conductivity, specific heat, enthalpy, conductivity integral. May use: nothing but `std`.
//!
//! The standard covers 20 to 1200 °C; below and above the end values are held, and melting takes its latent heat.

/// Density, kg/m³ (EN 1993-1-2, 3.2.2).
pub const DENSITY_KG_PER_M3: f64 = 7850.0;
/// Where melting begins and ends, °C, and what it takes, J/kg (a weld model of carbon steel, authorea 473212: 1495, 1540, 277 kJ/kg).
const MELTS_C: [f64; 2] = [1495.0, 1540.0];
const LATENT_J_PER_KG: f64 = 277e3;
/// Lowest temperature of the standard, °C.
const LOW_C: f64 = 20.0;

/// Heat conductivity, W/(m·K) (EN 1993-1-2, 3.4.1.3: 54 − 3.33·10⁻² θ up to 800 °C, then 27.3).
pub fn conductivity_w_per_m_k(c: f64) -> f64 {
    if c < 800.0 { 54.0 - 3.33e-2 * c.max(LOW_C) } else { 27.3 }
}

/// Specific heat, J/(kg·K) (EN 1993-1-2, 3.4.1.2), with its peak of 5000 at 735 °C.
pub fn specific_heat_j_per_kg_k(c: f64) -> f64 {
    let c = c.max(LOW_C);
    if c < 600.0 {
        425.0 + 0.773 * c - 1.69e-3 * c * c + 2.22e-6 * c * c * c
    } else if c < 735.0 {
        666.0 + 13002.0 / (738.0 - c)
    } else if c < 900.0 {
        545.0 + 17820.0 / (c - 731.0)
    } else {
        650.0
    }
}

/// Enthalpy above 0 °C, J/kg: the exact integral of [`specific_heat_j_per_kg_k`], and the heat of melting spread evenly over its range.
pub fn enthalpy_j_per_kg(c: f64) -> f64 {
    let cubic = |c: f64| 425.0 * c + 0.3865 * c * c - 1.69e-3 / 3.0 * c.powi(3) + 0.555e-6 * c.powi(4);
    let rising = |c: f64| 666.0 * c - 13002.0 * (738.0 - c).ln();
    let falling = |c: f64| 545.0 * c + 17820.0 * (c - 731.0).ln();
    if c < LOW_C {
        return specific_heat_j_per_kg_k(LOW_C) * c;
    }
    let mut sum = specific_heat_j_per_kg_k(LOW_C) * LOW_C + cubic(c.min(600.0)) - cubic(LOW_C);
    if c > 600.0 {
        sum += rising(c.min(735.0)) - rising(600.0);
    }
    if c > 735.0 {
        sum += falling(c.min(900.0)) - falling(735.0);
    }
    let molten = ((c - MELTS_C[0]) / (MELTS_C[1] - MELTS_C[0])).clamp(0.0, 1.0);
    sum + 650.0 * (c - 900.0).max(0.0) + LATENT_J_PER_KG * molten
}

/// Integral of [`conductivity_w_per_m_k`] from 0 °C, W/m.
pub fn conductivity_integral_w_per_m(c: f64) -> f64 {
    if c < LOW_C {
        return conductivity_w_per_m_k(LOW_C) * c;
    }
    let slope = |c: f64| 54.0 * c - 1.665e-2 * c * c;
    let warm = conductivity_w_per_m_k(LOW_C) * LOW_C + slope(c.min(800.0)) - slope(LOW_C);
    warm + 27.3 * (c - 800.0).max(0.0)
}

/// Length over that at 20 °C, less one (EN 1993-1-2, 3.4.1.1; the same law below 20 °C).
pub fn elongation(c: f64) -> f64 {
    if c < 750.0 {
        1.2e-5 * c + 0.4e-8 * c * c - 2.416e-4
    } else if c <= 860.0 {
        1.1e-2
    } else {
        2.0e-5 * c - 6.2e-3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The thermal reference's numbers (V6).
    #[test]
    fn elongation_is_the_standards() {
        for (c, expected) in [(20.0, 0.0), (600.0, 8.3984e-3), (860.0, 1.1e-2), (1200.0, 1.78e-2)] {
            assert!((elongation(c) - expected).abs() < 1e-8, "{c}: {}", elongation(c));
        }
        // The two laws meet at 750 °C within 10 µm/m.
        assert!((elongation(749.999) - elongation(750.0)).abs() < 1e-5);
    }

    /// Validation case V6.
    #[test]
    fn properties_are_those_of_the_standard() {
        let cp = [
            (20.0, 439.80),
            (400.0, 605.88),
            (600.0, 760.22),
            (700.0, 1008.16),
            (735.0, 5000.0),
            (750.0, 1482.89),
            (800.0, 803.26),
            (900.0, 650.0),
        ];
        for (c, expected) in cp {
            assert!((specific_heat_j_per_kg_k(c) - expected).abs() < 0.01, "{c}");
        }
        assert!((conductivity_w_per_m_k(800.0) - 27.3).abs() < 0.07 && conductivity_w_per_m_k(20.0) > 53.3);
    }

    #[test]
    fn enthalpy_is_the_integral_of_specific_heat() {
        for (c, expected) in [(600.0, 335.738e3), (735.0, 475.428e3), (900.0, 632.064e3), (1200.0, 827.064e3)] {
            let found = enthalpy_j_per_kg(c) - enthalpy_j_per_kg(20.0);
            println!("H(20 to {c}): {:+.1e}", found / expected - 1.0);
            assert!((found / expected - 1.0).abs() < 1e-5, "{c}: {found}");
        }
        for c in [-10.0, 19.0, 300.0, 599.0, 700.0, 734.0, 736.0, 850.0, 1400.0, 1600.0] {
            let slope = (enthalpy_j_per_kg(c + 0.01) - enthalpy_j_per_kg(c - 0.01)) / 0.02;
            assert!((slope / specific_heat_j_per_kg_k(c) - 1.0).abs() < 1e-3, "{c}");
            let k = (conductivity_integral_w_per_m(c + 0.01) - conductivity_integral_w_per_m(c - 0.01)) / 0.02;
            assert!((k / conductivity_w_per_m_k(c) - 1.0).abs() < 1e-6, "{c}");
        }
    }
}
