//! Plan and queue, as far as requirements and designs are concerned.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use trueline_core::artifact::crosswalk::Evidence;
use trueline_core::artifact::queue::Status;
use trueline_core::id::canonical;
use trueline_core::scalar::Sha256;
use trueline_core::{Finding, Id, Level, Location};
use trueline_kit::config::{self, Config};
use trueline_kit::{Artifact, Error, Source};
use trueline_plan::{Aliases, Input, Inputs, Item, Options, Plan, Row};

use crate::hash::HashMap;
use crate::rules;
use crate::settings::Settings;
use crate::tree::Tree;

/// A work item.
#[derive(Debug, Clone)]
pub struct WorkItem {
    /// Its id.
    pub id: Id,
    /// Requirements it serves; ids as written where they are ids at all.
    pub nt: BTreeSet<Id>,
    /// Designs it implements.
    pub td: BTreeSet<Id>,
    /// Who works on it.
    pub owner: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Phase it belongs to.
    pub phase: Option<String>,
    /// Files that show it is done.
    pub evidence: Vec<Evidence>,
    /// Whether it is put off.
    pub is_deferred: bool,
    /// The file of the plan or queue that it stands in.
    pub source: Source,
    /// Where in that file.
    pub span: Range<usize>,
}

impl WorkItem {
    /// Where a text stands in quotes in its record; the record's place where it does not.
    pub fn place_of(&self, text: &str) -> Location {
        let record = self
            .source
            .text()
            .get(self.span.clone())
            .unwrap_or_default();
        match record.find(&format!("\"{text}\"")) {
            Some(at) => {
                let start = self.span.start + at + 1;
                self.source.at(start..start + text.len())
            }
            None => self.source.at(self.span.clone()),
        }
    }
}

/// Work items by id.
#[derive(Debug, Clone, Default)]
pub struct Items {
    /// In natural order of the ids.
    list: Vec<WorkItem>,
    places: HashMap<Id, usize>,
}

impl Items {
    /// Of items with the same id the last one stays.
    fn new(items: impl Iterator<Item = WorkItem>) -> Items {
        let mut list: Vec<WorkItem> = items.collect();
        list.reverse();
        list.sort_by(|a, b| a.id.cmp(&b.id));
        list.dedup_by(|later, first| later.id == first.id);
        let places = list.iter().enumerate();
        let places = places.map(|(at, item)| (item.id.clone(), at)).collect();
        Items { list, places }
    }

    /// All of them, in natural order of the ids.
    pub fn values(&self) -> impl Iterator<Item = &WorkItem> {
        self.list.iter()
    }

    /// One of them.
    pub fn get(&self, id: &Id) -> Option<&WorkItem> {
        self.list.get(*self.places.get(id)?)
    }

    /// Whether there is one of that id.
    pub fn contains_key(&self, id: &Id) -> bool {
        self.places.contains_key(id)
    }
}

/// Plan and queue joined.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// The items.
    pub items: Items,
    /// Whether there is a plan or a queue at all.
    pub exists: bool,
    /// The phases that are being worked on.
    pub current: Vec<String>,
    /// All phases.
    pub phases: Vec<String>,
    /// Phases of the items that name a requirement or design.
    phases_of: HashMap<Id, Vec<Arc<str>>>,
    /// The first item of each number, leading zeros left out.
    by_number: HashMap<String, Id>,
}

/// Files and their text.
struct Texts {
    por: Option<Source>,
    wbs: Option<Source>,
    queue: Option<Source>,
}

impl Work {
    /// Reads plan and queue of a tree, with the field aliases of trueline.toml. What cannot be
    /// read comes out as findings.
    ///
    /// # Errors
    /// When git cannot be read, or an alias means nothing.
    pub fn read(
        tree: &Tree<'_>,
        settings: &Settings,
        config: &Config,
    ) -> Result<(Work, Vec<Finding>), Error> {
        let texts = Texts {
            por: tree.source(&settings.por)?,
            wbs: tree.source(&settings.wbs)?,
            queue: tree.source(&settings.queue)?,
        };
        let aliases = |artifact| aliases(config.aliases(artifact), settings);
        let (por, wbs, queue) = (
            aliases(Artifact::Por)?,
            aliases(Artifact::Wbs)?,
            aliases(Artifact::Queue)?,
        );
        let extra: Vec<Input<'_>> = texts.wbs.iter().map(input).collect();
        let inputs = Inputs {
            por: texts.por.as_ref().map(input),
            extra: &extra,
            queue: texts.queue.as_ref().map(input),
            por_aliases: &por,
            extra_aliases: &wbs,
            queue_aliases: &queue,
            options: Options::default(),
        };
        let (plan, found) = Plan::join(&inputs);
        let mut work = Work {
            exists: texts.por.is_some() || texts.wbs.is_some() || texts.queue.is_some(),
            ..Work::default()
        };
        for phase in plan.phases() {
            work.phases.push(phase.id.clone());
            if phase.record.as_ref().is_some_and(|record| record.current) {
                work.current.push(phase.id.clone());
            }
        }
        let places = places(&plan, &texts);
        let mut items = Vec::new();
        let mut last: Arc<str> = "".into();
        for item in plan.items() {
            if let Some(item) = work_item(&plan, item, &places) {
                if let Some(phase) = &item.phase {
                    // Most items are of the same phase as the one before.
                    if *last != **phase {
                        last = phase.as_str().into();
                    }
                    for id in item.nt.iter().chain(&item.td) {
                        let phases = work.phases_of.entry(id.clone()).or_default();
                        if !phases.contains(&last) {
                            phases.push(last.clone());
                        }
                    }
                }
                work.by_number
                    .entry(canonical(item.id.as_str()))
                    .or_insert_with(|| item.id.clone());
                items.push(item);
            }
        }
        work.items = Items::new(items.into_iter());
        Ok((work, found.into_iter().filter_map(unreadable).collect()))
    }

    /// The item whose id differs from this one only by leading zeros.
    pub fn twin(&self, id: &Id) -> Option<&Id> {
        self.by_number
            .get(&canonical(id.as_str()))
            .filter(|twin| *twin != id)
    }

    /// The phases of the work items that name a requirement or design.
    pub fn phases_of(&self, id: &Id) -> impl Iterator<Item = &str> {
        let phases = self.phases_of.get(id).into_iter().flatten();
        phases.map(|phase| &**phase)
    }
}

fn input(source: &Source) -> Input<'_> {
    Input {
        path: source.path(),
        bytes: source.text().as_bytes(),
    }
}

/// What the reader could not read is ours to say too; what it thinks of the plan is not.
fn unreadable(found: Finding) -> Option<Finding> {
    let level = found.level.unwrap_or(found.rule.level);
    let is_reading = matches!(
        found.rule.code,
        "bad-file" | "bad-line" | "conflict-marker" | "newer-version"
    );
    let help = found.help;
    let finding = Finding::new(&rules::MALFORMED_PLAN, found.at, found.message);
    (level == Level::Error && is_reading).then_some(match help {
        Some(help) => finding.help(help),
        None => finding,
    })
}

fn aliases(from: Option<&config::Aliases>, settings: &Settings) -> Result<Aliases, Error> {
    let mut out = Aliases::default();
    out.prefixes(&settings.prefixes.td);
    let Some(from) = from else { return Ok(out) };
    let bad = |error: trueline_plan::BadAlias| Error::config(format!("[aliases]: {error}"));
    for (field, names) in &from.fields {
        for name in names {
            out.field(field, name).map_err(bad)?;
        }
    }
    for (field, pairs) in &from.values {
        for (foreign, ours) in pairs {
            out.value(field, foreign, ours).map_err(bad)?;
        }
    }
    Ok(out)
}

fn work_item<'a>(
    plan: &Plan<'a>,
    item: Item<'_, 'a>,
    places: &HashMap<*const u8, (Source, Range<usize>)>,
) -> Option<WorkItem> {
    let id = Id::new(item.id()).ok()?;
    let row = item.planned().or_else(|| item.queued())?;
    let (source, span) = places.get(&row.raw().as_ptr()).cloned()?;
    let ids = |list: &mut dyn Iterator<Item = &str>| -> BTreeSet<Id> {
        list.filter_map(|text| Id::new(text).ok()).collect()
    };
    let queued = item.queued();
    let mut nt = ids(&mut item.nt_refs());
    let mut td = ids(&mut item.td_refs());
    if let Some(queued) = queued {
        if nt.is_empty() {
            nt = ids(&mut queued.nt_refs());
        }
        if td.is_empty() {
            td = ids(&mut queued.td_refs());
        }
    }
    let evidence = queued.into_iter().flat_map(Row::evidence);
    Some(WorkItem {
        id,
        nt,
        td,
        owner: item.owner().map(str::to_owned),
        status: item.status(),
        phase: item
            .phase()
            .and_then(|phase| plan.phase(phase))
            .map(|phase| phase.id.clone()),
        evidence: evidence
            .filter_map(|one| {
                Some(Evidence {
                    path: one.path.to_owned(),
                    sha256: Sha256::new(one.sha256?)?,
                })
            })
            .collect(),
        is_deferred: item.deferred().is_some(),
        source,
        span,
    })
}

/// Where each record stands, by the address of its text.
fn places(plan: &Plan<'_>, texts: &Texts) -> HashMap<*const u8, (Source, Range<usize>)> {
    let sources: Vec<&Source> = [&texts.por, &texts.wbs, &texts.queue]
        .into_iter()
        .flatten()
        .collect();
    let mut places = HashMap::default();
    for table in plan.plans().iter().chain(plan.queue()) {
        let Some(source) = sources.iter().find(|source| source.path() == table.path()) else {
            continue;
        };
        for row in table.rows() {
            places.insert(row.raw().as_ptr(), ((*source).clone(), row.span()));
        }
    }
    places
}
