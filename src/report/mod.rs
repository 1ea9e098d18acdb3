//! From the record of a run to answers people act on: verdict, terminal table, JSON, JUnit and one self-contained page.
//!
//! In: a checked [`Scene`](crate::scene::model::Scene) and the [`Record`](crate::twin::record::Record) of its run. Out: text and
//! files. May use: `scene`'s model, `twin`'s record, `plate`'s geometry and parts, `diag`, serde_json, png. Decides nothing about
//! the physics; everything but [`timing`] is a function of scene and record alone, so the same run gives the same bytes.
//!
//! * [`mod@judge`]: checks, verdict and reasons. * [`figures`]: names, units and words of the headline figures.
//! * [`text`], [`json`], [`junit`], [`html`]: the four forms. * [`files`]: writes a report folder whole or not at all.
//! * [`compare`]: two runs beside each other. * [`logs`]: time series as Parquet and MCAP.
//! * [`exports`]: drawings, maps and kerf edges for other programs.
//! * [`svg`], [`colour`], [`base64`], [`simplify`], [`shapes`]: what the pictures are made with.

pub mod base64;
pub mod beside;
pub mod colour;
pub mod columns;
pub mod compare;
pub mod exports;
pub mod figures;
pub mod files;
pub mod html;
pub mod json;
pub mod judge;
pub mod logs;
pub mod junit;
mod reasons;
pub mod shapes;
pub mod simplify;
pub mod pull_out;
pub mod svg;
pub mod text;
pub mod timing;

#[cfg(test)]
mod sample;

pub use files::write_report;
pub use judge::{Check, Reason, Verdict, judge};
pub use timing::Timing;
