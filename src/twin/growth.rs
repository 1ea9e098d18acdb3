//! How much smaller a part is when cold than where it was cut: the machine draws in the coordinates of the table, on plate that has grown.
//!
//! In: the intended regions, the plate's temperature as each cut begins and ends. Out: [`Growth`], the growth of every ring. First order: a
//! part is taken to be as free to grow as if it were on its own, evenly, by the mean over its cells of the steel's elongation, half way between
//! the beginning and the end of the cut that made the ring. For a body that nothing holds that mean is exact, however uneven its temperature.

use crate::plate::geometry::{Point, Region, distance_to_segment_m, edges};
use crate::plate::heat::{Conduction, Heat};
use crate::twin::record::CutPoint;

/// Places along a cut that are looked at to see which ring it made.
const LOOKS: usize = 9;
/// A cut makes a ring where its path is no further from it than this share of the kerf, at half of these places or more.
const BESIDE_IN_KERFS: f64 = 1.0;

/// One intended part: which heat cells it covers, and what is known of its rings.
#[derive(Clone, Debug)]
struct Part {
    region: Region,
    bounds: [Point; 2],
    /// Cells, as (row, first column, column after the last).
    spans: Vec<[usize; 3]>,
    /// Growth and mean temperature, °C, as the ring was cut, the outline first; none: not cut.
    rings: Vec<Option<[f64; 2]>>,
}

/// The parts of a job and how warm they were when they were cut.
#[derive(Clone, Debug, Default)]
pub struct Growth {
    parts: Vec<Part>,
    /// Parts near which the present cut began, with growth and mean temperature there and then.
    begun: Vec<(usize, [f64; 2])>,
}

/// Cells of a grid whose centres lie in a region, as (row, first column, column after the last).
fn spans(region: &Region, corner: Point, cell: Point, cells: [usize; 2]) -> Vec<[usize; 3]> {
    let mut out = Vec::new();
    let [low, high] = region.bounds_m();
    let row = |y: f64| ((y - corner[1]) / cell[1]).floor().clamp(0.0, cells[1] as f64) as usize;
    for y in row(low[1])..(row(high[1]) + 1).min(cells[1]) {
        let at = corner[1] + (y as f64 + 0.5) * cell[1];
        let mut crossings: Vec<f64> = Vec::new();
        for (a, b) in region.rings().flat_map(edges) {
            if (a[1] > at) != (b[1] > at) {
                crossings.push(a[0] + (at - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let [from, to] =
                [pair[0], pair[1]].map(|x| ((x - corner[0]) / cell[0] + 0.5).floor().clamp(0.0, cells[0] as f64) as usize);
            if from < to {
                out.push([y, from, to]);
            }
        }
    }
    out
}

impl Growth {
    /// Of these regions on a plate.
    pub fn new(wanted: &[Region], corner: Point, heat: &Heat) -> Self {
        let of = |region: &Region| Part {
            bounds: region.bounds_m(),
            spans: spans(region, corner, heat.cell_m(), [heat.nx(), heat.ny()]),
            rings: vec![None; 1 + region.holes.len()],
            region: region.clone(),
        };
        Self { parts: wanted.iter().map(of).collect(), begun: Vec::new() }
    }

    /// Growth and mean temperature of a part now.
    fn state(&self, part: usize, heat: &Heat, law: Conduction) -> Option<[f64; 2]> {
        let spans = &self.parts[part].spans;
        Some([heat.mean_over(spans, |c| law.elongation(c))?, heat.mean_over(spans, |c| c)?])
    }

    /// Notes how warm the parts around a place are where a cut begins; `reach_m` is how far from its part a lead-in may begin.
    pub fn begin(&mut self, at: Point, reach_m: f64, heat: &Heat, law: Conduction) {
        let near = |part: &Part| (0..2).all(|i| at[i] > part.bounds[0][i] - reach_m && at[i] < part.bounds[1][i] + reach_m);
        let parts = (0..self.parts.len()).filter(|n| near(&self.parts[*n]));
        self.begun = parts.filter_map(|n| Some((n, self.state(n, heat, law)?))).collect();
    }

    /// Notes how warm the part is whose ring the cut has made.
    pub fn end(&mut self, points: &[CutPoint], heat: &Heat, law: Conduction) {
        let begun = std::mem::take(&mut self.begun);
        if points.len() < LOOKS {
            return;
        }
        let looks: Vec<&CutPoint> = (0..LOOKS).map(|k| &points[(points.len() - 1) * (k + 1) / (LOOKS + 1)]).collect();
        for (n, before) in begun {
            let beside = |ring: &[Point]| {
                let on = |p: &&CutPoint| {
                    let reach = BESIDE_IN_KERFS * p.kerf_m;
                    edges(ring).any(|(a, b)| distance_to_segment_m(p.tip_in_machine_m, a, b) <= reach)
                };
                2 * looks.iter().copied().filter(on).count() >= LOOKS
            };
            let Some(ring) = self.parts[n].region.rings().position(beside) else { continue };
            if let Some(after) = self.state(n, heat, law) {
                self.parts[n].rings[ring] = Some([0, 1].map(|i| 0.5 * (before[i] + after[i])));
            }
        }
    }

    /// Growth and mean temperature, °C, of the ring of an intended part as it was cut (0 is the outline, then its holes); none where no cut
    /// made it.
    pub fn of(&self, part: usize, ring: usize) -> Option<[f64; 2]> {
        self.parts.get(part)?.rings.get(ring).copied().flatten()
    }
}

/// A region as it is when cold, with the growth that each of its rings had as it was cut: everything goes back towards the centre of area,
/// where the part is taken to be held.
pub fn cooled(region: &Region, growth: &[f64]) -> Region {
    let centre = region.centroid_m();
    let shrunk = |ring: &[Point], growth: f64| {
        ring.iter().map(|p| [0, 1].map(|i| centre[i] + (p[i] - centre[i]) / (1.0 + growth))).collect()
    };
    let of = |ring: usize| growth.get(ring).copied().unwrap_or(0.0);
    Region {
        outer: shrunk(&region.outer, of(0)),
        holes: region.holes.iter().enumerate().map(|(n, hole)| shrunk(hole, of(n + 1))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::heat::{Loss, Params};

    fn plate(ambient_c: f64) -> Heat {
        Heat::new(&Params { ambient_c, ..Params::new([0.3, 0.2], 2e-3, 0.0127, Conduction::Steel, Loss::None) })
    }

    fn square() -> Region {
        let hole = vec![[0.10, 0.10], [0.10, 0.12], [0.12, 0.12], [0.12, 0.10]];
        Region { holes: vec![hole], ..Region::rectangle([0.05, 0.05], [0.15, 0.15]) }
    }

    /// A cut around a rectangle, half a kerf outside it.
    fn around(low: Point, high: Point) -> Vec<CutPoint> {
        let corners = [low, [high[0], low[1]], high, [low[0], high[1]], low];
        let point = |at: Point| CutPoint { tip_in_machine_m: at, kerf_m: 1.5e-3, ..CutPoint::default() };
        let side = |pair: &[Point]| {
            let [a, b] = [pair[0], pair[1]];
            (0..50).map(|k| point([0, 1].map(|i| a[i] + (b[i] - a[i]) * f64::from(k) / 50.0))).collect::<Vec<_>>()
        };
        corners.windows(2).flat_map(side).collect()
    }

    #[test]
    fn cells_are_those_whose_centres_are_inside() {
        let heat = plate(20.0);
        let found = spans(&square(), [0.0; 2], heat.cell_m(), [heat.nx(), heat.ny()]);
        let cells: usize = found.iter().map(|[_, from, to]| to - from).sum();
        assert_eq!(cells, 50 * 50 - 10 * 10);
        // Half of it over the plate's edge.
        let over = Region::rectangle([-0.05, 0.05], [0.05, 0.15]);
        let found = spans(&over, [0.0; 2], heat.cell_m(), [heat.nx(), heat.ny()]);
        assert_eq!(found.iter().map(|[_, from, to]| to - from).sum::<usize>(), 25 * 50);
    }

    /// A plate at 120 °C all over: 0.1256 % by EN 1993-1-2, whatever the part.
    #[test]
    fn a_part_of_a_warm_plate_is_smaller_when_cold() {
        let (heat, law) = (plate(120.0), Conduction::Steel);
        let mut growth = Growth::new(&[Region::rectangle([0.2, 0.05], [0.25, 0.1]), square()], [0.0; 2], &heat);
        let w = 0.75e-3;
        for (cut, start) in [
            (around([0.1 + w, 0.1 + w], [0.12 - w, 0.12 - w]), [0.11, 0.11]),
            (around([0.05 - w; 2], [0.15 + w; 2]), [0.03, 0.03]),
        ] {
            growth.begin(start, 0.03, &heat, law);
            growth.end(&cut, &heat, law);
        }
        let expected = 1.2e-5 * 120.0 + 0.4e-8 * 120.0 * 120.0 - 2.416e-4;
        for ring in 0..2 {
            let [found, c] = growth.of(1, ring).unwrap();
            assert!((found - expected).abs() < 1e-6 && (c - 120.0).abs() < 1e-3, "{found} {c}");
        }
        assert_eq!((growth.of(0, 0), growth.of(1, 2), growth.of(7, 0)), (None, None, None));
        let cold = cooled(&square(), &[expected; 2]);
        let size = cold.bounds_m();
        assert!((size[1][0] - size[0][0] - 0.1 / (1.0 + expected)).abs() < 1e-12);
        assert!((cold.area_m2() - square().area_m2() / (1.0 + expected).powi(2)).abs() < 1e-12);
        assert_eq!(cooled(&square(), &[]), square());
    }

    /// Uneven heat counts by its mean: a spot of E joules in a part of mass m grows it by about α E/(m c).
    #[test]
    fn a_spot_grows_the_part_by_its_share() {
        let (mut heat, law) = (plate(20.0), Conduction::Steel);
        let mut growth = Growth::new(&[Region::rectangle([0.05, 0.05], [0.15, 0.15])], [0.0; 2], &heat);
        growth.begin([0.03, 0.03], 0.03, &heat, law);
        heat.deposit_gaussian([0.1, 0.1], 20e-3, 20_000.0);
        growth.end(&around([0.04925; 2], [0.15075; 2]), &heat, law);
        let [found, _] = growth.of(0, 0).unwrap();
        // Half way between cold and warm; 12 µm/m and 440 J/(kg·K) near 20 °C, both a tenth more where the spot is warmer.
        let mass = 0.1 * 0.1 * 0.0127 * 7850.0;
        let expected = 0.5 * 12.16e-6 * 20_000.0 / (mass * 440.0);
        assert!((found / expected - 1.0).abs() < 0.05, "{found} {expected}");
    }
}
