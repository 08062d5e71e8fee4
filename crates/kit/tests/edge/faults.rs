//! Writing: old or new, never anything else.

use super::Root;

#[test]
fn writes_and_checks() {
    let root = Root::new();
    let ran = root.run(&["write", "a/b.txt", "one\n", "--check"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .starts_with("--- /dev/null\n+++ b/a/b.txt\n@@ -0,0 +1 @@\n+one\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("error[sample/stale-file]: `a/b.txt` is missing\n"),
        "{}",
        ran.out
    );
    assert!(!root.path().join("a").exists(), "a check writes nothing");
    assert_eq!(root.run(&["write", "a/b.txt", "one\n"]).code, Some(0));
    assert_eq!(
        root.run(&["write", "a/b.txt", "one\n", "--check"]).code,
        Some(0)
    );
    let ran = root.run(&["write", "a/b.txt", "two\n", "--check", "--format=json"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.starts_with("{\n  \"version\": 1,"),
        "no diff in JSON: {}",
        ran.out
    );
    assert_eq!(root.read("a/b.txt"), "one\n");
    assert_eq!(root.run(&["write", "../x", ""]).code, Some(2));
}

#[cfg(unix)]
#[test]
fn a_crash_at_any_step_leaves_the_old_or_the_new() {
    for (step, want) in [
        ("before-temp", "old"),
        ("after-temp", "old"),
        ("before-rename", "old"),
        ("after-rename", "new"),
    ] {
        let root = Root::new();
        root.write("file", "old");
        let status = root
            .command(&["write", "file", "new"])
            .env("TRUELINE_FAULT", step)
            .status()
            .unwrap();
        assert_eq!(status.code(), None, "{step}: killed by its own abort");
        assert_eq!(root.read("file"), want, "{step}");
        assert_eq!(root.run(&["write", "file", "new"]).code, Some(0), "{step}");
        assert_eq!(root.read("file"), "new", "{step}");
    }
}
