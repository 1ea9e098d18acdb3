//! One explicit step of one tile.
//!
//! In: conductivity integrals of a tile and of those around it. Out: heat contents, peaks and conductivity integrals
//! after the step. May use: `law`.

use super::law::Curve;

/// Cells along the side of a tile.
pub(super) const SIDE: usize = 32;
/// One value per cell of a tile: `[y][x]`.
pub(super) type Cells = [[f64; SIDE]; SIDE];
/// The same in single precision: what nothing is added up in. Heat flows by differences of conductivity integrals, which both cells of
/// a link take from the same rounded values, so that what one loses the other gains to the last bit of double precision.
pub(super) type Small = [[f32; SIDE]; SIDE];

/// Which links conduct: 1 or 0 for every face of a tile's cells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Links {
    /// `[y][face]`: face f lies between columns f − 1 and f.
    pub x: [[f32; SIDE + 1]; SIDE],
    /// `[face][x]`: face f lies between rows f − 1 and f.
    pub y: [[f32; SIDE]; SIDE + 1],
}

impl Links {
    pub(super) fn whole() -> Self {
        Self { x: [[1.0; SIDE + 1]; SIDE], y: [[1.0; SIDE]; SIDE + 1] }
    }
}

/// Factors of one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors {
    /// Step over the square of the cell's width and height, s/m².
    pub x: f64,
    pub y: f64,
    /// The same through the thickness.
    pub z: f64,
    /// Step over the depth that a loss is spread over, s/m.
    pub loss: f64,
}

/// Conductivity integrals of a tile and of those west, east, south and north of it; where one is missing nothing conducts.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The tile's own.
    pub own: &'a Small,
    /// West, east, south, north.
    pub beside: [Option<&'a Small>; 4],
}

impl Around<'_> {
    /// A row of the tile with one cell more at either end.
    fn row(&self, y: usize) -> [f32; SIDE + 2] {
        let own = &self.own[y];
        let mut out = [0.0; SIDE + 2];
        out[1..=SIDE].copy_from_slice(own);
        out[0] = self.beside[0].map_or(own[0], |tile| tile[y][SIDE - 1]);
        out[SIDE + 1] = self.beside[1].map_or(own[SIDE - 1], |tile| tile[y][0]);
        out
    }

    /// The rows below and above a row of the tile.
    fn rows(&self, y: usize) -> [&[f32; SIDE]; 2] {
        let last = SIDE - 1;
        let south = if y > 0 { &self.own[y - 1] } else { self.beside[2].map_or(&self.own[0], |tile| &tile[last]) };
        let north = if y < last { &self.own[y + 1] } else { self.beside[3].map_or(&self.own[last], |tile| &tile[0]) };
        [south, north]
    }
}

/// What a tile holds after the step.
pub(super) struct Held<'a> {
    /// Heat content above ambient, J/m³.
    pub h: &'a mut Cells,
    /// Highest heat content so far, J/m³.
    pub peak: &'a mut Small,
    /// Conductivity integral, W/m; only written.
    pub theta: &'a mut Small,
}

/// Advances one layer of a tile, with the layers above and below it; returns what it lost to the air, summed over its cells, J/m³.
#[allow(clippy::needless_range_loop)] // several arrays are walked side by side; fixed lengths let this vectorise
pub(super) fn update<T: Curve, L: Curve>(
    around: Around<'_>,
    links: Option<&Links>,
    beside: [Option<&Small>; 2],
    factors: Factors,
    (theta, loss): (&T, &L),
    held: &mut Held<'_>,
) -> f64 {
    let mut lost = [0.0; SIDE];
    for y in 0..SIDE {
        let (here, [south, north]) = (around.row(y), around.rows(y));
        let (h, peak, out) = (&mut held.h[y], &mut held.peak[y], &mut held.theta[y]);
        let mut gain = [0.0; SIDE];
        match links {
            None => {
                for x in 0..SIDE {
                    let c = f64::from(here[x + 1]);
                    let we = (f64::from(here[x]) - c) + (f64::from(here[x + 2]) - c);
                    let sn = (f64::from(south[x]) - c) + (f64::from(north[x]) - c);
                    gain[x] = factors.x * we + factors.y * sn;
                }
            }
            Some(links) => {
                let (faces, below, above) = (&links.x[y], &links.y[y], &links.y[y + 1]);
                for x in 0..SIDE {
                    let c = f64::from(here[x + 1]);
                    let across = |link: f32, other: f32| f64::from(link) * (f64::from(other) - c);
                    let we = across(faces[x], here[x]) + across(faces[x + 1], here[x + 2]);
                    let sn = across(below[x], south[x]) + across(above[x], north[x]);
                    gain[x] = factors.x * we + factors.y * sn;
                }
            }
        }
        for other in beside.into_iter().flatten() {
            for x in 0..SIDE {
                gain[x] += factors.z * (f64::from(other[y][x]) - f64::from(here[x + 1]));
            }
        }
        if !L::ZERO {
            let mut away = [0.0; SIDE];
            loss.all_at(h, &mut away);
            for x in 0..SIDE {
                let away = factors.loss * away[x];
                lost[x] += away;
                gain[x] -= away;
            }
        }
        for x in 0..SIDE {
            h[x] += gain[x];
            let now = h[x] as f32;
            peak[x] = if now > peak[x] { now } else { peak[x] };
        }
        let mut after = [0.0; SIDE];
        theta.all_at(h, &mut after);
        for x in 0..SIDE {
            out[x] = after[x] as f32;
        }
    }
    lost.iter().sum()
}
