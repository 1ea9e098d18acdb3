//! Plate and probes of a scene; tool table and torch words of its job.
//!
//! In: the checked scene file, the catalogue. Out: `plate`'s parameters. May use: those rooms' params.

use super::catalogue::Catalogue;
use super::check::Checker;
use super::derive::PlateMass;
use super::drive::located;
use super::dxf;
use super::machine_file::{MachineFile, TorchWordsTable};
use super::model::{Plate, Probe};
use super::scene_file::{Material, PlateTable, SceneFile, TorchTable};
use super::unreadable;
use super::used::Used;
use crate::diag::{Diagnostic, Place};
use crate::plate::heat;
use crate::plate::parts::Slats;
use crate::program::{Tool, TorchAction, TorchTrigger, TorchWords, read_tools};
use std::path::Path;

/// Most heat cells of a plate: about 2 GB of state.
const MOST_CELLS: f64 = 2e7;
/// Heat cell unless given, mm.
const CELL_MM: f64 = 3.0;
/// The same where a plain source is compared with closed forms: on the upper side or everywhere, and through the whole thickness, where a
/// plate has one layer and the field ahead of a fast source falls off within a millimetre.
const FINE_CELL_MM: f64 = 1.0;
const LINE_CELL_MM: f64 = 0.5;
/// Temperature of shop and plate at the start unless given, °C.
const AMBIENT_C: f64 = 20.0;
/// Thickness up to which the plate under a cut has one layer, m: there the time in which heat spreads through it, t²/(π² α), is that in
/// which the flame passes, 2 a/v, 1.6 s beside 2 s. One layer gives the mean through the thickness within a twentieth (a test holds it);
/// the upper side alone peaks up to half again as high 5 mm beside the cut: for that, set `layers`.
const ONE_LAYER_M: f64 = 13e-3;
/// Most layers that the rule chooses.
const MOST_LAYERS: f64 = 64.0;

/// By how much a drawn contour may reach over the plate's border, mm: what CAD programs round.
const BESIDE_MM: f64 = 0.01;

/// Layers through the thickness where the scene does not say: one where heat comes in over the whole thickness or the plate is thin; else
/// as thick as cells are wide under a plain source on the upper side, and twice as thick beside a cut.
fn layers(source: Option<&str>, thickness_m: f64, cell_m: f64) -> usize {
    let count = match source {
        Some("line") => 1.0,
        Some(_) => thickness_m / cell_m,
        None if thickness_m <= ONE_LAYER_M => 1.0,
        None => thickness_m / (2.0 * cell_m),
    };
    count.round().clamp(1.0, MOST_LAYERS) as usize
}

/// Name, density and law of what the plate is made of.
fn material(
    table: &Material,
    catalogue: &Catalogue,
    checker: &mut Checker<'_>,
    used: &mut Used,
) -> Option<(String, f64, heat::Conduction)> {
    match table {
        Material::Named(word) => {
            let found = located(catalogue.material(word.get_ref()), word, checker)?;
            let density = used.take(found.key("density_kg_per_m3"), &found.part.density_kg_per_m3);
            let conduction = match found.part.law.get_ref().as_str() {
                "en-1993-1-2-c" => heat::Conduction::Stainless,
                "en-1999-1-2" => heat::Conduction::Aluminium,
                _ => heat::Conduction::Steel,
            };
            Some((found.part.name.clone(), density, conduction))
        }
        Material::Constant(constant) => {
            let density_kg_per_m3 = constant.density_kg_per_m3.value;
            let melting = constant.latent_heat_j_per_kg.as_ref().zip(constant.melting_c.as_ref());
            let conduction = heat::Conduction::Constant {
                k_w_per_m_k: constant.conductivity_w_per_m_k.value,
                density_kg_per_m3,
                cp_j_per_kg_k: constant.specific_heat_j_per_kg_k.value,
                melting: melting.map(|(latent, at)| heat::Melting { at_c: at.value, latent_j_per_kg: latent.value }),
            };
            Some(("constant properties".to_string(), density_kg_per_m3, conduction))
        }
    }
}

/// The plate; its slats come with the machine.
pub(super) fn plate(
    table: &PlateTable,
    torch: &TorchTable,
    catalogue: &Catalogue,
    checker: &mut Checker<'_>,
    used: &mut Used,
) -> Option<Plate> {
    let (material, density_kg_per_m3, conduction) = material(&table.material, catalogue, checker, used)?;
    if checker.failed() {
        return None;
    }
    let size_m = [table.size_mm[0].value * 1e-3, table.size_mm[1].value * 1e-3];
    let corner = table.corner_mm.as_ref().map_or([0.0; 2], |corner| [corner[0].value * 1e-3, corner[1].value * 1e-3]);
    let thickness_m = table.thickness_mm.value * 1e-3;
    let source = (torch.process.get_ref() == "heat-source").then(|| torch.shape.as_ref().map_or("line", |shape| shape.get_ref()));
    let usual_cell_mm = source.map_or(CELL_MM, |shape| if shape == "line" { LINE_CELL_MM } else { FINE_CELL_MM });
    let cell_m = 1e-3 * table.cell_mm.as_ref().map_or(usual_cell_mm, |q| q.value);
    let layers = table.layers.as_ref().map_or_else(|| layers(source, thickness_m, cell_m), |q| q.value as usize);
    let cells = size_m[0] * size_m[1] / (cell_m * cell_m) * layers as f64;
    if cells > MOST_CELLS {
        let found = format!("`plate.cell_mm` and `plate.layers` make {:.0} million heat cells of this plate", cells / 1e6);
        let fewest = (size_m[0] * size_m[1] * layers as f64 / MOST_CELLS).sqrt() * 1e3 + 0.05;
        let hint = format!("use cells of {fewest:.1} mm or more, or fewer layers");
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
    let heat = heat::Params {
        origin_m: corner,
        ambient_c: table.ambient_c.as_ref().map_or(AMBIENT_C, |q| q.value),
        layers,
        held_edge_c: table.held_edge_c.as_ref().map(|q| q.value),
        sleeping: table.sleeping_tiles.unwrap_or(true),
        split: source.is_some(),
        threads: table.heat_threads.as_ref().map_or(1, |q| q.value as usize),
        ..heat::Params::new(size_m, cell_m, thickness_m, conduction, loss)
    };
    Some(Plate {
        material,
        thickness_m,
        size_m,
        corner_in_machine_m: corner,
        density_kg_per_m3,
        heat,
        slats: Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 3.0e-3 },
        clamps: Vec::new(),
        intended: Vec::new(),
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

/// The drawing of the finished parts that the plate names, machine coordinates, m. Its origin is the work zero.
pub(super) fn intended(file: &SceneFile, folder: &Path, checker: &mut Checker<'_>) -> Vec<Vec<[f64; 2]>> {
    let Some(named) = &file.plate.intended else { return Vec::new() };
    let Some(zero) = &file.job.work_zero_mm else {
        let found = "`plate.intended` needs `job.work_zero_mm`".to_string();
        let hint = "the drawing's origin is the work zero: say where that is";
        checker.error("S009", &named.span(), found, String::new(), hint.to_string());
        return Vec::new();
    };
    let path = folder.join(named.get_ref());
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let place = checker.place(&named.span());
            checker.findings.push(unreadable(&path, &error).at(place).hint("drawings are named from the scene's folder"));
            return Vec::new();
        }
    };
    let name = path.display().to_string();
    match dxf::read(&name, &bytes) {
        Ok(drawing) => {
            checker.findings.extend(drawing.findings);
            checker.findings.extend(beside_the_plate(file, &drawing.contours, &name));
            let moved = |p: [f64; 2]| [0, 1].map(|axis| p[axis] + zero[axis].value * 1e-3);
            drawing.contours.into_iter().map(|contour| contour.points.into_iter().map(moved).collect()).collect()
        }
        Err(finding) => {
            checker.findings.push(finding);
            Vec::new()
        }
    }
}

/// A warning where a drawn contour does not lie on the plate: it cannot be cut.
fn beside_the_plate(file: &SceneFile, contours: &[dxf::Contour], name: &str) -> Option<Diagnostic> {
    let zero = file.job.work_zero_mm.as_ref()?;
    let corner = file.plate.corner_mm.as_ref().map_or([0.0; 2], |corner| [corner[0].value, corner[1].value]);
    let size = [file.plate.size_mm[0].value, file.plate.size_mm[1].value];
    let low: [f64; 2] = [0, 1].map(|axis| corner[axis] - zero[axis].value);
    let high: [f64; 2] = [0, 1].map(|axis| low[axis] + size[axis]);
    let outside = |p: &[f64; 2]| (0..2).any(|n| p[n] * 1e3 < low[n] - BESIDE_MM || p[n] * 1e3 > high[n] + BESIDE_MM);
    let (contour, point) = contours.iter().find_map(|contour| Some((contour, contour.points.iter().find(|p| outside(p))?)))?;
    let found = format!(
        "the contour that begins here leaves the plate, at {:.3}, {:.3} mm; the plate lies from {}, {} to {}, {} mm of the work zero",
        point[0] * 1e3,
        point[1] * 1e3,
        low[0],
        low[1],
        high[0],
        high[1]
    );
    let place = Place { file: name.into(), line: contour.line, ..Place::default() };
    Some(Diagnostic::warning("S017", found).at(place).hint("the drawing's origin is `job.work_zero_mm`; its unit is `$INSUNITS`"))
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
        // A depth, or a height below the upper side, which is where Z is zero.
        let depth_mm = table.z_mm.as_ref().map_or(0.0, |z| z.value.abs());
        if let Some(z) = table.z_mm.as_ref().filter(|_| depth_mm > file.plate.thickness_mm.value) {
            let found = format!("`probe[{index}].z_mm` is {}", z.value);
            let expected = format!("at most {}: the plate ends there", file.plate.thickness_mm.value);
            checker.error("S009", &z.span, found, expected, String::new());
        }
        let name = table.name.clone().unwrap_or_else(|| format!("probe {}", index + 1));
        // Columns and topics of logs have the name with its spaces closed.
        let same = |other: &Probe| other.name.replace(' ', "_") == name.replace(' ', "_");
        if let Some(first) = probes.iter().position(same) {
            let found = format!("`probe[{index}]` is called `{name}`, as `probe[{first}]` is");
            checker.error("S009", &table.at_mm[0].span, found, "a name of its own".into(), "give each probe its `name`".into());
        }
        probes.push(Probe {
            name,
            at_in_machine_m: [0, 1].map(|axis| (corner[axis] + table.at_mm[axis].value) * 1e-3),
            depth_m: depth_mm * 1e-3,
        });
    }
    probes
}
