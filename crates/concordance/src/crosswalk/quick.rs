//! Reads a crosswalk as this tool writes it, line by line.
//!
//! A row that comes out again byte for byte as it stands there holds nothing but what its type
//! names: no other field, no field twice, no other spelling. A row that does not is read by the
//! reader that keeps every token, and so is the whole file where anything is not as written.

use std::ops::Range;

use trueline_core::artifact::crosswalk::Row;
use trueline_kit::Source;
use trueline_text::json;

use super::book::{Book, BookRow};
use super::write::put_row;

/// How the file begins; then come the rows, each on a line with this indentation.
const HEAD: &str = "{\n  \"version\": 1,\n  \"rows\": [\n";
const INDENT: &str = "    ";
const END: &str = "  ]";

/// The crosswalk; `None` where it is not written as this tool writes it.
pub(super) fn read(source: &Source) -> Option<Book> {
    let text = source.text();
    let mut rest = text.strip_prefix(HEAD)?;
    let mut rows = Vec::with_capacity(memchr::memchr_iter(b'\n', rest.as_bytes()).count());
    let mut again = Vec::new();
    let mut is_last = false;
    while let Some(line) = rest.strip_prefix(INDENT) {
        let length = memchr::memchr(b'\n', line.as_bytes())?;
        let start = text.len() - line.len();
        let (line, after) = (line.get(..length)?, line.get(length + 1..)?);
        let (line, has_comma) = match line.strip_suffix(',') {
            Some(line) => (line, true),
            None => (line, false),
        };
        if is_last {
            return None;
        }
        is_last = !has_comma;
        rows.push(row(line, start..start + line.len(), &mut again)?);
        rest = after;
    }
    if !is_last || !rest.starts_with(END) {
        return None;
    }
    let mut book = tail(rest, text.len() - rest.len())?;
    book.rows = rows;
    Some(book)
}

fn row(line: &str, span: Range<usize>, again: &mut Vec<u8>) -> Option<BookRow> {
    if !line.starts_with('{') || !line.ends_with('}') {
        return None;
    }
    let row: Row = serde_json::from_str(line).ok()?;
    if row.nt.is_none() && row.td.is_empty() {
        return None;
    }
    again.clear();
    put_row(&row, again);
    let mut extra = Vec::new();
    if again != line.as_bytes() {
        let (document, errors) = json::parse(line);
        if !errors.is_empty() || !document.duplicates().is_empty() {
            return None;
        }
        extra = Book::extra_of(document.root()?);
    }
    Some(BookRow { row, extra, span })
}

/// What follows the rows, from the bracket that closes them.
fn tail(rest: &str, start: usize) -> Option<Book> {
    let head = HEAD.strip_suffix('\n')?;
    let whole = format!("{head}]{}", rest.strip_prefix(END)?);
    let shift = start + END.len() - head.len() - 1;
    let mut book = Book::read_slowly(&Source::new("-", whole));
    if !book.faults.is_empty() {
        return None;
    }
    let spans = book.waivers.iter_mut().map(|one| &mut one.span);
    let named = book.named.iter_mut().map(|(_, span)| span);
    for span in spans.chain(named) {
        *span = span.start + shift..span.end + shift;
    }
    Some(book)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both readers give the same, wherever the quick one gives anything.
    fn same(text: &str) -> bool {
        let source = Source::new("crosswalk.json", text);
        let slow = Book::read_slowly(&source);
        let Some(quick) = read(&source) else {
            return false;
        };
        assert!(slow.faults.is_empty(), "{text}");
        assert_eq!(quick.rows, slow.rows, "{text}");
        assert_eq!(quick.waivers, slow.waivers, "{text}");
        assert_eq!(quick.raw_waivers, slow.raw_waivers, "{text}");
        assert_eq!(quick.integrations, slow.integrations, "{text}");
        assert_eq!(quick.named, slow.named, "{text}");
        assert_eq!(quick.extra, slow.extra, "{text}");
        true
    }

    const ROW: &str = r#"    {"nt": "NT-1", "td": ["TD-1"], "code": [{"path": "a\"é.rs", "kind": "tag", "ids": ["TD-1"]}], "owner": "ada"}"#;
    const EXTRA: &str = r#"    {"nt": "NT-2", "note": {"b": 1, "a": [1.10]}, "risk": "high"}"#;
    const TAIL: &str = "\n  ],\n  \"integrations\": [\n    {\"nt\": [\"NT-1\"], \"td\": []}\n  ],\n  \"waivers\": [\n    {\"id\": \"NT-1\", \"code\": \"orphan-design\", \"reason\": \"é\", \"owner\": \"ada\", \"expires\": \"2026-01-01\"}\n  ],\n  \"more\": 1\n}\n";

    #[test]
    fn what_is_written_is_read_quickly_and_alike() {
        for tail in [TAIL, "\n  ]\n}\n", "\n  ],\n  \"x\": {}\n}\n"] {
            for rows in [
                ROW.to_owned(),
                format!("{ROW},\n{EXTRA}"),
                format!("{EXTRA},\n{ROW}"),
            ] {
                assert!(same(&format!("{HEAD}{rows}{tail}")), "{rows}{tail}");
            }
        }
    }

    #[test]
    fn everything_else_is_left_to_the_slow_reader() {
        let twice = r#"    {"nt": "NT-1", "nt": "NT-2"}"#;
        let twice_extra = r#"    {"nt": "NT-1", "x": 1, "x": 2}"#;
        let nobody = r#"    {"wbs": ["WBS-1"]}"#;
        for text in [
            "{}".to_owned(),
            format!("{HEAD}  ]\n}}\n"),
            format!("{HEAD}{ROW}\n{ROW}\n  ]\n}}\n"),
            format!("{HEAD}{ROW},\n  ]\n}}\n"),
            format!("{HEAD}{ROW}\n  ],\n  \"rows\": []\n}}\n"),
            format!("{HEAD}{ROW}\n  ]\n"),
            format!("{HEAD}{ROW}\n  ]\n}}\n}}\n"),
            format!("{HEAD}{ROW},\r\n{ROW}\n  ]\n}}\n"),
            format!("\u{feff}{HEAD}{ROW}\n  ]\n}}\n"),
            format!("{HEAD}{twice}\n  ]\n}}\n"),
            format!("{HEAD}{twice_extra}\n  ]\n}}\n"),
            format!("{HEAD}{nobody}\n  ]\n}}\n"),
            format!("{HEAD}    {{\"nt\": \"no id!\"}}\n  ]\n}}\n"),
            format!("{HEAD}{ROW}"),
        ] {
            assert!(!same(&text), "{text}");
        }
        // Other spellings of the same are read alike, quickly or not.
        for row in [
            r#"    {"nt":"NT-1"}"#,
            r#"    {"nt": "NT-1" }  "#,
            r#"    {"td": ["TD-1"], "nt": "NT-1"}"#,
            r#"    {"nt": "NT-1", "owner": null}"#,
            r#"    {"nt": "NT-\u0031"}"#,
        ] {
            same(&format!("{HEAD}{row}\n  ]\n}}\n"));
        }
    }
}
