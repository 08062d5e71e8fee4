//! The plan: plan of record, queue, crosswalk and checks joined into one answer to "what is
//! done, what can be begun, what waits, and for what".
//!
//! Pure: bytes in, a [`Plan`] and findings out. Parsing never fails, it reports: a line that
//! cannot be read is a finding and is counted ([`Accounts`]), never dropped in silence.
//!
//! | who owns | which fields |
//! |---|---|
//! | plan of record (`ops/por.json`) | title, weight, dependencies, references, phase, tier |
//! | queue (`ops/queue.jsonl`) | status, owner, scope, claim, evidence |
//!
//! Where the queue repeats a field of the plan, the plan counts and a difference is a finding.
//! Without a plan of record the queue stands alone.
//!
//! [`Plan::state`] is the only place that decides whether an item is ready: every command asks
//! it, so that no two of them can disagree.

mod aliases;
mod check;
mod checklist;
mod crosswalk;
mod field;
mod graph;
mod item;
mod join;
pub mod merge;
mod natural;
mod order;
mod phases;
mod place;
mod plan;
mod read;
mod record;
mod row;
pub mod rules;
mod state;
mod table;
mod weights;

pub use aliases::{Aliases, BadAlias};
pub use check::Claims;
pub use checklist::Checklist;
pub use crosswalk::{Coverage, NtState};
pub use field::Field;
pub use graph::{Graph, Node};
pub use item::Item;
pub use join::{CheckFact, Inputs, Known, Options};
pub use order::Path;
pub use place::Places;
pub use plan::{ItemId, Phase, PhaseId, Plan, Total};
pub use row::Row;
pub use state::{Reason, State};
pub use table::{Accounts, Evidence, Input, Table};
