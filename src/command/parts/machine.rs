//! `torchtwin parts machine FILE`: what a machine costs, line by line, and what its parts come to as a mechanism.
//!
//! In: a machine file's bill. Out: text or JSON. May use: `scene`, `report`'s JSON.

use std::f64::consts::TAU;

use serde_json::Value as Json;

use crate::diag::Diagnostic;
use crate::report::json::{number, object};
use crate::scene::bill::{Bill, BillLine};
use crate::scene::model::{Joint, Machine};
use crate::twin::rings;

use super::list::shortened;
use super::table::{Column, table, wrap};
use super::units::rounded;

/// Lines named as those that the sum consists of.
const LARGEST: usize = 5;
/// Longest item shown in the table, columns.
const LONGEST_ITEM: usize = 36;

/// The bill, what drives it, and what follows from the parts.
pub fn text(file: &str, bill: &Bill) -> String {
    let mut out = format!("{} ({file})\n\n", bill.machine.title);
    if bill.lines.is_empty() {
        out.push_str("no [[cost]] lines: the file says nothing of prices\n");
    } else {
        out.push_str(&lines(bill));
        out.push_str(&drivers_of_cost(bill));
    }
    for (title, block) in derived(&bill.machine) {
        out.push_str(&format!("\n{title}\n{block}"));
    }
    out
}

fn sum(bill: &Bill) -> f64 {
    bill.lines.iter().map(|line| line.cost.total_usd()).sum()
}

fn share(line: &BillLine, total: f64) -> f64 {
    if total > 0.0 { line.cost.total_usd() / total } else { 0.0 }
}

/// Share of the sum that rests on published prices.
fn published_share(bill: &Bill) -> f64 {
    let total = sum(bill);
    bill.lines.iter().filter(|line| line.cost.basis == "published").map(|line| share(line, total)).sum()
}

/// The bill of materials with its sum.
fn lines(bill: &Bill) -> String {
    let total = sum(bill);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in &bill.lines {
        let cost = &line.cost;
        rows.push(vec![
            shortened(&cost.item, LONGEST_ITEM),
            format!("{}", cost.quantity),
            cost.unit.clone(),
            format!("{:.2}", cost.unit_usd),
            format!("{:.2}", cost.total_usd()),
            format!("{:.1}", 100.0 * share(line, total)),
            cost.basis.clone(),
            line.part.clone().unwrap_or_default(),
        ]);
    }
    rows.push(["sum", "", "", "", &format!("{total:.2}"), "100.0", "", ""].map(str::to_string).to_vec());
    let columns = [
        Column::words("item"),
        Column::numbers("quantity", ""),
        Column::words("unit"),
        Column::numbers("each", "USD"),
        Column::numbers("total", "USD"),
        Column::numbers("share", "%"),
        Column::words("basis"),
        Column::words("part"),
    ];
    table(&columns, &rows)
}

/// The largest lines, and how much rests on published prices.
fn drivers_of_cost(bill: &Bill) -> String {
    let total = sum(bill);
    let largest = largest(bill);
    let named: Vec<String> =
        largest.iter().map(|line| format!("{} {:.0} %", shortened(&line.cost.item, 30), 100.0 * share(line, total))).collect();
    let together: f64 = largest.iter().map(|line| share(line, total)).sum();
    let words = format!("largest  {}; together {:.0} %", named.join(", "), 100.0 * together);
    let mut out = String::from("\n");
    for (at, line) in wrap(&words, 110).iter().enumerate() {
        let line = if at == 0 { line.replacen("largest ", "largest    ", 1) } else { format!("           {line}") };
        out.push_str(&format!("{line}\n"));
    }
    out + &format!(
        "published  {:.0} % of the sum rests on published prices, the rest on estimates\n",
        100.0 * published_share(bill)
    )
}

fn largest(bill: &Bill) -> Vec<&BillLine> {
    let mut sorted: Vec<&BillLine> = bill.lines.iter().collect();
    sorted.sort_by(|a, b| b.cost.total_usd().total_cmp(&a.cost.total_usd()));
    sorted.truncate(LARGEST);
    sorted
}

/// Parts that the machine runs on and the cost lines do not have, or not as often; nothing for a file without cost lines.
pub fn missing(file: &str, bill: &Bill) -> Vec<Diagnostic> {
    if bill.lines.is_empty() {
        return Vec::new();
    }
    let bought = |part: &str| -> f64 {
        let named = bill.lines.iter().filter(|line| line.part.as_ref().is_some_and(|p| p.eq_ignore_ascii_case(part)));
        named.map(|line| line.cost.quantity).sum()
    };
    let short = bill.needs.iter().filter(|need| bought(&need.part) < need.count);
    short
        .map(|need| {
            let found = match bought(&need.part) {
                0.0 => format!("no cost line names {} ({}), of which the machine has {}", need.part, need.place, need.count),
                some => format!("the cost lines have {some} of {} ({}), the machine {}", need.part, need.place, need.count),
            };
            let place = crate::diag::Place { file: file.to_string(), ..crate::diag::Place::default() };
            Diagnostic::note("C005", found).at(place).hint("if another line pays for it, nothing is missing")
        })
        .collect()
}

/// What follows from the parts, block by block, for people.
fn derived(machine: &Machine) -> Vec<(&'static str, String)> {
    vec![
        ("drives (each; Y has two; stiffness where it is lowest)", drives(machine)),
        ("moving masses", masses(machine)),
        ("natural frequencies, where they are lowest", modes(machine)),
    ]
}

/// Modes that are told: those above are of no concern to a torch.
const SHOWN_MODES: usize = 6;

fn modes(machine: &Machine) -> String {
    let modes = rings::modes_of(machine);
    modes.iter().take(SHOWN_MODES).map(|mode| format!("  {}\n", mode.title())).collect()
}

/// X, one of Y, Z.
fn one_of_each(machine: &Machine) -> impl Iterator<Item = (&'static str, &Joint)> {
    let joint = |axis: usize| machine.joints.iter().find(move |joint| joint.axis == axis);
    ["X", "Y", "Z"].into_iter().enumerate().filter_map(move |(axis, name)| Some((name, joint(axis)?)))
}

/// What a drive comes to at its load.
struct Derived {
    moved_kg: f64,
    travel_per_turn_m: f64,
    step_m: f64,
    /// Rotor, and pulleys, pinion, screw and gearbox, as a mass at the load, kg.
    rotor_kg: f64,
    train_kg: f64,
    /// Lowest over the travel, N/m.
    stiffness_n_per_m: f64,
    backlash_m: f64,
    /// Speed at which the motor turns at 1000 rev/min, m/s.
    speed_at_1000_rpm_m_per_s: f64,
}

fn of(joint: &Joint, machine: &Machine) -> Derived {
    let t = &joint.transmission;
    let [from, to] = machine.mechanism.travel_m[joint.axis];
    let places = (0..=20).map(|k| f64::from(k) / 20.0 * (to - from));
    let as_mass = |inertia: f64| inertia / t.travel_m_per_rad.powi(2);
    Derived {
        moved_kg: joint.moved_mass_kg,
        travel_per_turn_m: t.travel_m_per_rad * TAU,
        step_m: 1.0 / joint.steps_per_m,
        rotor_kg: as_mass(joint.motor.rotor_inertia_kg_m2),
        train_kg: as_mass(t.inertia_kg_m2),
        stiffness_n_per_m: places.map(|at| t.stiffness.at(at)).fold(f64::INFINITY, f64::min),
        backlash_m: t.backlash_m,
        speed_at_1000_rpm_m_per_s: t.travel_m_per_rad * 1000.0 * TAU / 60.0,
    }
}

fn drives(machine: &Machine) -> String {
    let columns = [
        Column::words("axis"),
        Column::words("motor"),
        Column::numbers("moved", "kg"),
        Column::numbers("rotor as mass", "kg"),
        Column::numbers("train as mass", "kg"),
        Column::numbers("travel a turn", "mm"),
        Column::numbers("at 1000 rev/min", "mm/s"),
        Column::numbers("microstep", "µm"),
        Column::numbers("stiffness", "N/µm"),
        Column::numbers("play", "mm"),
    ];
    let rows: Vec<Vec<String>> = one_of_each(machine)
        .map(|(name, joint)| {
            let d = of(joint, machine);
            vec![
                name.to_string(),
                joint.motor.name.clone(),
                rounded(d.moved_kg, 3),
                rounded(d.rotor_kg, 3),
                rounded(d.train_kg, 3),
                format!("{:.3}", 1e3 * d.travel_per_turn_m),
                rounded(1e3 * d.speed_at_1000_rpm_m_per_s, 3),
                rounded(1e6 * d.step_m, 3),
                rounded(1e-6 * d.stiffness_n_per_m, 3),
                rounded(1e3 * d.backlash_m, 2),
            ]
        })
        .collect();
    let mut out = table(&columns, &rows);
    for (name, joint) in one_of_each(machine) {
        out.push_str(&format!("{name}: {}\n", joint.transmission.name));
    }
    out
}

fn masses(machine: &Machine) -> String {
    let m = &machine.mechanism;
    let columns = [Column::words("body"), Column::numbers("mass", "kg"), Column::words("what")];
    let rows = [
        ("frame", m.frame.mass_kg, "tube, legs, slats, Y rails, no plate"),
        ("gantry", m.gantry.mass_kg, "beam, end trucks, Y motors, X rail"),
        ("carriage", m.carriage.mass_kg, "plate, blocks, motors of X and Z"),
        ("slide", m.torch.mass_kg, "torch and holder"),
    ];
    let rows: Vec<Vec<String>> =
        rows.iter().map(|(body, kg, what)| vec![(*body).to_string(), rounded(*kg, 3), (*what).to_string()]).collect();
    table(&columns, &rows)
}

/// The same as data.
pub fn json(file: &str, bill: &Bill, notes: &[Diagnostic]) -> Json {
    let total = sum(bill);
    let line = |line: &BillLine| {
        let cost = &line.cost;
        object([
            ("item", Json::from(cost.item.as_str())),
            ("quantity", number(cost.quantity)),
            ("unit", Json::from(cost.unit.as_str())),
            ("unit_usd", number(cost.unit_usd)),
            ("total_usd", number(cost.total_usd())),
            ("share", number(share(line, total))),
            ("basis", Json::from(cost.basis.as_str())),
            ("source", Json::from(cost.source.as_str())),
            ("part", line.part.as_deref().map_or(Json::Null, Json::from)),
            ("date", line.date.as_deref().map_or(Json::Null, Json::from)),
            ("price_from", Json::from(if line.own_price { "machine file" } else { "catalogue" })),
        ])
    };
    object([
        ("file", Json::from(file)),
        ("title", Json::from(bill.machine.title.as_str())),
        ("cost_usd", number(total)),
        ("published_share", number(published_share(bill))),
        ("lines", Json::Array(bill.lines.iter().map(line).collect())),
        ("largest", Json::Array(largest(bill).iter().map(|line| Json::from(line.cost.item.as_str())).collect())),
        ("derived", derived_json(&bill.machine)),
        ("notes", Json::Array(notes.iter().map(|note| Json::from(note.to_string())).collect())),
    ])
}

/// What follows from the parts, as data.
fn derived_json(machine: &Machine) -> Json {
    let axes = one_of_each(machine).map(|(name, joint)| {
        let d = of(joint, machine);
        let values = object([
            ("motor", Json::from(joint.motor.name.as_str())),
            ("driver", Json::from(joint.driver.name.as_str())),
            ("transmission", Json::from(joint.transmission.name.as_str())),
            ("moved_mass_kg", number(d.moved_kg)),
            ("rotor_as_mass_kg", number(d.rotor_kg)),
            ("train_as_mass_kg", number(d.train_kg)),
            ("travel_per_turn_mm", number(1e3 * d.travel_per_turn_m)),
            ("speed_at_1000_rpm_mm_per_s", number(1e3 * d.speed_at_1000_rpm_m_per_s)),
            ("microstep_um", number(1e6 * d.step_m)),
            ("stiffness_min_n_per_um", number(1e-6 * d.stiffness_n_per_m)),
            ("backlash_mm", number(1e3 * d.backlash_m)),
        ]);
        (name, values)
    });
    let m = &machine.mechanism;
    object([
        ("axes", object(axes)),
        (
            "modes",
            rings::modes_of(machine)
                .iter()
                .take(SHOWN_MODES)
                .map(|mode| object([("frequency_hz", number(mode.frequency_hz)), ("words", Json::from(mode.title()))]))
                .collect(),
        ),
        (
            "masses_kg",
            object([
                ("frame", number(m.frame.mass_kg)),
                ("gantry", number(m.gantry.mass_kg)),
                ("carriage", number(m.carriage.mass_kg)),
                ("slide", number(m.torch.mass_kg)),
            ]),
        ),
    ])
}
