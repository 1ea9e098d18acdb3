//! Messages word for word, and no panic on broken input.

use super::{Folder, SQUARE, load_machine, rack, scenes, square, words};
use crate::diag::{Diagnostic, Place};
use crate::scene::check::Checker;
use crate::scene::load;
use crate::scene::scene_file::SceneFile;
use torchtwin_planner::s_curve::Kind;

#[test]
fn messages_say_where_what_and_what_next() {
    let folder = Folder::new("messages");
    let check = |found: &str, expected: &str| assert_eq!(found, expected);
    for (from, to, expected) in [
        (
            "thickness_mm = 12.7",
            "thicknes_mm = 12.7",
            "scene.toml:6:1: error[S003]: unknown key `thicknes_mm` in [plate]; expected one of material, surface_loss_w_per_m2_k, \
             thickness_mm, size_mm, corner_mm, cell_mm, layers, ambient_c, held_edge_c, heat_threads, sleeping_tiles, \
             intended\n  hint: did you mean `thickness_mm`?",
        ),
        (
            "thickness_mm = 12.7",
            "thickness_mm = 1270",
            "scene.toml:6:16: error[S006]: `plate.thickness_mm` is 1270; expected a number from 0.5 to 300",
        ),
        (
            "thickness_mm = 12.7",
            "thickness_mm = \"thick\"",
            "scene.toml:6:16: error[S004]: `plate.thickness_mm`: string \"thick\"; expected a number, or a table with value, low, high, \
             basis and source",
        ),
        (
            "thickness_mm = 12.7\n",
            "",
            "scene.toml:4:1: error[S005]: [plate] has no `thickness_mm`\n  hint: add a line `thickness_mm = …`",
        ),
        (
            "\"S235\"",
            "\"S253\"",
            "scene.toml:5:12: error[S007]: the catalogue has no materials/S253\n  hint: did you mean \"S235\"?",
        ),
        (
            "\"victor-1-101-1\"",
            "\"viktor-1-101\"",
            "scene.toml:11:7: error[S007]: the catalogue has no tips/viktor-1-101\n  hint: did you mean \"victor-1-101\"?",
        ),
        (
            "\"victor-1-101-1\"",
            "\"victor-1-101-9\"",
            "scene.toml:11:7: error[S007]: the chart has no tip `9`; it has 000, 00, 1, 3, 5, 2, 4, 6, 7, 8, 0\n  \
             hint: leave `tip` at the family's name and the thickness chooses it",
        ),
        (
            "lost_steps = 0",
            "lost_stepps = 0",
            "scene.toml:21:15: error[S008]: `lost_stepps` is no figure\n  hint: did you mean `lost_steps`?",
        ),
        (
            "\"m3-preheat-m8-oxygen\"",
            "\"m3-start\"",
            "scene.toml:12:9: error[S006]: `torch.words` is \"m3-start\"; expected one of \"m3-starts\", \"m3-preheat-m8-oxygen\", \
             \"qtplasmac\", \"power-by-s\"\n  \
             hint: did you mean \"m3-starts\"?",
        ),
        (
            "at_mm = [135.0, 90.0]",
            "at_mm = [190.0, 90.0]",
            "scene.toml:18:10: error[S009]: `probe[0].at_mm[0]` is 190; expected at most 180: the plate ends there",
        ),
        (
            "at_mm = [135.0, 90.0]",
            "at_mm = [135.0, 90.0, 3.0]",
            "scene.toml:18:9: error[S004]: `probe[0].at_mm` has 3 values; expected 2",
        ),
        ("at_mm = [135.0, 90.0]", "at_mm = [135.0]", "scene.toml:18:9: error[S004]: `probe.at_mm`: 1 value; expected 2"),
        ("[plate]", "[plate", "scene.toml:4:7: error[S002]: this is not TOML: unclosed table, expected `]`"),
    ] {
        check(&folder.errors(&square(from, to)), expected);
    }
}

#[test]
fn missing_files_are_named() {
    let folder = Folder::new("missing");
    let none = load(&folder.0.join("none.toml"), None).err().unwrap_or_default();
    let hint = "\n  hint: check the path; it counts from the folder you are in";
    assert_eq!(words(&none), format!("error[S001]: cannot read {}/none.toml: no such file{hint}", folder.0.display()));
    let text = square("\"machines/rack_4x4.toml\"", "\"machines/none.toml\"");
    assert_eq!(
        folder.errors(&text),
        "scene.toml:2:11: error[S001]: cannot read machines/none.toml: no such file\n  hint: machine files are named from the scene's folder"
    );
    let override_path = folder.0.join("none.ngc");
    let missing = load(&scenes().join("square_100.toml"), Some(&override_path)).err().unwrap_or_default();
    assert_eq!(words(&missing), format!("error[S001]: cannot read {}: no such file{hint}", override_path.display()));
}

#[test]
fn machine_messages_name_parts_and_settings() {
    let folder = Folder::new("machine");
    let findings = |text: &str| match load_machine(&folder.write("m.toml", text)) {
        Ok((_, findings)) | Err(findings) => findings,
    };
    for (from, to, on_line, expected) in [
        (
            "motor = \"23HS30-2804S\"",
            "motor = \"23HS30-2840S\"",
            "23HS30-2840S",
            "error[S007]: the catalogue has no motors/23HS30-2840S\n  hint: did you mean \"23HS30-2804S\"?",
        ),
        (
            "\"$100\" = 122.231",
            "\"$100\" = 120.000",
            "\"$100\"",
            "warning[S009]: \"$100\" is 120 steps/mm, but the x drive makes 122.231\n  hint: parts come out -1.83 % in x",
        ),
        (
            "\"$110\" = 9000.000",
            "\"$110\" = 18000.000",
            "microsteps = 16",
            "warning[S011]: x at full speed takes 36.7 kHz of steps; Arduino Uno clone with CNC shield, GRBL 1.1 does 30.0 kHz\n  \
             hint: lower `microsteps` or the highest speed",
        ),
        (
            "microsteps = 16\nhose_drag_n = { value = 5,",
            "microsteps = 16\ncurrent_a_peak = 5.0\nhose_drag_n = { value = 5,",
            "current_a_peak = 5.0",
            "error[S010]: StepperOnline DM542T goes to 4.5 A peak, not 5\n  hint: lower the current or choose another driver",
        ),
        (
            "\"$130\" = 1250",
            "\"$133\" = 1250",
            "\"$133\"",
            "error[S003]: unknown key `$133` in [grbl]; expected a setting of Grbl 1.1, \"$0\" to \"$132\"\n  hint: did you mean \"$13\"?",
        ),
        (
            "teeth = 25\n",
            "",
            "kind = \"rack\"",
            "error[S005]: a rack transmission has no `teeth`\n  hint: add a line `teeth = …`",
        ),
    ] {
        let text = rack(from, to);
        let found = findings(&text);
        // The shipped file may change, so the line is told by what stands on it.
        let line = text.lines().nth(found[0].place.line as usize - 1).unwrap_or_default();
        assert!(line.contains(on_line), "{} points at {line}", words(&found));
        let bare: Vec<Diagnostic> = found.into_iter().map(|finding| finding.at(Place::default())).collect();
        assert_eq!(words(&bare), expected);
    }
}

#[test]
fn broken_text_never_panics() {
    let text = SQUARE;
    let machine = rack("", "");
    for cut in (0..text.len()).step_by(7).filter(|cut| text.is_char_boundary(*cut)) {
        let mut checker = Checker::new("scene.toml", &text[..cut]);
        let _ = checker.read::<SceneFile>();
    }
    let folder = Folder::new("broken");
    let lines: Vec<&str> = machine.lines().collect();
    for gone in 0..lines.len() {
        let without: Vec<&str> = lines.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| *line).collect();
        let _ = load_machine(&folder.write("m.toml", &without.join("\n")));
        let _ = load_machine(&folder.write("m.toml", &lines[..gone].join("\n")));
    }
    for odd in
        ["", "\u{feff}", "é = [", "a = nan", "[[plate]]", "plate = 3", "\0", "title = 'x'\r\n[plate]\r\nthickness_mm = inf"]
    {
        let _ = Checker::new("scene.toml", odd).read::<SceneFile>();
    }
}

#[test]
fn a_planner_table_makes_a_jerk_limited_profile_with_shaping() {
    let folder = Folder::new("planner");
    let shipped = std::fs::read_to_string(scenes().join("machines/turnkey_4x4.toml")).unwrap();
    let with = |lines: &str| {
        let text = shipped.replace("corner_tolerance_mm = 0.05\n", &format!("corner_tolerance_mm = 0.08\n{lines}"));
        load_machine(&folder.write("m.toml", &text))
    };
    let (machine, _) = with("jerk_mm_per_s3 = [9000, 8000, 3000]\nshaping = \"mzv\"\nshaping_hz = 31\n").unwrap();
    assert!(machine.grbl.is_none());
    let settings = machine.s_curve;
    assert_eq!((settings.tolerance_m, settings.max_jerk_m_per_s3), (0.08e-3, [9.0, 8.0, 3.0]));
    let shaping = settings.shaping.unwrap();
    assert_eq!((shaping.kind, shaping.frequency_hz, shaping.damping_ratio), (Kind::Mzv, 31.0, 0.05));
    // Without a jerk it is 20 times the acceleration.
    assert_eq!(with("").unwrap().0.s_curve.max_jerk_m_per_s3, [16.0, 16.0, 6.0]);
    let findings = with("shaping = \"zv\"\n").unwrap_err();
    assert!(
        words(&findings).contains("error[S005]: `shaping` without `shaping_hz`\n  hint: give the first mode"),
        "{findings:?}"
    );
}

/// A drawing's faults stand at the drawing; what is said of its place on the plate too.
#[test]
fn a_drawing_is_placed_on_the_plate() {
    let folder = Folder::new("drawing");
    let scene = square("thickness_mm = 12.7", "thickness_mm = 12.7\nintended = \"part.dxf\"");
    let scene = scene.replace("[job]", "[job]\nwork_zero_mm = [20, 10, 0]");
    let missing = folder.errors(&scene);
    assert!(
        missing.starts_with("scene.toml:7:12: error[S001]: cannot read part.dxf: no such file\n  hint: drawings are"),
        "{missing}"
    );
    let circle = |x: f64, radius: f64| {
        let entity = format!("0\nCIRCLE\n10\n{x}\n20\n40\n40\n{radius}\n");
        format!("0\nSECTION\n2\nHEADER\n9\n$INSUNITS\n70\n4\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entity}0\nENDSEC\n0\nEOF\n")
    };
    folder.write("part.dxf", &circle(50.0, 0.0));
    assert_eq!(
        folder.errors(&scene),
        "part.dxf:15: error[S017]: the CIRCLE has a radius of 0; expected more than 0 (group 40)\n  hint: correct it in the drawing"
    );
    folder.write("part.dxf", &circle(150.0, 10.0));
    let read = load(&folder.write("scene.toml", &scene), None).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    assert!(read.findings.iter().all(|finding| finding.code != "S017"), "{}", words(&read.findings));
    assert!((read.plate.intended[0][0][0] - 0.18).abs() < 1e-12, "the work zero is its origin");
    folder.write("part.dxf", &circle(150.1, 10.0));
    let read = load(&folder.write("scene.toml", &scene), None).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    let said = words(&read.findings);
    assert!(
        said.contains("part.dxf:15: warning[S017]: the contour that begins here leaves the plate, at 160.100, 40.000 mm;"),
        "{said}"
    );
}
