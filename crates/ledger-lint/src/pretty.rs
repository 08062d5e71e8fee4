//! A record that goes over several lines, gathered until it is whole.

/// Most lines that are gathered.
const MAX_LINES: u64 = 1000;
/// Most bytes that are gathered.
const MAX_BYTES: usize = 1 << 20;

/// What a further line did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The record is not whole yet.
    More,
    /// Every bracket is closed.
    Closed,
    /// The lines cannot be one record.
    Broken,
}

/// Lines that may be one record.
///
/// Each line is gathered at most once and looked at once more if it was no record after all, so
/// that the time stays linear.
#[derive(Debug)]
pub struct Pending {
    first: u32,
    text: String,
    lines: u64,
    depth: usize,
}

impl Pending {
    /// Begins with a line whose brackets stay open; `None` where that is not the case, or a
    /// string stays open.
    pub fn begin(first: u32, text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let depth = depth(0, text).filter(|depth| *depth > 0)?;
        Some(Pending {
            first,
            text: text.to_owned(),
            lines: 1,
            depth,
        })
    }

    /// Adds the next line.
    pub fn add(&mut self, text: &[u8]) -> Step {
        let line = std::str::from_utf8(text).unwrap_or_default();
        self.text.push('\n');
        self.text.push_str(line);
        self.lines += 1;
        match depth(self.depth, line) {
            Some(0) => Step::Closed,
            Some(_) if self.lines >= MAX_LINES || self.text.len() >= MAX_BYTES => Step::Broken,
            Some(depth) => {
                self.depth = depth;
                Step::More
            }
            None => Step::Broken,
        }
    }

    /// Number of the first line.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// The lines, with LF between them.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Open brackets after a line; `None` if a string stays open or a bracket closes nothing.
fn depth(mut depth: usize, line: &str) -> Option<usize> {
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => loop {
                match bytes.next()? {
                    b'"' => break,
                    b'\\' => {
                        bytes.next()?;
                    }
                    _ => {}
                }
            },
            _ => {}
        }
    }
    Some(depth)
}
