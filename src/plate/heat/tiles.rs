//! The plate in tiles: which exist, which are awake.
//!
//! In: cells to wake, links to cut. Out: storage that grows with the heated area, not with the plate. May use: `kernel`,
//! `law`.

use super::kernel::{Around, Cells, Factors, Held, Links, SIDE, Small, update};
use super::law::{AnyCurve, Curve, Law, Nothing};

/// A tile that has no storage yet.
const NO_SLOT: u32 = u32::MAX;
/// A tile wakes when a cell next to it is further than this from ambient, K; it sleeps when all are nearer.
const AWAKE_K: f64 = 0.02;
/// Steps from one look at who sleeps to the next.
const REVIEW_STEPS: u32 = 4;

/// Awake cells below which a step is not worth more than one thread.
const FEW_CELLS: usize = 64 * 1024;

/// Storage of one plate. Values are per tile that was ever touched ("slot"); of each array, a slot has as many as there are layers, the
/// upper one first.
#[derive(Clone, Debug, Default)]
pub(super) struct Tiles {
    /// Cells of the plate along x and y.
    pub cells: [usize; 2],
    /// Layers through the thickness.
    pub layers: usize,
    /// Tiles along x and y.
    count: [usize; 2],
    slot_of_tile: Vec<u32>,
    pub(super) tile_of_slot: Vec<u32>,
    pub(super) awake: Vec<bool>,
    /// Awake slots in the order of their tiles.
    order: Vec<u32>,
    pub(super) h: Vec<Cells>,
    pub(super) peak: Vec<Small>,
    /// Conductivity integrals before and after a step; which is which changes at every step.
    pub(super) theta: [Vec<Small>; 2],
    pub(super) now: usize,
    pub(super) links: Vec<Option<Box<Links>>>,
    cooling: Vec<Option<Box<Cooling>>>,
    wake_above: f64,
    pub(super) steps_to_review: u32,
    /// No tile ever sleeps.
    never_sleep: bool,
    threads: usize,
    /// Conductivity integral of the low x edge where that is held at a temperature, W/m.
    held: Option<f64>,
}

/// When the upper cells of a tile cooled.
#[derive(Clone, Debug)]
struct Cooling {
    /// Last instant at or above the upper temperature, s; 0: never.
    above_s: [[f32; SIDE]; SIDE],
    /// From there to the lower temperature, s; 0: not yet.
    took_s: [[f32; SIDE]; SIDE],
    /// All of it is below the lower temperature.
    cold: bool,
}

/// How tiles are to be run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Run {
    /// Layers through the thickness.
    pub layers: usize,
    /// No tile ever sleeps.
    pub never_sleep: bool,
    /// Threads.
    pub threads: usize,
    /// Temperature that the low x edge is held at, °C.
    pub held_c: Option<f64>,
}

/// One awake tile during a step.
struct Work<'a> {
    slot: usize,
    h: &'a mut [Cells],
    peak: &'a mut [Small],
    next: &'a mut [Small],
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |most, v| if v.abs() > most { v.abs() } else { most })
}

/// The largest of a whole tile, column by column, which the processor takes side by side.
fn largest_of<T: Copy + PartialOrd + Default>(cells: &[[T; SIDE]; SIDE], size: impl Fn(T) -> T) -> T {
    let mut most = [T::default(); SIDE];
    for row in cells {
        for (most, v) in most.iter_mut().zip(row) {
            let v = size(*v);
            *most = if v > *most { v } else { *most };
        }
    }
    most.into_iter().fold(T::default(), |most, v| if v > most { v } else { most })
}

impl Tiles {
    pub(super) fn new(cells: [usize; 2], law: &Law, run: Run) -> Self {
        let count = cells.map(|n| n.div_ceil(SIDE));
        let mut tiles = Self {
            cells,
            layers: run.layers.max(1),
            count,
            slot_of_tile: vec![NO_SLOT; count[0] * count[1]],
            wake_above: AWAKE_K * law.capacity_j_per_m3_k,
            steps_to_review: REVIEW_STEPS,
            never_sleep: run.never_sleep,
            threads: run.threads.max(1),
            held: run.held_c.map(|c| law.theta.at(law.heat_at(c))),
            ..Self::default()
        };
        if run.never_sleep {
            (0..count[0] * count[1]).for_each(|tile| _ = tiles.wake(tile, law));
        } else if run.held_c.is_some() {
            (0..count[1]).for_each(|row| _ = tiles.wake(row * count[0], law));
        }
        tiles
    }

    /// Number of cells in awake tiles: what one step costs.
    pub(super) fn awake_cells(&self) -> usize {
        self.order.len() * SIDE * SIDE * self.layers
    }

    /// Conductivity integral of the low x edge, W/m, where that is held at a temperature.
    pub(super) fn held(&self) -> Option<f64> {
        self.held
    }

    /// The first cells of the awake tiles.
    pub(super) fn awake_corners(&self) -> impl Iterator<Item = [usize; 2]> + '_ {
        let tiles = self.order.iter().map(|slot| self.tile_of_slot[*slot as usize] as usize);
        tiles.map(|tile| [tile % self.count[0] * SIDE, tile / self.count[0] * SIDE])
    }

    fn slot(&self, tile: usize) -> Option<usize> {
        self.slot_of_tile.get(tile).filter(|&&slot| slot != NO_SLOT).map(|&slot| slot as usize)
    }

    fn tile_of(&self, x: usize, y: usize) -> usize {
        y / SIDE * self.count[0] + x / SIDE
    }

    /// Slot and place in the tile of a cell that has storage.
    fn place(&self, x: usize, y: usize) -> Option<(usize, usize, usize)> {
        Some((self.slot(self.tile_of(x, y))?, x % SIDE, y % SIDE))
    }

    /// Heat content of a cell above ambient, J/m³.
    pub(super) fn heat(&self, x: usize, y: usize, layer: usize) -> f64 {
        self.place(x, y).map_or(0.0, |(slot, x, y)| self.h[slot * self.layers + layer][y][x])
    }

    /// Highest heat content of a cell so far, J/m³: kept in single precision, and never below the present one.
    pub(super) fn peak(&self, x: usize, y: usize, layer: usize) -> f64 {
        self.place(x, y).map_or(0.0, |(slot, x, y)| {
            let at = slot * self.layers + layer;
            f64::from(self.peak[at][y][x]).max(self.h[at][y][x])
        })
    }

    /// How long a cell of the upper layer took from the upper to the lower temperature of [`Tiles::watch`], s; 0: it has not.
    pub(super) fn cooling_s(&self, x: usize, y: usize) -> f32 {
        let Some((slot, x, y)) = self.place(x, y) else { return 0.0 };
        self.cooling[slot].as_ref().map_or(0.0, |cooling| cooling.took_s[y][x])
    }

    /// Notes at `now_s` which upper cells are above `hot` and which have come down to `cool`, heat contents in J/m³.
    pub(super) fn watch(&mut self, now_s: f64, hot: f64, cool: f64) {
        for &slot in &self.order {
            let slot = slot as usize;
            let (h, peak) = (&self.h[slot * self.layers], &self.peak[slot * self.layers]);
            // Heat that has come since the step before may have made a cell hot that is not hot any more after this one.
            let hot = hot as f32;
            if self.cooling[slot].is_none() && largest_of(peak, |p| p) < hot {
                continue;
            }
            let new = || Box::new(Cooling { above_s: [[0.0; SIDE]; SIDE], took_s: [[0.0; SIDE]; SIDE], cold: false });
            let cooling = self.cooling[slot].get_or_insert_with(new);
            if cooling.cold && largest_of(h, f64::abs) < f64::from(hot) {
                let cells = peak.as_flattened().iter().zip(cooling.above_s.as_flattened());
                if cells.into_iter().all(|(peak, above_s)| *peak < hot || *above_s > 0.0) {
                    continue;
                }
            }
            let mut cold = true;
            for (y, row) in h.iter().enumerate() {
                for (x, &h) in row.iter().enumerate() {
                    if h >= f64::from(hot) || peak[y][x] >= hot && cooling.above_s[y][x] == 0.0 {
                        cooling.above_s[y][x] = now_s as f32;
                        cooling.took_s[y][x] = 0.0;
                    } else if h < cool && cooling.above_s[y][x] > 0.0 && cooling.took_s[y][x] == 0.0 {
                        cooling.took_s[y][x] = now_s as f32 - cooling.above_s[y][x];
                    }
                    cold &= h < cool;
                }
            }
            cooling.cold = cold;
        }
    }

    /// Sum of the heat contents of all cells, J/m³.
    pub(super) fn sum(&self) -> f64 {
        self.h.iter().map(|tile| tile.iter().map(|row| row.iter().sum::<f64>()).sum::<f64>()).sum()
    }

    /// The same plate without anything that has happened to it.
    pub(super) fn emptied(&self) -> Self {
        let Self { cells, layers, count, wake_above, never_sleep, threads, held, .. } = *self;
        Self {
            cells,
            layers,
            count,
            slot_of_tile: vec![NO_SLOT; count[0] * count[1]],
            wake_above,
            steps_to_review: REVIEW_STEPS,
            never_sleep,
            threads,
            held,
            ..Self::default()
        }
    }

    /// Whether the plate has a tile of that number.
    pub(super) fn is_tile(&self, tile: usize) -> bool {
        tile < self.slot_of_tile.len()
    }

    /// Says which slots are awake.
    pub(super) fn set_awake(&mut self, slots: &[usize]) {
        self.awake.fill(false);
        self.order = slots.iter().map(|slot| *slot as u32).collect();
        slots.iter().for_each(|slot| self.awake[*slot] = true);
        self.order.sort_by_key(|slot| self.tile_of_slot[*slot as usize]);
    }

    /// Storage for a tile.
    pub(super) fn allocate(&mut self, tile: usize) -> usize {
        if let Some(slot) = self.slot(tile) {
            return slot;
        }
        let slot = self.tile_of_slot.len();
        self.slot_of_tile[tile] = slot as u32;
        self.tile_of_slot.push(tile as u32);
        self.awake.push(false);
        let all = self.tile_of_slot.len() * self.layers;
        self.h.resize(all, [[0.0; SIDE]; SIDE]);
        self.peak.resize(all, [[0.0; SIDE]; SIDE]);
        self.theta.iter_mut().for_each(|theta| theta.resize(all, [[0.0; SIDE]; SIDE]));
        self.links.push(None);
        self.cooling.push(None);
        // Cells beyond the plate's edge, in the last tiles of a row or column, are linked to nothing.
        let (tx, ty) = (tile % self.count[0], tile / self.count[0]);
        let inside = [self.cells[0] - tx * SIDE, self.cells[1] - ty * SIDE].map(|n| n.min(SIDE));
        if inside != [SIDE; 2] {
            let mut links = Links::whole();
            for y in 0..SIDE {
                for x in 0..SIDE {
                    if x >= inside[0] || y >= inside[1] {
                        links.x[y][x] = 0.0;
                        links.x[y][x + 1] = 0.0;
                        links.y[y][x] = 0.0;
                        links.y[y + 1][x] = 0.0;
                    }
                }
            }
            self.links[slot] = Some(Box::new(links));
        }
        slot
    }

    fn wake(&mut self, tile: usize, law: &Law) -> usize {
        let slot = self.allocate(tile);
        if !self.awake[slot] {
            self.awake[slot] = true;
            let at = self.order.partition_point(|&other| self.tile_of_slot[other as usize] < tile as u32);
            self.order.insert(at, slot as u32);
            let all = slot * self.layers..(slot + 1) * self.layers;
            for (theta, h) in self.theta[self.now][all.clone()].iter_mut().zip(&self.h[all]) {
                for (theta, h) in theta.as_flattened_mut().iter_mut().zip(h.as_flattened()) {
                    *theta = law.theta.at(*h) as f32;
                }
            }
        }
        slot
    }

    /// The tiles west, east, south and north of a tile.
    fn neighbours(&self, tile: usize) -> [Option<usize>; 4] {
        let (nx, x, y) = (self.count[0], tile % self.count[0], tile / self.count[0]);
        [
            (x > 0).then(|| tile - 1),
            (x + 1 < nx).then(|| tile + 1),
            (y > 0).then(|| tile - nx),
            (y + 1 < self.count[1]).then(|| tile + nx),
        ]
    }

    /// Adds heat to a cell of the plate, J/m³.
    pub(super) fn add(&mut self, [x, y, layer]: [usize; 3], heat: f64, law: &Law) {
        const RIM: usize = REVIEW_STEPS as usize;
        let tile = self.tile_of(x, y);
        let slot = match self.slot(tile) {
            Some(slot) if self.awake[slot] => slot,
            _ => self.wake(tile, law),
        };
        let (lx, ly) = (x % SIDE, y % SIDE);
        let at = slot * self.layers + layer;
        let h = &mut self.h[at][ly][lx];
        *h += heat;
        self.theta[self.now][at][ly][lx] = law.theta.at(*h) as f32;
        let peak = &mut self.peak[at][ly][lx];
        *peak = peak.max(*h as f32);
        if lx < RIM || ly < RIM || lx >= SIDE - RIM || ly >= SIDE - RIM {
            let [west, east, south, north] = self.neighbours(tile);
            let near = [(west, lx < RIM), (east, lx >= SIDE - RIM), (south, ly < RIM), (north, ly >= SIDE - RIM)];
            for tile in near.into_iter().filter_map(|(tile, near)| tile.filter(|_| near)) {
                if self.slot(tile).is_none_or(|slot| !self.awake[slot]) {
                    self.wake(tile, law);
                }
            }
        }
    }

    /// True where a cell is linked to the next one in x (`axis` 0) or y (1).
    pub(super) fn linked(&self, x: usize, y: usize, axis: usize) -> bool {
        let Some((slot, x, y)) = self.place(x, y) else { return true };
        let Some(links) = &self.links[slot] else { return true };
        if axis == 0 { links.x[y][x + 1] > 0.5 } else { links.y[y + 1][x] > 0.5 }
    }

    /// Cuts the link of a cell with the next one in x (`axis` 0) or y (1).
    pub(super) fn cut(&mut self, x: usize, y: usize, axis: usize) {
        let (nx, ny) = if axis == 0 { (x + 1, y) } else { (x, y + 1) };
        if nx >= self.cells[0] || ny >= self.cells[1] {
            return;
        }
        for (cx, cy, side) in [(x, y, 1), (nx, ny, 0)] {
            let slot = self.allocate(self.tile_of(cx, cy));
            let links = self.links[slot].get_or_insert_with(|| Box::new(Links::whole()));
            let (lx, ly) = (cx % SIDE, cy % SIDE);
            if axis == 0 {
                links.x[ly][lx + side] = 0.0;
            } else {
                links.y[ly + side][lx] = 0.0;
            }
        }
    }

    /// One step; returns what was lost to the air and what came over a held edge, summed over cells, J/m³.
    pub(super) fn step(&mut self, factors: Factors, law: &Law) -> [f64; 2] {
        let moved = match (&law.theta, &law.loss) {
            (AnyCurve::Line(theta), AnyCurve::Line(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Line(theta), AnyCurve::Table(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Line(theta), AnyCurve::Nothing) => self.pass(factors, theta, &Nothing),
            (AnyCurve::Table(theta), AnyCurve::Line(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Table(theta), AnyCurve::Table(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Table(theta), AnyCurve::Nothing) => self.pass(factors, theta, &Nothing),
            (AnyCurve::Nothing, _) => [0.0; 2],
        };
        self.now = 1 - self.now;
        self.steps_to_review -= 1;
        if self.steps_to_review == 0 {
            self.steps_to_review = REVIEW_STEPS;
            if !self.never_sleep {
                self.review(law);
            }
        }
        moved
    }

    /// Every awake tile moved on. What each lost is added up in the order of slots, so that threads change nothing.
    fn pass<T: Curve + Sync, L: Curve + Sync>(&mut self, factors: Factors, theta: &T, loss: &L) -> [f64; 2] {
        let threads = if self.awake_cells() < FEW_CELLS { 1 } else { self.threads };
        let (mut h, mut peak) = (std::mem::take(&mut self.h), std::mem::take(&mut self.peak));
        let mut next = std::mem::take(&mut self.theta[1 - self.now]);
        let (tiles, layers) = (&*self, self.layers);
        let arrays = h.chunks_exact_mut(layers).zip(peak.chunks_exact_mut(layers)).zip(next.chunks_exact_mut(layers));
        let mut work = arrays.enumerate().filter(|(slot, _)| tiles.awake[*slot]).map(|(slot, ((h, peak), next))| Work {
            slot,
            h,
            peak,
            next,
        });
        let add = |sum: [f64; 2], moved: [f64; 2]| [sum[0] + moved[0], sum[1] + moved[1]];
        let moved = if threads == 1 {
            work.map(|one| tiles.advance(one, factors, theta, loss)).fold([0.0; 2], add)
        } else {
            let each = self.order.len().div_ceil(threads);
            let shares: Vec<Vec<Work<'_>>> = (0..threads).map(|_| work.by_ref().take(each).collect()).collect();
            std::thread::scope(|scope| {
                let run = |share: Vec<Work<'_>>| -> Vec<[f64; 2]> {
                    share.into_iter().map(|one| tiles.advance(one, factors, theta, loss)).collect()
                };
                let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || run(share))).collect();
                running.into_iter().filter_map(|one| one.join().ok()).flatten().fold([0.0; 2], add)
            })
        };
        (self.h, self.peak) = (h, peak);
        self.theta[1 - self.now] = next;
        moved
    }

    /// One tile moved on, layer by layer; returns what it lost to the air and what came over a held edge, J/m³.
    fn advance<T: Curve, L: Curve>(&self, work: Work<'_>, factors: Factors, theta: &T, loss: &L) -> [f64; 2] {
        let (slot, now, layers) = (work.slot, &self.theta[self.now], self.layers);
        let tile = self.tile_of_slot[slot] as usize;
        let around = self.neighbours(tile).map(|tile| self.slot(tile?).filter(|&slot| self.awake[slot]));
        let links = self.links[slot].as_deref();
        let (mut lost, mut gained) = (0.0, 0.0);
        for (k, ((h, peak), next)) in work.h.iter_mut().zip(work.peak).zip(work.next).enumerate() {
            let at = |slot: usize| &now[slot * layers + k];
            let around = Around { own: at(slot), beside: around.map(|slot| slot.map(at)) };
            let beside = [(k > 0).then(|| &now[slot * layers + k - 1]), (k + 1 < layers).then(|| &now[slot * layers + k + 1])];
            let mut held = Held { h, peak, theta: next };
            // Of several layers only the outer ones lose heat, each its face's half.
            lost += if layers == 1 || k == 0 || k + 1 == layers {
                update(around, links, beside, factors, (theta, loss), &mut held)
            } else {
                update(around, links, beside, factors, (theta, &Nothing), &mut held)
            };
            if let Some(edge) = self.held.filter(|_| tile.is_multiple_of(self.count[0])) {
                let rows = (self.cells[1] - tile / self.count[0] * SIDE).min(SIDE);
                for (y, here) in at(slot).iter().enumerate().take(rows) {
                    let gain = 2.0 * factors.x * (edge - f64::from(here[0]));
                    gained += gain;
                    held.h[y][0] += gain;
                    held.peak[y][0] = held.peak[y][0].max(held.h[y][0] as f32);
                    held.theta[y][0] = theta.at(held.h[y][0]) as f32;
                }
            }
        }
        [lost, gained]
    }

    /// Wakes tiles that heat has reached, and lets those sleep that are at ambient with all around them. What a
    /// sleeping tile holds stays in it; heat does not cross its border.
    fn review(&mut self, law: &Law) {
        let mut wanted = Vec::new();
        for &slot in &self.order {
            let tile = self.tile_of_slot[slot as usize] as usize;
            let around = self.neighbours(tile);
            for h in &self.h[slot as usize * self.layers..(slot as usize + 1) * self.layers] {
                let edges = [
                    largest(h.iter().map(|row| row[0])),
                    largest(h.iter().map(|row| row[SIDE - 1])),
                    largest(h[0].iter().copied()),
                    largest(h[SIDE - 1].iter().copied()),
                ];
                wanted.extend(around.into_iter().zip(edges).filter(|(_, edge)| *edge > self.wake_above).filter_map(|(t, _)| t));
                if largest_of(h, f64::abs) > self.wake_above {
                    wanted.push(tile);
                }
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        for &slot in &self.order {
            let slot = slot as usize;
            self.awake[slot] = wanted.binary_search(&(self.tile_of_slot[slot] as usize)).is_ok();
        }
        self.order.retain(|&slot| self.awake[slot as usize]);
        for tile in wanted {
            self.wake(tile, law);
        }
    }
}
