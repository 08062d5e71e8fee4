//! What a committed ledger keeps.

use trueline_core::Level::Error;
use trueline_core::Rule;

use super::rule;

/// Changed after its commit.
pub static REWRITTEN_LINE: Rule = rule(
    "rewritten-line",
    Error,
    "A committed line was rewritten",
    "An append-only ledger is evidence because nobody changes what was written.",
    "- {\"model\": \"m-1\"}\n+ {\"model\": \"m-2\"}",
    "Restore the line (`git checkout REV -- FILE`) and append a record that corrects it.",
);

/// Gone after its commit.
pub static DELETED_LINE: Rule = rule(
    "deleted-line",
    Error,
    "A committed line was deleted",
    "An append-only ledger is evidence because nothing disappears from it.",
    "- {\"model\": \"m-1\"}",
    "Restore the line; a record that is wrong is corrected by a later one.",
);

/// Elsewhere after its commit.
pub static MOVED_LINE: Rule = rule(
    "moved-line",
    Error,
    "A committed line was moved",
    "The order of the records is part of what they say; tools that remember how far they read miss moved lines.",
    "(line 3 of the base is line 5 now)",
    "Restore the order of the base; put new lines after it. `ledger-lint merge` does.",
);

/// New, before old ones.
pub static INSERTED_LINE: Rule = rule(
    "inserted-line",
    Error,
    "A new line stands before committed ones",
    "Readers remember how far they read: what is put in before that place is never seen.",
    "  {\"model\": \"m-1\"}\n+ {\"model\": \"m-3\"}\n  {\"model\": \"m-2\"}",
    "Move the new line to the end of the file.",
);

/// Cannot be compared.
pub static MISSING_BASE: Rule = rule(
    "missing-base",
    Error,
    "The base revision is not available",
    "Whether a committed line was changed cannot be told. This is inconclusive (exit code 3), never a pass.",
    "(a shallow clone without the merge base)",
    "Fetch more history: `git fetch --unshallow`, or `fetch-depth: 0` in CI.",
);

/// Not an extension of upstream.
pub static DIVERGED: Rule = rule(
    "diverged-ledger",
    Error,
    "A ledger that does not go on from upstream's",
    "Upstream has records that are not here, or in another order: the next push is refused or loses records.",
    "(upstream has 3 records after the common start that are missing here)",
    "`git merge` with the driver of `ledger-lint install-merge-driver`: upstream's lines first, ours after.",
);
