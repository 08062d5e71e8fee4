//! One file a format, each with `output(sink, run)`. No format changes the exit code.

mod excerpt;
pub mod human;
pub mod json;
pub mod markdown;

use std::io::{self, Write};

use crate::options::Format;
use crate::report::Run;

/// Writes a run in a format.
pub fn output(format: Format, sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    match format {
        Format::Json => json::output(sink, run),
        _ => human::output(sink, run),
    }
}
