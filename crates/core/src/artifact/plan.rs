//! `ops/por.json`: the plan of record. Owner: people.
//!
//! It owns title, weight, dependencies, references, phase and tier; the queue owns status,
//! owner, scope, claim and evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::scalar::{Day, Text};
use crate::{Id, Weight};

/// The plan of record. Source: S2 section 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Por {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Phases; their weights sum to 1. Source: L.
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// Work items.
    #[serde(default)]
    pub items: Vec<PlanItem>,
    /// Flows that cut across phases. Source: S2 "Verticals".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verticals: Vec<Vertical>,
}

/// A phase of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Phase {
    /// Id, unique among phases: `P1`.
    pub id: Id,
    /// Title.
    pub title: Text,
    /// Share of the whole.
    pub weight: Weight,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Phases that have to be complete before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Id>,
    /// What has to be there besides done items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// What it must achieve, in words. Source: S1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acceptance_criteria: Vec<String>,
    /// Documents that have to exist for its gate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// Who reviewed it; a gate with documents needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    /// The phase that is being worked on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub current: bool,
    /// First day planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Day>,
    /// Last day planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Day>,
}

/// What holds a phase below 100 %. Source: L "Progress Model".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// Names of checks (`ops/checks/<name>.json`) that have to pass.
    #[serde(default)]
    pub checks: Vec<Text>,
    /// Highest share while the gate is not met: below 1, or a percentage below 100; 0.9 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Weight>,
}

/// Strictness with which an item's follow-ups are treated. Source: S2 section 4.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Every exit criterion has evidence, no follow-up is open.
    Foundation,
    /// Evidence and passing checks; follow-ups are in the queue.
    #[default]
    Feature,
    /// Follow-ups are in the queue.
    Stretch,
}

/// A work item as planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanItem {
    /// Id: `WBS-1.2`.
    pub id: Id,
    /// Phase it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Id>,
    /// Title.
    pub title: Text,
    /// Share within its phase, against the other items; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// Items that have to be done before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Id>,
    /// Requirements it serves. Source: L.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nt_refs: Vec<Id>,
    /// Designs it implements. Source: L.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub td_refs: Vec<Id>,
    /// Strictness; `feature` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Vertical it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<Id>,
    /// Paths it is about (globs in the scope dialect).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_paths: Vec<String>,
    /// Day it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Day>,
    /// Set when the item is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred: Option<Deferral>,
}

/// Why an item is put off, and who agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deferral {
    /// Why.
    pub reason: Text,
    /// Who agreed.
    pub approved_by: Text,
}

/// A flow that cuts across phases. Source: S2 "Verticals".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vertical {
    /// Id: `V-001`.
    pub id: Id,
    /// Title.
    pub title: Text,
    /// Markdown checklist of the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<String>,
    /// Design document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<String>,
    /// End-to-end smoke test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e2e: Option<String>,
    /// Its work items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wbs: Vec<Id>,
    /// Paths it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_paths: Vec<String>,
}
