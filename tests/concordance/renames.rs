//! Renames that are not committed: rows follow them.

// The tags below are examples. concordance:ignore-file
use super::base;
use super::common::Sandbox;

const CROSSWALK: &str = "docs/blueprints/crosswalk.json";

/// Text that is long enough for git to know it again.
const TEXT: &str = "fn extra() {\n    let rooms = count();\n    show(rooms);\n}\n";

/// A file that is in the row of NT-1.1 for a commit's trailers alone.
fn with_a_trailer_link() -> Sandbox {
    let sandbox = base();
    sandbox.run("concordance", &["index"]).exits(0);
    sandbox.write("src/extra.rs", TEXT);
    sandbox.commit("Extra\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    sandbox
        .run("concordance", &["update", "--base", "main"])
        .exits(0);
    sandbox.commit("Crosswalk\n\nNT: NT-1.1\nTD: TD-1\nWBS: WBS-1.1");
    assert!(sandbox.read(CROSSWALK).contains("\"src/extra.rs\""));
    sandbox
}

/// Takes the commits since HEAD, which are none; gives whether the row names the old path, and
/// the new one.
fn named(sandbox: &Sandbox) -> (bool, bool) {
    sandbox
        .run("concordance", &["update", "--base", "HEAD"])
        .exits(0);
    let text = sandbox.read(CROSSWALK);
    let has = |path: &str| text.contains(&format!("\"{path}\""));
    (has("src/extra.rs"), has("src/other.rs"))
}

#[test]
fn a_staged_rename_is_followed() {
    let sandbox = with_a_trailer_link();
    sandbox.git(&["mv", "src/extra.rs", "src/other.rs"]);
    assert_eq!(named(&sandbox), (false, true));
}

#[test]
fn a_rename_to_a_file_that_is_meant_to_be_added_is_followed() {
    let sandbox = with_a_trailer_link();
    std::fs::remove_file(sandbox.root().join("src/extra.rs")).unwrap();
    sandbox.write("src/other.rs", TEXT);
    sandbox.git(&["add", "-N", "src/other.rs"]);
    assert_eq!(named(&sandbox), (false, true));
}

#[test]
fn a_staged_copy_whose_first_is_gone_unstaged_is_a_rename() {
    let sandbox = with_a_trailer_link();
    sandbox.write("src/other.rs", TEXT);
    sandbox.git(&["add", "src/other.rs"]);
    std::fs::remove_file(sandbox.root().join("src/extra.rs")).unwrap();
    assert_eq!(named(&sandbox), (false, true));
}

/// What git does not know is in no diff: such a file is another one.
#[test]
fn without_a_new_path_in_the_index_nothing_is_renamed() {
    let sandbox = with_a_trailer_link();
    std::fs::remove_file(sandbox.root().join("src/extra.rs")).unwrap();
    sandbox.write("src/other.rs", TEXT);
    assert_eq!(named(&sandbox), (false, false));
}
