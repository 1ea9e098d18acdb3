//! Parts of textures that have changed, on their way to the graphics card.
//!
//! In: [`Patch`]es, a bounded number of bytes a frame. Out: `RenderQueue::write_texture` into the texture that is there already; what has
//! become too small is copied into a larger one on the card itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bevy::asset::RenderAssetUsages;
use bevy::image::ImageSampler;
use bevy::prelude::*;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    CommandEncoderDescriptor, Extent3d, Origin3d, TexelCopyBufferLayout, TexelCopyTextureInfo, TextureAspect, TextureDimension,
    TextureFormat, TextureUsages,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use bevy::render::{ExtractSchedule, MainWorld, Render, RenderApp, RenderSystems};

/// Bytes that go to the graphics card in one frame at most.
pub const BYTES_A_FRAME: usize = 4 << 20;

/// A rectangle of a texture.
pub struct Patch {
    /// Texture.
    pub image: AssetId<Image>,
    /// Low corner, texels.
    pub origin: [u32; 2],
    /// Size, texels.
    pub size: [u32; 2],
    /// What goes there.
    pub from: Source,
}

/// What a rectangle is filled with.
pub enum Source {
    /// Texels, row by row.
    Bytes(Vec<u8>),
    /// The same rectangle of another texture.
    Image(Handle<Image>),
}

/// What is to be written in this frame.
#[derive(Resource, Default)]
pub struct Uploads {
    patches: Vec<Patch>,
    in_flight: Arc<AtomicUsize>,
    this_frame: usize,
    /// Most bytes that went in one frame so far.
    pub most_bytes: usize,
    /// Bytes that went in all.
    pub all_bytes: u64,
}

impl Uploads {
    /// Bytes that may still be added in this frame.
    pub fn room(&self) -> usize {
        BYTES_A_FRAME.saturating_sub(self.this_frame)
    }

    /// Adds a patch.
    pub fn push(&mut self, patch: Patch) {
        if let Source::Bytes(data) = &patch.from {
            self.this_frame += data.len();
            self.all_bytes += data.len() as u64;
        }
        self.most_bytes = self.most_bytes.max(self.this_frame);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.patches.push(patch);
    }

    /// Everything that was added has been written.
    pub fn are_done(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) == 0
    }
}

/// What the render world has to write.
#[derive(Resource, Default)]
struct Writes {
    patches: Vec<Patch>,
    in_flight: Arc<AtomicUsize>,
}

/// Adds the way to the graphics card.
pub fn install(app: &mut App) {
    app.init_resource::<Uploads>();
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render
            .init_resource::<Writes>()
            .add_systems(ExtractSchedule, take)
            .add_systems(Render, write.in_set(RenderSystems::PrepareResources));
    }
}

fn take(mut main: ResMut<MainWorld>, mut writes: ResMut<Writes>) {
    if let Some(mut uploads) = main.get_resource_mut::<Uploads>() {
        uploads.this_frame = 0;
        writes.patches.append(&mut uploads.patches);
        writes.in_flight = uploads.in_flight.clone();
    }
}

fn write(mut writes: ResMut<Writes>, images: Res<RenderAssets<GpuImage>>, device: Res<RenderDevice>, queue: Res<RenderQueue>) {
    let done = writes.in_flight.clone();
    // A texture that is not there yet is there in the next frame; one that is gone never will be, and has no patches after this.
    writes.patches.retain(|patch| {
        let Some(image) = images.get(patch.image) else { return true };
        let [width, height] = patch.size;
        let origin = Origin3d { x: patch.origin[0], y: patch.origin[1], z: 0 };
        let extent = Extent3d { width, height, depth_or_array_layers: 1 };
        match &patch.from {
            Source::Bytes(data) => {
                let bytes_per_row = Some(data.len() as u32 / height.max(1));
                let layout = TexelCopyBufferLayout { offset: 0, bytes_per_row, rows_per_image: Some(height) };
                queue.write_texture(place(image, origin), data, layout, extent);
            }
            Source::Image(from) => {
                let Some(from) = images.get(from) else { return true };
                let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
                encoder.copy_texture_to_texture(place(from, origin), place(image, origin), extent);
                queue.submit([encoder.finish()]);
            }
        }
        done.fetch_sub(1, Ordering::Relaxed);
        false
    });
}

fn place(image: &GpuImage, origin: Origin3d) -> TexelCopyTextureInfo<'_> {
    TexelCopyTextureInfo { texture: &image.texture, mip_level: 0, origin, aspect: TextureAspect::All }
}

/// An empty texture (all zeros) that patches are written into.
pub fn texture(size: [usize; 2], format: TextureFormat, sampler: ImageSampler) -> Image {
    let extent = Extent3d { width: size[0].max(1) as u32, height: size[1].max(1) as u32, depth_or_array_layers: 1 };
    let mut image = Image::new_uninit(extent, TextureDimension::D2, format, RenderAssetUsages::RENDER_WORLD);
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    image.sampler = sampler;
    image
}
