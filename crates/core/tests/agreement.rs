//! Types and schemas agree: on a folder of examples, and on thousands of small changes to them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use trueline_core::schema;

fn validator(entry: &schema::Entry) -> jsonschema::Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .build(&entry.value())
        .unwrap_or_else(|error| panic!("{}: {error}", entry.name))
}

fn examples(entry: &schema::Entry) -> Vec<(PathBuf, bool)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/examples")
        .join(entry.name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|file| file.unwrap().path())
        .map(|path| {
            let valid = path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("valid-");
            (path, valid)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn examples_are_judged_alike() {
    for entry in schema::ALL {
        let validator = validator(entry);
        let files = examples(entry);
        assert!(
            files.iter().any(|(_, valid)| *valid),
            "{}: no valid example",
            entry.name
        );
        assert!(
            files.iter().any(|(_, valid)| !*valid),
            "{}: no invalid example",
            entry.name
        );
        for (path, valid) in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                validator.is_valid(&value),
                valid,
                "schema on {}",
                path.display()
            );
            assert_eq!(
                entry.read(&text).is_ok(),
                valid,
                "type on {}: {:?}",
                path.display(),
                entry.read(&text)
            );
        }
    }
}

/// Every value of every valid example is replaced by values of each kind, removed, and given a
/// neighbour; type and schema must give the same verdict each time.
#[test]
fn small_changes_are_judged_alike() {
    let stand_ins = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(2.5),
        json!(u64::MAX),
        json!(4_294_967_296_u64),
        json!(1.0),
        json!(-0.0),
        json!(1e19),
        json!(18_446_744_073_709_551_616.0),
        json!(""),
        json!("x"),
        json!("NT 1"),
        json!("2026-02-29"),
        json!([]),
        json!([""]),
        json!({}),
    ];
    let mut disagreements = Vec::new();
    let mut tried = 0;
    for entry in schema::ALL {
        let validator = validator(entry);
        for (path, _) in examples(entry).into_iter().filter(|(_, valid)| *valid) {
            let value: Value =
                serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let mut pointers = Vec::new();
            collect(&value, String::new(), &mut pointers);
            for pointer in &pointers {
                let mut changed: Vec<Value> = Vec::new();
                for stand_in in &stand_ins {
                    let mut copy = value.clone();
                    *copy.pointer_mut(pointer).unwrap() = stand_in.clone();
                    changed.push(copy);
                }
                if let Some(name) = value.pointer(pointer).and_then(Value::as_str) {
                    let mut copy = value.clone();
                    *copy.pointer_mut(pointer).unwrap() = json!({ name: null });
                    changed.push(copy);
                }
                let mut copy = value.clone();
                if let Some(Value::Object(object)) = copy.pointer_mut(pointer)
                    && let Some(member) = object.values().next().cloned()
                {
                    object.insert("N".repeat(129), member);
                    changed.push(copy);
                }
                let mut copy = value.clone();
                if remove(&mut copy, pointer) {
                    changed.push(copy);
                }
                let mut copy = value.clone();
                if let Some(Value::Object(object)) = copy.pointer_mut(pointer) {
                    object.insert("zzz".into(), json!("x"));
                    changed.push(copy);
                }
                for changed in changed {
                    tried += 1;
                    let by_schema = validator.is_valid(&changed);
                    let by_type = entry.read(&changed.to_string());
                    if by_schema != by_type.is_ok() {
                        let now = changed
                            .pointer(pointer)
                            .map_or("absent".into(), Value::to_string);
                        disagreements.push(format!(
                            "{} {pointer} = {now}: schema {by_schema}, type {by_type:?}",
                            entry.name
                        ));
                    }
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} changes tried");
    assert!(
        disagreements.is_empty(),
        "{} of {tried}:\n{}",
        disagreements.len(),
        disagreements.join("\n")
    );
}

fn collect(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                collect(
                    value,
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    pointers,
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}

fn remove(value: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return false;
    };
    match value.pointer_mut(parent) {
        Some(Value::Object(object)) => object
            .remove(&key.replace("~1", "/").replace("~0", "~"))
            .is_some(),
        _ => false,
    }
}
