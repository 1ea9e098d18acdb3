//! Plate temperature: finite volumes in the plane, one cell through the thickness, in enthalpy form.
//!
//! In: heat put in along the path, cuts, time. Out: temperatures, peaks, an energy ledger that closes. May use: nothing
//! but `std`.
//!
//! A cell holds the heat content H above ambient (J/m³). Temperature and Θ = ∫k dT are functions of H, so that the flux
//! form dH/dt = ∇²Θ − q(T)/thickness conserves energy exactly and the peak of specific heat cannot be stepped over
//! (Voller and Prakash, Int. J. Heat Mass Transfer 30 (1987) 1709, for enthalpy forms). Steps are explicit; tiles that
//! are at ambient sleep, so that cost follows the heated area.

mod cuts;
mod deposit;
mod kernel;
mod law;
pub mod steel;
#[cfg(test)]
mod tests;
mod tiles;

pub use law::{Conduction, Loss};

use kernel::Factors;
use law::Law;
use tiles::Tiles;

/// Share of the stability limit that a step uses.
const OF_STABLE: f64 = 0.9;
/// Most cells along one side; the cells are made larger beyond that.
const MOST_CELLS: f64 = 32_768.0;

/// What does not change.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// Corner of the plate with the lowest coordinates, metres.
    pub origin_m: [f64; 2],
    /// Size of the plate, metres.
    pub size_m: [f64; 2],
    /// Wanted side of a cell, metres; adjusted so that whole cells fit the plate.
    pub cell_m: f64,
    /// Thickness, metres.
    pub thickness_m: f64,
    /// How heat is stored and conducted.
    pub conduction: Conduction,
    /// How heat is lost.
    pub loss: Loss,
    /// Temperature at the start and of all that is around, °C.
    pub ambient_c: f64,
}

/// Temperature of the plate.
#[derive(Clone, Debug)]
pub struct Heat {
    origin_m: [f64; 2],
    /// Side of a cell along x and y, metres.
    cell_m: [f64; 2],
    thickness_m: f64,
    ambient_c: f64,
    law: Law,
    tiles: Tiles,
    put_in_j: f64,
    lost_j: f64,
}

impl Heat {
    /// A plate at ambient. Sizes that are not positive are taken as one cell.
    pub fn new(params: &Params) -> Self {
        let cell = if params.cell_m > 0.0 { params.cell_m } else { 1.0 };
        let sizes = params.size_m.map(|size| if size > 0.0 && size.is_finite() { size } else { cell });
        let cells = sizes.map(|size| (size / cell).round().clamp(1.0, MOST_CELLS) as usize);
        let law = Law::new(params.conduction, params.loss, params.ambient_c);
        Self {
            origin_m: params.origin_m,
            cell_m: [sizes[0] / cells[0] as f64, sizes[1] / cells[1] as f64],
            thickness_m: params.thickness_m,
            ambient_c: params.ambient_c,
            tiles: Tiles::new(cells, &law),
            law,
            put_in_j: 0.0,
            lost_j: 0.0,
        }
    }

    /// Cells along x.
    pub fn nx(&self) -> usize {
        self.tiles.cells[0]
    }

    /// Cells along y.
    pub fn ny(&self) -> usize {
        self.tiles.cells[1]
    }

    /// Side of a cell along x and y, metres.
    pub fn cell_m(&self) -> [f64; 2] {
        self.cell_m
    }

    /// Cells that a step works on at present.
    pub fn awake_cells(&self) -> usize {
        self.tiles.awake_cells()
    }

    /// Longest step that is stable, seconds (explicit: dt ≤ 1/(2 α (1/dx² + 1/dy²)), α the largest k/(ρ c), with a tenth
    /// to spare).
    pub fn stable_dt_s(&self) -> f64 {
        let [dx, dy] = self.cell_m;
        let fastest = 2.0 * self.law.theta.steepest() * (dx.powi(-2) + dy.powi(-2));
        OF_STABLE / (fastest + self.law.loss.steepest() / self.thickness_m)
    }

    /// Lets time pass: `dt_s` in equal steps, as few as are stable. Costs least per second when `dt_s` is a multiple of
    /// [`Heat::stable_dt_s`]. Heat that arrives during the step is best put in half before and half after it (second
    /// order in time); all before is first order. Does nothing for a time that is not positive.
    pub fn step(&mut self, dt_s: f64) {
        let steps = (dt_s / self.stable_dt_s() - 1e-9).ceil().max(1.0);
        if !(dt_s > 0.0 && steps.is_finite()) {
            return;
        }
        let dt = dt_s / steps;
        let factors = Factors { x: dt * self.cell_m[0].powi(-2), y: dt * self.cell_m[1].powi(-2), loss: dt / self.thickness_m };
        let mut left = steps as u64;
        while left > 0 && self.tiles.awake_cells() > 0 {
            self.lost_j += self.tiles.step(factors, &self.law) * self.cell_volume_m3();
            left -= 1;
        }
    }

    /// Cuts the plate along a–b (metres): heat no longer crosses between cell centres on either side. Consecutive cuts
    /// that share an end point leave no gap.
    pub fn cut(&mut self, a: [f64; 2], b: [f64; 2]) {
        let (a, b) = (self.in_cells(a), self.in_cells(b));
        let tiles = &mut self.tiles;
        cuts::crossed(a, b, tiles.cells, |x, y, axis| tiles.cut(x, y, axis));
    }

    /// Temperature at a place, °C; outside the plate that of its nearest cell. Between cell centres it is interpolated,
    /// unless a cut passes among them: then it is that of the nearest cell.
    pub fn temperature_c(&self, p: [f64; 2]) -> f64 {
        self.ambient_c + self.interpolate(p, |x, y| self.law.rise.at(self.tiles.heat(x, y)))
    }

    /// Highest temperature so far at a place, °C; as [`Heat::temperature_c`].
    pub fn peak_c(&self, p: [f64; 2]) -> f64 {
        self.ambient_c + self.interpolate(p, |x, y| self.law.rise.at(self.tiles.peak(x, y)))
    }

    /// Temperatures of all cells, °C, row by row from the corner at the origin, x fastest.
    pub fn temperature_map_c(&self) -> Vec<f32> {
        self.map(|x, y| self.tiles.heat(x, y))
    }

    /// Highest temperatures so far of all cells, °C, as [`Heat::temperature_map_c`].
    pub fn peak_map_c(&self) -> Vec<f32> {
        self.map(|x, y| self.tiles.peak(x, y))
    }

    /// Heat put into the plate so far, J.
    pub fn put_in_j(&self) -> f64 {
        self.put_in_j
    }

    /// Heat lost to the air so far, J.
    pub fn lost_j(&self) -> f64 {
        self.lost_j
    }

    /// Heat in the plate above ambient, J. `put_in_j = stored_j + lost_j` but for rounding.
    pub fn stored_j(&self) -> f64 {
        self.tiles.sum() * self.cell_volume_m3()
    }

    fn cell_volume_m3(&self) -> f64 {
        self.cell_m[0] * self.cell_m[1] * self.thickness_m
    }

    /// A place in cells from the plate's corner.
    fn in_cells(&self, p: [f64; 2]) -> [f64; 2] {
        [(p[0] - self.origin_m[0]) / self.cell_m[0], (p[1] - self.origin_m[1]) / self.cell_m[1]]
    }

    fn map(&self, heat: impl Fn(usize, usize) -> f64) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.nx() * self.ny());
        for y in 0..self.ny() {
            out.extend((0..self.nx()).map(|x| (self.ambient_c + self.law.rise.at(heat(x, y))) as f32));
        }
        out
    }

    fn interpolate(&self, p: [f64; 2], value: impl Fn(usize, usize) -> f64) -> f64 {
        let place = self.in_cells(p);
        let (mut low, mut high, mut share) = ([0; 2], [0; 2], [0.0; 2]);
        for axis in 0..2 {
            let last = self.tiles.cells[axis] - 1;
            let from_first = (place[axis] - 0.5).clamp(0.0, last as f64);
            low[axis] = from_first as usize;
            high[axis] = (low[axis] + 1).min(last);
            share[axis] = from_first - low[axis] as f64;
        }
        let linked = |x, y, axis: usize| low[axis] == high[axis] || self.tiles.linked(x, y, axis);
        let whole =
            linked(low[0], low[1], 0) && linked(low[0], high[1], 0) && linked(low[0], low[1], 1) && linked(high[0], low[1], 1);
        if !whole {
            let nearest = |axis: usize| if share[axis] > 0.5 { high[axis] } else { low[axis] };
            return value(nearest(0), nearest(1));
        }
        let row = |y| value(low[0], y) * (1.0 - share[0]) + value(high[0], y) * share[0];
        row(low[1]) * (1.0 - share[1]) + row(high[1]) * share[1]
    }
}
