//! What an item rests on and what rests on it, in both directions.

use std::fmt::Write;

use serde::Serialize;
use trueline_core::Id;
use trueline_core::artifact::crosswalk::{FileLink, Row};

use crate::gate::{Coverage, State};
use crate::hash::HashMap;
use crate::ids::Kind;
use crate::model::Entry;

/// Everything linked to an item. The JSON of `concordance trace`.
#[derive(Debug, Clone, Serialize)]
pub struct Trace {
    /// Version of this form.
    pub version: u32,
    /// The item.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its blueprint.
    pub file: String,
    /// Line of its id.
    pub line: u32,
    /// Its revision.
    pub revision: u32,
    /// What it is a part of, nearest first.
    pub parents: Vec<String>,
    /// Its parts.
    pub parts: Vec<String>,
    /// Requirements (of a design), or none.
    pub nt: Vec<String>,
    /// Designs (of a requirement), or none.
    pub td: Vec<String>,
    /// Work items.
    pub wbs: Vec<String>,
    /// Code.
    pub code: Vec<String>,
    /// Tests.
    pub tests: Vec<String>,
    /// File with acceptance criteria.
    pub acceptance: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How far it is: `todo`, `in-progress`, `done`.
    pub status: Option<String>,
    /// Whether it is covered; of a design, whether it has code.
    pub covered: bool,
}

/// Traces the items of a state.
pub struct Tracer<'s, 'c> {
    state: &'s State<'c>,
    coverage: Coverage,
    rows: HashMap<&'s Id, Vec<&'s Row>>,
    parts: &'s HashMap<Id, Vec<Id>>,
}

impl<'s, 'c> Tracer<'s, 'c> {
    /// A tracer of a state.
    pub fn new(state: &'s State<'c>) -> Self {
        Tracer {
            state,
            coverage: Coverage::new(state),
            rows: state.joined.by_item(),
            parts: state.model.children(),
        }
    }

    /// The trace of an item.
    pub fn trace(&self, entry: Entry<'_>) -> Trace {
        let (state, coverage) = (self.state, &self.coverage);
        let id = &entry.item.id;
        let is_nt = entry.item.kind == Kind::Nt;
        let rows = self.rows.get(id).map(Vec::as_slice).unwrap_or_default();
        let files = |list: fn(&Row) -> &Vec<FileLink>| {
            let links = rows.iter().flat_map(|row| list(row));
            sorted(
                links
                    .filter(|link| is_nt || link.ids.contains(id))
                    .map(|link| link.path.clone()),
            )
        };
        let names = |ids: Vec<&Id>| {
            let mut ids: Vec<&Id> = ids;
            ids.sort();
            ids.dedup();
            ids.into_iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let mut parents = Vec::new();
        let mut at = state.model.parent(entry);
        while let Some(parent) = at.filter(|parent| !parents.contains(&parent.to_string())) {
            parents.push(parent.to_string());
            at = state
                .model
                .get(parent)
                .and_then(|entry| state.model.parent(entry));
        }
        Trace {
            version: 1,
            id: id.to_string(),
            title: entry.item.title.clone(),
            file: entry.blueprint.path().to_owned(),
            line: entry.at().span.map_or(1, |span| span.line),
            revision: entry.item.revision.get(),
            parents,
            parts: names(self.parts.get(id).into_iter().flatten().collect()),
            nt: match is_nt {
                true => Vec::new(),
                false => names(rows.iter().filter_map(|row| row.nt.as_ref()).collect()),
            },
            td: match is_nt {
                true => names(rows.iter().flat_map(|row| &row.td).collect()),
                false => Vec::new(),
            },
            wbs: names(rows.iter().flat_map(|row| &row.wbs).collect()),
            code: files(|row| &row.code),
            tests: files(|row| &row.tests),
            acceptance: rows.iter().find_map(|row| row.acceptance.clone()),
            owner: rows.iter().find_map(|row| row.owner.clone()),
            status: rows
                .iter()
                .find_map(|row| row.status)
                .and_then(|status| serde_json::to_value(status).ok())
                .and_then(|value| value.as_str().map(str::to_owned)),
            covered: match is_nt {
                true => coverage.get(id).shallow,
                false => coverage.built.contains(id),
            },
        }
    }
}

impl Trace {
    /// For people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mark = if self.covered {
            "covered"
        } else {
            "not covered"
        };
        let _ = writeln!(out, "{} {} ({mark})", self.id, self.title);
        let _ = writeln!(out, "  at      {}:{}", self.file, self.line);
        let mut list = |name: &str, values: &[String]| {
            for (at, value) in values.iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                let _ = writeln!(out, "  {name:<8}{value}");
            }
        };
        list("part of", &self.parents);
        list("parts", &self.parts);
        list("nt", &self.nt);
        list("td", &self.td);
        list("wbs", &self.wbs);
        list("code", &self.code);
        list("tests", &self.tests);
        list("accept", self.acceptance.as_slice());
        list("owner", self.owner.as_slice());
        list("status", self.status.as_slice());
        out
    }

    /// A Mermaid flow chart: requirements to designs to work, code and tests.
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        let mut number = 0;
        let label = |text: &str| text.replace('"', "#quot;").replace(['\n', '\r'], " ");
        let _ = writeln!(
            out,
            "  item[\"{} {}\"]",
            label(&self.id),
            label(&self.title)
        );
        let mut edges = |values: &[String], arrow: fn(&str) -> String, shape: (&str, &str)| {
            for value in values {
                number += 1;
                let node = format!("n{number}");
                let _ = writeln!(out, "  {node}{}\"{}\"{}", shape.0, label(value), shape.1);
                let _ = writeln!(out, "  {}", arrow(&node));
            }
        };
        edges(&self.parents, |node| format!("{node} --> item"), ("[", "]"));
        edges(&self.nt, |node| format!("{node} --> item"), ("[", "]"));
        edges(&self.parts, |node| format!("item --> {node}"), ("[", "]"));
        edges(&self.td, |node| format!("item --> {node}"), ("[", "]"));
        edges(
            &self.wbs,
            |node| format!("item -. work .-> {node}"),
            ("([", "])"),
        );
        edges(
            &self.code,
            |node| format!("item -- code --> {node}"),
            ("[/", "/]"),
        );
        edges(
            &self.tests,
            |node| format!("item -- test --> {node}"),
            ("{{", "}}"),
        );
        out
    }
}

fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}
