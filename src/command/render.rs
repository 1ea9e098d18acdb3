//! `torchtwin render`: the twin up to an instant, and a picture of it.
//!
//! In: a scene file, an instant, a camera. Out: a PNG. Only hands over what the record says; computes nothing of its own.

use std::path::Path;
use std::time::Instant;

use crate::command::{COULD_NOT_RUN, PASSED, job, say};
use crate::diag::any_error;
use crate::plate::parts::Support;
use crate::report;
use crate::scene::{
    self,
    model::{Bound, Scene},
};
use crate::torch::Phase;
use crate::twin::{self, EngineKind, record::Record};
use crate::view::{self, Camera, Drive, Gantry, HeatView, PathKind, PieceView, PlateView, Slats, Still, Table};

/// Runs the scene at `path`, with the folder `own` over its catalogue, up to `at` seconds (its end without one) and writes the picture;
/// returns the exit code.
pub fn render(path: &Path, own: Option<&Path>, out: &Path, at: Option<f64>, camera: &str, size: &str) -> u8 {
    match picture(path, own, out, at, camera, size) {
        Ok(()) => {
            say(&format!("{}\n", out.display()));
            PASSED
        }
        Err(words) => {
            eprintln!("{words}");
            COULD_NOT_RUN
        }
    }
}

fn picture(path: &Path, own: Option<&Path>, out: &Path, at: Option<f64>, camera: &str, size: &str) -> Result<(), String> {
    let camera: Camera = camera.parse()?;
    let size = pixels(size)?;
    let scene = scene::load_with(path, None, own).map_err(|findings| words(&findings))?;
    let (program, findings) = job::program(&scene);
    if any_error(&findings) {
        return Err(words(&findings));
    }
    let begin = Instant::now();
    let bar = indicatif::ProgressBar::new(1000);
    let progress = |now_s: f64, total_s: f64, line: u32| {
        bar.set_position((1000.0 * now_s / at.unwrap_or(total_s).max(1e-9)) as u64);
        bar.set_message(format!("line {line}"));
    };
    let options = twin::Options {
        engine: EngineKind::Rapier,
        fast_forward: true,
        strides: true,
        until_s: at,
        clock: &|| begin.elapsed().as_secs_f64(),
        progress: &progress,
        watch: None,
    };
    let outcome = twin::run(&scene, &program, &options).map_err(|finding| finding.to_string())?;
    bar.finish_and_clear();
    view::render(&still(&scene, &outcome.record, at.is_some()), camera, size, out)
}

fn words(findings: &[crate::diag::Diagnostic]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn pixels(size: &str) -> Result<(u32, u32), String> {
    let parse = |s: &str| s.trim().parse::<u32>().ok();
    size.split_once('x')
        .and_then(|(w, h)| Some((parse(w)?, parse(h)?)))
        .ok_or_else(|| format!("error[V001]: picture size '{size}'; expected width x height in pixels\n  hint: --size 1280x720"))
}

/// The instant at the record's end as the view wants it.
fn still(scene: &Scene, record: &Record, early: bool) -> Still {
    let last = record.trace.last();
    let pose = record.pose;
    // What is not yet done cannot fail: lower bounds (parts freed) count only at the end.
    let failed: Vec<String> = report::judge(scene, record)
        .checks
        .into_iter()
        .filter(|check| !check.pass && check.value.is_some() && !(early && matches!(check.bound, Bound::Min(_))))
        .map(|check| report::figures::words(&check.figure))
        .collect();
    let mechanism = &scene.machine.mechanism;
    let look = &scene.machine.look;
    let slats = &scene.plate.slats;
    Still {
        title: scene.title.clone(),
        time_s: record.duration_s,
        line: last.map_or(0, |s| s.line),
        verdict_words: match (failed.is_empty(), early) {
            (true, true) => "pass so far".into(),
            (true, false) => "pass".into(),
            (false, _) => format!("fail: {}", failed.join(", ")),
        },
        facts: facts(record),
        table: Table {
            travel_m: [mechanism.travel_m[0][1], mechanism.travel_m[1][1]],
            rail_x_m: [mechanism.trucks[0].at_in_machine_m[0], mechanism.trucks[1].at_in_machine_m[0]],
            frame_tube_m: look.frame_tube_m,
            table_height_m: look.table_height_m - scene.plate.thickness_m,
            drive: if look.drive == "belt" { Drive::Belt } else { Drive::Rack },
            slats: Slats { along_y: slats.direction_y, pitch_m: slats.pitch_m, first_m: slats.first_m, width_m: slats.width_m },
        },
        gantry: Gantry {
            beam_section_m: look.beam_section_m,
            beam_height_m: look.beam_height_m,
            left_y_m: pose.left_y_m,
            right_y_m: pose.right_y_m,
            carriage_x_m: pose.carriage_x_m,
            tip_in_machine_m: pose.tip_in_machine_m,
            flex_magnification: 1.0,
        },
        plate: plate(scene, record),
        path: record
            .programmed
            .iter()
            .map(|m| {
                let kind = match (m.rapid, m.cutting) {
                    (true, _) => PathKind::Rapid,
                    (false, true) => PathKind::Cut,
                    (false, false) => PathKind::Feed,
                };
                (m.points.clone(), kind)
            })
            .collect(),
        flame: pose.phase != Phase::Off,
        cutting: pose.phase == Phase::Cutting,
    }
}

fn facts(record: &Record) -> Vec<(String, String)> {
    let figure = |name: &str, label: &str| {
        let value = record.figures.get(name)?;
        Some((label.to_string(), report::figures::show(name, *value)))
    };
    [
        figure("cut_time_s", "cut so far"),
        figure("contour_error_max_mm", "worst deviation"),
        figure("torque_margin_min", "torque in hand"),
        figure("lost_steps", "lost steps"),
        figure("parts_freed", "parts freed"),
        figure("cost_usd", "machine"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn plate(scene: &Scene, record: &Record) -> PlateView {
    let piece = |part: &twin::record::PartRecord| PieceView {
        outer: part.piece.region.outer.clone(),
        holes: part.piece.region.holes.clone(),
        loose: part.piece.loose,
        dropped: part.piece.loose && part.piece.support != Support::Rests,
        freed_ago_s: part.freed_at_s.map_or(0.0, |t| record.duration_s - t),
    };
    let maps = &record.maps;
    PlateView {
        corner_m: scene.plate.corner_in_machine_m,
        size_m: scene.plate.size_m,
        thickness_m: scene.plate.thickness_m,
        pieces: record.parts.iter().map(piece).collect(),
        heat: Some(HeatView {
            cells: maps.cells,
            cell_m: maps.cell_m,
            corner_m: maps.corner_in_machine_m,
            temperature_c: maps.temperature_c.clone(),
        }),
    }
}
