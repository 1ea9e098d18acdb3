//! Where a processor draws: the world at half the pixels each way while it moves, sharp again as soon as it stands.
//!
//! In: camera and playhead. Out: [`Enlarge`] on the camera of the world; its main pass draws into a corner of its part of the picture, and a
//! pass before bloom spreads that corner over the whole part. Panels and pictures that are kept are always sharp.

use super::rig::{Aim, Eye, Rig};
use super::state::{Playhead, ViewSet};
use super::studio::Canvas;
use bevy::asset::{embedded_asset, embedded_path};
use bevy::camera::MainPassResolutionOverride;
use bevy::core_pipeline::Core3dSystems;
use bevy::core_pipeline::fullscreen_material::{FullscreenMaterial, FullscreenMaterialPlugin};
use bevy::core_pipeline::tonemapping::tonemapping;
use bevy::ecs::schedule::ScheduleConfigs;
use bevy::ecs::system::BoxedSystem;
use bevy::prelude::*;
use bevy::render::extract_component::ExtractComponent;
use bevy::render::render_resource::ShaderType;
use bevy::render::sync_world::RenderEntity;
use bevy::render::{Extract, ExtractSchedule, RenderApp};
use bevy::shader::ShaderRef;

/// Pixels of the screen along one that is drawn.
const COARSER: u32 = 2;

/// The part of the picture that is drawn coarsely and spread, pixels.
#[derive(Component, ExtractComponent, ShaderType, Clone, Copy, Debug, Default, PartialEq)]
pub struct Enlarge {
    /// Its upper left corner.
    low: Vec2,
    /// Its size.
    size: Vec2,
    /// What is drawn of it, from the corner on.
    drawn: Vec2,
    unused: Vec2,
}

impl FullscreenMaterial for Enlarge {
    fn fragment_shader() -> ShaderRef {
        let path = bevy::asset::AssetPath::from_path_buf(embedded_path!("coarse.rs").with_file_name("coarse.wgsl"));
        ShaderRef::Path(path.with_source("embedded"))
    }

    fn schedule_configs(system: ScheduleConfigs<BoxedSystem>) -> ScheduleConfigs<BoxedSystem> {
        system.in_set(Core3dSystems::EarlyPostProcess).before(tonemapping)
    }
}

/// Adds it; it acts where [`Canvas::coarse`] says so.
pub struct CoarsePlugin;

impl Plugin for CoarsePlugin {
    fn build(&self, app: &mut App) {
        embedded_asset!(app, "coarse.wgsl");
        app.add_plugins(FullscreenMaterialPlugin::<Enlarge>::default());
        app.add_systems(Update, choose.after(ViewSet::Camera));
        if let Some(render) = app.get_sub_app_mut(RenderApp) {
            render.add_systems(ExtractSchedule, narrow);
        }
    }
}

/// Coarse while camera or instant differ from those of the frame before.
fn choose(
    canvas: Res<Canvas>,
    (rig, playhead): (Res<Rig>, Res<Playhead>),
    eyes: Query<(Entity, &Camera, Option<&Enlarge>), With<Eye>>,
    mut last: Local<Option<(Aim, f64)>>,
    mut commands: Commands,
) {
    let now = (rig.at, playhead.time_s);
    let moves = last.replace(now).is_some_and(|(at, time_s)| time_s != now.1 || !at.is_near(&now.0));
    for (entity, camera, before) in &eyes {
        let part = camera.viewport.as_ref().filter(|_| canvas.coarse && moves);
        let wanted = part.map(|part| Enlarge {
            low: part.physical_position.as_vec2(),
            size: part.physical_size.as_vec2(),
            drawn: (part.physical_size / COARSER).as_vec2(),
            unused: Vec2::ZERO,
        });
        match wanted {
            Some(wanted) if before != Some(&wanted) => {
                commands.entity(entity).insert(wanted);
            }
            None if before.is_some() => {
                commands.entity(entity).remove::<Enlarge>();
            }
            _ => (),
        }
    }
}

type Eyes<'w, 's> = Query<'w, 's, (RenderEntity, Option<&'static Enlarge>), With<Eye>>;

/// Tells the main pass.
fn narrow(eyes: Extract<Eyes>, mut commands: Commands) {
    for (entity, enlarge) in &eyes {
        match enlarge {
            Some(enlarge) => commands.entity(entity).insert(MainPassResolutionOverride(enlarge.drawn.as_uvec2())),
            None => commands.entity(entity).remove::<MainPassResolutionOverride>(),
        };
    }
}
