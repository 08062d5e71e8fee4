//! What comes from elsewhere: imports and reports.

use crate::repo::Repo;

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
        "{\"id\": \"bd-a1\", \"title\": \"One\", \"owner\": \"me\", \"status\": \"done\", \"priority\": 1, \"type\": \"bug\", \"source_dependencies\": [{\"issue_id\":\"bd-a1\",\"depends_on_id\":\"bd-b2\",\"type\":\"blocks\"}, {\"issue_id\":\"bd-a1\",\"depends_on_id\":\"bd-c3\",\"type\":\"related\"}]}\n"
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
