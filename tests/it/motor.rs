//! `torchtwin motor` as a user meets it.

use std::process::{Command, Output};

fn motor(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_torchtwin"));
    command.arg("motor").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file of this test's own.
fn file(name: &str, content: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_string()
}

const OWN: &str = "[motor.mine]\nname = \"my motor\"\nframe_nema = 23\nbody_mm = 76\nholding_torque_nm = 1.89\nrated_current_a = 2.8\n\
                   resistance_ohm = 1.13\ninductance_mh = 5.4\n";

#[test]
fn a_catalogue_motor_is_drawn_beside_its_published_points() {
    let out = motor(&["23HS30-2804S", "--driver", "DM542T", "--supply", "LRS-350-48", "--amps-peak", "3.8", "--check"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let csv = text(&out.stdout);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("rpm,torque_nm,published_nm"));
    let rows: Vec<Vec<f64>> = lines.map(|l| l.split(',').map(|w| w.parse().unwrap_or(f64::NAN)).collect()).collect();
    assert!(rows.len() >= 12 && rows.windows(2).all(|w| w[0][0] < w[1][0]), "{csv}");
    let at = |rpm: f64| rows.iter().find(|r| r[0] == rpm).unwrap_or_else(|| panic!("{csv}"));
    assert_eq!(at(300.0)[2], 1.76);
    assert!((at(300.0)[1] / 1.76 - 1.0).abs() < 0.05, "{csv}");
    let words = text(&out.stderr);
    assert!(words.contains("against the published curve (DM542T): worst") && words.contains("K above the air"), "{words}");
    assert!(words.contains("nine times of ten within -") && words.contains("% from there to a tenth"), "{words}");
}

#[test]
fn speeds_and_voltage_are_those_asked_for_and_more_volts_give_more_torque() {
    let at = |volts: &str| {
        let out = motor(&["23HS30-2804S", "--bus-volts", volts, "--amps-peak", "3.8", "--rpm", "700, 800"]);
        let csv = text(&out.stdout);
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!((lines.len(), lines[0]), (3, "rpm,torque_nm"), "{csv}");
        lines[1].strip_prefix("700,").unwrap().parse::<f64>().unwrap()
    };
    let (low, high) = (at("24"), at("47"));
    assert!(high > 1.7 * low, "{low} and {high} N·m");
}

#[test]
fn a_motor_of_ones_own_comes_from_a_file_or_from_options() {
    let path = file("own_motor.toml", OWN);
    let set = ["--bus-volts", "48", "--amps-peak", "3.8", "--rpm", "100,600"];
    let from_file = motor(&[&["--file", &path], &set[..]].concat());
    assert_eq!(from_file.status.code(), Some(0), "{}", text(&from_file.stderr));
    let values =
        "--holding-torque-nm 1.89 --rated-amps 2.8 --resistance-ohm 1.13 --inductance-mh 5.4 --frame-nema 23 --body-mm 76";
    let from_options = motor(&values.split(' ').chain(set).collect::<Vec<_>>());
    assert_eq!(text(&from_file.stdout), text(&from_options.stdout));
    assert!(text(&from_file.stdout).starts_with("rpm,torque_nm\n100,1.8"), "{}", text(&from_file.stdout));
}

#[test]
fn what_is_published_in_ones_own_file_is_compared_and_check_fails_on_it() {
    let published =
        "[[motor.mine.pull_out]]\nbus_v = 48\ncurrent_a = 2.69\ncurrent_kind = \"rms\"\npoints_rpm_nm = [[300, 1.2]]\n";
    let path = file("own_published.toml", &format!("{OWN}{published}"));
    let arguments = ["--file", &path, "--bus-volts", "48", "--amps-peak", "3.8", "--rpm", "300"];
    assert_eq!(motor(&arguments).status.code(), Some(0));
    let out = motor(&[&arguments[..], &["--check"]].concat());
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("at 300 rev/min"), "{}", text(&out.stderr));
}

#[test]
fn json_and_picture_hold_the_same_curve() {
    let picture = file("curve.svg", "");
    let arguments =
        ["34HE46-6004D-E1000", "--driver", "cl86t", "--supply", "SO-48-500", "--rpm", "100,600", "--json", "--plot", &picture];
    let out = motor(&arguments);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let value: serde_json::Value = serde_json::from_str(&text(&out.stdout)).unwrap();
    assert_eq!(value["closed_loop"], true);
    let points = value["points"].as_array().unwrap();
    assert_eq!(points.len(), 2);
    let at = |i: usize, key: &str| points[i][key].as_f64().unwrap();
    assert!(at(0, "torque_nm") > at(1, "torque_nm"));
    let band = |i: usize| [at(i, "low_nm") / at(i, "torque_nm"), at(i, "high_nm") / at(i, "torque_nm")];
    assert!(band(0)[0] < 0.95 && band(0)[1] > 1.02 && band(1)[0] < band(0)[0] && band(1)[1] > band(0)[1], "{points:?}");
    let svg = std::fs::read_to_string(&picture).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("34HE46-6004D-E1000") && svg.contains("N·m"), "{svg}");
}

#[test]
fn mistakes_could_not_run_and_say_what_to_do() {
    let broken = file("broken_motor.toml", &OWN.replace("body_mm", "bodi_mm"));
    for (arguments, expected) in [
        (vec!["23HS30-2840S", "--bus-volts", "48", "--amps-peak", "3"], "did you mean \"23HS30-2804S\"?"),
        (vec!["23HS30-2804S"], "no phase current"),
        (vec!["--file", "nowhere.toml", "--bus-volts", "48", "--amps-peak", "3"], "nowhere.toml"),
        (vec!["--file", &broken, "--bus-volts", "48", "--amps-peak", "3"], "unknown key `bodi_mm`"),
        (
            vec!["23HS30-2804S", "--bus-volts", "48", "--amps-peak", "3", "--plot", "/nowhere/x.svg", "--rpm", "60"],
            "cannot be written",
        ),
    ] {
        let out = motor(&arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        let words = text(&out.stderr);
        assert!(words.contains(expected) && words.contains("hint:") && out.stdout.is_empty(), "{arguments:?}: {words}");
    }
}

/// Runs the scene of the hard rapid with the X driver replaced; its verdict and reasons in words.
fn hard_rapid(name: &str, driver: &str) -> String {
    let scenes = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes");
    let machine = std::fs::read_to_string(scenes.join("machines/small_motor_4x4.toml")).unwrap();
    assert!(machine.contains("driver = \"TB6600\""));
    file(&format!("{name}_machine.toml"), &machine.replacen("driver = \"TB6600\"", driver, 1));
    let scene = std::fs::read_to_string(scenes.join("rapid_too_hard.toml")).unwrap();
    let scene = scene.replace("machines/small_motor_4x4.toml", &format!("{name}_machine.toml"));
    let scene = scene.replace("\"parts/", &format!("\"{}/parts/", scenes.display()));
    let path = file(&format!("{name}.toml"), &scene);
    text(&Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(["run", &path]).output().unwrap().stdout)
}

#[test]
fn a_closed_loop_driver_carries_the_table_through_the_hard_rapid_and_says_where_it_gives_up() {
    let kept = hard_rapid("closed_loop", "driver = \"CL57T\"");
    assert!(kept.starts_with("PASS") && kept.contains("✓ lost_steps             0 "), "{kept}");
    let weak = hard_rapid("closed_loop_weak", "driver = \"CL57T\"\ncurrent_a_peak = 0.8");
    let words = weak.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(weak.starts_with("FAIL"), "{weak}");
    assert!(
        words.contains("driver of motor X (StepperOnline 17HS19-2004S1) gives up at line 11")
            && words.contains("its following error passed 200 full steps"),
        "{weak}"
    );
}
