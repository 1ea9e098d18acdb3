//! Where the torch runs into a piece that has tipped up, or into a clamp.
//!
//! In: pieces, clamps, and where the tip was. Out: an [`Event`] for each that is hit, at its first hit. A real torch would be bent or its
//! motors would lose steps there; the run goes on, so that all hits of a program are found at once.

use crate::plate::geometry::{Point, ring_contains};
use crate::scene::model::Clamp;
use crate::twin::record::{Event, EventKind, PartRecord, TraceSample};
use std::f64::consts::TAU;

/// Half of a cutting tip's width where it could meet a piece, m. Basis: estimate, tips of 15 mm and a little to spare.
const TIP_RADIUS_M: f64 = 8e-3;
/// A piece takes about this long to tip, s: 90 mm long with 8 mm overhang, √(2 · 1.2 rad / 110 rad/s²) = 0.15 s.
const TIPS_WITHIN_S: f64 = 0.3;
/// The torch that has just cut a piece free stands beside it: that near to the place it is not looked at, m. Slag holds small pieces for a
/// moment. Basis: estimate.
const BESIDE_M: f64 = 12e-3;
/// Directions in which the tip's rim is looked at.
const RIM: usize = 12;
/// Between two samples the tip goes straight, and is looked at in steps of this, m, and no more of them than that.
const STEP_M: f64 = 2e-3;
const MOST_STEPS: f64 = 2000.0;

/// The first hit of every piece that is hit, in order of time.
pub fn find(parts: &[PartRecord], trace: &[TraceSample]) -> Vec<Event> {
    let mut hits: Vec<Event> = parts.iter().filter(|part| part.piece.loose).filter_map(|part| first(part, trace)).collect();
    hits.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    hits
}

fn first(part: &PartRecord, trace: &[TraceSample]) -> Option<Event> {
    let (tilt, from_s) = (part.piece.tilt?, part.freed_at_s? + TIPS_WITHIN_S);
    let outline = &part.piece.region.outer;
    let [low, high] = part.piece.region.bounds_m();
    let freed_by = trace[..trace.partition_point(|sample| sample.time_s <= from_s - TIPS_WITHIN_S)].last()?.tip_in_machine_m;
    // The highest that the piece stands under the tip's rim, if that is higher than the tip.
    let over = |[x, y, z]: [f64; 3]| {
        if (x - freed_by[0]).hypot(y - freed_by[1]) < BESIDE_M {
            return None;
        }
        let rim = (0..RIM).map(|k| (TAU * k as f64 / RIM as f64).sin_cos());
        let height = |at: Point| if ring_contains(outline, at) { tilt.height_m(at) } else { f64::NEG_INFINITY };
        let places = rim.map(|(sin, cos)| [x + TIP_RADIUS_M * cos, y + TIP_RADIUS_M * sin]).chain([[x, y]]);
        let highest_m = places.map(height).fold(f64::NEG_INFINITY, f64::max);
        (highest_m > z).then_some(highest_m)
    };
    let from = trace.partition_point(|sample| sample.time_s <= from_s);
    let (sample, [x, y, z], height_m) = along(&trace[from..], [low, high], tilt.rise_m, over)?;
    let text = format!(
        "the torch, {:.0} mm above the plate, runs into the piece of {:.2} kg that line {} has freed: it may have tipped up to {:.0} mm there",
        z * 1e3,
        part.piece.mass_kg,
        part.freed_line,
        height_m * 1e3
    );
    Some(Event { time_s: sample.time_s, line: sample.line, kind: EventKind::TipHitsPart, at_in_machine_m: [x, y], text })
}

/// The first place of the tip's way that gives something, looked at only near a box in the plan and below a height.
fn along<T>(
    trace: &[TraceSample],
    [low, high]: [Point; 2],
    below_m: f64,
    found: impl Fn([f64; 3]) -> Option<T>,
) -> Option<(&TraceSample, [f64; 3], T)> {
    trace.windows(2).find_map(|pair| {
        let (a, b) = (pair[0].tip_in_machine_m, pair[1].tip_in_machine_m);
        let beside = |i: usize| a[i].max(b[i]) < low[i] - TIP_RADIUS_M || a[i].min(b[i]) > high[i] + TIP_RADIUS_M;
        if a[2].min(b[2]) >= below_m || beside(0) || beside(1) {
            return None;
        }
        let steps = ((b[0] - a[0]).hypot(b[1] - a[1]) / STEP_M).ceil().clamp(1.0, MOST_STEPS);
        let at = |k: f64| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * k / steps);
        (0..=steps as u32).find_map(|k| Some((&pair[0], at(f64::from(k)), found(at(f64::from(k)))?)))
    })
}

/// The first hit of every clamp that is hit, in order of time.
pub fn clamps(clamps: &[Clamp], trace: &[TraceSample]) -> Vec<Event> {
    let first = |clamp: &Clamp| {
        let ([x, y], half) = (clamp.at_in_machine_m, 0.5 * clamp.width_m);
        let inside = |at: [f64; 3]| {
            let off = [0, 1].map(|i| ((at[i] - clamp.at_in_machine_m[i]).abs() - half).max(0.0));
            (at[2] < clamp.height_m && off[0].hypot(off[1]) < TIP_RADIUS_M).then_some(())
        };
        let (sample, at, ()) = along(trace, [[x - half, y - half], [x + half, y + half]], clamp.height_m, inside)?;
        let [x_mm, y_mm, tip_mm, height_mm] = [x, y, at[2], clamp.height_m].map(|m| m * 1e3);
        let text = format!(
            "the torch, {tip_mm:.0} mm above the plate, runs into the clamp at X {x_mm:.0} Y {y_mm:.0} (machine), which is {height_mm:.0} mm high"
        );
        let (time_s, line) = (sample.time_s, sample.line);
        Some(Event { time_s, line, kind: EventKind::TipHitsClamp, at_in_machine_m: [at[0], at[1]], text })
    };
    let mut hits: Vec<Event> = clamps.iter().filter_map(first).collect();
    hits.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::geometry::Region;
    use crate::plate::parts::{Slats, separate};

    const SLATS: Slats = Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 0.003 };

    /// A square ring of kerf around a piece of 90 × 60 mm whose slat is 35 mm from its left end: 55 mm overhang on the right.
    fn part() -> PartRecord {
        let (low, high, kerf) = ([0.065, 0.1], [0.155, 0.16], 0.0015);
        let mut ring = Region::rectangle(low.map(|x| x - kerf), high.map(|x| x + kerf));
        let mut hole = Region::rectangle(low, high).outer;
        hole.reverse();
        ring.holes.push(hole);
        let plate = Region::rectangle([-0.5; 2], [1.0, 1.0]);
        let piece = separate(&plate, &[ring], &[(0, [0.065, 0.1], kerf)], 0.0127, 7850.0, &SLATS).swap_remove(0);
        PartRecord::new(piece, Some((5.0, 7)))
    }

    /// Straight along X over the middle of it, at a height, 10 mm between samples.
    fn way(z: f64, from_s: f64) -> Vec<TraceSample> {
        let sample = |k: usize| TraceSample {
            time_s: from_s + 0.05 * k as f64,
            line: 20,
            planned_in_machine_m: [0.0; 3],
            tip_in_machine_m: [0.2 - 0.01 * k as f64, 0.13, z],
            speed_m_per_s: 0.2,
            following_error_m: 0.0,
            racking_m: 0.0,
            torque_use: 0.0,
            cutting: false,
        };
        // Where it was when the piece came loose: at the middle of its lower side.
        let freed = TraceSample { time_s: 0.0, tip_in_machine_m: [0.11, 0.1, 0.005], ..sample(0) };
        std::iter::once(freed).chain((0..20).map(sample)).collect()
    }

    #[test]
    fn a_piece_tips_about_its_slat_until_its_low_side_is_a_slat_lower() {
        let tilt = part().piece.tilt.expect("it tips");
        // The slat's edge is 1.5 mm to the right of its middle at x = 0.1: 53.5 mm hang over, 36.5 mm do not; it goes 50 mm down.
        let sin: f64 = 0.05 / 0.0535;
        assert!((tilt.angle_rad - sin.asin()).abs() < 1e-9 && (tilt.rise_m - 0.0365 * sin).abs() < 1e-9, "{tilt:?}");
        let tan = sin.asin().tan();
        assert!((tilt.height_m([0.0965, 0.13]) - 0.005 * tan).abs() < 1e-9 && tilt.height_m([0.12, 0.13]) < 0.0);
        assert_eq!(tilt.height_m([0.07, 0.13]), f64::NEG_INFINITY);
    }

    #[test]
    fn the_torch_hits_it_where_it_passes_low_and_later_than_it_tips() {
        let part = part();
        let hits = |z: f64, from_s: f64| find(std::slice::from_ref(&part), &way(z, from_s));
        let low = hits(0.010, 10.0);
        assert_eq!((low.len(), low[0].line, low[0].kind), (1, 20, EventKind::TipHitsPart));
        // From the right: 10 mm high where tan · p = 10 mm, and the tip's rim is there 8 mm before its middle, to a step.
        let tan: f64 = (0.05f64 / 0.0535).asin().tan();
        let meets = 0.1015 - 0.010 / tan + TIP_RADIUS_M;
        assert!((low[0].at_in_machine_m[0] - meets).abs() < 2.0 * STEP_M, "{:?} {meets}", low[0].at_in_machine_m);
        assert!(low[0].text.contains("line 7"));
        // Over it, and before it came loose.
        assert!(hits(0.035, 10.0).is_empty() && hits(0.010, 2.0).is_empty());
    }

    #[test]
    fn a_clamp_is_hit_below_its_top_where_the_tip_s_rim_meets_it() {
        let clamp = |x: f64, y: f64| Clamp { at_in_machine_m: [x, y], width_m: 0.03, height_m: 0.045 };
        let hit = |clamp: Clamp, z: f64| clamps(&[clamp], &way(z, 1.0)).pop();
        // The tip comes from the right along Y = 130 mm and stops at X = 10 mm.
        let event = hit(clamp(0.1, 0.14), 0.044).expect("a hit");
        assert_eq!((event.kind, event.line), (EventKind::TipHitsClamp, 20));
        assert!((event.at_in_machine_m[0] - (0.115 + TIP_RADIUS_M)).abs() < 2.0 * STEP_M, "{:?}", event.at_in_machine_m);
        assert!(hit(clamp(0.1, 0.14), 0.046).is_none());
        // Beside it by a hair more than the tip's radius, and by a hair less.
        assert!(hit(clamp(0.1, 0.13 + 0.015 + TIP_RADIUS_M + 1e-4), 0.01).is_none());
        assert!(hit(clamp(0.1, 0.13 + 0.015 + TIP_RADIUS_M - 1e-4), 0.01).is_some());
    }
}
