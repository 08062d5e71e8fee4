//! git, as a subprocess.

use std::path::{Path, PathBuf};

/// Whether a ref or revision can be passed to git as one word that is no option.
pub(crate) fn is_safe_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.chars().any(|char| char.is_control() || char == ' ')
}

/// The git top level that a folder lies in, found without running git.
pub(crate) fn top_level(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

/// The git repository that a folder lies in.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
}

impl Git {
    pub(crate) fn new(root: &Path) -> Self {
        Git {
            root: root.to_owned(),
        }
    }
    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }
}
