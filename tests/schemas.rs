//! The committed schemas are those that the types generate, and that of trueline.toml says what
//! its reader says.
//!
//! To write them anew after a change of a type: `UPDATE_SCHEMAS=1 cargo test --test schemas`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use trueline_core::schema;

#[test]
fn committed_schemas_do_not_drift() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    let mut stale = Vec::new();
    let mut expected = BTreeSet::new();
    for entry in schema::ALL {
        let name = format!("{}.schema.json", entry.name);
        let path = folder.join(&name);
        if update {
            std::fs::write(&path, entry.text()).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&entry.text()) {
            stale.push(name.clone());
        }
        expected.insert(name);
    }
    let present: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".schema.json"))
        .collect();
    assert!(
        stale.is_empty(),
        "stale: {stale:?}; UPDATE_SCHEMAS=1 cargo test --test schemas writes them"
    );
    assert_eq!(
        present, expected,
        "schemas/ holds exactly the schemas of the types"
    );
}

/// trueline.toml is read by hand, for the places of its faults: schema and reader are held together
/// on every example, and on each of its keys misspelt.
#[test]
fn the_schema_of_the_configuration_says_what_its_reader_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/core/tests/examples/config");
    let entry = schema::get("config").unwrap();
    let mut tried = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut variants = vec![value.clone()];
        misspelt(&value, &mut |changed| variants.push(changed));
        for value in variants {
            let toml = toml::to_string(&value).unwrap();
            let by_reader = trueline_kit::Config::parse("trueline.toml", &toml);
            let by_type = entry.read(&value.to_string());
            assert_eq!(
                by_reader.is_ok(),
                by_type.is_ok(),
                "{}\n{toml}\nreader: {:?}\ntype: {by_type:?}",
                path.display(),
                by_reader.err()
            );
            tried += 1;
        }
    }
    assert!(tried > 60, "only {tried}");
    let schema = entry.value();
    let paths = schema["$defs"]["Paths"]["properties"].as_object().unwrap();
    let known: Vec<&str> = trueline_kit::Artifact::ALL
        .iter()
        .map(|artifact| artifact.key())
        .collect();
    assert_eq!(paths.keys().collect::<Vec<_>>(), known);
}

/// Calls back with a copy for each key of each object, in which that key has another name.
fn misspelt(value: &Value, found: &mut dyn FnMut(Value)) {
    match value {
        Value::Object(object) => {
            for key in object.keys() {
                let renamed = object.iter().map(|(name, value)| {
                    let name = match name == key {
                        true => format!("{name}-zz"),
                        false => name.clone(),
                    };
                    (name, value.clone())
                });
                found(Value::Object(renamed.collect()));
                misspelt(&object[key], &mut |changed| {
                    let mut copy = object.clone();
                    copy[key] = changed;
                    found(Value::Object(copy));
                });
            }
        }
        Value::Array(items) => {
            for at in 0..items.len() {
                misspelt(&items[at], &mut |changed| {
                    let mut copy = items.clone();
                    copy[at] = changed;
                    found(Value::Array(copy));
                });
            }
        }
        _ => {}
    }
}
