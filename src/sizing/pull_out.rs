//! How sure pull-out torque is: what it comes to with a motor's and a driver's values drawn from their ranges, as `--samples` draws them.
//!
//! In: motor and driver as they follow from drawn values. Out: shares of the torque as written. Uses `samples`, `drive`'s closed form.

use std::f64::consts::TAU;

use crate::drive::params::{DriverParams, MotorParams};
use crate::drive::pull_out::pull_out_nm;
use crate::scene::used::Used;
use crate::sizing::samples::draws;

/// Draws; their seed.
const DRAWS: usize = 200;
const SEED: u64 = 1;
/// Share of the draws below the lower and above the upper end.
const OUTSIDE: f64 = 0.05;

/// By speed in rev/min: pull-out torque over what it is as written, between which nine of ten draws lie; 1 and 1 where there is no torque.
pub fn band(params: &dyn Fn(&mut Used) -> (MotorParams, DriverParams), rpm: &[f64]) -> Vec<[f64; 2]> {
    let at = |used: &mut Used| -> Vec<f64> {
        let (motor, driver) = params(used);
        rpm.iter().map(|rpm| pull_out_nm(&motor, &driver, rpm / 60.0 * TAU)).collect()
    };
    let mut used = Used::default();
    let written = at(&mut used);
    let drawn: Vec<Vec<f64>> = draws(&used.ranges, SEED, DRAWS)[1..].iter().map(|draw| at(&mut Used::drawn(draw))).collect();
    let of = |(i, written): (usize, &f64)| {
        let mut all: Vec<f64> = drawn.iter().map(|row| row[i] / written).filter(|share| share.is_finite()).collect();
        all.sort_by(f64::total_cmp);
        let end = |share: f64| all.get((share * (all.len().max(1) - 1) as f64).round() as usize).copied().unwrap_or(1.0);
        [end(OUTSIDE), end(1.0 - OUTSIDE)]
    };
    written.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::bench;
    use crate::scene::catalogue::built_in;
    use crate::scene::motors::on_the_bench;

    #[test]
    fn what_is_published_lies_in_the_band_that_samples_draw() {
        let catalogue = built_in().unwrap_or_else(|findings| panic!("{findings:?}"));
        let curves = on_the_bench(catalogue, &catalogue.motor_class, &mut Used::default());
        // (within, all) of judged points and of those below a third of the holding torque.
        let mut seen = [(0, 0); 2];
        for (i, curve) in curves.iter().enumerate() {
            let rpm: Vec<f64> = curve.published.points.iter().map(|p| p.0).collect();
            let params = |used: &mut Used| {
                let one = on_the_bench(catalogue, &catalogue.motor_class, used).swap_remove(i);
                (one.motor, one.driver)
            };
            let speeds: Vec<f64> = rpm.iter().map(|rpm| rpm / 60.0 * TAU).collect();
            let braked = bench::curve(&curve.motor, &curve.driver, &speeds, 2, &|| ());
            for ((braked, [low, high]), (rpm, nm)) in braked.iter().zip(band(&params, &rpm)).zip(&curve.published.points) {
                assert!(low <= 1.0 && (1.0..2.0).contains(&high), "{} at {rpm}: {low}, {high}", curve.id);
                let place = usize::from(!curve.judges(*rpm));
                let inside = (low * braked.torque_nm..=high * braked.torque_nm).contains(nm);
                println!("{} {rpm}: {:.2} in {low:.2} to {high:.2}: {inside}", curve.id, nm / braked.torque_nm);
                seen[place] = (seen[place].0 + usize::from(inside), seen[place].1 + 1);
            }
        }
        let [judged, tails] = seen.map(|(within, all)| f64::from(within as u32) / f64::from(all as u32));
        assert!(judged >= 0.88 && tails >= 0.75, "{judged} and {tails} of {seen:?}");
    }
}
