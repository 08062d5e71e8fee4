//! Findings with a trueline.toml: levels, allows, and its own faults.

use super::Root;

#[test]
fn a_place_and_a_caret() {
    let root = Root::new();
    root.write("a.txt", "fine\nthis is wrong\n");
    let ran = root.run(&["check", "a.txt"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "error[sample/wrong]: this is wrong\n --> a.txt:2:9\n  |\n2 | this is wrong\n  |         ^^^^^\n  |\n  = help: Remove the line.\n\n"
    );
    let ran = root.run(&["check"]);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("", "sample: no findings\n")
    );
}

#[test]
fn not_utf8_is_a_finding_and_missing_is_a_failure() {
    let root = Root::new();
    root.write("bad.txt", b"ok\ncaf\xe9 wrong\n");
    let ran = root.run(&["check", "bad.txt"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.out.contains(
            "error[sample/unreadable-file]: not UTF-8: byte 0xe9 at offset 6\n--> bad.txt:2:4"
        ),
        "{ran:?}"
    );
    for path in ["none.txt", "../out", "/etc/passwd", "."] {
        assert_eq!(root.run(&["check", path]).code, Some(2), "{path}");
    }
}

#[test]
fn levels() {
    let root = Root::new();
    root.write("a.txt", "wrong\n");
    for (line, code) in [
        ("wrong = \"warning\"", 0),
        ("\"sample/wrong\" = \"note\"", 0),
        ("wrong = \"off\"", 0),
        ("\"other/wrong\" = \"off\"", 1),
        ("\"sample/wrong\" = \"error\"\nwrong = \"off\"", 1),
    ] {
        root.write("trueline.toml", format!("[levels]\n{line}\n"));
        assert_eq!(root.run(&["check", "a.txt"]).code, Some(code), "{line}");
    }
    root.write("trueline.toml", "[levels]\n\"sample/wrogn\" = \"off\"\n");
    let ran = root.run(&["check", "a.txt"]);
    assert!(
        ran.err
            .contains("`sample/wrogn`, which is no rule; did you mean `wrong`?"),
        "{ran:?}"
    );
}

#[test]
fn allows() {
    let root = Root::new();
    root.write("old/a.txt", "wrong\n");
    let allow = |code: &str, rest: &str| {
        format!("[[allow]]\ncode = \"{code}\"\nreason = \"known\"\n{rest}\n")
    };
    let run = |text: String| {
        root.write("trueline.toml", text);
        let ran = root.run(&["check", "old/a.txt", "--strict"]);
        (ran.code, ran.out, ran.err)
    };
    let (code, out, err) = run(allow("wrong", "path = \"old/**\""));
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (Some(0), "", "sample: 1 allowed\n")
    );
    let (code, ..) = run(allow(
        "sample/wrong",
        "path = \"old/**\"\nexpires = 2026-06-15",
    ));
    assert_eq!(code, Some(0), "the last day counts");
    let (code, out, _) = run(allow(
        "sample/wrong",
        "path = \"old/**\"\nexpires = \"2026-06-14\"",
    ));
    assert_eq!(code, Some(1));
    assert!(out.contains("error[sample/wrong]"), "{out}");
    assert!(out.contains("warning[sample/expired-allow]: the allow of `wrong` for `old/**` expired on 2026-06-14\n --> trueline.toml:2:8"), "{out}");
    let (code, out, _) = run(allow("wrong", "path = \"new/**\""));
    assert_eq!(code, Some(1));
    assert!(out.contains("warning[sample/unused-allow]"), "{out}");
    let (_, out, _) = run(allow("other/wrong", "path = \"new/**\""));
    assert!(!out.contains("unused-allow"), "of another tool: {out}");
    let (_, out, _) = run(allow("elsewhere", "path = \"new/**\""));
    assert!(!out.contains("unused-allow"), "of another tool: {out}");
    root.write("trueline.toml", allow("wrong", "path = \"new/**\""));
    let ran = root.run(&["end", "clean"]);
    assert_eq!(ran.out, "", "not every check ran");
}

#[test]
fn faults_of_the_configuration_have_places() {
    let root = Root::new();
    root.write(
        "trueline.toml",
        "[path]\n\n[[allow]]\ncode = \"x\"\npath = \"a{b\"\n",
    );
    let ran = root.run(&["check"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    for part in [
        "error: `trueline.toml` has errors\n",
        " --> trueline.toml:1:2\n  |\n1 | [path]\n  |  ^^^^\n  |\n  = help: did you mean `paths`?\n",
        "`allow` has no `reason`\n --> trueline.toml:3:1\n",
        "bad glob: ",
        " --> trueline.toml:5:",
    ] {
        assert!(ran.err.contains(part), "{part:?} in\n{}", ran.err);
    }
    let ran = root.run(&["explain", "wrong"]);
    assert_eq!(
        ran.code,
        Some(0),
        "help works whatever the configuration says"
    );
    root.write("trueline.toml", b"ids = \xff\n");
    let ran = root.run(&["check"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("trueline.toml:1:7"), "{}", ran.err);
}

#[test]
fn another_configuration() {
    let root = Root::new();
    root.write("a.txt", "wrong\n")
        .write("conf/t.toml", "[levels]\nwrong = \"off\"\n");
    assert_eq!(
        root.run(&["check", "a.txt", "--config", "conf/t.toml"])
            .code,
        Some(0)
    );
    assert_eq!(root.run(&["check", "a.txt"]).code, Some(1));
}
