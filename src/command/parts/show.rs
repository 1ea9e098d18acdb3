//! `torchtwin parts show` and `torchtwin parts compare`: every value of a part, and parts side by side.
//!
//! In: sheets, the catalogue's key of sources. Out: text. May use: `scene`.

use crate::scene::catalogue::{Catalogue, Price};
use crate::scene::check::{Fact, Said};
use crate::scene::quantity::{Basis, Quantity};

use super::list::shortened;
use super::sheet::{Sheet, Value, dollars, plain};
use super::table::{Column, WIDTH, table, width, wrap};
use super::units;

/// Everything the catalogue says of a part.
pub fn show(sheet: &Sheet<'_>, catalogue: &Catalogue) -> String {
    let entry = sheet.entry;
    let mut out = format!("{}  {}\n\n", entry.path(), entry.name);
    let own: Vec<&Fact<'_>> = sheet.facts.iter().filter(|fact| !listed(&fact.path)).collect();
    out.push_str(&values(&own, entry.source));
    for (name, number, facts) in lists(&sheet.facts) {
        if number == 0 && is_chart(&sheet.facts, name) {
            out.push_str(&chart(name, &sheet.facts));
        } else if !is_chart(&sheet.facts, name) {
            out.push_str(&curve(name, number, &facts));
        }
    }
    out.push('\n');
    let mut said = vec![entry.source.to_string()];
    let prices = [("price", entry.price), ("one block", entry.element_price)];
    for (label, price) in prices {
        if let Some(price) = price {
            out.push_str(&labelled(label, &price_words(price)));
            said.push(price.source.clone());
        }
    }
    if entry.price.is_none() {
        out.push_str(&labelled("price", "none found"));
    }
    out.push_str(&labelled("source", entry.source));
    for fact in &sheet.facts {
        match fact.value {
            Said::Number(quantity) => said.push(quantity.source.clone()),
            Said::Words(words) if fact.path.ends_with("source") => said.push(words.into()),
            _ => {}
        }
    }
    for (key, what) in keys_in(&said, catalogue) {
        out.push_str(&labelled(key, what));
    }
    out
}

/// "19.87 USD a piece, 2026-09, published: PARTS note".
fn price_words(price: &Price) -> String {
    let usd = price.unit_usd().map_or_else(|| "no price".to_string(), |usd| format!("{usd:.2} USD"));
    let euros = price.eur.as_ref().filter(|_| price.from_euros());
    let euros = euros.map_or_else(String::new, |eur| format!(" (EUR {:.2} at 1.10)", eur.value));
    let range = price.usd.as_ref().map_or_else(String::new, |usd| match (usd.low, usd.high) {
        (Some(low), Some(high)) => format!(" ({low:.2} to {high:.2})"),
        _ => String::new(),
    });
    let source = if price.source == price.basis() { String::new() } else { format!(": {}", price.source) };
    format!("{usd}{euros}{range} per {}, {}, {}{source}", price.unit(), price.date, price.basis())
}

/// A label with its words, wrapped beside it.
fn labelled(label: &str, words: &str) -> String {
    table(&[Column::default(), Column::default()], &[vec![format!("{label:<9}"), words.to_string()]])
        .lines()
        .filter(|line| !line.is_empty())
        .fold(String::new(), |out, line| out + line + "\n")
}

/// Whether a value stands in a list of tables, such as a chart.
fn listed(path: &str) -> bool {
    path.contains("].")
}

/// One row for each value.
fn values(facts: &[&Fact<'_>], source: &str) -> String {
    // What rests on the entry's source is published only if that source is.
    let plain_basis = if source.contains("[P]") || source.contains("[S]") { "published" } else { "see source" };
    let rows = facts.iter().map(|fact| match fact.value {
        Said::Number(quantity) => {
            let basis = match quantity.basis {
                Basis::Measured => "measured",
                Basis::Datasheet => plain_basis,
                Basis::Estimate => "estimate",
            };
            let unit = units::split(&plain(&fact.path)).1;
            [
                fact.path.clone(),
                units::number(quantity.value),
                unit.into(),
                range(quantity),
                basis.into(),
                quantity.source.clone(),
            ]
            .to_vec()
        }
        Said::Words(words) => row_of_words(&fact.path, words),
        Said::Flag(flag) => row_of_words(&fact.path, if flag { "yes" } else { "no" }),
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let columns = [
        Column::words("field"),
        Column { right: true, ..Column::words("value") },
        Column::words("unit"),
        Column::words("range"),
        Column::words("basis"),
        Column::words("source"),
    ];
    table(&columns, &rows)
}

fn row_of_words(path: &str, words: &str) -> Vec<String> {
    [path, words, "", "", "", ""].map(str::to_string).to_vec()
}

fn range(quantity: &Quantity) -> String {
    match (quantity.low, quantity.high) {
        (Some(low), Some(high)) => format!("{} to {}", units::number(low), units::number(high)),
        _ => String::new(),
    }
}

/// The lists of tables in a part: name, index from 0, values.
fn lists<'f, 'c>(facts: &'f [Fact<'c>]) -> Vec<(&'f str, usize, Vec<&'f Fact<'c>>)> {
    let mut all: Vec<(&str, usize, Vec<&Fact<'c>>)> = Vec::new();
    for fact in facts.iter().filter(|fact| listed(&fact.path)) {
        let (name, rest) = fact.path.split_once('[').unwrap_or((&fact.path, ""));
        let number = rest.split(']').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        match all.last_mut().filter(|(last, at, _)| *last == name && *at == number) {
            Some((.., facts)) => facts.push(fact),
            None => all.push((name, number, vec![fact])),
        }
    }
    all
}

/// Whether the tables of a list are rows of one chart: several, and without long lists of their own.
fn is_chart(facts: &[Fact<'_>], name: &str) -> bool {
    let start = format!("{name}[");
    facts.iter().filter(|fact| fact.path.starts_with(&start)).all(|fact| fact.path.matches('[').count() <= 2)
}

/// The key of a value within its table: "row[0].oxygen_bar[1]" is "oxygen_bar".
fn key_of(path: &str) -> &str {
    let inner = path.split_once("].").map_or(path, |(_, inner)| inner);
    inner.split('[').next().unwrap_or(inner)
}

/// Rows of a chart, one line each.
fn chart(name: &str, facts: &[Fact<'_>]) -> String {
    let rows: Vec<Vec<&Fact<'_>>> = lists(facts).into_iter().filter(|(n, ..)| *n == name).map(|(.., facts)| facts).collect();
    let mut keys: Vec<&str> = Vec::new();
    for fact in rows.iter().flatten() {
        if !keys.contains(&key_of(&fact.path)) {
            keys.push(key_of(&fact.path));
        }
    }
    let columns: Vec<Column> = keys
        .iter()
        .map(|key| {
            let (heading, unit) = units::split(key);
            Column { heading, unit: unit.into(), right: true }
        })
        .collect();
    let cell = |row: &[&Fact<'_>], key: &str| {
        let pieces = row.iter().filter(|fact| key_of(&fact.path) == key);
        pieces.map(|fact| cell_of(fact)).collect::<Vec<_>>().join(" to ")
    };
    let cells: Vec<Vec<String>> = rows.iter().map(|row| keys.iter().map(|key| cell(row, key)).collect()).collect();
    let text = format!("\nchart of {} {name}s (range and source of each value: --json)\n", rows.len());
    text + &table(&columns, &cells)
}

fn cell_of(fact: &Fact<'_>) -> String {
    match fact.value {
        Said::Number(quantity) if quantity.basis == Basis::Estimate => format!("~{}", units::number(quantity.value)),
        Said::Number(quantity) => units::number(quantity.value),
        Said::Words(words) => words.into(),
        Said::Flag(flag) => if flag { "yes" } else { "no" }.into(),
    }
}

/// A curve: what it was taken with, then its points.
fn curve(name: &str, number: usize, facts: &[&Fact<'_>]) -> String {
    let mut keys: Vec<&str> = Vec::new();
    for fact in facts {
        if !keys.contains(&key_of(&fact.path)) {
            keys.push(key_of(&fact.path));
        }
    }
    let mut out = format!("\n{} {}\n", name.replace('_', "-"), number + 1);
    for key in keys {
        let pieces: Vec<String> = facts.iter().filter(|fact| key_of(&fact.path) == key).map(|fact| cell_of(fact)).collect();
        let (label, unit) = units::split(key);
        let words = if pieces.len() > 1 {
            let pairs: Vec<String> = pieces.chunks(2).map(|pair| pair.join(" ")).collect();
            format!("{} ({unit})", pairs.join(", "))
        } else {
            format!("{} {unit}", pieces.concat()).trim_end().to_string()
        };
        for (at, line) in wrap(&words, WIDTH - 17).iter().enumerate() {
            let label = if at == 0 { label.as_str() } else { "" };
            out.push_str(&format!("  {label:<14} {line}\n"));
        }
    }
    out
}

/// The keys of sources that `texts` name as words, with what they stand for.
fn keys_in<'c>(texts: &[String], catalogue: &'c Catalogue) -> Vec<(&'c str, &'c str)> {
    let named =
        |key: &str| texts.iter().any(|text| text.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| word == key));
    let known = catalogue.sources.iter().filter(|(key, _)| named(key));
    let mut all: Vec<(&str, &str)> = known.map(|(key, note)| (key.as_str(), note.what.as_str())).collect();
    all.sort_by_key(|(key, _)| key.len() <= 2);
    all
}

/// Parts side by side, as many beside one another as fit.
pub fn compare(sheets: &[Sheet<'_>]) -> String {
    let mut fields: Vec<String> = Vec::new();
    for fact in sheets.iter().flat_map(|sheet| &sheet.facts).filter(|fact| !listed(&fact.path)) {
        let name = plain(&fact.path);
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    // Charts are compared by the ends of their figures.
    for fact in sheets.iter().flat_map(|sheet| &sheet.facts).filter(|fact| listed(&fact.path)) {
        let name = plain(&fact.path);
        if matches!(fact.value, Said::Number(_)) && name.starts_with("row.") && !fields.contains(&name) {
            fields.push(name);
        }
    }
    let label = |field: &String| {
        let (words, unit) = units::split(field);
        if unit.is_empty() { words } else { format!("{words}, {unit}") }
    };
    let mut rows: Vec<Vec<String>> = vec![vec!["name".into()]];
    rows.extend(fields.iter().map(|field| vec![label(field)]));
    rows.extend(["price, USD", "per", "date", "basis"].map(|label| vec![label.to_string()]));
    for sheet in sheets {
        let price = sheet.entry.price;
        let mut cells = vec![sheet.entry.name.to_string()];
        cells.extend(
            fields.iter().map(|field| sheet.value(field).map_or_else(|| "-".into(), |value| with_range(sheet, field, &value))),
        );
        cells.push(price.map_or_else(|| "-".into(), dollars));
        let words = [price.map(Price::unit), price.map(|price| price.date.as_str()), price.map(Price::basis)];
        cells.extend(words.map(|words| words.unwrap_or("-").to_string()));
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    }
    let labels = rows.iter().map(|row| width(&row[0])).max().unwrap_or(0);
    let most = 30;
    let widest =
        |at: usize| rows.iter().map(|row| width(&row[at]).min(most)).max().unwrap_or(0).max(width(&sheets[at - 1].entry.path()));
    let mut out = String::new();
    let mut at = 1;
    while at <= sheets.len() {
        let (first, mut taken) = (at, labels);
        while at <= sheets.len() && (at == first || taken + 2 + widest(at) <= WIDTH) {
            taken += 2 + widest(at);
            at += 1;
        }
        let mut columns = vec![Column::words("")];
        columns.extend((first..at).map(|at| Column::numbers(&sheets[at - 1].entry.path(), "")));
        let piece: Vec<Vec<String>> = rows
            .iter()
            .map(|row| std::iter::once(row[0].clone()).chain(row[first..at].iter().map(|cell| shortened(cell, most))).collect())
            .collect();
        if first > 1 {
            out.push('\n');
        }
        out.push_str(&table(&columns, &piece));
    }
    out
}

/// A value with the range of its estimate: "~480 (440 to 520)".
fn with_range(sheet: &Sheet<'_>, field: &str, value: &Value) -> String {
    let one = sheet.facts.iter().find(|fact| fact.path == field);
    match one.map(|fact| fact.value) {
        Some(Said::Number(quantity)) if quantity.basis == Basis::Estimate => {
            format!("{} ({})", value.shown(), range(quantity))
        }
        _ => value.shown(),
    }
}
