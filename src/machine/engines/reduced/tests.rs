//! The reduced mechanism against the truth of an independent solver, and against closed forms.

use super::truth::error_m;
use super::*;
use crate::machine::engines::cases::{CASES, params};

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
