//! The plate's temperature where the playhead is: a thread that replays it, [`PlateHeat`] for panels and a texture for the shader.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};

use super::replay::Replay;
use super::upload::{Patch, Source, Uploads, texture};
use super::{Maps, ramps};
use crate::plate::heat::{Heat, Params};
use crate::twin::stroke::{Burner, Stroke};
use crate::view::palette::half_bytes;
use crate::view::session::Session;
use crate::view::state::{PlateHeat, Playhead};

/// Work between two looks at what is asked, s.
const SLICE_S: f64 = 0.015;
/// Side of the squares of texture that are compared and written, texels.
const SQUARE: usize = 64;
/// Bytes of a texel: temperature and peak as half-precision floats.
const TEXEL_BYTES: usize = 4;

/// What the thread is asked.
enum Ask {
    Strokes(Vec<(f64, Stroke)>),
    Show(f64),
}

/// What it answers: temperature and peak of every cell, °C, and of which instant.
struct Answer {
    temperature_c: Vec<f32>,
    peak_c: Vec<f32>,
    time_s: f64,
}

/// The thread of the plate's temperature, and how far its answers are.
#[derive(Resource)]
pub struct HeatThread {
    generation: u64,
    ask: Sender<Ask>,
    answers: Receiver<Answer>,
    handed_over: usize,
    asked_s: f64,
    asked_strokes: usize,
    answered_s: f64,
    ambient_c: f32,
    texels: Vec<[u8; TEXEL_BYTES]>,
    stale: Vec<bool>,
    rests: Arc<AtomicBool>,
}

impl HeatThread {
    /// Begins for a plate.
    pub fn begin(params: &Params, burner: Burner, generation: u64) -> Self {
        let (ask, asked) = unbounded();
        let (answer, answers) = unbounded();
        let params = params.clone();
        let ambient_c = params.ambient_c as f32;
        let rests = Arc::new(AtomicBool::new(false));
        let says = rests.clone();
        std::thread::spawn(move || serve(Replay::new(&params, burner), &asked, &answer, &says));
        Self {
            generation,
            ask,
            answers,
            handed_over: 0,
            asked_s: f64::NAN,
            asked_strokes: 0,
            answered_s: f64::NAN,
            ambient_c,
            texels: Vec::new(),
            stale: Vec::new(),
            rests,
        }
    }

    /// It has nothing left to do: snapshots are there of all that has been handed over.
    pub fn rests(&self) -> bool {
        self.rests.load(Ordering::Relaxed)
    }

    /// Of which run it is.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether what is shown is that of the instant last asked for.
    pub fn is_current(&self, time_s: f64) -> bool {
        self.asked_s == time_s && self.answered_s == time_s && !self.stale.contains(&true)
    }
}

/// The thread's work: what is asked comes first, snapshots when nothing is.
fn serve(mut replay: Replay, asked: &Receiver<Ask>, answers: &Sender<Answer>, rests: &AtomicBool) {
    let mut wanted: Option<f64> = None;
    let mut idle = false;
    loop {
        let ask = if idle && wanted.is_none() {
            asked.recv_timeout(Duration::from_secs(3600)).map_err(|e| e.is_disconnected())
        } else {
            asked.try_recv().map_err(|e| e == TryRecvError::Disconnected)
        };
        match ask {
            Ok(Ask::Strokes(strokes)) => {
                replay.add(&strokes);
                idle = false;
                rests.store(false, Ordering::Relaxed);
                continue;
            }
            Ok(Ask::Show(time_s)) => {
                wanted = Some(time_s);
                continue;
            }
            // Nobody watches any more.
            Err(true) => return,
            Err(false) => {}
        }
        if let Some(time_s) = wanted {
            if replay.go_to(time_s, SLICE_S) {
                wanted = None;
                let heat = replay.heat();
                let answer = Answer { temperature_c: heat.temperature_map_c(), peak_c: heat.peak_map_c(), time_s };
                if answers.send(answer).is_err() {
                    return;
                }
            }
        } else {
            idle = replay.scout(SLICE_S);
            rests.store(idle, Ordering::Relaxed);
        }
    }
}

/// Hands over new strokes, asks for the playhead's instant and takes what has been answered.
pub fn follow(session: Res<Session>, playhead: Res<Playhead>, thread: Option<ResMut<HeatThread>>, mut shown: ResMut<PlateHeat>) {
    let Some(mut thread) = thread.filter(|thread| thread.generation == session.generation) else { return };
    let strokes = &session.film.strokes;
    if thread.handed_over < strokes.len() {
        // The thread ends only after this end of the channel.
        let _ = thread.ask.send(Ask::Strokes(strokes[thread.handed_over..].to_vec()));
        thread.handed_over = strokes.len();
    }
    let time_s = playhead.time_s;
    let ended = strokes.partition_point(|(end_s, _)| *end_s <= time_s + 1e-9);
    if thread.asked_s.is_nan() || ended != thread.asked_strokes {
        let _ = thread.ask.send(Ask::Show(time_s));
        (thread.asked_s, thread.asked_strokes) = (time_s, ended);
    } else if thread.answered_s == thread.asked_s {
        // No stroke has ended since: the same plate.
        (thread.asked_s, thread.answered_s) = (time_s, time_s);
        shown.bypass_change_detection().time_s = time_s;
    }
    if let Some(answer) = thread.answers.try_iter().last() {
        thread.answered_s = answer.time_s;
        shown.time_s = answer.time_s;
        (shown.temperature_c, shown.peak_c) = (answer.temperature_c, answer.peak_c);
        let thread = &mut *thread;
        compare(&shown, thread.ambient_c, &mut thread.texels, &mut thread.stale);
    }
}

/// Squares across and up.
fn squares(cells: [usize; 2]) -> [usize; 2] {
    cells.map(|n| n.div_ceil(SQUARE))
}

/// Notes which squares of the texture are no longer what is to be shown.
fn compare(shown: &PlateHeat, ambient_c: f32, texels: &mut Vec<[u8; TEXEL_BYTES]>, stale: &mut Vec<bool>) {
    let count = squares(shown.cells);
    texels.resize(shown.cells[0] * shown.cells[1], [0; TEXEL_BYTES]);
    stale.resize(count[0] * count[1], false);
    for (k, (texel, (now, peak))) in texels.iter_mut().zip(shown.temperature_c.iter().zip(&shown.peak_c)).enumerate() {
        let ([a, b], [c, d]) = (half_bytes((now - ambient_c).max(0.0)), half_bytes((peak - ambient_c).max(0.0)));
        let is = [a, b, c, d];
        if std::mem::replace(texel, is) != is {
            let (x, y) = (k % shown.cells[0], k / shown.cells[0]);
            stale[y / SQUARE * count[0] + x / SQUARE] = true;
        }
    }
}

/// Sends what is stale of the texture, as much as there is room for.
pub fn send(thread: Option<ResMut<HeatThread>>, maps: Option<Res<Maps>>, shown: Res<PlateHeat>, mut uploads: ResMut<Uploads>) {
    let (Some(mut thread), Some(maps)) = (thread, maps) else { return };
    if thread.generation != maps.generation {
        return;
    }
    let [nx, ny] = shown.cells;
    let across = squares(shown.cells)[0];
    let thread = &mut *thread;
    for k in 0..thread.stale.len() {
        if !thread.stale[k] || uploads.room() < SQUARE * SQUARE * TEXEL_BYTES {
            continue;
        }
        thread.stale[k] = false;
        let [x0, y0] = [k % across * SQUARE, k / across * SQUARE];
        let [x1, y1] = [(x0 + SQUARE).min(nx), (y0 + SQUARE).min(ny)];
        let data = (y0..y1).flat_map(|y| thread.texels[y * nx + x0..y * nx + x1].as_flattened()).copied().collect();
        let (origin, size) = ([x0 as u32, y0 as u32], [(x1 - x0) as u32, (y1 - y0) as u32]);
        uploads.push(Patch { image: maps.heat.id(), origin, size, from: Source::Bytes(data) });
    }
}

/// The texture of temperature and peak above ambient, K, that [`send`] writes into.
pub fn image(cells: [usize; 2]) -> Image {
    texture(cells, TextureFormat::Rg16Float, ramps::clamped())
}

/// Cells of a plate in X and Y.
pub fn cells(params: &Params) -> [usize; 2] {
    // Only the count is wanted: a plate of its own, cold and without storage.
    let heat = Heat::new(&Params { sleeping: true, held_edge_c: None, ..params.clone() });
    [heat.nx(), heat.ny()]
}

/// Begins the thread when a run has its scene.
pub fn begin(session: Res<Session>, thread: Option<Res<HeatThread>>, mut shown: ResMut<PlateHeat>, mut commands: Commands) {
    let Some(scene) = &session.scene else { return };
    if thread.is_some_and(|thread| thread.generation == session.generation) {
        return;
    }
    let params = &scene.plate.heat;
    let cells = cells(params);
    let cold = vec![params.ambient_c as f32; cells[0] * cells[1]];
    *shown = PlateHeat {
        cells,
        cell_m: [0, 1].map(|axis| params.size_m[axis] / cells[axis] as f64),
        corner_in_machine_m: params.origin_m,
        temperature_c: cold.clone(),
        peak_c: cold,
        time_s: 0.0,
    };
    commands.insert_resource(HeatThread::begin(params, Burner::of(&scene.torch.params.setting), session.generation));
}
