//! How a program on the command line is to be read: what `check` and `path` share.
//!
//! In: options as words. Out: a [`Setup`], the program's file, its findings with the lines they point at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use crate::diag::{Diagnostic, Severity};
use crate::gcode::{Source, is_text};
use crate::job::Beside;
use crate::program::{self, INCH, MILLIMETRE, Setup, Sink, Summary, TorchWords};
use crate::scene;

/// Programs above this many bytes take more than a second.
const WORTH_A_BAR: u64 = 50_000_000;

/// Options about a program, as given.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// "grbl", "linuxcnc" or "mach3".
    pub dialect: Option<String>,
    /// Machine file, for the reach and the speed of the axes and its torch words.
    pub machine: Option<PathBuf>,
    /// Folder of catalogue files over those that the machine file asks for.
    pub catalogue: Option<PathBuf>,
    /// Tool table in LinuxCNC's format.
    pub tools: Option<PathBuf>,
    /// "mm" or "inch": the controller's own unit.
    pub machine_units: Option<String>,
    /// `NAME=VALUE` for `#<_hal[NAME]>`.
    pub hal: Vec<String>,
    /// Name of a preset of torch words.
    pub torch_words: Option<String>,
    /// G4 P counts in milliseconds.
    pub dwell_ms: bool,
    /// Lines that start with `/` are passed over.
    pub block_delete: bool,
    /// Rounds of loops before a program counts as endless.
    pub most_repeats: Option<u64>,
    /// `X,Y,Z`: where the program's zero lies on the machine, mm.
    pub work_zero_mm: Option<String>,
}

impl Reading {
    /// The setup these options ask for, and notes of which parts of one's own the machine is made of.
    ///
    /// # Errors
    /// A message for each option that makes no sense.
    pub fn setup(&self) -> Result<(Setup, Vec<Diagnostic>), Vec<Diagnostic>> {
        let wrong = |found: String, hint: &str| vec![Diagnostic::error("C001", found).hint(hint)];
        let mut notes = Vec::new();
        let mut setup = Setup { dwell_p_in_ms: self.dwell_ms, block_delete: self.block_delete, ..Setup::default() };
        if let Some(name) = &self.dialect {
            setup.dialect = Some(name.parse().map_err(|why| wrong(why, "leave --dialect out to have it guessed"))?);
        }
        if let Some(most) = self.most_repeats {
            setup.most_repeats = most;
        }
        setup.machine_unit_mm = match self.machine_units.as_deref() {
            None | Some("mm") => MILLIMETRE,
            Some("inch") => INCH,
            Some(other) => return Err(wrong(format!("--machine-units {other}"), "mm or inch")),
        };
        if let Some(text) = &self.work_zero_mm {
            let values: Vec<f64> =
                text.split(',').filter_map(|v| v.trim().parse().ok()).filter(|v: &f64| v.is_finite()).collect();
            let [x, y, z] = values[..] else {
                return Err(wrong(format!("--work-zero-mm {text}"), "three numbers, such as --work-zero-mm 20,20,0"));
            };
            setup.work_zero_in_machine_m = [x, y, z].map(|mm| mm * 1e-3);
        }
        for pair in &self.hal {
            let (name, value) = pair.split_once('=').ok_or_else(|| wrong(format!("--hal {pair}"), "write --hal NAME=VALUE"))?;
            let value = value.parse::<f64>().ok().filter(|v| v.is_finite());
            let value = value.ok_or_else(|| wrong(format!("--hal {pair}: no number after '='"), "write --hal NAME=VALUE"))?;
            setup.hal.insert(name.to_ascii_lowercase(), value);
        }
        if let Some(path) = &self.tools {
            let text = std::fs::read_to_string(path)
                .map_err(|e| wrong(format!("cannot read {}: {e}", path.display()), "check the path"))?;
            setup.tools =
                program::read_tools(&text).map_err(|why| wrong(format!("{}: {why}", path.display()), "a line is T1 P1 D1.5"))?;
        }
        if self.machine.is_none() && self.catalogue.is_some() {
            return Err(wrong("--catalogue without --machine".into(), "only a machine is made of parts"));
        }
        if let Some(path) = &self.machine {
            let (machine, findings) = scene::load_machine_with(path, self.catalogue.as_deref())?;
            // What is odd about the machine, `run` says.
            notes.extend(findings.into_iter().filter(|finding| finding.code == "S015"));
            setup.travel_mm = Some(machine.mechanism.travel_m.map(|ends| ends.map(|m| m * 1e3)));
            setup.fastest_mm_per_min = Some(machine.limits.max_speed_m_per_s.map(|v| v * 60e3));
            setup.torch_words = machine.torch_words;
        }
        if let Some(name) = &self.torch_words {
            let known = TorchWords::PRESETS.join(", ");
            setup.torch_words =
                Some(TorchWords::preset(name).ok_or_else(|| wrong(format!("--torch-words {name}"), &format!("one of {known}")))?);
        }
        Ok((setup, notes))
    }
}

/// The whole text of the program at `path`; `-` is standard input.
///
/// # Errors
/// A message if there is no such file, or no text in it.
pub fn text_of(path: &Path) -> Result<String, Diagnostic> {
    let input = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let bytes = std::fs::read(input).map_err(|error| {
        Diagnostic::error("S001", format!("cannot read {}: {error}", path.display()))
            .hint("check the path; it counts from the folder you are in")
    })?;
    is_text(&path.display().to_string(), &bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads the program at `path` and hands what it comes to to `sink`.
///
/// # Errors
/// A message if there is no such file.
pub fn read(path: &Path, setup: &Setup, sink: &mut dyn Sink) -> Result<(Summary, Vec<Diagnostic>), Diagnostic> {
    if path == Path::new("-") || std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        // What cannot be read twice is kept.
        let mut text = Vec::new();
        let input = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
        let opened = File::open(input).and_then(|mut file| file.read_to_end(&mut text));
        opened
            .map_err(|error| Diagnostic::error("S001", format!("cannot read {}: {error}", path.display())).hint("name a file"))?;
        is_text(&path.display().to_string(), &text)?;
        let source = Source::text(&text);
        return Ok(program::stream(&path.display().to_string(), source, setup, &Beside { folder: PathBuf::new() }, sink));
    }
    let unreadable = |error: std::io::Error| {
        Diagnostic::error("S001", format!("cannot read {}: {error}", path.display()))
            .hint("check the path; it counts from the folder you are in")
    };
    let mut file = File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        return Err(
            Diagnostic::error("S001", format!("cannot read {}: it is a folder", path.display())).hint("name a program in it")
        );
    }
    let mut head = Vec::new();
    file.by_ref().take(4096).read_to_end(&mut head).and_then(|_| file.rewind()).map_err(unreadable)?;
    is_text(&path.display().to_string(), &head)?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let size = file.metadata().map_or(0, |m| m.len());
    // Read twice: once to see whose dialect it is, once to execute it.
    let bar = if size > WORTH_A_BAR { ProgressBar::new(size) } else { ProgressBar::hidden() };
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let source = Source::new(bar.wrap_read(file));
    let result = program::stream(&path.display().to_string(), source, setup, &Beside { folder }, sink);
    bar.finish_and_clear();
    Ok(result)
}

/// The lines that findings point at, by file and line. Files are read once more, to the last such line only.
pub fn lines_of(findings: &[Diagnostic]) -> BTreeMap<(String, u32), String> {
    let mut wanted: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.place.line > 0) {
        wanted.entry(&finding.place.file).or_default().insert(finding.place.line);
    }
    let mut lines = BTreeMap::new();
    for (name, mut numbers) in wanted {
        // A pipe has no lines to read again.
        if !Path::new(name).is_file() {
            continue;
        }
        let Ok(file) = File::open(name) else { continue };
        let mut source = Source::new(file);
        while let (Some(first), Some(line)) = (numbers.first().copied(), source.next_line()) {
            if line.number == first {
                numbers.pop_first();
                lines.insert((name.to_string(), first), String::from_utf8_lossy(line.bytes).into_owned());
            }
        }
    }
    lines
}

/// Whether the file could not be read to its end.
pub fn not_read(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|d| d.code == "P038")
}

/// How many findings are this bad.
pub fn count(findings: &[Diagnostic], severity: Severity) -> usize {
    findings.iter().filter(|d| d.severity == severity).map(|d| d.stands_for).sum()
}
