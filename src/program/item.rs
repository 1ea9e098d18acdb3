//! What a program comes to, one thing after another.
//!
//! Lengths are in millimetres and machine coordinates, as people read them; [`super::Program`] turns them into SI for the planner.

use crate::gcode::Span;
pub use torchtwin_planner::path::Plane;
use torchtwin_planner::path::{PathMode, TorchEvent};

/// A circular move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// The plane it lies in; the third axis moves in proportion to the angle.
    pub plane: Plane,
    /// Centre, first and second axis of the plane, mm.
    pub centre_mm: [f64; 2],
    /// Full or partial circles, positive counter-clockwise: 1 is anything up to and including a full circle.
    pub turns: i32,
    /// Angle travelled, rad, positive counter-clockwise.
    pub sweep_rad: f64,
}

/// What a move is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// As fast as the axes allow.
    Rapid,
    /// At the feed.
    Feed,
    /// At the feed, until a probe trips; here it goes all the way.
    Probe,
}

/// A move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// What it is for.
    pub kind: MoveKind,
    /// Where it starts: X, Y, Z, mm.
    pub from_mm: [f64; 3],
    /// Where it ends: X, Y, Z, mm.
    pub to_mm: [f64; 3],
    /// Where A, B and C are at its end, degrees. The table has none of them.
    pub rotary_deg: [f64; 3],
    /// Its circle; none for a straight move. Its end may lie off the circle by as much as the controller allows.
    pub arc: Option<Arc>,
    /// Feed along the path, mm/min; 0 for rapids.
    pub feed_mm_per_min: f64,
    /// Whether the preheat flame burns.
    pub flame: bool,
    /// Whether the cutting oxygen is open, or the arc burns.
    pub oxygen: bool,
}

/// What a dwell is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DwellRole {
    /// Flame on, oxygen off, before a cut.
    Preheat,
    /// Oxygen on, before the first move of a cut.
    Pierce,
    /// Anything else.
    Wait,
}

impl DwellRole {
    /// Name for data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preheat => "preheat",
            Self::Pierce => "pierce",
            Self::Wait => "wait",
        }
    }
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Move the torch.
    Move(Move),
    /// Stand still.
    Dwell {
        /// How long, s.
        seconds: f64,
        /// What for.
        role: DwellRole,
    },
    /// Switch the torch.
    Torch(TorchEvent),
    /// Switch the torch where the next move begins, and go on moving (M62, M63).
    TorchWithMove(TorchEvent),
    /// How corners are passed from here on.
    Mode(PathMode),
    /// Come to a stop, for a word that the controller carries out only at rest.
    Stop,
}

/// One thing to do, and the block that asked for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// The block.
    pub span: Span,
    /// What to do.
    pub action: Action,
}

/// Takes what a program comes to, as it comes.
pub trait Sink {
    /// Takes one thing; false to hear no more.
    fn take(&mut self, item: &Item) -> bool;
}

impl Sink for Vec<Item> {
    fn take(&mut self, item: &Item) -> bool {
        self.push(*item);
        true
    }
}

/// Counts and forgets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter(pub u64);

impl Sink for Counter {
    fn take(&mut self, _: &Item) -> bool {
        self.0 += 1;
        true
    }
}
