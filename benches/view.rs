//! What a frame of the app costs with an hour's job loaded, part by part, at 1280×720; what scrubbing costs; what memory the job takes.
//!
//! `cargo bench --features view --profile dev --bench view` prints a table; with ` -- 1` behind it, of a seventh of the job. Frames are drawn one after the other without waiting for a screen.

use std::path::PathBuf;
use std::time::Instant;

use bevy::diagnostic::DiagnosticsStore;
use bevy::prelude::World;
use torchtwin::scene::Changes;
use torchtwin::twin::EngineKind;
use torchtwin::view::action::{Action, Actions, CameraPreset};
use torchtwin::view::frame_times::PARTS;
use torchtwin::view::picture::{Darkroom, Shot};
use torchtwin::view::plate::PlateReady;
use torchtwin::view::plate::heat::HeatThread;
use torchtwin::view::session::{Request, Session, State};
use torchtwin::view::state::{Look, Playhead};
use torchtwin::view::ui::Tab;

/// Squares of 100 mm in columns, and rows of them: a little more than an hour.
const COLUMNS: usize = 8;
const ROWS: usize = 7;
/// Frames that are averaged.
const FRAMES: usize = 40;

/// Writes scene and program into a folder and says the scene.
fn job(rows: usize) -> PathBuf {
    let folder = std::env::temp_dir().join("torchtwin-hour");
    std::fs::create_dir_all(&folder).expect("a folder for the job");
    let mut program = String::from("G21 G90 G17\n");
    for k in 0..COLUMNS * rows {
        let (x, y) = ((k % COLUMNS) as f64 * 140.0, (k / COLUMNS) as f64 * 150.0);
        program += &format!("G0 Z15\nG0 X{} Y{}\nG0 Z5\nM3\nG4 P8.5\nM8\nG4 P2\n", x - 10.0, y + 50.0);
        for [dx, dy] in [[0.0, 50.0], [0.0, 100.0], [100.0, 100.0], [100.0, 0.0], [0.0, 0.0], [0.0, 52.0]] {
            program += &format!("G1 X{} Y{} F480\n", x + dx, y + dy);
        }
        program += "M9\nM5\n";
    }
    program += "G0 Z15\nM30\n";
    let machine = std::env::current_dir().expect("a working folder").join("scenes/machines/rack_4x4.toml");
    let scene = format!(
        "title = \"an hour of squares\"\nmachine = {machine:?}\n[plate]\nmaterial = \"S235\"\nthickness_mm = 12.7\nsize_mm = [1220.0, 1220.0]\n\
         corner_mm = [0.0, 0.0]\n[torch]\nprocess = \"oxy-acetylene\"\ntip = \"victor-1-101-1\"\nwords = \"m3-preheat-m8-oxygen\"\n[job]\n\
         program = \"hour.ngc\"\ndialect = \"linuxcnc\"\nwork_zero_mm = [40.0, 40.0, 0.0]\n[expect]\ncut_lost = 0\n"
    );
    std::fs::write(folder.join("hour.ngc"), program).expect("the program");
    std::fs::write(folder.join("hour.toml"), scene).expect("the scene");
    folder.join("hour.toml")
}

/// Memory of this process, MB.
fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

/// Forgets the frame times so far.
fn forget(world: &mut World) {
    let mut store = world.resource_mut::<DiagnosticsStore>();
    for path in PARTS {
        if let Some(times) = store.get_mut(&path) {
            times.clear_history();
        }
    }
}

fn main() {
    println!("{}", torchtwin::view::picture::adapter().expect("a driver that draws"));
    let rows = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(ROWS);
    let request = Request { scene: job(rows), changes: Changes::default(), engine: EngineKind::Reduced, until_s: None };
    let begin = Instant::now();
    let mut session = Session::begin(request, 1);
    session.wait(&|_| ());
    assert_eq!(session.state, State::Done, "{:?}", session.findings);
    let length_s = session.length_s();
    let (frames, strokes) = (session.film.frames.len(), session.film.strokes.len());
    println!(
        "{length_s:.0} s of machine time ran in {:.1} s; {frames} frames, {strokes} strokes, {:.0} MB",
        begin.elapsed().as_secs_f64(),
        memory_mb()
    );
    let shot = Shot {
        camera: CameraPreset::Overview,
        look_at: None,
        distance_m: None,
        from: [None; 2],
        legend: false,
        look: Look::default(),
        tab: Some(Tab::Verdict),
        help: false,
        size: [1280, 720],
    };
    let mut room = Darkroom::new(Some(session), &shot, Some(1)).expect("a driver that draws");
    let begin = Instant::now();
    room.take(10.0, &shot).expect("a first picture");
    println!("first picture {:.2} s, then {:.0} MB", begin.elapsed().as_secs_f64(), memory_mb());

    *room.world().resource_mut::<Playhead>() = Playhead { time_s: 600.0, playing: true, rate: 1.0 };
    // The first ones build pipelines.
    for frame in 0..FRAMES + 5 {
        if frame == 5 {
            forget(room.world());
        }
        room.update();
    }
    println!("\nplaying, 1280×720, mean of {FRAMES} frames:");
    let store = room.world().resource::<DiagnosticsStore>();
    for path in PARTS {
        let times = store.get(&path);
        let mean = times.and_then(|times| times.average()).unwrap_or(0.0);
        let most = times.map_or(0.0, |times| times.values().copied().fold(0.0, f64::max));
        println!("{:>10} {mean:>8.2} ms, at most {most:.2}", path.as_str());
    }

    // The app keeps snapshots while the run goes; here it has begun after it.
    let begin = Instant::now();
    while !room.world().resource::<HeatThread>().rests() {
        room.update_unseen();
    }
    println!("\nsnapshots of the whole job after another {:.1} s", begin.elapsed().as_secs_f64());

    // Anywhere, there and back: until the plate's temperature too is that of the instant. The world is not drawn meanwhile.
    room.world().resource_mut::<Playhead>().playing = false;
    let (mut worst_s, mut sum_s) = (0.0_f64, 0.0);
    let places: Vec<f64> = (1..=20).map(|k| length_s * (f64::from(k) * 0.381_966).fract()).collect();
    for time_s in &places {
        let begin = Instant::now();
        room.world().resource_mut::<Actions>().ask(Action::Seek(*time_s));
        room.update_unseen();
        while !room.world().resource::<PlateReady>().0 {
            room.update_unseen();
        }
        let took_s = begin.elapsed().as_secs_f64();
        (worst_s, sum_s) = (worst_s.max(took_s), sum_s + took_s);
    }
    println!(
        "scrub to {} instants: mean {:.2} s, worst {worst_s:.2} s; {:.0} MB",
        places.len(),
        sum_s / places.len() as f64,
        memory_mb()
    );
}
