//! G-code text to blocks: the words of every line, each with its place.
//!
//! In: the text of a program. Out: [`Block`]s and findings. Knows syntax only; what a word means is `program`'s affair.
//! Never stops at an error: a line that cannot be read gives one finding, and reading goes on with the next line.
//! May use `diag` and nom, and is the only room that knows nom.

mod faults;
mod lines;
mod words;

use crate::diag::Diagnostic;
use faults::Findings;
use words::Item;

/// A stretch of one line of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// First column, in characters, from 1.
    pub column: u32,
    /// Width in characters, at least 1.
    pub width: u32,
}

/// A letter and its number, such as `X12.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word {
    /// The letter in upper case. `$` (LinuxCNC's choice of spindle) counts as a letter; `%` stands only in the block
    /// that ends a program between percent signs.
    pub letter: char,
    /// The number, in whatever unit the letter and the program's modes give it.
    pub value: f64,
    /// Where it stands, letter and number.
    pub span: Span,
}

/// One line of the program that holds at least one word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Line, from 1.
    pub line: u32,
    /// The line number given by an N word, which is not among `words`.
    pub number: Option<u32>,
    /// The words in the order they stand.
    pub words: Vec<Word>,
    /// Whether the line starts with `/` (block delete). Controllers execute such lines unless a switch is on.
    pub skipped: bool,
    /// Whether the line has a syntax error, already reported: `words` holds only what stood before it, and must not be
    /// executed. Such a block is kept, even without words, so that nothing later is blamed for what it left undone.
    pub faulty: bool,
    /// From the first word to the last.
    pub span: Span,
}

/// Reads `text`, which came from `file` (a name for messages only).
///
/// Lines end with LF, CR LF or CR; a byte order mark at the start is passed over. A `%` before the first block is
/// ignored; one after it ends the program, as LinuxCNC does, and is given as a block with the single word `%`.
pub fn parse(file: &str, text: &str) -> (Vec<Block>, Vec<Diagnostic>) {
    let mut findings = Findings::new(file);
    // About 20 bytes a line: growing once or twice is cheaper than counting lines first.
    let mut blocks = Vec::with_capacity(text.len() / 24 + 1);
    let mut words = Vec::with_capacity(16);
    let mut lines = lines::Lines::new(text);
    while let Some((line, bytes)) = lines.next() {
        let mut line = Line { line, bytes, ascii: bytes.is_ascii(), counted: (0, 0) };
        if let Some(end) = line.percent() {
            if blocks.is_empty() {
                continue;
            }
            blocks.push(end);
            if lines.any(|(_, bytes)| bytes.iter().any(|b| !words::is_blank(*b))) {
                findings.text_after_end(line.line);
            }
            break;
        }
        words.clear();
        if let Some(block) = line.read(&mut words, &mut findings) {
            blocks.push(block);
        }
    }
    findings.into_blocks_and_diagnostics(blocks)
}

/// One line being read.
struct Line<'a> {
    line: u32,
    bytes: &'a [u8],
    /// Columns are then bytes; saves counting characters.
    ascii: bool,
    /// A byte offset and the number of characters before it: counting goes on from here, so that a line's words are
    /// placed in one pass over it.
    counted: (usize, usize),
}

impl Line<'_> {
    /// The span of the bytes from `start`, which never goes back, up to `end`.
    fn span(&mut self, start: usize, end: usize) -> Span {
        let chars = |bytes: &[u8]| {
            if self.ascii { bytes.len() } else { words::count_chars(bytes) }
        };
        let (byte, before) = self.counted;
        let before = before + chars(&self.bytes[byte.min(start)..start]);
        let (column, width) = (before + 1, chars(&self.bytes[start..end.max(start)]).max(1));
        self.counted = (start, before);
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { line: self.line, column: narrow(column), width: narrow(width) }
    }

    /// The block for a line that starts with a percent sign.
    fn percent(&mut self) -> Option<Block> {
        let start = self.bytes.iter().position(|b| !words::is_blank(*b))?;
        (self.bytes[start] == b'%').then(|| {
            let span = self.span(start, start + 1);
            let word = Word { letter: '%', value: 0.0, span };
            Block { line: self.line, words: vec![word], span, ..Block::default() }
        })
    }

    /// Reads the words into `words` (empty at the start) and makes a block of them, if there are any.
    fn read(&mut self, words: &mut Vec<Word>, findings: &mut Findings) -> Option<Block> {
        let mut block = Block { line: self.line, ..Block::default() };
        let mut rest = self.bytes;
        while !rest.is_empty() {
            let start = self.bytes.len() - rest.len();
            let fault = match words::item(rest) {
                Ok((after, item)) => {
                    rest = after;
                    let end = self.bytes.len() - rest.len();
                    let is_first = words.is_empty() && block.number.is_none() && !block.skipped;
                    match item {
                        Item::Nothing => None,
                        Item::Word { letter: 'N', value, .. } => {
                            block.number_from(value, is_first).err().map(|kind| (kind, start, end))
                        }
                        Item::Word { letter, value, gap } => {
                            let span = self.span(start, end);
                            words.push(Word { letter, value, span });
                            if gap {
                                findings.gap(span, letter, value);
                            }
                            None
                        }
                        Item::BlockDelete if words.is_empty() && !block.skipped => {
                            block.skipped = true;
                            None
                        }
                        Item::BlockDelete => Some((faults::Kind::SlashInside, start, end)),
                    }
                }
                Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                    let start = self.bytes.len() - fault.at.len();
                    Some((fault.kind, start, start + fault.width))
                }
                // Never given by the complete parsers in use here.
                Err(nom::Err::Incomplete(_)) => Some((faults::Kind::NotAWord, start, start + 1)),
            };
            if let Some((kind, start, end)) = fault {
                findings.fault(kind, self.bytes, start..end, self.span(start, end));
                block.faulty = true;
                break;
            }
        }
        match (words.first(), words.last()) {
            (Some(first), Some(last)) => {
                let width = last.span.column + last.span.width - first.span.column;
                block.span = Span { width, ..first.span };
            }
            _ if block.faulty => block.span = Span { line: self.line, column: 1, width: 1 },
            _ => return None,
        }
        // Exactly as long as needed: programs of a million lines are kept whole.
        block.words = words.as_slice().to_vec();
        Some(block)
    }
}

impl Block {
    /// Takes the value of an N word.
    fn number_from(&mut self, value: f64, is_first: bool) -> Result<(), faults::Kind> {
        if !is_first && self.number.is_some() {
            return Err(faults::Kind::SecondLineNumber);
        }
        if !(0.0..=f64::from(u32::MAX)).contains(&value) {
            return Err(faults::Kind::LineNumberRange);
        }
        // RS274 allows N12.5; only the whole part is kept.
        self.number = Some(value as u32);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
