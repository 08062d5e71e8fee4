//! Finds tags in bytes: a search for the fixed part, then the grammar around each hit.

use std::num::NonZeroU32;
use std::ops::Range;

use memchr::memmem::Finder;
use trueline_core::{Id, Span};

use super::grammar::{TagKind, read};
use super::suppress::Suppressed;
use crate::ids::{Kind, Prefixes};

/// One id of one tag in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What the tag says.
    pub kind: TagKind,
    /// About which item.
    pub id: Id,
    /// What the id names.
    pub of: Kind,
    /// The revision that the tag names, if it does.
    pub revision: Option<NonZeroU32>,
    /// Where the id stands.
    pub span: Span,
}

/// What is wrong with something that was meant as a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// No `]` on the line, or the tag is longer than the limit.
    NotClosed,
    /// The word before the arrow is none of the known ones.
    UnknownKind(String),
    /// Not an id of a known prefix, or a revision that is no number from 1.
    BadId(String),
    /// More ids than the limit.
    TooManyIds,
    /// `concordance:ignore-start` without its end: nothing is suppressed by it.
    OpenIgnore,
}

/// A problem and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes in the file.
    pub range: Range<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileScan {
    /// Its links, in file order.
    pub links: Vec<Link>,
    /// What was meant as a tag and is none, with its place.
    pub problems: Vec<(Span, ProblemKind)>,
}

/// Finds tags. Make one and share it.
#[derive(Debug, Clone)]
pub struct Scanner {
    prefixes: Prefixes,
    arrow: Finder<'static>,
    directive: Finder<'static>,
}

impl Scanner {
    /// A scanner for ids of these prefixes.
    pub fn new(prefixes: Prefixes) -> Self {
        Scanner {
            prefixes,
            arrow: Finder::new(b"->"),
            directive: Finder::new(b"concordance:ignore"),
        }
    }

    /// Reads a file's bytes (any bytes: what is not UTF-8 is no tag). `is_markdown` says that a
    /// fence which is not closed goes to the end, as in Markdown.
    ///
    /// Linear in the length, whatever stands in it; independent of how many ids there are.
    pub fn scan(&self, bytes: &[u8], is_markdown: bool) -> FileScan {
        let mut out = FileScan::default();
        let mut suppressed: Option<Suppressed> = None;
        let mut lines = LineCounter::new(bytes);
        let mut done = 0;
        for arrow in self.arrow.find_iter(bytes) {
            if arrow < done {
                continue;
            }
            let Some(found) = read(bytes, arrow, &self.prefixes) else {
                continue;
            };
            let hidden = suppressed.get_or_insert_with(|| Suppressed::new(bytes, &self.directive));
            if hidden.hides(bytes, is_markdown, found.range.clone()) {
                continue;
            }
            done = found.range.end;
            if let Some(kind) = found.kind {
                for id in found.ids {
                    out.links.push(Link {
                        kind,
                        id: id.id,
                        of: id.kind,
                        revision: id.revision,
                        span: lines.span(id.range),
                    });
                }
            }
            for problem in found.problems {
                out.problems.push((lines.span(problem.range), problem.kind));
            }
        }
        // Most files have a tag or two, and there are many files.
        out.links.shrink_to_fit();
        if let Some(suppressed) = suppressed {
            for range in suppressed.open {
                let span = LineCounter::new(bytes).span(range);
                out.problems.push((span, ProblemKind::OpenIgnore));
            }
        }
        out
    }
}

/// Lines and columns of hits that come in order: only what lies between them is counted.
struct LineCounter<'b> {
    bytes: &'b [u8],
    /// Up to where was counted.
    at: usize,
    line: usize,
    /// Characters of the line before `at`.
    column: usize,
}

impl<'b> LineCounter<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        LineCounter {
            bytes,
            at: if bytes.starts_with(b"\xEF\xBB\xBF") {
                3
            } else {
                0
            },
            line: 1,
            column: 0,
        }
    }

    /// A span within one line.
    fn span(&mut self, range: Range<usize>) -> Span {
        if range.start < self.at {
            *self = LineCounter::new(self.bytes);
        }
        let between = self.bytes.get(self.at..range.start).unwrap_or_default();
        let mut after = between;
        for lf in memchr::memchr_iter(b'\n', between) {
            self.line += 1;
            self.column = 0;
            after = between.get(lf + 1..).unwrap_or_default();
        }
        self.column += chars(after);
        self.at = self.at.max(range.start);
        let length = chars(self.bytes.get(range).unwrap_or_default());
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Span {
            line: narrow(self.line),
            column: narrow(self.column + 1),
            end_line: narrow(self.line),
            end_column: narrow(self.column + 1 + length),
        }
    }
}

fn chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}
