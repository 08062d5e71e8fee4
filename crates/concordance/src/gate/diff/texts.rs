//! Texts, tags and files that changed without what goes with them.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::{Finding, Id, Level, Location};

use super::Diff;
use crate::gate::State;
use crate::ids::Kind;
use crate::model::Entry;
use crate::settings::Class;
use crate::tags::TagKind;
use crate::{index, rules};

impl Diff<'_, '_> {
    /// Items whose text changed: without a new revision, without their tests.
    pub(super) fn texts(&self, out: &mut Vec<Finding>) {
        for entry in self.after.model.items() {
            let (item, id) = (entry.item, &entry.item.id);
            let Some(before) = self.before.model.get(id) else {
                continue;
            };
            if before.item.digest == item.digest {
                continue;
            }
            let at = self.at_item(entry);
            let linked = self.linked(&self.rows.before, id, None);
            if before.item.revision >= item.revision {
                let message = format!(
                    "the text of `{id}` changed, and its revision is still {}",
                    item.revision
                );
                let finding = Finding::new(&rules::TEXT_CHANGED, at.clone(), message);
                let finding = finding.help(format!("`concordance bump {id}` raises it"));
                // Nothing was proven for a text to which nothing is linked.
                let level = if linked.is_empty() {
                    Level::Warning
                } else {
                    Level::Error
                };
                out.push(finding.level(level).subject(id.as_str()));
            }
            let tests = self.linked(&self.rows.before, id, Some(TagKind::Verify));
            // The crosswalk says so already where it has a confirmed link.
            let rows = self.rows.after.get(id).into_iter().flatten();
            let mut links = rows.flat_map(|row| &row.links);
            let is_said = links.any(|link| &link.id == id && link.digest != item.digest);
            if !is_said && !tests.is_empty() && !tests.iter().any(|path| self.is_changed(path)) {
                let message = format!("the text of `{id}` changed, and none of its tests");
                let mut finding = Finding::new(&rules::SUSPECT_LINK, at, message);
                for path in tests.iter().take(5) {
                    finding = finding.related(Location::file(path.as_str()), "verifies it");
                }
                out.push(finding.subject(format!("{id} tests")));
            }
        }
    }

    pub(super) fn deleted_tags(&self, out: &mut Vec<Finding>) {
        let count = |state: &State<'_>, renamed: bool| {
            let mut all: BTreeMap<(String, TagKind, Id), usize> = BTreeMap::new();
            for (path, link) in state.tagged.links() {
                let path = if renamed { self.now(path) } else { path };
                *all.entry((path.to_owned(), link.kind, link.id.clone()))
                    .or_default() += 1;
            }
            all
        };
        let after = count(self.after, false);
        let mut left: BTreeMap<(TagKind, &Id), usize> = BTreeMap::new();
        for ((_, kind, id), number) in &after {
            *left.entry((*kind, id)).or_default() += number;
        }
        let before = count(self.before, true);
        let mut were: BTreeMap<(TagKind, &Id), usize> = BTreeMap::new();
        for ((_, kind, id), number) in &before {
            *were.entry((*kind, id)).or_default() += number;
        }
        for (key, number) in &before {
            let (path, kind, id) = key;
            let now = after.get(key).copied().unwrap_or(0);
            let is_known = self.after.model.has(id);
            let total = left.get(&(*kind, id)).copied().unwrap_or(0);
            // As many as before, elsewhere: it moved.
            let has_moved = total >= were.get(&(*kind, id)).copied().unwrap_or(0);
            if now >= *number || !is_known || has_moved {
                continue;
            }
            let tag = format!("[{}->{id}]", kind.as_str());
            let (level, last) = match total {
                0 => (Level::Error, ", the last one of its kind for the item"),
                _ => (Level::Warning, ""),
            };
            let message = format!("the tag `{tag}` was deleted here{last}");
            let at = match self.after.tree.has(path) {
                true => self.at(path),
                false => self
                    .after
                    .model
                    .get(id)
                    .map_or_else(|| Location::file("."), Entry::at),
            };
            let message = match self.after.tree.has(path) {
                true => message,
                false => format!("the tag `{tag}` went with `{path}`{last}"),
            };
            let finding = Finding::new(&rules::DELETED_TAG, at, message);
            out.push(
                finding
                    .level(level)
                    .subject(format!("{id} {} {path}", kind.as_str())),
            );
        }
    }

    /// Requirements whose code changed and whose tests did not.
    pub(super) fn untested(&self, out: &mut Vec<Finding>) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for row in &self.after.joined.rows {
            let row = &row.row;
            if row.tests.is_empty() || row.tests.iter().any(|test| self.is_changed(&test.path)) {
                continue;
            }
            let about = row.nt.as_ref().or_else(|| row.td.first());
            let Some(id) = about else { continue };
            for code in &row.code {
                let path = code.path.as_str();
                if !self.is_changed(path)
                    || self.after.settings.class(path) != Class::Code
                    || self.hunks.first(path).is_none()
                    || !seen.insert(path)
                {
                    continue;
                }
                let message = format!("this code is under `{id}`, none of whose tests changed");
                let mut finding = Finding::new(&rules::UNTESTED_CHANGE, self.at(path), message);
                for test in row.tests.iter().take(3) {
                    finding = finding.related(Location::file(test.path.as_str()), "verifies it");
                }
                out.push(finding.subject(format!("{id} {path}")));
            }
        }
    }

    pub(super) fn acceptance(&self, out: &mut Vec<Finding>) {
        for entry in self.after.model.of_kind(Kind::Nt) {
            let id = &entry.item.id;
            let path = index::acceptance(entry, &self.after.tree, &self.after.settings);
            let Some(path) = path.filter(|path| self.is_changed(path)) else {
                continue;
            };
            let existed = self.before.tree.has(&path);
            let tests = self.linked(&self.rows.after, id, Some(TagKind::Verify));
            if !existed || tests.iter().any(|test| self.is_changed(test)) {
                continue;
            }
            let message =
                format!("the acceptance criteria of `{id}` changed, and none of its tests");
            let mut finding = Finding::new(&rules::STALE_ACCEPTANCE, self.at(&path), message);
            for test in tests.iter().take(3) {
                finding = finding.related(Location::file(test.as_str()), "verifies it");
            }
            out.push(finding.subject(id.as_str()));
        }
    }
}
