//! Golden cases of `concordance`: a file each under tests/cmd/concordance.
//!
//! A case begins with a sentence that says what it shows. Then come steps, each a line
//! `=== verb arguments` and a body up to the next step:
//!
//! - `file PATH`, `append PATH`: the body is written to, or added to, the file;
//! - `fill PATH SIZE`: the file gets so many bytes; `byte PATH HEX`: a byte is added to it;
//! - `remove PATH`, `move PATH PATH`;
//! - `commit`: everything is committed, the body is the message;
//! - `run ARGUMENTS`: concordance runs; the body is what it gives: exit code, standard output,
//!   and after `--- stderr` standard error.
//!
//! A case starts from `base/`, committed on `main`, on a branch `work`. With `TRUELINE_BLESS=1`
//! the bodies of `run` are written anew.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

// The tags below are examples. concordance:ignore-file
mod common;
#[path = "concordance/guide.rs"]
mod guide;
#[path = "concordance/history.rs"]
mod history;
#[path = "concordance/loss.rs"]
mod loss;
#[path = "concordance/renames.rs"]
mod renames;
#[path = "concordance/views.rs"]
mod views;

use std::path::{Path, PathBuf};

use common::Sandbox;

const FOLDER: &str = "tests/cmd/concordance";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER)
}

/// The clean repository that every case starts from.
fn base() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&format!("{FOLDER}/base"));
    sandbox.commit("Booking: the first release\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    sandbox.git(&["switch", "-q", "-c", "work"]);
    sandbox
}

struct Step {
    head: String,
    body: String,
}

fn steps(text: &str) -> (String, Vec<Step>) {
    let mut title = String::new();
    let mut steps: Vec<Step> = Vec::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(head) => steps.push(Step {
                head: head.trim_end().to_owned(),
                body: String::new(),
            }),
            None => match steps.last_mut() {
                Some(step) => step.body.push_str(line),
                None => title.push_str(line),
            },
        }
    }
    (title, steps)
}

/// Runs the steps; gives the file as it would be with what really came out.
fn play(sandbox: &Sandbox, title: &str, steps: &[Step]) -> String {
    let mut out = title.to_owned();
    for step in steps {
        let words: Vec<&str> = step.head.split(' ').collect();
        let mut body = step.body.clone();
        match words[..] {
            ["file", path] => {
                sandbox.write(path, &step.body);
            }
            ["append", path] => {
                sandbox.write(path, sandbox.read(path) + &step.body);
            }
            ["fill", path, size] => {
                sandbox.write(path, vec![b'a'; size.parse().unwrap()]);
            }
            ["byte", path, hex] => {
                let byte = u8::from_str_radix(hex, 16).unwrap();
                let mut bytes = sandbox.read(path).into_bytes();
                bytes.push(byte);
                sandbox.write(path, bytes);
            }
            ["remove", path] => std::fs::remove_file(sandbox.root().join(path)).unwrap(),
            ["move", from, to] => {
                sandbox.write(to, sandbox.read(from));
                std::fs::remove_file(sandbox.root().join(from)).unwrap();
            }
            ["commit"] => {
                sandbox.commit(step.body.trim_end());
            }
            ["run", ref args @ ..] => {
                let ran = sandbox.run("concordance", args);
                body = format!("exit {}\n{}", ran.code, ran.out);
                if !ran.err.is_empty() {
                    body.push_str(&format!("--- stderr\n{}", ran.err));
                }
            }
            _ => panic!("no such step: {}", step.head),
        }
        out.push_str(&format!("=== {}\n{body}", step.head));
    }
    out
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "case"))
        .collect();
    cases.sort();
    cases
}

#[test]
fn golden() {
    let bless = std::env::var_os("TRUELINE_BLESS").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let text = std::fs::read_to_string(&case).unwrap();
        let (title, steps) = steps(&text);
        let got = play(&base(), &title, &steps);
        if got != text {
            if bless {
                std::fs::write(&case, &got).unwrap();
            } else {
                wrong.push(format!("{}\n--- got\n{got}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each rule has a case of its name in which it fires, and none fires in the clean repository.
#[test]
fn every_rule_has_a_case() {
    let sandbox = base();
    let rules = sandbox
        .run("concordance", &["rules", "--format", "json"])
        .exits(0)
        .json();
    let codes: Vec<&str> = rules["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["code"].as_str().unwrap())
        .collect();
    let missing: Vec<&&str> = codes
        .iter()
        .filter(|code| {
            let name = code.trim_start_matches("concordance/");
            let file = folder().join(format!("{name}.case"));
            let text = std::fs::read_to_string(file).unwrap_or_default();
            !text.contains(&format!("[concordance/{name}]"))
        })
        .collect();
    assert_eq!(missing, Vec::<&&str>::new());
    sandbox.run("concordance", &["check", "--strict"]).exits(0);
    sandbox
        .run("concordance", &["check", "--strict", "--base", "main"])
        .exits(0);
}

/// What `check` passes, `index`, `update` and `report` take, and a second time nothing changes.
#[test]
fn a_clean_check_means_that_everything_works_and_nothing_moves() {
    let sandbox = base();
    for command in ["index", "update", "report"] {
        sandbox.run("concordance", &[command]).exits(0);
    }
    sandbox.commit("Generated\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    for command in ["index", "update", "report"] {
        sandbox.run("concordance", &[command, "--check"]).exits(0);
    }
    sandbox
        .run("concordance", &["update", "--base", "main", "--check"])
        .exits(0);
    sandbox
        .run("concordance", &["check", "--strict", "--base", "main"])
        .exits(0);
}

/// A renamed file, other line ends, a byte order mark: the same crosswalk.
#[test]
fn what_does_not_matter_changes_nothing() {
    let crosswalk = |sandbox: &Sandbox| {
        sandbox.run("concordance", &["update"]).exits(0);
        sandbox.read("docs/blueprints/crosswalk.json")
    };
    let expected = crosswalk(&base());
    let other = base();
    for path in [
        "docs/blueprints/nt.md",
        "docs/blueprints/td.md",
        "src/search.rs",
        "tests/search.rs",
    ] {
        let text = other.read(path).replace('\n', "\r\n");
        other.write(path, format!("\u{feff}{text}"));
    }
    assert_eq!(crosswalk(&other), expected);
    let moved = base();
    moved.write(
        "docs/blueprints/nt/booking.md",
        moved
            .read("docs/blueprints/nt.md")
            .replace("](td.md)", "](../td.md)"),
    );
    std::fs::remove_file(moved.root().join("docs/blueprints/nt.md")).unwrap();
    assert_eq!(crosswalk(&moved), expected);
}

/// Without git the whole tree can be judged; a base cannot be asked for.
#[test]
fn outside_a_repository() {
    let sandbox = Sandbox::bare();
    std::fs::create_dir(sandbox.root()).unwrap();
    sandbox.copy(&format!("{FOLDER}/base"));
    sandbox.run("concordance", &["check", "--strict"]).exits(0);
    sandbox
        .run("concordance", &["check", "--base", "main"])
        .exits(2);
}

/// A base that is not there makes the check inconclusive, never passed.
#[test]
fn a_missing_base_is_inconclusive() {
    let sandbox = base();
    for command in ["check", "update", "report"] {
        sandbox
            .run("concordance", &[command, "--base", "no-such"])
            .exits(3);
    }
}

/// A file that is too large to scan is said, not passed over.
#[test]
fn a_huge_file_is_not_scanned_and_said() {
    let sandbox = base();
    sandbox.write("data/huge.txt", vec![b'a'; 17 << 20]);
    sandbox
        .run("concordance", &["check"])
        .exits(0)
        .says("[concordance/not-scanned]");
}

/// Any bytes in any file that is read: an answer, never a crash.
#[test]
fn strange_files() {
    let strange: [&[u8]; 7] = [
        b"",
        b"\xef\xbb\xbf",
        b"\xff\xfe\x00[impl->NT-1]",
        b"[[[[[[[[{{{{",
        b"{}\r\n",
        b"null",
        b"[impl->NT-1.1\r\n```\r\n<!-- id: ",
    ];
    for path in [
        "docs/blueprints/nt.md",
        "docs/blueprints/crosswalk.json",
        "docs/blueprints/acceptance/NT-1.1.md",
        "ops/por.json",
        "ops/queue.jsonl",
        "src/search.rs",
    ] {
        for bytes in strange {
            let sandbox = base();
            sandbox.write(path, bytes);
            for args in [
                &["check"][..],
                &["check", "--base", "main"],
                &["update"],
                &["report"],
            ] {
                let ran = sandbox.run("concordance", args);
                assert!(
                    (0..=3).contains(&ran.code),
                    "{path} {bytes:?} {args:?}: {}",
                    ran.err
                );
            }
        }
    }
}

/// Two branches write the crosswalk; git joins it with our driver.
#[test]
fn git_merges_crosswalks_with_the_driver() {
    let sandbox = base();
    let tool = common::TOOLS
        .iter()
        .find(|(name, _)| *name == "concordance")
        .unwrap()
        .1;
    sandbox.run("concordance", &["update"]).exits(0);
    sandbox
        .run("concordance", &["install-merge-driver"])
        .exits(0);
    sandbox
        .run("concordance", &["install-merge-driver"])
        .exits(0);
    let attributes = sandbox.read(".gitattributes");
    assert_eq!(attributes.lines().count(), 1, "{attributes}");
    let driver = format!("'{tool}' merge %O %A %B");
    sandbox.git(&["config", "merge.concordance.driver", &driver]);
    sandbox.commit("Crosswalk");
    let path = "docs/blueprints/crosswalk.json";
    let side = |branch: &str, from: &str, to: &str| {
        sandbox.git(&["switch", "-q", "-c", branch, "work"]);
        sandbox.write(path, sandbox.read(path).replace(from, to));
        sandbox.commit(branch);
    };
    side(
        "one",
        "\"owner\": \"ada\"",
        "\"owner\": \"ada\", \"risk\": \"high\"",
    );
    side(
        "two",
        "\"wbs\": [\"WBS-1.1\"]",
        "\"wbs\": [\"WBS-1.1\", \"WBS-1.2\"]",
    );
    sandbox.git(&["merge", "-q", "--no-edit", "one"]);
    let merged = sandbox.read(path);
    assert!(merged.contains("\"risk\": \"high\""), "{merged}");
    assert!(merged.contains("\"WBS-1.1\", \"WBS-1.2\""), "{merged}");
    side("three", "\"owner\": \"ada\"", "\"owner\": \"ben\"");
    side("four", "\"owner\": \"ada\"", "\"owner\": \"carla\"");
    let clash = sandbox
        .command("git")
        .args(["merge", "three"])
        .output()
        .unwrap();
    assert!(!clash.status.success());
    assert!(sandbox.read(path).contains("\"owner\": \"carla\""));
}

/// An empty repository passes.
#[test]
fn nothing_to_check() {
    let sandbox = Sandbox::new();
    sandbox.run("concordance", &["check"]).exits(0);
    sandbox.run("concordance", &["index"]).exits(0);
    sandbox.run("concordance", &["update"]).exits(0);
    sandbox.run("concordance", &["report"]).exits(0);
    sandbox.run("concordance", &["check", "--strict"]).exits(0);
}
