//! Claims of single items: a queue's items, say, of which each is worked on by one agent.
//!
//! One file a claim, named by a digest of the item's id. The rules are those of locks, without
//! globs: exactly one of many processes gets it, a stale one makes way, every grant has a higher
//! fence, and only the holder renews or releases.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use trueline_core::Id;
use trueline_core::scalar::Timestamp;

use crate::change::Proof;
use crate::error::Error;
use crate::files;
use crate::judge::{State, Tenure, Verdict};
use crate::record::{
    Host, LockId, MAX_FENCE, MAX_LEASE_SECONDS, MAX_RECORD_BYTES, MIN_LEASE_SECONDS, Session,
};
use crate::store::{Scan, Store, digest};

/// Most claims of one kind.
pub const MAX_CLAIMS: usize = 100_000;

/// Who works on an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Version of the form, 1.
    pub version: u32,
    /// What kind of item, such as `queue`: each kind is a world of its own.
    pub kind: Id,
    /// The item, such as `WBS-4.1`.
    pub item: Id,
    /// This claim's identity.
    pub claim_id: LockId,
    /// The agent.
    pub owner: Id,
    /// When it was granted.
    pub start_time: Timestamp,
    /// When it was last renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
    /// Seconds that it stands without a renewal.
    pub lease_seconds: u64,
    /// Grows with every change.
    pub seq: u64,
    /// Grows with every grant in the store, of locks and claims alike.
    pub fence: u64,
    /// How often the item was claimed since it was last released, this time included.
    pub attempt: u64,
    /// Where.
    #[serde(default)]
    pub host: Host,
    /// The process, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// A claim as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimHeld {
    /// The claim.
    pub claim: Claim,
    /// Active or stale.
    pub verdict: Verdict,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    /// It is the caller's; with the stale claim that made way.
    Yes {
        /// The new claim.
        claim: Box<Claim>,
        /// The one before it.
        instead_of: Option<Box<Claim>>,
    },
    /// Somebody else has it.
    HeldBy(Box<ClaimHeld>),
}

impl Claim {
    fn tenure(&self) -> Tenure<'_> {
        let written = self.renewed_at.as_ref().unwrap_or(&self.start_time);
        Tenure {
            host: &self.host,
            session: self.session.as_ref(),
            lease: Duration::from_secs(self.lease_seconds),
            renewed: written.as_str().parse().ok(),
        }
    }

    fn parse(bytes: &[u8], kind: &Id, name: &str) -> Result<Claim, String> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err("larger than 262144 bytes".into());
        }
        let claim: Claim = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        let lease = MIN_LEASE_SECONDS..=MAX_LEASE_SECONDS;
        let sound = claim.version == 1
            && claim.kind == *kind
            && file_name(&claim.item) == name
            && lease.contains(&claim.lease_seconds)
            && claim.seq <= MAX_FENCE
            && claim.fence <= MAX_FENCE;
        if sound {
            Ok(claim)
        } else {
            Err("its fields do not fit its name or their limits".into())
        }
    }

    fn render(&self) -> Vec<u8> {
        crate::record::render(&Value::Object(crate::record::object(self)))
    }
}

fn file_name(item: &Id) -> String {
    let hash = digest(item.as_str().as_bytes());
    format!("{}.json", hash.get(..32).unwrap_or_default())
}

impl Store {
    /// Claims an item: exactly one of any number of callers gets it. The holder itself, asking
    /// again, gets it renewed.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a lease outside its limits, [`Error::Unreadable`] when the
    /// present claim is damaged (it counts as held); else those of the store.
    pub fn claim(
        &self,
        kind: &Id,
        item: &Id,
        owner: &Id,
        lease: Duration,
        session: Option<Session>,
    ) -> Result<Claimed, Error> {
        check_lease(lease)?;
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let before = self.read_claim(kind, &file_name(item), &mut scan)?;
        scan.finish(self)?;
        let proof = Proof {
            owner: owner.clone(),
            session: session.clone(),
        };
        if let Some(held) = &before {
            if is_holder(held, &proof) && held.verdict.state == State::Active {
                let claim = self.renewed(&held.claim, &proof, Some(lease))?;
                return Ok(Claimed::Yes {
                    claim: Box::new(claim),
                    instead_of: None,
                });
            }
            if held.verdict.state == State::Active {
                return Ok(Claimed::HeldBy(Box::new(held.clone())));
            }
        }
        let seen = before.as_ref().map_or(0, |held| held.claim.fence);
        let fence = self.next_fence(seen, 0)?;
        let claim = Claim {
            version: 1,
            kind: kind.clone(),
            item: item.clone(),
            claim_id: LockId::random().map_err(|e| Error::io("naming", &self.dir, e))?,
            owner: owner.clone(),
            start_time: self.wall()?,
            renewed_at: None,
            lease_seconds: lease.as_secs(),
            seq: 1,
            fence,
            attempt: before
                .as_ref()
                .map_or(0, |h| h.claim.attempt)
                .saturating_add(1),
            host: self.stamp(),
            session,
        };
        self.write_claim(&claim)?;
        Ok(Claimed::Yes {
            claim: Box::new(claim),
            instead_of: before.map(|held| Box::new(held.claim)),
        })
    }

    /// Renews a claim. `claim_id`: the very claim that was granted, so that a zombie cannot renew
    /// what has gone to its successor of the same name.
    ///
    /// # Errors
    /// [`Error::NoSuchClaim`], [`Error::NotClaimant`]; else those of the store.
    pub fn renew_claim(
        &self,
        kind: &Id,
        item: &Id,
        claim_id: &LockId,
        proof: &Proof,
        lease: Option<Duration>,
    ) -> Result<Claim, Error> {
        lease.map_or(Ok(()), check_lease)?;
        let _guard = self.lock()?;
        let held = self.own_claim(kind, item, claim_id, proof)?;
        self.renewed(&held, proof, lease)
    }

    /// Releases a claim; gives it as it was.
    ///
    /// # Errors
    /// As [`Store::renew_claim`].
    pub fn release_claim(
        &self,
        kind: &Id,
        item: &Id,
        claim_id: &LockId,
        proof: &Proof,
    ) -> Result<Claim, Error> {
        let _guard = self.lock()?;
        let claim = self.own_claim(kind, item, claim_id, proof)?;
        files::remove("release", &self.claims(kind).join(file_name(item)))?;
        Ok(claim)
    }

    /// Every claim of a kind, in the natural order of the items.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when one is damaged; else those of the store.
    pub fn claims_of(&self, kind: &Id) -> Result<Vec<ClaimHeld>, Error> {
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let dir = self.claims(kind);
        if files::is_empty(&dir) {
            return Ok(Vec::new());
        }
        let mut claims = Vec::new();
        for name in files::names(&dir, MAX_CLAIMS, true)? {
            claims.extend(self.read_claim(kind, &name, &mut scan)?);
        }
        scan.finish(self)?;
        claims.sort_by(|a, b| a.claim.item.cmp(&b.claim.item));
        Ok(claims)
    }

    fn claims(&self, kind: &Id) -> std::path::PathBuf {
        self.dir.join("claims").join(kind.as_str())
    }

    fn read_claim(
        &self,
        kind: &Id,
        name: &str,
        scan: &mut Scan,
    ) -> Result<Option<ClaimHeld>, Error> {
        let path = self.claims(kind).join(name);
        let Some(bytes) = files::read(&path, MAX_RECORD_BYTES)? else {
            return Ok(None);
        };
        let claim =
            Claim::parse(&bytes, kind, name).map_err(|why| Error::Unreadable { path, why })?;
        let key = claim.claim_id.to_string();
        let verdict = self.judge(&key, claim.seq, &claim.tenure(), scan);
        Ok(Some(ClaimHeld { claim, verdict }))
    }

    fn own_claim(
        &self,
        kind: &Id,
        item: &Id,
        claim_id: &LockId,
        proof: &Proof,
    ) -> Result<Claim, Error> {
        let mut scan = self.begin();
        let held = self.read_claim(kind, &file_name(item), &mut scan)?;
        let Some(held) = held.filter(|h| h.claim.claim_id == *claim_id) else {
            return Err(Error::NoSuchClaim {
                item: item.to_string(),
                id: claim_id.clone(),
            });
        };
        if is_holder(&held, proof) {
            Ok(held.claim)
        } else {
            Err(Error::NotClaimant {
                item: item.to_string(),
                holder: held.claim.owner.to_string(),
                caller: proof.owner.to_string(),
            })
        }
    }

    fn renewed(
        &self,
        claim: &Claim,
        proof: &Proof,
        lease: Option<Duration>,
    ) -> Result<Claim, Error> {
        let mut claim = claim.clone();
        claim.seq = claim.seq.saturating_add(1);
        claim.renewed_at = Some(self.wall()?);
        claim.host = self.stamp();
        if let Some(lease) = lease {
            claim.lease_seconds = lease.as_secs();
        }
        if proof.session.is_some() {
            claim.session.clone_from(&proof.session);
        }
        self.write_claim(&claim)?;
        Ok(claim)
    }

    fn write_claim(&self, claim: &Claim) -> Result<(), Error> {
        let dir = self.claims(&claim.kind);
        files::make_folder(&dir)?;
        files::write("claim", &dir, &file_name(&claim.item), &claim.render())?;
        Ok(())
    }
}

fn is_holder(held: &ClaimHeld, proof: &Proof) -> bool {
    let dead = matches!(held.verdict.state, State::Stale(reason) if reason.is_proof_of_death());
    let other = match (&held.claim.session, &proof.session) {
        (Some(a), Some(b)) => (a.pid, a.start_time) != (b.pid, b.start_time),
        _ => false,
    };
    held.claim.owner == proof.owner && (!other || dead)
}

pub(crate) fn check_lease(lease: Duration) -> Result<(), Error> {
    if (MIN_LEASE_SECONDS..=MAX_LEASE_SECONDS).contains(&lease.as_secs()) {
        Ok(())
    } else {
        Err(Error::BadRequest(
            "a lease lasts 1 second to 30 days".into(),
        ))
    }
}
