//! The grammar of a tag, read by hand around each `->`.
//!
//! ```text
//! tag  = "[" kind *blank "->" *blank id *( *blank "," *blank id ) *blank "]"
//! kind = "impl" | "verify"
//! id   = an id of a known prefix, with an optional revision: NT-7.3~2
//! ```
//! A tag stands on one line. Text that merely looks like one (`[a->b]`, `x[i->n]`, a tag of
//! another tool) is no tag: the first id must have a prefix of this repository.

use std::num::NonZeroU32;
use std::ops::Range;

use trueline_core::Id;

use super::scan::{Problem, ProblemKind};
use crate::ids::{Kind, Prefixes};

/// Longest tag, in bytes, from bracket to bracket.
pub const MAX_TAG: usize = 4096;

/// Most ids in one tag.
pub const MAX_TAG_IDS: usize = 64;

/// What a tag says about its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagKind {
    /// The file implements the item.
    Impl,
    /// The file verifies the item.
    Verify,
}

impl TagKind {
    /// The word in a tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            TagKind::Impl => "impl",
            TagKind::Verify => "verify",
        }
    }
}

/// One id of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TagId {
    pub(super) id: Id,
    pub(super) kind: Kind,
    pub(super) revision: Option<NonZeroU32>,
    pub(super) range: Range<usize>,
}

/// What stands around an arrow.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    pub(super) range: Range<usize>,
    pub(super) kind: Option<TagKind>,
    pub(super) ids: Vec<TagId>,
    pub(super) problems: Vec<Problem>,
}

/// Reads the tag around the arrow at `arrow`; `None` where there is none.
pub(super) fn read(bytes: &[u8], arrow: usize, prefixes: &Prefixes) -> Option<Candidate> {
    let (open, word) = kind_before(bytes, arrow)?;
    let start = skip_blanks(bytes, arrow + 2);
    let first = token(bytes, start);
    let first_text = std::str::from_utf8(bytes.get(first.clone())?).ok()?;
    prefixes.kind_of(first_text)?;

    let limit = bytes.len().min(open + MAX_TAG);
    let line = bytes.get(start..limit)?;
    let stop = memchr::memchr3(b']', b'\n', b'\r', line).map(|at| start + at);
    let close = stop.filter(|at| bytes.get(*at) == Some(&b']'));
    let end = close.map_or_else(
        || stop.unwrap_or(limit).min(first.end.max(open)),
        |at| at + 1,
    );
    let mut found = Candidate {
        range: open..end,
        ..Candidate::default()
    };
    let Some(close) = close else {
        found.problem(open..first.end, ProblemKind::NotClosed);
        return Some(found);
    };
    match word {
        b"impl" => found.kind = Some(TagKind::Impl),
        b"verify" => found.kind = Some(TagKind::Verify),
        other => {
            let other = String::from_utf8_lossy(other).into_owned();
            found.problem(open..end, ProblemKind::UnknownKind(other));
        }
    }
    found.read_ids(bytes, start..close, prefixes);
    Some(found)
}

/// The bracket and the kind's bytes before an arrow.
fn kind_before(bytes: &[u8], arrow: usize) -> Option<(usize, &[u8])> {
    let before = bytes.get(..arrow)?;
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let end = before.len()
        - before
            .iter()
            .rev()
            .take(8)
            .take_while(|b| is_blank(b))
            .count();
    let word = before
        .get(..end)?
        .iter()
        .rev()
        .take(32)
        .take_while(|b| b.is_ascii_lowercase())
        .count();
    let start = end - word;
    let open = start.checked_sub(1)?;
    (word > 0 && bytes.get(open) == Some(&b'[')).then(|| (open, &before[start..end]))
}

fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .take(64)
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count()
}

/// The bytes up to a blank, a comma, a bracket or the end of the line.
fn token(bytes: &[u8], from: usize) -> Range<usize> {
    let rest = bytes.get(from..).unwrap_or_default();
    let is_end = |b: &u8| matches!(b, b',' | b']' | b'[' | b' ' | b'\t' | b'\n' | b'\r');
    let length = rest.iter().take(256).take_while(|b| !is_end(b)).count();
    from..from + length
}

impl Candidate {
    fn problem(&mut self, range: Range<usize>, kind: ProblemKind) {
        self.problems.push(Problem { range, kind });
    }

    fn read_ids(&mut self, bytes: &[u8], list: Range<usize>, prefixes: &Prefixes) {
        let mut at = list.start;
        loop {
            let content = bytes.get(at..list.end).unwrap_or_default();
            let length = memchr::memchr(b',', content).unwrap_or(content.len());
            let part = trim(bytes, at..at + length);
            if self.ids.len() == MAX_TAG_IDS {
                self.problem(part, ProblemKind::TooManyIds);
                return;
            }
            match read_id(bytes, part.clone(), prefixes) {
                Ok(id) => self.ids.push(id),
                Err(kind) => self.problem(part, kind),
            }
            at += length + 1;
            if at > list.end {
                return;
            }
        }
    }
}

fn trim(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let part = bytes.get(range.clone()).unwrap_or_default();
    let inner = part.trim_ascii();
    let start = range.start + (part.len() - part.trim_ascii_start().len());
    start..start + inner.len()
}

fn read_id(bytes: &[u8], range: Range<usize>, prefixes: &Prefixes) -> Result<TagId, ProblemKind> {
    let text = String::from_utf8_lossy(bytes.get(range.clone()).unwrap_or_default());
    let bad = || ProblemKind::BadId(text.chars().take(80).collect());
    let (id, revision) = match text.split_once('~') {
        None => (&*text, None),
        Some((id, number)) => {
            let is_plain = number.bytes().all(|b| b.is_ascii_digit());
            let number = number.parse().ok().filter(|_| is_plain);
            (id, Some(number.ok_or_else(bad)?))
        }
    };
    let id = Id::new(id).map_err(|_| bad())?;
    let kind = prefixes.kind(&id).ok_or_else(bad)?;
    Ok(TagId {
        id,
        kind,
        revision,
        range,
    })
}
