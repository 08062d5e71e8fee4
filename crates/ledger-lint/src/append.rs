//! A record on its way into a ledger: one line, stamped.

use jiff::Timestamp;
use serde_json::Value;
use trueline_text::json;

/// Why an input is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRecord {
    /// Nothing was given.
    #[error("there is no record on standard input")]
    Empty,
    /// It is no JSON.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// 1-based.
        line: u32,
        /// 1-based, in characters.
        column: u32,
        /// What is wrong.
        message: String,
    },
    /// A record is no object.
    #[error("a record is an object (`{{…}}`)")]
    NoObject,
}

/// The records of an input: a JSON object over any number of lines, or one a line. Each comes
/// back on one line, token by token as it was written.
///
/// # Errors
/// [`NoRecord`].
pub fn records(input: &str) -> Result<Vec<String>, NoRecord> {
    let lines: Vec<&str> = input
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.is_empty() {
        return Err(NoRecord::Empty);
    }
    let is_each = lines.len() > 1 && lines.iter().all(|line| json::parse(line).1.is_empty());
    let texts = if is_each { lines } else { vec![input] };
    texts.into_iter().map(record).collect()
}

fn record(text: &str) -> Result<String, NoRecord> {
    let (document, errors) = json::parse(text);
    if let Some(error) = errors.first() {
        let at = trueline_text::LineIndex::new(text.as_bytes()).position(error.offset);
        return Err(NoRecord::Syntax {
            line: at.line,
            column: at.column,
            message: error.message.clone(),
        });
    }
    match document.root() {
        Some(root) if root.kind() == json::Kind::Object => Ok(one_line(root.raw())),
        _ => Err(NoRecord::NoObject),
    }
}

/// A valid JSON text on one line: line breaks and the white space around them go, everything
/// else stays.
fn one_line(text: &str) -> String {
    // A line break cannot stand inside a string.
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let opens = out.ends_with(['{', '[']) || out.is_empty();
        let closes = line.starts_with(['}', ']', ',', ':']);
        if !opens && !closes {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// Puts the time into a record that has none in that field.
pub fn stamped(record: &str, field: &str, now: Timestamp) -> String {
    let (document, _) = json::parse(record);
    let has = document.root().and_then(|root| root.get(field)).is_some();
    if has {
        return record.to_owned();
    }
    let token = Value::String(now.to_string()).to_string();
    json::insert(record, "", field, &token).unwrap_or_else(|_| record.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_on_one_line() {
        let one = |text: &str| records(text).map(|list| list.join("|"));
        assert_eq!(
            one("{\"a\": 1.10}\n{\"b\":2}\n"),
            Ok("{\"a\": 1.10}|{\"b\":2}".into())
        );
        assert_eq!(
            one("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": \"x  y\"\n}\n"),
            Ok("{\"a\": [1, 2], \"b\": \"x  y\"}".into())
        );
        assert_eq!(one(" \n"), Err(NoRecord::Empty));
        assert_eq!(one("[1]"), Err(NoRecord::NoObject));
        assert!(
            matches!(
                one("{\n \"a\" 1}"),
                Err(NoRecord::Syntax {
                    line: 2,
                    column: 6,
                    ..
                })
            ),
            "{:?}",
            one("{\n \"a\" 1}")
        );
    }

    #[test]
    fn stamps_only_what_has_no_time() {
        let now: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
        assert_eq!(
            stamped("{\"a\":1}", "t", now),
            "{\"a\":1,\"t\":\"2026-01-15T12:00:00Z\"}"
        );
        assert_eq!(stamped("{\"t\":null}", "t", now), "{\"t\":null}");
        assert_eq!(stamped("{}", "t", now), "{\"t\": \"2026-01-15T12:00:00Z\"}");
    }
}
