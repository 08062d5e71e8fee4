//! Golden cases of `ledger-lint`, one a rule: `tests/cmd/ledger-lint/CODE.case` is files, then
//! commands with their exit code and what they say. `BLESS=1` writes what the commands say.
//!
//! In a file, `«EF BB»` stands for these bytes, `«200*5B»` for 200 times that byte, `«»` for
//! nothing (so that no case holds a token), and `«end»` for an end without a line break.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::Sandbox;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/ledger-lint")
}

/// The bytes that the text of a case stands for.
fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let text = match text.strip_suffix("«end»\n") {
        Some(text) => text,
        None => text,
    };
    for (slot, part) in text.split(['«', '»']).enumerate() {
        if slot % 2 == 0 {
            out.extend_from_slice(part.as_bytes());
            continue;
        }
        let (times, hex) = part.split_once('*').unwrap_or(("1", part));
        let digits: Vec<char> = hex.chars().filter(|c| *c != ' ').collect();
        let unit: Vec<u8> = digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap())
            .collect();
        out.extend(unit.repeat(times.parse().unwrap()));
    }
    out
}

/// Runs a golden and gives what it says now.
fn replay(case: &str) -> String {
    let sandbox = Sandbox::new();
    let mut out = String::new();
    let mut file: Option<(String, String)> = None;
    let mut is_output = false;
    let keep = |file: &mut Option<(String, String)>| {
        if let Some((path, text)) = file.take() {
            sandbox.write(&path, bytes(&text));
        }
    };
    for line in case.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            keep(&mut file);
            let words: Vec<&str> = command.split(' ').collect();
            let (tool, args) = words.split_first().unwrap();
            let ran = sandbox.run(tool, args);
            let said = format!("{}\n{}", ran.out.trim_end(), ran.err.trim_end());
            writeln!(out, "$ {command}\n? {}", ran.code).unwrap();
            // White space at a line's end is nothing that a case could keep.
            for line in said.trim().lines() {
                writeln!(out, "{}", line.trim_end()).unwrap();
            }
            is_output = true;
        } else if let Some(path) = line.strip_prefix("=== ") {
            keep(&mut file);
            file = Some((path.to_owned(), String::new()));
            is_output = false;
            writeln!(out, "{line}").unwrap();
        } else if !is_output {
            if let Some((_, text)) = &mut file {
                text.push_str(line);
                text.push('\n');
            }
            writeln!(out, "{line}").unwrap();
        }
    }
    out
}

#[test]
fn goldens() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let case = std::fs::read_to_string(&path).unwrap();
        let now = replay(&case);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &now).unwrap();
        } else {
            assert_eq!(now, case, "{}", path.display());
        }
    }
}

/// Each code of `ledger-lint rules` has a case of its name in which it is found, at its place.
#[test]
fn every_rule_has_a_case() {
    let rules = Sandbox::new()
        .run("ledger-lint", &["rules", "--format", "json"])
        .exits(0)
        .json();
    let missing: Vec<String> = rules["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["code"].as_str().unwrap().replace("ledger-lint/", ""))
        .filter(|code| {
            let text = std::fs::read_to_string(folder().join(format!("{code}.case")));
            let text = text.unwrap_or_default();
            // What is wrong before a tool has read its configuration has no tool's name.
            let mut names = [format!("[ledger-lint/{code}]: "), format!("[{code}]: ")].into_iter();
            !names.any(|name| text.contains(&name))
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
