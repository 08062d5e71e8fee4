//! What is claimed, against what is there.

use std::collections::BTreeMap;

use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::queue::Status;
use trueline_core::{Finding, Level};

use super::{Claims, Context};
use crate::item::Item;
use crate::join::CheckFact;
use crate::{Field, rules};

pub(super) fn claims(context: &Context<'_, '_>, claims: &Claims<'_>, findings: &mut Vec<Finding>) {
    let plan = context.plan;
    let mut checks: BTreeMap<&str, Vec<&CheckFact>> = BTreeMap::new();
    for check in claims.checks {
        for id in &check.items {
            checks.entry(id).or_default().push(check);
        }
    }
    for item in plan.items() {
        let of_item = checks.get(item.id()).map(Vec::as_slice).unwrap_or_default();
        match item.status() {
            Status::Done => done(context, item, of_item, findings),
            Status::Blocked if item.blocked_reason().is_none_or(|r| r.trim().is_empty()) => {
                let at = context.queued(item, Field::Status);
                let message = format!("`{}` is blocked and does not say by what", item.id());
                findings.push(
                    Finding::new(&rules::BLOCKED_WITHOUT_REASON, at, message).subject(item.id()),
                );
            }
            _ => {}
        }
    }
    for checklist in claims.checklists {
        for entry in &checklist.entries {
            let Some(item) = plan.find(&entry.id) else {
                continue;
            };
            let is_done = item.status() == Status::Done;
            if entry.is_checked == is_done {
                continue;
            }
            let message = if is_done {
                format!("`{}` is done, and its box is not ticked", item.id())
            } else {
                format!(
                    "the box of `{}` is ticked, and it is {}",
                    item.id(),
                    item.status().as_str()
                )
            };
            let status = context.queued(item, Field::Status);
            findings.push(
                Finding::new(&rules::CHECKLIST_MISMATCH, entry.at.clone(), message)
                    .related(status, "its status")
                    .subject(item.id()),
            );
        }
    }
}

fn done(
    context: &Context<'_, '_>,
    item: Item<'_, '_>,
    checks: &[&CheckFact],
    findings: &mut Vec<Finding>,
) {
    let id = item.id();
    let status = || context.queued(item, Field::Status);
    for dependency in item.depends_on() {
        if dependency.status() != Status::Done {
            let message = format!(
                "`{id}` is done while `{}`, which it depends on, is {}",
                dependency.id(),
                dependency.status().as_str()
            );
            let there = context.queued(dependency, Field::Status);
            let subject = format!("{id} {}", dependency.id());
            findings.push(
                Finding::new(&rules::DONE_BEFORE_DEPENDENCY, status(), message)
                    .related(there, "what it depends on")
                    .subject(subject),
            );
        }
    }
    if item.deferred().is_some() {
        let message = format!("`{id}` is put off in the plan and done in the queue");
        findings.push(Finding::new(&rules::DEFERRED_DONE, status(), message).subject(id));
    }
    for check in checks
        .iter()
        .filter(|check| check.status != CheckStatus::Pass)
    {
        failing(status(), id, check, findings);
    }
    let row = item.queued();
    if let Some(verdict) = row.and_then(crate::row::Row::verdict) {
        let meaning = context.queue_aliases.verdict(verdict);
        if matches!(meaning.as_str(), "fail" | "failed" | "blocked") {
            let at = context.queued(item, Field::Verdict);
            let message = format!("`{id}` is done with the verdict `{verdict}`");
            findings.push(Finding::new(&rules::DONE_WITH_FAILING_CHECK, at, message).subject(id));
        }
    }
    let has_files = row.is_some_and(|row| row.evidence().len() > 0 || row.attach_packs().len() > 0);
    let passes = checks.iter().any(|check| check.status == CheckStatus::Pass);
    let is_unknown = checks.iter().any(|check| check.is_unknown);
    if !has_files && !passes && !is_unknown {
        let message = format!("`{id}` is done and nothing shows it");
        findings.push(Finding::new(&rules::DONE_WITHOUT_EVIDENCE, status(), message).subject(id));
    }
}

fn failing(at: trueline_core::Location, id: &str, check: &CheckFact, findings: &mut Vec<Finding>) {
    let (level, word) = match check.status {
        CheckStatus::Pass => return,
        CheckStatus::Fail => (Level::Error, "fails"),
        CheckStatus::Blocked => (Level::Error, "is blocked"),
        CheckStatus::Inconclusive => (Level::Warning, "is inconclusive"),
    };
    let why = check
        .reason
        .as_ref()
        .map(|reason| format!(" ({reason})"))
        .unwrap_or_default();
    let message = format!(
        "`{id}` is done while the check `{}` {word}{why}",
        check.name
    );
    let there = trueline_core::Location::file(check.path.as_str());
    findings.push(
        Finding::new(&rules::DONE_WITH_FAILING_CHECK, at, message)
            .level(level)
            .related(there, "the check")
            .subject(format!("{id} {}", check.name)),
    );
}
