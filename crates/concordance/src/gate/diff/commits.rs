//! What is wrong with what commits claim.

use std::collections::BTreeSet;

use trueline_core::{Finding, Id, Location};

use super::Diff;
use crate::gate::references;
use crate::hash::HashMap;
use crate::ids::Kind;
use crate::settings::Class;
use crate::tags::Link;
use crate::{index, rules};

impl Diff<'_, '_> {
    pub(super) fn commit_messages(&self, out: &mut Vec<Finding>) {
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
    pub(super) fn missing_trailers(&self, out: &mut Vec<Finding>) {
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

    /// Claims that the commit's own changes do not bear out.
    pub(super) fn unrelated(&self, out: &mut Vec<Finding>) {
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
}
