//! A melting front between the middles of cells.
//!
//! In: heat contents of a cell and of those beside it. Out: where in the cell the front is, and what more flows to it and away from it than between
//! middles of cells. May use: `tiles`, `law`, `kernel`.
//!
//! A cell in which a front is has the melting point for its temperature, as if that were in its middle; the front is nearer to the one or to the
//! other neighbour, and begins to cross the cell before all of it is warm. Left so, a front stands and jumps and is late by up to 0.3 of a cell (a
//! known habit of enthalpy forms on a fixed grid: Voller and Cross, Int. J. Heat Mass Transfer 24 (1981) 545). Here the temperature falls in two
//! straight pieces that meet in the front and have the cell's heat content between them; what flows has the length of these pieces.

use super::Heat;
use super::kernel::{Factors, SIDE};
use super::law::Melts;

/// Halvings that find a front in its cell, to 1e-9 of it.
const HALVINGS: u32 = 30;
/// Nearest that the middle of a neighbour is to a front in a cell, in cells.
const NEAREST: f64 = 0.5;

/// A front that crosses a cell along an axis. Temperatures are above the melting point, K; lengths are in cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Front {
    /// 0: along x, 1: along y.
    pub axis: usize,
    /// The molten side is that of the lower coordinate.
    pub melts_upward: bool,
    /// Where it is, from the cell's molten face, 0 to 1.
    pub place: f64,
    /// The neighbour behind it, above the melting point.
    pub hot: f64,
    /// From the neighbour's middle to the molten face: half a cell; none for an edge that is held at a temperature.
    behind: f64,
    /// The neighbour ahead of it, below the melting point; 0 where there is none.
    pub cold: f64,
    /// Fall of temperature towards higher coordinates of the other axis over that along this one, −1 to 1: 0 for a front that lies straight across.
    pub askew: f64,
}

impl Front {
    /// Temperature at `from_face` (cells from the cell's molten face) above the melting point, K; none outside the two pieces.
    pub fn at(&self, from_face: f64) -> Option<f64> {
        if from_face < -self.behind || from_face > 1.5 {
            None
        } else if from_face <= self.place {
            Some(self.hot * (self.place - from_face) / (self.behind + self.place).max(1e-9))
        } else {
            Some(-self.cold * (from_face - self.place) / (1.5 - self.place))
        }
    }
}

/// Heat that is moved to a cell from another one (none: from the held edge), J/m³.
pub(super) struct Moved {
    from: Option<[usize; 3]>,
    to: [usize; 3],
    heat: f64,
}

impl Heat {
    /// The front in a cell, if there is one.
    pub(super) fn front_in(&self, cell: [usize; 2], layer: usize, melts: &Melts) -> Option<Front> {
        let heat = self.tiles.heat(cell[0], cell[1], layer);
        let own = melts.above(heat);
        // Neighbours along each axis, as (rise above the melting point, distance of where it is from the cell's face).
        let beside = |axis: usize, up: bool| {
            let next = self.beside(cell, axis, up);
            let held = || self.tiles.held().filter(|_| axis == 0 && !up && cell[0] == 0);
            let middle = next.map(|[x, y]| (melts.above(self.tiles.heat(x, y, layer)), 0.5));
            middle.or_else(|| held().map(|theta| (theta / melts.conductivity - melts.at, 0.0)))
        };
        let along = [0, 1].map(|axis| [beside(axis, false), beside(axis, true)]);
        let fall = |axis: usize| {
            along[axis].map(|side| side.map_or(own, |(rise, _)| rise)).into_iter().reduce(|a, b| a - b).unwrap_or(0.0)
        };
        let falls = [fall(0), fall(1)];
        let axis = usize::from(falls[1].abs() > falls[0].abs());
        let melts_upward = falls[axis] > 0.0;
        let [behind, ahead] = if melts_upward { along[axis] } else { [along[axis][1], along[axis][0]] };
        let (hot, behind) = behind.filter(|(rise, _)| *rise > 0.0)?;
        let cold = ahead.map_or(0.0, |(rise, _)| -rise);
        if cold < 0.0 {
            return None;
        }
        // The heat content of a cell whose front is at `f`, above the solid's at the melting point.
        let content = |f: f64| {
            let pieces = hot * f * f / (behind + f).max(1e-9) - cold * (1.0 - f).powi(2) / (1.5 - f);
            melts.latent * f + 0.5 * melts.capacity * pieces
        };
        let wanted = heat - melts.solid;
        if !(content(0.0) <= wanted && wanted <= content(1.0)) {
            return None;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if content(middle) < wanted { low = middle } else { high = middle }
        }
        let askew = falls[1 - axis] / falls[axis].abs();
        Some(Front { axis, melts_upward, place: 0.5 * (low + high), hot, behind, cold, askew })
    }

    /// The cell beside another along an axis that heat crosses to.
    pub(super) fn beside(&self, cell: [usize; 2], axis: usize, up: bool) -> Option<[usize; 2]> {
        let mut next = cell;
        next[axis] = if up { Some(cell[axis] + 1).filter(|i| *i < self.tiles.cells[axis]) } else { cell[axis].checked_sub(1) }?;
        let low = if up { cell } else { next };
        self.tiles.linked(low[0], low[1], axis).then_some(next)
    }

    /// What a step moves to and from cells with a front beside what it moves between middles of cells.
    pub(super) fn moved_by_fronts(&self, factors: &Factors, melts: &Melts) -> Vec<Moved> {
        let mut out = Vec::new();
        for [x0, y0] in self.tiles.awake_corners() {
            for (y, x) in (y0..(y0 + SIDE).min(self.ny())).flat_map(|y| (x0..(x0 + SIDE).min(self.nx())).map(move |x| (y, x))) {
                for layer in 0..self.layers() {
                    // A cell that is far from melting has no front in it.
                    if self.tiles.heat(x, y, layer) >= 0.5 * melts.solid {
                        self.moved_by_front([x, y], layer, factors, melts, &mut out);
                    }
                }
            }
        }
        out
    }

    fn moved_by_front(&self, cell: [usize; 2], layer: usize, factors: &Factors, melts: &Melts, out: &mut Vec<Moved>) {
        let Some(front) = self.front_in(cell, layer, melts) else { return };
        let factor = [factors.x, factors.y][front.axis] * melts.conductivity;
        // A front that lies askew is left as it is, one that lies nearly straight nearly so.
        let straight = 1.0 - front.askew.abs();
        let here = [cell[0], cell[1], layer];
        let own = melts.above(self.tiles.heat(cell[0], cell[1], layer));
        let from = self.beside(cell, front.axis, !front.melts_upward);
        let (length, used) = match from {
            Some(_) => ((front.behind + front.place).max(NEAREST), front.hot - own),
            // From the edge itself the length is that in the middle of the step, in which the front moves on.
            None => {
                let after = (front.place.powi(2) + 2.0 * factor * front.hot / melts.latent).sqrt();
                (0.5 * (front.place + after), 2.0 * (front.hot - own))
            }
        };
        if factor > 0.0 {
            let heat = straight * factor * (front.hot / length - used);
            out.push(Moved { from: from.map(|[x, y]| [x, y, layer]), to: here, heat });
            if let Some([x, y]) = self.beside(cell, front.axis, front.melts_upward) {
                let heat = straight * factor * (front.cold / (1.5 - front.place) - (own + front.cold));
                out.push(Moved { from: Some(here), to: [x, y, layer], heat });
            }
        }
    }

    /// Moves it.
    pub(super) fn move_heat(&mut self, moved: Vec<Moved>) {
        for Moved { from, to, heat } in moved {
            match from {
                Some(from) => self.tiles.add(from, -heat, &self.law),
                None => self.put_in_j += heat * self.cell_volume_m3(),
            }
            self.tiles.add(to, heat, &self.law);
        }
    }
}
