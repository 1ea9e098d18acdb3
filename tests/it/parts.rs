//! `torchtwin parts` and catalogues of one's own, as a user meets them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn torchtwin(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_torchtwin")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// stdout of a call that must go well.
fn said(arguments: &[&str]) -> String {
    let out = torchtwin(arguments);
    assert_eq!(out.status.code(), Some(0), "{arguments:?}: {}", text(&out.stderr));
    text(&out.stdout)
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&said(arguments)).unwrap()
}

/// A folder with one catalogue file, this test's own.
fn catalogue(name: &str, file: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join(file), content).unwrap();
    path
}

const RACK: &str = "scenes/machines/rack_4x4.toml";
const MOTOR: &str = "[motor.23HS30-2804S]
name = \"my 23HS30\"
frame_nema = 23
body_mm = 76
holding_torque_nm = 2.0
rated_current_a = 2.8
resistance_ohm = 1.13
inductance_mh = 5.4
rotor_inertia_g_cm2 = 480
mass_kg = 1.15
shaft_mm = 8
price = { usd = 10.26, date = \"2026-11\", source = \"second hand\" }
source = \"measured by me\"
";

#[test]
fn kinds_are_listed_with_how_to_go_on() {
    let out = torchtwin(&["parts"]);
    assert_eq!(out.status.code(), Some(0));
    let table = text(&out.stdout);
    for kind in ["motors", "gearboxes", "couplings", "hardware", "tips"] {
        assert!(table.lines().any(|line| line.starts_with(kind)), "{table}");
    }
    assert!(text(&out.stderr).contains("torchtwin parts show"), "words are on stderr");
    assert_eq!(json(&["parts", "--json"]).as_array().map(Vec::len), Some(15));
}

#[test]
fn a_list_has_figures_with_units_prices_and_fits_a_terminal() {
    // Reference, section 2.1: 23HS30-2804S 1.89 N·m, 2.8 A, 1.13 ohm, 5.4 mH, 480 g·cm² [E], $18.26.
    let table = said(&["parts", "motors"]);
    let row = table.lines().find(|line| line.starts_with("23HS30-2804S")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells[3..8], ["1.89", "2.8", "1.13", "5.4", "~480"], "{row}");
    assert!(row.contains(" 18.26 ") && row.contains("2026-09") && row.trim_end().ends_with("published"), "{row}");
    assert!(table.lines().all(|line| line.chars().count() <= 120), "{table}");
    let units = table.lines().find(|line| line.contains("N·m")).unwrap();
    assert!(["A", "Ω", "mH", "g·cm²", "kg", "USD"].iter().all(|unit| units.contains(unit)), "{units}");
}

#[test]
fn filters_take_words_and_figures() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let list = json(&[&["parts"], arguments, &["--json"]].concat());
        list.as_array().unwrap().iter().map(|part| part["id"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(
        ids(&["motors", "--filter", "holding_nm>1.5", "--filter", "price<30", "--filter", "price>=18", "--sort", "-price"]),
        ["23HS45-4204S", "23HS32-4004S", "23HE45-4204S", "23HS30-2804S"]
    );
    assert_eq!(ids(&["supply", "--filter", "mean well", "--sort", "volts"]), ["LRS-350-24", "LRS-350-48"]);
    let none = torchtwin(&["parts", "motors", "--filter", "holding>99"]);
    assert_eq!((none.status.code(), none.stdout.len()), (Some(1), 0));
    assert!(text(&none.stderr).contains("none of 27 motors fits holding>99"));
}

#[test]
fn one_part_has_every_value_with_range_basis_source_and_date() {
    let words = said(&["parts", "show", "motors/23hs22-2804s"]);
    for piece in ["motors/23HS22-2804S  StepperOnline", "holding_torque_nm", "g·cm²", "19.87 USD per piece, 2026-09, published"]
    {
        assert!(words.contains(piece), "{piece}: {words}");
    }
    let belt = said(&["parts", "show", "gt2-6"]);
    assert!(belt.contains("9800 to 20000   estimate"), "{belt}");
    assert!(belt.lines().any(|line| line.starts_with("FARM ") && line.contains("genesis.farm.bot")), "{belt}");
    let value = &json(&["parts", "show", "gt2-6", "--json"])["values"]["ea_n"];
    assert_eq!(
        (value["value"].as_f64(), value["unit"].as_str(), value["low"].as_f64()),
        (Some(16900.0), Some("N"), Some(9800.0))
    );
    assert!(said(&["parts", "show", "tips/victor-1-101"]).contains("406 to 559"));
}

#[test]
fn parts_are_compared_side_by_side() {
    let table = said(&["parts", "compare", "23HS30-2804S", "motors/23HS45-4204S"]);
    let row = table.lines().find(|line| line.starts_with("holding torque, N·m")).unwrap();
    assert!(row.contains("1.89") && row.trim_end().ends_with('3'), "{row}");
    assert!(table.lines().all(|line| line.chars().count() <= 120), "{table}");
    let mixed = torchtwin(&["parts", "compare", "gt2-6", "TB6600"]);
    assert_eq!(mixed.status.code(), Some(2));
    assert!(text(&mixed.stderr).contains("belts/gt2-6 and drivers/TB6600 are of two kinds"));
}

#[test]
fn what_is_unknown_is_named_once_with_the_nearest() {
    for (arguments, found, hint) in [
        (&["parts", "moters"][..], "no kind of part called moters", "did you mean motors?"),
        (&["parts", "show", "23HS30-2804"], "no part 23HS30-2804", "did you mean motors/23HS30-2804S?"),
        (&["parts", "DM542T"], "no kind of part called DM542T", "torchtwin parts show drivers/DM542T"),
        (&["parts", "motors", "--sort", "holding_torqe_nm"], "a field `holding_torqe_nm`", "did you mean `holding_torque_nm`?"),
        (&["parts", "motors", "--filter", "price<few"], "few is no number", "--filter \"price<40\""),
    ] {
        let out = torchtwin(arguments);
        assert_eq!((out.status.code(), out.stdout.len()), (Some(2), 0), "{arguments:?}");
        let words = text(&out.stderr);
        assert!(words.contains(found) && words.contains(hint) && words.matches("error[").count() == 1, "{words}");
    }
}

#[test]
fn a_machine_is_priced_to_the_cent_and_its_drives_derived() {
    // Reference, section 8, bill B: $1482.38, 23 % on published prices; the largest line is the frame tube, 46 ft at $5.
    let bill = json(&["parts", "machine", RACK, "--json"]);
    assert_eq!(format!("{:.2}", bill["cost_usd"].as_f64().unwrap()), "1482.38");
    assert_eq!(format!("{:.2}", bill["published_share"].as_f64().unwrap()), "0.23");
    assert_eq!(bill["largest"][0], "square tube 2x2x0.120 in");
    let by_hand: f64 = bill["lines"].as_array().unwrap().iter().map(|line| line["total_usd"].as_f64().unwrap()).sum();
    assert!((by_hand - 1482.38).abs() < 0.005, "{by_hand}");
    // 25 teeth of module 1 behind 3:1: 26.2 mm a turn, 0.0082 mm a step of 3200 a turn (reference, section 4.2).
    let x = &bill["derived"]["axes"]["X"];
    let travel = 25.0 * std::f64::consts::PI / 3.0;
    assert!((x["travel_per_turn_mm"].as_f64().unwrap() - travel).abs() < 1e-9);
    assert!((x["microstep_um"].as_f64().unwrap() - 1e3 * travel / 3200.0).abs() < 1e-9);
    // 480 g·cm² on 26.18 mm a turn.
    let rotor = 480e-7 / (travel * 1e-3 / std::f64::consts::TAU).powi(2);
    assert!((x["rotor_as_mass_kg"].as_f64().unwrap() - rotor).abs() < 1e-9);
    let words = said(&["parts", "machine", RACK]);
    assert!(words.contains("1482.38") && words.contains("26.180") && words.contains("published  23 %"), "{words}");
    assert!(words.lines().all(|line| line.chars().count() <= 120), "{words}");
}

#[test]
fn a_part_that_no_line_pays_for_is_noted() {
    let out = torchtwin(&["parts", "machine", "scenes/machines/turnkey_4x4.toml"]);
    assert_eq!(out.status.code(), Some(0));
    assert!(text(&out.stderr).contains("note[C005]: no cost line names drivers/CL57T (axis.x, axis.y)"), "{}", text(&out.stderr));
}

#[test]
fn a_catalogue_of_ones_own_changes_the_price_and_says_so() {
    let folder = catalogue("own_motor", "motors.toml", MOTOR);
    let folder = folder.to_str().unwrap();
    let out = torchtwin(&["parts", "machine", RACK, "--catalogue", folder]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    // Three motors at 10.26 instead of 18.26.
    assert!(text(&out.stdout).contains("1458.38"), "{}", text(&out.stdout));
    let note = "motors.toml:1: note[S015]: motors/23HS30-2804S takes the place of the built-in catalogue's own";
    assert!(text(&out.stderr).contains(note), "{}", text(&out.stderr));
    let plan = ["plan", "scenes/parts/square_100.ngc", "--machine", RACK, "--catalogue", folder];
    let out = torchtwin(&plan);
    assert!(out.status.code() == Some(0) && text(&out.stderr).matches(note).count() == 1, "{}", text(&out.stderr));
    // `path` has moves on stdout, so that it tells on stderr; `check` lists what it finds.
    for (command, on_stderr) in [("path", true), ("check", false)] {
        let out = torchtwin(&[command, "scenes/parts/square_100.ngc", "--machine", RACK, "--catalogue", folder]);
        let told = if on_stderr { &out.stderr } else { &out.stdout };
        assert!(out.status.code() == Some(0) && text(told).matches(note).count() == 1, "{command}: {}", text(told));
    }
    assert!(said(&["parts", "show", "23hs30-2804s", "--catalogue", folder]).contains("measured by me"));
    let run = torchtwin(&["run", "scenes/square_100.toml", "--catalogue", folder, "--json"]);
    assert_eq!(run.status.code(), Some(0));
    assert!(text(&run.stderr).contains(note), "{}", text(&run.stderr));
}

#[test]
fn a_faulty_catalogue_cannot_run_and_says_where() {
    let folder = catalogue("faulty_motor", "motors.toml", &MOTOR.replace("resistance_ohm = 1.13", "resistance_ohm = 1130"));
    for command in
        [&["parts"][..], &["run", "scenes/square_100.toml"], &["plan", "scenes/parts/square_100.ngc", "--machine", RACK]]
    {
        let out = torchtwin(&[command, &["--catalogue", folder.to_str().unwrap()]].concat());
        assert_eq!(out.status.code(), Some(2), "{command:?}");
        let words = text(&out.stderr);
        assert!(
            words.contains("motors.toml:7:18: error[S006]: `motor.23HS30-2804S.resistance_ohm` is 1130; expected a number from"),
            "{words}"
        );
    }
    let alone = torchtwin(&["check", "scenes/parts/square_100.ngc", "--catalogue", folder.to_str().unwrap()]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(text(&alone.stderr).contains("--catalogue without --machine"), "{}", text(&alone.stderr));
}
