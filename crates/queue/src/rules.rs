//! The tool's findings: those of the plan, and its own.

use trueline_core::{Level, Rule};
use trueline_plan::rules as plan;

/// A recorded command failed.
pub(crate) const CHECK_FAILED: Rule = Rule {
    code: "check-failed",
    level: Level::Error,
    summary: "A command that was run to be recorded did not pass",
    why: "What it stands for is not true; items that are done on its word are not done.",
    example: "queue check unit --item WBS-1 -- cargo test        (and a test fails)",
    mend: "Read the log that is named, mend it, and run the same command again.",
};

/// An item may not become done.
pub(crate) const NOT_DONE: Rule = Rule {
    code: "not-done",
    level: Level::Error,
    summary: "An item cannot be set to done: what its tier asks for is not there",
    why: "`done` is a claim that others build on. A foundation item needs evidence for every exit criterion and no open follow-up; a feature evidence, checks that pass, and its follow-ups in the queue; a stretch item its follow-ups in the queue.",
    example: "queue done WBS-1        (while the check about it fails)",
    mend: "Do what the message names, then try again: `queue check NAME --item ID -- COMMAND` records evidence.",
};

macro_rules! joined {
    ($($rule:expr),+ $(,)?) => { &[$(&$rule,)+] };
}

/// Everything that `queue` reports.
pub(crate) const ALL: &[&Rule] = joined![
    plan::BAD_FILE,
    plan::BAD_LINE,
    plan::BLOCKED_WITHOUT_REASON,
    CHECK_FAILED,
    plan::CHECKLIST_MISMATCH,
    plan::CONFLICT_MARKER,
    plan::CYCLE,
    plan::DANGLING_DEPENDENCY,
    plan::DEFERRED_DONE,
    plan::DONE_BEFORE_DEPENDENCY,
    plan::DONE_WITH_FAILING_CHECK,
    plan::DONE_WITHOUT_EVIDENCE,
    plan::DUPLICATE_ID,
    plan::DUPLICATE_KEY,
    plan::EVIDENCE_CHANGED,
    plan::EVIDENCE_MISSING,
    plan::ID_TWINS,
    plan::MISSING_FIELD,
    plan::MISSING_REF,
    plan::NEWER_VERSION,
    NOT_DONE,
    plan::PHASE_WEIGHTS,
    plan::PLAN_MISMATCH,
    plan::UNKNOWN_PHASE,
    plan::UNKNOWN_REF,
    plan::UNKNOWN_STATUS,
    plan::UNPLANNED_ITEM,
    plan::UNQUEUED_ITEM,
    plan::WRONG_TYPE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_of_the_plan_is_left_out() {
        for rule in plan::ALL {
            assert!(ALL.iter().any(|own| own.code == rule.code), "{}", rule.code);
        }
    }
}
