//! The shapes that are known without a mapping, and mappings of one's own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueline_kit::Context;

use super::mapping::{Mapping, plain};

const WBS_FIELDS: &[(&str, &[&str])] = &[
    (
        "id",
        &["id", "task_id", "taskId", "wbs_id", "key", "number"],
    ),
    (
        "title",
        &[
            "title",
            "name",
            "summary",
            "subject",
            "content",
            "task",
            "description",
        ],
    ),
    (
        "owner",
        &["owner", "agent", "assignee", "assigned_to", "assignedTo"],
    ),
    ("scope", &["scope", "paths", "files"]),
    (
        "status",
        &["status", "state", "passes", "done", "completed"],
    ),
    ("weight", &["weight", "effort", "points"]),
    ("phase", &["phase", "milestone"]),
    (
        "dependencies",
        &[
            "dependencies",
            "depends_on",
            "dependsOn",
            "blocked_by",
            "blockedBy",
            "deps",
            "prerequisites",
        ],
    ),
    (
        "exit_criteria",
        &["exit_criteria", "acceptance_criteria", "acceptanceCriteria"],
    ),
    ("tests", &["tests"]),
    ("nt_refs", &["nt_refs"]),
    ("td_refs", &["td_refs"]),
    ("refs", &["blueprint_ids", "requirements"]),
    ("priority", &["priority"]),
    ("type", &["type", "issue_type"]),
];

/// Statuses, in the form of [`plain`].
const STATUSES: &[(&str, &str)] = &[
    ("todo", "todo"),
    ("to_do", "todo"),
    ("open", "todo"),
    ("pending", "todo"),
    ("not_started", "todo"),
    ("backlog", "todo"),
    ("planned", "todo"),
    ("ready", "todo"),
    ("new", "todo"),
    ("queued", "todo"),
    ("false", "todo"),
    ("doing", "doing"),
    ("in_progress", "doing"),
    ("inprogress", "doing"),
    ("started", "doing"),
    ("active", "doing"),
    ("wip", "doing"),
    ("hooked", "doing"),
    ("review", "review"),
    ("in_review", "review"),
    ("inreview", "review"),
    ("code_review", "review"),
    ("needs_review", "review"),
    ("blocked", "blocked"),
    ("deferred", "blocked"),
    ("on_hold", "blocked"),
    ("done", "done"),
    ("complete", "done"),
    ("completed", "done"),
    ("closed", "done"),
    ("resolved", "done"),
    ("finished", "done"),
    ("true", "done"),
];

/// Statuses of what is not to be done any more, in the form of [`plain`]: not imported.
pub(super) const GONE: &[&str] = &[
    "tombstone",
    "cancelled",
    "canceled",
    "wont_fix",
    "wontfix",
    "abandoned",
];

/// Priorities, in the form of [`plain`].
const PRIORITIES: &[(&str, u32)] = &[
    ("p0", 0),
    ("p1", 1),
    ("p2", 2),
    ("p3", 3),
    ("p4", 4),
    ("critical", 0),
    ("blocker", 0),
    ("highest", 0),
    ("urgent", 0),
    ("high", 1),
    ("major", 1),
    ("medium", 2),
    ("normal", 2),
    ("low", 3),
    ("minor", 3),
    ("lowest", 4),
    ("trivial", 4),
];

const LISTS: &[&str] = &[
    "items",
    "features",
    "tasks",
    "subtasks",
    "userStories",
    "user_stories",
    "stories",
    "epics",
    "phases",
    "milestones",
    "issues",
    "work_items",
    "workItems",
    "backlog",
    "queue",
    "wbs",
    "todos",
    "children",
];

/// Lists of phases: no items, but items stand in them.
pub(super) const PHASES: &[&str] = &["phases", "milestones"];

/// What a text of dependencies says where there are none, in the form of [`plain`].
pub(super) const NOTHING: &[&str] = &["", "none", "_", "n/a", "nil", "null"];

/// Kinds of edges that hold nothing back, in the form of [`plain`].
pub(super) const LOOSE: &[&str] = &[
    "related",
    "relates_to",
    "parent_child",
    "parent",
    "child",
    "discovered_from",
    "duplicates",
    "duplicate_of",
    "supersedes",
    "replies_to",
];

/// Edges of a tracker that hold an item back, in the form of [`plain`].
pub(super) const BLOCKING: &[&str] = &["blocks", "conditional_blocks", "waits_for"];

impl Mapping {
    /// Lists of tasks as plans and agents write them.
    pub(crate) fn wbs(ctx: &Context) -> Mapping {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let fields = WBS_FIELDS
            .iter()
            .map(|(field, names)| ((*field).to_owned(), own(names)));
        let statuses = STATUSES
            .iter()
            .map(|(from, to)| ((*from).to_owned(), Value::from(*to)));
        let priorities = PRIORITIES
            .iter()
            .map(|(from, to)| ((*from).to_owned(), Value::from(*to)));
        let ids = &ctx.config().ids;
        Mapping {
            fields: fields.collect(),
            values: BTreeMap::from([
                ("status".to_owned(), statuses.collect()),
                ("priority".to_owned(), priorities.collect()),
            ]),
            lists: own(LISTS),
            prefix: ids.wbs.first().cloned().unwrap_or_else(|| "WBS".to_owned()),
            td: ids.td.clone(),
            is_beads: false,
            gone: BTreeSet::new(),
        }
    }

    /// The JSON Lines of the tracker beads.
    pub(crate) fn beads(ctx: &Context) -> Mapping {
        let mut mapping = Mapping::wbs(ctx);
        mapping.is_beads = true;
        mapping.lists.clear();
        mapping
    }

    /// A mapping of one's own: `{"fields": {"id": ["key"]}, "values": {"status": {"open": "todo"}},
    /// "lists": ["tasks"]}`. What it leaves out is as for `wbs`.
    pub(crate) fn parse(ctx: &Context, text: &str) -> Result<Mapping, String> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Declared {
            #[serde(default)]
            fields: BTreeMap<String, Vec<String>>,
            #[serde(default)]
            values: BTreeMap<String, BTreeMap<String, Value>>,
            #[serde(default)]
            lists: Vec<String>,
        }
        let declared: Declared = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut mapping = Mapping::wbs(ctx);
        for (field, names) in declared.fields {
            match mapping.fields.iter_mut().find(|(own, _)| *own == field) {
                Some((_, known)) => *known = names,
                None => return Err(format!("`{field}` is no field that can be mapped")),
            }
        }
        for (field, pairs) in declared.values {
            let pairs = pairs.into_iter().map(|(from, to)| (plain(&from), to));
            mapping.values.entry(field).or_default().extend(pairs);
        }
        if !declared.lists.is_empty() {
            mapping.lists = declared.lists;
        }
        Ok(mapping)
    }
}
