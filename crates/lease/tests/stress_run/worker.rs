//! One process of the stress run: asks, renews, releases and takes over at random, and writes
//! down each call before it is made and each answer after it came.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use trueline_core::Id;
use trueline_lease::{
    Answer, Archived, Options, Proof, Record, Recovery, Request, Rules, Session, State, Store,
    System,
};

use super::{Dice, now};

pub(crate) const NAME: &str = "TRUELINE_TEST_NAME";
pub(crate) const DIR: &str = "TRUELINE_TEST_STORE";
pub(crate) const WITHOUT_MUTEX: &str = "TRUELINE_TEST_WITHOUT_MUTEX";

const SCOPES: &[&str] = &[
    "src/a/**",
    "src/b/**",
    "src/*/x",
    "docs/**",
    "**/x",
    "lib/{a,b}/**",
    "lib/a/y",
    "README.md",
];

struct Worker {
    store: Store,
    log: File,
    dice: Dice,
    request: Request,
}

pub(crate) fn main() {
    let Some(name) = std::env::var(NAME).ok() else {
        return;
    };
    let dir = PathBuf::from(std::env::var_os(DIR).unwrap());
    let log = dir.join("logs").join(format!("{name}.jsonl"));
    let options = Options {
        without_mutex: std::env::var_os(WITHOUT_MUTEX).is_some(),
        ..Options::default()
    };
    let Ok(store) = Store::open(&dir, options) else {
        return;
    };
    let mut request = Request::new(
        Id::new(name).unwrap(),
        Id::new("WBS-1").unwrap(),
        Vec::new(),
    );
    request.session = Session::of(&System, std::process::id());
    let mut worker = Worker {
        store,
        log: OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap(),
        dice: Dice::new(u64::from(std::process::id()).wrapping_mul(7919)),
        request,
    };
    worker.run(&dir.join("stop"));
}

impl Worker {
    fn run(&mut self, stop: &Path) {
        let mut held: Option<Record> = None;
        loop {
            if stop.exists() {
                if let Some(record) = held.take() {
                    self.release(&record);
                }
                return;
            }
            held = match held.take() {
                None if self.dice.below(5) == 0 => self.recover(),
                None => self.acquire(),
                Some(record) => match self.dice.below(4) {
                    0 => self.renew(&record).then_some(record),
                    1 => Some(record),
                    _ => {
                        self.release(&record);
                        None
                    }
                },
            };
            let pause = u64::try_from(self.dice.below(4)).unwrap();
            std::thread::sleep(Duration::from_millis(pause));
        }
    }

    fn write(&mut self, mut event: Value) {
        event["at"] = json!(now().to_string());
        let mut line = serde_json::to_vec(&event).unwrap();
        line.push(b'\n');
        self.log.write_all(&line).unwrap();
    }

    fn granted(&mut self, record: &Record, over: &[Archived]) {
        let over: Vec<Value> = over.iter().map(|a| json!(a.record)).collect();
        self.write(json!({"to": "granted", "lock": json!(record), "over": over}));
    }

    fn failed(&mut self, error: &impl std::fmt::Display) {
        self.write(json!({"to": "error", "error": error.to_string()}));
    }

    fn roll(&mut self) -> Rules {
        let first = self.dice.below(SCOPES.len());
        let second = self.dice.below(SCOPES.len());
        self.request.scopes = vec![SCOPES[first].to_owned(), SCOPES[second].to_owned()];
        Rules {
            supersede_stale: self.dice.below(2) == 0,
            ..Rules::default()
        }
    }

    fn acquire(&mut self) -> Option<Record> {
        let rules = self.roll();
        self.write(json!({"op": "acquire"}));
        match self.store.acquire(&self.request, &[], rules) {
            Ok(Answer::Granted(grant)) => {
                self.granted(&grant.record, &grant.superseded);
                return Some(grant.record);
            }
            Ok(Answer::Refused(_)) => self.write(json!({"to": "refused"})),
            Err(e) => self.failed(&e),
        }
        None
    }

    fn recover(&mut self) -> Option<Record> {
        let rules = self.roll();
        let listed = self.store.list(&[]).ok()?;
        let mut locks = listed.locks.iter();
        let old = locks.rfind(|h| h.verdict.state != State::Active)?;
        self.write(json!({"op": "recover"}));
        let expect = (&old.record.lock_id, old.record.seq);
        let request = Some(&self.request);
        match self
            .store
            .recover(expect, "stress", false, request, &[], rules)
        {
            Ok(Recovery::Done { old, new }) => {
                let new = new.unwrap();
                let mut over = new.superseded;
                over.push(*old);
                self.granted(&new.record, &over);
                return Some(new.record);
            }
            Ok(Recovery::Refused(_)) => self.write(json!({"to": "refused"})),
            Err(
                trueline_lease::Error::NoSuchLock { .. } | trueline_lease::Error::Changed { .. },
            ) => self.write(json!({"to": "lost"})),
            Err(e) => self.failed(&e),
        }
        None
    }

    fn proof(&self) -> Proof {
        Proof {
            owner: self.request.owner.clone(),
            session: self.request.session.clone(),
        }
    }

    fn renew(&mut self, record: &Record) -> bool {
        self.write(json!({"op": "renew"}));
        match self.store.renew(&record.lock_id, &self.proof(), None) {
            Ok(_) => self.write(json!({"to": "renewed"})),
            Err(e) => {
                self.failed(&e);
                return false;
            }
        }
        true
    }

    fn release(&mut self, record: &Record) {
        self.write(json!({"op": "release", "lock": record.lock_id.as_str()}));
        match self.store.release(&record.lock_id, &self.proof()) {
            Ok(_) => self.write(json!({"to": "released"})),
            Err(e) => self.failed(&e),
        }
    }
}
