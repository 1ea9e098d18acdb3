//! From the render target to a PNG: exposures are read back in the frame that drew them, averaged
//! as light (not as code values), and written.

use bevy::prelude::*;
use bevy::render::extract_resource::{ExtractResource, ExtractResourcePlugin};
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    BufferDescriptor, BufferUsages, CommandEncoderDescriptor, Extent3d, MapMode, PollType, TexelCopyBufferInfo,
    TexelCopyBufferLayout, TextureFormat, TextureUsages,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use bevy::render::{Render, RenderApp, RenderSystems};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The image that the camera draws into, and the bytes that came back from it.
#[derive(Resource, Clone, ExtractResource)]
pub struct Film {
    /// Render target.
    pub image: Handle<Image>,
    size: UVec2,
    armed: bool,
    bytes: Arc<Mutex<Option<Vec<u8>>>>,
}

/// Adds the read-back to an app that has the render plugin, and the render target.
pub fn install(app: &mut App, size: UVec2) -> Film {
    let mut image = Image::new_target_texture(size.x, size.y, TextureFormat::Rgba8UnormSrgb, None);
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    let image = app.world_mut().resource_mut::<Assets<Image>>().add(image);
    let film = Film { image, size, armed: false, bytes: Arc::default() };
    app.insert_resource(film.clone());
    app.add_plugins(ExtractResourcePlugin::<Film>::default());
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render.add_systems(Render, read_back.after(RenderSystems::Render).before(RenderSystems::Cleanup));
    }
    film
}

/// Draws one frame and says its pixels, row by row, four bytes each.
pub fn expose(app: &mut App) -> Result<Vec<u8>, String> {
    app.world_mut().resource_mut::<Film>().armed = true;
    app.update();
    let mut film = app.world_mut().resource_mut::<Film>();
    film.armed = false;
    let bytes = film.bytes.lock().map_err(|_| "the picture's buffer is poisoned".to_string())?.take();
    bytes.ok_or_else(|| "the picture did not come back from the graphics driver".to_string())
}

fn read_back(film: Res<Film>, images: Res<RenderAssets<GpuImage>>, device: Res<RenderDevice>, queue: Res<RenderQueue>) {
    let Some(source) = images.get(&film.image).filter(|_| film.armed) else { return };
    let row = film.size.x as usize * 4;
    let padded = RenderDevice::align_copy_bytes_per_row(row);
    let buffer = device.create_buffer(&BufferDescriptor {
        label: Some("picture"),
        size: (padded * film.size.y as usize) as u64,
        usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
    let layout = TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(padded as u32), rows_per_image: None };
    encoder.copy_texture_to_buffer(
        source.texture.as_image_copy(),
        TexelCopyBufferInfo { buffer: &buffer, layout },
        Extent3d { width: film.size.x, height: film.size.y, depth_or_array_layers: 1 },
    );
    queue.submit([encoder.finish()]);
    let mapped = Arc::new(Mutex::new(false));
    let done = mapped.clone();
    buffer.slice(..).map_async(MapMode::Read, move |result| {
        if let Ok(mut done) = done.lock() {
            *done = result.is_ok();
        }
    });
    let waited = device.poll(PollType::wait_indefinitely()).is_ok();
    if !waited || !mapped.lock().is_ok_and(|done| *done) {
        return;
    }
    let view = buffer.slice(..).get_mapped_range();
    let bytes = view.chunks(padded).flat_map(|line| &line[..row]).copied().collect();
    if let Ok(mut slot) = film.bytes.lock() {
        *slot = Some(bytes);
    }
}

/// Averages exposures as light.
pub fn average(exposures: &[Vec<u8>]) -> Vec<u8> {
    let linear: Vec<f32> = (0..256).map(|v| Color::srgb_u8(v as u8, 0, 0).to_linear().red).collect();
    let count = exposures.len() as f32;
    (0..exposures[0].len())
        .map(|k| {
            let mean = exposures.iter().map(|bytes| linear[bytes[k] as usize]).sum::<f32>() / count;
            (Color::linear_rgb(mean, 0.0, 0.0).to_srgba().red * 255.0 + 0.5) as u8
        })
        .collect()
}

/// Writes RGBA pixels as a PNG without transparency.
pub fn write_png(path: &Path, size: UVec2, rgba: &[u8]) -> Result<(), String> {
    let place = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = std::fs::File::create(path).map_err(|e| place(&e))?;
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), size.x, size.y);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut writer = encoder.write_header().map_err(|e| place(&e))?;
    writer.write_image_data(&rgb).map_err(|e| place(&e))?;
    writer.finish().map_err(|e| place(&e))
}
