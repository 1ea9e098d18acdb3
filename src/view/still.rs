//! What the view is given: one instant of the twin as plain data.
//!
//! SI units, machine coordinates: X along the beam, Y along the rails, Z up; the origin is the tip
//! at machine zero on the top of the plate. Nothing here knows Bevy, and nothing about the physics
//! is computed from it: what is not in a [`Still`] is not in the picture.

/// One instant, ready to be drawn.
#[derive(Clone, Debug, Default)]
pub struct Still {
    /// Heading of the overlay.
    pub title: String,
    /// Simulated time.
    pub time_s: f64,
    /// Program line that is being executed.
    pub line: u32,
    /// The verdict so far, in words; a text that begins with "pass" or "fail" is coloured.
    pub verdict_words: String,
    /// Name and value, one row each in the overlay.
    pub facts: Vec<(String, String)>,
    /// The part of the machine that stands still.
    pub table: Table,
    /// The part that moves.
    pub gantry: Gantry,
    /// The plate as cut so far.
    pub plate: PlateView,
    /// Programmed path, polyline by polyline.
    pub path: Vec<(Vec<[f64; 2]>, PathKind)>,
    /// Preheat flames burn.
    pub flame: bool,
    /// Cutting oxygen is on and the cut goes through.
    pub cutting: bool,
}

/// Frame, rails and slats.
#[derive(Clone, Debug)]
pub struct Table {
    /// Travel in X and Y.
    pub travel_m: [f64; 2],
    /// X of the centre line of the left and of the right rail.
    pub rail_x_m: [f64; 2],
    /// Side of the square tube that the frame is welded from.
    pub frame_tube_m: f64,
    /// Height of the slats' top over the floor.
    pub table_height_m: f64,
    /// What the motors pull on.
    pub drive: Drive,
    /// The bars that the plate lies on.
    pub slats: Slats,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            travel_m: [1.2, 1.2],
            rail_x_m: [-0.12, 1.32],
            frame_tube_m: 0.05,
            table_height_m: 0.75,
            drive: Drive::Rack,
            slats: Slats::default(),
        }
    }
}

/// Kind of linear drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Rack and pinion.
    Rack,
    /// Toothed belt.
    Belt,
}

/// Flat bars on edge.
#[derive(Clone, Debug)]
pub struct Slats {
    /// They run along Y (and repeat along X); otherwise along X.
    pub along_y: bool,
    /// Distance from one to the next.
    pub pitch_m: f64,
    /// Centre of the first one, in X if `along_y`, else in Y.
    pub first_m: f64,
    /// Thickness of the bar.
    pub width_m: f64,
}

impl Default for Slats {
    fn default() -> Self {
        Self { along_y: false, pitch_m: 0.1, first_m: 0.0, width_m: 0.005 }
    }
}

/// Beam, sides, carriage and tip.
#[derive(Clone, Debug)]
pub struct Gantry {
    /// Depth (Y) and height (Z) of the beam's section.
    pub beam_section_m: [f64; 2],
    /// Height of the beam's centre over the plate's top.
    pub beam_height_m: f64,
    /// Y of the left side; with the right one it shows racking.
    pub left_y_m: f64,
    /// Y of the right side.
    pub right_y_m: f64,
    /// X of the carriage on the beam.
    pub carriage_x_m: f64,
    /// Where the tip really is.
    pub tip_in_machine_m: [f64; 3],
    /// Racking and the tip's deviation from the carriage are drawn this many times larger.
    pub flex_magnification: f64,
}

impl Default for Gantry {
    fn default() -> Self {
        Self {
            beam_section_m: [0.08, 0.08],
            beam_height_m: 0.16,
            left_y_m: 0.0,
            right_y_m: 0.0,
            carriage_x_m: 0.0,
            tip_in_machine_m: [0.0, 0.0, 0.008],
            flex_magnification: 1.0,
        }
    }
}

/// The plate and what has been cut from it.
#[derive(Clone, Debug)]
pub struct PlateView {
    /// Corner with the smallest X and Y.
    pub corner_m: [f64; 2],
    /// Size in X and Y.
    pub size_m: [f64; 2],
    /// Thickness; the top is at Z = 0.
    pub thickness_m: f64,
    /// What is left of it, with the kerf already taken away.
    pub pieces: Vec<PieceView>,
    /// Its temperature, if known.
    pub heat: Option<HeatView>,
}

impl Default for PlateView {
    fn default() -> Self {
        Self { corner_m: [0.0; 2], size_m: [1.0, 0.6], thickness_m: 0.0127, pieces: Vec::new(), heat: None }
    }
}

/// One connected piece of the plate, in machine coordinates.
#[derive(Clone, Debug, Default)]
pub struct PieceView {
    /// Outer contour, either way round, not closed by repeating the first point.
    pub outer: Vec<[f64; 2]>,
    /// Contours of the holes.
    pub holes: Vec<Vec<[f64; 2]>>,
    /// Cut free from the skeleton.
    pub loose: bool,
    /// No longer held by the slats: it falls or tips.
    pub dropped: bool,
    /// How long ago it came loose.
    pub freed_ago_s: f64,
}

/// Temperature on a grid of cells.
#[derive(Clone, Debug, Default)]
pub struct HeatView {
    /// Number of cells in X and Y.
    pub cells: [usize; 2],
    /// Side of a cell.
    pub cell_m: f64,
    /// Corner of the first cell.
    pub corner_m: [f64; 2],
    /// Row by row, X fastest.
    pub temperature_c: Vec<f32>,
}

/// How a stretch of path is travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// G0.
    Rapid,
    /// G1 to G3 with the torch off.
    Feed,
    /// G1 to G3 with the torch on.
    Cut,
}

/// Where the picture is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Camera {
    /// The whole table from the front.
    Overview,
    /// The bed from straight above, without perspective.
    Top,
    /// The tip from close by.
    Torch,
}

impl std::str::FromStr for Camera {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "overview" => Ok(Self::Overview),
            "top" => Ok(Self::Top),
            "torch" => Ok(Self::Torch),
            _ => Err(format!("camera `{word}` is unknown; hint: overview, top or torch")),
        }
    }
}
