//! What differs between two folders and all that is in them.

use std::cmp::Ordering;

use crate::tree::{self, Entries, Entry};
use crate::{Error, Kind, Name, Objects};

/// Deepest nesting of folders that is followed.
const MAX_DEPTH: usize = 1024;

/// One side of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// As of [`Entry::mode`]; never a folder.
    pub mode: u32,
    /// What it held or holds.
    pub name: Name,
}

/// A file that differs: before and after, at least one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// `None`: it was added.
    pub old: Option<Side>,
    /// `None`: it was deleted.
    pub new: Option<Side>,
}

impl Objects {
    /// Visits the files that differ between two trees, with their paths, in the order of the
    /// trees; a file that became a folder or the reverse is deleted and added. Without an old
    /// tree all is added.
    ///
    /// # Errors
    /// When a tree is missing, damaged or nested too deeply. What was visited before says nothing
    /// then.
    pub fn changes(
        &mut self,
        old: Option<Name>,
        new: Name,
        visit: &mut impl FnMut(&[u8], Change),
    ) -> Result<(), Error> {
        let mut path = Vec::new();
        self.folders(old, Some(new), &mut path, 0, visit)
    }

    fn folders(
        &mut self,
        old: Option<Name>,
        new: Option<Name>,
        path: &mut Vec<u8>,
        depth: usize,
        visit: &mut impl FnMut(&[u8], Change),
    ) -> Result<(), Error> {
        if old == new {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err(Error::Unsupported("folders are nested too deeply"));
        }
        let mut bytes =
            |name: Option<Name>| name.map(|name| self.get(name, Kind::Tree)).transpose();
        let (old, new) = (bytes(old)?, bytes(new)?);
        let mut old = Entries(old.as_deref().map_or(&[], Vec::as_slice));
        let mut new = Entries(new.as_deref().map_or(&[], Vec::as_slice));
        loop {
            skip_same(&mut old, &mut new);
            let (before, after) = (old.first()?, new.first()?);
            let order = match (&before, &after) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((before, _)), Some((after, _))) => order(before, after),
            };
            let before = before.filter(|_| order != Ordering::Greater);
            let after = after.filter(|_| order != Ordering::Less);
            let skip = |entries: &mut Entries<'_>, entry: &Option<(Entry<'_>, usize)>| {
                let length = entry.as_ref().map_or(0, |(_, length)| *length);
                entries.0 = entries.0.get(length..).unwrap_or_default();
            };
            skip(&mut old, &before);
            skip(&mut new, &after);
            let before = before.map(|(entry, _)| entry);
            let after = after.map(|(entry, _)| entry);
            let Some(either) = before.or(after) else {
                return Err(Error::Damaged("a tree is damaged"));
            };
            let length = path.len();
            path.extend_from_slice(either.path);
            if either.is_folder() {
                path.push(b'/');
                let name = |entry: Option<Entry<'_>>| entry.map(|entry| entry.name);
                self.folders(name(before), name(after), path, depth + 1, visit)?;
            } else if before != after {
                let side = |entry: Option<Entry<'_>>| {
                    entry.map(|entry| Side {
                        mode: entry.mode,
                        name: entry.name,
                    })
                };
                let (old, new) = (side(before), side(after));
                visit(path, Change { old, new });
            }
            path.truncate(length);
        }
    }
}

/// Drops the entries at the start that are the same.
fn skip_same(old: &mut Entries<'_>, new: &mut Entries<'_>) {
    let (a, b) = (old.0, new.0);
    let same = common(a, b);
    if same == a.len() && same == b.len() {
        (old.0, new.0) = (&[], &[]);
        return;
    }
    let mut at = 0;
    // An entry that ends before the first difference is the same on both sides.
    while let Some(length) = a.get(at..).and_then(tree::length)
        && at + length <= same
    {
        at += length;
    }
    old.0 = a.get(at..).unwrap_or_default();
    new.0 = b.get(at..).unwrap_or_default();
}

/// Bytes at the start that are the same.
fn common(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 32;
    // Of a known length, so that no call is needed to compare them.
    let steps = a.as_chunks::<STEP>().0.iter().zip(b.as_chunks::<STEP>().0);
    let at = STEP * steps.take_while(|(a, b)| a == b).count();
    let rest = a.iter().skip(at).zip(b.iter().skip(at));
    at + rest.take_while(|(a, b)| a == b).count()
}

/// The order of a tree: by path, that of a folder as if `/` stood after it. A folder and a
/// file are never the same.
fn order(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    let shared = a.path.len().min(b.path.len());
    let next = |entry: &Entry<'_>| match entry.path.get(shared) {
        Some(byte) => *byte,
        None if entry.is_folder() => b'/',
        None => 0,
    };
    let heads = a.path.get(..shared).cmp(&b.path.get(..shared));
    let ends = || {
        next(a)
            .cmp(&next(b))
            .then_with(|| a.path.len().cmp(&b.path.len()))
    };
    heads.then_with(ends)
}
