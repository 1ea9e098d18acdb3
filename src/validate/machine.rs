//! The mechanism: both engines beside an independent solver, frequencies and geometry beside closed forms.

use std::f64::consts::TAU;

use super::Case;
use crate::machine::JOINTS;
use crate::machine::engines::cases::{CASES, params};
use crate::machine::engines::{rapier, reduced};
use crate::machine::geometry::GeometryParams;
use crate::machine::modes::{DriveSprings, Mode, Part, modes};
use crate::machine::params::MachineParams;

/// Step of the twin, s.
const STEP_S: f64 = 1e-4;
const STIFF: f64 = 1e11;

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut out = Vec::new();
    for case in &CASES {
        for (engine, error_m, tolerance) in
            [("rapier", rapier::truth::error_m(case, STEP_S), 5.0), ("reduced", reduced::truth::error_m(case, STEP_S), 1.0)]
        {
            out.push(Case {
                room: "machine",
                title: format!("tip, {engine}: {}", case.title),
                unit: "µm",
                expected: 0.0,
                computed: error_m * 1e6,
                tolerance,
                source: "the same machine in SciPy, DOP853 to 1e-10 (tools/machine_reference.py)",
            });
        }
    }
    out.extend(frequencies());
    out.extend(geometry());
    out
}

/// Everything stiff and immovable but the carriage on its drive and beam.
fn stiff() -> (MachineParams, [DriveSprings; JOINTS]) {
    let mut p = params();
    for body in [&mut p.frame, &mut p.gantry] {
        (body.mass_kg, body.inertia_kg_m2) = (1e6, [1e6; 3]);
    }
    for mount in p.trucks.iter_mut().chain([&mut p.carriage_guide, &mut p.torch_slide]) {
        mount.linear_n_per_m = mount.linear_n_per_m.map(|k| if k > 0.0 { STIFF } else { 0.0 });
        mount.angular_nm_per_rad = [0.1 * STIFF; 3];
    }
    (p.beam.horizontal_n_m2, p.beam.vertical_n_m2, p.beam.torsion_n_m2) = (0.1 * STIFF, 0.1 * STIFF, 0.1 * STIFF);
    (p, [DriveSprings { rotor_kg: 2.0, transmission_n_per_m: STIFF, magnet_n_per_m: STIFF }; JOINTS])
}

fn frequencies() -> Vec<Case> {
    let middle = [0.625, 0.5, 0.0];
    let (p, mut drives) = stiff();
    let (k, c, rotor, load) = (4e5, 9e5, 3.0, p.carriage.mass_kg + p.torch.mass_kg);
    drives[0] = DriveSprings { rotor_kg: rotor, transmission_n_per_m: c, magnet_n_per_m: k };
    // (c − m_r ω² + k)(c − m ω²) = c².
    let (a, b) = (rotor * load, rotor * c + load * (k + c));
    let root = (b * b - 4.0 * a * k * c).sqrt();
    let own = |mode: &Mode| matches!(mode.shares.first(), Some((Part::Magnet(0) | Part::Transmission(0), _)));
    let found: Vec<f64> = modes(&p, &drives, middle).iter().filter(|mode| own(mode)).map(|mode| mode.frequency_hz).collect();
    let of = |sign: f64, n: usize| [((b + sign * root) / (2.0 * a)).sqrt() / TAU, found.get(n).copied().unwrap_or(f64::NAN)];
    let source = "two masses between two springs: (c + k − m_r ω²)(c − m ω²) = c²";
    let (mut bent, drives) = stiff();
    bent.beam.horizontal_n_m2 = 7.7e4;
    let beam = 48.0 * bent.beam.horizontal_n_m2 / bent.beam.span_m.powi(3);
    let bends = |mode: &Mode| matches!(mode.shares.first(), Some((Part::Beam, _)));
    let bending = modes(&bent, &drives, middle).iter().find(|mode| bends(mode)).map_or(f64::NAN, |mode| mode.frequency_hz);
    vec![
        Case::relative("machine", "rotor and load, lower frequency", "Hz", of(-1.0, 0), 0.01, source),
        Case::relative("machine", "rotor and load, upper frequency", "Hz", of(1.0, 1), 0.01, source),
        Case::relative(
            "machine",
            "carriage at the middle of the beam, fore and aft",
            "Hz",
            [(beam / load).sqrt() / TAU, bending],
            0.01,
            "mass at mid span of a simply supported beam: ω² = 48 E I/(m L³)",
        ),
    ]
}

fn geometry() -> Vec<Case> {
    let p = GeometryParams {
        bow_m: [0.0, 1e-3],
        out_of_square: 2e-3 / 1.25,
        pitch_error: [0.0; 2],
        rack_joints: Default::default(),
        travel_m: [[0.0, 1.25]; 2],
        expansion_per_k: [11.7e-6; 2],
        warming_k: 10.0,
        warming_s: 1200.0,
    };
    let middle = p.errors([0.0, 0.625], 0.0);
    let end = p.errors([1.25, 1.25], 10.0);
    vec![
        Case::relative(
            "machine",
            "1.25 m of steel rail, 10 K warmer",
            "mm",
            [0.146, end.growth[0] * 1e3],
            0.01,
            "handbook, 11.7e-6/K: 0.146 mm",
        ),
        Case::relative(
            "machine",
            "gantry 2 mm out of square at the end of X",
            "mm",
            [2.0, end.squareness[1] * 1e3],
            1e-9,
            "definition",
        ),
        Case::relative(
            "machine",
            "rail bowed 1 mm, at its middle",
            "mm",
            [1.0, middle.straightness[0] * 1e3],
            1e-9,
            "definition",
        ),
    ]
}
