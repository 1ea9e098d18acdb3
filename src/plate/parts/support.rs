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

/// How a piece stands that has tipped: turned about an edge of what the slats carry, as far as its low side can drop. An estimate: it may
/// slide off instead, or jam in its kerf before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tilt {
    /// The edge that it turns about; its low side is on the right of the way from the first point to the second, metres.
    pub edge_m: [Point; 2],
    /// How far it turns, radians.
    pub angle_rad: f64,
    /// How high its other side rises, metres.
    pub rise_m: f64,
}

impl Tilt {
    /// Over the edge of `hull` (counter-clockwise) that is nearest to the centre of mass beside it.
    fn of(region: &Region, hull: &[Point], centroid: Point) -> Option<Self> {
        let (a, b) = crate::plate::geometry::edges(hull)
            .max_by(|a, b| beyond([a.0, a.1], centroid).total_cmp(&beyond([b.0, b.1], centroid)))?;
        let span = region.outer.iter().map(|p| beyond([a, b], *p));
        let (up, down) = span.fold((0.0f64, 0.0f64), |(up, down), d| (up.max(-d), down.max(d)));
        let sin = (DROP_M / down.max(1e-6)).min(1.0);
        Some(Self { edge_m: [a, b], angle_rad: sin.asin(), rise_m: up * sin })
    }

    /// How high its upper side is over the plate's at a place in the plan, metres: negative on its low side. A thin piece; beyond its
    /// raised end nothing is.
    pub fn height_m(&self, at: Point) -> f64 {
        let up = -beyond(self.edge_m, at);
        let reach = self.rise_m / self.angle_rad.tan().max(1e-12);
        if up > reach + 1e-9 { f64::NEG_INFINITY } else { up * self.angle_rad.tan() }
    }
}

/// How far `p` is to the right of the way along an edge, metres.
fn beyond([a, b]: [Point; 2], p: Point) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    (dy * (p[0] - a[0]) - dx * (p[1] - a[1])) / dx.hypot(dy).max(1e-12)
}

/// How `region` with its centre of mass at `centroid` lies on `slats`, and how it stands if it tips.
pub(super) fn lies(region: &Region, centroid: Point, slats: &Slats) -> (Support, Option<Tilt>) {
    let across = usize::from(!slats.direction_y);
    let [low, high] = region.bounds_m();
    let half = 0.5 * slats.width_m;
    let first = ((low[across] - half - slats.first_m) / slats.pitch_m).ceil();
    let last = ((high[across] + half - slats.first_m) / slats.pitch_m).floor();
    let usable = slats.pitch_m > 0.0 && slats.width_m > 0.0 && first.is_finite() && last.is_finite();
    if !usable || last < first {
        return (Support::FallsThrough, None);
    }
    if last - first > MOST_SLATS {
        return (Support::Rests, None);
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
        return (Support::FallsThrough, None);
    }
    let hull = hull(points);
    let inside = crate::plate::geometry::edges(&hull)
        .all(|(a, b)| (b[0] - a[0]) * (centroid[1] - a[1]) - (b[1] - a[1]) * (centroid[0] - a[0]) >= 0.0);
    if inside { (Support::Rests, None) } else { (Support::TipsUp, Tilt::of(region, &hull, centroid)) }
}
