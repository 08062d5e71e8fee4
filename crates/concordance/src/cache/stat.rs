//! What the file system says of files without opening them.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::reach::Reach;

/// Files that a thread takes at a time.
const BATCH: usize = 256;

/// A file that is touched in this time after it was read may look untouched: clocks of file
/// systems tick as slowly as every two seconds.
const TICK: Duration = Duration::from_secs(2);

/// Size, times in nanoseconds since 1970, and inode of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stat(pub u64, pub i64, pub i64, pub u64);

impl Stat {
    #[cfg(unix)]
    fn new(meta: &Metadata) -> Stat {
        use std::os::unix::fs::MetadataExt;
        let nanos = |s: i64, n: i64| s.saturating_mul(1_000_000_000).saturating_add(n);
        Stat(
            meta.len(),
            nanos(meta.mtime(), meta.mtime_nsec()),
            nanos(meta.ctime(), meta.ctime_nsec()),
            meta.ino(),
        )
    }

    /// Elsewhere there is no time of change and no inode.
    #[cfg(not(unix))]
    fn new(meta: &Metadata) -> Stat {
        let modified = meta.modified().map_or(0, nanos);
        Stat(meta.len(), modified, modified, 0)
    }

    /// Size in bytes.
    pub fn size(self) -> u64 {
        self.0
    }

    /// When it was last touched, in nanoseconds since 1970.
    pub fn touched(self) -> i64 {
        self.1.max(self.2)
    }
}

/// What there is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDisk {
    /// A regular file.
    File(Stat),
    /// A folder.
    Folder,
    /// A link, something else.
    Other,
    /// Nothing.
    Gone,
    /// Something that may not be looked at.
    Hidden,
}

/// The last moment at which a file can have been touched for its stat to prove that it is the
/// same; in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Horizon(pub i64);

impl Horizon {
    /// That of a run that begins to look at files now.
    pub fn now() -> Horizon {
        Horizon(nanos(SystemTime::now()).saturating_sub(ticks()))
    }

    /// Whether a file was left alone since before the horizon.
    pub fn trusts(self, stat: Stat) -> bool {
        stat.touched() <= self.0
    }
}

fn ticks() -> i64 {
    i64::try_from(TICK.as_nanos()).unwrap_or(i64::MAX)
}

/// Nanoseconds since 1970.
pub(super) fn nanos(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

/// Looks at one path; a link is not followed.
pub fn look(place: &Path) -> OnDisk {
    match place.symlink_metadata() {
        Ok(meta) if meta.is_file() => OnDisk::File(Stat::new(&meta)),
        Ok(meta) if meta.is_dir() => OnDisk::Folder,
        Ok(_) => OnDisk::Other,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            OnDisk::Gone
        }
        Err(_) => OnDisk::Hidden,
    }
}

/// The shortest name of a folder: none where one stands in it, so that not every path is followed
/// from the top.
pub(crate) fn near(folder: &Path) -> &Path {
    match std::env::current_dir() {
        Ok(here) if here == folder => Path::new(""),
        _ => folder,
    }
}

/// Looks at many paths below a folder, in parallel; the answers are in the order of the paths.
pub(crate) fn look_all(
    root: &Path,
    paths: &[impl AsRef<str> + Sync],
    threads: usize,
) -> Vec<OnDisk> {
    let root = near(root);
    let next = AtomicUsize::new(0);
    let all = Mutex::new(vec![OnDisk::Gone; paths.len()]);
    let work = || {
        let mut found = Vec::with_capacity(BATCH);
        let mut reach = Reach::new(root);
        loop {
            let first = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(rest) = paths.get(first..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            found.clear();
            for (at, path) in rest.iter().take(BATCH).enumerate() {
                let next = rest.get(at + 1).map(AsRef::as_ref);
                found.push(reach.look(path.as_ref(), next));
            }
            let mut all = all
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(into) = all.get_mut(first..first + found.len()) {
                into.copy_from_slice(&found);
            }
        }
    };
    let threads = threads.clamp(1, paths.len().div_ceil(BATCH).max(1));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    all.into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
