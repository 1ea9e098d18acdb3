//! Closed forms, ledger, cuts, sleep, symmetry.

use super::*;
use std::f64::consts::{PI, TAU};

const K: f64 = 35.0;
const RHO: f64 = 7850.0;
const CP: f64 = 650.0;
const ENGINEERING: Conduction = Conduction::Constant { k_w_per_m_k: K, density_kg_per_m3: RHO, cp_j_per_kg_k: CP, melting: None };

fn plate(size_m: [f64; 2], cell_m: f64, conduction: Conduction, loss: Loss) -> Heat {
    Heat::new(&Params::new(size_m, cell_m, 0.01, conduction, loss))
}

/// Modified Bessel function K0 (trapezoidal sum of its integral, ∫exp(−z cosh t) dt from 0; converges geometrically).
fn k0(z: f64) -> f64 {
    let step = 0.01;
    step * (0..2000).map(|i| if i == 0 { 0.5 } else { 1.0 } * (-z * (f64::from(i) * step).cosh()).exp()).sum::<f64>()
}

/// Rosenthal's thin plate: 4 kW, 8 mm/s, 10 mm thick; x forward of the source, y beside it, metres; rise above ambient.
fn rosenthal(x: f64, y: f64, loss: f64) -> f64 {
    let (q, v, h, a) = (4000.0, 8e-3, 0.01, K / (RHO * CP));
    let m = ((v / (2.0 * a)).powi(2) + loss / (K * h)).sqrt();
    q / (2.0 * PI * K * h) * (-v * x / (2.0 * a)).exp() * k0(m * x.hypot(y))
}

/// Moves validation case V1's source along the middle of a plate from `from` to `to` (x, metres).
fn run_v1(heat: &mut Heat, y: f64, from: f64, to: f64) {
    let v = 8e-3;
    let steps = ((to - from) / v / heat.stable_dt_s()).ceil();
    let dt = (to - from) / v / steps;
    for i in 0..steps as u32 {
        let at = |i: u32| [from + (to - from) * f64::from(i) / steps, y];
        heat.deposit_line(at(i), at(i + 1), 4000.0 * dt);
        heat.step(dt);
    }
}

#[test]
fn v1_thin_plate() {
    let mut heat = plate([0.56, 0.2], 1e-3, ENGINEERING, Loss::None);
    // On the middle of a row of cells, as are then all places looked at: the scheme's error without that of reading.
    let (y0, end) = (0.1005, 0.5205);
    run_v1(&mut heat, y0, 0.0305, end);
    let cases = [([-0.010, 0.005], 460.614), ([-0.020, 0.005], 474.631), ([-0.050, 0.005], 382.611), ([-0.100, 0.020], 112.956)];
    for ([x, y], expected) in cases {
        assert!((20.0 + rosenthal(x, y, 0.0) - expected).abs() < 0.01, "formula at {x} {y}");
        for side in [y, -y] {
            let error = (heat.temperature_c([end + x, y0 + side]) - expected) / (expected - 20.0);
            println!("V1 T({:.0}, {:.0} mm): {:+.2} % of the rise", x * 1e3, side * 1e3, 100.0 * error);
            assert!(error.abs() < 0.02, "{x} {side}: {error}");
        }
    }
    for (y, expected) in [(2e-3, 1071.81), (3e-3, 761.18), (5e-3, 481.80), (10e-3, 255.42), (20e-3, 138.34)] {
        let error = (heat.peak_c([0.2005, y0 + y]) - expected) / (expected - 20.0);
        println!("V1 peak at {:.0} mm: {:+.2} % of the rise", y * 1e3, 100.0 * error);
        assert!(error.abs() < 0.02, "{y}: {error}");
    }
}

/// Beside the source the rise grows e-fold every 0.9 mm: only small cells see that, and half of each step's heat has to
/// come after the step. The error falls with the square of the cell.
#[test]
fn v1_beside_the_source() {
    let expected = rosenthal(0.0, 0.005, 0.0);
    assert!((20.0 + expected - 89.667).abs() < 0.01);
    for (cell, within) in [(1e-3, 0.16), (0.5e-3, 0.04), (0.25e-3, 0.02)] {
        let mut heat = plate([0.09, 0.05], cell, ENGINEERING, Loss::None);
        let (from, to, y) = (0.01, 0.07, 0.025);
        let steps = ((to - from) / 8e-3 / heat.stable_dt_s()).ceil();
        let dt = (to - from) / 8e-3 / steps;
        for i in 0..steps as u32 {
            let at = |half: f64| [from + (to - from) * (f64::from(i) + half) / steps, y];
            heat.deposit_line(at(0.0), at(0.5), 2000.0 * dt);
            heat.step(dt);
            heat.deposit_line(at(0.5), at(1.0), 2000.0 * dt);
        }
        let error = (heat.temperature_c([to, y + 0.005]) - 20.0) / expected - 1.0;
        println!("V1 T(0, 5 mm), cells {} mm: {:+.2} % of the rise", cell * 1e3, 100.0 * error);
        assert!(error.abs() < within, "{cell}: {error}");
    }
}

#[test]
fn v1_with_loss_far_behind() {
    let mut heat = plate([0.62, 0.24], 2e-3, ENGINEERING, Loss::Constant { w_per_m2_k: 60.0 });
    run_v1(&mut heat, 0.12, 0.02, 0.58);
    let expected = rosenthal(-0.4, 0.02, 60.0);
    assert!((20.0 + expected - 125.023).abs() < 0.01);
    let error = (heat.temperature_c([0.18, 0.14]) - 20.0) / expected - 1.0;
    println!("V1 with loss T(-400, 20 mm): {:+.2} % of the rise", 100.0 * error);
    assert!(error.abs() < 0.02);
    assert!((heat.put_in_j() - heat.stored_j() - heat.lost_j()).abs() < 1e-9 * heat.put_in_j());
}

#[test]
fn halving_the_cells_quarters_the_error() {
    // A Gaussian on a thin plate spreads as a Gaussian: a² + 4αt.
    let a = K / (RHO * CP);
    let worst = |cell: f64| {
        let mut heat = plate([0.12, 0.12], cell, ENGINEERING, Loss::None);
        heat.deposit_gaussian([0.06, 0.06], 8e-3, 1000.0);
        heat.step(4.0);
        let r2 = 64e-6 + 4.0 * a * 4.0;
        (0..20)
            .map(|i| {
                let x = 1e-3 * f64::from(i) + 0.5e-3;
                let exact = 1000.0 / (RHO * CP * 0.01 * PI * r2) * (-x * x / r2).exp();
                let cell_at = |x: f64| ((0.06 + x) / cell).floor() * cell + 0.5 * cell;
                let centre = [cell_at(x), cell_at(0.0)];
                let d2 = (centre[0] - 0.06).powi(2) + (centre[1] - 0.06).powi(2);
                let there = 1000.0 / (RHO * CP * 0.01 * PI * r2) * (-d2 / r2).exp();
                (heat.temperature_c(centre) - 20.0 - there).abs() / exact.max(0.1)
            })
            .fold(0.0, f64::max)
    };
    let (coarse, middle, fine) = (worst(4e-3), worst(2e-3), worst(1e-3));
    println!(
        "halving: {coarse:.1e} {middle:.1e} {fine:.1e}, orders {:.2} {:.2}",
        (coarse / middle).log2(),
        (middle / fine).log2()
    );
    assert!(middle / fine > 3.0 && coarse / middle > 3.0);
}

#[test]
fn energy_closes_with_steel_losses_cuts_and_sleep() {
    let loss = Loss::AirAndRadiation { h_w_per_m2_k: 10.0, emissivity: 0.7 };
    let mut heat = plate([0.3, 0.2], 1e-3, Conduction::Steel, loss);
    let mut put = 0.0;
    for i in 0..600 {
        let x = 0.05 + 0.0003 * f64::from(i);
        put += heat.deposit_gaussian([x, 0.05], 8e-3, 25.0);
        put += heat.deposit_kerf([x, 0.05], [x + 0.0003, 0.05], 0.75e-3, 0.0, 60.0);
        heat.cut([x, 0.05], [x + 0.0003, 0.05]);
        heat.step(0.036);
    }
    heat.step(100.0);
    assert!((heat.put_in_j() / put - 1.0).abs() < 1e-12);
    let gap = (heat.put_in_j() - heat.stored_j() - heat.lost_j()) / heat.put_in_j();
    println!("energy gap {gap:.1e}, lost {:.1} %", 100.0 * heat.lost_j() / heat.put_in_j());
    assert!(gap.abs() < 1e-9 && heat.lost_j() > 0.05 * put);
}

#[test]
fn a_cooled_plate_sleeps_and_keeps_its_books() {
    let mut heat = plate([0.3, 0.3], 3e-3, ENGINEERING, Loss::Constant { w_per_m2_k: 2000.0 });
    heat.deposit_gaussian([0.1, 0.1], 8e-3, 20_000.0);
    let awake = heat.awake_cells();
    heat.step(20.0);
    assert!(heat.awake_cells() > 0 && awake > 0);
    heat.step(1000.0);
    assert_eq!(heat.awake_cells(), 0);
    assert!((heat.temperature_c([0.1, 0.1]) - 20.0).abs() < 0.03);
    let gap = (heat.put_in_j() - heat.stored_j() - heat.lost_j()) / heat.put_in_j();
    println!("energy gap asleep {gap:.1e}, stored {:.1e} J", heat.stored_j());
    assert!(gap.abs() < 1e-9);
    // And wakes again.
    heat.deposit_gaussian([0.1, 0.1], 8e-3, 20_000.0);
    heat.step(1.0);
    assert!(heat.awake_cells() > 0 && heat.temperature_c([0.1, 0.1]) > 100.0);
}

#[test]
fn cost_follows_the_heated_area() {
    let mut heat = plate([2.44, 1.22], 1e-3, Conduction::Steel, Loss::None);
    heat.deposit_gaussian([1.0, 0.6], 8e-3, 5000.0);
    heat.step(5.0);
    assert!(heat.awake_cells() <= 5 * 5 * 32 * 32, "{}", heat.awake_cells());
}

#[test]
fn a_gaussian_at_the_edge_gives_the_plate_its_share() {
    let mut heat = plate([0.1, 0.1], 1e-3, ENGINEERING, Loss::None);
    assert!((heat.deposit_gaussian([0.05, 0.05], 8e-3, 100.0) - 100.0).abs() < 1e-9);
    assert!((heat.deposit_gaussian([0.0, 0.05], 8e-3, 100.0) - 50.0).abs() < 1e-9);
    assert!((heat.deposit_gaussian([0.1, 0.1], 8e-3, 100.0) - 25.0).abs() < 1e-9);
    assert_eq!(heat.deposit_gaussian([-0.5, 0.05], 8e-3, 100.0), 0.0);
    assert_eq!(heat.deposit_kerf([-0.5, 0.05], [-0.4, 0.05], 1e-3, 0.0, 100.0), 0.0);
    assert!((heat.deposit_kerf([-0.05, 0.05], [0.05, 0.05], 1e-3, 0.0, 100.0) - 50.0).abs() < 1e-9);
    assert!((heat.deposit_kerf([0.05, 0.05], [0.05, 0.05], 1e-3, 0.0, 10.0) - 10.0).abs() < 1e-9);
    assert!((heat.put_in_j() - heat.stored_j()).abs() < 1e-9);
    assert_eq!(heat.deposit_gaussian([f64::NAN, 0.0], 8e-3, 100.0), 0.0);
    assert_eq!(heat.deposit_line([f64::NAN, 0.0], [0.0; 2], 100.0), 0.0);
}

#[test]
fn a_full_cut_isolates_both_halves() {
    for angle in [0.0, 0.1, 0.7] {
        let mut heat = plate([0.1, 0.1], 1e-3, Conduction::Steel, Loss::None);
        let (s, c) = f64::sin_cos(angle);
        let at = |d: f64| [0.05 + d * c, 0.05 + d * s];
        for i in -80..80 {
            heat.cut(at(1e-3 * f64::from(i)), at(1e-3 * f64::from(i + 1)));
        }
        heat.deposit_gaussian([0.05 - 0.03 * s, 0.05 + 0.03 * c], 3e-3, 20_000.0);
        heat.step(60.0);
        let (mut warm, mut cold) = (0.0f32, 0.0f32);
        for (i, t) in heat.temperature_map_c().iter().enumerate() {
            let (x, y) = ((i % 100) as f64 * 1e-3 - 0.0495, (i / 100) as f64 * 1e-3 - 0.0495);
            let side = y * c - x * s;
            if side > 1e-3 {
                warm = warm.max(*t);
            } else if side < -1e-3 {
                cold = cold.max(*t);
            }
        }
        assert!(warm > 60.0 && cold < 20.05, "{angle}: {warm} {cold}");
        // Temperatures next to the cut are not mixed across it.
        assert!(heat.temperature_c([0.05 + 0.9e-3 * s, 0.05 - 0.9e-3 * c]) < 20.05);
        assert!(heat.temperature_c([0.05 - 0.9e-3 * s, 0.05 + 0.9e-3 * c]) > 21.0);
    }
}

#[test]
fn a_symmetric_load_stays_symmetric() {
    let mut heat = plate([0.128, 0.128], 1e-3, Conduction::Steel, Loss::Constant { w_per_m2_k: 60.0 });
    heat.deposit_gaussian([0.064, 0.064], 8e-3, 60_000.0);
    heat.step(5.0);
    let map = heat.temperature_map_c();
    let at = |x: usize, y: usize| map[y * 128 + x];
    for y in 0..128 {
        for x in 0..128 {
            for other in [at(127 - x, y), at(x, 127 - y), at(y, x)] {
                assert!((at(x, y) - other).abs() < 0.05, "{x} {y}: {} {other}", at(x, y));
            }
        }
    }
    assert!(heat.peak_c([0.064, 0.064]) > 900.0);
    assert!(heat.peak_map_c().iter().zip(&map).all(|(peak, t)| peak >= t));
}

#[test]
fn step_size_and_clone_change_nothing_that_matters() {
    let run = |pieces: u32| {
        let mut heat = plate([0.1, 0.07], 1e-3, Conduction::Steel, Loss::None);
        heat.deposit_gaussian([0.04, 0.03], 5e-3, 5000.0);
        let half = pieces / 2;
        (0..half).for_each(|_| heat.step(4.0 / f64::from(pieces)));
        let mut copy = heat.clone();
        (half..pieces).for_each(|_| copy.step(4.0 / f64::from(pieces)));
        copy
    };
    assert_eq!(run(4).temperature_map_c(), run(4).temperature_map_c());
    let (a, b) = (run(2).temperature_c([0.045, 0.03]), run(4000).temperature_c([0.045, 0.03]));
    assert!((a / b - 1.0).abs() < 0.01, "{a} {b}");
    let mut heat = run(4);
    let before = heat.temperature_map_c();
    for dt in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        heat.step(dt);
    }
    assert_eq!(heat.temperature_map_c(), before);
}

#[test]
fn odd_plates_do_no_harm() {
    for size in [[0.0, 0.0], [-1.0, f64::NAN], [1e-3, 0.5]] {
        let mut heat = plate(size, 1e-3, Conduction::Steel, Loss::None);
        heat.deposit_gaussian([0.0, 0.0], 8e-3, 100.0);
        heat.cut([-1.0, 0.0], [1.0, 0.3]);
        heat.step(0.1);
        assert!(heat.nx() >= 1 && heat.ny() >= 1 && heat.temperature_c([0.0, 0.0]).is_finite());
    }
}

/// A moving cut on steel, as the twin deposits it, with whatever differs.
fn cut_run(change: impl Fn(&mut Params)) -> Heat {
    let mut params = Params::new([0.3, 0.16], 2e-3, 12.7e-3, Conduction::Steel, Loss::Constant { w_per_m2_k: 40.0 });
    change(&mut params);
    let mut heat = Heat::new(&params);
    let (v, dt) = (8e-3, 0.02);
    for i in 0..1000 {
        let at = |t: f64| [0.05 + v * (f64::from(i) + t) * dt, 0.08];
        for _ in 0..2 {
            heat.deposit_gaussian(at(0.5), 8e-3, 0.5 * 1600.0 * dt);
            heat.deposit_kerf(at(0.0), at(1.0), 0.75e-3, 0.5, 0.5 * 2300.0 * dt);
        }
        heat.cut(at(0.0), at(1.0));
        heat.step(dt);
    }
    heat
}

/// The error of sleeping tiles against the same grid with all awake.
#[test]
fn sleeping_tiles_change_a_tenth_of_a_kelvin_at_most() {
    let (sleeping, whole) = (cut_run(|_| ()), cut_run(|p| p.sleeping = false));
    assert!(sleeping.awake_cells() < whole.awake_cells());
    let off = sleeping.temperature_map_c().iter().zip(whole.temperature_map_c()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("sleeping tiles are off by {off:.3} K at most");
    assert!(off < 0.1, "{off}");
}

#[test]
fn threads_change_nothing() {
    let mut one = run_few(1);
    let mut three = run_few(3);
    one.step(0.05);
    three.step(0.05);
    assert_eq!(one.temperature_map_c(), three.temperature_map_c());
    assert_eq!(one.lost_j().to_bits(), three.lost_j().to_bits());
}

fn run_few(threads: usize) -> Heat {
    let params = Params::new([0.4, 0.4], 1e-3, 0.01, Conduction::Steel, Loss::Constant { w_per_m2_k: 40.0 });
    let mut heat = Heat::new(&Params { threads, sleeping: false, ..params });
    assert!(heat.awake_cells() > 64 * 1024);
    heat.deposit_gaussian([0.2, 0.2], 30e-3, 50_000.0);
    heat.step(0.5);
    heat
}

/// What one layer leaves out: heat from the flame above and from slag below spreads through the plate only as it passes. One layer gives
/// the mean; the rule of one layer up to 13 mm rests on how far the upper side is from it, 5 mm beside the cut.
#[test]
fn one_layer_gives_the_mean_through_the_thickness() {
    let run = |layers: usize| {
        let mut peaks = [0.0f64; 2];
        let mut params = Params::new([0.2, 0.1], 2e-3, 12.7e-3, Conduction::Steel, Loss::None);
        params.layers = layers;
        let mut heat = Heat::new(&params);
        let (v, dt) = (8e-3, 0.02);
        for i in 0..600 {
            let at = |t: f64| [0.04 + v * (f64::from(i) + t) * dt, 0.05];
            heat.deposit_gaussian(at(0.5), 8e-3, 1600.0 * dt);
            heat.deposit_kerf(at(0.0), at(1.0), 0.75e-3, 0.5, 2300.0 * dt);
            heat.cut(at(0.0), at(1.0));
            heat.step(dt);
            let depths: Vec<f64> =
                (0..7).map(|k| heat.temperature_at_c([0.09, 0.055], 12.7e-3 * (f64::from(k) + 0.5) / 7.0)).collect();
            peaks[0] = peaks[0].max(heat.temperature_at_c([0.09, 0.055], 0.0) - 20.0);
            peaks[1] = peaks[1].max(depths.iter().sum::<f64>() / 7.0 - 20.0);
        }
        peaks
    };
    let ([one, _], [upper, mean]) = (run(1), run(6));
    println!(
        "peak rise 5 mm beside the cut of 12.7 mm: one layer {one:.0} K, six layers {mean:.0} K in the mean and {upper:.0} K above"
    );
    assert!((mean / one - 1.0).abs() < 0.05 && upper > one && upper < 1.6 * one, "{one} {mean} {upper}");
}

/// Layers keep the books, and lose through both faces what one layer loses.
#[test]
fn layers_keep_the_books() {
    let (one, six) = (cut_run(|_| ()), cut_run(|p| p.layers = 6));
    for heat in [&one, &six] {
        assert!((heat.put_in_j() - heat.stored_j() - heat.lost_j()).abs() < 1e-9 * heat.put_in_j());
    }
    assert!((six.lost_j() / one.lost_j() - 1.0).abs() < 0.05, "{} {}", six.lost_j(), one.lost_j());
}

/// The time from 800 to 500 °C of a thin plate by its limit at high speed (V1: 3.003 s on the centre line).
#[test]
fn cooling_is_timed() {
    let mut heat = plate([0.3, 0.1], 1e-3, ENGINEERING, Loss::None);
    let y = 0.0505;
    let steps = 1600;
    for i in 0..steps {
        let at = |t: f64| [0.0305 + 0.2 * (f64::from(i) + t) / f64::from(steps), y];
        heat.source_line(at(0.0), at(1.0), 4000.0 * 25.0 / f64::from(steps));
        heat.step(25.0 / f64::from(steps));
    }
    heat.step(10.0);
    let found = heat.cooling_s([0.1005, y]).unwrap();
    assert!((found / 3.003 - 1.0).abs() < 0.05, "{found}");
    assert_eq!(heat.cooling_s([0.1005, 0.09]), None);
    assert!(heat.cooling_map_s().iter().any(|s| *s > 2.5));
}

/// Moves a source along x; `put` gets the ends of each half step and its length in s.
fn moved(heat: &mut Heat, [from, to, y]: [f64; 3], v: f64, put: impl Fn(&mut Heat, [f64; 2], [f64; 2], f64)) {
    let steps = ((to - from) / v / heat.best_dt_s()).ceil();
    let dt = (to - from) / v / steps;
    for i in 0..steps as u32 {
        let at = |share: f64| [from + (to - from) * (f64::from(i) + share) / steps, y];
        put(heat, at(0.0), at(0.5), 0.5 * dt);
        heat.step(dt);
        put(heat, at(0.5), at(1.0), 0.5 * dt);
    }
}

/// Around sources that move, ahead of them too, between middles of cells: within 0.5 % of the rise from four cells on, with an error that falls with
/// the third power of the cell or faster.
#[test]
fn halving_the_cells_beside_and_ahead_of_moving_sources() {
    let a = K / (RHO * CP);
    let worst = |places: &[[f64; 3]], found: &dyn Fn([f64; 3]) -> f64, truth: &dyn Fn([f64; 3]) -> f64| {
        let error = |p: &[f64; 3]| ((found(*p) - 20.0) / truth(*p) - 1.0).abs();
        places.iter().map(error).fold(0.0, f64::max)
    };
    let [line, point]: [Vec<f64>; 2] = [
        [1e-3, 0.5e-3]
            .map(|cell| {
                let mut heat =
                    Heat::new(&Params { split: true, ..Params::new([0.12, 0.06], cell, 0.01, ENGINEERING, Loss::None) });
                let (to, y) = (0.0802, 0.0303);
                moved(&mut heat, [0.02, to, y], 8e-3, |heat, a, b, dt| _ = heat.source_line(a, b, 4000.0 * dt));
                let places = [
                    [2.0, 0.0],
                    [3.0, 0.0],
                    [4.0, 0.0],
                    [5.0, 0.0],
                    [0.0, 2.0],
                    [0.0, -3.0],
                    [2.0, 2.0],
                    [3.0, 4.0],
                    [-2.0, 2.0],
                ];
                let places = places.map(|[x, y]| [x * 1e-3, y * 1e-3, 0.0]);
                if cell < 0.7e-3 {
                    // Two and a half cells away, all around.
                    let turn = |k: usize| (TAU * k as f64 / 12.0).sin_cos();
                    let near: Vec<[f64; 3]> = (0..12).map(|k| [2.5 * cell * turn(k).1, 2.5 * cell * turn(k).0, 0.0]).collect();
                    let near = worst(&near, &|p| heat.temperature_c([to + p[0], y + p[1]]), &|p| rosenthal(p[0], p[1], 0.0));
                    println!("two and a half cells from a line: {near:.4}");
                    assert!(near < 0.02, "{near}");
                }
                worst(&places, &|p| heat.temperature_c([to + p[0], y + p[1]]), &|p| rosenthal(p[0], p[1], 0.0))
            })
            .to_vec(),
        [1e-3, 0.5e-3]
            .map(|cell| {
                let layers = (0.03f64 / cell).round() as usize;
                let params = Params::new([0.06, 0.03], cell, 0.03, ENGINEERING, Loss::None);
                let mut heat = Heat::new(&Params { layers, split: true, ..params });
                let to = 0.0402;
                // Half of 3 kW along an insulated edge.
                moved(&mut heat, [0.01, to, 0.0], 6e-3, |heat, a, b, dt| _ = heat.source_gaussian(a, b, 0.0, 1500.0 * dt));
                let places = [
                    [2.0, 0.0, 0.0],
                    [3.0, 0.0, 0.0],
                    [0.0, 2.0, 0.0],
                    [0.0, 3.0, 0.0],
                    [2.0, 2.0, 0.0],
                    [0.0, 0.0, 2.0],
                    [2.0, 2.0, 2.0],
                ];
                let places = places.map(|p| p.map(|mm| mm * 1e-3));
                let truth = |[x, y, z]: [f64; 3]| {
                    let r = x.hypot(y).hypot(z);
                    3000.0 / (2.0 * PI * K * r) * (-6e-3 * (r + x) / (2.0 * a)).exp()
                };
                worst(&places, &|[x, y, z]| heat.temperature_at_c([to + x, y], z), &truth)
            })
            .to_vec(),
    ];
    println!("worst beside a line {line:?}, beside a point {point:?} (cells 1 and 0.5 mm)");
    for [coarse, fine] in [line, point].map(|errors| [errors[0], errors[1]]) {
        assert!(fine < 0.005 && coarse / fine > 8.0, "{coarse} {fine}");
    }
}

/// A melting front, read where the temperature is the melting point, is where Neumann's is, and comes nearer to it with smaller cells.
#[test]
fn halving_the_cells_of_a_melting_front() {
    let melting = Some(Melting { at_c: 1500.0, latent_j_per_kg: 2.7e5 });
    let conduction = Conduction::Constant { k_w_per_m_k: K, density_kg_per_m3: RHO, cp_j_per_kg_k: CP, melting };
    for (ambient_c, lambda, split) in [(20.0, 0.180_115, true), (20.0, 0.180_115, false), (1500.0, 0.610_880, true)] {
        let worst = |cell: f64| {
            let params = Params::new([0.04, 3.0 * cell], cell, 0.01, conduction, Loss::None);
            let mut heat = Heat::new(&Params { ambient_c, held_edge_c: Some(1900.0), split, ..params });
            let mut worst = 0.0f64;
            for second in 1..=10 {
                heat.step(1.0);
                let truth = 2.0 * lambda * (K / (RHO * CP) * f64::from(second)).sqrt();
                let (mut low, mut high) = (0.0, 0.03);
                for _ in 0..40 {
                    let middle = 0.5 * (low + high);
                    if heat.temperature_c([middle, 1.5 * cell]) > 1500.0 + 1e-9 { low = middle } else { high = middle }
                }
                worst = worst.max((low / truth - 1.0).abs());
            }
            assert!((heat.put_in_j() - heat.stored_j()).abs() < 1e-9 * heat.put_in_j());
            worst
        };
        let (coarse, fine) = (worst(0.4e-3), worst(0.2e-3));
        println!(
            "front from {ambient_c} °C: off by {:.2} % and {:.3} % with cells of 0.4 and 0.2 mm",
            100.0 * coarse,
            100.0 * fine
        );
        assert!(fine < 0.003 && coarse / fine > 2.5, "{coarse} {fine}");
    }
}

/// A front that lies askew or curves keeps its heat and stays where it is expected: a pool around a corner that is as deep both ways.
#[test]
fn a_melt_pool_in_a_corner_stays_symmetric() {
    let melting = Some(Melting { at_c: 1500.0, latent_j_per_kg: 2.7e5 });
    let conduction = Conduction::Constant { k_w_per_m_k: K, density_kg_per_m3: RHO, cp_j_per_kg_k: CP, melting };
    let mut heat = plate([0.03, 0.03], 0.5e-3, conduction, Loss::None);
    for _ in 0..200 {
        heat.deposit_gaussian([0.0; 2], 4e-3, 200.0);
        heat.step(0.02);
    }
    let depth = |at: &dyn Fn(f64) -> [f64; 2]| {
        (0..3000).map(|i| 1e-5 * f64::from(i)).find(|r| heat.temperature_c(at(*r)) < 1500.0).unwrap()
    };
    let (x, y, askew) = (depth(&|r| [r, 0.0]), depth(&|r| [0.0, r]), depth(&|r| [r * 0.5f64.sqrt(); 2]));
    println!("pool: {:.2} mm along x, {:.2} along y, {:.2} askew", x * 1e3, y * 1e3, askew * 1e3);
    assert!((x - y).abs() < 1e-5 && (askew - x).abs() < 0.1e-3 && x > 4e-3, "{x} {y} {askew}");
    assert!((heat.put_in_j() - heat.stored_j()).abs() < 1e-9 * heat.put_in_j());
}

/// Behind a front too, between middles of cells, from a solid near its melting point: Neumann's temperatures, Tw − (Tw − Tm) erf(x/2√(αt))/erf λ.
#[test]
fn temperatures_behind_a_front_are_neumanns() {
    let melting = Some(Melting { at_c: 1500.0, latent_j_per_kg: 2.7e5 });
    let conduction = Conduction::Constant { k_w_per_m_k: K, density_kg_per_m3: RHO, cp_j_per_kg_k: CP, melting };
    let cell = 0.5e-3;
    let params = Params::new([0.06, 3.0 * cell], cell, 0.01, conduction, Loss::None);
    let mut heat = Heat::new(&Params { ambient_c: 1500.0, held_edge_c: Some(1900.0), split: true, ..params });
    let (lambda, mut worst) = (0.610_880, 0.0f64);
    // The error function by its series, as far as x = 1.
    let erf = |x: f64| {
        let term =
            |n: i32| (-1.0f64).powi(n) * x.powi(2 * n + 1) / (1..=n).map(f64::from).product::<f64>() / f64::from(2 * n + 1);
        2.0 / PI.sqrt() * (0..20).map(term).sum::<f64>()
    };
    for _ in 0..100 {
        heat.step(0.1);
        let spread = 2.0 * (K / (RHO * CP) * heat.time_s).sqrt();
        // As long as the front is within five cells of the edge it is up to 2 % off.
        if lambda * spread < 5.0 * cell {
            continue;
        }
        for x in (1..40).map(|n| 0.13e-3 * f64::from(n) + 2.0 * cell).filter(|x| *x < lambda * spread) {
            let truth = 1900.0 - 400.0 * erf(x / spread) / erf(lambda);
            worst = worst.max((heat.temperature_c([x, 1.5 * cell]) - truth).abs());
        }
    }
    println!("behind a front off by {worst:.2} K of 400");
    assert!(worst < 2.0, "{worst}");
}
