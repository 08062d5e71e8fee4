//! Lines and columns of a stream, counted once.

/// The place of one byte of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Line breaks so far, plus 1.
    pub(crate) line: u64,
    /// Characters since the last line break, plus 1.
    pub(crate) column: u64,
}

impl Position {
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place after `bytes`.
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        let breaks = memchr::memchr_iter(b'\n', bytes).count() as u64;
        let tail = match memchr::memrchr(b'\n', bytes) {
            Some(at) => bytes.get(at + 1..).unwrap_or_default(),
            None => bytes,
        };
        let width = tail.iter().filter(|b| (**b & 0xC0) != 0x80).count() as u64;
        Self {
            line: self.line + breaks,
            column: if breaks == 0 {
                self.column + width
            } else {
                1 + width
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_not_bytes() {
        let at = Position::START.after("a\r\nčé".as_bytes());
        assert_eq!(at, Position { line: 2, column: 3 });
        let whole = Position::START.after("ab\ncd\u{1F600}e".as_bytes());
        assert_eq!(whole, Position { line: 2, column: 5 });
    }

    #[test]
    fn is_the_same_in_pieces() {
        let text = "one\ntwo é three\n\nfour ů".as_bytes();
        let whole = Position::START.after(text);
        for cut in 0..=text.len() {
            let (a, b) = text.split_at(cut);
            assert_eq!(Position::START.after(a).after(b), whole);
        }
    }
}
