//! Pull-out curves as makers publish them beside the simulated brake bench.

use std::f64::consts::TAU;

use super::Case;
use crate::drive::bench;
use crate::scene::catalogue::built_in;
use crate::scene::motors::{OnTheBench, on_the_bench};
use crate::scene::used::Used;

/// Of each published curve the point, down to a third of the holding torque, that is farthest off.
pub fn cases() -> Vec<Case> {
    let Ok(catalogue) = built_in() else { return Vec::new() };
    on_the_bench(catalogue, &catalogue.motor_class, &mut Used::default()).iter().filter_map(worst).collect()
}

fn worst(curve: &OnTheBench) -> Option<Case> {
    let points: Vec<(f64, f64)> = curve.published.points.iter().copied().filter(|point| curve.judges(point.0)).collect();
    let speeds: Vec<f64> = points.iter().map(|(rpm, _)| rpm / 60.0 * TAU).collect();
    let braked = bench::curve(&curve.motor, &curve.driver, &speeds, 2, &|| ());
    let off = |(nm, simulated): (f64, f64)| (simulated / nm - 1.0).abs();
    let beside = points.iter().zip(&braked).map(|(&(rpm, nm), braked)| (rpm, nm, braked.torque_nm));
    let (rpm, nm, simulated) = beside.max_by(|a, b| off((a.1, a.2)).total_cmp(&off((b.1, b.2))))?;
    Some(Case {
        room: "drive",
        title: format!(
            "pull-out of {} at {} V, {:.1} A peak: farthest off of {} points, at {rpm} rev/min",
            curve.motor.name,
            curve.driver.bus_v,
            curve.driver.current_peak_a,
            points.len()
        ),
        unit: "N·m",
        expected: nm,
        computed: simulated,
        tolerance: curve.tolerance() * nm,
        source: "the maker's curve; the catalogue's entry names who read it",
    })
}
