//! Golden cases of `locks`, one a finding: `tests/cmd/locks/CODE.case` is files, then commands with
//! their exit code and what they say. `BLESS=1` writes what the commands say.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
// [verify->NT-4.1] [verify->NT-4.3] [verify->NT-4.4]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::Sandbox;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/locks")
}

/// Runs a golden and gives what it says now.
fn replay(case: &str) -> String {
    let sandbox = Sandbox::new();
    let mut out = String::new();
    let mut file: Option<(String, String)> = None;
    let mut is_output = false;
    let keep = |file: &mut Option<(String, String)>| {
        if let Some((path, text)) = file.take() {
            sandbox.write(&path, text);
        }
    };
    for line in case.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            keep(&mut file);
            let words: Vec<&str> = command.split(' ').collect();
            let (tool, args) = words.split_first().unwrap();
            let ran = sandbox.run(tool, args);
            let said = format!("{}\n{}", ran.out.trim_end(), ran.err.trim_end());
            let said = stable(said.trim());
            writeln!(out, "$ {command}\n? {}\n{said}", ran.code).unwrap();
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

/// Random and machine-made names stand as `…`: runs of seven hexadecimal digits and more.
fn stable(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_hex = word.len() >= 7 && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        out.push_str(if is_hex { "…" } else { &word });
        word.clear();
        out.push(c);
    }
    out.pop();
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

/// Each rule has a case of its name in which it fires.
#[test]
fn every_rule_has_a_case() {
    let rules = Sandbox::new()
        .run("locks", &["rules", "--format", "json"])
        .exits(0)
        .json();
    // The shared rules have cases of their own; 3 MB, a state that no proof reaches, and names
    // that are no text, and a session that ended do not fit into a case: tests/locks*.rs.
    let elsewhere = [
        "config-changed",
        "expired-allow",
        "unreadable-file",
        "unused-allow",
        "codeowners-too-large",
        "codeowners-unproven",
        "path-not-utf8",
        "stale-lock",
        "special-file",
    ];
    let missing: Vec<String> = rules["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["code"].as_str().unwrap().replace("locks/", ""))
        .filter(|code| !elsewhere.contains(&code.as_str()))
        .filter(|code| {
            let text = std::fs::read_to_string(folder().join(format!("{code}.case")));
            !text
                .unwrap_or_default()
                .contains(&format!("[locks/{code}]"))
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
