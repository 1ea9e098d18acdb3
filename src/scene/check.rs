//! Ranges, messages and estimates: what every reader of this room shares.
//!
//! In: parsed tables with their spans. Out: [`Diagnostic`]s with file, line, column, key, value, bound and hint; the
//! estimates that were used. May use: `diag`, serde, toml.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::model::{Draws, Estimate, Range};
use super::quantity::{Basis, Quantity};
use crate::diag::{Diagnostic, Place, Severity};

/// Which values a key may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Whatever its type allows (text, tables).
    Any,
    /// A number within both ends.
    Within(f64, f64),
    /// A whole number within both ends.
    Whole(f64, f64),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// One key of a file format, for the generated reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// Key as written.
    pub name: &'static str,
    /// Type as in the source: `Quantity`, `Option<String>`.
    pub kind: &'static str,
    /// Meaning, unit and default.
    pub doc: &'static str,
    /// Values allowed.
    pub bounds: Bounds,
}

/// A text being read, with what was found in it.
#[derive(Debug)]
pub struct Checker<'a> {
    /// File as the user gave it.
    pub file: String,
    /// Its text.
    pub text: &'a str,
    /// What was found.
    pub findings: Vec<Diagnostic>,
    /// Estimates written in this file.
    pub estimates: Vec<Estimate>,
    /// Values written in this file with a range.
    pub ranges: Vec<Range>,
    /// Values to take instead of those written, by the keys of their ranges.
    pub draws: Draws,
    /// The text as TOML with places, once it was asked for.
    parsed: OnceCell<Option<Spanned<DeTable<'a>>>>,
}

/// Something that can be checked against bounds, and says where it stands.
pub trait Check {
    /// Reports to `checker` whatever is out of `bounds`; `path` is the key path so far.
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>);

    /// Shows every number in it to `see`, with its key path, before anything is made of it.
    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        let _ = (path, see);
    }

    /// Adds every value in it to `out`, in the order of the format; nothing where it is no value of a part.
    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        let _ = (path, out);
    }
}

/// One value of a part, as it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<'s> {
    /// Key path in the entry: `mass_kg`, `price.usd`, `row[2].kerf_mm`.
    pub path: String,
    /// The value.
    pub value: Said<'s>,
}

/// What a [`Fact`] says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said<'s> {
    /// A number, in the unit that its key names.
    Number(&'s Quantity),
    /// Words.
    Words(&'s str),
    /// Yes or no.
    Flag(bool),
}

/// Adds one value to `out`.
fn tell<'s>(path: &str, value: Said<'s>, out: &mut Vec<Fact<'s>>) {
    out.push(Fact { path: path.to_string(), value });
}

impl<'a> Checker<'a> {
    /// A checker for `text` that came from `file`.
    pub fn new(file: &str, text: &'a str) -> Self {
        Self {
            file: file.into(),
            text,
            findings: Vec::new(),
            estimates: Vec::new(),
            ranges: Vec::new(),
            draws: Draws::default(),
            parsed: OnceCell::new(),
        }
    }

    /// Line, column and width of a range of bytes.
    pub fn place(&self, span: &ops::Range<usize>) -> Place {
        let start = floor_char(self.text, span.start);
        let end = floor_char(self.text, span.end.max(start));
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let shown = self.text[start..end].lines().next().unwrap_or_default();
        Place {
            file: self.file.clone(),
            line: self.text[..start].matches('\n').count() as u32 + 1,
            column: self.text[line_start..start].chars().count() as u32 + 1,
            width: (shown.chars().count() as u32).max(1),
        }
    }

    /// The file as a whole.
    pub fn whole_file(&self) -> Place {
        Place { file: self.file.clone(), ..Place::default() }
    }

    /// Reports an error at `span`.
    pub fn error(&mut self, code: &'static str, span: &ops::Range<usize>, found: String, expected: String, hint: String) {
        let place = self.place(span);
        self.findings.push(Diagnostic::error(code, found).at(place).expected(expected).hint(hint));
    }

    /// Parses the whole text and checks every value in it; `None` after an error that leaves nothing to go on with.
    pub fn read<T: DeserializeOwned + Check>(&mut self) -> Option<T> {
        match toml::from_str::<T>(self.text) {
            Ok(mut table) => {
                table.each("", &mut |path, quantity| {
                    let key = format!("{} {path}", self.file);
                    self.ranges.extend(quantity.range(&key));
                    quantity.value = self.draws.get(&key).copied().unwrap_or(quantity.value);
                });
                table.check("", Bounds::Any, self);
                Some(table)
            }
            Err(error) => {
                let finding = self.of_toml(&error);
                self.findings.push(finding);
                None
            }
        }
    }

    /// Turns toml's or serde's message into ours.
    fn of_toml(&self, error: &toml::de::Error) -> Diagnostic {
        let message = error.message().trim().replace('\n', ", ");
        let span = error.span().unwrap_or(0..0);
        let place = if error.span().is_some() { self.place(&span) } else { self.whole_file() };
        let path = key_path_at(self.text, span.start);
        let within = |what: String| if path.is_empty() { what } else { format!("`{path}`: {what}") };
        if let Some(rest) = message.strip_prefix("unknown field ") {
            let mut quoted = rest.split('`').skip(1).step_by(2);
            let key = quoted.next().unwrap_or_default().to_string();
            let known: Vec<&str> = quoted.collect();
            let table = path.rsplit_once('.').map_or("", |(table, _)| table);
            let found =
                if table.is_empty() { format!("unknown key `{key}`") } else { format!("unknown key `{key}` in [{table}]") };
            let hint = nearest(&key, known.iter().copied()).map_or_else(String::new, |name| format!("did you mean `{name}`?"));
            return Diagnostic::error("S003", found).at(place).expected(format!("one of {}", known.join(", "))).hint(hint);
        }
        if let Some(rest) = message.strip_prefix("missing field ") {
            let key = rest.trim_matches('`');
            let place = if path.is_empty() { self.whole_file() } else { place };
            let table = if path.is_empty() { "the file".to_string() } else { format!("[{path}]") };
            return Diagnostic::error("S005", format!("{table} has no `{key}`"))
                .at(place)
                .hint(format!("add a line `{key} = …`"));
        }
        if let Some(rest) = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: ")) {
            let (found, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, ""));
            return Diagnostic::error("S004", within(found.to_string())).at(place).expected(expected);
        }
        if let Some(rest) = message.strip_prefix("invalid length ") {
            let (found, expected) = rest.split_once(", expected ").unwrap_or((rest, ""));
            let expected = expected.rsplit(' ').next().unwrap_or(expected);
            return Diagnostic::error("S004", within(format!("{found} value{}", if found == "1" { "" } else { "s" })))
                .at(place)
                .expected(expected);
        }
        if message.starts_with("unknown variant") {
            let (found, expected) = message.split_once(", expected ").unwrap_or((&message, ""));
            return Diagnostic::error("S004", within(found.to_string())).at(place).expected(expected);
        }
        let finding = Diagnostic::error("S002", format!("this is not TOML: {message}"));
        let is_toml = place.file.ends_with(".toml") || place.file.ends_with(".txt");
        let finding = finding.at(place);
        if is_toml {
            finding
        } else {
            finding.hint("a program runs in a scene: name the scene here, and the program with `--program FILE`")
        }
    }

    /// How many values the array at a key path has in the text, and where it stands; none where there is no array.
    fn array_at(&self, path: &str) -> Option<(usize, ops::Range<usize>)> {
        let table = self.parsed.get_or_init(|| DeTable::parse(self.text).ok()).as_ref()?.get_ref();
        let mut steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
        let mut value = table.get(steps.next()?)?;
        for step in steps {
            value = match value.get_ref() {
                DeValue::Table(table) => table.get(step)?,
                DeValue::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        let DeValue::Array(items) = value.get_ref() else { return None };
        Some((items.len(), value.span()))
    }

    /// Whether anything found so far stops the run.
    pub fn failed(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// A number as a person would write it: the smallest and the largest in powers of ten.
fn written(value: f64) -> String {
    if value != 0.0 && !(1e-6..1e15).contains(&value.abs()) && value.is_finite() {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

impl Check for Quantity {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        let value = self.value;
        let (low, high, whole) = match bounds {
            Bounds::Within(low, high) => (low, high, false),
            Bounds::Whole(low, high) => (low, high, true),
            Bounds::Any | Bounds::OneOf(_) => (f64::MIN, f64::MAX, false),
        };
        let allowed = |number: f64| number >= low && number <= high && (!whole || number.fract() == 0.0);
        if !allowed(value) {
            let word = if whole { "a whole number" } else { "a number" };
            checker.error(
                "S006",
                &self.span,
                format!("`{path}` is {}", written(value)),
                format!("{word} from {low} to {high}"),
                String::new(),
            );
        } else if ![self.low, self.high].into_iter().flatten().all(f64::is_finite) || !self.range_is_sound() {
            let expected = "low ≤ value ≤ high, and both for an estimate".to_string();
            checker.error("S006", &self.span, format!("the range of `{path}` does not hold its value"), expected, String::new());
        }
        if self.basis == Basis::Estimate {
            let key = format!("{} {path}", checker.file);
            checker.estimates.push(estimate(key, self));
        }
    }

    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        see(path, self);
    }

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        tell(path, Said::Number(self), out);
    }
}

impl Check for toml::Spanned<String> {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        let Bounds::OneOf(words) = bounds else { return };
        let word = self.get_ref().as_str();
        if !words.contains(&word) {
            let hint = nearest(word, words.iter().copied()).map_or_else(String::new, |name| format!("did you mean \"{name}\"?"));
            let expected = format!("one of {}", words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", "));
            checker.error("S006", &self.span(), format!("`{path}` is \"{word}\""), expected, hint);
        }
    }

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        tell(path, Said::Words(self.get_ref()), out);
    }
}

impl Check for String {
    fn check(&self, _: &str, _: Bounds, _: &mut Checker<'_>) {}

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        tell(path, Said::Words(self), out);
    }
}

impl Check for bool {
    fn check(&self, _: &str, _: Bounds, _: &mut Checker<'_>) {}

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        tell(path, Said::Flag(*self), out);
    }
}

impl<T: Check> Check for Option<T> {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        if let Some(inner) = self {
            inner.check(path, bounds, checker);
        }
    }

    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        if let Some(inner) = self {
            inner.each(path, see);
        }
    }

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        if let Some(inner) = self {
            inner.facts(path, out);
        }
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        for (index, item) in self.iter().enumerate() {
            item.check(&format!("{path}[{index}]"), bounds, checker);
        }
    }

    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        for (index, item) in self.iter_mut().enumerate() {
            item.each(&format!("{path}[{index}]"), see);
        }
    }

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        for (index, item) in self.iter().enumerate() {
            item.facts(&format!("{path}[{index}]"), out);
        }
    }
}

impl<T: Check, const N: usize> Check for [T; N] {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        // serde takes as many as it needs and lets the others go.
        if let Some((count, span)) = checker.array_at(path).filter(|(count, _)| *count != N) {
            checker.error("S004", &span, format!("`{path}` has {count} values"), format!("{N}"), String::new());
        }
        for (index, item) in self.iter().enumerate() {
            item.check(&format!("{path}[{index}]"), bounds, checker);
        }
    }

    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        for (index, item) in self.iter_mut().enumerate() {
            item.each(&format!("{path}[{index}]"), see);
        }
    }

    fn facts<'s>(&'s self, path: &str, out: &mut Vec<Fact<'s>>) {
        for (index, item) in self.iter().enumerate() {
            item.facts(&format!("{path}[{index}]"), out);
        }
    }
}

impl<T: Check> Check for BTreeMap<String, T> {
    fn check(&self, path: &str, bounds: Bounds, checker: &mut Checker<'_>) {
        for (key, item) in self {
            item.check(&join(path, key), bounds, checker);
        }
    }

    fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut Quantity)) {
        for (key, item) in self {
            item.each(&join(path, key), see);
        }
    }
}

/// `path.key`, or `key` at the top.
pub fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
}

/// An estimate for the report.
pub fn estimate(key: String, quantity: &Quantity) -> Estimate {
    Estimate { key, value: quantity.value, low: quantity.low, high: quantity.high, source: quantity.source.clone() }
}

/// Declares a table of a file format: the struct that serde fills, the check of each key's bounds, and its reference,
/// all from one list, so that they cannot disagree.
macro_rules! table {
    ($(#[doc = $table_doc:literal])+ $name:ident {
        $($(#[doc = $doc:literal])+ $(#[serde($($serde:tt)+)])? $key:ident : $kind:ty = $bounds:expr,)+
    }) => {
        $(#[doc = $table_doc])+
        #[derive(Clone, Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])+ $(#[serde($($serde)+)])? pub $key: $kind,)+
        }

        impl $name {
            /// Every key of this table with its meaning and bounds, for the generated reference.
            pub const KEYS: &'static [$crate::scene::check::Key] = &[
                $($crate::scene::check::Key {
                    name: stringify!($key),
                    kind: stringify!($kind),
                    doc: concat!($($doc),+),
                    bounds: $bounds,
                },)+
            ];
        }

        impl $crate::scene::check::Check for $name {
            fn check(&self, path: &str, _: $crate::scene::check::Bounds, checker: &mut $crate::scene::check::Checker<'_>) {
                $(self.$key.check(&$crate::scene::check::join(path, stringify!($key)), $bounds, checker);)+
            }

            fn each(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut $crate::scene::quantity::Quantity)) {
                $(self.$key.each(&$crate::scene::check::join(path, stringify!($key)), see);)+
            }

            fn facts<'s>(&'s self, path: &str, out: &mut Vec<$crate::scene::check::Fact<'s>>) {
                $(self.$key.facts(&$crate::scene::check::join(path, stringify!($key)), out);)+
            }
        }
    };
}
pub(crate) use table;

/// The known name nearest to `wanted` by edit distance, if it is near enough to be a slip of the keys.
pub fn nearest<'n>(wanted: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = wanted.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(2);
    known
        .map(|name| (edit_distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The key path at a byte of a TOML text: the last table header before it and the key of its line. Good enough for
/// messages.
fn key_path_at(text: &str, at: usize) -> String {
    let at = floor_char(text, at);
    let line_start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    let line = text[line_start..].lines().next().unwrap_or_default().trim();
    if line.starts_with('[') {
        return line.split(']').next().unwrap_or_default().trim_matches('[').trim().to_string();
    }
    let header = text[..line_start].lines().rev().map(str::trim).find(|l| l.starts_with('[') && l.contains(']'));
    let table = header.and_then(|l| l.split(']').next()).map_or("", |l| l.trim_matches('[').trim());
    match line.split_once('=') {
        Some((key, _)) => join(table, key.trim()),
        None => table.to_string(),
    }
}

/// The nearest character boundary at or below `at`.
fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
