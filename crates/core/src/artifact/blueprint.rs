//! `docs/blueprints/nt-index.json`, `td-index.json` and `toc-cache.json`. Owner: concordance.

use std::collections::BTreeMap;

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Id;
use crate::scalar::Sha256;

/// `nt-index.json` or `td-index.json`: every item that the blueprints declare. Source: S2
/// section 1.
///
/// Committed; holds no line numbers, so that an edit elsewhere in a blueprint does not change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlueprintIndex {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// The items by id, in natural order of the ids.
    pub items: BTreeMap<Id, IndexItem>,
}

/// One requirement (NT) or technical design (TD) item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexItem {
    /// Title as rendered, without the id. Source: S2 section 1.
    pub title: String,
    /// Blueprint file, relative to the root. Source: S2 section 1.
    pub file: String,
    /// Anchor of the heading by the code host's rule, without `#`; absent where the item is not
    /// declared by a heading. Source: S2 section 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// First sentence of the text, at most 200 characters. Source: S2 section 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    /// How binding it is (RFC 2119 words). Source: own.
    #[serde(default)]
    pub level: Binding,
    /// The item that this one is a part of: by dotted id, else by nesting. Source: own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
    /// Phase of the plan in which it is due. Source: L.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Ids that this item needs or implements (a TD names its NT here). Source: own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Id>,
    /// Revision of the text, bumped by people when its meaning changes; 1 when unstated.
    #[serde(default = "one")]
    pub revision: NonZeroU32,
    /// SHA-256 of the normative text (white space folded), so that a change of text is seen.
    pub digest: Sha256,
    /// File with acceptance criteria, where there is one. Source: L.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<String>,
}

fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// How binding a requirement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Binding {
    /// Has to be there.
    #[default]
    Must,
    /// Ought to be there.
    Should,
    /// Can be there.
    May,
}

/// `toc-cache.json`: every heading of every blueprint, so that a reader loads one section only.
/// Not committed. Source: L.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TocCache {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// The files, ordered by path.
    pub files: Vec<TocFile>,
}

/// The headings of one blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TocFile {
    /// Path relative to the root.
    pub path: String,
    /// SHA-256 of the file's bytes.
    pub digest: Sha256,
    /// Headings in file order.
    pub headings: Vec<TocHeading>,
}

/// One heading and the slice of text below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TocHeading {
    /// Item that the heading declares, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Rendered text.
    pub text: String,
    /// Heading level, 1 to 6.
    #[serde(deserialize_with = "heading_level")]
    #[schemars(range(min = 1, max = 6))]
    pub level: u8,
    /// Anchor without `#`.
    pub anchor: String,
    /// Line of the heading, 1-based.
    pub line: NonZeroU32,
    /// First byte of the slice.
    pub start: u64,
    /// Byte after the slice: where the next heading begins.
    pub end: u64,
    /// SHA-256 of the slice.
    pub digest: Sha256,
}

fn heading_level<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        level @ 1..=6 => Ok(level),
        other => Err(serde::de::Error::custom(format_args!(
            "a heading level is 1 to 6, not {other}"
        ))),
    }
}
