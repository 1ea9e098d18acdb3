//! The plate in tiles: which exist, which are awake.
//!
//! In: cells to wake, links to cut. Out: storage that grows with the heated area, not with the plate. May use: `kernel`,
//! `law`.

use super::kernel::{Cells, Factors, Held, Links, SIDE, frame, update};
use super::law::{AnyCurve, Curve, Law, Nothing};

/// A tile that has no storage yet.
const NO_SLOT: u32 = u32::MAX;
/// A tile wakes when a cell next to it is further than this from ambient, K; it sleeps when all are nearer.
const AWAKE_K: f64 = 0.02;
/// Steps from one look at who sleeps to the next.
const REVIEW_STEPS: u32 = 4;

/// Storage of one plate. Values are per tile that was ever touched ("slot").
#[derive(Clone, Debug)]
pub(super) struct Tiles {
    /// Cells of the plate along x and y.
    pub cells: [usize; 2],
    /// Tiles along x and y.
    count: [usize; 2],
    slot_of_tile: Vec<u32>,
    tile_of_slot: Vec<u32>,
    awake: Vec<bool>,
    /// Awake slots in the order of their tiles.
    order: Vec<u32>,
    h: Vec<Cells>,
    peak: Vec<Cells>,
    /// Conductivity integrals before and after a step; which is which changes at every step.
    theta: [Vec<Cells>; 2],
    now: usize,
    links: Vec<Option<Box<Links>>>,
    wake_above: f64,
    steps_to_review: u32,
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |most, v| if v.abs() > most { v.abs() } else { most })
}

impl Tiles {
    pub(super) fn new(cells: [usize; 2], law: &Law) -> Self {
        let count = cells.map(|n| n.div_ceil(SIDE));
        Self {
            cells,
            count,
            slot_of_tile: vec![NO_SLOT; count[0] * count[1]],
            tile_of_slot: Vec::new(),
            awake: Vec::new(),
            order: Vec::new(),
            h: Vec::new(),
            peak: Vec::new(),
            theta: [Vec::new(), Vec::new()],
            now: 0,
            links: Vec::new(),
            wake_above: AWAKE_K * law.capacity_j_per_m3_k,
            steps_to_review: REVIEW_STEPS,
        }
    }

    /// Number of cells in awake tiles: what one step costs.
    pub(super) fn awake_cells(&self) -> usize {
        self.order.len() * SIDE * SIDE
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
    pub(super) fn heat(&self, x: usize, y: usize) -> f64 {
        self.place(x, y).map_or(0.0, |(slot, x, y)| self.h[slot][y][x])
    }

    /// Highest heat content of a cell so far, J/m³.
    pub(super) fn peak(&self, x: usize, y: usize) -> f64 {
        self.place(x, y).map_or(0.0, |(slot, x, y)| self.peak[slot][y][x])
    }

    /// Sum of the heat contents of all cells, J/m³.
    pub(super) fn sum(&self) -> f64 {
        self.h.iter().map(|tile| tile.iter().map(|row| row.iter().sum::<f64>()).sum::<f64>()).sum()
    }

    /// Storage for a tile.
    fn allocate(&mut self, tile: usize) -> usize {
        if let Some(slot) = self.slot(tile) {
            return slot;
        }
        let slot = self.h.len();
        self.slot_of_tile[tile] = slot as u32;
        self.tile_of_slot.push(tile as u32);
        self.awake.push(false);
        self.h.push([[0.0; SIDE]; SIDE]);
        self.peak.push([[0.0; SIDE]; SIDE]);
        self.theta.iter_mut().for_each(|theta| theta.push([[0.0; SIDE]; SIDE]));
        self.links.push(None);
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
            let (theta, h) = (&mut self.theta[self.now][slot], &self.h[slot]);
            for (theta, h) in theta.as_flattened_mut().iter_mut().zip(h.as_flattened()) {
                *theta = law.theta.at(*h);
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
    pub(super) fn add(&mut self, x: usize, y: usize, heat: f64, law: &Law) {
        const RIM: usize = REVIEW_STEPS as usize;
        let tile = self.tile_of(x, y);
        let slot = match self.slot(tile) {
            Some(slot) if self.awake[slot] => slot,
            _ => self.wake(tile, law),
        };
        let (lx, ly) = (x % SIDE, y % SIDE);
        let h = &mut self.h[slot][ly][lx];
        *h += heat;
        self.theta[self.now][slot][ly][lx] = law.theta.at(*h);
        let peak = &mut self.peak[slot][ly][lx];
        *peak = peak.max(*h);
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

    /// One step; returns what was lost to the air, summed over cells, J/m³.
    pub(super) fn step(&mut self, factors: Factors, law: &Law) -> f64 {
        let lost = match (&law.theta, &law.loss) {
            (AnyCurve::Line(theta), AnyCurve::Line(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Line(theta), AnyCurve::Table(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Line(theta), AnyCurve::Nothing) => self.pass(factors, theta, &Nothing),
            (AnyCurve::Table(theta), AnyCurve::Line(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Table(theta), AnyCurve::Table(loss)) => self.pass(factors, theta, loss),
            (AnyCurve::Table(theta), AnyCurve::Nothing) => self.pass(factors, theta, &Nothing),
            (AnyCurve::Nothing, _) => 0.0,
        };
        self.now = 1 - self.now;
        self.steps_to_review -= 1;
        if self.steps_to_review == 0 {
            self.steps_to_review = REVIEW_STEPS;
            self.review(law);
        }
        lost
    }

    fn pass<T: Curve, L: Curve>(&mut self, factors: Factors, theta: &T, loss: &L) -> f64 {
        let order = std::mem::take(&mut self.order);
        let mut lost = 0.0;
        for &slot in &order {
            let slot = slot as usize;
            let around = self.neighbours(self.tile_of_slot[slot] as usize);
            let [a, b] = &mut self.theta;
            let (now, next) = if self.now == 0 { (&*a, b) } else { (&*b, a) };
            let [west, east, south, north] = around.map(|tile| {
                let slot = self.slot_of_tile[tile?];
                (slot != NO_SLOT && self.awake[slot as usize]).then(|| &now[slot as usize])
            });
            let framed = frame(&now[slot], west, east, south, north);
            let held = Held { h: &mut self.h[slot], peak: &mut self.peak[slot], theta: &mut next[slot] };
            lost += update(&framed, self.links[slot].as_deref(), factors, theta, loss, held);
        }
        self.order = order;
        lost
    }

    /// Wakes tiles that heat has reached, and lets those sleep that are at ambient with all around them. What a
    /// sleeping tile holds stays in it; heat does not cross its border.
    fn review(&mut self, law: &Law) {
        let mut wanted = Vec::new();
        for &slot in &self.order {
            let (tile, h) = (self.tile_of_slot[slot as usize], &self.h[slot as usize]);
            let edges = [
                largest(h.iter().map(|row| row[0])),
                largest(h.iter().map(|row| row[SIDE - 1])),
                largest(h[0].iter().copied()),
                largest(h[SIDE - 1].iter().copied()),
            ];
            let around = self.neighbours(tile as usize);
            wanted.extend(around.into_iter().zip(edges).filter(|(_, edge)| *edge > self.wake_above).filter_map(|(t, _)| t));
            if edges.iter().any(|edge| *edge > self.wake_above) || largest(h.as_flattened().iter().copied()) > self.wake_above {
                wanted.push(tile as usize);
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
