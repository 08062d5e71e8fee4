//! What differs between two crosswalks, row by row and field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use trueline_core::Id;
use trueline_text::json;

use super::book::{Book, BookRow};
use super::write::{compact, row_text};

/// What differs. The JSON of `concordance diff`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Version of this form.
    pub version: u32,
    /// Items that only the later one has a row for.
    pub added: Vec<String>,
    /// Items that only the earlier one has a row for.
    pub removed: Vec<String>,
    /// Items whose rows differ.
    pub changed: Vec<Changed>,
    /// Waivers that came: id, code, reason, owner, expiry.
    pub waivers_added: Vec<serde_json::Value>,
    /// Waivers that went.
    pub waivers_removed: Vec<serde_json::Value>,
    /// Integrations and other fields of the file that differ.
    pub fields: Vec<Field>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The requirement, or the design that none maps.
    pub id: String,
    /// Its fields that differ, in the order of the row.
    pub fields: Vec<Field>,
}

/// A field that differs. Of a list, its elements; of any other value, that value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What only the earlier one has.
    pub removed: Vec<serde_json::Value>,
    /// What only the later one has.
    pub added: Vec<serde_json::Value>,
}

impl Difference {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let Difference {
            version: _,
            added,
            removed,
            changed,
            waivers_added,
            waivers_removed,
            fields,
        } = self;
        added.is_empty()
            && removed.is_empty()
            && changed.is_empty()
            && waivers_added.is_empty()
            && waivers_removed.is_empty()
            && fields.is_empty()
    }
}

/// Compares two crosswalks. The order of rows, white space and the order of keys do not count.
pub fn difference(before: &Book, after: &Book) -> Difference {
    let (was, is) = (before.by_id(), after.by_id());
    let ids: BTreeSet<&Id> = was.keys().chain(is.keys()).copied().collect();
    let mut out = Difference {
        version: 1,
        ..Difference::default()
    };
    for id in ids {
        match (was.get(id), is.get(id)) {
            (None, _) => out.added.push(id.to_string()),
            (_, None) => out.removed.push(id.to_string()),
            (Some(was), Some(is)) => {
                let fields = fields(&members(was), &members(is));
                if !fields.is_empty() {
                    out.changed.push(Changed {
                        id: id.to_string(),
                        fields,
                    });
                }
            }
        }
    }
    let (gone, new) = lists(&before.raw_waivers, &after.raw_waivers);
    (out.waivers_removed, out.waivers_added) = (gone, new);
    let (removed, added) = lists(&before.integrations, &after.integrations);
    if !removed.is_empty() || !added.is_empty() {
        out.fields.push(Field {
            name: "integrations".to_owned(),
            removed,
            added,
        });
    }
    let texts = |book: &Book| {
        book.extra
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    out.fields.extend(fields(&texts(before), &texts(after)));
    out
}

/// The fields of a row, each as JSON text; those of the type and all others.
fn members(row: &BookRow) -> Vec<(String, String)> {
    let text = row_text(&row.row, &row.extra);
    let (document, _) = json::parse(&text);
    let root = document.root();
    root.into_iter()
        .flat_map(json::Node::members)
        .map(|(key, value)| (key.to_owned(), compact(value)))
        .collect()
}

fn fields(before: &Vec<(String, String)>, after: &Vec<(String, String)>) -> Vec<Field> {
    let map =
        |all: &Vec<(String, String)>| -> BTreeMap<String, String> { all.iter().cloned().collect() };
    let (was, is) = (map(before), map(after));
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in before.iter().chain(after) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut out = Vec::new();
    for name in names {
        let (was, is) = (was.get(name), is.get(name));
        if was == is {
            continue;
        }
        let (removed, added) = lists(&elements(was), &elements(is));
        if !removed.is_empty() || !added.is_empty() {
            out.push(Field {
                name: name.clone(),
                removed,
                added,
            });
        }
    }
    out
}

/// The elements of a list; another value is a list of one.
fn elements(text: Option<&String>) -> Vec<String> {
    let Some(text) = text else { return Vec::new() };
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(all)) => all.iter().map(ToString::to_string).collect(),
        _ => vec![text.clone()],
    }
}

/// What only the first and what only the second has, in their order.
fn lists(before: &[String], after: &[String]) -> (Vec<serde_json::Value>, Vec<serde_json::Value>) {
    let values = |texts: &[String]| -> Vec<serde_json::Value> {
        let value = |text: &String| {
            serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.clone()))
        };
        texts.iter().map(value).collect()
    };
    let (before, after) = (values(before), values(after));
    let only = |one: &[serde_json::Value], other: &[serde_json::Value]| {
        let is_only = |value: &&serde_json::Value| !other.contains(value);
        one.iter().filter(is_only).cloned().collect()
    };
    (only(&before, &after), only(&after, &before))
}
