//! What the M words do to the torch.
//!
//! In: M words and the habit in force. Out: torch events and dwells, and findings. May use `diag` and the planner's torch events.

use super::findings::{Often, Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::item::{Action, DwellRole};
use super::setup::{Setup, TorchAction, TorchWords};
use super::vocabulary::Group;
use super::words::{Commands, whole};
use crate::diag::Diagnostic;
use crate::gcode::{Dialect, Span, Survey};
use torchtwin_planner::path::TorchEvent;

/// The habit the setup asks for, or the one the program seems to have; then with the note that says so.
pub(super) fn habit(survey: &Survey, setup: &Setup) -> (TorchWords, Option<Diagnostic>) {
    if let Some(words) = &setup.torch_words {
        return (words.clone(), None);
    }
    let lights = survey.has_m(3) || survey.has_m(4);
    let (name, found) = if survey.chooses_spindle || survey.switches_output_3 {
        (
            "qtplasmac",
            "the program chooses torches with $ or output 3: taken as QtPlasmaC's M3 $0 start, M5 $0 off, $1 scribe, $2 spotting",
        )
    } else if survey.has_m(7) || survey.has_m(8) {
        (
            "m3-preheat-m8-oxygen",
            "the program has M7 or M8: taken as M3 flame, M7 or M8 cutting oxygen, M9 oxygen off, M5 all off",
        )
    } else if lights && survey.power_by_s {
        ("power-by-s", "S stands beside moves: taken as the power of the torch, S0 off")
    } else {
        ("m3-starts", "the program has neither M7 nor M8: taken as M3 whole start sequence with preheat and pierce, M5 all off")
    };
    let words =
        TorchWords::preset(name).unwrap_or_else(|| TorchWords { name: name.into(), rules: Vec::new(), power_by_s: false });
    let note = Diagnostic::note("P201", found).hint("state the torch words in the job or the machine to be sure");
    (words, lights.then_some(note))
}

impl Interpreter<'_, '_> {
    /// Executes what an M word does to the torch, if anything.
    pub(super) fn torch_word(&mut self, m: u16, p: Option<f64>, spindle: Option<f64>, span: Span) {
        let Some(action) = self.torch_words.action(m, p, spindle) else { return };
        let with_move = matches!(m, 62 | 63);
        match action {
            TorchAction::Start => self.light(span, true),
            TorchAction::Flame => self.light(span, false),
            TorchAction::Oxygen => self.open(span, with_move),
            TorchAction::OxygenIfLit => {
                if self.state.flame && !self.state.oxygen {
                    self.open(span, with_move);
                    // The arc goes on where it was; nothing is pierced.
                    self.state.pierced = None;
                }
            }
            TorchAction::OxygenOff => {
                // M9 is written at starts and ends for safety; closing what is closed is no event.
                if std::mem::take(&mut self.state.oxygen) {
                    self.switch(TorchEvent::OxygenOff, with_move);
                }
            }
            TorchAction::AllOff => self.torch_off(),
            TorchAction::Nothing => {
                self.out.findings.once(Once::OtherTorch, span, || {
                    Diagnostic::warning(
                        "P117",
                        "the scribe and the spotting tool are not simulated: their moves are made with the torch off",
                    )
                    .expected("$0, the cutting torch")
                });
            }
        }
    }

    fn light(&mut self, span: Span, starts: bool) {
        self.state.lights_torch = true;
        if self.state.flame && !self.state.doubt.torch {
            self.out.findings.often(Often::AlreadyOn, span, || {
                Diagnostic::warning("P106", "the torch is already on; nothing is done")
                    .hint("end each cut with M5 before the next M3")
            });
            return;
        }
        self.state.flame = true;
        self.out.other(Action::Torch(TorchEvent::FlameOn));
        if starts {
            self.hold(self.setup.preheat_s, DwellRole::Preheat);
            self.state.oxygen = true;
            self.state.pierced = Some(self.setup.pierce_s > 0.0);
            self.out.other(Action::Torch(TorchEvent::OxygenOn));
            self.hold(self.setup.pierce_s, DwellRole::Pierce);
        }
    }

    fn hold(&mut self, seconds: f64, role: DwellRole) {
        if seconds > 0.0 {
            self.out.other(Action::Dwell { seconds, role });
        }
    }

    fn open(&mut self, span: Span, with_move: bool) {
        if self.state.oxygen {
            return;
        }
        if !self.state.flame && !self.state.doubt.torch {
            self.out.findings.often(Often::OxygenWithoutFlame, span, || {
                Diagnostic::warning("P107", "the cutting oxygen opens without a flame")
                    .hint("light the torch with M3 and let it preheat first")
            });
        }
        self.state.oxygen = true;
        self.state.pierced = Some(false);
        self.switch(TorchEvent::OxygenOn, with_move);
    }

    /// Switches at rest, or where the next move begins.
    fn switch(&mut self, event: TorchEvent, with_move: bool) {
        if with_move {
            self.state.with_next_move = Some(self.out.span);
            self.out.other(Action::TorchWithMove(event));
        } else {
            self.out.other(Action::Torch(event));
        }
    }

    /// Closes everything, also where nothing is open: controllers stop the motion for M5 either way, Grbl excepted.
    pub(super) fn torch_off(&mut self) {
        if self.dialect == Dialect::Grbl && !self.state.flame && !self.state.oxygen {
            return;
        }
        (self.state.flame, self.state.oxygen, self.state.pierced) = (false, false, None);
        self.state.doubt.torch = false;
        self.out.other(Action::Torch(TorchEvent::AllOff));
    }

    /// S: the speed of a spindle, or the power of the torch.
    pub(super) fn speed(&mut self, commands: &mut Commands) {
        let Some(speed) = commands.take('S') else { return };
        self.state.speed = speed;
        if self.dialect == Dialect::LinuxCnc {
            commands.take('$');
        }
        if self.torch_words.power_by_s && self.state.flame {
            self.power();
        }
    }

    fn power(&mut self) {
        let on = self.state.speed > 0.0;
        if on != self.state.oxygen {
            self.state.oxygen = on;
            self.out.other(Action::Torch(if on { TorchEvent::OxygenOn } else { TorchEvent::OxygenOff }));
        }
    }

    /// M3, M4, M5, M19, and M70 to M73.
    pub(super) fn spindle(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::Spindle) else { return Ok(()) };
        let span = commands.group_span(Group::Spindle);
        match code {
            3..=5 => {
                let spindle = commands.take('$');
                if let Some(number) = spindle.filter(|s| !whole(*s).is_some_and(|s| (-1..8).contains(&s))) {
                    return Err(
                        refusal("P009", commands.span('$'), format!("${number} is no torch")).expected("$0, $1, $2 or $-1")
                    );
                }
                self.state.spindle = match code {
                    3 => 1,
                    4 => -1,
                    _ => 0,
                };
                // M5 $-1 stops all of them.
                let spindle = spindle.filter(|s| *s >= 0.0);
                self.torch_word(code, None, spindle, span);
                if self.torch_words.power_by_s && code != 5 {
                    self.power();
                }
            }
            19 => {
                self.state.spindle = 0;
                for (letter, fits, wanted) in [
                    ('R', (|r| (0.0..=360.0).contains(&r)) as fn(f64) -> bool, "0 to 360"),
                    ('P', |p| whole(p).is_some_and(|p| (0..=2).contains(&p)), "0, 1 or 2"),
                    ('Q', |q| q > 0.0, "more than 0"),
                    ('$', |_| true, ""),
                ] {
                    if let Some(value) = commands.take(letter).filter(|v| !fits(*v) && self.dialect == Dialect::LinuxCnc) {
                        let found = format!("M19 {letter}{value}");
                        return Err(refusal("P009", commands.span(letter), found).expected(wanted));
                    }
                }
            }
            70 | 73 => {
                let (level, state) = (self.control.level(), self.state);
                self.kept.retain(|(l, ..)| *l < level);
                self.kept.push((level, state, code == 73));
            }
            71 => {
                let level = self.control.level();
                self.kept.retain(|(l, ..)| *l < level);
            }
            _ => {
                let level = self.control.level();
                let Some((_, kept, _)) = self.kept.iter().find(|(l, ..)| *l == level).copied() else {
                    return Err(refusal("P058", span, "M72 without a state to go back to").expected("M70 or M73 before it"));
                };
                self.restore(&kept);
            }
        }
        Ok(())
    }

    /// Goes back to kept modes: LinuxCNC's list for M72, which leaves the motion mode alone.
    pub(super) fn restore(&mut self, kept: &super::state::State) {
        if kept.zero != self.state.zero {
            self.select_zero(kept.zero);
        }
        let state = &mut self.state;
        (state.unit_mm, state.plane, state.incremental) = (kept.unit_mm, kept.plane, kept.incremental);
        (state.centres_incremental, state.diameter) = (kept.centres_incremental, kept.diameter);
        (state.feed_mode, state.feed, state.speed) = (kept.feed_mode, kept.feed, kept.speed);
        state.doubt.feed = kept.doubt.feed;
        state.retract_to_clearance = kept.retract_to_clearance;
    }

    /// M7, M8 and M9.
    pub(super) fn coolant(&mut self, commands: &Commands) {
        let Some(code) = commands.group(Group::Coolant) else { return };
        let span = commands.group_span(Group::Coolant);
        self.state.coolant = code != 9;
        if self.torch_words.action(code, None, None).is_none() {
            self.out.findings.once(Once::Coolant, span, || {
                Diagnostic::note("P207", "M7, M8 and M9 do nothing here: M3 and M5 work the torch")
            });
        }
        self.torch_word(code, None, None, span);
    }
}
