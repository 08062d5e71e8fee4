//! Writing the queue: under a lock, one record, atomically.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;

use trueline_core::artifact::queue::Status;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Field, Plan, Row};
use trueline_plan_files::Files;

use crate::demand;
use crate::edit::{self, Change};
use crate::tell::find;

/// Held while the queue is read, changed and replaced: one writer at a time on this machine,
/// over all working trees of the repository. Released when dropped, or when the process ends.
pub(crate) struct Guard(#[expect(dead_code, reason = "held for its lock")] File);

/// Takes the lock, waiting for whoever has it.
///
/// # Errors
/// The file of the lock cannot be made or locked.
pub(crate) fn lock(ctx: &Context) -> Result<Guard, Error> {
    let path = mutex_path(ctx);
    let shown = path.display().to_string();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::on(format!("`{}`", folder.display()), &error))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Error::on(format!("`{shown}`"), &error))?;
    file.lock()
        .map_err(|error| Error::on(format!("cannot lock `{shown}`"), &error))?;
    Ok(Guard(file))
}

/// In the git data that all working trees share; beside the queue where there is no git.
fn mutex_path(ctx: &Context) -> PathBuf {
    let git = ctx.git();
    if let Ok(common) = git.common_dir() {
        return common.join("trueline").join("queue.mutex");
    }
    let queue = ctx.root().join(ctx.config().path(Artifact::Queue));
    queue.with_file_name(".queue.mutex")
}

/// `queue set`, and what is built on it.
pub(crate) fn set(ctx: &Context, id: &str, texts: &[String]) -> Result<(), Error> {
    let changes: Vec<Change> = texts
        .iter()
        .map(|text| edit::parse(text).map_err(Error::usage))
        .collect::<Result<_, _>>()?;
    let _guard = lock(ctx)?;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    if !plan.is_readable() {
        ctx.report_all(findings);
        return Err(Error::io("the plan cannot be read"));
    }
    let item = find(&plan, id)?;
    let path = ctx.config().path(Artifact::Queue);
    let Some(row) = item.queued() else {
        return Err(Error::usage(format!("`{id}` is not in `{path}`"))
            .hint(format!("`queue add {id}` adds it")));
    };
    if rows_of(&plan, id) > 1 {
        return Err(
            Error::usage(format!("`{path}` has more than one line of `{id}`"))
                .hint("give one of them another id first"),
        );
    }
    refuse_foreign_fields(&files, item.planned().is_some(), &changes)?;
    let becomes = changes.iter().rev().find_map(edit::status_of);
    if becomes == Some(Status::Done) && item.status() != Status::Done {
        let missing = demand::missing(ctx, &files, &plan, item)?;
        if !missing.is_empty() {
            ctx.report_all(missing);
            return Ok(());
        }
    }
    let source = files.queue.as_ref().map(|file| file.bytes.as_slice());
    let source = source.unwrap_or_default();
    let word = |status| status_word(&files, status);
    let line = edit::apply(row.raw(), &changes, files.queue_aliases(), word)
        .map_err(|why| Error::usage(format!("cannot change `{id}`: {why}")))?;
    if line == row.raw() {
        ctx.detail("nothing to change");
        return Ok(());
    }
    replace(ctx, source, row, &line)?;
    ctx.detail(format!("changed {id} in {path}"));
    Ok(())
}

/// Number of lines with this id.
fn rows_of(plan: &Plan<'_>, id: &str) -> usize {
    let rows = plan.queue().into_iter().flat_map(|queue| queue.rows());
    rows.filter(|row| row.id() == id).count()
}

/// The plan's fields are the plan's: the queue's copy would only contradict it.
fn refuse_foreign_fields(files: &Files, is_planned: bool, changes: &[Change]) -> Result<(), Error> {
    const PLANNED: &[Field] = &[
        Field::Title,
        Field::Weight,
        Field::Dependencies,
        Field::NtRefs,
        Field::TdRefs,
        Field::Phase,
        Field::Tier,
        Field::Vertical,
        Field::Due,
        Field::CodePaths,
    ];
    let foreign = changes.iter().find(|change| {
        // Taking a copy out is how a contradiction is mended.
        PLANNED.contains(&change.field()) && !matches!(change, Change::Remove(_))
    });
    match (foreign, files.plan_path()) {
        (Some(change), Some(path)) if is_planned => Err(Error::usage(format!(
            "`{}` belongs to the plan: change it in `{path}`",
            change.field().key()
        ))),
        _ => Ok(()),
    }
}

/// The word for a status: a declared foreign one where the file uses it, else our own.
pub(crate) fn status_word(files: &Files, status: Status) -> String {
    let bytes = files.queue.as_ref().map(|file| file.bytes.as_slice());
    let text = String::from_utf8_lossy(bytes.unwrap_or_default());
    files
        .queue_aliases()
        .foreign_statuses(status)
        .find(|word| text.contains(&format!("\"{word}\"")))
        .unwrap_or(status.as_str())
        .to_owned()
}

/// Puts a record in the place of another; every other byte stays.
fn replace(ctx: &Context, source: &[u8], row: Row<'_, '_>, line: &str) -> Result<(), Error> {
    let span = row.span();
    let (before, after) = (source.get(..span.start), source.get(span.end..));
    let (Some(before), Some(after)) = (before, after) else {
        return Err(Error::bug("a record lies outside its file"));
    };
    let mut bytes = Vec::with_capacity(source.len() + line.len());
    bytes.extend_from_slice(before);
    bytes.extend_from_slice(line.as_bytes());
    bytes.extend_from_slice(after);
    ctx.writer()
        .write(ctx.config().path(Artifact::Queue), &bytes)?;
    Ok(())
}
