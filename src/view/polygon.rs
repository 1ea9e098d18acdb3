//! Polygons with holes as triangles: a constrained Delaunay triangulation, and the prism over it.

use super::solid::Solid;
use bevy::prelude::*;
use spade::{ConstrainedDelaunayTriangulation, Point2, Triangulation};

/// Edges that turn less than this (cosine) share a normal, so that arcs look round.
const SMOOTH_COS: f32 = 0.86;

/// Little light reaches the bottom of a kerf, more its rim.
const DEEP: f32 = 0.3;
const RIM: f32 = 0.8;

/// One contour and its holes; points in metres.
pub struct Polygon {
    /// Contours: the outer one counter-clockwise, holes clockwise, without repeated points.
    pub rings: Vec<Vec<DVec2>>,
}

use bevy::math::DVec2;

impl Polygon {
    /// From any orientation; points closer than `tolerance_m` to their neighbours' line are left out.
    pub fn new(outer: &[[f64; 2]], holes: &[Vec<[f64; 2]>], tolerance_m: f64) -> Polygon {
        let mut rings = Vec::new();
        for (k, ring) in std::iter::once(outer).chain(holes.iter().map(Vec::as_slice)).enumerate() {
            let mut points = thin(ring, tolerance_m);
            if points.len() < 3 {
                if k == 0 {
                    break;
                }
                continue;
            }
            if (signed_area(&points) > 0.0) != (k == 0) {
                points.reverse();
            }
            rings.push(points);
        }
        Polygon { rings }
    }

    /// Nothing left to draw.
    pub fn is_empty(&self) -> bool {
        self.rings.is_empty()
    }

    /// No holes and no inward corner.
    pub fn is_convex(&self) -> bool {
        self.rings.len() == 1 && {
            let ring = &self.rings[0];
            let n = ring.len();
            (0..n).all(|k| (ring[(k + 1) % n] - ring[k]).perp_dot(ring[(k + 2) % n] - ring[(k + 1) % n]) >= 0.0)
        }
    }

    /// Triangles that fill the polygon, counter-clockwise.
    pub fn triangles(&self) -> Vec<[DVec2; 3]> {
        let mut points = Vec::new();
        let mut edges = Vec::new();
        for ring in &self.rings {
            let first = points.len();
            points.extend(ring.iter().map(|p| Point2::new(p.x, p.y)));
            edges.extend((0..ring.len()).map(|k| [first + k, first + (k + 1) % ring.len()]));
        }
        let cdt = ConstrainedDelaunayTriangulation::<Point2<f64>>::try_bulk_load_cdt(points, edges, |_| ());
        let Ok(cdt) = cdt else { return Vec::new() };
        let inside = inside_faces(&cdt);
        cdt.inner_faces()
            .filter(|face| inside[face.fix().index()])
            .map(|face| face.positions().map(|p| DVec2::new(p.x, p.y)))
            .collect()
    }

    /// The solid between two heights: caps and walls apart, since they are made of different stuff.
    /// `uv` maps a point of the plan to texture coordinates.
    pub fn prism(&self, low: f32, high: f32, uv: impl Fn(DVec2) -> [f32; 2]) -> Prism {
        let mut prism = Prism::default();
        for triangle in self.triangles() {
            for (z, normal, order) in [(high, Vec3::Z, [0, 1, 2]), (low, Vec3::NEG_Z, [0, 2, 1])] {
                for k in order {
                    let p = triangle[k];
                    let corner = prism.caps.corner(p.as_vec2().extend(z), normal, uv(p));
                    prism.caps.indices.push(corner);
                }
            }
        }
        for ring in &self.rings {
            walls(ring, low, high, &uv, &mut prism.walls);
        }
        prism
    }
}

/// The two kinds of surface of a piece of plate.
#[derive(Default)]
pub struct Prism {
    /// Top and bottom.
    pub caps: Solid,
    /// Edges: where it was cut or sheared.
    pub walls: Solid,
}

fn walls(ring: &[DVec2], low: f32, high: f32, uv: &impl Fn(DVec2) -> [f32; 2], into: &mut Solid) {
    let n = ring.len();
    let outward = |k: usize| {
        let along = (ring[(k + 1) % n] - ring[k % n]).normalize_or_zero().as_vec2();
        Vec2::new(along.y, -along.x)
    };
    for k in 0..n {
        let own = outward(k);
        let blend = |other: Vec2| if own.dot(other) > SMOOTH_COS { (own + other).normalize() } else { own };
        let ends = [(ring[k], blend(outward(k + n - 1))), (ring[(k + 1) % n], blend(outward(k + 1)))];
        let corners = ends.map(|(p, normal)| [low, high].map(|z| into.corner(p.as_vec2().extend(z), normal.extend(0.0), uv(p))));
        let [[a0, a1], [b0, b1]] = corners;
        for (corner, shade) in [(a0, DEEP), (b0, DEEP), (a1, RIM), (b1, RIM)] {
            into.colors[corner as usize] = [shade, shade, shade, 1.0];
        }
        into.indices.extend([a0, b0, b1, a0, b1, a1]);
    }
}

/// Twice the area, positive when counter-clockwise.
fn signed_area(ring: &[DVec2]) -> f64 {
    (0..ring.len()).map(|k| ring[k].perp_dot(ring[(k + 1) % ring.len()])).sum()
}

/// Leaves out repeated points and those that are on the line between their neighbours.
fn thin(ring: &[[f64; 2]], tolerance_m: f64) -> Vec<DVec2> {
    let mut points: Vec<DVec2> = Vec::with_capacity(ring.len());
    for p in ring.iter().map(|p| DVec2::from_array(*p)) {
        if points.last().is_none_or(|last| last.distance(p) > 1e-6) {
            points.push(p);
        }
    }
    while points.len() > 1 && points[0].distance(points[points.len() - 1]) <= 1e-6 {
        points.pop();
    }
    if points.len() < 4 || tolerance_m <= 0.0 {
        return points;
    }
    // Two fixed points far apart, then the usual halving on each of the two chains between them.
    let far = farthest(&points, |p| p.distance(points[0])).0;
    let mut keep = vec![false; points.len()];
    (keep[0], keep[far]) = (true, true);
    let mut open = vec![(0, far), (far, points.len())];
    while let Some((a, b)) = open.pop() {
        let (from, to) = (points[a], points[b % points.len()]);
        let along = (to - from).normalize_or_zero();
        let (k, off) = farthest(&points[a..b], |p| (p - from).perp_dot(along).abs());
        if off > tolerance_m {
            keep[a + k] = true;
            open.extend([(a, a + k), (a + k, b)]);
        }
    }
    points.into_iter().zip(keep).filter_map(|(p, keep)| keep.then_some(p)).collect()
}

/// The point for which the measure is largest, and that measure.
fn farthest(points: &[DVec2], measure: impl Fn(DVec2) -> f64) -> (usize, f64) {
    points.iter().enumerate().map(|(k, p)| (k, measure(*p))).fold((0, 0.0), |best, now| if now.1 > best.1 { now } else { best })
}

/// Which faces are filled, by crossing contours from the outside in.
fn inside_faces(cdt: &ConstrainedDelaunayTriangulation<Point2<f64>>) -> Vec<bool> {
    let mut inside = vec![false; cdt.num_all_faces()];
    let mut seen = vec![false; cdt.num_all_faces()];
    let mut open = vec![cdt.outer_face().fix()];
    seen[open[0].index()] = true;
    let mut next = 0;
    while next < open.len() {
        let face = open[next];
        next += 1;
        let edges: Vec<_> = if face == cdt.outer_face().fix() {
            cdt.convex_hull().map(|edge| edge.fix()).collect()
        } else {
            cdt.face(face).adjacent_edge().into_iter().flat_map(|e| [e.fix(), e.next().fix(), e.prev().fix()]).collect()
        };
        for edge in edges {
            let edge = cdt.directed_edge(edge);
            let (near, far) = (edge.face().fix(), edge.rev().face().fix());
            let beyond = if near == face { far } else { near };
            if !seen[beyond.index()] {
                seen[beyond.index()] = true;
                let crossed = edge.as_undirected().data().is_constraint_edge();
                inside[beyond.index()] = inside[face.index()] != crossed;
                open.push(beyond);
            }
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle(x: f64, y: f64, r: f64, n: usize) -> Vec<[f64; 2]> {
        (0..n).map(|k| std::f64::consts::TAU * k as f64 / n as f64).map(|a| [x + r * a.cos(), y + r * a.sin()]).collect()
    }

    fn area(polygon: &Polygon) -> f64 {
        polygon.triangles().iter().map(|[a, b, c]| (b - a).perp_dot(c - a) / 2.0).sum()
    }

    #[test]
    fn triangles_cover_the_polygon_and_leave_the_holes() {
        let square = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.5], [1.0, 0.0]];
        let hole = circle(0.5, 0.5, 0.3, 90);
        let polygon = Polygon::new(&square, std::slice::from_ref(&hole), 0.0);
        let hole_area = 0.5 * 90.0 * 0.09 * (std::f64::consts::TAU / 90.0).sin();
        assert!((area(&polygon) - (1.0 - hole_area)).abs() < 1e-9);
    }

    #[test]
    fn thinning_stays_within_its_tolerance() {
        let round = circle(0.0, 0.0, 0.1, 2000);
        let polygon = Polygon::new(&round, &[], 1e-4);
        assert!(polygon.rings[0].len() < 140, "{} points", polygon.rings[0].len());
        let exact = std::f64::consts::TAU / 2.0 * 0.01;
        assert!((area(&polygon) / exact - 1.0).abs() < 2e-3);
    }

    #[test]
    fn a_prism_is_closed_and_its_normals_point_outwards() {
        let polygon = Polygon::new(&circle(0.0, 0.0, 0.1, 40), &[circle(0.02, 0.0, 0.05, 40)], 0.0);
        let prism = polygon.prism(-0.01, 0.0, |_| [0.0; 2]);
        let mut whole = prism.caps;
        whole.push(prism.walls);
        let expected = area(&polygon) * 0.01;
        assert!((f64::from(super::super::solid::volume(&whole)) / expected - 1.0).abs() < 1e-3);
    }
}
