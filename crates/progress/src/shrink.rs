//! Whether the plan is smaller than it was.

use std::collections::BTreeMap;

use trueline_core::artifact::queue::Status;
use trueline_core::weight::display;
use trueline_core::{Finding, Location, Ratio};
use trueline_kit::git::Oid;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Aliases, Field, Item, Plan};
use trueline_plan_files::Files;

use crate::md;
use crate::report::{Basis, plan_of};
use crate::rules::{ITEM_DEFERRED, ITEM_REMOVED, ITEM_REWEIGHTED};

/// Reports what was removed, put off or weighed anew since a commit, and the percentage of both
/// plans.
pub(crate) fn compare(
    ctx: &Context,
    files: &Files,
    plan: &Plan<'_>,
    basis: &Basis,
    base: &Oid,
) -> Result<(), Error> {
    let Some(old) = Old::read(ctx, files, base)? else {
        ctx.note(format!(
            "{} has no plan and no queue to compare with",
            base.short()
        ));
        return Ok(());
    };
    let path = old.path;
    let (old, _) = plan_of(files, &old.bytes, old.aliases);
    if !old.is_readable() {
        return Err(Error::inconclusive(format!(
            "`{path}` of {} cannot be read",
            base.short()
        )));
    }
    // Where there is no plan, the queue stands alone.
    let alone = plan.plans().is_empty();
    let places = match alone {
        true => plan
            .queue()
            .map(|table| table.places(files.queue_aliases())),
        false => {
            let first = plan.plans().first();
            first.map(|table| table.places(files.por_aliases()))
        }
    };
    let is_there = |item: &Item<'_, '_>| match alone {
        true => item.queued().is_some(),
        false => item.planned().is_some(),
    };
    let short = base.short();
    for before in old.items().filter(|item| item.planned().is_some()) {
        let id = before.id();
        let found = plan.find(id).filter(is_there);
        let Some(item) = found else {
            let message = format!("`{id}` was in the plan at {short} and is not any more");
            let at = Location::file(path);
            ctx.report(Finding::new(&ITEM_REMOVED, at, message).subject(id));
            continue;
        };
        let row = if alone { item.queued() } else { item.planned() };
        let at = |field| match (&places, row) {
            (Some(places), Some(row)) => places.of(row, field),
            _ => Location::file(path),
        };
        if let (None, Some((reason, by))) = (before.deferred(), item.deferred())
            && item.status() != Status::Done
        {
            let message = format!("`{id}` is put off since {short}: {reason} (agreed by {by})");
            ctx.report(Finding::new(&ITEM_DEFERRED, at(Field::Deferred), message).subject(id));
        }
        let (was, is) = (before.weight(), item.weight());
        if was != is {
            let message = format!("`{id}` weighs {is} and weighed {was} at {short}");
            ctx.report(Finding::new(&ITEM_REWEIGHTED, at(Field::Weight), message).subject(id));
        }
    }
    let weights: BTreeMap<&str, &Ratio> = plan
        .phases()
        .filter(|phase| phase.record.is_some())
        .map(|phase| (phase.id.as_str(), &phase.weight))
        .collect();
    for phase in old.phases().filter(|phase| phase.record.is_some()) {
        let id = phase.id.as_str();
        match weights.get(id) {
            None => {
                let message =
                    format!("the phase `{id}` was in the plan at {short} and is not any more");
                ctx.report(Finding::new(&ITEM_REMOVED, Location::file(path), message).subject(id));
            }
            Some(is) if **is != phase.weight => {
                let message = format!(
                    "the phase `{id}` weighs {} and weighed {} at {short}",
                    display(is),
                    display(&phase.weight)
                );
                ctx.report(
                    Finding::new(&ITEM_REWEIGHTED, Location::file(path), message).subject(id),
                );
            }
            Some(_) => {}
        }
    }
    let now = basis.figures(ctx, plan).overall;
    let then = basis.figures(ctx, &old).overall;
    ctx.note(format!(
        "completion: {} in this plan, {} in the plan of {short}",
        md::percent(&now),
        md::percent(&then)
    ));
    Ok(())
}

/// The plan of another time.
struct Old<'c> {
    path: &'c str,
    bytes: Vec<u8>,
    aliases: &'c Aliases,
}

impl<'c> Old<'c> {
    /// The plan of record of a commit; where neither it nor the present has one, its queue.
    fn read(ctx: &'c Context, files: &'c Files, base: &Oid) -> Result<Option<Self>, Error> {
        let config = ctx.config();
        let (git, limit) = (ctx.git(), config.limits.file_bytes);
        let path = config.path(Artifact::Por);
        if let Some(bytes) = git.show(base, path, limit)? {
            let aliases = files.por_aliases();
            return Ok(Some(Old {
                path,
                bytes,
                aliases,
            }));
        }
        let path = config.path(Artifact::Queue);
        if files.plan_path().is_some() {
            return Ok(None);
        }
        let queue = git.show(base, path, limit)?;
        Ok(queue.map(|queue| Old {
            path,
            bytes: as_list(&queue),
            aliases: files.queue_aliases(),
        }))
    }
}

/// The lines of a queue as a plan: a list of items. What is no record is left out.
fn as_list(queue: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(queue);
    let is_record = |line: &&str| {
        let (document, errors) = trueline_text::json::parse(line);
        errors.is_empty()
            && document
                .root()
                .is_some_and(|root| root.raw().starts_with('{'))
    };
    let lines: Vec<&str> = text
        .trim_start_matches('\u{FEFF}')
        .lines()
        .filter(|line| !line.trim().is_empty())
        .filter(is_record)
        .collect();
    format!("[{}]", lines.join(",\n")).into_bytes()
}
