//! One file a format, each with `output(sink, run)`. No format changes the exit code.

mod excerpt;
pub mod github;
pub mod human;
pub mod json;
pub mod jsonl;
pub mod markdown;
pub mod sarif;

use std::io::{self, Write};

use crate::options::Format;
use crate::report::Run;

/// Writes a run in a format.
pub fn output(format: Format, sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    match format {
        Format::Human => human::output(sink, run),
        Format::Json => json::output(sink, run),
        Format::Jsonl => jsonl::output(sink, run),
        Format::Sarif => sarif::output(sink, run),
        Format::Github => github::output(sink, run),
        Format::Markdown => markdown::output(sink, run),
    }
}

#[cfg(test)]
mod tests;
