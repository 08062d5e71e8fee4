//! The `attach-pack` command: from a run report to a pack that anyone can check.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "attach_pack/helper.rs"]
mod helper;

use common::{Sandbox, ran};
use helper::{LOG, PACK, REPORT, build, bytes, run_of_an_agent};

#[test]
fn a_pack_is_built_and_verified() {
    let sandbox = run_of_an_agent();
    let built = build(&sandbox, &[]).exits(0);
    let line = built.out.trim_end();
    assert!(
        line.starts_with(&format!("Orchestrator Attach Pack: {PACK} (pack id: ")),
        "{line}"
    );
    let verified = sandbox.run("attach-pack", &["verify", PACK]).exits(0);
    let id = line.rsplit(' ').next().unwrap().trim_end_matches(')');
    assert_eq!(verified.out, format!("{PACK}: good, pack id {id}\n"));
    // The report with its line is the report in the pack, and building again gives the same bytes.
    let before = bytes(&sandbox, PACK);
    let report = sandbox.read(REPORT);
    sandbox.write(
        REPORT,
        format!("{report}\n{line}\n").replace("\n\nOrch", "\nOrch"),
    );
    sandbox
        .run("attach-pack", &["verify", "--report", REPORT, PACK])
        .exits(0);
    build(&sandbox, &[]).exits(0);
    assert_eq!(bytes(&sandbox, PACK), before);
}

#[test]
fn every_changed_byte_of_a_pack_is_a_finding() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &["-o", "p.zip"]).exits(0);
    let good = bytes(&sandbox, "p.zip");
    for at in (0..good.len()).step_by(good.len() / 12) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        sandbox.write("bad.zip", &bad);
        sandbox.run("attach-pack", &["verify", "bad.zip"]).exits(1);
    }
}

#[test]
fn a_report_that_was_edited_later_is_a_finding() {
    let sandbox = run_of_an_agent();
    let line = build(&sandbox, &[]).exits(0).out;
    let report = sandbox.read(REPORT);
    let verify = || sandbox.run("attach-pack", &["verify", "--report", REPORT, PACK]);
    verify().exits(1).says("no-pack-line");
    sandbox.write(REPORT, format!("{report}{line}"));
    verify().exits(0);
    sandbox.write(
        REPORT,
        format!("{report}{line}").replace("# Run", "# A better run"),
    );
    verify().exits(1).says("report-differs");
    sandbox.write(
        REPORT,
        format!("{report}{line}").replace("run-2026", "run-2025"),
    );
    verify().exits(1).says("wrong-pack-line");
    sandbox.write(
        REPORT,
        format!("{report}{line}").replace("pack id: ", "pack id: 0"),
    );
    verify().exits(1).says("wrong-pack-line");
}

#[test]
fn a_secret_keeps_the_pack_from_being_written() {
    let sandbox = run_of_an_agent();
    // Put together here, so that this file holds none.
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    sandbox.write("out/tests.txt", format!("{LOG}\ntoken: {token}\n"));
    let refused = build(&sandbox, &[])
        .exits(1)
        .says("attach-pack/secret")
        .says("out/tests.txt:9:8");
    assert!(!refused.out.contains(&token) && !refused.err.contains(&token));
    assert!(!sandbox.root().join(PACK).exists());
    let fingerprint = refused.out.split("fingerprint ").nth(1).unwrap();
    let fingerprint = fingerprint.get(..64).unwrap();
    let allow = |expires: &str| {
        format!(
            "[[allow]]\ncode = \"attach-pack/secret\"\nid = \"{fingerprint}\"\nreason = \"a token of a test server that is gone\"\nexpires = {expires}\n"
        )
    };
    sandbox.write("trueline.toml", allow("2026-01-14"));
    build(&sandbox, &[]).exits(1).says("expired-allow");
    // A level does not open the gate.
    sandbox.write(
        "trueline.toml",
        "[levels]\n\"attach-pack/secret\" = \"note\"\n",
    );
    build(&sandbox, &[]).exits(2);
    assert!(!sandbox.root().join(PACK).exists());
    sandbox.write("trueline.toml", allow("2026-02-01"));
    build(&sandbox, &[]).exits(0);
    std::fs::remove_file(sandbox.root().join("trueline.toml")).unwrap();
    build(&sandbox, &["--redact"]).exits(0);
    sandbox.run("attach-pack", &["verify", PACK]).exits(0);
    let shown = sandbox
        .run("attach-pack", &["show", PACK, "--format", "json"])
        .exits(0);
    assert!(shown.out.contains(fingerprint) && !shown.out.contains(&token));
}

#[test]
fn secrets_in_large_files_are_found_while_they_are_written() {
    let sandbox = run_of_an_agent();
    let token = ["ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"].concat();
    // Over the edge of a block, and in a file that comes after the gate is closed.
    let large = |at: usize| {
        let mut text = "all is well\n".repeat(600_000);
        text.replace_range(at..at + token.len() + 2, &format!("\n{token}\n"));
        text
    };
    sandbox
        .write("out/a.bin", large((5 << 20) - 12))
        .write("out/b.txt", format!("{token}\n"))
        .write("out/c.bin", large(100));
    let refused = build(&sandbox, &["--include", "out/*", "-o", "p.zip"])
        .exits(1)
        .says("out/a.bin:")
        .says("out/b.txt:1:1")
        .says("out/c.bin:");
    assert!(!refused.out.contains(&token) && !refused.err.contains(&token));
    assert!(!sandbox.root().join("p.zip").exists());
    assert_eq!(
        std::fs::read_dir(sandbox.root())
            .unwrap()
            .filter(|e| {
                e.as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".trueline-")
            })
            .count(),
        0,
        "nothing is left behind"
    );
    // The same without the token is packed, and comes out again.
    sandbox
        .write("out/a.bin", "all is well\n".repeat(600_000))
        .write("out/b.txt", "none\n")
        .write("out/c.bin", "all is well\n".repeat(600_000));
    build(&sandbox, &["--include", "out/*", "-o", "p.zip"]).exits(0);
    sandbox
        .run("attach-pack", &["extract", "p.zip", "--to", "unpacked"])
        .exits(0);
    assert_eq!(
        sandbox.read("unpacked/data/artifacts/out/a.bin"),
        "all is well\n".repeat(600_000)
    );
}

#[test]
fn evidence_that_is_no_evidence() {
    let sandbox = run_of_an_agent();
    sandbox.write("out/tests.txt", "\n");
    build(&sandbox, &[])
        .exits(1)
        .says("empty-evidence")
        .says("unproven-claim");
    sandbox.write(
        "out/tests.txt",
        LOG.replace("2 passed; 0 failed", "1 passed; 1 failed")
            .replace("b ... ok", "b ... FAILED"),
    );
    build(&sandbox, &[])
        .exits(1)
        .says("contradicted-claim")
        .says("failed: b");
    sandbox.write("out/tests.txt", "done\n");
    build(&sandbox, &[]).exits(0).says("unread-results");
    sandbox.write("out/tests.txt", LOG);
    let report = sandbox.read(REPORT);
    sandbox.write(REPORT, report.replace("shot.png", "shut.png"));
    build(&sandbox, &[])
        .exits(1)
        .says("missing-reference")
        .says("docs/runs/shut.png");
}

#[test]
fn what_may_not_be_packed() {
    let sandbox = run_of_an_agent();
    sandbox
        .write("out/.env", "A=1\n")
        .write("out/con.log", "x")
        .write("out/A.log", "x")
        .write("out/a.log", "y");
    build(&sandbox, &["--include", "out/.env"])
        .exits(1)
        .says("refused-name");
    build(&sandbox, &["--include", "out/con.log"])
        .exits(1)
        .says("bad-name");
    build(&sandbox, &["--include", "out/?.log"])
        .exits(1)
        .says("would be one file");
    build(&sandbox, &["--include", "none/**"]).exits(2);
    assert!(!sandbox.root().join(PACK).exists());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", sandbox.root().join("out/link")).unwrap();
        build(&sandbox, &["--include", "out/link"])
            .exits(1)
            .says("outside-input");
    }
}

#[test]
fn a_kill_leaves_the_old_pack_or_the_new() {
    let sandbox = run_of_an_agent();
    build(&sandbox, &[]).exits(0);
    let old = bytes(&sandbox, PACK);
    sandbox.write("out/tests.txt", LOG.repeat(2));
    for step in [
        "before-temp",
        "after-first",
        "after-list",
        "after-payload",
        "after-temp",
        "before-rename",
        "after-rename",
    ] {
        let args = [
            "build",
            "--run",
            REPORT,
            "--base",
            "main",
            "--tests",
            "out/tests.txt",
        ];
        let output = sandbox
            .command("attach-pack")
            .args(args)
            .env("TRUELINE_FAULT", step)
            .output()
            .unwrap();
        assert_ne!(ran(&output).code, 0, "{step} is not on the way");
        let now = bytes(&sandbox, PACK);
        assert_eq!(now == old, step != "after-rename", "{step}");
        sandbox.run("attach-pack", &["verify", PACK]).exits(0);
        sandbox.write(PACK, &old);
    }
}

#[test]
fn what_cannot_be_read_at_all() {
    let sandbox = Sandbox::bare();
    sandbox.run("attach-pack", &["verify"]).exits(2);
    sandbox.run("attach-pack", &["verify", "none.zip"]).exits(2);
    sandbox.write("a.zip", "hello");
    sandbox
        .run("attach-pack", &["verify", "a.zip"])
        .exits(1)
        .says("zip-not-zip");
}
