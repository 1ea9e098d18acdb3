//! Why checks on belts, pinions and screws fail: slack, out of the rack, near whirling.
//!
//! In: a failed check. Out: [`Reason`]s. Uses the scene's model and the record.

use crate::scene::model::{Hold, Joint, Scene};
use crate::twin::record::{EventKind, Record};

use super::super::figures::{fixed, percent};
use super::super::judge::{Check, Reason};
use super::{from_events, headline, reason};

/// Belts that went slack and pinions that lifted: each event, with what would hold that one.
pub fn lets_go(scene: &Scene, record: &Record, check: &Check) -> Vec<Reason> {
    let mut found = from_events(record, check, EventKind::DriveLetGo, "");
    for told in &mut found {
        let joint = scene.machine.joints.iter().find(|joint| told.text.contains(&format!(" of {} ", joint.name)));
        let used =
            joint.and_then(|joint| record.joints.iter().find(|summary| summary.name == joint.name)).map_or(1.0, |s| s.hold_used);
        told.text.push_str(&format!(" At its worst the drive pulled {} of that.", percent(used)));
        told.fix = joint.map_or(String::new(), |joint| holding_fix(joint, used));
    }
    found
}

/// What would hold a drive together that is asked for `used` times what it holds now.
fn holding_fix(joint: &Joint, used: f64) -> String {
    let slower = "or lower the acceleration";
    match joint.transmission.hold {
        Hold::Belt { pretension_n } => {
            let axis = &joint.name[..1];
            format!("Tighten the belt of {axis} to {} N in all, {slower} of {axis}.", fixed(pretension_n * used.max(1.0), 0))
        }
        Hold::Sprung { spring_n, .. } => {
            format!(
                "Press the pinion in with {} N or more, or lock its pivot once it is set, {slower}.",
                fixed(spring_n * used.max(1.0), 0)
            )
        }
        Hold::Firm => String::new(),
    }
}

/// A screw near its whirling speed.
pub fn whirls(scene: &Scene, check: &Check) -> Reason {
    let limits = &scene.machine.limits;
    let share = |joint: &&Joint| limits.max_speed_m_per_s[joint.axis] / joint.transmission.whirl_m_per_s;
    let fastest = scene.machine.joints.iter().max_by(|a, b| share(a).total_cmp(&share(b)));
    let text = match fastest.filter(|joint| joint.transmission.whirl_m_per_s.is_finite()) {
        Some(joint) => format!(
            "{}. The screw of {} whirls at {} mm/min of travel.",
            headline(check),
            joint.name,
            fixed(joint.transmission.whirl_m_per_s * 60e3, 0)
        ),
        None => format!("{}.", headline(check)),
    };
    reason(check, text, "Lower the rapid speed, or take a thicker or shorter screw, a larger lead, or ends that are fixed.")
}
