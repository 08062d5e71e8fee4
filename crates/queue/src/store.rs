//! Writing the queue: under a lock, one record, atomically.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;

use trueline_core::Location;
use trueline_core::artifact::queue::Status;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Field, Item, Plan, Row};
use trueline_plan_files::{Files, sha256};
use trueline_text::json::encode_str;

use crate::demand;
use crate::edit::{self, Change};
use crate::live::{Live, stamp};
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

/// The queue, open for writing.
pub(crate) struct Open<'f> {
    files: &'f Files,
    plan: Plan<'f>,
    _guard: Guard,
}

impl<'f> Open<'f> {
    /// Joins the files, which must have been read under the guard.
    pub(crate) fn new(ctx: &Context, guard: Guard, files: &'f Files) -> Result<Self, Error> {
        let (plan, findings) = files.join();
        if !plan.is_readable() {
            ctx.report_all(findings);
            return Err(Error::io("the plan cannot be read"));
        }
        Ok(Open {
            files,
            plan,
            _guard: guard,
        })
    }

    /// The plan.
    pub(crate) fn plan(&self) -> &Plan<'f> {
        &self.plan
    }

    /// The item, which must have one line in the queue.
    pub(crate) fn item(&self, id: &str) -> Result<Item<'_, 'f>, Error> {
        let item = find(&self.plan, id)?;
        let rows = self
            .plan
            .queue()
            .into_iter()
            .flat_map(trueline_plan::Table::rows);
        match rows.filter(|row| row.id() == id).count() {
            1 => Ok(item),
            0 => Err(Error::usage(format!("`{id}` is not in the queue"))
                .hint(format!("`queue add {id}` adds it"))),
            n => Err(Error::usage(format!("the queue has {n} lines of `{id}`"))
                .hint("give all but one of them another id first")),
        }
    }

    /// Where a field of an item's line stands.
    pub(crate) fn at(&self, item: Item<'_, '_>, field: Field) -> Location {
        match (self.plan.queue(), item.queued()) {
            (Some(queue), Some(row)) => queue.places(self.files.queue_aliases()).of(row, field),
            _ => Location::file(""),
        }
    }

    /// Makes changes to an item's line and replaces the file; every other byte stays.
    pub(crate) fn write(
        &self,
        ctx: &Context,
        item: Item<'_, '_>,
        changes: &[Change],
    ) -> Result<(), Error> {
        let bytes = self.changed(item, changes)?;
        let changed = ctx
            .writer()
            .write(ctx.config().path(Artifact::Queue), &bytes)?;
        ctx.detail(match changed.any() {
            true => format!("changed {}", item.id()),
            false => "nothing to change".to_owned(),
        });
        Ok(())
    }

    /// The file with changes made to an item's line.
    pub(crate) fn changed(&self, item: Item<'_, '_>, changes: &[Change]) -> Result<Vec<u8>, Error> {
        let id = item.id();
        let Some(row) = item.queued() else {
            return Err(Error::bug(format!("`{id}` has no line")));
        };
        let word = |status| status_word(self.files, status);
        let line = edit::apply(row.raw(), changes, self.files.queue_aliases(), word)
            .map_err(|why| Error::usage(format!("cannot change `{id}`: {why}")))?;
        let source = self.files.queue.as_ref().map(|file| file.bytes.as_slice());
        replace(source.unwrap_or_default(), row, &line)
    }
}

/// `queue set`, and what is built on it.
pub(crate) fn set(ctx: &Context, id: &str, texts: &[String]) -> Result<(), Error> {
    let mut changes: Vec<Change> = texts
        .iter()
        .map(|text| edit::parse(text).map_err(Error::usage))
        .collect::<Result<_, _>>()?;
    for change in &mut changes {
        attach(ctx, change)?;
    }
    let guard = lock(ctx)?;
    let files = Files::read(ctx)?;
    let open = Open::new(ctx, guard, &files)?;
    let item = open.item(id)?;
    refuse_foreign_fields(&files, item.planned().is_some(), &changes)?;
    change(ctx, &files, &open, item, changes).map(drop)
}

/// Makes changes of an item's line. One that becomes done has to have what its tier asks: else
/// that is reported, nothing is written, and the answer is false.
pub(crate) fn change(
    ctx: &Context,
    files: &Files,
    open: &Open<'_>,
    item: Item<'_, '_>,
    mut changes: Vec<Change>,
) -> Result<bool, Error> {
    let becomes = changes.iter().rev().find_map(edit::status_of);
    let becomes_done = becomes == Some(Status::Done) && item.status() != Status::Done;
    if becomes_done {
        let mut next = files.clone();
        let others: Vec<Change> = changes
            .iter()
            .filter(|change| change.field() != Field::Status)
            .cloned()
            .collect();
        if let Some(file) = &mut next.queue {
            file.bytes = open.changed(item, &others)?;
        }
        let (plan, _) = next.join();
        let missing = demand::missing(ctx, &next, &plan, find(&plan, item.id())?)?;
        if !missing.is_empty() {
            ctx.report_all(missing);
            return Ok(false);
        }
        let now = stamp(ctx.clock().now())?;
        changes.push(Change::Set(Field::DoneAt, encode_str(now.as_str())));
        changes.push(Change::Remove(Field::Claim));
    }
    open.write(ctx, item, &changes)?;
    if becomes_done
        && let Some((owner, _)) = item.queued().and_then(trueline_plan::Row::claim)
        && let Some(live) = Live::look(ctx)?
        && let Ok(item) = trueline_core::Id::new(item.id())
    {
        live.release(&item, owner)?;
    }
    Ok(true)
}

/// Makes a file that is added to the evidence known by its hash.
pub(crate) fn attach(ctx: &Context, change: &mut Change) -> Result<(), Error> {
    let Change::Push(Field::Evidence, path) = change else {
        return Ok(());
    };
    let Some(bytes) = ctx.read(&*path)? else {
        return Err(Error::usage(format!("there is no file `{path}`")));
    };
    let (name, digest) = (encode_str(path), sha256(&bytes));
    let token = format!("{{\"path\": {name}, \"sha256\": \"{digest}\"}}");
    *change = Change::Attach(path.clone(), token);
    Ok(())
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
fn replace(source: &[u8], row: Row<'_, '_>, line: &str) -> Result<Vec<u8>, Error> {
    let span = row.span();
    let (before, after) = (source.get(..span.start), source.get(span.end..));
    let (Some(before), Some(after)) = (before, after) else {
        return Err(Error::bug("a record lies outside its file"));
    };
    Ok([before, line.as_bytes(), after].concat())
}
