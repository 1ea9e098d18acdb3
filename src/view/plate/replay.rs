//! The plate's temperature at any instant: strokes put to a cold plate again, from the nearest snapshot.
//!
//! In: the strokes of the run, an instant. Out: temperatures that equal the run's own bit for bit. Two replicas: the scout goes ahead of
//! what is watched and leaves snapshots, the other is where the playhead is.
//!
//! A snapshot is taken whenever [`SNAPSHOT_WORK_S`] of work has passed since the last, and every second one is given up when they come to
//! more than [`MOST_BYTES`]: from then on they are twice as far apart. So any instant is at most that much work away from a snapshot for
//! as long as they fit, and the memory is bounded for any job.

use std::time::Instant;

use crate::plate::heat::{Heat, Params};
use crate::twin::stroke::{Burner, Stroke};

/// Work between snapshots at first, s.
const SNAPSHOT_WORK_S: f64 = 0.2;
/// Memory of all snapshots together, bytes.
const MOST_BYTES: usize = 200 << 20;
/// Memory of a tile of the plate with all that the heat room keeps of it (32 × 32 cells: heat, peak and two conductivity integrals a
/// layer in double precision, links and cooling times), bytes.
const LAYER_BYTES: usize = 32 * 32 * 8 * 4;
const TILE_BYTES: usize = 32 * 32 * 4 * 4;
/// Side of such a tile, cells.
const TILE_CELLS: usize = 32;

/// A plate after so many strokes.
#[derive(Clone)]
struct At {
    strokes: usize,
    heat: Heat,
}

impl At {
    fn bytes(&self) -> usize {
        let [nx, ny] = [self.heat.nx(), self.heat.ny()];
        let across = nx.div_ceil(TILE_CELLS);
        let mut touched = vec![false; across * ny.div_ceil(TILE_CELLS)];
        let peak = self.heat.peak_map_c();
        let cold = peak.iter().copied().fold(f32::INFINITY, f32::min);
        for (k, &c) in peak.iter().enumerate() {
            if c > cold {
                touched[k / nx / TILE_CELLS * across + k % nx / TILE_CELLS] = true;
            }
        }
        touched.iter().filter(|touched| **touched).count() * (LAYER_BYTES * self.heat.layers() + TILE_BYTES)
    }
}

/// Replicas, snapshots and the strokes known so far.
pub struct Replay {
    burner: Burner,
    strokes: Vec<(f64, Stroke)>,
    cold: At,
    scout: At,
    here: At,
    snapshots: Vec<(At, usize)>,
    work_s: f64,
    since_snapshot_s: f64,
}

impl Replay {
    /// A cold plate.
    pub fn new(params: &Params, burner: Burner) -> Self {
        let cold = At { strokes: 0, heat: Heat::new(params) };
        Self {
            burner,
            strokes: Vec::new(),
            scout: cold.clone(),
            here: cold.clone(),
            cold,
            snapshots: Vec::new(),
            work_s: SNAPSHOT_WORK_S,
            since_snapshot_s: 0.0,
        }
    }

    /// More strokes, each with the time at its end, s.
    pub fn add(&mut self, strokes: &[(f64, Stroke)]) {
        self.strokes.extend_from_slice(strokes);
    }

    /// Strokes that have ended at an instant.
    fn ended_at(&self, time_s: f64) -> usize {
        self.strokes.partition_point(|(end_s, _)| *end_s <= time_s + 1e-9)
    }

    /// Whether the plate stands at an instant.
    pub fn is_at(&self, time_s: f64) -> bool {
        self.here.strokes == self.ended_at(time_s)
    }

    /// Goes towards an instant for about `work_s` of work; true when it is there.
    pub fn go_to(&mut self, time_s: f64, work_s: f64) -> bool {
        let wanted = self.ended_at(time_s);
        let usable = |at: &&At| at.strokes <= wanted;
        let known = self.snapshots.iter().map(|(at, _)| at).chain([&self.cold, &self.scout]);
        if let Some(best) = known.filter(usable).max_by_key(|at| at.strokes)
            && (self.here.strokes > wanted || best.strokes > self.here.strokes)
        {
            self.here = best.clone();
        }
        let begin = Instant::now();
        while self.here.strokes < wanted {
            self.burner.apply(&self.strokes[self.here.strokes].1, &mut self.here.heat);
            self.here.strokes += 1;
            if begin.elapsed().as_secs_f64() > work_s {
                return self.here.strokes == wanted;
            }
        }
        true
    }

    /// Lets the scout work for about `work_s`; true when it has nothing left to do.
    pub fn scout(&mut self, work_s: f64) -> bool {
        let begin = Instant::now();
        while let Some((_, stroke)) = self.strokes.get(self.scout.strokes) {
            self.burner.apply(stroke, &mut self.scout.heat);
            self.scout.strokes += 1;
            let worked = begin.elapsed().as_secs_f64();
            if worked > work_s {
                self.since_snapshot_s += worked;
                if self.since_snapshot_s > self.work_s {
                    self.since_snapshot_s = 0.0;
                    self.keep();
                }
                return false;
            }
        }
        self.since_snapshot_s += begin.elapsed().as_secs_f64();
        true
    }

    /// Keeps the scout's plate, and gives up every second snapshot if they are too many.
    fn keep(&mut self) {
        let bytes = self.scout.bytes();
        self.snapshots.push((self.scout.clone(), bytes));
        if self.bytes() > MOST_BYTES {
            let mut number = 0;
            self.snapshots.retain(|_| {
                number += 1;
                number % 2 == 0
            });
            self.work_s *= 2.0;
        }
    }

    /// Memory of the snapshots, bytes.
    pub fn bytes(&self) -> usize {
        self.snapshots.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Number of snapshots.
    pub fn snapshots(&self) -> usize {
        self.snapshots.len()
    }

    /// The plate as it stands.
    pub fn heat(&self) -> &Heat {
        &self.here.heat
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job;
    use crate::scene;
    use crate::twin::film::{Film, Shot};
    use crate::twin::record::Record;
    use crate::twin::{self, EngineKind};
    use std::cell::RefCell;
    use std::path::Path;

    fn run(until_s: f64) -> (scene::model::Scene, Film, Record) {
        let scene = scene::load_with(Path::new("scenes/square_100.toml"), None, None).unwrap();
        let (program, _) = job::program(&scene);
        let film = RefCell::new(Film::default());
        let watch = |shot: Shot| {
            film.borrow_mut().keep(shot);
            true
        };
        let options = twin::Options {
            engine: EngineKind::Reduced,
            fast_forward: true,
            strides: true,
            until_s: Some(until_s),
            clock: &|| 0.0,
            progress: &|_, _, _| {},
            watch: Some(&watch),
        };
        let record = twin::run(&scene, &program, &options).unwrap().record;
        (scene, film.into_inner(), record)
    }

    #[test]
    fn replayed_strokes_give_the_run_s_own_temperatures_bit_for_bit() {
        let (scene, film, record) = run(22.0);
        let mut replay = Replay::new(&scene.plate.heat, Burner::of(&scene.torch.params.setting));
        replay.add(&film.strokes);
        assert!(replay.go_to(f64::INFINITY, f64::INFINITY));
        assert!(record.maps.temperature_c.iter().any(|c| *c > 600.0));
        assert!(replay.heat().temperature_map_c() == record.maps.temperature_c);
        // Back and forward again, by way of snapshots.
        replay.work_s = 0.0;
        while !replay.scout(1e-4) {}
        assert!(replay.snapshots() > 3);
        assert!(replay.go_to(12.0, f64::INFINITY));
        assert!(replay.heat().temperature_map_c() != record.maps.temperature_c);
        assert!(replay.go_to(f64::INFINITY, f64::INFINITY));
        assert!(replay.heat().temperature_map_c() == record.maps.temperature_c);
    }
}
