//! A joint against closed forms.

use super::params::*;
use super::*;

pub(super) fn joint(stiffness: f64, backlash_m: f64) -> Joint {
    Joint::new(JointParams {
        name: "X".into(),
        axis: 0,
        steps_per_m: 1.0,
        motor: MotorParams {
            name: "test".into(),
            rotor_teeth: 50.0,
            resistance_ohm: 1.13,
            inductance_h: 5.4e-3,
            holding_torque_nm: 1.89,
            rated_current_a: 2.8,
            rotor_inertia_kg_m2: 480e-7,
            detent_torque_nm: 0.0,
            iron_loss_ohm: f64::INFINITY,
            bearing_drag_nm: 0.0,
            viscous_nm_s: 0.0,
        },
        heat: HeatParams::default(),
        driver: DriverParams::ideal(48.0, 3.8, 16),
        transmission: TransmissionParams {
            name: "test".into(),
            travel_m_per_rad: 4.17e-3,
            stiffness: Stiffness::Constant { n_per_m: stiffness },
            hold: Hold::Firm,
            whirl_m_per_s: f64::INFINITY,
            backlash_m,
            damping_ratio: 0.0,
            efficiency: 1.0,
            inertia_kg_m2: 0.0,
        },
        friction: FrictionParams {
            coulomb_n: 0.0,
            static_n: 1e-9,
            stribeck_m_per_s: 1e-3,
            viscous_n_s_per_m: 0.0,
            presliding_m: 5e-6,
        },
        moved_mass_kg: 8.0,
    })
}

/// Largest error of a free two-mass drive (rotor without field, spring, load) over 0.1 s, m: rotor pushed off, against its closed form.
fn two_mass_error(h: f64) -> f64 {
    let mut j = joint(1.2e6, 0.0);
    // No current: the rotor is free.
    j.params.driver.current_peak_a = 0.0;
    j.motor = Motor::new(&j.params.motor, &j.params.driver, 0.0);
    let (k, mass) = (1.2e6, j.params.moved_mass_kg);
    let rotor_mass = j.params.motor.rotor_inertia_kg_m2 / j.params.transmission.travel_m_per_rad.powi(2);
    let reduced = 1.0 / (1.0 / mass + 1.0 / rotor_mass);
    let omega = (k / reduced).sqrt();
    let mut s = j.at_rest();
    s.motor.current_a = [0.0; 2];
    let start = 1e-4;
    // The rotor lives half a window before the load: start both on the closed form.
    let rotor = |t: f64| start * mass / (mass + rotor_mass) * (omega * t).cos() + start * rotor_mass / (mass + rotor_mass);
    let rotor_v = |t: f64| -start * mass / (mass + rotor_mass) * omega * (omega * t).sin();
    let load = |t: f64| start * rotor_mass / (mass + rotor_mass) * (1.0 - (omega * t).cos());
    let load_v = |t: f64| start * rotor_mass / (mass + rotor_mass) * omega * (omega * t).sin();
    let travel = j.params.transmission.travel_m_per_rad;
    let substeps = 5;
    let sub = h / substeps as f64;
    s.motor.angle_rad = rotor(-0.5 * h) / travel;
    s.motor.speed_rad_per_s = rotor_v(-0.5 * h) / travel;
    let (mut x, mut v) = (load(0.0), load_v(-0.5 * h));
    let mut worst: f64 = 0.0;
    for n in 0..(0.1 / h) as u64 {
        let mut window = j.open(x, v, substeps, sub);
        (0..substeps).for_each(|_| j.substep(&mut s, &mut window, 0));
        let force = j.close(&mut s, &window);
        v += h * force / mass;
        x += h * v;
        worst = worst.max((x - load((n + 1) as f64 * h)).abs());
    }
    worst
}

#[test]
fn a_free_two_mass_drive_follows_its_closed_form_and_halving_the_step_shows_second_order() {
    let (coarse, fine) = (two_mass_error(1e-4), two_mass_error(0.5e-4));
    assert!(coarse < 6e-6, "{coarse} m at 0.1 ms for an amplitude of 70 µm");
    let order = (coarse / fine).log2();
    assert!((1.7..2.4).contains(&order), "order {order}: {coarse} m and {fine} m");
}

#[test]
fn reversal_loses_the_backlash() {
    let j = joint(1e7, 80e-6);
    let firm = Knees::at(&j.params.transmission, 1e7, 0.0);
    assert_eq!(j.transmit(1e7, &firm, 30e-6, 0.0), 0.0);
    assert!((j.transmit(1e7, &firm, 50e-6, 0.0) - 100.0).abs() < 1e-9);
    assert!((j.transmit(1e7, &firm, -50e-6, 0.0) + 100.0).abs() < 1e-9);
}

#[test]
fn belt_spans_are_softest_in_the_middle() {
    let belt = Stiffness::BeltSpans { ea_n: 127_500.0, length_m: 1.4, span_at_zero_m: 0.05, series_n_per_m: 1e12 };
    // Clamped at both ends of 1.4 m: two 0.7 m spans, 364 N/mm (published table).
    assert!((belt.at(0.65) / 364_000.0 - 1.0).abs() < 2e-3, "{}", belt.at(0.65));
    assert!(belt.at(0.1) > belt.at(0.65) && belt.at(1.2) > belt.at(0.65));
}
