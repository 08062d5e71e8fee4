//! A page on its way out: what is made of it is handed on before it grows large.

use std::io::{self, Write};

/// Bytes that are handed on at once.
const PIECE: usize = 1 << 16;

/// A page that is being written.
pub(crate) struct Sheet<'w> {
    sink: &'w mut dyn Write,
    /// Generated text whose lines end with a line feed.
    body: String,
    /// What ends a line of the page.
    end: &'static str,
    last: Option<u8>,
    failed: Option<io::Error>,
}

impl<'w> Sheet<'w> {
    pub(crate) fn new(sink: &'w mut dyn Write, end: &'static str) -> Self {
        Sheet {
            sink,
            body: String::new(),
            end,
            last: None,
            failed: None,
        }
    }

    /// A page as a text.
    pub(crate) fn text(
        end: &'static str,
        write: impl FnOnce(&mut Sheet<'_>),
    ) -> io::Result<String> {
        let mut bytes = Vec::new();
        let mut sheet = Sheet::new(&mut bytes, end);
        write(&mut sheet);
        sheet.finish()?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }

    /// Where generated text goes. Who adds much calls [`Sheet::turn`] now and then.
    pub(crate) fn body(&mut self) -> &mut String {
        &mut self.body
    }

    /// Hands on what was generated, if it is much. Only at the end of a line.
    pub(crate) fn turn(&mut self) {
        if self.body.len() >= PIECE {
            self.settle();
        }
    }

    /// Hands on what was generated.
    pub(crate) fn settle(&mut self) {
        let mut body = std::mem::take(&mut self.body);
        if self.end == "\n" {
            self.put(body.as_bytes());
        } else {
            self.put(body.replace('\n', self.end).as_bytes());
        }
        body.clear();
        self.body = body;
    }

    /// Adds a text as it is.
    pub(crate) fn kept(&mut self, text: &str) {
        self.settle();
        self.put(text.as_bytes());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.last.is_none() && self.body.is_empty()
    }

    pub(crate) fn ends_line(&self) -> bool {
        self.body.as_bytes().last().copied().or(self.last) == Some(b'\n')
    }

    fn put(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.last = Some(*last);
        if self.failed.is_none() {
            self.failed = self.sink.write_all(bytes).err();
        }
    }

    /// Ends the page; gives the first trouble on the way.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.settle();
        self.failed.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_same_page() {
        let line = "a line of the page\n";
        let page = |end: &'static str| {
            Sheet::text(end, |sheet| {
                sheet.kept("x\n");
                for _ in 0..10_000 {
                    sheet.body().push_str(line);
                    sheet.turn();
                    assert!(sheet.ends_line() && !sheet.is_empty());
                }
                sheet.kept("y");
                assert!(!sheet.ends_line());
            })
        };
        assert_eq!(page("\n").unwrap(), format!("x\n{}y", line.repeat(10_000)));
        let crlf = line.replace('\n', "\r\n").repeat(10_000);
        assert_eq!(page("\r\n").unwrap(), format!("x\n{crlf}y"));
    }

    #[test]
    fn trouble_is_told_at_the_end() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut full = Full;
        let mut sheet = Sheet::new(&mut full, "\n");
        sheet.kept("x");
        assert_eq!(
            sheet.finish().unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
    }
}
