//! Transmission and friction of one axis, from catalogue and machine file.
//!
//! In: checked tables. Out: `drive`'s parameters. May use: `drive`'s params, `diag`.

use std::f64::consts::{PI, TAU};

use super::catalogue::{Belt, Catalogue, Coupling, Found, Gearbox, Guide, Rack, Screw};
use super::check::Checker;
use super::machine_file::{AxisTable, GuideUse, ReductionTable, TransmissionTable};
use super::used::Used;
use crate::diag::Diagnostic;
use crate::drive::hold::PRESSURE_ANGLE_RAD;
use crate::drive::params::{FrictionParams, Hold, Stiffness, TransmissionParams};
use crate::drive::whirl::{self, Ends};

/// Density of aluminium pulleys, kg/m³.
const PULLEY_KG_PER_M3: f64 = 2700.0;
/// Density of steel pinions, kg/m³.
const PINION_KG_PER_M3: f64 = 7850.0;
/// Gravity, m/s².
const G: f64 = 9.81;

/// Two springs one after the other, N/m.
pub(super) fn in_series(springs: &[f64]) -> f64 {
    1.0 / springs.iter().map(|k| 1.0 / k).sum::<f64>()
}

/// A length in words, to a micrometre: "0.1", "0.155".
fn short(mm: f64) -> f64 {
    (1e3 * mm).round() * 1e-3
}

/// What stands between the motor and the pinion or pulley.
struct Reduction {
    ratio: f64,
    efficiency: f64,
    /// Stiffness at a radius `r` of the driven shaft, N/m, is this over r².
    torsional_nm_per_rad: f64,
    /// Free play of the driven shaft, rad.
    backlash_rad: f64,
    /// Seen at the rotor, kg·m².
    inertia_kg_m2: f64,
    words: String,
}

impl Reduction {
    /// Directly on the motor's shaft.
    fn none() -> Self {
        Self {
            ratio: 1.0,
            efficiency: 1.0,
            torsional_nm_per_rad: f64::INFINITY,
            backlash_rad: 0.0,
            inertia_kg_m2: 0.0,
            words: "direct".into(),
        }
    }

    /// What `table` asks for: a gearbox, or a closed belt with all that belongs to it; `None` after an error.
    fn of(table: &ReductionTable, drive: &Drive<'_>, checker: &mut Checker<'_>, used: &mut Used) -> Option<Self> {
        let numbers = [("ratio", &table.ratio), ("motor_teeth", &table.motor_teeth), ("centre_mm", &table.centre_mm)];
        if let Some(word) = &table.gearbox {
            let second = numbers.iter().find_map(|(key, given)| given.as_ref().map(|q| (*key, q.span.clone())));
            if let Some((key, span)) = second.or_else(|| table.belt.as_ref().map(|belt| ("belt", belt.span()))) {
                let found = format!("a reduction with `gearbox` has `{key}` too");
                checker.error("S009", &span, found, "a gearbox or a belt".into(), "two stages are not modelled".into());
                return None;
            }
            return Some(Self::gearbox(located(drive.catalogue.gearbox(word.get_ref()), word, checker)?, used));
        }
        let belt = table.belt.as_ref();
        let span = belt.map_or_else(|| drive.table.kind.span(), toml::Spanned::span);
        let keys = numbers.iter().map(|(key, given)| (*key, given.is_some())).chain([("belt", belt.is_some())]);
        for (key, _) in keys.filter(|(_, given)| !given) {
            let hint = format!("add `{key} = …`, or name a `gearbox` of the catalogue instead");
            checker.error("S005", &span, format!("the belt reduction has no `{key}`"), String::new(), hint);
        }
        let [ratio, motor_teeth, centre_mm] = numbers.map(|(_, given)| given.as_ref().map(|q| q.value));
        let (ratio, motor_teeth, centre_mm, belt) = (ratio?, motor_teeth?, centre_mm?, belt?);
        let belt = located(drive.catalogue.belt(belt.get_ref()), belt, checker)?;
        Some(Self::belt(ratio, motor_teeth, centre_mm * 1e-3, belt, used))
    }

    /// Two spans of the closed belt in parallel, both tight: k_θ = 2·(EA/L)·R² at the driven pulley. Pulleys are
    /// aluminium discs as wide as the belt plus 4 mm.
    fn belt(ratio: f64, motor_teeth: f64, centre_m: f64, belt: Found<'_, Belt>, used: &mut Used) -> Self {
        let pitch_m = belt.part.pitch_mm.value * 1e-3;
        let motor_radius_m = motor_teeth * pitch_m / TAU;
        let radius_m = motor_radius_m * ratio;
        let width_m = (belt.part.width_mm.value + 4.0) * 1e-3;
        let span_n_per_m = used.take(belt.key("ea_n"), &belt.part.ea_n) / centre_m;
        let disc = |radius: f64| 0.5 * PULLEY_KG_PER_M3 * PI * width_m * radius.powi(4);
        Self {
            ratio,
            efficiency: used.estimate("reduction belt efficiency", 0.96, 0.94, 0.98, "toothed belt"),
            torsional_nm_per_rad: 2.0 * span_n_per_m * radius_m.powi(2),
            backlash_rad: 0.0,
            inertia_kg_m2: disc(motor_radius_m) + disc(radius_m) / ratio.powi(2),
            words: format!("{ratio}:1"),
        }
    }

    /// A gearbox; its free play comes before the pinion, so that no spring takes it out.
    fn gearbox(gearbox: Found<'_, Gearbox>, used: &mut Used) -> Self {
        let g = gearbox.part;
        let ratio = used.take(gearbox.key("ratio"), &g.ratio);
        Self {
            ratio,
            efficiency: used.take(gearbox.key("efficiency"), &g.efficiency),
            torsional_nm_per_rad: used.take(gearbox.key("torsional_stiffness_nm_per_rad"), &g.torsional_stiffness_nm_per_rad),
            backlash_rad: (used.take(gearbox.key("backlash_arcmin"), &g.backlash_arcmin) / 60.0).to_radians(),
            inertia_kg_m2: used.take(gearbox.key("inertia_g_cm2"), &g.inertia_g_cm2) * 1e-7,
            words: format!("{ratio}:1 {}", g.kind.get_ref()),
        }
    }

    /// With a coupling on the motor's shaft: its stiffness counts ratio² as much at the driven shaft.
    fn behind(self, coupling: Found<'_, Coupling>, used: &mut Used) -> Self {
        let c = coupling.part;
        let key = coupling.key("torsional_stiffness_nm_per_rad");
        let stiffness = used.take(key, &c.torsional_stiffness_nm_per_rad) * self.ratio.powi(2);
        let inertia = used.take(coupling.key("inertia_g_cm2"), &c.inertia_g_cm2) * 1e-7;
        Self {
            torsional_nm_per_rad: in_series(&[self.torsional_nm_per_rad, stiffness]),
            inertia_kg_m2: self.inertia_kg_m2 + inertia,
            ..self
        }
    }
}

/// The transmission of an axis.
pub(super) struct Drive<'a> {
    /// The machine file's table.
    pub table: &'a TransmissionTable,
    /// Travel of the axis, m.
    pub travel_m: f64,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
}

impl Drive<'_> {
    /// Its parameters; `None` after an error.
    pub fn params(&self, checker: &mut Checker<'_>, used: &mut Used) -> Option<TransmissionParams> {
        let reduction = match &self.table.reduction {
            None => Reduction::none(),
            Some(table) => Reduction::of(table, self, checker, used)?,
        };
        let reduction = match &self.table.coupling {
            None => reduction,
            Some(word) => reduction.behind(located(self.catalogue.coupling(word.get_ref()), word, checker)?, used),
        };
        let part = &self.table.part;
        let id = part.get_ref();
        match self.table.kind.get_ref().as_str() {
            "rack" => self.rack(located(self.catalogue.rack(id), part, checker)?, &reduction, checker, used),
            "belt" => self.open_belt(located(self.catalogue.belt(id), part, checker)?, &reduction, checker, used),
            _ => self.screw(located(self.catalogue.screw(id), part, checker)?, &reduction, checker, used),
        }
    }

    /// A value this kind of transmission cannot do without.
    fn needed(&self, key: &str, value: Option<f64>, checker: &mut Checker<'_>) -> Option<f64> {
        if value.is_none() {
            let kind = self.table.kind.get_ref();
            let found = format!("a {kind} transmission has no `{key}`");
            checker.error("S005", &self.table.kind.span(), found, String::new(), format!("add a line `{key} = …`"));
        }
        value
    }

    fn mount_n_per_m(&self) -> f64 {
        self.table.mount_stiffness_n_per_um.value * 1e6
    }

    /// Mesh (as far as this grade of rack touches), mount and reduction belt in series. A sprung pinion has no free
    /// play until it lifts; the name says how far that is.
    fn rack(
        &self,
        rack: Found<'_, Rack>,
        reduction: &Reduction,
        checker: &mut Checker<'_>,
        used: &mut Used,
    ) -> Option<TransmissionParams> {
        let teeth = self.needed("teeth", self.table.teeth.as_ref().map(|q| q.value), checker)?;
        let module_m = rack.part.module_mm.value * 1e-3;
        let radius_m = 0.5 * module_m * teeth;
        let share = used.take(rack.key("contact_share"), &rack.part.contact_share);
        let mesh = used.take(rack.key("mesh_stiffness_n_per_um"), &rack.part.mesh_stiffness_n_per_um) * 1e6 * share;
        let before_mm = 1e3 * radius_m * reduction.backlash_rad;
        let backlash_mm = match (&self.table.backlash_mm, &self.table.spring_n) {
            (Some(given), _) => given.value,
            (None, Some(_)) => before_mm,
            (None, None) => before_mm + used.take(rack.key("backlash_fixed_mm"), &rack.part.backlash_fixed_mm),
        };
        let play = match &self.table.spring_n {
            Some(spring) if backlash_mm == 0.0 => {
                format!("sprung pinion, no play below {:.0} N", spring.value / PRESSURE_ANGLE_RAD.tan())
            }
            Some(_) => format!("sprung pinion, {backlash_mm:.3} mm of play before it"),
            None => format!("{} mm of play", short(backlash_mm)),
        };
        let hold = self.table.spring_n.as_ref().map_or(Hold::Firm, |spring| Hold::Sprung {
            spring_n: spring.value,
            rate_n_per_m: 1e3
                * match &self.table.spring_rate_n_per_mm {
                    Some(given) => given.value,
                    None => used.estimate("pinion spring_rate_n_per_mm", 10.0, 3.0, 30.0, "60-120 N drawn out by 5 to 20 mm"),
                },
        });
        let pinion = 0.5 * PINION_KG_PER_M3 * PI * (rack.part.face_mm.value + 5.0) * 1e-3 * radius_m.powi(4);
        Some(TransmissionParams {
            name: format!("{}, {teeth} teeth, {}, {play}", rack.part.name, reduction.words),
            travel_m_per_rad: radius_m / reduction.ratio,
            stiffness: Stiffness::Constant {
                n_per_m: in_series(&[mesh, self.mount_n_per_m(), reduction.torsional_nm_per_rad / radius_m.powi(2)]),
            },
            hold,
            whirl_m_per_s: f64::INFINITY,
            backlash_m: backlash_mm * 1e-3,
            damping_ratio: self.table.damping_ratio.value,
            efficiency: reduction.efficiency * used.take(rack.key("efficiency"), &rack.part.efficiency),
            inertia_kg_m2: reduction.inertia_kg_m2 + pinion / reduction.ratio.powi(2),
        })
    }

    fn open_belt(
        &self,
        belt: Found<'_, Belt>,
        reduction: &Reduction,
        checker: &mut Checker<'_>,
        used: &mut Used,
    ) -> Option<TransmissionParams> {
        let value = |q: &Option<super::quantity::Quantity>| q.as_ref().map(|q| q.value);
        let teeth = self.needed("teeth", value(&self.table.teeth), checker)?;
        let length_m = self.needed("length_mm", value(&self.table.length_mm), checker)? * 1e-3;
        let span_at_zero_m = self.needed("span_at_zero_mm", value(&self.table.span_at_zero_mm), checker)? * 1e-3;
        if span_at_zero_m + self.travel_m + 0.02 > length_m {
            let found = format!("the belt is {:.0} mm between its clamps", 1e3 * length_m);
            let expected =
                format!("at least {:.0} mm: first span, travel and 20 mm", 1e3 * (span_at_zero_m + self.travel_m + 0.02));
            checker.error("S009", &self.table.part.span(), found, expected, "raise `length_mm`".into());
            return None;
        }
        let strands = value(&self.table.strands).unwrap_or(1.0);
        let radius_m = teeth * belt.part.pitch_mm.value * 1e-3 / TAU;
        let backlash_mm = match &self.table.backlash_mm {
            Some(given) => given.value,
            None => {
                used.estimate("belt backlash_mm", 0.02, 0.01, 0.03, "tight curved-tooth profile")
                    + 1e3 * radius_m * reduction.backlash_rad
            }
        };
        let pretension_n = match &self.table.pretension_n {
            Some(given) => given.value,
            None => {
                let share =
                    used.estimate("belt pretension over allowable tension", 0.3, 0.1, 0.6, "tightened by hand and by ear");
                share * used.take(belt.key("allowable_tension_n"), &belt.part.allowable_tension_n)
            }
        };
        let width_m = (belt.part.width_mm.value * strands + 4.0) * 1e-3;
        let pulley = 0.5 * PULLEY_KG_PER_M3 * PI * width_m * radius_m.powi(4);
        Some(TransmissionParams {
            name: format!("{}, {teeth} teeth, {}", belt.part.name, reduction.words),
            travel_m_per_rad: radius_m / reduction.ratio,
            stiffness: Stiffness::BeltSpans {
                ea_n: strands * used.take(belt.key("ea_n"), &belt.part.ea_n),
                length_m,
                span_at_zero_m,
                series_n_per_m: in_series(&[self.mount_n_per_m(), reduction.torsional_nm_per_rad / radius_m.powi(2)]),
            },
            hold: Hold::Belt { pretension_n: strands * pretension_n },
            whirl_m_per_s: f64::INFINITY,
            backlash_m: backlash_mm * 1e-3,
            damping_ratio: self.table.damping_ratio.value,
            efficiency: reduction.efficiency * used.estimate("belt efficiency", 0.96, 0.95, 0.98, "toothed belt"),
            inertia_kg_m2: reduction.inertia_kg_m2 + pulley / reduction.ratio.powi(2),
        })
    }

    /// Nut, screw over its length, and bearing with mount in series.
    fn screw(
        &self,
        screw: Found<'_, Screw>,
        reduction: &Reduction,
        checker: &mut Checker<'_>,
        used: &mut Used,
    ) -> Option<TransmissionParams> {
        let length_m = self.needed("length_mm", self.table.length_mm.as_ref().map(|q| q.value), checker)? * 1e-3;
        let s = screw.part;
        let travel_m_per_rad = s.lead_mm.value * 1e-3 / TAU / reduction.ratio;
        let nut = used.take(screw.key("nut_stiffness_n_per_um"), &s.nut_stiffness_n_per_um) * 1e6;
        let shaft = used.take(screw.key("axial_stiffness_n_per_um_at_1_m"), &s.axial_stiffness_n_per_um_at_1_m) * 1e6 / length_m;
        let reduced = reduction.torsional_nm_per_rad / (travel_m_per_rad * reduction.ratio).powi(2);
        let backlash_mm = match &self.table.backlash_mm {
            Some(given) => given.value,
            None => used.take(screw.key("backlash_mm"), &s.backlash_mm) + s.lead_mm.value / TAU * reduction.backlash_rad,
        };
        // The root is that of the axial stiffness, E A over a metre.
        let root_m = whirl::root_m(s.axial_stiffness_n_per_um_at_1_m.value * 1e6);
        let ends = self.table.ends.as_ref().and_then(|word| Ends::named(word.get_ref())).unwrap_or(Ends::FixedSupported);
        let inertia = used.take(screw.key("inertia_kg_m2_per_m"), &s.inertia_kg_m2_per_m) * length_m;
        Some(TransmissionParams {
            name: format!("{}, {}", s.name, reduction.words),
            travel_m_per_rad,
            stiffness: Stiffness::Constant { n_per_m: in_series(&[nut, shaft, self.mount_n_per_m(), reduced]) },
            hold: Hold::Firm,
            whirl_m_per_s: s.lead_mm.value * 1e-3 * whirl::rev_per_s(root_m, length_m, ends),
            backlash_m: backlash_mm * 1e-3,
            damping_ratio: self.table.damping_ratio.value,
            efficiency: reduction.efficiency * used.take(screw.key("efficiency"), &s.efficiency),
            inertia_kg_m2: reduction.inertia_kg_m2 + inertia / reduction.ratio.powi(2),
        })
    }
}

/// Drag of a guide carrying `load_kg`, with hoses: seals, preload or grease of every element, plus the coefficient
/// times the weight.
pub(super) fn friction(
    axis: &AxisTable,
    guide: Found<'_, Guide>,
    elements: &GuideUse,
    load_kg: f64,
    used: &mut Used,
) -> FrictionParams {
    let count = elements.elements_in_all.as_ref().unwrap_or(&elements.elements).value;
    let each_n = used.take(guide.key("drag_n"), &guide.part.drag_n);
    let weight_n = used.take(guide.key("friction_coefficient"), &guide.part.friction_coefficient) * load_kg * G;
    let hose_n = axis.hose_drag_n.as_ref().map_or(0.0, |drag| drag.value);
    let coulomb_n = count * each_n + weight_n + hose_n;
    let breakaway = used.estimate("friction breakaway over sliding", 1.25, 1.1, 1.6, "sealed ball guides and rollers");
    FrictionParams {
        coulomb_n,
        static_n: breakaway * coulomb_n,
        stribeck_m_per_s: 1e-3 * used.estimate("friction stribeck_mm_per_s", 5.0, 2.0, 20.0, "greased rolling contacts"),
        viscous_n_s_per_m: match &axis.viscous_n_s_per_m {
            Some(given) => given.value,
            None => used.estimate("friction viscous_n_s_per_m", 20.0, 5.0, 60.0, "grease and seals"),
        },
        presliding_m: 1e-6 * used.estimate("friction presliding_um", 20.0, 5.0, 50.0, "rolling contacts and seal lips"),
    }
}

/// Puts a look-up's error where the id stands.
pub(super) fn located<T>(
    result: Result<T, Box<Diagnostic>>,
    word: &toml::Spanned<String>,
    checker: &mut Checker<'_>,
) -> Option<T> {
    result.map_err(|finding| checker.findings.push(finding.at(checker.place(&word.span())))).ok()
}
