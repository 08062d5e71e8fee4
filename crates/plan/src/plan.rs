//! The joined plan.

use trueline_core::Ratio;
use trueline_core::artifact::plan::{Phase as PhaseRecord, Vertical};
use trueline_core::artifact::queue::Status;
use trueline_core::id::natural_cmp;

use crate::graph::{Graph, Node};
use crate::item::Item;
use crate::order::{Path, tails};
use crate::record::narrow;
use crate::state::State;
use crate::table::Table;
use crate::weights::Units;

/// An item: its place in the natural order of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(crate) Node);

impl ItemId {
    /// Its place in [`Plan::items`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A phase: its place in [`Plan::phases`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhaseId(pub(crate) u32);

impl PhaseId {
    /// Its place in [`Plan::phases`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The weight of some items together, in the units of their plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total(num_bigint::BigUint);

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Table and row in the plans.
    pub(crate) planned: Option<(u32, u32)>,
    /// Row in the queue.
    pub(crate) queued: Option<u32>,
    pub(crate) phase: Option<PhaseId>,
    pub(crate) status: Status,
    pub(crate) is_duplicate: bool,
    pub(crate) is_dangling: bool,
    /// Place in `Plan::cycles`, plus one.
    pub(crate) cycle: u32,
}

/// A phase of the plan.
#[derive(Debug, Clone)]
pub struct Phase {
    /// The record in the plan of record; `None` for a phase that only items name.
    pub record: Option<PhaseRecord>,
    /// Id.
    pub id: String,
    /// Share of the whole.
    pub weight: Ratio,
    /// Phases that have to be complete before it; those that exist.
    pub depends_on: Vec<PhaseId>,
    /// Its items, in natural order.
    pub items: Vec<ItemId>,
    pub(crate) span: Option<(u32, u32)>,
}

impl Phase {
    /// Title; the id where there is none.
    pub fn title(&self) -> &str {
        match &self.record {
            Some(record) => record.title.as_str(),
            None => &self.id,
        }
    }

    /// Highest share of a phase whose gate is not met: a share below 1 as it is written, a percentage
    /// below 100 as a share. `None` where the gate states none, or what is neither.
    pub fn ceiling(&self) -> Option<Ratio> {
        let gate = self.record.as_ref()?.gate.as_ref()?;
        let (value, one) = (
            gate.ceiling.as_ref()?.value(),
            Ratio::from_integer(1.into()),
        );
        let hundred = Ratio::from_integer(100.into());
        if *value < one {
            Some(value.clone())
        } else if *value > one && *value < hundred {
            Some(value / hundred)
        } else {
            None
        }
    }

    /// The weight as written, or as an exact decimal or fraction.
    pub fn weight_text(&self) -> String {
        match &self.record {
            Some(record) => record.weight.as_str().to_owned(),
            None => trueline_core::weight::display(&self.weight),
        }
    }
}

/// Plan of record, queue, crosswalk and checks joined.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub(crate) plans: Vec<Table<'a>>,
    pub(crate) queue: Option<Table<'a>>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) graph: Graph,
    pub(crate) cycles: Vec<Vec<Node>>,
    /// One path a cycle, as text: made once, because each member is asked for it.
    pub(crate) cycle_texts: Vec<String>,
    pub(crate) order: Vec<Node>,
    pub(crate) layers: Vec<Option<u32>>,
    pub(crate) units: Units,
    pub(crate) phases: Vec<Phase>,
    pub(crate) phase_order: Vec<PhaseId>,
    pub(crate) phase_cycle: Vec<PhaseId>,
    pub(crate) verticals: Vec<(Vertical, (u32, u32))>,
    pub(crate) phases_span: (u32, u32),
    pub(crate) gate_phases: bool,
    pub(crate) is_readable: bool,
}

impl<'a> Plan<'a> {
    /// False when a plan or the queue could not be read as a whole: no answer is complete.
    pub fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Every item, in natural order of ids.
    pub fn items(&self) -> impl ExactSizeIterator<Item = Item<'_, 'a>> + Clone {
        (0..narrow(self.entries.len())).map(|node| Item { plan: self, node })
    }

    /// An item.
    pub fn item(&self, id: ItemId) -> Item<'_, 'a> {
        Item {
            plan: self,
            node: id.0,
        }
    }

    /// The item of that id.
    pub fn find(&self, id: &str) -> Option<Item<'_, 'a>> {
        let mut low = 0;
        let mut high = self.entries.len();
        while low < high {
            let middle = low + (high - low) / 2;
            let item = Item {
                plan: self,
                node: narrow(middle),
            };
            match natural_cmp(item.id(), id) {
                std::cmp::Ordering::Equal => return Some(item),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The phases, each after those it depends on, ties in the order of the plan of record.
    /// Where the plan declares none, those that items name, in natural order.
    pub fn phases(&self) -> impl ExactSizeIterator<Item = &Phase> + Clone {
        self.phase_order
            .iter()
            .filter_map(|id| self.phases.get(id.index()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// A phase.
    pub fn phase(&self, id: PhaseId) -> Option<&Phase> {
        self.phases.get(id.index())
    }

    /// The verticals, in the order of the plan of record.
    pub fn verticals(&self) -> impl ExactSizeIterator<Item = &Vertical> + Clone {
        self.verticals.iter().map(|(vertical, _)| vertical)
    }

    /// The queue as read.
    pub fn queue(&self) -> Option<&Table<'a>> {
        self.queue.as_ref()
    }

    /// The plans as read: the plan of record first.
    pub fn plans(&self) -> &[Table<'a>] {
        &self.plans
    }

    /// The dependency graph; its nodes are [`ItemId::index`].
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Sets of items that depend on each other.
    pub fn cycles(&self) -> &[Vec<Node>] {
        &self.cycles
    }

    /// A path for each of them, as text: `A -> B -> A`, at most 50 ids.
    pub fn cycle_texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cycle_texts.iter().map(String::as_str)
    }

    /// An item of a graph node.
    pub fn of_node(&self, node: Node) -> ItemId {
        ItemId(node)
    }

    /// The items that can be begun now, in the order to take them: lower priority number first
    /// (none last), then the one that most weight of unfinished work waits for, then natural
    /// order of ids.
    pub fn ready(&self) -> Vec<Item<'_, 'a>> {
        let mut ready: Vec<Item<'_, 'a>> = self
            .items()
            .filter(|item| item.state() == State::Ready)
            .collect();
        let tails = tails(&self.graph, &self.order, &self.units.of, |node| {
            self.is_open(node)
        });
        ready.sort_by(|a, b| {
            let priority = |item: &Item<'_, '_>| item.priority().unwrap_or(u32::MAX);
            priority(a)
                .cmp(&priority(b))
                .then_with(|| tails.cmp(b.node, a.node))
                .then(a.node.cmp(&b.node))
        });
        ready
    }

    /// The heaviest chain of items: of those still open, or of all of them.
    pub fn critical_path(&self, only_open: bool) -> Path {
        let counts = |node| !only_open || self.is_open(node);
        tails(&self.graph, &self.order, &self.units.of, counts).heaviest(&self.order, counts)
    }

    /// The weight of a path.
    pub fn path_weight(&self, path: &Path) -> Ratio {
        self.units.ratio(&path.units)
    }

    /// The weight of items together, to take shares of.
    pub fn total(&self, items: impl IntoIterator<Item = ItemId>) -> Total {
        Total(self.units.sum(items.into_iter().map(ItemId::index)))
    }

    /// The share of an item's weight in a total, in hundredths of a percent, floored: 10,000 is all
    /// of it. 0 where the total is nothing.
    pub fn share(&self, id: ItemId, total: &Total) -> u64 {
        self.units.share(id.index(), &total.0)
    }

    /// The exact weight of items together.
    pub fn weigh(&self, items: impl IntoIterator<Item = ItemId>) -> Ratio {
        self.units
            .ratio(&self.units.sum(items.into_iter().map(ItemId::index)))
    }

    fn is_open(&self, node: Node) -> bool {
        let item = Item { plan: self, node };
        item.status() != Status::Done && item.deferred().is_none()
    }
}
