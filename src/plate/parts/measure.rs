//! A piece beside what was intended: deviation by point, sizes, holes.
//!
//! In: outlines. Out: [`Measured`]. May use: `plate::geometry`.

use crate::plate::geometry::{Point, Region, distance_to_segment_m, edges, ring_area_m2, ring_contains};

/// A hole (or disc) counts as round if its intended outline keeps to a circle within this share of its diameter.
const ROUND_SHARE: f64 = 0.02;
/// Points of a ring that are kept with their deviation.
const KEPT_POINTS: usize = 2000;
/// Grid cells along each side of the box around a ring in which its edges are looked up.
const GRID: usize = 48;

/// A round outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Diameter of the circle of least squares, metres.
    pub diameter_m: f64,
    /// Of the intended outline, metres.
    pub intended_diameter_m: f64,
    /// Largest less smallest distance from its middle, metres.
    pub roundness_m: f64,
    /// Distance of its middle from the intended one, metres.
    pub off_centre_m: f64,
}

/// One ring of a piece beside the intended ring.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    /// Whether it is a hole.
    pub hole: bool,
    /// Points with the distance from the intended outline, metres; positive where there is too much material.
    pub points: Vec<(Point, f64)>,
    /// Most material too much, metres.
    pub most_m: f64,
    /// Most material missing, metres; negative where some is.
    pub least_m: f64,
    /// Mean along the outline, metres.
    pub mean_m: f64,
    /// Furthest distance of any point of either outline from the other, metres.
    pub worst_m: f64,
    /// Size of its box in x and y less that of the intended ring, metres.
    pub size_off_m: [f64; 2],
    /// Size of the intended ring's box, metres.
    pub intended_size_m: [f64; 2],
    /// Area inside it, and inside the intended one, m².
    pub area_m2: [f64; 2],
    /// Where it is round.
    pub circle: Option<Circle>,
}

/// A piece beside the intended one.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The outer ring, then holes.
    pub rings: Vec<Ring>,
    /// Holes that only one of the two has, and whether that is the intended one.
    pub unmatched: Vec<(Vec<Point>, bool)>,
}

impl Measured {
    /// Furthest distance of any point of the outlines from what was intended, metres.
    pub fn worst_m(&self) -> f64 {
        self.rings.iter().map(|ring| ring.worst_m).fold(0.0, f64::max)
    }
}

/// The edges of a ring, found by place.
struct Lookup<'r> {
    ring: &'r [Point],
    low: Point,
    cell: Point,
    cells: Vec<Vec<u32>>,
}

impl<'r> Lookup<'r> {
    fn new(ring: &'r [Point]) -> Self {
        let [low, high] = bounds(ring);
        let cell = [0, 1].map(|i| ((high[i] - low[i]) / GRID as f64).max(1e-9));
        let mut lookup = Self { ring, low, cell, cells: vec![Vec::new(); GRID * GRID] };
        for (n, (a, b)) in edges(ring).enumerate() {
            let (from, to) = (lookup.place([a[0].min(b[0]), a[1].min(b[1])]), lookup.place([a[0].max(b[0]), a[1].max(b[1])]));
            for y in from[1]..=to[1] {
                for x in from[0]..=to[0] {
                    lookup.cells[y * GRID + x].push(n as u32);
                }
            }
        }
        lookup
    }

    fn place(&self, p: Point) -> [usize; 2] {
        [0, 1].map(|i| (((p[i] - self.low[i]) / self.cell[i]).max(0.0) as usize).min(GRID - 1))
    }

    /// Distance from `p` to the ring: cells around it, ring by ring of cells, until nothing nearer can be left.
    fn distance_m(&self, p: Point) -> f64 {
        let home = self.place(p);
        let mut best = f64::INFINITY;
        for reach in 0..GRID {
            let span = |i: usize| home[i].saturating_sub(reach)..=(home[i] + reach).min(GRID - 1);
            for y in span(1) {
                for x in span(0) {
                    if x.abs_diff(home[0]).max(y.abs_diff(home[1])) != reach {
                        continue;
                    }
                    for &n in &self.cells[y * GRID + x] {
                        let (a, b) = (self.ring[n as usize], self.ring[(n as usize + 1) % self.ring.len()]);
                        best = best.min(distance_to_segment_m(p, a, b));
                    }
                }
            }
            if best <= reach as f64 * self.cell[0].min(self.cell[1]) {
                break;
            }
        }
        best
    }
}

fn bounds(ring: &[Point]) -> [Point; 2] {
    ring.iter().fold([[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]], |[low, high], p| {
        [[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]]
    })
}

/// Middle and radius of the circle of least squares through a ring, its edges counted by their length (Kåsa's form: the squares of the
/// distances' squares, linear in the unknowns).
fn circle_of(ring: &[Point]) -> Option<(Point, f64)> {
    let centre = Region { outer: ring.to_vec(), holes: Vec::new() }.centroid_m();
    let (mut s, mut sx, mut sy, mut sxx, mut syy, mut sxy, mut sz, mut szx, mut szy) =
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b) in edges(ring) {
        let w = (b[0] - a[0]).hypot(b[1] - a[1]);
        let middle = [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
        // Simpson's rule along each edge.
        for (p, w) in [(a, w / 6.0), (middle, w / 1.5), (b, w / 6.0)] {
            let (x, y) = (p[0] - centre[0], p[1] - centre[1]);
            let z = x * x + y * y;
            s += w;
            sx += w * x;
            sy += w * y;
            sxx += w * x * x;
            syy += w * y * y;
            sxy += w * x * y;
            sz += w * z;
            szx += w * z * x;
            szy += w * z * y;
        }
    }
    // x² + y² = 2 a x + 2 b y + c, solved by Cramer's rule.
    let det3 = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let det = det3([[sxx, sxy, sx], [sxy, syy, sy], [sx, sy, s]]);
    let a = det3([[szx, sxy, sx], [szy, syy, sy], [sz, sy, s]]) / det / 2.0;
    let b = det3([[sxx, szx, sx], [sxy, szy, sy], [sx, sz, s]]) / det / 2.0;
    let c = det3([[sxx, sxy, szx], [sxy, syy, szy], [sx, sy, sz]]) / det;
    let radius = (c + a * a + b * b).sqrt();
    radius.is_finite().then_some(([centre[0] + a, centre[1] + b], radius))
}

/// Largest less smallest distance of a ring from a place.
fn spread_m(ring: &[Point], centre: Point) -> f64 {
    let far = ring.iter().map(|p| (p[0] - centre[0]).hypot(p[1] - centre[1])).fold(0.0f64, f64::max);
    let near = edges(ring).map(|(a, b)| distance_to_segment_m(centre, a, b)).fold(f64::INFINITY, f64::min);
    far - near
}

fn circle(ring: &[Point], intended: &[Point]) -> Option<Circle> {
    let (middle, radius) = circle_of(intended)?;
    if spread_m(intended, middle) > ROUND_SHARE * 2.0 * radius {
        return None;
    }
    let (found, r) = circle_of(ring)?;
    Some(Circle {
        diameter_m: 2.0 * r,
        intended_diameter_m: 2.0 * radius,
        roundness_m: spread_m(ring, found),
        off_centre_m: (found[0] - middle[0]).hypot(found[1] - middle[1]),
    })
}

/// One ring beside the intended one.
fn compare(ring: &[Point], intended: &[Point], hole: bool) -> Ring {
    let (near, back) = (Lookup::new(intended), Lookup::new(ring));
    let every = ring.len().div_ceil(KEPT_POINTS).max(1);
    let (mut points, mut most, mut least, mut sum, mut length) = (Vec::new(), f64::NEG_INFINITY, f64::INFINITY, 0.0, 0.0);
    let mut before: Option<(Point, f64)> = None;
    for (n, &p) in ring.iter().enumerate() {
        let away = near.distance_m(p);
        // Beyond the intended outline there is too much; in a hole it is the other way about.
        let off = if ring_contains(intended, p) == hole { away } else { -away };
        most = most.max(off);
        least = least.min(off);
        if let Some((q, other)) = before {
            let d = (p[0] - q[0]).hypot(p[1] - q[1]);
            sum += 0.5 * d * (off + other);
            length += d;
        }
        before = Some((p, off));
        if n % every == 0 {
            points.push((p, off));
        }
    }
    let missed = intended.iter().map(|&p| back.distance_m(p)).fold(0.0, f64::max);
    let (own, wanted) = (bounds(ring), bounds(intended));
    let size = |[low, high]: [Point; 2]| [high[0] - low[0], high[1] - low[1]];
    let (own, wanted) = (size(own), size(wanted));
    Ring {
        hole,
        points,
        most_m: most,
        least_m: least,
        mean_m: if length > 0.0 { sum / length } else { 0.0 },
        worst_m: most.max(-least).max(missed),
        size_off_m: [own[0] - wanted[0], own[1] - wanted[1]],
        intended_size_m: wanted,
        area_m2: [ring_area_m2(ring).abs(), ring_area_m2(intended).abs()],
        circle: circle(ring, intended),
    }
}

/// How far two regions are from being the same: between their centres, and between the sides of squares of their areas.
fn unlike_m(a: &Region, b: &Region) -> f64 {
    let ([ax, ay], [bx, by]) = (a.centroid_m(), b.centroid_m());
    (ax - bx).hypot(ay - by) + (a.area_m2().sqrt() - b.area_m2().sqrt()).abs()
}

/// Which of `intended` a piece is most like; none where none is like it: nearer than a quarter of its size.
pub fn nearest(piece: &Region, intended: &[Region]) -> Option<usize> {
    let (away, like) = (0..intended.len()).map(|n| (unlike_m(piece, &intended[n]), n)).min_by(|a, b| a.0.total_cmp(&b.0))?;
    (away <= 0.25 * piece.area_m2().sqrt()).then_some(like)
}

/// `piece` beside what it was to be.
pub fn measure(piece: &Region, wanted: &Region) -> Measured {
    let mut rings = vec![compare(&piece.outer, &wanted.outer, false)];
    let mut left: Vec<&Vec<Point>> = wanted.holes.iter().collect();
    let mut unmatched = Vec::new();
    let as_region = |ring: &[Point]| Region { outer: ring.to_vec(), holes: Vec::new() };
    for hole in &piece.holes {
        let own = as_region(hole);
        let nearest =
            (0..left.len()).min_by(|&a, &b| unlike_m(&own, &as_region(left[a])).total_cmp(&unlike_m(&own, &as_region(left[b]))));
        match nearest.filter(|&n| unlike_m(&own, &as_region(left[n])) < own.area_m2().sqrt()) {
            Some(n) => rings.push(compare(hole, left.swap_remove(n), true)),
            None => unmatched.push((hole.clone(), false)),
        }
    }
    unmatched.extend(left.into_iter().map(|hole| (hole.clone(), true)));
    Measured { rings, unmatched }
}

/// Regions of closed rings, each within those that hold it: material, hole, material, and so on inwards.
pub fn regions_of(rings: &[Vec<Point>]) -> Vec<Region> {
    let depth = |ring: &[Point]| {
        rings.iter().filter(|other| other.as_slice() != ring && ring.first().is_some_and(|&p| ring_contains(other, p))).count()
    };
    let depths: Vec<usize> = rings.iter().map(|ring| depth(ring)).collect();
    let oriented = |ring: &[Point], counter_clockwise: bool| {
        let mut ring = ring.to_vec();
        if (ring_area_m2(&ring) > 0.0) != counter_clockwise {
            ring.reverse();
        }
        ring
    };
    let holes_of = |outer: usize| {
        let inside =
            |n: usize| depths[n] == depths[outer] + 1 && rings[n].first().is_some_and(|&p| ring_contains(&rings[outer], p));
        (0..rings.len()).filter(|&n| inside(n)).map(|n| oriented(&rings[n], false)).collect()
    };
    (0..rings.len())
        .filter(|&n| depths[n].is_multiple_of(2))
        .map(|n| Region { outer: oriented(&rings[n], true), holes: holes_of(n) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(centre: Point, r: f64, n: usize) -> Vec<Point> {
        let at = |i: usize| std::f64::consts::TAU * i as f64 / n as f64;
        (0..n).map(|i| [centre[0] + r * at(i).cos(), centre[1] + r * at(i).sin()]).collect()
    }

    fn plate(hole: Vec<Point>, side: f64) -> Region {
        let mut hole = hole;
        hole.reverse();
        Region { holes: vec![hole], ..Region::rectangle([0.0; 2], [side, 0.1]) }
    }

    #[test]
    fn deviations_sizes_and_holes_are_those_put_in() {
        let intended = plate(ring([0.05, 0.05], 0.009, 720), 0.1);
        let made = plate(ring([0.0503, 0.05], 0.0085, 720), 0.1004);
        assert_eq!(nearest(&made, &[Region::rectangle([0.3, 0.0], [0.4, 0.1]), intended.clone()]), Some(1));
        let measured = measure(&made, &intended);
        assert_eq!((measured.rings.len(), measured.unmatched.len()), (2, 0));
        let (outer, hole) = (&measured.rings[0], &measured.rings[1]);
        assert!((outer.most_m - 0.4e-3).abs() < 1e-12 && outer.least_m.abs() < 1e-12, "{outer:?}");
        assert!((outer.size_off_m[0] - 0.4e-3).abs() < 1e-12 && outer.size_off_m[1].abs() < 1e-12);
        let circle = hole.circle.unwrap();
        assert!((circle.diameter_m - 0.017).abs() < 1e-6 && (circle.intended_diameter_m - 0.018).abs() < 1e-6);
        assert!((circle.off_centre_m - 0.3e-3).abs() < 1e-9 && circle.roundness_m < 1e-6);
        // A hole that is too small has material too much: 0.5 mm, more or less by the shift of its middle.
        assert!(
            (hole.mean_m - 0.5e-3).abs() < 1e-5 && (hole.most_m - 0.8e-3).abs() < 1e-6 && (hole.least_m - 0.2e-3).abs() < 1e-6
        );
        assert!(outer.circle.is_none());
    }

    #[test]
    fn what_is_not_there_is_not_matched() {
        let made = Region::rectangle([0.0; 2], [0.1, 0.1]);
        assert_eq!(nearest(&made, &[Region::rectangle([0.3, 0.0], [0.4, 0.1])]), None);
        assert_eq!(nearest(&made, &[]), None);
        assert_eq!(measure(&made, &plate(ring([0.05, 0.05], 0.009, 90), 0.1)).unmatched.len(), 1);
    }

    #[test]
    fn rings_nest() {
        let rings =
            [ring([0.0, 0.0], 0.05, 90), ring([0.0, 0.0], 0.03, 90), ring([0.0, 0.0], 0.01, 90), ring([0.2, 0.0], 0.02, 90)];
        let regions = regions_of(&rings);
        assert_eq!(regions.iter().map(|r| r.holes.len()).collect::<Vec<_>>(), [1, 0, 0]);
        assert!(ring_area_m2(&regions[0].outer) > 0.0 && ring_area_m2(&regions[0].holes[0]) < 0.0);
    }
}
