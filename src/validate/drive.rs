//! Motors and transmissions beside formulas.

use std::f64::consts::FRAC_PI_2;

use super::Case;
use crate::drive::motor::Motor;
use crate::drive::params::{DriverParams, MotorParams, Stiffness};
use crate::drive::whirl;

const H_S: f64 = 10e-6;

/// All of them.
pub fn cases() -> Vec<Case> {
    let belt = Stiffness::BeltSpans { ea_n: 127_500.0, length_m: 1.4, span_at_zero_m: 0.05, series_n_per_m: 1e15 };
    let motor = motor();
    let slipped = slipped_full_steps(&motor);
    vec![
        Case::relative(
            "drive",
            "load angle at half of the peak torque",
            "mrad",
            [(0.5_f64).asin() / 50.0 * 1e3, settled_rad(&motor) * 1e3],
            0.01,
            "T = T_pk sin(N θ), N rotor teeth",
        ),
        Case {
            room: "drive",
            title: "full steps lost by a blow, to the nearest four".into(),
            unit: "steps",
            expected: 4.0 * (slipped / 4.0).round().max(1.0),
            computed: slipped,
            tolerance: 0.01,
            source: "a rotor catches again where its field is the same",
        },
        Case::relative(
            "drive",
            "belt in the middle of 1.4 m, clamped at both ends",
            "N/mm",
            [364.0, belt.at(0.65) * 1e-3],
            2e-3,
            "E A (1/L₁ + 1/L₂); published table for 15 mm steel HTD 3M",
        ),
        Case::relative(
            "drive",
            "16 mm screw, 1.4 m, fixed and supported: 0.8 of its whirling speed",
            "rev/min",
            [1015.0, whirl::SAFE_SHARE * 60.0 * whirl::rev_per_s(13.324e-3, 1.4, whirl::Ends::FixedSupported)],
            0.015,
            "2.71e8 · 0.689 d/L² rev/min, makers' catalogues",
        ),
    ]
}

fn settled_rad(motor: &Motor) -> f64 {
    let mut state = motor.at_rest();
    let load = 0.5 * motor.peak_torque_nm();
    for _ in 0..200_000 {
        let damping = 2e-3 * state.speed_rad_per_s;
        motor.step(&mut state, load + damping, 0.0, H_S);
    }
    -state.angle_rad
}

/// Full steps that the rotor is beside its command after a blow of 1.2 times its peak torque for 50 ms.
fn slipped_full_steps(motor: &Motor) -> f64 {
    let mut state = motor.at_rest();
    for k in 0..100_000 {
        let load = if k < 5_000 { -1.2 * motor.peak_torque_nm() } else { 0.0 };
        let damping = 2e-3 * state.speed_rad_per_s;
        motor.step(&mut state, load + damping, 0.0, H_S);
    }
    state.angle_rad / (FRAC_PI_2 / 50.0)
}

/// A 23-size motor at 24 V without losses (reference, motors).
fn motor() -> Motor {
    let driver = DriverParams::ideal(24.0, 2.8, 16);
    Motor::new(&MotorParams::lossless(), &driver, 0.0)
}
