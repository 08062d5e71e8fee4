//! Every rule: its code, its level, and the words of `explain`.
//!
//! docs/tools/ledger-lint.md holds one section a rule, written from these constants; a test
//! fails when they differ.

pub mod history;
pub mod reference;
pub mod schema;
pub mod security;
pub mod syntax;
pub mod time;

use trueline_core::{Level, Rule};

/// Every rule, grouped as in the documentation.
pub const RULES: &[&Rule] = &[
    &syntax::INVALID_UTF8,
    &syntax::BYTE_ORDER_MARK,
    &syntax::CRLF,
    &syntax::BLANK_LINE,
    &syntax::TRAILING_SPACE,
    &syntax::NO_FINAL_NEWLINE,
    &syntax::DUPLICATE_KEY,
    &syntax::SEVERAL_VALUES,
    &syntax::PRETTY_PRINTED,
    &syntax::TRUNCATED_LINE,
    &syntax::SYNTAX,
    &syntax::LINE_TOO_LONG,
    &syntax::TOO_DEEP,
    &syntax::CONFLICT_MARKER,
    &syntax::BROKEN_ENCODING,
    &syntax::TOO_MANY_FINDINGS,
    &schema::MISSING_FIELD,
    &schema::UNKNOWN_FIELD,
    &schema::WRONG_TYPE,
    &schema::NOT_ALLOWED,
    &schema::PATTERN,
    &schema::OUT_OF_RANGE,
    &schema::BAD_FORMAT,
    &schema::COMPOSITE,
    &schema::MORE_ERRORS,
    &schema::MIXED_SHAPES,
    &schema::INVALID_SCHEMA,
    &reference::UNKNOWN_TASK,
    &reference::UNKNOWN_AGENT,
    &reference::UNKNOWN_MODEL,
    &reference::UNKNOWN_REQUIREMENT,
    &reference::DUPLICATE_RECORD,
    &reference::DUPLICATE_ID,
    &reference::STALE_ENTRY,
    &reference::MISSING_CAPABILITY,
    &reference::UNDOCUMENTED_CAPABILITY,
    &reference::INCOMPLETE_INTEGRATION,
    &reference::UNLOGGED_USE,
    &reference::UNREPORTED_USE,
    &time::NAIVE_TIME,
    &time::FUTURE_TIME,
    &time::TIME_BACKWARDS,
    &time::OVERDUE_ROTATION,
    &time::UNPROVEN_ROTATION,
    &time::EXPIRED,
    &security::MISSING_SIGNOFF,
    &security::SECRET_VALUE,
    &security::HARD_CODED_SECRET,
    &security::SECRET_NAME,
    &security::LOCAL_PATH,
    &history::REWRITTEN_LINE,
    &history::DELETED_LINE,
    &history::MOVED_LINE,
    &history::INSERTED_LINE,
    &history::MISSING_BASE,
    &history::DIVERGED,
];

/// The rule of that code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code).copied()
}

pub(crate) const fn rule(
    code: &'static str,
    level: Level,
    summary: &'static str,
    why: &'static str,
    example: &'static str,
    mend: &'static str,
) -> Rule {
    Rule {
        code,
        level,
        summary,
        why,
        example,
        mend,
    }
}
