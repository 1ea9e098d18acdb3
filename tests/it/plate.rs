//! The plate as a user meets it: scenes stripped to physics beside closed forms, other processes, `torchtwin torch`, exports.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn torchtwin(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let out = torchtwin(arguments);
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out.stderr)))
}

/// A folder of this test's own with a scene and its program.
pub fn scene(name: &str, plate: &str, torch: &str, program: &str, more: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("plate-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let machine = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/machines/rack_4x4.toml");
    let text = format!(
        "title = \"{name}\"\nmachine = {:?}\n[plate]\n{plate}\n[torch]\n{torch}\n[job]\nprogram = \"p.ngc\"\ndialect = \"linuxcnc\"\n\
         work_zero_mm = [0, 0, 0]\n{more}\n",
        machine.display().to_string()
    );
    std::fs::write(folder.join("p.ngc"), program).unwrap();
    let path = folder.join("scene.toml");
    std::fs::write(&path, text).unwrap();
    path
}

pub fn run(path: &Path) -> Value {
    json(&["run", path.to_str().unwrap(), "--json", "--engine", "reduced"])
}

pub fn series(report: &Value, probe: usize) -> Vec<(f64, f64)> {
    let list =
        |key: &str| report["probes"][probe][key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<_>>();
    list("time_s").into_iter().zip(list("temperature_c")).collect()
}

pub const STEEL: &str = "material = { conductivity_w_per_m_k = 35.0, density_kg_per_m3 = 7850.0, specific_heat_j_per_kg_k = 650.0 }\n\
                     surface_loss_w_per_m2_k = 0.0";

/// Case V1 of the thermal reference: peaks 3, 5, 10 and 20 mm beside a line source of 4 kW at 8 mm/s in 10 mm plate.
#[test]
fn a_line_source_in_a_scene_is_rosenthals_thin_plate() {
    let probes = [103, 105, 110, 120].map(|y| format!("[[probe]]\nat_mm = [120, {y}]\n")).concat();
    let path = scene(
        "thin",
        &format!("{STEEL}\nthickness_mm = 10\nsize_mm = [320, 200]"),
        "process = \"heat-source\"\npower_w = 4000\nshape = \"line\"",
        "G21 G90\nG0 X20.5 Y100 Z5\nM3\nG1 X300 F480\nM5\nM30\n",
        &probes,
    );
    let report = run(&path);
    for (n, expected) in [761.18, 481.80, 255.42, 138.34].into_iter().enumerate() {
        let peak = series(&report, n).into_iter().map(|s| s.1).fold(0.0, f64::max);
        println!("peak {n}: {peak:.2}, true {expected}, {:+.2} %", 100.0 * ((peak - 20.0) / (expected - 20.0) - 1.0));
        // The furthest probe has not seen its peak yet when the source stops; its rise is judged where it has.
        if n < 3 {
            assert!(((peak - 20.0) / (expected - 20.0) - 1.0).abs() < 0.01, "{n}: {peak}");
        }
    }
    assert!(report["figures"]["energy_error_share"].as_f64().unwrap() < 1e-3);
}

/// Case V7: a Gaussian at rest on thick plate, 1017.03 °C in its middle after 5 s; and V6: uniform heat and the standard's enthalpy.
#[test]
fn spots_and_uniform_heat_in_scenes_are_closed_forms() {
    let path = scene(
        "spot",
        &format!("{STEEL}\nthickness_mm = 30\nsize_mm = [80, 80]\nlayers = 30"),
        "process = \"heat-source\"\npower_w = 1600\nshape = \"gaussian\"\nradius_mm = 8",
        "G21 G90\nG0 X40 Y40 Z5\nM3\nG4 P5\nM5\nM30\n",
        "[[probe]]\nat_mm = [40, 40]\nz_mm = 0\n[[probe]]\nat_mm = [40, 40]\nz_mm = -8\n",
    );
    let report = run(&path);
    let peak = report["probes"][0]["peak_c"].as_f64().unwrap();
    println!("middle of the spot after 5 s: {peak:.1}, true 1017.0");
    assert!(((peak - 20.0) / 997.03 - 1.0).abs() < 0.01, "{peak}");
    assert!(report["probes"][1]["peak_c"].as_f64().unwrap() < 0.6 * peak);
    // 335.738 kJ/kg bring steel from 20 to 600 °C: 0.1 × 0.1 × 0.01 m weigh 0.785 kg.
    let path = scene(
        "uniform",
        "material = \"S235\"\nsurface_loss_w_per_m2_k = 0\nthickness_mm = 10\nsize_mm = [100, 100]\ncell_mm = 5\nlayers = 1",
        "process = \"heat-source\"\npower_w = 52710.866\nshape = \"uniform\"",
        "G21 G90\nG0 X40 Y40 Z5\nM3\nG4 P5\nM5\nM30\n",
        "[[probe]]\nat_mm = [50, 50]\n",
    );
    let report = run(&path);
    let (joules, last) = (report["figures"]["heat_into_plate_j"].as_f64().unwrap(), series(&report, 0).last().unwrap().1);
    println!("{joules:.0} J for 263554, {last:.2} °C for 600");
    assert!((joules / 263_554.33 - 1.0).abs() < 2e-3 && (last - 600.0).abs() < 1.5, "{joules} {last}");
}

/// Every program can be dry-run with a plain width: no heat, no gas, and the kerf that was asked for; plasma leaves far less heat than a
/// flame.
#[test]
fn other_processes_cut_the_same_square() {
    let square = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/parts/square_100.ngc")).unwrap();
    let cut = |name: &str, thickness: &str, torch: &str, feed: &str| {
        let program = square.replace("F480", feed).replace("G0 Z5\n", "G0 Z1.5\n");
        let plate = format!("material = \"S235\"\nthickness_mm = {thickness}\nsize_mm = [180, 180]\ncorner_mm = [100, 100]");
        let path = scene(name, &plate, &format!("{torch}\nwords = \"m3-preheat-m8-oxygen\""), &program, "");
        let text = std::fs::read_to_string(&path).unwrap().replace("work_zero_mm = [0, 0, 0]", "work_zero_mm = [140, 140, 0]");
        std::fs::write(&path, text).unwrap();
        run(&path)
    };
    let router = cut("router", "12.7", "process = \"fixed-kerf\"\nkerf_mm = 3.0", "F480");
    let figure = |report: &Value, name: &str| report["figures"][name].as_f64().unwrap_or(f64::NAN);
    assert_eq!((figure(&router, "kerf_mean_mm") * 1e6).round(), 3e6);
    assert_eq!(
        (figure(&router, "heat_into_plate_j"), figure(&router, "gas_oxygen_l"), figure(&router, "parts_freed")),
        (0.0, 0.0, 1.0)
    );
    // M3 strikes the arc, which has pierced long before the preheat of the flame's program is over.
    let plasma = cut("plasma", "6", "process = \"plasma\"", "F1364");
    assert_eq!((figure(&plasma, "parts_freed"), figure(&plasma, "cut_lost")), (1.0, 0.0));
    let (kerf, air) = (figure(&plasma, "kerf_mean_mm"), figure(&plasma, "gas_air_l"));
    assert!((1.4..2.0).contains(&kerf) && air > 50.0 && figure(&plasma, "gas_oxygen_l") == 0.0, "{kerf} {air}");
}

/// The words of the design, and a chart's row.
#[test]
fn a_tip_says_what_it_does() {
    let half_inch = json(&["torch", "victor-1-101", "--thickness-mm", "12.7", "--json"]);
    for key in [
        "tip",
        "clean_cut_speed_mm_per_min",
        "speed_min_mm_per_min",
        "speed_max_mm_per_min",
        "kerf_mm",
        "preheat_s",
        "pierce_s",
        "oxygen_l_per_min",
        "fuel_l_per_min",
    ] {
        assert!(!half_inch[key].is_null(), "{key}");
    }
    assert_eq!((half_inch["tip"].as_str(), half_inch["clean_cut_speed_mm_per_min"].as_f64()), (Some("1"), Some(482.5)));
    let plasma = json(&["torch", "plasma", "--thickness-mm", "6", "--json"]);
    assert_eq!(plasma["amps"].as_f64(), Some(45.0));
    let strong = json(&["torch", "plasma", "--thickness-mm", "6", "--amps", "65", "--json"]);
    assert!(strong["clean_cut_speed_mm_per_min"].as_f64() > plasma["clean_cut_speed_mm_per_min"].as_f64());
    let impure = json(&["torch", "victor-1-101", "--thickness-mm", "12.7", "--purity", "0.985", "--json"]);
    let share = impure["clean_cut_speed_mm_per_min"].as_f64().unwrap() / 482.5;
    assert!((share - 0.85).abs() < 1e-4, "{share}");
    // What is an estimate has a line each, at this thickness, and not one for every row of the chart.
    let about = |tip: &Value, what: &str| {
        let list = tip["estimates"].as_array().unwrap();
        assert!(list.len() < 25, "{}", list.len());
        let lines: Vec<&Value> = list.iter().filter(|one| one["key"].as_str().unwrap().contains(what)).collect();
        let range = lines.first().map(|one| ["low", "value", "high"].map(|key| one[key].as_f64().unwrap()));
        (lines.len(), range.unwrap_or_default())
    };
    assert_eq!(about(&half_inch, "kerf, mm"), (1, [1.22, 1.52, 1.83]));
    assert_eq!(about(&half_inch, "clean-cut speed").0, 0, "that row is the maker's");
    let (lines, oxygen) = about(&half_inch, "cutting oxygen, l/min");
    assert!(lines == 1 && (oxygen[1] - half_inch["oxygen_l_per_min"].as_f64().unwrap()).abs() < 1e-3, "{oxygen:?}");
    let propane = json(&["torch", "generic-propane", "--thickness-mm", "15", "--json"]);
    for what in
        ["clean-cut speed", "kerf, mm", "cutting oxygen", "at 15 mm: fuel", "oxygen of the preheat flame", "price of propane"]
    {
        assert_eq!(about(&propane, what).0, 1, "{what}");
    }
    // At 45 A the chart has voltages and no kerfs, at 65 A kerfs from 3 to 10 mm and no voltages.
    assert_eq!((about(&plasma, "kerf, mm").0, about(&plasma, "arc voltage").0), (1, 0));
    assert_eq!((about(&strong, "kerf, mm").0, about(&strong, "arc voltage").0), (0, 1));
    for wrong in [
        vec!["torch", "victor", "--thickness-mm", "12.7"],
        vec!["torch", "victor-1-101", "--thickness-mm", "-3"],
        vec!["torch", "victor-1-101", "--thickness-mm", "12", "--material", "stainless-304"],
        vec!["torch", "victor-1-101", "--thickness-mm", "12", "--purity", "0.9"],
        vec!["torch", "plasma", "--thickness-mm", "12", "--amps", "50"],
    ] {
        let out = torchtwin(&wrong);
        assert_eq!(out.status.code(), Some(2), "{wrong:?}");
        assert!(String::from_utf8_lossy(&out.stderr).contains("error[S007]"), "{wrong:?}");
    }
}

#[test]
fn a_report_holds_drawings_maps_and_edges_and_parts_are_measured() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plate-exports");
    let _ = std::fs::remove_dir_all(&dir);
    let report = json(&["run", "scenes/square_100.toml", "--json", "--engine", "reduced", "--report", dir.to_str().unwrap()]);
    for name in ["parts.dxf", "parts.svg", "kerf.json", "maps.json"].into_iter().chain(
        ["peak", "temperature", "cooling"]
            .map(|map| [format!("{map}.png"), format!("{map}.npy")])
            .as_flattened()
            .iter()
            .map(String::as_str),
    ) {
        assert!(std::fs::metadata(dir.join(name)).unwrap().len() > 100, "{name}");
    }
    // The cooling map has times where a cell of 3 mm beside the cut came to 800 °C, and the part's size is that of the cold part.
    let cooling = std::fs::read(dir.join("cooling.npy")).unwrap();
    let times: Vec<f32> = cooling[128..].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let timed: Vec<f32> = times.iter().copied().filter(|s| *s > 0.0).collect();
    assert!(
        timed.len() > 3 && timed.iter().all(|s| (0.5..60.0).contains(s)),
        "{} {:?}",
        timed.len(),
        timed.iter().copied().fold(0.0, f32::max)
    );
    let part = &report["parts"][0];
    let ring = &part["measured"]["rings"][0];
    assert_eq!(
        (part["scrap"].as_bool(), part["skeleton"].as_bool(), part["measured"]["rings"].as_array().map(Vec::len)),
        (Some(false), Some(false), Some(1))
    );
    for axis in 0..2 {
        let (off, size) = (ring["size_off_mm"][axis].as_f64().unwrap(), ring["intended_size_mm"][axis].as_f64().unwrap());
        assert!((size - 100.0).abs() < 1e-3, "the program draws 100 mm with half the chart's kerf of 1.52 around: {size}");
        assert!(off.abs() < 0.5, "{off}");
        let (hot, cold) = (part["size_mm"][axis].as_f64().unwrap(), part["cold_size_mm"][axis].as_f64().unwrap());
        assert!(
            (cold * (1.0 + part["growth_when_cut"].as_f64().unwrap()) / hot - 1.0).abs() < 1e-6 && hot - cold > 0.05,
            "{hot} {cold}"
        );
        assert!((cold - size - off).abs() < 1e-3, "the cold part is measured");
    }
    let figures = &report["figures"];
    let haz = figures["haz_mean_mm"].as_f64().unwrap();
    assert!((1.0..3.0).contains(&haz), "{haz}");
    assert!((1.0..=2.0).contains(&figures["iso9013_class"].as_f64().unwrap()));
    assert!(figures["energy_error_share"].as_f64().unwrap() < 1e-3);
    assert_eq!(figures["parts_intended"], figures["parts_freed"]);
}

/// A drawing takes the place of the program's path: a square of 99 mm where the program cuts 100 shows as half a millimetre too much.
#[test]
fn a_drawing_says_what_was_intended() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plate-drawing");
    std::fs::create_dir_all(&folder).unwrap();
    let corners = [[0.5, 0.5], [99.5, 0.5], [99.5, 99.5], [0.5, 99.5]];
    let vertices: String = corners.iter().map(|[x, y]| format!("10\n{x}\n20\n{y}\n")).collect();
    let drawing = format!("0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n90\n4\n70\n1\n{vertices}0\nENDSEC\n0\nEOF\n");
    std::fs::write(folder.join("square.dxf"), drawing).unwrap();
    let scene = std::fs::read_to_string(root.join("scenes/square_100.toml")).unwrap();
    let scene = scene
        .replace("\"machines/", &format!("\"{}/scenes/machines/", root.display()))
        .replace("\"parts/", &format!("\"{}/scenes/parts/", root.display()))
        .replace("[plate]\n", "[plate]\nintended = \"square.dxf\"\n");
    let path = folder.join("scene.toml");
    std::fs::write(&path, scene).unwrap();
    let report = run(&path);
    let ring = &report["parts"][0]["measured"]["rings"][0];
    assert_eq!(ring["intended_size_mm"][0].as_f64(), Some(99.0), "{ring}");
    let mean = ring["deviation_mean_mm"].as_f64().unwrap();
    assert!((0.3..0.7).contains(&mean), "{mean}");
}

/// A plate with a hole, cut as drawn: what falls out of the hole is in no drawing, and scrap.
#[test]
fn what_falls_out_of_a_drawn_hole_is_scrap() {
    let circle = "0\nCIRCLE\n10\n100\n20\n70\n40\n10\n";
    let corners = [[70.0, 40.0], [130.0, 40.0], [130.0, 100.0], [70.0, 100.0]];
    let vertices: String = corners.iter().map(|[x, y]| format!("10\n{x}\n20\n{y}\n")).collect();
    let drawing = format!("0\nSECTION\n2\nENTITIES\n{circle}0\nLWPOLYLINE\n90\n4\n70\n1\n{vertices}0\nENDSEC\n0\nEOF\n");
    let path = scene(
        "drawn-hole",
        "material = \"S235\"\nthickness_mm = 6\nsize_mm = [200, 140]\nintended = \"hole.dxf\"",
        "process = \"fixed-kerf\"\nkerf_mm = 2\nwords = \"m3-starts\"",
        "G21 G90\nG0 Z5\nG0 X100 Y70\nM3\nG1 X109 F1500\nG3 X109 Y70 I-9 J0\nM5\nG0 X60 Y39\nM3\nG1 X69\nG1 X131\nG1 Y101\nG1 X69\nG1 Y39\nM5\nM30\n",
        "",
    );
    std::fs::write(path.parent().unwrap().join("hole.dxf"), drawing).unwrap();
    let report = run(&path);
    let scrap: Vec<bool> = report["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["skeleton"] == false)
        .map(|part| part["scrap"] == true)
        .collect();
    assert_eq!((scrap, report["figures"]["parts_intended"].as_f64()), (vec![true, false], Some(1.0)));
    let hole = &report["parts"][1]["measured"]["rings"][1];
    assert!(
        (hole["intended_diameter_mm"].as_f64().unwrap() - 20.0).abs() < 1e-3 && hole["roundness_mm"].as_f64().unwrap() < 0.2,
        "{hole}"
    );
}
