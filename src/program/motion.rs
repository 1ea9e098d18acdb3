//! What the axis words do: straight moves, arcs, probes, and which of them a block asks for.
//!
//! In: a block's commands and the modal state. Out: moves. May use `diag`.

use super::arcs::{self, ArcFault, Tolerance};
use super::compensation::Circle;
use super::findings::{Often, Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::item::{MoveKind, Plane};
use super::output::{Draft, DraftArc};
use super::setup::INCH;
use super::state::{FeedMode, LARGEST_RADIUS_MM, Place};
use super::vocabulary::Group;
use super::words::Commands;
use crate::diag::Diagnostic;
use crate::gcode::Dialect;

impl Interpreter<'_, '_> {
    /// The motion that a block asks for by the rules of RS274/NGC: ten times the G number.
    pub(super) fn ngc_motion(&mut self, commands: &mut Commands) -> Result<Option<u16>, Refusal> {
        let once = commands.group(Group::NonModal);
        let covets = matches!(once, Some(100 | 280 | 300 | 520 | 920)) || (once == Some(281) && self.dialect == Dialect::Mach3);
        let moves = commands.has_axes() || commands.is_polar();
        let missing = |commands: &Commands, group| {
            let what = if matches!(once, Some(920)) { "G92 without an axis" } else { "a word that needs an axis" };
            Err(refusal("P015", commands.group_span(group), what).expected("X, Y or Z, such as G92 X0 Y0").grbl(26))
        };
        if once == Some(40) && matches!(commands.group(Group::Motion), Some(20 | 30)) {
            return Err(refusal("P010", commands.group_span(Group::NonModal), "G4 and an arc both want P")
                .hint("put them on lines of their own"));
        }
        if let Some(motion) = commands.group(Group::Motion) {
            if covets {
                let found = format!("G{} and a motion word both want the axis words", f64::from(once.unwrap_or(0)) / 10.0);
                return Err(refusal("P010", commands.group_span(Group::NonModal), found).hint("put them on lines of their own"));
            }
            if !moves && !matches!(motion, 0 | 10 | 20 | 30 | 52) {
                return missing(commands, Group::Motion);
            }
            return Ok(Some(motion));
        }
        if commands.cancels {
            if moves && !covets {
                return Err(
                    refusal("P010", commands.block_span(), "axis words beside G80").hint("put them on a line of their own")
                );
            }
            self.state.motion = None;
            self.state.sticky.initial = None;
            self.state.doubt.motion = false;
        }
        if once == Some(530) && self.dialect == Dialect::LinuxCnc && !moves {
            return Err(g53_needs_a_line(commands));
        }
        if covets {
            if !moves && matches!(once, Some(520 | 920)) {
                return missing(commands, Group::NonModal);
            }
            return Ok(None);
        }
        let offsets = matches!(commands.group(Group::ToolLength), Some(431 | 432));
        if moves && !offsets {
            return self.implicit(commands);
        }
        let is_arc = matches!(self.state.motion, Some(20 | 30));
        Ok(if !moves && commands.has_centre() && is_arc && once != Some(100) { self.state.motion } else { None })
    }

    /// The motion mode in force, for axis words without a motion word.
    fn implicit(&mut self, commands: &mut Commands) -> Result<Option<u16>, Refusal> {
        if self.state.doubt.motion {
            // What this block does is unknown; where it leads is not.
            self.state.at = self.state.target(commands)?;
            commands.forgive_unused();
            return Ok(None);
        }
        match self.state.motion {
            Some(motion) => Ok(Some(motion)),
            None => Err(refusal("P005", commands.block_span(), "axis words without a motion mode")
                .expected("G0, G1, G2 or G3 on this line or before")
                .hint("add G0 or G1 to this line")
                .grbl(31)),
        }
    }

    /// The motion that a block asks for by Grbl's rules, after Grbl's checks in their order.
    pub(super) fn grbl_motion(&mut self, commands: &mut Commands) -> Result<Option<u16>, Refusal> {
        let once = commands.group(Group::NonModal);
        let wants = once.filter(|code| matches!(code, 100 | 280 | 300 | 920)).is_some();
        let word = commands.group(Group::Motion);
        let length = commands.group(Group::ToolLength);
        let moves = word.is_some_and(|m| m != 800);
        if word == Some(800) {
            (self.state.motion, self.state.doubt.motion) = (None, false);
        }
        let motion = word.filter(|m| *m != 800).or(self.state.motion);
        let axes = commands.has_axes();
        if self.grbl_is_inverse(commands)
            && !commands.has('F')
            && (moves || axes && !wants && length.is_none())
            && motion.is_some_and(|m| m != 0)
        {
            return Err(no_feed(commands));
        }
        if once == Some(40) && !commands.has('P') {
            return Err(super::interpreter::dwell_without_time(commands));
        }
        if length == Some(431) && (!commands.has('Z') || commands.has('X') || commands.has('Y')) {
            return Err(refusal("P023", commands.group_span(Group::ToolLength), "G43.1 with other axes than Z")
                .expected("Z alone")
                .grbl(37));
        }
        let no_axes = |commands: &Commands, group, what: &str| {
            Err(refusal("P015", commands.group_span(group), what).expected("X, Y or Z").grbl(26))
        };
        if !axes && matches!(once, Some(100 | 920)) {
            let what = if once == Some(100) { "G10 without an axis" } else { "G92 without an axis" };
            return no_axes(commands, Group::NonModal, what);
        }
        if once == Some(100) {
            self.check_zero(commands)?;
        }
        if once == Some(530) && !matches!(motion, Some(0 | 10)) {
            return Err(g53_needs_a_line(commands));
        }
        if motion.is_none() && axes {
            return Err(refusal("P005", commands.block_span(), "axis words while G80 is on")
                .expected("G0, G1, G2 or G3 first")
                .grbl(31));
        }
        let claimed = wants || length.is_some();
        if claimed || !(axes || moves) {
            return Ok(None);
        }
        let Some(motion) = motion else { return Ok(None) };
        if self.state.doubt.motion && word.is_none() {
            return self.implicit(commands);
        }
        if motion != 0 && !self.grbl_has_feed(commands) {
            return Err(no_feed(commands));
        }
        let [first, second, _] = self.plane_of(commands).axes();
        match motion {
            20 | 30 if !axes => no_axes(commands, Group::Motion, "an arc without an end"),
            20 | 30 if !commands.has(['X', 'Y', 'Z'][first]) && !commands.has(['X', 'Y', 'Z'][second]) => {
                Err(refusal("P024", commands.block_span(), "an arc whose end lies in no axis of its plane")
                    .expected(format!("{} or {}", ['X', 'Y', 'Z'][first], ['X', 'Y', 'Z'][second]))
                    .grbl(32))
            }
            382..=385 if !axes => no_axes(commands, Group::Motion, "a probe without a direction"),
            0 | 10 if !axes => {
                self.state.motion = Some(motion);
                self.state.doubt.motion = false;
                Ok(None)
            }
            _ => Ok(Some(motion)),
        }
    }

    fn plane_of(&self, commands: &Commands) -> Plane {
        match commands.group(Group::Plane) {
            None => self.state.plane,
            Some(170) => Plane::Xy,
            Some(180) => Plane::Zx,
            Some(_) => Plane::Yz,
        }
    }

    /// Whether Grbl takes F as inverse time in this block.
    fn grbl_is_inverse(&self, commands: &Commands) -> bool {
        match commands.group(Group::FeedMode) {
            Some(code) => code == 930,
            None => self.state.feed_mode == FeedMode::InverseTime,
        }
    }

    /// Whether Grbl would find a feed for this block.
    fn grbl_has_feed(&self, commands: &Commands) -> bool {
        let inverse = self.grbl_is_inverse(commands);
        let was_inverse = self.state.feed_mode == FeedMode::InverseTime;
        match commands.peek('F') {
            Some(feed) => feed != 0.0,
            None => !inverse && !was_inverse && self.state.feed != 0.0 || self.state.doubt.feed,
        }
    }

    /// Executes the motion with ten times this G number.
    pub(super) fn motion(&mut self, motion: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let in_machine = commands.group(Group::NonModal) == Some(530);
        if in_machine && !matches!(motion, 0 | 10) {
            return Err(g53_needs_a_line(commands));
        }
        self.state.doubt.motion = false;
        if commands.has_other_axes() {
            self.out.findings.once(Once::OtherAxes, commands.block_span(), || {
                Diagnostic::warning("P116", "A, B and C are read, but the table has only X, Y and Z")
                    .hint("choose a post processor for a three-axis table")
            });
        }
        self.state.doubt.curve &= matches!(motion, 50 | 52);
        if !matches!(motion, 730 | 810..=890) {
            self.state.sticky.initial = None;
        }
        match motion {
            0 => self.straight(MoveKind::Rapid, in_machine, commands)?,
            10 => self.straight(MoveKind::Feed, in_machine, commands)?,
            20 | 30 => self.arc(motion == 20, commands)?,
            50..=52 => return self.spline(motion, commands),
            310 | 382..=385 => self.probe(motion, commands)?,
            _ => return self.cycle(motion, commands),
        }
        self.state.motion = Some(motion);
        Ok(())
    }

    /// The feed for a move of this length, mm; whether there is one. Says once if not.
    pub(super) fn set_feed(&mut self, commands: &Commands, length_mm: impl Fn() -> f64) -> Result<bool, Refusal> {
        if self.state.feed_mode == FeedMode::InverseTime {
            let Some(per_minute) = commands.peek('F') else {
                return Err(refusal("P017", commands.block_span(), "a move at inverse time feed (G93) without F")
                    .expected("F on every line with G1, G2 or G3")
                    .hint("F is one over the minutes that the move takes; or use G94")
                    .grbl(22));
            };
            let least = if self.dialect == Dialect::Grbl { 0.0 } else { 0.1 * self.state.unit_mm };
            self.state.feed = (length_mm() * per_minute).max(least);
            return Ok(self.state.feed > 0.0);
        }
        let has_feed = self.state.feed > 0.0;
        if !has_feed && !self.state.doubt.feed && !self.state.doubt.flow && self.out.findings.first(Once::NoFeed) {
            self.out.findings.error(no_feed(commands));
        }
        Ok(has_feed)
    }

    /// Moves straight to where the axis words lead.
    fn straight(&mut self, kind: MoveKind, in_machine: bool, commands: &mut Commands) -> Result<(), Refusal> {
        self.state.arc_not_allowed = false;
        let compensates = self.state.compensation.is_on();
        if in_machine && self.dialect != Dialect::Grbl {
            if self.state.incremental {
                return Err(refusal("P011", commands.group_span(Group::NonModal), "G53 in incremental mode").expected("G90"));
            }
            if compensates {
                return Err(self.not_while_compensating(commands.group_span(Group::NonModal), "G53 moves"));
            }
        }
        if !commands.has_axes() && !commands.is_polar() && self.dialect != Dialect::LinuxCnc {
            return Ok(());
        }
        // Before the target, which may settle where the axes are.
        let unsure = self.state.doubt.compensation;
        let from = self.state.programmed();
        let target = if in_machine { self.state.machine_target(commands)? } else { self.state.target(commands)? };
        let across = from[0] != target[0] || from[1] != target[1];
        if across || from[2] != target[2] {
            self.state.moved();
        }
        let mut feed = 0.0;
        match kind {
            MoveKind::Rapid => {
                if self.state.oxygen && !self.state.doubt.torch && across {
                    self.out.findings.often(Often::RapidWithTorchOn, commands.block_span(), || {
                        Diagnostic::warning("P101", "rapid with the torch on")
                            .hint("add M5 (or M9) before the rapid, or cut with G1")
                    });
                }
            }
            _ => {
                if !self.set_feed(commands, || distance(&from, &target))? {
                    self.state.at = target;
                    return Ok(());
                }
                feed = self.state.feed;
                self.cuts(commands, across);
                if self.state.oxygen && across {
                    self.drawn.line(target[0] - from[0], target[1] - from[1]);
                }
            }
        }
        if compensates && !unsure {
            return self.compensated_line(kind, target);
        }
        self.state.at = target;
        self.out.make_move(&self.state, Draft { kind, to: target, arc: None, feed, in_work: !in_machine && commands.has_axes() });
        Ok(())
    }

    /// A move at feed: warns of the first one of a cut if nothing has waited for the pierce.
    fn cuts(&mut self, commands: &Commands, across: bool) {
        if !across {
            return;
        }
        if let Some(pierced) = self.state.pierced.take()
            && !pierced
            && self.torch_words.name != "qtplasmac"
            && !self.state.doubt.torch
        {
            self.out.findings.often(Often::NoPierce, commands.block_span(), || {
                Diagnostic::warning("P110", "a cut starts without pierce time")
                    .expected("G4 between opening the torch and moving")
                    .hint("add G4 P with the seconds to pierce, unless the controller waits by itself")
            });
        }
    }

    /// Moves along an arc.
    fn arc(&mut self, clockwise: bool, commands: &mut Commands) -> Result<(), Refusal> {
        if self.state.arc_not_allowed {
            return Err(refusal("P056", commands.block_span(), "an arc right after kerf compensation has ended")
                .expected("a straight move after G40")
                .hint("lead out with G1 or G0"));
        }
        let mut turns = 1;
        if self.dialect != Dialect::Grbl
            && let Some(given) = commands.take('P')
        {
            // LinuxCNC takes more for a whole number here than elsewhere.
            let near = (given - given.round()).abs() <= 1e-3 && (1.0..=1e6).contains(&given.round());
            turns = near.then_some(given.round()).ok_or_else(|| {
                refusal("P009", commands.span('P'), format!("an arc of {given} turns")).expected("a whole number from 1 on")
            })? as i32;
        }
        let turns = if clockwise { -turns } else { turns };
        let plane = self.state.plane;
        let [first, second, third] = plane.axes();
        let start = self.state.programmed();
        // Before the target, which may settle where the axes are.
        let unsure = self.state.doubt.of_geometry(plane);
        let target = self.state.target(commands)?;
        let flat = |p: &Place| [p[first], p[second]];
        let centre = match self.centre(&start, &target, clockwise, commands) {
            // In the plane or mode that an earlier block did not come to set, the words may be right.
            Err(_) if self.state.doubt.coordinates => {
                commands.forgive_unused();
                Ok([0.0; 2])
            }
            centre => centre?,
        };
        if unsure {
            self.state.at = target;
            return Ok(());
        }
        let centre = centre.map_err(|fault| describe(fault, self.dialect, commands))?;
        let radius = (start[first] - centre[0]).hypot(start[second] - centre[1]);
        let length = || {
            let sweep = arcs::sweep(flat(&start), flat(&target), centre, turns);
            (sweep * radius).hypot(target[third] - start[third])
        };
        self.state.moved();
        self.warn_of_mismatch(&start, &target, centre, commands);
        if !self.set_feed(commands, length)? {
            self.state.at = target;
            return Ok(());
        }
        self.cuts(commands, true);
        if self.state.oxygen {
            self.drawn.arc(radius);
        }
        let circle = Circle { centre, turns };
        if self.state.compensation.is_on() {
            return self.compensated_arc(target, circle);
        }
        self.state.at = target;
        let arc = Some(DraftArc { plane, centre, turns });
        self.out.make_move(&self.state, Draft { kind: MoveKind::Feed, to: target, arc, feed: self.state.feed, in_work: true });
        Ok(())
    }

    /// Controllers let the radii differ by far more than rounding explains; that is often a wrong centre.
    fn warn_of_mismatch(&mut self, start: &Place, target: &Place, centre: [f64; 2], commands: &Commands) {
        let [first, second, _] = self.state.plane.axes();
        let radius = |p: &Place| (p[first] - centre[0]).hypot(p[second] - centre[1]);
        let (from, to) = (radius(start), radius(target));
        let rounding = if self.state.unit_mm == INCH { 0.03 } else { 0.005 };
        if (from - to).abs() > rounding {
            self.out.findings.often(Often::ArcMismatch, commands.block_span(), || {
                Diagnostic::warning("P113", format!("the arc starts {from:.4} mm from its centre and ends {to:.4} mm from it"))
                    .hint("the controller accepts this and spirals; check the centre (I, J)")
            });
        }
    }

    /// The centre of an arc, in the axes of the plane.
    fn centre(
        &mut self,
        start: &Place,
        target: &Place,
        clockwise: bool,
        commands: &mut Commands,
    ) -> Result<Result<[f64; 2], ArcFault>, Refusal> {
        let plane = self.state.plane;
        let [first, second, _] = plane.axes();
        let flat = |p: &Place| [p[first], p[second]];
        let letters = ['I', 'J', 'K'];
        let tolerance = Tolerance::of(self.dialect, self.state.unit_mm);
        if let Some(radius) = self.state.length(commands, 'R', LARGEST_RADIUS_MM)? {
            let centre = arcs::centre_from_radius(flat(start), flat(target), radius, clockwise, tolerance);
            // Grbl looks at the radius first.
            if commands.has_centre() && !(self.dialect == Dialect::Grbl && centre.is_err()) {
                return Err(refusal("P013", commands.span('R'), "an arc with both R and a centre")
                    .expected(format!("R, or {} and {}", letters[first], letters[second]))
                    .grbl(36));
            }
            return Ok(centre);
        }
        let unused = letters[3 - first - second];
        if commands.has(unused) {
            if self.dialect != Dialect::Grbl {
                return Err(refusal("P013", commands.span(unused), format!("{unused} in an arc of the {} plane", plane.name()))
                    .expected(format!("{} and {}", letters[first], letters[second]))
                    .hint("G17, G18 and G19 choose the plane"));
            }
            // Grbl passes over it, if there is another.
            commands.take(unused);
        }
        let given = [letters[first], letters[second]];
        let values = [
            self.state.length(commands, given[0], LARGEST_RADIUS_MM)?,
            self.state.length(commands, given[1], LARGEST_RADIUS_MM)?,
        ];
        if values == [None, None] {
            return Err(refusal("P013", commands.block_span(), "an arc without a centre or radius")
                .expected(format!("{} and {}, or R", given[0], given[1]))
                .grbl(35));
        }
        let centre = if self.state.centres_incremental {
            [start[first] + values[0].unwrap_or(0.0), start[second] + values[1].unwrap_or(0.0)]
        } else {
            let [Some(a), Some(b)] = values else {
                let missing = if values[0].is_none() { given[0] } else { given[1] };
                return Err(refusal(
                    "P013",
                    commands.block_span(),
                    format!("{missing} is missing for an absolute centre (G90.1)"),
                )
                .expected(format!("both {} and {}", given[0], given[1])));
            };
            [a, b]
        };
        let result = arcs::check_centre(flat(start), flat(target), centre, tolerance).map(|()| centre);
        Ok(result.map_err(|fault| {
            let [a, b] = values.map(|v| v.unwrap_or(0.0));
            let other = if self.state.centres_incremental { [a, b] } else { [start[first] + a, start[second] + b] };
            match fault {
                ArcFault::RadiiDiffer { start: from, end, .. } => {
                    let fits_otherwise = arcs::check_centre(flat(start), flat(target), other, tolerance).is_ok();
                    ArcFault::RadiiDiffer { start: from, end, fits_otherwise }
                }
                fault => fault,
            }
        }))
    }

    /// Moves towards a probe's contact.
    fn probe(&mut self, motion: u16, commands: &mut Commands) -> Result<(), Refusal> {
        if self.state.compensation.side.is_some() {
            return Err(self.not_while_compensating(commands.block_span(), "a probe moves"));
        }
        let from = self.state.at;
        let target = self.state.target(commands)?;
        if from == target && (matches!(motion, 382 | 384 | 310) || self.dialect == Dialect::Grbl) {
            return Err(refusal("P025", commands.block_span(), "a probe that starts where it ends")
                .expected("another place")
                .grbl(33));
        }
        if !self.set_feed(commands, || distance(&from, &target))? {
            self.state.at = target;
            return Ok(());
        }
        let (target, stops) = self.probed(&target);
        self.out.findings.once(Once::Probe, commands.block_span(), || {
            let found =
                if stops { "a probe stops at the plate's upper side" } else { "a probe that meets nothing moves to its end" };
            Diagnostic::note("P211", found)
        });
        self.state.at = target;
        self.state.moved();
        self.out.make_move(
            &self.state,
            Draft { kind: MoveKind::Probe, to: target, arc: None, feed: self.state.feed, in_work: false },
        );
        // #5061 to #5069 hold where the probe tripped, in work coordinates; #5070 whether it did.
        for (axis, at) in target.iter().enumerate() {
            self.parameters.set(5061 + axis, at / self.state.unit(axis));
        }
        self.parameters.set(5070, f64::from(u8::from(stops || self.setup.plate_top_mm.is_none())));
        Ok(())
    }

    /// Where a probe towards `target` stops: at the plate's upper side, if it is known and in the way.
    fn probed(&self, target: &Place) -> (Place, bool) {
        let (from, to) = (self.state.machine(&self.state.at), self.state.machine(target));
        let Some(top) = self.setup.plate_top_mm.filter(|top| from[2] > *top && to[2] < *top) else { return (*target, false) };
        let share = (from[2] - top) / (from[2] - to[2]);
        let mut stop: Place = std::array::from_fn(|axis| from[axis] + share * (to[axis] - from[axis]));
        stop[2] = top;
        (self.state.work(&stop), true)
    }
}

/// Length that a feed refers to: of the way in X, Y, Z if there is any, else in A, B, C.
fn distance(from: &Place, to: &Place) -> f64 {
    let of = |first: usize| (first..first + 3).map(|axis| (to[axis] - from[axis]).powi(2)).sum::<f64>().sqrt();
    [0, 3].into_iter().map(of).find(|length| *length > 0.0).unwrap_or(0.0)
}

pub(super) fn no_feed(commands: &Commands) -> Refusal {
    refusal("P017", commands.block_span(), "a move at feed, but no feed is set")
        .expected("an F word on this line or before")
        .hint("add F with the cutting speed in units per minute, such as F500")
        .grbl(22)
}

fn g53_needs_a_line(commands: &Commands) -> Refusal {
    refusal("P011", commands.group_span(Group::NonModal), "G53 without G0 or G1")
        .expected("G0 or G1 on this line or before")
        .hint("G53 holds for straight moves only")
        .grbl(30)
}

fn describe(fault: ArcFault, dialect: Dialect, commands: &Commands) -> Refusal {
    let span = commands.block_span();
    match fault {
        ArcFault::RadiiDiffer { start, end, fits_otherwise } => {
            refusal("P014", span, format!("the arc ends {end:.4} mm from its centre but starts {start:.4} mm from it"))
                .expected(match dialect {
                    Dialect::Grbl => "radii that differ by no more than 0.005 mm, or 0.1 % of the radius up to 0.5 mm",
                    _ => "radii that differ by no more than 0.028 mm (0.0028 in), or 0.1 % of the radius",
                })
                .hint(match (fits_otherwise, dialect) {
                    (true, Dialect::Grbl) => {
                        "the arc fits if I and J count from the work zero, which Grbl does not know: let the post processor count from the start"
                    }
                    (true, _) => "the arc fits if I and J are counted the other way: G90.1 from the work zero, G91.1 from the start",
                    _ => "check the centre: I and J count from the start of the arc (G91.1) unless G90.1 says otherwise",
                })
                .grbl(33)
        }
        ArcFault::NoRadius => refusal("P014", span, "the arc starts or ends at its own centre")
            .expected("I or J other than zero")
            .hint("check the centre")
            .grbl(33),
        ArcFault::TooSmall { radius, needed } => {
            refusal("P016", span, format!("radius {radius:.4} mm cannot reach the end of the arc"))
                .expected(format!("at least {needed:.4} mm"))
                .hint("check R and the units")
                .grbl(34)
        }
        ArcFault::NoDirection => {
            refusal("P016", span, "an arc with R that ends where it starts").expected("I and J for a full circle").grbl(33)
        }
    }
}
