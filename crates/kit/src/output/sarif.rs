//! SARIF 2.1.0: only the part of it that is used.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};
use trueline_core::report::Summary;
use trueline_core::{Level, Location, Rule};

use super::json as safe;
use crate::common::page;
use crate::report::{Reported, Run};

/// Most results of a run: code hosts take no more. The worst levels go first.
pub const MAX_RESULTS: usize = 25_000;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult<'a>>,
    properties: Properties,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    information_uri: &'static str,
    rules: Vec<SarifRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRule {
    id: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: Level,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: Level,
    message: Text,
}

/// Counts of all findings, those beyond the cap too.
#[derive(Serialize)]
struct Properties {
    errors: u64,
    warnings: u64,
    notes: u64,
    allowed: u64,
    omitted: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: Level,
    message: Text,
    locations: [SarifLocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<SarifLocation>,
    partial_fingerprints: Fingerprints<'a>,
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "trueline/v1")]
    ours: &'a str,
    /// The only one that GitHub reads.
    #[serde(rename = "primaryLocationLineHash")]
    github: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

/// Writes the log, with every rule, and at most [`MAX_RESULTS`] results.
pub fn output(sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let results = capped(&run.findings, MAX_RESULTS);
    let omitted = run.findings.len() - results.len();
    let Summary {
        errors,
        warnings,
        notes,
        allowed,
    } = run.summary;
    let notification = (omitted > 0).then(|| Notification {
        level: Level::Warning,
        message: text(format!(
            "{omitted} of {} results were left out: a run holds at most {MAX_RESULTS}",
            run.findings.len()
        )),
    });
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [SarifRun {
            tool: Tool {
                driver: Driver {
                    name: run.tool,
                    version: run.version,
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: run
                        .rules
                        .iter()
                        .map(|rule| describe(run.tool, rule))
                        .collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: run.successful,
                tool_execution_notifications: notification.into_iter().collect(),
            }],
            column_kind: "unicodeCodePoints",
            results: results.iter().map(|found| result(run, found)).collect(),
            properties: Properties {
                errors,
                warnings,
                notes,
                allowed,
                omitted,
            },
        }],
    };
    safe::pretty(sink, &log)
}

/// The first `most`, the worst levels before the others, in the order of all.
fn capped(findings: &[Reported], most: usize) -> Vec<&Reported> {
    if findings.len() <= most {
        return findings.iter().collect();
    }
    let mut all: Vec<(usize, &Reported)> = findings.iter().enumerate().collect();
    all.sort_by_key(|(index, found)| (std::cmp::Reverse(found.level), *index));
    all.truncate(most);
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, found)| found).collect()
}

fn text(text: impl Into<String>) -> Text {
    Text { text: text.into() }
}

fn describe(tool: &str, rule: &Rule) -> SarifRule {
    SarifRule {
        id: format!("{tool}/{}", rule.code),
        short_description: text(rule.summary),
        full_description: text(format!("{}. {}", rule.summary, rule.why)),
        help: Help {
            text: format!("{}\n\n{}", rule.why, rule.mend),
            markdown: page(rule),
        },
        default_configuration: Configuration { level: rule.level },
    }
}

fn result<'a>(run: &Run<'_>, reported: &'a Reported) -> SarifResult<'a> {
    let finding = &reported.finding;
    let message = match &finding.help {
        Some(help) => format!("{}\n\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    };
    SarifResult {
        rule_id: reported.code(run.tool),
        rule_index: run
            .rules
            .iter()
            .position(|rule| rule.code == finding.rule.code),
        level: reported.level,
        message: text(message),
        locations: [place(&finding.at, None, None)],
        related_locations: finding
            .related
            .iter()
            .enumerate()
            .map(|(index, related)| place(&related.at, Some(index + 1), Some(&related.message)))
            .collect(),
        partial_fingerprints: Fingerprints {
            ours: &reported.fingerprint,
            github: &reported.fingerprint,
        },
    }
}

fn place(at: &Location, id: Option<usize>, message: Option<&str>) -> SarifLocation {
    let mut physical = Map::new();
    let uri = uri(&at.path);
    physical.insert("artifactLocation".into(), json!({ "uri": uri }));
    if let Some(span) = at.span {
        physical.insert(
            "region".into(),
            json!({
                "startLine": span.line.max(1),
                "startColumn": span.column.max(1),
                "endLine": span.end_line.max(span.line).max(1),
                "endColumn": span.end_column.max(1),
            }),
        );
    }
    SarifLocation {
        id,
        physical_location: Value::Object(physical),
        message: message.map(text),
    }
}

/// A relative URI reference: RFC 3986, everything but unreserved characters and `/` encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use trueline_core::Finding;

    #[test]
    fn uris() {
        assert_eq!(uri("a b/é:%.md"), "a%20b/%C3%A9%3A%25.md");
    }

    #[test]
    fn the_worst_are_kept() {
        let found = |level, line| {
            let at = Location::at("x", trueline_core::Span::point(line, 1));
            (Finding::new(&crate::rules::STALE_FILE, at, "m"), level)
        };
        let all = crate::report::arrange(vec![
            found(Level::Note, 1),
            found(Level::Error, 2),
            found(Level::Warning, 3),
            found(Level::Error, 4),
        ]);
        let lines = |most| -> Vec<u32> {
            let kept = capped(&all, most);
            kept.iter()
                .map(|found| found.finding.at.span.unwrap().line)
                .collect()
        };
        assert_eq!(lines(2), [2, 4]);
        assert_eq!(lines(3), [2, 3, 4]);
        assert_eq!(lines(4), [1, 2, 3, 4]);
    }
}
