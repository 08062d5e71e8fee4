//! From what the checks found to what is printed: levels, order, duplicates, fingerprints.

use std::collections::BTreeMap;
use std::collections::HashMap;

use sha2::{Digest, Sha256};
use trueline_core::report::{Report, ReportFinding, ReportRelated, Summary, VERSION};
use trueline_core::{Finding, Level, Rule};

use crate::source::Source;

/// A finding as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// What was found.
    pub finding: Finding,
    /// Its level after trueline.toml.
    pub level: Level,
    /// 32 lower-case hexadecimal digits; the same when lines move.
    pub fingerprint: String,
}

/// Gives the text of a file for source snippets.
pub trait Sources {
    /// The text of a root-relative path; `None` where it cannot be shown.
    fn source(&self, path: &str) -> Option<Source>;
}

/// No text at all: findings are printed without snippets.
#[derive(Debug, Clone, Copy)]
pub struct NoSources;

impl Sources for NoSources {
    fn source(&self, _: &str) -> Option<Source> {
        None
    }
}

impl Sources for BTreeMap<String, Source> {
    fn source(&self, path: &str) -> Option<Source> {
        self.get(path).cloned()
    }
}

/// Everything that one run of a tool found, ready for any format.
pub struct Run<'a> {
    /// Name of the tool.
    pub tool: &'a str,
    /// Version of the tool.
    pub version: &'a str,
    /// Every rule that it has.
    pub rules: &'a [&'static Rule],
    /// What it found, ordered by path, line, column and code, without duplicates.
    pub findings: Vec<Reported>,
    /// Counts of the findings, before any format's cap.
    pub summary: Summary,
    /// Whether every check could be completed.
    pub successful: bool,
    /// Texts for the snippets.
    pub sources: &'a dyn Sources,
    /// Whether the human format has styles.
    pub styled: bool,
}

impl Reported {
    /// The code with the tool's name: `locks/foreign-change`.
    pub fn code(&self, tool: &str) -> String {
        format!("{tool}/{}", self.finding.rule.code)
    }
}

/// Orders findings, removes exact duplicates and adds fingerprints.
///
/// The fingerprint is the first 32 hexadecimal digits of SHA-256 over code, NUL, path, NUL,
/// subject (message where there is none), NUL, and the number of equal ones before it.
pub fn arrange(mut findings: Vec<(Finding, Level)>) -> Vec<Reported> {
    findings.sort_by(|(a, level_a), (b, level_b)| {
        // Whole-file findings come before those on line 1.
        let key = |finding: &Finding| finding.at.span.map(|span| (span.line, span.column));
        (&a.at.path, key(a), a.rule.code)
            .cmp(&(&b.at.path, key(b), b.rule.code))
            .then_with(|| a.at.span.cmp(&b.at.span))
            .then_with(|| a.message.cmp(&b.message))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| level_b.cmp(level_a))
            .then_with(|| a.help.cmp(&b.help))
            .then_with(|| {
                let related = |finding: &Finding| {
                    let places = finding.related.iter();
                    places
                        .map(|place| (place.at.clone(), place.message.clone()))
                        .collect::<Vec<_>>()
                };
                related(a).cmp(&related(b))
            })
    });
    findings.dedup();
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    findings
        .into_iter()
        .map(|(finding, level)| {
            let about = finding.subject.as_deref().unwrap_or(&finding.message);
            let mut hash = Sha256::new();
            for part in [finding.rule.code, &finding.at.path, about] {
                hash.update(part.as_bytes());
                hash.update([0]);
            }
            let ordinal = seen.entry(hash.clone().finalize().into()).or_default();
            hash.update(ordinal.to_string().as_bytes());
            *ordinal += 1;
            Reported {
                fingerprint: hex(hash.finalize().iter().take(16)),
                finding,
                level,
            }
        })
        .collect()
}

fn hex<'b>(bytes: impl Iterator<Item = &'b u8>) -> String {
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Counts findings by level; `allowed` is the number that `[[allow]]` silenced.
pub fn summary(findings: &[Reported], allowed: u64) -> Summary {
    let mut summary = Summary {
        allowed,
        ..Summary::default()
    };
    for reported in findings {
        match reported.level {
            Level::Error => summary.errors += 1,
            Level::Warning => summary.warnings += 1,
            Level::Note => summary.notes += 1,
        }
    }
    summary
}

impl Run<'_> {
    /// The versioned type of `--format json`.
    pub fn report(&self) -> Report {
        Report {
            version: VERSION,
            tool: self.tool.to_owned(),
            findings: self
                .findings
                .iter()
                .map(|reported| self.finding(reported))
                .collect(),
            summary: self.summary,
        }
    }

    /// One finding of the versioned type.
    pub fn finding(&self, reported: &Reported) -> ReportFinding {
        let finding = &reported.finding;
        let span = finding.at.span;
        ReportFinding {
            code: reported.code(self.tool),
            level: reported.level,
            path: finding.at.path.clone(),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
            end_line: span.map(|span| span.end_line),
            end_column: span.map(|span| span.end_column),
            message: finding.message.clone(),
            help: finding.help.clone(),
            related: finding
                .related
                .iter()
                .map(|related| ReportRelated {
                    path: related.at.path.clone(),
                    line: related.at.span.map(|span| span.line),
                    column: related.at.span.map(|span| span.column),
                    message: related.message.clone(),
                })
                .collect(),
            fingerprint: reported.fingerprint.clone(),
        }
    }

    /// `2 errors, 1 warning`; empty where there is nothing to count.
    pub fn counts(&self) -> String {
        let Summary {
            errors,
            warnings,
            notes,
            allowed,
        } = self.summary;
        [
            (errors, "error", "errors"),
            (warnings, "warning", "warnings"),
            (notes, "note", "notes"),
            (allowed, "allowed", "allowed"),
        ]
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect::<Vec<_>>()
        .join(", ")
    }
}
