//! Paths that commits changed.

use std::sync::Arc;

use crate::hash::HashSet;

/// A path before and after a commit: `None` where there was or is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed(pub Option<Arc<str>>, pub Option<Arc<str>>);

impl Changed {
    /// The same path before and after.
    pub fn same(path: Option<Arc<str>>) -> Changed {
        Changed(path.clone(), path)
    }

    /// Whether there is neither.
    pub fn is_none(&self) -> bool {
        self.0.is_none() && self.1.is_none()
    }

    /// The path before the commit.
    pub fn before(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The path after the commit.
    pub fn after(&self) -> Option<&str> {
        self.1.as_deref()
    }
}

/// Paths, each once in memory however many commits change it.
#[derive(Debug, Default)]
pub struct Paths(HashSet<Arc<str>>);

impl Paths {
    /// A path.
    pub fn of(&mut self, path: &str) -> Arc<str> {
        if let Some(known) = self.0.get(path) {
            return known.clone();
        }
        let path: Arc<str> = Arc::from(path);
        self.0.insert(path.clone());
        path
    }

    /// A path in bytes; `None` where they are not UTF-8: it can be in no crosswalk.
    pub fn of_bytes(&mut self, path: &[u8]) -> Option<Arc<str>> {
        std::str::from_utf8(path).ok().map(|path| self.of(path))
    }
}
