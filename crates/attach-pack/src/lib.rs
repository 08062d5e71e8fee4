//! Packs of evidence: a BagIt bag in a deterministic zip, that anyone can check with tools they already have.
//!
//! The layers, each pure of command line and clock:
//!
//! - [`name`]: which entry names a pack may hold;
//! - [`zip`]: the canonical writer and the strict reader of the container;
//! - [`bag`]: the manifests inside, and their verification over a zip or a folder;
//! - [`statement`]: the in-toto statements that a pack carries;
//! - [`results`]: what test logs say, in numbers.

pub mod bag;
mod hex;
pub mod name;
pub mod results;
pub mod statement;
pub mod zip;

use std::process::ExitCode;

/// The entry point of the binary.
pub fn main() -> ExitCode {
    ExitCode::from(2)
}
