//! The app changes no number: the report is the same, byte for byte, without it and with it at any rate of frames.

use std::path::Path;
use std::time::{Duration, Instant};
use torchtwin::job;
use torchtwin::report;
use torchtwin::scene::{self, Changes};
use torchtwin::twin::record::EventKind;
use torchtwin::twin::{self, EngineKind};
use torchtwin::view::action::{Action, Actions, CameraPreset};
use torchtwin::view::picture::{Darkroom, Shot};
use torchtwin::view::session::{Request, Session, State};
use torchtwin::view::state::{Look, Playhead};
use torchtwin::view::toasts::Toasts;

/// The report of a run that nobody watches.
fn unwatched(path: &Path) -> String {
    let scene = scene::load(path, None).unwrap();
    let (program, _) = job::program(&scene);
    let options = twin::Options::on(EngineKind::Reduced);
    let record = twin::run(&scene, &program, &options).unwrap().record;
    report::json::to_text(&report::json::report(&scene, &record, &report::judge(&scene, &record)))
}

/// As small a picture as can be.
fn small() -> Shot {
    Shot {
        camera: CameraPreset::Overview,
        look_at: None,
        distance_m: None,
        from: [None; 2],
        legend: false,
        look: Look::default(),
        tab: None,
        help: false,
        size: [64, 64],
    }
}

/// The same in the app at `frames_per_s`, with somebody playing and jumping about.
fn watched(path: &Path, frames_per_s: f64) -> String {
    let request = Request { scene: path.to_path_buf(), changes: Changes::default(), engine: EngineKind::Reduced, until_s: None };
    let shot = small();
    let mut room = Darkroom::new(Some(Session::begin(request, 1)), &shot, Some(1)).unwrap();
    let mut frames = 0;
    loop {
        let begin = Instant::now();
        let mut actions = room.world().resource_mut::<Actions>();
        match frames % 20 {
            3 => actions.ask(Action::TogglePlay),
            7 => actions.ask(Action::Seek(f64::from(frames))),
            11 => actions.ask(Action::StepEvent(1)),
            _ => {}
        }
        room.update();
        frames += 1;
        let session = room.world().resource::<Session>();
        if session.state == State::Done {
            let (scene, record) = (session.scene.as_ref().unwrap(), session.record.as_ref().unwrap());
            return report::json::to_text(&report::json::report(scene, record, session.verdict.as_ref().unwrap()));
        }
        assert_ne!(session.state, State::Refused, "{:?}", session.findings);
        std::thread::sleep(Duration::from_secs_f64(1.0 / frames_per_s).saturating_sub(begin.elapsed()));
    }
}

#[test]
fn the_report_is_the_same_with_the_app_at_any_rate_of_frames() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml");
    let alone = unwatched(&path);
    for frames_per_s in [30.0, 144.0] {
        assert!(watched(&path, frames_per_s) == alone, "another report at {frames_per_s} frames a second");
    }
}

#[test]
fn playing_stops_where_the_torch_runs_into_a_part_and_goes_on_when_asked() {
    let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/low_travel.toml");
    let request = Request { scene, changes: Changes::default(), engine: EngineKind::Reduced, until_s: None };
    let mut session = Session::begin(request, 1);
    session.wait(&|_| ());
    let record = session.record.clone().unwrap();
    let hit = record.events.iter().find(|event| event.kind == EventKind::TipHitsPart).unwrap();
    let shot = small();
    let mut room = Darkroom::new(Some(session), &shot, Some(1)).unwrap();
    room.update_unseen();
    room.world().insert_resource(Playhead { time_s: hit.time_s - 2.0, playing: true, rate: 16.0 });
    for _ in 0..1000 {
        room.update_unseen();
        if !room.world().resource::<Playhead>().playing {
            break;
        }
    }
    assert_eq!(room.world().resource::<Playhead>().time_s, hit.time_s);
    let said = room.world().resource::<Toasts>().0.last().unwrap().clone();
    assert!(said.warning && said.text.contains(&hit.text), "{said:?}");
    room.world().resource_mut::<Playhead>().playing = true;
    for _ in 0..5 {
        std::thread::sleep(Duration::from_millis(10));
        room.update_unseen();
    }
    assert!(room.world().resource::<Playhead>().time_s > hit.time_s);
}
