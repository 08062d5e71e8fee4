//! What the steps came to, joined.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use trueline_core::Level;
use trueline_core::chain::{ChainReport, ChainStep};
use trueline_core::report::{ReportFinding, Summary};
use trueline_kit::Exit;

use super::step::StepResult;

/// The steps' results so far.
#[derive(Default)]
pub(super) struct Outcome {
    steps: Vec<ChainStep>,
    seen: BTreeSet<Key>,
    written: Vec<String>,
    warnings: BTreeSet<String>,
    exit: Exit,
}

impl Outcome {
    /// Adds a result. Findings that an earlier step reported are left out: queue and progress
    /// ask the same plan the same questions.
    pub(super) fn add(&mut self, result: StepResult) {
        let StepResult {
            step,
            exit_code,
            report,
            error,
        } = result;
        let exit = judge(exit_code, report.is_some());
        self.exit = self.exit.worst(exit);
        let (mut findings, allowed) = report.map_or_else(Default::default, |report| {
            (report.findings, report.summary.allowed)
        });
        let reported = findings.len();
        findings.retain(|finding| self.seen.insert(key(finding)));
        let said = error.as_deref().unwrap_or_default().lines();
        let warnings = said.filter_map(|line| line.strip_prefix("warning: "));
        self.warnings.extend(warnings.map(str::to_owned));
        let failed = matches!(exit, Exit::Failed | Exit::Inconclusive | Exit::Bug);
        self.steps.push(ChainStep {
            tool: step.tool.to_owned(),
            command: step.command(),
            purpose: step.purpose.to_owned(),
            exit_code,
            summary: count(&findings, allowed),
            repeated: (reported - findings.len()) as u64,
            findings,
            error: error.filter(|_| failed),
        });
    }

    /// Sets what was written.
    pub(super) fn finish(&mut self, written: Vec<String>) {
        self.written = written;
    }

    /// What the tools warned of on standard error, each text once.
    pub(super) fn warnings(&self) -> impl Iterator<Item = &String> {
        self.warnings.iter()
    }

    /// The steps.
    pub(super) fn steps(&self) -> &[ChainStep] {
        &self.steps
    }

    /// Files that were written.
    pub(super) fn written(&self) -> &[String] {
        &self.written
    }

    /// The exit code that a CI job would see.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Counts over all steps.
    pub(super) fn summary(&self) -> Summary {
        self.steps
            .iter()
            .fold(Summary::default(), |total, step| Summary {
                errors: total.errors + step.summary.errors,
                warnings: total.warnings + step.summary.warnings,
                notes: total.notes + step.summary.notes,
                allowed: total.allowed + step.summary.allowed,
            })
    }

    /// The findings, worst first. Within a level the first of each code comes before the second of
    /// any, so that a few lines show every kind; stale generated files come last: they follow
    /// from something else, mostly.
    pub(super) fn worst_findings(&self) -> Vec<&ReportFinding> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut findings: Vec<_> = self
            .steps
            .iter()
            .flat_map(|step| &step.findings)
            .map(|finding| {
                let count = counts.entry(finding.code.as_str()).or_default();
                *count += 1;
                (
                    Reverse(finding.level),
                    finding.code.ends_with("/stale-file"),
                    *count,
                    finding,
                )
            })
            .collect();
        findings.sort_by_key(|(level, stale, count, _)| (*level, *stale, *count));
        findings.into_iter().map(|(.., finding)| finding).collect()
    }

    /// The versioned report.
    pub(super) fn report(&self) -> ChainReport {
        ChainReport {
            version: 1,
            steps: self.steps.clone(),
            written: self.written.clone(),
            summary: self.summary(),
            exit_code: self.exit.code(),
        }
    }
}

/// What a step's end means. A tool that says it is clean and writes no report did not do its job.
fn judge(exit_code: Option<i32>, reported: bool) -> Exit {
    match Exit::of_code(exit_code) {
        Exit::Clean | Exit::Findings if !reported => Exit::Failed,
        exit => exit,
    }
}

/// Path, line, column, code without the tool, message.
type Key = (String, Option<u32>, Option<u32>, String, String);

fn key(finding: &ReportFinding) -> Key {
    let code = finding
        .code
        .split_once('/')
        .map_or(finding.code.as_str(), |(_, code)| code);
    (
        finding.path.clone(),
        finding.line,
        finding.column,
        code.to_owned(),
        finding.message.clone(),
    )
}

fn count(findings: &[ReportFinding], allowed: u64) -> Summary {
    let level = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count() as u64
    };
    Summary {
        errors: level(Level::Error),
        warnings: level(Level::Warning),
        notes: level(Level::Note),
        allowed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::step::Step;
    use trueline_core::report::Report;

    fn finding(code: &str, level: Level) -> ReportFinding {
        ReportFinding {
            code: code.into(),
            level,
            path: "ops/queue.jsonl".into(),
            line: Some(4),
            column: Some(2),
            end_line: None,
            end_column: None,
            message: "m".into(),
            help: None,
            related: Vec::new(),
            fingerprint: "f".into(),
        }
    }

    fn result(
        tool: &'static str,
        exit_code: Option<i32>,
        findings: Option<Vec<ReportFinding>>,
    ) -> StepResult {
        StepResult {
            step: Step {
                tool,
                args: vec!["check".into()],
                purpose: "p",
            },
            exit_code,
            report: findings.map(|findings| Report {
                version: 1,
                tool: tool.into(),
                summary: Summary::default(),
                findings,
            }),
            error: Some("said".into()),
        }
    }

    #[test]
    fn a_finding_of_two_tools_counts_once() {
        let mut outcome = Outcome::default();
        outcome.add(result(
            "queue",
            Some(1),
            Some(vec![finding("queue/cycle", Level::Error)]),
        ));
        outcome.add(result(
            "progress",
            Some(1),
            Some(vec![finding("progress/cycle", Level::Error)]),
        ));
        assert_eq!(outcome.summary().errors, 1);
        assert_eq!(outcome.steps()[1].repeated, 1);
        assert_eq!(outcome.exit(), Exit::Findings);
    }

    #[test]
    fn a_tool_without_a_report_did_not_pass() {
        for (exit_code, expected) in [
            (Some(0), Exit::Failed),
            (Some(1), Exit::Failed),
            (Some(2), Exit::Failed),
            (Some(3), Exit::Inconclusive),
            (Some(101), Exit::Bug),
            (None, Exit::Failed),
        ] {
            let mut outcome = Outcome::default();
            outcome.add(result("locks", exit_code, None));
            assert_eq!(outcome.exit(), expected, "{exit_code:?}");
            assert_eq!(outcome.steps()[0].error.as_deref(), Some("said"));
        }
    }

    #[test]
    fn the_worst_code_wins() {
        let mut outcome = Outcome::default();
        outcome.add(result("queue", Some(3), Some(Vec::new())));
        outcome.add(result("locks", Some(1), Some(Vec::new())));
        assert_eq!(outcome.exit(), Exit::Inconclusive);
        outcome.add(result("locks", Some(2), Some(Vec::new())));
        assert_eq!(outcome.exit(), Exit::Failed);
    }

    #[test]
    fn errors_come_first_and_causes_before_consequences() {
        let mut outcome = Outcome::default();
        outcome.add(result(
            "queue",
            Some(1),
            Some(vec![
                finding("queue/a", Level::Note),
                finding("progress/stale-file", Level::Error),
                finding("queue/b", Level::Error),
            ]),
        ));
        let codes: Vec<_> = outcome
            .worst_findings()
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(codes, ["queue/b", "progress/stale-file", "queue/a"]);
    }
}
