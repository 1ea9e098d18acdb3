//! The program as a user meets it: exit codes, messages, files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn torchtwin(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// A folder of this test's own, emptied.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_missing_scene_cannot_run_and_says_so() {
    let out = torchtwin(&["run", "scenes/nowhere.toml"]);
    assert_eq!(out.status.code(), Some(2));
    let words = text(&out.stderr);
    assert!(words.contains("scenes/nowhere.toml") && words.contains("hint:"), "{words}");
}

#[test]
fn a_faulty_program_is_named_with_line_column_and_hint() {
    let folder = scratch("faulty_program");
    let program = folder.join("bad.ngc");
    std::fs::write(&program, "G21 G90\nG0 X10\nG1 X20 F300 X30\nM30\n").unwrap();
    let out = torchtwin(&["run", "scenes/square_100.toml", "--program", program.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(1));
    let words = text(&out.stderr);
    assert!(words.contains("bad.ngc:3:13: error["), "{words}");
    assert!(words.contains("    3 | G1 X20 F300 X30") && words.contains('^'), "{words}");
}

#[test]
fn a_program_too_large_for_the_table_is_judged_without_a_simulation() {
    let folder = scratch("too_large");
    let program = folder.join("large.ngc");
    std::fs::write(&program, "G21 G90 F480\nM3\nG1 X100\nG1 X3000 Y10\nM5\nM30\n").unwrap();
    let out = torchtwin(&["run", "scenes/square_100.toml", "--program", program.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(1));
    let words = text(&out.stdout) + &text(&out.stderr);
    assert!(words.contains("does not fit on the table: X runs from"), "{words}");
    assert!(words.contains("travel_exceeded_mm"), "{words}");
    assert!(!words.contains("not in this run"), "{words}");
}

#[test]
fn check_lists_every_finding_and_fails_on_errors() {
    let folder = scratch("check");
    let program = folder.join("two.ngc");
    std::fs::write(&program, "G21 G90\nG1 X10 F100 G2\nG0 X1 X2\nM30\n").unwrap();
    let out = torchtwin(&["check", program.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(1));
    let words = text(&out.stdout);
    assert!(words.contains("two.ngc:2:") && words.contains("two.ngc:3:") && words.contains("2 errors"), "{words}");
    let good = torchtwin(&["check", "scenes/parts/ceb_press_side.ngc"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stdout));
}

#[test]
fn an_unknown_key_in_a_scene_is_named_with_the_nearest_one() {
    let folder = scratch("unknown_key");
    let scene = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml")).unwrap();
    let broken = scene.replace("thickness_mm", "thicknes_mm");
    let path = folder.join("broken.toml");
    std::fs::write(&path, broken).unwrap();
    let out = torchtwin(&["run", path.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2));
    let words = text(&out.stderr);
    assert!(words.contains("thicknes_mm") && words.contains("thickness_mm"), "{words}");
}

#[test]
fn an_endless_plan_is_refused_with_the_line_that_makes_it_so() {
    let folder = scratch("endless");
    let program = folder.join("endless.ngc");
    std::fs::write(&program, "G21 G90\nG1 X100 F1000\nG4 P50000\nG4 P60000\nM30\n").unwrap();
    let out = torchtwin(&["run", "scenes/square_100.toml", "--program", program.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2));
    let words = text(&out.stderr);
    assert!(words.contains("endless.ngc:4: error[T006]") && words.contains("check the feeds"), "{words}");
}

#[test]
fn too_many_heat_cells_are_refused() {
    let folder = scratch("cells");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes");
    let scene = std::fs::read_to_string(root.join("square_100.toml")).unwrap();
    let scene = scene
        .replace("\"machines/", &format!("\"{}/machines/", root.display()))
        .replace("\"parts/", &format!("\"{}/parts/", root.display()))
        .replace("thickness_mm", "cell_mm = 0.2\nthickness_mm")
        .replace("size_mm = [180.0, 180.0]", "size_mm = [2000.0, 1200.0]");
    let path = folder.join("cells.toml");
    std::fs::write(&path, &scene).unwrap();
    let out = torchtwin(&["run", path.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2), "{scene}");
    let words = text(&out.stderr);
    assert!(words.contains("60 million heat cells") && words.contains("hint: use cells of"), "{words}");
}

#[test]
fn a_program_that_starts_with_a_z_move_lies_on_the_plate() {
    // The scene's own program as another one: it starts with Z, and it must be laid where it can be cut.
    let out = torchtwin(&["run", "scenes/square_100.toml", "--program", "scenes/parts/square_100.ngc", "-q"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stdout) + &text(&out.stderr));
}

#[test]
fn json_stays_json_when_nothing_could_run() {
    let out = torchtwin(&["run", "scenes/nowhere.toml", "--json"]);
    assert_eq!(out.status.code(), Some(2));
    let value: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(value["verdict"], "could not run");
    let two = torchtwin(&["run", "scenes/nowhere.toml", "scenes/nowhere_else.toml", "--json"]);
    let value: serde_json::Value = serde_json::from_slice(&two.stdout).unwrap();
    assert_eq!(value.as_array().map(Vec::len), Some(2));
}

/// What is no text at all is one finding wherever a program is named, not one a line.
#[test]
fn a_picture_named_as_a_program_is_one_error() {
    let file = scratch("picture").join("picture.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\n\n\n").unwrap();
    let name = file.to_str().unwrap();
    for words in [vec!["check", name], vec!["run", "scenes/square_100.toml", "--program", name]] {
        let out = torchtwin(&words);
        let told = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        assert_eq!((out.status.code(), told.matches("error[").count()), (Some(2), 1), "{words:?}: {told}");
        assert!(told.contains("G038") && told.contains("is not text"), "{told}");
    }
}
