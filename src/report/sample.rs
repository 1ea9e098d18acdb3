//! A made-up but realistic run for this room's tests: a press side plate on a rack machine, once good, once failing.
//!
//! In: nothing. Out: a scene and a record. Only in tests.

use std::f64::consts::{FRAC_PI_2, TAU};

use crate::diag::Diagnostic;
use crate::drive::params::{DriverParams, FrictionParams, JointParams, MotorParams, Stiffness, TransmissionParams};
use crate::machine::params::{BeamParams, BodyParams, MachineParams, MountParams};
use crate::plate::geometry::Region;
use crate::plate::parts::{Piece, Slats, Support};
use crate::scene::model::{Bound, CostLine, Estimate, Expect, Job, Look, Machine, Plate, Probe, Scene, Torch};
use crate::torch;
use crate::twin::record::{
    BudgetLine, Cut, CutEnd, CutPoint, Event, EventKind, JointSummary, PartRecord, PlateMaps, ProbeRecord, ProgrammedMove, RUNGS,
    Record, TraceSample,
};

const KERF_M: f64 = 1.7e-3;
const CORNER_M: [f64; 2] = [0.03, 0.03];
const SIZE_M: [f64; 2] = [1.2, 0.6];
const THICKNESS_M: f64 = 12.7e-3;
const FEED_M_PER_S: f64 = 0.38 / 60.0;
const RAPID_M_PER_S: f64 = 0.15;
const TRACE_S: f64 = 0.05;

/// A rectangle with round corners: centre, size, radius, m. A circle has its size equal to twice its radius.
#[derive(Clone, Copy)]
struct Shape {
    centre: [f64; 2],
    size: [f64; 2],
    radius: f64,
}

impl Shape {
    /// The outline moved out by `offset`, counter-clockwise from the middle of its right side, points `step` apart.
    fn outline(&self, offset: f64, step: f64) -> Vec<[f64; 2]> {
        let radius = self.radius + offset;
        let half = [self.size[0] / 2.0 + offset - radius, self.size[1] / 2.0 + offset - radius];
        let mut points = Vec::new();
        for (quarter, (sx, sy)) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)].into_iter().enumerate() {
            let count = (radius * FRAC_PI_2 / step).ceil().max(4.0) as usize;
            for n in 0..=count {
                let angle = FRAC_PI_2 * (quarter as f64 + n as f64 / count as f64);
                points.push([self.centre[0] + sx * half[0] + radius * angle.cos(), self.centre[1] + sy * half[1] + radius * angle.sin()]);
            }
        }
        let mut dense: Vec<[f64; 2]> = Vec::new();
        for n in 0..points.len() {
            let (a, b) = (points[n], points[(n + 1) % points.len()]);
            let count = ((b[0] - a[0]).hypot(b[1] - a[1]) / step).ceil().max(1.0) as usize;
            let share = |m: usize| m as f64 / count as f64;
            dense.extend((0..count).map(|m| [a[0] + (b[0] - a[0]) * share(m), a[1] + (b[1] - a[1]) * share(m)]));
        }
        dense
    }

    /// Distance from the outline.
    fn distance(&self, p: [f64; 2]) -> f64 {
        let q = [0, 1].map(|i| (p[i] - self.centre[i]).abs() - self.size[i] / 2.0 + self.radius);
        (q[0].max(0.0).hypot(q[1].max(0.0)) + q[0].max(q[1]).min(0.0) - self.radius).abs()
    }
}

/// What is cut, in order: bolt circles, slots, a window, then the outline.
fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (cx, cy) in [(0.25, 0.21), (0.25, 0.45), (1.01, 0.21), (1.01, 0.45)] {
        for n in 0..6 {
            let angle = TAU * f64::from(n) / 6.0;
            shapes.push(Shape { centre: [cx + 0.055 * angle.cos(), cy + 0.055 * angle.sin()], size: [0.016; 2], radius: 0.008 });
        }
    }
    for x in [0.42, 0.84] {
        shapes.push(Shape { centre: [x, 0.33], size: [0.024, 0.2], radius: 0.012 });
    }
    shapes.push(Shape { centre: [0.63, 0.33], size: [0.26, 0.18], radius: 0.02 });
    shapes.push(Shape { centre: [0.63, 0.33], size: [1.0, 0.46], radius: 0.04 });
    shapes
}

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
        self.record.cuts.push(Cut { points, end: CutEnd::Closed });
        self.event(EventKind::PartFreed, &format!("{name} came loose"));
    }
}

fn piece(region: Region, loose: bool, support: Support) -> Piece {
    let area_m2 = region.area_m2();
    Piece {
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
        (Some(event.time_s), event.line)
    };
    let inside = |shape: &Shape| shape.outline(-KERF_M / 2.0, 1e-3);
    let reversed = |shape: &Shape, offset: f64| shape.outline(offset, 1e-3).into_iter().rev().collect::<Vec<_>>();
    for shape in &shapes {
        record.kerf.push(Region { outer: shape.outline(KERF_M / 2.0, 1e-3), holes: vec![reversed(shape, -KERF_M / 2.0)] });
    }
    let (outline, inner) = shapes.split_last().expect("there is an outline");
    for (n, shape) in inner.iter().enumerate() {
        let support = if n == 3 { Support::TipsUp } else { Support::Rests };
        let (freed_at_s, freed_line) = freed(n, record);
        let region = Region { outer: inside(shape), holes: Vec::new() };
        record.parts.push(PartRecord { piece: piece(region, true, support), freed_at_s, freed_line });
    }
    let (freed_at_s, freed_line) = freed(inner.len(), record);
    let holes = inner.iter().map(|shape| reversed(shape, KERF_M / 2.0)).collect();
    let part = piece(Region { outer: inside(outline), holes }, true, Support::Rests);
    record.parts.push(PartRecord { piece: part, freed_at_s, freed_line });
    let mut plate = Region::rectangle(CORNER_M, [CORNER_M[0] + SIZE_M[0], CORNER_M[1] + SIZE_M[1]]);
    plate.holes.push(reversed(outline, KERF_M / 2.0));
    record.parts.push(PartRecord { piece: piece(plate, false, Support::Rests), freed_at_s: None, freed_line: 0 });
}

fn maps() -> PlateMaps {
    let (cells, cell_m) = ([400, 200], 3e-3);
    let shapes = shapes();
    let mut peak_c = Vec::with_capacity(cells[0] * cells[1]);
    for row in 0..cells[1] {
        for column in 0..cells[0] {
            let p = [CORNER_M[0] + (column as f64 + 0.5) * cell_m, CORNER_M[1] + (row as f64 + 0.5) * cell_m];
            let rise: f64 = shapes.iter().map(|shape| shape.distance(p)).map(|d| 1240.0 * (-d / 5e-3).exp() + 60.0 * (-d / 60e-3).exp()).sum();
            peak_c.push((20.0 + rise.min(1480.0)) as f32);
        }
    }
    let temperature_c = peak_c.iter().map(|t| 20.0 + (t - 20.0) * 0.06).collect();
    PlateMaps { cells, cell_m, corner_in_machine_m: CORNER_M, temperature_c, peak_c }
}

fn joints() -> Vec<JointSummary> {
    let curve = |holding: f64, knee: f64| {
        let torque = move |rpm: f64| holding / (1.0 + (rpm / knee).powi(2)).sqrt();
        (0..=24).map(|n| f64::from(n) * 50.0).map(|rpm| (rpm, torque(rpm))).collect::<Vec<_>>()
    };
    [("X", "23HS30-2804S", 1.6, 0.55), ("Y1", "23HS30-2804S", 1.6, 0.72), ("Y2", "23HS30-2804S", 1.6, 0.75), ("Z", "17HS19-2004S1", 0.5, 0.4)]
        .map(|(name, motor, holding, load)| {
            let (pull_out, top) = (curve(holding, 520.0), if name == "Z" { 300.0 } else { 540.0 });
            let point = |n: usize| (top * n as f64 / 14.0, holding * (load * 0.55 + 0.12 * noise(n + name.len() * 31) + 0.1 * (n as f64 / 14.0)));
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
                max_speed_rpm: top,
                torque_margin_min: margin,
                torque_margin_line: 61,
                load_angle_max_m: 41e-6,
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
    let sizes = [(0.012, 0.004), (0.003, 0.0012), (0.038, 0.011), (0.045, 0.016), (0.093, 0.024), (0.034, 0.013)];
    record.budget = RUNGS.iter().zip(sizes).map(|(rung, (worst, rms))| BudgetLine { rung, worst_m: worst * scale / 1e3, rms_m: rms * scale / 1e3, worst_line: 87 }).collect();
    let series = |peak: f64, at: f64| {
        let warm = move |t: f64| if t < at { 20.0 } else { 20.0 + peak * ((t - at) / 9.0) * (1.0 - (t - at) / 9.0).exp() };
        (0..(end as usize)).map(|t| t as f64).map(|t| (t, warm(t) + 40.0 * t / end)).collect::<Vec<_>>()
    };
    record.probes = [("beside slot", [0.42, 0.45], 310.0, 330.0), ("rail side", [0.06, 0.3], 34.0, 610.0)]
        .map(|(name, at, peak, start)| ProbeRecord { name: name.into(), at_in_machine_m: at, series: series(peak, start), peak_c: peak + 20.0 })
        .to_vec();
    let deviations = || record.cuts.iter().flat_map(|cut| &cut.points).map(|point| point.deviation_m * 1e3);
    let count = deviations().count() as f64;
    let worst = deviations().fold(0.0, |most: f64, d| most.max(d.abs()));
    let rms = (deviations().map(|d| d * d).sum::<f64>() / count).sqrt();
    let cut_s = record.trace.iter().filter(|sample| sample.cutting).count() as f64 * TRACE_S;
    let rapid_s = record.trace.iter().filter(|sample| sample.speed_m_per_s > 0.1).count() as f64 * TRACE_S;
    let following = record.trace.iter().map(|sample| sample.following_error_m * 1e3).fold(0.0, f64::max);
    record.figures = [
        ("cycle_time_s", end), ("cut_time_s", cut_s), ("rapid_time_s", rapid_s), ("lost_steps", 0.0), ("contour_error_max_mm", worst),
        ("contour_error_rms_mm", rms), ("following_error_max_mm", following), ("torque_margin_min", 0.4375), ("cut_lost", 0.0),
        ("tip_touches", 0.0), ("travel_exceeded_mm", 0.0), ("kerf_mean_mm", 1.7), ("kerf_min_mm", 1.632), ("kerf_max_mm", 1.768),
        ("haz_mean_mm", 2.31), ("peak_temperature_c", 1500.0), ("heat_into_plate_j", 4.31e6), ("parts_freed", 28.0), ("tip_ups", 1.0),
        ("iso9013_class", 3.0), ("gas_oxygen_l", 1240.0), ("gas_fuel_l", 212.0), ("cost_usd", 1482.38), ("first_mode_hz", 17.4),
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
        (lost_at.time_s, lost_at.line, EventKind::CutLost, lost_at.tip_in_machine_m, "the front went cold: 620 mm/min is too fast for 12.7 mm"),
    ];
    for (time_s, line, kind, at_in_machine_m, text) in events {
        record.events.push(Event { time_s, line, kind, at_in_machine_m, text: text.into() });
    }
    record.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    (scene, record)
}

fn cost(item: &str, quantity: f64, unit: &str, unit_usd: f64, basis: &str) -> CostLine {
    CostLine { item: item.into(), quantity, unit: unit.into(), unit_usd, basis: basis.into(), source: "catalogue 2026-09".into() }
}

fn costs() -> Vec<CostLine> {
    [
        ("Square tube 2x2x0.120 in", 46.0, "ft", 5.0, "estimate"), ("Rect. tube 4x2x0.120 in gantry beam", 5.5, "ft", 11.54, "published"),
        ("Slats 2 x 1/8 in flat bar", 48.0, "ft", 1.1, "estimate"), ("HGR20-class rails 1.5 m, 2, with 4 blocks (Y)", 1.0, "set", 110.0, "estimate"),
        ("HGR15-class rails 1.5 m, 1 pair, with 4 blocks (X)", 1.0, "set", 85.0, "estimate"), ("Rack module 1, 15 mm wide", 4.6, "m", 15.0, "estimate"),
        ("Pinions and spring-loaded pivot plates", 3.0, "piece", 25.0, "estimate"), ("3:1 belt reductions", 3.0, "set", 25.0, "estimate"),
        ("23HS30-2804S, X Y1 Y2", 3.0, "piece", 18.26, "published"), ("17HS19-2004S1, Z", 1.0, "piece", 9.62, "published"),
        ("DM542T driver", 4.0, "piece", 19.65, "published"), ("Mean Well LRS-350-48", 1.0, "piece", 36.11, "published"),
        ("24 V 5 A supply", 1.0, "piece", 18.0, "estimate"), ("Arduino Uno clone + CNC shield (GRBL)", 1.0, "piece", 24.0, "published"),
        ("Z slide", 1.0, "piece", 45.0, "estimate"), ("Inductive sensors", 5.0, "piece", 5.5, "published"), ("Drag chain", 3.0, "m", 14.5, "published"),
        ("Wire, enclosure, E-stop, fuses", 1.0, "set", 85.0, "estimate"), ("Import machine torch with tip", 1.0, "piece", 55.0, "estimate"),
        ("Gas solenoid valves", 3.0, "piece", 30.0, "estimate"), ("Flashback arrestors, hose, fittings", 1.0, "set", 95.0, "estimate"),
        ("Fasteners, paint, shims", 1.0, "set", 60.0, "estimate"),
    ]
    .map(|(item, quantity, unit, unit_usd, basis)| cost(item, quantity, unit, unit_usd, basis))
    .to_vec()
}

fn scene() -> Scene {
    let estimate = |key: &str, value, low, high, source: &str| Estimate { key: key.into(), value, low, high, source: source.into() };
    Scene {
        file: "scenes/ceb_press_side.toml".into(),
        title: "CEB press side plate, 12.7 mm mild steel, oxy-acetylene".into(),
        machine: machine(),
        plate: Plate {
            material: "S235".into(),
            thickness_m: THICKNESS_M,
            size_m: SIZE_M,
            corner_in_machine_m: CORNER_M,
            density_kg_per_m3: 7850.0,
            heat: stand_ins::heat(),
            slats: Slats { direction_y: true, pitch_m: 0.1, first_m: 0.08, width_m: 3.2e-3 },
        },
        torch: Torch {
            process: "oxy-acetylene".into(),
            family: "victor-1-101".into(),
            params: stand_ins::torch(),
            words: None,
            preheat_s: 5.0,
            pierce_s: 0.9,
            standoff_m: 6e-3,
        },
        job: Job {
            program_file: "parts/ceb_press_side.ngc".into(),
            program_text: String::new(),
            work_zero_in_machine_m: None,
            dwell_p_in_ms: false,
        },
        probes: vec![Probe { name: "beside slot".into(), at_in_machine_m: [0.42, 0.45] }],
        expect: Expect {
            bounds: vec![
                ("lost_steps".into(), Bound::Equal { value: 0.0, tolerance: 0.0 }),
                ("contour_error_max_mm".into(), Bound::Max(0.25)),
                ("cut_lost".into(), Bound::Equal { value: 0.0, tolerance: 0.0 }),
                ("cost_usd".into(), Bound::Max(1500.0)),
                ("parts_freed".into(), Bound::Equal { value: 28.0, tolerance: 0.0 }),
                ("kerf_mean_mm".into(), Bound::Equal { value: 1.65, tolerance: 0.15 }),
            ],
            fails_on: Vec::new(),
        },
        estimates: vec![
            estimate("catalogue guides/hgr20 stiffness_n_per_um", 480.0, Some(440.0), Some(520.0), "Hiwin HG catalogue, scaled for clone blocks"),
            estimate("catalogue racks/module1 backlash_mm", 0.06, Some(0.03), Some(0.12), "spring-loaded pinion, builder forum"),
            estimate("catalogue tips/victor-1-101-1 kerf_mm", 1.7, None, None, "chart gives 1.5 to 1.9 mm"),
            estimate("machine friction x coulomb_n", 18.0, Some(10.0), Some(30.0), "hose and chain drag, not measured"),
        ],
        trace_interval_s: TRACE_S,
        findings: vec![Diagnostic::note("S310", "the torch words were guessed: M3 runs the whole start sequence")],
    }
}

fn machine() -> Machine {
    let joint = |name: &str, axis| JointParams {
        name: name.into(),
        axis,
        steps_per_m: 61_115.0,
        motor: MotorParams {
            name: "23HS30-2804S".into(),
            rotor_teeth: 50.0,
            resistance_ohm: 1.13,
            inductance_h: 5.4e-3,
            holding_torque_nm: 1.89,
            rated_current_a: 2.8,
            rotor_inertia_kg_m2: 4.4e-5,
            detent_torque_nm: 0.07,
            iron_loss_ohm: f64::INFINITY,
            bearing_drag_nm: 0.01,
            viscous_nm_s: 1e-4,
        },
        driver: DriverParams { name: "DM542T".into(), bus_v: 48.0, current_peak_a: 4.0, microsteps: 8 },
        transmission: TransmissionParams {
            name: "rack module 1, 25 teeth, 3:1".into(),
            travel_m_per_rad: 0.0125 / 3.0,
            stiffness: Stiffness::Constant { n_per_m: 2e6 },
            backlash_m: 6e-5,
            damping_ratio: 0.05,
            efficiency: 0.9,
            inertia_kg_m2: 1e-5,
        },
        friction: FrictionParams { coulomb_n: 18.0, static_n: 24.0, stribeck_m_per_s: 2e-3, viscous_n_s_per_m: 30.0, presliding_m: 1e-5 },
        moved_mass_kg: 12.0,
    };
    let body = BodyParams { mass_kg: 10.0, inertia_kg_m2: [1.0; 3], centre_in_machine_m: [0.0; 3] };
    let mount = MountParams { linear_n_per_m: [1e7; 3], angular_nm_per_rad: [1e5; 3], damping_ratio: 0.03, at_in_machine_m: [0.0; 3] };
    Machine {
        file: "machines/rack_4x4.toml".into(),
        title: "Rack and pinion, profile rails, 1.25 × 1.25 m".into(),
        controller: "GRBL 1.1 on an Arduino Uno".into(),
        max_step_rate_hz: 30e3,
        limits: torchtwin_planner::Limits {
            max_speed_m_per_s: [0.15, 0.15, 0.03],
            max_acceleration_m_per_s2: [0.5, 0.5, 0.2],
            junction_deviation_m: 1e-5,
            steps_per_m: [61_115.0, 61_115.0, 200e3],
        },
        joints: vec![joint("X", 0), joint("Y1", 1), joint("Y2", 1), joint("Z", 2)],
        mechanism: MachineParams {
            frame: body.clone(),
            gantry: body.clone(),
            carriage: body.clone(),
            torch: body,
            feet: mount.clone(),
            trucks: [mount.clone(), mount.clone()],
            carriage_guide: mount.clone(),
            torch_slide: mount,
            beam: BeamParams { span_m: 1.35, vertical_n_m2: 6e4, horizontal_n_m2: 2e5, torsion_n_m2: 5e4, left_x_in_machine_m: -0.05 },
            tip_in_machine_m: [0.0; 3],
            travel_m: [[0.0, 1.25], [0.0, 1.25], [-0.02, 0.1]],
            gravity_m_per_s2: 9.81,
        },
        costs: costs(),
        look: Look { beam_section_m: [0.1, 0.05], frame_tube_m: 0.05, table_height_m: 0.8, beam_height_m: 0.15, drive: "rack".into() },
    }
}

/// Parameters of rooms that a report never reads, only there to fill the scene.
mod stand_ins {
    use super::torch::{Params, Setting};

    pub fn heat() -> crate::plate::heat::Params {
        use crate::plate::heat::{Conduction, Loss, Params};
        Params {
            origin_m: super::CORNER_M,
            size_m: super::SIZE_M,
            cell_m: 3e-3,
            thickness_m: super::THICKNESS_M,
            conduction: Conduction::Steel,
            loss: Loss::None,
            ambient_c: 20.0,
        }
    }

    pub fn torch() -> Params {
        Params::new(Setting {
            tip: "1".into(),
            thickness_m: super::THICKNESS_M,
            clean_speed_m_per_s: super::FEED_M_PER_S,
            speed_min_m_per_s: 5e-3,
            speed_max_m_per_s: 8e-3,
            kerf_m: super::KERF_M,
            preheat_s: 5.0,
            pierce_s: 0.9,
            oxygen_m3_per_s: 6e-4,
            preheat_oxygen_m3_per_s: 1e-4,
            fuel_m3_per_s: 1e-4,
            extrapolated: false,
            flame_w: 900.0,
            preheat_w: 1500.0,
            flame_radius_m: 8e-3,
            burn_j_per_m2: 1e6,
            start_c: 1000.0,
        })
    }
}
