//! torchtwin: a physics-based digital twin of a low-cost CNC oxy-acetylene torch table.
//!
//! The rooms, in the order in which data flows through them. Who may use whom is in `ARCHITECTURE.md` and kept by
//! `tests/it/walls.rs`.
//!
//! ```text
//! G-code text ─► gcode ─► program ─► planner ─► step edges ─► drive ─► machine ─► torch ─► plate ─► record ─► report, view
//! ```

pub mod diag;
pub mod gcode;
pub mod program;
pub use torchtwin_planner as planner;
pub mod drive;
pub mod machine;
pub mod torch;
pub mod plate;
pub mod twin;
pub mod scene;
pub mod report;
pub mod sizing;
pub mod job;
#[cfg(feature = "view")]
pub mod view;
pub mod validate;
pub mod command;
