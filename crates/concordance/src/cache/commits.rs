//! Messages and changed paths of commits, by their names.

use serde::{Deserialize, Serialize};
use trueline_kit::git::Oid;

use super::store::Store;
use crate::hash::HashMap;

const FILE: &str = "commits.json";

/// Most commits that are remembered; more and all are forgotten.
const MAX_COMMITS: usize = 200_000;

/// A commit as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known(
    /// Whether it has several parents.
    pub bool,
    /// Its message.
    pub String,
    /// Paths that it changed: before, after.
    pub Vec<(Option<String>, Option<String>)>,
);

/// Remembered commits. A commit's name is the digest of all of it, so nothing here can be stale.
#[derive(Debug, Default)]
pub struct Commits {
    of: HashMap<String, Known>,
}

impl Commits {
    /// Reads what is remembered.
    pub fn read(store: &Store) -> Commits {
        let stored = store.read::<Vec<(String, Known)>>(FILE);
        Commits {
            of: stored.map_or_else(HashMap::default, |(all, _)| all.into_iter().collect()),
        }
    }

    /// Takes a commit out.
    pub fn take(&mut self, oid: &Oid) -> Option<Known> {
        self.of.remove(oid.as_str())
    }

    /// Whether it is remembered.
    pub fn has(&self, oid: &Oid) -> bool {
        self.of.contains_key(oid.as_str())
    }

    /// Adds commits.
    pub fn add(&mut self, new: impl IntoIterator<Item = (Oid, Known)>) {
        self.of
            .extend(new.into_iter().map(|(oid, one)| (oid.to_string(), one)));
    }

    /// Remembers all.
    pub fn write(&self, store: &Store) {
        if self.of.len() <= MAX_COMMITS {
            let mut all: Vec<_> = self.of.iter().collect();
            all.sort_unstable_by_key(|(oid, _)| oid.as_str());
            store.write(FILE, &all);
        }
    }
}
