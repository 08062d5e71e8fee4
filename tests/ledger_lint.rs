//! `ledger-lint check` as a user meets it: what it prints, its exit codes, git around it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write as _;

use common::Sandbox;
use common::ledger::{RECORD, codes, fed, record, repository};

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
fn the_tools_manifest_in_json_lines_was_not_checked() {
    let sandbox = repository();
    sandbox.write(
        "ops/tools-manifest.jsonl",
        "{\"task_id\":\"WBS-1\",\"agent\":\"AGENT-1\",\"selected_plugins\":[\"p\"],\"reson\":\"r\",\"timestamp\":\"2026-01-10T10:00:00Z\"}\n",
    );
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    assert_eq!(
        codes(&ran),
        [
            "ops/tools-manifest.jsonl:1 missing-field",
            "ops/tools-manifest.jsonl:1 unknown-field"
        ]
    );
}

#[test]
fn rows_of_a_declared_table_were_not_checked_by_its_schema() {
    let sandbox = repository();
    sandbox
        .write(
            "trueline.toml",
            "[ledgers.hosts]\npath = \"ops/hosts.md\"\nschema = \"ops/host.schema.json\"\nformat = \"markdown\"\nkind = \"state\"\n",
        )
        .write(
            "ops/host.schema.json",
            "{\"type\": \"object\", \"required\": [\"Name\", \"Port\", \"Zone\"], \"additionalProperties\": false, \"properties\": {\"Name\": {\"type\": \"string\"}, \"Port\": {\"type\": \"integer\", \"maximum\": 65535}, \"Zone\": {\"type\": \"string\"}, \"task_id\": {\"type\": \"string\"}}}",
        )
        .write(
            "ops/hosts.md",
            "# Hosts\n\n| Name | Port | Prot | task_id |\n|---|---|---|---|\n| é | 80 | x | WBS-1 |\n| b | 99999 | | WBS-7 |\n| | eighty | /home/alex/x | |\n",
        );
    let found: Vec<String> = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1)
        .json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            format!(
                "{}:{} {} {}",
                finding["line"],
                finding["column"],
                finding["code"]
                    .as_str()
                    .unwrap()
                    .replace("ledger-lint/", ""),
                finding["message"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "3:3 missing-field the table has no column `Zone`",
            "3:17 unknown-field unknown field `Prot`",
            "6:7 out-of-range `99999` is more than 65535",
            "6:17 unknown-task no work item `WBS-7` in queue or plan",
            "7:3 missing-field missing field `Name`",
            "7:5 wrong-type expected an integer, found a string",
            "7:14 local-path the path `/home/alex/x` exists on one machine only",
        ]
    );
}

#[test]
fn a_secret_without_an_owner_was_not_noticed() {
    let sandbox = repository();
    sandbox.write(
        "ops/config/registry.md",
        "| key | Owner | Rotation | Notes |\n|---|---|---|---|\n| `shop/prod/api/K` | | n/a | x |\n| | Dana | n/a | |\n",
    );
    let ran = sandbox
        .run("ledger-lint", &["check", "--format", "json"])
        .exits(1);
    assert_eq!(
        codes(&ran),
        [
            "ops/config/registry.md:3 missing-field",
            "ops/config/registry.md:4 missing-field"
        ]
    );
    sandbox
        .run("ledger-lint", &["schema", "registry-row"])
        .exits(0)
        .says("\"Rotation\"");
}

#[test]
fn a_hook_gives_every_file_of_a_commit() {
    let sandbox = repository();
    sandbox
        .write("ops/decisions.jsonl", "{}\n")
        .write("ops/notes.md", "no table\n")
        .write("ops/approvals/README.md", "what approvals are\n")
        .write("trueline.toml", "");
    let known = |files: &[&str]| {
        let args = [&["check", "--known", "--format", "json"], files].concat();
        let mut found = codes(&sandbox.run("ledger-lint", &args));
        found.dedup();
        found
    };
    let none: Vec<String> = Vec::new();
    let broken = ["ops/decisions.jsonl:1 missing-field"];
    assert_eq!(known(&["ops/notes.md", "ops/approvals/README.md"]), none);
    assert_eq!(known(&["ops/queue.jsonl"]), none);
    assert_eq!(known(&["ops/notes.md", "ops/decisions.jsonl"]), broken);
    assert_eq!(known(&["trueline.toml"]), broken);
    sandbox.run("ledger-lint", &["check", "--known"]).exits(2);
}
