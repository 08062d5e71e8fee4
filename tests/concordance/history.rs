//! What commits say comes into the rows, whichever way they are read.

// The tags below are examples. concordance:ignore-file
use super::base;
use super::common::{self, Sandbox};

const CROSSWALK: &str = "docs/blueprints/crosswalk.json";

/// The crosswalk that an update makes of another, with the commits since `main`.
fn made_of(sandbox: &Sandbox, before: &str, cache: &str) -> String {
    sandbox.write(CROSSWALK, before);
    let mut command = sandbox.command("concordance");
    command
        .args(["update", "--base", "main"])
        .env("TRUELINE_CACHE", cache);
    common::ran(&command.output().unwrap()).exits(0);
    let made = sandbox.read(CROSSWALK);
    sandbox.write(CROSSWALK, before);
    made
}

#[test]
fn rows_are_the_same_however_history_is_read() {
    let sandbox = base();
    sandbox.run("concordance", &["update"]).exits(0);
    let before = sandbox.read(CROSSWALK);
    let commit = |number: usize| {
        let (path, test) = (format!("src/f{number}.rs"), format!("tests/f{number}.rs"));
        sandbox.write(&path, format!("fn f{number}() {{}}\n"));
        sandbox.write(&test, format!("fn t{number}() {{}}\n"));
        let nt = 1 + number % 2;
        sandbox.commit(&format!(
            "F{number}\n\nNT: NT-1.{nt}\nTD: TD-{nt}\nWBS: WBS-1.{nt}"
        ));
        assert!(made_of(&sandbox, &before, "0").contains(&path));
    };
    // Nothing is remembered, everything, and all but what came since.
    (0..24).for_each(commit);
    let first = made_of(&sandbox, &before, "1");
    assert_eq!(first, made_of(&sandbox, &before, "0"));
    assert_eq!(first, made_of(&sandbox, &before, "1"));
    (24..27).for_each(commit);
    let more = made_of(&sandbox, &before, "1");
    assert_eq!(more, made_of(&sandbox, &before, "0"));
    assert_ne!(more, first);
    // No chain any more.
    sandbox.git(&["switch", "-q", "-c", "other", "HEAD~5"]);
    commit(27);
    let other = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git(&["switch", "-q", "-"]);
    sandbox.git(&["merge", "-q", "--no-edit", other.trim()]);
    let merged = made_of(&sandbox, &before, "1");
    assert!(merged.contains("src/f27.rs"), "{merged}");
    assert_eq!(merged, made_of(&sandbox, &before, "0"));
}

#[test]
fn who_changed_a_file_that_is_gone_has_looked_at_the_text() {
    let sandbox = base();
    sandbox.write("src/extra.rs", "fn extra() {}\n");
    sandbox.run("concordance", &["update"]).exits(0);
    let link = "{\"path\": \"src/extra.rs\", \"kind\": \"manual\", \"ids\": [\"NT-1.1\"]}";
    let text = sandbox.read(CROSSWALK);
    let with = text.replacen("\"code\": [", &format!("\"code\": [{link}, "), 1);
    assert_ne!(with, text);
    sandbox.write(CROSSWALK, &with);
    sandbox.run("concordance", &["update"]).exits(0);
    sandbox.commit("Extra\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    let blueprint = "docs/blueprints/nt.md";
    let digests = |sandbox: &Sandbox| -> Vec<String> {
        let text = sandbox.read(CROSSWALK);
        let row = text
            .lines()
            .find(|line| line.contains("\"nt\": \"NT-1.1\""))
            .unwrap();
        assert!(row.contains(link), "{row}");
        row.split("\"digest\": \"")
            .skip(1)
            .map(|rest| rest[..64].to_owned())
            .collect()
    };
    let old = digests(&sandbox);
    let text = sandbox.read(blueprint);
    let heading = text.lines().find(|line| line.contains("NT-1.1")).unwrap();
    sandbox.write(
        blueprint,
        text.replace(heading, &format!("{heading}\n\nMore than it was.")),
    );
    sandbox.commit("More");
    sandbox
        .run("concordance", &["update", "--base", "HEAD~1"])
        .exits(0);
    assert_eq!(digests(&sandbox), old, "nobody has looked");
    sandbox.write("src/extra.rs", "fn extra() { more() }\n");
    sandbox.commit("Extra\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    std::fs::remove_file(sandbox.root().join("src/extra.rs")).unwrap();
    sandbox.commit("No extra");
    sandbox
        .run("concordance", &["update", "--base", "HEAD~2"])
        .exits(0);
    assert_ne!(digests(&sandbox), old);
}

#[test]
fn links_of_earlier_commits_stay_without_a_base() {
    let sandbox = base();
    let before = sandbox.git(&["rev-parse", "HEAD"]).trim().to_owned();
    sandbox.write("src/extra.rs", "fn extra() {}\n");
    sandbox.write("tests/extra.rs", "fn extra_test() {}\n");
    sandbox.commit("Extra\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.2");
    sandbox
        .run("concordance", &["update", "--base", &before])
        .exits(0);
    let learned = sandbox.read(CROSSWALK);
    assert!(learned.contains("src/extra.rs"), "{learned}");
    assert!(
        learned.contains("\"wbs\": [\"WBS-1.1\", \"WBS-1.2\"]"),
        "{learned}"
    );
    for args in [&["update"][..], &["update", "--base", "HEAD"], &["update"]] {
        sandbox.run("concordance", args).exits(0);
        assert_eq!(sandbox.read(CROSSWALK), learned);
    }
}

#[test]
fn a_commit_of_several_requirements_lends_none_the_items_of_another() {
    let sandbox = base();
    sandbox.write("src/extra.rs", "fn extra() {}\n");
    sandbox.commit("Both\n\nNT: NT-1.1, NT-1.2\nTD: TD-1\nWBS: WBS-1.1, WBS-1.2");
    sandbox
        .run("concordance", &["update", "--base", "main"])
        .exits(0);
    let book = sandbox.read(CROSSWALK);
    for (nt, wbs) in [("NT-1.1", "WBS-1.1"), ("NT-1.2", "WBS-1.2")] {
        let start = format!("\"nt\": \"{nt}\"");
        let row = book.lines().find(|line| line.contains(&start)).unwrap();
        assert!(row.contains(&format!("\"wbs\": [\"{wbs}\"]")), "{row}");
    }
}
