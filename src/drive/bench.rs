//! A brake bench: pull-out torque measured on the simulated motor as it is measured on a real one.
//!
//! In: motor and driver, a speed. Out: the load at which the rotor falls out of step. Uses `params` and `motor`.
//!
//! The motor is brought up to speed without load, left to settle, and then braked harder and harder until it falls out of step. On its
//! shaft is a flywheel as heavy as its rotor, which stands for coupling and brake; makers rarely say theirs. The load rises from nothing
//! to 1.1 times the torque of the set current within [`RISE_S`]: slow beside the rotor's own swinging (5 to 20 ms), so that the
//! rise adds no more than about a hundredth to the result.

use std::f64::consts::TAU;

use super::motor::Motor;
use super::params::{DriverParams, MotorParams};

/// Flywheel on the shaft, rotor inertias.
pub const FLYWHEEL: f64 = 1.0;
/// From nothing to 1.1 times the torque of the set current, s.
pub const RISE_S: f64 = 3.0;
/// Turning without load before the rise, s.
const SETTLE_S: f64 = 0.25;
/// Acceleration up to speed, rev/s²: gentle beside what any motor here can do.
const RAMP_REV_PER_S2: f64 = 40.0;
/// Sub-step, s.
const STEP_S: f64 = 10e-6;
/// A rotor that is this far behind its command has fallen out of step for good, full steps: in step it is at most two behind.
const OUT_FULL_STEPS: f64 = 6.0;
/// A closed loop does not fall out but falls back, because its field never leads by more than two full steps: then the speed is not kept.
const BACK_FULL_STEPS: f64 = 2.2;
/// Share of its voltage below which a bus is lost.
const SAGGING: f64 = 0.95;
/// Brake's own damping, share of the critical damping of rotor and flywheel on the magnetic spring.
const BRAKE_DAMPING: f64 = 0.02;

/// One speed on the bench.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Braked {
    /// Load at which the rotor fell out of step, N·m; zero where it did not even reach the speed.
    pub torque_nm: f64,
    /// Lowest bus voltage on the way, V.
    pub bus_low_v: f64,
    /// Mean square of the current's amplitude just below pull-out, A².
    pub current_square_a2: f64,
}

/// Brakes the motor at `speed_rad_per_s` until it falls out of step.
pub fn brake(motor: &MotorParams, driver: &DriverParams, speed_rad_per_s: f64) -> Braked {
    let flywheel = FLYWHEEL * motor.rotor_inertia_kg_m2;
    let m = Motor::new(motor, driver, flywheel);
    let mut s = m.at_rest();
    let inertia = motor.rotor_inertia_kg_m2 + flywheel;
    let swing = (motor.rotor_teeth * m.peak_torque_nm() / inertia).sqrt();
    let damping = 2.0 * BRAKE_DAMPING * swing * inertia;
    let ramp_s = speed_rad_per_s / (RAMP_REV_PER_S2 * TAU);
    let per_rad = 1.0 / m.rad_per_microstep();
    let out_full_steps = if driver.closed_loop.is_some() { BACK_FULL_STEPS } else { OUT_FULL_STEPS };
    let top_nm = 1.1 * m.peak_torque_nm();
    let (mut sent_at, mut braked) = (0_i64, Braked { torque_nm: 0.0, bus_low_v: driver.bus_v, current_square_a2: 0.0 });
    // Smoothed over 10 ms, so that the swing of falling out does not count.
    let smooth = STEP_S / 10e-3;
    let mut square = driver.current_peak_a.powi(2);
    for k in 0..((ramp_s + SETTLE_S + RISE_S) / STEP_S) as u64 {
        let t = k as f64 * STEP_S;
        let (speed, angle) = if t < ramp_s {
            let a = RAMP_REV_PER_S2 * TAU;
            (a * t, 0.5 * a * t * t)
        } else {
            (speed_rad_per_s, speed_rad_per_s * (t - 0.5 * ramp_s))
        };
        let due = (angle * per_rad) as i64;
        if due != sent_at {
            m.command(&mut s, due - sent_at);
            sent_at = due;
        }
        let load = top_nm * ((t - ramp_s - SETTLE_S) / RISE_S).max(0.0);
        let brake = load + damping * (s.speed_rad_per_s - speed);
        m.step(&mut s, brake, 0.0, STEP_S);
        braked.bus_low_v = braked.bus_low_v.min(s.bus_v);
        let behind = m.full_steps_behind(&s).abs();
        if s.alarm || behind > out_full_steps {
            break;
        }
        let [a, b] = s.current_a;
        square += smooth * (a * a + b * b - square);
        // A chopper draws the same power whatever the bus has, so a bus that sags under a load goes on sagging until the motor is lost.
        if s.bus_v > SAGGING * driver.bus_v {
            braked.torque_nm = load;
            if behind < BACK_FULL_STEPS {
                braked.current_square_a2 = square;
            }
        }
    }
    braked
}

/// Pull-out torque at several speeds, N·m, `threads` at a time. `done` is called after each speed.
pub fn curve(
    motor: &MotorParams,
    driver: &DriverParams,
    speeds_rad_per_s: &[f64],
    threads: usize,
    done: &(dyn Fn() + Sync),
) -> Vec<Braked> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(speed) = speeds_rad_per_s.get(i) else { return mine };
            mine.push((i, brake(motor, driver, *speed)));
            done();
        }
    };
    let mut all: Vec<(usize, Braked)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, braked)| braked).collect()
}
