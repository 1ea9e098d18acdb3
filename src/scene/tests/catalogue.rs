//! The catalogue against the tables it was compiled from, what gearboxes and couplings do to a machine, and catalogues of one's own.

use std::f64::consts::TAU;
use std::path::PathBuf;

use super::{Folder, built_in, load_machine, rack, square, words};
use crate::diag::{Diagnostic, Severity};
use crate::drive::params::{JointParams, Stiffness};
use crate::scene::catalogue::KINDS;
use crate::scene::check::Said;
use crate::scene::layers::Layered;
use crate::scene::{bill, load, load_machine_with, load_with};

/// Figures of the reference notes on parts (sections 3 to 7, 2026-09 and 2026-10): part, key, value. Prices are `price.usd` and
/// `price.eur`, where the notes give a range its middle or what the notes' own bills take.
const REFERENCE: &[(&str, &str, f64)] = &[
    ("motors/23HS30-2804S", "holding_torque_nm", 1.89),
    ("motors/23HS30-2804S", "price.usd", 18.26),
    ("motors/23HS45-4204S", "price.usd", 28.70),
    ("drivers/DM542T", "price.usd", 19.65),
    ("drivers/CL86T", "price.eur", 42.14),
    ("supplies/LRS-350-48", "price.usd", 36.11),
    ("controllers/fluidnc-jackpot3", "price.usd", 75.99),
    ("controllers/fluidnc-esp32s3", "max_step_rate_hz", 150_000.0),
    ("belts/htd3m-15-steel", "ea_n", 127_500.0),
    ("belts/at5-16-steel", "allowable_tension_n", 1120.0),
    ("belts/gt2-10", "price.usd", 1.95),
    ("racks/20dp-brand", "module_mm", 1.27),
    ("racks/mod1-15-import", "price.usd", 15.0),
    ("screws/SFU1605", "nut_stiffness_n_per_um", 113.0),
    ("screws/SFU2010", "price.usd", 99.0),
    ("gearboxes/so-mg-10", "price.usd", 40.0),
    ("gearboxes/so-hg-10", "price.usd", 83.0),
    ("gearboxes/so-hg-10", "backlash_arcmin", 15.0),
    ("gearboxes/cricket-mk2", "efficiency", 0.855),
    ("gearboxes/cricket-mk2", "price.usd", 54.95),
    ("couplings/helical-19x25", "price.eur", 4.22),
    ("couplings/shaft-12-1300", "torsional_stiffness_nm_per_rad", 124.0),
    ("couplings/shaft-16-1300", "torsional_stiffness_nm_per_rad", 393.0),
    ("guides/hgr15-z0", "stiffness_n_per_um", 196.0),
    ("guides/hgr15-zb", "stiffness_n_per_um", 483.0),
    ("guides/hgr20-zb", "stiffness_n_per_um", 678.0),
    ("guides/hgr15", "element_price.usd", 34.97),
    ("guides/hgr20", "element_price.usd", 44.90),
    ("guides/mgn12c", "stiffness_n_per_um", 109.0),
    ("guides/mgn15h-z1", "stiffness_n_per_um", 204.0),
    ("guides/v-wheel-625-nylon", "price.eur", 2.72),
    ("sections/ts-1530", "i_strong_cm4", 75.1),
    ("sections/rhs-4x2x0120in", "price.usd", 11.54),
    ("torches/g1-30", "price.usd", 55.0),
    ("hardware/thc-proma-sd", "price.eur", 238.0),
    ("hardware/bk12", "axial_stiffness_n_per_um", 88.0),
    ("hardware/drag-chain", "price.usd", 14.50),
    ("hardware/inductive-sensor", "price.usd", 5.50),
    ("hardware/levelling-foot", "price.usd", 8.81),
];

#[test]
fn figures_and_prices_are_those_of_the_reference() {
    for (part, key, value) in REFERENCE {
        let entry = built_in().entry(part).unwrap_or_else(|finding| panic!("{finding}"));
        let mut facts = Vec::new();
        entry.part.facts("", &mut facts);
        let said = facts.iter().find(|fact| fact.path == *key).map(|fact| &fact.value);
        assert!(matches!(said, Some(Said::Number(quantity)) if quantity.value == *value), "{part} {key}: {said:?}");
    }
}

#[test]
fn growth_with_heat_is_that_of_the_handbook() {
    // Reference, section 6: 1.25 m of steel warmed by 10 K grow by 0.146 mm, of aluminium by 0.29 mm.
    for (material, mm) in [("steel", 0.146), ("aluminium", 0.29)] {
        let growth = built_in().section_materials[material].expansion_um_per_m_k.value * 1.25 * 10.0 * 1e-3;
        assert!((growth - mm).abs() < 0.005, "{material}: {growth}");
    }
}

#[test]
fn shafts_are_as_stiff_and_heavy_as_their_steel() {
    for (id, diameter_m) in [("shaft-12-1300", 0.012_f64), ("shaft-16-1300", 0.016)] {
        let shaft = built_in().coupling(id).expect("a shaft").part;
        let stiffness = 79.3e9 * TAU / 64.0 * diameter_m.powi(4) / 1.3;
        assert!((shaft.torsional_stiffness_nm_per_rad.value / stiffness - 1.0).abs() < 0.01, "{id}: {stiffness}");
        let inertia_g_cm2 = 7850.0 * TAU / 64.0 * diameter_m.powi(4) * 1.3 * 1e7;
        assert!((shaft.inertia_g_cm2.value / inertia_g_cm2 - 1.0).abs() < 0.01, "{id}: {inertia_g_cm2}");
    }
}

#[test]
fn every_part_is_found_by_path_and_every_price_has_its_date() {
    for entry in built_in().entries() {
        assert!(KINDS.iter().any(|(kind, _)| *kind == entry.kind), "{}", entry.kind);
        assert_eq!(built_in().entry(&entry.path().to_lowercase()).expect("its own path").id, entry.id);
        if let Some(price) = entry.price {
            let year: Option<u32> = price.date.get(..4).and_then(|year| year.parse().ok());
            assert!(year.is_some_and(|year| (2015..2100).contains(&year)), "{}: {}", entry.path(), price.date);
            assert!(!price.source.is_empty() && price.unit_usd().is_some(), "{}", entry.path());
        }
    }
    let unknown = built_in().entry("23HS30-2804").err().map(|finding| finding.to_string());
    let expected = "error[S007]: the catalogue has no part 23HS30-2804\n  hint: did you mean motors/23HS30-2804S?";
    assert_eq!(unknown.as_deref(), Some(expected));
}

/// Joint of the axis in the shipped rack machine with `from` replaced by `to`.
fn joint(folder: &Folder, from: &str, to: &str, axis: usize) -> JointParams {
    let path = folder.write("machine.toml", &rack(from, to));
    let (machine, _) = load_machine(&path).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    machine.joints.into_iter().find(|joint| joint.axis == axis).expect("the axis")
}

const X_BELT: &str = "reduction = { ratio = 3, belt = \"gt3-9\", motor_teeth = 20, centre_mm = 100 }\n\n[axis.y]";

#[test]
fn a_gearbox_brings_ratio_play_and_mass() {
    let folder = Folder::new("gearbox");
    let belt = joint(&folder, X_BELT, X_BELT, 0);
    let geared = joint(&folder, X_BELT, "reduction = { gearbox = \"so-hg-10\" }\n\n[axis.y]", 0);
    let radius_m = 0.0125;
    assert!((geared.transmission.travel_m_per_rad - radius_m / 10.0).abs() < 1e-12);
    // Reference, section 4.3: 15 arc minutes on a pitch radius of 12.5 mm are 0.055 mm, whatever presses the pinion.
    assert!((geared.transmission.backlash_m * 1e3 - 0.055).abs() < 0.0005, "{}", geared.transmission.backlash_m);
    assert_eq!(belt.transmission.backlash_m, 0.0);
    // A kilogram more than the motor alone rides in X.
    assert!((geared.moved_mass_kg - belt.moved_mass_kg - 1.0).abs() < 1e-9);
    // Mesh 255 × 0.55, mount 15, gearbox 6000 N·m/rad at 12.5 mm, one after the other.
    let by_hand = 1.0 / (1.0 / (255.0 * 0.55) + 1.0 / 15.0 + radius_m * radius_m * 1e6 / 6000.0);
    let Stiffness::Constant { n_per_m } = geared.transmission.stiffness else { panic!("a rack's stiffness is constant") };
    assert!((n_per_m * 1e-6 / by_hand - 1.0).abs() < 1e-9, "{n_per_m} {by_hand}");
    assert!((geared.transmission.efficiency - 0.93 * 0.90).abs() < 1e-12);
}

#[test]
fn a_coupling_is_one_more_spring_on_the_screw() {
    let folder = Folder::new("coupling");
    let z = "kind = \"screw\"\npart = \"TR8x8\"\n";
    let (rigid, soft) = (joint(&folder, z, z, 2), joint(&folder, z, &format!("{z}coupling = \"helical-19x25\"\n"), 2));
    let of = |joint: &JointParams| joint.transmission.stiffness.at(0.0) * 1e-6;
    // 35 N·m/rad on a lead of 8 mm: 35 (2π/0.008)² N/m.
    let coupling = 35.0 * (TAU / 0.008).powi(2) * 1e-6;
    let by_hand = 1.0 / (1.0 / of(&rigid) + 1.0 / coupling);
    assert!((of(&soft) / by_hand - 1.0).abs() < 1e-9, "{} {by_hand}", of(&soft));
    assert!((soft.transmission.inertia_kg_m2 - rigid.transmission.inertia_kg_m2 - 8e-7).abs() < 1e-15);
}

#[test]
fn a_reduction_says_what_it_lacks_or_has_too_much() {
    let folder = Folder::new("reduction");
    let message = |to: &str| {
        let path = folder.write("machine.toml", &rack(X_BELT, &format!("{to}\n\n[axis.y]")));
        let findings = load_machine(&path).err().unwrap_or_default();
        words(&findings).replace(&format!("{}/", folder.0.display()), "")
    };
    assert_eq!(
        message("reduction = { ratio = 3, belt = \"gt3-9\", centre_mm = 100 }"),
        "machine.toml:96:33: error[S005]: the belt reduction has no `motor_teeth`\n  hint: add `motor_teeth = …`, or name a `gearbox` of the \
         catalogue instead"
    );
    assert_eq!(
        message("reduction = { gearbox = \"so-mg-10\", ratio = 3 }"),
        "machine.toml:96:45: error[S009]: a reduction with `gearbox` has `ratio` too; expected a gearbox or a belt\n  hint: two stages are \
         not modelled"
    );
    assert_eq!(
        message("reduction = { gearbox = \"so-mg-01\" }"),
        "machine.toml:96:25: error[S007]: the catalogue has no gearboxes/so-mg-01\n  hint: did you mean \"so-mg-10\"?"
    );
}

/// A driver of one's own.
const OWN_DRIVER: &str = "[driver.DM542T]
name = \"DM542T, as measured\"
bus_min_v = 20
bus_max_v = 50
current_peak_max_a = { value = 4.2, basis = \"measured\", source = \"my own, clamp meter\" }
current_named = \"peak\"
microsteps_max = 128
max_step_rate_hz = 180000
price = { usd = 12.50, date = \"2026-11\", source = \"second hand\" }
source = \"my own\"

[driver.my-driver]
name = \"mine\"
bus_min_v = 12
bus_max_v = 60
current_peak_max_a = 6
current_named = \"peak\"
microsteps_max = 64
max_step_rate_hz = 100000
source = \"my own\"
";

/// A catalogue folder called `name` with one file in `folder`.
fn own(folder: &Folder, name: &str, file: &str, text: &str) -> PathBuf {
    let path = folder.0.join(name);
    std::fs::create_dir_all(&path).expect("a folder for the test");
    std::fs::write(path.join(file), text).expect("a file for the test");
    path
}

fn in_words(findings: &[Diagnostic], folder: &Folder) -> String {
    words(findings).replace(&format!("{}/", folder.0.display()), "")
}

#[test]
fn a_folder_of_ones_own_adds_parts_and_takes_the_place_of_others() {
    let folder = Folder::new("own");
    let mine = own(&folder, "mine", "drivers.toml", OWN_DRIVER);
    let layered = Layered::with(Some(&mine)).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    assert_eq!(
        in_words(&layered.notes, &folder),
        "mine/drivers.toml:1: note[S015]: drivers/DM542T takes the place of the built-in catalogue's own"
    );
    assert_eq!(layered.catalogue.drivers.len(), built_in().drivers.len() + 1);
    assert_eq!(layered.catalogue.driver("my-driver").expect("the added one").part.current_peak_max_a.value, 6.0);
    assert_eq!(layered.catalogue.motors.len(), built_in().motors.len());
    // Four drivers at 12.50 instead of 19.65.
    let path = folder.write("machine.toml", &rack("title", "title"));
    let total = |own: Option<&std::path::Path>| {
        let (bill, _) = bill::load(&path, own).unwrap_or_else(|findings| panic!("{}", words(&findings)));
        bill.lines.iter().map(|line| line.cost.total_usd()).sum::<f64>()
    };
    assert!((total(None) - total(Some(&mine)) - 4.0 * (19.65 - 12.50)).abs() < 1e-9);
}

#[test]
fn machine_and_scene_name_their_own_catalogues() {
    let folder = Folder::new("named");
    own(&folder, "mine", "drivers.toml", OWN_DRIVER);
    let second = own(&folder, "second", "drivers.toml", &OWN_DRIVER.replace("180000", "170000"));
    let named = rack("title", "catalogue = \"mine\"\ntitle").replace("driver = \"DM542T\"", "driver = \"my-driver\"");
    let path = folder.write("machine.toml", &named);
    let (machine, findings) = load_machine(&path).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    assert!(machine.joints[0].driver.name.starts_with("mine at 48 V"), "{}", machine.joints[0].driver.name);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Note && finding.code == "S015"));
    // The command line's folder lies over the machine's; a folder named twice counts once.
    let (_, findings) = load_machine_with(&path, Some(&second)).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    let said = in_words(&findings, &folder);
    assert!(
        said.contains("second/drivers.toml:12: note[S015]: drivers/my-driver takes the place of an earlier catalogue's own"),
        "{said}"
    );
    let (_, once) =
        load_machine_with(&path, Some(&folder.0.join("mine"))).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    assert_eq!(once.len(), 1);
    // A scene has the machine's catalogue, and its own over it.
    let scene = square("title = \"square\"", "title = \"square\"\ncatalogue = \"second\"");
    let at = super::scenes();
    let scene = scene.replace(&format!("{}/machines/rack_4x4.toml", at.display()), "machine.toml");
    let path = folder.write("scene.toml", &scene);
    let read = load(&path, None).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    assert!(read.machine.joints[0].driver.name.starts_with("mine"));
    assert_eq!(read.findings.iter().filter(|finding| finding.code == "S015").count(), 3, "{}", words(&read.findings));
    assert!(load_with(&path, None, Some(&second)).is_ok());
}

#[test]
fn faulty_catalogues_say_where_what_and_what_next() {
    let folder = Folder::new("faulty");
    let message = |file: &str, text: &str| {
        let mine = own(&folder, file.trim_end_matches(".toml"), file, text);
        let findings = Layered::with(Some(&mine)).err().unwrap_or_default();
        in_words(&findings, &folder)
    };
    assert_eq!(
        message("driver.toml", OWN_DRIVER).split("; expected").next(),
        Some("driver/driver.toml: error[S014]: driver.toml is no file of a catalogue")
    );
    assert!(message("driver.toml", OWN_DRIVER).ends_with("hint: did you mean drivers.toml?"));
    assert_eq!(
        message("drivers.toml", &OWN_DRIVER.replace("bus_max_v = 60", "bus_max_v = 6000")),
        "drivers/drivers.toml:15:13: error[S006]: `driver.my-driver.bus_max_v` is 6000; expected a number from 5 to 400"
    );
    assert_eq!(
        message("drivers.toml", &OWN_DRIVER.replace("bus_max_v = 60", "bus_maks_v = 60")).lines().last(),
        Some("  hint: did you mean `bus_max_v`?")
    );
    assert_eq!(
        message("drivers.toml", &OWN_DRIVER.replace("microsteps_max = 64\n", "")),
        "drivers/drivers.toml:12:1: error[S005]: [driver.my-driver] has no `microsteps_max`\n  hint: add a line `microsteps_max = …`"
    );
    let nowhere = Layered::with(Some(&folder.0.join("nowhere"))).err().unwrap_or_default();
    assert_eq!(
        in_words(&nowhere, &folder),
        "error[S001]: cannot read the catalogue folder nowhere: no such folder\n  hint: a catalogue folder holds files such as motors.toml, of \
         the same format as assets/catalogue"
    );
    // Named in a machine file, the fault is placed there.
    let faulty = rack("title", "catalogue = \"nowhere\"\ntitle").replace("driver = \"DM542T\"", "driver = \"only-there\"");
    let path = folder.write("machine.toml", &faulty);
    let findings = load_machine(&path).err().unwrap_or_default();
    assert_eq!(findings.len(), 1);
    assert!(in_words(&findings, &folder).starts_with("machine.toml:4:13: error[S001]: cannot read the catalogue folder"));
}

#[test]
fn a_bill_knows_what_the_machine_runs_on() {
    let path = super::scenes().join("machines/rack_4x4.toml");
    let (bill, _) = bill::load(&path, None).unwrap_or_else(|findings| panic!("{}", words(&findings)));
    let count = |part: &str| bill.needs.iter().find(|need| need.part == part).map(|need| need.count);
    assert_eq!(count("motors/23HS30-2804S"), Some(3.0));
    assert_eq!(count("drivers/DM542T"), Some(4.0));
    assert_eq!(count("supplies/LRS-350-48"), Some(1.0));
    let line = bill.lines.iter().find(|line| line.cost.item == "motor Z").expect("the line");
    assert_eq!((line.part.as_deref(), line.own_price), (Some("motors/17HS19-2004S1"), false));
}

#[test]
fn a_scene_in_the_place_of_a_machine_is_recognised() {
    let findings = bill::load(&super::scenes().join("square_100.toml"), None).err().unwrap_or_default();
    assert!(
        words(&findings).contains("this looks like a scene; its machine file is \"machines/rack_4x4.toml\""),
        "{}",
        words(&findings)
    );
}
