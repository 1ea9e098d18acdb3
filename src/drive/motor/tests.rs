//! The stepped motor against formulas and a published simulation.

use super::super::bench::brake;
use super::super::params::ClosedLoop;
use super::super::pull_out::pull_out_nm;
use super::*;

fn nema23() -> (MotorParams, DriverParams) {
    (MotorParams::lossless(), DriverParams::ideal(24.0, 2.8, 16))
}

const RPM: f64 = TAU / 60.0;

#[test]
fn the_bench_pulls_out_where_the_closed_form_says() {
    let (motor, mut driver) = nema23();
    driver.damping_s = 0.7e-3;
    for (volts, rpm) in [(24.0, 60.0), (24.0, 240.0), (24.0, 480.0), (24.0, 720.0), (24.0, 1200.0), (48.0, 1500.0)] {
        driver.bus_v = volts;
        let simulated = brake(&motor, &driver, rpm * RPM).torque_nm;
        let formula = pull_out_nm(&motor, &driver, rpm * RPM);
        let ratio = simulated / formula;
        assert!(
            (ratio - 1.0).abs() < 0.08,
            "{volts} V, {rpm} rpm: {simulated:.3} N·m, closed form {formula:.3}, ratio {ratio:.3}"
        );
    }
}

#[test]
fn the_bench_meets_the_published_switching_simulation() {
    // Reference motor at 24 and 48 V; (V, rev/s, N·m) of a bang-bang chopper simulation.
    let (motor, mut driver) = nema23();
    driver.damping_s = 0.7e-3;
    for (v, rev_s, torque) in [
        (24.0, 6.0, 0.856),
        (24.0, 8.0, 0.831),
        (24.0, 12.0, 0.666),
        (24.0, 16.0, 0.528),
        (24.0, 24.0, 0.378),
        (24.0, 32.0, 0.279),
        (48.0, 16.0, 0.842),
        (48.0, 24.0, 0.689),
        (48.0, 32.0, 0.551),
    ] {
        driver.bus_v = v;
        let got = brake(&motor, &driver, rev_s * TAU).torque_nm;
        assert!((got / torque - 1.0).abs() < 0.08, "{v} V, {rev_s} rev/s: {got:.3} against {torque} N·m");
    }
}

#[test]
fn a_loaded_rotor_settles_at_the_load_angle_of_the_formula() {
    // T = T_pk sin(N Δθ).
    let (motor, driver) = nema23();
    let m = Motor::new(&motor, &driver, 0.0);
    for share in [0.2_f64, 0.5, 0.9] {
        let mut s = m.at_rest();
        let load = share * m.peak_torque_nm();
        for k in 0..300_000 {
            let rising = load * (f64::from(k) / 1e5).min(1.0);
            let damping = 2e-3 * s.speed_rad_per_s;
            m.step(&mut s, rising + damping, 0.0, 10e-6);
        }
        let expected = -share.asin() / motor.rotor_teeth;
        assert!((s.angle_rad / expected - 1.0).abs() < 1e-6, "{} against {expected}", s.angle_rad);
    }
}

#[test]
fn an_overloaded_rotor_loses_whole_electrical_turns() {
    let (motor, driver) = nema23();
    let m = Motor::new(&motor, &driver, 0.0);
    let mut s = m.at_rest();
    for k in 0..100_000 {
        let load = if k < 5_000 { -1.2 * m.peak_torque_nm() } else { 0.0 };
        let damping = 2e-3 * s.speed_rad_per_s;
        m.step(&mut s, load + damping, 0.0, 10e-6);
    }
    let full_steps = s.angle_rad / (FRAC_PI_2 / motor.rotor_teeth);
    assert!(full_steps > 3.0, "it slipped: {full_steps}");
    let fours = full_steps / 4.0;
    assert!((fours - fours.round()).abs() < 1e-6, "{full_steps} full steps is no multiple of four");
}

/// A run at 6 rev/s with a blow of `share` of the peak torque for 30 ms in the middle, a ramp to rest and two seconds of rest. Returns the
/// full steps behind just after the blow, at the end of the steady part and at the very end, and the final state.
fn blow(driver: &DriverParams, share: f64) -> ([f64; 3], MotorState) {
    let (motor, _) = nema23();
    let m = Motor::new(&motor, driver, 9e-5);
    let mut s = m.at_rest();
    let (h, top, ramp_s, steady_s) = (10e-6, 6.0 * TAU, 0.4, 1.0);
    let per_rad = 1.0 / m.rad_per_microstep();
    let (mut angle, mut sent) = (0.0, 0);
    let mut seen = [0.0; 3];
    for k in 0..((2.0 * ramp_s + steady_s + 2.0) / h) as u64 {
        let t = k as f64 * h;
        let speed = top * (t / ramp_s).min((2.0 * ramp_s + steady_s - t) / ramp_s).clamp(0.0, 1.0);
        angle += speed * h;
        let due = (angle * per_rad) as i64;
        if due != sent {
            m.command(&mut s, due - sent);
            sent = due;
        }
        let hit = (0.5..0.53).contains(&(t - ramp_s));
        let load = if hit { share * m.peak_torque_nm() } else { 0.0 };
        let drag = 1e-3 * s.speed_rad_per_s;
        m.step(&mut s, load + drag, 0.0, h);
        if t < ramp_s + 0.54 {
            seen[0] = m.full_steps_behind(&s);
        }
        if t < ramp_s + steady_s {
            seen[1] = m.full_steps_behind(&s);
        }
    }
    seen[2] = m.full_steps_behind(&s);
    (seen, s)
}

#[test]
fn a_motor_that_slips_at_speed_stays_stalled_until_the_ramp_ends() {
    let (_, driver) = nema23();
    let ([after, steady, end], s) = blow(&driver, 1.3);
    assert!(steady - after > 100.0, "it went on slipping without load: {after} then {steady} full steps");
    assert!(s.speed_rad_per_s.abs() < 0.1, "it rests: {}", s.speed_rad_per_s);
    let fours = end / 4.0;
    assert!((fours - fours.round()).abs() < 0.02, "{end} full steps is no multiple of four");
    let ([.., end], _) = blow(&driver, 0.6);
    assert!(end.abs() < 0.02, "a weaker blow loses nothing: {end}");
}

#[test]
fn a_closed_loop_keeps_its_steps_where_an_open_one_loses_them() {
    let (_, mut driver) = nema23();
    driver.closed_loop = Some(ClosedLoop { alarm_full_steps: 200.0 });
    let ([after, _, end], s) = blow(&driver, 1.3);
    assert!(!s.alarm && after.abs() > 0.2, "{after}");
    assert!(end.abs() < 0.05, "{end} full steps behind at the end");
    // Within a full step of its command it is the very same motor as an open one.
    let (mild, _) = blow(&driver, 0.3);
    driver.closed_loop = None;
    assert_eq!(mild, blow(&driver, 0.3).0);
}

#[test]
fn a_closed_loop_gives_up_with_an_alarm_beyond_its_limit() {
    let (_, mut driver) = nema23();
    driver.closed_loop = Some(ClosedLoop { alarm_full_steps: 10.0 });
    let ([.., end], s) = blow(&driver, 3.0);
    assert!(s.alarm && end > 10.0, "{end}");
    assert!(s.current_a.iter().all(|i| i.abs() < 1e-9), "it has let go: {:?}", s.current_a);
    let (motor, _) = nema23();
    assert!(Motor::new(&motor, &driver, 9e-5).turns_lost(&s) > 2);
}

#[test]
fn the_bus_sags_to_what_the_supply_gives_and_torque_with_it() {
    let (motor, mut driver) = nema23();
    driver.damping_s = 0.7e-3;
    let speed = 16.0 * TAU;
    let strong = brake(&motor, &driver, speed);
    assert_eq!(strong.bus_low_v, 24.0);
    driver.supply_a = 1.5;
    let weak = brake(&motor, &driver, speed);
    assert!(weak.bus_low_v < 20.0 && weak.torque_nm < 0.8 * strong.torque_nm, "{weak:?} against {strong:?}");
    // Shaft power and copper loss come out of the supply: V I.
    let taken = weak.torque_nm * speed + motor.resistance_ohm * weak.current_square_a2;
    let given = 24.0 * 1.5;
    assert!((0.85..1.1).contains(&(taken / given)), "{taken} W of {given} W: {weak:?}");
    let formula = pull_out_nm(&motor, &driver, speed);
    assert!((weak.torque_nm / formula - 1.0).abs() < 0.12, "{} against {formula}", weak.torque_nm);
    driver.supply_a = 20.0;
    let ample = brake(&motor, &driver, speed);
    assert!((ample.torque_nm / strong.torque_nm - 1.0).abs() < 0.01, "an ample supply changes nothing");
}

#[test]
fn braking_raises_the_bus() {
    let (motor, mut driver) = nema23();
    driver.supply_a = 5.0;
    let m = Motor::new(&motor, &driver, 2e-3);
    let mut s = m.at_rest();
    let (h, mut angle, mut sent, mut high) = (10e-6, 0.0, 0, 0.0_f64);
    for k in 0..100_000 {
        let t = k as f64 * h;
        angle += h * 4.0 * TAU * (t / 0.5).min(1.0).min((0.9 - t) / 0.1).max(0.0);
        let due = (angle / m.rad_per_microstep()) as i64;
        m.command(&mut s, due - sent);
        sent = due;
        let damping = 2e-3 * s.speed_rad_per_s;
        m.step(&mut s, damping, 0.0, h);
        high = high.max(s.bus_v);
    }
    assert!(high > 25.0 && high < 60.0, "{high} V");
    assert!((s.bus_v - 24.0).abs() < 0.1, "standing current takes it down again: {} V", s.bus_v);
}

#[test]
fn anti_resonance_carries_a_motor_through_its_mid_range() {
    let (mut motor, mut driver) = nema23();
    motor.inductance_h = 4.4e-3;
    let speeds = [6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0].map(|rev_s| rev_s * TAU);
    let lowest_share = |driver: &DriverParams| {
        let share = |w: &f64| brake(&motor, driver, *w).torque_nm / pull_out_nm(&motor, driver, *w);
        speeds.iter().map(share).fold(f64::INFINITY, f64::min)
    };
    let shaky = lowest_share(&driver);
    driver.damping_s = 0.7e-3;
    let calm = lowest_share(&driver);
    assert!(shaky < 0.8 && calm > 0.9, "lowest share of pull-out: {shaky} without, {calm} with");
}

#[test]
fn current_beyond_the_rating_brings_half_the_torque() {
    let (motor, mut driver) = nema23();
    let rated = SQRT_2 * motor.rated_current_a;
    driver.current_peak_a = rated;
    let at_rating = Motor::new(&motor, &driver, 0.0).peak_torque_nm();
    driver.current_peak_a = 1.4 * rated;
    let m = Motor::new(&motor, &driver, 0.0);
    assert!((m.peak_torque_nm() / at_rating - 1.2).abs() < 1e-12);
    // The stepped motor holds just that.
    for (share, holds) in [(0.98, true), (1.02, false)] {
        let mut s = m.at_rest();
        for k in 0..200_000 {
            let load = share * m.peak_torque_nm() * (f64::from(k) / 1e5).min(1.0) + 5e-3 * s.speed_rad_per_s;
            m.step(&mut s, load, 0.0, 10e-6);
        }
        assert_eq!(m.turns_lost(&s) == 0, holds, "{share}");
    }
}
