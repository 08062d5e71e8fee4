//! Where the files of a bag are.

use crate::zip::{Archive, Checked, ReadAt, SEAL};
use std::collections::HashMap;
use std::io;

/// A file of a bag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BagFile {
    /// The path in the bag, with `/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// The files of a bag, in a zip or a folder.
pub trait Source: Sync {
    /// All regular files, sorted by the bytes of their paths.
    fn files(&self) -> &[BagFile];

    /// What else is there (links, devices, names that are not UTF-8), with what it is.
    fn irregular(&self) -> &[(String, String)];

    /// Shows the content of a file piece by piece.
    ///
    /// # Errors
    /// The file cannot be read, or the container says that it is not what it should be.
    fn read(&self, path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()>;

    /// The SHA-256 of a file's content, if it is known already.
    fn known_sha256(&self, _path: &str) -> Option<[u8; 32]> {
        None
    }

    /// The content of a file, if it has no more than `limit` bytes.
    ///
    /// # Errors
    /// As [`Source::read`]; also a file above the limit.
    fn bytes(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        let mut large = false;
        self.read(path, &mut |piece| {
            large |= (all.len() + piece.len()) as u64 > limit;
            if !large {
                all.extend_from_slice(piece);
            }
        })?;
        if large {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too large"));
        }
        Ok(all)
    }
}

/// A bag in a zip: the entries below one folder. The zip's seal is not a part of the bag.
#[derive(Debug)]
pub struct ZipSource<'a, S: ?Sized> {
    archive: &'a Archive<'a, S>,
    base: String,
    files: Vec<BagFile>,
    /// Which entry each of the files is.
    entries: Vec<usize>,
    irregular: Vec<(String, String)>,
    /// Of each entry.
    digests: &'a [Option<[u8; 32]>],
}

impl<'a, S: ReadAt + ?Sized> ZipSource<'a, S> {
    /// The bag of an archive. Its folder is that of the first entry; entries elsewhere are irregular.
    pub fn new(archive: &'a Archive<'a, S>) -> Self {
        let first = archive
            .entries()
            .first()
            .map(|entry| entry.name().into_owned());
        let base = first
            .as_deref()
            .and_then(|name| name.split_once('/'))
            .map_or_else(String::new, |(base, _)| base.to_owned());
        let mut source = Self {
            archive,
            files: Vec::new(),
            entries: Vec::new(),
            irregular: Vec::new(),
            digests: &[],
            base,
        };
        let mut files = Vec::with_capacity(archive.entries().len());
        for (at, entry) in archive.entries().iter().enumerate() {
            let name = entry.name();
            let path = name
                .strip_prefix(source.base.as_str())
                .and_then(|rest| rest.strip_prefix('/'));
            match path {
                Some(SEAL) => {}
                Some(path) if !path.is_empty() && !path.ends_with('/') => {
                    let path = path.to_owned();
                    let size = entry.size();
                    files.push((BagFile { path, size }, at));
                }
                _ => source.irregular.push((
                    name.into_owned(),
                    "not a file in the folder of the bag".to_owned(),
                )),
            }
        }
        files.sort();
        for same in files.chunk_by_mut(|a, b| a.0.path == b.0.path) {
            // Of twins the last entry counts.
            let last = same.iter().map(|one| one.1).max().unwrap_or_default();
            same.iter_mut().for_each(|one| one.1 = last);
        }
        (source.files, source.entries) = files.into_iter().unzip();
        source
    }

    /// The same, with the digests of [`Archive::check`], so that nothing is read twice.
    pub fn checked(archive: &'a Archive<'a, S>, checked: &'a Checked) -> Self {
        Self {
            digests: &checked.sha256,
            ..Self::new(archive)
        }
    }

    /// The same of an archive that another tool made: entries for folders are nothing to wonder at.
    pub fn foreign(archive: &'a Archive<'a, S>, checked: &'a Checked) -> Self {
        let mut source = Self::checked(archive, checked);
        source.irregular.retain(|(name, _)| !name.ends_with('/'));
        source
    }

    /// The folder that the bag is in; empty if the entries have none.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The entry of a path.
    fn entry_of(&self, path: &str) -> Option<usize> {
        let at = self.files.partition_point(|file| file.path.as_str() < path);
        self.files.get(at).filter(|file| file.path == path)?;
        self.entries.get(at).copied()
    }
}

impl<S: ReadAt + ?Sized> Source for ZipSource<'_, S> {
    fn files(&self) -> &[BagFile] {
        &self.files
    }

    fn irregular(&self) -> &[(String, String)] {
        &self.irregular
    }

    fn known_sha256(&self, path: &str) -> Option<[u8; 32]> {
        self.digests.get(self.entry_of(path)?).copied().flatten()
    }

    fn read(&self, path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let entry = self
            .entry_of(path)
            .and_then(|at| self.archive.entries().get(at))
            .ok_or(io::ErrorKind::NotFound)?;
        self.archive
            .content(entry, see)?
            .map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault.to_string()))
    }
}

/// A source of which every digest that could be computed is known.
pub(super) struct Memo<'a> {
    pub(super) source: &'a dyn Source,
    /// Those that the source itself does not know.
    pub(super) digests: HashMap<&'a str, [u8; 32]>,
}

impl Source for Memo<'_> {
    fn files(&self) -> &[BagFile] {
        self.source.files()
    }
    fn irregular(&self) -> &[(String, String)] {
        self.source.irregular()
    }
    fn known_sha256(&self, path: &str) -> Option<[u8; 32]> {
        let known = self.source.known_sha256(path);
        known.or_else(|| self.digests.get(path).copied())
    }
    fn read(&self, path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        self.source.read(path, see)
    }
}
