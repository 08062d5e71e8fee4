//! Whether the tests that verify a requirement ran and passed.

use std::collections::BTreeMap;

use trueline_core::artifact::crosswalk::FileLink;
use trueline_core::{Finding, Id, Location};

use super::{Phases, State};
use crate::junit::Outcomes;
use crate::rules;
use crate::tags::TagKind;

/// The findings of JUnit files: those that cannot be read, tests that failed, and requirements
/// none of whose tests passed.
pub fn proof(state: &State<'_>, outcomes: &Outcomes, phases: &Phases) -> Vec<Finding> {
    let mut out = outcomes.faults.clone();
    let mut failed: BTreeMap<&str, Vec<&Id>> = BTreeMap::new();
    for row in &state.joined.rows {
        let row = &row.row;
        let Some(id) = row.nt.as_ref().or_else(|| row.td.first()) else {
            continue;
        };
        if row.tests.is_empty() {
            continue;
        }
        for test in &row.tests {
            let outcome = outcomes.of.get(&test.path);
            if outcome.is_some_and(|outcome| !outcome.failed.is_empty()) {
                failed.entry(&test.path).or_default().push(id);
            }
        }
        let has = |what: fn(&crate::junit::Outcome) -> bool| {
            let mut all = row
                .tests
                .iter()
                .filter_map(|test| outcomes.of.get(&test.path));
            all.any(what)
        };
        let is_asked = state
            .model
            .get(id)
            .is_some_and(|entry| phases.include(state, entry));
        // A JUnit file that cannot be read says nothing, not even that a test did not run.
        if !is_asked
            || !outcomes.is_whole()
            || has(|outcome| outcome.passed > 0)
            || has(|outcome| !outcome.failed.is_empty())
        {
            continue;
        }
        let Some(first) = row.tests.first() else {
            continue;
        };
        let why = match has(|outcome| outcome.skipped > 0) {
            true => "were skipped",
            false => "are in no JUnit file",
        };
        let message = format!("no test of `{id}` ran: its test files {why}");
        let finding = Finding::new(&rules::TEST_NOT_RUN, at(state, first, id), message);
        out.push(finding.subject(id.as_str()));
    }
    for (path, ids) in failed {
        let Some(outcome) = outcomes.of.get(path) else {
            continue;
        };
        let names: Vec<String> = ids.iter().take(3).map(|id| format!("`{id}`")).collect();
        let more = ids.len().saturating_sub(names.len());
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "{} of its tests failed, and {}{more} rest on them",
            outcome.failed.len(),
            names.join(", ")
        );
        let place = ids.first().map_or_else(
            || Location::file(path),
            |id| tag(state, path, id).unwrap_or_else(|| Location::file(path)),
        );
        let mut finding = Finding::new(&rules::FAILED_TEST, place, message);
        for (name, at) in outcome.failed.iter().take(3) {
            finding = finding.related(at.clone(), format!("`{name}` failed"));
        }
        out.push(finding.subject(path));
    }
    out
}

fn at(state: &State<'_>, test: &FileLink, id: &Id) -> Location {
    tag(state, &test.path, id).unwrap_or_else(|| Location::file(test.path.as_str()))
}

/// Where a file says that it verifies the item, or a design of it.
fn tag(state: &State<'_>, path: &str, id: &Id) -> Option<Location> {
    let scan = state.tagged.files.get(path)?;
    let mut links = scan
        .links
        .iter()
        .filter(|link| link.kind == TagKind::Verify);
    let own = links.clone().find(|link| &link.id == id);
    let link = own.or_else(|| links.next())?;
    Some(Location::at(path, link.span))
}
