//! A Markdown table, fit for `$GITHUB_STEP_SUMMARY`.

use crate::escape;

/// A table cell: nothing in it is markup, a line break or a column.
pub fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in escape::line(text).chars() {
        if matches!(
            char,
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '<' | '>' | '&' | '~' | '#' | '@' | '$'
        ) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}
