//! `locks renew` and `locks release`: the holder's own changes.

use std::io::Write as _;
use std::time::Duration;

use serde_json::json;
use trueline_core::Id;
use trueline_kit::{Context, Error, Format};
use trueline_lease::{LockId, Proof, Record, Source, Store};

use crate::args::{self, span, store_error};
use crate::remote::{Flag, remote_error};
use crate::{publish, store, view};

#[derive(clap::Args)]
pub(crate) struct RenewArgs {
    #[command(flatten)]
    which: Which,
    /// A new length of the lease
    #[arg(long, value_name = "TIME", value_parser = args::duration)]
    lease: Option<Duration>,
}

#[derive(clap::Args)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    which: Which,
}

#[derive(clap::Args)]
struct Which {
    /// Who holds it
    #[arg(long, value_parser = args::id)]
    owner: Id,
    /// The lock, where the owner holds several
    #[arg(long, value_name = "LOCK_ID", value_parser = lock_id)]
    lock: Option<LockId>,
    /// The agent's process; must be the one that the lock names, if that one lives
    #[arg(long)]
    pid: Option<u32>,
    #[command(flatten)]
    remote: Flag,
}

fn lock_id(text: &str) -> Result<LockId, String> {
    let id = text.split(':').next().unwrap_or_default();
    LockId::new(id).ok_or_else(|| format!("`{text}` is no lock id"))
}

impl Which {
    fn proof(&self) -> Result<Proof, Error> {
        Ok(Proof {
            owner: self.owner.clone(),
            session: store::session(self.pid)?,
        })
    }

    /// The lock meant: the one named, else the only one that the owner holds.
    fn find(&self, store: &Store) -> Result<LockId, Error> {
        if let Some(id) = &self.lock {
            return Ok(id.clone());
        }
        let listed = store.list(&[]).map_err(|e| store_error(&e))?;
        let mine = listed
            .locks
            .iter()
            .filter(|held| held.source == Source::Live && held.record.owner == self.owner);
        let ids: Vec<&LockId> = mine.map(|held| &held.record.lock_id).collect();
        match ids.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Error::usage(format!("{} holds no lock", self.owner)).hint(
                "`locks list` shows what is held; a lock that was taken over is in the archive",
            )),
            many => {
                let list: Vec<&str> = many.iter().map(|id| id.as_str()).collect();
                Err(Error::usage(format!("{} holds several locks", self.owner))
                    .hint(format!("name one with --lock: {}", list.join(", "))))
            }
        }
    }
}

pub(crate) fn renew(args: &RenewArgs, ctx: &Context) -> Result<(), Error> {
    let store = store::open(ctx)?;
    let id = args.which.find(&store)?;
    let record = store
        .renew(&id, &args.which.proof()?, args.lease)
        .map_err(|e| store_error(&e))?;
    if let Some(remote) = args.which.remote.open_for(&record, &store, ctx)? {
        remote
            .renew(&record)
            .map_err(|e| remote_error(&e).context("renewed here, but not in the remote's table"))?;
    }
    let lease = span(i64::try_from(record.lease_seconds).unwrap_or(i64::MAX));
    let mut more = format!("for {lease}");
    if !left_elsewhere(&record, "bring it up to date", ctx)? {
        let path = publish::write(ctx, &record, None)?;
        more.push_str(&format!(", published in {path}"));
    }
    say(ctx, &record, "renewed", &more)
}

pub(crate) fn release(args: &ReleaseArgs, ctx: &Context) -> Result<(), Error> {
    let store = store::open(ctx)?;
    let id = args.which.find(&store)?;
    let record = store
        .release(&id, &args.which.proof()?)
        .map_err(|e| store_error(&e))?;
    let removed = publish::remove(ctx, &record.lock_id)?;
    if removed.is_none() {
        left_elsewhere(&record, "remove it", ctx)?;
    }
    if let Some(remote) = args.which.remote.open_for(&record, &store, ctx)? {
        // Released here in any case: the entry is left over, and goes with the next change.
        let was_there = remote.leave(&record.lock_id).map_err(|e| {
            remote_error(&e).context("released here, but not in the remote's table")
        })?;
        if !was_there {
            return Err(Error::io(format!(
                "released here, but the lock {} was no longer in the remote's table: it was taken \
                 over there",
                record.lock_id
            ))
            .hint(
                "`locks list --remote` shows who holds the scope; look at what was merged since",
            ));
        }
    }
    let removed = removed.map_or(String::new(), |path| format!("and removed {path}"));
    say(ctx, &record, "released", &removed)
}

/// Whether the published copy belongs under another root; says what is to be done there.
fn left_elsewhere(record: &Record, what: &str, ctx: &Context) -> Result<bool, Error> {
    if !view::is_elsewhere(ctx, record) || publish::find(ctx, &record.lock_id)?.is_some() {
        return Ok(false);
    }
    let root = record.root();
    ctx.warn(format!(
        "the lock was acquired in the root `{root}`, and its published copy is there: {what} with \
         `--root {root}` from the top level"
    ));
    Ok(true)
}

fn say(ctx: &Context, record: &Record, what: &str, more: &str) -> Result<(), Error> {
    if ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])? == Format::Human {
        let scopes = view::shown_of(ctx, record);
        let line = format!(
            "{} {what} {scopes} ({}) {more}",
            record.owner,
            record.version_tag()
        );
        writeln!(ctx.out(), "{}", line.trim_end())?;
        return Ok(());
    }
    let mut answer = serde_json::Map::from_iter([("version".to_owned(), json!(1))]);
    answer.insert(what.to_owned(), json!(true));
    answer.insert("lock".to_owned(), json!(record));
    ctx.print_json(&answer)
}
