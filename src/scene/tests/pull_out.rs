//! Every published pull-out curve of the catalogue, point by point, against the simulated bench and the closed form.

use std::f64::consts::TAU;

use super::built_in;
use crate::drive::bench;
use crate::drive::params::{DriverParams, MotorParams};
use crate::drive::pull_out::pull_out_nm;
use crate::scene::catalogue::MotorClass;
use crate::scene::motors::{Published, Setting, driver_params, motor_params};
use crate::scene::quantity::Quantity;
use crate::scene::used::Used;

/// A published curve with what it was taken with.
struct Case {
    motor: MotorParams,
    driver: DriverParams,
    nema_34: bool,
    points: Vec<(f64, f64)>,
}

fn cases() -> Vec<Case> {
    cases_with(&built_in().motor_class)
}

/// All curves, with the class rules of `class`.
fn cases_with(class: &MotorClass) -> Vec<Case> {
    let catalogue = built_in();
    let mut all = Vec::new();
    for id in catalogue.motors.keys() {
        let found = catalogue.motor(id).expect("its own id");
        for published in found.part.pull_out.iter().map(Published::from) {
            let mut used = Used::default();
            let (Some(bus_v), Some(peak)) = (published.bus_v, published.current_peak_a) else {
                panic!("{id}: voltage or current")
            };
            // As labelled, but no more than the driver can.
            let driver = catalogue.driver(&published.driver).ok();
            let current_peak_a = driver.map_or(peak, |d| peak.min(d.part.current_peak_max_a.value));
            let microsteps = published.microsteps.unwrap_or(16);
            let setting = Setting { current_peak_a, microsteps, bus_v, supply_a: f64::INFINITY };
            all.push(Case {
                motor: motor_params(found, class, &mut used),
                driver: driver_params(driver, &catalogue.driver_class, &setting, &mut used),
                nema_34: found.part.frame_nema.value >= 34.0,
                points: published.points,
            });
        }
    }
    all
}

/// Simulated over published less one, at every point.
fn off(case: &Case) -> Vec<f64> {
    let speeds: Vec<f64> = case.points.iter().map(|(rpm, _)| rpm / 60.0 * TAU).collect();
    let braked = bench::curve(&case.motor, &case.driver, &speeds, 2, &|| ());
    braked.iter().zip(&case.points).map(|(b, (_, nm))| b.torque_nm / nm - 1.0).collect()
}

#[test]
fn published_curves_are_met_down_to_a_third_of_the_holding_torque() {
    let cases = cases();
    assert!(cases.len() >= 6 && cases.iter().map(|c| c.points.len()).sum::<usize>() >= 37);
    let (mut outside, mut judged) = (Vec::new(), 0);
    for case in &cases {
        let third = case.motor.holding_torque_nm / 3.0;
        let tolerance = if case.nema_34 { 0.20 } else { 0.15 };
        for (off, (rpm, nm)) in off(case).into_iter().zip(&case.points) {
            if *nm >= third {
                judged += 1;
                if off.abs() > tolerance {
                    outside.push(format!("{} on {}: {:+.1} % at {rpm} rev/min", case.motor.name, case.driver.name, 100.0 * off));
                }
            }
        }
    }
    assert!(outside.is_empty(), "{}", outside.join("\n"));
    assert_eq!(judged, 27, "points at a third of the holding torque or more");
}

#[test]
fn below_a_third_of_the_holding_torque_curves_are_off_by_what_the_readme_says() {
    // Two open-loop curves end in a steep fall that no rule here has; the one NEMA 34 point at 24 V is of a motor whose winding is estimated.
    let mut worst: Vec<(String, f64)> = cases().iter().map(|case| (case.motor.name.clone(), most(&off(case)))).collect();
    worst.sort_by(|a, b| b.1.total_cmp(&a.1));
    let bounds =
        [("StepperOnline 23HS30-2804S", 0.70), ("StepperOnline 17HE19-2004S", 0.55), ("StepperOnline 34HS31-6004S", 0.34)];
    for (name, worst) in &worst {
        let bound = bounds.iter().find(|(known, _)| known == name).map_or(0.20, |(_, bound)| *bound);
        assert!(*worst < bound, "{name}: {worst}, more than {bound}");
    }
}

fn most(off: &[f64]) -> f64 {
    off.iter().fold(0.0, |most, off| off.abs().max(most))
}

#[test]
fn the_closed_form_stays_within_12_percent_of_the_bench() {
    let mut apart = Vec::new();
    for case in cases() {
        for rpm in [60.0, 200.0, 350.0, 500.0, 700.0, 900.0, 1200.0] {
            let speed = rpm / 60.0 * TAU;
            let (simulated, formula) =
                (bench::brake(&case.motor, &case.driver, speed).torque_nm, pull_out_nm(&case.motor, &case.driver, speed));
            if (simulated / formula - 1.0).abs() > 0.12 {
                apart.push(format!("{} at {rpm} rev/min: {simulated:.3}, closed form {formula:.3}", case.motor.name));
            }
        }
    }
    assert!(apart.is_empty(), "{}", apart.join("\n"));
}

#[test]
fn iron_and_working_inductance_follow_from_size_alone() {
    let catalogue = built_in();
    let params = |id: &str| motor_params(catalogue.motor(id).expect("a motor"), &catalogue.motor_class, &mut Used::default());
    let [small, large] = ["23HS30-2804S", "34HE46-6004D-E1000"].map(params);
    let over_sheet = [small.inductance_h / 5.4e-3, large.inductance_h / 4.6e-3];
    let d0 = catalogue.motor_class.inductance_frame_mm.value;
    for (over, frame_mm) in over_sheet.into_iter().zip([58.42, 86.36]) {
        assert!((over - 1.0 - (frame_mm / d0).powi(2)).abs() < 1e-9, "{over}");
    }
    // (K ω)²/R_m at 1000 rev/min is 2 kW for each m² of frame times body.
    let w = 1000.0 / 60.0 * TAU;
    let iron = (small.torque_constant_nm_per_a() * w).powi(2) / small.iron_loss_ohm;
    assert!((iron / (2000.0 * 0.05842 * 0.076) - 1.0).abs() < 1e-9, "{iron} W");
}

/// Prints README's figures: the two size rules chosen without one motor, and how far off that motor then is. A minute.
#[test]
#[ignore = "prints figures for README"]
fn each_motor_left_out() {
    let mut tried = Vec::new();
    for d0 in (0..10).map(|i| 72.0 + 3.0 * f64::from(i)) {
        for iron in (0..7).map(|i| 1.0 + 0.5 * f64::from(i)) {
            let mut class = built_in().motor_class.clone();
            class.inductance_frame_mm = Quantity::plain(d0);
            class.iron_loss_kw_per_m2_at_1000_rpm = Quantity::plain(iron);
            let judged = |case: Case| {
                let kept: Vec<_> = case.points.iter().copied().filter(|p| p.1 >= case.motor.holding_torque_nm / 3.0).collect();
                let case = Case { points: kept, ..case };
                let scale = if case.nema_34 { 0.75 } else { 1.0 };
                (case.motor.name.clone(), most(&off(&case)), scale)
            };
            tried.push((d0, iron, cases_with(&class).into_iter().map(judged).collect::<Vec<_>>()));
        }
    }
    let names: std::collections::BTreeSet<String> = tried[0].2.iter().map(|(name, ..)| name.clone()).collect();
    for out in names {
        let others = |row: &[(String, f64, f64)]| {
            row.iter().filter(|(name, ..)| *name != out).map(|(_, off, scale)| off * scale).fold(0.0, f64::max)
        };
        let best = tried.iter().min_by(|a, b| others(&a.2).total_cmp(&others(&b.2))).expect("some were tried");
        let its = best.2.iter().filter(|(name, ..)| *name == out).map(|(_, off, _)| *off).fold(0.0, f64::max);
        println!("without {out}: frame {} mm, iron {} kW/m²; it is then off by {:.0} %", best.0, best.1, 100.0 * its);
    }
}
