//! Two runs beside each other: every figure, every rung of the error budget, every cut; and the first stage at which they part.
//!
//! In: two reports as JSON, or a report and the golden figures kept beside a scene. Out: [`Difference`]s in the order of the flow. Uses
//! serde_json.

use std::collections::BTreeMap;

use serde_json::Value;

use super::figures;
use super::json::{number, object, to_text};

/// What of a run is compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Headline figures by name.
    pub figures: BTreeMap<String, f64>,
    /// The error budget in the order of the ladder.
    pub rungs: Vec<Rung>,
    /// Moves of the program and their length, mm.
    pub program: Option<[f64; 2]>,
    /// Of each cut: line it begins on, largest deviation, mm.
    pub cuts: Vec<(u64, f64)>,
    /// What integrated the mechanism.
    pub engine: String,
    /// Title of the scene.
    pub title: String,
}

/// A line of an error budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Its name.
    pub name: String,
    /// Largest, mm.
    pub worst_mm: f64,
    /// Root mean square, mm.
    pub rms_mm: f64,
    /// Line of the largest.
    pub line: u64,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Place in the flow; see [`STAGES`].
    pub stage: usize,
    /// A figure's name, or "flex (RMS)" for a rung.
    pub what: String,
    /// Before; none where there was no such figure.
    pub before: Option<f64>,
    /// After.
    pub after: Option<f64>,
    /// Line of the program, where it is known.
    pub line: Option<u64>,
}

/// The stages in the order of the flow, each with the figures that it is the first to move. Between planner and torch stand the rungs of the
/// ladder. What is in no list is a result of several stages and comes last. Within the `LOOP` there is no order.
pub const STAGES: [(&str, &[&str]); 15] = [
    ("program", &[]),
    ("planner", &["cycle_time_s", "rapid_time_s", "travel_exceeded_mm", "step_rate_exceeded_hz"]),
    ("microstep", &[]),
    ("load angle and lost steps", &["lost_steps", "torque_margin_min"]),
    ("backlash", &[]),
    ("drive stretch", &["drives_let_go", "screw_whirl_share"]),
    ("guide play", &[]),
    ("frame and guide flex", &["first_mode_hz"]),
    ("straightness", &[]),
    ("squareness", &[]),
    ("pitch", &[]),
    ("growth", &[]),
    (
        "torch",
        &["cut_lost", "tip_touches", "part_hits", "clamp_hits", "not_as_drawn", "cut_time_s", "gas_oxygen_l", "gas_fuel_l"],
    ),
    ("plate", &[]),
    ("cost", &["cost_usd"]),
];
/// Stages of drive and machine, through which forces flow back: each moves the others, the stiffer spring the softer one's ringing. First of them is the
/// one that moved most, by the change of its RMS times the share that this is of it; either alone names the wrong one more often.
const LOOP: std::ops::RangeInclusive<usize> = 3..=7;
/// The stage "plate", which takes what no other has.
const PLATE: usize = 13;

/// Share by which a figure may differ and still count as the same: far more than round-off on another computer, far less than a change.
const SAME_SHARE: f64 = 1e-4;
/// The same where motors have lost steps in both runs: from there on round-off decides where they catch again (a billionth of a mass moves temperatures by
/// 0.04 %).
const OUT_OF_STEP_SHARE: f64 = 2e-3;
/// The same in the figure's own unit, for figures near 0: 0.1 µm, 0.1 ms.
const SAME_BY: f64 = 1e-4;
/// A rung is measured while the torch cuts, so that another torch moves it a little: less than this does not count.
const RUNG_SHARE: f64 = 0.01;
/// The same, mm.
const RUNG_BY_MM: f64 = 2e-4;

impl Snapshot {
    /// What a report or a golden file holds; none if it is neither.
    pub fn of(report: &Value) -> Option<Self> {
        let figures = report.get("figures")?.as_object()?;
        let get = |value: &Value, key: &str| value.get(key).and_then(Value::as_f64);
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let list = |key: &str| report.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let rung = |rung: &Value| Rung {
            name: text(rung, "rung"),
            worst_mm: get(rung, "worst_mm").unwrap_or(f64::NAN),
            rms_mm: get(rung, "rms_mm").unwrap_or(f64::NAN),
            line: rung.get("worst_line").and_then(Value::as_u64).unwrap_or(0),
        };
        let cut = |cut: &Value| Some((cut.get("line").and_then(Value::as_u64).unwrap_or(0), get(cut, "contour_error_max_mm")?));
        let scene = report.get("scene").unwrap_or(&Value::Null);
        Some(Self {
            figures: figures.iter().filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect(),
            rungs: list("error_budget").iter().map(rung).collect(),
            program: get(scene, "program_moves").zip(get(scene, "program_length_mm")).map(|(moves, length)| [moves, length]),
            cuts: list("cuts").iter().filter_map(cut).collect(),
            engine: text(report, "engine"),
            title: text(scene, "title"),
        })
    }

    /// The golden file: what is compared and no more, so that a change shows in few lines of a version control system.
    pub fn golden_text(&self) -> String {
        let rung = |rung: &Rung| {
            object([
                ("rung", Value::from(rung.name.as_str())),
                ("worst_mm", number(rung.worst_mm)),
                ("rms_mm", number(rung.rms_mm)),
                ("worst_line", Value::from(rung.line)),
            ])
        };
        let program = self.program.map_or(Value::Null, |[moves, length]| {
            object([
                ("program_moves", number(moves)),
                ("program_length_mm", number(length)),
                ("title", Value::from(self.title.as_str())),
            ])
        });
        to_text(&object([
            ("engine", Value::from(self.engine.as_str())),
            ("error_budget", Value::Array(self.rungs.iter().map(rung).collect())),
            ("figures", object(self.figures.iter().map(|(name, value)| (name.as_str(), number(*value))))),
            ("scene", program),
        ]))
    }

    /// What is not the same in `after`, in the order of the flow.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let mut all = self.program_differences(after);
        for (k, (stage, _)) in STAGES.iter().enumerate() {
            let before = self.rungs.iter().find(|rung| rung.name == *stage);
            let now = after.rungs.iter().find(|rung| rung.name == *stage);
            all.extend(rung_differences(k, stage, before, now));
        }
        let both = self.rungs.iter().find(|rung| rung.name == "kerf");
        all.extend(rung_differences(PLATE, "kerf", both, after.rungs.iter().find(|rung| rung.name == "kerf")));
        let lost = |run: &Self| run.figures.get("lost_steps").is_some_and(|lost| *lost != 0.0);
        let share = if lost(self) && lost(after) { OUT_OF_STEP_SHARE } else { SAME_SHARE };
        let names: std::collections::BTreeSet<&String> = self.figures.keys().chain(after.figures.keys()).collect();
        for name in names {
            let (before, now) = (self.figures.get(name).copied(), after.figures.get(name).copied());
            if !same(before, now, share, SAME_BY) {
                all.push(Difference { stage: stage_of(name), what: name.clone(), before, after: now, line: None });
            }
        }
        let leader = self.leader(after, &all);
        all.sort_by_key(|difference| {
            let stage = difference.stage;
            (if LOOP.contains(&stage) { *LOOP.start() } else { stage }, Some(stage) != leader, stage)
        });
        all
    }

    /// The stage of the loop whose rung moved most, of those that differ.
    fn leader(&self, after: &Self, all: &[Difference]) -> Option<usize> {
        let moved = |stage: usize| {
            let rms = |snapshot: &Self| snapshot.rungs.iter().find(|rung| rung.name == STAGES[stage].0).map(|rung| rung.rms_mm);
            rms(self).zip(rms(after)).map_or(0.0, |(a, b)| (a - b).powi(2) / a.abs().max(b.abs()).max(RUNG_BY_MM))
        };
        let differ = LOOP.filter(|stage| all.iter().any(|difference| difference.stage == *stage));
        differ.max_by(|&a, &b| moved(a).total_cmp(&moved(b)).then(b.cmp(&a)))
    }

    fn program_differences(&self, after: &Self) -> Vec<Difference> {
        let names = ["moves of the program", "length of the program, mm"];
        let of = |snapshot: &Self, k: usize| snapshot.program.map(|program| program[k]);
        let differ = (0..2).filter(|&k| self.program.is_some() && !same(of(self, k), of(after, k), 1e-9, 1e-6));
        differ
            .map(|k| Difference { stage: 0, what: names[k].into(), before: of(self, k), after: of(after, k), line: None })
            .collect()
    }
}

fn rung_differences(stage: usize, name: &str, before: Option<&Rung>, after: Option<&Rung>) -> Vec<Difference> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let pairs = [("worst", before.worst_mm, after.worst_mm), ("RMS", before.rms_mm, after.rms_mm)];
    let moved = pairs.into_iter().filter(|&(_, a, b)| !same(Some(a), Some(b), RUNG_SHARE, RUNG_BY_MM));
    moved
        .map(|(which, a, b)| Difference {
            stage,
            what: format!("{name} ({which}), mm"),
            before: Some(a),
            after: Some(b),
            line: (after.line > 0).then_some(after.line),
        })
        .collect()
}

fn same(before: Option<f64>, after: Option<f64>, share: f64, by: f64) -> bool {
    match (before, after) {
        (Some(a), Some(b)) => (a - b).abs() <= share * a.abs().max(b.abs()) + by,
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The stage that moves a figure first.
fn stage_of(figure: &str) -> usize {
    let bare = |name: &str| figure == name || figure.starts_with(&format!("{name}_"));
    let known = STAGES.iter().position(|(_, names)| names.iter().any(|name| bare(name)));
    let result_of_all = ["contour_error", "following_error", "racking"].iter().any(|word| figure.starts_with(word));
    known.unwrap_or(if result_of_all { STAGES.len() } else { PLATE })
}

impl Difference {
    /// "planner"; "result" for figures that every stage moves.
    pub fn stage_name(&self) -> &'static str {
        STAGES.get(self.stage).map_or("result", |(name, _)| name)
    }

    /// "0.012 mm before, 0.064 mm now, on line 61".
    pub fn words(&self) -> String {
        let show = |value: Option<f64>| match value {
            None => "absent".to_string(),
            Some(value) if self.what.ends_with(", mm") => figures::show("_mm", value),
            Some(value) => exact(&self.what, value),
        };
        let line = self.line.map_or(String::new(), |line| format!(", on line {line}"));
        format!("{} before, {} now{line}", show(self.before), show(self.after))
    }
}

/// A figure with digits enough to show a small change.
fn exact(name: &str, value: f64) -> String {
    match figures::unit(name) {
        figures::Unit::Second => format!("{} s", figures::fixed(value, 3)),
        figures::Unit::Share => figures::fixed(value, 4),
        _ => figures::show(name, value),
    }
}

/// What is wrong against golden figures, in words: the first stage that moved, then how far the results are off.
pub fn words(differences: &[Difference]) -> Option<String> {
    let first = differences.first()?;
    let also = differences.iter().skip(1).find(|other| other.stage >= STAGES.len());
    let also = also.map_or(String::new(), |other| format!("; {}: {}", other.what, other.words()));
    let of_loop = if LOOP.contains(&first.stage) {
        " (drive and machine move one another: of theirs, the one that moved most)"
    } else {
        ""
    };
    Some(format!(
        "The first stage that moved is {}{of_loop}: {}: {}{also}. {} values differ from the golden ones.",
        first.stage_name(),
        first.what,
        first.words(),
        differences.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{json, judge, sample};
    use super::*;
    use crate::twin::record::RUNGS;

    fn snapshot() -> Snapshot {
        let (scene, record) = sample::good();
        Snapshot::of(&json::report(&scene, &record, &judge(&scene, &record))).unwrap()
    }

    #[test]
    fn a_golden_file_reads_back_and_differs_from_nothing() {
        let now = snapshot();
        let golden = Snapshot::of(&serde_json::from_str(&now.golden_text()).unwrap()).unwrap();
        assert_eq!(golden.differences(&now), Vec::new());
        assert!(golden.figures.len() > 10 && golden.rungs.len() == RUNGS.len(), "{golden:?}");
    }

    #[test]
    fn the_first_stage_that_moved_comes_first() {
        let before = snapshot();
        // Each change alone, and the result with it: the stage must be found whatever else moves behind it.
        for (rung, stage) in before.rungs.iter().map(|rung| rung.name.clone()).zip(1..) {
            let mut after = before.clone();
            after.rungs[stage - 1].worst_mm += 0.05;
            *after.figures.get_mut("contour_error_max_mm").unwrap() += 0.03;
            let differences = before.differences(&after);
            assert_eq!(differences[0].stage_name(), if rung == "kerf" { "plate" } else { &rung }, "{differences:?}");
            assert!(words(&differences).unwrap().contains("contour_error_max_mm"), "{differences:?}");
        }
        let mut after = before.clone();
        after.program = Some([1.0, 2.0]);
        after.figures.insert("cycle_time_s".into(), 1.0);
        after.figures.remove("kerf_mean_mm");
        let stages: Vec<&str> = before.differences(&after).iter().map(Difference::stage_name).collect();
        assert_eq!(stages, ["program", "program", "planner", "plate"]);
    }

    #[test]
    fn round_off_is_no_difference() {
        let before = snapshot();
        let mut after = before.clone();
        after.figures.values_mut().for_each(|value| *value *= 1.0 + 1e-6);
        after.rungs.iter_mut().for_each(|rung| rung.rms_mm *= 1.005);
        assert!(before.differences(&after).is_empty());
        after.figures.values_mut().for_each(|value| *value *= 1.01);
        assert!(before.differences(&after).len() > 10);
    }
}
