//! What the interpreter has to say, bounded in number.
//!
//! In: findings with places. Out: the list, with a summary for what was too often found. May use `diag` and `gcode`'s spans.

use crate::diag::{Diagnostic, Severity};
use crate::gcode::Span;
use std::collections::HashSet;

/// How many errors are told one by one.
const ERRORS_TOLD: u32 = 50;
/// How many places are remembered, so that a loop does not repeat what was told.
const PLACES_KEPT: usize = 10_000;
/// How many warnings of one kind are told one by one.
const WARNINGS_TOLD: u32 = 5;
/// How many notes and warnings that come line by line from the text are told.
const NOTES_TOLD: u32 = 40;

/// Why a block is not executed. Boxed, as errors are rare and findings large; none: because of an error that has been told.
pub(super) struct Refusal(Option<Box<(Diagnostic, Span)>>);

/// A refusal for what was found at `span`.
pub(super) fn refusal(code: &'static str, span: Span, found: impl Into<String>) -> Refusal {
    Refusal(Some(Box::new((Diagnostic::error(code, found), span))))
}

impl Refusal {
    /// Nothing more to say: the value asked for was lost to an earlier error.
    pub(super) fn silent() -> Self {
        Self(None)
    }

    /// Its code; empty for a silent one.
    pub(super) fn code(&self) -> &'static str {
        self.0.as_ref().map_or("", |found| found.0.code)
    }

    fn with(mut self, change: impl FnOnce(&mut Diagnostic)) -> Self {
        if let Some(found) = &mut self.0 {
            change(&mut found.0);
        }
        self
    }

    /// The same refusal with what was expected.
    pub(super) fn expected(self, expected: impl Into<String>) -> Self {
        self.with(|d| d.expected = expected.into())
    }

    /// The same refusal with what to do next.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        self.with(|d| d.hint = hint.into())
    }

    /// The same refusal with Grbl's error number; kept only where Grbl's rules hold.
    pub(super) fn grbl(self, number: u8) -> Self {
        self.with(|d| d.controller_error = Some(number))
    }
}

/// What is said once a program, at the first place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Once {
    /// No feed is set.
    NoFeed,
    /// F0.
    FeedZero,
    /// F beside G20 or G21, taken in the old units.
    FeedBesideUnits,
    /// A dwell of minutes.
    LongDwell,
    /// G55 to G59.
    OtherZero,
    /// G61, G64.
    /// M0, M1, M60.
    Stop,
    /// M6, T.
    Tool,
    /// M7 to M9 without effect.
    Coolant,
    /// A line that starts with `/`.
    BlockDelete,
    /// A, B, C, U, V, W.
    OtherAxes,
    /// G38.
    Probe,
    /// M66.
    Wait,
    /// M190.
    Material,
    /// M62 to M65 with P2.
    HeightControl,
    /// M67, M68 with E3.
    FeedPercent,
    /// M48 to M53.
    Override,
    /// Another output.
    Output,
    /// M100 to M199.
    UserWord,
    /// `$` lines for Grbl.
    System,
    /// A magic comment of QtPlasmaC.
    MagicMaterial,
    /// `$1`, `$2`.
    OtherTorch,
    /// G5 and its kin.
    Spline,
    /// A canned cycle.
    Cycle,
    /// M99 in the main program.
    MainM99,
    /// G41, G42.
    Compensated,
    /// `#<holes>` and its kin, which a filter of QtPlasmaC reads.
    HoleWords,
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
    /// A cut that starts without a dwell.
    NoPierce,
    /// A move beyond the travel of an axis.
    Travel,
    /// A feed faster than an axis.
    Fast,
    /// An arc whose radii differ by more than rounding.
    ArcMismatch,
}

const OFTEN: [(Often, &str, &str); 7] = [
    (Often::RapidWithTorchOn, "P101", "more rapids with the torch on not shown"),
    (Often::AlreadyOn, "P106", "more M3 with the torch already on not shown"),
    (Often::OxygenWithoutFlame, "P107", "more openings of the cutting oxygen without a flame not shown"),
    (Often::NoPierce, "P110", "more cuts without pierce time not shown"),
    (Often::Travel, "P111", "more moves beyond the travel not shown"),
    (Often::Fast, "P112", "more feeds above the axis limit not shown"),
    (Often::ArcMismatch, "P113", "more arcs whose radii differ not shown"),
];

/// Where the list stood, to go back to when a block turns out faulty.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    length: usize,
    once: u64,
    often: [u32; OFTEN.len()],
    notes: u32,
}

/// The list.
pub(super) struct Findings {
    /// The names of the program's file and of those it calls, by their number in spans.
    files: Vec<String>,
    list: Vec<Diagnostic>,
    /// Whether errors carry the controller's number.
    numbered: bool,
    errors: u32,
    /// File, line and, for what is no error, code of what was told: a line has at most one error, also where a loop comes by it again.
    told: HashSet<(u16, u32, &'static str)>,
    /// One bit for each [`Once`] already said.
    once: u64,
    /// How often each [`Often`] was found.
    often: [u32; OFTEN.len()],
    /// Warnings and notes about single lines of text.
    notes: u32,
}

impl Findings {
    pub(super) fn new(file: &str, numbered: bool) -> Self {
        Self {
            files: vec![file.to_string()],
            list: Vec::new(),
            numbered,
            errors: 0,
            told: HashSet::new(),
            once: 0,
            often: [0; OFTEN.len()],
            notes: 0,
        }
    }

    /// Takes the name of another file; its number for spans.
    pub(super) fn add_file(&mut self, name: String) -> u16 {
        self.files.push(name);
        u16::try_from(self.files.len() - 1).unwrap_or(u16::MAX)
    }

    fn at(&self, finding: Diagnostic, span: Span) -> Diagnostic {
        let file = self.files.get(usize::from(span.file)).map_or("", String::as_str);
        finding.at(span.place(file))
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { length: self.list.len(), once: self.once, often: self.often, notes: self.notes }
    }

    /// Forgets warnings and notes since the mark; only to be used before an error is taken.
    pub(super) fn back_to(&mut self, mark: Mark) {
        let mut index = 0;
        self.list.retain(|finding| {
            index += 1;
            index <= mark.length || finding.severity == Severity::Error
        });
        (self.once, self.often, self.notes) = (mark.once, mark.often, mark.notes);
    }

    /// Whether an error was found.
    pub(super) fn any_error(&self) -> bool {
        self.errors > 0
    }

    /// Takes an error.
    pub(super) fn error(&mut self, refusal: Refusal) {
        let Some(found) = refusal.0 else { return };
        let (mut finding, span) = *found;
        if !self.is_new(span, "") {
            return;
        }
        finding.controller_error = finding.controller_error.filter(|_| self.numbered);
        self.count_error(finding, span);
    }

    /// Whether this was not told yet, as far as that is remembered.
    fn is_new(&mut self, span: Span, code: &'static str) -> bool {
        let place = (span.file, span.line, code);
        if self.told.len() < PLACES_KEPT { self.told.insert(place) } else { !self.told.contains(&place) }
    }

    fn count_error(&mut self, finding: Diagnostic, span: Span) {
        self.errors = self.errors.saturating_add(1);
        if self.errors <= ERRORS_TOLD {
            let finding = self.at(finding, span);
            self.list.push(finding);
        }
    }

    /// Takes what the reader found on a line of the file with number `file`.
    pub(super) fn text(&mut self, file: u16, finding: Diagnostic) {
        let place = &finding.place;
        let narrow = |width: u32| u16::try_from(width).unwrap_or(u16::MAX);
        let span = Span { line: place.line, column: place.column, width: narrow(place.width), file };
        let is_error = finding.severity == Severity::Error;
        if !self.is_new(span, if is_error { "" } else { finding.code }) {
            return;
        }
        if is_error {
            self.count_error(finding, span);
        } else {
            self.line(span, finding);
        }
    }

    /// Whether `what` is to be said now, the first time it is asked.
    pub(super) fn first(&mut self, what: Once) -> bool {
        let bit = 1 << what as u64;
        let first = self.once & bit == 0;
        self.once |= bit;
        first
    }

    /// Takes a warning or note that is said once a program.
    pub(super) fn once(&mut self, what: Once, span: Span, finding: impl FnOnce() -> Diagnostic) {
        if self.first(what) {
            self.add(span, finding());
        }
    }

    /// Takes a warning that is said a few times a program.
    pub(super) fn often(&mut self, what: Often, span: Span, finding: impl FnOnce() -> Diagnostic) {
        let count = &mut self.often[what as usize];
        *count = count.saturating_add(1);
        if *count <= WARNINGS_TOLD {
            self.add(span, finding());
        }
    }

    /// Takes a warning or note about one line of many.
    pub(super) fn line(&mut self, span: Span, finding: Diagnostic) {
        self.notes = self.notes.saturating_add(1);
        if self.notes <= NOTES_TOLD {
            self.add(span, finding);
        }
    }

    /// Takes a warning or note about a place; a span of line 0 is the program as a whole.
    pub(super) fn add(&mut self, span: Span, finding: Diagnostic) {
        let finding = self.at(finding, span);
        self.list.push(finding);
    }

    /// The list, closed with what was not told.
    pub(super) fn into_list(mut self) -> Vec<Diagnostic> {
        let whole = Span::default();
        for ((_, code, what), count) in OFTEN.into_iter().zip(self.often) {
            if let Some(more) = count.checked_sub(WARNINGS_TOLD).filter(|more| *more > 0) {
                self.add(whole, Diagnostic::warning(code, format!("{more} {what}")).standing_for(more as usize));
            }
        }
        if let Some(more) = self.notes.checked_sub(NOTES_TOLD).filter(|more| *more > 0) {
            self.add(
                whole,
                Diagnostic::note("P218", format!("{more} more messages and warnings about single lines not shown"))
                    .standing_for(more as usize),
            );
        }
        if let Some(more) = self.errors.checked_sub(ERRORS_TOLD).filter(|more| *more > 0) {
            self.add(whole, Diagnostic::error("P019", format!("{more} more errors not shown")).standing_for(more as usize));
        }
        self.list
    }
}
