//! The plate as it is now: its pieces as solids with real kerf between them, mill scale, heat tint
//! and glow. Parts that dropped lie where the rigid bodies came to rest.

use super::layout::Layout;
use crate::view::palette::{false_color, false_color_cover, glow, half_bytes, noise, scale_position};
use crate::view::parts_drop;
use crate::view::polygon::Polygon;
use crate::view::still::{HeatView, PlateView, Still};
use bevy::asset::RenderAssetUsages;
use bevy::image::{ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor};
use bevy::math::DVec2;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

/// Texels along the longer side of the plate.
const TEXELS: u32 = 2048;
/// Contours are drawn to this.
const TOLERANCE_M: f64 = 2e-5;

/// Adds the pieces of the plate.
pub fn spawn(world: &mut World, root: Entity, still: &Still, layout: &Layout) {
    let plate = &still.plate;
    let polygons: Vec<Polygon> = plate.pieces.iter().map(|piece| Polygon::new(&piece.outer, &piece.holes, TOLERANCE_M)).collect();
    let rests = parts_drop::rest_poses(still, layout, &polygons);
    let (top, edge) = materials(world, plate);
    let thickness = plate.thickness_m as f32;
    for (k, polygon) in polygons.iter().enumerate().filter(|(_, polygon)| !polygon.is_empty()) {
        let prism = polygon.prism(-thickness, 0.0, |p| texture_place(plate, p));
        let place = rests[k];
        for (solid, material) in [(prism.caps, &top), (prism.walls, &edge)] {
            let mesh = world.resource_mut::<Assets<Mesh>>().add(solid.into_mesh());
            world.spawn((Mesh3d(mesh), MeshMaterial3d(material.clone()), place, ChildOf(root)));
        }
    }
}

fn texture_place(plate: &PlateView, p: DVec2) -> [f32; 2] {
    [0, 1].map(|axis| ((p[axis] - plate.corner_m[axis]) / plate.size_m[axis].max(1e-6)) as f32)
}

/// Materials of the rolled faces and of the cut edges.
fn materials(world: &mut World, plate: &PlateView) -> (Handle<StandardMaterial>, Handle<StandardMaterial>) {
    let longest = plate.size_m[0].max(plate.size_m[1]).max(1e-6);
    let size = plate.size_m.map(|side| ((side / longest * f64::from(TEXELS)) as u32).max(8));
    let temperature = sample_heat(plate, size);
    let color = image(size, TextureFormat::Rgba8UnormSrgb, |x, y| {
        let t = temperature[(y * size[0] + x) as usize];
        let scale = mill_scale(x as f32 / TEXELS as f32 * longest as f32, y as f32 / TEXELS as f32 * longest as f32);
        (scale * (1.0 - false_color_cover(t))).extend(1.0)
    });
    let surface = image(size, TextureFormat::Rgba8Unorm, |x, y| {
        let (px, py) = (x as f32 / TEXELS as f32 * longest as f32, y as f32 / TEXELS as f32 * longest as f32);
        let rough = 0.42 + 0.2 * noise(px * 38.0, py * 38.0, 5) + 0.1 * noise(px * 400.0, py * 400.0, 6);
        let metal = 1.0 - false_color_cover(temperature[(y * size[0] + x) as usize]);
        Vec4::new(1.0, rough, 0.6 * metal, 1.0)
    });
    // False colour shines by itself, so that it is the same in light and shadow.
    let light = image(size, TextureFormat::Rgba16Float, |x, y| {
        let t = temperature[(y * size[0] + x) as usize];
        let false_color = false_color(scale_position(t));
        let tint = Color::srgb(false_color.x, false_color.y, false_color.z).to_linear().to_vec3();
        (tint * false_color_cover(t) * 0.8 + glow(t)).extend(1.0)
    });
    let mut images = world.resource_mut::<Assets<Image>>();
    let (color, surface, light) = (images.add(color), images.add(surface), images.add(light));
    let hot = plate.heat.is_some();
    let rolled = StandardMaterial {
        base_color_texture: Some(color),
        metallic_roughness_texture: Some(surface),
        metallic: 1.0,
        perceptual_roughness: 1.0,
        emissive: if hot { LinearRgba::WHITE } else { LinearRgba::BLACK },
        emissive_texture: Some(light.clone()),
        ..default()
    };
    let cut = StandardMaterial {
        base_color: Color::srgb(0.62, 0.61, 0.6),
        base_color_texture: None,
        metallic: 0.85,
        perceptual_roughness: 0.42,
        emissive: rolled.emissive,
        emissive_texture: Some(light),
        ..default()
    };
    let mut materials = world.resource_mut::<Assets<StandardMaterial>>();
    (materials.add(rolled), materials.add(cut))
}

/// Temperature of each texel, from the cells' centres, linear between them.
fn sample_heat(plate: &PlateView, size: [u32; 2]) -> Vec<f32> {
    let Some(heat) = plate.heat.as_ref().filter(|heat| is_complete(heat)) else {
        return vec![20.0; (size[0] * size[1]) as usize];
    };
    let mut out = Vec::with_capacity((size[0] * size[1]) as usize);
    for y in 0..size[1] {
        for x in 0..size[0] {
            let at = |axis: usize, texel: u32| {
                let p = plate.corner_m[axis] + (f64::from(texel) + 0.5) / f64::from(size[axis]) * plate.size_m[axis];
                let cell = (p - heat.corner_m[axis]) / heat.cell_m - 0.5;
                cell.clamp(0.0, (heat.cells[axis] - 1) as f64)
            };
            out.push(between(heat, at(0, x), at(1, y)));
        }
    }
    out
}

fn is_complete(heat: &HeatView) -> bool {
    heat.cell_m > 0.0 && heat.cells.iter().all(|n| *n > 0) && heat.temperature_c.len() >= heat.cells[0] * heat.cells[1]
}

fn between(heat: &HeatView, x: f64, y: f64) -> f32 {
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(heat.cells[0] - 1), (y0 + 1).min(heat.cells[1] - 1));
    let (fx, fy) = ((x - x0 as f64) as f32, (y - y0 as f64) as f32);
    let t = |i: usize, j: usize| heat.temperature_c[j * heat.cells[0] + i];
    let low = t(x0, y0) + (t(x1, y0) - t(x0, y0)) * fx;
    let high = t(x0, y1) + (t(x1, y1) - t(x0, y1)) * fx;
    low + (high - low) * fy
}

/// Colour of hot-rolled steel with its scale (sRGB): blue-grey, clouded, with rolling streaks.
fn mill_scale(x: f32, y: f32) -> Vec3 {
    let cloud = noise(x * 9.0, y * 9.0, 1) * 0.6 + noise(x * 31.0, y * 31.0, 2) * 0.4;
    let streak = noise(x * 6.0, y * 160.0, 3);
    let grain = noise(x * 900.0, y * 900.0, 4);
    let shade = 0.40 + 0.09 * (cloud - 0.5) + 0.022 * (streak - 0.5) + 0.05 * (grain - 0.5);
    let rust = ((noise(x * 14.0, y * 14.0, 9) - 0.68) * 3.0).clamp(0.0, 1.0) * 0.35 * cloud;
    Vec3::new(shade * 0.97, shade * 0.99, shade * 1.05).lerp(Vec3::new(0.45, 0.34, 0.27), rust)
}

fn image(size: [u32; 2], format: TextureFormat, texel: impl Fn(u32, u32) -> Vec4) -> Image {
    let mut level: Vec<Vec4> = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y))).map(|(x, y)| texel(x, y)).collect();
    let (mut data, mut now, mut levels) = (Vec::new(), size, 0);
    loop {
        let values = level.iter().flat_map(|v| v.to_array());
        if format == TextureFormat::Rgba16Float {
            data.extend(values.flat_map(half_bytes));
        } else {
            data.extend(values.map(|v| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
        }
        levels += 1;
        if now == [1, 1] {
            break;
        }
        (level, now) = halved(&level, now);
    }
    let extent = Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 };
    let mut image = Image::new_uninit(extent, TextureDimension::D2, format, RenderAssetUsages::RENDER_WORLD);
    image.data = Some(data);
    image.texture_descriptor.mip_level_count = levels;
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: ImageAddressMode::ClampToEdge,
        address_mode_v: ImageAddressMode::ClampToEdge,
        mag_filter: ImageFilterMode::Linear,
        min_filter: ImageFilterMode::Linear,
        mipmap_filter: ImageFilterMode::Linear,
        ..default()
    });
    image
}

/// The next smaller level of a texture.
fn halved(level: &[Vec4], size: [u32; 2]) -> (Vec<Vec4>, [u32; 2]) {
    let half = size.map(|n| (n / 2).max(1));
    let at = |x: u32, y: u32| level[(y.min(size[1] - 1) * size[0] + x.min(size[0] - 1)) as usize];
    let out = (0..half[1])
        .flat_map(|y| (0..half[0]).map(move |x| (2 * x, 2 * y)))
        .map(|(x, y)| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0)
        .collect();
    (out, half)
}
