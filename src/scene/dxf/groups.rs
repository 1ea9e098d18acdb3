//! The text of a DXF as groups, pairs of lines with a code and its value, and as items, which begin with a group of code 0.

use std::borrow::Cow;

use super::fault;
use crate::diag::Diagnostic;

/// What a binary DXF begins with.
const BINARY: &[u8] = b"AutoCAD Binary DXF";
/// What is said of a file that is none of ours.
const EXPECTED: &str = "a DXF file as text";
/// What to do about it.
const SAVE: &str = "save the drawing as ASCII DXF, R12 or later";

/// One group: a code and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<'t> {
    /// What the value means.
    pub code: i32,
    /// The value, without the spaces around it.
    pub text: &'t str,
    /// Line of the code, from 1; the value is on the next one.
    pub line: u32,
}

/// An entity, a row of a table, or a mark such as `ENDBLK`: a group of code 0 with those that follow it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'g, 't> {
    /// What it is: `LINE`, `LAYER`.
    pub kind: &'t str,
    /// Line of its code 0, from 1.
    pub line: u32,
    /// The groups after that.
    pub groups: &'g [Group<'t>],
}

/// The text of a drawing. Bytes that are not UTF-8 are those of an older code page; which one does not matter, as long as two names stay two.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Diagnostic> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refused = |found: &str| Err(fault(0, found, EXPECTED, SAVE));
    if bytes.starts_with(BINARY) {
        return refused("the drawing is a binary DXF");
    }
    if bytes.starts_with(b"AC10") && bytes.contains(&0) {
        return refused("the drawing is a DWG file");
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return refused("the drawing is UTF-16 text");
    }
    if bytes.contains(&0) {
        return refused("the drawing is not text");
    }
    if bytes.trim_ascii().is_empty() {
        return refused("the drawing is an empty file");
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    })
}

/// The groups of `text` up to its end mark.
pub(super) fn groups(text: &str) -> Result<Vec<Group<'_>>, Diagnostic> {
    let mut lines = text.lines().map(str::trim).zip(1_u32..);
    let (mut out, mut last) = (Vec::new(), 0);
    while let Some((code, line)) = lines.next() {
        last = line;
        if code.is_empty() && lines.clone().all(|rest| rest.0.is_empty()) {
            break;
        }
        let Ok(number) = code.parse::<i32>() else {
            let found = format!("{} is no group code", quoted(code));
            return Err(if out.is_empty() {
                fault(line, found, EXPECTED, SAVE)
            } else {
                fault(line, found, "a whole number: a DXF is pairs of lines, a code and its value", "save the drawing again")
            });
        };
        let Some((value, line_of_value)) = lines.next() else { break };
        last = line_of_value;
        if (number, value) == (0, "EOF") {
            return Ok(out);
        }
        out.push(Group { code: number, text: value, line });
    }
    Err(fault(
        last,
        "the drawing breaks off here",
        "a group 0 with EOF at the end",
        "the file is not whole: save or copy it again",
    ))
}

/// What stands between the head of section `name` and its end; nothing where there is none.
pub(super) fn section<'g, 't>(groups: &'g [Group<'t>], name: &str) -> &'g [Group<'t>] {
    let is = |group: &Group<'_>, code: i32, text: &str| group.code == code && group.text == text;
    let head = groups.windows(2).position(|two| is(&two[0], 0, "SECTION") && is(&two[1], 2, name));
    let Some(rest) = head.and_then(|at| groups.get(at + 2..)) else { return &[] };
    &rest[..rest.iter().position(|group| is(group, 0, "ENDSEC")).unwrap_or(rest.len())]
}

/// The items of a section.
pub(super) fn items<'g, 't>(section: &'g [Group<'t>]) -> Vec<Item<'g, 't>> {
    let starts: Vec<usize> = (0..section.len()).filter(|&n| section[n].code == 0).collect();
    let ends = starts.iter().skip(1).copied().chain([section.len()]);
    let item = |(start, end): (usize, usize)| Item {
        kind: section[start].text,
        line: section[start].line,
        groups: &section[start + 1..end],
    };
    starts.iter().copied().zip(ends).map(item).collect()
}

impl<'t> Item<'_, 't> {
    /// The first value of a code.
    pub(super) fn text(&self, code: i32) -> Option<&'t str> {
        self.groups.iter().find(|group| group.code == code).map(|group| group.text)
    }

    /// The number in one of its groups.
    pub(super) fn number(&self, group: &Group<'_>) -> Result<f64, Diagnostic> {
        group.text.parse::<f64>().ok().filter(|v| v.abs() < 1e15).ok_or_else(|| {
            let found =
                format!("{} is no number: group {} of the {} in line {}", quoted(group.text), group.code, self.kind, self.line);
            fault(group.line + 1, found, "a number such as 12.5", "save the drawing again")
        })
    }

    /// The first number of a code, or `unless` where there is none.
    pub(super) fn or(&self, code: i32, unless: f64) -> Result<f64, Diagnostic> {
        self.groups.iter().find(|group| group.code == code).map_or(Ok(unless), |group| self.number(group))
    }

    /// The first number of a code, which must be there.
    pub(super) fn needs(&self, code: i32, what: &str) -> Result<f64, Diagnostic> {
        match self.groups.iter().find(|group| group.code == code) {
            Some(group) => self.number(group),
            None => Err(self.fault(format!("has no {what}"), format!("a group {code}"), "save the drawing again")),
        }
    }

    /// All numbers of a code, in their order.
    pub(super) fn all(&self, code: i32) -> Result<Vec<f64>, Diagnostic> {
        self.groups.iter().filter(|group| group.code == code).map(|group| self.number(group)).collect()
    }

    /// The flags of group 70.
    pub(super) fn flags(&self) -> Result<i64, Diagnostic> {
        Ok(self.or(70, 0.0)? as i64)
    }

    /// An error at this item: the `LINE` does something.
    pub(super) fn fault(&self, does: impl std::fmt::Display, expected: impl Into<String>, hint: &str) -> Diagnostic {
        fault(self.line, format!("the {} {does}", quoted_kind(self.kind)), expected, hint)
    }
}

/// A kind of entity as it is shown.
fn quoted_kind(kind: &str) -> String {
    kind.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// Words of a file as they are shown.
fn quoted(text: &str) -> String {
    format!("`{}`", quoted_kind(text))
}
