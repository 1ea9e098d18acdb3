//! Scenes stripped to physics beside closed forms: constant properties, a source of given power and shape, no kerf. The truth is added up
//! here from sources of an instant (Carslaw and Jaeger, Conduction of Heat in Solids, 10.2 and 10.3), mirrored where a plate ends, over the way
//! that the source takes; numbers of the thermal reference's section 9 stand beside it.

use std::f64::consts::PI;

use serde_json::Value;

use crate::plate::{STEEL, run, scene, series};

const K: f64 = 35.0;
const RHO_C: f64 = 7850.0 * 650.0;
const ALPHA: f64 = K / RHO_C;

/// Acceleration of the table's axes, m/s².
const ACCELERATION: f64 = 0.4;

/// A source that rests until it is lit, then moves along x from `from` (m) up to a speed, for as long as it burns.
struct Source {
    watts: f64,
    /// 1/e radius, m; none: a line through the thickness.
    radius: Option<f64>,
    from: [f64; 2],
    speed: f64,
    burns_s: f64,
    thickness: f64,
    /// Loss of both faces, W/(m²·K); only of a line, where it is exact.
    loss: f64,
    /// Edges that mirror, as (axis, place).
    edges: &'static [(usize, f64)],
}

impl Source {
    fn line(watts: f64, from: [f64; 2], speed: f64, thickness: f64) -> Self {
        Self { watts, radius: None, from, speed, burns_s: f64::INFINITY, thickness, loss: 0.0, edges: &[] }
    }

    /// Rise at `p` (m), `depth` (m), `t` seconds after it was lit, K: Simpson's rule over √(time since).
    fn rise(&self, p: [f64; 2], depth: f64, t: f64) -> f64 {
        const PIECES: usize = 4000;
        let (near, far) = ((t - self.burns_s).max(0.0).sqrt(), t.max(0.0).sqrt());
        let step = (far - near) / PIECES as f64;
        let weight = |i: usize| {
            if i == 0 || i == PIECES {
                1.0
            } else if i % 2 == 1 {
                4.0
            } else {
                2.0
            }
        };
        (0..=PIECES).map(|i| weight(i) * self.of_instant(p, depth, t, near + i as f64 * step)).sum::<f64>() * step / 3.0
    }

    /// What the instant `u`² seconds ago adds, for each √s.
    fn of_instant(&self, p: [f64; 2], depth: f64, t: f64, u: f64) -> f64 {
        if u <= 0.0 {
            return 0.0;
        }
        let since = u * u;
        // Speeding up takes half its time off the way.
        let lag = 0.5 * self.speed / ACCELERATION;
        let at = [self.from[0] + self.speed * (t - since - lag).max(0.0), self.from[1]];
        let spread = 4.0 * ALPHA * since + self.radius.unwrap_or(0.0).powi(2);
        let mut images = vec![at];
        for &(axis, place) in self.edges {
            let mirrored =
                images.iter().map(|image| std::array::from_fn(|i| if i == axis { 2.0 * place - image[i] } else { image[i] }));
            images.extend(mirrored.collect::<Vec<[f64; 2]>>());
        }
        let plane: f64 = images.iter().map(|q| (-((p[0] - q[0]).powi(2) + (p[1] - q[1]).powi(2)) / spread).exp()).sum();
        let through = match self.radius {
            None => (-self.loss * since / (RHO_C * self.thickness)).exp() / self.thickness,
            // On the upper side of a plate whose faces mirror: twice the half of an infinite body.
            Some(_) => {
                let face = |n: i32| (-(depth - 2.0 * f64::from(n) * self.thickness).powi(2) / (4.0 * ALPHA * since)).exp();
                2.0 * (-12..=12).map(face).sum::<f64>() / (4.0 * PI * ALPHA * since).sqrt()
            }
        };
        2.0 * u * self.watts / (RHO_C * PI * spread) * plane * through
    }
}

/// When the source was lit, s.
fn lit_s(report: &Value) -> f64 {
    let events = report["events"].as_array().unwrap();
    events.iter().find(|event| event["kind"] == "flame_on").and_then(|event| event["time_s"].as_f64()).unwrap()
}

/// A probe's temperature at an instant, between its samples.
fn at(series: &[(f64, f64)], t: f64) -> f64 {
    let after = series.partition_point(|sample| sample.0 < t).clamp(1, series.len() - 1);
    let [(t0, c0), (t1, c1)] = [series[after - 1], series[after]];
    c0 + (t - t0) / (t1 - t0) * (c1 - c0)
}

fn probes(places: &[[f64; 3]]) -> String {
    places.iter().map(|[x, y, depth]| format!("[[probe]]\nat_mm = [{x}, {y}]\nz_mm = {}\n", -depth)).collect()
}

/// The probes at these `places`, mm, of those in `which`, within `share` of the true rise at the given instants after lighting.
fn agrees(report: &Value, places: &[[f64; 3]], which: std::ops::Range<usize>, truth: &Source, seconds: &[f64], share: f64) {
    let lit = lit_s(report);
    for n in which {
        let ([x, y, depth], found) = (places[n], series(report, n));
        for &t in seconds {
            let expected = truth.rise([x * 1e-3, y * 1e-3], depth * 1e-3, t);
            let found = at(&found, lit + t) - 20.0;
            println!(
                "({x}, {y}, {depth}) after {t} s: {found:.2} K, true {expected:.2}, {:+.2} %",
                100.0 * (found / expected - 1.0)
            );
            assert!((found - expected).abs() < share * expected, "({x}, {y}, {depth}) {t}: {found} {expected}");
        }
    }
    assert!(report["figures"]["energy_error_share"].as_f64().unwrap() < 1e-9);
}

fn plate(more: &str) -> String {
    format!("{STEEL}\n{more}")
}

/// Case V1: the field around a line source that moves, ahead and beside as well as behind, and its numbers in the reference.
#[test]
fn a_moving_line() {
    let places = [[120.0, 105.0, 0.0], [120.0, 120.0, 0.0], [120.0, 98.0, 0.0]];
    let path = scene(
        "line",
        &plate("thickness_mm = 10\nsize_mm = [260, 200]"),
        "process = \"heat-source\"\npower_w = 4000\nshape = \"line\"",
        "G21 G90\nG0 X20 Y100 Z5\nM3\nG1 X232 F480\nM5\nM30\n",
        &probes(&places),
    );
    let report = run(&path);
    // Ahead of the source 15 µm of the way count. A step every 16362.6 ticks of Grbl's timer is one every 16360 (a multiple of four at that rate).
    let truth = Source::line(4000.0, [0.020, 0.100], 8e-3 * 16362.6 / 16360.0, 0.010);
    // The source passes x = 120 mm after 12.5 s; beside it, 10, 20, 50 and 100 mm behind.
    let ideal = Source::line(4000.0, [0.020, 0.100], 8e-3, 0.010);
    for (place, seconds, known) in [
        (0, 12.5, 89.667),
        (0, 12.5 + 1.25, 460.614),
        (0, 12.5 + 2.5, 474.631),
        (0, 12.5 + 6.25, 382.611),
        (1, 12.5 + 12.5, 112.956),
    ] {
        let [x, y, _] = places[place].map(|v| v * 1e-3);
        let expected = ideal.rise([x, y], 0.0, seconds + 0.5 * ideal.speed / ACCELERATION) + 20.0;
        assert!((expected - known).abs() < 0.005 * (known - 20.0), "the truth of the moment is Rosenthal's: {expected} {known}");
    }
    agrees(&report, &places, 0..1, &truth, &[12.2, 12.5, 12.6, 13.0, 13.75, 15.0, 18.75], 0.005);
    agrees(&report, &places, 1..2, &truth, &[14.0, 18.75, 25.0], 0.005);
    agrees(&report, &places, 2..3, &truth, &[12.2, 12.4, 12.5, 12.6, 13.0, 15.0, 20.0], 0.01);
}

/// Case V2: a point on thick plate, by symmetry half of it along an edge; its numbers in the reference.
#[test]
fn a_moving_point_on_thick_plate() {
    let beside = [3.0, 4.0, 5.0, 8.0, 12.0].map(|y| [80.0, y, 0.0]);
    let mut places = vec![[80.0, 0.0, 5.0], [80.0, 5.0, 0.0], [80.0, 10.0, 0.0], [60.0, 0.0, 10.0]];
    places.extend(beside);
    let path = scene(
        "thick",
        &plate("thickness_mm = 40\nsize_mm = [130, 50]\nlayers = 40\ncell_mm = 1"),
        "process = \"heat-source\"\npower_w = 1500\nshape = \"gaussian\"\nradius_mm = 0",
        "G21 G90\nG0 X20 Y0 Z5\nM3\nG1 X111 F360\nM5\nM30\n",
        &probes(&places),
    );
    let report = run(&path);
    let lit = lit_s(&report);
    for (n, behind, known) in [(0, 5.0, 799.841), (1, 10.0, 748.153), (2, 20.0, 237.268), (3, 50.0, 193.503)] {
        let found = at(&series(&report, n), lit + (places[n][0] - 20.0 + behind) / 6.0 + 0.5 * 6e-3 / ACCELERATION);
        println!(
            "V2 {behind} mm behind: {found:.2} °C, Rosenthal {known}, {:+.2} %",
            100.0 * ((found - 20.0) / (known - 20.0) - 1.0)
        );
        assert!((found - known).abs() < 0.005 * (known - 20.0), "{behind}: {found} {known}");
    }
    // On the surface beside the way, before the point comes by too, where the field grows by 2.4 with every cell.
    let truth = Source { radius: Some(0.0), edges: &[(1, 0.0)], ..Source::line(1500.0, [0.020, 0.0], 6e-3, 0.04) };
    agrees(&report, &places, 4..5, &truth, &[9.8, 9.9, 10.0, 10.1, 10.2, 10.3, 10.5, 11.0, 12.0, 14.0], 0.02);
    agrees(&report, &places, 5..9, &truth, &[9.8, 9.9, 10.1, 10.3, 10.5, 11.0, 12.0, 14.0], 0.02);
}

/// Not in the reference: a Gaussian that moves over a plate of middle thickness, heat thrown back by both faces and by an edge beside it.
#[test]
fn a_moving_gaussian_between_two_faces_and_beside_an_edge() {
    let places = [[60.0, 12.0, 0.0], [60.0, 12.0, 10.0], [60.0, 0.0, 5.0], [60.0, 24.0, 0.0]];
    let path = scene(
        "between",
        &plate("thickness_mm = 12\nsize_mm = [140, 80]\nlayers = 12\ncell_mm = 1"),
        "process = \"heat-source\"\npower_w = 1200\nshape = \"gaussian\"\nradius_mm = 5",
        "G21 G90\nG0 X30 Y12 Z5\nM3\nG1 X80 F300\nM5\nM30\n",
        &probes(&places),
    );
    let truth = Source { radius: Some(5e-3), edges: &[(1, 0.0)], ..Source::line(1200.0, [0.030, 0.012], 5e-3, 0.012) };
    let report = run(&path);
    // The spot stands over the first place after 6.006 s.
    agrees(&report, &places, 0..1, &truth, &[5.0, 5.5, 6.0, 6.5, 7.0, 8.5, 9.9], 0.02);
    agrees(&report, &places, 1..4, &truth, &[5.5, 6.0, 6.5, 7.0, 8.5, 9.9], 0.01);
}

/// Not in the reference: a line that flashes in a corner and cools, mirrored by two edges.
#[test]
fn a_flash_in_a_corner_cools() {
    let places = [[10.0, 8.0, 0.0], [25.0, 8.0, 0.0], [0.0, 0.0, 0.0], [16.0, 20.0, 0.0]];
    let path = scene(
        "flash",
        &plate("thickness_mm = 6\nsize_mm = [200, 160]\ncell_mm = 1"),
        "process = \"heat-source\"\npower_w = 20000\nshape = \"line\"",
        "G21 G90\nG0 X10 Y8 Z5\nM3\nG4 P0.2\nM5\nG4 P30\nM30\n",
        &probes(&places),
    );
    let truth = Source { burns_s: 0.2, edges: &[(0, 0.0), (1, 0.0)], ..Source::line(20_000.0, [0.010, 0.008], 0.0, 0.006) };
    let report = run(&path);
    assert!((report["figures"]["heat_into_plate_j"].as_f64().unwrap() / 4000.0 - 1.0).abs() < 0.01);
    agrees(&report, &places, 0..4, &truth, &[4.0, 8.0, 16.0, 29.0], 0.005);
}

/// Not in the reference: a line at rest in a plate that loses heat by both faces; long after, the rise falls off like a modified Bessel
/// function of the fin's length √(k t/h).
#[test]
fn a_fin_loses_heat_by_its_faces() {
    let places = [[60.0, 60.0, 0.0], [70.0, 60.0, 0.0], [85.0, 60.0, 0.0]];
    let path = scene(
        "fin",
        &plate("thickness_mm = 5\nsize_mm = [100, 100]\ncell_mm = 1")
            .replace("surface_loss_w_per_m2_k = 0.0", "surface_loss_w_per_m2_k = 3000"),
        "process = \"heat-source\"\npower_w = 300\nshape = \"line\"",
        "G21 G90\nG0 X50 Y50 Z5\nM3\nG4 P60\nM5\nM30\n",
        &probes(&places),
    );
    let truth = Source { loss: 3000.0, ..Source::line(300.0, [0.050, 0.050], 0.0, 0.005) };
    let report = run(&path);
    agrees(&report, &places, 0..2, &truth, &[5.0, 10.0, 59.0], 0.01);
    // K0 by its integral, ∫ exp(−x cosh s) ds.
    let k0 =
        |x: f64| (0..4000).map(|i| (-x * (f64::from(i) * 0.005).cosh()).exp() * if i == 0 { 0.0025 } else { 0.005 }).sum::<f64>();
    for [x, y, _] in places {
        let r = (x - 50.0f64).hypot(y - 50.0) * 1e-3;
        let expected = 300.0 / (2.0 * PI * K * 0.005) * k0(r * (3000.0 / (K * 0.005)).sqrt());
        let place = places.iter().position(|p| p[0] == x).unwrap();
        let found = at(&series(&report, place), lit_s(&report) + 59.0) - 20.0;
        println!("fin {:.1} mm from the line: {found:.2} K, K0 {expected:.2}", r * 1e3);
        assert!((found - expected).abs() < 0.01 * expected.max(1.0), "{r}: {found} {expected}");
    }
}

/// Case V8: a melting front from a hot edge, from the melting point (10.1188 mm after 10 s) and from 20 °C (2.9835 mm); the front is
/// where probes along the way come to the melting point.
#[test]
fn melting_fronts_move_in_from_a_hot_edge() {
    let material = "material = { conductivity_w_per_m_k = 35.0, density_kg_per_m3 = 7850.0, specific_heat_j_per_kg_k = 650.0, \
                    melting_c = 1500.0, latent_heat_j_per_kg = 270e3 }\nsurface_loss_w_per_m2_k = 0.0\nheld_edge_c = 1900.0\nthickness_mm = 10\n";
    for (name, ambient, cell, lambda) in [("warm", 1500.0, 0.25, 0.610_880), ("cold", 20.0, 0.2, 0.180_115f64)] {
        let depths: Vec<f64> = (1..=8).map(|n| if name == "warm" { f64::from(n) } else { 0.35 * f64::from(n) }).collect();
        let places: Vec<[f64; 3]> = depths.iter().map(|x| [*x, 5.0, 0.0]).collect();
        let path = scene(
            &format!("melt-{name}"),
            &format!(
                "{material}ambient_c = {ambient}\nsize_mm = [{}, 10]\ncell_mm = {cell}\nlayers = 1",
                if name == "warm" { 60 } else { 40 }
            ),
            "process = \"heat-source\"\npower_w = 0.001\nshape = \"line\"",
            "G21 G90\nM3\nG4 P11\nM5\nM30\n",
            &probes(&places),
        );
        let report = run(&path);
        for (n, depth) in depths.iter().enumerate() {
            // s = 2 λ √(α t) reaches the probe after this long.
            let expected = (depth * 1e-3 / (2.0 * lambda)).powi(2) / ALPHA;
            if expected > 10.0 {
                continue;
            }
            let samples = series(&report, n);
            let over = samples.iter().position(|sample| sample.1 > 1500.0).expect("the front comes by");
            let [(t0, c0), (t1, c1)] = [samples[over - 1], samples[over]];
            // What is at the melting point from the start shows the front's passing only by being warmer at the next sample, 0.02 s on.
            let found = if name == "warm" { expected.clamp(t0, t1) } else { t0 + (1500.0 - c0) / (c1 - c0) * (t1 - t0) };
            let s = 2.0 * lambda * (ALPHA * found).sqrt() * 1e3;
            println!(
                "V8 {name}: front at {depth:.2} mm after {found:.3} s, true {expected:.3} s, {:+.2} %",
                100.0 * (s / depth - 1.0)
            );
            // Within one per cent from two cells on.
            assert!((s / depth - 1.0).abs() < if *depth < 2.0 * cell { 0.02 } else { 0.01 }, "{name} {depth}: {s}");
        }
    }
}
