//! Lists of globs, in the dialect of scopes.

use std::ops::Range;
use std::sync::Arc;

use trueline_scope::{Glob, GlobSet};

use super::reader::{At, Problems};

/// A list of globs, in declared order. Empty matches nothing.
#[derive(Debug, Clone)]
pub struct Globs(Arc<GlobSet>);

impl Default for Globs {
    fn default() -> Self {
        Globs(Arc::new(GlobSet::new(Vec::new())))
    }
}

impl Globs {
    /// Parses patterns that are known to be right (the defaults).
    pub(crate) fn fixed(patterns: &[&str]) -> Self {
        let globs = patterns.iter().filter_map(|text| Glob::parse(text).ok());
        Globs(Arc::new(GlobSet::new(globs.collect())))
    }

    pub(crate) fn read(list: &[At<String>], text: &str, problems: &Problems) -> Self {
        let globs = list.iter().filter_map(|at| glob(at, text, problems));
        Globs(Arc::new(GlobSet::new(globs.collect())))
    }

    /// Whether any glob matches a root-relative path.
    pub fn matches(&self, path: &str) -> bool {
        self.0.matches(path).is_some()
    }

    /// The first glob, in declared order, that matches.
    pub fn first_match(&self, path: &str) -> Option<&Glob> {
        self.0.globs().get(self.0.matches(path)?)
    }

    /// The globs; [`Glob::as_str`] is how each is written.
    pub fn iter(&self) -> impl Iterator<Item = &Glob> {
        self.0.globs().iter()
    }

    /// The set, for many paths (see [`GlobSet::matcher`]).
    pub fn set(&self) -> &GlobSet {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Parses one glob; a fault is reported at its own byte in the file.
pub(crate) fn glob(pattern: &At<String>, text: &str, problems: &Problems) -> Option<Glob> {
    match Glob::parse(&pattern.value) {
        Ok(glob) => Some(glob),
        Err(error) => {
            problems.put(
                inside(pattern, text, error.offset),
                format!("bad glob: {}", error.message),
                error.help,
            );
            None
        }
    }
}

/// The place of a byte of a TOML string's value. Exact where the string has no escapes;
/// otherwise the whole string.
fn inside(at: &At<String>, text: &str, offset: usize) -> Range<usize> {
    let raw = text.get(at.range.clone()).unwrap_or_default();
    for quote in ["'''", "\"\"\"", "'", "\""] {
        let inner = raw
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if inner == Some(&at.value) {
            let start = at.range.start + quote.len() + offset.min(at.value.len());
            return start..start;
        }
    }
    at.range.clone()
}
