//! The scene of the made-up run.
//!
//! In: nothing. Out: a scene. Only in tests.

use crate::diag::Diagnostic;
use crate::drive::params::{
    DriverParams, FrictionParams, HeatParams, Hold, JointParams, MotorParams, Stiffness, TransmissionParams,
};
use crate::machine::geometry::GeometryParams;
use crate::machine::params::{BeamParams, BodyParams, MachineParams, MountParams};
use crate::plate::parts::Slats;
use crate::scene::model::{Bound, CostLine, Estimate, Expect, Job, Look, Machine, Plate, Probe, Scene, Torch};
use crate::torch;
use std::collections::BTreeMap;

use super::{CORNER_M, FEED_M_PER_S, KERF_M, SIZE_M, THICKNESS_M, TRACE_S};

/// A line of the bill of materials.
pub fn cost(item: &str, quantity: f64, unit: &str, unit_usd: f64, basis: &str) -> CostLine {
    CostLine { item: item.into(), quantity, unit: unit.into(), unit_usd, basis: basis.into(), source: "catalogue 2026-09".into() }
}

fn costs() -> Vec<CostLine> {
    [
        ("Square tube 2x2x0.120 in", 46.0, "ft", 5.0, "estimate"),
        ("Rect. tube 4x2x0.120 in gantry beam", 5.5, "ft", 11.54, "published"),
        ("Slats 2 x 1/8 in flat bar", 48.0, "ft", 1.1, "estimate"),
        ("HGR20-class rails 1.5 m, 2, with 4 blocks (Y)", 1.0, "set", 110.0, "estimate"),
        ("HGR15-class rails 1.5 m, 1 pair, with 4 blocks (X)", 1.0, "set", 85.0, "estimate"),
        ("Rack module 1, 15 mm wide", 4.6, "m", 15.0, "estimate"),
        ("Pinions and spring-loaded pivot plates", 3.0, "piece", 25.0, "estimate"),
        ("3:1 belt reductions", 3.0, "set", 25.0, "estimate"),
        ("23HS30-2804S, X Y1 Y2", 3.0, "piece", 18.26, "published"),
        ("17HS19-2004S1, Z", 1.0, "piece", 9.62, "published"),
        ("DM542T driver", 4.0, "piece", 19.65, "published"),
        ("Mean Well LRS-350-48", 1.0, "piece", 36.11, "published"),
        ("24 V 5 A supply", 1.0, "piece", 18.0, "estimate"),
        ("Arduino Uno clone + CNC shield (GRBL)", 1.0, "piece", 24.0, "published"),
        ("Z slide", 1.0, "piece", 45.0, "estimate"),
        ("Inductive sensors", 5.0, "piece", 5.5, "published"),
        ("Drag chain", 3.0, "m", 14.5, "published"),
        ("Wire, enclosure, E-stop, fuses", 1.0, "set", 85.0, "estimate"),
        ("Import machine torch with tip", 1.0, "piece", 55.0, "estimate"),
        ("Gas solenoid valves", 3.0, "piece", 30.0, "estimate"),
        ("Flashback arrestors, hose, fittings", 1.0, "set", 95.0, "estimate"),
        ("Fasteners, paint, shims", 1.0, "set", 60.0, "estimate"),
    ]
    .map(|(item, quantity, unit, unit_usd, basis)| cost(item, quantity, unit, unit_usd, basis))
    .to_vec()
}

/// The scene, which passes with the good record.
pub fn scene() -> Scene {
    let estimate =
        |key: &str, value, low, high, source: &str| Estimate { key: key.into(), value, low, high, source: source.into() };
    Scene {
        file: "scenes/ceb_press_side.toml".into(),
        title: "CEB press side plate, 12.7 mm mild steel, oxy-acetylene".into(),
        machine: machine(),
        plate: Plate {
            material: "S235".into(),
            thickness_m: THICKNESS_M,
            size_m: SIZE_M,
            corner_in_machine_m: CORNER_M,
            density_kg_per_m3: 7850.0,
            heat: stand_ins::heat(),
            slats: Slats { direction_y: true, pitch_m: 0.1, first_m: 0.08, width_m: 3.2e-3 },
            clamps: Vec::new(),
            intended: Vec::new(),
        },
        torch: Torch {
            process: "oxy-acetylene".into(),
            family: "victor-1-101".into(),
            params: stand_ins::torch(),
            words: None,
            preheat_s: 5.0,
            pierce_s: 0.9,
            standoff_m: 6e-3,
            gas_usd_per_m3: [5.5, 25.0],
        },
        job: Job {
            program_file: "parts/ceb_press_side.ngc".into(),
            program_text: String::new(),
            work_zero_in_machine_m: None,
            dwell_p_in_ms: false,
            dialect: None,
            program_folder: "parts".into(),
            hal: BTreeMap::new(),
            tools: Vec::new(),
            machine_unit_mm: 1.0,
            block_delete: false,
            recording: None,
        },
        faults: Vec::new(),
        probes: vec![Probe { name: "beside slot".into(), at_in_machine_m: [0.42, 0.45], depth_m: 0.0 }],
        expect: Expect {
            bounds: vec![
                ("lost_steps".into(), Bound::Equal { value: 0.0, tolerance: 0.0 }),
                ("contour_error_max_mm".into(), Bound::Max(0.25)),
                ("cut_lost".into(), Bound::Equal { value: 0.0, tolerance: 0.0 }),
                ("cost_usd".into(), Bound::Max(1500.0)),
                ("parts_freed".into(), Bound::Equal { value: 28.0, tolerance: 0.0 }),
                ("kerf_mean_mm".into(), Bound::Equal { value: 1.65, tolerance: 0.15 }),
            ],
            fails_on: Vec::new(),
        },
        estimates: vec![
            estimate(
                "catalogue guides/hgr20 stiffness_n_per_um",
                480.0,
                Some(440.0),
                Some(520.0),
                "Hiwin HG catalogue, scaled for clone blocks",
            ),
            estimate("catalogue racks/module1 backlash_mm", 0.06, Some(0.03), Some(0.12), "spring-loaded pinion, builder forum"),
            estimate("catalogue tips/victor-1-101-1 kerf_mm", 1.7, None, None, "chart gives 1.5 to 1.9 mm"),
            estimate("machine friction x coulomb_n", 18.0, Some(10.0), Some(30.0), "hose and chain drag, not measured"),
        ],
        ranges: Vec::new(),
        size: None,
        trace_interval_s: TRACE_S,
        fast_forward_m: 1.5e-6,
        findings: vec![Diagnostic::note("S310", "the torch words were guessed: M3 runs the whole start sequence")],
    }
}

fn machine() -> Machine {
    let joint = |name: &str, axis| JointParams {
        name: name.into(),
        axis,
        steps_per_m: 61_115.0,
        motor: MotorParams {
            name: "23HS30-2804S".into(),
            rotor_teeth: 50.0,
            resistance_ohm: 1.13,
            inductance_h: 5.4e-3,
            holding_torque_nm: 1.89,
            rated_current_a: 2.8,
            rotor_inertia_kg_m2: 4.4e-5,
            detent_torque_nm: 0.07,
            iron_loss_ohm: f64::INFINITY,
            bearing_drag_nm: 0.01,
            viscous_nm_s: 1e-4,
        },
        heat: HeatParams::default(),
        driver: DriverParams { name: "DM542T".into(), ..DriverParams::ideal(48.0, 4.0, 8) },
        transmission: TransmissionParams {
            name: "rack module 1, 25 teeth, 3:1".into(),
            travel_m_per_rad: 0.0125 / 3.0,
            stiffness: Stiffness::Constant { n_per_m: 2e6 },
            hold: Hold::Firm,
            whirl_m_per_s: f64::INFINITY,
            backlash_m: 6e-5,
            damping_ratio: 0.05,
            efficiency: 0.9,
            inertia_kg_m2: 1e-5,
        },
        friction: FrictionParams {
            coulomb_n: 18.0,
            static_n: 24.0,
            stribeck_m_per_s: 2e-3,
            viscous_n_s_per_m: 30.0,
            presliding_m: 1e-5,
        },
        moved_mass_kg: 12.0,
    };
    let body = BodyParams { mass_kg: 10.0, inertia_kg_m2: [1.0; 3], centre_in_machine_m: [0.0; 3] };
    let mount = MountParams {
        linear_n_per_m: [1e7; 3],
        angular_nm_per_rad: [1e5; 3],
        damping_ratio: 0.03,
        at_in_machine_m: [0.0; 3],
        play: None,
    };
    Machine {
        file: "machines/rack_4x4.toml".into(),
        title: "Rack and pinion, profile rails, 1.25 × 1.25 m".into(),
        controller: "GRBL 1.1 on an Arduino Uno".into(),
        max_step_rate_hz: 30e3,
        grbl: None,
        s_curve: torchtwin_planner::s_curve::Settings::with_usual_jerk([0.15; 3], [0.5; 3], [122_231.0; 3]),
        limits: torchtwin_planner::Limits {
            max_speed_m_per_s: [0.15, 0.15, 0.03],
            max_acceleration_m_per_s2: [0.5, 0.5, 0.2],
            junction_deviation_m: 1e-5,
            steps_per_m: [61_115.0, 61_115.0, 200e3],
        },
        joints: vec![joint("X", 0), joint("Y1", 1), joint("Y2", 1), joint("Z", 2)],
        geometry: GeometryParams::default(),
        mechanism: MachineParams {
            frame: body.clone(),
            gantry: body.clone(),
            carriage: body.clone(),
            torch: body,
            feet: mount.clone(),
            trucks: [mount.clone(), mount.clone()],
            carriage_guide: mount.clone(),
            torch_slide: mount,
            beam: BeamParams {
                span_m: 1.35,
                vertical_n_m2: 6e4,
                horizontal_n_m2: 2e5,
                torsion_n_m2: 5e4,
                left_x_in_machine_m: -0.05,
            },
            tip_in_machine_m: [0.0; 3],
            travel_m: [[0.0, 1.25], [0.0, 1.25], [-0.02, 0.1]],
            gravity_m_per_s2: 9.81,
        },
        costs: costs(),
        torch_words: None,
        look: Look {
            beam_section_m: [0.1, 0.05],
            frame_tube_m: 0.05,
            table_height_m: 0.8,
            beam_height_m: 0.15,
            drive: "rack".into(),
            ..Look::default()
        },
    }
}

/// Parameters of rooms that a report never reads, only there to fill the scene.
mod stand_ins {
    use super::torch::{Fuel, Kind, Params, Setting};

    pub fn heat() -> crate::plate::heat::Params {
        use crate::plate::heat::{Conduction, Loss, Params};
        Params {
            origin_m: super::CORNER_M,
            ..Params::new(super::SIZE_M, 3e-3, super::THICKNESS_M, Conduction::Steel, Loss::None)
        }
    }

    pub fn torch() -> Params {
        Params::new(Setting {
            kind: Kind::OxyFuel(Fuel::Acetylene),
            tip: "1".into(),
            thickness_m: super::THICKNESS_M,
            clean_speed_m_per_s: super::FEED_M_PER_S,
            speed_min_m_per_s: 5e-3,
            speed_max_m_per_s: 8e-3,
            kerf_m: super::KERF_M,
            preheat_s: 5.0,
            pierce_s: 0.9,
            oxygen_m3_per_s: 6e-4,
            preheat_oxygen_m3_per_s: 1e-4,
            fuel_m3_per_s: 1e-4,
            extrapolated: false,
            flame_w: 900.0,
            preheat_w: 1500.0,
            flame_radius_m: 8e-3,
            burn_j_per_m2: 1e6,
            start_c: 1000.0,
            lost_speed: 1.3,
            air_m3_per_s: 0.0,
        })
    }
}
