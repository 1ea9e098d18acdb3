//! The reduced mechanism against the truth of an independent solver, and against closed forms.

use super::*;
use crate::machine::engines::cases::{CASES, Case, params};

fn error_m(case: &Case, h: f64) -> f64 {
    let mut m = ReducedMachine::new(&case.machine(), h);
    if case.let_go {
        for (body, off) in [(GANTRY, [0.0, 2e-4, 0.0]), (CARRIAGE, [2e-4, 2e-4, 0.0]), (TORCH, [2e-4, 2e-4, 0.0])] {
            m.at[body].shift = add(m.at[body].shift, off);
        }
    }
    // What lies before the start has no impulse: the first one counts from its middle on.
    let first = case.drive_n(0.0, &m.joints());
    m.rates = m.impulse(first, -0.5 * h);
    m.impulse = m.impulse(first, h);
    case.error_m(h, |t| {
        let drive_n = case.drive_n(t, &m.joints());
        m.step(drive_n);
        m.tip_in_machine_m()
    })
}

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
