//! The tool's findings: those of the plan, and its own.

use trueline_core::{Level, Rule};
use trueline_plan::rules as plan;

/// Somebody has the item.
pub(crate) const ALREADY_CLAIMED: Rule = Rule {
    code: "already-claimed",
    level: Level::Error,
    summary: "An item cannot be claimed: somebody has it",
    why: "Two who work on one item do the work twice, and one of them loses it.",
    example: "queue claim WBS-1 --owner AGENT-2        (while AGENT-1 holds it)",
    mend: "Take another item: `queue next --owner NAME`. A claim that is over and given up is taken over with `--take-over`.",
};

/// A lease ended.
pub(crate) const CLAIM_EXPIRED: Rule = Rule {
    code: "claim-expired",
    level: Level::Warning,
    summary: "An item is being worked on under a claim that is over",
    why: "Its holder has perhaps gone; the item is begun for ever.",
    example: "\"status\": \"doing\", \"claim\": {\"owner\": \"AGENT-1\", \"lease_until\": \"2026-01-01T00:00:00Z\", \"attempt\": 1}",
    mend: "Renew it (`queue claim ID --owner NAME --renew`), give it back (`queue release`), or have it taken over (`queue claim ID --owner OTHER --take-over`).",
};

/// A recorded command failed.
pub(crate) const CHECK_FAILED: Rule = Rule {
    code: "check-failed",
    level: Level::Error,
    summary: "A command that was run to be recorded did not pass",
    why: "What it stands for is not true; items that are done on its word are not done.",
    example: "queue check unit --item WBS-1 -- cargo test        (and a test fails)",
    mend: "Read the log that is named, mend it, and run the same command again.",
};

/// Two items got one id.
pub(crate) const ID_COLLISION: Rule = Rule {
    code: "id-collision",
    level: Level::Error,
    summary: "A merge brings two different items with the same id",
    why: "Each side took the next free id; whoever refers to it now means one of two things.",
    example: "ours adds {\"id\": \"WBS-1.7\", \"title\": \"Search\"}, theirs {\"id\": \"WBS-1.7\", \"title\": \"Login\"}",
    mend: "Give the newer one the free id that the message names, keep both lines, take the markers out, and mend what refers to it. After a merge that kept both: `queue renumber OLD NEW`.",
};

/// A record cannot be merged.
pub(crate) const MERGE_CONFLICT: Rule = Rule {
    code: "merge-conflict",
    level: Level::Error,
    summary: "Both sides of a merge changed the same field of an item, or one removed it",
    why: "Which one is right is not for a program to guess.",
    example: "ours sets \"status\": \"blocked\", theirs \"status\": \"done\"",
    mend: "Keep one of the two lines between the markers (they agree in everything else), and take the markers out.",
};

/// Two clean sides form a circle.
pub(crate) const MERGE_CYCLE: Rule = Rule {
    code: "merge-cycle",
    level: Level::Error,
    summary: "A merge makes items depend on each other in a circle",
    why: "Each side alone is fine; together nothing on the circle can ever be begun.",
    example: "ours makes A depend on B, theirs B on A",
    mend: "Take one of the dependencies on the printed path out, then commit the merge.",
};

/// An item may not become done.
pub(crate) const NOT_DONE: Rule = Rule {
    code: "not-done",
    level: Level::Error,
    summary: "An item cannot be set to done: what its tier asks for is not there",
    why: "`done` is a claim that others build on. A foundation item needs evidence for every exit criterion and no open follow-up; a feature a check that passes (its log is evidence) and its follow-ups in the queue; a stretch item its follow-ups in the queue.",
    example: "queue done WBS-1        (while the check about it fails)",
    mend: "Do what the message names, then try again: `queue check NAME --item ID -- COMMAND` records evidence.",
};

/// An item may not be begun.
pub(crate) const NOT_READY: Rule = Rule {
    code: "not-ready",
    level: Level::Error,
    summary: "An item cannot be claimed: it is not ready",
    why: "Work on it now would rest on something that is not there yet, or was done before.",
    example: "queue claim WBS-2 --owner AGENT-1        (while WBS-1, which it depends on, is todo)",
    mend: "`queue why ID` says what is in its way, `queue next` names an item that is ready.",
};

/// A review's words do not fit what there is.
pub(crate) const REVIEW_DISAGREES: Rule = Rule {
    code: "review-disagrees",
    level: Level::Error,
    summary: "A review's decision is not what report, checks and acceptance say",
    why: "A decision is one voice of four. `done` stands only where the run report is there, checks of the item pass, acceptance is met, and everything that the review leaves open is in the queue.",
    example: "ACCEPTANCE: unmet        (and `Decision: done` below it)",
    mend: "Do what the message names and have it reviewed again; the status stays as it is until then.",
};

/// A review does not say what it has to.
pub(crate) const REVIEW_INCOMPLETE: Rule = Rule {
    code: "review-incomplete",
    level: Level::Error,
    summary: "A review does not say which item, which report, whether acceptance is met, or what is decided",
    why: "What is not said in a form that can be read is not decided: prose, a template and a review that was cut off decide nothing.",
    example: "ACCEPTANCE: met | unmet - <short reason>",
    mend: "Write the lines `Source: PATH`, `WBS: ID`, `ACCEPTANCE: met` (or `unmet` and why) and `Decision: done` (or another status) into it.",
};

macro_rules! joined {
    ($($rule:expr),+ $(,)?) => { &[$(&$rule,)+] };
}

/// Everything that `queue` reports.
pub(crate) const ALL: &[&Rule] = joined![
    ALREADY_CLAIMED,
    plan::BAD_FILE,
    plan::BAD_LINE,
    plan::BLOCKED_WITHOUT_REASON,
    CHECK_FAILED,
    plan::CHECKLIST_MISMATCH,
    CLAIM_EXPIRED,
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
    ID_COLLISION,
    plan::ID_TWINS,
    MERGE_CONFLICT,
    MERGE_CYCLE,
    plan::MISSING_FIELD,
    plan::MISSING_REF,
    plan::NEWER_VERSION,
    NOT_DONE,
    NOT_READY,
    plan::PHASE_WEIGHTS,
    plan::PLAN_MISMATCH,
    plan::REOPENED_ITEM,
    plan::REUSED_ID,
    REVIEW_DISAGREES,
    REVIEW_INCOMPLETE,
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
