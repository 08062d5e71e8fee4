//! What a change does: judged with `check --base REV`.
// The tags below are examples. concordance:ignore-file

use trueline_core::{Level, Rule};

/// Changed code that nothing justifies.
pub const MISSING_TRAILER: Rule = Rule {
    code: "missing-trailer",
    level: Level::Error,
    summary: "Changed code is justified by no trailer and no tag",
    why: "Code is changed for a reason that stands in a blueprint. Where neither the commit nor \
          the file says which, nobody can check that the change was asked for.",
    example: "a commit that changes src/search.rs and has no NT:, TD: or WBS: trailer",
    mend: "`git commit --amend --trailer \"NT: NT-1.2\" --trailer \"TD: TD-4\" --trailer \"WBS: \
           WBS-4.2\"`, or a tag in the file.",
};

/// A commit that has some of the trailers.
pub const INCOMPLETE_TRAILERS: Rule = Rule {
    code: "incomplete-trailers",
    level: Level::Warning,
    summary: "A commit that changes code lacks one of the trailers NT, TD and WBS",
    why: "Requirement, design and work item are joined through commits. Where one is missing the \
          join has to be guessed from the others.",
    example: "NT: NT-1.2   without TD: and WBS:",
    mend: "Add the missing trailers: `git commit --amend --trailer \"TD: TD-4\"`.",
};

/// A trailer whose commit touches nothing that is linked to the item.
pub const UNRELATED_TRAILER: Rule = Rule {
    code: "unrelated-trailer",
    level: Level::Warning,
    summary: "A trailer names an item, and the commit touches nothing linked to it",
    why: "A trailer is a claim. The item already has code and tests, and this commit changes none \
          of them, adds none, and does not touch its text: the claim is probably copied.",
    example: "NT: NT-1.2   on a commit that changes only src/payment.rs, linked to NT-7",
    mend: "Name the item that the change serves, or link the file to it with a tag.",
};

/// The text of a requirement changed, its revision did not.
pub const TEXT_CHANGED: Rule = Rule {
    code: "text-changed",
    level: Level::Error,
    summary: "An item's text changed without a new revision",
    why: "Tags and confirmed links name a revision. Without a new one, what was proven for the \
          old text passes for a proof of the new one.",
    example: "-Results come within 1 s.\n+Results come within 5 s.   under an unchanged ## NT-1.2",
    mend: "`concordance bump NT-1.2` raises the revision; then change or confirm what is linked.",
};

/// A tag is gone.
pub const DELETED_TAG: Rule = Rule {
    code: "deleted-tag",
    level: Level::Warning,
    summary: "A tag was deleted while its item stays",
    why: "Deleting a tag is how a broken proof disappears quietly. It is an error where it was \
          the last tag of its kind for the item.",
    example: "-// [verify->NT-1.2]",
    mend: "Put the tag back, or move it to where the item is implemented or verified now.",
};

/// Code of a requirement changed, its tests did not.
pub const UNTESTED_CHANGE: Rule = Rule {
    code: "untested-change",
    level: Level::Warning,
    summary: "Code under a requirement changed, and none of its tests",
    why: "The tests prove the code as it was. A change of behaviour that no test had to follow is \
          a change that no test sees.",
    example: "src/search.rs [impl->NT-1.2] changed, tests/search.rs [verify->NT-1.2] not",
    mend: "Change or add a test in the same branch.",
};

/// Acceptance criteria changed, tests did not.
pub const STALE_ACCEPTANCE: Rule = Rule {
    code: "stale-acceptance",
    level: Level::Warning,
    summary: "Acceptance criteria changed, and none of the requirement's tests",
    why: "The tests still prove the criteria as they were.",
    example: "docs/blueprints/acceptance/NT-1.2.md changed, tests/search.rs not",
    mend: "Change the tests that the criteria name in the same branch.",
};
