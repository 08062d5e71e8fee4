//! What is wrong with a change as a whole, and with the record of old debt.

use trueline_core::{Level, Rule};

/// A change that is larger than the limits.
pub const SIZE_CAP: Rule = Rule {
    code: "size-cap",
    level: Level::Warning,
    summary: "A change is larger than the limits in trueline.toml",
    why: "Nobody reviews a thousand lines with the care that a hundred get.",
    example: "[limits]\nchanged_lines = 800   # and a branch that changes 2,000",
    mend: "Split the change. Generated files do not count.",
};

/// A section of the pull request's text that is missing or not filled in.
pub const PR_BODY: Rule = Rule {
    code: "pr-body",
    level: Level::Error,
    summary: "A section of the pull request's text is missing or not filled in",
    why: "The template asks for what a reviewer needs: which requirements, which tests, how to \
          roll back. A placeholder says that nobody thought about it.",
    example: "## Access & Traceability\n- NT refs: NT-...",
    mend: "Fill the section in, or write `none` and why.",
};

/// An entry of the baseline that is no longer needed.
pub const SHRUNK_BASELINE: Rule = Rule {
    code: "shrunk-baseline",
    level: Level::Warning,
    summary: "The baseline holds debt that is paid",
    why: "A left-over entry lets the same fault come back unseen.",
    example: "an entry for NT-1 in concordance-baseline.json, after NT-1 was covered",
    mend: "`concordance baseline` takes it out.",
};

/// A baseline that a change made larger.
pub const GROWN_BASELINE: Rule = Rule {
    code: "grown-baseline",
    level: Level::Error,
    summary: "A change adds to the baseline",
    why: "The baseline holds old debt and may only shrink: with a new entry a change would excuse \
          itself.",
    example: "a branch that runs `concordance baseline --reset`",
    mend: "Mend what the entry hides, or have it waived with reason, owner and end.",
};
