//! Frequencies against closed forms.

use super::*;
use crate::machine::engines::cases::params;
use std::f64::consts::TAU;

/// Everything immovable and stiff but for what a test makes soft.
fn stiff() -> (MachineParams, [DriveSprings; JOINTS]) {
    let mut p = params();
    p.frame.mass_kg = 1e9;
    p.frame.inertia_kg_m2 = [1e9; 3];
    for m in p.trucks.iter_mut().chain([&mut p.carriage_guide, &mut p.torch_slide]) {
        m.linear_n_per_m = m.linear_n_per_m.map(|k| if k > 0.0 { 1e11 } else { 0.0 });
        m.angular_nm_per_rad = [1e10; 3];
    }
    (p.beam.horizontal_n_m2, p.beam.vertical_n_m2, p.beam.torsion_n_m2) = (1e10, 1e10, 1e10);
    (p, [DriveSprings { rotor_kg: 2.0, transmission_n_per_m: 1e13, magnet_n_per_m: 1e13 }; JOINTS])
}

fn assert_near(mode: &Mode, frequency_hz: f64, part: Part) {
    assert!((mode.frequency_hz / frequency_hz - 1.0).abs() < 0.01, "{} against {frequency_hz} Hz", mode.title());
    assert_eq!(mode.shares[0].0, part, "{}", mode.title());
}

#[test]
fn a_two_mass_drive_has_the_two_frequencies_of_its_closed_form() {
    // Rotor between magnet k and mesh c, load m behind it: (c − m_r ω² + k)(c − m ω²) = c².
    let (mut p, mut drives) = stiff();
    p.gantry.mass_kg = 1e9;
    p.gantry.inertia_kg_m2 = [1e9; 3];
    let (k, c, rotor) = (4e5, 9e5, 3.0);
    drives[0] = DriveSprings { rotor_kg: rotor, transmission_n_per_m: c, magnet_n_per_m: k };
    let load = p.carriage.mass_kg + p.torch.mass_kg;
    let (a, b) = (rotor * load, -(rotor * c + load * (k + c)));
    let root = (b * b - 4.0 * a * k * c).sqrt();
    let closed = [(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)].map(|square: f64| square.sqrt() / TAU);
    let found: Vec<Mode> = modes(&p, &drives, [0.625, 0.5, 0.0])
        .into_iter()
        .filter(|mode| matches!(mode.shares[0].0, Part::Magnet(0) | Part::Transmission(0)))
        .collect();
    assert!((found[0].frequency_hz / closed[0] - 1.0).abs() < 0.01, "{} against {} Hz", found[0].title(), closed[0]);
    assert!((found[1].frequency_hz / closed[1] - 1.0).abs() < 0.01, "{} against {} Hz", found[1].title(), closed[1]);
    // Energies by hand: rotor at 1, load at c/(c − m ω²).
    let square = (closed[0] * TAU).powi(2);
    let lead = c / (c - load * square) - 1.0;
    let share = k / (k + c * lead * lead);
    let magnet = found[0].shares.iter().find(|(part, _)| *part == Part::Magnet(0)).unwrap().1;
    assert!((magnet / share - 1.0).abs() < 0.01, "{magnet} against {share}");
}

#[test]
fn a_gantry_racks_at_the_frequency_of_two_springs_and_its_moment_of_inertia() {
    // Two springs k, a span apart, about the middle: ω² = ½ k L²/I, if the carriage weighs nothing.
    let (mut p, mut drives) = stiff();
    for body in [&mut p.carriage, &mut p.torch] {
        body.mass_kg = 1e-6;
        body.inertia_kg_m2 = [1e-6; 3];
    }
    for truck in &mut p.trucks {
        truck.linear_n_per_m[1] = 0.0;
        truck.angular_nm_per_rad[2] = 0.0;
    }
    p.trucks[1].linear_n_per_m[0] = 0.0;
    let k = 5e5;
    for drive in &mut drives[1..3] {
        *drive = DriveSprings { rotor_kg: 1e-3, transmission_n_per_m: k, magnet_n_per_m: 1e13 };
    }
    p.gantry.centre_in_machine_m = [0.625, 0.0, 0.15];
    p.gantry.mass_kg = 1.0;
    let span = p.trucks[1].at_in_machine_m[0] - p.trucks[0].at_in_machine_m[0];
    let racking = (0.5 * k * span * span / p.gantry.inertia_kg_m2[2]).sqrt() / TAU;
    let mode = modes(&p, &drives, [0.625, 0.5, 0.0])
        .into_iter()
        .filter(|mode| matches!(mode.shares[0].0, Part::Transmission(1 | 2)))
        .min_by(|a, b| (a.frequency_hz - racking).abs().total_cmp(&(b.frequency_hz - racking).abs()))
        .unwrap();
    // The left guide holds one end in X: the middle, where the mass of 1 kg is, moves along X not at all, as both ends turn about it.
    assert!((mode.frequency_hz / racking - 1.0).abs() < 0.01, "{} against {racking} Hz", mode.title());
}

#[test]
fn carriage_and_torch_on_the_beam_ring_at_the_beams_frequency() {
    // A mass at mid span of a simply supported beam: ω² = 48 E I/(m L³), fore and aft.
    let (mut p, _) = stiff();
    p.gantry.mass_kg = 1e6;
    p.gantry.inertia_kg_m2 = [1e6; 3];
    p.beam.horizontal_n_m2 = 7.7e4;
    p.torch.mass_kg = 1e-3;
    let drives = [DriveSprings { rotor_kg: 2.0, transmission_n_per_m: 1e11, magnet_n_per_m: 1e11 }; JOINTS];
    let k = 48.0 * p.beam.horizontal_n_m2 / p.beam.span_m.powi(3);
    let found = modes(&p, &drives, [0.625, 0.5, 0.0]).into_iter().find(|mode| mode.shares[0].0 == Part::Beam).unwrap();
    assert_near(&found, (k / (p.carriage.mass_kg + p.torch.mass_kg)).sqrt() / TAU, Part::Beam);
}
