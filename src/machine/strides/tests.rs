//! Strides against the truth of an independent solver, and against closed forms.

use super::*;
use crate::machine::engines::cases::{CASES, Case};

/// The drives of the cases: springs and dampers between the loads and rotors that the field holds still.
fn drives() -> [DriveTerms; JOINTS] {
    [200.0, 300.0, 300.0, 100.0].map(|transmission_n_s_per_m| DriveTerms {
        springs: DriveSprings { rotor_kg: 1.0, transmission_n_per_m: 2e6, magnet_n_per_m: 1e12 },
        transmission_n_s_per_m,
        rotor_n_s_per_m: 0.0,
    })
}

/// Largest distance of the tip from the truth of an independent solver, m, what the drives are told coming as impulses.
fn error_m(case: &Case) -> f64 {
    let machine = case.machine();
    let linear = Linear::new(&machine, &drives(), [0.0; 3], 0.0);
    let mut shown = ReducedMachine::new(&machine, STRIDE_S);
    let mut off = linear.rest.map(|rest| -rest);
    if case.let_go {
        carry(&mut off, [2e-4, 2e-4, 0.0]);
        off[COORDINATES..].fill(0.0);
    }
    let mut state = ModalState { at: linear.modal(&off), ..ModalState::default() };
    let still = [Default::default(); JOINTS];
    case.error_m(STRIDE_S, |t| {
        // Nothing before the start: of the first instant's impulse half lies after it.
        let share = if t == 0.0 { 0.5 } else { 1.0 };
        for (j, newtons) in case.drive_n(t, &still).into_iter().enumerate() {
            add(&mut state.rate, share * STRIDE_S * newtons, &linear.joints[j]);
        }
        linear.stride(&mut state);
        let mut at = linear.coordinates(&state.at);
        at.iter_mut().zip(&linear.rest).for_each(|(at, rest)| *at += rest);
        shown.place(&at[..COORDINATES], &[0.0; COORDINATES]);
        shown.tip_in_machine_m()
    })
}

#[test]
fn strides_follow_the_independent_solver() {
    // The stalled side turns the gantry by 7e-4, of which the half square at an arm of 0.6 m is no linear system's.
    for (case, bound_m) in CASES.iter().zip([4e-6, 1e-6, 5e-6]) {
        let error_m = error_m(case);
        println!("{}: {:.2} µm", case.name, error_m * 1e6);
        assert!(error_m < bound_m, "{}: {error_m} m", case.name);
    }
}
