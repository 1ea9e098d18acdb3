//! From a wish to a machine file: the part or value in its place, its cost line, and Grbl's steps per millimetre as the drive then has them.

use crate::diag::Diagnostic;
use crate::scene::catalogue::Catalogue;
use crate::scene::{self, Changes, Choice, edit};
use crate::view::session::Request;

/// Steps per metre may be off the drive's own by this share.
const STEPS_TOLERANCE: f64 = 1e-4;

/// A change of the machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Another part on an axis: axis, key in its table, kind, id.
    AxisPart(String, &'static str, &'static str, String),
    /// Another kind of drive on an axis: axis, "rack", "belt" or "screw".
    Drive(String, &'static str),
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
            Self::Drive(..) | Self::Value(..) | Self::Choice(_) => None,
        }
    }
}

/// The text with the change in it; it makes a machine that runs this scene.
///
/// # Errors
/// What is wrong with the machine that it would make.
pub fn make(text: &str, wish: &Edit, request: &Request, catalogue: &Catalogue) -> Result<String, Vec<Diagnostic>> {
    let one = |finding: Box<Diagnostic>| vec![*finding];
    let text = match wish {
        Edit::AxisPart(axis, key, kind, id) => edit::swap_axis_part(text, axis, key, kind, id, catalogue).map_err(one)?,
        Edit::Drive(axis, kind) => drive(text, axis, kind, catalogue).map_err(one)?,
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

type Usual = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What a drive of another kind begins with: kind, file and usual part in the catalogue, and what goes with it.
const DRIVES: [Usual; 3] = [
    (
        "rack",
        "racks",
        "mod1-15-import",
        &[("teeth", "25"), ("spring_n", "90"), ("mount_stiffness_n_per_um", "15"), ("damping_ratio", "0.03")],
    ),
    ("belt", "belts", "htd3m-15-steel", &[("teeth", "20"), ("mount_stiffness_n_per_um", "6"), ("damping_ratio", "0.04")]),
    ("screw", "screws", "TR8x8", &[("mount_stiffness_n_per_um", "15"), ("damping_ratio", "0.05")]),
];
/// An open belt is that much longer than its travel, and so long on its first side at machine zero; a screw is that much longer, mm.
const BELT_BEYOND_MM: f64 = 300.0;
const SCREW_BEYOND_MM: f64 = 100.0;

/// The text with a drive of another kind on an axis, as the machines that come with torchtwin have it; the numbers can be changed then.
fn drive(text: &str, axis: &str, kind: &str, catalogue: &Catalogue) -> Result<String, Box<Diagnostic>> {
    let Some((kind, file, part, usual)) = DRIVES.into_iter().find(|drive| drive.0 == kind) else { return Ok(text.to_string()) };
    // From zero, or from the first of two to the second.
    let travel = |end: &str| edit::get(text, &format!("travel.{axis}_mm{end}")).and_then(|mm| mm.parse::<f64>().ok());
    let travel_mm = travel("").or_else(|| Some(travel(".1")? - travel(".0")?)).unwrap_or(1000.0);
    let word = |word: &str| format!("\"{word}\"");
    let mut values = vec![("kind", word(kind)), ("part", word(part))];
    match kind {
        "belt" => {
            values.push(("length_mm", format!("{}", travel_mm + BELT_BEYOND_MM)));
            values.push(("span_at_zero_mm", format!("{}", BELT_BEYOND_MM / 2.0)));
        }
        "screw" => values.push(("length_mm", format!("{}", travel_mm + SCREW_BEYOND_MM))),
        _ => {}
    }
    values.extend(usual.iter().map(|(key, value)| (*key, value.to_string())));
    edit::swap_drive(text, axis, (file, part), &values, catalogue)
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

    fn make(text: &str, wish: &Edit, request: &Request) -> Result<String, Vec<Diagnostic>> {
        super::make(text, wish, request, crate::scene::catalogue::built_in().unwrap())
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

    /// The machine that comes with belts has other guides and beam; its X drive is the one that the editor makes of a rack.
    #[test]
    fn a_rack_becomes_a_belt_and_a_rack_again() {
        let belted = make(&text(), &Edit::Drive("y".into(), "belt"), &request()).unwrap();
        let scene = loaded(&belted);
        let kinds: Vec<&str> = scene.machine.look.axes.iter().map(|axis| axis.kind.as_str()).collect();
        assert_eq!(kinds, ["rack", "belt", "screw"]);
        // 20 teeth of 3 mm behind 3:1 belts: 20 mm a turn of the motor, 160 steps of 1/16 for each.
        assert!((scene.machine.limits.steps_per_m[1] - 3200.0 / 0.020).abs() < 1.0, "{:?}", scene.machine.limits.steps_per_m);
        // The rack of X and Y is on one line: two thirds are paid for as belt now.
        let cost = |scene: &scene::Scene, word: &str| -> f64 {
            scene.machine.costs.iter().filter(|line| line.item.to_lowercase().starts_with(word)).map(|line| line.quantity).sum()
        };
        let rack = cost(&loaded(&text()), "rack");
        assert!((cost(&scene, "rack") - rack / 3.0).abs() < 1e-4, "{:?}", scene.machine.costs);
        let again = make(&belted, &Edit::Drive("y".into(), "rack"), &request()).unwrap();
        let again = loaded(&again);
        assert_eq!(again.machine.look.axes[1].kind, "rack");
        assert_eq!(again.machine.limits.steps_per_m, loaded(&text()).machine.limits.steps_per_m);
    }

    #[test]
    fn a_swapped_motor_is_in_the_scene() {
        let old = scene::load(&request().scene, None).unwrap().machine.joints[0].motor.name.clone();
        let wish = Edit::AxisPart("x".into(), "motor", "motors", "23HS22-2804S".into());
        let scene = loaded(&make(&text(), &wish, &request()).unwrap());
        assert_ne!(scene.machine.joints[0].motor.name, old);
    }
}
