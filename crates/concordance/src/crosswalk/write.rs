//! The canonical text: one row a line, so that parallel branches merge.

use trueline_core::artifact::crosswalk::Row;
use trueline_text::json;
use trueline_text::tree::{Kind, Node};

use super::book::Book;

/// The bytes of a crosswalk.
pub fn write(book: &Book) -> String {
    let mut out = String::from("{\n  \"version\": 1,\n");
    let rows: Vec<String> = book
        .rows
        .iter()
        .map(|row| row_text(&row.row, &row.extra))
        .collect();
    list(&mut out, "rows", &rows);
    if !book.integrations.is_empty() {
        out.push_str(",\n");
        list(&mut out, "integrations", &book.integrations);
    }
    if !book.raw_waivers.is_empty() {
        out.push_str(",\n");
        list(&mut out, "waivers", &book.raw_waivers);
    }
    for (key, value) in &book.extra {
        out.push_str(&format!(",\n  {}: {value}", json::encode_str(key)));
    }
    out.push_str("\n}\n");
    out
}

fn list(out: &mut String, key: &str, lines: &[String]) {
    if lines.is_empty() {
        out.push_str(&format!("  \"{key}\": []"));
        return;
    }
    out.push_str(&format!("  \"{key}\": [\n    "));
    out.push_str(&lines.join(",\n    "));
    out.push_str("\n  ]");
}

pub(super) fn row_text(row: &Row, extra: &[(String, String)]) -> String {
    let text = serde_json::to_string(row).unwrap_or_default();
    let (document, _) = json::parse(&text);
    let mut line = document.root().map(compact).unwrap_or_default();
    for (key, value) in extra {
        line.pop();
        let comma = if line.len() > 1 { ", " } else { "" };
        line.push_str(&format!("{comma}{}: {value}}}", json::encode_str(key)));
    }
    line
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
