//! Commits out of git's object store, without git.
//!
//! What git would have to decide (which added file is a deleted one under another name) or that
//! needs more than bytes (another encoding) is left to it.

use trueline_kit::git::{Git, Oid};
use trueline_objects::{Commit, Error, Kind, Name, Objects};

use super::{Changed, Paths};
use crate::cache::Known;
use crate::hash::HashMap;

/// What came of some commits.
pub(super) struct Read<'o> {
    /// Those that were read.
    pub(super) known: Vec<(Oid, Known)>,
    /// Those that git has to tell.
    pub(super) left: Vec<&'o Oid>,
}

/// Reads commits, given newest first; `None` where this is no repository that can be read here.
pub(super) fn read<'o>(git: &Git, oids: &[&'o Oid], paths: &mut Paths) -> Option<Read<'o>> {
    let mut objects = open(git)?;
    let mut trees = HashMap::default();
    let mut out = Read {
        known: Vec::with_capacity(oids.len()),
        left: Vec::new(),
    };
    let mut take = |some: &mut dyn Iterator<Item = &&'o Oid>| -> Option<usize> {
        let before = objects.work();
        for oid in some {
            let name = Name::parse(oid.as_str().as_bytes())?;
            match one(&mut objects, name, &mut trees, paths).ok()? {
                Some(known) => out.known.push(((*oid).clone(), known)),
                None => out.left.push(*oid),
            }
        }
        Some(objects.work() - before)
    };
    // In a pack trees are differences from older ones or from newer ones, by who made it: read
    // against the grain, each is made from many. So both ways are tried first.
    let ends = oids.split_at_checked(PILOT).and_then(|(newest, rest)| {
        let (middle, oldest) = rest.split_at_checked(rest.len().checked_sub(PILOT)?)?;
        Some((newest, middle, oldest))
    });
    match ends {
        None => {
            take(&mut oids.iter())?;
        }
        Some((newest, middle, oldest)) => {
            let downwards = take(&mut newest.iter())?;
            let upwards = take(&mut oldest.iter().rev())?;
            match upwards < downwards {
                true => take(&mut middle.iter().rev())?,
                false => take(&mut middle.iter())?,
            };
        }
    }
    Some(out)
}

/// Commits at each end by which the order of reading is chosen.
const PILOT: usize = 32;

/// The objects of a repository whose history is what its commits say, and whose paths are those
/// of its trees.
pub(super) fn open(git: &Git) -> Option<Objects> {
    let is_elsewhere = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let common = git.common_dir().ok()?;
    let is_plain = !is_elsewhere
        && git.top_level().ok()? == git.root()
        && !git.is_shallow().ok()?
        && !common.join("info/grafts").exists();
    Objects::open(&common.join("objects"))
        .ok()
        .filter(|_| is_plain)
}

/// Reads a commit; `None` where git has to tell it. `trees` are those of commits read before.
fn one(
    objects: &mut Objects,
    name: Name,
    trees: &mut HashMap<Name, Name>,
    paths: &mut Paths,
) -> Result<Option<Known>, Error> {
    let bytes = objects.get(name, Kind::Commit)?;
    let commit = Commit::parse(&bytes)?;
    trees.insert(name, commit.tree);
    if commit.encoding.is_some() || memchr::memchr(0, commit.message).is_some() {
        return Ok(None);
    }
    let parent = commit.parents.first().copied();
    let before = parent
        .map(|parent| tree_of(objects, parent, trees))
        .transpose()?;
    let mut changes = Vec::new();
    let (mut added, mut deleted) = (false, false);
    objects.changes(before, commit.tree, &mut |path, change| {
        let path = paths.of_bytes(path);
        added |= change.old.is_none();
        deleted |= change.new.is_none();
        if path.is_some() {
            changes.push(Changed(
                path.clone().filter(|_| change.old.is_some()),
                path.filter(|_| change.new.is_some()),
            ));
        }
    })?;
    if added && deleted {
        return Ok(None);
    }
    let message = String::from_utf8_lossy(commit.message);
    let message = message.trim_end_matches('\n').to_owned();
    Ok(Some(Known(commit.parents.len() > 1, message, changes)))
}

/// The top folder of a commit.
pub(super) fn tree_of(
    objects: &mut Objects,
    name: Name,
    trees: &mut HashMap<Name, Name>,
) -> Result<Name, Error> {
    if let Some(tree) = trees.get(&name) {
        return Ok(*tree);
    }
    let bytes = objects.get(name, Kind::Commit)?;
    let tree = Commit::parse(&bytes)?.tree;
    trees.insert(name, tree);
    Ok(tree)
}
