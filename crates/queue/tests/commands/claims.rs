//! Who holds what.

use crate::repo::{QUEUE, Repo};

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
