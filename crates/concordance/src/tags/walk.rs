//! Reads many files, in parallel, each into a buffer that its thread uses again.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scan::{FileScan, Scanner};

/// Largest file that is scanned for tags, in bytes; larger ones are reported, not read.
pub const MAX_SCANNED: u64 = 16 << 20;

/// Bytes at the start in which a NUL makes a file binary.
const BINARY_PROBE: usize = 8192;

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
/// of threads. Files that hold nothing are left out.
pub fn scan_files(
    root: &Path,
    paths: &[&str],
    scanner: &Scanner,
    threads: usize,
) -> Vec<(usize, Scanned)> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::new());
    let work = || {
        let mut buffer = Vec::new();
        let mut place = root.to_path_buf();
        let mut found = Vec::new();
        loop {
            let first = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(rest) = paths.get(first..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            for (offset, path) in rest.iter().take(BATCH).enumerate() {
                place.push(path);
                let scanned = scan_file(&place, path, scanner, &mut buffer);
                place.clear();
                place.push(root);
                let is_nothing =
                    matches!(&scanned, Scanned::Text(text) if *text == FileScan::default());
                if !is_nothing && scanned != Scanned::Binary {
                    found.push((first + offset, scanned));
                }
            }
        }
        match all.lock() {
            Ok(mut all) => all.append(&mut found),
            Err(poisoned) => poisoned.into_inner().append(&mut found),
        }
    };
    let threads = threads.clamp(1, paths.len().div_ceil(BATCH).max(1));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut all = all
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    all.sort_unstable_by_key(|(at, _)| *at);
    all
}

fn scan_file(place: &Path, path: &str, scanner: &Scanner, buffer: &mut Vec<u8>) -> Scanned {
    match read(place, buffer) {
        Ok(Some(size)) => Scanned::TooLarge(size),
        Ok(None) => scan_bytes(buffer, path, scanner),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Scanned::Missing,
        Err(error) => Scanned::Failed(error.to_string()),
    }
}

/// Scans bytes that were read already, by the rules of a file.
pub fn scan_bytes(bytes: &[u8], path: &str, scanner: &Scanner) -> Scanned {
    let probe = bytes.get(..BINARY_PROBE).unwrap_or(bytes);
    if memchr::memchr(0, probe).is_some() {
        return Scanned::Binary;
    }
    Scanned::Text(scanner.scan(bytes, is_markdown(path)))
}

/// Fills the buffer; gives the size of a file that is too large instead.
fn read(place: &Path, buffer: &mut Vec<u8>) -> io::Result<Option<u64>> {
    buffer.clear();
    let file = File::open(place)?;
    let size = file.metadata()?.len();
    if size > MAX_SCANNED {
        return Ok(Some(size));
    }
    buffer.reserve(usize::try_from(size).unwrap_or(0) + 1);
    file.take(MAX_SCANNED).read_to_end(buffer)?;
    Ok(None)
}

/// Whether a file is read by the rules of Markdown.
pub(crate) fn is_markdown(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    name.eq_ignore_ascii_case("md") || name.eq_ignore_ascii_case("markdown")
}
