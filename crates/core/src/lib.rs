//! Types that all of Trueline's tools share: every artifact on disk, ids and their order,
//! exact weights, findings.
//!
//! Pure: nothing here reads a file, a clock or the environment. The types are *views*: a writer
//! patches the tokens that change (crates/text) and never serialises a whole file that people
//! also edit, so that unknown fields and key order stay.
//!
//! Two families of artifacts are told apart by how they treat a field that the type does not
//! name. **State** (queue, plan, crosswalk, locks…) is open: an unknown field is kept and
//! ignored. **Ledgers** (append-only records) are closed: an unknown field is an error, because
//! a misspelt field in a record that is never rewritten is lost for good.

pub mod artifact;
pub mod chain;
pub mod finding;
pub mod id;
pub mod report;
pub mod scalar;
pub mod schema;
pub mod strict;
pub mod weight;

pub use finding::{Finding, Level, Location, Related, Rule, Span};
pub use id::Id;
pub use weight::{Ratio, Weight};
