//! Runs the processes, kills and stops some, and reads what they wrote down.

pub(crate) mod worker;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use trueline_core::Id;
use trueline_lease::{Answer, Options, Request, Rules, Store, fault};

use crate::history::{Grant, Within};

pub(crate) struct Plan {
    pub(crate) processes: usize,
    pub(crate) operations: usize,
    pub(crate) without_mutex: bool,
}

pub(crate) struct Run {
    dir: tempfile::TempDir,
}

#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) grants: Vec<Grant>,
    pub(crate) operations: usize,
    pub(crate) killed: usize,
    aborted: usize,
    stopped: usize,
    superseded: usize,
    pub(crate) errors: Vec<String>,
}

impl Outcome {
    pub(crate) fn summary(&self) -> String {
        format!(
            "{} operations, {} grants, {} superseded, {} killed, {} aborted at fault points, {} stopped",
            self.operations,
            self.grants.len(),
            self.superseded,
            self.killed,
            self.aborted,
            self.stopped
        )
    }
}

pub(crate) fn number(name: &str, default: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|t| t.parse().ok()).unwrap_or(default)
}

pub(crate) fn now() -> u128 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_nanos()
}

/// Numbers that differ from run to run of a process but need nothing else.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

struct Worker {
    name: String,
    child: Child,
}

impl Run {
    pub(crate) fn new() -> Self {
        let run = Run {
            dir: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(run.logs()).unwrap();
        run
    }

    fn logs(&self) -> PathBuf {
        self.dir.path().join("logs")
    }

    fn spawn(&self, plan: &Plan, number: usize, dice: &mut Dice) -> Worker {
        let name = format!("W-{number}");
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["worker", "--exact", "--nocapture"])
            .env(worker::NAME, &name)
            .env(worker::DIR, self.dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if plan.without_mutex {
            command.env(worker::WITHOUT_MUTEX, "1");
            command.env("TRUELINE_FAULT_DELAY_MS", "1");
        } else if dice.below(4) == 0 {
            let point = fault::POINTS[dice.below(fault::POINTS.len())];
            command.env("TRUELINE_FAULT", format!("{point}:{}", 1 + dice.below(20)));
        }
        let child = command.spawn().unwrap();
        Worker { name, child }
    }

    pub(crate) fn go(&self, plan: &Plan) -> Outcome {
        // Of the time too: several runs of one process must not throw the same numbers.
        let nanos = u64::try_from(now() % 1_000_000_007).unwrap();
        let mut dice = Dice::new(u64::from(std::process::id()) ^ (nanos << 20));
        let mut outcome = Outcome::default();
        let mut deaths: BTreeMap<String, u128> = BTreeMap::new();
        let mut spawned = 0;
        let mut spawn = |dice: &mut Dice| {
            spawned += 1;
            self.spawn(plan, spawned, dice)
        };
        let mut workers: Vec<Worker> = (0..plan.processes).map(|_| spawn(&mut dice)).collect();
        let limit = Duration::from_secs(60 + u64::try_from(plan.operations).unwrap() / 20);
        let begun = Instant::now();
        let mut rounds = 0_usize;
        while begun.elapsed() < limit {
            rounds += 1;
            if rounds.is_multiple_of(16) && self.count() >= plan.operations {
                break;
            }
            std::thread::sleep(Duration::from_millis(
                u64::try_from(dice.below(30)).unwrap(),
            ));
            let at = dice.below(workers.len());
            match dice.below(12) {
                0 => {
                    deaths.insert(workers[at].name.clone(), now());
                    workers[at].child.kill().unwrap();
                    outcome.killed += 1;
                }
                1..=2 => {
                    signal(&workers[at].child, "-STOP");
                    let pause = u64::try_from(dice.below(60)).unwrap();
                    std::thread::sleep(Duration::from_millis(pause));
                    signal(&workers[at].child, "-CONT");
                    outcome.stopped += 1;
                }
                _ => {}
            }
            for worker in &mut workers {
                // Reaped at once: a zombie is no process any more.
                let ended = worker.child.try_wait().unwrap();
                if ended.is_some() {
                    if !deaths.contains_key(&worker.name) {
                        outcome.aborted += 1;
                    }
                    *worker = spawn(&mut dice);
                }
            }
        }
        fs::write(self.dir.path().join("stop"), "").unwrap();
        for worker in &mut workers {
            worker.child.wait().unwrap();
        }
        self.read(&deaths, &mut outcome);
        outcome
    }

    fn count(&self) -> usize {
        let logs = fs::read_dir(self.logs()).unwrap();
        let returns = |path: PathBuf| fs::read_to_string(path).unwrap().matches("\"to\":").count();
        logs.map(|e| returns(e.unwrap().path())).sum()
    }

    /// Turns the logs into a history.
    fn read(&self, deaths: &BTreeMap<String, u128>, outcome: &mut Outcome) {
        let mut grants: BTreeMap<String, Grant> = BTreeMap::new();
        let mut over: Vec<(Value, Within)> = Vec::new();
        let mut last_seen: BTreeMap<String, u128> = BTreeMap::new();
        let mut pending: BTreeMap<String, u128> = BTreeMap::new();
        for entry in fs::read_dir(self.logs()).unwrap() {
            let path = entry.unwrap().path();
            let owner = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let mut call: Option<Value> = None;
            for line in text.lines() {
                let Ok(event) = serde_json::from_str::<Value>(line) else {
                    continue; // cut short by its death
                };
                last_seen.insert(owner.clone(), time(&event, "at"));
                if event.get("to").is_none() {
                    if event["op"] == "release" {
                        let lock = text_of(&event, "lock");
                        if let Some(grant) = grants.get_mut(&lock) {
                            grant.ended.from = time(&event, "at");
                        }
                    }
                    call = Some(event);
                    continue;
                }
                let Some(begun) = call.take() else { continue };
                outcome.operations += 1;
                let within = Within {
                    from: time(&begun, "at"),
                    to: time(&event, "at"),
                };
                match event["to"].as_str().unwrap() {
                    "granted" => {
                        for old in event["over"].as_array().unwrap() {
                            over.push((old.clone(), within));
                        }
                        let grant = grant_of(&event["lock"], within);
                        grants.insert(grant.name.0.clone(), grant);
                    }
                    "released" => {
                        let grant = grants.get_mut(&text_of(&begun, "lock")).unwrap();
                        grant.ended = within;
                    }
                    "error" => outcome.errors.push(format!("{owner}: {event}")),
                    _ => {}
                }
            }
            if let Some(call) = call {
                pending.insert(owner, time(&call, "at"));
            }
        }
        outcome.superseded = over.len();
        for (old, within) in over {
            let lock = text_of(&old, "lock_id");
            let owner = text_of(&old, "owner");
            let unknown = Within {
                from: pending.get(&owner).copied().unwrap_or(0),
                to: within.to,
            };
            // Granted to a process that died before it could write that down.
            let grant = grants
                .entry(lock)
                .or_insert_with(|| grant_of(&old, unknown));
            let death = deaths.get(&owner).or_else(|| last_seen.get(&owner));
            let releasing = grant.ended.from != u128::MAX;
            if !releasing {
                grant.ended.from = death.copied().unwrap_or(0);
            }
            grant.ended.to = within.to;
        }
        // Never ended: held to the last moment that its owner was certainly alive.
        for grant in grants.values_mut() {
            if grant.ended.from == u128::MAX {
                let death = deaths
                    .get(&grant.name.1)
                    .or_else(|| last_seen.get(&grant.name.1));
                grant.ended.from = death.copied().unwrap_or(0);
            }
        }
        outcome.grants = grants.into_values().collect();
    }

    /// The end: whatever the dead left behind gives way to the next request.
    pub(crate) fn everything_can_be_taken_over(&self) {
        let store = Store::open(self.dir.path(), Options::default()).unwrap();
        let left = store.list(&[]).unwrap();
        assert!(left.blind.is_empty(), "{left:?}");
        let id = |t: &str| Id::new(t).unwrap();
        let all = Request::new(id("LAST"), id("WBS-1"), vec!["**".into()]);
        let answer = store.acquire(&all, &[], Rules::default()).unwrap();
        assert!(matches!(answer, Answer::Granted(_)), "{answer:?}");
        assert_eq!(store.list(&[]).unwrap().locks.len(), 1);
        let names = |path: &Path| {
            let names = fs::read_dir(path).unwrap();
            names.map(|e| e.unwrap().file_name().into_string().unwrap())
        };
        let litter = names(&store.path().join("live")).filter(|n| n.starts_with('.'));
        assert_eq!(litter.count(), 0);
    }
}

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    Command::new("kill")
        .args([signal, &pid])
        .stderr(Stdio::null())
        .status()
        .unwrap();
}

fn time(event: &Value, key: &str) -> u128 {
    event[key].as_str().unwrap().parse().unwrap()
}

fn text_of(event: &Value, key: &str) -> String {
    event[key].as_str().unwrap().to_owned()
}

fn grant_of(lock: &Value, granted: Within) -> Grant {
    let scopes = lock["scope_paths"].as_array().unwrap().iter();
    Grant {
        name: (text_of(lock, "lock_id"), text_of(lock, "owner")),
        fence: lock["fence"].as_u64().unwrap(),
        scopes: scopes.map(|s| s.as_str().unwrap().to_owned()).collect(),
        granted,
        ended: Within {
            from: u128::MAX,
            to: u128::MAX,
        },
    }
}
