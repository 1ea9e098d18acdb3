//! Colour ramps and the plate's rolled surface as textures for the shader.
//!
//! The colours of temperature and glow are those of [`palette`](crate::view::palette): the shader looks them up in a texture that is
//! made from its functions here, so that picture and drawn scale cannot differ.

use bevy::asset::RenderAssetUsages;
use bevy::image::{ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor};
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

use crate::view::palette::{false_color, glow, half_bytes, hash, scale_position};

/// Texels of a ramp.
const STEPS: usize = 256;
/// Rows of the texture: false colour over the root of the temperature between [`FALSE_C`] (so that warm and hot are both fine), glow over
/// [`GLOW_C`] and temper colour over [`TEMPER_C`].
const ROWS: usize = 3;
/// Temperatures at the ends of the row of false colours, °C: more than the scale of [`palette`](crate::view::palette) has.
pub const FALSE_C: [f32; 2] = [20.0, 1300.0];
/// Temperatures at the ends of the row of glow, °C.
pub const GLOW_C: [f32; 2] = [500.0, 1600.0];
/// Peak temperatures at the ends of the row of temper colours, °C.
pub const TEMPER_C: [f32; 2] = [180.0, 480.0];

/// Side of the tile of rolled surface, texels.
const TILE: usize = 1024;

/// Linear sampling that ends at the borders.
pub fn clamped() -> ImageSampler {
    ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: ImageAddressMode::ClampToEdge,
        address_mode_v: ImageAddressMode::ClampToEdge,
        ..ImageSamplerDescriptor::linear()
    })
}

/// The ramps, one a row, linear light.
pub fn ramps() -> Image {
    let mut data = Vec::with_capacity(STEPS * ROWS * 8);
    let mut put = |color: Vec3, cover: f32| data.extend(color.extend(cover).to_array().into_iter().flat_map(half_bytes));
    let share = |k: usize| k as f32 / (STEPS - 1) as f32;
    let between = |[low, high]: [f32; 2], k: usize| low + (high - low) * share(k);
    for k in 0..STEPS {
        let temperature_c = FALSE_C[0] + (FALSE_C[1] - FALSE_C[0]) * share(k).powi(2);
        put(before_tone_mapping(linear(false_color(scale_position(temperature_c)))), 1.0);
    }
    for k in 0..STEPS {
        put(glow(between(GLOW_C, k)), 1.0);
    }
    for k in 0..STEPS {
        let (color, cover) = temper(between(TEMPER_C, k));
        put(linear(color), cover);
    }
    let extent = Extent3d { width: STEPS as u32, height: ROWS as u32, depth_or_array_layers: 1 };
    let mut image = Image::new(extent, TextureDimension::D2, data, TextureFormat::Rgba16Float, RenderAssetUsages::RENDER_WORLD);
    image.sampler = clamped();
    image
}

fn linear(srgb: Vec3) -> Vec3 {
    Color::srgb(srgb.x, srgb.y, srgb.z).to_linear().to_vec3()
}

/// Light that the camera's tone mapping (the fitted curve of Bevy's `AcesFitted`) shows as this colour: the curve turned round, so that
/// false colours look in the picture as they do on the drawn scale.
fn before_tone_mapping(shown: Vec3) -> Vec3 {
    let to_curve = Mat3::from_cols_array(&[0.59719, 0.07600, 0.02840, 0.35458, 0.90834, 0.13383, 0.04823, 0.01566, 0.83777]);
    let from_curve =
        Mat3::from_cols_array(&[1.60475, -0.10208, -0.00327, -0.53108, 1.10813, -0.07276, -0.07367, -0.00605, 1.07602]);
    let curved = from_curve.inverse() * shown.min(Vec3::splat(0.98));
    // y = (x² + a x − b)/(c x² + d x + e), the larger root.
    let back = |y: f32| {
        let y = y.clamp(0.0, 0.96);
        let (a, b, c) = (1.0 - 0.983_729 * y, 0.024_578_6 - 0.432_951 * y, -0.000_090_537 - 0.238_081 * y);
        ((b * b - 4.0 * a * c).max(0.0).sqrt() - b) / (2.0 * a)
    };
    (to_curve.inverse() * Vec3::from_array(curved.to_array().map(back))).max(Vec3::ZERO)
}

/// Colour that a peak temperature leaves on bare steel by its film of oxide (sRGB), and how much of the surface shows it. Basis: the
/// usual table of temper colours of carbon steel (straw 220 °C, brown 255, purple 275, blue 300, light blue 330, grey above 370); on mill
/// scale they show only in part.
fn temper(peak_c: f32) -> (Vec3, f32) {
    const COLORS: [(f32, [f32; 3], f32); 9] = [
        (185.0, [0.62, 0.58, 0.48], 0.0),
        (220.0, [0.72, 0.60, 0.33], 0.50),
        (245.0, [0.62, 0.42, 0.20], 0.62),
        (265.0, [0.46, 0.24, 0.28], 0.66),
        (285.0, [0.30, 0.20, 0.46], 0.70),
        (305.0, [0.16, 0.24, 0.55], 0.70),
        (335.0, [0.30, 0.42, 0.58], 0.58),
        (375.0, [0.37, 0.40, 0.43], 0.42),
        (470.0, [0.22, 0.22, 0.23], 0.55),
    ];
    let after = COLORS.iter().position(|(c, ..)| *c > peak_c);
    match after {
        Some(0) => (Vec3::from_array(COLORS[0].1), 0.0),
        None => (Vec3::from_array(COLORS[8].1), COLORS[8].2),
        Some(k) => {
            let (a, b) = (&COLORS[k - 1], &COLORS[k]);
            let t = (peak_c - a.0) / (b.0 - a.0);
            (Vec3::from_array(a.1).lerp(Vec3::from_array(b.1), t), a.2 + (b.2 - a.2) * t)
        }
    }
}

/// Value noise from 0 to 1 that repeats after `period` cells.
fn tiled_noise(x: f32, y: f32, period: [i32; 2], seed: u32) -> f32 {
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (x.floor(), y.floor());
    let at = |dx: i32, dy: i32| hash((fx as i32 + dx).rem_euclid(period[0]), (fy as i32 + dy).rem_euclid(period[1]), seed);
    let (tx, ty) = (ease(x - fx), ease(y - fy));
    let low = at(0, 0) + (at(1, 0) - at(0, 0)) * tx;
    low + (at(0, 1) + (at(1, 1) - at(0, 1)) * tx - low) * ty
}

/// The rolled surface as a tile that repeats: shade of the fine grain, clouds, rust, roughness. The shader lays it on the plate at more
/// than one size. `fine`: sampled anisotropically, which a processor that draws takes far too long for.
pub fn mill_scale(fine: bool) -> Image {
    let noise = |x: usize, y: usize, cells: [i32; 2], seed: u32| {
        let place = |k: usize, n: i32| k as f32 / TILE as f32 * n as f32;
        tiled_noise(place(x, cells[0]), place(y, cells[1]), cells, seed)
    };
    let mut level = Vec::with_capacity(TILE * TILE);
    for y in 0..TILE {
        for x in 0..TILE {
            let grain = 0.55 * noise(x, y, [512, 512], 4) + 0.45 * noise(x, y, [170, 190], 14);
            let streak = 0.6 * noise(x, y, [12, 230], 3) + 0.4 * noise(x, y, [5, 90], 13);
            let cloud = 0.5 * noise(x, y, [7, 8], 1) + 0.3 * noise(x, y, [23, 21], 2) + 0.2 * noise(x, y, [61, 57], 7);
            let flake = noise(x, y, [44, 40], 9) * 0.6 + noise(x, y, [110, 120], 10) * 0.4;
            let rust = ((flake - 0.62) * 5.0).clamp(0.0, 1.0) * cloud;
            let rough = 0.5 * noise(x, y, [38, 34], 5) + 0.5 * noise(x, y, [260, 240], 6);
            level.push(Vec4::new(0.6 * grain + 0.4 * streak, cloud, rust, rough));
        }
    }
    let (mut data, mut side, mut levels) = (Vec::new(), TILE, 0);
    loop {
        data.extend(level.iter().flat_map(|v| v.to_array()).map(|v| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
        levels += 1;
        if side == 1 {
            break;
        }
        let half = side / 2;
        let at = |x: usize, y: usize| level[y * side + x];
        level = (0..half * half)
            .map(|k| (2 * (k % half), 2 * (k / half)))
            .map(|(x, y)| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0)
            .collect();
        side = half;
    }
    let extent = Extent3d { width: TILE as u32, height: TILE as u32, depth_or_array_layers: 1 };
    let mut image = Image::new_uninit(extent, TextureDimension::D2, TextureFormat::Rgba8Unorm, RenderAssetUsages::RENDER_WORLD);
    image.data = Some(data);
    image.texture_descriptor.mip_level_count = levels;
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: ImageAddressMode::Repeat,
        address_mode_v: ImageAddressMode::Repeat,
        mipmap_filter: ImageFilterMode::Linear,
        anisotropy_clamp: if fine { 8 } else { 1 },
        ..ImageSamplerDescriptor::linear()
    });
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The curve as Stephen Hill published it (ACES fit, BakingLab).
    fn tone_mapped(color: Vec3) -> Vec3 {
        let rows = |m: [[f32; 3]; 3], v: Vec3| Vec3::from_array(m.map(|row| Vec3::from_array(row).dot(v)));
        let v = rows([[0.59719, 0.35458, 0.04823], [0.07600, 0.90834, 0.01566], [0.02840, 0.13383, 0.83777]], color);
        let fit = |v: f32| (v * (v + 0.024_578_6) - 0.000_090_537) / (v * (0.983_729 * v + 0.432_951) + 0.238_081);
        let v = Vec3::from_array(v.to_array().map(fit));
        rows([[1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602]], v)
    }

    #[test]
    fn false_colours_come_through_the_tone_mapping_as_they_were() {
        for k in 0..=20 {
            let wanted = linear(false_color(k as f32 / 20.0));
            let seen = tone_mapped(before_tone_mapping(wanted)).clamp(Vec3::ZERO, Vec3::ONE);
            let srgb = |c: Vec3| Color::linear_rgb(c.x, c.y, c.z).to_srgba().to_vec3();
            let off = (srgb(seen) - srgb(wanted)).abs().max_element();
            // The curve cannot show the purest yellow.
            assert!(off < 0.07, "{k}: {} became {}", srgb(wanted), srgb(seen));
        }
    }

    #[test]
    fn the_surface_repeats_without_a_seam() {
        for k in 0..40 {
            let y = k as f32 * 0.37;
            assert!((tiled_noise(0.0, y, [7, 8], 1) - tiled_noise(7.0, y, [7, 8], 1)).abs() < 1e-6);
        }
    }
}
