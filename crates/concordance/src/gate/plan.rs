//! Requirements that nobody plans, designs that nobody asked for.

use std::collections::BTreeSet;

use trueline_core::{Finding, Id};

use super::{Coverage, State};
use crate::crosswalk::orphans;
use crate::hash::HashSet;
use crate::ids::Kind;
use crate::model::Entry;
use crate::rules;

pub(super) fn findings(state: &State<'_>, coverage: &Coverage, out: &mut Vec<Finding>) {
    if state.work.exists {
        let carried: HashSet<&Id> = state
            .work
            .items
            .values()
            .flat_map(|item| item.nt.iter().chain(&item.td))
            .collect();
        for entry in state.model.of_kind(Kind::Nt) {
            let id = &entry.item.id;
            if coverage.get(id).has_parts || is_carried(state, entry, &carried) {
                continue;
            }
            let message = format!("no work item carries `{id}`");
            let finding = Finding::new(&rules::UNPLANNED_REQUIREMENT, entry.at(), message);
            out.push(finding.subject(id.as_str()));
        }
    }
    let rows = state.joined.rows.iter().filter(|row| !row.is_lone());
    let mapped: HashSet<&Id> = rows.flat_map(|row| &row.row.td).collect();
    for id in orphans(&state.model, mapped) {
        if let Some(entry) = state.model.get(&id) {
            let message = format!("no requirement asks for `{id}`");
            let finding = Finding::new(&rules::ORPHAN_DESIGN, entry.at(), message);
            out.push(finding.subject(id.as_str()));
        }
    }
}

/// Whether a work item names the requirement or what it is part of.
fn is_carried(state: &State<'_>, entry: Entry<'_>, carried: &HashSet<&Id>) -> bool {
    let mut at = Some(entry);
    let mut seen = BTreeSet::new();
    while let Some(entry) = at {
        if carried.contains(&entry.item.id) {
            return true;
        }
        if !seen.insert(&entry.item.id) {
            return false;
        }
        at = state.model.parent(entry).and_then(|id| state.model.get(id));
    }
    false
}
