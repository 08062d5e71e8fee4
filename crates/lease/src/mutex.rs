//! The one mutex of a clone: an operating-system lock on a file that all worktrees share.
//!
//! The kernel releases it when its process ends, in whatever way. Waiting is bounded; a file
//! system without locks is an error, because going on without one was measured to grant the same
//! scope twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::Error;

/// Time that is waited for the mutex when none is named.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(10);

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Guard {
    _file: Option<File>,
}

impl Guard {
    /// No mutex at all: for the test that shows that the tests would notice.
    #[cfg(feature = "testing")]
    pub(crate) fn none() -> Self {
        Guard { _file: None }
    }
}

/// Takes the mutex, waiting at most `wait`.
pub(crate) fn lock(path: &Path, wait: Duration) -> Result<Guard, Error> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) if is_still(path, &file)? => return Ok(Guard { _file: Some(file) }),
            // The file was replaced under us: the lock that counts is on the new one.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(source)) => {
                return Err(if without_locks(&source) {
                    Error::NoLocks {
                        path: path.to_owned(),
                        source,
                    }
                } else {
                    Error::io("locking", path, source)
                });
            }
        }
        let waited = begun.elapsed();
        if waited >= wait {
            return Err(Error::Busy {
                path: path.to_owned(),
                waited,
            });
        }
        std::thread::sleep(pause.min(wait.saturating_sub(waited)));
        pause = next_pause(pause);
    }
}

/// Longer each time up to 20 ms, never quite the same: contenders should not march in step.
fn next_pause(pause: Duration) -> Duration {
    let mut byte = [0_u8; 1];
    let _ = getrandom::fill(&mut byte);
    let jitter = Duration::from_micros(u64::from(byte[0]) * 16);
    (pause * 2).min(Duration::from_millis(16)) + jitter
}

fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|e| Error::io("opening", path, e))
}

fn without_locks(error: &io::Error) -> bool {
    const ENOLCK: i32 = 37;
    error.kind() == io::ErrorKind::Unsupported
        || (cfg!(target_os = "linux") && error.raw_os_error() == Some(ENOLCK))
}

#[cfg(unix)]
fn is_still(path: &Path, file: &File) -> Result<bool, Error> {
    use std::os::unix::fs::MetadataExt as _;
    let wrap = |e| Error::io("looking at", path, e);
    let held = file.metadata().map_err(wrap)?;
    match std::fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (held.dev(), held.ino())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(wrap(e)),
    }
}

#[cfg(not(unix))]
fn is_still(_path: &Path, _file: &File) -> Result<bool, Error> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_a_bounded_wait() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mutex");
        let first = lock(&path, Duration::ZERO).unwrap();
        let second = lock(&path, Duration::from_millis(30));
        assert!(matches!(second, Err(Error::Busy { .. })), "{second:?}");
        drop(first);
        lock(&path, Duration::ZERO).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mutex");
        let held = open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(!is_still(&path, &held).unwrap());
        let _other = open(&path).unwrap();
        assert!(!is_still(&path, &held).unwrap());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none/mutex");
        assert!(matches!(lock(&path, Duration::ZERO), Err(Error::Io { .. })));
    }

    #[test]
    fn errors_of_file_systems_without_locks() {
        assert!(without_locks(&io::Error::from(io::ErrorKind::Unsupported)));
        assert!(!without_locks(&io::Error::from(io::ErrorKind::NotFound)));
        #[cfg(target_os = "linux")]
        assert!(without_locks(&io::Error::from_raw_os_error(37)));
    }
}
