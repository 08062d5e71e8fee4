//! The phases of a plan: those that it declares, else those that items name.

use std::collections::{BTreeSet, HashMap};

use num_traits::Zero;
use trueline_core::Ratio;
use trueline_core::id::natural_cmp;

use crate::graph::{Graph, Node};
use crate::plan::{ItemId, Phase, PhaseId, Plan};
use crate::record::narrow;
use crate::row::Row;

impl Plan<'_> {
    pub(crate) fn set_phases(
        &mut self,
        declared: Vec<(trueline_core::artifact::plan::Phase, (u32, u32))>,
    ) {
        self.phases = if declared.is_empty() {
            self.named_phases()
        } else {
            declared
                .into_iter()
                .map(|(record, span)| Phase {
                    id: record.id.as_str().to_owned(),
                    weight: record.weight.value().clone(),
                    depends_on: Vec::new(),
                    items: Vec::new(),
                    span: Some(span),
                    record: Some(record),
                })
                .collect()
        };
        let by_id: HashMap<String, PhaseId> = self
            .phases
            .iter()
            .enumerate()
            .rev()
            .map(|(at, phase)| (phase.id.clone(), PhaseId(narrow(at))))
            .collect();
        let of: Vec<Option<PhaseId>> = self
            .items()
            .map(|item| {
                let row = item.owning_plan();
                let phase = row.and_then(Row::phase).unwrap_or(NO_PHASE);
                by_id.get(phase).copied()
            })
            .collect();
        for (at, phase) in of.into_iter().enumerate() {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.phase = phase;
            }
            let phase = phase.and_then(|id| self.phases.get_mut(id.index()));
            if let Some(phase) = phase {
                phase.items.push(ItemId(narrow(at)));
            }
        }
        let depends: Vec<Vec<PhaseId>> = self
            .phases
            .iter()
            .map(|phase| {
                let record = phase.record.iter();
                record
                    .flat_map(|record| &record.depends_on)
                    .filter_map(|id| by_id.get(id.as_str()).copied())
                    .collect()
            })
            .collect();
        let mut builder = Graph::builder(self.phases.len(), 0);
        for (phase, depends) in self.phases.iter_mut().zip(depends) {
            depends.iter().for_each(|id| builder.edge(id.0));
            builder.next();
            phase.depends_on = depends;
        }
        let graph = builder.finish();
        self.phase_cycle = graph
            .cycles()
            .first()
            .map(|members| graph.cycle_path(members).into_iter().map(PhaseId).collect())
            .unwrap_or_default();
        self.phase_order = order_phases(&graph);
        if self.phases.iter().all(|phase| phase.record.is_none()) {
            self.weigh_named_phases();
        }
    }

    /// The phases that items name, in natural order; those without one last.
    fn named_phases(&self) -> Vec<Phase> {
        let rows = self.items().filter_map(crate::item::Item::owning_plan);
        let mut names: Vec<&str> = rows.map(|row| row.phase().unwrap_or(NO_PHASE)).collect();
        names.sort_by(|a, b| {
            (*a == NO_PHASE)
                .cmp(&(*b == NO_PHASE))
                .then_with(|| natural_cmp(a, b))
        });
        names.dedup();
        names
            .into_iter()
            .map(|id| Phase {
                record: None,
                id: id.to_owned(),
                weight: Ratio::zero(),
                depends_on: Vec::new(),
                items: Vec::new(),
                span: None,
            })
            .collect()
    }

    /// Each phase weighs what its items weigh together.
    fn weigh_named_phases(&mut self) {
        let sums: Vec<_> = self
            .phases
            .iter()
            .map(|phase| {
                let items = phase.items.iter();
                items
                    .filter(|id| self.item(**id).deferred().is_none())
                    .map(|id| self.units.get(id.index()))
                    .sum::<num_bigint::BigUint>()
            })
            .collect();
        let total = sums.iter().sum::<num_bigint::BigUint>();
        let total = self.units.ratio(&total);
        for (phase, sum) in self.phases.iter_mut().zip(sums) {
            phase.weight = trueline_core::weight::share(&self.units.ratio(&sum), &total);
        }
    }
}

/// Name of the phase of items that name none, where no phases are declared.
pub(crate) const NO_PHASE: &str = "-";

/// Each phase after those it depends on, ties in declared order; those in cycles last.
fn order_phases(graph: &Graph) -> Vec<PhaseId> {
    let dependents = graph.reversed();
    let mut missing: Vec<usize> = (0..narrow(graph.len()))
        .map(|node| graph.targets(node).len())
        .collect();
    let mut open: BTreeSet<Node> = missing
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == 0)
        .map(|(node, _)| narrow(node))
        .collect();
    let mut order = Vec::new();
    while let Some(node) = open.pop_first() {
        order.push(PhaseId(node));
        for dependent in dependents.targets(node) {
            if let Some(count) = missing.get_mut(*dependent as usize) {
                *count -= 1;
                if *count == 0 {
                    open.insert(*dependent);
                }
            }
        }
    }
    for node in 0..narrow(graph.len()) {
        if missing.get(node as usize).is_some_and(|count| *count > 0) {
            order.push(PhaseId(node));
        }
    }
    order
}
