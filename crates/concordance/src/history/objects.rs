//! Commits out of git's object store, without git.
//!
//! What git would have to decide (which added file is a deleted one under another name) or that
//! needs more than bytes (another encoding) is left to it.

use std::cell::OnceCell;

use trueline_kit::git::{Git, Oid};
use trueline_objects::{Commit, Error, Kind, Name, Objects};

use super::{Changed, Paths};
use crate::cache::Known;
use crate::hash::HashMap;

/// What the object of a commit says.
#[derive(Debug)]
pub(super) struct Told {
    name: Name,
    /// Its top folder.
    tree: Name,
    /// The first of the commits that it follows.
    parent: Option<Name>,
    is_merge: bool,
    /// `None` where git has to tell it.
    message: Option<String>,
}

impl Told {
    fn read(objects: &mut Objects, name: Name) -> Result<Told, Error> {
        let bytes = objects.get(name, Kind::Commit)?;
        Ok(Told::of(name, &Commit::parse(&bytes)?))
    }

    fn of(name: Name, commit: &Commit<'_>) -> Told {
        let is_plain = commit.encoding.is_none() && memchr::memchr(0, commit.message).is_none();
        let message = || {
            let text = String::from_utf8_lossy(commit.message);
            text.trim_end_matches('\n').to_owned()
        };
        Told {
            name,
            tree: commit.tree,
            parent: commit.parents.first().copied(),
            is_merge: commit.parents.len() > 1,
            message: is_plain.then(message),
        }
    }
}

/// Most commits that are walked along.
const MAX_WALK: usize = 20_000;

/// Most bytes of them.
const MAX_WALKED_BYTES: usize = 32 << 20;

/// The commits from a head back to one that follows the base, if each follows one alone: in the
/// order in which `git rev-list` lists them.
///
/// A commit that is older than the base mostly does not follow it: then the range is for git to
/// tell, whose walk goes from both ends.
pub(super) fn chain(objects: &mut Objects, head: &Oid, base: &Oid) -> Option<Vec<Told>> {
    let base = Name::parse(base.as_str().as_bytes())?;
    let mut next = Name::parse(head.as_str().as_bytes())?;
    let bytes = objects.get(base, Kind::Commit).ok()?;
    let since = Commit::parse(&bytes).ok()?.time?;
    let mut bytes_left = MAX_WALKED_BYTES;
    let mut told = Vec::new();
    while next != base {
        let bytes = objects.get(next, Kind::Commit).ok()?;
        let commit = Commit::parse(&bytes).ok()?;
        bytes_left = bytes_left.checked_sub(bytes.len())?;
        let [parent] = commit.parents[..] else {
            return None;
        };
        if commit.time? < since || told.len() == MAX_WALK {
            return None;
        }
        told.push(Told::of(next, &commit));
        next = parent;
    }
    Some(told)
}

/// The names of commits.
pub(super) fn oids(told: &[Told]) -> Option<Vec<Oid>> {
    let oid = |one: &Told| Oid::parse(std::str::from_utf8(&one.name.digits()).ok()?);
    told.iter().map(oid).collect()
}

/// Whether these are the commits, in this order.
pub(super) fn are(told: &[Told], oids: &[&Oid]) -> bool {
    let names = told.iter().map(|one| one.name.digits());
    let oids = oids.iter().map(|oid| oid.as_str().as_bytes());
    names.eq(oids)
}

/// What the objects of commits say; `None` where one of them cannot be read here.
pub(super) fn tell<'o>(
    objects: &mut Objects,
    oids: impl Iterator<Item = &'o Oid>,
) -> Option<Vec<Told>> {
    oids.map(|oid| Told::read(objects, Name::parse(oid.as_str().as_bytes())?).ok())
        .collect()
}

/// What commits changed, given newest first; in the same order, `None` for those that git has to
/// tell, and for all if one of them cannot be read here.
pub(super) fn read(
    objects: &mut Objects,
    mut told: Vec<Told>,
    paths: &mut Paths,
) -> Option<Vec<Option<Known>>> {
    let mut out: Vec<Option<Known>> = Vec::new();
    out.resize_with(told.len(), || None);
    let trees = Trees::default();
    let mut list = Vec::new();
    let count = told.len();
    let mut take = |range: &mut dyn Iterator<Item = usize>| -> Option<usize> {
        let before = objects.work();
        for at in range {
            let old = trees.before(objects, &told, at).ok()?;
            let one = told.get_mut(at)?;
            let Some(message) = one.message.take() else {
                continue;
            };
            if changes(objects, old, one.tree, paths, &mut list).ok()? {
                let changes = list.split_off(0);
                *out.get_mut(at)? = Some(Known(one.is_merge, message, changes));
            }
        }
        Some(objects.work() - before)
    };
    // In a pack trees are differences from older ones or from newer ones, by who made it: read
    // against the grain, each is made from many. So both ways are tried first.
    if count < 2 * PILOT {
        take(&mut (0..count))?;
        return Some(out);
    }
    let (first, last) = (PILOT, count - PILOT);
    let downwards = take(&mut (0..first))?;
    let upwards = take(&mut (last..count).rev())?;
    match upwards < downwards {
        true => take(&mut (first..last).rev())?,
        false => take(&mut (first..last))?,
    };
    Some(out)
}

/// Commits at each end by which the order of reading is chosen.
const PILOT: usize = 8;

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

/// The top folders of commits, where they are asked for out of their order.
#[derive(Default)]
struct Trees(OnceCell<HashMap<Name, Name>>);

impl Trees {
    /// The top folder before a commit; `None` where there was none.
    fn before(
        &self,
        objects: &mut Objects,
        told: &[Told],
        at: usize,
    ) -> Result<Option<Name>, Error> {
        let Some(parent) = told.get(at).and_then(|one| one.parent) else {
            return Ok(None);
        };
        // Mostly the next is the one that this one follows.
        if let Some(next) = told.get(at + 1).filter(|next| next.name == parent) {
            return Ok(Some(next.tree));
        }
        let all = || told.iter().map(|one| (one.name, one.tree)).collect();
        match self.0.get_or_init(all).get(&parent) {
            Some(tree) => Ok(Some(*tree)),
            None => tree_of(objects, parent).map(Some),
        }
    }
}

/// The top folder of a commit.
pub(super) fn tree_of(objects: &mut Objects, name: Name) -> Result<Name, Error> {
    let bytes = objects.get(name, Kind::Commit)?;
    Ok(Commit::parse(&bytes)?.tree)
}

/// What differs between two folders, into a list; false where git has to tell it.
fn changes(
    objects: &mut Objects,
    old: Option<Name>,
    new: Name,
    paths: &mut Paths,
    changes: &mut Vec<Changed>,
) -> Result<bool, Error> {
    changes.clear();
    let (mut added, mut deleted) = (false, false);
    objects.changes(old, new, &mut |path, change| {
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
    Ok(!(added && deleted))
}
