//! Which sets of fields the records of one file have.

use std::collections::BTreeMap;

use serde_json::Value;
use trueline_core::{Finding, Location, Span};

use crate::fault::quote;
use crate::rules::schema as rules;
use crate::sink::Sink;

/// Most shapes that are told apart; further ones count as one.
const MAX_SHAPES: usize = 64;
/// Most fields of a shape that are named.
const MAX_FIELDS: usize = 12;

/// The shapes of one file's records.
#[derive(Debug, Default)]
pub struct Shapes {
    /// Records whose fields the schema knows: they are one shape, with or without optional ones.
    ours: Option<Seen>,
    foreign: BTreeMap<String, Seen>,
    more: u64,
    records: u64,
}

#[derive(Debug, Clone)]
struct Seen {
    count: u64,
    first: Location,
}

impl Shapes {
    /// Counts a record. `fits` says that it has every field asked for and no other.
    pub fn add(&mut self, record: &Value, fits: bool, at: impl FnOnce() -> Location) {
        self.records += 1;
        let Value::Object(object) = record else {
            return;
        };
        if fits {
            self.records -= 1;
            self.fits(at);
            return;
        }
        let mut keys: Vec<String> = object
            .keys()
            .take(MAX_FIELDS + 1)
            .map(|key| quote(key))
            .collect();
        keys.sort_unstable();
        let key = keys.join(", ");
        if let Some(seen) = self.foreign.get_mut(&key) {
            seen.count += 1;
        } else if self.foreign.len() < MAX_SHAPES {
            let first = at();
            self.foreign.insert(key, Seen { count: 1, first });
        } else {
            self.more += 1;
        }
    }

    /// Counts a record that has every field asked for and no other.
    pub fn fits(&mut self, at: impl FnOnce() -> Location) {
        self.records += 1;
        match &mut self.ours {
            Some(seen) => seen.count += 1,
            none => {
                *none = Some(Seen {
                    count: 1,
                    first: at(),
                });
            }
        }
    }

    /// One finding, if the records have several shapes: at the first record of the second
    /// shape, with every shape's count and first record.
    pub fn finish(self, sink: &mut Sink) {
        let mut shapes: Vec<(String, Seen)> = self.foreign.into_iter().collect();
        if shapes.is_empty() {
            return;
        }
        if let Some(ours) = self.ours {
            shapes.push(("the fields of the schema".to_owned(), ours));
        }
        shapes.sort_by(|a, b| a.1.first.cmp(&b.1.first));
        let Some((_, second)) = shapes.get(1) else {
            return;
        };
        let count = match self.more {
            0 => shapes.len().to_string(),
            _ => format!("more than {}", shapes.len()),
        };
        let message = format!("{count} shapes in {} records", self.records);
        let at = match second.first.span {
            Some(span) => Location::at(&*second.first.path, Span::point(span.line, span.column)),
            None => second.first.clone(),
        };
        let mut finding = Finding::new(&rules::MIXED_SHAPES, at, message);
        for (fields, seen) in shapes {
            let count = match seen.count {
                1 => "1 record".to_owned(),
                count => format!("{count} records"),
            };
            finding = finding.related(seen.first, format!("{count} like this: {fields}"));
        }
        sink.push(finding);
    }
}
