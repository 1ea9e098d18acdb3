//! Polygons with holes, shared by kerf and parts.
//!
//! In: rings of points in metres. Out: areas, centroids, containment. May use: nothing but `std`.

/// A point in the plate's plane, metres.
pub type Point = [f64; 2];

/// A polygon with holes. The outer ring runs counter-clockwise, holes clockwise; rings are not closed by a repeated point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Region {
    /// Outer ring, metres.
    pub outer: Vec<Point>,
    /// Rings of the holes, metres.
    pub holes: Vec<Vec<Point>>,
}

/// Consecutive pairs of points around a ring, closing pair included.
pub fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().skip(1).chain(ring.first().copied()))
}

/// Area, and its first moments, of one ring, taken about its first point to keep digits; positive counter-clockwise.
fn moments(ring: &[Point]) -> (f64, [f64; 2]) {
    let Some(&o) = ring.first() else { return (0.0, [0.0; 2]) };
    let (mut area, mut mx, mut my) = (0.0, 0.0, 0.0);
    for (p, q) in edges(ring) {
        let (px, py, qx, qy) = (p[0] - o[0], p[1] - o[1], q[0] - o[0], q[1] - o[1]);
        let cross = px * qy - qx * py;
        area += cross;
        mx += cross * (px + qx);
        my += cross * (py + qy);
    }
    let area = 0.5 * area;
    (area, [mx / 6.0 + area * o[0], my / 6.0 + area * o[1]])
}

/// Signed area of a ring, m²; positive counter-clockwise.
pub fn ring_area_m2(ring: &[Point]) -> f64 {
    moments(ring).0
}

/// True where `p` is inside the ring (even-odd rule).
pub fn ring_contains(ring: &[Point], p: Point) -> bool {
    let mut inside = false;
    for (a, b) in edges(ring) {
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
            inside = !inside;
        }
    }
    inside
}

/// Distance from `p` to the segment a–b, metres.
pub fn distance_to_segment_m(p: Point, a: Point, b: Point) -> f64 {
    let (ux, uy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = ux * ux + uy * uy;
    let t = if length2 > 0.0 { (((p[0] - a[0]) * ux + (p[1] - a[1]) * uy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p[0] - a[0] - t * ux).hypot(p[1] - a[1] - t * uy)
}

impl Region {
    /// An axis-parallel rectangle from `low` to `high`, metres.
    pub fn rectangle(low: Point, high: Point) -> Self {
        Self { outer: vec![low, [high[0], low[1]], high, [low[0], high[1]]], holes: Vec::new() }
    }

    /// All rings, the outer one first.
    pub fn rings(&self) -> impl Iterator<Item = &[Point]> {
        std::iter::once(self.outer.as_slice()).chain(self.holes.iter().map(Vec::as_slice))
    }

    /// Area without the holes, m².
    pub fn area_m2(&self) -> f64 {
        self.holes.iter().fold(ring_area_m2(&self.outer).abs(), |area, hole| area - ring_area_m2(hole).abs())
    }

    /// Centre of area, metres; the first point where there is no area.
    pub fn centroid_m(&self) -> Point {
        let (mut area, mut m) = (0.0, [0.0; 2]);
        for (n, ring) in self.rings().enumerate() {
            let (a, [x, y]) = moments(ring);
            let sign = if (a < 0.0) == (n == 0) { -1.0 } else { 1.0 };
            area += sign * a;
            m = [m[0] + sign * x, m[1] + sign * y];
        }
        if area > 0.0 { [m[0] / area, m[1] / area] } else { self.outer.first().copied().unwrap_or_default() }
    }

    /// True where `p` is inside the outer ring and in none of the holes.
    pub fn contains(&self, p: Point) -> bool {
        ring_contains(&self.outer, p) && !self.holes.iter().any(|hole| ring_contains(hole, p))
    }

    /// Lowest and highest corner of the box around the outer ring, metres.
    pub fn bounds_m(&self) -> [Point; 2] {
        self.outer.iter().fold([[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]], |[low, high], p| {
            [[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Region {
        let hole = vec![[1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 1.0]];
        Region { holes: vec![hole], ..Region::rectangle([0.0, 0.0], [4.0, 3.0]) }
    }

    #[test]
    fn area_and_centroid_leave_holes_out() {
        assert!((frame().area_m2() - 11.0).abs() < 1e-12);
        let c = frame().centroid_m();
        assert!((c[0] - (24.0 - 1.5) / 11.0).abs() < 1e-12 && (c[1] - (18.0 - 1.5) / 11.0).abs() < 1e-12);
        let mut turned = frame();
        turned.outer.reverse();
        assert_eq!(turned.area_m2(), frame().area_m2());
        assert!((turned.centroid_m()[0] - c[0]).abs() < 1e-12);
    }

    #[test]
    fn contains_and_bounds() {
        let region = frame();
        assert!(region.contains([0.5, 0.5]) && !region.contains([1.5, 1.5]) && !region.contains([5.0, 1.0]));
        assert_eq!(region.bounds_m(), [[0.0, 0.0], [4.0, 3.0]]);
        assert!((distance_to_segment_m([5.0, 4.0], [0.0, 0.0], [4.0, 0.0]) - 17f64.sqrt()).abs() < 1e-12);
    }
}
