//! The commits of a range: what each claims, and what it changed.

mod ends;
mod fresh;
mod log;
mod objects;
mod paths;
#[cfg(test)]
mod tests;

use trueline_kit::git::{Git, Oid};
use trueline_kit::{Error, escape};
use trueline_objects::Objects;

use crate::cache::{Commits, Known, Store};
use crate::ids::Prefixes;
use crate::trailers::{self, Claims, Hidden};
pub use ends::Ends;
pub use fresh::has_new_files;
pub use paths::{Changed, Paths};

/// A commit.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Its name.
    pub oid: Oid,
    /// First line of the message, fit for a line of output.
    pub subject: String,
    /// What its trailers claim.
    pub claims: Claims,
    /// Lines that git does not see as trailers.
    pub hidden: Vec<Hidden>,
    /// Whether it joins branches. Its own changes are then those against its first parent.
    pub is_merge: bool,
    /// Paths that it changed.
    pub changes: Vec<Changed>,
}

impl Commit {
    /// The paths after the commit.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().filter_map(Changed::after)
    }

    /// What it is called in a message.
    pub fn name(&self) -> String {
        let subject: String = self.subject.chars().take(60).collect();
        format!("{} \"{subject}\"", self.oid.short())
    }
}

/// From so many commits on, one reading of the whole range is quicker than several of some.
const MANY: usize = 10 * log::AT_ONCE;

/// The history of a repository. Its objects are opened once, when they are first asked for.
pub struct History<'g> {
    git: &'g Git,
    objects: Option<Option<Objects>>,
}

impl<'g> History<'g> {
    /// That of a repository.
    pub fn new(git: &'g Git) -> Self {
        History { git, objects: None }
    }

    /// Its objects; `None` where they cannot be read without git.
    fn objects(&mut self) -> Option<&mut Objects> {
        let git = self.git;
        self.objects
            .get_or_insert_with(|| objects::open(git))
            .as_mut()
    }
}

/// The commits of a range, oldest first. Those that `store` remembers are not read again.
///
/// # Errors
/// When git cannot be read.
pub fn commits(
    mut history: History<'_>,
    ends: &Ends,
    prefixes: &Prefixes,
    store: Option<&Store>,
) -> Result<Vec<Commit>, Error> {
    let (git, oids) = (history.git, &ends.commits);
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    // Where history is cut off, the oldest commits seem to add every file.
    let store = match store {
        Some(store) if !git.is_shallow()? => Some(store),
        _ => None,
    };
    let mut paths = Paths::default();
    let known = store.and_then(|store| Commits::read(store, &mut paths));
    let mut known = known.unwrap_or_default();
    let new: Vec<&Oid> = oids.iter().filter(|oid| !known.has(oid)).collect();
    if !new.is_empty() {
        let all = oids.len() == new.len();
        let range = || log::Which::Range(&ends.head, &ends.base);
        let objects = history.objects();
        match objects.and_then(|objects| objects::read(objects, &new, &mut paths)) {
            Some(read) => {
                known.add(read.known);
                for some in read.left.chunks(log::AT_ONCE) {
                    known.add(log::read(git, log::Which::These(some), &mut paths)?);
                }
            }
            None if all || new.len() > MANY => known.add(log::read(git, range(), &mut paths)?),
            None => {
                for some in new.chunks(log::AT_ONCE) {
                    known.add(log::read(git, log::Which::These(some), &mut paths)?);
                }
            }
        }
        // What follows takes memory of its own.
        drop(history);
        if let Some(store) = store {
            known.write(store);
        }
    }
    let mut commits = Vec::with_capacity(oids.len());
    for oid in oids.iter().rev() {
        let Some(Known(is_merge, message, changes)) = known.take(oid) else {
            return Err(Error::io(format!("git log did not give {oid}")));
        };
        let subject = message.lines().next().unwrap_or_default();
        let (claims, hidden) = trailers::claims_and_hidden(&message, prefixes);
        commits.push(Commit {
            subject: escape::line(subject).into_owned(),
            hidden,
            claims,
            is_merge,
            changes,
            oid: oid.clone(),
        });
    }
    Ok(commits)
}
