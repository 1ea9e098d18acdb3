//! A recording of known motion: the same steps, and an estimate of the motion that stays within a step of it.

use super::*;
use crate::program::{Dialect, NoLibrary, Program, Setup, interpret};
use torchtwin_planner::{AXES, Grbl, Limits, Point, SCurve, TICK_HZ, grbl, s_curve};

const STEPS_PER_M: [f64; 3] = [122_231.0, 122_231.0, 400_000.0];
/// Line, corner, full circle, dwell between switching, way back over the same place, a slow line.
const TEXT: &str = "G21 G90 G17\nG0 X20 Y10\nG0 Z3\nM3\nG4 P0.5\nM8\nG4 P0.2\nG1 X50 F900\nG1 Y30\nG3 X50 Y30 I-8 J0\nG1 X20.5 Y29\nM9\n\
    G0 Z8\nG0 X0\nG0 X20\nG1 X21 Y29.3 F60\nM5\nM2\n";

fn program() -> Program {
    let setup = Setup { dialect: Some(Dialect::LinuxCnc), start_in_machine_m: [0.0, 0.0, 5e-3], ..Setup::default() };
    let (program, findings) = interpret("test", TEXT, &setup, &NoLibrary);
    assert!(!crate::diag::any_error(&findings), "{findings:?}");
    program
}

fn limits() -> Limits {
    Limits {
        max_speed_m_per_s: [0.15, 0.15, 0.02],
        max_acceleration_m_per_s2: [0.4, 0.4, 0.1],
        junction_deviation_m: 20e-6,
        steps_per_m: STEPS_PER_M,
    }
}

fn run(controller: &mut dyn Controller, course: &Course) -> Vec<Output> {
    let mut items = course.items();
    std::iter::from_fn(|| controller.next(&mut items)).collect()
}

fn steps(outputs: &[Output]) -> Vec<StepEdge> {
    let step = |output: &Output| if let Output::Step(edge) = output { Some(*edge) } else { None };
    outputs.iter().filter_map(step).collect()
}

fn recorded(outputs: &[Output]) -> Recording {
    let torch = |output: &Output| if let Output::Torch { tick, event, .. } = output { Some((*tick, *event)) } else { None };
    Recording { file: "steps.csv".into(), steps: steps(outputs), torch: outputs.iter().filter_map(torch).collect() }
}

/// Where the outputs are at `tick`, and for which item: of the last slice that has begun.
fn place(slices: &[Slice], tick: u64) -> Option<(Point, u32)> {
    let slice = slices[..slices.partition_point(|slice| slice.tick <= tick)].last()?;
    Some((slice.point_at((tick - slice.tick) as f64 / TICK_HZ), slice.tag))
}

fn slices(outputs: &[Output]) -> Vec<Slice> {
    let slice = |output: &Output| if let Output::Slice(slice) = output { Some(*slice) } else { None };
    outputs.iter().filter_map(slice).collect()
}

/// Replays what `controller` does, and compares; `within` steps. The controller may leave the path by `rounds` steps at corners.
fn compare(controller: &mut dyn Controller, within: f64, rounds: f64) {
    let program = program();
    let course = Course::new(&program);
    let planned = run(controller, &course);
    let recording = recorded(&planned);
    let replayed = run(&mut Replay::new(&recording, &course, STEPS_PER_M), &course);
    assert_eq!(steps(&replayed), recording.steps);
    assert_eq!(recorded(&replayed).torch, recording.torch);
    let (truth, estimate) = (slices(&planned), slices(&replayed));
    let mut worst = [0.0_f64; AXES];
    for slice in &truth {
        // Beside the ends of a ramp: where a motion begins and ends before and after its steps nothing can be known.
        let tick = slice.tick + slice.ticks / 2;
        let (Some((there, item)), Some((here, found))) = (place(&truth, tick), place(&estimate, tick)) else { continue };
        for i in 0..AXES {
            worst[i] = worst[i].max((there[i] - here[i]).abs() * STEPS_PER_M[i]);
        }
        let length_m = slice.geometry.length_m();
        let inside = slice.distance_at(slice.duration_s() / 2.0).min(length_m - slice.distance_at(slice.duration_s() / 2.0));
        if inside > 1e-3 && matches!(course.shape(item), Some(torchtwin_planner::Geometry::Line { .. })) {
            assert_eq!(course.line(item), course.line(found), "at {} s", tick as f64 / TICK_HZ);
        }
    }
    assert!(worst.iter().all(|w| *w <= within), "{worst:?} steps");
    for slice in &estimate {
        let at = slice.point_at(slice.duration_s() / 2.0);
        let off = crate::twin::contour::deviation_m([at[0], at[1]], course.near(slice.tag)).unwrap_or(0.0) * STEPS_PER_M[0];
        assert!(
            off.abs() <= 2.0 + rounds,
            "{off} steps off its path at {} s, line {}",
            slice.tick as f64 / TICK_HZ,
            course.line(slice.tag)
        );
    }
}

#[test]
fn a_replayed_plan_has_the_same_steps_and_nearly_the_same_motion() {
    let start = [0.0, 0.0, 5e-3];
    let settings = s_curve::Settings::with_usual_jerk([0.15, 0.15, 0.02], [0.4, 0.4, 0.1], STEPS_PER_M);
    compare(&mut SCurve::<64, 64>::new(settings, start), 1.5, settings.tolerance_m * STEPS_PER_M[0]);
    let mut real: Grbl = Grbl::new(grbl::Settings::from_limits(&limits()), start);
    // Grbl counts a step at the start of its share of the way.
    compare(&mut real, 2.0, 0.0);
}

#[test]
fn outputs_follow_each_other_without_gaps_and_are_cut_where_the_torch_is_switched() {
    let program = program();
    let course = Course::new(&program);
    let edges = (0..2000_u64).map(|k| StepEdge { tick: 1_000_000 + k * 8000, axis: 0, forward: true }).collect();
    let recording =
        Recording { file: String::new(), steps: edges, torch: vec![(500, TorchEvent::FlameOn), (9_000_001, TorchEvent::AllOff)] };
    let outputs = run(&mut Replay::new(&recording, &course, STEPS_PER_M), &course);
    let (mut now, mut last) = (0, 0);
    for output in &outputs {
        let tick = match output {
            Output::Step(edge) => edge.tick,
            Output::Torch { tick, .. } => *tick,
            Output::Slice(Slice { tick, ticks, .. }) | Output::Stand { tick, ticks, .. } => {
                assert_eq!(*tick, now, "a gap");
                now = tick + ticks;
                *tick
            }
        };
        assert!(tick >= last, "{output:?} comes too late");
        last = tick;
    }
    let torch = |tick: u64| {
        outputs.iter().any(|o| matches!(o, Output::Slice(Slice { tick: t, .. }) | Output::Stand { tick: t, .. } if *t == tick))
    };
    assert!(torch(500) && torch(9_000_001));
    // Evenly spaced steps are one speed, 2000 a second, between the half steps of beginning and end.
    let all = slices(&outputs);
    let cruise: Vec<f64> = all[1..all.len() - 1].iter().map(|s| s.speed_m_per_s * STEPS_PER_M[0]).collect();
    assert!(cruise.iter().all(|hz| (hz - 2000.0).abs() < 20.0), "{cruise:?}");
}
