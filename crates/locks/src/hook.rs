//! `locks hook`: the answer to an agent's pre-edit hook.
//!
//! The event is JSON on standard input: a tool's name and its input with a file's path. Exit 0
//! lets the edit through, exit 2 blocks it, with the reason on standard error. Whatever goes wrong
//! blocks: the caller would take exit 1 for "go on".

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use trueline_core::Id;
use trueline_kit::{Context, Error};
use trueline_lease::{Snapshot, State};

use crate::args;
use crate::list::snapshot;
use crate::remote::Flag;
use crate::view;

/// Largest event that is read, in bytes.
const MAX_EVENT: u64 = 16 << 20;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Who edits [default: the environment variable TRUELINE_OWNER]
    #[arg(long, value_parser = args::id)]
    owner: Option<Id>,
    /// Let edits through that no lock covers at all
    #[arg(long)]
    allow_unlocked: bool,
    /// Let edits of files outside the repository through
    #[arg(long)]
    allow_outside: bool,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    #[cfg(feature = "testing")]
    fail();
    let owner = owner(args)?;
    let mut text = String::new();
    let read = std::io::stdin()
        .lock()
        .take(MAX_EVENT)
        .read_to_string(&mut text);
    read.map_err(|e| blocked(format!("the hook's event cannot be read: {e}")))?;
    let event: Value = serde_json::from_str(&text)
        .map_err(|e| blocked(format!("the hook's event is not JSON: {e}")))?;
    for file in files(&event)? {
        let place = absolute(&event, &file)?;
        match inside(ctx.root(), &place)? {
            None if args.allow_outside => {}
            None => {
                return Err(blocked(format!("`{file}` is outside the repository"))
                    .hint("`locks hook --allow-outside` lets such edits through"));
            }
            Some(path) => judge(&path, &owner, args, ctx)?,
        }
    }
    Ok(())
}

/// A bug, for the test that a bug blocks, too.
#[cfg(feature = "testing")]
#[expect(clippy::panic, reason = "that is what it is for")]
fn fail() {
    if std::env::var_os("TRUELINE_TEST_PANIC").is_some() {
        panic!("as if there were a bug");
    }
}

fn owner(args: &Args) -> Result<Id, Error> {
    if let Some(owner) = &args.owner {
        return Ok(owner.clone());
    }
    let named = std::env::var("TRUELINE_OWNER").ok();
    let owner = named.and_then(|name| Id::new(name).ok());
    owner.ok_or_else(|| blocked("nobody says who edits: give --owner, or set TRUELINE_OWNER"))
}

fn blocked(message: impl Into<String>) -> Error {
    Error::io(message)
}

/// The files that the event is about.
fn files(event: &Value) -> Result<Vec<String>, Error> {
    let input = event.get("tool_input").or_else(|| event.get("input"));
    let none = || blocked("the hook's event names no file: is the hook set for edits only?");
    let input = input.and_then(Value::as_object).ok_or_else(none)?;
    let mut found = Vec::new();
    for key in ["file_path", "notebook_path", "path"] {
        match input.get(key) {
            None => {}
            Some(Value::String(file)) if !file.is_empty() => found.push(file.clone()),
            Some(_) => return Err(blocked(format!("the hook's `{key}` is no path"))),
        }
    }
    if found.is_empty() {
        return Err(none());
    }
    Ok(found)
}

fn absolute(event: &Value, file: &str) -> Result<PathBuf, Error> {
    let file = Path::new(file);
    if file.is_absolute() {
        return Ok(file.to_owned());
    }
    match event.get("cwd").and_then(Value::as_str) {
        Some(folder) => Ok(Path::new(folder).join(file)),
        None => Ok(std::env::current_dir()
            .map_err(|e| Error::on("the current folder", &e))?
            .join(file)),
    }
}

/// The root-relative path that an edit really changes: links are followed, also that of the file
/// itself. `None` where it lies outside the root.
fn inside(root: &Path, place: &Path) -> Result<Option<String>, Error> {
    let mut existing = PathBuf::new();
    let mut rest: Vec<&std::ffi::OsStr> = Vec::new();
    for component in place.components() {
        match component {
            // Only what exists can be a link: `..` after a link is resolved by the system.
            Component::ParentDir if rest.is_empty() => existing.push(".."),
            Component::ParentDir => {
                rest.pop();
            }
            Component::CurDir => {}
            Component::Normal(name) if rest.is_empty() => {
                let next = existing.join(name);
                if next.symlink_metadata().is_ok() {
                    existing = next;
                } else {
                    rest.push(name);
                }
            }
            Component::Normal(name) => rest.push(name),
            other => existing.push(other),
        }
    }
    let real = existing
        .canonicalize()
        .map_err(|e| Error::on(format!("`{}`", place.display()), &e))?;
    let whole = rest.iter().fold(real, |path, name| path.join(name));
    let Ok(inner) = whole.strip_prefix(root) else {
        return Ok(None);
    };
    let parts: Option<Vec<&str>> = inner.iter().map(|part| part.to_str()).collect();
    match parts {
        Some(parts) if !parts.is_empty() => Ok(Some(parts.join("/"))),
        _ => Err(blocked(format!(
            "`{}` is no file of the repository",
            place.display()
        ))),
    }
}

fn judge(path: &str, owner: &Id, args: &Args, ctx: &Context) -> Result<(), Error> {
    if path == ".git" || path.starts_with(".git/") {
        return Err(blocked(format!("`{path}` belongs to git")));
    }
    let globs = &ctx.config().globs;
    let snapshot = snapshot(ctx, &Flag::local())?;
    if let Some(blind) = snapshot.blind.iter().find(|blind| !blind.foreign) {
        return Err(blocked(format!(
            "the lock {} cannot be read and counts as held: {}",
            blind.path, blind.why
        ))
        .hint("`locks doctor` says how to mend it"));
    }
    let whole = view::whole(ctx, path)?;
    held_by_others(path, &whole, owner, &snapshot, ctx)?;
    if globs.generated.matches(path) || globs.shared.matches(path) {
        return Ok(());
    }
    let active = |held: &trueline_lease::Held| held.verdict.state == State::Active;
    let holders = snapshot.holders(&whole);
    if holders
        .iter()
        .any(|(held, _)| active(held) && held.record.owner == *owner)
    {
        return Ok(());
    }
    let mut own = snapshot
        .locks
        .iter()
        .filter(|held| active(held) && held.record.owner == *owner);
    match own.next() {
        Some(held) => Err(blocked(format!(
            "`{path}` is outside the lock of `{owner}` ({})",
            view::shown_of(ctx, &held.record)
        ))
        .hint("acquire a lock that covers it")),
        None if args.allow_unlocked => Ok(()),
        None => Err(
            blocked(format!("`{owner}` holds no lock, and `{path}` needs one")).hint(format!(
                "`locks acquire --owner {owner} --task WBS-… --scope …`"
            )),
        ),
    }
}

fn held_by_others(
    path: &str,
    whole: &str,
    owner: &Id,
    snapshot: &Snapshot,
    ctx: &Context,
) -> Result<(), Error> {
    let others = snapshot.holders(whole);
    let mut others = others
        .iter()
        .filter(|(held, _)| held.verdict.state == State::Active && held.record.owner != *owner);
    let Some((held, scope)) = others.next() else {
        return Ok(());
    };
    let record = &held.record;
    let scope = view::scope(ctx, record, scope);
    Err(blocked(format!(
        "`{path}` is under the lock of `{}` for `{}`: `{scope}` holds it",
        record.owner, record.task_id
    )))
}
