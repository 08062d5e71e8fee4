//! Where the files of a bag are.

use crate::zip::{Archive, Checked, ReadAt, SEAL};
use std::collections::{BTreeMap, HashMap};
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
    index: BTreeMap<String, usize>,
    irregular: Vec<(String, String)>,
    digests: Vec<Option<[u8; 32]>>,
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
            index: BTreeMap::new(),
            irregular: Vec::new(),
            digests: Vec::new(),
            base,
        };
        for (at, entry) in archive.entries().iter().enumerate() {
            let name = entry.name();
            let path = name
                .strip_prefix(source.base.as_str())
                .and_then(|rest| rest.strip_prefix('/'));
            match path {
                Some(SEAL) => {}
                Some(path) if !path.is_empty() && !path.ends_with('/') => {
                    source.files.push(BagFile {
                        path: path.to_owned(),
                        size: entry.size(),
                    });
                    source.index.insert(path.to_owned(), at);
                }
                _ => source.irregular.push((
                    name.into_owned(),
                    "not a file in the folder of the bag".to_owned(),
                )),
            }
        }
        source.files.sort();
        source
    }

    /// The same, with the digests of [`Archive::check`], so that nothing is read twice.
    pub fn checked(archive: &'a Archive<'a, S>, checked: &Checked) -> Self {
        Self {
            digests: checked.sha256.clone(),
            ..Self::new(archive)
        }
    }

    /// The same of an archive that another tool made: entries for folders are nothing to wonder at.
    pub fn foreign(archive: &'a Archive<'a, S>, checked: &Checked) -> Self {
        let mut source = Self::checked(archive, checked);
        source.irregular.retain(|(name, _)| !name.ends_with('/'));
        source
    }

    /// The folder that the bag is in; empty if the entries have none.
    pub fn base(&self) -> &str {
        &self.base
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
        self.digests.get(*self.index.get(path)?).copied().flatten()
    }

    fn read(&self, path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let entry = self
            .index
            .get(path)
            .and_then(|at| self.archive.entries().get(*at))
            .ok_or(io::ErrorKind::NotFound)?;
        self.archive
            .content(entry, see)?
            .map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault.to_string()))
    }
}

/// A source of which every digest that could be computed is known.
pub(super) struct Memo<'a> {
    pub(super) source: &'a dyn Source,
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
        self.digests.get(path).copied()
    }
    fn read(&self, path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        self.source.read(path, see)
    }
}
