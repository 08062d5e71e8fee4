//! `ops/checks/<name>.json`: the result of a check that ran. Owner: verify; until that exists,
//! `queue check NAME -- COMMAND…` records one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use super::crosswalk::Evidence;
use crate::Id;
use crate::scalar::{Sha256, Text, Timestamp};

/// Outcome of a check. Source: S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    /// Ran and is true.
    Pass,
    /// Ran and is not true.
    Fail,
    /// Could not run until something else is done.
    Blocked,
    /// Ran, and does not tell.
    Inconclusive,
}

/// A check that ran once. One whose commit is no ancestor, or whose inputs changed, counts as
/// inconclusive whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Name; the file's name without `.json`.
    pub name: Text,
    /// Outcome.
    pub status: CheckStatus,
    /// Command line that ran, argument by argument.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Its exit code; absent when a signal ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Commit on which it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Work items it speaks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Id>,
    /// Digest of its inputs when it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Sha256>,
    /// Logs and results it left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// When it ended.
    pub at: Timestamp,
    /// Tool that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}
