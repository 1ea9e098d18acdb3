//! What a cell's heat content means: temperature, conductivity integral, loss to the air.
//!
//! In: [`Conduction`], [`Loss`], ambient temperature. Out: curves over the heat content above ambient. May use: `steel`, `metals`.

use super::{metals, steel};

/// How the plate stores and conducts heat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Conduction {
    /// The same at all temperatures.
    Constant {
        /// Heat conductivity, W/(m·K).
        k_w_per_m_k: f64,
        /// Density, kg/m³.
        density_kg_per_m3: f64,
        /// Specific heat, J/(kg·K).
        cp_j_per_kg_k: f64,
        /// Melting at one temperature; none: it never melts.
        melting: Option<Melting>,
    },
    /// Structural steel by EN 1993-1-2, with the peak of specific heat at 735 °C.
    Steel,
    /// Austenitic stainless steel by EN 1993-1-2, annex C.
    Stainless,
    /// Aluminium of the 3000 and 6000 series by EN 1999-1-2.
    Aluminium,
}

/// Melting at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Melting {
    /// Where, °C.
    pub at_c: f64,
    /// What it takes, J/kg.
    pub latent_j_per_kg: f64,
}

impl Conduction {
    /// Density, kg/m³.
    pub fn density_kg_per_m3(&self) -> f64 {
        match self {
            Self::Constant { density_kg_per_m3, .. } => *density_kg_per_m3,
            Self::Steel => steel::DENSITY_KG_PER_M3,
            Self::Stainless => metals::STAINLESS.density_kg_per_m3,
            Self::Aluminium => metals::ALUMINIUM.density_kg_per_m3,
        }
    }

    /// Enthalpy above 0 °C, J/kg; where something melts at one temperature, that of the solid there.
    pub fn enthalpy_j_per_kg(&self, c: f64) -> f64 {
        match self {
            Self::Constant { cp_j_per_kg_k, melting, .. } => {
                cp_j_per_kg_k * c + melting.filter(|melting| c > melting.at_c).map_or(0.0, |melting| melting.latent_j_per_kg)
            }
            Self::Steel => steel::enthalpy_j_per_kg(c),
            Self::Stainless => metals::STAINLESS.enthalpy_j_per_kg(c),
            Self::Aluminium => metals::ALUMINIUM.enthalpy_j_per_kg(c),
        }
    }

    /// Integral of the conductivity from 0 °C, W/m.
    pub fn conductivity_integral_w_per_m(&self, c: f64) -> f64 {
        match self {
            Self::Constant { k_w_per_m_k, .. } => k_w_per_m_k * c,
            Self::Steel => steel::conductivity_integral_w_per_m(c),
            Self::Stainless => metals::STAINLESS.conductivity_integral_w_per_m(c),
            Self::Aluminium => metals::ALUMINIUM.conductivity_integral_w_per_m(c),
        }
    }

    /// Length at a temperature over that at 20 °C, less one; constant properties have no law for it, and 0.
    pub fn elongation(&self, c: f64) -> f64 {
        match self {
            Self::Constant { .. } => 0.0,
            Self::Steel => steel::elongation(c),
            Self::Stainless => metals::STAINLESS.elongation(c),
            Self::Aluminium => metals::ALUMINIUM.elongation(c),
        }
    }

    /// The temperature at which it has this enthalpy, by bisection, °C.
    fn temperature_c(&self, enthalpy: f64) -> f64 {
        let (mut low, mut high) = (-300.0, 6000.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.enthalpy_j_per_kg(middle) < enthalpy {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

/// How the plate loses heat to what is around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// Not at all.
    None,
    /// In proportion to the temperature above ambient.
    Constant {
        /// Both faces together, W/(m²·K).
        w_per_m2_k: f64,
    },
    /// By air and by radiation from both faces.
    AirAndRadiation {
        /// Heat transfer to the air, each face, W/(m²·K).
        h_w_per_m2_k: f64,
        /// Emissivity of each face, 0 to 1 (steel: 0.7, EN 1993-1-2, 2.2).
        emissivity: f64,
    },
}

/// Stefan–Boltzmann constant, W/(m²·K⁴) (CODATA 2018).
const STEFAN_BOLTZMANN: f64 = 5.670_374_419e-8;
/// 0 °C in kelvin.
const ZERO_C_IN_K: f64 = 273.15;
/// Pieces of a table, and the temperature it goes up to, °C; beyond, its last piece goes on.
const PIECES: usize = 2048;
const TABLE_TOP_C: f64 = 2500.0;

/// A function of the heat content above ambient (J/m³) that is 0 at 0.
pub(super) trait Curve {
    /// Whether the function is zero everywhere.
    const ZERO: bool;
    /// Its value.
    fn at(&self, h: f64) -> f64;
    /// Its values for a row of cells.
    #[inline(always)]
    fn all_at<const N: usize>(&self, h: &[f64; N], out: &mut [f64; N]) {
        for (out, h) in out.iter_mut().zip(h) {
            *out = self.at(*h);
        }
    }
}

/// Zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nothing;

/// A straight line through 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line(pub f64);

/// Straight pieces of equal width, the first and last of which go on for ever.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    per_width: f64,
    /// Value at h = 0 and slope of each piece.
    pieces: Box<[[f64; 2]; PIECES]>,
}

impl Curve for Nothing {
    const ZERO: bool = true;
    fn at(&self, _: f64) -> f64 {
        0.0
    }
}

impl Curve for Line {
    const ZERO: bool = false;
    #[inline(always)]
    fn at(&self, h: f64) -> f64 {
        self.0 * h
    }
}

impl Curve for Table {
    const ZERO: bool = false;
    #[inline(always)]
    fn at(&self, h: f64) -> f64 {
        // A cast saturates: what is below the table, and what is no number, takes the first piece.
        let i = ((h * self.per_width) as i32).clamp(0, PIECES as i32 - 1) as usize;
        let [a, b] = self.pieces[i];
        a + b * h
    }
    /// Most rows of a plate are at ambient within a kelvin: on the first piece, which needs no looking up.
    #[inline(always)]
    fn all_at<const N: usize>(&self, h: &[f64; N], out: &mut [f64; N]) {
        let beyond = h.iter().fold(0.0, |most: f64, h| if *h > most { *h } else { most }) * self.per_width;
        let [a, b] = self.pieces[0];
        if beyond < 1.0 {
            for (out, h) in out.iter_mut().zip(h) {
                *out = a + b * h;
            }
        } else {
            for (out, h) in out.iter_mut().zip(h) {
                *out = self.at(*h);
            }
        }
    }
}

impl Table {
    /// The table through `value(temperature)` at equally spaced heat contents.
    fn new(width: f64, temperature: impl Fn(f64) -> f64, value: impl Fn(f64) -> f64) -> Self {
        let mut pieces = vec![[0.0; 2]; PIECES];
        let mut low = 0.0;
        for (i, piece) in pieces.iter_mut().enumerate() {
            let high = value(temperature((i + 1) as f64 * width));
            let slope = (high - low) / width;
            *piece = [low - slope * (i as f64 * width), slope];
            low = high;
        }
        let pieces = pieces.into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([[0.0; 2]; PIECES]));
        Self { per_width: 1.0 / width, pieces }
    }

    fn slope(&self, h: f64) -> f64 {
        self.pieces[((h * self.per_width) as i32).clamp(0, PIECES as i32 - 1) as usize][1]
    }

    fn steepest(&self) -> f64 {
        self.pieces.iter().fold(0.0, |most: f64, [_, slope]| most.max(*slope))
    }
}

/// One of the curves.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AnyCurve {
    Nothing,
    Line(Line),
    Table(Table),
}

impl AnyCurve {
    pub(super) fn at(&self, h: f64) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Line(line) => line.at(h),
            Self::Table(table) => table.at(h),
        }
    }

    /// The slope at a heat content.
    fn slope(&self, h: f64) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Line(line) => line.0,
            Self::Table(table) => table.slope(h),
        }
    }

    /// The steepest slope.
    pub(super) fn steepest(&self) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Line(line) => line.0,
            Self::Table(table) => table.steepest(),
        }
    }
}

/// All that the heat content of a cell stands for. Everything is relative to ambient.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Law {
    /// Temperature above ambient, K.
    pub rise: AnyCurve,
    /// ∫k dT from ambient, W/m.
    pub theta: AnyCurve,
    /// Loss of both faces, W/m².
    pub loss: AnyCurve,
    /// Heat capacity at ambient, J/(m³·K).
    pub capacity_j_per_m3_k: f64,
    /// Density, kg/m³.
    density_kg_per_m3: f64,
    /// Enthalpy at ambient, J/kg.
    base_j_per_kg: f64,
    conduction: Conduction,
}

/// A material that melts at one temperature, above ambient and by volume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Melts {
    /// The melting point, K.
    pub at: f64,
    /// Heat content of the solid there, J/m³.
    pub solid: f64,
    /// Latent heat, J/m³.
    pub latent: f64,
    /// Heat capacity, J/(m³·K).
    pub capacity: f64,
    /// W/(m·K).
    pub conductivity: f64,
}

impl Melts {
    /// Temperature above the melting point at a heat content, K: exact, where a table of temperatures cuts the bends off.
    pub(super) fn above(&self, heat: f64) -> f64 {
        let above = heat - self.solid;
        (above - above.clamp(0.0, self.latent)) / self.capacity
    }
}

impl Law {
    pub(super) fn new(conduction: Conduction, loss: Loss, ambient_c: f64) -> Self {
        let lose = move |c: f64| match loss {
            Loss::None => 0.0,
            Loss::Constant { w_per_m2_k } => w_per_m2_k * (c - ambient_c),
            Loss::AirAndRadiation { h_w_per_m2_k, emissivity } => {
                let (hot, cold) = (c + ZERO_C_IN_K, ambient_c + ZERO_C_IN_K);
                2.0 * (h_w_per_m2_k * (c - ambient_c) + emissivity * STEFAN_BOLTZMANN * (hot.powi(4) - cold.powi(4)))
            }
        };
        let rho = conduction.density_kg_per_m3();
        if let Conduction::Constant { k_w_per_m_k, cp_j_per_kg_k, melting: None, .. } = conduction {
            let capacity = rho * cp_j_per_kg_k;
            let width = capacity * (TABLE_TOP_C - ambient_c).max(100.0) / PIECES as f64;
            return Self {
                rise: AnyCurve::Line(Line(1.0 / capacity)),
                theta: AnyCurve::Line(Line(k_w_per_m_k / capacity)),
                loss: match loss {
                    Loss::None => AnyCurve::Nothing,
                    Loss::Constant { w_per_m2_k } => AnyCurve::Line(Line(w_per_m2_k / capacity)),
                    Loss::AirAndRadiation { .. } => AnyCurve::Table(Table::new(width, |h| ambient_c + h / capacity, lose)),
                },
                capacity_j_per_m3_k: capacity,
                density_kg_per_m3: rho,
                base_j_per_kg: cp_j_per_kg_k * ambient_c,
                conduction,
            };
        }
        let base = conduction.enthalpy_j_per_kg(ambient_c);
        let top = conduction.enthalpy_j_per_kg(TABLE_TOP_C.max(ambient_c + 100.0)) - base;
        let width = rho * top / PIECES as f64;
        let temperature = |h: f64| conduction.temperature_c(base + h / rho);
        let theta_base = conduction.conductivity_integral_w_per_m(ambient_c);
        let theta = |c: f64| conduction.conductivity_integral_w_per_m(c) - theta_base;
        Self {
            rise: AnyCurve::Table(Table::new(width, temperature, |c| c - ambient_c)),
            theta: AnyCurve::Table(Table::new(width, temperature, theta)),
            loss: if loss == Loss::None { AnyCurve::Nothing } else { AnyCurve::Table(Table::new(width, temperature, lose)) },
            capacity_j_per_m3_k: rho * (base - conduction.enthalpy_j_per_kg(ambient_c - 0.05)) / 0.05,
            density_kg_per_m3: rho,
            base_j_per_kg: base,
            conduction,
        }
    }

    /// Conductivity at a heat content, W/(m·K); where it melts at one temperature, that at ambient.
    pub(super) fn conductivity(&self, h: f64) -> f64 {
        let of = |h: f64| self.theta.slope(h) / self.rise.slope(h);
        Some(of(h)).filter(|k| k.is_finite() && *k > 0.0).unwrap_or_else(|| of(0.0))
    }

    /// What melts at one temperature; none: nothing does.
    pub(super) fn melts(&self) -> Option<Melts> {
        let Conduction::Constant { k_w_per_m_k, density_kg_per_m3, cp_j_per_kg_k, melting: Some(melting) } = self.conduction
        else {
            return None;
        };
        let solid = self.heat_at(melting.at_c);
        let capacity = density_kg_per_m3 * cp_j_per_kg_k;
        Some(Melts {
            at: solid / capacity,
            solid,
            latent: density_kg_per_m3 * melting.latent_j_per_kg,
            capacity,
            conductivity: k_w_per_m_k,
        })
    }

    /// Heat content above ambient at a temperature, J/m³.
    pub(super) fn heat_at(&self, c: f64) -> f64 {
        self.density_kg_per_m3 * (self.conduction.enthalpy_j_per_kg(c) - self.base_j_per_kg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_return_the_standard() {
        let law = Law::new(Conduction::Steel, Loss::AirAndRadiation { h_w_per_m2_k: 10.0, emissivity: 0.7 }, 20.0);
        let mut worst = [0.0f64; 3];
        for i in 0..2400 {
            let c = 20.3 + f64::from(i);
            // Where melting begins and ends the curve bends within one piece of the table.
            if [1495.0, 1540.0].into_iter().any(|bend: f64| (c - bend).abs() < 3.0) {
                continue;
            }
            let h = steel::DENSITY_KG_PER_M3 * (steel::enthalpy_j_per_kg(c) - steel::enthalpy_j_per_kg(20.0));
            let theta = steel::conductivity_integral_w_per_m(c) - steel::conductivity_integral_w_per_m(20.0);
            let loss = 2.0 * (10.0 * (c - 20.0) + 0.7 * STEFAN_BOLTZMANN * ((c + 273.15).powi(4) - 293.15f64.powi(4)));
            worst[0] = worst[0].max((law.rise.at(h) + 20.0 - c).abs());
            worst[1] = worst[1].max((law.theta.at(h) - theta).abs() / steel::conductivity_w_per_m_k(c));
            worst[2] = worst[2].max((law.loss.at(h) - loss).abs() / (loss / (c - 20.0)));
        }
        println!("tables are off by: T {:.1e} K, theta {:.1e} K, loss {:.1e} K", worst[0], worst[1], worst[2]);
        assert!(worst.iter().all(|w| *w < 5e-3));
    }

    #[test]
    fn odd_heat_contents_do_no_harm() {
        let law = Law::new(Conduction::Steel, Loss::None, 20.0);
        assert!(law.rise.at(-1e6) < 0.0 && law.rise.at(1e12).is_finite());
        assert_eq!(law.rise.at(0.0), 0.0);
        assert!(law.rise.at(f64::NAN).is_nan());
    }
}
