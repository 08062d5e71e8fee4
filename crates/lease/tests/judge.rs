//! The judgement, row by row: who counts as dead, who as late, and what can never evict anybody.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use trueline_lease::{
    Clock, Facts, Host, Place, Process, Reason, Session, State, Tenure, Verdict, judge,
};

const LEASE: u64 = 1800;
const GRACE: u64 = 60;
const DAY: i64 = 24 * 3600;
const START: i64 = 1_700_000_000;

fn host(machine: &str, boot: &str, namespace: &str) -> Host {
    let known = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    Host {
        machine_id_hash: known(machine),
        boot_id: known(boot),
        pid_namespace: known(namespace),
        time_namespace: Some("time:[1]".into()),
        uptime: Some(1000),
        store: Some("store".into()),
        ..Host::default()
    }
}

/// One situation: the holder took the lock at boot second 1000 with process 42 of tick 7.
struct Case {
    theirs: Host,
    ours: Host,
    session: bool,
    process: Process,
    elapsed: u64,
    observed: u64,
    wall_step: i64,
}

impl Default for Case {
    fn default() -> Self {
        Case {
            theirs: host("m", "b", "pid:[1]"),
            ours: host("m", "b", "pid:[1]"),
            session: true,
            process: Process::Running { start_time: 7 },
            elapsed: 10,
            observed: 0,
            wall_step: 0,
        }
    }
}

impl Case {
    fn judge(&self) -> Verdict {
        let session = Session {
            pid: 42,
            start_time: 7,
            other: serde_json::Map::new(),
        };
        let tenure = Tenure {
            host: &self.theirs,
            session: self.session.then_some(&session),
            lease: Duration::from_secs(LEASE),
            renewed: Timestamp::from_second(START).ok(),
        };
        let elapsed = i64::try_from(self.elapsed).unwrap();
        let facts = Facts {
            host: self.ours.clone(),
            now: Timestamp::from_second(START + elapsed + self.wall_step).unwrap(),
            uptime_ms: Some((1000 + self.elapsed) * 1000),
            process: self.process,
            observed: Duration::from_secs(self.observed),
            grace: Duration::from_secs(GRACE),
        };
        judge(&tenure, &facts)
    }

    fn state(&self) -> State {
        self.judge().state
    }
}

const LATE: u64 = LEASE + GRACE + 1;

#[test]
fn a_living_holder_is_active_until_lease_and_grace_are_over() {
    for (elapsed, left) in [(0, 1800), (10, 1790), (LEASE, 0), (LEASE + GRACE, -60)] {
        let verdict = Case {
            elapsed,
            ..Case::default()
        }
        .judge();
        assert_eq!(verdict.state, State::Active, "{elapsed}");
        assert_eq!(verdict.lease_left, left);
        assert_eq!((verdict.place, verdict.clock), (Place::Here, Clock::Boot));
    }
    let late = Case {
        elapsed: LATE,
        ..Case::default()
    };
    assert_eq!(late.state(), State::Stale(Reason::LeaseOver));
}

#[test]
fn an_ended_session_is_proof() {
    let gone = Case {
        process: Process::Gone,
        ..Case::default()
    };
    assert_eq!(gone.state(), State::Stale(Reason::SessionGone));
    let reused = Case {
        process: Process::Running { start_time: 8 },
        ..Case::default()
    };
    assert_eq!(reused.state(), State::Stale(Reason::PidReused));
}

#[test]
fn what_cannot_be_looked_up_proves_nothing() {
    let unknown = Case {
        process: Process::Unknown,
        ..Case::default()
    };
    assert_eq!(unknown.state(), State::Active);
    let no_session = Case {
        session: false,
        process: Process::Gone,
        ..Case::default()
    };
    assert_eq!(no_session.state(), State::Active);
}

#[test]
fn a_pid_means_nothing_in_another_namespace() {
    for namespace in ["pid:[2]", ""] {
        for process in [Process::Gone, Process::Running { start_time: 8 }] {
            let case = Case {
                theirs: host("m", "b", namespace),
                process,
                ..Case::default()
            };
            let verdict = case.judge();
            assert_eq!(verdict.state, State::Active);
            assert_eq!(verdict.place, Place::Machine);
            let late = Case {
                elapsed: LATE,
                ..case
            };
            assert_eq!(late.state(), State::Stale(Reason::LeaseOver));
        }
    }
}

#[test]
fn a_start_time_means_nothing_in_another_time_namespace() {
    let mut ours = host("m", "b", "pid:[1]");
    ours.time_namespace = Some("time:[2]".into());
    let case = Case {
        ours,
        process: Process::Running { start_time: 8 },
        elapsed: LATE,
        ..Case::default()
    };
    assert_eq!(case.state(), State::Active);
    assert_eq!(case.judge().clock, Clock::Watched);
}

#[test]
fn a_restart_of_the_same_machine_is_proof_for_its_own_store_only() {
    let rebooted = Case {
        ours: host("m", "c", "pid:[1]"),
        ..Case::default()
    };
    assert_eq!(rebooted.state(), State::Stale(Reason::Rebooted));
    for store in [None, Some("another".to_owned())] {
        let mut theirs = host("m", "b", "pid:[1]");
        theirs.store = store;
        let other_clone = Case {
            theirs,
            ours: host("m", "c", "pid:[1]"),
            ..Case::default()
        };
        assert_eq!(other_clone.state(), State::Active, "cloned machine ids");
    }
    let no_boot = Case {
        theirs: host("m", "", "pid:[1]"),
        ..Case::default()
    };
    assert_eq!(no_boot.state(), State::Active, "nothing known of its boot");
}

#[test]
fn repeated_names_and_ids_do_not_make_two_machines_one() {
    // The digest is of machine id and host name: any difference is another machine.
    let elsewhere = Case {
        theirs: host("other", "x", "pid:[1]"),
        process: Process::Gone,
        elapsed: LATE,
        ..Case::default()
    };
    let verdict = elsewhere.judge();
    assert_eq!(verdict.state, State::Active);
    assert_eq!(
        (verdict.place, verdict.clock),
        (Place::Foreign, Clock::Watched)
    );
}

#[test]
fn a_foreign_lock_ends_only_by_being_watched() {
    for (observed, state) in [
        (0, State::Active),
        (LEASE + GRACE, State::Active),
        (LATE, State::Stale(Reason::LeaseOver)),
    ] {
        let case = Case {
            theirs: host("other", "x", "pid:[1]"),
            observed,
            ..Case::default()
        };
        assert_eq!(case.state(), state, "{observed}");
    }
}

#[test]
fn unknown_machines_are_judged_by_the_boot_alone() {
    let container = Case {
        theirs: host("", "b", "pid:[1]"),
        ours: host("", "b", "pid:[1]"),
        process: Process::Gone,
        ..Case::default()
    };
    assert_eq!(container.state(), State::Stale(Reason::SessionGone));
    let nothing = Case {
        theirs: Host::default(),
        ours: Host::default(),
        process: Process::Gone,
        ..Case::default()
    };
    assert_eq!(nothing.state(), State::Active);
    assert_eq!(nothing.judge().place, Place::Foreign);
}

#[test]
fn steps_of_the_wall_clock_change_only_the_hint() {
    for wall_step in [-DAY, DAY, -365 * DAY, 365 * DAY] {
        for theirs in [host("m", "b", "pid:[1]"), host("other", "x", "pid:[1]")] {
            let case = Case {
                theirs,
                wall_step,
                ..Case::default()
            };
            let verdict = case.judge();
            assert_eq!(verdict.state, State::Active);
            assert_eq!(verdict.claims_over, wall_step > 0);
        }
    }
}

#[test]
fn a_boot_stamp_from_the_future_holds_no_longer_than_its_lease_from_now() {
    let mut theirs = host("m", "b", "pid:[1]");
    theirs.uptime = Some(u64::MAX);
    let forged = Case {
        theirs,
        elapsed: LATE,
        observed: LATE,
        ..Case::default()
    };
    assert_eq!(forged.state(), State::Stale(Reason::LeaseOver));
}

proptest! {
    /// The promise: without proof of death nobody is evicted before the lease is over.
    #[test]
    fn no_living_owner_is_evicted_early(
        machine in "[m-o]?", boot in "[a-c]?", namespace in "[pq]?", store in "[st]?",
        elapsed in 0..=LEASE, observed in 0..=LEASE, wall_step in -400 * DAY..400 * DAY,
        unknown: bool,
    ) {
        let mut theirs = host(&machine, &boot, &namespace);
        theirs.store = (!store.is_empty()).then_some(store);
        let ours = host("m", "b", "p");
        let restarted = theirs.machine_id_hash == ours.machine_id_hash
            && theirs.store.as_deref() == Some("store")
            && theirs.boot_id.is_some() && theirs.boot_id != ours.boot_id;
        prop_assume!(!restarted);
        let process = if unknown { Process::Unknown } else { Process::Running { start_time: 7 } };
        let case = Case { theirs, ours, process, elapsed, observed, wall_step, ..Case::default() };
        prop_assert_eq!(case.state(), State::Active);
    }
}
