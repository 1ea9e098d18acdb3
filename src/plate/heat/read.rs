//! Reading temperatures between the middles of cells.
//!
//! In: a place and a depth. Out: a temperature. May use: `tiles`, `law`.

use super::{Heat, cubic};
use std::f64::consts::PI;

/// Shares of latent heat nearer to none and to all of it than this are rounding.
const WHOLE: f64 = 1e-9;

/// Heat that comes in by the upper side with every step of least error has half of what came last lying in the outer layers as it came: how far
/// these are above the half space under a steady flux, in flux × layer over conductivity (the scheme in one dimension beside 2 √t ierfc(z/2√t), of
/// which the inner layers show no difference).
const FRESH: [f64; 2] = [1.0 / 32.0, 1.0 / 96.0];

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

impl Heat {
    /// Says what shines on the upper side from now on; it matters to nothing but [`Heat::temperature_at_c`].
    pub fn shines(&mut self, shine: Option<Shine>) {
        self.shine = shine;
    }

    /// Temperature of the upper layer at a place, °C; outside the plate that of its nearest cell. Between cell centres it is
    /// interpolated, unless a cut passes among them: then it is that of the nearest cell.
    pub fn temperature_c(&self, p: [f64; 2]) -> f64 {
        self.in_layer_c(p, 0)
    }

    /// Temperature at a place and a depth below the upper side (metres), °C. Through the thickness it is that of the cubic through the four
    /// nearest layers; beyond a face they are mirrored, with the slope that heat which passes the face has there. Near a small source that is
    /// ten times nearer to the truth than a parabola through the outer layers, which was 5 % high three cells beside a moving point. A single
    /// layer has its mean everywhere.
    pub fn temperature_at_c(&self, p: [f64; 2], depth_m: f64) -> f64 {
        let layers = self.layers() as i64;
        if layers == 1 {
            return self.in_layer_c(p, 0);
        }
        let from_first = depth_m.clamp(0.0, self.thickness_m) / self.layer_m() - 0.5;
        let low = from_first.floor();
        let weights = cubic(from_first - low);
        weights.iter().zip(low as i64 - 1..).map(|(weight, layer)| weight * self.beyond_faces_c(p, layer, layers)).sum()
    }

    /// Temperature of a layer, or of its mirror image beyond a face, °C.
    fn beyond_faces_c(&self, p: [f64; 2], layer: i64, layers: i64) -> f64 {
        let (like, beyond) = match layer {
            ..0 => (-1 - layer, -layer),
            _ if layer >= layers => (2 * layers - 1 - layer, layer + 1 - layers),
            _ => (layer, 0),
        };
        let like = like.clamp(0, layers - 1) as usize;
        let fresh = FRESH.get(like).filter(|_| self.split).map_or(0.0, |fresh| fresh * self.slope_c(p, true));
        // The middles are an odd number of half layers from the face, on either side.
        let slopes = if beyond > 0 { (2 * beyond - 1) as f64 * self.slope_c(p, layer < 0) } else { 0.0 };
        self.in_layer_c(p, like) - fresh + slopes
    }

    /// What comes in by a face at a place makes a layer that much warmer than the next, K.
    fn slope_c(&self, p: [f64; 2], upper: bool) -> f64 {
        let outer = if upper { 0 } else { self.layers() - 1 };
        let heat = self.interpolate(p, |x, y| self.tiles.heat(x, y, outer));
        let shine = self.shine.filter(|_| upper).map_or(0.0, |shine| shine.at(p));
        let flux = shine - 0.5 * self.law.loss.at(heat);
        if flux == 0.0 { 0.0 } else { flux / self.law.conductivity(heat) * self.layer_m() }
    }

    fn in_layer_c(&self, p: [f64; 2], layer: usize) -> f64 {
        let rise = |x: usize, y: usize| self.law.rise.at(self.tiles.heat(x, y, layer));
        let between = || self.interpolate(p, rise);
        self.ambient_c + if self.law.melts() { self.beside_a_front(p, layer, rise, between) } else { between() }
    }

    /// Rise at a place where a material melts at one temperature, K. The front passes through a cell as its latent heat comes in: what is behind it
    /// is molten, what is ahead is not, and both have the slope to the cells behind and ahead.
    fn beside_a_front(&self, p: [f64; 2], layer: usize, rise: impl Fn(usize, usize) -> f64, between: impl Fn() -> f64) -> f64 {
        let (place, last) = (self.in_cells(p), self.tiles.cells.map(|count| count - 1));
        let cell = [0, 1].map(|axis| place[axis].clamp(0.0, last[axis] as f64) as usize);
        let heat = self.tiles.heat(cell[0], cell[1], layer);
        let (molten, melting) = self.law.molten(heat);
        if molten <= WHOLE {
            return between().min(melting);
        }
        if molten >= 1.0 - WHOLE {
            return between().max(melting);
        }
        // Neighbours along each axis, itself where there is none.
        let beside = |axis: usize, up: bool| {
            let mut next = cell;
            next[axis] = if up { (cell[axis] + 1).min(last[axis]) } else { cell[axis].saturating_sub(1) };
            let low = if up { cell } else { next };
            let [x, y] = if self.tiles.linked(low[0], low[1], axis) { next } else { cell };
            rise(x, y)
        };
        let along = [0, 1].map(|axis| [beside(axis, false), beside(axis, true)]);
        let axis = usize::from((along[1][1] - along[1][0]).abs() > (along[0][1] - along[0][0]).abs());
        let [low, high] = along[axis];
        let come = (place[axis] - cell[axis] as f64).clamp(0.0, 1.0);
        let (from_hot, hot, cold) = if low >= high { (come, low, high) } else { (1.0 - come, high, low) };
        if from_hot < molten {
            melting + (molten - from_hot) / (molten + 0.5) * (hot - melting).max(0.0)
        } else {
            melting - (from_hot - molten) / (1.5 - molten) * (melting - cold).max(0.0)
        }
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
        if let Some(smooth) = self.cubic_between(place, &value) {
            return smooth;
        }
        let row = |y| value(low[0], y) * (1.0 - share[0]) + value(high[0], y) * share[0];
        row(low[1]) * (1.0 - share[1]) + row(high[1]) * share[1]
    }

    /// The cubic through the sixteen cells around a place, mirrored at the plate's edges, but not below the lowest of them; none where
    /// a cut passes among them.
    fn cubic_between(&self, place: [f64; 2], value: impl Fn(usize, usize) -> f64) -> Option<f64> {
        let [(xs, wx), (ys, wy)] = [0, 1].map(|axis| self.around(place[axis], axis));
        let linked = |a: [usize; 2], b: [usize; 2], axis: usize| {
            a[axis] == b[axis]
                || a[axis].abs_diff(b[axis]) == 1 && {
                    let low = if a[axis] < b[axis] { a } else { b };
                    self.tiles.linked(low[0], low[1], axis)
                }
        };
        let whole = (0..4).all(|j| (0..3).all(|i| linked([xs[i], ys[j]], [xs[i + 1], ys[j]], 0)))
            && (0..3).all(|j| (0..4).all(|i| linked([xs[i], ys[j]], [xs[i], ys[j + 1]], 1)));
        if !whole {
            return None;
        }
        let (mut sum, mut lowest) = (0.0, f64::INFINITY);
        for (y, wy) in ys.into_iter().zip(wy) {
            for (x, wx) in xs.into_iter().zip(wx) {
                let here = value(x, y);
                lowest = here.min(lowest);
                sum += wx * wy * here;
            }
        }
        Some(sum.max(lowest))
    }

    /// The four cells around a place along an axis, mirrored at the plate's edges, and their cubic weights.
    pub(super) fn around(&self, place: f64, axis: usize) -> ([usize; 4], [f64; 4]) {
        let last = self.tiles.cells[axis] as i64 - 1;
        let from_first = place.clamp(0.0, (last + 1) as f64) - 0.5;
        let low = from_first.floor();
        let mirrored = |i: i64| {
            let i = if i < 0 { -1 - i } else { i };
            (if i > last { 2 * last + 1 - i } else { i }).clamp(0, last) as usize
        };
        ([-1, 0, 1, 2].map(|i| mirrored(low as i64 + i)), cubic(from_first - low))
    }
}
