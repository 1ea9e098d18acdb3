//! A stroke of the torch over the plate: the heat and the cut of a short stretch of time, as the heat room takes them.
//!
//! In: what the process gathers between two hand-overs. Out: the plate's temperature moved on. A run's strokes in order, put to a cold
//! plate, give its temperature again bit for bit: pictures of any instant are made so, without running the machine again.

use crate::plate::heat::{Heat, Shine};
use crate::torch;

/// What the torch did to the plate in a short stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stroke {
    /// Length of time, s.
    pub time_s: f64,
    /// Heat of the flame or of a plain source, J.
    pub flame_j: f64,
    /// Heat of the burning kerf, J.
    pub burn_j: f64,
    /// Where it began, machine coordinates, m.
    pub from: [f64; 2],
    /// Where it ended, m.
    pub to: [f64; 2],
    /// Kerf width, m.
    pub kerf_m: f64,
    /// Whether the torch was through the plate.
    pub through: bool,
}

/// What of a torch matters to the heat it leaves.
#[derive(Clone, Debug)]
pub struct Burner {
    kind: torch::Kind,
    flame_radius_m: f64,
    slag_share: f64,
}

/// Steel between cold and melting, on average: conductivity, W/(m·K), and diffusivity, m²/s; a burning front above the cold plate, K.
const K_W_PER_M_K: f64 = 35.0;
const ALPHA_M2_PER_S: f64 = 6.86e-6;
const FRONT_RISE_K: f64 = 1480.0;

/// Share of a kerf's heat that is not conducted from the burning front but comes from the slag that runs down its walls. The front's is
/// that of an isothermal cylinder as wide as the kerf, P/t = 2.64 k ΔT Pe^0.36 with Pe = v w/(4 α) (side loss beyond heating what is
/// removed; within 1 % of the Bessel series for 0.2 < Pe < 3).
fn slag_share(setting: &torch::Setting) -> f64 {
    if !matches!(setting.kind, torch::Kind::OxyFuel(_)) || setting.burn_j_per_m2 <= 0.0 {
        return 0.0;
    }
    let peclet = setting.clean_speed_m_per_s * setting.kerf_m / (4.0 * ALPHA_M2_PER_S);
    let front_j_per_m2 = 2.64 * K_W_PER_M_K * FRONT_RISE_K * peclet.powf(0.36) / setting.clean_speed_m_per_s;
    (1.0 - front_j_per_m2 / setting.burn_j_per_m2).clamp(0.0, 1.0)
}

impl Burner {
    /// Of a torch as it is set.
    pub fn of(setting: &torch::Setting) -> Self {
        Self { kind: setting.kind, flame_radius_m: setting.flame_radius_m, slag_share: slag_share(setting) }
    }

    /// What it is.
    pub fn kind(&self) -> torch::Kind {
        self.kind
    }

    /// Whether it heats and cuts nothing.
    pub fn is_source(&self) -> bool {
        matches!(self.kind, torch::Kind::Source(_))
    }

    /// Puts a stroke to the plate and says what it took of the flame and of the kerf, J. Half of the heat goes in before the time passes
    /// and half after it, as if it had come all along.
    pub fn apply(&self, stroke: &Stroke, heat: &mut Heat) -> [f64; 2] {
        let middle = [0, 1].map(|i| 0.5 * (stroke.from[i] + stroke.to[i]));
        let first = self.deposit(stroke, heat, stroke.from, middle);
        if stroke.through {
            heat.cut(stroke.from, stroke.to);
        }
        heat.step(stroke.time_s);
        let second = self.deposit(stroke, heat, middle, stroke.to);
        heat.shines(self.shine(stroke, heat));
        [first[0] + second[0], first[1] + second[1]]
    }

    /// What shone on the upper side at the end of a stroke.
    fn shine(&self, stroke: &Stroke, heat: &Heat) -> Option<Shine> {
        let power_w = Some(stroke.flame_j / stroke.time_s).filter(|watts| watts.is_finite() && *watts > 0.0)?;
        let gaussian = |radius_1e_m| Some(Shine::Gaussian { centre_m: stroke.to, radius_1e_m, power_w });
        match self.kind {
            torch::Kind::Source(torch::Source { shape, .. }) => match shape {
                torch::SourceShape::Line => None,
                torch::SourceShape::Gaussian { radius_m } => gaussian(radius_m),
                torch::SourceShape::Uniform => Some(Shine::Uniform { w_per_m2: power_w / heat.area_m2() }),
            },
            _ => gaussian(self.flame_radius_m),
        }
    }

    /// Half of the stroke's heat, along the way from `from` to `to`.
    fn deposit(&self, stroke: &Stroke, heat: &mut Heat, from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
        let mut taken_j = [0.0; 2];
        if stroke.flame_j > 0.0 {
            let half_j = 0.5 * stroke.flame_j;
            taken_j[0] = match self.kind {
                torch::Kind::Source(torch::Source { shape, .. }) => match shape {
                    torch::SourceShape::Line => heat.source_line(from, to, half_j),
                    torch::SourceShape::Gaussian { radius_m } => heat.source_gaussian(from, to, radius_m, half_j),
                    torch::SourceShape::Uniform => heat.source_uniform(half_j),
                },
                _ => {
                    let middle = [0.5 * (from[0] + to[0]), 0.5 * (from[1] + to[1])];
                    heat.deposit_gaussian(middle, self.flame_radius_m, half_j)
                }
            };
        }
        if stroke.burn_j > 0.0 {
            taken_j[1] = heat.deposit_kerf(from, to, 0.5 * stroke.kerf_m, self.slag_share, 0.5 * stroke.burn_j);
        }
        taken_j
    }
}
