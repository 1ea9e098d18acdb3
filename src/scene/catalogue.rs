//! The catalogue: parts with their data, sources and prices, built into the program.
//!
//! In: `assets/catalogue/*.toml`. Out: [`Catalogue`], looked up by id. May use: `diag`, this room's tables.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::check::{Check, Checker, nearest};
pub use super::parts::*;
use crate::diag::Diagnostic;

/// Dollars for a euro: StepperOnline's own two prices for DM542T, DM556T and 23HS45-4204S stand as 1.10 to 1 (2026-09).
pub const USD_PER_EUR: f64 = 1.10;

/// The files, as built in: name and text.
pub const FILES: [(&str, &str); 12] = [
    ("motors", include_str!("../../assets/catalogue/motors.toml")),
    ("drivers", include_str!("../../assets/catalogue/drivers.toml")),
    ("supplies", include_str!("../../assets/catalogue/supplies.toml")),
    ("controllers", include_str!("../../assets/catalogue/controllers.toml")),
    ("belts", include_str!("../../assets/catalogue/belts.toml")),
    ("racks", include_str!("../../assets/catalogue/racks.toml")),
    ("screws", include_str!("../../assets/catalogue/screws.toml")),
    ("guides", include_str!("../../assets/catalogue/guides.toml")),
    ("sections", include_str!("../../assets/catalogue/sections.toml")),
    ("torches", include_str!("../../assets/catalogue/torches.toml")),
    ("tips", include_str!("../../assets/catalogue/tips.toml")),
    ("materials", include_str!("../../assets/catalogue/materials.toml")),
];

/// Every part, by kind and id.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Rules for what motor sheets leave out.
    pub motor_class: MotorClass,
    /// Rules for what driver sheets leave out.
    pub driver_class: DriverClass,
    /// Stepper motors.
    pub motors: BTreeMap<String, Motor>,
    /// Drivers.
    pub drivers: BTreeMap<String, Driver>,
    /// Power supplies.
    pub supplies: BTreeMap<String, Supply>,
    /// Controllers.
    pub controllers: BTreeMap<String, Controller>,
    /// Toothed belts.
    pub belts: BTreeMap<String, Belt>,
    /// Gear racks.
    pub racks: BTreeMap<String, Rack>,
    /// Screws.
    pub screws: BTreeMap<String, Screw>,
    /// Linear guides.
    pub guides: BTreeMap<String, Guide>,
    /// Tubes and profiles.
    pub sections: BTreeMap<String, Section>,
    /// What the sections are made of: "steel", "aluminium".
    pub section_materials: BTreeMap<String, SectionMaterial>,
    /// Torches.
    pub torches: BTreeMap<String, TorchPart>,
    /// Families of cutting tips with their charts.
    pub tips: BTreeMap<String, TipFamily>,
    /// Plate materials.
    pub materials: BTreeMap<String, PlateMaterial>,
}

/// A part found in the catalogue.
#[derive(Debug)]
pub struct Found<'c, T> {
    /// File it stands in, "motors".
    pub kind: &'static str,
    /// Id as the catalogue spells it.
    pub id: &'c str,
    /// Its data.
    pub part: &'c T,
}

impl<T> Clone for Found<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Found<'_, T> {}

impl<T> Found<'_, T> {
    /// "catalogue motors/23HS30-2804S resistance_ohm", as estimates are listed.
    pub fn key(&self, name: &str) -> String {
        format!("catalogue {}/{} {name}", self.kind, self.id)
    }
}

/// The catalogue that is built in.
///
/// # Errors
/// What is wrong with its files; never in a released program, as a test reads them all.
pub fn built_in() -> Result<&'static Catalogue, Vec<Diagnostic>> {
    static CATALOGUE: OnceLock<Result<Catalogue, Vec<Diagnostic>>> = OnceLock::new();
    CATALOGUE.get_or_init(|| parse(&FILES)).as_ref().map_err(Clone::clone)
}

/// Reads one file of the catalogue.
fn file<T: serde::de::DeserializeOwned + Check>(files: &[(&str, &str)], name: &str, findings: &mut Vec<Diagnostic>) -> Option<T> {
    let Some((_, text)) = files.iter().find(|(file, _)| *file == name) else {
        findings.push(Diagnostic::error("S001", format!("the catalogue has no file {name}.toml")));
        return None;
    };
    let mut checker = Checker::new(&format!("assets/catalogue/{name}.toml"), text);
    let table = checker.read();
    findings.append(&mut checker.findings);
    table
}

/// Reads a whole catalogue from (name, text) pairs.
///
/// # Errors
/// Everything wrong with the files.
pub fn parse(files: &[(&str, &str)]) -> Result<Catalogue, Vec<Diagnostic>> {
    let mut f = Vec::new();
    let read = (
        file::<Motors>(files, "motors", &mut f),
        file::<Drivers>(files, "drivers", &mut f),
        file::<Supplies>(files, "supplies", &mut f),
        file::<Controllers>(files, "controllers", &mut f),
        file::<Belts>(files, "belts", &mut f),
        file::<Racks>(files, "racks", &mut f),
    );
    let more = (
        file::<Screws>(files, "screws", &mut f),
        file::<Guides>(files, "guides", &mut f),
        file::<Sections>(files, "sections", &mut f),
        file::<Torches>(files, "torches", &mut f),
        file::<Tips>(files, "tips", &mut f),
        file::<Materials>(files, "materials", &mut f),
    );
    let (
        (Some(motors), Some(drivers), Some(supplies), Some(controllers), Some(belts), Some(racks)),
        (Some(screws), Some(guides), Some(sections), Some(torches), Some(tips), Some(materials)),
    ) = (read, more)
    else {
        return Err(f);
    };
    if !f.is_empty() {
        return Err(f);
    }
    Ok(Catalogue {
        motor_class: motors.class,
        motors: motors.motor,
        driver_class: drivers.class,
        drivers: drivers.driver,
        supplies: supplies.supply,
        controllers: controllers.controller,
        belts: belts.belt,
        racks: racks.rack,
        screws: screws.screw,
        guides: guides.guide,
        section_materials: sections.material,
        sections: sections.section,
        torches: torches.torch,
        tips: tips.tips,
        materials: materials.plate,
    })
}

/// Looks `id` up in one kind of part, whatever its case; the error names the nearest id.
fn find<'c, T>(kind: &'static str, parts: &'c BTreeMap<String, T>, id: &str) -> Result<Found<'c, T>, Box<Diagnostic>> {
    let id = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id);
    if let Some((id, part)) = parts.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)) {
        return Ok(Found { kind, id, part });
    }
    let hint = nearest(id, parts.keys().map(String::as_str))
        .map_or_else(|| format!("the {kind} stand in assets/catalogue/{kind}.toml"), |name| format!("did you mean \"{name}\"?"));
    Err(Box::new(Diagnostic::error("S007", format!("the catalogue has no {kind}/{id}")).hint(hint)))
}

macro_rules! lookups {
    ($($(#[doc = $doc:literal])+ $name:ident: $field:ident, $file:literal, $kind:ty;)+) => {
        impl Catalogue {
            $(
                $(#[doc = $doc])+
                ///
                /// # Errors
                /// S007 with the nearest id.
                pub fn $name(&self, id: &str) -> Result<Found<'_, $kind>, Box<Diagnostic>> {
                    find($file, &self.$field, id)
                }
            )+

            /// Every part with a price: kind, id, name, price, in the order of the files.
            pub fn priced(&self) -> Vec<(&'static str, &str, &str, Option<&Price>)> {
                let mut all = Vec::new();
                $(all.extend(self.$field.iter().map(|(id, part)| ($file, id.as_str(), part.name.as_str(), part.price.as_ref())));)+
                all
            }
        }
    };
}

lookups! {
    /// A motor by its id.
    motor: motors, "motors", Motor;
    /// A driver by its id.
    driver: drivers, "drivers", Driver;
    /// A power supply by its id.
    supply: supplies, "supplies", Supply;
    /// A controller by its id.
    controller: controllers, "controllers", Controller;
    /// A belt by its id.
    belt: belts, "belts", Belt;
    /// A rack by its id.
    rack: racks, "racks", Rack;
    /// A screw by its id.
    screw: screws, "screws", Screw;
    /// A guide by its id.
    guide: guides, "guides", Guide;
    /// A section by its id.
    section: sections, "sections", Section;
    /// A torch by its id.
    torch: torches, "torches", TorchPart;
}

impl Catalogue {
    /// A tip family by its id.
    ///
    /// # Errors
    /// S007 with the nearest id.
    pub fn tip_family(&self, id: &str) -> Result<Found<'_, TipFamily>, Box<Diagnostic>> {
        find("tips", &self.tips, id)
    }

    /// A plate material by its id.
    ///
    /// # Errors
    /// S007 with the nearest id.
    pub fn material(&self, id: &str) -> Result<Found<'_, PlateMaterial>, Box<Diagnostic>> {
        find("materials", &self.materials, id)
    }

    /// Name and price of `part = "motors/23HS30-2804S"`.
    ///
    /// # Errors
    /// S007 with the nearest id.
    pub fn price(&self, part: &str) -> Result<(&str, Option<&Price>), Box<Diagnostic>> {
        let all = self.priced();
        let same = all.iter().find(|(kind, id, ..)| format!("{kind}/{id}").eq_ignore_ascii_case(part));
        if let Some((_, _, name, price)) = same {
            return Ok((name, *price));
        }
        let known: Vec<String> = all.iter().map(|(kind, id, ..)| format!("{kind}/{id}")).collect();
        let hint = nearest(part, known.iter().map(String::as_str))
            .map_or_else(|| "what there is stands in assets/catalogue".to_string(), |name| format!("did you mean \"{name}\"?"));
        Err(Box::new(Diagnostic::error("S007", format!("the catalogue has no part {part}")).hint(hint)))
    }
}

impl Price {
    /// Dollars for one unit, converting euros by [`USD_PER_EUR`]; `None` where the entry names neither.
    pub fn unit_usd(&self) -> Option<f64> {
        let from_euro = self.eur.as_ref().map(|eur| eur.value * USD_PER_EUR);
        self.usd.as_ref().map(|usd| usd.value).or(from_euro)
    }

    /// "estimate" or "published".
    pub fn basis(&self) -> &'static str {
        use super::quantity::Basis;
        let estimated = [&self.usd, &self.eur].into_iter().flatten().any(|price| price.basis == Basis::Estimate);
        if estimated { "estimate" } else { "published" }
    }

    /// "piece" unless the entry says otherwise.
    pub fn unit(&self) -> &str {
        self.unit.as_deref().unwrap_or("piece")
    }
}
