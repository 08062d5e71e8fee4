//! A Markdown table, fit for `$GITHUB_STEP_SUMMARY`.

use std::io::{self, Write};

use crate::escape;
use crate::report::{Reported, Run};

/// Most bytes of rows: a step's summary of more than 1 MiB is not shown at all.
pub const MAX_BYTES: usize = 900_000;

/// Writes a heading with the counts, and a row a finding up to [`MAX_BYTES`], with a count of
/// the rest.
pub fn output(sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let counts = run.counts();
    let counts = if counts.is_empty() {
        "no findings"
    } else {
        &counts
    };
    writeln!(sink, "### {}: {counts}\n", cell(run.tool))?;
    if run.findings.is_empty() {
        return Ok(());
    }
    writeln!(
        sink,
        "| level | code | where | what |\n| --- | --- | --- | --- |"
    )?;
    let mut written = 0;
    for (index, reported) in run.findings.iter().enumerate() {
        let row = row(run.tool, reported);
        written += row.len();
        if written > MAX_BYTES {
            let left = run.findings.len() - index;
            return writeln!(sink, "\n… and {left} more, which do not fit here.");
        }
        sink.write_all(row.as_bytes())?;
    }
    Ok(())
}

fn row(tool: &str, reported: &Reported) -> String {
    let finding = &reported.finding;
    let mut place = cell(&finding.at.path);
    if let Some(span) = finding.at.span {
        place.push_str(&format!(":{}:{}", span.line, span.column));
    }
    let mut what = cell(&finding.message);
    if let Some(help) = &finding.help {
        what.push_str("<br>help: ");
        what.push_str(&cell(help));
    }
    let code = cell(&reported.code(tool));
    format!("| {} | {code} | {place} | {what} |\n", reported.level)
}

/// A table cell: nothing in it is markup, a mention, a link, a line break or a column.
pub fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in escape::line(text).chars() {
        match char {
            // An entity, because a mention or a link survives a backslash.
            '@' | '#' | ':' => out.push_str(&format!("&#{};", u32::from(char))),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '<' | '>' | '&' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    // The code host makes a link of this without any scheme.
    out.replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_hold_no_markup() {
        assert_eq!(cell("a|b\nc"), "a\\|b\\\\nc");
        assert_eq!(cell("www.example.com"), "www&#46;example.com");
        assert_eq!(
            cell("<b> @me #1 `x` http://y"),
            "\\<b\\> &#64;me &#35;1 \\`x\\` http&#58;//y"
        );
    }
}
