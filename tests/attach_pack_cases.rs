//! Golden cases of `attach-pack`, one a finding. Archives are forged at test time.
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
use std::path::Path;

use common::Sandbox;
use common::cases::{self, Cases, without_names};

fn cases() -> Cases {
    Cases {
        run,
        stable: without_names,
        ..Cases::of("attach-pack")
    }
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
        _ => cases::run(sandbox, command),
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

#[test]
fn goldens() {
    cases().check();
}

/// Each rule has a case of its name in which it fires.
#[test]
fn every_rule_has_a_case() {
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
    assert_eq!(cases().missing(&elsewhere), Vec::<String>::new());
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
