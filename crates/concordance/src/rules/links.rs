//! What is wrong with references between blueprints, code, commits and the plan.
// The tags below are examples. concordance:ignore-file

use trueline_core::{Level, Rule};

/// An id that no blueprint declares.
pub const UNKNOWN_ID: Rule = Rule {
    code: "unknown-id",
    level: Level::Error,
    summary: "A reference names an item that no blueprint declares",
    why: "A dangling reference proves nothing, yet counts as proof for whoever reads it. It is \
          always an error.",
    example: "// [impl->TD-4.2]   where the blueprints end at TD-4.1",
    mend: "Correct the id, or declare the item in a blueprint.",
};

/// A work item that neither plan nor queue has.
pub const UNKNOWN_WBS: Rule = Rule {
    code: "unknown-wbs",
    level: Level::Error,
    summary: "A reference names a work item that neither plan nor queue has",
    why: "Work that is not in the queue has no owner, no status and no place in the plan.",
    example: "WBS: WBS-4.2   in a commit, where the queue ends at WBS-4.1",
    mend: "Correct the id, or add the item to the queue: `queue add`.",
};

/// A tag that cannot be read.
pub const MALFORMED_TAG: Rule = Rule {
    code: "malformed-tag",
    level: Level::Error,
    summary: "A tag cannot be read",
    why: "A tag that is nearly right links nothing, and the requirement stays uncovered although \
          the code is there.",
    example: "// [implements->NT-1]",
    mend: "Write `[impl->TD-4.2]` or `[verify->NT-7.3~2, NT-7.4]` on one line. Put an example in \
           backticks, or after `concordance:ignore`.",
};

/// A tag names another revision than the item has.
pub const WRONG_REVISION: Rule = Rule {
    code: "wrong-revision",
    level: Level::Error,
    summary: "A tag names another revision than the item has",
    why: "A tag with a revision says which text it implements or verifies. The text has changed \
          since, or never had that revision.",
    example: "// [verify->NT-7.3~1]   where the item is ## NT-7.3~2",
    mend: "Read what changed, change the code or the test, then write the new revision.",
};

/// A trailer whose value is no id.
pub const MALFORMED_TRAILER: Rule = Rule {
    code: "malformed-trailer",
    level: Level::Error,
    summary: "A trailer names no id",
    why: "The commit says that it serves something, but not what: nothing can be linked.",
    example: "NT: booking flow",
    mend: "Write ids, one or several: `NT: NT-1.2, NT-1.3`. `NT:` takes requirements, `TD:` \
           designs, `WBS:` work items.",
};

/// Trailers that git does not see.
pub const HIDDEN_TRAILERS: Rule = Rule {
    code: "hidden-trailers",
    level: Level::Error,
    summary: "A line that was meant as a trailer is not one for git",
    why: "git reads trailers from the last paragraph of a message only, and only if no line of \
          prose is in it. Every tool that asks git sees none.",
    example: "Fix search\n\nThis closes the gap.\nNT: NT-1",
    mend: "Put the trailers into a paragraph of their own at the end: \
           `git commit --amend --trailer \"NT: NT-1\"`.",
};

/// The crosswalk names a file that is gone.
pub const DEAD_FILE: Rule = Rule {
    code: "dead-file",
    level: Level::Error,
    summary: "The crosswalk or an acceptance criterion names a file that is gone",
    why: "A requirement that is covered by a deleted file is not covered.",
    example: r#"{"nt": "NT-1", "code": [{"path": "src/gone.rs", "kind": "trailer"}]}"#,
    mend: "Run `concordance update --base REV` from before the change: it follows renames and \
           drops what is gone. In acceptance criteria, name the file as it is now; while the box \
           is not ticked, it is a warning.",
};

/// The crosswalk has a row of an item that is gone.
pub const REMOVED_ITEM: Rule = Rule {
    code: "removed-item",
    level: Level::Error,
    summary: "The crosswalk has a row of an item that no blueprint declares any more",
    why: "Owner, risk, data class, waivers and links made by hand exist nowhere else. A \
          blueprint that was deleted or moved by accident must not take them with it.",
    example: r#"{"nt": "NT-2", "risk": "high"}   where no blueprint declares NT-2"#,
    mend: "Bring the item back. Or move what people wrote to another row, and remove this one by \
           hand or with `concordance update --prune`.",
};

/// The text of an item has changed since its links were confirmed.
pub const SUSPECT_LINK: Rule = Rule {
    code: "suspect-link",
    level: Level::Warning,
    summary: "An item's text changed, and nobody has looked at what is linked to it",
    why: "Code and tests were written for the text as it was. Until somebody looks at them \
          again, they prove the old text.",
    example: "## NT-1 Search~2   changed, while tests/search.rs was not",
    mend: "Look at the linked code and tests; commit what changes with a trailer that names the \
           item and run `concordance update --base REV`, or say that nothing has to change: \
           `concordance confirm NT-1`.",
};

/// The crosswalk cannot be read.
pub const MALFORMED_CROSSWALK: Rule = Rule {
    code: "malformed-crosswalk",
    level: Level::Error,
    summary: "The crosswalk cannot be read",
    why: "What cannot be read cannot be checked, and writing over it would lose what people \
          wrote into it.",
    example: "{\"rows\": [{\"nt\": \"NT-1\",}]}",
    mend: "Mend the JSON at the place named. After a merge, `concordance merge` joins both sides.",
};

/// Plan or queue cannot be read.
pub const MALFORMED_PLAN: Rule = Rule {
    code: "malformed-plan",
    level: Level::Error,
    summary: "A line of the plan or the queue cannot be read",
    why: "An item that cannot be read carries nothing: its requirements would look unplanned, or \
          a reference to it unknown.",
    example: r#"{"id": "WBS-1", "status": "todo""#,
    mend: "Mend the JSON at the place named; `queue check` says more.",
};

/// A file that could not be scanned for tags.
pub const NOT_SCANNED: Rule = Rule {
    code: "not-scanned",
    level: Level::Warning,
    summary: "A file was not scanned for tags",
    why: "Tags in it do not count, so coverage is lower than it seems to whoever wrote them.",
    example: "src/generated.rs   of 20 MiB",
    mend: "Split the file, or name it under `generated` in trueline.toml.",
};
