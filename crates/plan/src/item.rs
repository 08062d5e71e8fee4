//! One item of the joined plan: what the plan owns and what the queue owns, in one place.

use trueline_core::Weight;
use trueline_core::artifact::plan::Tier;
use trueline_core::artifact::queue::Status;

use crate::graph::Node;
use crate::plan::{Entry, ItemId, PhaseId, Plan};
use crate::row::Row;
use crate::state::State;

/// An item of the plan.
#[derive(Clone, Copy)]
pub struct Item<'p, 'a> {
    pub(crate) plan: &'p Plan<'a>,
    pub(crate) node: Node,
}

macro_rules! planned_texts {
    ($($(#[doc = $doc:expr])+ $name:ident,)+) => {
        $($(#[doc = $doc])+
        pub fn $name(self) -> Option<&'p str> {
            self.owning_plan().and_then(Row::$name)
        })+
    };
}

macro_rules! planned_lists {
    ($($(#[doc = $doc:expr])+ $name:ident,)+) => {
        $($(#[doc = $doc])+
        pub fn $name(self) -> impl Iterator<Item = &'p str> + Clone {
            self.owning_plan().into_iter().flat_map(|row| row.$name())
        })+
    };
}

macro_rules! queued_texts {
    ($($(#[doc = $doc:expr])+ $name:ident,)+) => {
        $($(#[doc = $doc])+
        pub fn $name(self) -> Option<&'p str> {
            self.queued().and_then(Row::$name)
        })+
    };
}

impl<'p, 'a> Item<'p, 'a> {
    fn entry(self) -> Option<&'p Entry> {
        self.plan.entries.get(self.node as usize)
    }

    /// The plan that it is an item of.
    pub fn plan(self) -> &'p Plan<'a> {
        self.plan
    }

    /// Its place in the plan.
    pub fn item_id(self) -> ItemId {
        ItemId(self.node)
    }

    /// Its record in a plan.
    pub fn planned(self) -> Option<Row<'p, 'a>> {
        let (table, row) = self.entry()?.planned?;
        self.plan.plans.get(table as usize)?.row(row)
    }

    /// Its record in the queue; the first of several.
    pub fn queued(self) -> Option<Row<'p, 'a>> {
        self.plan.queue.as_ref()?.row(self.entry()?.queued?)
    }

    /// The record that owns what a plan owns: the plan's, else the queue's.
    pub(crate) fn owning_plan(self) -> Option<Row<'p, 'a>> {
        self.planned().or_else(|| self.queued())
    }

    /// Id.
    pub fn id(self) -> &'p str {
        self.owning_plan().map(Row::id).unwrap_or_default()
    }

    /// Title; the queue's where the plan has none.
    pub fn title(self) -> Option<&'p str> {
        self.planned()
            .and_then(Row::title)
            .or_else(|| self.queued().and_then(Row::title))
    }

    planned_texts! {
        /// Vertical that it belongs to.
        vertical,
        /// Day it is due.
        due,
    }

    planned_lists! {
        /// Items that have to be done before it, as written.
        dependencies,
        /// Requirements that it serves.
        nt_refs,
        /// Designs that it implements.
        td_refs,
        /// Paths that it is about.
        code_paths,
    }

    queued_texts! {
        /// Who answers for it.
        owner,
        /// Who may take it.
        agent,
        /// Branch.
        branch,
        /// Kind of work.
        kind,
        /// Why it cannot go on.
        blocked_reason,
    }

    /// What has to be true for it to be done: the queue's, else the plan's.
    pub fn exit_criteria(self) -> impl Iterator<Item = &'p str> + Clone {
        let queued = self.queued().filter(|row| row.exit_criteria().len() > 0);
        queued
            .or_else(|| self.planned())
            .into_iter()
            .flat_map(crate::row::Row::exit_criteria)
    }

    /// Weight as written; 1 when none is.
    pub fn weight_text(self) -> &'p str {
        self.owning_plan().and_then(Row::weight).unwrap_or("1")
    }

    /// Exact weight within its phase.
    pub fn weight(self) -> Weight {
        Weight::parse(self.weight_text()).unwrap_or_else(|_| Weight::one())
    }

    /// Strictness; the plan's, `feature` when it states none.
    pub fn tier(self) -> Tier {
        self.owning_plan().and_then(Row::tier).unwrap_or_default()
    }

    /// Order among ready items.
    pub fn priority(self) -> Option<u32> {
        self.queued()
            .and_then(Row::priority)
            .or_else(|| self.planned().and_then(Row::priority))
    }

    /// Stored status: `todo` where the queue has no line of it; of several lines with its id the
    /// least advanced one.
    pub fn status(self) -> Status {
        self.entry().map_or(Status::Todo, |entry| entry.status)
    }

    /// Why it is put off, and who agreed.
    pub fn deferred(self) -> Option<(&'p str, &'p str)> {
        self.planned().and_then(Row::deferred)
    }

    /// Phase.
    pub fn phase(self) -> Option<PhaseId> {
        self.entry().and_then(|entry| entry.phase)
    }

    /// Layer in the graph: 0 without dependencies. `None` in a cycle or behind one.
    pub fn layer(self) -> Option<u32> {
        self.plan.layers.get(self.node as usize).copied().flatten()
    }

    /// The items that it depends on; those that exist.
    pub fn depends_on(self) -> impl Iterator<Item = Item<'p, 'a>> {
        let plan = self.plan;
        plan.graph
            .targets(self.node)
            .iter()
            .map(move |node| Item { plan, node: *node })
    }

    /// Where it stands: ready, waiting and for what, or as stored.
    pub fn state(self) -> State<'p> {
        self.plan.state(self.item_id())
    }
}

impl std::fmt::Debug for Item<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Item({})", self.id())
    }
}
