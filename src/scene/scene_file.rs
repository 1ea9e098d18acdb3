//! The scene file: every key with its meaning, unit, default and range.
//!
//! In: TOML. Out: [`SceneFile`], checked key by key; [`super::load`] makes a scene of it. May use: this room's table
//! macro.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::check::Bounds::{self, Any, OneOf, Whole, Within};
use super::check::{Check, Checker, nearest, table};
use super::figures;
use super::model::{Bound, Clamp, Expect, Fault};
use super::parts::Word;
use super::quantity::Quantity;
use super::size::SizeTable;
use crate::program::TorchWords;

table! {
    /// A scene file.
    SceneFile {
        /// Title for people.
        title: String = Any,
        /// Folder of catalogue files of your own, from the scene's folder: they add parts or take the place of some, over those of the
        /// machine file.
        catalogue: Option<Word> = Any,
        /// Machine file, from the scene's folder.
        machine: Word = Any,
        /// The plate on the table.
        plate: PlateTable = Any,
        /// The torch and its setting.
        torch: TorchTable = Any,
        /// The program to run.
        job: JobTable = Any,
        /// Thermocouples.
        #[serde(default)] probe: Vec<ProbeTable> = Any,
        /// Clamps that hold the plate.
        #[serde(default)] clamp: Vec<ClampTable> = Any,
        /// What breaks in this run.
        #[serde(default)] fault: Vec<FaultTable> = Any,
        /// What makes the scene pass.
        #[serde(default)] expect: ExpectTable = Any,
        /// What may vary when the machine is sized.
        size: Option<SizeTable> = Any,
        /// Interval of the trace, ms; 20 unless given.
        trace_interval_ms: Option<Quantity> = Within(0.1, 10000.0),
        /// Amplitude of vibration that may be jumped over in steady motion, µm; 1.5 unless given, 0 to jump over none.
        fast_forward_um: Option<Quantity> = Within(0.0, 1000.0),
    }
}

table! {
    /// A clamp on the plate: the torch can run into it, and what it stands on stays where it is.
    ClampTable {
        /// Its middle, machine coordinates, mm.
        at_mm: [Quantity; 2] = Within(-2000.0, 24000.0),
        /// Its width, mm; 30 unless given.
        width_mm: Option<Quantity> = Within(1.0, 500.0),
        /// How high it stands over the plate, mm; 45 unless given.
        height_mm: Option<Quantity> = Within(1.0, 500.0),
    }
}

impl ClampTable {
    /// The clamp.
    pub fn clamp(&self) -> Clamp {
        let metres = |given: &Option<Quantity>, usual_mm: f64| 1e-3 * given.as_ref().map_or(usual_mm, |q| q.value);
        Clamp {
            at_in_machine_m: [0, 1].map(|i| 1e-3 * self.at_mm[i].value),
            width_m: metres(&self.width_mm, 30.0),
            height_m: metres(&self.height_mm, 45.0),
        }
    }
}

table! {
    /// A motor that gets less current than it should: unplugged, a loose connector, a wrong switch on its driver.
    FaultTable {
        /// The motor: "X", "Y1" (left), "Y2" (right) or "Z".
        motor: Word = OneOf(&["X", "Y1", "Y2", "Z"]),
        /// Share of its current that arrives; 0, unplugged, unless given.
        current_share: Option<Quantity> = Within(0.0, 1.0),
        /// From when on, s; from the start unless given.
        at_s: Option<Quantity> = Within(0.0, 1.0e5),
        /// For how long, s; to the end unless given.
        for_s: Option<Quantity> = Within(0.001, 1.0e5),
    }
}

impl FaultTable {
    /// The fault.
    pub fn fault(&self) -> Fault {
        let value = |given: &Option<Quantity>, usual: f64| given.as_ref().map_or(usual, |q| q.value);
        Fault {
            motor: self.motor.get_ref().clone(),
            current_share: value(&self.current_share, 0.0),
            at_s: value(&self.at_s, 0.0),
            for_s: value(&self.for_s, f64::INFINITY),
        }
    }
}

table! {
    /// The plate.
    PlateTable {
        /// Material: an id of the catalogue's materials, or constants, `{ conductivity_w_per_m_k = 35.0,
        /// density_kg_per_m3 = 7850.0, specific_heat_j_per_kg_k = 650.0 }`, to compare with closed forms.
        material: Material = Any,
        /// Loss of both faces together, W/(m²·K); still air and radiation unless given.
        surface_loss_w_per_m2_k: Option<Quantity> = Within(0.0, 1.0e5),
        /// Thickness, mm.
        thickness_mm: Quantity = Within(0.5, 300.0),
        /// Size in X and Y, mm.
        size_mm: [Quantity; 2] = Within(10.0, 24000.0),
        /// Low corner in machine coordinates, mm; [0, 0] unless given.
        corner_mm: Option<[Quantity; 2]> = Within(-2000.0, 24000.0),
        /// Side of a heat cell, mm; 3 unless given: a twentieth of the heat-affected field of a cut, at a fifth of the cost of 2. Under a
        /// `heat-source` 1, or 0.5 where that is a line.
        cell_mm: Option<Quantity> = Within(0.1, 20.0),
        /// Layers of heat cells through the thickness; by a rule unless given: one up to 13 mm under a cut, then one for two cells' widths;
        /// under a `heat-source` on the upper side one for each cell's width.
        layers: Option<Quantity> = Whole(1.0, 256.0),
        /// Temperature of plate and air at the start, °C; 20 unless given.
        ambient_c: Option<Quantity> = Within(-50.0, 2000.0),
        /// Temperature at which the plate's edge of lowest X is held, °C, to compare with closed forms; insulated unless given.
        held_edge_c: Option<Quantity> = Within(-50.0, 2500.0),
        /// Threads that share the heat of a large plate; 1 unless given. Results do not depend on it.
        heat_threads: Option<Quantity> = Whole(1.0, 64.0),
        /// Whether parts of the plate at ambient sleep; true unless given, false to measure what that leaves out.
        sleeping_tiles: Option<bool> = Any,
        /// Drawing of the finished parts, a .dxf from the scene's folder with its origin at the work zero: what the cut is compared
        /// with, in place of the program's path.
        intended: Option<Word> = Any,
    }
}

table! {
    /// A material with the same properties at all temperatures.
    ConstantMaterial {
        /// Heat conductivity, W/(m·K).
        conductivity_w_per_m_k: Quantity = Within(0.01, 2000.0),
        /// Density, kg/m³.
        density_kg_per_m3: Quantity = Within(10.0, 30000.0),
        /// Specific heat, J/(kg·K).
        specific_heat_j_per_kg_k: Quantity = Within(10.0, 20000.0),
        /// Where it melts, °C; with `latent_heat_j_per_kg`.
        melting_c: Option<Quantity> = Within(-200.0, 4000.0),
        /// What melting takes, J/kg; it never melts unless both are given.
        latent_heat_j_per_kg: Option<Quantity> = Within(0.0, 1.0e7),
    }
}

/// What the plate is made of.
#[derive(Clone, Debug)]
pub enum Material {
    /// From the catalogue.
    Named(Word),
    /// Constants.
    Constant(Box<ConstantMaterial>),
}

impl Check for Material {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        if let Self::Constant(constant) = self {
            constant.check(path, bounds, checker);
        }
    }

    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        if let Self::Constant(constant) = self {
            constant.each(path, see);
        }
    }
}

struct MaterialVisitor;

/// A name without its place, or constants.
enum BareMaterial {
    Named(String),
    Constant(Box<ConstantMaterial>),
}

impl<'de> Visitor<'de> for MaterialVisitor {
    type Value = BareMaterial;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a material of the catalogue, or a table of constants")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<BareMaterial, E> {
        Ok(BareMaterial::Named(name.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BareMaterial, A::Error> {
        ConstantMaterial::deserialize(MapAccessDeserializer::new(map)).map(|table| BareMaterial::Constant(Box::new(table)))
    }
}

impl<'de> Deserialize<'de> for BareMaterial {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MaterialVisitor)
    }
}

impl<'de> Deserialize<'de> for Material {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<BareMaterial>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(match spanned.into_inner() {
            BareMaterial::Named(name) => Self::Named(toml::Spanned::new(span, name)),
            BareMaterial::Constant(table) => Self::Constant(table),
        })
    }
}

table! {
    /// The torch and its setting.
    TorchTable {
        /// "oxy-acetylene", "oxy-propane", "plasma", "fixed-kerf" (router, laser, pen: a width and no heat) or "heat-source" (heat and no
        /// cut, to compare with closed forms).
        process: Word = OneOf(&["oxy-acetylene", "oxy-propane", "plasma", "fixed-kerf", "heat-source"]),
        /// Tip: a family of the catalogue with the tip's number behind it, "victor-1-101-1", or the family alone, or
        /// with `family` the number alone. By thickness unless given.
        tip: Option<Word> = Any,
        /// Family of tips; "victor-1-101", "generic-propane" or "plasma" unless given.
        family: Option<Word> = Any,
        /// Current of a plasma arc, A; the lowest of the chart that pierces the plate unless given.
        amps: Option<Quantity> = Within(5.0, 1000.0),
        /// Width that `fixed-kerf` takes away, mm; 1 unless given.
        kerf_mm: Option<Quantity> = Within(0.001, 50.0),
        /// Power of a `heat-source` into the plate, W; it gives it while flame or oxygen is on.
        power_w: Option<Quantity> = Within(0.0, 1.0e7),
        /// How a `heat-source` is spread: "line" (over the thickness, at the tip; unless given), "gaussian" (on the upper side, around
        /// the tip) or "uniform" (over the whole upper side).
        shape: Option<Word> = OneOf(&["line", "gaussian", "uniform"]),
        /// Radius at which a "gaussian" is 1/e of its middle, mm; 0, a point, unless given.
        radius_mm: Option<Quantity> = Within(0.0, 1000.0),
        /// Price of oxygen, USD/m³; an estimate unless given.
        oxygen_usd_per_m3: Option<Quantity> = Within(0.0, 1000.0),
        /// Price of the fuel gas, USD/m³; an estimate unless given.
        fuel_usd_per_m3: Option<Quantity> = Within(0.0, 1000.0),
        /// Purity of the cutting oxygen, a share; 0.995 unless given.
        purity: Option<Quantity> = Within(0.95, 1.0),
        /// Height of the tip above the plate, mm; 5 unless given, 1.5 for plasma.
        standoff_mm: Option<Quantity> = Within(0.1, 100.0),
        /// Preheat hold of the start sequence, s; 1.3 times what the flame needs on a cold plate unless given.
        preheat_s: Option<Quantity> = Within(0.0, 3600.0),
        /// Pierce hold of the start sequence, s; 1.2 times what the jet needs unless given.
        pierce_s: Option<Quantity> = Within(0.0, 600.0),
        /// What the M words do: "m3-starts" (M3 runs the start sequence), "m3-preheat-m8-oxygen" (M3 flame, M8 oxygen),
        /// "qtplasmac" ($0 cuts, output 3 holds it off) or "power-by-s" (S0 is off); the machine's `[torch_words]`, or
        /// guessed from the program, unless given.
        words: Option<Word> = OneOf(&TorchWords::PRESETS),
    }
}

table! {
    /// The job.
    JobTable {
        /// Program, from the scene's folder.
        program: Word = Any,
        /// "linuxcnc", "grbl" or "mach3"; guessed from the program, with a note, unless given.
        dialect: Option<Word> = OneOf(&["linuxcnc", "grbl", "mach3"]),
        /// Work zero in machine coordinates, mm; the program is laid 20 mm inside the plate's low corner unless given.
        work_zero_mm: Option<[Quantity; 3]> = Within(-24000.0, 24000.0),
        /// Whether G4 P counts milliseconds; false unless given.
        dwell_p_in_ms: Option<bool> = Any,
        /// Values that the program asks the controller for: `"plasmac.cut-feed-rate" = 2540` answers
        /// `#<_hal[plasmac.cut-feed-rate]>`, `"section.key"` answers `#<_ini[section]key>`.
        hal: Option<BTreeMap<String, Quantity>> = Within(-1.0e9, 1.0e9),
        /// Tool table in LinuxCNC's format, from the scene's folder: the kerf that G41 and G42 take by tool number.
        tool_table: Option<Word> = Any,
        /// The controller's own unit, "mm" (default) or "inch": that of the tool table and of #5161 to #5390.
        machine_units: Option<Word> = OneOf(&["mm", "inch"]),
        /// Whether lines that start with "/" are passed over; false unless given.
        block_delete: Option<bool> = Any,
        /// Recorded steps to run instead of planning, from the scene's folder: "steps.csv" with the columns
        /// time_s,axis,direction (axis x, y or z with 1 or -1; preheat or oxygen with 1 or 0), or "steps.vcd". The recording
        /// starts where the program starts, and the program says what should have been cut.
        steps: Option<Word> = Any,
        /// What a .vcd of `steps` calls its wires, `{ x_step = "D0", x_dir = "D1" }`; by their own names unless given. A step
        /// is a rising edge; a high direction wire is forward, to larger coordinates.
        steps_channels: Option<ChannelTable> = Any,
    }
}

table! {
    /// Wires of a recording, as its file calls them.
    ChannelTable {
        /// Steps of X; "x_step" unless given.
        x_step: Option<Word> = Any,
        /// Direction of X; "x_dir" unless given.
        x_dir: Option<Word> = Any,
        /// Steps of Y; "y_step" unless given.
        y_step: Option<Word> = Any,
        /// Direction of Y; "y_dir" unless given.
        y_dir: Option<Word> = Any,
        /// Steps of Z; "z_step" unless given.
        z_step: Option<Word> = Any,
        /// Direction of Z; "z_dir" unless given.
        z_dir: Option<Word> = Any,
        /// Preheat flame, high while it burns; "torch_preheat" unless given.
        torch_preheat: Option<Word> = Any,
        /// Cutting oxygen, high while it is open; "torch_oxygen" unless given.
        torch_oxygen: Option<Word> = Any,
    }
}

table! {
    /// A thermocouple.
    ProbeTable {
        /// Name; "probe 1", "probe 2", … unless given.
        name: Option<String> = Any,
        /// Where, mm from the plate's low corner.
        at_mm: [Quantity; 2] = Within(0.0, 24000.0),
        /// Depth below the upper side, mm, with or without a minus sign; 0, the upper side, unless given.
        z_mm: Option<Quantity> = Within(-300.0, 300.0),
    }
}

/// What makes a scene pass: figures with their bounds, and `fails_on`.
///
/// A bare figure means what suits it: a count exactly (`lost_steps = 0`), an error or cost at most, a margin at least,
/// anything else within 2 %. `_max` or `_min` behind the name, or `{ value = 62, tolerance = 5 }`, say it plainly.
#[derive(Clone, Debug, Default)]
pub struct ExpectTable {
    entries: BTreeMap<String, Entry>,
}

/// A value of `[expect]` and where it stands.
#[derive(Clone, Debug)]
struct Entry {
    wanted: Wanted,
    span: Range<usize>,
}

#[derive(Clone, Debug)]
enum Wanted {
    Number(f64),
    Near { value: f64, tolerance: f64 },
    Names(Vec<String>),
}

/// The table form of a bound.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NearTable {
    value: f64,
    tolerance: f64,
}

struct WantedVisitor;

impl<'de> Visitor<'de> for WantedVisitor {
    type Value = Wanted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a table with value and tolerance, or a list of figures")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Wanted, E> {
        Ok(Wanted::Number(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Wanted, E> {
        Ok(Wanted::Number(value as f64))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Wanted, A::Error> {
        let NearTable { value, tolerance } = NearTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Wanted::Near { value, tolerance })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Wanted, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(Wanted::Names(names))
    }
}

/// Carries the visitor through toml's span wrapper.
struct Bare(Wanted);

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WantedVisitor).map(Bare)
    }
}

impl<'de> Deserialize<'de> for ExpectTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = BTreeMap::<String, toml::Spanned<Bare>>::deserialize(deserializer)?;
        let entry = |spanned: toml::Spanned<Bare>| Entry { span: spanned.span(), wanted: spanned.into_inner().0 };
        Ok(Self { entries: raw.into_iter().map(|(key, value)| (key, entry(value))).collect() })
    }
}

impl ExpectTable {
    /// The bounds in the order of the file. Call after [`Check::check`], which reports what is left out here.
    pub fn bounds(&self) -> Expect {
        let mut entries: Vec<(&String, &Entry)> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.span.start);
        let mut expect = Expect::default();
        for (key, entry) in entries {
            match &entry.wanted {
                Wanted::Names(names) => expect.fails_on.clone_from(names),
                Wanted::Number(value) => {
                    expect.bounds.extend(figures::bound(key, *value).map(|(name, bound)| (name.to_string(), bound)));
                }
                Wanted::Near { value, tolerance } => {
                    expect.bounds.push((key.clone(), Bound::Equal { value: *value, tolerance: *tolerance }));
                }
            }
        }
        expect
    }

    fn check_entry(key: &str, entry: &Entry, checker: &mut Checker<'_>) {
        match &entry.wanted {
            Wanted::Names(names) if key == "fails_on" => {
                for name in names.iter().filter(|name| !figures::is_figure(name)) {
                    unknown_figure(name, &entry.span, checker);
                }
            }
            Wanted::Number(value) if figures::bound(key, *value).is_some() => check_number(key, *value, &entry.span, checker),
            Wanted::Near { value, tolerance } if figures::is_figure(key) => {
                check_number(key, *value, &entry.span, checker);
                check_number(&format!("{key}.tolerance"), tolerance.max(0.0), &entry.span, checker);
                if *tolerance < 0.0 {
                    let found = format!("`expect.{key}.tolerance` is {tolerance}");
                    checker.error("S006", &entry.span, found, "0 or more".into(), String::new());
                }
            }
            _ if key == "fails_on" || figures::bound(key, 0.0).is_some() => {
                let expected = if key == "fails_on" { "a list of figures" } else { "a number" };
                checker.error("S004", &entry.span, format!("`expect.{key}` is of another type"), expected.into(), String::new());
            }
            _ => unknown_figure(key, &entry.span, checker),
        }
    }
}

fn check_number(key: &str, value: f64, span: &Range<usize>, checker: &mut Checker<'_>) {
    if !value.is_finite() {
        checker.error("S006", span, format!("`expect.{key}` is {value}"), "a finite number".into(), String::new());
    }
}

fn unknown_figure(name: &str, span: &Range<usize>, checker: &mut Checker<'_>) {
    let bare = name.strip_suffix("_max").or_else(|| name.strip_suffix("_min")).unwrap_or(name);
    let known = || figures::FIGURES.iter().map(|(figure, _)| *figure);
    let near = nearest(name, known()).or_else(|| nearest(bare, known()));
    let hint = near
        .map_or_else(|| format!("figures are {}", known().collect::<Vec<_>>().join(", ")), |n| format!("did you mean `{n}`?"));
    checker.error("S008", span, format!("`{name}` is no figure"), String::new(), hint);
}

impl Check for ExpectTable {
    fn check(&self, _: &str, _: Bounds, checker: &mut Checker<'_>) {
        let mut entries: Vec<(&String, &Entry)> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.span.start);
        for (key, entry) in entries {
            Self::check_entry(key, entry, checker);
        }
    }
}
