//! The invariants of docs/ARCHITECTURE.md that a program can check.
// [verify->NT-1.6]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const TOOLS: [&str; 7] = [
    "attach-pack",
    "concordance",
    "ledger-lint",
    "locks",
    "progress",
    "queue",
    "setup",
];
/// The shared crates, from the top down.
const SHARED: [&str; 9] = [
    "plan-files",
    "kit",
    "lease",
    "objects",
    "plan",
    "secrets",
    "text",
    "scope",
    "core",
];

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Crate name without `trueline-` to the members that it depends on.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let mut arrows = BTreeMap::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let manifest: toml::Table = read(&entry.unwrap().path().join("Cargo.toml"))
            .parse()
            .unwrap();
        let name = manifest["package"]["name"]
            .as_str()
            .unwrap()
            .trim_start_matches("trueline-")
            .to_owned();
        let used = manifest
            .get("dependencies")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(toml::Table::keys);
        let used = used
            .filter_map(|name| name.strip_prefix("trueline-"))
            .map(str::to_owned)
            .collect();
        arrows.insert(name, used);
    }
    arrows
}

#[test]
fn tools_never_import_tools() {
    let arrows = arrows();
    for tool in TOOLS {
        let used = arrows
            .get(tool)
            .unwrap_or_else(|| panic!("no crate trueline-{tool}"));
        let tools: Vec<_> = TOOLS
            .iter()
            .filter(|other| used.contains(**other))
            .collect();
        assert!(tools.is_empty(), "{tool} imports {tools:?}");
    }
}

#[test]
fn shared_crates_import_only_what_is_below_them() {
    let arrows = arrows();
    for (rank, name) in SHARED.iter().enumerate() {
        let used = arrows
            .get(*name)
            .unwrap_or_else(|| panic!("no crate trueline-{name}"));
        for other in used {
            let below = SHARED.iter().position(|shared| shared == other);
            assert!(
                below.is_some_and(|below| below > rank),
                "{name} imports {other}"
            );
        }
    }
}

#[test]
fn only_ledger_lint_pays_for_schema_validation() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    for entry in std::fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path();
        let manifest: toml::Table = read(&folder.join("Cargo.toml")).parse().unwrap();
        let has = manifest
            .get("dependencies")
            .is_some_and(|used| used.get("jsonschema").is_some());
        assert_eq!(has, folder.ends_with("ledger-lint"), "{}", folder.display());
    }
}

#[test]
fn each_binary_is_one_statement() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = read(&entry.unwrap().path());
        let code: Vec<_> = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with("//"))
            .collect();
        assert_eq!(code.len(), 3, "{text}");
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn no_member_has_a_binary_and_all_are_default_members() {
    let root: toml::Table = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .parse()
        .unwrap();
    assert_eq!(
        root["workspace"]["default-members"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    for entry in std::fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path();
        assert!(
            !folder.join("src/main.rs").exists() && !folder.join("src/bin").exists(),
            "{}",
            folder.display()
        );
    }
}

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    for entry in std::fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path();
        let manifest: toml::Table = read(&folder.join("Cargo.toml")).parse().unwrap();
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{}",
            folder.display()
        );
    }
}

#[test]
fn every_crate_has_its_place() {
    for name in arrows().keys() {
        assert!(
            TOOLS.contains(&name.as_str()) || SHARED.contains(&name.as_str()),
            "{name} is neither a tool nor in the order of the shared crates"
        );
    }
}
