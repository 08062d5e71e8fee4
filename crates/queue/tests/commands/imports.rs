//! Small files of each kind that repositories have, as their tools write them.

use crate::repo::Repo;
use serde_json::{Value, json};

/// The report and the queue's records by id.
pub(crate) fn import(text: &str, from: &[&str]) -> (Value, Vec<Value>) {
    let repo = Repo::new("");
    repo.write("source", text);
    let path = repo.path("source");
    let mut args = vec!["import", path.as_str(), "--format", "json"];
    args.extend(from);
    let report: Value = serde_json::from_str(&repo.exits(0, &args).stdout).unwrap();
    let counts = ["imported", "merged", "skipped"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts.iter().sum::<u64>(), report["total"], "{report}");
    let records = report["records"].as_array().unwrap();
    assert_eq!(records.len() as u64, report["total"].as_u64().unwrap());
    assert!(
        records
            .iter()
            .all(|line| (line["outcome"] == "imported") == line.get("reason").is_none())
    );
    let queue = repo.queue();
    let items: Vec<Value> = queue
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(items.len() as u64, counts[0]);
    // What was written is read back without a complaint about its form.
    let check = repo.run(&["list"]);
    for code in [
        "bad-line",
        "wrong-type",
        "unknown-status",
        "duplicate-id",
        "dangling",
    ] {
        assert!(
            !(check.stdout.clone() + &check.stderr).contains(code),
            "{}",
            check.stdout
        );
    }
    (report, items)
}

pub(crate) fn ids(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

#[test]
fn a_work_queue_in_lines() {
    let (_, items) = import(
        "{\"task_id\": \"WBS-001\", \"agent\": \"AGENT-1\", \"status\": \"complete\", \"created_at\": \"2026-01-01T00:00:00Z\", \"blueprint_ids\": [\"TD-0062\", \"NT-0001\"], \"title\": \"Pipelines\", \"phase\": \"Bootstrap\", \"depends_on\": [], \"acceptance_criteria\": [\"green\"], \"priority\": 1}\n\n{\"task_id\": \"WBS-002\", \"agent\": \"AGENT-2\", \"status\": \"in_progress\", \"title\": \"Models\", \"depends_on\": [\"WBS-001\"], \"priority\": \"P0\"}\n",
        &[],
    );
    assert_eq!(
        items,
        [
            json!({"id": "WBS-001", "title": "Pipelines", "owner": "AGENT-1", "status": "done", "phase": "Bootstrap", "exit_criteria": ["green"], "td_refs": ["TD-0062"], "nt_refs": ["NT-0001"], "priority": 1, "created_at": "2026-01-01T00:00:00Z"}),
            json!({"id": "WBS-002", "title": "Models", "owner": "AGENT-2", "status": "doing", "dependencies": ["WBS-001"], "priority": 0}),
        ]
    );
}

/// Edges that hold nothing back were lost, and what waited for a deleted issue waited for ever.
#[test]
fn a_tracker_in_lines() {
    let edge = |from: &str, to: &str, kind: &str| json!({"issue_id": from, "depends_on_id": to, "type": kind, "created_at": "2026-01-01T00:00:00Z"});
    let issue = |id: &str, status: &str, edges: Vec<Value>| {
        format!(
            "{}\n",
            json!({"id": id, "title": id, "description": "x", "status": status, "priority": 2, "issue_type": "task", "labels": ["a"], "dependencies": edges, "comments": [{"id": 1, "text": "y"}]})
        )
    };
    let (report, items) = import(
        &[
            issue(
                "bd-1",
                "open",
                vec![
                    edge("bd-1", "bd-2", "blocks"),
                    edge("bd-1", "bd-9", "blocks"),
                    edge("bd-1", "bd-3", "related"),
                    edge("bd-1", "bd-4", "parent-child"),
                ],
            ),
            issue("bd-2", "closed", vec![]),
            issue("bd-3", "hooked", vec![]),
            issue("bd-4", "deferred", vec![edge("bd-4", "bd-2", "waits-for")]),
            issue("bd-4.1", "in_progress", vec![]),
            issue("bd-9", "tombstone", vec![]),
        ]
        .concat(),
        &["--from", "beads"],
    );
    assert_eq!(ids(&items), ["bd-1", "bd-2", "bd-3", "bd-4", "bd-4.1"]);
    assert_eq!(report["records"][5]["reason"], "it is a tombstone");
    assert_eq!(items[0]["dependencies"], json!(["bd-2"]));
    assert_eq!(items[0]["parent"], "bd-4");
    assert_eq!(items[0]["source_dependencies"].as_array().unwrap().len(), 4);
    assert_eq!(items[3]["status"], "blocked");
    assert_eq!(items[3]["dependencies"], json!(["bd-2"]));
    assert!(items[3].get("source_dependencies").is_none());
    assert_eq!(items[0]["comments"][0]["text"], "y");
}

/// Tasks of the second tag got the ids of the first one's, and were skipped.
#[test]
fn tasks_by_tag_with_subtasks() {
    let task = |id: u64, title: &str, rest: Value| {
        let mut task = json!({"id": id, "title": title, "description": "d", "details": "x", "testStrategy": "t", "status": "pending", "priority": "medium", "dependencies": [], "subtasks": []});
        for (key, value) in rest.as_object().unwrap() {
            task[key] = value.clone();
        }
        task
    };
    let subtasks = json!([
        {"id": 1, "title": "Sub", "status": "done", "dependencies": []},
        {"id": 2, "title": "Sub two", "status": "in-progress", "dependencies": [1, "2.1"]},
    ]);
    let file = json!({
        "master": {"tasks": [
            task(1, "One", json!({"status": "done"})),
            task(2, "Two", json!({"dependencies": [1], "subtasks": subtasks})),
            task(3, "Three", json!({"status": "cancelled"})),
            task(4, "Four", json!({"status": "deferred", "dependencies": [3, 2], "priority": "HIGH"})),
        ], "metadata": {"created": "2026-01-01T00:00:00Z"}},
        "feature x": {"tasks": [task(1, "Other", json!({"status": "review", "dependencies": []})), task(2, "Next", json!({"dependencies": [1]}))], "metadata": {}},
    });
    let (report, items) = import(&file.to_string(), &[]);
    assert_eq!(report["total"], 8);
    assert_eq!(
        ids(&items),
        [
            "WBS-1",
            "WBS-2",
            "WBS-2.1",
            "WBS-2.2",
            "WBS-4",
            "WBS-feature-x-1",
            "WBS-feature-x-2"
        ]
    );
    assert_eq!(items[3]["dependencies"], json!(["WBS-2.1"]));
    assert_eq!(items[3]["parent"], "WBS-2");
    assert_eq!(items[4]["dependencies"], json!(["WBS-2"]));
    assert_eq!(items[4]["priority"], 1);
    assert_eq!(items[6]["dependencies"], json!(["WBS-feature-x-1"]));
    // One tag alone, and no tag at all, are numbered plainly.
    let one = json!({"dev": {"tasks": [task(1, "One", json!({}))]}});
    assert_eq!(ids(&import(&one.to_string(), &[]).1), ["WBS-1"]);
    let none = json!({"tasks": [task(1, "One", json!({}))], "metadata": {}});
    assert_eq!(ids(&import(&none.to_string(), &[]).1), ["WBS-1"]);
}

/// Stories that pass came in as not begun.
#[test]
fn stories_that_pass() {
    let file = json!({"project": "p", "branchName": "b", "description": "d", "userStories": [
        {"id": "US-001", "title": "One", "acceptanceCriteria": ["Typecheck passes"], "priority": 1, "passes": true, "notes": ""},
        {"id": "US-002", "title": "Two", "acceptanceCriteria": ["x"], "priority": 2, "passes": false, "dependsOn": ["US-001"]},
    ]});
    let (_, items) = import(&file.to_string(), &[]);
    assert_eq!(items[0]["status"], "done");
    assert_eq!(items[1]["status"], "todo");
    assert_eq!(items[1]["dependencies"], json!(["US-001"]));
    assert_eq!(items[0]["exit_criteria"], json!(["Typecheck passes"]));
}

#[test]
fn features_with_tasks() {
    let file = json!({"version": 1, "features": [
        {"id": "F-1", "name": "Search", "status": "In Progress", "priority": "Must", "tasks": [
            {"id": "F-1-T1", "description": "Index", "completed": true},
            {"id": "F-1-T2", "title": "Query", "done": false, "depends_on": "F-1-T1"},
        ]},
        {"category": "functional", "description": "no id", "steps": [], "passes": false},
    ]});
    let (report, items) = import(&file.to_string(), &[]);
    assert_eq!(ids(&items), ["F-1", "F-1-T1", "F-1-T2"]);
    assert_eq!(items[0]["status"], "doing");
    // A priority that nobody declared is kept as it is.
    assert_eq!(items[0]["source_priority"], "Must");
    assert_eq!(items[1]["title"], "Index");
    assert_eq!(items[1]["status"], "done");
    assert_eq!(items[2]["dependencies"], json!(["F-1-T1"]));
    assert_eq!(report["records"][3]["reason"], "it has no id");
}
