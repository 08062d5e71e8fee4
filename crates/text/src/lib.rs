//! Positions: readers that keep the place of everything they read, and writers that
//! change single tokens.
//!
//! | module | reads | gives |
//! |---|---|---|
//! | [`position`] | any bytes | line and column of an offset, and back |
//! | [`json`] | JSON | a [`tree`] with spans and duplicate keys; edits by pointer |
//! | [`jsonl`] | JSON Lines, in memory or as a stream | every line with its faults |
//! | [`yaml`] | YAML | the same [`tree`]; edits of scalars |
//! | [`markdown`] | Markdown | headings, sections, comments, front matter, tables, … |
//! | [`slug`] | heading text | anchors as GitHub makes them |
//! | [`edit`] | | several replacements in one pass |
//!
//! **Parsing never fails, it reports**: each reader gives what it could read and a list of
//! [`SyntaxError`]s. All input is taken to be hostile: limits are stated where they apply,
//! nothing recurses without bound, nothing panics. The crate does no I/O of its own.
//!
//! Offsets are byte offsets into the text that was given; [`LineIndex`] turns them into
//! lines and columns.

pub mod edit;
mod error;
pub mod json;
pub mod jsonl;
pub mod markdown;
pub mod position;
pub mod slug;
pub mod tree;
mod utf8;
pub mod yaml;

pub use error::SyntaxError;
pub use position::{LineIndex, Position};
