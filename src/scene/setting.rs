//! Plate, torch and probes of a scene.
//!
//! In: the checked scene file, the catalogue. Out: `plate`'s and `torch`'s parameters. May use: those rooms' params.

use super::catalogue::{Catalogue, Found, TipFamily};
use super::check::Checker;
use super::derive::PlateMass;
use super::drive::located;
use super::machine_file::{MachineFile, TorchWordsTable};
use super::model::{Plate, Probe, Torch};
use super::scene_file::{Material, PlateTable, SceneFile, TorchTable};
use super::used::Used;
use crate::diag::Diagnostic;
use crate::plate::heat;
use crate::plate::parts::Slats;
use crate::program::{Tool, TorchAction, TorchTrigger, TorchWords, read_tools};
use crate::torch;
use std::path::Path;

/// Family of tips where the scene names none.
const DEFAULT_FAMILY: &str = "victor-1-101";
/// Purity of the cutting oxygen unless given: what charts are made for.
const PURITY: f64 = 0.995;
/// Height of the tip unless given, mm: inside the 3 to 6 mm of the trade courses.
const STANDOFF_MM: f64 = 5.0;
/// Hold over what is needed, so that a flame a little soft still starts the cut.
const PREHEAT_RESERVE: f64 = 1.3;
/// The same for the pierce.
const PIERCE_RESERVE: f64 = 1.2;
/// A cubic foot per hour in m³/s.
const SCFH: f64 = 0.028_316_846_592 / 3600.0;
/// Most heat cells of a plate: about 2 GB of state.
const MOST_CELLS: f64 = 2e7;
/// Heat cell unless given, mm.
const CELL_MM: f64 = 3.0;
/// Temperature of shop and plate at the start, °C.
const AMBIENT_C: f64 = 20.0;

/// The plate; its slats come with the machine.
pub(super) fn plate(table: &PlateTable, catalogue: &Catalogue, checker: &mut Checker<'_>, used: &mut Used) -> Option<Plate> {
    let (material, density_kg_per_m3, conduction) = match &table.material {
        Material::Named(word) => {
            let found = located(catalogue.material(word.get_ref()), word, checker)?;
            let density = used.take(found.key("density_kg_per_m3"), &found.part.density_kg_per_m3);
            (found.part.name.clone(), density, heat::Conduction::Steel)
        }
        Material::Constant(constant) => {
            let density_kg_per_m3 = constant.density_kg_per_m3.value;
            let conduction = heat::Conduction::Constant {
                k_w_per_m_k: constant.conductivity_w_per_m_k.value,
                density_kg_per_m3,
                cp_j_per_kg_k: constant.specific_heat_j_per_kg_k.value,
                melting: None,
            };
            ("constant properties".to_string(), density_kg_per_m3, conduction)
        }
    };
    if checker.failed() {
        return None;
    }
    let size_m = [table.size_mm[0].value * 1e-3, table.size_mm[1].value * 1e-3];
    let corner = table.corner_mm.as_ref().map_or([0.0; 2], |corner| [corner[0].value * 1e-3, corner[1].value * 1e-3]);
    let thickness_m = table.thickness_mm.value * 1e-3;
    let cell_m = 1e-3 * table.cell_mm.as_ref().map_or(CELL_MM, |q| q.value);
    let cells = size_m[0] * size_m[1] / (cell_m * cell_m);
    if cells > MOST_CELLS {
        let found = format!("`plate.cell_mm` makes {:.0} million heat cells of this plate", cells / 1e6);
        let hint = format!("use cells of {:.1} mm or more", (size_m[0] * size_m[1] / MOST_CELLS).sqrt() * 1e3 + 0.05);
        checker.findings.push(
            Diagnostic::error("S009", found)
                .at(checker.whole_file())
                .expected(format!("at most {:.0} million", MOST_CELLS / 1e6))
                .hint(hint),
        );
        return None;
    }
    let loss = match &table.surface_loss_w_per_m2_k {
        Some(none) if none.value == 0.0 => heat::Loss::None,
        Some(given) => heat::Loss::Constant { w_per_m2_k: given.value },
        None => heat::Loss::AirAndRadiation {
            h_w_per_m2_k: used.estimate("plate convection_w_per_m2_k", 8.0, 5.0, 10.0, "still air, each face"),
            emissivity: used.estimate("plate emissivity", 0.8, 0.7, 0.9, "rolled steel with scale"),
        },
    };
    Some(Plate {
        material,
        thickness_m,
        size_m,
        corner_in_machine_m: corner,
        density_kg_per_m3,
        heat: heat::Params { origin_m: corner, ..heat::Params::new(size_m, cell_m, thickness_m, conduction, loss) },
        slats: Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 3.0e-3 },
    })
}

/// What the plate adds to the frame's body.
pub(super) fn plate_mass(plate: &Plate) -> PlateMass {
    let [x, y] = plate.size_m;
    PlateMass {
        mass_kg: plate.density_kg_per_m3 * x * y * plate.thickness_m,
        size_m: [x, y, plate.thickness_m],
        corner_in_machine_m: plate.corner_in_machine_m,
    }
}

/// The slats of a machine: they run along Y, the first at X = 0.
pub(super) fn slats(file: &MachineFile) -> Slats {
    Slats {
        direction_y: true,
        pitch_m: file.frame.slat_pitch_mm.value * 1e-3,
        first_m: 0.0,
        width_m: file.frame.slat_thickness_mm.value * 1e-3,
    }
}

/// The rows of a family's chart, noting the estimates among them.
pub fn chart(family: Found<'_, TipFamily>, used: &mut Used) -> Vec<torch::ChartRow> {
    let mut rows = Vec::new();
    for row in &family.part.row {
        let mut take = |name: &str, q| used.take(family.key(&format!("tip {} {name}", row.tip)), q);
        rows.push(torch::ChartRow {
            tip: row.tip.clone(),
            thickness_m: row.thickness_mm.value * 1e-3,
            speed_low_m_per_s: row.speed_mm_per_min[0].value * 1e-3 / 60.0,
            speed_high_m_per_s: row.speed_mm_per_min[1].value * 1e-3 / 60.0,
            kerf_m: take("kerf_mm", &row.kerf_mm) * 1e-3,
            oxygen_m3_per_s: take("oxygen_scfh", &row.oxygen_scfh) * SCFH,
            fuel_m3_per_s: take("acetylene_scfh", &row.acetylene_scfh) * SCFH,
        });
    }
    rows
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
        return catalogue.tip_family(DEFAULT_FAMILY).ok().map(|found| (found, None));
    };
    let named = word.get_ref();
    if let Ok(found) = catalogue.tip_family(named) {
        return Some((found, None));
    }
    let ids = catalogue.tips.keys().filter_map(|id| Some((id, named.strip_prefix(id.as_str())?.strip_prefix('-')?)));
    let Some((id, tip)) = ids.max_by_key(|(id, _)| id.len()) else {
        // No family fits: the look-up's message names the nearest.
        located(catalogue.tip_family(named), word, checker)?;
        return None;
    };
    catalogue.tip_family(id).ok().map(|found| (found, Some(tip.to_string())))
}

/// The torch's setting on `thickness_mm`.
pub(super) fn torch(
    table: &TorchTable,
    thickness_mm: f64,
    catalogue: &Catalogue,
    checker: &mut Checker<'_>,
    used: &mut Used,
) -> Option<Torch> {
    let (family, tip) = family_and_tip(table, catalogue, checker)?;
    let rows = chart(family, used);
    let purity = table.purity.as_ref().map_or(PURITY, |q| q.value);
    if checker.failed() {
        return None;
    }
    let setting = match torch::setting(&rows, tip.as_deref(), thickness_mm * 1e-3, purity) {
        Ok(setting) => setting,
        Err(why) => {
            let span = table.tip.as_ref().map_or_else(|| table.process.span(), toml::Spanned::span);
            checker.error(
                "S007",
                &span,
                why,
                String::new(),
                "leave `tip` at the family's name and the thickness chooses it".to_string(),
            );
            return None;
        }
    };
    if setting.extrapolated {
        let found = format!(
            "no chart row of {} covers tip {} on {thickness_mm} mm: its speed, kerf and gas are extrapolated",
            family.id, setting.tip
        );
        let span = table.tip.as_ref().map_or_else(|| table.process.span(), toml::Spanned::span);
        let hint = "leave `tip` out to let the thickness choose it, or take the verdict on the cut as a guess";
        let place = checker.place(&span);
        checker.findings.push(Diagnostic::warning("S012", found).at(place).hint(hint));
    }
    let words = table.words.as_ref().and_then(|word| TorchWords::preset(word.get_ref()));
    Some(Torch {
        process: table.process.get_ref().clone(),
        family: family.id.to_string(),
        preheat_s: table.preheat_s.as_ref().map_or(PREHEAT_RESERVE * setting.preheat_s, |q| q.value),
        pierce_s: table.pierce_s.as_ref().map_or(PIERCE_RESERVE * setting.pierce_s, |q| q.value),
        standoff_m: 1e-3 * table.standoff_mm.as_ref().map_or(STANDOFF_MM, |q| q.value),
        words,
        params: torch::Params::new(setting),
    })
}

/// The tool table that the job names.
pub(super) fn tools(file: &SceneFile, folder: &Path, checker: &mut Checker<'_>) -> Vec<Tool> {
    let Some(named) = &file.job.tool_table else { return Vec::new() };
    let path = folder.join(named.get_ref());
    let read = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()));
    match read.and_then(|text| read_tools(&text).map_err(|why| format!("{}: {why}", path.display()))) {
        Ok(tools) => tools,
        Err(why) => {
            let hint = "tool tables are named from the scene's folder";
            checker.error("S001", &named.span(), why, String::new(), hint.to_string());
            Vec::new()
        }
    }
}

/// The torch words of a machine: a preset, or words of its own.
pub(super) fn torch_words(table: &TorchWordsTable, checker: &mut Checker<'_>) -> Option<TorchWords> {
    let mut words = match &table.preset {
        Some(preset) => TorchWords::preset(preset.get_ref())?,
        None => TorchWords { name: "own".into(), rules: Vec::new(), power_by_s: false },
    };
    let own = [
        (&table.start, TorchAction::Start),
        (&table.preheat, TorchAction::Flame),
        (&table.oxygen, TorchAction::Oxygen),
        (&table.oxygen_off, TorchAction::OxygenOff),
        (&table.off, TorchAction::AllOff),
        (&table.nothing, TorchAction::Nothing),
    ];
    let mut rules = Vec::new();
    for (texts, action) in own {
        for text in texts.iter().flatten() {
            match text.get_ref().parse::<TorchTrigger>() {
                Ok(trigger) => rules.push((trigger, action)),
                Err(why) => checker.error("S004", &text.span(), why, String::new(), String::new()),
            }
        }
    }
    if !rules.is_empty() {
        words.name = "own".into();
        // A machine's own words come before those of the preset it starts from.
        rules.append(&mut words.rules);
        words.rules = rules;
    }
    words.power_by_s |= table.power_by_s.unwrap_or(false);
    Some(words)
}

/// The thermocouples; each must be on the plate.
pub(super) fn probes(file: &SceneFile, checker: &mut Checker<'_>) -> Vec<Probe> {
    let corner = file.plate.corner_mm.as_ref().map_or([0.0; 2], |corner| [corner[0].value, corner[1].value]);
    let mut probes = Vec::new();
    for (index, table) in file.probe.iter().enumerate() {
        for axis in 0..2 {
            let (at, size) = (&table.at_mm[axis], file.plate.size_mm[axis].value);
            if at.value > size {
                let found = format!("`probe[{index}].at_mm[{axis}]` is {}", at.value);
                checker.error("S009", &at.span, found, format!("at most {size}: the plate ends there"), String::new());
            }
        }
        probes.push(Probe {
            name: table.name.clone().unwrap_or_else(|| format!("probe {}", index + 1)),
            at_in_machine_m: [0, 1].map(|axis| (corner[axis] + table.at_mm[axis].value) * 1e-3),
        });
    }
    probes
}
