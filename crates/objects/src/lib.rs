//! Commits and trees of a git repository, read out of its object store without a process.
//!
//! For one purpose: which paths each of many commits changed. `git log --name-status` answers
//! that, too; here it takes a quarter of its time. Whatever is not plainly understood (a SHA-256
//! repository, an object that is missing, damaged or larger than [`MAX_OBJECT`], an index of
//! another version) is an [`Error`], and the caller asks git, whose answer counts.
//!
//! Formats: gitformat-pack(5), gitformat-index(5) and git-cat-file(1) of git. Nothing is written.

mod commit;
mod diff;
mod error;
mod inflate;
mod loose;
mod name;
mod pack;
mod recent;
mod store;
mod tree;

pub use commit::Commit;
pub use diff::{Change, Side};
pub use error::Error;
pub use name::Name;
pub use store::Objects;
pub use tree::{Entries, Entry};

/// What a pack is made of, for those who test it.
pub mod parts {
    pub use crate::pack::{Index, apply};
}

/// Largest object that is read, in bytes: a tree or a commit beyond it is for git to read.
pub const MAX_OBJECT: usize = 16 << 20;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// A file's content.
    Blob,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// By the word that git uses for it.
    fn of_word(word: &[u8]) -> Option<Kind> {
        Some(match word {
            b"commit" => Kind::Commit,
            b"tree" => Kind::Tree,
            b"blob" => Kind::Blob,
            b"tag" => Kind::Tag,
            _ => return None,
        })
    }
}
