//! An empty record of a kind, to be filled in.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Deepest schema that is followed.
const MAX_DEPTH: usize = 8;

/// A record with every field of the schema: those asked for first. Texts are empty and lists
/// too, so that the record does not pass before it is filled in; times are `now`.
pub fn skeleton(schema: &Value, now: Timestamp) -> Value {
    of(schema, schema, now, 0)
}

/// A Markdown table with a column a field, and one empty row.
pub fn table(record: &Value) -> String {
    let names = record.as_object().into_iter().flat_map(Map::keys);
    let (mut head, mut rule, mut row) = ("|".to_owned(), "|".to_owned(), "|".to_owned());
    for name in names {
        head.push_str(&format!(" {name} |"));
        rule.push_str(" --- |");
        row.push_str("  |");
    }
    format!("{head}\n{rule}\n{row}\n")
}

/// An approval that nobody has signed: the words `SIGNOFF: false` are those of a person who
/// has not agreed yet.
pub fn approval(now: Timestamp) -> String {
    format!("# \n\nSIGNOFF: false INITIALS {now:.0}\nSIGNOFF: false INITIALS {now:.0}\n")
}

fn of(root: &Value, schema: &Value, now: Timestamp, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = target
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        return target.map_or(Value::Null, |target| of(root, target, now, depth + 1));
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(branches) = schema.get(keyword).and_then(Value::as_array) {
            let first = branches
                .iter()
                .find(|branch| branch.get("type").and_then(Value::as_str) != Some("null"));
            return first.map_or(Value::Null, |branch| of(root, branch, now, depth + 1));
        }
    }
    if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
        return value.clone();
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    };
    match kind {
        "object" => object(root, schema, now, depth),
        "array" => Value::Array(Vec::new()),
        "boolean" => Value::Bool(false),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| 0.into()),
        "string" => match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => now.to_string().into(),
            Some("date") => now.to_string().chars().take(10).collect::<String>().into(),
            _ => Value::String(String::new()),
        },
        _ => Value::Null,
    }
}

fn object(root: &Value, schema: &Value, now: Timestamp, depth: usize) -> Value {
    let asked: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut record = Map::new();
    for is_asked in [true, false] {
        for (name, property) in properties.into_iter().flatten() {
            if asked.contains(&name.as_str()) == is_asked {
                record.insert(name.clone(), of(root, property, now, depth + 1));
            }
        }
    }
    Value::Object(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_skeleton_with_its_fields() {
        let now: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
        for entry in trueline_core::schema::ALL {
            let record = skeleton(&entry.value(), now);
            assert!(
                record.as_object().is_some_and(|object| !object.is_empty()),
                "{}",
                entry.name
            );
        }
        let entry = trueline_core::schema::get("rotation").unwrap();
        assert_eq!(
            skeleton(&entry.value(), now).to_string(),
            r#"{"name":"","rotated_at":"2026-01-15T12:00:00Z","rotated_by":"","method":"","ticket":"","proof":""}"#
        );
    }
}
