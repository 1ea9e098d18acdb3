//! Pictures without a window: the same app, drawn into an image. One instant, or a row of them.
//!
//! A picture depends on scene, instant and [`Shot`] alone: the same one every time.

use super::action::CameraPreset;
use super::app::add_shared;
use super::machine_text::MachineText;
use super::rig::{Aim, Eye, Rig};
use super::session::Session;
use super::state::{Look, Playhead};
use super::studio::Canvas;
use super::ui::{Tab, UiState};
use super::{capture, headless, light};
use bevy::app::PluginsState;
use bevy::camera::SubCameraView;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::render_resource::PipelineCache;
use std::path::Path;
use std::time::{Duration, Instant};

/// Exposures that are averaged into one picture: between them the key light moves over its disc, which softens shadows, and the camera by a
/// part of a pixel, which smooths edges.
const EXPOSURES: u32 = 8;

/// Frames without anything missing before the picture is taken.
const QUIET_FRAMES: u32 = 3;
/// How long is waited for it.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a picture shows.
#[derive(Clone, Debug)]
pub struct Shot {
    /// From where.
    pub camera: CameraPreset,
    /// Point of the plate to look at instead of the preset's, machine coordinates, m.
    pub look_at: Option<[f64; 2]>,
    /// Distance instead of the preset's, m.
    pub distance_m: Option<f32>,
    /// Direction of the camera instead of the preset's: about Z from the front, and its height over the horizon, radians.
    pub from: [Option<f32>; 2],
    /// How things are drawn.
    pub look: Look,
    /// What the colours mean is told in a corner.
    pub legend: bool,
    /// Panels too, with this one on the right.
    pub tab: Option<Tab>,
    /// The help for keys is open.
    pub help: bool,
    /// Width and height, pixels.
    pub size: [u32; 2],
}

/// What draws, in words.
///
/// # Errors
/// As [`Darkroom::new`]: nothing can.
pub fn adapter() -> Result<String, String> {
    headless::adapter().map(|info| format!("drawn by {} ({:?}, {})", info.name, info.backend, info.driver_info))
}

/// An app that draws a session into an image.
pub struct Darkroom {
    app: App,
    size: UVec2,
    /// Exposures a picture.
    exposures: u32,
}

impl Darkroom {
    /// Sets up everything for pictures of `session` like `shot`; none for the app before anything is open.
    ///
    /// # Errors
    /// In words, with a hint: nothing that can draw, or a picture too small or too large.
    pub fn new(session: Option<Session>, shot: &Shot, exposures: Option<u32>) -> Result<Self, String> {
        let [width, height] = shot.size;
        if shot.size.iter().any(|px| !(64..=8192).contains(px)) {
            return Err(format!("error[V001]: picture size {width}x{height}\n  hint: 64 to 8192 pixels each way"));
        }
        headless::require_adapter()?;
        let size = UVec2::new(width, height);
        let mut app = headless::app();
        let film = capture::install(&mut app, size);
        add_shared(&mut app, Canvas { image: Some(film.image.clone()), msaa: Msaa::Off, shadows: 2048 });
        let scale = Some((height as f32 / 800.0).max(0.5));
        app.insert_resource(UiState { scale, ..UiState::default() });
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        if let Some(session) = session {
            app.insert_resource(MachineText::of_scene(&session.request.scene));
            app.insert_resource(session);
        }
        app.world_mut().resource_mut::<Rig>().at_once = true;
        Ok(Self { app, size, exposures: exposures.unwrap_or(EXPOSURES).max(1) })
    }

    /// Takes a picture of the instant `time_s`: red, green, blue and 255 for each pixel, row by row from the top.
    ///
    /// # Errors
    /// In words: the driver did not come to an end.
    pub fn take(&mut self, time_s: f64, shot: &Shot) -> Result<Vec<u8>, String> {
        self.arrange(time_s, shot);
        self.settle(shot)?;
        let mut exposures = Vec::new();
        for k in 0..self.exposures {
            light::move_key(self.app.world_mut(), k, self.exposures);
            self.shift_pixels(k);
            exposures.push(capture::expose(&mut self.app)?);
        }
        Ok(capture::average(&exposures))
    }

    fn arrange(&mut self, time_s: f64, shot: &Shot) {
        let world = self.app.world_mut();
        world.insert_resource(Playhead { time_s, ..Playhead::default() });
        world.insert_resource(shot.look);
        world.resource_mut::<super::files::Files>().help = shot.help;
        let mut ui = world.resource_mut::<UiState>();
        (ui.hidden, ui.legend, ui.tab) = (shot.tab.is_none(), shot.legend, shot.tab.unwrap_or(Tab::Verdict));
        world.resource_mut::<Rig>().preset = Some(shot.camera);
    }

    /// Updates until nothing is missing any more: panels have their sizes, the plate's temperature is worked out, pipelines are built. Until
    /// what is worked out beside the picture is there, the world is not drawn: that costs a processor more than all else.
    fn settle(&mut self, shot: &Shot) -> Result<(), String> {
        let begin = Instant::now();
        let mut quiet = 0;
        while begin.elapsed() < PATIENCE {
            // The free part is known once the panels have been drawn; then the camera takes its place again.
            self.app.world_mut().resource_mut::<Rig>().preset = Some(shot.camera);
            let ready = is_ready(self.app.world());
            self.open_eye(ready);
            self.app.update();
            self.aim(shot);
            let render = self.app.get_sub_app(RenderApp).ok_or("error[V006]: Bevy made no render world")?;
            let waiting = render.world().resource::<PipelineCache>().waiting_pipelines().count();
            quiet = if ready && waiting == 0 { quiet + 1 } else { 0 };
            if quiet >= QUIET_FRAMES {
                self.app.update();
                return Ok(());
            }
        }
        Err(format!("error[V006]: the picture was not ready after {} s", PATIENCE.as_secs()))
    }

    /// Draws the world, or only what lies over it.
    fn open_eye(&mut self, open: bool) {
        let world = self.app.world_mut();
        let mut eyes = world.query_filtered::<&mut Camera, With<Eye>>();
        for mut camera in eyes.iter_mut(world) {
            camera.is_active = open;
        }
    }

    /// Looks where the shot says.
    fn aim(&mut self, shot: &Shot) {
        let mut rig = self.app.world_mut().resource_mut::<Rig>();
        if let Some([x, y]) = shot.look_at {
            rig.aim.target = Vec3::new(x as f32, y as f32, 0.0);
        }
        if let Some(distance) = shot.distance_m {
            rig.aim.distance = distance;
        }
        let [yaw, pitch] = shot.from;
        if yaw.is_some() || pitch.is_some() {
            rig.aim = Aim { yaw: yaw.unwrap_or(rig.aim.yaw), pitch: pitch.unwrap_or(rig.aim.pitch), flat: false, ..rig.aim };
        }
    }

    /// Shifts the world by a part of a pixel, differently for each exposure; panels stay.
    fn shift_pixels(&mut self, index: u32) {
        let (size, count) = (self.size, self.exposures);
        let part = |base: f32| ((index as f32 + 0.5) * base).fract() - 0.5;
        let offset = if count > 1 { Vec2::new(part(1.0 / count as f32), part(0.754_877_7)) } else { Vec2::ZERO };
        let world = self.app.world_mut();
        let mut eyes = world.query_filtered::<&mut Camera, With<Eye>>();
        for mut camera in eyes.iter_mut(world) {
            let seen = camera.viewport.as_ref().map_or(size, |viewport| viewport.physical_size);
            camera.sub_camera_view = Some(SubCameraView { full_size: seen, offset, size: seen });
        }
    }

    /// Writes a picture.
    ///
    /// # Errors
    /// In words: the file cannot be written.
    pub fn write(&self, path: &Path, pixels: &[u8]) -> Result<(), String> {
        capture::write_png(path, self.size, pixels)
    }

    /// The world behind the picture, for tests.
    pub fn world(&mut self) -> &mut World {
        self.app.world_mut()
    }

    /// One frame, for tests.
    pub fn update(&mut self) {
        self.open_eye(true);
        self.app.update();
    }

    /// One frame without drawing the world, for benches.
    pub fn update_unseen(&mut self) {
        self.open_eye(false);
        self.app.update();
    }
}

/// Whether everything that is worked out beside the picture is there.
fn is_ready(world: &World) -> bool {
    // Before anything is open there is nothing to wait for.
    world.get_resource::<Session>().is_none() || world.get_resource::<super::plate::PlateReady>().is_none_or(|ready| ready.0)
}
