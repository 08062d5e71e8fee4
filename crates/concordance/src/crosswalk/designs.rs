//! Which requirements ask for which designs.

use std::collections::BTreeSet;

use trueline_core::Id;

use crate::hash::{HashMap, HashSet};
use crate::history::Commit;
use crate::ids::Kind;
use crate::model::Model;
use crate::work::Work;

/// The requirements of each design, some twice: by its `Needs:`, by a requirement that names it,
/// by work items and commits that name both.
pub fn designs_of(model: &Model, work: &Work, commits: &[Commit]) -> HashMap<Id, Vec<Id>> {
    let mut nts: HashMap<Id, Vec<Id>> = HashMap::default();
    let kind = |id: &Id| model.get(id).map(|entry| entry.item.kind);
    let mut join = |td: &Id, nt: &Id| {
        if kind(td) == Some(Kind::Td) && kind(nt) == Some(Kind::Nt) {
            let known = nts.entry(td.clone()).or_default();
            if known.len() >= MANY && known.len() == known.capacity() {
                settle(known);
            }
            known.push(nt.clone());
        }
    };
    for entry in model.items() {
        for (need, _) in &entry.item.needs {
            join(&entry.item.id, need);
            join(need, &entry.item.id);
        }
    }
    for item in work.items.values() {
        for td in &item.td {
            item.nt.iter().for_each(|nt| join(td, nt));
        }
    }
    for commit in commits {
        for td in commit.claims.ids(Kind::Td) {
            commit.claims.ids(Kind::Nt).for_each(|nt| join(td, nt));
        }
    }
    nts
}

/// From so many requirements of one design on, it is worth a look which are the same.
const MANY: usize = 32;

/// Leaves each once, with room for as many again.
fn settle(ids: &mut Vec<Id>) {
    ids.sort();
    ids.dedup();
    ids.reserve(ids.len());
}

/// The designs that no requirement asks for, where those in `mapped` are asked for: neither them, nor what they are part of, nor their
/// parts, nor a design that needs them.
pub fn orphans<'m>(model: &'m Model, mapped: HashSet<&'m Id>) -> BTreeSet<Id> {
    let children = model.children();
    let mut asked: HashSet<&Id> = HashSet::default();
    let mut open: Vec<&Id> = mapped.into_iter().collect();
    // Down: parts of what is asked for, and what it needs.
    while let Some(id) = open.pop() {
        let Some(entry) = model.get(id).filter(|entry| entry.item.kind == Kind::Td) else {
            continue;
        };
        if asked.insert(&entry.item.id) {
            open.extend(children.get(id).into_iter().flatten());
            open.extend(entry.item.needs.iter().map(|(need, _)| need));
        }
    }
    // Up: what has an asked-for part.
    let mut up: HashSet<&Id> = HashSet::default();
    for id in &asked {
        let mut at = model.get(id).and_then(|entry| model.parent(entry));
        while let Some(parent) = at.filter(|parent| up.insert(parent)) {
            at = model.get(parent).and_then(|entry| model.parent(entry));
        }
    }
    model
        .of_kind(Kind::Td)
        .map(|entry| &entry.item.id)
        .filter(|id| !asked.contains(id) && !up.contains(id))
        .cloned()
        .collect()
}
