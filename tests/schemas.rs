//! The committed schemas are those that the types generate.
//!
//! To write them anew after a change of a type: `UPDATE_SCHEMAS=1 cargo test --test schemas`.

use std::collections::BTreeSet;
use std::path::Path;

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
