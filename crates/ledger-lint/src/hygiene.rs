//! What is wrong with a line before its content is looked at.

use trueline_core::{Finding, Location, Span};
use trueline_text::jsonl::{Line, Terminator};
use trueline_text::position::BOM;

use crate::fault::line_span;
use crate::rules::syntax as rules;
use crate::sink::Sink;

/// What there is to read on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// A text that can be parsed.
    Text(&'a str),
    /// Nothing: the line is blank.
    Blank,
    /// Not readable; a finding says so.
    Unreadable,
}

/// Looks at the lines of one file, in order.
///
/// Consecutive lines with the same white-space fault are one finding, so that a file from
/// another system does not give a finding a line.
#[derive(Debug, Default)]
pub struct Hygiene {
    crlf: Run,
    blank: Run,
    /// The last line had no terminator.
    open_end: Option<Span>,
    /// Lines are no records: blank ones and white space at their end mean nothing.
    is_document: bool,
}

#[derive(Debug, Default)]
struct Run {
    first: u32,
    count: u64,
    column: u32,
    last_end: u32,
}

impl Run {
    fn add(&mut self, line: u32, column: u32) {
        if self.count == 0 {
            self.first = line;
            self.column = column;
        }
        self.count += 1;
        self.last_end = column;
    }

    fn span(&self) -> Span {
        Span::point(self.first, self.column)
    }
}

impl Hygiene {
    /// For a document of several lines.
    pub fn document() -> Self {
        Hygiene {
            is_document: true,
            ..Hygiene::default()
        }
    }

    /// Checks a line and says what there is to parse.
    pub fn line<'a>(&mut self, line: &Line<'a>, sink: &mut Sink) -> Content<'a> {
        let number = line.number;
        let at = |range: std::ops::Range<usize>| line_span(number, line.text, range);
        if line.has_bom {
            mark(sink, Span::point(1, 1));
        }
        let mut text = line.text;
        if line.number > 1 && text.starts_with(BOM) {
            mark(sink, at(0..BOM.len()));
            text = text.get(BOM.len()..).unwrap_or_default();
        }
        if line.terminator == Terminator::CrLf {
            self.crlf
                .add(line.number, at(line.text.len()..line.text.len()).column);
        } else {
            self.end_crlf(sink);
        }
        self.open_end =
            (line.terminator == Terminator::None).then(|| at(line.text.len()..line.text.len()));
        if line.is_blank() && !self.is_document {
            self.blank.add(line.number, 1);
            return Content::Blank;
        }
        self.end_blank(sink);
        if let Some(range) = line.trailing_space().filter(|_| !self.is_document) {
            let finding = Finding::new(
                &rules::TRAILING_SPACE,
                Location::at(sink.path(), at(range)),
                "white space at the end of the line",
            );
            sink.push(finding);
        }
        if line.conflict_marker().is_some() {
            let sign: String = text.iter().take(7).map(|byte| char::from(*byte)).collect();
            let finding = Finding::new(
                &rules::CONFLICT_MARKER,
                Location::at(sink.path(), at(0..line.text.len())),
                format!("conflict marker `{sign}`"),
            );
            sink.push(finding);
            return Content::Unreadable;
        }
        match std::str::from_utf8(text) {
            Ok(text) => Content::Text(text),
            Err(_) => {
                if let Some(finding) = invalid_utf8(sink.path(), number, line.text) {
                    sink.push(finding);
                }
                Content::Unreadable
            }
        }
    }

    /// What only the end of the file shows. A record that the end cuts off needs its rest, not
    /// a line end.
    pub fn end(mut self, is_cut: bool, sink: &mut Sink) {
        self.end_crlf(sink);
        self.end_blank(sink);
        if let Some(span) = self.open_end.filter(|_| !is_cut) {
            let finding = Finding::new(
                &rules::NO_FINAL_NEWLINE,
                Location::at(sink.path(), span),
                "the last line has no line end",
            );
            sink.push(finding);
        }
    }

    fn end_crlf(&mut self, sink: &mut Sink) {
        let run = std::mem::take(&mut self.crlf);
        let message = match run.count {
            0 => return,
            1 => "the line ends with CR LF".to_owned(),
            count => format!("{count} lines from here on end with CR LF"),
        };
        sink.push(Finding::new(
            &rules::CRLF,
            Location::at(sink.path(), run.span()),
            message,
        ));
    }

    fn end_blank(&mut self, sink: &mut Sink) {
        let run = std::mem::take(&mut self.blank);
        let message = match run.count {
            0 => return,
            1 => "a line without a record".to_owned(),
            count => format!("{count} lines without a record"),
        };
        sink.push(Finding::new(
            &rules::BLANK_LINE,
            Location::at(sink.path(), run.span()),
            message,
        ));
    }
}

fn mark(sink: &mut Sink, span: Span) {
    let finding = Finding::new(
        &rules::BYTE_ORDER_MARK,
        Location::at(sink.path(), span),
        "a byte order mark",
    );
    sink.push(finding);
}

/// The finding of a line's first bytes that are not UTF-8.
pub fn invalid_utf8(path: &str, line: u32, text: &[u8]) -> Option<Finding> {
    let first = trueline_text::jsonl::invalid_utf8(text)?;
    let mut at = 0;
    let mut bytes = 0;
    let mut end = first;
    for chunk in text.utf8_chunks() {
        at += chunk.valid().len();
        if at == first {
            end = first + chunk.invalid().len();
        }
        at += chunk.invalid().len();
        bytes += chunk.invalid().len();
    }
    let shown: Vec<String> = text
        .get(first..end)
        .unwrap_or_default()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let message = match bytes {
        1 => format!("byte {} is not UTF-8", shown.join(" ")),
        count => format!(
            "{count} bytes of this line are not UTF-8, the first {}",
            shown.join(" ")
        ),
    };
    let finding = Finding::new(
        &rules::INVALID_UTF8,
        Location::at(path, line_span(line, text, first..end)),
        message,
    );
    Some(match text.get(..2) {
        Some([0xFF, 0xFE] | [0xFE, 0xFF]) if line == 1 => {
            finding.help("the file seems to be UTF-16; save it as UTF-8")
        }
        _ => finding,
    })
}
