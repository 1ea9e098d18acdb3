//! Executes blocks one by one, in the order that RS274/NGC gives to the words of a block.
//!
//! In: blocks. Out: items, places and findings. May use `gcode`'s blocks, `diag` and the planner's path types.

use super::findings::{Findings, Mark, Once, Refusal, refusal};
use super::modal::{INCH, MILLIMETRE, MotionMode, State};
use super::vocabulary::{Group, Meaning, g_word};
use super::words::{AXIS_LETTERS, Commands, whole};
use super::{Program, Setup, TorchWords, torch};
use crate::diag::Diagnostic;
use crate::gcode::{Block, Span};
use torchtwin_planner::path::{AXES, MoveKind, PathItem, Shape, TorchEvent};

/// A dwell this long is rarely meant, s.
const LONG_DWELL_S: f64 = 120.0;

/// What comes out: items, the places they stand for, and findings.
pub(super) struct Output<'a> {
    items: Vec<PathItem>,
    spans: Vec<Span>,
    pub(super) findings: Findings<'a>,
    /// The block being executed; among `spans` once something came of it.
    block: Span,
    tagged: bool,
}

impl Output<'_> {
    fn begin(&mut self, block: Span) -> (usize, usize, Mark) {
        (self.block, self.tagged) = (block, false);
        (self.items.len(), self.spans.len(), self.findings.mark())
    }

    fn back_to(&mut self, (items, spans, findings): (usize, usize, Mark)) {
        self.items.truncate(items);
        self.spans.truncate(spans);
        self.findings.back_to(findings);
    }

    fn tag(&mut self) -> u32 {
        if !self.tagged {
            self.tagged = true;
            self.spans.push(self.block);
        }
        u32::try_from(self.spans.len() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn move_to(&mut self, kind: MoveKind, speed_m_per_s: f64, shape: Shape) {
        let tag = self.tag();
        self.items.push(PathItem::Move { tag, kind, speed_m_per_s, shape });
    }

    pub(super) fn dwell(&mut self, seconds: f64) {
        let tag = self.tag();
        self.items.push(PathItem::Dwell { tag, seconds });
    }

    pub(super) fn torch(&mut self, event: TorchEvent) {
        let tag = self.tag();
        self.items.push(PathItem::Torch { tag, event });
    }
}

/// A program being interpreted.
pub(super) struct Interpreter<'a> {
    pub(super) setup: &'a Setup,
    pub(super) torch_words: TorchWords,
    pub(super) state: State,
    pub(super) out: Output<'a>,
}

impl<'a> Interpreter<'a> {
    /// At the start of the program `blocks`.
    pub(super) fn new(file: &'a str, blocks: &[Block], setup: &'a Setup) -> Self {
        let (torch_words, note) = torch::habit(blocks, setup);
        let mut findings = Findings::new(file);
        if let Some(note) = note {
            findings.add(None, note);
        }
        let items = Vec::with_capacity(blocks.len() + blocks.len() / 8);
        let spans = Vec::with_capacity(blocks.len());
        Self {
            setup,
            torch_words,
            state: State::new(setup.start_in_machine_m, setup.work_zero_in_machine_m),
            out: Output { items, spans, findings, block: Span::default(), tagged: false },
        }
    }

    /// Executes all blocks.
    pub(super) fn run(mut self, blocks: &[Block]) -> (Program, Vec<Diagnostic>) {
        for (index, block) in blocks.iter().enumerate() {
            let mark = self.out.begin(block.span);
            let before = self.state;
            let outcome = if block.faulty { Ok(()) } else { self.block(block, index == 0) };
            if outcome.is_err() || block.faulty {
                self.out.back_to(mark);
                self.state = before;
                self.doubt(block, outcome.as_ref().err().map(Refusal::code));
            }
            if let Err(refusal) = outcome {
                self.out.findings.error(refusal);
            }
            if self.state.ended {
                self.rest_is_ignored(&blocks[index + 1..]);
                break;
            }
        }
        self.at_the_end(blocks);
        let program = Program {
            items: self.out.items,
            spans: self.out.spans,
            start_in_machine_m: self.setup.start_in_machine_m,
            torch_words: self.torch_words,
            bounds_in_machine_m: self.state.bounds,
            mentions_z: self.state.mentions_z,
            lights_torch: self.state.lights_torch,
        };
        (program, self.out.findings.into_list())
    }

    /// Executes one block. After an error, state and output are to be put back.
    fn block(&mut self, block: &Block, is_first: bool) -> Result<(), Refusal> {
        if block.words.first().is_some_and(|w| w.letter == '%') {
            self.state.ended = true;
            return Ok(());
        }
        let mut commands = Commands::read(block)?;
        let commands = &mut commands;
        if block.skipped {
            self.out.findings.once(Once::BlockDelete, block.span, || {
                Diagnostic::note("P209", "lines that start with '/' are executed, as with the block delete switch off")
            });
        }
        if commands.has('O') {
            return program_number(commands, is_first);
        }
        self.units(commands);
        self.feed(commands);
        self.tool(commands);
        self.torch_word(commands);
        self.oxygen_word(commands);
        self.dwell(commands)?;
        self.modes(commands);
        self.state.mentions_z |= commands.has('Z');
        match commands.group(Group::NonModal) {
            None | Some(40 | 530) => self.motion(commands)?,
            Some(code) => self.non_modal(code, commands)?,
        }
        self.stop(commands);
        match commands.unused() {
            None => Ok(()),
            Some(word) => {
                Err(refusal("P007", word.span, format!("nothing in this block uses {}", word.letter))
                    .hint(unused_hint(word.letter)))
            }
        }
    }

    /// G20 and G21 hold for the whole block, feed included, wherever they stand in it.
    fn units(&mut self, commands: &Commands) {
        if let Some(code) = commands.group(Group::Units) {
            self.state.metres_per_unit = if code == 200 { INCH } else { MILLIMETRE };
            self.state.units_stated = true;
        }
    }

    fn feed(&mut self, commands: &mut Commands) {
        let Some(per_minute) = commands.take('F') else { return };
        self.state.feed_m_per_s = per_minute * self.state.metres_per_unit / 60.0;
        self.state.doubt.feed = false;
        if per_minute == 0.0 {
            self.out.findings.once(Once::FeedZero, commands.span('F'), || {
                Diagnostic::warning("P104", "the feed is set to zero").hint("moves at feed need an F above zero")
            });
        }
    }

    fn tool(&mut self, commands: &Commands) {
        let span = match commands.group(Group::ToolChange) {
            Some(_) => commands.group_span(Group::ToolChange),
            None if commands.has('T') => commands.span('T'),
            None => return,
        };
        self.out
            .findings
            .once(Once::Tool, span, || Diagnostic::note("P206", "tool words (T, M6) do nothing: the table has one torch"));
    }

    fn dwell(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        if commands.group(Group::NonModal) != Some(40) {
            return Ok(());
        }
        let Some(value) = commands.take('P') else {
            return Err(refusal("P008", commands.group_span(Group::NonModal), "G4 without a time")
                .expected("P, such as G4 P2.5")
                .hint("add P with the seconds to wait"));
        };
        let seconds = if self.setup.dwell_p_in_ms { value * 1e-3 } else { value };
        if !(0.0..=86_400.0).contains(&seconds) {
            return Err(refusal("P009", commands.span('P'), format!("a dwell of {seconds} s"))
                .expected("0 to 86400 s")
                .hint("check the P of this line"));
        }
        if seconds > LONG_DWELL_S {
            self.out.findings.once(Once::LongDwell, commands.span('P'), || {
                Diagnostic::warning("P109", format!("a dwell of {seconds} s"))
                    .hint("if P is in milliseconds here, as Mach3 can be told, say so in the job")
            });
        }
        self.out.dwell(seconds);
        Ok(())
    }

    /// Plane, compensation, tool length, work zero, path mode, distance modes and motion mode.
    fn modes(&mut self, commands: &mut Commands) {
        if let Some(code) = commands.group(Group::Plane) {
            self.state.plane_is_xy = code == 170;
            self.state.doubt.plane = false;
        }
        if commands.group(Group::ToolLength) == Some(430) {
            self.out.findings.once(Once::ToolLength, commands.group_span(Group::ToolLength), || {
                Diagnostic::warning("P105", "G43 does nothing: the torch has no tool length")
            });
        }
        if let Some(code) = commands.group(Group::WorkZero) {
            self.state.zero = usize::from((code - 540) / 10);
            let same = self.state.zeros_in_machine[self.state.zero] == self.state.zeros_in_machine[0];
            if code != 540 && same {
                self.out.findings.once(Once::OtherZero, commands.group_span(Group::WorkZero), || {
                    Diagnostic::note("P203", "G55 to G59 have the same work zero as G54 until G10 moves them")
                });
            }
        }
        if let Some(code) = commands.group(Group::PathMode) {
            if code == 640 {
                commands.take('P');
                commands.take('Q');
            }
            self.out.findings.once(Once::PathMode, commands.group_span(Group::PathMode), || {
                Diagnostic::note("P204", "G61 and G64 change nothing: the path is followed exactly")
            });
        }
        if let Some(code) = commands.group(Group::Distance) {
            self.state.incremental = code == 910;
        }
        if let Some(code) = commands.group(Group::ArcCentre) {
            self.state.centres_incremental = code == 911;
        }
        if commands.group(Group::CycleCancel).is_some() {
            self.state.motion = None;
        }
        if let Some(code) = commands.group(Group::Motion) {
            self.state.doubt.motion = false;
            self.state.motion = match code {
                0 => Some(MotionMode::Rapid),
                10 => Some(MotionMode::Line),
                20 => Some(MotionMode::Clockwise),
                _ => Some(MotionMode::CounterClockwise),
            };
        }
    }

    /// The words of group 0 that use the axis words, or have none.
    fn non_modal(&mut self, code: u16, commands: &mut Commands) -> Result<(), Refusal> {
        if commands.has_axes() && commands.group(Group::Motion).is_some() {
            let found = format!("G{} and a motion word both want the axis words", f64::from(code) / 10.0);
            return Err(refusal("P010", commands.group_span(Group::NonModal), found).hint("put them on lines of their own"));
        }
        match code {
            280 => self.go_home(0, commands)?,
            300 => self.go_home(1, commands)?,
            281 => self.state.homes_in_machine[0] = self.state.position,
            301 => self.state.homes_in_machine[1] = self.state.position,
            100 => self.set_zero(commands)?,
            920 => self.shift_zero(commands)?,
            921 => (self.state.shift, self.state.kept_shift) = ([0.0; AXES], [0.0; AXES]),
            922 => self.state.shift = [0.0; AXES],
            923 => self.state.shift = self.state.kept_shift,
            _ => {}
        }
        Ok(())
    }

    fn stop(&mut self, commands: &Commands) {
        match commands.group(Group::Stop) {
            None => {}
            Some(0 | 1) => self.out.findings.once(Once::Stop, commands.group_span(Group::Stop), || {
                Diagnostic::note("P205", "program stops (M0, M1) are passed over: nobody has to press a button")
            }),
            Some(_) => {
                self.state.ended = true;
                if self.state.flame || self.state.oxygen {
                    let unsure = self.state.doubt.torch;
                    self.torch_off();
                    if unsure {
                        return;
                    }
                    let found = "the program ends with the torch on; the end closes it";
                    let warning = Diagnostic::warning("P108", found).hint("add M5 before it");
                    self.out.findings.add(Some(commands.group_span(Group::Stop)), warning);
                }
            }
        }
    }

    /// Notes what a faulty block may have left undone, so that later blocks are not blamed for it.
    fn doubt(&mut self, block: &Block, code: Option<&'static str>) {
        let doubt = &mut self.state.doubt;
        if block.faulty {
            (doubt.axes, doubt.motion, doubt.feed, doubt.torch) = (0b111, true, true, true);
        }
        match code {
            // A forgotten motion word, or a forgotten G17, is forgotten for all the blocks that follow.
            Some("P005" | "P013") => doubt.motion = true,
            Some("P012") => doubt.plane = true,
            _ => {}
        }
        for word in &block.words {
            match word.letter {
                'G' => match whole(word.value * 10.0).and_then(|g| u16::try_from(g).ok()).map(g_word) {
                    Some(Meaning::In(Group::Motion)) => doubt.motion = true,
                    Some(Meaning::In(Group::NonModal)) => doubt.axes = 0b111,
                    Some(Meaning::In(Group::Plane | Group::Distance | Group::ArcCentre)) => doubt.coordinates = true,
                    Some(Meaning::In(Group::Units | Group::WorkZero)) => doubt.coordinates = true,
                    Some(Meaning::In(_)) => {}
                    Some(Meaning::NotSupported(..) | Meaning::Unknown) | None => {
                        (doubt.axes, doubt.motion) = (0b111, true);
                    }
                },
                'F' => doubt.feed = true,
                'M' => doubt.torch = true,
                letter => {
                    if let Some(axis) = AXIS_LETTERS.iter().position(|a| *a == letter) {
                        doubt.axes |= 1 << axis;
                    }
                }
            }
        }
    }

    fn rest_is_ignored(&mut self, rest: &[Block]) {
        let left: Vec<_> = rest.iter().filter(|b| b.words.iter().any(|w| w.letter != '%')).take(1).collect();
        if let Some(first) = left.first() {
            let note = Diagnostic::note("P208", "the program has ended; this line and what follows are not executed");
            self.out.findings.add(Some(first.span), note);
        }
    }

    /// Says what is odd about the program as a whole. Silent after errors, which may be the reason.
    fn at_the_end(&mut self, blocks: &[Block]) {
        let broken = self.out.findings.any_error() || blocks.iter().any(|b| b.faulty);
        let mut say = |finding| self.out.findings.add(None, finding);
        if broken {
            return;
        }
        if self.state.moves && !self.state.units_stated {
            say(Diagnostic::note("P202", "the program states no units: taken as millimetres").hint("add G21 or G20"));
        }
        if !self.state.lights_torch {
            say(Diagnostic::warning("P102", "the program never lights the torch").hint("M3 lights it, M5 closes it"));
        }
        if !self.state.ended {
            say(Diagnostic::warning("P103", "the program has no end").expected("M2, M30 or %").hint("is the file whole?"));
            if self.state.flame || self.state.oxygen {
                say(Diagnostic::warning("P108", "the torch is still on after the last line").hint("add M5 and M2"));
            }
        }
    }
}

/// A number alone on the first line names the program; anywhere else it starts a subprogram.
fn program_number(commands: &Commands, is_first: bool) -> Result<(), Refusal> {
    if is_first && commands.is_program_number() {
        return Ok(());
    }
    Err(refusal("P002", commands.span('O'), "O (a subprogram) is not supported")
        .expected("an O number on the first line only, which names the program")
        .hint("let the post processor write the moves out in full"))
}

fn unused_hint(letter: char) -> &'static str {
    match letter {
        'E' => "E is for 3D printers; and numbers have no exponent here, write 1e3 as 1000",
        'I' | 'J' | 'K' | 'R' => "I, J and R belong to arcs (G2, G3) in the XY plane",
        'P' => "P belongs to G4, G10 or G64",
        'L' => "L belongs to G10",
        'Q' => "Q belongs to G64",
        'X' | 'Y' | 'Z' => "axis words need a command that moves",
        _ => "remove it",
    }
}
