//! A finding a line, each the type of `--format json`.

use std::io::{self, Write};

use super::json;
use crate::report::Run;

/// Writes every finding on a line of its own; nothing where there is none.
pub fn output(sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    for reported in &run.findings {
        json::line(sink, &run.finding(reported))?;
    }
    Ok(())
}
