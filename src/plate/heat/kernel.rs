//! One explicit step of one tile.
//!
//! In: conductivity integrals of a tile and the rows around it. Out: heat contents, peaks and conductivity integrals
//! after the step. May use: `law`.

use super::law::Curve;

/// Cells along the side of a tile.
pub(super) const SIDE: usize = 32;
/// One value per cell of a tile: `[y][x]`.
pub(super) type Cells = [[f64; SIDE]; SIDE];
/// The same with one more cell all around (corners unused).
pub(super) type Framed = [[f64; SIDE + 2]; SIDE + 2];

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

/// The tile's own values framed by what lies around it; where nothing conducts in, by its own edge.
pub(super) fn frame(
    own: &Cells,
    west: Option<&Cells>,
    east: Option<&Cells>,
    south: Option<&Cells>,
    north: Option<&Cells>,
) -> Framed {
    let mut out = [[0.0; SIDE + 2]; SIDE + 2];
    for (y, row) in own.iter().enumerate() {
        out[y + 1][1..=SIDE].copy_from_slice(row);
        out[y + 1][0] = west.map_or(row[0], |tile| tile[y][SIDE - 1]);
        out[y + 1][SIDE + 1] = east.map_or(row[SIDE - 1], |tile| tile[y][0]);
    }
    out[0][1..=SIDE].copy_from_slice(south.map_or(&own[0], |tile| &tile[SIDE - 1]));
    out[SIDE + 1][1..=SIDE].copy_from_slice(north.map_or(&own[SIDE - 1], |tile| &tile[0]));
    out
}

/// What a tile holds after the step.
pub(super) struct Held<'a> {
    /// Heat content above ambient, J/m³.
    pub h: &'a mut Cells,
    /// Highest heat content so far, J/m³.
    pub peak: &'a mut Cells,
    /// Conductivity integral, W/m; only written.
    pub theta: &'a mut Cells,
}

/// Advances one layer of a tile, with the layers above and below it; returns what it lost to the air, summed over its cells, J/m³.
#[allow(clippy::needless_range_loop, clippy::too_many_arguments)] // several arrays are walked side by side; fixed lengths let this vectorise
pub(super) fn update<T: Curve, L: Curve>(
    around: &Framed,
    links: Option<&Links>,
    beside: [Option<&Cells>; 2],
    factors: Factors,
    theta: &T,
    loss: &L,
    held: &mut Held<'_>,
) -> f64 {
    let mut lost = [0.0; SIDE];
    for y in 0..SIDE {
        let (south, here, north) = (&around[y], &around[y + 1], &around[y + 2]);
        let (h, peak, out) = (&mut held.h[y], &mut held.peak[y], &mut held.theta[y]);
        let mut gain = [0.0; SIDE];
        match links {
            None => {
                for x in 0..SIDE {
                    let c2 = 2.0 * here[x + 1];
                    gain[x] = factors.x * (here[x] + here[x + 2] - c2) + factors.y * (south[x + 1] + north[x + 1] - c2);
                }
            }
            Some(links) => {
                let (faces, below, above) = (&links.x[y], &links.y[y], &links.y[y + 1]);
                for x in 0..SIDE {
                    let c = here[x + 1];
                    let we = f64::from(faces[x]) * (here[x] - c) + f64::from(faces[x + 1]) * (here[x + 2] - c);
                    let sn = f64::from(below[x]) * (south[x + 1] - c) + f64::from(above[x]) * (north[x + 1] - c);
                    gain[x] = factors.x * we + factors.y * sn;
                }
            }
        }
        for other in beside.into_iter().flatten() {
            for x in 0..SIDE {
                gain[x] += factors.z * (other[y][x] - here[x + 1]);
            }
        }
        if !L::ZERO {
            for x in 0..SIDE {
                let away = factors.loss * loss.at(h[x]);
                lost[x] += away;
                gain[x] -= away;
            }
        }
        for x in 0..SIDE {
            h[x] += gain[x];
            peak[x] = if h[x] > peak[x] { h[x] } else { peak[x] };
        }
        for x in 0..SIDE {
            out[x] = theta.at(h[x]);
        }
    }
    lost.iter().sum()
}
