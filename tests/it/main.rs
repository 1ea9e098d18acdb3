//! The fast tests that see the crate as its users do. Everything that takes more than a few seconds is in `tests/slow`.

mod cli;
mod gcode_files;
mod walls;
