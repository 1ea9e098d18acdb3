//! Kerf compensation: G41 and G42 lead the torch beside the programmed path.
//!
//! In: programmed moves. Out: shifted moves, as LinuxCNC 2.9 makes them. A move waits until the next one is known, because an inside corner
//! ends it early; an outside corner gets an arc around it. What the torch cannot reach without cutting into the part is refused. Angles are
//! in radians, points in the axes of the plane in force.

use super::arcs;
use super::findings::{Refusal, refusal};
use super::interpreter::Interpreter;
use super::item::MoveKind;
use super::output::{Draft, DraftArc, Waiting};
use super::state::{Place, Side};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Corners that turn by no more than this are none, rad (LinuxCNC).
const STRAIGHT_ON: f64 = 0.05;
/// By how much an arc may grow at an inside corner before it counts as gouging, rad, times the program's unit in mm (LinuxCNC).
const GROWTH: f64 = 0.0254;

type Point2 = [f64; 2];

fn minus(a: Point2, b: Point2) -> Point2 {
    [a[0] - b[0], a[1] - b[1]]
}

fn angle(v: Point2) -> f64 {
    v[1].atan2(v[0])
}

fn distance(a: Point2, b: Point2) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The point at `radius` from `p` in a direction.
fn beside(p: Point2, radius: f64, direction: f64) -> Point2 {
    [p[0] + radius * direction.cos(), p[1] + radius * direction.sin()]
}

/// Whether the torch runs inside the circle it follows.
fn inside(side: Side, turns: i32) -> bool {
    (side == Side::Left) == (turns > 0)
}

/// A programmed arc: centre, turns and radius.
#[derive(Clone, Copy)]
pub(super) struct Circle {
    pub(super) centre: Point2,
    pub(super) turns: i32,
}

impl Interpreter<'_, '_> {
    fn flat(&self, place: &Place) -> Point2 {
        let [first, second, _] = self.state.plane.axes();
        [place[first], place[second]]
    }

    fn lifted(&self, place: &Place, flat: Point2) -> Place {
        let [first, second, _] = self.state.plane.axes();
        let mut out = *place;
        (out[first], out[second]) = (flat[0], flat[1]);
        out
    }

    fn side(&self) -> Side {
        self.state.compensation.side.unwrap_or(Side::Left)
    }

    /// The block has brought the program to `target` and the torch to `torch` beside it.
    fn arrive(&mut self, target: &Place, torch: Point2) {
        let [first, second, third] = self.state.plane.axes();
        self.state.compensation.programmed = [target[first], target[second], target[third]];
        self.state.compensation.leads_in = false;
        self.state.at = self.lifted(target, torch);
    }

    fn gouge(&self, what: &str) -> Refusal {
        refusal("P050", self.out.span, format!("{what} in an inside corner cannot be reached without gouging the part"))
            .expected(format!("a corner that a torch {:.3} mm beside the path fits into", self.state.compensation.radius_mm))
            .hint("draw a larger corner, or lead out with G40 before it")
    }

    /// A straight move to `target`.
    pub(super) fn compensated_line(&mut self, kind: MoveKind, target: Place) -> Result<(), Refusal> {
        let (torch, to) = (self.flat(&self.state.at), self.flat(&target));
        let (side, radius) = (self.side(), self.state.compensation.radius_mm);
        let quarter = if side == Side::Left { FRAC_PI_2 } else { -FRAC_PI_2 };
        let feed = if kind == MoveKind::Rapid { 0.0 } else { self.state.feed };
        let draft = |to| Draft { kind, to, arc: None, feed, in_work: true };
        if self.state.compensation.leads_in {
            if distance(to, torch) <= radius {
                return Err(refusal("P051", self.out.span, "the lead-in of kerf compensation is no longer than its radius")
                    .expected(format!("more than {radius:.4} mm"))
                    .hint("start the cut farther away from the part"));
            }
            let end = beside(to, radius, angle(minus(to, torch)) + quarter);
            self.out.corner = Some(torch);
            self.out.wait(&self.state, draft(self.lifted(&target, end)), None, 0.0);
            self.arrive(&target, end);
            return Ok(());
        }
        let [first, second, _] = self.state.compensation.programmed;
        let from = [first, second];
        if to == from {
            // Up, down or nowhere.
            let place = self.lifted(&target, torch);
            self.out.wait(&self.state, draft(place), Some([0.0; 2]), 0.0);
            self.arrive(&target, torch);
            return Ok(());
        }
        let heading = angle(minus(to, from));
        // Where the torch stands beside the corner, and by how much it has to swing around it to stand beside the new move.
        let stands = angle(minus(torch, from));
        let swing = match side {
            Side::Left => wrapped(stands, heading) - FRAC_PI_2,
            Side::Right => wrapped(heading, stands) - FRAC_PI_2,
        };
        let end = beside(to, radius, heading + quarter);
        let start = beside(from, radius, heading + quarter);
        let earlier = self.front_circle();
        let over_a_hump = earlier.is_some_and(|c| !inside(side, c.turns));
        let concave = !(-STRAIGHT_ON..=PI + STRAIGHT_ON).contains(&swing) || (swing > PI - STRAIGHT_ON && over_a_hump);
        if concave {
            let corner = match earlier {
                None => self.line_to_line(torch, stands + quarter, swing),
                Some(circle) => self.arc_to_line(circle, from, heading)?,
            };
            self.cut_short(corner)?;
        } else if swing > STRAIGHT_ON {
            self.cut_short(torch)?;
            self.go_round(kind, start, from, &target);
        } else {
            self.out.release(&self.state);
            self.out.corner = Some(torch);
        }
        let place = self.lifted(&target, end);
        self.out.wait(&self.state, draft(place), Some(minus(to, from)), 0.0);
        self.arrive(&target, end);
        Ok(())
    }

    /// From where the torch stands to `start`, around an outside corner at `from`.
    fn go_round(&mut self, kind: MoveKind, start: Point2, from: Point2, target: &Place) {
        let [.., third] = self.state.plane.axes();
        let mut to = self.lifted(target, start);
        // Height changes along the move that follows, not around the corner.
        to[third] = self.state.at[third];
        let turns = if self.side() == Side::Left { -1 } else { 1 };
        // A rapid goes straight: there are no rapid arcs.
        let arc = (kind != MoveKind::Rapid).then_some(DraftArc { plane: self.state.plane, centre: from, turns });
        let feed = if kind == MoveKind::Rapid { 0.0 } else { self.state.feed };
        self.out.wait(&self.state, Draft { kind, to, arc, feed, in_work: true }, None, 0.0);
        self.out.release(&self.state);
        self.out.corner = Some(start);
    }

    /// Where two shifted lines meet in a corner that is neither straight on nor straight back.
    fn line_to_line(&self, torch: Point2, back: f64, swing: f64) -> Point2 {
        let half = 0.5 * (swing + PI);
        beside(torch, self.state.compensation.radius_mm / half.tan(), back)
    }

    /// Where the shifted line with direction `heading` from `from` meets the shifted circle before it.
    fn arc_to_line(&self, circle: Circle, from: Point2, heading: f64) -> Result<Point2, Refusal> {
        let (side, radius) = (self.side(), self.state.compensation.radius_mm);
        let Circle { centre, turns } = circle;
        let shifted = distance(centre, self.flat(&self.state.at));
        let is_inside = inside(side, turns);
        let programmed = if is_inside { shifted + radius } else { shifted - radius };
        let across = heading + if turns > 0 { FRAC_PI_2 } else { -FRAC_PI_2 };
        // Distance of the line from the centre, before and after the shift.
        let away = programmed * (across - angle(minus(centre, from))).cos();
        let share = (if is_inside { away - radius } else { away + radius }) / shifted;
        if !(-1.0..=1.0).contains(&share) {
            return Err(self.gouge("the line after an arc"));
        }
        let back = if is_inside == (turns > 0) { -share.acos() } else { share.acos() };
        Ok(beside(centre, shifted, across + PI + back))
    }

    /// A circular move to `target`, whose programmed arc is `circle`.
    pub(super) fn compensated_arc(&mut self, target: Place, circle: Circle) -> Result<(), Refusal> {
        let to = self.flat(&target);
        if self.state.compensation.leads_in { self.lead_in_arc(target, to, circle) } else { self.next_arc(target, to, circle) }
    }

    fn waiting_arc(&mut self, target: &Place, end: Point2, circle: Circle, sweep_rad: f64) {
        let arc = Some(DraftArc { plane: self.state.plane, centre: circle.centre, turns: circle.turns });
        let to = self.lifted(target, end);
        let draft = Draft { kind: MoveKind::Feed, to, arc, feed: self.state.feed, in_work: true };
        self.out.wait(&self.state, draft, None, sweep_rad);
    }

    fn fits(&self, programmed: f64, turns: i32) -> Result<(), Refusal> {
        if inside(self.side(), turns) && programmed <= self.state.compensation.radius_mm {
            return Err(refusal("P053", self.out.span, "the radius of kerf compensation is not less than that of the arc")
                .expected(format!("less than {programmed:.4} mm"))
                .hint("draw a larger arc, or use a smaller kerf"));
        }
        Ok(())
    }

    fn lead_in_arc(&mut self, target: Place, to: Point2, circle: Circle) -> Result<(), Refusal> {
        let torch = self.flat(&self.state.at);
        let radius = self.state.compensation.radius_mm;
        if distance(to, torch) <= radius {
            return Err(refusal("P051", self.out.span, "the lead-in arc of kerf compensation ends within its radius")
                .expected(format!("more than {radius:.4} mm away"))
                .hint("start the cut farther away from the part"));
        }
        self.fits(distance(circle.centre, torch), circle.turns)?;
        let outwards = angle(minus(to, circle.centre)) + if inside(self.side(), circle.turns) { PI } else { 0.0 };
        let end = beside(to, radius, outwards);
        // The new centre lies on the line through the end and the old one, as far from the torch as from the end.
        let inwards = angle(minus(circle.centre, end));
        let half = 0.5 * distance(torch, end);
        let lean = (angle(minus(torch, end)) - inwards).cos();
        if lean.abs() < 1e-4 {
            return Err(refusal("P053", self.out.span, "no arc leads from here to the shifted path")
                .hint("start the cut farther away from the part"));
        }
        let centre = beside(end, half / lean, inwards);
        let shifted = Circle { centre, ..circle };
        let sweep = arcs::sweep(torch, end, centre, circle.turns);
        self.waiting_arc(&target, end, shifted, sweep);
        self.arrive(&target, end);
        Ok(())
    }

    fn next_arc(&mut self, target: Place, to: Point2, circle: Circle) -> Result<(), Refusal> {
        let torch = self.flat(&self.state.at);
        let [first, second, _] = self.state.compensation.programmed;
        let from = [first, second];
        let Circle { centre, turns } = circle;
        let (side, radius) = (self.side(), self.state.compensation.radius_mm);
        let programmed = distance(centre, to);
        self.fits(programmed, turns)?;
        let is_inside = inside(side, turns);
        let inwards = angle(minus(centre, from));
        // Directions of the last move at its end and of this one at its start.
        let last = angle(minus(torch, from)) + if side == Side::Left { -FRAC_PI_2 } else { FRAC_PI_2 };
        let heading = inwards + if turns > 0 { -FRAC_PI_2 } else { FRAC_PI_2 };
        let swing = if side == Side::Left { last - heading } else { heading - last };
        let swing = if swing > 1.5 * PI {
            swing - TAU
        } else if swing < -FRAC_PI_2 {
            swing + TAU
        } else {
            swing
        };
        let outwards = |point: Point2| angle(minus(point, centre)) + if is_inside { PI } else { 0.0 };
        let end = beside(to, radius, outwards(to));
        let sweep = arcs::sweep(from, to, centre, turns);
        let concave = !(-STRAIGHT_ON..=PI + STRAIGHT_ON).contains(&swing) || ((swing - PI).abs() < STRAIGHT_ON && !is_inside);
        if concave {
            let shifted = if is_inside { programmed - radius } else { programmed + radius };
            let corner = match self.front_circle() {
                None => self.line_to_arc(circle, shifted, last, swing, programmed)?,
                Some(earlier) => self.arc_to_arc(earlier, circle, shifted)?,
            };
            self.cut_short(corner)?;
        } else if swing > STRAIGHT_ON {
            let start = beside(from, radius, outwards(from));
            self.out.release(&self.state);
            self.go_round(MoveKind::Feed, start, from, &target);
        } else {
            self.out.release(&self.state);
            self.out.corner = Some(torch);
        }
        self.waiting_arc(&target, end, circle, sweep);
        self.arrive(&target, end);
        Ok(())
    }

    /// Where the shifted line with direction `last` meets the shifted circle after it.
    fn line_to_arc(&self, circle: Circle, shifted: f64, last: f64, swing: f64, programmed: f64) -> Result<Point2, Refusal> {
        let is_inside = inside(self.side(), circle.turns);
        let radius = self.state.compensation.radius_mm;
        let away = programmed * (swing - FRAC_PI_2).sin() + if is_inside { radius } else { -radius };
        let share = away / shifted;
        if !(-1.0..=1.0).contains(&share) {
            return Err(self.gouge("the arc after a line"));
        }
        let direction = match (is_inside, circle.turns > 0) {
            (true, true) => last + share.asin(),
            (true, false) => last - share.asin(),
            (false, true) => last + PI - share.asin(),
            (false, false) => last + PI + share.asin(),
        };
        Ok(beside(circle.centre, shifted, direction))
    }

    /// Where two shifted circles meet.
    fn arc_to_arc(&self, earlier: Circle, circle: Circle, shifted: f64) -> Result<Point2, Refusal> {
        let old = distance(earlier.centre, self.flat(&self.state.at));
        let apart = distance(earlier.centre, circle.centre);
        if old == 0.0 || apart == 0.0 {
            return Err(refusal("P054", self.out.span, "two arcs with the same centre and different radii meet in a corner")
                .expected("arcs that meet smoothly, or a line between them"));
        }
        let share = (old * old + apart * apart - shifted * shifted) / (2.0 * old * apart);
        if !(-1.0..=1.0).contains(&share) {
            return Err(self.gouge("the arc after an arc"));
        }
        let towards = angle(minus(circle.centre, earlier.centre));
        let pull = if inside(self.side(), earlier.turns) == (circle.turns > 0) { share.acos() } else { -share.acos() };
        Ok(beside(earlier.centre, old, towards + pull))
    }

    /// The circle that the first move which waits follows, if it is an arc.
    fn front_circle(&self) -> Option<Circle> {
        match self.out.queue.first() {
            Some(Waiting::Move { draft: Draft { arc: Some(arc), .. }, .. }) => {
                Some(Circle { centre: arc.centre, turns: arc.turns })
            }
            _ => None,
        }
    }

    /// Ends the moves that wait at `corner` and makes them final.
    pub(super) fn cut_short(&mut self, corner: Point2) -> Result<(), Refusal> {
        if self.out.queue.is_empty() {
            return Ok(());
        }
        self.out.keep();
        let [first, second, _] = self.state.plane.axes();
        let start = self.out.corner;
        let unit = self.state.unit_mm;
        let mut fault = None;
        for waiting in &mut self.out.queue {
            let Waiting::Move { draft, direction, sweep_rad, .. } = waiting else { continue };
            let end = [draft.to[first], draft.to[second]];
            match draft.arc {
                Some(arc) => {
                    if (distance(end, arc.centre) - distance(corner, arc.centre)).abs() > 0.01 * unit {
                        fault = Some("the arc");
                    } else if let Some(start) = start
                        && *sweep_rad != 0.0
                        && arcs::sweep(start, corner, arc.centre, arc.turns).abs() > sweep_rad.abs() + GROWTH / unit
                    {
                        fault = Some("the arc");
                    }
                }
                None => {
                    if let (Some(start), Some(direction)) = (start, direction) {
                        let now = minus(corner, start);
                        // Backwards: the corner lies farther back than the move is long.
                        if direction[0] * now[0] + direction[1] * now[1] < 0.0 {
                            fault = Some(if draft.kind == MoveKind::Rapid { "the rapid" } else { "the move" });
                        }
                    }
                }
            }
            (draft.to[first], draft.to[second]) = (corner[0], corner[1]);
        }
        if let Some(what) = fault {
            return Err(self.gouge(what));
        }
        self.out.release(&self.state);
        self.out.corner = Some(corner);
        Ok(())
    }

    /// G40: ends the last move where it stands.
    pub(super) fn end_compensation(&mut self) -> Result<(), Refusal> {
        let compensation = self.state.compensation;
        if compensation.is_on() && !compensation.leads_in {
            self.cut_short(self.flat(&self.state.at))?;
            self.out.release(&self.state);
            let [first, second, third] = self.state.plane.axes();
            let [x, y, z] = compensation.programmed;
            (self.state.at[first], self.state.at[second], self.state.at[third]) = (x, y, z);
            self.state.arc_not_allowed = true;
        }
        (self.state.compensation.side, self.state.compensation.leads_in) = (None, true);
        Ok(())
    }
}

/// The angle from `from` forward to `to`, in [0, 2π).
fn wrapped(to: f64, from: f64) -> f64 {
    if to < from { to + TAU - from } else { to - from }
}
