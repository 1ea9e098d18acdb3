//! A checked scene: every parameter of a run, in SI, with nothing left to look up.
//!
//! In: the TOML readers of this room. Out: every other room's parameters.

use std::collections::BTreeMap;
use std::path::PathBuf;

use torchtwin_planner::{Limits, StepEdge, TorchEvent, grbl, s_curve};

use crate::diag::Diagnostic;
use crate::drive::params::JointParams;
/// A driven joint, for those who only look at machines.
pub use crate::drive::params::{Hold, JointParams as Joint};
use crate::machine::geometry::GeometryParams;
use crate::machine::params::MachineParams;
use crate::plate::heat;
use crate::plate::parts::Slats;
use crate::program::{Dialect, Tool, TorchWords};
use crate::torch;

/// Sizes that only pictures need.
pub use super::look::{AxisLook, GuideLook, Look, ReductionLook};

/// A scene, ready to run.
#[derive(Clone, Debug)]
pub struct Scene {
    /// File as given.
    pub file: String,
    /// Title for people.
    pub title: String,
    /// The machine.
    pub machine: Machine,
    /// The plate.
    pub plate: Plate,
    /// The torch.
    pub torch: Torch,
    /// The job.
    pub job: Job,
    /// Thermocouples.
    pub probes: Vec<Probe>,
    /// What breaks in this run.
    pub faults: Vec<Fault>,
    /// What makes the scene pass.
    pub expect: Expect,
    /// Every value used whose basis is an estimate.
    pub estimates: Vec<Estimate>,
    /// Every value used that has a range, whatever it rests on: what an uncertain verdict is uncertain of.
    pub ranges: Vec<Range>,
    /// What may vary when the machine is sized; none where the scene does not say.
    pub size: Option<Sizing>,
    /// Seconds between trace samples.
    pub trace_interval_s: f64,
    /// Amplitude of vibration that may be jumped over, m.
    pub fast_forward_m: f64,
    /// Warnings and notes of the reader; never errors.
    pub findings: Vec<Diagnostic>,
}

/// A machine, ready to run.
#[derive(Clone, Debug)]
pub struct Machine {
    /// File as named in the scene.
    pub file: String,
    /// Title for people.
    pub title: String,
    /// Controller in words.
    pub controller: String,
    /// Highest step rate of the controller for one axis, Hz.
    pub max_step_rate_hz: f64,
    /// Planner limits.
    pub limits: Limits,
    /// The settings of its Grbl; none: another controller.
    pub grbl: Option<grbl::Settings>,
    /// The settings of the jerk-limited profile.
    pub s_curve: s_curve::Settings,
    /// Driven joints X, Y1, Y2, Z.
    pub joints: Vec<JointParams>,
    /// The mechanism.
    pub mechanism: MachineParams,
    /// What is wrong with its geometry.
    pub geometry: GeometryParams,
    /// Bill of materials.
    pub costs: Vec<CostLine>,
    /// What works the torch on this machine; none: the scene says, or it is guessed from the program.
    pub torch_words: Option<TorchWords>,
    /// Sizes that only the picture needs.
    pub look: Look,
}

/// One line of the bill of materials.
#[derive(Clone, Debug, PartialEq)]
pub struct CostLine {
    /// What.
    pub item: String,
    /// How many or how much, in `unit`.
    pub quantity: f64,
    /// "ft", "m", "piece", "set".
    pub unit: String,
    /// Price of one, USD.
    pub unit_usd: f64,
    /// "published" or "estimate".
    pub basis: String,
    /// Where the price is from.
    pub source: String,
}

impl CostLine {
    /// Price of the line, USD.
    pub fn total_usd(&self) -> f64 {
        self.quantity * self.unit_usd
    }
}

/// The plate on the table.
#[derive(Clone, Debug)]
pub struct Plate {
    /// Material in words.
    pub material: String,
    /// Thickness, m.
    pub thickness_m: f64,
    /// Size in X and Y, m.
    pub size_m: [f64; 2],
    /// Low corner in machine coordinates, m.
    pub corner_in_machine_m: [f64; 2],
    /// Density, kg/m³.
    pub density_kg_per_m3: f64,
    /// Heat room's parameters.
    pub heat: heat::Params,
    /// Slats under it.
    pub slats: Slats,
    /// Clamps on it.
    pub clamps: Vec<Clamp>,
    /// Contours that the job is to make, machine coordinates, m: closed rings, from a drawing; empty: the program says.
    pub intended: Vec<Vec<[f64; 2]>>,
}

/// A clamp on the plate: a post as wide as it is long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clamp {
    /// Its middle, machine coordinates, m.
    pub at_in_machine_m: [f64; 2],
    /// Its width, m.
    pub width_m: f64,
    /// Its height over the plate, m.
    pub height_m: f64,
}

/// The torch and its setting on this plate.
#[derive(Clone, Debug)]
pub struct Torch {
    /// "oxy-acetylene", "oxy-propane", "plasma", "fixed-kerf" or "heat-source".
    pub process: String,
    /// Family in the catalogue, "victor-1-101".
    pub family: String,
    /// Torch room's parameters.
    pub params: torch::Params,
    /// What the program's torch words mean; none: the machine's words hold, or they are guessed from the program.
    pub words: Option<TorchWords>,
    /// Preheat hold when the controller runs the start sequence, s.
    pub preheat_s: f64,
    /// Pierce hold when the controller runs the start sequence, s.
    pub pierce_s: f64,
    /// Height of the tip above the plate that the machine starts from and that programs without Z keep, m.
    pub standoff_m: f64,
    /// Prices of oxygen and fuel, USD/m³.
    pub gas_usd_per_m3: [f64; 2],
}

/// The job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Program file as named in the scene or on the command line.
    pub program_file: String,
    /// Its text.
    pub program_text: String,
    /// Work zero in machine coordinates, m; none: the program is laid on the plate so that its low corner is 20 mm from the plate's.
    pub work_zero_in_machine_m: Option<[f64; 3]>,
    /// Whether G4 P counts in milliseconds (Mach3 option).
    pub dwell_p_in_ms: bool,
    /// Whose rules the program is read by; none: guessed.
    pub dialect: Option<Dialect>,
    /// Folder of the program, where the subroutines it calls are looked for.
    pub program_folder: PathBuf,
    /// Values that the program asks the controller for.
    pub hal: BTreeMap<String, f64>,
    /// The tool table, in the controller's own unit.
    pub tools: Vec<Tool>,
    /// The controller's own unit, mm.
    pub machine_unit_mm: f64,
    /// Whether lines that start with `/` are passed over.
    pub block_delete: bool,
    /// Steps to run instead of planning; none: the program is planned.
    pub recording: Option<Recording>,
}

/// Steps as they were recorded, from where the program starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// File as named in the scene.
    pub file: String,
    /// Steps in the order of time.
    pub steps: Vec<StepEdge>,
    /// When the torch was switched, ticks of the planner, in the order of time; empty where nobody recorded it.
    pub torch: Vec<(u64, TorchEvent)>,
}

/// A motor that gets less current than it should.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// "X", "Y1", "Y2", "Z".
    pub motor: String,
    /// Share of its current that arrives, –; 0 where it is unplugged.
    pub current_share: f64,
    /// From when on, s.
    pub at_s: f64,
    /// For how long, s (∞: to the end).
    pub for_s: f64,
}

/// A thermocouple on the plate.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Name.
    pub name: String,
    /// Where, machine coordinates, m.
    pub at_in_machine_m: [f64; 2],
    /// Depth below the plate's upper side, m.
    pub depth_m: f64,
}

/// How a figure is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// At most.
    Max(f64),
    /// At least.
    Min(f64),
    /// Exactly (`tolerance` 0) or within ± `tolerance`.
    Equal {
        /// Wanted value.
        value: f64,
        /// Allowed difference either way.
        tolerance: f64,
    },
}

/// What makes a scene pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    /// (figure, bound) in the order of the file.
    pub bounds: Vec<(String, Bound)>,
    /// Figures this scene exists to fail on, for scenes that show a failure. The verdict is still "fail".
    pub fails_on: Vec<String>,
}

/// A value that rests on an estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Where it stands: "catalogue guides/hgr20 stiffness_n_per_um".
    pub key: String,
    /// Value as written.
    pub value: f64,
    /// Lowest plausible value.
    pub low: Option<f64>,
    /// Highest plausible value.
    pub high: Option<f64>,
    /// Where it is from, or why it was chosen.
    pub source: String,
}

/// A value that was given with a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Where it stands, as for an [`Estimate`].
    pub key: String,
    /// Value as written.
    pub value: f64,
    /// Lowest plausible value.
    pub low: f64,
    /// Highest plausible value; more than `low`.
    pub high: f64,
    /// Where it is from.
    pub source: String,
}

/// Values to take instead of those written, by the keys of their ranges.
pub type Draws = std::sync::Arc<BTreeMap<String, f64>>;

/// What may vary when a machine is sized.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sizing {
    /// What may be spent, shipping and tax included, USD.
    pub budget_usd: Option<f64>,
    /// Shipping, percent of the parts.
    pub shipping_percent: f64,
    /// Tax, percent of parts and shipping.
    pub tax_percent: f64,
    /// What varies.
    pub vary: Vec<Vary>,
}

/// One thing that varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// What, for people.
    pub what: String,
    /// Its choices, at least one.
    pub options: Vec<Choice>,
}

/// One choice: what it changes in the machine file.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Name for people.
    pub name: String,
    /// Keys with their values as TOML.
    pub set: Vec<(String, String)>,
    /// Whether the keys must be there already.
    pub only_replaces: bool,
    /// Catalogue part that cost lines change to.
    pub part: Option<String>,
    /// Items of those cost lines.
    pub pays: Vec<String>,
    /// Items of cost lines that go.
    pub without: Vec<String>,
    /// Cost lines that come, each as keys with values as TOML.
    pub with: Vec<Vec<(String, String)>>,
}
