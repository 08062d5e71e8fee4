//! The records of a source: JSON Lines, or JSON with lists in it.

use serde_json::{Map, Value};

use super::mapping::{Mapping, Place};

/// Most records of one source.
const MAX_RECORDS: usize = 1_000_000;
/// Lists inside one another that are looked into.
const MAX_DEPTH: usize = 16;

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
    let whole: Option<Value> = serde_json::from_str(text).ok();
    let found = match whole {
        Some(value @ Value::Array(_)) => tree(value, mapping),
        Some(Value::Object(object))
            if mapping.lists(&object).next().is_some() || is_tagged(&object, mapping) =>
        {
            tree(Value::Object(object), mapping)
        }
        Some(_) | None if text.trim_start().starts_with('[') => {
            return Err("the list cannot be read as JSON".to_owned());
        }
        _ => lines(text),
    };
    if found.len() > MAX_RECORDS {
        return Err(format!("it holds more than {MAX_RECORDS} records"));
    }
    Ok(found)
}

fn lines(text: &str) -> Vec<Found> {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| Found {
            at: format!("line {number}"),
            place: Place::default(),
            item: match serde_json::from_str::<Value>(line) {
                Ok(Value::Object(object)) => Ok(object),
                Ok(_) => Err("it is no object".to_owned()),
                Err(error) => Err(format!("it cannot be read: {error}")),
            },
        })
        .collect()
}

/// An object of objects that hold lists: task lists by tag.
fn is_tagged(object: &Map<String, Value>, mapping: &Mapping) -> bool {
    object.values().any(|value| {
        value
            .as_object()
            .is_some_and(|inner| mapping.lists(inner).next().is_some())
    })
}

/// Walks lists inside lists with a stack of its own.
fn tree(root: Value, mapping: &Mapping) -> Vec<Found> {
    let mut found = Vec::new();
    // (pointer, place, depth, value)
    let mut work = vec![(String::new(), Place::default(), 0usize, root)];
    while let Some((at, place, depth, value)) = work.pop() {
        match value {
            Value::Array(list) => {
                for (slot, value) in list.into_iter().enumerate().rev() {
                    work.push((format!("{at}/{slot}"), place.clone(), depth, value));
                }
            }
            Value::Object(mut object) => {
                let names: Vec<String> = mapping.lists(&object).map(str::to_owned).collect();
                let is_record = mapping.is_record(&object);
                let id = mapping.id(&object, &place).filter(|_| is_record);
                let inner = Place {
                    parent: id.or_else(|| place.parent.clone()),
                    tag: place.tag.clone(),
                };
                let mut deeper = Vec::new();
                for name in names {
                    if depth < MAX_DEPTH
                        && let Some(list) = object.remove(&name)
                    {
                        deeper.push((format!("{at}/{name}"), inner.clone(), depth + 1, list));
                    }
                }
                if is_record {
                    found.push(Found {
                        at,
                        place,
                        item: Ok(object),
                    });
                } else if depth == 0 && deeper.is_empty() && at.is_empty() {
                    // Lists by tag.
                    let tags = object.iter().filter(|(_, v)| v.is_object()).count();
                    for (tag, value) in object.into_iter().rev().filter(|(_, v)| v.is_object()) {
                        // Each list counts from one: only the main one's numbers stand alone.
                        let is_main = tags == 1 || tag == "master";
                        let place = Place {
                            parent: None,
                            tag: (!is_main).then(|| id_part(&tag)),
                        };
                        work.push((format!("/{tag}"), place, 1, value));
                    }
                } else if deeper.is_empty()
                    && !at.is_empty()
                    && at.rsplit('/').next().is_some_and(is_slot)
                {
                    found.push(Found {
                        at,
                        place,
                        item: Err("it has no id".to_owned()),
                    });
                }
                work.extend(deeper.into_iter().rev());
            }
            _ => found.push(Found {
                at,
                place,
                item: Err("it is no object".to_owned()),
            }),
        }
    }
    found
}

fn is_slot(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A tag as a part of an id.
fn id_part(tag: &str) -> String {
    tag.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}
