//! Clamps on the plate: what stands in the torch's way is hit where and when it is met, and what a clamp stands on stays.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::regression::{ROOT, scratch, text, torchtwin, words};

/// `low_travel` with a rapid that clears the piece that has tipped, and with `clamps`.
fn scene(name: &str, clamps: &str) -> String {
    let (folder, scenes) = (scratch(name), Path::new(ROOT).join("scenes"));
    let read = |file: &str| fs::read_to_string(scenes.join(file)).unwrap();
    let machine = scenes.join("machines/rack_4x4.toml").display().to_string();
    let scene = read("low_travel.toml").replace("machines/rack_4x4.toml", &machine).replace("fails_on = [\"part_hits\"]", clamps);
    let program = read("parts/low_travel.ngc").replace("G0 Z8          (meant", "G0 Z40         (meant");
    fs::create_dir_all(folder.join("parts")).unwrap();
    fs::write(folder.join("parts/low_travel.ngc"), program).unwrap();
    let path = folder.join("clamped.toml");
    fs::write(&path, scene).unwrap();
    path.display().to_string()
}

fn report(path: &str) -> Value {
    let out = torchtwin(&["run", path, "--engine", "reduced", "--json"]);
    serde_json::from_str(&text(&out.stdout)).unwrap_or_else(|error| panic!("{error}: {}", words(&out)))
}

#[test]
fn a_clamp_in_the_way_fails_the_run_at_the_line_and_place_where_it_is_met() {
    // The second cut's right edge is at X = 405.65 mm and goes down from Y = 220.65 mm, 5 mm above the plate.
    let near = scene("clamp_near", "[[clamp]]\nat_mm = [423.0, 190.0]\nwidth_mm = 20\nheight_mm = 40\n");
    let report = report(&near);
    assert_eq!(report["figures"]["clamp_hits"], 1.0);
    let failed: Vec<&Value> = report["checks"].as_array().unwrap().iter().filter(|check| check["pass"] == false).collect();
    assert!(failed.len() == 1 && failed[0]["figure"] == "clamp_hits", "{failed:?}");
    let hit = report["events"].as_array().unwrap().iter().find(|event| event["kind"] == "torch_hits_clamp").unwrap();
    // It is met where the tip's rim of 8 mm is 7.35 mm to the left of the clamp: 3.2 mm before its corner, at Y = 200 mm.
    let [x, y] = [0, 1].map(|k| hit["at_in_machine_mm"][k].as_f64().unwrap());
    assert!((x - 405.65).abs() < 0.3 && (y - (200.0 + (8.0f64.powi(2) - 7.35f64.powi(2)).sqrt())).abs() < 2.2, "{hit}");
    let program = fs::read_to_string(Path::new(&near).with_file_name("parts/low_travel.ngc")).unwrap();
    let line = program.lines().nth(hit["line"].as_u64().unwrap() as usize - 1).unwrap();
    assert_eq!(line, "G1 Y-0.65", "{hit}");
}

#[test]
fn a_clamp_out_of_the_way_holds_the_piece_it_stands_on() {
    let tips = report(&scene("clamp_none", ""));
    let held = report(&scene("clamp_held", "[[clamp]]\nat_mm = [210.0, 190.0]\nwidth_mm = 20\nheight_mm = 30\n"));
    assert!(
        tips["figures"]["clamp_hits"].is_null() && tips["figures"]["tip_ups"].as_f64().unwrap() >= 1.0,
        "{}",
        tips["figures"]
    );
    assert_eq!(held["figures"]["clamp_hits"], 0.0);
    assert_eq!(held["figures"]["tip_ups"].as_f64().unwrap(), tips["figures"]["tip_ups"].as_f64().unwrap() - 1.0);
}
