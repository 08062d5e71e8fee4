//! Messages and changed paths of commits, by their names.

use trueline_kit::git::Oid;

use super::codec::{Reader, Writer};
use super::store::Store;
use crate::hash::HashMap;
use crate::history::{Changed, Paths};

const FILE: &str = "commits.bin";

/// Most commits that are remembered; more and all are forgotten.
const MAX_COMMITS: usize = 200_000;

/// A commit as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known(
    /// Whether it has several parents.
    pub bool,
    /// Its message.
    pub String,
    /// Paths that it changed.
    pub Vec<Changed>,
);

/// Remembered commits. A commit's name is the digest of all of it, so nothing here can be stale.
#[derive(Debug, Default)]
pub struct Commits {
    of: HashMap<String, Known>,
}

impl Commits {
    /// Reads what is remembered, if anything.
    pub fn read(store: &Store, paths: &mut Paths) -> Option<Commits> {
        let (of, _) = store.read_by(FILE, |bytes| unpack(bytes, paths))?;
        Some(Commits { of })
    }

    /// Whether none can be remembered: there is no file.
    pub fn are_new(store: Option<&Store>) -> bool {
        store.is_none_or(|store| !store.has(FILE))
    }

    /// Takes a commit out.
    pub fn take(&mut self, oid: &Oid) -> Option<Known> {
        self.of.remove(oid.as_str())
    }

    /// Remembers all, and others.
    pub fn write<'k>(
        &self,
        store: &Store,
        others: impl ExactSizeIterator<Item = (&'k Oid, &'k Known)>,
    ) {
        let count = self.of.len() + others.len();
        if count > MAX_COMMITS {
            return;
        }
        let mut old: Vec<_> = self.of.iter().collect();
        old.sort_unstable_by_key(|(oid, _)| oid.as_str());
        let old = old.into_iter().map(|(oid, known)| (oid.as_str(), known));
        let all = old.chain(others.map(|(oid, known)| (oid.as_str(), known)));
        store.write_by(FILE, |give| {
            let mut out = Writer::default();
            out.count(count);
            for (oid, known) in all {
                pack(oid, known, &mut out);
                out.pass_on(give)?;
            }
            give(&out.0)
        });
    }
}

fn pack(oid: &str, Known(is_merge, message, changes): &Known, out: &mut Writer) {
    out.text(oid);
    out.number(u64::from(*is_merge));
    out.text(message);
    out.count(changes.len());
    for changed in changes {
        // Most paths are the same before and after.
        let (old, new) = (changed.before(), changed.after());
        let kind = match (old, new) {
            (Some(old), Some(new)) if old == new => SAME,
            (None, _) => ADDED,
            (_, None) => DELETED,
            _ => RENAMED,
        };
        out.number(kind);
        if kind != ADDED {
            out.text(old.unwrap_or_default());
        }
        if matches!(kind, ADDED | RENAMED) {
            out.text(new.unwrap_or_default());
        }
    }
}

const SAME: u64 = 0;
const ADDED: u64 = 1;
const DELETED: u64 = 2;
const RENAMED: u64 = 3;

fn unpack(bytes: &[u8], paths: &mut Paths) -> Option<HashMap<String, Known>> {
    let mut from = Reader(bytes);
    let count = from.count()?;
    let mut all = HashMap::with_capacity_and_hasher(count.min(MAX_COMMITS), Default::default());
    for _ in 0..count {
        let oid = from.text()?.to_owned();
        let is_merge = from.number()? != 0;
        let message = from.text()?.to_owned();
        let count = from.count()?;
        let mut changes = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            let kind = from.number()?;
            let mut path = || from.text().map(|path| paths.of(path));
            let change = match kind {
                SAME => Changed::same(Some(path()?)),
                ADDED => Changed(None, Some(path()?)),
                DELETED => Changed(Some(path()?), None),
                RENAMED => Changed(Some(path()?), Some(path()?)),
                _ => return None,
            };
            changes.push(change);
        }
        all.insert(oid, Known(is_merge, message, changes));
    }
    from.is_done().then_some(all)
}
