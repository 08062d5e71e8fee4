//! `docs/blueprints/crosswalk.json`. Owner: concordance.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Id;
use crate::scalar::{Day, Sha256, Text};

/// The crosswalk: requirement <-> design <-> work item <-> code, tests, evidence. Source: S2
/// section 1, L.
///
/// Canonical form: one row a line, sorted by id, so that parallel branches merge. Holds paths
/// and digests, never commit ids (a squash would orphan those).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Crosswalk {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// A row a requirement, in natural order; after them a row a TD that no NT maps.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// Third-party services and what proves each. Source: S2 section 9.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<Integration>,
    /// Gaps that people accepted. Written by people; never overwritten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// What is known about one requirement, or about one TD without a requirement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// The requirement; absent in the row of a TD that no requirement maps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nt: Option<Id>,
    /// Designs that implement it, in natural order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub td: Vec<Id>,
    /// Work items, in natural order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wbs: Vec<Id>,
    /// Files that implement it, ordered by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<FileLink>,
    /// Files that verify it, ordered by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<FileLink>,
    /// File with its acceptance criteria.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<String>,
    /// Who answers for it. People's field: never overwritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How far it is, from the queue's items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<RowStatus>,
    /// Files that show it works.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What goes wrong if it is wrong. People's field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<String>,
    /// Kind of data it touches (`none`, `pii`…). People's field. Source: L.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_class: Option<String>,
    /// Digest of each linked item's text when the link was last confirmed: a differing one is
    /// a suspect link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// How far a requirement is. Source: S2 section 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowStatus {
    /// No item begun.
    Todo,
    /// An item is begun or done, but not all.
    InProgress,
    /// Every item done.
    Done,
}

/// A file that implements or verifies something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FileLink {
    /// Path relative to the root.
    pub path: String,
    /// What the link rests on.
    pub kind: LinkKind,
    /// The ids that the tag or trailer named, in natural order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<Id>,
}

/// What a link rests on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// A tag in the file's text.
    Tag,
    /// A trailer of a commit that changed the file.
    Trailer,
    /// Written by people.
    Manual,
}

/// A confirmed link to an item's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// The item.
    pub id: Id,
    /// Its revision then.
    pub revision: NonZeroU32,
    /// Digest of its normative text then.
    pub digest: Sha256,
}

/// A file and what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Path relative to the root.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
}

/// A third-party service. Source: S2 section 9.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Integration {
    /// What it is called: `email`.
    pub name: Text,
    /// Requirements it serves.
    #[serde(default)]
    pub nt: Vec<Id>,
    /// Designs that describe it.
    #[serde(default)]
    pub td: Vec<Id>,
    /// Work items that build it.
    #[serde(default)]
    pub wbs: Vec<Id>,
    /// Names of the secrets it needs, `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`.
    #[serde(default)]
    pub secret_names: Vec<String>,
    /// The smoke test that runs without the real service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoke: Option<String>,
}

/// A gap that somebody accepted, for a reason and a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// The item.
    pub id: Id,
    /// Code of the finding that is waived, without the tool's name.
    pub code: Text,
    /// Why.
    pub reason: Text,
    /// Who accepted it.
    pub owner: Text,
    /// Last day it holds.
    pub expires: Day,
}
