//! Records that stand twice, found in 16 bytes a record.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use trueline_core::{Finding, Location, Span};

use crate::rules::reference as rules;
use crate::sink::Sink;

/// The records of one file. Two are the same when their bytes are, white space around aside.
#[derive(Debug, Default)]
pub struct Duplicates {
    seen: Vec<Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Of one million records, two different ones share a hash in one file of 40 million.
    hash: u64,
    line: u32,
    width: u32,
}

impl Duplicates {
    /// Remembers a record that takes one line of that many characters.
    pub fn add(&mut self, text: &[u8], line: u32, width: u32) {
        self.seen.push(Seen {
            hash: FixedState::with_seed(0).hash_one(text.trim_ascii()),
            line,
            width,
        });
    }

    /// A finding for every record that stood before.
    pub fn finish(mut self, sink: &mut Sink) {
        self.seen
            .sort_unstable_by_key(|seen| (seen.hash, seen.line));
        let span = |seen: &Seen| Span {
            line: seen.line,
            column: 1,
            end_line: seen.line,
            end_column: seen.width + 1,
        };
        for same in self.seen.chunk_by(|a, b| a.hash == b.hash) {
            let [first, others @ ..] = same else {
                continue;
            };
            for other in others {
                let at = Location::at(sink.path(), span(other));
                let message = format!("the record of line {} again", first.line);
                let first = Location::at(sink.path(), span(first));
                sink.push(
                    Finding::new(&rules::DUPLICATE_RECORD, at, message)
                        .related(first, "first here"),
                );
            }
        }
    }
}
