//! This engine beside an independent solver.

use super::*;
use crate::machine::engines::cases::Case;

/// Largest distance of the tip from the truth of an independent solver, m.
pub fn error_m(case: &Case, h: f64) -> f64 {
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
