//! What an item must have before it is called done, as its tier asks.

use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::plan::Tier;
use trueline_core::artifact::queue::Status;
use trueline_core::{Finding, Location};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{CheckFact, Field, Item, Plan};
use trueline_plan_files::{Files, judged, missing_history, sha256};

use crate::rules::NOT_DONE;

/// Everything that is missing; nothing when the item may become done.
///
/// # Errors
/// Checks cannot be read.
pub(crate) fn missing(
    ctx: &Context,
    files: &Files,
    plan: &Plan<'_>,
    item: Item<'_, '_>,
) -> Result<Vec<Finding>, Error> {
    let judged = judged(ctx, plan)?;
    let mut findings = judged.findings;
    let of_item: Vec<&CheckFact> = judged
        .checks
        .iter()
        .filter(|check| check.items.iter().any(|id| id == item.id()))
        .collect();
    if of_item.iter().any(|check| check.is_unknown) {
        let cause = judged.unknown.as_deref().unwrap_or_default();
        return Err(missing_history(cause));
    }
    let at = || match (plan.queue(), item.queued()) {
        (Some(queue), Some(row)) => queue.places(files.queue_aliases()).of(row, Field::Status),
        _ => Location::file(ctx.config().path(Artifact::Queue)),
    };
    let mut refuse = |message: String| {
        findings.push(Finding::new(&NOT_DONE, at(), message).subject(item.id()));
    };
    let id = item.id();
    for dependency in item.depends_on().filter(|d| d.status() != Status::Done) {
        let status = dependency.status().as_str();
        refuse(format!(
            "`{id}` depends on `{}`, which is {status}",
            dependency.id()
        ));
    }
    for check in of_item
        .iter()
        .filter(|check| check.status != CheckStatus::Pass)
    {
        let word = match check.status {
            CheckStatus::Fail => "fails",
            CheckStatus::Blocked => "is blocked",
            _ => "is inconclusive",
        };
        let why = check
            .reason
            .as_ref()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        refuse(format!("the check `{}` of `{id}` {word}{why}", check.name));
    }
    let tier = item.tier();
    let passing = of_item
        .iter()
        .filter(|check| check.status == CheckStatus::Pass)
        .count();
    let good =
        good_files(ctx, item, &mut refuse) + verified_packs(ctx, item, &of_item, &mut refuse);
    let criteria = item.exit_criteria().count();
    match tier {
        Tier::Foundation if passing + good < criteria.max(1) => refuse(format!(
            "`{id}` is of the tier foundation and has {criteria} exit criteria, but {} of passing checks and evidence",
            passing + good
        )),
        Tier::Feature if passing == 0 && good == 0 => {
            refuse(format!("`{id}` has no passing check and no evidence"));
        }
        // The log of a passing check is evidence; a file alone was not checked by anything.
        Tier::Feature if passing == 0 => {
            refuse(format!("`{id}` has evidence and no passing check"));
        }
        _ => {}
    }
    let follow_ups = item
        .queued()
        .into_iter()
        .flat_map(trueline_plan::Row::follow_ups);
    for follow_up in follow_ups {
        match plan.find(follow_up) {
            None => refuse(format!(
                "the follow-up `{follow_up}` of `{id}` is not in the queue"
            )),
            Some(other) if tier == Tier::Foundation && other.status() != Status::Done => {
                let status = other.status().as_str();
                refuse(format!("the follow-up `{follow_up}` of `{id}` is {status}"));
            }
            Some(_) => {}
        }
    }
    Ok(findings)
}

/// Number of files of evidence that are there as they were.
fn good_files(ctx: &Context, item: Item<'_, '_>, refuse: &mut impl FnMut(String)) -> usize {
    let mut good = 0;
    let Some(row) = item.queued() else { return 0 };
    for (path, digest) in row.evidence().map(|e| (e.path, e.sha256)) {
        match ctx.read(path) {
            Ok(Some(bytes)) if digest.is_none_or(|d| d == sha256(&bytes).to_string()) => good += 1,
            Ok(Some(_)) => refuse(format!("the evidence `{path}` has changed")),
            Ok(None) => refuse(format!("the evidence `{path}` does not exist")),
            Err(error) => refuse(format!("the evidence `{path}`: {}", error.message())),
        }
    }
    good
}

/// Number of packs that a passing check of the item verified: one whose command has the word
/// `verify` and the pack's path.
fn verified_packs(
    ctx: &Context,
    item: Item<'_, '_>,
    checks: &[&CheckFact],
    refuse: &mut impl FnMut(String),
) -> usize {
    let mut verified = 0;
    let row = item.queued();
    for path in row.into_iter().flat_map(trueline_plan::Row::attach_packs) {
        let verifies = |check: &&&CheckFact| {
            let has = |word: &str| check.command.iter().any(|argument| argument == word);
            check.status == CheckStatus::Pass && has("verify") && has(path)
        };
        match ctx.read(path) {
            Ok(Some(_)) => verified += usize::from(checks.iter().any(|check| verifies(&check))),
            Ok(None) => refuse(format!("the pack `{path}` does not exist")),
            Err(error) => refuse(format!("the pack `{path}`: {}", error.message())),
        }
    }
    verified
}
