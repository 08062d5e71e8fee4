//! Many globs asked at once.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::dfa::Cache;
use crate::glob::Glob;
use crate::path::is_valid_path;
use crate::union::Union;

/// An ordered set of globs that a path is matched against in one pass, however many they are.
///
/// The first paths cost the most: what is learnt from them is kept (up to about 80 MB, then started afresh) and
/// makes the later ones cheap. It can be asked from several threads; for many paths, a [`Matcher`] a thread is quickest.
pub struct ScopeSet {
    globs: Vec<Glob>,
    union: Union,
    caches: Mutex<Vec<Cache>>,
}

/// The same as [`ScopeSet`].
pub type GlobSet = ScopeSet;

impl ScopeSet {
    /// A set whose globs are known by their index in `globs`.
    #[must_use]
    pub fn new(globs: Vec<Glob>) -> Self {
        Self {
            union: Union::new(&globs),
            globs,
            caches: Mutex::new(Vec::new()),
        }
    }

    /// The globs, in the order given.
    #[must_use]
    pub fn globs(&self) -> &[Glob] {
        &self.globs
    }

    /// The number of globs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.globs.len()
    }

    /// Whether there is no glob.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// The index of the first glob that matches.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<usize> {
        self.with(|matcher| matcher.matches(path))
    }

    /// The index of the last glob that matches: the one that decides where later rules win.
    #[must_use]
    pub fn last_match(&self, path: &str) -> Option<usize> {
        self.with(|matcher| matcher.last_match(path))
    }

    /// The indices of all globs that match, in ascending order.
    #[must_use]
    pub fn all_matches(&self, path: &str) -> Vec<usize> {
        self.with(|matcher| matcher.all_matches(path).to_vec())
    }

    /// A matcher that keeps what it learns to itself.
    #[must_use]
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher {
            set: self,
            cache: Cache::new(&self.union),
        }
    }

    fn with<T>(&self, ask: impl FnOnce(&mut Matcher<'_>) -> T) -> T {
        let kept = self
            .caches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut matcher = Matcher {
            set: self,
            cache: kept.unwrap_or_else(|| Cache::new(&self.union)),
        };
        let answer = ask(&mut matcher);
        self.caches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(matcher.cache);
        answer
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScopeSet").field(&self.globs).finish()
    }
}

impl FromIterator<Glob> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Glob>>(globs: I) -> Self {
        Self::new(globs.into_iter().collect())
    }
}

/// A [`ScopeSet`] with a memory of its own; see [`ScopeSet::matcher`].
pub struct Matcher<'a> {
    set: &'a ScopeSet,
    cache: Cache,
}

impl Matcher<'_> {
    /// The index of the first glob that matches.
    pub fn matches(&mut self, path: &str) -> Option<usize> {
        self.all_matches(path).first().copied()
    }

    /// The index of the last glob that matches.
    pub fn last_match(&mut self, path: &str) -> Option<usize> {
        self.all_matches(path).last().copied()
    }

    /// The indices of all globs that match, in ascending order.
    pub fn all_matches(&mut self, path: &str) -> &[usize] {
        if is_valid_path(path) {
            self.cache.run(&self.set.union, path)
        } else {
            &[]
        }
    }
}

impl fmt::Debug for Matcher<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher")
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}
