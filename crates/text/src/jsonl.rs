//! JSON Lines: every line with its place and its faults; a broken line hides no other.
//!
//! [`Lines`] walks bytes in memory, [`stream::Reader`] any buffered reader in bounded
//! memory; both give the same [`Line`]s. A line ends with LF; a CR before it belongs to
//! the terminator. What a line holds is read by [`parse_line`].

pub mod stream;

use std::ops::Range;

pub use crate::SyntaxError;
use crate::json;
use crate::position::BOM;

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terminator {
    /// `\n`.
    Lf,
    /// `\r\n`.
    CrLf,
    /// The file ends without one.
    None,
}

impl Terminator {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::None => b"",
        }
    }
}

/// A line that a merge left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictMarker {
    /// `<<<<<<<`: ours begins.
    Ours,
    /// `|||||||`: the common base begins.
    Base,
    /// `=======`: theirs begins.
    Middle,
    /// `>>>>>>>`: the conflict ends.
    Theirs,
}

/// The conflict marker that a line is: seven equal signs of it at its start, followed by a
/// space or the end of the line, as git writes them. No JSON value begins like that.
#[must_use]
pub fn conflict_marker(line: &[u8]) -> Option<ConflictMarker> {
    let line = line.strip_prefix(BOM).unwrap_or(line);
    let (sign, rest) = line.split_at_checked(7)?;
    let marker = match sign {
        b"<<<<<<<" => ConflictMarker::Ours,
        b"|||||||" => ConflictMarker::Base,
        b"=======" => ConflictMarker::Middle,
        b">>>>>>>" => ConflictMarker::Theirs,
        _ => return None,
    };
    matches!(rest.first(), None | Some(b' ' | b'\r' | b'\n')).then_some(marker)
}

/// Offset of the first byte that is not valid UTF-8; `None` if all are.
#[must_use]
pub fn invalid_utf8(bytes: &[u8]) -> Option<usize> {
    std::str::from_utf8(bytes)
        .err()
        .map(|error| error.valid_up_to())
}

/// One line of a file.
///
/// `text` has neither the terminator nor a byte order mark; offsets in it are added to
/// [`Line::start`] to give offsets in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'s> {
    /// 1-based number; it saturates at `u32::MAX`.
    pub number: u32,
    /// Offset in the file of the first byte of `text`.
    pub start: usize,
    /// The line without its terminator; without the byte order mark of the file.
    pub text: &'s [u8],
    /// How it ends. [`Terminator::None`] on the last line: the final newline is missing.
    pub terminator: Terminator,
    /// Whether the file begins with a byte order mark and this is its first line.
    pub has_bom: bool,
}

impl<'s> Line<'s> {
    fn new(number: u32, start: usize, whole: &'s [u8]) -> Self {
        let (text, terminator) = match whole {
            [text @ .., b'\r', b'\n'] => (text, Terminator::CrLf),
            [text @ .., b'\n'] => (text, Terminator::Lf),
            text => (text, Terminator::None),
        };
        let stripped = text.strip_prefix(BOM).filter(|_| start == 0);
        Self {
            number,
            start: start + if stripped.is_some() { 3 } else { 0 },
            text: stripped.unwrap_or(text),
            terminator,
            has_bom: stripped.is_some(),
        }
    }

    /// Bytes in the file without the terminator and the byte order mark.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Bytes in the file with the terminator and the byte order mark; these ranges, one
    /// after the other, are the whole file.
    #[must_use]
    pub fn full_range(&self) -> Range<usize> {
        let bom = if self.has_bom { BOM.len() } else { 0 };
        self.start - bom..self.range().end + self.terminator.as_bytes().len()
    }

    /// Whether there is nothing on it but white space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.iter().all(u8::is_ascii_whitespace)
    }

    /// Bytes within `text` of the white space at the end of the line, if there is any
    /// (on a blank line: all of it).
    #[must_use]
    pub fn trailing_space(&self) -> Option<Range<usize>> {
        let end = self.text.len();
        let start = end
            - self
                .text
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
        (start < end).then_some(start..end)
    }

    /// Offset within `text` of the first byte that is not valid UTF-8.
    #[must_use]
    pub fn invalid_utf8(&self) -> Option<usize> {
        invalid_utf8(self.text)
    }

    /// Offset within `text` of the first NUL.
    #[must_use]
    pub fn nul(&self) -> Option<usize> {
        memchr::memchr(0, self.text)
    }

    /// The conflict marker that it is, if it is one.
    #[must_use]
    pub fn conflict_marker(&self) -> Option<ConflictMarker> {
        conflict_marker(self.text)
    }
}

impl AsRef<[u8]> for Line<'_> {
    fn as_ref(&self) -> &[u8] {
        self.text
    }
}

/// All lines of a file in memory. An empty file has none, and a final LF does not begin
/// another.
#[derive(Debug, Clone)]
pub struct Lines<'s> {
    src: &'s [u8],
    at: usize,
    number: u32,
}

impl<'s> Lines<'s> {
    /// The lines of `src`, which may hold any bytes.
    #[must_use]
    pub fn new(src: &'s [u8]) -> Self {
        Self {
            src,
            at: 0,
            number: 0,
        }
    }
}

impl<'s> Iterator for Lines<'s> {
    type Item = Line<'s>;

    fn next(&mut self) -> Option<Line<'s>> {
        let rest = self.src.get(self.at..).filter(|rest| !rest.is_empty())?;
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let start = self.at;
        self.at += len;
        self.number = self.number.saturating_add(1);
        Some(Line::new(self.number, start, rest.get(..len)?))
    }
}

/// Reads what one line holds; offsets are those within the line.
///
/// As [`json::parse_bytes`], with advice for what only happens in JSON Lines: a record
/// that goes on on the next line, and several on one.
#[must_use]
pub fn parse_line(line: impl AsRef<[u8]>) -> (json::Document, Vec<SyntaxError>) {
    let (doc, mut errors) = json::parse_bytes(line.as_ref());
    for error in &mut errors {
        if error.message == json::ANOTHER_VALUE {
            error.help = Some("one line holds one record".to_owned());
        } else if error.offset == line.as_ref().len() && error.message.ends_with("found the end") {
            error.help = Some(
                "a record stands on one line; this one is cut off or goes on on the next"
                    .to_owned(),
            );
        }
    }
    (doc, errors)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn facts_about_lines() {
        let src = b"\xEF\xBB\xBF{}\r\n\n \t\n{\"a\":\"\xFF\"} \n\0\nlast";
        let lines: Vec<Line<'_>> = Lines::new(src).collect();
        assert_eq!(lines.len(), 6);
        assert!(lines[0].has_bom && !lines[1].has_bom);
        assert_eq!((lines[0].range(), lines[0].full_range()), (3..5, 0..7));
        assert_eq!(
            (lines[0].terminator, lines[0].text),
            (Terminator::CrLf, &b"{}"[..])
        );
        assert!(lines[1].is_blank() && lines[1].trailing_space().is_none());
        assert!(lines[2].is_blank());
        assert_eq!(lines[2].trailing_space(), Some(0..2));
        assert_eq!(
            (lines[3].invalid_utf8(), lines[3].trailing_space()),
            (Some(6), Some(9..10))
        );
        assert_eq!((lines[4].nul(), lines[3].nul()), (Some(0), None));
        assert_eq!(
            (lines[5].number, lines[5].terminator),
            (6, Terminator::None)
        );
        assert_eq!(Lines::new(b"").count(), 0);
        assert_eq!(Lines::new(b"\n").count(), 1);
        assert_eq!(
            Lines::new(b"\xEF\xBB\xBF").next().unwrap().full_range(),
            0..3
        );
    }

    #[test]
    fn conflict_markers() {
        assert_eq!(conflict_marker(b"<<<<<<< HEAD"), Some(ConflictMarker::Ours));
        assert_eq!(conflict_marker(b"======="), Some(ConflictMarker::Middle));
        assert_eq!(
            conflict_marker(b"=======\r\n"),
            Some(ConflictMarker::Middle)
        );
        assert_eq!(conflict_marker(b"||||||| base"), Some(ConflictMarker::Base));
        assert_eq!(
            conflict_marker(b">>>>>>> theirs"),
            Some(ConflictMarker::Theirs)
        );
        assert_eq!(
            conflict_marker(b"========"),
            None,
            "an underline is no marker"
        );
        assert_eq!(conflict_marker(b" ======="), None);
        assert_eq!(conflict_marker(b"<<<<<<"), None);
    }

    #[test]
    fn a_broken_line_hides_no_other() {
        let src = b"{\"a\":1}\n{\"a\":\n{\"a\":2} {\"a\":3}\n{\"a\":4}\n";
        let counts: Vec<usize> = Lines::new(src)
            .map(|line| parse_line(line).1.len())
            .collect();
        assert_eq!(counts, [0, 1, 1, 0]);
        let (_, errors) = parse_line("{\"a\":1} {\"b\":2}");
        assert_eq!(
            (errors[0].offset, errors[0].help.as_deref()),
            (8, Some("one line holds one record"))
        );
        let (_, errors) = parse_line("{\"a\": [");
        assert!(
            errors[0]
                .help
                .as_deref()
                .unwrap()
                .starts_with("a record stands on one line")
        );
    }

    proptest! {
        #[test]
        fn lines_tile_the_file(src in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'{'), Just(0xEF), Just(0xBB), Just(0xBF), any::<u8>()], 0..100)) {
            let mut at = 0;
            for (line, number) in Lines::new(&src).zip(1..) {
                prop_assert_eq!(line.full_range().start, at);
                prop_assert_eq!(line.number, number);
                at = line.full_range().end;
                prop_assert_eq!(line.text, &src[line.range()]);
                let (_, errors) = parse_line(line);
                prop_assert!(errors.iter().all(|error| error.end <= line.text.len()));
            }
            prop_assert_eq!(at, src.len());
        }
    }
}
