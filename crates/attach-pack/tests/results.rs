//! Logs as the runners print them.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use proptest::prelude::*;
use trueline_attach_pack::results::{Format, Outcome, Summary, summarise};

fn results(log: &str) -> Summary {
    match summarise(log.as_bytes()) {
        Outcome::Results(summary) => summary,
        other => panic!("{other:?} of {log}"),
    }
}

/// Format, passed, failed, skipped, complete, names of the failed.
fn check(log: &str, want: (Format, u64, u64, u64, bool, &[&str])) {
    let s = results(log);
    let names: Vec<&str> = s.failed_names.iter().map(String::as_str).collect();
    assert_eq!(
        (
            s.format,
            s.passed,
            s.failed,
            s.skipped,
            s.complete,
            names.as_slice()
        ),
        want,
        "{log}"
    );
}

#[test]
fn empty_and_unknown_are_two_things() {
    for log in ["", " \n\r\n\t", "\u{FEFF}\n"] {
        assert_eq!(summarise(log.as_bytes()), Outcome::Empty);
    }
    for log in [
        "hello",
        "all 22 tests pass",
        "<html></html>",
        "ok\n",
        "<",
        "error: could not compile `x`\n",
    ] {
        assert_eq!(summarise(log.as_bytes()), Outcome::Unknown, "{log}");
    }
}

#[test]
fn cargo_test() {
    let log = "running 3 tests\ntest a ... ok\ntest b::c ... FAILED\ntest d ... ignored\n\nfailures:\n    b::c\n\n\
        test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
        running 1 test\ntest e ... \u{1b}[32mok\u{1b}[0m\n\
        test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
    check(log, (Format::Cargo, 2, 1, 1, true, &["b::c"]));
    check(
        &log.replace('\n', "\r\n"),
        (Format::Cargo, 2, 1, 1, true, &["b::c"]),
    );
    check(
        &format!("{log}running 9 tests\ntest x ... ok\n"),
        (Format::Cargo, 2, 1, 1, false, &["b::c"]),
    );
}

#[test]
fn nextest() {
    let log = "    Starting 4 tests across 2 binaries\n        PASS [   0.004s] x a\n        FAIL [   0.003s] x mod::b\n\
        \x20    Summary [   0.010s] 4 tests run: 2 passed (1 slow), 1 failed, 1 timed out, 3 skipped\n\
        \x20       FAIL [   0.003s] (2/4) x mod::b\n";
    check(log, (Format::Nextest, 2, 2, 3, true, &["x mod::b"]));
}

#[test]
fn pytest() {
    let log = "======= test session starts =======\ncollected 5 items\n\ntests/a.py .F.s [100%]\n\
        FAILED tests/a.py::test_b[x] - AssertionError: 1 - 2\nERROR tests/c.py\n\
        ==== 1 failed, 2 passed, 1 skipped, 1 xfailed, 1 error, 2 warnings in 0.12s ====\n";
    check(
        log,
        (
            Format::Pytest,
            2,
            2,
            2,
            true,
            &["tests/a.py::test_b[x]", "tests/c.py"],
        ),
    );
    check("3 passed in 0.01s\n", (Format::Pytest, 3, 0, 0, true, &[]));
    check(
        "===== no tests ran in 0.01s =====\n",
        (Format::Pytest, 0, 0, 0, true, &[]),
    );
    check(
        "==== 3 passed in 70.10s (0:01:10) ====\n",
        (Format::Pytest, 3, 0, 0, true, &[]),
    );
}

#[test]
fn tap() {
    let log = "TAP version 13\n# Subtest: a\n    ok 1 - in a\n    not ok 2 - broken\n    1..2\nnot ok 1 - a\nok 2 - b # SKIP no\n\
        not ok 3 - later # TODO x\n1..3\n";
    check(log, (Format::Tap, 0, 1, 2, true, &["broken", "a"]));
    let closed =
        format!("{log}# tests 4\n# pass 1\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n");
    check(&closed, (Format::Tap, 1, 2, 2, true, &["broken", "a"]));
    check("1..3\nok 1\nok 2\n", (Format::Tap, 2, 0, 0, false, &[]));
    check(
        "1..2\nok 1\nBail out! no disk\n",
        (Format::Tap, 1, 0, 0, false, &[]),
    );
}

#[test]
fn junit() {
    let log = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>
        <testsuites><testsuite name="s" tests="9"><testcase classname="m" name="a"/>
        <testcase classname="m" name="b &lt; c"><failure message="x">t</failure><failure/></testcase>
        <testcase name="d"><error/></testcase><testcase name="e"><skipped/></testcase>
        <testcase name="f"><flakyFailure/></testcase></testsuite></testsuites>"#;
    check(log, (Format::Junit, 2, 2, 1, true, &["m::b < c", "d"]));
    check(
        &log[..log.len() - 15],
        (Format::Junit, 2, 2, 1, false, &["m::b < c", "d"]),
    );
    check("<testsuite/>", (Format::Junit, 0, 0, 0, true, &[]));
    check(
        &format!("<testsuite>{}", "<a>".repeat(100_000)),
        (Format::Junit, 0, 0, 0, false, &[]),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_log_is_read(log in "(test result: |running |ok|not ok|1\\.\\.|# pass |[0-9]{0,20}| passed|;|<testcase|<|>|\\n|\\PC){0,40}") {
        if let Outcome::Results(summary) = summarise(log.as_bytes()) {
            prop_assert!(summary.ran() >= summary.failed);
        }
    }
}
