//! Pictures of every view and panel against the committed ones. `BLESS=1 cargo test --features view --test view` writes them anew; what
//! was drawn instead of a reference lies in the target folder, beside its name.

use crate::likeness::difference;
use std::path::{Path, PathBuf};
use torchtwin::scene::Changes;
use torchtwin::twin::EngineKind;
use torchtwin::view::action::CameraPreset;
use torchtwin::view::picture::{Darkroom, Shot};
use torchtwin::view::session::{Request, Session, State};
use torchtwin::view::state::{Look, PlateLook};
use torchtwin::view::ui::Tab;

/// Width and height of the references.
const SIZE: [u32; 2] = [640, 400];

/// Share of blocks that may differ from one driver to another.
const MAY_DIFFER: f64 = 0.02;

fn session(scene: &str, until_s: Option<f64>) -> Session {
    let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes").join(scene);
    let request = Request { scene, changes: Changes::default(), engine: EngineKind::Reduced, until_s };
    let mut session = Session::begin(request, 1);
    session.wait(&|_| ());
    assert_eq!(session.state, State::Done, "{:?}", session.findings);
    session
}

fn shot(camera: CameraPreset, tab: Option<Tab>) -> Shot {
    Shot {
        camera,
        look_at: None,
        distance_m: None,
        from: [None; 2],
        legend: false,
        look: Look::default(),
        tab,
        help: false,
        size: SIZE,
    }
}

/// The pictures of the square: name, instant, what.
fn square() -> Vec<(&'static str, f64, Shot)> {
    use CameraPreset::{Front, Kerf, Overview, Side, Top, Torch};
    let plate = |look: PlateLook, camera| Shot { look: Look { plate: look, ..Look::default() }, ..shot(camera, None) };
    let with = |look: Look, camera| Shot { look, ..shot(camera, None) };
    vec![
        ("overview", 40.0, shot(Overview, None)),
        ("side", 40.0, shot(Side, None)),
        ("front", 40.0, shot(Front, None)),
        ("top", 40.0, shot(Top, None)),
        ("torch", 40.0, shot(Torch, None)),
        ("kerf", 40.0, shot(Kerf, None)),
        ("pierce", 12.5, shot(Torch, None)),
        ("temperature", 40.0, plate(PlateLook::Temperature, Top)),
        ("peak", 40.0, plate(PlateLook::Peak, Top)),
        ("haz", 68.0, with(Look { haz: true, planned: true, ..Look::default() }, Top)),
        ("flex_x200", 40.0, with(Look { magnification: 200.0, ..Look::default() }, Overview)),
        ("part_free", 68.5, shot(Torch, None)),
        ("panel_verdict", 40.0, shot(Overview, Some(Tab::Verdict))),
        ("panel_error", 40.0, shot(Torch, Some(Tab::Ladder))),
        ("panel_motors", 40.0, shot(Top, Some(Tab::Motors))),
        ("panel_plots", 40.0, shot(Overview, Some(Tab::Plots))),
        ("panel_machine", 40.0, shot(Overview, Some(Tab::Machine))),
        ("light", 40.0, Shot { look: Look { light: true, ..Look::default() }, ..shot(Overview, Some(Tab::Verdict)) }),
        ("help", 40.0, Shot { help: true, ..shot(Overview, Some(Tab::Verdict)) }),
    ]
}

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/view/pictures").join(format!("{name}.png"))
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).ok()?));
    let mut reader = decoder.read_info().ok()?;
    let mut rgb = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut rgb).ok()?;
    Some(rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect())
}

/// Draws all and compares; says what differs.
fn compare(room: &mut Darkroom, shots: &[(&str, f64, Shot)]) -> Vec<String> {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, time_s, shot) in shots {
        let drawn = room.take(*time_s, shot).unwrap();
        if bless {
            room.write(&reference(name), &drawn).unwrap();
            continue;
        }
        let known = read(&reference(name)).unwrap_or_default();
        let other = difference(&known, &drawn, SIZE[0] as usize);
        println!("{name}: {:.2} % of the blocks differ", 100.0 * other);
        if other > MAY_DIFFER {
            let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
            room.write(&beside, &drawn).unwrap();
            wrong.push(format!("{name}: {:.1} % of the blocks differ; drawn: {}", 100.0 * other, beside.display()));
        }
    }
    wrong
}

#[test]
fn views_and_panels_look_as_they_did() {
    let shots = square();
    let mut room = Darkroom::new(Some(session("square_100.toml", None)), &shots[0].2, Some(2)).unwrap();
    let mut wrong = compare(&mut room, &shots);
    let failing = vec![("failing", 4.0, shot(CameraPreset::Overview, Some(Tab::Verdict)))];
    let mut room = Darkroom::new(Some(session("rapid_too_hard.toml", None)), &failing[0].2, Some(2)).unwrap();
    wrong.extend(compare(&mut room, &failing));
    let tipped = Shot { distance_m: Some(0.6), ..shot(CameraPreset::Torch, None) };
    let tipped = vec![("tipped", 47.75, Shot { legend: true, ..tipped })];
    let mut room = Darkroom::new(Some(session("low_travel.toml", None)), &tipped[0].2, Some(2)).unwrap();
    wrong.extend(compare(&mut room, &tipped));
    let welcome = vec![("welcome", 0.0, shot(CameraPreset::Overview, Some(Tab::Verdict)))];
    let mut room = Darkroom::new(None, &welcome[0].2, Some(1)).unwrap();
    wrong.extend(compare(&mut room, &welcome));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The comparison sees what must not go unseen: each of these is further from its reference than any driver may be.
#[test]
fn a_missing_kerf_a_wrong_colour_map_and_a_lost_panel_are_seen() {
    let shots = square();
    let of = |name: &str| shots.iter().find(|(known, ..)| *known == name).unwrap().clone();
    let mut room = Darkroom::new(Some(session("square_100.toml", None)), &shots[0].2, Some(2)).unwrap();
    let mut far = |name: &str, time_s: f64, changed: &Shot| {
        let known = read(&reference(name)).unwrap_or_default();
        let other = difference(&known, &room.take(time_s, changed).unwrap(), SIZE[0] as usize);
        println!("{name}, changed: {:.1} % of the blocks differ", 100.0 * other);
        other > MAY_DIFFER
    };
    // Before the pierce there is no kerf; the camera stays where it is.
    let (_, _, kerf) = of("kerf");
    let held = Shot { look_at: Some([0.24, 0.2]), distance_m: Some(0.09), from: [Some(-0.7), Some(0.75)], ..kerf };
    let drawn = room_pair(&held);
    assert!(drawn > MAY_DIFFER, "the kerf: {drawn}");
    let (_, _, temperature) = of("temperature");
    assert!(far("temperature", 40.0, &Shot { look: Look { plate: PlateLook::Peak, ..temperature.look }, ..temperature.clone() }));
    assert!(far("temperature", 40.0, &Shot { look: Look::default(), ..temperature }));
    let (_, _, motors) = of("panel_motors");
    assert!(far("panel_motors", 40.0, &Shot { tab: Some(Tab::Machine), ..motors.clone() }));
    assert!(far("panel_motors", 40.0, &Shot { tab: None, ..motors }));
}

/// Difference between the plate with its kerf and without, from one place.
fn room_pair(held: &Shot) -> f64 {
    let mut room = Darkroom::new(Some(session("square_100.toml", None)), held, Some(2)).unwrap();
    let (cut, whole) = (room.take(50.0, held).unwrap(), room.take(5.0, held).unwrap());
    difference(&cut, &whole, SIZE[0] as usize)
}

/// An instant looks the same whatever was looked at before.
#[test]
fn scrubbing_there_and_back_shows_the_same() {
    let close = shot(CameraPreset::Torch, None);
    let mut room = Darkroom::new(Some(session("square_100.toml", None)), &close, Some(1)).unwrap();
    let first = room.take(30.0, &close).unwrap();
    for elsewhere_s in [68.0, 12.0, 50.0] {
        let elsewhere = room.take(elsewhere_s, &close).unwrap();
        assert!(difference(&first, &elsewhere, SIZE[0] as usize) > 0.05, "{elsewhere_s} s looks like 30 s");
        let again = room.take(30.0, &close).unwrap();
        let other = first.iter().zip(&again).filter(|(a, b)| a.abs_diff(**b) > 2).count();
        assert!(other * 1000 < first.len(), "{other} of {} bytes differ after {elsewhere_s} s", first.len());
    }
}
