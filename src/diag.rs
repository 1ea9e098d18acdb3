//! Messages for people: where something was found, what was found, what was expected, and what to do next.
//!
//! In: facts from any room. Out: [`Diagnostic`]. Uses nothing.

use std::fmt;

/// How bad a finding is. Only errors stop a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something was assumed; the run goes on as described.
    Note,
    /// The run goes on, but the result may surprise.
    Warning,
    /// The run cannot give a result.
    Error,
}

/// A place in a text file. Lines and columns count from 1; line 0 means the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Path as the user gave it.
    pub file: String,
    /// Line, from 1; 0 for the whole file.
    pub line: u32,
    /// Column in characters, from 1; 0 when only the line is known.
    pub column: u32,
    /// Width of the finding in characters, at least 1 where a column is given.
    pub width: u32,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable code: `G…` G-code, `P…` program, `S…` scene or catalogue, `T…` run.
    pub code: &'static str,
    /// Where it was found.
    pub place: Place,
    /// What was found, as a sentence without a full stop.
    pub found: String,
    /// What was expected instead; may be empty.
    pub expected: String,
    /// What to do next; may be empty.
    pub hint: String,
    /// The number that the controller itself gives for this error (Grbl 1 to 38), where it has one.
    pub controller_error: Option<u8>,
    /// How many findings this one stands for: more than one where the rest of a kind is only counted.
    pub stands_for: usize,
}

impl Diagnostic {
    /// A finding of the given severity with neither place, expectation nor hint yet.
    pub fn new(severity: Severity, code: &'static str, found: impl Into<String>) -> Self {
        let (place, expected, hint) = Default::default();
        Self { severity, code, place, found: found.into(), expected, hint, controller_error: None, stands_for: 1 }
    }

    /// Says how many findings this one stands for.
    #[must_use]
    pub fn standing_for(mut self, count: usize) -> Self {
        self.stands_for = count;
        self
    }

    /// An error.
    pub fn error(code: &'static str, found: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, found)
    }

    /// A warning.
    pub fn warning(code: &'static str, found: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, found)
    }

    /// A note.
    pub fn note(code: &'static str, found: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, found)
    }

    /// The same finding at `place`.
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The same finding with what was expected.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    /// The same finding with what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same finding with the controller's own number for it.
    pub fn controller_error(mut self, number: Option<u8>) -> Self {
        self.controller_error = number;
        self
    }

    /// The finding with the source line it points at and a caret under the place. `source` is the whole text.
    pub fn with_excerpt(&self, source: &str) -> String {
        self.with_line((self.place.line > 0).then(|| source.lines().nth(self.place.line as usize - 1)).flatten())
    }

    /// The finding with `text`, the source line it points at, and a caret under the place.
    pub fn with_line(&self, text: Option<&str>) -> String {
        let head = self.to_string();
        let Some(text) = text else { return head };
        let mut parts = head.splitn(2, "\n  hint: ");
        let mut out = parts.next().unwrap_or_default().to_string();
        // A long line is shown from a little before the place.
        let skipped = (self.place.column as usize).saturating_sub(120) / 40 * 40;
        let shown: String = text.chars().skip(skipped).take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let ellipsis = if skipped > 0 { "…" } else { "" };
        out.push_str(&format!("\n  {:>5} | {ellipsis}{shown}", self.place.line));
        if self.place.column > 0 {
            let pad = " ".repeat(self.place.column as usize - 1 - skipped + ellipsis.chars().count());
            let caret = "^".repeat(self.place.width.clamp(1, 40) as usize);
            out.push_str(&format!("\n        | {pad}{caret}"));
        }
        if let Some(hint) = parts.next() {
            out.push_str("\n  hint: ");
            out.push_str(hint);
        }
        out
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column, .. } = &self.place;
        if !file.is_empty() {
            write!(f, "{file}:")?;
            if *line > 0 {
                write!(f, "{line}:")?;
                if *column > 0 {
                    write!(f, "{column}:")?;
                }
            }
            write!(f, " ")?;
        }
        let word = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{word}[{}", self.code)?;
        if let Some(number) = self.controller_error {
            write!(f, ", error:{number}")?;
        }
        write!(f, "]: {}", self.found)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// Whether any finding is an error.
pub fn any_error(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|d| d.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_place_found_expected_and_hint() {
        let d = Diagnostic::error("G001", "'Q' is not a word")
            .at(Place { file: "a.ngc".into(), line: 2, column: 4, width: 1 })
            .expected("a letter and a number")
            .hint("remove it");
        assert_eq!(d.to_string(), "a.ngc:2:4: error[G001]: 'Q' is not a word; expected a letter and a number\n  hint: remove it");
        assert_eq!(
            d.with_excerpt("G21\nG1 Q\n"),
            "a.ngc:2:4: error[G001]: 'Q' is not a word; expected a letter and a number\n      2 | G1 Q\n        |    ^\n  hint: remove it"
        );
    }
}
