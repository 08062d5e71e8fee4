//! The files of a state of the repository: the working tree, or a commit.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::ErrorKind;
use std::path::Path;

use trueline_kit::git::{Blobs, Git, GitPath, Oid};
use trueline_kit::{Context, Error, Source};

/// A state of the repository.
pub struct Tree<'c> {
    /// Paths of regular files, sorted, each once.
    files: Vec<String>,
    /// Paths that are not UTF-8, as they are shown.
    odd: Vec<String>,
    /// Paths of text that was asked for, is there, and could not be read whole.
    unread: RefCell<BTreeSet<String>>,
    place: Place<'c>,
}

enum Place<'c> {
    Work(&'c Context),
    Commit {
        oids: BTreeMap<String, Oid>,
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
        let (mut files, mut odd) = (Vec::new(), Vec::new());
        if is_repository(&git)? {
            for entry in git.ls_files()? {
                match entry.path.as_str() {
                    Some(path) if entry.mode.is_file() => files.push(path.to_owned()),
                    None if entry.mode.is_file() => odd.push(entry.path.display().into_owned()),
                    _ => {}
                }
            }
            for path in git.untracked()? {
                let is_file = |path: &str| {
                    std::fs::symlink_metadata(ctx.root().join(path)).is_ok_and(|m| m.is_file())
                };
                match path.as_str() {
                    Some(path) if is_file(path) => files.push(path.to_owned()),
                    Some(_) => {}
                    None => odd.push(path.display().into_owned()),
                }
            }
            let gone = git.stdout(&["ls-files", "--deleted", "-z"])?;
            let gone: HashSet<&[u8]> = gone.split(|byte| *byte == 0).collect();
            // git takes a file in a folder that it may not enter for a deleted one.
            files.retain(|file| !gone.contains(file.as_bytes()) || is_there(ctx, file));
        } else {
            walk(ctx, &mut files, &mut odd)?;
        }
        files.sort_unstable();
        files.dedup();
        odd.sort_unstable();
        odd.dedup();
        Ok(Tree {
            files,
            odd,
            unread: RefCell::default(),
            place: Place::Work(ctx),
        })
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn commit(ctx: &Context, commit: &Oid) -> Result<Self, Error> {
        let git = ctx.git();
        let mut oids = BTreeMap::new();
        let mut odd = Vec::new();
        for entry in git.ls_tree(commit)? {
            match entry.path.as_str() {
                Some(path) if entry.mode.is_file() => {
                    oids.insert(path.to_owned(), entry.oid);
                }
                None if entry.mode.is_file() => odd.push(entry.path.display().into_owned()),
                _ => {}
            }
        }
        let limit = ctx.config().limits.file_bytes;
        Ok(Tree {
            files: oids.keys().cloned().collect(),
            odd,
            unread: RefCell::default(),
            place: Place::Commit {
                oids,
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
        self.files
            .binary_search_by(|file| file.as_str().cmp(path))
            .is_ok()
    }

    /// The text of a file; `None` where there is none. In the working tree trouble is reported;
    /// in a commit what is not UTF-8 is replaced. Either way [`Tree::unread`] names it.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn source(&self, path: &str) -> Result<Option<Source>, Error> {
        match &self.place {
            Place::Work(ctx) => {
                let source = ctx.source(path);
                if source.is_none() && (self.has(path) || is_there(ctx, path)) {
                    self.mark_unread(path);
                }
                Ok(source)
            }
            Place::Commit { .. } => {
                let bytes = self.bytes(path)?;
                if self.has(path)
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
            Place::Work(ctx) => ctx.read(path),
            Place::Commit { oids, blobs, .. } => match oids.get(path) {
                Some(oid) => blobs.borrow_mut().get(oid),
                None => Ok(None),
            },
        }
    }

    /// Largest file that is read, in bytes, in a commit.
    pub fn limit(&self) -> Option<u64> {
        match &self.place {
            Place::Work(_) => None,
            Place::Commit { limit, .. } => Some(*limit),
        }
    }
}

/// Whether the root lies in a git repository.
///
/// # Errors
/// When it seems to, and git does not open it: a damaged repository, one of another user, or no
/// git at all. Judged without git it would pass for what it is not.
pub fn is_repository(git: &Git) -> Result<bool, Error> {
    match git.require() {
        Ok(()) => Ok(true),
        Err(error) if std::env::var_os("GIT_DIR").is_some() || has_git(git.root()) => Err(error),
        Err(_) => Ok(false),
    }
}

/// Whether a folder or one above it has a `.git`, as far up as git looks.
fn has_git(root: &Path) -> bool {
    let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
    let ceilings: Vec<_> = std::env::split_paths(&ceilings)
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let is_below = |folder: &&Path| *folder == root || !ceilings.iter().any(|one| one == folder);
    root.ancestors()
        .take_while(is_below)
        .any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// Whether there is something of that path, as far as one may see.
pub fn is_there(ctx: &Context, path: &str) -> bool {
    match ctx.root().join(path).symlink_metadata() {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

fn walk(ctx: &Context, files: &mut Vec<String>, odd: &mut Vec<String>) -> Result<(), Error> {
    let walker = ignore::WalkBuilder::new(ctx.root())
        .hidden(false)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                ctx.failed(&Error::io(format!("cannot read a folder: {error}")));
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(inner) = entry.path().strip_prefix(ctx.root()) else {
            continue;
        };
        let parts: Option<Vec<&str>> = inner.iter().map(|part| part.to_str()).collect();
        match parts {
            Some(parts) => files.push(parts.join("/")),
            None => odd.push(
                GitPath::new(inner.as_os_str().as_encoded_bytes())
                    .display()
                    .into_owned(),
            ),
        }
    }
    Ok(())
}
