//! The app: which plugins, in a window or on an image; and what the window adds: dropped files, kept preferences, waiting when idle.

use super::action::{Action, Actions};
use super::files::{self, Files};
use super::frame_times::FrameTimesPlugin;
use super::machine::MachinePlugin;
use super::machine_text::MachineText;
use super::pipelines::Pipelines;
use super::plate::PlatePlugin;
use super::play::PlayPlugin;
use super::rig::RigPlugin;
use super::session::{Session, State};
use super::state::{Look, Playhead, ViewSet};
use super::studio::{Canvas, StudioPlugin};
use super::toasts::Toasts;
use super::ui::{Tab, UiPlugin, UiState};
use super::{carry_out, headless, pipelines};
use bevy::app::PluginGroupBuilder;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::settings::WgpuSettings;
use bevy::window::{FileDragAndDrop, WindowResized};
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::EguiPlugin;
use std::path::PathBuf;
use std::time::Duration;

/// How the app is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Scene to open; the examples are offered without one.
    pub scene: Option<PathBuf>,
    /// Program in the place of the scene's.
    pub program: Option<PathBuf>,
    /// Folder for what is kept from one start to the next; the system's without it.
    pub keep_in: Option<PathBuf>,
    /// File in which the places of what can be clicked are kept, for tests.
    pub spots: Option<PathBuf>,
}

/// Adds what window and image share.
pub fn add_shared(app: &mut App, canvas: Canvas) {
    app.insert_resource(canvas)
        .init_resource::<Actions>()
        .init_resource::<MachineText>()
        .init_resource::<Look>()
        .init_resource::<Files>()
        .insert_resource(ClearColor(super::light::BACKDROP))
        .add_plugins((
            EguiPlugin { bindless_mode_array_size: None },
            PlayPlugin,
            RigPlugin,
            StudioPlugin,
            MachinePlugin,
            PlatePlugin,
            UiPlugin,
            FrameTimesPlugin,
        ))
        .add_systems(Update, carry_out::carry_out.in_set(ViewSet::Play));
    pipelines::install(app);
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// In words, with what to do: no screen, or nothing that can draw.
pub fn open(start: &Start) -> Result<(), String> {
    require_screen()?;
    let on_processor = headless::require_adapter()?;
    let files = Files::read(start.keep_in.as_deref());
    let mut app = windowed(&files)?;
    let (msaa, shadows) = if on_processor { (Msaa::Off, 1024) } else { (Msaa::Sample4, 4096) };
    add_shared(&mut app, Canvas { image: None, msaa, shadows });
    let mut actions = Actions::default();
    if let Some(scene) = &start.scene {
        actions.ask(Action::Open(scene.clone()));
    }
    if let Some(program) = &start.program {
        actions.ask(Action::OpenProgram(program.clone()));
    }
    let tab = Tab::named(&files.kept.tab).unwrap_or(Tab::Verdict);
    let mut toasts = Toasts::default();
    if on_processor {
        toasts.say("no graphics card was found: the processor draws, which is slow".into());
    }
    app.insert_resource(UiState { tab, spots: start.spots.clone(), ..UiState::default() })
        .insert_resource(files.look())
        .insert_resource(files)
        .insert_resource(actions)
        .insert_resource(toasts)
        .add_systems(Update, (files::watch, dropped, resized, pace))
        .add_systems(Last, keep);
    match app.run() {
        AppExit::Success => Ok(()),
        AppExit::Error(code) => Err(format!("error[V005]: the window ended with code {code}")),
    }
}

/// What says nothing a person can use: of a mesh that is replaced before it has been drawn once, of screens without sizes.
const QUIET: &str =
    "wgpu_hal=error,bevy_render=error,bevy_render::slab_allocator=off,winit=error,bevy_ecs::world::command_queue=off";

/// An app with a window. Bevy has no other way to say that a screen does not answer than to panic.
fn windowed(files: &Files) -> Result<App, String> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut app = App::new();
        app.add_plugins(plugins(files));
        app
    }));
    std::panic::set_hook(hook);
    built.map_err(|_| {
        let display = std::env::var("DISPLAY").unwrap_or_default();
        format!(
            "error[V004]: the screen '{display}' does not answer\n  hint: is DISPLAY right? `torchtwin render SCENE --out picture.png` draws without a \
             window"
        )
    })
}

fn plugins(files: &Files) -> PluginGroupBuilder {
    let [width, height] = files.kept.window.map(|px| px.clamp(480.0, 8192.0) as u32);
    let window = Window { title: "torchtwin".into(), resolution: (width, height).into(), ..default() };
    let settings = WgpuSettings { backends: Some(headless::BACKENDS), ..default() };
    DefaultPlugins
        .set(WindowPlugin { primary_window: Some(window), ..default() })
        .set(RenderPlugin { render_creation: settings.into(), ..default() })
        // What goes well is not worth a line.
        .set(LogPlugin { level: bevy::log::Level::WARN, filter: QUIET.into(), ..default() })
}

/// Says in words what to do when there is no screen.
fn require_screen() -> Result<(), String> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !cfg!(target_os = "linux") || set("DISPLAY") {
        return Ok(());
    }
    let why = if set("WAYLAND_DISPLAY") {
        "this desktop runs Wayland without XWayland"
    } else {
        "there is no screen (DISPLAY is not set)"
    };
    Err(format!(
        "error[V004]: {why}\n  hint: `torchtwin render SCENE --out picture.png` draws without a window; `xvfb-run torchtwin view SCENE` opens one that \
         nobody sees"
    ))
}

/// Opens what is dropped on the window.
fn dropped(mut drops: MessageReader<FileDragAndDrop>, mut actions: ResMut<Actions>) {
    for drop in drops.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = drop {
            actions.ask(Action::Open(path_buf.clone()));
        }
    }
}

fn resized(mut sizes: MessageReader<WindowResized>, mut files: ResMut<Files>) {
    for size in sizes.read() {
        files.kept.window = [size.width, size.height];
    }
}

/// Draws all the time only while something moves by itself.
fn pace(session: Option<Res<Session>>, playhead: Res<Playhead>, pipelines: Res<Pipelines>, mut winit: ResMut<WinitSettings>) {
    let runs = session.is_some_and(|session| matches!(session.state, State::Loading | State::Running));
    let mode = if playhead.playing || runs || pipelines.waiting > 0 {
        UpdateMode::Continuous
    } else {
        UpdateMode::reactive(Duration::from_millis(50))
    };
    if winit.focused_mode != mode {
        winit.focused_mode = mode;
        winit.unfocused_mode = mode;
    }
}

/// Keeps preferences when the window closes.
fn keep(mut exits: MessageReader<AppExit>, mut files: ResMut<Files>, look: Res<Look>) {
    if exits.read().next().is_some() {
        files.keep(&look);
    }
}
