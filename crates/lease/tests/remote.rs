//! The table in a git remote: a bare repository over file://, one clone a contender.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::time::Duration;

use trueline_core::Id;
use trueline_lease::{
    Answer, Error, Joined, Options, Proof, Record, Remote, Request, Rules, Store,
};

const REF: &str = "refs/locks/table";
const WAIT: Duration = Duration::from_secs(60);

fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// A bare repository with one commit.
    fn new() -> Self {
        let place = Place {
            dir: tempfile::tempdir().unwrap(),
        };
        git(
            place.dir.path(),
            &["init", "-q", "--bare", "-b", "main", "server"],
        );
        let seed = place.clone_as("seed");
        git(&seed, &["commit", "-q", "--allow-empty", "-m", "base"]);
        git(&seed, &["push", "-q", "origin", "HEAD:main"]);
        place
    }

    fn clone_as(&self, name: &str) -> PathBuf {
        let url = format!("file://{}/server", self.dir.path().display());
        git(self.dir.path(), &["clone", "-q", &url, name]);
        self.dir.path().join(name)
    }
}

fn open(clone: &Path) -> Store {
    Store::open(&clone.join(".git"), Options::default()).unwrap()
}

fn remote<'a>(store: &'a Store, clone: &Path) -> Remote<'a> {
    Remote::new(store, clone, "origin", REF, WAIT).unwrap()
}

fn take(store: &Store, owner: &str, scope: &str) -> Record {
    let id = |t: &str| Id::new(t).unwrap();
    let request = Request::new(id(owner), id("WBS-1"), vec![scope.to_owned()]);
    match store.acquire(&request, &[], Rules::default()).unwrap() {
        Answer::Granted(grant) => grant.record,
        Answer::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn join(remote: &Remote<'_>, lock: &Record) -> Option<u64> {
    match remote.join(lock, Rules::default()).unwrap() {
        Joined::Granted { fence, .. } => Some(fence),
        Joined::Refused(_) => None,
    }
}

fn proof(owner: &str) -> Proof {
    Proof {
        owner: Id::new(owner).unwrap(),
        session: None,
    }
}

#[test]
fn one_clone_holds_and_the_other_is_told_who() {
    let place = Place::new();
    let (a, b) = (place.clone_as("a"), place.clone_as("b"));
    let (store_a, store_b) = (open(&a), open(&b));
    let (remote_a, remote_b) = (remote(&store_a, &a), remote(&store_b, &b));
    let lock = take(&store_a, "AGENT-1", "src/**");
    assert_eq!(join(&remote_a, &lock), Some(1));
    assert_eq!(join(&remote_a, &lock), Some(1), "asking again is harmless");
    let other = take(&store_b, "AGENT-2", "src/x");
    let Joined::Refused(refusal) = remote_b.join(&other, Rules::default()).unwrap() else {
        panic!("granted twice");
    };
    assert_eq!(refusal.conflicts[0].held.record.owner, *"AGENT-1");
    let renewed = store_a
        .renew(&lock.lock_id, &proof("AGENT-1"), None)
        .unwrap();
    remote_a.renew(&renewed).unwrap();
    assert_eq!(remote_b.table().unwrap().entries[0].lock.seq, 2);
    assert!(remote_a.leave(&lock.lock_id).unwrap());
    assert!(!remote_a.leave(&lock.lock_id).unwrap());
    assert_eq!(join(&remote_b, &other), Some(2));
}

#[test]
fn a_zombie_can_neither_renew_nor_push() {
    let place = Place::new();
    let (a, b) = (place.clone_as("a"), place.clone_as("b"));
    let (store_a, store_b) = (open(&a), open(&b));
    let (remote_a, remote_b) = (remote(&store_a, &a), remote(&store_b, &b));
    let lock = take(&store_a, "AGENT-1", "src/**");
    let fence = join(&remote_a, &lock).unwrap();
    git(&a, &["commit", "-q", "--allow-empty", "-m", "work"]);
    let work = ["HEAD:refs/heads/work".to_owned()];
    remote_a.push(&lock.lock_id, fence, &work).unwrap();

    let early = remote_b.evict(&lock.lock_id, 1, false);
    assert!(matches!(early, Err(Error::StillActive { .. })), "{early:?}");
    let stale = remote_b.evict(&lock.lock_id, 7, true);
    assert!(matches!(stale, Err(Error::Changed { .. })), "{stale:?}");
    remote_b.evict(&lock.lock_id, 1, true).unwrap();
    let next = take(&store_b, "AGENT-2", "src/**");
    let next_fence = join(&remote_b, &next).unwrap();
    assert!(next_fence > fence);

    git(&a, &["commit", "-q", "--allow-empty", "-m", "late work"]);
    let late = ["HEAD:refs/heads/late".to_owned()];
    let pushed = remote_a.push(&lock.lock_id, fence, &late);
    assert!(matches!(pushed, Err(Error::Fenced { .. })), "{pushed:?}");
    let mut renewed = lock.clone();
    renewed.seq += 1;
    assert!(matches!(
        remote_a.renew(&renewed),
        Err(Error::NoSuchLock { .. })
    ));
    let heads = git(&a, &["ls-remote", "origin"]);
    assert!(!heads.contains("refs/heads/late"), "{heads}");
    remote_b
        .push(
            &next.lock_id,
            next_fence,
            &["HEAD:refs/heads/next".to_owned()],
        )
        .unwrap();
}

#[test]
fn work_that_the_remote_refuses_is_not_retried_and_changes_nothing() {
    let place = Place::new();
    let a = place.clone_as("a");
    let store = open(&a);
    let remote = remote(&store, &a);
    let lock = take(&store, "AGENT-1", "src/**");
    let fence = join(&remote, &lock).unwrap();
    git(&a, &["commit", "-q", "--allow-empty", "-m", "on main"]);
    git(&a, &["push", "-q", "origin", "HEAD:main"]);
    git(&a, &["reset", "-q", "--hard", "HEAD^"]);
    git(&a, &["commit", "-q", "--allow-empty", "-m", "another"]);
    let pushed = remote.push(&lock.lock_id, fence, &["HEAD:refs/heads/main".to_owned()]);
    let Err(Error::Remote { why, .. }) = pushed else {
        panic!("{pushed:?}");
    };
    assert!(why.contains("refs/heads/main"), "{why}");
    assert_eq!(remote.table().unwrap().entries[0].pushes, 0);
}

#[test]
fn of_many_clones_one_holds_and_disjoint_ones_all_do() {
    let place = Place::new();
    let contenders = 4;
    let clones: Vec<PathBuf> = (0..contenders)
        .map(|n| place.clone_as(&format!("c{n}")))
        .collect();
    let barrier = Barrier::new(contenders);
    let grants: Vec<(Option<u64>, Option<u64>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = clones
            .iter()
            .enumerate()
            .map(|(n, clone)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    let store = open(clone);
                    let remote = remote(&store, clone);
                    let same = take(&store, &format!("A-{n}"), "src/**");
                    let own = take(&store, &format!("B-{n}"), &format!("own/{n}/**"));
                    barrier.wait();
                    (join(&remote, &same), join(&remote, &own))
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let same: Vec<u64> = grants.iter().filter_map(|(same, _)| *same).collect();
    assert_eq!(same.len(), 1, "{grants:?}");
    let mut fences: Vec<u64> = grants
        .iter()
        .filter_map(|(_, own)| *own)
        .chain(same)
        .collect();
    assert_eq!(fences.len(), contenders + 1, "{grants:?}");
    fences.sort_unstable();
    fences.dedup();
    assert_eq!(fences.len(), contenders + 1, "fences are unique");
}

#[test]
fn what_a_killed_client_left_goes_with_the_next_change() {
    let place = Place::new();
    let a = place.clone_as("a");
    let store = open(&a);
    let remote = remote(&store, &a);
    let lock = take(&store, "AGENT-1", "src/**");
    join(&remote, &lock).unwrap();
    // Released here, and killed before the remote was told.
    store.release(&lock.lock_id, &proof("AGENT-1")).unwrap();
    let next = take(&store, "AGENT-2", "src/x");
    assert_eq!(join(&remote, &next), Some(2));
    assert_eq!(remote.table().unwrap().entries.len(), 1);
}

#[test]
fn a_table_that_cannot_be_read_grants_nothing() {
    let place = Place::new();
    let a = place.clone_as("a");
    std::fs::write(
        a.join("table.json"),
        "{\"version\": 1, \"fence\": 0, \"locks\": [{}]}",
    )
    .unwrap();
    git(&a, &["add", "."]);
    git(&a, &["commit", "-q", "-m", "x"]);
    git(&a, &["push", "-q", "origin", &format!("HEAD:{REF}")]);
    let store = open(&a);
    let lock = take(&store, "AGENT-1", "src/**");
    let joined = remote(&store, &a).join(&lock, Rules::default());
    assert!(matches!(joined, Err(Error::Remote { .. })), "{joined:?}");
    assert!(Remote::new(&store, &a, "-x", REF, WAIT).is_err());
    assert!(Remote::new(&store, &a, "origin", "table", WAIT).is_err());
}
