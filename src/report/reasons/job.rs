//! Why checks on the job and the machine's price fail: kerf, time, travel, cost, parts.
//!
//! In: a failed check. Out: [`Reason`]s. Uses the scene's model and the record.

use crate::scene::model::{Bound, Scene};
use crate::twin::record::{CutEnd, CutPoint, PartRecord, Record};

use super::super::figures::{self, dollars, millimetres, percent};
use super::super::judge::{Check, Reason};
use super::super::shapes;
use super::{MOST, headline, plain, reason};

/// The kerf too wide or too narrow.
pub fn kerf(record: &Record, check: &Check) -> Reason {
    let too_wide = check.value.is_some_and(|value| match check.bound {
        Bound::Max(_) => true,
        Bound::Min(_) => false,
        Bound::Equal { value: wanted, .. } => value > wanted,
    });
    let points = record.cuts.iter().flat_map(|cut| &cut.points).filter(|point| point.kerf_m.is_finite());
    let by_width = |a: &&CutPoint, b: &&CutPoint| a.kerf_m.total_cmp(&b.kerf_m);
    let extreme = if too_wide { points.max_by(by_width) } else { points.min_by(by_width) };
    let fix = if too_wide { "Cut faster, or take a smaller tip." } else { "Cut slower, or take a larger tip." };
    let Some(point) = extreme else { return plain(check) };
    let which = if too_wide { "Widest" } else { "Narrowest" };
    let text = format!("{}. {which} on line {}: {}.", headline(check), point.line, millimetres(point.kerf_m * 1e3));
    reason(check, text, fix).on(point.line).placed(point.tip_in_machine_m, point.time_s)
}

/// The job too long or too short, and where the time goes.
pub fn time(record: &Record, check: &Check) -> Reason {
    let share = |name: &str| record.figures.get(name).map(|&s| figures::duration(s));
    let mut parts = Vec::new();
    for (name, words) in [("cut_time_s", "cutting"), ("rapid_time_s", "rapid moves"), ("dwell_time_s", "waiting")] {
        if let Some(s) = share(name) {
            parts.push(format!("{words} {s}"));
        }
    }
    let text = if parts.is_empty() {
        format!("{}.", headline(check))
    } else {
        format!("{}. Of it: {}.", headline(check), parts.join(", "))
    };
    reason(check, text, "Shorten the way between cuts, preheat less by starting at warm places, or use a faster tip.")
}

/// The program outside the travel: the worst place.
pub fn travel(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
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
    let text = format!(
        "The program leaves the machine's travel: {axis} goes {} too far, first at its worst on line {line}.",
        millimetres(beyond * 1e3)
    );
    vec![Reason { at_in_machine_m: Some(at), ..reason(check, text, fix).on(line) }]
}

/// The machine too dear: its most expensive lines.
pub fn cost(scene: &Scene, check: &Check, value: f64) -> Reason {
    let mut lines: Vec<_> = scene.machine.costs.iter().collect();
    lines.sort_by(|a, b| b.total_usd().total_cmp(&a.total_usd()).then_with(|| a.item.cmp(&b.item)));
    let top: Vec<String> = lines.iter().take(3).map(|line| format!("{} ({})", line.item, dollars(line.total_usd()))).collect();
    let share: f64 = lines.iter().take(3).map(|line| line.total_usd()).sum::<f64>() / value.max(f64::MIN_POSITIVE);
    let top = if top.is_empty() {
        String::new()
    } else {
        format!(" Most expensive: {}; together {} of the total.", top.join("; "), percent(share))
    };
    let text = match check.bound {
        Bound::Max(most) => {
            format!("The machine costs {}, {} over the budget of {}.{top}", dollars(value), dollars(value - most), dollars(most))
        }
        _ => format!("{}.{top}", headline(check)),
    };
    reason(check, text, "Start with the most expensive lines: swap one in the machine file, and run the scene again.")
}

/// Loose parts that may tip up.
pub fn tip_ups(record: &Record, check: &Check) -> Vec<Reason> {
    let fix = "Leave small tabs on the part, change the order of cuts, or put a slat under it.";
    let tipping = record.parts.iter().enumerate().filter(|(_, part)| part.freed_at_s.is_some() && shapes::tips_up(&part.piece));
    let told = |(n, part): (usize, &PartRecord)| {
        let text = format!(
            "Part {} ({}), cut free on line {}, is not held level by the slats and may tip up.",
            n + 1,
            figures::kilograms(part.mass_kg()),
            part.freed_line
        );
        let time_s = part.freed_at_s.unwrap_or(f64::NAN);
        reason(check, text, fix).on(part.freed_line).placed(shapes::label_point(&part.piece), time_s)
    };
    tipping.take(MOST).map(told).collect()
}

/// Too many or too few parts.
pub fn parts_freed(record: &Record, check: &Check) -> Reason {
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
