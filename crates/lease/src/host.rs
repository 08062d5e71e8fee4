//! The machine as seen from here: its identity, its clocks, its processes.
//!
//! On Linux everything comes from `/proc` and `/etc/machine-id`. On other systems nothing but the
//! wall clock is known: locks are then judged by their lease alone, as if from a foreign host.

use jiff::Timestamp;

use crate::record::{Host, Session};

/// What became of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// There is one with this id, started at this tick.
    Running {
        /// Clock ticks since boot.
        start_time: u64,
    },
    /// There is none (or a zombie without threads).
    Gone,
    /// It cannot be told from here: hidden processes, no `/proc`, another namespace's `/proc`.
    Unknown,
}

/// What the judgement needs to know about the world. [`System`] is the real one.
pub trait World: std::fmt::Debug + Send + Sync {
    /// This host's identity; `uptime` and `store` are not filled in.
    fn host(&self) -> Host;
    /// Wall clock.
    fn now(&self) -> Timestamp;
    /// Milliseconds since boot, suspend included; `None` where unknown.
    fn uptime_ms(&self) -> Option<u64>;
    /// What became of a process of this namespace.
    fn process(&self, pid: u32) -> Process;
}

/// The real world.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl World for System {
    fn host(&self) -> Host {
        system::host()
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime_ms(&self) -> Option<u64> {
        system::uptime_ms()
    }

    fn process(&self, pid: u32) -> Process {
        system::process(pid)
    }
}

impl Session {
    /// The session of a running process; `None` when there is no such process or its start
    /// cannot be told.
    pub fn of(world: &dyn World, pid: u32) -> Option<Session> {
        match world.process(pid) {
            Process::Running { start_time } => Some(Session {
                pid,
                start_time,
                other: serde_json::Map::new(),
            }),
            Process::Gone | Process::Unknown => None,
        }
    }
}

/// State and start time of `/proc/PID/stat` (proc_pid_stat(5), fields 3, 20 and 22).
///
/// The name in field 2 may hold spaces, newlines and `)`: fields are counted from the last `)`.
pub fn parse_stat(stat: &[u8]) -> Option<Process> {
    let end = stat.iter().rposition(|b| *b == b')')?;
    let rest = std::str::from_utf8(stat.get(end + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let state = *fields.first()?;
    let threads: i64 = fields.get(17)?.parse().ok()?;
    let start_time = fields.get(19)?.parse().ok()?;
    // A leader that ended while other threads run on is shown as a zombie too.
    let dead = matches!(state, "X" | "x") || (state == "Z" && threads <= 1);
    Some(if dead {
        Process::Gone
    } else {
        Process::Running { start_time }
    })
}

/// Milliseconds of the first number of `/proc/uptime`.
pub fn parse_uptime(text: &str) -> Option<u64> {
    let first = text.split_ascii_whitespace().next()?;
    let (seconds, fraction) = first.split_once('.').unwrap_or((first, "0"));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds: u64 = seconds.parse().ok()?;
    seconds.checked_mul(1000)?.checked_add(digits.parse().ok()?)
}

/// The digest that stands for a machine. `None` when the machine id is absent or a placeholder.
pub fn machine_hash(machine_id: &str, host_name: &str) -> Option<String> {
    use sha2::{Digest, Sha256};
    let id = machine_id.trim();
    if id.is_empty() || id == "uninitialized" || id.bytes().all(|b| b == b'0') {
        return None;
    }
    let mut digest = Sha256::new();
    digest.update(b"trueline machine 1\0");
    digest.update(id.as_bytes());
    digest.update(b"\0");
    digest.update(host_name.trim().as_bytes());
    Some(crate::record::hex(&digest.finalize()))
}

#[cfg(target_os = "linux")]
mod system {
    use super::{Process, machine_hash, parse_stat, parse_uptime};
    use crate::record::Host;
    use std::fs;

    pub(super) fn host() -> Host {
        let line = |path: &str| {
            let text = fs::read_to_string(path).ok()?;
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let link = |path: &str| Some(fs::read_link(path).ok()?.to_str()?.to_owned());
        let machine = line("/etc/machine-id").or_else(|| line("/var/lib/dbus/machine-id"));
        let name = line("/proc/sys/kernel/hostname").unwrap_or_default();
        let boot_id = line("/proc/sys/kernel/random/boot_id");
        // Without a machine id (containers), the machine is the one of this boot.
        let boot = || machine_hash(boot_id.as_ref()?, &name);
        Host {
            machine_id_hash: machine
                .and_then(|id| machine_hash(&id, &name))
                .or_else(boot),
            boot_id: boot_id.clone(),
            pid_namespace: link("/proc/self/ns/pid"),
            time_namespace: link("/proc/self/ns/time"),
            ..Host::default()
        }
    }

    pub(super) fn uptime_ms() -> Option<u64> {
        parse_uptime(&fs::read_to_string("/proc/uptime").ok()?)
    }

    pub(super) fn process(pid: u32) -> Process {
        match fs::read(format!("/proc/{pid}/stat")) {
            Ok(stat) => parse_stat(&stat).unwrap_or(Process::Unknown),
            // ESRCH: it ended between open and read.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound || e.raw_os_error() == Some(3) => {
                if proc_shows_everything() {
                    Process::Gone
                } else {
                    Process::Unknown
                }
            }
            Err(_) => Process::Unknown,
        }
    }

    /// Absence is proof only where `/proc` is that of our namespace and hides nobody (`hidepid`).
    fn proc_shows_everything() -> bool {
        let own = fs::read_link("/proc/self").ok();
        let ours = own.as_deref().and_then(std::path::Path::to_str)
            == Some(std::process::id().to_string().as_str());
        ours && fs::read("/proc/1/stat").is_ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Process;
    use crate::record::Host;

    pub(super) fn host() -> Host {
        Host::default()
    }

    pub(super) fn uptime_ms() -> Option<u64> {
        None
    }

    pub(super) fn process(_pid: u32) -> Process {
        Process::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (name) S 1 42 42 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 98765 1000 10";

    #[test]
    fn stat_is_read_past_any_name() {
        for name in ["sh", "a b", "x) R 1 2", "(((", ")", "\n", "é)"] {
            let stat = STAT.replace("name", name);
            assert_eq!(
                parse_stat(stat.as_bytes()),
                Some(Process::Running { start_time: 98765 }),
                "{name:?}"
            );
        }
        let latin1 = [b"42 (\xff\xfe) S".as_slice(), &STAT.as_bytes()[11..]].concat();
        assert!(parse_stat(&latin1).is_some());
    }

    #[test]
    fn zombies_are_gone_unless_threads_run_on() {
        let zombie = STAT.replace(" S ", " Z ");
        assert_eq!(parse_stat(zombie.as_bytes()), Some(Process::Gone));
        let threads = zombie.replace(" 20 0 1 0 ", " 20 0 5 0 ");
        assert!(matches!(
            parse_stat(threads.as_bytes()),
            Some(Process::Running { .. })
        ));
    }

    #[test]
    fn cut_stat_is_no_answer() {
        for end in 0..STAT.rfind(" 1000").unwrap() - 5 {
            assert_eq!(parse_stat(&STAT.as_bytes()[..end]), None, "{end}");
        }
    }

    #[test]
    fn uptime() {
        assert_eq!(parse_uptime("12.34 5.6\n"), Some(12_340));
        assert_eq!(parse_uptime("7"), Some(7000));
        assert_eq!(parse_uptime("18446744073709551615.0"), None);
        assert_eq!(parse_uptime(""), None);
        assert_eq!(parse_uptime("x.y"), None);
    }

    #[test]
    fn placeholder_machine_ids_are_no_identity() {
        for none in [
            "",
            "\n",
            "uninitialized\n",
            "00000000000000000000000000000000",
        ] {
            assert_eq!(machine_hash(none, "host"), None);
        }
        let a = machine_hash("abc", "localhost");
        assert_ne!(a, machine_hash("abd", "localhost"), "repeated host name");
        assert_ne!(a, machine_hash("abc", "other"), "cloned machine id");
        assert_eq!(a, machine_hash("abc\n", "localhost\n"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_runs() {
        let me = std::process::id();
        let first = System.process(me);
        assert!(matches!(first, Process::Running { .. }));
        assert_eq!(first, System.process(me));
        assert!(System.host().boot_id.is_some());
        assert!(System.uptime_ms().is_some());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_ended_child_is_gone() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert_eq!(System.process(pid), Process::Gone);
    }
}
