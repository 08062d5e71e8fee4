//! A pattern that has been read.

use std::fmt;
use std::str::FromStr;

use crate::compile::{compile, compile_literals};
use crate::error::{Note, ParseError};
use crate::lint;
use crate::nfa::Nfa;
use crate::parse::{Item, parse};
use crate::path::is_valid_path;
use crate::product;

/// A scope glob: a set of paths. Equal where the texts are equal; for equal sets see [`Glob::includes`].
#[derive(Clone)]
pub struct Glob {
    text: String,
    items: Vec<Item>,
    nfa: Nfa,
    literals: Option<Nfa>,
    prefix: String,
    suffix: String,
    single: bool,
    notes: Vec<Note>,
}

impl Glob {
    /// Reads a pattern of the dialect, which the crate's front page describes.
    ///
    /// # Errors
    /// Where the text is not in the dialect, has more than [`MAX_PATTERN_BYTES`](crate::MAX_PATTERN_BYTES) bytes, stands
    /// for more than [`MAX_ALTERNATIVES`](crate::MAX_ALTERNATIVES) alternatives, nests braces deeper than
    /// [`MAX_NESTING`](crate::MAX_NESTING), or cannot denote a path.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let items = parse(text)?;
        let (nfa, notes) = compile(&items, text.len())?;
        let (prefix, single) = nfa.prefix();
        let suffix = nfa.suffix();
        let single = single && is_valid_path(&prefix);
        let literals = compile_literals(&items);
        Ok(Self {
            text: text.to_owned(),
            items,
            nfa,
            literals,
            prefix,
            suffix,
            single,
            notes,
        })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What was dropped or denotes nothing, in the order of offsets.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What is in the dialect but likely not meant: an unanchored `**/x/**`, a `\` before an ordinary character, a `!` in
    /// front, white space at either end, a `/` in a class, a pattern that matches nothing. In the order of offsets.
    #[must_use]
    pub fn lints(&self) -> Vec<Note> {
        lint::lints(self, &self.items)
    }

    /// Classes that stand literally in a tree, as in `app/[id]/page.tsx`: one note a class whose text, brackets and all,
    /// is part of one of `paths`, below the pattern's literal prefix. The first 64 classes are looked at.
    pub fn lints_for_tree<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>) -> Vec<Note> {
        lint::lints_for_tree(self, &self.items, paths)
    }

    /// The path that the pattern denotes, where its text allows just one: `a/b`, `\[x]`, `[a]`, not `a{b,b/}`.
    #[must_use]
    pub fn is_literal(&self) -> Option<String> {
        self.single.then(|| self.prefix.clone())
    }

    /// What every path of the glob starts with: the text up to the first place where two paths can differ.
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether no path at all is in the set, as for `[.]` or `..`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.example().is_none()
    }

    /// A shortest path of the set.
    #[must_use]
    pub fn example(&self) -> Option<String> {
        if self.single {
            return self.is_literal();
        }
        product::search(self, self, product::Goal::Shared)
    }

    /// Whether `path` is in the set; never so for a text that is not a path ([`is_valid_path`]).
    ///
    /// Takes time in proportion to the length of the path times the number of moves that the pattern allows at each
    /// character; there is no backtracking.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        if self.single {
            return path == self.prefix;
        }
        path.len() >= self.prefix.len().max(self.suffix.len())
            && path.starts_with(&self.prefix)
            && path.ends_with(&self.suffix)
            && is_valid_path(path)
            && self.nfa.run(path)
    }

    pub(crate) fn nfa(&self) -> &Nfa {
        &self.nfa
    }

    /// The automaton of the alternatives without wildcards.
    pub(crate) fn literals(&self) -> Option<&Nfa> {
        self.literals.as_ref()
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn suffix(&self) -> &str {
        &self.suffix
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Glob").field(&self.text).finish()
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

impl FromStr for Glob {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
