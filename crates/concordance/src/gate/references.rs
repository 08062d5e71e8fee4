//! References that lead nowhere, or to another text than was meant.

use std::collections::BTreeMap;

use trueline_core::{Finding, Id, Location};

use super::State;
use crate::crosswalk::{Book, BookRow};
use crate::hash::HashSet;
use crate::ids::Kind;
use crate::rules;

/// Most findings of dead files and the like in one row; a row cannot flood the output.
const MAX_A_ROW: usize = 100;

pub(super) fn findings(state: &State<'_>, out: &mut Vec<Finding>) {
    tags(state, out);
    plan(state, out);
    book(state, out);
    suspects(state, out);
}

/// What an unknown id may have been meant for.
pub(super) fn unknown(state: &State<'_>, id: &Id, of: Kind, at: Location, who: &str) -> Finding {
    if of == Kind::Wbs {
        let message = format!("{who} names `{id}`, which is in no plan and no queue");
        let finding = Finding::new(&rules::UNKNOWN_WBS, at, message);
        return match state.work.twin(id) {
            Some(twin) => finding.help(format!("did you mean `{twin}`?")),
            None => finding,
        };
    }
    let message = format!("{who} names `{id}`, which no blueprint declares");
    let finding = Finding::new(&rules::UNKNOWN_ID, at, message);
    match state.model.twin(id) {
        Some(twin) => finding.help(format!("did you mean `{twin}`?")),
        None => finding,
    }
}

/// Whether an id leads somewhere.
pub(super) fn is_known(state: &State<'_>, id: &Id, of: Kind) -> bool {
    match of {
        Kind::Wbs => state.work.items.contains_key(id),
        Kind::Nt | Kind::Td => state.model.knows(id),
    }
}

fn tags(state: &State<'_>, out: &mut Vec<Finding>) {
    for (path, link) in state.tagged.links() {
        let id = &link.id;
        let at = || Location::at(path, link.span);
        if !is_known(state, id, link.of) {
            let finding = unknown(state, id, link.of, at(), "a tag");
            out.push(finding.subject(id.as_str()));
            continue;
        }
        let Some(entry) = state.model.get(id) else {
            continue;
        };
        let now = entry.item.revision;
        if let Some(revision) = link.revision.filter(|revision| *revision != now) {
            let message = if revision < now {
                format!("the tag is for revision {revision} of `{id}`, which is at {now}")
            } else {
                format!("the tag is for revision {revision} of `{id}`, which is only at {now}")
            };
            let finding = Finding::new(&rules::WRONG_REVISION, at(), message);
            let finding = finding.related(entry.at(), format!("`{id}` is here"));
            out.push(finding.subject(format!("{id} ~{revision}")));
        }
    }
}

fn plan(state: &State<'_>, out: &mut Vec<Finding>) {
    for item in state.work.items.values() {
        let refs = item.nt.iter().chain(&item.td);
        for id in refs.filter(|id| !state.model.knows(id)) {
            let of = state.settings.prefixes.kind(id).unwrap_or(Kind::Nt);
            let who = format!("`{}`", item.id);
            let at = item.place_of(id.as_str());
            let finding = unknown(state, id, of, at, &who);
            out.push(finding.subject(format!("{id} {}", item.id)));
        }
        let mut missing = Vec::new();
        if item.nt.is_empty() {
            missing.push("requirement");
        }
        if item.td.is_empty() {
            missing.push("design");
        }
        if !missing.is_empty() {
            let message = format!("`{}` names no {}", item.id, missing.join(" and no "));
            let at = item.place_of(item.id.as_str());
            let finding = Finding::new(&rules::UNLINKED_ITEM, at, message);
            out.push(finding.subject(item.id.as_str()));
        }
    }
}

/// The crosswalk on disk: ids that are gone, files that are gone.
fn book(state: &State<'_>, out: &mut Vec<Finding>) {
    let book = &state.book;
    for row in &book.rows {
        let mut left = MAX_A_ROW;
        let Some(about) = row.id() else { continue };
        let files = row.row.code.iter().chain(&row.row.tests);
        let paths = files
            .map(|link| &link.path)
            .chain(row.row.evidence.iter().map(|one| &one.path))
            .chain(&row.row.acceptance);
        for path in paths.filter(|path| !state.tree.has(path)) {
            let message = format!("the row of `{about}` names `{path}`, which is gone");
            let at = book.find(&row.span, path);
            let finding = Finding::new(&rules::DEAD_FILE, at, message);
            out.push(finding.subject(format!("{about} {path}")));
            left = left.saturating_sub(1);
            if left == 0 {
                break;
            }
        }
        let ids = row.row.nt.iter().map(|id| (Kind::Nt, id));
        let ids = ids.chain(row.row.td.iter().map(|id| (Kind::Td, id)));
        let ids = ids.chain(row.row.wbs.iter().map(|id| (Kind::Wbs, id)));
        for (of, id) in ids
            .filter(|(of, id)| !is_known(state, id, *of))
            .take(MAX_A_ROW)
        {
            if of == Kind::Wbs && !state.work.exists {
                continue;
            }
            if id == about {
                continue;
            }
            let at = book.find(&row.span, id.as_str());
            let finding = unknown(state, id, of, at, &format!("the row of `{about}`"));
            out.push(finding.subject(format!("{id} {about}")));
        }
    }
    let rows = book.rows.iter().filter_map(BookRow::id);
    let gone: Vec<Id> = rows.filter(|id| !state.model.knows(id)).cloned().collect();
    out.extend(removed(book, &gone));
    for (id, range) in book.named.iter().filter(|(id, _)| !state.model.knows(id)) {
        let of = state.settings.prefixes.kind(id).unwrap_or(Kind::Nt);
        let at = book.at(range.clone());
        let finding = unknown(state, id, of, at, "an integration");
        out.push(finding.subject(format!("{id} integration")));
    }
}

/// The rows of a crosswalk that are about items which are gone.
pub fn removed(book: &Book, gone: &[Id]) -> Vec<Finding> {
    let gone: HashSet<&Id> = gone.iter().collect();
    let rows = book.rows.iter().filter_map(|row| Some((row, row.id()?)));
    rows.filter(|(_, id)| gone.contains(id))
        .map(|(row, id)| {
            let message = format!("no blueprint declares `{id}`, which has a row in the crosswalk");
            let at = book.find(&row.span, id.as_str());
            Finding::new(&rules::REMOVED_ITEM, at, message).subject(id.as_str())
        })
        .collect()
}

/// Items whose text is another one than when their links were confirmed.
fn suspects(state: &State<'_>, out: &mut Vec<Finding>) {
    let mut rows: BTreeMap<&Id, Vec<&crate::crosswalk::BookRow>> = BTreeMap::new();
    for row in &state.joined.rows {
        for link in &row.row.links {
            let entry = state.model.get(&link.id);
            if entry.is_some_and(|entry| entry.item.digest != link.digest) {
                rows.entry(&link.id).or_default().push(row);
            }
        }
    }
    for (id, rows) in rows {
        let Some(entry) = state.model.get(id) else {
            continue;
        };
        let message = format!("the text of `{id}` changed since its links were confirmed");
        let mut finding = Finding::new(&rules::SUSPECT_LINK, entry.at(), message);
        let files = rows
            .iter()
            .flat_map(|row| row.row.code.iter().chain(&row.row.tests));
        let mut paths: Vec<&str> = files
            .filter(|file| file.ids.is_empty() || file.ids.contains(id))
            .map(|file| file.path.as_str())
            .collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths.into_iter().take(5) {
            finding = finding.related(Location::file(path), "linked to the old text");
        }
        out.push(finding.subject(id.as_str()));
    }
}
