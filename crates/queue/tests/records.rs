//! Recorded checks and evidence, in real repositories.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use trueline_kit::testing::{Ran, run};
use trueline_queue::TOOL;

struct Repo {
    dir: TempDir,
}

impl Repo {
    fn new(queue: &str) -> Repo {
        let repo = Repo {
            dir: tempfile::tempdir().unwrap(),
        };
        repo.write("ops/queue.jsonl", queue);
        repo
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn queue(&self) -> String {
        self.read("ops/queue.jsonl")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.org")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.org")
            .env("GIT_AUTHOR_DATE", "2026-01-15T12:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-15T12:00:00Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(&TOOL, self.root(), args)
    }

    #[track_caller]
    fn exits(&self, code: u8, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
        ran
    }
}

const ITEMS: &str = r#"{"id": "W-1", "title": "One", "status": "doing", "scope": ["src/one/**"]}
{"id": "W-2", "title": "Two", "status": "doing"}
"#;

const PASSES: [&str; 3] = ["--", "git", "--version"];

fn checked<'a>(name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["check", name][..], more, &PASSES].concat()
}

/// A repository with code and two items, committed.
fn begun() -> Repo {
    let repo = Repo::new(ITEMS);
    repo.write("src/one/code", "one");
    repo.write("src/two/code", "two");
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    repo
}

fn record(repo: &Repo, name: &str) -> serde_json::Value {
    serde_json::from_str(&repo.read(&format!("ops/checks/{name}.json"))).unwrap()
}

/// The done item and its check, on a branch.
fn done_on_a_branch() -> Repo {
    let repo = begun();
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.write("src/one/code", "done");
    repo.commit("work");
    repo.exits(0, &checked("unit", &["--item", "W-1"]));
    repo.exits(0, &["done", "W-1"]);
    repo.commit("evidence");
    repo
}

fn squash(repo: &Repo) {
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "work"]);
    repo.commit("squashed (#1)");
    repo.git(&["branch", "-q", "-D", "work"]);
}

#[test]
fn uncommitted_code_is_not_evidence_of_the_commit() {
    let repo = begun();
    repo.write("src/two/code", "not committed");
    let ran = repo.exits(2, &checked("unit", &["--item", "W-1"]));
    assert!(ran.stderr.contains("src/two/code"), "{}", ran.stderr);
    assert!(ran.stderr.contains("commit or stash"), "{}", ran.stderr);
    assert!(!repo.root().join("ops/checks/unit.json").exists());
    // Staged is not committed either.
    repo.git(&["add", "-A"]);
    repo.exits(2, &checked("unit", &["--item", "W-1"]));

    let ran = repo.exits(0, &checked("unit", &["--item", "W-1", "--allow-dirty"]));
    assert!(ran.stderr.contains("names no commit"), "{}", ran.stderr);
    let check = record(&repo, "unit");
    assert!(check.get("commit").is_none() && check.get("inputs").is_none());
    let ran = repo.exits(1, &["done", "W-1"]);
    assert!(ran.stdout.contains("is inconclusive"), "{}", ran.stdout);
}

#[test]
fn what_the_tools_write_and_git_does_not_know_is_not_dirt() {
    let repo = begun();
    repo.exits(0, &checked("unit", &["--item", "W-1"]));
    repo.commit("evidence");
    repo.exits(0, &["set", "W-2", "priority=1"]);
    repo.write("ops/checks/unit.json", "{}");
    repo.write("docs/test-reports/checks/unit.log", "older");
    repo.write("docs/PROGRESS.md", "x");
    repo.write("unknown", "x");
    repo.exits(0, &checked("unit", &["--item", "W-1"]));
    assert_eq!(record(&repo, "unit")["commit"].as_str().unwrap().len(), 40);
}

#[test]
fn a_squash_keeps_evidence_whose_inputs_are_the_same() {
    let repo = done_on_a_branch();
    repo.exits(0, &["check"]);
    squash(&repo);
    repo.exits(0, &["check"]);
    // Outside the item's scope, anything may change.
    repo.write("src/two/code", "else");
    repo.commit("else");
    repo.exits(0, &["check"]);
    repo.write("src/one/code", "else");
    repo.commit("other");
    let ran = repo.exits(1, &["check"]);
    assert!(
        ran.stdout.contains("done-without-evidence"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_squash_with_other_content_is_no_evidence() {
    let repo = done_on_a_branch();
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "work"]);
    repo.write("src/one/code", "altered");
    repo.commit("squashed (#1)");
    let ran = repo.exits(1, &["check"]);
    assert!(ran.stdout.contains("is no ancestor"), "{}", ran.stdout);
}

#[test]
fn a_check_for_another_item_keeps_the_first() {
    let repo = begun();
    repo.exits(0, &checked("unit", &["--item", "W-1"]));
    repo.exits(0, &checked("unit", &["--item", "W-2"]));
    let both = serde_json::json!(["W-1", "W-2"]);
    assert_eq!(record(&repo, "unit")["items"], both);
    // Another command would take it away from them.
    let other = ["check", "unit", "--item", "W-2", "--", "git", "version"];
    let ran = repo.exits(2, &other);
    assert!(ran.stderr.contains("--replace"), "{}", ran.stderr);
    assert_eq!(record(&repo, "unit")["items"], both);
    repo.exits(0, &checked("unit", &[]));
    assert_eq!(record(&repo, "unit")["items"], both);
    let replaced = [
        "check",
        "unit",
        "--item",
        "W-2",
        "--replace",
        "--",
        "git",
        "version",
    ];
    repo.exits(0, &replaced);
    assert_eq!(record(&repo, "unit")["items"], serde_json::json!(["W-2"]));
    // Nobody else's: the command may change.
    repo.exits(0, &checked("unit", &["--item", "W-2"]));
}

#[test]
fn missing_history_is_inconclusive_and_says_why() {
    let repo = begun();
    repo.write("src/one/code", "done");
    repo.commit("work");
    repo.exits(0, &checked("unit", &["--item", "W-1"]));
    repo.exits(0, &["done", "W-1"]);
    repo.commit("evidence");
    repo.write("src/one/code", "later");
    repo.commit("later");
    repo.exits(0, &["check"]);

    let clone = Repo::new("");
    std::fs::remove_dir_all(clone.root().join("ops")).unwrap();
    let from = format!("file://{}", repo.root().to_str().unwrap());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    let ran = clone.exits(3, &["check"]);
    assert!(ran.stderr.contains("shallow"), "{}", ran.stderr);
    assert!(
        !ran.stdout.contains("done-without-evidence"),
        "{}",
        ran.stdout
    );
    clone.git(&["fetch", "-q", "--unshallow"]);
    clone.exits(0, &["check"]);

    // A repository that git refuses to read is no folder without one.
    let head = clone.root().join(".git/HEAD");
    let text = std::fs::read(&head).unwrap();
    std::fs::write(&head, "").unwrap();
    clone.exits(3, &["check"]);
    clone.exits(2, &checked("new", &["--item", "W-2"]));
    assert!(!clone.root().join("ops/checks/new.json").exists());
    std::fs::write(&head, text).unwrap();

    std::fs::remove_dir_all(clone.root().join(".git")).unwrap();
    let ran = clone.exits(3, &["check"]);
    assert!(
        ran.stderr.contains("in no git repository"),
        "{}",
        ran.stderr
    );
    assert!(
        !ran.stdout.contains("done-without-evidence"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_shallow_clone_tells_what_the_inputs_tell() {
    let repo = done_on_a_branch();
    let clone = Repo::new("");
    std::fs::remove_dir_all(clone.root().join("ops")).unwrap();
    let from = format!("file://{}", repo.root().to_str().unwrap());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    clone.exits(0, &["check"]);
}

#[test]
fn files_are_recorded_as_evidence() {
    let repo = begun();
    repo.write("docs/a.log", "test");
    repo.write("docs/b.log", "b");
    repo.exits(2, &["set", "W-1", "evidence+=docs/none.log"]);
    repo.exits(
        0,
        &["set", "W-1", "evidence+=docs/a.log", "evidence+=docs/b.log"],
    );
    let item = |repo: &Repo| -> serde_json::Value {
        serde_json::from_str(repo.queue().lines().next().unwrap()).unwrap()
    };
    assert_eq!(item(&repo)["evidence"][0]["path"], "docs/a.log");
    assert_eq!(
        item(&repo)["evidence"][0]["sha256"],
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    );
    repo.write("docs/a.log", "other");
    repo.exits(
        0,
        &["set", "W-1", "evidence+=docs/a.log", "evidence-=docs/b.log"],
    );
    assert_eq!(item(&repo)["evidence"].as_array().unwrap().len(), 1);
    assert_ne!(
        item(&repo)["evidence"][0]["sha256"],
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    );
    repo.exits(2, &["set", "W-1", "evidence-=docs/b.log"]);
    repo.exits(0, &checked("unit", &["--item", "W-1", "--item", "W-2"]));
    repo.exits(0, &["done", "W-1"]);
    repo.exits(2, &["done", "W-2", "--evidence", "docs/none.log"]);
    repo.exits(
        0,
        &["done", "W-2", "--evidence", "docs/a.log", "docs/b.log"],
    );
    repo.exits(0, &["check"]);
}

#[test]
fn notes_of_small_things() {
    let repo = begun();
    let ran = repo.exits(0, &checked("ok", &[]));
    assert!(ran.stderr.contains("speaks for no item"), "{}", ran.stderr);
    let ran = repo.exits(2, &["set", "W-1", "note=x"]);
    assert!(ran.stderr.contains("blocked_reason"), "{}", ran.stderr);
}

#[test]
fn an_answer_is_not_buried_under_findings() {
    let lines: String = (1..=20)
        .map(|n| format!("{{\"id\": \"W-{n}\", \"title\": \"x\", \"status\": \"odd\"}}\n"))
        .collect();
    let repo = Repo::new(&lines);
    let ran = repo.run(&["list"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stdout.lines().count(), 20);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("20 findings"), "{}", ran.stderr);
}

#[test]
fn one_foreign_list_of_ids_gives_no_false_unknown_refs() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"title\": \"x\", \"status\": \"todo\", \"blueprint_ids\": [\"NT-1\", \"TD-1\"]}\n",
    );
    repo.write(
        "trueline.toml",
        "[aliases.queue]\nnt_refs = [\"blueprint_ids\"]\ntd_refs = [\"blueprint_ids\"]\n",
    );
    for (kind, id) in [("nt", "NT-1"), ("td", "TD-1")] {
        let item = format!(
            "{{\"title\": \"t\", \"file\": \"a.md\", \"level\": \"must\", \"revision\": 1, \"digest\": \"{}\"}}",
            "0".repeat(64)
        );
        let index = format!("{{\"version\": 1, \"items\": {{\"{id}\": {item}}}}}");
        repo.write(&format!("docs/blueprints/{kind}-index.json"), &index);
    }
    let ran = repo.run(&["check"]);
    assert!(!ran.stdout.contains("bad-file"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("unknown-ref"), "{}", ran.stdout);
}
