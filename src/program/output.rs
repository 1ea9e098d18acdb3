//! What comes out of a program: items in order, made final once kerf compensation can no longer move them.
//!
//! In: moves in work coordinates, dwells, torch events. Out: items to the sink, findings. A block that turns out faulty takes back what it
//! gave. May use `gcode`'s spans.

use super::arcs;
use super::findings::{Findings, Mark, Often};
use super::item::{Action, Arc, Item, Move, MoveKind, Plane, Sink};
use super::setup::Setup;
use super::state::{Place, State};
use crate::diag::Diagnostic;
use crate::gcode::Span;

/// A circular move in work coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct DraftArc {
    pub(super) plane: Plane,
    /// Centre in the axes of the plane, mm.
    pub(super) centre: [f64; 2],
    /// Full or partial circles, positive counter-clockwise.
    pub(super) turns: i32,
}

/// A move in work coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    pub(super) kind: MoveKind,
    pub(super) to: Place,
    pub(super) arc: Option<DraftArc>,
    /// Feed, mm/min; 0 for rapids.
    pub(super) feed: f64,
    /// Whether it counts for the bounds of the program: moves to homes and in machine coordinates do not.
    pub(super) in_work: bool,
}

/// Something that waits for the next corner of a compensated path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    /// A move whose end may still change.
    Move {
        span: Span,
        draft: Draft,
        /// Direction of the programmed move in the plane; none where it cannot be reversed.
        direction: Option<[f64; 2]>,
        /// Angle of the programmed arc, rad; 0 where its end does not change.
        sweep_rad: f64,
        flame: bool,
        oxygen: bool,
    },
    /// Something that happens where the move before it ends.
    Other(Item),
}

/// What comes out.
pub(super) struct Output<'s> {
    sink: &'s mut dyn Sink,
    pub(super) findings: Findings,
    /// What the block being executed gave.
    pending: Vec<Item>,
    /// What waits for the next corner.
    pub(super) queue: Vec<Waiting>,
    /// How long the queue was when the block began, and the queue itself if the block has changed what was in it.
    began_with: usize,
    kept: Option<Vec<Waiting>>,
    /// Where the first move that waits starts, in the axes of the plane, if known.
    pub(super) corner: Option<[f64; 2]>,
    /// The block being executed.
    pub(super) span: Span,
    last: Last,
    /// Whether the sink takes more.
    pub(super) open: bool,
    travel_mm: Option<[[f64; 2]; 3]>,
    fastest: Option<[f64; 3]>,
}

/// What changes as moves are made final.
#[derive(Clone, Copy)]
struct Last {
    /// Where the last final move ended, in machine coordinates.
    at: Place,
    bounds: Option<([f64; 3], [f64; 3])>,
}

/// Where everything stood before a block.
pub(super) struct Before {
    last: Last,
    /// How long the queue was, and its corner.
    queue: (usize, Option<[f64; 2]>),
    findings: Mark,
}

impl<'s> Output<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink, findings: Findings, start: Place, setup: &Setup) -> Self {
        Self {
            sink,
            findings,
            pending: Vec::new(),
            queue: Vec::new(),
            began_with: 0,
            kept: None,
            corner: None,
            span: Span::default(),
            last: Last { at: start, bounds: None },
            open: true,
            travel_mm: setup.travel_mm,
            fastest: setup.fastest_mm_per_min,
        }
    }

    /// Starts a block.
    pub(super) fn begin(&mut self, span: Span) -> Before {
        self.span = span;
        self.kept = None;
        self.began_with = self.queue.len();
        Before { last: self.last, queue: (self.queue.len(), self.corner), findings: self.findings.mark() }
    }

    /// Forgets what the block gave.
    pub(super) fn back_to(&mut self, before: Before) {
        self.pending.clear();
        self.last = before.last;
        let (length, corner) = before.queue;
        match self.kept.take() {
            Some(kept) => self.queue = kept,
            None => self.queue.truncate(length),
        }
        self.corner = corner;
        self.findings.back_to(before.findings);
    }

    /// Hands on what the block gave.
    pub(super) fn commit(&mut self) {
        for item in &self.pending {
            self.open = self.open && self.sink.take(item);
        }
        self.pending.clear();
    }

    /// Least and greatest coordinates of the moves in work coordinates so far, in machine coordinates, mm.
    pub(super) fn bounds(&self) -> Option<([f64; 3], [f64; 3])> {
        self.last.bounds
    }

    /// Takes a dwell or a torch event.
    pub(super) fn other(&mut self, action: Action) {
        let item = Item { span: self.span, action };
        if self.queue.is_empty() {
            self.pending.push(item);
        } else {
            self.queue.push(Waiting::Other(item));
        }
    }

    /// Takes a move that nothing will change.
    #[inline]
    pub(super) fn make_move(&mut self, state: &State, draft: Draft) {
        let item = self.finish(state, self.span, &draft, state.flame, state.oxygen);
        self.pending.push(item);
    }

    /// Takes a move whose end the next corner may change.
    pub(super) fn wait(&mut self, state: &State, draft: Draft, direction: Option<[f64; 2]>, sweep_rad: f64) {
        let (span, flame, oxygen) = (self.span, state.flame, state.oxygen);
        self.queue.push(Waiting::Move { span, draft, direction, sweep_rad, flame, oxygen });
    }

    /// To be called before what waits is changed: keeps it for a block that turns out faulty.
    pub(super) fn keep(&mut self) {
        if self.kept.is_none() && self.began_with > 0 {
            self.kept = Some(self.queue[..self.began_with.min(self.queue.len())].to_vec());
        }
    }

    /// Makes final all that waits.
    pub(super) fn release(&mut self, state: &State) {
        self.keep();
        self.corner = None;
        for waiting in std::mem::take(&mut self.queue) {
            let item = match waiting {
                Waiting::Move { span, draft, flame, oxygen, .. } => self.finish(state, span, &draft, flame, oxygen),
                Waiting::Other(item) => item,
            };
            self.pending.push(item);
        }
    }

    fn finish(&mut self, state: &State, span: Span, draft: &Draft, flame: bool, oxygen: bool) -> Item {
        let from = self.last.at;
        let to = state.machine(&draft.to);
        let xyz = |p: &Place| [p[0], p[1], p[2]];
        let arc = draft.arc.map(|arc| {
            let [first, second, _] = arc.plane.axes();
            let mut centre = draft.to;
            (centre[first], centre[second]) = (arc.centre[0], arc.centre[1]);
            let centre = state.machine(&centre);
            let flat = |p: &Place| [p[first], p[second]];
            let sweep_rad = arcs::sweep(flat(&from), flat(&to), flat(&centre), arc.turns);
            Arc { plane: arc.plane, centre_mm: flat(&centre), turns: arc.turns, sweep_rad }
        });
        self.last.at = to;
        let rotary_deg = [to[3], to[4], to[5]];
        let result = Move {
            kind: draft.kind,
            from_mm: xyz(&from),
            to_mm: xyz(&to),
            rotary_deg,
            arc,
            feed_mm_per_min: draft.feed,
            flame,
            oxygen,
        };
        if draft.in_work {
            self.widen(span, &result);
        }
        if self.fastest.is_some() && draft.kind != MoveKind::Rapid {
            self.warn_of_feed(span, &result);
        }
        Item { span, action: Action::Move(result) }
    }

    fn widen(&mut self, span: Span, made: &Move) {
        let (low, high) = match &made.arc {
            None => (made.to_mm, made.to_mm),
            Some(arc) => arcs::extremes(made.from_mm, made.to_mm, arc),
        };
        let (least, greatest) = self.last.bounds.get_or_insert((low, high));
        for axis in 0..3 {
            least[axis] = least[axis].min(low[axis]);
            greatest[axis] = greatest[axis].max(high[axis]);
        }
        let Some(travel) = self.travel_mm else { return };
        for axis in 0..3 {
            let [from, to] = travel[axis];
            if low[axis] < from - 1e-6 || high[axis] > to + 1e-6 {
                let (letter, at) = (['X', 'Y', 'Z'][axis], if low[axis] < from { low[axis] } else { high[axis] });
                self.findings.often(Often::Travel, span, || {
                    Diagnostic::warning("P111", format!("{letter} goes to {at:.3} mm of the machine, beyond its travel"))
                        .expected(format!("{from} to {to} mm"))
                        .hint("move the work zero, or turn the part on the plate")
                });
                return;
            }
        }
    }

    fn warn_of_feed(&mut self, span: Span, made: &Move) {
        let Some(fastest) = self.fastest else { return };
        let way: [f64; 3] = std::array::from_fn(|axis| (made.to_mm[axis] - made.from_mm[axis]).abs());
        let length = way[0].hypot(way[1]).hypot(way[2]);
        for axis in 0..3 {
            let share = if made.arc.is_some_and(|a| a.plane.axes()[2] != axis) {
                1.0
            } else if length > 0.0 {
                way[axis] / length
            } else {
                0.0
            };
            let speed = made.feed_mm_per_min * share;
            if speed > fastest[axis] * (1.0 + 1e-9) {
                let letter = ['X', 'Y', 'Z'][axis];
                self.findings.often(Often::Fast, span, || {
                    Diagnostic::warning("P112", format!("{letter} is asked for {speed:.0} mm/min, more than the axis can"))
                        .expected(format!("at most {:.0} mm/min", fastest[axis]))
                        .hint("the controller slows down here; the cut will be slower than programmed")
                });
                return;
            }
        }
    }
}
