//! Every kind of finding that this tool has.

use trueline_core::{Level, Rule};

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $level:ident,
        $summary:literal, why: $why:literal, example: $example:literal, mend: $mend:literal;)+) => {
        $($(#[$doc])* pub(crate) const $name: Rule = Rule {
            code: $code,
            level: Level::$level,
            summary: $summary,
            why: $why,
            example: $example,
            mend: $mend,
        };)+

        /// All of them.
        pub(crate) const ALL: &[&Rule] = &[$(&$name,)+];
    };
}

rules! {
    SCOPE_CONFLICT = "scope-conflict", Error,
        "The scope meets that of a lock that somebody else holds",
        why: "Two agents who change the same files at the same time undo each other's work. The \
              witness is a path that is in both scopes.",
        example: "locks acquire --owner AGENT-2 --task WBS-2 --scope 'src/**'   # AGENT-1 holds src/api/**",
        mend: "Wait for the holder, narrow the scope, or, when the lock is stale, take it over: \
               `locks recover --expect LOCK_ID:SEQ --reason TEXT`.";
    ALREADY_HELD = "already-held", Error,
        "The owner holds a lock already",
        why: "A lock is published under its owner's name, so an owner has one at a time.",
        example: "locks acquire --owner AGENT-1 ...   # twice",
        mend: "Release the lock that is held, or renew it with `locks renew`.";
    UNREADABLE_LOCK = "unreadable-lock", Error,
        "A lock file cannot be read and counts as held",
        why: "What a damaged lock holds is not known. To ignore it could let two agents in at once.",
        example: "truncate -s 20 ops/locks/agent-AGENT-1.lock",
        mend: "`locks doctor` says what is wrong and how to set it aside.";
    FOREIGN_LOCK = "foreign-lock", Warning,
        "A lock file has the shape of another system and counts as held without a scope",
        why: "Somebody may rely on it, but what it holds is prose or in fields that this tool does \
              not know, so it cannot protect anything.",
        example: "agent: AGENT-1\nstatus: locked\nnotes: \"frontend surfaces\"",
        mend: "Ask its owner to acquire a lock with `locks acquire`, then remove the file.";
    STALE_LOCK = "stale-lock", Warning,
        "A lock is stale: its holder has ended or its lease is over",
        why: "Nobody renews it any more. Unfinished work may be lying on its branch.",
        example: "kill -9 of an agent's session",
        mend: "Look at the branch, then `locks recover --expect LOCK_ID:SEQ --reason TEXT`.";
    ENDED_LOCK = "ended-lock", Warning,
        "A published lock is no longer held",
        why: "The lock was released or taken over in this clone; the file is a left-over copy that \
              other clones still count as held.",
        example: "ops/locks/agent-AGENT-1.lock after `locks release` in another worktree",
        mend: "Remove the file and commit that.";
    BROAD_SCOPE = "broad-scope", Note,
        "A scope glob is likely not what is meant",
        why: "A glob such as `**/x/**` meets nearly every other scope; a bracket that stands \
              literally in a path is read as a class.",
        example: "locks acquire --scope '**/tests/**' ...",
        mend: "Anchor the glob at a folder, or escape the bracket with `\\`.";
    OWNERSHIP_SYNTAX = "ownership-syntax", Error,
        "The ownership file is not valid YAML",
        why: "Rules that cannot be read protect nothing.",
        example: "rules:\n  - paths: [src/**\n    owners: [AGENT-1]",
        mend: "Mend the YAML at the place shown.";
    OWNERSHIP_DUPLICATE_KEY = "ownership-duplicate-key", Error,
        "A key stands twice in the ownership file",
        why: "Readers differ in which of the two they take.",
        example: "accounts:\n  AGENT-1: \"@a\"\n  AGENT-1: \"@b\"",
        mend: "Keep one of them.";
    OWNERSHIP_SHAPE = "ownership-shape", Error,
        "The ownership file has an unknown key, or a value of another kind than it should have",
        why: "A misspelt key is a rule that does not count.",
        example: "rules:\n  - path: [src/**]\n    owners: [AGENT-1]",
        mend: "See `locks schema ownership`.";
    OWNERSHIP_GLOB = "ownership-glob", Error,
        "A path of the ownership file is not a glob of the dialect",
        why: "A rule whose paths cannot be read owns nothing.",
        example: "rules:\n  - paths: [\"src//api\"]\n    owners: [AGENT-1]",
        mend: "Write the glob as the help says; `locks match GLOB PATH` tries one.";
    OWNERSHIP_OWNER = "ownership-owner", Error,
        "An owner is no account, or a name without one",
        why: "The code host skips a line of CODEOWNERS with an owner that it does not know.",
        example: "rules:\n  - paths: [src/**]\n    owners: [AGENT-7]   # not under accounts",
        mend: "Map the name under `accounts`, or write @user, @org/team or an e-mail address.";
    OWNERSHIP_UNMATCHED = "ownership-unmatched", Warning,
        "A glob of the ownership file owns no tracked file",
        why: "The folder was moved or the glob misspelt; what was there belongs to somebody else now.",
        example: "rules:\n  - paths: [scr/**]\n    owners: [AGENT-1]",
        mend: "Mend or remove the glob.";
    OWNERSHIP_SHADOWED = "ownership-shadowed", Warning,
        "A rule is hidden: every path of it belongs to a later rule",
        why: "The last rule that matches decides, as in CODEOWNERS. A hidden rule does nothing.",
        example: "rules:\n  - {paths: [src/api/**], owners: [AGENT-1]}\n  - {paths: [src/**], owners: [AGENT-2]}",
        mend: "Put general rules first.";
    CODEOWNERS_INEXPRESSIBLE = "codeowners-inexpressible", Error,
        "A rule cannot be written in CODEOWNERS",
        why: "The code host knows no `!`, no `[ ]` and no `\\#`, and skips lines that have them.",
        example: "rules:\n  - paths: [\"src/[!a]*.rs\"]\n    owners: [AGENT-1]",
        mend: "Name the folder, or use `?` or `*` in place of the character.";
    CODEOWNERS_UNPROVEN = "codeowners-unproven", Error,
        "The lines for a rule are not proven to own the same paths",
        why: "The file is written only with a proof that it says what ownership.yaml says.",
        example: "a glob with so many stars that the proof needs too many states",
        mend: "Split the glob into simpler ones.";
    CODEOWNERS_TOO_LARGE = "codeowners-too-large", Error,
        "The generated CODEOWNERS is larger than the code host loads",
        why: "Over 3 MB the host ignores the whole file.",
        example: "a rule that expands to a hundred thousand lines",
        mend: "Own folders rather than files.";
    CODEOWNERS_SKIPPED_LINE = "codeowners-skipped-line", Warning,
        "The code host skips a line of this CODEOWNERS",
        why: "Its paths keep the owners of an earlier line, or none.",
        example: "src/[ab]/** @org/team",
        mend: "Mend the line, or generate the file with `locks codeowners`.";
    PATH_NOT_UTF8 = "path-not-utf8", Warning,
        "A path is not UTF-8 and so in no scope",
        why: "Globs are text. No rule of the ownership file and no lock can be for such a path, so \
              nobody is told to own it.",
        example: "git add $'caf\\351.rs'   # Latin-1",
        mend: "Rename the file.";
    NO_DECLARED_SCOPE = "no-declared-scope", Error,
        "The change declares no scope",
        why: "Without a scope every path would be allowed. It is taken from the queue item that the \
              WBS trailer names, as it stands at the base, or from the lock that the owner holds.",
        example: "git commit -m 'fix'   # no WBS trailer, no lock",
        mend: "Name the item in a `WBS:` trailer, or acquire a lock.";
    UNKNOWN_TASK = "unknown-task", Error,
        "A commit names a work item that the queue of the base does not have",
        why: "An item that the change itself brings cannot grant it a scope.",
        example: "WBS: WBS-99",
        mend: "Correct the trailer, or have the item added to the queue first.";
    FOREIGN_TASK = "foreign-task", Error,
        "A commit names a work item that belongs to somebody else",
        why: "Whoever names another's item in a trailer would be granted its scope.",
        example: "AGENT-1 commits with WBS: WBS-2, an item of AGENT-2",
        mend: "Name the own item, or have the item handed over in the queue of the base.";
    OUTSIDE_SCOPE = "outside-scope", Error,
        "A changed path is outside the declared scope",
        why: "The change reaches further than the work item allows; whoever owns that path does not \
              expect it.",
        example: "WBS-3 has the scope src/api/**, and the change edits src/ui/page.ts",
        mend: "Leave the path out, or have the item's scope widened at the base.";
    FOREIGN_CHANGE = "foreign-change", Error,
        "A changed path is outside the scope of the lock that the owner holds",
        why: "While the lock was held, a file that it does not cover was changed.",
        example: "AGENT-1 holds src/api/** and edits README.md",
        mend: "Revert the change, or acquire a lock that covers the path.";
    OWNED_BY_OTHERS = "owned-by-others", Error,
        "A changed path belongs to somebody else",
        why: "ops/ownership.yaml, as it stands at the base, names other owners for it.",
        example: "AGENT-1 edits infra/main.tf, owned by AGENT-2",
        mend: "Ask the owner to make the change, or to be named as an owner.";
    LOCKED_BY_OTHER = "locked-by-other", Error,
        "A changed path is under somebody else's active lock",
        why: "The holder relies on nobody else changing it.",
        example: "AGENT-2 holds src/api/**, and AGENT-1 changes src/api/a.ts",
        mend: "Wait until it is released, or agree with the holder.";
    LOCK_LOST = "lock-lost", Error,
        "The owner's lock is stale, was taken over, or has an outdated fence",
        why: "Somebody else may have been granted the scope since. Work under an old fence may \
              overwrite theirs.",
        example: "an agent goes on after its lock was recovered",
        mend: "Acquire the lock again, and look at what was merged since.";
    WIDENED_SCOPE = "widened-scope", Error,
        "The change widens the scope of its own work item",
        why: "A change must not grant itself more. The scope at the base counts.",
        example: "a commit for WBS-3 that adds src/ui/** to WBS-3 in ops/queue.jsonl",
        mend: "Have the scope widened in a change of its own, reviewed by the item's owner.";
    POLICY_CHANGED = "policy-changed", Warning,
        "The change edits the rules that it is judged by",
        why: "Ownership and configuration are read from the base; the edit takes effect once merged. \
              A reviewer should look at it.",
        example: "a branch that edits ops/ownership.yaml",
        mend: "Make it a change of its own.";
    CRITICAL_WITHOUT_APPROVAL = "critical-without-approval", Error,
        "A path of critical risk is changed without an approval",
        why: "ownership.yaml marks the path `risk: critical`: a second person has to agree first.",
        example: "payments/ledger.rs, with no file for the work item under ops/approvals",
        mend: "Have the approval recorded under ops/approvals on the base branch.";
    SPECIAL_FILE = "special-file", Error,
        "The change brings a symbolic link that leads out of the declared scope, or a submodule",
        why: "Through a link or a submodule the change reaches files that a diff does not show.",
        example: "src/api/link -> ../../secrets",
        mend: "Leave it out, or have a person merge it.";
    BRANCH_RULE = "branch-rule", Error,
        "The change is not allowed on this branch",
        why: "trueline.toml says who may work on which branch, and on which paths.",
        example: "AGENT-3 commits to main",
        mend: "Work on a branch that is meant for it; see [[branches.rules]].";
    OVER_LIMIT = "over-limit", Error,
        "The change is larger than trueline.toml allows",
        why: "Large changes are not reviewed well.",
        example: "[limits]\nchanged_files = 5",
        mend: "Split the change.";
    SHARED_SCOPE = "shared-scope", Warning,
        "A changed path is in the scope of an open item of somebody else, too",
        why: "Both will be merged, and whoever is second has to fit in. Where trueline.toml says who \
              rebases and who reviews, the finding is a note.",
        example: "WBS-1 of AGENT-1 and WBS-2 of AGENT-2 both have src/api/** as their scope",
        mend: "Say who does what under [[branches.overlaps]], or give the items scopes of their own.";
    NOT_REBASED = "not-rebased", Error,
        "The branch is not on top of the base, though its owner is the one who rebases",
        why: "The path is in the scope of an open item of somebody else, and trueline.toml says that \
              this owner brings the branch up to date.",
        example: "[[branches.overlaps]]\nrebases = \"AGENT-1\"\nreviews = \"AGENT-2\"",
        mend: "Rebase the branch onto the base, and check again.";
}
