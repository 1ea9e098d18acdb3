//! This engine beside an independent solver.

use super::*;
use crate::machine::engines::cases::Case;

/// Largest distance of the tip from the truth of an independent solver, m.
pub fn error_m(case: &Case, h: f64) -> f64 {
    let mut m = RapierMachine::new(&case.machine(), h);
    if case.let_go {
        for (body, off) in [(GANTRY, [0.0, 2e-4, 0.0]), (CARRIAGE, [2e-4, 2e-4, 0.0]), (TORCH, [2e-4, 2e-4, 0.0])] {
            m.bodies[body].shift(Vector::from_array(off));
        }
    }
    // Speeds live half a step behind: at rest at the start means moving against the first acceleration half a step before. Twice, because
    // the damping asks for the speed at the instant.
    let drive_n = case.drive_n(0.0, &m.joints());
    for _ in 0..2 {
        let forces = m.forces(drive_n);
        for (i, force) in forces.into_iter().enumerate() {
            let (a, alpha) = m.bodies[i].accelerations(force);
            m.bodies[i].speed = RigidBodyVelocity { linvel: -0.5 * h * a, angvel: -0.5 * h * alpha };
            m.before[i] = (-1.5 * h * a, -1.5 * h * alpha);
        }
    }
    case.error_m(h, |t| {
        let drive_n = case.drive_n(t, &m.joints());
        m.step(drive_n);
        m.tip_in_machine_m()
    })
}
