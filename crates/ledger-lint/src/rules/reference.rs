//! What a record says about other files.

use trueline_core::Level::{Error, Warning};
use trueline_core::Rule;

use super::rule;

/// No such work item.
pub static UNKNOWN_TASK: Rule = rule(
    "unknown-task",
    Error,
    "A work item that neither queue nor plan knows",
    "The record cannot be counted for any item; a mistyped id hides who did what.",
    "{\"task_id\": \"WBS-999\"}",
    "Correct the id, or add the item to the plan.",
);

/// No such agent.
pub static UNKNOWN_AGENT: Rule = rule(
    "unknown-agent",
    Error,
    "An agent that is not registered",
    "Ownership and approvals are judged by the agent's name; an unknown one escapes both.",
    "{\"agent\": \"AGENT-99\"}",
    "Correct the name, or add it to `accounts` of ops/ownership.yaml or to ops/agent-registry.yaml.",
);

/// Not in registry or policy.
pub static UNKNOWN_MODEL: Rule = rule(
    "unknown-model",
    Error,
    "A model that the policy does not allow",
    "The registry says which models an agent may use; another one was not agreed to, or its name is misspelt and falls out of the statistics.",
    "{\"agent\": \"AGENT-1\", \"model\": \"m-99\"}",
    "Correct the name, or add the model to ops/agent-registry.yaml or ops/model-policies.json.",
);

/// No index has the id.
pub static UNKNOWN_REQUIREMENT: Rule = rule(
    "unknown-requirement",
    Error,
    "A requirement or design that no index has",
    "A reference to nothing looks like coverage and is none.",
    "{\"nt_refs\": [\"NT-999\"]}",
    "Correct the id, or run `concordance index` when the blueprint has just got it.",
);

/// The same bytes twice.
pub static DUPLICATE_RECORD: Rule = rule(
    "duplicate-record",
    Error,
    "A record that stands twice",
    "Counts and statistics take it twice. A merge that took both sides leaves this.",
    "{\"task_id\": \"WBS-1\", …}\n{\"task_id\": \"WBS-1\", …}",
    "Remove the second if it is not committed yet; `ledger-lint merge` never doubles a record.",
);

/// The same key twice.
pub static DUPLICATE_ID: Rule = rule(
    "duplicate-id",
    Error,
    "An id that is taken already",
    "Whoever looks the id up finds one of the two by chance.",
    "{\"id\": \"D-1\", \"title\": \"A\"}\n{\"id\": \"D-1\", \"title\": \"B\"}",
    "Give the later record an id of its own.",
);

/// Dated after the item was done.
pub static STALE_ENTRY: Rule = rule(
    "stale-entry",
    Warning,
    "A record about an item that was done before",
    "Work on an item after it was done was not planned, or the record names the wrong item.",
    "{\"task_id\": \"WBS-1\", \"timestamp\": \"2026-02-01T00:00:00Z\"}   (WBS-1 was done in January)",
    "Correct the id, or reopen the item.",
);

/// Done, and its files are not there.
pub static MISSING_CAPABILITY: Rule = rule(
    "missing-capability",
    Error,
    "A capability marked done whose files or commands do not exist",
    "`done` is a claim; a file that is not there disproves it.",
    "status: done\nfiles: [ci/smoke.yml]   (no such file)",
    "Add the file, correct the path, or set the status back.",
);

/// Not in the spec.
pub static UNDOCUMENTED_CAPABILITY: Rule = rule(
    "undocumented-capability",
    Warning,
    "A capability that docs/orchestrator/ORCHESTRATOR_SPEC.md does not name",
    "Registry and specification are to say the same; what only one of them has is forgotten by the other's readers.",
    "capabilities:\n  run_review: …   (no `run_review` in the specification)",
    "Name the capability in the specification, word for word, or remove it.",
);

/// Lacks what proves it.
pub static INCOMPLETE_INTEGRATION: Rule = rule(
    "incomplete-integration",
    Error,
    "An integration without requirement, design, work item, secret name or smoke test",
    "A third-party service that no test stands for breaks in production first.",
    "{\"name\": \"email\", \"nt\": [], \"smoke\": null}",
    "Fill in what is named; `smoke` is a test that runs without the real service.",
);

/// Used, not logged.
pub static UNLOGGED_USE: Rule = rule(
    "unlogged-use",
    Warning,
    "A model or tool that a run report names and no ledger has for that item",
    "The ledgers are to say what was used; what only a report says is not counted.",
    "- Work item: WBS-1\n- Model: m-2, MAX: false   (no record of WBS-1 with m-2)",
    "Append the record: `ledger-lint append model-decisions`, or `tools-manifest`.",
);

/// Logged, not used.
pub static UNREPORTED_USE: Rule = rule(
    "unreported-use",
    Warning,
    "A model or tool in a ledger that the item's run reports do not name",
    "Either the report leaves out what was used or the record names the wrong item. Items without a report that names any are left alone.",
    "{\"task_id\": \"WBS-1\", \"model\": \"m-2\"}   (its reports name m-1 alone)",
    "Correct whichever is wrong.",
);
