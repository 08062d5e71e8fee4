//! The findings that only a change can have.

mod commits;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::artifact::crosswalk::Row;
use trueline_core::{Finding, Id, Location, Span};

use super::{Hunks, State, discrepancies};
use crate::hash::HashMap;
use crate::history::Commit;
use crate::model::Entry;
use crate::rules;
use crate::settings::Class;
use crate::tags::TagKind;

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
