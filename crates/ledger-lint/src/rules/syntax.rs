//! What a reader stumbles over before any schema is asked.

use trueline_core::Level::{Error, Warning};
use trueline_core::Rule;

use super::rule;

/// Bytes that are not UTF-8.
pub static INVALID_UTF8: Rule = rule(
    "invalid-utf8",
    Error,
    "Bytes that are not UTF-8",
    "Some readers refuse the file, others put a replacement character in its place: two tools then read two different records.",
    "{\"reason\": \"caf\\xe9\"}   (the byte E9 alone: Latin-1)",
    "Save the file as UTF-8. The line is not read further until then.",
);

/// U+FEFF at the start.
pub static BYTE_ORDER_MARK: Rule = rule(
    "byte-order-mark",
    Error,
    "A byte order mark",
    "Most JSON readers refuse the first record, or take the mark for a part of the first key.",
    "<EF BB BF>{\"task_id\": \"WBS-1\"}",
    "Remove the three bytes: `ledger-lint fix`.",
);

/// CR before LF.
pub static CRLF: Rule = rule(
    "crlf",
    Warning,
    "Lines that end with CR LF",
    "Artifacts end their lines with LF: with both kinds in a repository the same record has two byte forms, and an append-only check sees every line as rewritten.",
    "{\"task_id\": \"WBS-1\"}<CR><LF>",
    "`ledger-lint fix`; in git, `*.jsonl text eol=lf` in .gitattributes.",
);

/// A line without a record.
pub static BLANK_LINE: Rule = rule(
    "blank-line",
    Warning,
    "A line without a record",
    "Strict readers of JSON Lines stop there; counts of lines and of records differ.",
    "{\"a\": 1}\n\n{\"a\": 2}",
    "Remove the line: `ledger-lint fix`.",
);

/// White space before the end of the line.
pub static TRAILING_SPACE: Rule = rule(
    "trailing-space",
    Warning,
    "White space at the end of a line",
    "It makes equal records differ as bytes, which breaks duplicate detection and merges.",
    "{\"a\": 1}<space>",
    "`ledger-lint fix`.",
);

/// The last line lacks its LF.
pub static NO_FINAL_NEWLINE: Rule = rule(
    "no-final-newline",
    Error,
    "The last line has no line end",
    "The next record that is appended lands on the same line, and both are lost to most readers.",
    "{\"a\": 1}<end of file>",
    "`ledger-lint fix`; append with `ledger-lint append`.",
);

/// A key twice in one object.
pub static DUPLICATE_KEY: Rule = rule(
    "duplicate-key",
    Error,
    "A key stands twice in one object",
    "RFC 8259 leaves open which of the two counts; readers differ, so two tools act on two different values.",
    "{\"status\": \"todo\", \"status\": \"done\"}",
    "Keep one of the two.",
);

/// Two values on a line.
pub static SEVERAL_VALUES: Rule = rule(
    "several-values",
    Error,
    "More than one value on a line",
    "One line holds one record; readers take the first, refuse both, or crash. Two processes that append without a lock leave this.",
    "{\"a\": 1}{\"a\": 2}",
    "Put each record on a line of its own; append with `ledger-lint append`, which locks.",
);

/// A record over several lines.
pub static PRETTY_PRINTED: Rule = rule(
    "pretty-printed",
    Error,
    "A record that goes over several lines",
    "Readers of JSON Lines take each line for a record and fail on every one of them.",
    "{\n  \"a\": 1\n}",
    "Write the record on one line (`jq -c`).",
);

/// The file ends inside a record.
pub static TRUNCATED_LINE: Rule = rule(
    "truncated-line",
    Error,
    "The file ends inside a record",
    "The writer was stopped half-way: the record is lost, and the next one that is appended with it.",
    "{\"a\": 1, \"b\": \"x<end of file>",
    "Restore the record from its source or remove the line; append with `ledger-lint append`, which never leaves half a line.",
);

/// Not JSON, not YAML.
pub static SYNTAX: Rule = rule(
    "syntax",
    Error,
    "Not valid in the file's format",
    "Nothing in the record can be checked, and every reader that depends on it fails or skips it.",
    "{\"a\": 1,}",
    "Mend the text at the place that is shown.",
);

/// Over the limit of a line.
pub static LINE_TOO_LONG: Rule = rule(
    "line-too-long",
    Error,
    "A line longer than the limit",
    "Lines are read whole; a limit (1 MiB) keeps one line from taking all memory. The line was passed over, its record was not checked.",
    "{\"log\": \"… two megabytes …\"}",
    "Keep logs in files of their own and put path and digest into the record.",
);

/// Over the limit of nesting.
pub static TOO_DEEP: Rule = rule(
    "too-deep",
    Error,
    "Values nested deeper than the limit",
    "Readers that recurse run out of stack; 128 levels are read.",
    "[[[[ … ]]]]",
    "Flatten the record.",
);

/// Left by a merge.
pub static CONFLICT_MARKER: Rule = rule(
    "conflict-marker",
    Error,
    "A conflict marker that a merge left",
    "The file holds two versions of its history, and readers see neither.",
    "<<<<<<< HEAD",
    "Resolve the conflict: for append-only ledgers `ledger-lint install-merge-driver` does it without loss.",
);

/// UTF-8 that was read as another encoding and written again.
pub static BROKEN_ENCODING: Rule = rule(
    "broken-encoding",
    Warning,
    "Text whose encoding was broken on the way",
    "UTF-8 was read as Windows-1252 or Mac Roman and written again: searches and comparisons with the true text fail.",
    "{\"reason\": \"naÃ¯ve\"}   (naïve)",
    "`ledger-lint fix --repair-encoding` reverses it where that is exact.",
);

/// Where reporting stops.
pub static TOO_MANY_FINDINGS: Rule = rule(
    "too-many-findings",
    Error,
    "More findings in a file than are listed",
    "The list is bounded so that a file of another kind does not take all memory; what is not listed is counted.",
    "(a file of some other format under a ledger's name)",
    "Mend what is listed first, or name the right schema in trueline.toml.",
);
