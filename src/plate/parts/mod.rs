//! What comes loose: the pieces a kerf leaves of a plate, what freed them and how they lie on the slats.
//!
//! In: the plate, the kerf's regions, the path with its point numbers, the slats. Out: [`Piece`]s. May use:
//! `plate::geometry`, `i_overlay`.

mod border;
mod iso9013;
mod measure;
mod support;
#[cfg(test)]
mod tests;

use crate::plate::geometry::{Point, Region};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::overlay::FloatOverlay;

pub use iso9013::{CLASSES, measured_height_m, size_class, size_limit_m, u_limit_m, u_range};
pub use measure::{Circle, Measured, Ring, measure, nearest, regions_of};
pub use support::{Slats, Support, Tilt};

/// Pieces smaller than this are slivers of the geometry, not of steel, m².
pub const SLIVER_M2: f64 = 1.0e-8;

/// One piece of what was the plate.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its outline, metres.
    pub region: Region,
    /// Area, m².
    pub area_m2: f64,
    /// Mass, kg.
    pub mass_kg: f64,
    /// Centre of mass in the plate's plane, metres.
    pub centroid_m: Point,
    /// Cut off from the skeleton, which is the piece with most of the plate's border: on all sides, or with some of the border.
    pub loose: bool,
    /// Its outer ring has some of the plate's own border.
    pub has_plate_border: bool,
    /// Number of the path point that freed it: the one with which its outer ring was cut all round. Loose pieces only.
    pub freed_at: Option<usize>,
    /// How it lies on the slats, once it is on its own.
    pub support: Support,
    /// How it stands where it tips: an estimate.
    pub tilt: Option<Tilt>,
}

impl Piece {
    /// How high one side rises where it tips, metres.
    pub fn rise_m(&self) -> f64 {
        self.tilt.map_or(0.0, |tilt| tilt.rise_m)
    }
}

fn contours(region: &Region) -> Vec<Vec<Point>> {
    region.rings().map(<[Point]>::to_vec).collect()
}

/// Borders that differ by less than this share are equal.
const EQUAL_SHARE: f64 = 0.02;

/// What is left of the plate: the piece with most of its border; of equal ones the one furthest from the low corner, where cutting begins. Where none has
/// any, the largest.
fn skeleton(pieces: &[Piece], border: &border::Border) -> Option<usize> {
    let shared: Vec<f64> = pieces.iter().map(|piece| border.shared_m(&piece.region.outer)).collect();
    let most = shared.iter().copied().fold(0.0, f64::max);
    let far = |n: usize| pieces[n].centroid_m[0] + pieces[n].centroid_m[1];
    if most > 0.0 {
        let equal = (0..pieces.len()).filter(|&n| shared[n] >= (1.0 - EQUAL_SHARE) * most);
        equal.max_by(|&a, &b| far(a).total_cmp(&far(b)))
    } else {
        (0..pieces.len()).max_by(|&a, &b| pieces[a].area_m2.total_cmp(&pieces[b].area_m2))
    }
}

/// The pieces of `plate` without `kerf`.
///
/// `path` holds the path's points as (number, place in metres, kerf width in metres), in any order; numbers grow with
/// time. Loose pieces come first, in the order in which they came free, then the others from the largest down; ties by
/// place. Pieces below [`SLIVER_M2`] are dropped.
pub fn separate(
    plate: &Region,
    kerf: &[Region],
    path: &[(usize, Point, f64)],
    thickness_m: f64,
    density_kg_per_m3: f64,
    slats: &Slats,
) -> Vec<Piece> {
    let cut: Vec<Vec<Point>> = kerf.iter().flat_map(contours).collect();
    let mut pieces: Vec<Piece> = FloatOverlay::<Point, i64>::from_subj_and_clip(&contours(plate), &cut)
        .overlay(OverlayRule::Difference, FillRule::NonZero)
        .into_iter()
        .filter_map(|shape| {
            let mut rings = shape.into_iter();
            let region = Region { outer: rings.next()?, holes: rings.collect() };
            let area_m2 = region.area_m2();
            (area_m2 >= SLIVER_M2).then(|| Piece {
                area_m2,
                mass_kg: area_m2 * thickness_m * density_kg_per_m3,
                centroid_m: region.centroid_m(),
                loose: false,
                has_plate_border: false,
                freed_at: None,
                support: Support::Rests,
                tilt: None,
                region,
            })
        })
        .collect();
    let border = border::Border::new(plate.rings());
    let skeleton = skeleton(&pieces, &border);
    let mut in_time: Vec<(usize, Point, f64)> = path.to_vec();
    in_time.sort_by_key(|&(number, ..)| number);
    for (i, piece) in pieces.iter_mut().enumerate() {
        piece.has_plate_border = border.touches(&piece.region.outer);
        piece.loose = Some(i) != skeleton;
        if piece.loose {
            piece.freed_at = border::freed_at(&piece.region, &in_time);
        }
        (piece.support, piece.tilt) = support::lies(&piece.region, piece.centroid_m, slats);
    }
    let order = |p: &Piece| (!p.loose, p.loose.then_some(p.freed_at.unwrap_or(usize::MAX)));
    pieces.sort_by(|a, b| {
        order(a)
            .cmp(&order(b))
            .then_with(|| if a.loose { std::cmp::Ordering::Equal } else { b.area_m2.total_cmp(&a.area_m2) })
            .then_with(|| a.centroid_m[0].total_cmp(&b.centroid_m[0]))
            .then_with(|| a.centroid_m[1].total_cmp(&b.centroid_m[1]))
    });
    pieces
}
