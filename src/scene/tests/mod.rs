//! The readers: budgets to the cent, every file that ships, messages word for word, and no panic on broken input.

mod catalogue;
mod charts;
mod drives;
mod messages;
mod pull_out;

use std::path::{Path, PathBuf};

use super::catalogue::{self as parts_list, Catalogue};
use super::check::{Bounds, nearest};
use super::machine_file::MachineFile;
use super::model::{Bound, Machine, Scene};
use super::scene_file::SceneFile;
use super::{figures, load, load_machine};
use crate::diag::{Diagnostic, Severity};
use crate::drive::params::Stiffness;
use crate::machine::params::{BodyParams, MountParams};

const MACHINES: [&str; 4] = ["rack_4x4", "belt_4x4", "turnkey_4x4", "small_motor_4x4"];
const SCENES: [&str; 6] =
    ["square_100", "ceb_press_side", "ceb_press_side_belt", "rapid_too_hard", "over_budget", "one_side_unplugged"];

fn scenes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes")
}

fn words(findings: &[Diagnostic]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn built_in() -> &'static Catalogue {
    parts_list::built_in().unwrap_or_else(|findings| panic!("{}", words(&findings)))
}

fn machine(name: &str) -> Machine {
    let read = load_machine(&scenes().join(format!("machines/{name}.toml")));
    let (machine, findings) = read.unwrap_or_else(|findings| panic!("{}", words(&findings)));
    assert!(findings.is_empty(), "{}", words(&findings));
    machine
}

fn scene(name: &str) -> Scene {
    load(&scenes().join(format!("{name}.toml")), None).unwrap_or_else(|findings| panic!("{}", words(&findings)))
}

/// A scene or machine file in a folder of its own, with the shipped machines and parts beside it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("torchtwin-scene-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file for the test");
        path
    }

    /// Findings of loading `text` as a scene, with this folder's name taken out.
    fn errors(&self, text: &str) -> String {
        let path = self.write("scene.toml", text);
        let findings = load(&path, None).err().unwrap_or_default();
        words(&findings).replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A scene whose lines the messages below count.
const SQUARE: &str = r#"title = "square"
machine = "machines/rack_4x4.toml"

[plate]
material = "S235"
thickness_mm = 12.7
size_mm = [180.0, 180.0]

[torch]
process = "oxy-acetylene"
tip = "victor-1-101-1"
words = "m3-preheat-m8-oxygen"

[job]
program = "parts/square_100.ngc"

[[probe]]
at_mm = [135.0, 90.0]

[expect]
lost_steps = 0
"#;

/// [`SQUARE`] with `from` replaced by `to` and paths that hold anywhere.
fn square(from: &str, to: &str) -> String {
    assert!(SQUARE.contains(from), "the scene has no {from}");
    let at = scenes();
    SQUARE
        .replacen(from, to, 1)
        .replace("\"machines/rack", &format!("\"{}/machines/rack", at.display()))
        .replace("\"parts/", &format!("\"{}/parts/", at.display()))
}

fn rack(from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(scenes().join("machines/rack_4x4.toml")).expect("the shipped machine");
    assert!(text.contains(from), "the machine has no {from}");
    text.replacen(from, to, 1)
}

#[test]
fn budgets_come_to_the_cent() {
    let total = |name: &str| machine(name).costs.iter().map(super::CostLine::total_usd).sum::<f64>();
    assert_eq!(format!("{:.2}", total("rack_4x4")), "1482.38");
    assert_eq!(format!("{:.2}", total("belt_4x4")), "1256.78");
    assert_eq!(format!("{:.2}", total("turnkey_4x4")), "2544.55");
}

#[test]
fn catalogue_prices_reach_the_budget_with_their_source() {
    let costs = machine("rack_4x4").costs;
    let line = costs.iter().find(|line| line.item == "motors X, Y1, Y2").expect("the motors");
    assert_eq!((line.unit_usd, line.basis.as_str()), (18.26, "published"));
    assert_eq!(line.source, "PARTS note, read 2026-09-27 (2026-09)");
}

#[test]
fn every_shipped_file_reads_without_a_finding() {
    assert!(built_in().motors.len() >= 24);
    MACHINES.iter().for_each(|name| drop(machine(name)));
    for name in SCENES {
        let scene = scene(name);
        assert!(scene.findings.is_empty(), "{}", words(&scene.findings));
        assert!(!scene.job.program_text.is_empty());
        assert!(!scene.expect.bounds.is_empty());
    }
    assert_eq!(scene("over_budget").expect.fails_on, ["cost_usd"]);
}

#[test]
fn every_motor_and_price_of_the_catalogue_is_usable() {
    let catalogue = built_in();
    for id in catalogue.motors.keys() {
        let found = catalogue.motor(id).expect("its own id");
        let motor = super::motors::motor_params(found, &catalogue.motor_class, &mut super::used::Used::default());
        assert!(motor.torque_constant_nm_per_a() > 0.05 && motor.iron_loss_ohm > 1.0, "{id}");
    }
    for (kind, id, _, price) in catalogue.priced() {
        assert!(price.is_none_or(|price| price.unit_usd().is_some()), "{kind}/{id} has neither usd nor eur");
    }
}

fn sound_body(body: &BodyParams) -> bool {
    let [x, y, z] = body.inertia_kg_m2;
    // A real body's moments obey the triangle inequality.
    body.mass_kg > 0.0
        && x > 0.0
        && x <= y + z
        && y <= x + z
        && z <= x + y
        && body.centre_in_machine_m.iter().all(|c| c.is_finite())
}

fn sound_mount(mount: &MountParams, driven: Option<usize>) -> bool {
    let linear = (0..3).all(|axis| {
        let k = mount.linear_n_per_m[axis];
        if Some(axis) == driven { k == 0.0 } else { k > 1.0e5 && k < 1.0e10 }
    });
    linear && mount.angular_nm_per_rad.iter().all(|k| *k > 100.0 && k.is_finite()) && mount.damping_ratio > 0.0
}

#[test]
fn every_machine_derives_sound_parameters() {
    for name in MACHINES {
        let machine = machine(name);
        let m = &machine.mechanism;
        assert!([&m.frame, &m.gantry, &m.carriage, &m.torch].into_iter().all(sound_body), "{name}");
        assert!(sound_mount(&m.feet, None), "{name} feet");
        assert!(m.trucks.iter().all(|truck| sound_mount(truck, Some(1))), "{name} trucks");
        assert!(sound_mount(&m.carriage_guide, Some(0)) && sound_mount(&m.torch_slide, Some(2)), "{name} guides");
        assert!(m.beam.vertical_n_m2 > m.beam.horizontal_n_m2 && m.beam.torsion_n_m2 > 1.0e3, "{name} beam");
        let names: Vec<&str> = machine.joints.iter().map(|joint| joint.name.as_str()).collect();
        assert_eq!(names, ["X", "Y1", "Y2", "Z"]);
        for joint in &machine.joints {
            let k = joint.transmission.stiffness.at(0.3);
            assert!(k > 1.0e5 && k < 1.0e8, "{name} {} {k}", joint.name);
            assert!(joint.friction.static_n >= joint.friction.coulomb_n && joint.friction.coulomb_n > 0.0);
            let off = machine.limits.steps_per_m[joint.axis] / joint.steps_per_m - 1.0;
            assert!(off.abs() < 1.0e-5, "{name} {} steps differ by {off}", joint.name);
        }
        for axis in 0..3 {
            let rate = machine.limits.max_speed_m_per_s[axis] * machine.limits.steps_per_m[axis];
            assert!(rate <= machine.max_step_rate_hz, "{name} axis {axis} needs {rate} Hz");
        }
    }
}

#[test]
fn no_mount_is_faster_than_the_engine() {
    for name in MACHINES {
        let m = machine(name).mechanism;
        let lightest = m.torch.mass_kg;
        for k in m.torch_slide.linear_n_per_m {
            assert!((k / lightest).sqrt() < 6000.0, "{name}");
        }
        for (k, inertia) in m.carriage_guide.angular_nm_per_rad.iter().zip(m.carriage.inertia_kg_m2) {
            assert!((k / inertia).sqrt() < 6000.0, "{name}");
        }
    }
}

#[test]
fn masses_follow_from_lengths_and_parts() {
    let m = machine("rack_4x4").mechanism;
    // Tube 14.0 m at 4.38 kg/m, slats 18.6 kg, two rails of 1.5 m at 2.2 kg/m.
    assert!((m.frame.mass_kg - (14.0 * 4.38 + 18.6 + 2.0 * 1.5 * 2.2)).abs() < 1e-9);
    // Beam 1.676 m at 6.82, rack and hoses, two X rails, two trucks with motor and two blocks.
    let trucks = 2.0 * (3.5 + 1.15 + 2.0 * 0.31);
    assert!((m.gantry.mass_kg - (1.676 * 6.82 + 2.65 + 1.5 + 3.0 * 1.45 + trucks)).abs() < 1e-9);
    let with_plate = scene("square_100").machine.mechanism.frame.mass_kg;
    assert!((with_plate - m.frame.mass_kg - 7850.0 * 0.18 * 0.18 * 0.0127).abs() < 1e-9);
}

#[test]
fn a_rack_drive_is_its_mesh_mount_and_belt_in_series() {
    let x = machine("rack_4x4").joints.swap_remove(0);
    assert!((x.transmission.travel_m_per_rad - 0.0125 / 3.0).abs() < 1e-12);
    assert_eq!(x.transmission.backlash_m, 0.0);
    let pulley_m: f64 = 60.0 * 0.003 / std::f64::consts::TAU;
    let belt = 2.0 * 39600.0 / 0.1 * (pulley_m / 0.0125).powi(2);
    let mesh = 255.0e6 * 0.55;
    let expected = 1.0 / (1.0 / belt + 1.0 / mesh + 1.0 / 15.0e6);
    let Stiffness::Constant { n_per_m } = x.transmission.stiffness else { panic!("a rack is as stiff everywhere") };
    assert!((n_per_m / expected - 1.0).abs() < 1e-12);
    assert!((x.driver.current_peak_a - 2.8 * std::f64::consts::SQRT_2).abs() < 1e-12);
}

#[test]
fn sections_weigh_what_en_10219_says() {
    for (id, kg_per_m, area_cm2, strong, weak, torsion) in
        [("rhs-60x40x3", 4.25, 5.41, 25.38, 13.44, 29.28), ("rhs-50x30x3", 3.30, 4.21, 12.83, 5.70, 13.53)]
    {
        let section = built_in().section(id).expect("a section of the standard").part;
        assert_eq!(section.kg_per_m.value, kg_per_m);
        assert!((section.area_mm2.value / 100.0 - area_cm2).abs() < 0.005);
        assert_eq!((section.i_strong_cm4.value, section.i_weak_cm4.value, section.j_cm4.value), (strong, weak, torsion));
    }
}

#[test]
fn closed_sections_agree_with_their_own_walls() {
    for (id, section) in &built_in().sections {
        let density = built_in().section_materials[section.material.get_ref()].density_kg_per_m3.value;
        let weighed = section.area_mm2.value * 1e-6 * density;
        assert!((weighed / section.kg_per_m.value - 1.0).abs() < 0.02, "{id}: {weighed} kg/m by its area");
        let Some(wall) = section.wall_mm.as_ref().map(|wall| wall.value) else { continue };
        // EN 10219: outer corner radius 2t, inner t; the corners take (4 − π)((2t)² − t²) off the sharp-cornered area.
        let (h, b) = (section.height_mm.value, section.width_mm.value);
        let area = h * b - (h - 2.0 * wall) * (b - 2.0 * wall) - (4.0 - std::f64::consts::PI) * 3.0 * wall * wall;
        assert!((area / section.area_mm2.value - 1.0).abs() < 0.01, "{id}: {area} mm² by its walls");
    }
}

#[test]
fn estimates_are_listed_with_where_they_stand() {
    let scene = scene("square_100");
    let keys: Vec<&str> = scene.estimates.iter().map(|estimate| estimate.key.as_str()).collect();
    for wanted in [
        "catalogue guides/hgr20-clone share",
        "catalogue motors/23HS30-2804S rotor_inertia_g_cm2",
        "catalogue tips/victor-1-101 at 12.7 mm: kerf, mm",
        "built-in plate emissivity",
    ] {
        assert!(keys.contains(&wanted), "{wanted} is not among {keys:#?}");
    }
    assert!(keys.iter().any(|key| key.ends_with("rack_4x4.toml gantry.truck_kg")));
    assert!(keys.iter().any(|key| key.ends_with("rack_4x4.toml slide.part[0].kg")));
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), keys.len(), "an estimate is listed twice");
    assert!(scene.estimates.iter().all(|estimate| estimate.low.is_some() && estimate.high.is_some()));
}

#[test]
fn bounds_mean_what_suits_the_figure() {
    assert_eq!(figures::bound("lost_steps", 0.0), Some(("lost_steps", Bound::Equal { value: 0.0, tolerance: 0.0 })));
    assert_eq!(figures::bound("contour_error_max_mm", 0.25), Some(("contour_error_max_mm", Bound::Max(0.25))));
    assert_eq!(figures::bound("cost_usd_max", 1500.0), Some(("cost_usd", Bound::Max(1500.0))));
    assert_eq!(figures::bound("torque_margin_min", 0.3), Some(("torque_margin_min", Bound::Min(0.3))));
    assert_eq!(figures::bound("torque_margin_min_max", 0.9), Some(("torque_margin_min", Bound::Max(0.9))));
    assert_eq!(figures::bound("cycle_time_s", 100.0), Some(("cycle_time_s", Bound::Equal { value: 100.0, tolerance: 2.0 })));
    assert_eq!(figures::bound("speed", 1.0), None);
    let scene = scene("square_100");
    assert_eq!(scene.expect.bounds[0].0, "lost_steps");
    assert_eq!(scene.expect.bounds.last().map(|(name, bound)| (name.as_str(), *bound)), Some(("cost_usd", Bound::Max(1500.0))));
}

#[test]
fn tips_are_found_by_name_number_and_thickness() {
    let folder = Folder::new("tips");
    let tip = |line: &str| {
        let path = folder.write("scene.toml", &square("tip = \"victor-1-101-1\"", line));
        load(&path, None).map(|scene| scene.torch.params.setting.tip).map_err(|findings| words(&findings))
    };
    assert_eq!(tip("tip = \"victor-1-101-3\"").as_deref(), Ok("3"));
    assert_eq!(tip("tip = \"victor-1-101\"").as_deref(), Ok("1"));
    assert_eq!(tip("family = \"victor-1-101\"\ntip = \"00\"").as_deref(), Ok("00"));
    assert_eq!(tip("").as_deref(), Ok("1"));
}

#[test]
fn a_plate_may_be_stripped_to_constants() {
    let folder = Folder::new("constants");
    let constants = "{ conductivity_w_per_m_k = 35.0, density_kg_per_m3 = 7850.0, specific_heat_j_per_kg_k = 650.0 }\nsurface_loss_w_per_m2_k = 0.0";
    let scene =
        load(&folder.write("scene.toml", &square("\"S235\"", constants)), None).unwrap_or_else(|f| panic!("{}", words(&f)));
    assert_eq!(scene.plate.heat.loss, crate::plate::heat::Loss::None);
    assert_eq!(scene.plate.density_kg_per_m3, 7850.0);
}

#[test]
fn names_are_near_only_when_they_are() {
    assert_eq!(nearest("DM524T", ["DM542T", "TB6600"].into_iter()), Some("DM542T"));
    assert_eq!(nearest("servo", ["DM542T", "TB6600"].into_iter()), None);
    assert_eq!(built_in().motor("motors/23hs30-2804s").expect("whatever its case").id, "23HS30-2804S");
}

#[test]
fn every_key_has_words_and_every_number_a_range() {
    let tables = [
        MachineFile::KEYS,
        SceneFile::KEYS,
        super::parts::Motor::KEYS,
        super::fittings::Gearbox::KEYS,
        super::fittings::Coupling::KEYS,
        super::fittings::Hardware::KEYS,
        super::machine_file::TransmissionTable::KEYS,
        super::machine_file::ReductionTable::KEYS,
        super::machine_file::GuideUse::KEYS,
        super::scene_file::FaultTable::KEYS,
    ];
    for key in tables.into_iter().flatten() {
        assert!(!key.doc.trim().is_empty(), "{} has no words", key.name);
        let numeric = key.kind.contains("Quantity");
        let ranged = matches!(key.bounds, Bounds::Within(low, high) | Bounds::Whole(low, high) if low < high);
        assert_eq!(numeric, ranged, "{}: {}", key.name, key.kind);
    }
    assert!(scene("square_100").findings.iter().all(|finding| finding.severity != Severity::Error));
}
