//! The queue and the plan against those of an earlier commit.

use trueline_core::Finding;
use trueline_core::artifact::queue::Status;
use trueline_kit::git::Oid;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Field, Input, Inputs, Options, Plan, rules};

use crate::Files;

/// Items that were done and are not any more, and ids that were given to other titles, since a
/// commit.
///
/// # Errors
/// The commit's files cannot be read.
pub fn compare(
    ctx: &Context,
    files: &Files,
    plan: &Plan<'_>,
    base: &Oid,
) -> Result<Vec<Finding>, Error> {
    let limit = ctx.config().limits.file_bytes;
    let at = |artifact| ctx.git().show(base, ctx.config().path(artifact), limit);
    let (por, queue) = (at(Artifact::Por)?, at(Artifact::Queue)?);
    let input = |bytes| Input { path: "", bytes };
    let (old, _) = Plan::join(&Inputs {
        por: por.as_deref().map(input),
        extra: &[],
        queue: queue.as_deref().map(input),
        por_aliases: files.por_aliases(),
        extra_aliases: files.por_aliases(),
        queue_aliases: files.queue_aliases(),
        options: Options::default(),
    });
    let queue_places = plan
        .queue()
        .map(|table| table.places(files.queue_aliases()));
    let plan_places = plan
        .plans()
        .first()
        .map(|table| table.places(files.por_aliases()));
    let mut findings = Vec::new();
    let short = base.short();
    for before in old.items() {
        let id = before.id();
        let Some(item) = plan.find(id) else { continue };
        if before.status() == Status::Done
            && item.status() != Status::Done
            && let (Some(places), Some(row)) = (&queue_places, item.queued())
        {
            let message = format!(
                "`{id}` was done at {short} and is {} now",
                item.status().as_str()
            );
            let at = places.of(row, Field::Status);
            findings.push(Finding::new(&rules::REOPENED_ITEM, at, message).subject(id));
        }
        if let (Some(was), Some(is)) = (before.title(), item.title())
            && was != is
        {
            let row = item.planned().or(item.queued());
            let places = match item.planned() {
                Some(_) => &plan_places,
                None => &queue_places,
            };
            if let (Some(places), Some(row)) = (places, row) {
                let message = format!("`{id}` is `{is}` now and was `{was}` at {short}");
                let at = places.of(row, Field::Title);
                findings.push(Finding::new(&rules::REUSED_ID, at, message).subject(id));
            }
        }
    }
    Ok(findings)
}
