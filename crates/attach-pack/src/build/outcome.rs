//! What the test logs of a run say, and whether the report says the same.

use super::input::{Input, Origin};
use crate::report::{Says, claims};
use crate::results::{Outcome, Summary, summarise};
use crate::rules;
use crate::statement::Verdict;
use rayon::prelude::*;
use std::path::Path;
use trueline_core::{Finding, Location};
use trueline_kit::{Context, Source};

/// The largest log that is summarised, in bytes.
const MAX_LOG: u64 = 64 << 20;

/// The results of a run: what each log says, by its path in the bag.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// The logs that count: those named as results, else those that the report refers to.
    pub(super) logs: Vec<(String, Summary)>,
}

impl Outcomes {
    fn total(&self, of: fn(&Summary) -> u64) -> u64 {
        self.logs
            .iter()
            .map(|(_, summary)| of(summary))
            .fold(0, u64::saturating_add)
    }

    fn complete(&self) -> bool {
        self.logs.iter().all(|(_, summary)| summary.complete)
    }

    /// The verdict over all logs.
    pub(super) fn verdict(&self) -> Verdict {
        if self.total(|log| log.failed) > 0 {
            Verdict::Failed
        } else if self.complete() && self.total(Summary::ran) > 0 {
            Verdict::Passed
        } else {
            Verdict::Warned
        }
    }
}

/// Reads the logs among the inputs, and compares the report with them.
pub(super) fn read(ctx: &Context, inputs: &[Input], report: Option<&Source>) -> Outcomes {
    let mut named = Outcomes::default();
    let mut others = Outcomes::default();
    let of_tests =
        |input: &&Input| matches!(input.role, "tests" | "junit" | "ci" | "log" | "infra");
    let logs: Vec<&Input> = inputs.iter().filter(of_tests).collect();
    let outcomes: Vec<Option<Outcome>> = logs
        .par_iter()
        .map(|input| content(&input.origin).map(|bytes| summarise(&bytes)))
        .collect();
    for (input, outcome) in logs.into_iter().zip(outcomes) {
        let at = || Location::file(input.shown());
        let is_named = matches!(input.role, "tests" | "junit");
        match outcome {
            Some(Outcome::Empty) => {
                let message = format!("evidence is empty: `{}` holds nothing", input.shown());
                ctx.report(
                    Finding::new(&rules::EMPTY_EVIDENCE, at(), message).subject(input.shown()),
                );
            }
            Some(Outcome::Results(summary)) if is_named => {
                named.logs.push((input.path.clone(), summary));
            }
            Some(Outcome::Results(summary)) => others.logs.push((input.path.clone(), summary)),
            Some(Outcome::Unknown) | None if is_named => {
                let message = format!("no test results can be read from `{}`", input.shown());
                ctx.report(
                    Finding::new(&rules::UNREAD_RESULTS, at(), message).subject(input.shown()),
                );
            }
            Some(Outcome::Unknown) | None => {}
        }
    }
    let outcomes = if named.logs.is_empty() { others } else { named };
    if let Some(report) = report {
        compare(ctx, report, &outcomes);
    }
    outcomes
}

/// The content of a log; `None` where it is too large, or cannot be read (which the packing reports).
fn content(origin: &Origin) -> Option<Vec<u8>> {
    match origin {
        Origin::Bytes(bytes) => Some(bytes.clone()),
        Origin::File { place, size, .. } if *size <= MAX_LOG => read_limited(place).ok(),
        Origin::File { .. } => None,
    }
    .filter(|bytes| bytes.len() as u64 <= MAX_LOG)
}

fn read_limited(place: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(place)?
        .take(MAX_LOG + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn compare(ctx: &Context, report: &Source, outcomes: &Outcomes) {
    let (passed, failed) = (
        outcomes.total(|log| log.passed),
        outcomes.total(|log| log.failed),
    );
    let seen = format!(
        "the attached results say {passed} passed, {failed} failed{}",
        if outcomes.complete() {
            ""
        } else {
            ", and a log that ends early"
        }
    );
    for claim in claims(report.text()) {
        let text = report.text().get(claim.range.clone()).unwrap_or_default();
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = report.at(claim.range.clone());
        if outcomes.logs.is_empty() {
            let message = format!("the report says \"{text}\", but no test results are attached");
            ctx.report(Finding::new(&rules::UNPROVEN_CLAIM, at, message).subject(text));
            continue;
        }
        let bad = failed > 0 || !outcomes.complete();
        let exact = |count: u64| {
            count == passed || outcomes.logs.iter().any(|(_, log)| log.passed == count)
        };
        let wrong = match claim.says {
            Says::All(Some(count)) => bad || !exact(count),
            Says::All(None) => bad || passed == 0,
            Says::Passed(count) => count > passed,
            Says::NoFailures => bad,
        };
        if wrong {
            let message = format!("the report says \"{text}\", but {seen}");
            let mut finding = Finding::new(&rules::CONTRADICTED_CLAIM, at, message).subject(text);
            let names = outcomes
                .logs
                .iter()
                .flat_map(|(_, log)| &log.failed_names)
                .take(3);
            let names: Vec<&str> = names.map(String::as_str).collect();
            if !names.is_empty() {
                finding = finding.help(format!("failed: {}", names.join(", ")));
            }
            ctx.report(finding);
        }
    }
}
