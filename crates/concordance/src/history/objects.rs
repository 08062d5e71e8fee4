//! Commits out of git's object store, without git.
//!
//! What git would have to decide (which added file is a deleted one under another name) or that
//! needs more than bytes (another encoding) is left to it.

use std::rc::Rc;

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

/// Reads commits, given newest first; `None` where one of them cannot be read here.
pub(super) fn read<'o>(
    objects: &mut Objects,
    oids: &[&'o Oid],
    paths: &mut Paths,
) -> Option<Read<'o>> {
    let mut seen = Seen::default();
    let mut out = Read {
        known: Vec::with_capacity(oids.len()),
        left: Vec::new(),
    };
    let mut take = |some: &mut dyn Iterator<Item = &&'o Oid>| -> Option<usize> {
        let before = objects.work();
        for oid in some {
            let name = Name::parse(oid.as_str().as_bytes())?;
            match one(objects, name, &mut seen, paths).ok()? {
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

/// The commits that were read, as far as others ask for them.
#[derive(Default)]
struct Seen {
    /// Their top folders.
    trees: HashMap<Name, Name>,
    /// The one that was read last, as a parent: mostly it is the next.
    last: Option<(Name, Rc<Vec<u8>>)>,
}

impl Seen {
    /// The bytes of a commit.
    fn commit(&mut self, objects: &mut Objects, name: Name) -> Result<Rc<Vec<u8>>, Error> {
        match self.last.take_if(|(last, _)| *last == name) {
            Some((_, bytes)) => Ok(bytes),
            None => objects.get(name, Kind::Commit),
        }
    }

    /// The top folder of a commit.
    fn tree(&mut self, objects: &mut Objects, name: Name) -> Result<Name, Error> {
        if let Some(tree) = self.trees.get(&name) {
            return Ok(*tree);
        }
        let bytes = objects.get(name, Kind::Commit)?;
        let tree = Commit::parse(&bytes)?.tree;
        self.trees.insert(name, tree);
        self.last = Some((name, bytes));
        Ok(tree)
    }
}

/// The top folder of a commit.
pub(super) fn tree_of(objects: &mut Objects, name: Name) -> Result<Name, Error> {
    Seen::default().tree(objects, name)
}

/// Reads a commit; `None` where git has to tell it.
fn one(
    objects: &mut Objects,
    name: Name,
    seen: &mut Seen,
    paths: &mut Paths,
) -> Result<Option<Known>, Error> {
    let bytes = seen.commit(objects, name)?;
    let commit = Commit::parse(&bytes)?;
    seen.trees.insert(name, commit.tree);
    if commit.encoding.is_some() || memchr::memchr(0, commit.message).is_some() {
        return Ok(None);
    }
    let parent = commit.parents.first().copied();
    let before = parent
        .map(|parent| seen.tree(objects, parent))
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
