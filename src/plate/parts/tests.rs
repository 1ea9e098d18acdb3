//! Pieces of plates cut by hand.

use super::*;

const T: f64 = 0.01;
const RHO: f64 = 7850.0;
const SLATS: Slats = Slats { direction_y: true, pitch_m: 0.05, first_m: 0.0, width_m: 0.003 };

fn plate() -> Region {
    Region::rectangle([0.0, 0.0], [1.0, 0.6])
}

/// A square ring of kerf with mitred corners: inner square `half − w/2`, outer `half + w/2`.
fn square_kerf(centre: Point, half: f64, w: f64) -> Region {
    let square = |h: f64| Region::rectangle([centre[0] - h, centre[1] - h], [centre[0] + h, centre[1] + h]).outer;
    let mut hole = square(half - 0.5 * w);
    hole.reverse();
    Region { outer: square(half + 0.5 * w), holes: vec![hole] }
}

fn square_path(centre: Point, half: f64, w: f64, first: usize) -> Vec<(usize, Point, f64)> {
    let corners = Region::rectangle([centre[0] - half, centre[1] - half], [centre[0] + half, centre[1] + half]).outer;
    let mut out = Vec::new();
    for (a, b) in crate::plate::geometry::edges(&corners) {
        for i in 0..100 {
            let t = f64::from(i) / 100.0;
            out.push((first + out.len(), [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])], w));
        }
    }
    out
}

#[test]
fn a_square_cut_leaves_a_part_and_the_skeleton() {
    let (centre, half, w) = ([0.3, 0.3], 0.06, 1.5e-3);
    let kerf = [square_kerf(centre, half, w)];
    let mut path = square_path(centre, half, w, 1000);
    // The lead-out goes on in the skeleton, away from the part.
    path.extend((0..50).map(|i| (2000 + i, [centre[0] - half - 0.01 - 0.001 * i as f64, centre[1]], w)));
    let pieces = separate(&plate(), &kerf, &path, T, RHO, &SLATS);
    assert_eq!(pieces.len(), 2);
    let (part, skeleton) = (&pieces[0], &pieces[1]);
    let side = 2.0 * half - w;
    assert!(part.loose && !part.has_plate_border && !skeleton.loose && skeleton.has_plate_border);
    assert!((part.area_m2 / (side * side) - 1.0).abs() < 1e-9, "{}", part.area_m2);
    assert!((part.mass_kg - side * side * T * RHO).abs() < 1e-9);
    assert!((skeleton.area_m2 - (0.6 - (2.0 * half + w).powi(2))).abs() < 1e-9);
    assert!((part.centroid_m[0] - 0.3).abs() < 1e-9 && (part.centroid_m[1] - 0.3).abs() < 1e-9);
    assert_eq!(part.freed_at, Some(1399));
    assert_eq!(skeleton.freed_at, None);
    assert_eq!((skeleton.region.holes.len(), part.support), (1, Support::Rests));
}

#[test]
fn a_hole_then_its_ring_come_loose_in_that_order() {
    let (c, w) = ([0.3, 0.3], 1.5e-3);
    let kerf = [square_kerf(c, 0.03, w), square_kerf(c, 0.08, w)];
    let mut path = square_path(c, 0.03, w, 0);
    path.extend(square_path(c, 0.08, w, 400));
    let pieces = separate(&plate(), &kerf, &path, T, RHO, &SLATS);
    let loose: Vec<_> = pieces.iter().filter(|p| p.loose).collect();
    assert_eq!(loose.len(), 2);
    // Free where the kerf meets its beginning, half a kerf before the last point, and points are 0.6 and 1.6 mm apart.
    assert!(matches!((loose[0].freed_at, loose[1].freed_at), (Some(398..=399), Some(799))), "{:?}", loose[0].freed_at);
    assert_eq!((loose[0].region.holes.len(), loose[1].region.holes.len()), (0, 1));
    assert!((loose[1].area_m2 - ((0.16 - w).powi(2) - (0.06 + w).powi(2))).abs() < 1e-9);
}

#[test]
fn an_open_cut_frees_nothing() {
    let kerf = [Region::rectangle([0.2, 0.2], [0.5, 0.2015])];
    let pieces = separate(&plate(), &kerf, &[], T, RHO, &SLATS);
    assert_eq!(pieces.len(), 1);
    assert!(!pieces[0].loose && (pieces[0].area_m2 - (0.6 - 0.3 * 0.0015)).abs() < 1e-9);
    let whole = separate(&plate(), &[], &[], T, RHO, &SLATS);
    assert!(whole.len() == 1 && (whole[0].area_m2 - 0.6).abs() < 1e-12);
    assert!(separate(&Region::default(), &[], &[], T, RHO, &SLATS).is_empty());
}

#[test]
fn the_border_is_the_skeleton_and_without_one_the_largest_piece() {
    // The border itself is cut away all around.
    let kerf = [square_kerf([0.5, 0.3], 0.1, 0.002)];
    let small = Region::rectangle([0.41, 0.21], [0.7, 0.5]);
    let pieces = separate(&small, &kerf, &[], T, RHO, &SLATS);
    // The part is cut over two borders of the plate; what is left of it has the longer other two.
    assert_eq!(pieces.iter().map(|p| (p.loose, p.has_plate_border)).collect::<Vec<_>>(), [(true, true), (false, true)]);
    // A part that is larger than the frame around it.
    let pieces = separate(&Region::rectangle([0.0; 2], [0.14; 2]), &[square_kerf([0.07; 2], 0.051, 0.002)], &[], T, RHO, &SLATS);
    assert_eq!(pieces.iter().map(|p| (p.loose, p.area_m2 > 0.0099)).collect::<Vec<_>>(), [(true, true), (false, false)]);
    let trimmed = square_kerf([0.555, 0.355], 0.145, 0.01);
    let pieces = separate(&small, &[trimmed, square_kerf([0.5, 0.3], 0.02, 0.002)], &[], T, RHO, &SLATS);
    assert_eq!(pieces.iter().map(|p| p.loose).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn pieces_rest_tip_or_fall() {
    let on = |region: Region| {
        let c = region.centroid_m();
        support::lies(&region, c, &SLATS).0
    };
    let block = |x0: f64, x1: f64| on(Region::rectangle([x0, 0.1], [x1, 0.2]));
    assert_eq!(block(0.04, 0.11), Support::Rests);
    assert_eq!(block(0.01, 0.04), Support::FallsThrough);
    assert_eq!(block(0.045, 0.08), Support::TipsUp);
    assert_eq!(block(0.04, 0.06), Support::Rests);
    // An L whose foot is on two slats and whose centre of mass hangs over, beside the hull.
    let l = Region {
        outer: vec![[0.04, 0.1], [0.11, 0.1], [0.11, 0.12], [0.06, 0.12], [0.06, 0.5], [0.053, 0.5], [0.053, 0.12], [0.04, 0.12]],
        holes: vec![],
    };
    assert_eq!(on(l), Support::TipsUp);
    let across = Slats { direction_y: false, ..SLATS };
    let flat = Region::rectangle([0.1, 0.01], [0.3, 0.04]);
    assert_eq!(support::lies(&flat, flat.centroid_m(), &across).0, Support::FallsThrough);
    assert_eq!(support::lies(&flat, flat.centroid_m(), &SLATS).0, Support::Rests);
    let none = Slats { pitch_m: 0.0, ..SLATS };
    assert_eq!(support::lies(&flat, flat.centroid_m(), &none).0, Support::FallsThrough);
}

#[test]
fn slivers_are_dropped_and_the_order_is_fixed() {
    let kerf = [Region::rectangle([0.0, 0.59999999], [0.999_999, 0.599_999_995]), square_kerf([0.5, 0.3], 0.05, 0.001)];
    let a = separate(&plate(), &kerf, &[], T, RHO, &SLATS);
    let b = separate(&plate(), &[kerf[1].clone(), kerf[0].clone()], &[], T, RHO, &SLATS);
    assert_eq!(a, b);
    assert!(a.iter().all(|p| p.area_m2 >= SLIVER_M2));
}
