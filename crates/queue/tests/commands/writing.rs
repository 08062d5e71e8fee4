//! Changes of lines.

use crate::repo::{QUEUE, Repo};

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
