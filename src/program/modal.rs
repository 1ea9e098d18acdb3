//! The modal state of an interpreter and the coordinates it implies.
//!
//! In: words that set modes. Out: targets in machine coordinates, m. May use `gcode`'s spans and the planner's points.

use super::findings::{Refusal, refusal};
use super::words::{AXIS_LETTERS, Commands};
use torchtwin_planner::path::{AXES, Point};

/// Farther from the work zero than this is a mistake, m.
pub(super) const FARTHEST_M: f64 = 100.0;
/// Centres and radii of nearly straight arcs may be this far away, m.
pub(super) const LARGEST_RADIUS_M: f64 = 100_000.0;
/// A millimetre, m.
pub(super) const MILLIMETRE: f64 = 1e-3;
/// An inch, m, exactly.
pub(super) const INCH: f64 = 0.0254;
/// Work zeros G54 to G59.
pub(super) const WORK_ZEROS: usize = 6;

/// What axis words without a G word do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MotionMode {
    /// G0.
    Rapid,
    /// G1.
    Line,
    /// G2.
    Clockwise,
    /// G3.
    CounterClockwise,
}

/// What later blocks cannot be blamed for, because an earlier one was faulty and left it open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubt {
    /// Where the axes are, one bit each.
    pub(super) axes: u8,
    /// Units, zeros or distance mode, and so every position from there on.
    pub(super) coordinates: bool,
    /// The motion mode.
    pub(super) motion: bool,
    /// The feed.
    pub(super) feed: bool,
    /// The plane, after an arc outside the XY plane was refused.
    pub(super) plane: bool,
    /// What is open at the torch.
    pub(super) torch: bool,
}

impl Doubt {
    /// Whether the geometry of a move cannot be judged.
    pub(super) fn of_geometry(&self) -> bool {
        self.coordinates || self.axes & 0b011 != 0
    }
}

/// Everything that one block hands on to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// Where the program has brought the torch, in machine coordinates, m.
    pub(super) position: Point,
    /// None at the start and after G80.
    pub(super) motion: Option<MotionMode>,
    /// Whether G17 is in force.
    pub(super) plane_is_xy: bool,
    /// What a coordinate of 1 means.
    pub(super) metres_per_unit: f64,
    /// Whether G20 or G21 was given.
    pub(super) units_stated: bool,
    /// G91.
    pub(super) incremental: bool,
    /// G91.1; else G90.1.
    pub(super) centres_incremental: bool,
    /// Feed, m/s; 0 until one is set.
    pub(super) feed_m_per_s: f64,
    /// Index of the work zero in force, from G54.
    pub(super) zero: usize,
    /// Where the work zeros lie, in machine coordinates, m.
    pub(super) zeros_in_machine: [Point; WORK_ZEROS],
    /// What G92 adds to the work zero, m.
    pub(super) shift: Point,
    /// What G92.3 brings back, m.
    pub(super) kept_shift: Point,
    /// Where G28 and G30 go, in machine coordinates, m.
    pub(super) homes_in_machine: [Point; 2],
    /// Whether the preheat flame burns.
    pub(super) flame: bool,
    /// Whether the cutting oxygen is open.
    pub(super) oxygen: bool,
    /// Least and greatest coordinates so far, m.
    pub(super) bounds: Option<(Point, Point)>,
    /// Whether a block had a Z word.
    pub(super) mentions_z: bool,
    /// Whether M3 or M4 was executed.
    pub(super) lights_torch: bool,
    /// Whether anything moved.
    pub(super) moves: bool,
    /// Whether M2, M30 or % was reached.
    pub(super) ended: bool,
    /// What is open after faulty blocks.
    pub(super) doubt: Doubt,
}

impl State {
    /// The state at the start of a program.
    pub(super) fn new(start: Point, work_zero: Point) -> Self {
        Self {
            position: start,
            motion: None,
            plane_is_xy: true,
            metres_per_unit: MILLIMETRE,
            units_stated: false,
            incremental: false,
            centres_incremental: true,
            feed_m_per_s: 0.0,
            zero: 0,
            zeros_in_machine: [work_zero; WORK_ZEROS],
            shift: [0.0; AXES],
            kept_shift: [0.0; AXES],
            homes_in_machine: [[0.0, 0.0, start[2]]; 2],
            flame: false,
            oxygen: false,
            bounds: None,
            mentions_z: false,
            lights_torch: false,
            moves: false,
            ended: false,
            doubt: Doubt::default(),
        }
    }

    /// Where the program's zero of `axis` lies now, in machine coordinates, m.
    pub(super) fn origin(&self, axis: usize) -> f64 {
        self.zeros_in_machine[self.zero][axis] + self.shift[axis]
    }

    /// The value of the word for `axis`, m.
    pub(super) fn axis_value(&self, commands: &mut Commands, axis: usize) -> Result<Option<f64>, Refusal> {
        self.length(commands, AXIS_LETTERS[axis], FARTHEST_M)
    }

    /// The value of a word that is a length, m, no longer than `most`.
    pub(super) fn length(&self, commands: &mut Commands, letter: char, most: f64) -> Result<Option<f64>, Refusal> {
        let Some(value) = commands.take(letter) else {
            return Ok(None);
        };
        let metres = value * self.metres_per_unit;
        if metres.abs() <= most { Ok(Some(metres)) } else { Err(too_far(commands, letter, most)) }
    }

    /// Where the axis words lead in the distance mode in force, in machine coordinates, m. Axes without a word stay.
    pub(super) fn target(&mut self, commands: &mut Commands) -> Result<Point, Refusal> {
        let mut target = self.position;
        for axis in 0..AXES {
            if let Some(value) = self.axis_value(commands, axis)? {
                if self.incremental {
                    target[axis] += value;
                } else {
                    target[axis] = self.origin(axis) + value;
                    self.doubt.axes &= !(1 << axis);
                }
                let known = self.doubt.axes & (1 << axis) == 0;
                if known && (target[axis] - self.origin(axis)).abs() > FARTHEST_M * (1.0 + 1e-9) {
                    return Err(too_far(commands, AXIS_LETTERS[axis], FARTHEST_M));
                }
            }
        }
        Ok(target)
    }

    /// Where the axis words lead in machine coordinates (G53), m. Axes without a word stay.
    pub(super) fn machine_target(&mut self, commands: &mut Commands) -> Result<Point, Refusal> {
        let mut target = self.position;
        for (axis, coordinate) in target.iter_mut().enumerate() {
            if let Some(value) = self.axis_value(commands, axis)? {
                *coordinate = value;
                self.doubt.axes &= !(1 << axis);
            }
        }
        Ok(target)
    }

    /// Widens the bounds by `point`.
    pub(super) fn widen_bounds(&mut self, point: Point) {
        let (least, greatest) = self.bounds.get_or_insert((point, point));
        for axis in 0..AXES {
            least[axis] = least[axis].min(point[axis]);
            greatest[axis] = greatest[axis].max(point[axis]);
        }
    }
}

fn too_far(commands: &Commands, letter: char, most: f64) -> Refusal {
    let span = commands.span(letter);
    refusal("P018", span, format!("{letter} leads farther than any table"))
        .expected(format!("at most {} mm", most / MILLIMETRE))
        .hint("check the units (G20, G21) and the decimal point")
}
