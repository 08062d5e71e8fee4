//! The scan of a buffer and of a stream.

use crate::engine::{BEFORE, Engine, Found, REACH};
use crate::hit::{Hit, Report, fingerprint};
use crate::position::Position;

/// The most hits that one scan keeps; the rest are counted.
pub const MAX_HITS: usize = 10_000;
/// How much is gathered before it is searched.
const BATCH: usize = 256 * 1024;

/// Finds the secrets of one buffer; at most [`MAX_HITS`], see [`report()`] for the count of the rest.
pub fn scan(bytes: &[u8]) -> Vec<Hit> {
    report(bytes).hits
}

/// The same, with the count of the hits that are not kept.
pub fn report(bytes: &[u8]) -> Report {
    scan_report(bytes, MAX_HITS)
}

pub(crate) fn scan_report(bytes: &[u8], limit: usize) -> Report {
    let mut scanner = Scanner::with_limit(limit);
    scanner.search(bytes, 0..bytes.len(), Position::START, 0);
    scanner.finish()
}

/// Finds the secrets of a stream that is fed in pieces of any size. The result is that of [`scan`] over the whole;
/// about 300 KiB are held back between the pieces.
///
/// A secret is found if it fits the window of its rule: 768 bytes after its keyword, 16 KiB for key blocks and web tokens.
#[derive(Default)]
pub struct Scanner {
    /// Bytes from `base` on: some context that was searched, then what was not yet.
    held: Vec<u8>,
    /// Length of the context at the start of `held`.
    searched: usize,
    base: u64,
    at_base: Option<Position>,
    raw: Vec<(usize, Hit)>,
    omitted: u64,
    limit: usize,
}

impl std::fmt::Debug for Scanner {
    /// Shows counts alone: what is held back may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner")
            .field("base", &self.base)
            .field("held", &self.held.len())
            .field("hits", &self.raw.len())
            .finish_non_exhaustive()
    }
}

impl Scanner {
    /// A scanner at the start of a stream.
    pub fn new() -> Self {
        Self::with_limit(MAX_HITS)
    }

    pub(crate) fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Takes the next piece of the stream.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = (BEFORE + BATCH + REACH)
                .saturating_sub(self.held.len())
                .max(1);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.held.extend_from_slice(now);
            bytes = later;
            if self.held.len() >= BEFORE + BATCH + REACH {
                self.batch(self.held.len() - REACH);
            }
        }
    }

    /// Searches the rest and returns what was found, by place.
    pub fn finish(mut self) -> Report {
        self.batch(self.held.len());
        Report {
            hits: resolve(self.raw),
            omitted: self.omitted,
        }
    }

    fn batch(&mut self, end: usize) {
        let at_base = self.at_base.unwrap_or(Position::START);
        let held = std::mem::take(&mut self.held);
        self.search(&held, self.searched..end, at_base, self.base);
        let cut = end.saturating_sub(BEFORE);
        let (gone, kept) = held.split_at(cut.min(held.len()));
        self.at_base = Some(at_base.after(gone));
        self.base += gone.len() as u64;
        self.searched = end - gone.len();
        self.held = kept.to_vec();
    }

    fn search(&mut self, buffer: &[u8], area: std::ops::Range<usize>, at: Position, base: u64) {
        let Some(engine) = Engine::get() else {
            // Unusable rules must not read as a clean scan.
            self.omitted = self.omitted.saturating_add(1);
            return;
        };
        let mut found = Vec::new();
        engine.find(buffer, area, &mut found);
        found.sort_by_key(|f| (f.span.start, f.span.end, f.rule));
        found.dedup();
        let mut cursor = (0, at);
        for Found { rule: index, span } in found {
            let Some(rule) = engine.rule(index) else {
                continue;
            };
            if self.raw.len() >= self.limit {
                self.omitted += 1;
                continue;
            }
            let between = buffer.get(cursor.0..span.start).unwrap_or_default();
            cursor = (span.start, cursor.1.after(between));
            self.raw.push((
                index,
                Hit {
                    rule: rule.id,
                    start: base + span.start as u64,
                    end: base + span.end as u64,
                    line: cursor.1.line,
                    column: cursor.1.column,
                    fingerprint: fingerprint(buffer.get(span).unwrap_or_default()),
                },
            ));
        }
    }
}

/// Of hits that overlap, the best: not generic before generic, then the longer, then the rule named first.
fn resolve(mut raw: Vec<(usize, Hit)>) -> Vec<Hit> {
    let generic = |index: usize| {
        Engine::get()
            .and_then(|engine| engine.rule(index))
            .is_some_and(|rule| rule.generic)
    };
    let better = |a: &(usize, Hit), b: &(usize, Hit)| {
        let rank = |x: &(usize, Hit)| (generic(x.0), std::cmp::Reverse(x.1.end - x.1.start), x.0);
        rank(a) < rank(b)
    };
    raw.sort_by_key(|(index, hit)| (hit.start, hit.end, *index));
    let mut kept: Vec<(usize, Hit)> = Vec::with_capacity(raw.len());
    for next in raw {
        match kept.last_mut() {
            Some(last) if next.1.start < last.1.end => {
                if better(&next, last) {
                    *last = next;
                }
            }
            _ => kept.push(next),
        }
    }
    kept.into_iter().map(|(_, hit)| hit).collect()
}
