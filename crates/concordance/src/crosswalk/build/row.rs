//! One row.

use std::borrow::Cow;
use std::collections::BTreeMap;

use trueline_core::Id;
use trueline_core::artifact::crosswalk::{Evidence, FileLink, Link, LinkKind, Row, RowStatus};
use trueline_core::artifact::queue::Status;

use super::Builder;
use crate::crosswalk::book::BookRow;
use crate::crosswalk::keep;
use crate::ids::Kind;
use crate::index;
use crate::settings::Class;
use crate::tags::TagKind;
use crate::work::WorkItem;

impl<'s> Builder<'s, '_> {
    pub(super) fn row(&mut self, nt: Option<&Id>, lone: Option<&Id>) -> BookRow {
        let model = self.from.model;
        let mut td: Vec<Id> = match (nt, lone) {
            (Some(nt), _) => self.tds.get(nt).into_iter().flatten().cloned().collect(),
            (None, lone) => lone.into_iter().cloned().collect(),
        };
        td.sort();
        td.dedup();
        let mut ids: Vec<&Id> = nt.into_iter().chain(&td).collect();
        ids.sort();
        ids.dedup();
        let key = nt.or(lone);
        let before = key.and_then(|id| self.old.get(id)).copied();
        let none = Row::default();
        let mut old = Cow::Borrowed(before.map_or(&none, |row| &row.row));
        // What the row of a design held goes with it to the requirement that now maps it.
        let lone = td.iter().filter(|_| nt.is_some());
        for row in lone.filter_map(|td| self.old.get(td)) {
            keep::take(old.to_mut(), &row.row);
        }
        let wbs = self.wbs(&ids, nt, &old);
        let items: Vec<_> = wbs
            .iter()
            .filter_map(|id| self.from.work.items.get(id))
            .collect();
        let code = self.links(&ids, TagKind::Impl, &old.code, key);
        let tests = self.links(&ids, TagKind::Verify, &old.tests, key);
        let mut owners: Vec<&String> = items
            .iter()
            .filter_map(|item| item.owner.as_ref())
            .collect();
        owners.dedup();
        let owner = old.owner.clone().or_else(|| match owners[..] {
            [one] => Some(one.clone()),
            _ => None,
        });
        let mut evidence: BTreeMap<String, Evidence> = BTreeMap::new();
        for one in &old.evidence {
            let path = self.renamed(&one.path).to_owned();
            evidence.insert(
                path.clone(),
                Evidence {
                    path,
                    sha256: one.sha256,
                },
            );
        }
        for one in items.iter().flat_map(|item| &item.evidence) {
            evidence.insert(one.path.clone(), one.clone());
        }
        let is_linked = !code.is_empty() || !tests.is_empty() || (nt.is_some() && !td.is_empty());
        let links = if is_linked {
            self.confirmed(&ids, &old, &code, &tests)
        } else {
            Vec::new()
        };
        let acceptance = nt
            .and_then(|nt| model.get(nt))
            .and_then(|entry| index::acceptance(entry, self.from.tree, self.from.settings));
        BookRow {
            row: Row {
                nt: nt.cloned(),
                td,
                status: status(items.iter().map(|item| item.status)),
                wbs,
                code,
                tests,
                acceptance,
                owner,
                evidence: evidence.into_values().collect(),
                risk: old.risk.clone(),
                data_class: old.data_class.clone(),
                links,
            },
            extra: before.map(|row| row.extra.clone()).unwrap_or_default(),
            span: 0..0,
        }
    }

    fn wbs(&mut self, ids: &[&Id], nt: Option<&Id>, old: &Row) -> Vec<Id> {
        let work = self.from.work;
        let mut wbs: Vec<&Id> = Vec::new();
        for id in ids {
            for item in self.naming.get(*id).into_iter().flatten() {
                // A design that several requirements share does not lend them each other's items.
                let is_own = item.nt.contains(*id) || item.nt.is_empty() || nt.is_none();
                if is_own {
                    wbs.push(&item.id);
                }
            }
            for commit in self.claiming.get(*id).into_iter().flatten() {
                let is_plain = commit.claims.ids(Kind::Nt).nth(1).is_none();
                let claimed = commit.claims.ids(Kind::Wbs);
                let carried = claimed.filter(|id| {
                    let item = work.items.get(id);
                    item.is_some_and(|item| is_plain || !carries_others(item, nt))
                });
                wbs.extend(carried);
            }
        }
        for id in &old.wbs {
            if work.items.contains_key(id) || !work.exists {
                wbs.push(id);
            } else if let Some(row) = nt {
                let line = format!("`{id}` from the row of `{row}`: it is in no plan and no queue");
                self.dropped.push(line);
            }
        }
        wbs.sort();
        wbs.dedup();
        wbs.into_iter().cloned().collect()
    }

    fn links(
        &mut self,
        ids: &[&Id],
        list: TagKind,
        old: &[FileLink],
        row: Option<&Id>,
    ) -> Vec<FileLink> {
        // Path, kind and id; without an id where a link names none.
        let mut found: Vec<(&str, LinkKind, Option<&Id>)> = Vec::new();
        for id in ids {
            for (kind, path, by) in self.files.get(*id).into_iter().flatten() {
                if *kind == list {
                    found.push((path, *by, Some(id)));
                }
            }
        }
        for link in old {
            let path = self.renamed(&link.path);
            match link.kind {
                LinkKind::Tag if !self.unscanned.contains(path) => continue,
                LinkKind::Trailer if !self.from.tree.has(path) => {
                    if let Some(row) = row {
                        let line = format!("`{path}` from the row of `{row}`: it is gone");
                        self.dropped.push(line);
                    }
                    continue;
                }
                LinkKind::Trailer if self.from.settings.class(path) == Class::Other => continue,
                LinkKind::Tag | LinkKind::Trailer | LinkKind::Manual => {}
            }
            let kept = link
                .ids
                .iter()
                .filter(|id| link.kind == LinkKind::Manual || ids.binary_search(id).is_ok());
            found.push((path, link.kind, None));
            found.extend(kept.map(|id| (path, link.kind, Some(id))));
        }
        found.sort_unstable();
        found.dedup();
        let mut links: Vec<FileLink> = Vec::new();
        for one_path in found.chunk_by(|a, b| a.0 == b.0) {
            // A tag says more than a trailer: it stands where the code is.
            let is_tagged = one_path.iter().any(|(_, kind, _)| *kind == LinkKind::Tag);
            for one in one_path.chunk_by(|a, b| a.1 == b.1) {
                if let Some((path, kind, _)) = one.first()
                    && !(is_tagged && *kind == LinkKind::Trailer)
                {
                    links.push(FileLink {
                        path: (*path).to_owned(),
                        kind: *kind,
                        ids: one.iter().filter_map(|(.., id)| *id).cloned().collect(),
                    });
                }
            }
        }
        // There is one such list for every row.
        links.iter_mut().for_each(|link| link.ids.shrink_to_fit());
        links.shrink_to_fit();
        links
    }

    /// The digests of the texts that somebody has looked at: a new link confirms, and so does a
    /// commit that names the item and changes its code or tests.
    fn confirmed(
        &self,
        ids: &[&Id],
        old: &Row,
        code: &[FileLink],
        tests: &[FileLink],
    ) -> Vec<Link> {
        let mut links = Vec::new();
        for id in ids {
            let Some(entry) = self.from.model.get(id) else {
                continue;
            };
            let before = old.links.iter().find(|link| &link.id == *id);
            let is_looked_at = self.touched(id).any(|path| {
                let mut files = code.iter().chain(tests);
                files.any(|file| file.path == path)
            });
            links.push(match before {
                Some(link) if !is_looked_at => link.clone(),
                _ => Link {
                    id: (*id).clone(),
                    revision: entry.item.revision,
                    digest: entry.item.digest,
                },
            });
        }
        links.sort_by(|a, b| a.id.cmp(&b.id));
        links.shrink_to_fit();
        links
    }

    /// The files of an item that commits of the range changed: whoever did, looked at its text.
    fn touched(&self, id: &Id) -> impl Iterator<Item = &'s str> {
        let there = self.files.get(id).into_iter().flatten();
        let there = there.filter(|(.., by)| *by == LinkKind::Trailer);
        let gone = self.gone.get(id).into_iter().flatten().copied();
        there.map(|(_, path, _)| *path).chain(gone)
    }
}

/// True where the plan gives the item other requirements than this: of a commit that names several
/// requirements and several items, it says which belongs to which.
fn carries_others(item: &WorkItem, nt: Option<&Id>) -> bool {
    nt.is_some_and(|nt| !item.nt.is_empty() && !item.nt.contains(nt))
}

fn status(all: impl Iterator<Item = Status>) -> Option<RowStatus> {
    let (mut count, mut begun, mut done) = (0, 0, 0);
    for status in all {
        count += 1;
        begun += usize::from(status != Status::Todo);
        done += usize::from(status == Status::Done);
    }
    match (count, begun, done) {
        (0, ..) => None,
        (count, _, done) if count == done => Some(RowStatus::Done),
        (_, 0, _) => Some(RowStatus::Todo),
        _ => Some(RowStatus::InProgress),
    }
}
