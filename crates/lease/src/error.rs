//! What can go wrong in the live store.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::judge::Verdict;
use crate::record::{BadRecord, LockId, Record};

/// An operation on the live store that was not done. Nothing was changed unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store's folder cannot be written: a read-only `.git` is an error, never a fallback.
    #[error("the live lock store {} cannot be written: {source}", path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file system has no file locks.
    #[error("{} is on a file system without file locks: {source}", path.display())]
    NoLocks {
        /// The mutex file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// Another process held the mutex for the whole time.
    #[error("another process held {} for {waited:?}", path.display())]
    Busy {
        /// The mutex file.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// Reading or writing failed.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The request breaks a limit or is not in the glob dialect.
    #[error("{0}")]
    BadRequest(String),
    /// A record that this crate made is not one that it would read.
    #[error(transparent)]
    BadRecord(#[from] BadRecord),
    /// More records than the store holds.
    #[error("the live store holds more than {0} records")]
    TooMany(usize),
    /// The fence counter is at its end.
    #[error("the fence counter is at its highest value")]
    FenceExhausted,
    /// There is no such lock in the live store.
    #[error("no lock {id} in the live store{}", after(archived))]
    NoSuchLock {
        /// The id asked for.
        id: LockId,
        /// Why it ended, when it was taken over here.
        archived: Option<String>,
    },
    /// The caller is not the holder.
    #[error("lock {} is held by {}, not by {caller}", held.lock_id, held.owner)]
    NotHolder {
        /// The lock as it stands.
        held: Box<Record>,
        /// Who asked.
        caller: String,
    },
    /// There is no such claim: it was released, or went to somebody else.
    #[error("claim {id} of {item} is no longer held")]
    NoSuchClaim {
        /// The item.
        item: String,
        /// The claim.
        id: LockId,
    },
    /// The caller is not the claimant.
    #[error("{item} is claimed by {holder}, not by {caller}")]
    NotClaimant {
        /// The item.
        item: String,
        /// Who holds it.
        holder: String,
        /// Who asked.
        caller: String,
    },
    /// The record changed since it was seen.
    #[error("lock {id} is at seq {found}, not {expected}: it changed since it was seen")]
    Changed {
        /// The lock.
        id: LockId,
        /// The seq that the caller saw.
        expected: u64,
        /// The seq that it has.
        found: u64,
    },
    /// The record is there and counts: a take-over needs force.
    #[error("lock {} of {} is active", held.lock_id, held.owner)]
    StillActive {
        /// The lock.
        held: Box<Record>,
        /// How that is known.
        verdict: Box<Verdict>,
    },
    /// The remote's lock table could not be used.
    #[error("the lock table of `{remote}`: {why}")]
    Remote {
        /// The remote.
        remote: String,
        /// What is wrong.
        why: String,
    },
    /// The lock was taken over: nothing may be pushed under it any more.
    #[error("lock {id} is no longer in the remote's table under this fence: it was taken over")]
    Fenced {
        /// The lock.
        id: LockId,
    },
    /// The lock cannot be read: held, until it is mended or discarded.
    #[error("{} cannot be read ({why}); it counts as held", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

fn after(archived: &Option<String>) -> String {
    archived
        .as_ref()
        .map(|why| format!(": it was ended ({why})"))
        .unwrap_or_default()
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Error::ReadOnly { path, source }
            }
            _ => Error::Io {
                doing,
                path,
                source,
            },
        }
    }
}
