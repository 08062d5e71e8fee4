//! What the figures are made of.

use crate::repo::{POR, QUEUE, Repo};

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

/// A ceiling of 80 held nothing: it was read as 80 times the phase.
#[test]
fn a_ceiling_is_a_share_or_a_percentage() {
    let por = |ceiling: &str| {
        format!(
            "{{\"phases\": [{{\"id\": \"P1\", \"title\": \"Base\", \"weight\": 1, \"gate\": {{\"checks\": [\"unit\"], \"ceiling\": {ceiling}}}}}], \"items\": [{{\"id\": \"WBS-1.1\", \"phase\": \"P1\", \"title\": \"One\"}}]}}"
        )
    };
    let queue = "{\"id\": \"WBS-1.1\", \"status\": \"done\"}\n";
    for (ceiling, shown, is_wrong) in [
        ("0.8", "80.00%", false),
        ("80", "80.00%", false),
        ("87.5", "87.50%", false),
        ("0", "0.00%", false),
        ("1", "90.00%", true),
        ("100", "90.00%", true),
        ("900", "90.00%", true),
    ] {
        let repo = Repo::new(Some(&por(ceiling)), Some(queue));
        let show = repo.run(&["show"]).stdout;
        let end = format!("Project completion: {shown}\n");
        assert!(show.ends_with(&end), "{ceiling}: {show}");
        let check = repo.run(&["check"]).stdout;
        assert_eq!(
            check.contains("neither a share"),
            is_wrong,
            "{ceiling}: {check}"
        );
    }
    let repo = Repo::new(
        Some(&por("0.9").replace(", \"ceiling\": 0.9", "")),
        Some(queue),
    );
    repo.write(
        "trueline.toml",
        "version = 1\n[progress]\ndefault_ceiling = 100\n",
    );
    let show = repo.run(&["show"]).stdout;
    assert!(show.ends_with("Project completion: 99.99%\n"), "{show}");
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
