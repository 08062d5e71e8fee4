//! Lines of a stream, in memory that is bounded by the longest line allowed.

use std::io::{self, BufRead};

use super::Line;

/// Longest line that is given whole, in bytes without its LF (16 MiB).
pub const MAX_LINE: usize = 16 << 20;

/// What a stream gives next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'b> {
    /// A line.
    Line(Line<'b>),
    /// A line that is longer than allowed; it was passed over.
    TooLong {
        /// Its 1-based number.
        number: u32,
        /// Offset in the stream of its first byte.
        start: usize,
        /// Its bytes, terminator included.
        len: usize,
    },
}

/// Lines of a buffered reader.
///
/// It holds one line at a time: that of the reader's own buffer where the line is whole in it, a
/// copy otherwise. This is not an [`Iterator`], because a line lives only until the next one is
/// asked for; only then the reader is told that the last one was used.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    max_line: usize,
    buffer: Vec<u8>,
    number: u32,
    offset: usize,
    /// Bytes of the reader's buffer that the last line took.
    given: usize,
}

impl<R: BufRead> Reader<R> {
    /// Lines of at most [`MAX_LINE`] bytes.
    pub fn new(source: R) -> Self {
        Self::with_max_line(source, MAX_LINE)
    }

    /// Lines of at most `max_line` bytes, the LF not counted.
    pub fn with_max_line(source: R, max_line: usize) -> Self {
        Self {
            source,
            max_line,
            buffer: Vec::new(),
            number: 0,
            offset: 0,
            given: 0,
        }
    }

    /// The next line; `None` at the end of the stream.
    ///
    /// # Errors
    /// What the reader reports; an interruption is tried again.
    pub fn next_line(&mut self) -> io::Result<Option<Event<'_>>> {
        self.source.consume(std::mem::take(&mut self.given));
        self.buffer.clear();
        if let Some(end) = self.end_in_buffer()? {
            let start = self.offset;
            self.given = end + 1;
            self.offset += self.given;
            self.number = self.number.saturating_add(1);
            // The buffer is not empty, so this reads nothing.
            let chunk = self.source.fill_buf()?;
            let whole = chunk.get(..self.given).unwrap_or(chunk);
            return Ok(Some(Event::Line(Line::new(self.number, start, whole))));
        }
        self.gathered()
    }

    /// Where the next line ends, if it is whole in the reader's buffer and not too long.
    fn end_in_buffer(&mut self) -> io::Result<Option<usize>> {
        loop {
            match self.source.fill_buf() {
                Ok(chunk) => {
                    let end = memchr::memchr(b'\n', chunk);
                    return Ok(end.filter(|end| *end <= self.max_line));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The next line, copied together from as many fillings of the buffer as it takes.
    fn gathered(&mut self) -> io::Result<Option<Event<'_>>> {
        let mut len = 0usize;
        let mut is_too_long = false;
        loop {
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', chunk);
            let taken = end.map_or(chunk.len(), |at| at + 1);
            let content = taken - usize::from(end.is_some());
            is_too_long |= self.buffer.len() + content > self.max_line;
            if !is_too_long {
                self.buffer
                    .extend_from_slice(chunk.get(..taken).unwrap_or(chunk));
            }
            self.source.consume(taken);
            len += taken;
            if end.is_some() {
                break;
            }
        }
        if len == 0 {
            return Ok(None);
        }
        let start = self.offset;
        self.offset += len;
        self.number = self.number.saturating_add(1);
        let number = self.number;
        if is_too_long {
            // A hostile line must not leave its memory behind.
            self.buffer = Vec::new();
            return Ok(Some(Event::TooLong { number, start, len }));
        }
        Ok(Some(Event::Line(Line::new(number, start, &self.buffer))))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::super::Lines;
    use super::*;

    #[test]
    fn long_lines_are_passed_over() {
        let src = b"ok\n123456\n12345\r\n1234\nend";
        let mut reader = Reader::with_max_line(BufReader::with_capacity(2, &src[..]), 5);
        let mut seen = Vec::new();
        while let Some(event) = reader.next_line().unwrap() {
            seen.push(match event {
                Event::Line(line) => String::from_utf8_lossy(line.text).into_owned(),
                Event::TooLong { number, start, len } => format!("{number} {start} {len}"),
            });
        }
        assert_eq!(seen, ["ok", "2 3 7", "3 10 7", "1234", "end"]);
    }

    #[test]
    fn memory_stays_bounded() {
        let endless = io::repeat(b'x');
        let mut reader =
            Reader::with_max_line(BufReader::new(io::Read::take(endless, 5 << 20)), 1 << 10);
        let event = reader.next_line().unwrap();
        let len = 5 << 20;
        assert_eq!(
            event,
            Some(Event::TooLong {
                number: 1,
                start: 0,
                len
            })
        );
        assert_eq!(reader.buffer.capacity(), 0);
    }

    #[test]
    fn errors_of_the_source_are_given() {
        struct Broken;
        impl io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let mut reader = Reader::new(BufReader::new(Broken));
        assert_eq!(reader.next_line().unwrap_err().to_string(), "gone");
    }

    proptest! {
        #[test]
        fn same_as_in_memory(
            src in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..80),
            capacity in 1usize..9,
        ) {
            let mut reader = Reader::new(BufReader::with_capacity(capacity, &src[..]));
            let mut lines = Lines::new(&src);
            while let Some(event) = reader.next_line().unwrap() {
                prop_assert_eq!(Some(event), lines.next().map(Event::Line));
            }
            prop_assert!(lines.next().is_none());
        }
    }
}
