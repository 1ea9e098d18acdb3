//! Keeps the walls between the rooms, and the lists that strangers read in step with the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Who may use whom. The same table stands in `ARCHITECTURE.md`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("diag", &[]),
    ("gcode", &["diag"]),
    ("program", &["gcode", "diag"]),
    ("drive", &[]),
    ("machine", &["drive"]),
    ("torch", &[]),
    ("plate", &[]),
    ("twin", &["diag", "program", "drive", "machine", "torch", "plate", "scene::model"]),
    ("scene", &["diag", "program", "drive", "machine", "torch", "plate"]),
    ("report", &["diag", "twin::record", "scene::model", "plate"]),
    ("sizing", &["diag", "program", "drive", "twin", "scene", "report"]),
    ("job", &["diag", "gcode", "program", "scene::model"]),
    ("view", &["diag", "job", "program", "drive", "torch", "plate", "twin", "scene", "report"]),
    (
        "command",
        &["diag", "gcode", "program", "drive", "torch", "plate", "twin", "scene", "report", "sizing", "job", "view", "validate"],
    ),
    ("validate", &["drive", "machine", "plate", "scene"]),
];

/// Libraries that only one room may know.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("nom", &["src/gcode/"]),
    ("rapier3d_f64", &["src/machine/engines/rapier"]),
    ("nalgebra", &["src/machine/modes", "src/machine/strides"]),
    ("bevy", &["src/view/"]),
    ("bevy_rapier3d", &["src/view/"]),
    ("bevy_egui", &["src/view/"]),
    ("egui_plot", &["src/view/ui/"]),
    ("egui_file_dialog", &["src/view/ui/dialogs"]),
    ("directories", &["src/view/"]),
    ("i_overlay", &["src/plate/"]),
    ("crossbeam_channel", &["src/twin/", "src/view/"]),
    ("toml", &["src/scene/", "src/view/files", "src/view/machine_text"]),
    ("indicatif", &["src/command/"]),
    ("clap", &["src/main.rs", "src/command/render"]),
    ("libm", &["crates/planner/src/"]),
    ("memchr", &["src/gcode/"]),
    ("ryu", &["src/command/"]),
    ("ctrlc", &["src/command/batch"]),
    ("mcap", &["src/report/logs"]),
    ("parquet", &["src/report/columns"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(path) = waiting.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// The rooms a file names as `crate::room…`, with what follows, comments left out.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for line in text.lines().map(|l| l.split("//").next().unwrap_or("")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + 7..];
            if let Some(group) = rest.strip_prefix('{') {
                let inner = group.split('}').next().unwrap_or("");
                out.extend(inner.split(',').map(|s| s.trim().to_string()).filter(|s| !s.is_empty()));
            } else {
                let path: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
                out.insert(path);
            }
        }
    }
    out
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let table: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut broken = Vec::new();
    for path in sources("src") {
        let name = relative(&path);
        let Some(room) = name.strip_prefix("src/").and_then(|n| n.split(['/', '.']).next()) else { continue };
        // What a room's tests are made of may come from anywhere.
        if ["lib", "main"].contains(&room) || name.contains("/sample/") || name.ends_with("tests.rs") || name.contains("/tests/")
        {
            continue;
        }
        let allowed = table.get(room).unwrap_or_else(|| panic!("{name} is in no room of the table"));
        for used in named_rooms(&std::fs::read_to_string(&path).unwrap()) {
            let target = used.split("::").next().unwrap_or("").to_string();
            let fits = target == room || allowed.iter().any(|a| used == *a || used.starts_with(&format!("{a}::")));
            if !fits {
                broken.push(format!("{name} uses {used}, and {room} may use {allowed:?}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn plate_rooms_do_not_know_each_other() {
    for (room, others) in [("heat", ["kerf", "parts"]), ("kerf", ["heat", "parts"]), ("parts", ["heat", "kerf"])] {
        for path in sources(&format!("src/plate/{room}")) {
            let text = std::fs::read_to_string(&path).unwrap();
            if relative(&path).contains("test") {
                continue;
            }
            for other in others {
                for way in [format!("plate::{other}"), format!("super::{other}"), format!("super::super::{other}")] {
                    assert!(!text.contains(&way), "{} uses {way}", relative(&path));
                }
            }
        }
    }
}

#[test]
fn each_library_is_known_in_one_place_only() {
    let mut broken = Vec::new();
    for path in sources("src").into_iter().chain(sources("crates/planner/src")) {
        let name = relative(&path);
        let text = std::fs::read_to_string(&path).unwrap();
        for (library, places) in KEPT_IN {
            let uses = text.lines().map(|l| l.split("//").next().unwrap_or("")).any(|l| {
                l.match_indices(&format!("{library}::")).any(|(at, _)| {
                    let before = l[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
                })
            });
            if uses && !places.iter().any(|p| name.starts_with(p)) {
                broken.push(format!("{name} uses {library}, which belongs in {places:?}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_planner_needs_neither_std_nor_alloc() {
    let lib = std::fs::read_to_string(root().join("crates/planner/src/lib.rs")).unwrap();
    assert!(lib.contains("#![no_std]"));
    for path in sources("crates/planner/src") {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["extern crate", "std::", "alloc::"] {
            let found = text.lines().map(|l| l.split("//").next().unwrap_or("")).any(|l| l.contains(word));
            assert!(!found, "{} has `{word}`", relative(&path));
        }
    }
}

#[test]
fn lib_and_readme_list_the_rooms_in_the_same_order() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let listed: Vec<_> = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ").or(l.strip_prefix("pub use torchtwin_")))
        .filter_map(|l| l.split([';', ' ']).next())
        .map(str::to_string)
        .collect();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let rows: Vec<_> = readme
        .lines()
        .skip_while(|l| !l.starts_with("| room |"))
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .filter_map(|l| l.split('`').nth(1))
        .map(str::to_string)
        .collect();
    assert_eq!(listed, rows, "src/lib.rs on the left, README's flow table on the right");
}

#[test]
fn architecture_has_the_same_table() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (room, allowed) in MAY_USE {
        let row = text
            .lines()
            .find(|l| l.starts_with(&format!("| `{room}` |")))
            .unwrap_or_else(|| panic!("ARCHITECTURE.md has no row for {room}"));
        for used in *allowed {
            assert!(row.contains(&format!("`{used}`")), "ARCHITECTURE.md does not say that {room} may use {used}");
        }
        let named = row.matches('`').count() / 2 - 1;
        assert!(named >= allowed.len(), "{row}");
    }
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut tests = String::new();
    for folder in ["src", "tests", "crates/planner/tests"] {
        for path in sources(folder) {
            tests.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let invariants: Vec<_> = text
        .lines()
        .skip_while(|l| !l.starts_with("## Invariants"))
        .filter(|l| l.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert!((5..=12).contains(&invariants.len()), "{} invariants", invariants.len());
    for line in invariants {
        let test = line.rsplit('`').nth(1).unwrap_or("");
        assert!(tests.contains(&format!("fn {test}(")), "no test `{test}` for: {line}");
    }
}

#[test]
fn files_open_with_what_they_are_and_stay_small() {
    for path in sources("src").into_iter().chain(sources("crates/planner/src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = relative(&path);
        assert!(text.starts_with("//!"), "{name} does not open with what it is");
        assert!(text.lines().count() <= 800, "{name} has more than 800 lines");
    }
}

#[test]
fn every_scene_opens_with_what_it_shows() {
    let mut count = 0;
    for entry in std::fs::read_dir(root().join("scenes")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            count += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("# "), "{} does not say what it shows", relative(&path));
            assert!(text.contains("# Expect"), "{} does not say what to expect", relative(&path));
        }
    }
    assert!(count >= 5, "{count} scenes");
}

#[test]
fn messages_name_only_commands_that_exist() {
    let main = std::fs::read_to_string(root().join("src/main.rs")).unwrap();
    for path in sources("src") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("`torchtwin ") {
            let word: String = text[at + 11..].chars().take_while(char::is_ascii_lowercase).collect();
            let variant = word[..1].to_uppercase() + &word[1..];
            let known = [format!("    {variant} {{"), format!("    {variant}(")].iter().any(|form| main.contains(form));
            assert!(known, "{} names `torchtwin {word}`", relative(&path));
        }
    }
}
