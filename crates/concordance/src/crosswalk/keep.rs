//! Which rows hold what no source can give again.

use std::collections::BTreeSet;

use trueline_core::artifact::crosswalk::{FileLink, LinkKind, Row};

use super::book::{Book, BookRow};
use crate::work::Work;

/// Whether people wrote into a row, or wrote a waiver for what it is about. An owner that the
/// row's work items name was filled in from them.
pub(super) fn is_peoples(row: &BookRow, book: &Book, work: &Work) -> bool {
    let mut waivers = book.waivers.iter();
    row.has_peoples_fields()
        || row.row.owner.as_ref().is_some_and(|owner| {
            let items = row.row.wbs.iter().filter_map(|id| work.items.get(id));
            let owners: BTreeSet<&String> = items.filter_map(|item| item.owner.as_ref()).collect();
            !owners.contains(owner)
        })
        || waivers.any(|one| Some(&one.waiver.id) == row.id())
}

/// Adds what commits said about a design, and the texts that were confirmed, to another row.
pub(super) fn take(row: &mut Row, design: &Row) {
    let said = |link: &&FileLink| link.kind == LinkKind::Trailer;
    row.code.extend(design.code.iter().filter(said).cloned());
    row.tests.extend(design.tests.iter().filter(said).cloned());
    row.wbs.extend(design.wbs.iter().cloned());
    row.evidence.extend(design.evidence.iter().cloned());
    for link in &design.links {
        if !row.links.iter().any(|one| one.id == link.id) {
            row.links.push(link.clone());
        }
    }
}
