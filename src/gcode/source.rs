//! The lines of a text of any size, in bounded memory.
//!
//! In: a file or a text. Out: one line at a time with its number, and positions to come back to. A line longer than [`LONGEST_LINE`] is cut
//! there and marked. May use `diag`.

use crate::diag::Diagnostic;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a line that are kept; the rest is passed over.
pub const LONGEST_LINE: usize = 1 << 16;
/// Bytes read at a time.
const CHUNK: usize = 1 << 18;

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// A place between two lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    offset: u64,
    /// Lines before it.
    lines: u32,
}

impl Position {
    /// The number of the line before this place, from 1; 0 at the start of the text.
    pub fn line_before(self) -> u32 {
        self.lines
    }
}

/// One line of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawLine<'s> {
    /// Its number, from 1.
    pub number: u32,
    /// Its bytes without the line end.
    pub bytes: &'s [u8],
    /// Bytes of the line end: 0 for the last line of a text without one.
    pub end_width: u8,
    /// Whether the line was longer than [`LONGEST_LINE`].
    pub cut: bool,
}

/// A text to read from, line by line. Lines end with LF, CR LF or CR; a byte order mark at the start is passed over.
pub struct Source<'a> {
    input: Box<dyn ReadSeek + 'a>,
    buffer: Vec<u8>,
    /// What of the buffer is not read yet.
    start: usize,
    end: usize,
    /// Where `start` is in the text.
    at: Position,
    whole: bool,
    failed: Option<io::Error>,
}

impl<'a> Source<'a> {
    /// A text in memory.
    pub fn text(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self::new(io::Cursor::new(text.as_ref()))
    }

    /// Anything that can be read and sought, such as a file.
    pub fn new(input: impl Read + Seek + 'a) -> Self {
        Self { input: Box::new(input), buffer: Vec::new(), start: 0, end: 0, at: Position::default(), whole: false, failed: None }
    }

    /// The place of the next line.
    pub fn position(&self) -> Position {
        self.at
    }

    /// Goes to a place got from [`Source::position`].
    pub fn seek(&mut self, to: Position) {
        // Loops mostly stay inside what is in memory.
        let first = self.at.offset - self.start as u64;
        if to.offset >= first && to.offset - first <= self.end as u64 {
            self.start = (to.offset - first) as usize;
        } else {
            (self.start, self.end, self.whole) = (0, 0, false);
            if let Err(error) = self.input.seek(SeekFrom::Start(to.offset)) {
                self.fail(error);
            }
        }
        self.at = to;
        self.pass_mark();
    }

    /// Why reading stopped before the end, if it did.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    fn fail(&mut self, error: io::Error) {
        self.failed.get_or_insert(error);
        self.whole = true;
    }

    /// Reads more, keeping what is not read yet.
    fn fill(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        self.buffer.resize(self.end + CHUNK, 0);
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.whole = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.fail(error),
            }
            break;
        }
        self.pass_mark();
    }

    /// Passes over a byte order mark at the start of the text.
    fn pass_mark(&mut self) {
        if self.at.offset == 0 && self.buffer[self.start..self.end].starts_with(b"\xef\xbb\xbf") {
            self.advance(3);
        }
    }

    fn advance(&mut self, count: usize) {
        self.start += count;
        self.at.offset += count as u64;
    }

    /// The next line; none at the end of the text.
    pub fn next_line(&mut self) -> Option<RawLine<'_>> {
        let mut searched = 0;
        let mut cut = false;
        let (length, end_width) = loop {
            let rest = &self.buffer[self.start + searched..self.end];
            let found = memchr::memchr2(b'\n', b'\r', rest).map(|at| at + searched);
            match found {
                // A CR at the edge of what is read may be half of a CR LF.
                Some(at) if self.start + at + 1 < self.end || self.whole => {
                    let crlf = self.buffer[self.start + at..self.end].starts_with(b"\r\n");
                    break (at, 1 + u8::from(crlf));
                }
                Some(_) => self.fill(),
                None if self.whole && self.start == self.end && !cut => return None,
                None if self.whole => break (self.end - self.start, 0),
                None => {
                    searched = self.end - self.start;
                    if searched > LONGEST_LINE {
                        // Keep the head of the line, drop what is in between.
                        cut = true;
                        self.at.offset += (searched - LONGEST_LINE) as u64;
                        self.end = self.start + LONGEST_LINE;
                        searched = LONGEST_LINE;
                    }
                    self.fill();
                }
            }
        };
        self.at.lines = self.at.lines.saturating_add(1);
        let from = self.start;
        self.advance(length + usize::from(end_width));
        let kept = length.min(LONGEST_LINE);
        let bytes = &self.buffer[from..from + kept];
        Some(RawLine { number: self.at.lines, bytes, end_width, cut: cut || kept < length })
    }
}

/// Bytes at a file's beginning that show whether it is text.
const HEAD: usize = 4096;

/// Refuses a file that is no text as one finding, before every line of it is one.
///
/// # Errors
/// What it is, by its first bytes.
pub fn is_text(name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let what = if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        "UTF-16 text"
    } else if head.contains(&0) {
        "not text"
    } else {
        return Ok(());
    };
    let finding = Diagnostic::error("G038", format!("{name} is {what}")).expected("G-code as plain text, ASCII or UTF-8");
    Err(finding.hint("save it as plain text; is it the right file?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u32, String, u8)> {
        let mut source = Source::text(text);
        let mut out = Vec::new();
        while let Some(line) = source.next_line() {
            out.push((line.number, String::from_utf8_lossy(line.bytes).into_owned(), line.end_width));
        }
        out
    }

    #[test]
    fn every_line_end_counts_once() {
        let expected = [(1, "a", 2), (2, "b", 1), (3, "c", 1), (4, "", 1), (5, "d", 0)];
        let expected: Vec<_> = expected.into_iter().map(|(n, text, end)| (n, text.to_string(), end)).collect();
        assert_eq!(lines("\u{feff}a\r\nb\rc\n\nd"), expected);
        assert_eq!(lines("a\n").len(), 1);
        assert_eq!(lines("").len(), 0);
    }

    #[test]
    fn lines_across_chunks_are_whole_and_places_lead_back() {
        // 13-byte lines never fit a chunk evenly, so that line ends fall on every offset, CR LF on the edge included.
        let text: String = (0..60_000).map(|n| format!("line {n:>6}\r\n")).collect();
        let mut source = Source::text(&text);
        let mut places = Vec::new();
        for n in 0..60_000 {
            places.push(source.position());
            assert_eq!(source.next_line().map(|l| l.bytes.to_vec()), Some(format!("line {n:>6}").into_bytes()));
        }
        assert!(source.next_line().is_none());
        for n in [59_999usize, 0, 30_000, 30_001, 12] {
            source.seek(places[n]);
            let line = source.next_line().map(|l| (l.number as usize, l.bytes.to_vec()));
            assert_eq!(line, Some((n + 1, format!("line {n:>6}").into_bytes())));
        }
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_read() {
        let text = format!("{}\nG0", "X1 ".repeat(1_000_000));
        let mut source = Source::text(&text);
        let first = source.next_line().map(|l| (l.bytes.len(), l.cut));
        assert_eq!(first, Some((LONGEST_LINE, true)));
        let place = source.position();
        assert_eq!(source.next_line().map(|l| (l.number, l.bytes.to_vec(), l.cut)), Some((2, b"G0".to_vec(), false)));
        source.seek(place);
        assert_eq!(source.next_line().map(|l| l.number), Some(2));
    }
}
