//! Margins against hand-made numbers.

use std::path::Path;

use super::*;
use crate::program::{NoLibrary, Setup, interpret};

fn scene() -> Scene {
    crate::scene::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml"), None).unwrap()
}

fn program(text: &str) -> Program {
    let setup = Setup { torch_words: crate::program::TorchWords::preset("m3-preheat-m8-oxygen"), ..Setup::default() };
    let (program, findings) = interpret("x", text, &setup, &NoLibrary);
    assert!(!crate::diag::any_error(&findings), "{findings:?}");
    program
}

#[test]
fn geometry_alone_is_what_the_formulas_say() {
    let mut scene = scene();
    let g = &mut scene.machine.geometry;
    (g.bow_m, g.out_of_square, g.pitch_error) = ([0.0; 2], 0.0, [1e-3, 0.0]);
    // Along Y at X = 0.2 m a pitch error of X of 1 mm/m is 0.2 mm across the path; along X it is none.
    let cut = program("G21 G90 F480\nG0 X200\nM3\nM8\nG1 Y100\nG1 X300\nM9\nM5\nM2\n");
    let found = margins(&scene, &cut).geometry_m;
    assert!((found.value - 2e-4).abs() < 1e-9 && found.line == 5 && found.axis == "X", "{found:?}");
    assert_eq!(found.cause, "pitch of the drives");
    // A bow of Y's rails of 1 mm in the middle of 1.25 m moves the tip in X by 4 s (1 − s).
    (scene.machine.geometry.pitch_error, scene.machine.geometry.bow_m) = ([0.0; 2], [0.0, 1e-3]);
    let s: f64 = 0.1 / 1.25;
    let found = margins(&scene, &cut).geometry_m;
    assert!((found.value - 1e-3 * 4.0 * s * (1.0 - s)).abs() < 1e-9 && found.cause == "bowed guides", "{found:?}");
}

#[test]
fn torque_is_mass_times_acceleration_and_drag_over_pull_out() {
    let mut scene = scene();
    // One long rapid in X, so fast that the top speed is reached; only inertia counts.
    let x = &mut scene.machine.joints[0];
    (x.friction.coulomb_n, x.friction.viscous_n_s_per_m, x.transmission.efficiency) = (0.0, 0.0, 1.0);
    for joint in &mut scene.machine.joints[1..] {
        joint.friction.coulomb_n = 0.0;
    }
    let found = margins(&scene, &program("G21 G90\nG0 X600\nM2\n")).torque_use;
    let joint = &scene.machine.joints[0];
    let (a, travel) = (scene.machine.limits.max_acceleration_m_per_s2[0], joint.transmission.travel_m_per_rad);
    let inertia = joint.motor.rotor_inertia_kg_m2 + joint.transmission.inertia_kg_m2;
    let asked = joint.moved_mass_kg * a * travel + inertia * a / travel;
    let top = scene.machine.limits.max_speed_m_per_s[0] / travel;
    let worst = asked / pull_out_nm(&joint.motor, &joint.driver, top).min(pull_out_nm(&joint.motor, &joint.driver, 1.0));
    assert!(found.axis == "X" && found.line == 2, "{found:?}");
    // Grbl's segments end on whole steps, so that some ramps are a little steeper than asked for.
    assert!((found.value / worst - 1.0).abs() < 0.1, "{} against {worst}", found.value);
}

#[test]
fn the_hardest_rapids_are_the_fastest_and_the_longest_of_each_axis() {
    // Short rapids do not reach full speed; of those that do, the longest; of Z its only one. Cuts are none, however long.
    let text = "G21 G90 F480\nG0 X5\nG0 X400\nG0 X0\nG0 Y20\nG0 Z30\nG0 X900 Y25\nM3\nM8\nG1 X0\nM9\nM5\nM2\n";
    let lone = program(text);
    let found = margins(&scene(), &lone).rapids;
    let lines: Vec<u32> = found.iter().map(|number| lone.line(lone.items[*number].tag())).collect();
    assert!(lines.contains(&7) && lines.contains(&6) && !lines.contains(&2) && !lines.contains(&10), "{lines:?}");
    // As windows they start where the rapids before them do; the touching ranges are one window.
    let windows = crate::sizing::window::rapids(&lone, &found);
    assert_eq!(windows.len(), 1, "{windows:?}");
    let first = &lone.items[found[0].saturating_sub(3)..];
    assert!(
        windows[0].start_in_machine_m[0] < 1e-12 && windows[0].items[..] == first[..windows[0].items.len()],
        "{:?}",
        windows[0].items
    );
}
