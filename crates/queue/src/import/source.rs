//! The records of a source: JSON Lines, JSON or YAML with lists in it, a check list in Markdown.

use serde_json::{Map, Value};

use super::checklist;
use super::mapping::{Mapping, Place};
use super::walk::tree;

/// Most records of one source.
const MAX_RECORDS: usize = 1_000_000;

/// A record as found.
pub(crate) struct Found {
    /// A line (`line 3`) or a pointer (`/features/0/tasks/1`).
    pub(crate) at: String,
    /// What its numbers are relative to.
    pub(crate) place: Place,
    /// The record, or why it is none.
    pub(crate) item: Result<Map<String, Value>, String>,
}

/// Finds every record, in the order of the source.
pub(super) fn read(text: &str, mapping: &Mapping) -> Result<Vec<Found>, String> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let found = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) if is_line(text, &object, mapping) => lines(text, mapping),
        Ok(value @ (Value::Array(_) | Value::Object(_))) => whole(value, mapping)?,
        Ok(_) => return Err("it holds one value, and no list of records".to_owned()),
        Err(_) if text.trim_start().starts_with('[') => {
            return Err("the list cannot be read as JSON".to_owned());
        }
        Err(_) => other(text, mapping)?,
    };
    if found.len() > MAX_RECORDS {
        return Err(format!("it holds more than {MAX_RECORDS} records"));
    }
    Ok(found)
}

/// Whether a source of one object is a file of one line.
fn is_line(text: &str, object: &Map<String, Value>, mapping: &Mapping) -> bool {
    text.trim().lines().count() == 1
        && mapping.is_record(object)
        && mapping.lists(object).next().is_none()
}

fn whole(value: Value, mapping: &Mapping) -> Result<Vec<Found>, String> {
    let is_empty = value.as_array().is_some_and(Vec::is_empty)
        || value
            .as_object()
            .is_some_and(|object| mapping.lists(object).next().is_some());
    let found = tree("", value, mapping);
    if found.is_empty() && !is_empty {
        let lists = mapping.list_names().join("`, `");
        return Err(format!(
            "it has no list of records (`{lists}`); a mapping can name others"
        ));
    }
    Ok(found)
}

/// What is not JSON as a whole.
fn other(text: &str, mapping: &Mapping) -> Result<Vec<Found>, String> {
    let found = lines(text, mapping);
    if found.is_empty() || found.iter().any(|record| record.item.is_ok()) {
        return Ok(found);
    }
    let boxes = checklist::read(text, mapping);
    if !boxes.is_empty() {
        return Ok(boxes);
    }
    let (document, errors) = trueline_text::yaml::parse(text);
    let value = document.and_then(|document| document.to_value());
    match value.filter(|_| errors.is_empty()) {
        Some(value @ (Value::Array(_) | Value::Object(_))) => whole(value, mapping),
        _ => Err(
            "it is neither JSON, JSON Lines nor YAML with records in it, nor a check list"
                .to_owned(),
        ),
    }
}

fn lines(text: &str, mapping: &Mapping) -> Vec<Found> {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .flat_map(|(number, line)| {
            let at = format!("line {number}");
            let item = match serde_json::from_str::<Value>(line) {
                // Lists inside a line hold records too.
                Ok(Value::Object(object)) if mapping.lists(&object).next().is_some() => {
                    return tree(&at, Value::Object(object), mapping);
                }
                Ok(Value::Object(object)) => Ok(object),
                Ok(_) => Err("it is no object".to_owned()),
                Err(error) => Err(format!("it cannot be read: {error}")),
            };
            vec![Found {
                at,
                place: Place::default(),
                item,
            }]
        })
        .collect()
}
