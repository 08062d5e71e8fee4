//! `ops/ownership.yaml`: who owns which paths. Written by people; `locks codeowners` generates
//! `.github/CODEOWNERS` from it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::scalar::Text;

/// Ordered ownership rules; the last rule that matches a path wins. Source: S2 section 6.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ownership {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Names of agents and the accounts of the code host that stand for them:
    /// `AGENT-1: "@org/backend"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Text>,
    /// The rules, general ones first.
    #[serde(default)]
    pub rules: Vec<OwnershipRule>,
}

/// Who owns the paths that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnershipRule {
    /// Globs of the scope dialect; at least one.
    #[serde(deserialize_with = "super::non_empty")]
    #[schemars(length(min = 1))]
    pub paths: Vec<Text>,
    /// `AGENT-N`, `@user`, `@org/team` or an e-mail address; none means nobody's.
    pub owners: Vec<Text>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How bad a wrong change is; `critical` needs an approval. Source: L.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
}

/// How bad a wrong change would be.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Hardly.
    Low,
    /// Somewhat.
    Medium,
    /// Badly.
    High,
    /// Needs an approval under ops/approvals first.
    Critical,
}
