//! Whether the plan is smaller than it was.

use std::collections::BTreeMap;

use trueline_core::artifact::queue::Status;
use trueline_core::weight::display;
use trueline_core::{Finding, Location, Ratio};
use trueline_kit::git::Oid;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Field, Plan};
use trueline_plan_files::Files;

use crate::md;
use crate::report::{Basis, old_plan};
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
    let path = ctx.config().path(Artifact::Por);
    let limit = ctx.config().limits.file_bytes;
    let Some(bytes) = ctx.git().show(base, path, limit)? else {
        ctx.note(format!(
            "{} has no `{path}`: there is no plan to compare with",
            base.short()
        ));
        return Ok(());
    };
    let (old, _) = old_plan(files, &bytes);
    if !old.is_readable() {
        return Err(Error::inconclusive(format!(
            "`{path}` of {} cannot be read",
            base.short()
        )));
    }
    let places = plan
        .plans()
        .first()
        .map(|table| table.places(files.por_aliases()));
    let short = base.short();
    for before in old.items().filter(|item| item.planned().is_some()) {
        let id = before.id();
        let Some((item, row)) = plan.find(id).and_then(|item| Some((item, item.planned()?))) else {
            let message = format!("`{id}` was in the plan at {short} and is not any more");
            let at = Location::file(path);
            ctx.report(Finding::new(&ITEM_REMOVED, at, message).subject(id));
            continue;
        };
        let at = |field| match &places {
            Some(places) => places.of(row, field),
            None => Location::file(path),
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
