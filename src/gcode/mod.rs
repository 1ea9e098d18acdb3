//! G-code text to blocks: the words of every line, each with its place.
//!
//! In: a program as [`Source`], of any size. Out: one [`Block`] at a time, with findings. Knows syntax only; what a word means is `program`'s
//! affair. Never stops at an error: a line that cannot be read gives one finding, and reading goes on with the next line.
//! May use `diag`, memchr and nom, and is the only room that knows nom.

mod block;
mod expressions;
mod faults;
mod flow;
mod source;
mod survey;
mod words;

pub use block::{
    Binary, Block, Expression, Flow, FlowWord, Label, Note, NoteKind, Op, Setting, Target, Text, Unary, Value, Word,
};
pub use source::{LONGEST_LINE, Position, RawLine, Source, is_text};
pub use survey::{Survey, survey};

use crate::diag::{Diagnostic, Place};
use faults::Kind;
use std::ops::Range;
use words::Item;

/// Whose rules a program is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Grbl 1.1. grblHAL reads all of it and more.
    Grbl,
    /// LinuxCNC 2.9's RS274/NGC, QtPlasmaC's words included.
    LinuxCnc,
    /// Mach3 Mill.
    Mach3,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Grbl, Self::LinuxCnc, Self::Mach3];

    /// The name for files and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grbl => "grbl",
            Self::LinuxCnc => "linuxcnc",
            Self::Mach3 => "mach3",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Grbl => "Grbl",
            Self::LinuxCnc => "LinuxCNC",
            Self::Mach3 => "Mach3",
        }
    }
}

impl std::str::FromStr for Dialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|d| d.name() == name)
            .ok_or_else(|| format!("'{name}' is no dialect; expected grbl, linuxcnc or mach3"))
    }
}

/// A stretch of one line of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// First column, in characters, from 1.
    pub column: u32,
    /// Width in characters, at least 1.
    pub width: u16,
    /// Which file: 0 is the program itself, others are those it calls, in the order of their first call.
    pub file: u16,
}

impl Span {
    /// The place in the file called `file`.
    pub fn place(self, file: &str) -> Place {
        Place { file: file.to_string(), line: self.line, column: self.column, width: u32::from(self.width) }
    }
}

/// Reads the blocks of one text.
pub struct Reader<'a> {
    source: Source<'a>,
    dialect: Dialect,
    /// Which file, for spans.
    file: u16,
    /// Whether a line with anything on it was read.
    begun: bool,
    /// The first such line, if it was a percent sign.
    percent: Option<u32>,
    /// The first faulty line with a percent sign in it.
    faulty_percent: Option<u32>,
}

impl<'a> Reader<'a> {
    /// Reads `source`, whose spans will say `file`, by the rules of `dialect`.
    pub fn new(source: Source<'a>, dialect: Dialect, file: u16) -> Self {
        Self { source, dialect, file, begun: false, percent: None, faulty_percent: None }
    }

    /// The place of the next line.
    pub fn position(&self) -> Position {
        self.source.position()
    }

    /// Goes to a place got from [`Reader::position`].
    pub fn seek(&mut self, to: Position) {
        self.source.seek(to);
    }

    /// Why reading stopped before the end, if it did.
    pub fn take_failure(&mut self) -> Option<std::io::Error> {
        self.source.take_failure()
    }

    /// Reads the next line that asks for anything into `block`; false at the end.
    pub fn next(&mut self, block: &mut Block) -> bool {
        self.next_where(block, |_| true)
    }

    /// Reads the next line that starts with an O-word, passing over all others unread; false at the end.
    pub fn next_flow(&mut self, block: &mut Block) -> bool {
        self.next_where(block, |bytes| {
            let rest = bytes.iter().skip_while(|b| words::is_blank(**b) || **b == b'/');
            let mut rest = rest.skip_while(|b| matches!(b, b'n' | b'N' | b'0'..=b'9' | b'.' | b' ' | b'\t'));
            matches!(rest.next(), Some(b'o' | b'O'))
        })
    }

    fn next_where(&mut self, block: &mut Block, wanted: impl Fn(&[u8]) -> bool) -> bool {
        while let Some(raw) = self.source.next_line() {
            if !wanted(raw.bytes) {
                continue;
            }
            block.clear(raw.number);
            let first = !self.begun;
            let mut line =
                Line { line: raw.number, file: self.file, bytes: raw.bytes, ascii: raw.bytes.is_ascii(), counted: (0, 0) };
            line.read(block, self.dialect);
            if raw.cut || self.dialect == Dialect::LinuxCnc && raw.bytes.len() + usize::from(raw.end_width) >= 254 {
                block.clear(raw.number);
                line.counted = (0, 0);
                line.fault(block, self.dialect, Kind::LineTooLong, 0..raw.bytes.len());
            }
            if block.percent {
                match self.dialect {
                    Dialect::Mach3 => block.percent = false,
                    Dialect::LinuxCnc if first => (self.percent, block.percent) = (Some(raw.number), false),
                    // Loops and calls may come by it again.
                    Dialect::LinuxCnc if self.percent == Some(raw.number) => block.percent = false,
                    // Nor is the next one blamed for what was wrong with an earlier one.
                    Dialect::LinuxCnc if self.percent.or(self.faulty_percent).is_some_and(|line| line < raw.number) => {}
                    _ => {
                        block.percent = false;
                        let column = block.span.column as usize - 1;
                        line.counted = (0, 0);
                        line.fault(block, self.dialect, Kind::Percent, column..column + 1);
                    }
                }
            }
            if block.faulty && self.faulty_percent.is_none() && raw.bytes.contains(&b'%') {
                self.faulty_percent = Some(raw.number);
            }
            self.begun |= raw.bytes.iter().any(|b| !words::is_blank(*b));
            if !block.is_empty() {
                return true;
            }
        }
        false
    }
}

/// One line being read.
struct Line<'a> {
    line: u32,
    file: u16,
    bytes: &'a [u8],
    /// Columns are then bytes; saves counting characters.
    ascii: bool,
    /// A byte offset and the number of characters before it: counting goes on from here, so that a line's words are
    /// placed in one pass over it.
    counted: (usize, usize),
}

impl Line<'_> {
    /// The span of the bytes from `start`, which never goes back, up to `end`.
    #[inline]
    fn span(&mut self, start: usize, end: usize) -> Span {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let width = |n: usize| u16::try_from(n.max(1)).unwrap_or(u16::MAX);
        if self.ascii {
            return Span { line: self.line, column: narrow(start + 1), width: width(end.max(start) - start), file: self.file };
        }
        let (byte, before) = self.counted;
        let before = before + words::count_chars(&self.bytes[byte.min(start)..start]);
        self.counted = (start, before);
        let chars = words::count_chars(&self.bytes[start..end.max(start)]);
        Span { line: self.line, column: narrow(before + 1), width: width(chars), file: self.file }
    }

    fn fault(&mut self, block: &mut Block, dialect: Dialect, kind: Kind, range: Range<usize>) {
        let span = self.span(range.start, range.end);
        let text = faults::shown(self.bytes.get(range).unwrap_or_default());
        block.findings.push(faults::describe(kind, &text, dialect).at(span.place("")));
        block.faulty = true;
    }

    /// Reads the line into `block`, which is empty.
    fn read(&mut self, block: &mut Block, dialect: Dialect) {
        let mut rest = self.bytes;
        let mut filtered = Vec::new();
        if dialect == Dialect::Grbl {
            match rest.iter().find(|b| !words::is_blank(**b)) {
                Some(b'$') => return self.system(block),
                // Grbl drops these bytes, and comments, wherever they stand; here they become blanks, so that columns stay.
                Some(_) if rest.iter().any(|b| is_dropped(*b) || matches!(b, b'(' | b';')) => {
                    let mut comment = None;
                    filtered.extend(rest.iter().map(|b| {
                        match (comment, b) {
                            (None, b'(' | b';') => comment = Some(*b),
                            (Some(b'('), b')') => {
                                comment = None;
                                return b' ';
                            }
                            _ => {}
                        }
                        if comment.is_some() || is_dropped(*b) { b' ' } else { *b }
                    }));
                    block.skipped = rest.iter().find(|b| !words::is_blank(**b)) == Some(&b'/');
                    rest = &filtered;
                }
                _ => {}
            }
        }
        let whole = rest;
        let mut late = None;
        // LinuxCNC takes a line number, a percent sign and an O-word for what they are only where nothing stands before them.
        let mut commented = false;
        loop {
            while let [b' ' | b'\t', after @ ..] = rest {
                rest = after;
            }
            if rest.is_empty() {
                break;
            }
            let start = whole.len() - rest.len();
            let first = block.words.is_empty() && block.settings.is_empty() && block.flow.is_none() && !commented;
            let fault = match words::item(rest, dialect, first, block) {
                Ok((after, item)) => {
                    rest = after;
                    commented |= dialect == Dialect::LinuxCnc && matches!(item, Item::Nothing | Item::Note(..));
                    self.take(item, first, start, whole.len() - rest.len(), block, dialect)
                }
                Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                    let start = whole.len() - fault.at.len();
                    let percent = fault.kind == Kind::NotAWord && fault.at.first() == Some(&b'%');
                    if percent && first && block.number.is_none() && fault.at[1..].iter().all(|b| words::is_blank(*b)) {
                        block.span = self.span(start, start + 1);
                        block.percent = true;
                        return;
                    }
                    Some((if percent { Kind::Percent } else { fault.kind }, start, start + fault.width))
                }
                // Never given by the complete parsers in use here.
                Err(nom::Err::Incomplete(_)) => Some((Kind::NotAWord, start, start + 1)),
            };
            if let Some((kind, start, end)) = fault {
                // Grbl looks at the size of a line number when it has read the whole line.
                if kind == Kind::LineNumberRange && dialect == Dialect::Grbl {
                    late = Some(start..end);
                    continue;
                }
                // A fault may lie before the last word that was placed.
                if start < self.counted.0 {
                    self.counted = (0, 0);
                }
                block.lost = lost_letters(rest, first && dialect != Dialect::Grbl);
                words::lost_settings(rest, dialect, block);
                self.fault(block, dialect, kind, start..end);
                break;
            }
        }
        if let Some(range) = late.filter(|_| !block.faulty) {
            self.counted = (0, 0);
            self.fault(block, dialect, Kind::LineNumberRange, range);
        }
        if dialect == Dialect::Grbl && self.bytes.len() > 79 && grbl_length(self.bytes) > 79 {
            block.clear(self.line);
            self.counted = (0, 0);
            self.fault(block, dialect, Kind::LineTooLong, 0..self.bytes.len());
        }
    }

    /// Takes one item of the line, from byte `start` to `end`; what is wrong with it, if anything.
    #[inline]
    fn take(
        &mut self,
        item: Item,
        first: bool,
        start: usize,
        end: usize,
        block: &mut Block,
        dialect: Dialect,
    ) -> Option<(Kind, usize, usize)> {
        if block.flow.is_some() && !matches!(item, Item::Nothing | Item::Note(..)) {
            return Some((Kind::AfterFlow, start, end));
        }
        match item {
            Item::Nothing => {}
            Item::Word { letter: b'N', value, .. } => {
                let anywhere = dialect != Dialect::LinuxCnc;
                if block.number.is_some() || !(first || anywhere) {
                    return Some((Kind::SecondLineNumber, start, end));
                }
                let Value::Number(number) = value else { return Some((Kind::NotANumber, start, end)) };
                // RS274 allows N12.5; only the whole part is kept.
                block.number = Some(number as u32);
                let most = if dialect == Dialect::Grbl { 1e7 } else { f64::from(u32::MAX) };
                if number < 0.0 && dialect == Dialect::Grbl {
                    return Some((Kind::LineNumberNegative, start, end));
                }
                if !(0.0..=most).contains(&number.trunc()) {
                    return Some((Kind::LineNumberRange, start, end));
                }
            }
            Item::Word { letter, value, gap } => {
                let span = self.span(start, end);
                block.extend_span(span);
                block.words.push(Word { letter: char::from(letter), value, span });
                if gap && let Value::Number(number) = value {
                    let found = format!("blanks inside a number, read as {}{number}", char::from(letter));
                    let finding = Diagnostic::warning("G020", found).hint("remove the blanks, or add the missing letter");
                    block.findings.push(finding.at(span.place("")));
                }
            }
            Item::Setting(setting) => {
                let span = self.span(start, end);
                block.extend_span(span);
                block.settings.push(Setting { span, ..setting });
            }
            Item::Flow(flow) => {
                let span = self.span(start, end);
                block.extend_span(span);
                block.flow = Some(Flow { span, ..flow });
            }
            Item::Note(kind, text) => {
                let span = self.span(start, end);
                block.extend_span(span);
                block.notes.push(Note { kind, text, span });
            }
            Item::BlockDelete if first && !block.skipped && block.number.is_none() => block.skipped = true,
            Item::BlockDelete => return Some((Kind::SlashInside, start, end)),
        }
        None
    }

    /// A line that starts with `$`: Grbl's own commands and settings.
    fn system(&mut self, block: &mut Block) {
        let text: Vec<u8> = self.bytes.iter().filter(|b| **b > b' ' && !is_dropped(**b)).map(u8::to_ascii_uppercase).collect();
        let start = self.bytes.iter().position(|b| !words::is_blank(*b)).unwrap_or(0);
        let fault = if grbl_length(self.bytes) > 79 { Some(Kind::LineTooLong) } else { system_fault(&text[1..]) };
        if let Some(kind) = fault {
            return self.fault(block, Dialect::Grbl, kind, start..self.bytes.len());
        }
        block.span = self.span(start, self.bytes.len());
        block.system = true;
    }
}

/// The letters in the unread rest of a faulty line, comments left out, as bits. An O counts only where an O-word can stand: before
/// all others, if the line starts here.
fn lost_letters(rest: &[u8], starts: bool) -> u32 {
    let mut lost = 0;
    let mut comment = false;
    let mut o_word = false;
    for byte in rest {
        match byte {
            b';' if !comment => break,
            b'(' => comment = true,
            b')' => comment = false,
            letter if letter.is_ascii_alphabetic() && !comment => {
                o_word |= starts && lost == 0 && matches!(letter, b'O' | b'o');
                lost |= 1 << (letter.to_ascii_uppercase() - b'A');
            }
            _ => {}
        }
    }
    if o_word { lost } else { lost & !(1 << (b'O' - b'A')) }
}

/// Whether Grbl drops a byte wherever it stands: slashes, control characters but its reset (0x18), and all beyond ASCII.
fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'/' | 0..=0x08 | 0x0e..=0x17 | 0x19..=0x1f | 0x80..)
}

/// What is wrong with a `$` line, given what follows the `$` without blanks and in upper case.
fn system_fault(text: &[u8]) -> Option<Kind> {
    let known = match text {
        b"" | b"$" | b"#" | b"G" | b"I" | b"N" | b"C" | b"X" | b"H" | b"SLP" => true,
        [b'J' | b'I', b'=', ..] => true,
        [b'R', b'S', b'T', b'=', b'$' | b'#' | b'*'] => true,
        [b'$' | b'#' | b'G' | b'I' | b'C' | b'X' | b'H' | b'S' | b'J' | b'R', ..] => false,
        rest => {
            let startup_line = rest.strip_prefix(b"N");
            let Ok((rest, setting)) = words::number(startup_line.unwrap_or(rest)) else {
                return Some(Kind::SettingWithoutNumber);
            };
            match rest.strip_prefix(b"=") {
                None => false,
                Some(_) if startup_line.is_some() => true,
                Some(value) => match words::number(value) {
                    Ok((rest, _)) => rest.is_empty() && setting.value <= 255.0,
                    Err(_) => return Some(Kind::SettingWithoutNumber),
                },
            }
        }
    };
    (!known).then_some(Kind::Setting)
}

/// Characters that reach Grbl's line buffer: without blanks, slashes and comments.
fn grbl_length(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut comment = false;
    for byte in bytes {
        match byte {
            b')' if comment => comment = false,
            _ if comment => {}
            b';' => break,
            b'(' => comment = true,
            b'/' | 0..=b' ' | 0x80.. => {}
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests;
