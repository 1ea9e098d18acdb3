//! Steps as a table: `time_s,axis,direction` a line, with `preheat` and `oxygen` beside the axes.

use super::{NAMES, Recorder, bad_line};
use crate::diag::Diagnostic;
use crate::scene::model::Recording;
use torchtwin_planner::{StepEdge, TICK_HZ};

/// Longest recording, s: a week.
const LONGEST_S: f64 = 604_800.0;

/// Reads `text`, which came from `file`.
pub fn read(file: &str, text: &str) -> Result<Recording, Box<Diagnostic>> {
    let mut recorder = Recorder::default();
    let (mut last, mut first) = (0, true);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() {
            continue;
        }
        let is_header = std::mem::take(&mut first) && line.starts_with("time_s");
        if is_header {
            continue;
        }
        let wrong = |found: String, expected: &str| {
            bad_line(file, index + 1, found, expected, "lines look like 1.2500625,x,-1 or 20.5,oxygen,1")
        };
        let mut fields = line.split(',').map(str::trim);
        let (Some(time), Some(what), Some(value), None) = (fields.next(), fields.next(), fields.next(), fields.next()) else {
            return Err(wrong(format!("\"{}\"", shorten(line)), "three fields: time_s,axis,direction"));
        };
        let seconds = time.parse::<f64>().ok().filter(|t| (0.0..=LONGEST_S).contains(t));
        let Some(seconds) = seconds else {
            return Err(wrong(format!("the time \"{}\"", shorten(time)), "seconds from the start, 0 to a week"));
        };
        let tick = (seconds * TICK_HZ).round() as u64;
        if tick < last {
            return Err(wrong(format!("the time {time} s, earlier than that of the line before"), "lines in the order of time"));
        }
        last = tick;
        if let Some(axis) = NAMES.iter().position(|name| name.eq_ignore_ascii_case(what)) {
            let forward = match value {
                "1" | "+1" => true,
                "-1" => false,
                _ => return Err(wrong(format!("the direction \"{}\"", shorten(value)), "1 or -1")),
            };
            recorder.steps.push(StepEdge { tick, axis: axis as u8, forward });
        } else if let Some(which) = ["preheat", "oxygen"].iter().position(|name| name.eq_ignore_ascii_case(what)) {
            let on = match value {
                "1" => true,
                "0" => false,
                _ => return Err(wrong(format!("{what} switched to \"{}\"", shorten(value)), "1 (on) or 0 (off)")),
            };
            recorder.torch(tick, which, on);
        } else {
            return Err(wrong(format!("the axis \"{}\"", shorten(what)), "x, y or z; or preheat or oxygen"));
        }
    }
    recorder.finish(file)
}

/// The beginning of what may be long.
fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}
