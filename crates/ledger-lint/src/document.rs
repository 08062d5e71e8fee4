//! A ledger that is one JSON or YAML document.

use serde_json::Value;
use trueline_core::{Finding, Location};
use trueline_text::LineIndex;
use trueline_text::jsonl::Lines;
use trueline_text::tree::{Document, Node};

use crate::check::{self, At, Memory};
use crate::fault::{DocumentLocator, Locator, Place, index_span, range};
use crate::hygiene::{Content, Hygiene};
use crate::ledger::{Format, Ledger};
use crate::rules::reference as rules;
use crate::sink::Sink;
use crate::world::World;
use crate::{Stats, syntax};

/// Checks a whole document.
pub fn check(path: &str, bytes: &[u8], ledger: &Ledger, world: &World) -> (Vec<Finding>, Stats) {
    let mut sink = Sink::new(path);
    let mut stats = Stats::default();
    let mut hygiene = Hygiene::document();
    let mut is_readable = true;
    for line in Lines::new(bytes) {
        stats.lines += 1;
        is_readable &= hygiene.line(&line, &mut sink) != Content::Unreadable;
    }
    hygiene.end(false, &mut sink);
    if let (true, Ok(text)) = (is_readable, std::str::from_utf8(bytes)) {
        content(path, text, ledger, world, &mut sink, &mut stats);
    }
    sink.name_lines(bytes);
    (sink.finish(), stats)
}

fn content(
    path: &str,
    text: &str,
    ledger: &Ledger,
    world: &World,
    sink: &mut Sink,
    stats: &mut Stats,
) {
    let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let index = LineIndex::new(text.as_bytes());
    let (document, errors) = match ledger.format {
        Format::Yaml => trueline_text::yaml::parse(text),
        _ => {
            let (document, errors) = trueline_text::json::parse(text);
            (Some(document), errors)
        }
    };
    let mut is_whole = true;
    for error in errors {
        // The mark was reported as what it is.
        if bom > 0 && error.offset == 0 && error.end == bom {
            continue;
        }
        is_whole = false;
        let at = Location::at(path, index_span(&index, error.offset..error.end));
        sink.push(syntax::finding(&error, at));
    }
    let Some(document) = document else {
        return;
    };
    syntax::duplicate_keys(&document, path, sink, |range| index_span(&index, range));
    if !is_whole {
        return;
    }
    let Some(root) = document.root() else {
        return;
    };
    let mut value = root.to_value();
    let mut lint = Lint {
        path,
        index: &index,
        document: &document,
        ledger,
        world,
        sink,
        stats,
    };
    lint.check(&mut value, text);
}

struct Lint<'a> {
    path: &'a str,
    index: &'a LineIndex<'a>,
    document: &'a Document,
    ledger: &'a Ledger,
    world: &'a World,
    sink: &'a mut Sink,
    stats: &'a mut Stats,
}

impl<'a> Lint<'a> {
    fn check(&mut self, value: &mut Value, text: &str) {
        if self.ledger.records.is_empty() {
            let renamed = self.ledger.aliases.apply(value);
            let mut faults = self.schema(value);
            faults.extend(check::document(value, self.ledger, self.world));
            let at = self.at(&Place::open(""));
            let mut memory = Memory::default();
            faults.extend(check::record(
                value,
                text.as_bytes(),
                at,
                self.ledger,
                self.world,
                &mut memory,
            ));
            for fault in &mut faults {
                renamed.restore(&mut fault.place);
            }
            self.stats.records += 1;
            let locator = self.locator(String::new());
            self.sink.faults(&locator, faults);
            return;
        }
        let mut faults = self.schema(value);
        faults.extend(check::document(value, self.ledger, self.world));
        let locator = self.locator(String::new());
        self.sink.faults(&locator, faults);
        self.records(value);
    }

    fn schema(&self, value: &Value) -> Vec<crate::fault::Fault> {
        let schema = self.ledger.schema.as_ref();
        schema.map(|schema| schema.check(value)).unwrap_or_default()
    }

    fn records(&mut self, value: &Value) {
        let Some(records) = value.pointer(self.ledger.records).and_then(Value::as_array) else {
            return;
        };
        let mut memory = Memory::default();
        let mut seen: Vec<(String, usize)> = Vec::new();
        for (slot, record) in records.iter().enumerate() {
            self.stats.records += 1;
            let pointer = format!("{}/{slot}", self.ledger.records);
            let at = self.at(&Place::value(&*pointer));
            let raw = self
                .document
                .at(&pointer)
                .map(Node::raw)
                .unwrap_or_default();
            let faults = check::record(
                record,
                raw.as_bytes(),
                at,
                self.ledger,
                self.world,
                &mut memory,
            );
            let locator = self.locator(pointer);
            self.sink.faults(&locator, faults);
            seen.push((record.to_string(), slot));
        }
        self.duplicates(seen);
        for finding in check::end(&memory, self.ledger, self.world) {
            self.sink.push(finding);
        }
    }

    fn duplicates(&mut self, mut seen: Vec<(String, usize)>) {
        seen.sort();
        for same in seen.chunk_by(|a, b| a.0 == b.0) {
            let [(text, first), others @ ..] = same else {
                continue;
            };
            if text == "{}" {
                continue;
            }
            for (_, slot) in others {
                let of = |slot: usize| {
                    self.place(&Place::value(format!("{}/{slot}", self.ledger.records)))
                };
                let finding =
                    Finding::new(&rules::DUPLICATE_RECORD, of(*slot), "the same record again")
                        .related(of(*first), "first here");
                self.sink.push(finding);
            }
        }
    }

    fn locator(&self, prefix: String) -> DocumentLocator<'a> {
        DocumentLocator {
            path: self.path,
            index: self.index,
            document: self.document,
            prefix,
        }
    }

    fn place(&self, place: &Place) -> Location {
        self.locator(String::new()).locate(place)
    }

    fn at(&self, place: &Place) -> At<'a> {
        let range = range(self.document, "", place);
        At {
            path: self.path,
            span: index_span(self.index, range),
        }
    }
}

/// Where each record of a JSON document stands.
pub fn record_places(path: &str, bytes: &[u8], records: &str) -> Vec<Location> {
    let (document, _) = trueline_text::json::parse_bytes(bytes);
    let index = LineIndex::new(bytes);
    let list = document.at(records);
    list.into_iter()
        .flat_map(Node::items)
        .map(|record| Location::at(path, index_span(&index, record.span())))
        .collect()
}
