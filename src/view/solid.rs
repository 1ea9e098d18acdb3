//! Shapes made of triangles: blocks, tubes, turned parts, hoses and prisms, with soft edges that
//! catch the light. They are joined by finish, so that a whole machine takes few draw calls.

use bevy::asset::RenderAssetUsages;
use bevy::math::Affine3A;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;
use std::f32::consts::TAU;

/// Triangles with normals, texture coordinates and colours.
#[derive(Clone, Default)]
pub struct Solid {
    /// Corners.
    pub positions: Vec<[f32; 3]>,
    /// One normal a corner.
    pub normals: Vec<[f32; 3]>,
    /// One texture coordinate a corner.
    pub uvs: Vec<[f32; 2]>,
    /// One linear colour a corner.
    pub colors: Vec<[f32; 4]>,
    /// Three corners a triangle, counter-clockwise from outside.
    pub indices: Vec<u32>,
}

impl Solid {
    /// Adds a corner and says its index.
    pub fn corner(&mut self, position: Vec3, normal: Vec3, uv: [f32; 2]) -> u32 {
        self.positions.push(position.to_array());
        self.normals.push(normal.to_array());
        self.uvs.push(uv);
        self.colors.push([1.0; 4]);
        self.positions.len() as u32 - 1
    }

    /// Adds a flat polygon (a fan from its first corner), counter-clockwise from outside.
    pub fn face(&mut self, corners: &[Vec3]) {
        let normal = (corners[1] - corners[0]).cross(corners[2] - corners[0]).normalize_or_zero();
        let first = self.positions.len() as u32;
        for corner in corners {
            self.corner(*corner, normal, [0.0; 2]);
        }
        for k in 2..corners.len() as u32 {
            self.indices.extend([first, first + k - 1, first + k]);
        }
    }

    /// Joins another solid to this one.
    pub fn push(&mut self, other: Solid) {
        let first = self.positions.len() as u32;
        self.positions.extend(other.positions);
        self.normals.extend(other.normals);
        self.uvs.extend(other.uvs);
        self.colors.extend(other.colors);
        self.indices.extend(other.indices.into_iter().map(|k| k + first));
    }

    /// The same solid elsewhere.
    pub fn moved(mut self, to: Affine3A) -> Solid {
        for position in &mut self.positions {
            *position = to.transform_point3(Vec3::from(*position)).to_array();
        }
        for normal in &mut self.normals {
            *normal = to.transform_vector3(Vec3::from(*normal)).normalize_or_zero().to_array();
        }
        self
    }

    /// The same solid, shifted.
    pub fn at(self, x: f32, y: f32, z: f32) -> Solid {
        self.moved(Affine3A::from_translation(Vec3::new(x, y, z)))
    }

    /// The same solid with its Z axis laid along X.
    pub fn along_x(self) -> Solid {
        self.moved(Affine3A::from_rotation_y(TAU / 4.0))
    }

    /// The same solid with its Z axis laid along Y.
    pub fn along_y(self) -> Solid {
        self.moved(Affine3A::from_rotation_x(-TAU / 4.0))
    }

    /// The same solid in one colour.
    pub fn tinted(mut self, color: [f32; 4]) -> Solid {
        self.colors.fill(color);
        self
    }

    /// As a mesh for Bevy.
    pub fn into_mesh(self) -> Mesh {
        Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
            .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, self.positions)
            .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, self.normals)
            .with_inserted_attribute(Mesh::ATTRIBUTE_UV_0, self.uvs)
            .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, self.colors)
            .with_inserted_indices(Indices::U32(self.indices))
    }
}

/// A block around the origin with chamfered edges.
pub fn block(x: f32, y: f32, z: f32, chamfer: f32) -> Solid {
    let half = Vec3::new(x, y, z) / 2.0;
    let c = chamfer.min(half.min_element() * 0.9);
    let mut solid = Solid::default();
    // A corner of the face with outward axis `a`: on that axis full, on the others drawn in.
    let point = |a: usize, s: Vec3| {
        let mut p = (half - Vec3::splat(c)) * s;
        p[a] = half[a] * s[a];
        p
    };
    for a in 0..3 {
        let (b, d) = ((a + 1) % 3, (a + 2) % 3);
        for side in [-1.0, 1.0] {
            let corner = |sb: f32, sd: f32| {
                let mut s = Vec3::ZERO;
                (s[a], s[b], s[d]) = (side, sb * side, sd);
                s
            };
            let ring = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
            solid.face(&ring.map(|s| point(a, s)));
            // The chamfers between this axis and the next, once each.
            for other in [-1.0, 1.0] {
                let mut low = Vec3::ZERO;
                (low[a], low[b], low[d]) = (side, other, -1.0);
                let mut high = low;
                high[d] = 1.0;
                let quad = [point(a, low), point(b, low), point(b, high), point(a, high)];
                if side * other > 0.0 {
                    solid.face(&quad);
                } else {
                    solid.face(&[quad[3], quad[2], quad[1], quad[0]]);
                }
            }
        }
    }
    for k in 0..8 {
        let s = Vec3::from_array([0, 1, 2].map(|bit| if k >> bit & 1 == 1 { 1.0 } else { -1.0 }));
        let tri = [point(0, s), point(1, s), point(2, s)];
        if s.x * s.y * s.z > 0.0 {
            solid.face(&tri);
        } else {
            solid.face(&[tri[2], tri[1], tri[0]]);
        }
    }
    solid
}

/// A bar of rounded rectangular section along Z, around the origin, ends closed.
pub fn tube(x: f32, y: f32, length: f32, radius: f32) -> Solid {
    let mut outline = Vec::new();
    let steps = 4;
    for quarter in 0..4 {
        let (sx, sy) = [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)][quarter];
        let centre = Vec2::new((x / 2.0 - radius) * sx, (y / 2.0 - radius) * sy);
        for k in 0..=steps {
            let angle = TAU / 4.0 * (quarter as f32 + k as f32 / steps as f32);
            let normal = Vec2::from_angle(angle);
            outline.push((centre + normal * radius, normal));
        }
    }
    extrude(&outline, -length / 2.0, length / 2.0)
}

/// A bar along Z from a closed, convex outline of points and normals.
fn extrude(outline: &[(Vec2, Vec2)], low: f32, high: f32) -> Solid {
    let mut solid = Solid::default();
    let n = outline.len() as u32;
    for (point, normal) in outline {
        for z in [low, high] {
            solid.corner(point.extend(z), normal.extend(0.0), [0.0; 2]);
        }
    }
    for k in 0..n {
        let (a, b) = (2 * k, 2 * ((k + 1) % n));
        solid.indices.extend([a, b, b + 1, a, b + 1, a + 1]);
    }
    solid.face(&outline.iter().map(|(p, _)| p.extend(high)).collect::<Vec<_>>());
    solid.face(&outline.iter().rev().map(|(p, _)| p.extend(low)).collect::<Vec<_>>());
    solid
}

/// A turned part around Z: radius and height from bottom to top.
pub fn turned(profile: &[(f32, f32)], sides: u32) -> Solid {
    let mut solid = Solid::default();
    let slopes: Vec<Vec2> =
        profile.windows(2).map(|pair| Vec2::new(pair[1].1 - pair[0].1, pair[0].0 - pair[1].0).normalize_or_zero()).collect();
    // Bands that meet at a small angle share a normal, so that a dome looks round.
    let shared = |k: usize, other: Option<&Vec2>| match other {
        Some(other) if slopes[k].dot(*other) > 0.94 => (slopes[k] + *other).normalize(),
        _ => slopes[k],
    };
    for (k, pair) in profile.windows(2).enumerate() {
        let ((r0, z0), (r1, z1)) = (pair[0], pair[1]);
        let below = shared(k, k.checked_sub(1).and_then(|k| slopes.get(k)));
        let above = shared(k, slopes.get(k + 1));
        let first = solid.positions.len() as u32;
        for k in 0..=sides {
            let around = Vec2::from_angle(TAU * k as f32 / sides as f32);
            let normal = |slope: Vec2| Vec3::new(around.x * slope.x, around.y * slope.x, slope.y);
            let u = k as f32 / sides as f32;
            solid.corner((around * r0).extend(z0), normal(below), [u, 0.0]);
            solid.corner((around * r1).extend(z1), normal(above), [u, 1.0]);
        }
        for k in 0..sides {
            let a = first + 2 * k;
            solid.indices.extend([a, a + 2, a + 3, a, a + 3, a + 1]);
        }
    }
    solid
}

/// A closed cylinder on the XY plane.
pub fn cylinder(radius: f32, height: f32, sides: u32) -> Solid {
    let e = (radius.min(height) * 0.12).min(0.002);
    let profile = [(0.0, 0.0), (radius - e, 0.0), (radius, e), (radius, height - e), (radius - e, height), (0.0, height)];
    turned(&profile, sides)
}

/// A closed cylinder from one point to another.
pub fn rod(from: Vec3, to: Vec3, radius: f32, sides: u32) -> Solid {
    let turn = Quat::from_rotation_arc(Vec3::Z, (to - from).normalize_or(Vec3::Z));
    cylinder(radius, from.distance(to), sides).moved(Affine3A::from_rotation_translation(turn, from))
}

/// A round hose along a smooth curve through the points.
pub fn hose(through: &[Vec3], radius: f32) -> Solid {
    let points = smooth(through, 14);
    let sides = 10;
    let mut solid = Solid::default();
    let mut side = Vec3::Z.cross(points[1] - points[0]).try_normalize().unwrap_or(Vec3::X);
    for (k, point) in points.iter().enumerate() {
        let ahead = points[(k + 1).min(points.len() - 1)] - points[k.saturating_sub(1)];
        let ahead = ahead.normalize_or(Vec3::Z);
        side = (side - ahead * side.dot(ahead)).normalize_or(ahead.any_orthonormal_vector());
        let up = ahead.cross(side);
        for j in 0..sides {
            let (sin, cos) = (TAU * j as f32 / sides as f32).sin_cos();
            let normal = side * cos + up * sin;
            solid.corner(*point + normal * radius, normal, [0.0; 2]);
        }
        if k > 0 {
            let (here, back) = (k as u32 * sides, (k as u32 - 1) * sides);
            for j in 0..sides {
                let next = (j + 1) % sides;
                solid.indices.extend([back + j, back + next, here + next, back + j, here + next, here + j]);
            }
        }
    }
    solid
}

/// A Catmull-Rom curve through the points.
pub fn smooth(through: &[Vec3], steps: usize) -> Vec<Vec3> {
    let last = through.len() - 1;
    let mut points = Vec::with_capacity(last * steps + 1);
    for k in 0..last {
        let (a, b, c, d) = (through[k.saturating_sub(1)], through[k], through[k + 1], through[(k + 2).min(last)]);
        for step in 0..steps {
            let t = step as f32 / steps as f32;
            let (t2, t3) = (t * t, t * t * t);
            points
                .push((b * 2.0 + (c - a) * t + (a * 2.0 - b * 5.0 + c * 4.0 - d) * t2 + (b * 3.0 - a - c * 3.0 + d) * t3) * 0.5);
        }
    }
    points.push(through[last]);
    points
}

/// A rack along Z: teeth of `pitch` point to +X, the back lies in the plane X = 0.
pub fn rack(length: f32, width: f32, depth: f32, pitch: f32) -> Solid {
    let mut solid = Solid::default();
    let tooth = pitch * 0.7;
    let root = depth - tooth;
    let half = width / 2.0;
    let mut profile = vec![Vec2::new(root, -length / 2.0)];
    for k in 0..(length / pitch) as u32 {
        let z = -length / 2.0 + k as f32 * pitch;
        for (x, part) in [(root, 0.12), (depth, 0.37), (depth, 0.63), (root, 0.88)] {
            profile.push(Vec2::new(x, z + part * pitch));
        }
    }
    profile.push(Vec2::new(root, length / 2.0));
    for pair in profile.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let at = |p: Vec2, y: f32| Vec3::new(p.x, y, p.y);
        solid.face(&[at(a, -half), at(a, half), at(b, half), at(b, -half)]);
        for side in [-1.0, 1.0] {
            let y = half * side;
            let quad = [Vec3::new(0.0, y, a.y), at(a, y), at(b, y), Vec3::new(0.0, y, b.y)];
            if side < 0.0 {
                solid.face(&quad);
            } else {
                solid.face(&[quad[3], quad[2], quad[1], quad[0]]);
            }
        }
    }
    for end in [-1.0, 1.0] {
        let z = length / 2.0 * end;
        let (near, far) = (-half * end, half * end);
        solid.face(&[Vec3::new(0.0, near, z), Vec3::new(root, near, z), Vec3::new(root, far, z), Vec3::new(0.0, far, z)]);
    }
    solid
}

/// Volume inside a closed solid: negative when its triangles face inwards.
#[cfg(test)]
pub fn volume(solid: &Solid) -> f32 {
    solid
        .indices
        .chunks_exact(3)
        .map(|t| {
            let [a, b, c] = [t[0], t[1], t[2]].map(|k| Vec3::from(solid.positions[k as usize]));
            a.dot(b.cross(c)) / 6.0
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(solid: &Solid, expected: f32) {
        assert!((volume(solid) / expected - 1.0).abs() < 0.03, "{} is not {expected}", volume(solid));
        for t in solid.indices.chunks_exact(3) {
            let [a, b, c] = [t[0], t[1], t[2]].map(|k| Vec3::from(solid.positions[k as usize]));
            let facing = (b - a).cross(c - a);
            for k in t {
                assert!(facing.dot(Vec3::from(solid.normals[*k as usize])) >= -1e-9);
            }
        }
    }

    #[test]
    fn solids_are_closed_and_face_outwards() {
        check(&block(1.0, 2.0, 3.0, 0.01), 6.0);
        check(&tube(0.1, 0.2, 1.0, 0.01), 0.02);
        check(&cylinder(0.5, 1.0, 64), TAU / 8.0);
        check(&cylinder(0.5, 1.0, 64).along_x().at(1.0, 2.0, 3.0), TAU / 8.0);
        check(&rack(1.0, 0.01, 0.01, 0.01), 0.01 * 0.00657);
        check(&rod(Vec3::X, Vec3::Y, 0.1, 48), 2f32.sqrt() * TAU / 2.0 * 0.01);
    }
}
