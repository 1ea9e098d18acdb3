//! How many of the picture's shaders are still being built: until then what they draw is missing, and a window says so.
//!
//! In: the render world's cache. Out: [`Pipelines`].

use bevy::prelude::*;
use bevy::render::render_resource::PipelineCache;
use bevy::render::{ExtractSchedule, MainWorld, RenderApp};

/// Shaders that are still being built, as of the last frame.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pipelines {
    /// How many.
    pub waiting: usize,
}

/// Adds the count.
pub fn install(app: &mut App) {
    app.init_resource::<Pipelines>();
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render.add_systems(ExtractSchedule, count);
    }
}

fn count(mut main: ResMut<MainWorld>, cache: Res<PipelineCache>) {
    if let Some(mut pipelines) = main.get_resource_mut::<Pipelines>() {
        let waiting = cache.waiting_pipelines().count();
        pipelines.set_if_neq(Pipelines { waiting });
    }
}
