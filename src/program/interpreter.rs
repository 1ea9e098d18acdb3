//! Executes blocks one by one, in the order that RS274/NGC gives to the words of a block.
//!
//! In: the program's text. Out: items and findings. A faulty block changes nothing and gives nothing; interpretation goes on with the next
//! one. May use `gcode`, `diag`.

use super::control::{Control, Library, Tape};
use super::findings::{Findings, Once, Refusal, refusal};
use super::item::{Action, DwellRole, Plane, Sink};
use super::output::Output;
use super::parameters::{Context, Parameters};
use super::setup::{INCH, MILLIMETRE, Setup};
use super::state::{FeedMode, State};
use super::vocabulary::{Group, Meaning, g_word};
use super::words::{AXIS_LETTERS, Commands, whole};
use super::{Summary, TorchWords, torch};
use crate::diag::{Diagnostic, Severity};
use crate::gcode::{Block, Dialect, Reader, Source, Span, Survey, Value};
use torchtwin_planner::path::PathMode;

/// Names that QtPlasmaC's filter takes for its own.
const HOLE_NAMES: [&str; 6] = ["holes", "h_diameter", "h_velocity", "oclength", "pierce-only", "keep-z-motion"];
/// A dwell this long is rarely meant, s.
const LONG_DWELL_S: f64 = 120.0;

/// A program being interpreted.
pub(super) struct Interpreter<'a, 's> {
    pub(super) setup: &'a Setup,
    pub(super) dialect: Dialect,
    pub(super) torch_words: TorchWords,
    pub(super) state: State,
    pub(super) parameters: Parameters,
    pub(super) control: Control,
    pub(super) tape: Tape<'a>,
    pub(super) out: Output<'s>,
    /// Modal states kept by M70 and M73, by level; whether to restore on return.
    pub(super) kept: Vec<(usize, State, bool)>,
    /// Whether the program asks for anything at all.
    begun: bool,
    /// A NURBS being collected.
    pub(super) nurbs: super::splines::Nurbs,
    /// Facts about the part as drawn, for a hint on kerf compensation.
    pub(super) drawn: super::drawn::Drawn,
}

impl<'a, 's> Interpreter<'a, 's> {
    /// At the start of the program in `source`.
    pub(super) fn new(
        file: &str,
        source: Source<'a>,
        survey: &Survey,
        setup: &'a Setup,
        library: &'a dyn Library,
        sink: &'s mut dyn Sink,
    ) -> Self {
        let dialect = setup.dialect.or(survey.dialect.as_ref().map(|(d, _)| *d)).unwrap_or(Dialect::LinuxCnc);
        let mut findings = Findings::new(file, dialect == Dialect::Grbl);
        if setup.dialect.is_none() {
            let why =
                survey.dialect.as_ref().map_or("for want of any sign".to_string(), |(_, sign)| format!("because of {sign}"));
            let note = Diagnostic::note("P200", format!("read as {}, {why}", dialect.title()));
            findings.add(
                Span::default(),
                note.hint("--dialect grbl, linuxcnc or mach3 says so for sure; so does `dialect` in the scene's job"),
            );
        }
        let (torch_words, note) = torch::habit(survey, setup);
        if let Some(note) = note {
            findings.add(Span::default(), note);
        }
        let mm = |m: [f64; 3]| m.map(|c| c * 1e3);
        let state = State::new(mm(setup.start_in_machine_m), mm(setup.work_zero_in_machine_m), dialect);
        let start = state.machine(&state.at);
        Self {
            setup,
            dialect,
            torch_words,
            state,
            parameters: Parameters::new(setup, dialect),
            control: Control::new(),
            tape: Tape::new(Reader::new(source, dialect, 0), library),
            out: Output::new(sink, findings, start, setup),
            kept: Vec::new(),
            begun: false,
            nurbs: super::splines::Nurbs::default(),
            drawn: super::drawn::Drawn::default(),
        }
    }

    /// Executes the program.
    pub(super) fn run(mut self) -> (Summary, Vec<Diagnostic>) {
        let mut block = Block::default();
        while !self.state.ended && self.out.open && !(self.setup.stop_at_first_error && self.out.findings.any_error()) {
            if !self.tape.next(&mut block) {
                if let Err(refusal) = self.at_end_of_file()
                    && !self.blameless(&refusal)
                {
                    self.out.findings.error(refusal);
                }
                break;
            }
            self.begun = true;
            self.execute(&block);
        }
        if let Some(error) = self.tape.take_failure() {
            self.out.findings.error(refusal("P038", Span::default(), format!("the file cannot be read to its end: {error}")));
        }
        if self.state.ended && !self.out.findings.any_error() {
            self.rest_is_ignored(&mut block);
        }
        if let Err(refusal) = self.end_compensation() {
            self.out.findings.error(refusal);
        }
        self.out.commit();
        self.at_the_end();
        let summary = Summary {
            dialect: self.dialect,
            torch_words: self.torch_words,
            bounds_in_machine_mm: self.out.bounds(),
            mentions_z: self.state.mentions_z,
            lights_torch: self.state.lights_torch,
        };
        (summary, self.out.findings.into_list())
    }

    fn execute(&mut self, block: &Block) {
        if block.skipped && self.setup.block_delete {
            return;
        }
        // Grbl reads word by word: what is wrong with an earlier word comes before a fault of syntax.
        let earlier = if block.faulty && self.dialect == Dialect::Grbl {
            Commands::new(block, self.dialect).read(|value, span| self.value(block, value, span)).err()
        } else {
            None
        };
        for finding in &block.findings {
            if earlier.is_none() || finding.severity != Severity::Error {
                self.out.findings.text(block.span.file, finding.clone());
            }
        }
        let before = self.out.begin(block.span);
        let state = self.state;
        self.parameters.begin();
        let outcome = if block.faulty { Err(earlier.unwrap_or_else(Refusal::silent)) } else { self.block(block) };
        match outcome {
            Ok(()) => self.out.commit(),
            Err(refusal) => {
                let ended = self.state.ended;
                self.out.back_to(before);
                self.state = state;
                self.parameters.back();
                self.state.ended |= ended;
                if self.setup.go_on_after_errors {
                    // The sender goes on, and for the controller the block was never there.
                    self.out.findings.error(refusal);
                    return;
                }
                let blameless = self.blameless(&refusal);
                self.doubt(block, refusal.code());
                let lost = self.parameters.lose(block);
                self.control.set_locals(lost);
                if !blameless {
                    self.out.findings.error(refusal);
                }
            }
        }
    }

    /// Whether an earlier error may be the reason for this one: an O-word that cannot be read leaves open what is executed at
    /// all, and any block that is left out may be what ends a loop.
    fn blameless(&self, refusal: &Refusal) -> bool {
        let doubt = &self.state.doubt;
        match refusal.code() {
            "P027" | "P028" if doubt.curve => true,
            "P040" if self.out.findings.any_error() => true,
            // What is wrong with the words of a line is wrong whenever it is executed.
            "P001" | "P002" | "P003" | "P004" | "P006" | "P008" | "P009" | "P010" | "P020" | "P021" => false,
            _ => doubt.flow,
        }
    }

    pub(super) fn context(&self, line: u32) -> Context<'_> {
        Context {
            state: &self.state,
            setup: self.setup,
            dialect: self.dialect,
            locals: self.control.locals(),
            level: self.control.level(),
            returned: self.control.returned,
            line,
        }
    }

    /// The value of something written in `block` at `span`.
    pub(super) fn value(&self, block: &Block, value: Value, span: Span) -> Result<f64, Refusal> {
        match value {
            Value::Number(number) => Ok(number),
            expression => self.parameters.evaluate(block, expression, span, &self.context(block.line)),
        }
    }

    /// Executes one block. After an error, state and output are to be put back.
    fn block(&mut self, block: &Block) -> Result<(), Refusal> {
        if block.percent {
            self.state.ended = true;
            return Ok(());
        }
        if block.skipped {
            self.out.findings.once(Once::BlockDelete, block.span, || {
                Diagnostic::note("P209", "lines that start with '/' are executed, as with the block delete switch off")
            });
        }
        if block.system {
            self.out.findings.once(Once::System, block.span, || {
                Diagnostic::note("P210", "'$' lines are for Grbl itself and are passed over: settings belong in the machine file")
            });
            return Ok(());
        }
        if let Some(flow) = &block.flow {
            return self.flow(block, flow);
        }
        let mut commands = Commands::new(block, self.dialect);
        commands.read(|value, span| self.value(block, value, span))?;
        if !block.settings.is_empty() {
            let set = {
                // Split borrows: assigning reads the state and changes only the parameters.
                let mut parameters = std::mem::replace(&mut self.parameters, Parameters::empty());
                let result = parameters.assign(block, &self.context(block.line));
                self.parameters = parameters;
                result?
            };
            if set.iter().any(|(name, _)| HOLE_NAMES.contains(&name.as_str())) {
                self.out.findings.once(Once::HoleWords, block.span, || {
                    Diagnostic::note(
                        "P227",
                        "#<holes> and its kin are read by a filter of QtPlasmaC, which slows down in holes and cuts them over",
                    )
                    .hint("the twin cuts at the programmed feed; let the filter write its result to a file to see that")
                });
            }
            self.control.set_locals(set);
        }
        for note in &block.notes {
            self.note(block, note)?;
        }
        if block.words.is_empty() {
            return Ok(());
        }
        let commands = &mut commands;
        if let Some(code) = commands.group(Group::Call) {
            return self.call_word(code, commands);
        }
        if commands.group(Group::Stop) == Some(99) && self.control.level() > 0 {
            return self.call_word(99, commands);
        }
        let motion = match self.dialect {
            Dialect::Grbl => self.grbl_motion(commands)?,
            _ => self.ngc_motion(commands)?,
        };
        if self.dialect == Dialect::Grbl {
            self.units(commands)?;
        }
        let was_inverse = self.state.feed_mode == FeedMode::InverseTime;
        if commands.has_codes {
            self.feed_mode(commands);
        }
        self.feed(commands, motion, was_inverse);
        let before = self.state;
        if commands.has('S') {
            self.speed(commands);
        }
        if commands.has_codes || commands.has('T') {
            self.tool(commands)?;
        }
        self.state.mentions_z |= commands.has('Z');
        if commands.has_codes {
            self.codes(commands)?;
        }
        if self.dialect == Dialect::Grbl && self.grbl_stops(&before, commands) {
            self.out.other(Action::Stop);
        }
        if let Some(motion) = motion {
            self.motion(motion, commands)?;
        }
        if commands.has_codes {
            if self.dialect == Dialect::Grbl && commands.group(Group::NonModal) == Some(921) {
                self.non_modal(commands)?;
            }
            self.stop(commands)?;
        }
        match commands.unused() {
            None => Ok(()),
            Some(word) => Err(refusal("P007", word.span, format!("nothing in this block uses {}", word.letter))
                .hint(unused_hint(word.letter))
                .grbl(36)),
        }
    }

    /// Whether Grbl brings the machine to rest for what a block has changed: spindle and coolant, the work zero, anything it writes to its
    /// memory, and before a probe.
    fn grbl_stops(&self, before: &State, commands: &Commands) -> bool {
        let now = &self.state;
        let turns = before.spindle != now.spindle || before.spindle != 0 && before.speed != now.speed;
        let zeros = before.zero != now.zero || before.tool != now.tool;
        let writes = matches!(commands.group(Group::NonModal), Some(100 | 281 | 301 | 920 | 921));
        let probes = matches!(commands.group(Group::Motion), Some(382..=385));
        turns || zeros || writes || probes || before.coolant != now.coolant
    }

    /// What the G and M words of a block change before it moves.
    fn codes(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        self.outputs(commands)?;
        self.spindle(commands)?;
        self.coolant(commands);
        self.dwell(commands)?;
        self.plane(commands)?;
        if self.dialect != Dialect::Grbl {
            self.units(commands)?;
        }
        self.compensation(commands)?;
        self.tool_length(commands)?;
        self.work_zero(commands)?;
        self.modes(commands)?;
        // In Grbl a move beside G92.1 still goes by the old shift.
        if self.dialect == Dialect::Grbl && commands.group(Group::NonModal) == Some(921) {
            return Ok(());
        }
        self.non_modal(commands)
    }

    /// G20 and G21. Grbl takes the whole block in the new units; the others have read F before they come to this.
    fn units(&mut self, commands: &Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::Units) else { return Ok(()) };
        let unit = if matches!(code, 200 | 700) { INCH } else { MILLIMETRE };
        if self.dialect != Dialect::Grbl && commands.has('F') && unit != self.state.unit_mm {
            let old = if unit == INCH { "millimetres" } else { "inches" };
            self.out.findings.once(Once::FeedBesideUnits, commands.span('F'), || {
                Diagnostic::warning("P114", format!("F on the same line as G20 or G21 still counts in {old} here"))
                    .hint("put F on a later line")
            });
        }
        self.state.unit_mm = unit;
        self.state.units_stated = true;
        Ok(())
    }

    fn feed_mode(&mut self, commands: &Commands) {
        match commands.group(Group::FeedMode) {
            Some(930) => self.state.feed_mode = FeedMode::InverseTime,
            Some(_) => {
                let was_inverse = self.state.feed_mode == FeedMode::InverseTime;
                self.state.feed_mode = FeedMode::PerMinute;
                // LinuxCNC forgets the feed at every G94, Grbl only after G93.
                if self.dialect == Dialect::LinuxCnc || was_inverse {
                    self.state.feed = 0.0;
                }
            }
            None => {}
        }
    }

    fn feed(&mut self, commands: &mut Commands, motion: Option<u16>, was_inverse: bool) {
        let Some(value) = commands.take('F') else { return };
        self.state.doubt.feed = false;
        if self.state.feed_mode == FeedMode::InverseTime {
            return;
        }
        // In the block that goes from G93 to G94, Grbl 1.1 forgets to convert inches.
        let unit = if was_inverse && self.dialect == Dialect::Grbl { MILLIMETRE } else { self.state.unit_mm };
        self.state.feed = value * unit;
        if value == 0.0 && motion.is_none_or(|m| m != 0) {
            self.out.findings.once(Once::FeedZero, commands.span('F'), || {
                Diagnostic::warning("P104", "the feed is set to zero").hint("moves at feed need an F above zero")
            });
        }
    }

    fn dwell(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        if commands.group(Group::NonModal) != Some(40) {
            return Ok(());
        }
        let Some(value) = commands.take('P') else {
            return Err(dwell_without_time(commands));
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
                    .hint("if P is in milliseconds here, as Mach3 can be told, say so in the job or with --dwell-ms")
            });
        }
        let role = match (self.state.flame, self.state.oxygen, self.state.pierced) {
            (_, true, Some(_)) => DwellRole::Pierce,
            (true, false, _) => DwellRole::Preheat,
            _ => DwellRole::Wait,
        };
        if seconds > 0.0 {
            self.state.pierced = self.state.pierced.map(|_| true);
        }
        self.out.other(Action::Dwell { seconds, role });
        Ok(())
    }

    fn plane(&mut self, commands: &Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::Plane) else { return Ok(()) };
        let plane = match code {
            170 => Plane::Xy,
            180 => Plane::Zx,
            _ => Plane::Yz,
        };
        if self.state.compensation.side.is_some() && plane != self.state.plane {
            return Err(self.not_while_compensating(commands.group_span(Group::Plane), "the plane changes"));
        }
        self.state.plane = plane;
        Ok(())
    }

    /// Why something is refused between G41 or G42 and G40.
    pub(super) fn not_while_compensating(&self, span: Span, what: &str) -> Refusal {
        refusal("P055", span, format!("{what} while kerf compensation is on")).expected("G40 before it")
    }

    /// Path mode, distance modes, retract mode and the words that only switch something off.
    fn modes(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        if let Some(code) = commands.group(Group::PathMode) {
            let span = commands.group_span(Group::PathMode);
            let mut mode = PathMode::Exact;
            if code == 640 {
                mode = PathMode::Default;
                if self.dialect == Dialect::LinuxCnc {
                    if let Some(tolerance) = commands.take('P').filter(|p| *p > 0.0) {
                        mode = PathMode::Within(tolerance * self.state.unit_mm * 1e-3);
                    }
                    commands.take('Q');
                }
            }
            if self.state.compensation.side.is_some() && self.dialect == Dialect::LinuxCnc {
                return Err(self.not_while_compensating(span, "the path mode changes"));
            }
            if self.dialect != Dialect::Grbl {
                self.out.other(Action::Mode(mode));
            }
        }
        if let Some(code) = commands.group(Group::Distance) {
            self.state.incremental = code == 910;
        }
        if let Some(code) = commands.group(Group::ArcCentre) {
            self.state.centres_incremental = code == 911;
        }
        if let Some(code) = commands.group(Group::Lathe) {
            self.state.diameter = code == 70;
        }
        if let Some(code) = commands.group(Group::Retract) {
            self.state.retract_to_clearance = code == 990;
        }
        if let Some(code) = commands.group(Group::SpindleMode) {
            if code == 960 {
                if !commands.has('S') {
                    return Err(refusal("P008", commands.group_span(Group::SpindleMode), "G96 without S").expected("S"));
                }
                commands.take('D');
            }
            commands.take('$');
        }
        Ok(())
    }

    fn call_word(&mut self, code: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::Call);
        let (label, times) = (commands.take('P'), commands.take('L'));
        if let Some(word) = commands.unused() {
            return Err(
                refusal("P007", word.span, format!("nothing in this block uses {}", word.letter)).hint("put it on its own line")
            );
        }
        // LinuxCNC takes these words for O-words, which start a line.
        let block = commands.block();
        let starts = block.words.first().is_some_and(|w| w.span == span);
        if self.dialect == Dialect::LinuxCnc && !(starts && (code == 98 || block.words.len() == 1 && block.settings.is_empty())) {
            let wanted = if code == 98 { "M98 as the first word of its line" } else { "M99 on a line of its own" };
            return Err(refusal("P043", span, format!("M{code} among other words")).expected(wanted));
        }
        if code == 98 { self.call_by_number(label, times, span) } else { self.return_by_number(span) }
    }

    fn stop(&mut self, commands: &Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::Stop) else { return Ok(()) };
        let span = commands.group_span(Group::Stop);
        if self.state.compensation.is_on() && !self.state.compensation.leads_in {
            // What waits for a corner is not kept waiting over a stop.
            let [first, second, _] = self.state.plane.axes();
            self.cut_short([self.state.at[first], self.state.at[second]])?;
            self.out.release(&self.state);
        }
        if matches!(code, 0 | 1 | 60) {
            if code != 1 {
                self.out.other(Action::Stop);
            }
            self.out.findings.once(Once::Stop, span, || {
                Diagnostic::note(
                    "P205",
                    "program stops (M0, M1, M60) are passed over: the dry run does not wait for the operator",
                )
            });
            return Ok(());
        }
        if code == 99 {
            self.starts_over(span);
        }
        self.state.ended = true;
        if self.state.flame || self.state.oxygen {
            let unsure = self.state.doubt.torch;
            self.torch_off();
            if !unsure {
                let found = "the program ends with the torch on; the end closes it";
                self.out.findings.add(span, Diagnostic::warning("P108", found).hint("add M5 before it"));
            }
        }
        Ok(())
    }

    /// Notes what a faulty block may have left undone, so that later blocks are not blamed for it.
    fn doubt(&mut self, block: &Block, code: &'static str) {
        let dialect = self.dialect;
        let curves = matches!(self.state.motion, Some(50 | 52));
        let doubt = &mut self.state.doubt;
        doubt.flow |= block.flow.is_some();
        doubt.curve |= block.faulty || curves || code == "P027" || code == "P028";
        if block.faulty {
            (doubt.axes, doubt.motion, doubt.feed, doubt.torch) = (u16::MAX, true, true, true);
            doubt.flow |= block.may_have_lost(b'O');
            doubt.coordinates |= block.may_have_lost(b'G');
        }
        match code {
            // A forgotten motion word is forgotten for all the blocks that follow.
            "P005" => doubt.motion = true,
            "P050" | "P051" | "P053" | "P054" => doubt.compensation = true,
            _ => {}
        }
        for word in &block.words {
            match word.letter {
                'G' => {
                    let Value::Number(value) = word.value else { continue };
                    let tenths = whole(value * 10.0).and_then(|g| u16::try_from(g).ok());
                    doubt.curve |= matches!(tenths, Some(50 | 52));
                    match tenths.map(|g| g_word(dialect, g)) {
                        Some(Meaning::In(Group::Motion)) => doubt.motion = true,
                        Some(Meaning::In(Group::NonModal | Group::ToolLength)) => doubt.axes = u16::MAX,
                        Some(Meaning::In(Group::Plane | Group::Distance | Group::ArcCentre)) => doubt.coordinates = true,
                        Some(Meaning::In(Group::Units | Group::WorkZero | Group::Lathe)) => doubt.coordinates = true,
                        Some(Meaning::In(Group::Compensation)) => doubt.compensation = true,
                        Some(Meaning::In(_)) => {}
                        _ => (doubt.axes, doubt.motion) = (u16::MAX, true),
                    }
                }
                'F' => doubt.feed = true,
                'M' => {
                    doubt.torch = true;
                    doubt.flow |= word.value == Value::Number(98.0);
                }
                '@' | '^' => doubt.axes |= 0b11,
                letter => {
                    if let Some(axis) = AXIS_LETTERS.iter().position(|a| *a == letter) {
                        doubt.axes |= 1 << axis;
                    }
                }
            }
        }
        let compensation = &mut self.state.compensation;
        if compensation.side.is_some() && doubt.of_geometry(self.state.plane) {
            // The rest of this contour would only be refused for the same reason.
            doubt.compensation = true;
            (compensation.side, compensation.leads_in) = (None, true);
            self.out.queue.clear();
            self.out.corner = None;
        }
    }

    fn rest_is_ignored(&mut self, block: &mut Block) {
        let silent = |block: &Block| block.percent || (block.words.is_empty() && block.flow.is_none());
        // Subprograms stand after the end of the program in Fanuc's way of writing.
        while self.tape.next(block) {
            let subprogram = block.flow.is_some() || block.words.first().is_some_and(|w| w.letter == 'O');
            if subprogram || (self.dialect == Dialect::LinuxCnc && block.faulty) {
                return;
            }
            if !silent(block) {
                let note = Diagnostic::note("P208", "the program has ended; this line and what follows are not executed");
                self.out.findings.add(block.span, note);
                return;
            }
        }
    }

    /// Says what is odd about the program as a whole. Silent after errors, which may be the reason.
    fn at_the_end(&mut self) {
        if self.out.findings.any_error() {
            return;
        }
        let whole = Span::default();
        let mut say = |finding| self.out.findings.add(whole, finding);
        if !self.begun {
            say(Diagnostic::warning("P118", "there is nothing in this program").hint("is it the right file, and whole?"));
            return;
        }
        if self.state.compensation.side.is_some() {
            say(Diagnostic::warning("P120", "kerf compensation is still on at the end").hint("add G40 and a lead-out"));
        }
        if let Some(span) = self.state.with_next_move {
            let found = "M62 or M63 switches the torch with the next move, and none follows";
            let hint = "M64 and M65 switch at once, M5 closes everything";
            self.out.findings.add(span, Diagnostic::warning("P121", found).hint(hint));
        }
        let mut say = |finding| self.out.findings.add(whole, finding);
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
        if self.state.lights_torch
            && !self.state.compensated
            && let Some(finding) = self.drawn.finding()
        {
            say(finding);
        }
    }
}

pub(super) fn dwell_without_time(commands: &Commands) -> Refusal {
    refusal("P008", commands.group_span(Group::NonModal), "G4 without a time")
        .expected("P, such as G4 P2.5")
        .hint("add P with the seconds to wait")
        .grbl(28)
}

fn unused_hint(letter: char) -> &'static str {
    match letter {
        'E' => "E is for 3D printers; and numbers have no exponent here, write 1e3 as 1000",
        'I' | 'J' | 'K' | 'R' => "I, J, K and R belong to arcs (G2, G3)",
        'P' => "P belongs to G4, G10, G64, arcs of several turns and M words that switch something",
        'L' => "L belongs to G10, M66, M98 and canned cycles",
        'Q' => "Q belongs to G64, M66 to M68 and canned cycles",
        'D' => "D belongs to G41 and G42",
        'H' => "H belongs to G43",
        'X' | 'Y' | 'Z' => "axis words need a command that moves",
        '$' => "$ belongs to M3, M4, M5 and S",
        _ => "remove it",
    }
}
