//! What a review decides, and what has to agree with it.

use crate::repo::Repo;

const REPORT: &str = "docs/runs/2026-01-15-W-1-A-1.md";

/// An item in review, its report, and a check that passes.
fn repo() -> Repo {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"title\": \"a\", \"status\": \"review\", \"x\": 1.10}\n{\"id\": \"W-2\", \"title\": \"Write the guide\", \"status\": \"todo\"}\n",
    );
    repo.git(&["init", "-q", "-b", "main"]);
    repo.write(REPORT, "# Run of W-1\n\nAll is there.\n");
    repo.commit("begin");
    repo.exits(
        0,
        &["check", "unit", "--item", "W-1", "--", "git", "--version"],
    );
    repo
}

fn review(acceptance: &str, decision: &str, more: &str) -> String {
    format!(
        "# Review\n\n- Source: **{REPORT}**\n{more}\nACCEPTANCE: {acceptance}\nDecision: {decision}\n"
    )
}

#[test]
fn what_agrees_is_applied() {
    let repo = repo();
    repo.write("docs/reviews/r.md", &review("met", "done", ""));
    repo.exits(0, &["apply-review", &repo.path("docs/reviews/r.md")]);
    let queue = repo.queue();
    let line = queue.lines().next().unwrap();
    for part in [
        "\"status\": \"done\", \"x\": 1.10",
        "\"run_reports\": [\"docs/runs/2026-01-15-W-1-A-1.md\"]",
        "\"evidence\": [{\"path\": \"docs/reviews/r.md\", \"sha256\": ",
        "\"done_at\": ",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    // Once more: nothing changes but the time stays, too.
    repo.exits(0, &["apply-review", &repo.path("docs/reviews/r.md")]);
    assert_eq!(repo.queue(), queue);
    // A review does not take back what is done.
    repo.write("docs/reviews/s.md", &review("unmet", "in_progress", ""));
    let ran = repo.exits(1, &["apply-review", &repo.path("docs/reviews/s.md")]);
    assert!(ran.stdout.contains("reopen it with"), "{}", ran.stdout);
    assert_eq!(repo.queue(), queue);
}

#[test]
fn other_decisions_need_no_check() {
    let repo = repo();
    std::fs::remove_file(repo.root().join("ops/checks/unit.json")).unwrap();
    let path = repo.path("docs/r.md");
    repo.write(
        "docs/r.md",
        &review("unmet - no key for the sandbox", "blocked", ""),
    );
    repo.exits(0, &["apply-review", &path]);
    assert!(
        repo.queue().contains("\"status\": \"blocked\"")
            && repo
                .queue()
                .contains("\"blocked_reason\": \"no key for the sandbox\"")
    );
    repo.write("docs/r.md", &review("no", "in_progress", ""));
    repo.exits(0, &["apply-review", &path]);
    assert!(repo.queue().contains("\"status\": \"doing\""));
    let json = format!(
        "{{\"item\": \"W-1\", \"report\": \"{REPORT}\", \"acceptance\": \"unmet\", \"decision\": \"review\"}}"
    );
    repo.write("docs/r.json", &json);
    repo.exits(0, &["apply-review", &repo.path("docs/r.json")]);
    assert!(repo.queue().contains("\"status\": \"review\""));
}

#[test]
fn what_disagrees_changes_nothing() {
    let repo = repo();
    let before = repo.queue();
    let path = repo.path("docs/r.md");
    let refused = |text: &str, part: &str| {
        repo.write("docs/r.md", text);
        let ran = repo.exits(1, &["apply-review", &path]);
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
        assert_eq!(repo.queue(), before);
    };
    refused(&review("unmet", "done", ""), "acceptance is not met");
    refused(&review("met", "blocked", ""), "acceptance is met");
    refused(&review("met | unmet", "done", ""), "never chosen");
    refused(
        "It is reasonable to mark W-1 as complete.\n",
        "decides nothing",
    );
    refused(
        &review("met", "done", "").replace(REPORT, "docs/none-W-1.md"),
        "does not exist",
    );
    refused(
        &review("met", "done", "\n## Missing Deliverables\n\n- Load tests\n"),
        "not in the queue: Load tests",
    );
    repo.write(REPORT, "# Run of W-1\n\n- [ ] Say how to roll back\n");
    refused(
        &review("met", "done", ""),
        "not in the queue: Say how to roll back",
    );
    repo.write(REPORT, "# Run of another\n");
    repo.write("docs/plain.md", "Nothing about it.\n");
    refused(
        &review("met", "done", "- WBS: W-1\n").replace(REPORT, "docs/plain.md"),
        "does not name `W-1`",
    );
    refused(
        &review("met", "done", "").replace("2026-01-15-W-1-A-1", "plain"),
        "nothing says which item",
    );
    refused(
        &review("met", "done", "- WBS: W-1, W-2\n"),
        "`W-1` and `W-2`",
    );
    // No check, or one that fails.
    repo.write(REPORT, "# Run of W-1\n");
    repo.exits(
        1,
        &[
            "check",
            "unit",
            "--item",
            "W-1",
            "--replace",
            "--allow-dirty",
            "--",
            "git",
            "no-such",
        ],
    );
    refused(&review("met", "done", ""), "no check of `W-1` passes");
}

#[test]
fn what_is_left_open_has_to_be_in_the_queue() {
    let repo = repo();
    let text = review(
        "met",
        "done",
        "\n## Recommended Follow-Ups\n\n1. Write the guide\n",
    );
    repo.write("docs/r.md", &text);
    let por = |tier: &str| {
        format!(
            "{{\"items\": [{{\"id\": \"W-1\", \"title\": \"a\", \"tier\": \"{tier}\"}}, {{\"id\": \"W-2\", \"title\": \"Write the guide\"}}]}}\n"
        )
    };
    repo.write("ops/por.json", &por("foundation"));
    let ran = repo.exits(1, &["apply-review", &repo.path("docs/r.md")]);
    assert!(
        ran.stdout.contains("it is left open as `W-2`"),
        "{}",
        ran.stdout
    );
    repo.write("ops/por.json", &por("feature"));
    repo.exits(0, &["apply-review", &repo.path("docs/r.md")]);
    assert!(repo.queue().contains("\"status\": \"done\""));
}
