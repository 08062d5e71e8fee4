//! Which requirements are met by design, code and tests, shallow and deep.

use std::collections::BTreeSet;

use trueline_core::artifact::blueprint::Binding;
use trueline_core::{Finding, Id, Level};

use super::State;
use crate::graph;
use crate::hash::{HashMap, HashSet};
use crate::ids::Kind;
use crate::model::Entry;
use crate::rules;
use crate::settings::Class;

/// The phases that coverage is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phases {
    /// Every requirement counts.
    All,
    /// Those of these phases.
    Of(Vec<String>),
}

impl Phases {
    /// The phase asked for (`all` for every one), else the plan's current ones, else all.
    pub fn new(asked: Option<&str>, state: &State<'_>) -> Phases {
        match asked {
            Some("all") => Phases::All,
            Some(phase) => Phases::Of(vec![phase.to_owned()]),
            None if state.work.current.is_empty() => Phases::All,
            None => Phases::Of(state.work.current.clone()),
        }
    }

    /// Whether a requirement counts: by its own phase or that of what it is part of, else by the
    /// phases of the work items that carry it.
    pub fn include(&self, state: &State<'_>, entry: Entry<'_>) -> bool {
        let Phases::Of(phases) = self else {
            return true;
        };
        let own = phases_of(state, entry);
        own.iter().any(|phase| phases.contains(phase))
    }
}

/// The phases of a requirement.
pub(crate) fn phases_of(state: &State<'_>, entry: Entry<'_>) -> BTreeSet<String> {
    let mut at = Some(entry);
    let mut carried = BTreeSet::new();
    let mut seen = BTreeSet::new();
    while let Some(entry) = at {
        if !seen.insert(&entry.item.id) {
            break;
        }
        if let Some(phase) = &entry.item.phase {
            return BTreeSet::from([phase.clone()]);
        }
        carried.extend(state.work.phases_of(&entry.item.id).map(str::to_owned));
        at = state.model.parent(entry).and_then(|id| state.model.get(id));
    }
    carried
}

/// How far a requirement is covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cover {
    /// A design maps it.
    pub design: bool,
    /// Code is linked to it or to a design of it.
    pub code: bool,
    /// A test is linked to it or to a design of it.
    pub test: bool,
    /// It has parts, which count in its place.
    pub has_parts: bool,
    /// All three, or all of its parts.
    pub shallow: bool,
    /// Shallow, and so are all of its parts, and all its designs have code.
    pub deep: bool,
}

/// The coverage of every requirement, and the designs without code.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// By requirement.
    pub of: HashMap<Id, Cover>,
    /// Designs that have code, themselves or in all of their parts.
    pub built: HashSet<Id>,
    /// For each file of the tree, whether it is in some row.
    pub mapped: Vec<bool>,
}

impl Coverage {
    /// Computes it in one pass over the items, parts before wholes.
    pub fn new(state: &State<'_>) -> Coverage {
        let model = &state.model;
        let all: Vec<Entry<'_>> = model.items().collect();
        let mut coverage = Coverage {
            of: HashMap::with_capacity_and_hasher(all.len(), Default::default()),
            built: HashSet::with_capacity_and_hasher(all.len(), Default::default()),
            mapped: vec![false; state.tree.files().len()],
        };
        let mut rows = HashMap::with_capacity_and_hasher(all.len(), Default::default());
        let mut with_code: HashSet<&Id> =
            HashSet::with_capacity_and_hasher(all.len(), Default::default());
        for row in &state.joined.rows {
            if let Some(id) = row.id() {
                rows.insert(id, row);
            }
            with_code.extend(row.row.code.iter().flat_map(|link| &link.ids));
            let files = row.row.code.iter().chain(&row.row.tests);
            for place in files.filter_map(|link| state.tree.place(&link.path)) {
                if let Some(is_mapped) = coverage.mapped.get_mut(place) {
                    *is_mapped = true;
                }
            }
        }
        let number: HashMap<&Id, usize> = all
            .iter()
            .enumerate()
            .map(|(at, entry)| (&entry.item.id, at))
            .collect();
        let children = model.children();
        let parts = |id: &Id| children.get(id).into_iter().flatten();
        let edges: Vec<Vec<usize>> = all
            .iter()
            .map(|entry| {
                let row = rows.get(&entry.item.id);
                let tds = row.into_iter().flat_map(|row| &row.row.td);
                let needs = entry.item.needs.iter().map(|(id, _)| id);
                let needs =
                    needs.filter(|id| model.get(id).is_some_and(|e| e.item.kind == Kind::Td));
                let below = parts(&entry.item.id).chain(tds).chain(needs);
                below.filter_map(|id| number.get(id).copied()).collect()
            })
            .collect();
        for component in graph::components(&edges) {
            for at in component {
                let Some(entry) = all.get(at) else { continue };
                let id = &entry.item.id;
                if entry.item.kind == Kind::Td {
                    let mut own_parts = parts(id).peekable();
                    let by_parts = own_parts.peek().is_some()
                        && own_parts.all(|part| coverage.built.contains(part));
                    let needs = entry.item.needs.iter().map(|(need, _)| need);
                    let needs_met = needs
                        .filter(|need| model.get(need).is_some_and(|e| e.item.kind == Kind::Td))
                        .all(|need| coverage.built.contains(need));
                    if (with_code.contains(id) || by_parts) && needs_met {
                        coverage.built.insert(id.clone());
                    }
                    continue;
                }
                let row = rows.get(id).map(|row| &row.row);
                let mut cover = Cover {
                    design: row.is_some_and(|row| !row.td.is_empty()),
                    code: row.is_some_and(|row| !row.code.is_empty()),
                    test: row.is_some_and(|row| !row.tests.is_empty()),
                    has_parts: parts(id).next().is_some(),
                    ..Cover::default()
                };
                let is_own = cover.design && cover.code && cover.test;
                let of = |part: &Id| coverage.of.get(part).copied().unwrap_or_default();
                cover.shallow =
                    is_own || (cover.has_parts && parts(id).all(|part| of(part).shallow));
                let tds = row.into_iter().flat_map(|row| &row.td);
                let designs_built = tds.clone().all(|td| coverage.built.contains(td));
                cover.deep = cover.shallow && designs_built && parts(id).all(|part| of(part).deep);
                coverage.of.insert(id.clone(), cover);
            }
        }
        coverage
    }

    /// The coverage of a requirement.
    pub fn get(&self, id: &Id) -> Cover {
        self.of.get(id).copied().unwrap_or_default()
    }
}

/// The level of a gap in an item that is as binding as that.
pub(super) fn level(binding: Binding) -> Level {
    match binding {
        Binding::Must => Level::Error,
        Binding::Should => Level::Warning,
        Binding::May => Level::Note,
    }
}

pub(super) fn findings(
    state: &State<'_>,
    coverage: &Coverage,
    phases: &Phases,
    out: &mut Vec<Finding>,
) {
    let rows = state.joined.by_id();
    for entry in state.model.of_kind(Kind::Nt) {
        let id = &entry.item.id;
        let cover = coverage.get(id);
        // The parts of an item are reported themselves.
        if cover.deep || (cover.has_parts && !(cover.design && cover.code && cover.test)) {
            continue;
        }
        if !phases.include(state, entry) {
            continue;
        }
        if !cover.shallow {
            let gaps = [
                (cover.design, "design"),
                (cover.code, "code"),
                (cover.test, "test"),
            ];
            let gaps: Vec<String> = gaps
                .into_iter()
                .filter(|(is_there, _)| !is_there)
                .map(|(_, what)| format!("no {what}"))
                .collect();
            let message = format!("`{id}` is not covered: {}", list(&gaps));
            let finding = Finding::new(&rules::UNCOVERED_REQUIREMENT, entry.at(), message);
            out.push(
                finding
                    .level(level(entry.item.level))
                    .subject(format!("{id} {}", gaps.join(" "))),
            );
        } else if !cover.has_parts {
            let tds = rows.get(id).into_iter().flat_map(|row| &row.row.td);
            let gaps: Vec<String> = tds
                .filter(|td| !coverage.built.contains(*td))
                .map(|td| format!("`{td}`"))
                .collect();
            let message = format!(
                "`{id}` is covered, but not deeply: no code for {}",
                list(&gaps)
            );
            let finding = Finding::new(&rules::UNCOVERED_REQUIREMENT, entry.at(), message);
            let level = level(entry.item.level).min(Level::Warning);
            out.push(
                finding
                    .level(level)
                    .subject(format!("{id} deep {}", gaps.join(" "))),
            );
        }
    }
    if state.model.blueprints.is_empty() {
        return;
    }
    for (path, is_mapped) in state.tree.files().iter().zip(&coverage.mapped) {
        if !is_mapped && state.settings.class(path) == Class::Code {
            let message = "no requirement asks for this file";
            let at = trueline_core::Location::file(path.as_str());
            let finding = Finding::new(&rules::UNMAPPED_CODE, at, message);
            out.push(finding.subject(path.as_str()));
        }
    }
}

fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
