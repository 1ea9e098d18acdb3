//! Where the kerf's edge is and when each place was cut, as a map over the plate.
//!
//! In: the tip's way with its kerf width, in order of time. Out: tiles of texels that changed. A texel holds the distance of its centre
//! to the nearest edge and the instant at which the kerf came over it (beside the kerf: at which the kerf passed nearest to it), so that
//! a picture of any instant needs only another `now`.
//!
//! Memory: 5 bytes a texel, here and on the graphics card, only for tiles that a cut has touched. A 2.4 × 1.2 m plate has texels of 0.39 mm,
//! 6144 × 3072 of them, which would be 94 MB; an hour's job at 8 mm/s (29 m of kerf) touches about 2000 tiles, 44 MB.

/// Texels along the side of a tile.
pub const TILE: usize = 64;
/// Those that a tile keeps: its own and one row of its neighbours' all round, so that a sampler finds all it needs in one tile.
pub const SIDE: usize = TILE + 2;
/// Tiles that can exist: what a number of 16 bits tells apart.
const MOST_TILES: usize = u16::MAX as usize - 1;
/// Distances are kept to this far from the edge on either side, m; beyond it is all the same.
pub const REACH_M: f64 = 2e-3;

/// Wanted number of texels along the plate's longer side.
const WANTED: f64 = 6144.0;
/// Most of them.
const MOST: f64 = 8192.0;
/// Smallest and largest wanted side of a texel, m.
const FINEST_M: f64 = 0.15e-3;
const COARSEST_M: f64 = 0.5e-3;

/// A texel that no cut has come near: time 0 says never.
const NEVER: f32 = 0.0;

/// One square of texels, [`SIDE`] by [`SIDE`], row by row from its low corner, X fastest.
pub struct Tile {
    /// Distance to the kerf's edge, m, as [`encode`] has it.
    pub distance: [u8; SIDE * SIDE],
    /// When it was cut, s; 0: never.
    pub cut_at_s: [f32; SIDE * SIDE],
    slot: u16,
}

/// A tile that has changed.
pub struct Changed<'a> {
    /// Its place in the map, tiles in X and Y.
    pub place: [usize; 2],
    /// Which one it was of those that came to be, from 0.
    pub slot: usize,
    /// What it holds.
    pub tile: &'a Tile,
}

/// The map.
pub struct KerfMap {
    /// Low corner of the plate, machine coordinates, m.
    pub corner_m: [f64; 2],
    /// Side of a texel, m.
    pub texel_m: f64,
    /// Tiles in X and Y.
    pub tiles: [usize; 2],
    storage: Vec<Option<Box<Tile>>>,
    used: usize,
    dirty: Vec<bool>,
    changed: Vec<usize>,
}

/// The tip between two instants.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// Where it was, machine coordinates, m.
    pub from: [f64; 2],
    /// Where it came to.
    pub to: [f64; 2],
    /// Half the kerf's width at either end, m.
    pub radius_m: [f64; 2],
    /// When, s.
    pub time_s: [f64; 2],
}

/// A signed distance (negative inside the kerf) as a byte: 255 deep inside, 0 far outside, so that an empty texture is an uncut plate.
pub fn encode(distance_m: f64) -> u8 {
    ((0.5 - 0.5 * distance_m / REACH_M).clamp(0.0, 1.0) * 255.0).round() as u8
}

/// What [`encode`] was given, m.
pub fn decode(byte: u8) -> f64 {
    (1.0 - 2.0 * f64::from(byte) / 255.0) * REACH_M
}

impl KerfMap {
    /// Of an uncut plate.
    pub fn new(corner_m: [f64; 2], size_m: [f64; 2]) -> Self {
        let longest = size_m[0].max(size_m[1]).max(1e-3);
        let texel_m = (longest / WANTED).clamp(FINEST_M, COARSEST_M).max(longest / MOST);
        let tiles = size_m.map(|side| ((side / texel_m / TILE as f64).ceil() as usize).max(1));
        let count = tiles[0] * tiles[1];
        Self {
            corner_m,
            texel_m,
            tiles,
            storage: std::iter::repeat_with(|| None).take(count).collect(),
            used: 0,
            dirty: vec![false; count],
            changed: Vec::new(),
        }
    }

    /// Texels in X and Y.
    pub fn texels(&self) -> [usize; 2] {
        self.tiles.map(|n| n * TILE)
    }

    /// Tiles that exist.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Nothing has changed since the tiles were last taken.
    pub fn is_clean(&self) -> bool {
        self.changed.is_empty()
    }

    /// Takes up to `most` tiles that have changed, those that changed first first.
    pub fn take_changed(&mut self, most: usize) -> impl Iterator<Item = Changed<'_>> {
        let taken: Vec<usize> = self.changed.drain(..most.min(self.changed.len())).collect();
        for &index in &taken {
            self.dirty[index] = false;
        }
        let (across, storage) = (self.tiles[0], &self.storage);
        taken.into_iter().filter_map(move |k| {
            let tile = storage[k].as_deref()?;
            Some(Changed { place: [k % across, k / across], slot: usize::from(tile.slot), tile })
        })
    }

    /// Lays the kerf along a stretch of the tip's way; says how many texels were looked at.
    pub fn sweep(&mut self, sweep: &Sweep) -> usize {
        let reach = sweep.radius_m[0].max(sweep.radius_m[1]) + REACH_M;
        // Texels whose centres are within reach, one more than the map has on either side.
        let range = |axis: usize| {
            let place = |m: f64| (m - self.corner_m[axis]) / self.texel_m - 0.5;
            let low = place(sweep.from[axis].min(sweep.to[axis]) - reach).ceil().max(-1.0);
            let high = place(sweep.from[axis].max(sweep.to[axis]) + reach).floor().min((self.tiles[axis] * TILE) as f64);
            // Counted from the first tile's outermost row.
            ((low + 1.0) as usize)..((high + 2.0).max(0.0) as usize)
        };
        let (columns, rows) = (range(0), range(1));
        let mut looked_at = 0;
        for ty in tiles_of(&rows, self.tiles[1]) {
            for tx in tiles_of(&columns, self.tiles[0]) {
                let part = |all: &std::ops::Range<usize>, t: usize| {
                    all.start.max(t * TILE) - t * TILE..all.end.min(t * TILE + SIDE).saturating_sub(t * TILE)
                };
                let (xs, ys) = (part(&columns, tx), part(&rows, ty));
                looked_at += xs.len() * ys.len();
                self.sweep_tile(sweep, [tx, ty], xs, ys);
            }
        }
        looked_at
    }

    fn sweep_tile(&mut self, sweep: &Sweep, tile: [usize; 2], xs: std::ops::Range<usize>, ys: std::ops::Range<usize>) {
        let index = tile[1] * self.tiles[0] + tile[0];
        let (corner, texel_m) = (self.corner_m, self.texel_m);
        let centre = |axis: usize, k: usize| corner[axis] + ((tile[axis] * TILE + k) as f64 - 0.5) * texel_m;
        let line = Line::of(sweep);
        let mut changed = false;
        let storage = &mut self.storage[index];
        for y in ys {
            for x in xs.clone() {
                let (distance_m, time_s) = line.pass([centre(0, x), centre(1, y)]);
                if distance_m >= REACH_M {
                    continue;
                }
                if storage.is_none() {
                    if self.used == MOST_TILES {
                        return;
                    }
                    let slot = self.used as u16;
                    self.used += 1;
                    *storage = Some(Box::new(Tile { distance: [0; SIDE * SIDE], cut_at_s: [NEVER; SIDE * SIDE], slot }));
                }
                if let Some(texels) = storage {
                    changed |= texels.lay(y * SIDE + x, distance_m, time_s as f32);
                }
            }
        }
        if changed && !std::mem::replace(&mut self.dirty[index], true) {
            self.changed.push(index);
        }
    }

    /// Distance to the kerf's edge, m, and when it was cut, s, of the texel at a place; none outside the map or far from any cut.
    pub fn at(&self, place: [f64; 2]) -> Option<(f64, f32)> {
        let [x, y] = [0, 1].map(|axis| ((place[axis] - self.corner_m[axis]) / self.texel_m).floor());
        let [w, h] = self.texels();
        if !(x >= 0.0 && y >= 0.0 && x < w as f64 && y < h as f64) {
            return None;
        }
        let (x, y) = (x as usize, y as usize);
        let tile = self.storage[y / TILE * self.tiles[0] + x / TILE].as_ref()?;
        let k = (y % TILE + 1) * SIDE + x % TILE + 1;
        (tile.cut_at_s[k] != NEVER).then(|| (decode(tile.distance[k]), tile.cut_at_s[k]))
    }
}

/// Tiles that keep any of these texels.
fn tiles_of(texels: &std::ops::Range<usize>, tiles: usize) -> std::ops::Range<usize> {
    if texels.is_empty() { 0..0 } else { texels.start.saturating_sub(2) / TILE..((texels.end - 1) / TILE + 1).min(tiles) }
}

impl Tile {
    /// A kerf passes a texel. The first kerf over a place cuts it; of kerfs that pass beside it the nearest counts.
    fn lay(&mut self, k: usize, distance_m: f64, time_s: f32) -> bool {
        let (byte, inside) = (encode(distance_m), distance_m < 0.0);
        let known = self.cut_at_s[k] != NEVER;
        let was_inside = known && decode(self.distance[k]) < 0.0;
        let nearer = !known || byte > self.distance[k];
        if nearer {
            self.distance[k] = byte;
        }
        let earlier = !known || if was_inside { inside && time_s < self.cut_at_s[k] } else { inside || nearer };
        if earlier {
            // The first instant of a run is not "never".
            self.cut_at_s[k] = time_s.max(1e-6);
        }
        nearer || earlier
    }
}

/// A sweep with what every texel needs of it.
struct Line {
    from: [f64; 2],
    along: [f64; 2],
    length_m: f64,
    radius_m: [f64; 2],
    time_s: [f64; 2],
}

impl Line {
    fn of(sweep: &Sweep) -> Self {
        let way = [sweep.to[0] - sweep.from[0], sweep.to[1] - sweep.from[1]];
        let length_m = way[0].hypot(way[1]);
        let along = if length_m > 1e-9 { way.map(|w| w / length_m) } else { [1.0, 0.0] };
        Self { from: sweep.from, along, length_m, radius_m: sweep.radius_m, time_s: sweep.time_s }
    }

    /// How near the kerf comes to a place, m (negative: over it), and when it first is over it, or nearest to it, s.
    fn pass(&self, place: [f64; 2]) -> (f64, f64) {
        let off = [place[0] - self.from[0], place[1] - self.from[1]];
        let along = off[0] * self.along[0] + off[1] * self.along[1];
        let across2 = (off[0] * off[0] + off[1] * off[1] - along * along).max(0.0);
        let share = |s: f64| if self.length_m > 1e-9 { (s / self.length_m).clamp(0.0, 1.0) } else { 1.0 };
        let radius = |share: f64| self.radius_m[0] + (self.radius_m[1] - self.radius_m[0]) * share;
        let nearest = share(along);
        let beyond = along - nearest * self.length_m;
        let centre_m = (across2 + beyond * beyond).sqrt();
        let distance_m = centre_m - radius(nearest);
        let reached = if distance_m >= 0.0 {
            nearest
        } else if self.length_m > 1e-9 {
            // The disc's rim comes over the place this far before its centre is abeam.
            share(along - (radius(nearest).powi(2) - across2).max(0.0).sqrt())
        } else {
            let grown = self.radius_m[1] - self.radius_m[0];
            if grown > 0.0 { ((centre_m - self.radius_m[0]) / grown).clamp(0.0, 1.0) } else { 0.0 }
        };
        (distance_m, self.time_s[0] + (self.time_s[1] - self.time_s[0]) * reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RADIUS_M: f64 = 0.75e-3;
    const SPEED_M_PER_S: f64 = 8e-3;

    fn straight(map: &mut KerfMap, from: [f64; 2], to: [f64; 2], begin_s: f64) {
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let steps = (length / (SPEED_M_PER_S * 0.02)).ceil();
        let at = |k: f64| [0, 1].map(|i| from[i] + (to[i] - from[i]) * k / steps);
        let time = |k: f64| begin_s + length / SPEED_M_PER_S * k / steps;
        for k in 0..steps as u32 {
            let k = f64::from(k);
            map.sweep(&Sweep { from: at(k), to: at(k + 1.0), radius_m: [RADIUS_M; 2], time_s: [time(k), time(k + 1.0)] });
        }
    }

    /// Distance between texels, as a sampler makes it of the four around a place.
    fn between(map: &KerfMap, place: [f64; 2]) -> f64 {
        let c = [0, 1].map(|i| (place[i] - map.corner_m[i]) / map.texel_m - 0.5);
        let (low, share) = (c.map(f64::floor), c.map(|c| c - c.floor()));
        let at = |dx: f64, dy: f64| {
            let centre = [(low[0] + dx, 0), (low[1] + dy, 1)].map(|(k, i)| map.corner_m[i] + (k + 0.5) * map.texel_m);
            map.at(centre).map_or(REACH_M, |(d, _)| d)
        };
        let row = |dy: f64| at(0.0, dy) * (1.0 - share[0]) + at(1.0, dy) * share[0];
        row(0.0) * (1.0 - share[1]) + row(1.0) * share[1]
    }

    #[test]
    fn the_edges_of_a_straight_kerf_are_where_they_should_be() {
        // A big plate: its texels are the coarsest of those in use.
        let mut map = KerfMap::new([0.1, -0.2], [2.4, 1.2]);
        assert!(map.texel_m < 0.5e-3 && map.texels()[0] <= 8192);
        let (from, to) = ([0.5013, 0.3007], [0.6013, 0.3407]);
        straight(&mut map, from, to, 2.0);
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let (u, n) = ([0.1 / length, 0.04 / length], [-0.04 / length, 0.1 / length]);
        for step in 0..200 {
            let s = length * f64::from(step) / 200.0;
            for side in [-1.0, 1.0] {
                // Where the sampled distance changes sign.
                let place = |r: f64| [0, 1].map(|i| from[i] + u[i] * s + n[i] * side * r);
                let (mut low, mut high) = (0.0, 1.5e-3);
                for _ in 0..30 {
                    let middle = 0.5 * (low + high);
                    if between(&map, place(middle)) < 0.0 { low = middle } else { high = middle }
                }
                assert!((low - RADIUS_M).abs() < 0.05e-3, "edge {side} at {s}: {low}");
            }
        }
    }

    #[test]
    fn the_area_is_that_of_a_capsule() {
        let mut map = KerfMap::new([0.0; 2], [0.18, 0.18]);
        straight(&mut map, [0.03, 0.04], [0.13, 0.11], 0.5);
        let fine = map.texel_m / 3.0;
        let n = (0.18 / fine) as usize;
        let mut cut = 0;
        for y in 0..n {
            for x in 0..n {
                cut += usize::from(between(&map, [(x as f64 + 0.5) * fine, (y as f64 + 0.5) * fine]) < 0.0);
            }
        }
        let area = cut as f64 * fine * fine;
        let exact = 2.0 * RADIUS_M * 0.1f64.hypot(0.07) + std::f64::consts::PI * RADIUS_M * RADIUS_M;
        assert!((area / exact - 1.0).abs() < 0.01, "{area} {exact}");
    }

    #[test]
    fn a_place_on_the_line_is_cut_when_the_front_reaches_it_and_only_once() {
        let mut map = KerfMap::new([0.0; 2], [0.18, 0.18]);
        straight(&mut map, [0.03, 0.05], [0.13, 0.05], 3.0);
        let front_s = |x: f64, y: f64| 3.0 + (x - 0.03 - (RADIUS_M.powi(2) - y * y).sqrt()) / SPEED_M_PER_S;
        let check = |map: &KerfMap| {
            for k in 5..95 {
                for off in [0.0, 0.3e-3, -0.6e-3] {
                    let place = [0.03 + 1e-3 * f64::from(k), 0.05 + off];
                    let (_, time_s) = map.at(place).unwrap();
                    // The texel's own centre is what is timed.
                    let centre = place.map(|p| ((p / map.texel_m).floor() + 0.5) * map.texel_m);
                    let expected = front_s(centre[0], centre[1] - 0.05);
                    assert!((f64::from(time_s) - expected).abs() < 2e-3, "{place:?}: {time_s} {expected}");
                }
            }
        };
        check(&map);
        // A second pass, across and along, cuts nothing that is gone already.
        straight(&mut map, [0.03, 0.05], [0.13, 0.05], 100.0);
        straight(&mut map, [0.08, 0.02], [0.08, 0.08], 200.0);
        check(&map);
        // But what the first only passed beside is cut by the second.
        let (_, time_s) = map.at([0.08, 0.0515]).unwrap();
        assert!(time_s > 200.0);
    }

    #[test]
    fn a_pierce_grows_from_its_middle() {
        let mut map = KerfMap::new([0.0; 2], [0.18, 0.18]);
        map.sweep(&Sweep { from: [0.09; 2], to: [0.09; 2], radius_m: [0.0, 2e-3], time_s: [10.0, 12.0] });
        for r in [0.5e-3, 1e-3, 1.5e-3] {
            let (_, time_s) = map.at([0.09 + r, 0.09]).unwrap();
            assert!((f64::from(time_s) - (10.0 + 1e3 * r)).abs() < 0.15, "{r}: {time_s}");
        }
    }

    #[test]
    fn changed_tiles_are_handed_out_once_and_in_portions() {
        let mut map = KerfMap::new([0.0; 2], [0.18, 0.18]);
        straight(&mut map, [0.02, 0.05], [0.16, 0.05], 0.0);
        let touched = map.used();
        assert!(touched > 10);
        let slots: Vec<usize> = map.take_changed(3).map(|changed| changed.slot).collect();
        assert_eq!(slots, [0, 1, 2]);
        assert_eq!(map.take_changed(usize::MAX).count(), touched - 3);
        assert!(map.is_clean());
    }

    #[test]
    fn what_tiles_keep_of_their_neighbours_is_what_the_neighbours_have() {
        let mut map = KerfMap::new([0.0; 2], [0.18, 0.18]);
        straight(&mut map, [-0.001, 0.02], [0.17, 0.16], 0.0);
        straight(&mut map, [0.17, 0.02], [0.02, 0.15], 50.0);
        let (mut compared, tiles) = (0, map.tiles);
        let at = |t: [usize; 2], x: usize, y: usize| {
            let tile = map.storage[t[1] * tiles[0] + t[0]].as_ref();
            tile.map_or((0, NEVER), |tile| (tile.distance[y * SIDE + x], tile.cut_at_s[y * SIDE + x]))
        };
        for ty in 0..tiles[1] - 1 {
            for tx in 0..tiles[0] - 1 {
                for k in 0..SIDE {
                    for outer in [0, 1] {
                        // The last two columns and rows of one are the first two of the next.
                        let (here, right) = (at([tx, ty], TILE + outer, k), at([tx + 1, ty], outer, k));
                        let above = at([tx, ty + 1], k, outer);
                        assert_eq!(here, right, "{tx} {ty} {k}");
                        assert_eq!(at([tx, ty], k, TILE + outer), above, "{tx} {ty} {k}");
                        compared += usize::from(here.1 != NEVER);
                    }
                }
            }
        }
        assert!(compared > 50);
    }
}
