//! `--remote`: the lock table that other clones see at once; and `locks fence`.

use std::io::Write as _;

use serde_json::json;
use trueline_core::Id;
use trueline_kit::{Context, Error, Format};
use trueline_lease::{
    DEFAULT_REMOTE_WAIT, Held, Joined, LockId, Record, Recovery, Remote, Rules, Snapshot, Source,
    Store,
};

use crate::args::{self, store_error};
use crate::store;

#[derive(clap::Args, Default)]
pub(crate) struct Flag {
    /// Keep the lock in the table of this git remote, too [default: that of trueline.toml, or
    /// origin]; a lock that is in one stays in it without the flag
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    remote: Option<String>,
    /// Leave the remote of trueline.toml, or that of the lock, out
    #[arg(long, conflicts_with = "remote")]
    local: bool,
}

impl Flag {
    /// No remote, whatever trueline.toml says: for what must answer at once.
    pub(crate) fn local() -> Self {
        Flag {
            remote: None,
            local: true,
        }
    }

    /// The remote meant for a new lock, if any, and the ref of its table.
    pub(crate) fn target(&self, ctx: &Context) -> Option<Target> {
        self.name(ctx).map(|name| Target {
            name,
            reference: ctx.config().locks.reference.clone(),
        })
    }

    /// The remote meant for a lock that is held: unless told otherwise, the one that it is in.
    pub(crate) fn target_of(&self, lock: &Record, ctx: &Context) -> Option<Target> {
        let kept = lock.remote.as_deref().and_then(Target::parse);
        match kept {
            Some(kept) if self.local => {
                ctx.warn(format!(
                    "the lock {} stays as it is in the table of `{}`: other clones go by that",
                    lock.lock_id, kept.name
                ));
                None
            }
            kept if self.remote.is_none() => kept,
            _ => self.target(ctx),
        }
    }

    /// The remote of a lock that is held, opened.
    pub(crate) fn open_for<'a>(
        &self,
        lock: &Record,
        store: &'a Store,
        ctx: &Context,
    ) -> Result<Option<Remote<'a>>, Error> {
        open(self.target_of(lock, ctx).as_ref(), store, ctx)
    }

    /// The name of the remote meant, if any.
    fn name(&self, ctx: &Context) -> Option<String> {
        let configured = ctx.config().locks.remote.clone();
        match &self.remote {
            _ if self.local => None,
            None => configured,
            Some(name) if name.is_empty() => configured.or_else(|| Some("origin".into())),
            Some(name) => Some(name.clone()),
        }
    }

    /// The remote meant, opened.
    pub(crate) fn open<'a>(
        &self,
        store: &'a Store,
        ctx: &Context,
    ) -> Result<Option<Remote<'a>>, Error> {
        open(self.target(ctx).as_ref(), store, ctx)
    }
}

/// A remote and the ref of its table; written `origin refs/locks/table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    name: String,
    reference: String,
}

impl Target {
    fn parse(text: &str) -> Option<Self> {
        let (name, reference) = text.rsplit_once(' ')?;
        Some(Target {
            name: name.to_owned(),
            reference: reference.to_owned(),
        })
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.reference)
    }
}

/// The table of a remote, opened.
pub(crate) fn open<'a>(
    target: Option<&Target>,
    store: &'a Store,
    ctx: &Context,
) -> Result<Option<Remote<'a>>, Error> {
    let Some(Target { name, reference }) = target else {
        return Ok(None);
    };
    Remote::new(store, ctx.root(), name, reference, DEFAULT_REMOTE_WAIT)
        .map(Some)
        .map_err(|e| remote_error(&e))
}

/// An error of the table, with what helps.
pub(crate) fn remote_error(error: &trueline_lease::Error) -> Error {
    let edge = store_error(error);
    match error {
        trueline_lease::Error::Remote { why, .. } if why.contains("hidden") || why.contains("hook") => {
            edge.hint("some hosts refuse refs/locks/*: set `ref = \"refs/heads/locks/table\"` under [locks]")
        }
        trueline_lease::Error::Remote { .. } => {
            edge.hint("--local leaves the remote out: other clones then see the lock once it is committed")
        }
        trueline_lease::Error::Fenced { .. } => {
            edge.hint("nothing was pushed; look at what the new holder did, then acquire the scope again")
        }
        _ => edge,
    }
}

/// Puts a lock that was just granted here into the table. Where that fails or is refused, the
/// lock is given back. `None`: granted.
pub(crate) fn join(
    remote: &Remote<'_>,
    store: &Store,
    lock: &Record,
    rules: Rules,
    ctx: &Context,
) -> Result<Option<trueline_lease::Refusal>, Error> {
    let joined = remote.join(lock, rules);
    if let Ok(Joined::Granted { superseded, .. }) = &joined {
        for old in superseded {
            let (owner, tag) = (&old.owner, old.version_tag());
            ctx.warn(format!(
                "the stale lock {tag} of {owner}, of another clone, made way"
            ));
        }
        return Ok(None);
    }
    let proof = trueline_lease::Proof {
        owner: lock.owner.clone(),
        session: lock.session.clone(),
    };
    store
        .release(&lock.lock_id, &proof)
        .map_err(|e| store_error(&e))?;
    match joined {
        Ok(Joined::Refused(refusal)) => Ok(Some(*refusal)),
        Ok(Joined::Granted { .. }) => Ok(None),
        Err(e) => Err(remote_error(&e)),
    }
}

/// Adds what the table knows and the clone does not. Gives the ids of all locks in the table.
pub(crate) fn add(remote: &Remote<'_>, snapshot: &mut Snapshot) -> Result<Vec<LockId>, Error> {
    let theirs = remote.list().map_err(|e| remote_error(&e))?;
    // The table is newer than a published copy of the same lock.
    let in_table = |held: &Held| {
        theirs
            .locks
            .iter()
            .any(|t| t.record.lock_id == held.record.lock_id)
    };
    snapshot
        .locks
        .retain(|held| held.source == Source::Live || !in_table(held));
    let ids = theirs.locks.iter().map(|held| held.record.lock_id.clone());
    let ids = ids.collect();
    for held in theirs.locks {
        let known = snapshot
            .locks
            .iter()
            .any(|h| h.record.lock_id == held.record.lock_id);
        if !known {
            snapshot.locks.push(held);
        }
    }
    Ok(ids)
}

/// The remote half of a take-over: the old lock goes, the new one comes. Where the new one is
/// refused there, it is given back here, and that is said; false then.
pub(crate) fn recovered(
    remote: &Remote<'_>,
    store: &Store,
    recovery: &Recovery,
    ctx: &Context,
) -> Result<bool, Error> {
    let Recovery::Done { old, new } = recovery else {
        return Ok(true);
    };
    remote
        .leave(&old.record.lock_id)
        .map_err(|e| remote_error(&e))?;
    if let Some(grant) = new {
        let refused = join(remote, store, &grant.record, Rules::default(), ctx)?;
        if let Some(refusal) = refused {
            crate::acquire::refused(&refusal, ctx);
            return Ok(false);
        }
    }
    Ok(true)
}

#[derive(clap::Args)]
pub(crate) struct FenceArgs {
    #[command(flatten)]
    remote: Flag,
    /// Who holds the lock
    #[arg(long, value_parser = args::id)]
    owner: Id,
    /// What to push: refspecs, or the words `git push REMOTE REFSPEC…`
    #[arg(required = true, last = true, value_name = "REFSPEC")]
    what: Vec<String>,
}

pub(crate) fn fence(args: &FenceArgs, ctx: &Context) -> Result<(), Error> {
    let store = store::open(ctx)?;
    let (named, specs) = refspecs(&args.what)?;
    let flag = Flag {
        remote: args.remote.remote.clone().or(named),
        local: false,
    };
    let listed = store.list(&[]).map_err(|e| store_error(&e))?;
    let own = || {
        let of_owner = |held: &&Held| held.record.owner == args.owner;
        let live = listed.locks.iter().filter(|h| h.source == Source::Live);
        live.filter(of_owner)
    };
    let target = match own().next() {
        Some(held) if flag.remote.is_none() => flag.target_of(&held.record, ctx),
        _ => flag.target(ctx),
    };
    let Some(remote) = open(target.as_ref(), &store, ctx)? else {
        return Err(Error::usage(
            "no remote: give --remote=NAME, or set it in trueline.toml",
        ));
    };
    let table = remote.table().map_err(|e| remote_error(&e))?;
    let mine = |id: &LockId| table.get(id).map(|entry| entry.fence);
    let ids: Vec<&LockId> = own().map(|held| &held.record.lock_id).collect();
    let Some((id, fence)) = ids.iter().find_map(|id| Some((*id, mine(id)?))) else {
        return Err(Error::io(format!(
            "{} holds no lock in the table of `{}`: nothing was pushed",
            args.owner,
            target.map(|to| to.name).unwrap_or_default()
        ))
        .hint("it was released or taken over; acquire it again with --remote"));
    };
    remote
        .push(id, fence, &specs)
        .map_err(|e| remote_error(&e))?;
    if ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])? != Format::Human {
        return ctx.print_json(&json!({
            "version": 1, "pushed": specs, "lock_id": id, "table_fence": fence,
        }));
    }
    writeln!(
        ctx.out(),
        "pushed {} under lock {id}, fence {fence} of the table",
        specs.join(" ")
    )?;
    Ok(())
}

/// Refspecs as they are; a bare branch name stands for itself on both sides.
fn refspecs(what: &[String]) -> Result<(Option<String>, Vec<String>), Error> {
    let (remote, specs) = match what {
        [git, push, rest @ ..] if git == "git" && push == "push" => match rest {
            [remote, specs @ ..] if !specs.is_empty() => (Some(remote.clone()), specs),
            _ => {
                return Err(Error::usage(
                    "write it as `git push REMOTE REFSPEC…`, without flags",
                ));
            }
        },
        specs => (None, specs),
    };
    if specs.iter().any(|spec| spec.starts_with('-')) {
        return Err(Error::usage(
            "a fenced push takes no flags: it is atomic and on condition",
        ));
    }
    Ok((remote, specs.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed() {
        let read = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            refspecs(&words).ok()
        };
        let (remote, specs) = read("git push origin HEAD:x +y").unwrap();
        assert_eq!((remote.as_deref(), specs.len()), (Some("origin"), 2));
        assert_eq!(read("HEAD:x").unwrap().0, None);
        for bad in [
            "git push",
            "git push origin",
            "--force x",
            "git push origin -f x",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
