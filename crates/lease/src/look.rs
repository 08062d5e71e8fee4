//! Looking without changing: list, status, sweep.

use std::time::Duration;

use trueline_scope::Glob;

use crate::error::Error;
use crate::judge::State;
use crate::store::{Held, Published, Snapshot, Store};

/// Idle time after which a lock is a candidate for recovery when none is named: 60 minutes
/// (the seed's ORPHAN_TIMEOUT).
pub const DEFAULT_ORPHAN_TIMEOUT: Duration = Duration::from_secs(3600);

/// A lock that seems to have no owner any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The lock.
    pub held: Held,
    /// When it was first marked.
    pub marked: String,
}

impl Store {
    /// Every lock, active or not.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list(&self, published: &[Published]) -> Result<Snapshot, Error> {
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let snapshot = self.scan(published, &mut scan)?;
        scan.finish(self)?;
        Ok(snapshot)
    }

    /// Marks and gives the locks that are stale, or idle for longer than `orphan_timeout`.
    /// Removes nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sweep(
        &self,
        orphan_timeout: Duration,
        published: &[Published],
    ) -> Result<Vec<Candidate>, Error> {
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let snapshot = self.scan(published, &mut scan)?;
        let now = self.world().now();
        let mut candidates = Vec::new();
        for mut held in snapshot.locks {
            let orphan = held.verdict.state != State::Active || held.verdict.idle > orphan_timeout;
            let key = held.record.lock_id.to_string();
            if !orphan {
                continue;
            }
            let moment = scan.now.clone();
            scan.watch.observe(&key, held.record.seq, &moment);
            let marked = scan.watch.mark(&key, now).unwrap_or_default();
            held.marked = Some(marked.clone());
            candidates.push(Candidate { held, marked });
        }
        scan.finish(self)?;
        Ok(candidates)
    }
}

impl Snapshot {
    /// The locks whose scope holds `path`, with the glob that does. A glob that cannot be read
    /// holds everything.
    pub fn holders<'a>(&'a self, path: &str) -> Vec<(&'a Held, &'a str)> {
        let holds = |held: &'a Held| {
            let scopes = held.record.scope_paths.iter();
            let mut found = scopes.filter(|s| Glob::parse(s).map_or(true, |g| g.matches(path)));
            found.next().map(|scope| (held, scope.as_str()))
        };
        self.locks.iter().filter_map(holds).collect()
    }
}
