//! `locks preflight`: limits of single owners, and who rebases where two teams' items meet.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Ran, Sandbox};

const QUEUE: &str = "\
{\"id\": \"WBS-1\", \"status\": \"doing\", \"owner\": \"dev\", \"scope\": [\"src/**\"]}
{\"id\": \"WBS-2\", \"status\": \"todo\", \"owner\": \"qa\", \"scope\": [\"src/api/**\", \"src/*/a.rs\"]}
{\"id\": \"WBS-3\", \"status\": \"done\", \"owner\": \"ops\", \"scope\": [\"src/**\"]}
{\"id\": \"WBS-4\", \"status\": \"doing\", \"scope\": [\"src/**\"]}
";

/// A repository with this trueline.toml on main, and a branch that is checked out.
fn sandbox(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("trueline.toml", config)
        .write("ops/queue.jsonl", QUEUE)
        .commit("base");
    sandbox.git(&["switch", "-q", "-c", "work"]);
    sandbox
}

fn change(sandbox: &Sandbox, task: &str, paths: &[&str]) {
    for path in paths {
        sandbox.write(path, "1\n2\n3\n");
    }
    sandbox.commit(&format!("work\n\nWBS: {task}"));
}

fn preflight(sandbox: &Sandbox, owner: &str) -> Ran {
    sandbox.run("locks", &["preflight", "--base", "main", "--owner", owner])
}

const OVERLAPS: &str = "\
[[branches.overlaps]]
between = [\"dev\", \"qa\"]
rebases = \"dev\"
reviews = \"qa\"
";

#[test]
fn an_owner_has_limits_of_its_own() {
    let config = "[limits]\nchanged_files = 9\nchanged_lines = 7\n\n\
        [[limits.rules]]\nowners = [\"qa\"]\nchanged_files = 1\n\n\
        [[limits.rules]]\nowners = [\"dev\"]\nchanged_lines = 5\n";
    let sandbox = sandbox(config);
    change(&sandbox, "WBS-1", &["src/b.rs", "src/c.rs"]);
    let ran = preflight(&sandbox, "dev").exits(1).says("over-limit");
    let lines = "adds and removes 6 lines; 5 are allowed for `dev`";
    assert!(ran.out.contains(lines), "{}", ran.out);
    assert!(!ran.out.contains("files; "), "{}", ran.out);

    let sandbox = self::sandbox(config);
    change(&sandbox, "WBS-2", &["src/api/b.rs", "src/api/c.rs"]);
    let ran = preflight(&sandbox, "qa").exits(1);
    let files = "touches 2 files; 1 are allowed for `qa`";
    assert!(ran.out.contains(files), "{}", ran.out);
    assert!(
        !ran.out.contains("lines; "),
        "what it does not say is as for everybody"
    );
}

#[test]
fn a_limit_that_the_branch_raises_for_its_owner_does_not_count() {
    let tight = "[[limits.rules]]\nowners = [\"dev\"]\nchanged_files = 1\n";
    let sandbox = sandbox(tight);
    sandbox.write("trueline.toml", tight.replace("= 1", "= 99"));
    change(&sandbox, "WBS-1", &["src/b.rs", "src/c.rs"]);
    preflight(&sandbox, "dev").exits(1).says("; 1 are allowed");
}

#[test]
fn a_path_of_two_open_items_is_told_with_both_owners() {
    let sandbox = sandbox("");
    change(
        &sandbox,
        "WBS-1",
        &["src/api/a.rs", "src/x/b.rs", "src/z/a.rs"],
    );
    let ran = preflight(&sandbox, "dev").exits(0).says("shared-scope");
    let message =
        "`src/api/a.rs` (and 1 more) is in the scope of `WBS-2` of `qa`, too: nothing says";
    assert!(ran.out.contains(message), "{}", ran.out);
    assert!(!ran.out.contains("WBS-3"), "a done item is in nobody's way");
    let strict = ["preflight", "--base", "main", "--owner", "dev", "--strict"];
    sandbox.run("locks", &strict).exits(1);
}

#[test]
fn who_rebases_must_have_done_so() {
    let sandbox = sandbox(OVERLAPS);
    change(&sandbox, "WBS-1", &["src/api/a.rs"]);
    let on_top = preflight(&sandbox, "dev").exits(0).says("note");
    assert!(
        on_top.out.contains("`dev` rebases, `qa` reviews"),
        "{}",
        on_top.out
    );
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.write("other", "x").commit("meanwhile");
    sandbox.git(&["switch", "-q", "work"]);
    preflight(&sandbox, "dev").exits(1).says("not-rebased");
    sandbox.git(&["rebase", "-q", "main"]);
    preflight(&sandbox, "dev").exits(0);
}

#[test]
fn who_does_not_rebase_need_not() {
    let sandbox = sandbox(&OVERLAPS.replace("rebases = \"dev\"", "rebases = \"qa\""));
    change(&sandbox, "WBS-1", &["src/api/a.rs"]);
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.write("other", "x").commit("meanwhile");
    sandbox.git(&["switch", "-q", "work"]);
    let ran = preflight(&sandbox, "dev").exits(0).says("`qa` rebases");
    assert!(!ran.out.contains("not-rebased"), "{}", ran.out);
}
