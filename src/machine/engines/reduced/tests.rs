//! The reduced mechanism against the truth of an independent solver, and against closed forms.

use super::truth::error_m;
use super::*;
use crate::machine::engines::cases::{CASES, params};
use crate::machine::params::MachineParams;

#[test]
fn it_follows_the_independent_solver_within_a_micrometre_at_second_order_or_better() {
    for case in &CASES {
        let [coarse, fine] = [1e-4, 0.5e-4].map(|h| error_m(case, h));
        println!("{}: {:.3} µm at 0.1 ms, {:.3} µm at 0.05 ms", case.name, coarse * 1e6, fine * 1e6);
        assert!(coarse < 1e-6, "{}: {coarse} m", case.name);
        // Where a stalled side turns the gantry by 7e-4, half the square of that at an arm of 0.6 m is left whatever the step.
        assert!(fine < 0.35 * coarse || fine < 0.2e-6, "{}: {coarse} m, {fine} m", case.name);
    }
}

#[test]
fn at_rest_nothing_moves() {
    let mut m = ReducedMachine::new(&params(), 1e-4);
    (0..1000).for_each(|_| m.step([0.0; 4]));
    assert_eq!(m.tip_in_machine_m(), [0.0; 3]);
}

/// Frame immovable, guides stiff, nothing damped; the drives' stiffness for a natural frequency of X and Y, N/m.
fn on_springs(natural_rad_per_s: f64) -> (MachineParams, [f64; JOINTS]) {
    let mut p = params();
    (p.frame.mass_kg, p.frame.inertia_kg_m2) = (1e9, [1e9; 3]);
    let in_x = p.carriage.mass_kg + p.torch.mass_kg;
    let side = 0.5 * (p.gantry.mass_kg + in_x);
    let square = natural_rad_per_s * natural_rad_per_s;
    (p, [in_x * square, side * square, side * square, 1e6])
}

#[test]
fn a_circle_on_springy_axes_grows_by_the_square_of_its_frequency_over_the_natural_one() {
    // R (ω/ω_n)² at 10 mm, 50 mm/s, 20 Hz: 16 µm (motion reference, circular test).
    let (radius_m, speed_m_per_s, natural) = (0.01, 0.05, std::f64::consts::TAU * 20.0);
    let omega = speed_m_per_s / radius_m;
    let (mut p, k) = on_springs(natural);
    // The gantry's centre in the middle between its sides and under the carriage, so that Y turns nothing.
    p.gantry.centre_in_machine_m = [0.625, 0.0, 0.2];
    let h = 1e-4;
    let mut m = ReducedMachine::new(&p, h);
    m.jump([0.625 + radius_m, 0.5, 0.0]);
    let turn_s = std::f64::consts::TAU / omega;
    let (mut sum, mut count) = (0.0, 0);
    for n in 0..(3.0 * turn_s / h) as u64 {
        let (sin, cos) = (omega * n as f64 * h).sin_cos();
        let told = [0.625 + radius_m * cos, 0.5 + radius_m * sin, 0.5 + radius_m * sin, 0.0];
        let going = [-speed_m_per_s * sin, speed_m_per_s * cos, speed_m_per_s * cos, 0.0];
        let joints = m.joints();
        // A twentieth of critical damping against the command.
        let drive_n = std::array::from_fn(|j| {
            k[j] * (told[j] - joints[j].position_m) + 0.1 * k[j] / natural * (going[j] - joints[j].speed_m_per_s)
        });
        m.step(drive_n);
        if n as f64 * h > 2.0 * turn_s {
            let tip = m.tip_in_machine_m();
            sum += (tip[0] - 0.625).hypot(tip[1] - 0.5);
            count += 1;
        }
    }
    let grown = sum / f64::from(count) - radius_m;
    let closed = radius_m * (omega / natural).powi(2);
    println!("{:.2} µm, closed form {:.2} µm", grown * 1e6, closed * 1e6);
    assert!((grown / closed - 1.0).abs() < 0.05, "{grown} m, closed form {closed} m");
}

#[test]
fn a_push_of_10_n_bends_the_tip_by_the_beam_formula() {
    // On the carriage at mid span, fore and aft, all else stiff: F L³/(48 E I).
    let (mut p, k) = on_springs(4000.0);
    (p.gantry.mass_kg, p.gantry.inertia_kg_m2) = (1e9, [1e9; 3]);
    p.carriage_guide.linear_n_per_m = [0.0, 1e10, 1e10];
    p.carriage_guide.angular_nm_per_rad = [1e9; 3];
    p.torch_slide.linear_n_per_m = [1e10, 1e10, 0.0];
    p.torch_slide.angular_nm_per_rad = [1e9; 3];
    p.beam.torsion_n_m2 = 1e9;
    let mut m = ReducedMachine::new(&p, 1e-6);
    let middle = p.beam.left_x_in_machine_m + 0.5 * p.beam.span_m;
    m.jump([middle, 0.5, 0.0]);
    let before = m.tip_on_plate();
    let push = 10.0;
    let bent = push * p.beam.span_m.powi(3) / (48.0 * p.beam.horizontal_n_m2);
    // Where it rests: all that rides on the beam moved by the deflection leaves no acceleration.
    for body in [CARRIAGE, TORCH] {
        m.at[body].shift[1] += bent;
    }
    let moved = m.tip_on_plate();
    let carriage = m.beam.in_series(&m.carriage_guide, middle);
    let left = m.accelerations(&m.at, &m.rates, &carriage)[CARRIAGE].shift[1] * p.carriage.mass_kg + push;
    assert!(
        (moved[1] - before[1] - bent).abs() < 1e-12 && left.abs() < 0.01 * push,
        "{left} N of {push} N left at {bent} m; {k:?}"
    );
}
