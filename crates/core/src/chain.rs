//! The JSON that `trueline chain --format json` writes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{ReportFinding, Summary};

/// What a run of the chain checked, found and wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainReport {
    /// Version of this format: 1.
    pub version: u32,
    /// The steps, in the order in which they ran.
    pub steps: Vec<ChainStep>,
    /// Files that the tools wrote or changed, ordered by path.
    pub written: Vec<String>,
    /// Counts over all steps; a finding that two tools report counts once.
    pub summary: Summary,
    /// The exit code that a CI job would see.
    pub exit_code: u8,
}

/// One step: one run of one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainStep {
    /// Name of the tool.
    pub tool: String,
    /// Its command and flags, apart from `--root` and `--format`.
    pub command: String,
    /// What it is for, in a few words.
    pub purpose: String,
    /// Its exit code; absent when it was ended by a signal or could not be started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Counts of its findings, those of earlier steps left out.
    pub summary: Summary,
    /// How many of its findings an earlier step had reported.
    #[serde(default)]
    pub repeated: u64,
    /// Its findings, those of earlier steps left out.
    pub findings: Vec<ReportFinding>,
    /// What it said when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
