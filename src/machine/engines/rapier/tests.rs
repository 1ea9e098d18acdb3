//! The mechanism against closed forms.

use super::mount::small_rotation;
use super::*;
use crate::machine::engines::cases::{CASES, params};
use truth::error_m;

#[test]
fn at_rest_nothing_moves() {
    let mut m = RapierMachine::new(&params(), 1e-4);
    for _ in 0..1000 {
        m.step([0.0; 4]);
    }
    assert_eq!(m.tip_in_machine_m(), [0.0; 3]);
}

#[test]
fn bodies_move_as_rapiers_whole_pipeline_moves_them() {
    // A second of the square with every phase of rapier's step: broad phase, islands, solver.
    let case = CASES.iter().find(|case| case.name == "square").unwrap();
    let (h, p) = (1e-4, case.machine());
    let mut m = RapierMachine::new(&p, h);
    let mut world = PhysicsWorld::new();
    world.gravity = Vector::ZERO;
    world.integration_parameters.dt = h;
    world.integration_parameters.num_solver_iterations = 1;
    let bodies = [&p.frame, &p.gantry, &p.carriage, &p.torch].map(|b| {
        let properties = MassProperties::new(Vector::ZERO, b.mass_kg, Vector::from_array(b.inertia_kg_m2));
        let body = RigidBodyBuilder::dynamic()
            .translation(Vector::from_array(b.centre_in_machine_m))
            .additional_mass_properties(properties)
            .gyroscopic_forces_enabled(false)
            .can_sleep(false);
        world.bodies.insert(body)
    });
    for n in 0..10_000 {
        let drive_n = case.drive_n(f64::from(n) * h, &m.joints());
        for (body, (force, torque)) in bodies.into_iter().zip(m.forces(drive_n)) {
            let body = &mut world.bodies[body];
            body.reset_forces(false);
            body.reset_torques(false);
            body.add_force(force, true);
            body.add_torque(torque, true);
        }
        world.step();
        m.step(drive_n);
        for (body, own) in bodies.into_iter().zip(&m.bodies) {
            let (theirs, ours) = (world.bodies[body].position(), own.position.position);
            let off = (theirs.translation - ours.translation).length()
                + 0.3 * small_rotation(theirs.rotation.inverse() * ours.rotation).length();
            assert!(off < 1e-10, "step {n}: {off} m");
        }
    }
}

#[test]
fn a_free_carriage_accelerates_by_newton() {
    // The frame is made immovable; X drives carriage and torch, 6 kg, with 12 N: 2 m/s².
    let mut p = params();
    p.frame.mass_kg = 1e9;
    p.frame.inertia_kg_m2 = [1e9; 3];
    p.gantry.mass_kg = 1e9;
    p.gantry.inertia_kg_m2 = [1e9; 3];
    for m in p.trucks.iter_mut().chain([&mut p.feet, &mut p.carriage_guide, &mut p.torch_slide]) {
        m.damping_ratio = 0.3;
    }
    let h = 1e-4;
    let mut m = RapierMachine::new(&p, h);
    let steps = 2000;
    for _ in 0..steps {
        m.step([12.0, 0.0, 0.0, 0.0]);
    }
    // Speeds live half a step behind positions: starting from v(0) instead of v(−h/2) shifts time by half a step.
    let t = (f64::from(steps) + 0.5) * h;
    let x = m.joints()[0].position_m;
    assert!((x / (0.5 * 2.0 * t * t) - 1.0).abs() < 2e-4, "{x} m against {}", 0.5 * 2.0 * t * t);
}

#[test]
fn a_push_at_rest_bends_the_tip_by_the_beam_formula() {
    // Static: 10 N fore and aft on the carriage at mid span, everything else stiff: F L³/(48 E I) of a simply supported beam.
    let mut p = params();
    p.frame.mass_kg = 1e9;
    p.frame.inertia_kg_m2 = [1e9; 3];
    p.gantry.mass_kg = 1e9;
    p.gantry.inertia_kg_m2 = [1e9; 3];
    p.carriage_guide.damping_ratio = 0.5;
    p.carriage_guide.linear_n_per_m = [0.0, 1e12, 1e12];
    let mut guide_first = p.carriage_guide.clone();
    guide_first.at_in_machine_m = [0.625, 0.0, 0.2];
    let centre = Vector::new(0.625, 0.0, 0.2);
    let mount = Mount::new(&guide_first, centre, centre, 4.0, [0.1; 3], Some(&p.beam));
    let rest =
        |y: f64| Motion { pose: Pose::from_translation(Vector::new(0.625, y, 0.2)), linear: Vector::ZERO, angular: Vector::ZERO };
    let deflection = 10.0 * p.beam.span_m.powi(3) / (48.0 * p.beam.horizontal_n_m2);
    let reaction = mount.react(&rest(0.0), &rest(deflection));
    assert!((reaction.force.y / -10.0 - 1.0).abs() < 1e-3, "{} N", reaction.force.y);
}

#[test]
fn an_undamped_gantry_rings_at_its_natural_frequency_and_keeps_its_energy() {
    // Carriage and torch on the beam: one mass on the series stiffness, all else immovable. Halving the step must show fourth order, as no
    // drive pushes.
    let error = |h: f64| {
        let mut p = params();
        p.frame.mass_kg = 1e9;
        p.frame.inertia_kg_m2 = [1e9; 3];
        p.feet.linear_n_per_m = [1e3; 3];
        p.torch.mass_kg = 1e-6;
        p.torch.inertia_kg_m2 = [1e-6; 3];
        p.torch_slide.linear_n_per_m = [0.0; 3];
        p.torch_slide.angular_nm_per_rad = [0.0; 3];
        let k = 1e6;
        p.trucks[0].linear_n_per_m = [4e7, k, 4e7];
        p.trucks[1].linear_n_per_m = [4e7, k, 4e7];
        p.carriage.mass_kg = 1e-6;
        p.carriage.inertia_kg_m2 = [1e-6; 3];
        p.carriage_guide.linear_n_per_m = [0.0; 3];
        p.carriage_guide.angular_nm_per_rad = [0.0; 3];
        p.gantry.centre_in_machine_m = [0.625, 0.0, 0.15];
        let mut m = RapierMachine::new(&p, h);
        let omega = (2.0 * k * (1.0 / p.gantry.mass_kg + 1.0 / p.frame.mass_kg)).sqrt();
        let start = 1e-3;
        // Both sides pushed off together, speed half a step behind.
        m.bodies[GANTRY].shift(Vector::new(0.0, start, 0.0));
        m.bodies[GANTRY].speed.linvel = Vector::new(0.0, 2.0 * start / h * (0.5 * omega * h).sin().powi(2), 0.0);
        let mut worst: f64 = 0.0;
        for n in 1..=(0.1 / h) as u64 {
            m.step([0.0; 4]);
            let y = 0.5 * (m.joints()[1].position_m + m.joints()[2].position_m);
            worst = worst.max((y - start * (omega * n as f64 * h).cos()).abs());
        }
        worst
    };
    let (coarse, fine) = (error(4e-4), error(2e-4));
    assert!(coarse < 20e-9, "{coarse} m at 0.4 ms for an amplitude of 1 mm");
    let order = (coarse / fine).log2();
    assert!((3.5..4.5).contains(&order), "order {order}: {coarse} m and {fine} m");
}

#[test]
fn it_follows_the_independent_solver_within_five_micrometres_at_second_order() {
    for case in &CASES {
        let [coarse, fine] = [1e-4, 0.5e-4].map(|h| error_m(case, h));
        println!("{}: {:.3} µm at 0.1 ms, {:.3} µm at 0.05 ms", case.name, coarse * 1e6, fine * 1e6);
        assert!(coarse < 5e-6, "{}: {coarse} m", case.name);
        assert!(fine < 0.35 * coarse, "{}: {coarse} m, {fine} m", case.name);
    }
}

#[test]
fn energy_of_an_undamped_gantry_drifts_by_less_than_a_thousandth_in_a_million_steps() {
    let (h, k) = (1e-4, 1e6);
    let mut p = params();
    (p.frame.mass_kg, p.frame.inertia_kg_m2) = (1e9, [1e9; 3]);
    for body in [&mut p.carriage, &mut p.torch] {
        (body.mass_kg, body.inertia_kg_m2) = (1e-3, [1e-3; 3]);
    }
    for mount in [&mut p.carriage_guide, &mut p.torch_slide] {
        (mount.linear_n_per_m, mount.angular_nm_per_rad) = ([0.0; 3], [0.0; 3]);
    }
    p.trucks.iter_mut().for_each(|truck| truck.linear_n_per_m = [4e7, k, 4e7]);
    p.gantry.centre_in_machine_m = [0.625, 0.0, 0.15];
    let mut m = RapierMachine::new(&p, h);
    let omega = (2.0 * k / p.gantry.mass_kg).sqrt();
    m.bodies[GANTRY].speed.linvel = Vector::new(0.0, 1e-3 * omega, 0.0);
    m.before[GANTRY].0 = Vector::new(0.0, 1e-3 * omega, 0.0);
    // The middle of the two speeds about an instant belongs to the position there.
    let energy = |m: &RapierMachine| {
        let b = &m.bodies[GANTRY];
        let speed = b.speed.linvel.y;
        let before = b.position.position.translation.y - 0.5 * h * speed;
        0.5 * p.gantry.mass_kg * speed * speed + k * before * before
    };
    let mean = |m: &mut RapierMachine| {
        let period = (std::f64::consts::TAU / omega / h).round() as usize;
        let mut sum = 0.0;
        for _ in 0..period * 20 {
            m.step([0.0; JOINTS]);
            sum += energy(m);
        }
        sum / (period * 20) as f64
    };
    let first = mean(&mut m);
    (0..1_000_000).for_each(|_| m.step([0.0; JOINTS]));
    let last = mean(&mut m);
    println!("energy {:.2e} of the first", last / first - 1.0);
    assert!((last / first - 1.0).abs() < 1e-3, "{first} J, {last} J");
}
