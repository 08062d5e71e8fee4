//! Three-way merge of JSON Lines by id and field.
//!
//! Lines are records with an id; their order, their other fields and their spacing are the
//! file's. What only one side changed is taken; what both changed is merged field by field
//! (see `fields`); what cannot be is a conflict, marked around that record alone. Lines that are
//! no records are kept by their text, so that a broken line neither stops a merge nor gets lost.

mod fields;
mod lines;
mod set;
mod winner;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use trueline_core::id::natural_cmp;

use lines::{Key, Side};

/// A merged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Its bytes, with conflict markers where there are conflicts.
    pub bytes: Vec<u8>,
    /// What people have to decide.
    pub conflicts: Vec<Conflict>,
}

/// Something that people have to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Id of the record, as written.
    pub id: String,
    /// What happened.
    pub kind: ConflictKind,
}

/// Why a record cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictKind {
    /// Both sides changed these fields, differently.
    Fields(Vec<String>),
    /// Both sides added a record with this id and another title.
    Collision,
    /// The id is there several times, and both sides changed that: which line is which cannot be told.
    Several,
    /// Ours removed it, theirs changed it.
    RemovedByOurs,
    /// Theirs removed it, ours changed it.
    RemovedByTheirs,
}

/// A side that still has the markers of an earlier conflict (1-based line).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmerged {
    /// The common base.
    Base(u64),
    /// Ours.
    Ours(u64),
    /// Theirs.
    Theirs(u64),
}

/// Merges `ours` and `theirs`, which both come from `base`. `key` names the field that records
/// are known by; words in `done` are statuses that mean done.
///
/// # Errors
/// [`Unmerged`] where a side still has conflict markers: merging would bury them.
pub fn merge(
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    key: &str,
    done: &[&str],
) -> Result<Merged, Unmerged> {
    let read = |bytes, what: fn(u64) -> Unmerged| Side::read(bytes, key).map_err(what);
    let o = read(base, Unmerged::Base)?;
    let a = read(ours, Unmerged::Ours)?;
    let b = read(theirs, Unmerged::Theirs)?;
    let clean = |bytes: &[u8]| {
        Ok(Merged {
            bytes: bytes.to_vec(),
            conflicts: Vec::new(),
        })
    };
    if base == ours || ours == theirs {
        return clean(theirs);
    }
    if base == theirs {
        return clean(ours);
    }
    let mut writer = Writer {
        bytes: Vec::with_capacity(ours.len().max(theirs.len())),
        end: a.end,
        conflicts: Vec::new(),
        done,
    };
    if a.has_bom {
        writer.bytes.extend_from_slice("\u{FEFF}".as_bytes());
    }
    let mut contested = contested(&o, &a, &b);
    for key in order(&o, &a, &b) {
        if key.is_record
            && let Some(is_told) = contested.get_mut(&*key.id)
        {
            if !std::mem::replace(is_told, true) {
                writer.several(&key.id, &a, &b);
            }
            continue;
        }
        writer.record(key, o.get(key), a.get(key), b.get(key));
    }
    Ok(Merged {
        bytes: writer.bytes,
        conflicts: writer.conflicts,
    })
}

/// Ids that are there several times on a side, and that both sides changed, differently: lines that
/// have only their turn in common are not one record.
fn contested<'k>(o: &'k Side<'_>, a: &'k Side<'_>, b: &'k Side<'_>) -> HashMap<&'k str, bool> {
    let several = o.several().chain(a.several()).chain(b.several());
    several
        .filter(|id| {
            let (base, ours, theirs) = (o.all(id), a.all(id), b.all(id));
            ours != base && theirs != base && ours != theirs
        })
        .map(|id| (id, false))
        .collect()
}

/// The keys of the result: those of the side that changed the order, the additions of both
/// after what they follow.
fn order<'k>(o: &'k Side<'_>, a: &'k Side<'_>, b: &'k Side<'_>) -> Vec<&'k Key<'k>> {
    let keeps_order = |side: &Side<'_>| {
        let mut last = None;
        side.keys
            .iter()
            .filter_map(|key| o.place(key))
            .all(|place| {
                let rises = last.is_none_or(|last| last < place);
                last = Some(place);
                rises
            })
    };
    let (first, second) = if keeps_order(a) && !keeps_order(b) {
        (b, a)
    } else {
        (a, b)
    };
    // Additions by the record of the base that they follow.
    let gaps = |side: &'k Side<'_>| {
        let mut gaps: HashMap<Option<&'k Key<'k>>, Vec<&'k Key<'k>>> = HashMap::new();
        let mut anchor = None;
        for key in &side.keys {
            if o.place(key).is_some() {
                anchor = Some(key);
            } else {
                gaps.entry(anchor).or_default().push(key);
            }
        }
        gaps
    };
    let (mut firsts, mut seconds) = (gaps(first), gaps(second));
    let mut result: Vec<&'k Key<'k>> = Vec::with_capacity(first.keys.len() + second.keys.len());
    let mut seen: BTreeSet<&'k Key<'k>> = BTreeSet::new();
    let mut put = |key: &'k Key<'k>, result: &mut Vec<&'k Key<'k>>| {
        if seen.insert(key) {
            result.push(key);
        }
    };
    let mut gap = |anchor: Option<&'k Key<'k>>, result: &mut Vec<&'k Key<'k>>| {
        let mut x = firsts
            .remove(&anchor)
            .unwrap_or_default()
            .into_iter()
            .peekable();
        let mut y = seconds
            .remove(&anchor)
            .unwrap_or_default()
            .into_iter()
            .peekable();
        while let Some(key) = match (x.peek(), y.peek()) {
            (Some(p), Some(q)) if natural_cmp(&q.id, &p.id).is_lt() => y.next(),
            (Some(_), _) => x.next(),
            (None, _) => y.next(),
        } {
            put(key, result);
        }
    };
    gap(None, &mut result);
    // The base's records in the order of the first side; those it removed after their own
    // predecessors in the second, for the conflicts that they may be.
    let mut follow: BTreeMap<Option<&'k Key<'k>>, Vec<&'k Key<'k>>> = BTreeMap::new();
    let mut anchor = None;
    for key in second.keys.iter().filter(|key| o.place(key).is_some()) {
        if first.get(key).is_some() {
            anchor = Some(key);
        } else {
            follow.entry(anchor).or_default().push(key);
        }
    }
    let mut walk: Vec<&'k Key<'k>> = follow.remove(&None).unwrap_or_default();
    for key in first.keys.iter().filter(|key| o.place(key).is_some()) {
        walk.push(key);
        walk.extend(follow.remove(&Some(key)).unwrap_or_default());
    }
    for key in walk {
        result.push(key);
        gap(Some(key), &mut result);
    }
    result
}

struct Writer<'d> {
    bytes: Vec<u8>,
    end: &'static [u8],
    conflicts: Vec<Conflict>,
    done: &'d [&'d str],
}

impl Writer<'_> {
    fn line(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.bytes.extend_from_slice(self.end);
    }

    fn record(&mut self, key: &Key<'_>, o: Option<&[u8]>, a: Option<&[u8]>, b: Option<&[u8]>) {
        if a == b || o == b {
            a.into_iter().for_each(|text| self.line(text));
            return;
        }
        if o == a {
            b.into_iter().for_each(|text| self.line(text));
            return;
        }
        let conflict = |kind| Conflict {
            id: key.id.to_string(),
            kind,
        };
        match (a, b) {
            (Some(a), Some(b)) => match fields::merge(o, a, b, self.done) {
                fields::Outcome::Clean(text) => self.line(text.as_bytes()),
                fields::Outcome::Conflict { ours, theirs, kind } => {
                    self.marked(&[ours.as_bytes()], &[theirs.as_bytes()]);
                    self.conflicts.push(conflict(kind));
                }
            },
            // Written anew and not changed: removing it was the only change.
            (Some(x), None) | (None, Some(x)) if o.is_some_and(|o| fields::is_same(o, x)) => {}
            (Some(a), None) => {
                self.marked(&[a], &[]);
                self.conflicts.push(conflict(ConflictKind::RemovedByTheirs));
            }
            (None, b) => {
                self.marked(&[], b.as_slice());
                self.conflicts.push(conflict(ConflictKind::RemovedByOurs));
            }
        }
    }

    fn several(&mut self, id: &str, a: &Side<'_>, b: &Side<'_>) {
        self.marked(&a.all(id), &b.all(id));
        self.conflicts.push(Conflict {
            id: id.to_owned(),
            kind: ConflictKind::Several,
        });
    }

    fn marked(&mut self, ours: &[&[u8]], theirs: &[&[u8]]) {
        self.line(b"<<<<<<< ours");
        ours.iter().for_each(|text| self.line(text));
        self.line(b"=======");
        theirs.iter().for_each(|text| self.line(text));
        self.line(b">>>>>>> theirs");
    }
}

#[cfg(test)]
mod tests;
