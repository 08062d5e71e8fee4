//! What a record says about time, other records and other files.

mod documents;
pub mod quick;
mod references;
mod secrets;
mod strings;
mod times;

use serde_json::Value;
use trueline_core::{Finding, Location, Span};

use crate::fault::Fault;
use crate::ledger::{Ledger, Subject};
use crate::world::World;

pub use documents::document;
pub use secrets::{Dates, is_same_secret, is_secret_name, overdue};
pub use times::{Order, end_of, parse as parse_time};

/// Where a record stands. Copied for every record, so it owns nothing.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The file.
    pub path: &'a str,
    /// The record in it.
    pub span: Span,
}

impl At<'_> {
    /// The same as a finding has it.
    pub fn location(self) -> Location {
        Location::at(self.path, self.span)
    }
}

/// What is remembered from record to record of one file.
#[derive(Debug, Default)]
pub struct Memory {
    /// Times so far.
    pub order: Order,
    /// Ids so far, and where each stands.
    pub ids: std::collections::HashMap<String, Span>,
    /// Secrets that were rotated, and when last.
    rotated: Dates,
    /// When what was agreed to for a time ends, by id; a later record replaces an earlier one.
    ends: Dates,
}

/// Everything that is checked of one record besides its schema. `at` is where the record stands.
pub fn record(
    record: &Value,
    raw: &[u8],
    at: At<'_>,
    ledger: &Ledger,
    world: &World,
    memory: &mut Memory,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !ledger.content {
        return faults;
    }
    if let Value::Object(object) = record {
        references::check(object, at, ledger, world, memory, &mut faults);
        times::check(object, at, ledger, world, memory, &mut faults);
        if ledger.subject == Subject::Rotation {
            secrets::rotation(object, at, memory, &mut faults);
        }
        if ledger.subject == Subject::Expiring {
            times::remember_end(object, at, memory);
        }
    }
    strings::check(record, raw, &mut faults);
    faults
}

/// What only the whole file shows.
pub fn end(memory: &Memory, ledger: &Ledger, world: &World) -> Vec<Finding> {
    match ledger.subject {
        Subject::Rotation => overdue(Some(&memory.rotated), world),
        Subject::Expiring => times::expired(&memory.ends, world),
        _ => Vec::new(),
    }
}

/// Whether a line is a whole JSON value.
pub fn is_record(line: &[u8]) -> bool {
    trueline_text::jsonl::parse_line(line).1.is_empty()
}
