//! One scene from its file to a program that is ready to run; and the files beside a program that it may call.
//!
//! In: a scene, whose program's text has been read. Out: the program in machine coordinates, and everything found on the way.

use std::fs::File;
use std::path::PathBuf;

use crate::diag::{Diagnostic, any_error};
use crate::gcode::Source;
use crate::program::{self, Library, Program, Setup};
use crate::scene::model::Scene;
use torchtwin_planner::{Geometry, MoveKind, PathItem};

/// Distance of a program without a stated work zero from the plate's corner, m.
const MARGIN_M: f64 = 0.020;

/// Subroutines in files beside a program: `o<name> call` finds `name.ngc` there.
pub struct Beside {
    /// The program's folder.
    pub folder: PathBuf,
}

impl Library for Beside {
    fn open(&self, name: &str) -> Option<(String, Source<'static>)> {
        // A name, not a way out of the folder.
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !plain || name.starts_with('.') {
            return None;
        }
        let path =
            ["ngc", "nc", "NGC"].iter().map(|end| self.folder.join(format!("{name}.{end}"))).find(|path| path.is_file())?;
        let file = File::open(&path).ok()?;
        Some((path.display().to_string(), Source::new(file)))
    }
}

/// Parses and interprets the scene's program. Without a stated work zero the program is laid on the plate with its low corner 20 mm from
/// the plate's, as an operator would who zeroes at the corner.
///
/// Returns the program and all findings; it is fit to run only when no finding is an error.
pub fn program(scene: &Scene) -> (Program, Vec<Diagnostic>) {
    let job = &scene.job;
    let library = Beside { folder: job.program_folder.clone() };
    let start = [0.0, 0.0, scene.torch.standoff_m];
    let setup = |zero: [f64; 3]| Setup {
        dialect: job.dialect,
        work_zero_in_machine_m: zero,
        start_in_machine_m: start,
        torch_words: scene.torch.words.clone().or_else(|| scene.machine.torch_words.clone()),
        preheat_s: scene.torch.preheat_s,
        pierce_s: scene.torch.pierce_s,
        dwell_p_in_ms: job.dwell_p_in_ms,
        tools: job.tools.clone(),
        machine_unit_mm: job.machine_unit_mm,
        hal: job.hal.clone(),
        block_delete: job.block_delete,
        // Machine zero in Z is the plate's upper side.
        plate_top_mm: Some(0.0),
        travel_mm: Some(scene.machine.mechanism.travel_m.map(|ends| ends.map(|m| m * 1e3))),
        fastest_mm_per_min: Some(scene.machine.limits.max_speed_m_per_s.map(|v| v * 60e3)),
        ..Setup::default()
    };
    let interpret = |zero| program::interpret(&job.program_file, &job.program_text, &setup(zero), &library);
    let corner = scene.plate.corner_in_machine_m;
    let zero = job.work_zero_in_machine_m.unwrap_or([corner[0] + MARGIN_M, corner[1] + MARGIN_M, 0.0]);
    let (mut program, mut findings) = interpret(zero);
    if job.work_zero_in_machine_m.is_none()
        && let Some(low) = low_corner(&program)
        && !any_error(&findings)
    {
        let moved = std::array::from_fn(|i| if i < 2 { zero[i] + corner[i] + MARGIN_M - low[i] } else { 0.0 });
        if moved != zero {
            (program, findings) = interpret(moved);
        }
    }
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
