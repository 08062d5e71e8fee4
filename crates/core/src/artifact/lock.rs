//! `ops/locks/agent-<name>.lock`: who works on which paths. Owner: locks.

use std::num::{NonZeroU32, NonZeroU64};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Id;
use crate::scalar::{LockId, Text, Timestamp};

/// A scope lock. Source: S2 section 6 (`task_id, owner, scope_paths, start_time,
/// blueprint_refs`); the rest is Trueline's own. Fields that a version does not know are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lock {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Random id of this lock: 32 lower-case hexadecimal digits.
    pub lock_id: LockId,
    /// Work item.
    pub task_id: Id,
    /// Who holds it: `AGENT-1`.
    pub owner: Text,
    /// Globs of the scope dialect; at least one.
    #[serde(deserialize_with = "super::non_empty")]
    #[schemars(length(min = 1))]
    pub scope_paths: Vec<Text>,
    /// Folder that the globs count from, relative to the git top level with `/`; `.`, or absent,
    /// for the top level itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Text>,
    /// When it was acquired.
    pub start_time: Timestamp,
    /// Requirements and designs the work is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blueprint_refs: Vec<Id>,
    /// Branch of the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Commit it started from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_commit: Option<String>,
    /// Length of the lease, in seconds.
    pub lease_seconds: NonZeroU64,
    /// Counts every change of this record, from 1.
    pub seq: NonZeroU64,
    /// Grows with every acquire and take-over in this repository; never reused.
    pub fence: NonZeroU64,
    /// Machine on which it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// Process that holds it; absent when only the lease counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// When the lease was last renewed; `start_time` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
    /// Git remote, as the holder's clone names it, and the ref of it whose table has the lock,
    /// too: `origin refs/locks/table`. Absent for a lock of one clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Text>,
}

/// A machine, without its name: names repeat and tell too much. A part that is not known is absent
/// and never equal to another machine's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    /// SHA-256 of machine id and host name together: each repeats alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id_hash: Option<Text>,
    /// Id of this boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// Id of the process namespace (a container has its own).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<String>,
    /// Id of the time namespace, which `uptime` counts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_namespace: Option<String>,
    /// Seconds since boot when the lease was last set: leases are judged by it on the same
    /// boot, so that a step of the wall clock changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<u64>,
    /// Random name of the live store (one a clone) that the lock lives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
}

/// A process, told apart from a later one with the same number by its start time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// Process id.
    pub pid: NonZeroU32,
    /// Start time in clock ticks since boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<u64>,
}
