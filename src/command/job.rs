//! One scene from its file to a program that is ready to run.
//!
//! In: a scene, whose program's text has been read. Out: the program in machine coordinates, and everything found on the way.

use crate::diag::{Diagnostic, any_error};
use crate::gcode;
use crate::program::{self, Program, Setup};
use crate::scene::model::Scene;
use torchtwin_planner::{Geometry, MoveKind, PathItem};

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
        && let Some(low) = low_corner(&program)
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

/// Low corner of what the program cuts: of the ends and arcs of its feed moves that travel in X or Y, machine coordinates, m; of all its
/// moves where it has no feed move. Rapids may start from, or go to, places that do not move with the work zero.
fn low_corner(program: &Program) -> Option<[f64; 2]> {
    const ARC_SAMPLES: u32 = 32;
    let mut at = program.start_in_machine_m;
    let mut low: Option<[f64; 2]> = None;
    for item in &program.items {
        let PathItem::Move { kind, ref shape, .. } = *item else { continue };
        let path = Geometry::new(at, shape);
        let to = path.to();
        let travels = to[0] != at[0] || to[1] != at[1] || path.radius_m().is_finite();
        at = to;
        if kind != MoveKind::Feed || !travels {
            continue;
        }
        let samples = if path.radius_m().is_finite() { ARC_SAMPLES } else { 1 };
        for k in 1..=samples {
            let p = path.point_at(f64::from(k) / f64::from(samples));
            low = Some(low.map_or([p[0], p[1]], |l| [l[0].min(p[0]), l[1].min(p[1])]));
        }
    }
    low.or(program.bounds_in_machine_m.map(|(l, _)| [l[0], l[1]]))
}
