//! `ops/orchestrator_capabilities.yaml`, `ops/agent-registry.yaml` and `ops/config/registry.md`.
//! Written by people; checked by ledger-lint.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use super::plan::Tier;
use crate::Id;
use crate::scalar::Text;

/// `ops/orchestrator_capabilities.yaml`: what the way of working can do. Source: S2 section 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capabilities {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Capabilities by name.
    pub capabilities: BTreeMap<String, CapabilityEntry>,
    /// Strictness of work items by id. Source: S2 section 4.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tiers: BTreeMap<Id, Tier>,
}

/// How far a capability is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapabilityStatus {
    /// Meant to be.
    Planned,
    /// Begun.
    InProgress,
    /// Its files and commands exist.
    Done,
}

/// One capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CapabilityEntry {
    /// How far it is.
    pub status: CapabilityStatus,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Files it consists of; they exist when it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Commands it offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

/// `ops/agent-registry.yaml`: who works here. Source: L.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentRegistry {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Agents by name: `AGENT-1`.
    pub agents: BTreeMap<String, Agent>,
}

/// One agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// What it does here.
    pub role: Text,
    /// Models it may use; any when empty.
    #[serde(default)]
    pub models: Vec<Text>,
    /// Paths it usually works in.
    #[serde(default)]
    pub scope: Vec<Text>,
}

/// A row of the table in `ops/config/registry.md`, its columns as fields; an empty cell is none.
/// Further columns are allowed. Source: S2 section 5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegistryRow {
    /// Name of the setting, or of the secret: `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`.
    #[serde(rename = "Key")]
    pub key: Text,
    /// `secret`, or the type of the setting.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Text>,
    /// Who answers for it.
    #[serde(rename = "Owner")]
    pub owner: Text,
    /// How often it is rotated, or the day by which: `90d`, `quarterly`, `2026-06-30`, `n/a`.
    #[serde(rename = "Rotation")]
    pub rotation: Text,
}
