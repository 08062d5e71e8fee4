//! Plan and queue against each other.

use std::collections::BTreeSet;

use trueline_core::{Finding, Location, Weight};

use super::Context;
use crate::item::Item;
use crate::row::Row;
use crate::{Field, rules};

pub(super) fn agree(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let plan = context.plan;
    let has_plan = !plan.plans.is_empty();
    for item in plan.items() {
        if item.title().is_none_or(|title| title.trim().is_empty()) {
            let at = context.planned(item, Field::Title);
            let message = format!("`{}` has no title", item.id());
            findings.push(Finding::new(&rules::MISSING_FIELD, at, message).subject(item.id()));
        }
        match (item.planned(), item.queued()) {
            (Some(planned), Some(queued)) => mismatch(context, item, planned, queued, findings),
            (None, Some(_)) if has_plan => {
                let at = context.queued(item, Field::Id);
                let message = format!("`{}` is in no plan", item.id());
                findings.push(Finding::new(&rules::UNPLANNED_ITEM, at, message).subject(item.id()));
            }
            (Some(_), None) if plan.queue.is_some() => {
                let at = context.planned(item, Field::Id);
                let message = format!("`{}` is not in the queue", item.id());
                findings.push(Finding::new(&rules::UNQUEUED_ITEM, at, message).subject(item.id()));
            }
            _ => {}
        }
    }
}

fn mismatch(
    context: &Context<'_, '_>,
    item: Item<'_, '_>,
    planned: Row<'_, '_>,
    queued: Row<'_, '_>,
    findings: &mut Vec<Finding>,
) {
    let mut report = |field: Field, ours: String, theirs: String| {
        let at = context.queued(item, field);
        let message = format!(
            "`{}` of `{}` is {theirs} here and {ours} in the plan",
            field.key(),
            item.id()
        );
        let other: Location = context.planned(item, field);
        let subject = format!("{} {}", item.id(), field.key());
        findings.push(
            Finding::new(&rules::PLAN_MISMATCH, at, message)
                .related(other, "the plan, which counts")
                .subject(subject),
        );
    };
    let quote = |text: Option<&str>| match text {
        Some(text) => format!("`{}`", text.chars().take(80).collect::<String>()),
        None => "not stated".to_owned(),
    };
    let texts = [
        (Field::Title, planned.title(), queued.title()),
        (Field::Phase, planned.phase(), queued.phase()),
        (Field::Vertical, planned.vertical(), queued.vertical()),
        (Field::Due, planned.due(), queued.due()),
    ];
    for (field, ours, theirs) in texts {
        if theirs.is_some() && ours != theirs {
            report(field, quote(ours), quote(theirs));
        }
    }
    if queued.tier().is_some()
        && planned.tier().unwrap_or_default() != queued.tier().unwrap_or_default()
    {
        let name =
            |row: Row<'_, '_>| format!("`{:?}`", row.tier().unwrap_or_default()).to_lowercase();
        report(Field::Tier, name(planned), name(queued));
    }
    if let Some(theirs) = queued.weight() {
        let value = |text: &str| Weight::parse(text).unwrap_or_else(|_| Weight::one());
        let ours = planned.weight().unwrap_or("1");
        if value(ours) != value(theirs) {
            report(Field::Weight, ours.to_owned(), theirs.to_owned());
        }
    }
    let sets: [(Field, Vec<&str>, Vec<&str>); 3] = [
        (
            Field::Dependencies,
            planned.dependencies().collect(),
            queued.dependencies().collect(),
        ),
        (
            Field::NtRefs,
            planned.nt_refs().collect(),
            queued.nt_refs().collect(),
        ),
        (
            Field::TdRefs,
            planned.td_refs().collect(),
            queued.td_refs().collect(),
        ),
    ];
    for (field, ours, theirs) in sets {
        let states = queued.record.seen.contains(field)
            || (field != Field::Dependencies && queued.record.seen.contains(Field::Refs));
        let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (
            ours.iter().copied().collect(),
            theirs.iter().copied().collect(),
        );
        if states && a != b {
            report(field, list(&a), list(&b));
        }
    }
}

fn list(ids: &BTreeSet<&str>) -> String {
    let mut ids: Vec<&str> = ids.iter().copied().collect();
    ids.sort_by(|a, b| trueline_core::id::natural_cmp(a, b));
    let more = ids.len().saturating_sub(10);
    ids.truncate(10);
    let text = ids.join(", ");
    match more {
        0 => format!("[{text}]"),
        more => format!("[{text} and {more} more]"),
    }
}
