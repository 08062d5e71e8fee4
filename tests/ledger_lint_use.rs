//! `ledger-lint fix`, `stats`, `new`, suppressions, baselines and run reports as processes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::ledger::{codes, record, repository};

#[test]
fn fix_changes_only_what_is_not_committed() {
    let sandbox = repository();
    let old = record("old").replace('\n', " \r\n");
    sandbox
        .write("ops/model-decisions.jsonl", &old)
        .commit("old");
    sandbox.write(
        "ops/model-decisions.jsonl",
        old.clone() + "\n" + &old.replace("old", "new"),
    );
    let ran = sandbox.run("ledger-lint", &["fix", "--check"]).exits(1);
    assert!(ran.out.contains("stale-file"), "{}", ran.out);
    sandbox.run("ledger-lint", &["fix"]).exits(0);
    assert_eq!(
        sandbox.read("ops/model-decisions.jsonl"),
        old.clone() + &record("new")
    );
    sandbox.run("ledger-lint", &["fix", "--check"]).exits(0);
    sandbox.run("ledger-lint", &["fix", "--history"]).exits(0);
    assert_eq!(
        sandbox.read("ops/model-decisions.jsonl"),
        record("old") + &record("new")
    );
    let ran = sandbox
        .run("ledger-lint", &["fix", "ops/queue.jsonl"])
        .exits(2);
    assert!(ran.err.contains("`queue`"), "{}", ran.err);
}

#[test]
fn lines_are_allowed_and_known_by_their_hash() {
    let sandbox = repository();
    let bad = record("x").replace("WBS-1", "WBS-7");
    let id = "line:5d20a98c95763c1a";
    let allow =
        format!("[[allow]]\ncode = \"unknown-task\"\nid = \"{id}\"\nreason = \"an older plan\"\n");
    sandbox
        .write("ops/model-decisions.jsonl", &bad)
        .write("trueline.toml", allow);
    sandbox.run("ledger-lint", &["check"]).exits(0);
    sandbox.write("ops/model-decisions.jsonl", record("first") + &bad);
    sandbox.run("ledger-lint", &["check"]).exits(0);
    sandbox.write(
        "ops/model-decisions.jsonl",
        record("first") + &bad.replace("\"x\"", "\"y\""),
    );
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    assert_eq!(
        codes(&ran),
        [
            "ops/model-decisions.jsonl:2 unknown-task",
            "trueline.toml:2 unused-allow"
        ]
    );
    std::fs::remove_file(sandbox.root().join("trueline.toml")).unwrap();
    sandbox
        .run("ledger-lint", &["check", "--baseline", "b.json"])
        .exits(2);
    sandbox
        .run(
            "ledger-lint",
            &["check", "--baseline", "b.json", "--write-baseline"],
        )
        .exits(0);
    sandbox
        .run("ledger-lint", &["check", "--baseline", "b.json"])
        .exits(0);
    sandbox.write(
        "ops/model-decisions.jsonl",
        record("first") + &bad.replace("\"x\"", "\"z\""),
    );
    sandbox
        .run("ledger-lint", &["check", "--baseline", "b.json"])
        .exits(1);
}

#[test]
fn reports_and_ledgers_say_the_same() {
    let sandbox = repository();
    sandbox.write(
        "docs/runs/2026-01-10/AGENT-1/run-1.md",
        "- Work item: WBS-1\n- Model: m-2, MAX: false\n",
    );
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(0);
    assert_eq!(
        codes(&ran),
        [
            "docs/runs/2026-01-10/AGENT-1/run-1.md:2 unlogged-use",
            "ops/model-decisions.jsonl:1 unreported-use"
        ]
    );
}

#[test]
fn a_ledger_past_the_limit_of_documents_is_compared_with_reports_all_the_same() {
    let sandbox = repository();
    sandbox
        .write("trueline.toml", "[limits]\nfile_bytes = 1_000\n")
        .write(
            "ops/model-decisions.jsonl",
            (0..20)
                .map(|number| record(&format!("r{number}")))
                .collect::<String>(),
        )
        .write(
            "docs/runs/run-1.md",
            "- Work item: WBS-1\n- Model: m-2, MAX: false\n",
        );
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(0);
    assert_eq!(
        codes(&ran),
        [
            "docs/runs/run-1.md:2 unlogged-use",
            "ops/model-decisions.jsonl:1 unreported-use"
        ]
    );
}

#[test]
fn stats_and_skeletons() {
    let sandbox = repository();
    sandbox
        .write("ops/config/registry.md", "| Key | Owner | Rotation |\n|---|---|---|\n| `shop/prod/api/K` | O | 30d |\n| `shop/prod/api/N` | O | 30d |\n")
        .write("ops/secrets/rotation.jsonl", "{\"name\":\"shop/prod/api/K\",\"rotated_at\":\"2025-06-01T00:00:00Z\",\"rotated_by\":\"AGENT-1\",\"method\":\"m\",\"ticket\":\"T\",\"proof\":\"p\"}\n");
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    assert_eq!(
        codes(&ran),
        [
            "ops/config/registry.md:4 overdue-rotation",
            "ops/secrets/rotation.jsonl:1 overdue-rotation"
        ]
    );
    let stats = sandbox
        .run("ledger-lint", &["stats", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(stats["ledgers"][0]["records"], 1);
    assert_eq!(stats["ledgers"][0]["models"]["m-1"], 1);
    let rotation = sandbox
        .run("ledger-lint", &["stats", "--rotation", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(rotation["secrets"][0]["state"], "overdue");
    assert_eq!(rotation["secrets"][1]["state"], "never");
    sandbox
        .run(
            "ledger-lint",
            &["stats", "--rotation", "--format", "markdown"],
        )
        .exits(0)
        .says("| `shop/prod/api/K` | 30 days |");
    // The human format was Markdown once.
    let human = sandbox
        .run("ledger-lint", &["stats", "--rotation"])
        .exits(0);
    assert_eq!(human.out, "overdue    shop/prod/api/K, every 30 days, rotated 2025-06-01T00:00:00Z, due 2025-07-01T00:00:00Z
never      shop/prod/api/N, every 30 days, never rotated
");
    sandbox
        .run("ledger-lint", &["new", "rotation"])
        .exits(0)
        .says("\"rotated_at\":\"2026-01-15T12:00:00Z\"");
    sandbox.run("ledger-lint", &["new", "rotatoin"]).exits(2);
}

#[test]
fn skeletons_of_markdown_ledgers_were_json() {
    let sandbox = repository();
    let registry = sandbox
        .run("ledger-lint", &["new", "registry"])
        .exits(0)
        .out;
    assert_eq!(
        registry,
        "| Key | Owner | Rotation | Type |\n| --- | --- | --- | --- |\n|  |  |  |  |\n"
    );
    let approval = sandbox
        .run("ledger-lint", &["new", "approvals"])
        .exits(0)
        .out;
    assert_eq!(
        approval,
        "# \n\nSIGNOFF: false INITIALS 2026-01-15T12:00:00Z\nSIGNOFF: false INITIALS 2026-01-15T12:00:00Z\n"
    );
    // Neither passes before it is filled in.
    sandbox
        .write("ops/config/registry.md", registry)
        .write("ops/approvals/A-1.md", approval);
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    let mut found = codes(&ran);
    found.dedup();
    assert_eq!(
        found,
        [
            "ops/approvals/A-1.md:null missing-signoff",
            "ops/config/registry.md:3 missing-field"
        ]
    );
}
