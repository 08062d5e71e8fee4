//! How long this store has watched a record unchanged, by its own clock.
//!
//! Two hosts' wall clocks are never compared: a foreign lock is over when *we* have seen the same
//! seq for its whole lease. What was seen is kept in `seen.json`; a damaged or missing file means
//! that watching begins again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files;

const FILE: &str = "seen.json";
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Most records that are watched; beyond it those first seen longest ago are forgotten.
pub(crate) const MAX_WATCHED: usize = 4096;

/// A moment on this host's clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// The boot that `uptime_ms` counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// Milliseconds since boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime_ms: Option<u64>,
    /// Wall clock, in seconds since 1970; used only where there is no boot clock.
    pub wall: i64,
}

impl Moment {
    pub(crate) fn now(boot_id: Option<&String>, uptime_ms: Option<u64>, wall: Timestamp) -> Self {
        Moment {
            boot_id: boot_id.cloned(),
            uptime_ms,
            wall: wall.as_second(),
        }
    }

    /// Time from this moment to `now`. After a restart of this host nothing is known: zero.
    pub(crate) fn until(&self, now: &Moment) -> Duration {
        match (&self.boot_id, &now.boot_id) {
            (Some(then), Some(boot)) if then == boot => match (self.uptime_ms, now.uptime_ms) {
                (Some(a), Some(b)) => Duration::from_millis(b.saturating_sub(a)),
                _ => Duration::ZERO,
            },
            (None, None) => {
                let seconds = now.wall.saturating_sub(self.wall);
                Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
            }
            _ => Duration::ZERO,
        }
    }

    fn comparable(&self, now: &Moment) -> bool {
        self.boot_id == now.boot_id
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    seq: u64,
    since: Moment,
    /// When it was marked as a candidate for recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marked: Option<String>,
}

/// The observations of one store.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    seen: BTreeMap<String, Seen>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    version: u32,
    seen: BTreeMap<String, Seen>,
}

impl Watch {
    pub(crate) fn load(dir: &Path) -> Self {
        let bytes = files::read(&dir.join(FILE), MAX_BYTES).ok().flatten();
        let saved = bytes.and_then(|b| serde_json::from_slice::<Saved>(&b).ok());
        Watch {
            seen: saved
                .filter(|s| s.version == 1)
                .map(|s| s.seen)
                .unwrap_or_default(),
            changed: false,
        }
    }

    /// Notes that `key` is at `seq` now, and tells for how long it has been.
    pub(crate) fn observe(&mut self, key: &str, seq: u64, now: &Moment) -> Duration {
        if let Some(seen) = self.seen.get(key)
            && seen.seq == seq
            && seen.since.comparable(now)
        {
            return seen.since.until(now);
        }
        let since = now.clone();
        let seen = Seen {
            seq,
            since,
            marked: None,
        };
        self.seen.insert(key.to_owned(), seen);
        self.changed = true;
        Duration::ZERO
    }

    /// Marks a candidate for recovery; gives the time of the first mark.
    pub(crate) fn mark(&mut self, key: &str, now: Timestamp) -> Option<String> {
        let seen = self.seen.get_mut(key)?;
        if seen.marked.is_none() {
            seen.marked = Some(crate::store::rfc3339(now));
            self.changed = true;
        }
        seen.marked.clone()
    }

    /// When it was marked, at this seq.
    pub(crate) fn marked(&self, key: &str, seq: u64) -> Option<String> {
        self.seen.get(key).filter(|s| s.seq == seq)?.marked.clone()
    }

    pub(crate) fn save(&mut self, dir: &Path) -> Result<(), Error> {
        if !self.changed {
            return Ok(());
        }
        while self.seen.len() > MAX_WATCHED {
            let oldest = self.seen.iter().min_by_key(|(_, s)| s.since.wall);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            self.seen.remove(&key);
        }
        let saved = Saved {
            version: 1,
            seen: std::mem::take(&mut self.seen),
        };
        let bytes = serde_json::to_vec(&saved).unwrap_or_default();
        self.seen = saved.seen;
        files::write("watch", dir, FILE, &bytes)?;
        self.changed = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: Option<&str>, uptime_ms: u64, wall: i64) -> Moment {
        Moment {
            boot_id: boot.map(str::to_owned),
            uptime_ms: boot.map(|_| uptime_ms),
            wall,
        }
    }

    const DAY: i64 = 24 * 3600;

    #[test]
    fn steps_of_the_wall_clock_count_for_nothing() {
        let then = at(Some("b"), 1000, 0);
        for step in [-DAY, 0, DAY] {
            let now = at(Some("b"), 4000, step);
            assert_eq!(then.until(&now), Duration::from_secs(3));
        }
    }

    #[test]
    fn a_restart_begins_again_and_so_does_a_new_seq() {
        let mut watch = Watch::default();
        let start = at(Some("b"), 0, 0);
        assert_eq!(watch.observe("k", 1, &start), Duration::ZERO);
        let later = at(Some("b"), 9000, 9);
        assert_eq!(watch.observe("k", 1, &later), Duration::from_secs(9));
        let rebooted = at(Some("c"), 500, 20);
        assert_eq!(watch.observe("k", 1, &rebooted), Duration::ZERO);
        let later = at(Some("c"), 2500, 22);
        assert_eq!(watch.observe("k", 1, &later), Duration::from_secs(2));
        assert_eq!(watch.observe("k", 2, &later), Duration::ZERO);
    }

    #[test]
    fn without_a_boot_clock_the_wall_clock_counts_forward_only() {
        let then = at(None, 0, 100);
        assert_eq!(then.until(&at(None, 0, 107)), Duration::from_secs(7));
        assert_eq!(then.until(&at(None, 0, 100 - DAY)), Duration::ZERO);
    }

    #[test]
    fn survives_damage_and_stays_small() {
        let dir = tempfile::tempdir().unwrap();
        let mut watch = Watch::default();
        for i in 0..MAX_WATCHED + 10 {
            let wall = i64::try_from(i).unwrap();
            watch.observe(&format!("{i:08}"), 1, &at(Some("b"), 0, wall));
        }
        watch.save(dir.path()).unwrap();
        let loaded = Watch::load(dir.path());
        assert_eq!(loaded.seen.len(), MAX_WATCHED);
        assert!(!loaded.seen.contains_key("00000009"));
        for damaged in ["", "{", "[]", "{\"version\":2,\"seen\":{}}", "\u{feff}x"] {
            std::fs::write(dir.path().join(FILE), damaged).unwrap();
            assert!(Watch::load(dir.path()).seen.is_empty());
        }
    }
}
