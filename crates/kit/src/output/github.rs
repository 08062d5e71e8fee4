//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.
//!
//! Paths are as everywhere relative to the root, so the root must be the top of the repository.

use std::io::{self, Write};

use trueline_core::Level;

use crate::context::STDIN;
use crate::escape;
use crate::report::Run;

/// Writes a command a finding.
pub fn output(sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    for reported in &run.findings {
        let finding = &reported.finding;
        let command = match reported.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        write!(sink, "::{command} ")?;
        if finding.at.path != STDIN {
            write!(sink, "file={},", property(&finding.at.path))?;
        }
        if let Some(span) = finding.at.span {
            write!(sink, "line={},col={},", span.line, span.column)?;
            // The host ignores columns of a stretch over several lines.
            if span.end_line == span.line && span.end_column > span.column {
                write!(
                    sink,
                    "endLine={},endColumn={},",
                    span.end_line, span.end_column
                )?;
            }
        }
        let title = property(&reported.code(run.tool));
        write!(sink, "title={title}::{}", data(&finding.message))?;
        if let Some(help) = &finding.help {
            write!(sink, "%0Ahelp: {}", data(help))?;
        }
        writeln!(sink)?;
    }
    Ok(())
}

/// The text of a command: `%`, CR and LF escaped as the host reads them, other controls shown.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            char if escape::is_unsafe(char) => {
                out.push_str(&escape::line(char.encode_utf8(&mut [0; 4])));
            }
            char => out.push(char),
        }
    }
    out
}

/// A property of a command: `:` and `,` escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn escapes() {
        assert_eq!(data("50%: a\r\nb\u{1b}"), "50%25: a%0D%0Ab\\u{1b}");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
