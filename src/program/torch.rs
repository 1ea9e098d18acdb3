//! What the M words do to the torch.
//!
//! In: M3 to M9 and the habit in force. Out: torch events and dwells, and findings. May use `diag` and the planner's
//! path types.

use super::findings::{Often, Once};
use super::interpreter::Interpreter;
use super::vocabulary::Group;
use super::words::{Commands, whole};
use super::{Setup, TorchWords};
use crate::diag::Diagnostic;
use crate::gcode::Block;
use torchtwin_planner::path::TorchEvent;

/// The habit the setup asks for, or the one the program seems to have; then with the note that says so.
pub(super) fn habit(blocks: &[Block], setup: &Setup) -> (TorchWords, Option<Diagnostic>) {
    if let Some(words) = setup.torch_words {
        return (words, None);
    }
    let has = |numbers: &[i64]| {
        let mut words = blocks.iter().flat_map(|b| &b.words);
        words.any(|w| w.letter == 'M' && whole(w.value).is_some_and(|m| numbers.contains(&m)))
    };
    let (words, found) = if has(&[7, 8]) {
        let found = "the program has M7 or M8: taken as M3 flame, M7 or M8 cutting oxygen, M9 oxygen off, M5 all off";
        (TorchWords::M3PreheatM8Oxygen, found)
    } else if has(&[3, 4]) {
        let found = "the program has neither M7 nor M8: taken as M3 whole start sequence with preheat and pierce, M5 all off";
        (TorchWords::M3Starts, found)
    } else {
        return (TorchWords::M3Starts, None);
    };
    let note = Diagnostic::note("P201", found).hint("state the torch words in the job to be sure");
    (words, Some(note))
}

impl Interpreter<'_> {
    /// Executes M3, M4 or M5.
    pub(super) fn torch_word(&mut self, commands: &Commands) {
        match commands.group(Group::Torch) {
            None => {}
            Some(5) => self.torch_off(),
            // M3, and M4, which differs only for spindles.
            Some(_) => self.torch_on(commands),
        }
    }

    fn torch_on(&mut self, commands: &Commands) {
        self.state.lights_torch = true;
        if self.state.flame && !self.state.doubt.torch {
            self.out.findings.often(Often::AlreadyOn, commands.group_span(Group::Torch), || {
                Diagnostic::warning("P106", "the torch is already on; nothing is done")
                    .hint("end each cut with M5 before the next M3")
            });
            return;
        }
        self.state.flame = true;
        self.out.torch(TorchEvent::FlameOn);
        if self.torch_words == TorchWords::M3Starts {
            self.out.dwell(self.setup.preheat_s);
            self.state.oxygen = true;
            self.out.torch(TorchEvent::OxygenOn);
            self.out.dwell(self.setup.pierce_s);
        }
    }

    /// Closes everything, also where nothing is open: controllers stop the motion for M5 either way.
    pub(super) fn torch_off(&mut self) {
        (self.state.flame, self.state.oxygen) = (false, false);
        self.state.doubt.torch = false;
        self.out.torch(TorchEvent::AllOff);
    }

    /// Executes M7, M8 or M9.
    pub(super) fn oxygen_word(&mut self, commands: &Commands) {
        let Some(word) = commands.group(Group::Oxygen) else {
            return;
        };
        let span = commands.group_span(Group::Oxygen);
        if self.torch_words == TorchWords::M3Starts {
            self.out.findings.once(Once::Coolant, span, || {
                Diagnostic::note("P207", "M7, M8 and M9 do nothing here: M3 runs the whole start sequence")
            });
        } else if word == 9 {
            // M9 is written at starts and ends for safety; closing what is closed is no event.
            if std::mem::take(&mut self.state.oxygen) {
                self.out.torch(TorchEvent::OxygenOff);
            }
        } else if !self.state.oxygen {
            if !self.state.flame && !self.state.doubt.torch {
                self.out.findings.often(Often::OxygenWithoutFlame, span, || {
                    Diagnostic::warning("P107", "the cutting oxygen opens without a flame")
                        .hint("light the torch with M3 and let it preheat first")
                });
            }
            self.state.oxygen = true;
            self.out.torch(TorchEvent::OxygenOn);
        }
    }
}
