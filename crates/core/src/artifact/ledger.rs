//! Append-only ledgers: records that are added, never rewritten. Owner: ledger-lint (`append`,
//! `merge`). Closed types: an unknown field is an error.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Id;
use crate::scalar::{Day, Text, Timestamp};

/// A record of `ops/model-decisions.jsonl`: which model did which task, and why. Source: S2
/// section 7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelDecision {
    /// Work item.
    pub task_id: Id,
    /// Who ran it: `AGENT-1`.
    pub agent: Text,
    /// Name of the model.
    pub model: Text,
    /// Whether the largest effort was asked for.
    pub max: bool,
    /// Why this model.
    pub reason: Text,
    /// When it was decided.
    pub timestamp: Timestamp,
}

/// `ops/tools-manifest.json`: which plugins each task used. Source: S2 section 7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolsManifest {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// The records, oldest first.
    pub records: Vec<ToolsRecord>,
}

/// One record of the tools manifest; a line of `ops/tools-manifest.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolsRecord {
    /// Work item.
    pub task_id: Id,
    /// Who ran it.
    pub agent: Text,
    /// Plugins that were used: the smallest set that does.
    pub selected_plugins: Vec<Text>,
    /// Why these.
    pub reason: Text,
    /// What else was weighed.
    #[serde(default)]
    pub alternatives: Vec<String>,
    /// When. Source: own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
}

/// A record of `ops/secrets/rotation.jsonl`: a secret was rotated. Source: S2 section 5, L.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Name of the secret, `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`; never its value.
    pub name: Text,
    /// When it was rotated.
    pub rotated_at: Timestamp,
    /// Who rotated it.
    pub rotated_by: Text,
    /// How: `console`, `script`…
    pub method: Text,
    /// Ticket or change that asked for it.
    pub ticket: Text,
    /// File or run that shows the new value was read and deployed. Source: own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Text>,
}

/// A record of `ops/access/exceptions.jsonl`: somebody got access for a time. Source: L.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessException {
    /// Id of the exception.
    pub id: Id,
    /// Who got it.
    pub who: Text,
    /// What for.
    pub capability: Text,
    /// Why.
    pub why: Text,
    /// When it was granted.
    pub granted_at: Timestamp,
    /// When it ends.
    pub expiry: Timestamp,
    /// How it is taken back.
    pub rollback: Text,
    /// Who agreed.
    pub approved_by: Text,
}

/// A record of `ops/ai-authorship.jsonl`: what a model wrote. Source: L.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AiAuthorship {
    /// Work item.
    pub task_id: Id,
    /// Who ran the model.
    pub agent: Text,
    /// Name of the model.
    pub model: Text,
    /// Files it wrote or changed.
    #[serde(deserialize_with = "super::non_empty")]
    #[schemars(length(min = 1))]
    pub paths: Vec<Text>,
    /// Person who reviewed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<Text>,
    /// When.
    pub timestamp: Timestamp,
}

/// How likely or how bad.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Hardly.
    Low,
    /// Somewhat.
    Medium,
    /// Very.
    High,
    /// Stops the work.
    Critical,
}

/// Whether a risk still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RiskState {
    /// Stands.
    Open,
    /// Lived with, on purpose.
    Accepted,
    /// Made small.
    Mitigated,
    /// Gone.
    Closed,
}

/// A record of `ops/risks.jsonl`. A later record with the same id replaces the earlier one.
/// Source: L "PROGRESS".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskRecord {
    /// Id: `R-1`.
    pub id: Id,
    /// What can go wrong.
    pub title: Text,
    /// How bad.
    pub severity: Severity,
    /// Whether it still stands.
    pub state: RiskState,
    /// Who watches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Text>,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<Text>,
    /// Work item it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<Id>,
    /// When this record was made.
    pub timestamp: Timestamp,
}

/// A record of `ops/decisions.jsonl`. Source: L "PROGRESS".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// Id: `D-1`.
    pub id: Id,
    /// What was decided.
    pub title: Text,
    /// Why.
    pub reason: Text,
    /// Who decided.
    pub decided_by: Text,
    /// Work item it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<Id>,
    /// Earlier decision that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Id>,
    /// When.
    pub timestamp: Timestamp,
}

/// `ops/security/cve-justifications.json`: known vulnerabilities that are lived with for a time.
/// Source: L.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CveJustifications {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// The justifications.
    pub justifications: Vec<CveJustification>,
}

/// One known vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CveJustification {
    /// Its id: `CVE-2025-1234`, `GHSA-…` or `RUSTSEC-…`.
    pub id: Id,
    /// Package.
    pub package: Text,
    /// Why it does no harm here.
    pub reason: Text,
    /// Who agreed.
    pub approved_by: Text,
    /// Last day it holds.
    pub expires: Day,
}
