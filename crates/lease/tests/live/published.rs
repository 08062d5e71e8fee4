//! Files from elsewhere: other clones' locks, other systems' shapes, copies, odd files.

use std::fs;

use trueline_lease::{Error, LockId, Published, Reading, Rules, Source, Store, read_published};

use crate::bench::{ask, bench, granted, id, proof, refused, request};

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

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_copied_repository_is_another_store() {
    let b = bench();
    let other = tempfile::tempdir().unwrap();
    copy(b.store.path(), &other.path().join("trueline"));
    let copied = b.toy.open(other.path());
    assert_ne!(copied.id(), b.store.id());
    assert_eq!(b.toy.open(other.path()).id(), copied.id());
    // The original's lock, seen in the copy through a commit, is held, not left over.
    let lock = granted(ask(&b.store, &request("AGENT-1", &["a/**"]))).record;
    let file = [publish("x.lock", &lock.render())];
    let asked = request("AGENT-2", &["a/x"]);
    refused(copied.acquire(&asked, &file, Rules::default()).unwrap());
}

#[test]
fn two_views_of_one_store_keep_a_name_each() {
    let b = bench();
    let first = b.store.id().to_owned();
    b.toy
        .set_host(|h| h.machine_id_hash = Some("container".into()));
    let second = b.toy.open(b.dir.path()).id().to_owned();
    assert_ne!(first, second);
    b.toy
        .set_host(|h| h.machine_id_hash = Some("machine".into()));
    assert_eq!(b.toy.open(b.dir.path()).id(), first);
    for damaged in ["", "x", "\u{feff}", &format!("{} x", "0".repeat(32))] {
        fs::write(b.store.path().join("id"), damaged).unwrap();
        assert!(LockId::new(b.toy.open(b.dir.path()).id()).is_some());
    }
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
