//! A crosswalk as it stands on disk: typed rows, and everything else as it was written.

use std::ops::Range;

use serde::de::DeserializeOwned;
use trueline_core::artifact::VERSION;
use trueline_core::artifact::crosswalk::{LinkKind, Row, Waiver};
use trueline_core::{Finding, Id, Location};
use trueline_kit::Source;
use trueline_text::json;
use trueline_text::tree::{Document, Kind, Node};

use super::quick;
use super::write::compact;
use crate::hash::HashMap;
use crate::model::Model;
use crate::rules;

/// The fields of a row that its type names.
const ROW_FIELDS: [&str; 12] = [
    "nt",
    "td",
    "wbs",
    "code",
    "tests",
    "acceptance",
    "owner",
    "status",
    "evidence",
    "risk",
    "data_class",
    "links",
];

/// A row, and the fields of it that its type does not name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookRow {
    /// The row.
    pub row: Row,
    /// Other fields: key and value on one line.
    pub extra: Vec<(String, String)>,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A waiver and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookWaiver {
    /// The waiver.
    pub waiver: Waiver,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A crosswalk.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Its text; `None` where there is no file yet.
    pub source: Option<Source>,
    /// Its rows, in the order of the file.
    pub rows: Vec<BookRow>,
    /// Integrations, each on one line, as written by people.
    pub integrations: Vec<String>,
    /// Waivers that can be read.
    pub waivers: Vec<BookWaiver>,
    /// All waivers, each on one line.
    pub raw_waivers: Vec<String>,
    /// Other fields of the file.
    pub extra: Vec<(String, String)>,
    /// Ids that integrations name, with their places.
    pub named: Vec<(Id, Range<usize>)>,
    /// What cannot be read. A crosswalk with faults is never written over.
    pub faults: Vec<Finding>,
}

impl BookRow {
    /// The id that the row is about: the requirement, or the design that none maps.
    pub fn id(&self) -> Option<&Id> {
        self.row.nt.as_ref().or_else(|| self.row.td.first())
    }

    /// Whether the row is about a design that no requirement maps.
    pub fn is_lone(&self) -> bool {
        self.row.nt.is_none()
    }

    /// Whether people wrote something into it.
    pub fn has_peoples_fields(&self) -> bool {
        let row = &self.row;
        let mut files = row.code.iter().chain(&row.tests);
        row.risk.is_some()
            || row.data_class.is_some()
            || !self.extra.is_empty()
            || files.any(|link| link.kind == LinkKind::Manual)
    }
}

impl Book {
    /// Reads a crosswalk; what cannot be read is a fault.
    pub fn read(source: Option<Source>) -> Book {
        let Some(source) = source else {
            return Book::default();
        };
        let mut book = quick::read(&source).unwrap_or_else(|| Book::read_slowly(&source));
        book.source = Some(source);
        book
    }

    /// Has every row name items by the ids that the blueprints hold, and digests of their texts
    /// by theirs; and takes no more room than the rows need.
    pub fn share(&mut self, model: &Model) {
        for BookRow { row, .. } in &mut self.rows {
            row.nt.iter_mut().for_each(|id| model.share(id));
            row.td.iter_mut().for_each(|id| model.share(id));
            for links in [&mut row.code, &mut row.tests] {
                links.shrink_to_fit();
                for link in links {
                    link.ids.shrink_to_fit();
                    link.ids.iter_mut().for_each(|id| model.share(id));
                }
            }
            row.links.shrink_to_fit();
            for link in &mut row.links {
                model.share(&mut link.id);
                if let Some(entry) = model.get(&link.id)
                    && entry.item.digest == link.digest
                {
                    link.digest.clone_from(&entry.item.digest);
                }
            }
        }
    }

    /// Reads any crosswalk, with the place of each fault.
    pub(super) fn read_slowly(source: &Source) -> Book {
        let mut book = Book::default();
        let (document, errors) = json::parse(source.text());
        for error in errors {
            let at = source.at(error.offset..error.end);
            book.faults.push(fault(at, error.to_string()));
        }
        if book.faults.is_empty() {
            book.fill(&document, source);
        }
        book
    }

    fn fill(&mut self, document: &Document, source: &Source) {
        for twice in document.duplicates() {
            let message = format!("`{}` is there twice", twice.key);
            self.faults
                .push(fault(source.at(twice.second.clone()), message));
        }
        let Some(root) = document.root() else {
            self.faults.push(fault(source.whole(), "the file is empty"));
            return;
        };
        if root.kind() != Kind::Object {
            let message = format!("an object was expected, not {}", root.kind().name());
            self.faults.push(fault(source.at(root.span()), message));
            return;
        }
        for (key, node) in root.members() {
            match key {
                "version" => self.version(node, source),
                "rows" => self.rows(node, source),
                "waivers" => self.waivers(node, source),
                "integrations" => {
                    self.integrations = node.items().map(compact).collect();
                    node.items().for_each(|one| self.integration(one));
                }
                _ => self.extra.push((key.to_owned(), compact(node))),
            }
        }
    }

    fn version(&mut self, node: Node<'_>, source: &Source) {
        let number = node.number_text().and_then(|text| text.parse::<u32>().ok());
        if number.is_none_or(|number| number == 0 || number > VERSION) {
            let message = format!("version {} is not one that this build reads", node.raw());
            self.faults.push(fault(source.at(node.span()), message));
        }
    }

    fn rows(&mut self, node: Node<'_>, source: &Source) {
        for one in node.items() {
            let Some(row) = self.typed::<Row>(one, source) else {
                continue;
            };
            if row.nt.is_none() && row.td.is_empty() {
                let at = source.at(one.span());
                self.faults
                    .push(fault(at, "a row without `nt` and without `td`"));
                continue;
            }
            self.rows.push(BookRow {
                row,
                extra: Book::extra_of(one),
                span: one.span(),
            });
        }
    }

    /// The fields of a row that its type does not name.
    pub(super) fn extra_of(row: Node<'_>) -> Vec<(String, String)> {
        row.members()
            .filter(|(key, _)| !ROW_FIELDS.contains(key))
            .map(|(key, value)| (key.to_owned(), compact(value)))
            .collect()
    }

    fn waivers(&mut self, node: Node<'_>, source: &Source) {
        for one in node.items() {
            self.raw_waivers.push(compact(one));
            if let Some(waiver) = self.typed::<Waiver>(one, source) {
                self.waivers.push(BookWaiver {
                    waiver,
                    span: one.span(),
                });
            }
        }
    }

    fn integration(&mut self, node: Node<'_>) {
        for key in ["nt", "td"] {
            for one in node.get(key).into_iter().flat_map(Node::items) {
                if let Some(id) = one.as_str().and_then(|text| Id::new(text).ok()) {
                    self.named.push((id, one.span()));
                }
            }
        }
    }

    fn typed<T: DeserializeOwned>(&mut self, node: Node<'_>, source: &Source) -> Option<T> {
        match serde_json::from_str(node.raw()) {
            Ok(value) => Some(value),
            Err(error) => {
                let text = error.to_string();
                let text = text
                    .split(" at line ")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                self.faults.push(fault(source.at(node.span()), text));
                None
            }
        }
    }

    /// Where a range of the file is.
    pub fn at(&self, range: Range<usize>) -> Location {
        match &self.source {
            Some(source) => source.at(range),
            None => Location::file("-"),
        }
    }

    /// Where a text stands within a range of the file; the whole range where it does not.
    pub fn find(&self, range: &Range<usize>, text: &str) -> Location {
        let hay = self
            .source
            .as_ref()
            .and_then(|source| source.text().get(range.clone()))
            .unwrap_or_default();
        match hay.find(text) {
            Some(at) => self.at(range.start + at..range.start + at + text.len()),
            None => self.at(range.clone()),
        }
    }

    /// The rows that each requirement or design stands in.
    pub fn by_item(&self) -> HashMap<&Id, Vec<&Row>> {
        let mut rows: HashMap<&Id, Vec<&Row>> =
            HashMap::with_capacity_and_hasher(self.rows.len(), Default::default());
        for row in &self.rows {
            for id in row.row.nt.iter().chain(&row.row.td) {
                rows.entry(id).or_default().push(&row.row);
            }
        }
        rows
    }

    /// The rows by what they are about.
    pub fn by_id(&self) -> HashMap<&Id, &BookRow> {
        let mut rows = HashMap::with_capacity_and_hasher(self.rows.len(), Default::default());
        for row in &self.rows {
            if let Some(id) = row.id() {
                rows.entry(id).or_insert(row);
            }
        }
        rows
    }
}

fn fault(at: Location, message: impl Into<String>) -> Finding {
    Finding::new(&rules::MALFORMED_CROSSWALK, at, message)
}
