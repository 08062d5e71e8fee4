//! The files of a state of the repository: the working tree, or a commit.

mod links;
mod places;
mod table;

use places::{Mark, walk};
pub use places::{is_repository, is_there};
use table::Table;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use trueline_kit::git::{Blobs, GitPath, Oid};
use trueline_kit::{Context, Error, Source};

use crate::cache::{self, OnDisk, Stat, look_all};

/// A state of the repository.
pub struct Tree<'c> {
    /// Paths of regular files, sorted, each once.
    files: Vec<String>,
    /// Where each of them stands.
    table: Table,
    /// Paths that are not UTF-8, as they are shown.
    odd: Vec<String>,
    /// Paths of text that was asked for, is there, and could not be read whole.
    unread: RefCell<BTreeSet<String>>,
    /// Paths that were asked for and are no files of the tree.
    asked: RefCell<BTreeSet<String>>,
    /// Paths of symbolic links, and of whatever else is neither a file nor a folder.
    links: BTreeSet<String>,
    /// Those of them that git does not know.
    new_links: BTreeSet<String>,
    place: Place<'c>,
}

enum Place<'c> {
    Work {
        ctx: &'c Context,
        /// Of each of the files; `None` where it cannot be looked at. And whether git knows it.
        stats: Vec<(Option<Stat>, bool)>,
        /// Whether a merge is not done.
        is_in_conflict: bool,
    },
    Commit {
        oids: BTreeMap<String, Oid>,
        /// The texts of its symbolic links.
        links: BTreeMap<String, Oid>,
        blobs: RefCell<Blobs>,
        limit: u64,
    },
}

impl<'c> Tree<'c> {
    /// The working tree: files that git knows, and new ones that it is not told to ignore. Outside
    /// a repository, every file that no `.gitignore` names.
    ///
    /// # Errors
    /// When git or the folder cannot be read.
    pub fn work(ctx: &'c Context) -> Result<Self, Error> {
        let git = ctx.git();
        let (mut listed, mut odd) = (Vec::new(), Vec::new());
        if is_repository(&git)? {
            for (path, mark) in places::listed(&git)? {
                match String::from_utf8(path) {
                    Ok(path) => listed.push((path, mark)),
                    Err(error) => {
                        odd.push(GitPath::new(error.into_bytes()).display().into_owned());
                    }
                }
            }
        } else {
            let mut files = Vec::new();
            walk(ctx, &mut files, &mut odd)?;
            listed.extend(files.into_iter().map(|path| (path, Mark::default())));
        }
        // Stable, because it is quick with the two ordered runs that git gives.
        listed.sort();
        // A path in conflict is listed once a side.
        listed.dedup_by(|later, first| later.0 == first.0);
        odd.sort_unstable();
        odd.dedup();
        let paths: Vec<&str> = listed.iter().map(|(path, _)| path.as_str()).collect();
        let found = look_all(ctx.root(), &paths, cache::threads());
        let most = listed.len();
        let (mut files, mut stats) = (Vec::with_capacity(most), Vec::with_capacity(most));
        let (mut links, mut new_links) = (BTreeSet::new(), BTreeSet::new());
        let is_in_conflict = listed.iter().any(|(_, mark)| mark.is_in_conflict);
        for ((path, mark), found) in listed.into_iter().zip(found) {
            let stat = match found {
                OnDisk::File(stat) => Some(stat),
                // git takes a file in a folder that it may not enter for a deleted one.
                OnDisk::Hidden => None,
                OnDisk::Gone if mark.is_skipped => None,
                OnDisk::Gone | OnDisk::Folder => continue,
                OnDisk::Other => {
                    if !mark.is_known {
                        new_links.insert(path.clone());
                    }
                    links.insert(path);
                    continue;
                }
            };
            files.push(path);
            stats.push((stat, mark.is_known));
        }
        Ok(Tree {
            table: Table::new(&files),
            files,
            odd,
            unread: RefCell::default(),
            asked: RefCell::default(),
            links,
            new_links,
            place: Place::Work {
                ctx,
                stats,
                is_in_conflict,
            },
        })
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn commit(ctx: &Context, commit: &Oid) -> Result<Self, Error> {
        let git = ctx.git();
        let (mut oids, mut links) = (BTreeMap::new(), BTreeMap::new());
        let mut odd = Vec::new();
        for entry in git.ls_tree(commit)? {
            match entry.path.as_str() {
                Some(path) if entry.mode.is_symlink() => {
                    links.insert(path.to_owned(), entry.oid);
                }
                Some(path) if entry.mode.is_file() => {
                    oids.insert(path.to_owned(), entry.oid);
                }
                None if entry.mode.is_file() => odd.push(entry.path.display().into_owned()),
                _ => {}
            }
        }
        let limit = ctx.config().limits.file_bytes;
        let files: Vec<String> = oids.keys().cloned().collect();
        Ok(Tree {
            table: Table::new(&files),
            files,
            odd,
            unread: RefCell::default(),
            asked: RefCell::default(),
            links: links.keys().cloned().collect(),
            new_links: BTreeSet::new(),
            place: Place::Commit {
                oids,
                links,
                blobs: RefCell::new(git.blobs(limit)?),
                limit,
            },
        })
    }

    /// Paths of regular files, sorted.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Paths that are not UTF-8: they can be in no crosswalk.
    pub fn odd(&self) -> &[String] {
        &self.odd
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.place(path).is_some()
    }

    /// Where a file stands in [`Tree::files`].
    pub fn place(&self, path: &str) -> Option<usize> {
        self.table.find(&self.files, path)
    }

    /// The text of a file; `None` where there is none. In the working tree trouble is reported;
    /// in a commit what is not UTF-8 is replaced. Either way [`Tree::unread`] names it.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn source(&self, path: &str) -> Result<Option<Source>, Error> {
        match &self.place {
            Place::Work { ctx, .. } => {
                self.ask(path);
                let source = ctx.source(path);
                if source.is_none() && (self.has(path) || is_there(ctx, path)) {
                    if let Some(error) = self.broken(path) {
                        ctx.failed(&error);
                    }
                    self.mark_unread(path);
                }
                Ok(source)
            }
            Place::Commit { .. } => {
                let bytes = self.bytes(path)?;
                if (self.has(path) || self.links.contains(path))
                    && bytes
                        .as_ref()
                        .is_none_or(|bytes| std::str::from_utf8(bytes).is_err())
                {
                    self.mark_unread(path);
                }
                Ok(bytes.map(|bytes| {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    Source::new(path, text)
                }))
            }
        }
    }

    /// The files of a working tree with their stats, and whether git knows them; `None` where a
    /// file has none, and in a commit.
    pub fn stats(&self) -> Option<Vec<(&str, Stat, bool)>> {
        let Place::Work { stats, .. } = &self.place else {
            return None;
        };
        let all = self.files.iter().zip(stats);
        all.map(|(path, (stat, is_known))| Some((path.as_str(), (*stat)?, *is_known)))
            .collect()
    }

    /// Whether two sides of a merge differ in some path; in a commit none do.
    pub fn is_in_conflict(&self) -> bool {
        matches!(&self.place, Place::Work { is_in_conflict, .. } if *is_in_conflict)
    }

    /// The files of a working tree that git knows, ordered by path; in a commit there are none.
    pub fn tracked(&self) -> impl Iterator<Item = &str> {
        self.marked(true)
    }

    fn marked(&self, is_tracked: bool) -> impl Iterator<Item = &str> {
        let stats = match &self.place {
            Place::Work { stats, .. } => stats.as_slice(),
            Place::Commit { .. } => &[],
        };
        let files = self.files.iter().zip(stats);
        files
            .filter(move |(_, (_, is_known))| *is_known == is_tracked)
            .map(|(path, _)| path.as_str())
    }

    /// What is in a working tree and git does not know; in a commit there is nothing.
    pub fn untracked(&self) -> impl Iterator<Item = &str> {
        self.marked(false)
            .chain(self.new_links.iter().map(String::as_str))
    }

    /// The stats of all files of a working tree, in their order; in a commit there are none.
    pub fn all_stats(&self) -> impl Iterator<Item = Option<Stat>> {
        let stats = match &self.place {
            Place::Work { stats, .. } => stats.as_slice(),
            Place::Commit { .. } => &[],
        };
        let stats = stats.iter().map(|(stat, _)| *stat);
        stats.chain(std::iter::repeat(None))
    }

    /// The blob of a file of a commit.
    pub fn oid(&self, path: &str) -> Option<&Oid> {
        match &self.place {
            Place::Work { .. } => None,
            Place::Commit { oids, .. } => oids.get(path),
        }
    }

    /// Notes that a path was asked for.
    pub fn ask(&self, path: &str) {
        if !self.has(path) {
            self.asked.borrow_mut().insert(path.to_owned());
        }
    }

    /// Paths that were asked for and are no files of the tree: ignored, or not there.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().iter().cloned().collect()
    }

    /// Notes that a file is there and cannot be read.
    pub fn mark_unread(&self, path: &str) {
        self.unread.borrow_mut().insert(path.to_owned());
    }

    /// The files asked for with [`Tree::source`] so far that are there and could not be read
    /// whole. Nothing that is made from the others alone may be written.
    pub fn unread(&self) -> Vec<String> {
        self.unread.borrow().iter().cloned().collect()
    }

    /// The bytes of a file; `None` where there is none, or where it is larger than the limit.
    ///
    /// # Errors
    /// When the file or git cannot be read.
    pub fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match &self.place {
            Place::Work { ctx, .. } => {
                self.ask(path);
                ctx.read(path)
            }
            Place::Commit { oids, blobs, .. } => {
                let target = match oids.contains_key(path) {
                    true => None,
                    false => self.target(path)?,
                };
                match oids.get(target.as_deref().unwrap_or(path)) {
                    Some(oid) => blobs.borrow_mut().get(oid),
                    None => Ok(None),
                }
            }
        }
    }

    /// Largest file that is read, in bytes, in a commit.
    pub fn limit(&self) -> Option<u64> {
        match &self.place {
            Place::Work { .. } => None,
            Place::Commit { limit, .. } => Some(*limit),
        }
    }
}
