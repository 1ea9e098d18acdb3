//! `torchtwin render`: pictures of the app without a window: one instant as a PNG, or a stretch of time as numbered frames or a film.
//!
//! In: a scene file, instants, a camera. Out: files. Computes nothing of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::{COULD_NOT_RUN, PASSED, say};
use crate::scene::Changes;
use crate::twin::EngineKind;
use crate::view::action::CameraPreset;
use crate::view::picture::{Darkroom, Shot};
use crate::view::session::{Request, Session, State};
use crate::view::state::{Look, PlateLook};
use crate::view::ui::Tab;

/// Options of `render`.
#[derive(Clone, Debug, clap::Args)]
pub struct RenderOptions {
    /// Scene file (.toml).
    pub scene: PathBuf,
    /// Picture (.png), film (.mp4, .webm, .mkv or .gif; needs ffmpeg, numbered frames without it), or folder for numbered frames.
    #[arg(long)]
    pub out: PathBuf,
    /// Instant, seconds from the start; the end without it. Of a film: where it begins.
    #[arg(long = "at", value_name = "SECONDS")]
    pub at_s: Option<f64>,
    /// Where a film ends, seconds from the start; the end without it.
    #[arg(long = "to", value_name = "SECONDS")]
    pub to_s: Option<f64>,
    /// Frames a second of a film.
    #[arg(long, default_value_t = 25.0)]
    pub fps: f64,
    /// Simulated seconds a second of a film.
    #[arg(long, default_value_t = 1.0)]
    pub rate: f64,
    /// From where: overview, top, torch, side, front or kerf.
    #[arg(long, default_value = "overview")]
    pub camera: String,
    /// Point of the plate to look at, machine coordinates, mm.
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    pub look_at_mm: Option<String>,
    /// Distance of the camera from what it looks at, mm.
    #[arg(long, value_name = "MM")]
    pub distance_mm: Option<f32>,
    /// From which side instead of the camera's own, degrees about the vertical: 0 from the front, 90 from the right.
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    pub yaw_deg: Option<f32>,
    /// From which height instead of the camera's own, degrees over the horizon: 0 level, 90 straight down.
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    pub pitch_deg: Option<f32>,
    /// The plate: steel, temperature or peak.
    #[arg(long, default_value = "steel")]
    pub plate: String,
    /// Heat-affected zone along the cuts.
    #[arg(long)]
    pub haz: bool,
    /// Flex, racking and error drawn this many times larger.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    pub magnify: f32,
    /// The whole app with its panels, with this one on the right: verdict, error, motors, plots or machine.
    #[arg(long, value_name = "PANEL")]
    pub panels: Option<String>,
    /// Without what the colours mean in a corner.
    #[arg(long)]
    pub no_legend: bool,
    /// Light theme.
    #[arg(long)]
    pub light: bool,
    /// Width and height, pixels.
    #[arg(long, default_value = "1280x720")]
    pub size: String,
    /// G-code file that replaces the scene's own.
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// Folder of catalogue files of your own, over the built-in ones and those that scene and machine name.
    #[arg(long, value_name = "DIR")]
    pub catalogue: Option<PathBuf>,
    /// What integrates the mechanism: rapier or reduced.
    #[arg(long, default_value = "rapier", value_parser = ["rapier", "reduced"])]
    pub engine: String,
}

/// Draws and returns the exit code.
pub fn render(options: &RenderOptions) -> u8 {
    match draw(options) {
        Ok(written) => {
            say(&format!("{}\n", written.display()));
            PASSED
        }
        Err(words) => {
            eprintln!("{words}");
            COULD_NOT_RUN
        }
    }
}

/// Draws, and says what it has written.
fn draw(options: &RenderOptions) -> Result<PathBuf, String> {
    let shot = shot(options)?;
    let end = options.out.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    let still = end.as_deref() == Some("png");
    // Panels tell of the whole run.
    let until_s = if !still {
        options.to_s
    } else if options.panels.is_none() {
        options.at_s
    } else {
        None
    };
    let session = run(options, until_s)?;
    let length_s = session.length_s();
    if still {
        let mut room = Darkroom::new(Some(session), &shot, None)?;
        let pixels = room.take(options.at_s.unwrap_or(length_s), &shot)?;
        return room.write(&options.out, &pixels).map(|()| options.out.clone());
    }
    let (from_s, to_s) = (options.at_s.unwrap_or(0.0), options.to_s.unwrap_or(length_s));
    let count = ((to_s - from_s) / options.rate * options.fps).floor();
    if !(1.0..=200_000.0).contains(&count) {
        return Err(format!(
            "error[V007]: from {from_s} s to {to_s} s at {} × and {} frames a second are {count:.0} frames\n  hint: --at and --to say where \
             the film begins and ends, --rate how fast it runs",
            options.rate, options.fps
        ));
    }
    let mut room = Darkroom::new(Some(session), &shot, Some(2))?;
    let bar = indicatif::ProgressBar::new(count as u64);
    let mut film =
        end.filter(|end| ["mp4", "webm", "mkv", "gif"].contains(&end.as_str())).and_then(|_| Encoder::start(options, &shot));
    let folder = if film.is_some() { None } else { Some(frames_folder(&options.out)?) };
    for k in 0..count as usize {
        let pixels = room.take(from_s + k as f64 * options.rate / options.fps, &shot)?;
        match (&mut film, &folder) {
            (Some(film), _) => film.add(&pixels)?,
            (None, Some(folder)) => room.write(&folder.join(format!("frame_{k:05}.png")), &pixels)?,
            (None, None) => {}
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if folder.as_ref().is_some_and(|folder| *folder != options.out) {
        eprintln!(
            "note: no film, because there is no ffmpeg here or {} is no film's name: numbered frames instead",
            options.out.display()
        );
    }
    film.map_or(Ok(()), Encoder::finish)?;
    Ok(folder.unwrap_or_else(|| options.out.clone()))
}

/// Runs the scene.
fn run(options: &RenderOptions, until_s: Option<f64>) -> Result<Session, String> {
    let changes = Changes { program: options.program.clone(), catalogue: options.catalogue.clone(), ..Changes::default() };
    let request = Request {
        scene: options.scene.clone(),
        changes,
        engine: EngineKind::named(&options.engine).unwrap_or_default(),
        until_s,
    };
    let mut session = Session::begin(request, 1);
    let bar = indicatif::ProgressBar::new(1000);
    session.wait(&|share| bar.set_position((1000.0 * share) as u64));
    bar.finish_and_clear();
    if session.state == State::Refused {
        return Err(session.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
    Ok(session)
}

fn shot(options: &RenderOptions) -> Result<Shot, String> {
    let plate = match options.plate.as_str() {
        "steel" => PlateLook::Steel,
        "temperature" => PlateLook::Temperature,
        "peak" => PlateLook::Peak,
        word => return Err(format!("error[V003]: plate '{word}' is unknown\n  hint: steel, temperature or peak")),
    };
    let tab = match &options.panels {
        None => None,
        Some(word) => Some(Tab::named(word).ok_or_else(|| {
            let words: Vec<&str> = Tab::ALL.iter().map(|tab| tab.word()).collect();
            format!("error[V003]: panel '{word}' is unknown\n  hint: one of {}", words.join(", "))
        })?),
    };
    let look_at = options.look_at_mm.as_ref().map(|text| pair(text, ',', "--look-at-mm 240,300")).transpose()?;
    let size = pair(&options.size, 'x', "--size 1280x720")?;
    Ok(Shot {
        camera: options.camera.parse::<CameraPreset>()?,
        look_at: look_at.map(|[x, y]| [x * 1e-3, y * 1e-3]),
        distance_m: options.distance_mm.map(|mm| mm * 1e-3),
        from: [options.yaw_deg, options.pitch_deg].map(|degrees| degrees.map(f32::to_radians)),
        legend: !options.no_legend,
        look: Look { plate, magnification: options.magnify, haz: options.haz, light: options.light, ..Look::default() },
        tab,
        help: false,
        size: size.map(|px| px as u32),
    })
}

fn pair(text: &str, between: char, example: &str) -> Result<[f64; 2], String> {
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    text.split_once(between)
        .and_then(|(a, b)| Some([number(a)?, number(b)?]))
        .ok_or_else(|| format!("error[V001]: '{text}' is not two numbers\n  hint: {example}"))
}

fn frames_folder(out: &Path) -> Result<PathBuf, String> {
    let folder = if out.extension().is_some() { out.with_extension("frames") } else { out.to_path_buf() };
    std::fs::create_dir_all(&folder).map_err(|error| format!("error[V008]: {}: {error}", folder.display()))?;
    Ok(folder)
}

/// ffmpeg as a child process that is fed with pixels.
struct Encoder {
    child: Child,
}

impl Encoder {
    /// Starts it; none where there is no ffmpeg.
    fn start(options: &RenderOptions, shot: &Shot) -> Option<Self> {
        let [width, height] = shot.size;
        let child = Command::new("ffmpeg")
            .args(["-y", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", "rgba"])
            .args(["-video_size", &format!("{width}x{height}"), "-framerate", &options.fps.to_string(), "-i", "-"])
            .args(["-pix_fmt", "yuv420p"])
            .arg(&options.out)
            .stdin(Stdio::piped())
            .spawn();
        child.ok().map(|child| Self { child })
    }

    fn add(&mut self, pixels: &[u8]) -> Result<(), String> {
        let written = self.child.stdin.as_mut().map(|pipe| pipe.write_all(pixels));
        match written {
            Some(Ok(())) => Ok(()),
            _ => Err("error[V008]: ffmpeg stopped before the film was done; its message stands above".into()),
        }
    }

    fn finish(mut self) -> Result<(), String> {
        drop(self.child.stdin.take());
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            _ => Err("error[V008]: ffmpeg could not write the film; its message stands above".into()),
        }
    }
}
