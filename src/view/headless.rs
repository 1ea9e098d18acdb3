//! Bevy without a window: the plugins that drawing needs, the camera, and waiting until every
//! pipeline is there.

use super::capture::Film;
use super::overlay::{self, Panel};
use super::scene3d::layout::Layout;
use super::still::{Camera as View, Still};
use super::{camera, light, scene3d};
use bevy::app::PluginsState;
use bevy::camera::{Exposure, Hdr, RenderTarget, SubCameraView, Viewport};
use bevy::core_pipeline::prepass::DepthPrepass;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::pbr::{DistanceFog, FogFalloff};
use bevy::post_process::bloom::Bloom;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::RenderPlugin;
use bevy::render::render_resource::PipelineCache;
use bevy::render::settings::{Backends, WgpuSettings};
use bevy::render::view::{ColorGrading, ColorGradingGlobal, ColorGradingSection};

use bevy::window::{ExitCondition, WindowPlugin};
use bevy_egui::{EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext};

/// Frames without a waiting pipeline before the picture is taken.
const QUIET_FRAMES: u32 = 4;
/// More frames than any driver needs.
const MOST_FRAMES: u32 = 600;

/// Backends that draw offscreen.
const BACKENDS: Backends = Backends::PRIMARY;

/// Says in words what to do when nothing can draw.
pub fn require_adapter() -> Result<(), String> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: BACKENDS,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = bevy::tasks::block_on(instance.enumerate_adapters(BACKENDS));
    if adapters.is_empty() {
        return Err("no Vulkan driver found, so no picture can be drawn; hint: without a graphics card, \
                    install Mesa's software driver: apt-get install mesa-vulkan-drivers libvulkan1"
            .to_string());
    }
    Ok(())
}

/// An app that draws only when updated.
pub fn app() -> App {
    let mut app = App::new();
    let settings = WgpuSettings { backends: Some(BACKENDS), ..default() };
    app.add_plugins((
        bevy::app::TaskPoolPlugin::default(),
        bevy::diagnostic::FrameCountPlugin,
        bevy::time::TimePlugin,
        TransformPlugin,
        bevy::diagnostic::DiagnosticsPlugin,
        bevy::input::InputPlugin,
        WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() },
        bevy::a11y::AccessibilityPlugin,
        AssetPlugin::default(),
        RenderPlugin { render_creation: settings.into(), synchronous_pipeline_compilation: true, ..default() },
        ImagePlugin::default(),
        bevy::mesh::MeshPlugin,
        bevy::camera::CameraPlugin,
    ));
    app.add_plugins((
        bevy::light::LightPlugin,
        bevy::core_pipeline::CorePipelinePlugin,
        bevy::post_process::PostProcessPlugin,
        bevy::anti_alias::AntiAliasPlugin,
        bevy::pbr::PbrPlugin::default(),
        bevy::gizmos::GizmoPlugin,
        bevy::gizmos_render::GizmoRenderPlugin,
        EguiPlugin { bindless_mode_array_size: None },
    ));
    app.add_systems(EguiPrimaryContextPass, overlay::draw);
    app
}

/// Builds scene, light, camera and panel.
pub fn stage(app: &mut App, still: &Still, view: View, size: UVec2, film: &Film) {
    while app.plugins_state() == PluginsState::Adding {
        bevy::tasks::tick_global_task_pools_on_main_thread();
    }
    app.finish();
    app.cleanup();
    let world = app.world_mut();
    world.resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    world.insert_resource(Panel { still: still.clone(), scale: (size.y as f32 / 720.0).max(0.5) });
    let shot = camera::shot(still, view, size.x as f32 / size.y as f32);
    let floor = Layout::of(still).floor;
    scene3d::spawn(world, still, view);
    light::spawn(world, floor, shot.distance);
    let environment = light::environment(&mut world.resource_mut::<Assets<Image>>());
    let mut eye = world.spawn((
        Camera3d::default(),
        shot.projection,
        shot.place,
        RenderTarget::Image(film.image.clone().into()),
        // Edges are smoothed by averaging shifted exposures, which costs a software driver less than
        // MSAA; the depth pass spares it the shading of what is hidden.
        Msaa::Off,
        DepthPrepass,
        Hdr,
        Tonemapping::AcesFitted,
        Exposure::BLENDER,
        grading(),
        Bloom { intensity: 0.06, ..Bloom::NATURAL },
        environment,
        PrimaryEguiContext,
    ));
    if view != View::Top {
        eye.insert(DistanceFog {
            color: light::BACKDROP,
            falloff: FogFalloff::Linear { start: shot.distance * 1.1 + 0.5, end: shot.distance * 2.4 + 2.5 },
            ..default()
        });
    }
}

/// A little more contrast and colour than the tone mapping leaves.
fn grading() -> ColorGrading {
    let section = ColorGradingSection { contrast: 1.0, saturation: 1.04, ..default() };
    let global = ColorGradingGlobal { exposure: 0.05, post_saturation: 1.04, ..default() };
    ColorGrading { global, shadows: section, midtones: section, highlights: section }
}

/// Updates until no pipeline is waiting any more, through a keyhole: pipelines do not depend on the
/// size of the picture, and a small one costs a software driver nothing. Then once at full size.
pub fn settle(app: &mut App) -> Result<(), String> {
    look_through(app.world_mut(), Some(Viewport { physical_size: UVec2::splat(32), ..default() }));
    let mut quiet = 0;
    for _ in 0..MOST_FRAMES {
        app.update();
        let render = app.get_sub_app(RenderApp).ok_or("Bevy made no render world")?;
        let waiting = render.world().resource::<PipelineCache>().waiting_pipelines().count();
        quiet = if waiting == 0 { quiet + 1 } else { 0 };
        if quiet >= QUIET_FRAMES {
            look_through(app.world_mut(), None);
            app.update();
            return Ok(());
        }
    }
    Err("the graphics driver did not finish its pipelines".to_string())
}

fn look_through(world: &mut World, keyhole: Option<Viewport>) {
    let mut cameras = world.query::<&mut Camera>();
    for mut camera in cameras.iter_mut(world) {
        camera.viewport.clone_from(&keyhole);
    }
}

/// Shifts the picture by a part of a pixel, differently for each of `count` exposures.
pub fn shift_pixels(world: &mut World, size: UVec2, index: u32, count: u32) {
    let part = |base: f32| ((index as f32 + 0.5) * base).fract() - 0.5;
    let offset = if count > 1 { Vec2::new(part(1.0 / count as f32), part(0.754_877_7)) } else { Vec2::ZERO };
    let mut cameras = world.query::<&mut Camera>();
    for mut camera in cameras.iter_mut(world) {
        camera.sub_camera_view = Some(SubCameraView { full_size: size, offset, size });
    }
}
