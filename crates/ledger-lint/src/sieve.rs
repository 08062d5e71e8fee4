//! What of a ledger has to be searched for secrets: less than all of it.
//!
//! Of a record in which the fast tier found nothing wrong, keys, times and booleans hold no secret,
//! and a short text that was searched once under its key need not be searched again. The rest is
//! gathered in batches with its places, and searched here or on a second thread. Lines of any
//! other kind are searched whole.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use foldhash::fast::FixedState;
use trueline_secrets::{Hit, MAX_HITS, Report, Scanner};
use trueline_text::jsonl::Line;

use crate::schema::fast::{Part, Plan, Slots};

/// Bytes that are searched at once.
const BATCH: usize = 64 << 10;
/// Most bytes that are gathered where no record allows a cut.
const MAX_BATCH: usize = 2 << 20;
/// Longest text that is remembered as clean, and most texts of a field.
const MAX_TEXT: usize = 64;
const MAX_TEXTS: usize = 4096;
/// Batches that wait for the second thread, at most.
const WAITING: usize = 4;

/// Text to be searched, and where each part of it stands.
#[derive(Debug, Default)]
struct Batch {
    text: Vec<u8>,
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    line: u32,
    column: u64,
    /// A whole line, of any characters; else a part of a line, in ASCII.
    is_whole: bool,
}

/// Gathers what has to be searched.
#[derive(Debug)]
pub struct Sieve {
    batch: Batch,
    out: Out,
    /// Texts without a secret, by field.
    clean: Vec<HashSet<Box<[u8]>, FixedState>>,
    /// Something could not be gathered: everything has to be searched after all.
    is_short: bool,
}

#[derive(Debug)]
enum Out {
    Here(Report),
    Beside {
        full: SyncSender<Batch>,
        used: Receiver<Batch>,
    },
}

/// Does some work that feeds a sieve; gives what was found, or `None` where everything has to be
/// searched after all. With `two` threads it is searched on the second. The result is the same.
pub fn sifted<T>(two: bool, work: impl FnOnce(&mut Sieve) -> T) -> (T, Option<Report>) {
    if !two {
        let mut sieve = Sieve::new(Out::Here(Report::default()));
        let done = work(&mut sieve);
        sieve.hand_on();
        let report = match sieve.out {
            Out::Here(report) if !sieve.is_short => Some(report),
            _ => None,
        };
        return (done, report);
    }
    thread::scope(|scope| {
        let (full, batches) = sync_channel::<Batch>(WAITING);
        let (back, used) = channel();
        let search = scope.spawn(move || {
            let mut report = Report::default();
            for mut batch in batches {
                batch.search(&mut report);
                // The other side may be through.
                let _ = back.send(batch);
            }
            report
        });
        let mut sieve = Sieve::new(Out::Beside { full, used });
        let done = work(&mut sieve);
        sieve.hand_on();
        let is_short = sieve.is_short;
        drop(sieve);
        match search.join() {
            Ok(report) => (done, Some(report).filter(|_| !is_short)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

impl Sieve {
    fn new(out: Out) -> Self {
        Sieve {
            batch: Batch::default(),
            out,
            clean: Vec::new(),
            is_short: false,
        }
    }

    /// A line of any kind.
    pub fn whole(&mut self, line: &Line<'_>) {
        if self.is_short {
            return;
        }
        // A key block may go on from line to line: no cut but before a record.
        if self.batch.text.len() + line.text.len() > MAX_BATCH {
            self.is_short = true;
            return;
        }
        self.batch.place(line, 0, true);
        self.batch.text.extend_from_slice(line.text);
        self.batch.text.push(b'\n');
    }

    /// A line that was not read.
    pub fn missed(&mut self) {
        self.is_short = true;
    }

    /// A record that is as the plan wants it, in ASCII; `slots` are of this line.
    pub fn record(&mut self, line: &Line<'_>, plan: &Plan, slots: &Slots) {
        if self.is_short {
            return;
        }
        if self.batch.text.len() >= BATCH {
            self.hand_on();
        }
        let mut is_first = true;
        for part in slots.parts(line.text, plan) {
            if self.is_clean(&part) {
                continue;
            }
            let sign = if is_first { b'{' } else { b',' };
            self.batch.text.push(sign);
            is_first = false;
            self.batch.part(line, &part);
        }
        if !is_first {
            self.batch.text.extend_from_slice(b"}\n");
        }
    }

    /// Whether the text was searched before, or is now, and nothing was found.
    fn is_clean(&mut self, part: &Part<'_>) -> bool {
        if part.text.len() > MAX_TEXT {
            return false;
        }
        if self.clean.len() <= part.slot {
            self.clean.resize_with(part.slot + 1, HashSet::default);
        }
        let Some(clean) = self.clean.get_mut(part.slot) else {
            return false;
        };
        if clean.contains(part.text) {
            return true;
        }
        if clean.len() >= MAX_TEXTS {
            return false;
        }
        let alone = [b"{", part.key.as_bytes(), b":", part.text, b"}\n"].concat();
        let is_clean = trueline_secrets::scan(&alone).is_empty();
        if is_clean {
            clean.insert(part.text.into());
        }
        is_clean
    }

    fn hand_on(&mut self) {
        match &mut self.out {
            Out::Here(report) => self.batch.search(report),
            Out::Beside { full, used } => {
                let next = used.try_recv().unwrap_or_default();
                let batch = std::mem::replace(&mut self.batch, next);
                // Without the other side nothing is found: it must not look clean.
                self.is_short |= full.send(batch).is_err();
            }
        }
    }
}

impl Batch {
    fn place(&mut self, line: &Line<'_>, before: usize, is_whole: bool) {
        // A byte order mark takes a column, as in the bytes of the file.
        let column = before as u64 + 1 + u64::from(line.has_bom);
        self.places.push(Place {
            start: self.text.len(),
            line: line.number,
            column,
            is_whole,
        });
    }

    fn part(&mut self, line: &Line<'_>, part: &Part<'_>) {
        let before = part.start.saturating_sub(part.key.len() + 1);
        self.place(line, before, false);
        self.text.extend_from_slice(part.key.as_bytes());
        self.text.push(b':');
        self.place(line, part.start, false);
        self.text.extend_from_slice(part.text);
    }

    /// Searches the text, adds what is found with its true place, and is empty again.
    fn search(&mut self, report: &mut Report) {
        let mut scanner = Scanner::new();
        scanner.feed(&self.text);
        let found = scanner.finish();
        report.omitted = report.omitted.saturating_add(found.omitted);
        for hit in found.hits {
            if report.hits.len() < MAX_HITS {
                report.hits.push(self.placed(hit));
            } else {
                report.omitted = report.omitted.saturating_add(1);
            }
        }
        self.text.clear();
        self.places.clear();
    }

    fn placed(&self, mut hit: Hit) -> Hit {
        let at = usize::try_from(hit.start).unwrap_or(usize::MAX);
        let slot = self.places.partition_point(|place| place.start <= at);
        if let Some(place) = slot.checked_sub(1).and_then(|slot| self.places.get(slot)) {
            let inside = match place.is_whole {
                true => hit.column.saturating_sub(1),
                false => (at - place.start) as u64,
            };
            hit.line = u64::from(place.line);
            hit.column = place.column + inside;
        }
        hit
    }
}
