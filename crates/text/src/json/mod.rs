//! JSON (RFC 8259): a tree with positions, and edits that leave all other bytes alone.
//!
//! Parsing never fails: it gives what could be read and a list of errors. A text is
//! valid exactly if that list is empty. The grammar is that of RFC 8259 and nothing more;
//! where the RFC leaves a choice, and where serde_json differs:
//!
//! | | here | serde_json |
//! |---|---|---|
//! | lone surrogate escape `"\ud800"` | accepted, decoded as U+FFFD | refused |
//! | number beyond `f64`, `1e400` | accepted, kept as text | refused |
//! | nesting | at most [`MAX_DEPTH`] levels | at most 127 |
//! | repeated key | accepted, listed by [`Document::duplicates`] | accepted, silent |
//!
//! Limits: [`MAX_BYTES`], [`MAX_DEPTH`], [`MAX_VALUES`], [`MAX_ERRORS`].

mod lexer;
mod parse;
mod patch;
mod style;

pub use crate::SyntaxError;
pub use crate::tree::{Document, DuplicateKey, Kind, Node};
pub use patch::{Patch, PatchError, insert, push, remove, set, split_pointer};

/// Largest document that is read, in bytes (256 MiB). A larger one is one error.
pub const MAX_BYTES: usize = 256 << 20;

/// Arrays and objects inside one another. A deeper one is an error and read as
/// [`Kind::Invalid`]; what follows it is read.
pub const MAX_DEPTH: usize = 128;

/// Values of one document. Reading stops there, with an error.
pub const MAX_VALUES: usize = 8 << 20;

/// Errors of one document. Reading stops there.
pub const MAX_ERRORS: usize = 100;

/// Message about what follows a complete value.
pub(crate) const ANOTHER_VALUE: &str = "expected the end, found another value";

const LIMITS: parse::Limits = parse::Limits {
    bytes: MAX_BYTES,
    depth: MAX_DEPTH,
    values: MAX_VALUES,
    errors: MAX_ERRORS,
};

/// Reads one JSON document.
///
/// After an error the reader goes on at the next place that makes sense, so that several
/// mistakes are reported at once. Errors are in the order of their offsets.
#[must_use]
pub fn parse(src: &str) -> (Document, Vec<SyntaxError>) {
    parse::parse(src, LIMITS)
}

/// Reads one JSON document from bytes that need not be UTF-8.
///
/// Each byte that is not part of valid UTF-8 is an error (consecutive ones are one
/// error) and read as `?`, so that all offsets are those of `src`.
#[must_use]
pub fn parse_bytes(src: &[u8]) -> (Document, Vec<SyntaxError>) {
    if let Ok(text) = std::str::from_utf8(src) {
        return parse(text);
    }
    let (text, mut faults) = crate::utf8::repair(src, MAX_ERRORS);
    let (doc, errors) = parse(&text);
    faults.extend(errors);
    faults.sort_by_key(|error| (error.offset, error.end));
    faults.truncate(MAX_ERRORS);
    (doc, faults)
}

/// A JSON string token for `text`: quotes, backslashes and control characters are
/// escaped, everything else stands as it is.
#[must_use]
pub fn encode_str(text: &str) -> String {
    let mut token = String::with_capacity(text.len() + 2);
    token.push('"');
    for char in text.chars() {
        match char {
            '"' => token.push_str("\\\""),
            '\\' => token.push_str("\\\\"),
            '\n' => token.push_str("\\n"),
            '\r' => token.push_str("\\r"),
            '\t' => token.push_str("\\t"),
            '\u{8}' => token.push_str("\\b"),
            '\u{C}' => token.push_str("\\f"),
            '\0'..='\x1F' => token.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => token.push(char),
        }
    }
    token.push('"');
    token
}

#[cfg(test)]
mod patch_tests;
#[cfg(test)]
pub(crate) mod tests;
