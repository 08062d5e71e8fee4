//! What is not covered, not planned, or not asked for.
// The tags below are examples. concordance:ignore-file

use trueline_core::{Level, Rule};

/// A requirement without design, code or test.
pub const UNCOVERED_REQUIREMENT: Rule = Rule {
    code: "uncovered-requirement",
    level: Level::Error,
    summary: "A requirement has no design, no code or no test",
    why: "Nothing shows that it is met. A requirement is covered when a design, code and a test \
          are linked to it; deeply covered when that holds for its parts and its designs too. \
          MUST gives an error, SHOULD a warning, MAY a note.",
    example: "## NT-1.2 Search   with no [verify->NT-1.2] anywhere",
    mend: "Link what exists with a tag or a commit's trailers, or do what is missing. An accepted \
           gap gets a waiver with reason, owner and end.",
};

/// A requirement that no work item carries.
pub const UNPLANNED_REQUIREMENT: Rule = Rule {
    code: "unplanned-requirement",
    level: Level::Warning,
    summary: "No work item carries a requirement",
    why: "What is in no work item will not be built by anybody.",
    example: "## NT-1.2 Search   with no nt_refs to it in ops/por.json or ops/queue.jsonl",
    mend: "Add the id to `nt_refs` of the work item that will do it.",
};

/// A design that no requirement asks for.
pub const ORPHAN_DESIGN: Rule = Rule {
    code: "orphan-design",
    level: Level::Error,
    summary: "No requirement asks for a design",
    why: "Design without a requirement is gold-plating, or a requirement that was never written \
          down.",
    example: "## TD-3 Cache   without `Needs: NT-…`",
    mend: "Add `Needs: NT-…` to the design, or have it approved: a waiver of `orphan-design` with \
           reason and owner.",
};

/// A work item without requirement or design.
pub const UNLINKED_ITEM: Rule = Rule {
    code: "unlinked-item",
    level: Level::Error,
    summary: "A work item names no requirement or no design",
    why: "Nobody can say when it is done, nor whether it was needed.",
    example: r#"{"id": "WBS-4.2", "status": "todo", "nt_refs": ["NT-1"], "td_refs": []}"#,
    mend: "Add at least one id to `nt_refs` and one to `td_refs`.",
};

/// Code that no requirement asks for.
pub const UNMAPPED_CODE: Rule = Rule {
    code: "unmapped-code",
    level: Level::Warning,
    summary: "No requirement asks for a code file",
    why: "Code without a requirement is either not needed, or serves a need that nobody wrote \
          down and nobody tests.",
    example: "src/cache.rs   without a tag, and in no row of the crosswalk",
    mend: "Tag it with `[impl->TD-…]`, or commit it with trailers and run \
           `concordance update --base REV`, where REV is from before that commit.",
};

/// A requirement without acceptance criteria.
pub const MISSING_ACCEPTANCE: Rule = Rule {
    code: "missing-acceptance",
    level: Level::Warning,
    summary: "A requirement has no acceptance criteria",
    why: "Without criteria everybody decides alone when it is done.",
    example: "## NT-1.2 Search   and no docs/blueprints/acceptance/NT-1.2.md",
    mend: "Write docs/blueprints/acceptance/NT-1.2.md, or a section \"Acceptance\" in the item, \
           that names a test file and its cases.",
};

/// Acceptance criteria that say nothing.
pub const PLACEHOLDER_ACCEPTANCE: Rule = Rule {
    code: "placeholder-acceptance",
    level: Level::Error,
    summary: "Acceptance criteria say nothing that can be tested",
    why: "\"Write tests\" is no criterion: it is met by any test. A criterion names a test file \
          and the cases in it.",
    example: "- [ ] write tests\n- [ ] TBD",
    mend: "Name the test file and its cases: ``- `tests/search.rs`: empty result, 100 results``.",
};

/// A conflict between blueprints that is not resolved.
pub const OPEN_DISCREPANCY: Rule = Rule {
    code: "open-discrepancy",
    level: Level::Error,
    summary: "An open blueprint discrepancy blocks this",
    why: "Requirement and design contradict each other. Whatever is built meanwhile will be \
          wrong by one of them.",
    example: "## Blueprint Discrepancy: NT-1.2 against TD-4\n\nStatus: open",
    mend: "Resolve it (with two keys where scope or cost change) and write `Status: resolved`.",
};

/// A waiver that has run out.
pub const EXPIRED_WAIVER: Rule = Rule {
    code: "expired-waiver",
    level: Level::Warning,
    summary: "A waiver has expired",
    why: "A gap was accepted for a time. Past it, the finding counts again; the entry only makes \
          readers believe that it does not.",
    example: r#"{"id": "NT-1", "code": "uncovered-requirement", …, "expires": "2025-12-31"}"#,
    mend: "Close the gap and remove the waiver, or have it accepted again with a later day.",
};

/// A waiver that waives nothing.
pub const UNUSED_WAIVER: Rule = Rule {
    code: "unused-waiver",
    level: Level::Warning,
    summary: "A waiver waives nothing",
    why: "A left-over waiver silences the next gap of its kind, which nobody has looked at.",
    example: r#"{"id": "NT-1", "code": "orphan-design", …}   for a requirement"#,
    mend: "Remove it.",
};
