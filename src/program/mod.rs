//! Blocks to absolute moves, dwells and torch commands: modal state, units, offsets, arcs.
//!
//! In: `gcode`'s blocks and a [`Setup`]. Out: a [`Program`] in SI and machine coordinates, and findings. A faulty block
//! changes nothing and gives nothing; interpretation goes on with the next one. May use `gcode`, `diag` and the
//! planner's path types.

mod arcs;
mod findings;
mod interpreter;
mod modal;
mod motion;
mod torch;
mod vocabulary;
mod words;

use crate::diag::Diagnostic;
use crate::gcode::{Block, Span};
use torchtwin_planner::path::{PathItem, Point};

/// How the program's M words work the torch. There is no standard for oxy-fuel: these are the two habits in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TorchWords {
    /// M3 runs the whole start sequence (light, preheat hold, cutting oxygen, pierce hold); M5 closes everything; M7,
    /// M8 and M9 do nothing.
    M3Starts,
    /// M3 lights the flame, M7 or M8 opens the cutting oxygen, M9 closes it, M5 closes everything; the program dwells
    /// by itself.
    M3PreheatM8Oxygen,
}

/// What the program does not say about itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// Where the program's X0 Y0 Z0 (of G54) lies in machine coordinates, m.
    pub work_zero_in_machine_m: [f64; 3],
    /// Where the torch stands at the start, in machine coordinates, m. Its Z is also where G28 goes in Z.
    pub start_in_machine_m: [f64; 3],
    /// How the M words work the torch. Without it: [`TorchWords::M3PreheatM8Oxygen`] if the program has an M7 or M8,
    /// else [`TorchWords::M3Starts`]; a note says which.
    pub torch_words: Option<TorchWords>,
    /// Preheat hold of the start sequence, s; only for [`TorchWords::M3Starts`].
    pub preheat_s: f64,
    /// Pierce hold of the start sequence, s; only for [`TorchWords::M3Starts`].
    pub pierce_s: f64,
    /// Whether the P of G4 is in milliseconds, as Mach3 can be told, rather than in seconds.
    pub dwell_p_in_ms: bool,
}

impl Default for Setup {
    /// Work zero and start at the machine's zero, torch words guessed, no holds, dwells in seconds.
    fn default() -> Self {
        Self {
            work_zero_in_machine_m: [0.0; 3],
            start_in_machine_m: [0.0; 3],
            torch_words: None,
            preheat_s: 0.0,
            pierce_s: 0.0,
            dwell_p_in_ms: false,
        }
    }
}

/// A program ready for the planner.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Moves, dwells and torch commands in order; SI, machine coordinates. The end of an arc may lie off its circle by
    /// as much as Grbl allows: 0.005 mm, or 0.1 % of the radius but never more than 0.5 mm; the radius is that at the
    /// start.
    pub items: Vec<PathItem>,
    /// The block that a tag stands for; the index is the tag.
    pub spans: Vec<Span>,
    /// Where the torch stands at the start, in machine coordinates, m.
    pub start_in_machine_m: Point,
    /// How the M words were taken.
    pub torch_words: TorchWords,
    /// Least and greatest coordinates, in machine coordinates, m, of all ends and arc extremes of the moves the program
    /// makes in work coordinates: without G28, G30 and G53, and without where it starts. None without such a move.
    pub bounds_in_machine_m: Option<([f64; 3], [f64; 3])>,
    /// Whether any executed block has a Z word.
    pub mentions_z: bool,
    /// Whether any M3 or M4 was executed.
    pub lights_torch: bool,
}

impl Program {
    /// The line of the program that asked for the items with this tag; 0 for a tag that is not the program's.
    pub fn line(&self, tag: u32) -> u32 {
        usize::try_from(tag).ok().and_then(|tag| self.spans.get(tag)).map_or(0, |span| span.line)
    }
}

/// Interprets `blocks`, which came from `file` (a name for messages only).
///
/// The program is only fit to run when no finding is an error; what is in it otherwise is for showing.
pub fn interpret(file: &str, blocks: &[Block], setup: &Setup) -> (Program, Vec<Diagnostic>) {
    interpreter::Interpreter::new(file, blocks, setup).run(blocks)
}

#[cfg(test)]
mod tests;
