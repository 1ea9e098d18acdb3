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

/// A loop or choice that is open.
#[derive(Clone, Debug)]
struct Open {
    label: String,
    span: Span,
    kind: OpenKind,
}

#[derive(Clone, Copy, Debug)]
enum OpenKind {
    If,
    /// Where the line with the condition starts.
    While(Mark),
    /// Where the first line of the loop starts.
    Do(Mark),
    /// Where the first line of the loop starts, and the rounds left.
    Repeat(Mark, u64),
}

/// How a subroutine was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    /// The program itself.
    Not,
    /// By `call`.
    ByLabel,
    /// By M98, so many more times.
    ByM98 { start: Mark, left: u64 },
}

/// A subroutine being executed.
struct Frame {
    called: Called,
    back: Option<Mark>,
    saved: [f64; LOCAL],
    locals: HashMap<String, f64>,
    open: Vec<Open>,
}

/// Where the program is in its subroutines.
pub(super) struct Control {
    frames: Vec<Frame>,
    /// Where subroutines start, by label.
    subs: HashMap<String, Mark>,
    /// What the last subroutine returned.
    pub(super) returned: Option<f64>,
    /// How often anything went round.
    repeats: u64,
    scratch: Block,
}

impl Control {
    pub(super) fn new() -> Self {
        let main = Frame { called: Called::Not, back: None, saved: [0.0; LOCAL], locals: HashMap::new(), open: Vec::new() };
        Self { frames: vec![main], subs: HashMap::new(), returned: None, repeats: 0, scratch: Block::default() }
    }

    /// Depth of calls.
    pub(super) fn level(&self) -> usize {
        self.frames.len() - 1
    }

    /// The named parameters of the subroutine being executed.
    pub(super) fn locals(&self) -> &HashMap<String, f64> {
        // There is always the program's own frame.
        &self.frames[self.frames.len() - 1].locals
    }

    /// Sets named parameters of the subroutine being executed.
    pub(super) fn set_locals(&mut self, values: Vec<(String, f64)>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.locals.extend(values);
        }
    }

    fn open(&mut self) -> &mut Vec<Open> {
        let last = self.frames.len() - 1;
        &mut self.frames[last].open
    }

    /// The open loop or choice with this label, all those inside it closed.
    fn unwind(&mut self, label: &str) -> Option<&mut Open> {
        let open = self.open();
        let index = open.iter().rposition(|o| o.label == label)?;
        open.truncate(index + 1);
        open.last_mut()
    }

    /// Whether anything is still open where a file ends: what, and where it started.
    pub(super) fn left_open(&self) -> Option<(String, Span)> {
        let open = self.frames.last()?.open.last()?;
        Some((format!("O{}", open.label), open.span))
    }
}

impl Interpreter<'_, '_> {
    /// Counts another round of something; refuses the one too many.
    pub(super) fn count_repeat(&mut self, span: Span, what: &str) -> Result<(), Refusal> {
        self.control.repeats += 1;
        if self.control.repeats <= self.setup.most_repeats {
            return Ok(());
        }
        self.state.ended = true;
        Err(refusal("P040", span, format!("{what} has gone round {} times and does not end", self.setup.most_repeats))
            .expected("a program that ends")
            .hint("check its condition; --most-repeats allows more"))
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

    /// Executes the O-word of `block`.
    pub(super) fn flow(&mut self, block: &Block, flow: &Flow) -> Result<(), Refusal> {
        let label = self.label(block, flow)?;
        let span = flow.span;
        let unmatched = |word: &str| {
            Err(refusal("P042", span, format!("{word} without a start")).expected(format!("the start of O{label} before it")))
        };
        match flow.word {
            FlowWord::Label => {
                let here = self.tape.here();
                self.control.subs.entry(label).or_insert(here);
                Ok(())
            }
            FlowWord::Sub => self.define(label, span),
            FlowWord::Call => self.call(block, flow, &label),
            FlowWord::EndSub | FlowWord::Return => {
                let value = if block.arguments.is_empty() { None } else { Some(self.argument(block, flow)?) };
                match self.control.frames.last().map(|f| f.called) {
                    Some(Called::ByLabel) => {
                        self.control.returned = value;
                        self.leave();
                        Ok(())
                    }
                    Some(Called::ByM98 { .. }) => {
                        Err(refusal("P043", span, "a subprogram called by M98 ends with an O-word").expected("M99"))
                    }
                    _ => Err(refusal("P043", span, "the end of a subroutine outside of one")
                        .expected(format!("O{label} sub before it"))),
                }
            }
            FlowWord::If => {
                self.push(&label, span, OpenKind::If);
                if self.argument(block, flow).inspect_err(|_| self.give_up(&label))? == 0.0 {
                    self.next_branch(&label, span)
                } else {
                    Ok(())
                }
            }
            FlowWord::ElseIf | FlowWord::Else => match self.control.unwind(&label) {
                // Reached from the branch before it, so that one was taken.
                Some(Open { kind: OpenKind::If, .. }) => self.skip_out(&label, span, &[FlowWord::EndIf]),
                _ => unmatched("the branch of a choice"),
            },
            FlowWord::EndIf => match self.control.unwind(&label) {
                Some(Open { kind: OpenKind::If, .. }) => {
                    self.control.open().pop();
                    Ok(())
                }
                _ => unmatched("the end of a choice"),
            },
            FlowWord::While => self.while_word(block, flow, label),
            FlowWord::EndWhile => match self.control.unwind(&label).map(|o| o.kind) {
                Some(OpenKind::While(start)) => self.again(start, span),
                _ => unmatched("the end of a loop"),
            },
            FlowWord::Do => {
                let start = self.tape.here();
                self.push(&label, span, OpenKind::Do(start));
                Ok(())
            }
            FlowWord::Repeat => {
                let count = self.argument(block, flow).inspect_err(|_| self.skip_lost(&label, &[FlowWord::EndRepeat]))?.round();
                let start = self.tape.here();
                if count >= 1.0 {
                    self.push(&label, span, OpenKind::Repeat(start, count as u64 - 1));
                    Ok(())
                } else {
                    self.push(&label, span, OpenKind::Repeat(start, 0));
                    self.skip_out(&label, span, &[FlowWord::EndRepeat])
                }
            }
            FlowWord::EndRepeat => self.end_repeat(&label, span),
            FlowWord::Break => match self.control.unwind(&label).map(|o| o.kind) {
                Some(OpenKind::While(_)) => self.skip_out(&label, span, &[FlowWord::EndWhile]),
                Some(OpenKind::Do(_)) => self.skip_out(&label, span, &[FlowWord::While]),
                Some(OpenKind::Repeat(..)) => self.skip_out(&label, span, &[FlowWord::EndRepeat]),
                _ => unmatched("break"),
            },
            FlowWord::Continue => match self.control.unwind(&label).map(|o| o.kind) {
                Some(OpenKind::While(start)) => self.again(start, span),
                Some(OpenKind::Do(_)) => self.continue_do(&label, span),
                Some(OpenKind::Repeat(..)) => {
                    self.find_end(&label, span, &[FlowWord::EndRepeat])?;
                    self.end_repeat(&label, span)
                }
                _ => unmatched("continue"),
            },
        }
    }

    fn end_repeat(&mut self, label: &str, span: Span) -> Result<(), Refusal> {
        match self.control.unwind(label).map(|o| &mut o.kind) {
            Some(OpenKind::Repeat(_, 0)) => {
                self.control.open().pop();
                Ok(())
            }
            Some(OpenKind::Repeat(start, left)) => {
                *left -= 1;
                let start = *start;
                self.count_repeat(span, "this loop")?;
                self.tape.go(start);
                Ok(())
            }
            _ => {
                Err(refusal("P042", span, "the end of a loop without a start")
                    .expected(format!("the start of O{label} before it")))
            }
        }
    }

    fn push(&mut self, label: &str, span: Span, kind: OpenKind) {
        let label = label.to_string();
        self.control.open().push(Open { label, span, kind });
    }

    /// A condition was lost: neither branch can be taken, so that all are passed over.
    fn give_up(&mut self, label: &str) {
        self.skip_lost(label, &[FlowWord::EndIf]);
        self.control.open().pop();
    }

    fn skip_lost(&mut self, label: &str, to: &[FlowWord]) {
        let _ = self.find_end(label, Span::default(), to);
    }

    /// Passes over lines up to one with `label` and one of `to`, which is then in the scratch block.
    fn find_end(&mut self, label: &str, span: Span, to: &[FlowWord]) -> Result<FlowWord, Refusal> {
        let mut block = std::mem::take(&mut self.control.scratch);
        let mut found = None;
        while self.tape.readers[self.tape.current].next_flow(&mut block) {
            let Some(flow) = block.flow.filter(|flow| to.contains(&flow.word)) else { continue };
            if self.label(&block, &flow).is_ok_and(|l| l == label) {
                found = Some(flow.word);
                break;
            }
        }
        self.control.scratch = block;
        found.ok_or_else(|| {
            refusal("P044", span, format!("O{label} has no end"))
                .expected(format!("O{label} {}", words(to)))
                .hint("labels must be the same at the start and at the end")
        })
    }

    /// Leaves the innermost open loop or choice at the line that ends it.
    fn skip_out(&mut self, label: &str, span: Span, to: &[FlowWord]) -> Result<(), Refusal> {
        self.control.open().pop();
        self.find_end(label, span, to).map(|_| ())
    }

    /// From a choice whose condition was false to the branch that is taken.
    fn next_branch(&mut self, label: &str, span: Span) -> Result<(), Refusal> {
        loop {
            match self.find_end(label, span, &[FlowWord::ElseIf, FlowWord::Else, FlowWord::EndIf])? {
                FlowWord::Else => return Ok(()),
                FlowWord::ElseIf => {
                    let block = std::mem::take(&mut self.control.scratch);
                    let value = block.flow.map_or(Err(Refusal::silent()), |flow| self.argument(&block, &flow));
                    let faults = block.findings.clone();
                    self.control.scratch = block;
                    for fault in faults {
                        self.out.findings.from_text(self.tape.current as u16, fault);
                    }
                    if value.inspect_err(|_| self.give_up(label))? != 0.0 {
                        return Ok(());
                    }
                }
                _ => {
                    self.control.open().pop();
                    return Ok(());
                }
            }
        }
    }

    fn while_word(&mut self, block: &Block, flow: &Flow, label: String) -> Result<(), Refusal> {
        let ends_do = matches!(self.control.unwind(&label).map(|o| o.kind), Some(OpenKind::Do(_)));
        if ends_do {
            let value = self.argument(block, flow);
            let open = self.control.open().pop();
            if value? != 0.0
                && let Some(open) = open
                && let OpenKind::Do(start) = open.kind
            {
                self.count_repeat(flow.span, "this loop")?;
                self.control.open().push(open);
                self.tape.go(start);
            }
            return Ok(());
        }
        let start = Mark { file: self.tape.current, at: self.tape.line_start };
        let value = self.argument(block, flow).inspect_err(|_| self.skip_lost(&label, &[FlowWord::EndWhile]))?;
        self.push(&label, flow.span, OpenKind::While(start));
        if value == 0.0 { self.skip_out(&label, flow.span, &[FlowWord::EndWhile]) } else { Ok(()) }
    }

    /// Goes back to the condition of a loop.
    fn again(&mut self, start: Mark, span: Span) -> Result<(), Refusal> {
        self.control.open().pop();
        self.count_repeat(span, "this loop")?;
        self.tape.go(start);
        Ok(())
    }

    fn continue_do(&mut self, label: &str, span: Span) -> Result<(), Refusal> {
        self.find_end(label, span, &[FlowWord::While])?;
        let block = std::mem::take(&mut self.control.scratch);
        let result = block.flow.map_or(Ok(()), |flow| self.while_word(&block, &flow, label.to_string()));
        self.control.scratch = block;
        result
    }

    /// Notes where a subroutine starts and passes over it.
    fn define(&mut self, label: String, span: Span) -> Result<(), Refusal> {
        let here = self.tape.here();
        if self.control.subs.insert(label.clone(), here).is_some_and(|old| old != here) {
            return Err(refusal("P045", span, format!("O{label} is defined a second time")).expected("another label"));
        }
        self.find_end(&label, span, &[FlowWord::EndSub]).map(|_| ())
    }

    fn enter(&mut self, called: Called, to: Mark, span: Span) -> Result<(), Refusal> {
        if self.control.frames.len() >= DEEPEST {
            return Err(
                refusal("P046", span, "subroutines call each other too deeply").expected(format!("at most {DEEPEST} levels"))
            );
        }
        self.count_repeat(span, "this call")?;
        let back = Some(self.tape.here());
        self.control.frames.push(Frame { called, back, saved: [0.0; LOCAL], locals: HashMap::new(), open: Vec::new() });
        self.tape.go(to);
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
        self.enter(Called::ByLabel, to, flow.span)?;
        self.parameters.swap_locals(&mut values);
        if let Some(frame) = self.control.frames.last_mut() {
            frame.saved = values;
            frame.locals.insert("n_args".to_string(), block.arguments.len() as f64);
        }
        Ok(())
    }

    /// Where the subroutine with `label` starts: known already, in a file of that name, or further on in this file; for M98 anywhere in it.
    fn find_sub(&mut self, label: &str, span: Span, word: FlowWord) -> Result<Mark, Refusal> {
        if let Some(mark) = self.control.subs.get(label) {
            return Ok(*mark);
        }
        let here = self.tape.here();
        if let Some((name, source)) = self.tape.library.open(label) {
            let file = self.out.findings.add_file(name);
            self.tape.readers.push(Reader::new(source, self.dialect, file));
            self.tape.current = self.tape.readers.len() - 1;
            if let Some(mark) = self.scan(label, word) {
                self.tape.go(here);
                return Ok(mark);
            }
        }
        self.tape.go(here);
        let mut found = self.scan(label, word);
        if found.is_none() && word == FlowWord::Label {
            self.tape.go(Mark { at: Position::default(), ..here });
            found = self.scan(label, word);
        }
        self.tape.go(here);
        found.ok_or_else(|| {
            let wanted = if word == FlowWord::Label { format!("a line O{label}") } else { format!("O{label} sub") };
            refusal("P048", span, format!("there is no subroutine O{label}"))
                .expected(format!("{wanted} in this program, or a file {label}.ngc beside it"))
        })
    }

    fn scan(&mut self, label: &str, word: FlowWord) -> Option<Mark> {
        self.find_end(label, Span::default(), &[word]).ok()?;
        let here = self.tape.here();
        self.control.subs.insert(label.to_string(), here);
        Some(here)
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

    /// M98 P L.
    pub(super) fn call_by_number(&mut self, label: Option<f64>, times: Option<f64>, span: Span) -> Result<(), Refusal> {
        let Some(number) = label.and_then(whole).filter(|n| *n >= 0) else {
            return Err(refusal("P049", span, "M98 without the number of a subprogram").expected("P, such as M98 P1000"));
        };
        let left = times.map_or(1.0, f64::round);
        if left < 1.0 {
            return Ok(());
        }
        let start = self.find_sub(&number.to_string(), span, FlowWord::Label)?;
        self.enter(Called::ByM98 { start, left: left as u64 - 1 }, start, span)
    }

    /// M99.
    pub(super) fn return_by_number(&mut self, span: Span) -> Result<(), Refusal> {
        match self.control.frames.last_mut().map(|f| &mut f.called) {
            Some(Called::ByM98 { left: 0, .. }) => {
                self.leave();
                Ok(())
            }
            Some(Called::ByM98 { start, left }) => {
                *left -= 1;
                let start = *start;
                self.count_repeat(span, "this call")?;
                self.tape.go(start);
                Ok(())
            }
            Some(Called::ByLabel) => {
                Err(refusal("P043", span, "a subroutine of O-words ends with M99").expected("endsub or return"))
            }
            _ => {
                self.out.findings.once(Once::MainM99, span, || {
                    Diagnostic::note("P217", "M99 in the main program starts it over on the controller; here it ends")
                });
                self.state.ended = true;
                Ok(())
            }
        }
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

fn words(of: &[FlowWord]) -> String {
    of.iter().map(|w| format!("{w:?}").to_ascii_lowercase()).collect::<Vec<_>>().join(" or ")
}
