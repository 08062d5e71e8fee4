//! Every kind of finding about the plan and the queue.

use trueline_core::{Level, Rule};

macro_rules! rules {
    ($($name:ident: $level:ident, $code:literal, $summary:literal, $why:literal, $example:literal, $mend:literal;)+) => {
        $(
            #[doc = $summary]
            pub const $name: Rule = Rule {
                code: $code,
                level: Level::$level,
                summary: $summary,
                why: $why,
                example: $example,
                mend: $mend,
            };
        )+

        /// All of them, ordered by code.
        pub const ALL: &[&Rule] = &[$(&$name,)+];
    };
}

rules! {
    BAD_FILE: Error, "bad-file",
        "A plan, crosswalk or check file cannot be read",
        "What it says is missing from every answer: an unread plan looks like a small one.",
        "ops/por.json: {\"items\": [",
        "Mend the JSON at the place named.";
    BAD_LINE: Error, "bad-line",
        "A line of the queue is no JSON object, or has no usable id",
        "The item on it is missing from every list and every percentage until it is mended.",
        "{\"id\": \"WBS-1.1\", \"status\": \"done\"",
        "Mend the line at the place named; `queue set` never writes such a line.";
    BLOCKED_WITHOUT_REASON: Warning, "blocked-without-reason",
        "An item is blocked and does not say by what",
        "Nobody can help with, or take over, what is blocked for a reason that stands nowhere.",
        "{\"id\": \"WBS-1.1\", \"title\": \"Search\", \"status\": \"blocked\"}",
        "Say it: `queue set WBS-1.1 blocked_reason=\"waits for the sandbox key\"`.";
    CHECKLIST_MISMATCH: Error, "checklist-mismatch",
        "A check box and the queue contradict each other",
        "One of them is not true, and people believe the one they happen to read.",
        "- [x] WBS-1.1 Search        (while the queue says `doing`)",
        "Set the status with `queue set`, or mend the box; OUTLINE is written by `progress render`.";
    CONFLICT_MARKER: Error, "conflict-marker",
        "A merge left its conflict markers in the file",
        "Both sides of the conflict count as lines, so that items are there twice or not at all.",
        "<<<<<<< HEAD",
        "Resolve the conflict: keep one record an id and remove the marker lines.";
    CYCLE: Error, "cycle",
        "Items depend on each other in a circle",
        "None of them can ever be begun, nor what depends on them.",
        "{\"id\": \"A\", \"dependencies\": [\"B\"]} and {\"id\": \"B\", \"dependencies\": [\"A\"]}",
        "Take one of the dependencies on the printed path out.";
    DANGLING_DEPENDENCY: Error, "dangling-dependency",
        "An item depends on one that does not exist",
        "It can never be ready: what it waits for will never be done.",
        "{\"id\": \"WBS-1.2\", \"dependencies\": [\"WBS-9.9\"]}",
        "Mend the id, add the item it means, or take the dependency out.";
    DEFERRED_DONE: Warning, "deferred-done",
        "An item is put off and done at the same time",
        "The plan says it is not counted on, the queue says it is there: one of them is out of date.",
        "plan: \"deferred\": {…}, queue: \"status\": \"done\"",
        "Take `deferred` out of the plan, or set the status back.";
    DONE_BEFORE_DEPENDENCY: Error, "done-before-dependency",
        "An item is done while one that it depends on is not",
        "Either it is not done, or it never needed the other one: the plan and the queue cannot both be true.",
        "{\"id\": \"WBS-2\", \"status\": \"done\", \"dependencies\": [\"WBS-1\"]} and {\"id\": \"WBS-1\", \"status\": \"doing\"}",
        "Set the item back (`queue set WBS-2 status=doing`), finish the other, or take the dependency out of the plan.";
    DONE_WITH_FAILING_CHECK: Error, "done-with-failing-check",
        "An item is done while a check or verdict about it fails",
        "The claim is contradicted by the repository's own evidence.",
        "{\"id\": \"WBS-1\", \"status\": \"done\"} and ops/checks/api.json {\"status\": \"fail\", \"items\": [\"WBS-1\"]}",
        "Mend what fails and run the check again (`queue check NAME -- COMMAND`), or set the item back.";
    DONE_WITHOUT_EVIDENCE: Error, "done-without-evidence",
        "An item is done and nothing shows it",
        "A claim without evidence is only a claim: nobody can check it later.",
        "{\"id\": \"WBS-1\", \"title\": \"Search\", \"status\": \"done\"}",
        "Record a check that names the item (`queue check NAME --item WBS-1 -- COMMAND`), or list files with their hashes under `evidence`.";
    DUPLICATE_ID: Error, "duplicate-id",
        "Two items have the same id",
        "Nobody knows which of them a reference, a commit or a status means. Neither counts as ready, and it counts as done only when all of them say so.",
        "{\"id\": \"WBS-1\", \"title\": \"Search\"} and {\"id\": \"WBS-1\", \"title\": \"Login\"}",
        "Give the newer one another id and mend what refers to it.";
    DUPLICATE_KEY: Warning, "duplicate-key",
        "A record has the same field twice",
        "Readers disagree on which one counts; here the last one does.",
        "{\"id\": \"WBS-1\", \"status\": \"todo\", \"status\": \"done\"}",
        "Take one of them out.";
    EVIDENCE_CHANGED: Error, "evidence-changed",
        "A file that is named as evidence is not what it was",
        "Its hash no longer fits: what was shown when the item was called done is not what stands there now.",
        "\"evidence\": [{\"path\": \"docs/test-reports/api.log\", \"sha256\": \"…\"}] and the file has other bytes",
        "Look at what changed, run the check again and record the new file.";
    EVIDENCE_MISSING: Error, "evidence-missing",
        "A file that is named as evidence does not exist",
        "Nobody can look at it: the claim stands without it.",
        "\"evidence\": [{\"path\": \"docs/test-reports/gone.log\", \"sha256\": \"…\"}]",
        "Commit the file, or take it out of the item's `evidence` and set the item back.";
    ID_TWINS: Error, "id-twins",
        "Two ids differ only by leading zeros",
        "People and scripts take them for the same item; they are two.",
        "NT-1 and NT-0001",
        "Use one form of the id everywhere.";
    MISSING_FIELD: Error, "missing-field",
        "An item lacks a field that it must have",
        "Without it the item cannot be shown, owned or counted.",
        "{\"id\": \"WBS-1\"}",
        "Add the field, in the plan for `title`, in the queue for `status`.";
    MISSING_REF: Warning, "missing-ref",
        "An item names no requirement or no design",
        "Nobody can tell why it is done, or how; coverage cannot count it.",
        "{\"id\": \"WBS-1\", \"title\": \"Search\", \"nt_refs\": [], \"td_refs\": []}",
        "Add `nt_refs` and `td_refs` to the item in the plan of record.";
    NEWER_VERSION: Error, "newer-version",
        "A file is of a newer version than this build reads",
        "Its fields may mean something else, so it is not read at all.",
        "{\"version\": 2, \"items\": []}",
        "Update trueline.";
    PHASE_WEIGHTS: Error, "phase-weights",
        "The weights of the phases do not sum to 1",
        "Every percentage is wrong by that share.",
        "\"phases\": [{\"id\": \"P1\", \"weight\": 0.5}, {\"id\": \"P2\", \"weight\": 0.4}]",
        "Change the weights so that their sum, which is computed exactly, is 1.";
    PLAN_MISMATCH: Warning, "plan-mismatch",
        "The queue repeats a field of the plan with another value",
        "The plan counts; who reads the queue alone is misled.",
        "plan: \"title\": \"Search\", queue: \"title\": \"Login\"",
        "Take the copy out of the queue, or mend the one that is out of date. An id given to another title is an id used twice.";
    REOPENED_ITEM: Warning, "reopened-item",
        "An item was done at the base and is not any more",
        "What was built on its being done may rest on nothing.",
        "\"status\": \"done\" at the base, \"status\": \"doing\" now",
        "Say in the commit why it was opened again, and look at what depends on it.";
    REUSED_ID: Warning, "reused-id",
        "An id has another title than at the base",
        "An id given to something else makes every earlier commit, report and reference that names it untrue.",
        "{\"id\": \"WBS-1\", \"title\": \"Search\"} at the base, {\"id\": \"WBS-1\", \"title\": \"Login\"} now",
        "Give the new item an id of its own (`queue renumber`), or allow the better title with an `[[allow]]`.";
    UNKNOWN_PHASE: Error, "unknown-phase",
        "An item names a phase that the plan does not have, or none",
        "It is in no phase and therefore in no percentage.",
        "{\"id\": \"WBS-1\", \"phase\": \"P9\"}",
        "Mend the item's `phase`, or add the phase to the plan of record.";
    UNKNOWN_REF: Error, "unknown-ref",
        "An item names a requirement or design that no blueprint declares",
        "It claims to serve something that does not exist.",
        "\"nt_refs\": [\"NT-9.9\"]",
        "Mend the id, or declare it in a blueprint and run `concordance index`.";
    UNKNOWN_STATUS: Error, "unknown-status",
        "A status is none of todo, doing, review, blocked, done",
        "Nobody can tell whether the item is begun or done; it counts as not begun.",
        "{\"id\": \"WBS-1\", \"status\": \"almost\"}",
        "Use one of the five, or declare the word in trueline.toml: `[aliases.queue] status = { in_progress = \"doing\" }`.";
    UNPLANNED_ITEM: Warning, "unplanned-item",
        "An item is in the queue and not in the plan",
        "No phase counts it: work on it moves no percentage.",
        "ops/queue.jsonl has WBS-9.1, ops/por.json has not",
        "Add it to the plan of record, or take it out of the queue.";
    UNQUEUED_ITEM: Warning, "unqueued-item",
        "An item is in the plan and not in the queue",
        "It has no status and no owner; it counts as not begun.",
        "ops/por.json has WBS-9.1, ops/queue.jsonl has not",
        "Add it to the queue: `queue add WBS-9.1`.";
    WRONG_TYPE: Error, "wrong-type",
        "A field's value has the wrong type or form",
        "The value cannot be used, so that the field counts as absent.",
        "{\"id\": \"WBS-1\", \"dependencies\": \"WBS-0\"}",
        "Write it as the schema says: `queue schema queue-item`, `queue schema por`.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_kebab() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
        for rule in ALL {
            assert!(
                rule.code
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{}",
                rule.code
            );
            assert!(!rule.summary.ends_with('.'), "{}", rule.code);
        }
    }
}
