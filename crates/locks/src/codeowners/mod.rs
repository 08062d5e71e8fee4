//! CODEOWNERS as the code host reads it: patterns as languages, files as ordered lines.

mod file;
mod pattern;

#[cfg(feature = "testing")]
pub(crate) use file::Line;
pub(crate) use file::{File, MAX_BYTES, is_owner};
pub(crate) use pattern::{language, push_plain};
