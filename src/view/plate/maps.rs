//! The plate's textures: made for a run, kept up with the film.
//!
//! The kerf's tiles lie side by side in an atlas in the order in which they came to be; a small texture says where each place of the plate
//! has its tile. The atlas grows as tiles come to be.

use bevy::image::ImageSampler;
use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy::render::renderer::RenderAdapterInfo;

use super::heat;
use super::kerf_map::{KerfMap, SIDE};
use super::ramps;
use super::tracer::Tracer;
use super::upload::{Patch, Source, Uploads, texture};
use crate::view::session::Session;

/// Texels looked at in one frame of the picture at most: some 20 ms.
const TEXELS_A_FRAME: usize = 1_500_000;

/// Bytes of a tile of both textures.
const TILE_BYTES: usize = SIDE * SIDE * 5;

/// Tiles in a row of the atlas (plate.wgsl has it too), and its first rows.
const ACROSS: usize = 96;
const FIRST_ROWS: usize = 3;
/// No texture is longer than this on every card, texels.
const LONGEST: usize = 8192;

/// Maps of the plate of one run.
#[derive(Resource)]
pub struct Maps {
    /// Which run.
    pub generation: u64,
    /// Kerf.
    pub kerf: KerfMap,
    /// Atlas of distances to the kerf's edge.
    pub distance: Handle<Image>,
    /// Atlas of the instants at which it was cut.
    pub cut_at: Handle<Image>,
    /// Which tile of the atlas a place has: 0 none, 1 the first.
    pub slots: Handle<Image>,
    /// Rows of tiles in the atlas.
    pub rows: usize,
    /// Texture of temperature and peak.
    pub heat: Handle<Image>,
    /// Colours.
    pub ramps: Handle<Image>,
    /// Rolled surface.
    pub scale: Handle<Image>,
    taken: usize,
    tracer: Tracer,
}

impl Maps {
    /// Size of the kerf's atlas.
    pub fn atlas_texels(&self) -> Vec2 {
        Vec2::new((ACROSS * SIDE) as f32, (self.rows * SIDE) as f32)
    }

    /// Everything of the film is in the map, and the map on its way to the graphics card.
    pub fn is_current(&self, session: &Session) -> bool {
        self.generation == session.generation && self.taken == session.film.frames.len() && self.kerf.is_clean()
    }
}

/// Makes the maps when a run has its scene.
pub fn begin(
    session: Res<Session>,
    maps: Option<Res<Maps>>,
    adapter: Option<Res<RenderAdapterInfo>>,
    mut images: ResMut<Assets<Image>>,
    mut commands: Commands,
) {
    let Some(scene) = &session.scene else { return };
    if maps.as_ref().is_some_and(|maps| maps.generation == session.generation) {
        return;
    }
    let kerf = KerfMap::new(scene.plate.corner_in_machine_m, scene.plate.size_m);
    let on_card = adapter.is_none_or(|adapter| adapter.device_type != wgpu::DeviceType::Cpu);
    // Neither colours nor the rolled surface depend on the run.
    let (ramps, scale) = match &maps {
        Some(maps) => (maps.ramps.clone(), maps.scale.clone()),
        None => (images.add(ramps::ramps()), images.add(ramps::mill_scale(on_card))),
    };
    let [distance, cut_at] = atlas(FIRST_ROWS, &mut images);
    commands.insert_resource(Maps {
        generation: session.generation,
        distance,
        cut_at,
        slots: images.add(texture(kerf.tiles, TextureFormat::R16Uint, ImageSampler::nearest())),
        rows: FIRST_ROWS,
        heat: images.add(heat::image(heat::cells(&scene.plate.heat))),
        ramps,
        scale,
        kerf,
        taken: 0,
        tracer: Tracer::default(),
    });
}

/// The kerf's two textures with room for so many rows of tiles.
fn atlas(rows: usize, images: &mut Assets<Image>) -> [Handle<Image>; 2] {
    let size = [ACROSS * SIDE, rows * SIDE];
    [(TextureFormat::R8Unorm, ramps::clamped()), (TextureFormat::R32Float, ImageSampler::nearest())]
        .map(|(format, sampler)| images.add(texture(size, format, sampler)))
}

/// Lays the kerf of new frames into the map.
pub fn follow(session: Res<Session>, maps: Option<ResMut<Maps>>) {
    let Some(mut maps) = maps.filter(|maps| maps.generation == session.generation) else { return };
    if maps.taken == session.film.frames.len() {
        return;
    }
    let maps = &mut *maps;
    let mut looked_at = 0;
    while let Some(frame) = session.film.frames.get(maps.taken).filter(|_| looked_at < TEXELS_A_FRAME) {
        maps.taken += 1;
        looked_at += maps.tracer.take(frame, &mut maps.kerf);
    }
    if maps.taken == session.film.frames.len() {
        maps.tracer.flush(&mut maps.kerf);
    }
}

/// Sends tiles that have changed, as many as there is room for.
pub fn send(maps: Option<ResMut<Maps>>, mut uploads: ResMut<Uploads>, mut images: ResMut<Assets<Image>>) {
    let Some(mut maps) = maps.filter(|maps| !maps.kerf.is_clean()) else { return };
    let maps = &mut *maps;
    let wanted = maps.kerf.used().div_ceil(ACROSS);
    if wanted > maps.rows && maps.rows < LONGEST / SIDE {
        let rows = wanted.max(2 * maps.rows).min(LONGEST / SIDE);
        let larger = atlas(rows, &mut images);
        let size = [(ACROSS * SIDE) as u32, (maps.rows * SIDE) as u32];
        for (old, new) in [&mut maps.distance, &mut maps.cut_at].into_iter().zip(larger) {
            let from = std::mem::replace(old, new);
            uploads.push(Patch { image: old.id(), origin: [0; 2], size, from: Source::Image(from) });
        }
        maps.rows = rows;
    }
    let (distance, cut_at, slots) = (maps.distance.id(), maps.cut_at.id(), maps.slots.id());
    for changed in maps.kerf.take_changed(uploads.room() / TILE_BYTES) {
        let place = [changed.slot % ACROSS, changed.slot / ACROSS];
        if place[1] >= maps.rows {
            continue;
        }
        let mut push = |image, origin: [usize; 2], side: usize, data| {
            let (origin, size) = (origin.map(|n| n as u32), [side as u32; 2]);
            uploads.push(Patch { image, origin, size, from: Source::Bytes(data) });
        };
        let corner = place.map(|n| n * SIDE);
        push(distance, corner, SIDE, changed.tile.distance.to_vec());
        push(cut_at, corner, SIDE, changed.tile.cut_at_s.iter().flat_map(|s| s.to_le_bytes()).collect());
        push(slots, changed.place, 1, (changed.slot as u16 + 1).to_le_bytes().to_vec());
    }
}
