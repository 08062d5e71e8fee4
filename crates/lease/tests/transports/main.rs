//! The lock table over file://, `git daemon` and `git http-backend`: eight clones each, who all
//! ask at once. In every round each conflict set has one holder, and whoever is evicted can
//! neither renew, nor release, nor push any more.
//!
//! `TRUELINE_STRESS_ROUNDS` makes it longer than the short default.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; a long run says how long"
)]

mod http;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use server::{Server, Transport, git, try_git};
use trueline_core::Id;
use trueline_lease::{
    Answer, Error, Joined, Options, Proof, Record, Remote, Request, Rules, Store,
};

const REF: &str = "refs/locks/table";
const CLONES: usize = 8;
const WAIT: Duration = Duration::from_secs(300);

fn rounds() -> usize {
    let named = std::env::var("TRUELINE_STRESS_ROUNDS").ok();
    named.and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// A clone that contends.
struct Contender {
    owner: String,
    clone: PathBuf,
    store: Store,
}

impl Contender {
    fn new(server: &Server, number: usize) -> Self {
        let clone = server.clone_as(&format!("c{number}"));
        Contender {
            owner: format!("AGENT-{number}"),
            store: Store::open(&clone.join(".git"), Options::default()).unwrap(),
            clone,
        }
    }

    fn remote(&self) -> Remote<'_> {
        Remote::new(&self.store, &self.clone, "origin", REF, WAIT).unwrap()
    }

    fn proof(&self) -> Proof {
        Proof {
            owner: Id::new(&self.owner).unwrap(),
            session: None,
        }
    }

    /// A lock here, as yet unknown to the others.
    fn take(&self, scope: &str) -> Record {
        let owner = Id::new(&self.owner).unwrap();
        let request = Request::new(owner, Id::new("WBS-1").unwrap(), vec![scope.to_owned()]);
        match self.store.acquire(&request, &[], Rules::default()).unwrap() {
            Answer::Granted(grant) => grant.record,
            Answer::Refused(refusal) => panic!("{refusal:?}"),
        }
    }

    fn give_back(&self, lock: &Record) {
        self.store.release(&lock.lock_id, &self.proof()).unwrap();
    }

    /// The table's fence, where it was granted.
    fn join(&self, lock: &Record) -> Option<u64> {
        match self.remote().join(lock, Rules::default()).unwrap() {
            Joined::Granted { fence, .. } => Some(fence),
            Joined::Refused(_) => None,
        }
    }
}

/// What the round is about: the scope that each contender asks for. The first globs of two of
/// them decide whether they are of one conflict set.
fn scopes(round: usize) -> Vec<(usize, String)> {
    let scope = |n: usize| match ((round + 2) % 3, n % 2) {
        // All want the same, by eight different globs.
        (0, _) => (0, format!("src/{{m{n},all}}/**")),
        // Two sets of four.
        (1, half) => (half, format!("part{half}/**/*.{{x{n},rs}}")),
        // Everybody has a folder, and half of them want one file of a shared folder, too.
        (_, 0) => (0, format!("{{own{n}/**,shared/x}}")),
        (_, _) => (n, format!("own{n}/**")),
    };
    (0..CLONES).map(scope).collect()
}

fn run(transport: Transport) {
    let begun = Instant::now();
    let server = Server::start(transport);
    let contenders: Vec<Contender> = (0..CLONES).map(|n| Contender::new(&server, n)).collect();
    let rounds = rounds();
    let (mut granted, mut refused, mut last_fence) = (0, 0, 0);
    for round in 0..rounds {
        let scopes = scopes(round);
        let barrier = Barrier::new(CLONES);
        let answers: Vec<(Record, Option<u64>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = contenders
                .iter()
                .zip(&scopes)
                .map(|(contender, (_, wanted))| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        let lock = contender.take(wanted);
                        barrier.wait();
                        let fence = contender.join(&lock);
                        (lock, fence)
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let mut sets: Vec<usize> = scopes.iter().map(|(set, _)| *set).collect();
        let members = sets.clone();
        sets.sort_unstable();
        sets.dedup();
        for set in sets {
            let of_set = members.iter().zip(&answers).filter(|(s, _)| **s == set);
            let holders = of_set.filter(|(_, (_, fence))| fence.is_some()).count();
            assert_eq!(
                holders, 1,
                "{transport:?}, round {round}, set {set}: {answers:?}"
            );
        }
        let mut fences: Vec<u64> = answers.iter().filter_map(|(_, fence)| *fence).collect();
        fences.sort_unstable();
        assert!(fences.first().is_some_and(|first| *first > last_fence));
        assert!(fences.windows(2).all(|two| two[0] < two[1]), "{fences:?}");
        granted += fences.len();
        refused += CLONES - fences.len();
        let holder = answers
            .iter()
            .position(|(_, fence)| fence.is_some())
            .unwrap();
        let (lock, fence) = &answers[holder];
        let next = &contenders[(holder + 1) % CLONES];
        last_fence = evicted(&contenders[holder], lock, fence.unwrap(), next, round);
        assert_eq!(
            fences.last(),
            Some(&last_fence),
            "a take-over alone grants nothing"
        );
        for (contender, (lock, fence)) in contenders.iter().zip(&answers) {
            if fence.is_some() {
                contender.remote().leave(&lock.lock_id).unwrap();
            }
            contender.give_back(lock);
        }
        let table = contenders[0].remote().table().unwrap();
        assert_eq!(table.entries.len(), 0, "{:?}", table.entries);
    }
    println!(
        "{transport:?}: {rounds} rounds of {CLONES} clones, {granted} granted, {refused} refused, \
         {rounds} of {rounds} zombies stopped in renew, release and push, {:.0} s",
        begun.elapsed().as_secs_f64()
    );
}

/// Another clone takes the lock over; its holder wakes late. Gives the highest fence.
fn evicted(zombie: &Contender, lock: &Record, fence: u64, next: &Contender, round: usize) -> u64 {
    let before = git(&zombie.clone, &["ls-remote", "origin", REF]);
    let old = before.split('\t').next().unwrap();
    next.remote().evict(&lock.lock_id, lock.seq, true).unwrap();
    let table = next.remote().table().unwrap();
    assert!(table.get(&lock.lock_id).is_none());

    let mut renewed = lock.clone();
    renewed.seq += 1;
    let renew = zombie.remote().renew(&renewed);
    assert!(matches!(renew, Err(Error::NoSuchLock { .. })), "{renew:?}");
    assert!(!zombie.remote().leave(&lock.lock_id).unwrap(), "released");
    git(
        &zombie.clone,
        &["commit", "-q", "--allow-empty", "-m", "late"],
    );
    let work = format!("HEAD:refs/heads/late-{round}");
    let pushed = zombie
        .remote()
        .push(&lock.lock_id, fence, std::slice::from_ref(&work));
    assert!(matches!(pushed, Err(Error::Fenced { .. })), "{pushed:?}");
    // One that does not even read the table again, but goes by what it has seen: the remote
    // itself has to refuse that.
    let lease = format!("--force-with-lease={REF}:{old}");
    let table = format!("HEAD:{REF}");
    let blind = ["push", "-q", "--atomic", &lease, "origin", &table, &work];
    assert!(
        !try_git(&zombie.clone, &blind).0,
        "a blind push went through"
    );
    assert_eq!(work_on_remote(&zombie.clone, round), "");
    next.remote().table().unwrap().fence
}

fn work_on_remote(clone: &Path, round: usize) -> String {
    git(
        clone,
        &["ls-remote", "origin", &format!("refs/heads/late-{round}")],
    )
}

#[test]
fn over_files() {
    run(Transport::File);
}

#[test]
fn over_git_daemon() {
    run(Transport::Daemon);
}

#[test]
fn over_http() {
    run(Transport::Http);
}
