//! `torchtwin path`: what a program comes to, one JSON object a line, in absolute machine coordinates.
//!
//! Numbers have all the digits that tell them apart. Memory does not grow with the program.

use std::io::Write;
use std::path::Path;

use crate::command::reading::{Reading, lines_of, read};
use crate::command::{FAILED, PASSED, complain};
use crate::diag::{Severity, any_error};
use crate::program::{Action, Item, Move, MoveKind, Sink};

/// Bytes gathered before they are written.
const CHUNK: usize = 1 << 16;

/// Writes the moves and dwells of the program at `path` to stdout, up to the first error as the controller would, and returns the exit
/// code. Findings go to stderr: all of them with `verbose`, else errors only.
pub fn path(path: &Path, reading: &Reading, verbose: bool) -> u8 {
    let mut setup = match reading.setup() {
        Ok(setup) => setup,
        Err(findings) => return complain(&findings),
    };
    setup.stop_at_first_error = true;
    let mut lines = Lines { out: std::io::stdout().lock(), text: Vec::with_capacity(2 * CHUNK), numbers: ryu::Buffer::new() };
    let (_, mut findings) = match read(path, &setup, &mut lines) {
        Ok(result) => result,
        Err(finding) => return complain(&[finding]),
    };
    lines.flush();
    findings.retain(|d| verbose || d.severity == Severity::Error);
    let texts = lines_of(&findings);
    for finding in &findings {
        let text = texts.get(&(finding.place.file.clone(), finding.place.line));
        eprintln!("{}", finding.with_line(text.map(String::as_str)));
    }
    if !any_error(&findings) {
        return PASSED;
    }
    eprintln!("the moves end at the first error, as on the controller; `torchtwin check` lists all of them");
    FAILED
}

/// Writes items as lines.
struct Lines<W: Write> {
    out: W,
    text: Vec<u8>,
    numbers: ryu::Buffer,
}

impl<W: Write> Lines<W> {
    fn number(&mut self, value: f64) {
        let text = self.numbers.format_finite(value);
        self.text.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
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
        let mut digits = [0u8; 10];
        let mut line = item.span.line;
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (line % 10) as u8;
            line /= 10;
            if line == 0 {
                break;
            }
        }
        self.text.extend_from_slice(&digits[at..]);
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
        self.words(",\"to_mm\":");
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

    /// Whether whoever reads is still there.
    fn flush(&mut self) -> bool {
        let written = self.out.write_all(&self.text).and_then(|()| self.out.flush());
        self.text.clear();
        written.is_ok()
    }
}

impl<W: Write> Sink for Lines<W> {
    fn take(&mut self, item: &Item) -> bool {
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
            Action::Torch(_) => {}
        }
        self.text.len() < CHUNK || self.flush()
    }
}
