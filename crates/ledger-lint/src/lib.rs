//! ledger-lint: finds every defect of a ledger, at its line and column.

pub mod append;
pub mod approval;
pub mod beside;
pub mod catalogue;
pub mod check;
pub mod command;
pub mod document;
pub mod duplicates;
pub mod encoding;
pub mod fault;
pub mod fix;
pub mod gather;
pub mod history;
pub mod hygiene;
pub mod input;
pub mod ledger;
pub mod lines;
pub mod merge;
pub mod pretty;
pub mod record;
pub mod reports;
mod rows;
pub mod rules;
pub mod schema;
pub mod secret;
pub mod shapes;
pub mod sieve;
pub mod sink;
pub mod skeleton;
pub mod summary;
pub mod syntax;
pub mod table;
pub mod world;

use std::process::ExitCode;

/// What was read of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Lines.
    pub lines: u64,
    /// Records that were whole.
    pub records: u64,
}

/// The entry point of the binary.
pub fn main() -> ExitCode {
    trueline_kit::main(command::TOOL)
}
