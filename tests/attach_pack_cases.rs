//! Golden cases of `attach-pack`, one a finding: `tests/cmd/attach-pack/CODE.case` is files, then commands with their
//! exit code and what they say. `BLESS=1` writes what the commands say. Archives are forged at test time.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "attach_pack/forge.rs"]
mod forge;
#[path = "../crates/attach-pack/tests/zip/raw.rs"]
mod raw;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::Sandbox;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/attach-pack")
}

/// Runs a command of a case: a tool, git, or one of the helpers `forge CODE FILE`, `link TARGET FILE`,
/// `token FILE` (a log with a token, which is joined at test time) and `relist FOLDER` (whoever changes a tag file changes
/// the list of them too).
fn run(sandbox: &Sandbox, command: &str) -> (i32, String) {
    let words: Vec<&str> = command.split(' ').collect();
    match words.as_slice() {
        ["forge", code, path] => {
            sandbox.write(path, forge::zip(code).unwrap());
            (0, String::new())
        }
        ["link", target, path] => {
            std::os::unix::fs::symlink(target, sandbox.root().join(path)).unwrap();
            (0, String::new())
        }
        ["token", path] => {
            let token = ["ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"].concat();
            sandbox.write(path, format!("first line\nthe token is {token}\n"));
            (0, String::new())
        }
        ["relist", path] => {
            relist(&sandbox.root().join(path));
            (0, String::new())
        }
        [tool, args @ ..] => {
            let ran = sandbox.run(tool, args);
            let said = format!("{}\n{}", ran.out.trim_end(), ran.err.trim_end());
            (ran.code, said.trim().to_owned())
        }
        [] => (0, String::new()),
    }
}

/// Writes the manifest of the tag files of an unpacked pack anew.
fn relist(bag: &Path) {
    use sha2::{Digest, Sha256};
    let tags = [
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "statements/provenance.intoto.json",
    ];
    let mut text = String::new();
    for tag in tags {
        let digest = Sha256::digest(std::fs::read(bag.join(tag)).unwrap());
        for byte in digest {
            write!(text, "{byte:02x}").unwrap();
        }
        writeln!(text, "  {tag}").unwrap();
    }
    std::fs::write(bag.join("tagmanifest-sha256.txt"), text).unwrap();
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
            let (code, said) = run(&sandbox, command);
            writeln!(out, "$ {command}\n? {code}\n{}", stable(&said)).unwrap();
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

/// Commits, ids and fingerprints stand as `…`: runs of seven hexadecimal digits and more.
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
        .run("attach-pack", &["rules", "--format", "json"])
        .exits(0)
        .json();
    // The shared rules have cases of their own. Bags of 256 MiB, archives of four million entries, files that change
    // while they are read and files that cannot be read do not fit into a case: crates/attach-pack/tests.
    let elsewhere = [
        "config-changed",
        "expired-allow",
        "stale-file",
        "unreadable-file",
        "unused-allow",
        "bag-too-large",
        "bag-unreadable",
        "file-changed",
        "zip-too-many-entries",
    ];
    let missing: Vec<String> = rules["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["code"].as_str().unwrap().replace("attach-pack/", ""))
        .filter(|code| !elsewhere.contains(&code.as_str()))
        .filter(|code| {
            let text = std::fs::read_to_string(folder().join(format!("{code}.case")));
            !text
                .unwrap_or_default()
                .contains(&format!("[attach-pack/{code}]"))
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// Archives that overlap a hundredfold or hold the end of another are refused at once; the bound leaves room for a
/// debug build on a machine that is busy.
#[test]
fn hostile_archives_are_refused_at_once() {
    let sandbox = Sandbox::new();
    for (code, want) in [("quoted", "zip-overlap"), ("nested-end", "bag-")] {
        sandbox.write("x.zip", forge::zip(code).unwrap());
        let start = std::time::Instant::now();
        sandbox
            .run("attach-pack", &["verify", "x.zip"])
            .exits(1)
            .says(&format!("[attach-pack/{want}"));
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{code}: {took:?}");
    }
}
