//! `data/pack.json` and `data/diff-summary.json` inside an attach pack. Owner: attach-pack.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Id;
use crate::scalar::{Sha256, Text};

/// What a pack holds, file by file. Source: S2 section 10 (manifest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackManifest {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Kind of pack.
    pub kind: PackKind,
    /// Who the pack speaks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Work items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Id>,
    /// Commit that the pack describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Base of the diff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// All payload files except this one, in the order of the manifest.
    pub files: Vec<PackSeries>,
}

/// Kind of pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PackKind {
    /// Evidence of one run.
    Run,
    /// A rotation bundle for the next session.
    Handoff,
}

/// Payload files that follow each other in the manifest (save pack.json itself) and differ in
/// name and size alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackSeries {
    /// Path of the first of them inside the bag: `data/report.md`.
    pub path: Text,
    /// What they are for: `report`, `ci`, `tests`, `diff`, `junit`, `artifact`, `log`,
    /// `screenshot`, `infra`, `rotation`, `handoff`, `bundle`.
    pub role: Text,
    /// Media type, by the name's ending.
    pub media_type: Text,
    /// Path in the repository that the first was taken from; absent for generated files. Those of
    /// the others are their paths without what the first one's has before it: `data/logs/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Size of each in bytes: there are as many files as numbers.
    pub sizes: Vec<u64>,
    /// What was taken out; such a file is a series of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
}

/// A secret that was taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Redaction {
    /// Rule that found it.
    pub rule: Text,
    /// Line, 1-based, in the file as packed.
    pub line: NonZeroU32,
    /// SHA-256 of what stood there.
    pub fingerprint: Sha256,
}

/// What changed between two commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiffSummary {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Merge base.
    pub base: String,
    /// Head.
    pub head: String,
    /// Changed files, ordered by path.
    pub files: Vec<DiffFile>,
    /// Commits, oldest first.
    pub commits: Vec<DiffCommit>,
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiffFile {
    /// Path now (or before, when deleted).
    pub path: Text,
    /// Path before, when renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// What happened: `added`, `modified`, `deleted`, `renamed`, `mode`.
    pub change: Text,
    /// Lines added; absent for binary files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<u64>,
    /// Lines removed; absent for binary files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<u64>,
}

/// One commit of the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiffCommit {
    /// Full id.
    pub id: Text,
    /// First line of its message.
    pub subject: String,
    /// Requirements its trailers name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nt: Vec<Id>,
    /// Designs its trailers name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub td: Vec<Id>,
    /// Work items its trailers name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wbs: Vec<Id>,
}
