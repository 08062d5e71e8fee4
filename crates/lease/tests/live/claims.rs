//! Claims of single items.

use std::sync::Barrier;
use std::time::Duration;

use crate::toy::Toy;
use trueline_core::Id;
use trueline_lease::{Claim, Claimed, Error, Proof, Store};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

const LEASE: Duration = Duration::from_secs(600);

fn claim(store: &Store, item: &str, owner: &str) -> Claimed {
    store
        .claim(&id("queue"), &id(item), &id(owner), LEASE, None)
        .unwrap()
}

fn yes(claimed: Claimed) -> Claim {
    match claimed {
        Claimed::Yes { claim, .. } => *claim,
        Claimed::HeldBy(held) => panic!("{held:?}"),
    }
}

fn proof(owner: &str) -> Proof {
    Proof {
        owner: id(owner),
        session: None,
    }
}

#[test]
fn one_winner_an_item_and_kinds_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let store = Toy::new().open(dir.path());
    let first = yes(claim(&store, "WBS-10", "AGENT-1"));
    let Claimed::HeldBy(held) = claim(&store, "WBS-10", "AGENT-2") else {
        panic!("granted twice");
    };
    assert_eq!(held.claim, first);
    yes(claim(&store, "WBS-2", "AGENT-2"));
    let other = store.claim(&id("review"), &id("WBS-10"), &id("AGENT-2"), LEASE, None);
    yes(other.unwrap());
    let items: Vec<_> = store.claims_of(&id("queue")).unwrap();
    let items: Vec<_> = items.iter().map(|h| h.claim.item.as_str()).collect();
    assert_eq!(items, ["WBS-2", "WBS-10"], "natural order");
    assert!(store.claims_of(&id("none")).unwrap().is_empty());
}

#[test]
fn the_holder_asking_again_gets_it_renewed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Toy::new().open(dir.path());
    let first = yes(claim(&store, "WBS-1", "AGENT-1"));
    let again = yes(claim(&store, "WBS-1", "AGENT-1"));
    assert_eq!((again.claim_id, again.fence), (first.claim_id, first.fence));
    assert_eq!((again.seq, again.attempt), (2, 1));
}

#[test]
fn a_stale_claim_makes_way_and_its_zombie_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let toy = Toy::new();
    let store = toy.open(dir.path());
    let (queue, item) = (id("queue"), id("WBS-1"));
    let session = Some(toy.start(42, 7));
    let first = store.claim(&queue, &item, &id("AGENT-1"), LEASE, session);
    let first = yes(first.unwrap());
    toy.end(42);
    let second = yes(claim(&store, "WBS-1", "AGENT-2"));
    assert!(second.fence > first.fence);
    assert_eq!(second.attempt, 2);
    let zombie = store.renew_claim(&queue, &item, &first.claim_id, &proof("AGENT-1"), None);
    assert!(matches!(zombie, Err(Error::NoSuchClaim { .. })));
    let thief = store.release_claim(&queue, &item, &second.claim_id, &proof("AGENT-1"));
    assert!(matches!(thief, Err(Error::NotClaimant { .. })));
    store
        .release_claim(&queue, &item, &second.claim_id, &proof("AGENT-2"))
        .unwrap();
    assert_eq!(yes(claim(&store, "WBS-1", "AGENT-3")).attempt, 1);
}

#[test]
fn a_damaged_claim_counts_as_held() {
    let dir = tempfile::tempdir().unwrap();
    let store = Toy::new().open(dir.path());
    yes(claim(&store, "WBS-1", "AGENT-1"));
    let folder = store.path().join("claims/queue");
    let path = std::fs::read_dir(folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let whole = std::fs::read(&path).unwrap();
    for bytes in [&whole[..0], &whole[..whole.len() / 2], b"[]", b"{}"] {
        std::fs::write(&path, bytes).unwrap();
        let asked = store.claim(&id("queue"), &id("WBS-1"), &id("B"), LEASE, None);
        assert!(matches!(asked, Err(Error::Unreadable { .. })));
    }
}

#[test]
fn of_many_at_once_exactly_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    Toy::new().open(dir.path());
    let (rounds, callers) = (10, 8);
    let barrier = Barrier::new(callers);
    let wins: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers)
            .map(|n| {
                let (barrier, dir) = (&barrier, dir.path());
                scope.spawn(move || {
                    let store = Toy::new().open(dir);
                    let mut wins = 0;
                    for round in 0..rounds {
                        barrier.wait();
                        let item = format!("WBS-{round}");
                        let got = claim(&store, &item, &format!("AGENT-{n}"));
                        wins += usize::from(matches!(got, Claimed::Yes { .. }));
                    }
                    wins
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(wins, rounds);
}
