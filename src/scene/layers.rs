//! Catalogues over one another: the one that is built in, and folders of a user's own that add parts to it or take the place of some.
//!
//! In: texts of catalogue files, folders of such files. Out: a [`Catalogue`], a note for each part that was replaced. May use:
//! `diag`, this room's tables.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::catalogue::{self, Catalogue, FILES};
use super::check::{Check, Checker, nearest};
use super::fittings::{Couplings, Gearboxes, HardwareFile, Sources};
use super::parts::{Belts, Controllers, Drivers, Guides, Materials, Motors, Racks, Screws, Sections, Supplies, Tips, Torches};
use crate::diag::Diagnostic;

/// A catalogue of files alone.
///
/// # Errors
/// Everything wrong with the files.
pub(super) fn whole(files: &[(&str, &str)]) -> Result<Catalogue, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    for (name, _) in FILES {
        if !files.iter().any(|(file, _)| *file == name) {
            findings.push(Diagnostic::error("S001", format!("the catalogue has no file {name}.toml")));
        }
    }
    let shown = |name: &str| format!("assets/catalogue/{name}.toml");
    // The rules for motors and drivers come first: without them none can be computed.
    let motor_class = class(files, "motors", |motors: Motors| motors.class)?;
    let driver_class = class(files, "drivers", |drivers: Drivers| drivers.class)?;
    let mut catalogue = Catalogue {
        motor_class,
        driver_class,
        motors: BTreeMap::new(),
        drivers: BTreeMap::new(),
        supplies: BTreeMap::new(),
        controllers: BTreeMap::new(),
        belts: BTreeMap::new(),
        racks: BTreeMap::new(),
        screws: BTreeMap::new(),
        gearboxes: BTreeMap::new(),
        couplings: BTreeMap::new(),
        guides: BTreeMap::new(),
        sections: BTreeMap::new(),
        section_materials: BTreeMap::new(),
        torches: BTreeMap::new(),
        tips: BTreeMap::new(),
        materials: BTreeMap::new(),
        hardware: BTreeMap::new(),
        sources: BTreeMap::new(),
    };
    for (name, text) in files {
        let mut layer = Layer { onto: &mut catalogue, checker: Checker::new(&shown(name), text), over: "" };
        layer.file(name);
        findings.append(&mut layer.checker.findings);
    }
    if findings.is_empty() { Ok(catalogue) } else { Err(findings) }
}

/// The rules that must stand in a built-in file.
fn class<T: DeserializeOwned + Check, C>(
    files: &[(&str, &str)],
    name: &str,
    of: fn(T) -> Option<C>,
) -> Result<C, Vec<Diagnostic>> {
    let text = files.iter().find(|(file, _)| *file == name).map_or("", |(_, text)| text);
    let mut checker = Checker::new(&format!("assets/catalogue/{name}.toml"), text);
    let Some(table) = checker.read::<T>() else { return Err(checker.findings) };
    of(table).ok_or_else(|| vec![Diagnostic::error("S005", "the file has no `class`").at(checker.whole_file())])
}

/// The catalogue that is built in, with folders of a user's own over it.
#[derive(Debug)]
pub struct Layered {
    /// The parts.
    pub catalogue: Cow<'static, Catalogue>,
    /// A note for each part that takes the place of another.
    pub notes: Vec<Diagnostic>,
    /// Folders that are in it, as they were found.
    folders: Vec<PathBuf>,
}

impl Layered {
    /// The built-in catalogue alone.
    ///
    /// # Errors
    /// What is wrong with its files; never in a released program.
    pub fn built_in() -> Result<Self, Vec<Diagnostic>> {
        Ok(Self { catalogue: Cow::Borrowed(catalogue::built_in()?), notes: Vec::new(), folders: Vec::new() })
    }

    /// The built-in catalogue with `folder` over it.
    ///
    /// # Errors
    /// Everything wrong with the folder and its files.
    pub fn with(folder: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        let mut layered = Self::built_in()?;
        if let Some(folder) = folder {
            layered.add(folder)?;
        }
        Ok(layered)
    }

    /// Puts the catalogue files of `folder` over what there is. A folder that is in it already is not read again.
    ///
    /// # Errors
    /// Everything wrong with the folder and its files.
    pub fn add(&mut self, folder: &Path) -> Result<(), Vec<Diagnostic>> {
        let found = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        if self.folders.contains(&found) {
            return Ok(());
        }
        let files = files_of(folder).map_err(|finding| vec![*finding])?;
        let over = if self.folders.is_empty() { "the built-in catalogue's" } else { "an earlier catalogue's" };
        let mut findings = Vec::new();
        for path in files {
            let shown = path.display().to_string();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if !FILES.iter().any(|(known, _)| *known == name) {
                findings.push(not_a_file(&shown, &name));
                continue;
            }
            match super::read_text(&path) {
                Err(finding) => findings.push(*finding),
                Ok(text) => {
                    let mut layer = Layer { onto: self.catalogue.to_mut(), checker: Checker::new(&shown, &text), over };
                    layer.file(&name);
                    findings.append(&mut layer.checker.findings);
                }
            }
        }
        self.folders.push(found);
        if crate::diag::any_error(&findings) {
            return Err(findings);
        }
        self.notes.append(&mut findings);
        Ok(())
    }
}

/// The `.toml` files of a folder, in the order of their names.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let shown = folder.display();
    let listed = std::fs::read_dir(folder).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "no such folder".to_string(),
            std::io::ErrorKind::NotADirectory => "it is a file; name the folder it is in".to_string(),
            _ => error.to_string(),
        };
        Box::new(Diagnostic::error("S001", format!("cannot read the catalogue folder {shown}: {why}")).hint(WHAT_A_FOLDER_HOLDS))
    })?;
    let mut files: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    if files.is_empty() {
        let finding = Diagnostic::error("S001", format!("the catalogue folder {shown} has no .toml file"));
        return Err(Box::new(finding.hint(WHAT_A_FOLDER_HOLDS)));
    }
    Ok(files)
}

const WHAT_A_FOLDER_HOLDS: &str = "a catalogue folder holds files such as motors.toml, of the same format as assets/catalogue";

fn not_a_file(shown: &str, name: &str) -> Diagnostic {
    let known = || FILES.iter().map(|(file, _)| *file);
    let expected = known().map(|file| format!("{file}.toml")).collect::<Vec<_>>().join(", ");
    let place = crate::diag::Place { file: shown.to_string(), ..crate::diag::Place::default() };
    let finding = Diagnostic::error("S014", format!("{name}.toml is no file of a catalogue")).at(place);
    let finding = finding.expected(format!("one of {expected}"));
    match nearest(name, known()) {
        Some(near) => finding.hint(format!("did you mean {near}.toml?")),
        None => finding.hint("move it out of the folder"),
    }
}

/// One file on its way into a catalogue.
struct Layer<'a, 'text> {
    onto: &'a mut Catalogue,
    checker: Checker<'text>,
    /// Whose parts it may replace, in words; empty while the built-in catalogue is read.
    over: &'static str,
}

impl Layer<'_, '_> {
    /// Reads the text as the file called `name`.
    fn file(&mut self, name: &str) {
        match name {
            "motors" => {
                let Some(motors) = self.read::<Motors>() else { return };
                if let Some(class) = motors.class {
                    if !self.over.is_empty() {
                        self.replaced("class", "motors/class, the rules for all motors,".into());
                    }
                    self.onto.motor_class = class;
                }
                self.merge("motors", "motor", motors.motor, |c| &mut c.motors);
            }
            "drivers" => {
                let Some(drivers) = self.read::<Drivers>() else { return };
                if let Some(class) = drivers.class {
                    if !self.over.is_empty() {
                        self.replaced("class", "drivers/class, the rules for all drivers,".into());
                    }
                    self.onto.driver_class = class;
                }
                self.merge("drivers", "driver", drivers.driver, |c| &mut c.drivers);
            }
            "supplies" => self.take::<Supplies, _>("supplies", "supply", |t| t.supply, |c| &mut c.supplies),
            "controllers" => self.take::<Controllers, _>("controllers", "controller", |t| t.controller, |c| &mut c.controllers),
            "belts" => self.take::<Belts, _>("belts", "belt", |t| t.belt, |c| &mut c.belts),
            "racks" => self.take::<Racks, _>("racks", "rack", |t| t.rack, |c| &mut c.racks),
            "screws" => self.take::<Screws, _>("screws", "screw", |t| t.screw, |c| &mut c.screws),
            "gearboxes" => self.take::<Gearboxes, _>("gearboxes", "gearbox", |t| t.gearbox, |c| &mut c.gearboxes),
            "couplings" => self.take::<Couplings, _>("couplings", "coupling", |t| t.coupling, |c| &mut c.couplings),
            "guides" => self.take::<Guides, _>("guides", "guide", |t| t.guide, |c| &mut c.guides),
            "sections" => {
                let Some(sections) = self.read::<Sections>() else { return };
                self.merge("sections", "material", sections.material, |c| &mut c.section_materials);
                self.merge("sections", "section", sections.section, |c| &mut c.sections);
            }
            "torches" => self.take::<Torches, _>("torches", "torch", |t| t.torch, |c| &mut c.torches),
            "tips" => self.take::<Tips, _>("tips", "tips", |t| t.tips, |c| &mut c.tips),
            "materials" => self.take::<Materials, _>("materials", "plate", |t| t.plate, |c| &mut c.materials),
            "hardware" => self.take::<HardwareFile, _>("hardware", "hardware", |t| t.hardware, |c| &mut c.hardware),
            "sources" => self.take::<Sources, _>("sources", "source", |t| t.source, |c| &mut c.sources),
            _ => {}
        }
    }

    /// The tables, unless something is wrong with them.
    fn read<T: DeserializeOwned + Check>(&mut self) -> Option<T> {
        let read = self.checker.read::<T>();
        read.filter(|_| !self.checker.failed())
    }

    fn take<T: DeserializeOwned + Check, P>(
        &mut self,
        kind: &str,
        table: &str,
        parts: fn(T) -> BTreeMap<String, P>,
        onto: fn(&mut Catalogue) -> &mut BTreeMap<String, P>,
    ) {
        if let Some(read) = self.read::<T>() {
            self.merge(kind, table, parts(read), onto);
        }
    }

    /// Adds `parts`; one whose id is there already, whatever its case, takes its place, and a note says so.
    fn merge<P>(
        &mut self,
        kind: &str,
        table: &str,
        parts: BTreeMap<String, P>,
        onto: fn(&mut Catalogue) -> &mut BTreeMap<String, P>,
    ) {
        for (id, part) in parts {
            let known = onto(self.onto);
            let same = known.keys().find(|known| known.eq_ignore_ascii_case(&id)).cloned();
            if let Some(same) = same {
                known.remove(&same);
                let what = if table == "material" { format!("{kind} material {same}") } else { format!("{kind}/{same}") };
                self.replaced(&format!("{table}.{id}"), what);
            }
            onto(self.onto).insert(id, part);
        }
    }

    /// Notes that the entry under the header `header` takes the place of another.
    fn replaced(&mut self, header: &str, what: String) {
        let (table, id) = header.split_once('.').unwrap_or((header, ""));
        let written = [format!("[{header}]"), format!("[{table}.\"{id}\"]"), format!("[{table}.'{id}']")];
        let at = self.checker.text.lines().position(|line| written.iter().any(|w| line.trim_start().starts_with(w.as_str())));
        let mut place = self.checker.whole_file();
        place.line = at.map_or(0, |line| line as u32 + 1);
        let note = Diagnostic::note("S015", format!("{what} takes the place of {} own", self.over));
        self.checker.findings.push(note.at(place));
    }
}
