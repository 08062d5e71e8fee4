//! The one answer to "where does it stand".

use trueline_core::artifact::queue::Status;

use crate::item::Item;
use crate::plan::{ItemId, PhaseId, Plan};

/// Where an item stands. `Ready` and `Waiting` are computed and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State<'p> {
    /// Not begun, and nothing is in the way.
    Ready,
    /// Not begun, and this is in the way: at least one reason.
    Waiting(Vec<Reason<'p>>),
    /// Somebody works on it.
    Doing,
    /// Waits for a review.
    Review,
    /// Cannot go on.
    Blocked,
    /// Done.
    Done,
    /// Put off in the plan.
    Deferred,
}

/// What is in the way of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason<'p> {
    /// An item that it depends on is not done.
    Dependency {
        /// Its id.
        id: &'p str,
        /// Where that one stands.
        status: Status,
        /// Whether that one is put off.
        is_deferred: bool,
    },
    /// It depends on something that does not exist.
    Dangling(&'p str),
    /// It is in a circle of dependencies: one such path, from the smallest id on, as text
    /// (`A -> B -> A`, at most 50 ids).
    Cycle(&'p str),
    /// Its id is used more than once.
    Duplicate,
    /// A phase before its own is not complete (only where phases are gated).
    Phase(&'p str),
}

impl State<'_> {
    /// The name in outputs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Waiting(_) => "waiting",
            State::Doing => "doing",
            State::Review => "review",
            State::Blocked => "blocked",
            State::Done => "done",
            State::Deferred => "deferred",
        }
    }
}

impl std::fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Dependency {
                id,
                is_deferred: true,
                ..
            } => write!(f, "depends on {id}, which is put off"),
            Reason::Dependency { id, status, .. } => {
                write!(f, "depends on {id}, which is {}", status.as_str())
            }
            Reason::Dangling(id) => write!(f, "depends on {id}, which does not exist"),
            Reason::Cycle(path) => write!(f, "is in a cycle: {path}"),
            Reason::Duplicate => f.write_str("its id is used more than once"),
            Reason::Phase(id) => write!(f, "phase {id} is not complete"),
        }
    }
}

impl<'a> Plan<'a> {
    /// Where an item stands. Ready means: not begun, every dependency exists and is done, in no
    /// cycle, its id used once; with [`crate::Options::gate_phases`] also every phase before its
    /// own complete.
    ///
    /// Every command derives its answer from this one.
    pub fn state(&self, id: ItemId) -> State<'_> {
        let item = self.item(id);
        if item.deferred().is_some() && item.status() != Status::Done {
            return State::Deferred;
        }
        match item.status() {
            Status::Todo => {}
            Status::Doing => return State::Doing,
            Status::Review => return State::Review,
            Status::Blocked => return State::Blocked,
            Status::Done => return State::Done,
        }
        let reasons = self.reasons(item);
        if reasons.is_empty() {
            State::Ready
        } else {
            State::Waiting(reasons)
        }
    }

    fn reasons<'p>(&'p self, item: Item<'p, 'a>) -> Vec<Reason<'p>> {
        let mut reasons = Vec::new();
        let Some(entry) = self.entries.get(item.item_id().index()) else {
            return reasons;
        };
        if entry.is_duplicate {
            reasons.push(Reason::Duplicate);
        }
        let cycle = (entry.cycle as usize).checked_sub(1);
        if let Some(path) = cycle.and_then(|at| self.cycle_texts.get(at)) {
            reasons.push(Reason::Cycle(path));
        }
        for dependency in item.depends_on() {
            let status = dependency.status();
            if status != Status::Done {
                reasons.push(Reason::Dependency {
                    id: dependency.id(),
                    status,
                    is_deferred: dependency.deferred().is_some(),
                });
            }
        }
        if entry.is_dangling {
            let missing = item.dependencies().filter(|id| self.find(id).is_none());
            reasons.extend(missing.map(Reason::Dangling));
        }
        if self.gate_phases {
            let before = self.phases_before(entry.phase);
            reasons.extend(before.into_iter().map(Reason::Phase));
        }
        reasons
    }

    /// The phases that the given one depends on and that have items which are neither done nor
    /// put off.
    fn phases_before(&self, phase: Option<PhaseId>) -> Vec<&str> {
        let phase = phase.and_then(|id| self.phase(id));
        phase
            .into_iter()
            .flat_map(|phase| &phase.depends_on)
            .filter_map(|id| self.phase(*id))
            .filter(|before| {
                before.items.iter().any(|id| {
                    let item = self.item(*id);
                    item.status() != Status::Done && item.deferred().is_none()
                })
            })
            .map(|before| before.id.as_str())
            .collect()
    }
}
