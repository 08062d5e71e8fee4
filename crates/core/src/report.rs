//! The JSON that every tool writes with `--format json`: a versioned type of its own, apart from
//! the internal [`crate::Finding`], so that internals may change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Level;

/// Version written into [`Report::version`].
pub const VERSION: u32 = 1;

/// What one run of a tool found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this format: 1.
    pub version: u32,
    /// Name of the tool: `ledger-lint`.
    pub tool: String,
    /// Every finding, ordered by path, line, column and code.
    pub findings: Vec<ReportFinding>,
    /// Counts of the findings.
    pub summary: Summary,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportFinding {
    /// Code with the tool's name: `concordance/missing-trailer`.
    pub code: String,
    /// Level after trueline.toml and allows.
    pub level: Level,
    /// Path relative to the root, with `/`; `-` is standard input.
    pub path: String,
    /// First line, 1-based; absent when the file as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// First column, 1-based, in Unicode code points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Line of the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// Column just after the last character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Other places that explain it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<ReportRelated>,
    /// Stable when lines move: 32 lower-case hexadecimal digits.
    pub fingerprint: String,
}

/// A second place of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportRelated {
    /// Path relative to the root.
    pub path: String,
    /// Line, 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column, 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is there.
    pub message: String,
}

/// Counts of findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Findings at level error.
    pub errors: u64,
    /// Findings at level warning.
    pub warnings: u64,
    /// Findings at level note.
    pub notes: u64,
    /// Findings silenced by `[[allow]]`; not listed.
    #[serde(default)]
    pub allowed: u64,
}
