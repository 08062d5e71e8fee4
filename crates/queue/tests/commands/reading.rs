//! What commands answer.

use crate::repo::{QUEUE, Repo};

#[test]
fn lists() {
    let repo = Repo::new(QUEUE);
    assert_eq!(
        repo.exits(0, &["list"]).stdout,
        "W-1   done     -    One\nW-2   ready    -    Two\nW-3   ready    A-1  Three\nW-10  waiting  -    Ten\n"
    );
    assert_eq!(
        repo.exits(0, &["list", "--state", "ready", "--owner", "A-1"])
            .stdout,
        "W-3  ready  A-1  Three\n"
    );
    assert_eq!(
        repo.exits(0, &["ready"]).stdout,
        "W-2  ready  -    Two\nW-3  ready  A-1  Three\n"
    );
    let json = repo
        .exits(0, &["ready", "--format", "json", "--limit", "1"])
        .stdout;
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["items"][0]["id"], "W-2");
    assert_eq!(value["items"].as_array().unwrap().len(), 1);
    repo.exits(2, &["list", "--format", "sarif"]);
}

#[test]
fn next_asks_for_whom() {
    let repo = Repo::new(QUEUE);
    assert_eq!(repo.exits(0, &["next"]).stdout, "W-2  ready  -  Two\n");
    assert_eq!(
        repo.exits(0, &["next", "--owner", "A-1"]).stdout,
        "W-3  ready  A-1  Three\n"
    );
    assert_eq!(
        repo.exits(0, &["next", "--owner", "A-2"]).stdout,
        "W-2  ready  -  Two\n"
    );
    let empty = Repo::new("");
    let ran = empty.exits(0, &["next", "--format", "json"]);
    assert_eq!(ran.stdout, "{\n  \"version\": 1,\n  \"item\": null\n}\n");
}

#[test]
fn a_begun_vertical_comes_first() {
    let repo = Repo::new(
        r#"{"id": "W-1", "title": "a", "status": "doing", "vertical": "V-1"}
{"id": "W-2", "title": "b", "status": "todo"}
{"id": "W-3", "title": "c", "status": "todo", "vertical": "V-1"}
"#,
    );
    assert_eq!(repo.exits(0, &["next"]).stdout, "W-3  ready  -  c\n");
}

/// A vertical whose items only it names was never begun.
#[test]
fn a_vertical_may_list_its_items() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"status\": \"doing\"}\n{\"id\": \"W-2\", \"status\": \"todo\"}\n{\"id\": \"W-3\", \"status\": \"todo\"}\n",
    );
    repo.write("ops/por.json", r#"{"phases": [{"id": "P", "title": "p", "weight": 1}], "items": [{"id": "W-1", "title": "a", "phase": "P"}, {"id": "W-2", "title": "b", "phase": "P"}, {"id": "W-3", "title": "c", "phase": "P"}], "verticals": [{"id": "V-1", "title": "v", "wbs": ["W-1", "W-3"]}]}"#);
    assert_eq!(repo.exits(0, &["next"]).stdout, "W-3  ready  -  c\n");
}

/// An item was offered to those who may not work on its branch.
#[test]
fn next_stays_inside_the_rules_of_branches() {
    let repo = Repo::new(
        r#"{"id": "W-1", "title": "a", "status": "todo", "branch": "fix/a", "type": "fix", "scope": ["docs/**"]}
{"id": "W-2", "title": "b", "status": "todo", "branch": "fix/b", "type": "feature", "scope": ["src/**"]}
{"id": "W-3", "title": "c", "status": "todo", "branch": "fix/c", "type": "fix", "scope": ["src/c/**", "src/d.rs"]}
{"id": "W-4", "title": "d", "status": "todo", "branch": "free"}
"#,
    );
    let next = |owner: &str| repo.exits(0, &["next", "--owner", owner]).stdout;
    assert_eq!(next("A-1"), "W-1  ready  -  a\n");
    repo.write(
        "trueline.toml",
        "version = 1\n[[branches.rules]]\nname = \"fix/**\"\ntypes = [\"fix\"]\nowners = [\"A-1\"]\npaths = [\"src/**\"]\n",
    );
    assert_eq!(next("A-1"), "W-3  ready  -  c\n");
    assert_eq!(next("A-2"), "W-4  ready  -  d\n");
    assert_eq!(repo.exits(0, &["next"]).stdout, "W-3  ready  -  c\n");
}

#[test]
fn why_and_show() {
    let repo = Repo::new(QUEUE);
    assert_eq!(
        repo.exits(0, &["why", "W-10"]).stdout,
        "W-10 is waiting:\n  depends on W-2, which is todo\n"
    );
    assert_eq!(
        repo.exits(0, &["why", "W-2"]).stdout,
        "W-2 is ready: nothing is in its way\n"
    );
    let ran = repo.exits(2, &["why", "W-02"]);
    assert!(ran.stderr.contains("did you mean `W-2`?"), "{}", ran.stderr);
    assert!(
        repo.exits(0, &["show", "W-3"])
            .stdout
            .contains("  owner         A-1\n")
    );
}

#[test]
fn nothing_is_read_from_a_plan_that_cannot_be() {
    let repo = Repo::new(QUEUE);
    repo.write("ops/por.json", "{\"items\": [}");
    for command in ["list", "ready", "next"] {
        let ran = repo.exits(2, &[command]);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("ops/por.json:1:12"), "{}", ran.stderr);
    }
    repo.exits(2, &["set", "W-2", "status=doing"]);
    std::fs::remove_dir_all(repo.root().join("ops")).unwrap();
    repo.exits(2, &["list"]);
}
