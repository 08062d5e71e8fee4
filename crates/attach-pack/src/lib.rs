//! Not written yet.

use std::process::ExitCode;

/// The entry point of the binary.
pub fn main() -> ExitCode {
    ExitCode::from(2)
}
