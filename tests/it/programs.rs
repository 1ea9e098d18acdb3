//! `torchtwin check` and `torchtwin path` as a user meets them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn torchtwin(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// A file with this text in a folder of its own.
fn program(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder.join(files[0].0)
}

fn items(out: &Output) -> Vec<Value> {
    String::from_utf8(out.stdout.clone()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn path_prints_every_move_and_dwell_with_all_its_digits() {
    let text = "G20 G90\nG0 X1 Y2\nM3\nG4 P0.5\nG1 Y3 F10\nG2 X2 Y2 I0 J-1\nM5\nG18 G2 X0 Z0 I-1 K0\nM2\n";
    let file = program("path", &[("a.ngc", text)]);
    let out = torchtwin(&["path", file.to_str().unwrap(), "--dialect", "linuxcnc"]);
    assert_eq!(out.status.code(), Some(0), "{}", words(&out.stderr));
    let items = items(&out);
    let kinds: Vec<_> = items.iter().map(|i| (i["line"].as_u64().unwrap(), i["kind"].as_str().unwrap())).collect();
    assert_eq!(kinds, [(2, "rapid"), (4, "dwell"), (5, "feed"), (6, "arc"), (8, "arc")]);
    assert_eq!(items[0]["end_mm"], serde_json::json!([25.4, 50.8, 0]));
    assert_eq!((items[1]["seconds"].as_f64(), items[1]["role"].as_str()), (Some(0.5), Some("pierce")));
    assert_eq!((items[2]["feed_mm_per_min"].as_f64(), items[2]["torch"].as_str()), (Some(254.0), Some("cut")));
    let centre: Vec<f64> = items[3]["centre_mm"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert!((centre[0] - 25.4).abs() < 1e-9 && (centre[1] - 50.8).abs() < 1e-9 && centre[2] == 0.0, "{centre:?}");
    assert_eq!((items[3]["plane"].as_str(), items[3]["turns"].as_f64()), (Some("XY"), Some(-1.0)));
    assert!((items[3]["sweep_deg"].as_f64().unwrap() + 90.0).abs() < 1e-9);
    assert_eq!((items[4]["plane"].as_str(), items[4]["torch"].as_str()), (Some("ZX"), Some("off")));
}

#[test]
fn path_ends_where_the_controller_would_stop() {
    let file = program("path_stops", &[("b.ngc", "G21 F100\nG1 X1\nG1 X2 X3\nG1 X4\nG1 X5 X6\nM2\n")]);
    let out = torchtwin(&["path", file.to_str().unwrap(), "--dialect", "linuxcnc"]);
    assert_eq!(out.status.code(), Some(1));
    assert_eq!(items(&out).len(), 1);
    let said = words(&out.stderr);
    assert!(said.contains("b.ngc:3:7: error[P004]") && said.contains("    3 | G1 X2 X3") && !said.contains(":5:"), "{said}");
}

#[test]
fn check_json_holds_place_excerpt_and_the_controllers_own_number() {
    let file = program("check_json", &[("c.nc", "G21 F100\nG1 X1\nG0 X5 G64\nG1 X2 X3\n")]);
    let out = torchtwin(&["check", file.to_str().unwrap(), "--dialect", "grbl", "--json"]);
    assert_eq!(out.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((document["dialect"].as_str(), document["errors"].as_u64()), (Some("grbl"), Some(2)));
    let errors: Vec<_> = document["findings"].as_array().unwrap().iter().filter(|f| f["severity"] == "error").collect();
    let places: Vec<_> =
        errors.iter().map(|f| (f["line"].as_u64(), f["column"].as_u64(), f["controller_error"].as_u64())).collect();
    assert_eq!(places, [(Some(3), Some(7), Some(20)), (Some(4), Some(7), Some(25))]);
    assert_eq!(errors[0]["excerpt"], "G0 X5 G64");
}

#[test]
fn a_subroutine_beside_the_program_is_found_and_its_faults_are_placed_in_it() {
    let main = "G21 G90 F100\no<slot> call [10] [20]\no<slot> call [30] [0]\nM2\n";
    let slot = "(anything before it is passed over: !!)\no<slot> sub\nG1 X#1 Y#2\nG1 X[#1/#2]\no<slot> endsub\n";
    let file = program("beside", &[("main.ngc", main), ("slot.ngc", slot)]);
    let out = torchtwin(&["path", file.to_str().unwrap(), "--dialect", "linuxcnc"]);
    let items = items(&out);
    assert_eq!(items.len(), 3, "{}", words(&out.stderr));
    assert_eq!((items[0]["line"].as_u64(), items[0]["file"].as_f64()), (Some(3), Some(1.0)));
    assert_eq!(items[1]["end_mm"], serde_json::json!([0.5, 20, 0]));
    let said = words(&out.stderr);
    assert!(said.contains("slot.ngc:4:4: error[P036]: division by zero") && said.contains("    4 | G1 X[#1/#2]"), "{said}");
}

#[test]
fn values_of_the_controller_are_asked_for_and_given() {
    let file = program("hal", &[("d.ngc", "G21\nF#<_hal[plasmac.cut-feed-rate]>\nG1 X1\nM2\n")]);
    let name = file.to_str().unwrap();
    let without = torchtwin(&["check", name]);
    assert_eq!(without.status.code(), Some(1));
    assert!(
        words(&without.stdout).contains("hint: give it with --hal plasmac.cut-feed-rate=VALUE"),
        "{}",
        words(&without.stdout)
    );
    let with = torchtwin(&["path", name, "--hal", "plasmac.cut-feed-rate=2540"]);
    assert_eq!(items(&with)[0]["feed_mm_per_min"].as_f64(), Some(2540.0));
    for wrong in ["x", "x=", "x=nan"] {
        assert_eq!(torchtwin(&["check", name, "--hal", wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn a_machine_says_what_lies_beyond_it() {
    let file = program("machine", &[("e.ngc", "G21 G90\nG0 X-5 Y10\nG1 X2000 F99999\nM2\n")]);
    let out = torchtwin(&["check", file.to_str().unwrap(), "--machine", "scenes/machines/rack_4x4.toml"]);
    let said = words(&out.stdout);
    assert!(
        said.contains("e.ngc:2:1: warning[P111]: X goes to -5.000 mm") && said.contains("e.ngc:3:1: warning[P112]"),
        "{said}"
    );
    let moved =
        torchtwin(&["check", file.to_str().unwrap(), "--machine", "scenes/machines/rack_4x4.toml", "--work-zero-mm", "20,20,0"]);
    assert!(!words(&moved.stdout).contains("X goes to -5"), "{}", words(&moved.stdout));
}

#[test]
fn unreadable_programs_and_options_could_not_run() {
    for arguments in [
        &["check", "nowhere.ngc"][..],
        &["path", "scenes"],
        &["check", "scenes/parts/ceb_press_side.ngc", "--dialect", "fanuc"],
        &["check", "scenes/parts/ceb_press_side.ngc", "--tools", "nowhere.tbl"],
        &["path", "scenes/parts/ceb_press_side.ngc", "--machine-units", "furlong"],
        &["path", "scenes/parts/ceb_press_side.ngc", "--work-zero-mm", "1,2"],
    ] {
        let out = torchtwin(arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        assert!(words(&out.stderr).contains("hint:") && out.stdout.is_empty(), "{arguments:?}: {}", words(&out.stderr));
    }
}

/// `torchtwin path | head`
#[test]
fn a_reader_that_has_gone_is_no_error() {
    let moves: String = (0..200_000).map(|n| format!("X{n}\n")).collect();
    let file = program("gone", &[("f.ngc", &format!("G21 G90 G1 F100\n{moves}M2\n"))]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_torchtwin"))
        .args(["path", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), words(&out.stderr).as_str()), (Some(0), ""));
}

/// Programs that once were read differently from LinuxCNC 2.9: each with the moves that its own interpreter makes of it, as
/// `tools/compare_linuxcnc.py` found them equal.
#[test]
fn programs_that_once_differed_from_linuxcnc_stay_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gcode/linuxcnc");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(expected) = std::fs::read_to_string(path.with_extension("expected")) else { continue };
        if path.extension().is_none_or(|e| e != "ngc") {
            continue;
        }
        count += 1;
        let out = torchtwin(&["path", path.to_str().unwrap(), "--dialect", "linuxcnc"]);
        let (mine, theirs) =
            (items(&out), expected.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).collect::<Vec<_>>());
        assert_eq!(mine.len(), theirs.len(), "{path:?}: {}", words(&out.stderr));
        for (a, b) in mine.iter().zip(&theirs) {
            for key in ["line", "kind", "plane", "turns", "role"] {
                assert_eq!(a[key], b[key], "{path:?}: {a} {b}");
            }
            for key in ["end_mm", "centre_mm"] {
                let numbers =
                    |v: &Value| -> Vec<f64> { v[key].as_array().into_iter().flatten().filter_map(Value::as_f64).collect() };
                assert!(numbers(a).iter().zip(numbers(b)).all(|(x, y)| (x - y).abs() < 1e-6), "{path:?}: {a} {b}");
            }
            assert!((a["feed_mm_per_min"].as_f64().unwrap_or(0.0) - b["feed_mm_per_min"].as_f64().unwrap_or(0.0)).abs() < 1e-6);
        }
    }
    assert!(count >= 10, "{count} programs in {folder:?}");
}
