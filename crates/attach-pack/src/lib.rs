//! Packs of evidence: a BagIt bag in a deterministic zip, that anyone can check with tools they already have.
//!
//! The layers, each pure of command line and clock:
//!
//! - [`name`]: which entry names a pack may hold;
//! - [`zip`]: the canonical writer and the strict reader of the container;
//! - [`bag`]: the manifests inside, and their verification over a zip or a folder;
//! - [`statement`]: the in-toto statements that a pack carries;
//! - [`results`]: what test logs say, in numbers;
//! - [`report`]: what a run report says of its pack, its files and its tests.
//!
//! The command on top of them is the private rest: `build` gathers and writes, `verify` and its relatives read.

pub mod bag;
mod build;
mod cli;
mod compare;
mod content;
mod extract;
mod hex;
pub mod import;
pub mod name;
mod open;
mod read;
pub mod report;
pub mod results;
mod rules;
mod show;
pub mod statement;
mod verify;
pub mod zip;

use std::process::ExitCode;

/// The entry point of the binary.
pub fn main() -> ExitCode {
    trueline_kit::main(cli::TOOL)
}
