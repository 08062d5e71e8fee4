//! Exit codes and which one wins.

use super::Root;

fn code(args: &[&str]) -> Option<i32> {
    let mut all = vec!["end"];
    all.extend(args);
    Root::new().run(&all).code
}

#[test]
fn precedence() {
    for (args, want) in [
        (&["clean"][..], 0),
        (&["warning"], 0),
        (&["warning", "--strict"], 1),
        (&["finding"], 1),
        (&["inconclusive"], 3),
        (&["finding", "inconclusive"], 3),
        (&["inconclusive", "failed"], 2),
        (&["finding", "failed", "inconclusive"], 2),
        (&["inconclusive", "error"], 2),
        (&["failed", "inconclusive", "finding", "panic"], 101),
    ] {
        assert_eq!(code(args), Some(want), "{args:?}");
    }
}

#[test]
fn exit_zero_hides_findings_only() {
    for (args, want) in [
        (&["finding", "--exit-zero"][..], 0),
        (&["warning", "--strict", "--exit-zero"], 0),
        (&["inconclusive", "--exit-zero"], 3),
        (&["failed", "--exit-zero"], 2),
        (&["panic", "--exit-zero"], 101),
    ] {
        assert_eq!(code(args), Some(want), "{args:?}");
    }
}

#[test]
fn the_format_never_changes_the_code() {
    for format in ["human", "json", "jsonl", "sarif", "github", "markdown"] {
        assert_eq!(code(&["finding", "--format", format]), Some(1), "{format}");
        assert_eq!(code(&["clean", "--format", format]), Some(0), "{format}");
    }
}

#[test]
fn usage_help_and_version() {
    let root = Root::new();
    for (args, want) in [
        (&[][..], 2),
        (&["nothing"], 2),
        (&["--format", "xml", "end"], 2),
        (&["-q", "-v", "end"], 2),
        (&["--root", "no/such", "end"], 2),
        (&["--config", "no.toml", "end"], 2),
        (&["--help"], 0),
        (&["end", "-h"], 0),
        (&["--version"], 0),
    ] {
        let ran = root.run(args);
        assert_eq!(ran.code, Some(want), "{args:?} {ran:?}");
        let (used, silent) = match want {
            0 => (&ran.out, &ran.err),
            _ => (&ran.err, &ran.out),
        };
        assert!(!used.is_empty() && silent.is_empty(), "{args:?} {ran:?}");
    }
}

/// Before the command or after it; where it stands twice, the one after it counts.
#[test]
fn the_format_may_stand_anywhere() {
    let root = Root::new();
    let json = root.run(&["rules", "--format", "json"]).out;
    assert!(json.starts_with('{'), "{json}");
    assert_eq!(root.run(&["--format", "json", "rules"]).out, json);
    let twice = root.run(&["--format", "markdown", "rules", "--format", "json"]);
    assert_eq!(twice.out, json);
    let human = root.run(&["--format", "json", "rules", "--format", "human"]);
    assert_eq!(human.out, root.run(&["rules"]).out);
}

#[test]
fn a_panic_asks_for_a_report() {
    let ran = Root::new().run(&["end", "boom"]);
    assert!(
        ran.err
            .starts_with("error: internal error: asked to panic by `boom` ("),
        "{ran:?}"
    );
    assert!(ran.err.contains("please report it"), "{ran:?}");
    assert!(!ran.err.contains("RUST_BACKTRACE"), "{ran:?}");
}
