//! Lists of globs, in the dialect of scopes.

use std::ops::Range;

use trueline_scope::Glob;

use super::reader::{At, Problems};

/// A list of globs, in declared order. Empty matches nothing.
#[derive(Debug, Clone, Default)]
pub struct Globs(Vec<(String, Glob)>);

impl Globs {
    /// Parses patterns that are known to be right (the defaults).
    pub(crate) fn fixed(patterns: &[&str]) -> Self {
        Globs(
            patterns
                .iter()
                .filter_map(|text| Some(((*text).to_owned(), Glob::parse(text).ok()?)))
                .collect(),
        )
    }

    pub(crate) fn read(list: Vec<At<String>>, text: &str, problems: &Problems) -> Self {
        Globs(
            list.into_iter()
                .filter_map(|pattern| {
                    let glob = glob(&pattern, text, problems)?;
                    Some((pattern.value, glob))
                })
                .collect(),
        )
    }

    /// Whether any glob matches a root-relative path.
    pub fn matches(&self, path: &str) -> bool {
        self.first_match(path).is_some()
    }

    /// The first glob that matches, as it is written.
    pub fn first_match(&self, path: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(_, glob)| glob.matches(path))
            .map(|(text, _)| text.as_str())
    }

    /// The globs.
    pub fn iter(&self) -> impl Iterator<Item = &Glob> {
        self.0.iter().map(|(_, glob)| glob)
    }

    /// The globs as they are written.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(text, _)| text.as_str())
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
                Some(error.help.to_string()).filter(|help| !help.is_empty()),
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
