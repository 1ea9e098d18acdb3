//! `torchtwin plan` as a user meets it: times against closed forms, steps in files, refused lines, settings.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const SETTINGS: &str = "$1=255\n$11=0.010\n$12=0.002\n$100=80.000 (x, step/mm)\n$101=80\n$102=80\n$110=6000.000\n$111=6000\n$112=6000\n\
    $120=500.000\n$121=500\n$122=500\n";

/// A folder of this test's own with a program and settings.
fn folder(name: &str, program: &str, settings: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("part.nc"), program).unwrap();
    std::fs::write(path.join("settings.txt"), settings).unwrap();
    path
}

fn plan(folder: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["plan", "part.nc", "--settings", "settings.txt", "--json"];
    arguments.extend(more);
    Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(arguments).current_dir(folder).output().unwrap()
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn times_are_those_of_the_closed_forms() {
    // From rest to rest L/v + v/a, and with limited jerk A/J = 1/20 s more.
    let folder = folder("plan_times", "G21 G90\nG1 X100 F3000\nM2\n", SETTINGS);
    let expected = 100.0 / 50.0 + 50.0 / 500.0;
    for (profile, more) in [("grbl", 0.0), ("s_curve", 0.05)] {
        let plan = document(&plan(&folder, &["--profile", profile, "--dialect", "grbl"]));
        let time = number(&plan["cycle_time_s"]);
        assert!((time - expected - more).abs() < 0.012, "{profile}: {time} s, closed form {} s", expected + more);
        assert_eq!(plan["axes"]["x"]["steps"], 8000);
        assert_eq!(plan["axes"]["x"]["end_position_steps"], 8000);
        assert!((number(&plan["axes"]["x"]["speed_max_mm_per_min"]) - 3000.0).abs() < 15.0);
        assert!((number(&plan["lines"][0]["time_s"]) - time).abs() < 1e-9 && plan["lines"][0]["line"] == 2);
        // Two ramps of v/a, and half of their time lost; the rest at the feed.
        let ramps = 2.0 * (50.0 / 500.0 + more);
        let by_cause = |name: &str| number(&plan["time_by_cause"][name]);
        assert!((by_cause("acceleration_s") + by_cause("turns_s") - ramps).abs() < 0.03, "{profile}: {}", plan["time_by_cause"]);
        assert!((by_cause("feed_s") - (time - ramps)).abs() < 0.03, "{profile}: {}", plan["time_by_cause"]);
        assert!((number(&plan["lost_time_s"]) - 0.5 * ramps).abs() < 0.015, "{profile}: {}", plan["lost_time_s"]);
        assert_eq!(plan["lines"][0]["cause"], "feed");
    }
}

#[test]
fn the_file_of_steps_has_every_step_and_replaces_an_older_one_whole() {
    let folder = folder("plan_steps", "G21 G90\nM3\nG1 X1 Y-0.5 F600\nM5\nM2\n", SETTINGS);
    std::fs::write(folder.join("steps.csv"), "older").unwrap();
    let output = plan(&folder, &["--steps", "steps.csv"]);
    let plan = document(&output);
    let text = std::fs::read_to_string(folder.join("steps.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let count = |axis: &str, direction: &str| rows.iter().filter(|row| row[1] == axis && row[2] == direction).count();
    assert_eq!((count("x", "1"), count("y", "-1"), rows.len()), (80, 40, 120));
    let times: Vec<f64> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert!(times.is_sorted());
    assert_eq!((times[0], times[119]), (number(&plan["first_step_s"]), number(&plan["last_step_s"])));
    assert!(!folder.join("steps.csv.unfinished").exists());
}

#[test]
fn lines_that_grbl_refuses_are_passed_over_and_counted() {
    let folder = folder("plan_refused", "G21 G90\nG1 X1 F600\nG64\nG1 X2 Q7\nX3\nM2\n", SETTINGS);
    let output = plan(&folder, &[]);
    assert_eq!(output.status.code(), Some(1));
    let plan = document(&output);
    assert_eq!(plan["errors"], 2);
    assert_eq!(plan["axes"]["x"]["end_position_steps"], 240);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("part.nc:3:1: error[P002, error:20]") && words.contains("part.nc:4:"), "{words}");
}

#[test]
fn grbls_fast_arcs_are_named_with_their_cure() {
    // √(a r) is 50 mm/s at 5 mm.
    let program = "G21 G90 G17\nG1 X10 F6000\nG2 X10 Y0 I5 J0\nG2 X10 Y0 I5 J0\nM2\n";
    let words = |settings: &str| {
        let folder = folder("plan_arcs", program, settings);
        String::from_utf8_lossy(&plan(&folder, &[]).stderr).into_owned()
    };
    let found = words(SETTINGS);
    assert!(
        found.contains("part.nc:3: warning[C010]") && found.contains("$11 = 0.002") && found.contains("3000 mm/min"),
        "{found}"
    );
    assert_eq!(words(&SETTINGS.replace("$11=0.010", "$11=0.002")), "");
}

#[test]
fn settings_that_grbl_refuses_are_refused_by_its_numbers() {
    for (line, expected) in [
        ("$7=1", "error[S012, error:3]: $7=1: no setting of Grbl 1.1"),
        ("$110=-5", "error[S012, error:4]: $110=-5: not a number from 0 on"),
        ("$0=2", "error[S012, error:6]: $0=2: a step pulse below 3 µs"),
        ("$120=0", "error[S012]: $120=0: zero, with which nothing can move"),
        ("$x=1", "error[S012, error:3]: $x=1"),
    ] {
        let folder = folder("plan_settings", "G21\nM2\n", &format!("{SETTINGS}{line}\n"));
        let output = plan(&folder, &[]);
        assert_eq!(output.status.code(), Some(2));
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(expected) && words.contains("settings.txt:13") && words.contains("hint:"), "{line}: {words}");
    }
    let folder = folder("plan_nothing", "G21\nM2\n", "");
    let bare = Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(["plan", "part.nc"]).current_dir(&folder).output().unwrap();
    assert_eq!(bare.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bare.stderr).contains("--machine FILE"));
    let other = plan(&folder, &["--profile", "fast"]);
    assert!(other.status.code() == Some(2) && String::from_utf8_lossy(&other.stderr).contains("grbl or s_curve"));
}
