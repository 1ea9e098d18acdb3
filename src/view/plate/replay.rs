//! The plate's temperature at any instant: strokes put to a cold plate again, from the nearest snapshot.
//!
//! In: the strokes of the run, an instant. Out: temperatures that equal the run's own bit for bit. Two replicas: the scout goes ahead of
//! what is watched and leaves snapshots, the other is where the playhead is.
//!
//! A snapshot is taken whenever [`SNAPSHOT_WORK_S`] of work has passed since the last, into a file without a name that goes with the
//! program. Every second one is given up when the file comes to [`MOST_BYTES`]: from then on they are twice as far apart. So any instant is
//! at most that much work away from a snapshot for as long as they fit, and what an hour's job needs is disk, not memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Instant;

use crate::plate::heat::{Heat, Params};
use crate::twin::stroke::{Burner, Stroke};

/// Work between snapshots at first, s.
const SNAPSHOT_WORK_S: f64 = 0.2;
/// All snapshots together, bytes.
const MOST_BYTES: u64 = 3 << 30;

/// A plate after so many strokes.
#[derive(Clone)]
struct At {
    strokes: usize,
    heat: Heat,
}

/// Where in the file a plate lies.
#[derive(Clone, Copy)]
struct Kept {
    strokes: usize,
    begin: u64,
    bytes: u64,
}

/// Plates in a file, in the order of strokes. Where no file can be written there are none, and going back begins with the cold plate.
struct Store {
    file: Option<File>,
    kept: Vec<Kept>,
    /// Places that have been given up.
    free: Vec<(u64, u64)>,
    end: u64,
    buffer: Vec<u8>,
}

impl Store {
    fn new() -> Self {
        Self { file: tempfile::tempfile().ok(), kept: Vec::new(), free: Vec::new(), end: 0, buffer: Vec::new() }
    }

    /// Keeps a plate; false: the file is full, and half of what was in it is gone.
    fn keep(&mut self, at: &At) -> bool {
        let Some(file) = &mut self.file else { return true };
        self.buffer.clear();
        at.heat.save(&mut self.buffer);
        let bytes = self.buffer.len() as u64;
        let hole = self.free.iter().position(|(_, room)| *room >= bytes);
        let begin = hole.map_or(self.end, |k| self.free.swap_remove(k).0);
        if file.seek(SeekFrom::Start(begin)).and_then(|_| file.write_all(&self.buffer)).is_err() {
            self.file = None;
            self.kept.clear();
            return true;
        }
        self.end = self.end.max(begin + bytes);
        self.kept.push(Kept { strokes: at.strokes, begin, bytes });
        if self.bytes() <= MOST_BYTES {
            return true;
        }
        let mut number = 0;
        let free = &mut self.free;
        self.kept.retain(|kept| {
            number += 1;
            if number % 2 != 0 {
                free.push((kept.begin, kept.bytes));
            }
            number % 2 == 0
        });
        false
    }

    /// The last kept plate with at most so many strokes: how many.
    fn last_before(&self, strokes: usize) -> Option<Kept> {
        let after = self.kept.partition_point(|kept| kept.strokes <= strokes);
        after.checked_sub(1).map(|k| self.kept[k])
    }

    /// Puts a kept plate back.
    fn load(&mut self, kept: Kept, into: &mut At) -> bool {
        let Some(file) = &mut self.file else { return false };
        self.buffer.resize(kept.bytes as usize, 0);
        let read = file.seek(SeekFrom::Start(kept.begin)).and_then(|_| file.read_exact(&mut self.buffer));
        if read.is_ok() && into.heat.load(&self.buffer) {
            into.strokes = kept.strokes;
            return true;
        }
        false
    }

    fn bytes(&self) -> u64 {
        self.kept.iter().map(|kept| kept.bytes).sum()
    }
}

/// Replicas, snapshots and the strokes known so far.
pub struct Replay {
    burner: Burner,
    strokes: Vec<(f64, Stroke)>,
    cold: At,
    scout: At,
    here: At,
    store: Store,
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
            store: Store::new(),
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
        // Going on from where it is, unless that is past it or a kept plate is nearer.
        let begin = if self.here.strokes > wanted { 0 } else { self.here.strokes };
        let kept = self.store.last_before(wanted).filter(|kept| kept.strokes > begin);
        if self.scout.strokes <= wanted && self.scout.strokes > kept.map_or(begin, |kept| kept.strokes) {
            self.here = self.scout.clone();
        } else if kept.is_none_or(|kept| !self.store.load(kept, &mut self.here)) && self.here.strokes > wanted {
            self.here = self.cold.clone();
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

    /// Keeps the scout's plate.
    fn keep(&mut self) {
        if !self.store.keep(&self.scout) {
            self.work_s *= 2.0;
        }
    }

    /// Size of the snapshots, bytes on disk.
    pub fn bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// Number of snapshots.
    pub fn snapshots(&self) -> usize {
        self.store.kept.len()
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
            strides: false,
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
