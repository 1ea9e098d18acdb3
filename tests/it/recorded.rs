//! A plan's steps, written to a file and run as a recording: the same steps, the same cut.

use std::path::{Path, PathBuf};
use std::process::Command;

use torchtwin::job;
use torchtwin::planner::{Output, StepEdge};
use torchtwin::report;
use torchtwin::scene::{self, model::Scene};
use torchtwin::twin::record::Record;
use torchtwin::twin::{self, EngineKind, Options, controller, course::Course};

/// A triangle with an arc, 40 mm wide; no Z, so that it does not matter where the plan starts in Z.
const PROGRAM: &str = "G21 G90 G17\nG0 X10 Y5\nM3\nG4 P9\nM8\nG4 P2\nG1 X40 F480\nG3 X40 Y25 I0 J10\nG1 X10 Y5\nM9\nM5\nM2\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with the program, its recordings as CSV and VCD, and a scene for each way to run it.
fn folder(name: &str, machine: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("part.ngc"), PROGRAM).unwrap();
    for file in ["steps.csv", "steps.vcd"] {
        let out = Command::new(env!("CARGO_BIN_EXE_torchtwin"))
            .arg("plan")
            .arg(folder.join("part.ngc"))
            .args(["--dialect", "linuxcnc", "--torch-words", "m3-preheat-m8-oxygen", "--work-zero-mm", "140,140,0"])
            .arg("--machine")
            .arg(root().join("scenes/machines").join(machine))
            .args(["--torch", "--steps"])
            .arg(folder.join(file))
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let square = std::fs::read_to_string(root().join("scenes/square_100.toml")).unwrap();
    for (scene, steps) in [("planned", ""), ("csv", "steps = \"steps.csv\""), ("vcd", "steps = \"steps.vcd\"")] {
        let text = square
            .replace("\"machines/rack_4x4.toml\"", &format!("\"{}/scenes/machines/{machine}\"", root().display()))
            .replace("program = \"parts/square_100.ngc\"", &format!("program = \"part.ngc\"\n{steps}"))
            .replace("parts_freed = 1", "");
        std::fs::write(folder.join(format!("{scene}.toml")), text).unwrap();
    }
    folder
}

fn load(path: &Path) -> Scene {
    scene::load(path, None).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn edges(scene: &Scene) -> Vec<StepEdge> {
    let (program, _) = job::program(scene);
    let course = Course::new(&program);
    let step = |output: Output| if let Output::Step(edge) = output { Some(edge) } else { None };
    controller::outputs(scene, &course).filter_map(step).collect()
}

fn simulate(scene: &Scene) -> Record {
    let (program, _) = job::program(scene);
    let options = Options { fast_forward: false, ..Options::on(EngineKind::Rapier) };
    twin::run(scene, &program, &options).unwrap().record
}

fn compare(name: &str, machine: &str) {
    let folder = folder(name, machine);
    let planned = load(&folder.join("planned.toml"));
    let expected = edges(&planned);
    assert!(expected.len() > 10_000);
    let truth = simulate(&planned);
    for file in ["csv.toml", "vcd.toml"] {
        let scene = load(&folder.join(file));
        assert_eq!(edges(&scene), expected, "{file}");
        if file == "vcd.toml" {
            // The same recording as the table's, so it need not be simulated again.
            assert_eq!(
                scene.job.recording.as_ref().map(|r| &r.torch),
                load(&folder.join("csv.toml")).job.recording.as_ref().map(|r| &r.torch)
            );
            continue;
        }
        let record = simulate(&scene);
        assert_eq!(report::judge(&scene, &record).pass, report::judge(&planned, &truth).pass);
        for figure in ["contour_error_max_mm", "contour_error_rms_mm", "kerf_mean_mm"] {
            let (a, b) = (record.figures[figure], truth.figures[figure]);
            assert!((a - b).abs() <= 1e-3, "{figure}: {a} mm recorded, {b} mm planned");
        }
        for (a, b) in record.pose.tip_in_machine_m.iter().zip(truth.pose.tip_in_machine_m) {
            assert!((a - b).abs() <= 1e-6, "the tip ends at {a} m, planned at {b} m");
        }
        let (a, b) = (record.figures["following_error_max_mm"], truth.figures["following_error_max_mm"]);
        assert!((a - b).abs() <= 2.0 / 122.231, "{a} mm behind the estimate, {b} mm behind the plan: more than two steps apart");
    }
}

#[test]
fn a_recorded_plan_of_grbl_gives_the_same_cut_as_planning() {
    compare("recorded_grbl", "rack_4x4.toml");
}

#[test]
fn a_recorded_plan_with_limited_jerk_gives_the_same_cut_as_planning() {
    compare("recorded_s_curve", "turnkey_4x4.toml");
}

#[test]
fn without_the_torch_only_motion_is_judged_and_a_note_says_so() {
    let folder = folder("recorded_motion", "rack_4x4.toml");
    let steps = std::fs::read_to_string(folder.join("steps.csv")).unwrap();
    let motion: String =
        steps.lines().filter(|l| !l.contains("preheat") && !l.contains("oxygen")).map(|l| format!("{l}\n")).collect();
    std::fs::write(folder.join("steps.csv"), motion).unwrap();
    let scene = load(&folder.join("csv.toml"));
    assert!(
        scene.findings.iter().any(|f| f.code == "S013" && f.found.contains("only the motion is judged")),
        "{:?}",
        scene.findings
    );
    let record = simulate(&scene);
    assert!(record.cuts.is_empty() && record.figures["contour_error_max_mm"] > 0.001);
    let verdict = report::judge(&scene, &record);
    assert!(verdict.pass, "{:?}", verdict.reasons);
}
