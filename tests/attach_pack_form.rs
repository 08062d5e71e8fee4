//! The `attach-pack` command: where a pack goes, and the form of what is in it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "attach_pack/helper.rs"]
mod helper;

use std::collections::BTreeSet;

use common::Sandbox;
use helper::{LOG, PACK, REPORT, build, bytes, run_of_an_agent};
use sha2::{Digest, Sha256};
use trueline_attach_pack::zip::{Archive, Entry};

#[test]
fn the_pack_of_another_run_is_not_lost() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &[]).exits(0);
    sandbox.write("docs/runs/2026-01-10-WBS-1.3-AGENT-1.md", "# Another run\n");
    let args = [
        "build",
        "--base",
        "main",
        "--run",
        "docs/runs/2026-01-10-WBS-1.3-AGENT-1.md",
    ];
    let before = bytes(&sandbox, PACK);
    let ran = sandbox.run("attach-pack", &args).exits(2);
    assert!(ran.err.contains("the pack of another run"), "{}", ran.err);
    assert_eq!(bytes(&sandbox, PACK), before);
}

#[test]
fn two_reports_of_one_agent_at_one_commit_have_packs_of_their_own() {
    let sandbox = run_of_an_agent();
    let (packs, _) = PACK.rsplit_once('/').unwrap();
    for time in ["20260110-0930", "20260110T113000Z"] {
        let report = format!("docs/runs/2026-01-10/AGENT-1/run-{time}.md");
        sandbox.write(&report, format!("# Run at {time}\n"));
        let args = ["build", "--run", &report, "--base", "main"];
        let line = sandbox.run("attach-pack", &args).exits(0);
        let line = line.says(&format!("{packs}/run-{time}-attach.zip")).out;
        let report_with_line = format!("{}{line}", sandbox.read(&report));
        sandbox.write(&report, report_with_line);
    }
    for time in ["20260110-0930", "20260110T113000Z"] {
        let report = format!("docs/runs/2026-01-10/AGENT-1/run-{time}.md");
        let pack = format!("{packs}/run-{time}-attach.zip");
        sandbox
            .run("attach-pack", &["verify", "--report", &report, &pack])
            .exits(0);
    }
}

/// The id and the stored bytes of a pack stay for ever; if this changes, the change of the format is declared.
#[test]
fn golden_pack() {
    let sandbox = Sandbox::bare();
    sandbox.write(REPORT, "# Run\n\nAll 2 tests pass.\n");
    for name in ["in/a.log", "in/b.log", "in/c.json", "in/d.png"] {
        sandbox.write(name, format!("{{\"name\": \"{name}\"}}\n"));
    }
    sandbox.write("tests.txt", LOG);
    let build = [
        "build",
        "--run",
        REPORT,
        "--tests",
        "tests.txt",
        "--include",
        "in/*",
    ];
    for store in [true, false] {
        let last = ["-o", "a.zip", "--store"];
        let last = if store { &last[..] } else { &last[..2] };
        sandbox
            .run("attach-pack", &[&build[..], last].concat())
            .exits(0);
        let id = sandbox.run("attach-pack", &["id", "a.zip"]).exits(0).out;
        assert_eq!(
            id.trim_end(),
            "2ba862a20f56ffd07d086e94b226d1ff831ae87fd9c8fb4a51314a7e0869e762"
        );
        let digest = hex(&Sha256::digest(bytes(&sandbox, "a.zip")));
        assert_eq!(
            digest,
            if store {
                "d431b1b4b2aa744a731edb5dd9d286b16a6faee96652aa39dbda3e0192700719"
            } else {
                "7c4e5ea7432dc1a08903dc8689fce7c1d9d3d0c74000f8cf634adc4b0e941097"
            }
        );
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_list_too_long_to_be_held_is_what_a_held_one_would_be() {
    const FILES: usize = 2400;
    let sandbox = Sandbox::bare();
    sandbox.write(REPORT, "# Run\n");
    let folder = ["a", "b", "c", "d"].map(|part| part.repeat(220)).join("/");
    for at in 0..FILES {
        // Of two neighbours, no two are alike: each has an entry of its own.
        let ending = if at % 2 == 0 { "txt" } else { "json" };
        sandbox.write(&format!("in/{folder}/{at:04}.{ending}"), format!("{at}\n"));
    }
    let names = || -> BTreeSet<String> {
        let items = std::fs::read_dir(sandbox.root()).unwrap();
        items
            .map(|item| item.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let mut before = names();
    let run = |args: &[&str]| sandbox.run("attach-pack", args).exits(0);
    let build = ["build", "--run", REPORT, "--include", "in/**", "-o"];
    run(&[&build[..], &["a.zip"]].concat());
    // To take secrets out of the list, it is read as a whole.
    run(&[&build[..], &["b.zip", "--redact"]].concat());
    before.extend(["a.zip".to_owned(), "b.zip".to_owned()]);
    assert_eq!(names(), before, "nothing else is left behind");
    assert!(bytes(&sandbox, "a.zip") == bytes(&sandbox, "b.zip"));
    run(&["verify", "a.zip"]);
    let pack = bytes(&sandbox, "a.zip");
    let archive = Archive::open(&pack).unwrap();
    let name = |entry: &&Entry| entry.name().ends_with("/data/pack.json");
    let entry = archive.entries().iter().find(name).unwrap();
    let list = String::from_utf8(archive.bytes(entry, 1 << 30).unwrap().unwrap()).unwrap();
    assert!(list.len() > 4 << 20, "{}", list.len());
    let parsed: serde_json::Value = serde_json::from_str(&list).unwrap();
    let files = parsed["files"].as_array().unwrap();
    assert_eq!(files.len(), FILES + 1);
    assert_eq!(files[0]["source"], format!("in/{folder}/0000.txt"));
    let pretty = serde_json::to_string_pretty(&parsed).unwrap() + "\n";
    let pretty = pretty.replace("[\n        ", "[").replace("\n      ]", "]");
    assert!(list == pretty, "and it is all JSON of two spaces");
}
