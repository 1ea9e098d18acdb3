//! The modal state of an interpreter and the coordinates it implies.
//!
//! Lengths in millimetres, angles of A, B, C in degrees, whatever the program's units. In: words that set modes. Out: targets. May use
//! `gcode`'s spans.

use super::findings::{Refusal, refusal};
use super::item::Plane;
use super::setup::MILLIMETRE;
use super::words::{AXIS_LETTERS, Commands};
use crate::gcode::{Dialect, Span};

/// Axes that a program may speak of: X Y Z A B C.
pub(super) const AXES: usize = 6;
/// A place in all of them.
pub(super) type Place = [f64; AXES];
/// Farther from the work zero than this is a mistake, mm.
pub(super) const FARTHEST_MM: f64 = 100_000.0;
/// Centres and radii of nearly straight arcs may be this far away, mm.
pub(super) const LARGEST_RADIUS_MM: f64 = 1e8;

/// How F is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeedMode {
    /// G94.
    PerMinute,
    /// G93: F is one over the minutes that the move takes.
    InverseTime,
}

/// On which side of the programmed path the torch runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// G41.
    Left,
    /// G42.
    Right,
}

/// Kerf compensation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Compensation {
    /// None: off (G40).
    pub(super) side: Option<Side>,
    /// Distance from the programmed path, mm.
    pub(super) radius_mm: f64,
    /// Whether the next move leads in.
    pub(super) leads_in: bool,
    /// Where the program thinks it is, in the axes of the plane and the third, mm; the state's position is the compensated one.
    pub(super) programmed: [f64; 3],
}

impl Compensation {
    /// Whether moves are shifted.
    pub(super) fn is_on(&self) -> bool {
        self.side.is_some() && self.radius_mm > 0.0
    }
}

/// What later blocks cannot be blamed for, because an earlier one was faulty and left it open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubt {
    /// Where the axes are, one bit each.
    pub(super) axes: u16,
    /// Units, zeros or distance mode, and so every position from there on.
    pub(super) coordinates: bool,
    /// The motion mode.
    pub(super) motion: bool,
    /// The feed.
    pub(super) feed: bool,
    /// What is open at the torch.
    pub(super) torch: bool,
    /// Kerf compensation.
    pub(super) compensation: bool,
    /// The spline that is being written.
    pub(super) curve: bool,
    /// What is executed at all: which loops, choices and subroutines.
    pub(super) flow: bool,
}

impl Doubt {
    /// Whether the geometry of a move in this plane cannot be judged.
    pub(super) fn of_geometry(&self, plane: Plane) -> bool {
        let [first, second, _] = plane.axes();
        self.coordinates || self.axes & (1 << first | 1 << second) != 0 || self.compensation
    }
}

/// Values that canned cycles keep from one block to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sticky {
    pub(super) bottom: f64,
    pub(super) clearance: f64,
    pub(super) dwell: f64,
    pub(super) peck: f64,
    pub(super) offsets: [f64; 3],
    /// Height before the first of a row of cycles.
    pub(super) initial: Option<f64>,
    /// The unit they were given in, mm.
    pub(super) unit_mm: f64,
}

impl Sticky {
    /// The same numbers counted in `unit_mm`: LinuxCNC keeps numbers, not lengths, over G20 and G21.
    pub(super) fn counted_in(mut self, unit_mm: f64) -> Self {
        if self.unit_mm != 0.0 && self.unit_mm != unit_mm {
            let scale = unit_mm / self.unit_mm;
            for length in [&mut self.bottom, &mut self.clearance, &mut self.peck].into_iter().chain(&mut self.offsets) {
                *length *= scale;
            }
            self.initial = self.initial.map(|height| height * scale);
        }
        self.unit_mm = unit_mm;
        self
    }
}

/// Everything that one block hands on to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// Where the program has brought the torch, in work coordinates.
    pub(super) at: Place,
    /// Origin of the work zero in force.
    pub(super) origin: Place,
    /// What G92 or G52 adds.
    pub(super) shift: Place,
    /// What G43 adds.
    pub(super) tool: Place,
    /// By how much the work coordinates are turned around Z, degrees.
    pub(super) rotation_deg: f64,
    /// Index of the work zero in force, from G54.
    pub(super) zero: u8,
    /// None at the start and after G80; else ten times the G number.
    pub(super) motion: Option<u16>,
    /// G17 G18 G19.
    pub(super) plane: Plane,
    /// What a coordinate of 1 means, mm.
    pub(super) unit_mm: f64,
    /// Whether G20 or G21 was given.
    pub(super) units_stated: bool,
    /// G91.
    pub(super) incremental: bool,
    /// G91.1; else G90.1.
    pub(super) centres_incremental: bool,
    /// G7: X is a diameter.
    pub(super) diameter: bool,
    /// G99: cycles return to their clearance height.
    pub(super) retract_to_clearance: bool,
    /// G93 or G94.
    pub(super) feed_mode: FeedMode,
    /// Feed, mm/min; 0 until one is set.
    pub(super) feed: f64,
    /// S.
    pub(super) speed: f64,
    /// M3 (1), M4 (-1) or neither.
    pub(super) spindle: i8,
    /// Kerf compensation.
    pub(super) compensation: Compensation,
    /// Whether the last thing was to end kerf compensation: an arc may not follow.
    pub(super) arc_not_allowed: bool,
    /// Whether numbers are kept in single precision, as Grbl does.
    pub(super) single: bool,
    /// Whether M8 was given; kept for Grbl, which stops where it changes.
    pub(super) coolant: bool,
    /// Canned cycles.
    pub(super) sticky: Sticky,
    /// T, and the tool that M6 changed to.
    pub(super) selected_tool: i32,
    /// The tool in use.
    pub(super) tool_number: i32,
    /// Whether the preheat flame burns.
    pub(super) flame: bool,
    /// Whether the cutting oxygen is open.
    pub(super) oxygen: bool,
    /// Whether the program has waited since the cutting oxygen was opened; none after the first move of the cut.
    pub(super) pierced: Option<bool>,
    /// Whether a block had a Z word.
    pub(super) mentions_z: bool,
    /// Whether M3 or M4 was executed.
    pub(super) lights_torch: bool,
    /// Whether anything moved.
    pub(super) moves: bool,
    /// What is to be switched with the next move (M62, M63), and has been asked for here.
    pub(super) with_next_move: Option<Span>,
    /// Whether kerf compensation was ever on.
    pub(super) compensated: bool,
    /// Whether M2, M30 or % was reached.
    pub(super) ended: bool,
    /// What is open after faulty blocks.
    pub(super) doubt: Doubt,
}

impl State {
    /// To be called where something moves.
    pub(super) fn moved(&mut self) {
        (self.moves, self.with_next_move) = (true, None);
    }

    /// The state at the start of a program.
    pub(super) fn new(start_in_machine_mm: [f64; 3], work_zero_mm: [f64; 3], dialect: Dialect) -> Self {
        let mut origin = [0.0; AXES];
        origin[..3].copy_from_slice(&work_zero_mm);
        let mut at = [0.0; AXES];
        for axis in 0..3 {
            at[axis] = start_in_machine_mm[axis] - work_zero_mm[axis];
        }
        Self {
            at,
            origin,
            shift: [0.0; AXES],
            tool: [0.0; AXES],
            rotation_deg: 0.0,
            zero: 0,
            motion: if dialect == Dialect::LinuxCnc { None } else { Some(0) },
            plane: Plane::Xy,
            unit_mm: MILLIMETRE,
            units_stated: false,
            incremental: false,
            centres_incremental: true,
            diameter: false,
            // LinuxCNC starts with G99.
            retract_to_clearance: dialect == Dialect::LinuxCnc,
            feed_mode: FeedMode::PerMinute,
            feed: 0.0,
            speed: 0.0,
            spindle: 0,
            compensation: Compensation { side: None, radius_mm: 0.0, leads_in: true, programmed: [0.0; 3] },
            arc_not_allowed: false,
            single: dialect == Dialect::Grbl,
            coolant: false,
            sticky: Sticky::default(),
            selected_tool: 0,
            tool_number: 0,
            flame: false,
            oxygen: false,
            pierced: None,
            mentions_z: false,
            lights_torch: false,
            moves: false,
            with_next_move: None,
            compensated: false,
            ended: false,
            doubt: Doubt::default(),
        }
    }

    /// A length as the controller keeps it.
    #[inline]
    fn kept(&self, length: f64) -> f64 {
        if self.single { f64::from(length as f32) } else { length }
    }

    /// What a 1 means for `axis`: mm, or degrees for the rotary axes.
    #[inline]
    pub(super) fn unit(&self, axis: usize) -> f64 {
        if axis >= 3 { 1.0 } else { self.unit_mm }
    }

    /// A place in machine coordinates, from work coordinates.
    #[inline]
    pub(super) fn machine(&self, work: &Place) -> Place {
        let mut out = *work;
        for (axis, coordinate) in out.iter_mut().enumerate() {
            *coordinate += self.shift[axis];
        }
        if self.rotation_deg != 0.0 {
            [out[0], out[1]] = rotated([out[0], out[1]], self.rotation_deg);
        }
        for (axis, coordinate) in out.iter_mut().enumerate() {
            *coordinate += self.origin[axis] + self.tool[axis];
        }
        out
    }

    /// A place in work coordinates, from machine coordinates.
    pub(super) fn work(&self, machine: &Place) -> Place {
        let mut out = *machine;
        for (axis, coordinate) in out.iter_mut().enumerate() {
            *coordinate -= self.origin[axis] + self.tool[axis];
        }
        if self.rotation_deg != 0.0 {
            [out[0], out[1]] = rotated([out[0], out[1]], -self.rotation_deg);
        }
        for (axis, coordinate) in out.iter_mut().enumerate() {
            *coordinate -= self.shift[axis];
        }
        out
    }

    /// Changes offsets by `change` and keeps the torch where it is.
    pub(super) fn keep_place(&mut self, change: impl FnOnce(&mut Self)) {
        let machine = self.machine(&self.at);
        change(self);
        self.at = self.work(&machine);
    }

    /// Where a move starts as the program sees it: the programmed point where compensation shifts the torch away from it.
    pub(super) fn programmed(&self) -> Place {
        let mut at = self.at;
        let compensation = &self.compensation;
        if compensation.side.is_some() && !compensation.leads_in {
            let [first, second, _] = self.plane.axes();
            (at[first], at[second]) = (compensation.programmed[0], compensation.programmed[1]);
        }
        at
    }

    /// The value of the word for `axis`, mm or degrees.
    #[inline]
    pub(super) fn axis_value(&self, commands: &mut Commands, axis: usize) -> Result<Option<f64>, Refusal> {
        let Some(value) = commands.take(AXIS_LETTERS[axis]) else { return Ok(None) };
        let unit = if axis == 0 && self.diameter { 0.5 * self.unit_mm } else { self.unit(axis) };
        let value = self.kept(value * unit);
        if value.abs() <= FARTHEST_MM { Ok(Some(value)) } else { Err(too_far(commands, AXIS_LETTERS[axis], FARTHEST_MM)) }
    }

    /// The value of a word that is a length, mm, no longer than `most`.
    pub(super) fn length(&self, commands: &mut Commands, letter: char, most: f64) -> Result<Option<f64>, Refusal> {
        let Some(value) = commands.take(letter) else { return Ok(None) };
        let value = self.kept(value * self.unit_mm);
        if value.abs() <= most { Ok(Some(value)) } else { Err(too_far(commands, letter, most)) }
    }

    /// Where the axis words lead in the distance mode in force, in work coordinates. Axes without a word stay.
    #[inline]
    pub(super) fn target(&mut self, commands: &mut Commands) -> Result<Place, Refusal> {
        let mut target = self.programmed();
        let axes = if commands.has_other_axes() { AXES } else { 3 };
        for axis in 0..axes {
            if let Some(value) = self.axis_value(commands, axis)? {
                if self.incremental {
                    target[axis] = self.kept(target[axis] + value);
                } else {
                    target[axis] = value;
                    self.doubt.axes &= !(1 << axis);
                }
                if target[axis].abs() > FARTHEST_MM * (1.0 + 1e-9) && self.doubt.axes & (1 << axis) == 0 {
                    return Err(too_far(commands, AXIS_LETTERS[axis], FARTHEST_MM));
                }
            }
        }
        if commands.is_polar() {
            self.polar(commands, &mut target)?;
        }
        Ok(target)
    }

    /// LinuxCNC's `@` (distance) and `^` (angle) from the origin, in the XY plane.
    fn polar(&mut self, commands: &mut Commands, target: &mut Place) -> Result<(), Refusal> {
        if self.plane != Plane::Xy || commands.has('X') || commands.has('Y') {
            return Err(refusal("P022", commands.block_span(), "polar coordinates beside X or Y, or outside the XY plane")
                .expected("@ and ^ alone, in G17"));
        }
        let (distance, angle) = (self.length(commands, '@', FARTHEST_MM)?, commands.take('^').map(f64::to_radians));
        let (now, here) = (target[1].atan2(target[0]), target[0].hypot(target[1]));
        if here == 0.0 && (self.incremental || angle.is_none()) {
            return Err(refusal(
                "P022",
                commands.block_span(),
                "polar coordinates from the origin, where no direction is defined",
            )
            .expected("both @ and ^"));
        }
        let (distance, angle) = if self.incremental {
            (here + distance.unwrap_or(0.0), now + angle.unwrap_or(0.0))
        } else {
            (distance.unwrap_or(here), angle.unwrap_or(now))
        };
        (target[0], target[1]) = (distance * angle.cos(), distance * angle.sin());
        Ok(())
    }

    /// Where the axis words lead in machine coordinates (G53), as work coordinates. Axes without a word stay.
    pub(super) fn machine_target(&mut self, commands: &mut Commands) -> Result<Place, Refusal> {
        // The tool offset still counts.
        let mut target = self.machine(&self.at);
        for (axis, coordinate) in target.iter_mut().enumerate() {
            if let Some(value) = self.axis_value(commands, axis)? {
                *coordinate = value;
                self.doubt.axes &= !(1 << axis);
            }
        }
        Ok(self.work(&target))
    }
}

/// A point turned around the origin.
pub(super) fn rotated(point: [f64; 2], degrees: f64) -> [f64; 2] {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos]
}

fn too_far(commands: &Commands, letter: char, most: f64) -> Refusal {
    refusal("P018", commands.span(letter), format!("{letter} leads farther than any table"))
        .expected(format!("at most {most} mm"))
        .hint("check the units (G20, G21) and the decimal point")
}
