//! What goes where, and what happens when nobody reads it.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::{Ran, Root};

#[test]
fn a_closed_pipe_is_success() {
    let root = Root::new();
    let mut child = root
        .command(&["count", "5000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    drop(lines);
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!((first.as_str(), err.as_str()), ("0\n", ""));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_not() {
    let full = || {
        Stdio::from(
            std::fs::File::options()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    let root = Root::new();
    for args in [
        &["count", "10"][..],
        &["end", "finding"],
        &["rules"],
        &["count", "10", "--format=json"],
    ] {
        let ran = Ran::of(root.command(args).stdout(full()).output().unwrap());
        assert_eq!(ran.code, Some(2), "{args:?} {ran:?}");
        assert!(
            ran.err.contains("no space left on device"),
            "{args:?} {ran:?}"
        );
    }
}

#[test]
fn data_and_findings() {
    let root = Root::new();
    let ran = root.run(&["count", "3"]);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("0\n1\n2\n", ""));
    let ran = root.run(&["--format", "json", "count", "1"]);
    assert_eq!(ran.out, "[\n  0\n]\n");
    let ran = root.run(&["count", "1", "--format", "sarif"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.err,
        "error: this command has no format `sarif`\nhelp: one of: human, json\n"
    );
    let ran = root.run(&["end", "finding"]);
    assert_eq!(
        ran.out,
        "error[sample/wrong]: found\n--> missing.txt:1:1\n\n"
    );
    assert_eq!(ran.err, "sample: 1 error\n");
    let ran = root.run(&["end", "finding", "-q"]);
    assert_eq!(ran.err, "");
}

#[test]
fn errors_are_escaped() {
    let ran = Root::new().run(&["end", "error"]);
    assert_eq!(ran.err, "error: no\\u{1b}[31m\nhelp: do it\notherwise\n");
    let ran = Root::new().run(&["check", "\u{1b}]0;x\u{7}"]);
    assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let root = Root::new();
    let has_colour = |args: &[&str]| root.run(args).out.contains("\u{1b}[");
    assert!(!has_colour(&["end", "finding"]));
    assert!(has_colour(&["end", "finding", "--color=always"]));
    assert!(!has_colour(&[
        "end",
        "finding",
        "--color=always",
        "--format=json"
    ]));
    let forced = root
        .command(&["end", "finding"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(Ran::of(forced).out.contains("\u{1b}["));
    let none = root
        .command(&["end", "finding", "--color=never"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(!Ran::of(none).out.contains("\u{1b}["));
}

#[test]
fn standard_input_is_a_dash() {
    let root = Root::new();
    root.write("input", "right\nit is wrong\n");
    let input = std::fs::File::open(root.path().join("input")).unwrap();
    let ran = Ran::of(root.command(&["check", "-"]).stdin(input).output().unwrap());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .contains(" --> -:2:7\n  |\n2 | it is wrong\n  |       ^^^^^\n"),
        "{}",
        ran.out
    );
}
