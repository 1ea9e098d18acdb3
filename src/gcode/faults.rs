//! What can be wrong with the syntax of a line, and how it is said.
//!
//! In: kinds of faults and places. Out: findings with stable codes. May use `diag`; implements nom's error trait.

use super::{Block, Span};
use crate::diag::{Diagnostic, Place, Severity};
use std::ops::Range;

/// How many errors are told one by one.
const TOLD: usize = 50;
/// How many warnings about blanks inside numbers are told one by one.
const GAPS_TOLD: usize = 5;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A character that starts no word.
    NotAWord,
    /// A letter without a number.
    NoNumber,
    /// Signs, digits and dots that make no number.
    NotANumber,
    /// More than f64 holds.
    NumberTooLarge,
    /// `(` without `)`.
    CommentNotClosed,
    /// `)` without `(`.
    CommentNotOpen,
    /// `( … ( … ) … )`.
    CommentInside,
    /// `#` or `[`.
    Parameter,
    /// An O-word.
    OWord,
    /// `/` after a word.
    SlashInside,
    /// Two N words.
    SecondLineNumber,
    /// An N word below zero or above 2^32.
    LineNumberRange,
    /// A `$` line for the controller.
    Setting,
}

/// A fault with the bytes left where it was found and how many of them are at fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault<'a> {
    pub(super) kind: Kind,
    pub(super) at: &'a [u8],
    pub(super) width: usize,
}

impl<'a> Fault<'a> {
    pub(super) fn new(kind: Kind, at: &'a [u8], width: usize) -> nom::Err<Self> {
        nom::Err::Error(Self { kind, at, width: width.min(at.len()) })
    }
}

impl<'a> nom::error::ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(at: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self { kind: Kind::NotAWord, at, width: at.len().min(1) }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// The findings of one text, bounded in number.
pub(super) struct Findings<'a> {
    file: &'a str,
    list: Vec<Diagnostic>,
    errors: usize,
    gaps: usize,
}

impl<'a> Findings<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file, list: Vec::new(), errors: 0, gaps: 0 }
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.file.to_string(), line: span.line, column: span.column, width: span.width }
    }

    /// Takes a fault found in the bytes `range` of `line`.
    pub(super) fn fault(&mut self, kind: Kind, line: &[u8], range: Range<usize>, span: Span) {
        self.errors += 1;
        if self.errors <= TOLD {
            let text = shown(line.get(range).unwrap_or_default());
            self.list.push(describe(kind, &text, line).at(self.place(span)));
        }
    }

    /// Takes a number with blanks between its digits.
    pub(super) fn gap(&mut self, span: Span, letter: char, value: f64) {
        self.gaps += 1;
        if self.gaps <= GAPS_TOLD {
            let found = format!("blanks inside a number, read as {letter}{value}");
            let finding = Diagnostic::warning("G020", found).hint("remove the blanks, or add the missing letter");
            self.list.push(finding.at(self.place(span)));
        }
    }

    /// Takes text after the `%` on `line`.
    pub(super) fn text_after_end(&mut self, line: u32) {
        let note = Diagnostic::note("G021", "the text after the closing '%' is not read");
        self.list.push(note.at(self.place(Span { line, column: 1, width: 1 })));
    }

    /// The blocks and the findings, closed with a line on what was left untold.
    pub(super) fn into_blocks_and_diagnostics(mut self, blocks: Vec<Block>) -> (Vec<Block>, Vec<Diagnostic>) {
        let place = Place { file: self.file.to_string(), ..Place::default() };
        let mut untold = |severity, code, count: usize, what: &str| {
            if count > 0 {
                let found = format!("{count} more {what} not shown");
                self.list.push(Diagnostic::new(severity, code, found).at(place.clone()));
            }
        };
        untold(Severity::Error, "G019", self.errors.saturating_sub(TOLD), "lines with syntax errors");
        untold(Severity::Warning, "G020", self.gaps.saturating_sub(GAPS_TOLD), "numbers with blanks inside");
        (blocks, self.list)
    }
}

/// A piece of a line fit for a message.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out: String = text
        .chars()
        .take(24)
        .map(|c| if c.is_control() || c == '\u{a0}' { format!("U+{:04X}", c as u32) } else { c.to_string() })
        .collect();
    if text.chars().count() > 24 {
        out.push('…');
    }
    out
}

/// The finding for a fault in `text`, a piece of `line`.
fn describe(kind: Kind, text: &str, line: &[u8]) -> Diagnostic {
    match kind {
        Kind::NotAWord => {
            let finding = Diagnostic::error("G001", format!("'{text}' starts no word")).expected("a letter followed by a number");
            match text {
                "," => finding.hint("decimals are written with a point: X1.5"),
                "*" => finding.hint("turn off line checksums in the post processor"),
                "@" | "^" => finding.hint("polar coordinates are not supported; write X and Y"),
                "U+00A0" => finding.hint("this is a no-break space from a word processor; use plain spaces"),
                _ => finding.hint("remove it, or put it in a comment: ( … )"),
            }
        }
        Kind::NoNumber => Diagnostic::error("G002", format!("'{text}' has no number"))
            .expected("a letter followed by a number, such as X10")
            .hint("words for people belong in a comment: ( … )"),
        Kind::NotANumber => Diagnostic::error("G003", format!("'{text}' is not a number"))
            .expected("digits with at most one sign in front and one point")
            .hint("write decimals with a point and without exponent, such as -1.5"),
        Kind::NumberTooLarge => {
            Diagnostic::error("G004", format!("'{text}' is too large a number")).hint("check the post processor")
        }
        Kind::CommentNotClosed => Diagnostic::error("G005", "the comment is not closed")
            .expected("')' on the same line")
            .hint("close it with ')', or start it with ';'"),
        Kind::CommentNotOpen => Diagnostic::error("G006", "')' without '('").hint("remove it, or open the comment with '('"),
        Kind::CommentInside => Diagnostic::error("G007", "a comment inside a comment")
            .expected("one pair of parentheses")
            .hint("the first ')' ends the comment; use [ ] or ; inside it"),
        Kind::Parameter => {
            let hint = if line.windows(5).any(|w| w.eq_ignore_ascii_case(b"_hal[")) {
                "this asks LinuxCNC for a value at run time: write the number itself, such as F1200"
            } else {
                "let the CAM program or its post processor write plain numbers on this line"
            };
            Diagnostic::error("G008", "parameters and expressions (#, [ ]) are not read yet")
                .expected("a plain number")
                .hint(hint)
        }
        Kind::OWord => Diagnostic::error("G009", "O-words (subroutines, loops, conditions) are not read yet")
            .expected("plain moves")
            .hint("let the CAM program or its post processor write the moves out in full"),
        Kind::SlashInside => Diagnostic::error("G010", "'/' inside a block")
            .expected("'/' only at the start of a line")
            .hint("division is not read; write the result"),
        Kind::SecondLineNumber => {
            Diagnostic::error("G011", "a second line number").expected("one N word").hint("put the second block on its own line")
        }
        Kind::LineNumberRange => Diagnostic::error("G012", format!("line number '{text}' is out of range"))
            .expected("a number from 0 to 4294967295")
            .hint("line numbers can be left out"),
        Kind::Setting => Diagnostic::error("G013", "a '$' setting or command for the controller, not G-code")
            .hint("remove it from the program; settings belong in the machine file"),
    }
}
