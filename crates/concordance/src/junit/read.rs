//! Reads JUnit XML as a stream: no tree, no entities of its own, no external files.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Case, Fate};

/// Deepest nesting of elements that is read.
pub const MAX_DEPTH: usize = 256;

/// Why a file is no JUnit file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub range: Range<usize>,
    /// What was found.
    pub message: String,
}

/// The test cases of a JUnit file, in its order.
///
/// # Errors
/// When it is not well-formed, ends early, nests deeper than [`MAX_DEPTH`], or has no
/// `testsuite`: what cannot be read whole proves nothing.
pub fn cases(text: &str) -> Result<Vec<Case>, Fault> {
    let mut reader = Reader::from_str(text);
    let mut out = Vec::new();
    let mut files: Vec<Option<String>> = Vec::new();
    let mut open: Option<Case> = None;
    let mut is_junit = false;
    loop {
        let start = offset(reader.buffer_position());
        let event = reader.read_event();
        let range = start..offset(reader.buffer_position()).max(start);
        match event {
            Err(error) => {
                let at = offset(reader.error_position()).min(text.len());
                return Err(fault(at..at, error.to_string()));
            }
            Ok(Event::Eof) if !files.is_empty() => {
                return Err(fault(text.len()..text.len(), "the file ends early"));
            }
            Ok(Event::Eof) if !is_junit => {
                return Err(fault(
                    0..0,
                    "no `testsuite` is in it: this is no JUnit file",
                ));
            }
            Ok(Event::Eof) => return Ok(out),
            Ok(Event::Start(element)) => {
                if files.len() >= MAX_DEPTH {
                    return Err(fault(range, "elements are nested too deeply"));
                }
                let file = begin(&element, &files, range, &mut open, &mut is_junit);
                files.push(file);
            }
            Ok(Event::Empty(element)) => {
                begin(&element, &files, range, &mut open, &mut is_junit);
                if element.local_name().as_ref() == "testcase" {
                    out.extend(open.take());
                }
            }
            Ok(Event::End(element)) => {
                files.pop();
                if element.local_name().as_ref() == "testcase" {
                    out.extend(open.take());
                }
            }
            Ok(_) => {}
        }
    }
}

/// What an element says; gives the file that holds for what is in it.
fn begin(
    element: &BytesStart<'_>,
    files: &[Option<String>],
    range: Range<usize>,
    open: &mut Option<Case>,
    is_junit: &mut bool,
) -> Option<String> {
    let outer = files.last().cloned().flatten();
    match element.local_name().as_ref() {
        "testsuites" => {
            *is_junit = true;
            outer
        }
        "testsuite" => {
            *is_junit = true;
            attribute(element, "file").or(outer)
        }
        "testcase" => {
            *open = Some(Case {
                class: attribute(element, "classname").unwrap_or_default(),
                name: attribute(element, "name").unwrap_or_default(),
                file: attribute(element, "file"),
                suite: outer.clone(),
                fate: Fate::Passed,
                range,
            });
            outer
        }
        "failure" | "error" => {
            if let Some(case) = open {
                case.fate = Fate::Failed;
            }
            outer
        }
        "skipped" => {
            if let Some(case) = open.as_mut().filter(|case| case.fate == Fate::Passed) {
                case.fate = Fate::Skipped;
            }
            outer
        }
        _ => outer,
    }
}

fn attribute(element: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let mut all = element.attributes().flatten();
    let found = all.find(|one| one.key.local_name().as_ref() == wanted)?;
    let plain = quick_xml::escape::unescape(&found.value).map(Cow::into_owned);
    let plain = plain.unwrap_or_else(|_| found.value.clone().into_owned());
    (!plain.is_empty()).then_some(plain)
}

fn offset(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn fault(range: Range<usize>, message: impl Into<String>) -> Fault {
    Fault {
        range,
        message: message.into(),
    }
}
