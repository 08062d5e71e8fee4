//! What a schema asks for.

use trueline_core::Level::{Error, Note};
use trueline_core::Rule;

use super::rule;

/// `required`.
pub static MISSING_FIELD: Rule = rule(
    "missing-field",
    Error,
    "A field that the record must have is missing",
    "Whoever reads the ledger relies on the field; a record without it cannot be joined with the plan.",
    "{\"agent\": \"AGENT-1\", \"model\": \"m\"}   (no task_id)",
    "Add the field; `ledger-lint new KIND` prints a record with all of them.",
);

/// `additionalProperties`.
pub static UNKNOWN_FIELD: Rule = rule(
    "unknown-field",
    Error,
    "A field that the schema does not know",
    "In a ledger whose records are never rewritten a misspelt field is lost for good. In files that people keep changing (queue, plan) it is a warning.",
    "{\"tsak_id\": \"WBS-1\"}",
    "Correct the name; for a foreign shape, name the alias in trueline.toml.",
);

/// `type`.
pub static WRONG_TYPE: Rule = rule(
    "wrong-type",
    Error,
    "A value of the wrong type",
    "Typed readers refuse the whole record.",
    "{\"max\": \"true\"}   (a string where a boolean is meant)",
    "Write the value as the type that is asked for.",
);

/// `enum`, `const`.
pub static NOT_ALLOWED: Rule = rule(
    "not-allowed",
    Error,
    "A value outside the fixed list",
    "Readers count and group by these values; another one falls out of every report.",
    "{\"status\": \"in_progress\"}   (todo, doing, review, blocked, done)",
    "Use a value of the list.",
);

/// `pattern`.
pub static PATTERN: Rule = rule(
    "pattern",
    Error,
    "A text that does not have the form asked for",
    "Ids and digests are compared as texts; another form never matches anything.",
    "{\"task_id\": \"WBS 1\"}",
    "Write the text in the form that is shown.",
);

/// Numbers, lengths, counts.
pub static OUT_OF_RANGE: Rule = rule(
    "out-of-range",
    Error,
    "A number, a length or a count outside its bounds",
    "A value outside the bounds is a mistake of the writer, and readers may overflow on it.",
    "{\"reason\": \"\"}   (at least one character)",
    "Bring the value within the bounds that are shown.",
);

/// `format`.
pub static BAD_FORMAT: Rule = rule(
    "bad-format",
    Error,
    "A text that is not in the format asked for",
    "Dates, times and addresses that only look right sort and compare wrongly.",
    "{\"timestamp\": \"2025-02-30T10:00:00Z\"}",
    "Write it in the format that is shown: RFC 3339 for times (`2025-11-24T18:21:42Z`).",
);

/// `anyOf`, `oneOf`, `allOf`, `not`, `if`.
pub static COMPOSITE: Rule = rule(
    "composite",
    Error,
    "A value that fits none of the alternatives, or several that exclude each other",
    "The schema describes several shapes; the record is none of them.",
    "{\"when\": 7}   (a day or a time)",
    "Choose one of the alternatives that are listed and follow it.",
);

/// Count of what was left out.
pub static MORE_ERRORS: Rule = rule(
    "more-errors",
    Note,
    "More errors in a record than are listed",
    "At most 20 errors of one record are listed, so that one record does not bury the others.",
    "(a record with 40 unknown fields)",
    "Mend those that are listed and run again.",
);

/// Several key sets in one file.
pub static MIXED_SHAPES: Rule = rule(
    "mixed-shapes",
    Error,
    "Records of different shapes in one ledger",
    "Several writers mean several things by one file: no reader understands all of it.",
    "{\"task_id\": \"WBS-1\", \"time\": \"…\"}\n{\"wbs_id\": \"WBS-1\", \"logged_at\": \"…\"}",
    "Give each kind of record a file of its own, or name the aliases of its fields in trueline.toml.",
);

/// The schema cannot be used.
pub static INVALID_SCHEMA: Rule = rule(
    "invalid-schema",
    Error,
    "A schema that cannot be used",
    "A schema with a mistake, an unknown format or a remote reference checks less than it seems to. Schemas are read offline.",
    "{\"type\": \"strng\"}",
    "Mend the schema; keep what it refers to in the same file.",
);
