//! The live store: `<git common dir>/trueline/`, one a clone, shared by all its worktrees.
//!
//! ```text
//! mutex            the operating-system lock; never deleted
//! id               this store's random name, and the place that it stands for
//! fence fence.copy the counter
//! seen.json        what foreign records were seen, and since when
//! live/ID.json     one file a lock
//! archive/ID-SEQ.json   locks that were taken over, with the reason
//! claims/          claims of single items
//! ```
//!
//! Every operation takes the mutex, looks at everything, and changes single files atomically, so
//! that a process that dies at any step leaves a store that the next one can use as it is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::error::Error;
use crate::files;
use crate::host::{Process, System, World};
use crate::judge::{DEFAULT_GRACE, Facts, Tenure, Verdict, judge};
use crate::mutex::{self, DEFAULT_WAIT, Guard};
use crate::observe::{Moment, Watch};
use crate::record::{Host, LockId, MAX_RECORD_BYTES, Reading, Record};

/// Most live records.
pub const MAX_LIVE: usize = 10_000;
/// Most archived records: far more than a clone makes in its life.
pub(crate) const MAX_ARCHIVED: usize = 1_000_000;

/// How a store is opened.
#[derive(Debug)]
pub struct Options {
    /// Longest wait for the mutex.
    pub wait: Duration,
    /// Time beyond a lease before it counts as over.
    pub grace: Duration,
    /// The host's clocks and processes.
    pub world: Box<dyn World>,
    /// Leaves the mutex out: for the test that shows that the tests would notice.
    #[cfg(feature = "testing")]
    pub without_mutex: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            wait: DEFAULT_WAIT,
            grace: DEFAULT_GRACE,
            world: Box::new(System),
            #[cfg(feature = "testing")]
            without_mutex: false,
        }
    }
}

/// The live store of one clone.
#[derive(Debug)]
pub struct Store {
    pub(crate) dir: PathBuf,
    pub(crate) id: String,
    pub(crate) options: Options,
    /// It cannot be written: looking only, without the mutex.
    pub(crate) look_only: bool,
}

/// A published lock file (`ops/locks/*.lock`), read by the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Its path, as it is to be shown.
    pub path: String,
    /// What it is: [`crate::read_published`].
    pub reading: Reading,
}

/// Where a record was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In the live store.
    Live,
    /// In a published file with this path.
    Published(String),
    /// In the lock table of a remote: its name and ref.
    Remote(String),
}

/// A lock and what is thought of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Where it was found.
    pub source: Source,
    /// The lock.
    pub record: Record,
    /// Active or stale.
    pub verdict: Verdict,
    /// When it was marked as a candidate for recovery.
    pub marked: Option<String>,
}

/// A file that counts as held though nobody can tell what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Blind {
    /// Its path: absolute for a live record, as given for a published one.
    pub path: String,
    /// Live or published.
    pub live: bool,
    /// True for another system's shape, false for damage.
    pub foreign: bool,
    /// What it looks like, or what is wrong.
    pub why: String,
    /// SHA-256 of a live file's bytes: what `discard` expects. Empty for published ones.
    pub digest: String,
}

/// Everything that the store and the published files say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Every lock, live ones first, each kind in the order of its files' names.
    pub locks: Vec<Held>,
    /// Files that cannot be read as locks.
    pub blind: Vec<Blind>,
    /// Published copies of locks of this store that are no longer live: left over, not held.
    pub ended: Vec<(String, Record)>,
}

impl Store {
    /// Opens, and on first use makes, the store of a clone. `common_dir` is
    /// `git rev-parse --git-common-dir`.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] where it cannot be written, [`Error::NoLocks`], [`Error::Busy`].
    pub fn open(common_dir: &Path, options: Options) -> Result<Self, Error> {
        let mut store = Store::at(common_dir, options);
        store.prepare()?;
        Ok(store)
    }

    /// Opens the store to look at it. Where it cannot be written, what is there is read without
    /// the mutex ([`Store::is_look_only`]), and every change is [`Error::ReadOnly`].
    ///
    /// # Errors
    /// As [`Store::open`], but for the first.
    pub fn open_to_look(common_dir: &Path, options: Options) -> Result<Self, Error> {
        let mut store = Store::at(common_dir, options);
        match store.prepare() {
            Err(Error::ReadOnly { .. }) => {
                store.look_only = true;
                store.id = crate::name::known(&store.dir, store.world()).unwrap_or_default();
            }
            other => other?,
        }
        Ok(store)
    }

    fn at(common_dir: &Path, options: Options) -> Self {
        Store {
            dir: common_dir.join("trueline"),
            id: String::new(),
            options,
            look_only: false,
        }
    }

    fn prepare(&mut self) -> Result<(), Error> {
        for part in ["live", "archive", "claims"] {
            files::make_folder(&self.dir.join(part))?;
        }
        let _guard = self.lock()?;
        self.id = crate::name::of_store(&self.dir, self.world())?;
        Ok(())
    }

    /// Whether the store cannot be written and is read without the mutex.
    pub fn is_look_only(&self) -> bool {
        self.look_only
    }

    /// The store's folder.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// The store's random name: records that carry it belong here.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The mutex, or nothing where it cannot be taken: for looking.
    pub(crate) fn lock_to_look(&self) -> Result<Option<Guard>, Error> {
        if self.look_only {
            return Ok(None);
        }
        self.lock().map(Some)
    }

    pub(crate) fn lock(&self) -> Result<Guard, Error> {
        if self.look_only {
            let path = self.dir.join("mutex");
            let source = std::io::ErrorKind::PermissionDenied.into();
            return Err(Error::ReadOnly { path, source });
        }
        #[cfg(feature = "testing")]
        if self.options.without_mutex {
            return Ok(Guard::none());
        }
        mutex::lock(&self.dir.join("mutex"), self.options.wait)
    }

    /// Unfinished files are litter only while no other process can be writing.
    fn tidies(&self) -> bool {
        #[cfg(feature = "testing")]
        if self.options.without_mutex {
            return false;
        }
        !self.look_only
    }

    /// Names in a folder of the store; none where it is not there and cannot be made.
    pub(crate) fn names(&self, dir: &Path, limit: usize) -> Result<Vec<String>, Error> {
        if self.look_only && !dir.exists() {
            return Ok(Vec::new());
        }
        files::names(dir, limit, self.tidies())
    }

    pub(crate) fn live(&self) -> PathBuf {
        self.dir.join("live")
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.dir.join("archive")
    }

    pub(crate) fn world(&self) -> &dyn World {
        self.options.world.as_ref()
    }

    /// This host as it is written into a record now.
    pub(crate) fn stamp(&self) -> Host {
        let mut host = self.world().host();
        host.uptime = self.world().uptime_ms().map(|ms| ms.div_ceil(1000));
        // The published form asks for a machine. Where none is known it is this store's.
        if host.machine_id_hash.is_none() {
            host.machine_id_hash = Some(digest(self.id.as_bytes()));
        }
        host.store = Some(self.id.clone());
        host
    }

    /// The wall clock as records carry it.
    pub(crate) fn wall(&self) -> Result<trueline_core::scalar::Timestamp, Error> {
        trueline_core::scalar::Timestamp::new(rfc3339(self.world().now()))
            .ok_or_else(|| Error::BadRequest("the clock is outside the years 0 to 9999".into()))
    }

    pub(crate) fn moment(&self) -> Moment {
        let world = self.world();
        let host = world.host();
        Moment::now(host.boot_id.as_ref(), world.uptime_ms(), world.now())
    }

    /// Judges one record; `key` names it among the observations.
    pub(crate) fn judge(
        &self,
        key: &str,
        seq: u64,
        tenure: &Tenure<'_>,
        scan: &mut Scan,
    ) -> Verdict {
        let process = match tenure.session {
            Some(session) if tenure.host.pid_namespace == scan.host.pid_namespace => {
                self.world().process(session.pid)
            }
            _ => Process::Unknown,
        };
        let mut facts = Facts {
            host: scan.host.clone(),
            now: self.world().now(),
            uptime_ms: self.world().uptime_ms(),
            process,
            observed: Duration::ZERO,
            grace: self.options.grace,
        };
        let verdict = judge(tenure, &facts);
        if verdict.clock == crate::judge::Clock::Boot {
            return verdict;
        }
        facts.observed = scan.watch.observe(key, seq, &scan.now);
        judge(tenure, &facts)
    }

    /// What a scan needs, taken once; the caller holds the mutex.
    pub(crate) fn begin(&self) -> Scan {
        let mut host = self.world().host();
        host.store = Some(self.id.clone());
        Scan {
            host,
            now: self.moment(),
            watch: Watch::load(&self.dir),
        }
    }

    /// Reads and judges everything; the caller holds the mutex and saves the watch.
    pub(crate) fn scan(&self, published: &[Published], scan: &mut Scan) -> Result<Snapshot, Error> {
        let mut snapshot = Snapshot::default();
        self.names(&self.dir, MAX_LIVE)?;
        for name in self.names(&self.live(), MAX_LIVE)? {
            match self.read_live(&name)? {
                Some(Ok(record)) => {
                    let held = self.hold(Source::Live, record, scan);
                    snapshot.locks.push(held);
                }
                Some(Err(blind)) => snapshot.blind.push(blind),
                None => {}
            }
        }
        let ids: std::collections::BTreeSet<LockId> = snapshot
            .locks
            .iter()
            .map(|held| held.record.lock_id.clone())
            .collect();
        let archived = if published.is_empty() {
            std::collections::BTreeSet::new()
        } else {
            self.archived_ids()?
        };
        for file in published {
            let (foreign, why) = match &file.reading {
                Reading::Lock(record) => {
                    let ours = record.host.store.as_ref() == Some(&self.id);
                    if ids.contains(&record.lock_id) {
                        continue;
                    }
                    let record = Record::clone(record);
                    if ours || archived.contains(record.lock_id.as_str()) {
                        snapshot.ended.push((file.path.clone(), record));
                    } else {
                        let source = Source::Published(file.path.clone());
                        let held = self.hold(source, record, scan);
                        snapshot.locks.push(held);
                    }
                    continue;
                }
                Reading::Foreign { shape } => (true, shape.clone()),
                Reading::Unreadable { why } => (false, why.clone()),
            };
            snapshot.blind.push(Blind {
                path: file.path.clone(),
                live: false,
                foreign,
                why,
                digest: String::new(),
            });
        }
        Ok(snapshot)
    }

    fn hold(&self, source: Source, record: Record, scan: &mut Scan) -> Held {
        let key = record.lock_id.to_string();
        let verdict = self.judge(&key, record.seq, &record.tenure(), scan);
        let marked = scan.watch.marked(&key, record.seq);
        Held {
            source,
            record,
            verdict,
            marked,
        }
    }

    /// One live file: a lock, or held blindly; `None` when it is gone.
    pub(crate) fn read_live(&self, name: &str) -> Result<Option<Result<Record, Blind>>, Error> {
        let path = self.live().join(name);
        let (why, bytes) = match files::read(&path, MAX_RECORD_BYTES) {
            Ok(None) => return Ok(None),
            Ok(Some(bytes)) => match Record::parse(&bytes) {
                Ok(record) if name == live_name(&record.lock_id) => return Ok(Some(Ok(record))),
                Ok(record) => (
                    format!(
                        "it holds the lock {}, not the one it is named for",
                        record.lock_id
                    ),
                    bytes,
                ),
                Err(why) => (why.to_string(), bytes),
            },
            Err(Error::Io { source, .. }) => (source.to_string(), Vec::new()),
            Err(e) => return Err(e),
        };
        Ok(Some(Err(Blind {
            path: path.to_string_lossy().into_owned(),
            live: true,
            foreign: false,
            why,
            digest: digest(&bytes),
        })))
    }

    fn archived_ids(&self) -> Result<std::collections::BTreeSet<String>, Error> {
        let names = self.names(&self.archive(), MAX_ARCHIVED)?;
        let id = |name: String| name.split_once('-').map(|(id, _)| id.to_owned());
        Ok(names.into_iter().filter_map(id).collect())
    }
}

/// What one scan works with.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) host: Host,
    pub(crate) now: Moment,
    pub(crate) watch: Watch,
}

impl Scan {
    /// Keeps what was observed.
    pub(crate) fn finish(mut self, store: &Store) -> Result<(), Error> {
        if store.look_only {
            return Ok(());
        }
        self.watch.save(&store.dir)
    }
}

pub(crate) fn live_name(id: &LockId) -> String {
    format!("{id}.json")
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    crate::record::hex(&Sha256::digest(bytes))
}

/// A time as records carry it: RFC 3339, UTC, whole seconds.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second())
        .unwrap_or(at)
        .to_string()
}
