//! The commands, in folders of their own.
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

    /// The absolute path of a file.
    fn path(&self, path: &str) -> String {
        self.root().join(path).to_str().unwrap().to_owned()
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

const QUEUE: &str = r#"{"id": "W-1", "title": "One", "status": "done", "attach_packs": ["x"]}
{"id": "W-2", "title": "Two", "status": "todo", "dependencies": ["W-1"], "x": 1.10}
{"id": "W-10", "title": "Ten", "status": "todo", "dependencies": ["W-2"]}
{"id": "W-3", "title": "Three", "status": "todo", "owner": "A-1"}
"#;

#[test]
fn lists() {
    let repo = Repo::new(QUEUE);
    assert_eq!(
        repo.exits(0, &["list"]).stdout,
        "W-1   done     -    One\nW-2   ready    -    Two\nW-3   ready    A-1  Three\nW-10  waiting  -    Ten\n"
    );
    assert_eq!(
        repo.exits(0, &["list", "--state", "ready", "--owner", "A-1"])
            .stdout,
        "W-3  ready  A-1  Three\n"
    );
    assert_eq!(
        repo.exits(0, &["ready"]).stdout,
        "W-2  ready  -    Two\nW-3  ready  A-1  Three\n"
    );
    let json = repo
        .exits(0, &["ready", "--format", "json", "--limit", "1"])
        .stdout;
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["items"][0]["id"], "W-2");
    assert_eq!(value["items"].as_array().unwrap().len(), 1);
    repo.exits(2, &["list", "--format", "sarif"]);
}

#[test]
fn next_asks_for_whom() {
    let repo = Repo::new(QUEUE);
    assert_eq!(repo.exits(0, &["next"]).stdout, "W-2  ready  -  Two\n");
    assert_eq!(
        repo.exits(0, &["next", "--owner", "A-1"]).stdout,
        "W-3  ready  A-1  Three\n"
    );
    assert_eq!(
        repo.exits(0, &["next", "--owner", "A-2"]).stdout,
        "W-2  ready  -  Two\n"
    );
    let empty = Repo::new("");
    let ran = empty.exits(0, &["next", "--format", "json"]);
    assert_eq!(ran.stdout, "{\n  \"version\": 1,\n  \"item\": null\n}\n");
}

#[test]
fn a_begun_vertical_comes_first() {
    let repo = Repo::new(
        r#"{"id": "W-1", "title": "a", "status": "doing", "vertical": "V-1"}
{"id": "W-2", "title": "b", "status": "todo"}
{"id": "W-3", "title": "c", "status": "todo", "vertical": "V-1"}
"#,
    );
    assert_eq!(repo.exits(0, &["next"]).stdout, "W-3  ready  -  c\n");
}

#[test]
fn why_and_show() {
    let repo = Repo::new(QUEUE);
    assert_eq!(
        repo.exits(0, &["why", "W-10"]).stdout,
        "W-10 is waiting:\n  depends on W-2, which is todo\n"
    );
    assert_eq!(
        repo.exits(0, &["why", "W-2"]).stdout,
        "W-2 is ready: nothing is in its way\n"
    );
    let ran = repo.exits(2, &["why", "W-02"]);
    assert!(ran.stderr.contains("did you mean `W-2`?"), "{}", ran.stderr);
    assert!(
        repo.exits(0, &["show", "W-3"])
            .stdout
            .contains("  owner         A-1\n")
    );
}

#[test]
fn set_changes_nothing_else() {
    let repo = Repo::new(&format!("\u{FEFF}{}", QUEUE.replace('\n', "\r\n")));
    let before = repo.queue();
    repo.exits(
        0,
        &["set", "W-2", "status=doing", "scope+=src/**", "owner=A-2"],
    );
    let line = r#"{"id": "W-2", "title": "Two", "status": "doing", "dependencies": ["W-1"], "x": 1.10, "scope": ["src/**"], "owner": "A-2"}"#;
    let old =
        r#"{"id": "W-2", "title": "Two", "status": "todo", "dependencies": ["W-1"], "x": 1.10}"#;
    assert_eq!(repo.queue(), before.replace(old, line));
    repo.exits(0, &["block", "W-2", "--reason", "waits = x"]);
    assert!(repo.queue().contains(r#""status": "blocked""#));
    assert!(repo.queue().contains(r#""blocked_reason": "waits = x""#));
    for bad in [
        &["set", "W-2", "colour=red"][..],
        &["set", "W-9", "status=doing"],
        &["set", "W-2", "status=open"],
        &["set", "W-2", "scope-=nothing"],
    ] {
        let before = repo.queue();
        repo.exits(2, bad);
        assert_eq!(repo.queue(), before);
    }
}

#[test]
fn what_the_plan_owns_is_not_set_here() {
    let repo = Repo::new("{\"id\": \"W-1\", \"status\": \"todo\", \"title\": \"copy\"}\n");
    repo.write(
        "ops/por.json",
        "{\"items\": [{\"id\": \"W-1\", \"title\": \"a\"}]}",
    );
    let ran = repo.exits(2, &["set", "W-1", "title=b"]);
    assert!(
        ran.stderr.contains("change it in `ops/por.json`"),
        "{}",
        ran.stderr
    );
    repo.exits(0, &["set", "W-1", "title="]);
    assert_eq!(repo.queue(), "{\"id\": \"W-1\", \"status\": \"todo\"}\n");
}

#[test]
fn two_lines_of_one_id_are_not_guessed_between() {
    let repo = Repo::new(
        "{\"id\":\"W-1\",\"title\":\"a\",\"status\":\"todo\"}\n{\"id\":\"W-1\",\"title\":\"b\",\"status\":\"todo\"}\n",
    );
    repo.exits(2, &["set", "W-1", "status=doing"]);
    let ran = repo.exits(1, &["ready"]);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("queue/duplicate-id"), "{}", ran.stderr);
}

#[test]
fn adds() {
    let repo = Repo::new("");
    repo.exits(
        0,
        &[
            "add", "W-1", "--title", "One", "--nt", "NT-1", "--weight", "0.50", "--exit", "a, b",
        ],
    );
    repo.exits(
        0,
        &[
            "add",
            "W-2",
            "--title",
            "Two",
            "--depends-on",
            "W-1",
            "--owner",
            "A",
        ],
    );
    assert_eq!(
        repo.queue(),
        "{\"id\": \"W-1\", \"title\": \"One\", \"status\": \"todo\", \"weight\": 0.50, \"exit_criteria\": [\"a, b\"], \"nt_refs\": [\"NT-1\"]}\n{\"id\": \"W-2\", \"title\": \"Two\", \"owner\": \"A\", \"status\": \"todo\", \"dependencies\": [\"W-1\"]}\n"
    );
    for bad in [
        &["add", "W-1", "--title", "x"][..],
        &["add", "W-01", "--title", "x"],
        &["add", "W-3"],
        &["add", "W 3", "--title", "x"],
        &["add", "W-3", "--title", "x", "--weight", "-1"],
        &["add", "W-3", "--title", "x", "--depends-on", "a b"],
    ] {
        repo.exits(2, bad);
    }
    let tight = Repo::new("{\"id\":\"W-1\",\"title\":\"a\",\"status\":\"todo\"}");
    tight.exits(0, &["add", "W-2", "--title", "b"]);
    assert_eq!(
        tight.queue(),
        "{\"id\":\"W-1\",\"title\":\"a\",\"status\":\"todo\"}\n{\"id\":\"W-2\",\"title\":\"b\",\"status\":\"todo\"}\n"
    );
}

#[test]
fn foreign_names_are_written_as_they_are_read() {
    let repo = Repo::new(
        "{\"task_id\": \"W-1\", \"agent\": \"A-1\", \"status\": \"in_progress\", \"title\": \"a\"}\n{\"task_id\": \"W-2\", \"status\": \"todo\", \"title\": \"b\", \"agent\": \"A-2\"}\n",
    );
    repo.write(
        "trueline.toml",
        "[aliases.queue]\nid = [\"task_id\"]\nowner = [\"agent\"]\nstatus = { in_progress = \"doing\" }\n",
    );
    repo.exits(0, &["set", "W-2", "status=doing", "owner=A-3"]);
    repo.exits(0, &["add", "W-3", "--title", "c"]);
    assert_eq!(
        repo.queue(),
        "{\"task_id\": \"W-1\", \"agent\": \"A-1\", \"status\": \"in_progress\", \"title\": \"a\"}\n{\"task_id\": \"W-2\", \"status\": \"in_progress\", \"title\": \"b\", \"agent\": \"A-3\"}\n{\"task_id\": \"W-3\", \"title\": \"c\", \"status\": \"todo\"}\n"
    );
    repo.write(
        "trueline.toml",
        "[aliases.queue]\nstatus = { x = \"open\" }\n",
    );
    repo.exits(2, &["list"]);
}

#[test]
fn checks_are_recorded_and_judged() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"title\": \"a\", \"status\": \"doing\", \"nt_refs\": [\"NT-1\"], \"td_refs\": [\"TD-1\"]}\n",
    );
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    let refused = repo.exits(1, &["done", "W-1"]);
    assert!(
        refused.stdout.contains("queue/not-done"),
        "{}",
        refused.stdout
    );
    repo.exits(
        0,
        &["check", "unit", "--item", "W-1", "--", "git", "--version"],
    );
    let check: serde_json::Value =
        serde_json::from_str(&repo.read("ops/checks/unit.json")).unwrap();
    assert_eq!(check["status"], "pass");
    assert_eq!(check["items"][0], "W-1");
    assert_eq!(check["command"][1], "--version");
    assert!(
        repo.read("docs/test-reports/checks/unit.log")
            .starts_with("git version")
    );
    repo.exits(0, &["done", "W-1"]);
    assert!(repo.queue().contains("\"status\": \"done\""));
    repo.exits(0, &["check"]);

    // The log is part of the evidence.
    repo.write("docs/test-reports/checks/unit.log", "altered");
    let ran = repo.exits(1, &["check"]);
    assert!(
        ran.stdout.contains("queue/done-without-evidence"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("has changed"), "{}", ran.stdout);

    // So is the commit.
    repo.exits(
        0,
        &["check", "unit", "--item", "W-1", "--", "git", "--version"],
    );
    repo.write("code", "other");
    repo.git(&["add", "code"]);
    repo.git(&["commit", "-q", "--amend", "-m", "another"]);
    let ran = repo.exits(1, &["check"]);
    assert!(
        ran.stdout.contains("is no ancestor of this one"),
        "{}",
        ran.stdout
    );

    let ran = repo.exits(
        1,
        &[
            "check",
            "unit",
            "--item",
            "W-1",
            "--replace",
            "--",
            "git",
            "no-such-command",
        ],
    );
    assert!(ran.stdout.contains("queue/check-failed"), "{}", ran.stdout);
    let ran = repo.exits(1, &["check"]);
    assert!(
        ran.stdout.contains("the check `unit` fails"),
        "{}",
        ran.stdout
    );
    for bad in [
        &["check", "../x", "--", "git"][..],
        &["check", "unit"],
        &["check", "--", "git"],
        &["check", "unit", "--item", "W-9", "--", "git"],
        &["check", "unit", "--", "no-such-program-anywhere"],
    ] {
        repo.exits(2, bad);
    }
}

#[test]
fn tiers_ask_for_different_things() {
    let por = |tier: &str| {
        format!(
            "{{\"items\": [{{\"id\": \"W-1\", \"title\": \"a\", \"tier\": \"{tier}\"}}, {{\"id\": \"W-2\", \"title\": \"b\"}}]}}"
        )
    };
    let queue = "{\"id\": \"W-1\", \"status\": \"doing\", \"exit_criteria\": [\"x\", \"y\"], \"follow_ups\": [\"W-2\"]}\n{\"id\": \"W-2\", \"status\": \"todo\"}\n";
    let repo = Repo::new(queue);
    repo.write("ops/por.json", &por("foundation"));
    let ran = repo.exits(1, &["done", "W-1"]);
    assert!(
        ran.stdout.contains("2 exit criteria, but 0"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("the follow-up `W-2` of `W-1` is todo"),
        "{}",
        ran.stdout
    );
    repo.write("ops/por.json", &por("feature"));
    let ran = repo.exits(1, &["done", "W-1"]);
    assert!(
        ran.stdout.contains("no passing check and no evidence"),
        "{}",
        ran.stdout
    );
    repo.write("ops/por.json", &por("stretch"));
    repo.exits(0, &["done", "W-1"]);
    repo.write(
        "ops/queue.jsonl",
        &queue.replace("\"follow_ups\": [\"W-2\"]", "\"follow_ups\": [\"W-7\"]"),
    );
    let ran = repo.exits(1, &["done", "W-1"]);
    assert!(
        ran.stdout.contains("`W-7` of `W-1` is not in the queue"),
        "{}",
        ran.stdout
    );
}

#[test]
fn evidence_is_looked_at() {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let queue = format!(
        "{{\"id\": \"W-1\", \"title\": \"a\", \"status\": \"done\", \"nt_refs\": [\"NT-1\"], \"td_refs\": [\"TD-1\"], \"evidence\": [{{\"path\": \"log\", \"sha256\": \"{digest}\"}}, {{\"path\": \"../out\", \"sha256\": \"{digest}\"}}]}}\n"
    );
    let repo = Repo::new(&queue);
    let ran = repo.exits(1, &["check"]);
    assert!(
        ran.stdout.contains("ops/queue.jsonl:1:102"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        ran.stdout.matches("queue/evidence-missing").count(),
        2,
        "{}",
        ran.stdout
    );
    repo.write("log", "test");
    assert_eq!(
        repo.run(&["check"])
            .stdout
            .matches("queue/evidence-missing")
            .count(),
        1
    );
    repo.write("log", "Test");
    assert!(
        repo.run(&["check"])
            .stdout
            .contains("queue/evidence-changed")
    );
}

#[test]
fn nothing_is_read_from_a_plan_that_cannot_be() {
    let repo = Repo::new(QUEUE);
    repo.write("ops/por.json", "{\"items\": [}");
    for command in ["list", "ready", "next"] {
        let ran = repo.exits(2, &[command]);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("ops/por.json:1:12"), "{}", ran.stderr);
    }
    repo.exits(2, &["set", "W-2", "status=doing"]);
    std::fs::remove_dir_all(repo.root().join("ops")).unwrap();
    repo.exits(2, &["list"]);
}

#[test]
fn claims() {
    let repo = Repo::new(QUEUE);
    repo.git(&["init", "-q", "-b", "main"]);
    repo.exits(0, &["claim", "W-2", "--owner", "A-1", "--lease", "1h"]);
    assert!(
        repo.queue().contains("\"status\": \"doing\""),
        "{}",
        repo.queue()
    );
    assert!(
        repo.queue()
            .contains("\"claim\": {\"owner\": \"A-1\", \"lease_until\": \"")
    );
    let ran = repo.exits(1, &["claim", "W-2", "--owner", "A-2"]);
    assert!(
        ran.stdout.contains("queue/already-claimed"),
        "{}",
        ran.stdout
    );
    repo.exits(1, &["claim", "W-2", "--owner", "A-1"]);
    repo.exits(0, &["claim", "W-2", "--owner", "A-1", "--renew"]);
    assert!(repo.queue().contains("\"attempts\": 1"), "{}", repo.queue());
    let ran = repo.exits(1, &["claim", "W-10", "--owner", "A-1"]);
    assert!(
        ran.stdout
            .contains("`W-10` is waiting: depends on W-2, which is doing"),
        "{}",
        ran.stdout
    );
    repo.exits(2, &["release", "W-2", "--owner", "A-2"]);
    repo.exits(0, &["release", "W-2", "--owner", "A-1"]);
    assert!(!repo.queue().contains("claim"), "{}", repo.queue());
    repo.exits(0, &["claim", "W-2", "--owner", "A-2"]);
    assert!(repo.queue().contains("\"attempts\": 2"), "{}", repo.queue());

    // Another working tree, or an older copy of the queue: the live store still knows.
    repo.write("ops/queue.jsonl", QUEUE);
    repo.exits(1, &["claim", "W-2", "--owner", "A-1"]);
    assert_eq!(
        repo.exits(0, &["next", "--owner", "A-1"]).stdout,
        "W-3  ready  A-1  Three\n"
    );
    assert_eq!(repo.exits(0, &["next", "--owner", "A-3"]).stdout, "");
}

#[test]
fn claims_that_are_over() {
    let queue = QUEUE.replace(
        "\"x\": 1.10",
        "\"claim\": {\"owner\": \"A-9\", \"lease_until\": \"2026-01-15T12:30:00Z\", \"attempt\": 1}",
    );
    let queue = queue.replace(
        "\"Two\", \"status\": \"todo\"",
        "\"Two\", \"status\": \"doing\"",
    );
    let repo = Repo::new(&queue);
    assert!(repo.run(&["check"]).stdout.contains("queue/claim-expired"));
    let ran = repo.exits(1, &["claim", "W-2", "--owner", "A-1"]);
    assert!(ran.stdout.contains("--take-over"), "{}", ran.stdout);
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("still at it\n\nWBS: W-2");
    let ran = repo.exits(1, &["claim", "W-2", "--owner", "A-1", "--take-over"]);
    assert!(ran.stdout.contains("names the item"), "{}", ran.stdout);
    repo.git(&["update-ref", "-d", "refs/heads/main"]);
    repo.exits(0, &["claim", "W-2", "--owner", "A-1", "--take-over"]);
    assert!(
        repo.queue().contains("\"owner\": \"A-1\""),
        "{}",
        repo.queue()
    );
}

#[test]
fn done_ends_a_claim() {
    let repo = Repo::new(QUEUE);
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    repo.write("x", "");
    repo.exits(0, &["claim", "W-2", "--owner", "A-1"]);
    repo.exits(
        0,
        &["check", "unit", "--item", "W-2", "--", "git", "--version"],
    );
    repo.exits(0, &["done", "W-2"]);
    assert!(
        repo.queue().contains("\"done_at\": \"20"),
        "{}",
        repo.queue()
    );
    assert!(!repo.queue().contains("claim"), "{}", repo.queue());
    repo.exits(1, &["claim", "W-2", "--owner", "A-2"]);
    repo.write("ops/queue.jsonl", QUEUE);
    repo.exits(0, &["claim", "W-2", "--owner", "A-2"]);
}

#[test]
fn merges_as_git_calls_it() {
    let repo = Repo::new("{\"id\":\"A\",\"title\":\"a\",\"status\":\"todo\"}\n");
    let base = repo.queue();
    let side = |name: &str, text: &str| repo.write(name, text);
    let run = || {
        let path = |name: &str| repo.root().join(name).to_str().unwrap().to_owned();
        repo.run(&[
            "merge",
            &path("o"),
            &path("a"),
            &path("b"),
            "ops/queue.jsonl",
        ])
    };
    side("o", &base);
    side("a", &base.replace("todo", "doing"));
    side("b", &base.replace("\"a\"", "\"b\""));
    assert_eq!(run().code, 0);
    assert_eq!(
        repo.read("a"),
        "{\"id\":\"A\",\"title\":\"b\",\"status\":\"doing\"}\n"
    );

    let added = |title: &str| format!("{base}{{\"id\":\"B-1\",\"title\":\"{title}\"}}\n");
    side("a", &added("x"));
    side("b", &added("y"));
    let ran = run();
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("queue/id-collision"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`B-2`"), "{}", ran.stdout);
    assert!(
        repo.read("a")
            .contains("<<<<<<< ours\n{\"id\":\"B-1\",\"title\":\"x\"}\n=======\n")
    );

    // Two clean sides that form a circle.
    let two = "{\"id\":\"A\",\"dependencies\":[]}\n{\"id\":\"B\",\"dependencies\":[]}\n";
    side("o", two);
    side("a", &two.replacen("[]", "[\"B\"]", 1));
    side(
        "b",
        "{\"id\":\"A\",\"dependencies\":[]}\n{\"id\":\"B\",\"dependencies\":[\"A\"]}\n",
    );
    let ran = run();
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("form a cycle: A -> B -> A"),
        "{}",
        ran.stdout
    );

    // What is left of an earlier conflict is not eaten.
    side("b", "<<<<<<< x\n{\"id\":\"A\"}\n");
    let ran = run();
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("their side has a conflict marker on line 1"),
        "{}",
        ran.stderr
    );
    assert!(repo.read("a").contains("<<<<<<<"), "{}", repo.read("a"));
}

#[test]
fn installs_its_driver() {
    let repo = Repo::new(QUEUE);
    repo.exits(2, &["install-merge-driver"]);
    repo.git(&["init", "-q", "-b", "main"]);
    repo.exits(1, &["install-merge-driver", "--check"]);
    repo.exits(0, &["install-merge-driver"]);
    repo.exits(0, &["install-merge-driver", "--check"]);
    assert_eq!(
        repo.read(".gitattributes"),
        "/ops/queue.jsonl merge=queue text eol=lf\n"
    );
    assert_eq!(
        repo.git(&["config", "merge.queue.driver"]),
        "queue merge %O %A %B %P\n"
    );
}

#[test]
fn renumbers_everywhere() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"status\": \"todo\"}\n{\"id\": \"W-2\", \"status\": \"todo\", \"follow_ups\": [\"W-1\"], \"note\": \"W-1\"}\n",
    );
    repo.write("ops/por.json", "{\"items\": [{\"id\": \"W-1\", \"title\": \"a\"}, {\"id\": \"W-2\", \"title\": \"b\", \"dependencies\": [\"W-1\"]}], \"verticals\": [{\"id\": \"V-1\", \"title\": \"v\", \"wbs\": [\"W-1\"]}]}");
    repo.exits(0, &["renumber", "W-1", "W-9"]);
    assert_eq!(
        repo.queue(),
        "{\"id\": \"W-9\", \"status\": \"todo\"}\n{\"id\": \"W-2\", \"status\": \"todo\", \"follow_ups\": [\"W-9\"], \"note\": \"W-1\"}\n"
    );
    let por = repo.read("ops/por.json");
    assert_eq!(por.matches("W-9").count(), 3, "{por}");
    repo.exits(2, &["renumber", "W-9", "W-02"]);
    repo.exits(2, &["renumber", "W-8", "W-3"]);

    // Of two, the newer one goes, and references stay with the older.
    let twice = Repo::new(
        "{\"id\":\"W-1\",\"title\":\"a\",\"status\":\"todo\"}\n{\"id\":\"W-2\",\"title\":\"b\",\"status\":\"todo\",\"dependencies\":[\"W-1\"]}\n{\"id\":\"W-1\",\"title\":\"c\",\"status\":\"todo\"}\n",
    );
    twice.exits(0, &["renumber", "W-1", "W-3"]);
    assert_eq!(
        twice.exits(0, &["list"]).stdout,
        "W-1  ready    -  a\nW-2  waiting  -  b\nW-3  ready    -  c\n"
    );
}

#[test]
fn imports_account_for_every_record() {
    let repo = Repo::new("{\"id\": \"WBS-1\", \"title\": \"Have\", \"status\": \"todo\"}\n");
    repo.write(
        "source.json",
        r#"{"features": [
  {"id": "F-1", "name": "Search", "tasks": [
    {"id": 1, "title": "Index", "status": "completed", "priority": "P0", "extra": {"a": 1}},
    {"id": 2, "title": "Query", "depends_on": [1], "priority": "medium", "blueprint_ids": ["TD-1", "NT-2"]}
  ]},
  {"id": "WBS-1", "title": "Have"},
  {"id": "bad id", "title": "x"},
  {"id": "F-2", "title": "y", "status": "who knows"},
  {"name": "no id"},
  7
]}"#,
    );
    let ran = repo.exits(0, &["import", &repo.path("source.json"), "--dry-run"]);
    assert!(
        ran.stdout
            .ends_with("8 records: 3 imported, 1 merged, 4 skipped\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(repo.queue().lines().count(), 1);
    repo.exits(0, &["import", &repo.path("source.json")]);
    assert_eq!(
        repo.queue(),
        concat!(
            "{\"id\": \"WBS-1\", \"title\": \"Have\", \"status\": \"todo\"}\n",
            "{\"id\": \"F-1\", \"title\": \"Search\", \"status\": \"todo\"}\n",
            "{\"id\": \"F-1.1\", \"title\": \"Index\", \"status\": \"done\", \"priority\": 0, \"parent\": \"F-1\", \"extra\": {\"a\":1}}\n",
            "{\"id\": \"F-1.2\", \"title\": \"Query\", \"dependencies\": [\"F-1.1\"], \"td_refs\": [\"TD-1\"], \"nt_refs\": [\"NT-2\"], \"priority\": 2, \"status\": \"todo\", \"parent\": \"F-1\"}\n",
        )
    );
    let again = repo.exits(
        0,
        &["import", &repo.path("source.json"), "--format", "json"],
    );
    let report: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (&report["imported"], &report["merged"], &report["total"]),
        (&0.into(), &4.into(), &8.into())
    );
}

#[test]
fn imports_beads_and_mappings() {
    let repo = Repo::new("");
    repo.write(
        "issues.jsonl",
        "{\"id\":\"bd-a1\",\"title\":\"One\",\"status\":\"closed\",\"priority\":1,\"issue_type\":\"bug\",\"assignee\":\"me\",\"dependencies\":[{\"issue_id\":\"bd-a1\",\"depends_on_id\":\"bd-b2\",\"type\":\"blocks\"},{\"issue_id\":\"bd-a1\",\"depends_on_id\":\"bd-c3\",\"type\":\"related\"}]}\n{\"id\":\"bd-b2\",\"title\":\"Gone\",\"status\":\"tombstone\"}\n{broken\n",
    );
    let ran = repo.exits(
        0,
        &["import", &repo.path("issues.jsonl"), "--from", "beads"],
    );
    assert!(
        ran.stdout
            .ends_with("3 records: 1 imported, 0 merged, 2 skipped\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        repo.queue(),
        "{\"id\": \"bd-a1\", \"title\": \"One\", \"owner\": \"me\", \"status\": \"done\", \"dependencies\": [\"bd-b2\"], \"priority\": 1, \"type\": \"bug\"}\n"
    );
    repo.write("map.json", r#"{"fields": {"id": ["nr"], "title": ["what"]}, "values": {"status": {"offen": "todo"}}, "lists": ["zeilen"]}"#);
    repo.write(
        "own.json",
        r#"{"zeilen": [{"nr": "X-1", "what": "a", "status": "offen"}]}"#,
    );
    repo.exits(
        0,
        &[
            "import",
            &repo.path("own.json"),
            "--from",
            &repo.path("map.json"),
        ],
    );
    assert!(
        repo.queue()
            .contains("{\"id\": \"X-1\", \"title\": \"a\", \"status\": \"todo\"}"),
        "{}",
        repo.queue()
    );
    repo.exits(2, &["import", &repo.path("own.json"), "--from", "nothing"]);
    repo.exits(2, &["import", &repo.path("nothing.json")]);
}

#[test]
fn reports_become_items() {
    let repo = Repo::new(
        "{\"id\": \"WBS-2.1\", \"title\": \"a\", \"status\": \"doing\"}\n{\"id\": \"WBS-2.4\", \"title\": \"b\", \"status\": \"todo\"}\n",
    );
    repo.write(
        "docs/runs/r.md",
        "# Run\n\n## Missing Deliverables\n\n- Load test\n- None.\n\n## Notes\n\n- ignored\n- [ ] Write the runbook\n- [x] done\n\n## Suggestions for Next Agents\n\n1. **Cache** the index\n2. b\n",
    );
    let report = repo.root().join("docs/runs/r.md");
    let report = report.to_str().unwrap();
    let before = repo.queue();
    let ran = repo.exits(0, &["follow-up", report, "--item", "WBS-2.1"]);
    assert_eq!(
        ran.stdout,
        "WBS-2.5  Load test  (docs/runs/r.md:5, Missing Deliverables)\nWBS-2.6  Write the runbook  (docs/runs/r.md:11, Notes)\nWBS-2.7  Cache the index  (docs/runs/r.md:16, Suggestions for Next Agents)\n"
    );
    assert_eq!(repo.queue(), before);
    repo.exits(0, &["follow-up", report, "--item", "WBS-2.1", "--apply"]);
    assert!(
        repo.queue()
            .contains("\"follow_ups\": [\"WBS-2.5\", \"WBS-2.6\", \"WBS-2.7\"]"),
        "{}",
        repo.queue()
    );
    assert!(repo.queue().ends_with("{\"id\": \"WBS-2.7\", \"title\": \"Cache the index\", \"status\": \"todo\", \"run_reports\": [\"docs/runs/r.md\"]}\n"));
    assert_eq!(repo.exits(0, &["follow-up", report]).stdout, "");
}

#[test]
fn syncs_with_the_plan_and_looks_after_claims() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"status\": \"todo\", \"title\": \"old\", \"owner\": \"x\"}\n",
    );
    repo.write(
        "ops/por.json",
        "{\"items\": [{\"id\": \"W-1\", \"title\": \"new\"}, {\"id\": \"W-2\", \"title\": \"b\"}]}",
    );
    assert_eq!(
        repo.exits(0, &["sync", "--dry-run"]).stdout,
        "W-1: takes out title\nW-2: added\n"
    );
    repo.exits(0, &["sync"]);
    assert_eq!(
        repo.queue(),
        "{\"id\": \"W-1\", \"status\": \"todo\", \"owner\": \"x\"}\n{\"id\": \"W-2\", \"status\": \"todo\"}\n"
    );
    assert_eq!(repo.exits(0, &["sync"]).stdout, "");
    repo.git(&["init", "-q", "-b", "main"]);
    repo.exits(0, &["claim", "W-2", "--owner", "A-1"]);
    let ran = repo.exits(0, &["doctor"]);
    assert!(
        ran.stdout
            .ends_with("claim: W-2 by A-1: active, as in the queue\n"),
        "{}",
        ran.stdout
    );
}
