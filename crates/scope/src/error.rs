//! What can be said about a pattern: errors, notes, and the limits that hold for all of them.

use thiserror::Error;

/// Longest pattern, in bytes of UTF-8.
pub const MAX_PATTERN_BYTES: usize = 4096;

/// Most alternatives that a pattern may stand for once its braces are multiplied out.
pub const MAX_ALTERNATIVES: usize = 1024;

/// Deepest nesting of braces.
pub const MAX_NESTING: usize = 32;

/// Most states that [`Glob::includes`](crate::Glob::includes) looks at before it gives up.
pub const MAX_INCLUSION_STATES: usize = 65_536;

/// Why a text is not a scope glob.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} (at byte {offset})")]
pub struct ParseError {
    /// Where in the pattern, in bytes from its start; at most its length.
    pub offset: usize,
    /// What is wrong, one line without a full stop.
    pub message: String,
    /// What to write instead, where that can be told.
    pub help: Option<String>,
}

impl ParseError {
    pub(crate) fn new(offset: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            offset,
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

/// Something worth telling about a pattern that is in the dialect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Where in the pattern, in bytes from its start.
    pub offset: usize,
    /// One line without a full stop.
    pub message: String,
}

impl Note {
    pub(crate) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self {
            offset,
            message: message.into(),
        }
    }
}

/// An exact answer would have taken more states than [`MAX_INCLUSION_STATES`]; nothing is known about the question.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the two patterns need more than {limit} states to compare")]
pub struct LimitError {
    /// The limit that was reached, in states.
    pub limit: usize,
}
