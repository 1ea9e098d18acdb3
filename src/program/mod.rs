//! Blocks to absolute moves, dwells and torch commands: modal state, units, offsets, arcs, parameters, subroutines, kerf compensation.
//!
//! In: `gcode`'s source and a [`Setup`]. Out: items one by one to a [`Sink`], or all of them as a [`Program`] in SI and machine coordinates;
//! and findings. A faulty block changes nothing and gives nothing; interpretation goes on with the next one. May use `gcode`, `diag` and the
//! planner's path types.

mod arcs;
mod collect;
mod compensation;
mod control;
mod cycles;
mod drawn;
mod findings;
mod interpreter;
mod item;
mod motion;
mod offsets;
mod output;
mod outputs;
mod parameters;
mod setup;
mod splines;
mod state;
mod torch;
mod vocabulary;
mod words;

pub use collect::{Program, interpret};
pub use control::{Library, NoLibrary};
pub use item::{Action, Arc, Counter, DwellRole, Item, Move, MoveKind, Plane, Sink};
pub use setup::{INCH, MILLIMETRE, Setup, Tool, TorchAction, TorchTrigger, TorchWords, read_tools};

pub use crate::gcode::{Dialect, is_text};

use crate::diag::Diagnostic;
use crate::gcode::{Source, survey};

/// What is known of a program once it has been read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Whose rules it was read by.
    pub dialect: Dialect,
    /// How the M words were taken.
    pub torch_words: TorchWords,
    /// Least and greatest coordinates, in machine coordinates, mm, of all moves the program makes in work coordinates: without G28, G30,
    /// G53 and probes, and without where it starts. None without such a move.
    pub bounds_in_machine_mm: Option<([f64; 3], [f64; 3])>,
    /// Whether any executed block has a Z word.
    pub mentions_z: bool,
    /// Whether any word that lights the torch was executed.
    pub lights_torch: bool,
}

/// Reads the program in `source`, which came from `file` (a name for messages only), and hands what it comes to to `sink` as it goes. Memory
/// does not grow with the length of the program.
///
/// The program is only fit to run when no finding is an error; what the sink gets after an error is what the rest of the program would do
/// without the faulty lines.
pub fn stream(
    file: &str,
    mut source: Source<'_>,
    setup: &Setup,
    library: &dyn Library,
    sink: &mut dyn Sink,
) -> (Summary, Vec<Diagnostic>) {
    let survey = survey(&mut source);
    interpreter::Interpreter::new(file, source, &survey, setup, library, sink).run()
}

#[cfg(test)]
mod tests;
