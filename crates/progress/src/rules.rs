//! The tool's findings: those of the plan, and its own.

use trueline_core::{Level, Rule};
use trueline_plan::rules as plan;

/// The markers of a generated file do not fit each other.
pub(crate) const DAMAGED_MARKERS: Rule = Rule {
    code: "damaged-markers",
    level: Level::Error,
    summary: "The markers around generated text are missing, nested or there twice",
    why: "Nobody can tell what is generated and what is written by hand; writing could lose the latter, so that nothing is written.",
    example: "<!-- progress:begin summary -->        (and no `progress:end summary`)",
    mend: "Put the pair `<!-- progress:begin NAME -->` and `<!-- progress:end NAME -->` around the generated text again, or remove both; then run `progress render`.",
};

/// An item was put off.
pub(crate) const ITEM_DEFERRED: Rule = Rule {
    code: "item-deferred",
    level: Level::Warning,
    summary: "An item was put off since the base",
    why: "What is put off leaves the percentage, which rises although nothing was done.",
    example: "\"deferred\": {\"reason\": \"after launch\", \"approved_by\": \"PO\"}",
    mend: "Nothing, where the deferral is agreed: it is shown so that nobody overlooks it. `progress show` gives the percentage against both plans.",
};

/// An item went out of the plan.
pub(crate) const ITEM_REMOVED: Rule = Rule {
    code: "item-removed",
    level: Level::Error,
    summary: "An item was taken out of the plan since the base",
    why: "A plan that shrinks looks like progress.",
    example: "ops/por.json at the base has WBS-2.1, and now has not",
    mend: "Put it off instead of removing it: `deferred` with a reason and who agreed. An item that was split or renumbered is allowed by an `[[allow]]` with a reason.",
};

/// An item's weight changed.
pub(crate) const ITEM_REWEIGHTED: Rule = Rule {
    code: "item-reweighted",
    level: Level::Warning,
    summary: "An item or phase weighs other than at the base",
    why: "Percentages before and after cannot be compared.",
    example: "\"weight\": 5 at the base, \"weight\": 1 now",
    mend: "Change weights in a change of their own, and say why.",
};

macro_rules! joined {
    ($($rule:expr),+ $(,)?) => { &[$(&$rule,)+] };
}

/// Everything that `progress` reports.
pub(crate) const ALL: &[&Rule] = joined![
    plan::BAD_FILE,
    plan::BAD_LINE,
    plan::BLOCKED_WITHOUT_REASON,
    plan::CHECKLIST_MISMATCH,
    plan::CONFLICT_MARKER,
    plan::CYCLE,
    DAMAGED_MARKERS,
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
    ITEM_DEFERRED,
    ITEM_REMOVED,
    ITEM_REWEIGHTED,
    plan::MISSING_FIELD,
    plan::MISSING_REF,
    plan::NEWER_VERSION,
    plan::PHASE_WEIGHTS,
    plan::PLAN_MISMATCH,
    plan::REOPENED_ITEM,
    plan::REUSED_ID,
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
