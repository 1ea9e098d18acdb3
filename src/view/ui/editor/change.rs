//! From a wish to a machine file: the part or value in its place, its cost line, and Grbl's steps per millimetre as the drive then has them.

use crate::diag::Diagnostic;
use crate::scene::{self, Changes, Choice, catalogue, edit};
use crate::view::session::Request;

/// Steps per metre may be off the drive's own by this share.
const STEPS_TOLERANCE: f64 = 1e-4;

/// A change of the machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Another part on an axis: axis, key in its table, kind, id.
    AxisPart(String, &'static str, &'static str, String),
    /// Another part elsewhere: key, kind, id.
    Part(String, &'static str, String),
    /// Another value: key, TOML.
    Value(String, String),
    /// A choice that the scene's `[size]` offers.
    Choice(Box<Choice>),
}

impl Edit {
    /// The part that it puts in, "motors/23HS30-2804S".
    pub fn part(&self) -> Option<String> {
        match self {
            Self::AxisPart(_, _, kind, id) | Self::Part(_, kind, id) => Some(format!("{kind}/{id}")),
            Self::Value(..) | Self::Choice(_) => None,
        }
    }
}

/// The text with the change in it; it makes a machine that runs this scene.
///
/// # Errors
/// What is wrong with the machine that it would make.
pub fn make(text: &str, wish: &Edit, request: &Request) -> Result<String, Vec<Diagnostic>> {
    let one = |finding: Box<Diagnostic>| vec![*finding];
    let catalogue = catalogue::built_in()?;
    let text = match wish {
        Edit::AxisPart(axis, key, kind, id) => edit::swap_axis_part(text, axis, key, kind, id, catalogue).map_err(one)?,
        Edit::Part(key, kind, id) => edit::swap_part(text, key, kind, id, catalogue).map_err(one)?,
        Edit::Value(key, value) => edit::set(text, key, value).map_err(one)?,
        Edit::Choice(choice) => edit::choose(text, choice).map_err(one)?,
    };
    let changes = Changes { machine_text: Some(text.clone()), ..request.changes.clone() };
    let scene = scene::load_changed(&request.scene, &changes)?;
    if scene.machine.grbl.is_none() {
        return Ok(text);
    }
    // Grbl's own steps per millimetre are the drive's.
    let mut text = text;
    for axis in 0..3 {
        let own = scene.machine.joints.iter().find(|joint| joint.axis == axis).map_or(1.0, |joint| joint.steps_per_m);
        if (scene.machine.limits.steps_per_m[axis] / own - 1.0).abs() > STEPS_TOLERANCE {
            text = edit::set(&text, &format!("grbl.${}", 100 + axis), &format!("{:.3}", own * 1e-3)).map_err(one)?;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn request() -> Request {
        let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml");
        Request { scene, changes: Changes::default(), engine: crate::twin::EngineKind::Reduced, until_s: None }
    }

    fn text() -> String {
        let scene = scene::load(&request().scene, None).unwrap();
        std::fs::read_to_string(request().scene.parent().unwrap().join(scene.machine.file)).unwrap()
    }

    fn loaded(text: &str) -> scene::Scene {
        scene::load_changed(&request().scene, &Changes { machine_text: Some(text.into()), ..Changes::default() }).unwrap()
    }

    #[test]
    fn grbl_follows_the_drive_when_microsteps_or_teeth_change() {
        for (key, value) in [("axis.x.microsteps", "8"), ("axis.y.transmission.teeth", "20")] {
            let changed = make(&text(), &Edit::Value(key.into(), value.into()), &request()).unwrap();
            let scene = loaded(&changed);
            for joint in &scene.machine.joints {
                let set = scene.machine.limits.steps_per_m[joint.axis];
                assert!((set / joint.steps_per_m - 1.0).abs() < 1e-4, "{key}: {} {set}", joint.name);
            }
            assert_ne!(changed, text());
        }
    }

    #[test]
    fn a_change_that_makes_no_machine_says_why() {
        let wish = Edit::AxisPart("x".into(), "motor", "motors", "no-such-motor".into());
        let findings = make(&text(), &wish, &request()).unwrap_err();
        assert!(findings.iter().any(|finding| finding.to_string().contains("no-such-motor")));
        let wish = Edit::Value("axis.x.microsteps".into(), "1000".into());
        assert!(make(&text(), &wish, &request()).is_err());
    }

    #[test]
    fn a_swapped_motor_is_in_the_scene() {
        let old = scene::load(&request().scene, None).unwrap().machine.joints[0].motor.name.clone();
        let wish = Edit::AxisPart("x".into(), "motor", "motors", "23HS22-2804S".into());
        let scene = loaded(&make(&text(), &wish, &request()).unwrap());
        assert_ne!(scene.machine.joints[0].motor.name, old);
    }
}
