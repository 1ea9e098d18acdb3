//! The tables of the catalogue's files: every key with its meaning, unit and range.
//!
//! In: TOML. Out: typed parts. May use: this room's table macro.

use std::collections::BTreeMap;

use super::check::Bounds::{Any, OneOf, Whole, Within};
use super::check::table;
use super::quantity::Quantity;

/// A word that is checked against a list.
pub type Word = toml::Spanned<String>;

table! {
    /// A price of one unit.
    Price {
        /// Dollars.
        usd: Option<Quantity> = Within(0.0, 1.0e5),
        /// Euros, where no dollar price was found.
        eur: Option<Quantity> = Within(0.0, 1.0e5),
        /// What one unit is: "piece" (default), "m", "ft", "set".
        unit: Option<String> = Any,
        /// When it was read: "2026-09".
        date: String = Any,
        /// Where it was read.
        source: String = Any,
    }
}

table! {
    /// motors.toml
    Motors {
        /// Rules for what sheets leave out; only the catalogue that is built in must have them.
        class: Option<MotorClass> = Any,
        /// Motors by id.
        #[serde(default)] motor: BTreeMap<String, Motor> = Any,
    }
}

table! {
    /// What motor sheets leave out; shares are of the holding torque.
    MotorClass {
        /// Torque constant over what the sheet's holding torque says.
        torque_share: Quantity = Within(0.5, 1.5),
        /// Detent torque amplitude over holding torque.
        detent_share: Quantity = Within(0.0, 0.2),
        /// Flux of the rated current over that of the magnets, N L I/K, in the mean of sheets.
        armature_flux_ratio: Quantity = Within(0.3, 5.0),
        /// Inductance at working flux is the one at 1 kHz times 1 + (frame size over this)², mm.
        inductance_frame_mm: Quantity = Within(30.0, 1000.0),
        /// Iron loss at 1000 rev/min for each square metre of frame size times body length, kW/m²; it grows with the square of speed.
        iron_loss_kw_per_m2_at_1000_rpm: Quantity = Within(0.0, 50.0),
        /// Bearing drag over holding torque.
        bearing_drag_share: Quantity = Within(0.0, 0.1),
        /// Viscous drag at 1000 rev/min over holding torque.
        viscous_share_at_1000_rpm: Quantity = Within(0.0, 0.1),
        /// Mass over frame size squared times body length, kg/m³, where the sheet gives none.
        density_kg_per_m3: Quantity = Within(1.0e3, 1.0e4),
        /// Rotor inertia over the fourth power of frame size times body length, kg/m³, where the sheet gives none.
        inertia_kg_per_m3: Quantity = Within(1.0, 500.0),
        /// Warming of the standing motor at rated current, K: what makers rate for.
        rated_rise_k: Quantity = Within(10.0, 150.0),
        /// Heat that a kilogram of motor takes up, J/(kg·K).
        heat_capacity_j_per_kg_k: Quantity = Within(100.0, 2000.0),
    }
}

table! {
    /// A two-phase hybrid stepper motor, 1.8° a step.
    Motor {
        /// Maker and model.
        name: String = Any,
        /// NEMA frame: 17, 23, 34.
        frame_nema: Quantity = Whole(8.0, 42.0),
        /// Body length, mm.
        body_mm: Quantity = Within(10.0, 300.0),
        /// Holding torque, two phases at rated current, N·m.
        holding_torque_nm: Quantity = Within(0.01, 100.0),
        /// Rated phase current, A.
        rated_current_a: Quantity = Within(0.1, 20.0),
        /// Phase resistance, Ω.
        resistance_ohm: Quantity = Within(0.01, 100.0),
        /// Phase inductance, mH.
        inductance_mh: Quantity = Within(0.05, 200.0),
        /// Rotor inertia, g·cm²; by frame and body length unless given.
        rotor_inertia_g_cm2: Option<Quantity> = Within(1.0, 2.0e5),
        /// Detent torque amplitude, N·m; a share of the holding torque unless given.
        detent_torque_nm: Option<Quantity> = Within(0.0, 5.0),
        /// Mass, kg; by frame and body length unless given.
        mass_kg: Option<Quantity> = Within(0.02, 60.0),
        /// Shaft diameter, mm.
        shaft_mm: Option<Quantity> = Within(2.0, 40.0),
        /// Whether it has an encoder and runs closed loop; false unless given.
        closed_loop: Option<bool> = Any,
        /// Price of one.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        #[serde(default)] source: String = Any,
        /// Published pull-out curves.
        #[serde(default)] pull_out: Vec<PullOut> = Any,
    }
}

table! {
    /// A published pull-out curve.
    PullOut {
        /// Bus voltage, V; left out where the source does not say.
        bus_v: Option<Quantity> = Within(1.0, 200.0),
        /// Current as printed, A.
        current_a: Option<Quantity> = Within(0.1, 20.0),
        /// Whether that current is "peak" or "rms"; "unknown" where the source does not say.
        current_kind: Word = OneOf(&["peak", "rms", "unknown"]),
        /// Driver it was taken with.
        #[serde(default)] driver: String = Any,
        /// Steps in a turn of the drive setting.
        steps_per_rev: Option<Quantity> = Whole(200.0, 51200.0),
        /// Points: speed rev/min, torque N·m.
        points_rpm_nm: Vec<[Quantity; 2]> = Within(0.0, 1.0e4),
        /// Where it is from.
        #[serde(default)] source: String = Any,
    }
}

table! {
    /// drivers.toml
    Drivers {
        /// Rules for what sheets leave out; needed in the built-in file alone.
        class: Option<DriverClass> = Any,
        /// Drivers by id.
        #[serde(default)] driver: BTreeMap<String, Driver> = Any,
    }
}

table! {
    /// What driver sheets leave out.
    DriverClass {
        /// Two switches and the sense resistor in the current's way, Ω.
        bridge_ohm: Quantity = Within(0.0, 5.0),
        /// Anti-resonance: how long before its time the rotor's excess speed is answered, ms.
        anti_resonance_ms: Quantity = Within(0.0, 10.0),
        /// Following error at which a closed loop gives up, full steps.
        alarm_full_steps: Quantity = Within(2.0, 2.0e5),
        /// Switching and idle loss, W for each ampere of amplitude and hundred volts of bus.
        switching_w_per_a_at_100_v: Quantity = Within(0.0, 20.0),
        /// Warming of the driver for each watt lost in it, standing free, K/W.
        thermal_k_per_w: Quantity = Within(0.1, 100.0),
    }
}

table! {
    /// A microstepping driver.
    Driver {
        /// Maker and model.
        name: String = Any,
        /// Lowest bus voltage, V.
        bus_min_v: Quantity = Within(0.0, 200.0),
        /// Highest bus voltage, V.
        bus_max_v: Quantity = Within(5.0, 400.0),
        /// Highest current setting as amplitude of the sine, A.
        current_peak_max_a: Quantity = Within(0.1, 30.0),
        /// How its switches or its sheet name the current: "peak" (amplitude of the sine) or "rms".
        current_named: Word = OneOf(&["peak", "rms"]),
        /// Whether it damps mid-range resonance electronically; false unless given.
        anti_resonance: Option<bool> = Any,
        /// Two switches and the sense resistor, Ω; the class's unless given.
        bridge_ohm: Option<Quantity> = Within(0.0, 5.0),
        /// Closed loop: following error at which it gives up with an alarm, full steps; the class's unless given.
        alarm_full_steps: Option<Quantity> = Within(2.0, 2.0e5),
        /// Finest microstepping, microsteps in a full step.
        microsteps_max: Quantity = Whole(1.0, 512.0),
        /// Highest step rate it follows, Hz.
        max_step_rate_hz: Quantity = Within(1.0e3, 1.0e8),
        /// Whether it closes the loop on an encoder; false unless given.
        closed_loop: Option<bool> = Any,
        /// Price of one.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// supplies.toml
    Supplies {
        /// Supplies by id.
        #[serde(default)] supply: BTreeMap<String, Supply> = Any,
    }
}

table! {
    /// A power supply for the motor bus.
    Supply {
        /// Maker and model.
        name: String = Any,
        /// Output voltage, V.
        volts: Quantity = Within(5.0, 200.0),
        /// Output current, A.
        amps: Quantity = Within(0.1, 200.0),
        /// Price of one.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// controllers.toml
    Controllers {
        /// Controllers by id.
        #[serde(default)] controller: BTreeMap<String, Controller> = Any,
    }
}

table! {
    /// A controller.
    Controller {
        /// Maker and model.
        name: String = Any,
        /// Highest step rate of one axis, Hz.
        max_step_rate_hz: Quantity = Within(100.0, 1.0e8),
        /// Price of one.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// belts.toml
    Belts {
        /// Belts by id.
        #[serde(default)] belt: BTreeMap<String, Belt> = Any,
    }
}

table! {
    /// A toothed belt.
    Belt {
        /// Profile and width.
        name: String = Any,
        /// Tooth pitch, mm.
        pitch_mm: Quantity = Within(1.0, 25.0),
        /// Width, mm.
        width_mm: Quantity = Within(2.0, 200.0),
        /// Tensile cord: "glass", "steel".
        cord: String = Any,
        /// Tensile stiffness E·A, N per unit strain.
        ea_n: Quantity = Within(1.0e3, 1.0e7),
        /// Allowable working tension, N.
        allowable_tension_n: Quantity = Within(10.0, 1.0e5),
        /// Mass, kg/m.
        mass_kg_per_m: Quantity = Within(1.0e-3, 5.0),
        /// Price of a metre.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// racks.toml
    Racks {
        /// Racks by id.
        #[serde(default)] rack: BTreeMap<String, Rack> = Any,
    }
}

table! {
    /// A gear rack.
    Rack {
        /// Module, width, maker.
        name: String = Any,
        /// Module, mm.
        module_mm: Quantity = Within(0.3, 12.0),
        /// Face width, mm.
        face_mm: Quantity = Within(3.0, 120.0),
        /// Mesh stiffness of well-aligned teeth over the whole face, N/µm.
        mesh_stiffness_n_per_um: Quantity = Within(1.0, 5000.0),
        /// Share of that stiffness this grade reaches.
        contact_share: Quantity = Within(0.05, 1.0),
        /// Efficiency of the mesh.
        efficiency: Quantity = Within(0.3, 1.0),
        /// Cumulative pitch error over a metre, µm.
        pitch_error_um_per_m: Quantity = Within(0.0, 1000.0),
        /// Backlash on fixed centres, mm.
        backlash_fixed_mm: Quantity = Within(0.0, 2.0),
        /// Step where two pieces meet, mm.
        joint_step_mm: Quantity = Within(0.0, 1.0),
        /// Length of the pieces it is sold in, mm; 1000 unless given.
        piece_mm: Option<Quantity> = Within(50.0, 6000.0),
        /// Price of a metre.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// screws.toml
    Screws {
        /// Screws by id.
        #[serde(default)] screw: BTreeMap<String, Screw> = Any,
    }
}

table! {
    /// A lead or ball screw with its nut.
    Screw {
        /// Model.
        name: String = Any,
        /// Lead, mm a turn.
        lead_mm: Quantity = Within(0.5, 50.0),
        /// Outer diameter, mm.
        diameter_mm: Quantity = Within(3.0, 80.0),
        /// How much too far it goes over 300 mm, µm: the limit of its class; 52 (class T7) unless given.
        travel_error_um_per_300_mm: Option<Quantity> = Within(0.0, 2000.0),
        /// Stiffness of the nut, N/µm.
        nut_stiffness_n_per_um: Quantity = Within(0.5, 2000.0),
        /// Axial stiffness of a metre of screw, N/µm; that of a length L is this over L.
        axial_stiffness_n_per_um_at_1_m: Quantity = Within(0.5, 1000.0),
        /// Efficiency.
        efficiency: Quantity = Within(0.05, 1.0),
        /// Inertia of a metre of screw, kg·m².
        inertia_kg_m2_per_m: Quantity = Within(1.0e-8, 0.1),
        /// Backlash, mm.
        backlash_mm: Quantity = Within(0.0, 1.0),
        /// Price of the unit named.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// guides.toml
    Guides {
        /// Guides by id.
        #[serde(default)] guide: BTreeMap<String, Guide> = Any,
    }
}

table! {
    /// A linear guide: what one block, wheel or bearing of it does.
    Guide {
        /// Model.
        name: String = Any,
        /// "profile" (ball blocks), "round" (supported shaft) or "wheel" (wheels, rollers, bearings).
        kind: Word = OneOf(&["profile", "round", "wheel"]),
        /// Radial stiffness of one, N/µm.
        stiffness_n_per_um: Quantity = Within(0.1, 5000.0),
        /// Share of that stiffness this build reaches.
        share: Quantity = Within(0.05, 1.0),
        /// Drag over load.
        friction_coefficient: Quantity = Within(0.0, 0.3),
        /// Drag of one without load: seals, preload, grease, N.
        drag_n: Quantity = Within(0.0, 50.0),
        /// Mass of a metre of rail, kg; 0 where the frame is the rail.
        rail_kg_per_m: Quantity = Within(0.0, 50.0),
        /// Mass of one, kg.
        element_kg: Quantity = Within(0.001, 20.0),
        /// Half the distance across the rail between the lines of contact, mm.
        roll_arm_mm: Quantity = Within(1.0, 200.0),
        /// Wheels in grooves: force that presses one into its groove, N; nothing is said of lifting out unless given.
        preload_n: Option<Quantity> = Within(0.0, 2000.0),
        /// Free play of one across the rail, from flank to flank, mm; preloaded, none, unless given.
        play_mm: Option<Quantity> = Within(0.0, 5.0),
        /// Straightness of the rail as mounted, mm/m.
        straightness_mm_per_m: Quantity = Within(0.0, 10.0),
        /// Price of the unit named.
        price: Option<Price> = Any,
        /// Price of one block, wheel or bearing, where it is sold apart from the rail.
        element_price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// sections.toml
    Sections {
        /// What sections are made of.
        #[serde(default)] material: BTreeMap<String, SectionMaterial> = Any,
        /// Sections by id.
        #[serde(default)] section: BTreeMap<String, Section> = Any,
    }
}

table! {
    /// What sections are made of.
    SectionMaterial {
        /// Young's modulus, GPa.
        e_gpa: Quantity = Within(1.0, 500.0),
        /// Shear modulus, GPa.
        g_gpa: Quantity = Within(0.5, 250.0),
        /// Density, kg/m³.
        density_kg_per_m3: Quantity = Within(500.0, 20000.0),
        /// Thermal expansion, millionths for each kelvin.
        expansion_um_per_m_k: Quantity = Within(0.1, 100.0),
        /// Where the numbers are from.
        source: String = Any,
    }
}

table! {
    /// A tube or profile.
    Section {
        /// Trade name.
        name: String = Any,
        /// "steel" or "aluminium".
        material: Word = OneOf(&["steel", "aluminium"]),
        /// Longer outer side, mm.
        height_mm: Quantity = Within(5.0, 600.0),
        /// Shorter outer side, mm.
        width_mm: Quantity = Within(5.0, 600.0),
        /// Wall, mm; left out for T-slot profiles.
        wall_mm: Option<Quantity> = Within(0.3, 50.0),
        /// Area, mm².
        area_mm2: Quantity = Within(5.0, 1.0e5),
        /// Mass, kg/m.
        kg_per_m: Quantity = Within(0.05, 500.0),
        /// Second moment for bending across the longer side, cm⁴.
        i_strong_cm4: Quantity = Within(0.01, 1.0e5),
        /// Second moment for bending across the shorter side, cm⁴.
        i_weak_cm4: Quantity = Within(0.01, 1.0e5),
        /// Torsion constant, cm⁴.
        j_cm4: Quantity = Within(0.001, 1.0e5),
        /// Price of the unit named.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// torches.toml
    Torches {
        /// Torches by id.
        #[serde(default)] torch: BTreeMap<String, TorchPart> = Any,
    }
}

table! {
    /// A cutting torch.
    TorchPart {
        /// Model.
        name: String = Any,
        /// Mass, kg.
        mass_kg: Quantity = Within(0.05, 20.0),
        /// Barrel diameter, mm.
        barrel_mm: Quantity = Within(5.0, 100.0),
        /// Length over all, mm.
        length_mm: Quantity = Within(50.0, 1500.0),
        /// Price of one.
        price: Option<Price> = Any,
        /// Where the plain numbers are from.
        source: String = Any,
    }
}

table! {
    /// tips.toml
    Tips {
        /// Tip families by id.
        #[serde(default)] tips: BTreeMap<String, TipFamily> = Any,
    }
}

table! {
    /// A family of cutting tips, or of plasma cutters.
    TipFamily {
        /// Maker and family.
        name: String = Any,
        /// "oxy-acetylene", "oxy-propane" or "plasma".
        process: Word = OneOf(&["oxy-acetylene", "oxy-propane", "plasma"]),
        /// Where the plain numbers are from.
        source: String = Any,
        /// The chart.
        row: Vec<TipRow> = Any,
    }
}

table! {
    /// One row of a cutting chart. Flames give oxygen and fuel, plasma gives `amps`.
    TipRow {
        /// Tip number; of plasma, the consumables.
        tip: String = Any,
        /// Plate thickness, mm.
        thickness_mm: Quantity = Within(0.5, 600.0),
        /// Cutting oxygen pressure at the regulator, bar: low, high.
        oxygen_bar: Option<[Quantity; 2]> = Within(0.0, 30.0),
        /// Acetylene pressure at the regulator, bar: low, high.
        acetylene_bar: Option<[Quantity; 2]> = Within(0.0, 1.5),
        /// Propane pressure at the regulator, bar: low, high.
        propane_bar: Option<[Quantity; 2]> = Within(0.0, 10.0),
        /// Cutting speed, mm/min: low, high; of plasma, best quality and production.
        speed_mm_per_min: [Quantity; 2] = Within(1.0, 30000.0),
        /// Where the speeds are from, if they are an estimate.
        speed_source: Option<String> = Any,
        /// Kerf width, mm; what is usual at the thickness unless given.
        kerf_mm: Option<Quantity> = Within(0.1, 30.0),
        /// Cutting oxygen, cubic feet per hour.
        oxygen_scfh: Option<Quantity> = Within(0.1, 5000.0),
        /// Acetylene, cubic feet per hour.
        acetylene_scfh: Option<Quantity> = Within(0.1, 500.0),
        /// Propane, cubic feet per hour.
        propane_scfh: Option<Quantity> = Within(0.1, 500.0),
        /// Arc current, A.
        amps: Option<Quantity> = Within(5.0, 1000.0),
        /// Arc voltage, V.
        volts: Option<Quantity> = Within(30.0, 400.0),
        /// Pierce delay, s; a plasma row without it is begun at an edge.
        pierce_s: Option<Quantity> = Within(0.0, 20.0),
    }
}

table! {
    /// materials.toml
    Materials {
        /// Plate materials by id.
        #[serde(default)] plate: BTreeMap<String, PlateMaterial> = Any,
    }
}

table! {
    /// A plate material.
    PlateMaterial {
        /// Name.
        name: String = Any,
        /// Law of conductivity and specific heat: "en-1993-1-2" (carbon steel), "en-1993-1-2-c" (stainless, its annex C) or
        /// "en-1999-1-2" (aluminium).
        law: Word = OneOf(&["en-1993-1-2", "en-1993-1-2-c", "en-1999-1-2"]),
        /// Density, kg/m³.
        density_kg_per_m3: Quantity = Within(500.0, 20000.0),
        /// Where the numbers are from.
        source: String = Any,
    }
}
