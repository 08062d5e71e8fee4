//! Line and column of a byte offset, and back.

use std::ops::Range;
use std::sync::OnceLock;

/// The byte order mark of UTF-8.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A place in a text, as people and editors count.
///
/// Both numbers are 1-based. A column is one Unicode scalar value: a tab, a combining
/// mark and an astral character count one each; so does every byte that is not part of
/// valid UTF-8. A line ends with LF; the CR of a CRLF belongs to the terminator, a lone CR
/// does not end a line. A byte order mark at the very start has no column of its own: the
/// character after it is 1:1, as editors show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in Unicode scalar values.
    pub column: u32,
}

/// Bytes between two remembered column counts; a line shorter than this is simply counted.
const STEP: usize = 4096;

/// The lines of one text.
///
/// Building it is one pass of `memchr` over the text; a position costs a binary search
/// and the counting of at most about 4 KiB, however long the line is. Lines and columns
/// saturate at `u32::MAX`.
#[derive(Debug)]
pub struct LineIndex<'s> {
    src: &'s [u8],
    bom: usize,
    starts: Vec<usize>,
    /// (offset of a character, characters before it), about one every [`STEP`] bytes;
    /// made at the first question about a long line.
    marks: OnceLock<Vec<(usize, usize)>>,
}

impl<'s> LineIndex<'s> {
    /// Finds the lines of `src`, which may hold any bytes.
    #[must_use]
    pub fn new(src: &'s [u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', src).map(|at| at + 1));
        let bom = if src.starts_with(BOM) { BOM.len() } else { 0 };
        Self {
            src,
            bom,
            starts,
            marks: OnceLock::new(),
        }
    }

    /// Number of lines that a position can lie on: one more than there are LFs, so that
    /// a final LF is followed by an empty last line and an empty text has one line.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        narrow(self.starts.len())
    }

    /// Line and column of a byte offset.
    ///
    /// An offset inside a character gives that character, one inside a line terminator
    /// the column after the last character, one past the end the end of the text.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.src.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let text = self.text_of(line);
        let at = floor(self.src, offset.clamp(text.start, text.end));
        Position {
            line: narrow(line),
            column: narrow(self.columns(text.start, at).saturating_add(1)),
        }
    }

    /// Bytes of a 1-based line without its terminator (LF or CRLF) and, on the first
    /// line, without the byte order mark. A line that does not exist is empty, at the end.
    #[must_use]
    pub fn line_range(&self, line: u32) -> Range<usize> {
        self.text_of(usize::try_from(line).unwrap_or(usize::MAX))
    }

    /// Bytes of a 1-based line with its terminator and byte order mark: these ranges,
    /// one after the other, are the whole text.
    #[must_use]
    pub fn full_line_range(&self, line: u32) -> Range<usize> {
        self.full(usize::try_from(line).unwrap_or(usize::MAX))
    }

    /// Byte offset of a position; a column past the end of its line gives the line's
    /// end, a line past the end of the text the text's end, a zero counts as one.
    #[must_use]
    pub fn offset(&self, position: Position) -> usize {
        let text = self.line_range(position.line.max(1));
        let mut left = usize::try_from(position.column.max(1) - 1).unwrap_or(usize::MAX);
        let mut at = text.start;
        if text.len() >= STEP {
            let marks = self.marks();
            let first = marks.partition_point(|(offset, _)| *offset < text.start);
            let skipped = self.columns(0, text.start);
            let wanted = skipped.saturating_add(left);
            let last = marks.partition_point(|(_, chars)| *chars <= wanted);
            if last > first
                && let Some((offset, chars)) = marks.get(last - 1)
                && *offset <= text.end
            {
                at = *offset;
                left = wanted - chars;
            }
        }
        // No character has more than four bytes: what is beyond need not be looked at.
        let end = at.saturating_add(left.saturating_mul(4)).min(text.end);
        let rest = self.src.get(at..end).unwrap_or_default();
        at + skip_chars(rest, left)
    }

    fn full(&self, line: usize) -> Range<usize> {
        let end = self.src.len();
        let start = line
            .checked_sub(1)
            .and_then(|slot| self.starts.get(slot))
            .copied()
            .unwrap_or(if line == 0 { 0 } else { end });
        let next = self.starts.get(line).copied().unwrap_or(end);
        start..next.max(start)
    }

    fn text_of(&self, line: usize) -> Range<usize> {
        let Range { mut start, mut end } = self.full(line);
        if line == 1 {
            start = self.bom;
        }
        let bytes = self.src.get(start..end).unwrap_or_default();
        if bytes.ends_with(b"\r\n") {
            end -= 2;
        } else if bytes.ends_with(b"\n") {
            end -= 1;
        }
        start..end
    }

    /// Characters from `start` to `end`, both boundaries.
    fn columns(&self, start: usize, end: usize) -> usize {
        if end - start < STEP {
            return count_chars(self.src.get(start..end).unwrap_or_default());
        }
        self.chars_before(end) - self.chars_before(start)
    }

    fn chars_before(&self, offset: usize) -> usize {
        let marks = self.marks();
        let slot = marks.partition_point(|(at, _)| *at <= offset);
        let (at, chars) = slot
            .checked_sub(1)
            .and_then(|slot| marks.get(slot))
            .copied()
            .unwrap_or((0, 0));
        chars + count_chars(self.src.get(at..offset).unwrap_or_default())
    }

    fn marks(&self) -> &[(usize, usize)] {
        self.marks.get_or_init(|| {
            let mut marks = Vec::with_capacity(self.src.len() / STEP + 1);
            let (mut at, mut chars) = (0, 0);
            while at < self.src.len() {
                marks.push((at, chars));
                let next = floor(self.src, (at + STEP).min(self.src.len()));
                let next = if next > at { next } else { self.src.len() };
                chars += count_chars(self.src.get(at..next).unwrap_or_default());
                at = next;
            }
            marks
        })
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Columns of a slice that begins and ends at character boundaries.
fn count_chars(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

/// Bytes that the first `count` columns take.
fn skip_chars(bytes: &[u8], mut count: usize) -> usize {
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if count == 0 {
                return at;
            }
            count -= 1;
            at += char.len_utf8();
        }
        let taken = count.min(chunk.invalid().len());
        at += taken;
        count -= taken;
        if count == 0 {
            return at;
        }
    }
    at
}

/// The start of the character that `offset` lies in.
fn floor(src: &[u8], offset: usize) -> usize {
    for back in 1..=3 {
        let is_middle = src
            .get((offset + 1).wrapping_sub(back))
            .is_some_and(|byte| (0x80..0xC0).contains(byte));
        if !is_middle || back > offset {
            break;
        }
        let start = offset - back;
        let window = src.get(start..src.len().min(start + 4)).unwrap_or_default();
        let whole = window
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next())
            .map_or(0, char::len_utf8);
        if whole > back {
            return start;
        }
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(src: &[u8], offset: usize) -> (u32, u32) {
        let Position { line, column } = LineIndex::new(src).position(offset);
        (line, column)
    }

    #[test]
    fn counts_characters_not_bytes() {
        let src = "é𝄞x\tn\u{301}z".as_bytes();
        assert_eq!(at(src, 0), (1, 1));
        assert_eq!(at(src, 2), (1, 2));
        assert_eq!(at(src, 4), (1, 2), "inside the astral character");
        assert_eq!(at(src, 6), (1, 3));
        assert_eq!(at(src, 7), (1, 4));
        assert_eq!(at(src, 8), (1, 5));
        assert_eq!(at(src, 9), (1, 6), "a combining mark has its own column");
        assert_eq!(at(src, 11), (1, 7));
        assert_eq!(at(src, 99), (1, 8), "past the end");
    }

    #[test]
    fn terminators() {
        let src = b"ab\r\nc\n\rd\n";
        assert_eq!(at(src, 1), (1, 2));
        assert_eq!(at(src, 2), (1, 3), "CR");
        assert_eq!(at(src, 3), (1, 3), "LF of a CRLF");
        assert_eq!(at(src, 4), (2, 1));
        assert_eq!(at(src, 5), (2, 2));
        assert_eq!(at(src, 7), (3, 2), "a lone CR is a character");
        assert_eq!(at(src, 9), (4, 1));
        let index = LineIndex::new(src);
        assert_eq!(index.line_count(), 4);
        assert_eq!(index.line_range(1), 0..2);
        assert_eq!(index.full_line_range(1), 0..4);
        assert_eq!(index.line_range(4), 9..9);
        assert_eq!(index.line_range(9), 9..9);
        assert_eq!(index.line_range(0), 0..0);
    }

    #[test]
    fn byte_order_mark_has_no_column() {
        let src = b"\xEF\xBB\xBF{}\n\xEF\xBB\xBFx";
        assert_eq!(at(src, 0), (1, 1));
        assert_eq!(at(src, 2), (1, 1));
        assert_eq!(at(src, 3), (1, 1));
        assert_eq!(at(src, 4), (1, 2));
        assert_eq!(at(src, 9), (2, 2), "elsewhere it is a character");
        let index = LineIndex::new(src);
        assert_eq!(index.offset(Position { line: 1, column: 1 }), 3);
        assert_eq!(index.line_range(1), 3..5);
    }

    #[test]
    fn invalid_bytes_count_one_each() {
        let src = b"a\xFF\xF0\x9D\x84z\xC3";
        for offset in 0..=src.len() {
            let column = u32::try_from(offset).unwrap() + 1;
            assert_eq!(at(src, offset), (1, column));
        }
    }

    #[test]
    fn empty_text() {
        assert_eq!(at(b"", 0), (1, 1));
        assert_eq!(LineIndex::new(b"").line_count(), 1);
        assert_eq!(at(BOM, 3), (1, 1));
    }

    #[test]
    fn long_lines_are_exact() {
        let text = "aé𝄞".repeat(5000);
        let src = format!("x\n{text}\ny{text}");
        let index = LineIndex::new(src.as_bytes());
        let mut want = Position { line: 1, column: 1 };
        for (offset, char) in src.char_indices() {
            if offset % 97 == 0 {
                assert_eq!(index.position(offset), want);
                assert_eq!(index.offset(want), offset);
            }
            if char == '\n' {
                want = Position {
                    line: want.line + 1,
                    column: 1,
                };
            } else {
                want.column += 1;
            }
        }
    }

    proptest! {
        #[test]
        fn there_and_back(src in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\r'), Just(0xEF), Just(0xBB), Just(0xBF), any::<u8>()], 0..200)) {
            let index = LineIndex::new(&src);
            let mut last = Position { line: 1, column: 1 };
            for offset in 0..=src.len() + 2 {
                let position = index.position(offset);
                prop_assert!(position >= last);
                last = position;
                prop_assert_eq!(index.position(index.offset(position)), position);
                prop_assert!(position.line <= index.line_count());
            }
            let whole: usize = (1..=index.line_count()).map(|line| index.full_line_range(line).len()).sum();
            prop_assert_eq!(whole, src.len());
        }

        #[test]
        fn agrees_with_counting(text in "[a-zé𝄞\u{301}\n\r\t]{0,80}") {
            let index = LineIndex::new(text.as_bytes());
            for (offset, _) in text.char_indices() {
                let before = &text[..offset];
                let start = before.rfind('\n').map_or(0, |at| at + 1);
                let line = u32::try_from(before.matches('\n').count()).unwrap() + 1;
                let mut column = u32::try_from(text[start..offset].chars().count()).unwrap() + 1;
                if before.ends_with('\r') && text[offset..].starts_with('\n') {
                    column -= 1;
                }
                prop_assert_eq!(index.position(offset), Position { line, column });
            }
        }
    }
}
