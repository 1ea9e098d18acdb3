//! What the axis words do: rapids, feeds, arcs, homes and offsets.
//!
//! In: a block's commands and the modal state. Out: moves. May use `diag` and the planner's path types.

use super::arcs::{self, Arc, ArcFault};
use super::findings::{Often, Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::modal::{LARGEST_RADIUS_M, MILLIMETRE, MotionMode};
use super::vocabulary::Group;
use super::words::{Commands, whole};
use crate::diag::Diagnostic;
use torchtwin_planner::path::{AXES, MoveKind, Point, Shape};

/// Coordinates nearer than this are the same: far below any step, far above the rounding of sums of coordinates, m.
const SAME_PLACE_M: f64 = 1e-12;

impl Interpreter<'_> {
    /// Executes the motion mode in force on the axis words.
    pub(super) fn motion(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let explicit = commands.group(Group::Motion).is_some();
        let in_machine = commands.group(Group::NonModal) == Some(530);
        let is_arc = matches!(self.state.motion, Some(MotionMode::Clockwise | MotionMode::CounterClockwise));
        if !(commands.has_motion_words() || explicit && is_arc) {
            return Ok(());
        }
        if self.state.doubt.motion && !explicit {
            // What this block does is unknown; where it leads is not.
            self.state.position = self.state.target(commands)?;
            commands.forgive_unused();
            return Ok(());
        }
        match self.state.motion {
            _ if in_machine && is_arc => Err(g53_needs_a_line(commands)),
            None if in_machine => Err(g53_needs_a_line(commands)),
            None if !commands.has_axes() => Ok(()),
            None => {
                let found = "axis words without a motion mode";
                Err(refusal("P005", commands.block_span(), found)
                    .expected("G0, G1, G2 or G3 on this line or before")
                    .hint("add G0 or G1 to this line"))
            }
            Some(mode @ (MotionMode::Rapid | MotionMode::Line)) => {
                let target = if in_machine { self.state.machine_target(commands)? } else { self.state.target(commands)? };
                let kind = if mode == MotionMode::Rapid { MoveKind::Rapid } else { MoveKind::Feed };
                self.straight(kind, target, commands);
                if !in_machine && commands.has_axes() {
                    self.state.widen_bounds(target);
                }
                Ok(())
            }
            Some(mode) => self.arc(mode == MotionMode::Clockwise, commands),
        }
    }

    /// Moves straight to `target`.
    fn straight(&mut self, kind: MoveKind, target: Point, commands: &Commands) {
        let from = self.state.position;
        self.state.position = target;
        let apart = |axis: usize| (target[axis] - from[axis]).abs() > SAME_PLACE_M;
        if !(apart(0) || apart(1) || apart(2)) {
            return;
        }
        self.state.moves = true;
        match kind {
            MoveKind::Rapid => {
                if self.state.oxygen && !self.state.doubt.torch && (apart(0) || apart(1)) {
                    self.out.findings.often(Often::RapidWithTorchOn, commands.block_span(), || {
                        Diagnostic::warning("P101", "rapid with the torch on")
                            .hint("add M5 (or M9) before the rapid, or cut with G1")
                    });
                }
                self.out.move_to(kind, 0.0, Shape::Line { to: target });
            }
            MoveKind::Feed => {
                if self.has_feed(commands) {
                    self.out.move_to(kind, self.state.feed_m_per_s, Shape::Line { to: target });
                }
            }
        }
    }

    /// Whether a feed is set; says once if not.
    fn has_feed(&mut self, commands: &Commands) -> bool {
        let has_feed = self.state.feed_m_per_s > 0.0;
        if !has_feed && !self.state.doubt.feed && self.out.findings.first(Once::NoFeed) {
            self.out.findings.error(
                refusal("P017", commands.block_span(), "a move at feed, but no feed is set")
                    .expected("an F word on this line or before")
                    .hint("add F with the cutting speed in units per minute, such as F500"),
            );
        }
        has_feed
    }

    /// Moves along an arc.
    fn arc(&mut self, clockwise: bool, commands: &mut Commands) -> Result<(), Refusal> {
        if !self.state.plane_is_xy {
            if self.state.doubt.plane {
                self.state.position = self.state.target(commands)?;
                commands.forgive_unused();
                return Ok(());
            }
            return Err(refusal("P012", commands.block_span(), "an arc outside the XY plane")
                .expected("G17")
                .hint("a torch table cuts arcs in the XY plane only"));
        }
        if let Some(turns) = commands.take('P').filter(|turns| whole(*turns) != Some(1)) {
            let found = format!("an arc of {turns} turns is not supported");
            return Err(refusal("P009", commands.span('P'), found).hint("write one block for each turn"));
        }
        let start = self.state.position;
        // Before the target, which may settle where the axes are.
        let unsure = self.state.doubt.of_geometry();
        let target = self.state.target(commands)?;
        let flat = |p: Point| [p[0], p[1]];
        let arc = self.arc_shape(flat(start), flat(target), clockwise, commands)?;
        self.state.position = target;
        let arc = match arc {
            _ if unsure => return Ok(()),
            Ok(arc) => arc,
            Err(fault) => return Err(describe(fault, commands)),
        };
        let (least, greatest) = arcs::extremes(flat(start), flat(target), &arc);
        self.state.widen_bounds([least[0], least[1], target[2]]);
        self.state.widen_bounds([greatest[0], greatest[1], target[2]]);
        self.state.moves = true;
        if self.has_feed(commands) {
            let shape = Shape::Arc { to: target, centre: arc.centre, sweep_rad: arc.sweep_rad };
            self.out.move_to(MoveKind::Feed, self.state.feed_m_per_s, shape);
        }
        Ok(())
    }

    /// Centre and sweep from R or from I and J.
    fn arc_shape(
        &self,
        start: [f64; 2],
        end: [f64; 2],
        clockwise: bool,
        commands: &mut Commands,
    ) -> Result<Result<Arc, ArcFault>, Refusal> {
        let state = &self.state;
        let radius = state.length(commands, 'R', LARGEST_RADIUS_M)?;
        let i = state.length(commands, 'I', LARGEST_RADIUS_M)?;
        let j = state.length(commands, 'J', LARGEST_RADIUS_M)?;
        match (radius, i, j) {
            (Some(radius), None, None) => Ok(arcs::from_radius(start, end, radius, clockwise)),
            (Some(_), ..) => Err(refusal("P016", commands.span('R'), "an arc with both R and a centre")
                .expected("R, or I and J")
                .hint("keep I and J: they are exact")),
            (None, None, None) => Err(refusal("P013", commands.block_span(), "an arc without a centre or radius")
                .expected("I and J, or R")
                .hint("if this line is straight, start it with G1")),
            _ if state.centres_incremental => {
                let centre = [start[0] + i.unwrap_or(0.0), start[1] + j.unwrap_or(0.0)];
                Ok(arcs::from_centre(start, end, centre, clockwise))
            }
            (None, Some(i), Some(j)) => {
                let centre = [state.origin(0) + i, state.origin(1) + j];
                Ok(arcs::from_centre(start, end, centre, clockwise))
            }
            _ => {
                let found = "an arc with only one of I and J under G90.1";
                Err(refusal("P013", commands.block_span(), found)
                    .expected("both I and J")
                    .hint("with absolute centres both are needed; or use G91.1"))
            }
        }
    }

    /// Executes G28 and G30 (`home` 0 and 1): by way of the axis words to the home of those axes, or of all without
    /// any.
    pub(super) fn go_home(&mut self, home: usize, commands: &mut Commands) -> Result<(), Refusal> {
        let named = ['X', 'Y', 'Z'].map(|letter| commands.has(letter));
        let all = !commands.has_axes();
        if !all {
            let by_way_of = self.state.target(commands)?;
            self.straight(MoveKind::Rapid, by_way_of, commands);
        }
        let mut target = self.state.position;
        for axis in 0..AXES {
            if all || named[axis] {
                target[axis] = self.state.homes_in_machine[home][axis];
                self.state.doubt.axes &= !(1 << axis);
            }
        }
        self.straight(MoveKind::Rapid, target, commands);
        Ok(())
    }

    /// Executes G92: the place where the torch is gets the coordinates in the axis words.
    pub(super) fn shift_zero(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        if !commands.has_axes() {
            return Err(refusal("P008", commands.group_span(Group::NonModal), "G92 without axis words")
                .expected("X, Y or Z")
                .hint("G92.1 clears the offsets"));
        }
        self.state.doubt.coordinates |= self.state.doubt.axes != 0;
        for axis in 0..AXES {
            if let Some(value) = self.state.axis_value(commands, axis)? {
                let zero = self.state.zeros_in_machine[self.state.zero][axis];
                self.state.shift[axis] = self.state.position[axis] - zero - value;
            }
        }
        self.state.kept_shift = self.state.shift;
        Ok(())
    }

    /// Executes G10 L2 (a work zero in machine coordinates) and L20 (the coordinates of the place where the torch is).
    pub(super) fn set_zero(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::NonModal);
        let from_here = match commands.take('L').and_then(whole) {
            Some(2) => false,
            Some(20) => true,
            _ => {
                return Err(refusal("P002", span, "G10 other than L2 and L20 is not supported")
                    .expected("G10 L2 or G10 L20")
                    .hint("there is no tool table; remove it"));
            }
        };
        let zero = match commands.take('P').and_then(whole) {
            Some(0) => self.state.zero,
            Some(p @ 1..=6) => p as usize - 1,
            _ => {
                return Err(refusal("P008", span, "G10 without a work zero to set")
                    .expected("P0 for the one in force, or P1 to P6 for G54 to G59")
                    .hint("add P0"));
            }
        };
        for axis in 0..AXES {
            if let Some(value) = self.state.axis_value(commands, axis)? {
                self.state.zeros_in_machine[zero][axis] =
                    if from_here { self.state.position[axis] - self.state.shift[axis] - value } else { value };
            }
        }
        Ok(())
    }
}

fn g53_needs_a_line(commands: &Commands) -> Refusal {
    refusal("P011", commands.group_span(Group::NonModal), "G53 without G0 or G1 in force")
        .expected("G0 or G1 on the same line")
        .hint("write G53 G0 …")
}

fn describe(fault: ArcFault, commands: &Commands) -> Refusal {
    let span = commands.block_span();
    let mm = |metres: f64| format!("{:.4} mm", metres / MILLIMETRE);
    match fault {
        ArcFault::RadiiDiffer { start_m, end_m } => {
            let found = format!("the arc ends {} from its centre but starts {} from it", mm(end_m), mm(start_m));
            refusal("P014", span, found)
                .expected("radii that differ by no more than 0.005 mm, or 0.1 % of the radius up to 0.5 mm")
                .hint("check whether I and J are relative to the start (G91.1) or absolute (G90.1)")
        }
        ArcFault::NoRadius => refusal("P014", span, "the arc starts at its own centre")
            .expected("I or J other than zero")
            .hint("remove the block if it has no length"),
        ArcFault::TooSmall { radius_m, needed_m } => {
            let found = format!("radius {} cannot reach the end of the arc", mm(radius_m));
            refusal("P015", commands.span('R'), found)
                .expected(format!("at least {}", mm(needed_m)))
                .hint("let the post processor write I and J, or more decimals")
        }
        ArcFault::NoDirection => refusal("P015", commands.span('R'), "an arc with R that ends where it starts")
            .expected("I and J for a full circle")
            .hint("let the post processor write I and J"),
    }
}
