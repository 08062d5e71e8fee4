//! Joins what was read.

use std::collections::{BTreeSet, HashMap};

use trueline_core::Finding;
use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::plan::Vertical;
use trueline_core::artifact::queue::Status;

use crate::graph::{Graph, Node};
use crate::plan::{Entry, Plan};
use crate::read::{self, PlanFile};
use crate::record::narrow;
use crate::row::Row;
use crate::table::{Input, Table};
use crate::weights::Units;
use crate::{Aliases, check};

/// What to join. Only the queue or a plan is needed; all else is optional.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a, 'o> {
    /// The plan of record.
    pub por: Option<Input<'a>>,
    /// Further plans, mostly lists of items. An item that an earlier plan has is not theirs.
    pub extra: &'o [Input<'a>],
    /// The queue.
    pub queue: Option<Input<'a>>,
    /// Foreign names in the plan of record.
    pub por_aliases: &'o Aliases,
    /// Foreign names in the further plans.
    pub extra_aliases: &'o Aliases,
    /// Foreign names in the queue.
    pub queue_aliases: &'o Aliases,
    /// Choices.
    pub options: Options,
}

/// Choices that change answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// An item waits until the phases before its own are complete.
    pub gate_phases: bool,
}

/// A check and what it counts as, after its commit and inputs were judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckFact {
    /// Name.
    pub name: String,
    /// Its file.
    pub path: String,
    /// What it counts as.
    pub status: CheckStatus,
    /// Why it counts as that, where that is not what it says.
    pub reason: Option<String>,
    /// Items that it speaks for.
    pub items: Vec<String>,
    /// Program and arguments that it ran.
    pub command: Vec<String>,
    /// Whether it names no inputs, or they are still what they were when it ran.
    pub is_current: bool,
    /// Whether it cannot be told if it still counts: history is missing here.
    pub is_unknown: bool,
}

/// The ids that blueprints declare; `None` where there is no index to ask.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Requirements.
    pub nt: Option<BTreeSet<String>>,
    /// Designs.
    pub td: Option<BTreeSet<String>>,
}

impl<'a> Plan<'a> {
    /// Joins the inputs. The findings are those about reading and about the graph; those about
    /// what is claimed come from [`Plan::check`].
    pub fn join(inputs: &Inputs<'a, '_>) -> (Plan<'a>, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut is_readable = true;
        let mut files: Vec<PlanFile<'a>> = Vec::new();
        let por = inputs.por.iter().map(|input| (input, inputs.por_aliases));
        let extra = inputs
            .extra
            .iter()
            .map(|input| (input, inputs.extra_aliases));
        for (input, aliases) in por.chain(extra) {
            let file = read::plan(input, aliases, &mut findings);
            is_readable &= file.table.is_some();
            files.push(file);
        }
        let queue = inputs
            .queue
            .as_ref()
            .map(|input| read::queue(input, inputs.queue_aliases, &mut findings));
        let mut phases = Vec::new();
        let mut verticals: Vec<(Vertical, (u32, u32))> = Vec::new();
        let mut phases_span = (0, 0);
        let mut plans = Vec::new();
        for (at, file) in files.into_iter().enumerate() {
            // Phases and verticals are the plan of record's: the first file's.
            if at == 0 {
                phases = file.phases;
                verticals = file.verticals;
                phases_span = file.phases_span;
            }
            plans.extend(file.table);
        }
        let joined = Joined::new(&plans, queue.as_ref());
        let (entries, graph, duplicates) = (joined.entries, joined.graph, joined.duplicates);
        let mut plan = Plan {
            cycles: graph.cycles(),
            cycle_texts: Vec::new(),
            layers: Vec::new(),
            order: Vec::new(),
            units: Units::new(std::iter::empty()),
            plans,
            queue,
            entries,
            graph,
            phases: Vec::new(),
            phase_order: Vec::new(),
            phase_cycle: Vec::new(),
            verticals,
            phases_span,
            gate_phases: inputs.options.gate_phases,
            is_readable,
        };
        (plan.layers, plan.order) = plan.graph.layers();
        for (at, members) in plan.cycles.iter().enumerate() {
            for member in members {
                if let Some(entry) = plan.entries.get_mut(*member as usize) {
                    entry.cycle = narrow(at + 1);
                }
            }
        }
        plan.cycle_texts = plan
            .cycles
            .iter()
            .map(|members| plan.cycle_text(members))
            .collect();
        let tokens = plan.items().map(|item| {
            let row = item.owning_plan();
            row.and_then(Row::weight)
        });
        plan.units = Units::new(tokens);
        plan.set_phases(phases);
        check::structure(&plan, inputs, &duplicates, &mut findings);
        (plan, findings)
    }

    fn cycle_text(&self, members: &[Node]) -> String {
        const MOST: usize = 50;
        let path = self.graph.cycle_path(members);
        let id = |node: &Node| self.item(self.of_node(*node)).id();
        let mut text = String::new();
        for node in path.iter().take(MOST) {
            text.push_str(id(node));
            text.push_str(" -> ");
        }
        if path.len() > MOST {
            text.push_str(&format!("({} more) -> ", path.len() - MOST));
        }
        text.push_str(path.first().map(id).unwrap_or_default());
        text
    }
}

/// Two records of one id: table (`None`: the queue), first row, second row.
pub(crate) type Duplicate = (Option<u32>, u32, u32);

struct Joined {
    entries: Vec<Entry>,
    graph: Graph,
    duplicates: Vec<Duplicate>,
}

impl Joined {
    fn new(plans: &[Table<'_>], queue: Option<&Table<'_>>) -> Joined {
        let rows: usize = plans.iter().map(|table| table.records.len()).sum();
        let queued = queue.map_or(0, |table| table.records.len());
        let mut by_id: HashMap<&str, Node> = HashMap::with_capacity(rows.max(queued));
        let mut ids: Vec<&str> = Vec::with_capacity(rows.max(queued));
        let mut entries: Vec<Entry> = Vec::with_capacity(rows.max(queued));
        let mut duplicates: Vec<Duplicate> = Vec::new();
        for (table_at, table) in plans.iter().enumerate() {
            let table_at = narrow(table_at);
            for (row_at, row) in table.rows().enumerate() {
                let row_at = narrow(row_at);
                let node = *by_id.entry(row.id()).or_insert_with(|| {
                    ids.push(row.id());
                    entries.push(Entry::new());
                    narrow(entries.len() - 1)
                });
                let Some(entry) = entries.get_mut(node as usize) else {
                    continue;
                };
                match entry.planned {
                    None => entry.planned = Some((table_at, row_at)),
                    Some((table, first)) if table == table_at => {
                        entry.is_duplicate = true;
                        duplicates.push((Some(table), first, row_at));
                    }
                    Some(_) => {}
                }
            }
        }
        for (row_at, row) in queue.into_iter().flat_map(Table::rows).enumerate() {
            let row_at = narrow(row_at);
            let node = *by_id.entry(row.id()).or_insert_with(|| {
                ids.push(row.id());
                entries.push(Entry::new());
                narrow(entries.len() - 1)
            });
            let Some(entry) = entries.get_mut(node as usize) else {
                continue;
            };
            let status = row.status().unwrap_or(Status::Todo);
            match entry.queued {
                None => {
                    entry.queued = Some(row_at);
                    entry.status = status;
                }
                Some(first) => {
                    entry.is_duplicate = true;
                    duplicates.push((None, first, row_at));
                    entry.status = entry.status.min(status);
                }
            }
        }
        // In the order of the files, whose texts lie beside each other.
        let mut targets: Vec<Node> = Vec::with_capacity(entries.len() * 2);
        let mut ends: Vec<usize> = Vec::with_capacity(entries.len());
        for entry in &mut entries {
            let row = match entry.planned {
                Some((table, row)) => plans.get(table as usize).and_then(|t| t.row(row)),
                None => queue
                    .zip(entry.queued)
                    .and_then(|(table, row)| table.row(row)),
            };
            for id in row.into_iter().flat_map(Row::dependencies) {
                match by_id.get(id) {
                    Some(target) => targets.push(*target),
                    None => entry.is_dangling = true,
                }
            }
            ends.push(targets.len());
        }
        drop(by_id);
        // Nodes are renumbered.
        let order = crate::natural::order(&ids);
        drop(ids);
        let mut place = vec![0; order.len()];
        for (at, node) in order.iter().enumerate() {
            if let Some(place) = place.get_mut(*node as usize) {
                *place = narrow(at);
            }
        }
        let mut sorted: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut builder = Graph::builder(entries.len(), targets.len());
        for node in order {
            let at = node as usize;
            let start = at.checked_sub(1).and_then(|at| ends.get(at)).copied();
            let end = ends.get(at).copied().unwrap_or_default();
            for target in targets
                .get(start.unwrap_or_default()..end)
                .unwrap_or_default()
            {
                builder.edge(place.get(*target as usize).copied().unwrap_or(0));
            }
            builder.next();
            sorted.extend(entries.get(at).cloned());
        }
        Joined {
            entries: sorted,
            graph: builder.finish(),
            duplicates,
        }
    }
}

impl Entry {
    fn new() -> Self {
        Entry {
            planned: None,
            queued: None,
            phase: None,
            status: Status::Todo,
            is_duplicate: false,
            is_dangling: false,
            cycle: 0,
        }
    }
}
