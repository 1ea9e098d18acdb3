//! Where the tip runs into a piece that has tipped up.
//!
//! In: the tip's way, pieces with their tracks. Out: [`Hits`], at which playback stops as the machine would.

use bevy::prelude::*;

use super::falling::Track;
use crate::twin::film::Frame;
use crate::twin::record::PartRecord;

/// The torch's tip is about this wide, m: half of a cutting tip's 15 mm and a millimetre to spare. Basis: estimate.
const TIP_RADIUS_M: f32 = 8e-3;
/// Points of a piece's outline are at most this far apart, m.
const SPACING_M: f64 = 3e-3;

/// The tip meets a piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// When, s.
    pub time_s: f64,
    /// Line of the program.
    pub line: u32,
    /// Where, machine coordinates, m.
    pub at_in_machine_m: [f32; 2],
    /// In words.
    pub text: String,
}

/// All hits of a run in order of time; empty until its pieces have been worked out.
#[derive(Resource, Clone, Debug, Default)]
pub struct Hits(pub Vec<Hit>);

/// The tip at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Tip {
    time_s: f64,
    line: u32,
    at: Vec3,
}

/// Where the tip was, of each frame.
pub fn tips(frames: &[Frame]) -> Vec<Tip> {
    frames.iter().map(|f| Tip { time_s: f.time_s, line: f.line, at: Vec3::from_array(f.tip) }).collect()
}

/// The first hit of every piece that is hit.
pub fn find(tips: &[Tip], parts: &[PartRecord], tracks: &[Option<Track>]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = parts
        .iter()
        .zip(tracks)
        .filter_map(|(part, track)| {
            let (track, freed_s) = (track.as_ref()?, part.freed_at_s?);
            first(tips, part, track, freed_s)
        })
        .collect();
    hits.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    hits
}

fn first(tips: &[Tip], part: &PartRecord, track: &Track, freed_s: f64) -> Option<Hit> {
    let outline = outline(&part.piece.region.outer);
    let from = tips.partition_point(|tip| tip.time_s <= freed_s);
    let reach = outline.iter().map(|p| p.distance(outline[0])).fold(0.0, f32::max) + 2.0 * TIP_RADIUS_M;
    let mut known: Option<(Transform, Vec<Vec3>)> = None;
    for tip in &tips[from..] {
        let pose = track.at(tip.time_s);
        if (pose.transform_point(outline[0]) - tip.at).truncate().length() > reach {
            continue;
        }
        if known.as_ref().is_none_or(|(at, _)| *at != pose) {
            known = Some((pose, outline.iter().map(|p| pose.transform_point(*p)).collect()));
        }
        let (_, raised) = known.as_ref()?;
        let highest = raised
            .iter()
            .filter(|p| (**p - tip.at).truncate().length() < TIP_RADIUS_M)
            .map(|p| p.z)
            .fold(f32::NEG_INFINITY, f32::max);
        if highest > tip.at.z && highest > 1e-3 {
            let text = format!(
                "the torch runs into the piece that came loose at line {}: it has tipped up to {:.0} mm over the plate there; add a tab, \
                 or cut it so that it lies on two slats",
                part.freed_line,
                highest * 1e3
            );
            return Some(Hit { time_s: tip.time_s, line: tip.line, at_in_machine_m: [tip.at.x, tip.at.y], text });
        }
    }
    None
}

/// Points along the upper edge of a piece.
fn outline(ring: &[[f64; 2]]) -> Vec<Vec3> {
    let point = |p: [f64; 2]| Vec3::new(p[0] as f32, p[1] as f32, 0.0);
    let mut out = Vec::new();
    for (k, a) in ring.iter().enumerate() {
        let b = ring[(k + 1) % ring.len()];
        let count = ((b[0] - a[0]).hypot(b[1] - a[1]) / SPACING_M).ceil().clamp(1.0, 10_000.0) as usize;
        let at = |n: usize| [0, 1].map(|i| a[i] + (b[i] - a[i]) * n as f64 / count as f64);
        out.extend((0..count).map(|n| point(at(n))));
    }
    if out.is_empty() {
        out.push(Vec3::ZERO);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::geometry::Region;
    use crate::plate::parts::{Piece, Support};

    #[test]
    fn a_tip_that_passes_over_a_raised_corner_hits_it_and_one_that_is_lifted_does_not() {
        let region = Region::rectangle([0.1, 0.1], [0.2, 0.15]);
        let piece = Piece {
            area_m2: region.area_m2(),
            mass_kg: 1.0,
            centroid_m: region.centroid_m(),
            loose: true,
            has_plate_border: false,
            freed_at: None,
            support: Support::TipsUp,
            rise_m: 0.0,
            region,
        };
        let part = PartRecord { piece, freed_at_s: Some(1.0), freed_line: 7, measured: None, scrap: false, camber_m: None };
        // Turned about the edge x = 0.1 so that x = 0.2 is 20 mm up.
        let turn = Quat::from_rotation_y(-(0.2f32).asin());
        let pivot = Vec3::new(0.1, 0.1, 0.0);
        let track = Track { keys: vec![(1.0, Vec3::ZERO, Quat::IDENTITY), (2.0, pivot - turn * pivot, turn)] };
        let way = |z: f32| -> Vec<Tip> {
            (0..400)
                .map(|k| Tip { time_s: 0.02 * f64::from(k), line: k, at: Vec3::new(0.05 + 5e-4 * k as f32, 0.15, z) })
                .collect()
        };
        let hit = |z: f32| find(&way(z), std::slice::from_ref(&part), &[Some(track.clone())]);
        let low = hit(0.008);
        assert_eq!(low.len(), 1);
        // 8 mm high where sin = 0.2: 40 mm from the edge, less the tip's radius.
        let x = low[0].at_in_machine_m[0];
        assert!((x - 0.1 - 0.0392 + TIP_RADIUS_M).abs() < 4e-3, "{x}");
        assert!(low[0].text.contains("line 7") && hit(0.05).is_empty());
    }
}
