//! What the oxy-acetylene flame is doing: preheating, piercing, cutting, or having lost the cut.
//!
//! In: chart rows of a tip family (from the catalogue), then flame, oxygen, stand-off, tip speed and the local plate
//! temperature, step by step. Out: a [`Setting`] (what a tip does on a thickness) and, per step, phase, kerf width,
//! heat into the plate, drag and gas used. May use: nothing but `std`.

mod chart;
mod process;
mod spot;
#[cfg(test)]
mod tests;

pub use chart::{
    ChartRow, FLAME_RADIUS_M, FLAME_SHARE, FUEL_HEAT_J_PER_M3, PREHEAT_OXYGEN_RATIO, PREHEAT_W, Setting, plate_heat_j_per_m2,
    setting, start_temperature_c,
};
pub use process::{Input, LostCause, Output, Params, Phase, State, step};
pub use spot::{Spot, preheat_s};
