//! Which prefixes mean what.

use trueline_core::Id;

/// The prefixes of the three kinds of id, as trueline.toml sets them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes {
    /// Requirements: `NT`.
    pub nt: String,
    /// Technical designs: `TD`.
    pub td: String,
    /// Work items: `WBS`.
    pub wbs: String,
}

impl Default for Prefixes {
    fn default() -> Self {
        Prefixes {
            nt: "NT".into(),
            td: "TD".into(),
            wbs: "WBS".into(),
        }
    }
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A requirement.
    Nt,
    /// A technical design.
    Td,
    /// A work item.
    Wbs,
}

impl Prefixes {
    /// What the id names, by its prefix.
    pub fn kind(&self, id: &Id) -> Option<Kind> {
        self.kind_of(id.prefix()?)
    }

    /// What ids of that prefix name.
    pub fn kind_of(&self, prefix: &str) -> Option<Kind> {
        [
            (&self.nt, Kind::Nt),
            (&self.td, Kind::Td),
            (&self.wbs, Kind::Wbs),
        ]
        .into_iter()
        .find(|(own, _)| own.as_str() == prefix)
        .map(|(_, kind)| kind)
    }

    /// True for an id of a known prefix that has a number or name after it.
    pub fn is_known(&self, id: &Id) -> bool {
        self.kind(id).is_some() && is_well_formed(id.as_str())
    }
}

/// True when something follows the prefix and no part between dots is empty: `NT-1.2`, not
/// `NT-`, `NT-1..2` or `NT-1.`.
pub fn is_well_formed(id: &str) -> bool {
    id.split_once('-').is_some_and(|(_, rest)| {
        rest.bytes().any(|b| b.is_ascii_digit())
            && rest.split(['.', '-']).all(|part| !part.is_empty())
    })
}
