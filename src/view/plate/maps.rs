//! The plate's textures: made once for a run, kept up with the film.

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy::render::renderer::RenderAdapterInfo;

use super::heat;
use super::kerf_map::{KerfMap, TILE};
use super::ramps;
use super::tracer::Tracer;
use super::upload::{Patch, Uploads, texture};
use crate::view::session::Session;

/// Texels looked at in one frame of the picture at most: some 20 ms.
const TEXELS_A_FRAME: usize = 1_500_000;

/// Bytes of a tile of both textures.
const TILE_BYTES: usize = TILE * TILE * 5;

/// Maps of the plate of one run.
#[derive(Resource)]
pub struct Maps {
    /// Which run.
    pub generation: u64,
    /// Kerf.
    pub kerf: KerfMap,
    /// Texture of distances to the kerf's edge.
    pub distance: Handle<Image>,
    /// Texture of the instants at which it was cut.
    pub cut_at: Handle<Image>,
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
    let texels = kerf.texels();
    let on_card = adapter.is_none_or(|adapter| adapter.device_type != wgpu::DeviceType::Cpu);
    // Neither colours nor the rolled surface depend on the run.
    let (ramps, scale) = match &maps {
        Some(maps) => (maps.ramps.clone(), maps.scale.clone()),
        None => (images.add(ramps::ramps()), images.add(ramps::mill_scale(on_card))),
    };
    commands.insert_resource(Maps {
        generation: session.generation,
        distance: images.add(texture(texels, TextureFormat::R8Unorm, ramps::clamped())),
        cut_at: images.add(texture(texels, TextureFormat::R32Float, bevy::image::ImageSampler::nearest())),
        heat: images.add(heat::image(heat::cells(&scene.plate.heat))),
        ramps,
        scale,
        kerf,
        taken: 0,
        tracer: Tracer::default(),
    });
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
pub fn send(maps: Option<ResMut<Maps>>, mut uploads: ResMut<Uploads>) {
    let Some(mut maps) = maps.filter(|maps| !maps.kerf.is_clean()) else { return };
    let maps = &mut *maps;
    let (distance, cut_at) = (maps.distance.id(), maps.cut_at.id());
    for (x, y, tile) in maps.kerf.take_changed(uploads.room() / TILE_BYTES) {
        let (origin, size) = ([(x * TILE) as u32, (y * TILE) as u32], [TILE as u32; 2]);
        uploads.push(Patch { image: distance, origin, size, data: tile.distance.to_vec() });
        let data = tile.cut_at_s.iter().flat_map(|s| s.to_le_bytes()).collect();
        uploads.push(Patch { image: cut_at, origin, size, data });
    }
}
