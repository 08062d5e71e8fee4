//! Shapes of task lists that lost records, or said something else, on their way in.

use crate::imports::{ids, import};
use crate::repo::Repo;
use serde_json::json;

/// Tasks inside a line stayed a field of it.
#[test]
fn lists_inside_lines_hold_records() {
    let (report, items) = import(
        "{\"id\": \"F-1\", \"title\": \"Search\", \"tasks\": [{\"id\": 1, \"title\": \"Index\"}, {\"id\": 2, \"title\": \"Query\", \"depends_on\": [1]}]}\n{\"id\": \"F-2\", \"title\": \"Sum\", \"tasks\": [\"only words\"]}\n",
        &[],
    );
    assert_eq!(ids(&items), ["F-1", "F-1.1", "F-1.2", "F-2"]);
    assert_eq!(items[2]["dependencies"], json!(["F-1.1"]));
    assert_eq!(items[3]["tasks"], json!(["only words"]));
    assert_eq!(report["records"][1]["at"], "line 1/tasks/0");
}

/// A phase came in as an item, and what stood in it was in no phase.
#[test]
fn phases_are_no_items() {
    let file = json!({"project": "p", "phases": [
        {"id": "P1", "name": "Base", "weight": 0.4, "tasks": [{"id": "A-1", "title": "One"}]},
        {"name": "Build", "tasks": [{"id": "A-2", "title": "Two", "dependencies": "A-1"}, {"id": "A-3", "title": "Three", "phase": "P9"}]},
    ]});
    let (report, items) = import(&file.to_string(), &[]);
    assert_eq!(ids(&items), ["A-1", "A-2", "A-3"]);
    let phases: Vec<&str> = items
        .iter()
        .map(|item| item["phase"].as_str().unwrap())
        .collect();
    assert_eq!(phases, ["P1", "Build", "P9"]);
    assert_eq!(items[1]["dependencies"], json!(["A-1"]));
    assert_eq!(report["total"], 5);
    assert_eq!(report["skipped"], 2);
}

/// Records by id were none, and a list under another name was passed over in silence.
#[test]
fn records_by_id_and_lists_of_other_names() {
    let file = json!({
        "tasks": {"T-1": {"title": "One", "status": "done"}, "T-2": {"title": "Two", "depends_on": ["T-1"]}},
        "bugs": [{"id": "B-1", "title": "Bug"}, "words"],
        "notes": ["x"],
    });
    let (report, items) = import(&file.to_string(), &[]);
    assert_eq!(ids(&items), ["T-1", "T-2"]);
    assert_eq!(items[1]["dependencies"], json!(["T-1"]));
    let skipped = &report["records"][0];
    assert_eq!(skipped["at"], "/bugs/0");
    assert!(skipped["reason"].as_str().unwrap().contains("`bugs`"));
}

/// Lists by tag beside a plain list were passed over, and a group without an id was not told.
#[test]
fn tags_beside_a_list_and_groups() {
    let task = |id: u64| json!({"id": id, "title": format!("Task {id}")});
    let file = json!({"tasks": [task(1), {"name": "group", "tasks": [task(2)]}], "next": {"tasks": [task(1)]}, "metadata": {"a": 1}});
    let (report, items) = import(&file.to_string(), &[]);
    assert_eq!(ids(&items), ["WBS-1", "WBS-2", "WBS-next-1"]);
    assert_eq!(report["records"][1]["reason"], "it has no id");
}

#[test]
fn words_that_are_declared() {
    let file = json!([
        {"number": 12, "title": "One", "state": "OPEN", "priority": "2"},
        {"id": "A", "title": null, "name": "Two", "status": "InProgress", "priority": "Highest", "depends_on": "none"},
        {"id": "B", "content": "Three", "status": "on hold", "dependencies": ["A", null], "priority": "p9"},
        {"id": "C", "title": "Four", "blockedBy": "A, B", "dependencies": null},
        {"id": "D", "title": "Five", "depends_on": [{"task_id": "A", "type": "finish-to-start"}, {"id": "B", "type": "relates-to"}]},
        {"id": "E", "title": "Six", "depends_on": "A and B"},
    ]);
    let (report, items) = import(&file.to_string(), &[]);
    assert_eq!(ids(&items), ["WBS-12", "A", "B", "C", "D"]);
    assert_eq!(
        items[0],
        json!({"id": "WBS-12", "title": "One", "status": "todo", "priority": 2})
    );
    assert_eq!(
        items[1],
        json!({"id": "A", "title": "Two", "status": "doing", "priority": 0})
    );
    assert_eq!(items[2]["status"], "blocked");
    assert_eq!(items[2]["dependencies"], json!(["A"]));
    assert_eq!(items[2]["source_priority"], "p9");
    assert_eq!(items[3]["dependencies"], json!(["A", "B"]));
    // What is not known to hold nothing back holds back.
    assert_eq!(items[4]["dependencies"], json!(["A"]));
    assert_eq!(items[4]["source_depends_on"].as_array(), None);
    assert_eq!(items[4]["depends_on"].as_array().unwrap().len(), 2);
    let last = report["records"][5]["reason"].as_str().unwrap();
    assert!(last.contains("which is no id"), "{last}");
}

#[test]
fn check_lists_in_markdown() {
    let (report, items) = import(
        "# Tasks: Search\n\n## Phase 1: Setup\n\n- [x] T001 Create the folders\n- [ ] T002 [P] [US1] Write `src/a.rs`\n- [ ] no number here\n\n```text\n- [ ] T009 an example\n```\n\n## Notes\n\n* [X] **1.2:** A title\n- not a box\n",
        &[],
    );
    assert_eq!(
        items,
        [
            json!({"id": "T001", "title": "Create the folders", "status": "done", "phase": "Phase 1"}),
            json!({"id": "T002", "title": "Write `src/a.rs`", "status": "todo", "phase": "Phase 1", "labels": ["P", "US1"]}),
            json!({"id": "WBS-1.2", "title": "A title", "status": "done"}),
        ]
    );
    assert_eq!(report["records"][2]["reason"], "it has no id");
    assert_eq!(report["records"][2]["at"], "line 7");
}

#[test]
fn yaml_lists() {
    let (_, items) = import(
        "version: 1\ntasks:\n  - id: WBS-1\n    title: One\n    status: complete\n  - id: WBS-2\n    title: Two\n    depends_on: [WBS-1]\n    priority: high\n",
        &[],
    );
    assert_eq!(ids(&items), ["WBS-1", "WBS-2"]);
    assert_eq!(items[1]["dependencies"], json!(["WBS-1"]));
    assert_eq!(items[1]["priority"], 1);
}

#[test]
fn one_record_alone() {
    let text = serde_json::to_string_pretty(&json!({"id": "A", "title": "One"})).unwrap();
    assert_eq!(ids(&import(&text, &[]).1), ["A"]);
    let (report, items) = import("{\"id\": \"A\", \"title\": \"One\"}\n", &[]);
    assert_eq!(ids(&items), ["A"]);
    assert_eq!(report["records"][0]["at"], "line 1");
}

/// A file of another kind was a heap of skipped lines, and clean.
#[test]
fn what_holds_no_records_is_refused() {
    let repo = Repo::new("");
    for (text, says) in [
        ("id,title\nA,One\n", "neither JSON"),
        ("{\"rows\": {}, \"n\": 1}", "no list of records"),
        ("{\n \"id\": \"A\",\n", "neither JSON"),
        ("[{]", "cannot be read as JSON"),
        ("7", "one value"),
    ] {
        repo.write("source", text);
        let ran = repo.exits(2, &["import", &repo.path("source")]);
        assert!(ran.stderr.contains(says), "{text}: {}", ran.stderr);
    }
    // Nothing in it is nothing to import.
    for text in ["", "[]", "{\"tasks\": []}"] {
        repo.write("source", text);
        let ran = repo.exits(0, &["import", &repo.path("source")]);
        assert!(ran.stdout.starts_with("0 records"), "{}", ran.stdout);
    }
}
