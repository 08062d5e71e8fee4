//! The `attach-pack` command: readers of other makers on what it writes, scanners of other makers on what it reads.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skips"
)]

mod common;
#[path = "attach_pack/helper.rs"]
mod helper;

use common::{Sandbox, ran};
use helper::{LOG, PACK, REPORT, build, bytes, run_of_an_agent};
use std::os::unix::fs::PermissionsExt;

/// True if python has the module; a missing one is an error where the tools are required.
fn python_has(sandbox: &Sandbox, module: &str) -> bool {
    let import = format!("import {module}");
    let probe = sandbox.command("python3").args(["-c", &import]).output();
    let there = probe.is_ok_and(|output| output.status.success());
    assert!(
        there || std::env::var_os("TRUELINE_REQUIRE_TOOLS").is_none(),
        "python's {module} is missing"
    );
    if !there {
        println!("skipped: python's {module} is missing");
    }
    there
}

#[test]
fn bagit_py_accepts_the_whole_pack() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "a.zip"]).exits(0);
    if !python_has(&sandbox, "bagit") {
        return;
    }
    let unpack = ran(&sandbox
        .command("python3")
        .args(["-m", "zipfile", "-e", "a.zip", "out"])
        .output()
        .unwrap());
    assert_eq!(unpack.code, 0, "{}", unpack.err);
    let folder = "out/run-2919";
    let valid = ran(&sandbox
        .command("python3")
        .args(["-m", "bagit", "--validate", folder])
        .output()
        .unwrap());
    assert_eq!(valid.code, 0, "{}", valid.err);
    // What it accepts it also checks.
    sandbox.write(&format!("{folder}/data/tests.txt"), "all is well\n");
    let valid = ran(&sandbox
        .command("python3")
        .args(["-m", "bagit", "--validate", folder])
        .output()
        .unwrap());
    assert_eq!(valid.code, 1, "{}", valid.err);
}

#[test]
fn in_toto_accepts_the_statements() {
    const CHECK: &str = "
import sys
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
message = json_format.Parse(open(sys.argv[1]).read(), statement_pb2.Statement())
Statement.copy_from_pb(message).validate()
print(message.predicate_type)
";
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "a.zip"]).exits(0);
    sandbox
        .run("attach-pack", &["extract", "a.zip", "--to", "unpacked"])
        .exits(0);
    if !python_has(
        &sandbox,
        "google.protobuf.json_format, in_toto_attestation.v1.statement",
    ) {
        return;
    }
    let check = |path: &str| {
        ran(&sandbox
            .command("python3")
            .args(["-c", CHECK, path])
            .output()
            .unwrap())
    };
    for (name, predicate) in [
        ("provenance", "https://slsa.dev/provenance/v1"),
        (
            "test-result",
            "https://in-toto.io/attestation/test-result/v0.1",
        ),
    ] {
        let path = format!("unpacked/statements/{name}.intoto.json");
        let checked = check(&path);
        assert_eq!(
            (checked.code, checked.out.trim()),
            (0, predicate),
            "{}",
            checked.err
        );
        sandbox.write(
            "bad.json",
            sandbox.read(&path).replace("Statement/v1", "Statement/v9"),
        );
        assert_ne!(check("bad.json").code, 0, "a statement of another type");
    }
}

/// A folder with a scanner that runs these lines of shell; `$out` is where its report goes.
fn scanner(sandbox: &Sandbox, name: &str, lines: &str) -> String {
    let script = format!(
        "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --report-path ] && out=$2; shift; done\n{lines}\n"
    );
    let path = format!("bin/{name}");
    sandbox.write(&path, script);
    let place = sandbox.root().join(&path);
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
    let own = std::env::var("PATH").unwrap_or_default();
    format!("{}:{own}", sandbox.root().join("bin").display())
}

#[test]
fn another_scanner_only_adds() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "plain.zip"]).exits(0);
    let plain = bytes(&sandbox, "plain.zip");
    let run = |path: &str, flag: &str| {
        let args = [
            "build",
            "--run",
            REPORT,
            "--base",
            "main",
            "--tests",
            "out/tests.txt",
            "-o",
            "p.zip",
            flag,
        ];
        ran(&sandbox
            .command("attach-pack")
            .args(args)
            .env("PATH", path)
            .output()
            .unwrap())
    };
    let own = std::env::var("PATH").unwrap_or_default();
    let git_only: Vec<_> = std::env::split_paths(&own)
        .filter(|folder| !folder.join("gitleaks").exists() && !folder.join("betterleaks").exists())
        .collect();
    let without = std::env::join_paths(git_only)
        .unwrap()
        .into_string()
        .unwrap();
    // None on the path: the same pack.
    run(&without, "--scanner").exits(0);
    assert_eq!(bytes(&sandbox, "p.zip"), plain);
    // One that finds nothing: the same pack, in which the files of the other are seen.
    let found_nothing = scanner(
        &sandbox,
        "gitleaks",
        "cat */tests.txt > /dev/null || exit 9\necho '[]' > \"$out\"",
    );
    run(&found_nothing, "--scanner").exits(0);
    assert_eq!(bytes(&sandbox, "p.zip"), plain);
    std::fs::remove_file(sandbox.root().join("p.zip")).unwrap();
    // One that finds something: nothing is written, and the value is not shown.
    let leak = "f=$(ls -d */tests.txt); echo \"[{\\\"RuleID\\\":\\\"some-rule\\\",\\\"File\\\":\\\"$f\\\",\\\"StartLine\\\":3,\\\"StartColumn\\\":6,\\\"Secret\\\":\\\"sesame42\\\"}]\" > \"$out\"";
    let finds = scanner(&sandbox, "gitleaks", leak);
    let refused = run(&finds, "--scanner=gitleaks")
        .exits(1)
        .says("out/tests.txt:3:6")
        .says("gitleaks: some-rule");
    assert!(!refused.out.contains("sesame42") && !refused.err.contains("sesame42"));
    assert!(!sandbox.root().join("p.zip").exists());
    // The other name was asked for, and is not there.
    run(&finds, "--scanner=betterleaks").exits(0);
    std::fs::remove_file(sandbox.root().join("p.zip")).unwrap();
    // One that fails: the search was not done.
    for lines in [
        "exit 3",
        "echo '{' > \"$out\"",
        ":",
        "echo '[{\"RuleID\":\"r\",\"File\":\"/etc/passwd\",\"Secret\":\"x\"}]' > \"$out\"",
    ] {
        let fails = scanner(&sandbox, "gitleaks", lines);
        run(&fails, "--scanner").exits(2);
        assert!(!sandbox.root().join("p.zip").exists(), "{lines}");
    }
    run(&own, "--scanner=grep").exits(2);
}

#[test]
fn a_handoff_with_the_commits() {
    let sandbox = run_of_an_agent();
    let handoff = |more: &[&str]| {
        let mut args = vec!["build", "--kind", "handoff", "-o", "h.zip"];
        args.extend(more);
        sandbox.run("attach-pack", &args)
    };
    let baseless = handoff(&["--bundle"]).exits(2);
    assert!(baseless.err.contains("--base REV"), "{}", baseless.err);
    handoff(&["--bundle", "--base", "HEAD"]).exits(2);
    build(&sandbox, &["--bundle"]).exits(2);
    handoff(&["--bundle", "--base", "main"]).exits(0);
    let first = bytes(&sandbox, "h.zip");
    handoff(&["--bundle", "--base", "main"]).exits(0);
    assert_eq!(bytes(&sandbox, "h.zip"), first);
    sandbox
        .run("attach-pack", &["list", "h.zip"])
        .exits(0)
        .says("data/repo.bundle");
    sandbox
        .run("attach-pack", &["extract", "h.zip", "--to", "unpacked"])
        .exits(0);
    let bundle = "unpacked/data/repo.bundle";
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    assert!(
        sandbox
            .git(&["bundle", "list-heads", bundle])
            .starts_with(head.trim())
    );
    sandbox.git(&["bundle", "verify", "-q", bundle]);
    // A secret that a later commit took out again is in the bundle all the same.
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    sandbox
        .write("notes.txt", format!("token {token}\n"))
        .commit("with");
    sandbox.write("notes.txt", "none\n").commit("without");
    let refused = handoff(&["--bundle", "--base", "main"])
        .exits(1)
        .says("data/repo.bundle")
        .says("the changes in it");
    assert!(!refused.out.contains(&token) && !refused.err.contains(&token));
    handoff(&[]).exits(0);
}

#[test]
fn the_pack_is_the_same_everywhere() {
    let sandbox = run_of_an_agent();
    sandbox
        .write("out/z.log", LOG.repeat(400))
        .write("out/\u{10d}.log", "x\n")
        .write("out/B.log", vec![7; 5 << 20]);
    let includes = ["out/z.log", "out/\u{10d}.log", "out/B.log"];
    let mut packs = Vec::new();
    for (at, (mask, zone, locale, threads)) in [
        ("022", "UTC", "C", "1"),
        ("077", "Asia/Tokyo", "C.UTF-8", "2"),
        ("000", "America/St_Johns", "tr_TR.UTF-8", "7"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut order = includes.to_vec();
        order.rotate_left(at);
        let mut command = sandbox.command("sh");
        command.args([
            "-c",
            &format!("umask {mask}; exec \"$@\""),
            "sh",
            env!("CARGO_BIN_EXE_attach-pack"),
        ]);
        command.args([
            "build",
            "--run",
            REPORT,
            "--base",
            "main",
            "--tests",
            "out/tests.txt",
            "-o",
            "d.zip",
        ]);
        for glob in order {
            command.args(["--include", glob]);
        }
        command
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("LANG", locale)
            .env("RAYON_NUM_THREADS", threads);
        ran(&command.output().unwrap()).exits(0);
        packs.push(bytes(&sandbox, "d.zip"));
        std::fs::remove_file(sandbox.root().join("d.zip")).unwrap();
    }
    assert!(packs.iter().all(|pack| *pack == packs[0]));
    assert!(!sandbox.root().join(PACK).exists());
}
