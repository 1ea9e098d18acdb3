//! Bevy without a window: the plugins that drawing needs.

use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::settings::{Backends, WgpuSettings};
use bevy::window::{ExitCondition, WindowPlugin};
use wgpu::DeviceType;

/// Backends that draw offscreen.
pub const BACKENDS: Backends = Backends::PRIMARY;

/// Says in words what to do when nothing can draw; else whether the processor does.
pub fn require_adapter() -> Result<bool, String> {
    adapter().map(|info| info.device_type == DeviceType::Cpu)
}

/// What draws: a graphics card if there is one.
pub fn adapter() -> Result<wgpu::AdapterInfo, String> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: BACKENDS,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = bevy::tasks::block_on(instance.enumerate_adapters(BACKENDS));
    let infos = adapters.iter().map(wgpu::Adapter::get_info);
    infos.min_by_key(|info| info.device_type == DeviceType::Cpu).ok_or_else(|| {
        "error[V002]: no graphics driver found, so nothing can be drawn\n  hint: without a graphics card, install Mesa's software driver: \
         apt-get install mesa-vulkan-drivers libvulkan1; `torchtwin run` needs none"
            .to_string()
    })
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
    ));
    app
}
