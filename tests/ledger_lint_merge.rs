//! The merge driver of ledgers, as git runs it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::ledger::{codes, fed, record, repository};
use common::{Ran, Sandbox, ran};

/// A sandbox whose git finds the driver on its path.
fn git(sandbox: &Sandbox, args: &[&str]) -> Ran {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_ledger-lint"))
        .parent()
        .unwrap()
        .to_owned();
    let mut paths = vec![folder];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut command = sandbox.command("git");
    command
        .args(args)
        .env("PATH", std::env::join_paths(paths).unwrap());
    ran(&command.output().unwrap())
}

#[test]
fn git_merges_and_rebases_ledgers_with_the_driver() {
    let sandbox = repository();
    sandbox
        .run("ledger-lint", &["install-merge-driver"])
        .exits(0);
    sandbox
        .run("ledger-lint", &["install-merge-driver", "--check"])
        .exits(0);
    sandbox.commit("driver");
    let both = |name: &str| {
        sandbox.git(&["checkout", "-q", "-b", name]);
        sandbox
            .write(
                "ops/model-decisions.jsonl",
                record("first") + &record("ours"),
            )
            .commit("ours");
        sandbox.git(&["checkout", "-q", "main"]);
    };
    both("merged");
    both("rebased");
    sandbox
        .write(
            "ops/model-decisions.jsonl",
            record("first") + &record("theirs"),
        )
        .commit("theirs");
    let want = record("first") + &record("theirs") + &record("ours");
    for (branch, args) in [
        ("merged", ["merge", "-q", "main"]),
        ("rebased", ["rebase", "-q", "main"]),
    ] {
        sandbox.git(&["checkout", "-q", branch]);
        let ran = sandbox
            .run(
                "ledger-lint",
                &["check", "--upstream", "main", "--format", "json"],
            )
            .exits(1);
        assert_eq!(codes(&ran), ["ops/model-decisions.jsonl:2 diverged-ledger"]);
        git(&sandbox, &args).exits(0);
        assert_eq!(sandbox.read("ops/model-decisions.jsonl"), want, "{branch}");
        sandbox
            .run(
                "ledger-lint",
                &["check", "--base", "main", "--upstream", "main"],
            )
            .exits(0);
    }
    // A side that rewrote a committed line is left to people.
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox
        .write("ops/model-decisions.jsonl", record("FIRST"))
        .commit("rewritten");
    let ran = git(&sandbox, &["merge", "merged"]);
    assert_ne!(ran.code, 0, "{}", ran.out);
    assert!(ran.err.contains("left to you"), "{}", ran.err);
}

const DECISIONS: &str = "ops/decisions.jsonl";

/// A repository with the driver, a decision on main, another on branch `x`, a third on main.
fn two_sides() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .run("ledger-lint", &["install-merge-driver"])
        .exits(0);
    decide(&sandbox, "D-1");
    sandbox.git(&["checkout", "-q", "-b", "x"]);
    decide(&sandbox, "D-2");
    sandbox.git(&["checkout", "-q", "main"]);
    decide(&sandbox, "D-3");
    sandbox
}

fn decide(sandbox: &Sandbox, id: &str) {
    let record =
        format!("{{\"id\":\"{id}\",\"title\":\"t\",\"reason\":\"r\",\"decided_by\":\"AB\"}}");
    fed(sandbox, &["append", "decisions"], &record).exits(0);
    sandbox.commit(id);
}

/// The ids in the ledger, once it was checked against a revision.
#[track_caller]
fn decided(sandbox: &Sandbox, base: &str) -> String {
    let args = ["check", "--base", base, "--format", "json"];
    assert_eq!(
        codes(&sandbox.run("ledger-lint", &args)),
        Vec::<String>::new()
    );
    let text = sandbox.read(DECISIONS);
    let ids = text.lines().filter_map(|line| line.get(9..10));
    ids.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_branch_merged_into_main_inserts_no_line_before_those_of_main() {
    let sandbox = two_sides();
    git(&sandbox, &["merge", "-q", "x"]).exits(0);
    assert_eq!(decided(&sandbox, "HEAD~1"), "1 3 2");
    // The branch goes on from its own order, and is merged again.
    sandbox.git(&["checkout", "-q", "x"]);
    decide(&sandbox, "D-4");
    sandbox.git(&["checkout", "-q", "main"]);
    decide(&sandbox, "D-5");
    git(&sandbox, &["merge", "-q", "x"]).exits(0);
    assert_eq!(decided(&sandbox, "HEAD~1"), "1 3 2 5 4");
    sandbox.git(&["checkout", "-q", "x"]);
    decide(&sandbox, "D-6");
    git(&sandbox, &["merge", "-q", "main"]).exits(0);
    assert_eq!(decided(&sandbox, "main"), "1 3 2 5 4 6");
}

#[test]
fn main_merged_into_a_branch_comes_before_the_lines_of_the_branch() {
    for main in ["main", "trunk"] {
        let sandbox = two_sides();
        sandbox
            .write("trueline.toml", format!("[branches]\nmain = \"{main}\"\n"))
            .commit("named");
        sandbox.git(&["branch", "-q", "-M", main]);
        sandbox.git(&["checkout", "-q", "x"]);
        sandbox.git(&["checkout", "-q", main, "--", "trueline.toml"]);
        sandbox.commit("named");
        git(&sandbox, &["merge", "-q", main]).exits(0);
        assert_eq!(decided(&sandbox, main), "1 3 2", "{main}");
    }
}

#[test]
fn commits_put_on_main_by_rebase_or_pick_come_after_its_lines() {
    let sandbox = two_sides();
    git(&sandbox, &["cherry-pick", "x"]).exits(0);
    assert_eq!(decided(&sandbox, "HEAD~1"), "1 3 2");
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.git(&["checkout", "-q", "x"]);
    git(&sandbox, &["rebase", "-q", "main"]).exits(0);
    assert_eq!(decided(&sandbox, "main"), "1 3 2");
}

#[test]
fn published_lines_of_main_come_before_those_that_are_not() {
    let sandbox = two_sides();
    // What `x` has was published as the main branch of a remote meanwhile.
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "x"]);
    git(&sandbox, &["merge", "-q", "origin/main"]).exits(0);
    assert_eq!(decided(&sandbox, "origin/main"), "1 2 3");
}
