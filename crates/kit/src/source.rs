//! A text file that was read, and the places in it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use trueline_core::{Finding, Location, Span};
use trueline_text::LineIndex;

use crate::error::Error;
use crate::rules::UNREADABLE_FILE;

/// Bytes between two remembered character counts.
const STEP: usize = 512;

/// A text with its path: gives the [`Location`] of a byte range.
///
/// Lines end with LF (the CR of a CRLF belongs to the terminator); a byte order mark at the
/// start has no column. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Source {
    path: Arc<str>,
    text: Arc<String>,
    index: Arc<OnceLock<Index>>,
}

#[derive(Debug)]
struct Index {
    starts: Vec<usize>,
    /// Characters before each multiple of [`STEP`] (rounded down to a character).
    marks: Vec<usize>,
}

impl Source {
    /// A text of that root-relative path (`-` for standard input).
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        Source {
            path: path.into(),
            text: Arc::new(text.into()),
            index: Arc::default(),
        }
    }

    /// The text in those bytes.
    ///
    /// The error holds a finding of the rule `unreadable-file` at the first bad byte.
    pub(crate) fn decode(path: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Source::new(path, text)),
            Err(error) => error,
        };
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let position = LineIndex::new(&bytes).position(offset);
        let bad = bytes.get(offset).copied().unwrap_or_default();
        let message = format!("not UTF-8: byte {bad:#04x} at offset {offset}");
        let at = Location::at(path, Span::point(position.line, position.column));
        let finding = Finding::new(&UNREADABLE_FILE, at, message).subject("encoding");
        Err(Error::io(format!("`{path}` is not UTF-8 text")).place(finding))
    }

    /// Its path, relative to the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text, a byte order mark too.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte range. Offsets past the end mean the end; an offset inside a
    /// character means that character.
    pub fn at(&self, range: Range<usize>) -> Location {
        Location::at(&*self.path, self.span(range))
    }

    /// The file as a whole.
    pub fn whole(&self) -> Location {
        Location::file(&*self.path)
    }

    /// Lines and columns of a byte range: see [`Source::at`].
    pub fn span(&self, range: Range<usize>) -> Span {
        let (line, column) = self.position(range.start);
        let (end_line, end_column) = self.position(range.end.max(range.start));
        Span {
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// The text of a 1-based line without its terminator and byte order mark; `None` where there
    /// is none.
    pub(crate) fn line(&self, line: u32) -> Option<Range<usize>> {
        let line = usize::try_from(line).ok()?;
        let starts = &self.index().starts;
        let mut start = *starts.get(line.checked_sub(1)?)?;
        let end = starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end)?;
        if start == 0 && text.starts_with('\u{feff}') {
            start = '\u{feff}'.len_utf8();
        }
        let text = self.text.get(start..end)?;
        let text = match text.strip_suffix('\n') {
            Some(text) => text.strip_suffix('\r').unwrap_or(text),
            None => text,
        };
        Some(start..start + text.len())
    }

    /// Characters in a byte range between two characters.
    pub(crate) fn chars(&self, range: &Range<usize>) -> usize {
        self.chars_before(range.end)
            .saturating_sub(self.chars_before(range.start))
    }

    /// The byte offset of the character `count` characters after `from`, or of the text's end.
    /// However far it is, at most about [`STEP`] bytes are looked at.
    pub(crate) fn after(&self, from: usize, count: usize) -> usize {
        let wanted = self.chars_before(from).saturating_add(count);
        let marks = &self.index().marks;
        let block = marks.partition_point(|chars| *chars <= wanted).max(1) - 1;
        let mut left = wanted - marks.get(block).copied().unwrap_or(0);
        let bytes = self.text.as_bytes();
        for (at, byte) in bytes.iter().enumerate().skip(block * STEP) {
            if is_start(*byte) {
                if left == 0 {
                    return at;
                }
                left -= 1;
            }
        }
        bytes.len()
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1));
            let mut count = 0;
            let mut marks = Vec::with_capacity(bytes.len() / STEP + 1);
            for chunk in bytes.chunks(STEP) {
                marks.push(count);
                count += chunk.iter().filter(|byte| is_start(**byte)).count();
            }
            Index { starts, marks }
        })
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let bytes = self.text.as_bytes();
        let index = self.index();
        let mut offset = offset.min(bytes.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = index.starts.partition_point(|start| *start <= offset);
        let mut start = index.starts.get(line - 1).copied().unwrap_or(0);
        if start == 0 && self.text.starts_with('\u{feff}') {
            start = '\u{feff}'.len_utf8();
        }
        // The LF of a CRLF is at the column of its CR: just after the last character.
        if bytes.get(offset) == Some(&b'\n')
            && offset > start
            && bytes.get(offset - 1) == Some(&b'\r')
        {
            offset -= 1;
        }
        let column = self.chars_before(offset.max(start)) - self.chars_before(start) + 1;
        (narrow(line), narrow(column))
    }

    /// Characters that start before `offset`.
    fn chars_before(&self, offset: usize) -> usize {
        let mark = offset / STEP;
        let known = self.index().marks.get(mark).copied();
        let (from, known) = match known {
            Some(count) => (mark * STEP, count),
            None if mark > 0 => (
                (mark - 1) * STEP,
                self.index().marks.get(mark - 1).copied().unwrap_or(0),
            ),
            None => (0, 0),
        };
        let rest = self.text.as_bytes().get(from..offset).unwrap_or_default();
        known + rest.iter().filter(|byte| is_start(**byte)).count()
    }
}

/// Whether a byte of UTF-8 begins a character.
fn is_start(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_line_index(text in "(\\PC|\r|\n|\u{feff}|é|𝄞|x{700}){0,30}") {
            let index = LineIndex::new(text.as_bytes());
            for offset in (0..=text.len()).step_by(11) {
                let want = index.position(offset);
                prop_assert_eq!(at(&text, offset), (want.line, want.column), "{}", offset);
                let source = Source::new("x", text.as_str());
                let line = source.line(want.line).unwrap();
                prop_assert_eq!(line.clone(), index.line_range(want.line));
                let column = usize::try_from(want.column).unwrap() - 1;
                prop_assert_eq!(source.after(line.start, column), index.offset(want));
            }
        }
    }

    fn at(text: &str, offset: usize) -> (u32, u32) {
        Source::new("x", text).position(offset)
    }

    #[test]
    fn lines_and_characters() {
        let text = "\u{feff}a𝄞\r\nb\n";
        assert_eq!(at(text, 0), (1, 1));
        assert_eq!(at(text, 3), (1, 1));
        assert_eq!(at(text, 4), (1, 2));
        assert_eq!(at(text, 6), (1, 2), "inside the astral character");
        assert_eq!(at(text, 8), (1, 3), "CR");
        assert_eq!(at(text, 9), (1, 3), "LF of a CRLF");
        assert_eq!(at(text, 10), (2, 1));
        assert_eq!(at(text, 99), (3, 1));
        assert_eq!(at("", 0), (1, 1));
    }

    #[test]
    fn long_lines() {
        let text = "é".repeat(3 * STEP);
        for chars in [0, 1, STEP / 2, STEP / 2 + 1, STEP, 3 * STEP] {
            assert_eq!(at(&text, 2 * chars), (1, narrow(chars + 1)));
        }
        let ascii = "a".repeat(STEP);
        assert_eq!(at(&ascii, STEP), (1, narrow(STEP + 1)));
    }
}
