//! What git tells about.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::escape;

/// The name of an object: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Arc<str>);

impl Oid {
    /// Reads one; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Oid> {
        let is_hex = text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (is_hex && matches!(text.len(), 40 | 64)).then(|| Oid(text.into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }

    /// All digits are zero: git's word for "no object", or "not hashed yet".
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|byte| byte == b'0')
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path in a repository, relative to the root, with `/`. Any bytes but NUL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitPath(Vec<u8>);

impl GitPath {
    /// A path of those bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        GitPath(bytes.into())
    }

    /// The path as text; `None` where it is not UTF-8. Such a path lies in no scope, and a
    /// gate must not overlook it.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path for people and for findings: bytes that are not UTF-8 as `\xE9`.
    pub fn display(&self) -> Cow<'_, str> {
        if let Some(text) = self.as_str() {
            return escape::line(text);
        }
        let mut out = String::new();
        for chunk in self.0.utf8_chunks() {
            out.push_str(&escape::line(chunk.valid()));
            for byte in chunk.invalid() {
                out.push_str(&format!("\\x{byte:02X}"));
            }
        }
        Cow::Owned(out)
    }
}

/// What a path is in a tree or in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mode(u32);

impl Mode {
    /// From octal digits.
    pub(super) fn parse(text: &str) -> Option<Mode> {
        u32::from_str_radix(text, 8).ok().map(Mode)
    }

    /// A file that may be executed.
    pub const fn is_executable(self) -> bool {
        self.0 == 0o100_755
    }

    /// A file, executable or not.
    pub const fn is_file(self) -> bool {
        self.0 & 0o170_000 == 0o100_000
    }

    /// A symbolic link.
    pub const fn is_symlink(self) -> bool {
        self.0 & 0o170_000 == 0o120_000
    }

    /// A submodule.
    pub const fn is_submodule(self) -> bool {
        self.0 & 0o170_000 == 0o160_000
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06o}", self.0)
    }
}

/// A file of the working tree as `ls-files` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A path in the index. `is_skipped`: it is not checked out on purpose (sparse checkout).
    Known {
        /// Path, mode, blob and stage.
        entry: Entry,
        /// Whether the index says not to expect it on disk.
        is_skipped: bool,
    },
    /// A file that git does not know.
    Other(GitPath),
}

/// A path in the index or in a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its path.
    pub path: GitPath,
    /// What it is.
    pub mode: Mode,
    /// Its content, or the commit of a submodule.
    pub oid: Oid,
    /// 0; 1 to 3 in the index while a merge is unresolved.
    pub stage: u8,
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// Its content or mode differs.
    Modified,
    /// It was a file and is a link, or the like.
    TypeChanged,
    /// It has another name, and perhaps another content.
    Renamed,
    /// It is a copy.
    Copied,
    /// A merge is unresolved.
    Unmerged,
}

/// One side of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Path on this side.
    pub path: GitPath,
    /// What it is there.
    pub mode: Mode,
    /// Content there; all zero where git has not hashed it (the working tree).
    pub oid: Oid,
}

/// A change of one path, or a rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub status: Status,
    /// Before; `None` for an added path.
    pub old: Option<Side>,
    /// After; `None` for a deleted path.
    pub new: Option<Side>,
}

impl Change {
    /// Every path that the change touches: both sides of a rename, once each.
    pub fn paths(&self) -> impl Iterator<Item = &GitPath> {
        let old = self.old.as_ref().map(|side| &side.path);
        let new = self.new.as_ref().map(|side| &side.path);
        let new = new.filter(|path| old != Some(*path));
        old.into_iter().chain(new)
    }

    /// The path after the change; before it, for a deleted one.
    pub fn path(&self) -> Option<&GitPath> {
        let side = self.new.as_ref().or(self.old.as_ref());
        side.map(|side| &side.path)
    }
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub oid: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// Name of the author.
    pub author: String,
    /// Address of the author.
    pub email: String,
    /// When it was committed.
    pub at: Timestamp,
    /// The whole message. Bytes that are not UTF-8 are U+FFFD.
    pub message: String,
}

impl Commit {
    /// The first line of the message.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}
