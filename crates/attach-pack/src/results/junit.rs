//! JUnit XML, read as a stream: no tree, no entities of its own, no external files.

use super::{Format, Names, Summary};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// What became of a test case.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Passed,
    Failed,
    Skipped,
}

pub(super) fn read(log: &[u8]) -> Option<Summary> {
    let log = String::from_utf8_lossy(log);
    let mut reader = Reader::from_str(&log);
    let mut summary = Summary::new(Format::Junit);
    let mut names = Names::default();
    let (mut suites, mut depth) = (false, 0u64);
    let mut case: Option<(String, Fate)> = None;
    loop {
        match reader.read_event() {
            Err(_) => break,
            Ok(Event::Eof) => {
                summary.complete = depth == 0;
                break;
            }
            Ok(Event::Start(element)) => {
                depth += 1;
                open(&element, &mut suites, &mut case);
            }
            Ok(Event::Empty(element)) => {
                open(&element, &mut suites, &mut case);
                if element.local_name().as_ref() == "testcase" {
                    close(&mut case, &mut summary, &mut names);
                }
            }
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                if element.local_name().as_ref() == "testcase" {
                    close(&mut case, &mut summary, &mut names);
                }
            }
            Ok(_) => {}
        }
    }
    summary.failed_names = names.list;
    suites.then_some(summary)
}

fn open(element: &BytesStart<'_>, suites: &mut bool, case: &mut Option<(String, Fate)>) {
    match element.local_name().as_ref() {
        "testsuites" | "testsuite" => *suites = true,
        "testcase" => *case = Some((name(element), Fate::Passed)),
        "failure" | "error" => {
            if let Some((_, fate)) = case {
                *fate = Fate::Failed;
            }
        }
        "skipped" => {
            if let Some((_, fate)) = case
                && *fate == Fate::Passed
            {
                *fate = Fate::Skipped;
            }
        }
        _ => {}
    }
}

fn close(case: &mut Option<(String, Fate)>, summary: &mut Summary, names: &mut Names) {
    match case.take() {
        Some((_, Fate::Passed)) => summary.passed += 1,
        Some((_, Fate::Skipped)) => summary.skipped += 1,
        Some((name, Fate::Failed)) => {
            summary.failed += 1;
            names.add(&name);
        }
        None => {}
    }
}

/// `classname::name`, as far as they are given.
fn name(element: &BytesStart<'_>) -> String {
    let attribute = |wanted: &str| {
        let found = element
            .attributes()
            .flatten()
            .find(|a| a.key.local_name().as_ref() == wanted)?;
        let plain = quick_xml::escape::unescape(&found.value).map(Cow::into_owned);
        Some(plain.unwrap_or_else(|_| found.value.clone().into_owned()))
    };
    match (attribute("classname"), attribute("name")) {
        (Some(class), Some(name)) if !class.is_empty() => format!("{class}::{name}"),
        (class, name) => name.or(class).unwrap_or_default(),
    }
}
