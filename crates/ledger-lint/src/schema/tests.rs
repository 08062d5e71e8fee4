use serde_json::{Value, json};

use super::*;
use crate::fault::Part;

fn own(name: &str) -> Schema {
    Schema::own(trueline_core::schema::get(name).unwrap().value()).unwrap()
}

/// (code, pointer, part, message, help)
fn seen(
    schema: &Schema,
    value: &Value,
) -> Vec<(&'static str, String, Part, String, Option<String>)> {
    schema
        .check(value)
        .into_iter()
        .map(|fault| {
            (
                fault.rule.code,
                fault.place.pointer,
                fault.place.part,
                fault.message,
                fault.help,
            )
        })
        .collect()
}

#[test]
fn every_built_in_schema_compiles_and_knows_its_fields() {
    for entry in trueline_core::schema::ALL {
        let schema =
            Schema::own(entry.value()).unwrap_or_else(|error| panic!("{}: {error}", entry.name));
        assert!(!schema.fields().is_empty(), "{}", entry.name);
    }
}

#[test]
fn all_errors_of_a_record_at_their_places() {
    let record = json!({
        "tsak_id": "WBS-1", "agent": "", "model": 7, "max": "true",
        "timestamp": "2025-11-24T18:21:42", "zzz": 1,
    });
    let found = seen(&own("model-decision"), &record);
    let want: Vec<(&str, &str, Part)> = vec![
        ("missing-field", "", Part::Open),
        ("missing-field", "", Part::Open),
        ("naive-time", "/timestamp", Part::Value),
        ("out-of-range", "/agent", Part::Value),
        ("unknown-field", "/tsak_id", Part::Key),
        ("unknown-field", "/zzz", Part::Key),
        ("wrong-type", "/max", Part::Value),
        ("wrong-type", "/model", Part::Value),
    ];
    let mut got: Vec<_> = found
        .iter()
        .map(|(code, at, part, ..)| (*code, at.as_str(), *part))
        .collect();
    got.sort_by_key(|(code, at, _)| (*code, *at));
    assert_eq!(got, want, "{found:#?}");
    let help = |at: &str| {
        found
            .iter()
            .find(|fault| fault.1 == at)
            .unwrap()
            .4
            .clone()
            .unwrap()
    };
    assert_eq!(help("/tsak_id"), "did you mean `task_id`?");
    assert_eq!(
        help("/timestamp"),
        "if it is UTC, write `2025-11-24T18:21:42Z`"
    );
}

#[test]
fn alternatives_become_lists_and_branches() {
    let queue = own("queue-item");
    let found = seen(&queue, &json!({"id": "WBS-1", "status": "dnoe"}));
    assert_eq!(found[0].0, "not-allowed");
    assert_eq!(found[0].4.as_deref(), Some("did you mean `done`?"));
    let found = seen(
        &queue,
        &json!({"id": "WBS-1", "status": "done", "claim": {"owner": "A", "lease_until": "x", "attempt": 1}}),
    );
    assert_eq!(
        (found[0].0, found[0].1.as_str()),
        ("bad-format", "/claim/lease_until"),
        "{found:?}"
    );
    let found = seen(&queue, &json!({"id": "WBS-1", "status": 7}));
    assert_eq!(found[0].0, "not-allowed");
    let found = seen(
        &queue,
        &json!({"id": "WBS 1", "status": "todo", "done_at": 3}),
    );
    let codes: Vec<_> = found
        .iter()
        .map(|fault| (fault.0, fault.1.as_str()))
        .collect();
    assert!(codes.contains(&("pattern", "/id")), "{codes:?}");
    assert!(codes.contains(&("wrong-type", "/done_at")), "{codes:?}");
}

#[test]
fn unknown_fields_of_open_artifacts_are_warnings() {
    let faults = own("queue-item").check(&json!({"id": "WBS-1", "status": "todo", "titel": "x"}));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].level, Some(trueline_core::Level::Warning));
    assert_eq!(faults[0].help.as_deref(), Some("did you mean `title`?"));
    let faults = own("risk").check(&json!({"titel": "x"}));
    assert!(
        faults
            .iter()
            .any(|fault| fault.rule.code == "unknown-field" && fault.level.is_none())
    );
}

#[test]
fn the_list_is_capped_with_a_count() {
    let record: serde_json::Map<String, Value> =
        (0..40).map(|n| (format!("x{n}"), json!(1))).collect();
    let faults = own("decision").check(&Value::Object(record));
    assert_eq!(faults.len(), MAX_ERRORS + 1);
    assert_eq!(faults.last().unwrap().rule.code, "more-errors");
    assert_eq!(
        faults.last().unwrap().message,
        "25 more errors in this record"
    );
}

#[test]
fn a_composite_names_its_branches() {
    let schema = Schema::new(json!({"anyOf": [
        {"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}
    ]}))
    .unwrap();
    let found = seen(&schema, &json!({}));
    assert_eq!(found[0].0, "composite");
    assert!(
        found[0].4.as_deref().unwrap().starts_with("1: "),
        "{found:?}"
    );
}

#[test]
fn bad_schemas_are_refused() {
    for (schema, word) in [
        (json!({"type": "strng"}), "strng"),
        (json!({"format": "no-such-format"}), "no-such-format"),
        (
            json!({"$ref": "https://example.org/x.json"}),
            "another document",
        ),
        (json!({"$ref": "#/$defs/none"}), "none"),
        (json!({"pattern": "(?=look)"}), "look"),
    ] {
        let error = Schema::new(schema.clone()).unwrap_err();
        assert!(error.message.contains(word), "{schema}: {error}");
    }
}
