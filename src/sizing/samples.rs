//! A scene's verdict over the ranges of its values: how likely it passes, how its figures spread, and which value to measure first.
//!
//! In: a row for each sample. Out: a table of rows, and the [`Uncertainty`] that follows from it and the scene's bounds. May use: `scene`'s
//! model, `report`'s judge, columns and JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::latin::{hash, quantile, shares};
use super::statistics::{percentile, rank_correlation, wilson};
use crate::report::columns::{Column, Columns};
use crate::report::json::{number, object};
use crate::report::{Verdict, figures};
use crate::scene::model::{Bound, Draws, Range, Scene};
use crate::twin::record::Record;

/// One sample's run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Number of the sample, from 1; 0 is the run with every value as written.
    pub sample: usize,
    /// Whether the scene passed.
    pub pass: bool,
    /// Figures whose checks failed, or why it could not run.
    pub failed: String,
    /// Figures of the run.
    pub figures: BTreeMap<String, f64>,
}

impl Row {
    /// The row of a run.
    pub fn of(sample: usize, record: &Record, verdict: &Verdict) -> Self {
        let failed: Vec<&str> = verdict.checks.iter().filter(|check| !check.pass).map(|check| check.figure.as_str()).collect();
        Self { sample, pass: verdict.pass, failed: failed.join(", "), figures: record.figures.clone() }
    }

    /// The row of a sample that could not run.
    pub fn not_run(sample: usize, why: String) -> Self {
        Self { sample, pass: false, failed: why, figures: BTreeMap::new() }
    }
}

/// Values for each of `count` samples, by the ranges of a scene; before them those of sample 0, as written.
pub fn draws(ranges: &[Range], seed: u64, count: usize) -> Vec<Draws> {
    let mut all: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); count + 1];
    for range in ranges {
        for (values, share) in all.iter_mut().skip(1).zip(shares(seed, &range.key, count)) {
            values.insert(range.key.clone(), quantile(range, share));
        }
    }
    all.into_iter().map(Arc::new).collect()
}

/// A number that is another one for another scene: of everything that was read.
pub fn fingerprint(scene: &Scene) -> String {
    format!("{:016x}", hash(&format!("{scene:?}")))
}

const INPUT: &str = "input: ";

/// The rows as a table, in the order of the samples, with the drawn values beside the figures.
pub fn table(rows: &[Row], drawn: &[Draws]) -> Columns {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| row.sample);
    let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.figures.keys()).collect();
    let mut columns = vec![
        ("sample".to_string(), Column::Whole(rows.iter().map(|row| row.sample as i64).collect())),
        ("pass".to_string(), Column::Whole(rows.iter().map(|row| i64::from(row.pass)).collect())),
        ("failed".to_string(), Column::Text(rows.iter().map(|row| row.failed.clone()).collect())),
    ];
    for name in names {
        let values = rows.iter().map(|row| row.figures.get(name).copied().unwrap_or(f64::NAN)).collect();
        columns.push((name.clone(), Column::Number(values)));
    }
    let keys: BTreeSet<&String> = rows.iter().filter_map(|row| drawn.get(row.sample)).flat_map(|values| values.keys()).collect();
    for key in keys {
        let value = |row: &&Row| drawn.get(row.sample).and_then(|values| values.get(key)).copied().unwrap_or(f64::NAN);
        columns.push((format!("{INPUT}{key}"), Column::Number(rows.iter().map(value).collect())));
    }
    Columns { columns, about: BTreeMap::new() }
}

/// The rows of a table.
///
/// # Errors
/// In words, if it is not a table of samples.
pub fn rows(table: &Columns) -> Result<Vec<Row>, String> {
    let column = |name: &str| format!("the part has no column {name}");
    let samples = table.whole("sample").ok_or_else(|| column("sample"))?;
    let pass = table.whole("pass").ok_or_else(|| column("pass"))?;
    let failed = table.text("failed").ok_or_else(|| column("failed"))?;
    let numbers = table.columns.iter().filter(|(name, _)| !name.starts_with(INPUT));
    let numbers: Vec<(&String, &Vec<f64>)> = numbers
        .filter_map(|(name, column)| if let Column::Number(values) = column { Some((name, values)) } else { None })
        .collect();
    let row = |k: usize| Row {
        sample: usize::try_from(samples[k]).unwrap_or(0),
        pass: pass[k] != 0,
        failed: failed[k].clone(),
        figures: numbers
            .iter()
            .filter(|(_, values)| !values[k].is_nan())
            .map(|(name, values)| ((*name).clone(), values[k]))
            .collect(),
    };
    Ok((0..table.rows()).map(row).collect())
}

/// Percentiles that are told, as shares.
pub const PERCENTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A figure over all samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Its name.
    pub figure: String,
    /// With every value as written.
    pub nominal: Option<f64>,
    /// At [`PERCENTILES`].
    pub percentiles: [f64; 5],
    /// Lowest and highest.
    pub ends: [f64; 2],
    /// How it is bounded, and the share of the samples within that bound.
    pub bounds: Vec<(Bound, f64)>,
    /// Inputs by the size of their rank correlation with it, largest first, as far as they are beyond chance.
    pub drivers: Vec<(String, f64)>,
    /// All values, in the order of the samples.
    pub values: Vec<f64>,
}

/// What the samples say.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// Samples, those that passed, those that could not run.
    pub counts: [usize; 3],
    /// 95 % interval of the probability to pass.
    pub interval: [f64; 2],
    /// Values that were drawn.
    pub inputs: usize,
    /// Every figure that varies or is bounded, bounded ones first.
    pub spreads: Vec<Spread>,
    /// The figure on whose bound most samples fail, or that comes nearest to its bound.
    pub weakest: Option<String>,
    /// Size of a rank correlation that chance alone does not reach in one of a thousand inputs.
    pub chance: f64,
}

/// Standard errors that one column of a thousand reaches by chance.
const BEYOND_CHANCE: f64 = 3.3;

/// What the rows of a scene's samples say; the row of sample 0 stands beside them.
pub fn uncertainty(scene: &Scene, rows: &[Row], drawn: &[Draws]) -> Uncertainty {
    let nominal = rows.iter().find(|row| row.sample == 0);
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row.sample > 0).collect();
    rows.sort_by_key(|row| row.sample);
    let passed = rows.iter().filter(|row| row.pass).count();
    let not_run = rows.iter().filter(|row| row.figures.is_empty()).count();
    let chance = BEYOND_CHANCE / (rows.len().max(2) as f64 - 1.0).sqrt();
    let keys: BTreeSet<&String> = scene.ranges.iter().map(|range| &range.key).collect();
    let input = |key: &String| -> Vec<f64> {
        rows.iter().map(|row| drawn.get(row.sample).and_then(|v| v.get(key)).copied().unwrap_or(f64::NAN)).collect()
    };
    let inputs: Vec<(&String, Vec<f64>)> = keys.into_iter().map(|key| (key, input(key))).collect();
    let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.figures.keys()).collect();
    let mut spreads: Vec<Spread> = names.iter().filter_map(|name| spread(scene, name, &rows, &inputs, chance, nominal)).collect();
    // Bounded ones in the order of the scene's file, then the others.
    let place =
        |spread: &Spread| scene.expect.bounds.iter().position(|(figure, _)| *figure == spread.figure).unwrap_or(usize::MAX);
    spreads.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.figure.cmp(&b.figure)));
    let weakest = weakest(&spreads);
    Uncertainty {
        counts: [rows.len(), passed, not_run],
        interval: wilson(passed, rows.len()),
        inputs: inputs.len(),
        spreads,
        weakest,
        chance,
    }
}

fn spread(
    scene: &Scene,
    name: &str,
    rows: &[&Row],
    inputs: &[(&String, Vec<f64>)],
    chance: f64,
    nominal: Option<&Row>,
) -> Option<Spread> {
    let values: Vec<f64> = rows.iter().map(|row| row.figures.get(name).copied().unwrap_or(f64::NAN)).collect();
    let ends = [percentile(&values, 0.0)?, percentile(&values, 1.0)?];
    let holds = |bound: Bound, value: f64| match bound {
        Bound::Max(most) => value <= most,
        Bound::Min(least) => value >= least,
        Bound::Equal { value: wanted, tolerance } => (value - wanted).abs() <= tolerance,
    };
    let of_figure = scene.expect.bounds.iter().filter(|(figure, _)| figure == name);
    let share = |bound: Bound| values.iter().filter(|value| holds(bound, **value)).count() as f64 / values.len().max(1) as f64;
    let bounds: Vec<(Bound, f64)> = of_figure.map(|(_, bound)| (*bound, share(*bound))).collect();
    if ends[0] == ends[1] && bounds.is_empty() {
        return None;
    }
    let mut drivers: Vec<(String, f64)> =
        inputs.iter().filter_map(|(key, column)| Some(((*key).clone(), rank_correlation(column, &values)?))).collect();
    drivers.retain(|(_, correlation)| correlation.abs() > chance);
    drivers.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    Some(Spread {
        figure: name.to_string(),
        nominal: nominal.and_then(|row| row.figures.get(name)).copied(),
        percentiles: PERCENTILES.map(|share| percentile(&values, share).unwrap_or(f64::NAN)),
        ends,
        bounds,
        drivers,
        values,
    })
}

/// The bounded figure that fails most often; where none fails, the one whose tail comes nearest to its bound, as a share of its spread.
fn weakest(spreads: &[Spread]) -> Option<String> {
    let room = |spread: &Spread, bound: Bound| {
        let [low, high] = spread.ends;
        let room = match bound {
            Bound::Max(most) => most - high,
            Bound::Min(least) => low - least,
            Bound::Equal { value, tolerance } => tolerance - (high - value).abs().max((low - value).abs()),
        };
        room / (high - low).max(f64::MIN_POSITIVE)
    };
    let bounded = spreads.iter().filter(|spread| spread.ends[0] < spread.ends[1]);
    let all = bounded.flat_map(|spread| spread.bounds.iter().map(move |(bound, share)| (spread, *share, room(spread, *bound))));
    let first = all.min_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.2.total_cmp(&b.2)));
    first.map(|(spread, ..)| spread.figure.clone())
}

impl Uncertainty {
    /// Share of the samples that passed.
    pub fn pass_share(&self) -> f64 {
        self.counts[1] as f64 / self.counts[0].max(1) as f64
    }

    /// The spread of a figure.
    pub fn of(&self, figure: &str) -> Option<&Spread> {
        self.spreads.iter().find(|spread| spread.figure == figure)
    }

    /// "Measure this first", in words; empty where nothing that was drawn matters beyond chance.
    pub fn measure_first(&self) -> String {
        let Some(spread) = self.weakest.as_ref().and_then(|figure| self.of(figure)) else { return String::new() };
        let told: Vec<String> = spread.drivers.iter().take(3).map(|(key, r)| format!("{key} ({r:+.2})")).collect();
        if told.is_empty() {
            return format!(
                "No single value moves {} beyond chance; more samples would show weaker ones.",
                figures::words(&spread.figure)
            );
        }
        format!("Measure this first, for {}: {}.", figures::words(&spread.figure), told.join(", then "))
    }

    /// Where the figure that fails most often is, as written, better or worse than nearly all samples: that, and why. Empty otherwise.
    pub fn as_written(&self) -> String {
        let Some(spread) = self.weakest.as_ref().and_then(|figure| self.of(figure)) else { return String::new() };
        let [p05, _, _, _, p95] = spread.percentiles;
        match spread.nominal {
            Some(nominal) if nominal < p05 || nominal > p95 => format!(
                "As written it comes to {}, where nine samples in ten have {} to {}: the values written are the likeliest, and their ranges reach \
                 further to one side.",
                figures::show(&spread.figure, nominal),
                figures::show(&spread.figure, p05),
                figures::show(&spread.figure, p95)
            ),
            _ => String::new(),
        }
    }

    /// As JSON; the same bytes for the same samples.
    pub fn json(&self, about: &BTreeMap<String, String>) -> Value {
        let bound = |(bound, share): &(Bound, f64)| {
            let mut entries = vec![("pass_share", number(*share))];
            match *bound {
                Bound::Max(most) => entries.push(("max", number(most))),
                Bound::Min(least) => entries.push(("min", number(least))),
                Bound::Equal { value, tolerance } => entries.extend([("equal", number(value)), ("tolerance", number(tolerance))]),
            }
            object(entries)
        };
        let driver = |(key, r): &(String, f64)| object([("key", Value::from(key.as_str())), ("rank_correlation", number(*r))]);
        let spread = |spread: &Spread| {
            let [p05, p25, p50, p75, p95] = spread.percentiles.map(number);
            object([
                ("nominal", spread.nominal.map_or(Value::Null, number)),
                ("p05", p05),
                ("p25", p25),
                ("p50", p50),
                ("p75", p75),
                ("p95", p95),
                ("lowest", number(spread.ends[0])),
                ("highest", number(spread.ends[1])),
                ("bounds", Value::Array(spread.bounds.iter().map(bound).collect())),
                ("drivers", Value::Array(spread.drivers.iter().map(driver).collect())),
            ])
        };
        object([
            ("about", object(about.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str()))))),
            ("samples", Value::from(self.counts[0])),
            ("passed", Value::from(self.counts[1])),
            ("could_not_run", Value::from(self.counts[2])),
            ("pass_probability", number(self.pass_share())),
            ("pass_probability_95", Value::Array(self.interval.iter().map(|p| number(*p)).collect())),
            ("inputs", Value::from(self.inputs)),
            ("chance_correlation", number(self.chance)),
            ("weakest", self.weakest.clone().map_or(Value::Null, Value::from)),
            ("measure_first", Value::from(self.measure_first())),
            ("as_written", Value::from(self.as_written())),
            ("figures", object(self.spreads.iter().map(|s| (s.figure.as_str(), spread(s))))),
        ])
    }

    /// For the terminal.
    pub fn text(&self, title: &str) -> String {
        let [count, passed, not_run] = self.counts;
        let [low, high] = self.interval.map(figures::percent);
        let mut out = format!(
            "{title}\n\npasses in {passed} of {count} samples: {} (95 %: {low} to {high})",
            figures::percent(self.pass_share())
        );
        if not_run > 0 {
            out.push_str(&format!("; {not_run} could not run and count as failed"));
        }
        out.push_str(&format!("\n{} values were drawn from their ranges\n\n", self.inputs));
        out.push_str(&format!(
            "  {:<26}{:>13}{:>13}{:>13}{:>13}  {}\n",
            "figure", "as written", "5 %", "50 %", "95 %", "within its bound"
        ));
        for spread in &self.spreads {
            let show = |value: f64| figures::show(&spread.figure, value);
            let nominal = spread.nominal.map_or("–".into(), show);
            let [p05, _, p50, _, p95] = spread.percentiles.map(show);
            let within: Vec<String> = spread.bounds.iter().map(|(_, share)| figures::percent(*share)).collect();
            let line = format!("  {:<26}{nominal:>13}{p05:>13}{p50:>13}{p95:>13}  {}", spread.figure, within.join(", "));
            out.push_str(line.trim_end());
            out.push('\n');
        }
        for words in [self.measure_first(), self.as_written()] {
            if !words.is_empty() {
                out.push_str(&format!("\n{words}\n"));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
