//! YAML 1.2, read into the tree that JSON has, with the place of every key and value.
//!
//! The event parser is the one that serde-saphyr 2.0 is built on and exports; no other
//! module knows of it. What a plain scalar means is decided here:
//!
//! - the core schema of YAML 1.2: `true`, `True`, `TRUE` (and false) are booleans, `yes`, `no`, `on`,
//!   `off` are strings; `null`, `Null`, `NULL`, `~` and nothing are null; `0x1F` and `0o17` are
//!   numbers; except that a decimal with a leading zero (`0127`, an id more often than
//!   a number) is a string;
//! - keys are text: `1:` and `true:` have the keys "1" and "true"; a collection as a key
//!   is an error;
//! - anchors and aliases are resolved: an alias is a copy of what it names, with the span
//!   of the alias itself at its top. At most [`MAX_COPIED`] values are copied, with
//!   [`MAX_COPIED_BYTES`] of text;
//! - merge keys (`<<`) are an error (YAML 1.2 has none), and the member stays as it is;
//! - `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq`, `!!map` and `!` are obeyed,
//!   any other tag is an error and ignored;
//! - repeated keys are accepted and listed by [`Document::duplicates`], as in JSON;
//! - one file holds one document; a second one is an error and not read.
//!
//! **The parser stops at the first fault of syntax**; faults of meaning (those above) are
//! all reported. Limits: [`MAX_BYTES`], [`MAX_DEPTH`], [`MAX_VALUES`], [`MAX_COPIED`],
//! [`MAX_COPIED_BYTES`], [`MAX_ERRORS`].

mod compose;
mod patch;
mod scalar;

pub use crate::SyntaxError;
pub use crate::tree::{Document, DuplicateKey, Kind, Node};
pub use patch::{PatchError, encode_str, set, set_all};

/// Largest document that is read, in bytes (64 MiB).
pub const MAX_BYTES: usize = 64 << 20;

/// Collections inside one another, copies by aliases included.
pub const MAX_DEPTH: usize = 128;

/// Values of one document, copies by aliases included.
pub const MAX_VALUES: usize = 2 << 20;

/// Values that all aliases of one document together may copy.
pub const MAX_COPIED: usize = 100_000;

/// Bytes of text and keys that all aliases of one document together may stand for (16 MiB).
pub const MAX_COPIED_BYTES: usize = 16 << 20;

/// Errors of one document. Reading stops there.
pub const MAX_ERRORS: usize = 100;

/// Reads one YAML document.
///
/// There is no document if the text is empty (or only comments: no errors then), or if
/// its syntax is broken or a limit is passed: half a document would make what is missing
/// look absent. With faults of meaning alone there is one.
#[must_use]
pub fn parse(src: &str) -> (Option<Document>, Vec<SyntaxError>) {
    compose::compose(src)
}

#[cfg(test)]
mod tests;
