//! What a line of a program says: words, settings of parameters, an O-word, comments that ask for something.
//!
//! Expressions are kept as code for a small stack machine, because their values depend on parameters and so on when the line is executed.
//! Uses `diag` for findings.

use super::Span;
use crate::diag::Diagnostic;
use std::ops::Range;

/// A stretch of a block's text: a name or a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A stretch of a block's code: an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expression {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A number, or what must be worked out to get it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Written as a number.
    Number(f64),
    /// Written with parameters, operators or functions.
    Expression(Expression),
}

/// Functions of one number; angles are in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// Absolute value.
    Abs,
    /// Arc cosine.
    Acos,
    /// Arc sine.
    Asin,
    /// Cosine.
    Cos,
    /// Power of e.
    Exp,
    /// Next lower whole number.
    Fix,
    /// Next higher whole number.
    Fup,
    /// Natural logarithm.
    Ln,
    /// Nearest whole number.
    Round,
    /// Sine.
    Sin,
    /// Square root.
    Sqrt,
    /// Tangent.
    Tan,
    /// Change of sign.
    Negate,
}

/// Operations on two numbers. Comparisons and logic give 1 or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `**`
    Power,
    /// `*`
    Times,
    /// `/`
    Over,
    /// MOD, never negative.
    Mod,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// EQ, within the controller's tolerance.
    Equal,
    /// NE
    NotEqual,
    /// GT
    Greater,
    /// GE
    GreaterOrEqual,
    /// LT
    Less,
    /// LE
    LessOrEqual,
    /// AND
    And,
    /// OR
    Or,
    /// XOR
    Xor,
    /// `ATAN[y]/[x]`
    Atan,
}

/// One instruction of an expression in postfix order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// Puts a number on the stack.
    Number(f64),
    /// Replaces a number by the parameter with that number.
    Parameter,
    /// Puts a named parameter on the stack.
    Named(Text),
    /// Replaces a number by whether there is a parameter with that number.
    Exists,
    /// Puts on the stack whether there is a parameter with that name.
    ExistsNamed(Text),
    /// Replaces a number.
    Unary(Unary),
    /// Replaces two numbers by one.
    Binary(Binary),
    /// The end of a bracket inside an expression whose result may be no number, or infinite: it must not be.
    Bracketed,
}

/// A letter and its number, such as `X12.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word {
    /// The letter in upper case. `$` (LinuxCNC's choice of spindle), `@` and `^` (its polar coordinates) count as letters.
    pub letter: char,
    /// The number, in whatever unit the letter and the program's modes give it.
    pub value: Value,
    /// Where it stands, letter and number.
    pub span: Span,
}

/// What a setting sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// `#n=`
    Numbered(Value),
    /// `#<name>=`
    Named(Text),
}

/// `#… = …`; takes effect after the whole line has been read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// What is set.
    pub target: Target,
    /// What to.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// What an O-word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowWord {
    /// Starts a subroutine.
    Sub,
    /// Ends it.
    EndSub,
    /// Calls it.
    Call,
    /// Leaves it.
    Return,
    /// Starts a loop that tests at its end.
    Do,
    /// Starts a loop that tests at its start, or ends a `do`.
    While,
    /// Ends it.
    EndWhile,
    /// Starts a choice.
    If,
    /// Another choice.
    ElseIf,
    /// The last choice.
    Else,
    /// Ends a choice.
    EndIf,
    /// Starts a counted loop.
    Repeat,
    /// Ends it.
    EndRepeat,
    /// Leaves a loop.
    Break,
    /// Starts its next round.
    Continue,
    /// A number alone: the name of a program or of a subprogram called by M98.
    Label,
}

/// How an O-word is labelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Label {
    /// `O100`, `O#1`, `O[…]`
    Number(Value),
    /// `o<name>`
    Name(Text),
}

/// An O-word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// What it does.
    pub word: FlowWord,
    /// Its label.
    pub label: Label,
    /// Where it stands.
    pub span: Span,
}

/// What a comment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// `(MSG,…)`: show this to the operator.
    Message,
    /// `(DEBUG,…)`: show this, with the values of parameters.
    Debug,
    /// `(PRINT,…)` or `(LOG,…)`: write this, with the values of parameters.
    Print,
    /// `(o=…)`: a material for QtPlasmaC.
    Material,
}

/// A comment that asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it asks for.
    pub kind: NoteKind,
    /// What follows the comma, or the whole comment.
    pub text: Text,
    /// Where it stands.
    pub span: Span,
}

/// One line of a program. Reused from line to line, so that reading a line allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Line, from 1.
    pub line: u32,
    /// The line number given by an N word, which is not among `words`.
    pub number: Option<u32>,
    /// The words in the order they stand.
    pub words: Vec<Word>,
    /// Settings of parameters in the order they stand.
    pub settings: Vec<Setting>,
    /// The O-word that the line starts with.
    pub flow: Option<Flow>,
    /// The values after the O-word: arguments of a call, a condition, a count, what a subroutine returns.
    pub arguments: Vec<Value>,
    /// Comments that ask for something.
    pub notes: Vec<Note>,
    /// Whether the line starts with `/` (block delete).
    pub skipped: bool,
    /// Whether the line is a percent sign and nothing else.
    pub percent: bool,
    /// Whether the line is a `$` command or setting for Grbl.
    pub system: bool,
    /// Whether the line has a syntax error, told in `findings`: it must not be executed.
    pub faulty: bool,
    /// Letters in the part of a faulty line that was not read, one bit each from A on: what the line may have asked for.
    pub lost: u32,
    /// What is wrong with, or odd about, the line; without the file's name.
    pub findings: Vec<Diagnostic>,
    /// From the first word to the last.
    pub span: Span,
    pub(super) code: Vec<Op>,
    pub(super) text: String,
}

impl Block {
    /// Empties the block for the next line.
    pub(super) fn clear(&mut self, line: u32) {
        (self.line, self.number, self.flow) = (line, None, None);
        (self.skipped, self.percent, self.system, self.faulty, self.lost) = (false, false, false, false, 0);
        self.span = Span { line, column: 1, width: 1, file: 0 };
        self.words.clear();
        self.settings.clear();
        self.arguments.clear();
        self.notes.clear();
        self.findings.clear();
        self.code.clear();
        self.text.clear();
    }

    /// Whether a word with this letter may be in the part of a faulty line that was not read.
    pub fn may_have_lost(&self, letter: u8) -> bool {
        self.lost & (1 << (letter - b'A')) != 0
    }

    /// Widens the block's place by that of a word, which stands after all before it.
    #[inline]
    pub(super) fn extend_span(&mut self, span: Span) {
        if self.words.is_empty() && self.settings.is_empty() && self.notes.is_empty() && self.flow.is_none() {
            self.span = span;
        } else {
            let width = (span.column - self.span.column).saturating_add(u32::from(span.width));
            self.span.width = u16::try_from(width).unwrap_or(u16::MAX);
        }
    }

    /// A name or message of this block.
    pub fn text(&self, text: Text) -> &str {
        self.text.get(text.start as usize..text.end as usize).unwrap_or_default()
    }

    /// The code of an expression of this block.
    pub fn code(&self, expression: Expression) -> &[Op] {
        self.code.get(expression.start as usize..expression.end as usize).unwrap_or_default()
    }

    /// Whether nothing on the line asks for anything.
    pub fn is_empty(&self) -> bool {
        let asks = !(self.words.is_empty() && self.settings.is_empty() && self.notes.is_empty());
        !(asks || self.flow.is_some() || self.percent || self.system || self.faulty) && self.findings.is_empty()
    }

    pub(super) fn add_text(&mut self, from: usize) -> Text {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Text { start: narrow(from), end: narrow(self.text.len()) }
    }

    pub(super) fn expression(&self, code: Range<usize>) -> Expression {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Expression { start: narrow(code.start), end: narrow(code.end) }
    }
}
