//! Where a field stands: computed only for what a finding is about.

use std::cell::OnceCell;
use std::ops::Range;

use trueline_core::{Id, Location, Span};
use trueline_text::LineIndex;
use trueline_text::json::{self, Document};
use trueline_text::tree::Kind;

use crate::row::Row;
use crate::table::Table;
use crate::{Aliases, Field};

/// Where things stand in one file. Its lines are counted when first asked for.
pub struct Places<'t> {
    path: &'t str,
    bytes: &'t [u8],
    aliases: &'t Aliases,
    index: OnceCell<LineIndex<'t>>,
}

impl<'t> Places<'t> {
    pub(crate) fn new(path: &'t str, bytes: &'t [u8], aliases: &'t Aliases) -> Self {
        Places {
            path,
            bytes,
            aliases,
            index: OnceCell::new(),
        }
    }

    /// A field of a record; the record's first byte where it has none.
    pub fn of(&self, row: Row<'_, '_>, field: Field) -> Location {
        self.field(row.span(), field)
    }

    /// An element of a list of a record (evidence by its path); else the field.
    pub fn of_element(&self, row: Row<'_, '_>, field: Field, text: &str) -> Location {
        self.element(row.span(), field, text)
    }

    /// A stretch of the file.
    pub fn at(&self, range: Range<usize>) -> Location {
        let index = self.index.get_or_init(|| LineIndex::new(self.bytes));
        let (start, end) = (index.position(range.start), index.position(range.end));
        Location::at(
            self.path,
            Span {
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
            },
        )
    }

    /// The file as a whole.
    pub(crate) fn file(&self) -> Location {
        Location::file(self.path)
    }

    /// The value of a field of the record at `span`; the record's first byte where the field is
    /// not there.
    pub(crate) fn field(&self, span: Range<usize>, field: Field) -> Location {
        self.value(span, field, None)
    }

    /// The element `text` of a field that is a list; else the field.
    pub(crate) fn element(&self, span: Range<usize>, field: Field, text: &str) -> Location {
        self.value(span, field, Some(text))
    }

    /// The repetition of a key.
    pub(crate) fn second(&self, span: Range<usize>, field: Field) -> Location {
        let document = self.document(&span);
        let names: Vec<&str> = self.aliases.names(field).collect();
        let repeated = document
            .duplicates()
            .iter()
            .find(|duplicate| names.contains(&duplicate.key.as_str()));
        match repeated {
            Some(duplicate) => self.at(shift(duplicate.second.clone(), span.start)),
            None => self.field(span, field),
        }
    }

    /// The field of a record without an id that looks like one: it is called so, and its value is
    /// an id.
    pub(crate) fn likely_id(&self, span: Range<usize>) -> Option<String> {
        let document = self.document(&span);
        let mut members = document.root()?.members();
        let found = members.find(|(key, value)| {
            let is_called = key.len() > 2 && key.to_ascii_lowercase().ends_with("id");
            is_called && value.as_str().is_some_and(|text| Id::new(text).is_ok())
        });
        // It comes into TOML in quotes.
        let key = found.map(|(key, _)| key.to_owned())?;
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        key.bytes().all(is_plain).then_some(key)
    }

    fn value(&self, span: Range<usize>, field: Field, text: Option<&str>) -> Location {
        let document = self.document(&span);
        let root = document.root();
        let node = self
            .aliases
            .names(field)
            .find_map(|name| root.and_then(|root| root.get(name)));
        let Some(node) = node else {
            return self.at(span.start..span.start + usize::from(!span.is_empty()));
        };
        let element = text
            .filter(|_| node.kind() == Kind::Array)
            .and_then(|text| {
                node.items().find(|item| {
                    // Evidence is known by its path.
                    let value = item.get("path").unwrap_or(*item);
                    value.as_str().is_some_and(|found| found == text)
                })
            });
        self.at(shift(element.unwrap_or(node).span(), span.start))
    }

    fn document(&self, span: &Range<usize>) -> Document {
        json::parse_bytes(self.bytes.get(span.clone()).unwrap_or_default()).0
    }
}

fn shift(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

impl<'a> Table<'a> {
    /// The places of this file. The aliases are those it was read with.
    pub fn places<'t>(&'t self, aliases: &'t Aliases) -> Places<'t> {
        Places::new(&self.path, self.source.as_bytes(), aliases)
    }
}

impl Row<'_, '_> {
    /// Where a field of it stands, or where the record begins.
    pub(crate) fn place(self, places: &Places<'_>, field: Field) -> Location {
        places.field(self.span(), field)
    }
}
