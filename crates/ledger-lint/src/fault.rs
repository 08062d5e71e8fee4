//! A defect of a value, before its place in the text is looked up.
//!
//! Checks work on plain values, which is fast. Only a record that has a [`Fault`] is read again
//! with positions, and a [`Locator`] turns each fault into a finding.

use std::ops::Range;

use trueline_core::{Finding, Level, Location, Rule, Span};
use trueline_text::LineIndex;
use trueline_text::tree::{Document, Node};

/// Which part of the value at a pointer is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value.
    Value,
    /// Its key, where it is a member of an object; else the value.
    Key,
    /// The bracket that opens it, for what is missing in it; a scalar whole.
    Open,
}

/// A value, or a part of it, by its RFC 6901 pointer within the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Pointer from the record.
    pub pointer: String,
    /// The part that is meant.
    pub part: Part,
}

impl Place {
    /// The value at a pointer.
    pub fn value(pointer: impl Into<String>) -> Self {
        Place {
            pointer: pointer.into(),
            part: Part::Value,
        }
    }

    /// The key at a pointer.
    pub fn key(pointer: impl Into<String>) -> Self {
        Place {
            pointer: pointer.into(),
            part: Part::Key,
        }
    }

    /// The opening bracket at a pointer.
    pub fn open(pointer: impl Into<String>) -> Self {
        Place {
            pointer: pointer.into(),
            part: Part::Open,
        }
    }
}

/// A defect of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its kind.
    pub rule: &'static Rule,
    /// Where, within the record.
    pub place: Place,
    /// One sentence, lower case, no final stop.
    pub message: String,
    /// How to mend this one.
    pub help: Option<String>,
    /// A level other than the rule's.
    pub level: Option<Level>,
    /// Another place that explains it.
    pub related: Option<(Location, String)>,
}

impl Fault {
    /// A fault of that kind.
    pub fn new(rule: &'static Rule, place: Place, message: impl Into<String>) -> Self {
        Fault {
            rule,
            place,
            message: message.into(),
            help: None,
            level: None,
            related: None,
        }
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help, if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Sets the level.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// Names another place.
    #[must_use]
    pub fn related(mut self, at: Location, message: impl Into<String>) -> Self {
        self.related = Some((at, message.into()));
        self
    }
}

/// Turns places of a record into places of a file.
pub trait Locator {
    /// Where a place stands.
    fn locate(&self, place: &Place) -> Location;

    /// The finding of a fault.
    fn finding(&self, fault: Fault) -> Finding {
        let mut finding = Finding::new(fault.rule, self.locate(&fault.place), fault.message);
        finding.help = fault.help;
        finding.level = fault.level;
        if let Some((at, message)) = fault.related {
            finding = finding.related(at, message);
        }
        finding
    }
}

/// The bytes of a place in a parsed text. A pointer that leads nowhere gives the nearest value
/// that is there.
pub fn range(document: &Document, prefix: &str, place: &Place) -> Range<usize> {
    let mut pointer = format!("{prefix}{}", place.pointer);
    let mut part = place.part;
    let node = loop {
        if let Some(node) = document.at(&pointer) {
            break node;
        }
        part = Part::Open;
        match pointer.rfind('/') {
            Some(cut) => pointer.truncate(cut),
            None => return 0..0,
        }
    };
    part_range(node, part)
}

fn part_range(node: Node<'_>, part: Part) -> Range<usize> {
    let span = node.span();
    match part {
        Part::Value => span,
        Part::Key => node.key_span().unwrap_or(span),
        Part::Open => match node.raw().as_bytes().first() {
            Some(b'{' | b'[') => span.start..span.start + 1,
            // A YAML block collection has no bracket: its key stands for it, else its start.
            _ if !node.is_empty() => node.key_span().unwrap_or(span.start..span.start),
            _ => span,
        },
    }
}

/// Locator of a record on one line.
pub struct LineLocator<'a> {
    path: &'a str,
    line: u32,
    text: &'a [u8],
    document: Document,
}

impl<'a> LineLocator<'a> {
    /// Reads the line, 1-based, with positions.
    pub fn new(path: &'a str, line: u32, text: &'a [u8]) -> Self {
        Self::with(path, line, text, trueline_text::jsonl::parse_line(text).0)
    }

    /// A line that was read already.
    pub fn with(path: &'a str, line: u32, text: &'a [u8], document: Document) -> Self {
        LineLocator {
            path,
            line,
            text,
            document,
        }
    }

    /// The line as read.
    pub fn document(&self) -> &Document {
        &self.document
    }
}

impl Locator for LineLocator<'_> {
    fn locate(&self, place: &Place) -> Location {
        let range = range(&self.document, "", place);
        Location::at(self.path, line_span(self.line, self.text, range))
    }
}

/// Locator of a record in a document of several lines.
pub struct DocumentLocator<'a> {
    /// Path of the file.
    pub path: &'a str,
    /// Its lines.
    pub index: &'a LineIndex<'a>,
    /// The parsed text.
    pub document: &'a Document,
    /// Pointer of the record in the document.
    pub prefix: String,
}

impl Locator for DocumentLocator<'_> {
    fn locate(&self, place: &Place) -> Location {
        let range = range(self.document, &self.prefix, place);
        Location::at(self.path, index_span(self.index, range))
    }
}

/// The span of a byte range of a whole text.
pub fn index_span(index: &LineIndex<'_>, range: Range<usize>) -> Span {
    let start = index.position(range.start);
    let end = index.position(range.end.max(range.start));
    Span {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// The span of a byte range of one line.
pub fn line_span(line: u32, text: &[u8], range: Range<usize>) -> Span {
    let start = range.start.min(text.len());
    let end = range.end.clamp(start, text.len());
    let column = columns(text.get(..start).unwrap_or_default()) + 1;
    let width = columns(text.get(start..end).unwrap_or_default());
    Span {
        line,
        column,
        end_line: line,
        end_column: column.saturating_add(width),
    }
}

/// Characters of a stretch of a line: each byte that is not part of valid UTF-8 counts one.
pub fn columns(bytes: &[u8]) -> u32 {
    if bytes.is_ascii() {
        return narrow(bytes.len() as u64);
    }
    let count: usize = bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum();
    narrow(count as u64)
}

/// A line number for a span; saturates.
pub fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A value for a message: control characters escaped, cut after 60 characters.
pub fn quote(text: &str) -> String {
    let mut out = String::from("`");
    for (count, char) in text.chars().enumerate() {
        if count == 60 {
            out.push('…');
            break;
        }
        if char.is_control() || is_invisible(char) {
            out.extend(char.escape_unicode());
        } else {
            out.push(char);
        }
    }
    out.push('`');
    out
}

/// Characters that change how the text around them is shown.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_a_line() {
        let line = r#"{"é𝄞": {"a": 1, "b": [10, 20]}, "c": ""}"#.as_bytes();
        let locator = LineLocator::new("x", 7, line);
        let at = |place: Place| {
            let span = locator.locate(&place).span.unwrap();
            (span.line, span.column, span.end_column)
        };
        assert_eq!(at(Place::open("")), (7, 1, 2));
        assert_eq!(at(Place::key("/é𝄞")), (7, 2, 6));
        assert_eq!(at(Place::open("/é𝄞")), (7, 8, 9));
        assert_eq!(at(Place::value("/é𝄞/a")), (7, 14, 15));
        assert_eq!(at(Place::value("/é𝄞/b/1")), (7, 27, 29));
        assert_eq!(at(Place::value("/c")), (7, 38, 40));
        assert_eq!(at(Place::value("/nothing/there")), (7, 1, 2), "nearest");
    }

    #[test]
    fn messages_show_no_control_characters() {
        assert_eq!(quote("a\u{1b}[31m\u{202e}"), "`a\\u{1b}[31m\\u{202e}`");
        assert_eq!(quote(&"x".repeat(99)).chars().count(), 63);
    }
}
