//! The machine file: every key with its meaning, unit, default and range.
//!
//! In: TOML. Out: [`MachineFile`], checked key by key; `machine` makes parameters of it. May use: this room's
//! table macro.

use std::collections::BTreeMap;

use super::check::Bounds::{Any, OneOf, Whole, Within};
use super::check::table;
use super::parts::Word;
use super::quantity::Quantity;
use crate::drive::whirl::Ends;
use crate::program::TorchWords;

table! {
    /// A machine file.
    MachineFile {
        /// Title for people.
        title: String = Any,
        /// Folder of catalogue files of your own, from this file's folder: they add parts or take the place of some.
        catalogue: Option<Word> = Any,
        /// Controller: an id of the catalogue's controllers.
        controller: Word = Any,
        /// How far the axes go.
        travel: Travel = Any,
        /// Frame on its legs.
        frame: FrameTable = Any,
        /// Beam, end trucks and what rides with them in Y.
        gantry: GantryTable = Any,
        /// Carriage on the beam.
        carriage: CarriageTable = Any,
        /// Torch slide with holder and torch.
        slide: SlideTable = Any,
        /// Drives of the axes.
        axis: Axes = Any,
        /// How the program's M words work the torch on this machine.
        torch_words: Option<TorchWordsTable> = Any,
        /// Limits of the jerk-limited planner in plain units; this or `[grbl]`.
        planner: Option<PlannerTable> = Any,
        /// Limits of the planner as Grbl's `$` settings: "$11", "$100" to "$102", "$110" to "$112", "$120" to "$122"
        /// are used, "$130" to "$132" compared with the travel, the others of Grbl 1.1 accepted and not used.
        grbl: Option<BTreeMap<String, Quantity>> = Within(0.0, 1.0e7),
        /// What is wrong with the geometry, as far as it has been measured; guides, racks and class values speak for the rest.
        geometry: Option<GeometryTable> = Any,
        /// Bill of materials.
        #[serde(default)] cost: Vec<CostTable> = Any,
    }
}

table! {
    /// What works the torch: M words such as "M8", "M64 P1" or "M3 $0" for each thing that can be done to it.
    TorchWordsTable {
        /// Words to start from: one of the presets of a scene's `torch.words`; none unless given.
        preset: Option<Word> = OneOf(&TorchWords::PRESETS),
        /// Words that run the whole start sequence: light, preheat hold, cutting oxygen or arc, pierce hold.
        start: Option<Vec<Word>> = Any,
        /// Words that light the preheat flame.
        preheat: Option<Vec<Word>> = Any,
        /// Words that open the cutting oxygen, or start the arc.
        oxygen: Option<Vec<Word>> = Any,
        /// Words that close the cutting oxygen and leave the flame on.
        oxygen_off: Option<Vec<Word>> = Any,
        /// Words that close everything.
        off: Option<Vec<Word>> = Any,
        /// Words of other tools, such as a scribe: known, and nothing to the torch.
        nothing: Option<Vec<Word>> = Any,
        /// Whether S is the power of the torch, S0 off; false unless given.
        power_by_s: Option<bool> = Any,
    }
}

table! {
    /// How far the axes go from machine zero.
    Travel {
        /// X, along the beam, mm.
        x_mm: Quantity = Within(50.0, 12000.0),
        /// Y, along the rails, mm.
        y_mm: Quantity = Within(50.0, 24000.0),
        /// Z, lowest and highest, mm; 0 is the plate's upper side.
        z_mm: [Quantity; 2] = Within(-200.0, 500.0),
    }
}

table! {
    /// A listed mass.
    PartMass {
        /// What.
        item: String = Any,
        /// Mass of all of it, kg.
        kg: Quantity = Within(0.0, 5000.0),
    }
}

table! {
    /// The frame: tube, legs, slats.
    FrameTable {
        /// Tube of frame and legs: an id of the catalogue's sections.
        tube: Word = Any,
        /// Tube in all, m.
        tube_length_m: Quantity = Within(1.0, 200.0),
        /// Outer size in X and Y, mm.
        size_mm: [Quantity; 2] = Within(200.0, 24000.0),
        /// Height of the plate's upper side above the floor, mm.
        table_height_mm: Quantity = Within(50.0, 2000.0),
        /// Number of legs.
        legs: Quantity = Whole(3.0, 40.0),
        /// Free length of a leg, mm.
        leg_mm: Quantity = Within(20.0, 2000.0),
        /// c in the sway stiffness c·E·I/h³ of a leg: 3 for a foot free to rotate under a stiff frame, 12 for both ends
        /// held, more with braces.
        leg_end_factor: Quantity = Within(0.5, 500.0),
        /// Stiffness of one foot up and down: levelling bolt, pad and floor, N/µm.
        foot_stiffness_n_per_um: Quantity = Within(0.1, 1000.0),
        /// Damping of the frame on its feet, share of critical.
        damping_ratio: Quantity = Within(0.0, 0.3),
        /// Distance of the slats, mm.
        slat_pitch_mm: Quantity = Within(10.0, 1000.0),
        /// Thickness of a slat, mm.
        slat_thickness_mm: Quantity = Within(0.5, 30.0),
        /// Mass of the slats, kg.
        slats_kg: Quantity = Within(0.0, 2000.0),
        /// Other masses on the frame; motors, rails and the plate count by themselves.
        #[serde(default)] part: Vec<PartMass> = Any,
    }
}

table! {
    /// How a body rides on its guide.
    GuideUse {
        /// Guide: an id of the catalogue's guides.
        part: Word = Any,
        /// Blocks, wheels or bearings that hold each of the two directions across the travel.
        elements: Quantity = Whole(1.0, 48.0),
        /// Blocks, wheels or bearings in all, for mass and drag; `elements` unless given.
        elements_in_all: Option<Quantity> = Whole(1.0, 96.0),
        /// Distance of the first from the last along the travel, between centres, mm.
        spacing_mm: Quantity = Within(5.0, 3000.0),
        /// Distance between two rails across the travel, mm; 0 (default) for one rail.
        rail_gap_mm: Option<Quantity> = Within(0.0, 2000.0),
        /// Length of rail in all, mm.
        rail_mm: Quantity = Within(0.0, 60000.0),
        /// Wheels in grooves: force that presses one into its groove, N; the catalogue's unless given.
        preload_n: Option<Quantity> = Within(0.0, 2000.0),
        /// Free play of a block, wheel or bearing across the rail, from flank to flank, mm; the catalogue's unless given. Push and pull against a dial indicator.
        play_mm: Option<Quantity> = Within(0.0, 5.0),
        /// Stiffness of the seat of each block or wheel: tube wall, bolts, plate, N/µm.
        seat_stiffness_n_per_um: Quantity = Within(0.1, 5000.0),
        /// Damping, share of critical.
        damping_ratio: Quantity = Within(0.0, 0.3),
    }
}

table! {
    /// The gantry.
    GantryTable {
        /// Beam: an id of the catalogue's sections.
        beam: Word = Any,
        /// Length of the beam, mm.
        beam_length_mm: Quantity = Within(100.0, 13000.0),
        /// Whether the longer side of the section stands up; true unless given.
        beam_upright: Option<bool> = Any,
        /// Height of the beam's centre line above the plate's upper side, mm.
        beam_height_mm: Quantity = Within(20.0, 2000.0),
        /// How far the torch stands ahead of the beam's centre line, mm: the arm on which twist and yaw work.
        torch_ahead_mm: Quantity = Within(0.0, 1000.0),
        /// Height of the rails above the plate's upper side, mm.
        rail_height_mm: Quantity = Within(-1000.0, 1000.0),
        /// How far the rails stand outside the X travel on either side, mm; 100 unless given.
        rail_outside_mm: Option<Quantity> = Within(0.0, 2000.0),
        /// Mass of one end truck without motor and reduction, kg.
        truck_kg: Quantity = Within(0.1, 200.0),
        /// One truck on its rail; `elements`, `elements_in_all` and `rail_mm` for one side.
        guide: GuideUse = Any,
        /// Other masses that ride on the gantry.
        #[serde(default)] part: Vec<PartMass> = Any,
    }
}

table! {
    /// The carriage.
    CarriageTable {
        /// Size of the carriage plate in X and Z, mm.
        plate_mm: [Quantity; 2] = Within(20.0, 1500.0),
        /// The carriage on the beam.
        guide: GuideUse = Any,
        /// Masses that ride in X; motors and gearboxes of X and Z count by themselves.
        #[serde(default)] part: Vec<PartMass> = Any,
    }
}

table! {
    /// The torch slide.
    SlideTable {
        /// Torch: an id of the catalogue's torches.
        torch: Word = Any,
        /// Height of the slide's centre above the tip, mm.
        height_mm: Quantity = Within(10.0, 1000.0),
        /// The slide on the carriage.
        guide: GuideUse = Any,
        /// Masses that ride in Z besides the torch.
        #[serde(default)] part: Vec<PartMass> = Any,
    }
}

table! {
    /// Drives of the axes.
    Axes {
        /// X, one motor on the carriage.
        x: AxisTable = Any,
        /// Y, one motor on each truck, both as given here.
        y: AxisTable = Any,
        /// Z, one motor on the carriage.
        z: AxisTable = Any,
    }
}

table! {
    /// The drive of one axis.
    AxisTable {
        /// Motor: an id of the catalogue's motors.
        motor: Word = Any,
        /// Driver: an id of the catalogue's drivers.
        driver: Word = Any,
        /// Supply of the motor bus: an id of the catalogue's supplies.
        supply: Word = Any,
        /// Current set on the driver, as amplitude of the sine, A; √2 times the motor's rating, or the driver's most,
        /// unless given.
        current_a_peak: Option<Quantity> = Within(0.05, 30.0),
        /// Microsteps in a full step.
        microsteps: Quantity = Whole(1.0, 512.0),
        /// From rotor to load.
        transmission: TransmissionTable = Any,
        /// Drag of hoses, cables and chain along the axis, N (one side for Y).
        hose_drag_n: Option<Quantity> = Within(0.0, 500.0),
        /// Viscous drag, N·s/m (one side for Y).
        viscous_n_s_per_m: Option<Quantity> = Within(0.0, 5000.0),
    }
}

table! {
    /// From rotor to load.
    TransmissionTable {
        /// "rack", "belt" (open belt clamped at both ends, pulley on the moving part) or "screw".
        kind: Word = OneOf(&["rack", "belt", "screw"]),
        /// The rack, belt or screw: an id of that file of the catalogue.
        part: Word = Any,
        /// Teeth of the pinion or pulley; not for screws.
        teeth: Option<Quantity> = Whole(8.0, 200.0),
        /// Belts side by side; 1 unless given.
        strands: Option<Quantity> = Whole(1.0, 8.0),
        /// Belt: clamp to clamp. Screw: between bearing and nut at the far end, mm.
        length_mm: Option<Quantity> = Within(10.0, 30000.0),
        /// Belt: length of the first span with the axis at zero, mm.
        span_at_zero_mm: Option<Quantity> = Within(10.0, 30000.0),
        /// Reduction between motor and pinion, pulley or screw; none unless given.
        reduction: Option<ReductionTable> = Any,
        /// Coupling on the motor's shaft: an id of the catalogue's couplings; rigid unless given.
        coupling: Option<Word> = Any,
        /// Free play at the load, flank to flank, all of it, mm; the catalogue's unless given, with `spring_n` that of the gearbox
        /// alone.
        backlash_mm: Option<Quantity> = Within(0.0, 5.0),
        /// Force that presses a sprung pinion into its rack, N; it holds the flanks together up to 2.75 times as much
        /// tooth force.
        spring_n: Option<Quantity> = Within(1.0, 2000.0),
        /// How much that force grows for each millimetre that the pinion lifts, N/mm; 10 unless given.
        spring_rate_n_per_mm: Option<Quantity> = Within(0.01, 1000.0),
        /// Rack: where its pieces meet, mm of travel from machine zero; `[]` for a rack of one piece; by the length of the catalogue's
        /// pieces, the first beginning at machine zero, unless given.
        joints_mm: Option<Vec<Quantity>> = Within(-1000.0, 30000.0),
        /// Rack: how much too far apart the teeth on both sides of a joint are, mm; the catalogue's unless given.
        joint_step_mm: Option<Quantity> = Within(-1.0, 1.0),
        /// Belt: tension of each belt with the axis at rest, N; 0.3 of the catalogue's allowable tension unless given.
        pretension_n: Option<Quantity> = Within(0.1, 20000.0),
        /// Screw: how its ends are held, motor end first; "fixed-supported" unless given. A pair of bearings fixes, a single one supports.
        ends: Option<Word> = OneOf(&Ends::NAMES),
        /// Stiffness of pinion shaft, pivot plate or screw bearing and motor mount, seen at the load, N/µm.
        mount_stiffness_n_per_um: Quantity = Within(0.1, 2000.0),
        /// Damping of the drive, share of critical.
        damping_ratio: Quantity = Within(0.0, 0.5),
    }
}

table! {
    /// A reduction: a gearbox of the catalogue, or a closed belt with its pulleys.
    ReductionTable {
        /// Gearbox: an id of the catalogue's gearboxes, and nothing else in this table.
        gearbox: Option<Word> = Any,
        /// Closed belt: motor turns for one of the pinion.
        ratio: Option<Quantity> = Within(1.0, 20.0),
        /// Its belt: an id of the catalogue's belts.
        belt: Option<Word> = Any,
        /// Teeth of its pulley on the motor.
        motor_teeth: Option<Quantity> = Whole(8.0, 80.0),
        /// Distance of its shafts, mm; each span is about as long.
        centre_mm: Option<Quantity> = Within(15.0, 1000.0),
    }
}

table! {
    /// Limits of the planner.
    PlannerTable {
        /// Highest speed of X, Y, Z, mm/min.
        rapid_mm_per_min: [Quantity; 3] = Within(1.0, 2.0e5),
        /// Highest acceleration of X, Y, Z, mm/s².
        acceleration_mm_per_s2: [Quantity; 3] = Within(1.0, 1.0e5),
        /// Highest jerk of X, Y, Z, mm/s³; 20 times the acceleration unless given.
        jerk_mm_per_s3: Option<[Quantity; 3]> = Within(10.0, 1.0e7),
        /// How far corners may be rounded where the program does not say, mm; 0.05 unless given.
        corner_tolerance_mm: Option<Quantity> = Within(0.001, 2.0),
        /// Input shaping that leaves the machine's first mode alone: "zv", "mzv" or "ei"; none unless given.
        shaping: Option<Word> = OneOf(&["zv", "mzv", "ei"]),
        /// Frequency of that mode, Hz; needed with `shaping`.
        shaping_hz: Option<Quantity> = Within(8.0, 200.0),
        /// Its damping, share of critical; 0.05 unless given.
        shaping_damping_ratio: Option<Quantity> = Within(0.0, 0.5),
    }
}

table! {
    /// Errors of the geometry, as measured on the machine.
    GeometryTable {
        /// How far the carriage leaves a straight line in Y at the middle of the X travel, mm; from the guide unless given.
        x_bow_mm: Option<Quantity> = Within(-20.0, 20.0),
        /// How far the gantry leaves a straight line in X at the middle of the Y travel, mm; from the guide unless given.
        y_bow_mm: Option<Quantity> = Within(-20.0, 20.0),
        /// How far X leads to positive Y beyond square, mm for each metre of X; 0.11 unless given.
        squareness_mm_per_m: Option<Quantity> = Within(-50.0, 50.0),
        /// How much too far X goes, mm for each metre; from the rack or screw unless given, 0.2 for belts.
        x_pitch_error_mm_per_m: Option<Quantity> = Within(-20.0, 20.0),
        /// How much too far Y goes, mm for each metre; from the rack or screw unless given, 0.2 for belts.
        y_pitch_error_mm_per_m: Option<Quantity> = Within(-20.0, 20.0),
        /// How much warmer rails and beam get in the end while the torch burns, K; 5 unless given.
        warming_k: Option<Quantity> = Within(0.0, 100.0),
        /// Time in which they get there, to 63 %, min; 20 unless given.
        warming_min: Option<Quantity> = Within(0.1, 600.0),
    }
}

table! {
    /// A line of the bill of materials.
    CostTable {
        /// What.
        item: String = Any,
        /// How many or how much.
        quantity: Quantity = Within(0.0, 1.0e6),
        /// "ft", "m", "piece", "set"; the catalogue's unless given.
        unit: Option<String> = Any,
        /// Catalogue part whose price this is: "motors/23HS30-2804S".
        part: Option<Word> = Any,
        /// Price of one, USD; the catalogue's unless given.
        unit_usd: Option<Quantity> = Within(0.0, 1.0e6),
        /// "published" or "estimate"; the catalogue's unless given.
        basis: Option<Word> = OneOf(&["published", "estimate"]),
        /// Where the price is from; the catalogue's unless given.
        source: Option<String> = Any,
    }
}
