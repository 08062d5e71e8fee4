//! The artifacts on disk, one module each.
//!
//! Default paths, owners and rules for every artifact are in `docs/artifacts.md`. "Source" in a
//! field's comment names the seed document that asked for it (S0 to S3: the four seeds; L: the
//! long rules) or `own` where the field is Trueline's.

pub mod access;
pub mod blueprint;
pub mod check;
pub mod config;
pub mod crosswalk;
pub mod ledger;
pub mod lock;
pub mod ownership;
pub mod pack;
pub mod plan;
pub mod progress;
pub mod queue;
pub mod registry;

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

/// The newest version of any artifact that this build reads and writes.
pub const VERSION: u32 = 1;

/// The `version` of an artifact: 1. An absent one is read as 1 (`#[serde(default)]`), a newer one
/// is refused: its fields may mean something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Version(u32);

impl Version {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Version {
    fn default() -> Self {
        Version(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            0 => Err(serde::de::Error::custom("versions begin at 1")),
            newer if newer > VERSION => Err(serde::de::Error::custom(format_args!(
                "version {newer} is newer than this build reads ({VERSION}): update trueline"
            ))),
            version => Ok(Version(version)),
        }
    }
}

impl schemars::JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "description": "Version of the format; absent means 1.",
            "minimum": 1,
            "maximum": VERSION
        })
    }
}

/// For lists that must not be empty.
pub(crate) fn non_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let items = Vec::deserialize(deserializer)?;
    if items.is_empty() {
        Err(serde::de::Error::custom("the list must not be empty"))
    } else {
        Ok(items)
    }
}
