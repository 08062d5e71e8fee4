//! The crosswalk: read with places, built from its sources, written a row a line.

mod book;
mod build;
mod designs;
mod diff;
mod keep;
mod merge;
mod quick;
#[cfg(test)]
mod tests;
mod write;

pub use book::{Book, BookRow, BookWaiver};
pub use build::{Built, Sources, build};
pub use designs::{designs_of, orphans};
pub use diff::{Changed, Difference, Field, difference};
pub use merge::{Merged, merge};
pub use write::{compact, write};
