//! Plate temperature: finite volumes in the plane, in one or more layers through the thickness, in enthalpy form.
//!
//! In: heat put in along the path, cuts, time. Out: temperatures, peaks, an energy ledger that closes. May use: nothing
//! but `std`.
//!
//! A cell holds the heat content H above ambient (J/m³). Temperature and Θ = ∫k dT are functions of H, so that the flux
//! form dH/dt = ∇²Θ − q(T)/thickness conserves energy exactly and the peak of specific heat cannot be stepped over
//! (Voller and Prakash, Int. J. Heat Mass Transfer 30 (1987) 1709, for enthalpy forms). Steps are explicit; tiles that
//! are at ambient sleep, so that cost follows the heated area. With constant properties and one layer the step is the one at which the
//! error of time takes away that of space along the axes (α dt/dx² = 1/6, fourth order there).

mod cuts;
mod deposit;
mod front;
mod kernel;
mod law;
pub mod metals;
mod read;
mod saved;
pub mod steel;
#[cfg(test)]
mod tests;
mod tiles;

use std::collections::BTreeSet;

pub use law::{Conduction, Loss, Melting};
pub use read::Shine;

use kernel::Factors;
use law::{AnyCurve, Law};
use tiles::{Run, Tiles};

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
    /// Layers through the thickness; 0 is taken as 1.
    pub layers: usize,
    /// Temperature at which the edge of lowest x is held, °C; none: it is insulated as the others are.
    pub held_edge_c: Option<f64>,
    /// Whether tiles at ambient sleep. What that costs in accuracy is a tenth of a kelvin at most (see the tests).
    pub sleeping: bool,
    /// Threads that share a step; results do not depend on them.
    pub threads: usize,
    /// One axis after the other in each step, so that with constant properties the error is of fourth order in all directions and not only along
    /// the axes, and temperatures between cells from their logarithms: for comparison with closed forms, at twice or three times the cost of a step.
    pub split: bool,
}

impl Params {
    /// One layer of a plate at 20 °C whose corner is the origin, insulated edges, one thread.
    pub fn new(size_m: [f64; 2], cell_m: f64, thickness_m: f64, conduction: Conduction, loss: Loss) -> Self {
        Self {
            origin_m: [0.0; 2],
            size_m,
            cell_m,
            thickness_m,
            conduction,
            loss,
            ambient_c: 20.0,
            layers: 1,
            held_edge_c: None,
            sleeping: true,
            threads: 1,
            split: false,
        }
    }
}

/// Upper and lower temperature between which cooling is timed, °C: where austenite turns into what decides hardness (t8/5, EN 1011-2).
pub const COOLING_C: [f64; 2] = [800.0, 500.0];

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
    split: bool,
    shine: Option<Shine>,
    put_in_j: f64,
    lost_j: f64,
    time_s: f64,
}

/// Weights of equally spaced values (`N` even) in the polynomial through them at `t` between the two in the middle. As a deposit they have no
/// moment below the `N`th, so that a source between cells acts as if it stood there.
fn lagrange<const N: usize>(t: f64) -> [f64; N] {
    let node = |i: usize| i as f64 - (N / 2 - 1) as f64;
    std::array::from_fn(|i| (0..N).filter(|&j| j != i).map(|j| (t - node(j)) / (node(i) - node(j))).product())
}

impl Heat {
    /// A plate at ambient. Sizes that are not positive are taken as one cell.
    pub fn new(params: &Params) -> Self {
        let cell = if params.cell_m > 0.0 { params.cell_m } else { 1.0 };
        let sizes = params.size_m.map(|size| if size > 0.0 && size.is_finite() { size } else { cell });
        let cells = sizes.map(|size| (size / cell).round().clamp(1.0, MOST_CELLS) as usize);
        let law = Law::new(params.conduction, params.loss, params.ambient_c);
        let run =
            Run { layers: params.layers, never_sleep: !params.sleeping, threads: params.threads, held_c: params.held_edge_c };
        Self {
            origin_m: params.origin_m,
            cell_m: [sizes[0] / cells[0] as f64, sizes[1] / cells[1] as f64],
            thickness_m: params.thickness_m,
            ambient_c: params.ambient_c,
            tiles: Tiles::new(cells, &law, run),
            law,
            split: params.split,
            shine: None,
            put_in_j: 0.0,
            lost_j: 0.0,
            time_s: 0.0,
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

    /// Layers through the thickness.
    pub fn layers(&self) -> usize {
        self.tiles.layers
    }

    /// Side of a cell along x and y, metres.
    pub fn cell_m(&self) -> [f64; 2] {
        self.cell_m
    }

    /// Cells that a step works on at present.
    pub fn awake_cells(&self) -> usize {
        self.tiles.awake_cells()
    }

    /// Area of the upper side, m².
    pub fn area_m2(&self) -> f64 {
        self.cell_m[0] * self.cell_m[1] * (self.nx() * self.ny()) as f64
    }

    /// Largest diffusivity k/(ρ c) at any temperature, m²/s.
    pub fn diffusivity_m2_per_s(&self) -> f64 {
        self.law.theta.steepest()
    }

    /// Thickness of a layer, metres.
    fn layer_m(&self) -> f64 {
        self.thickness_m / self.layers() as f64
    }

    /// Longest step that is stable, seconds (explicit: dt ≤ 1/(2 α (1/dx² + 1/dy² + 1/dz²)), α the largest k/(ρ c), with a tenth
    /// to spare).
    pub fn stable_dt_s(&self) -> f64 {
        let [dx, dy] = self.cell_m;
        let through = if self.layers() > 1 { self.layer_m().powi(-2) } else { 0.0 };
        let over_edge = if self.tiles.held().is_some() { 0.5 * dx.powi(-2) } else { 0.0 };
        let fastest = 2.0 * self.law.theta.steepest() * (dx.powi(-2) + dy.powi(-2) + through + over_edge);
        OF_STABLE / (fastest + self.law.loss.steepest() / self.layer_m())
    }

    /// The step that is used, seconds: the stable one, or the shorter one of least error. Axis by axis each has the whole of what is stable to
    /// itself.
    pub fn best_dt_s(&self) -> f64 {
        let (mut least, mut stable) = (self.cell_m[0].min(self.cell_m[1]), self.stable_dt_s());
        if self.split {
            least = least.min(if self.layers() > 1 { self.layer_m() } else { f64::INFINITY });
            stable = stable.max(0.25 * OF_STABLE * least.powi(2) / self.law.theta.steepest());
        }
        match &self.law.theta {
            AnyCurve::Line(_) => stable.min(least.powi(2) / (6.0 * self.law.theta.steepest())),
            _ => stable,
        }
    }

    /// Lets time pass: `dt_s` in equal steps, as few as are stable. Costs least per second when `dt_s` is a multiple of
    /// [`Heat::stable_dt_s`]. Heat that arrives during the step is best put in half before and half after it (second
    /// order in time); all before is first order. Does nothing for a time that is not positive.
    pub fn step(&mut self, dt_s: f64) {
        let steps = (dt_s / self.best_dt_s() - 1e-9).ceil().max(1.0);
        if !(dt_s > 0.0 && steps.is_finite()) {
            return;
        }
        let dt = dt_s / steps;
        let [dx, dy] = self.cell_m;
        // Of several layers each outer one loses through one face, half of the curve of both.
        let loss = if self.layers() == 1 { dt / self.thickness_m } else { 0.5 * dt / self.layer_m() };
        let factors = Factors { x: dt * dx.powi(-2), y: dt * dy.powi(-2), z: dt * self.layer_m().powi(-2), loss };
        let nothing = Factors { x: 0.0, y: 0.0, z: 0.0, loss: 0.0 };
        let [along_x, along_y] = [Factors { x: factors.x, ..nothing }, Factors { x: 0.0, ..factors }];
        let axes: &[Factors] = match (self.split, self.layers()) {
            (false, _) => &[factors],
            (true, 1) => &[along_x, along_y],
            (true, _) => &[along_x, Factors { y: factors.y, ..nothing }, Factors { y: 0.0, ..along_y }],
        };
        let melts = self.law.melts();
        let mut left = steps as u64;
        while left > 0 && self.tiles.awake_cells() > 0 {
            for factors in axes {
                let moved = melts.map_or(Vec::new(), |melts| self.moved_by_fronts(factors, &melts));
                let [lost, gained] = self.tiles.step(*factors, &self.law);
                self.move_heat(moved);
                self.lost_j += lost * self.cell_volume_m3();
                self.put_in_j += gained * self.cell_volume_m3();
            }
            left -= 1;
        }
        self.time_s += dt_s;
        if self.ambient_c < COOLING_C[1] && self.tiles.awake_cells() > 0 {
            let [hot, cool] = COOLING_C.map(|c| self.law.heat_at(c));
            self.tiles.watch(self.time_s, hot, cool);
        }
    }

    /// Cuts the plate along a–b (metres): heat no longer crosses between cell centres on either side. Consecutive cuts
    /// that share an end point leave no gap.
    pub fn cut(&mut self, a: [f64; 2], b: [f64; 2]) {
        let (a, b) = (self.in_cells(a), self.in_cells(b));
        let tiles = &mut self.tiles;
        cuts::crossed(a, b, tiles.cells, |x, y, axis| tiles.cut(x, y, axis));
    }

    /// The cells, as (column, row), that heat crosses to from a cell, itself among them, within columns and rows from `low` to before `high`; and
    /// whether it stays within them.
    pub fn island(&self, from: [usize; 2], low: [usize; 2], high: [usize; 2]) -> (BTreeSet<[usize; 2]>, bool) {
        let (mut found, mut edge, mut closed) = (BTreeSet::from([from]), vec![from], true);
        while let Some(cell) = edge.pop() {
            for next in
                [(0, false), (0, true), (1, false), (1, true)].into_iter().filter_map(|(axis, up)| self.beside(cell, axis, up))
            {
                if (0..2).any(|axis| next[axis] < low[axis] || next[axis] >= high[axis]) {
                    closed = false;
                } else if found.insert(next) {
                    edge.push(next);
                }
            }
        }
        (found, closed)
    }

    /// How long the upper side took at a place to cool from 800 to 500 °C the last time, s, to the length of a step; none where it was
    /// never that hot or is not that cool.
    pub fn cooling_s(&self, p: [f64; 2]) -> Option<f64> {
        let place = self.in_cells(p);
        let [x, y] = [0, 1].map(|axis| place[axis].clamp(0.0, (self.tiles.cells[axis] - 1) as f64) as usize);
        Some(f64::from(self.tiles.cooling_s(x, y))).filter(|&s| s > 0.0)
    }

    /// The cooling times of all cells, s, 0 where there is none; as [`Heat::temperature_map_c`].
    pub fn cooling_map_s(&self) -> Vec<f32> {
        (0..self.ny()).flat_map(|y| (0..self.nx()).map(move |x| self.tiles.cooling_s(x, y))).collect()
    }

    /// Mean over cells, given as (row, first column, column after the last), and over all layers of what `of` makes of their temperature in
    /// °C; none where there is no cell. Cells beyond the plate are left out.
    pub fn mean_over(&self, spans: &[[usize; 3]], of: impl Fn(f64) -> f64) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0usize);
        for &[y, from, to] in spans.iter().filter(|span| span[0] < self.ny()) {
            for x in from..to.min(self.nx()) {
                for layer in 0..self.layers() {
                    sum += of(self.ambient_c + self.law.rise.at(self.tiles.heat(x, y, layer)));
                    count += 1;
                }
            }
        }
        (count > 0).then(|| sum / count as f64)
    }

    /// Temperatures of all cells of the upper layer, °C, row by row from the corner at the origin, x fastest.
    pub fn temperature_map_c(&self) -> Vec<f32> {
        self.map(|x, y| self.tiles.heat(x, y, 0))
    }

    /// Highest temperatures so far of all cells, °C, as [`Heat::temperature_map_c`].
    pub fn peak_map_c(&self) -> Vec<f32> {
        self.map(|x, y| self.tiles.peak(x, y, 0))
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
        self.cell_m[0] * self.cell_m[1] * self.layer_m()
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
}
