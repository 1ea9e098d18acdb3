//! The torch step by step: flame, preheat, pierce, cut, and the ways a cut is lost.
//!
//! In: [`Params`] from a [`Setting`], one [`Input`] per step. Out: [`State`] moved on, one [`Output`] per step.
//! May use: `chart`, `spot`.

use super::chart::{Kind, Setting};
use super::spot::Spot;

/// Share of the clean speed below which the torch counts as standing still for piercing. Basis: estimate.
const NEARLY_AT_REST: f64 = 0.10;
/// Travel onto the plate within which a cut begun beside the plate counts as an edge start, metres. Basis: estimate.
const EDGE_REACH_M: f64 = 5.0e-3;
/// Gap, in kerf widths, that a burning front survives off the plate. Basis: estimate.
const GAP_IN_KERFS: f64 = 2.0;
/// Growth of the kerf towards speed zero. Basis: estimate (published in words: slow cuts wash out wider kerfs).
pub(super) const SLOW_KERF: f64 = 0.35;
/// Drag at clean speed as a share of the thickness (expertsmind: 10 % is the usual example), growing with speed squared.
pub(super) const CLEAN_DRAG: f64 = 0.10;
/// Power of the temperature ratio that widens the kerf on hot plate, and the most it may widen it. Basis: estimate.
pub(super) const HOT_POWER: f64 = 0.3;
const HOT_MOST: f64 = 1.5;
/// Plate temperature of the charts, °C.
const COLD_C: f64 = 20.0;
/// Rounding of the upper edge at clean speed, metres, and the most of it. Basis: estimate: a good preheat leaves less than 1/16 in (ESAB,
/// Factors Affecting Quality in Oxy-Fuel Cutting, p. 9), and it grows with the time the flame stays.
pub(super) const ROUNDING_M: [f64; 2] = [0.5e-3, 3.0e-3];
/// Stand-offs at which a plasma arc cuts, metres: from dragging to where it no longer reaches. Basis: estimate.
const ARC_REACH_M: [f64; 2] = [0.3e-3, 8.0e-3];

/// What does not change during a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// What the tip does on this plate.
    pub setting: Setting,
    /// Lowest stand-off at which oxygen cuts, metres.
    pub standoff_min_m: f64,
    /// Highest stand-off at which oxygen cuts, metres.
    pub standoff_max_m: f64,
}

impl Params {
    /// The setting with the usual stand-off limits: 1.5 mm (inner cones 1.5–3 mm above the plate, Modern Welding 2020,
    /// p. 444) to 10 mm (0.40 in still cut in the measured series of Pond and Martin, 2020).
    pub fn new(setting: Setting) -> Self {
        let [standoff_min_m, standoff_max_m] = match setting.kind {
            Kind::OxyFuel(_) => [1.5e-3, 10.0e-3],
            Kind::Plasma { .. } => ARC_REACH_M,
            Kind::FixedKerf | Kind::Source(_) => [f64::NEG_INFINITY, f64::INFINITY],
        };
        Self { setting, standoff_min_m, standoff_max_m }
    }

    fn spot(&self) -> Spot {
        Spot { power_w: self.setting.preheat_w, radius_1e_m: self.setting.flame_radius_m, thickness_m: self.setting.thickness_m }
    }
}

/// What the torch is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// No flame.
    #[default]
    Off,
    /// Flame on, not over the plate.
    Idle,
    /// Flame on over the plate, the surface not yet hot enough to start.
    Preheating,
    /// The surface under the flame is hot enough for the oxygen.
    Kindled,
    /// Oxygen on, burning down through the plate.
    Piercing,
    /// Oxygen on, through the plate.
    Cutting,
    /// Oxygen on, nothing burns; stays so until the oxygen is closed.
    Lost,
}

/// Why a cut was lost or did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostCause {
    /// Oxygen on a spot that was not hot enough.
    NotKindled,
    /// Moved while the pierce was not through.
    MovedBeforePiercedThrough,
    /// Faster than the front can follow.
    TooFast,
    /// Tip too near to the plate or too far from it.
    Standoff,
    /// The flame went out under the oxygen.
    FlameOut,
    /// The arc had no plate under it, and comes back only with a new start.
    ArcOut,
    /// Thicker than the arc can pierce.
    TooThickToPierce,
}

impl LostCause {
    /// What must happen before the cut goes on.
    pub fn recovery(self, kind: Kind) -> &'static str {
        match kind {
            Kind::OxyFuel(_) => {
                "to recover, close the oxygen, go back to where the kerf is through or to an edge, preheat there to kindling and open it again"
            }
            Kind::Plasma { .. } => "to recover, switch the arc off and start again at an edge",
            Kind::FixedKerf | Kind::Source(_) => "to recover, begin that cut again",
        }
    }

    /// What happened and what to do.
    pub fn words(self, kind: Kind) -> &'static str {
        let flame = matches!(kind, Kind::OxyFuel(_));
        match self {
            Self::NotKindled => "the oxygen came on before the plate was hot enough to burn: preheat longer",
            Self::MovedBeforePiercedThrough if flame => {
                "the torch moved off before the pierce was through: dwell longer after the oxygen"
            }
            Self::MovedBeforePiercedThrough => "the torch moved off before the pierce was through: dwell longer after the arc",
            Self::TooFast if flame => "the torch ran faster than the burning front can follow: lower the feed",
            Self::TooFast => "the torch ran faster than the arc can sever: lower the feed",
            Self::Standoff => "the tip was too near to the plate or too far from it: check the torch height",
            Self::ArcOut => "the arc went out where no plate was under it: lead out sooner, or do not cross a kerf",
            Self::TooThickToPierce => "the plate is thicker than this current can pierce: start at an edge, or take more current",
            Self::FlameOut => "the preheat flame went out while the oxygen was on: keep the flame on until the cut ends",
        }
    }
}

/// What the torch meets in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// The preheat flame burns.
    pub flame: bool,
    /// The cutting oxygen is open.
    pub oxygen: bool,
    /// Tip above the plate, metres.
    pub standoff_m: f64,
    /// Speed of the tip over the plate, m/s.
    pub speed_m_per_s: f64,
    /// Temperature of the plate that the front meets, °C (from heat; read it ahead of the front while cutting).
    pub plate_c: f64,
    /// The tip is over the plate.
    pub over_plate: bool,
    /// How far beside the plate the tip is, metres; 0 over it.
    pub beside_m: f64,
    /// The tip is over the plate's own border, within a kerf of it: what burns there burns all the way down at once.
    pub over_border: bool,
    /// Distance since the last step, metres.
    pub moved_m: f64,
    /// Length of the step, seconds.
    pub dt_s: f64,
}

/// All that changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the torch is doing.
    pub phase: Phase,
    /// Surface temperature under the resting flame, °C (only while preheating).
    pub surface_c: f64,
    /// How far the pierce is through, 0 to 1.
    pub pierced: f64,
    /// Why the cut was lost, while it is.
    pub lost: Option<LostCause>,
    /// Time at rest under the flame, seconds.
    rest_s: f64,
    /// Travel since the rest began, metres.
    rest_moved_m: f64,
    /// Plate temperature when the rest began, °C.
    rest_plate_c: f64,
    /// Travel at a speed that loses the cut, metres.
    fast_m: f64,
    /// Travel on the plate since the tip was beside it with the oxygen on, metres; `None`: not an edge start.
    edge_m: Option<f64>,
    /// Travel off the plate since the cut left it, metres; `None`: it was not cutting.
    gap_m: Option<f64>,
}

/// What came of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Output {
    /// What the torch was doing at the end of the step.
    pub phase: Phase,
    /// Width of the kerf, metres; 0 unless piercing or cutting.
    pub kerf_m: f64,
    /// Heat from the flame, W; the share of its Gaussian that falls beside the plate is not absorbed.
    pub flame_w: f64,
    /// Heat from burning into the plate, both edges together, W.
    pub burn_w: f64,
    /// Lag of the bottom exit behind the top entry, as a share of the thickness.
    pub drag: f64,
    /// Why the cut was lost; only at the step where it happens.
    pub lost: Option<LostCause>,
    /// Oxygen used in this step, cutting and preheat together, m³.
    pub oxygen_m3: f64,
    /// Fuel used in this step, m³.
    pub fuel_m3: f64,
    /// Air or plasma gas used in this step, m³.
    pub air_m3: f64,
}

impl State {
    fn restart_preheat(&mut self, plate_c: f64) {
        self.rest_s = 0.0;
        self.rest_moved_m = 0.0;
        self.rest_plate_c = plate_c;
        self.surface_c = plate_c;
    }

    /// Flame over the plate: the surface heats up while the torch rests; moving half a flame radius starts over.
    fn preheat(&mut self, params: &Params, input: &Input) -> Phase {
        self.rest_moved_m += input.moved_m.abs();
        let resumed = matches!(self.phase, Phase::Preheating | Phase::Kindled);
        if !resumed || self.rest_moved_m > 0.5 * params.setting.flame_radius_m {
            self.restart_preheat(input.plate_c);
        }
        let end_s = self.rest_s + input.dt_s;
        // An edge gets less of the flame and throws all of it back: under the middle of the flame it is as hot as under a whole spot.
        let at_edge = (-(input.beside_m / params.setting.flame_radius_m).powi(2)).exp();
        let rise_c = at_edge * params.spot().rise_between_c(self.rest_s, end_s);
        self.rest_s = end_s;
        // Measured from the plate temperature at the start of the rest, so that heat which the plate model has since
        // taken from this very flame is not counted twice.
        self.surface_c = (self.surface_c + rise_c).max(input.plate_c);
        if self.surface_c >= params.setting.start_c { Phase::Kindled } else { Phase::Preheating }
    }

    fn lose(&mut self, cause: LostCause) -> Phase {
        self.lost = Some(cause);
        Phase::Lost
    }

    fn begin_cut(&mut self) -> Phase {
        self.fast_m = 0.0;
        self.edge_m = None;
        self.gap_m = None;
        Phase::Cutting
    }

    /// Oxygen on over the plate; returns the next phase.
    fn burn(&mut self, params: &Params, input: &Input) -> Phase {
        if self.phase == Phase::Lost {
            return Phase::Lost;
        }
        let needs_flame = matches!(params.setting.kind, Kind::OxyFuel(_));
        if needs_flame && matches!(self.phase, Phase::Piercing | Phase::Cutting) && !input.flame {
            return self.lose(LostCause::FlameOut);
        }
        if !(input.standoff_m >= params.standoff_min_m && input.standoff_m <= params.standoff_max_m) {
            return self.lose(LostCause::Standoff);
        }
        match self.phase {
            Phase::Cutting => self.cut(params, input),
            Phase::Piercing => self.pierce(params, input),
            _ if self.gap_m.is_some_and(|gap| gap <= GAP_IN_KERFS * params.setting.kerf_m) => {
                self.begin_cut();
                self.cut(params, input)
            }
            _ if needs_flame => self.start(params, input),
            _ => self.strike(params, input),
        }
    }

    /// A torch that needs no preheat begins over the plate.
    fn strike(&mut self, params: &Params, input: &Input) -> Phase {
        if params.setting.kind == Kind::FixedKerf || params.setting.pierce_s <= 0.0 {
            return self.begin_cut();
        }
        if self.gap_m.is_some() {
            return self.lose(LostCause::ArcOut);
        }
        if self.edge_m.is_some() || input.over_border {
            return self.begin_cut();
        }
        if params.setting.pierce_s.is_infinite() {
            return self.lose(LostCause::TooThickToPierce);
        }
        self.pierced = 0.0;
        self.pierce(params, input)
    }

    /// Oxygen on, nothing burning yet.
    fn start(&mut self, params: &Params, input: &Input) -> Phase {
        if !input.flame {
            return self.lose(LostCause::NotKindled);
        }
        if let Some(edge) = self.edge_m.as_mut() {
            *edge += input.moved_m.abs();
            if *edge <= EDGE_REACH_M {
                return match self.preheat(params, input) {
                    Phase::Kindled => self.begin_cut(),
                    waiting => waiting,
                };
            }
            self.edge_m = None;
            return self.lose(LostCause::NotKindled);
        }
        let moved_m = self.rest_moved_m + input.moved_m.abs();
        let on_spot = self.phase == Phase::Kindled && moved_m <= 0.5 * params.setting.flame_radius_m;
        if on_spot || input.plate_c >= params.setting.start_c {
            if input.over_border {
                return self.begin_cut();
            }
            self.pierced = 0.0;
            return self.pierce(params, input);
        }
        self.lose(LostCause::NotKindled)
    }

    fn pierce(&mut self, params: &Params, input: &Input) -> Phase {
        if input.speed_m_per_s.abs() > NEARLY_AT_REST * params.setting.clean_speed_m_per_s {
            return self.lose(LostCause::MovedBeforePiercedThrough);
        }
        self.pierced += input.dt_s / params.setting.pierce_s;
        if self.pierced >= 1.0 - 1e-9 {
            self.pierced = 1.0;
            return self.begin_cut();
        }
        Phase::Piercing
    }

    fn cut(&mut self, params: &Params, input: &Input) -> Phase {
        if input.speed_m_per_s.abs() > params.setting.lost_speed * params.setting.clean_speed_m_per_s {
            self.fast_m += input.moved_m.abs();
            if self.fast_m > 0.5 * params.setting.kerf_m {
                return self.lose(LostCause::TooFast);
            }
        } else {
            self.fast_m = 0.0;
        }
        Phase::Cutting
    }

    /// Oxygen on beside the plate: a cut ends here, an edge start begins here.
    fn beside(&mut self, params: &Params, input: &Input) -> Phase {
        match self.phase {
            Phase::Lost => return Phase::Lost,
            Phase::Cutting => self.gap_m = Some(0.0),
            // The oxygen passes beside the edge that the flame heats.
            Phase::Preheating | Phase::Kindled if reaches_plate(params, input) => {
                self.edge_m = Some(0.0);
                return self.preheat(params, input);
            }
            _ => {}
        }
        if let Some(gap) = self.gap_m.as_mut() {
            *gap += input.moved_m.abs();
        }
        self.edge_m = Some(0.0);
        if input.flame { Phase::Idle } else { Phase::Off }
    }

    fn advance(&mut self, params: &Params, input: &Input) -> Phase {
        if input.oxygen {
            return if input.over_plate { self.burn(params, input) } else { self.beside(params, input) };
        }
        self.edge_m = None;
        self.gap_m = None;
        self.lost = None;
        self.pierced = 0.0;
        match (input.flame, reaches_plate(params, input)) {
            (false, _) => Phase::Off,
            (true, false) => Phase::Idle,
            (true, true) => self.preheat(params, input),
        }
    }
}

/// Whether the flame heats the plate, over it or from so near beside it as it may move without beginning anew.
fn reaches_plate(params: &Params, input: &Input) -> bool {
    input.over_plate || input.flame && input.beside_m <= 0.5 * params.setting.flame_radius_m
}

/// How much wider hot plate makes the kerf: ((T_start − 20)/(T_start − T_plate))^0.3, from 1 to 1.5. Basis: estimate.
fn heat_factor(start_c: f64, plate_c: f64) -> f64 {
    let room_c = (start_c - plate_c).max(1e-3);
    ((start_c - COLD_C) / room_c).max(1.0).powf(HOT_POWER).min(HOT_MOST)
}

/// Drag at a speed over the clean one: lag of the bottom exit behind the top entry, as a share of the thickness.
pub fn drag(speed: f64) -> f64 {
    CLEAN_DRAG * speed * speed
}

/// How much wider the kerf is at a speed over the clean one: slow cuts wash out metal on both sides.
pub fn slow_kerf(speed: f64) -> f64 {
    1.0 + SLOW_KERF * (1.0 - speed).max(0.0)
}

/// Rounding of the upper edge at a speed over the clean one, metres: grows as the flame stays longer.
pub fn top_rounding_m(speed: f64) -> f64 {
    (ROUNDING_M[0] / speed.max(1e-3)).min(ROUNDING_M[1])
}

/// One step of `input.dt_s`.
pub fn step(params: &Params, input: &Input, state: &mut State) -> Output {
    let setting = &params.setting;
    // A torch without a flame of its own runs while either is on.
    let input = match setting.kind {
        Kind::OxyFuel(_) => *input,
        _ => Input { oxygen: input.oxygen || input.flame, ..*input },
    };
    if let Kind::Source(source) = setting.kind {
        let phase = if input.oxygen { Phase::Preheating } else { Phase::Off };
        state.phase = phase;
        return Output { phase, flame_w: if input.oxygen { source.power_w } else { 0.0 }, ..Output::default() };
    }
    let before = state.phase;
    let phase = state.advance(params, &input);
    state.phase = phase;
    let mut out = Output { phase, ..Output::default() };
    if phase == Phase::Lost && before != Phase::Lost {
        out.lost = state.lost;
    }
    if input.flame {
        out.flame_w = match phase {
            Phase::Preheating | Phase::Kindled => setting.preheat_w,
            _ => setting.flame_w,
        };
        out.fuel_m3 = setting.fuel_m3_per_s * input.dt_s;
        out.oxygen_m3 += setting.preheat_oxygen_m3_per_s * input.dt_s;
    }
    if input.oxygen {
        out.oxygen_m3 += setting.oxygen_m3_per_s * input.dt_s;
        out.air_m3 = setting.air_m3_per_s * input.dt_s;
    }
    burning(setting, &input, &mut out);
    out
}

/// Kerf, heat and drag of a step that pierces or cuts.
fn burning(setting: &Setting, input: &Input, out: &mut Output) {
    let speed = input.speed_m_per_s.abs() / setting.clean_speed_m_per_s;
    match (out.phase, setting.kind) {
        (Phase::Cutting | Phase::Piercing, Kind::FixedKerf) => out.kerf_m = setting.kerf_m,
        (Phase::Cutting, _) => {
            out.kerf_m = setting.kerf_m * slow_kerf(speed) * heat_factor(setting.start_c, input.plate_c);
            out.burn_w = setting.burn_j_per_m2 * input.speed_m_per_s.abs() * setting.thickness_m;
            out.drag = drag(speed);
        }
        (Phase::Piercing, _) => {
            out.kerf_m = setting.kerf_m * heat_factor(setting.start_c, input.plate_c);
            // The wall of the hole, π·w·t, is the face of a cut of length π·w/2 (which has two walls).
            let length_m = 0.5 * std::f64::consts::PI * out.kerf_m;
            out.burn_w = setting.burn_j_per_m2 * length_m * setting.thickness_m / setting.pierce_s;
        }
        _ => {}
    }
    if let (Phase::Cutting, Kind::Plasma { .. }) = (out.phase, setting.kind) {
        // The arc's power does not depend on the speed: what a slow cut leaves per length grows.
        out.burn_w = setting.burn_j_per_m2 * setting.clean_speed_m_per_s * setting.thickness_m;
    }
}
