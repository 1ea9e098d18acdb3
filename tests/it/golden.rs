//! Golden figures: kept beside a scene, compared, and naming the stage that moved.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::regression::{PERFECT, ROOT, scratch, tiny, torchtwin, words};

#[test]
fn golden_figures_are_kept_beside_the_scene_and_name_the_stage_that_moved() {
    let folder = scratch("golden");
    let scene = tiny(&folder, "kept", PERFECT, "lost_steps = 0");
    assert_eq!(torchtwin(&["run", &scene, "--bless", "-q"]).status.code(), Some(0));
    let golden = folder.join("kept.golden.json");
    let kept = fs::read_to_string(&golden).unwrap();
    let again = torchtwin(&["run", &scene]);
    assert!(again.status.code() == Some(0) && words(&again).contains("golden"), "{}", words(&again));
    // Another engine is not compared, and a note says so.
    let other = torchtwin(&["run", &scene, "--engine", "reduced"]);
    assert!(other.status.code() == Some(0) && words(&other).contains("not compared"), "{}", words(&other));
    // A slower program: the plan is the first that moves; a looser machine: the drive is.
    fs::write(folder.join("tiny.ngc"), "G21 G90 G17\nG1 X50 F2000\nM2\n").unwrap();
    let slower = torchtwin(&["run", &scene]);
    assert!(
        slower.status.code() == Some(1) && words(&slower).contains("first stage that moved is planner"),
        "{}",
        words(&slower)
    );
    fs::write(folder.join("tiny.ngc"), "G21 G90 G17\nG1 X60 F2400\nM2\n").unwrap();
    let further = torchtwin(&["run", &scene]);
    assert!(
        further.status.code() == Some(1) && words(&further).contains("first stage that moved is program"),
        "{}",
        words(&further)
    );
    fs::write(&golden, kept.replace("\"figures\"", "\"figgures\"")).unwrap();
    let broken = torchtwin(&["run", &scene]);
    assert!(broken.status.code() == Some(2) && words(&broken).contains("--bless"), "{}", words(&broken));
}

/// A slot in thin plate, far from zero so that warm rails count, on the rack table with the jerk-limited profile, play and errors of geometry: a text
/// for each of machine, program and scene.
fn slot() -> [String; 3] {
    let rack = fs::read_to_string(Path::new(ROOT).join("scenes/machines/rack_4x4.toml")).unwrap();
    let (before, settings) = rack.split_once("[grbl]").unwrap();
    let bill = &settings[settings.find("# Bill of materials").unwrap()..];
    let with_play: Vec<&str> =
        before.lines().map(|line| if line.starts_with("spring_n") { "backlash_mm = 0.01" } else { line }).collect();
    let machine = format!(
        "{}\n[planner]\nrapid_mm_per_min = [9000, 9000, 1200]\nacceleration_mm_per_s2 = [400, 400, 100]\ncorner_tolerance_mm = 0.05\n\n{bill}\n\
         [geometry]\nx_bow_mm = 0.1\ny_bow_mm = 0.1\nsquareness_mm_per_m = 0.2\nwarming_k = 5\nx_pitch_error_mm_per_m = 0.1\n\
         y_pitch_error_mm_per_m = 0.1\n",
        with_play.join("\n")
    );
    let program = "G21 G90 G17\nG0 X60\nG0 Y40\nM3\nG4 P6\nM8\nG4 P1\nG1 X66 F600\nG3 X66 Y48 I0 J4\nG1 X60\nG3 X60 Y40 I0 J-4\nM9\nM5\nM2\n";
    let scene = "title = \"slot\"\nmachine = \"machine.toml.txt\"\n[plate]\nmaterial = \"S235\"\nthickness_mm = 6\nsize_mm = [120, 100]\n\
                 corner_mm = [600, 600]\n[torch]\nprocess = \"oxy-acetylene\"\nwords = \"m3-preheat-m8-oxygen\"\n[job]\nprogram = \"slot.ngc\"\n\
                 dialect = \"linuxcnc\"\nwork_zero_mm = [600, 600, 5]\n[expect]\nlost_steps = 0\n";
    [machine, program.into(), scene.into()]
}

#[test]
fn one_thing_changed_is_named_by_its_stage() {
    // Stage; which text; what in it; by what. Each changes what one stage is made of, and nothing else.
    let changes: [(&str, usize, &str, &str); 18] = [
        ("program", 1, "X66 F600\nG3 X66", "X67 F600\nG3 X67"),
        ("planner", 0, "[400, 400, 100]", "[300, 400, 100]"),
        ("planner", 0, "corner_tolerance_mm = 0.05", "corner_tolerance_mm = 0.03"),
        ("microstep", 0, "microsteps = 16", "microsteps = 8"),
        ("load angle and lost steps", 0, "motor = \"23HS30-2804S\"", "motor = \"23HS30-2804S\"\ncurrent_a_peak = 2.0"),
        ("backlash", 0, "backlash_mm = 0.01", "backlash_mm = 0.03"),
        ("drive stretch", 0, "mount_stiffness_n_per_um = { value = 15", "mount_stiffness_n_per_um = { value = 9"),
        ("guide play", 0, "[slide.guide]", "[slide.guide]\nplay_mm = 0.05"),
        ("frame and guide flex", 0, "damping_ratio = { value = 0.02, low = 0.01", "damping_ratio = { value = 0.01, low = 0.01"),
        ("straightness", 0, "y_bow_mm = 0.1", "y_bow_mm = 0.3"),
        ("squareness", 0, "squareness_mm_per_m = 0.2", "squareness_mm_per_m = 0.3"),
        ("pitch", 0, "x_pitch_error_mm_per_m = 0.1", "x_pitch_error_mm_per_m = 0.2"),
        ("growth", 0, "warming_k = 5", "warming_k = 20"),
        ("torch", 2, "[torch]", "[torch]\npurity = 0.99"),
        ("plate", 2, "[plate]", "[plate]\nambient_c = 60"),
        ("plate", 2, "[plate]", "[plate]\nsurface_loss_w_per_m2_k = 40"),
        ("cost", 0, "quantity = 46", "quantity = 47"),
        ("", 2, "slot\"", "slot by another name\""),
    ];
    let folder = scratch("stages");
    let sound = slot();
    let write = |name: &str, texts: &[String; 3]| {
        let own = folder.join(name);
        fs::create_dir_all(&own).unwrap();
        for (file, text) in ["machine.toml.txt", "slot.ngc", "scene.toml"].into_iter().zip(texts) {
            fs::write(own.join(file), text).unwrap();
        }
        own.join("scene.toml").display().to_string()
    };
    let base = write("sound", &sound);
    let blessed = torchtwin(&["run", &base, "--engine", "reduced", "--bless", "-q"]);
    assert_eq!(blessed.status.code(), Some(0), "{}", words(&blessed));
    let mut scenes = Vec::new();
    for (k, (stage, which, from, to)) in changes.iter().enumerate() {
        let mut texts = sound.clone();
        assert!(texts[*which].contains(from), "{from}");
        texts[*which] = texts[*which].replace(from, to);
        let scene = write(&format!("{k}-{}", stage.replace(' ', "_")), &texts);
        fs::copy(folder.join("sound/scene.golden.json"), scene.replace("scene.toml", "scene.golden.json")).unwrap();
        scenes.push(scene);
    }
    let arguments: Vec<&str> =
        ["run", "--engine", "reduced", "--json"].into_iter().chain(scenes.iter().map(String::as_str)).collect();
    let out = torchtwin(&arguments);
    let reports: Vec<Value> = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", words(&out)));
    let mut wrong = Vec::new();
    for ((stage, _, _, to), report) in changes.iter().zip(&reports) {
        let reasons = report["reasons"].as_array().into_iter().flatten();
        let told: Vec<&str> = reasons
            .filter(|reason| reason["figure"] == "golden_differences")
            .filter_map(|reason| reason["text"].as_str())
            .collect();
        let right = match told[..] {
            [text] => !stage.is_empty() && text.starts_with(&format!("The first stage that moved is {stage}")),
            _ => stage.is_empty() && report["verdict"] == "pass",
        };
        if !right {
            wrong.push(format!("{stage} by {to}: {told:?} {}", report["findings"]));
        }
    }
    assert!(wrong.is_empty() && reports.len() == changes.len(), "{wrong:#?}");
}
