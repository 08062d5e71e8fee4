//! Reads many files, in parallel, each into a buffer that its thread uses again.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::scan::{FileScan, Scanner};
use crate::cache::{Reach, near};

/// Largest file that is scanned for tags, in bytes; larger ones are reported, not read.
pub const MAX_SCANNED: u64 = 16 << 20;

/// Bytes at the start in which a NUL makes a file binary.
const BINARY_PROBE: usize = 8192;

/// A larger buffer is not kept for the next file.
const LARGE: usize = 256 << 10;

/// Files that a thread takes at a time.
const BATCH: usize = 32;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// Read: what it says (often nothing).
    Text(FileScan),
    /// Binary (a NUL in its first 8 KiB): holds no tags.
    Binary,
    /// Larger than [`MAX_SCANNED`].
    TooLarge(u64),
    /// Not there, though git tracks it.
    Missing,
    /// Could not be read: the operating system's words.
    Failed(String),
}

/// Scans files below a folder; the answers are in the order of the paths, whatever the number
/// of threads. Files that hold nothing are left out. A size, where one is known, saves asking
/// for it; what is read is the file as it is now.
pub fn scan_files(
    root: &Path,
    paths: &[(&str, Option<u64>)],
    scanner: &Scanner,
    threads: usize,
) -> Vec<(usize, Scanned)> {
    let root = near(root);
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::with_capacity(paths.len()));
    let work = || {
        let mut buffer = Vec::new();
        let mut reach = Reach::new(root);
        let mut found = Vec::with_capacity(BATCH);
        loop {
            let first = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(rest) = paths.get(first..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            for (offset, (path, size)) in rest.iter().take(BATCH).enumerate() {
                let next = rest.get(offset + 1).map(|(next, _)| *next);
                let file = reach.open(path, next);
                let scanned = scan_file(file, path, *size, scanner, &mut buffer);
                if buffer.capacity() > LARGE {
                    buffer = Vec::new();
                }
                let is_nothing =
                    matches!(&scanned, Scanned::Text(text) if *text == FileScan::default());
                if !is_nothing && scanned != Scanned::Binary {
                    found.push((first + offset, scanned));
                }
            }
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            all.append(&mut found);
        }
    };
    let threads = threads.clamp(1, paths.len().div_ceil(BATCH).max(1));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.sort_unstable_by_key(|(at, _)| *at);
    all
}

fn scan_file(
    file: io::Result<File>,
    path: &str,
    size: Option<u64>,
    scanner: &Scanner,
    buffer: &mut Vec<u8>,
) -> Scanned {
    match file.and_then(|file| read(file, size, buffer)) {
        Ok(Content::TooLarge(size)) => Scanned::TooLarge(size),
        Ok(Content::Bytes(length)) => {
            scan_bytes(buffer.get(..length).unwrap_or_default(), path, scanner)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Scanned::Missing,
        Err(error) => Scanned::Failed(error.to_string()),
    }
}

/// Scans bytes that were read already, by the rules of a file.
pub fn scan_bytes(bytes: &[u8], path: &str, scanner: &Scanner) -> Scanned {
    let scan = scanner.scan(bytes, is_markdown(path));
    // Text or not, it says nothing.
    if scan == FileScan::default() {
        return Scanned::Text(scan);
    }
    let probe = bytes.get(..BINARY_PROBE).unwrap_or(bytes);
    match memchr::memchr(0, probe) {
        Some(_) => Scanned::Binary,
        None => Scanned::Text(scan),
    }
}

enum Content {
    /// So many bytes at the start of the buffer.
    Bytes(usize),
    /// The size of a file that is not read.
    TooLarge(u64),
}

/// Reads a file into a buffer, which grows where it must. Of one whose size is known that takes
/// one call where it still has that size: a file ends where a read gives less than was asked for.
fn read(mut file: File, size: Option<u64>, buffer: &mut Vec<u8>) -> io::Result<Content> {
    let size = match size {
        Some(size) => size,
        None => file.metadata()?.len(),
    };
    if size > MAX_SCANNED {
        return Ok(Content::TooLarge(size));
    }
    let mut wanted = usize::try_from(size).unwrap_or(0) + 1;
    let mut length = 0;
    loop {
        if buffer.len() < wanted {
            if length == 0 && wanted > LARGE {
                // No larger than it must be, and what it held is not copied.
                *buffer = Vec::with_capacity(wanted);
            }
            buffer.resize(wanted, 0);
        }
        match file.read(buffer.get_mut(length..wanted).unwrap_or_default()) {
            Ok(0) => return Ok(Content::Bytes(length)),
            Ok(count) => {
                length += count;
                if u64::try_from(length).ok() == Some(size) {
                    return Ok(Content::Bytes(length));
                }
                if u64::try_from(length).unwrap_or(u64::MAX) > MAX_SCANNED {
                    return Ok(Content::TooLarge(file.metadata()?.len()));
                }
                wanted = wanted.max(length + (64 << 10));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether a file is read by the rules of Markdown.
pub(crate) fn is_markdown(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    name.eq_ignore_ascii_case("md") || name.eq_ignore_ascii_case("markdown")
}
