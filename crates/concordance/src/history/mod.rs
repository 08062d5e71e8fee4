//! The commits of a range: what each claims, and what it changed.

mod ends;
mod fresh;
mod log;
mod objects;
mod paths;
#[cfg(test)]
mod tests;

use std::mem;

use trueline_kit::git::{Git, Oid};
use trueline_kit::{Error, escape};
use trueline_objects::Objects;

use crate::cache::{Commits, Known, Store};
use crate::hash::HashMap;
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
    /// Of the commits that were walked along.
    walked: Vec<objects::Told>,
}

impl<'g> History<'g> {
    /// That of a repository.
    pub fn new(git: &'g Git) -> Self {
        History {
            git,
            objects: None,
            walked: Vec::new(),
        }
    }

    /// Its objects; `None` where they cannot be read without git.
    fn objects(&mut self) -> Option<&mut Objects> {
        let git = self.git;
        self.objects
            .get_or_insert_with(|| objects::open(git))
            .as_mut()
    }

    /// The commits from a head back to a base, newest first; `None` where they are no chain.
    fn walk(&mut self, base: &Oid, head: &Oid) -> Option<Vec<Oid>> {
        let walked = objects::chain(self.objects()?, head, base)?;
        let oids = objects::oids(&walked)?;
        self.walked = walked;
        Some(oids)
    }

    /// Reads commits, given newest first, without git; in the same order, `None` for those that
    /// git has to tell.
    fn read(&mut self, oids: &[&Oid], paths: &mut Paths) -> Option<Vec<Option<Known>>> {
        let walked = mem::take(&mut self.walked);
        let objects = self.objects()?;
        let told = match objects::are(&walked, oids) {
            true => walked,
            false => objects::tell(objects, oids.iter().copied())?,
        };
        objects::read(objects, told, paths)
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
    let oids = &ends.commits;
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    // Where history is cut off, the oldest commits seem to add every file.
    let store = match store {
        Some(store) if !history.git.is_shallow()? => Some(store),
        _ => None,
    };
    let mut paths = Paths::default();
    let remembered = store.and_then(|store| Commits::read(store, &mut paths));
    let mut remembered = remembered.unwrap_or_default();
    let mut known: Vec<Option<Known>> = oids.iter().map(|oid| remembered.take(oid)).collect();
    let are_new = known.iter().any(Option::is_none);
    if are_new {
        learn(&mut history, ends, &mut known, &mut paths)?;
    }
    // What follows takes memory of its own.
    drop(history);
    let told = |(oid, known): (&Oid, Option<Known>)| {
        known.ok_or_else(|| Error::io(format!("git log did not give {oid}")))
    };
    let known: Vec<Known> = oids.iter().zip(known).map(told).collect::<Result<_, _>>()?;
    if let Some(store) = store.filter(|_| are_new) {
        remembered.write(store, oids.iter().zip(&known));
    }
    let mut commits = Vec::with_capacity(oids.len());
    for (oid, Known(is_merge, message, changes)) in oids.iter().zip(known).rev() {
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

/// Reads the commits of a range that are not known, as far as git gives them.
fn learn(
    history: &mut History<'_>,
    ends: &Ends,
    known: &mut [Option<Known>],
    paths: &mut Paths,
) -> Result<(), Error> {
    let new = |known: &[Option<Known>]| -> Vec<&Oid> {
        let all = ends.commits.iter().zip(known);
        let new = all.filter(|(_, known)| known.is_none());
        new.map(|(oid, _)| oid).collect()
    };
    let mut left = new(known);
    let read = history.read(&left, paths);
    let is_whole = read.is_none() && (left.len() == known.len() || left.len() > MANY);
    let places = known.iter_mut().filter(|known| known.is_none());
    for (place, one) in places.zip(read.into_iter().flatten()) {
        *place = one;
    }
    left = new(known);
    if left.is_empty() {
        return Ok(());
    }
    let git = history.git;
    let mut told = HashMap::default();
    let mut take = |which| -> Result<(), Error> {
        let read = log::read(git, which, paths)?.into_iter();
        told.extend(read.map(|(oid, one)| (oid.to_string(), one)));
        Ok(())
    };
    match is_whole {
        true => take(log::Which::Range(&ends.head, &ends.base))?,
        false => {
            for some in left.chunks(log::AT_ONCE) {
                take(log::Which::These(some))?;
            }
        }
    }
    for (oid, place) in ends.commits.iter().zip(known) {
        if place.is_none() {
            *place = told.remove(oid.as_str());
        }
    }
    Ok(())
}
