//! Runs a table of cases from a file named by the environment: `TRUELINE_GLOB_CASES`, a JSON object a line with `a`, `b`,
//! `intersects` (null where a pattern is outside the dialect) and `ancestor_overlap`. Without it, a built-in table of three rows.

use serde_json::Value;
use trueline_scope::Glob;

const ROWS: &str = r#"{"a":"src/*.rs","b":"src/m*","intersects":true,"ancestor_overlap":false}
{"a":"src","b":"src/m*","intersects":false,"ancestor_overlap":true}
{"a":"src//m","b":"src/m*","intersects":null}"#;

#[test]
fn every_row_of_the_file_holds() {
    let rows = std::env::var("TRUELINE_GLOB_CASES").map_or_else(
        |_| ROWS.to_owned(),
        |path| std::fs::read_to_string(path).expect("the file can be read"),
    );
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in rows.lines().filter(|line| !line.trim().is_empty()) {
        count += 1;
        let row: Value = serde_json::from_str(line).expect("a row is JSON");
        let text = |key: &str| row[key].as_str().expect("a pattern is text");
        match (Glob::parse(text("a")), Glob::parse(text("b"))) {
            (Ok(a), Ok(b)) => {
                let shared = a.shared_path(&b);
                if let Some(path) = &shared {
                    assert!(a.matches(path) && b.matches(path), "{path:?} of {line}");
                }
                let witness = row["witness"].as_str();
                if row["intersects"].as_bool() != Some(shared.is_some())
                    || witness.is_some_and(|path| !a.matches(path) || !b.matches(path))
                    || witness
                        .map(|path| path.chars().count())
                        .is_some_and(|length| {
                            shared.as_ref().map(|path| path.chars().count()) != Some(length)
                        })
                    || row["ancestor_overlap"]
                        .as_bool()
                        .is_some_and(|want| want != a.ancestor_overlap(&b).is_some())
                {
                    wrong.push(format!("{line}: {shared:?}, {:?}", a.ancestor_overlap(&b)));
                }
            }
            (a, b) if !row["intersects"].is_null() => {
                wrong.push(format!("{line}: {:?} {:?}", a.err(), b.err()));
            }
            _ => {}
        }
    }
    assert!(count >= 3, "{count} rows");
    assert!(
        wrong.is_empty(),
        "{} of {count} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
