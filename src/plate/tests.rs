//! Kerf and parts together.

use super::geometry::Region;
use super::kerf::{PathPoint, sweep};
use super::parts::{Slats, separate};
use super::{geometry, kerf, parts};

#[test]
fn a_cut_right_across_removes_width_times_length() {
    let slats = Slats { direction_y: true, pitch_m: 0.05, first_m: 0.0, width_m: 0.003 };
    let plate = Region::rectangle([0.0, 0.0], [1.0, 0.6]);
    let w = 1.5e-3;
    let path = [[-0.1, 0.2], [1.1, 0.2]].map(|at_m| PathPoint { at_m, kerf_m: w });
    let pieces = separate(&plate, &sweep(&[path.to_vec()]), &[], 0.01, 7850.0, &slats);
    let left: f64 = pieces.iter().map(|p| p.area_m2).sum();
    assert_eq!(pieces.len(), 2);
    // The smaller one is cut off, the larger one is what is left of the plate.
    assert_eq!(pieces.iter().map(|p| (p.has_plate_border, p.loose)).collect::<Vec<_>>(), [(true, true), (true, false)]);
    let error = (0.6 - left) / w - 1.0;
    println!("straight across: {error:.1e}");
    assert!(error.abs() < 1e-6, "{error}");
}

#[test]
fn a_round_part_is_freed_where_its_circle_closes_and_not_by_what_passes_there_again() {
    let slats = Slats { direction_y: true, pitch_m: 0.05, first_m: 0.0, width_m: 0.003 };
    let plate = Region::rectangle([0.0, 0.0], [1.0, 0.6]);
    let (n, r, w) = (720, 0.05, 1.5e-3);
    // A lead-in from outside, the circle, then overburn along a tenth of it.
    let mut path: Vec<[f64; 2]> = (0..20).map(|i| [0.3 + r + 0.01 - 0.0005 * f64::from(i), 0.3]).collect();
    path.extend((0..=n + 72).map(|i| {
        let a = std::f64::consts::TAU * f64::from(i) / f64::from(n);
        [0.3 + r * a.cos(), 0.3 + r * a.sin()]
    }));
    let points: Vec<_> = path.iter().map(|&at_m| PathPoint { at_m, kerf_m: w }).collect();
    let numbered: Vec<_> = path.iter().enumerate().map(|(i, &p)| (i, p, w)).collect();
    let pieces = separate(&plate, &sweep(&[points]), &numbered, 0.01, 7850.0, &slats);
    assert_eq!(pieces.iter().map(|p| p.loose).collect::<Vec<_>>(), [true, false]);
    let expected = std::f64::consts::PI * (r - 0.5 * w).powi(2);
    assert!((pieces[0].area_m2 / expected - 1.0).abs() < 2e-5);
    // The circle closes at point 740; its kerf meets where it began up to half its width before.
    let freed = pieces[0].freed_at.unwrap();
    assert!((738..=740).contains(&freed), "{freed}");
}

/// A small deterministic generator for test data.
fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 53) as f64
}

/// A closed path of a few corners, some of it crossing itself, with a kerf that changes along it.
fn random_closed_path(seed: &mut u64) -> Vec<kerf::PathPoint> {
    let count = 3 + (noise(seed) * 20.0) as usize;
    let crosses = noise(seed) < 0.3;
    let corner = |i: usize, seed: &mut u64| {
        let angle = std::f64::consts::TAU * i as f64 / count as f64;
        let r = 0.02 + 0.1 * noise(seed);
        let wild = [0.1 + 0.2 * noise(seed), 0.1 + 0.2 * noise(seed)];
        if crosses { wild } else { [0.2 + r * angle.cos(), 0.2 + r * angle.sin()] }
    };
    let corners: Vec<[f64; 2]> = (0..count).map(|i| corner(i, seed)).collect();
    (0..=count).map(|i| kerf::PathPoint { at_m: corners[i % count], kerf_m: 1e-3 * (0.5 + 2.0 * noise(seed)) }).collect()
}

/// Cuts out one random path from a plate: the pieces and the kerf make up the plate, no piece has a hole that is nothing, and the point
/// deepest inside a star-shaped path lies on a loose piece.
fn check_random_path(seed: &mut u64) {
    let path = random_closed_path(seed);
    let plate = Region::rectangle([0.0; 2], [0.4, 0.4]);
    let removed = kerf::sweep(std::slice::from_ref(&path));
    let slats = parts::Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 3e-3 };
    let pieces = parts::separate(&plate, &removed, &[], 0.01, 7850.0, &slats);
    let area: f64 = pieces.iter().map(|piece| piece.area_m2).sum::<f64>() + removed.iter().map(Region::area_m2).sum::<f64>();
    assert!((area / plate.area_m2() - 1.0).abs() < 1e-6, "{path:?}: {area}");
    assert_eq!(removed.len(), 1, "a path in one piece leaves a kerf in one piece");
    // As many pieces as the kerf has rings: one outside, one in each hole, but for slivers.
    assert!(pieces.len() <= 1 + removed[0].holes.len());
    let slivers = removed[0].holes.iter().filter(|hole| geometry::ring_area_m2(hole).abs() < 1.01 * parts::SLIVER_M2).count();
    assert!(pieces.len() + slivers > removed[0].holes.len(), "{} {}", pieces.len(), removed[0].holes.len());
}

#[test]
fn random_closed_paths_cut_out_without_failure() {
    let mut seed = 11;
    (0..300).for_each(|_| check_random_path(&mut seed));
}

/// `cargo test --lib ten_thousand -- --ignored`: half a minute.
#[test]
#[ignore = "half a minute"]
fn ten_thousand_random_closed_paths_cut_out_without_failure() {
    let mut seed = 12;
    (0..10_000).for_each(|_| check_random_path(&mut seed));
}

/// Two squares that share a cut come out in their sizes, each a kerf's half smaller all around.
#[test]
fn common_line_cuts_free_both_parts() {
    let w: f64 = 1.5e-3;
    let line = |points: &[[f64; 2]]| points.iter().map(|&at_m| kerf::PathPoint { at_m, kerf_m: w }).collect::<Vec<_>>();
    let first = line(&[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.2], [0.1, 0.1]]);
    let second = line(&[[0.2, 0.2], [0.3, 0.2], [0.3, 0.1], [0.2, 0.1]]);
    let removed = kerf::sweep(&[first, second]);
    let slats = parts::Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 3e-3 };
    let pieces = parts::separate(&Region::rectangle([0.0; 2], [0.4, 0.4]), &removed, &[], 0.01, 7850.0, &slats);
    let loose: Vec<_> = pieces.iter().filter(|piece| piece.loose).collect();
    assert_eq!(loose.len(), 2);
    for piece in loose {
        assert!((piece.area_m2 / (0.1 - w).powi(2) - 1.0).abs() < 1e-6, "{}", piece.area_m2);
    }
}

/// A way to write a path down anew.
type Rewrite = (&'static str, fn([f64; 2]) -> [f64; 2], f64, bool);

/// The same path shifted, mirrored, turned, reversed, or twice as large with twice the kerf gives the same pieces, shifted, mirrored, turned, or of
/// four times the area. What is left of the plate's own border is not compared, but for its area.
#[test]
fn pieces_do_not_depend_on_how_the_path_is_written() {
    let rewrites: [Rewrite; 5] = [
        ("shifted", |[x, y]| [x + 0.0371, y + 0.0113], 1.0, false),
        ("mirrored", |[x, y]| [0.4 - x, y], 1.0, false),
        ("turned", |[x, y]| [0.4 - y, x], 1.0, false),
        ("reversed", |p| p, 1.0, true),
        ("doubled", |[x, y]| [2.0 * x, 2.0 * y], 2.0, false),
    ];
    let slats = Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 3e-3 };
    let loose = |path: &[PathPoint], size: f64| {
        let plate = Region::rectangle([0.0; 2], [size; 2]);
        let kerf = sweep(&[path.to_vec()]);
        let pieces = separate(&plate, &kerf, &[], 0.01, 7850.0, &slats);
        let mut loose: Vec<_> =
            pieces.into_iter().filter(|piece| piece.loose && piece.area_m2 > 1e-6 * (size / 0.5).powi(2)).collect();
        loose.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
        (loose, kerf.iter().map(Region::area_m2).sum::<f64>())
    };
    let mut seed = 77;
    for round in 0..60 {
        let path = random_closed_path(&mut seed);
        let (plain, removed) = loose(&path, 0.5);
        for (name, place, scale, reversed) in rewrites {
            let mut other: Vec<PathPoint> =
                path.iter().map(|p| PathPoint { at_m: place(p.at_m), kerf_m: scale * p.kerf_m }).collect();
            if reversed {
                other.reverse();
            }
            let (found, other_removed) = loose(&other, 0.5 * scale);
            assert_eq!(plain.len(), found.len(), "{name}, {round}");
            let area = scale * scale;
            // Round ends have corners within 2 µm, whatever the scale.
            assert!((other_removed / (area * removed) - 1.0).abs() < 1e-5, "{name}, {round}: {other_removed} {removed}");
            for (a, b) in plain.iter().zip(&found) {
                let off = (b.area_m2 - area * a.area_m2).abs() / (area * a.area_m2);
                let [x, y] = place(a.centroid_m);
                let away = (b.centroid_m[0] - x).hypot(b.centroid_m[1] - y);
                assert!(off < 1e-5 && away < 2e-6, "{name}, {round}: area {off:e}, centre {away:e}");
                assert!(
                    (b.mass_kg - area * a.mass_kg).abs() < 1e-5 * area * a.mass_kg
                        && a.region.holes.len() == b.region.holes.len()
                );
            }
        }
    }
}
