//! The canonical text: one row a line, so that parallel branches merge.

use std::io;

use serde::Serialize as _;
use serde_json::ser::Formatter;
use trueline_core::artifact::crosswalk::Row;
use trueline_text::json;
use trueline_text::tree::{Kind, Node};

use super::book::Book;

/// The bytes of a crosswalk.
pub fn write(book: &Book) -> String {
    let mut out = String::from("{\n  \"version\": 1,\n");
    let rows = book.rows.iter();
    list(
        &mut out,
        "rows",
        rows.map(|row| row_text(&row.row, &row.extra)),
    );
    if !book.integrations.is_empty() {
        out.push_str(",\n");
        list(&mut out, "integrations", book.integrations.iter());
    }
    if !book.raw_waivers.is_empty() {
        out.push_str(",\n");
        list(&mut out, "waivers", book.raw_waivers.iter());
    }
    for (key, value) in &book.extra {
        out.push_str(&format!(",\n  {}: {value}", json::encode_str(key)));
    }
    out.push_str("\n}\n");
    out
}

fn list(out: &mut String, key: &str, lines: impl Iterator<Item = impl AsRef<str>>) {
    out.push_str(&format!("  \"{key}\": ["));
    let mut is_empty = true;
    for line in lines {
        out.push_str(if is_empty { "\n    " } else { ",\n    " });
        out.push_str(line.as_ref());
        is_empty = false;
    }
    out.push_str(if is_empty { "]" } else { "\n  ]" });
}

pub(super) fn row_text(row: &Row, extra: &[(String, String)]) -> String {
    let mut line = Vec::with_capacity(256);
    put_row(row, &mut line);
    let mut line = String::from_utf8(line).unwrap_or_default();
    for (key, value) in extra {
        line.pop();
        let comma = if line.len() > 1 { ", " } else { "" };
        line.push_str(&format!("{comma}{}: {value}}}", json::encode_str(key)));
    }
    line
}

/// Adds a row as it is written, without fields that its type does not name.
pub(super) fn put_row(row: &Row, line: &mut Vec<u8>) {
    let mut writer = serde_json::Serializer::with_formatter(line, OneLine);
    // Neither the row nor memory can refuse.
    let _ = row.serialize(&mut writer);
}

/// `{"a": 1, "b": [2, 3]}`.
struct OneLine;

impl Formatter for OneLine {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

/// A value on one line, `{"a": 1, "b": [2, 3]}`; numbers and strings as they were written.
///
/// Nested as deep as the reader allows.
pub fn compact(node: Node<'_>) -> String {
    let mut out = String::new();
    put(node, &mut out);
    out
}

fn put(node: Node<'_>, out: &mut String) {
    let (open, close) = match node.kind() {
        Kind::Array => ('[', ']'),
        Kind::Object => ('{', '}'),
        _ => {
            out.push_str(node.raw());
            return;
        }
    };
    out.push(open);
    for (at, child) in node.children().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        if let Some(key) = child.key() {
            out.push_str(&json::encode_str(key));
            out.push_str(": ");
        }
        put(child, out);
    }
    out.push(close);
}
