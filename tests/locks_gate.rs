//! `locks preflight` and `locks hook`: what a change may touch.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write as _;
use std::process::Stdio;

use common::{Ran, Sandbox, ran};

const OWNERSHIP: &str = "\
version: 1
accounts:
  AGENT-1: \"@org/one\"
  AGENT-2: \"@org/two\"
rules:
  - paths: [\"**\"]
    owners: [AGENT-1, AGENT-2]
  - paths: [\"src/ui/**\"]
    owners: [AGENT-2]
  - paths: [\"src/api/pay/**\"]
    owners: [AGENT-1]
    risk: critical
";

const QUEUE: &str = "\
{\"id\": \"WBS-1\", \"status\": \"doing\", \"owner\": \"AGENT-1\", \"scope\": [\"src/api/**\"]}
{\"id\": \"WBS-2\", \"status\": \"doing\", \"owner\": \"AGENT-2\", \"scope\": [\"src/ui/**\"]}
";

/// A repository with rules on main, and a branch that is checked out.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("ops/ownership.yaml", OWNERSHIP)
        .write("ops/queue.jsonl", QUEUE)
        .write("src/api/a.rs", "one\ntwo\nthree\nfour\nfive\n")
        .write("src/ui/b.rs", "")
        .commit("base");
    sandbox.git(&["switch", "-q", "-c", "feature/x"]);
    sandbox
}

fn preflight(sandbox: &Sandbox, owner: &str) -> Ran {
    sandbox.run("locks", &["preflight", "--base", "main", "--owner", owner])
}

fn commit(sandbox: &Sandbox, task: &str) {
    sandbox.commit(&format!("work\n\nWBS: {task}"));
}

#[test]
fn a_change_within_its_scope_passes() {
    let sandbox = sandbox();
    sandbox.write("src/api/new.rs", "x");
    commit(&sandbox, "WBS-1");
    preflight(&sandbox, "AGENT-1").exits(0);
    let empty = Sandbox::new();
    empty.commit("base");
    preflight(&empty, "AGENT-1").exits(0);
}

#[test]
fn paths_outside_are_named_on_both_sides_of_a_rename() {
    let sandbox = sandbox();
    sandbox.git(&["mv", "src/api/a.rs", "docs.rs"]);
    commit(&sandbox, "WBS-1");
    let ran = preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("outside-scope");
    assert!(ran.out.contains("`docs.rs`"), "{}", ran.out);
    sandbox.git(&["mv", "docs.rs", "src/api/a.rs"]);
    sandbox.git(&["mv", "src/ui/b.rs", "src/api/b.rs"]);
    commit(&sandbox, "WBS-1");
    let ran = preflight(&sandbox, "AGENT-1").exits(1);
    assert!(ran.out.contains("`src/ui/b.rs` is outside"), "{}", ran.out);
    assert!(ran.out.contains("owned-by-others"), "{}", ran.out);
}

#[test]
fn nobody_grants_himself_a_scope() {
    let sandbox = sandbox();
    sandbox.write("x", "");
    sandbox.commit("no trailer");
    preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("no-declared-scope");
    commit(&sandbox, "WBS-9");
    preflight(&sandbox, "AGENT-1").exits(1).says("unknown-task");
    commit(&sandbox, "WBS-2");
    preflight(&sandbox, "AGENT-1").exits(1).says("foreign-task");

    let sandbox = self::sandbox();
    sandbox.write("ops/queue.jsonl", QUEUE.replace("src/api/**", "**"));
    sandbox.write("ops/ownership.yaml", "rules: []\n");
    sandbox.write("trueline.toml", "[globs]\nshared = [\"**\"]\n");
    commit(&sandbox, "WBS-1");
    let ran = preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("widened-scope");
    for code in ["outside-scope", "policy-changed", "config-changed"] {
        assert!(ran.out.contains(code), "{code} in {}", ran.out);
    }
}

#[test]
fn a_lock_file_that_the_change_brings_proves_nothing() {
    let sandbox = sandbox();
    sandbox.write(
        "ops/locks/agent-AGENT-1.lock",
        r#"{"task_id": "WBS-1", "owner": "AGENT-1", "scope_paths": ["**"],
            "start_time": "2026-01-15T11:59:00Z", "blueprint_refs": []}"#,
    );
    sandbox.write("x", "").commit("no trailer");
    preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("no-declared-scope");
}

#[test]
fn others_locks_count_and_lost_ones_are_told() {
    let sandbox = sandbox();
    let acquire = |owner: &str, scope: &str| {
        let args = [
            "acquire", "--owner", owner, "--task", "WBS-1", "--scope", scope,
        ];
        sandbox.run("locks", &args)
    };
    acquire("AGENT-2", "src/api/a.rs").exits(0);
    sandbox.write("src/api/a.rs", "changed\n");
    sandbox.git(&["add", "src"]);
    sandbox.git(&["commit", "-q", "-m", "work\n\nWBS: WBS-1"]);
    preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("locked-by-other");
    sandbox
        .run("locks", &["release", "--owner", "AGENT-2"])
        .exits(0);
    acquire("AGENT-1", "src/api/other.rs").exits(0);
    preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("foreign-change");
    let copy = sandbox.read("ops/locks/agent-AGENT-1.lock");
    sandbox
        .run("locks", &["release", "--owner", "AGENT-1"])
        .exits(0);
    preflight(&sandbox, "AGENT-1").exits(0);
    sandbox.write("ops/locks/agent-AGENT-1.lock", copy);
    preflight(&sandbox, "AGENT-1").exits(1).says("lock-lost");
}

#[test]
fn critical_paths_need_an_approval_on_the_base() {
    let sandbox = sandbox();
    sandbox.write("src/api/pay/p.rs", "");
    sandbox.write("ops/approvals/WBS-1.md", "me");
    commit(&sandbox, "WBS-1");
    preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("critical-without-approval");
    sandbox.git(&["switch", "-q", "main"]);
    sandbox
        .write("ops/approvals/WBS-10.md", "another item")
        .commit("approve");
    sandbox.git(&["switch", "-q", "-c", "next"]);
    sandbox.write("src/api/pay/p.rs", "");
    commit(&sandbox, "WBS-1");
    preflight(&sandbox, "AGENT-1")
        .exits(1)
        .says("critical-without-approval");
    sandbox.git(&["switch", "-q", "main"]);
    sandbox
        .write("ops/approvals/WBS-1.md", "me")
        .commit("approve");
    sandbox.git(&["switch", "-q", "next"]);
    preflight(&sandbox, "AGENT-1").exits(0);
}

#[cfg(unix)]
#[test]
fn links_submodules_and_odd_names_do_not_slip_past() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = sandbox();
    std::os::unix::fs::symlink("../ui", sandbox.root().join("src/api/link")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"src/api/\xff");
    std::fs::write(sandbox.root().join(name), "").unwrap();
    sandbox.write("src/api/a\n\"b", "fine");
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let info = format!("160000,{},src/api/sub", head.trim());
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["update-index", "--add", "--cacheinfo", &info]);
    sandbox.git(&["commit", "-q", "-m", "work\n\nWBS: WBS-1"]);
    let ran = preflight(&sandbox, "AGENT-1").exits(1).says("special-file");
    for part in ["is a link to `../ui`", "is a submodule", "is not UTF-8"] {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    assert!(!ran.out.contains("\"b` is outside"), "{}", ran.out);
}

#[test]
fn branches_and_limits() {
    let sandbox = sandbox();
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.write(
        "trueline.toml",
        "[limits]\nchanged_files = 1\nchanged_lines = 2\n\n[[branches.rules]]\nname = \"feature/**\"\nowners = [\"AGENT-2\"]\n",
    );
    sandbox.commit("rules");
    sandbox.git(&["switch", "-q", "-c", "feature/y"]);
    sandbox
        .write("src/api/n.rs", "1\n2\n")
        .write("src/api/m.rs", "3\n");
    commit(&sandbox, "WBS-1");
    let ran = preflight(&sandbox, "AGENT-1").exits(1).says("branch-rule");
    assert!(ran.out.contains("touches 2 files"), "{}", ran.out);
    assert!(ran.out.contains("removes 3 lines"), "{}", ran.out);
}

#[test]
fn staged_changes_are_checked_before_the_commit() {
    let sandbox = sandbox();
    sandbox.write("src/api/a.rs", "x").write("src/ui/b.rs", "y");
    sandbox.git(&["add", "src/api"]);
    let args = [
        "preflight",
        "--staged",
        "--owner",
        "AGENT-1",
        "--task",
        "WBS-1",
    ];
    sandbox.run("locks", &args).exits(0);
    sandbox.git(&["add", "src/ui"]);
    sandbox.run("locks", &args).exits(1).says("outside-scope");
}

#[test]
fn a_base_that_is_not_there_is_inconclusive() {
    let sandbox = sandbox();
    let args = ["preflight", "--base", "origin/main", "--owner", "AGENT-1"];
    sandbox.run("locks", &args).exits(3);
}

fn hook(sandbox: &Sandbox, args: &[&str], event: &str) -> Ran {
    let mut child = sandbox
        .command("locks")
        .arg("hook")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A hook that blocks early need not read its event.
    let _ = child.stdin.take().unwrap().write_all(event.as_bytes());
    ran(&child.wait_with_output().unwrap())
}

#[test]
fn the_hook_lets_own_paths_through_and_blocks_the_rest_with_2() {
    let sandbox = sandbox();
    let edit = |path: &str| {
        format!("{{\"tool_name\": \"Edit\", \"tool_input\": {{\"file_path\": \"{path}\"}}}}")
    };
    let me = ["--owner", "AGENT-1"];
    hook(&sandbox, &me, &edit("src/api/a.rs")).exits(2);
    hook(
        &sandbox,
        &["--owner", "AGENT-1", "--allow-unlocked"],
        &edit("src/api/a.rs"),
    )
    .exits(0);
    for (owner, scope) in [("AGENT-1", "src/api/**"), ("AGENT-2", "src/ui/**")] {
        let args = [
            "acquire", "--owner", owner, "--task", "WBS-1", "--scope", scope,
        ];
        sandbox.run("locks", &args).exits(0);
    }
    hook(&sandbox, &me, &edit("src/api/a.rs")).exits(0);
    hook(&sandbox, &me, &edit("src/api/new/x.rs")).exits(0);
    let absolute = sandbox.root().join("src/api/x.rs");
    hook(&sandbox, &me, &edit(absolute.to_str().unwrap())).exits(0);
    let blocked = hook(&sandbox, &me, &edit("src/ui/b.rs")).exits(2);
    assert!(
        blocked.err.contains("AGENT-2") && blocked.err.contains("src/ui/**"),
        "{}",
        blocked.err
    );
    for path in [
        "README.md",
        "src/api/../ui/b.rs",
        "src/api/../../../x",
        "/etc/passwd",
        ".git/config",
    ] {
        hook(&sandbox, &me, &edit(path)).exits(2);
    }
    hook(
        &sandbox,
        &["--owner", "AGENT-1", "--allow-outside"],
        &edit("/etc/passwd"),
    )
    .exits(0);
}

#[cfg(unix)]
#[test]
fn the_hook_follows_links() {
    let sandbox = sandbox();
    let args = [
        "acquire",
        "--owner",
        "AGENT-1",
        "--task",
        "WBS-1",
        "--scope",
        "src/api/**",
    ];
    sandbox.run("locks", &args).exits(0);
    std::os::unix::fs::symlink("../ui", sandbox.root().join("src/api/link")).unwrap();
    let event = "{\"tool_input\": {\"file_path\": \"src/api/link/b.rs\"}}";
    hook(&sandbox, &["--owner", "AGENT-1"], event).exits(2);
}

#[test]
fn whatever_goes_wrong_blocks() {
    let sandbox = sandbox();
    let me = ["--owner", "AGENT-1"];
    for event in [
        "",
        "{",
        "[]",
        "null",
        "{\"tool_input\": {}}",
        "{\"tool_input\": {\"file_path\": 7}}",
        "{\"tool_input\": {\"file_path\": \"\"}}",
    ] {
        hook(&sandbox, &me, event).exits(2);
    }
    hook(&sandbox, &[], "{}").exits(2);
    hook(&sandbox, &["--no-such-flag"], "{}").exits(2);
    sandbox.write("trueline.toml", "nonsense = 1\n");
    hook(&sandbox, &me, "{}").exits(2);
    let bare = Sandbox::bare();
    hook(&bare, &me, "{\"tool_input\": {\"file_path\": \"x\"}}").exits(2);
}

#[test]
fn even_a_bug_blocks_with_2() {
    let sandbox = sandbox();
    let mut command = sandbox.command("locks");
    command.env("TRUELINE_TEST_PANIC", "1");
    let hooked = ran(&command
        .args(["--color", "never", "hook", "--owner", "AGENT-1"])
        .output()
        .unwrap());
    assert!(
        hooked.err.contains("as if there were a bug"),
        "{}",
        hooked.err
    );
    hooked.exits(2);
}

#[test]
fn what_the_tools_write_is_exempt_without_a_setting() {
    let sandbox = sandbox();
    sandbox
        .write("src/api/new.rs", "x")
        .write("ops/queue.jsonl", QUEUE.replace("\"doing\"", "\"done\""));
    for path in [
        "docs/blueprints/nt-index.json",
        "docs/blueprints/td-index.json",
        "docs/blueprints/crosswalk.json",
        "docs/reports/concordance-coverage.md",
        "docs/PROGRESS.md",
        "docs/OUTLINE.md",
        "docs/progress.json",
        ".github/CODEOWNERS",
        "ops/checks/WBS-1.json",
        "docs/runs/WBS-1.md",
        "docs/orchestrator/from-agents/AGENT-1/pack.md",
        "ops/risks.jsonl",
    ] {
        sandbox.write(path, "x");
    }
    commit(&sandbox, "WBS-1");
    preflight(&sandbox, "AGENT-1").exits(0);
    // What people write is not: neither the plan nor the rules.
    for path in ["ops/por.json", "ops/access/entitlements.yaml"] {
        let sandbox = self::sandbox();
        sandbox.write(path, "x");
        commit(&sandbox, "WBS-1");
        preflight(&sandbox, "AGENT-1")
            .exits(1)
            .says("outside-scope");
    }
}
