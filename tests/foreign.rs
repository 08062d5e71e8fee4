//! The chain over a repository of another team: other names, other shapes, hand-written locks.
//! `tests/foreign/trueline.toml` is the configuration that such a repository needs.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
// [verify->NT-1.9]

mod common;

use common::Sandbox;
use serde_json::Value;

fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("trueline.toml", include_str!("foreign/trueline.toml"));
    for number in 0..12 {
        sandbox.write(
            &format!("docs/blueprints/non-tech/NT-{number:04}.md"),
            format!("<!-- id: NT-{number:04} | source: Plans\\Part.docx | range: {number}-{number} -->\n\nand so the text goes on,\n\n5\\) Title of a part\n"),
        );
        sandbox.write(
            &format!("docs/blueprints/tech/TD-{number:04}.md"),
            format!("<!-- id: TD-{number:04} | source: Plans\\Tech.odt | range: 0-1 -->\n\n**1.1 Part**\n\nText.\n"),
        );
    }
    let item = |id: &str, status: &str, refs: &str, needs: &str| {
        format!(
            "{{\"task_id\": \"{id}\", \"agent\": \"AGENT-1\", \"status\": \"{status}\", \"created_at\": \"2025-11-27T01:03:56.042265Z\", \"blueprint_ids\": [{refs}], \"title\": \"{id}\", \"phase\": \"Backend\", \"depends_on\": [{needs}], \"acceptance_criteria\": [\"It works\"], \"priority\": 1}}\n"
        )
    };
    let queue = [
        item("WBS-001", "in_progress", "\"NT-0001\", \"TD-0001\"", ""),
        item("WBS-002", "done", "\"NT-0002\", \"TD-0002\"", "\"WBS-001\""),
        item("WBS-003", "todo", "\"NT-0099\", \"TD-0003\"", "\"WBS-002\""),
    ];
    sandbox.write("ops/queue.jsonl", queue.concat());
    sandbox.write(
        "ops/wbs.json",
        r#"[
  {"id": "WBS-001", "title": "WBS-001", "agent": "AGENT-1", "depends_on": [], "blueprint_ids": ["NT-0001", "TD-0001"], "phase": "Backend"},
  {"id": "WBS-002", "title": "WBS-002", "agent": "AGENT-1", "depends_on": ["WBS-001"], "blueprint_ids": ["NT-0002", "TD-0002"], "phase": "Backend"},
  {"id": "WBS-003", "title": "WBS-003", "agent": "AGENT-1", "depends_on": ["WBS-002"], "blueprint_ids": ["NT-0099", "TD-0003"], "phase": "Backend"}
]
"#,
    );
    sandbox.write("ops/locks/AGENT-1.lock", "agent: AGENT-1\nwbs_id: WBS-001\ntimestamp_utc: 2025-11-26T01:05:14Z\nnotes: \"scope: src/**\"\n");
    sandbox.write(
        "ops/locks/AGENT-2.lock",
        "agent: AGENT-2\nstatus: unlocked\n",
    );
    let shapes = [
        r#"{"timestamp":"2025-11-18T18:45:52Z","actor":"ORCHESTRATOR","task_kind":"run_review","model":"m","reason":"r","task_id":"WBS-001","agent":"AGENT-1"}"#,
        r#"{"source":"review","wbs_id":"WBS-001","status":"in_progress","reason":"r","model":"m","tier":"high","report_path":"/mnt/c/Project/docs/runs/a.md","logged_at":"2025-11-19T00:00:00Z"}"#,
        r#"{"kind":"review","wbs_id":"WBS-001","model":"m","started_at":"2025-11-19T00:00:00Z","finished_at":"2025-11-19T00:01:00Z","raw_response":"x"}"#,
        r#"{"source":"review","model":"m","tier":"high","wbs_id":"WBS-001","review_path":"docs/a.md","logged_at":"2025-11-20T00:00:00Z"}"#,
        r#"{"time":"2025-11-21T00:00:00Z","task_id":"WBS-001","agent":"AGENT-1","model":"m","max":true,"reason":"r"}"#,
    ];
    sandbox.write("ops/model-decisions.jsonl", shapes.join("\n") + "\n");
    sandbox.commit("Everything");
    sandbox
}

fn codes<'a>(chain: &'a Value, code: &str) -> Vec<&'a Value> {
    let steps = chain["steps"].as_array().unwrap();
    let findings = steps
        .iter()
        .flat_map(|step| step["findings"].as_array().unwrap());
    findings.filter(|finding| finding["code"] == code).collect()
}

#[test]
fn every_step_ends_with_findings_and_none_fails() {
    let sandbox = repository();
    let chain = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .exits(1)
        .json();
    for step in chain["steps"].as_array().unwrap() {
        let code = step["exit_code"].as_i64().unwrap();
        assert!(
            code <= 1,
            "{} {} ended with {code}: {}",
            step["tool"],
            step["command"],
            step["error"]
        );
    }
}

#[test]
fn every_blueprint_file_is_indexed() {
    let sandbox = repository();
    sandbox.run("concordance", &["index"]);
    for (path, prefix) in [
        ("docs/blueprints/nt-index.json", "NT"),
        ("docs/blueprints/td-index.json", "TD"),
    ] {
        let index: Value = serde_json::from_str(&sandbox.read(path)).unwrap();
        let items = index["items"].as_object().unwrap();
        assert_eq!(items.len(), 12, "{path}");
        assert!(items.contains_key(&format!("{prefix}-0011")));
    }
}

#[test]
fn an_item_done_before_what_it_needs_is_reported_through_the_aliases() {
    let sandbox = repository();
    let chain = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .json();
    let found = codes(&chain, "queue/done-before-dependency");
    assert_eq!(found.len(), 1, "{chain:#}");
    assert_eq!(found[0]["path"], "ops/queue.jsonl");
    assert_eq!(found[0]["line"], 2);
    let ready = sandbox
        .run("queue", &["ready", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(ready["items"][0]["id"], "WBS-003", "{ready}");
}

#[test]
fn a_requirement_that_does_not_exist_is_reported() {
    let sandbox = repository();
    let chain = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .json();
    let all = chain.to_string();
    assert!(all.contains("NT-0099"), "{chain:#}");
}

#[test]
fn hand_written_locks_are_reported_and_count_as_held() {
    let sandbox = repository();
    let chain = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .json();
    let paths: Vec<_> = codes(&chain, "locks/foreign-lock")
        .iter()
        .map(|finding| finding["path"].clone())
        .collect();
    assert_eq!(paths, ["ops/locks/AGENT-1.lock", "ops/locks/AGENT-2.lock"]);
}

#[test]
fn five_shapes_of_records_are_told_apart() {
    let sandbox = repository();
    let chain = sandbox
        .run("trueline", &["chain", "--format", "json"])
        .json();
    let found = codes(&chain, "ledger-lint/mixed-shapes");
    assert_eq!(found.len(), 1, "{chain:#}");
    assert!(
        found[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("5 shapes"),
        "{}",
        found[0]
    );
    assert_eq!(codes(&chain, "ledger-lint/local-path").len(), 1);
}

#[test]
fn hand_written_documents_are_left_alone() {
    let sandbox = repository();
    sandbox.write("docs/PROGRESS.md", "# A log that people write\n");
    sandbox.run("trueline", &["chain"]);
    assert_eq!(
        sandbox.read("docs/PROGRESS.md"),
        "# A log that people write\n"
    );
    assert!(
        sandbox
            .read("docs/reports/PROGRESS.md")
            .contains("Project completion:")
    );
}
