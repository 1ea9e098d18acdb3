//! What holds belts, pinions, screws and wheels, joints of racks, and what breaks, as files say it.

use super::{Folder, Machine, load, load_machine, rack, square, words};
use crate::drive::params::Hold;
use crate::machine::geometry::RackJoint;
use crate::scene::model::Fault;

/// The machine that a changed rack table makes, and what was noted of it.
fn changed(name: &str, edits: &[(&str, &str)]) -> (Machine, String) {
    let folder = Folder::new(name);
    let text = edits.iter().fold(rack("title", "title"), |text, (from, to)| {
        assert!(text.contains(from), "the machine has no {from}");
        text.replacen(from, to, 1)
    });
    let read = load_machine(&folder.write("machine.toml", &text));
    let (machine, findings) = read.unwrap_or_else(|findings| panic!("{}", words(&findings)));
    (machine, words(&findings).replace(&format!("{}/", folder.0.display()), ""))
}

/// The lines of the rack table's X transmission, to be replaced.
fn x_transmission() -> String {
    let text = rack("title", "title");
    let begins = text.find("[axis.x.transmission]").expect("the X transmission");
    let ends = begins + text[begins..].find("[axis.y]").expect("Y after X");
    text[begins..ends].to_string()
}

#[test]
fn belts_have_the_tension_they_are_given_or_a_share_of_what_they_bear() {
    let belt = |more: &str| {
        let table = format!(
            "[axis.x.transmission]\nkind = \"belt\"\npart = \"htd3m-15-steel\"\nteeth = 20\nlength_mm = 1550\nspan_at_zero_mm = 150\n\
             mount_stiffness_n_per_um = 6\ndamping_ratio = 0.04\n{more}\n"
        );
        let (machine, _) = changed("belt-tension", &[(&x_transmission(), &table)]);
        machine.joints[0].transmission.hold.clone()
    };
    assert_eq!(belt("pretension_n = 200"), Hold::Belt { pretension_n: 200.0 });
    assert_eq!(belt("pretension_n = 200\nstrands = 2"), Hold::Belt { pretension_n: 400.0 });
    // 510 N are allowed.
    assert_eq!(belt(""), Hold::Belt { pretension_n: 0.3 * 510.0 });
}

#[test]
fn a_sprung_pinion_has_its_spring_and_rate() {
    let hold = |edits: &[(&str, &str)]| changed("sprung", edits).0.joints[0].transmission.hold.clone();
    assert_eq!(hold(&[]), Hold::Sprung { spring_n: 90.0, rate_n_per_m: 10e3 });
    assert_eq!(
        hold(&[("spring_n = {", "spring_rate_n_per_mm = 4\nspring_n = {")]),
        Hold::Sprung { spring_n: 90.0, rate_n_per_m: 4e3 }
    );
    let fixed =
        [("spring_n = { value = 90, low = 60, high = 120, basis = \"estimate\", source = \"usual choice of spring\" }\n", "")];
    assert_eq!(hold(&fixed), Hold::Firm);
}

#[test]
fn racks_have_their_joints_where_the_file_or_their_length_puts_them() {
    let over_m = std::f64::consts::PI * 1e-3;
    let joint = |at_m: f64, step_m: f64| RackJoint { at_m, step_m, over_m };
    let joints = |edits: &[(&str, &str)]| changed("joints", edits).0.geometry.rack_joints;
    assert_eq!(joints(&[]), [vec![joint(0.875, 5e-5)], vec![joint(0.875, 5e-5)]]);
    let own = [("joints_mm = [875]", "joint_step_mm = -0.02\njoints_mm = [250, 750]")];
    assert_eq!(joints(&own)[0], [joint(0.25, -2e-5), joint(0.75, -2e-5)]);
    assert_eq!(joints(&[("joints_mm = [875]", "joints_mm = []")])[0], []);
    // Nothing said: pieces of a metre from machine zero on.
    assert_eq!(joints(&[("joints_mm = [875]", "")])[0], [joint(1.0, 5e-5)]);
}

#[test]
fn screws_err_by_their_class_and_whirl_by_their_length_and_ends() {
    let screw = |more: &str| {
        let table = format!(
            "[axis.x.transmission]\nkind = \"screw\"\npart = \"SFU1605\"\nlength_mm = 1400\nmount_stiffness_n_per_um = 15\n\
             damping_ratio = 0.04\n{more}\n"
        );
        changed(
            "screw",
            &[(&x_transmission(), &table), ("\"$100\" = 122.231", "\"$100\" = 640"), ("\"$110\" = 9000", "\"$110\" = 2500")],
        )
    };
    let (machine, noted) = screw("");
    assert_eq!(noted, "");
    // 52 µm over 300 mm; 1015 rev/min is 0.8 of the whirling speed (parts reference), 5 mm a turn.
    assert!((machine.geometry.pitch_error[0] - 52e-6 / 0.3).abs() < 1e-12);
    let whirls = |machine: &Machine| machine.joints[0].transmission.whirl_m_per_s;
    assert!((whirls(&machine) / (1015.0 / 0.8 / 60.0 * 5e-3) - 1.0).abs() < 0.015, "{}", whirls(&machine));
    let ratio = whirls(&screw("ends = \"fixed-fixed\"").0) / whirls(&machine);
    assert!((ratio * 0.689 - 1.0).abs() < 1e-3, "{ratio}");
    assert_eq!(whirls(&changed("no-screw", &[]).0), f64::INFINITY);
}

#[test]
fn wheels_stand_on_one_flank_where_the_overhang_lifts_them() {
    let wheels = |preload: &str| {
        let guide = format!("[carriage.guide]\n{preload}\npart = \"v-wheel-pom\"");
        changed("wheels", &[("[carriage.guide]\npart = \"hgr15-clone\"", &guide)])
    };
    let (tight, noted) = wheels("preload_n = 2000");
    assert_eq!(noted, "");
    let (loose, noted) = wheels("preload_n = 1");
    assert!(noted.contains("warning[S016]: the overhang of the torch pushes each wheel of the carriage with"), "{noted}");
    let [tight, loose] = [tight, loose].map(|machine| machine.mechanism.carriage_guide);
    assert!((loose.linear_n_per_m[1] / tight.linear_n_per_m[1] - 0.5).abs() < 1e-12);
    assert!((loose.angular_nm_per_rad[0] / tight.angular_nm_per_rad[0] - 0.5).abs() < 1e-12);
    // By hand: m g d over the 70 mm between the rails, two wheels on each.
    let said: f64 = noted.split("carriage with ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
    let m = wheels("preload_n = 2000").0.mechanism;
    let moment: f64 = [&m.carriage, &m.torch]
        .map(|b| b.mass_kg * 9.81 * (b.centre_in_machine_m[1] - m.carriage_guide.at_in_machine_m[1]))
        .iter()
        .sum();
    assert!((said - moment / 0.07 / 2.0).abs() < 0.5, "{said} N");
}

#[test]
fn faults_say_motor_share_and_time() {
    let folder = Folder::new("faults");
    let faults = |table: &str| {
        let text = square("[expect]", &format!("{table}\n[expect]"));
        load(&folder.write("scene.toml", &text), None).map(|scene| scene.faults).map_err(|findings| words(&findings))
    };
    let fault = |current_share, at_s, for_s| Fault { motor: "Y2".into(), current_share, at_s, for_s };
    assert_eq!(faults("[[fault]]\nmotor = \"Y2\"\n"), Ok(vec![fault(0.0, 0.0, f64::INFINITY)]));
    assert_eq!(faults("[[fault]]\nmotor = \"Y2\"\ncurrent_share = 0.4\nat_s = 3\nfor_s = 0.1\n"), Ok(vec![fault(0.4, 3.0, 0.1)]));
    let wrong = faults("[[fault]]\nmotor = \"Y\"\n").unwrap_err();
    assert!(wrong.contains("error[S006]: `fault[0].motor` is \"Y\"; expected one of \"X\", \"Y1\", \"Y2\", \"Z\""), "{wrong}");
}
