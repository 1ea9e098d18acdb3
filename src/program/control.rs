//! Subroutines, loops and choices: LinuxCNC's O-words, and M98 and M99 of Fanuc's kind, which Mach3 has too.
//!
//! In: blocks with an O-word. Out: where to go on reading. Loops are bounded: a program that never ends is an error with the count.
//! May use `gcode`.

use super::findings::{Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::parameters::LOCAL;
use super::words::whole;
use crate::diag::Diagnostic;
use crate::gcode::{Block, Dialect, Flow, FlowWord, Label, Position, Reader, Source, Span};
use std::collections::HashMap;

/// How deep subroutines may call each other (LinuxCNC's levels, of which the program itself is one).
const DEEPEST: usize = 10;

/// How often loops go round after an error, all together.
const ROUNDS_AFTER_AN_ERROR: u64 = 10_000;

/// Programs in other files that a program may call, by name.
pub trait Library {
    /// The text of the subroutine with this name, and the file it is in.
    fn open(&self, name: &str) -> Option<(String, Source<'static>)>;
}

/// No other files.
pub struct NoLibrary;

impl Library for NoLibrary {
    fn open(&self, _: &str) -> Option<(String, Source<'static>)> {
        None
    }
}

/// The files being read.
pub(super) struct Tape<'a> {
    readers: Vec<Reader<'a>>,
    current: usize,
    library: &'a dyn Library,
    /// Where the line being executed starts.
    pub(super) line_start: Position,
}

impl<'a> Tape<'a> {
    pub(super) fn new(main: Reader<'a>, library: &'a dyn Library) -> Self {
        Self { readers: vec![main], current: 0, library, line_start: Position::default() }
    }

    pub(super) fn next(&mut self, block: &mut Block) -> bool {
        let reader = &mut self.readers[self.current];
        self.line_start = reader.position();
        reader.next(block)
    }

    fn here(&self) -> Mark {
        Mark { file: self.current, at: self.readers[self.current].position() }
    }

    fn go(&mut self, mark: Mark) {
        self.current = mark.file;
        self.readers[mark.file].seek(mark.at);
    }

    pub(super) fn take_failure(&mut self) -> Option<std::io::Error> {
        self.readers.iter_mut().find_map(Reader::take_failure)
    }
}

/// A place in one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    file: usize,
    at: Position,
}

/// Where an O-word with a label first stood: LinuxCNC knows its loops and choices by their labels, not by how they nest.
struct Start {
    word: FlowWord,
    /// Where to go on from to execute it again: the line itself, or the one after it for a subroutine.
    mark: Mark,
    span: Span,
    /// The rounds left of a `repeat` that has begun.
    rounds: Option<i64>,
}

/// How a subroutine was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    /// The program itself.
    Not,
    /// By `call`.
    ByLabel,
    /// By M98.
    ByM98,
}

/// A subroutine being executed.
struct Frame {
    called: Called,
    label: String,
    back: Option<Mark>,
    saved: [f64; LOCAL],
    locals: HashMap<String, f64>,
    /// Loops and choices that have begun and not ended, and where they began.
    open: Vec<(String, Span)>,
    /// How often the M98 being repeated in this frame is still to call.
    calls_left: Option<i64>,
}

impl Frame {
    fn new(called: Called, label: &str, back: Option<Mark>) -> Self {
        let label = label.to_string();
        Self { called, label, back, saved: [0.0; LOCAL], locals: HashMap::new(), open: Vec::new(), calls_left: None }
    }
}

/// Where the program is in its subroutines, loops and choices. The flags are LinuxCNC's: one of each, however deep the nesting.
pub(super) struct Control {
    frames: Vec<Frame>,
    /// What starts at which label: a subroutine's own, or that of a loop or choice after its subroutine's and a `#`.
    starts: HashMap<String, Start>,
    /// The files opened for subroutines, by label.
    opened: HashMap<String, usize>,
    /// Lines are passed over up to this label.
    skipping: Option<String>,
    /// The subroutine whose definition is being passed over.
    defining: Option<String>,
    /// Whether a branch of the choice being passed through was taken.
    took_branch: bool,
    /// Whether a `break` or `continue` was the last reason to pass over lines; a `break` out of a `while` loop leaves its mark, so that the
    /// next `do` loop ends after its first round.
    breaks: bool,
    continues: bool,
    /// The first O-word that could not be read in the definition being passed over: its line and what is wrong with it.
    suspect: Option<(u32, String)>,
    /// What the last subroutine returned.
    pub(super) returned: Option<f64>,
    /// How often anything went round.
    repeats: u64,
    scratch: Block,
}

impl Control {
    pub(super) fn new() -> Self {
        Self {
            frames: vec![Frame::new(Called::Not, "", None)],
            starts: HashMap::new(),
            opened: HashMap::new(),
            skipping: None,
            defining: None,
            took_branch: false,
            breaks: false,
            continues: false,
            suspect: None,
            returned: None,
            repeats: 0,
            scratch: Block::default(),
        }
    }

    /// Depth of calls.
    pub(super) fn level(&self) -> usize {
        self.frames.len() - 1
    }

    fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The named parameters of the subroutine being executed.
    pub(super) fn locals(&self) -> &HashMap<String, f64> {
        // There is always the program's own frame.
        &self.frames[self.frames.len() - 1].locals
    }

    /// Sets named parameters of the subroutine being executed.
    pub(super) fn set_locals(&mut self, values: Vec<(String, f64)>) {
        self.frame().locals.extend(values);
    }

    /// The name under which a loop or choice is known.
    fn full(&self, label: &str) -> String {
        let sub = if self.level() > 0 { &self.frames[self.level()].label } else { self.defining.as_deref().unwrap_or("") };
        format!("{sub}#{label}")
    }

    fn opens(&mut self, name: &str, span: Span) {
        if !self.frame().open.iter().any(|(open, _)| open == name) {
            self.frame().open.push((name.to_string(), span));
        }
    }

    fn closes(&mut self, name: &str) {
        if let Some(index) = self.frame().open.iter().position(|(open, _)| open == name) {
            self.frame().open.truncate(index);
        }
    }

    fn skip_to(&mut self, name: &str) {
        self.skipping = Some(name.to_string());
    }

    /// Whether anything is still open where a file ends: what, and where it started.
    pub(super) fn left_open(&self) -> Option<(String, Span)> {
        let (name, span) = self.frames.last()?.open.last()?;
        Some((shown(name), *span))
    }
}

/// An O-word with this label, as the program writes it: `O100`, `O<name>`.
fn o_word(label: &str) -> String {
    if label.bytes().all(|b| b.is_ascii_digit()) { format!("O{label}") } else { format!("O<{label}>") }
}

/// A label as the program writes it.
fn shown(name: &str) -> String {
    o_word(name.rsplit('#').next().unwrap_or(name))
}

impl Interpreter<'_, '_> {
    /// Counts another round of something; refuses the one too many.
    pub(super) fn count_repeat(&mut self, span: Span, what: &str) -> Result<(), Refusal> {
        self.control.repeats += 1;
        // What ends the loop may be what is wrong with the program.
        let most = if self.out.findings.any_error() { ROUNDS_AFTER_AN_ERROR } else { u64::MAX };
        let most = most.min(self.setup.most_repeats);
        if self.control.repeats <= most {
            return Ok(());
        }
        self.state.ended = true;
        Err(refusal("P040", span, format!("{what} goes round once more: {most} rounds in all, and the program has not ended"))
            .expected("a program that ends")
            .hint("check its condition; --most-repeats allows more rounds"))
    }

    fn label(&self, block: &Block, flow: &Flow) -> Result<String, Refusal> {
        match flow.label {
            Label::Name(name) => Ok(block.text(name).to_string()),
            Label::Number(value) => {
                let number = self.value(block, value, flow.span)?;
                whole(number)
                    .filter(|n| *n >= 0)
                    .map(|n| n.to_string())
                    .ok_or_else(|| refusal("P041", flow.span, format!("O{number} is no label")).expected("a whole number"))
            }
        }
    }

    fn argument(&self, block: &Block, flow: &Flow) -> Result<f64, Refusal> {
        let value = block.arguments.first().copied().ok_or_else(Refusal::silent)?;
        self.value(block, value, flow.span)
    }

    /// Executes the O-word of `block`, and passes over the lines that it makes the program skip.
    pub(super) fn flow(&mut self, block: &Block, flow: &Flow) -> Result<(), Refusal> {
        let mut result = self.flow_word(block, flow);
        while self.control.skipping.is_some() {
            let mut block = std::mem::take(&mut self.control.scratch);
            let outcome = if !self.tape.readers[self.tape.current].next_flow(&mut block) {
                self.no_end(flow.span)
            } else if let Some(flow) = block.flow
                && !(block.skipped && self.setup.block_delete)
            {
                self.flow_word(&block, &flow)
            } else {
                self.unreadable(&block)
            };
            result = result.and(outcome);
            self.control.scratch = block;
        }
        result
    }

    /// Lines that are passed over are not read, but for their O-words.
    fn unreadable(&mut self, block: &Block) -> Result<(), Refusal> {
        let faults = block.findings.iter().filter(|f| f.code == "G035" && self.control.defining.is_none());
        let mut result = Ok(());
        if self.control.defining.is_some() && self.control.suspect.is_none() {
            self.control.suspect = block.findings.iter().find(|f| f.code == "G035").map(|f| (block.line, f.found.clone()));
        }
        for fault in faults {
            self.out.findings.text(block.span.file, fault.clone());
            result = Err(Refusal::silent());
        }
        result
    }

    /// The file has ended before the label that lines were passed over for.
    fn no_end(&mut self, span: Span) -> Result<(), Refusal> {
        let name = self.control.skipping.take().unwrap_or_default();
        let word = match self.control.starts.get(&name).map(|start| start.word) {
            _ if self.control.defining.take().is_some() => "endsub",
            Some(FlowWord::If) => "endif",
            Some(FlowWord::Repeat) => "endrepeat",
            Some(FlowWord::Do) => "while",
            _ => "endwhile",
        };
        let label = shown(&name);
        let hint = match self.control.suspect.take() {
            Some((line, what)) => format!("line {line}: {what}"),
            None => "labels must be the same at the start and at the end".to_string(),
        };
        Err(refusal("P044", span, format!("{label} has no end")).expected(format!("{label} {word}")).hint(hint))
    }

    fn flow_word(&mut self, block: &Block, flow: &Flow) -> Result<(), Refusal> {
        let label = self.label(block, flow)?;
        if self.control.defining.is_some() {
            return self.defining(block, flow, &label);
        }
        let skips = self.control.skipping.is_some();
        match flow.word {
            FlowWord::Sub | FlowWord::Label | FlowWord::EndSub | FlowWord::Return | FlowWord::Call if skips => Ok(()),
            FlowWord::Sub => self.define(label, flow.span),
            FlowWord::Label if self.control.frame().called == Called::ByLabel => {
                Err(refusal("P043", flow.span, "a subprogram for M98 inside a subroutine of O-words")
                    .expected("endsub before it"))
            }
            FlowWord::Label => Ok(()),
            FlowWord::EndSub | FlowWord::Return => self.end_sub(block, flow, &label),
            FlowWord::Call => self.call(block, flow, &label),
            word => {
                let name = self.control.full(&label);
                let here = self.control.skipping.as_ref() == Some(&name);
                if skips && !here {
                    return Ok(());
                }
                match word {
                    FlowWord::Do | FlowWord::While | FlowWord::Repeat | FlowWord::If => self.starts(block, flow, &name),
                    _ => self.goes_on(block, flow, &name, here),
                }
            }
        }
    }

    /// An O-word in a definition that is being passed over.
    fn defining(&mut self, block: &Block, flow: &Flow, label: &str) -> Result<(), Refusal> {
        match flow.word {
            FlowWord::Sub | FlowWord::Label => {
                Err(refusal("P045", flow.span, format!("{} stands inside another subroutine", o_word(label)))
                    .expected("endsub before it"))
            }
            // LinuxCNC takes the value that is returned even here.
            FlowWord::EndSub | FlowWord::Return if self.control.defining.as_deref() == Some(label) => {
                if flow.word == FlowWord::EndSub {
                    (self.control.defining, self.control.skipping) = (None, None);
                }
                self.control.returned = match self.returns(block, flow) {
                    // Names need not be known yet.
                    Err(refusal) if refusal.code() == "P031" => Some(0.0),
                    value => value?,
                };
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn returns(&self, block: &Block, flow: &Flow) -> Result<Option<f64>, Refusal> {
        if block.arguments.is_empty() { Ok(None) } else { self.argument(block, flow).map(Some) }
    }

    fn end_sub(&mut self, block: &Block, flow: &Flow, label: &str) -> Result<(), Refusal> {
        self.control.returned = self.returns(block, flow)?;
        match self.control.frame().called {
            Called::ByLabel => {
                self.leave();
                Ok(())
            }
            Called::ByM98 => Err(refusal("P043", flow.span, "a subprogram called by M98 ends with an O-word").expected("M99")),
            Called::Not => Err(refusal("P043", flow.span, "the end of a subroutine outside of one")
                .expected(format!("{} sub before it", o_word(label)))),
        }
    }

    /// Notes where a subroutine starts and passes over it.
    fn define(&mut self, label: String, span: Span) -> Result<(), Refusal> {
        match self.control.frame().called {
            // Entered from a call.
            Called::ByLabel => return Ok(()),
            Called::ByM98 => {
                return Err(refusal("P043", span, "a subroutine of O-words inside a subprogram called by M98").expected("M99"));
            }
            Called::Not => {}
        }
        self.control.skip_to(&label);
        self.control.suspect = None;
        self.control.defining = Some(label.clone());
        if let Some(start) = self.control.starts.get(&label) {
            let again = start.span.line == span.line && start.span.file == span.file;
            let found = if again { "after a call of it, or twice" } else { "a second time" };
            return Err(refusal("P045", span, format!("the definition of {} is come by {found}", o_word(&label)))
                .expected("every subroutine once, before the first call of it or after M2"));
        }
        let mark = self.tape.here();
        self.control.starts.insert(label, Start { word: FlowWord::Sub, mark, span, rounds: None });
        Ok(())
    }

    /// The start of a loop or choice, or the `while` that ends a `do` loop.
    fn starts(&mut self, block: &Block, flow: &Flow, name: &str) -> Result<(), Refusal> {
        let (word, span) = (flow.word, flow.span);
        let value = if word == FlowWord::Do { Ok(1.0) } else { self.argument(block, flow) };
        let mark = Mark { file: self.tape.current, at: self.tape.line_start };
        let start = self.control.starts.entry(name.to_string()).or_insert(Start { word, mark, span, rounds: None });
        let same = (start.span.line, start.span.file) == (span.line, span.file);
        let ends_do = word == FlowWord::While && start.word == FlowWord::Do;
        let (mark, first) = (start.mark, start.span.line);
        if !same && word != FlowWord::Do && !ends_do {
            let label = shown(name);
            return Err(refusal("P045", span, format!("{label} stands at a second start; the first is in line {first}"))
                .expected("another label"));
        }
        self.control.skipping = None;
        if ends_do {
            // Without a condition, nothing goes round.
            let goes_round = *value.as_ref().unwrap_or(&0.0) != 0.0 && !self.control.breaks;
            if goes_round {
                return self.again(name, mark, span);
            }
            self.control.breaks = false;
            self.control.closes(name);
            return value.map(|_| ());
        }
        self.control.opens(name, span);
        let goes_in = match (&value, word) {
            // Neither branch can be taken, so that all are passed over.
            (Err(_), _) => false,
            (Ok(count), FlowWord::Repeat) => {
                // The count of a `repeat` that has begun holds until it has ended.
                let left = start_of(&mut self.control, name).map_or(0, |s| *s.rounds.get_or_insert(count.round() as i64));
                if let Some(start) = start_of(&mut self.control, name) {
                    start.rounds = (left > 0).then_some(left - 1);
                }
                left > 0
            }
            (Ok(value), _) => *value != 0.0,
        };
        if word == FlowWord::If {
            self.control.took_branch = goes_in || value.is_err();
        }
        if !goes_in {
            self.control.skip_to(name);
        }
        value.map(|_| ())
    }

    /// An O-word inside or at the end of a loop or choice; `here` if lines were passed over up to this label.
    fn goes_on(&mut self, block: &Block, flow: &Flow, name: &str, here: bool) -> Result<(), Refusal> {
        let (word, span) = (flow.word, flow.span);
        // LinuxCNC works out the condition even where a branch was taken before.
        let value = if word == FlowWord::ElseIf { self.argument(block, flow) } else { Ok(1.0) };
        let (of, what): (&[FlowWord], &str) = match word {
            FlowWord::ElseIf | FlowWord::Else => (&[FlowWord::If], "the branch of a choice"),
            FlowWord::EndIf => (&[FlowWord::If], "the end of a choice"),
            FlowWord::EndWhile => (&[FlowWord::While], "the end of a loop"),
            FlowWord::EndRepeat => (&[FlowWord::Repeat], "the end of a loop"),
            FlowWord::Break => (&[FlowWord::While, FlowWord::Do], "break"),
            _ => (&[FlowWord::While, FlowWord::Do], "continue"),
        };
        let mark = match self.control.starts.get(name) {
            Some(start) if of.contains(&start.word) => start.mark,
            found => {
                let in_repeat =
                    found.is_some_and(|s| s.word == FlowWord::Repeat) && matches!(word, FlowWord::Break | FlowWord::Continue);
                let refusal = refusal("P042", span, format!("{what} without a start")).expected(format!(
                    "{} {} before it",
                    shown(name),
                    words(of)
                ));
                return Err(if in_repeat { refusal.hint("LinuxCNC has no break or continue in a repeat") } else { refusal });
            }
        };
        let control = &mut self.control;
        match word {
            FlowWord::ElseIf if control.took_branch || value.is_err() => {
                control.took_branch = true;
                control.skip_to(name);
            }
            FlowWord::ElseIf if *value.as_ref().unwrap_or(&0.0) == 0.0 => {}
            FlowWord::Else if control.took_branch => control.skip_to(name),
            FlowWord::ElseIf | FlowWord::Else if here => (control.took_branch, control.skipping) = (true, None),
            FlowWord::ElseIf | FlowWord::Else => {}
            FlowWord::EndIf => {
                (control.took_branch, control.skipping) = (true, None);
                control.closes(name);
            }
            FlowWord::Break => {
                control.breaks = true;
                control.skip_to(name);
            }
            FlowWord::Continue if here => {}
            FlowWord::Continue => {
                control.continues = true;
                control.skip_to(name);
            }
            // The end of a loop.
            _ => {
                control.skipping = None;
                if !here || std::mem::take(&mut control.continues) {
                    return self.again(name, mark, span);
                }
                control.closes(name);
            }
        }
        value.map(|_| ())
    }

    /// Goes back to the start of a loop.
    fn again(&mut self, name: &str, start: Mark, span: Span) -> Result<(), Refusal> {
        self.control.closes(name);
        self.count_repeat(span, "this loop")?;
        self.tape.go(start);
        Ok(())
    }

    fn enter(&mut self, called: Called, label: &str, span: Span) -> Result<(), Refusal> {
        if self.control.frames.len() >= DEEPEST {
            return Err(
                refusal("P046", span, "subroutines call each other too deeply").expected(format!("at most {DEEPEST} levels"))
            );
        }
        self.count_repeat(span, "this call")?;
        let back = Some(self.tape.here());
        self.control.frames.push(Frame::new(called, label, back));
        Ok(())
    }

    fn call(&mut self, block: &Block, flow: &Flow, label: &str) -> Result<(), Refusal> {
        if block.arguments.len() > LOCAL {
            return Err(
                refusal("P047", flow.span, format!("{} arguments", block.arguments.len())).expected(format!("at most {LOCAL}"))
            );
        }
        let mut values = [0.0; LOCAL];
        for (slot, argument) in values.iter_mut().zip(&block.arguments) {
            *slot = self.value(block, *argument, flow.span)?;
        }
        let to = self.find_sub(label, flow.span, FlowWord::Sub)?;
        self.enter(Called::ByLabel, label, flow.span)?;
        self.tape.go(to);
        self.parameters.swap_locals(&mut values);
        let frame = self.control.frame();
        frame.saved = values;
        frame.locals.insert("n_args".to_string(), block.arguments.len() as f64);
        Ok(())
    }

    /// Where the subroutine with `label` starts: known already, in a file of that name, or further on in this file.
    fn find_sub(&mut self, label: &str, span: Span, word: FlowWord) -> Result<Mark, Refusal> {
        let here = self.tape.here();
        if !self.control.starts.contains_key(label) {
            // A file that was opened before, in vain, is not opened again.
            let known = self.control.opened.get(label).copied();
            if let Some(file) = known {
                self.tape.go(Mark { file, at: Position::default() });
            } else if let Some((name, source)) = self.tape.library.open(label) {
                let file = self.out.findings.add_file(name);
                self.tape.readers.push(Reader::new(source, self.dialect, file));
                self.tape.current = self.tape.readers.len() - 1;
                self.control.opened.insert(label.to_string(), self.tape.current);
            }
            let mut found = self.scan(label);
            if matches!(found, Ok(false)) && self.dialect != Dialect::LinuxCnc {
                self.tape.go(Mark { at: Position::default(), ..here });
                found = self.scan(label);
            }
            self.tape.go(here);
            found?;
        }
        match self.control.starts.get(label) {
            Some(start) if start.word == word => Ok(start.mark),
            Some(_) if word == FlowWord::Sub => {
                Err(refusal("P043", span, format!("{} is a subprogram for M98", o_word(label))).expected(format!("M98 P{label}")))
            }
            Some(_) => Err(refusal("P043", span, format!("{} is a subroutine of O-words", o_word(label)))
                .expected(format!("{} call", o_word(label)))),
            None => {
                let wanted =
                    if word == FlowWord::Label { format!("a line {}", o_word(label)) } else { format!("{} sub", o_word(label)) };
                Err(refusal("P048", span, format!("there is no subroutine {}", o_word(label)))
                    .expected(format!("{wanted} after this line, or a file {label}.ngc beside this program"))
                    .hint(if word == FlowWord::Label { "LinuxCNC does not go back for M98" } else { "check its name" }))
            }
        }
    }

    /// Reads on to the subroutine with `label` and notes where it starts, if it is there. Refused at an O-word that cannot be
    /// read, which may be the one.
    fn scan(&mut self, label: &str) -> Result<bool, Refusal> {
        let mut block = std::mem::take(&mut self.control.scratch);
        let mut found = Ok(false);
        while matches!(found, Ok(false)) && self.tape.readers[self.tape.current].next_flow(&mut block) {
            found = self.unreadable(&block).map(|()| false);
            let Some(flow) = block.flow.filter(|flow| matches!(flow.word, FlowWord::Sub | FlowWord::Label)) else { continue };
            if found.is_ok() && self.label(&block, &flow).is_ok_and(|l| l == label) {
                let start = Start { word: flow.word, mark: self.tape.here(), span: flow.span, rounds: None };
                self.control.starts.insert(label.to_string(), start);
                found = Ok(true);
            }
        }
        self.control.scratch = block;
        found
    }

    /// Returns from a subroutine.
    fn leave(&mut self) {
        let level = self.control.level();
        let Some(mut frame) = self.control.frames.pop() else { return };
        let kept = self.kept.iter().find(|(l, _, on_return)| *l == level && *on_return).map(|(_, state, _)| *state);
        self.kept.retain(|(l, ..)| *l < level);
        if let Some(kept) = kept {
            self.restore(&kept);
        }
        if frame.called == Called::ByLabel {
            self.parameters.swap_locals(&mut frame.saved);
        }
        if let Some(back) = frame.back {
            self.tape.go(back);
        }
    }

    /// M98 P L. LinuxCNC goes back to the line with M98 for every round.
    pub(super) fn call_by_number(&mut self, label: Option<f64>, times: Option<f64>, span: Span) -> Result<(), Refusal> {
        let Some(number) = label.and_then(whole).filter(|n| *n >= 0) else {
            return Err(refusal("P049", span, "M98 without the number of a subprogram").expected("P, such as M98 P1000"));
        };
        if let Some(times) = times.filter(|t| self.dialect == Dialect::LinuxCnc && whole(*t).is_none()) {
            return Err(refusal("P049", span, format!("a subprogram {times} times")).expected("a whole number"));
        }
        let never = times.is_some_and(|t| t.round() < 1.0);
        if never && self.dialect != Dialect::LinuxCnc {
            return Ok(());
        }
        let label = number.to_string();
        let start = if never { None } else { Some(self.find_sub(&label, span, FlowWord::Label)?) };
        let line = Mark { file: self.tape.current, at: self.tape.line_start };
        self.enter(Called::ByM98, &label, span)?;
        let [.., caller, frame] = &mut self.control.frames[..] else { return Ok(()) };
        if let Some(times) = times {
            let left = caller.calls_left.unwrap_or(times.round() as i64) - 1;
            caller.calls_left = (left > 0).then_some(left);
            if left > 0 {
                frame.back = Some(line);
            }
        }
        // LinuxCNC counts a call that is never made as one, from which M99 returns.
        if let Some(start) = start {
            self.tape.go(start);
        }
        Ok(())
    }

    /// M99.
    pub(super) fn return_by_number(&mut self, span: Span) -> Result<(), Refusal> {
        match self.control.frame().called {
            Called::ByM98 => {
                self.control.returned = None;
                self.leave();
                Ok(())
            }
            Called::ByLabel => Err(refusal("P043", span, "a subroutine of O-words ends with M99").expected("endsub or return")),
            Called::Not => {
                self.starts_over(span);
                self.state.ended = true;
                Ok(())
            }
        }
    }

    /// Says what M99 does in the main program.
    pub(super) fn starts_over(&mut self, span: Span) {
        self.out.findings.once(Once::MainM99, span, || {
            Diagnostic::note("P217", "M99 in the main program starts it over on the controller; here it ends")
        });
    }

    /// A file has ended: an error if something in it has not.
    pub(super) fn at_end_of_file(&mut self) -> Result<(), Refusal> {
        if let Some((what, span)) = self.control.left_open() {
            return Err(refusal("P044", span, format!("{what} has no end")).expected("its end before the file's"));
        }
        if self.control.level() > 0 {
            let wanted = if self.dialect == Dialect::Mach3 { "M99" } else { "endsub or M99" };
            return Err(refusal("P044", self.out.span, "the file ends inside a subroutine").expected(wanted));
        }
        Ok(())
    }
}

fn start_of<'a>(control: &'a mut Control, name: &str) -> Option<&'a mut Start> {
    control.starts.get_mut(name)
}

fn words(of: &[FlowWord]) -> String {
    of.iter().map(|w| format!("{w:?}").to_ascii_lowercase()).collect::<Vec<_>>().join(" or ")
}
