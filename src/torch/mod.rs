//! What the torch is doing: preheating, piercing, cutting, or having lost the cut; flame, arc, or whatever else takes away a width.
//!
//! In: chart rows (from the catalogue), then flame, oxygen, stand-off, tip speed and the local plate temperature, step by step. Out: a
//! [`Setting`] (what a tip or current does on a thickness) and, per step, phase, kerf width, heat into the plate, drag and gas used. May
//! use: nothing but `std`.

mod assumed;
mod chart;
mod plasma;
mod process;
mod spot;
#[cfg(test)]
mod tests;

pub use assumed::{ARC_EDGE_RAD, Assumption, FLAME_EDGE_RAD, assumptions};
pub use chart::{
    ChartRow, FLAME_SHARE, Fuel, Kind, LOST_SPEED, Setting, Source, SourceShape, oxygen_burnt_share, plate_heat_j_per_m2,
    setting, start_temperature_c, usual_kerf_m,
};
pub use plasma::{PlasmaRow, fixed_kerf_setting, plasma_setting, source_setting, usual_plasma_kerf_m, usual_volts};
pub use process::{Input, LostCause, Output, Params, Phase, State, drag, slow_kerf, step, top_rounding_m};
pub use spot::{Spot, preheat_s};
