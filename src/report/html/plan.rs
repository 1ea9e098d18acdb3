//! The cut to scale from above: what was programmed, what the tip did, what came loose; and the worst place under a lens.
//!
//! In: scene, record, verdict. Out: HTML. Uses `frame`, `simplify`, `colour`.

use std::fmt::Write;

use crate::scene::model::Scene;
use crate::twin::record::{CutPoint, EventKind, ProgrammedMove, Record};

use super::super::figures::{self, fixed, kilograms, millimetres};
use super::super::judge::Verdict;
use super::super::{shapes, simplify, svg};
use super::chart::legend;
use super::frame::{Frame, region_path, rings_path};
use super::scale::{Scale, trimmed};

/// How far a drawn line may be from the true one, m; rounding to drawing units adds at most 0.007 mm.
pub const TOLERANCE_M: f64 = 0.012e-3;
/// Most bytes that the paths of one kind may take before they are drawn coarser, and the page says so.
const MOST_BYTES: usize = 700_000;
/// Most coloured runs of the tip's path.
const MOST_RUNS: usize = 5_000;
/// Most labels of one kind.
const MOST_PINS: usize = 600;

/// The plan view with legend, scale and lens.
pub fn plan(scene: &Scene, record: &Record, verdict: &Verdict, frame: &Frame) -> String {
    let scale = Scale::of(scene, record);
    let (kerf, kerf_tolerance) = within_bytes(|tolerance| rings_path(frame, &record.kerf, tolerance));
    let (content, tolerance) = content(scene, record, frame, &scale, &kerf);
    let coarse = tolerance.max(kerf_tolerance);
    let over = pins(record, verdict, frame);
    let map = frame.figure("plan view of the cut", &content, &over);
    let mut side = scale.bar();
    side.push_str(&legend(&[
        ("s-kerf", "kerf: what the flame took away"),
        ("s-prog", "programmed path"),
        ("s-tip", "path of the torch, coloured by distance"),
        ("s-rapid", "rapid move"),
        ("s-part", "cut free, with its number and mass"),
        ("s-slat", "slat under the plate"),
        ("s-pierce", "pierce, numbered in order"),
        ("s-bad", "something went wrong here"),
    ]));
    let lens = super::lens::lens(record, &scale);
    let honest = format!(
        "<p class=\"small\">To scale; lines drawn within {} mm of where they are. Machine coordinates, Y up.</p>",
        trimmed((coarse + 0.007e-3).max(0.02e-3) * 1e3)
    );
    format!(
        "<figure class=\"plan zoomable\">{map}<div class=\"beneath\"><div class=\"key-to\">{side}{honest}</div>{lens}</div></figure>"
    )
}

/// A path drawn coarser until it fits, and the tolerance it took.
fn within_bytes(draw: impl Fn(f64) -> String) -> (String, f64) {
    let mut tolerance = TOLERANCE_M;
    loop {
        let path = draw(tolerance);
        if path.len() <= MOST_BYTES || tolerance > 0.05 {
            return (path, tolerance);
        }
        tolerance *= 2.0;
    }
}

fn content(scene: &Scene, record: &Record, frame: &Frame, scale: &Scale, kerf: &str) -> (String, f64) {
    let mut out = String::new();
    let low = scene.plate.corner_in_machine_m;
    let high = [low[0] + scene.plate.size_m[0], low[1] + scene.plate.size_m[1]];
    let plate = svg::path(&frame.all(&[low, [high[0], low[1]], high, [low[0], high[1]]]), true);
    let about = format!(
        "plate: {}, {} × {}, {} thick",
        scene.plate.material,
        millimetres(scene.plate.size_m[0] * 1e3),
        millimetres(scene.plate.size_m[1] * 1e3),
        millimetres(scene.plate.thickness_m * 1e3)
    );
    let _ = write!(out, "<path class=\"plate\" d=\"{plate}\"><title>{}</title></path>", svg::escape(&about));
    let slats: String =
        shapes::slat_lines(&scene.plate.slats, low, high).iter().map(|line| svg::path(&frame.all(line), false)).collect();
    let _ = write!(out, "<path class=\"slats\" d=\"{slats}\"/>");
    let freed = record.parts.iter().enumerate().filter(|(_, part)| part.freed_at_s.is_some());
    let pieces: Vec<_> = freed.take(MOST_PINS).collect();
    let tolerance = pieces_tolerance(&pieces.iter().map(|(_, part)| &part.piece.region).collect::<Vec<_>>(), frame);
    for (n, part) in pieces {
        let mut d = String::new();
        region_path(&mut d, frame, shapes::region(&part.piece), tolerance);
        let tipping = if shapes::tips_up(&part.piece) { " tips" } else { "" };
        let _ =
            write!(out, "<path class=\"part{tipping}\" d=\"{d}\"><title>{}</title></path>", svg::escape(&part_words(n, part)));
    }
    let _ = write!(
        out,
        "<defs><path id=\"kerf-d\" vector-effect=\"non-scaling-stroke\" fill-rule=\"evenodd\" d=\"{kerf}\"/></defs><use href=\"#kerf-d\" class=\"kerf\"/>"
    );
    let (rapids, _) = within_bytes(|tolerance| moves(record, frame, tolerance, |m| m.rapid));
    let (feeds, _) = within_bytes(|tolerance| moves(record, frame, tolerance, |m| !m.rapid && !m.cutting));
    let (cuts, coarse) = within_bytes(|tolerance| moves(record, frame, tolerance, |m| !m.rapid && m.cutting));
    let _ = write!(out, "<path class=\"rapid\" d=\"{rapids}\"/><path class=\"feed\" d=\"{feeds}\"/>");
    let (tip, tip_coarse) = within_bytes(|tolerance| tip_path(record, frame, scale, tolerance));
    let _ = write!(out, "{tip}<path class=\"prog\" d=\"{cuts}\"/>");
    (out, coarse.max(tip_coarse).max(tolerance))
}

/// The tolerance at which the outlines of all pieces fit.
fn pieces_tolerance(regions: &[&crate::plate::geometry::Region], frame: &Frame) -> f64 {
    let draw = |tolerance| {
        let mut out = String::new();
        regions.iter().for_each(|region| region_path(&mut out, frame, region, tolerance));
        out
    };
    within_bytes(draw).1
}

/// Programmed moves of one kind as one path; moves that follow each other are joined before they are simplified.
fn moves(record: &Record, frame: &Frame, tolerance_m: f64, kind: impl Fn(&ProgrammedMove) -> bool) -> String {
    let mut out = String::new();
    let mut chain: Vec<[f64; 2]> = Vec::new();
    let flush = |chain: &mut Vec<[f64; 2]>, out: &mut String| {
        let kept: Vec<[f64; 2]> = simplify::polyline(chain, tolerance_m, &[]).into_iter().map(|n| chain[n]).collect();
        svg::push_path(out, &frame.all(&kept), false);
        chain.clear();
    };
    for moved in &record.programmed {
        let points = moved.points.iter().copied().filter(|p| p.iter().all(|v| v.is_finite()));
        let joins =
            kind(moved) && chain.last().zip(moved.points.first()).is_some_and(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6);
        if !joins {
            flush(&mut chain, &mut out);
        }
        if kind(moved) {
            chain.extend(points);
        }
    }
    flush(&mut chain, &mut out);
    out
}

/// The tip's path in runs of one colour. Each run takes the worst deviation of the short stretches it is made of.
fn tip_path(record: &Record, frame: &Frame, scale: &Scale, tolerance_m: f64) -> String {
    let [width, height] = frame.size_m();
    let mut stretch_m = width.hypot(height) / 1200.0 * (tolerance_m / TOLERANCE_M).sqrt();
    let mut runs = Vec::new();
    for _ in 0..12 {
        runs = record.cuts.iter().flat_map(|cut| coloured_runs(&cut.points, scale, stretch_m)).collect();
        if runs.len() <= MOST_RUNS {
            break;
        }
        stretch_m *= 2.0;
    }
    let mut out = String::new();
    // Large deviations are drawn last, so that they lie on top.
    runs.sort_by_key(|run| run.step);
    for run in &runs {
        let points: Vec<[f64; 2]> =
            run.points.iter().map(|point| point.tip_in_machine_m).filter(|p| p.iter().all(|v| v.is_finite())).collect();
        let worst =
            (0..run.points.len()).max_by(|&a, &b| run.points[a].deviation_m.abs().total_cmp(&run.points[b].deviation_m.abs()));
        let keep: Vec<usize> = worst.into_iter().filter(|_| points.len() == run.points.len()).collect();
        let kept: Vec<[f64; 2]> = simplify::polyline(&points, tolerance_m, &keep).into_iter().map(|n| points[n]).collect();
        let title = run_words(run.points, worst);
        let _ = write!(
            out,
            "<path class=\"t d{}\" d=\"{}\"><title>{}</title></path>",
            run.step,
            svg::path(&frame.all(&kept), false),
            svg::escape(&title)
        );
    }
    out
}

struct ColouredRun<'a> {
    step: usize,
    points: &'a [CutPoint],
}

fn coloured_runs<'a>(points: &'a [CutPoint], scale: &Scale, stretch_m: f64) -> Vec<ColouredRun<'a>> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    let (mut from, mut length, mut worst) = (0, 0.0, 0.0f64);
    for n in 0..points.len() {
        worst = worst.max(points[n].deviation_m.abs());
        if n + 1 < points.len() {
            let ([ax, ay], [bx, by]) = (points[n].tip_in_machine_m, points[n + 1].tip_in_machine_m);
            length += (bx - ax).hypot(by - ay);
        }
        if length < stretch_m && n + 1 < points.len() {
            continue;
        }
        let step = scale.step(worst);
        match runs.last_mut() {
            Some((_, to, last)) if *last == step => *to = n,
            _ => runs.push((from, n, step)),
        }
        (from, length, worst) = (n, 0.0, points[n].deviation_m.abs());
    }
    runs.into_iter().map(|(from, to, step)| ColouredRun { step, points: &points[from..=to] }).collect()
}

fn run_words(points: &[CutPoint], worst: Option<usize>) -> String {
    let (Some(first), Some(last), Some(worst)) = (points.first(), points.last(), worst) else { return String::new() };
    let lines =
        if first.line == last.line { format!("line {}", first.line) } else { format!("lines {}–{}", first.line, last.line) };
    let point = &points[worst];
    format!(
        "{lines} · up to {} off the path · kerf {} · {} mm/min · {} into the job",
        millimetres(point.deviation_m.abs() * 1e3),
        millimetres(point.kerf_m * 1e3),
        fixed(point.speed_m_per_s * 60e3, 0),
        figures::duration(point.time_s)
    )
}

fn part_words(n: usize, part: &crate::twin::record::PartRecord) -> String {
    let when = part
        .freed_at_s
        .map_or(String::new(), |s| format!(", cut free {} into the job on line {}", figures::duration(s), part.freed_line));
    format!("part {}: {}{when}; {}", n + 1, kilograms(part.mass_kg()), shapes::support_words(&part.piece))
}

/// From which magnification on a label has room, given the share of the picture's width it may take.
fn from_zoom(share: f64) -> &'static str {
    match share * 1000.0 {
        room if room >= 26.0 => "at1",
        room if room >= 13.0 => "at2",
        room if room >= 6.5 => "at4",
        _ => "at8",
    }
}

/// Labels over the picture: pierces, parts, events that went wrong, the worst place.
fn pins(record: &Record, verdict: &Verdict, frame: &Frame) -> String {
    let mut out = String::new();
    let width = frame.size_m()[0];
    let pierces: Vec<_> = record.events.iter().filter(|event| event.kind == EventKind::Pierce).collect();
    for (n, event) in pierces.iter().enumerate().take(MOST_PINS) {
        let near = |other: &[f64; 2]| (other[0] - event.at_in_machine_m[0]).hypot(other[1] - event.at_in_machine_m[1]);
        let others = pierces.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, other)| near(&other.at_in_machine_m));
        let room = others.fold(width, f64::min);
        let title = format!("pierce {}, line {}, {} into the job", n + 1, event.line, figures::duration(event.time_s));
        let place = frame.place(event.at_in_machine_m);
        let _ = write!(
            out,
            "<span class=\"pierce\" style=\"{place}\" title=\"{title}\"><b class=\"{}\">{}</b></span>",
            from_zoom(room / width),
            n + 1
        );
    }
    for (n, part) in record.parts.iter().enumerate().filter(|(_, part)| part.freed_at_s.is_some()).take(MOST_PINS) {
        let [low, high] = shapes::bounds_m(&part.piece);
        let room = ((high[0] - low[0]) / 3.0).min(high[1] - low[1]);
        let place = frame.place(shapes::label_point(&part.piece));
        let mass = kilograms(part.mass_kg());
        let _ = write!(
            out,
            "<span class=\"partpin {}\" style=\"{place}\" title=\"{}\"><b>{}</b> <i>{mass}</i></span>",
            from_zoom(room / width),
            svg::escape(&part_words(n, part)),
            n + 1
        );
    }
    for (n, event) in record.events.iter().enumerate().filter(|(_, event)| went_wrong(event.kind)).take(MOST_PINS) {
        let title = format!("line {}, {} into the job: {}", event.line, figures::duration(event.time_s), event.text);
        let place = frame.place(event.at_in_machine_m);
        let _ = write!(
            out,
            "<a class=\"alarm\" id=\"place-{n}\" href=\"#event-{n}\" style=\"{place}\" title=\"{}\">!</a>",
            svg::escape(&title)
        );
    }
    if let Some((_, point)) = shapes::worst_cut_point(record) {
        let failed = verdict.check("contour_error_max_mm").is_some_and(|check| !check.pass);
        let class = if failed { "worst bad" } else { "worst" };
        let title = format!("worst place: {} off the path, line {}", millimetres(point.deviation_m.abs() * 1e3), point.line);
        let place = frame.place(point.tip_in_machine_m);
        let _ = write!(out, "<span class=\"{class}\" id=\"worst-place\" style=\"{place}\" title=\"{title}\"></span>");
    }
    out
}

/// Whether an event is a fault.
pub fn went_wrong(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::CutLost
            | EventKind::LostSteps
            | EventKind::Fault
            | EventKind::DriveLetGo
            | EventKind::TipTouchesPlate
            | EventKind::TipHitsPart
            | EventKind::TipHitsClamp
            | EventKind::NotAsDrawn
    )
}
