//! What the interpreter has to say, bounded in number.
//!
//! In: findings with places. Out: the list, with a summary for what was too often found. May use `diag` and `gcode`'s
//! spans.

use crate::diag::{Diagnostic, Place, Severity};
use crate::gcode::Span;

/// How many errors are told one by one.
const ERRORS_TOLD: u32 = 50;
/// How many warnings of one kind are told one by one.
const WARNINGS_TOLD: u32 = 5;

/// Why a block is not executed: an error without the file's name. Boxed, as errors are rare and findings large.
pub(super) struct Refusal(Box<Diagnostic>);

/// A refusal for what was found at `span`.
pub(super) fn refusal(code: &'static str, span: Span, found: impl Into<String>) -> Refusal {
    Refusal(Box::new(Diagnostic::error(code, found).at(place("", span))))
}

impl Refusal {
    /// Its code.
    pub(super) fn code(&self) -> &'static str {
        self.0.code
    }

    /// The same refusal with what was expected.
    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = expected.into();
        self
    }

    /// The same refusal with what to do next.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = hint.into();
        self
    }
}

fn place(file: &str, span: Span) -> Place {
    Place { file: file.to_string(), line: span.line, column: span.column, width: span.width }
}

/// What is said once a program, at the first place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Once {
    /// No feed is set.
    NoFeed,
    /// F0.
    FeedZero,
    /// G43.
    ToolLength,
    /// A dwell of minutes.
    LongDwell,
    /// G55 to G59.
    OtherZero,
    /// G61, G64.
    PathMode,
    /// M0, M1.
    Stop,
    /// M6, T.
    Tool,
    /// M7 to M9 without effect.
    Coolant,
    /// A line that starts with `/`.
    BlockDelete,
}

/// What is said a few times and then summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Often {
    /// A rapid with the torch cutting.
    RapidWithTorchOn,
    /// M3 while the torch is on.
    AlreadyOn,
    /// Cutting oxygen without a flame.
    OxygenWithoutFlame,
}

const OFTEN: [(Often, &str, &str); 3] = [
    (Often::RapidWithTorchOn, "P101", "more rapids with the torch on not shown"),
    (Often::AlreadyOn, "P106", "more M3 with the torch already on not shown"),
    (Often::OxygenWithoutFlame, "P107", "more openings of the cutting oxygen without a flame not shown"),
];

/// Where the list stood, to go back to when a block turns out faulty.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    length: usize,
    errors: u32,
    once: u32,
    often: [u32; OFTEN.len()],
}

/// The list.
pub(super) struct Findings<'a> {
    file: &'a str,
    list: Vec<Diagnostic>,
    errors: u32,
    /// One bit for each [`Once`] already said.
    once: u32,
    /// How often each [`Often`] was found.
    often: [u32; OFTEN.len()],
}

impl<'a> Findings<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file, list: Vec::new(), errors: 0, once: 0, often: [0; OFTEN.len()] }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { length: self.list.len(), errors: self.errors, once: self.once, often: self.often }
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        self.list.truncate(mark.length);
        (self.errors, self.once, self.often) = (mark.errors, mark.once, mark.often);
    }

    /// Whether an error was found.
    pub(super) fn any_error(&self) -> bool {
        self.errors > 0
    }

    /// Takes an error.
    pub(super) fn error(&mut self, refusal: Refusal) {
        self.errors = self.errors.saturating_add(1);
        if self.errors <= ERRORS_TOLD {
            let mut finding = *refusal.0;
            finding.place.file = self.file.to_string();
            self.list.push(finding);
        }
    }

    /// Whether `what` is to be said now, the first time it is asked.
    pub(super) fn first(&mut self, what: Once) -> bool {
        let bit = 1 << what as u32;
        let first = self.once & bit == 0;
        self.once |= bit;
        first
    }

    /// Takes a warning or note that is said once a program.
    pub(super) fn once(&mut self, what: Once, span: Span, finding: impl FnOnce() -> Diagnostic) {
        if self.first(what) {
            self.list.push(finding().at(place(self.file, span)));
        }
    }

    /// Takes a warning that is said a few times a program.
    pub(super) fn often(&mut self, what: Often, span: Span, finding: impl FnOnce() -> Diagnostic) {
        let count = &mut self.often[what as usize];
        *count = count.saturating_add(1);
        if *count <= WARNINGS_TOLD {
            self.list.push(finding().at(place(self.file, span)));
        }
    }

    /// Takes a finding about a line, or about the whole program where `span` is none.
    pub(super) fn add(&mut self, span: Option<Span>, finding: Diagnostic) {
        self.list.push(finding.at(place(self.file, span.unwrap_or_default())));
    }

    /// The list, closed with what was not told.
    pub(super) fn into_list(mut self) -> Vec<Diagnostic> {
        for ((_, code, what), count) in OFTEN.into_iter().zip(self.often) {
            if let Some(more) = count.checked_sub(WARNINGS_TOLD).filter(|more| *more > 0) {
                self.add(None, Diagnostic::warning(code, format!("{more} {what}")));
            }
        }
        if let Some(more) = self.errors.checked_sub(ERRORS_TOLD).filter(|more| *more > 0) {
            self.add(None, Diagnostic::new(Severity::Error, "P019", format!("{more} more errors not shown")));
        }
        self.list
    }
}
