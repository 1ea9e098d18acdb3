//! A whole program in memory, in SI and machine coordinates, as the planner takes it.
//!
//! In: items. Out: a [`Program`]. Moves that go nowhere are left out. May use the planner's path types.

use super::control::Library;
use super::item::{Action, Item, Move, MoveKind, Sink};
use super::setup::{Setup, TorchWords};
use super::stream;
use crate::diag::Diagnostic;
use crate::gcode::{Dialect, Source, Span};
use torchtwin_planner::path::{self, PathItem, Point, Shape};

/// Coordinates nearer than this are the same: far below any step, far above the rounding of sums of coordinates, mm.
const SAME_PLACE_MM: f64 = 1e-9;

/// A program ready for the planner.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Moves, dwells and torch commands in order; SI, machine coordinates. The end of an arc may lie off its circle by as much as the
    /// controller allows; the radius is that at the start.
    pub items: Vec<PathItem>,
    /// The block that a tag stands for; the index is the tag.
    pub spans: Vec<Span>,
    /// Where the torch stands at the start, in machine coordinates, m.
    pub start_in_machine_m: Point,
    /// Whose rules it was read by.
    pub dialect: Dialect,
    /// How the M words were taken.
    pub torch_words: TorchWords,
    /// Least and greatest coordinates, in machine coordinates, m, of all ends and arc extremes of the moves the program makes in work
    /// coordinates: without G28, G30, G53 and probes, and without where it starts. None without such a move.
    pub bounds_in_machine_m: Option<([f64; 3], [f64; 3])>,
    /// Whether any executed block has a Z word.
    pub mentions_z: bool,
    /// Whether any word that lights the torch was executed.
    pub lights_torch: bool,
}

impl Program {
    /// The line of the program that asked for the items with this tag; 0 for a tag that is not the program's.
    pub fn line(&self, tag: u32) -> u32 {
        usize::try_from(tag).ok().and_then(|tag| self.spans.get(tag)).map_or(0, |span| span.line)
    }
}

/// Reads a whole program; see [`stream`].
pub fn interpret(file: &str, text: &str, setup: &Setup, library: &dyn Library) -> (Program, Vec<Diagnostic>) {
    let mut collector = Collector::default();
    let (summary, findings) = stream(file, Source::text(text), setup, library, &mut collector);
    let metres = |mm: [f64; 3]| mm.map(|c| c * 1e-3);
    let program = Program {
        items: collector.items,
        spans: collector.spans,
        start_in_machine_m: setup.start_in_machine_m,
        dialect: summary.dialect,
        torch_words: summary.torch_words,
        bounds_in_machine_m: summary.bounds_in_machine_mm.map(|(low, high)| (metres(low), metres(high))),
        mentions_z: summary.mentions_z,
        lights_torch: summary.lights_torch,
    };
    (program, findings)
}

#[derive(Default)]
struct Collector {
    items: Vec<PathItem>,
    spans: Vec<Span>,
}

impl Collector {
    fn tag(&mut self, span: Span) -> u32 {
        if self.spans.last() != Some(&span) {
            self.spans.push(span);
        }
        u32::try_from(self.spans.len() - 1).unwrap_or(u32::MAX)
    }

    fn make_move(&mut self, span: Span, made: &Move) {
        let same = (0..3).all(|axis| (made.to_mm[axis] - made.from_mm[axis]).abs() <= SAME_PLACE_MM);
        if same && made.arc.is_none() {
            return;
        }
        let tag = self.tag(span);
        let kind = if made.kind == MoveKind::Rapid { path::MoveKind::Rapid } else { path::MoveKind::Feed };
        let speed_m_per_s = made.feed_mm_per_min / 60e3;
        let metres = |mm: [f64; 3]| mm.map(|c| c * 1e-3);
        let mut push = |shape| self.items.push(PathItem::Move { tag, kind, speed_m_per_s, shape });
        match &made.arc {
            None => push(Shape::Line { to: metres(made.to_mm) }),
            Some(arc) => {
                let centre = arc.centre_mm.map(|c| c * 1e-3);
                push(Shape::Arc { to: metres(made.to_mm), centre, plane: arc.plane, sweep_rad: arc.sweep_rad });
            }
        }
    }
}

impl Sink for Collector {
    fn take(&mut self, item: &Item) -> bool {
        match &item.action {
            Action::Move(made) => self.make_move(item.span, made),
            Action::Dwell { seconds, .. } => {
                let tag = self.tag(item.span);
                self.items.push(PathItem::Dwell { tag, seconds: *seconds });
            }
            Action::Torch(event) => {
                let tag = self.tag(item.span);
                self.items.push(PathItem::Torch { tag, event: *event, with_move: false });
            }
            Action::TorchWithMove(event) => {
                let tag = self.tag(item.span);
                self.items.push(PathItem::Torch { tag, event: *event, with_move: true });
            }
            Action::Mode(mode) => {
                let tag = self.tag(item.span);
                self.items.push(PathItem::Mode { tag, mode: *mode });
            }
            Action::Stop => {
                let tag = self.tag(item.span);
                self.items.push(PathItem::Stop { tag });
            }
        }
        true
    }
}
