//! What the test logs of a run say, and whether the report says the same.

use super::input::{Input, Origin};
use crate::report::{Says, claims};
use crate::results::{Outcome, Summary, summarise};
use crate::rules;
use crate::statement::Verdict;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
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

/// What each log says, told while the files are read for the pack.
#[derive(Debug, Default)]
pub(super) struct Logs(Mutex<BTreeMap<String, Told>>);

/// One log.
#[derive(Debug)]
struct Told {
    shown: String,
    is_named: bool,
    outcome: Outcome,
}

impl Logs {
    /// Reads a log that is held; anything else is passed over.
    pub(super) fn see(&self, input: &Input, content: &[u8]) {
        if is_log(input) {
            let outcome = match content.len() as u64 <= MAX_LOG {
                true => summarise(content),
                false => Outcome::Unknown,
            };
            self.tell(input, outcome);
        }
    }

    /// Reads a log that is too large to be held for long.
    pub(super) fn see_large(&self, input: &Input, root: &Path) {
        if is_log(input) {
            let outcome = content(input, root).map_or(Outcome::Unknown, |bytes| summarise(&bytes));
            self.tell(input, outcome);
        }
    }

    fn tell(&self, input: &Input, outcome: Outcome) {
        let is_named = matches!(input.role, "tests" | "junit");
        if !is_named && outcome == Outcome::Unknown {
            return;
        }
        let told = Told {
            shown: input.shown().to_owned(),
            is_named,
            outcome,
        };
        let mut logs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logs.insert(input.path.clone(), told);
    }
}

fn is_log(input: &Input) -> bool {
    matches!(input.role, "tests" | "junit" | "ci" | "log" | "infra")
}

/// Judges what the logs say, and compares the report with it.
pub(super) fn judge(ctx: &Context, logs: &Logs, report: Option<&Source>) -> Outcomes {
    let mut named = Outcomes::default();
    let mut others = Outcomes::default();
    let logs = std::mem::take(&mut *logs.0.lock().unwrap_or_else(PoisonError::into_inner));
    for (path, told) in logs {
        let Told {
            shown,
            is_named,
            outcome,
        } = told;
        let at = Location::file(shown.as_str());
        match outcome {
            Outcome::Empty => {
                let message = format!("evidence is empty: `{shown}` holds nothing");
                ctx.report(Finding::new(&rules::EMPTY_EVIDENCE, at, message).subject(shown));
            }
            Outcome::Results(summary) if is_named => named.logs.push((path, summary)),
            Outcome::Results(summary) => others.logs.push((path, summary)),
            Outcome::Unknown => {
                let message = format!("no test results can be read from `{shown}`");
                ctx.report(Finding::new(&rules::UNREAD_RESULTS, at, message).subject(shown));
            }
        }
    }
    let outcomes = if named.logs.is_empty() { others } else { named };
    if let Some(report) = report {
        compare(ctx, report, &outcomes);
    }
    outcomes
}

/// The content of a log; `None` where it is too large, or cannot be read (which the packing reports).
fn content(input: &Input, root: &Path) -> Option<Vec<u8>> {
    match &input.origin {
        Origin::Bytes(bytes) => Some(bytes.clone()),
        Origin::File { size, .. } if *size <= MAX_LOG => read_limited(&input.place(root)?).ok(),
        Origin::File { .. } | Origin::Scratch(..) => None,
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
