//! The plate's maps at the end of a run.
//!
//! In: heat and pieces. Out: temperatures, peaks and cooling times of all cells.

use std::collections::BTreeSet;

use crate::plate::heat::Heat;
use crate::plate::parts::Support;
use crate::twin::record::{PartRecord, PlateMaps};

/// Melting point of steel, °C: metal above it has left with the slag, so no peak of what remains is higher.
/// Iron melts at 1538 °C, mild steel a few degrees lower.
const MELTING_C: f32 = 1535.0;
/// Cells around a piece in which its kerf lies.
const AROUND_CELLS: f64 = 2.0;

/// All maps of a plate whose low corner is at `corner_m`; a plain source (`melts_nothing`) may be as hot as it will.
pub fn maps(heat: &Heat, corner_m: [f64; 2], melts_nothing: bool, parts: &[PartRecord]) -> PlateMaps {
    let hottest = if melts_nothing { f32::INFINITY } else { MELTING_C };
    PlateMaps {
        cells: [heat.nx(), heat.ny()],
        cell_m: heat.cell_m(),
        corner_in_machine_m: corner_m,
        temperature_c: without_what_fell(heat, corner_m, parts),
        peak_c: heat.peak_map_c().into_iter().map(|c| c.min(hottest)).collect(),
        cooling_s: heat.cooling_map_s(),
    }
}

/// Temperatures at the end, °C, with none (NaN) where a piece has fallen out of the plate, and in slivers between kerfs that are in no piece.
fn without_what_fell(heat: &Heat, corner_m: [f64; 2], parts: &[PartRecord]) -> Vec<f32> {
    let mut map = heat.temperature_map_c();
    let (cells, cell_m) = ([heat.nx(), heat.ny()], heat.cell_m());
    let fell = |part: &PartRecord| part.piece.loose && part.piece.support == Support::FallsThrough;
    // What is left of the plate reaches beyond any window.
    let stayed: Vec<(&PartRecord, [[f64; 2]; 2])> =
        parts.iter().filter(|part| part.piece.loose && !fell(part)).map(|part| (part, part.piece.region.bounds_m())).collect();
    let there = |[x, y]: &[usize; 2]| {
        let middle = [corner_m[0] + (*x as f64 + 0.5) * cell_m[0], corner_m[1] + (*y as f64 + 0.5) * cell_m[1]];
        let beside = |[low, high]: &[[f64; 2]; 2]| (0..2).any(|i| middle[i] < low[i] || middle[i] > high[i]);
        stayed.iter().any(|(part, bounds)| !beside(bounds) && part.piece.region.contains(middle))
    };
    for part in parts.iter().filter(|part| part.piece.loose) {
        let ends = part.piece.region.bounds_m().map(|p| [0, 1].map(|axis| (p[axis] - corner_m[axis]) / cell_m[axis]));
        let low = [0, 1].map(|axis| (ends[0][axis] - AROUND_CELLS).max(0.0) as usize);
        let high = [0, 1].map(|axis| ((ends[1][axis] + AROUND_CELLS).ceil().max(0.0) as usize).min(cells[axis]));
        let mut seen = BTreeSet::new();
        for from in (low[1]..high[1]).flat_map(|y| (low[0]..high[0]).map(move |x| [x, y])) {
            if seen.contains(&from) {
                continue;
            }
            let (island, closed) = heat.island(from, low, high);
            if closed && !island.iter().any(there) {
                island.iter().for_each(|[x, y]| map[y * cells[0] + x] = f32::NAN);
            }
            seen.extend(island);
        }
    }
    map
}
