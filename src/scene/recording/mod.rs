//! Recorded steps from a file: CSV as `torchtwin plan --steps` writes it, or VCD from a logic analyser.
//!
//! In: the scene's `[job]`. Out: a [`Recording`], or one message that names file and line. May use: the planner's step type, `diag`.

mod csv;
mod vcd;

use std::path::Path;

use super::check::Checker;
use super::model::Recording;
use super::scene_file::{ChannelTable, SceneFile};
use super::unreadable;
use crate::diag::{Diagnostic, Place};
use torchtwin_planner::{AXES, StepEdge, TorchEvent};

/// Axes as files name them.
const NAMES: [&str; AXES] = ["x", "y", "z"];

/// Reads the file that `[job] steps` names, if it names one; `None` also after an error, which the checker then has.
pub(super) fn read(file: &SceneFile, folder: &Path, checker: &mut Checker<'_>) -> Option<Recording> {
    let word = file.job.steps.as_ref()?;
    let named = word.get_ref();
    let path = folder.join(named);
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !["csv", "vcd"].contains(&ending.as_str()) {
        let found = format!("`job.steps` is \"{named}\"");
        let hint = "CSV has the columns time_s,axis,direction; VCD is what logic analysers save";
        checker.error("S006", &word.span(), found, "a name that ends in .csv or .vcd".into(), hint.into());
        return None;
    }
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let place = checker.place(&word.span());
            checker.findings.push(unreadable(&path, &error).at(place).hint("recordings are named from the scene's folder"));
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let channels = file.job.steps_channels.as_ref();
    let read = if ending == "csv" { csv::read(named, &text) } else { vcd::read(named, &text, channels) };
    match read {
        Ok(recording) => {
            if recording.torch.is_empty() {
                checker.findings.push(without_torch(named, &ending));
            }
            Some(recording)
        }
        Err(finding) => {
            checker.findings.push(*finding);
            None
        }
    }
}

fn without_torch(file: &str, ending: &str) -> Diagnostic {
    let place = Place { file: file.into(), ..Place::default() };
    let hint = if ending == "csv" {
        "add lines such as 12.5,preheat,1 and 20.1,oxygen,1 to the recording"
    } else {
        "record the torch's wires too, and name them torch_preheat and torch_oxygen in `steps_channels`"
    };
    let found = "the recording does not say when the torch is switched: it stays off, and only the motion is judged";
    Diagnostic::note("S013", found).at(place).hint(hint)
}

/// An error on a line of a recording.
fn bad_line(file: &str, line: usize, found: String, expected: &str, hint: &str) -> Box<Diagnostic> {
    let place = Place { file: file.into(), line: u32::try_from(line).unwrap_or(u32::MAX), ..Place::default() };
    Box::new(Diagnostic::error("S013", found).at(place).expected(expected).hint(hint))
}

/// A recording as it grows.
#[derive(Default)]
struct Recorder {
    steps: Vec<StepEdge>,
    torch: Vec<(u64, TorchEvent)>,
    /// Preheat and oxygen: as the torch was last told, and as the wires are.
    told: [bool; 2],
    wires: [bool; 2],
    /// When the wires changed last, ticks.
    changed: u64,
}

impl Recorder {
    /// A wire of the torch: 0 preheat, 1 oxygen. Wires that change at the same tick change together.
    fn torch(&mut self, tick: u64, which: usize, on: bool) {
        if tick != self.changed {
            self.settle();
        }
        self.changed = tick;
        self.wires[which] = on;
    }

    /// Tells the torch what the wires have become.
    fn settle(&mut self) {
        let ([flame, oxygen], [had_flame, had_oxygen]) = (self.wires, self.told);
        let mut tell = |event| self.torch.push((self.changed, event));
        if flame && !had_flame {
            tell(TorchEvent::FlameOn);
        }
        if oxygen && !had_oxygen {
            tell(TorchEvent::OxygenOn);
        }
        if had_oxygen && !oxygen && flame {
            tell(TorchEvent::OxygenOff);
        }
        if !flame && !oxygen && (had_flame || had_oxygen) {
            tell(TorchEvent::AllOff);
        }
        self.told = self.wires;
    }

    /// The whole, once the file has been read.
    fn finish(mut self, file: &str) -> Result<Recording, Box<Diagnostic>> {
        self.settle();
        if self.steps.is_empty() {
            return Err(bad_line(
                file,
                0,
                "no step in the recording".into(),
                "",
                "was the machine moving while it was recorded?",
            ));
        }
        Ok(Recording { file: file.into(), steps: self.steps, torch: self.torch })
    }
}

impl ChannelTable {
    /// What the file calls a wire: as the scene says, or as the wire itself is called.
    fn name<'a>(table: Option<&'a Self>, wire: &'a str) -> &'a str {
        let Some(table) = table else { return wire };
        let given = match wire {
            "x_step" => &table.x_step,
            "x_dir" => &table.x_dir,
            "y_step" => &table.y_step,
            "y_dir" => &table.y_dir,
            "z_step" => &table.z_step,
            "z_dir" => &table.z_dir,
            "torch_preheat" => &table.torch_preheat,
            "torch_oxygen" => &table.torch_oxygen,
            _ => &None,
        };
        given.as_ref().map_or(wire, |word| word.get_ref().as_str())
    }
}

#[cfg(test)]
mod tests;
