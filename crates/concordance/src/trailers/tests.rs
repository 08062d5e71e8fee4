use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};

use super::*;
use crate::ids::Prefixes;

fn read(message: &str) -> Vec<(String, String)> {
    parse(message, Rules::default())
        .into_iter()
        .map(|trailer| (trailer.key, trailer.value))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn the_last_paragraph_only() {
    let message = "subject\n\nNT: NT-1\n\nbody\n\nTD: TD-2\nWBS: WBS-3\n";
    assert_eq!(read(message), pairs(&[("TD", "TD-2"), ("WBS", "WBS-3")]));
    assert_eq!(read("NT: NT-1\nTD: TD-1\n"), [], "the first paragraph");
    assert_eq!(read(""), []);
}

#[test]
fn a_line_of_prose_hides_all() {
    assert_eq!(read("s\n\nsee below\nNT: NT-1\n"), []);
    let signed = "s\n\nsee below\nNT: NT-1\nSigned-off-by: A <a@b>\n";
    assert_eq!(
        read(signed),
        pairs(&[("NT", "NT-1"), ("Signed-off-by", "A <a@b>")])
    );
}

#[test]
fn values_fold_and_keys_keep_their_case() {
    let message = "s\n\nnt : NT-1,\n  NT-2\n\tNT-3\n";
    assert_eq!(read(message), pairs(&[("nt", "NT-1, NT-2 NT-3")]));
}

#[test]
fn comments_scissors_conflicts_and_dividers() {
    let message = "s\n\nNT: NT-1\n# note\n\nConflicts:\n\ta.rs\n";
    assert_eq!(read(message), pairs(&[("NT", "NT-1")]));
    let scissors = "s\n\nNT: NT-1\n# ------------------------ >8 ------------------------\nX: y\n";
    assert_eq!(read(scissors), pairs(&[("NT", "NT-1")]));
    let patch = "s\n\nNT: NT-1\n---\n\nX: y\n";
    assert_eq!(read(patch), pairs(&[("X", "y")]));
    let divided = Rules {
        divider: true,
        ..Rules::default()
    };
    assert_eq!(parse(patch, divided)[0].key, "NT");
}

#[test]
fn ranges_are_those_of_the_message() {
    let message = "s\n\nNT: NT-1\n  NT-2\nTD: x";
    let texts: Vec<&str> = parse(message, Rules::default())
        .into_iter()
        .map(|trailer| &message[trailer.range])
        .collect();
    assert_eq!(texts, ["NT: NT-1\n  NT-2", "TD: x"]);
}

#[test]
fn claims_name_items() {
    let message = "s\n\nNT: NT-1, NT-2~3\ntd: TD-1\nImplements: TD-2\nVerifies: NT-9\nWBS: WBS-1\n\
                   NT: TD-4\nNT:\nReviewed-by: NT-5\n";
    let claims = claims(message, &Prefixes::default());
    let got: Vec<(ClaimKind, &str)> = claims
        .claims
        .iter()
        .map(|claim| (claim.kind, claim.id.as_str()))
        .collect();
    assert_eq!(
        got,
        [
            (ClaimKind::Serves, "NT-1"),
            (ClaimKind::Serves, "NT-2"),
            (ClaimKind::Serves, "TD-1"),
            (ClaimKind::Implements, "TD-2"),
            (ClaimKind::Verifies, "NT-9"),
            (ClaimKind::Work, "WBS-1"),
        ]
    );
    let bad: Vec<&str> = claims.malformed.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(bad, ["TD-4", ""]);
}

#[test]
fn many_ids_are_bounded() {
    let message = format!("s\n\nNT: {}\n", "NT-1 ".repeat(10_000));
    let claims = claims(&message, &Prefixes::default());
    assert_eq!(claims.claims.len(), 256);
    assert_eq!(claims.malformed.len(), 1);
}

#[test]
fn hidden_lines_are_found_with_the_prose_that_hides_them() {
    let message = "s\n\nThis is done.\nNT: NT-1\nTD: TD-1\n";
    let found = hidden(message, &Prefixes::default());
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].line, "NT: NT-1");
    assert_eq!(found[0].because.as_deref(), Some("This is done."));
    assert_eq!(&message[found[1].range.clone()], "TD: TD-1");
    for fine in [
        "s\n\nNT: NT-1\nTD: TD-1\n",
        "s\n\nNT: see below\n\nNT: NT-1\n",
        "s\n\nin prose NT: NT-1\n\nNT: NT-1\n",
        "s\n\n    NT: NT-1\n\nNT: NT-1\n",
    ] {
        assert_eq!(hidden(fine, &Prefixes::default()), [], "{fine}");
    }
    let squash = "s (#1)\n\n* one\n\nNT: NT-1\n\n* two\n\nNT: NT-2\n";
    assert_eq!(hidden(squash, &Prefixes::default())[0].line, "NT: NT-1");
}

/// Pieces that git's rules tell apart, put together at random.
fn line() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "",
        "",
        "",
        " ",
        "\t",
        "NT: NT-1",
        "TD: TD-2.1",
        "WBS: WBS-3",
        "nt : NT-1, NT-2",
        "Signed-off-by: A <a@b.c>",
        "Signed-off-by:A",
        "(cherry picked from commit abc)",
        "(cherry picked from commit",
        "  continued",
        "\tcontinued: x",
        " : x",
        "prose without a colon",
        "prose with: a colon",
        "# comment",
        "#comment: x",
        "; x: y",
        "---",
        "--- a/file",
        "---\t",
        "----",
        "Conflicts:",
        "Conflicts: x",
        "\ta/file",
        "# ------------------------ >8 ------------------------",
        "------------------------ >8 ------------------------",
        "key:",
        "key:  ",
        "key: :",
        ":",
        "-: x",
        "a-b-: x",
        "a_b: x",
        "ключ: x",
        "k\u{a0}: x",
        "key: v\u{a0}",
        "key: v\u{c} ",
        "\u{c}key: v",
        "\u{b}",
        "key: v\r",
        "\r",
        "Key  : v",
        "Key\t: v",
        "A B: v",
        "https://example.org/x",
        "BREAKING CHANGE: x",
    ])
    .prop_map(str::to_owned);
    prop_oneof![
        9 => fixed,
        1 => "[ \t:#a-c\r-]{0,6}",
    ]
}

fn message() -> impl Strategy<Value = String> {
    (prop::collection::vec(line(), 0..14), prop::bool::ANY).prop_map(|(lines, ends)| {
        let mut text = lines.join("\n");
        if ends {
            text.push('\n');
        }
        text
    })
}

fn git(arguments: &[&str], directory: &std::path::Path) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// 10,000 messages, or `PROPTEST_CASES` where that is more, against git itself, many in one
/// process.
#[test]
fn same_as_git() {
    let cases = (Config::default().cases as usize).max(10_000);
    let algorithm = Config::default().rng_algorithm;
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(algorithm, &[8; 32]));
    let messages: Vec<String> = (0..cases)
        .map(|_| {
            let tree = message().new_tree(&mut runner).expect("a message");
            proptest::strategy::ValueTree::current(&tree)
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mark"), "s\n\n\nMark: here\n").expect("written");
    for divider in [false, true] {
        for batch in messages.chunks(500) {
            compare(batch, divider, folder.path());
        }
    }
}

fn compare(batch: &[String], divider: bool, folder: &std::path::Path) {
    let mut arguments = vec!["interpret-trailers", "--parse"];
    if !divider {
        arguments.push("--no-divider");
    }
    let names: Vec<String> = (0..batch.len()).map(|n| format!("m{n}")).collect();
    for (name, message) in names.iter().zip(batch) {
        std::fs::write(folder.join(name), message).expect("written");
        arguments.extend([name.as_str(), "mark"]);
    }
    let output = git(&arguments, folder);
    let mut answers = output.split("Mark: here\n");
    let rules = Rules {
        divider,
        ..Rules::default()
    };
    for message in batch {
        let ours: String = parse(message, rules)
            .iter()
            .map(|trailer| format!("{}: {}\n", trailer.key, trailer.value))
            .collect();
        assert_eq!(Some(ours.as_str()), answers.next(), "{message:?} {rules:?}");
    }
    assert_eq!(answers.next(), Some(""));
}

proptest! {
    #[test]
    fn never_panics_and_ranges_are_inside(text in "[ -~\\n\\t\\r\u{0}é:#-]{0,200}") {
        for trailer in parse(&text, Rules::default()) {
            prop_assert!(text.get(trailer.range).is_some());
        }
        hidden(&text, &Prefixes::default());
    }
}
