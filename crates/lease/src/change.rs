//! Renew, release, recover: each a compare-and-swap on exactly the record that was seen.

use std::time::Duration;

use serde_json::{Value, json};
use trueline_core::Id;

use crate::acquire::{Answer, Grant, Request, Rules, parse_scopes, weigh};
use crate::error::Error;
use crate::judge::State;
use crate::record::{LockId, MAX_FENCE, MAX_RECORD_BYTES, Record, Session};
use crate::store::{Published, Source, Store, digest, live_name, rfc3339};
use crate::{fault, files};

/// What shows that the caller is the holder.
///
/// It guards against mistakes, not against malice: whoever can write `.git` can do anything.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The owner that the caller acts as.
    pub owner: Id,
    /// The caller's session; a record with another living session is not the caller's.
    pub session: Option<Session>,
}

/// A lock that was ended by somebody else than its holder.
#[derive(Debug, Clone, PartialEq)]
pub struct Archived {
    /// The lock as it was.
    pub record: Record,
    /// Why.
    pub reason: String,
    /// Where it is kept in the live store.
    pub path: std::path::PathBuf,
}

/// What came of a take-over.
#[derive(Debug, Clone, PartialEq)]
pub enum Recovery {
    /// The old lock is archived; the new one, where asked for, is held.
    Done {
        /// The old lock.
        old: Box<Archived>,
        /// The new one.
        new: Option<Box<Grant>>,
    },
    /// Another lock is in the way of the new one. Nothing was changed.
    Refused(Box<crate::acquire::Refusal>),
}

impl Store {
    /// Renews a lock: its lease begins again, its seq grows by one.
    ///
    /// # Errors
    /// [`Error::NoSuchLock`] when it was released or taken over, [`Error::NotHolder`],
    /// [`Error::Unreadable`]; else those of the store.
    pub fn renew(
        &self,
        id: &LockId,
        proof: &Proof,
        lease: Option<Duration>,
    ) -> Result<Record, Error> {
        lease.map_or(Ok(()), crate::claim::check_lease)?;
        let _guard = self.lock()?;
        let mut record = self.held_by(id, proof)?;
        fault::point("renew", "begin");
        record.seq = record.seq.saturating_add(1);
        if record.seq > MAX_FENCE {
            return Err(Error::FenceExhausted);
        }
        if let Some(lease) = lease {
            record.lease_seconds = lease.as_secs();
        }
        record.renewed_at = Some(self.wall()?);
        let other = std::mem::take(&mut record.host.other);
        record.host = self.stamp();
        record.host.other = other;
        if proof.session.is_some() {
            record.session.clone_from(&proof.session);
        }
        record.check()?;
        files::write("renew", &self.live(), &live_name(id), &record.render())?;
        fault::point("renew", "end");
        Ok(record)
    }

    /// Releases a lock; gives it as it was.
    ///
    /// # Errors
    /// As [`Store::renew`]: a release that releases nothing is an error.
    pub fn release(&self, id: &LockId, proof: &Proof) -> Result<Record, Error> {
        let _guard = self.lock()?;
        let record = self.held_by(id, proof)?;
        fault::point("release", "begin");
        files::remove("release", &self.live().join(live_name(id)))?;
        fault::point("release", "end");
        Ok(record)
    }

    /// Takes over exactly the record that was seen (`id` at `seq`), live or published: archives
    /// it with the reason and, with a request, acquires anew under a higher fence.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is at another seq, [`Error::StillActive`] without `force`,
    /// [`Error::NoSuchLock`]; else those of [`Store::acquire`].
    pub fn recover(
        &self,
        expect: (&LockId, u64),
        reason: &str,
        force: bool,
        request: Option<&Request>,
        published: &[Published],
        rules: Rules,
    ) -> Result<Recovery, Error> {
        let (id, seq) = expect;
        if reason.trim().is_empty() || reason.len() > crate::record::MAX_TEXT {
            return Err(Error::BadRequest(
                "a take-over needs a reason of 1 to 4096 bytes".into(),
            ));
        }
        let globs = request
            .map(|r| parse_scopes(&r.root, &r.scopes))
            .transpose()?;
        request.map_or(Ok(()), |r| crate::claim::check_lease(r.lease))?;
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let snapshot = self.scan(published, &mut scan)?;
        scan.finish(self)?;
        let Some(held) = snapshot.locks.iter().find(|h| h.record.lock_id == *id) else {
            return Err(self.no_such(id));
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
        let weighed = match (&globs, request) {
            (Some(globs), Some(request)) => {
                match weigh(globs, &request.owner, &snapshot, rules, Some(id)) {
                    Ok(weighed) => Some((weighed, request)),
                    Err(refusal) => return Ok(Recovery::Refused(refusal)),
                }
            }
            _ => None,
        };
        fault::point("recover", "begin");
        let by = request.map(|r| &r.owner);
        let old = match held.source {
            Source::Live => self.archive_live(&held.record, reason, by)?,
            Source::Published(_) | Source::Remote(_) => {
                self.write_archive(&held.record, reason, by)?
            }
        };
        let new = match weighed {
            None => None,
            Some((weighed, request)) => {
                let mut superseded = Vec::new();
                for stale in weighed.stale.iter().filter(|h| h.source == Source::Live) {
                    let why = crate::acquire::stale_reason(stale);
                    superseded.push(self.archive_live(&stale.record, &why, by)?);
                }
                let record = self.publish(request, &snapshot, published)?;
                Some(Box::new(Grant {
                    record,
                    superseded,
                    notes: weighed.notes,
                    blind: snapshot.blind,
                }))
            }
        };
        fault::point("recover", "end");
        let old = Box::new(old);
        Ok(Recovery::Done { old, new })
    }

    /// Sets aside a live file that cannot be read, if its bytes are those that were seen.
    /// `expect` is [`crate::Blind::digest`].
    ///
    /// # Errors
    /// [`Error::BadRequest`] when there is no such damaged file or it changed.
    pub fn discard(&self, name: &str, expect: &str, reason: &str) -> Result<(), Error> {
        let _guard = self.lock()?;
        let known = files::names(&self.live(), crate::store::MAX_LIVE, true)?;
        let path = self.live().join(name);
        let readable =
            !known.iter().any(|n| n == name) || !matches!(self.read_live(name)?, Some(Err(_)));
        if readable {
            return Err(Error::BadRequest(format!(
                "there is no damaged live record `{}`",
                name.escape_debug()
            )));
        }
        let bytes = files::read(&path, MAX_RECORD_BYTES)
            .ok()
            .flatten()
            .unwrap_or_default();
        if digest(&bytes) != expect {
            return Err(Error::BadRequest(format!(
                "the live record `{}` changed since it was seen",
                name.escape_debug()
            )));
        }
        let note = json!({
            "version": 1,
            "reason": reason,
            "archived_at": rfc3339(self.world().now()),
            "sha256": expect,
            "bytes": String::from_utf8_lossy(&bytes),
        });
        let kept = format!("damaged-{}", name.trim_end_matches(".json"));
        let target = format!("{kept}-{}.json", expect.get(..12).unwrap_or_default());
        files::write(
            "recover",
            &self.archive(),
            &target,
            &crate::record::render(&note),
        )?;
        fault::point("recover", "archived");
        files::remove("recover", &path)
    }

    /// Archive first, then remove: in between the lock is still held.
    pub(crate) fn archive_live(
        &self,
        record: &Record,
        reason: &str,
        by: Option<&Id>,
    ) -> Result<Archived, Error> {
        let archived = self.write_archive(record, reason, by)?;
        fault::point("recover", "archived");
        files::remove("recover", &self.live().join(live_name(&record.lock_id)))?;
        Ok(archived)
    }

    fn write_archive(
        &self,
        record: &Record,
        reason: &str,
        by: Option<&Id>,
    ) -> Result<Archived, Error> {
        let lock: Value = serde_json::from_slice(&record.render()).unwrap_or_default();
        let note = json!({
            "version": 1,
            "reason": reason,
            "archived_at": rfc3339(self.world().now()),
            "archived_by": by.map(Id::as_str),
            "lock": lock,
        });
        let name = format!("{}-{}.json", record.lock_id, record.seq);
        let path = files::write(
            "recover",
            &self.archive(),
            &name,
            &crate::record::render(&note),
        )?;
        Ok(Archived {
            record: record.clone(),
            reason: reason.to_owned(),
            path,
        })
    }

    /// The live record, if it is the caller's.
    fn held_by(&self, id: &LockId, proof: &Proof) -> Result<Record, Error> {
        let record = match self.read_live(&live_name(id))? {
            None => return Err(self.no_such(id)),
            Some(Err(blind)) => {
                return Err(Error::Unreadable {
                    path: blind.path.into(),
                    why: blind.why,
                });
            }
            Some(Ok(record)) => record,
        };
        let other_session = match (&record.session, &proof.session) {
            (Some(theirs), Some(ours)) => {
                (theirs.pid, theirs.start_time) != (ours.pid, ours.start_time)
                    && self.lives(&record)
            }
            _ => false,
        };
        if record.owner != proof.owner || other_session {
            let caller = match &proof.session {
                Some(session) if other_session => {
                    format!("process {} of {}", session.pid, proof.owner)
                }
                _ => proof.owner.to_string(),
            };
            return Err(Error::NotHolder {
                held: Box::new(record),
                caller,
            });
        }
        Ok(record)
    }

    /// False only with proof that the record's session has ended.
    fn lives(&self, record: &Record) -> bool {
        let mut scan = self.begin();
        let key = record.lock_id.to_string();
        let verdict = self.judge(&key, record.seq, &record.tenure(), &mut scan);
        !matches!(verdict.state, State::Stale(reason) if reason.is_proof_of_death())
    }

    fn no_such(&self, id: &LockId) -> Error {
        let names = files::names(&self.archive(), crate::store::MAX_ARCHIVED, false);
        let of_id = |name: &&String| name.starts_with(id.as_str());
        let archived = names.ok().and_then(|names| {
            let name = names.iter().rfind(of_id)?.clone();
            let bytes = files::read(&self.archive().join(name), 2 * MAX_RECORD_BYTES).ok()??;
            let note: Value = serde_json::from_slice(&bytes).ok()?;
            let reason = note.get("reason")?.as_str()?;
            Some(reason.to_owned())
        });
        Error::NoSuchLock {
            id: id.clone(),
            archived,
        }
    }
}

impl Answer {
    /// The grant, if it is one.
    pub fn granted(self) -> Option<Grant> {
        match self {
            Answer::Granted(grant) => Some(*grant),
            Answer::Refused(_) => None,
        }
    }
}
