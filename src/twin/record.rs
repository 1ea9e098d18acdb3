//! What a run leaves behind: the one thing that reports and pictures are made from.
//!
//! Everything here is deterministic: no wall-clock time. In: the loop. Out: `report`, `view`, `sizing`.

use std::collections::BTreeMap;

use crate::plate::geometry::Region;
use crate::plate::parts::{Measured, Piece};

/// The rungs of the position ladder after the programmed one, in order. Each rung's error is its position minus that of the rung
/// before it.
pub const RUNGS: [&str; 12] = [
    "planner",
    "microstep",
    "load angle and lost steps",
    "backlash",
    "drive stretch",
    "guide play",
    "frame and guide flex",
    "straightness",
    "squareness",
    "pitch",
    "growth",
    "kerf",
];

/// What each rung's difference means, for people, in the order of [`RUNGS`].
pub const RUNG_WORDS: [&str; 12] = [
    "what the planner leaves of the programmed shapes: facets, whole steps, rounded corners",
    "the planned point rounded to whole steps",
    "rotor behind its commanded step, and steps lost",
    "free play between pinion and rack, belt and pulley, screw and nut",
    "belt, rack or screw stretch",
    "free play of the gantry's guides and of the torch slide, at the tip",
    "bending of guides, beam and frame, and racking",
    "bowed guides",
    "axes out of square",
    "racks, belts and screws of the wrong pitch, joints of racks",
    "rails grown warm",
    "half the kerf width against the chart's kerf",
];

/// The line that the plate's growth adds to the error budget, and what it means.
pub const PLATE_GROWTH: [&str; 2] = ["plate growth", "plate grown warm while it was cut: the cold part is smaller"];

/// One sample of the run, taken at fixed intervals of simulated time.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSample {
    /// Simulated time, s.
    pub time_s: f64,
    /// Line of the program, 0 before the first.
    pub line: u32,
    /// Where the planner is, machine coordinates, m.
    pub planned_in_machine_m: [f64; 3],
    /// Where the tip is against the plate, in machine coordinates, m (same place as planned if nothing erred).
    pub tip_in_machine_m: [f64; 3],
    /// Planned speed along the path, m/s.
    pub speed_m_per_s: f64,
    /// Largest distance between planned point and tip in X and Y since the last sample, m.
    pub following_error_m: f64,
    /// Difference of the two gantry sides in Y (Y2 − Y1), m.
    pub racking_m: f64,
    /// Largest share of pull-out torque used by any motor since the last sample, –.
    pub torque_use: f64,
    /// Whether the torch is cutting.
    pub cutting: bool,
}

/// One point of a cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CutPoint {
    /// Simulated time, s.
    pub time_s: f64,
    /// Line of the program.
    pub line: u32,
    /// The tip against the plate, machine coordinates, m.
    pub tip_in_machine_m: [f64; 2],
    /// The programmed point at the same instant, machine coordinates, m.
    pub programmed_in_machine_m: [f64; 2],
    /// Kerf width, m.
    pub kerf_m: f64,
    /// Distance of the tip from the programmed path, positive to the left of travel, m.
    pub deviation_m: f64,
    /// Planned speed, m/s.
    pub speed_m_per_s: f64,
    /// Width of the heat-affected zone from either edge (above 727 °C), m.
    pub haz_m: f64,
    /// Time from 800 to 500 °C at the edge, s.
    pub cooling_s: f64,
    /// Direction of travel.
    pub heading: [f64; 2],
}

/// How a cut ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CutEnd {
    /// The program closed the oxygen.
    Closed,
    /// The torch left the plate.
    LeftPlate,
    /// The cut was lost; why.
    Lost(String),
    /// The run ended first.
    Unfinished,
}

/// One unbroken cut from pierce to end.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Its points in order of time.
    pub points: Vec<CutPoint>,
    /// How it ended.
    pub end: CutEnd,
    /// Its own error budget, by rung.
    pub budget: Vec<BudgetLine>,
}

/// Kinds of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Flame lit.
    FlameOn,
    /// Cutting oxygen opened: the pierce begins.
    Pierce,
    /// Pierced through: the cut begins.
    CutStart,
    /// The cut ended as programmed.
    CutEnd,
    /// The cut was lost.
    CutLost,
    /// A motor fell out of step.
    LostSteps,
    /// Something broke, as the scene has it.
    Fault,
    /// A belt went slack, or a sprung pinion left its rack.
    DriveLetGo,
    /// The tip touched the plate.
    TipTouchesPlate,
    /// A piece came loose.
    PartFreed,
    /// The torch ran into a piece that had tipped up.
    TipHitsPart,
    /// The torch ran into a clamp.
    TipHitsClamp,
    /// What came out is not what is drawn.
    NotAsDrawn,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, s.
    pub time_s: f64,
    /// Line of the program.
    pub line: u32,
    /// What.
    pub kind: EventKind,
    /// Where, machine coordinates, m.
    pub at_in_machine_m: [f64; 2],
    /// In words, with the cause.
    pub text: String,
}

/// What one driven joint went through.
#[derive(Clone, Debug, PartialEq)]
pub struct JointSummary {
    /// "X", "Y1", "Y2", "Z".
    pub name: String,
    /// Motor, driver and transmission in words.
    pub motor: String,
    /// Driver in words.
    pub driver: String,
    /// Transmission in words.
    pub transmission: String,
    /// Steps sent in either direction together.
    pub steps: u64,
    /// Full steps the rotor ended away from where it was told to be; a multiple of 4.
    pub lost_full_steps: i64,
    /// The same as measured, load angle and all.
    pub rotor_behind_full_steps: f64,
    /// Highest commanded speed, rev/min.
    pub max_speed_rpm: f64,
    /// Share of the pull-out torque left at the worst instant, – (0 or less once steps are lost).
    pub torque_margin_min: f64,
    /// Line of that instant.
    pub torque_margin_line: u32,
    /// Largest lag of the rotor behind its command, seen at the load, m.
    pub load_angle_max_m: f64,
    /// Largest share of the force at which belt or sprung pinion lets go, –: more than 1 once it did, 0 where nothing can.
    pub hold_used: f64,
    /// How far the motor would warm above its surroundings if this job went on for good, K.
    pub motor_rise_k: f64,
    /// The same of its driver, K.
    pub driver_rise_k: f64,
    /// Operating points: (speed rev/min, torque N·m), the largest torque met in each band of speed.
    pub operating_points: Vec<(f64, f64)>,
    /// Pull-out curve of this motor on this driver: (speed rev/min, torque N·m).
    pub pull_out: Vec<(f64, f64)>,
}

/// One line of the error budget.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetLine {
    /// Name of the rung, from [`RUNGS`], or of [`PLATE_GROWTH`].
    pub rung: &'static str,
    /// Largest contribution across the path while cutting, m.
    pub worst_m: f64,
    /// Root mean square contribution across the path while cutting, m.
    pub rms_m: f64,
    /// Line of the worst.
    pub worst_line: u32,
}

/// Plate maps, row by row from the low corner, X fastest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlateMaps {
    /// Cells in X and Y.
    pub cells: [usize; 2],
    /// Sides of a cell in X and Y, m.
    pub cell_m: [f64; 2],
    /// Low corner of the plate, machine coordinates, m.
    pub corner_in_machine_m: [f64; 2],
    /// Temperature at the end of the run, °C; NaN where a piece has fallen out of the plate.
    pub temperature_c: Vec<f32>,
    /// Highest temperature each cell ever had, °C.
    pub peak_c: Vec<f32>,
    /// How long each cell took to cool from 800 to 500 °C the last time, s; 0 where it was never that hot or is not that cool.
    pub cooling_s: Vec<f32>,
}

/// A piece of the plate and when it came loose.
#[derive(Clone, Debug)]
pub struct PartRecord {
    /// Shape, mass, support. Machine coordinates, m.
    pub piece: Piece,
    /// When it came loose, s; none for the skeleton.
    pub freed_at_s: Option<f64>,
    /// Line of the program that freed it.
    pub freed_line: u32,
    /// Which of the intended pieces it is; none: it is like none of them.
    pub like: Option<usize>,
    /// How it compares with what was intended; none: there is nothing to compare it with.
    pub measured: Option<Measured>,
    /// It lies in a hole of a part, or is in no drawing, and is scrap.
    pub scrap: bool,
    /// How far it may bow, m: an estimate, for long narrow pieces. What is measured does not have it.
    pub camber_m: Option<f64>,
    /// What it is when cold, where that is known to be another than as it was cut.
    pub cold: Option<Cooled>,
    /// How far its edges are out of square: an estimate; none: it is compared with nothing, or its edges are taken as square.
    pub out_of_square: Option<OutOfSquare>,
}

impl PartRecord {
    /// A piece that came loose at `freed` (s, line; none: the skeleton), compared with nothing yet.
    pub fn new(piece: Piece, freed: Option<(f64, u32)>) -> Self {
        Self {
            piece,
            freed_at_s: freed.map(|(time_s, _)| time_s),
            freed_line: freed.map_or(0, |(_, line)| line),
            like: None,
            measured: None,
            scrap: false,
            camber_m: None,
            cold: None,
            out_of_square: None,
        }
    }

    /// Mass, kg, of as much as is there when cold.
    pub fn mass_kg(&self) -> f64 {
        self.cold.as_ref().map_or(self.piece.mass_kg, |cold| self.piece.mass_kg * cold.region.area_m2() / self.piece.area_m2)
    }

    /// Its outline when cold: the finished part.
    pub fn finished(&self) -> &Region {
        self.cold.as_ref().map_or(&self.piece.region, |cold| &cold.region)
    }
}

/// Edges that are not square, by the angle that the process leaves and the side of the travel on which the part lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfSquare {
    /// Perpendicularity u of ISO 9013, m: the angle over the cut face without its strips at both edges.
    pub u_m: f64,
    /// Its range, 1 to 5, or 6 for none.
    pub range: u8,
    /// How much the part's size changes from its upper to its lower side, m: both edges over the whole thickness.
    pub taper_m: f64,
}

/// A part that has shrunk since it was cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Cooled {
    /// Outline at 20 °C, m; the centre of area stays where it was.
    pub region: Region,
    /// Mean temperature of the part as its outline was cut, °C.
    pub cut_at_c: f64,
    /// How much longer it was then, as a share.
    pub growth: f64,
}

/// A thermocouple's reading over the run.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeRecord {
    /// Name from the scene.
    pub name: String,
    /// Where, machine coordinates, m.
    pub at_in_machine_m: [f64; 2],
    /// Depth below the plate's upper side, m.
    pub depth_m: f64,
    /// (time s, temperature °C) at the trace's interval.
    pub series: Vec<(f64, f64)>,
    /// Highest reading, °C.
    pub peak_c: f64,
}

/// How machine and torch stand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Carriage along the beam, machine coordinates, m.
    pub carriage_x_m: f64,
    /// Left gantry side, m.
    pub left_y_m: f64,
    /// Right gantry side, m.
    pub right_y_m: f64,
    /// Tip against the plate, m.
    pub tip_in_machine_m: [f64; 3],
    /// What the torch is doing.
    pub phase: crate::torch::Phase,
}

/// Everything a run leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Length of the run, simulated s.
    pub duration_s: f64,
    /// How machine and torch stand at the end.
    pub pose: Pose,
    /// Interval of [`Record::trace`], s.
    pub trace_interval_s: f64,
    /// Samples over time.
    pub trace: Vec<TraceSample>,
    /// Cuts in order.
    pub cuts: Vec<Cut>,
    /// Events in order of time.
    pub events: Vec<Event>,
    /// Driven joints: X, Y1, Y2, Z.
    pub joints: Vec<JointSummary>,
    /// Error budget by rung.
    pub budget: Vec<BudgetLine>,
    /// What the plate's growth does to the parts, across their outlines; none: it does nothing. No rung of the torch's path: it shows when
    /// the part is cold.
    pub plate_growth: Option<BudgetLine>,
    /// Plate maps.
    pub maps: PlateMaps,
    /// Heat put into the plate, stored in it at the end, and lost from it, J. The first is the sum of the others.
    pub heat_j: [f64; 3],
    /// Pieces of the plate, loose ones in the order they came loose, the skeleton last.
    pub parts: Vec<PartRecord>,
    /// What to do better, in words, with lines and times.
    pub advice: Vec<String>,
    /// Kerf edges as they are at the end.
    pub kerf: Vec<Region>,
    /// Thermocouples.
    pub probes: Vec<ProbeRecord>,
    /// Programmed path for drawing: polylines of (line of program, rapid or not, points), machine coordinates, m.
    pub programmed: Vec<ProgrammedMove>,
    /// Headline figures by the names of the design (`cycle_time_s`, `contour_error_max_mm`, …); one that does not apply is absent.
    pub figures: BTreeMap<String, f64>,
    /// Natural frequencies of the machine where they are lowest, lowest first: Hz, and in words with what bends.
    pub modes: Vec<(f64, String)>,
    /// What integrated the mechanism.
    pub engine: &'static str,
    /// Share of simulated time that was jumped over because motion was steady, –.
    pub fast_forward_share: f64,
    /// Share of simulated time that went in strides, –.
    pub stride_share: f64,
}

/// A programmed move, flattened for drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgrammedMove {
    /// Line of the program.
    pub line: u32,
    /// Whether it is a rapid.
    pub rapid: bool,
    /// Whether the oxygen was open.
    pub cutting: bool,
    /// Points, machine coordinates, m.
    pub points: Vec<[f64; 2]>,
}
