//! Kerf and parts together.

use super::geometry::Region;
use super::kerf::{PathPoint, sweep};
use super::parts::{Slats, separate};

#[test]
fn a_cut_right_across_removes_width_times_length() {
    let slats = Slats { direction_y: true, pitch_m: 0.05, first_m: 0.0, width_m: 0.003 };
    let plate = Region::rectangle([0.0, 0.0], [1.0, 0.6]);
    let w = 1.5e-3;
    let path = [[-0.1, 0.2], [1.1, 0.2]].map(|at_m| PathPoint { at_m, kerf_m: w });
    let pieces = separate(&plate, &sweep(&[path.to_vec()]), &[], 0.01, 7850.0, &slats);
    let left: f64 = pieces.iter().map(|p| p.area_m2).sum();
    assert_eq!(pieces.len(), 2);
    assert!(pieces.iter().all(|p| p.has_plate_border && !p.loose));
    let error = (0.6 - left) / w - 1.0;
    println!("straight across: {error:.1e}");
    assert!(error.abs() < 1e-6, "{error}");
}

#[test]
fn a_round_part_is_freed_by_the_last_point_of_its_circle() {
    let slats = Slats { direction_y: true, pitch_m: 0.05, first_m: 0.0, width_m: 0.003 };
    let plate = Region::rectangle([0.0, 0.0], [1.0, 0.6]);
    let (n, r, w) = (720, 0.05, 1.5e-3);
    // A lead-in from outside, the circle, then a little overburn along it.
    let mut path: Vec<[f64; 2]> = (0..20).map(|i| [0.3 + r + 0.01 - 0.0005 * f64::from(i), 0.3]).collect();
    path.extend((0..=n + 5).map(|i| {
        let a = std::f64::consts::TAU * f64::from(i) / f64::from(n);
        [0.3 + r * a.cos(), 0.3 + r * a.sin()]
    }));
    let points: Vec<_> = path.iter().map(|&at_m| PathPoint { at_m, kerf_m: w }).collect();
    let numbered: Vec<_> = path.iter().enumerate().map(|(i, &p)| (i, p, w)).collect();
    let pieces = separate(&plate, &sweep(&[points]), &numbered, 0.01, 7850.0, &slats);
    assert_eq!(pieces.iter().map(|p| p.loose).collect::<Vec<_>>(), [true, false]);
    let expected = std::f64::consts::PI * (r - 0.5 * w).powi(2);
    assert!((pieces[0].area_m2 / expected - 1.0).abs() < 2e-5);
    assert_eq!(pieces[0].freed_at, Some(path.len() - 1));
}
