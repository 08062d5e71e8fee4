//! Looking without changing: list, status, sweep.

use std::time::{Duration, Instant};

use trueline_scope::Glob;

use crate::error::Error;
use crate::files;
use crate::judge::State;
use crate::record::MAX_RECORD_BYTES;
use crate::root::whole_scope;
use crate::store::{Held, MAX_ARCHIVED, MAX_LIVE, Published, Snapshot, Store, digest};

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
        if self.look_only {
            return self.look(published);
        }
        let _guard = self.lock()?;
        let mut scan = self.begin();
        let snapshot = self.scan(published, &mut scan)?;
        match scan.finish(self) {
            // What was observed is lost: locks of other clones stay active for longer.
            Err(Error::ReadOnly { .. }) | Ok(()) => Ok(snapshot),
            Err(e) => Err(e),
        }
    }

    /// Without the mutex: reads until nothing changed meanwhile.
    fn look(&self, published: &[Published]) -> Result<Snapshot, Error> {
        let begun = Instant::now();
        loop {
            let before = self.state_of_files()?;
            let snapshot = self.scan(published, &mut self.begin())?;
            if self.state_of_files()? == before {
                return Ok(snapshot);
            }
            let waited = begun.elapsed();
            if waited >= self.options.wait {
                let path = self.live();
                return Err(Error::Busy { path, waited });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Everything that a scan depends on: names of files, and digests of the live ones.
    fn state_of_files(&self) -> Result<Vec<(String, String)>, Error> {
        let mut state = Vec::new();
        for name in self.names(&self.live(), MAX_LIVE)? {
            let bytes = files::read(&self.live().join(&name), MAX_RECORD_BYTES);
            let bytes = bytes.ok().flatten().unwrap_or_default();
            state.push((name, digest(&bytes)));
        }
        let archived = self.names(&self.archive(), MAX_ARCHIVED)?;
        state.extend(archived.into_iter().map(|name| (name, String::new())));
        Ok(state)
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
    /// The locks whose scope holds `path` (relative to the git top level), with the glob that does,
    /// as its record has it. A glob that cannot be read
    /// holds everything.
    pub fn holders<'a>(&'a self, path: &str) -> Vec<(&'a Held, &'a str)> {
        let holds = |held: &'a Held| {
            let scopes = held.record.scope_paths.iter();
            let root = held.record.root();
            let mut found = scopes.filter(|scope| {
                Glob::parse(&whole_scope(root, scope)).map_or(true, |glob| glob.matches(path))
            });
            found.next().map(|scope| (held, scope.as_str()))
        };
        self.locks.iter().filter_map(holds).collect()
    }
}
