//! The `attach-pack` command: what is in a pack, and what is not.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "attach_pack/helper.rs"]
mod helper;

use std::collections::BTreeMap;

use common::{Sandbox, ran};
use helper::{LOG, PACK, REPORT, build, bytes, run_of_an_agent};
use proptest::prelude::*;

#[test]
fn what_is_inside() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "a.zip"]).exits(0);
    let run = |args: &[&str]| sandbox.run("attach-pack", args);
    let id = run(&["id", "a.zip"]).exits(0).out;
    let shown = run(&["show", "a.zip", "--format", "json"]).exits(0).json();
    assert_eq!(shown["id"], id.trim_end());
    assert_eq!(shown["claims"][0], "All 2 tests pass");
    assert_eq!(shown["results"]["result"], "PASSED");
    assert_eq!(shown["pack"]["agent"], "AGENT-1");
    assert_eq!(shown["pack"]["tasks"][0], "WBS-1.2");
    let diff = &shown["diff"];
    let row = |at: usize| {
        let file = &diff["files"][at];
        format!(
            "{} {} +{} -{}",
            file["change"], file["path"], file["added"], file["removed"]
        )
    };
    assert_eq!(diff["commits"][0]["nt"][0], "NT-1.1");
    assert_eq!(row(1), "\"added\" \"docs/runs/shot.png\" +null -null");
    assert_eq!(row(3), "\"modified\" \"src/booking.rs\" +1 -0");
    assert_eq!(row(4), "\"renamed\" \"src/new.rs\" +0 -0");
    assert_eq!(diff["files"][4]["old_path"], "src/old.rs");
    let page = run(&["show", "a.zip"])
        .exits(0)
        .says("\"All 2 tests pass\"")
        .says("modified  +1 -0  src/booking.rs")
        .says("added     binary  docs/runs/shot.png")
        .says("PASSED");
    assert!(page.out.contains("screenshot"), "{}", page.out);
    run(&["list", "a.zip"])
        .exits(0)
        .says("data/screenshots/docs/runs/shot.png");
    run(&["diff", "a.zip", "a.zip"])
        .exits(0)
        .says("the same pack");
    build(&sandbox, &[]).exits(0);
    run(&["diff", "a.zip", PACK]).exits(0).says("the same pack");
    build(
        &sandbox,
        &["-o", "b.zip", "--store", "--include", "src/new.rs"],
    )
    .exits(0);
    run(&["diff", "a.zip", "b.zip"])
        .exits(0)
        .says("+ data/artifacts/src/new.rs")
        .says("~ data/pack.json");
    build(&sandbox, &["-o", "c.zip", "--store"]).exits(0);
    run(&["diff", "a.zip", "c.zip"])
        .exits(0)
        .says("the same pack");
    let mut bad = bytes(&sandbox, "a.zip");
    bad[100] ^= 1;
    sandbox.write("bad.zip", bad);
    for command in ["id", "list", "show"] {
        assert_eq!(run(&[command, "bad.zip"]).exits(1).out, "");
    }
    run(&["extract", "bad.zip", "--to", "bad"]).exits(1);
    assert!(!sandbox.root().join("bad").exists());
}

#[test]
fn a_pack_is_unpacked_and_is_still_one() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "a.zip"]).exits(0);
    let run = |args: &[&str]| sandbox.run("attach-pack", args);
    run(&["extract", "a.zip", "--to", "a"]).exits(0);
    assert_eq!(
        run(&["id", "a"]).exits(0).out,
        run(&["id", "a.zip"]).exits(0).out
    );
    assert_eq!(sandbox.read("a/data/tests.txt"), LOG);
    run(&["verify", "--bagit", "a", "a.zip"]).exits(0);
    run(&["extract", "a.zip", "--to", "a"]).exits(2);
    sandbox.write("a/data/tests.txt", LOG.replace("ok", "no"));
    run(&["verify", "a"])
        .exits(1)
        .says("bag-digest")
        .says("data/tests.txt");
    run(&["verify", "--bagit", "a"]).exits(1).says("bag-digest");
}

#[test]
fn a_handoff_is_a_chain() {
    let sandbox = run_of_an_agent();
    sandbox
        .write("ops/queue.jsonl", "{\"id\": \"WBS-1\"}\n")
        .write("docs/PROGRESS.md", "# Progress\n");
    let run = |args: &[&str]| sandbox.run("attach-pack", args);
    const BUNDLE: &str = "docs/orchestrator/rotations/rotation-20260110T120000Z.zip";
    run(&["build", "--kind", "handoff"]).exits(0).says(BUNDLE);
    let first = run(&["id", BUNDLE]).exits(0).out;
    run(&[
        "build",
        "--kind",
        "handoff",
        "--previous",
        first.trim_end(),
        "-o",
        "next.zip",
    ])
    .exits(0);
    run(&["extract", "next.zip", "--to", "next"]).exits(0);
    assert!(
        sandbox
            .read("next/bag-info.txt")
            .contains(&format!("External-Identifier: {first}"))
    );
    let list = sandbox.read("next/data/handoff.md");
    assert!(
        list.contains("1. `docs/PROGRESS.md`") && list.contains("ops/queue.jsonl"),
        "{list}"
    );
    run(&["verify", BUNDLE, "next.zip"]).exits(0);
}

#[test]
fn manifests_of_other_shapes() {
    let sandbox = run_of_an_agent();
    let run = |text: &str| {
        sandbox.write("m.json", text);
        sandbox.run("attach-pack", &["import-manifest", "m.json"])
    };
    run(r#"{"agent": "A", "artifacts": ["out/tests.txt", "gone.txt"]}"#)
        .exits(1)
        .says("list of names")
        .says("2 of 2 files have no digest")
        .says("1 do not exist (gone.txt)");
    run(r#"{"artifacts": {"ci": "ci.txt", "more": ["a", "b"]}}"#)
        .exits(1)
        .says("names by role");
    run(r#"{"artifacts": [{"path": "out/tests.txt", "sha256": "0", "size": 1}], "commit": "1"}"#)
        .exits(0);
    run(r#"{"a": 1}"#)
        .exits(1)
        .says("lists no files under a key that is known; it has a");
    run("[]").exits(1).says("lists no files");
    run("{\"a\": ").exits(1).says("bad-manifest");
    run("").exits(1).says("bad-manifest");
}

#[test]
fn secrets_in_archives_are_found() {
    let sandbox = run_of_an_agent();
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    sandbox.write("out/notes.txt", format!("token: {token}\n"));
    build(&sandbox, &["-o", "clean.zip"]).exits(0);
    // A pack is an archive like any other.
    build(&sandbox, &["-o", "twice.zip", "--include", "clean.zip"]).exits(0);
    let allow = "[[allow]]\ncode = \"attach-pack/secret\"\npath = \"out/notes.txt\"\nreason = \"to make an archive that holds one\"\n";
    sandbox.write("trueline.toml", allow);
    build(&sandbox, &["-o", "inner.zip", "--include", "out/notes.txt"]).exits(0);
    build(&sandbox, &["-o", "outer.zip", "--include", "inner.zip"])
        .exits(1)
        .says("in `run-2919/data/artifacts/out/notes.txt`, line 1");
    sandbox.write("out/broken.zip", b"PK\x03\x04 and no more");
    build(
        &sandbox,
        &["-o", "outer.zip", "--include", "out/broken.zip"],
    )
    .exits(1)
    .says("unsearched");
    assert!(!sandbox.root().join("outer.zip").exists());
}

#[test]
fn the_time_and_the_place_change_nothing() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "a.zip"]).exits(0);
    let args = [
        "build",
        "--run",
        REPORT,
        "--base",
        "main",
        "--tests",
        "out/tests.txt",
        "-o",
        "b.zip",
    ];
    let mut command = sandbox.command("attach-pack");
    command
        .args(args)
        .env("TZ", "Asia/Tokyo")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("RAYON_NUM_THREADS", "1");
    assert_eq!(
        ran(&command
            .env("TRUELINE_TEST_NOW", "2027-01-01T00:00:00Z")
            .output()
            .unwrap())
        .code,
        0
    );
    assert_eq!(bytes(&sandbox, "a.zip"), bytes(&sandbox, "b.zip"));
}

#[test]
fn settings_from_a_file() {
    let sandbox = run_of_an_agent();
    sandbox.write(
        "pack.toml",
        format!("run = \"{REPORT}\"\nbase = \"main\"\ntests = \"out/tests.txt\"\n"),
    );
    let from_file = sandbox
        .run(
            "attach-pack",
            &["build", "--spec", "pack.toml", "-o", "a.zip"],
        )
        .exits(0);
    build(&sandbox, &["-o", "b.zip"]).exits(0);
    assert_eq!(bytes(&sandbox, "a.zip"), bytes(&sandbox, "b.zip"));
    assert!(from_file.out.contains("a.zip"));
    sandbox.write("pack.toml", "run = \"x\"\nrum = 1\n");
    let ran = sandbox
        .run("attach-pack", &["build", "--spec", "pack.toml"])
        .exits(2);
    assert!(ran.err.contains("pack.toml:2:1"), "{}", ran.err);
    let ran = sandbox
        .run(
            "attach-pack",
            &["build", "--run", REPORT, "--base", "nowhere"],
        )
        .exits(3);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn what_is_packed_is_what_was_there(
        files in prop::collection::btree_map("[a-z]{3,8}\\.bin", prop::collection::vec(any::<u8>(), 0..5000), 1..6),
        store in any::<bool>(),
    ) {
        let sandbox = Sandbox::bare();
        sandbox.write(REPORT, "# Run\n");
        for (name, content) in &files {
            sandbox.write(&format!("in/{name}"), content);
        }
        let mut args = vec!["build", "--run", REPORT, "--include", "in/**", "-o", "p.zip"];
        args.extend(store.then_some("--store"));
        // Bytes without a meaning may look like an archive that cannot be searched: such a case says nothing.
        prop_assume!(sandbox.run("attach-pack", &args).code == 0);
        prop_assert_eq!(sandbox.run("attach-pack", &["verify", "p.zip"]).code, 0);
        prop_assert_eq!(sandbox.run("attach-pack", &["extract", "p.zip", "--to", "out"]).code, 0);
        let found: BTreeMap<String, Vec<u8>> = std::fs::read_dir(sandbox.root().join("out/data/artifacts/in"))
            .unwrap()
            .map(|item| item.unwrap())
            .map(|item| (item.file_name().into_string().unwrap(), std::fs::read(item.path()).unwrap()))
            .collect();
        prop_assert_eq!(found, files);
    }
}
