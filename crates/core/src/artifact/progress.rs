//! `docs/progress.json`: the computed figures behind PROGRESS.md and OUTLINE.md. Owner: progress.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Id;

/// The computed progress. Percentages are texts with two decimals, floored: `100.00` means all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Commit up to which history was read; absent without a git history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Sum of phase weight times phase progress, in percent.
    pub completion: String,
    /// The same as an exact fraction or decimal: `19/30`, `0.65`.
    pub exact: String,
    /// The phases, in topological order.
    pub phases: Vec<PhaseProgress>,
    /// Counts of items by status.
    pub items: ItemCounts,
}

/// How far one phase is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseProgress {
    /// Id of the phase.
    pub id: String,
    /// Title.
    pub title: String,
    /// Weight, as written in the plan.
    pub weight: String,
    /// Progress in percent after coverage and gate.
    pub progress: String,
    /// Share of item weight that is done, in percent.
    pub done: String,
    /// Share of its requirements that are covered, in percent; absent without a crosswalk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<String>,
    /// True when nothing holds it below 100 %.
    pub gate_met: bool,
    /// What holds it, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<String>,
    /// Its items that can be begun now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ready: Vec<Id>,
}

/// Items by status; `ready` and `waiting` split `todo`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemCounts {
    /// All items.
    pub total: u64,
    /// Not begun, nothing in the way.
    pub ready: u64,
    /// Not begun, something in the way.
    pub waiting: u64,
    /// Being worked on.
    pub doing: u64,
    /// In review.
    pub review: u64,
    /// Blocked.
    pub blocked: u64,
    /// Done.
    pub done: u64,
    /// Put off.
    pub deferred: u64,
}
