//! What is printed for people and other programs: export, section, trace, impact.

// The tags below are examples. concordance:ignore-file
use super::base;

#[test]
fn every_item_is_exported_once() {
    let sandbox = base();
    let rows = sandbox.run("concordance", &["export"]).exits(0).out;
    assert!(
        rows.starts_with("id,title,file,line,revision,nt,td,wbs,code,tests,acceptance,owner,"),
        "{rows}"
    );
    let same = sandbox.run("concordance", &["export", "--format", "csv"]);
    assert_eq!(same.exits(0).out, rows);
    let lines = sandbox
        .run("concordance", &["export", "--format", "jsonl"])
        .exits(0)
        .out;
    let before = sandbox.run("concordance", &["--format", "jsonl", "export"]);
    assert_eq!(before.exits(0).out, lines);
    let ids = |text: &str, skip| -> Vec<String> {
        let first = |line: &str| line.split([',', '}']).next().unwrap().to_owned();
        text.lines().skip(skip).map(first).collect()
    };
    let of_lines: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|value| value["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids(&rows, 1), of_lines);
    assert!(of_lines.contains(&"NT-1.1".to_owned()) && of_lines.contains(&"TD-1".to_owned()));
    for format in ["json", "sarif", "xml"] {
        sandbox
            .run("concordance", &["export", "--format", format])
            .exits(2);
    }
}

#[test]
fn trace_and_impact_name_code_tests_and_owners() {
    let sandbox = base();
    let traced = sandbox
        .run("concordance", &["trace", "NT-1.1", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(traced["id"], "NT-1.1");
    assert!(
        traced["code"].to_string().contains("src/search.rs"),
        "{traced}"
    );
    let drawn = sandbox.run("concordance", &["trace", "NT-1.1", "--mermaid"]);
    assert!(drawn.exits(0).out.starts_with("flowchart"));
    let missing = sandbox.run("concordance", &["trace", "NT-1.77"]).exits(2);
    assert!(missing.err.contains("NT-1.77"), "{missing:?}");
    let nothing = sandbox.run(
        "concordance",
        &["impact", "--base", "main", "--format", "json"],
    );
    assert_eq!(nothing.exits(0).json()["items"], serde_json::json!([]));
    let text = sandbox.read("src/search.rs");
    sandbox.write("src/search.rs", format!("{text}\n// more\n"));
    let touched = sandbox
        .run(
            "concordance",
            &["impact", "--base", "main", "--format", "json"],
        )
        .exits(0)
        .json();
    assert!(
        touched["items"].to_string().contains("tests/search.rs"),
        "{touched}"
    );
}

#[test]
fn a_section_is_the_text_of_the_item() {
    let sandbox = base();
    let text = sandbox.read("docs/blueprints/nt.md");
    let section = sandbox
        .run("concordance", &["section", "NT-1.1"])
        .exits(0)
        .out;
    assert!(
        text.contains(&section) && section.contains("NT-1.1"),
        "{section}"
    );
    sandbox.run("concordance", &["section", "NT-9"]).exits(2);
}
