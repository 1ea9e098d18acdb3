//! Putting heat into the plate.
//!
//! In: a Gaussian, a kerf or a line, and an amount of heat. Out: the amount that the plate took. May use: `tiles`.

use super::Heat;
use std::f64::consts::PI;

/// Radii beyond which a Gaussian is left out; what is inside takes the whole amount.
const GAUSSIAN_REACH: f64 = 3.0;
/// Radii beyond which a sampled Gaussian is left out.
const SAMPLED_REACH: f64 = 4.5;
/// Layers below which heat on the upper side is just put into the uppermost.
pub(super) const FEWEST_LAYERS: usize = 4;
/// Most pieces a kerf or line is divided into.
const MOST_PIECES: f64 = 1.0e6;

/// The error function, by its series in positive terms (Abramowitz and Stegun 7.1.6), for |x| up to about 5.
fn erf(x: f64) -> f64 {
    let x2 = x * x;
    let (mut term, mut sum) = (x, x);
    for n in 1..120 {
        term *= 2.0 * x2 / f64::from(2 * n + 1);
        sum += term;
        if term.abs() < 1e-17 * sum.abs() {
            break;
        }
    }
    2.0 / PI.sqrt() * (-x2).exp() * sum
}

impl Heat {
    /// A Gaussian on the upper side around `centre` (metres) with the given 1/e radius (metres), exact for every cell. Returns the heat
    /// absorbed, J: the share that falls beside the plate is not.
    pub fn deposit_gaussian(&mut self, centre: [f64; 2], radius_1e_m: f64, energy_j: f64) -> f64 {
        if !(radius_1e_m >= 0.0 && energy_j.is_finite()) {
            return 0.0;
        }
        // Below a tenth of a cell a Gaussian is a point.
        let radius = radius_1e_m.max(0.05 * self.cell_m[0].min(self.cell_m[1]));
        let place = self.in_cells(centre);
        let whole = 2.0 * erf(GAUSSIAN_REACH);
        let spans = [0, 1].map(|axis| {
            let r = radius / self.cell_m[axis];
            let (low, high) = (place[axis] - GAUSSIAN_REACH * r, place[axis] + GAUSSIAN_REACH * r);
            let last = self.tiles.cells[axis] as f64;
            if !(low < last && high > 0.0) {
                return (0, Vec::new());
            }
            let (first, end) = (low.max(0.0).floor(), high.min(last).ceil());
            let at = |edge: f64| erf((edge.clamp(low, high) - place[axis]) / r);
            let mut before = at(first);
            let shares = (1..=(end - first) as u32)
                .map(|i| {
                    let here = at(first + f64::from(i));
                    let share = (here - before) / whole;
                    before = here;
                    share
                })
                .collect::<Vec<f64>>();
            (first as usize, shares)
        });
        let [(x0, across), (y0, along)] = &spans;
        let density = energy_j / self.cell_volume_m3();
        let mut taken = 0.0;
        for (j, share_y) in along.iter().enumerate() {
            for (i, share_x) in across.iter().enumerate() {
                let heat = density * share_x * share_y;
                taken += heat;
                self.tiles.add([x0 + i, y0 + j, 0], heat, &self.law);
            }
        }
        let taken_j = taken * self.cell_volume_m3();
        self.put_in_j += taken_j;
        taken_j
    }

    /// Heat on both edges of a kerf from a to b (metres), half on each, at the kerf's edge but no nearer than half a
    /// cell. At rest (a = b) around the hole. Of the heat, `slag_share` is that of slag running down, which grows from nothing at the
    /// upper side in proportion to the depth; the rest is the same at every depth. Returns the heat absorbed, J: what falls beside the
    /// plate is not.
    pub fn deposit_kerf(&mut self, a: [f64; 2], b: [f64; 2], half_width_m: f64, slag_share: f64, energy_j: f64) -> f64 {
        let cell = self.cell_m[0].max(self.cell_m[1]);
        let offset = half_width_m.max(0.5 * cell);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if !(offset.is_finite() && length.is_finite() && energy_j.is_finite()) {
            return 0.0;
        }
        let mut taken = 0.0;
        if length < 1e-9 {
            for i in 0..8 {
                let (s, c) = (f64::from(i) * 0.25 * PI).sin_cos();
                taken += self.deposit_point([a[0] + offset * c, a[1] + offset * s], energy_j / 8.0, slag_share, None);
            }
        } else {
            let (ux, uy) = (dx / length, dy / length);
            let pieces = (2.0 * length / cell).ceil().clamp(1.0, MOST_PIECES);
            for i in 0..pieces as u32 {
                let along = (f64::from(i) + 0.5) / pieces;
                for side in [offset, -offset] {
                    let p = [a[0] + along * dx - side * uy, a[1] + along * dy + side * ux];
                    taken += self.deposit_point(p, 0.5 * energy_j / pieces, slag_share, Some((a, [-uy * side, ux * side])));
                }
            }
        }
        self.put_in_j += taken;
        taken
    }

    /// Heat on a line from a to b (metres), as a point when they are equal. Returns the heat absorbed, J.
    pub fn deposit_line(&mut self, a: [f64; 2], b: [f64; 2], energy_j: f64) -> f64 {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if !(length.is_finite() && energy_j.is_finite()) {
            return 0.0;
        }
        let pieces = (4.0 * length / self.cell_m[0].min(self.cell_m[1])).ceil().clamp(1.0, MOST_PIECES);
        let mut taken = 0.0;
        for i in 0..pieces as u32 {
            let along = (f64::from(i) + 0.5) / pieces;
            taken += self.deposit_point([a[0] + along * dx, a[1] + along * dy], energy_j / pieces, 0.0, None);
        }
        self.put_in_j += taken;
        taken
    }

    /// Heat at a point, shared bilinearly among the four nearest cells; with `only`, (a point, a direction), only among
    /// those on that side of the line through the point. Returns the heat absorbed, J.
    fn deposit_point(&mut self, p: [f64; 2], energy_j: f64, slag_share: f64, only: Option<([f64; 2], [f64; 2])>) -> f64 {
        let place = self.in_cells(p);
        let sizes = self.tiles.cells;
        if !(0..2).all(|axis| place[axis] >= 0.0 && place[axis] <= sizes[axis] as f64) {
            return 0.0;
        }
        let nearest = [0, 1].map(|axis| {
            let from_first = (place[axis] - 0.5).clamp(0.0, (sizes[axis] - 1) as f64);
            let low = from_first as usize;
            let share = from_first - low as f64;
            [(low, 1.0 - share), ((low + 1).min(sizes[axis] - 1), share)]
        });
        let mut shares = [(0, 0, 0.0); 4];
        for (n, share) in shares.iter_mut().enumerate() {
            let ((x, sx), (y, sy)) = (nearest[0][n % 2], nearest[1][n / 2]);
            let centre =
                [self.origin_m[0] + (x as f64 + 0.5) * self.cell_m[0], self.origin_m[1] + (y as f64 + 0.5) * self.cell_m[1]];
            let kept = only.is_none_or(|(o, d)| (centre[0] - o[0]) * d[0] + (centre[1] - o[1]) * d[1] >= 0.0);
            *share = (x, y, if kept { sx * sy } else { 0.0 });
        }
        let mut sum: f64 = shares.iter().map(|s| s.2).sum();
        if sum <= 1e-9 {
            // No cell on that side: the nearest ones, whatever their side.
            for (n, share) in shares.iter_mut().enumerate() {
                share.2 = nearest[0][n % 2].1 * nearest[1][n / 2].1;
            }
            sum = 1.0;
        }
        let layers = self.layers();
        let density = energy_j / self.cell_volume_m3() / sum / layers as f64;
        for k in 0..layers {
            let depth = (k as f64 + 0.5) / layers as f64;
            let here = density * (1.0 - slag_share + slag_share * 2.0 * depth);
            for (x, y, share) in shares {
                if share > 0.0 {
                    self.tiles.add([x, y, k], here * share, &self.law);
                }
            }
        }
        energy_j
    }

    /// A line source through the whole thickness that moves from a to b (metres), for comparison with closed forms: spread so that it
    /// acts as if it were where it is, between cells too (see `lagrange` in the room's root); at the plate's edges it is mirrored. Returns the heat
    /// absorbed, J: nothing beside the plate.
    pub fn source_line(&mut self, a: [f64; 2], b: [f64; 2], energy_j: f64) -> f64 {
        let layers = self.layers();
        let through: Vec<f64> = vec![1.0 / layers as f64; layers];
        self.source_along(a, b, &through, energy_j)
    }

    /// A source on the upper side that moves from a to b (metres) with a Gaussian of the given 1/e radius (metres), for comparison with
    /// closed forms. Returns the heat absorbed, J.
    pub fn source_gaussian(&mut self, a: [f64; 2], b: [f64; 2], radius_1e_m: f64, energy_j: f64) -> f64 {
        if radius_1e_m < 0.5 * self.cell_m[0].min(self.cell_m[1]) {
            let surface = self.on_surface();
            return self.source_along(a, b, surface, energy_j);
        }
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let pieces = (4.0 * length / radius_1e_m).ceil().clamp(1.0, MOST_PIECES);
        let mut taken = 0.0;
        for i in 0..pieces as u32 {
            let share = (f64::from(i) + 0.5) / pieces;
            let at = [0, 1].map(|axis| a[axis] + share * (b[axis] - a[axis]));
            taken += self.sampled_gaussian(at, radius_1e_m, energy_j / pieces);
        }
        taken
    }

    /// The same heat on every part of the upper side. Returns the heat absorbed, J: all of it.
    pub fn source_uniform(&mut self, energy_j: f64) -> f64 {
        if !energy_j.is_finite() {
            return 0.0;
        }
        let density = energy_j / self.cell_volume_m3() / (self.nx() * self.ny()) as f64;
        for (layer, weight) in self.on_surface().iter().enumerate() {
            for y in 0..self.ny() {
                for x in 0..self.nx() {
                    self.tiles.add([x, y, layer], weight * density, &self.law);
                }
            }
        }
        self.put_in_j += energy_j;
        energy_j
    }

    /// Weights of the layers for heat on the upper side: with their mirror images above it they have no moment up to the fifth.
    fn on_surface(&self) -> &'static [f64] {
        if self.layers() < FEWEST_LAYERS { &[1.0] } else { &[75.0 / 64.0, -25.0 / 128.0, 3.0 / 128.0] }
    }

    fn source_along(&mut self, a: [f64; 2], b: [f64; 2], through: &[f64], energy_j: f64) -> f64 {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        if !(length.is_finite() && energy_j.is_finite()) {
            return 0.0;
        }
        let pieces = (4.0 * length / self.cell_m[0].min(self.cell_m[1])).ceil().clamp(1.0, MOST_PIECES);
        let each = energy_j / pieces;
        let mut taken = 0.0;
        for i in 0..pieces as u32 {
            let share = (f64::from(i) + 0.5) / pieces;
            let place = self.in_cells([0, 1].map(|axis| a[axis] + share * (b[axis] - a[axis])));
            if !(0..2).all(|axis| place[axis] >= 0.0 && place[axis] <= self.tiles.cells[axis] as f64) {
                continue;
            }
            let [(xs, wx), (ys, wy)] = [0, 1].map(|axis| self.around::<6>(place[axis], axis));
            for (y, wy) in ys.into_iter().zip(wy) {
                for (x, wx) in xs.into_iter().zip(wx) {
                    for (layer, weight) in through.iter().enumerate() {
                        self.tiles.add([x, y, layer], wx * wy * weight * each / self.cell_volume_m3(), &self.law);
                    }
                }
            }
            taken += each;
        }
        self.put_in_j += taken;
        taken
    }

    /// A Gaussian by its values at the cells' centres, which for a smooth function add up to its integral far better than for a rough one.
    fn sampled_gaussian(&mut self, centre: [f64; 2], radius_1e_m: f64, energy_j: f64) -> f64 {
        let place = self.in_cells(centre);
        if !(energy_j.is_finite() && place.iter().all(|c| c.is_finite())) {
            return 0.0;
        }
        let spans = [0, 1].map(|axis| {
            let r = radius_1e_m / self.cell_m[axis];
            let reach = SAMPLED_REACH * r;
            let first = (place[axis] - reach).floor().max(0.0);
            let end = (place[axis] + reach).ceil().min(self.tiles.cells[axis] as f64);
            let value = |i: u32| (-((first + f64::from(i) + 0.5 - place[axis]) / r).powi(2)).exp() / (PI.sqrt() * r);
            (first as usize, (0..(end - first).max(0.0) as u32).map(value).collect::<Vec<f64>>())
        });
        let [(x0, across), (y0, along)] = &spans;
        let (surface, density) = (self.on_surface(), energy_j / self.cell_volume_m3());
        let mut taken = 0.0;
        for (j, share_y) in along.iter().enumerate() {
            for (i, share_x) in across.iter().enumerate() {
                taken += share_x * share_y;
                for (layer, weight) in surface.iter().enumerate() {
                    self.tiles.add([x0 + i, y0 + j, layer], density * share_x * share_y * weight, &self.law);
                }
            }
        }
        self.put_in_j += taken * energy_j;
        taken * energy_j
    }
}

#[cfg(test)]
mod tests {
    use super::erf;

    #[test]
    fn erf_is_the_tabulated_one() {
        // Abramowitz and Stegun, table 7.1.
        for (x, y) in [(0.0, 0.0), (0.5, 0.520_499_877_8), (1.0, 0.842_700_792_9), (2.0, 0.995_322_265_0), (3.0, 0.999_977_909_5)]
        {
            assert!((erf(x) - y).abs() < 1e-10 && (erf(-x) + y).abs() < 1e-10);
        }
    }
}
