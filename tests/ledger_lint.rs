//! `ledger-lint` as a user meets it: what it prints, its exit codes, git around it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write as _;
use std::process::Stdio;

use common::{NOW, Ran, Sandbox, ran};

const RECORD: &str = r#"{"task_id":"WBS-1","agent":"AGENT-1","model":"m-1","max":false,"reason":"r","timestamp":"2026-01-10T10:00:00Z"}"#;

fn record(reason: &str) -> String {
    RECORD.replace("\"r\"", &format!("\"{reason}\"")) + "\n"
}

/// A repository with one item, one agent, one committed record.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write(
            "ops/queue.jsonl",
            "{\"id\":\"WBS-1\",\"status\":\"todo\"}\n",
        )
        .write(
            "ops/ownership.yaml",
            "accounts:\n  AGENT-1: \"@one\"\nrules: []\n",
        )
        .write("ops/model-decisions.jsonl", record("first"))
        .commit("start");
    sandbox
}

fn fed(sandbox: &Sandbox, args: &[&str], input: &str) -> Ran {
    let mut child = sandbox
        .command("ledger-lint")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A tool that refuses at once may not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    ran(&child.wait_with_output().unwrap())
}

fn codes(ran: &Ran) -> Vec<String> {
    ran.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let code = finding["code"]
                .as_str()
                .unwrap()
                .replace("ledger-lint/", "");
            format!(
                "{}:{} {code}",
                finding["path"].as_str().unwrap(),
                finding["line"]
            )
        })
        .collect()
}

#[test]
fn a_clean_repository() {
    repository().run("ledger-lint", &["check"]).exits(0);
    Sandbox::new().run("ledger-lint", &["check"]).exits(0);
}

#[test]
fn findings_name_file_line_and_column() {
    let sandbox = repository();
    sandbox.write(
        "ops/model-decisions.jsonl",
        record("x").replace("false", "\"no\"") + "{\"task_id\":\"WBS-1\",\"ag",
    );
    let ran = sandbox.run("ledger-lint", &["check"]).exits(1);
    assert_eq!(
        ran.out,
        "\
error[ledger-lint/wrong-type]: expected a boolean, found a string
 --> ops/model-decisions.jsonl:1:58
  |
1 | {\"task_id\":\"WBS-1\",\"agent\":\"AGENT-1\",\"model\":\"m-1\",\"max\":\"no\",\"reason\":\"x\",\"timestamp\":\"2026-01-10T10:00:00Z\"}
  |                                                          ^^^^

error[ledger-lint/truncated-line]: the file ends inside a record: expected `\"` at the end of the string
 --> ops/model-decisions.jsonl:2:23
  |
2 | {\"task_id\":\"WBS-1\",\"ag
  |                       ^

"
    );
}

#[test]
fn declared_ledgers_schemas_and_formats() {
    let sandbox = repository();
    sandbox
        .write(
            "trueline.toml",
            "[ledgers.notes]\npath = \"ops/notes.yaml\"\nschema = \"ops/notes.schema.json\"\nkind = \"state\"\n\n[aliases.model_decisions]\ntimestamp = [\"time\"]\n",
        )
        .write("ops/notes.schema.json", "{\"type\": \"object\", \"required\": [\"title\"]}")
        .write("ops/notes.yaml", "titel: x\n")
        .write("ops/model-decisions.jsonl", RECORD.replace("timestamp", "time") + "\n");
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    assert_eq!(codes(&ran), ["ops/notes.yaml:1 missing-field"]);
    for (schema, line) in [
        ("{\"$ref\": \"https://example.org/x.json\"}", 1),
        ("{\n\"type\": \"strng\"}", 2),
        ("{\n,", 2),
    ] {
        sandbox.write("ops/notes.schema.json", schema);
        let ran = sandbox
            .run("ledger-lint", &["check", "--format", "json"])
            .exits(1);
        assert_eq!(
            codes(&ran),
            [format!("ops/notes.schema.json:{line} invalid-schema")]
        );
    }
    std::fs::remove_file(sandbox.root().join("ops/notes.schema.json")).unwrap();
    sandbox.run("ledger-lint", &["check"]).exits(2);
}

#[test]
fn help_begins_with_what_the_tool_does_and_lists_commands() {
    let help = Sandbox::bare().run("ledger-lint", &["--help"]).exits(0).out;
    assert!(help.starts_with("Finds every defect of a ledger"), "{help}");
    assert!(help.contains("\nCommands:\n  check "), "{help}");
}

#[test]
fn one_missing_schema_stops_that_ledger_alone() {
    let sandbox = repository();
    sandbox
        .write(
            "trueline.toml",
            "[ledgers.notes]\npath = \"ops/notes.jsonl\"\nschema = \"ops/none.schema.json\"\n",
        )
        .write("ops/notes.jsonl", "{\"a\":1\n")
        .write(
            "ops/model-decisions.jsonl",
            record("x").replace("WBS-1", "WBS-7"),
        );
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(2);
    assert!(
        ran.err.contains("no schema `ops/none.schema.json`"),
        "{}",
        ran.err
    );
    assert_eq!(
        codes(&ran),
        [
            "ops/model-decisions.jsonl:1 unknown-task",
            "ops/notes.jsonl:1 truncated-line"
        ]
    );
    sandbox.write("ops/model-decisions.jsonl", record("first"));
    for args in [
        &["check", "ops/model-decisions.jsonl"][..],
        &["new", "risks"],
        &["stats"],
        &["fix", "--check"],
        &["install-merge-driver"],
    ] {
        sandbox.run("ledger-lint", args).exits(0);
    }
    sandbox
        .run("ledger-lint", &["check", "ops/notes.jsonl"])
        .exits(2);
    // What cannot be validated is not appended.
    fed(&sandbox, &["append", "notes"], "{\"a\":1}").exits(2);
    assert_eq!(sandbox.read("ops/notes.jsonl"), "{\"a\":1\n");
    fed(&sandbox, &["append", "model-decisions"], &record("y")).exits(0);
}

#[test]
fn any_file_by_any_schema() {
    let sandbox = repository();
    sandbox
        .write(
            "s.json",
            "{\"properties\": {\"n\": {\"type\": \"integer\"}}}",
        )
        .write("data.txt", "{\"n\": 1}\n{\"n\": \"x\"}\n");
    let ran = sandbox
        .run(
            "ledger-lint",
            &[
                "check", "--schema", "s.json", "data.txt", "--format", "json",
            ],
        )
        .exits(1);
    assert_eq!(codes(&ran), ["data.txt:2 wrong-type"]);
    let ran = fed(
        &sandbox,
        &[
            "check",
            "--schema",
            "model-decision",
            "-",
            "--format",
            "json",
        ],
        "{}\n",
    )
    .exits(1);
    assert_eq!(codes(&ran)[0], "-:1 missing-field");
    let ran = fed(
        &sandbox,
        &["check", "--no-schema", "--as", "json", "-"],
        "{\"agent\": \"NOBODY\"}\n",
    );
    ran.exits(0);
    sandbox
        .run(
            "ledger-lint",
            &["check", "--schema", "modell-decision", "s.json"],
        )
        .exits(2);
    sandbox
        .run("ledger-lint", &["check", "none.jsonl"])
        .exits(2);
    sandbox
        .run("ledger-lint", &["check", "--select", "no-such-rule"])
        .exits(2);
}

#[test]
fn packed_ledgers() {
    let sandbox = repository();
    let text = record("x").replace("WBS-1", "WBS-2");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    sandbox.write("ops/model-decisions.jsonl.gz", &packed);
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    assert_eq!(codes(&ran), ["ops/model-decisions.jsonl.gz:1 unknown-task"]);
    sandbox.write("ops/model-decisions.jsonl.gz", &packed[..packed.len() - 9]);
    sandbox.run("ledger-lint", &["check"]).exits(2);
}

#[test]
fn committed_lines_stay() {
    let sandbox = repository();
    sandbox.write(
        "ops/model-decisions.jsonl",
        record("first") + &record("second") + &record("third"),
    );
    sandbox.commit("more");
    let check = |text: String| {
        sandbox.write("ops/model-decisions.jsonl", text);
        codes(&sandbox.run(
            "ledger-lint",
            &["check", "--base", "HEAD", "--format", "json"],
        ))
    };
    let at = |line: u32, code: &str| format!("ops/model-decisions.jsonl:{line} {code}");
    let (a, b, c, d) = (
        record("first"),
        record("second"),
        record("third"),
        record("new"),
    );
    let none: Vec<String> = Vec::new();
    assert_eq!(check([&*a, &*b, &*c, &*d].concat()), none);
    assert_eq!(check([&*a, &*d, &*c].concat()), [at(2, "rewritten-line")]);
    assert_eq!(check([&*a, &*c].concat()), [at(2, "deleted-line")]);
    assert_eq!(check([&*b, &*a, &*c].concat()), [at(2, "moved-line")]);
    assert_eq!(
        check([&*a, &*d, &*b, &*c].concat()),
        [at(2, "inserted-line")]
    );
    std::fs::remove_file(sandbox.root().join("ops/model-decisions.jsonl")).unwrap();
    let ran = sandbox
        .run(
            "ledger-lint",
            &["check", "--base", "HEAD", "--format", "json"],
        )
        .exits(1);
    assert_eq!(codes(&ran), ["ops/model-decisions.jsonl:null deleted-line"]);
}

#[test]
fn a_missing_base_is_never_a_pass() {
    let sandbox = repository();
    let ran = sandbox
        .run(
            "ledger-lint",
            &["check", "--base", "origin/main", "--format", "json"],
        )
        .exits(3);
    assert_eq!(codes(&ran), [".:null missing-base"]);
    sandbox
        .run("ledger-lint", &["check", "--since", "nothing"])
        .exits(3);
}

#[test]
fn only_added_lines() {
    let sandbox = repository();
    let old = record("x").replace("WBS-1", "WBS-7");
    sandbox
        .write("ops/model-decisions.jsonl", &old)
        .commit("old");
    sandbox.write(
        "ops/model-decisions.jsonl",
        old.clone() + &record("x").replace("AGENT-1", "AGENT-7"),
    );
    let ran = sandbox
        .run(
            "ledger-lint",
            &["check", "--since", "HEAD", "--format", "json"],
        )
        .exits(1);
    assert_eq!(codes(&ran), ["ops/model-decisions.jsonl:2 unknown-agent"]);
}

#[test]
fn times_of_another_branch_are_not_compared() {
    let sandbox = repository();
    let at = |day: &str| record(day).replace("2026-01-10", &format!("2026-01-{day}"));
    sandbox
        .write("ops/model-decisions.jsonl", at("12") + &at("11"))
        .commit("merged");
    sandbox.write(
        "ops/model-decisions.jsonl",
        at("12") + &at("11") + &at("08") + &at("07"),
    );
    let lines =
        |args: &[&str]| codes(&sandbox.run("ledger-lint", &[args, &["--format", "json"]].concat()));
    assert_eq!(lines(&["check"]).len(), 3);
    assert_eq!(
        lines(&["check", "--base", "HEAD"]),
        ["ops/model-decisions.jsonl:4 time-backwards"]
    );
}

#[test]
fn append_validates_stamps_and_refuses() {
    let sandbox = repository();
    let new = "{\n  \"task_id\": \"WBS-1\",\n  \"agent\": \"AGENT-1\", \"model\": \"m-1\", \"max\": false, \"reason\": \"r\"\n}\n";
    let line = format!(
        "{{\"task_id\": \"WBS-1\", \"agent\": \"AGENT-1\", \"model\": \"m-1\", \"max\": false, \"reason\": \"r\", \"timestamp\": \"{NOW}\"}}\n"
    );
    let ran = fed(&sandbox, &["append", "model-decisions", "--dry-run"], new).exits(0);
    assert_eq!(ran.out, line);
    assert_eq!(sandbox.read("ops/model-decisions.jsonl"), record("first"));
    fed(&sandbox, &["append", "ops/model-decisions.jsonl"], new).exits(0);
    assert_eq!(
        sandbox.read("ops/model-decisions.jsonl"),
        record("first") + &line
    );
    let ran = fed(
        &sandbox,
        &["append", "model-decisions"],
        &new.replace("WBS-1", "WBS-9"),
    )
    .exits(1);
    assert!(ran.err.contains("unknown-task"), "{}", ran.err);
    for (ledger, owner) in [
        ("queue", "`queue`"),
        ("por", "people"),
        ("crosswalk", "`concordance`"),
        ("flags", "people"),
    ] {
        let ran = fed(&sandbox, &["append", ledger], "{}").exits(2);
        assert!(ran.err.contains(owner), "{}", ran.err);
    }
    fed(&sandbox, &["append", "no-such"], "{}").exits(2);
    fed(&sandbox, &["append", "model-decisions"], "").exits(2);
    sandbox.write("ops/model-decisions.jsonl", record("first") + "{\"cut");
    fed(&sandbox, &["append", "model-decisions"], new).exits(2);
    sandbox.write("ops/model-decisions.jsonl", record("first").trim_end());
    fed(&sandbox, &["append", "model-decisions"], new).exits(0);
    assert_eq!(
        sandbox.read("ops/model-decisions.jsonl"),
        record("first") + &line
    );
}

#[test]
fn append_to_a_document_and_taken_ids() {
    let sandbox = repository();
    let tools = "{\"task_id\":\"WBS-1\",\"agent\":\"AGENT-1\",\"selected_plugins\":[\"p\"],\"reason\":\"r\"}";
    fed(&sandbox, &["append", "tools-manifest"], tools).exits(0);
    fed(&sandbox, &["append", "tools-manifest"], tools).exits(0);
    let text = sandbox.read("ops/tools-manifest.json");
    assert_eq!(text.matches(NOW).count(), 2, "{text}");
    sandbox
        .run("ledger-lint", &["check", "--ignore", "duplicate-record"])
        .exits(0);
    let decision = "{\"id\":\"D-1\",\"title\":\"t\",\"reason\":\"r\",\"decided_by\":\"AB\"}";
    fed(&sandbox, &["append", "decisions"], decision).exits(0);
    let ran = fed(&sandbox, &["append", "decisions"], decision).exits(1);
    assert!(ran.err.contains("duplicate-id"), "{}", ran.err);
    let cve = "{\"id\":\"CVE-1\",\"package\":\"p\",\"reason\":\"r\",\"approved_by\":\"AB\",\"expires\":\"2026-02-01\"}";
    fed(&sandbox, &["append", "cve-justifications"], cve).exits(0);
    fed(
        &sandbox,
        &["append", "cve-justifications"],
        "{\"id\":\"CVE-2\"}",
    )
    .exits(2);
}

#[test]
fn many_writers_and_some_are_killed() {
    let sandbox = repository();
    let path = sandbox.root().join("ops/model-decisions.jsonl");
    let acknowledged: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let mut done = Vec::new();
                    for number in 0..25 {
                        let reason = format!("{writer}-{number}");
                        let mut child = sandbox
                            .command("ledger-lint")
                            .args(["append", "model-decisions"])
                            .stdin(Stdio::piped())
                            .stdout(Stdio::piped())
                            .stderr(Stdio::null())
                            .spawn()
                            .unwrap();
                        let _ = child
                            .stdin
                            .take()
                            .unwrap()
                            .write_all(record(&reason).as_bytes());
                        if number % 5 == 0 {
                            let _ = child.kill();
                        }
                        if child.wait_with_output().unwrap().status.success() {
                            done.push(reason);
                        }
                    }
                    done
                })
            })
            .collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    let text = std::fs::read_to_string(path).unwrap();
    assert!(acknowledged.len() >= 80, "{}", acknowledged.len());
    for reason in &acknowledged {
        assert_eq!(text.matches(&record(reason)).count(), 1, "{reason}");
    }
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(text.ends_with('\n'));
}

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
