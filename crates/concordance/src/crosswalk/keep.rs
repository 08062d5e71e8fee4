//! Which rows hold what no source can give again.

use std::collections::BTreeSet;

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
