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
