//! What is known of the repository around a ledger: its items, agents, models, requirements.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

/// Seconds that a record may lie ahead of the clock.
pub const SKEW: i64 = 300;

/// What records may refer to. `None` of a set means: no file says, so nothing is checked.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Ids of work items: queue, plan, work breakdown.
    pub tasks: Option<HashSet<String>>,
    /// When an item became done.
    pub done_at: BTreeMap<String, Timestamp>,
    /// Names of agents.
    pub agents: Option<BTreeSet<String>>,
    /// Names of models that anybody may use.
    pub models: Option<BTreeSet<String>>,
    /// Models that one agent may use, where the registry says.
    pub agent_models: BTreeMap<String, BTreeSet<String>>,
    /// Ids of requirements.
    pub requirements: Option<HashSet<String>>,
    /// Ids of designs.
    pub designs: Option<HashSet<String>>,
    /// Prefixes of requirements' ids.
    pub nt_prefixes: Vec<String>,
    /// Prefixes of designs' ids.
    pub td_prefixes: Vec<String>,
    /// How often each secret is rotated, by name, in days.
    pub intervals: BTreeMap<String, Interval>,
    /// The time; `None`: nothing is compared with it.
    pub now: Option<Timestamp>,
    /// Text of the orchestrator's specification.
    pub specification: Option<String>,
    /// The repository's root, where files can be looked for.
    pub root: Option<PathBuf>,
}

/// How often something is rotated, and where that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// Days.
    pub days: i64,
    /// Place in the registry.
    pub at: trueline_core::Location,
}

impl World {
    /// Whether a time lies ahead of the clock by more than [`SKEW`].
    pub fn is_future(&self, time: Timestamp) -> bool {
        self.now
            .is_some_and(|now| time.as_second() > now.as_second().saturating_add(SKEW))
    }

    /// Whether a path of the repository exists; a folder has to hold something. `None` for a
    /// path that leads out, or where there is no repository.
    pub fn exists(&self, path: &str) -> Option<bool> {
        let root = self.root.as_ref()?;
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || path.is_empty() || path.contains('\0') {
            return None;
        }
        let place = root.join(path);
        match place.metadata() {
            Ok(data) if data.is_dir() => {
                Some(std::fs::read_dir(&place).is_ok_and(|mut entries| entries.next().is_some()))
            }
            Ok(_) => Some(!path.ends_with('/')),
            Err(_) => Some(false),
        }
    }
}
