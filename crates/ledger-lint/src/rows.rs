//! The rows of a Markdown table as records: the head names the fields, an empty cell is none.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Value};
use trueline_core::{Finding, Location};
use trueline_text::LineIndex;
use trueline_text::tree::escape_token;

use crate::check::{self, At, Memory};
use crate::fault::{Fault, Locator, Part, Place, index_span, quote};
use crate::ledger::{Ledger, Subject};
use crate::rules::schema as rules;
use crate::schema::Schema;
use crate::sink::Sink;
use crate::table::{Cell, Table};
use crate::world::World;

/// A row and what surrounds it.
struct Row<'a> {
    path: &'a str,
    index: &'a LineIndex<'a>,
    table: &'a Table,
    /// Names of the fields, a column each.
    names: &'a [String],
    cells: &'a [Cell],
}

impl Row<'_> {
    fn whole(&self) -> Range<usize> {
        let start = self.cells.first().map_or(0, |cell| cell.range.start);
        start..self.cells.last().map_or(start, |cell| cell.range.end)
    }

    fn at(&self, range: Range<usize>) -> Location {
        Location::at(self.path, index_span(self.index, range))
    }

    /// The column that a pointer leads to.
    fn column(&self, pointer: &str) -> Option<usize> {
        let is_here = |name: &String| pointer == format!("/{}", escape_token(name));
        self.names.iter().position(is_here)
    }

    /// The record: a text a cell, or what the schema asks for where the text is that.
    fn value(&self, schema: Option<&Schema>) -> Value {
        let mut record = Map::new();
        for (name, cell) in self.names.iter().zip(self.cells) {
            if cell.text.is_empty() {
                continue;
            }
            let kinds = schema.map(|schema| schema.kinds(name));
            let value = typed(&cell.text, &kinds.unwrap_or_default());
            record.insert(name.clone(), value);
        }
        Value::Object(record)
    }
}

/// A cell's text as a number or boolean where the schema wants one and no text.
fn typed(text: &str, kinds: &[&str]) -> Value {
    let wanted = |value: &Value| match value {
        Value::Number(_) => kinds.contains(&"number") || kinds.contains(&"integer"),
        Value::Bool(_) => kinds.contains(&"boolean"),
        _ => false,
    };
    match serde_json::from_str::<Value>(text) {
        Ok(value) if wanted(&value) && !kinds.contains(&"string") => value,
        _ => Value::String(text.to_owned()),
    }
}

impl Locator for Row<'_> {
    fn locate(&self, place: &Place) -> Location {
        let slot = self.column(&place.pointer);
        let head = slot.and_then(|slot| self.table.head.get(slot));
        let cell = slot.and_then(|slot| self.cells.get(slot));
        let cell = match place.part {
            Part::Key => head.or(cell),
            _ => cell,
        };
        self.at(cell.map_or_else(|| self.whole(), |cell| cell.range.clone()))
    }
}

/// Checks every row that has as many cells as the head. What is wrong with a column is said once.
pub(crate) fn check(
    path: &str,
    text: &str,
    table: &Table,
    ledger: &Ledger,
    world: &World,
    sink: &mut Sink,
) {
    let index = LineIndex::new(text.as_bytes());
    let (mut memory, mut said) = (Memory::default(), BTreeSet::new());
    let schema = ledger.schema.as_deref();
    let names = names(table, schema);
    let head = table.head.first().map_or(0, |cell| cell.range.start)
        ..table.head.last().map_or(0, |cell| cell.range.end);
    for name in schema.map(Schema::required).unwrap_or_default() {
        if !names.iter().any(|known| known == name) {
            let at = Location::at(path, index_span(&index, head.clone()));
            let message = format!("the table has no column {}", quote(name));
            sink.push(Finding::new(&rules::MISSING_FIELD, at, message));
        }
    }
    for cells in &table.rows {
        if cells.len() != table.head.len() {
            continue;
        }
        let row = Row {
            path,
            index: &index,
            table,
            names: &names,
            cells,
        };
        let value = row.value(schema);
        let found = schema.map(|schema| schema.check(&value));
        for fault in found.unwrap_or_default() {
            // Notes and the like may stand in a registry.
            let is_open =
                ledger.subject == Subject::Registry && fault.rule == &rules::UNKNOWN_FIELD;
            if let Some(fault) = of_column(&row, fault, &mut said).filter(|_| !is_open) {
                sink.push(row.finding(fault));
            }
        }
        let range = row.whole();
        let at = At {
            path,
            span: index_span(&index, range.clone()),
        };
        let raw = text.as_bytes().get(range).unwrap_or_default();
        sink.faults(
            &row,
            check::record(&value, raw, at, ledger, world, &mut memory),
        );
    }
    for finding in check::end(&memory, ledger, world) {
        sink.push(finding);
    }
}

/// The name of each column: that of the schema's field where case alone differs.
fn names(table: &Table, schema: Option<&Schema>) -> Vec<String> {
    let fields = schema.map(Schema::fields).unwrap_or_default();
    let name = |cell: &Cell| {
        let field = fields
            .iter()
            .find(|field| field.eq_ignore_ascii_case(&cell.text));
        field.map_or_else(|| cell.text.clone(), |field| (*field).to_owned())
    };
    table.head.iter().map(name).collect()
}

/// The fault at its cell; of an unknown column once, of a missing one not again.
fn of_column(row: &Row<'_>, mut fault: Fault, said: &mut BTreeSet<String>) -> Option<Fault> {
    if fault.rule == &rules::UNKNOWN_FIELD {
        return said.insert(fault.message.clone()).then_some(fault);
    }
    if fault.rule == &rules::MISSING_FIELD && fault.place.pointer.is_empty() {
        let name = fault.message.split('`').nth(1).unwrap_or_default();
        let pointer = format!("/{}", escape_token(name));
        row.column(&pointer)?;
        fault.place = Place::value(pointer);
    }
    Some(fault)
}
