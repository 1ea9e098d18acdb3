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

#[cfg(test)]
mod tests {
    use super::super::super::{judge, sample};
    use super::*;
    use crate::scene::model::Bound;
    use crate::twin::record::Event;

    #[test]
    fn a_slack_belt_is_told_with_line_axis_and_tension() {
        let (mut scene, mut record) = sample::good();
        scene.machine.joints[0].transmission.hold = Hold::Belt { pretension_n: 150.0 };
        scene.expect.bounds = vec![("drives_let_go".into(), Bound::Equal { value: 0.0, tolerance: 0.0 })];
        record.figures.insert("drives_let_go".into(), 1.0);
        record.joints[0].hold_used = 1.2;
        let text = "belt of X goes slack at line 7: 150 N of tension keep both of its spans tight up to 300 N there".into();
        let at_in_machine_m = [0.1, 0.2];
        record.events.push(Event { time_s: 3.0, line: 7, kind: EventKind::DriveLetGo, at_in_machine_m, text });
        let verdict = judge(&scene, &record);
        let told = verdict.reasons.iter().find(|reason| reason.figure == "drives_let_go").unwrap();
        assert!(
            told.text.contains("belt of X goes slack at line 7") && told.text.contains("pulled 120 % of that"),
            "{}",
            told.text
        );
        assert_eq!(told.fix, "Tighten the belt of X to 180 N in all, or lower the acceleration of X.");
        assert_eq!(told.line, Some(7));
    }

    #[test]
    fn a_whirling_screw_is_told_with_the_speed_that_makes_it_whirl() {
        let (mut scene, mut record) = sample::good();
        scene.machine.joints[0].transmission.whirl_m_per_s = 0.1;
        scene.expect.bounds = vec![("screw_whirl_share".into(), Bound::Max(0.8))];
        record.figures.insert("screw_whirl_share".into(), 0.95);
        let verdict = judge(&scene, &record);
        let told = verdict.reasons.iter().find(|reason| reason.figure == "screw_whirl_share").unwrap();
        assert!(told.text.contains("The screw of X whirls at 6000 mm/min of travel."), "{}", told.text);
    }
}
