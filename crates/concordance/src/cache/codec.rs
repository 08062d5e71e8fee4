//! Numbers and texts in bytes: what the large caches are written in.

use std::io;

/// Longest text that is written or read, in bytes.
const MAX_TEXT: usize = 1 << 24;

/// Bytes that are worth writing.
const PIECE: usize = 64 << 10;

/// Takes the bytes of a file, piece by piece.
pub(super) type Give<'g> = dyn FnMut(&[u8]) -> io::Result<()> + 'g;

/// Adds numbers and texts to bytes.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, number: u64) {
        let mut left = number;
        while left > 0x7F {
            self.0.push((left & 0x7F) as u8 | 0x80);
            left >>= 7;
        }
        self.0.push((left & 0x7F) as u8);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Says whether another thing follows: a list whose length is not known before its end.
    pub(super) fn is_more(&mut self, is_more: bool) {
        self.0.push(u8::from(is_more));
    }

    /// Gives away what has gathered, once that is worth it.
    pub(super) fn pass_on(&mut self, give: &mut Give<'_>) -> io::Result<()> {
        if self.0.len() >= PIECE {
            give(&self.0)?;
            self.0.clear();
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Takes them out again; `None` where they are not there.
#[derive(Debug)]
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Whether another thing follows.
    pub(super) fn is_more(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// How many things follow; never more than there are bytes left.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        let length = self.count().filter(|length| *length <= MAX_TEXT)?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    pub(super) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(numbers in prop::collection::vec(any::<u64>(), 0..20), text in ".{0,40}") {
            let mut writer = Writer::default();
            numbers.iter().for_each(|number| writer.number(*number));
            writer.text(&text);
            let mut reader = Reader(&writer.0);
            for number in numbers {
                prop_assert_eq!(reader.number(), Some(number));
            }
            prop_assert_eq!(reader.text(), Some(text.as_str()));
            prop_assert!(reader.is_done());
        }

        #[test]
        fn any_bytes_give_something_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut reader = Reader(&bytes);
            while reader.text().is_some() {}
            while reader.number().is_some() {}
        }
    }
}
