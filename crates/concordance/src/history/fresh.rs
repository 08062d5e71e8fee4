//! Whether there are files that a commit has not.

use trueline_kit::Error;
use trueline_kit::git::{Git, Oid};
use trueline_objects::{Name, Objects};

use super::{History, objects};
use crate::tree::Tree;

/// Whether git knows a file of the working tree, or one in conflict, that a commit has not. Without
/// one nothing was renamed since.
///
/// # Errors
/// When git cannot be read.
pub fn has_new_files(
    history: &mut History<'_>,
    tree: &Tree<'_>,
    commit: &Oid,
) -> Result<bool, Error> {
    if tree.is_in_conflict() {
        return Ok(true);
    }
    let objects = history.objects();
    match objects.and_then(|objects| beyond(objects, tree, commit)) {
        Some(is_new) => Ok(is_new),
        None => by_git(history.git, commit),
    }
}

/// By the trees of the commit; `None` where they cannot be read here.
fn beyond(objects: &mut Objects, tree: &Tree<'_>, commit: &Oid) -> Option<bool> {
    let name = Name::parse(commit.as_str().as_bytes())?;
    let top = objects::tree_of(objects, name).ok()?;
    // Both in the order of their paths.
    let mut known = tree.tracked().peekable();
    let mut is_new = false;
    let visited = objects.changes(None, top, &mut |path, _| {
        while known.next_if(|known| known.as_bytes() < path).is_some() {
            is_new = true;
        }
        known.next_if(|known| known.as_bytes() == path);
    });
    visited.ok()?;
    Some(is_new || known.next().is_some())
}

/// As git says it, of the index.
fn by_git(git: &Git, commit: &Oid) -> Result<bool, Error> {
    let bytes = git.stdout(&[
        "diff",
        "--cached",
        "--name-only",
        "-z",
        "--no-renames",
        "--ita-visible-in-index",
        "--diff-filter=AU",
        "--relative",
        "--no-ext-diff",
        "--ignore-submodules=none",
        commit.as_str(),
        "--",
    ])?;
    Ok(!bytes.is_empty())
}
