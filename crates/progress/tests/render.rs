//! Pages in real repositories.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use trueline_kit::testing::{Ran, run};
use trueline_progress::TOOL;

const POR: &str = r#"{
  "version": 1,
  "phases": [
    {"id": "P1", "title": "One | first", "weight": 0.3, "owner": "PO"},
    {"id": "P2", "title": "Two", "weight": 0.7, "depends_on": ["P1"], "gate": {"checks": ["unit"]}}
  ],
  "items": [
    {"id": "WBS-1.1", "phase": "P1", "title": "First", "weight": 2, "nt_refs": ["NT-1"], "td_refs": ["TD-1"]},
    {"id": "WBS-1.2", "phase": "P1", "title": "Second <!-- x -->", "dependencies": ["WBS-1.1"], "nt_refs": ["NT-1"], "td_refs": ["TD-1"]},
    {"id": "WBS-2.1", "phase": "P2", "title": "Third", "due": "2026-01-20", "nt_refs": ["NT-2"], "td_refs": ["TD-1"]}
  ]
}
"#;

const QUEUE: &str = r#"{"id": "WBS-1.1", "status": "done", "owner": "A-1"}
{"id": "WBS-1.2", "status": "todo"}
{"id": "WBS-2.1", "status": "done"}
"#;

struct Repo {
    dir: TempDir,
}

impl Repo {
    fn new(por: Option<&str>, queue: Option<&str>) -> Repo {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo { dir };
        for (path, text) in [("ops/por.json", por), ("ops/queue.jsonl", queue)] {
            if let Some(text) = text {
                repo.write(path, text);
            }
        }
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
    fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        ran
    }

    fn pages(&self) -> [String; 3] {
        ["docs/PROGRESS.md", "docs/OUTLINE.md", "docs/progress.json"].map(|path| self.read(path))
    }
}

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

#[test]
fn the_gate_opens() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    let check = |status: &str| {
        repo.write("ops/checks/unit.json", &format!(
            "{{\"name\":\"unit\",\"status\":\"{status}\",\"items\":[],\"at\":\"2026-01-15T12:00:00Z\"}}"
        ));
        repo.ok(&["show"]).stdout
    };
    assert!(check("fail").contains("check unit fails"));
    assert!(check("blocked").contains("Project completion: 83.00%"));
    assert!(check("pass").ends_with("Project completion: 90.00%\n"));
}

#[test]
fn a_gate_takes_no_check_of_other_content() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.write("code", "a");
    repo.commit("begin");
    let head = repo.git(&["rev-parse", "HEAD"]);
    let check = |inputs: &str| {
        format!(
            "{{\"name\": \"unit\", \"status\": \"pass\", \"commit\": \"{}\", {inputs}\"at\": \"2026-01-15T12:00:00Z\"}}",
            head.trim()
        )
    };
    repo.write("ops/checks/unit.json", &check(""));
    assert!(!repo.ok(&["show"]).stdout.contains("check unit"));
    let inputs = format!("\"inputs\": \"{}\", ", "0".repeat(64));
    repo.write("ops/checks/unit.json", &check(&inputs));
    let shown = repo.ok(&["show"]).stdout;
    assert!(shown.contains("check unit ran on other content"), "{shown}");
}

#[test]
fn coverage_holds_a_phase() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    let row = |status: &str, tests: &str| {
        repo.write("docs/blueprints/crosswalk.json", &format!(
            "{{\"version\":1,\"rows\":[{{\"nt\":\"NT-1\",\"wbs\":[\"WBS-1.1\",\"WBS-1.2\"],\"status\":\"{status}\",\"tests\":{tests}}}]}}"
        ));
        repo.ok(&["show", "--format", "json"]).stdout
    };
    let tests = "[{\"path\":\"t\",\"kind\":\"tag\"}]";
    let first = row("todo", tests);
    assert!(first.contains("\"coverage\": \"0.00\""), "{first}");
    assert!(first.contains("\"completion\": \"0.00\""), "{first}");
    assert!(row("in-progress", tests).contains("\"completion\": \"15.00\""));
    assert!(row("done", "[]").contains("\"completion\": \"15.00\""));
    assert!(row("done", tests).contains("\"completion\": \"20.00\""));
}

#[test]
fn the_queue_stands_alone() {
    let repo = Repo::new(None, Some(QUEUE));
    repo.ok(&["render"]);
    assert!(
        repo.read("docs/PROGRESS.md")
            .ends_with("Project completion: 66.66%\n")
    );
    let repo = Repo::new(Some(POR), None);
    repo.ok(&["render"]);
    assert!(
        repo.read("docs/PROGRESS.md")
            .ends_with("Project completion: 0.00%\n")
    );
    assert_eq!(Repo::new(None, None).run(&["render"]).code, 2);
}

#[test]
fn a_plan_that_cannot_be_read_is_not_rendered() {
    let repo = Repo::new(Some("{\"items\": ["), Some(QUEUE));
    let ran = repo.run(&["render"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(!repo.root().join("docs/PROGRESS.md").exists());
}

#[test]
fn a_shrunk_plan_is_found() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    let without: String = POR
        .lines()
        .filter(|line| !line.contains("WBS-1.2"))
        .map(|line| format!("{line}\n"))
        .collect();
    let smaller = without.replace("\"weight\": 2", "\"weight\": 3").replace(
        "\"due\": \"2026-01-20\"",
        "\"deferred\": {\"reason\": \"later\", \"approved_by\": \"PO\"}",
    );
    repo.write("ops/por.json", &smaller);
    repo.write("ops/queue.jsonl", "{\"id\": \"WBS-1.1\", \"status\": \"done\"}\n{\"id\": \"WBS-2.1\", \"status\": \"todo\"}\n");
    let ran = repo.run(&["check", "--base", "HEAD"]);
    assert_eq!(ran.code, 1);
    for code in ["item-removed", "item-deferred", "item-reweighted"] {
        assert!(
            ran.stdout.contains(&format!("progress/{code}")),
            "{code}: {}",
            ran.stdout
        );
    }
    assert!(
        ran.stderr
            .contains("30.00% in this plan, 20.00% in the plan of"),
        "{}",
        ran.stderr
    );
    assert_eq!(repo.run(&["check", "--base", "nowhere"]).code, 3);
}

#[test]
fn paths_and_graphs() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    assert_eq!(
        repo.ok(&["critical-path", "--all"]).stdout,
        "WBS-1.1  2  done  First\nWBS-1.2  1  ready  Second <!-- x -->\nweight: 3\n"
    );
    assert_eq!(
        repo.ok(&["critical-path"]).stdout,
        "WBS-1.2  1  ready  Second <!-- x -->\nweight: 1\n"
    );
    let mermaid = repo.ok(&["graph"]).stdout;
    assert!(
        mermaid.contains("  n1[\"WBS-1.2 Second #lt;!-- x --#gt;\"]:::ready\n"),
        "{mermaid}"
    );
    assert!(mermaid.contains("  n0 --> n1\n"), "{mermaid}");
    let dot = repo.ok(&["graph", "--as", "dot", "--open"]).stdout;
    assert!(
        !dot.contains("\" -> \"") && dot.contains("\"WBS-1.2\""),
        "{dot}"
    );
}

#[test]
fn history_grows() {
    let repo = Repo::new(Some(POR), Some(QUEUE));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.commit("begin");
    repo.write("ops/queue.jsonl", &QUEUE.replace("\"todo\"", "\"done\""));
    repo.commit("done");
    let lines = repo.ok(&["history"]).stdout;
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].ends_with("90.00%  2 of 3 done"), "{lines:?}");
    assert!(lines[1].ends_with("100.00%  3 of 3 done"), "{lines:?}");
    assert_eq!(repo.ok(&["history", "--as-of", "2025-12-31"]).stdout, "");
    let json = repo
        .ok(&["history", "--format", "json", "--limit", "1"])
        .stdout;
    assert!(json.contains("\"completion\": \"100.00\""), "{json}");
    assert_eq!(Repo::new(Some(POR), None).run(&["history"]).code, 2);

    // Opened again, and given to something else.
    let later = QUEUE.replace(
        "\"status\": \"done\", \"owner\"",
        "\"status\": \"doing\", \"owner\"",
    );
    repo.write("ops/queue.jsonl", &later);
    repo.write("ops/por.json", &POR.replace("\"First\"", "\"Another\""));
    let ran = repo.run(&["check", "--base", "HEAD"]);
    assert!(
        ran.stdout.contains("progress/reopened-item"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("`WBS-1.1` is `Another` now and was `First`"),
        "{}",
        ran.stdout
    );
}

mod shuffled {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn lines_in_any_order_give_the_same_pages(
            mut lines in proptest::collection::vec((0u32..4, 0usize..5, proptest::option::of(0u32..4)), 1..8),
            seed in any::<u64>(),
        ) {
            let statuses = ["todo", "doing", "review", "blocked", "done"];
            let mut seen = std::collections::BTreeSet::new();
            lines.retain(|(id, ..)| seen.insert(*id));
            let mut texts: Vec<String> = lines
                .iter()
                .map(|(id, status, dependency)| {
                    let list = dependency.map(|d| format!("\"W-{d}\"")).unwrap_or_default();
                    format!("{{\"id\":\"W-{id}\",\"title\":\"t | `{id}`\",\"phase\":\"P{}\",\"status\":\"{}\",\"dependencies\":[{list}]}}\n", id % 2, statuses[*status])
                })
                .collect();
            let render = |texts: &[String]| {
                let repo = Repo::new(None, Some(&texts.concat()));
                repo.run(&["render"]);
                let first = repo.pages();
                repo.run(&["render"]);
                assert_eq!(repo.pages(), first, "twice is once");
                first
            };
            let straight = render(&texts);
            let count = texts.len() as u64;
            texts.rotate_left(usize::try_from(seed % count).unwrap());
            if seed & 1 == 1 {
                texts.reverse();
            }
            prop_assert_eq!(render(&texts), straight);
        }
    }
}
