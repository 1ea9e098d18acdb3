//! Why motion checks fail: motors, following, racking, the cut off its path.
//!
//! In: a failed check. Out: [`Reason`]s. Uses the scene's model and the record.

use std::f64::consts::PI;

use crate::scene::model::{Bound, Scene};
use crate::twin::record::{BudgetLine, EventKind, JointSummary, Record};

use super::super::figures::{self, fixed, millimetres, percent};
use super::super::judge::{Check, Reason};
use super::super::shapes;
use super::{from_events, headline, plain, reason};

/// Steps lost: each event with its motor, and what gives that motor room.
pub fn lost_steps(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
    let mut found = from_events(record, check, EventKind::LostSteps, "");
    for joint in record.joints.iter().filter(|joint| joint.lost_full_steps != 0) {
        let fix = torque_fix(scene, joint);
        let off = scene.machine.joints.iter().find(|params| params.name == joint.name).map(|params| {
            let full_step_m = params.transmission.travel_m_per_rad * PI / (2.0 * params.motor.rotor_teeth);
            format!(" ({} of travel)", millimetres(joint.lost_full_steps.abs() as f64 * full_step_m.abs() * 1e3))
        });
        let text = format!(
            "Motor {} ended {} full steps{} from where it was told to be; the check counts all that slipped on the way.",
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
        r.fix =
            fallback.clone().unwrap_or_else(|| "Lower the acceleration or the speed of rapids, or take a stronger motor.".into());
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

/// Too little torque left.
pub fn torque(scene: &Scene, record: &Record, check: &Check) -> Reason {
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
const RUNG_FIXES: [(&str, &str); 11] = [
    ("planner", "Lower the junction deviation, or the feed before sharp corners."),
    ("microstep", "Use more microsteps, or more reduction between motor and axis."),
    ("load angle", "Lower the acceleration, raise the motor current, or take a stronger motor."),
    ("backlash", "Take out free play: spring-loaded pinion, tighter belt, split nut."),
    ("stretch", "Use a stiffer rack or belt, or a reduction nearer to the load; lower the acceleration."),
    (
        "guide play",
        "Set the eccentrics or preload the blocks of gantry and torch slide, or put the slide's blocks farther apart; give the play you measure \
         as play_mm.",
    ),
    ("flex", "Lower the acceleration, or stiffen guides, beam and frame; lighten what moves."),
    (
        "straightness",
        "Straighten or shim the rails against a taut wire, or use profile rails; give the bow you measure in [geometry].",
    ),
    (
        "squareness",
        "Square the gantry: cut a large square, compare its diagonals, and move one side's home switch; give the rest in [geometry].",
    ),
    (
        "pitch",
        "Measure a long move and correct the controller's steps per millimetre; give what is left in [geometry]; set the pieces of a rack \
         with a third one across their joint.",
    ),
    ("growth", "Shield rails and beam from the cut, or let them cool between parts; set zero when the machine is warm."),
];

/// The cut off its path: where, and which rung of the position ladder is to blame.
pub fn contour(record: &Record, check: &Check) -> Reason {
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
    let size = |line: &BudgetLine| if rms { line.rms_m.abs() } else { line.worst_m.abs() };
    // The kerf's width is beside the torch's path, not in it.
    let in_path = record.budget.iter().filter(|line| line.rung != "kerf");
    let biggest = in_path.max_by(|a, b| size(a).total_cmp(&size(b)));
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

/// The tip too far from the planned point.
pub fn following(record: &Record, check: &Check) -> Reason {
    let fix =
        "Lower the acceleration, or stiffen drive and guides; following error that does not leave the path costs no accuracy.";
    let worst = record.trace.iter().max_by(|a, b| a.following_error_m.total_cmp(&b.following_error_m));
    let Some(sample) = worst else { return plain(check) };
    let doing = if sample.cutting { "while cutting" } else { "while not cutting" };
    let text = format!(
        "{}. Worst on line {}, {} into the job, {doing}.",
        headline(check),
        sample.line,
        figures::duration(sample.time_s)
    );
    let [x, y, _] = sample.tip_in_machine_m;
    reason(check, text, fix).on(sample.line).placed([x, y], sample.time_s)
}

/// The gantry out of square: how far, which side, and what is known of its motor.
pub fn racking(scene: &Scene, record: &Record, check: &Check) -> Reason {
    let worst = record.trace.iter().max_by(|a, b| a.racking_m.abs().total_cmp(&b.racking_m.abs()));
    let Some(sample) = worst else { return plain(check) };
    let mut text =
        format!("{}. Worst on line {}, {} into the job", headline(check), sample.line, figures::duration(sample.time_s));
    text.push_str(&format!(
        ", with the right side (Y2) {} the left.",
        if sample.racking_m < 0.0 { "short of" } else { "beyond" }
    ));
    let (told, fix) = side_at_fault(scene, record);
    text.push_str(&told);
    let [x, y, _] = sample.tip_in_machine_m;
    reason(check, text, fix).on(sample.line).placed([x, y], sample.time_s)
}

/// What sets the motors of the two sides apart, in words, and what would help.
fn side_at_fault(scene: &Scene, record: &Record) -> (String, String) {
    let sides = record.joints.iter().filter(|joint| joint.name.starts_with('Y'));
    if let Some(fault) = scene.faults.iter().find(|fault| fault.motor.starts_with('Y')) {
        let gets = if fault.current_share == 0.0 {
            "no current".into()
        } else {
            format!("{} of its current", percent(fault.current_share))
        };
        let text = format!(" Motor {} gets {gets}, and the beam drags its side along.", fault.motor);
        return (text, format!("Look at plug, driver and switches of motor {}.", fault.motor));
    }
    let lost = sides.max_by_key(|joint| joint.lost_full_steps.abs()).filter(|joint| joint.lost_full_steps != 0);
    if let Some(joint) = lost {
        let text = format!(" Motor {} lost {} full steps.", joint.name, joint.lost_full_steps.abs());
        return (text, torque_fix(scene, joint));
    }
    let fix = "Check that both gantry motors are alike, lower the Y acceleration, or stiffen the joint of beam and end trucks.";
    (String::new(), fix.into())
}
