//! The order of the runs, and the answer: the cheapest machine that passes.
//!
//! In: candidates, what runs a scene. Out: a [`Row`] for each, from which `answer` follows. May use: `scene`, `twin`, `report`'s judge.
//!
//! Each candidate is looked at on its own ([`look`]): its cost against the budget, its margins by closed forms, the hardest windows of the job.
//! That is what shards share. Then ([`order`], [`whole`]) the survivors run in full from the cheapest on, until one passes: every cheaper one has been
//! refused by then, and none had to run in full that a window refuses.

use std::collections::BTreeMap;

use super::screen::{Margins, margins};
use super::vary::Space;
use super::window::{rapids, windows};
use crate::diag::{Diagnostic, any_error};
use crate::program::Program;
use crate::report::columns::{Column, Columns};
use crate::report::figures::{dollars, millimetres, percent};
use crate::report::{self, Verdict};
use crate::scene::model::{Bound, Scene};
use crate::twin::record::Record;
use crate::twin::{self, EngineKind};

/// How far a candidate got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Costs more than may be spent.
    OverBudget,
    /// Refused by its margins.
    Margins,
    /// Refused in a window of the job.
    Window,
    /// Passes all windows.
    Survives,
    /// Has run the whole job, and failed.
    Fails,
    /// Has run the whole job, and passed.
    Passes,
    /// Makes no machine, or could not run.
    Broken,
}

const STAGES: [(Stage, &str); 7] = [
    (Stage::OverBudget, "over the budget"),
    (Stage::Margins, "refused by its margins"),
    (Stage::Window, "fails in a window"),
    (Stage::Survives, "passes the windows"),
    (Stage::Fails, "fails"),
    (Stage::Passes, "passes"),
    (Stage::Broken, "no machine"),
];

impl Stage {
    /// In words.
    pub fn words(self) -> &'static str {
        STAGES.iter().find(|(stage, _)| *stage == self).map_or("", |(_, words)| words)
    }
}

/// What is known of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Number among the candidates.
    pub number: usize,
    /// How far it got.
    pub stage: Stage,
    /// Price of its parts, and with shipping and tax, USD.
    pub cost_usd: [f64; 2],
    /// Share of pull-out torque left at the worst planned instant; not a number where it was not asked.
    pub torque_margin: f64,
    /// Largest distance from the path by geometry alone, mm.
    pub geometry_mm: f64,
    /// Worst deviation in the windows, or of the whole job, mm.
    pub deviation_mm: f64,
    /// Time of the whole job, s.
    pub cycle_time_s: f64,
    /// Why it is refused, in one sentence with line and axis; empty where it is not.
    pub reason: String,
}

/// What every look needs.
pub struct Looker<'a> {
    /// The candidates.
    pub space: &'a Space,
    /// What may be spent, USD.
    pub budget_usd: f64,
    /// What integrates the mechanism in windows; whole jobs run on the reference, as `run` would.
    pub engine: EngineKind,
    /// The program of a scene, with its findings.
    pub program: &'a (dyn Fn(&Scene) -> (Program, Vec<Diagnostic>) + Sync),
}

/// Figures of a window that are those of the job: the others are of a job as a whole.
const WINDOW_FIGURES: [&str; 9] = [
    "contour_error_max_mm",
    "following_error_max_mm",
    "lost_steps",
    "tip_touches",
    "torque_margin_min",
    "step_rate_exceeded_hz",
    "drives_let_go",
    "racking_max_mm",
    "screw_whirl_share",
];

/// Figures of rapids alone that are those of the job.
const RAPID_FIGURES: [&str; 4] = ["lost_steps", "torque_margin_min", "drives_let_go", "step_rate_exceeded_hz"];

/// A deviation in a window beyond its bound by less than this share still goes to the whole job: the way there differs.
const WINDOW_SHARE: f64 = 0.02;
/// Geometry beyond the bound by this share is refused without a run: flex, stretch and the rest do not take away that much.
const GEOMETRY_SHARE: f64 = 0.5;
/// Torque use beyond which a motor is refused without a run.
const MOST_TORQUE: f64 = 1.0;

impl Row {
    fn new(number: usize) -> Self {
        let none = f64::NAN;
        Self {
            number,
            stage: Stage::Broken,
            cost_usd: [none; 2],
            torque_margin: none,
            geometry_mm: none,
            deviation_mm: none,
            cycle_time_s: none,
            reason: String::new(),
        }
    }

    fn refused(mut self, stage: Stage, reason: String) -> Self {
        (self.stage, self.reason) = (stage, reason);
        self
    }

    /// Whether torque alone would let it pass: what a sizing by torque would buy.
    pub fn torque_would_do(&self) -> bool {
        self.torque_margin > 0.0
    }

    /// Whether it lost steps when it was simulated.
    pub fn falls_out(&self) -> bool {
        self.reason.contains("falls out of step")
    }
}

/// Looks at one candidate: cost, margins, windows.
pub fn look(looker: &Looker<'_>, number: usize) -> Row {
    let mut row = Row::new(number);
    let (scene, _) = match looker.space.candidate(number) {
        Ok(read) => read,
        Err(findings) => return row.refused(Stage::Broken, findings.first().map_or_else(String::new, first_line)),
    };
    let parts: f64 = scene.machine.costs.iter().map(|line| line.total_usd()).sum();
    row.cost_usd = [(parts * 100.0).round() / 100.0, looker.space.total_usd(parts)];
    if row.cost_usd[1] > looker.budget_usd {
        let over = dollars(row.cost_usd[1] - looker.budget_usd);
        return row.refused(Stage::OverBudget, format!("It costs {over} more than may be spent."));
    }
    let (program, findings) = (looker.program)(&scene);
    if any_error(&findings) {
        return row.refused(Stage::Broken, findings.first().map_or_else(String::new, first_line));
    }
    let found = margins(&scene, &program);
    row.torque_margin = 1.0 - found.torque_use.value;
    row.geometry_mm = found.geometry_m.value * 1e3;
    if let Some(reason) = refused_by(&scene, &found) {
        return row.refused(Stage::Margins, reason);
    }
    // Rapids first: they take no preheat.
    let without_cut = in_windows(looker, &scene, row, rapids(&program, &found.rapids), &RAPID_FIGURES);
    without_cut
        .and_then(|row| in_windows(looker, &scene, row, windows(&program, &found.geometry_m), &WINDOW_FIGURES))
        .map_or_else(|row| row, |row| row.refused(Stage::Survives, String::new()))
}

/// Runs windows and judges them by `figures`.
///
/// # Errors
/// The row, refused.
fn in_windows(looker: &Looker<'_>, scene: &Scene, mut row: Row, windows: Vec<Program>, figures: &[&str]) -> Result<Row, Row> {
    let mut scene = scene.clone();
    scene.expect.bounds.retain(|(figure, _)| figures.contains(&figure.as_str()));
    for (_, bound) in scene.expect.bounds.iter_mut().filter(|(figure, _)| figure == "contour_error_max_mm") {
        if let Bound::Max(most) = bound {
            *most *= 1.0 + WINDOW_SHARE;
        }
    }
    for window in windows {
        match run(&scene, &window, looker.engine) {
            Err(finding) => return Err(row.refused(Stage::Broken, first_line(&finding))),
            Ok((record, mut verdict)) => {
                // Whether the torch cuts through in a window is not its question.
                verdict.checks.retain(|check| figures.contains(&check.figure.as_str()) && check.value.is_some());
                // The larger of the two, also where one is not a number.
                row.deviation_mm = row.deviation_mm.max(deviation_mm(&record));
                if verdict.checks.iter().any(|check| !check.pass) {
                    return Err(row.refused(Stage::Window, without_time(&reason(&verdict, &record))));
                }
            }
        }
    }
    Ok(row)
}

/// A reason without the time of its instant, which in a window is not that of the job.
fn without_time(reason: &str) -> String {
    let text = reason.split_once("into the job: ").map_or(reason, |(_, text)| text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn first_line(finding: &Diagnostic) -> String {
    finding.to_string().lines().next().unwrap_or_default().to_string()
}

/// Worst deviation, mm; not a number where nothing was cut.
fn deviation_mm(record: &Record) -> f64 {
    record.figures.get("contour_error_max_mm").copied().unwrap_or(f64::NAN)
}

fn run(scene: &Scene, program: &Program, engine: EngineKind) -> Result<(Record, Verdict), Diagnostic> {
    let options = twin::Options::on(engine);
    let record = twin::run(scene, program, &options)?.record;
    let verdict = report::judge(scene, &record);
    Ok((record, verdict))
}

/// Why margins refuse a machine, in one sentence.
fn refused_by(scene: &Scene, found: &Margins) -> Option<String> {
    let torque = &found.torque_use;
    if found.travel_exceeded.0 > 0.0 {
        return Some(format!("The program leaves the table: {}.", found.travel_exceeded.1));
    }
    if torque.value > MOST_TORQUE {
        return Some(format!("Motor {} loses steps on line {}: {}.", torque.axis, torque.line, torque.cause));
    }
    if found.step_rate_exceeded_hz > 0.0 {
        let beyond = found.step_rate_exceeded_hz;
        return Some(format!("The controller is asked for {beyond:.0} steps a second more than it can send."));
    }
    let bound = scene.expect.bounds.iter().find_map(|(figure, bound)| match bound {
        Bound::Max(most) if figure == "contour_error_max_mm" => Some(*most),
        _ => None,
    })?;
    let (mm, worst) = (found.geometry_m.value * 1e3, &found.geometry_m);
    (mm > bound * (1.0 + GEOMETRY_SHARE)).then(|| {
        format!(
            "Geometry alone leaves the path by {} where {} are allowed, on line {} in {}, most of it from {}; the motors would do with {} of \
             their torque to spare.",
            millimetres(mm),
            millimetres(bound),
            worst.line,
            worst.axis,
            worst.cause,
            percent(1.0 - torque.value)
        )
    })
}

/// Why a run failed, in one sentence with line and axis.
fn reason(verdict: &Verdict, record: &Record) -> String {
    let failed: Vec<&str> = verdict.checks.iter().filter(|check| !check.pass).map(|check| check.figure.as_str()).collect();
    // Lost steps are the cause of whatever else went wrong.
    let first = failed.iter().find(|figure| **figure == "lost_steps").or(failed.first()).copied().unwrap_or_default();
    let nothing_cut = record.cuts.iter().all(|cut| cut.points.is_empty());
    if first != "contour_error_max_mm" || nothing_cut {
        return verdict
            .reasons
            .iter()
            .find(|reason| reason.figure == first)
            .map_or_else(String::new, |reason| reason.text.clone());
    }
    let worst = record.cuts.iter().flat_map(|cut| &cut.points).max_by(|a, b| a.deviation_m.abs().total_cmp(&b.deviation_m.abs()));
    let most = verdict.checks.iter().find(|check| !check.pass && check.figure == first).map(|check| check.bound_words());
    let in_path = record.budget.iter().filter(|line| line.rung != "kerf");
    let rung = in_path.max_by(|a, b| a.worst_m.abs().total_cmp(&b.worst_m.abs()));
    let (line, axis) = worst.map_or((0, "X"), |point| {
        let off = [0, 1].map(|i| (point.tip_in_machine_m[i] - point.programmed_in_machine_m[i]).abs());
        (point.line, if off[0] >= off[1] { "X" } else { "Y" })
    });
    let rung = rung
        .map_or_else(String::new, |rung| format!(", most of it from {} ({})", rung.rung, millimetres(rung.worst_m.abs() * 1e3)));
    format!(
        "The cut leaves its path by {} on line {line}, mostly in {axis}, should be {}{rung}; torque is not what limits: {} of it is left.",
        millimetres(worst.map_or(0.0, |point| point.deviation_m.abs() * 1e3)),
        most.unwrap_or_default(),
        percent(record.figures.get("torque_margin_min").copied().unwrap_or(0.0))
    )
}

/// Candidates of the whole job that run beside each other; the same on every machine, so that the answer is.
pub const AT_ONCE: usize = 2;

/// What a whole job came to.
pub struct Whole {
    /// The candidate's row, completed.
    pub row: Row,
    /// Scene, record and verdict, for the report.
    pub ran: Option<(Scene, Record, Verdict)>,
}

/// Runs the whole job of a candidate.
pub fn whole(looker: &Looker<'_>, mut row: Row) -> Whole {
    let broken = |row: Row, finding: &Diagnostic| Whole { row: row.refused(Stage::Broken, first_line(finding)), ran: None };
    let scene = match looker.space.candidate(row.number) {
        Ok((scene, _)) => scene,
        Err(findings) => {
            return broken(row, &findings.into_iter().next().unwrap_or_else(|| Diagnostic::error("S005", "no machine")));
        }
    };
    let (program, _) = (looker.program)(&scene);
    // The engines may be micrometres apart, and the cheapest machine passes by as little: the answer must be that of `run`.
    match run(&scene, &program, EngineKind::Rapier) {
        Err(finding) => broken(row, &finding),
        Ok((record, mut verdict)) => {
            // The budget of `size` is what counts, with shipping and tax.
            verdict.checks.retain(|check| check.figure != "cost_usd");
            verdict.reasons.retain(|reason| reason.figure != "cost_usd");
            verdict.pass = verdict.checks.iter().all(|check| check.pass);
            row.deviation_mm = deviation_mm(&record);
            row.cycle_time_s = record.figures.get("cycle_time_s").copied().unwrap_or(f64::NAN);
            row.torque_margin = record.figures.get("torque_margin_min").copied().unwrap_or(row.torque_margin);
            let row = if verdict.pass {
                row.refused(Stage::Passes, String::new())
            } else {
                let why = reason(&verdict, &record);
                row.refused(Stage::Fails, why)
            };
            Whole { row, ran: Some((scene, record, verdict)) }
        }
    }
}

/// The numbers of the survivors in the order in which they run in full: by price, then by the deviation in their windows.
pub fn order(rows: &[Row]) -> Vec<usize> {
    let mut all: Vec<&Row> = rows.iter().filter(|row| row.stage == Stage::Survives).collect();
    all.sort_by(|a, b| {
        let by_price = a.cost_usd[1].total_cmp(&b.cost_usd[1]);
        by_price.then(a.deviation_mm.total_cmp(&b.deviation_mm)).then(a.number.cmp(&b.number))
    });
    all.into_iter().map(|row| row.number).collect()
}

/// The rows as a table, in the order of the candidates.
pub fn table(rows: &[Row]) -> Columns {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| row.number);
    let number = |get: fn(&Row) -> f64| Column::Number(rows.iter().map(|row| get(row)).collect());
    let stage = |row: &&Row| STAGES.iter().position(|(stage, _)| *stage == row.stage).unwrap_or(0) as i64;
    let columns = vec![
        ("candidate".to_string(), Column::Whole(rows.iter().map(|row| row.number as i64).collect())),
        ("stage".to_string(), Column::Whole(rows.iter().map(stage).collect())),
        ("parts_usd".to_string(), number(|row| row.cost_usd[0])),
        ("total_usd".to_string(), number(|row| row.cost_usd[1])),
        ("torque_margin".to_string(), number(|row| row.torque_margin)),
        ("geometry_mm".to_string(), number(|row| row.geometry_mm)),
        ("deviation_mm".to_string(), number(|row| row.deviation_mm)),
        ("cycle_time_s".to_string(), number(|row| row.cycle_time_s)),
        ("reason".to_string(), Column::Text(rows.iter().map(|row| row.reason.clone()).collect())),
    ];
    Columns { columns, about: BTreeMap::new() }
}

/// The rows of a table.
///
/// # Errors
/// In words, if it is not a table of candidates.
pub fn rows(table: &Columns) -> Result<Vec<Row>, String> {
    let missing = |name: &str| format!("the part has no column {name}");
    let number = |name: &str| table.numbers(name).ok_or_else(|| missing(name));
    let candidate = table.whole("candidate").ok_or_else(|| missing("candidate"))?;
    let stage = table.whole("stage").ok_or_else(|| missing("stage"))?;
    let reason = table.text("reason").ok_or_else(|| missing("reason"))?;
    let (parts, total, torque) = (number("parts_usd")?, number("total_usd")?, number("torque_margin")?);
    let (geometry, deviation, time) = (number("geometry_mm")?, number("deviation_mm")?, number("cycle_time_s")?);
    let row = |k: usize| Row {
        number: usize::try_from(candidate[k]).unwrap_or(0),
        stage: usize::try_from(stage[k]).ok().and_then(|k| STAGES.get(k)).map_or(Stage::Broken, |(stage, _)| *stage),
        cost_usd: [parts[k], total[k]],
        torque_margin: torque[k],
        geometry_mm: geometry[k],
        deviation_mm: deviation[k],
        cycle_time_s: time[k],
        reason: reason[k].clone(),
    };
    Ok((0..table.rows()).map(row).collect())
}
