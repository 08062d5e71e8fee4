//! The live store in one process, with clocks and processes moved by hand.

use std::fs;
use std::time::Duration;

use crate::toy::Toy;
use trueline_core::Id;
use trueline_lease::{
    Answer, Error, Grant, LockId, OverlapKind, Proof, Published, Reading, Reason, Record, Recovery,
    Refusal, Request, Rules, Source, State, Store, read_published,
};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn request(owner: &str, scopes: &[&str]) -> Request {
    let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
    Request::new(id(owner), id("WBS-1"), scopes)
}

fn proof(owner: &str) -> Proof {
    Proof {
        owner: id(owner),
        session: None,
    }
}

fn ask(store: &Store, request: &Request) -> Answer {
    store.acquire(request, &[], Rules::default()).unwrap()
}

fn granted(answer: Answer) -> Grant {
    match answer {
        Answer::Granted(grant) => *grant,
        Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

fn refused(answer: Answer) -> Refusal {
    match answer {
        Answer::Refused(refusal) => *refusal,
        Answer::Granted(grant) => panic!("granted: {:?}", grant.record),
    }
}

struct Bench {
    toy: Toy,
    dir: tempfile::TempDir,
    store: Store,
}

fn bench() -> Bench {
    let toy = Toy::new();
    let dir = tempfile::tempdir().unwrap();
    let store = toy.open(dir.path());
    Bench { toy, dir, store }
}

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

fn publish(path: &str, bytes: &[u8]) -> Published {
    Published {
        path: path.into(),
        reading: read_published(bytes),
    }
}

#[test]
fn a_published_lock_of_another_clone_holds_until_it_was_watched_for_a_lease() {
    let (a, b) = (bench(), bench());
    b.toy
        .set_host(|h| h.machine_id_hash = Some("elsewhere".into()));
    b.toy.reboot("their boot");
    let theirs = granted(ask(&b.store, &request("AGENT-9", &["a/**"]))).record;
    let file = [publish("ops/locks/agent-AGENT-9.lock", &theirs.render())];
    let rules = Rules::default();
    let asked = request("AGENT-1", &["a/b"]);
    let refusal = refused(a.store.acquire(&asked, &file, rules).unwrap());
    assert!(matches!(
        &refusal.conflicts[0].held.source,
        Source::Published(_)
    ));
    a.toy.step(86_400 * 30);
    refused(a.store.acquire(&asked, &file, rules).unwrap());
    a.toy.pass(1800);
    refused(a.store.acquire(&asked, &file, rules).unwrap());
    a.toy.pass(61);
    let grant = granted(a.store.acquire(&asked, &file, rules).unwrap());
    assert!(grant.record.fence > theirs.fence);
    assert!(grant.superseded.is_empty(), "their file is theirs");
}

#[test]
fn a_published_copy_of_a_lock_that_ended_here_holds_nothing() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    let file = [publish("x.lock", &lock.render())];
    let listed = b.store.list(&file).unwrap();
    assert_eq!(
        (listed.locks.len(), listed.ended.len()),
        (1, 0),
        "one lock, two copies"
    );
    b.store.release(&lock.lock_id, &proof("AGENT-1")).unwrap();
    let listed = b.store.list(&file).unwrap();
    assert_eq!((listed.locks.len(), listed.ended.len()), (0, 1));
    let asked = request("AGENT-2", &["a/**"]);
    granted(b.store.acquire(&asked, &file, Rules::default()).unwrap());
}

#[test]
fn foreign_shapes_and_damage_count_as_held_without_a_scope() {
    let b = bench();
    let foreign = [publish(
        "AGENT-1.lock",
        b"agent: AGENT-1\nwbs_id: WBS-001\nnotes: \"x: y\"\n",
    )];
    let damaged = [publish("agent-x.lock", b"{\"lock_id\": \"")];
    let asked = request("AGENT-1", &["a/**"]);
    let strict = Rules {
        foreign_blocks: true,
        ..Rules::default()
    };
    let refusal = refused(b.store.acquire(&asked, &foreign, strict).unwrap());
    assert!(refusal.blind[0].foreign);
    assert!(refusal.blind[0].why.contains("agent, wbs_id"));
    let refusal = refused(b.store.acquire(&asked, &damaged, Rules::default()).unwrap());
    assert!(!refusal.blind[0].foreign);
    let grant = granted(b.store.acquire(&asked, &foreign, Rules::default()).unwrap());
    assert_eq!(grant.blind.len(), 1, "reported all the same");
}

#[test]
fn the_seeds_five_fields_are_a_lock() {
    let b = bench();
    let seed = br#"{"task_id": "WBS-7", "owner": "AGENT-4", "scope_paths": ["src/**"],
        "start_time": "2022-11-26T01:05:14Z", "blueprint_refs": ["NT-1", "TD-2"]}"#;
    let file = [publish("agent-x.lock", seed)];
    assert!(matches!(file[0].reading, Reading::Lock(_)));
    let asked = request("AGENT-1", &["src/a"]);
    let refusal = refused(b.store.acquire(&asked, &file, Rules::default()).unwrap());
    assert_eq!(refusal.conflicts[0].held.record.owner, id("AGENT-4"));
    assert!(refusal.conflicts[0].held.verdict.claims_over);
}

#[test]
fn fields_of_a_newer_minor_version_stay() {
    let b = bench();
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    let text = String::from_utf8(lock.render()).unwrap();
    let text = text
        .replacen('{', "{\n  \"mood\": {\"b\": 1, \"a\": [2]},", 1)
        .replace("\"boot_id\"", "\"rack\": 7,\n    \"boot_id\"");
    let path = b.store.path().join(format!("live/{}.json", lock.lock_id));
    fs::write(&path, &text).unwrap();
    b.store
        .renew(&lock.lock_id, &proof("AGENT-1"), None)
        .unwrap();
    let after = fs::read_to_string(&path).unwrap();
    assert!(
        after.contains("\"rack\": 7") && after.contains("\"mood\""),
        "{after}"
    );
    assert!(after.find("\"b\": 1") < after.find("\"a\": ["));
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

#[test]
fn a_store_that_cannot_be_made_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("trueline"), "a file").unwrap();
    let opened = Store::open(dir.path(), trueline_lease::Options::default());
    assert!(matches!(opened, Err(Error::Io { .. })), "{opened:?}");
}

#[test]
fn stores_have_names_and_keep_them() {
    let b = bench();
    assert!(LockId::new(b.store.id()).is_some());
    assert_eq!(b.toy.open(b.dir.path()).id(), b.store.id());
    assert_ne!(bench().store.id(), b.store.id());
}

#[cfg(unix)]
#[test]
fn records_that_are_links_or_folders_count_as_held() {
    let b = bench();
    let live = b.store.path().join("live");
    let zero = "0".repeat(32);
    std::os::unix::fs::symlink("/dev/zero", live.join(format!("{zero}.json"))).unwrap();
    fs::create_dir(live.join("folder.json")).unwrap();
    let refusal = refused(ask(&b.store, &request("AGENT-2", &["a"])));
    assert_eq!(refusal.blind.len(), 2);
}
