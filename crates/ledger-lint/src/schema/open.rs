//! What is done to a schema before it is compiled.

use std::collections::BTreeSet;

use serde_json::Value;
use trueline_text::tree::escape_token;

/// Deepest schema that is walked.
const MAX_DEPTH: usize = 64;

/// Keywords that say something of their own about fields that `properties` does not name.
const SPEAKS: [&str; 9] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "not",
    "$ref",
];

/// Closes every object schema that names its fields and is open; gives their pointers.
pub(super) fn close(schema: &mut Value) -> BTreeSet<String> {
    let mut closed = BTreeSet::new();
    walk(schema, "", 0, &mut closed);
    closed
}

fn walk(schema: &mut Value, pointer: &str, depth: usize, closed: &mut BTreeSet<String>) {
    let Value::Object(object) = schema else {
        return;
    };
    if depth > MAX_DEPTH {
        return;
    }
    if object.get("properties").is_some_and(Value::is_object)
        && !SPEAKS.iter().any(|keyword| object.contains_key(*keyword))
    {
        object.insert("additionalProperties".into(), Value::Bool(false));
        closed.insert(pointer.to_owned());
    }
    for (keyword, child) in object.iter_mut() {
        let here = || format!("{pointer}/{}", escape_token(keyword));
        match (keyword.as_str(), child) {
            ("properties" | "$defs" | "definitions" | "patternProperties", Value::Object(map)) => {
                for (name, child) in map.iter_mut() {
                    let pointer = format!("{}/{}", here(), escape_token(name));
                    walk(child, &pointer, depth + 1, closed);
                }
            }
            ("items" | "additionalProperties", child) => walk(child, &here(), depth + 1, closed),
            ("anyOf" | "oneOf" | "prefixItems", Value::Array(list)) => {
                for (slot, child) in list.iter_mut().enumerate() {
                    walk(child, &format!("{}/{slot}", here()), depth + 1, closed);
                }
            }
            _ => {}
        }
    }
}

/// The pointer of the first `$ref` that leaves the document.
///
/// A reference to an `$id` inside the document, or to a meta-schema, stays.
pub(super) fn remote_reference(schema: &Value) -> Option<String> {
    let mut ids = BTreeSet::new();
    let mut stack = vec![(schema, String::new())];
    let mut references = Vec::new();
    while let Some((value, pointer)) = stack.pop() {
        match value {
            Value::Object(object) => {
                if let Some(id) = object.get("$id").and_then(Value::as_str) {
                    ids.insert(id.trim_end_matches('#'));
                }
                for keyword in ["$ref", "$dynamicRef"] {
                    if let Some(target) = object.get(keyword).and_then(Value::as_str) {
                        references.push((target, format!("{pointer}/{}", escape_token(keyword))));
                    }
                }
                for (key, child) in object {
                    // Data, not schemas.
                    if !matches!(key.as_str(), "const" | "enum" | "default" | "examples") {
                        stack.push((child, format!("{pointer}/{}", escape_token(key))));
                    }
                }
            }
            Value::Array(list) => {
                for (slot, child) in list.iter().enumerate() {
                    stack.push((child, format!("{pointer}/{slot}")));
                }
            }
            _ => {}
        }
    }
    references
        .into_iter()
        .filter(|(target, _)| {
            let document = target.split('#').next().unwrap_or_default();
            let is_remote = document.contains("://") && !document.contains("json-schema.org/draft");
            is_remote && !ids.contains(document)
        })
        .map(|(_, pointer)| pointer)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn open_objects_are_closed_and_named() {
        let mut schema = json!({
            "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"properties": {}}},
            "$defs": {"A": {"properties": {"x": {}}, "additionalProperties": false}},
        });
        let closed = close(&mut schema);
        let want = BTreeSet::from([String::new(), "/properties/b".to_owned()]);
        assert_eq!(closed, want);
    }

    #[test]
    fn references_out_of_the_document() {
        assert_eq!(remote_reference(&json!({"$ref": "#/$defs/A"})), None);
        assert_eq!(
            remote_reference(&json!({"$id": "https://x.org/a", "$ref": "https://x.org/a#/b"})),
            None
        );
        assert_eq!(
            remote_reference(&json!({"properties": {"a/b": {"$ref": "https://x.org/b"}}})),
            Some("/properties/a~1b/$ref".into())
        );
        assert_eq!(
            remote_reference(&json!({"const": {"$ref": "https://x.org/b"}})),
            None
        );
    }
}
