//! Tables of the catalogue for what stands between and beside the big parts: gearboxes, couplings, hardware; and what the keys
//! of sources stand for.
//!
//! In: TOML. Out: typed parts. May use: this room's table macro.

use std::collections::BTreeMap;

use super::check::Bounds::{Any, OneOf, Within};
use super::check::table;
use super::parts::{Price, Word};
use super::quantity::Quantity;

table! {
    /// gearboxes.toml
    Gearboxes {
        /// Gearboxes by id.
        #[serde(default)] gearbox: BTreeMap<String, Gearbox> = Any,
    }
}

table! {
    /// A gearbox between motor and pinion, pulley or screw.
    Gearbox {
        /// Maker and model.
        name: String = Any,
        /// "planetary" or "cycloidal".
        kind: Word = OneOf(&["planetary", "cycloidal"]),
        /// Motor turns for one of the output.
        ratio: Quantity = Within(1.0, 200.0),
        /// Free play of the output, flank to flank, arc minutes.
        backlash_arcmin: Quantity = Within(0.0, 240.0),
        /// Efficiency.
        efficiency: Quantity = Within(0.2, 1.0),
        /// Torsional stiffness seen at the output, N·m/rad.
        torsional_stiffness_nm_per_rad: Quantity = Within(1.0, 1.0e7),
        /// Inertia seen at the motor, g·cm².
        inertia_g_cm2: Quantity = Within(0.0, 1.0e5),
        /// Mass without the motor, kg.
        mass_kg: Quantity = Within(0.01, 100.0),
        /// Price of the unit named.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// couplings.toml
    Couplings {
        /// Couplings by id.
        #[serde(default)] coupling: BTreeMap<String, Coupling> = Any,
    }
}

table! {
    /// A coupling on the motor's shaft, or a shaft that carries torque on.
    Coupling {
        /// Model.
        name: String = Any,
        /// "helical", "jaw", "oldham", "bellows" or "shaft".
        kind: Word = OneOf(&["helical", "jaw", "oldham", "bellows", "shaft"]),
        /// Torsional stiffness, N·m/rad.
        torsional_stiffness_nm_per_rad: Quantity = Within(0.1, 1.0e6),
        /// Inertia, g·cm².
        inertia_g_cm2: Quantity = Within(0.0, 1.0e5),
        /// Price of the unit named.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// hardware.toml
    HardwareFile {
        /// Hardware by id.
        #[serde(default)] hardware: BTreeMap<String, Hardware> = Any,
    }
}

table! {
    /// What a bill of materials needs besides: bought for its use, with nothing to compute but price and mass.
    Hardware {
        /// What it is.
        name: String = Any,
        /// Where it belongs: "frame", "drive", "torch", "gas", "electrics" or "computer".
        group: Word = OneOf(&["frame", "drive", "torch", "gas", "electrics", "computer"]),
        /// Mass of the unit that the price names, kg.
        mass_kg: Option<Quantity> = Within(0.0, 1000.0),
        /// Axial stiffness of a screw's bearing, N/µm.
        axial_stiffness_n_per_um: Option<Quantity> = Within(0.1, 5000.0),
        /// Price of the unit named.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// sources.toml
    Sources {
        /// What the keys in `source` stand for.
        #[serde(default)] source: BTreeMap<String, SourceNote> = Any,
    }
}

table! {
    /// A source that entries name by its key.
    SourceNote {
        /// What it is and where it can be read.
        what: String = Any,
    }
}
