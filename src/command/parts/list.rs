//! `torchtwin parts` and `torchtwin parts KIND`: what kinds there are, and the parts of one.
//!
//! In: the catalogue. Out: a table or JSON. May use: `scene`, `report`'s JSON.

use serde_json::Value as Json;

use crate::report::json::{number, object};
use crate::scene::catalogue::{Catalogue, Entry, KINDS, Price};
use crate::scene::check::Said;
use crate::scene::quantity::{Basis, Quantity};

use super::sheet::{Sheet, Value, dollars, plain};
use super::table::{Column, WIDTH, table, width};
use super::units;

/// The figures that matter of each kind. A kind that is not here shows all that fit.
const COLUMNS: &[(&str, &[&str])] = &[
    (
        "motors",
        &[
            "frame_nema",
            "body_mm",
            "holding_torque_nm",
            "rated_current_a",
            "resistance_ohm",
            "inductance_mh",
            "rotor_inertia_g_cm2",
            "mass_kg",
            "shaft_mm",
        ],
    ),
    ("drivers", &["bus_min_v", "bus_max_v", "current_peak_max_a", "microsteps_max", "max_step_rate_hz", "closed_loop"]),
    ("supplies", &["volts", "amps"]),
    ("controllers", &["max_step_rate_hz"]),
    (
        "racks",
        &[
            "module_mm",
            "face_mm",
            "mesh_stiffness_n_per_um",
            "contact_share",
            "efficiency",
            "pitch_error_um_per_m",
            "backlash_fixed_mm",
            "joint_step_mm",
        ],
    ),
    ("belts", &["pitch_mm", "width_mm", "cord", "ea_n", "allowable_tension_n", "mass_kg_per_m"]),
    (
        "screws",
        &[
            "lead_mm",
            "diameter_mm",
            "nut_stiffness_n_per_um",
            "axial_stiffness_n_per_um_at_1_m",
            "efficiency",
            "inertia_kg_m2_per_m",
            "backlash_mm",
        ],
    ),
    (
        "gearboxes",
        &["kind", "ratio", "backlash_arcmin", "efficiency", "torsional_stiffness_nm_per_rad", "inertia_g_cm2", "mass_kg"],
    ),
    ("couplings", &["kind", "torsional_stiffness_nm_per_rad", "inertia_g_cm2"]),
    (
        "guides",
        &[
            "kind",
            "stiffness_n_per_um",
            "share",
            "straightness_mm_per_m",
            "play_mm",
            "drag_n",
            "friction_coefficient",
            "rail_kg_per_m",
            "element_kg",
        ],
    ),
    ("sections", &["material", "height_mm", "width_mm", "wall_mm", "kg_per_m", "i_strong_cm4", "i_weak_cm4", "j_cm4"]),
    ("torches", &["mass_kg", "barrel_mm", "length_mm"]),
    ("tips", &["process", "row.thickness_mm", "row.speed_mm_per_min", "row.kerf_mm"]),
    ("materials", &["law", "density_kg_per_m3"]),
    ("hardware", &["group", "mass_kg", "axial_stiffness_n_per_um"]),
];

/// A name is shown where at least this much room is left for it.
const LEAST_NAME: usize = 12;

/// What `~` and `*` say, for stderr.
pub const MARKS: &str = "~ estimate; * from euros at 1.10 USD; prices of the month in `date`, without shipping and tax";

/// All kinds with how many parts each has.
pub fn kinds_text(catalogue: &Catalogue) -> String {
    let rows: Vec<Vec<String>> = counts(catalogue)
        .into_iter()
        .map(|(kind, what, parts, priced)| vec![kind.into(), parts.to_string(), priced.to_string(), what.into()])
        .collect();
    let columns = [Column::words("kind"), Column::numbers("parts", ""), Column::numbers("priced", ""), Column::words("what")];
    table(&columns, &rows)
}

/// All kinds as JSON.
pub fn kinds_json(catalogue: &Catalogue) -> Json {
    let one = |(kind, what, parts, priced): (&str, &str, usize, usize)| {
        object([
            ("kind", Json::from(kind)),
            ("what", Json::from(what)),
            ("parts", Json::from(parts)),
            ("priced", Json::from(priced)),
        ])
    };
    Json::Array(counts(catalogue).into_iter().map(one).collect())
}

/// Kind, what it is, number of parts, number of those with a price.
fn counts(catalogue: &Catalogue) -> Vec<(&'static str, &'static str, usize, usize)> {
    let all = catalogue.entries();
    let of =
        |kind: &str, priced: bool| all.iter().filter(|entry| entry.kind == kind && (!priced || entry.price.is_some())).count();
    KINDS.iter().map(|(kind, what)| (*kind, *what, of(kind, false), of(kind, true))).collect()
}

/// The parts of one kind as a table that fits a terminal: with names where there is room, with fewer figures where there is none.
pub fn parts_text(kind: &str, sheets: &[&Sheet<'_>]) -> String {
    let mut fields = fields(kind, sheets);
    fields.retain(|field| sheets.iter().any(|sheet| sheet.value(field).is_some()));
    loop {
        let (mut columns, mut rows) = columns_and_rows(&fields, sheets);
        let text = table(&columns, &rows);
        let wide = text.lines().map(width).max().unwrap_or(0);
        if wide > WIDTH && fields.pop().is_some() {
            continue;
        }
        let left = WIDTH.saturating_sub(wide + 2);
        if left < LEAST_NAME {
            return text;
        }
        columns.push(Column::words("name"));
        rows.iter_mut().zip(sheets).for_each(|(row, sheet)| row.push(shortened(sheet.entry.name, left)));
        return table(&columns, &rows);
    }
}

/// Id, `fields`, price.
fn columns_and_rows(fields: &[String], sheets: &[&Sheet<'_>]) -> (Vec<Column>, Vec<Vec<String>>) {
    let mut columns = vec![Column::words("id")];
    let mut rows: Vec<Vec<String>> = sheets.iter().map(|sheet| vec![sheet.entry.id.to_string()]).collect();
    for field in fields {
        let words = sheets.iter().find_map(|sheet| sheet.value(field)).is_some_and(|value| matches!(value, Value::Words(_)));
        let (heading, unit) = units::split(field);
        columns.push(Column { heading, unit: unit.into(), right: !words });
        let cells = sheets.iter().map(|sheet| sheet.value(field).map_or_else(String::new, |value| value.shown()));
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    }
    let prices: Vec<Option<&Price>> = sheets.iter().map(|sheet| sheet.entry.price).collect();
    let mut put = |column: Column, cell: &dyn Fn(&Price) -> String| {
        columns.push(column);
        rows.iter_mut().zip(&prices).for_each(|(row, price)| row.push(price.map_or_else(String::new, cell)));
    };
    if prices.iter().any(Option::is_some) {
        put(Column::numbers("price", "USD"), &dollars);
        // A price is of a piece unless the table says otherwise.
        if prices.iter().flatten().any(|price| price.unit() != "piece") {
            put(Column::words("per"), &|price| price.unit().to_string());
        }
        put(Column::words("date"), &|price| price.date.clone());
        put(Column::words("basis"), &|price| price.basis().to_string());
    }
    (columns, rows)
}

/// `text` within `most` columns.
pub fn shortened(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_string();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect::<String>().trim_end().to_string();
    short.push('…');
    short
}

/// The columns of a kind; all its numbers where nobody chose.
fn fields(kind: &str, sheets: &[&Sheet<'_>]) -> Vec<String> {
    if let Some((_, fields)) = COLUMNS.iter().find(|(known, _)| *known == kind) {
        return fields.iter().map(|field| (*field).to_string()).collect();
    }
    let Some(first) = sheets.first() else { return Vec::new() };
    let numbers = first.facts.iter().filter(|fact| matches!(fact.value, Said::Number(_)) && !fact.path.contains('['));
    numbers.take(8).map(|fact| fact.path.clone()).collect()
}

/// One part as JSON: every value with its unit, range, basis and source.
pub fn part_json(sheet: &Sheet<'_>) -> Json {
    let Entry { kind, id, name, price, element_price, source, .. } = sheet.entry;
    let values = sheet.facts.iter().map(|fact| {
        let said = match fact.value {
            Said::Number(quantity) => quantity_json(&plain(&fact.path), quantity),
            Said::Words(words) => Json::from(words),
            Said::Flag(flag) => Json::from(flag),
        };
        (fact.path.as_str(), said)
    });
    let price_json = |price: &Price| {
        object([
            ("usd", price.unit_usd().map_or(Json::Null, number)),
            ("eur", price.eur.as_ref().map_or(Json::Null, |eur| number(eur.value))),
            ("per", Json::from(price.unit())),
            ("basis", Json::from(price.basis())),
            ("date", Json::from(price.date.as_str())),
            ("source", Json::from(price.source.as_str())),
        ])
    };
    object([
        ("kind", Json::from(kind)),
        ("id", Json::from(id)),
        ("name", Json::from(name)),
        ("values", object(values)),
        ("price", price.map_or(Json::Null, price_json)),
        ("element_price", element_price.map_or(Json::Null, price_json)),
        ("source", Json::from(source)),
    ])
}

fn quantity_json(key: &str, quantity: &Quantity) -> Json {
    let basis = match quantity.basis {
        Basis::Measured => "measured",
        Basis::Datasheet => "datasheet",
        Basis::Estimate => "estimate",
    };
    let mut entries = vec![("value", number(quantity.value)), ("basis", Json::from(basis))];
    let unit = units::split(key).1;
    if !unit.is_empty() {
        entries.push(("unit", Json::from(unit)));
    }
    entries.extend(quantity.low.map(|low| ("low", number(low))));
    entries.extend(quantity.high.map(|high| ("high", number(high))));
    if !quantity.source.is_empty() {
        entries.push(("source", Json::from(quantity.source.as_str())));
    }
    object(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::catalogue;

    #[test]
    fn every_kind_fits_the_terminal_and_every_column_has_a_figure() {
        let catalogue = catalogue::built_in().unwrap_or_else(|findings| panic!("{findings:?}"));
        for (kind, _) in KINDS {
            let sheets: Vec<Sheet<'_>> =
                catalogue.entries().into_iter().filter(|entry| entry.kind == kind).map(Sheet::new).collect();
            let all: Vec<&Sheet<'_>> = sheets.iter().collect();
            assert!(!all.is_empty(), "{kind}");
            for field in fields(kind, &all) {
                assert!(all.iter().any(|sheet| sheet.value(&field).is_some()), "no {kind} has {field}");
            }
            let text = parts_text(kind, &all);
            assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
            assert!(text.lines().count() > all.len(), "{text}");
        }
    }
}
