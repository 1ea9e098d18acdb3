//! The room: lights, floor, backdrop, and the two cameras: one draws the world, one the panels over it.

use super::light;
use super::rig::{Eye, Rig};
use super::session::Session;
use super::state::{Look, Root};
use bevy::camera::visibility::RenderLayers;
use bevy::camera::{CameraOutputMode, Exposure, Hdr, RenderTarget, Viewport};
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::light::CascadeShadowConfigBuilder;
use bevy::pbr::{DistanceFog, FogFalloff};
use bevy::post_process::bloom::Bloom;
use bevy::prelude::*;
use bevy::render::render_resource::BlendState;
use bevy::render::view::{ColorGrading, ColorGradingGlobal, ColorGradingSection};
use bevy_egui::{EguiGlobalSettings, PrimaryEguiContext};
use std::f32::consts::FRAC_PI_2;

/// Where and how finely is drawn.
#[derive(Resource, Clone, Debug)]
pub struct Canvas {
    /// Image instead of the window.
    pub image: Option<Handle<Image>>,
    /// Samples a pixel: 1 where exposures are averaged, or where a processor draws.
    pub msaa: Msaa,
    /// Side of the shadow map, texels.
    pub shadows: usize,
}

/// Pixels each way below which the world is not fitted into the free part.
const LEAST_FREE: u32 = 48;

/// Marks the floor.
#[derive(Component)]
struct Floor;

/// Adds the room.
pub struct StudioPlugin;

impl Plugin for StudioPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, build);
        app.add_systems(Update, (frame, shade, floor).chain().in_set(super::state::ViewSet::Camera));
    }
}

fn build(world: &mut World) {
    world.resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    let turn = Transform::from_rotation(Quat::from_rotation_x(-FRAC_PI_2));
    let root = world.spawn((turn, Visibility::default())).id();
    world.insert_resource(Root(root));
    let canvas = world.resource::<Canvas>().clone();
    world.insert_resource(GlobalAmbientLight::NONE);
    world.insert_resource(bevy::light::DirectionalLightShadowMap { size: canvas.shadows });
    light::spawn(world, 4.0);
    let floor = light::floor(world, -0.8);
    world.entity_mut(floor).insert(Floor);
    let environment = light::environment(&mut world.resource_mut::<Assets<Image>>());
    let target = || canvas.image.clone().map_or_else(RenderTarget::default, |image| RenderTarget::Image(image.into()));
    world.spawn((
        Eye,
        Camera3d::default(),
        Camera { order: 0, ..default() },
        target(),
        canvas.msaa,
        Hdr,
        Tonemapping::AcesFitted,
        Exposure::BLENDER,
        grading(),
        Bloom { intensity: 0.06, ..Bloom::NATURAL },
        environment,
        DistanceFog::default(),
    ));
    world.spawn((
        PrimaryEguiContext,
        Camera2d,
        RenderLayers::none(),
        Camera {
            order: 1,
            output_mode: CameraOutputMode::Write {
                blend_state: Some(BlendState::ALPHA_BLENDING),
                clear_color: ClearColorConfig::None,
            },
            clear_color: ClearColorConfig::Custom(Color::NONE),
            ..default()
        },
        target(),
        Msaa::Off,
    ));
}

/// A little more contrast and colour than the tone mapping leaves.
fn grading() -> ColorGrading {
    let section = ColorGradingSection { contrast: 1.0, saturation: 1.04, ..default() };
    let global = ColorGradingGlobal { exposure: 0.05, post_saturation: 1.04, ..default() };
    ColorGrading { global, shadows: section, midtones: section, highlights: section }
}

/// Draws the world into the free part of the picture.
fn frame(rig: Res<Rig>, mut eyes: Query<&mut Camera, With<Eye>>) {
    for mut camera in &mut eyes {
        let Some(whole) = camera.physical_target_size() else { continue };
        let (mut low, high) = (
            (rig.free.min * rig.pixels).round().max(Vec2::ZERO).as_uvec2(),
            (rig.free.max * rig.pixels).round().as_uvec2().min(whole),
        );
        let mut size = high.saturating_sub(low);
        // Where panels leave nothing free, the world lies behind them: slits are more than textures can be long.
        if size.min_element() < LEAST_FREE {
            (low, size) = (UVec2::ZERO, whole);
        }
        let wanted = Some(Viewport { physical_position: low, physical_size: size, ..default() });
        let same = camera.viewport.as_ref().is_some_and(|v| v.physical_position == low && v.physical_size == size);
        if !same {
            camera.viewport = wanted;
        }
    }
}

/// Backdrop, fog and shadows for the distance that is looked from.
fn shade(
    rig: Res<Rig>,
    look: Res<Look>,
    mut clear: ResMut<ClearColor>,
    mut eyes: Query<&mut DistanceFog, With<Eye>>,
    keys: Query<Entity, With<light::Key>>,
    mut commands: Commands,
    mut last: Local<f32>,
) {
    let backdrop = if look.light { light::LIGHT_BACKDROP } else { light::BACKDROP };
    if clear.0 != backdrop {
        clear.0 = backdrop;
    }
    let distance = rig.at.distance;
    for mut fog in &mut eyes {
        // Straight from above nothing is far.
        let (start, end) = if rig.at.flat { (50.0, 60.0) } else { (distance * 1.1 + 2.0, distance * 2.4 + 6.0) };
        *fog = DistanceFog { color: backdrop, falloff: FogFalloff::Linear { start, end }, ..default() };
    }
    if (*last / distance - 1.0).abs() > 0.15 || *last == 0.0 {
        *last = distance;
        let reach = if rig.at.flat { 8.0 } else { distance * 2.2 + 0.4 };
        let cascades = CascadeShadowConfigBuilder {
            num_cascades: 2,
            minimum_distance: (distance * 0.1).min(0.2),
            maximum_distance: reach,
            first_cascade_far_bound: reach * 0.55,
            overlap_proportion: 0.1,
        };
        for key in &keys {
            commands.entity(key).insert(cascades.build());
        }
    }
}

/// Puts the floor under the table's feet.
fn floor(session: Option<Res<Session>>, mut floors: Query<&mut Transform, With<Floor>>) {
    let Some(scene) = session.as_ref().and_then(|session| session.scene.as_ref()) else { return };
    let height = -(scene.machine.look.table_height_m as f32);
    for mut place in &mut floors {
        if place.translation.y != height {
            place.translation.y = height;
        }
    }
}
