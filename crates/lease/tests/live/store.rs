//! Locks of one store.

use std::fs;
use std::time::Duration;

use trueline_lease::{Error, OverlapKind, Proof, Reason, Record, Recovery, Rules, State};

use crate::bench::{ask, bench, granted, id, proof, refused, request};

#[test]
fn disjoint_scopes_are_granted_and_overlapping_ones_refused_with_a_witness() {
    let b = bench();
    let one = granted(ask(
        &b.store,
        &request("AGENT-1", &["src/a/**", "docs/*.md"]),
    ));
    let two = granted(ask(&b.store, &request("AGENT-2", &["src/b/**"])));
    assert!(two.record.fence > one.record.fence);
    let refusal = refused(ask(&b.store, &request("AGENT-3", &["lib/**", "**/x.md"])));
    let [first, second] = refusal.conflicts.as_slice() else {
        panic!("{refusal:?}");
    };
    assert_eq!(first.ours, "**/x.md");
    assert!(first.witness.ends_with("x.md"));
    assert_eq!(first.kind, OverlapKind::Shared);
    let holders: Vec<_> = [first, second]
        .map(|c| c.held.record.owner.to_string())
        .into();
    assert_eq!(refusal.conflicts.len(), 2);
    assert!(holders.contains(&"AGENT-1".to_owned()) && holders.contains(&"AGENT-2".to_owned()));
    assert_eq!(first.held.verdict.lease_left, 1800);
}

#[test]
fn a_folder_and_a_file_of_the_same_name_clash() {
    let b = bench();
    granted(ask(&b.store, &request("AGENT-1", &["src/x"])));
    let refusal = refused(ask(&b.store, &request("AGENT-2", &["src/x/y"])));
    assert_eq!(
        refusal.conflicts[0].kind,
        OverlapKind::Ancestor { refuses: true }
    );
}

#[test]
fn one_lock_an_owner_unless_allowed() {
    let b = bench();
    granted(ask(&b.store, &request("AGENT-1", &["a/**"])));
    let second = request("AGENT-1", &["b/**"]);
    assert!(refused(ask(&b.store, &second)).already.is_some());
    let rules = Rules {
        one_per_owner: false,
        ..Rules::default()
    };
    granted(b.store.acquire(&second, &[], rules).unwrap());
}

#[test]
fn bad_requests_are_errors() {
    let b = bench();
    let long = "a/".repeat(3000);
    for scopes in [
        vec![],
        vec!["a//b"],
        vec!["["],
        vec![""],
        vec![".."],
        vec![long.as_str()],
    ] {
        let asked = b
            .store
            .acquire(&request("A", &scopes), &[], Rules::default());
        assert!(matches!(asked, Err(Error::BadRequest(_))), "{scopes:?}");
    }
    let many = vec!["a"; 257];
    assert!(
        b.store
            .acquire(&request("A", &many), &[], Rules::default())
            .is_err()
    );
    for lease in [0, 31 * 24 * 3600] {
        let mut asked = request("A", &["a"]);
        asked.lease = Duration::from_secs(lease);
        assert!(b.store.acquire(&asked, &[], Rules::default()).is_err());
    }
    assert!(b.store.list(&[]).unwrap().locks.is_empty());
}

#[test]
fn only_the_holder_renews_and_releases_and_nothing_is_released_silently() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    let wrong = b.store.release(&lock.lock_id, &proof("AGENT-2"));
    assert!(matches!(wrong, Err(Error::NotHolder { .. })));
    let wrong = b.store.release(&lock.lock_id, &proof("agent-1"));
    assert!(matches!(wrong, Err(Error::NotHolder { .. })), "case counts");
    let renewed = b
        .store
        .renew(&lock.lock_id, &proof("AGENT-1"), None)
        .unwrap();
    assert_eq!((renewed.seq, renewed.fence), (lock.seq + 1, lock.fence));
    b.store.release(&lock.lock_id, &proof("AGENT-1")).unwrap();
    let again = b.store.release(&lock.lock_id, &proof("AGENT-1"));
    assert!(matches!(
        again,
        Err(Error::NoSuchLock { archived: None, .. })
    ));
    assert!(
        b.store
            .renew(&lock.lock_id, &proof("AGENT-1"), None)
            .is_err()
    );
}

#[test]
fn another_living_session_of_the_same_owner_is_not_the_holder() {
    let b = bench();
    let mut asked = request("AGENT-1", &["a/**"]);
    asked.session = Some(b.toy.start(42, 7));
    let lock = granted(ask(&b.store, &asked)).record;
    let other = Proof {
        owner: id("AGENT-1"),
        session: Some(b.toy.start(43, 9)),
    };
    let wrong = b.store.renew(&lock.lock_id, &other, None);
    assert!(matches!(wrong, Err(Error::NotHolder { .. })));
    b.toy.end(42);
    let taken = b.store.renew(&lock.lock_id, &other, None).unwrap();
    assert_eq!(taken.session.unwrap().pid, 43, "its successor goes on");
}

#[test]
fn a_lease_ends_by_the_boot_clock_and_not_by_the_wall_clock() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    for step in [86_400, -2 * 86_400, 86_400] {
        b.toy.step(step);
        refused(ask(&b.store, &request("AGENT-2", &["a/b"])));
    }
    b.toy.pass(1800);
    refused(ask(&b.store, &request("AGENT-2", &["a/b"])));
    b.store
        .renew(&lock.lock_id, &proof("AGENT-1"), None)
        .unwrap();
    b.toy.pass(1860);
    refused(ask(&b.store, &request("AGENT-2", &["a/b"])));
    b.toy.pass(2);
    let grant = granted(ask(&b.store, &request("AGENT-2", &["a/b"])));
    assert_eq!(grant.superseded.len(), 1);
    assert!(grant.superseded[0].path.exists());
    assert!(grant.record.fence > lock.fence);
    let zombie = b.store.renew(&lock.lock_id, &proof("AGENT-1"), None);
    let Err(Error::NoSuchLock { archived, .. }) = zombie else {
        panic!("{zombie:?}");
    };
    assert!(archived.unwrap().contains("lease is over"));
}

#[test]
fn an_ended_session_makes_way_at_once_and_a_reused_pid_too() {
    for reuse in [false, true] {
        let b = bench();
        let mut asked = request("AGENT-1", &["a/**"]);
        asked.session = Some(b.toy.start(42, 7));
        granted(ask(&b.store, &asked));
        refused(ask(&b.store, &request("AGENT-2", &["a/b"])));
        b.toy.end(42);
        if reuse {
            b.toy.start(42, 8);
        }
        let rules = Rules {
            supersede_stale: false,
            ..Rules::default()
        };
        let strict = b.store.acquire(&request("AGENT-2", &["a/b"]), &[], rules);
        assert_eq!(refused(strict.unwrap()).conflicts.len(), 1);
        let grant = granted(ask(&b.store, &request("AGENT-2", &["a/b"])));
        assert_eq!(grant.superseded[0].record.owner, id("AGENT-1"));
    }
}

#[test]
fn a_restart_ends_every_lock_of_the_machine() {
    let b = bench();
    granted(ask(&b.store, &request("AGENT-1", &["a/**"])));
    b.toy.reboot("next");
    let listed = b.store.list(&[]).unwrap();
    assert_eq!(
        listed.locks[0].verdict.state,
        State::Stale(Reason::Rebooted)
    );
    granted(ask(&b.store, &request("AGENT-2", &["a/**"])));
}

#[test]
fn a_damaged_live_record_counts_as_held_until_it_is_discarded() {
    for damage in ["", "{", "null", "[]", "\u{0}\u{0}", "{\"version\": 99}"] {
        let b = bench();
        let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
        let name = format!("{}.json", lock.lock_id);
        let path = b.store.path().join("live").join(&name);
        fs::write(&path, damage).unwrap();
        let refusal = refused(ask(&b.store, &request("AGENT-2", &["zzz"])));
        assert_eq!(refusal.blind.len(), 1, "{damage:?}");
        let renew = b.store.renew(&lock.lock_id, &proof("AGENT-1"), None);
        assert!(matches!(renew, Err(Error::Unreadable { .. })));
        let seen = refusal.blind[0].digest.clone();
        assert!(b.store.discard(&name, &"0".repeat(64), "x").is_err());
        assert!(b.store.discard("../id", &seen, "x").is_err());
        b.store.discard(&name, &seen, "cut short").unwrap();
        let grant = granted(ask(&b.store, &request("AGENT-2", &["a/**"])));
        assert!(grant.record.fence > lock.fence);
    }
}

#[test]
fn a_truncated_record_is_never_read_as_a_smaller_one() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    let bytes = lock.render();
    for end in 0..bytes.len() - 2 {
        assert!(Record::parse(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn recover_takes_exactly_the_record_seen() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    let next = request("AGENT-2", &["a/**"]);
    let recover = |seq, reason: &str, force| {
        let rules = Rules::default();
        b.store
            .recover((&lock.lock_id, seq), reason, force, Some(&next), &[], rules)
    };
    assert!(matches!(
        recover(1, "gone", false),
        Err(Error::StillActive { .. })
    ));
    assert!(matches!(recover(1, " ", true), Err(Error::BadRequest(_))));
    b.store
        .renew(&lock.lock_id, &proof("AGENT-1"), None)
        .unwrap();
    b.toy.pass(4000);
    let late = recover(1, "gone", true);
    assert!(matches!(
        late,
        Err(Error::Changed {
            expected: 1,
            found: 2,
            ..
        })
    ));
    let Recovery::Done { old, new } = recover(2, "gone", false).unwrap() else {
        panic!("refused");
    };
    assert_eq!(old.record.seq, 2);
    assert!(new.unwrap().record.fence > lock.fence);
    let again = recover(2, "gone", true);
    assert!(matches!(
        again,
        Err(Error::NoSuchLock {
            archived: Some(_),
            ..
        })
    ));
}

#[test]
fn recover_changes_nothing_when_a_third_lock_is_in_the_way() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    b.toy.pass(4000);
    granted(ask(&b.store, &request("AGENT-3", &["b/**"])));
    let next = request("AGENT-2", &["a/**", "b/x"]);
    let rules = Rules::default();
    let answer = b
        .store
        .recover((&lock.lock_id, 1), "gone", false, Some(&next), &[], rules)
        .unwrap();
    assert!(matches!(answer, Recovery::Refused(_)));
    assert_eq!(b.store.list(&[]).unwrap().locks.len(), 2);
}

#[test]
fn sweep_marks_and_removes_nothing() {
    let b = bench();
    let mut long = request("AGENT-1", &["a/**"]);
    long.lease = Duration::from_secs(86_400);
    granted(ask(&b.store, &long));
    let hour = Duration::from_secs(3600);
    assert!(b.store.sweep(hour, &[]).unwrap().is_empty());
    b.toy.pass(3602);
    let first = b.store.sweep(hour, &[]).unwrap();
    assert_eq!(first.len(), 1);
    b.toy.pass(100);
    let second = b.store.sweep(hour, &[]).unwrap();
    assert_eq!(first[0].marked, second[0].marked, "the first mark stays");
    let listed = b.store.list(&[]).unwrap();
    assert_eq!(
        listed.locks[0].verdict.state,
        State::Active,
        "its lease runs on"
    );
    assert!(listed.locks[0].marked.is_some());
}

#[test]
fn who_holds_a_path() {
    let b = bench();
    granted(ask(&b.store, &request("AGENT-1", &["docs/**", "src/a.rs"])));
    let listed = b.store.list(&[]).unwrap();
    let (held, scope) = listed.holders("docs/x/y.md")[0];
    assert_eq!((held.record.owner.as_str(), scope), ("AGENT-1", "docs/**"));
    assert!(listed.holders("src/b.rs").is_empty());
}

#[test]
fn the_fence_survives_the_loss_of_its_files() {
    let b = bench();
    let mut last = 0;
    for round in 0..12 {
        let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
        assert!(lock.fence > last, "round {round}");
        last = lock.fence;
        match round % 4 {
            0 => b
                .store
                .release(&lock.lock_id, &proof("AGENT-1"))
                .map(|_| ())
                .unwrap(),
            _ => b.toy.pass(4000),
        }
        for name in ["fence", "fence.copy"] {
            let path = b.store.path().join(name);
            match round {
                3 => fs::write(&path, "").unwrap(),
                5 => fs::write(&path, "1 00000000\n").unwrap(),
                7 => fs::remove_file(&path).unwrap(),
                _ => {}
            }
        }
    }
}
