//! The catalogue: parts with their data, sources and prices, built into the program.
//!
//! In: `assets/catalogue/*.toml`, and folders of a user's own over them (`layers`). Out: [`Catalogue`], looked up by id. May use:
//! `diag`, this room's tables.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::check::{Check, nearest};
pub use super::fittings::*;
use super::layers;
pub use super::parts::*;
use super::quantity::Quantity;
use crate::diag::Diagnostic;

/// Dollars for a euro: StepperOnline's own two prices for DM542T, DM556T and 23HS45-4204S stand as 1.10 to 1 (2026-09).
pub const USD_PER_EUR: f64 = 1.10;

/// The files, as built in: name and text.
pub const FILES: [(&str, &str); 16] = [
    ("motors", include_str!("../../assets/catalogue/motors.toml")),
    ("drivers", include_str!("../../assets/catalogue/drivers.toml")),
    ("supplies", include_str!("../../assets/catalogue/supplies.toml")),
    ("controllers", include_str!("../../assets/catalogue/controllers.toml")),
    ("belts", include_str!("../../assets/catalogue/belts.toml")),
    ("racks", include_str!("../../assets/catalogue/racks.toml")),
    ("screws", include_str!("../../assets/catalogue/screws.toml")),
    ("gearboxes", include_str!("../../assets/catalogue/gearboxes.toml")),
    ("couplings", include_str!("../../assets/catalogue/couplings.toml")),
    ("guides", include_str!("../../assets/catalogue/guides.toml")),
    ("sections", include_str!("../../assets/catalogue/sections.toml")),
    ("torches", include_str!("../../assets/catalogue/torches.toml")),
    ("tips", include_str!("../../assets/catalogue/tips.toml")),
    ("materials", include_str!("../../assets/catalogue/materials.toml")),
    ("hardware", include_str!("../../assets/catalogue/hardware.toml")),
    ("sources", include_str!("../../assets/catalogue/sources.toml")),
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
    /// Gearboxes.
    pub gearboxes: BTreeMap<String, Gearbox>,
    /// Couplings and shafts.
    pub couplings: BTreeMap<String, Coupling>,
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
    /// What a bill of materials needs besides.
    pub hardware: BTreeMap<String, Hardware>,
    /// What the keys of sources stand for.
    pub sources: BTreeMap<String, SourceNote>,
}

/// A part of any kind, for people to look at.
#[derive(Clone, Copy)]
pub struct Entry<'c> {
    /// File it stands in, "motors".
    pub kind: &'static str,
    /// Id as the catalogue spells it.
    pub id: &'c str,
    /// Maker and model.
    pub name: &'c str,
    /// Its price, where somebody has read or guessed one.
    pub price: Option<&'c Price>,
    /// Price of one block or wheel of a guide, where it is sold apart from the rail.
    pub element_price: Option<&'c Price>,
    /// Where its plain numbers are from.
    pub source: &'c str,
    /// Its values.
    pub part: &'c dyn Check,
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

/// Reads a whole catalogue from (name, text) pairs.
///
/// # Errors
/// Everything wrong with the files.
pub fn parse(files: &[(&str, &str)]) -> Result<Catalogue, Vec<Diagnostic>> {
    layers::whole(files)
}

/// Looks `id` up in one kind of part, whatever its case; the error names the nearest id.
fn find<'c, T>(kind: &'static str, parts: &'c BTreeMap<String, T>, id: &str) -> Result<Found<'c, T>, Box<Diagnostic>> {
    let id = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id);
    if let Some((id, part)) = parts.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)) {
        return Ok(Found { kind, id, part });
    }
    let hint = nearest(id, parts.keys().map(String::as_str))
        .map_or_else(|| format!("`torchtwin parts {kind}` lists them"), |name| format!("did you mean \"{name}\"?"));
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

            /// Every part that has a price to look for, kind after kind.
            fn priced_entries(&self) -> Vec<Entry<'_>> {
                let mut all: Vec<Entry<'_>> = Vec::new();
                $(all.extend(self.$field.iter().map(|(id, part)| Entry {
                    kind: $file,
                    id,
                    name: &part.name,
                    price: part.price.as_ref(),
                    element_price: None,
                    source: &part.source,
                    part,
                }));)+
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
    /// A gearbox by its id.
    gearbox: gearboxes, "gearboxes", Gearbox;
    /// A coupling by its id.
    coupling: couplings, "couplings", Coupling;
    /// A guide by its id.
    guide: guides, "guides", Guide;
    /// A section by its id.
    section: sections, "sections", Section;
    /// A torch by its id.
    torch: torches, "torches", TorchPart;
    /// Hardware by its id.
    hardware: hardware, "hardware", Hardware;
}

/// Kinds of part with what they are, in the order in which people look for them.
pub const KINDS: [(&str, &str); 15] = [
    ("motors", "stepper motors"),
    ("drivers", "microstepping drivers"),
    ("supplies", "supplies of the motor bus"),
    ("controllers", "what plans and sends the steps"),
    ("racks", "gear racks"),
    ("belts", "toothed belts"),
    ("screws", "lead screws and ball screws"),
    ("gearboxes", "gearboxes between motor and pinion, pulley or screw"),
    ("couplings", "couplings and shafts"),
    ("guides", "rails with blocks, wheels, bearings"),
    ("sections", "tubes and profiles"),
    ("torches", "cutting torches"),
    ("tips", "families of cutting tips with their charts"),
    ("materials", "plate materials"),
    ("hardware", "what a bill of materials needs besides"),
];

impl Entry<'_> {
    /// "motors/23HS30-2804S".
    pub fn path(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }
}

impl Catalogue {
    /// The part that `id` names: "motors/23HS30-2804S" whatever its case, or the id alone where only one kind has it.
    ///
    /// # Errors
    /// S007 with the nearest id, or with the kinds that have it.
    pub fn entry(&self, id: &str) -> Result<Entry<'_>, Box<Diagnostic>> {
        let all = self.entries();
        let fits = |entry: &&Entry<'_>| entry.path().eq_ignore_ascii_case(id) || entry.id.eq_ignore_ascii_case(id);
        let found: Vec<&Entry<'_>> = all.iter().filter(fits).collect();
        match found[..] {
            [one] => return Ok(*one),
            [] => {}
            _ => {
                let several = found.iter().map(|entry| entry.path()).collect::<Vec<_>>().join(" or ");
                return Err(Box::new(Diagnostic::error("S007", format!("{id} is more than one part")).hint(several)));
            }
        }
        let paths: Vec<String> = all.iter().map(Entry::path).collect();
        // A bare id is compared with bare ids, so that its kind does not count as a difference.
        let near = if id.contains('/') {
            nearest(id, paths.iter().map(String::as_str)).map(str::to_string)
        } else {
            let bare = nearest(id, all.iter().map(|entry| entry.id));
            bare.and_then(|bare| all.iter().find(|entry| entry.id == bare)).map(Entry::path)
        };
        let hint =
            near.map_or_else(|| "`torchtwin parts` lists what there is".to_string(), |path| format!("did you mean {path}?"));
        Err(Box::new(Diagnostic::error("S007", format!("the catalogue has no part {id}")).hint(hint)))
    }

    /// Every part, in the order of [`KINDS`].
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let mut all = self.priced_entries();
        all.extend(self.tips.iter().map(|(id, part)| Entry {
            kind: "tips",
            id,
            name: &part.name,
            price: None,
            element_price: None,
            source: &part.source,
            part,
        }));
        all.extend(self.materials.iter().map(|(id, part)| Entry {
            kind: "materials",
            id,
            name: &part.name,
            price: None,
            element_price: None,
            source: &part.source,
            part,
        }));
        for entry in all.iter_mut().filter(|entry| entry.kind == "guides") {
            entry.element_price = self.guides.get(entry.id).and_then(|guide| guide.element_price.as_ref());
        }
        all.sort_by_key(|entry| KINDS.iter().position(|(kind, _)| *kind == entry.kind));
        all
    }

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
        self.unit_usd_by(&mut |_, quantity| quantity.value)
    }

    /// The same, the value of "usd" or "eur" as `value` takes it.
    pub fn unit_usd_by(&self, value: &mut dyn FnMut(&str, &Quantity) -> f64) -> Option<f64> {
        match (&self.usd, &self.eur) {
            (Some(usd), _) => Some(value("usd", usd)),
            (None, eur) => eur.as_ref().map(|eur| value("eur", eur) * USD_PER_EUR),
        }
    }

    /// Whether the dollars come from a price in euros.
    pub fn from_euros(&self) -> bool {
        self.usd.is_none() && self.eur.is_some()
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
