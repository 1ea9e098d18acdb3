//! What could be done better, in words: order of cuts, hot starts, speeds beside the chart, contours that do not close, pierces in parts, cells too coarse.
//!
//! In: cuts, parts, the process. Out: sentences for the record.

use crate::plate::geometry::ring_contains;
use crate::plate::parts::Support;
use crate::torch::Kind;
use crate::twin::measure;
use crate::twin::process::Process;
use crate::twin::record::{Cut, CutEnd, CutPoint, PartRecord};

/// A cut that begins on plate warmer than this is worth a word, °C. Basis: estimate: there the kerf is a twentieth wider.
const WARM_C: f64 = 150.0;
/// Speeds this much beside the chart's range are worth a word, where that is more than corners and curves take, m and a share of what is cut. Basis:
/// estimate.
const CHART_SPARE: f64 = 0.03;
const CORNERS_M: f64 = 0.02;
const CORNERS_SHARE: f64 = 0.1;
/// Pieces of advice kept.
const MOST_ADVICE: usize = 12;
/// A cut that ends this near to where it passed before was meant to meet it, m. Basis: estimate: tabs are narrower, gaps of slots wider.
const BRIDGE_M: f64 = 3.0e-3;
/// Of the way that a cut took since it passed a place, the gap there is at most this share where it went around something. Basis: estimate.
const AROUND: f64 = 0.2;
/// What lies this many kerf widths behind the end is the end's own kerf.
const OWN_KERFS: f64 = 3.0;
/// Growth of the field ahead of a source from cell to cell, as an exponent, above which it is worth a word, and at which its error is below one per
/// cent from two and a half cells on (`halving_the_cells_beside_and_ahead_of_moving_sources`).
const COARSE: f64 = 0.7;
const FINE: f64 = 0.6;

/// What is cut slower or faster than the chart's range, where that is more than a corner's share.
fn beside_the_chart(process: &Process, cuts: &[Cut]) -> Vec<String> {
    let setting = process.setting();
    if !matches!(setting.kind, Kind::OxyFuel(_) | Kind::Plasma { .. }) {
        return Vec::new();
    }
    let (low, high) = (setting.speed_min_m_per_s, setting.speed_max_m_per_s);
    let mut length_m = 0.0;
    // Length, first line and extreme speed of what is slower and of what is faster.
    let mut off = [(0.0, 0u32, f64::INFINITY), (0.0, 0u32, 0.0f64)];
    for pair in cuts.iter().flat_map(|cut| cut.points.windows(2)) {
        let ([ax, ay], [bx, by], v) = (pair[0].tip_in_machine_m, pair[1].tip_in_machine_m, pair[1].speed_m_per_s);
        let step = (bx - ax).hypot(by - ay);
        length_m += step;
        if v < (1.0 - CHART_SPARE) * low {
            off[0] = (off[0].0 + step, if off[0].1 == 0 { pair[1].line } else { off[0].1 }, v.min(off[0].2));
        } else if v > (1.0 + CHART_SPARE) * high {
            off[1] = (off[1].0 + step, if off[1].1 == 0 { pair[1].line } else { off[1].1 }, v.max(off[1].2));
        }
    }
    let worth = |length: f64| length > CORNERS_M && length > CORNERS_SHARE * length_m;
    let per_minute = |v: f64| v * 6e4;
    let [slow, fast] = off;
    let washed = if matches!(setting.kind, Kind::OxyFuel(_)) {
        "the kerf is wider and the upper edge washes off"
    } else {
        "the kerf is wider, with dross below"
    };
    let coarse = if matches!(setting.kind, Kind::OxyFuel(_)) {
        "the lower edge drags behind, and corners may not drop out"
    } else {
        "the edge is bevelled, with dross that sticks"
    };
    let mut out = Vec::new();
    if worth(slow.0) {
        out.push(format!(
            "{:.0} mm are cut slower than the chart's {:.0} mm/min, from line {} on: {washed}; the clean speed is {:.0} mm/min",
            slow.0 * 1e3,
            per_minute(low),
            slow.1,
            per_minute(setting.clean_speed_m_per_s)
        ));
    }
    if worth(fast.0) {
        out.push(format!(
            "{:.0} mm are cut faster than the chart's {:.0} mm/min, up to {:.0} mm/min, from line {} on: {coarse}; the cut is lost above {:.0} mm/min",
            fast.0 * 1e3, per_minute(high), per_minute(fast.2), fast.1, per_minute(setting.lost_speed * setting.clean_speed_m_per_s)
        ));
    }
    out
}

/// A contour that does not close: what is left between the end of a cut and where it passed before, ahead of it, m, and the line of that place.
fn bridge(cut: &Cut) -> Option<(f64, u32)> {
    let end = cut.points.last().filter(|_| !matches!(cut.end, CutEnd::Lost(_)))?;
    let [x, y] = end.tip_in_machine_m;
    let mut way = 0.0;
    let mut nearest: Option<(f64, u32)> = None;
    for pair in cut.points.windows(2).rev() {
        let [ax, ay] = pair[0].tip_in_machine_m;
        let [dx, dy] = [pair[1].tip_in_machine_m[0] - ax, pair[1].tip_in_machine_m[1] - ay];
        let length = dx.hypot(dy);
        way += length;
        let share = if length > 0.0 { (((x - ax) * dx + (y - ay) * dy) / (length * length)).clamp(0.0, 1.0) } else { 0.0 };
        let [gx, gy] = [ax + share * dx - x, ay + share * dy - y];
        let gap = gx.hypot(gy);
        let left = gap - 0.5 * (end.kerf_m + pair[0].kerf_m);
        // Sideways of the end lies the neighbour of a pass, not the beginning of a contour.
        let ahead = gx * end.heading[0] + gy * end.heading[1] > 0.5 * gap;
        let round = way > OWN_KERFS * end.kerf_m && gap < AROUND * way;
        if round && nearest.is_none_or(|(least, _)| left < least) && (ahead || left <= 0.0) {
            nearest = Some((left, pair[0].line));
        }
    }
    nearest.filter(|(left, _)| *left > 0.0 && *left <= BRIDGE_M)
}

/// Contours that do not close, of cuts that free nothing.
fn open_contours(found: &[PartRecord], cuts: &[Cut]) -> Vec<String> {
    let frees = |from: &CutPoint, to: &CutPoint| {
        found.iter().filter_map(|part| part.freed_at_s).any(|freed_s| (from.time_s..=to.time_s + 0.1).contains(&freed_s))
    };
    let open = |cut: &Cut| {
        let (first, last) = (cut.points.first()?, cut.points.last()?);
        let (left_m, line) = bridge(cut).filter(|_| !frees(first, last))?;
        Some(format!(
            "the cut begun on line {} ends on line {}, {:.2} mm short of where it passed on line {line}: what it goes around stays in the plate; \
             close the contour, or break the bridge by hand if it is meant as a tab",
            first.line,
            last.line,
            left_m * 1e3
        ))
    };
    cuts.iter().filter_map(open).collect()
}

/// Pierces that lie in a finished part or on its edge: a pierce hole is wider than the kerf and leaves a notch.
fn pierced_parts(process: &Process, found: &[PartRecord], cuts: &[Cut]) -> Option<String> {
    // Where a tool makes no wider hole than its kerf, only one inside the part leaves anything: all around but for the way out of it.
    let least = if process.setting().kind == Kind::FixedKerf { 0.6 } else { 0.25 };
    let parts: Vec<&PartRecord> = found.iter().filter(|part| part.piece.loose && !part.scrap).collect();
    let in_a_part = |point: &&CutPoint| parts.iter().any(|part| measure::pierced_share(point, &part.piece.region) >= least);
    let pierces: Vec<&CutPoint> = cuts.iter().filter_map(|cut| cut.points.first()).filter(in_a_part).collect();
    let first = pierces.first()?;
    Some(format!(
        "{} in a finished part or on its edge, the first on line {}: a hole {:.1} mm wide is left there; begin in what falls away, with a lead-in",
        if pierces.len() == 1 { "1 pierce lies".to_string() } else { format!("{} pierces lie", pierces.len()) },
        first.line,
        first.kerf_m * 1e3
    ))
}

/// Whether cells are too coarse for a plain source that moves so fast.
fn coarse_cells(process: &Process) -> Option<String> {
    let (cell, speed, alpha) = (process.heat.cell_m()[0], process.source_m_per_s, process.heat.diffusivity_m2_per_s());
    let growth = speed * cell / alpha;
    (process.is_source() && growth > COARSE).then(|| {
        format!(
            "heat cells of {:.2} mm are coarse for a source at {:.0} mm/min: ahead of it the temperature grows {:.1}-fold from one to the next, and \
             is several per cent off within four cells; `plate.cell_mm = {:.2}` brings that below one",
            cell * 1e3,
            speed * 6e4,
            growth.exp(),
            (FINE * alpha / speed * 1e5).floor() * 1e-2
        )
    })
}

/// What could be done better.
pub fn advice(process: &Process, found: &[PartRecord], cuts: &[Cut]) -> Vec<String> {
    let mut out = Vec::new();
    // A remnant that stays where it is loses nothing.
    let stays = |part: &PartRecord| part.piece.has_plate_border && part.piece.support == Support::Rests;
    for part in found.iter().filter(|part| part.piece.loose && !stays(part)) {
        let Some(freed_s) = part.freed_at_s else { continue };
        let inside = |cut: &&Cut| {
            let first = cut.points.first();
            first.is_some_and(|p| p.time_s > freed_s && ring_contains(&part.piece.region.outer, p.tip_in_machine_m))
        };
        if let Some(late) = cuts.iter().find(inside).and_then(|cut| cut.points.first()) {
            out.push(format!(
                "the cut that begins on line {} lies in a part that line {} has freed at {freed_s:.0} s: cut what is inside a part before its outline",
                late.line, part.freed_line
            ));
        }
    }
    if let Some((time_s, line, c)) =
        process.warm_starts.iter().copied().filter(|start| start.2 > WARM_C).max_by(|a, b| a.2.total_cmp(&b.2))
    {
        let count = process.warm_starts.iter().filter(|start| start.2 > WARM_C).count();
        out.push(format!(
            "{count} cut{} on plate warmer than {WARM_C:.0} °C, the warmest on line {line} at {time_s:.0} s on {c:.0} °C: there the kerf is \
             wider; jump between far parts to spread the heat",
            if count == 1 { " begins" } else { "s begin" }
        ));
    }
    out.extend(open_contours(found, cuts));
    out.extend(pierced_parts(process, found, cuts));
    out.extend(beside_the_chart(process, cuts));
    out.extend(coarse_cells(process));
    out.truncate(MOST_ADVICE);
    out
}
