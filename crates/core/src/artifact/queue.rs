//! `ops/queue.jsonl`: a work item a line. Owner: queue (only writer of status).

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::crosswalk::Evidence;
use crate::scalar::{Text, Timestamp};
use crate::{Id, Weight};

/// Where an item stands. Ready and waiting are computed, never stored. Source: L section 6.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not begun.
    Todo,
    /// Somebody works on it.
    Doing,
    /// Waits for a review.
    Review,
    /// Cannot go on; see `blocked_reason`.
    Blocked,
    /// Done, with evidence.
    Done,
}

impl Status {
    /// The name as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Todo => "todo",
            Status::Doing => "doing",
            Status::Review => "review",
            Status::Blocked => "blocked",
            Status::Done => "done",
        }
    }
}

/// One line of the queue. Source: L section 6 (`id, title, owner, scope[], status, weight,
/// dependencies[], exit_criteria[], tests[], nt_refs[], td_refs[]`), S3 (priority, type, branch).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QueueItem {
    /// Id: `WBS-1.2`.
    pub id: Id,
    /// Title. With a plan of record a copy; a differing copy is a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Paths the work may touch (globs in the scope dialect).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// Where it stands.
    pub status: Status,
    /// Share within its phase; the plan's when there is a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// Phase, where there is no plan of record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Items that have to be done before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Id>,
    /// What has to be true for it to be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exit_criteria: Vec<String>,
    /// Tests that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
    /// Requirements it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nt_refs: Vec<Id>,
    /// Designs it implements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub td_refs: Vec<Id>,
    /// Order among ready items: lower comes first; 1 is the most urgent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// Kind of work (`feature`, `bug`…). Source: S3.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Branch it is worked on. Source: S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Who may take it, where that is fixed. Source: S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Who has taken it, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Ids of items that came out of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<Id>,
    /// Files that show it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Run reports about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_reports: Vec<String>,
    /// Attach packs about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attach_packs: Vec<String>,
    /// When it became done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// How often it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Why it cannot go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_reason: Option<String>,
}

/// A claim on an item, published from the live store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// Who.
    pub owner: Text,
    /// End of the lease.
    pub lease_until: Timestamp,
    /// Which attempt this is, from 1.
    pub attempt: NonZeroU32,
}
