//! What may vary when a machine is sized: the scene's `[size]`, and machine files with other parts in them.
//!
//! In: TOML. Out: [`Sizing`] for the model; texts of machine files. May use: this room's table macro and catalogue.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::check::Bounds::{self, Any, Within};
use super::check::{Check, Checker, nearest, table};
use super::model::{Choice, Sizing, Vary};
use super::parts::Word;
use super::quantity::Quantity;
use super::{Scene, read_text};
use crate::diag::{Diagnostic, Place};

table! {
    /// What may vary when `torchtwin size` looks for the cheapest machine that passes.
    SizeTable {
        /// What may be spent, shipping and tax included, USD; `--budget-usd` goes before it.
        budget_usd: Option<Quantity> = Within(1.0, 1.0e6),
        /// Shipping, percent of the parts; 0 unless given.
        shipping_percent: Option<Quantity> = Within(0.0, 200.0),
        /// Tax, percent of parts and shipping; 0 unless given.
        tax_percent: Option<Quantity> = Within(0.0, 100.0),
        /// What varies; every choice of the one is tried with every choice of the others.
        #[serde(default)] vary: Vec<VaryTable> = Any,
    }
}

table! {
    /// One thing that varies: parts of the catalogue for the same places (`keys`, `parts`), or choices that change several values at once
    /// (`option`).
    VaryTable {
        /// What, for people: "motors of X and Y".
        what: String = Any,
        /// Keys of the machine file that name the part: ["axis.x.motor", "axis.y.motor"].
        keys: Option<Vec<Word>> = Any,
        /// Parts to try there, with their kind: ["motors/23HS22-2804S", "motors/23HS30-2804S"].
        parts: Option<Vec<Word>> = Any,
        /// Items of the machine's cost lines that pay for it; their part and price become those of the part tried.
        cost: Option<Vec<Word>> = Any,
        /// Choices that are more than a part.
        #[serde(default)] option: Vec<OptionTable> = Any,
    }
}

table! {
    /// A choice.
    OptionTable {
        /// Name for people.
        name: String = Any,
        /// Keys of the machine file with their values: { "axis.x.transmission.teeth" = 20 }; a table takes the place of a whole table.
        set: Option<BTreeMap<String, Raw>> = Any,
        /// Items of the machine's cost lines that this choice does without.
        without: Option<Vec<Word>> = Any,
        /// Cost lines that this choice adds, as in a machine file.
        #[serde(default)] cost: Vec<BTreeMap<String, Raw>> = Any,
    }
}

/// A value that is checked when the machine file it goes into is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Raw(Value);

impl Check for Raw {
    fn check(&self, _: &str, _: Bounds, _: &mut Checker<'_>) {}
}

/// The model of a `[size]` table.
pub(super) fn sizing(table: &SizeTable, checker: &mut Checker<'_>) -> Sizing {
    let value = |q: &Option<Quantity>| q.as_ref().map(|q| q.value);
    let mut all = Vec::new();
    for vary in &table.vary {
        let mut options: Vec<Choice> = vary.parts.iter().flatten().map(|part| part_choice(vary, part)).collect();
        options.extend(vary.option.iter().map(choice));
        if let (Some(parts), None) = (&vary.parts, &vary.keys)
            && let Some(first) = parts.first()
        {
            let found = format!("`{}` has `parts` but no `keys`", vary.what);
            checker.error("S005", &first.span(), found, "the machine's keys that name the part".into(), String::new());
        }
        if options.is_empty() {
            let finding = Diagnostic::error("S005", format!("`{}` has neither `parts` nor an `option`", vary.what));
            checker.findings.push(finding.at(checker.whole_file()).hint("name the parts to try, or remove it"));
        }
        all.push(Vary { what: vary.what.clone(), options });
    }
    Sizing {
        budget_usd: value(&table.budget_usd),
        shipping_percent: value(&table.shipping_percent).unwrap_or(0.0),
        tax_percent: value(&table.tax_percent).unwrap_or(0.0),
        vary: all,
    }
}

fn part_choice(vary: &VaryTable, part: &Word) -> Choice {
    let named = part.get_ref();
    let id = named.split_once('/').map_or(named.as_str(), |(_, id)| id);
    let keys = vary.keys.iter().flatten();
    Choice {
        name: id.to_string(),
        set: keys.map(|key| (key.get_ref().clone(), Value::String(id.to_string()).to_string())).collect(),
        only_replaces: true,
        part: Some(named.clone()),
        pays: vary.cost.iter().flatten().map(|item| item.get_ref().clone()).collect(),
        without: Vec::new(),
        with: Vec::new(),
    }
}

fn choice(option: &OptionTable) -> Choice {
    let line = |line: &BTreeMap<String, Raw>| -> Vec<(String, String)> {
        line.iter().map(|(key, value)| (key.clone(), value.0.to_string())).collect()
    };
    Choice {
        name: option.name.clone(),
        set: option.set.iter().flatten().map(|(key, value)| (key.clone(), value.0.to_string())).collect(),
        only_replaces: false,
        part: None,
        pays: Vec::new(),
        without: option.without.iter().flatten().map(|item| item.get_ref().clone()).collect(),
        with: option.cost.iter().map(line).collect(),
    }
}

/// A machine file to make others from.
#[derive(Clone, Debug)]
pub struct MachineText {
    table: Table,
    file: String,
}

impl MachineText {
    /// The machine file that a scene names.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(scene: &Scene) -> Result<Self, Box<Diagnostic>> {
        let folder = Path::new(&scene.file).parent().unwrap_or(Path::new("")).to_path_buf();
        let path = folder.join(&scene.machine.file);
        let text = read_text(&path)?;
        Self::from_text(&path.display().to_string(), &text)
    }

    /// A text; `file` is where messages say it is from.
    ///
    /// # Errors
    /// When it is not TOML.
    pub fn from_text(file: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let table = toml::from_str(text).map_err(|error| {
            let place = Place { file: file.to_string(), ..Place::default() };
            Box::new(Diagnostic::error("S002", format!("this is not TOML: {}", error.message())).at(place))
        })?;
        Ok(Self { table, file: file.to_string() })
    }

    /// What the text says.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Makes a choice.
    ///
    /// # Errors
    /// A key or a cost line that is not there.
    pub fn choose(&mut self, choice: &Choice) -> Result<(), Box<Diagnostic>> {
        for (key, value) in &choice.set {
            self.set(key, value, choice.only_replaces)?;
        }
        for item in &choice.pays {
            let line = self.line(item)?;
            for key in ["unit_usd", "basis", "source", "unit"] {
                line.remove(key);
            }
            line.insert("part".into(), Value::String(choice.part.clone().unwrap_or_default()));
        }
        for item in &choice.without {
            self.line(item)?;
            if let Some(Value::Array(lines)) = self.table.get_mut("cost") {
                lines.retain(|line| line.get("item").and_then(Value::as_str) != Some(item));
            }
        }
        for line in &choice.with {
            let mut table = Table::new();
            for (key, text) in line {
                table.insert(key.clone(), self.value(text)?);
            }
            match self.table.entry("cost").or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(lines) => lines.push(Value::Table(table)),
                _ => return Err(self.wrong("`cost` is no list".into(), String::new())),
            }
        }
        Ok(())
    }

    /// Sets `key`, a path with dots, to the TOML value `text`. With `only_replaces` it must be there already.
    ///
    /// # Errors
    /// A path through something that is no table, or to nothing.
    pub fn set(&mut self, key: &str, text: &str, only_replaces: bool) -> Result<(), Box<Diagnostic>> {
        let value = self.value(text)?;
        let (path, last) = key.rsplit_once('.').map_or((None, key), |(path, last)| (Some(path), last));
        let file = self.file.clone();
        let mut table = &mut self.table;
        for step in path.into_iter().flat_map(|path| path.split('.')) {
            table = match table.entry(step).or_insert_with(|| Value::Table(Table::new())) {
                Value::Table(table) => table,
                _ => return Err(wrong(&file, format!("`{key}` leads through `{step}`, which is no table"), String::new())),
            };
        }
        if only_replaces && !table.contains_key(last) {
            let near = nearest(last, table.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            return Err(wrong(&file, format!("the machine has no `{key}` to vary"), hint));
        }
        table.insert(last.to_string(), value);
        Ok(())
    }

    fn line(&mut self, item: &str) -> Result<&mut Table, Box<Diagnostic>> {
        let file = self.file.clone();
        let lines = self.table.get_mut("cost").and_then(Value::as_array_mut);
        let mut lines: Vec<&mut Table> = lines.into_iter().flatten().filter_map(Value::as_table_mut).collect();
        let named = |line: &Table| line.get("item").and_then(Value::as_str).map(str::to_string);
        match lines.iter().position(|line| named(line).as_deref() == Some(item)) {
            Some(at) => Ok(lines.swap_remove(at)),
            None => {
                let known: Vec<String> = lines.iter().filter_map(|line| named(line)).collect();
                let near = nearest(item, known.iter().map(String::as_str)).map(|near| format!("did you mean \"{near}\"?"));
                let hint = near.unwrap_or_else(|| format!("its items are {}", known.join(", ")));
                Err(wrong(&file, format!("the machine has no cost line \"{item}\""), hint))
            }
        }
    }

    fn value(&self, text: &str) -> Result<Value, Box<Diagnostic>> {
        let parsed: Result<Table, _> = toml::from_str(&format!("value = {text}"));
        let value = parsed.ok().and_then(|mut table| table.remove("value"));
        value.ok_or_else(|| self.wrong(format!("{text} is no TOML value"), String::new()))
    }

    fn wrong(&self, found: String, hint: String) -> Box<Diagnostic> {
        wrong(&self.file, found, hint)
    }

    /// The text.
    pub fn text(&self) -> String {
        toml::to_string(&self.table).unwrap_or_default()
    }
}

fn wrong(file: &str, found: String, hint: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("S009", found).at(Place { file: file.into(), ..Place::default() }).hint(hint))
}
