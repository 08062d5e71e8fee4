//! Dies at every named point of every operation: what is left must be usable as it is.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use trueline_core::Id;
use trueline_lease::{
    Answer, Options, Proof, Recovery, Request, Rules, Session, Store, System, fault,
};

const DIR: &str = "TRUELINE_TEST_STORE";

fn request(owner: &str, scope: &str) -> Request {
    let id = |t: &str| Id::new(t).unwrap();
    let mut request = Request::new(id(owner), id("WBS-1"), vec![scope.to_owned()]);
    request.session = Session::of(&System, std::process::id());
    request
}

fn open(dir: &Path) -> Store {
    Store::open(dir, Options::default()).unwrap()
}

fn acquire(store: &Store, owner: &str, scope: &str) -> u64 {
    let answer = store.acquire(&request(owner, scope), &[], Rules::default());
    match answer.unwrap() {
        Answer::Granted(grant) => grant.record.fence,
        Answer::Refused(refusal) => panic!("{refusal:?}"),
    }
}

/// Not a test of its own: the process that dies. Started by the test below with a fault named.
#[test]
fn victim() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let store = open(Path::new(&dir));
    let mine = request("VICTIM", "a/**");
    let Answer::Granted(grant) = store.acquire(&mine, &[], Rules::default()).unwrap() else {
        panic!("the store was empty");
    };
    let old = grant.record;
    let proof = Proof {
        owner: mine.owner.clone(),
        session: mine.session.clone(),
    };
    let old = store.renew(&old.lock_id, &proof, None).unwrap();
    let expect = (&old.lock_id, old.seq);
    let taken = store.recover(expect, "test", true, Some(&mine), &[], Rules::default());
    let Recovery::Done { new: Some(new), .. } = taken.unwrap() else {
        panic!("nobody else is there");
    };
    store.release(&new.record.lock_id, &proof).unwrap();
}

fn run_victim(dir: &Path, fault: &str) -> std::process::ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["victim", "--exact", "--nocapture"])
        .env(DIR, dir)
        .env("TRUELINE_FAULT", fault)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
}

#[test]
fn after_a_death_at_any_point_the_next_one_goes_on_without_help() {
    use std::os::unix::process::ExitStatusExt as _;
    for point in fault::POINTS {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let before = acquire(&store, "OTHER", "z/**");
        let status = run_victim(dir.path(), point);
        assert_eq!(status.signal(), Some(6), "{point} is passed: {status}");

        let left = store.list(&[]).unwrap();
        assert!(left.blind.is_empty(), "{point}: {left:?}");
        let other = left.locks.iter().find(|h| h.record.owner == *"OTHER");
        assert_eq!(other.unwrap().record.fence, before, "{point}");
        let highest = left.locks.iter().map(|h| h.record.fence).max().unwrap();

        let after = acquire(&store, "NEXT", "a/**");
        assert!(after > highest, "{point}: {after} after {highest}");
        let left = store.list(&[]).unwrap();
        assert_eq!(left.locks.len(), 2, "{point}: {left:?}");
        for folder in ["", "live"] {
            for entry in std::fs::read_dir(dir.path().join("trueline").join(folder)).unwrap() {
                let name = entry.unwrap().file_name();
                let name = name.to_string_lossy();
                assert!(!name.starts_with('.'), "{point} left {name}");
            }
        }
    }
}

#[test]
fn without_a_fault_the_victim_lives() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run_victim(dir.path(), "no.such-point").success());
    assert!(open(dir.path()).list(&[]).unwrap().locks.is_empty());
}
