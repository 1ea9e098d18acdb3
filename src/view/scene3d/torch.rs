//! The torch, its twin hose, the flames, the glowing front and the sparks under the plate.

use super::layout::Layout;
use super::table::hose_outlets;
use crate::view::palette::{Body, Finish, black_body, hash};
use crate::view::solid::{Solid, block, cylinder, hose, rod, turned};
use crate::view::still::Still;
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;
use std::f32::consts::TAU;

/// Height of the torch's hose connections over the tip.
const TORCH_HEIGHT: f32 = 0.4;

/// Builds the torch with its tip at the origin.
pub fn torch() -> Body {
    let mut body = Body::default();
    let tip = [(0.0018, 0.0), (0.0052, 0.0), (0.0058, 0.004), (0.0072, 0.03), (0.009, 0.044), (0.009, 0.05)];
    body.add(Finish::Copper, turned(&tip, 32));
    body.add(Finish::Black, turned(&[(0.0, 0.003), (0.0018, 0.0)], 16));
    body.add(Finish::Brass, cylinder(0.0145, 0.017, 6).at(0.0, 0.0, 0.05));
    body.add(
        Finish::Brass,
        turned(&[(0.0115, 0.067), (0.0125, 0.07), (0.0125, 0.092), (0.0165, 0.098), (0.0165, 0.112), (0.0, 0.112)], 32),
    );
    body.add(Finish::Chrome, cylinder(0.0175, 0.225, 40).at(0.0, 0.0, 0.112));
    for z in [0.118, 0.328] {
        body.add(Finish::Brass, cylinder(0.0182, 0.006, 40).at(0.0, 0.0, z));
    }
    body.add(Finish::Brass, block(0.05, 0.03, 0.045, 0.003).at(0.0, 0.0, 0.359));
    for x in [-1.0, 1.0] {
        body.add(Finish::Brass, cylinder(0.008, 0.022, 16).at(x * 0.013, 0.0, 0.381));
        body.add(Finish::Brass, rod(Vec3::new(x * 0.025, 0.0, 0.36), Vec3::new(x * 0.04, 0.0, 0.36), 0.005, 14));
        body.add(Finish::Black, rod(Vec3::new(x * 0.04, 0.0, 0.36), Vec3::new(x * 0.052, 0.0, 0.36), 0.011, 12));
    }
    body
}

/// Builds the hoses from the torch over the beam to the bottles.
pub fn hoses(layout: &Layout, torch: Transform) -> Body {
    let mut body = Body::default();
    let outlets = hose_outlets(layout);
    let post = Vec3::new(layout.rail_x[1] + 0.02, layout.frame_y[1] - 0.05, layout.beam_z + 0.3);
    for (k, (finish, x)) in [(Finish::BlueRubber, 0.013), (Finish::RedRubber, -0.013)].into_iter().enumerate() {
        let start = torch.transform_point(Vec3::new(x, 0.0, TORCH_HEIGHT));
        let away = post - start;
        let sag = 0.1 + 0.1 * away.length();
        let beside = Vec3::new(x * 0.9, x * 0.9, 0.0);
        let end = outlets[k];
        let points = [
            start,
            start + Vec3::new(0.0, 0.004, 0.07),
            start + away * 0.12 + Vec3::new(0.0, 0.0, 0.17) + beside,
            start + away * 0.32 + Vec3::new(0.0, 0.0, 0.17 - sag * 0.25) + beside,
            start + away * 0.62 + Vec3::new(0.0, 0.0, 0.12 - sag * 0.5) + beside,
            start + away * 0.88 + Vec3::new(0.0, 0.0, 0.03 - sag * 0.2) + beside,
            post + beside,
            post + beside + Vec3::new(0.07, -0.01, -0.1),
            post * 0.6 + end * 0.4 + Vec3::new(0.0, -0.1, -0.34),
            post * 0.2 + end * 0.8 + Vec3::new(0.0, -0.14, -0.38),
            end + Vec3::new(0.0, -0.05, -0.14),
            end,
        ];
        body.add(finish, hose(&points, 0.0062));
    }
    // The post that keeps the hoses off the plate.
    let foot = Vec3::new(post.x, post.y, layout.rail_z());
    body.add(Finish::FramePaint, rod(foot, post - Vec3::Z * 0.03, 0.011, 20));
    body.add(Finish::Aluminium, block(0.05, 0.05, 0.012, 0.002).at(foot.x, foot.y, layout.rail_z() + layout.tube / 2.0 + 0.006));
    body.add(Finish::BrightSteel, rod(post + Vec3::new(-0.03, -0.03, -0.012), post + Vec3::new(0.03, 0.03, -0.012), 0.005, 14));
    body
}

/// Flames, glowing front, sparks (`width` times thicker) and the light they give.
pub fn fire(world: &mut World, root: Entity, still: &Still, layout: &Layout, tip: Vec3, width: f32) {
    if !still.flame && !still.cutting {
        return;
    }
    let gap = tip.z.clamp(0.002, 0.2);
    let mut flames = Solid::default();
    for k in 0..6 {
        let (sin, cos) = (TAU * k as f32 / 6.0).sin_cos();
        let at = tip + Vec3::new(cos, sin, 0.0) * 0.0036;
        let cone = plume(
            &[(0.0009, 0.0), (0.0011, -gap * 0.25), (0.0006, -gap * 0.55), (0.0, -gap * 0.75)],
            [[3.0, 6.5, 14.0, 1.0], [2.0, 5.0, 12.0, 1.0], [0.8, 2.2, 6.0, 1.0], [0.0; 4]],
        );
        flames.push(cone.at(at.x, at.y, at.z));
    }
    let envelope = plume(
        &[(0.0056, 0.0), (0.0072, -gap * 0.4), (0.0098, -gap * 0.85), (0.021, -gap * 0.97)],
        [[0.10, 0.22, 0.62, 1.0], [0.10, 0.20, 0.55, 1.0], [0.16, 0.20, 0.42, 1.0], [0.0; 4]],
    );
    flames.push(envelope.at(tip.x, tip.y, tip.z));
    let halo = plume(
        &[(0.0, -gap * 0.93), (0.012, -gap * 0.93), (0.034, -gap * 0.95), (0.05, -gap * 0.96)],
        [[0.5, 0.42, 0.4, 1.0], [0.3, 0.22, 0.2, 1.0], [0.05, 0.03, 0.03, 1.0], [0.0; 4]],
    );
    flames.push(halo.at(tip.x, tip.y, tip.z));
    glowing(world, root, flames);
    lamp(world, root, tip + Vec3::new(0.0, -0.012, -gap * 0.35), Color::srgb(0.72, 0.82, 1.0), 26.0);
    if still.cutting {
        let bottom = layout.slat_top;
        let mut hot = Solid::default();
        let bright = black_body(2100.0) * 9.0;
        let rim = plume(
            &[(0.0016, 0.0004), (0.0011, 0.0), (0.0009, bottom * 0.5), (0.0007, bottom)],
            [
                [bright.x * 0.4, bright.y * 0.3, bright.z * 0.2, 1.0],
                [bright.x, bright.y, bright.z, 1.0],
                [bright.x, bright.y, bright.z, 1.0],
                [bright.x, bright.y * 0.8, bright.z * 0.5, 1.0],
            ],
        );
        hot.push(rim.at(tip.x, tip.y, 0.0));
        hot.push(sparks(tip, bottom, layout, width));
        glowing(world, root, hot);
        lamp(world, root, Vec3::new(tip.x, tip.y, bottom - 0.06), Color::srgb(1.0, 0.55, 0.2), 1100.0);
        lamp(world, root, Vec3::new(tip.x, tip.y, 0.012), Color::srgb(1.0, 0.6, 0.28), 40.0);
    }
}

/// A surface of revolution whose colour runs with the profile.
fn plume<const N: usize>(profile: &[(f32, f32); N], colors: [[f32; 4]; N]) -> Solid {
    let mut solid = turned(profile, 20);
    let per_band = solid.positions.len() / (N - 1);
    for (k, color) in solid.colors.iter_mut().enumerate() {
        *color = colors[k / per_band + k % 2];
    }
    solid
}

/// Streaks that leave the bottom of the cut, fly freely and bounce in the tray; a repeatable draw.
/// `width` makes them thick enough to be seen from afar.
fn sparks(tip: Vec3, bottom: f32, layout: &Layout, width: f32) -> Solid {
    let mut solid = Solid::default();
    let from = Vec3::new(tip.x, tip.y, bottom);
    let drop = bottom - layout.tray_z() - 0.004;
    let fall = Vec3::Z * -4.905;
    for k in 0..520 {
        let draw = |seed: u32| hash(k, 7, seed);
        let (sin, cos) = (TAU * draw(1)).sin_cos();
        let around = Vec3::new(cos, sin, 0.0);
        let speed = 1.6 + 3.2 * draw(6);
        let spread = 0.03 + 0.42 * draw(2) * draw(2);
        let start = (around * spread - Vec3::Z).normalize() * speed;
        // When it reaches the tray.
        let landing = (-speed + (speed * speed + 4.0 * 4.905 * drop).sqrt()) / (2.0 * 4.905);
        let shutter = 0.0035 + 0.004 * draw(4);
        let time = draw(3) * (landing + 0.16 * draw(8));
        let at = |t: f32| {
            let free = from + start * t.min(landing) + fall * t.min(landing).powi(2);
            let after = (t - landing).max(0.0);
            let bounce = around * (0.4 + 1.1 * draw(7)) + Vec3::Z * (0.25 + 0.9 * draw(9) * draw(9));
            free + bounce * after + fall * after * after
        };
        let (head, tail) = (at(time + shutter), at(time));
        if head.z < layout.tray_z() + 0.002 || head.distance(tail) < 1e-4 {
            continue;
        }
        let age = (time / (landing + 0.16)).clamp(0.0, 1.0);
        let color = black_body(2200.0 - 1000.0 * age) * (4.5 * (1.0 - 0.75 * age));
        let rod = rod(tail, head, (0.0004 + 0.0005 * draw(5)) * width, 4);
        solid.push(rod.tinted([color.x, color.y, color.z, 1.0]));
    }
    // The stream of slag itself.
    let c = black_body(2000.0) * 8.0;
    let long = drop.min(0.22);
    let profile = [(0.0012, 0.0), (0.0018, -long * 0.3), (0.003, -long * 0.7), (0.005, -long * 0.98)];
    let colors = [[c.x, c.y, c.z, 1.0], [c.x * 0.6, c.y * 0.5, c.z * 0.4, 1.0], [c.x * 0.2, c.y * 0.14, 0.0, 1.0], [0.0; 4]];
    solid.push(plume(&profile, colors).at(tip.x, tip.y, bottom));
    solid
}

fn glowing(world: &mut World, root: Entity, solid: Solid) {
    let mesh = world.resource_mut::<Assets<Mesh>>().add(solid.into_mesh());
    let material = world.resource_mut::<Assets<StandardMaterial>>().add(StandardMaterial {
        unlit: true,
        alpha_mode: AlphaMode::Add,
        cull_mode: None,
        fog_enabled: false,
        ..default()
    });
    world.spawn((Mesh3d(mesh), MeshMaterial3d(material), NotShadowCaster, NotShadowReceiver, ChildOf(root)));
}

fn lamp(world: &mut World, root: Entity, at: Vec3, color: Color, lumens: f32) {
    let light = PointLight { color, intensity: lumens, range: 0.7, radius: 0.006, ..default() };
    world.spawn((light, Transform::from_translation(at), ChildOf(root)));
}
