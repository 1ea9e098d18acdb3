//! A made-up but realistic run for this room's tests: a press side plate on a rack machine, once good, once failing.
//!
//! In: nothing. Out: a scene and a record. Only in tests.

mod outlines;
mod scene;

use crate::plate::geometry::Region;
use crate::plate::parts::{Piece, Support};
use crate::scene::model::Scene;
use crate::twin::record::{
    BudgetLine, Cut, CutEnd, CutPoint, Event, EventKind, JointSummary, PartRecord, PlateMaps, ProbeRecord, ProgrammedMove, RUNGS,
    Record, TraceSample,
};

use self::outlines::{Shape, shapes};
use self::scene::{cost, scene};

const KERF_M: f64 = 1.7e-3;
const CORNER_M: [f64; 2] = [0.03, 0.03];
const SIZE_M: [f64; 2] = [1.2, 0.6];
const THICKNESS_M: f64 = 12.7e-3;
const FEED_M_PER_S: f64 = 0.38 / 60.0;
const RAPID_M_PER_S: f64 = 0.15;
const TRACE_S: f64 = 0.05;

/// A small number that looks random but is the same every time.
fn noise(n: usize) -> f64 {
    let x = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1_e995;
    ((x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / f64::from(1u32 << 24) - 0.5
}

/// Builds the record move by move.
struct Run {
    record: Record,
    time_s: f64,
    at: [f64; 2],
    line: u32,
    scale: f64,
}

impl Run {
    fn sample(&mut self, speed: f64, error: f64, cutting: bool) {
        let n = self.record.trace.len();
        let tip = [self.at[0] + error * 0.7, self.at[1] - error * 0.7];
        self.record.trace.push(TraceSample {
            time_s: self.time_s,
            line: self.line,
            planned_in_machine_m: [self.at[0], self.at[1], 0.006],
            tip_in_machine_m: [tip[0], tip[1], 0.006],
            speed_m_per_s: speed,
            following_error_m: error.abs(),
            racking_m: error * 0.25 + 6e-6 * noise(n),
            torque_use: (0.2 + error.abs() * 1.1e3).min(0.72),
            cutting,
        });
        self.time_s += TRACE_S;
    }

    fn event(&mut self, kind: EventKind, text: &str) {
        let event = Event { time_s: self.time_s, line: self.line, kind, at_in_machine_m: self.at, text: text.into() };
        self.record.events.push(event);
    }

    fn rapid(&mut self, to: [f64; 2]) {
        self.line += 1;
        let from = self.at;
        self.record.programmed.push(ProgrammedMove { line: self.line, rapid: true, cutting: false, points: vec![from, to] });
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let count = (length / (RAPID_M_PER_S * TRACE_S)).ceil() as usize + 4;
        for n in 0..count {
            let share = n as f64 / count as f64;
            self.at = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
            let edge = (-(share.min(1.0 - share) * count as f64) / 3.0).exp();
            self.sample(RAPID_M_PER_S, (0.05e-3 + 0.3e-3 * edge * length.sqrt()) * self.scale, false);
        }
        self.at = to;
    }

    fn hold(&mut self, seconds: f64) {
        for _ in 0..(seconds / TRACE_S) as usize {
            self.sample(0.0, 4e-6, false);
        }
    }

    fn cut(&mut self, outline: &[[f64; 2]], name: &str) {
        self.rapid(outline[0]);
        self.line += 1;
        self.event(EventKind::FlameOn, "flame lit");
        self.hold(5.0);
        self.event(EventKind::Pierce, "cutting oxygen on");
        self.hold(0.9);
        self.event(EventKind::CutStart, "pierced through");
        let mut closed = outline.to_vec();
        closed.push(outline[0]);
        self.line += 1;
        self.record.programmed.push(ProgrammedMove { line: self.line, rapid: false, cutting: true, points: closed.clone() });
        let (mut points, mut since_turn, mut path) = (Vec::new(), 1.0, 0.0);
        for n in 0..closed.len() {
            let (p, q) = (closed[n], closed[(n + 1) % outline.len()]);
            let before = closed[(n + outline.len() - 1) % outline.len()];
            let (ux, uy) = (q[0] - p[0], q[1] - p[1]);
            let length = ux.hypot(uy).max(1e-9);
            let turn = ((p[0] - before[0]) * uy - (p[1] - before[1]) * ux) / length / length;
            since_turn = if turn.abs() > 0.02 { 0.0 } else { since_turn + length };
            path += length;
            let ringing = 0.12e-3 * (-since_turn / 9e-3).exp() * (path * 420.0).cos();
            let wave = 0.02e-3 * (p[0] * 9.0).sin() + 0.018e-3 * (p[1] * 23.0 + 1.0).cos();
            let deviation = (ringing + wave + 0.008e-3 * noise(n + 77 * points.len())) * self.scale;
            points.push(CutPoint {
                haz_m: 1.6e-3,
                cooling_s: 3.0,
                heading: [1.0, 0.0],

                time_s: self.time_s,
                line: self.line,
                tip_in_machine_m: [p[0] - uy / length * deviation, p[1] + ux / length * deviation],
                programmed_in_machine_m: p,
                kerf_m: KERF_M * (1.0 + 0.04 * (path * 60.0).sin()),
                deviation_m: deviation,
                speed_m_per_s: FEED_M_PER_S,
            });
            self.at = p;
            for _ in 0..((length / FEED_M_PER_S / TRACE_S).round() as usize).max(1) {
                self.sample(FEED_M_PER_S, deviation * 1.2 + 9e-6, true);
            }
        }
        self.event(EventKind::CutEnd, "oxygen closed");
        self.record.cuts.push(Cut { points, end: CutEnd::Closed, budget: Vec::new() });
        self.event(EventKind::PartFreed, &format!("{name} came loose"));
    }
}

fn piece(region: Region, loose: bool, support: Support) -> Piece {
    let area_m2 = region.area_m2();
    Piece {
        tilt: None,
        area_m2,
        mass_kg: area_m2 * THICKNESS_M * 7850.0,
        centroid_m: region.centroid_m(),
        loose,
        has_plate_border: !loose,
        freed_at: loose.then_some(0),
        support,
        region,
    }
}

/// Kerf regions and pieces as they are at the end.
fn kerf_and_parts(record: &mut Record) {
    let shapes = shapes();
    let freed = |n: usize, record: &Record| {
        let event = record.events.iter().filter(|event| event.kind == EventKind::PartFreed).nth(n).expect("one for each shape");
        Some((event.time_s, event.line))
    };
    let inside = |shape: &Shape| shape.outline(-KERF_M / 2.0, 1e-3);
    let reversed = |shape: &Shape, offset: f64| shape.outline(offset, 1e-3).into_iter().rev().collect::<Vec<_>>();
    for shape in &shapes {
        record.kerf.push(Region { outer: shape.outline(KERF_M / 2.0, 1e-3), holes: vec![reversed(shape, -KERF_M / 2.0)] });
    }
    let (outline, inner) = shapes.split_last().expect("there is an outline");
    for (n, shape) in inner.iter().enumerate() {
        let support = if n == 3 { Support::TipsUp } else { Support::Rests };
        let region = Region { outer: inside(shape), holes: Vec::new() };
        let freed = freed(n, record);
        record.parts.push(PartRecord::new(piece(region, true, support), freed));
    }
    let freed = freed(inner.len(), record);
    let holes = inner.iter().map(|shape| reversed(shape, KERF_M / 2.0)).collect();
    let part = piece(Region { outer: inside(outline), holes }, true, Support::Rests);
    record.parts.push(PartRecord::new(part, freed));
    let mut plate = Region::rectangle(CORNER_M, [CORNER_M[0] + SIZE_M[0], CORNER_M[1] + SIZE_M[1]]);
    plate.holes.push(reversed(outline, KERF_M / 2.0));
    record.parts.push(PartRecord::new(piece(plate, false, Support::Rests), None));
}

fn maps() -> PlateMaps {
    let (cells, cell_m) = ([400, 200], 3e-3);
    let shapes = shapes();
    let mut peak_c = Vec::with_capacity(cells[0] * cells[1]);
    for row in 0..cells[1] {
        for column in 0..cells[0] {
            let p = [CORNER_M[0] + (column as f64 + 0.5) * cell_m, CORNER_M[1] + (row as f64 + 0.5) * cell_m];
            let rise: f64 = shapes
                .iter()
                .map(|shape| shape.distance(p))
                .map(|d| 1240.0 * (-d / 5e-3).exp() + 60.0 * (-d / 60e-3).exp())
                .sum();
            peak_c.push((20.0 + rise.min(1480.0)) as f32);
        }
    }
    let temperature_c = peak_c.iter().map(|t| 20.0 + (t - 20.0) * 0.06).collect();
    let cooling_s = peak_c.iter().map(|t| if *t > 800.0 { 5.0 } else { 0.0 }).collect();
    PlateMaps { cells, cell_m: [cell_m; 2], corner_in_machine_m: CORNER_M, temperature_c, peak_c, cooling_s }
}

fn joints() -> Vec<JointSummary> {
    let curve = |holding: f64, knee: f64| {
        let torque = move |rpm: f64| holding / (1.0 + (rpm / knee).powi(2)).sqrt();
        (0..=24).map(|n| f64::from(n) * 50.0).map(|rpm| (rpm, torque(rpm))).collect::<Vec<_>>()
    };
    [
        ("X", "23HS30-2804S", 1.6, 0.55),
        ("Y1", "23HS30-2804S", 1.6, 0.72),
        ("Y2", "23HS30-2804S", 1.6, 0.75),
        ("Z", "17HS19-2004S1", 0.5, 0.4),
    ]
    .map(|(name, motor, holding, load)| {
        let (pull_out, top) = (curve(holding, 520.0), if name == "Z" { 300.0 } else { 540.0 });
        let point = |n: usize| {
            (top * n as f64 / 14.0, holding * (load * 0.55 + 0.12 * noise(n + name.len() * 31) + 0.1 * (n as f64 / 14.0)))
        };
        let operating_points: Vec<(f64, f64)> = (0..=14).map(point).collect();
        let available = |rpm: f64| holding / (1.0 + (rpm / 520.0).powi(2)).sqrt();
        let margin = operating_points.iter().map(|&(rpm, torque)| 1.0 - torque / available(rpm)).fold(1.0, f64::min);
        JointSummary {
            name: name.into(),
            motor: motor.into(),
            driver: if name == "Z" { "TB6600 class".into() } else { "DM542T".into() },
            transmission: if name == "Z" { "screw T8, lead 8 mm".into() } else { "rack module 1, 25 teeth, 3:1".into() },
            steps: 812_345,
            lost_full_steps: 0,
            rotor_behind_full_steps: 0.0,
            max_speed_rpm: top,
            torque_margin_min: margin,
            torque_margin_line: 61,
            load_angle_max_m: 41e-6,
            hold_used: 0.0,
            motor_rise_k: 58.0,
            driver_rise_k: 17.0,
            operating_points,
            pull_out,
        }
    })
    .to_vec()
}

/// A run of the sample job with every error multiplied by `scale`.
fn record(scale: f64) -> Record {
    let mut run = Run { record: Record::default(), time_s: 0.0, at: [0.0, 0.0], line: 8, scale };
    run.record.trace_interval_s = TRACE_S;
    let shapes = shapes();
    for (n, shape) in shapes.iter().enumerate() {
        let name = if n + 1 == shapes.len() { "the side plate".to_string() } else { format!("slug {}", n + 1) };
        let step = if shape.size[0] > 0.1 { 1.5e-3 } else { 0.6e-3 };
        run.cut(&shape.outline(0.0, step), &name);
    }
    run.rapid([0.0, 0.0]);
    let (end, mut record) = (run.time_s, run.record);
    record.duration_s = end;
    record.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    kerf_and_parts(&mut record);
    record.maps = maps();
    record.joints = joints();
    let sizes = [
        (0.012, 0.004),
        (0.003, 0.0012),
        (0.038, 0.011),
        (0.020, 0.009),
        (0.045, 0.016),
        (0.002, 0.001),
        (0.093, 0.024),
        (0.031, 0.018),
        (0.044, 0.021),
        (0.022, 0.012),
        (0.006, 0.003),
        (0.034, 0.013),
    ];
    record.budget = RUNGS
        .iter()
        .zip(sizes)
        .map(|(rung, (worst, rms))| BudgetLine { rung, worst_m: worst * scale / 1e3, rms_m: rms * scale / 1e3, worst_line: 87 })
        .collect();
    let series = |peak: f64, at: f64| {
        let warm = move |t: f64| if t < at { 20.0 } else { 20.0 + peak * ((t - at) / 9.0) * (1.0 - (t - at) / 9.0).exp() };
        (0..(end as usize)).map(|t| t as f64).map(|t| (t, warm(t) + 40.0 * t / end)).collect::<Vec<_>>()
    };
    record.probes = [("beside slot", [0.42, 0.45], 310.0, 330.0), ("rail side", [0.06, 0.3], 34.0, 610.0)]
        .map(|(name, at, peak, start)| ProbeRecord {
            depth_m: 0.0,
            name: name.into(),
            at_in_machine_m: at,
            series: series(peak, start),
            peak_c: peak + 20.0,
        })
        .to_vec();
    let deviations = || record.cuts.iter().flat_map(|cut| &cut.points).map(|point| point.deviation_m * 1e3);
    let count = deviations().count() as f64;
    let worst = deviations().fold(0.0, |most: f64, d| most.max(d.abs()));
    let rms = (deviations().map(|d| d * d).sum::<f64>() / count).sqrt();
    let cut_s = record.trace.iter().filter(|sample| sample.cutting).count() as f64 * TRACE_S;
    let rapid_s = record.trace.iter().filter(|sample| sample.speed_m_per_s > 0.1).count() as f64 * TRACE_S;
    let margin = record.joints.iter().map(|joint| joint.torque_margin_min).fold(1.0, f64::min);
    let following = record.trace.iter().map(|sample| sample.following_error_m * 1e3).fold(0.0, f64::max);
    record.figures = [
        ("cycle_time_s", end),
        ("cut_time_s", cut_s),
        ("rapid_time_s", rapid_s),
        ("lost_steps", 0.0),
        ("contour_error_max_mm", worst),
        ("contour_error_rms_mm", rms),
        ("following_error_max_mm", following),
        ("torque_margin_min", margin),
        ("cut_lost", 0.0),
        ("tip_touches", 0.0),
        ("travel_exceeded_mm", 0.0),
        ("step_rate_exceeded_hz", 0.0),
        ("kerf_mean_mm", 1.7),
        ("kerf_min_mm", 1.632),
        ("kerf_max_mm", 1.768),
        ("haz_mean_mm", 2.31),
        ("peak_temperature_c", 1500.0),
        ("heat_into_plate_j", 4.31e6),
        ("parts_freed", 28.0),
        ("tip_ups", 1.0),
        ("iso9013_class", 3.0),
        ("gas_oxygen_l", 1240.0),
        ("gas_fuel_l", 212.0),
        ("cost_usd", 1482.38),
        ("first_mode_hz", 17.4),
    ]
    .into_iter()
    .map(|(name, value): (&str, f64)| (name.to_string(), value))
    .collect();
    record.fast_forward_share = 0.83;
    record
}

/// A scene and run that pass.
pub fn good() -> (Scene, Record) {
    (scene(), record(1.0))
}

/// A scene and run that fail: steps lost, a cut lost, deviation and cost out of bounds.
pub fn failing() -> (Scene, Record) {
    let (mut scene, mut record) = (scene(), record(2.6));
    scene.machine.costs.push(cost("HGR20 rails upgrade", 1.0, "set", 137.62, "estimate"));
    record.figures.insert("cost_usd".into(), 1620.0);
    record.figures.insert("lost_steps".into(), 8.0);
    record.figures.insert("cut_lost".into(), 1.0);
    record.figures.insert("torque_margin_min".into(), -0.04);
    record.joints[2].lost_full_steps = 8;
    record.joints[2].torque_margin_min = -0.04;
    record.joints[2].operating_points[13] = (500.0, 1.19);
    let middle = record.cuts[20].points.len() / 2;
    let lost_at = record.cuts[20].points[middle].clone();
    record.cuts[20].points.truncate(middle);
    record.cuts[20].end = CutEnd::Lost("front went cold: 620 mm/min is too fast for 12.7 mm".into());
    let text = "motor Y2 fell out of step on a rapid: it needed 1.19 N·m at 500 rev/min, where pull-out is 1.15 N·m";
    let events = [
        (record.duration_s * 0.62, 61, EventKind::LostSteps, [0.61, 0.28], text),
        (
            lost_at.time_s,
            lost_at.line,
            EventKind::CutLost,
            lost_at.tip_in_machine_m,
            "the front went cold: 620 mm/min is too fast for 12.7 mm",
        ),
    ];
    for (time_s, line, kind, at_in_machine_m, text) in events {
        record.events.push(Event { time_s, line, kind, at_in_machine_m, text: text.into() });
    }
    record.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    (scene, record)
}
