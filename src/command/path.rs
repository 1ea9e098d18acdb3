//! `torchtwin path`: what a program comes to, one JSON object a line, in absolute machine coordinates.
//!
//! Numbers have all the digits that tell them apart. Memory does not grow with the program.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::command::reading::{Reading, lines_of, not_read, read};
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, written};
use crate::diag::{Severity, any_error};
use crate::program::{Action, Item, Move, MoveKind, Sink};

/// Bytes gathered before they are written.
const CHUNK: usize = 1 << 16;
/// Items handed on together.
const BATCH: usize = 4096;
/// Batches on their way at most.
const BATCHES: usize = 4;

/// Writes the moves and dwells of the program at `path` to stdout, up to the first error as the controller would, and returns the exit
/// code. Findings go to stderr: all of them with `verbose`, else errors only, and notes of the machine's own parts.
pub fn path(path: &Path, reading: &Reading, verbose: bool) -> u8 {
    let (mut setup, notes) = match reading.setup() {
        Ok(read) => read,
        Err(findings) => return complain(&findings),
    };
    setup.stop_at_first_error = true;
    notes.iter().for_each(|note| eprintln!("{note}"));
    // Numbers are turned into text beside the interpreter: each takes about as long as the other.
    let result = std::thread::scope(|scope| {
        let (to_writer, items) = sync_channel(BATCHES);
        let (to_reader, spare) = sync_channel(2 * BATCHES);
        let writer = scope.spawn(move || {
            let mut lines =
                Lines { out: std::io::stdout().lock(), text: Vec::with_capacity(2 * CHUNK), numbers: ryu::Buffer::new() };
            for mut batch in items {
                let batch: &mut Vec<Item> = &mut batch;
                for item in batch.drain(..) {
                    lines.write(&item)?;
                }
                let _ = to_reader.try_send(std::mem::take(batch));
            }
            lines.flush()
        });
        let mut batches = Batches { batch: Vec::with_capacity(BATCH), to_writer, spare };
        let result = read(path, &setup, &mut batches);
        batches.send();
        drop(batches);
        let wrote = writer.join().unwrap_or_else(|_| Err(std::io::Error::other("the writer has stopped")));
        result.map(|(_, findings)| (findings, written(wrote)))
    });
    let (mut findings, written) = match result {
        Ok(result) => result,
        Err(finding) => return complain(&[finding]),
    };
    findings.retain(|d| verbose || d.severity == Severity::Error);
    let texts = lines_of(&findings);
    for finding in &findings {
        let text = texts.get(&(finding.place.file.clone(), finding.place.line));
        eprintln!("{}", finding.with_line(text.map(String::as_str)));
    }
    if !written || not_read(&findings) {
        return COULD_NOT_RUN;
    }
    if !any_error(&findings) {
        return PASSED;
    }
    eprintln!("the moves end at the first error, as on the controller; `torchtwin check` lists all of them");
    FAILED
}

/// Hands items on to the writer.
struct Batches {
    batch: Vec<Item>,
    to_writer: SyncSender<Vec<Item>>,
    spare: Receiver<Vec<Item>>,
}

impl Batches {
    /// Whether the writer is still there.
    fn send(&mut self) -> bool {
        let empty = self.spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(BATCH));
        self.to_writer.send(std::mem::replace(&mut self.batch, empty)).is_ok()
    }
}

impl Sink for Batches {
    fn take(&mut self, item: &Item) -> bool {
        self.batch.push(*item);
        self.batch.len() < BATCH || self.send()
    }
}

/// Writes items as lines.
struct Lines<W: Write> {
    out: W,
    text: Vec<u8>,
    numbers: ryu::Buffer,
}

impl<W: Write> Lines<W> {
    /// The shortest digits that give back the number.
    fn number(&mut self, value: f64) {
        // Most coordinates have a few decimals: then their digits are those of a whole number, and up to fifteen of them are exact.
        let scaled = (value * 1e6).round();
        if scaled.abs() < 1e15 && scaled / 1e6 == value {
            self.decimal(scaled as i64);
            return;
        }
        // Grbl's numbers are single ones, and read best with the digits that tell those apart.
        let single = value as f32;
        let is_single = f64::from(single) == value;
        let text = if is_single { self.numbers.format_finite(single) } else { self.numbers.format_finite(value) };
        self.text.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    }

    /// A number of millionths, without zeros at its end.
    fn decimal(&mut self, millionths: i64) {
        let mut digits = [0u8; 24];
        let mut at = digits.len();
        let (mut whole, mut part) = (millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000);
        let mut decimals = 6;
        while decimals > 0 && part % 10 == 0 {
            part /= 10;
            decimals -= 1;
        }
        let mut put = |digit: u8| {
            at -= 1;
            digits[at] = digit;
        };
        for k in 0..decimals {
            put(b'0' + (part % 10) as u8);
            part /= 10;
            if k + 1 == decimals {
                put(b'.');
            }
        }
        loop {
            put(b'0' + (whole % 10) as u8);
            whole /= 10;
            if whole == 0 {
                break;
            }
        }
        if millionths < 0 {
            put(b'-');
        }
        self.text.extend_from_slice(&digits[at..]);
    }

    fn numbers(&mut self, values: &[f64]) {
        self.text.push(b'[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push(b',');
            }
            self.number(*value);
        }
        self.text.push(b']');
    }

    fn words(&mut self, words: &str) {
        self.text.extend_from_slice(words.as_bytes());
    }

    fn head(&mut self, item: &Item, kind: &str) {
        self.words("{\"line\":");
        self.decimal(i64::from(item.span.line) * 1_000_000);
        if item.span.file > 0 {
            self.words(",\"file\":");
            self.number(f64::from(item.span.file));
        }
        self.words(",\"kind\":\"");
        self.words(kind);
        self.words("\"");
    }

    fn torch(&mut self, flame: bool, oxygen: bool) {
        self.words(match (flame, oxygen) {
            (_, true) => ",\"torch\":\"cut\"}\n",
            (true, false) => ",\"torch\":\"preheat\"}\n",
            (false, false) => ",\"torch\":\"off\"}\n",
        });
    }

    fn made(&mut self, item: &Item, made: &Move) {
        let kind = match (made.kind, &made.arc) {
            (MoveKind::Rapid, _) => "rapid",
            (MoveKind::Probe, _) => "probe",
            (MoveKind::Feed, Some(_)) => "arc",
            (MoveKind::Feed, None) => "feed",
        };
        self.head(item, kind);
        self.words(",\"end_mm\":");
        self.numbers(&made.to_mm);
        if made.rotary_deg.iter().any(|v| *v != 0.0) {
            self.words(",\"abc_deg\":");
            self.numbers(&made.rotary_deg);
        }
        if let Some(arc) = &made.arc {
            let [first, second, third] = arc.plane.axes();
            let mut centre = [0.0; 3];
            (centre[first], centre[second], centre[third]) = (arc.centre_mm[0], arc.centre_mm[1], made.from_mm[third]);
            self.words(",\"centre_mm\":");
            self.numbers(&centre);
            self.words(",\"plane\":\"");
            self.words(arc.plane.name());
            self.words("\",\"turns\":");
            self.number(f64::from(arc.turns));
            self.words(",\"sweep_deg\":");
            self.number(arc.sweep_rad.to_degrees());
        }
        if made.kind != MoveKind::Rapid {
            self.words(",\"feed_mm_per_min\":");
            self.number(made.feed_mm_per_min);
        }
        self.torch(made.flame, made.oxygen);
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.write_all(&self.text)?;
        self.text.clear();
        self.out.flush()
    }
}

impl<W: Write> Lines<W> {
    /// Writes one item.
    fn write(&mut self, item: &Item) -> std::io::Result<()> {
        match &item.action {
            Action::Move(made) => self.made(item, made),
            Action::Dwell { seconds, role } => {
                self.head(item, "dwell");
                self.words(",\"seconds\":");
                self.number(*seconds);
                self.words(",\"role\":\"");
                self.words(role.name());
                self.words("\"}\n");
            }
            Action::Torch(_) | Action::TorchWithMove(_) | Action::Mode(_) | Action::Stop => {}
        }
        if self.text.len() < CHUNK { Ok(()) } else { self.flush() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Truth: Rust's own shortest formatting gives the same number back.
    #[test]
    fn numbers_come_back_as_they_were() {
        let mut lines = Lines { out: Vec::new(), text: Vec::new(), numbers: ryu::Buffer::new() };
        let mut seed = 1u64;
        for k in 0..200_000u32 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let unit = (seed >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
            let value = match k % 4 {
                0 => (unit * 2e6).round() / 1e3,
                1 => unit * 1e4,
                2 => unit * 1e-9,
                _ => (unit * 1e5).round() * 25.4 / 1e4,
            };
            lines.text.clear();
            lines.number(value);
            let text = String::from_utf8(lines.text.clone()).unwrap();
            assert_eq!(text.parse::<f64>().unwrap(), value, "{text}");
            assert!(text.len() <= format!("{value:?}").len(), "{text} for {value:?}");
        }
        for (value, text) in [(0.0, "0"), (-0.5, "-0.5"), (12.0, "12"), (1e-6, "0.000001"), (100.25, "100.25")] {
            lines.text.clear();
            lines.number(value);
            assert_eq!(String::from_utf8_lossy(&lines.text), text);
        }
    }
}
