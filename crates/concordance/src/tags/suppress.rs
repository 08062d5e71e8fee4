//! Where tags do not count: in backticks, in fences, and where a directive says so.

use std::ops::Range;

use memchr::memmem::Finder;

/// How far around a tag a line is looked at for backticks, in bytes.
const NEAR: usize = 1024;

/// Stretches of a file that hold no tags.
///
/// - `concordance:ignore-start` to `concordance:ignore-end`, whole lines;
/// - `concordance:ignore` alone: its own line and the next one;
/// - `concordance:ignore-file`: the whole file;
/// - a fence of three or more backticks or tildes, after an optional comment leader, to the
///   fence that closes it. In Markdown an open one goes to the end; elsewhere it is none.
#[derive(Debug, Default)]
pub(super) struct Suppressed {
    /// Up to where no fence was found yet; `None` once all of them are in `ranges`.
    unfenced: Option<usize>,
    /// Sorted by start; may overlap.
    ranges: Vec<Range<usize>>,
    /// For each range the greatest end so far.
    reach: Vec<usize>,
    /// `ignore-start` without an end.
    pub(super) open: Vec<Range<usize>>,
}

impl Suppressed {
    pub(super) fn new(bytes: &[u8], directive: &Finder<'_>) -> Self {
        let mut out = Suppressed {
            unfenced: Some(0),
            ..Suppressed::default()
        };
        out.directives(bytes, directive);
        out.order();
        out
    }

    fn order(&mut self) {
        let out = self;
        out.ranges.sort_unstable_by_key(|range| range.start);
        let mut greatest = 0;
        out.reach = out
            .ranges
            .iter()
            .map(|range| {
                greatest = greatest.max(range.end);
                greatest
            })
            .collect();
    }

    /// A fence hides only what comes after its first line: most files have their tags above any.
    fn look_for_fences(&mut self, bytes: &[u8], is_markdown: bool, end: usize) {
        let Some(from) = self.unfenced else { return };
        let new = bytes.get(from..end).unwrap_or_default();
        let is_mark = |at: usize| {
            let three = bytes.get(from + at..from + at + 3);
            matches!(three, Some(b"```" | b"~~~"))
        };
        if memchr::memchr2_iter(b'`', b'~', new).any(is_mark) {
            self.unfenced = None;
            self.fences(bytes, is_markdown);
            self.order();
        } else {
            self.unfenced = Some(end.max(from));
        }
    }

    /// True when what stands there is no tag. `is_markdown` says that a fence which is not closed
    /// goes to the end.
    pub(super) fn hides(&mut self, bytes: &[u8], is_markdown: bool, range: Range<usize>) -> bool {
        self.look_for_fences(bytes, is_markdown, range.start);
        let before = self.ranges.partition_point(|r| r.start <= range.start);
        let reach = before.checked_sub(1).and_then(|at| self.reach.get(at));
        reach.is_some_and(|end| range.start < *end) || in_backticks(bytes, range)
    }

    fn directives(&mut self, bytes: &[u8], directive: &Finder<'_>) {
        let mut started: Option<Range<usize>> = None;
        for at in directive.find_iter(bytes) {
            let end = at + directive.needle().len();
            let rest = bytes.get(end..).unwrap_or_default();
            let line = line_of(bytes, at);
            if is_word(rest, b"-start") {
                started.get_or_insert(at..end);
            } else if is_word(rest, b"-end") {
                if let Some(start) = started.take() {
                    self.ranges
                        .push(line_of(bytes, start.start).start..line.end);
                }
            } else if is_word(rest, b"-file") {
                self.ranges.push(0..bytes.len());
            } else if is_word(rest, b"") {
                self.ranges.push(line.start..line_of(bytes, line.end).end);
            }
        }
        self.open.extend(started);
    }

    fn fences(&mut self, bytes: &[u8], is_markdown: bool) {
        let mut open: Option<(usize, u8, usize)> = None;
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |lf| lf + 1);
            let line = rest.get(..length).unwrap_or_default();
            if let Some((mark, run, is_bare)) = fence(line, is_markdown) {
                match open {
                    None => open = Some((at, mark, run)),
                    Some((start, own, least)) if own == mark && run >= least && is_bare => {
                        self.ranges.push(start..at + length);
                        open = None;
                    }
                    Some(_) => {}
                }
            }
            at += length;
        }
        if let Some((start, ..)) = open
            && is_markdown
        {
            self.ranges.push(start..bytes.len());
        }
    }
}

/// The fence that a line is: its character, its length, and whether nothing follows it.
fn fence(line: &[u8], is_markdown: bool) -> Option<(u8, usize, bool)> {
    let mut text = line.trim_ascii_start();
    if !is_markdown {
        let leader = text
            .iter()
            .take_while(|b| {
                matches!(
                    b,
                    b'/' | b'!' | b'#' | b'*' | b'-' | b';' | b'%' | b'"' | b'\''
                )
            })
            .count();
        text = text.get(leader..)?.trim_ascii_start();
    }
    let mark = *text.first().filter(|b| matches!(b, b'`' | b'~'))?;
    let run = text.iter().take_while(|b| **b == mark).count();
    let info = text.get(run..)?.trim_ascii();
    let is_fence = run >= 3 && !(mark == b'`' && info.contains(&b'`'));
    is_fence.then_some((mark, run, info.is_empty()))
}

/// True when a run of backticks before the tag on its line is closed by an equal one after it.
fn in_backticks(bytes: &[u8], range: Range<usize>) -> bool {
    let from = range.start.saturating_sub(NEAR);
    let before = bytes.get(from..range.start).unwrap_or_default();
    let before = memchr::memrchr(b'\n', before)
        .and_then(|lf| before.get(lf + 1..))
        .unwrap_or(before);
    if !before.contains(&b'`') {
        return false;
    }
    let after = bytes
        .get(range.end..bytes.len().min(range.end + NEAR))
        .unwrap_or_default();
    let after = memchr::memchr(b'\n', after)
        .and_then(|lf| after.get(..lf))
        .unwrap_or(after);
    match open_run(before) {
        Some(run) => runs(after).any(|length| length == run),
        None => false,
    }
}

/// The length of the backtick run that is still open at the end of a stretch.
fn open_run(bytes: &[u8]) -> Option<usize> {
    let mut open = None;
    for run in runs(bytes) {
        match open {
            None => open = Some(run),
            Some(length) if length == run => open = None,
            Some(_) => {}
        }
    }
    open
}

fn runs(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes
        .chunk_by(|a, b| (*a == b'`') == (*b == b'`'))
        .filter(|chunk| chunk.first() == Some(&b'`'))
        .map(<[u8]>::len)
}

fn is_word(rest: &[u8], suffix: &[u8]) -> bool {
    rest.strip_prefix(suffix).is_some_and(|rest| {
        !rest
            .first()
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_')
    })
}

/// The line around an offset, its line feed included.
fn line_of(bytes: &[u8], at: usize) -> Range<usize> {
    let before = bytes.get(..at.min(bytes.len())).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |lf| lf + 1);
    let rest = bytes.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |lf| at + lf + 1);
    start..end
}
