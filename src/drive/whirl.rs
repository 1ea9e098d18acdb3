//! Speed at which a turning screw whirls: its first bending frequency as a beam.
//!
//! In: root diameter, free length, how its ends are held. Out: turns a second. Uses nothing.
//!
//! Euler–Bernoulli beam of round steel, ω₁ = (λ/L)² √(E I/(ρ A)) = (λ/L)² (d/4) √(E/ρ). λ is the first root of each pair of ends: 4.730,
//! 3.927, π and 1.875. Makers print the same as n = 2.71·10⁸ M d/L² rev/min (mm) with M = 1, 0.689, 0.441 and 0.157.

use core::f64::consts::{PI, TAU};

/// Young's modulus of the steel of screws, Pa.
const E_PA: f64 = 206e9;
/// Its density, kg/m³.
const DENSITY_KG_PER_M3: f64 = 7850.0;

/// Share of the whirling speed up to which makers let a screw run.
pub const SAFE_SHARE: f64 = 0.8;

/// How the two ends of a screw are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Both in pairs of bearings that keep their direction.
    FixedFixed,
    /// One in a pair, the other in a single bearing.
    FixedSupported,
    /// Both in single bearings.
    SupportedSupported,
    /// One in a pair, the other free.
    FixedFree,
}

impl Ends {
    /// Their names in files, in the order of the variants.
    pub const NAMES: [&str; 4] = ["fixed-fixed", "fixed-supported", "supported-supported", "fixed-free"];

    /// The ones with this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::FixedFixed, Self::FixedSupported, Self::SupportedSupported, Self::FixedFree];
        Self::NAMES.iter().position(|known| *known == name).map(|at| all[at])
    }

    fn root(self) -> f64 {
        match self {
            Self::FixedFixed => 4.730_041,
            Self::FixedSupported => 3.926_602,
            Self::SupportedSupported => PI,
            Self::FixedFree => 1.875_104,
        }
    }
}

/// Root diameter of a screw whose length of one metre is `n_per_m` stiff along itself, m: E A = E π d²/4.
pub fn root_m(n_per_m: f64) -> f64 {
    (4.0 * n_per_m / (PI * E_PA)).sqrt()
}

/// First whirling speed, rev/s.
pub fn rev_per_s(root_m: f64, length_m: f64, ends: Ends) -> f64 {
    (ends.root() / length_m).powi(2) * 0.25 * root_m * (E_PA / DENSITY_KG_PER_M3).sqrt() / TAU
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_makers_print() {
        // n = 2.71e8 M d/L² (THK and HIWIN catalogues), and the example of the parts reference: a 16 mm screw, root 13.324 mm, fixed and
        // supported, 1.4 m: 1015 rev/min at 0.8 of it; 1.5 m: 884.
        for (name, factor) in Ends::NAMES.into_iter().zip([1.0, 0.689, 0.441, 0.157]) {
            let rpm = 60.0 * rev_per_s(13.324e-3, 0.9, Ends::named(name).unwrap());
            let printed = 2.71e8 * factor * 13.324 / (900.0 * 900.0);
            assert!((rpm / printed - 1.0).abs() < 0.015, "{name}: {rpm} and {printed}");
        }
        for (length_m, rpm) in [(1.4, 1015.0), (1.5, 884.0)] {
            let safe = SAFE_SHARE * 60.0 * rev_per_s(13.324e-3, length_m, Ends::FixedSupported);
            assert!((safe / rpm - 1.0).abs() < 0.015, "{length_m} m: {safe}");
        }
        assert!((root_m(28.7e6) / 13.324e-3 - 1.0).abs() < 1e-3);
        assert_eq!(Ends::named("loose"), None);
    }
}
