//! What of a cutting chart is an estimate, for the thickness that is cut: a line for each of speed, kerf and gas, not one for each row.
//!
//! In: a family's rows, what was asked, the setting. Out: notes among the estimates. May use: `torch`'s setting, this room's catalogue.

use super::catalogue::{Found, TipFamily};
use super::cutting::Asked;
use super::parts::TipRow;
use super::quantity::{Basis, Quantity};
use super::used::Used;
use crate::torch::{Kind, Setting};

/// Thicknesses nearer than this are one, mm.
const SAME_MM: f64 = 1e-3;
/// What kerf and voltage are worth where the chart has none, and speeds where they are recalled: within a fifth of the value, a twentieth of the voltage.
const USUAL: [f64; 2] = [0.8, 1.2];
const USUAL_VOLTS: [f64; 2] = [0.95, 1.05];
/// Sources named in one line.
const MOST_SOURCES: usize = 2;

/// The rows that the values at a thickness are taken from: those next to it on both sides, of a named tip its own.
fn rows<'a>(family: &Found<'a, TipFamily>, tip: Option<&str>, amps: Option<f64>, thickness_mm: f64) -> Vec<&'a TipRow> {
    let all = family.part.row.iter().filter(|row| amps.is_none() || row.amps.as_ref().map(|q| q.value) == amps);
    let own: Vec<&TipRow> = all.filter(|row| tip.is_none_or(|tip| row.tip == tip)).collect();
    let t = |row: &&TipRow| row.thickness_mm.value;
    let below = own.iter().map(t).filter(|t| *t <= thickness_mm + SAME_MM).fold(f64::NEG_INFINITY, f64::max);
    let above = own.iter().map(t).filter(|t| *t >= thickness_mm - SAME_MM).fold(f64::INFINITY, f64::min);
    own.into_iter().filter(|row| [below, above].iter().any(|end| (t(row) - end).abs() < SAME_MM)).collect()
}

/// A value of these rows as a line among the estimates, if one of them is one: the value at this thickness, with the widest of their ranges.
/// `of` gives a row's value, or, where the chart has none, what its usual value is worth and where that is from.
fn note(used: &mut Used, key: String, value: f64, rows: &[&TipRow], of: impl Fn(&TipRow) -> Option<([f64; 2], String)>) {
    let (mut range, mut sources) = ([1.0f64; 2], Vec::<String>::new());
    for ([low, high], source) in rows.iter().filter_map(|row| of(row)) {
        range = [range[0].min(low), range[1].max(high)];
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    if !sources.is_empty() {
        let more = sources.len().saturating_sub(MOST_SOURCES);
        sources.truncate(MOST_SOURCES);
        let mut source = sources.join("; ");
        if more > 0 {
            source += &format!("; and {more} more");
        }
        used.note(&key, &Quantity::estimate(value, range[0] * value, range[1] * value, &source));
    }
}

/// Range over value, and source, of a quantity that is an estimate.
fn estimate(quantity: Option<&Quantity>) -> Option<([f64; 2], String)> {
    let quantity = quantity.filter(|quantity| quantity.basis == Basis::Estimate && quantity.value > 0.0)?;
    let share = |end: Option<f64>| end.unwrap_or(quantity.value) / quantity.value;
    Some(([share(quantity.low), share(quantity.high)], quantity.source.clone()))
}

/// Notes what of the chart is an estimate.
pub(super) fn note_chart(family: Found<'_, TipFamily>, asked: &Asked<'_>, setting: &Setting, used: &mut Used) {
    let thickness_mm = 1e3 * setting.thickness_m;
    let (tip, amps) = match setting.kind {
        Kind::Plasma { amps, .. } => (None, Some(amps)),
        _ => (asked.tip, None),
    };
    let (beside, own) = (rows(&family, None, amps, thickness_mm), rows(&family, tip, amps, thickness_mm));
    let key = |what: &str| family.key(&format!("at {} mm: {what}", (thickness_mm * 1e6).round() / 1e6));
    let speed = |row: &TipRow| row.speed_source.as_ref().map(|source| (USUAL, source.clone()));
    note(used, key("clean-cut speed, mm/min"), setting.clean_speed_m_per_s * 6e4, &beside, speed);
    let kerf = |row: &TipRow| match &row.kerf_mm {
        Some(kerf) => estimate(Some(kerf)),
        None => Some((USUAL, "the chart gives none: what is usual at this thickness and current".to_string())),
    };
    note(used, key("kerf, mm"), 1e3 * setting.kerf_m, &own, kerf);
    let litres = |flow: f64| 6e4 * flow;
    note(used, key("cutting oxygen, l/min"), litres(setting.oxygen_m3_per_s), &own, |row| estimate(row.oxygen_scfh.as_ref()));
    let fuel = |row: &TipRow| estimate(row.acetylene_scfh.as_ref().or(row.propane_scfh.as_ref()));
    note(used, key("fuel, l/min"), litres(setting.fuel_m3_per_s), &own, fuel);
    if let Kind::Plasma { volts, .. } = setting.kind {
        let of = |row: &TipRow| match &row.volts {
            Some(volts) => estimate(Some(volts)),
            None => Some((USUAL_VOLTS, "the chart gives none: 124 V + 1.3 V/mm, within 3 V of the Powermax45 XP's".to_string())),
        };
        note(used, key("arc voltage, V"), volts, &own, of);
        note(used, key("pierce delay, s"), setting.pierce_s, &own, |row| estimate(row.pierce_s.as_ref()));
    }
}
