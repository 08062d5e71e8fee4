//! What is written, when, and what stays.

use crate::repo::{POR, QUEUE, Repo};

#[test]
fn pages_of_a_folder_without_git() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.ok(&["render"]);
    let [progress, outline, json] = repo.pages();
    // P1: 2/3 of 0.3; P2: all done, but its check is not recorded: 0.9 of 0.7.
    assert!(
        progress.ends_with("\n\nProject completion: 83.00%\n"),
        "{progress}"
    );
    assert!(progress.contains(
        "| P1 One \\| first | 0.3 | 66.66% | 66.66% | - | - | PO | - |\n| P2 Two | 0.7 | 90.00% | 100.00% | - | no | - | check unit is not recorded |\n"
    ), "{progress}");
    assert!(outline.contains("- [ ] WBS-1.2 Second &lt;!-- x --> - owner: - - weight: 33.33% - ready\n  - NT refs: NT-1\n"), "{outline}");
    assert!(outline.contains("- [x] WBS-2.1 Third"), "{outline}");
    assert!(json.contains("\"exact\": \"0.83\""), "{json}");
    let before = repo.pages();
    repo.ok(&["render"]);
    assert_eq!(repo.pages(), before);
    repo.ok(&["render", "--check"]);
}

#[test]
fn sections_stand_in_canonical_order() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.ok(&["render"]);
    let page = repo.read("docs/PROGRESS.md");
    let heads: Vec<&str> = page.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        heads,
        [
            "# Project Progress",
            "## Summary",
            "## Phase Breakdown (WBS)",
            "## Access Coverage",
            "## Recent Changes",
            "## Upcoming (7 days)",
            "## Verticals",
            "## Risks & Decisions",
        ]
    );
}

#[test]
fn rendering_committing_and_rendering_again_changes_nothing() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("plan: begin\n\nWBS: WBS-1.1");
    repo.ok(&["render"]);
    let first = repo.pages();
    assert!(
        first[0].contains("- 2026-01-15 (WBS-1.1): plan: begin\n"),
        "{}",
        first[0]
    );
    repo.commit("docs: progress\n\nWBS: WBS-1.1");
    repo.ok(&["render", "--check"]);
    repo.ok(&["render"]);
    assert_eq!(repo.pages(), first);

    // Work goes on: the next page says what changed, and is as stable.
    repo.write("ops/queue.jsonl", &QUEUE.replace("\"todo\"", "\"done\""));
    assert_eq!(repo.run(&["render", "--check"]).code, 1);
    repo.ok(&["render"]);
    let second = repo.pages();
    assert!(
        second[0].contains("+10.00% (reason: WBS-1.2 done)\n"),
        "{}",
        second[0]
    );
    repo.commit("search: done (#7)\n\nWBS: WBS-1.2");
    repo.ok(&["render", "--check"]);
    repo.ok(&["render"]);
    assert_eq!(repo.pages(), second);

    // Other history alone changes nothing; the next change takes it in.
    repo.commit("other\n\nWBS: WBS-2.1");
    repo.ok(&["render", "--check"]);
    repo.ok(&["render"]);
    assert_eq!(repo.pages(), second);
    repo.write("ops/queue.jsonl", QUEUE);
    assert_eq!(repo.run(&["render", "--check"]).code, 1);
    repo.ok(&["render"]);
    let third = repo.pages();
    assert!(
        third[0].contains(" PR #7 (WBS-1.2) +10.00%: search: done\n"),
        "{}",
        third[0]
    );
    repo.commit("docs: progress");
    repo.ok(&["render", "--check"]);
    repo.ok(&["render"]);
    assert_eq!(repo.pages(), third);
}

#[test]
fn a_branch_that_is_squashed_keeps_its_base() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.commit("on the branch");
    repo.ok(&["render"]);
    repo.commit("docs: progress");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "work"]);
    repo.commit("squashed (#1)");
    repo.git(&["branch", "-q", "-D", "work"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    repo.ok(&["render", "--check"]);
}

#[test]
fn a_base_that_is_gone_is_taken_anew() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    repo.ok(&["render"]);
    let json = repo.read("docs/progress.json");
    let head = repo.git(&["rev-parse", "HEAD"]);
    let gone = json.replace(head.trim(), &"1".repeat(40));
    repo.write("docs/progress.json", &gone);
    assert_eq!(repo.run(&["render", "--check"]).code, 1);
    repo.ok(&["render"]);
    assert_eq!(repo.read("docs/progress.json"), json);
    repo.ok(&["render", "--check"]);
}

#[test]
fn pages_made_before_the_first_commit_are_clean_after_it() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.ok(&["render"]);
    let pages = repo.pages();
    repo.commit("begin\n\nWBS: WBS-1.1");
    repo.ok(&["render", "--check"]);
    repo.ok(&["render"]);
    assert_eq!(repo.pages(), pages);
    repo.write("ops/queue.jsonl", &QUEUE.replace("\"todo\"", "\"done\""));
    assert_eq!(repo.run(&["render", "--check"]).code, 1);
    repo.ok(&["render"]);
    assert!(repo.pages()[2].contains("\"base\": \""));
    repo.commit("more");
    repo.ok(&["render", "--check"]);
}

#[test]
fn check_is_clean_exactly_where_render_changes_nothing() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    repo.ok(&["render"]);
    repo.commit("docs: progress");
    let steps: [(&str, String); 4] = [
        ("code\n\nWBS: WBS-1.1", QUEUE.to_owned()),
        (
            "queue\n\nWBS: WBS-1.2",
            QUEUE.replace("\"todo\"", "\"doing\""),
        ),
        ("plain", QUEUE.replace("\"todo\"", "\"doing\"")),
        ("back\n\nWBS: WBS-1.2", QUEUE.to_owned()),
    ];
    for (message, queue) in steps {
        repo.write("ops/queue.jsonl", &queue);
        repo.commit(message);
        let is_clean = repo.run(&["render", "--check"]).code == 0;
        let before = repo.pages();
        repo.ok(&["render"]);
        assert_eq!(repo.pages() == before, is_clean, "{message}");
        repo.commit("docs: progress");
        repo.ok(&["render", "--check"]);
    }
}

#[test]
fn a_shallow_clone_is_inconclusive_and_nothing_is_written() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin\n\nWBS: WBS-1.1");
    repo.commit("more\n\nWBS: WBS-1.2");
    repo.ok(&["render"]);
    repo.commit("docs: progress");
    let clone = Repo::new(None, None);
    let from = format!("file://{}", repo.root().to_str().unwrap());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    let before = clone.pages();
    clone.write("ops/queue.jsonl", &QUEUE.replace("\"todo\"", "\"done\""));
    for args in [&["render"][..], &["render", "--check"]] {
        let ran = clone.run(args);
        assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("shallow"), "{}", ran.stderr);
        assert_eq!(clone.pages(), before);
    }
    std::fs::remove_file(clone.root().join("docs/progress.json")).unwrap();
    assert_eq!(clone.run(&["render"]).code, 3);
    assert!(!clone.root().join("docs/progress.json").exists());
}

#[test]
fn hand_written_text_stays() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.write("docs/PROGRESS.md", "# Our log\r\n\r\n- mine\r\n");
    repo.ok(&["render"]);
    let page = repo.read("docs/PROGRESS.md");
    assert!(
        page.starts_with("# Our log\r\n\r\n- mine\r\n\r\n<!-- progress:begin summary -->\r\n"),
        "{page}"
    );
    assert!(!page.replace("\r\n", "").contains('\n'));
    let edited = page.replace("- mine", "- mine, still");
    repo.write("docs/PROGRESS.md", &edited);
    repo.ok(&["render"]);
    assert_eq!(repo.read("docs/PROGRESS.md"), edited);
}

#[test]
fn damaged_markers_stop_everything() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.write("docs/OUTLINE.md", "x\n<!-- progress:begin outline -->\n");
    let ran = repo.run(&["render"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("progress/damaged-markers"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("docs/OUTLINE.md:2:1"), "{}", ran.stdout);
    assert!(!repo.root().join("docs/PROGRESS.md").exists());
}
