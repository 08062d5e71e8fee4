//! What a lock is: the record that is written to the live store and published under `ops/locks/`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use trueline_core::Id;
use trueline_core::scalar::Timestamp;

/// Largest record file that is read, in bytes.
pub const MAX_RECORD_BYTES: usize = 256 * 1024;
/// Most globs in one record.
pub const MAX_SCOPES: usize = 256;
/// Longest glob, branch name or other free text, in bytes.
pub const MAX_TEXT: usize = 4096;
/// Most blueprint references in one record.
pub const MAX_REFS: usize = 1024;
/// Shortest lease, in seconds.
pub const MIN_LEASE_SECONDS: u64 = 1;
/// Longest lease, in seconds: 30 days. A longer one would be a lock that never ends.
pub const MAX_LEASE_SECONDS: u64 = 30 * 24 * 3600;
/// Lease when none is named, in seconds: 30 minutes.
pub const DEFAULT_LEASE_SECONDS: u64 = 30 * 60;
/// Highest fence: the largest integer that every JSON reader keeps exactly.
pub const MAX_FENCE: u64 = (1 << 53) - 1;
/// The record version that this crate writes.
pub const VERSION: u32 = 1;

/// A lock's identity: 128 random bits as 32 lower-case hexadecimal digits.
///
/// Never reused: a take-over of the same scope is another lock with another id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LockId(String);

impl LockId {
    /// Checks the form; `None` when it is not 32 lower-case hexadecimal digits.
    pub fn new(text: &str) -> Option<Self> {
        let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 32 && text.bytes().all(hex)).then(|| LockId(text.to_owned()))
    }

    /// A fresh id from the operating system's random source.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn random() -> Result<Self, std::io::Error> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(LockId(hex(&bytes)))
    }

    /// The id of a record that has none (the seed's five-field form): a digest of its bytes.
    fn of_content(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        LockId(hex(digest.get(..16).unwrap_or_default()))
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LockId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        LockId::new(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!(
                "`{text}` is no lock id (32 lower-case hexadecimal digits)"
            ))
        })
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Where a lock was taken. A missing part means "not known" and never equals anything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Host {
    /// Digest of the machine id and the host name together: images are cloned with their machine
    /// id and names repeat, so neither alone tells two machines apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id_hash: Option<String>,
    /// The kernel's boot id: another value on the same machine means that it was restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// The process-id namespace: a pid means nothing outside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<String>,
    /// The time namespace: seconds since boot mean nothing outside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_namespace: Option<String>,
    /// Seconds since boot at the last acquire or renew, rounded up: a clock that nobody can set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<u64>,
    /// The live store (one a clone) that the lock lives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Fields that this version does not know; written back as they were.
    #[serde(skip)]
    pub other: Map<String, Value>,
}

/// The process on whose behalf the lock is held: the agent's session, not the short-lived command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Process id, in the namespace of [`Host::pid_namespace`].
    pub pid: u32,
    /// When that process started: clock ticks since boot (field 22 of `/proc/PID/stat`). Tells a
    /// reused pid from the first owner.
    pub start_time: u64,
    /// Fields that this version does not know.
    #[serde(skip)]
    pub other: Map<String, Value>,
}

/// A scope lock: who may change which paths, for which task, until when.
///
/// Of the fields, `task_id`, `owner`, `scope_paths`, `start_time` and `blueprint_refs` are the
/// seed's; the others make the lock safe. A field that the type does not name is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Record version, 1. Absent is read as 1, a newer one is refused.
    pub version: u32,
    /// The lock's identity.
    pub lock_id: LockId,
    /// The work item, such as `WBS-4.1`.
    pub task_id: Id,
    /// The agent, such as `AGENT-1`.
    pub owner: Id,
    /// Path globs ("scope-glob 1") that the holder alone may change; 1 to [`MAX_SCOPES`].
    pub scope_paths: Vec<String>,
    /// The folder that the globs count from, relative to the git top level; `.` for the top
    /// level itself. Absent in the seed's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// When the lock was granted.
    pub start_time: Timestamp,
    /// Requirements and designs that the work is for.
    #[serde(default)]
    pub blueprint_refs: Vec<Id>,
    /// The branch worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The commit that the work began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_commit: Option<String>,
    /// Seconds that the lock stands without a renewal.
    pub lease_seconds: u64,
    /// When it was last renewed (wall clock of the holder, for people; judgement uses
    /// [`Host::uptime`] or the observer's own clock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
    /// Grows by one with every change of this record: what compare-and-swap compares.
    pub seq: u64,
    /// Grows with every grant in the store: a write under an older fence is a zombie's.
    pub fence: u64,
    /// Where it was taken.
    #[serde(default)]
    pub host: Host,
    /// The process that holds it, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The remote, and the ref of it, whose table has the lock, too: `origin refs/locks/table`.
    /// The name is that of the holder's clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// Fields that this version does not know; written back as they were.
    #[serde(skip)]
    pub other: Map<String, Value>,
}

/// Why bytes are no lock record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// Larger than [`MAX_RECORD_BYTES`].
    #[error("larger than {MAX_RECORD_BYTES} bytes")]
    TooLarge,
    /// Nothing in it: a write that was cut short.
    #[error("the file is empty")]
    Empty,
    /// Not UTF-8 or not JSON, or JSON of another shape.
    #[error("{0}")]
    Json(String),
    /// Written by a newer version of the tool.
    #[error("record version {0}; this tool knows {VERSION}")]
    Newer(u64),
    /// A field breaks its stated limit.
    #[error("{0}")]
    Limit(String),
}

/// What a file that should be a lock turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A lock.
    Lock(Box<Record>),
    /// Readable, but of another system's shape: who holds what is not known.
    Foreign {
        /// What it looks like, such as "a YAML mapping with the keys agent, wbs_id".
        shape: String,
    },
    /// Damaged.
    Unreadable {
        /// What is wrong.
        why: String,
    },
}

impl Record {
    /// Reads a record. The seed's five-field form is read too: id from its content, the default
    /// lease, no host (so that it is judged by observation alone).
    ///
    /// # Errors
    /// [`BadRecord`], always one of: too large, empty, not JSON of this shape, newer, over a limit.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadRecord> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(BadRecord::TooLarge);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(BadRecord::Empty);
        }
        let json = |e: serde_json::Error| BadRecord::Json(e.to_string());
        let mut all: Map<String, Value> = serde_json::from_slice(bytes).map_err(json)?;
        if let Some(version) = all.get("version").and_then(Value::as_u64)
            && version > u64::from(VERSION)
        {
            return Err(BadRecord::Newer(version));
        }
        let wire: Wire = serde_json::from_slice(bytes).map_err(json)?;
        let mut record = wire.into_record(bytes);
        let unknown = |value: Option<Value>, known: &[&str]| match value {
            Some(Value::Object(map)) => without(map, known),
            _ => Map::new(),
        };
        record.host.other = unknown(all.remove("host"), HOST_FIELDS);
        if let Some(session) = &mut record.session {
            session.other = unknown(all.remove("session"), SESSION_FIELDS);
        }
        record.other = without(all, FIELDS);
        record.check()?;
        Ok(record)
    }

    /// Checks every stated limit.
    ///
    /// # Errors
    /// [`BadRecord::Limit`] naming the field.
    pub fn check(&self) -> Result<(), BadRecord> {
        let limit = |ok: bool, what: &str| {
            if ok {
                Ok(())
            } else {
                Err(BadRecord::Limit(what.to_owned()))
            }
        };
        let text = |t: &str| !t.is_empty() && t.len() <= MAX_TEXT;
        limit(!self.scope_paths.is_empty(), "scope_paths is empty")?;
        limit(
            self.scope_paths.len() <= MAX_SCOPES,
            "scope_paths has more than 256 globs",
        )?;
        limit(
            self.scope_paths.iter().all(|s| text(s)),
            "a glob in scope_paths is empty or longer than 4096 bytes",
        )?;
        limit(
            self.blueprint_refs.len() <= MAX_REFS,
            "blueprint_refs has more than 1024 ids",
        )?;
        limit(
            self.branch.iter().chain(&self.base_commit).all(|t| text(t)),
            "branch or base_commit is empty or longer than 4096 bytes",
        )?;
        limit(
            self.root
                .iter()
                .all(|root| text(root) && crate::root::is_root(root)),
            "root is no plain relative path of at most 4096 bytes",
        )?;
        limit(
            self.remote.iter().all(|t| text(t)),
            "remote is empty or longer than 4096 bytes",
        )?;
        limit(
            (MIN_LEASE_SECONDS..=MAX_LEASE_SECONDS).contains(&self.lease_seconds),
            "lease_seconds is not between 1 and 2592000",
        )?;
        limit(
            self.seq <= MAX_FENCE && self.fence <= MAX_FENCE,
            "seq or fence is larger than 2^53 - 1",
        )
    }

    /// The record as it is written: JSON, two spaces, known fields in the order of the type, then
    /// the unknown ones, a final newline.
    pub fn render(&self) -> Vec<u8> {
        let mut map = object(self);
        if let Some(Value::Object(host)) = map.get_mut("host") {
            host.extend(self.host.other.clone());
        }
        if let (Some(Value::Object(map)), Some(session)) = (map.get_mut("session"), &self.session) {
            map.extend(session.other.clone());
        }
        map.extend(self.other.clone());
        render(&Value::Object(map))
    }

    /// `LOCK_ID:SEQ`, the form that `recover --expect` takes.
    pub fn version_tag(&self) -> String {
        format!("{}:{}", self.lock_id, self.seq)
    }
}

/// Tells what a published file is.
pub fn read_published(bytes: &[u8]) -> Reading {
    let why = match Record::parse(bytes) {
        Ok(record) => return Reading::Lock(Box::new(record)),
        Err(why) => why,
    };
    if let BadRecord::Json(message) = &why {
        if let Ok(map) = serde_json::from_slice::<Map<String, Value>>(bytes) {
            let ours = map.contains_key("lock_id") || map.contains_key("scope_paths");
            if !ours {
                return Reading::Foreign {
                    shape: format!("a JSON object with {}", keys(map.keys())),
                };
            }
        } else if let Some(keys) = yaml_keys(bytes) {
            return Reading::Foreign {
                shape: format!("a YAML mapping with {keys}"),
            };
        }
        return Reading::Unreadable {
            why: message.clone(),
        };
    }
    Reading::Unreadable {
        why: why.to_string(),
    }
}

/// The keys at the margin when every line is one, a continuation or a comment; else `None`.
fn yaml_keys(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut found = Vec::new();
    for line in text.lines() {
        let margin = line.starts_with([' ', '\t', '#', '-']) || line.trim().is_empty();
        if margin || line == "..." {
            continue;
        }
        let (key, _) = line.split_once(':')?;
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
        if key.is_empty() || !key.chars().all(word) {
            return None;
        }
        found.push(key.to_owned());
    }
    (!found.is_empty()).then(|| keys(found.iter()))
}

fn keys<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<String> = keys
        .take(8)
        .map(|k| k.chars().take(40).flat_map(char::escape_debug).collect())
        .collect();
    if names.is_empty() {
        "no keys".to_owned()
    } else {
        format!("the keys {}", names.join(", "))
    }
}

pub(crate) fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

pub(crate) fn render(value: &Value) -> Vec<u8> {
    let mut out = serde_json::to_vec_pretty(value).unwrap_or_default();
    out.push(b'\n');
    out
}

fn without(mut map: Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    map.retain(|key, _| !known.contains(&key.as_str()));
    map
}

const FIELDS: &[&str] = &[
    "version",
    "lock_id",
    "task_id",
    "owner",
    "scope_paths",
    "root",
    "start_time",
    "blueprint_refs",
    "branch",
    "base_commit",
    "lease_seconds",
    "renewed_at",
    "seq",
    "fence",
    "host",
    "session",
    "remote",
];
const HOST_FIELDS: &[&str] = &[
    "machine_id_hash",
    "boot_id",
    "pid_namespace",
    "time_namespace",
    "uptime",
    "store",
];
const SESSION_FIELDS: &[&str] = &["pid", "start_time"];

/// The record as it may be read: the seed's fields are required, the others have a reading.
#[derive(Deserialize)]
struct Wire {
    version: Option<u32>,
    lock_id: Option<LockId>,
    task_id: Id,
    owner: Id,
    scope_paths: Vec<String>,
    root: Option<String>,
    start_time: Timestamp,
    #[serde(default)]
    blueprint_refs: Vec<Id>,
    branch: Option<String>,
    base_commit: Option<String>,
    lease_seconds: Option<u64>,
    renewed_at: Option<Timestamp>,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    fence: u64,
    #[serde(default)]
    host: Host,
    session: Option<Session>,
    remote: Option<String>,
}

impl Wire {
    fn into_record(self, bytes: &[u8]) -> Record {
        Record {
            version: self.version.unwrap_or(VERSION),
            lock_id: self.lock_id.unwrap_or_else(|| LockId::of_content(bytes)),
            task_id: self.task_id,
            owner: self.owner,
            scope_paths: self.scope_paths,
            root: self.root,
            start_time: self.start_time,
            blueprint_refs: self.blueprint_refs,
            branch: self.branch,
            base_commit: self.base_commit,
            lease_seconds: self.lease_seconds.unwrap_or(DEFAULT_LEASE_SECONDS),
            renewed_at: self.renewed_at,
            seq: self.seq,
            fence: self.fence,
            host: self.host,
            session: self.session,
            remote: self.remote,
            other: Map::new(),
        }
    }
}
