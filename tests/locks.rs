//! The `locks` command: acquire to recover, across processes and worktrees.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::{Command, Stdio};

use common::{Ran, Sandbox, ran};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("src/api/a.rs", "")
        .write("src/ui/b.rs", "")
        .commit("base");
    sandbox
}

fn locks(sandbox: &Sandbox, line: &str) -> Ran {
    let words: Vec<&str> = line.split(' ').collect();
    sandbox.run("locks", &words)
}

fn acquire(sandbox: &Sandbox, owner: &str, scope: &str) -> Ran {
    locks(
        sandbox,
        &format!("acquire --owner {owner} --task WBS-1 --scope {scope}"),
    )
}

fn expect_of(sandbox: &Sandbox, owner: &str) -> String {
    let listed = locks(sandbox, "list --format json").json();
    let all = listed["locks"].as_array().unwrap();
    let mine = all.iter().find(|lock| lock["owner"] == owner);
    mine.unwrap()["expect"].as_str().unwrap().to_owned()
}

#[test]
fn a_lock_is_published_and_refuses_what_meets_it() {
    let sandbox = sandbox();
    acquire(&sandbox, "AGENT-1", "src/api/**")
        .exits(0)
        .says("AGENT-1 holds `src/api/**`");
    let file: serde_json::Value =
        serde_json::from_str(&sandbox.read("ops/locks/agent-AGENT-1.lock")).unwrap();
    for field in [
        "task_id",
        "owner",
        "scope_paths",
        "start_time",
        "blueprint_refs",
        "fence",
    ] {
        assert!(!file[field].is_null(), "{field}");
    }
    assert_eq!(file["branch"], "main");
    let refused = acquire(&sandbox, "AGENT-2", "src/**").exits(1);
    for part in [
        "AGENT-1",
        "WBS-1",
        "30m",
        "`src/**`",
        "`src/api/**`",
        "src/api/",
        "scope-conflict",
    ] {
        assert!(refused.out.contains(part), "{part} in {}", refused.out);
    }
    assert!(!sandbox.root().join("ops/locks/agent-AGENT-2.lock").exists());
    acquire(&sandbox, "AGENT-2", "src/ui/**").exits(0);
    acquire(&sandbox, "AGENT-2", "docs/**")
        .exits(1)
        .says("already-held");
}

#[test]
fn published_locks_agree_with_the_schema() {
    let sandbox = sandbox();
    acquire(&sandbox, "AGENT-1", "src/api/**").exits(0);
    let text = sandbox.read("ops/locks/agent-AGENT-1.lock");
    let lock: trueline_core::artifact::lock::Lock = serde_json::from_str(&text).unwrap();
    assert_eq!(lock.owner.as_str(), "AGENT-1");
    assert!(text.ends_with("}\n") && text.starts_with("{\n  \"version\": 1"));
}

#[test]
fn release_is_never_silent() {
    let sandbox = sandbox();
    locks(&sandbox, "release --owner AGENT-1").exits(2);
    acquire(&sandbox, "AGENT-1", "src/api/**").exits(0);
    let expect = expect_of(&sandbox, "AGENT-1");
    let id = expect.split(':').next().unwrap();
    locks(&sandbox, &format!("release --owner AGENT-2 --lock {id}")).exits(2);
    locks(&sandbox, "renew --owner AGENT-1 --lease 2h")
        .exits(0)
        .says("for 2h");
    locks(&sandbox, "release --owner AGENT-1")
        .exits(0)
        .says("released");
    assert!(!sandbox.root().join("ops/locks/agent-AGENT-1.lock").exists());
    locks(&sandbox, "release --owner AGENT-1").exits(2);
    locks(&sandbox, "list").exits(0).says("no locks");
}

#[test]
fn worktrees_share_the_live_store() {
    let sandbox = sandbox();
    acquire(&sandbox, "AGENT-1", "src/api/**").exits(0);
    sandbox.git(&["worktree", "add", "-q", "../other"]);
    let other = sandbox.root().parent().unwrap().join("other");
    let run = |args: &[&str]| {
        let mut command = sandbox.command("locks");
        ran(&command.current_dir(&other).args(args).output().unwrap())
    };
    let asked = [
        "acquire", "--owner", "AGENT-2", "--task", "WBS-2", "--scope",
    ];
    run(&[&asked[..], &["src/api/x"]].concat())
        .exits(1)
        .says("AGENT-1");
    run(&[&asked[..], &["src/ui/x"]].concat()).exits(0);
    assert!(other.join("ops/locks/agent-AGENT-2.lock").exists());
    locks(&sandbox, "list").exits(0).says("AGENT-2");
}

#[test]
fn of_many_processes_exactly_one_wins() {
    let sandbox = sandbox();
    let start = |n: usize| {
        let owner = format!("AGENT-{n}");
        let mut command = sandbox.command("locks");
        command
            .args([
                "acquire", "--owner", &owner, "--task", "WBS-1", "--scope", "src/**",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(start).collect();
    let codes: Vec<i32> = children
        .into_iter()
        .map(|child| ran(&child.wait_with_output().unwrap()).code)
        .collect();
    let wins = codes.iter().filter(|code| **code == 0).count();
    let losses = codes.iter().filter(|code| **code == 1).count();
    assert_eq!((wins, losses), (1, 7), "{codes:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_lock_ends_with_its_session() {
    let sandbox = sandbox();
    let mut session = Command::new("sleep").arg("60").spawn().unwrap();
    let pid = session.id();
    let line = format!("acquire --owner AGENT-1 --task WBS-1 --scope src/** --pid {pid}");
    locks(&sandbox, &line).exits(0);
    acquire(&sandbox, "AGENT-2", "src/api/**").exits(1);
    locks(&sandbox, "sweep").exits(0);
    session.kill().unwrap();
    session.wait().unwrap();
    locks(&sandbox, "list")
        .exits(0)
        .says("stale (its session's process has ended)");
    locks(&sandbox, "sweep --strict")
        .exits(1)
        .says("stale-lock");
    acquire(&sandbox, "AGENT-2", "src/api/**").exits(0);
    assert!(!sandbox.root().join("ops/locks/agent-AGENT-1.lock").exists());
    locks(&sandbox, &format!("renew --owner AGENT-2 --pid {pid}")).exits(2);
}

#[test]
fn recovery_takes_exactly_what_was_seen() {
    let sandbox = sandbox();
    acquire(&sandbox, "AGENT-1", "src/api/**").exits(0);
    let expect = expect_of(&sandbox, "AGENT-1");
    let recover = |more: &[&str]| {
        let args = [
            "recover",
            "--expect",
            &expect,
            "--reason",
            "its session hangs",
        ];
        sandbox.run("locks", &[&args[..], more].concat())
    };
    recover(&[]).exits(2);
    locks(&sandbox, "renew --owner AGENT-1").exits(0);
    let late = recover(&["--force"]).exits(2);
    assert!(
        late.err.contains("changed since it was seen"),
        "{}",
        late.err
    );
    let expect = expect_of(&sandbox, "AGENT-1");
    let args = [
        "recover", "--expect", &expect, "--reason", "hangs", "--force", "--report",
    ];
    sandbox
        .run("locks", &args)
        .exits(0)
        .says("took `src/api/**` from AGENT-1");
    let kept = format!("ops/locks/archive/{}.json", expect.replace(':', "-"));
    assert!(sandbox.read(&kept).contains("\"reason\": \"hangs\""));
    assert!(
        sandbox
            .read("ops/locks/agent-AGENT-1-recovery.lock")
            .contains("\"fence\": 2")
    );
    let report = sandbox.read("docs/runs/recovery-AGENT-1-20260115T120000Z.md");
    assert!(report.contains("- reason: `hangs`"), "{report}");
    locks(&sandbox, "release --owner AGENT-1").exits(0);
    assert!(
        !sandbox
            .root()
            .join("ops/locks/agent-AGENT-1-recovery.lock")
            .exists()
    );
}

#[test]
fn damaged_and_foreign_files_count_as_held_and_the_doctor_knows() {
    let sandbox = sandbox();
    acquire(&sandbox, "AGENT-1", "src/api/**").exits(0);
    let id = expect_of(&sandbox, "AGENT-1");
    let live = format!(".git/trueline/live/{}.json", id.split(':').next().unwrap());
    sandbox.write(&live, "{\"version\": 1, ");
    acquire(&sandbox, "AGENT-2", "docs/**")
        .exits(1)
        .says("unreadable-lock");
    locks(&sandbox, "doctor").exits(1).says("--mend");
    locks(&sandbox, "doctor --mend --reason cut-short").exits(0);
    acquire(&sandbox, "AGENT-2", "docs/**").exits(0);
    sandbox.write("ops/locks/AGENT-3.lock", "agent: AGENT-3\nstatus: locked\n");
    locks(&sandbox, "doctor").exits(0).says("foreign-lock");
    sandbox.write("ops/locks/agent-x.lock", [0xff, 0xfe, 0]);
    locks(&sandbox, "list").exits(1).says("unreadable");
    let json = locks(&sandbox, "list --format json").exits(1).json();
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 2);
}

#[test]
fn a_copy_of_an_ended_lock_holds_nothing() {
    let sandbox = sandbox();
    acquire(&sandbox, "AGENT-1", "src/**").exits(0);
    let copy = sandbox.read("ops/locks/agent-AGENT-1.lock");
    locks(&sandbox, "release --owner AGENT-1").exits(0);
    sandbox.write("ops/locks/agent-AGENT-1.lock", copy);
    locks(&sandbox, "doctor").exits(0).says("ended-lock");
    acquire(&sandbox, "AGENT-2", "src/**").exits(0);
    locks(&sandbox, "doctor --mend --reason left-over").exits(0);
    assert!(!sandbox.root().join("ops/locks/agent-AGENT-1.lock").exists());
}

#[test]
fn scopes_on_the_command_line() {
    let sandbox = Sandbox::bare();
    locks(&sandbox, "overlap src/** **/*.rs")
        .exits(1)
        .says("both hold `src/.rs`");
    locks(&sandbox, "overlap src/*.rs src/*.py")
        .exits(0)
        .says("disjoint");
    locks(&sandbox, "overlap src src/x").exits(1).says("clash");
    locks(&sandbox, "overlap a//b a").exits(2);
    let json = locks(&sandbox, "overlap {a,b} {b,c} --format json")
        .exits(1)
        .json();
    assert_eq!(
        (&json["intersects"], &json["kind"], &json["witness"]),
        (&true.into(), &"shared".into(), &"b".into())
    );
    locks(&sandbox, "overlap a b --exit-zero").exits(0);
    locks(&sandbox, "match src/*.rs src/a.rs src/b/c.rs")
        .exits(0)
        .says("src/a.rs\n");
    locks(&sandbox, "match src/*.rs x").exits(1);
}

#[test]
fn outside_a_repository_it_says_so() {
    let sandbox = Sandbox::bare();
    let ran = locks(&sandbox, "list").exits(2);
    assert!(ran.err.contains("repository"), "{}", ran.err);
}

/// The findings' pages in the documentation are what `explain` says. To write them anew:
/// `UPDATE_DOCS=1 cargo test --test locks`.
#[test]
fn every_code_has_its_page() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tools/locks.md");
    let sandbox = Sandbox::bare();
    let rules = locks(&sandbox, "rules --format json").json();
    let shared = sandbox
        .run("trueline", &["rules", "--format", "json"])
        .json();
    let shared: Vec<&str> = shared["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|rule| rule["code"].as_str()?.split('/').nth(1))
        .collect();
    let mut pages = String::from(
        "## Findings\n\nThe codes that every tool shares are in [config.md](../config.md).\n",
    );
    for rule in rules["rules"].as_array().unwrap() {
        let code = rule["code"].as_str().unwrap();
        if !shared.contains(&code.split('/').nth(1).unwrap()) {
            let page = sandbox.run("locks", &["explain", code, "--format", "markdown"]);
            pages.push('\n');
            pages.push_str(&page.exits(0).out);
        }
    }
    let text = std::fs::read_to_string(path).unwrap();
    let head = text.split("## Findings\n").next().unwrap();
    let expected = format!("{head}{pages}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    assert!(
        text == expected,
        "docs/tools/locks.md is not up to date: UPDATE_DOCS=1"
    );
}

#[test]
fn a_task_that_the_queue_does_not_have_is_noted() {
    let sandbox = sandbox();
    let ask = |owner: &str, task: &str, scope: &str| {
        let line = format!("acquire --owner {owner} --task {task} --scope {scope}");
        locks(&sandbox, &line).exits(0).err
    };
    assert!(!ask("AGENT-1", "WBS-9", "a").contains("no queue item"));
    sandbox.write("ops/queue.jsonl", "{\"id\": \"WBS-1\"}\n");
    assert!(!ask("AGENT-2", "WBS-1", "b").contains("no queue item"));
    let note = ask("AGENT-3", "WBS-9", "c");
    assert!(note.contains("no queue item `WBS-9`"), "{note}");
}
