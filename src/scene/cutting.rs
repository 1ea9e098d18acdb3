//! The torch of a scene: which tip or current, and what it does on the plate.
//!
//! In: the checked scene file, the catalogue's charts. Out: `torch`'s parameters. May use: `torch`, this room's catalogue.

use super::catalogue::{Catalogue, Found, TipFamily};
use super::charted::note_chart;
use super::check::Checker;
use super::drive::located;
use super::model::{Plate, Torch};
use super::quantity::Quantity;
use super::scene_file::TorchTable;
use super::used::Used;
use crate::diag::Diagnostic;
use crate::plate::heat::Conduction;
use crate::program::TorchWords;
use crate::torch::{self, Fuel, Kind, Setting, Source, SourceShape};

/// Purity of the cutting oxygen unless given: what charts are made for.
pub const PURITY: f64 = 0.995;
/// Height of the tip unless given, mm: inside the 3 to 6 mm of the trade courses; of an arc, the Powermax45 XP's.
const STANDOFF_MM: [f64; 2] = [5.0, 1.5];
/// Height from which an arc pierces, mm: the Powermax45 XP's, two and a half times its cut height. A flame pierces from where it cuts.
const PIERCE_HEIGHT_MM: f64 = 3.8;
/// Hold over what is needed, so that a flame a little soft still starts the cut.
const PREHEAT_RESERVE: f64 = 1.3;
/// The same for the pierce.
const PIERCE_RESERVE: f64 = 1.2;
/// A cubic foot per hour in m³/s.
const SCFH: f64 = 0.028_316_846_592 / 3600.0;
/// Kerf of `fixed-kerf` unless given, mm.
const FIXED_KERF_MM: f64 = 1.0;

/// Speed on stainless steel and on aluminium over that on mild steel, by thickness, mm: quality speeds of the Powermax SYNC chart (810500MU
/// revision 4) at 65 A on 304 over those on mild steel, and at 45 A on aluminium over the Powermax45 XP's on mild steel; the end values go on.
const STAINLESS_SPEED: [[f64; 2]; 5] = [[3.0, 1.44], [4.0, 1.22], [6.0, 0.95], [8.0, 0.87], [10.0, 0.90]];
const ALUMINIUM_SPEED: [[f64; 2]; 6] = [[2.0, 1.15], [3.0, 1.30], [4.0, 1.30], [6.0, 1.43], [8.0, 1.30], [10.0, 1.10]];

/// Linear between points (x, y) in order of x, the end values outside.
fn interpolated(points: &[[f64; 2]], x: f64) -> f64 {
    let after = points.partition_point(|p| p[0] < x);
    match (after.checked_sub(1).map(|n| points[n]), points.get(after)) {
        (Some([x0, y0]), Some([x1, y1])) => y0 + (x - x0) / (x1 - x0) * (y1 - y0),
        (Some([_, y]), None) | (None, Some(&[_, y])) => y,
        (None, None) => 1.0,
    }
}

/// Heights of the tip over the plate while cutting and while piercing, mm, unless a scene says otherwise.
pub fn heights_mm(setting: &Setting) -> [f64; 2] {
    if matches!(setting.kind, Kind::Plasma { .. }) { [STANDOFF_MM[1], PIERCE_HEIGHT_MM] } else { [STANDOFF_MM[0]; 2] }
}

/// What is asked of a family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked<'a> {
    /// Tip; none: by thickness.
    pub tip: Option<&'a str>,
    /// Arc current, A; none: by thickness.
    pub amps: Option<f64>,
    /// Plate thickness, m.
    pub thickness_m: f64,
    /// Oxygen purity, a share.
    pub purity: f64,
    /// What is cut.
    pub conduction: Conduction,
}

/// The fuel of a process.
fn fuel_of(process: &str) -> Fuel {
    if process == "oxy-propane" { Fuel::Propane } else { Fuel::Acetylene }
}

/// The rows of an oxygen family's chart.
pub(super) fn flame_rows(family: Found<'_, TipFamily>, used: &mut Used) -> Result<Vec<torch::ChartRow>, String> {
    let mut rows = Vec::new();
    for row in &family.part.row {
        let thickness_m = row.thickness_mm.value * 1e-3;
        let missing = |what: &str| format!("the row of tip {} in {} has no {what}", row.tip, family.id);
        let fuel = row.acetylene_scfh.as_ref().or(row.propane_scfh.as_ref()).ok_or_else(|| missing("fuel"))?;
        let oxygen = row.oxygen_scfh.as_ref().ok_or_else(|| missing("oxygen_scfh"))?;
        let mut take =
            |name: &str, q| used.ranged(family.key(&format!("tip {} on {} mm, {name}", row.tip, row.thickness_mm.value)), q);
        rows.push(torch::ChartRow {
            tip: row.tip.clone(),
            thickness_m,
            speed_low_m_per_s: row.speed_mm_per_min[0].value * 1e-3 / 60.0,
            speed_high_m_per_s: row.speed_mm_per_min[1].value * 1e-3 / 60.0,
            oxygen_m3_per_s: take("oxygen_scfh", oxygen) * SCFH,
            fuel_m3_per_s: take("fuel_scfh", fuel) * SCFH,
            kerf_m: match &row.kerf_mm {
                Some(kerf) => take("kerf_mm", kerf) * 1e-3,
                None => torch::usual_kerf_m(thickness_m),
            },
        });
    }
    Ok(rows)
}

/// The rows of a plasma chart.
pub(super) fn arc_rows(family: Found<'_, TipFamily>, used: &mut Used) -> Result<Vec<torch::PlasmaRow>, String> {
    let mut rows = Vec::new();
    for row in &family.part.row {
        let thickness_m = row.thickness_mm.value * 1e-3;
        let amps = row
            .amps
            .as_ref()
            .ok_or_else(|| format!("the row of {} mm in {} has no amps", row.thickness_mm.value, family.id))?
            .value;
        let mut take = |name: &str, q| used.ranged(family.key(&format!("{amps} A on {} mm, {name}", row.thickness_mm.value)), q);
        rows.push(torch::PlasmaRow {
            amps,
            thickness_m,
            quality_m_per_s: row.speed_mm_per_min[0].value * 1e-3 / 60.0,
            production_m_per_s: row.speed_mm_per_min[1].value * 1e-3 / 60.0,
            pierce_s: row.pierce_s.as_ref().map(|q| take("pierce_s", q)),
            volts: row.volts.as_ref().map(|q| take("volts", q)),
            kerf_m: match &row.kerf_mm {
                Some(kerf) => take("kerf_mm", kerf) * 1e-3,
                None => torch::usual_plasma_kerf_m(thickness_m),
            },
        });
    }
    Ok(rows)
}

/// What a family does.
///
/// # Errors
/// A sentence in plain words.
pub fn setting_of(family: Found<'_, TipFamily>, asked: &Asked<'_>, used: &mut Used) -> Result<Setting, String> {
    let burns = !matches!(asked.conduction, Conduction::Stainless | Conduction::Aluminium);
    let process = family.part.process.get_ref().as_str();
    if process != "plasma" && !burns {
        return Err("oxygen does not cut stainless steel or aluminium, whose oxides melt later than the metal".to_string());
    }
    if process != "plasma" {
        let rows = flame_rows(family, used)?;
        let setting = torch::setting(&rows, fuel_of(process), asked.tip, asked.thickness_m, asked.purity)?;
        note_chart(family, asked, &setting, used);
        note_assumptions(&setting, used);
        return Ok(setting);
    }
    let named = asked.tip.map(|tip| tip.trim_end_matches(['A', 'a']).parse::<f64>());
    let amps = match named {
        Some(Err(_)) => return Err(format!("a plasma current is a number of amperes, not `{}`", asked.tip.unwrap_or_default())),
        Some(Ok(amps)) => Some(amps),
        None => asked.amps,
    };
    let rows = arc_rows(family, used)?;
    let setting = torch::plasma_setting(&rows, amps, asked.thickness_m)?;
    note_chart(family, asked, &setting, used);
    note_assumptions(&setting, used);
    let (speeds, start_c): (&[[f64; 2]], f64) = match asked.conduction {
        Conduction::Stainless => (&STAINLESS_SPEED, 1400.0),
        Conduction::Aluminium => (&ALUMINIUM_SPEED, 582.0),
        _ => return Ok(setting),
    };
    let speed = interpolated(speeds, 1e3 * asked.thickness_m);
    let why = "Powermax SYNC chart over that for mild steel; the Saber 40's has 0.65 to 1.0 for stainless steel, 0.6 to 1.25 for aluminium";
    used.note("built-in speed over that on mild steel", &Quantity::estimate(speed, 0.6 * speed, 1.15 * speed, why));
    Ok(Setting {
        clean_speed_m_per_s: speed * setting.clean_speed_m_per_s,
        speed_min_m_per_s: speed * setting.speed_min_m_per_s,
        speed_max_m_per_s: speed * setting.speed_max_m_per_s,
        burn_j_per_m2: setting.burn_j_per_m2 / speed,
        start_c,
        ..setting
    })
}

/// Lists the constants behind the setting that are estimates.
fn note_assumptions(setting: &Setting, used: &mut Used) {
    for one in torch::assumptions(setting) {
        used.note(&format!("built-in {}", one.name), &Quantity::estimate(one.value, one.range[0], one.range[1], one.source));
    }
}

/// Family and tip that a scene's `tip` and `family` mean. "victor-1-101-1" is tip 1 of the family with the longest name
/// that fits.
fn family_and_tip<'c>(
    table: &TorchTable,
    catalogue: &'c Catalogue,
    checker: &mut Checker<'_>,
) -> Option<(Found<'c, TipFamily>, Option<String>)> {
    if let Some(family) = &table.family {
        let found = located(catalogue.tip_family(family.get_ref()), family, checker)?;
        let tip = table.tip.as_ref().map(|tip| tip.get_ref().clone());
        let tip = tip.map(|tip| tip.strip_prefix(&format!("{}-", found.id)).map_or(tip.clone(), str::to_string));
        return Some((found, tip));
    }
    let Some(word) = &table.tip else {
        return catalogue.tip_family(default_family(table.process.get_ref())).ok().map(|found| (found, None));
    };
    match family_in_name(word.get_ref(), catalogue) {
        Some(found) => Some(found),
        None => {
            // No family fits: the look-up's message names the nearest.
            located(catalogue.tip_family(word.get_ref()), word, checker)?;
            None
        }
    }
}

/// Family of a process where nothing names one.
fn default_family(process: &str) -> &'static str {
    match process {
        "oxy-propane" => "generic-propane",
        "plasma" => "plasma",
        _ => "victor-1-101",
    }
}

/// Family and tip of a name such as "victor-1-101-1" or "victor-1-101"; none where no family fits.
pub fn family_in_name<'c>(named: &str, catalogue: &'c Catalogue) -> Option<(Found<'c, TipFamily>, Option<String>)> {
    if let Ok(found) = catalogue.tip_family(named) {
        return Some((found, None));
    }
    let ids = catalogue.tips.keys().filter_map(|id| Some((id, named.strip_prefix(id.as_str())?.strip_prefix('-')?)));
    let (id, tip) = ids.max_by_key(|(id, _)| id.len())?;
    catalogue.tip_family(id).ok().map(|found| (found, Some(tip.to_string())))
}

/// A plain source of heat as a scene states it.
fn source(table: &TorchTable, checker: &mut Checker<'_>) -> Option<Source> {
    let Some(power) = &table.power_w else {
        let span = table.process.span();
        checker.error("S005", &span, "a heat source has no `power_w`".into(), String::new(), "add a line `power_w = …`".into());
        return None;
    };
    let radius_m = table.radius_mm.as_ref().map_or(0.0, |q| q.value * 1e-3);
    let shape = match table.shape.as_ref().map_or("line", |word| word.get_ref().as_str()) {
        "gaussian" => SourceShape::Gaussian { radius_m },
        "uniform" => SourceShape::Uniform,
        _ => SourceShape::Line,
    };
    Some(Source { power_w: power.value, shape })
}

/// The setting that a scene's torch has on its plate, with the family's id.
fn scene_setting(
    table: &TorchTable,
    plate: &Plate,
    catalogue: &Catalogue,
    checker: &mut Checker<'_>,
    used: &mut Used,
) -> Option<(Setting, String)> {
    let process = table.process.get_ref().as_str();
    match process {
        "fixed-kerf" => {
            let kerf_m = 1e-3 * table.kerf_mm.as_ref().map_or(FIXED_KERF_MM, |q| q.value);
            return Some((torch::fixed_kerf_setting(kerf_m, plate.thickness_m), process.to_string()));
        }
        "heat-source" => return Some((torch::source_setting(source(table, checker)?, plate.thickness_m), process.to_string())),
        _ => {}
    }
    let (family, tip) = family_and_tip(table, catalogue, checker)?;
    let span = table.tip.as_ref().or(table.family.as_ref()).map_or_else(|| table.process.span(), toml::Spanned::span);
    let of_family = family.part.process.get_ref();
    if of_family != process {
        let found = format!("{} is a chart of {of_family}, and `torch.process` is \"{process}\"", family.id);
        checker.error("S009", &span, found, String::new(), format!("set `process = \"{of_family}\"`, or name another family"));
        return None;
    }
    let asked = Asked {
        tip: tip.as_deref(),
        amps: table.amps.as_ref().map(|q| q.value),
        thickness_m: plate.thickness_m,
        purity: table.purity.as_ref().map_or(PURITY, |q| q.value),
        conduction: plate.heat.conduction,
    };
    match setting_of(family, &asked, used) {
        Ok(setting) => {
            if setting.extrapolated {
                let thickness_mm = (plate.thickness_m * 1e9).round() * 1e-6;
                let found = format!(
                    "no chart row of {} covers tip {} on {thickness_mm} mm: its speed, kerf and gas are extrapolated",
                    family.id, setting.tip
                );
                let hint = "leave `tip` out to let the thickness choose it, or take the verdict on the cut as a guess";
                let place = checker.place(&span);
                checker.findings.push(Diagnostic::warning("S012", found).at(place).hint(hint));
            }
            Some((setting, family.id.to_string()))
        }
        Err(why) => {
            let hint = "leave `tip` at the family's name and the thickness chooses it".to_string();
            checker.error("S007", &span, why, String::new(), hint);
            None
        }
    }
}

/// Prices of oxygen and fuel, USD/m³.
pub fn gas_usd_per_m3(fuel: Fuel, used: &mut Used) -> [f64; 2] {
    let oxygen = used.estimate("price of oxygen, USD/m3", 5.5, 4.0, 8.0, "a 9.5 m3 cylinder refilled for about 50 USD");
    let fuel = match fuel {
        Fuel::Acetylene => {
            used.estimate("price of acetylene, USD/m3", 25.0, 18.0, 35.0, "a 4.1 m3 cylinder refilled for about 100 USD")
        }
        Fuel::Propane => used.estimate("price of propane, USD/m3", 4.0, 3.0, 6.0, "9 kg (4.9 m3 of gas) for about 20 USD"),
    };
    [oxygen, fuel]
}

/// The torch of a scene on its plate.
pub(super) fn torch(
    table: &TorchTable,
    plate: &Plate,
    catalogue: &Catalogue,
    checker: &mut Checker<'_>,
    used: &mut Used,
) -> Option<Torch> {
    let (setting, family) = scene_setting(table, plate, catalogue, checker, used)?;
    if checker.failed() {
        return None;
    }
    let given = |q: &Option<super::quantity::Quantity>| q.as_ref().map(|q| q.value);
    let gas_usd_per_m3 = match setting.kind {
        Kind::OxyFuel(fuel) => {
            let usual = gas_usd_per_m3(fuel, used);
            [given(&table.oxygen_usd_per_m3).unwrap_or(usual[0]), given(&table.fuel_usd_per_m3).unwrap_or(usual[1])]
        }
        _ => [0.0; 2],
    };
    let [standoff_mm, _] = heights_mm(&setting);
    let pierce_s = if setting.pierce_s.is_finite() { PIERCE_RESERVE * setting.pierce_s } else { 0.0 };
    Some(Torch {
        process: table.process.get_ref().clone(),
        family,
        preheat_s: given(&table.preheat_s).unwrap_or(PREHEAT_RESERVE * setting.preheat_s),
        pierce_s: given(&table.pierce_s).unwrap_or(pierce_s),
        standoff_m: 1e-3 * given(&table.standoff_mm).unwrap_or(standoff_mm),
        words: table.words.as_ref().and_then(|word| TorchWords::preset(word.get_ref())),
        gas_usd_per_m3,
        params: torch::Params::new(setting),
    })
}
