//! `report.json`: the run as data for other programs.
//!
//! In: scene, record and verdict. Out: one JSON object, the same bytes for the same run: keys sorted, floats in their shortest
//! form that reads back the same, no wall-clock time, and null instead of a number that is not finite. Uses serde_json.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::plate::parts::{Measured, Ring};
use crate::scene::model::{Bound, Scene};
use crate::twin::record::{BudgetLine, CutEnd, EventKind, JointSummary, PartRecord, Record};

use super::judge::{Check, Reason, Verdict};
use super::shapes;

/// The report as a JSON value.
pub fn report(scene: &Scene, record: &Record, verdict: &Verdict) -> Value {
    let figures: BTreeMap<&str, Value> = record.figures.iter().map(|(name, value)| (name.as_str(), number(*value))).collect();
    let axes: BTreeMap<&str, Value> = record.joints.iter().map(|joint| (joint.name.as_str(), axis(joint))).collect();
    object([
        ("scene", scene_head(scene, record)),
        ("verdict", Value::from(if verdict.pass { "pass" } else { "fail" })),
        ("as_announced", Value::from(verdict.is_as_announced(scene))),
        ("checks", list(&verdict.checks, check)),
        ("reasons", list(&verdict.reasons, reason)),
        ("figures", object(figures)),
        ("axes", object(axes)),
        ("cuts", cuts(record)),
        ("parts", list(&record.parts, part)),
        ("probes", probes(record)),
        ("events", events(record)),
        ("advice", list(&record.advice, |words| Value::from(words.as_str()))),
        ("error_budget", budget(record)),
        ("cost_lines", cost_lines(scene)),
        ("estimates", estimates(scene)),
        ("findings", list(&scene.findings, |finding| Value::from(finding.to_string()))),
        ("modes", list(&record.modes, mode)),
        ("engine", Value::from(record.engine)),
        ("fast_forward_share", number(record.fast_forward_share)),
        ("stride_share", number(record.stride_share)),
    ])
}

/// The report as text: what `report.json` holds and `--json` prints.
pub fn report_text(scene: &Scene, record: &Record, verdict: &Verdict) -> String {
    to_text(&report(scene, record, verdict))
}

/// Indented JSON with a line feed at the end.
pub fn to_text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".into());
    text.push('\n');
    text
}

/// A number, or null where it is not finite. There is no minus zero.
pub fn number(value: f64) -> Value {
    serde_json::Number::from_f64(if value == 0.0 { 0.0 } else { value }).map_or(Value::Null, Value::Number)
}

/// An object with its keys sorted, whatever map serde_json was built with.
pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let sorted: BTreeMap<&str, Value> = entries.into_iter().collect();
    Value::Object(sorted.into_iter().map(|(key, value)| (key.to_string(), value)).collect::<Map<_, _>>())
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Value) -> Value {
    Value::Array(items.iter().map(one).collect())
}

fn maybe(value: Option<f64>) -> Value {
    value.map_or(Value::Null, number)
}

/// A point given in m, in mm.
fn point_mm(point: [f64; 2]) -> Value {
    Value::Array(point.iter().map(|v| number(round_to(v * 1e3, 1e6))).collect())
}

/// Rounds to `per_unit` steps in one unit, so that conversions leave no trailing noise.
fn round_to(value: f64, per_unit: f64) -> f64 {
    (value * per_unit).round() / per_unit
}

fn mm(metres: f64) -> Value {
    number(round_to(metres * 1e3, 1e6))
}

fn line(line: u32) -> Value {
    if line > 0 { Value::from(line) } else { Value::Null }
}

fn scene_head(scene: &Scene, record: &Record) -> Value {
    let length =
        |points: &[[f64; 2]]| points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum();
    let length_m: f64 = record.programmed.iter().map(|programmed| -> f64 { length(&programmed.points) }).sum();
    object([
        ("program_moves", Value::from(record.programmed.len())),
        ("program_length_mm", mm(length_m)),
        ("file", Value::from(scene.file.as_str())),
        ("title", Value::from(scene.title.as_str())),
        ("machine", Value::from(scene.machine.title.as_str())),
        ("machine_file", Value::from(scene.machine.file.as_str())),
        ("program", Value::from(scene.job.program_file.as_str())),
        ("material", Value::from(scene.plate.material.as_str())),
        ("thickness_mm", mm(scene.plate.thickness_m)),
        ("process", Value::from(scene.torch.process.as_str())),
    ])
}

fn check(check: &Check) -> Value {
    let mut entries = vec![
        ("figure", Value::from(check.figure.as_str())),
        ("value", maybe(check.value)),
        ("pass", Value::from(check.pass)),
        ("built_in", Value::from(check.built_in)),
        ("margin", maybe(check.margin())),
    ];
    match check.bound {
        Bound::Max(most) => entries.push(("max", number(most))),
        Bound::Min(least) => entries.push(("min", number(least))),
        Bound::Equal { value, tolerance } => entries.extend([("equal", number(value)), ("tolerance", number(tolerance))]),
    }
    object(entries)
}

fn reason(reason: &Reason) -> Value {
    object([
        ("figure", Value::from(reason.figure.as_str())),
        ("text", Value::from(reason.text.as_str())),
        ("fix", Value::from(reason.fix.as_str())),
        ("line", reason.line.map_or(Value::Null, Value::from)),
        ("at_in_machine_mm", reason.at_in_machine_m.map_or(Value::Null, point_mm)),
        ("time_s", maybe(reason.time_s)),
    ])
}

fn axis(joint: &JointSummary) -> Value {
    let curve = |points: &[(f64, f64)]| {
        let point = |&(rpm, torque_nm): &(f64, f64)| Value::Array(vec![number(rpm), number(torque_nm)]);
        Value::Array(points.iter().map(point).collect())
    };
    object([
        ("motor", Value::from(joint.motor.as_str())),
        ("driver", Value::from(joint.driver.as_str())),
        ("transmission", Value::from(joint.transmission.as_str())),
        ("steps", Value::from(joint.steps)),
        ("lost_steps", Value::from(joint.lost_full_steps)),
        ("max_speed_rpm", number(joint.max_speed_rpm)),
        ("torque_margin_min", number(joint.torque_margin_min)),
        ("torque_margin_line", line(joint.torque_margin_line)),
        ("load_angle_max_mm", mm(joint.load_angle_max_m)),
        // Where nothing can let go there is nothing to say.
        ("hold_used_max", if joint.hold_used > 0.0 { number(round_to(joint.hold_used, 1e4)) } else { Value::Null }),
        ("motor_rise_k", number(joint.motor_rise_k)),
        ("driver_rise_k", number(joint.driver_rise_k)),
        ("operating_points_rpm_nm", curve(&joint.operating_points)),
        ("pull_out_rpm_nm", curve(&joint.pull_out)),
    ])
}

fn cuts(record: &Record) -> Value {
    list(&record.cuts, |cut| {
        let (end, cause) = match &cut.end {
            CutEnd::Closed => ("closed", None),
            CutEnd::LeftPlate => ("left plate", None),
            CutEnd::Lost(cause) => ("lost", Some(cause.as_str())),
            CutEnd::Unfinished => ("unfinished", None),
        };
        let first = cut.points.first();
        let worst = cut.points.iter().map(|point| point.deviation_m.abs()).fold(0.0, f64::max);
        object([
            ("line", first.map_or(Value::Null, |point| line(point.line))),
            ("starts_s", maybe(first.map(|point| point.time_s))),
            ("ends_s", maybe(cut.points.last().map(|point| point.time_s))),
            ("length_mm", mm(shapes::cut_length_m(cut))),
            ("contour_error_max_mm", mm(worst)),
            ("error_budget", list(&cut.budget, rung)),
            ("end", Value::from(end)),
            ("cause", cause.map_or(Value::Null, Value::from)),
        ])
    })
}

fn mode((frequency_hz, words): &(f64, String)) -> Value {
    object([("frequency_hz", number(round_to(*frequency_hz, 1e3))), ("words", Value::from(words.as_str()))])
}

fn part(part: &PartRecord) -> Value {
    let [low, high] = shapes::bounds_m(&part.piece);
    let cold = part.finished().bounds_m();
    object([
        ("mass_kg", number(part.mass_kg())),
        ("area_mm2", number(round_to(shapes::area_m2(&part.piece) * 1e6, 1e3))),
        ("centre_in_machine_mm", point_mm(shapes::centre_m(&part.piece))),
        ("size_mm", point_mm([high[0] - low[0], high[1] - low[1]])),
        ("tips_up", Value::from(shapes::tips_up(&part.piece))),
        ("skeleton", Value::from(part.freed_at_s.is_none())),
        ("freed_at_s", maybe(part.freed_at_s)),
        ("freed_line", line(part.freed_line)),
        ("scrap", Value::from(part.scrap)),
        ("support", Value::from(shapes::support_words(&part.piece))),
        ("rises_mm", mm(part.piece.rise_m())),
        ("holes", Value::from(part.piece.region.holes.len())),
        ("camber_estimate_mm", part.camber_m.map_or(Value::Null, mm)),
        ("cut_at_c", part.cold.as_ref().map_or(Value::Null, |cold| number(round_to(cold.cut_at_c, 1e3)))),
        ("growth_when_cut", part.cold.as_ref().map_or(Value::Null, |cold| number(round_to(cold.growth, 1e9)))),
        ("u_mm", part.out_of_square.map_or(Value::Null, |edges| mm(edges.u_m))),
        ("u_range", part.out_of_square.map_or(Value::Null, |edges| Value::from(edges.range))),
        ("taper_mm", part.out_of_square.map_or(Value::Null, |edges| mm(edges.taper_m))),
        ("cold_area_mm2", number(round_to(part.finished().area_m2() * 1e6, 1e3))),
        ("cold_size_mm", point_mm([cold[1][0] - cold[0][0], cold[1][1] - cold[0][1]])),
        ("measured", part.measured.as_ref().map_or(Value::Null, measured)),
    ])
}

/// What a piece measures beside what was intended. Positive deviations are too much material.
fn measured(measured: &Measured) -> Value {
    let ring = |ring: &Ring| {
        object([
            ("kind", Value::from(if ring.hole { "hole" } else { "outline" })),
            ("deviation_max_mm", mm(ring.most_m)),
            ("deviation_min_mm", mm(ring.least_m)),
            ("deviation_mean_mm", mm(ring.mean_m)),
            ("worst_mm", mm(ring.worst_m)),
            ("size_off_mm", point_mm(ring.size_off_m)),
            ("intended_size_mm", point_mm(ring.intended_size_m)),
            ("area_mm2", number(round_to(ring.area_m2[0] * 1e6, 1e3))),
            ("intended_area_mm2", number(round_to(ring.area_m2[1] * 1e6, 1e3))),
            ("diameter_mm", ring.circle.map_or(Value::Null, |circle| mm(circle.diameter_m))),
            ("intended_diameter_mm", ring.circle.map_or(Value::Null, |circle| mm(circle.intended_diameter_m))),
            ("roundness_mm", ring.circle.map_or(Value::Null, |circle| mm(circle.roundness_m))),
            ("off_centre_mm", ring.circle.map_or(Value::Null, |circle| mm(circle.off_centre_m))),
        ])
    };
    object([("rings", list(&measured.rings, ring)), ("unmatched_rings", Value::from(measured.unmatched.len()))])
}

fn probes(record: &Record) -> Value {
    list(&record.probes, |probe| {
        let series = |which: fn(&(f64, f64)) -> f64| Value::Array(probe.series.iter().map(|s| number(which(s))).collect());
        object([
            ("name", Value::from(probe.name.as_str())),
            ("at_in_machine_mm", point_mm(probe.at_in_machine_m)),
            ("z_mm", mm(-probe.depth_m)),
            ("t85_s", maybe(cooling_s(&probe.series))),
            ("peak_c", number(probe.peak_c)),
            ("time_s", series(|s| s.0)),
            ("temperature_c", series(|s| s.1)),
        ])
    })
}

/// The last time a thermocouple took from 800 to 500 °C, s; none where it did not.
fn cooling_s(series: &[(f64, f64)]) -> Option<f64> {
    let falls_through = |c: f64| {
        let fell = series.windows(2).rev().find(|pair| pair[0].1 >= c && pair[1].1 < c)?;
        let share = (fell[0].1 - c) / (fell[0].1 - fell[1].1);
        Some(fell[0].0 + share * (fell[1].0 - fell[0].0))
    };
    let (hot, cool) = (falls_through(800.0)?, falls_through(500.0)?);
    (cool > hot).then_some(cool - hot)
}

/// Name of a kind of event in JSON.
pub fn event_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::FlameOn => "flame_on",
        EventKind::Pierce => "pierce",
        EventKind::CutStart => "cut_start",
        EventKind::CutEnd => "cut_end",
        EventKind::CutLost => "cut_lost",
        EventKind::LostSteps => "lost_steps",
        EventKind::Fault => "fault",
        EventKind::DriveLetGo => "drive_let_go",
        EventKind::TipTouchesPlate => "tip_touches_plate",
        EventKind::TipHitsPart => "torch_hits_part",
        EventKind::TipHitsClamp => "torch_hits_clamp",
        EventKind::NotAsDrawn => "not_as_drawn",
        EventKind::PartFreed => "part_freed",
    }
}

fn events(record: &Record) -> Value {
    list(&record.events, |event| {
        object([
            ("time_s", number(event.time_s)),
            ("line", line(event.line)),
            ("kind", Value::from(event_name(event.kind))),
            ("at_in_machine_mm", point_mm(event.at_in_machine_m)),
            ("text", Value::from(event.text.as_str())),
        ])
    })
}

/// The rungs, and what the plate's growth adds where it adds anything.
fn budget(record: &Record) -> Value {
    Value::Array(record.budget.iter().chain(&record.plate_growth).map(rung).collect())
}

fn rung(rung: &BudgetLine) -> Value {
    object([
        ("rung", Value::from(rung.rung)),
        ("words", Value::from(shapes::rung_words(rung.rung))),
        ("worst_mm", mm(rung.worst_m)),
        ("rms_mm", mm(rung.rms_m)),
        ("worst_line", line(rung.worst_line)),
    ])
}

fn cost_lines(scene: &Scene) -> Value {
    list(&scene.machine.costs, |cost| {
        object([
            ("item", Value::from(cost.item.as_str())),
            ("quantity", number(cost.quantity)),
            ("unit", Value::from(cost.unit.as_str())),
            ("unit_usd", number(cost.unit_usd)),
            ("total_usd", number(round_to(cost.total_usd(), 1e4))),
            ("basis", Value::from(cost.basis.as_str())),
            ("source", Value::from(cost.source.as_str())),
        ])
    })
}

fn estimates(scene: &Scene) -> Value {
    list(&scene.estimates, |estimate| {
        object([
            ("key", Value::from(estimate.key.as_str())),
            ("value", number(estimate.value)),
            ("low", maybe(estimate.low)),
            ("high", maybe(estimate.high)),
            ("source", Value::from(estimate.source.as_str())),
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::super::{judge, sample};
    use super::*;

    /// Whether two values are the same, numbers to the last digit but one: serde_json's quick reader may miss the last.
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => {
                let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
                (a - b).abs() <= 4.0 * f64::EPSILON * a.abs()
            }
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
            }
            _ => a == b,
        }
    }

    #[test]
    fn json_reads_back_the_same_and_is_the_same_twice() {
        let (scene, record) = sample::failing();
        let verdict = judge(&scene, &record);
        let text = report_text(&scene, &record, &verdict);
        let back: Value = serde_json::from_str(&text).unwrap();
        assert!(same(&back, &report(&scene, &record, &verdict)));
        let (scene, record) = sample::failing();
        assert!(report_text(&scene, &record, &judge(&scene, &record)) == text, "two runs differ");
    }

    #[test]
    fn json_has_the_shape_of_the_design() {
        let (scene, record) = sample::good();
        let value = report(&scene, &record, &judge(&scene, &record));
        for key in ["scene", "verdict", "reasons", "figures", "axes", "parts", "probes", "estimates"] {
            assert!(!value[key].is_null(), "{key}");
        }
        assert_eq!(value["verdict"], "pass");
        assert_eq!(value["figures"]["cycle_time_s"].as_f64(), record.figures.get("cycle_time_s").copied());
        assert_eq!(value["axes"]["Y2"]["lost_steps"], 0);
        assert!(value["axes"]["X"]["pull_out_rpm_nm"].as_array().is_some_and(|curve| curve.len() > 3));
    }

    #[test]
    fn numbers_that_are_not_finite_become_null() {
        let (scene, mut record) = sample::good();
        record.figures.insert("kerf_mean_mm".into(), f64::INFINITY);
        record.joints[0].torque_margin_min = f64::NAN;
        record.events[0].at_in_machine_m = [f64::NAN, -0.0];
        let text = report_text(&scene, &record, &judge(&scene, &record));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(value["figures"]["kerf_mean_mm"].is_null());
        assert!(value["axes"]["X"]["torque_margin_min"].is_null());
        assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("-0.0,"));
    }

    #[test]
    fn keys_are_sorted() {
        let value = object([("b", Value::Null), ("a", Value::Null)]);
        assert_eq!(value.to_string(), r#"{"a":null,"b":null}"#);
    }
}
