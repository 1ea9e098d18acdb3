//! One scene from its file to a program that is ready to run.
//!
//! In: a scene, whose program's text has been read. Out: the program in machine coordinates, and everything found on the way.

use crate::diag::{Diagnostic, any_error};
use crate::gcode;
use crate::program::{self, Program, Setup};
use crate::scene::model::Scene;

/// Distance of a program without a stated work zero from the plate's corner, m.
const MARGIN_M: f64 = 0.020;

/// Parses and interprets the scene's program. Without a stated work zero the program is laid on the plate with its low corner 20 mm from
/// the plate's, as an operator would who zeroes at the corner.
///
/// Returns the program and all findings; it is fit to run only when no finding is an error.
pub fn program(scene: &Scene) -> (Program, Vec<Diagnostic>) {
    let file = &scene.job.program_file;
    let (blocks, mut findings) = gcode::parse(file, &scene.job.program_text);
    let start = [0.0, 0.0, scene.torch.standoff_m];
    let setup = |zero: [f64; 3]| Setup {
        work_zero_in_machine_m: zero,
        start_in_machine_m: start,
        torch_words: scene.torch.words,
        preheat_s: scene.torch.preheat_s,
        pierce_s: scene.torch.pierce_s,
        dwell_p_in_ms: scene.job.dwell_p_in_ms,
    };
    let corner = scene.plate.corner_in_machine_m;
    let zero = scene.job.work_zero_in_machine_m.unwrap_or([corner[0] + MARGIN_M, corner[1] + MARGIN_M, 0.0]);
    let (mut program, mut more) = program::interpret(file, &blocks, &setup(zero));
    if scene.job.work_zero_in_machine_m.is_none()
        && let Some((low, _)) = program.bounds_in_machine_m
        && !any_error(&more)
    {
        let moved = std::array::from_fn(|i| if i < 2 { zero[i] + corner[i] + MARGIN_M - low[i] } else { 0.0 });
        if moved != zero {
            (program, more) = program::interpret(file, &blocks, &setup(moved));
        }
    }
    findings.append(&mut more);
    (program, findings)
}
