//! Checks, and what `done` asks for.

use crate::repo::Repo;

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

/// A file that nobody checked once made a feature done, and so did a pack of any bytes.
#[test]
fn a_file_alone_is_no_check() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"title\": \"a\", \"status\": \"doing\", \"attach_packs\": [\"p.zip\"]}\n",
    );
    repo.write("p.zip", "no pack at all");
    repo.write("a.log", "all is well");
    let ran = repo.exits(1, &["done", "W-1"]);
    assert!(
        ran.stdout.contains("no passing check and no evidence"),
        "{}",
        ran.stdout
    );
    let ran = repo.exits(1, &["done", "W-1", "--evidence", "a.log"]);
    assert!(
        ran.stdout.contains("evidence and no passing check"),
        "{}",
        ran.stdout
    );
    // A foundation item: a pack counts once something verified it.
    repo.write(
        "ops/por.json",
        "{\"items\": [{\"id\": \"W-1\", \"title\": \"a\", \"tier\": \"foundation\", \"exit_criteria\": [\"x\", \"y\"]}]}",
    );
    repo.exits(
        0,
        &["check", "unit", "--item", "W-1", "--", "git", "--version"],
    );
    let ran = repo.exits(1, &["done", "W-1"]);
    assert!(
        ran.stdout.contains("2 exit criteria, but 1"),
        "{}",
        ran.stdout
    );
    repo.exits(
        0,
        &[
            "check", "pack", "--item", "W-1", "--", "echo", "verify", "p.zip",
        ],
    );
    repo.exits(0, &["done", "W-1"]);
}
