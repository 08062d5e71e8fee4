//! What test runs say.
// The tags below are examples. concordance:ignore-file

use trueline_core::{Level, Rule};

/// A test of a requirement failed.
pub const FAILED_TEST: Rule = Rule {
    code: "failed-test",
    level: Level::Error,
    summary: "A test that verifies an item failed",
    why: "A requirement whose test fails is not met, however well it is linked.",
    example: "tests/search.rs [verify->NT-1.2], and in junit.xml <testcase …><failure/>",
    mend: "Mend the code or the test, and run `concordance check --junit` on the new results.",
};

/// No test of a requirement ran.
pub const TEST_NOT_RUN: Rule = Rule {
    code: "test-not-run",
    level: Level::Warning,
    summary: "No test of a requirement ran",
    why: "A test that nobody runs proves nothing. It may be skipped, or no longer be found by \
          the runner.",
    example: "tests/search.rs [verify->NT-1.2], and no case of it in junit.xml",
    mend: "Run it, and give every JUnit file to `--junit`. A case is found by its `file`, else \
           by its `classname`.",
};

/// A JUnit file cannot be read.
pub const MALFORMED_JUNIT: Rule = Rule {
    code: "malformed-junit",
    level: Level::Error,
    summary: "A JUnit file cannot be read",
    why: "A run that was cut off looks like one in which everything passed.",
    example: "<testsuite><testcase name=\"a\"/>   and no </testsuite>",
    mend: "Run the tests again; give `--junit` the XML file that the runner writes.",
};

/// A report is not what the tree gives.
pub const FALSE_REPORT: Rule = Rule {
    code: "false-report",
    level: Level::Error,
    summary: "A coverage report is not what its tree gives",
    why: "Readers decide by the report. One that was edited, or made from another tree, says \
          something that nobody can show.",
    example: "docs/reports/concordance-coverage.md with a line changed by hand",
    mend: "Run `concordance report` on the tree that it is about and commit what it writes.",
};
