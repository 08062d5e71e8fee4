//! `locks` in folders of one repository: one live store, several roots.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write as _;
use std::process::Stdio;

use common::{Ran, Sandbox, ran};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for root in ["sub/a", "sub/b"] {
        sandbox
            .write(&format!("{root}/trueline.toml"), "version = 1\n")
            .write(&format!("{root}/src/x.rs"), "");
    }
    sandbox.write("src/x.rs", "").commit("base");
    sandbox
}

fn locks(sandbox: &Sandbox, root: &str, line: &str) -> Ran {
    let words: Vec<&str> = line.split(' ').collect();
    sandbox.run("locks", &[&["--root", root], &words[..]].concat())
}

fn acquire(sandbox: &Sandbox, root: &str, owner: &str, scope: &str) -> Ran {
    let line = format!("acquire --owner {owner} --task WBS-1 --scope {scope}");
    locks(sandbox, root, &line)
}

#[test]
fn scopes_of_two_roots_that_hold_the_same_files_are_not_both_granted() {
    let sandbox = sandbox();
    acquire(&sandbox, "sub/a", "A", "src/**").exits(0);
    let refused = acquire(&sandbox, ".", "C", "sub/a/src/**").exits(1);
    assert!(refused.out.contains("scope-conflict"), "{}", refused.out);
    assert!(refused.out.contains("held by `A`"), "{}", refused.out);
    acquire(&sandbox, "sub", "C", "*/src/x.rs").exits(1);
    acquire(&sandbox, ".", "C", "src/**").exits(0);
    // And the other way about: a lock of the top refuses below.
    acquire(&sandbox, ".", "D", "sub/*/src/y.rs").exits(1);
    acquire(&sandbox, ".", "D", "sub/?/tests/**").exits(0);
    let refused = acquire(&sandbox, "sub/b", "E", "tests/**").exits(1);
    assert!(
        refused.out.contains("`:/sub/?/tests/**`"),
        "{}",
        refused.out
    );
}

#[test]
fn the_same_scope_in_two_roots_is_no_conflict() {
    let sandbox = sandbox();
    acquire(&sandbox, "sub/a", "A", "src/**")
        .exits(0)
        .says("A holds `src/**`");
    acquire(&sandbox, "sub/b", "B", "src/**").exits(0);
    acquire(&sandbox, ".", "C", "src/**").exits(0);
}

#[test]
fn list_and_status_speak_of_the_root_at_hand() {
    let sandbox = sandbox();
    acquire(&sandbox, "sub/a", "A", "src/**").exits(0);
    locks(&sandbox, "sub/a", "list").exits(0).says(" `src/**`");
    locks(&sandbox, ".", "list").exits(0).says("`sub/a/src/**`");
    locks(&sandbox, "sub/b", "list")
        .exits(0)
        .says("`:/sub/a/src/**`");
    let json = locks(&sandbox, ".", "list --format json").json();
    assert_eq!(json["locks"][0]["scope_paths"][0], "sub/a/src/**");
    locks(&sandbox, "sub/a", "status sub/a/src/x.rs")
        .exits(0)
        .says("src/x.rs: A for WBS-1 by `src/**`");
    locks(&sandbox, ".", "status sub/a/src/x.rs src/x.rs")
        .exits(0)
        .says("A for WBS-1 by `sub/a/src/**`")
        .says("src/x.rs: free");
    locks(&sandbox, "sub/b", "status sub/b/src/x.rs")
        .exits(0)
        .says("free");
}

#[test]
fn the_hook_and_preflight_compare_by_the_whole_path() {
    let sandbox = sandbox();
    acquire(&sandbox, "sub/a", "A", "src/**").exits(0);
    let hook = |root: &str, owner: &str, file: &str| {
        let mut command = sandbox.command("locks");
        command.args(["--root", root, "hook", "--owner", owner]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let event = format!("{{\"tool_input\": {{\"file_path\": \"{file}\"}}}}");
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(event.as_bytes()).unwrap();
        drop(stdin);
        ran(&child.wait_with_output().unwrap())
    };
    hook("sub/a", "A", "sub/a/src/x.rs").exits(0);
    hook(".", "A", "sub/a/src/x.rs").exits(0);
    hook(".", "A", "src/x.rs").exits(2);
    let blocked = hook(".", "C", "sub/a/src/x.rs").exits(2);
    assert!(
        blocked.err.contains("under the lock of `A`"),
        "{}",
        blocked.err
    );

    sandbox.write("sub/a/src/x.rs", "new");
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["reset", "-q", "sub/a/ops"]);
    let preflight = |root: &str, owner: &str| {
        locks(
            &sandbox,
            root,
            &format!("preflight --staged --owner {owner}"),
        )
    };
    preflight("sub/a", "A").exits(0);
    preflight(".", "A").exits(0);
    preflight(".", "C").exits(1).says("locked-by-other");
    sandbox.write("src/x.rs", "new");
    sandbox.git(&["add", "src"]);
    preflight(".", "A").exits(1).says("foreign-change");
}

#[test]
fn a_lock_of_another_root_is_renewed_taken_over_and_released_where_it_is() {
    let sandbox = sandbox();
    acquire(&sandbox, "sub/a", "A", "src/**").exits(0);
    let renewed = locks(&sandbox, ".", "renew --owner A").exits(0);
    assert!(renewed.err.contains("--root sub/a"), "{}", renewed.err);
    assert!(!sandbox.root().join("ops/locks/agent-A.lock").exists());
    let json = locks(&sandbox, ".", "list --format json").json();
    let expect = json["locks"][0]["expect"].as_str().unwrap();
    let line = format!("recover --expect {expect} --reason gone --force --owner B");
    locks(&sandbox, ".", &line)
        .exits(0)
        .says("took `sub/a/src/**`");
    acquire(&sandbox, "sub/a", "C", "src/x.rs").exits(1);
    acquire(&sandbox, ".", "C", "src/**").exits(0);
}

#[test]
fn a_published_lock_counts_from_the_root_that_it_is_published_in() {
    let sandbox = sandbox();
    let seed = r#"{"task_id": "WBS-7", "owner": "Z", "scope_paths": ["src/**"],
        "start_time": "2026-01-15T12:00:00Z", "blueprint_refs": []}"#;
    sandbox.write("sub/a/ops/locks/agent-Z.lock", seed);
    acquire(&sandbox, "sub/a", "A", "src/**").exits(1);
    acquire(&sandbox, "sub/b", "A", "src/**").exits(0);
}
