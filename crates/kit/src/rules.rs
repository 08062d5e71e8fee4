//! Rules that every tool has, because the edge itself finds them.

use trueline_core::{Level, Rule};

/// An `[[allow]]` whose day has passed.
pub const EXPIRED_ALLOW: Rule = Rule {
    code: "expired-allow",
    level: Level::Warning,
    summary: "An allow in trueline.toml has expired",
    why: "An exception is granted for a time. Past it, the finding that it silenced counts again; \
          the entry only makes readers believe that it does not.",
    example: "[[allow]]\ncode = \"locks/foreign-change\"\npath = \"docs/**\"\nreason = \"moving the docs\"\nexpires = 2026-01-31",
    mend: "Mend what it silenced and remove the entry, or have it approved again with a later `expires`.",
};

/// An `[[allow]]` that silences nothing.
pub const UNUSED_ALLOW: Rule = Rule {
    code: "unused-allow",
    level: Level::Warning,
    summary: "An allow in trueline.toml silences nothing",
    why: "A left-over exception silences the next finding of its kind, which nobody has looked at. \
          It is judged only by commands that run every check of the tool.",
    example: "[[allow]]\ncode = \"locks/foreign-change\"\npath = \"no/such/folder/**\"\nreason = \"was needed once\"",
    mend: "Remove the entry.",
};

/// With a base revision: trueline.toml differs between the base and the working tree.
pub const CONFIG_CHANGED: Rule = Rule {
    code: "config-changed",
    level: Level::Note,
    summary: "trueline.toml differs from the base, whose copy counts",
    why: "A change must not excuse itself: with a base revision, allows, levels and all other \
          settings are read from the base. What the change alters takes effect once it is merged.",
    example: "locks preflight --base origin/main   # on a branch that edits trueline.toml",
    mend: "Nothing, if the change is meant; a reviewer should look at it.",
};

/// A generated file is not what its sources give.
pub const STALE_FILE: Rule = Rule {
    code: "stale-file",
    level: Level::Error,
    summary: "A generated file is not up to date",
    why: "Readers take a generated file for the truth. One that was edited by hand or not \
          generated again after its sources changed says something that no longer holds.",
    example: "progress render --check   # after an item was marked done",
    mend: "Run the command without `--check` and commit the result.",
};

/// A file is not UTF-8 text.
pub const UNREADABLE_FILE: Rule = Rule {
    code: "unreadable-file",
    level: Level::Error,
    summary: "A file cannot be read as UTF-8 text",
    why: "Every artifact is UTF-8. What cannot be read cannot be checked, and what was not \
          checked must not pass.",
    example: "printf 'caf\\351\\n' > ops/queue.jsonl   # Latin-1",
    mend: "Convert the file, for example with `iconv -f latin1 -t utf-8`.",
};

/// A place in trueline.toml that an error names. Not a rule that can be listed, allowed or set.
pub(crate) const CONFIG_ERROR: Rule = Rule {
    code: "config",
    level: Level::Error,
    summary: "trueline.toml is not right",
    why: "",
    example: "",
    mend: "",
};

/// The rules that are added to every tool's own.
pub const COMMON: &[&Rule] = &[
    &CONFIG_CHANGED,
    &EXPIRED_ALLOW,
    &STALE_FILE,
    &UNREADABLE_FILE,
    &UNUSED_ALLOW,
];
