//! Pictures of the twin: a [`Still`] goes in, a PNG comes out. Offscreen, without a window, the same
//! picture every time. Nothing here computes physics, and nobody uses this room but `main`.

pub mod action;
mod camera;
mod capture;
mod headless;
mod light;
pub mod machine;
mod overlay;
mod palette;
mod parts_drop;
mod polygon;
mod scene3d;
pub mod session;
mod solid;
pub mod state;
mod still;

pub use still::{Camera, Drive, Gantry, HeatView, PathKind, PieceView, PlateView, Slats, Still, Table};

use std::path::Path;

/// Exposures that are averaged into one picture: between them the key light moves over its disc,
/// which softens shadows, and the camera by a part of a pixel, which smooths edges.
const EXPOSURES: u32 = 8;

/// Draws a still from a camera, `size` pixels wide and high, into a PNG file.
///
/// # Errors
/// In words, with a hint: no usable Vulkan driver, a picture too small or too large, or a file that
/// cannot be written.
pub fn render(still: &Still, camera: Camera, size: (u32, u32), out: &Path) -> Result<(), String> {
    if size.0 < 64 || size.1 < 64 || size.0 > 8192 || size.1 > 8192 {
        return Err(format!("picture size {} × {}; expected 64 to 8192 pixels each way", size.0, size.1));
    }
    headless::require_adapter()?;
    let pixels = bevy::prelude::UVec2::new(size.0, size.1);
    let mut app = headless::app();
    let film = capture::install(&mut app, pixels);
    headless::stage(&mut app, still, camera, pixels, &film);
    headless::settle(&mut app)?;
    let mut exposures = Vec::new();
    for k in 0..EXPOSURES {
        light::move_key(app.world_mut(), k, EXPOSURES);
        headless::shift_pixels(app.world_mut(), pixels, k, EXPOSURES);
        exposures.push(capture::expose(&mut app)?);
    }
    capture::write_png(out, pixels, &capture::average(&exposures))
}
