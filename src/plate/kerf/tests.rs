//! Areas of swept kerfs against closed forms, independence of order and direction, long paths.

use super::*;
use std::f64::consts::PI;

const W: f64 = 1.5e-3;

fn at(x: f64, y: f64, kerf_m: f64) -> PathPoint {
    PathPoint { at_m: [x, y], kerf_m }
}

fn area(paths: &[Vec<PathPoint>]) -> f64 {
    sweep(paths).iter().map(Region::area_m2).sum()
}

fn circle(centre: Point, r: f64, n: usize, shift: usize) -> Vec<PathPoint> {
    (0..=n)
        .map(|i| {
            let a = 2.0 * PI * ((i + shift) % n) as f64 / n as f64;
            at(centre[0] + r * a.cos(), centre[1] + r * a.sin(), W)
        })
        .collect()
}

/// A small deterministic generator for test data.
fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 53) as f64
}

#[test]
fn a_straight_cut_is_a_rectangle_with_round_ends() {
    for (dx, dy) in [(0.1, 0.0), (0.0, -0.1), (0.06, 0.08), (-0.0731, 0.0222)] {
        let length = f64::hypot(dx, dy);
        let found = area(&[vec![at(0.3, 0.2, W), at(0.3 + dx, 0.2 + dy, W)]]);
        let expected = W * length + PI * W * W / 4.0;
        println!("straight {dx} {dy}: {:.1e}", found / expected - 1.0);
        assert!((found / expected - 1.0).abs() < 1e-7);
    }
    let disc = area(&[vec![at(0.0, 0.0, W)]]);
    assert!((disc / (PI * W * W / 4.0) - 1.0).abs() < 1e-3, "{disc}");
}

#[test]
fn round_ends_stay_within_the_tolerance() {
    for region in sweep(&[vec![at(0.0, 0.0, 2.0 * W), at(0.0, 0.0, W)], vec![at(0.1, 0.0, W), at(0.2, 0.0, W)]]) {
        let (centre, r) = if region.bounds_m()[0][0] < 0.05 { ([0.0, 0.0], W) } else { ([0.1, 0.0], 0.5 * W) };
        for (a, b) in crate::plate::geometry::edges(&region.outer) {
            for i in 0..=10 {
                let t = f64::from(i) / 10.0;
                let p = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
                if p[0] <= centre[0] {
                    let off = (p[0] - centre[0]).hypot(p[1] - centre[1]) - r;
                    assert!(off.abs() < ROUND_TOLERANCE_M, "{off}");
                }
            }
        }
    }
}

#[test]
fn a_full_circle_cuts_a_ring() {
    let r = 0.05;
    let regions = sweep(&[circle([0.3, 0.3], r, 2000, 0)]);
    assert_eq!((regions.len(), regions[0].holes.len()), (1, 1));
    let expected = PI * ((r + W / 2.0).powi(2) - (r - W / 2.0).powi(2));
    println!("ring: {:.1e}", regions[0].area_m2() / expected - 1.0);
    assert!((regions[0].area_m2() / expected - 1.0).abs() < 1e-5);
}

#[test]
fn start_and_direction_do_not_matter() {
    let base = area(&[circle([0.1, 0.1], 0.02, 360, 0)]);
    let mut back = circle([0.1, 0.1], 0.02, 360, 77);
    back.reverse();
    assert!((area(&[back]) / base - 1.0).abs() < 1e-9);
    let mut seed = 3;
    let path: Vec<_> =
        (0..400).map(|_| at(0.05 * noise(&mut seed), 0.05 * noise(&mut seed), W * (0.5 + noise(&mut seed)))).collect();
    let mut turned = path.clone();
    turned.reverse();
    let (a, b) = (area(std::slice::from_ref(&path)), area(&[turned]));
    assert!((a / b - 1.0).abs() < 1e-5, "{a} {b}");
    let moved: Vec<_> = path.iter().map(|p| at(p.at_m[0] + 1.25, p.at_m[1] - 0.5, p.kerf_m)).collect();
    assert!((area(&[moved]) / a - 1.0).abs() < 1e-9);
    assert_eq!(sweep(std::slice::from_ref(&path)), sweep(&[path]));
}

/// The union against its definition: a point is removed when some disc of the path covers it.
#[test]
fn the_union_is_that_of_all_discs() {
    for seed in 0..12 {
        let mut seed = seed;
        // From long straight pieces to wiggles far smaller than the kerf, with widths that jump.
        let scale = [0.02, 0.002, 0.0005, 0.0001][seed as usize % 4];
        let mut p = [0.0, 0.0];
        let path: Vec<_> = (0..40)
            .map(|_| {
                p = [p[0] + scale * (noise(&mut seed) - 0.4), p[1] + scale * (noise(&mut seed) - 0.5)];
                at(p[0], p[1], W * (0.6 + 0.8 * noise(&mut seed)))
            })
            .collect();
        let regions = sweep(std::slice::from_ref(&path));
        let box_m = regions.iter().fold([0.0f64; 2], |b, r| [b[0].max(r.bounds_m()[1][0]), b[1].max(r.bounds_m()[1][1])]);
        let mut looked = 0;
        for _ in 0..600 {
            let q = [(box_m[0] + 2.0 * W) * noise(&mut seed) - W, (box_m[1] + 4.0 * W) * noise(&mut seed) - 2.0 * W];
            let depth = path
                .windows(2)
                .flat_map(|s| (0..=150).map(move |i| (s[0], s[1], f64::from(i) / 150.0)))
                .map(|(a, b, t)| {
                    let c = [a.at_m[0] + t * (b.at_m[0] - a.at_m[0]), a.at_m[1] + t * (b.at_m[1] - a.at_m[1])];
                    0.5 * (a.kerf_m + t * (b.kerf_m - a.kerf_m)) - (q[0] - c[0]).hypot(q[1] - c[1])
                })
                .fold(f64::NEG_INFINITY, f64::max);
            if depth.abs() > 8e-6 {
                looked += 1;
                let inside = regions.iter().any(|r| r.contains(q));
                assert_eq!(inside, depth > 0.0, "{q:?} depth {depth} scale {scale}");
            }
        }
        assert!(looked > 450);
    }
}

#[test]
fn widths_that_jump_and_points_that_are_not_numbers() {
    let dwell: Vec<_> = (0..1000).map(|i| at(0.0, 0.0, W + f64::from(i) * 1e-6)).collect();
    assert!((area(&[dwell]) / (PI * (W + 999e-6).powi(2) / 4.0) - 1.0).abs() < 1e-3);
    let broken =
        vec![at(0.0, 0.0, W), at(0.01, 0.0, W), at(0.02, 0.0, 0.0), at(f64::NAN, 0.0, W), at(0.03, 0.0, W), at(0.04, 0.0, W)];
    assert_eq!(sweep(&[broken]).len(), 2);
    assert!(sweep(&[]).is_empty() && sweep(&[vec![], vec![at(0.0, 0.0, -1.0)]]).is_empty());
    let back = vec![at(0.0, 0.0, W), at(0.01, 0.0, W), at(0.0, 0.0, W)];
    assert!((area(&[back]) / (W * 0.01 + PI * W * W / 4.0) - 1.0).abs() < 1e-6);
}

#[test]
fn simplify_keeps_the_kerf() {
    let straight: Vec<_> = (0..1000).map(|i| at(1e-4 * f64::from(i), 0.0, W)).collect();
    assert_eq!(simplify(&straight, 1e-6).len(), 2);
    let taper: Vec<_> = (0..1000).map(|i| at(1e-4 * f64::from(i), 0.0, W * (1.0 + f64::from(i) / 1000.0))).collect();
    assert_eq!(simplify(&taper, 1e-6).len(), 2);
    let mut bump = straight.clone();
    bump[500].kerf_m = 1.2 * W;
    assert!(simplify(&bump, 1e-6).contains(&bump[500]));
    let fine = circle([0.1, 0.1], 0.05, 20_000, 0);
    let coarse = simplify(&fine, 2e-6);
    assert!(coarse.len() < 1000, "{}", coarse.len());
    assert!((area(&[coarse]) / area(&[fine]) - 1.0).abs() < 2e-4);
    assert!(simplify(&[], 1e-6).is_empty());
    let gap = vec![at(0.0, 0.0, W), at(0.1, 0.0, 0.0), at(0.2, 0.0, W)];
    assert_eq!(simplify(&gap, 1.0), gap);
    let back = vec![at(0.0, 0.0, W), at(0.1, 0.0, W), at(0.0, 0.0, W)];
    assert_eq!(simplify(&back, 1e-6), back);
}

#[test]
fn a_hundred_thousand_points() {
    // Forty parts, each a wavy outline of 2500 points, next to one another.
    let mut seed = 9;
    let paths: Vec<Vec<PathPoint>> = (0..40)
        .map(|k| {
            let centre = [0.1 + 0.11 * f64::from(k % 8), 0.1 + 0.11 * f64::from(k / 8)];
            (0..=2500)
                .map(|i| {
                    let a = 2.0 * PI * f64::from(i % 2500) / 2500.0;
                    let r = 0.04 + 0.008 * (7.0 * a).sin() + 2e-6 * noise(&mut seed);
                    at(centre[0] + r * a.cos(), centre[1] + r * a.sin(), W * (1.0 + 0.05 * (9.0 * a).cos()))
                })
                .collect()
        })
        .collect();
    let regions = sweep(&paths);
    assert_eq!(regions.len(), 40);
    assert!(regions.iter().all(|r| r.holes.len() == 1));
    // The same as one spiral: a single path that never meets itself, then one that shakes at every point.
    for shake in [0.0, 20e-6] {
        let spiral: Vec<_> = (0..100_000)
            .map(|i| {
                let a = f64::from(i) * 0.002;
                let r = 0.05 + 0.002 * a / (2.0 * PI) + shake * noise(&mut seed);
                at(r * a.cos(), r * a.sin(), W)
            })
            .collect();
        assert_eq!(sweep(&[spiral]).len(), 1);
    }
}
