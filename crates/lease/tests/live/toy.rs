//! A world whose clocks and processes a test moves by hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use trueline_lease::{Host, Options, Process, Session, Store, World};

#[derive(Debug, Clone)]
pub(crate) struct Toy(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    host: Host,
    wall: i64,
    uptime_ms: Option<u64>,
    processes: BTreeMap<u32, u64>,
}

impl Toy {
    pub(crate) fn new() -> Self {
        Toy(Arc::new(Mutex::new(Inner {
            host: Host {
                machine_id_hash: Some("machine".into()),
                boot_id: Some("boot".into()),
                pid_namespace: Some("pid:[1]".into()),
                time_namespace: Some("time:[1]".into()),
                ..Host::default()
            },
            wall: 1_700_000_000,
            uptime_ms: Some(50_000),
            processes: BTreeMap::from([(1, 1)]),
        })))
    }

    pub(crate) fn open(&self, dir: &std::path::Path) -> Store {
        let options = Options {
            world: Box::new(self.clone()),
            ..Options::default()
        };
        Store::open(dir, options).unwrap()
    }

    /// Both clocks go on.
    pub(crate) fn pass(&self, seconds: u64) {
        let mut inner = self.0.lock().unwrap();
        inner.wall += i64::try_from(seconds).unwrap();
        inner.uptime_ms = inner.uptime_ms.map(|ms| ms + seconds * 1000);
    }

    /// Somebody sets the wall clock.
    pub(crate) fn step(&self, seconds: i64) {
        self.0.lock().unwrap().wall += seconds;
    }

    pub(crate) fn reboot(&self, boot: &str) {
        let mut inner = self.0.lock().unwrap();
        inner.host.boot_id = Some(boot.into());
        inner.uptime_ms = Some(1000);
        inner.processes.clear();
    }

    pub(crate) fn start(&self, pid: u32, tick: u64) -> Session {
        self.0.lock().unwrap().processes.insert(pid, tick);
        Session::of(self, pid).unwrap()
    }

    pub(crate) fn end(&self, pid: u32) {
        self.0.lock().unwrap().processes.remove(&pid);
    }

    pub(crate) fn set_host(&self, change: impl FnOnce(&mut Host)) {
        change(&mut self.0.lock().unwrap().host);
    }
}

impl World for Toy {
    fn host(&self) -> Host {
        self.0.lock().unwrap().host.clone()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.lock().unwrap().wall).unwrap()
    }

    fn uptime_ms(&self) -> Option<u64> {
        self.0.lock().unwrap().uptime_ms
    }

    fn process(&self, pid: u32) -> Process {
        let inner = self.0.lock().unwrap();
        let found = inner.processes.get(&pid);
        found.map_or(Process::Gone, |tick| Process::Running { start_time: *tick })
    }
}
