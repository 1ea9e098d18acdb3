//! Studio light: softboxes that metal mirrors, a key light that is moved between exposures so that
//! its shadows have the soft edges of a large lamp, a fill light, and the floor.

use super::palette::{half_bytes, hash, noise};
use bevy::asset::RenderAssetUsages;
use bevy::image::{ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor};
use bevy::light::{CascadeShadowConfigBuilder, EnvironmentMapLight};
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureViewDescriptor, TextureViewDimension};
use std::f32::consts::TAU;

/// The backdrop, which the floor fades into.
pub const BACKDROP: Color = Color::srgb(0.165, 0.18, 0.205);
/// The backdrop of the light theme.
pub const LIGHT_BACKDROP: Color = Color::srgb(0.80, 0.82, 0.85);
/// Where the key light comes from, Bevy's world.
const KEY_FROM: Vec3 = Vec3::new(-0.62, 1.0, 0.5);
/// Half angle of the key light: a softbox of half a metre, three metres away.
const KEY_RADIUS: f32 = 0.075;
/// Side of the mirrored studio's sharpest level; a power of two.
const MIRROR: u32 = 64;

/// Light from below: little falls into shadow, but metal mirrors the lit plate and floor.
const GROUND: f32 = 0.26;
const MIRRORED_GROUND: f32 = 0.75;

/// Marks the light that is moved between exposures.
#[derive(Component)]
pub struct Key;

/// A rectangular lamp of the studio: towards where, half size (tangents), brightness.
struct Softbox {
    towards: Vec3,
    half: Vec2,
    radiance: Vec3,
}

const SOFTBOXES: [Softbox; 5] = [
    Softbox { towards: Vec3::new(-0.25, 1.0, 0.1), half: Vec2::new(0.75, 0.4), radiance: Vec3::new(2.6, 2.55, 2.5) },
    Softbox { towards: Vec3::new(-1.0, 0.5, 0.25), half: Vec2::new(0.3, 0.55), radiance: Vec3::new(2.2, 2.1, 1.95) },
    Softbox { towards: Vec3::new(1.0, 0.35, -0.25), half: Vec2::new(0.22, 0.6), radiance: Vec3::new(1.5, 1.75, 2.1) },
    Softbox { towards: Vec3::new(0.15, 0.42, -1.0), half: Vec2::new(0.9, 0.16), radiance: Vec3::new(1.5, 1.6, 1.8) },
    Softbox { towards: Vec3::new(0.35, 0.5, 1.0), half: Vec2::new(0.5, 0.3), radiance: Vec3::new(2.4, 2.35, 2.3) },
];

/// Adds the lights; the environment light goes to the camera. `distance`: from which one looks, m.
pub fn spawn(world: &mut World, distance: f32) {
    let cascades = CascadeShadowConfigBuilder {
        num_cascades: 2,
        minimum_distance: (distance * 0.1).min(0.2),
        maximum_distance: distance * 2.2,
        first_cascade_far_bound: distance * 1.25,
        overlap_proportion: 0.1,
    };
    world.spawn((
        Key,
        DirectionalLight {
            color: Color::srgb(1.0, 0.965, 0.92),
            illuminance: 8200.0,
            shadow_maps_enabled: true,
            shadow_depth_bias: 0.012,
            shadow_normal_bias: 1.2,
            ..default()
        },
        cascades.build(),
        key_place(Vec2::ZERO),
    ));
    world.spawn((
        DirectionalLight { color: Color::srgb(0.8, 0.88, 1.0), illuminance: 700.0, ..default() },
        Transform::from_translation(Vec3::new(1.0, 0.6, 0.6)).looking_at(Vec3::ZERO, Vec3::Y),
    ));
}

/// Moves the key light to one of `count` places on its disc.
pub fn move_key(world: &mut World, index: u32, count: u32) {
    let radius = ((index as f32 + 0.5) / count as f32).sqrt();
    let offset = Vec2::from_angle(index as f32 * TAU * 0.381_966) * radius;
    let mut keys = world.query_filtered::<&mut Transform, With<Key>>();
    for mut place in keys.iter_mut(world) {
        *place = key_place(if count > 1 { offset } else { Vec2::ZERO });
    }
}

fn key_place(offset: Vec2) -> Transform {
    let from = KEY_FROM.normalize();
    let (side, up) = from.any_orthonormal_pair();
    let from = from + (side * offset.x + up * offset.y) * KEY_RADIUS;
    Transform::from_translation(from * 6.0).looking_at(Vec3::ZERO, Vec3::Y)
}

/// Adds the floor at a height, m.
pub fn floor(world: &mut World, height: f32) -> Entity {
    let tile = 512;
    let mut data = Vec::with_capacity(tile * tile * 4);
    for y in 0..tile {
        for x in 0..tile {
            let shade =
                214.0 + 9.0 * tiled(x, y, tile, 8, 1) + 10.0 * tiled(x, y, tile, 64, 2) + 14.0 * hash(x as i32, y as i32, 3);
            data.extend([shade as u8, shade as u8, shade as u8, 255]);
        }
    }
    let extent = Extent3d { width: tile as u32, height: tile as u32, depth_or_array_layers: 1 };
    let mut image =
        Image::new(extent, TextureDimension::D2, data, TextureFormat::Rgba8UnormSrgb, RenderAssetUsages::RENDER_WORLD);
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: ImageAddressMode::Repeat,
        address_mode_v: ImageAddressMode::Repeat,
        mag_filter: ImageFilterMode::Linear,
        min_filter: ImageFilterMode::Linear,
        ..default()
    });
    let texture = world.resource_mut::<Assets<Image>>().add(image);
    let material = world.resource_mut::<Assets<StandardMaterial>>().add(StandardMaterial {
        base_color: Color::srgb(0.30, 0.31, 0.33),
        base_color_texture: Some(texture),
        perceptual_roughness: 0.72,
        reflectance: 0.35,
        uv_transform: bevy::math::Affine2::from_scale(Vec2::splat(20.0)),
        ..default()
    });
    let mesh = world.resource_mut::<Assets<Mesh>>().add(Plane3d::new(Vec3::Y, Vec2::splat(25.0)).mesh().build());
    world.spawn((Mesh3d(mesh), MeshMaterial3d(material), Transform::from_xyz(0.0, height, 0.0))).id()
}

/// Noise that repeats at the edge of the tile.
fn tiled(x: usize, y: usize, tile: usize, cells: usize, seed: u32) -> f32 {
    let (u, v) = ((x * cells) as f32 / tile as f32, (y * cells) as f32 / tile as f32);
    let edge = |t: f32| ((t / cells as f32 - 0.85) / 0.15).clamp(0.0, 1.0);
    let (fu, fv, n) = (edge(u), edge(v), cells as f32);
    let across = |v: f32| noise(u, v, seed) * (1.0 - fu) + noise(u - n, v, seed) * fu;
    across(v) * (1.0 - fv) + across(v - n) * fv
}

/// The studio as metal mirrors it.
pub fn environment(images: &mut Assets<Image>) -> EnvironmentMapLight {
    let levels = MIRROR.ilog2() + 1;
    let rough = |level: u32| (level as f32 / (levels - 1) as f32).powi(2);
    let specular = cube(MIRROR, levels, |towards, level| radiance(towards, rough(level) * 1.1, MIRRORED_GROUND));
    let lamps: Vec<(Vec3, Vec3)> = (0..900).map(|k| sphere(k, 900)).map(|d| (d, radiance(d, 0.15, GROUND))).collect();
    let diffuse = cube(8, 1, |towards, _| {
        let sum: Vec3 = lamps.iter().map(|(from, light)| *light * from.dot(towards).max(0.0)).sum();
        sum * 4.0 / lamps.len() as f32
    });
    EnvironmentMapLight { diffuse_map: images.add(diffuse), specular_map: images.add(specular), intensity: 520.0, ..default() }
}

/// Evenly spread directions.
fn sphere(k: u32, of: u32) -> Vec3 {
    let y = 1.0 - 2.0 * (k as f32 + 0.5) / of as f32;
    let (sin, cos) = (k as f32 * TAU * 0.618_034).sin_cos();
    Vec3::new(cos, 0.0, sin) * (1.0 - y * y).sqrt() + Vec3::Y * y
}

/// Light that comes from a direction, seen through a blur (tangent of its half angle).
fn radiance(from: Vec3, blur: f32, ground: f32) -> Vec3 {
    let up = from.y;
    let wall = Vec3::new(0.30, 0.33, 0.38).lerp(Vec3::new(0.46, 0.49, 0.54), (up * 0.9 + 0.1).clamp(0.0, 1.0));
    let ground = Vec3::new(1.02, 1.0, 0.98) * ground;
    let mut light = ground.lerp(wall, ((up + 0.06 + blur * 0.5) / (0.12 + blur)).clamp(0.0, 1.0));
    for lamp in &SOFTBOXES {
        let axis = lamp.towards.normalize();
        let depth = from.dot(axis);
        if depth <= 0.05 {
            continue;
        }
        let side = Vec3::Y.cross(axis).try_normalize().unwrap_or(Vec3::X);
        let p = Vec2::new(from.dot(side), from.dot(axis.cross(side))) / depth;
        let soft = Vec2::splat(0.06 + blur);
        let inside = (lamp.half + soft / 2.0 - p.abs()) / soft;
        let ease = |t: f32| {
            let t = t.clamp(0.0, 1.0);
            t * t * (3.0 - 2.0 * t)
        };
        // Blur spreads the same light over a larger area.
        let spread = (lamp.half / lamp.half.max(soft / 2.0)).element_product().min(1.0);
        light += lamp.radiance * ease(inside.x) * ease(inside.y) * spread;
    }
    light
}

/// A cube map from a function of direction (Bevy's world) and level.
fn cube(side: u32, levels: u32, light: impl Fn(Vec3, u32) -> Vec3) -> Image {
    let mut data = Vec::new();
    for face in 0..6 {
        for level in 0..levels {
            let n = side >> level;
            for y in 0..n {
                for x in 0..n {
                    let s = (x as f32 + 0.5) / n as f32 * 2.0 - 1.0;
                    let t = (y as f32 + 0.5) / n as f32 * 2.0 - 1.0;
                    let d = match face {
                        0 => Vec3::new(1.0, -t, -s),
                        1 => Vec3::new(-1.0, -t, s),
                        2 => Vec3::new(s, 1.0, t),
                        3 => Vec3::new(s, -1.0, -t),
                        4 => Vec3::new(s, -t, 1.0),
                        _ => Vec3::new(-s, -t, -1.0),
                    };
                    // Cube maps are left-handed.
                    let color = light((d * Vec3::new(1.0, 1.0, -1.0)).normalize(), level);
                    data.extend(color.extend(1.0).to_array().into_iter().flat_map(half_bytes));
                }
            }
        }
    }
    let extent = Extent3d { width: side, height: side, depth_or_array_layers: 6 };
    let mut image = Image::new_uninit(extent, TextureDimension::D2, TextureFormat::Rgba16Float, RenderAssetUsages::RENDER_WORLD);
    image.data = Some(data);
    image.texture_descriptor.mip_level_count = levels;
    image.texture_view_descriptor = Some(TextureViewDescriptor { dimension: Some(TextureViewDimension::Cube), ..default() });
    image.sampler = ImageSampler::linear();
    image
}
