//! Where the picture is taken from: directions, and framing that fits what matters beside the panel.

use super::scene3d::layout::Layout;
use super::scene3d::table::bottle_places;
use super::scene3d::world_from_machine;
use super::still::{Camera, Still};
use bevy::camera::ScalingMode;
use bevy::prelude::*;

/// Part of the picture that the overlay leaves free, in normalised device coordinates.
const FREE: Rect = Rect { min: Vec2::new(-0.48, -0.93), max: Vec2::new(0.97, 0.94) };

/// Place and lens of a camera.
pub struct Shot {
    /// In Bevy's world.
    pub place: Transform,
    /// Lens.
    pub projection: Projection,
    /// Distance to what is looked at.
    pub distance: f32,
}

/// Frames the still for a camera and a width-to-height ratio.
pub fn shot(still: &Still, camera: Camera, aspect: f32) -> Shot {
    let layout = Layout::of(still);
    match camera {
        Camera::Overview => overview(&layout, aspect),
        Camera::Top => top(still, &layout, aspect),
        Camera::Torch => torch(still, aspect),
    }
}

fn overview(layout: &Layout, aspect: f32) -> Shot {
    let high = layout.beam_z + 0.3;
    let mut points = box_corners(
        Vec3::new(layout.rail_x[0] - 0.12, layout.frame_y[0] - 0.1, layout.floor),
        Vec3::new(layout.rail_x[1] + 0.14, layout.frame_y[1] + 0.04, layout.slat_top),
    );
    points.extend(box_corners(
        Vec3::new(layout.rail_x[0], layout.frame_y[0] + 0.15, high - 0.02),
        Vec3::new(layout.rail_x[1], layout.frame_y[1] - 0.4, high),
    ));
    let bottles = bottle_places(layout)[1].extend(layout.floor + 1.1);
    points.push(bottles + Vec3::X * 0.02);
    points.push(bottle_places(layout)[0].extend(layout.floor + 1.44));
    perspective(&points, Vec3::new(0.46, 1.0, -0.5), 28f32.to_radians(), aspect, 4.0)
}

fn torch(still: &Still, aspect: f32) -> Shot {
    let tip = Vec3::from_array(still.gantry.tip_in_machine_m.map(|v| v as f32));
    let points = box_corners(tip + Vec3::new(-0.07, -0.045, -0.025), tip + Vec3::new(0.075, 0.035, 0.08));
    perspective(&points, Vec3::new(0.5, 1.0, -0.62), 24f32.to_radians(), aspect, 0.6)
}

fn box_corners(low: Vec3, high: Vec3) -> Vec<Vec3> {
    (0..8).map(|k| Vec3::new([low.x, high.x][k & 1], [low.y, high.y][k >> 1 & 1], [low.z, high.z][k >> 2])).collect()
}

/// Moves back and sideways until the points just fill the free part of the picture.
fn perspective(points: &[Vec3], ahead: Vec3, fov: f32, aspect: f32, start: f32) -> Shot {
    let ahead = ahead.normalize();
    let right = ahead.cross(Vec3::Z).normalize();
    let up = right.cross(ahead);
    let tan = (fov / 2.0).tan();
    let mut target = points.iter().sum::<Vec3>() / points.len() as f32;
    let mut distance = start;
    for _ in 0..60 {
        let eye = target - ahead * distance;
        let seen = points.iter().map(|p| {
            let (d, depth) = (*p - eye, (*p - eye).dot(ahead).max(0.05));
            Vec2::new(d.dot(right) / (depth * tan * aspect), d.dot(up) / (depth * tan))
        });
        let (mut low, mut high) = (Vec2::MAX, Vec2::MIN);
        for p in seen {
            (low, high) = (low.min(p), high.max(p));
        }
        let off = (low + high) / 2.0 - (FREE.min + FREE.max) / 2.0;
        target += (right * off.x * aspect + up * off.y) * distance * tan * 0.7;
        distance *= ((high - low) / FREE.size()).max_element().powf(0.7);
    }
    let root = world_from_machine();
    let eye = root.transform_point(target - ahead * distance);
    let place = Transform::from_translation(eye).looking_to(root.rotation * ahead, root.rotation * Vec3::Z);
    let projection = Projection::Perspective(PerspectiveProjection {
        fov,
        aspect_ratio: aspect,
        near: (distance * 0.05).min(0.1),
        far: 60.0,
        ..default()
    });
    Shot { place, projection, distance }
}

fn top(still: &Still, layout: &Layout, aspect: f32) -> Shot {
    let (plate, travel) = (&still.plate, &still.table.travel_m);
    let low = Vec2::new(layout.rail_x[0] - 0.16, layout.frame_y[0].min(plate.corner_m[1] as f32));
    let far = (plate.corner_m[1] + plate.size_m[1]).max(travel[1] * 0.3) as f32 + 0.12;
    let high = Vec2::new(layout.rail_x[1] + 0.16, far.min(layout.frame_y[1]));
    let size = high - low;
    let free = FREE.size() / 2.0;
    let height = (size.y / free.y).max(size.x / free.x / aspect);
    let shift = (FREE.min + FREE.max) / 2.0;
    let middle = (low + high) / 2.0 - shift * Vec2::new(height * aspect, height) / 2.0;
    let root = world_from_machine();
    let eye = root.transform_point(middle.extend(3.0));
    let place = Transform::from_translation(eye).looking_to(root.rotation * Vec3::NEG_Z, root.rotation * Vec3::Y);
    let projection = Projection::Orthographic(OrthographicProjection {
        scaling_mode: ScalingMode::FixedVertical { viewport_height: height },
        near: 0.1,
        far: 6.0,
        ..OrthographicProjection::default_3d()
    });
    Shot { place, projection, distance: 3.0 }
}
