//! The fast tests that see the crate as its users do. Everything that takes more than a few seconds is in `tests/slow`.

mod clamps;
mod cli;
mod closed_forms;
mod cut_parts;
mod gcode_files;
mod golden;
mod grbl;
mod mach3;
mod metamorphic;
mod motor;
mod parts;
mod plan;
mod plate;
mod programs;
mod recorded;
mod regression;
mod same_parts;
mod walls;
