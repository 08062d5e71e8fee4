//! `ledger-lint append`: what it takes and refuses, and many writers at once, some of them killed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::HashMap;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::ledger::{fed, record, repository};
use common::{NOW, Sandbox};

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

/// A number of the environment, for longer runs: `scripts/stress ledger`.
fn number(name: &str, usual: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// What one writer did.
#[derive(Default)]
struct Written {
    /// Records that the tool said are in the ledger.
    acknowledged: Vec<String>,
    killed: usize,
}

/// Appends records one process each, and kills some with SIGKILL at moments all over their runs.
fn write(sandbox: &Sandbox, ledger: &str, writer: usize, records: usize) -> Written {
    let mut written = Written::default();
    // How long a run takes here, to kill in the midst of one.
    let mut usual = Duration::from_millis(20);
    let mut dice = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(writer as u64 + 1);
    for number in 0..records {
        let reason = format!("{writer}-{number}");
        let began = Instant::now();
        let mut child = sandbox
            .command("ledger-lint")
            .args(["append", ledger])
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
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let is_victim = dice.is_multiple_of(5);
        if is_victim {
            let part = u32::try_from(dice >> 8 & 127).unwrap();
            std::thread::sleep(usual * part / 100);
            let _ = child.kill();
        }
        let output = child.wait_with_output().unwrap();
        // A process that was killed after it had said so counts as well.
        let has_said = output.stdout.ends_with(b"\n");
        assert!(has_said || !output.status.success());
        assert!(has_said || is_victim, "{reason} was refused");
        if has_said {
            written.acknowledged.push(reason);
        }
        if output.status.success() {
            usual = (usual * 7 + began.elapsed()) / 8;
        } else {
            written.killed += 1;
        }
    }
    written
}

/// Many processes on one ledger, killed at random: the records in it afterwards.
fn race(sandbox: &Sandbox, ledger: &str, writers: usize, records: usize) -> Written {
    let all: Vec<Written> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..writers)
            .map(|writer| scope.spawn(move || write(sandbox, ledger, writer, records)))
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect()
    });
    let mut sum = Written::default();
    for one in all {
        sum.acknowledged.extend(one.acknowledged);
        sum.killed += one.killed;
    }
    sum
}

#[test]
fn many_writers_and_some_are_killed() {
    let writers = number("TRUELINE_STRESS_WRITERS", 4);
    let records = number("TRUELINE_STRESS_RECORDS", 25);
    let sandbox = repository();
    let sum = race(&sandbox, "model-decisions", writers, records);
    let text = sandbox.read("ops/model-decisions.jsonl");
    // What is read back is every line, parsed: a torn or a doubled one has no place to hide.
    let mut counts = HashMap::new();
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        *counts
            .entry(record["reason"].as_str().unwrap().to_owned())
            .or_insert(0) += 1;
    }
    let unsaid = counts.len() - 1 - sum.acknowledged.len();
    println!(
        "{writers} writers, {records} records each: {} acknowledged, {} killed, of those {unsaid} had written without saying so",
        sum.acknowledged.len(),
        sum.killed
    );
    for reason in &sum.acknowledged {
        assert_eq!(counts.get(reason), Some(&1), "{reason}");
    }
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert!(counts.len() <= 1 + writers * records && text.ends_with('\n'));
    assert!(sum.killed > 0 && sum.acknowledged.len() >= writers * records / 2);
    sandbox.run("ledger-lint", &["check"]).exits(0);
}

#[test]
fn a_long_text_goes_in_as_a_whole() {
    let sandbox = repository();
    let many: String = (0..200)
        .map(|number| record(&format!("n-{number}")))
        .collect();
    fed(&sandbox, &["append", "model-decisions"], &many).exits(0);
    assert_eq!(
        sandbox.read("ops/model-decisions.jsonl"),
        record("first") + &many
    );
}
