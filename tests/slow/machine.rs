//! Geometry, play and a dragged gantry side through the whole chain, against formulas.

use torchtwin::drive::Joint;
use torchtwin::drive::params::JointParams;
use torchtwin::scene::model::Scene;
use torchtwin::twin::EngineKind;
use torchtwin::twin::plant::{Plant, STEP_S, SUBSTEPS};
use torchtwin::twin::record::TraceSample;

use super::{Run, load};

/// Radius of the circular test, m.
const RADIUS_M: f64 = 0.03;

/// A circle of ISO 230-4 driven counter-clockwise at 1 m/min, without a torch; what was seen on it after the first eighth.
fn circle(fault: fn(&mut Scene)) -> Vec<TraceSample> {
    let mut scene = load("square_100.toml");
    let r = RADIUS_M * 1e3;
    scene.job.program_text = format!("G21 G90 G0 X{r} Y0\nG4 P1\nG3 X{r} Y0 I-{r} J0 F1000\nG3 X{r} Y0 I-{r} J0 F1000\nM2\n");
    scene.machine.geometry.warming_k = 0.0;
    fault(&mut scene);
    let zero = scene.job.work_zero_in_machine_m.unwrap();
    let trace = Run::of(scene, EngineKind::Reduced, false, None).record.trace;
    let on_circle = trace.into_iter().filter(|s| (s.line == 3 || s.line == 4) && s.speed_m_per_s > 0.016);
    let about = |mut s: TraceSample| {
        for point in [&mut s.planned_in_machine_m, &mut s.tip_in_machine_m] {
            point.iter_mut().zip(zero).for_each(|(x, origin)| *x -= origin);
        }
        s
    };
    on_circle.map(about).collect()
}

/// Mean of `value` over the samples whose planned point stands between two angles, degrees.
fn mean(samples: &[TraceSample], [from, to]: [f64; 2], value: impl Fn(&TraceSample) -> f64) -> f64 {
    let angle = |s: &TraceSample| s.planned_in_machine_m[1].atan2(s.planned_in_machine_m[0]).to_degrees();
    let seen: Vec<f64> = samples.iter().filter(|s| (from..to).contains(&angle(s))).map(value).collect();
    assert!(seen.len() > 20, "{} samples from {from}° to {to}°", seen.len());
    seen.iter().sum::<f64>() / seen.len() as f64
}

#[test]
fn the_circular_test_reads_squareness_from_its_diagonals() {
    // ISO 230-4: out of square by an angle, a circle is an ellipse at 45°; its diagonals differ by diameter times angle.
    let angle = 2e-3;
    let radius = |s: &TraceSample| s.tip_in_machine_m[0].hypot(s.tip_in_machine_m[1]);
    let apart = |samples: &[TraceSample]| {
        let at = |middle: f64| mean(samples, [middle - 5.0, middle + 5.0], radius);
        at(45.0) + at(-135.0) - at(135.0) - at(-45.0)
    };
    let (sound, skew) = (circle(|s| s.machine.geometry.out_of_square = 0.0), circle(|s| s.machine.geometry.out_of_square = 2e-3));
    let read = apart(&skew) - apart(&sound);
    let expected = 2.0 * RADIUS_M * angle;
    assert!((read / expected - 1.0).abs() < 0.05, "{read} m, {expected} m");
}

#[test]
fn the_circular_test_shows_backlash_as_steps_at_the_quadrants() {
    // ISO 230-4: where an axis turns round, the reading steps by its backlash; drag that turns round winds the drive up besides.
    let step = |samples: &[TraceSample], axis: usize, at: f64| {
        let off = |s: &TraceSample| s.tip_in_machine_m[axis] - s.planned_in_machine_m[axis];
        mean(samples, [at + 6.0, at + 20.0], off) - mean(samples, [at - 20.0, at - 6.0], off)
    };
    let (sound, loose) =
        (circle(|_| ()), circle(|s| s.machine.joints.iter_mut().take(3).for_each(|j| j.transmission.backlash_m += 80e-6)));
    for (axis, at, outward) in [(0, 0.0, 1.0), (1, 90.0, 1.0), (1, -90.0, -1.0)] {
        let read = step(&loose, axis, at) - step(&sound, axis, at);
        assert!((outward * read / 80e-6 - 1.0).abs() < 0.05, "axis {axis} at {at}°: {read} m");
    }
}

#[test]
fn a_dragged_side_racks_the_gantry_by_its_drag_over_the_stiffness_against_yaw() {
    // Steady at 20 mm/s: F = drag of guide and hoses + drag of the idle motor at the load; the trucks hold the yaw: L θ = F L²/(k₁ + k₂).
    let scene = load("one_side_unplugged.toml");
    let machine = &scene.machine;
    // Without detents, over which an idle motor hops at this speed and loses more than any formula says.
    let smooth = |params: &JointParams| {
        let mut params = params.clone();
        params.motor.detent_torque_nm = 0.0;
        Joint::new(params)
    };
    let joints: Vec<Joint> = machine.joints.iter().map(smooth).collect();
    let share = scene.faults[0].current_share;
    for engine in [EngineKind::Rapier, EngineKind::Reduced] {
        let mut plant = Plant::new(engine, &machine.mechanism, &machine.geometry, &joints, [0.3, 0.3, 0.01]);
        plant.joints[2].feed(&mut plant.states[2], &machine.joints[2].driver, share);
        let y2 = &machine.joints[2];
        let speed = 0.02;
        let (mut sent, mut sum, mut seen) = (0, 0.0, 0);
        for n in 1..(3.0 / STEP_S) as u64 {
            // Up to speed within a second.
            let t = n as f64 * STEP_S;
            let way = if t < 1.0 { 0.5 * speed * t * t } else { speed * (t - 0.5) };
            let due = (way * y2.steps_per_m) as i64;
            let mut window = [[0; SUBSTEPS]; 3];
            window[1][SUBSTEPS / 2] = due - sent;
            sent = due;
            plant.step(&window, &|| 0.0);
            if t > 2.0 {
                (sum, seen) = (sum - plant.rungs().racking, seen + 1);
            }
        }
        let travel = y2.transmission.travel_m_per_rad;
        let idle_nm =
            y2.motor.bearing_drag_nm + y2.motor.viscous_nm_s * speed / travel + plant.joints[2].motor.iron_nm(speed / travel);
        // What drags the idle motor along pays the losses of its transmission.
        let drag_n =
            y2.friction.coulomb_n + y2.friction.viscous_n_s_per_m * speed + idle_nm / travel / y2.transmission.efficiency;
        let trucks = &machine.mechanism.trucks;
        let apart_m = trucks[1].at_in_machine_m[0] - trucks[0].at_in_machine_m[0];
        let yaw = trucks[0].angular_nm_per_rad[2] + trucks[1].angular_nm_per_rad[2];
        let (read, expected) = (sum / f64::from(seen), drag_n * apart_m.powi(2) / yaw);
        println!("{}: {:.1} µm, formula {:.1} µm from {drag_n:.1} N", engine.name(), read * 1e6, expected * 1e6);
        assert!((read / expected - 1.0).abs() < 0.05, "{}: {read} m, {expected} m", engine.name());
    }
}
