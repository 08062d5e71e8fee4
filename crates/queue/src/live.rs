//! The live store: claims of this clone, and locks that stand in an item's way.

use std::time::Duration;

use trueline_core::Id;
use trueline_core::scalar::Timestamp;
use trueline_kit::{Clock, Context, Error};
use trueline_lease::{
    ClaimHeld, Claimed, Host, Options, Process, Proof, State, Store, System, World,
};
use trueline_plan::Item;
use trueline_scope::Glob;

/// The kind of this tool's claims.
const KIND: &str = "queue";

/// The real world, with the wall clock of the edge.
#[derive(Debug)]
struct Edge(Clock);

impl World for Edge {
    fn host(&self) -> Host {
        System.host()
    }

    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    fn uptime_ms(&self) -> Option<u64> {
        System.uptime_ms()
    }

    fn process(&self, pid: u32) -> Process {
        System.process(pid)
    }
}

/// The live store of a clone.
pub(crate) struct Live {
    store: Store,
    kind: Id,
}

fn edge(error: &trueline_lease::Error) -> Error {
    Error::io(error.to_string())
}

impl Live {
    /// Opens it; `None` where there is no git repository: claims then stand in the queue alone.
    pub(crate) fn open(ctx: &Context) -> Result<Option<Live>, Error> {
        let git = ctx.git();
        if git.require().is_err() {
            return Ok(None);
        }
        let options = Options {
            world: Box::new(Edge(ctx.clock())),
            ..Options::default()
        };
        let store = Store::open(git.common_dir()?, options).map_err(|error| edge(&error))?;
        let kind = Id::new(KIND).map_err(|error| Error::bug(error.to_string()))?;
        Ok(Some(Live { store, kind }))
    }

    /// As [`Live::open`], but makes nothing: `None` where nothing was ever held, too.
    pub(crate) fn look(ctx: &Context) -> Result<Option<Live>, Error> {
        let git = ctx.git();
        if git.require().is_err() || !git.common_dir()?.join("trueline/live").is_dir() {
            return Ok(None);
        }
        Live::open(ctx)
    }

    /// The claim of an item, active or over.
    pub(crate) fn claim_of(&self, item: &str) -> Result<Option<ClaimHeld>, Error> {
        let claims = self.claims()?;
        Ok(claims.into_iter().find(|held| held.claim.item == *item))
    }

    /// Every claim.
    pub(crate) fn claims(&self) -> Result<Vec<ClaimHeld>, Error> {
        self.store
            .claims_of(&self.kind)
            .map_err(|error| edge(&error))
    }

    /// Claims or renews.
    pub(crate) fn claim(&self, item: &Id, owner: &Id, lease: Duration) -> Result<Claimed, Error> {
        let claimed = self.store.claim(&self.kind, item, owner, lease, None);
        claimed.map_err(|error| match error {
            trueline_lease::Error::BadRequest(text) => Error::usage(text),
            other => edge(&other),
        })
    }

    /// Ends the claim of an owner, if it is its.
    pub(crate) fn release(&self, item: &Id, owner: &str) -> Result<bool, Error> {
        let Some(held) = self.claim_of(item.as_str())? else {
            return Ok(false);
        };
        if held.claim.owner != *owner {
            return Ok(false);
        }
        let proof = Proof {
            owner: held.claim.owner.clone(),
            session: held.claim.session.clone(),
        };
        let id = &held.claim.claim_id;
        let released = self.store.release_claim(&self.kind, item, id, &proof);
        released.map(|_| true).map_err(|error| edge(&error))
    }

    /// What is held: claims and scopes of locks, with their owners.
    pub(crate) fn held(&self) -> Result<Holdings, Error> {
        let claims = self.claims()?;
        let claims = claims.into_iter().filter(is_active);
        let snapshot = self.store.list(&[]).map_err(|error| edge(&error))?;
        let locks = snapshot.locks.into_iter();
        let locks = locks.filter(|held| held.verdict.state == State::Active);
        Ok(Holdings {
            claims: claims
                .map(|held| (held.claim.item.to_string(), held.claim.owner.to_string()))
                .collect(),
            locks: locks
                .map(|held| {
                    let globs = held.record.scope_paths.iter();
                    let globs = globs.filter_map(|text| Glob::parse(text).ok()).collect();
                    (held.record.owner.to_string(), globs)
                })
                .collect(),
        })
    }
}

/// Whether a claim counts.
pub(crate) fn is_active(held: &ClaimHeld) -> bool {
    held.verdict.state == State::Active
}

/// What is held at a moment.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    /// Item and owner.
    claims: Vec<(String, String)>,
    /// Owner and scope.
    locks: Vec<(String, Vec<Glob>)>,
}

impl Holdings {
    /// Whether somebody other than `owner` holds the item or a part of its scope.
    pub(crate) fn is_in_the_way(&self, item: Item<'_, '_>, owner: Option<&str>) -> bool {
        let is_other = |holder: &String| owner != Some(holder.as_str());
        if self
            .claims
            .iter()
            .any(|(id, holder)| id == item.id() && is_other(holder))
        {
            return true;
        }
        let others: Vec<&Vec<Glob>> = self
            .locks
            .iter()
            .filter(|(holder, _)| is_other(holder))
            .map(|(_, globs)| globs)
            .collect();
        if others.is_empty() {
            return false;
        }
        let scope = item
            .queued()
            .into_iter()
            .flat_map(trueline_plan::Row::scope);
        let own: Vec<Glob> = scope.filter_map(|text| Glob::parse(text).ok()).collect();
        own.iter().any(|glob| {
            let mut theirs = others.iter().flat_map(|globs| globs.iter());
            theirs.any(|other| glob.intersects(other).is_some())
        })
    }
}

/// A time in UTC to the second, as records have it.
pub(crate) fn stamp(time: jiff::Timestamp) -> Result<Timestamp, Error> {
    let whole = jiff::Timestamp::from_second(time.as_second()).unwrap_or(time);
    Timestamp::new(whole.to_string()).ok_or_else(|| Error::bug("the time has no RFC 3339 form"))
}
