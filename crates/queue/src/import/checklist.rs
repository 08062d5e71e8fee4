//! The boxes of a check list in Markdown: `- [x] T001 [P] Write the parser`.

use serde_json::{Map, Value};

use super::mapping::{Mapping, Place};
use super::source::Found;

/// Every box outside code.
pub(super) fn read(text: &str, mapping: &Mapping) -> Vec<Found> {
    let mut found = Vec::new();
    let mut phase = None;
    let mut is_code = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        if let Some(heading) = line.strip_prefix('#') {
            phase = phase_of(heading.trim_start_matches('#').trim());
            continue;
        }
        let Some((is_done, rest)) = ticked(line) else {
            continue;
        };
        found.push(Found {
            at: format!("line {number}"),
            place: Place {
                phase: phase.clone(),
                ..Place::default()
            },
            item: item(is_done, rest, mapping),
        });
    }
    found
}

/// `Phase 1` of the heading `Phase 1: Setup`.
fn phase_of(heading: &str) -> Option<String> {
    let (name, _) = heading.split_once(':').unwrap_or((heading, ""));
    name.starts_with("Phase ").then(|| name.trim().to_owned())
}

/// Whether a box is ticked, and what follows it.
fn ticked(line: &str) -> Option<(bool, &str)> {
    let rest = line.strip_prefix(['-', '*', '+'])?.trim_start();
    let rest = rest.strip_prefix('[')?;
    let (mark, rest) = rest.split_once(']')?;
    match mark {
        " " | "" => Some((false, rest.trim())),
        "x" | "X" => Some((true, rest.trim())),
        _ => None,
    }
}

fn item(is_done: bool, text: &str, mapping: &Mapping) -> Result<Map<String, Value>, String> {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let id = first.trim_matches('*').trim_end_matches([':', '.']);
    let id = id.trim_matches('*');
    if !trueline_core::id::is_id(id) || !id.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err("it has no id".to_owned());
    }
    let mut labels = Vec::new();
    let mut title = rest.trim();
    while let Some((label, after)) = title.strip_prefix('[').and_then(|t| t.split_once(']'))
        && !after.starts_with('(')
    {
        labels.push(Value::from(label));
        title = after.trim();
    }
    let mut item = Map::new();
    item.insert(mapping.name("id").to_owned(), Value::from(id));
    if !title.is_empty() {
        item.insert(mapping.name("title").to_owned(), Value::from(title));
    }
    let status = if is_done { "done" } else { "todo" };
    item.insert(mapping.name("status").to_owned(), Value::from(status));
    if !labels.is_empty() {
        item.insert("labels".to_owned(), Value::from(labels));
    }
    Ok(item)
}
