//! Acquire: under the mutex, look at every lock there is, and publish a new one only if no active
//! one meets it.

use std::time::Duration;

use serde_json::Map;
use trueline_core::Id;
use trueline_scope::{Glob, OverlapKind};

use crate::change::Archived;
use crate::error::Error;
use crate::record::{DEFAULT_LEASE_SECONDS, Record, Session};
use crate::store::{Blind, Held, Published, Snapshot, Source, Store};
use crate::{fault, fence, files};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The agent.
    pub owner: Id,
    /// The work item.
    pub task: Id,
    /// Globs ("scope-glob 1"), at least one.
    pub scopes: Vec<String>,
    /// The folder that the globs count from, relative to the git top level; [`crate::TOP`].
    pub root: String,
    /// Requirements and designs.
    pub blueprint_refs: Vec<Id>,
    /// The branch worked on.
    pub branch: Option<String>,
    /// The commit that the work begins from.
    pub base_commit: Option<String>,
    /// How long the lock stands without a renewal; whole seconds, at least one.
    pub lease: Duration,
    /// The agent's process, where it is to be watched.
    pub session: Option<Session>,
    /// What [`Record::remote`] is to say.
    pub remote: Option<String>,
}

impl Request {
    /// A request with the default lease and nothing optional.
    pub fn new(owner: Id, task: Id, scopes: Vec<String>) -> Self {
        Request {
            owner,
            task,
            scopes,
            root: crate::root::TOP.to_owned(),
            blueprint_refs: Vec::new(),
            branch: None,
            base_commit: None,
            lease: Duration::from_secs(DEFAULT_LEASE_SECONDS),
            session: None,
            remote: None,
        }
    }
}

/// Where the caller decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A stale lock in the way is archived and superseded (true), or refuses (false).
    pub supersede_stale: bool,
    /// A published file of another system's shape refuses.
    pub foreign_blocks: bool,
    /// A damaged published file refuses. (A damaged live record always does.)
    pub unreadable_blocks: bool,
    /// An owner may hold one lock only.
    pub one_per_owner: bool,
}

impl Default for Rules {
    /// Fail closed on damage, report foreign shapes, supersede what is stale, one lock an owner.
    fn default() -> Self {
        Rules {
            supersede_stale: true,
            foreign_blocks: false,
            unreadable_blocks: true,
            one_per_owner: true,
        }
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The lock is held.
    Granted(Box<Grant>),
    /// It is not, and why.
    Refused(Box<Refusal>),
}

/// A granted lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The new lock.
    pub record: Record,
    /// Stale locks that made way.
    pub superseded: Vec<Archived>,
    /// Overlaps that do not refuse: a folder of one side above a file of the other, by wildcard.
    pub notes: Vec<Conflict>,
    /// Files that count as held without a scope but, by the rules, did not refuse.
    pub blind: Vec<Blind>,
}

/// Why a lock was not granted.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Locks in the way; one overlap each.
    pub conflicts: Vec<Conflict>,
    /// Files in the way whose scope nobody can tell.
    pub blind: Vec<Blind>,
    /// A lock that the owner holds already, where only one is allowed.
    pub already: Option<Held>,
}

/// One lock in the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Holder, task, lease left: all there.
    pub held: Held,
    /// The glob asked for, relative to the git top level, as are the next two.
    pub ours: String,
    /// The glob held.
    pub theirs: String,
    /// A path that shows it.
    pub witness: String,
    /// How they meet.
    pub kind: OverlapKind,
}

impl Store {
    /// Asks for a lock. Exactly one of any number of processes that ask for overlapping scopes at
    /// the same time gets it.
    ///
    /// # Errors
    /// [`Error::BadRequest`] when the request itself is wrong; else those of the store. A refusal
    /// is an [`Answer`], not an error.
    pub fn acquire(
        &self,
        request: &Request,
        published: &[Published],
        rules: Rules,
    ) -> Result<Answer, Error> {
        let globs = parse_scopes(&request.root, &request.scopes)?;
        crate::claim::check_lease(request.lease)?;
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let snapshot = self.scan(published, &mut scan)?;
        scan.finish(self)?;
        let answer = match weigh(&globs, &request.owner, &snapshot, rules, None) {
            Err(refusal) => Answer::Refused(refusal),
            Ok(weighed) => {
                let mut superseded = Vec::new();
                for held in weighed.stale {
                    if held.source == Source::Live {
                        let reason = stale_reason(&held);
                        superseded.push(self.archive_live(&held.record, &reason, None)?);
                    }
                }
                let record = self.publish(request, &snapshot, published)?;
                Answer::Granted(Box::new(Grant {
                    record,
                    superseded,
                    notes: weighed.notes,
                    blind: snapshot.blind,
                }))
            }
        };
        Ok(answer)
    }

    /// Fence first, then the record: a crash between the two costs a number, never a duplicate.
    pub(crate) fn publish(
        &self,
        request: &Request,
        snapshot: &Snapshot,
        published: &[Published],
    ) -> Result<Record, Error> {
        fault::point("publish", "begin");
        let live = snapshot.locks.iter().filter(|h| h.source == Source::Live);
        let seen = live.map(|h| h.record.fence).max().unwrap_or(0);
        let outside = published.iter().filter_map(|p| match &p.reading {
            crate::record::Reading::Lock(record) => Some(record.fence),
            _ => None,
        });
        let below = |fence: &u64| *fence < fence::PUBLISHED_CEILING;
        let outside = outside.filter(below).max().unwrap_or(0);
        let fence = self.next_fence(seen, outside)?;
        fault::point("publish", "fence-written");
        let record = self.compose(request, fence)?;
        record.check()?;
        files::write(
            "publish",
            &self.live(),
            &crate::store::live_name(&record.lock_id),
            &record.render(),
        )?;
        fault::point("publish", "end");
        Ok(record)
    }

    /// Counts up and makes it last.
    pub(crate) fn next_fence(&self, seen: u64, published: u64) -> Result<u64, Error> {
        let used = seen > 0 || !files::is_empty(&self.archive());
        let counter = fence::read(&self.dir, used)?;
        let fence = fence::next(counter, seen, published).ok_or(Error::FenceExhausted)?;
        fence::write(&self.dir, fence)?;
        Ok(fence)
    }

    fn compose(&self, request: &Request, fence: u64) -> Result<Record, Error> {
        let start_time = self.wall()?;
        let id = crate::record::LockId::random();
        Ok(Record {
            version: crate::record::VERSION,
            lock_id: id.map_err(|e| Error::io("naming a lock in", &self.dir, e))?,
            task_id: request.task.clone(),
            owner: request.owner.clone(),
            scope_paths: request.scopes.clone(),
            root: Some(request.root.clone()),
            start_time,
            blueprint_refs: request.blueprint_refs.clone(),
            branch: request.branch.clone(),
            base_commit: request.base_commit.clone(),
            lease_seconds: request.lease.as_secs(),
            renewed_at: None,
            seq: 1,
            fence,
            host: self.stamp(),
            session: request.session.clone(),
            remote: request.remote.clone(),
            other: Map::new(),
        })
    }
}

pub(crate) struct Weighed {
    pub(crate) stale: Vec<Held>,
    pub(crate) notes: Vec<Conflict>,
}

/// Weighs a request against everything held. `except`: a lock that is being taken over.
pub(crate) fn weigh(
    globs: &[Glob],
    owner: &Id,
    snapshot: &Snapshot,
    rules: Rules,
    except: Option<&crate::record::LockId>,
) -> Result<Weighed, Box<Refusal>> {
    let mut refusal = Refusal {
        conflicts: Vec::new(),
        blind: Vec::new(),
        already: None,
    };
    let mut weighed = Weighed {
        stale: Vec::new(),
        notes: Vec::new(),
    };
    for held in &snapshot.locks {
        if Some(&held.record.lock_id) == except {
            continue;
        }
        let active = held.verdict.state == crate::judge::State::Active;
        let own = held.record.owner == *owner;
        if own && active && rules.one_per_owner && refusal.already.is_none() {
            refusal.already = Some(held.clone());
        }
        match meet(globs, held) {
            Err(blind) if active => refusal.blind.push(blind),
            Ok(Some(conflict)) if refuses(conflict.kind) => {
                if active || !rules.supersede_stale {
                    refusal.conflicts.push(conflict);
                } else {
                    weighed.stale.push(held.clone());
                }
            }
            Ok(Some(conflict)) if active => weighed.notes.push(conflict),
            Ok(_) | Err(_) => {
                // One lock an owner: a stale one makes way even where the scopes do not meet.
                if own && !active && rules.one_per_owner && rules.supersede_stale {
                    weighed.stale.push(held.clone());
                }
            }
        }
    }
    for blind in &snapshot.blind {
        let blocks = if blind.live {
            true
        } else if blind.foreign {
            rules.foreign_blocks
        } else {
            rules.unreadable_blocks
        };
        if blocks {
            refusal.blind.push(blind.clone());
        }
    }
    let free =
        refusal.conflicts.is_empty() && refusal.blind.is_empty() && refusal.already.is_none();
    if free {
        Ok(weighed)
    } else {
        Err(Box::new(refusal))
    }
}

/// The first overlap that refuses, else the first at all.
fn meet(globs: &[Glob], held: &Held) -> Result<Option<Conflict>, Blind> {
    let mut first = None;
    for text in held.record.whole_scopes() {
        let theirs = Glob::parse(&text).map_err(|e| Blind {
            path: match &held.source {
                Source::Live => held.record.lock_id.to_string(),
                Source::Published(path) | Source::Remote(path) => path.clone(),
            },
            live: held.source == Source::Live,
            foreign: false,
            why: format!("its scope `{}` is no glob: {e}", text.escape_debug()),
            digest: String::new(),
        })?;
        for ours in globs {
            let Some(overlap) = ours.intersects(&theirs) else {
                continue;
            };
            let conflict = Conflict {
                held: held.clone(),
                ours: ours.as_str().to_owned(),
                theirs: text.clone(),
                witness: overlap.witness,
                kind: overlap.kind,
            };
            if refuses(conflict.kind) {
                return Ok(Some(conflict));
            }
            first.get_or_insert(conflict);
        }
    }
    Ok(first)
}

fn refuses(kind: OverlapKind) -> bool {
    match kind {
        OverlapKind::Shared => true,
        OverlapKind::Ancestor { refuses } => refuses,
    }
}

/// The scopes relative to the git top level.
pub(crate) fn parse_scopes(root: &str, scopes: &[String]) -> Result<Vec<Glob>, Error> {
    let bad = |text: &str, why: String| {
        Error::BadRequest(format!("scope `{}`: {why}", text.escape_debug()))
    };
    if scopes.is_empty() || scopes.len() > crate::record::MAX_SCOPES {
        return Err(Error::BadRequest("a lock needs 1 to 256 scopes".into()));
    }
    scopes
        .iter()
        .map(|text| {
            let glob = Glob::parse(text).map_err(|e| bad(text, e.to_string()))?;
            if glob.is_empty() {
                return Err(bad(text, "it matches no path at all".into()));
            }
            if root == crate::root::TOP {
                return Ok(glob);
            }
            Glob::parse(&crate::root::whole_scope(root, text))
                .map_err(|e| bad(text, format!("below `{}`: {e}", root.escape_debug())))
        })
        .collect()
}

pub(crate) fn stale_reason(held: &Held) -> String {
    match held.verdict.state {
        crate::judge::State::Stale(reason) => format!("stale: {reason}"),
        crate::judge::State::Active => "active".to_owned(),
    }
}
