//! Files of the store: read with a limit, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::fault;

/// Prefix of files that are being written. One that outlives the mutex is litter.
const UNFINISHED: &str = ".unfinished-";

/// Reads at most `limit` bytes; `None` when there is no such file. A larger file gives `limit + 1`
/// bytes, which no reader accepts. Not followed through a symbolic link at its end.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, Error> {
    let wrap = |e| Error::io("reading", path, e);
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(wrap(io::Error::other("not a regular file"))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(wrap(e)),
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(wrap(e)),
    };
    let mut bytes = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(wrap)?;
    Ok(Some(bytes))
}

/// Writes `dir/name` whole: a new file beside it, synced, renamed over it, the folder synced.
/// After a crash there is the old content or the new, never a part.
pub(crate) fn write(
    operation: &'static str,
    dir: &Path,
    name: &str,
    bytes: &[u8],
) -> Result<PathBuf, Error> {
    let path = dir.join(name);
    let wrap = |e| Error::io("writing", &path, e);
    let unfinished = dir.join(format!("{UNFINISHED}{}-{name}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&unfinished)?;
        fault::point(operation, "file-created");
        file.write_all(bytes)?;
        fault::point(operation, "file-written");
        file.sync_all()?;
        fault::point(operation, "file-synced");
        fs::rename(&unfinished, &path)?;
        fault::point(operation, "renamed");
        sync_folder(dir)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written.map_err(wrap)?;
    Ok(path)
}

/// Removes a file and makes that last.
pub(crate) fn remove(operation: &'static str, path: &Path) -> Result<(), Error> {
    let wrap = |e| Error::io("removing", path, e);
    fs::remove_file(path).map_err(wrap)?;
    fault::point(operation, "removed");
    path.parent().map_or(Ok(()), sync_folder).map_err(wrap)
}

/// Makes a folder where there is none.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|e| Error::io("making", path, e))
}

/// Names of regular files in a folder, sorted; unfinished ones are removed when `tidy`.
/// At most `limit` of them, else [`Error::TooMany`].
pub(crate) fn names(dir: &Path, limit: usize, tidy: bool) -> Result<Vec<String>, Error> {
    let wrap = |e| Error::io("reading", dir, e);
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(wrap)? {
        let entry = entry.map_err(wrap)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(UNFINISHED) {
            if tidy {
                let _ = fs::remove_file(entry.path());
            }
            continue;
        }
        names.push(name);
        if names.len() > limit {
            return Err(Error::TooMany(limit));
        }
    }
    names.sort();
    Ok(names)
}

/// True when a folder holds nothing, or is not there.
pub(crate) fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none())
}

#[cfg(unix)]
fn sync_folder(dir: &Path) -> io::Result<()> {
    match File::open(dir)?.sync_all() {
        // Some network and user-space file systems cannot sync a folder.
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

#[cfg(not(unix))]
fn sync_folder(_dir: &Path) -> io::Result<()> {
    Ok(())
}
