//! `queue apply-review FILE`: the status that a review decides, where everything agrees with it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::plan::Tier;
use trueline_core::artifact::queue::Status;
use trueline_core::{Finding, Location, Rule};
use trueline_kit::{Artifact, Context, Error, Source};
use trueline_plan::{Field, Item, Plan};
use trueline_plan_files::{Files, judged, missing_history};
use trueline_text::json::encode_str;
use trueline_text::markdown;

use crate::edit::Change;
use crate::follow_up::tasks;
use crate::review::{self, Acceptance, Review};
use crate::rules::{REVIEW_DISAGREES, REVIEW_INCOMPLETE};
use crate::store::{self, Open};

/// Flags of `apply-review`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The review: Markdown or JSON, relative to the current folder
    review: PathBuf,
    /// The item, where neither the review nor the names of it and its report say
    #[arg(long, value_name = "ID")]
    item: Option<String>,
}

/// A review, its file, and what does not fit.
struct Judge<'c> {
    ctx: &'c Context,
    path: String,
    source: Source,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn at(&self, offset: Option<usize>) -> Location {
        match offset {
            Some(at) => Location::at(self.path.as_str(), self.source.span(at..at)),
            None => Location::file(self.path.as_str()),
        }
    }

    fn refuse(&mut self, rule: &'static Rule, at: Option<usize>, message: impl Into<String>) {
        let message = message.into();
        let finding = Finding::new(rule, self.at(at), message.clone()).subject(message);
        self.findings.push(finding);
    }
}

/// Applies a review.
pub(crate) fn apply_review(ctx: &Context, args: &Args) -> Result<(), Error> {
    let path = ctx.relative(&args.review)?;
    let source = ctx
        .read_source(&path)?
        .ok_or_else(|| Error::usage(format!("there is no `{path}`")))?;
    let guard = store::lock(ctx)?;
    let files = Files::read(ctx)?;
    let open = Open::new(ctx, guard, &files)?;
    let review = review::read(source.text(), files.queue_aliases());
    let mut judge = Judge {
        ctx,
        path,
        source,
        findings: Vec::new(),
    };
    for (message, at) in &review.faults {
        judge.refuse(&REVIEW_INCOMPLETE, Some(*at), message.as_str());
    }
    let item = match item_of(&judge, &review, open.plan(), args.item.as_deref()) {
        Ok(id) => Some(open.item(&id)?),
        Err(message) => {
            judge.refuse(&REVIEW_INCOMPLETE, None, message);
            None
        }
    };
    let decision = complete(&mut judge, &review);
    let (Some(item), Some((decision, at))) = (item, decision) else {
        ctx.report_all(judge.findings);
        return Ok(());
    };
    agree(&mut judge, &review, item, decision, at)?;
    if decision == Status::Done {
        accepted(&mut judge, &review, open.plan(), item)?;
    }
    if !judge.findings.is_empty() {
        ctx.report_all(judge.findings);
        return Ok(());
    }
    let changes = changes(&judge, &review, decision)?;
    if store::change(ctx, &files, &open, item, changes)? {
        ctx.note(format!("{} is {}", item.id(), decision.as_str()));
    }
    Ok(())
}

/// The one item that a review is about.
fn item_of(
    judge: &Judge<'_>,
    review: &Review,
    plan: &Plan<'_>,
    given: Option<&str>,
) -> Result<String, String> {
    if let Some(id) = given {
        return Ok(id.to_owned());
    }
    let named: BTreeSet<&str> = review.items.iter().map(|(id, _)| id.as_str()).collect();
    let mut found: Vec<&str> = named.into_iter().collect();
    let report = review.report.as_ref().map(|(path, _)| path.as_str());
    for path in [report, Some(judge.path.as_str())].into_iter().flatten() {
        if !found.is_empty() {
            break;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let names = |id: &str| is_in(name, id);
        found = plan.items().map(Item::id).filter(|id| names(id)).collect();
    }
    match found.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err("nothing says which item it is about: `WBS: ID`, or `--item ID`".to_owned()),
        [a, b, ..] => Err(format!(
            "it is about `{a}` and `{b}`: give one with `--item`"
        )),
    }
}

/// Whether a file's name has an id between other things than digits, letters and dots before
/// digits.
fn is_in(name: &str, id: &str) -> bool {
    name.match_indices(id).any(|(at, _)| {
        let before = name.get(..at).and_then(|text| text.chars().next_back());
        let mut after = name.get(at + id.len()..).unwrap_or_default().chars();
        let goes_on = match after.next() {
            Some('.') => after.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_alphanumeric(),
            None => false,
        };
        !before.is_some_and(char::is_alphanumeric) && !goes_on
    })
}

/// Reports what the review does not say; gives its decision.
fn complete(judge: &mut Judge<'_>, review: &Review) -> Option<(Status, usize)> {
    if review.report.is_none() {
        let message = "it names no run report: `Source: PATH`";
        judge.refuse(&REVIEW_INCOMPLETE, None, message);
    }
    if review.faults.is_empty() {
        if review.acceptance.is_none() {
            let message = "it does not say whether acceptance is met: `ACCEPTANCE: met`";
            judge.refuse(&REVIEW_INCOMPLETE, None, message);
        }
        if review.decision.is_none() {
            let message = "it decides nothing: `Decision: STATUS` (prose does not count)";
            judge.refuse(&REVIEW_INCOMPLETE, None, message);
        }
    }
    review.decision.filter(|_| judge.findings.is_empty())
}

/// What every decision has to agree with.
fn agree(
    judge: &mut Judge<'_>,
    review: &Review,
    item: Item<'_, '_>,
    decision: Status,
    at: usize,
) -> Result<(), Error> {
    let id = item.id();
    if let Some((path, at)) = &review.report {
        let at = Some(*at);
        match judge.ctx.read(path) {
            Ok(Some(bytes)) => {
                let text = String::from_utf8_lossy(&bytes);
                if !text.contains(id) && !is_in(path.rsplit('/').next().unwrap_or(path), id) {
                    let message = format!("the report `{path}` does not name `{id}`");
                    judge.refuse(&REVIEW_DISAGREES, at, message);
                } else if text.trim().is_empty() {
                    let message = format!("the report `{path}` is empty");
                    judge.refuse(&REVIEW_DISAGREES, at, message);
                }
            }
            Ok(None) => {
                let message = format!("the report `{path}` does not exist");
                judge.refuse(&REVIEW_DISAGREES, at, message);
            }
            Err(error) => {
                let message = format!("the report `{path}`: {}", error.message());
                judge.refuse(&REVIEW_DISAGREES, at, message);
            }
        }
    }
    let is_met = matches!(review.acceptance, Some((Acceptance::Met, _)));
    let word = decision.as_str();
    if decision == Status::Done && !is_met {
        let message = "it decides `done`, and acceptance is not met";
        judge.refuse(&REVIEW_DISAGREES, Some(at), message);
    }
    if matches!(decision, Status::Todo | Status::Blocked) && is_met {
        let message = format!("it decides `{word}`, and acceptance is met");
        judge.refuse(&REVIEW_DISAGREES, Some(at), message);
    }
    if item.status() == Status::Done && decision != Status::Done {
        let message = format!(
            "it decides `{word}`, and `{id}` is done: reopen it with `queue set {id} status={word}`"
        );
        judge.refuse(&REVIEW_DISAGREES, Some(at), message);
    }
    Ok(())
}

/// What `done` has to agree with besides: checks, and what is left open.
fn accepted(
    judge: &mut Judge<'_>,
    review: &Review,
    plan: &Plan<'_>,
    item: Item<'_, '_>,
) -> Result<(), Error> {
    let id = item.id();
    let at = review.decision.map(|(_, at)| at);
    let judged = judged(judge.ctx, plan)?;
    judge.findings.extend(judged.findings);
    let of_item = || {
        let checks = judged.checks.iter();
        checks.filter(|check| check.items.iter().any(|other| other == id))
    };
    if of_item().any(|check| check.is_unknown) {
        return Err(missing_history(
            judged.unknown.as_deref().unwrap_or_default(),
        ));
    }
    let passes = of_item().any(|check| check.status == CheckStatus::Pass);
    if !passes {
        let message =
            format!("no check of `{id}` passes: `queue check NAME --item {id} -- COMMAND`");
        judge.refuse(&REVIEW_DISAGREES, at, message);
    }
    let mut left = open_points(&judge.source);
    if let Some((path, _)) = &review.report
        && let Ok(Some(report)) = judge.ctx.read_source(path)
    {
        left.extend(open_points(&report));
    }
    for title in left {
        let mut others = plan.items().filter(|other| other.id() != id);
        let held = others.find(|other| other.title() == Some(title.as_str()));
        match held {
            None => {
                let message = format!("it is left open and not in the queue: {title}");
                judge.refuse(&REVIEW_DISAGREES, at, message);
            }
            Some(other) if item.tier() == Tier::Foundation && other.status() != Status::Done => {
                let message = format!("it is left open as `{}`: {title}", other.id());
                judge.refuse(&REVIEW_DISAGREES, at, message);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The titles of what a report or review leaves open.
fn open_points(source: &Source) -> Vec<String> {
    let points = tasks(&markdown::parse(source.text()), source.text());
    points.into_iter().map(|(title, _, _)| title).collect()
}

/// The status, the report, and the review itself as evidence.
fn changes(judge: &Judge<'_>, review: &Review, decision: Status) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    if let Some((report, _)) = &review.report {
        changes.push(Change::Push(Field::RunReports, report.clone()));
    }
    if decision == Status::Done {
        let mut evidence = Change::Push(Field::Evidence, judge.path.clone());
        store::attach(judge.ctx, &mut evidence)?;
        changes.push(evidence);
    }
    if decision == Status::Blocked {
        let reason = match &review.reason {
            Some(reason) => reason.clone(),
            None => format!("by the review {}", judge.path),
        };
        changes.push(Change::Set(Field::BlockedReason, encode_str(&reason)));
    }
    changes.push(Change::Set(Field::Status, encode_str(decision.as_str())));
    let queue = judge.ctx.config().path(Artifact::Queue);
    judge
        .ctx
        .detail(format!("{} is applied to {queue}", judge.path));
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn an_id_in_a_name_stands_alone() {
        for (name, is) in [
            ("latest-WBS-4.md", true),
            ("WBS-4-AGENT-1.md", true),
            ("WBS-4", true),
            ("WBS-41.md", false),
            ("WBS-4.1.md", false),
            ("XWBS-4.md", false),
        ] {
            assert_eq!(is_in(name, "WBS-4"), is, "{name}");
        }
    }
}
