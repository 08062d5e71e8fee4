//! Tags: `[impl->TD-4.2]` in any text file says that this file implements TD-4.2.
//!
//! [`Scanner`] finds and reads them in bytes; [`scan_files`] reads many files in parallel.

mod grammar;
mod scan;
mod suppress;
#[cfg(test)]
mod tests;
mod walk;

pub use grammar::{MAX_TAG, MAX_TAG_IDS, TagKind};
pub use scan::{FileScan, Link, Problem, ProblemKind, Scanner};
pub(crate) use walk::is_markdown;
pub use walk::{MAX_SCANNED, Scanned, scan_bytes, scan_files};
