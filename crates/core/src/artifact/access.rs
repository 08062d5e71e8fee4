//! `ops/access/entitlements.yaml`, `ops/config/flags.yaml`: who may do what, and which features
//! are on. Written by people; checked by ledger-lint.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::scalar::{Day, Text};

/// `ops/access/entitlements.yaml`. Source: S2 section 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entitlements {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Capabilities by name.
    pub capabilities: BTreeMap<String, Capability>,
}

/// Who has a capability, and through which roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// Agents, CI, people.
    #[serde(deserialize_with = "super::non_empty")]
    #[schemars(length(min = 1))]
    pub principals: Vec<Text>,
    /// Roles or permissions at the service.
    #[serde(default)]
    pub roles: Vec<Text>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `ops/config/flags.yaml`: feature flags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Flags by name.
    pub flags: BTreeMap<String, Flag>,
}

/// One feature flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Value where nothing else is said.
    pub default: bool,
    /// What it turns on.
    pub description: Text,
    /// Who answers for it.
    pub owner: Text,
    /// Values by environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environments: BTreeMap<String, bool>,
    /// Day by which the flag is to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// `ops/approvals/<id>.md` as it is read: the signatures of a two-key approval. Source: S2
/// section 7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The lines `SIGNOFF: true INITIALS TIME`, in their order. It holds when two people signed.
    #[serde(deserialize_with = "super::non_empty")]
    #[schemars(length(min = 1))]
    pub signoffs: Vec<Signoff>,
    /// The line `EXPIRES: DAY`: the last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signoff {
    /// Who signed.
    pub initials: Text,
    /// When: a time, or a day.
    pub at: Text,
}
