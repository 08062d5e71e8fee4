//! What the tests of `ledger-lint` share: a repository with one record, and findings in short.

use std::io::Write as _;
use std::process::Stdio;

use super::{Ran, Sandbox, ran};

/// A record without a fault.
pub(crate) const RECORD: &str = r#"{"task_id":"WBS-1","agent":"AGENT-1","model":"m-1","max":false,"reason":"r","timestamp":"2026-01-10T10:00:00Z"}"#;

/// [`RECORD`] with another reason, as a line.
pub(crate) fn record(reason: &str) -> String {
    RECORD.replace("\"r\"", &format!("\"{reason}\"")) + "\n"
}

/// A repository with one item, one agent, one committed record.
pub(crate) fn repository() -> Sandbox {
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

/// Runs `ledger-lint` with that text on its standard input.
pub(crate) fn fed(sandbox: &Sandbox, args: &[&str], input: &str) -> Ran {
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

/// `path:line code` of every finding of a run with `--format json`.
pub(crate) fn codes(ran: &Ran) -> Vec<String> {
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
