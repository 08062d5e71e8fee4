//! `queue sync` and `queue doctor`.

use std::io::Write;

use trueline_kit::{Artifact, Context, Error, Format, escape};
use trueline_plan::Field;
use trueline_plan_files::Files;

use crate::add;
use crate::edit::{self, Change};
use crate::live::{Live, is_active};
use crate::store::{self, Open};

/// Adds a line for each item that only the plan has, and takes copies of plan fields out that
/// contradict it.
pub(crate) fn sync(ctx: &Context, dry_run: bool) -> Result<(), Error> {
    ctx.data_format(&[Format::Human])?;
    let guard = store::lock(ctx)?;
    let files = Files::read(ctx)?;
    let open = Open::new(ctx, guard, &files)?;
    let plan = open.plan();
    let source = files
        .queue
        .as_ref()
        .map(|file| file.bytes.clone())
        .unwrap_or_default();
    let mut out = ctx.out();
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let mut added = Vec::new();
    for item in plan.items() {
        let (Some(planned), queued) = (item.planned(), item.queued()) else {
            continue;
        };
        let Some(row) = queued else {
            added.push(item.id());
            continue;
        };
        let copies = [
            (
                Field::Title,
                row.title()
                    .is_some_and(|title| planned.title() != Some(title)),
            ),
            (
                Field::Phase,
                row.phase()
                    .is_some_and(|phase| planned.phase() != Some(phase)),
            ),
            (
                Field::Vertical,
                row.vertical()
                    .is_some_and(|v| planned.vertical() != Some(v)),
            ),
            (
                Field::Due,
                row.due().is_some_and(|due| planned.due() != Some(due)),
            ),
            (
                Field::Weight,
                row.weight()
                    .is_some_and(|weight| planned.weight() != Some(weight)),
            ),
            (
                Field::Dependencies,
                differs(row.dependencies(), planned.dependencies()),
            ),
            (Field::NtRefs, differs(row.nt_refs(), planned.nt_refs())),
            (Field::TdRefs, differs(row.td_refs(), planned.td_refs())),
        ];
        let changes: Vec<Change> = copies
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(field, _)| Change::Remove(field))
            .collect();
        if changes.is_empty() {
            continue;
        }
        let names: Vec<&str> = changes.iter().map(|change| change.field().key()).collect();
        writeln!(out, "{}: takes out {}", item.id(), names.join(", "))?;
        let line = edit::apply(row.raw(), &changes, files.queue_aliases(), |status| {
            status.as_str().to_owned()
        })
        .map_err(|why| Error::usage(format!("cannot change `{}`: {why}", item.id())))?;
        edits.push((row.span(), line));
    }
    let mut bytes = Vec::with_capacity(source.len());
    let mut at = 0;
    edits.sort_by_key(|(span, _)| span.start);
    for (span, line) in edits {
        bytes.extend_from_slice(source.get(at..span.start).unwrap_or_default());
        bytes.extend_from_slice(line.as_bytes());
        at = span.end;
    }
    bytes.extend_from_slice(source.get(at..).unwrap_or_default());
    for id in added {
        writeln!(out, "{id}: added")?;
        let line = add::bare_line(&files, plan, id);
        bytes = add::append(&bytes, &line);
    }
    if !dry_run {
        ctx.writer()
            .write(ctx.config().path(Artifact::Queue), &bytes)?;
    }
    Ok(out.finish()?)
}

/// Whether a copy that is there names other ids.
fn differs<'t>(
    copy: impl ExactSizeIterator<Item = &'t str>,
    plan: impl Iterator<Item = &'t str>,
) -> bool {
    let copy: std::collections::BTreeSet<&str> = copy.collect();
    !copy.is_empty() && copy != plan.collect()
}

/// Prints what stands in the live store and in the queue about claims, and what does not fit.
pub(crate) fn doctor(ctx: &Context) -> Result<(), Error> {
    ctx.data_format(&[Format::Human])?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    ctx.report_all(crate::claim::expired(ctx, &files, &plan));
    let mut out = ctx.out();
    for table in plan.queue().into_iter().chain(plan.plans()) {
        let counts = table.accounts();
        let path = escape::line(table.path());
        writeln!(
            out,
            "{path}: {} lines or elements: {} items, {} blank, {} unusable",
            counts.total, counts.records, counts.blank, counts.bad
        )?;
    }
    let claims = match Live::look(ctx)? {
        Some(live) => live.claims()?,
        None => Vec::new(),
    };
    for held in &claims {
        let (id, owner) = (held.claim.item.as_str(), held.claim.owner.as_str());
        let published = plan.find(id).and_then(|item| item.queued()?.claim());
        let here = match published {
            Some((other, _)) if other == owner => "as in the queue",
            Some(_) => "the queue names another owner",
            None => "not in this copy of the queue",
        };
        let state = if is_active(held) { "active" } else { "over" };
        writeln!(out, "claim: {id} by {owner}: {state}, {here}")?;
    }
    for item in plan.items() {
        let Some((owner, until)) = item.queued().and_then(trueline_plan::Row::claim) else {
            continue;
        };
        if !claims.iter().any(|held| held.claim.item == *item.id()) {
            let line = format!(
                "claim: {} by {owner} until {until}: only in the queue",
                item.id()
            );
            writeln!(out, "{}", escape::line(&line))?;
        }
    }
    Ok(out.finish()?)
}
