//! What the reader of crates/text reports, under our codes.

use std::ops::Range;

use trueline_core::{Finding, Location, Span};
use trueline_text::SyntaxError;
use trueline_text::tree::Document;

use crate::fault::quote;
use crate::rules::syntax as rules;
use crate::sink::Sink;

/// The finding of a syntax error. Whether the end of the file cuts the text is for the caller.
pub fn finding(error: &SyntaxError, at: Location) -> Finding {
    let rule = if error.message.contains("another value") {
        &rules::SEVERAL_VALUES
    } else if error.message.contains("levels of nesting") {
        &rules::TOO_DEEP
    } else {
        &rules::SYNTAX
    };
    let mut finding = Finding::new(rule, at, error.message.clone());
    finding.help.clone_from(&error.help);
    finding
}

fn is_end(error: &SyntaxError) -> bool {
    error.message.contains("found the end") || error.message.contains("at the end of the string")
}

/// Whether the text breaks off at the error.
pub fn is_cut(error: &SyntaxError, text: &[u8]) -> bool {
    is_end(error) && error.end >= text.trim_ascii_end().len()
}

/// A finding for every key that stands again in one object.
pub fn duplicate_keys(
    document: &Document,
    path: &str,
    sink: &mut Sink,
    place: impl Fn(Range<usize>) -> Span,
) {
    for twice in document.duplicates() {
        let at = Location::at(path, place(twice.second.clone()));
        let first = Location::at(path, place(twice.first.clone()));
        let message = format!("the key {} stands twice in one object", quote(&twice.key));
        sink.push(Finding::new(&rules::DUPLICATE_KEY, at, message).related(first, "first here"));
    }
}
