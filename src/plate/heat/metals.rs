//! Heat properties of stainless steel and aluminium by the Eurocodes, and their integrals.
//!
//! In: temperature, °C. Out: specific heat, enthalpy, conductivity integral. May use: nothing but `std`.
//!
//! Both laws are polynomials; outside the range of its standard a metal keeps the end values. Melting ranges and latent heats are handbook
//! values from memory (basis: estimate, within 5 %).

/// A metal whose conductivity is linear and whose specific heat is cubic in temperature, with a melting range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metal {
    /// Density, kg/m³.
    pub density_kg_per_m3: f64,
    /// Heat conductivity, W/(m·K): k[0] + k[1] θ.
    k: [f64; 2],
    /// Specific heat, J/(kg·K): Σ c[i] θ^i.
    c: [f64; 4],
    /// Range in which both hold, °C.
    valid_c: [f64; 2],
    /// Where melting begins and ends, °C.
    melts_c: [f64; 2],
    /// Latent heat, J/kg.
    latent_j_per_kg: f64,
    /// Length over that at 20 °C, less one: (g[0] + g[1] θ + g[2] θ²) (θ − 20).
    growth: [f64; 3],
}

/// Austenitic stainless steel (EN 1993-1-2, annex C: λ = 14.6 + 1.27·10⁻² θ, c = 450 + 0.280 θ − 2.91·10⁻⁴ θ² + 1.34·10⁻⁷ θ³,
/// Δl/l = (16 + 4.79·10⁻³ θ − 1.243·10⁻⁶ θ²)(θ − 20)·10⁻⁶).
pub const STAINLESS: Metal = Metal {
    density_kg_per_m3: 7900.0,
    k: [14.6, 1.27e-2],
    c: [450.0, 0.280, -2.91e-4, 1.34e-7],
    valid_c: [20.0, 1200.0],
    melts_c: [1400.0, 1455.0],
    latent_j_per_kg: 260e3,
    growth: [16e-6, 4.79e-9, -1.243e-12],
};

/// Aluminium alloys of the 3000 and 6000 series (EN 1999-1-2, 3.3.1: λ = 190 + 0.07 θ, c = 903 + 0.41 θ, Δl/l = 10⁻⁸ θ² + 22.5·10⁻⁶ θ −
/// 4.5·10⁻⁴, all up to 500 °C; written below with the root at 20 °C, 4·10⁻⁶ off its constant).
pub const ALUMINIUM: Metal = Metal {
    density_kg_per_m3: 2700.0,
    k: [190.0, 0.07],
    c: [903.0, 0.41, 0.0, 0.0],
    valid_c: [0.0, 500.0],
    melts_c: [582.0, 652.0],
    latent_j_per_kg: 390e3,
    growth: [22.7e-6, 1e-8, 0.0],
};

/// ∫ Σ a[i] θ^i from 0 to `c`, the integrand held at its end values outside `valid`.
fn integral(a: &[f64], valid: [f64; 2], c: f64) -> f64 {
    let value = |t: f64| a.iter().rev().fold(0.0, |sum, a| sum * t + a);
    let whole = |t: f64| a.iter().enumerate().rev().fold(0.0, |sum, (i, a)| sum * t + a / (i as f64 + 1.0)) * t;
    let [low, high] = valid;
    if c <= low {
        return value(low) * c;
    }
    value(low) * low + whole(c.min(high)) - whole(low) + value(high) * (c - high).max(0.0)
}

impl Metal {
    /// Length over that at 20 °C, less one.
    pub fn elongation(&self, c: f64) -> f64 {
        let [a, b, d] = self.growth;
        (a + c * (b + c * d)) * (c - 20.0)
    }

    /// Specific heat without that of melting, J/(kg·K).
    pub fn specific_heat_j_per_kg_k(&self, c: f64) -> f64 {
        let c = c.clamp(self.valid_c[0], self.valid_c[1]);
        self.c.iter().rev().fold(0.0, |sum, a| sum * c + a)
    }

    /// Enthalpy above 0 °C, J/kg; the heat of melting is spread evenly over its range.
    pub fn enthalpy_j_per_kg(&self, c: f64) -> f64 {
        let molten = ((c - self.melts_c[0]) / (self.melts_c[1] - self.melts_c[0])).clamp(0.0, 1.0);
        integral(&self.c, self.valid_c, c) + self.latent_j_per_kg * molten
    }

    /// Integral of the conductivity from 0 °C, W/m.
    pub fn conductivity_integral_w_per_m(&self, c: f64) -> f64 {
        integral(&self.k, self.valid_c, c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values worked out by hand from the standards' formulas.
    #[test]
    fn properties_are_those_of_the_standards() {
        assert!((STAINLESS.specific_heat_j_per_kg_k(500.0) - (450.0 + 140.0 - 72.75 + 16.75)).abs() < 1e-9);
        assert!((ALUMINIUM.specific_heat_j_per_kg_k(300.0) - 1026.0).abs() < 1e-9);
        for metal in [STAINLESS, ALUMINIUM] {
            for c in [-20.0, 10.0, 100.0, 450.0, 560.0, 700.0, 1300.0, 1700.0] {
                let slope = (metal.enthalpy_j_per_kg(c + 0.01) - metal.enthalpy_j_per_kg(c - 0.01)) / 0.02;
                assert!((slope / metal.specific_heat_j_per_kg_k(c) - 1.0).abs() < 1e-4, "{c}: {slope}");
                let k = (metal.conductivity_integral_w_per_m(c + 0.01) - metal.conductivity_integral_w_per_m(c - 0.01)) / 0.02;
                let held = c.clamp(metal.valid_c[0], metal.valid_c[1]);
                assert!((k / (metal.k[0] + metal.k[1] * held) - 1.0).abs() < 1e-6, "{c}: {k}");
            }
        }
    }
}
