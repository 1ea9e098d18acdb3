//! Reading temperatures between the middles of cells.
//!
//! In: a place and a depth. Out: a temperature. May use: `tiles`, `law`, `front`.

use super::deposit::FEWEST_LAYERS;
use super::law::Melts;
use super::{Heat, lagrange};
use std::f64::consts::PI;

/// Heat that comes in by the upper side with every step of least error has half of what came last lying in the outer layers as it came: how far
/// these are above the half space under a steady flux, in flux × layer over conductivity (the scheme in one dimension beside 2 √t ierfc(z/2√t), of
/// which the inner layers show no difference).
const FRESH: [f64; 3] = [13.0 / 256.0, -11.0 / 1536.0, -1.0 / 512.0];

/// Share of the highest value around a place above which the lowest is not just rounding.
const WELL_ABOVE: f64 = 1e-9;

/// What shines on the upper side at present. Heat that comes in by a face leaves a slope there, which reading the face needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shine {
    /// The same everywhere.
    Uniform {
        /// W/m².
        w_per_m2: f64,
    },
    /// A Gaussian.
    Gaussian {
        /// Its middle, metres.
        centre_m: [f64; 2],
        /// 1/e radius, metres.
        radius_1e_m: f64,
        /// W.
        power_w: f64,
    },
}

impl Shine {
    /// Flux at a place, W/m². A point has none beside it.
    fn at(&self, p: [f64; 2]) -> f64 {
        match *self {
            Self::Uniform { w_per_m2 } => w_per_m2,
            Self::Gaussian { centre_m, radius_1e_m, power_w } if radius_1e_m > 0.0 => {
                let r2 = ((p[0] - centre_m[0]).powi(2) + (p[1] - centre_m[1]).powi(2)) / radius_1e_m.powi(2);
                power_w * (-r2).exp() / (PI * radius_1e_m.powi(2))
            }
            Self::Gaussian { .. } => 0.0,
        }
    }
}

/// Sum of values by weights that add up to one, as (weight, value), but not below the lowest; if so wanted and if all are above nothing, of their
/// logarithms. Beside a source that moves the rise falls off from cell to cell as an exponential and as the inverse of the distance: the cubic
/// through it is off by up to 50 % two cells ahead and by 3 % three cells ahead where that through its logarithms is off by 2 and 0.1 %.
fn blended(values: &[[f64; 2]], by_logarithms: bool) -> f64 {
    let (lowest, highest) =
        values.iter().fold((f64::INFINITY, 0.0f64), |(lowest, highest), [_, value]| (value.min(lowest), value.max(highest)));
    if by_logarithms && lowest > WELL_ABOVE * highest {
        return values.iter().map(|[weight, value]| weight * value.ln()).sum::<f64>().exp();
    }
    values.iter().map(|[weight, value]| weight * value).sum::<f64>().max(lowest)
}

impl Heat {
    /// Says what shines on the upper side from now on; it matters to nothing but [`Heat::temperature_at_c`].
    pub fn shines(&mut self, shine: Option<Shine>) {
        self.shine = shine;
    }

    /// Temperature of the upper layer at a place, °C; outside the plate that of its nearest cell. Between cell centres it is
    /// interpolated, unless a cut passes among them: then it is that of the nearest cell.
    pub fn temperature_c(&self, p: [f64; 2]) -> f64 {
        self.ambient_c + self.in_layer(p, 0)
    }

    /// Temperature at a place and a depth below the upper side (metres), °C. Through the thickness it is that of the cubic through the four
    /// nearest layers; beyond a face they are mirrored, with the slope that heat which passes the face has there. Near a small source that is
    /// ten times nearer to the truth than a parabola through the outer layers, which was 5 % high three cells beside a moving point. A single
    /// layer has its mean everywhere.
    pub fn temperature_at_c(&self, p: [f64; 2], depth_m: f64) -> f64 {
        let layers = self.layers() as i64;
        if layers == 1 {
            return self.temperature_c(p);
        }
        let from_first = depth_m.clamp(0.0, self.thickness_m) / self.layer_m() - 0.5;
        let low = from_first.floor();
        let rises = lagrange::<4>(from_first - low).into_iter().zip(low as i64 - 1..);
        let rises: Vec<[f64; 2]> = rises.map(|(weight, layer)| [weight, self.beyond_faces(p, layer, layers)]).collect();
        self.ambient_c + blended(&rises, self.by_logarithms())
    }

    /// Rise of a layer, or of its mirror image beyond a face, K.
    fn beyond_faces(&self, p: [f64; 2], layer: i64, layers: i64) -> f64 {
        let (like, beyond) = match layer {
            ..0 => (-1 - layer, -layer),
            _ if layer >= layers => (2 * layers - 1 - layer, layer + 1 - layers),
            _ => (layer, 0),
        };
        let like = like.clamp(0, layers - 1) as usize;
        let fresh = FRESH
            .get(like)
            .filter(|_| self.split && layers >= FEWEST_LAYERS as i64)
            .map_or(0.0, |fresh| fresh * self.slope_c(p, true));
        // The middles are an odd number of half layers from the face, on either side.
        let slopes = if beyond > 0 { (2 * beyond - 1) as f64 * self.slope_c(p, layer < 0) } else { 0.0 };
        self.in_layer(p, like) - fresh + slopes
    }

    /// What comes in by a face at a place makes a layer that much warmer than the next, K.
    fn slope_c(&self, p: [f64; 2], upper: bool) -> f64 {
        let outer = if upper { 0 } else { self.layers() - 1 };
        let heat = self.interpolate(p, |x, y| self.tiles.heat(x, y, outer));
        let shine = self.shine.filter(|_| upper).map_or(0.0, |shine| shine.at(p));
        let flux = shine - 0.5 * self.law.loss.at(heat);
        if flux == 0.0 { 0.0 } else { flux / self.law.conductivity(heat) * self.layer_m() }
    }

    /// Whether temperatures between cells are read from their logarithms: not behind a melting front, where the rise bends and does not fall off.
    fn by_logarithms(&self) -> bool {
        self.split && self.law.melts().is_none()
    }

    /// Rise of a layer at a place, K.
    fn in_layer(&self, p: [f64; 2], layer: usize) -> f64 {
        let between = || self.interpolate(p, |x, y| self.law.rise.at(self.tiles.heat(x, y, layer)));
        self.law.melts().map_or_else(between, |melts| self.beside_a_front(p, layer, &melts).unwrap_or_else(between))
    }

    /// Rise at a place in a cell through which a melting front passes or in one beside it, K.
    fn beside_a_front(&self, p: [f64; 2], layer: usize, melts: &Melts) -> Option<f64> {
        let (place, last) = (self.in_cells(p), self.tiles.cells.map(|count| count - 1));
        let own = [0, 1].map(|axis| place[axis].clamp(0.0, last[axis] as f64) as usize);
        let shifted = |axis: usize, by: i64| {
            let mut cell = own;
            cell[axis] = (own[axis] as i64 + by).clamp(0, last[axis] as i64) as usize;
            cell
        };
        let cells = [(0, own), (0, shifted(0, -1)), (0, shifted(0, 1)), (1, shifted(1, -1)), (1, shifted(1, 1))];
        cells.into_iter().find_map(|(axis, cell)| {
            let front = self.front_in(cell, layer, melts).filter(|front| cell == own || front.axis == axis)?;
            let from_low = [0, 1].map(|axis| place[axis] - cell[axis] as f64);
            let from_face = if front.melts_upward { from_low[front.axis] } else { 1.0 - from_low[front.axis] };
            front.at(from_face + front.askew * (from_low[1 - front.axis] - 0.5)).map(|above| melts.at + above)
        })
    }

    /// Highest temperature so far at a place of the upper layer, °C; as [`Heat::temperature_c`].
    pub fn peak_c(&self, p: [f64; 2]) -> f64 {
        self.ambient_c + self.interpolate(p, |x, y| self.law.rise.at(self.tiles.peak(x, y, 0)))
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
        if let Some(smooth) = self.smooth_between(place, &value) {
            return smooth;
        }
        let row = |y| value(low[0], y) * (1.0 - share[0]) + value(high[0], y) * share[0];
        row(low[1]) * (1.0 - share[1]) + row(high[1]) * share[1]
    }

    /// The cubic through the sixteen cells around a place, mirrored at the plate's edges, but not below the lowest of them; none where
    /// a cut passes among them.
    fn smooth_between(&self, place: [f64; 2], value: impl Fn(usize, usize) -> f64) -> Option<f64> {
        let [(xs, wx), (ys, wy)] = [0, 1].map(|axis| self.around::<4>(place[axis], axis));
        let linked = |a: [usize; 2], b: [usize; 2], axis: usize| {
            a[axis] == b[axis]
                || a[axis].abs_diff(b[axis]) == 1 && {
                    let low = if a[axis] < b[axis] { a } else { b };
                    self.tiles.linked(low[0], low[1], axis)
                }
        };
        let whole = (0..4).all(|j| (1..4).all(|i| linked([xs[i - 1], ys[j]], [xs[i], ys[j]], 0)))
            && (1..4).all(|j| (0..4).all(|i| linked([xs[i], ys[j - 1]], [xs[i], ys[j]], 1)));
        let values: [[f64; 2]; 16] = std::array::from_fn(|n| [wx[n % 4] * wy[n / 4], value(xs[n % 4], ys[n / 4])]);
        // A cubic bends where a melting front is between its cells.
        let molten = |at: f64| values.iter().filter(|[_, rise]| *rise > at).count();
        let across_a_front = self.law.melts().is_some_and(|melts| (1..16).contains(&molten(melts.at)));
        (whole && !across_a_front).then(|| blended(&values, self.by_logarithms()))
    }

    /// The `N` cells around a place along an axis, mirrored at the plate's edges, and their weights.
    pub(super) fn around<const N: usize>(&self, place: f64, axis: usize) -> ([usize; N], [f64; N]) {
        let last = self.tiles.cells[axis] as i64 - 1;
        let from_first = place.clamp(0.0, (last + 1) as f64) - 0.5;
        let low = from_first.floor();
        let mirrored = |i: i64| {
            let i = if i < 0 { -1 - i } else { i };
            (if i > last { 2 * last + 1 - i } else { i }).clamp(0, last) as usize
        };
        let first = low as i64 - (N / 2 - 1) as i64;
        (std::array::from_fn(|i| mirrored(first + i as i64)), lagrange(from_first - low))
    }
}
