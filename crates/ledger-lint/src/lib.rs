//! ledger-lint: finds every defect of a ledger, at its line and column.

pub mod fault;
pub mod record;
pub mod rules;
pub mod schema;

use std::process::ExitCode;

/// The entry point of the binary.
pub fn main() -> ExitCode {
    ExitCode::from(2)
}
