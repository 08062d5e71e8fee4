//! What a scan returns.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A secret that was found: where, and by which rule. It does not hold the secret, so it can be printed and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule's [`id`](crate::Rule::id).
    pub rule: &'static str,
    /// Offset of the first byte of the secret in the input.
    pub start: u64,
    /// Offset after the last byte of the secret.
    pub end: u64,
    /// 1-based line, by `\n`.
    pub line: u64,
    /// 1-based column in characters (bytes that do not continue a UTF-8 sequence).
    pub column: u64,
    /// SHA-256 of the bytes of the secret, in lower-case hex: what an allow-list names.
    pub fingerprint: String,
}

/// All that a [`Scanner`](crate::Scanner) found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The hits, by place; where two rules overlap, the better one.
    pub hits: Vec<Hit>,
    /// How many matches were not kept because there were more than [`MAX_HITS`](crate::MAX_HITS). Not 0 means: not clean.
    pub omitted: u64,
}

impl Report {
    /// True when nothing at all was found.
    pub fn is_clean(&self) -> bool {
        self.hits.is_empty() && self.omitted == 0
    }
}

/// SHA-256 in lower-case hex.
pub(crate) fn fingerprint(secret: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(secret) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
