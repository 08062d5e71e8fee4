//! The findings that only a change can have.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::artifact::crosswalk::Row;
use trueline_core::{Finding, Id, Level, Location, Span};

use super::{Hunks, State, discrepancies, references};
use crate::hash::HashMap;
use crate::history::Commit;
use crate::ids::Kind;
use crate::index;
use crate::model::Entry;
use crate::rules;
use crate::settings::Class;
use crate::tags::{Link, TagKind};

/// A change: the state before, the state after, and how it came.
pub struct Diff<'s, 'c> {
    /// The merge base.
    pub before: &'s State<'c>,
    /// The working tree.
    pub after: &'s State<'c>,
    /// The commits, oldest first.
    pub commits: &'s [Commit],
    /// Renames: before, after.
    pub renames: &'s BTreeMap<String, String>,
    /// Paths that differ, after the change (before it, for what is gone).
    pub changed: &'s BTreeSet<String>,
    /// Changed lines.
    pub hunks: &'s Hunks,
    /// The rows of each item before and after.
    pub rows: Rows<'s>,
}

/// The rows of each item before and after a change.
pub struct Rows<'s> {
    before: HashMap<&'s Id, Vec<&'s Row>>,
    after: HashMap<&'s Id, Vec<&'s Row>>,
}

impl<'s> Rows<'s> {
    /// The rows of two states.
    pub fn new(before: &'s State<'_>, after: &'s State<'_>) -> Self {
        Rows {
            before: before.joined.by_item(),
            after: after.joined.by_item(),
        }
    }
}

impl Diff<'_, '_> {
    /// The findings that only a change can have.
    pub fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        self.commit_messages(&mut out);
        self.missing_trailers(&mut out);
        self.unrelated(&mut out);
        self.texts(&mut out);
        self.deleted_tags(&mut out);
        self.untested(&mut out);
        self.acceptance(&mut out);
        self.blocked(&mut out);
        out
    }

    /// The first changed line of a file, or the file.
    fn at(&self, path: &str) -> Location {
        match self.hunks.first(path) {
            Some(line) => Location::at(path, Span::point(line, 1)),
            None => Location::file(path),
        }
    }

    /// Where a finding about a commit stands: the first file that it changes and that differs,
    /// code before the rest.
    fn at_commit(&self, commit: &Commit) -> Location {
        let paths: Vec<&str> = commit
            .paths()
            .map(|path| self.now(path))
            .filter(|path| self.after.tree.has(path))
            .collect();
        let settings = &self.after.settings;
        let code = paths
            .iter()
            .find(|path| settings.class(path) == Class::Code);
        match code.or(paths.first()) {
            Some(path) => self.at(path),
            None => Location::file("."),
        }
    }

    fn now<'p>(&'p self, path: &'p str) -> &'p str {
        match self.renames.get(path) {
            Some(new) if !self.after.tree.has(path) => new,
            _ => path,
        }
    }

    fn is_changed(&self, path: &str) -> bool {
        self.changed.contains(path)
    }

    fn commit_messages(&self, out: &mut Vec<Finding>) {
        for commit in self.commits {
            let name = commit.name();
            for claim in &commit.claims.claims {
                if !references::is_known(self.after, &claim.id, claim.of) {
                    let who = format!("commit {name}");
                    let at = self.at_commit(commit);
                    let finding = references::unknown(self.after, &claim.id, claim.of, at, &who);
                    out.push(finding.subject(format!("{} {}", claim.id, commit.oid)));
                }
            }
            for bad in &commit.claims.malformed {
                let noun = bad
                    .of
                    .map_or("id".to_owned(), |of| format!("id of a {}", of.noun()));
                let what = match bad.text.is_empty() {
                    true => "names nothing".to_owned(),
                    false => format!("names `{}`, which is no {noun}", bad.text),
                };
                let message = format!("commit {name}: the trailer `{}:` {what}", bad.key);
                let finding =
                    Finding::new(&rules::MALFORMED_TRAILER, self.at_commit(commit), message);
                out.push(finding.subject(format!("{} {} {}", commit.oid, bad.key, bad.text)));
            }
            for hidden in &commit.hidden {
                let why = match &hidden.because {
                    Some(prose) => format!("the line \"{prose}\" stands in the same paragraph"),
                    None => "it is not in the last paragraph".to_owned(),
                };
                let message = format!("commit {name}: git does not see `{}`: {why}", hidden.line);
                let finding =
                    Finding::new(&rules::HIDDEN_TRAILERS, self.at_commit(commit), message);
                out.push(finding.subject(format!("{} {}", commit.oid, hidden.line)));
            }
        }
    }

    /// Code that neither its commits nor its tags justify, and commits that say only half.
    fn missing_trailers(&self, out: &mut Vec<Finding>) {
        let settings = &self.after.settings;
        for commit in self.commits.iter().filter(|commit| !commit.is_merge) {
            let mut code: Vec<&str> = commit
                .paths()
                .map(|path| self.now(path))
                .filter(|path| settings.class(path) == Class::Code)
                .filter(|path| self.is_changed(path) && self.after.tree.has(path))
                .collect();
            code.sort_unstable();
            code.dedup();
            if code.is_empty() {
                continue;
            }
            // One that is malformed is reported as that.
            let has = |kind| {
                commit.claims.ids(kind).next().is_some()
                    || commit
                        .claims
                        .malformed
                        .iter()
                        .any(|bad| bad.of == Some(kind))
            };
            let kinds = [Kind::Nt, Kind::Td, Kind::Wbs];
            let missing: Vec<&str> = kinds
                .into_iter()
                .filter(|kind| !has(*kind))
                .map(Kind::key)
                .collect();
            if missing.len() == kinds.len() {
                for path in code {
                    if self.is_tagged(path) {
                        continue;
                    }
                    let message = format!(
                        "commit {} changes this code without a trailer NT, TD or WBS, and no tag is in the file",
                        commit.name()
                    );
                    let finding = Finding::new(&rules::MISSING_TRAILER, self.at(path), message);
                    out.push(finding.subject(format!("{path} {}", commit.oid)));
                }
            } else if !missing.is_empty() {
                let message = format!(
                    "commit {} changes code and has no trailer {}",
                    commit.name(),
                    missing.join(", ")
                );
                let at = self.at_commit(commit);
                let finding = Finding::new(&rules::INCOMPLETE_TRAILERS, at, message);
                out.push(finding.subject(commit.oid.as_str()));
            }
        }
    }

    fn is_tagged(&self, path: &str) -> bool {
        let scan = self.after.tagged.files.get(path);
        let known = |link: &Link| references::is_known(self.after, &link.id, link.of);
        scan.is_some_and(|scan| scan.links.iter().any(known))
    }

    /// The files linked to an item, by their names after the change.
    fn linked(
        &self,
        rows: &HashMap<&Id, Vec<&Row>>,
        id: &Id,
        list: Option<TagKind>,
    ) -> BTreeSet<String> {
        let mut files = BTreeSet::new();
        for row in rows.get(id).into_iter().flatten() {
            let is_own = row.nt.as_ref() == Some(id);
            let code = (list != Some(TagKind::Verify)).then_some(&row.code);
            let tests = (list != Some(TagKind::Impl)).then_some(&row.tests);
            for link in code.into_iter().chain(tests).flatten() {
                if is_own || link.ids.contains(id) {
                    files.insert(self.now(&link.path).to_owned());
                }
            }
        }
        files
    }

    /// The files in the rows of an item before the change: for a design also those of its
    /// requirements.
    fn around(&self, id: &Id) -> BTreeSet<String> {
        let rows = self.rows.before.get(id).into_iter().flatten();
        rows.flat_map(|row| row.code.iter().chain(&row.tests))
            .map(|link| self.now(&link.path).to_owned())
            .collect()
    }

    /// Claims that the commit's own changes do not bear out.
    fn unrelated(&self, out: &mut Vec<Finding>) {
        let mut cache: HashMap<&Id, BTreeSet<String>> = HashMap::default();
        for commit in self.commits.iter().filter(|commit| !commit.is_merge) {
            let adds = commit
                .changes
                .iter()
                .any(|changed| changed.before().is_none() && changed.after().is_some());
            if adds {
                continue;
            }
            let paths: BTreeSet<&str> = commit.paths().map(|path| self.now(path)).collect();
            for claim in commit
                .claims
                .claims
                .iter()
                .filter(|claim| claim.of != Kind::Wbs)
            {
                let id = &claim.id;
                let Some(entry) = self.after.model.get(id) else {
                    continue;
                };
                let linked = cache.entry(id).or_insert_with(|| self.around(id));
                let acceptance = index::acceptance(entry, &self.after.tree, &self.after.settings);
                let touches = linked.iter().any(|path| paths.contains(path.as_str()))
                    || paths.contains(entry.blueprint.path())
                    || acceptance.is_some_and(|path| paths.contains(path.as_str()))
                    || paths.iter().any(|path| self.names(path, id));
                let has_code = paths.iter().any(|path| {
                    matches!(self.after.settings.class(path), Class::Code | Class::Test)
                });
                if linked.is_empty() || touches || !has_code {
                    continue;
                }
                let message = format!(
                    "commit {} names `{id}`, and changes nothing that is linked to it",
                    commit.name()
                );
                let mut finding =
                    Finding::new(&rules::UNRELATED_TRAILER, self.at_commit(commit), message);
                for path in linked.iter().take(3) {
                    finding = finding.related(Location::file(path.as_str()), "linked to it");
                }
                out.push(finding.subject(format!("{id} {}", commit.oid)));
            }
        }
    }

    /// Whether a tag of the file names the item.
    fn names(&self, path: &str, id: &Id) -> bool {
        let scan = self.after.tagged.files.get(path);
        scan.is_some_and(|scan| scan.links.iter().any(|link| &link.id == id))
    }

    /// Where the change stands within an item; its id where no line of it is in the diff.
    fn at_item(&self, entry: Entry<'_>) -> Location {
        let path = entry.blueprint.path();
        for own in &entry.item.own {
            let span = entry.blueprint.source.span(own.clone());
            if let Some(line) = self
                .hunks
                .first_in(path, span.line..span.end_line.max(span.line + 1))
            {
                return Location::at(path, Span::point(line, 1));
            }
        }
        entry.at()
    }

    /// Items whose text changed: without a new revision, without their tests.
    fn texts(&self, out: &mut Vec<Finding>) {
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

    fn deleted_tags(&self, out: &mut Vec<Finding>) {
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
    fn untested(&self, out: &mut Vec<Finding>) {
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

    fn acceptance(&self, out: &mut Vec<Finding>) {
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

    /// Files that an open discrepancy blocks.
    fn blocked(&self, out: &mut Vec<Finding>) {
        for one in discrepancies(self.after) {
            let mut files: BTreeSet<String> = BTreeSet::new();
            for id in &one.ids {
                files.extend(self.linked(&self.rows.after, id, None));
            }
            for path in self.changed {
                let is_blocked =
                    files.contains(path) || one.scope.iter().any(|glob| glob.matches(path));
                if !is_blocked || path == one.source.path() {
                    continue;
                }
                let message = format!("\"{}\" is open and blocks this file", one.title);
                let finding = Finding::new(&rules::OPEN_DISCREPANCY, self.at(path), message);
                let finding = finding.related(one.source.at(one.heading.clone()), "it is here");
                out.push(finding.subject(format!("{} {path}", one.title)));
            }
        }
    }
}
