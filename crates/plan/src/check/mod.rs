//! What is wrong with a plan.

mod agree;
mod claims;
mod refs;

use trueline_core::{Finding, Location};

use crate::item::Item;
use crate::join::{CheckFact, Duplicate, Inputs, Known};
use crate::place::Places;
use crate::plan::Plan;
use crate::{Aliases, Checklist, Field, rules};

/// What claims are checked against.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'o> {
    /// Recorded checks, judged.
    pub checks: &'o [CheckFact],
    /// Check boxes that stand for items.
    pub checklists: &'o [Checklist],
    /// Ids that blueprints declare.
    pub known: &'o Known,
}

/// The plan with the places of its files.
struct Context<'p, 'a> {
    plan: &'p Plan<'a>,
    plans: Vec<Places<'p>>,
    queue: Option<Places<'p>>,
    queue_aliases: &'p Aliases,
}

impl<'p, 'a> Context<'p, 'a> {
    fn new(plan: &'p Plan<'a>, inputs: &'p Inputs<'a, '_>) -> Self {
        let plans = plan
            .plans
            .iter()
            .enumerate()
            .map(|(at, table)| {
                let aliases = if at == 0 && inputs.por.is_some() {
                    inputs.por_aliases
                } else {
                    inputs.extra_aliases
                };
                Places::new(&table.path, table.source.as_bytes(), aliases)
            })
            .collect();
        let queue = plan
            .queue
            .as_ref()
            .map(|table| Places::new(&table.path, table.source.as_bytes(), inputs.queue_aliases));
        Context {
            plan,
            plans,
            queue,
            queue_aliases: inputs.queue_aliases,
        }
    }

    /// A field where its owner has it: in the plan, else in the queue.
    fn planned(&self, item: Item<'_, '_>, field: Field) -> Location {
        match self.plan_places(item) {
            Some((places, row)) => places.field(row, field),
            None => self.queued(item, field),
        }
    }

    /// An element of a list of the item's owner.
    fn element(&self, item: Item<'_, '_>, field: Field, text: &str) -> Location {
        if let Some((places, row)) = self.plan_places(item) {
            return places.element(row, field, text);
        }
        match (&self.queue, item.queued()) {
            (Some(places), Some(row)) => places.element(row.span(), field, text),
            _ => Location::file(""),
        }
    }

    /// A field in the queue; where the queue has no line of the item, in the plan.
    fn queued(&self, item: Item<'_, '_>, field: Field) -> Location {
        match (&self.queue, item.queued()) {
            (Some(places), Some(row)) => places.field(row.span(), field),
            _ => match self.plan_places(item) {
                Some((places, row)) => places.field(row, field),
                None => Location::file(""),
            },
        }
    }

    fn plan_places(&self, item: Item<'_, '_>) -> Option<(&Places<'p>, std::ops::Range<usize>)> {
        let (table, _) = self.plan.entries.get(item.item_id().index())?.planned?;
        Some((self.plans.get(table as usize)?, item.planned()?.span()))
    }
}

/// Findings about the graph: they change which items are ready.
pub(crate) fn structure(
    plan: &Plan<'_>,
    inputs: &Inputs<'_, '_>,
    duplicates: &[Duplicate],
    findings: &mut Vec<Finding>,
) {
    let context = Context::new(plan, inputs);
    for (table, first, second) in duplicates {
        let (places, table) = match table {
            Some(at) => (
                context.plans.get(*at as usize),
                plan.plans.get(*at as usize),
            ),
            None => (context.queue.as_ref(), plan.queue.as_ref()),
        };
        let (Some(places), Some(table)) = (places, table) else {
            continue;
        };
        let (Some(first), Some(second)) = (table.row(*first), table.row(*second)) else {
            continue;
        };
        let message = format!("`{}` is the id of another item already", second.id());
        findings.push(
            Finding::new(
                &rules::DUPLICATE_ID,
                second.place(places, Field::Id),
                message,
            )
            .related(first.place(places, Field::Id), "first used here")
            .subject(second.id()),
        );
    }
    for item in plan.items() {
        let dangling = plan
            .entries
            .get(item.item_id().index())
            .is_some_and(|entry| entry.is_dangling);
        if !dangling {
            continue;
        }
        for id in item.dependencies().filter(|id| plan.find(id).is_none()) {
            let at = context.element(item, Field::Dependencies, id);
            let message = format!("`{}` depends on `{id}`, which does not exist", item.id());
            findings
                .push(Finding::new(&rules::DANGLING_DEPENDENCY, at, message).subject(item.id()));
        }
    }
    for (members, text) in plan.cycles.iter().zip(&plan.cycle_texts) {
        let Some(first) = members.first().map(|node| plan.item(plan.of_node(*node))) else {
            continue;
        };
        let at = context.planned(first, Field::Dependencies);
        let message = match members.len() {
            1 => format!("`{}` depends on itself", first.id()),
            n => format!("{n} items depend on each other: {text}"),
        };
        findings.push(Finding::new(&rules::CYCLE, at, message).subject(first.id()));
    }
}

impl<'a> Plan<'a> {
    /// Findings about what is planned and claimed; those about reading and the graph came with
    /// [`Plan::join`], whose inputs these must be.
    pub fn check(&self, inputs: &Inputs<'a, '_>, claims: &Claims<'_>) -> Vec<Finding> {
        let context = Context::new(self, inputs);
        let mut findings = Vec::new();
        refs::phases(&context, &mut findings);
        refs::refs(&context, claims.known, &mut findings);
        agree::agree(&context, &mut findings);
        claims::claims(&context, claims, &mut findings);
        findings
    }
}
