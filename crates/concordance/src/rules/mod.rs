//! Every rule of the tool. docs/tools/concordance.md has a page for each.

mod coverage;
mod diff;
mod index;
mod links;
mod process;
mod proof;

use trueline_core::Rule;

pub use coverage::*;
pub use diff::*;
pub use index::*;
pub use links::*;
pub use process::*;
pub use proof::*;

/// All of them, ordered by code.
pub const ALL: &[&Rule] = &[
    &BROKEN_LINK,
    &DEAD_FILE,
    &DELETED_TAG,
    &DUPLICATE_ID,
    &EMPTY_ITEM,
    &EXPIRED_WAIVER,
    &FAILED_TEST,
    &FALSE_REPORT,
    &GROWN_BASELINE,
    &HEADLESS_TEXT,
    &HIDDEN_TRAILERS,
    &INCOMPLETE_TRAILERS,
    &MALFORMED_CROSSWALK,
    &MALFORMED_ID,
    &MALFORMED_JUNIT,
    &MALFORMED_PLAN,
    &MALFORMED_TAG,
    &MALFORMED_TRAILER,
    &MISSING_ACCEPTANCE,
    &MISSING_TRAILER,
    &NEEDS_CYCLE,
    &NOT_SCANNED,
    &OPEN_DISCREPANCY,
    &ORPHAN_DESIGN,
    &OUT_OF_ORDER_ID,
    &PLACEHOLDER_ACCEPTANCE,
    &PR_BODY,
    &REMOVED_ITEM,
    &SHRUNK_BASELINE,
    &SIZE_CAP,
    &STALE_ACCEPTANCE,
    &SUSPECT_LINK,
    &TEST_NOT_RUN,
    &TEXT_CHANGED,
    &TWIN_ID,
    &UNCOVERED_REQUIREMENT,
    &UNKNOWN_ID,
    &UNKNOWN_WBS,
    &UNLINKED_ITEM,
    &UNMAPPED_CODE,
    &UNPLANNED_REQUIREMENT,
    &UNRELATED_TRAILER,
    &UNTESTED_CHANGE,
    &UNUSED_WAIVER,
    &WRONG_REVISION,
];
