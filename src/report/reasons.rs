//! Why a check failed, and what would help: line, axis and cause, from the events, the error budget and the bill of materials.
//!
//! In: a failed check. Out: [`Reason`]s. Uses the scene's model and the record.

use std::f64::consts::PI;

use crate::scene::model::{Bound, Scene};
use crate::twin::record::{CutEnd, Event, EventKind, JointSummary, Record};

use super::figures::{self, capital, dollars, fixed, millimetres, percent};
use super::judge::{Check, Reason};
use super::shapes;

/// Most reasons that one check gives; the rest is counted.
const MOST: usize = 4;

/// The reasons of one failed check, at least one.
pub fn why(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
    let Some(value) = check.value else { return vec![absent(record, check)] };
    let figure = check.figure.as_str();
    let found = match figure {
        _ if figure.starts_with("lost_steps") => lost_steps(scene, record, check),
        "cut_lost" => from_events(record, check, EventKind::CutLost, CUT_LOST_FIX),
        "tip_touches" => from_events(record, check, EventKind::TipTouchesPlate, TIP_FIX),
        "travel_exceeded_mm" => travel(scene, record, check),
        "cost_usd" => vec![cost(scene, check, value)],
        "tip_ups" => tip_ups(record, check),
        "parts_freed" => vec![parts_freed(record, check)],
        _ if figure.starts_with("contour_error") => vec![contour(record, check)],
        _ if figure.starts_with("following_error") => vec![following(record, check)],
        _ if figure.starts_with("racking") => vec![racking(record, check)],
        _ if figure.starts_with("torque_margin") => vec![torque(scene, record, check)],
        _ if figure.starts_with("kerf_") => vec![kerf(record, check)],
        _ if figure.ends_with("time_s") => vec![time(record, check)],
        _ => Vec::new(),
    };
    if found.is_empty() { vec![plain(check)] } else { found }
}

const CUT_LOST_FIX: &str =
    "Cut slower there, or hold the preheat longer before opening the oxygen; check that tip and gas pressure suit the thickness.";
const TIP_FIX: &str = "Raise the cutting height, or the Z of rapid moves, so that the tip clears the plate and what was cut loose.";

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
    reason(check, format!("{}.", headline(check)), "Change the job or the machine, or the bound in [expect] if it asks for too much.")
}

fn absent(record: &Record, check: &Check) -> Reason {
    let name = &check.figure;
    if record.figures.contains_key(name) {
        let text = format!("The run gave no usable number for '{name}' (not finite).");
        return reason(check, text, "This is a fault of the simulation: please report it with the scene.");
    }
    let text = format!("This run has no figure named '{name}', so the bound on it cannot hold.");
    let nearest = record.figures.keys().map(|other| (distance(name, other), other)).min();
    let fix = match nearest {
        Some((d, other)) if d <= name.len() / 3 => format!("Did you mean '{other}'? Names of all figures stand at the end of the report."),
        _ => "Remove the bound, or check its name against the figures of the report: a figure that does not apply is absent.".into(),
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
        let more = if n + 1 == MOST && all.len() > MOST { format!(" ({} more like this)", all.len() - MOST) } else { String::new() };
        let line = if event.line > 0 { format!("line {}, ", event.line) } else { String::new() };
        let text = format!("{}: {}{more}", capital(&format!("{line}{} into the job", figures::duration(event.time_s))), sentence(&event.text));
        reason(check, text, fix).on(event.line).placed(event.at_in_machine_m, event.time_s)
    };
    all.iter().take(MOST).enumerate().map(told).collect()
}

/// Text with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_string() } else { format!("{text}.") }
}

fn lost_steps(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
    let mut found = from_events(record, check, EventKind::LostSteps, "");
    for joint in record.joints.iter().filter(|joint| joint.lost_full_steps != 0) {
        let fix = torque_fix(scene, joint);
        let off = scene.machine.joints.iter().find(|params| params.name == joint.name).map(|params| {
            let full_step_m = params.transmission.travel_m_per_rad * PI / (2.0 * params.motor.rotor_teeth);
            format!(" ({} of travel)", millimetres(joint.lost_full_steps.abs() as f64 * full_step_m.abs() * 1e3))
        });
        let text = format!(
            "Motor {} ended {} full steps{} from where it was told to be.",
            joint.name,
            joint.lost_full_steps.abs(),
            off.unwrap_or_default()
        );
        match found.iter_mut().find(|r| r.text.contains(&joint.name) && r.fix.is_empty()) {
            Some(r) => {
                r.text = format!("{} {text}", r.text);
                r.fix = fix;
            }
            None => found.push(reason(check, text, fix).on(joint.torque_margin_line)),
        }
    }
    let fallback = found.iter().find(|r| !r.fix.is_empty()).map(|r| r.fix.clone());
    for r in found.iter_mut().filter(|r| r.fix.is_empty()) {
        r.fix = fallback.clone().unwrap_or_else(|| "Lower the acceleration or the speed of rapids, or take a stronger motor.".into());
    }
    found
}

/// What gives a motor more room.
fn torque_fix(scene: &Scene, joint: &JointSummary) -> String {
    let axis = scene.machine.joints.iter().find(|params| params.name == joint.name).map(|params| params.axis);
    let now = axis.and_then(|axis| {
        let limits = &scene.machine.limits;
        let (speed, acceleration) = (limits.max_speed_m_per_s.get(axis)?, limits.max_acceleration_m_per_s2.get(axis)?);
        Some(format!(" (now {} mm/min and {} mm/s²)", fixed(speed * 60e3, 0), fixed(acceleration * 1e3, 0)))
    });
    format!(
        "Lower the speed of rapids or the acceleration of {}{}, raise the supply voltage or the driver current, \
         or take a motor with more torque at {} rev/min.",
        joint.name,
        now.unwrap_or_default(),
        fixed(joint.max_speed_rpm, 0)
    )
}

fn torque(scene: &Scene, record: &Record, check: &Check) -> Reason {
    let worst = record.joints.iter().min_by(|a, b| a.torque_margin_min.total_cmp(&b.torque_margin_min));
    let Some(joint) = worst else { return plain(check) };
    let text = format!(
        "Motor {} has {} of its torque left at its worst instant, on line {}; should be {}.",
        joint.name,
        percent(joint.torque_margin_min),
        joint.torque_margin_line,
        check.bound_words()
    );
    reason(check, text, torque_fix(scene, joint)).on(joint.torque_margin_line)
}

/// What would make a rung of the position ladder smaller, by a word of its name.
const RUNG_FIXES: [(&str, &str); 6] = [
    ("planner", "Lower the junction deviation, or the feed before sharp corners."),
    ("microstep", "Use more microsteps, or more reduction between motor and axis."),
    ("load angle", "Lower the acceleration, raise the motor current, or take a stronger motor."),
    ("backlash", "Take out free play (spring-loaded pinion, tighter belt), or use a stiffer rack or belt."),
    ("flex", "Lower the acceleration, or stiffen guides, beam and frame; lighten what moves."),
    ("kerf", "Check kerf compensation against this tip's kerf, and keep the cutting speed even."),
];

fn contour(record: &Record, check: &Check) -> Reason {
    let rms = check.figure.contains("rms");
    let mut text = match check.bound {
        Bound::Max(most) => format!(
            "The cut is {} {} off the programmed path, {} more than the {} allowed.",
            if rms { "typically (RMS)" } else { "up to" },
            check.value_words(),
            check.margin().map_or(String::new(), |margin| figures::show(&check.figure, -margin)),
            figures::show(&check.figure, most)
        ),
        _ => format!("{}.", headline(check)),
    };
    let worst = shapes::worst_cut_point(record);
    if let Some((_, point)) = worst {
        text.push_str(&format!(
            " Worst on line {} at X {} Y {} mm.",
            point.line,
            fixed(point.tip_in_machine_m[0] * 1e3, 1),
            fixed(point.tip_in_machine_m[1] * 1e3, 1)
        ));
    }
    let size = |line: &crate::twin::record::BudgetLine| if rms { line.rms_m.abs() } else { line.worst_m.abs() };
    let biggest = record.budget.iter().max_by(|a, b| size(a).total_cmp(&size(b)));
    let mut fix = "Look at the error budget in the report: the longest bar is where to start.".to_string();
    if let Some(line) = biggest {
        text.push_str(&format!(
            " The largest share is {} ({}): up to {}, worst on line {}.",
            line.rung,
            shapes::rung_words(line.rung),
            millimetres(size(line) * 1e3),
            line.worst_line
        ));
        if let Some((_, words)) = RUNG_FIXES.iter().find(|(key, _)| line.rung.contains(key)) {
            fix = words.to_string();
        }
    }
    let found = reason(check, text, fix);
    match worst {
        Some((_, point)) => found.on(point.line).placed(point.tip_in_machine_m, point.time_s),
        None => found,
    }
}

fn following(record: &Record, check: &Check) -> Reason {
    let fix = "Lower the acceleration, or stiffen drive and guides; following error that does not leave the path costs no accuracy.";
    let worst = record.trace.iter().max_by(|a, b| a.following_error_m.total_cmp(&b.following_error_m));
    let Some(sample) = worst else { return plain(check) };
    let doing = if sample.cutting { "while cutting" } else { "while not cutting" };
    let text = format!("{}. Worst on line {}, {} into the job, {doing}.", headline(check), sample.line, figures::duration(sample.time_s));
    let [x, y, _] = sample.tip_in_machine_m;
    reason(check, text, fix).on(sample.line).placed([x, y], sample.time_s)
}

fn racking(record: &Record, check: &Check) -> Reason {
    let fix = "Check that both gantry motors are alike, lower the Y acceleration, or stiffen the joint of beam and end trucks.";
    let worst = record.trace.iter().max_by(|a, b| a.racking_m.abs().total_cmp(&b.racking_m.abs()));
    let Some(sample) = worst else { return plain(check) };
    let text = format!("{}. Worst on line {}, {} into the job.", headline(check), sample.line, figures::duration(sample.time_s));
    let [x, y, _] = sample.tip_in_machine_m;
    reason(check, text, fix).on(sample.line).placed([x, y], sample.time_s)
}

fn kerf(record: &Record, check: &Check) -> Reason {
    let too_wide = check.value.is_some_and(|value| match check.bound {
        Bound::Max(_) => true,
        Bound::Min(_) => false,
        Bound::Equal { value: wanted, .. } => value > wanted,
    });
    let points = record.cuts.iter().flat_map(|cut| &cut.points).filter(|point| point.kerf_m.is_finite());
    let by_width = |a: &&crate::twin::record::CutPoint, b: &&crate::twin::record::CutPoint| a.kerf_m.total_cmp(&b.kerf_m);
    let extreme = if too_wide { points.max_by(by_width) } else { points.min_by(by_width) };
    let fix = if too_wide { "Cut faster, or take a smaller tip." } else { "Cut slower, or take a larger tip." };
    let Some(point) = extreme else { return plain(check) };
    let which = if too_wide { "Widest" } else { "Narrowest" };
    let text = format!("{}. {which} on line {}: {}.", headline(check), point.line, millimetres(point.kerf_m * 1e3));
    reason(check, text, fix).on(point.line).placed(point.tip_in_machine_m, point.time_s)
}

fn time(record: &Record, check: &Check) -> Reason {
    let share = |name: &str| record.figures.get(name).map(|&s| figures::duration(s));
    let mut parts = Vec::new();
    for (name, words) in [("cut_time_s", "cutting"), ("rapid_time_s", "rapid moves"), ("dwell_time_s", "waiting")] {
        if let Some(s) = share(name) {
            parts.push(format!("{words} {s}"));
        }
    }
    let text = if parts.is_empty() { format!("{}.", headline(check)) } else { format!("{}. Of it: {}.", headline(check), parts.join(", ")) };
    reason(check, text, "Shorten the way between cuts, preheat less by starting at warm places, or use a faster tip.")
}

fn travel(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
    let mut worst: Option<(f64, &str, u32, [f64; 2])> = None;
    for moved in &record.programmed {
        for point in &moved.points {
            for (axis, name) in [(0, "X"), (1, "Y")] {
                let [low, high] = scene.machine.mechanism.travel_m[axis];
                let beyond = (low - point[axis]).max(point[axis] - high);
                if beyond > 0.0 && worst.is_none_or(|(most, ..)| beyond > most) {
                    worst = Some((beyond, name, moved.line, *point));
                }
            }
        }
    }
    let fix = "Move the work zero or the plate so that the whole program, rapids included, stays inside the travel.";
    let Some((beyond, axis, line, at)) = worst else { return vec![reason(check, format!("{}.", headline(check)), fix)] };
    let text = format!("The program leaves the machine's travel: {axis} goes {} too far, first at its worst on line {line}.", millimetres(beyond * 1e3));
    vec![Reason { at_in_machine_m: Some(at), ..reason(check, text, fix).on(line) }]
}

fn cost(scene: &Scene, check: &Check, value: f64) -> Reason {
    let mut lines: Vec<_> = scene.machine.costs.iter().collect();
    lines.sort_by(|a, b| b.total_usd().total_cmp(&a.total_usd()).then_with(|| a.item.cmp(&b.item)));
    let top: Vec<String> = lines.iter().take(3).map(|line| format!("{} ({})", line.item, dollars(line.total_usd()))).collect();
    let share: f64 = lines.iter().take(3).map(|line| line.total_usd()).sum::<f64>() / value.max(f64::MIN_POSITIVE);
    let top = if top.is_empty() { String::new() } else { format!(" Most expensive: {}; together {} of the total.", top.join("; "), percent(share)) };
    let text = match check.bound {
        Bound::Max(most) => format!("The machine costs {}, {} over the budget of {}.{top}", dollars(value), dollars(value - most), dollars(most)),
        _ => format!("{}.{top}", headline(check)),
    };
    reason(check, text, "Start with the most expensive lines: `torchtwin size` looks for a cheaper set that still passes.")
}

fn tip_ups(record: &Record, check: &Check) -> Vec<Reason> {
    let fix = "Leave small tabs on the part, change the order of cuts, or put a slat under it.";
    let tipping = record.parts.iter().enumerate().filter(|(_, part)| part.freed_at_s.is_some() && shapes::tips_up(&part.piece));
    let told = |(n, part): (usize, &crate::twin::record::PartRecord)| {
        let text = format!(
            "Part {} ({}), cut free on line {}, is not held level by the slats and may tip up.",
            n + 1,
            figures::kilograms(shapes::mass_kg(&part.piece)),
            part.freed_line
        );
        let time_s = part.freed_at_s.unwrap_or(f64::NAN);
        reason(check, text, fix).on(part.freed_line).placed(shapes::label_point(&part.piece), time_s)
    };
    tipping.take(MOST).map(told).collect()
}

fn parts_freed(record: &Record, check: &Check) -> Reason {
    let lost = record.cuts.iter().filter(|cut| matches!(cut.end, CutEnd::Lost(_))).count();
    let open = record.cuts.iter().filter(|cut| cut.end == CutEnd::Unfinished).count();
    let mut text = format!("{}.", headline(check));
    if lost > 0 {
        text.push_str(&format!(" {lost} of {} cuts were lost.", record.cuts.len()));
    }
    if open > 0 {
        text.push_str(&format!(" {open} of {} cuts were not finished.", record.cuts.len()));
    }
    reason(check, text, "Make sure that each outline closes on itself: its end must meet its start within the kerf.")
}
