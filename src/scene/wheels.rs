//! Wheels pressed on their rail: how much of the carriage's overhang they hold before one leaves its groove.
//!
//! In: the carriage's guide, the weight that hangs before it. Out: load and preload of a wheel, and what is left of its stiffness. May
//! use: this room.
//!
//! The weight m g of carriage and torch hangs a distance d before the guide's plane. Two rails g apart take the moment as a pair of forces
//! m g d/g, each shared by the wheels of its rail; one rail takes it between its own lines of contact. A wheel in a groove of 90° is pushed
//! out of it by as much as it is pushed across: it stays in while that is less than its preload. Beyond, it stands on one flank only.

use super::catalogue::{Found, Guide};
use super::machine_file::GuideUse;
use super::used::Used;
use crate::machine::params::BodyParams;

/// Stiffness of a wheel on one flank of its groove, of that on both.
const ONE_FLANK: f64 = 0.5;

/// A wheel under its load.
pub(super) struct Wheel {
    /// Across the rail, N.
    pub load_n: f64,
    /// What presses it into its groove, N.
    pub preload_n: f64,
}

impl Wheel {
    /// A wheel of the carriage; none on guides that are not wheels or whose preload nobody states.
    pub fn of_carriage(
        found: Found<'_, Guide>,
        table: &GuideUse,
        hanging: [&BodyParams; 2],
        face_y_m: f64,
        gravity_m_per_s2: f64,
        used: &mut Used,
    ) -> Option<Self> {
        let preload_n = match (&table.preload_n, &found.part.preload_n) {
            (Some(given), _) => given.value,
            (None, Some(usual)) => used.take(found.key("preload_n"), usual),
            (None, None) => return None,
        };
        let moment: f64 = hanging.iter().map(|b| b.mass_kg * gravity_m_per_s2 * (b.centre_in_machine_m[1] - face_y_m)).sum();
        let (apart_m, sharing) = match &table.rail_gap_mm {
            Some(gap) if gap.value > 0.0 => (1e-3 * gap.value, 0.5 * table.elements.value),
            _ => (2e-3 * found.part.roll_arm_mm.value, table.elements.value),
        };
        Some(Self { load_n: moment.abs() / apart_m / sharing, preload_n })
    }

    /// Share of its stiffness that is left.
    pub fn stiffness_share(&self) -> f64 {
        if self.lifts() { ONE_FLANK } else { 1.0 }
    }

    /// Whether it leaves its groove.
    pub fn lifts(&self) -> bool {
        self.load_n > self.preload_n
    }
}
