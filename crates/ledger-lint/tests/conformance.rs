//! What JSON is, and what JSON Schema says.
//!
//! A small set always runs. The public suites run where their folders are given:
//! `TRUELINE_JSON_SUITE` (files `y_*.json`, `n_*.json`, `i_*.json`) and
//! `TRUELINE_JSON_SCHEMA_SUITE` (with `tests/draft2020-12` and `remotes` in it).

#![expect(clippy::unwrap_used, reason = "tests fail by panic")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use trueline_ledger_lint::ledger::{Format, Ledger};
use trueline_ledger_lint::schema::{Options, Schema};
use trueline_ledger_lint::world::World;
use trueline_ledger_lint::{document, lines};

/// Findings about what is allowed, but not good.
const ALLOWED: [&str; 6] = [
    "no-final-newline",
    "trailing-space",
    "blank-line",
    "crlf",
    "duplicate-key",
    "pretty-printed",
];

/// Whether a text is one JSON value, read as a document and, where it is one line, as a line.
fn is_accepted(text: &[u8]) -> bool {
    let mut ledger = Ledger::unknown("x", Format::Json);
    ledger.content = false;
    let world = World::default();
    let (found, _) = document::check("x", text, &ledger, &world);
    let is_json = found
        .iter()
        .all(|finding| ALLOWED.contains(&finding.rule.code));
    ledger.format = Format::Jsonl;
    let (found, stats) = lines::check("x", text, &ledger, &world).unwrap();
    let is_line = found
        .iter()
        .all(|finding| ALLOWED.contains(&finding.rule.code));
    if !text.contains(&b'\n') && !text.trim_ascii().is_empty() {
        assert_eq!(
            is_json,
            is_line && stats.records == 1,
            "{:?}",
            String::from_utf8_lossy(text)
        );
    }
    is_json
}

#[test]
fn texts_that_are_json_and_texts_that_are_not() {
    for good in [
        "[]",
        " {} ",
        "\"\\u0061\\n\"",
        "-0",
        "1e5",
        "0.5E-3",
        "[1,\n2]",
        "\"\u{7f}\"",
        "\"\\ud800\"",
        "{\"a\":1,\"a\":2}",
        "1e9999",
        "\"\u{2028}\"",
        "true",
        "[[],{}]",
    ] {
        assert!(is_accepted(good.as_bytes()), "{good}");
    }
    for bad in [
        "",
        " ",
        "[",
        "]",
        "{\"a\"}",
        "{a:1}",
        "[1,]",
        "[,1]",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "'a'",
        "\"\t\"",
        "\"\\x\"",
        "nul",
        "NaN",
        "[1]]",
        "{}{}",
        "\"a",
        "//x\n1",
        "\u{a0}1",
        "[\"a\" \"b\"]",
        "{\"a\":1 \"b\":2}",
        "\\u0031",
        "\u{feff}",
        "1\u{0}",
    ] {
        assert!(!is_accepted(bad.as_bytes()), "{bad}");
    }
    for bytes in [&b"\"\xFF\""[..], b"\xFE\xFF\x00[", b"[\xE9]", b"\xEF\xBB"] {
        assert!(!is_accepted(bytes), "{bytes:?}");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

#[test]
fn the_json_suite() {
    let Some(folder) = std::env::var_os("TRUELINE_JSON_SUITE") else {
        assert!(is_accepted(b"[]"));
        return;
    };
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for path in files(Path::new(&folder)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_good = is_accepted(&std::fs::read(&path).unwrap());
        match (name.get(..2), is_good) {
            (Some("y_"), true) => accepted += 1,
            (Some("n_"), false) => refused += 1,
            (Some("y_" | "n_"), _) => wrong.push(name),
            _ => {}
        }
    }
    assert!(
        wrong.is_empty() && accepted + refused > 0,
        "{accepted} accepted, {refused} refused, wrong: {wrong:?}"
    );
}

/// Documents that schemas of the suite refer to.
fn remotes(folder: &Path) -> Vec<(String, Value)> {
    files(&folder.join("remotes"))
        .into_iter()
        .filter_map(|path| {
            let name = path
                .strip_prefix(folder.join("remotes"))
                .ok()?
                .to_str()?
                .replace('\\', "/");
            let value = serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?;
            Some((format!("http://localhost:1234/{name}"), value))
        })
        .collect()
}

/// Runs the groups of one file: how many verdicts were right, and which were not.
fn groups(text: &[u8], name: &str, options: &Options, wrong: &mut Vec<String>) -> usize {
    let groups: Vec<Value> = serde_json::from_slice(text).unwrap();
    let mut right = 0;
    for group in groups {
        let schema = Schema::with(group["schema"].clone(), options);
        for test in group["tests"].as_array().unwrap() {
            let verdict = schema
                .as_ref()
                .ok()
                .map(|schema| schema.check(&test["data"]).is_empty());
            if verdict == test["valid"].as_bool() {
                right += 1;
            } else {
                wrong.push(format!(
                    "{name}: {}: {}",
                    group["description"], test["description"]
                ));
            }
        }
    }
    right
}

#[test]
fn the_schema_suite() {
    let mut wrong = Vec::new();
    let Some(folder) = std::env::var_os("TRUELINE_JSON_SCHEMA_SUITE") else {
        let text = br#"[{"description": "d", "schema": {"$ref": "http://localhost:1234/x.json"},
            "tests": [{"description": "a", "data": 1, "valid": true}, {"description": "b", "data": "x", "valid": false}]}]"#;
        let options = Options {
            documents: vec![(
                "http://localhost:1234/x.json".into(),
                serde_json::json!({"type": "integer"}),
            )],
            ..Options::default()
        };
        assert_eq!(groups(text, "own", &options, &mut wrong), 2, "{wrong:?}");
        return;
    };
    let folder = PathBuf::from(folder);
    let tests = folder.join("tests/draft2020-12");
    let documents = remotes(&folder);
    let (mut right, mut formats) = (0, 0);
    for path in files(&tests) {
        let name = path
            .strip_prefix(&tests)
            .unwrap()
            .display()
            .to_string()
            .replace('\\', "/");
        let text = std::fs::read(&path).unwrap();
        // Only `optional/format` asserts formats; other optional tests ask for other drafts or engines.
        let is_format = name.starts_with("optional/format/");
        if !is_format && name.starts_with("optional/") {
            continue;
        }
        let options = Options {
            formats: is_format,
            documents: documents.clone(),
        };
        let count = groups(&text, &name, &options, &mut wrong);
        if is_format {
            formats += count;
        } else {
            right += count;
        }
    }
    assert!(
        wrong.is_empty() && right > 0,
        "{right} right, {formats} formats right, wrong: {wrong:#?}"
    );
}
