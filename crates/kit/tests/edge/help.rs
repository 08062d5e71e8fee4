//! Rules, explain, schema, generate.

use super::Root;

#[test]
fn rules_list_and_explain() {
    let root = Root::new();
    let ran = root.run(&["rules"]);
    let codes: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        codes,
        [
            "config-changed",
            "expired-allow",
            "stale-file",
            "unreadable-file",
            "unused-allow",
            "wrong"
        ]
    );
    let ran = root.run(&["rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(rules["rules"][5]["code"], "sample/wrong");
    let ran = root.run(&["--format", "markdown", "rules"]);
    assert!(
        ran.out
            .contains("| `wrong` | error | A line says that it is wrong |\n"),
        "{ran:?}"
    );
    for name in ["wrong", "sample/wrong"] {
        let ran = root.run(&["explain", name]);
        assert!(
            ran.out
                .starts_with("sample/wrong (error)\n\nA line says that it is wrong.\n"),
            "{ran:?}"
        );
    }
    let ran = root.run(&["explain", "wrogn"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.err,
        "error: sample has no rule `wrogn`\nhelp: did you mean `wrong`?\n"
    );
    assert_eq!(root.run(&["rules", "--format", "sarif"]).code, Some(2));
}

#[test]
fn schemas() {
    let root = Root::new();
    let ran = root.run(&["schema"]);
    assert_eq!(ran.out.lines().count(), 2, "{ran:?}");
    let ran = root.run(&["schema", "lock"]);
    let schema: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(schema["$id"], "urn:trueline:schema:lock:1");
    let ran = root.run(&["schema", "lok"]);
    assert_eq!(
        (ran.code, ran.err.contains("did you mean `lock`?")),
        (Some(2), true)
    );
}

#[test]
fn man_pages_and_completions() {
    let root = Root::new();
    let names = |folder: &str| -> Vec<String> {
        let read = std::fs::read_dir(root.path().join(folder)).unwrap();
        let mut all: Vec<String> = read
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        all.sort();
        all
    };
    assert_eq!(root.run(&["generate", "man", "man"]).code, Some(0));
    let pages = names("man");
    assert!(
        pages.contains(&"sample.1".to_owned()) && pages.contains(&"sample-check.1".to_owned()),
        "{pages:?}"
    );
    assert_eq!(
        root.run(&["generate", "completions", "shells"]).code,
        Some(0)
    );
    let shells = names("shells");
    assert!(
        shells.contains(&"sample.bash".to_owned()) && shells.contains(&"_sample".to_owned()),
        "{shells:?}"
    );
    assert_eq!(root.run(&["generate", "other", "x"]).code, Some(2));
}
