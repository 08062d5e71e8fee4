//! A store with a toy world, and short words for what is asked of it.

use trueline_core::Id;
use trueline_lease::{Answer, Grant, Proof, Refusal, Request, Rules, Store};

use crate::toy::Toy;

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub(crate) fn request(owner: &str, scopes: &[&str]) -> Request {
    let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
    Request::new(id(owner), id("WBS-1"), scopes)
}

pub(crate) fn proof(owner: &str) -> Proof {
    Proof {
        owner: id(owner),
        session: None,
    }
}

pub(crate) fn ask(store: &Store, request: &Request) -> Answer {
    store.acquire(request, &[], Rules::default()).unwrap()
}

pub(crate) fn granted(answer: Answer) -> Grant {
    match answer {
        Answer::Granted(grant) => *grant,
        Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

pub(crate) fn refused(answer: Answer) -> Refusal {
    match answer {
        Answer::Refused(refusal) => *refusal,
        Answer::Granted(grant) => panic!("granted: {:?}", grant.record),
    }
}

pub(crate) struct Bench {
    pub(crate) toy: Toy,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: Store,
}

pub(crate) fn bench() -> Bench {
    let toy = Toy::new();
    let dir = tempfile::tempdir().unwrap();
    let store = toy.open(dir.path());
    Bench { toy, dir, store }
}
