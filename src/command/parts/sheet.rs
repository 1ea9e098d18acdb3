//! One part as people ask for it: its values by field name, its price in dollars.
//!
//! In: an entry of the catalogue. Out: values that can be shown, compared, filtered and sorted. May use: `scene`.

use crate::scene::catalogue::{Entry, Price};
use crate::scene::check::{Fact, Said};
use crate::scene::quantity::Basis;

use super::units;

/// A part with its values.
pub struct Sheet<'c> {
    /// The part.
    pub entry: Entry<'c>,
    /// Its values in the order of the format, price and source left out.
    pub facts: Vec<Fact<'c>>,
}

/// What a field of a part holds: usually one value, several for the rows of a chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Numbers, and whether any of them is an estimate.
    Numbers(Vec<f64>, bool),
    /// Words.
    Words(String),
}

impl<'c> Sheet<'c> {
    /// The sheet of a part.
    pub fn new(entry: Entry<'c>) -> Self {
        let mut facts = Vec::new();
        entry.part.facts("", &mut facts);
        facts.retain(|fact| {
            let prices = ["price.", "element_price."].iter().any(|start| fact.path.starts_with(start));
            !prices && !["name", "source"].contains(&fact.path.as_str())
        });
        Self { entry, facts }
    }

    /// Fields that it has, each once: those of [`FIELDS`] and its own.
    pub fn fields(&self) -> Vec<String> {
        let mut all: Vec<String> = FIELDS.iter().map(|(name, _)| (*name).to_string()).collect();
        for fact in &self.facts {
            let name = plain(&fact.path);
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }

    /// What `field` holds; `None` where the part has none.
    pub fn value(&self, field: &str) -> Option<Value> {
        if let Some((_, get)) = FIELDS.iter().find(|(name, _)| *name == field) {
            return get(&self.entry);
        }
        let mut numbers = Vec::new();
        let mut estimated = false;
        let mut words: Vec<String> = Vec::new();
        for fact in self.facts.iter().filter(|fact| plain(&fact.path) == field) {
            match fact.value {
                Said::Number(quantity) => {
                    numbers.push(quantity.value);
                    estimated |= quantity.basis == Basis::Estimate;
                }
                Said::Words(said) => words.push(said.into()),
                Said::Flag(said) => words.push(if said { "yes" } else { "no" }.into()),
            }
        }
        if !numbers.is_empty() {
            return Some(Value::Numbers(numbers, estimated));
        }
        (!words.is_empty()).then(|| Value::Words(words.join(", ")))
    }
}

impl Value {
    /// As shown in a table, "~" before an estimate; from lowest to highest where there are several.
    pub fn shown(&self) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Numbers(numbers, estimated) => {
                let mark = if *estimated { "~" } else { "" };
                let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
                let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                if low == high {
                    format!("{mark}{}", units::number(low))
                } else {
                    format!("{mark}{} to {}", units::number(low), units::number(high))
                }
            }
        }
    }
}

/// What a field of every part is read by.
type Get = fn(&Entry<'_>) -> Option<Value>;

/// Fields that every part may have, beside those of its kind.
pub const FIELDS: [(&str, Get); 7] = [
    ("id", |entry| Some(Value::Words(entry.id.into()))),
    ("name", |entry| Some(Value::Words(entry.name.into()))),
    ("price", |entry| Some(Value::Numbers(vec![entry.price?.unit_usd()?], entry.price?.basis() == "estimate"))),
    ("per", |entry| Some(Value::Words(entry.price?.unit().into()))),
    ("date", |entry| Some(Value::Words(entry.price?.date.clone()))),
    ("basis", |entry| Some(Value::Words(entry.price?.basis().into()))),
    ("source", |entry| Some(Value::Words(entry.source.into()))),
];

/// A key path without its indices: "row[2].kerf_mm" is "row.kerf_mm".
pub fn plain(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// A price in dollars as a table shows it: "~" before an estimate, "*" before one from euros.
pub fn dollars(price: &Price) -> String {
    let mark = match (price.basis(), price.from_euros()) {
        ("estimate", _) => "~",
        (_, true) => "*",
        _ => "",
    };
    price.unit_usd().map_or_else(String::new, |usd| format!("{mark}{usd:.2}"))
}
