//! Why a check failed, and what would help: line, axis and cause, from the events, the error budget and the bill of materials.
//!
//! In: a failed check. Out: [`Reason`]s. Uses the scene's model and the record.

mod job;
mod motion;
mod transmission;

use crate::scene::model::Scene;
use crate::twin::record::{Event, EventKind, Record};

use super::figures::{self, capital};
use super::judge::{Check, Reason};

use job::{cost, kerf, parts_freed, time, tip_ups, travel};
use motion::{contour, following, lost_steps, racking, torque};
use transmission::{lets_go, whirls};

/// Most reasons that one check gives; the rest is counted.
const MOST: usize = 4;

/// The reasons of one failed check, at least one.
pub fn why(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
    let Some(value) = check.value else { return vec![absent(record, check)] };
    let figure = check.figure.as_str();
    let found = match figure {
        _ if figure.starts_with("lost_steps") => lost_steps(scene, record, check),
        "drives_let_go" => lets_go(scene, record, check),
        "screw_whirl_share" => vec![whirls(scene, check)],
        "cut_lost" => from_events(record, check, EventKind::CutLost, CUT_LOST_FIX),
        "tip_touches" => from_events(record, check, EventKind::TipTouchesPlate, TIP_FIX),
        "part_hits" => from_events(record, check, EventKind::TipHitsPart, HIT_FIX),
        "clamp_hits" => from_events(record, check, EventKind::TipHitsClamp, CLAMP_FIX),
        "not_as_drawn" => not_as_drawn(record, check),
        "travel_exceeded_mm" => travel(scene, record, check),
        "cost_usd" => vec![cost(scene, check, value)],
        "tip_ups" => tip_ups(record, check),
        "parts_freed" => vec![parts_freed(record, check)],
        _ if figure.starts_with("contour_error") => vec![contour(record, check)],
        _ if figure.starts_with("following_error") => vec![following(record, check)],
        _ if figure.starts_with("racking") => vec![racking(scene, record, check)],
        _ if figure.starts_with("torque_margin") => vec![torque(scene, record, check)],
        _ if figure.starts_with("kerf_") => vec![kerf(record, check)],
        _ if figure.ends_with("time_s") => vec![time(record, check)],
        _ => Vec::new(),
    };
    if found.is_empty() { vec![plain(check)] } else { found }
}

/// Where a motor has lost its steps, all that comes later may be nothing but that: says so, for those to whom it happens first.
pub fn say_what_may_follow(reasons: &mut [Reason]) {
    let of_steps = |reason: &Reason| reason.figure.starts_with("lost_steps");
    let Some(from_s) = reasons.iter().filter(|reason| of_steps(reason)).filter_map(|reason| reason.time_s).reduce(f64::min)
    else {
        return;
    };
    for reason in reasons.iter_mut().filter(|reason| !of_steps(reason) && reason.time_s.is_some_and(|time_s| time_s > from_s)) {
        reason.text.push_str(" It comes after a motor has lost its steps, which may be why: mend that first.");
    }
}

const CUT_LOST_FIX: &str =
    "Do what the cause says at that line, then run again; check too that tip and gas pressure suit the thickness.";
const TIP_FIX: &str =
    "Raise the cutting height, or the Z of rapid moves, so that the tip clears the plate and what was cut loose.";

const HIT_FIX: &str = "Raise the Z of rapid moves there, cut that part later, or hold it: leave a tab, or move the plate so that it lies on two slats.";

const DRAWING_FIX: &str =
    "Check that drawing and program belong together: same part, same unit, and the drawing's origin at the program's zero.";

const CLAMP_FIX: &str = "Move the clamp, or raise the Z of rapid moves there above it.";

/// "Worst distance … is 0.412 mm, should be at most 0.250 mm (over by 0.162 mm)".
fn headline(check: &Check) -> String {
    let margin = check.margin_words();
    let margin = if margin.is_empty() { margin } else { format!(" ({margin})") };
    format!("{} is {}, should be {}{margin}", capital(&figures::words(&check.figure)), check.value_words(), check.bound_words())
}

fn reason(check: &Check, text: String, fix: impl Into<String>) -> Reason {
    Reason { figure: check.figure.clone(), text, fix: fix.into(), line: None, at_in_machine_m: None, time_s: None }
}

impl Reason {
    fn on(mut self, line: u32) -> Self {
        self.line = (line > 0).then_some(line);
        self
    }

    fn placed(mut self, at_in_machine_m: [f64; 2], time_s: f64) -> Self {
        self.at_in_machine_m = at_in_machine_m.iter().all(|v| v.is_finite()).then_some(at_in_machine_m);
        self.time_s = time_s.is_finite().then_some(time_s);
        self
    }
}

fn plain(check: &Check) -> Reason {
    reason(
        check,
        format!("{}.", headline(check)),
        "Change the job or the machine, or the bound in [expect] if it asks for too much.",
    )
}

fn absent(record: &Record, check: &Check) -> Reason {
    let name = &check.figure;
    if record.figures.contains_key(name) {
        let text = format!("The run gave no usable number for '{name}' (not finite).");
        return reason(check, text, "This is a fault of the simulation: please report it with the scene.");
    }
    let of_the_cut = ["contour", "kerf", "haz", "iso9013"].iter().any(|word| name.starts_with(word));
    if of_the_cut && record.figures.get("cut_time_s").copied().unwrap_or(0.0) == 0.0 {
        let text = "The torch never cut through the plate, so there is nothing to measure.".to_string();
        return reason(
            check,
            text,
            "See the events: the torch must be lit (M3), over the plate, low enough, and given time to preheat.",
        );
    }
    let text = format!("This run has no figure named '{name}', so the bound on it cannot hold.");
    let nearest = record.figures.keys().map(|other| (distance(name, other), other)).min();
    let fix = match nearest {
        Some((d, other)) if d <= name.len() / 3 => {
            format!("Did you mean '{other}'? Names of all figures stand at the end of the report.")
        }
        _ => "Remove the bound, or check its name against the figures of the report: a figure that does not apply is absent."
            .into(),
    };
    reason(check, text, fix)
}

/// Edits (insert, delete, replace) between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn events(record: &Record, kind: EventKind) -> impl Iterator<Item = &Event> {
    record.events.iter().filter(move |event| event.kind == kind)
}

/// One reason for each event, the first few.
fn from_events(record: &Record, check: &Check, kind: EventKind, fix: &str) -> Vec<Reason> {
    let all: Vec<&Event> = events(record, kind).collect();
    let told = |(n, event): (usize, &&Event)| {
        let more =
            if n + 1 == MOST && all.len() > MOST { format!(" ({} more like this)", all.len() - MOST) } else { String::new() };
        let line = if event.line > 0 { format!("line {}, ", event.line) } else { String::new() };
        let text = format!(
            "{}: {}{more}",
            capital(&format!("{line}{} into the job", figures::duration(event.time_s))),
            sentence(&event.text)
        );
        reason(check, text, fix).on(event.line).placed(event.at_in_machine_m, event.time_s)
    };
    all.iter().take(MOST).enumerate().map(told).collect()
}

/// What is not as drawn has a place, and no instant.
fn not_as_drawn(record: &Record, check: &Check) -> Vec<Reason> {
    let told =
        |event: &Event| reason(check, sentence(&capital(&event.text)), DRAWING_FIX).placed(event.at_in_machine_m, event.time_s);
    events(record, EventKind::NotAsDrawn).take(MOST).map(told).collect()
}

/// Text with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_string() } else { format!("{text}.") }
}
