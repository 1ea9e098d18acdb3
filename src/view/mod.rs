//! The app: a Bevy program that shows a run as it goes, in a window or on an image. Nothing here computes physics: it draws what the twin's
//! film and record say, so that the numbers are those of `torchtwin run`. Nobody uses this room but `command`.
//!
//! In: [`session::Session`] (the run on its own thread, and what it has shown), [`state`] (instant and looks). Out: pictures, and
//! [`action::Action`]s that one system carries out.
//!
//! * [`app`]: plugins, window. * [`picture`]: the same without a window. * [`play`], [`marks`]: time. * [`rig`]: camera.
//! * [`ui`]: panels, one file each. * `studio`, `light`, `palette`, `solid`, `polygon`: how things look.

pub mod action;
pub mod app;
mod capture;
mod carry_out;
mod examples;
pub mod files;
pub mod frame_times;
mod headless;
mod light;
pub mod machine;
pub mod machine_text;
pub mod marks;
mod palette;
pub mod picture;
pub mod plate;
pub mod pipelines;
pub mod play;
mod polygon;
pub mod rig;
pub mod session;
mod solid;
pub mod state;
mod studio;
pub mod toasts;
pub mod ui;
