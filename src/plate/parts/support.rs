//! How a piece lies on the slats.
//!
//! In: outline, centre of mass, slats. Out: [`Support`]. May use: `plate::geometry`, `i_overlay`.

use crate::plate::geometry::{Point, Region};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::overlay::FloatOverlay;

/// Contact with the slats smaller than this holds nothing, m².
const NO_CONTACT_M2: f64 = 1.0e-9;
/// More slats than this under one piece are not looked at one by one.
const MOST_SLATS: f64 = 10_000.0;

/// Parallel slats that carry the plate; they go on in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slats {
    /// True: slats run along y and are spaced in x. False: along x, spaced in y.
    pub direction_y: bool,
    /// Distance from slat to slat, metres.
    pub pitch_m: f64,
    /// Where the middle of one of them is, metres.
    pub first_m: f64,
    /// Width of the edge that carries, metres.
    pub width_m: f64,
}

/// What a piece does once it is on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Its centre of mass is over the hull of what the slats carry.
    Rests,
    /// It touches slats, but its centre of mass is beside them.
    TipsUp,
    /// No slat is under it.
    FallsThrough,
}

/// Convex hull, counter-clockwise (Andrew's monotone chain, Information Processing Letters 9 (1979) 216).
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let left = |o: Point, a: Point, b: Point| (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]) > 0.0;
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut out: Vec<Point> = Vec::new();
        for p in points {
            while let [.., a, b] = out[..]
                && !left(a, b, p)
            {
                out.pop();
            }
            out.push(p);
        }
        out.pop();
        out
    };
    let mut out = half(&mut points.iter().copied());
    out.append(&mut half(&mut points.iter().rev().copied()));
    out
}

/// How deep the low side of a tipping piece may drop between slats, metres. Basis: estimate, the usual height of a slat.
const DROP_M: f64 = 0.05;

/// How high the other side of a piece rises that tips over the edge of `hull` nearest to its centre of mass, metres, as far as the low
/// side can drop.
fn rise(region: &Region, hull: &[Point], centroid: Point) -> f64 {
    let outside = |(a, b): (Point, Point), p: Point| {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        (dy * (p[0] - a[0]) - dx * (p[1] - a[1])) / dx.hypot(dy).max(1e-12)
    };
    let Some(edge) = crate::plate::geometry::edges(hull).max_by(|a, b| outside(*a, centroid).total_cmp(&outside(*b, centroid)))
    else {
        return 0.0;
    };
    let span = region.outer.iter().map(|p| outside(edge, *p));
    let (up, down) = span.fold((0.0f64, 0.0f64), |(up, down), d| (up.max(-d), down.max(d)));
    up * (DROP_M / down.max(1e-6)).min(1.0)
}

/// How `region` with its centre of mass at `centroid` lies on `slats`, and how high it rises if it tips, metres.
pub(super) fn lies(region: &Region, centroid: Point, slats: &Slats) -> (Support, f64) {
    let across = usize::from(!slats.direction_y);
    let [low, high] = region.bounds_m();
    let half = 0.5 * slats.width_m;
    let first = ((low[across] - half - slats.first_m) / slats.pitch_m).ceil();
    let last = ((high[across] + half - slats.first_m) / slats.pitch_m).floor();
    let usable = slats.pitch_m > 0.0 && slats.width_m > 0.0 && first.is_finite() && last.is_finite();
    if !usable || last < first {
        return (Support::FallsThrough, 0.0);
    }
    if last - first > MOST_SLATS {
        return (Support::Rests, 0.0);
    }
    let strips: Vec<Vec<Point>> = (0..=(last - first) as u32)
        .map(|k| {
            let middle = slats.first_m + (first + f64::from(k)) * slats.pitch_m;
            let mut corners = [[low[0] - half, low[1] - half], [high[0] + half, high[1] + half]];
            corners[0][across] = middle - half;
            corners[1][across] = middle + half;
            Region::rectangle(corners[0], corners[1]).outer
        })
        .collect();
    let rings: Vec<Vec<Point>> = region.rings().map(<[Point]>::to_vec).collect();
    let carried =
        FloatOverlay::<Point, i64>::from_subj_and_clip(&rings, &strips).overlay(OverlayRule::Intersect, FillRule::NonZero);
    let mut points = Vec::new();
    let mut area_m2 = 0.0;
    for shape in carried {
        let mut shape = shape.into_iter();
        let patch = Region { outer: shape.next().unwrap_or_default(), holes: shape.collect() };
        area_m2 += patch.area_m2();
        points.extend(patch.outer);
    }
    if area_m2 < NO_CONTACT_M2 {
        return (Support::FallsThrough, 0.0);
    }
    let hull = hull(points);
    let inside = crate::plate::geometry::edges(&hull)
        .all(|(a, b)| (b[0] - a[0]) * (centroid[1] - a[1]) - (b[1] - a[1]) * (centroid[0] - a[0]) >= 0.0);
    if inside { (Support::Rests, 0.0) } else { (Support::TipsUp, rise(region, &hull, centroid)) }
}
