//! Is a holder still there? A pure function over values: record and facts in, verdict out.
//!
//! The rules, in order:
//! 1. Same machine, boot and pid namespace, and the session's process is gone or is another one:
//!    stale, proven.
//! 2. Same store and machine, another boot: stale, proven. (Not for a copy from another clone:
//!    machine ids are cloned with images.)
//! 3. The lease and the grace are over: stale. Time is taken from the boot clock where both sides
//!    share it, else from how long this store has watched the record unchanged. The wall clock of
//!    the holder is never compared with ours, so a clock step evicts nobody.
//! 4. Else active. What is not known counts for the holder.

use std::time::Duration;

use jiff::Timestamp;

use crate::host::Process;
use crate::record::{Host, Record, Session};

/// Time beyond the lease before it counts as over.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(60);

/// The part of a lock or claim that liveness depends on.
#[derive(Debug, Clone, Copy)]
pub struct Tenure<'a> {
    /// Where it was taken or last renewed.
    pub host: &'a Host,
    /// The holding process, where named.
    pub session: Option<&'a Session>,
    /// How long it stands without a renewal.
    pub lease: Duration,
    /// Wall time of the last renewal as the holder wrote it: shown, never judged by.
    pub renewed: Option<Timestamp>,
}

impl Record {
    /// The part that liveness depends on.
    pub fn tenure(&self) -> Tenure<'_> {
        let written = self.renewed_at.as_ref().unwrap_or(&self.start_time);
        Tenure {
            host: &self.host,
            session: self.session.as_ref(),
            lease: Duration::from_secs(self.lease_seconds),
            renewed: written.as_str().parse().ok(),
        }
    }
}

/// What is known here and now about one record.
#[derive(Debug, Clone)]
pub struct Facts {
    /// This host and store.
    pub host: Host,
    /// This host's wall clock.
    pub now: Timestamp,
    /// This host's time since boot.
    pub uptime_ms: Option<u64>,
    /// What became of the record's session process, looked up in this namespace.
    pub process: Process,
    /// How long this store has seen the record's seq unchanged, by its own clock.
    pub observed: Duration,
    /// Time beyond the lease before it counts as over.
    pub grace: Duration,
}

/// Active or stale, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub state: State,
    /// Where the holder is.
    pub place: Place,
    /// The clock that `idle` was taken from.
    pub clock: Clock,
    /// Time since the last renewal, by `clock`; at least this long.
    pub idle: Duration,
    /// Time left of the lease, in seconds; negative when it is over.
    pub lease_left: i64,
    /// By the holder's own wall clock the lease is over: a hint for people, not a judgement.
    pub claims_over: bool,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Active,
    /// It does not count any more.
    Stale(Reason),
}

/// Why a lock is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The session's process ended.
    SessionGone,
    /// The session's pid belongs to a process that started at another time.
    PidReused,
    /// The machine was restarted since.
    Rebooted,
    /// Lease and grace are over.
    LeaseOver,
}

impl Reason {
    /// True when the holder cannot be alive.
    pub fn is_proof_of_death(self) -> bool {
        !matches!(self, Reason::LeaseOver)
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Reason::SessionGone => "its session's process has ended",
            Reason::PidReused => "its session's process id now belongs to another process",
            Reason::Rebooted => "the machine was restarted since",
            Reason::LeaseOver => "its lease is over",
        })
    }
}

/// Where the holder is, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Same machine, boot and pid namespace: its process can be looked up.
    Here,
    /// Same machine: another boot or namespace.
    Machine,
    /// Elsewhere, or not known.
    Foreign,
}

/// The clock that a judgement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Time since boot, shared by holder and judge.
    Boot,
    /// How long this store has watched the record unchanged.
    Watched,
}

/// Judges one record.
pub fn judge(tenure: &Tenure<'_>, facts: &Facts) -> Verdict {
    let (theirs, ours) = (tenure.host, &facts.host);
    let machine = known_same(&theirs.machine_id_hash, &ours.machine_id_hash);
    let no_machine = theirs.machine_id_hash.is_none() && ours.machine_id_hash.is_none();
    let boot = known_same(&theirs.boot_id, &ours.boot_id);
    let time_namespace = known_same(&theirs.time_namespace, &ours.time_namespace);
    let here =
        boot && (machine || no_machine) && known_same(&theirs.pid_namespace, &ours.pid_namespace);
    let place = if here {
        Place::Here
    } else if machine || (boot && no_machine) {
        Place::Machine
    } else {
        Place::Foreign
    };
    let shared_clock = theirs
        .uptime
        .zip(facts.uptime_ms)
        .filter(|(then, now)| boot && time_namespace && *then <= now.div_ceil(1000));
    let (clock, idle) = match shared_clock {
        Some((then, now)) => (
            Clock::Boot,
            Duration::from_millis(now.saturating_sub(then.saturating_mul(1000))),
        ),
        None => (Clock::Watched, facts.observed),
    };

    let restarted = machine
        && known_same(&theirs.store, &ours.store)
        && theirs.boot_id.is_some()
        && ours.boot_id.is_some()
        && !boot;
    let death = if restarted {
        Some(Reason::Rebooted)
    } else if here {
        tenure
            .session
            .and_then(|s| session_death(s, facts, time_namespace))
    } else {
        None
    };
    let over = idle > tenure.lease.saturating_add(facts.grace);
    let state = match death {
        Some(reason) => State::Stale(reason),
        None if over => State::Stale(Reason::LeaseOver),
        None => State::Active,
    };
    Verdict {
        state,
        place,
        clock,
        idle,
        lease_left: seconds(tenure.lease) - seconds(idle),
        claims_over: tenure
            .renewed
            .is_some_and(|at| seconds_between(at, facts.now) > seconds(tenure.lease)),
    }
}

fn session_death(session: &Session, facts: &Facts, time_namespace: bool) -> Option<Reason> {
    match facts.process {
        Process::Gone => Some(Reason::SessionGone),
        // A start time is shifted by the reader's time namespace.
        Process::Running { start_time } if time_namespace && start_time != session.start_time => {
            Some(Reason::PidReused)
        }
        Process::Running { .. } | Process::Unknown => None,
    }
}

fn known_same(a: &Option<String>, b: &Option<String>) -> bool {
    a.is_some() && a == b
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4)
}

fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second())
}
