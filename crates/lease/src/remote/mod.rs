//! Locks across machines: a git remote is the lock server.
//!
//! The whole table stands in one ref. Every change is: read it, decide, push a new commit on the
//! condition that the ref still is where it was read (`--force-with-lease` with the old object
//! id; the server's own comparison decides). Who loses reads again and retries, with growing
//! random pauses. One ref a lock would not do: two different names never collide.
//!
//! A lock is taken in the live store first, then in the table, under the same id. So an entry of
//! this clone's store that is not live here is left over, and goes with the next change.

mod git;
mod table;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::acquire::{Refusal, Rules, parse_scopes, weigh};
use crate::error::Error;
use crate::judge::State;
use crate::record::{LockId, Record};
use crate::store::{Held, Snapshot, Source, Store};

use git::{Git, Pushed};
pub use table::{Entry, MAX_ENTRIES, MAX_TABLE_BYTES, Table};

/// Time that is spent on one change before it is given up.
pub const DEFAULT_REMOTE_WAIT: Duration = Duration::from_secs(120);

/// The lock table of a remote, seen from one clone.
#[derive(Debug)]
pub struct Remote<'a> {
    store: &'a Store,
    git: Git,
    wait: Duration,
}

/// The answer of the table to a lock that is held in the live store.
#[derive(Debug, Clone, PartialEq)]
pub enum Joined {
    /// It is in the table, under this fence of the table; with the entries that made way.
    Granted {
        /// The table's fence.
        fence: u64,
        /// Stale locks of other clones that made way.
        superseded: Vec<Record>,
    },
    /// Another clone's lock is in the way.
    Refused(Box<Refusal>),
}

/// What a change of the table comes to.
enum Step<T> {
    /// There is nothing to change.
    Done(T),
    /// The table was changed.
    Changed(T),
}

impl<'a> Remote<'a> {
    /// The table in `reference` of `remote`, for the repository at `root`.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for names that git could take for options.
    pub fn new(
        store: &'a Store,
        root: &Path,
        remote: &str,
        reference: &str,
        wait: Duration,
    ) -> Result<Self, Error> {
        let plain = |name: &str| {
            !name.is_empty() && !name.starts_with('-') && !name.chars().any(char::is_control)
        };
        if !plain(remote) || !plain(reference) || !reference.starts_with("refs/") {
            return Err(Error::BadRequest(format!(
                "`{}` in `{}` is no ref of a remote",
                reference.escape_debug(),
                remote.escape_debug()
            )));
        }
        Ok(Remote {
            store,
            git: Git {
                root: root.to_owned(),
                remote: remote.to_owned(),
                reference: reference.to_owned(),
            },
            wait,
        })
    }

    /// The table as it stands.
    ///
    /// # Errors
    /// [`Error::Remote`]: not reachable, or a table that cannot be read.
    pub fn table(&self) -> Result<Table, Error> {
        Ok(self.git.read()?.1)
    }

    /// Every lock of the table, judged from here. Expiry is told by how long this clone has seen
    /// a lock unchanged.
    ///
    /// # Errors
    /// As [`Remote::table`]; else those of the store.
    pub fn list(&self) -> Result<Snapshot, Error> {
        let (_, table) = self.git.read()?;
        self.judge(&table)
    }

    /// Puts a lock that is held in the live store into the table. Doing so twice is doing it
    /// once, so that a client that was killed just asks again.
    ///
    /// # Errors
    /// [`Error::Remote`]; else those of the store.
    pub fn join(&self, lock: &Record, rules: Rules) -> Result<Joined, Error> {
        let globs = parse_scopes(lock.root(), &lock.scope_paths)?;
        self.change(|table| {
            if let Some(entry) = table.get(&lock.lock_id) {
                return Ok(Step::Done(Joined::Granted {
                    fence: entry.fence,
                    superseded: Vec::new(),
                }));
            }
            let snapshot = self.judge(table)?;
            // The owner of a lock may hold another one elsewhere: names are not unique yet.
            let rules = Rules {
                one_per_owner: false,
                ..rules
            };
            let weighed = match weigh(&globs, &lock.owner, &snapshot, rules, None) {
                Ok(weighed) => weighed,
                Err(refusal) => return Ok(Step::Done(Joined::Refused(refusal))),
            };
            let stale = weighed.stale.iter().map(|held| &held.record.lock_id);
            let superseded = stale
                .filter_map(|id| table.remove(id))
                .map(|entry| entry.lock)
                .collect();
            self.drop_left_over(table)?;
            let fence = table.insert(lock.clone()).ok_or(Error::FenceExhausted)?;
            Ok(Step::Changed(Joined::Granted { fence, superseded }))
        })
    }

    /// Brings a renewed lock into the table.
    ///
    /// # Errors
    /// [`Error::NoSuchLock`] when it was taken over there.
    pub fn renew(&self, lock: &Record) -> Result<(), Error> {
        self.change(|table| {
            let entry = table
                .get_mut(&lock.lock_id)
                .ok_or_else(|| Error::NoSuchLock {
                    id: lock.lock_id.clone(),
                    archived: Some("it was taken over in the remote's table".into()),
                })?;
            if entry.lock.seq >= lock.seq {
                return Ok(Step::Done(()));
            }
            entry.lock = lock.clone();
            Ok(Step::Changed(()))
        })
    }

    /// Takes a lock out of the table; says whether it was there.
    ///
    /// # Errors
    /// [`Error::Remote`].
    pub fn leave(&self, id: &LockId) -> Result<bool, Error> {
        self.change(|table| {
            Ok(match table.remove(id) {
                Some(_) => Step::Changed(true),
                None => Step::Done(false),
            })
        })
    }

    /// Takes out exactly the lock that was seen, of whichever clone: the remote half of a
    /// take-over. Gives the lock as it was.
    ///
    /// # Errors
    /// [`Error::NoSuchLock`], [`Error::Changed`]; [`Error::StillActive`] without `force`.
    pub fn evict(&self, id: &LockId, seq: u64, force: bool) -> Result<Record, Error> {
        self.change(|table| {
            let snapshot = self.judge(table)?;
            let Some(held) = snapshot.locks.iter().find(|h| h.record.lock_id == *id) else {
                return Err(Error::NoSuchLock {
                    id: id.clone(),
                    archived: None,
                });
            };
            if held.record.seq != seq {
                return Err(Error::Changed {
                    id: id.clone(),
                    expected: seq,
                    found: held.record.seq,
                });
            }
            if held.verdict.state == State::Active && !force {
                return Err(Error::StillActive {
                    held: Box::new(held.record.clone()),
                    verdict: Box::new(held.verdict.clone()),
                });
            }
            table.remove(id);
            Ok(Step::Changed(held.record.clone()))
        })
    }

    /// Pushes work under the protection of a lock: all refspecs and the table in one atomic push,
    /// which the remote accepts only if the table is the one in which the lock was seen. A holder
    /// who was evicted cannot push this way, however late he wakes.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the lock is no longer in the table under this fence;
    /// [`Error::Remote`] when the remote refuses the work itself.
    pub fn push(&self, id: &LockId, fence: u64, refspecs: &[String]) -> Result<(), Error> {
        let odd = |spec: &&String| spec.starts_with('-') || spec.chars().any(char::is_control);
        if refspecs.is_empty() || refspecs.iter().any(|spec| odd(&spec)) {
            return Err(Error::BadRequest(
                "a fenced push needs plain refspecs".into(),
            ));
        }
        self.change_with(refspecs, |table| match table.get_mut(id) {
            Some(entry) if entry.fence == fence => {
                // The server compares only what changes.
                entry.pushes = entry.pushes.saturating_add(1);
                Ok(Step::Changed(()))
            }
            _ => Err(Error::Fenced { id: id.clone() }),
        })
    }

    fn change<T>(
        &self,
        step: impl FnMut(&mut Table) -> Result<Step<T>, Error>,
    ) -> Result<T, Error> {
        self.change_with(&[], step)
    }

    /// Read, decide, push on condition; again when somebody else was faster.
    fn change_with<T>(
        &self,
        more: &[String],
        mut step: impl FnMut(&mut Table) -> Result<Step<T>, Error>,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            let (old, mut table) = self.git.read()?;
            let value = match step(&mut table)? {
                Step::Done(value) => return Ok(value),
                Step::Changed(value) => value,
            };
            let new = self.git.commit(&table, old.as_deref())?;
            match self.git.push(&new, old.as_deref(), more)? {
                Pushed::Done => return Ok(value),
                Pushed::Lost => {}
                // A connection that broke after the server had decided: the ref tells.
                Pushed::Refused(_) if self.git.tip()?.as_deref() == Some(&new) => {
                    return Ok(value);
                }
                Pushed::Refused(why) => {
                    return Err(Error::Remote {
                        remote: self.git.remote.clone(),
                        why: format!("it refuses the push: {why}"),
                    });
                }
            }
            if begun.elapsed() > self.wait {
                return Err(Error::Remote {
                    remote: self.git.remote.clone(),
                    why: format!("others were faster for {:?}", begun.elapsed()),
                });
            }
            std::thread::sleep(jittered(pause));
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// Judges the table's locks, by the live store's observations.
    fn judge(&self, table: &Table) -> Result<Snapshot, Error> {
        let _guard = self.store.lock_to_look()?;
        let mut scan = self.store.begin();
        let mut snapshot = Snapshot::default();
        for entry in &table.entries {
            let record = &entry.lock;
            let source = Source::Remote(format!("{} {}", self.git.remote, self.git.reference));
            if self.is_left_over(record)? {
                snapshot
                    .ended
                    .push((self.git.reference.clone(), record.clone()));
                continue;
            }
            let key = format!("remote {}", record.lock_id);
            let verdict = self
                .store
                .judge(&key, record.seq, &record.tenure(), &mut scan);
            snapshot.locks.push(Held {
                source,
                record: record.clone(),
                verdict,
                marked: None,
            });
        }
        scan.finish(self.store)?;
        Ok(snapshot)
    }

    /// Of this clone's store, and not live in it.
    fn is_left_over(&self, record: &Record) -> Result<bool, Error> {
        if record.host.store.as_deref() != Some(self.store.id()) {
            return Ok(false);
        }
        let name = crate::store::live_name(&record.lock_id);
        Ok(self.store.read_live(&name)?.is_none())
    }

    fn drop_left_over(&self, table: &mut Table) -> Result<(), Error> {
        let _guard = self.store.lock()?;
        let mut left_over = Vec::new();
        for entry in &table.entries {
            if self.is_left_over(&entry.lock)? {
                left_over.push(entry.lock.lock_id.clone());
            }
        }
        for id in left_over {
            table.remove(&id);
        }
        Ok(())
    }
}

/// Between half of a pause and one and a half of it.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [0_u8; 1];
    let _ = getrandom::fill(&mut byte);
    pause / 2 + pause.mul_f64(f64::from(byte[0]) / 255.0)
}
