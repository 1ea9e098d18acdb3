//! Files to checked parameters: units, ranges, catalogue look-ups, budget lines.
//!
//! In: a scene file, the machine file and program it names, the built-in catalogue and folders over it. Out: a [`Scene`], or every error
//! found, each with file, line, column, key, value and bound. May use: every room's params, `diag`, serde, toml. Never
//! panics on any input.
//!
//! Codes: S001 a file cannot be read; S002 not TOML; S003 unknown key; S004 wrong type; S005 something is missing; S006
//! out of range; S007 not in the catalogue; S008 not a figure; S009 values that contradict each other; S010 parts that
//! do not go together; S011 more steps than controller or driver can do; S012 controller settings; S013 recorded steps; S014 a file that is none
//! of a catalogue; S015 a part of a user's own takes the place of another; S016 a wheel leaves its groove;
//! S017 a drawing of the finished parts.

pub mod catalogue;
mod charted;
pub mod check;
pub mod cutting;
pub mod drive;
mod dxf;
pub mod edit;
pub mod figures;
pub mod fittings;
mod geometry;
pub mod layers;
mod look;
pub mod machine_file;
pub mod model;
pub mod motors;
pub mod parts;
pub mod quantity;
pub mod scene_file;
pub mod size;
pub mod used;
mod wheels;

mod bodies;
pub mod bill;
mod derive;
mod machine;
mod recording;
mod setting;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use model::*;

use crate::diag::Diagnostic;

use crate::program::{INCH, MILLIMETRE, is_text};
use catalogue::Catalogue;
use check::Checker;
use derive::PlateMass;
use layers::Layered;
use machine::Builder;
use machine_file::MachineFile;
use scene_file::SceneFile;
use used::Used;

/// Amplitude that may be jumped over unless a scene says otherwise, µm: a hundredth of what a good table is off by.
const FAST_FORWARD_UM: f64 = 1.5;

/// Interval of the trace where the scene does not say, ms.
const TRACE_INTERVAL_MS: f64 = 20.0;

/// Reads a scene with everything it names. `program_override` takes the place of the scene's program; it counts from
/// the current folder.
///
/// # Errors
/// Every error found in scene, machine file, program file and catalogue.
pub fn load(path: &Path, program_override: Option<&Path>) -> Result<Scene, Vec<Diagnostic>> {
    load_with(path, program_override, None)
}

/// As [`load`], with `own_catalogue`, a folder of catalogue files, over the catalogues of machine file and scene.
///
/// # Errors
/// Every error found in scene, machine file, program file and catalogues.
pub fn load_with(path: &Path, program_override: Option<&Path>, own_catalogue: Option<&Path>) -> Result<Scene, Vec<Diagnostic>> {
    let owned = |path: Option<&Path>| path.map(Path::to_path_buf);
    load_changed(path, &Changes { program: owned(program_override), catalogue: owned(own_catalogue), ..Changes::default() })
}

/// What is changed in a scene before it is read.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Program in the place of the scene's.
    pub program: Option<PathBuf>,
    /// Folder of catalogue files over those of machine file and scene.
    pub catalogue: Option<PathBuf>,
    /// Text in the place of that of the machine file; what it names still counts from that file's folder.
    pub machine_text: Option<String>,
    /// Values in the place of those written, by the keys of [`Scene::ranges`].
    pub draws: Draws,
}

/// The parts that a scene and its machine file can name: the built-in catalogue with the folders over it that they name, and that of
/// `changes`. Folders that cannot be read are left out: [`load_changed`] says what is wrong with them.
///
/// # Errors
/// What is wrong with the built-in catalogue; never in a released program.
pub fn catalogue_of(path: &Path, changes: &Changes) -> Result<Catalogue, Vec<Diagnostic>> {
    let mut layered = Layered::built_in()?;
    let table = |text: &str| text.parse::<toml::Table>().unwrap_or_default();
    let named = |table: &toml::Table, key: &str, file: &Path| {
        let name = table.get(key)?.as_str()?;
        Some(file.parent().unwrap_or(Path::new("")).join(name))
    };
    let scene = table(&read_text(path).unwrap_or_default());
    let machine = named(&scene, "machine", path).and_then(|file| {
        let text = changes.machine_text.clone().or_else(|| read_text(&file).ok())?;
        named(&table(&text), "catalogue", &file)
    });
    for folder in [machine, named(&scene, "catalogue", path), changes.catalogue.clone()].into_iter().flatten() {
        let _ = layered.add(&folder);
    }
    Ok(layered.catalogue.into_owned())
}

/// As [`load`], with `changes`.
///
/// # Errors
/// Every error found in scene, machine file, program file and catalogues.
pub fn load_changed(path: &Path, changes: &Changes) -> Result<Scene, Vec<Diagnostic>> {
    let (program_override, own_catalogue) = (changes.program.as_deref(), changes.catalogue.as_deref());
    let mut layered = Layered::built_in()?;
    let name = path.display().to_string();
    let text = read_text(path).map_err(|finding| vec![*finding])?;
    let mut checker = Checker::new(&name, &text);
    checker.draws = Draws::clone(&changes.draws);
    let Some(file) = checker.read::<SceneFile>() else { return Err(checker.findings) };
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let mut used = Used::drawn(&changes.draws);
    let program = read_program(&file, &folder, program_override, &mut checker);
    // The machine file names a catalogue that the scene's own parts may come from too.
    let machine_text = match &changes.machine_text {
        Some(text) => Some((folder.join(file.machine.get_ref()), text.clone())),
        None => read_machine_text(&file, &folder, &mut checker),
    };
    let mut machine_checker = machine_text.as_ref().map(|(path, text)| Checker::new(&path.display().to_string(), text));
    machine_checker.iter_mut().for_each(|own| own.draws = Draws::clone(&changes.draws));
    let machine_file = machine_checker.as_mut().and_then(|checker| checker.read::<MachineFile>());
    let mut sound = true;
    if let (Some((path, _)), Some(machine), Some(checker)) = (&machine_text, &machine_file, &mut machine_checker) {
        sound &= add_named(&mut layered, machine.catalogue.as_ref(), path, checker);
    }
    sound &= add_named(&mut layered, file.catalogue.as_ref(), path, &mut checker);
    sound &= add_own(&mut layered, own_catalogue, &mut checker);
    checker.findings.append(&mut layered.notes);
    if !sound {
        checker.findings.extend(machine_checker.into_iter().flat_map(|own| own.findings));
        return Err(checker.findings);
    }
    let catalogue = layered.catalogue.as_ref();
    let plate = setting::plate(&file.plate, &file.torch, catalogue, &mut checker, &mut used);
    let torch = plate.as_ref().and_then(|plate| cutting::torch(&file.torch, plate, catalogue, &mut checker, &mut used));
    let probes = setting::probes(&file, &mut checker);
    let mass = plate.as_ref().map_or(NO_PLATE, setting::plate_mass);
    let read = machine_checker.and_then(|mut own| {
        let read = machine_file.and_then(|machine| build_machine(&machine, &mut own, catalogue, mass));
        checker.findings.append(&mut own.findings);
        let named = file.machine.get_ref().clone();
        read.map(|(machine, slats, basis)| (Machine { file: named, ..machine }, slats, basis))
    });
    let sizing = file.size.as_ref().map(|table| size::sizing(table, &mut checker));
    let tools = setting::tools(&file, &folder, &mut checker);
    let intended = setting::intended(&file, &folder, &mut checker);
    // The scene's recording is of the scene's own program.
    let recording = if program_override.is_none() { recording::read(&file, &folder, &mut checker) } else { None };
    let program_folder = program_override.unwrap_or(&folder.join(file.job.program.get_ref())).parent().map(Path::to_path_buf);
    let program_folder = program_folder.unwrap_or_default();
    let (Some((machine, slats, (machine_estimates, machine_ranges))), Some(mut plate), Some(torch), Some(program)) =
        (read, plate, torch, program)
    else {
        return Err(checker.findings);
    };
    if checker.failed() {
        return Err(checker.findings);
    }
    // Slats belong to the machine, but the machine is read after the plate, whose mass it carries.
    plate.slats = slats;
    plate.clamps = file.clamp.iter().map(scene_file::ClampTable::clamp).collect();
    plate.intended = intended;
    let mut estimates = checker.estimates;
    estimates.extend(machine_estimates);
    estimates.extend(used.estimates);
    let ranges = each_once(checker.ranges, machine_ranges.into_iter().chain(used.ranges));
    let mut scene = Scene {
        file: name,
        title: file.title.clone(),
        machine,
        plate,
        torch,
        job: job(&file, program, program_folder, tools, recording),
        probes,
        faults: file.fault.iter().map(scene_file::FaultTable::fault).collect(),
        expect: file.expect.bounds(),
        estimates,
        ranges,
        size: sizing,
        trace_interval_s: 1e-3 * file.trace_interval_ms.as_ref().map_or(TRACE_INTERVAL_MS, |q| q.value),
        fast_forward_m: 1e-6 * file.fast_forward_um.as_ref().map_or(FAST_FORWARD_UM, |q| q.value),
        findings: checker.findings,
    };
    if program_override.is_some() {
        adapt_to_other_program(&mut scene);
    }
    if scene.job.recording.as_ref().is_some_and(|recording| recording.torch.is_empty()) {
        scene.expect.bounds.retain(|(figure, _)| !OF_THE_CUT.contains(&figure.as_str()));
        scene.expect.fails_on.retain(|figure| !OF_THE_CUT.contains(&figure.as_str()));
    }
    Ok(scene)
}

/// A machine and its scene may use the same catalogue values.
fn each_once(mut ranges: Vec<Range>, more: impl Iterator<Item = Range>) -> Vec<Range> {
    for range in more {
        if !ranges.iter().any(|known| known.key == range.key) {
            ranges.push(range);
        }
    }
    ranges
}

/// What the program asks the controller for, and by whose rules it is read.
fn job(
    file: &SceneFile,
    program: (String, String),
    program_folder: PathBuf,
    tools: Vec<crate::program::Tool>,
    recording: Option<Recording>,
) -> Job {
    let table = &file.job;
    Job {
        program_file: program.0,
        program_text: program.1,
        work_zero_in_machine_m: table.work_zero_mm.clone().map(|zero| zero.map(|q| q.value * 1e-3)),
        dwell_p_in_ms: table.dwell_p_in_ms.unwrap_or(false),
        dialect: table.dialect.as_ref().and_then(|word| word.get_ref().parse().ok()),
        program_folder,
        hal: table.hal.iter().flatten().map(|(name, q)| (name.to_ascii_lowercase(), q.value)).collect(),
        tools,
        machine_unit_mm: if table.machine_units.as_ref().is_some_and(|w| w.get_ref() == "inch") { INCH } else { MILLIMETRE },
        block_delete: table.block_delete.unwrap_or(false),
        recording,
    }
}

/// Figures that speak of the machine, whatever it cuts.
const OF_THE_MACHINE: [&str; 13] = [
    "lost_steps",
    "cut_lost",
    "tip_touches",
    "travel_exceeded_mm",
    "step_rate_exceeded_hz",
    "contour_error_max_mm",
    "contour_error_rms_mm",
    "following_error_max_mm",
    "torque_margin_min",
    "racking_max_mm",
    "drives_let_go",
    "screw_whirl_share",
    "cost_usd",
];

/// Figures that only a burning torch gives.
const OF_THE_CUT: [&str; 30] = [
    "cut_time_s",
    "cut_lost",
    "kerf_mean_mm",
    "kerf_min_mm",
    "kerf_max_mm",
    "drag_mean_mm",
    "top_rounding_mean_mm",
    "haz_mean_mm",
    "peak_temperature_c",
    "heat_into_plate_j",
    "parts_freed",
    "tip_ups",
    "part_hits",
    "not_as_drawn",
    "iso9013_class",
    "gas_oxygen_l",
    "gas_fuel_l",
    "haz_max_mm",
    "t85_mean_s",
    "part_error_max_mm",
    "plate_growth_max_mm",
    "parts_intended",
    "iso9013_u_range",
    "gas_air_l",
    "gas_cost_usd",
    "heat_from_flame_j",
    "heat_from_kerf_j",
    "heat_stored_j",
    "heat_lost_j",
    "energy_error_share",
];

/// What the scene says of its own program does not hold for another one: where its zero is, what its dialect is and what its torch words mean, how many parts it
/// frees and how long it takes.
fn adapt_to_other_program(scene: &mut Scene) {
    scene.job.work_zero_in_machine_m = None;
    scene.torch.words = None;
    scene.job.dialect = None;
    scene.expect.bounds.retain(|(figure, _)| OF_THE_MACHINE.contains(&figure.as_str()));
    scene.expect.fails_on.clear();
    let name = Path::new(&scene.job.program_file).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    scene.title = format!("{name} on: {}", scene.machine.title);
}

/// A machine with nothing on it.
const NO_PLATE: PlateMass = PlateMass { mass_kg: 0.0, size_m: [0.0; 3], corner_in_machine_m: [0.0; 2] };

/// Reads a machine file alone, with no plate on the table; also its warnings.
///
/// # Errors
/// Every error found in it.
pub fn load_machine(path: &Path) -> Result<(Machine, Vec<Diagnostic>), Vec<Diagnostic>> {
    load_machine_with(path, None)
}

/// As [`load_machine`], with `own_catalogue`, a folder of catalogue files, over that of the machine file.
///
/// # Errors
/// Every error found in it and in the catalogues.
pub fn load_machine_with(path: &Path, own_catalogue: Option<&Path>) -> Result<(Machine, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (bill, findings) = bill::load(path, own_catalogue)?;
    Ok((bill.machine, findings))
}

/// A machine, its slats, the estimates behind it and the values with a range.
type Read = (Machine, crate::plate::parts::Slats, (Vec<Estimate>, Vec<Range>));

fn build_machine(file: &MachineFile, checker: &mut Checker<'_>, catalogue: &Catalogue, plate: PlateMass) -> Option<Read> {
    let mut used = Used::drawn(&checker.draws);
    let machine = Builder { file, catalogue, checker, used: &mut used }.machine(plate)?;
    let mut estimates = std::mem::take(&mut checker.estimates);
    estimates.extend(used.estimates);
    let mut ranges = std::mem::take(&mut checker.ranges);
    ranges.extend(used.ranges);
    Some((machine, setting::slats(file), (estimates, ranges)))
}

/// Puts the catalogue folder that a file names over `layered`; `from` is that file. False after an error: whatever else is looked up
/// then would only repeat it.
fn add_named(layered: &mut Layered, named: Option<&parts::Word>, from: &Path, checker: &mut Checker<'_>) -> bool {
    let Some(word) = named else { return true };
    let folder = from.parent().unwrap_or(Path::new("")).join(word.get_ref());
    let Err(findings) = layered.add(&folder) else { return true };
    let place = checker.place(&word.span());
    // What concerns the folder as a whole is placed where it is named.
    let placed = |finding: Diagnostic| if finding.place.file.is_empty() { finding.at(place.clone()) } else { finding };
    checker.findings.extend(findings.into_iter().map(placed));
    false
}

/// Puts the folder that the command line names over `layered`; false after an error.
fn add_own(layered: &mut Layered, own: Option<&Path>, checker: &mut Checker<'_>) -> bool {
    let Some(Err(mut findings)) = own.map(|folder| layered.add(folder)) else { return true };
    checker.findings.append(&mut findings);
    false
}

/// Path and text of the machine file that a scene names.
fn read_machine_text(file: &SceneFile, folder: &Path, checker: &mut Checker<'_>) -> Option<(PathBuf, String)> {
    let path = folder.join(file.machine.get_ref());
    match read_text(&path) {
        Ok(text) => Some((path, text)),
        Err(finding) => {
            let place = checker.place(&file.machine.span());
            checker.findings.push(finding.at(place).hint("machine files are named from the scene's folder"));
            None
        }
    }
}

/// Name and text of the program. Programs are often Latin-1 in their comments, so bytes that are not UTF-8 are
/// replaced, not refused.
fn read_program(file: &SceneFile, folder: &Path, instead: Option<&Path>, checker: &mut Checker<'_>) -> Option<(String, String)> {
    let named = file.job.program.get_ref();
    let (name, path) = match instead {
        Some(path) => (path.display().to_string(), path.to_path_buf()),
        None => (named.clone(), folder.join(named)),
    };
    match std::fs::read(&path) {
        Ok(bytes) => match is_text(&name, &bytes) {
            Ok(()) => Some((name, String::from_utf8_lossy(&bytes).into_owned())),
            Err(finding) => {
                checker.findings.push(finding);
                None
            }
        },
        Err(error) => {
            let finding = unreadable(&path, &error);
            let finding = match instead {
                Some(_) => finding,
                None => finding.at(checker.place(&file.job.program.span())).hint("programs are named from the scene's folder"),
            };
            checker.findings.push(finding);
            None
        }
    }
}

fn read_text(path: &Path) -> Result<String, Box<Diagnostic>> {
    std::fs::read_to_string(path).map_err(|error| Box::new(unreadable(path, &error)))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown: PathBuf = path.to_path_buf();
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_string(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_string(),
        std::io::ErrorKind::InvalidData => "it is not UTF-8 text".to_string(),
        _ => error.to_string(),
    };
    Diagnostic::error("S001", format!("cannot read {}: {why}", shown.display()))
        .hint("check the path; it counts from the folder you are in")
}
