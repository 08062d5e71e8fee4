//! Records that somebody wrote over several lines.

use trueline_core::{Finding, Location, Span};
use trueline_text::LineIndex;

use super::Lines;
use crate::fault::{DocumentLocator, Locator, Place, index_span};
use crate::rules::syntax as rules;
use crate::syntax;

impl Lines<'_> {
    /// The lines that were gathered, if they are one record.
    pub(super) fn whole_record(&mut self) -> bool {
        let Some(pending) = &self.pending else {
            return false;
        };
        let (document, errors) = trueline_text::json::parse(pending.text());
        let Some(root) = document.root().filter(|_| errors.is_empty()) else {
            return false;
        };
        let (first, text) = (pending.first(), pending.text().to_owned());
        let before = self.sink.len();
        self.pending = None;
        self.end_cut();
        let path = self.path.clone();
        let index = LineIndex::new(text.as_bytes());
        let place = |range| shifted(index_span(&index, range), first);
        let message = format!("a record over {} lines", index.line_count());
        let span = place(root.span());
        let at = Location::at(&*path, span);
        self.sink
            .push(Finding::new(&rules::PRETTY_PRINTED, at, message));
        syntax::duplicate_keys(&document, &path, &mut self.sink, place);
        let mut value = root.to_value();
        let faults = self.faults(&mut value, text.as_bytes(), span);
        let locator = Shifted {
            inner: DocumentLocator {
                path: &path,
                index: &index,
                document: &document,
                prefix: String::new(),
            },
            first,
        };
        self.sink.faults(&locator, faults);
        for (line, text) in (first..).zip(text.split('\n')) {
            self.sink.name_line(before, line, text.as_bytes());
        }
        true
    }

    /// The gathered lines are no record: each is looked at by itself.
    pub(super) fn end_pending(&mut self) {
        if let Some(pending) = self.pending.take() {
            for (number, text) in (pending.first()..).zip(pending.text().split('\n')) {
                if !text.trim_ascii().is_empty() {
                    let before = self.sink.len();
                    self.content(number, text, false);
                    self.sink.name_line(before, number, text.as_bytes());
                }
            }
        }
    }
}

/// A locator of a text that begins at a later line of the file.
struct Shifted<'a> {
    inner: DocumentLocator<'a>,
    first: u32,
}

impl Locator for Shifted<'_> {
    fn locate(&self, place: &Place) -> Location {
        let mut at = self.inner.locate(place);
        at.span = at.span.map(|span| shifted(span, self.first));
        at
    }
}

fn shifted(span: Span, first: u32) -> Span {
    let by = first.saturating_sub(1);
    Span {
        line: span.line.saturating_add(by),
        end_line: span.end_line.saturating_add(by),
        ..span
    }
}
