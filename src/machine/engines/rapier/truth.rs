//! This engine beside an independent solver.

use super::*;
use crate::machine::engines::cases::Case;

/// Largest distance of the tip from the truth of an independent solver, m.
pub fn error_m(case: &Case, h: f64) -> f64 {
    let mut m = RapierMachine::new(&case.machine(), h);
    if case.let_go {
        for (body, off) in [(GANTRY, [0.0, 2e-4, 0.0]), (CARRIAGE, [2e-4, 2e-4, 0.0]), (TORCH, [2e-4, 2e-4, 0.0])] {
            let b = &mut m.world.bodies[m.bodies[body]];
            let mut pose = *b.position();
            pose.translation += Vector::from_array(off);
            b.set_position(pose, true);
        }
    }
    // Speeds live half a step behind: at rest at the start means moving against the first acceleration half a step before.
    let p = case.machine();
    let forces = m.forces(&m.motions(), case.drive_n(0.0, &m.joints()));
    for (i, ((force, torque), body)) in forces.into_iter().zip([&p.frame, &p.gantry, &p.carriage, &p.torch]).enumerate() {
        let inertia = Vector::from_array(body.inertia_kg_m2);
        let b = &mut m.world.bodies[m.bodies[i]];
        b.set_linvel(-0.5 * h / body.mass_kg * force, true);
        b.set_angvel(-0.5 * h * torque / inertia, true);
        m.before[i] = (-1.5 * h / body.mass_kg * force, -1.5 * h * torque / inertia);
    }
    case.error_m(h, |t| {
        let drive_n = case.drive_n(t, &m.joints());
        m.step(drive_n);
        m.tip_in_machine_m()
    })
}
