//! The record from all that the loop leaves: cut contours, parts, figures.
//!
//! In: the loop's states at the end. Out: [`Record`].

use std::collections::BTreeMap;

use crate::plate::geometry::{Region, ring_contains};
use crate::plate::kerf::{self, PathPoint};
use crate::plate::parts::{self, Support};
use crate::program::Program;
use crate::scene::model::Scene;
use crate::twin::advice;
use crate::twin::budget::Budget;
use crate::twin::hits;
use crate::twin::maps;
use crate::twin::measure;
use crate::twin::observe::Observer;
use crate::twin::plant::Plant;
use crate::twin::preflight::Plan;
use crate::twin::process::Process;
use crate::twin::record::{Cut, Event, EventKind, PartRecord, Pose, ProbeRecord, ProgrammedMove, Record};
use crate::twin::rings;
use torchtwin_planner::{Geometry, MoveKind, PathItem, TorchEvent};

/// Error of the simplified cut path, m: below what any of the models resolves.
const CONTOUR_TOLERANCE_M: f64 = 2e-6;

/// Modes kept: those above these are of no concern to a torch.
const SHOWN_MODES: usize = 5;

/// Contours and cuts begin within this of one another, s.
const BESIDE_S: f64 = 0.5;

/// Chord error of programmed arcs when drawn, m.
const DRAWING_TOLERANCE_M: f64 = 20e-6;

/// The loop's states at its end.
pub struct Ended<'a> {
    /// Scene.
    pub scene: &'a Scene,
    /// Program.
    pub program: &'a Program,
    /// Plan.
    pub plan: &'a Plan,
    /// Drives and mechanism.
    pub plant: &'a Plant,
    /// Torch and plate.
    pub process: Process,
    /// Observer.
    pub observer: Observer,
    /// Thermocouples.
    pub probes: Vec<ProbeRecord>,
    /// The parts that the job was to make.
    pub wanted: Vec<Region>,
    /// Simulated time, s.
    pub duration_s: f64,
    /// Share of it that was jumped over.
    pub fast_forward_share: f64,
    /// Share of simulated time that went in strides, –.
    pub stride_share: f64,
}

/// The record of a run.
pub fn record(ended: Ended) -> Record {
    let Ended {
        scene,
        program,
        plan,
        plant,
        mut process,
        mut observer,
        probes,
        wanted,
        duration_s,
        fast_forward_share,
        stride_share,
    } = ended;
    let (mut kerf, mut parts) = pieces(scene, &process.cuts);
    let in_air: Vec<Event> = process.cuts.iter().filter_map(|cut| cuts_air(cut, &parts)).collect();
    if !in_air.is_empty() {
        // What has gone is not cut any more.
        process.cuts.retain(|cut| cuts_air(cut, &parts).is_none());
        (kerf, parts) = pieces(scene, &process.cuts);
    }
    let mut events = process.events.clone();
    let lost_in_air = in_air.len() as f64;
    events.extend(in_air);
    events.append(&mut observer.events);
    for part in &parts {
        if let Some(time_s) = part.freed_at_s {
            let text = freed_words(part);
            let at_in_machine_m = part.piece.centroid_m;
            events.push(Event { time_s, line: part.freed_line, kind: EventKind::PartFreed, at_in_machine_m, text });
        }
    }
    let hits = hits::find(&parts, &observer.trace);
    let part_hits = hits.len();
    events.extend(hits);
    let hits = hits::clamps(&scene.plate.clamps, &observer.trace);
    let clamp_hits = (!scene.plate.clamps.is_empty()).then_some(hits.len());
    events.extend(hits);
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    let mut figures = plan_figures(scene, plan);
    figures.insert("part_hits".into(), part_hits as f64);
    figures.extend(clamp_hits.map(|hits| ("clamp_hits".into(), hits as f64)));
    process_figures(scene, &process, &mut figures);
    if let Some(lost) = figures.get_mut("cut_lost") {
        *lost += lost_in_air;
    }
    measure::compare(scene, &process, &wanted, &mut parts, &mut figures);
    if !scene.plate.intended.is_empty() {
        let unlike = measure::unlike_the_drawing(scene, &wanted, &parts);
        figures.insert("not_as_drawn".into(), unlike.len() as f64);
        let event =
            |(text, at_in_machine_m)| Event { time_s: duration_s, line: 0, kind: EventKind::NotAsDrawn, at_in_machine_m, text };
        events.extend(unlike.into_iter().map(event));
    }
    let plate_growth = measure::plate_growth(&parts, &mut figures);
    let advice = advice::advice(&process, &parts, &process.cuts);
    let heat = &process.heat;
    let maps = maps::maps(heat, scene.plate.corner_in_machine_m, process.is_source(), &parts);
    figures.insert("peak_temperature_c".into(), maps.peak_c.iter().copied().fold(f32::NEG_INFINITY, f32::max).into());
    let joints = observer.joint_summaries(plant);
    figures.insert("lost_steps".into(), observer.slipped_full_steps() as f64);
    let margin = joints.iter().map(|j| j.torque_margin_min).fold(1.0, f64::min);
    figures.insert("torque_margin_min".into(), margin);
    figures.insert("drives_let_go".into(), joints.iter().filter(|joint| joint.hold_used > 1.0).count() as f64);
    figures.insert("racking_max_mm".into(), observer.racking_max_m * 1e3);
    figures.insert("following_error_max_mm".into(), observer.following_max_m * 1e3);
    if let Some(rms) = observer.contour_rms_m() {
        figures.insert("contour_error_max_mm".into(), observer.contour.1 * 1e3);
        figures.insert("contour_error_rms_mm".into(), rms * 1e3);
    }
    let loose = parts.iter().filter(|p| p.piece.loose);
    figures.insert("parts_freed".into(), loose.clone().count() as f64);
    figures.insert("tip_ups".into(), loose.filter(|p| p.piece.support == Support::TipsUp).count() as f64);
    let rungs = plant.rungs();
    let sides = plant.sides_m();
    let pose = Pose {
        carriage_x_m: rungs.carriage[0],
        left_y_m: sides[0],
        right_y_m: sides[1],
        tip_in_machine_m: rungs.tip,
        phase: process.phase(),
    };
    let modes = rings::modes_of(&scene.machine);
    if let Some(first) = modes.first() {
        figures.insert("first_mode_hz".into(), first.frequency_hz);
    }
    Record {
        duration_s,
        pose,
        trace_interval_s: plan.trace_interval_s,
        trace: observer.trace.clone(),
        events,
        joints,
        heat_j: [heat.put_in_j(), heat.stored_j(), heat.lost_j()],
        budget: observer.budget_lines(),
        plate_growth,
        maps,
        advice,
        parts,
        kerf,
        probes,
        programmed: programmed(program),
        figures,
        modes: modes.iter().take(SHOWN_MODES).map(|mode| (mode.frequency_hz, mode.title())).collect(),
        engine: plant.engine().name(),
        fast_forward_share,
        stride_share,
        cuts: with_budgets(process.cuts, &observer.contours),
    }
}

/// The cuts, each with the budget of the contour that was watched during it.
fn with_budgets(cuts: Vec<Cut>, contours: &[Budget]) -> Vec<Cut> {
    let of = |mut cut: Cut| {
        let (first, last) = (cut.points.first().map_or(0.0, |p| p.time_s), cut.points.last().map_or(0.0, |p| p.time_s));
        let during = |contour: &&Budget| contour.begins_s > first - BESIDE_S && contour.begins_s < last;
        cut.budget = contours.iter().find(during).map_or(Vec::new(), Budget::lines);
        cut
    };
    cuts.into_iter().map(of).collect()
}

/// The record of a program that leaves the table and is therefore not simulated.
pub fn unsimulated(scene: &Scene, program: &Program, plan: &Plan) -> Record {
    Record {
        programmed: programmed(program),
        figures: plan_figures(scene, plan),
        trace_interval_s: plan.trace_interval_s,
        ..Record::default()
    }
}

fn plan_figures(scene: &Scene, plan: &Plan) -> BTreeMap<String, f64> {
    let cost: f64 = scene.machine.costs.iter().map(crate::scene::model::CostLine::total_usd).sum();
    [
        ("cycle_time_s", plan.cycle_time_s),
        ("rapid_time_s", plan.rapid_time_s),
        ("travel_exceeded_mm", plan.travel_exceeded_m * 1e3),
        ("screw_whirl_share", plan.whirl_share.into_iter().fold(0.0, f64::max)),
        ("step_rate_exceeded_hz", plan.step_rate_exceeded_hz(scene)),
        ("cost_usd", (cost * 100.0).round() / 100.0),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_string(), value))
    .collect()
}

fn process_figures(scene: &Scene, process: &Process, figures: &mut BTreeMap<String, f64>) {
    let mut put = |name: &str, value: f64| {
        figures.insert(name.to_string(), value);
    };
    put("cut_time_s", process.cut_time_s);
    put("cut_lost", f64::from(process.lost));
    put("tip_touches", f64::from(process.touches));
    put("heat_into_plate_j", process.heat.put_in_j());
    put("gas_oxygen_l", process.oxygen_m3 * 1e3);
    put("gas_fuel_l", process.fuel_m3 * 1e3);
    if process.air_m3 > 0.0 {
        put("gas_air_l", process.air_m3 * 1e3);
    }
    let [oxygen_usd, fuel_usd] = scene.torch.gas_usd_per_m3;
    put("gas_cost_usd", process.oxygen_m3 * oxygen_usd + process.fuel_m3 * fuel_usd);
    let heat = &process.heat;
    put("heat_from_flame_j", process.heat_j[0]);
    put("heat_from_kerf_j", process.heat_j[1]);
    put("heat_stored_j", heat.stored_j());
    put("heat_lost_j", heat.lost_j());
    if heat.put_in_j() > 0.0 {
        put("energy_error_share", ((heat.stored_j() + heat.lost_j()) / heat.put_in_j() - 1.0).abs());
    }
    edge_figures(&process.cuts, &mut put);
    let (area, length, least, greatest) = process.kerf;
    if length > 0.0 {
        put("kerf_mean_mm", area / length * 1e3);
        put("kerf_min_mm", least * 1e3);
        put("kerf_max_mm", greatest * 1e3);
        if matches!(process.setting().kind, crate::torch::Kind::OxyFuel(_)) {
            put("drag_mean_mm", process.edge.0 / length * 1e3);
            put("top_rounding_mean_mm", process.edge.1 / length * 1e3);
        }
    }
}

/// Heat-affected zone and cooling time along the cut edges.
fn edge_figures(cuts: &[Cut], put: &mut impl FnMut(&str, f64)) {
    let (mut length, mut zone, mut cooling, mut widest) = (0.0, 0.0, 0.0, 0.0f64);
    for pair in cuts.iter().flat_map(|cut| cut.points.windows(2)) {
        let ([ax, ay], [bx, by]) = (pair[0].tip_in_machine_m, pair[1].tip_in_machine_m);
        let step = if pair[1].cooling_s > 0.0 { (bx - ax).hypot(by - ay) } else { 0.0 };
        length += step;
        zone += step * pair[1].haz_m;
        cooling += step * pair[1].cooling_s;
        widest = widest.max(pair[1].haz_m);
    }
    if length > 0.0 {
        put("haz_mean_mm", zone / length * 1e3);
        put("haz_max_mm", widest * 1e3);
        put("t85_mean_s", cooling / length);
    }
}

/// The whole plate.
pub fn plate_region(scene: &Scene) -> Region {
    let [x, y] = scene.plate.corner_in_machine_m;
    let [width, depth] = scene.plate.size_m;
    Region::rectangle([x, y], [x + width, y + depth])
}

/// Kerf contours and the pieces they leave.
fn pieces(scene: &Scene, cuts: &[Cut]) -> (Vec<Region>, Vec<PartRecord>) {
    let path = |cut: &Cut| {
        let points: Vec<_> = cut.points.iter().map(|p| PathPoint { at_m: p.tip_in_machine_m, kerf_m: p.kerf_m }).collect();
        kerf::simplify(&points, CONTOUR_TOLERANCE_M)
    };
    let paths: Vec<Vec<PathPoint>> = cuts.iter().map(path).collect();
    let kerf = kerf::sweep(&paths);
    let plate = plate_region(scene);
    let points: Vec<_> = cuts.iter().flat_map(|c| &c.points).collect();
    let indexed: Vec<_> = points.iter().enumerate().map(|(i, p)| (i, p.tip_in_machine_m, p.kerf_m)).collect();
    let found =
        parts::separate(&plate, &kerf, &indexed, scene.plate.thickness_m, scene.plate.density_kg_per_m3, &scene.plate.slats);
    let record = |mut piece: parts::Piece| {
        if scene.plate.clamps.iter().any(|clamp| piece.region.contains(clamp.at_in_machine_m)) {
            (piece.support, piece.tilt) = (Support::Rests, None);
        }
        let freed = piece.freed_at.filter(|_| piece.loose).and_then(|i| points.get(i));
        PartRecord::new(piece, freed.map(|p| (p.time_s, p.line)))
    };
    (kerf, found.into_iter().map(record).collect())
}

/// A cut that begins where a piece was that has fallen or tipped: the loss of it.
fn cuts_air(cut: &Cut, parts: &[PartRecord]) -> Option<Event> {
    let begin = cut.points.first()?;
    let gone = |part: &&PartRecord| {
        part.piece.support != Support::Rests
            && part.freed_at_s.is_some_and(|freed_s| freed_s < begin.time_s)
            && ring_contains(&part.piece.region.outer, begin.tip_in_machine_m)
    };
    let part = parts.iter().find(gone)?;
    let fate = if part.piece.support == Support::FallsThrough { "has fallen" } else { "may have tipped up" };
    let text = format!(
        "the torch burns in air: the piece that line {} has freed {fate}; cut what is inside a part before its outline",
        part.freed_line
    );
    Some(Event {
        time_s: begin.time_s,
        line: begin.line,
        kind: EventKind::CutLost,
        at_in_machine_m: begin.tip_in_machine_m,
        text,
    })
}

fn freed_words(part: &PartRecord) -> String {
    let fate = match part.piece.support {
        Support::Rests => "rests on the slats",
        Support::TipsUp => "tips up on the slats",
        Support::FallsThrough => "falls between the slats",
    };
    format!("a piece of {:.2} kg comes loose and {fate}", part.piece.mass_kg)
}

/// The program's moves as polylines.
pub fn programmed(program: &Program) -> Vec<ProgrammedMove> {
    let mut at = program.start_in_machine_m;
    let mut cutting = false;
    let mut out = Vec::new();
    for item in &program.items {
        match *item {
            PathItem::Move { tag, kind, ref shape, .. } => {
                let geometry = Geometry::new(at, shape);
                at = geometry.to();
                out.push(ProgrammedMove {
                    line: program.line(tag),
                    rapid: kind == MoveKind::Rapid,
                    cutting,
                    points: flatten(&geometry),
                });
            }
            PathItem::Torch { event, .. } => cutting = event == TorchEvent::OxygenOn,
            PathItem::Dwell { .. } | PathItem::Stop { .. } | PathItem::Mode { .. } => {}
        }
    }
    out
}

fn flatten(geometry: &Geometry) -> Vec<[f64; 2]> {
    let chords = match *geometry {
        Geometry::Line { .. } => 1,
        Geometry::Arc { radius_m, sweep_rad, .. } => {
            let per_chord = 2.0 * (1.0 - (DRAWING_TOLERANCE_M / radius_m).min(1.0)).acos();
            (sweep_rad.abs() / per_chord.max(0.02)).ceil().clamp(1.0, 2000.0) as usize
        }
    };
    let point = |k: usize| {
        let p = geometry.point_at(k as f64 / chords as f64);
        [p[0], p[1]]
    };
    (0..=chords).map(point).collect()
}
