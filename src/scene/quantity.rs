//! A number of a scene or catalogue: plain, or with its range, basis and source.
//!
//! In: TOML values. Out: [`Quantity`]. May use: serde, toml's spans.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::model;

/// What a value rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Measured on the thing itself.
    Measured,
    /// Published by its maker, or computed from published sizes.
    Datasheet,
    /// A typical value or a judgement; always with a range.
    Estimate,
}

/// A number in the unit that its key names.
///
/// Written plain, `1.89`, it rests on the source of the entry it stands in. Written as a table,
/// `{ value = 480, low = 440, high = 520, basis = "estimate", source = "class value" }`, it says so itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The value used.
    pub value: f64,
    /// Lowest plausible value.
    pub low: Option<f64>,
    /// Highest plausible value.
    pub high: Option<f64>,
    /// What it rests on; a plain number counts as a datasheet value.
    pub basis: Basis,
    /// Where it is from; empty for a plain number.
    pub source: String,
    /// Bytes of the file it was written at.
    pub span: Range<usize>,
}

impl Quantity {
    /// A plain number that was not read from a file.
    pub fn plain(value: f64) -> Self {
        Self { value, low: None, high: None, basis: Basis::Datasheet, source: String::new(), span: 0..0 }
    }

    /// An estimate that was not read from a file.
    pub fn estimate(value: f64, low: f64, high: f64, source: &str) -> Self {
        Self { value, low: Some(low), high: Some(high), basis: Basis::Estimate, source: source.into(), span: 0..0 }
    }

    /// The range it was given with, under `key`; none where it has none, or no width.
    pub fn range(&self, key: &str) -> Option<model::Range> {
        let (low, high) = (self.low?, self.high?);
        let range = || model::Range { key: key.into(), value: self.value, low, high, source: self.source.clone() };
        (low < high && low <= self.value && self.value <= high).then(range)
    }

    /// Whether `low ≤ value ≤ high` as far as they are given, and an estimate gives both.
    pub fn range_is_sound(&self) -> bool {
        let bracketed = self.low.is_none_or(|low| low <= self.value) && self.high.is_none_or(|high| self.value <= high);
        bracketed && (self.basis != Basis::Estimate || (self.low.is_some() && self.high.is_some()))
    }
}

/// The table form as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
    basis: Basis,
    #[serde(default)]
    source: String,
}

struct WrittenOrPlain;

impl<'de> Visitor<'de> for WrittenOrPlain {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a table with value, low, high, basis and source")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Quantity, E> {
        Ok(Quantity::plain(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Quantity, E> {
        Ok(Quantity::plain(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Quantity, E> {
        Ok(Quantity::plain(value as f64))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Quantity, A::Error> {
        let Written { value, low, high, basis, source } = Written::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Quantity { value, low, high, basis, source, span: 0..0 })
    }
}

/// Carries the visitor through toml's span wrapper.
struct Bare(Quantity);

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenOrPlain).map(Bare)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<Bare>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Quantity { span, ..spanned.into_inner().0 })
    }
}
